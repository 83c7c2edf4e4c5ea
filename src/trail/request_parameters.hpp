// `requestParameters` of a record: what a request has sent, by the description of its operation's input.
#pragma once

#include <string_view>

#include "api/operation.hpp"
#include "trail/json.hpp"

namespace iamlocal::trail {

/// `sent`: as sent_parameters() gives it. Members that are secret are left out, whatever `sent` has. Null where nothing
/// is left.
Json request_parameters(const api::Operation& operation, std::string_view sent);

}  // namespace iamlocal::trail
