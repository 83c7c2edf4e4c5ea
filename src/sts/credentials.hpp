// Temporary credentials: made, sealed into a session token, and written into answers.
#pragma once

#include <optional>
#include <string>

#include "auth/session_token.hpp"
#include "service/context.hpp"
#include "wire/answer_writer.hpp"

namespace iamlocal::sts {

struct Credentials {
    AccessKeyId access_key_id;
    Secret secret;
    std::string session_token;
    Seconds expiration{};
};

/// Fills in key id, secret, and the instants of issue and expiry, and seals the claims into a token of `minimum_size`
/// characters at least.
Credentials issue(service::Context& ctx, auth::SessionClaims claims, std::chrono::seconds duration,
                  std::optional<std::int64_t> minimum_size);

/// Writes `<Credentials>`.
void write_credentials(wire::AnswerWriter& out, const Credentials& credentials);

}  // namespace iamlocal::sts
