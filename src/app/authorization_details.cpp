// GetRequestAuthorizationDetails of IAM's toolbox API, an API of its own beside IAM's: what led to a refusal, answered
// from the decision log.
#include "admin/authorization_details.hpp"

#include "access/authorization_id.hpp"
#include "api/errors.hpp"
#include "app/pipeline.hpp"
#include "base/encoding.hpp"

namespace iamlocal::app {
namespace {

constexpr ErrorType resource_not_found{"ResourceNotFoundException", 404};

ApiError no_details() { return {resource_not_found, "There are no details of a refusal with this authorization id."}; }

}  // namespace

/// Every principal of the refused caller's account may ask, with the permission to.
void Pipeline::answer_details(Progress& progress, http::Response& response) {
    constexpr std::string_view action = "iam:GetRequestAuthorizationDetails";
    const http::Request& request = progress.request;
    progress.errors = Progress::Errors::rest;
    progress.action = action;
    progress.service = shared_.services.find_by_name("iam");
    if (request.method != "GET")
        throw ApiError(error_type::method_not_allowed, "Authorization details are read with GET.");
    choose_view();
    access::Credential& credential = authenticate(progress, response);
    const std::shared_ptr<const access::Identity> caller = credential.identity;
    progress.account = caller->account.str();
    progress.principal = caller->principal.arn;

    access::DecisionRecord& record = *progress.record;
    record.caller = caller;
    const api::Call call = call_of(*caller, progress);
    record.organization = call.organization;
    access::Target target;
    const access::AccessRequest question{*caller,    call.organization.get(),
                                         call.facts, action,
                                         target,     access::required_facts(*caller, call.organization.get(), nullptr)};
    progress.verdict = access::authorize(shared_.environment.enforcement, question, &record);
    if (progress.verdict.is_decision()) record.finish(std::move(target));
    if (progress.verdict.refused()) throw api::access_denied(progress.verdict.denied);

    std::string_view id = request.target.substr(details_path.size());
    id = id.substr(0, id.find('?'));
    const std::optional<std::string> request_id = access::request_id_of(id);
    const auto found = request_id ? shared_.decisions.find(*request_id) : std::nullopt;
    if (!found || !found->denied() || found->caller->account != caller->account ||
        !access::has_authorization_id(found->action))
        throw no_details();
    response.status = 200;
    response.content_type = "application/json";
    response.body = admin::authorization_details(*found);
}

}  // namespace iamlocal::app
