// GetDelegatedAccessToken: what somebody has approved a delegation request with, limited to what the request asks for.
#include <optional>
#include <string>

#include "api/operation.hpp"
#include "auth/trade_in_token.hpp"
#include "store/delegation_requests.hpp"
#include "sts/credentials.hpp"
#include "sts/errors.hpp"
#include "sts/operations.hpp"
#include "sts/shapes.hpp"

namespace iamlocal::sts {
namespace {

using api::Context;
using protocol::AnswerWriter;
using protocol::Fields;
using store::DelegationRequest;

struct GetDelegatedAccessTokenInput {
    std::string trade_in_token;
    void describe(Fields& f) { f.required("TradeInToken", trade_in_token, shape::trade_in_token); }
};

struct DelegatedAccess {
    Credentials credentials;
    std::string assumed_principal;
};

void write(AnswerWriter& out, const DelegatedAccess& access) {
    write_credentials(out, access.credentials);
    out.text("AssumedPrincipal", access.assumed_principal);
}

/// The request that the token was sent for, to the account that it is shown by.
std::optional<DelegationRequest> find_request(Context& ctx, std::string_view token) {
    const auto& key = ctx.env.keyring.session_tokens();
    const std::optional<std::string> id = auth::open_trade_in_token(key, token);
    std::optional<DelegationRequest> request = id ? store::delegation_requests::find(ctx.tx, *id) : std::nullopt;
    if (!request || request->state != store::DelegationState::finalized || request->requestor != ctx.account())
        return std::nullopt;
    return request;
}

DelegatedAccess get_delegated_access_token(Context& ctx, const GetDelegatedAccessTokenInput& in) {
    const std::optional<DelegationRequest> request = find_request(ctx, in.trade_in_token);
    std::optional<auth::SessionClaims> claims =
        request && request->approver_session
            ? auth::open_session_claims(ctx.env.keyring.session_tokens(), *request->approver_session)
            : std::nullopt;
    if (!claims) throw validation_error("The trade-in token is not valid.");
    const Seconds end = request->updated + std::chrono::seconds(request->session_duration);
    if (end <= ctx.second()) throw ApiError(error_type::expired_trade_in_token, "The trade-in token has expired.");
    // Who was delegated something can delegate no more than that.
    if (!claims->delegated_policy.empty()) claims->scope_down.push_back(std::move(claims->delegated_policy));
    claims->delegated_policy = request->policy;
    return {issue(ctx, *std::move(claims), end - ctx.second(), std::nullopt),
            request->approver.value_or(std::string())};
}

using api::operation;
using api::reads;

}  // namespace

std::span<const api::Operation> delegated_access_operations() {
    static constexpr api::Operation rows[] = {
        operation<get_delegated_access_token, api::no_resource<GetDelegatedAccessTokenInput>>(
            "sts:GetDelegatedAccessToken", reads)
            .callable_with(api::any_credentials),
    };
    return rows;
}

}  // namespace iamlocal::sts
