#include "sts/role_session.hpp"

#include <utility>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "policy/parse.hpp"
#include "sts/errors.hpp"
#include "sts/session_tags.hpp"

namespace iamlocal::sts {
namespace {

constexpr std::chrono::seconds max_chained_duration{3600};

std::int64_t percent_of(std::size_t size, std::int64_t room) {
    const auto used = static_cast<std::int64_t>(size);
    if (room == 0) return used == 0 ? 0 : 101;
    return (used * 100 + room - 1) / room;
}

/// How much of the room for session policies and tags is used, in percent. AWS packs them in a form of its own that is
/// not published; here their characters count. Policies alone may have 2,048 of them, as AWS's reference says.
std::int64_t packed_percent(const api::Context& ctx, const SessionPolicies& given,
                            const std::vector<store::Tag>& tags) {
    std::size_t policies = given.policy ? policy::size_without_whitespace(*given.policy) : 0;
    for (const std::string& arn : given.arns) policies += arn.size();
    const std::int64_t most = ctx.env.quotas[aws::Quota::session_policy_size];
    if (static_cast<std::int64_t>(policies) > most) return percent_of(policies, most);
    std::size_t size = policies;
    for (const store::Tag& tag : tags) size += tag.key.size() + tag.value.size();
    return percent_of(size, ctx.env.quotas[aws::Quota::packed_policy_size]);
}

ApiError packed_too_large(std::int64_t percent, bool has_policies) {
    return {error_type::packed_policy_too_large,
            has_policies
                ? fmt::format("Packed policy consumes {}% of allotted space, please use smaller policy.", percent)
                : fmt::format("Packed size of session tags consumes {}% of allotted space.", percent)};
}

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
    const std::int64_t packed = packed_percent(ctx, wish.policies, tags.all);
    if (packed > 100) throw packed_too_large(packed, wish.policies.any());

    claims.kind = auth::SessionKind::role;
    claims.account = role.account;
    claims.principal_id = role.id;
    claims.session_name = wish.name;
    claims.policy = wish.policies.policy;
    claims.policy_arns = wish.policies.arns;
    for (const store::Tag& tag : tags.all) claims.tags.emplace_back(tag.key, tag.value);
    claims.transitive_tag_keys = std::move(tags.transitive);
    claims.source_identity = wish.source_identity;

    RoleSession session;
    session.assumed_role_id = (role.id + ":").append(wish.name);
    session.arn = arn::assumed_role(role.account, role.name, wish.name);
    if (wish.policies.any() || !tags.all.empty()) session.packed_policy_size = packed;
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
    if (session.packed_policy_size) out.number("PackedPolicySize", *session.packed_policy_size);
    if (!session.source_identity.empty()) out.text("SourceIdentity", session.source_identity);
}

}  // namespace iamlocal::sts
