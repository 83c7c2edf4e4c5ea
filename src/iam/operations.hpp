// IAM's operations: one array per resource, each at the end of that resource's file.
#pragma once

#include <span>

#include "service/operation.hpp"

namespace iamlocal::iam {

std::span<const service::Operation> user_operations();
std::span<const service::Operation> group_operations();
std::span<const service::Operation> access_key_operations();
std::span<const service::Operation> policy_operations();
std::span<const service::Operation> policy_version_operations();
std::span<const service::Operation> policy_attachment_operations();
std::span<const service::Operation> inline_policy_operations();
std::span<const service::Operation> role_operations();
std::span<const service::Operation> instance_profile_operations();
std::span<const service::Operation> account_operations();
std::span<const service::Operation> simulation_operations();
std::span<const service::Operation> context_key_operations();

/// All of them.
std::span<const std::span<const service::Operation>> operations();

}  // namespace iamlocal::iam
