// How the simulator calls several resources together: by the pattern of their type.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace iamlocal::iam {

/// `arn:aws:s3:::${BucketName}/${ObjectName}` for s3:GetObject: the resource type of the action that the first resource
/// other than `*` belongs to, else the action's first type. `*` where there is no such resource, for actions that take
/// none and for those that AWS has not.
std::string resource_type_pattern(std::string_view action, std::span<const std::string> resources);

}  // namespace iamlocal::iam
