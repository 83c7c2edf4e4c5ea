#include "app/lookup_events.hpp"

#include <fmt/format.h>

#include "api/errors.hpp"
#include "app/http_errors.hpp"
#include "app/pipeline.hpp"
#include "aws/error_statuses.hpp"
#include "base/time_format.hpp"
#include "http/message/content_encoding.hpp"
#include "protocol/json_error.hpp"
#include "trail/lookup.hpp"

namespace iamlocal::app {
namespace {

/// Before the operation's name in X-Amz-Target; SDKs put `com.amazonaws.cloudtrail.v20131101.` before it.
constexpr std::string_view target_prefix = "CloudTrail_20131101.";
constexpr std::string_view name = "LookupEvents";
constexpr const char* action = "cloudtrail:LookupEvents";
constexpr std::size_t most_body = std::size_t{64} << 10;

/// What tells CloudTrail's requests; it has no operations in the table of services, which is that of the Query
/// protocol.
const Service& cloudtrail() {
    static const Service service{"cloudtrail", "2013-11-01", "cloudtrail.", {}, protocol::ShowValues::no, {}, {}, {}};
    return service;
}

/// The operation that is asked for; null: none of CloudTrail's.
std::optional<std::string_view> asked_operation(const http::Request& request) {
    const std::string_view target = request.header("x-amz-target");
    const std::size_t at = target.find(target_prefix);
    if (at == std::string_view::npos || (at > 0 && target[at - 1] != '.')) return std::nullopt;
    return target.substr(at + target_prefix.size());
}

ApiError unknown(std::string_view operation) {
    constexpr ErrorType unknown_operation{"UnknownOperationException", 400};
    return {unknown_operation,
            fmt::format("Of CloudTrail's operations only {} is served here, not {}.", name, operation.substr(0, 128))};
}

ApiError too_often() {
    constexpr ErrorType throttling{"ThrottlingException", 400};
    return {throttling, std::string(aws::usual_error_message(throttling.name))};
}

}  // namespace

bool names_cloudtrail(const http::Request& request) {
    return request.method == "POST" && asked_operation(request).has_value();
}

/// Looking through the trail takes longer than a worker has.
class Pipeline::Lookup final : public Continuation {
  public:
    Lookup(const Shared& shared, trail::LookupQuery query, trail::LookupScope scope)
        : shared_(shared), query_(std::move(query)), scope_(std::move(scope)) {}

    void work() override {
        const trail::Archive* const archive = shared_.archive ? &*shared_.archive : nullptr;
        body_ = trail::look_up(shared_.trail, archive, query_, scope_);
    }
    std::unique_ptr<Continuation> resume(Progress&, http::Response& response) override {
        response.status = 200;
        response.content_type = protocol::json_content_type;
        response.body = std::move(body_);
        return nullptr;
    }

  private:
    const Shared& shared_;
    const trail::LookupQuery query_;
    const trail::LookupScope scope_;
    std::string body_;
};

std::unique_ptr<Continuation> Pipeline::answer_lookup(Progress& progress, const http::Response& response) {
    const http::Request& request = progress.request;
    progress.errors = Progress::Errors::json;
    progress.service = &cloudtrail();
    if (const std::string_view operation = *asked_operation(request); operation != name) throw unknown(operation);
    progress.action = action;
    std::string codings;
    const auto body = http::decode_content(http::find_list(request.headers, "content-encoding", codings), request.body,
                                           decoded_body_, most_body);
    if (const auto* error = std::get_if<http::ContentError>(&body)) throw undecodable_content(*error);
    if (std::get<std::string_view>(body).size() > most_body) throw undecodable_content(http::ContentError::too_large);
    choose_view();
    access::Credential& credential = authenticate(progress, response);
    const std::shared_ptr<const access::Identity> caller = credential.identity;
    progress.account = caller->account.str();
    progress.principal = caller->principal.arn;
    if (shared_.trail.enabled()) {
        progress.recording.name = name;
        progress.recording.source = trail::Source::cloudtrail;
        progress.recording.is_read = true;
        progress.recording.caller = portrait_of(credential);
        progress.recording.sent.emplace().form = std::get<std::string_view>(body);
    }
    if (!shared_.lookup_rate.admits(caller->account, progress.region, std::chrono::steady_clock::now()))
        throw too_often();
    access::note_use(shared_.usage, credential, action,
                     {whole_seconds(progress.now), progress.region, progress.service->name});

    access::DecisionRecord& record = *progress.record;
    record.caller = caller;
    api::Call call = call_of(*caller, progress);
    keep_record(call, progress, response.request_id);
    access::Target target;
    const access::AccessRequest question{*caller,    call.organization.get(),
                                         call.facts, action,
                                         target,     access::required_facts(*caller, call.organization.get(), nullptr)};
    progress.verdict = access::authorize(shared_.environment.enforcement, question, call.record);
    if (call.record != nullptr && progress.verdict.is_decision()) record.finish(std::move(target));
    if (progress.verdict.refused()) throw api::access_denied(progress.verdict.denied);

    trail::LookupScope scope{caller->account, progress.region, progress.now};
    auto query = trail::LookupQuery::parse(std::get<std::string_view>(body), scope);
    if (auto* error = std::get_if<ApiError>(&query)) throw ApiError(*error);
    return std::make_unique<Lookup>(shared_, std::get<trail::LookupQuery>(std::move(query)), std::move(scope));
}

}  // namespace iamlocal::app
