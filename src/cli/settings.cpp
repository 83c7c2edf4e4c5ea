#include "cli/settings.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "aws/ids.hpp"
#include "aws/quotas.hpp"
#include "aws/regions.hpp"
#include "base/encoding.hpp"
#include "cli/commands.hpp"
#include "cli/foreign_variables.hpp"
#include "cli/help_entry.hpp"
#include "cli/setting_values.hpp"
#include "cli/suggestion.hpp"

namespace iamlocal::cli {
namespace {

constexpr std::string_view variable_prefix = "IAMLOCAL_";

/// Sets a value from its text; false if it is impossible.
using Set = bool (*)(Config& config, const std::string& text);
using Show = std::string (*)(const Config& config);

/// One setting: the flag is --name, the variable IAMLOCAL_NAME with '_' for '-'.
struct Setting {
    const char* name;
    const char* value;  ///< as help shows it
    const char* help;
    const char* expected;  ///< for the sentence about an impossible value
    Set set;
    Show show;
    bool secret = false;      ///< not printed, and NAME_FILE names a file that holds it
    bool repeatable = false;  ///< a list, whose values are separated by commas in the environment
    /// What is wrong with an impossible value, for settings where `expected` says too little.
    std::string (*complaint)(const std::string& text) = nullptr;
    const char* former = nullptr;  ///< the name it had before, which is still taken
};

constexpr Choice<Config::Enforcement> enforcements[] = {{"enforce", Config::Enforcement::enforce},
                                                        {"audit", Config::Enforcement::audit},
                                                        {"off", Config::Enforcement::off}};
constexpr Choice<Config::Federation> federations[] = {{"aws", Config::Federation::aws},
                                                      {"strict", Config::Federation::strict}};
constexpr Choice<Config::Testbench> testbench_modes[] = {
    {"auto", Config::Testbench::automatic}, {"on", Config::Testbench::on}, {"off", Config::Testbench::off}};
constexpr Choice<Config::Durability> durabilities[] = {{"normal", Config::Durability::normal},
                                                       {"full", Config::Durability::full}};
constexpr Choice<Config::DatabaseFreshness> freshnesses[] = {{"second", Config::DatabaseFreshness::second},
                                                             {"immediate", Config::DatabaseFreshness::immediate}};
constexpr Choice<Config::OidcNetwork> oidc_networks[] = {{"auto", Config::OidcNetwork::automatic},
                                                         {"public", Config::OidcNetwork::public_addresses},
                                                         {"loopback", Config::OidcNetwork::loopback},
                                                         {"any", Config::OidcNetwork::any}};
constexpr Choice<Config::OidcHttp> oidc_https[] = {{"loopback", Config::OidcHttp::loopback},
                                                   {"anywhere", Config::OidcHttp::anywhere}};
constexpr Choice<Config::MetadataTokens> token_rules[] = {{"required", Config::MetadataTokens::required},
                                                          {"optional", Config::MetadataTokens::optional}};
constexpr Choice<Config::LogLevel> levels[] = {{"error", Config::LogLevel::error},
                                               {"warn", Config::LogLevel::warn},
                                               {"info", Config::LogLevel::info},
                                               {"debug", Config::LogLevel::debug}};
constexpr Choice<Config::LogFormat> formats[] = {
    {"auto", Config::LogFormat::automatic}, {"text", Config::LogFormat::text}, {"json", Config::LogFormat::json}};

/// NAME=NUMBER and so on, onto those that are set already. What is wrong with the first that is impossible.
std::optional<std::string> apply_quotas(std::map<std::string, std::int64_t>& target, std::string_view text) {
    aws::Quotas known;
    for (bool more = true; more;) {
        const std::size_t comma = text.find(',');
        const std::string_view item = text.substr(0, comma);
        more = comma != std::string_view::npos;
        if (more) text.remove_prefix(comma + 1);
        const std::size_t equals = item.find('=');
        std::int64_t limit = 0;
        if (equals == std::string_view::npos ||
            !set_number<std::int64_t>(limit, std::string(item.substr(equals + 1)), INT64_MIN, INT64_MAX))
            return fmt::format("'{}' is not NAME=NUMBER", item);
        const std::string name(item.substr(0, equals));
        if (std::optional<std::string> complaint = known.set(name, limit)) return complaint;
        target[name] = limit;
    }
    return std::nullopt;
}

bool set_quotas(Config& config, const std::string& text) { return !apply_quotas(config.quotas, text); }

std::string complain_of_quotas(const std::string& text) {
    std::map<std::string, std::int64_t> unused;
    return apply_quotas(unused, text).value_or("");
}

std::string show_quotas(const Config& config) {
    std::string out;
    for (const auto& [name, limit] : config.quotas)
        out.append(fmt::format("{}{}={}", out.empty() ? "" : ",", name, limit));
    return out;
}

/// ISSUER=FILE and so on, onto those that are set already.
bool set_oidc_jwks(Config& config, const std::string& text) {
    std::vector<std::string> items;
    if (!set_list(items, text, is_not_empty)) return false;
    for (const std::string& item : items) {
        const std::size_t equals = item.rfind('=');
        const bool is_url = item.starts_with("https://") || item.starts_with("http://");
        if (!is_url || equals == std::string::npos || equals + 1 == item.size()) return false;
        config.oidc_jwks[item.substr(0, equals)] = item.substr(equals + 1);
    }
    return true;
}

const Setting settings[] = {
    {"listen", "HOST:PORT", "Address to listen on; repeatable, port 0 picks a free one", "HOST:PORT",
     [](Config& c, const std::string& t) { return set_list(c.listen, t, is_not_empty); },
     [](const Config& c) { return show_list(c.listen); }, false, true},
    {"data-dir", "DIR", "Keep identities in this directory; without it they are in memory only", "a directory",
     [](Config& c, const std::string& t) { return c.data_dir = t, !t.empty(); },
     [](const Config& c) { return c.data_dir; }},
    {"durability", "MODE", "normal: changes survive the process; full: they survive a loss of power, too",
     "normal or full", [](Config& c, const std::string& t) { return set_choice(c.durability, t, durabilities); },
     [](const Config& c) { return show_choice(c.durability, durabilities); }},
    {"database", "URL", "Keep identities in this PostgreSQL database, which several servers may share",
     "postgresql://HOST/DATABASE",
     [](Config& c, const std::string& t) {
         return c.database = t, t.starts_with("postgresql://") || t.starts_with("postgres://");
     },
     [](const Config& c) { return c.database; }, true},
    {"database-freshness", "MODE", "When changes of other servers count: second (within one) or immediate",
     "second or immediate",
     [](Config& c, const std::string& t) { return set_choice(c.database_freshness, t, freshnesses); },
     [](const Config& c) { return show_choice(c.database_freshness, freshnesses); }},
    {"master-key", "KEY", "Key that secrets are sealed with; made and kept beside them if none is given",
     "64 hexadecimal digits",
     [](Config& c, const std::string& t) {
         return c.master_key = t, t.size() == 64 && t.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
     },
     [](const Config& c) { return c.master_key; }, true},
    {"workers", "N", "Threads that serve requests; 0: one per processor", "a number from 0 to 256",
     [](Config& c, const std::string& t) { return set_number(c.workers, t, 0U, 256U); },
     [](const Config& c) { return std::to_string(c.workers); }},
    {"enforcement", "MODE", "enforce: refuse what policies refuse; audit: only log it; off: decide nothing",
     "enforce, audit or off",
     [](Config& c, const std::string& t) { return set_choice(c.enforcement, t, enforcements); },
     [](const Config& c) { return show_choice(c.enforcement, enforcements); }},
    {"federation", "MODE", "aws: take SAML assertions as AWS does; strict: refuse more of them", "aws or strict",
     [](Config& c, const std::string& t) { return set_choice(c.federation, t, federations); },
     [](const Config& c) { return show_choice(c.federation, federations); }},
    {"account-id", "ID", "Account of the root key", "twelve digits",
     [](Config& c, const std::string& t) { return c.account_id = t, ids::is_account_id(t); },
     [](const Config& c) { return c.account_id; }},
    {"root-access-key-id", "ID", "Access key id of the root user",
     "an id that can sign: printable ASCII without spaces, commas and slashes",
     [](Config& c, const std::string& t) { return c.root_access_key_id = t, ids::can_sign(t); },
     [](const Config& c) { return c.root_access_key_id; }},
    {"root-secret-access-key", "SECRET", "Secret of the root user of every account", "a text that is not empty",
     [](Config& c, const std::string& t) { return c.root_secret_access_key = t, !t.empty(); },
     [](const Config& c) { return c.root_secret_access_key; }, true},
    {"managed-policies", "FILE", "AWS's managed policies from this file of scripts/refresh-managed-policies", "a file",
     [](Config& c, const std::string& t) { return c.managed_policies = t, !t.empty(); },
     [](const Config& c) { return c.managed_policies; }},
    {"quota", "NAME=NUMBER", "Another limit than AWS's, such as UsersPerAccount=3; repeatable", "NAME=NUMBER",
     set_quotas, show_quotas, false, true, complain_of_quotas},
    {"allow-origin", "ORIGIN", "Web page that may call from a browser, such as http://localhost:3000; repeatable",
     "scheme://name:port in lower case, null or *",
     [](Config& c, const std::string& t) { return set_list(c.allow_origins, t, is_origin); },
     [](const Config& c) { return show_list(c.allow_origins); }, false, true},
    {"allow-host", "NAME", "Further name that the server may be called by on loopback; repeatable",
     "a name without a port, or *",
     [](Config& c, const std::string& t) { return set_list(c.allow_hosts, t, is_host_name); },
     [](const Config& c) { return show_list(c.allow_hosts); }, false, true},
    {"oidc-jwks", "ISSUER=FILE",
     "Keys of an identity provider, a JSON Web Key Set: it is not asked for them; repeatable",
     "ISSUER=FILE, the issuer with https:// or http://", set_oidc_jwks,
     [](const Config& c) { return show_pairs(c.oidc_jwks); }, false, true},
    {"oidc-ca-file", "FILE", "PEM file of the authorities that certify identity providers, in place of the system's",
     "a file", [](Config& c, const std::string& t) { return c.oidc_ca_file = t, !t.empty(); },
     [](const Config& c) { return c.oidc_ca_file; }},
    {"oidc-network", "WHERE",
     "Where identity providers are asked: public, loopback (too), any (private networks too), auto",
     "auto, public, loopback or any",
     [](Config& c, const std::string& t) { return set_choice(c.oidc_network, t, oidc_networks); },
     [](const Config& c) { return show_choice(c.oidc_network, oidc_networks); }},
    {"oidc-http", "WHERE", "Where identity providers are asked without TLS: loopback, or anywhere",
     "loopback or anywhere", [](Config& c, const std::string& t) { return set_choice(c.oidc_http, t, oidc_https); },
     [](const Config& c) { return show_choice(c.oidc_http, oidc_https); }},
    {"tls-cert", "FILE", "Certificate chain in PEM form; serves HTTPS", "a file",
     [](Config& c, const std::string& t) { return c.tls_cert = t, !t.empty(); },
     [](const Config& c) { return c.tls_cert; }},
    {"tls-key", "FILE", "Private key in PEM form", "a file",
     [](Config& c, const std::string& t) { return c.tls_key = t, !t.empty(); },
     [](const Config& c) { return c.tls_key; }},
    {"testbench", "MODE", "Reset and clock of the test bench: on, off, or auto (on if only loopback is listened on)",
     "auto, on or off", [](Config& c, const std::string& t) { return set_choice(c.testbench, t, testbench_modes); },
     [](const Config& c) { return show_choice(c.testbench, testbench_modes); }, false, false, nullptr, "lab"},
    {"decisions", "N", "Decisions that the test bench keeps to explain; 0: none", "a number from 0 to 100000",
     [](Config& c, const std::string& t) { return set_number<std::size_t>(c.decisions, t, 0, 100000); },
     [](const Config& c) { return std::to_string(c.decisions); }},
    {"metadata-listen", "HOST:PORT", "Serve instance metadata and credentials of containers there; repeatable",
     "HOST:PORT", [](Config& c, const std::string& t) { return set_list(c.metadata_listen, t, is_not_empty); },
     [](const Config& c) { return show_list(c.metadata_listen); }, false, true},
    {"metadata-profile", "PROFILE", "Instance profile whose role the instance has: a name or an ARN",
     "a name or an ARN", [](Config& c, const std::string& t) { return c.metadata_profile = t, !t.empty(); },
     [](const Config& c) { return c.metadata_profile; }},
    {"metadata-tokens", "RULE", "required: the instance's metadata is IMDSv2 alone; optional: IMDSv1 as well",
     "required or optional",
     [](Config& c, const std::string& t) { return set_choice(c.metadata_tokens, t, token_rules); },
     [](const Config& c) { return show_choice(c.metadata_tokens, token_rules); }},
    {"metadata-region", "REGION", "Region of the instance", "the name of a Region",
     [](Config& c, const std::string& t) { return c.metadata_region = t, aws::is_region_name(t); },
     [](const Config& c) { return c.metadata_region; }},
    {"metadata-authorization", "SECRET", "What the header Authorization of containers must be",
     "a text that is not empty",
     [](Config& c, const std::string& t) { return c.metadata_authorization = t, !t.empty(); },
     [](const Config& c) { return c.metadata_authorization; }, true},
    {"metadata-container", "ID=ROLE", "Role of the container whose credentials are at /v2/credentials/ID; repeatable",
     "ID=ROLE", [](Config& c, const std::string& t) { return set_pairs(c.metadata_containers, t); },
     [](const Config& c) { return show_pairs(c.metadata_containers); }, false, true},
    {"metadata-pod", "NAMESPACE/ACCOUNT=ROLE", "Role of a service account's pods (EKS Pod Identity); repeatable",
     "NAMESPACE/ACCOUNT=ROLE", [](Config& c, const std::string& t) { return set_pairs(c.metadata_pods, t); },
     [](const Config& c) { return show_pairs(c.metadata_pods); }, false, true},
    {"max-connections", "N", "Connections at once", "a number from 1 to 1000000",
     [](Config& c, const std::string& t) { return set_number<std::size_t>(c.max_connections, t, 1, 1000000); },
     [](const Config& c) { return std::to_string(c.max_connections); }},
    {"idle-timeout", "SECONDS", "How long a connection may be silent between requests", "seconds from 1 to 86400",
     [](Config& c, const std::string& t) { return set_seconds(c.idle_timeout, t); },
     [](const Config& c) { return std::to_string(c.idle_timeout.count()); }},
    {"request-timeout", "SECONDS", "How long a request may take to arrive", "seconds from 1 to 86400",
     [](Config& c, const std::string& t) { return set_seconds(c.request_timeout, t); },
     [](const Config& c) { return std::to_string(c.request_timeout.count()); }},
    {"drain-timeout", "SECONDS", "How long running requests may take when the server stops", "seconds from 1 to 86400",
     [](Config& c, const std::string& t) { return set_seconds(c.drain_timeout, t); },
     [](const Config& c) { return std::to_string(c.drain_timeout.count()); }},
    {"log-level", "LEVEL", "error, warn, info (a line per request) or debug", "error, warn, info or debug",
     [](Config& c, const std::string& t) { return set_choice(c.log_level, t, levels); },
     [](const Config& c) { return show_choice(c.log_level, levels); }},
    {"log-format", "FORMAT", "text, json, or auto (text on a terminal)", "auto, text or json",
     [](Config& c, const std::string& t) { return set_choice(c.log_format, t, formats); },
     [](const Config& c) { return show_choice(c.log_format, formats); }},
};

std::string variable_of(const char* setting) {
    std::string name(variable_prefix);
    for (const char* c = setting; *c != '\0'; ++c)
        name.push_back(*c == '-' ? '_' : *c >= 'a' && *c <= 'z' ? static_cast<char>(*c - 'a' + 'A') : *c);
    return name;
}

/// Where a value came from, as --print-config says it.
using Sources = std::map<std::string, std::string>;

UsageError impossible(std::string_view source, const Setting& setting, const std::string& text) {
    if (setting.secret) return {fmt::format("{}: expected {}", source, setting.expected)};
    if (setting.complaint != nullptr) return {fmt::format("{}: {}", source, setting.complaint(text))};
    return {fmt::format("{}: '{}' is not {}", source, text, setting.expected)};
}

std::optional<UsageError> apply(Config& config, Sources& sources, const Setting& setting, const std::string& text,
                                const std::string& source) {
    if (!setting.set(config, text)) return impossible(source, setting, text);
    sources[setting.name] = source;
    return std::nullopt;
}

std::string without_line_end(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    return text;
}

std::optional<UsageError> apply_variable(Config& config, Sources& sources, const std::string& name,
                                         const std::string& value, const ReadFile& read_file) {
    for (const Setting& setting : settings) {
        const std::string variable = variable_of(setting.name);
        if (name == variable || (setting.former != nullptr && name == variable_of(setting.former)))
            return apply(config, sources, setting, value, name);
        if (!setting.secret || name != variable + "_FILE") continue;
        const std::optional<std::string> content = read_file(value);
        if (!content) return UsageError{fmt::format("{}: cannot read '{}'", name, value)};
        return apply(config, sources, setting, without_line_end(*content), name);
    }
    if (is_of_kubernetes(name, value)) return std::nullopt;
    std::vector<std::string> known;
    for (const Setting& setting : settings) {
        known.push_back(variable_of(setting.name));
        if (setting.secret) known.push_back(known.back() + "_FILE");
    }
    return UsageError{
        fmt::format("unknown variable {} in the environment{}", name, did_you_mean(name, known, variable_prefix))};
}

std::optional<UsageError> apply_environment(Config& config, Sources& sources, const Environment& environment,
                                            const ReadFile& read_file) {
    std::vector<std::string> names;
    for (const std::string& variable : environment) {
        if (!variable.starts_with(variable_prefix)) continue;
        const std::size_t equals = variable.find('=');
        const std::string name = variable.substr(0, equals);
        const std::string value = equals == std::string::npos ? "" : variable.substr(equals + 1);
        if (auto error = apply_variable(config, sources, name, value, read_file)) return error;
        if (!is_of_kubernetes(name, value)) names.push_back(name);
    }
    const auto given = [&](const std::string& name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    for (const Setting& setting : settings) {
        if (setting.former == nullptr) continue;
        const std::string now = variable_of(setting.name);
        const std::string former = variable_of(setting.former);
        if (given(now) && given(former)) return UsageError{fmt::format("{} and {} are both set", now, former)};
    }
    for (const std::string& name : names)
        if (given(name + "_FILE")) return UsageError{fmt::format("{} and {}_FILE are both set", name, name)};
    return std::nullopt;
}

std::string print_config(const Config& config, const Sources& sources) {
    std::string out;
    for (const Setting& setting : settings) {
        const auto source = sources.find(setting.name);
        std::string value = setting.show(config);
        if (setting.secret && !value.empty()) value = "(secret)";
        out.append(fmt::format("{:<23} {:<31} {}\n", setting.name, value.empty() ? "-" : value,
                               source == sources.end() ? "default" : source->second));
    }
    return out;
}

// --- help --------------------------------------------------------------------------------------------------------

constexpr NamedHelp stopping_flags[] = {
    {"--print-config", "Print every setting with its source, and stop"},
    {"--describe", "Print the operations served, as JSON, and stop"},
    {"--version", "Print the version, and stop"},
    {"-h, --help", "Print this, and stop"},
};

std::string help_of(const Setting& setting) {
    // What the program has by itself is no secret.
    const std::string usual = setting.show(Config());
    return usual.empty() ? std::string(setting.help) : fmt::format("{} (default: {})", setting.help, usual);
}

std::string help_text() {
    std::string out =
        "AWS IAM and STS on localhost.\n\n"
        "Usage: iamlocal [serve] [FLAGS]\n"
        "       iamlocal COMMAND [ARGUMENTS]\n\n"
        "Commands, each with its own --help:\n";
    for (const NamedHelp& command : commands) append_entry(out, command.name, command.help);
    out.append(
        "\nFlags of the server. Each is also a variable of the environment: IAMLOCAL_ and\n"
        "its name in capitals with '_' for '-', so IAMLOCAL_DATA_DIR for --data-dir:\n");
    for (const Setting& setting : settings) {
        const std::string flag = std::string("--") + setting.name;
        append_entry(out, fmt::format("{} {}", flag, setting.value), help_of(setting));
        if (setting.secret) append_entry(out, flag + "-file FILE", "File that holds it");
    }
    out.append("\nFlags that print something:\n");
    for (const NamedHelp& flag : stopping_flags) append_entry(out, flag.name, flag.help);
    return out.append(
        "\nExamples:\n"
        "  iamlocal                              in memory, at http://127.0.0.1:4566\n"
        "  iamlocal --data-dir ./data            keeps what is created in ./data\n"
        "  iamlocal --listen 127.0.0.1:5000      another port\n"
        "  iamlocal --quota UsersPerAccount=3    meets LimitExceeded soon\n"
        "  iamlocal why                          why the last denial was one\n"
        "  iamlocal validate policies/*.json     what is wrong with policies\n");
}

std::vector<std::string> command_names() {
    std::vector<std::string> names;
    for (const NamedHelp& command : commands) {
        const std::string_view name = command.name;
        names.emplace_back(name.substr(0, name.find(' ')));
    }
    return names;
}

/// A flag, or a word, that nobody knows.
UsageError unknown_argument(const std::string& argument) {
    if (!argument.starts_with("-")) {
        const std::string like = did_you_mean(argument, command_names(), "");
        return {fmt::format("unknown command '{}'{}", argument, like)};
    }
    std::vector<std::string> known{"--help"};
    for (const NamedHelp& flag : stopping_flags)
        if (flag.name[1] == '-') known.emplace_back(flag.name);
    for (const Setting& setting : settings) {
        known.push_back(std::string("--") + setting.name);
        if (setting.secret) known.push_back(known.back() + "-file");
    }
    const std::string flag = argument.substr(0, argument.find('='));
    return {fmt::format("unknown flag {}{}", flag,
                        flag.starts_with("--") ? did_you_mean(flag, known, "--") : did_you_mean(flag, known))};
}

}  // namespace

std::variant<Settings, UsageError> parse_settings(std::vector<std::string> arguments, const Environment& environment,
                                                  const ReadFile& read_file) {
    CLI::App app("", "iamlocal");
    std::map<std::string, std::string> given;
    std::map<std::string, std::vector<std::string>> lists;
    for (const Setting& setting : settings) {
        const std::string flag = std::string("--") + setting.name;
        const std::string names = setting.former == nullptr ? flag : flag + ",--" + setting.former;
        CLI::Option* option = setting.repeatable ? app.add_option(names, lists[setting.name], setting.help)
                                                 : app.add_option(names, given[setting.name], setting.help);
        option->type_name(setting.value);
        if (setting.repeatable) option->expected(1)->take_all();
        if (setting.secret)
            app.add_option(flag + "-file", given[std::string(setting.name) + "-file"], "File that holds it")
                ->type_name("FILE");
    }
    bool wants_config = false;
    bool wants_model = false;
    bool wants_version = false;
    app.add_flag("--print-config", wants_config, "Print every setting with its source, and stop");
    app.add_flag("--describe", wants_model, "Print the operations served, as JSON, and stop");
    app.add_flag("--version", wants_version, "Print the version, and stop");
    app.add_subcommand("serve")->fallthrough();
    CLI::App* healthcheck = app.add_subcommand("healthcheck");
    healthcheck->fallthrough();
    app.require_subcommand(0, 1);
    Settings result;
    try {
        std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
        app.parse(std::move(arguments));
    } catch (const CLI::CallForHelp&) {
        // `sevre --help`, and `help sevre`, which is the same
        const std::vector<std::string> others = app.remaining(true);
        const std::vector<std::string> known = command_names();
        if (!others.empty() && !others.front().starts_with("-") &&
            std::find(known.begin(), known.end(), others.front()) == known.end())
            return unknown_argument(others.front());
        result.command = Command::help;
        result.text = help_text();
        return result;
    } catch (const CLI::ExtrasError& error) {
        const std::vector<std::string> unknown = app.remaining(true);
        if (unknown.empty()) return UsageError{error.what()};
        return unknown_argument(unknown.front());
    } catch (const CLI::ParseError& error) {
        std::string message = error.what();
        return UsageError{message.substr(0, message.find('\n'))};
    }
    if (wants_version) {
        result.command = Command::version;
        return result;
    }

    Sources sources;
    if (auto error = apply_environment(result.config, sources, environment, read_file)) return *std::move(error);
    for (const Setting& setting : settings) {
        const std::string flag = std::string("--") + setting.name;
        if (app.count(flag) > 0) {
            std::string text = given[setting.name];
            if (setting.repeatable) text = fmt::format("{}", fmt::join(lists[setting.name], ","));
            if (auto error = apply(result.config, sources, setting, text, flag)) return *std::move(error);
        }
        if (!setting.secret || app.count(flag + "-file") == 0) continue;
        if (app.count(flag) > 0) return UsageError{fmt::format("{} and {}-file exclude each other", flag, flag)};
        const std::string path = given[std::string(setting.name) + "-file"];
        const std::optional<std::string> content = read_file(path);
        if (!content) return UsageError{fmt::format("{}-file: cannot read '{}'", flag, path)};
        if (auto error = apply(result.config, sources, setting, without_line_end(*content), flag + "-file"))
            return *std::move(error);
    }
    if (healthcheck->parsed()) result.command = Command::healthcheck;
    if (wants_model) result.command = Command::describe;
    if (wants_config) {
        result.command = Command::print_config;
        result.text = print_config(result.config, sources);
    }
    return result;
}

}  // namespace iamlocal::cli
