#include <memory>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "admin/json_answer.hpp"
#include "auth/trade_in_token.hpp"
#include "base/time_format.hpp"
#include "db/transaction.hpp"
#include "store/delegation_requests.hpp"
#include "testbench/routes.hpp"

namespace iamlocal::testbench {
namespace {

constexpr std::string_view request_parameter = "request";

void hand_out(const DelegationChannel& channel, const http::Request& asked, http::Response& response) {
    const auto id = admin::query_parameter(asked.target, request_parameter);
    if (!id) return admin::refuse(response, 400, "request is the id of a delegation request");
    const std::unique_ptr<db::Connection> connection = channel.database.connect();
    db::Transaction tx(*connection, db::Access::read);
    const std::optional<store::DelegationRequest> request = store::delegation_requests::find(tx, *id);
    if (!request || request->state != store::DelegationState::finalized)
        return admin::refuse(response, 404, "no token was sent for a delegation request of that id");
    const std::string token = auth::seal_trade_in_token(channel.keyring.session_tokens(), request->id, channel.entropy);
    const nlohmann::ordered_json answer{
        {"notification_channel", request->channel},
        {"trade_in_token", token},
        {"expires", format_iso8601(request->updated + std::chrono::seconds(request->session_duration))}};
    admin::answer_json(response, 200, answer.dump());
}

}  // namespace

admin::Route delegation_token_route(const DelegationChannel& channel) {
    return {.path = "/_iamlocal/delegation-token",
            .needs_testbench = true,
            .action = "testbench",
            .methods = {{"GET", [channel](const http::Request& request,
                                          http::Response& response) { hand_out(channel, request, response); }}},
            .other_methods = "the token is asked for with GET",
            .parameters = {request_parameter}};
}

}  // namespace iamlocal::testbench
