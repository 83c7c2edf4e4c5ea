#include "iam/delegation.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "api/shape_text.hpp"
#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "base/encoding.hpp"
#include "iam/errors.hpp"

namespace iamlocal::iam {
namespace {

using store::DelegationRequest;
using store::DelegationState;

bool is_request_id(std::string_view text) {
    return !text.empty() && shape::every(text, [](char c) { return shape::is_word(c) || c == '-'; });
}

bool is_notes(std::string_view text) {
    return shape::every_code_point(text, [](std::int32_t c) {
        return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0x7e) || (c >= 0xa1 && c <= 0xff);
    });
}

constexpr std::string_view resource_prefix = "delegation-request/";

std::string arn_of(const AccountId& account, std::string_view id) {
    return fmt::format("arn:aws:iam::{}:{}{}", account.view(), resource_prefix, id);
}

/// The id in the ARN of a delegation request; nothing for other ARNs.
std::optional<std::string_view> id_of(std::string_view text) {
    const std::optional<Arn> arn = Arn::parse(text);
    if (!arn || arn->service != "iam" || !arn->region.empty() || !ids::is_account_id(arn->account) ||
        !arn->resource.starts_with(resource_prefix))
        return std::nullopt;
    return arn->resource.substr(resource_prefix.size());
}

std::string json_text(std::string_view text) {
    std::string out = "\"";
    json_append(out, text);
    return out.append("\"");
}

/// The policy that every request has: what its state lets people do without a policy of theirs.
std::string default_policy(const DelegationRequest& request) {
    std::string condition;
    std::string_view more = "iam:AssociateDelegationRequest";
    if (request.owner) {
        condition = fmt::format(R"(,"Condition":{{"ArnEquals":{{"aws:PrincipalArn":{}}}}})", json_text(*request.owner));
        more = "iam:UpdateDelegationRequest";
    } else if (request.owner_account) {
        condition = fmt::format(R"(,"Condition":{{"StringEquals":{{"aws:PrincipalAccount":{}}}}})",
                                json_text(request.owner_account->view()));
    }
    return fmt::format(
        R"({{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":"*","Action":["iam:GetDelegationRequest",)"
        R"("iam:GetHumanReadableSummary","{}"],"Resource":"*"{}}}}})",
        more, condition);
}

}  // namespace

namespace shape {
const TextRule delegation_request_id = {.min = 16, .max = 128, .pattern = R"([\w-]+)", .matches = is_request_id};
const TextRule delegation_notes = {
    .max = 500, .pattern = R"([\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*)", .matches = is_notes};
}  // namespace shape

std::string_view name_of(DelegationState state) {
    switch (state) {
        case DelegationState::unassigned:
            return "UNASSIGNED";
        case DelegationState::assigned:
            return "ASSIGNED";
        case DelegationState::pending_approval:
            return "PENDING_APPROVAL";
        case DelegationState::accepted:
            return "ACCEPTED";
        case DelegationState::finalized:
            return "FINALIZED";
        case DelegationState::rejected:
            return "REJECTED";
        case DelegationState::expired:
            break;
    }
    return "EXPIRED";
}

void let_expire(const Context& ctx, DelegationRequest& request) {
    if (request.expires <= ctx.second()) request.state = DelegationState::expired;
}

Seconds expiry_of(DelegationState state, Seconds now) {
    return now + std::chrono::days(state == DelegationState::unassigned ? 1 : 7);
}

std::optional<DelegationRequest> DelegationKind::find(Context& ctx, std::string_view id) {
    return store::delegation_requests::find(ctx.tx, id);
}

Target DelegationKind::target(Context& ctx, std::string_view id, const std::optional<Entity>& request) {
    const AccountId& owner = request && request->owner_account ? *request->owner_account : ctx.account();
    Target target;
    target.resource = arn_of(owner, id);
    if (!request) return target;
    target.resource_policy = access::ResourcePolicy{
        .document = ctx.policies.get(default_policy(*request), policy::DocumentKind::resource), .owner = owner};
    if (request->owner) target.keys.push_back({"iam:delegationrequestowner", policy::Values::single(*request->owner)});
    return target;
}

DelegationRequest& DelegationKind::require(std::optional<Entity>& request, std::string_view id) {
    if (!request) throw ApiError(error_type::no_such_entity, fmt::format("Delegation Request {} cannot be found.", id));
    return *request;
}

std::optional<DelegationRequest> DelegationArnKind::find(Context& ctx, std::string_view arn) {
    const std::optional<std::string_view> id = id_of(arn);
    std::optional<DelegationRequest> request = id ? DelegationKind::find(ctx, *id) : std::nullopt;
    // The ARN of a request that is another account's names another thing.
    if (request && request->owner_account && arn_of(*request->owner_account, *id) != arn) return std::nullopt;
    return request;
}

Target DelegationArnKind::target(Context& ctx, std::string_view arn, const std::optional<Entity>& request) {
    if (request) return DelegationKind::target(ctx, request->id, request);
    Target target;
    target.resource = arn;
    return target;
}

DelegationRequest& DelegationArnKind::require(std::optional<Entity>& request, std::string_view arn) {
    const std::optional<std::string_view> id = id_of(arn);
    if (!id)
        throw ApiError(
            error_type::invalid_input,
            fmt::format("{} is not the ARN of a delegation request, the only entity that has a summary.", arn));
    return DelegationKind::require(request, *id);
}

}  // namespace iamlocal::iam
