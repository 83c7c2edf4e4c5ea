// Attaching managed policies to users, groups and roles, and who has which. The three kinds of holders are faces of the
// same handlers.
#include <string>

#include "iam/lookup.hpp"
#include "iam/managed_policies.hpp"
#include "iam/operations.hpp"
#include "iam/policy_holders.hpp"
#include "iam/quotas.hpp"
#include "service/errors.hpp"
#include "service/operation.hpp"
#include "service/page.hpp"
#include "service/shapes.hpp"
#include "store/attachments.hpp"

namespace iamlocal::iam {
namespace {

using service::PageInput;
using store::EntityKind;
using store::ManagedPolicy;
using wire::AnswerWriter;
using wire::Fields;

// Attach and Detach

template <class Holder>
struct AttachmentInput {
    std::string holder;
    std::string policy_arn;
    void describe(Fields& f) {
        f.required(Holder::member, holder, Holder::attachment_name);
        f.required("PolicyArn", policy_arn, shape::arn);
    }
};

template <class Holder>
Target attachment_target(Context& ctx, const AttachmentInput<Holder>& in) {
    Target target = Holder::target_to_change(ctx, in.holder);
    set_policy_arn_key(target, in.policy_arn);
    return target;
}

template <class Holder>
void attach_policy(Context& ctx, const AttachmentInput<Holder>& in) {
    require_policy_arn(in.policy_arn);
    const PolicyHolder holder = Holder::get_to_change(ctx, in.holder);
    const std::optional<ManagedPolicy> policy = store::policies::find(ctx.tx, ctx.account(), in.policy_arn);
    if (!policy) throw service::not_attachable(in.policy_arn);
    require_attachable(*policy, Holder::title);
    // Attaching again changes nothing, so the quota does not matter for it.
    if (store::attachments::is_attached(ctx.tx, ctx.account(), holder.id, policy->arn)) return;
    require_quota(ctx, Holder::attachments, store::attachments::count(ctx.tx, ctx.account(), holder.id));
    store::attachments::attach(ctx.tx, ctx.account(), holder.id, *policy);
}

template <class Holder>
void detach_policy(Context& ctx, const AttachmentInput<Holder>& in) {
    require_policy_arn(in.policy_arn);
    const PolicyHolder holder = Holder::get_to_change(ctx, in.holder);
    const bool was_attached = store::attachments::detach(ctx.tx, ctx.account(), holder.id, in.policy_arn);
    if (!was_attached) throw service::no_such_policy(in.policy_arn);
}

// ListAttached…Policies

template <class Holder>
struct ListAttachedInput {
    std::string holder;
    std::string path_prefix = "/";
    PageInput page;
    void describe(Fields& f) {
        f.required(Holder::member, holder, Holder::attachment_name);
        f.optional("PathPrefix", path_prefix, shape::policy_path);
        page.describe(f);
    }
};

struct ListAttachedOutput {
    store::Page<store::AttachedPolicy> page;
};

void write(AnswerWriter& out, const ListAttachedOutput& output) {
    out.begin_list("AttachedPolicies");
    for (const store::AttachedPolicy& policy : output.page.items) {
        out.begin_member();
        out.text("PolicyName", policy.name);
        out.text("PolicyArn", policy.arn);
        out.end_member();
    }
    out.end_list("AttachedPolicies");
    service::write_page_end(out, output.page.next);
}

template <class Holder>
Target list_attached_target(Context& ctx, const ListAttachedInput<Holder>& in) {
    return Holder::target(ctx, in.holder);
}

template <class Holder>
ListAttachedOutput list_attached(Context& ctx, const ListAttachedInput<Holder>& in) {
    const PolicyHolder holder = Holder::get(ctx, in.holder);
    std::string after;
    return {store::attachments::page(ctx.tx, ctx.account(), holder.id, in.path_prefix, in.page.request(after))};
}

// ListEntitiesForPolicy

struct ListEntitiesInput {
    std::string policy_arn;
    std::string entity_filter;
    std::string path_prefix = "/";
    std::string policy_usage_filter;
    PageInput page;
    void describe(Fields& f) {
        f.required("PolicyArn", policy_arn, shape::arn);
        f.optional("EntityFilter", entity_filter, shape::entity_type);
        f.optional("PathPrefix", path_prefix, shape::path);
        f.optional("PolicyUsageFilter", policy_usage_filter, shape::policy_usage);
        page.describe(f);
    }
};

struct ListEntitiesOutput {
    store::Page<store::PolicyEntity> page;
};

/// One of the answer's three lists, and how AWS names it and its members.
struct EntityList {
    EntityKind kind;
    const char* list;
    const char* name;
    const char* id;
};
constexpr EntityList entity_lists[] = {
    {EntityKind::group, "PolicyGroups", "GroupName", "GroupId"},
    {EntityKind::user, "PolicyUsers", "UserName", "UserId"},
    {EntityKind::role, "PolicyRoles", "RoleName", "RoleId"},
};

void write(AnswerWriter& out, const ListEntitiesOutput& output) {
    for (const EntityList& part : entity_lists) {
        out.begin_list(part.list);
        for (const store::PolicyEntity& entity : output.page.items) {
            if (entity.kind != part.kind) continue;
            out.begin_member();
            out.text(part.name, entity.name);
            out.text(part.id, entity.id);
            out.end_member();
        }
        out.end_list(part.list);
    }
    service::write_page_end(out, output.page.next);
}

Target list_entities_target(Context& ctx, const ListEntitiesInput& in) { return policy_target(ctx, in.policy_arn); }

/// Two values of the filter name policies, which no policy is attached to.
std::optional<EntityKind> entity_kind(std::string_view filter) {
    if (filter.empty()) return std::nullopt;
    if (filter == "User") return EntityKind::user;
    if (filter == "Group") return EntityKind::group;
    if (filter == "Role") return EntityKind::role;
    return EntityKind::policy;
}

ListEntitiesOutput list_entities(Context& ctx, const ListEntitiesInput& in) {
    const ManagedPolicy policy = get_policy(ctx, in.policy_arn);
    const store::attachments::EntityFilter filter{.kind = entity_kind(in.entity_filter),
                                                  .usage = policy_usage(in.policy_usage_filter),
                                                  .path_prefix = in.path_prefix};
    std::string after;
    return {store::attachments::entities(ctx.tx, ctx.account(), policy.arn, filter, in.page.request(after))};
}

using service::operation;
using service::reads;
using service::writes;

constexpr service::Operation rows[] = {
    operation<attach_policy<UserHolder>, attachment_target<UserHolder>>("iam:AttachUserPolicy", writes),
    operation<attach_policy<GroupHolder>, attachment_target<GroupHolder>>("iam:AttachGroupPolicy", writes),
    operation<attach_policy<RoleHolder>, attachment_target<RoleHolder>>("iam:AttachRolePolicy", writes),
    operation<detach_policy<UserHolder>, attachment_target<UserHolder>>("iam:DetachUserPolicy", writes),
    operation<detach_policy<GroupHolder>, attachment_target<GroupHolder>>("iam:DetachGroupPolicy", writes),
    operation<detach_policy<RoleHolder>, attachment_target<RoleHolder>>("iam:DetachRolePolicy", writes),
    operation<list_attached<UserHolder>, list_attached_target<UserHolder>>("iam:ListAttachedUserPolicies", reads),
    operation<list_attached<GroupHolder>, list_attached_target<GroupHolder>>("iam:ListAttachedGroupPolicies", reads),
    operation<list_attached<RoleHolder>, list_attached_target<RoleHolder>>("iam:ListAttachedRolePolicies", reads),
    operation<list_entities, list_entities_target>("iam:ListEntitiesForPolicy", reads),
};

}  // namespace

std::span<const service::Operation> policy_attachment_operations() { return rows; }

}  // namespace iamlocal::iam
