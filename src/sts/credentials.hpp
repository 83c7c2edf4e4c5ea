// Temporary credentials: made, sealed into a session token, and written into answers.
#pragma once

#include <optional>
#include <string>

#include "api/context.hpp"
#include "auth/session_token.hpp"
#include "protocol/answer_writer.hpp"

namespace iamlocal::sts {

struct Credentials {
    AccessKeyId access_key_id;
    Secret secret;
    std::string session_token;
    Seconds expiration{};
};

/// Makes key id and secret, fills in the instants of issue and expiry, and seals all of it into a token of
/// `minimum_size` characters at least.
Credentials issue(api::Context& ctx, auth::SessionClaims claims, std::chrono::seconds duration,
                  std::optional<std::int64_t> minimum_size);

/// Writes `<Credentials>`.
void write_credentials(protocol::AnswerWriter& out, const Credentials& credentials);

}  // namespace iamlocal::sts
