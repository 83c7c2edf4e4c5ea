#include "sts/credentials.hpp"

#include "aws/ids.hpp"
#include "store/account_settings.hpp"

namespace iamlocal::sts {

Credentials issue(api::Context& ctx, auth::SessionClaims claims, std::chrono::seconds duration,
                  std::optional<std::int64_t> minimum_size) {
    auth::SessionToken token{ids::access_key_id(ctx.env.entropy, claims.account, ids::KeyLife::temporary),
                             ids::secret_access_key(ctx.env.entropy), std::move(claims)};
    token.claims.issued = ctx.second();
    token.claims.expires = token.claims.issued + duration;
    // Who shows an identity provider's word has no account yet.
    const AccountId caller = ctx.account().view().empty() ? token.claims.account : ctx.account();
    // What the global endpoint gives is of the version that the caller's account has chosen; its Regions' endpoints
    // give tokens for all Regions.
    token.claims.default_regions_only =
        ctx.facts.to_global_sts &&
        store::account_settings::get(ctx.tx, caller).token_version == store::TokenVersion::v1;
    const auto size = static_cast<std::size_t>(minimum_size.value_or(0));
    std::string text = auth::seal_session_token(ctx.env.keyring.session_tokens(), token, ctx.env.entropy, size);
    return {std::move(token.access_key_id), std::move(token.secret), std::move(text), token.claims.expires};
}

void write_credentials(protocol::AnswerWriter& out, const Credentials& credentials) {
    out.begin("Credentials");
    out.text("AccessKeyId", credentials.access_key_id.view());
    out.text("SecretAccessKey", credentials.secret.reveal());
    out.text("SessionToken", credentials.session_token);
    out.time("Expiration", credentials.expiration);
    out.end("Credentials");
}

}  // namespace iamlocal::sts
