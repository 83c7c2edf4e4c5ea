// Temporary credentials: made, sealed into a session token, and written into answers.
#pragma once

#include <chrono>
#include <cstdint>
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
    std::int64_t utilization = 0;  ///< how much of the room for a token this one takes, in percent
};

/// Makes key id and secret, fills in the instants of issue (but of what was delegated) and expiry, and seals all of it
/// into a token of `minimum_size` characters at least. Throws PackedPolicyTooLarge for a token that is larger than it
/// may be.
Credentials issue(api::Context& ctx, auth::SessionClaims claims, std::chrono::seconds duration,
                  std::optional<std::int64_t> minimum_size);

/// Writes `<Credentials>`.
void write_credentials(protocol::AnswerWriter& out, const Credentials& credentials);
/// Writes SessionTokenUtilization and SessionTokenSize.
void write_token_size(protocol::AnswerWriter& out, const Credentials& credentials);
/// Writes what came before these: PackedPolicySize, which is the utilization by now.
void write_packed_policy_size(protocol::AnswerWriter& out, const Credentials& credentials);

}  // namespace iamlocal::sts
