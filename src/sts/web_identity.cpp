// AssumeRoleWithWebIdentity: who asks is whoever an identity provider's token says, and the role's trust policy alone
// decides.
#include "federation/web_identity.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "access/identity.hpp"
#include "api/errors.hpp"
#include "api/operation.hpp"
#include "api/shape_text.hpp"
#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "base/encoding.hpp"
#include "federation/claim_keys.hpp"
#include "federation/issuer_keys.hpp"
#include "federation/jwt.hpp"
#include "store/issuers.hpp"
#include "store/oidc_providers.hpp"
#include "sts/asked_role.hpp"
#include "sts/errors.hpp"
#include "sts/operations.hpp"
#include "sts/role_session.hpp"
#include "sts/session_policies.hpp"
#include "sts/shapes.hpp"

namespace iamlocal::sts {
namespace {

using access::Target;
using api::Context;
using api::Introduce;
using api::Introduction;
using federation::Claims;
using federation::KeyFault;
using federation::TokenFault;
using policy::Values;
using protocol::AnswerWriter;
using protocol::Fields;

constexpr std::string_view source_identity_claim = "https://aws.amazon.com/source_identity";
constexpr std::size_t most_session_tags = 50;

struct WebIdentityInput {
    std::string role_arn;
    std::string role_session_name;
    std::string web_identity_token;
    std::optional<std::string> provider_id;
    SessionPolicies policies;
    std::int64_t duration_seconds = 3600;
    std::optional<std::int64_t> minimum_session_token_size;

    /// What the token says, once it was verified.
    struct Verified {
        federation::WebIdentity identity;
        std::vector<store::Tag> tags;
        std::vector<std::string> transitive_tag_keys;
        std::string source_identity;
        bool names_role = false;
        auth::Federation session_keys;
    } verified;

    void describe(Fields& f) {
        f.required("RoleArn", role_arn, shape::arn);
        f.required("RoleSessionName", role_session_name, shape::role_session_name);
        f.required("WebIdentityToken", web_identity_token, shape::client_token);
        f.optional("ProviderId", provider_id, shape::provider_id);
        policies.describe_arns(f);
        policies.describe_policy(f, shape::short_session_policy);
        f.optional("DurationSeconds", duration_seconds, shape::role_duration);
        f.optional("MinimumSessionTokenSize", minimum_session_token_size, shape::minimum_token_size);
    }
};

ApiError not_authorized() { return api::access_denied("Not authorized to perform sts:AssumeRoleWithWebIdentity"); }

[[noreturn]] void refuse(TokenFault fault) {
    throw ApiError(fault.error == federation::TokenError::expired_token ? error_type::expired_token_exception
                                                                        : error_type::invalid_identity_token,
                   std::move(fault.message));
}

/// What was found, unless it is a fault.
template <class Found>
Found accept(std::variant<Found, TokenFault> found) {
    if (auto* const fault = std::get_if<TokenFault>(&found)) refuse(std::move(*fault));
    return std::get<Found>(std::move(found));
}

// Providers

/// Who issues tokens, as trust policies and condition keys name him.
struct Provider {
    std::string principal;                               ///< its ARN, or the host of one that needs none
    std::string name;                                    ///< in front of condition keys
    std::vector<std::string> thumbprints;                ///< sorted
    std::optional<std::vector<std::string>> client_ids;  ///< nothing: the trust policy says for whom tokens may be
    std::optional<std::string> jwks;                     ///< its keys, where a seed has said them
};

/// Those that an account need not have in IAM.
constexpr std::string_view known_providers[] = {"accounts.google.com", "cognito-identity.amazonaws.com"};

/// The name that a provider of this issuer has in IAM: its address without the scheme and without the port that https
/// has anyway.
std::string name_of(std::string_view issuer) {
    for (const std::string_view scheme : {"https://", "http://"})
        if (issuer.starts_with(scheme)) {
            issuer.remove_prefix(scheme.size());
            break;
        }
    const std::size_t slash = std::min(issuer.find('/'), issuer.size());
    std::string_view authority = issuer.substr(0, slash);
    if (authority.ends_with(":443")) authority.remove_suffix(4);
    return std::string(authority).append(issuer.substr(slash));
}

Provider provider_of(Context& ctx, std::string_view role_arn, const std::string& issuer) {
    Provider provider;
    provider.name = name_of(issuer);
    const std::optional<Arn> arn = Arn::parse(role_arn);
    if (arn && ids::is_account_id(arn->account)) {
        const AccountId account(arn->account);
        if (auto found = store::oidc_providers::find(ctx.tx, account, provider.name)) {
            provider.principal = arn::iam(account, "oidc-provider", "/", provider.name);
            provider.client_ids = std::move(found->client_ids);
            provider.thumbprints = std::move(found->thumbprints);
            provider.jwks = std::move(found->jwks);
            std::sort(provider.thumbprints.begin(), provider.thumbprints.end());
            return provider;
        }
    }
    if (std::find(std::begin(known_providers), std::end(known_providers), provider.name) == std::end(known_providers))
        refuse(federation::no_provider(issuer));
    provider.principal = provider.name;
    return provider;
}

/// The providers of OAuth's access tokens, whom only AWS can ask.
void require_openid(const WebIdentityInput& in) {
    if (!in.provider_id) return;
    if (*in.provider_id == "www.amazon.com")
        throw ApiError(error_type::invalid_identity_token, "Provided Token is not a Login With Amazon token");
    if (*in.provider_id == "graph.facebook.com")
        throw ApiError(error_type::idp_rejected_claim,
                       "graph.facebook.com: graph.facebook.com responded with HTTP/1.1 400 Bad Request");
    throw not_authorized();
}

// Keys

/// The keys of the issuer; nothing where they have to be waited for. `given`: those that nobody has to be asked for.
std::optional<federation::KeyCache::Found> find_keys(Context& ctx, const federation::Issuer& issuer,
                                                     const std::optional<std::string>& given,
                                                     const federation::Jwt& token, Introduce when) {
    // An issuer that this server is itself is asked nothing.
    if (const std::optional<std::string> own = given ? given : store::find_own_jwks(ctx.tx, issuer.url)) {
        std::optional<federation::KeySet> keys = federation::parse_jwks(*own);
        if (!keys) return federation::KeyCache::Found{nullptr, KeyFault::unusable};
        return federation::KeyCache::Found{std::make_shared<const federation::KeySet>(*std::move(keys)),
                                           KeyFault::none};
    }
    federation::KeyCache* const cache = ctx.env.issuer_keys;
    if (cache == nullptr) return federation::KeyCache::Found{nullptr, KeyFault::unreachable};
    if (when == Introduce::now) return cache->get(issuer);
    return cache->find(issuer, token.key_id);
}

void require_signature(const federation::Jwt& token, const federation::KeyCache::Found& found) {
    if (!found.keys && found.fault == KeyFault::unreachable)
        throw ApiError(
            error_type::idp_communication_error,
            "The identity provider that was asked to verify the incoming identity token could not be reached.");
    if (!found.keys) refuse(federation::no_key());
    switch (federation::verify(token, *found.keys)) {
        case federation::Verified::yes:
            return;
        case federation::Verified::no_key:
            refuse(federation::no_key());
        case federation::Verified::no:
            refuse(federation::not_valid());
    }
}

// Claims

bool fits(std::string_view text, const protocol::TextRule& rule) {
    const std::size_t length = shape::length_of(text);
    return length >= rule.min && length <= rule.max && (rule.matches == nullptr || rule.matches(text));
}

std::vector<store::Tag> tags_of(const Claims& claims) {
    std::vector<store::Tag> tags;
    for (const auto& [key, value] : claims.principal_tags) tags.push_back({key, value});
    const bool are_fine = tags.size() <= most_session_tags && claims.transitive_tag_keys.size() <= most_session_tags &&
                          std::all_of(tags.begin(), tags.end(), [](const auto& tag) {
                              return fits(tag.key, shape::tag_key) && fits(tag.value, shape::tag_value);
                          });
    if (!are_fine) throw validation_error("Unable to validate tags");
    return tags;
}

std::string source_identity_of(const Claims& claims) {
    const auto claim = std::find_if(claims.values.begin(), claims.values.end(),
                                    [](const Claims::Values& values) { return values.name == source_identity_claim; });
    if (claim == claims.values.end()) return {};
    if (claim->is_list || !fits(claim->values.front(), shape::source_identity))
        throw ApiError(error_type::invalid_identity_token,
                       "Source identity in the token must match [a-zA-Z_0-9+=,.@-]{2,64}");
    return claim->values.front();
}

bool is_role_arn(std::string_view text) {
    const std::optional<Arn> arn = Arn::parse(text);
    return arn && arn->service == "iam" && arn->resource.starts_with("role/");
}

/// The audience that decides, where no client ids do.
std::vector<std::string> own_audience(const Claims& claims) {
    if (claims.authorized_party) return {*claims.authorized_party};
    return claims.audience.value_or(std::vector<std::string>());
}

/// Who asks, by the token. What it says goes into `in.verified`.
Introduction introduce_web_identity(Context& ctx, WebIdentityInput& in, Introduce when) {
    require_role_arn(in.role_arn);
    require_openid(in);
    const std::optional<federation::Jwt> token = federation::parse_jwt(in.web_identity_token);
    if (!token) refuse(federation::not_a_token());
    const Claims& claims = token->claims;
    const std::string url = accept(federation::issuer_of(claims));
    Provider provider = provider_of(ctx, in.role_arn, url);
    const federation::Issuer issuer{url, std::move(provider.thumbprints)};
    const auto keys = find_keys(ctx, issuer, provider.jwks, *token, when);
    if (!keys)
        return {nullptr, [cache = ctx.env.issuer_keys, issuer](std::function<void()> done) {
                    return cache->wait(issuer, std::move(done));
                }};
    require_signature(*token, *keys);

    WebIdentityInput::Verified& verified = in.verified;
    verified.identity =
        accept(federation::check_claims(claims, ctx.second().time_since_epoch().count(),
                                        provider.client_ids ? *provider.client_ids : own_audience(claims)));
    verified.tags = tags_of(claims);
    verified.transitive_tag_keys = claims.transitive_tag_keys;
    verified.source_identity = source_identity_of(claims);
    verified.names_role = accept(federation::check_roles(claims, in.role_arn, is_role_arn));

    auth::Federation all{provider.principal, fold_case(provider.name), {}};
    verified.session_keys = all;
    for (federation::ClaimKey& key : federation::claim_keys(claims, verified.identity, provider.name)) {
        auth::Federation::Key made{std::string(key.name), std::move(key.values), key.is_list};
        if (key.stays) verified.session_keys.keys.push_back(made);
        all.keys.push_back(std::move(made));
    }
    return {access::federating(policy::PrincipalKind::web_identity, std::move(all),
                               {.assertion_id = {},
                                .tags = verified.tags,
                                .transitive_tag_keys = verified.transitive_tag_keys,
                                .source_identity = verified.source_identity,
                                .by_thumbprint = keys->by_thumbprint})};
}

// The role

std::optional<store::Role> role_of_web_identity(Context& ctx, const WebIdentityInput& in) {
    return find_role(ctx, in.role_arn);
}

Target web_identity_target(Context& ctx, const WebIdentityInput& in, const std::optional<store::Role>& role) {
    const WebIdentityInput::Verified& verified = in.verified;
    return role_target(ctx,
                       {.arn = in.role_arn,
                        .session_name = in.role_session_name,
                        .tags = verified.tags,
                        .transitive_tag_keys = verified.transitive_tag_keys,
                        .source_identity = verified.source_identity,
                        .keys = {{"sts:roleauthorizedbyidp", Values::single(verified.names_role ? "true" : "false")}}},
                       role);
}

struct WebIdentityOutput {
    RoleSession session;
    federation::WebIdentity identity;
    std::string provider;
};

void write(AnswerWriter& out, const WebIdentityOutput& output) {
    out.text("SubjectFromWebIdentityToken", output.identity.subject);
    out.text("Audience", output.identity.audience);
    out.text("Provider", output.provider);
    write_role_session(out, output.session);
}

/// As large as AWS's tokens were seen to be, which is what its PackedPolicySize says.
std::int64_t usual_token_size(const WebIdentityInput::Verified& verified) {
    constexpr std::size_t always = 972;
    constexpr std::size_t for_source_identity = 40;
    std::size_t size = always + verified.identity.subject.size();
    if (!verified.source_identity.empty()) size += for_source_identity + verified.source_identity.size();
    return static_cast<std::int64_t>(size);
}

WebIdentityOutput assume_role_with_web_identity(Context& ctx, const WebIdentityInput& in,
                                                std::optional<store::Role>& role) {
    // Only without enforcement does a request for an absent role come this far.
    if (!role) throw not_authorized();
    const std::chrono::seconds duration(in.duration_seconds);
    require_role_duration(ctx, *role, duration);
    const WebIdentityInput::Verified& verified = in.verified;
    auth::SessionClaims claims;
    claims.federation = verified.session_keys;
    return {start_role_session(
                ctx, *role,
                {.name = in.role_session_name,
                 .policies = in.policies,
                 .tags = verified.tags,
                 .transitive_tag_keys = verified.transitive_tag_keys,
                 .source_identity = verified.source_identity,
                 .duration = duration,
                 .minimum_token_size = std::max(in.minimum_session_token_size.value_or(0), usual_token_size(verified))},
                std::move(claims)),
            verified.identity, verified.session_keys.provider};
}

using api::operation;
using api::reads;

}  // namespace

std::span<const api::Operation> web_identity_operations() {
    static constexpr api::Operation rows[] = {
        operation<assume_role_with_web_identity, web_identity_target, role_of_web_identity, introduce_web_identity>(
            "sts:AssumeRoleWithWebIdentity", reads)
            .callable_with(api::Credentials::none),
    };
    return rows;
}

}  // namespace iamlocal::sts
