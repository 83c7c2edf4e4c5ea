// GetScopedCredentials: the same session with less: a further policy that must allow, or less time.
#include <variant>

#include "api/errors.hpp"
#include "api/operation.hpp"
#include "policy/parse.hpp"
#include "sts/credentials.hpp"
#include "sts/errors.hpp"
#include "sts/operations.hpp"
#include "sts/shapes.hpp"

namespace iamlocal::sts {
namespace {

using api::Context;
using protocol::AnswerWriter;
using protocol::Fields;

constexpr std::size_t most_layers = 3;

struct GetScopedCredentialsInput {
    std::optional<std::string> policy;
    std::optional<std::int64_t> duration_seconds;
    std::optional<std::int64_t> minimum_session_token_size;
    std::optional<std::string> scoped_session_description;  ///< for the audit trail
    void describe(Fields& f) {
        f.optional("Policy", policy, shape::short_session_policy);
        f.optional("DurationSeconds", duration_seconds, shape::scoped_duration);
        f.optional("MinimumSessionTokenSize", minimum_session_token_size, shape::minimum_token_size);
        f.optional("ScopedSessionDescription", scoped_session_description, shape::scoped_session_description);
    }
};

struct ScopedSession {
    Credentials credentials;
    std::string id;
    std::string arn;
    std::int64_t layers = 0;
    std::string source_identity;
};

void write(AnswerWriter& out, const ScopedSession& session) {
    write_credentials(out, session.credentials);
    out.begin("SessionInfo");
    out.text("ScopedSessionId", session.id);
    out.text("Arn", session.arn);
    out.end("SessionInfo");
    write_token_size(out, session.credentials);
    out.number("ScopedPoliciesCount", session.layers);
    if (!session.source_identity.empty()) out.text("SourceIdentity", session.source_identity);
}

void require_policy(const GetScopedCredentialsInput& in, const auth::SessionClaims& calling) {
    if (!in.policy) return;
    if (calling.scope_down.size() >= most_layers)
        throw api::access_denied("The session has reached the maximum of 3 scope down policies.");
    const auto parsed = policy::parse(*in.policy, policy::DocumentKind::session);
    if (const auto* error = std::get_if<policy::ParseError>(&parsed)) throw api::malformed_policy(error->message);
}

/// There is a session to narrow, whatever the caller may do.
bool require_session(Context& ctx, const GetScopedCredentialsInput&) {
    if (ctx.caller.session) return true;
    throw ApiError(error_type::invalid_subject_credentials,
                   "GetScopedCredentials must be called with temporary security credentials.");
}

ScopedSession get_scoped_credentials(Context& ctx, const GetScopedCredentialsInput& in) {
    if (!in.policy && !in.duration_seconds)
        throw validation_error("Request must contain at least one of Policy and DurationSeconds");
    auth::SessionClaims claims = *ctx.caller.session;
    require_policy(in, claims);
    const std::chrono::seconds left = claims.expires - ctx.second();
    const std::chrono::seconds duration = in.duration_seconds ? std::chrono::seconds(*in.duration_seconds) : left;
    if (duration > left)
        throw ApiError(error_type::insufficient_session_lifetime,
                       "The requested DurationSeconds exceeds the remaining lifetime of the calling session.");
    claims.end_is_fixed = true;
    if (in.policy) claims.scope_down.push_back(*in.policy);
    ScopedSession session{.credentials = {},
                          .id = ctx.caller.user_id,
                          .arn = ctx.caller.principal.arn,
                          .layers = static_cast<std::int64_t>(claims.scope_down.size()),
                          .source_identity = claims.source_identity};
    session.credentials = issue(ctx, std::move(claims), duration, in.minimum_session_token_size);
    return session;
}

using api::operation;
using api::reads;

}  // namespace

std::span<const api::Operation> scoped_credentials_operations() {
    static constexpr api::Operation rows[] = {
        operation<get_scoped_credentials, api::no_resource<GetScopedCredentialsInput>, require_session>(
            "sts:GetScopedCredentials", reads)
            .callable_with(api::any_credentials)
            .regional_only(),
    };
    return rows;
}

}  // namespace iamlocal::sts
