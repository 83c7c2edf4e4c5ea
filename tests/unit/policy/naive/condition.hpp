// Condition operators, read from the JSON each time. Part of the second evaluator (see combine.hpp).
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "policy/request.hpp"
#include "unit/policy/naive/text.hpp"
#include "unit/policy/naive/values.hpp"

namespace iamlocal::naive {

using Json = nlohmann::json;

/// A single value and a list of one are the same; numbers and booleans stand for their JSON text.
inline std::vector<std::string> one_or_many(const Json& json) {
    std::vector<std::string> values;
    for (const Json& value : json.is_array() ? json : Json::array({json})) {
        values.push_back(value.is_string() ? value.get<std::string>() : value.dump());
    }
    return values;
}

inline bool ends_with(const std::string& text, std::string_view end) {
    return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

inline bool remove_prefix(std::string& text, std::string_view start) {
    if (text.rfind(start, 0) != 0) return false;
    text.erase(0, start.size());
    return true;
}

inline bool remove_suffix(std::string& text, std::string_view end) {
    if (!ends_with(text, end)) return false;
    text.erase(text.size() - end.size());
    return true;
}

/// The relation of two ordered values that a Numeric or Date operator asks for. `name`: without its family, and without
/// `not`, in lower case.
inline bool related(const std::string& name, int order) {
    if (name == "equals") return order == 0;
    if (name == "lessthan") return order < 0;
    if (name == "lessthanequals") return order <= 0;
    if (name == "greaterthan") return order > 0;
    return name == "greaterthanequals" && order >= 0;
}

inline bool arn_matches(const Pattern& pattern, const std::string& value) {
    const std::vector<Pattern> patterns = parts_of_arn(pattern, [](const Symbol& s) { return s.c == U':'; });
    const std::vector<Text> parts = parts_of_arn(characters(value));
    if (patterns.size() < 6 || parts.size() < 6) return false;
    for (std::size_t i = 0; i < 6; ++i) {
        if (!glob(patterns[i], parts[i])) return false;
    }
    return true;
}

/// Whether one policy value matches one request value, for the operator without quantifier, suffix and negation, in
/// lower case.
inline bool value_matches(const std::string& op, const std::string& value, const std::string& policy_value,
                          bool variables, const policy::RequestContext& context) {
    std::string family = op;
    if (remove_prefix(family, "numeric")) {
        const auto ours = number(value);
        const auto theirs = number(policy_value);
        return ours && theirs && related(family, compared(*ours, *theirs));
    }
    if (remove_prefix(family, "date")) {
        const auto ours = instant(value);
        const auto theirs = instant(policy_value);
        return ours && theirs && related(family, compared(*ours, *theirs));
    }
    if (op == "binaryequals") {
        const auto ours = base64_bytes(value);
        return ours && ours == base64_bytes(policy_value);
    }
    if (op == "ipaddress") return in_range(value, policy_value);

    const bool wildcards = op == "stringlike" || op == "arnlike" || op == "arnequals";
    const auto pattern = expanded(policy_value, wildcards, variables, context);
    if (!pattern) return false;
    if (op == "stringequals" || op == "stringlike") return glob(*pattern, characters(value));
    if (op == "arnlike" || op == "arnequals") return arn_matches(*pattern, value);

    std::string text;
    for (const Symbol& symbol : *pattern) text += symbol.c < 0x80 ? static_cast<char>(symbol.c) : '\x80';
    if (op == "bool") {
        return (lowered(text) == "true" || lowered(text) == "false") && lowered(text) == lowered(value);
    }
    if (op == "stringequalsignorecase") {
        Pattern folded = *pattern;
        for (Symbol& symbol : folded) {
            if (symbol.c >= U'A' && symbol.c <= U'Z') symbol.c += 32;
        }
        return glob(folded, characters(lowered(value)));
    }
    return false;
}

/// One operator on one key.
inline bool condition_matches(const std::string& operator_name, const std::string& key, const Json& policy_values,
                              bool variables, const policy::RequestContext& context) {
    std::string op = lowered(operator_name);
    const bool for_all = remove_prefix(op, "forallvalues:");
    const bool for_any = remove_prefix(op, "foranyvalue:");
    const bool if_exists = remove_suffix(op, "ifexists");
    const std::vector<std::string> wanted = one_or_many(policy_values);
    const std::optional<policy::Values> found = context.find(lowered(key));

    if (op == "null") {
        if (for_all || for_any) return for_all;
        return std::any_of(wanted.begin(), wanted.end(),
                           [&](const std::string& v) { return lowered(v) == (found ? "false" : "true"); });
    }
    bool negated = false;
    for (const char* family : {"string", "numeric", "date", "arn"}) {
        if (remove_prefix(op, std::string(family) + "not")) {
            negated = true;
            op = family + op;
        }
    }
    if (op == "notipaddress") {
        negated = true;
        op = "ipaddress";
    }

    if (!found) {
        if (if_exists || for_all) return true;
        return !for_any && negated;
    }
    const bool nothing = found->items.empty() || (found->items.size() == 1 && found->items[0].empty());
    if ((for_all || for_any) && nothing) return for_all;
    if (!for_all && !for_any && found->multivalued) return false;

    const auto single = [&](const std::string& value) {
        const bool some = std::any_of(wanted.begin(), wanted.end(), [&](const std::string& policy_value) {
            return value_matches(op, value, policy_value, variables, context);
        });
        return some != negated;
    };
    if (for_all) return std::all_of(found->items.begin(), found->items.end(), single);
    return std::any_of(found->items.begin(), found->items.end(), single);
}

/// A whole Condition element.
inline bool conditions_match(const Json& condition, bool variables, const policy::RequestContext& context) {
    for (const auto& [operator_name, keys] : condition.items()) {
        for (const auto& [key, values] : keys.items()) {
            if (!condition_matches(operator_name, key, values, variables, context)) return false;
        }
    }
    return true;
}

}  // namespace iamlocal::naive
