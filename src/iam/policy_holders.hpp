// Users, groups and roles as holders of policies: what differs between them, so that attachments and inline policies
// are one handler each with three faces. A handler is a template over one of these structs.
#pragma once

#include <string>
#include <string_view>

#include "iam/lookup.hpp"
#include "iam/quotas.hpp"
#include "iam/role_trust.hpp"
#include "service/shapes.hpp"
#include "store/entities.hpp"

namespace iamlocal::iam {

/// A user, group or role that exists.
struct PolicyHolder {
    std::string id;
    std::string name;  ///< as it was created; requests may spell it in another case
};

struct UserHolder {
    static constexpr const char* member = "UserName";
    static constexpr std::string_view kind = "user";
    static constexpr std::string_view title = "User";
    /// AWS's model has the shorter limit in attachments and the longer one in inline policies.
    static constexpr const wire::TextRule& attachment_name = shape::user_name;
    static constexpr const wire::TextRule& inline_name = shape::existing_user_name;
    static constexpr Quota attachments = Quota::policies_per_user;
    static constexpr Quota inline_size = Quota::user_policy_size;

    static PolicyHolder get(Context& ctx, std::string_view name) {
        store::User user = get_user(ctx, name);
        return {std::move(user.id), std::move(user.name)};
    }
    static PolicyHolder get_to_change(Context& ctx, std::string_view name) { return get(ctx, name); }
    static Target target(Context& ctx, std::string_view name) { return user_target(ctx, name); }
    /// Of actions that change the holder's policies.
    static Target target_to_change(Context& ctx, std::string_view name) { return user_target_with_boundary(ctx, name); }
};

struct GroupHolder {
    static constexpr const char* member = "GroupName";
    static constexpr std::string_view kind = "group";
    static constexpr std::string_view title = "Group";
    static constexpr const wire::TextRule& attachment_name = shape::group_name;
    static constexpr const wire::TextRule& inline_name = shape::group_name;
    static constexpr Quota attachments = Quota::policies_per_group;
    static constexpr Quota inline_size = Quota::group_policy_size;

    static PolicyHolder get(Context& ctx, std::string_view name) {
        store::Group group = get_group(ctx, name);
        return {std::move(group.id), std::move(group.name)};
    }
    static PolicyHolder get_to_change(Context& ctx, std::string_view name) { return get(ctx, name); }
    static Target target(Context& ctx, std::string_view name) { return group_target(ctx, name); }
    static Target target_to_change(Context& ctx, std::string_view name) { return group_target(ctx, name); }
};

struct RoleHolder {
    static constexpr const char* member = "RoleName";
    static constexpr std::string_view kind = "role";
    static constexpr std::string_view title = "Role";
    static constexpr const wire::TextRule& attachment_name = shape::role_name;
    static constexpr const wire::TextRule& inline_name = shape::role_name;
    static constexpr Quota attachments = Quota::policies_per_role;
    static constexpr Quota inline_size = Quota::role_policy_size;

    static PolicyHolder get(Context& ctx, std::string_view name) {
        store::Role role = get_role(ctx, name);
        return {std::move(role.id), std::move(role.name)};
    }
    /// Throws UnmodifiableEntity for the roles of AWS's services.
    static PolicyHolder get_to_change(Context& ctx, std::string_view name) {
        store::Role role = get_own_role(ctx, name);
        return {std::move(role.id), std::move(role.name)};
    }
    static Target target(Context& ctx, std::string_view name) { return role_target(ctx, name); }
    static Target target_to_change(Context& ctx, std::string_view name) { return role_target_with_boundary(ctx, name); }
};

}  // namespace iamlocal::iam
