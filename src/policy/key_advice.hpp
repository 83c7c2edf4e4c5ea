// What somebody does to send a request with a condition key of some value: flags of the AWS CLI where there are any.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace iamlocal::policy {

/// `send --external-id x-42`, `send --tags Key=team,Value=blue`; without a value `send --external-id`. Empty for keys
/// that nobody sends. `spelled` as the policy writes the key.
[[nodiscard]] std::string key_advice(std::string_view spelled, const std::optional<std::string>& value);

/// The permission that a request for `action` needs besides when it has that key: `iam:TagUser` where tags are sent to
/// iam:CreateUser. Empty: none.
[[nodiscard]] std::string_view permission_to_send(std::string_view spelled, std::string_view action);

}  // namespace iamlocal::policy
