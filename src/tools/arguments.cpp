#include "tools/arguments.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "base/encoding.hpp"
#include "policy/caller.hpp"
#include "tools/input.hpp"

namespace iamlocal::tools {
namespace {

/// No organization is deeper: five levels of organizational units between root and account.
constexpr std::size_t most_levels = 7;

std::vector<std::string> split(std::string_view list) {
    std::vector<std::string> items;
    if (list.empty()) return items;
    while (true) {
        const std::size_t comma = list.find(',');
        items.emplace_back(list.substr(0, comma));
        if (comma == std::string_view::npos) return items;
        list.remove_prefix(comma + 1);
    }
}

std::optional<std::string> scalar_text(const nlohmann::json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_boolean() || value.is_number()) return value.dump();
    return std::nullopt;
}

}  // namespace

ContextKeys parse_context(const std::vector<std::string>& arguments) {
    ContextKeys keys;
    for (const std::string& argument : arguments) {
        const std::size_t equals = argument.find('=');
        if (equals == std::string::npos || equals == 0)
            throw InputError(fmt::format("--context: '{}' is not KEY=VALUE", argument));
        const std::string key = argument.substr(0, equals);
        const std::string_view value = std::string_view(argument).substr(equals + 1);
        policy::Values values;
        if (value.size() >= 2 && value.front() == '[' && value.back() == ']') {
            values = policy::Values::list(split(value.substr(1, value.size() - 2)));
        } else {
            values = policy::Values::single(std::string(value));
        }
        const auto known = std::find_if(keys.begin(), keys.end(),
                                        [&](const auto& entry) { return equals_ignoring_case(entry.first, key); });
        if (known == keys.end()) {
            keys.emplace_back(key, std::move(values));
            continue;
        }
        known->second.multivalued = true;
        for (std::string& item : values.items) known->second.items.push_back(std::move(item));
    }
    return keys;
}

ContextKeys parse_context_json(std::string_view json, const std::string& file) {
    DistinctKeys names;
    std::optional<std::string> twice;
    const auto note_keys = [&](int depth, nlohmann::json::parse_event_t event, const nlohmann::json& value) {
        if (event == nlohmann::json::parse_event_t::key && depth == 1 &&
            !names.add(value.get_ref<const std::string&>()))
            twice = value.get<std::string>();
        return true;
    };
    const nlohmann::json parsed = nlohmann::json::parse(json, note_keys, false);
    if (twice) throw InputError({file}, fmt::format("the key {} is there twice", *twice));
    if (!parsed.is_object()) throw InputError({file}, "is not a JSON object of context keys");
    ContextKeys keys;
    for (const auto& [key, value] : parsed.items()) {
        if (auto text = scalar_text(value)) {
            keys.emplace_back(key, policy::Values::single(*std::move(text)));
            continue;
        }
        if (!value.is_array()) throw InputError({file}, fmt::format("the value of {} has no use in a context", key));
        std::vector<std::string> items;
        for (const nlohmann::json& item : value) {
            auto text = scalar_text(item);
            if (!text) throw InputError({file}, fmt::format("an item of {} has no use in a context", key));
            items.push_back(*std::move(text));
        }
        keys.emplace_back(key, policy::Values::list(std::move(items)));
    }
    return keys;
}

std::vector<LevelFile> parse_levels(const std::vector<std::string>& arguments) {
    std::vector<LevelFile> files;
    std::size_t next = 0;
    for (const std::string& argument : arguments) {
        std::size_t number = 0;
        const char* const end = argument.data() + argument.size();
        const auto [stopped, error] = std::from_chars(argument.data(), end, number);
        if (error == std::errc{} && stopped != end && *stopped == '=') {
            if (number == 0 || number > most_levels)
                throw InputError(fmt::format("'{}': levels go from 1, the root, to {}", argument, most_levels));
            if (stopped + 1 == end) throw InputError(fmt::format("'{}': the file is missing", argument));
            if (number > next + 1)
                throw InputError(fmt::format("'{}': level {} has no document yet", argument, next + 1));
            files.push_back({number - 1, std::string(stopped + 1, end)});
            next = std::max(next, number);
        } else {
            if (next == most_levels)
                throw InputError(fmt::format("'{}': there are no more than {} levels", argument, most_levels));
            files.push_back({next++, argument});
        }
    }
    return files;
}

std::optional<policy::Principal> make_caller(const CallerText& text, const std::string& default_account,
                                             std::string& error) {
    const std::string arn = text.arn.empty() ? arn::iam(AccountId(default_account), "user", "/", "unnamed") : text.arn;
    std::optional<policy::Principal> caller = policy::parse_caller(arn);
    if (!caller) {
        error = fmt::format("'{}' is no user, role, role session, federated user, root, service or provider", arn);
        return std::nullopt;
    }
    if (!text.role_arn.empty()) {
        const std::optional<policy::Principal> role = policy::parse_caller(text.role_arn);
        const bool is_role = role && !role->role_arn.empty() && role->role_arn == text.role_arn;
        const auto name = [](std::string_view path) { return path.substr(path.rfind('/') + 1); };
        if (!is_role || caller->kind != policy::PrincipalKind::role_session ||
            name(role->role_arn) != name(caller->role_arn) || role->account != caller->account) {
            error = fmt::format("'{}' is not the role of '{}'", text.role_arn, arn);
            return std::nullopt;
        }
        caller->role_arn = text.role_arn;
    }
    if (!text.user_arn.empty()) {
        const std::optional<policy::Principal> user = policy::parse_caller(text.user_arn);
        const bool fits = user && user->account == caller->account &&
                          (user->kind == policy::PrincipalKind::user || user->kind == policy::PrincipalKind::root);
        if (!fits || caller->kind != policy::PrincipalKind::federated_user) {
            error = fmt::format("'{}' cannot be the user behind '{}'", text.user_arn, arn);
            return std::nullopt;
        }
        caller->user_arn = user->arn;
    }
    return caller;
}

void fill_context(policy::MapContext& context, const policy::Principal& caller, std::string_view resource_account,
                  const ContextKeys& given) {
    for (auto& [key, value] : policy::caller_keys(caller)) context.set(key, std::move(value));
    if (!resource_account.empty()) context.set("aws:ResourceAccount", std::string(resource_account));
    for (const auto& [key, values] : given) context.set(key, values);
}

}  // namespace iamlocal::tools
