// Roles: create, read, change, delete and list them, their trust policy, tags and permissions boundary.
#include <string>

#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "iam/lookup.hpp"
#include "iam/operations.hpp"
#include "iam/output.hpp"
#include "iam/quotas.hpp"
#include "iam/role_trust.hpp"
#include "service/errors.hpp"
#include "service/operation.hpp"
#include "service/page.hpp"
#include "service/shapes.hpp"
#include "service/tags.hpp"
#include "service/trust_policy.hpp"

namespace iamlocal::iam {
namespace {

using service::PageInput;
using service::TagsInput;
using service::TagsOutput;
using store::Role;
using wire::AnswerWriter;
using wire::Fields;
using wire::Presence;

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

/// The input of operations on one existing role.
struct RoleNameInput {
    std::string role_name;
    void describe(Fields& f) { f.required("RoleName", role_name, shape::role_name); }
};

Target named_role_target(Context& ctx, const RoleNameInput& in) { return role_target_with_boundary(ctx, in.role_name); }

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
    Target target = creation_target(ctx, {"role", in.path, in.role_name, "iam:TagRole"}, in.tags.view());
    if (in.permissions_boundary) set_boundary_key(target, *in.permissions_boundary);
    return target;
}

RoleOutput create_role(Context& ctx, const CreateRoleInput& in) {
    std::vector<store::Tag> tags = in.tags.list();
    service::require_valid_tags(ctx, tags, store::tags::KeyCase::ignored);
    require_own_role_path(in.path);
    std::string trust_policy = require_trust_policy(ctx, in.assume_role_policy_document);
    if (store::roles::exists(ctx.tx, ctx.account(), in.role_name)) throw service::already_exists("Role", in.role_name);
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
    // This answer shows the document as it was written and the duration only when it was given.
    role.trust_policy = in.assume_role_policy_document;
    return {std::move(role), {.max_session_duration = in.max_session_duration.has_value(), .boundary_and_tags = true}};
}

// GetRole

RoleOutput get_role_record(Context& ctx, const RoleNameInput& in) {
    Role role = get_role(ctx, in.role_name);
    role.trust_policy = service::show_principals(ctx.tx, role.trust_policy);
    role.tags = store::tags::all(ctx.tx, ctx.account(), role.id);
    if (auto noted = ctx.env.usage.find_role(role.id)) role.last_used = std::move(noted);
    return {std::move(role), {.last_used = true, .boundary_and_tags = true}};
}

// UpdateRole, UpdateRoleDescription

struct UpdateRoleInput {
    std::string role_name;
    std::optional<std::string> description;
    std::optional<std::int64_t> max_session_duration;
    void describe(Fields& f) {
        f.required("RoleName", role_name, shape::role_name);
        f.optional("Description", description, shape::role_description);
        f.optional("MaxSessionDuration", max_session_duration, shape::role_max_session_duration);
    }
};

/// An empty result element, unlike the operations that have none.
struct UpdateRoleOutput {};
void write(AnswerWriter&, const UpdateRoleOutput&) {}

Target update_role_target(Context& ctx, const UpdateRoleInput& in) {
    return role_target_with_boundary(ctx, in.role_name);
}

/// What is not given stays, although the reference says that the duration falls back to an hour: clients set one of the
/// two at a time.
UpdateRoleOutput update_role(Context& ctx, const UpdateRoleInput& in) {
    const Role role = get_own_role(ctx, in.role_name);
    if (in.description) store::roles::set_description(ctx.tx, ctx.account(), role.id, *in.description);
    if (in.max_session_duration)
        store::roles::set_max_session_duration(ctx.tx, ctx.account(), role.id, *in.max_session_duration);
    return {};
}

struct UpdateRoleDescriptionInput {
    std::string role_name;
    std::string description;
    void describe(Fields& f) {
        f.required("RoleName", role_name, shape::role_name);
        f.required("Description", description, shape::role_description);
    }
};

Target update_role_description_target(Context& ctx, const UpdateRoleDescriptionInput& in) {
    return role_target_with_boundary(ctx, in.role_name);
}

RoleOutput update_role_description(Context& ctx, const UpdateRoleDescriptionInput& in) {
    Role role = get_own_role(ctx, in.role_name);
    store::roles::set_description(ctx.tx, ctx.account(), role.id, in.description);
    role.description = in.description;
    role.trust_policy = service::show_principals(ctx.tx, role.trust_policy);
    return {std::move(role), {}};
}

// UpdateAssumeRolePolicy

struct UpdateAssumeRolePolicyInput {
    std::string role_name;
    std::string policy_document;
    void describe(Fields& f) {
        f.required("RoleName", role_name, shape::role_name);
        f.required("PolicyDocument", policy_document, shape::policy_document);
    }
};

Target update_assume_role_policy_target(Context& ctx, const UpdateAssumeRolePolicyInput& in) {
    return role_target_with_boundary(ctx, in.role_name);
}

void update_assume_role_policy(Context& ctx, const UpdateAssumeRolePolicyInput& in) {
    const Role role = get_own_role(ctx, in.role_name);
    store::roles::set_trust_policy(ctx.tx, ctx.account(), role.id, require_trust_policy(ctx, in.policy_document));
}

// DeleteRole

void delete_role(Context& ctx, const RoleNameInput& in) {
    const Role role = get_own_role(ctx, in.role_name);
    const store::roles::Holdings held = store::roles::holdings(ctx.tx, ctx.account(), role.id);
    if (held.instance_profiles > 0) throw service::delete_conflict("remove roles from instance profile");
    if (held.attached_policies > 0) throw service::delete_conflict("detach all policies");
    if (held.inline_policies > 0) throw service::delete_conflict("delete policies");
    store::roles::remove(ctx.tx, ctx.account(), role.id);
}

// ListRoles

struct ListRolesInput {
    std::string path_prefix = "/";
    PageInput page;
    void describe(Fields& f) {
        f.optional("PathPrefix", path_prefix, shape::path_prefix);
        page.describe(f);
    }
};

struct ListRolesOutput {
    store::Page<Role> page;
};

void write(AnswerWriter& out, const ListRolesOutput& output) {
    out.begin_list("Roles");
    for (const Role& role : output.page.items) {
        out.begin_member();
        write_role(out, role, {});
        out.end_member();
    }
    out.end_list("Roles");
    service::write_page_end(out, output.page.next);
}

Target list_roles_target(Context& ctx, const ListRolesInput& in) { return list_target(ctx, "role", in.path_prefix); }

ListRolesOutput list_roles(Context& ctx, const ListRolesInput& in) {
    std::string after;
    ListRolesOutput output{store::roles::page(ctx.tx, ctx.account(), in.path_prefix, in.page.request(after))};
    for (Role& role : output.page.items) role.trust_policy = service::show_principals(ctx.tx, role.trust_policy);
    return output;
}

// Tags

struct TagRoleInput {
    std::string role_name;
    TagsInput tags;
    void describe(Fields& f) {
        f.required("RoleName", role_name, shape::role_name);
        tags.describe(f, Presence::required);
    }
};

Target tag_role_target(Context& ctx, const TagRoleInput& in) {
    Target target = role_target(ctx, in.role_name);
    target.request_tags = in.tags.view();
    return target;
}

void tag_role(Context& ctx, const TagRoleInput& in) {
    service::tag_entity(ctx, get_own_role(ctx, in.role_name).id, in.tags.list());
}

struct UntagRoleInput {
    std::string role_name;
    std::vector<std::string> tag_keys;
    void describe(Fields& f) {
        f.required("RoleName", role_name, shape::role_name);
        f.list("TagKeys", Presence::required, tag_keys, shape::tags, shape::tag_key);
    }
};

Target untag_role_target(Context& ctx, const UntagRoleInput& in) {
    Target target = role_target(ctx, in.role_name);
    target.tag_keys = in.tag_keys;
    return target;
}

void untag_role(Context& ctx, const UntagRoleInput& in) {
    store::tags::remove(ctx.tx, ctx.account(), get_own_role(ctx, in.role_name).id, in.tag_keys);
}

struct ListRoleTagsInput {
    std::string role_name;
    PageInput page;
    void describe(Fields& f) {
        f.required("RoleName", role_name, shape::role_name);
        page.describe(f);
    }
};

Target list_role_tags_target(Context& ctx, const ListRoleTagsInput& in) { return role_target(ctx, in.role_name); }

TagsOutput list_role_tags(Context& ctx, const ListRoleTagsInput& in) {
    return service::list_tags(ctx, get_role(ctx, in.role_name).id, in.page);
}

// Permissions boundary

struct PutRolePermissionsBoundaryInput {
    std::string role_name;
    std::string permissions_boundary;
    void describe(Fields& f) {
        f.required("RoleName", role_name, shape::role_name);
        f.required("PermissionsBoundary", permissions_boundary, shape::arn);
    }
};

Target put_role_boundary_target(Context& ctx, const PutRolePermissionsBoundaryInput& in) {
    Target target = role_target(ctx, in.role_name);
    set_boundary_key(target, in.permissions_boundary);
    return target;
}

void put_role_boundary(Context& ctx, const PutRolePermissionsBoundaryInput& in) {
    const Role role = get_own_role(ctx, in.role_name);
    require_boundary_policy(ctx, in.permissions_boundary, "Role");
    store::roles::set_boundary(ctx.tx, ctx.account(), role.id, in.permissions_boundary);
}

void delete_role_boundary(Context& ctx, const RoleNameInput& in) {
    store::roles::set_boundary(ctx.tx, ctx.account(), get_own_role(ctx, in.role_name).id, std::nullopt);
}

using service::operation;
using service::reads;
using service::writes;

constexpr service::Operation rows[] = {
    operation<create_role, create_role_target>("iam:CreateRole", writes),
    operation<get_role_record, named_role_target>("iam:GetRole", reads),
    operation<update_role, update_role_target>("iam:UpdateRole", writes),
    operation<update_role_description, update_role_description_target>("iam:UpdateRoleDescription", writes),
    operation<update_assume_role_policy, update_assume_role_policy_target>("iam:UpdateAssumeRolePolicy", writes),
    operation<delete_role, named_role_target>("iam:DeleteRole", writes),
    operation<list_roles, list_roles_target>("iam:ListRoles", reads),
    operation<tag_role, tag_role_target>("iam:TagRole", writes),
    operation<untag_role, untag_role_target>("iam:UntagRole", writes),
    operation<list_role_tags, list_role_tags_target>("iam:ListRoleTags", reads),
    operation<put_role_boundary, put_role_boundary_target>("iam:PutRolePermissionsBoundary", writes),
    operation<delete_role_boundary, named_role_target>("iam:DeleteRolePermissionsBoundary", writes),
};

}  // namespace

std::span<const service::Operation> role_operations() { return rows; }

}  // namespace iamlocal::iam
