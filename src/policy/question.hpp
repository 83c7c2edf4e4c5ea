// What a question may ask about: names of actions and resources as requests have them, which unlike those of policies
// have no wildcards.
#pragma once

#include <string>
#include <string_view>

namespace iamlocal::policy {

/// `service:Operation`, both of letters, digits, `-` and `_`.
[[nodiscard]] bool is_action_name(std::string_view text);

/// An ARN, or `*` for an action that has no resource.
[[nodiscard]] bool is_resource_name(std::string_view text);

/// The account that an ARN names; empty for an ARN that names none, and for other texts.
[[nodiscard]] std::string account_in(std::string_view arn);

}  // namespace iamlocal::policy
