// What IAM demands of trust in providers of web identities that everybody may have an account with ("Identity provider
// controls for shared OIDC providers"): a condition that says whose tokens are meant.
#pragma once

#include <optional>

#include "policy/outline.hpp"

namespace iamlocal::policy {

/// What is missing in a statement of a trust policy that allows sts:AssumeRoleWithWebIdentity. All others are free.
[[nodiscard]] std::optional<Problem> provider_problem(const StatementOutline& statement);

}  // namespace iamlocal::policy
