// GetFederationToken: temporary credentials for somebody whom a user, or root, vouches for.
#include <algorithm>

#include "api/operation.hpp"
#include "aws/arn.hpp"
#include "sts/credentials.hpp"
#include "sts/operations.hpp"
#include "sts/session_policies.hpp"
#include "sts/session_tags.hpp"
#include "sts/shapes.hpp"

namespace iamlocal::sts {
namespace {

using access::Target;
using api::Context;
using protocol::AnswerWriter;
using protocol::Fields;

constexpr std::chrono::seconds longest_of_root{3600};

struct GetFederationTokenInput {
    std::string name;
    SessionPolicies policies;
    std::int64_t duration_seconds = 43200;
    std::vector<store::Tag> tags;
    std::optional<std::int64_t> minimum_session_token_size;
    void describe(Fields& f) {
        f.required("Name", name, shape::federated_user_name);
        policies.describe_policy(f, shape::short_session_policy);
        policies.describe_arns(f);
        f.optional("DurationSeconds", duration_seconds, shape::session_duration);
        describe_session_tags(f, tags);
        f.optional("MinimumSessionTokenSize", minimum_session_token_size, shape::minimum_token_size);
    }
};

struct FederatedUser {
    std::string id;
    std::string arn;
    Credentials credentials;
};

void write(AnswerWriter& out, const FederatedUser& user) {
    write_credentials(out, user.credentials);
    out.begin("FederatedUser");
    out.text("FederatedUserId", user.id);
    out.text("Arn", user.arn);
    out.end("FederatedUser");
    write_packed_policy_size(out, user.credentials);
    write_token_size(out, user.credentials);
}

Target federated_user_target(Context& ctx, const GetFederationTokenInput& in) {
    Target target;
    target.resource = arn::federated_user(ctx.account(), in.name);
    target.request_tags = in.tags;
    if (!in.tags.empty())
        target.dependent_permissions.push_back({.action = "sts:TagSession", .resource = target.resource});
    return target;
}

FederatedUser get_federation_token(Context& ctx, const GetFederationTokenInput& in) {
    require_session_policies(ctx, in.policies, ctx.account());
    auth::SessionClaims claims;
    claims.kind = auth::SessionKind::federated_user;
    claims.account = ctx.account();
    claims.principal_id = ctx.caller.principal_id;
    claims.session_name = in.name;
    claims.policy = in.policies.policy;
    claims.policy_arns = in.policies.arns;
    for (const store::Tag& tag : session_tags(nullptr, in.tags, {}).all) claims.tags.emplace_back(tag.key, tag.value);
    std::chrono::seconds duration(in.duration_seconds);
    // As with GetSessionToken a longer wish is cut, not refused.
    if (ctx.caller.is_root()) duration = std::min(duration, longest_of_root);
    return {.id = (ctx.account().str() + ":").append(in.name),
            .arn = arn::federated_user(ctx.account(), in.name),
            .credentials = issue(ctx, std::move(claims), duration, in.minimum_session_token_size)};
}

using api::operation;
using api::reads;

}  // namespace

std::span<const api::Operation> federation_token_operations() {
    static constexpr api::Operation rows[] = {
        operation<get_federation_token, federated_user_target>("sts:GetFederationToken", reads)
            .callable_with(api::Credentials::long_term),
    };
    return rows;
}

}  // namespace iamlocal::sts
