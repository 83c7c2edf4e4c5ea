// Condition operators: one table, one evaluation order for all of them ("IAM JSON policy elements: Condition
// operators").
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "policy/glob.hpp"
#include "policy/operands.hpp"
#include "policy/patterns.hpp"
#include "policy/request.hpp"

namespace iamlocal::policy {

/// How the values of an operator are read and compared.
enum class Family { string, folded_string, numeric, date, boolean, binary, ip, arn, null };
/// The relation of request value to policy value, for numbers and dates.
enum class Relation { equal, less, less_equal, greater, greater_equal };

/// One base operator. Only the positive test exists in code; a negated operator is the negation of "some policy value
/// matches".
struct Operator {
    std::string_view name;
    Family family;
    bool negated = false;
    bool wildcards = false;
    bool variables = false;
    Relation relation = Relation::equal;
};

enum class Quantifier { none, for_all_values, for_any_value };

/// An operator name taken apart, for example `ForAnyValue:StringLikeIfExists`.
struct OperatorName {
    const Operator* op;  ///< never null; lives forever
    Quantifier quantifier = Quantifier::none;
    bool if_exists = false;
};

/// Case does not matter. Nothing for a name that is no operator (`NullIfExists` is none).
[[nodiscard]] std::optional<OperatorName> parse_operator(std::string_view name);

/// A policy value, read once. The first alternative is a value that its family cannot read: nothing equals it. An ARN
/// that is none is an ArnPattern, too, as it does more (Holding::undecidable).
using Operand = std::variant<std::monostate, Glob, ArnPattern, Decimal, PreciseInstant, AddressRange, Bytes, bool>;

/// One key under one operator.
struct Condition {
    OperatorName name;
    std::string key;      ///< lower case
    std::string spelled;  ///< as the policy writes it
    std::vector<Operand> operands;
    MatchCost cost = {};         ///< of comparing one value with all operands
    bool has_variables = false;  ///< whose values make the operands longer
};

/// What comparing a value with an operand takes at most; without what variables add.
[[nodiscard]] MatchCost cost_of(const Operand& operand);
[[nodiscard]] const std::vector<Variable>& variables_of(const Operand& operand);

/// Reads one policy value for an operator. `variables` as the policy's version has it.
[[nodiscard]] Operand parse_operand(const Operator& op, std::string_view text, bool variables);

enum class Holding {
    no,
    yes,
    /// A policy's value is no ARN, so that AWS cannot tell: in a Deny that counts as yes, in an Allow as no.
    undecidable,
};

/// Whether the condition holds. `values` are those of its key, null when that is absent; `context` is for variables.
[[nodiscard]] Holding holds(const Condition& condition, const Values* values, const RequestContext& context);

}  // namespace iamlocal::policy
