// Health: for probes of containers and for scripts that wait for the server.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/router.hpp"

namespace iamlocal::admin {

/// What health answers.
struct Health {
    std::string version;
    std::string account;
    std::string enforcement;
    std::string storage;                ///< "memory", "directory" or "postgresql"
    std::vector<std::string> services;  ///< "iam", "sts"
};

/// `/livez`, `/readyz` and the two names of health itself, for everybody and at any time. `/readyz` is 503 with the
/// words of `find_lack()`, if it has any; it must be safe for threads.
std::vector<Route> health_routes(const Health& health, std::function<std::optional<std::string_view>()> find_lack);

}  // namespace iamlocal::admin
