// Which resources an action knows, and how the simulator calls several of them together: by a template of their ARNs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace iamlocal::iam {

/// Whether AWS has the action; case does not matter.
bool is_known_action(std::string_view action);

/// For each resource whether the action can have it: `*`, or an ARN of a service whose resources it acts on. An action
/// that AWS has not is held against policies alone, whatever the resource.
std::vector<bool> taken_resources(std::string_view action, const std::vector<std::string>& resources);

/// `arn:aws:s3:::${BucketName}/${KeyName}` for any action of S3: the template of the action's service where the
/// simulator has one for all of its resources, else of the type that the first resource other than `*` belongs to, else
/// of the action's first type; in that resource's partition. `*` where there is no such resource or no type.
std::string resource_template(std::string_view action, const std::vector<std::string>& resources);

}  // namespace iamlocal::iam
