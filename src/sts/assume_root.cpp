// AssumeRoot: root of a member account, for one task that the organization's administrators may have to do there.
#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "api/errors.hpp"
#include "api/operation.hpp"
#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "store/organization.hpp"
#include "store/root_features.hpp"
#include "sts/credentials.hpp"
#include "sts/operations.hpp"
#include "sts/shapes.hpp"

namespace iamlocal::sts {
namespace {

using access::Target;
using api::Context;
using protocol::AnswerWriter;
using protocol::Fields;
using protocol::Presence;
using store::RootFeature;

struct Task {
    std::string_view policy_arn;
    RootFeature feature;
};

constexpr Task tasks[] = {
    {"arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials", RootFeature::credentials_management},
    {"arn:aws:iam::aws:policy/root-task/IAMCreateRootUserPassword", RootFeature::credentials_management},
    {"arn:aws:iam::aws:policy/root-task/IAMDeleteRootUserCredentials", RootFeature::credentials_management},
    {"arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy", RootFeature::sessions},
    {"arn:aws:iam::aws:policy/root-task/SQSUnlockQueuePolicy", RootFeature::sessions},
};

struct AssumeRootInput {
    std::string target_principal;
    std::string task_policy_arn;
    std::int64_t duration_seconds = 900;
    std::optional<std::int64_t> minimum_session_token_size;
    void describe(Fields& f) {
        f.required("TargetPrincipal", target_principal, shape::target_principal);
        f.structure("TaskPolicyArn", Presence::required, task_policy_arn,
                    [](std::string& arn, Fields& fields) { fields.optional("arn", arn, shape::arn); });
        f.optional("DurationSeconds", duration_seconds, shape::root_duration);
        f.optional("MinimumSessionTokenSize", minimum_session_token_size, shape::minimum_token_size);
    }
};

/// What is asked for, as far as it can be read without looking anything up.
struct RootSession {
    AccountId account;
    const Task* task = nullptr;
};

/// An account, by its number or by the ARN of its root.
std::optional<AccountId> parse_target(std::string_view text) {
    if (ids::is_account_id(text)) return AccountId(text);
    const std::optional<Arn> parsed = Arn::parse(text);
    if (!parsed || !ids::is_account_id(parsed->account)) return std::nullopt;
    AccountId account(parsed->account);
    if (arn::root(account) != text) return std::nullopt;
    return account;
}

RootSession asked_session(Context& ctx, const AssumeRootInput& in) {
    const std::optional<AccountId> account = parse_target(in.target_principal);
    if (!account) throw validation_error("Request must contain a valid target principal");
    const auto* const task = std::find_if(std::begin(tasks), std::end(tasks),
                                          [&](const Task& known) { return known.policy_arn == in.task_policy_arn; });
    if (task == std::end(tasks)) throw validation_error("Request must contain valid AWS managed task policy ARN");
    if (ctx.caller.has_roots_arn()) throw api::access_denied("Root sessions may not be launched by root accounts.");
    return {*account, task};
}

Target root_target(Context&, const AssumeRootInput& in, const RootSession& session) {
    Target target;
    target.resource = arn::root(session.account);
    target.hide_denials = true;
    target.keys.push_back({"sts:taskpolicyarn", policy::Values::single(in.task_policy_arn)});
    return target;
}

ApiError not_authorized(const Context& ctx, const AccountId& account) {
    return api::access_denied(fmt::format("User: {} is not authorized to perform: sts:AssumeRoot on resource: {}",
                                          ctx.caller.principal.arn, arn::root(account)));
}

/// Whether both accounts are where they have to be: the caller's at the head of an organization, the other one in it.
bool may_ask(Context& ctx, const std::optional<store::root_features::Standing>& standing, const AccountId& account) {
    if (!standing || !standing->all_features || !standing->is_trusted) return false;
    if (!standing->is_management && !standing->is_delegate) return false;
    const auto other = store::root_features::find_standing(ctx.tx, account);
    return other && other->organization_id == standing->organization_id && !other->is_management;
}

struct AssumeRootOutput {
    Credentials credentials;
    std::string source_identity;
};

void write(AnswerWriter& out, const AssumeRootOutput& output) {
    write_credentials(out, output.credentials);
    if (!output.source_identity.empty()) out.text("SourceIdentity", output.source_identity);
    write_token_size(out, output.credentials);
}

AssumeRootOutput assume_root(Context& ctx, const AssumeRootInput& in, RootSession& session) {
    const auto standing = store::root_features::find_standing(ctx.tx, ctx.account());
    if (!may_ask(ctx, standing, session.account)) throw not_authorized(ctx, session.account);
    if (!store::root_features::enabled(ctx.tx, standing->organization_id).contains(session.task->feature))
        throw api::access_denied(fmt::format(
            "{} feature is not enabled for your AWS Organization.",
            session.task->feature == RootFeature::sessions ? "Root sessions" : "Root credentials management"));

    auth::SessionClaims claims;
    claims.kind = auth::SessionKind::root_task;
    claims.account = session.account;
    claims.policy_arns = {in.task_policy_arn};
    if (ctx.caller.session) claims.source_identity = ctx.caller.session->source_identity;
    AssumeRootOutput output;
    output.source_identity = claims.source_identity;
    output.credentials =
        issue(ctx, std::move(claims), std::chrono::seconds(in.duration_seconds), in.minimum_session_token_size);
    return output;
}

using api::operation;
using api::reads;

}  // namespace

std::span<const api::Operation> assume_root_operations() {
    static constexpr api::Operation rows[] = {
        operation<assume_root, root_target, asked_session>("sts:AssumeRoot", reads).regional_only(),
    };
    return rows;
}

}  // namespace iamlocal::sts
