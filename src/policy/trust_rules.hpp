// What CreateRole and UpdateAssumeRolePolicy refuse in a trust policy. Whether a principal exists is for those who know
// the principals.
#pragma once

#include <optional>

#include "policy/outline.hpp"

namespace iamlocal::policy {

/// The first rule that a statement of a trust policy breaks, if any.
[[nodiscard]] std::optional<Problem> trust_problem(const StatementOutline& statement);

}  // namespace iamlocal::policy
