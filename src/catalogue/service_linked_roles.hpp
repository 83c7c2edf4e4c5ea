// The roles that AWS's services have made for them in accounts, and that only they may use.
#pragma once

#include <span>
#include <string_view>

namespace iamlocal::catalogue {

struct ServiceLinkedRole {
    std::string_view service;  ///< `autoscaling.amazonaws.com`; case counts
    std::string_view role;     ///< its name, without a suffix
    std::string_view policy;   ///< AWS's, below /aws-service-role/
    bool takes_suffix = false;
};

namespace service_linked_roles {

/// Null for a service that has no such role, or makes it itself.
[[nodiscard]] const ServiceLinkedRole* find(std::string_view service);
[[nodiscard]] std::span<const ServiceLinkedRole> all();

}  // namespace service_linked_roles
}  // namespace iamlocal::catalogue
