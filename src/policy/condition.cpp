#include "policy/condition.hpp"

#include <algorithm>
#include <array>
#include <compare>
#include <utility>

#include "base/encoding.hpp"
#include "policy/lower_case.hpp"

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

bool any_text(const std::vector<Operand>& operands, std::string_view subject, const RequestContext& context) {
    return any_of<Glob>(operands, [&](const Glob& glob) {
        if (!glob.has_variables()) return glob.matches(subject);
        const std::optional<Glob> resolved = glob.resolve(context, subject.size());
        return resolved && resolved->matches(subject);
    });
}

/// As any_text, whatever the case of letters.
bool any_folded_text(const std::vector<Operand>& operands, std::string_view value, const RequestContext& context) {
    const std::string subject = lower_case(value);
    return any_of<Glob>(operands, [&](const Glob& glob) {
        if (!glob.has_variables()) return glob.matches(subject);  // in lower case since it was parsed
        const std::optional<Glob> resolved = glob.resolve(context, most_shrinking * subject.size());
        return resolved && lower_case(resolved->literal_text()) == subject;
    });
}

/// What is not `true` is false, whatever it is.
bool is_true(std::string_view text) { return equals_ignoring_case(text, "true"); }

bool any_boolean(const std::vector<Operand>& operands, bool value, const RequestContext& context) {
    constexpr std::size_t longest_true = 4;
    return std::any_of(operands.begin(), operands.end(), [&](const Operand& operand) {
        if (const bool* literal = std::get_if<bool>(&operand)) return *literal == value;
        const Glob& text = std::get<Glob>(operand);
        const std::optional<Glob> resolved = text.resolve(context, longest_true);
        if (resolved) return is_true(resolved->literal_text()) == value;
        // Either it is longer than `true`, or a variable has no value.
        return !value && text.count_colons(context).has_value();
    });
}

/// How a request's value and a policy's values compare.
enum class Comparison {
    different,
    same,
    incomparable,  ///< the request's value is none of its kind: no match, and for a negated operator neither
    broken,        ///< a policy's value is no ARN
};

Comparison same_if(bool same) { return same ? Comparison::same : Comparison::different; }

/// The values of the policy in their order: the first that matches or is broken decides.
Comparison compare_arn(const std::vector<Operand>& operands, std::string_view value, const RequestContext& context) {
    const ResourceName arn = ResourceName::of(value);
    if (!arn.is_arn) return Comparison::incomparable;
    for (const Operand& operand : operands) {
        const ArnPattern& pattern = std::get<ArnPattern>(operand);
        if (pattern.is_broken(context)) return Comparison::broken;
        if (pattern.matches(arn, context)) return Comparison::same;
    }
    return Comparison::different;
}

/// The positive test: whether some policy value matches one request value. A number or date that cannot be read is like
/// no other.
Comparison compare(const Condition& condition, const std::string& value, const RequestContext& context) {
    const std::vector<Operand>& operands = condition.operands;
    const Operator& op = *condition.name.op;
    switch (op.family) {
        case Family::string:
            return same_if(any_text(operands, value, context));
        case Family::folded_string:
            return same_if(any_folded_text(operands, value, context));
        case Family::boolean:
            return same_if(any_boolean(operands, is_true(value), context));
        case Family::numeric: {
            const auto number = Decimal::parse(value);
            if (!number && !context.has_unlike_numbers()) return Comparison::incomparable;
            return same_if(number && any_of<Decimal>(operands, [&](const Decimal& operand) {
                               return relates(*number <=> operand, op.relation);
                           }));
        }
        case Family::date: {
            const auto instant = PreciseInstant::parse(value);
            return same_if(instant && any_of<PreciseInstant>(operands, [&](const PreciseInstant& operand) {
                               return relates(*instant <=> operand, op.relation);
                           }));
        }
        case Family::ip: {
            const auto address = Address::parse(value);
            if (!address) return Comparison::incomparable;
            return same_if(
                any_of<AddressRange>(operands, [&](const AddressRange& range) { return range.contains(*address); }));
        }
        case Family::binary: {
            const auto bytes = Bytes::parse(value);
            return same_if(bytes && any_of<Bytes>(operands, [&](const Bytes& operand) { return operand == *bytes; }));
        }
        case Family::arn:
            return compare_arn(operands, value, context);
        case Family::null:
            break;  // holds() answers these itself
    }
    return Comparison::different;
}

Holding holding_if(bool yes) { return yes ? Holding::yes : Holding::no; }

Holding test(const Condition& condition, const std::string& value, const RequestContext& context) {
    switch (compare(condition, value, context)) {
        case Comparison::different:
            return holding_if(condition.name.op->negated);
        case Comparison::same:
            return holding_if(!condition.name.op->negated);
        case Comparison::incomparable:
            return Holding::no;
        case Comparison::broken:
            break;
    }
    return Holding::undecidable;
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
        case Family::folded_string: {
            // Variables keep their case until they are resolved, since their defaults do.
            Glob glob = Glob::parse(text, syntax);
            return glob.has_variables() ? glob : Glob::parse(lower_case(text), syntax);
        }
        case Family::boolean: {
            Glob glob = Glob::parse(text, syntax);
            if (glob.has_variables()) return glob;
            return is_true(glob.literal_text());
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
    return is_true(text);
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

Holding holds(const Condition& condition, const Values* values, const RequestContext& context) {
    const auto& [op, quantifier, if_exists] = condition.name;
    if (op->family == Family::null) {
        // Accepted, and decided without a look at the key ("IAM policy validation check reference",
        // NULL_WITH_QUALIFIER).
        if (quantifier != Quantifier::none) return holding_if(quantifier == Quantifier::for_all_values);
        return holding_if(any_of<bool>(condition.operands, [&](bool absent) { return absent == (values == nullptr); }));
    }
    if (!values) {
        // ForAnyValue with IfExists is documented both ways; IfExists wins here.
        if (if_exists || quantifier == Quantifier::for_all_values) return Holding::yes;
        return holding_if(quantifier == Quantifier::none && op->negated);
    }
    const std::vector<std::string>& items = values->items;
    if (quantifier == Quantifier::none) {
        // A multivalued key needs a set operator, whatever the operator says about it.
        if (values->multivalued || items.size() != 1) return Holding::no;
        return test(condition, items.front(), context);
    }
    // Documented: the empty text alone is no value for ForAllValues. For ForAnyValue it is one.
    const bool for_all = quantifier == Quantifier::for_all_values;
    if (for_all && items.size() == 1 && items.front().empty()) return Holding::yes;
    // The first value that is not like this decides.
    const Holding usual = holding_if(for_all);
    for (const std::string& item : items) {
        if (const Holding of_one = test(condition, item, context); of_one != usual) return of_one;
    }
    return usual;
}

}  // namespace iamlocal::policy
