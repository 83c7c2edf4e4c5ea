// Which decisions somebody wants to see: the query string of the decision log's addresses.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "access/decisions.hpp"
#include "admin/query_values.hpp"
#include "base/clock.hpp"
#include "policy/glob.hpp"

namespace iamlocal::admin {

/// What `decision=` says of a record: `allowed`, `explicitDeny`, `implicitDeny`, `exempt`, `off` or `fault`.
std::string_view decision_name(const access::DecisionRecord& record);

/// Filters, and which page. Absent ones let everything through.
struct DecisionQuery : ListQuery {
    /// `principal`: the caller's ARN, that of a session's role, or the end of either after a slash (`alice`), with `*`
    /// and `?`.
    std::optional<policy::Glob> principal;
    std::optional<policy::Glob> principal_tail;
    std::optional<policy::Glob> action;   ///< in lower case, with `*` and `?`
    std::optional<std::string> decision;  ///< a decision_name(), or `denied` for either denial
    std::optional<std::string> trace;     ///< the id of the client's trace
    std::optional<bool> text;             ///< whether `format` is `text`

    /// Reads what follows the question mark, or says what is wrong with it. `now` is what `since=15m` counts from.
    static std::variant<DecisionQuery, std::string> parse(std::string_view query, Instant now);
    [[nodiscard]] bool admits(const access::DecisionRecord& record) const;
};

}  // namespace iamlocal::admin
