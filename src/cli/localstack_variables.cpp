#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "cli/other_emulators.hpp"

namespace iamlocal::cli {
namespace {

constexpr std::string_view localstack_prefix = "LOCALSTACK_";
constexpr const char* localstack_data = "/var/lib/localstack/iamlocal";
constexpr const char* localstack_name = "localhost.localstack.cloud";

/// Names that only LocalStack has, of which something is made here.
constexpr std::string_view own_names[] = {
    "ENFORCE_IAM",    "IAM_SOFT_MODE", "GATEWAY_LISTEN",        "EDGE_PORT",
    "EDGE_BIND_HOST", "LS_LOG",        "EAGER_SERVICE_LOADING", "EXTRA_CORS_ALLOWED_ORIGINS",
    "LOCALSTACK_HOST"};
/// Names that other programs have as well.
constexpr std::string_view common_names[] = {"DEBUG", "PERSISTENCE", "DATA_DIR", "SERVICES"};
/// Names that only LocalStack has, and that change nothing here.
constexpr std::string_view idle_names[] = {"ACTIVATE_PRO",
                                           "ALLOW_NONSTANDARD_REGIONS",
                                           "AUTO_LOAD_POD",
                                           "CUSTOM_SSL_CERT_PATH",
                                           "DISABLE_CORS_CHECKS",
                                           "DISABLE_CORS_HEADERS",
                                           "ENABLE_CONFIG_UPDATES",
                                           "EXTENSION_AUTO_INSTALL",
                                           "EXTERNAL_SERVICE_PORTS_END",
                                           "EXTERNAL_SERVICE_PORTS_START",
                                           "EXTRA_CORS_ALLOWED_HEADERS",
                                           "EXTRA_CORS_EXPOSE_HEADERS",
                                           "HOSTNAME_EXTERNAL",
                                           "INIT_SCRIPTS_PATH",
                                           "LEGACY_IAM_PROVIDER",
                                           "MAIN_CONTAINER_NAME",
                                           "PARITY_AWS_ACCESS_KEY_ID",
                                           "PERSIST_ALL",
                                           "SKIP_SSL_CERT_DOWNLOAD",
                                           "SNAPSHOT_FLUSH_INTERVAL",
                                           "SNAPSHOT_LOAD_STRATEGY",
                                           "SNAPSHOT_SAVE_STRATEGY",
                                           "USE_SINGLE_REGION"};

/// The same, of names that other programs have as well.
constexpr std::string_view idle_common_names[] = {"DEFAULT_REGION", "USE_SSL"};

template <std::size_t N>
bool is_one_of(std::string_view name, const std::string_view (&names)[N]) {
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

enum class Flag { unset, off, on, other };

/// As LocalStack reads its flags.
Flag flag_of(std::string_view text) {
    if (text.empty()) return Flag::unset;
    if (text == "1" || equals_ignoring_case(text, "true")) return Flag::on;
    if (text == "0" || equals_ignoring_case(text, "false")) return Flag::off;
    return Flag::other;
}

/// Values by LocalStack's names, and the name that each was given by.
struct Given {
    struct Value {
        std::string text;
        std::string source;
    };
    std::map<std::string, Value, std::less<>> values;

    std::string_view text(std::string_view name) const {
        const auto found = values.find(name);
        return found == values.end() ? std::string_view() : std::string_view(found->second.text);
    }
    const std::string& source(std::string_view name) const { return values.find(name)->second.source; }
};

class Translator {
  public:
    Translator(const Environment& environment, Config::Localstack mode) : all_(mode == Config::Localstack::on) {
        for (const std::string& variable : environment) {
            const std::size_t equals = variable.find('=');
            if (equals == 0 || equals == std::string::npos || equals + 1 == variable.size()) continue;
            take(variable.substr(0, equals), variable.substr(equals + 1));
        }
    }

    std::variant<Translation, UsageError> run() {
        for (const auto step :
             {&Translator::enforcement, &Translator::addresses, &Translator::names, &Translator::log_level,
              &Translator::storage, &Translator::services, &Translator::pages})
            if (auto error = (this->*step)()) return *std::move(error);
        if (!passed_over_.empty())
            result_.remarks.push_back(fmt::format(
                "{} of the environment may be another program's; with the prefix LOCALSTACK_, or with --localstack on, "
                "LocalStack's meaning counts",
                fmt::join(passed_over_, ", ")));
        if (!idle_.empty())
            result_.remarks.push_back(
                fmt::format("variables of LocalStack that have no effect: {}", fmt::join(idle_, ", ")));
        return std::move(result_);
    }

  private:
    using Step = std::optional<UsageError>;

    void take(const std::string& source, std::string text) {
        const bool has_prefix = source.starts_with(localstack_prefix) && source != "LOCALSTACK_HOST";
        const std::string name = has_prefix ? source.substr(localstack_prefix.size()) : source;
        const bool is_common = is_one_of(name, common_names);
        if (is_one_of(name, own_names) || (is_common && (has_prefix || all_))) {
            // The same with the prefix is meant for LocalStack alone, so it counts.
            if (has_prefix || !given_.values.contains(name)) given_.values[name] = {std::move(text), source};
        } else if (is_common) {
            passed_over_.insert(source);
        } else if (has_prefix || is_one_of(name, idle_names) || (all_ && is_one_of(name, idle_common_names))) {
            idle_.insert(source);
        }
    }

    void set(std::string setting, std::string value, std::string_view name) {
        result_.settings.push_back({std::move(setting), std::move(value), given_.source(name)});
    }

    UsageError wrong(std::string_view name, std::string_view expected) const {
        return {fmt::format("{}: '{}' is not {}", given_.source(name), given_.text(name), expected)};
    }

    Step enforcement() {
        const std::string_view enforce = given_.text("ENFORCE_IAM");
        const Flag soft = flag_of(given_.text("IAM_SOFT_MODE"));
        if (soft == Flag::other) return wrong("IAM_SOFT_MODE", "0 or 1");
        const Flag flag = flag_of(enforce);
        if (flag == Flag::other && enforce != "soft" && enforce != "enforced")
            return wrong("ENFORCE_IAM", "0, 1 or soft");
        if (flag == Flag::off)
            set("enforcement", "off", "ENFORCE_IAM");
        else if (soft == Flag::on)
            set("enforcement", "audit", "IAM_SOFT_MODE");
        else if (enforce == "soft")
            set("enforcement", "audit", "ENFORCE_IAM");
        else if (flag != Flag::unset)
            set("enforcement", "enforce", "ENFORCE_IAM");
        return std::nullopt;
    }

    Step addresses() {
        if (!given_.text("GATEWAY_LISTEN").empty()) {
            const auto listen = parse_gateway_listen(given_.text("GATEWAY_LISTEN"));
            if (!listen) return wrong("GATEWAY_LISTEN", "a list of addresses, such as 0.0.0.0:4566");
            set("listen", fmt::format("{}", fmt::join(*listen, ",")), "GATEWAY_LISTEN");
            for (const std::string_view name : {"EDGE_PORT", "EDGE_BIND_HOST"})
                if (!given_.text(name).empty()) idle_.insert(given_.source(name));
            return std::nullopt;
        }
        const std::string_view port = given_.text("EDGE_PORT");
        const std::string_view host = given_.text("EDGE_BIND_HOST");
        if (port.empty() && host.empty()) return std::nullopt;
        const std::string_view source = port.empty() ? "EDGE_BIND_HOST" : "EDGE_PORT";
        const auto listen =
            parse_gateway_listen(fmt::format("{}:{}", host.empty() ? "127.0.0.1" : host, port.empty() ? "4566" : port));
        if (!listen || listen->size() != 1) return wrong(source, port.empty() ? "an address" : "a port");
        set("listen", listen->front(), source);
        return std::nullopt;
    }

    Step names() {
        if (!given_.text("LOCALSTACK_HOST").empty())
            set("public-host", std::string(given_.text("LOCALSTACK_HOST")), "LOCALSTACK_HOST");
        // LocalStack is called by this name unless it is told another.
        if (all_) result_.settings.push_back({"allow-host", localstack_name, "--localstack"});
        return std::nullopt;
    }

    Step log_level() {
        const Flag debug = flag_of(given_.text("DEBUG"));
        // Other programs have texts in it.
        if (debug == Flag::on) set("log-level", "debug", "DEBUG");
        const std::string_view level = given_.text("LS_LOG");
        if (level.empty()) return std::nullopt;
        if (level == "trace" || level == "trace-internal" || level == "debug")
            set("log-level", "debug", "LS_LOG");
        else if (level == "info" || level == "error")
            set("log-level", std::string(level), "LS_LOG");
        else if (level == "warn" || level == "warning")
            set("log-level", "warn", "LS_LOG");
        else
            return wrong("LS_LOG", "trace, trace-internal, debug, info, warn, warning or error");
        return std::nullopt;
    }

    Step storage() {
        const Flag persistence = flag_of(given_.text("PERSISTENCE"));
        if (persistence == Flag::other) return wrong("PERSISTENCE", "0 or 1");
        if (!given_.text("DATA_DIR").empty() && persistence != Flag::off)
            set("data-dir", std::string(given_.text("DATA_DIR")), "DATA_DIR");
        else if (persistence == Flag::on)
            set("data-dir", localstack_data, "PERSISTENCE");
        return std::nullopt;
    }

    Step services() {
        if (flag_of(given_.text("EAGER_SERVICE_LOADING")) == Flag::on)
            set("idle-services", "running", "EAGER_SERVICE_LOADING");
        std::string_view rest = given_.text("SERVICES");
        std::set<std::string, std::less<>> absent;
        while (!rest.empty()) {
            const std::size_t comma = std::min(rest.find(','), rest.size());
            std::string_view service = rest.substr(0, comma);
            rest.remove_prefix(std::min(comma + 1, rest.size()));
            while (service.starts_with(' ')) service.remove_prefix(1);
            while (service.ends_with(' ')) service.remove_suffix(1);
            if (!service.empty() && service != "iam" && service != "sts") absent.emplace(service);
        }
        if (!absent.empty())
            result_.remarks.push_back(fmt::format("{}: IAM and STS are served, and no other service: not {}",
                                                  given_.source("SERVICES"), fmt::join(absent, ", ")));
        return std::nullopt;
    }

    Step pages() {
        if (!given_.text("EXTRA_CORS_ALLOWED_ORIGINS").empty())
            set("allow-origin", std::string(given_.text("EXTRA_CORS_ALLOWED_ORIGINS")), "EXTRA_CORS_ALLOWED_ORIGINS");
        return std::nullopt;
    }

    const bool all_;
    Given given_;
    std::set<std::string> passed_over_;
    std::set<std::string> idle_;
    Translation result_;
};

std::string_view without_blanks(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

/// A name, an address, an IPv6 address in brackets, or nothing. Whether there is such an address is found out later.
bool is_host(std::string_view text) {
    const auto is_letter_or_digit = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    if (text.size() > 2 && text.starts_with('[') && text.ends_with(']')) {
        text = text.substr(1, text.size() - 2);
        return std::all_of(text.begin(), text.end(),
                           [&](char c) { return is_letter_or_digit(c) || c == ':' || c == '.'; });
    }
    return std::all_of(text.begin(), text.end(),
                       [&](char c) { return is_letter_or_digit(c) || c == '-' || c == '.' || c == '_'; });
}

bool is_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return !text.empty() && error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::optional<std::vector<std::string>> parse_gateway_listen(std::string_view text) {
    std::vector<std::string> addresses;
    bool more = true;
    while (more) {
        const std::size_t comma = text.find(',');
        const std::string_view address = without_blanks(text.substr(0, comma));
        more = comma != std::string_view::npos;
        if (more) text.remove_prefix(comma + 1);
        const std::size_t colon = address.rfind(':');
        if (colon == std::string_view::npos || !is_port(address.substr(colon + 1))) return std::nullopt;
        const std::string_view host = address.substr(0, colon);
        if (!is_host(host)) return std::nullopt;
        addresses.push_back(fmt::format("{}{}", host.empty() ? "127.0.0.1" : host, address.substr(colon)));
    }
    return addresses;
}

bool leave_out_https(std::vector<std::string>& listen) {
    const auto is_https = [](const std::string& address) { return address.ends_with(":443"); };
    if (std::all_of(listen.begin(), listen.end(), is_https)) return false;
    std::erase_if(listen, is_https);
    return true;
}

std::variant<Translation, UsageError> translate_localstack(const Environment& environment, Config::Localstack mode) {
    if (mode == Config::Localstack::off) return Translation();
    return Translator(environment, mode).run();
}

}  // namespace iamlocal::cli
