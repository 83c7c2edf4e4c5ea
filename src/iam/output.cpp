#include "iam/output.hpp"

#include "aws/arn.hpp"
#include "base/encoding.hpp"

namespace iamlocal::iam {

void write_boundary(protocol::AnswerWriter& out, const std::optional<std::string>& arn) {
    if (!arn) return;
    out.begin("PermissionsBoundary");
    // Not "PermissionsBoundaryPolicy", the only value of the model's enum: AWS answers "Policy".
    out.text("PermissionsBoundaryType", "Policy");
    out.text("PermissionsBoundaryArn", *arn);
    out.end("PermissionsBoundary");
}

void write_user(protocol::AnswerWriter& out, const store::User& user, Detail detail) {
    out.text("Path", user.path);
    out.text("UserName", user.name);
    out.text("UserId", user.id);
    out.text("Arn", arn::iam(user.account, "user", user.path, user.name));
    out.time("CreateDate", user.created);
    if (detail == Detail::listed) return;
    write_boundary(out, user.boundary_arn);
    api::write_tags(out, user.tags, api::WhenEmpty::leave_out);
}

void write_group(protocol::AnswerWriter& out, const store::Group& group) {
    out.text("Path", group.path);
    out.text("GroupName", group.name);
    out.text("GroupId", group.id);
    out.text("Arn", arn::iam(group.account, "group", group.path, group.name));
    out.time("CreateDate", group.created);
}

void write_role(protocol::AnswerWriter& out, const store::Role& role, const RoleMembers& members) {
    out.text("Path", role.path);
    out.text("RoleName", role.name);
    out.text("RoleId", role.id);
    out.text("Arn", arn::iam(role.account, "role", role.path, role.name));
    out.time("CreateDate", role.created);
    out.text("AssumeRolePolicyDocument", percent_encode(role.trust_policy));
    if (members.description && role.description) out.text("Description", *role.description);
    if (members.max_session_duration) out.number("MaxSessionDuration", role.max_session_duration);
    if (members.boundary_and_tags) {
        write_boundary(out, role.boundary_arn);
        api::write_tags(out, role.tags, api::WhenEmpty::leave_out);
    }
    if (members.last_used) {
        out.begin("RoleLastUsed");
        if (role.last_used) {
            out.time("LastUsedDate", role.last_used->at);
            out.text("Region", role.last_used->region);
        }
        out.end("RoleLastUsed");
    }
    if (!members.source) return;
    out.begin("SourceRoleTemplate");
    out.text("TemplateArn", members.source->template_arn);
    out.number("TemplateMinorVersion", members.source->minor_version);
    out.end("SourceRoleTemplate");
}

void write_instance_profile(protocol::AnswerWriter& out, const store::InstanceProfile& profile,
                            const std::optional<store::Role>& role) {
    out.text("Path", profile.path);
    out.text("InstanceProfileName", profile.name);
    out.text("InstanceProfileId", profile.id);
    out.text("Arn", arn::iam(profile.account, "instance-profile", profile.path, profile.name));
    out.time("CreateDate", profile.created);
    out.begin_list("Roles");
    if (role) {
        out.begin_member();
        write_role(out, *role, {.description = false, .max_session_duration = false});
        out.end_member();
    }
    out.end_list("Roles");
}

}  // namespace iamlocal::iam
