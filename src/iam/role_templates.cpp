// Roles made from templates. The templates are those that the test bench has declared: AWS's belong to its services.
#include <algorithm>

#include <fmt/format.h>

#include "access/trust_principals.hpp"
#include "api/operation.hpp"
#include "api/policy_documents.hpp"
#include "api/tags.hpp"
#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "base/encoding.hpp"
#include "iam/errors.hpp"
#include "iam/kinds.hpp"
#include "iam/operations.hpp"
#include "iam/output.hpp"
#include "iam/quotas.hpp"
#include "iam/role_plan.hpp"
#include "iam/role_trust.hpp"
#include "iam/targets.hpp"
#include "policy/json.hpp"
#include "policy/parse.hpp"
#include "store/attachments.hpp"
#include "store/inline_policies.hpp"
#include "store/role_sources.hpp"

namespace iamlocal::iam {
namespace {

using protocol::AnswerWriter;
using protocol::Fields;
using protocol::Presence;
using store::Role;

/// The account that AWS's templates belong to, as conditions see it.
constexpr const char* templates_account = "639982225848";

Target template_target(const std::string& arn, std::string_view shown_type) {
    Target target;
    target.resource = arn;
    target.shown = fmt::format("{} {}", shown_type, arn);
    target.keys.push_back({"aws:resourceaccount", policy::Values::single(templates_account)});
    return target;
}

// GetRoleTemplateVersion

struct GetRoleTemplateVersionInput {
    std::string template_arn;
    std::optional<std::int64_t> minor_version;
    void describe(Fields& f) {
        f.required("TemplateArn", template_arn, any_text);
        f.optional("MinorVersion", minor_version, any_number);
    }
};

Target get_template_target(Context&, const GetRoleTemplateVersionInput& in) {
    return template_target(in.template_arn, "role-template");
}

struct GetRoleTemplateVersionOutput {
    templates::RoleTemplate role;
    templates::RoleVersion version;
    Seconds since{};
};

void write_given(AnswerWriter& out, std::string_view name, const std::string& value) {
    if (!value.empty()) out.text(name, value);
}

void write_parameter(AnswerWriter& out, const templates::Parameter& parameter) {
    const std::string_view kind = parameter.kind == templates::Parameter::Kind::string   ? "String"
                                  : parameter.kind == templates::Parameter::Kind::number ? "Number"
                                                                                         : "Arn";
    out.text("Name", parameter.name);
    out.text("Type", fmt::format("{}{}", kind, parameter.is_list ? "List" : ""));
    write_given(out, "SubType", parameter.sub_type);
    write_given(out, "Description", parameter.description);
    out.boolean("IsRequired", parameter.is_required);
    write_given(out, "DefaultValue", parameter.default_value);
    out.boolean("Immutable", parameter.is_immutable);
}

template <class List, class WriteItem>
void write_list(AnswerWriter& out, std::string_view name, const List& list, WriteItem write_item) {
    if (list.empty()) return;
    out.begin_list(name);
    for (const auto& item : list) write_item(item);
    out.end_list(name);
}

void write(AnswerWriter& out, const GetRoleTemplateVersionOutput& output) {
    const templates::RoleVersion& version = output.version;
    const auto pairs = [&out](const char* first, const char* second) {
        return [&out, first, second](const auto& item) {
            out.begin_member();
            out.text(first, item.first);
            out.text(second, item.second);
            out.end_member();
        };
    };
    out.begin("RoleTemplateVersion");
    out.text("TemplateArn", output.role.arn);
    out.text("TemplateName", output.role.name);
    out.text("TemplateVersionId", version.id);
    write_given(out, "Description", output.role.description);
    out.number("MajorVersion", output.role.major);
    out.number("DefaultMinorVersion", output.role.default_minor);
    out.text("ManagedByType", "Service");
    out.text("ManagedByValue", output.role.service);
    out.boolean("Enabled", output.role.enabled);
    out.number("MinorVersion", version.minor);
    out.text("RoleNamePattern", version.role_name);
    write_given(out, "RolePathPattern", version.role_path);
    write_given(out, "RoleDescriptionPattern", version.role_description);
    out.text("AssumeRolePolicyDocumentTemplate", version.trust_policy);
    write_list(out, "InlinePolicyTemplates", version.inline_policies, pairs("PolicyName", "PolicyDocument"));
    write_list(out, "ManagedPolicyArns", version.managed_policies, [&](const auto& arn) { out.member(arn); });
    write_given(out, "PermissionBoundaryArn", version.permissions_boundary);
    write_list(out, "ParametersDefinition", version.parameters, [&](const auto& parameter) {
        out.begin_member();
        write_parameter(out, parameter);
        out.end_member();
    });
    write_list(out, "RoleTagsTemplate", version.tags, pairs("Key", "Value"));
    out.number("MaxSessionDuration", version.max_session_duration);
    out.boolean("VersionEnabled", version.enabled);
    out.time("CreateTimestamp", output.since);
    out.time("UpdateTimestamp", output.since);
    out.end("RoleTemplateVersion");
}

GetRoleTemplateVersionOutput get_role_template_version(Context& ctx, const GetRoleTemplateVersionInput& in) {
    require_template_arn(in.template_arn);
    std::optional<FoundTemplate> found = find_template(ctx, in.template_arn, in.minor_version);
    if (!found)
        throw ApiError(error_type::no_such_entity, fmt::format("Role Template {} cannot be found.", in.template_arn));
    return {std::move(found->role), std::move(found->version), found->since};
}

// AcquireRole

Target acquire_target(Context& ctx, const AcquireRoleInput& in, const RolePlan& plan) {
    Target target = template_target(in.template_arn, "role template");
    if (!plan.role) return target;
    const PlannedRole& role = *plan.role;
    const access::RequestKeys source = {{"iam:roletemplatearn", policy::Values::single(in.template_arn)}};
    const std::string resource = plan.existing
                                     ? arn::iam(ctx.account(), "role", plan.existing->path, plan.existing->name)
                                     : arn::iam(ctx.account(), "role", role.path, role.name);
    const std::string shown = "role/" + role.name;
    const auto need = [&](std::string_view action, std::string of, access::RequestKeys keys) {
        access::Permission permission{.action = action, .resource = resource, .shown = std::move(of), .keys = source};
        permission.keys.insert(permission.keys.end(), keys.begin(), keys.end());
        if (!role.boundary.empty() && !plan.existing)
            permission.keys.push_back({"iam:permissionsboundary", policy::Values::single(role.boundary)});
        target.dependent_permissions.push_back(std::move(permission));
    };
    if (plan.existing) {
        need("iam:GetRole", shown, {});
        if (plan.existing->boundary_arn)
            target.dependent_permissions.back().keys.push_back(
                {"iam:permissionsboundary", policy::Values::single(*plan.existing->boundary_arn)});
        return target;
    }
    target.request_tags = role.tags;
    need("iam:CreateRole", {}, {});
    if (!role.tags.empty()) need("iam:TagRole", {}, {});
    for (const std::string& arn : role.managed_policies)
        need("iam:AttachRolePolicy", shown, {{"iam:policyarn", policy::Values::single(arn)}});
    for (std::size_t i = 0; i < role.inline_policies.size(); ++i) need("iam:PutRolePolicy", shown, {});
    return target;
}

struct AcquireRoleOutput {
    Role role;
};

void write(AnswerWriter& out, const AcquireRoleOutput& output) {
    out.begin("Role");
    write_role(out, output.role, {.description = false, .max_session_duration = false});
    out.end("Role");
}

/// The same for policies that mean the same: members in order, lists of one as their only value.
std::string canonical(const policy::json::Value& value, std::string_view text) {
    using policy::json::Type;
    if (value.is(Type::array) && value.items.size() == 1) return canonical(value.items[0], text);
    if (!value.is(Type::array) && !value.is(Type::object))
        return value.is(Type::string) ? fmt::format("\"{}\"", value.text)
                                      : std::string(text.substr(value.begin, value.end - value.begin));
    std::vector<std::string> parts;
    for (const policy::json::Value& item : value.items)
        parts.push_back(fmt::format("{}:{}", item.key, canonical(item, text)));
    std::sort(parts.begin(), parts.end());
    return fmt::format("{{{}}}", fmt::join(parts, ","));
}

std::string canonical(std::string_view document) {
    const auto read = policy::json::parse(document, {policy::max_document_bytes, policy::max_document_depth});
    const auto* const json = std::get_if<policy::json::Document>(&read);
    return json == nullptr ? std::string(document) : canonical(json->root(), document);
}

/// Whether a role that was acquired is as the template makes it, its description and its sessions' length aside.
bool is_unmodified(Context& ctx, const Role& role, const PlannedRole& planned) {
    if (canonical(role.trust_policy) != canonical(require_trust_policy(ctx, planned.trust_policy))) return false;
    if (role.boundary_arn.value_or("") != planned.boundary) return false;
    auto by_key = [](const store::Tag& a, const store::Tag& b) { return a.key < b.key; };
    std::vector<store::Tag> tags = store::tags::all(ctx.tx, ctx.account(), role.id);
    std::vector<store::Tag> wanted = planned.tags;
    std::sort(tags.begin(), tags.end(), by_key);
    std::sort(wanted.begin(), wanted.end(), by_key);
    if (tags != wanted) return false;
    if (store::attachments::count(ctx.tx, ctx.account(), role.id) !=
        static_cast<std::int64_t>(planned.managed_policies.size()))
        return false;
    for (const std::string& arn : planned.managed_policies)
        if (!store::attachments::is_attached(ctx.tx, ctx.account(), role.id, arn)) return false;
    const auto names = store::inline_policies::page(ctx.tx, ctx.account(), role.id, {{}, 1000}).items;
    if (names.size() != planned.inline_policies.size()) return false;
    for (const auto& [name, document] : planned.inline_policies) {
        const auto stored = store::inline_policies::find(ctx.tx, ctx.account(), role.id, name);
        if (!stored || canonical(*stored) != canonical(document)) return false;
    }
    return true;
}

AcquireRoleOutput existing_role(Context& ctx, const RolePlan& plan) {
    Role role = *plan.existing;
    const std::optional<store::RoleSource> source = store::role_sources::find(ctx.tx, ctx.account(), role.id);
    if (!source)
        throw ApiError(error_type::name_conflict,
                       "A role with this name already exists in the account but was not created from this template. "
                       "Choose a different role name, or remove the existing role if it is no longer needed.");
    if (*source != plan.role->source || role.name != plan.role->name || role.path != plan.role->path)
        throw ApiError(error_type::name_conflict,
                       "A role with this name exists but was created with different parameters. Pass a unique roleName "
                       "to create a new role.");
    if (!is_unmodified(ctx, role, *plan.role))
        throw ApiError(
            error_type::role_modified,
            fmt::format("Role {} has been modified since it was created and is no longer managed.", role.name));
    role.trust_policy = access::show_principals(ctx.tx, role.trust_policy);
    return {std::move(role)};
}

void add_policies(Context& ctx, const Role& role, const PlannedRole& planned) {
    for (const std::string& arn : planned.managed_policies) {
        const auto policy = is_policy_arn(arn) ? store::policies::find(ctx.tx, ctx.account(), arn) : std::nullopt;
        if (!policy) throw not_attachable(arn);
        require_quota(ctx, Quota::policies_per_role, store::attachments::count(ctx.tx, ctx.account(), role.id));
        store::attachments::attach(ctx.tx, ctx.account(), role.id, *policy);
    }
    std::int64_t size = 0;
    for (const auto& [name, document] : planned.inline_policies) {
        const std::int64_t own = api::admit_policy(document, policy::DocumentKind::identity);
        size += own;
        if (size > quota(ctx, Quota::role_policy_size)) throw quota_exceeded(ctx, Quota::role_policy_size);
        store::inline_policies::put(ctx.tx, ctx.account(), role.id, name, {document, own});
    }
}

AcquireRoleOutput acquire_role(Context& ctx, const AcquireRoleInput&, RolePlan& plan) {
    if (plan.problem) throw ApiError(*plan.problem);
    if (plan.is_disabled)
        throw ApiError(error_type::role_template_disabled,
                       fmt::format("Role template {} is disabled.", plan.role->source.template_arn));
    if (plan.existing) return existing_role(ctx, plan);
    const PlannedRole& planned = *plan.role;
    api::require_valid_tags(ctx, planned.tags, store::tags::KeyCase::ignored);
    require_own_role_path(planned.path);
    std::string trust_policy = require_trust_policy(ctx, planned.trust_policy);
    if (!planned.boundary.empty()) require_boundary_policy(ctx, planned.boundary, "Role");
    require_quota(ctx, Quota::roles_per_account, store::roles::count(ctx.tx, ctx.account()));
    Role role{.account = ctx.account(),
              .id = ids::unique_id(ctx.env.entropy, ids::Kind::role),
              .name = planned.name,
              .path = planned.path,
              .created = ctx.second(),
              .boundary_arn = {},
              .trust_policy = std::move(trust_policy),
              .description = planned.description,
              .max_session_duration = planned.max_session_duration,
              .last_used = {},
              .tags = planned.tags};
    if (!planned.boundary.empty()) role.boundary_arn = planned.boundary;
    store::roles::insert(ctx.tx, role);
    store::role_sources::insert(ctx.tx, ctx.account(), role.id, planned.source);
    add_policies(ctx, role, planned);
    role.trust_policy = planned.trust_policy;
    return {std::move(role)};
}

using api::operation;
using api::reads;
using api::writes;

}  // namespace

std::span<const api::Operation> role_template_operations() {
    static constexpr api::Operation rows[] = {
        operation<get_role_template_version, get_template_target>("iam:GetRoleTemplateVersion", reads),
        // There is no permission of the operation's own name: whoever may read the template may begin.
        operation<acquire_role, acquire_target, plan_role>("iam:GetRoleTemplateVersion", writes).called("AcquireRole"),
    };
    return rows;
}

}  // namespace iamlocal::iam
