// Targets of operations on what does not exist yet and on lists, the keys that requests add to targets, and what may be
// attached to whom. Targets of what exists are in iam/kinds.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/target.hpp"
#include "api/context.hpp"
#include "store/policies.hpp"

namespace iamlocal::iam {

using access::Target;
using api::Context;

/// Whether a text is the ARN of a managed policy, of whatever partition.
bool is_policy_arn(std::string_view text);
/// Throws ValidationError for a text that is no ARN of a managed policy, or one of another partition.
void require_policy_arn(std::string_view text);

/// Something about to be created: the ARN it will have, shown in full, with its tags and the permission `tag_action`
/// that they need.
struct Creation {
    std::string_view type;  ///< "user"
    std::string_view path;
    std::string_view name;
    std::string_view tag_action;  ///< "iam:TagUser"; empty where there are no tags
};
Target creation_target(Context& ctx, const Creation& what, std::vector<store::Tag> tags);

/// All users, roles, groups, … under a path: `arn:aws:iam::ACCOUNT:user/` + prefix without its leading slash.
Target list_target(Context& ctx, std::string_view type, std::string_view path_prefix);

/// Puts iam:PermissionsBoundary into a target: the boundary that the request gives, in place of the one that is set.
void set_boundary_key(Target& target, std::string_view boundary_arn);
/// Puts iam:PolicyARN into a target.
void set_policy_arn_key(Target& target, std::string_view policy_arn);

/// Throws PolicyNotAttachable for a policy that AWS keeps for its services, or for root's tasks. `holder_title` is
/// "User", "Group" or "Role".
void require_attachable(const store::ManagedPolicy& policy, std::string_view holder_title);
/// Throws InvalidInput for what is no policy's ARN, NoSuchEntity (`Scope ARN: …`) unless it names a managed policy; it
/// must be attachable, too.
void require_boundary_policy(Context& ctx, std::string_view arn, std::string_view holder_title);

}  // namespace iamlocal::iam
