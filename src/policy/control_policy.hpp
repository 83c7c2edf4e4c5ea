// What AWS Organizations demands of service and resource control policies besides the language.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "policy/json.hpp"

namespace iamlocal::policy {

/// Whether a resource control policy can limit an action, given as policies have it: only services that support them
/// can be named, and `*` names all.
[[nodiscard]] bool supports_resource_control(std::string_view action);

/// What resource control policies may not have, though other policies of resources may ("RCP syntax").
enum class ResourceControlRule {
    deny_only,  ///< AWS's own RCPFullAWSAccess allows
    no_not_principal,
    no_not_action,
    everyone,  ///< `"Principal": "*"`
    supported_action,
};

struct ResourceControlBreach {
    ResourceControlRule rule;
    const json::Value* at;  ///< the value that breaks it, in the statement
};

/// All rules that a statement breaks, in the order of ResourceControlRule. Elements that are missing break none.
[[nodiscard]] std::vector<ResourceControlBreach> resource_control_breaches(const json::Value& statement);

}  // namespace iamlocal::policy
