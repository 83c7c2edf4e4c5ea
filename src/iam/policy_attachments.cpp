// Attaching managed policies to users, groups and roles, and who has which. The three kinds of holders are faces of the
// same handlers.
#include <string>

#include "api/operation.hpp"
#include "api/page.hpp"
#include "iam/errors.hpp"
#include "iam/managed_policies.hpp"
#include "iam/operations.hpp"
#include "iam/policy_holders.hpp"
#include "iam/quotas.hpp"
#include "iam/shapes.hpp"
#include "iam/targets.hpp"
#include "store/attachments.hpp"

namespace iamlocal::iam {
namespace {

using api::PageInput;
using protocol::AnswerWriter;
using protocol::Fields;
using store::EntityKind;
using store::ManagedPolicy;

// Attach and Detach

template <class Holder>
struct AttachmentInput {
    std::string name;  ///< of the holder
    std::string policy_arn;
    void describe(Fields& f) {
        f.required(Holder::member, name, Holder::attachment_name);
        f.required("PolicyArn", policy_arn, shape::arn);
    }
};

constexpr auto with_policy_arn = [](Context& ctx, const auto& in, const auto& holder, Target& target) {
    with_holder_boundary(ctx, in, holder, target);
    set_policy_arn_key(target, in.policy_arn);
};

template <class Holder>
void attach_policy(Context& ctx, const AttachmentInput<Holder>& in, typename Holder::Entity& holder) {
    require_policy_arn(in.policy_arn);
    const std::optional<ManagedPolicy> policy = store::policies::find(ctx.tx, ctx.account(), in.policy_arn);
    if (!policy) throw not_attachable(in.policy_arn);
    require_attachable(*policy, Holder::title);
    // Attaching again changes nothing, so the quota does not matter for it.
    if (store::attachments::is_attached(ctx.tx, ctx.account(), holder.id, policy->arn)) return;
    require_quota(ctx, Holder::attachments, store::attachments::count(ctx.tx, ctx.account(), holder.id));
    store::attachments::attach(ctx.tx, ctx.account(), holder.id, *policy);
}

template <class Holder>
void detach_policy(Context& ctx, const AttachmentInput<Holder>& in, typename Holder::Entity& holder) {
    require_policy_arn(in.policy_arn);
    const bool was_attached = store::attachments::detach(ctx.tx, ctx.account(), holder.id, in.policy_arn);
    if (!was_attached) throw no_such_policy(in.policy_arn);
}

// ListAttached…Policies

template <class Holder>
struct ListAttachedInput {
    std::string name;  ///< of the holder
    std::string path_prefix = "/";
    PageInput page;
    void describe(Fields& f) {
        f.required(Holder::member, name, Holder::attachment_name);
        f.optional("PathPrefix", path_prefix, shape::policy_path_prefix);
        page.describe(f);
    }
};

struct ListAttachedOutput {
    store::Page<store::AttachedPolicy> page;
};

void write(AnswerWriter& out, const ListAttachedOutput& output) {
    api::write_page(out, "AttachedPolicies", output.page, [](AnswerWriter& w, const store::AttachedPolicy& policy) {
        w.text("PolicyName", policy.name);
        w.text("PolicyArn", policy.arn);
    });
}

template <class Holder>
ListAttachedOutput list_attached(Context& ctx, const ListAttachedInput<Holder>& in, typename Holder::Entity& holder) {
    return {store::attachments::page(ctx.tx, ctx.account(), holder.id, in.path_prefix, in.page.request())};
}

// ListEntitiesForPolicy

struct ListEntitiesInput {
    std::string name;  ///< the policy's ARN
    std::string entity_filter;
    std::string path_prefix = "/";
    std::string policy_usage_filter;
    PageInput page;
    void describe(Fields& f) {
        f.required("PolicyArn", name, shape::arn);
        f.optional("EntityFilter", entity_filter, shape::entity_type);
        f.optional("PathPrefix", path_prefix, shape::entity_path_prefix);
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
    api::write_page_end(out, output.page.next);
}

/// Two values of the filter name policies, which no policy is attached to.
std::optional<EntityKind> entity_kind(std::string_view filter) {
    if (filter.empty()) return std::nullopt;
    if (filter == "User") return EntityKind::user;
    if (filter == "Group") return EntityKind::group;
    if (filter == "Role") return EntityKind::role;
    return EntityKind::policy;
}

/// Misses an absent policy in other words than most.
struct AttachablePolicyKind : PolicyKind {
    static Entity& require(std::optional<Entity>& policy, std::string_view arn) {
        require_policy_arn(arn);
        if (!policy) throw not_attachable(arn);
        return *policy;
    }
};

ListEntitiesOutput list_entities(Context& ctx, const ListEntitiesInput& in, ManagedPolicy& policy) {
    const store::attachments::EntityFilter filter{.kind = entity_kind(in.entity_filter),
                                                  .usage = policy_usage(in.policy_usage_filter),
                                                  .path_prefix = in.path_prefix};
    return {store::attachments::entities(ctx.tx, ctx.account(), policy.arn, filter, in.page.request())};
}

using api::reads;
using api::writes;

template <class Holder>
constexpr api::Operation attach_row(const char* action) {
    return on<typename Holder::Changed, &attach_policy<Holder>, with_policy_arn>(action, writes);
}
template <class Holder>
constexpr api::Operation detach_row(const char* action) {
    return on<typename Holder::Changed, &detach_policy<Holder>, with_policy_arn>(action, writes);
}
template <class Holder>
constexpr api::Operation list_attached_row(const char* action) {
    return on<Holder, &list_attached<Holder>>(action, reads);
}

}  // namespace

std::span<const api::Operation> policy_attachment_operations() {
    static constexpr api::Operation rows[] = {
        attach_row<UserHolder>("iam:AttachUserPolicy"),
        attach_row<GroupHolder>("iam:AttachGroupPolicy"),
        attach_row<RoleHolder>("iam:AttachRolePolicy"),
        detach_row<UserHolder>("iam:DetachUserPolicy"),
        detach_row<GroupHolder>("iam:DetachGroupPolicy"),
        detach_row<RoleHolder>("iam:DetachRolePolicy"),
        list_attached_row<UserHolder>("iam:ListAttachedUserPolicies"),
        list_attached_row<GroupHolder>("iam:ListAttachedGroupPolicies"),
        list_attached_row<RoleHolder>("iam:ListAttachedRolePolicies"),
        on<AttachablePolicyKind, list_entities>("iam:ListEntitiesForPolicy", reads),
    };
    return rows;
}

}  // namespace iamlocal::iam
