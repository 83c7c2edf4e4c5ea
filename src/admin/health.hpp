// Health: for probes of containers and for scripts that wait for the server.
#pragma once

#include <functional>
#include <string>
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

/// `/livez`, `/readyz` and the two names of health itself, for everybody. `/readyz` is 503 unless `is_ready()`, which
/// must be safe for threads.
std::vector<Route> health_routes(const Health& health, std::function<bool()> is_ready);

}  // namespace iamlocal::admin
