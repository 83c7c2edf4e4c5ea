// GetWebIdentityToken: a token that says who the caller is, signed with a key of his account for somebody outside of
// AWS (outbound identity federation; iam/account_settings.cpp turns it on).
#include <algorithm>

#include <fmt/format.h>

#include "api/errors.hpp"
#include "api/operation.hpp"
#include "aws/ids.hpp"
#include "base/encoding.hpp"
#include "base/signing_key.hpp"
#include "federation/jwt_writer.hpp"
#include "federation/outbound_token.hpp"
#include "store/account_settings.hpp"
#include "store/issuer_keys.hpp"
#include "store/issuers.hpp"
#include "sts/errors.hpp"
#include "sts/operations.hpp"
#include "sts/shapes.hpp"

namespace iamlocal::sts {
namespace {

using access::Target;
using api::Context;
using policy::Values;
using protocol::AnswerWriter;
using protocol::Fields;
using protocol::Presence;

constexpr std::int64_t default_token_duration = 300;
constexpr std::string_view own_identity = "AWSIdentity";

constexpr const char* subject_modes[] = {"AWSIdentity", "OriginIdentity"};
const protocol::ListRule audience_list = {.min = 1, .max = 10};
const protocol::TextRule audience_rule = {.min = 1, .max = 1000};
const protocol::NumberRule token_duration = {.min = 60, .max = 3600};
const protocol::TextRule signing_algorithm_rule = {.min = 5, .max = 5};
const protocol::TextRule scope_rule = {};
constexpr protocol::TextRule subject_mode_rule = {.values = subject_modes};

struct GetWebIdentityTokenInput {
    std::vector<std::string> audience;
    std::optional<std::int64_t> duration_seconds;
    std::string signing_algorithm;
    std::optional<std::string> scope;
    std::optional<std::string> subject_mode;
    std::vector<store::Tag> tags;

    void describe(Fields& f) {
        f.list("Audience", Presence::required, audience, audience_list, audience_rule);
        f.optional("DurationSeconds", duration_seconds, token_duration);
        f.required("SigningAlgorithm", signing_algorithm, signing_algorithm_rule);
        f.optional("Scope", scope, scope_rule);
        f.optional("SubjectMode", subject_mode, subject_mode_rule);
        f.list("Tags", Presence::optional, tags, shape::tags, [](store::Tag& tag, Fields& fields) {
            fields.required("Key", tag.key, shape::tag_key);
            fields.required("Value", tag.value, shape::tag_value);
        });
    }
    std::int64_t duration() const { return duration_seconds.value_or(default_token_duration); }
};

void require_algorithm(const GetWebIdentityTokenInput& in) {
    if (in.signing_algorithm != "RS256" && in.signing_algorithm != "ES384")
        throw validation_error(
            "Requested SigningAlgorithm is not supported. See the GetWebIdentityToken documentation for supported "
            "algorithms");
}

/// Of two keys that differ in case only, too. Keys that begin with `aws:` are fine here.
void require_distinct_tags(const std::vector<store::Tag>& tags) {
    for (auto tag = tags.begin(); tag != tags.end(); ++tag)
        if (std::any_of(tags.begin(), tag,
                        [&](const auto& other) { return equals_ignoring_case(other.key, tag->key); }))
            throw ApiError(error_type::invalid_parameter_value,
                           "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
}

/// The scopes of a list with blanks between.
std::vector<std::string> scopes_of(const GetWebIdentityTokenInput& in) {
    std::vector<std::string> scopes;
    if (!in.scope) return scopes;
    for (std::size_t at = 0; at < in.scope->size();) {
        const std::size_t end = std::min(in.scope->find(' ', at), in.scope->size());
        if (end > at) scopes.push_back(in.scope->substr(at, end - at));
        at = end + 1;
    }
    return scopes;
}

/// What is refused before anybody looks whether it is allowed.
void require_askable(const Context& ctx, const GetWebIdentityTokenInput& in) {
    if (ctx.facts.to_global_sts) throw ApiError(error_type::invalid_action, "Unknown Operation");
    require_algorithm(in);
    require_distinct_tags(in.tags);
    if (ctx.caller.principal.kind == policy::PrincipalKind::federated_user)
        throw api::access_denied("GetWebIdentityToken does not support federated user sessions");
}

Target web_identity_token_target(Context& ctx, const GetWebIdentityTokenInput& in) {
    require_askable(ctx, in);
    Target target;
    target.resource = fmt::format("arn:aws:sts::{}:self", ctx.account().view());
    target.request_tags = in.tags;
    target.keys.push_back({"sts:identitytokenaudience", Values::list(in.audience)});
    target.keys.push_back({"sts:signingalgorithm", Values::single(in.signing_algorithm)});
    target.keys.push_back({"sts:durationseconds", Values::single(fmt::format("{}", in.duration()))});
    target.keys.push_back({"sts:subjectmode", Values::single(in.subject_mode.value_or(std::string(own_identity)))});
    if (!in.tags.empty())
        target.dependent_permissions.push_back({.action = "sts:TagGetWebIdentityToken", .resource = target.resource});
    if (in.scope)
        target.dependent_permissions.push_back({.action = "sts:SetWebIdentityTokenScope",
                                                .resource = target.resource,
                                                .keys = {{"sts:identitytokenscope", Values::list(scopes_of(in))}}});
    return target;
}

// The token

void require_scope(const GetWebIdentityTokenInput& in) {
    if (!in.scope) return;
    if (in.subject_mode.value_or(std::string(own_identity)) == own_identity)
        throw validation_error("Scope can only be specified when SubjectMode is OriginIdentity");
    if (in.audience.size() != 1)
        throw validation_error("Scope can only be specified together with exactly one Audience");
    std::vector<std::string> scopes = scopes_of(in);
    std::sort(scopes.begin(), scopes.end());
    if (scopes.empty() || std::adjacent_find(scopes.begin(), scopes.end()) != scopes.end())
        throw validation_error("Scope must be a space-delimited list of distinct values");
}

void require_within_session(const Context& ctx, Seconds expires) {
    if (ctx.caller.session && expires >= ctx.caller.session->expires)
        throw ApiError(error_type::session_duration_escalation,
                       "Requested token expiry time must be before the original session's expiry time.");
}

federation::OutboundToken::Tags pairs_of(const std::vector<store::Tag>& tags) {
    federation::OutboundToken::Tags pairs;
    for (const store::Tag& tag : tags) pairs.emplace_back(tag.key, tag.value);
    return pairs;
}

federation::OutboundToken token_of(Context& ctx, const GetWebIdentityTokenInput& in, std::string_view issuer_id) {
    const access::Identity& caller = ctx.caller;
    federation::OutboundToken token;
    token.id = ids::request_id(ctx.env.entropy);
    token.issuer = store::outbound_issuer_url(issuer_id);
    token.subject = caller.arn;
    token.audience = in.audience;
    token.issued = ctx.second();
    token.expires = ctx.second() + std::chrono::seconds(in.duration());
    token.account = caller.account.str();
    token.region = ctx.facts.region;
    token.principal = caller.arn;
    if (const auto* const member = ctx.organization ? ctx.organization->find(caller.account) : nullptr) {
        token.organization = ctx.organization->id();
        token.organization_path = member->path;
    }
    token.principal_tags = pairs_of(caller.tags);
    token.request_tags = pairs_of(in.tags);
    if (caller.session) {
        token.session_expires = caller.session->expires;
        token.source_identity = caller.session->source_identity;
        if (caller.federation) token.federated_provider = caller.federation->provider;
    }
    return token;
}

struct WebIdentityTokenOutput {
    std::string token;
    Milliseconds expiration{};
};

void write(AnswerWriter& out, const WebIdentityTokenOutput& output) {
    out.secret("WebIdentityToken", output.token);
    out.time("Expiration", output.expiration);
}

/// That it is off is said last.
api::Slow<WebIdentityTokenOutput> get_web_identity_token(Context& ctx, const GetWebIdentityTokenInput& in) {
    require_within_session(ctx, ctx.second() + std::chrono::seconds(in.duration()));
    require_scope(in);
    if (in.subject_mode.value_or(std::string(own_identity)) != own_identity)
        throw validation_error("The calling session does not have an origin identity.");
    const store::AccountSettings settings = store::account_settings::get(ctx.tx, ctx.account());
    if (!settings.outbound_enabled)
        throw ApiError(error_type::outbound_federation_disabled, "OutboundWebIdentityFederation is disabled.");
    std::string claims = federation::write_outbound_claims(token_of(ctx, in, settings.outbound_issuer.value()));
    if (claims.size() > federation::most_outbound_claims)
        throw ApiError(error_type::jwt_payload_size_exceeded,
                       "The requested token payload size exceeds the maximum allowed size.");
    const std::string_view key_id =
        in.signing_algorithm == "RS256" ? store::issuer_keys::outbound_rsa_key : store::issuer_keys::outbound_curve_key;
    std::optional<Secret> pem =
        store::issuer_keys::find_private(ctx.tx, ctx.env.keyring, store::issuer_keys::owner_of(ctx.account()), key_id);
    const Milliseconds expiration =
        std::chrono::floor<std::chrono::milliseconds>(ctx.now) + std::chrono::seconds(in.duration());
    return api::slowly(
        [pem = *std::move(pem), claims = std::move(claims), algorithm = in.signing_algorithm, key_id, expiration] {
            const SigningKey key = SigningKey::parse_pem(pem.reveal()).value();
            return WebIdentityTokenOutput{
                federation::write_jwt(key, {.algorithm = algorithm, .key_id = key_id}, claims), expiration};
        });
}

using api::operation;
using api::reads;

}  // namespace

std::span<const api::Operation> web_identity_token_operations() {
    static constexpr api::Operation rows[] = {
        operation<get_web_identity_token, web_identity_token_target>("sts:GetWebIdentityToken", reads)
            .callable_with(api::any_credentials),
    };
    return rows;
}

}  // namespace iamlocal::sts
