// IAM's operations: one array per resource, each at the end of that resource's file.
#pragma once

#include <span>

#include "api/operation.hpp"

namespace iamlocal::iam {

std::span<const api::Operation> user_operations();
std::span<const api::Operation> group_operations();
std::span<const api::Operation> access_key_operations();
std::span<const api::Operation> mfa_device_operations();
std::span<const api::Operation> mfa_assignment_operations();
std::span<const api::Operation> policy_operations();
std::span<const api::Operation> policy_version_operations();
std::span<const api::Operation> policy_attachment_operations();
std::span<const api::Operation> inline_policy_operations();
std::span<const api::Operation> role_operations();
std::span<const api::Operation> instance_profile_operations();
std::span<const api::Operation> server_certificate_operations();
std::span<const api::Operation> signing_certificate_operations();
std::span<const api::Operation> ssh_public_key_operations();
std::span<const api::Operation> service_specific_credential_operations();
std::span<const api::Operation> oidc_provider_operations();
std::span<const api::Operation> saml_provider_operations();
std::span<const api::Operation> account_operations();
std::span<const api::Operation> login_profile_operations();
std::span<const api::Operation> password_policy_operations();
std::span<const api::Operation> service_linked_role_operations();
std::span<const api::Operation> authorization_details_operations();
std::span<const api::Operation> policies_granting_access_operations();
std::span<const api::Operation> access_advisor_operations();
std::span<const api::Operation> organizations_report_operations();
std::span<const api::Operation> credential_report_operations();
std::span<const api::Operation> account_setting_operations();
std::span<const api::Operation> root_feature_operations();
std::span<const api::Operation> account_property_operations();
std::span<const api::Operation> role_template_operations();
std::span<const api::Operation> delegation_operations();
std::span<const api::Operation> delegation_state_operations();
std::span<const api::Operation> simulation_operations();
std::span<const api::Operation> context_key_operations();

/// All of them.
std::span<const std::span<const api::Operation>> operations();

}  // namespace iamlocal::iam
