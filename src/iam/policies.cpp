// Managed policies: create, read, delete and list them, and their tags. Their versions and attachments have files of
// their own.
#include <string>

#include <fmt/format.h>

#include "api/operation.hpp"
#include "api/page.hpp"
#include "api/tags.hpp"
#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "iam/errors.hpp"
#include "iam/families.hpp"
#include "iam/kinds.hpp"
#include "iam/managed_policies.hpp"
#include "iam/operations.hpp"
#include "iam/policy_output.hpp"
#include "iam/quotas.hpp"
#include "iam/shapes.hpp"
#include "iam/targets.hpp"

namespace iamlocal::iam {
namespace {

using api::PageInput;
using api::TagsInput;
using protocol::AnswerWriter;
using protocol::Fields;
using protocol::Presence;
using store::ManagedPolicy;

ApiError policy_exists(std::string_view name) {
    return {error_type::entity_already_exists,
            fmt::format("A policy called {} already exists. Duplicate names are not allowed.", name)};
}

/// AWS says this of policies that serve as boundaries, too.
ApiError policy_is_attached() { return {error_type::delete_conflict, "Cannot delete a policy attached to entities."}; }

ApiError policy_has_versions() {
    return {error_type::delete_conflict,
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. "
            "The default version is deleted with the policy."};
}

// CreatePolicy

struct CreatePolicyInput {
    std::string policy_name;
    std::string path = "/";
    std::string policy_document;
    std::optional<std::string> description;
    TagsInput tags;
    void describe(Fields& f) {
        f.required("PolicyName", policy_name, shape::policy_name);
        f.optional("Path", path, shape::policy_path);
        f.required("PolicyDocument", policy_document, shape::policy_document);
        f.optional("Description", description, shape::policy_description);
        tags.describe(f, Presence::optional);
    }
};

struct CreatePolicyOutput {
    ManagedPolicy policy;
};

void write(AnswerWriter& out, const CreatePolicyOutput& output) {
    out.begin("Policy");
    write_policy(out, output.policy, Detail::created);
    out.end("Policy");
}

/// Shown by its name, where other creations show the ARN to be.
Target create_policy_target(Context& ctx, const CreatePolicyInput& in) {
    Target target = creation_target(ctx, {"policy", in.path, in.policy_name, "iam:TagPolicy"}, in.tags.list());
    target.shown = "policy " + in.policy_name;
    for (access::Permission& tagging : target.dependent_permissions) tagging.shown = target.shown;
    return target;
}

CreatePolicyOutput create_policy(Context& ctx, const CreatePolicyInput& in) {
    std::vector<store::Tag> tags = in.tags.list();
    api::require_valid_tags(ctx, tags, store::tags::KeyCase::kept);
    admit_managed_policy(ctx, in.policy_document);
    if (store::policies::name_taken(ctx.tx, ctx.account(), in.policy_name)) throw policy_exists(in.policy_name);
    require_quota(ctx, Quota::policies_per_account, store::policies::count(ctx.tx, ctx.account()));

    ManagedPolicy policy{.account = ctx.account(),
                         .id = ids::unique_id(ctx.env.entropy, ids::Kind::managed_policy),
                         .name = in.policy_name,
                         .path = in.path,
                         .arn = arn::iam(ctx.account(), "policy", in.path, in.policy_name),
                         .description = in.description,
                         .created = ctx.second(),
                         .updated = ctx.second(),
                         .tags = std::move(tags)};
    store::policies::insert(ctx.tx, policy, in.policy_document);
    return {std::move(policy)};
}

// GetPolicy

struct GetPolicyOutput {
    ManagedPolicy policy;
};

void write(AnswerWriter& out, const GetPolicyOutput& output) {
    out.begin("Policy");
    write_policy(out, output.policy, Detail::full);
    out.end("Policy");
}

GetPolicyOutput get_policy(Context& ctx, const NameInput<PolicyKind>&, ManagedPolicy& policy) {
    policy.tags = store::tags::all(ctx.tx, ctx.account(), policy.id);
    return {std::move(policy)};
}

// DeletePolicy

void delete_policy(Context& ctx, const NameInput<OwnPolicyKind>&, ManagedPolicy& policy) {
    if (policy.attachment_count > 0 || policy.boundary_usage_count > 0) throw policy_is_attached();
    if (store::policies::version_count(ctx.tx, ctx.account(), policy.id) > 1) throw policy_has_versions();
    store::policies::remove(ctx.tx, ctx.account(), policy.id);
}

// ListPolicies

struct ListPoliciesInput {
    std::string scope = "All";
    std::optional<bool> only_attached;
    std::string path_prefix = "/";
    std::string policy_usage_filter;
    PageInput page;
    void describe(Fields& f) {
        f.optional("Scope", scope, shape::policy_scope);
        f.optional("OnlyAttached", only_attached);
        f.optional("PathPrefix", path_prefix, shape::policy_path_prefix);
        f.optional("PolicyUsageFilter", policy_usage_filter, shape::policy_usage);
        page.describe(f);
    }
};

struct ListPoliciesOutput {
    store::Page<ManagedPolicy> page;
};

void write(AnswerWriter& out, const ListPoliciesOutput& output) {
    api::write_page(out, "Policies", output.page,
                    [](AnswerWriter& w, const ManagedPolicy& policy) { write_policy(w, policy, Detail::listed); });
}

Target list_policies_target(Context& ctx, const ListPoliciesInput& in) {
    Target target = list_target(ctx, "policy", in.path_prefix);
    target.shown = "policy path " + in.path_prefix;
    return target;
}

store::policies::Scope scope_of(std::string_view scope) {
    if (scope == "AWS") return store::policies::Scope::aws;
    if (scope == "Local") return store::policies::Scope::local;
    return store::policies::Scope::all;
}

ListPoliciesOutput list_policies(Context& ctx, const ListPoliciesInput& in) {
    // AWS reads the usage filter only where OnlyAttached asks for one.
    store::policies::Filter filter{.scope = scope_of(in.scope), .usage = std::nullopt, .path_prefix = in.path_prefix};
    if (in.only_attached.value_or(false)) filter.usage = policy_usage(in.policy_usage_filter);
    return {store::policies::page(ctx.tx, ctx.account(), filter, in.page.request())};
}

using api::operation;
using api::reads;
using api::writes;

}  // namespace

std::span<const api::Operation> policy_operations() {
    static constexpr api::Operation rows[] = {
        operation<create_policy, create_policy_target>("iam:CreatePolicy", writes),
        on<PolicyKind, get_policy>("iam:GetPolicy", reads),
        on<OwnPolicyKind, delete_policy>("iam:DeletePolicy", writes),
        operation<list_policies, list_policies_target>("iam:ListPolicies", reads),
        tag_row<TaggablePolicyKind>("iam:TagPolicy"),
        untag_row<TaggablePolicyKind>("iam:UntagPolicy"),
        list_tags_row<PolicyKind>("iam:ListPolicyTags"),
    };
    return rows;
}

}  // namespace iamlocal::iam
