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
        account_operations(),
        simulation_operations(),
        context_key_operations(),
        // clang-format on
    };
    return all;
}

}  // namespace iamlocal::iam
