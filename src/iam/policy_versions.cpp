// Versions of managed policies: create, read, list and delete them, and choose the one that is in force.
#include <string>

#include <fmt/format.h>

#include "api/operation.hpp"
#include "api/page.hpp"
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

using protocol::AnswerWriter;
using protocol::Fields;
using store::ManagedPolicy;
using store::PolicyVersion;

ApiError no_such_version(std::string_view arn, std::string_view version) {
    return {error_type::no_such_entity,
            fmt::format("Policy {} version {} does not exist or is not attachable.", arn, version)};
}

ApiError too_many_versions(const Context& ctx) {
    return {error_type::limit_exceeded,
            fmt::format("A managed policy can have up to {} versions. Before you create a new version, you must delete "
                        "an existing version.",
                        quota(ctx, Quota::versions_per_policy))};
}

ApiError default_version_stays() {
    return {error_type::delete_conflict, "Cannot delete the default version of a policy."};
}

/// The input of operations on one existing version.
struct VersionInput {
    std::string name;  ///< the policy's ARN
    std::string version_id;
    void describe(Fields& f) {
        f.required("PolicyArn", name, shape::arn);
        f.required("VersionId", version_id, shape::policy_version_id);
    }
};

/// A version of a policy; where there is no such policy, AWS misses the version all the same.
PolicyVersion get_version(Context& ctx, const VersionInput& in) {
    require_policy_arn(in.name);
    auto version = store::policies::find_version(ctx.tx, ctx.account(), in.name, in.version_id);
    if (!version) throw no_such_version(in.name, in.version_id);
    return *std::move(version);
}

// CreatePolicyVersion

struct CreatePolicyVersionInput {
    std::string name;  ///< the policy's ARN
    std::string policy_document;
    std::optional<bool> set_as_default;
    void describe(Fields& f) {
        f.required("PolicyArn", name, shape::arn);
        f.required("PolicyDocument", policy_document, shape::policy_document);
        f.optional("SetAsDefault", set_as_default);
    }
};

/// A policy that is to get one more version.
struct VersionedPolicyKind : PolicyKind {
    static Entity& require(std::optional<Entity>& policy, std::string_view arn) {
        require_own_policy(arn, "create versions for");
        return PolicyKind::require(policy, arn);
    }
};

struct CreatePolicyVersionOutput {
    PolicyVersion version;
};

void write(AnswerWriter& out, const CreatePolicyVersionOutput& output) {
    out.begin("PolicyVersion");
    write_policy_version(out, output.version, Detail::created);
    out.end("PolicyVersion");
}

CreatePolicyVersionOutput create_policy_version(Context& ctx, const CreatePolicyVersionInput& in,
                                                ManagedPolicy& policy) {
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
    write_policy_version(out, output.version, Detail::full);
    out.end("PolicyVersion");
}

GetPolicyVersionOutput get_policy_version(Context& ctx, const VersionInput& in) { return {get_version(ctx, in)}; }

// DeletePolicyVersion

void delete_policy_version(Context& ctx, const VersionInput& in, LookedUp<PolicyKind>& named) {
    require_own_policy(in.name, "delete policy versions for");
    const PolicyVersion version = get_version(ctx, in);
    if (version.is_default) throw default_version_stays();
    store::policies::remove_version(ctx.tx, ctx.account(), named.entity->id, version.id);
}

// ListPolicyVersions

struct ListPolicyVersionsOutput {
    store::Page<PolicyVersion> page;
};

void write(AnswerWriter& out, const ListPolicyVersionsOutput& output) {
    api::write_page(out, "Versions", output.page, [](AnswerWriter& w, const PolicyVersion& version) {
        write_policy_version(w, version, Detail::listed);
    });
}

ListPolicyVersionsOutput list_policy_versions(Context& ctx, const family::PageOfInput<PolicyKind>& in, ManagedPolicy&) {
    return {store::policies::versions(ctx.tx, ctx.account(), in.name, in.page.request())};
}

// SetDefaultPolicyVersion

void set_default_policy_version(Context& ctx, const VersionInput& in, LookedUp<PolicyKind>& named) {
    require_own_policy(in.name, "update");
    const PolicyVersion version = get_version(ctx, in);
    store::policies::set_default_version(ctx.tx, ctx.account(), named.entity->id, version.id);
}

template <class Input>
LookedUp<PolicyKind> policy_of(Context& ctx, const Input& in) {
    return look_up<PolicyKind>(ctx, in.name);
}

template <class Input>
Target policy_target(Context& ctx, const Input& in, const LookedUp<PolicyKind>& named) {
    return PolicyKind::target(ctx, in.name, named.entity);
}

/// A row on a policy whose handler misses it in words of its own.
template <auto handler>
constexpr api::Operation on_policy(const char* action, db::Access access) {
    using Input = typename api::detail::HandlerTraits<decltype(handler)>::Input;
    return api::operation<handler, &policy_target<Input>, &policy_of<Input>>(action, access);
}

using api::reads;
using api::writes;

}  // namespace

std::span<const api::Operation> policy_version_operations() {
    static constexpr api::Operation rows[] = {
        on<VersionedPolicyKind, create_policy_version>("iam:CreatePolicyVersion", writes),
        on_policy<get_policy_version>("iam:GetPolicyVersion", reads),
        on_policy<delete_policy_version>("iam:DeletePolicyVersion", writes),
        on<PolicyKind, list_policy_versions>("iam:ListPolicyVersions", reads),
        on_policy<set_default_policy_version>("iam:SetDefaultPolicyVersion", writes),
    };
    return rows;
}

}  // namespace iamlocal::iam
