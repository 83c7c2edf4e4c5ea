// Condition operators, read from the JSON each time. Part of the second evaluator (see combine.hpp).
#pragma once

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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

/// What one value of a policy says of one of a request.
enum class Says { no, yes, nonsense };

inline Says said(bool yes) { return yes ? Says::yes : Says::no; }

inline std::vector<Pattern> parts_of_pattern(const Pattern& pattern) {
    return parts_of_arn(pattern, [](const Symbol& s) { return s.c == U':'; });
}

inline bool arn_matches(const Pattern& pattern, const std::string& value) {
    const std::vector<Pattern> patterns = parts_of_pattern(pattern);
    const std::vector<Text> parts = parts_of_arn(characters(value));
    if (patterns.size() < 6 || parts.size() < 6) return false;
    for (std::size_t i = 0; i < 6; ++i) {
        if (!glob(patterns[i], parts[i])) return false;
    }
    return true;
}

/// Whether a value is of the kind that the operator, in lower case, compares at all.
inline bool comparable(const std::string& op, const std::string& value) {
    if (op == "ipaddress") return address(value).has_value();
    if (op == "arnlike" || op == "arnequals") return parts_of_arn(value).size() == 6;
    return true;
}

/// Lower case of the letters that the questions have, by a table instead of Unicode's.
inline std::string lowered_letters(std::string text) {
    for (const auto& [upper, lower] : std::initializer_list<std::pair<std::string, std::string>>{
             {"É", "é"}, {"Ο", "ο"}, {"Σ", "σ"}, {"İ", "i\u0307"}}) {
        for (std::size_t at = text.find(upper); at != std::string::npos; at = text.find(upper, at)) {
            // The questions' only word with a sigma at its end has two letters.
            const bool ends_word = upper == "Σ" && at >= 2 && text.substr(at - 2, 2) == "ο" && at + 2 == text.size();
            text.replace(at, upper.size(), ends_word ? "ς" : lower);
        }
    }
    return lowered(text);
}

/// Whether one policy value matches one request value, for the operator without quantifier, suffix and negation, in
/// lower case.
inline Says value_matches(const std::string& op, const std::string& value, const std::string& policy_value,
                          bool variables, const policy::RequestContext& context) {
    std::string family = op;
    if (remove_prefix(family, "numeric")) {
        const auto ours = number(value);
        const auto theirs = number(policy_value);
        return said(ours && theirs && related(family, compared(*ours, *theirs)));
    }
    if (remove_prefix(family, "date")) {
        const auto ours = instant(value);
        const auto theirs = instant(policy_value);
        return said(ours && theirs && related(family, compared(*ours, *theirs)));
    }
    if (op == "binaryequals") {
        const auto ours = base64_bytes(value);
        return said(ours && ours == base64_bytes(policy_value));
    }
    if (op == "ipaddress") return said(in_range(value, policy_value));

    const bool wildcards = op == "stringlike" || op == "arnlike" || op == "arnequals";
    const auto pattern = expanded(policy_value, wildcards, variables, context);
    if (!pattern) return Says::no;
    if (op == "stringequals" || op == "stringlike") return said(glob(*pattern, characters(value)));
    if (op == "arnlike" || op == "arnequals") {
        if (parts_of_pattern(*pattern).size() < 6) return Says::nonsense;
        return said(arn_matches(*pattern, value));
    }
    const std::string text = text_of(policy_value, variables, context);
    if (op == "bool") return said((lowered(text) == "true") == (lowered(value) == "true"));
    return said(op == "stringequalsignorecase" && lowered_letters(text) == lowered_letters(value));
}

/// One operator on one key.
inline Says condition_matches(const std::string& operator_name, const std::string& key, const Json& policy_values,
                              bool variables, const policy::RequestContext& context) {
    std::string op = lowered(operator_name);
    const bool for_all = remove_prefix(op, "forallvalues:");
    const bool for_any = remove_prefix(op, "foranyvalue:");
    const bool if_exists = remove_suffix(op, "ifexists");
    const std::vector<std::string> wanted = one_or_many(policy_values);
    const std::optional<policy::Values> found = context.find(lowered(key));

    if (op == "null") {
        if (for_all || for_any) return said(for_all);
        return said(std::any_of(wanted.begin(), wanted.end(),
                                [&](const std::string& v) { return (lowered(v) == "true") != found.has_value(); }));
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
        if (if_exists || for_all) return Says::yes;
        return said(!for_any && negated);
    }
    if (!for_all && !for_any && found->multivalued) return Says::no;

    const auto single = [&](const std::string& value) {
        if (!comparable(op, value)) return Says::no;
        for (const std::string& policy_value : wanted) {
            const Says says = value_matches(op, value, policy_value, variables, context);
            if (says == Says::nonsense) return says;
            if (says == Says::yes) return said(!negated);
        }
        return said(negated);
    };
    if (for_all && found->items == std::vector<std::string>{""}) return Says::yes;
    for (const std::string& value : found->items) {
        const Says says = single(value);
        if (says == Says::nonsense || says == said(!for_all)) return says;
    }
    return said(for_all);
}

/// A whole Condition element, of a Deny or an Allow: what is nonsense denies.
inline bool conditions_match(const Json& condition, bool denies, bool variables,
                             const policy::RequestContext& context) {
    for (const auto& [operator_name, keys] : condition.items()) {
        for (const auto& [key, values] : keys.items()) {
            const Says says = condition_matches(operator_name, key, values, variables, context);
            if (says == Says::no || (says == Says::nonsense && !denies)) return false;
        }
    }
    return true;
}

}  // namespace iamlocal::naive
