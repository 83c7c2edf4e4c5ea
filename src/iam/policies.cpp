// Managed policies: create, read, delete and list them, and their tags. Their versions and attachments have files of
// their own.
#include <string>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "iam/lookup.hpp"
#include "iam/managed_policies.hpp"
#include "iam/operations.hpp"
#include "iam/policy_output.hpp"
#include "iam/quotas.hpp"
#include "service/errors.hpp"
#include "service/operation.hpp"
#include "service/page.hpp"
#include "service/shapes.hpp"
#include "service/tags.hpp"

namespace iamlocal::iam {
namespace {

using service::ApiError;
using service::ErrorCode;
using service::PageInput;
using service::TagsInput;
using service::TagsOutput;
using store::ManagedPolicy;
using wire::AnswerWriter;
using wire::Fields;
using wire::Presence;

ApiError policy_exists(std::string_view name) {
    return {ErrorCode::entity_already_exists,
            fmt::format("A policy called {} already exists. Duplicate names are not allowed.", name)};
}

/// AWS says this of policies that serve as boundaries, too.
ApiError policy_is_attached() { return {ErrorCode::delete_conflict, "Cannot delete a policy attached to entities."}; }

ApiError policy_has_versions() {
    return {ErrorCode::delete_conflict,
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. "
            "The default version is deleted with the policy."};
}

/// The input of operations on one existing policy.
struct PolicyArnInput {
    std::string policy_arn;
    void describe(Fields& f) { f.required("PolicyArn", policy_arn, shape::arn); }
};

Target named_policy_target(Context& ctx, const PolicyArnInput& in) { return policy_target(ctx, in.policy_arn); }

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
    write_policy(out, output.policy, PolicyDetail::created);
    out.end("Policy");
}

/// Shown by its name, where other creations show the ARN to be.
Target create_policy_target(Context& ctx, const CreatePolicyInput& in) {
    Target target = creation_target(ctx, {"policy", in.path, in.policy_name, "iam:TagPolicy"}, in.tags.view());
    target.shown = "policy " + in.policy_name;
    for (service::Permission& tagging : target.also) tagging.shown = target.shown;
    return target;
}

CreatePolicyOutput create_policy(Context& ctx, const CreatePolicyInput& in) {
    std::vector<store::Tag> tags = in.tags.list();
    service::require_valid_tags(ctx, tags, store::tags::KeyCase::kept);
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
    write_policy(out, output.policy, PolicyDetail::full);
    out.end("Policy");
}

GetPolicyOutput get_policy_record(Context& ctx, const PolicyArnInput& in) {
    ManagedPolicy policy = get_policy(ctx, in.policy_arn);
    policy.tags = store::tags::all(ctx.tx, ctx.account(), policy.id);
    return {std::move(policy)};
}

// DeletePolicy

void delete_policy(Context& ctx, const PolicyArnInput& in) {
    const ManagedPolicy policy = get_own_policy(ctx, in.policy_arn);
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
        f.optional("PathPrefix", path_prefix, shape::policy_path);
        f.optional("PolicyUsageFilter", policy_usage_filter, shape::policy_usage);
        page.describe(f);
    }
};

struct ListPoliciesOutput {
    store::Page<ManagedPolicy> page;
};

void write(AnswerWriter& out, const ListPoliciesOutput& output) {
    out.begin_list("Policies");
    for (const ManagedPolicy& policy : output.page.items) {
        out.begin_member();
        write_policy(out, policy, PolicyDetail::listed);
        out.end_member();
    }
    out.end_list("Policies");
    service::write_page_end(out, output.page.next);
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
    const store::policies::Filter filter{.scope = scope_of(in.scope),
                                         .only_attached = in.only_attached.value_or(false),
                                         .usage = policy_usage(in.policy_usage_filter),
                                         .path_prefix = in.path_prefix};
    std::string after;
    return {store::policies::page(ctx.tx, ctx.account(), filter, in.page.request(after))};
}

// Tags

/// Throws InvalidInput for AWS's policies, where other changes are denied.
ManagedPolicy get_taggable_policy(Context& ctx, std::string_view arn) {
    ManagedPolicy policy = get_policy(ctx, arn);
    if (policy.is_aws()) throw ApiError(ErrorCode::invalid_input, "Tags not supported for policies in this domain");
    return policy;
}

struct TagPolicyInput {
    std::string policy_arn;
    TagsInput tags;
    void describe(Fields& f) {
        f.required("PolicyArn", policy_arn, shape::arn);
        tags.describe(f, Presence::required);
    }
};

Target tag_policy_target(Context& ctx, const TagPolicyInput& in) {
    Target target = policy_target(ctx, in.policy_arn);
    target.request_tags = in.tags.view();
    return target;
}

void tag_policy(Context& ctx, const TagPolicyInput& in) {
    service::tag_entity(ctx, get_taggable_policy(ctx, in.policy_arn).id, in.tags.list());
}

struct UntagPolicyInput {
    std::string policy_arn;
    std::vector<std::string> tag_keys;
    void describe(Fields& f) {
        f.required("PolicyArn", policy_arn, shape::arn);
        f.list("TagKeys", Presence::required, tag_keys, shape::tags, shape::tag_key);
    }
};

Target untag_policy_target(Context& ctx, const UntagPolicyInput& in) {
    Target target = policy_target(ctx, in.policy_arn);
    target.tag_keys = in.tag_keys;
    return target;
}

void untag_policy(Context& ctx, const UntagPolicyInput& in) {
    store::tags::remove(ctx.tx, ctx.account(), get_taggable_policy(ctx, in.policy_arn).id, in.tag_keys);
}

struct ListPolicyTagsInput {
    std::string policy_arn;
    PageInput page;
    void describe(Fields& f) {
        f.required("PolicyArn", policy_arn, shape::arn);
        page.describe(f);
    }
};

Target list_policy_tags_target(Context& ctx, const ListPolicyTagsInput& in) {
    return policy_target(ctx, in.policy_arn);
}

TagsOutput list_policy_tags(Context& ctx, const ListPolicyTagsInput& in) {
    return service::list_tags(ctx, get_policy(ctx, in.policy_arn).id, in.page);
}

using service::operation;
using service::reads;
using service::writes;

constexpr service::Operation rows[] = {
    operation<create_policy, create_policy_target>("iam:CreatePolicy", writes),
    operation<get_policy_record, named_policy_target>("iam:GetPolicy", reads),
    operation<delete_policy, named_policy_target>("iam:DeletePolicy", writes),
    operation<list_policies, list_policies_target>("iam:ListPolicies", reads),
    operation<tag_policy, tag_policy_target>("iam:TagPolicy", writes),
    operation<untag_policy, untag_policy_target>("iam:UntagPolicy", writes),
    operation<list_policy_tags, list_policy_tags_target>("iam:ListPolicyTags", reads),
};

}  // namespace

std::span<const service::Operation> policy_operations() { return rows; }

}  // namespace iamlocal::iam
