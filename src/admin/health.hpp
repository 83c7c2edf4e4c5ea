// What those ask who wait for the server or watch it: probes of containers, the scripts of test suites.
#pragma once

#include <string>
#include <vector>

#include "admin/router.hpp"

namespace iamlocal::admin {

/// What health answers.
struct Health {
    std::string version;
    std::string account;
    std::string enforcement;
    std::string storage;                ///< "memory" or "directory"
    std::vector<std::string> services;  ///< "iam", "sts"
};

/// `/livez`, `/readyz` and the two names of health itself, for everybody.
std::vector<Route> health_routes(const Health& health);

}  // namespace iamlocal::admin
