// STS's operations: one array per file.
#pragma once

#include <span>

#include "api/operation.hpp"

namespace iamlocal::sts {

std::span<const api::Operation> caller_identity_operations();
std::span<const api::Operation> assume_role_operations();
std::span<const api::Operation> assume_root_operations();
std::span<const api::Operation> session_operations();
std::span<const api::Operation> federation_token_operations();
std::span<const api::Operation> scoped_credentials_operations();
std::span<const api::Operation> delegated_access_operations();
std::span<const api::Operation> authorization_message_operations();
std::span<const api::Operation> web_identity_operations();
std::span<const api::Operation> saml_operations();
std::span<const api::Operation> web_identity_token_operations();

/// All of them.
std::span<const std::span<const api::Operation>> operations();

}  // namespace iamlocal::sts
