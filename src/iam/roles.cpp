// Roles: create, read, change, delete and list them, their trust policy, tags and permissions boundary.
#include <string>

#include <fmt/format.h>

#include "access/trust_principals.hpp"
#include "api/operation.hpp"
#include "api/page.hpp"
#include "api/tags.hpp"
#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "iam/errors.hpp"
#include "iam/families.hpp"
#include "iam/kinds.hpp"
#include "iam/operations.hpp"
#include "iam/output.hpp"
#include "iam/quotas.hpp"
#include "iam/role_trust.hpp"
#include "iam/shapes.hpp"
#include "iam/targets.hpp"

namespace iamlocal::iam {
namespace {

using api::TagsInput;
using protocol::AnswerWriter;
using protocol::Fields;
using protocol::Presence;
using store::Role;

constexpr std::int64_t default_session_duration = 3600;

struct RoleOutput {
    Role role;
    RoleMembers members;
};

void write(AnswerWriter& out, const RoleOutput& output) {
    out.begin("Role");
    write_role(out, output.role, output.members);
    out.end("Role");
}

// CreateRole

struct CreateRoleInput {
    std::string path = "/";
    std::string role_name;
    std::string assume_role_policy_document;
    std::optional<std::string> description;
    std::optional<std::int64_t> max_session_duration;
    std::optional<std::string> permissions_boundary;
    TagsInput tags;
    void describe(Fields& f) {
        f.optional("Path", path, shape::path);
        f.required("RoleName", role_name, shape::role_name);
        f.required("AssumeRolePolicyDocument", assume_role_policy_document, shape::policy_document);
        f.optional("Description", description, shape::role_description);
        f.optional("MaxSessionDuration", max_session_duration, shape::role_max_session_duration);
        f.optional("PermissionsBoundary", permissions_boundary, shape::arn);
        tags.describe(f, Presence::optional);
    }
};

Target create_role_target(Context& ctx, const CreateRoleInput& in) {
    Target target = creation_target(ctx, {"role", in.path, in.role_name, "iam:TagRole"}, in.tags.list());
    if (in.permissions_boundary) set_boundary_key(target, *in.permissions_boundary);
    return target;
}

RoleOutput create_role(Context& ctx, const CreateRoleInput& in) {
    std::vector<store::Tag> tags = in.tags.list();
    api::require_valid_tags(ctx, tags, store::tags::KeyCase::ignored);
    require_own_role_path(in.path);
    std::string trust_policy = require_trust_policy(ctx, in.assume_role_policy_document);
    if (store::roles::exists(ctx.tx, ctx.account(), in.role_name)) throw already_exists("Role", in.role_name);
    if (in.permissions_boundary) require_boundary_policy(ctx, *in.permissions_boundary, "Role");
    require_quota(ctx, Quota::roles_per_account, store::roles::count(ctx.tx, ctx.account()));

    Role role{.account = ctx.account(),
              .id = ids::unique_id(ctx.env.entropy, ids::Kind::role),
              .name = in.role_name,
              .path = in.path,
              .created = ctx.second(),
              .boundary_arn = in.permissions_boundary,
              .trust_policy = std::move(trust_policy),
              .description = in.description,
              .max_session_duration = in.max_session_duration.value_or(default_session_duration),
              .last_used = {},
              .tags = std::move(tags)};
    store::roles::insert(ctx.tx, role);
    // This answer shows the document as it was written, and neither description nor duration.
    role.trust_policy = in.assume_role_policy_document;
    return {std::move(role), {.description = false, .max_session_duration = false, .boundary_and_tags = true}};
}

// GetRole

RoleOutput get_role(Context& ctx, const NameInput<RoleKind>&, Role& role) {
    role.trust_policy = access::show_principals(ctx.tx, role.trust_policy);
    role.tags = store::tags::all(ctx.tx, ctx.account(), role.id);
    if (auto noted = ctx.env.usage.find_role(role.id)) role.last_used = std::move(noted);
    auto source = store::role_sources::find(ctx.tx, ctx.account(), role.id);
    return {std::move(role), {.last_used = true, .boundary_and_tags = true, .source = std::move(source)}};
}

// UpdateRole, UpdateRoleDescription

struct UpdateRoleInput {
    std::string name;
    std::optional<std::string> description;
    std::optional<std::int64_t> max_session_duration;
    void describe(Fields& f) {
        f.required("RoleName", name, shape::role_name);
        f.optional("Description", description, shape::role_description);
        f.optional("MaxSessionDuration", max_session_duration, shape::role_max_session_duration);
    }
};

/// An empty result element, unlike the operations that have none.
struct UpdateRoleOutput {};
void write(AnswerWriter&, const UpdateRoleOutput&) {}

/// What is not given stays, although the reference says that the duration falls back to an hour: clients set one of the
/// two at a time.
UpdateRoleOutput update_role(Context& ctx, const UpdateRoleInput& in, Role& role) {
    if (in.max_session_duration && is_service_linked(role))
        throw ApiError(
            error_type::unmodifiable_entity,
            fmt::format("{} is an AWS service linked role, max session duration cannot be changed.", role.name));
    if (in.description) store::roles::set_description(ctx.tx, ctx.account(), role.id, *in.description);
    if (in.max_session_duration)
        store::roles::set_max_session_duration(ctx.tx, ctx.account(), role.id, *in.max_session_duration);
    return {};
}

struct UpdateRoleDescriptionInput {
    std::string name;
    std::string description;
    void describe(Fields& f) {
        f.required("RoleName", name, shape::role_name);
        f.required("Description", description, shape::role_description);
    }
};

RoleOutput update_role_description(Context& ctx, const UpdateRoleDescriptionInput& in, Role& role) {
    store::roles::set_description(ctx.tx, ctx.account(), role.id, in.description);
    role.description = in.description;
    role.trust_policy = access::show_principals(ctx.tx, role.trust_policy);
    return {std::move(role), {.max_session_duration = false}};
}

// UpdateAssumeRolePolicy

struct UpdateAssumeRolePolicyInput {
    std::string name;
    std::string policy_document;
    void describe(Fields& f) {
        f.required("RoleName", name, shape::role_name);
        f.required("PolicyDocument", policy_document, shape::policy_document);
    }
};

void update_assume_role_policy(Context& ctx, const UpdateAssumeRolePolicyInput& in, Role& role) {
    store::roles::set_trust_policy(ctx.tx, ctx.account(), role.id, require_trust_policy(ctx, in.policy_document));
}

// DeleteRole

void delete_role(Context& ctx, const NameInput<OwnRoleKind>&, Role& role) {
    const store::roles::DeleteBlockers held = store::roles::delete_blockers(ctx.tx, ctx.account(), role.id);
    if (held.instance_profiles > 0) throw delete_conflict("remove roles from instance profile");
    if (held.attached_policies > 0) throw delete_conflict("detach all policies");
    if (held.inline_policies > 0) throw delete_conflict("delete policies");
    store::roles::remove(ctx.tx, ctx.account(), role.id);
}

// ListRoles

struct ListRolesOutput {
    store::Page<Role> page;
};

void write(AnswerWriter& out, const ListRolesOutput& output) {
    api::write_page(out, "Roles", output.page, [](AnswerWriter& w, const Role& role) { write_role(w, role, {}); });
}

ListRolesOutput list_roles(Context& ctx, const family::PathInput& in) {
    ListRolesOutput output{store::roles::page(ctx.tx, ctx.account(), in.path_prefix, in.page.request())};
    for (Role& role : output.page.items) role.trust_policy = access::show_principals(ctx.tx, role.trust_policy);
    return output;
}

using api::operation;
using api::reads;
using api::writes;

}  // namespace

std::span<const api::Operation> role_operations() {
    static constexpr api::Operation rows[] = {
        operation<create_role, create_role_target>("iam:CreateRole", writes),
        on<RoleKind, get_role, with_boundary_key>("iam:GetRole", reads),
        on<DescribedRoleKind, update_role, with_boundary_key>("iam:UpdateRole", writes),
        on<DescribedRoleKind, update_role_description, with_boundary_key>("iam:UpdateRoleDescription", writes),
        on<OwnRoleKind, update_assume_role_policy, with_boundary_key>("iam:UpdateAssumeRolePolicy", writes),
        on<OwnRoleKind, delete_role, with_boundary_key>("iam:DeleteRole", writes),
        list_row<RoleKind, list_roles>("iam:ListRoles"),
        tag_row<DescribedRoleKind>("iam:TagRole"),
        untag_row<DescribedRoleKind>("iam:UntagRole"),
        list_tags_row<RoleKind>("iam:ListRoleTags"),
        put_boundary_row<OwnRoleKind>("iam:PutRolePermissionsBoundary"),
        delete_boundary_row<OwnRoleKind>("iam:DeleteRolePermissionsBoundary"),
    };
    return rows;
}

}  // namespace iamlocal::iam
