// STS's operations: one array per file.
#pragma once

#include <span>

#include "service/operation.hpp"

namespace iamlocal::sts {

std::span<const service::Operation> caller_identity_operations();
std::span<const service::Operation> assume_role_operations();
std::span<const service::Operation> session_operations();
std::span<const service::Operation> authorization_message_operations();

/// All of them.
std::span<const std::span<const service::Operation>> operations();

}  // namespace iamlocal::sts
