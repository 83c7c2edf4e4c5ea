// A caller known by nothing but its ARN or name: who that is to policies, and which context keys follow from it. For
// tools and programs that decide without a server; the server knows its callers better.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policy/request.hpp"

namespace iamlocal::policy {

/// Understands the ARN of a user, of a role's session (`arn:aws:sts::A:assumed-role/R/S`), of a federated user and of
/// an account's root, twelve digits (that account's root), the name of a service (`ec2.amazonaws.com`), of an identity
/// provider (its ARN, or a host such as `accounts.google.com`) and `*` for an anonymous caller. The ARN of a role means
/// a session of it that is called `session`. Nothing for any other text.
[[nodiscard]] std::optional<Principal> parse_caller(std::string_view text);

/// The keys that AWS derives from the caller alone, with their values: aws:PrincipalArn (of a session: the role's),
/// aws:PrincipalAccount, aws:PrincipalType, aws:PrincipalIsAWSService, aws:PrincipalServiceName and aws:username. Those
/// that need more than the ARN, such as aws:userid and aws:PrincipalTag/…, are left out.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> caller_keys(const Principal& caller);

}  // namespace iamlocal::policy
