#include "sts/credentials.hpp"

#include "base/ids.hpp"

namespace iamlocal::sts {

Credentials issue(service::Context& ctx, auth::SessionClaims claims, std::chrono::seconds duration,
                  std::optional<std::int64_t> minimum_size) {
    claims.access_key_id = ids::access_key_id(ctx.env.entropy, claims.account, ids::KeyLife::temporary);
    claims.secret = ids::secret_access_key(ctx.env.entropy);
    claims.issued = ctx.second();
    claims.expires = claims.issued + duration;
    std::string token = auth::seal_session_token(ctx.env.keyring.session_tokens(), claims, ctx.env.entropy);
    if (const auto wanted = static_cast<std::size_t>(minimum_size.value_or(0)); token.size() < wanted) {
        // Every byte of padding is one of the token at least, and four thirds of one in base64.
        claims.padding.assign((wanted - token.size() + 3) / 4 * 3, ' ');
        token = auth::seal_session_token(ctx.env.keyring.session_tokens(), claims, ctx.env.entropy);
    }
    return {claims.access_key_id, claims.secret, std::move(token), claims.expires};
}

void write_credentials(wire::AnswerWriter& out, const Credentials& credentials) {
    out.begin("Credentials");
    out.text("AccessKeyId", credentials.access_key_id.view());
    out.text("SecretAccessKey", credentials.secret.reveal());
    out.text("SessionToken", credentials.session_token);
    out.time("Expiration", credentials.expiration);
    out.end("Credentials");
}

}  // namespace iamlocal::sts
