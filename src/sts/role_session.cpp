#include "sts/role_session.hpp"

#include <utility>

#include "aws/arn.hpp"
#include "sts/errors.hpp"
#include "sts/session_tags.hpp"

namespace iamlocal::sts {
namespace {

constexpr std::chrono::seconds max_chained_duration{3600};

}  // namespace

void require_role_duration(const api::Context& ctx, const store::Role& role, std::chrono::seconds duration) {
    if (duration > std::chrono::seconds(role.max_session_duration))
        throw validation_error("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
    // Any session that assumes a role chains, one of GetSessionToken too.
    if (ctx.caller.session && duration > max_chained_duration)
        throw validation_error(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.");
}

RoleSession start_role_session(api::Context& ctx, const store::Role& role, const RoleSessionWish& wish,
                               auth::SessionClaims claims) {
    require_session_policies(ctx, wish.policies, role.account);
    const auth::SessionClaims* const calling = ctx.caller.session ? &*ctx.caller.session : nullptr;
    SessionTags tags = session_tags(calling, wish.tags, wish.transitive_tag_keys);

    claims.kind = auth::SessionKind::role;
    claims.account = role.account;
    claims.principal_id = role.id;
    claims.session_name = wish.name;
    claims.policy = wish.policies.policy;
    claims.policy_arns = wish.policies.arns;
    for (const store::Tag& tag : tags.all) claims.tags.emplace_back(tag.key, tag.value);
    claims.transitive_tag_keys = std::move(tags.transitive);
    claims.source_identity = wish.source_identity;
    claims.end_is_fixed = calling != nullptr;

    RoleSession session;
    session.assumed_role_id = (role.id + ":").append(wish.name);
    session.arn = arn::assumed_role(role.account, role.name, wish.name);
    session.source_identity = wish.source_identity;
    session.credentials = issue(ctx, std::move(claims), wish.duration, wish.minimum_token_size);
    return session;
}

void write_role_session(protocol::AnswerWriter& out, const RoleSession& session) {
    out.begin("AssumedRoleUser");
    out.text("AssumedRoleId", session.assumed_role_id);
    out.text("Arn", session.arn);
    out.end("AssumedRoleUser");
    write_credentials(out, session.credentials);
    write_packed_policy_size(out, session.credentials);
    if (!session.source_identity.empty()) out.text("SourceIdentity", session.source_identity);
    write_token_size(out, session.credentials);
}

}  // namespace iamlocal::sts
