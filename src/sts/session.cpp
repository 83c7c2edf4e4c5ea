// GetSessionToken: temporary credentials of the caller itself.
#include <algorithm>

#include "api/operation.hpp"
#include "sts/credentials.hpp"
#include "sts/mfa.hpp"
#include "sts/operations.hpp"
#include "sts/shapes.hpp"

namespace iamlocal::sts {
namespace {

using api::Context;
using protocol::AnswerWriter;
using protocol::Fields;

constexpr std::int64_t root_max_duration = 3600;
constexpr std::int64_t default_duration = 43200;

struct GetSessionTokenInput {
    std::optional<std::int64_t> duration_seconds;
    MfaInput mfa;
    std::optional<std::int64_t> minimum_session_token_size;
    void describe(Fields& f) {
        f.optional("DurationSeconds", duration_seconds, shape::session_duration);
        mfa.describe(f);
        f.optional("MinimumSessionTokenSize", minimum_session_token_size, shape::minimum_token_size);
    }
};

struct SessionOutput {
    Credentials credentials;
};

void write(AnswerWriter& out, const SessionOutput& output) {
    write_credentials(out, output.credentials);
    write_token_size(out, output.credentials);
}

std::optional<ApiError> verify_device_code(Context& ctx, GetSessionTokenInput& in) { return verify_mfa(ctx, in.mfa); }

/// No permission is needed, and none can forbid it.
SessionOutput get_session_token(Context& ctx, const GetSessionTokenInput& in) {
    auth::SessionClaims claims;
    claims.kind = ctx.caller.is_root() ? auth::SessionKind::root : auth::SessionKind::user;
    claims.account = ctx.account();
    claims.principal_id = ctx.caller.principal_id;
    claims.mfa = in.mfa.verified;
    std::int64_t duration = in.duration_seconds.value_or(default_duration);
    // Root's sessions last an hour at most; a longer wish is cut, not refused.
    if (ctx.caller.is_root()) duration = std::min(duration, root_max_duration);
    return {issue(ctx, std::move(claims), std::chrono::seconds(duration), in.minimum_session_token_size)};
}

using api::operation;
using api::reads;

}  // namespace

std::span<const api::Operation> session_operations() {
    static constexpr api::Operation rows[] = {
        operation<get_session_token, api::no_permission<GetSessionTokenInput>, nullptr, verify_device_code>(
            "sts:GetSessionToken", reads)
            .callable_with(api::Credentials::long_term),
    };
    return rows;
}

}  // namespace iamlocal::sts
