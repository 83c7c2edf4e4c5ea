#include "iam/operations.hpp"

namespace iamlocal::iam {

std::span<const std::span<const api::Operation>> operations() {
    static const std::span<const api::Operation> all[] = {
        // clang-format off
        user_operations(),
        group_operations(),
        access_key_operations(),
        mfa_device_operations(),
        mfa_assignment_operations(),
        policy_operations(),
        policy_version_operations(),
        policy_attachment_operations(),
        inline_policy_operations(),
        role_operations(),
        instance_profile_operations(),
        server_certificate_operations(),
        signing_certificate_operations(),
        ssh_public_key_operations(),
        service_specific_credential_operations(),
        oidc_provider_operations(),
        saml_provider_operations(),
        account_operations(),
        login_profile_operations(),
        password_policy_operations(),
        service_linked_role_operations(),
        authorization_details_operations(),
        policies_granting_access_operations(),
        access_advisor_operations(),
        organizations_report_operations(),
        credential_report_operations(),
        account_setting_operations(),
        root_feature_operations(),
        account_property_operations(),
        role_template_operations(),
        delegation_operations(),
        delegation_state_operations(),
        simulation_operations(),
        context_key_operations(),
        // clang-format on
    };
    return all;
}

}  // namespace iamlocal::iam
