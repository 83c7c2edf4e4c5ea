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
std::span<const api::Operation> account_operations();
std::span<const api::Operation> simulation_operations();
std::span<const api::Operation> context_key_operations();

/// All of them.
std::span<const std::span<const api::Operation>> operations();

}  // namespace iamlocal::iam
