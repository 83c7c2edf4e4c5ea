// The messages that operations of several services share; a service has its own beside it (iam/errors.hpp).
#pragma once

#include <string>

#include "aws/error.hpp"
#include "db/error.hpp"
#include "store/tags.hpp"

namespace iamlocal::api {

ApiError malformed_policy(std::string message);
ApiError access_denied(std::string message);
ApiError reserved_tag_key();
ApiError duplicate_tag_keys(store::tags::KeyCase key_case);
ApiError too_many_tags();
/// For who lost a race that the handler's own look could not see.
ApiError lost_race(const db::ConstraintViolation& violation);
/// `ConcurrentModification`, in the words of IAM's model: others keep changing what the request names.
ApiError concurrent_modification();

}  // namespace iamlocal::api
