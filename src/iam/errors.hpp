// The types of error that IAM alone has, and the messages that several of its resources share; what concerns one
// resource stands in its own file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "aws/error.hpp"

namespace iamlocal::iam {

namespace error_type {
using namespace iamlocal::error_type;
inline constexpr ErrorType no_such_entity{"NoSuchEntity", 404};
inline constexpr ErrorType delete_conflict{"DeleteConflict", 409};
inline constexpr ErrorType policy_not_attachable{"PolicyNotAttachable", 400};
inline constexpr ErrorType unmodifiable_entity{"UnmodifiableEntity", 400};
inline constexpr ErrorType invalid_authentication_code{"InvalidAuthenticationCode", 403};
inline constexpr ErrorType password_policy_violation{"PasswordPolicyViolation", 400};
inline constexpr ErrorType invalid_user_type{"InvalidUserType", 400};
inline constexpr ErrorType policy_evaluation{"PolicyEvaluation", 500};
inline constexpr ErrorType malformed_certificate{"MalformedCertificate", 400};
inline constexpr ErrorType key_pair_mismatch{"KeyPairMismatch", 400};
inline constexpr ErrorType duplicate_certificate{"DuplicateCertificate", 409};
inline constexpr ErrorType invalid_public_key{"InvalidPublicKey", 400};
inline constexpr ErrorType unrecognized_public_key_encoding{"UnrecognizedPublicKeyEncoding", 400};
inline constexpr ErrorType duplicate_ssh_public_key{"DuplicateSSHPublicKey", 400};
inline constexpr ErrorType name_conflict{"NameConflict", 409};
inline constexpr ErrorType role_modified{"RoleModified", 409};
inline constexpr ErrorType role_template_disabled{"RoleTemplateDisabled", 400};
inline constexpr ErrorType feature_enabled{"FeatureEnabled", 409};
inline constexpr ErrorType feature_disabled{"FeatureDisabled", 404};
inline constexpr ErrorType organization_not_found{"OrganizationNotFoundException", 400};
inline constexpr ErrorType not_in_all_features_mode{"OrganizationNotInAllFeaturesModeException", 400};
inline constexpr ErrorType service_access_not_enabled{"ServiceAccessNotEnabledException", 400};
inline constexpr ErrorType not_management_or_delegate{"AccountNotManagementOrDelegatedAdministratorException", 400};
inline constexpr ErrorType not_management{"CallerIsNotManagementAccountException", 400};
}  // namespace error_type

/// `InvalidInput`
ApiError invalid_input(std::string message);
/// `The user with name X cannot be found.`; `kind` is "user", "role", "group", "user policy", …
ApiError no_such_entity(std::string_view kind, std::string_view name);
/// `User with name X already exists.`; `kind` with a capital.
ApiError already_exists(std::string_view kind, std::string_view name);
/// `Cannot exceed quota for UsersPerAccount: 5000`
ApiError quota_exceeded(std::string_view quota, std::int64_t limit);
/// `Cannot delete entity, must detach all policies first.` and the like.
ApiError delete_conflict(std::string_view what_first);
/// `Policy ARN was not found.`
ApiError no_such_policy(std::string_view arn);
/// `Policy ARN does not exist or is not attachable.`
ApiError not_attachable(std::string_view arn);
/// For the removal of a boundary that is not there; `kind` with a capital.
ApiError no_boundary(std::string_view kind, std::string_view name);
/// `Operation does not support status X`
ApiError unsupported_status(std::string_view status);
/// `ARN X is not valid.`
std::string invalid_arn_words(std::string_view arn);

}  // namespace iamlocal::iam
