// What a question may ask about: names of actions and resources as requests have them, which unlike those of policies
// have no wildcards.
#pragma once

#include <string_view>

namespace iamlocal::policy {

/// `service:Operation`, both of letters, digits, `-` and `_`.
[[nodiscard]] bool is_action_name(std::string_view text);

/// An ARN, or `*` for an action that has no resource.
[[nodiscard]] bool is_resource_name(std::string_view text);

}  // namespace iamlocal::policy
