// Finding what a request names, and naming it for authorization. A target is looked up before the caller is known to be
// allowed, so that its path and tags count; whether it exists is told only afterwards.
#pragma once

#include <string>
#include <string_view>

#include "access/authorize.hpp"
#include "api/context.hpp"
#include "store/groups.hpp"
#include "store/instance_profiles.hpp"
#include "store/policies.hpp"
#include "store/roles.hpp"
#include "store/users.hpp"

namespace iamlocal::iam {

using access::Target;
using api::Context;

/// Each throws NoSuchEntity in AWS's words.
store::User get_user(Context& ctx, std::string_view name);
store::Group get_group(Context& ctx, std::string_view name);
store::Role get_role(Context& ctx, std::string_view name);
store::InstanceProfile get_instance_profile(Context& ctx, std::string_view name);
/// Throws ValidationError for a text that is no ARN of a managed policy, or one of another partition.
void require_policy_arn(std::string_view text);
/// `Policy ARN was not found.`; also throws ValidationError for a text that is no policy ARN.
store::ManagedPolicy get_policy(Context& ctx, std::string_view arn);
/// The caller's own policy. Throws AccessDenied for AWS's, which nobody can change.
store::ManagedPolicy get_own_policy(Context& ctx, std::string_view arn);

/// Existing entities: ARN with the stored path (an absent one counts as at the root path), shown as `user NAME`, with
/// tags.
Target user_target(Context& ctx, std::string_view name);
Target group_target(Context& ctx, std::string_view name);
Target role_target(Context& ctx, std::string_view name);
Target instance_profile_target(Context& ctx, std::string_view name);
/// The same with iam:PermissionsBoundary, the boundary that is set. Not every action has the key ("Actions, resources,
/// and condition keys for AWS Identity and Access Management"), and where it is absent negated operators match.
Target user_target_with_boundary(Context& ctx, std::string_view name);
Target role_target_with_boundary(Context& ctx, std::string_view name);
/// Shown as `policy ARN`.
Target policy_target(Context& ctx, std::string_view arn);

/// Something about to be created: the ARN it will have, shown in full, with its tags and the permission `tag_action`
/// that they need.
struct Creation {
    std::string_view type;  ///< "user"
    std::string_view path;
    std::string_view name;
    std::string_view tag_action;  ///< "iam:TagUser"; empty where there are no tags
};
Target creation_target(Context& ctx, const Creation& what, std::span<const store::Tag> tags);

/// All users, roles, groups, … under a path: `arn:aws:iam::ACCOUNT:user/` + prefix without its leading slash.
Target list_target(Context& ctx, std::string_view type, std::string_view path_prefix);

/// Puts iam:PermissionsBoundary into a target: the boundary that the request gives, in place of the one that is set.
void set_boundary_key(Target& target, std::string_view boundary_arn);
/// Puts iam:PolicyARN into a target.
void set_policy_arn_key(Target& target, std::string_view policy_arn);

/// The user that a request without UserName means: the caller. Throws ValidationError for callers that are no users.
/// An empty text stands for root, whose own keys are not served here.
std::string user_name_or_caller(Context& ctx, const std::optional<std::string>& user_name);

/// Throws PolicyNotAttachable for a policy of AWS's services. `holder_title` is "User", "Group" or "Role".
void require_attachable(const store::ManagedPolicy& policy, std::string_view holder_title);
/// Throws NoSuchEntity (`Scope ARN: …`) unless the ARN names a managed policy; it must be attachable, too.
void require_boundary_policy(Context& ctx, std::string_view arn, std::string_view holder_title);

}  // namespace iamlocal::iam
