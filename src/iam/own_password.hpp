// What the option AllowUsersToChangePassword of a password policy grants to the account's users.
#pragma once

#include "access/target.hpp"
#include "api/context.hpp"

namespace iamlocal::iam {

/// Lets a user whose account has the option do what he is about to, unless a policy of his forbids it: for
/// ChangePassword and GetAccountPasswordPolicy alone.
void allow_by_password_policy(api::Context& ctx, access::Target& target);

}  // namespace iamlocal::iam
