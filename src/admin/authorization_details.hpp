// A refusal as GetRequestAuthorizationDetails of IAM's toolbox API tells it.
#pragma once

#include <string>

#include "access/decisions.hpp"

namespace iamlocal::admin {

/// requestContext, evaluations and policies, as JSON. `record`: of a request that was decided.
std::string authorization_details(const access::DecisionRecord& record);

}  // namespace iamlocal::admin
