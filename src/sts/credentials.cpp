#include "sts/credentials.hpp"

#include "aws/ids.hpp"

namespace iamlocal::sts {

Credentials issue(service::Context& ctx, auth::SessionClaims claims, std::chrono::seconds duration) {
    claims.access_key_id = ids::access_key_id(ctx.env.entropy, claims.account, ids::KeyLife::temporary);
    claims.secret = ids::secret_access_key(ctx.env.entropy);
    claims.issued = ctx.second();
    claims.expires = claims.issued + duration;
    std::string token = auth::seal_session_token(ctx.env.keyring.session_tokens(), claims, ctx.env.entropy);
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
