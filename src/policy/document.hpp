// A policy document in the form in which it is evaluated. parse() makes it and nothing changes it, not even using it:
// threads may share it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/condition.hpp"
#include "policy/document_kind.hpp"
#include "policy/index.hpp"
#include "policy/patterns.hpp"
#include "policy/position.hpp"

namespace iamlocal::policy {

/// An element and its Not… form as one: the negation is of the whole, "none of these matches".
template <class Pattern>
struct Matcher {
    bool negated = false;
    std::vector<Pattern> any;
};

/// Longer lists of actions are in order: those that match everything first, then by service_key(). In shorter ones
/// looking at each is faster than a binary search.
inline constexpr std::size_t few_actions = 8;

/// One statement.
struct Statement {
    Effect effect = Effect::deny;
    Matcher<ActionPattern> action;                ///< in order if there are more than few_actions
    std::optional<Matcher<ArnPattern>> resource;  ///< absent in trust policies
    std::optional<Matcher<PrincipalPattern>> principal;
    MatchCost resource_cost;  ///< of comparing a resource with all of `resource`
    std::vector<Condition> conditions;
    std::string sid;  ///< empty when absent
    Position start;   ///< as the simulator's StartPosition: where the parser stood before the statement
    Position end;     ///< as EndPosition: just after its closing brace
};

/// A compiled document.
struct Policy {
    DocumentKind kind = DocumentKind::identity;
    bool variables_enabled = false;  ///< Version 2012-10-17; in older documents `${…}` is literal
    std::vector<Statement> statements;
    /// Condition keys and variables in order of first use, once each, as spelled (GetContextKeysForCustomPolicy).
    std::vector<std::string> context_keys;
    Index index;  ///< of these statements
};

}  // namespace iamlocal::policy
