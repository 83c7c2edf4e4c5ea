// A session of a role as it is given out, whoever asked for it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/context.hpp"
#include "auth/session_token.hpp"
#include "protocol/answer_writer.hpp"
#include "store/roles.hpp"
#include "store/tags.hpp"
#include "sts/credentials.hpp"
#include "sts/session_policies.hpp"

namespace iamlocal::sts {

/// What a request gives to the new session.
struct RoleSessionWish {
    std::string_view name;
    const SessionPolicies& policies;
    const std::vector<store::Tag>& tags;
    const std::vector<std::string>& transitive_tag_keys;
    std::string source_identity;  ///< set by the request or inherited; empty: none
    std::chrono::seconds duration{};
    std::optional<std::int64_t> minimum_token_size;
};

struct RoleSession {
    Credentials credentials;
    std::string assumed_role_id;
    std::string arn;
    std::optional<std::int64_t> packed_policy_size;
    std::string source_identity;
};

/// Throws ValidationError for more than the role allows, and for more than an hour where a session asks for another.
void require_role_duration(const api::Context& ctx, const store::Role& role, std::chrono::seconds duration);

/// Gives out a session of the role, with what it inherits of the session that calls. Throws what
/// require_session_policies() and session_tags() throw, and PackedPolicyTooLarge. `claims`: what the session is to
/// carry beside all that.
RoleSession start_role_session(api::Context& ctx, const store::Role& role, const RoleSessionWish& wish,
                               auth::SessionClaims claims = {});

/// Writes AssumedRoleUser, Credentials, PackedPolicySize and SourceIdentity.
void write_role_session(protocol::AnswerWriter& out, const RoleSession& session);

}  // namespace iamlocal::sts
