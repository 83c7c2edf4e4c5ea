// Users, groups and roles as holders of policies: what differs between them, so that attachments and inline policies
// need one handler each. A handler is a template over one of these structs.
#pragma once

#include "iam/kinds.hpp"
#include "iam/quotas.hpp"

namespace iamlocal::iam {

/// Adds the holder's boundary to the target of an action that changes its policies; groups have none.
inline constexpr auto with_holder_boundary = [](Context&, const auto&, const auto& holder, Target& target) {
    if constexpr (requires { holder->boundary_arn; })
        if (holder) add_boundary_key(target, holder->boundary_arn);
};

struct UserHolder : UserKind {
    using Changed = UserKind;  ///< the kind of rows that change the holder
    /// AWS's model has the shorter limit in attachments and the longer one in inline policies.
    static constexpr const protocol::TextRule& attachment_name = shape::user_name;
    static constexpr const protocol::TextRule& inline_name = shape::existing_user_name;
    static constexpr Quota attachments = Quota::policies_per_user;
    static constexpr Quota inline_size = Quota::user_policy_size;
};

struct GroupHolder : GroupKind {
    using Changed = GroupKind;
    static constexpr const protocol::TextRule& attachment_name = shape::group_name;
    static constexpr const protocol::TextRule& inline_name = shape::group_name;
    static constexpr Quota attachments = Quota::policies_per_group;
    static constexpr Quota inline_size = Quota::group_policy_size;
};

struct RoleHolder : RoleKind {
    using Changed = OwnRoleKind;
    static constexpr const protocol::TextRule& attachment_name = shape::role_name;
    static constexpr const protocol::TextRule& inline_name = shape::role_name;
    static constexpr Quota attachments = Quota::policies_per_role;
    static constexpr Quota inline_size = Quota::role_policy_size;
};

}  // namespace iamlocal::iam
