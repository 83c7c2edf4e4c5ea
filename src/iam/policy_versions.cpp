// Versions of managed policies: create, read, list and delete them, and choose the one that is in force.
#include <string>

#include <fmt/format.h>

#include "iam/lookup.hpp"
#include "iam/managed_policies.hpp"
#include "iam/operations.hpp"
#include "iam/policy_output.hpp"
#include "iam/quotas.hpp"
#include "service/errors.hpp"
#include "service/operation.hpp"
#include "service/page.hpp"
#include "service/shapes.hpp"

namespace iamlocal::iam {
namespace {

using service::ApiError;
using service::ErrorCode;
using service::PageInput;
using store::ManagedPolicy;
using store::PolicyVersion;
using wire::AnswerWriter;
using wire::Fields;

ApiError no_such_version(std::string_view arn, std::string_view version) {
    return {ErrorCode::no_such_entity,
            fmt::format("Policy {} version {} does not exist or is not attachable.", arn, version)};
}

ApiError too_many_versions(const Context& ctx) {
    return {ErrorCode::limit_exceeded,
            fmt::format("A managed policy can have up to {} versions. Before you create a new version, you must delete "
                        "an existing version.",
                        quota(ctx, Quota::versions_per_policy))};
}

ApiError default_version_stays() {
    return {ErrorCode::delete_conflict, "Cannot delete the default version of a policy."};
}

/// The input of operations on one existing version.
struct VersionInput {
    std::string policy_arn;
    std::string version_id;
    void describe(Fields& f) {
        f.required("PolicyArn", policy_arn, shape::arn);
        f.required("VersionId", version_id, shape::policy_version_id);
    }
};

Target version_target(Context& ctx, const VersionInput& in) { return policy_target(ctx, in.policy_arn); }

PolicyVersion get_version(Context& ctx, const VersionInput& in) {
    auto version = store::policies::find_version(ctx.tx, ctx.account(), in.policy_arn, in.version_id);
    if (!version) throw no_such_version(in.policy_arn, in.version_id);
    return *std::move(version);
}

// CreatePolicyVersion

struct CreatePolicyVersionInput {
    std::string policy_arn;
    std::string policy_document;
    std::optional<bool> set_as_default;
    void describe(Fields& f) {
        f.required("PolicyArn", policy_arn, shape::arn);
        f.required("PolicyDocument", policy_document, shape::policy_document);
        f.optional("SetAsDefault", set_as_default);
    }
};

struct CreatePolicyVersionOutput {
    PolicyVersion version;
};

void write(AnswerWriter& out, const CreatePolicyVersionOutput& output) {
    out.begin("PolicyVersion");
    write_policy_version(out, output.version, VersionDetail::listed);
    out.end("PolicyVersion");
}

Target create_policy_version_target(Context& ctx, const CreatePolicyVersionInput& in) {
    return policy_target(ctx, in.policy_arn);
}

CreatePolicyVersionOutput create_policy_version(Context& ctx, const CreatePolicyVersionInput& in) {
    const ManagedPolicy policy = get_own_policy(ctx, in.policy_arn);
    admit_managed_policy(ctx, in.policy_document);
    const std::int64_t count = store::policies::version_count(ctx.tx, ctx.account(), policy.id);
    if (count >= quota(ctx, Quota::versions_per_policy)) throw too_many_versions(ctx);
    return {store::policies::add_version(ctx.tx, ctx.account(), policy.id, in.policy_document, ctx.second(),
                                         in.set_as_default.value_or(false))};
}

// GetPolicyVersion

struct GetPolicyVersionOutput {
    PolicyVersion version;
};

void write(AnswerWriter& out, const GetPolicyVersionOutput& output) {
    out.begin("PolicyVersion");
    write_policy_version(out, output.version, VersionDetail::with_document);
    out.end("PolicyVersion");
}

GetPolicyVersionOutput get_policy_version(Context& ctx, const VersionInput& in) {
    get_policy(ctx, in.policy_arn);
    return {get_version(ctx, in)};
}

// DeletePolicyVersion

void delete_policy_version(Context& ctx, const VersionInput& in) {
    const ManagedPolicy policy = get_own_policy(ctx, in.policy_arn);
    const PolicyVersion version = get_version(ctx, in);
    if (version.is_default) throw default_version_stays();
    store::policies::remove_version(ctx.tx, ctx.account(), policy.id, version.id);
}

// ListPolicyVersions

struct ListPolicyVersionsInput {
    std::string policy_arn;
    PageInput page;
    void describe(Fields& f) {
        f.required("PolicyArn", policy_arn, shape::arn);
        page.describe(f);
    }
};

struct ListPolicyVersionsOutput {
    store::Page<PolicyVersion> page;
};

void write(AnswerWriter& out, const ListPolicyVersionsOutput& output) {
    out.begin_list("Versions");
    for (const PolicyVersion& version : output.page.items) {
        out.begin_member();
        write_policy_version(out, version, VersionDetail::listed);
        out.end_member();
    }
    out.end_list("Versions");
    service::write_page_end(out, output.page.next);
}

Target list_policy_versions_target(Context& ctx, const ListPolicyVersionsInput& in) {
    return policy_target(ctx, in.policy_arn);
}

ListPolicyVersionsOutput list_policy_versions(Context& ctx, const ListPolicyVersionsInput& in) {
    get_policy(ctx, in.policy_arn);
    std::string after;
    return {store::policies::versions(ctx.tx, ctx.account(), in.policy_arn, in.page.request(after))};
}

// SetDefaultPolicyVersion

void set_default_policy_version(Context& ctx, const VersionInput& in) {
    const ManagedPolicy policy = get_own_policy(ctx, in.policy_arn);
    const PolicyVersion version = get_version(ctx, in);
    store::policies::set_default_version(ctx.tx, ctx.account(), policy.id, version.id);
}

using service::operation;
using service::reads;
using service::writes;

constexpr service::Operation rows[] = {
    operation<create_policy_version, create_policy_version_target>("iam:CreatePolicyVersion", writes),
    operation<get_policy_version, version_target>("iam:GetPolicyVersion", reads),
    operation<delete_policy_version, version_target>("iam:DeletePolicyVersion", writes),
    operation<list_policy_versions, list_policy_versions_target>("iam:ListPolicyVersions", reads),
    operation<set_default_policy_version, version_target>("iam:SetDefaultPolicyVersion", writes),
};

}  // namespace

std::span<const service::Operation> policy_version_operations() { return rows; }

}  // namespace iamlocal::iam
