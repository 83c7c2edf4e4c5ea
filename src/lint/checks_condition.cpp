// Checks of condition operators and of what stands behind a key, whatever the key is.
#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "lint/facts.hpp"
#include "lint/report.hpp"
#include "lint/wildcards.hpp"

namespace iamlocal::lint {
namespace {

using policy::Decimal;
using policy::Family;
using policy::Quantifier;
using policy::Relation;

/// Comparing a misspelt operator with all that there are costs about this many steps.
constexpr std::size_t similar_cost = 20'000;

/// Null in forms that are no operators: with a quantifier, with IfExists.
struct NullForm {
    bool quantified = false;
    bool if_exists = false;
};

NullForm null_form(std::string_view name) {
    const std::string folded = fold_case(name);
    const bool quantified = folded.starts_with("forallvalues:") || folded.starts_with("foranyvalue:");
    const std::string_view base = std::string_view(folded).substr(quantified ? folded.find(':') + 1 : 0);
    return {quantified && base.starts_with("null"), base == "nullifexists"};
}

template <class Rule>
void each_operator(const Document& document, const Statement& statement, Rule rule) {
    if (!statement.condition || !statement.condition->is(Type::object)) return;
    for (std::size_t i = 0; i < statement.condition->items.size(); ++i) {
        rule(statement.condition->items[i].key, document.key_position(*statement.condition, i));
    }
}

void invalid_condition_operator(const Document& document, const Statement& statement, Report& report) {
    each_operator(document, statement, [&](std::string_view name, std::size_t at) {
        const NullForm null = null_form(name);
        if (policy::parse_operator(name) || null.quantified || null.if_exists) return;
        const std::string similar = report.spend(similar_cost) ? similar_operator(name) : std::string();
        report.add(at, fmt::format("The condition operator '{}' is not valid. {}", name,
                                   similar.empty() ? "Use a valid condition operator."
                                                   : fmt::format("Did you mean {}?", similar)));
    });
}

void null_with_if_exists(const Document& document, const Statement& statement, Report& report) {
    each_operator(document, statement, [&](std::string_view name, std::size_t at) {
        if (!null_form(name).if_exists) return;
        report.add(at,
                   "The Null condition operator cannot be used with the IfExists suffix. Update the operator or the "
                   "suffix.");
    });
}

void null_with_qualifier(const Document& document, const Statement& statement, Report& report) {
    each_operator(document, statement, [&](std::string_view name, std::size_t at) {
        if (!null_form(name).quantified) return;
        report.add(
            at,
            "Avoid using the Null condition operator with the ForAllValues or ForAnyValue qualifiers because they "
            "always return a true or false respectively.");
    });
}

/// The four checks of empty lists share this: which of them an empty list concerns.
enum class EmptyList { plain, for_all_values, for_any_value, if_exists };

EmptyList empty_list_kind(const Condition& condition) {
    if (condition.op && condition.op->quantifier == Quantifier::for_all_values) return EmptyList::for_all_values;
    if (condition.op && condition.op->quantifier == Quantifier::for_any_value) return EmptyList::for_any_value;
    return condition.op && condition.op->if_exists ? EmptyList::if_exists : EmptyList::plain;
}

std::string_view empty_list_message(EmptyList kind) {
    switch (kind) {
        case EmptyList::for_all_values:
            return "The ForAllValues prefix with an empty list matches only if the key is missing from the request "
                   "context. "
                   "Use the Null condition operator with the value of true instead.";
        case EmptyList::for_any_value:
            return "The ForAnyValue prefix with an empty list never matches the request context. Specify values.";
        case EmptyList::if_exists:
            return "The IfExists suffix with an empty list matches only if the key is missing from the request "
                   "context. Use "
                   "the Null condition operator with the value of true instead.";
        case EmptyList::plain:
            break;
    }
    return "There are no values for the condition key. Specify values.";
}

template <EmptyList kind>
void empty_array_condition(const Document&, const Statement& statement, Report& report) {
    for (const Condition& condition : statement.conditions) {
        const bool empty = condition.value->is(Type::array) && condition.value->items.empty();
        if (empty && empty_list_kind(condition) == kind) {
            report.add(*condition.value, std::string(empty_list_message(kind)));
        }
    }
}

void duplicate_keys_with_different_case(const Document&, const Statement& statement, Report& report) {
    std::unordered_map<std::string, const Condition*> seen;
    for (const Condition& condition : statement.conditions) {
        const auto [known, is_new] =
            seen.emplace(std::string(condition.operator_text).append("\n").append(condition.folded_key), &condition);
        if (is_new) continue;
        report.add(condition.key_at,
                   fmt::format("The condition key {} appears more than once with different capitalization in the same "
                               "condition block. Remove the duplicate condition keys.",
                               condition.key));
    }
}

void invalid_condition_data_type(const Document&, const Statement& statement, Report& report) {
    for (const Condition& condition : statement.conditions) {
        for (const Value* value : condition.values) {
            if (value->type == condition.values[0]->type) continue;
            report.add(*value,
                       "The condition value data types do not match. Use condition values of the same JSON data type.");
            break;
        }
    }
}

void invalid_condition_multiple_boolean(const Document&, const Statement& statement, Report& report) {
    for (const Condition& condition : statement.conditions) {
        const bool one_boolean = condition.is(Family::boolean) || condition.is(Family::null);
        if (!one_boolean || condition.values.size() < 2 || condition.is_quantified()) continue;
        report.add(*condition.value,
                   fmt::format("The condition key {} does not support multiple Boolean values. Use a single "
                               "Boolean value.",
                               condition.key));
    }
}

/// `${*}` and `${?}` are how a policy writes the characters themselves.
bool has_plain_wildcard(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text.substr(i).starts_with("${")) {
            const std::size_t close = text.find('}', i);
            if (close == std::string_view::npos) return has_wildcard(text.substr(i));
            i = close;
        } else if (text[i] == '*' || text[i] == '?') {
            return true;
        }
    }
    return false;
}

void wildcard_without_like_operator(const Document&, const Statement& statement, Report& report) {
    for (const Condition& condition : statement.conditions) {
        const bool takes_text = condition.is(Family::string) || condition.is(Family::folded_string);
        if (!takes_text || condition.op->op->wildcards) continue;
        for (const Value* value : condition.values) {
            if (!has_plain_wildcard(value->text)) continue;
            report.add(*value,
                       "Your condition value includes a * or ? character. If you meant to use a wildcard (*, ?), "
                       "update the condition operator to include Like.");
        }
    }
}

void redundant_condition_value_num(const Document&, const Statement& statement, Report& report) {
    for (const Condition& condition : statement.conditions) {
        if (!condition.is(Family::numeric) || condition.op->op->relation == Relation::equal) continue;
        if (condition.values.size() < 2) continue;
        const Relation relation = condition.op->op->relation;
        const bool less = relation == Relation::less || relation == Relation::less_equal;
        std::optional<Decimal> widest;
        bool all_numbers = true;
        for (const Value* value : condition.values) {
            const std::optional<Decimal> number = Decimal::parse(value->text);
            all_numbers = all_numbers && number.has_value();
            if (number && (!widest || (less ? *number > *widest : *number < *widest))) widest = number;
        }
        if (!all_numbers) continue;
        report.add(*condition.value,
                   fmt::format("Multiple values in {} are redundant. Replace with the {} single value.",
                               condition.operator_text, less ? "greatest" : "least"));
    }
}

void for_all_values_without_null_check(const Document&, const Statement& statement, Report& report) {
    if (!statement.allows) return;
    for (const Condition& condition : statement.conditions) {
        if (!condition.op || condition.op->quantifier != Quantifier::for_all_values || condition.is(Family::null))
            continue;
        // A request without tags is what those want who say which tags there may be.
        if (condition.folded_key.ends_with("tagkeys")) continue;
        // Of a key with a single value FORALLVALUES_WITH_SINGLE_VALUED_KEY speaks.
        if (condition.known && !condition.known->type.starts_with("ArrayOf")) continue;
        const bool checked =
            std::any_of(statement.conditions.begin(), statement.conditions.end(), [&](const Condition& other) {
                const bool requires_key =
                    other.is(Family::null) && !other.values.empty() && other.values[0]->text == "false";
                const bool matches_only_present = other.op && other.op->quantifier == Quantifier::for_any_value;
                return other.folded_key == condition.folded_key && (requires_key || matches_only_present);
            });
        if (checked) continue;
        report.add(
            condition.operator_at,
            fmt::format("ForAllValues is true, too, for requests without {}, which this statement then allows. Add "
                        "\"Null\": {{\"{}\": \"false\"}} if they should not be.",
                        condition.key, condition.key));
    }
}

/// A key and those of which one should stand beside it, all in lower case.
struct PairedKeys {
    std::string_view key;
    std::array<std::string_view, 3> partners;
    std::string_view names;
};
constexpr std::array<PairedKeys, 1> paired_keys{
    {{"aws:vpcsourceip", {"aws:sourcevpc", "aws:sourcevpce", "aws:sourcevpcarn"}, "aws:SourceVpc, aws:SourceVpce"}}};

void missing_paired_condition_keys(const Document&, const Statement& statement, Report& report) {
    if (!statement.allows) return;
    for (const Condition& condition : statement.conditions) {
        for (const PairedKeys& pair : paired_keys) {
            if (condition.folded_key != pair.key) continue;
            const bool there = std::any_of(pair.partners.begin(), pair.partners.end(), [&](std::string_view partner) {
                return statement.find_condition(partner) != nullptr;
            });
            if (there) continue;
            report.add(condition.key_at,
                       fmt::format("Using the condition key {} can be overly permissive without also using one "
                                   "of the following condition keys: {}.",
                                   condition.key, pair.names));
        }
    }
}

}  // namespace

std::span<const Check> condition_checks() {
    static constexpr Check table[] = {
        {"INVALID_CONDITION_OPERATOR", Severity::error, "There is no such condition operator.",
         invalid_condition_operator},
        {"NULL_WITH_IF_EXISTS", Severity::error, "Null has the suffix IfExists.", null_with_if_exists},
        {"DUPLICATE_KEYS_WITH_DIFFERENT_CASE", Severity::error, "A condition block has a key twice.",
         duplicate_keys_with_different_case},
        {"INVALID_CONDITION_DATA_TYPE", Severity::error, "A list of condition values has several JSON types.",
         invalid_condition_data_type},
        {"INVALID_CONDITION_MULTIPLE_BOOLEAN", Severity::error, "A condition has several booleans.",
         invalid_condition_multiple_boolean},
        {"WILDCARD_WITHOUT_LIKE_OPERATOR", Severity::warning, "A wildcard stands where it is an ordinary character.",
         wildcard_without_like_operator},
        {"FORALLVALUES_WITHOUT_NULL_CHECK", Severity::suggestion,
         "A statement with ForAllValues also allows requests without the key.", for_all_values_without_null_check,
         nullptr, "reference_policies_condition-single-vs-multi-valued-context-keys.html"},
        {"MISSING_PAIRED_CONDITION_KEYS", Severity::security_warning,
         "A condition key is safe only beside another one.", missing_paired_condition_keys},
        {"NULL_WITH_QUALIFIER", Severity::suggestion, "Null has a quantifier.", null_with_qualifier},
        {"EMPTY_ARRAY_CONDITION", Severity::suggestion, "A condition has no values.",
         empty_array_condition<EmptyList::plain>},
        {"EMPTY_ARRAY_CONDITION_FORALLVALUES", Severity::suggestion, "A condition with ForAllValues has no values.",
         empty_array_condition<EmptyList::for_all_values>},
        {"EMPTY_ARRAY_CONDITION_FORANYVALUE", Severity::suggestion, "A condition with ForAnyValue has no values.",
         empty_array_condition<EmptyList::for_any_value>},
        {"EMPTY_ARRAY_CONDITION_IFEXISTS", Severity::suggestion, "A condition with IfExists has no values.",
         empty_array_condition<EmptyList::if_exists>},
        {"REDUNDANT_CONDITION_VALUE_NUM", Severity::suggestion, "One of several numbers would be enough.",
         redundant_condition_value_num},
    };
    return table;
}

}  // namespace iamlocal::lint
