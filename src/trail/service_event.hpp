// The event of a service of AWS's that assumes a role for somebody's program: no request of the API's shows it.
#pragma once

#include <memory>
#include <string_view>

#include "trail/trail.hpp"

namespace iamlocal::trail {

/// What was given out.
struct ServiceSession {
    std::string_view service;  ///< its principal, `ec2.amazonaws.com`
    std::string_view role_arn;
    std::string_view session_name;
    std::string_view access_key_id;
    std::string_view session_token;
    Seconds expires{};
    std::string_view assumed_role_id;
    std::string_view arn;
};

/// `caller`: the service's. `request_id`: of what made the service do it.
void add_service_event(Trail& trail, const ServiceSession& session, std::shared_ptr<const access::Portrait> caller,
                       Instant time, std::string_view request_id);

}  // namespace iamlocal::trail
