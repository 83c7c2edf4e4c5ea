#include "sts/credentials.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "aws/ids.hpp"
#include "store/account_settings.hpp"
#include "sts/errors.hpp"

namespace iamlocal::sts {
namespace {

/// How long AWS's tokens are that are good in all Regions, in characters: 400 more than those of version 1.
std::size_t usual_size(auth::SessionKind kind) {
    switch (kind) {
        case auth::SessionKind::role:
            return 752;
        case auth::SessionKind::federated_user:
            return 776;
        case auth::SessionKind::user:
        case auth::SessionKind::root:
        case auth::SessionKind::root_task:
            break;
    }
    return 688;
}

ApiError too_large(std::int64_t percent, bool has_policies) {
    return {error_type::packed_policy_too_large,
            has_policies
                ? fmt::format("Packed policy consumes {}% of allotted space, please use smaller policy.", percent)
                : fmt::format("Packed size of session tags consumes {}% of allotted space.", percent)};
}

}  // namespace

Credentials issue(api::Context& ctx, auth::SessionClaims claims, std::chrono::seconds duration,
                  std::optional<std::int64_t> minimum_size) {
    auth::SessionToken token{ids::access_key_id(ctx.env.entropy, claims.account, ids::KeyLife::temporary),
                             ids::secret_access_key(ctx.env.entropy), std::move(claims)};
    // What was delegated is as old as its approval, so that revoking sessions by their time reaches it however often
    // its token is exchanged.
    const bool is_of_its_approval = !token.claims.delegated_policy.empty() && token.claims.issued != Seconds{};
    if (!is_of_its_approval) token.claims.issued = ctx.second();
    token.claims.expires = ctx.second() + duration;
    // Who shows an identity provider's word has no account yet.
    const AccountId caller = ctx.account().view().empty() ? token.claims.account : ctx.account();
    // What the global endpoint gives is of the version that the caller's account has chosen; its Regions' endpoints
    // give tokens for all Regions.
    token.claims.default_regions_only =
        ctx.facts.to_global_sts &&
        store::account_settings::get(ctx.tx, caller).token_version == store::TokenVersion::v1;
    const bool has_policies =
        token.claims.policy || !token.claims.policy_arns.empty() || !token.claims.scope_down.empty();
    auto least = static_cast<std::size_t>(minimum_size.value_or(0));
    if (!token.claims.default_regions_only) least = std::max(least, usual_size(token.claims.kind));
    std::string text = auth::seal_session_token(ctx.env.keyring.session_tokens(), token, ctx.env.entropy, least);
    const auto size = static_cast<std::int64_t>(text.size());
    const std::int64_t most = ctx.env.quotas[aws::Quota::session_token_size];
    const std::int64_t utilization = (size * 100 + most - 1) / most;
    if (size > most) throw too_large(utilization, has_policies);
    return {.access_key_id = std::move(token.access_key_id),
            .secret = std::move(token.secret),
            .session_token = std::move(text),
            .expiration = token.claims.expires,
            .utilization = utilization};
}

void write_credentials(protocol::AnswerWriter& out, const Credentials& credentials) {
    out.begin("Credentials");
    out.text("AccessKeyId", credentials.access_key_id.view());
    out.secret("SecretAccessKey", credentials.secret.reveal());
    out.text("SessionToken", credentials.session_token);
    out.time("Expiration", credentials.expiration);
    out.end("Credentials");
}

void write_token_size(protocol::AnswerWriter& out, const Credentials& credentials) {
    out.number("SessionTokenUtilization", credentials.utilization);
    out.number("SessionTokenSize", static_cast<std::int64_t>(credentials.session_token.size()));
}

void write_packed_policy_size(protocol::AnswerWriter& out, const Credentials& credentials) {
    out.number("PackedPolicySize", credentials.utilization);
}

}  // namespace iamlocal::sts
