// AssumeRole: the trust policy decides who, the caller's own policies whether, and the session carries the rest.
#include <fmt/format.h>

#include "api/errors.hpp"
#include "api/operation.hpp"
#include "sts/asked_role.hpp"
#include "sts/errors.hpp"
#include "sts/mfa.hpp"
#include "sts/operations.hpp"
#include "sts/role_session.hpp"
#include "sts/session_policies.hpp"
#include "sts/session_tags.hpp"
#include "sts/shapes.hpp"

namespace iamlocal::sts {
namespace {

using access::Target;
using api::Context;
using policy::Values;
using protocol::AnswerWriter;
using protocol::Fields;
using protocol::Presence;

struct ProvidedContext {
    std::string provider_arn;
    std::string context_assertion;
};

struct AssumeRoleInput {
    std::string role_arn;
    std::string role_session_name;
    SessionPolicies policies;
    std::int64_t duration_seconds = 3600;
    std::vector<store::Tag> tags;
    std::vector<std::string> transitive_tag_keys;
    std::optional<std::string> external_id;
    MfaInput mfa;
    std::optional<std::string> source_identity;
    std::vector<ProvidedContext> provided_contexts;
    std::optional<std::int64_t> minimum_session_token_size;

    void describe(Fields& f) {
        f.required("RoleArn", role_arn, shape::arn);
        f.required("RoleSessionName", role_session_name, shape::role_session_name);
        policies.describe_arns(f);
        policies.describe_policy(f);
        f.optional("DurationSeconds", duration_seconds, shape::role_duration);
        describe_session_tags(f, tags);
        f.list("TransitiveTagKeys", Presence::optional, transitive_tag_keys, shape::tags, shape::tag_key);
        f.optional("ExternalId", external_id, shape::external_id);
        mfa.describe(f);
        f.optional("SourceIdentity", source_identity, shape::source_identity);
        f.list("ProvidedContexts", Presence::optional, provided_contexts, shape::provided_contexts,
               [](ProvidedContext& context, Fields& fields) {
                   fields.optional("ProviderArn", context.provider_arn, shape::arn);
                   fields.optional("ContextAssertion", context.context_assertion, shape::context_assertion);
               });
        f.optional("MinimumSessionTokenSize", minimum_session_token_size, shape::minimum_token_size);
    }
};

/// Set in this request, or inherited from the session that calls.
std::string source_identity_of(const Context& ctx, const AssumeRoleInput& in) {
    if (in.source_identity) return *in.source_identity;
    return ctx.caller.session ? ctx.caller.session->source_identity : std::string();
}

/// The code comes before role and policies, whose part is to say what it is good for.
std::optional<ApiError> verify_code(Context& ctx, AssumeRoleInput& in) {
    require_role_arn(in.role_arn);
    return verify_mfa(ctx, in.mfa);
}

/// The role of that ARN, if there is one.
std::optional<store::Role> asked_role(Context& ctx, const AssumeRoleInput& in) {
    std::optional<store::Role> role = find_role(ctx, in.role_arn);
    if (ctx.caller.is_root() && ctx.env.enforcement != access::Enforcement::off)
        throw api::access_denied("Roles may not be assumed by root accounts.");
    return role;
}

Target assume_role_target(Context& ctx, const AssumeRoleInput& in, const std::optional<store::Role>& role) {
    const std::string source_identity = source_identity_of(ctx, in);
    AskedRole asked{.arn = in.role_arn,
                    .session_name = in.role_session_name,
                    .tags = in.tags,
                    .transitive_tag_keys = in.transitive_tag_keys,
                    .source_identity = source_identity,
                    .inherits_tags = ctx.caller.session && !ctx.caller.session->transitive_tag_keys.empty()};
    if (in.external_id) asked.keys.push_back({"sts:externalid", Values::single(*in.external_id)});
    // A code that comes with the request counts while it is decided; the role's session does not have it.
    if (in.mfa.verified) {
        asked.common.push_back({"aws:multifactorauthpresent", Values::single("true")});
        asked.common.push_back({"aws:multifactorauthage", Values::single("0")});
    }
    return role_target(ctx, asked, role);
}

void require_source_identity(const Context& ctx, const AssumeRoleInput& in) {
    if (!in.source_identity || !ctx.caller.session || ctx.caller.session->source_identity.empty()) return;
    if (ctx.caller.session->source_identity != *in.source_identity)
        throw validation_error("The source identity is already set for this assume role session");
}

struct AssumeRoleOutput {
    RoleSession session;
};

void write(AnswerWriter& out, const AssumeRoleOutput& output) { write_role_session(out, output.session); }

AssumeRoleOutput assume_role(Context& ctx, const AssumeRoleInput& in, std::optional<store::Role>& role) {
    // Only without enforcement does a request for an absent role come this far.
    if (!role)
        throw api::access_denied(fmt::format("User: {} is not authorized to perform: sts:AssumeRole on resource: {}",
                                             ctx.caller.principal.arn, in.role_arn));
    if (!in.provided_contexts.empty()) throw validation_error("ProvidedContexts are not supported for this caller.");
    const std::chrono::seconds duration(in.duration_seconds);
    require_role_duration(ctx, *role, duration);
    require_source_identity(ctx, in);
    return {start_role_session(ctx, *role,
                               {.name = in.role_session_name,
                                .policies = in.policies,
                                .tags = in.tags,
                                .transitive_tag_keys = in.transitive_tag_keys,
                                .source_identity = source_identity_of(ctx, in),
                                .duration = duration,
                                .minimum_token_size = in.minimum_session_token_size})};
}

using api::operation;
using api::reads;

}  // namespace

std::span<const api::Operation> assume_role_operations() {
    static constexpr api::Operation rows[] = {
        operation<assume_role, assume_role_target, asked_role, verify_code>("sts:AssumeRole", reads)
            .callable_with(api::any_credentials),
    };
    return rows;
}

}  // namespace iamlocal::sts
