// What somebody does to send a request with a condition key of some value: flags of the AWS CLI where there are any.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace iamlocal::policy {

/// `send --external-id x-42`, `send --tags Key=team,Value=blue`; without a value `send --external-id`. Empty for keys
/// that nobody sends. `spelled` as the policy writes the key.
[[nodiscard]] std::string key_advice(std::string_view spelled, const std::optional<std::string>& value);

/// Whether a key tells of the caller, of the place that he asks from, or of the resource; `key` in lower case. Others
/// are his to choose with each request, or say who a provider's token is for.
[[nodiscard]] bool is_about_who_where_or_what(std::string_view key);

/// The permission that a request for `action` needs besides when it has that key: `iam:TagUser` where tags are sent to
/// iam:CreateUser. Empty: none.
[[nodiscard]] std::string_view permission_to_send(std::string_view spelled, std::string_view action);

}  // namespace iamlocal::policy
