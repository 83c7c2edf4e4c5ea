// What is checked when roles are made and changed: their trust policies, and that they are not AWS's.
#pragma once

#include <string>
#include <string_view>

#include "api/context.hpp"
#include "store/roles.hpp"

namespace iamlocal::iam {

/// The form to store of a document that a request gives, arranged as AWS shows it from then on. Throws
/// MalformedPolicyDocument, LimitExceeded.
std::string require_trust_policy(api::Context& ctx, std::string_view document);

/// Roles below /aws-service-role/ and /aws-reserved/ are AWS's. Throws InvalidInput for a new role at such a path.
void require_own_role_path(std::string_view path);
/// Whether a service of AWS's has the role for itself.
bool is_service_linked(const store::Role& role);
/// Throws UnmodifiableEntity for a role of AWS's.
void require_modifiable(const store::Role& role);

}  // namespace iamlocal::iam
