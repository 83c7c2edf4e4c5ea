#include "policy/condition.hpp"

#include <algorithm>
#include <array>
#include <compare>
#include <utility>

#include "base/encoding.hpp"

namespace iamlocal::policy {
namespace {

constexpr std::array<Operator, 27> operators{{
    {.name = "StringEquals", .family = Family::string, .variables = true},
    {.name = "StringNotEquals", .family = Family::string, .negated = true, .variables = true},
    {.name = "StringEqualsIgnoreCase", .family = Family::folded_string, .variables = true},
    {.name = "StringNotEqualsIgnoreCase", .family = Family::folded_string, .negated = true, .variables = true},
    {.name = "StringLike", .family = Family::string, .wildcards = true, .variables = true},
    {.name = "StringNotLike", .family = Family::string, .negated = true, .wildcards = true, .variables = true},
    {.name = "NumericEquals", .family = Family::numeric},
    {.name = "NumericNotEquals", .family = Family::numeric, .negated = true},
    {.name = "NumericLessThan", .family = Family::numeric, .relation = Relation::less},
    {.name = "NumericLessThanEquals", .family = Family::numeric, .relation = Relation::less_equal},
    {.name = "NumericGreaterThan", .family = Family::numeric, .relation = Relation::greater},
    {.name = "NumericGreaterThanEquals", .family = Family::numeric, .relation = Relation::greater_equal},
    {.name = "DateEquals", .family = Family::date},
    {.name = "DateNotEquals", .family = Family::date, .negated = true},
    {.name = "DateLessThan", .family = Family::date, .relation = Relation::less},
    {.name = "DateLessThanEquals", .family = Family::date, .relation = Relation::less_equal},
    {.name = "DateGreaterThan", .family = Family::date, .relation = Relation::greater},
    {.name = "DateGreaterThanEquals", .family = Family::date, .relation = Relation::greater_equal},
    {.name = "Bool", .family = Family::boolean, .variables = true},
    {.name = "BinaryEquals", .family = Family::binary},
    {.name = "IpAddress", .family = Family::ip},
    {.name = "NotIpAddress", .family = Family::ip, .negated = true},
    {.name = "ArnEquals", .family = Family::arn, .wildcards = true, .variables = true},
    {.name = "ArnNotEquals", .family = Family::arn, .negated = true, .wildcards = true, .variables = true},
    {.name = "ArnLike", .family = Family::arn, .wildcards = true, .variables = true},
    {.name = "ArnNotLike", .family = Family::arn, .negated = true, .wildcards = true, .variables = true},
    {.name = "Null", .family = Family::null},
}};

/// Takes `affix` off the front or back of `text`, ignoring case.
bool take_prefix(std::string_view& text, std::string_view affix) {
    if (text.size() < affix.size() || !equals_ignoring_case(text.substr(0, affix.size()), affix)) return false;
    text.remove_prefix(affix.size());
    return true;
}

bool take_suffix(std::string_view& text, std::string_view affix) {
    if (text.size() < affix.size() || !equals_ignoring_case(text.substr(text.size() - affix.size()), affix)) {
        return false;
    }
    text.remove_suffix(affix.size());
    return true;
}

bool relates(std::strong_ordering order, Relation relation) {
    switch (relation) {
        case Relation::equal:
            return std::is_eq(order);
        case Relation::less:
            return std::is_lt(order);
        case Relation::less_equal:
            return std::is_lteq(order);
        case Relation::greater:
            return std::is_gt(order);
        case Relation::greater_equal:
            return std::is_gteq(order);
    }
    return false;
}

template <class T>
Operand or_unreadable(std::optional<T> value) {
    if (!value) return std::monostate{};
    return std::move(*value);
}

/// Whether some operand of type T passes the test.
template <class T, class Test>
bool any_of(const std::vector<Operand>& operands, Test test) {
    return std::any_of(operands.begin(), operands.end(), [&](const Operand& operand) {
        const T* value = std::get_if<T>(&operand);
        return value && test(*value);
    });
}

/// As any_of for values with a text, whose variables are replaced first. In lower case when `fold`.
bool any_text(const std::vector<Operand>& operands, std::string_view subject, bool fold, const Context& context) {
    return any_of<Glob>(operands, [&](const Glob& glob) {
        if (!glob.has_variables()) return glob.matches(subject);  // folded when it was parsed
        std::optional<Glob> resolved = glob.resolve(context, subject.size());
        if (!resolved) return false;
        if (fold) resolved->fold();
        return resolved->matches(subject);
    });
}

/// The positive test: whether some policy value matches one request value. A value that its family cannot read does
/// not match.
bool some_value_matches(const Condition& condition, const std::string& value, const Context& context) {
    const std::vector<Operand>& operands = condition.operands;
    const Operator& op = *condition.name.op;
    switch (op.family) {
        case Family::string:
            return any_text(operands, value, false, context);
        case Family::folded_string:
            return any_text(operands, fold_case(value), true, context);
        case Family::boolean: {
            const std::string folded = fold_case(value);
            return (folded == "true" || folded == "false") && any_text(operands, folded, true, context);
        }
        case Family::numeric: {
            const auto number = Decimal::parse(value);
            return number && any_of<Decimal>(operands, [&](const Decimal& operand) {
                       return relates(*number <=> operand, op.relation);
                   });
        }
        case Family::date: {
            const auto instant = PreciseInstant::parse(value);
            return instant && any_of<PreciseInstant>(operands, [&](const PreciseInstant& operand) {
                       return relates(*instant <=> operand, op.relation);
                   });
        }
        case Family::ip: {
            const auto address = Address::parse(value);
            return address &&
                   any_of<AddressRange>(operands, [&](const AddressRange& range) { return range.contains(*address); });
        }
        case Family::binary: {
            const auto bytes = Bytes::parse(value);
            return bytes && any_of<Bytes>(operands, [&](const Bytes& operand) { return operand == *bytes; });
        }
        case Family::arn: {
            const ResourceName arn = ResourceName::of(value);
            return any_of<ArnPattern>(operands,
                                      [&](const ArnPattern& pattern) { return pattern.matches(arn, context); });
        }
        case Family::null:
            return false;  // holds() answers these itself
    }
    return false;
}

/// "Null data set" of the set operators: no values, or only the empty text.
bool is_null_set(const std::vector<std::string>& items) {
    return items.empty() || (items.size() == 1 && items.front().empty());
}

}  // namespace

std::optional<OperatorName> parse_operator(std::string_view name) {
    OperatorName parsed{};
    if (take_prefix(name, "ForAllValues:")) {
        parsed.quantifier = Quantifier::for_all_values;
    } else if (take_prefix(name, "ForAnyValue:")) {
        parsed.quantifier = Quantifier::for_any_value;
    }
    parsed.if_exists = take_suffix(name, "IfExists");
    for (const Operator& op : operators) {
        if (equals_ignoring_case(op.name, name)) parsed.op = &op;
    }
    if (!parsed.op) return std::nullopt;
    if (parsed.op->family == Family::null && parsed.if_exists) return std::nullopt;
    return parsed;
}

Operand parse_operand(const Operator& op, std::string_view text, bool variables) {
    const GlobSyntax syntax{.wildcards = op.wildcards, .variables = variables && op.variables};
    switch (op.family) {
        case Family::string:
            return Glob::parse(text, syntax);
        case Family::folded_string:
        case Family::boolean: {
            // Defaults of variables keep their case until they are resolved.
            Glob glob = Glob::parse(text, syntax);
            if (!glob.has_variables()) glob.fold();
            return glob;
        }
        case Family::numeric:
            return or_unreadable(Decimal::parse(text));
        case Family::date:
            return or_unreadable(PreciseInstant::parse(text));
        case Family::ip:
            return or_unreadable(AddressRange::parse(text));
        case Family::binary:
            return or_unreadable(Bytes::parse(text));
        case Family::arn:
            return ArnPattern::condition(text, syntax.variables);
        case Family::null:
            break;
    }
    if (equals_ignoring_case(text, "true")) return true;
    if (equals_ignoring_case(text, "false")) return false;
    return std::monostate{};
}

MatchCost cost_of(const Operand& operand) {
    constexpr std::size_t per_comparison = 32;
    MatchCost cost{per_comparison, 0};
    if (const auto* glob = std::get_if<Glob>(&operand)) cost += glob->cost();
    if (const auto* arn = std::get_if<ArnPattern>(&operand)) cost += arn->text().cost();
    return cost;
}

const std::vector<Variable>& variables_of(const Operand& operand) {
    static const std::vector<Variable> none;
    if (const auto* glob = std::get_if<Glob>(&operand)) return glob->variables();
    if (const auto* arn = std::get_if<ArnPattern>(&operand)) return arn->variables();
    return none;
}

bool holds(const Condition& condition, const Values* values, const Context& context) {
    const auto& [op, quantifier, if_exists] = condition.name;
    if (op->family == Family::null) {
        // Accepted, and decided without a look at the key ("IAM policy validation check reference",
        // NULL_WITH_QUALIFIER).
        if (quantifier != Quantifier::none) return quantifier == Quantifier::for_all_values;
        return any_of<bool>(condition.operands, [&](bool absent) { return absent == (values == nullptr); });
    }
    if (!values) {
        // ForAnyValue with IfExists is documented both ways; IfExists wins here.
        if (if_exists || quantifier == Quantifier::for_all_values) return true;
        return quantifier == Quantifier::none && op->negated;
    }
    const std::vector<std::string>& items = values->items;
    const auto test = [&, negated = op->negated](const std::string& value) {
        return some_value_matches(condition, value, context) != negated;
    };
    switch (quantifier) {
        case Quantifier::none:
            // A multivalued key needs a set operator, whatever the operator says about it.
            return !values->multivalued && items.size() == 1 && test(items.front());
        case Quantifier::for_all_values:
            return is_null_set(items) || std::all_of(items.begin(), items.end(), test);
        case Quantifier::for_any_value:
            return !is_null_set(items) && std::any_of(items.begin(), items.end(), test);
    }
    return false;
}

}  // namespace iamlocal::policy
