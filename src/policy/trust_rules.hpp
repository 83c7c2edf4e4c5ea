// What CreateRole and UpdateAssumeRolePolicy refuse in a trust policy. Whether a principal exists is for those who know
// the principals.
#pragma once

#include <optional>
#include <string_view>

#include "policy/outline.hpp"

namespace iamlocal::policy {

/// Whether the value of an AWS principal has the form of one: `*`, an account, the ARN of something that can assume a
/// role, or the unique id that IAM stores for it.
[[nodiscard]] bool is_aws_principal(std::string_view text);

/// The first rule that a statement of a trust policy breaks, if any.
[[nodiscard]] std::optional<Problem> trust_problem(const StatementOutline& statement);

}  // namespace iamlocal::policy
