// Who a caller is to policies, and which condition keys follow from that. parse_caller() is for tools and programs that
// decide without a server, and know a caller by nothing but ARN or name.
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

/// The value of a condition key that says who asks, by its name in lower case; nothing for other keys, and where the
/// caller has no such key. `aws:principalarn` is the role's ARN of a session; callers on their way to a session by an
/// identity provider have none, their `aws:userid` is the provider, and their account the provider's. The account of an
/// anonymous caller is `anonymous`. Keys that are not
/// of the principal alone, such as tags, session and organization, are for those who know them.
[[nodiscard]] std::optional<std::string> principal_key(const Principal& principal, std::string_view key_lowercased);

/// All of them that the caller has, by the names that policies are used to.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> caller_keys(const Principal& caller);

}  // namespace iamlocal::policy
