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

/// `/livez`, `/readyz` and health itself, for everybody. `/readyz` is 503 with what `why_not_ready` says, unless that
/// is empty. It must be safe for threads.
std::vector<Route> health_routes(const Health& health, std::function<std::string_view()> why_not_ready);

}  // namespace iamlocal::admin
