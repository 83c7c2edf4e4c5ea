// Multi-factor authentication of STS requests. No device can be registered yet, so every code is a wrong one: a request
// that brings one is refused, and never treated as if it had brought none.
#pragma once

#include <optional>
#include <string>

namespace iamlocal::sts {

/// Throws AccessDenied if a serial number or a code was given.
void require_no_mfa(const std::optional<std::string>& serial_number, const std::optional<std::string>& token_code);

}  // namespace iamlocal::sts
