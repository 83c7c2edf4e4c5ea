// Permissions by which the holder of a policy can give himself more than it allows, for whoever looks for them.
#pragma once

#include <span>
#include <string_view>

namespace iamlocal::lint {

/// One way.
struct EscalationPath {
    std::string_view prefix;  ///< in lower case
    std::string_view action;  ///< the same
    std::string_view name;    ///< as it is written: `iam:CreatePolicyVersion`
    bool passes_role;         ///< only together with iam:PassRole
    std::string_view how;     ///< completes "it …": `can make keys of other users`
};

[[nodiscard]] std::span<const EscalationPath> escalation_paths();

}  // namespace iamlocal::lint
