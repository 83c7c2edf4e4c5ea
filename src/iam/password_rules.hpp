// What a password must be like: the rules of an account's password policy, or AWS's own where it has none.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/password_policies.hpp"

namespace iamlocal::iam {

/// What a password lacks, in the words of PasswordPolicyViolation; nothing if it is good. Passwords that were used
/// before are another matter.
std::optional<std::string> password_lack(std::string_view password, const std::optional<store::PasswordPolicy>& policy);

}  // namespace iamlocal::iam
