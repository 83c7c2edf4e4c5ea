// What a principal may be called in a policy, by form alone: whether there is such a principal is for those who know
// them. The names of services are in aws/service_principals.hpp.
#pragma once

#include <string_view>

namespace iamlocal::policy {

/// The value of "AWS" in a trust policy: `*`, an account, the ARN of something that can assume a role, or the unique id
/// that IAM stores for it.
[[nodiscard]] bool is_aws_principal(std::string_view text);

/// A SAML or OIDC provider's ARN, or the host of one of those that need none.
[[nodiscard]] bool is_identity_provider(std::string_view text);

}  // namespace iamlocal::policy
