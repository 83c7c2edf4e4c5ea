// `userIdentity` of a record ("CloudTrail userIdentity element").
#pragma once

#include <string>

#include "access/portrait.hpp"
#include "trail/json.hpp"

namespace iamlocal::trail {

Json user_identity(const access::Portrait& caller);

/// Who has called, as the account of a role sees a caller of another one.
Json foreign_identity(const access::Portrait& caller);

/// What LookupEvents calls the caller: a user's name, a session's, `root`. Empty: it has no name.
std::string lookup_name(const access::Portrait& caller);

}  // namespace iamlocal::trail
