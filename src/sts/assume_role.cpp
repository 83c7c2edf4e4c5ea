// AssumeRole: the trust policy decides who, the caller's own policies whether, and the session carries the rest.
#include <fmt/format.h>

#include "api/errors.hpp"
#include "api/operation.hpp"
#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "base/encoding.hpp"
#include "policy/parse.hpp"
#include "store/policies.hpp"
#include "store/roles.hpp"
#include "sts/credentials.hpp"
#include "sts/errors.hpp"
#include "sts/mfa.hpp"
#include "sts/operations.hpp"
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

constexpr std::int64_t default_duration = 3600;
constexpr std::int64_t max_chained_duration = 3600;

struct ProvidedContext {
    std::string provider_arn;
    std::string context_assertion;
};

struct AssumeRoleInput {
    std::string role_arn;
    std::string role_session_name;
    std::vector<std::string> policy_arns;
    std::optional<std::string> policy;
    std::optional<std::int64_t> duration_seconds;
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
        f.list("PolicyArns", Presence::optional, policy_arns, shape::policy_arns,
               [](std::string& arn, Fields& fields) { fields.optional("arn", arn, shape::arn); });
        f.optional("Policy", policy, shape::session_policy);
        f.optional("DurationSeconds", duration_seconds, shape::role_duration);
        f.list("Tags", Presence::optional, tags, shape::tags, [](store::Tag& tag, Fields& fields) {
            fields.required("Key", tag.key, shape::tag_key);
            fields.required("Value", tag.value, shape::tag_value);
        });
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

/// Throws ValidationError for a text that is no ARN.
Arn parse_role_arn(std::string_view text) {
    const std::optional<Arn> arn = Arn::parse(text);
    if (!arn) throw validation_error(fmt::format("{} is invalid", text));
    return *arn;
}

/// The role whose own ARN this is, every part and the case included: policies are held against the text, so whatever
/// else found the role would get past a Deny. An ARN of something else is answered like a role that does not exist.
std::optional<store::Role> find_role(Context& ctx, std::string_view role_arn) {
    const Arn arn = parse_role_arn(role_arn);
    if (!ids::is_account_id(arn.account)) return std::nullopt;
    const AccountId account(arn.account);
    const std::string_view name = arn.resource.substr(arn.resource.rfind('/') + 1);
    std::optional<store::Role> role = store::roles::find(ctx.tx, account, name);
    if (!role || arn::iam(account, "role", role->path, role->name) != role_arn) return std::nullopt;
    return role;
}

/// The account that is asked for the role; the caller's where the ARN has none.
AccountId asked_account(const Context& ctx, std::string_view role_arn) {
    const Arn arn = parse_role_arn(role_arn);
    return ids::is_account_id(arn.account) ? AccountId(arn.account) : ctx.account();
}

/// Set in this request, or inherited from the session that calls.
std::string source_identity_of(const Context& ctx, const AssumeRoleInput& in) {
    if (in.source_identity) return *in.source_identity;
    return ctx.caller.session ? ctx.caller.session->source_identity : std::string();
}

/// The code comes before role and policies, whose part is to say what it is good for.
std::optional<ApiError> verify_code(Context& ctx, AssumeRoleInput& in) {
    parse_role_arn(in.role_arn);
    return verify_mfa(ctx, in.mfa);
}

/// The role of that ARN, if there is one.
std::optional<store::Role> asked_role(Context& ctx, const AssumeRoleInput& in) {
    std::optional<store::Role> role = find_role(ctx, in.role_arn);
    if (ctx.caller.is_root() && ctx.env.enforcement != access::Enforcement::off)
        throw api::access_denied("Roles may not be assumed by root accounts.");
    return role;
}

/// A role that does not exist trusts nobody.
access::ResourcePolicy trust_policy(Context& ctx, const AssumeRoleInput& in, const std::optional<store::Role>& role) {
    access::ResourcePolicy trust{nullptr, asked_account(ctx, in.role_arn), policy::ResourcePolicyPart::trust};
    if (!role) return trust;
    trust.document = ctx.policies.get(role->trust_policy, policy::DocumentKind::trust);
    if (!trust.document->compiled())
        ctx.env.unreadable.note(
            {role->account, in.role_arn, "trust policy", policy::DocumentKind::trust, role->trust_policy});
    return trust;
}

Target assume_role_target(Context& ctx, const AssumeRoleInput& in, const std::optional<store::Role>& role) {
    Target target;
    target.resource = in.role_arn;
    target.hide_reason = true;
    target.request_tags = in.tags;
    target.resource_policy = trust_policy(ctx, in, role);
    if (role) target.tags = {.id = role->id, .as_iam_keys = true};
    target.keys.push_back({"sts:rolesessionname", Values::single(in.role_session_name)});
    if (in.external_id) target.keys.push_back({"sts:externalid", Values::single(*in.external_id)});
    // A code that comes with the request counts while it is decided; the role's session does not have it.
    access::RequestKeys mfa;
    if (in.mfa.verified) {
        mfa.push_back({"aws:multifactorauthpresent", Values::single("true")});
        mfa.push_back({"aws:multifactorauthage", Values::single("0")});
    }
    target.keys.insert(target.keys.end(), mfa.begin(), mfa.end());
    access::RequestKeys transitive;
    if (!in.transitive_tag_keys.empty())
        transitive.push_back({"sts:transitivetagkeys", Values::list(in.transitive_tag_keys)});
    target.keys.insert(target.keys.end(), transitive.begin(), transitive.end());
    transitive.insert(transitive.end(), mfa.begin(), mfa.end());
    const std::string source_identity = source_identity_of(ctx, in);
    if (!source_identity.empty()) {
        access::RequestKeys keys = {{"sts:sourceidentity", Values::single(source_identity)}};
        target.keys.push_back(keys.front());
        keys.insert(keys.end(), mfa.begin(), mfa.end());
        target.dependent_permissions.push_back({.action = "sts:SetSourceIdentity",
                                                .resource = in.role_arn,
                                                .keys = std::move(keys),
                                                .tags = target.tags,
                                                .sees_request_tags = false});
    }
    const bool inherits_tags = ctx.caller.session && !ctx.caller.session->transitive_tag_keys.empty();
    if (!in.tags.empty() || inherits_tags)
        target.dependent_permissions.push_back(
            {.action = "sts:TagSession", .resource = in.role_arn, .keys = std::move(transitive), .tags = target.tags});
    return target;
}

/// Any session that assumes a role chains, one of GetSessionToken too.
void require_duration(const Context& ctx, const store::Role& role, std::int64_t duration) {
    if (duration > role.max_session_duration)
        throw validation_error("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
    if (ctx.caller.session && duration > max_chained_duration)
        throw validation_error(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.");
}

void require_source_identity(const Context& ctx, const AssumeRoleInput& in) {
    if (!in.source_identity || !ctx.caller.session || ctx.caller.session->source_identity.empty()) return;
    if (ctx.caller.session->source_identity != *in.source_identity)
        throw validation_error("The source identity is already set for this assume role session");
}

void require_session_policies(Context& ctx, const AssumeRoleInput& in, const AccountId& account) {
    if (in.policy) {
        const auto parsed = policy::parse(*in.policy, policy::DocumentKind::session);
        if (const auto* error = std::get_if<policy::ParseError>(&parsed)) throw api::malformed_policy(error->message);
    }
    const std::int64_t most_arns = ctx.env.quotas[aws::Quota::session_policy_arns];
    if (static_cast<std::int64_t>(in.policy_arns.size()) > most_arns)
        throw validation_error(
            fmt::format("1 validation error detected: Value at 'policyArns' failed to satisfy constraint: Member must "
                        "have length less than or equal to {}",
                        most_arns));
    for (const std::string& arn : in.policy_arns)
        if (!store::policies::exists(ctx.tx, account, arn))
            throw api::malformed_policy(fmt::format("The policy {} does not exist or is not attachable.", arn));
}

std::int64_t percent_of(std::size_t size, std::int64_t room) {
    const auto used = static_cast<std::int64_t>(size);
    if (room == 0) return used == 0 ? 0 : 101;
    return (used * 100 + room - 1) / room;
}

/// How much of the room for session policies and tags is used, in percent. AWS packs them in a form of its own that is
/// not published; here their characters count. Policies alone may have 2,048 of them, as AWS's reference says.
std::int64_t packed_percent(const Context& ctx, const AssumeRoleInput& in, const std::vector<store::Tag>& tags) {
    std::size_t policies = in.policy ? policy::size_without_whitespace(*in.policy) : 0;
    for (const std::string& arn : in.policy_arns) policies += arn.size();
    const std::int64_t most = ctx.env.quotas[aws::Quota::session_policy_size];
    if (static_cast<std::int64_t>(policies) > most) return percent_of(policies, most);
    std::size_t size = policies;
    for (const store::Tag& tag : tags) size += tag.key.size() + tag.value.size();
    return percent_of(size, ctx.env.quotas[aws::Quota::packed_policy_size]);
}

ApiError packed_too_large(std::int64_t percent, bool has_policies) {
    return {error_type::packed_policy_too_large,
            has_policies
                ? fmt::format("Packed policy consumes {}% of allotted space, please use smaller policy.", percent)
                : fmt::format("Packed size of session tags consumes {}% of allotted space.", percent)};
}

struct AssumeRoleOutput {
    Credentials credentials;
    std::string assumed_role_id;
    std::string arn;
    std::optional<std::int64_t> packed_policy_size;
    std::string source_identity;
};

void write(AnswerWriter& out, const AssumeRoleOutput& output) {
    out.begin("AssumedRoleUser");
    out.text("AssumedRoleId", output.assumed_role_id);
    out.text("Arn", output.arn);
    out.end("AssumedRoleUser");
    write_credentials(out, output.credentials);
    if (output.packed_policy_size) out.number("PackedPolicySize", *output.packed_policy_size);
    if (!output.source_identity.empty()) out.text("SourceIdentity", output.source_identity);
}

AssumeRoleOutput assume_role(Context& ctx, const AssumeRoleInput& in, std::optional<store::Role>& role) {
    // Only without enforcement does a request for an absent role come this far.
    if (!role)
        throw api::access_denied(fmt::format("User: {} is not authorized to perform: sts:AssumeRole on resource: {}",
                                             ctx.caller.principal.arn, in.role_arn));
    if (!in.provided_contexts.empty()) throw validation_error("ProvidedContexts are not supported for this caller.");
    const std::int64_t duration = in.duration_seconds.value_or(default_duration);
    require_duration(ctx, *role, duration);
    require_source_identity(ctx, in);
    require_session_policies(ctx, in, role->account);
    const SessionTags tags =
        session_tags(ctx.caller.session ? &*ctx.caller.session : nullptr, in.tags, in.transitive_tag_keys);
    const std::int64_t packed = packed_percent(ctx, in, tags.all);
    if (packed > 100) throw packed_too_large(packed, in.policy || !in.policy_arns.empty());

    auth::SessionClaims claims;
    claims.kind = auth::SessionKind::role;
    claims.account = role->account;
    claims.principal_id = role->id;
    claims.session_name = in.role_session_name;
    claims.policy = in.policy;
    claims.policy_arns = in.policy_arns;
    for (const store::Tag& tag : tags.all) claims.tags.emplace_back(tag.key, tag.value);
    claims.transitive_tag_keys = tags.transitive;
    claims.source_identity = source_identity_of(ctx, in);

    AssumeRoleOutput output;
    output.assumed_role_id = role->id + ":" + in.role_session_name;
    output.arn = arn::assumed_role(role->account, role->name, in.role_session_name);
    if (in.policy || !in.policy_arns.empty() || !tags.all.empty()) output.packed_policy_size = packed;
    output.source_identity = claims.source_identity;
    output.credentials = issue(ctx, std::move(claims), std::chrono::seconds(duration), in.minimum_session_token_size);
    return output;
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
