// Settings: where identities are kept, who is there from the beginning, and what is enforced.
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "aws/ids.hpp"
#include "aws/quotas.hpp"
#include "cli/setting.hpp"
#include "cli/setting_values.hpp"

namespace iamlocal::cli {
namespace {

constexpr Choice<Config::Enforcement> enforcements[] = {{"enforce", Config::Enforcement::enforce},
                                                        {"audit", Config::Enforcement::audit},
                                                        {"off", Config::Enforcement::off}};
constexpr Choice<Config::Durability> durabilities[] = {{"normal", Config::Durability::normal},
                                                       {"full", Config::Durability::full}};
constexpr Choice<Config::DatabaseFreshness> freshnesses[] = {{"second", Config::DatabaseFreshness::second},
                                                             {"immediate", Config::DatabaseFreshness::immediate}};

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

}  // namespace

std::span<const Setting> settings_of_identities() {
    static const Setting settings[] = {
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
             return c.master_key = t,
                    t.size() == 64 && t.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
         },
         [](const Config& c) { return c.master_key; }, true},
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
        {"managed-policies", "FILE", "AWS's managed policies from this file of scripts/refresh-managed-policies",
         "a file", [](Config& c, const std::string& t) { return c.managed_policies = t, !t.empty(); },
         [](const Config& c) { return c.managed_policies; }},
        {"quota", "NAME=NUMBER", "Another limit than AWS's, such as UsersPerAccount=3; repeatable", "NAME=NUMBER",
         set_quotas, show_quotas, false, true, complain_of_quotas},
        {"enforcement", "MODE", "enforce: refuse what policies refuse; audit: only log it; off: decide nothing",
         "enforce, audit or off",
         [](Config& c, const std::string& t) { return set_choice(c.enforcement, t, enforcements); },
         [](const Config& c) { return show_choice(c.enforcement, enforcements); }},
    };
    return settings;
}

}  // namespace iamlocal::cli
