// What a record says of request and answer, once both are read.
#pragma once

#include <string>

#include "trail/event.hpp"
#include "trail/json.hpp"

namespace iamlocal::trail {

/// The larger members of a record; null where there is nothing to be said.
struct Elements {
    Json request;
    Json response;
    Json additional;
    Json resources;
};

/// Reads what was sent and answered.
Elements elements_of(const Event& event);

/// `resources` of what has assumed a role. `provider`: the ARN of the SAML provider whose word was taken; empty: none.
Json assumed_resources(const std::string& role, const std::string& provider);

/// Only what was sent.
Json request_of(const Event& event);

}  // namespace iamlocal::trail
