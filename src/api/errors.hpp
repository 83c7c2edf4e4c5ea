// The messages that several resources share; what concerns one resource stands in its own file.
#pragma once

#include <string_view>

#include "aws/error.hpp"
#include "db/error.hpp"

namespace iamlocal::api {

/// `The user with name X cannot be found.`; `kind` is "user", "role", "group", "user policy", …
ApiError no_such_entity(std::string_view kind, std::string_view name);
/// `User with name X already exists.`; `kind` with a capital.
ApiError already_exists(std::string_view kind, std::string_view name);
/// `Cannot exceed quota for UsersPerAccount: 5000`
ApiError quota_exceeded(std::string_view quota, std::int64_t limit);
/// `Cannot delete entity, must detach all policies first.` and the like.
ApiError delete_conflict(std::string_view what_first);
/// `Policy ARN was not found.`
ApiError no_such_policy(std::string_view arn);
/// `Policy ARN does not exist or is not attachable.`
ApiError not_attachable(std::string_view arn);
/// IAM's words for a policy ARN that is none.
ApiError invalid_policy_arn();
ApiError malformed_policy(std::string message);
ApiError access_denied(std::string message);
ApiError reserved_tag();
ApiError duplicate_tag_keys();
ApiError too_many_tags();
/// For who lost a race that the handler's own look could not see.
ApiError lost_race(const db::ConstraintViolation& violation);
/// `ConcurrentModification`, in the words of IAM's model: others keep changing what the request names.
ApiError concurrent_modification();

}  // namespace iamlocal::api
