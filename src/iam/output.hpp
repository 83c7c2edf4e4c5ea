// How entities are written into answers; once per entity, whatever operation shows them. Which optional members appear
// differs by operation: AWS leaves tags and boundaries out of listings.
#pragma once

#include <optional>
#include <string>

#include "api/tags.hpp"
#include "iam/detail.hpp"
#include "protocol/answer_writer.hpp"
#include "store/groups.hpp"
#include "store/instance_profiles.hpp"
#include "store/role_sources.hpp"
#include "store/roles.hpp"
#include "store/users.hpp"

namespace iamlocal::iam {

/// PermissionsBoundary, if there is one.
void write_boundary(protocol::AnswerWriter& out, const std::optional<std::string>& arn);

/// `<User>` is the caller's element; this writes its members. The user's `tags` must be loaded unless it is only
/// listed.
void write_user(protocol::AnswerWriter& out, const store::User& user, Detail detail);
void write_group(protocol::AnswerWriter& out, const store::Group& group);

/// The members of a role that only some answers have.
struct RoleMembers {
    bool description = true;
    bool max_session_duration = true;
    bool last_used = false;  ///< an empty element while the role is unused
    bool boundary_and_tags = false;
    std::optional<store::RoleSource> source = {};  ///< the template that it was acquired from
};

/// `role.trust_policy` is the document as it is to be shown (access::show_principals).
void write_role(protocol::AnswerWriter& out, const store::Role& role, const RoleMembers& members);
/// Without the tags. `role`: the one in the profile, if any.
void write_instance_profile(protocol::AnswerWriter& out, const store::InstanceProfile& profile,
                            const std::optional<store::Role>& role);

}  // namespace iamlocal::iam
