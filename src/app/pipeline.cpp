#include "app/pipeline.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "admin/json_answer.hpp"
#include "api/errors.hpp"
#include "app/access_lines.hpp"
#include "app/access_log.hpp"
#include "app/http_errors.hpp"
#include "app/lookup_events.hpp"
#include "app/metrics.hpp"
#include "app/request_facts.hpp"
#include "app/rest_of_operation.hpp"
#include "app/slow_route.hpp"
#include "app/transaction_retries.hpp"
#include "auth/sigv4.hpp"
#include "aws/ids.hpp"
#include "base/encoding.hpp"
#include "base/time_format.hpp"
#include "http/message/content_encoding.hpp"
#include "protocol/envelope.hpp"
#include "protocol/json_error.hpp"
#include "protocol/rest_error.hpp"

namespace iamlocal::app {
namespace {

constexpr std::size_t max_decoded_body = std::size_t{1} << 20;
/// Documents of one worker's cache; one entry may be as large as AWS's largest managed policy.
constexpr std::size_t max_cached_policies = 2048;
constexpr std::size_t max_cached_policy_bytes = std::size_t{4} << 20;

/// JSON for those who accept nothing else: EKS tokens and Vault ask GetCallerIdentity so.
protocol::AnswerFormat format_for(const http::Request& request) {
    return equals_ignoring_case(request.header("accept"), "application/json") ? protocol::AnswerFormat::json
                                                                              : protocol::AnswerFormat::xml;
}

std::string_view query_of(std::string_view target) {
    const std::size_t mark = target.find('?');
    return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

bool is_form(std::string_view content_type) {
    const std::string_view type = content_type.substr(0, content_type.find(';'));
    return type.empty() || equals_ignoring_case(type, "application/x-www-form-urlencoded");
}

[[noreturn]] void fail(auth::SignatureError error) { throw ApiError(error.type, std::move(error.message)); }

}  // namespace

/// A request whose operation has put something off, until it is answered.
class Pipeline::DeferredAnswer final : public http::Deferred {
  public:
    /// `record`: the one that `progress` points to.
    DeferredAnswer(Pipeline& pipeline, Progress progress, std::string request_id, std::unique_ptr<Continuation> rest,
                   std::unique_ptr<access::DecisionRecord> record)
        : pipeline_(pipeline),
          progress_(std::move(progress)),
          request_id_(std::move(request_id)),
          rest_(std::move(rest)),
          record_(std::move(record)) {}

    bool wait(std::function<void()> done) override { return rest_->wait(std::move(done)); }
    void work() override { rest_->work(); }

    std::unique_ptr<http::Deferred> finish(std::exception_ptr failure, http::Response& response) override {
        response.request_id = request_id_;
        std::unique_ptr<Continuation> more;
        pipeline_.attempt(progress_, response, [&] {
            if (failure) std::rethrow_exception(failure);
            more = rest_->resume(progress_, response);
        });
        if (!more && progress_.fault) more = pipeline_.hold_back(progress_, response);
        if (more)
            return std::make_unique<DeferredAnswer>(pipeline_, std::move(progress_), std::move(request_id_),
                                                    std::move(more), std::move(record_));
        pipeline_.conclude(progress_, response, record_);
        return nullptr;
    }

    void refuse(http::Fault fault, http::Response& response) override {
        response.request_id = request_id_;
        pipeline_.attempt(progress_, response, [&] { throw fault_error(fault); });
        pipeline_.conclude(progress_, response, record_);
    }

  private:
    Pipeline& pipeline_;
    Progress progress_;
    std::string request_id_;
    std::unique_ptr<Continuation> rest_;
    std::unique_ptr<access::DecisionRecord> record_;
};

Pipeline::Pipeline(const Shared& shared)
    : shared_(shared),
      connection_(shared.database.connect()),
      policies_(max_cached_policies, max_cached_policy_bytes),
      counts_(shared.metrics.make_counts()),
      credentials_(*connection_, shared.keyring, shared.root, policies_, shared.unreadable),
      organizations_(*connection_, policies_, shared.unreadable),
      seen_{&credentials_, &organizations_} {
    credentials_.count_into(
        {counts_.credentials_found, counts_.credentials_loaded, counts_.credentials_kept, counts_.credential_bytes});
}

Pipeline::~Pipeline() { shared_.log.flush(log_lines_); }

std::unique_ptr<http::Deferred> Pipeline::handle(const http::Request& request, http::Response& response) {
    Progress progress;
    progress.request = request;
    progress.started = std::chrono::steady_clock::now();
    progress.now = shared_.clock.now();
    progress.record = record_.get();
    progress.trace = http::find_trace_context(request.headers);
    std::unique_ptr<Continuation> rest;
    attempt(progress, response, [&] {
        response.request_id = ids::request_id(shared_.entropy);
        const bool is_ours = shared_.router.owns(request.target);
        progress.is_route = is_ours;
        if (is_ours) progress.action = "admin";
        if (!is_ours) progress.format = format_for(request);
        if (!admit(progress, is_ours, response)) return;
        if (!is_ours)
            rest = answer_with_retries(progress, response);
        else if (shared_.router.is_slow(request))
            rest = std::make_unique<SlowRoute>(shared_.router, request);
        else
            progress.action = shared_.router.handle(request, response);
    });
    if (progress.fault && !rest) [[unlikely]]
        rest = hold_back(progress, response);
    if (rest) {
        auto record = std::exchange(record_, std::make_unique<access::DecisionRecord>());
        return std::make_unique<DeferredAnswer>(*this, std::move(progress), std::move(response.request_id),
                                                std::move(rest), std::move(record));
    }
    conclude(progress, response, record_);
    return nullptr;
}

/// Nothing is read in vain for those who will be refused.
std::size_t Pipeline::body_bytes(const http::Request& request) {
    const bool is_fine = shared_.guard.judge(request).verdict == BrowserGuard::Verdict::fine;
    return is_fine && shared_.router.owns(request.target) ? shared_.router.body_bytes(request) : 0;
}

/// Whether the request may be answered; otherwise what it gets is in `response` already.
bool Pipeline::admit(Progress& progress, bool is_ours, http::Response& response) {
    const http::Request& request = progress.request;
    const BrowserGuard::Finding finding = shared_.guard.judge(request);
    if (finding.verdict != BrowserGuard::Verdict::fine) {
        if (!is_ours) throw ApiError(error_type::access_denied, std::string(message_of(finding.verdict)));
        admin::refuse(response, 403, message_of(finding.verdict));
        return false;
    }
    progress.page = finding.origin;
    if (!shared_.is_open.load(std::memory_order_relaxed) && !shared_.router.is_health(request.target)) [[unlikely]]
        throw service_unavailable();
    if (!BrowserGuard::is_preflight(request, finding)) return true;
    progress.action = "preflight";
    BrowserGuard::answer_preflight(response);
    return false;
}

/// Takes a step of a request, and makes AWS's errors of what it throws.
template <class Step>
void Pipeline::attempt(Progress& progress, http::Response& response, Step step) {
    const auto refuse_with = [&](const ApiError& error) {
        progress.error_code = error.type().name;
        if (!progress.recording.name.empty()) progress.recording.error_message = error.message();
        if (progress.is_route) return admin::refuse(response, error.type().status, error.message());
        if (progress.errors == Progress::Errors::json)
            protocol::write_json_error(response, error);
        else if (progress.errors == Progress::Errors::rest)
            protocol::write_rest_error(response, error);
        else
            protocol::write_error(response, progress.format, service_for(progress).xmlns, error);
        if (error.type() == error_type::method_not_allowed)
            response.headers.emplace_back("Allow",
                                          progress.errors == Progress::Errors::rest ? "GET" : "GET, HEAD, POST");
    };
    try {
        return step();
    } catch (const ApiError& error) {
        refuse_with(error);
    } catch (const db::ConstraintViolation& violation) {
        refuse_with(api::lost_race(violation));
    } catch (const db::SerializationFailure&) {
        refuse_with(api::concurrent_modification());
    } catch (const db::UnstorableText&) {
        refuse_with(validation_error("A text contains characters that cannot be stored."));
    } catch (const db::Unavailable& error) {
        report(LogLevel::warn, "the database is not available", error, response);
        refuse_with(service_unavailable());
    } catch (const std::exception& error) {
        report(LogLevel::error, "internal failure", error, response);
        refuse_with(internal_failure());
    }
}

/// What there is to be noted when the answer is there.
void Pipeline::conclude(Progress& progress, http::Response& response, std::unique_ptr<access::DecisionRecord>& record) {
    // What the operation did is not what becomes of its answer.
    if (!progress.recording.name.empty()) keep_event(progress, response);
    if (progress.fault) [[unlikely]]
        spoil(progress, response);
    if (progress.service != nullptr && progress.service->name == "sts")
        response.headers.emplace_back("x-amz-sts-extended-request-id",
                                      ids::extended_request_id(progress.region, progress.now, response.request_id));
    shared_.guard.show_to(progress.page, response);
    keep_decision(progress, response, record);
    const auto took =
        std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - progress.started);
    shared_.metrics.note(counts_, progress, response.status, took);
    write_access_lines(shared_, log_lines_, progress, response, took);
}

std::unique_ptr<Continuation> Pipeline::answer_with_retries(Progress& progress, http::Response& response) {
    return with_retries([&] { return answer_in_one_state(progress, response); },
                        [&] {
                            counts_.retries.add();
                            response.body.clear();
                            progress.record->clear();
                            progress.service = nullptr;
                            progress.verdict = {};
                            progress.recording = {};
                        });
}

/// A refusal, too, is of one state. What succeeds is looked at before it is committed.
std::unique_ptr<Continuation> Pipeline::answer_in_one_state(Progress& progress, http::Response& response) {
    progress.state = shared_.database.settled_state();
    try {
        return answer(progress, response);
    } catch (const ApiError&) {
        const bool was_exchanged = progress.account.empty() ? shared_.database.was_exchanged_since(progress.state)
                                                            : shared_.database.was_exchanged_since(
                                                                  progress.state, AccountId(progress.account));
        if (was_exchanged) throw db::SerializationFailure("the state was exchanged meanwhile");
        throw;
    }
}

std::unique_ptr<Continuation> Pipeline::answer(Progress& progress, http::Response& response) {
    if (progress.request.target.starts_with(details_path)) {
        answer_details(progress, response);
        return nullptr;
    }
    if (!route(progress)) return answer_lookup(progress, response);
    begin_recording(progress);
    choose_view();
    if (progress.operation->is_anonymous()) {
        progress.region = access::region_of_sts(progress.request.header("host"));
        if (shared_.faults.any()) [[unlikely]]
            if (auto late = meet_faults(progress, access::anonymous())) return late;
        return run(access::anonymous(), progress, response);
    }
    access::Credential& credential = authenticate(progress, response);
    progress.account = credential.identity->account.str();
    progress.principal = credential.identity->principal.arn;
    if (!progress.recording.name.empty()) progress.recording.caller = portrait_of(credential);
    if (shared_.faults.any()) [[unlikely]]
        if (auto late = meet_faults(progress, credential.identity)) return late;
    access::note_use(shared_.usage, credential, progress.operation->action,
                     {whole_seconds(progress.now), region_of(progress), progress.service->name});
    return run(credential.identity, progress, response);
}

/// Whose form an error has, even where the request was not understood.
const Service& Pipeline::service_for(const Progress& progress) const {
    return progress.service != nullptr ? *progress.service : shared_.services.at_host(progress.request.header("host"));
}

/// Finds the service and the operation. False: it is a request of CloudTrail's, which are in JSON.
bool Pipeline::route(Progress& progress) {
    const http::Request& request = progress.request;
    if (request.method != "POST" && request.method != "GET" && request.method != "HEAD")
        throw ApiError(error_type::method_not_allowed, "The method must be GET or POST.");
    if (!request.body.empty() && !is_form(request.header("content-type"))) {
        if (names_cloudtrail(request)) return false;
        throw ApiError(error_type::unsupported_media_type,
                       "The Content-Type of the body must be application/x-www-form-urlencoded.");
    }
    std::string codings;
    const auto body = http::decode_content(http::find_list(request.headers, "content-encoding", codings), request.body,
                                           decoded_body_, max_decoded_body);
    if (const auto* error = std::get_if<http::ContentError>(&body)) throw undecodable_content(*error);
    progress.recording.has_plain_body = std::get<std::string_view>(body).data() == request.body.data();
    if (const auto error = parameters_.parse(query_of(request.target), std::get<std::string_view>(body)))
        throw protocol::malformed_query_string(*error);

    const std::string_view version = parameters_.find("Version").value_or("");
    progress.service = shared_.services.find(version);
    if (progress.service == nullptr) progress.service = &shared_.services.at_host(request.header("host"));

    const std::optional<std::string_view> action = parameters_.find("Action");
    if (!action || action->empty()) throw missing_action();
    const bool version_fits = version == progress.service->version;
    if (const NumberedOperation* found = progress.service->find_numbered(*action); found != nullptr && version_fits) {
        const api::Operation* const operation = found->operation;
        if (operation->is_regional_only && access::is_global_sts(request.header("host"))) throw unknown_operation();
        progress.operation = operation;
        progress.number = found->number;
        progress.action = operation->action;
        shared_.called_services.note(*progress.service);
        return true;
    }
    if (version_fits && progress.service->is_unbuilt(*action)) {
        progress.unbuilt = fmt::format("{}:{}", progress.service->name, *action);
        throw not_implemented(std::string(*action));
    }
    if (is_loggable_name(*action))
        progress.unbuilt = version_fits ? fmt::format("{}:{}", progress.service->name, *action) : std::string(*action);
    throw invalid_action(std::string(*action),
                         version.empty() ? std::string("NO_VERSION_SPECIFIED") : std::string(version));
}

access::Credential& Pipeline::authenticate(Progress& progress, const http::Response& response) {
    const http::Request& request = progress.request;
    auth::ReadSignature read = auth::read_signature(request, scratch_);
    if (auto* error = std::get_if<auth::SignatureError>(&read)) fail(std::move(*error));
    if (std::holds_alternative<auth::NotSigned>(read)) fail(auth::missing_authentication_token());
    const auto& presented = std::get<auth::Presented>(read);
    const Seconds signed_against = signature_clock(presented, shared_.clock, progress.now);
    if (auto error = auth::check_presented(request, presented, {progress.service->name, signed_against}))
        fail(*std::move(error));

    auto found = seen_.credentials->find(presented, whole_seconds(progress.now));
    if (auto* error = std::get_if<auth::SignatureError>(&found)) fail(std::move(*error));
    access::Credential& credential = *std::get<access::Credential*>(found);
    if (auto error = auth::verify_signature(request, presented, credential.signing_key(presented), scratch_)) {
        keep_rejected(progress, response, presented);
        fail(*std::move(error));
    }
    progress.region = presented.region;
    return credential;
}

/// What should have been signed, for the log and for those who ask by the request's id: the answer does not say it.
void Pipeline::keep_rejected(const Progress& progress, const http::Response& response,
                             const auth::Presented& presented) {
    access::RejectedSignature rejected{.id = response.request_id,
                                       .time = progress.now,
                                       .access_key_id = std::string(presented.access_key_id),
                                       .action = std::string(progress.action),
                                       .canonical_request = auth::without_secrets(scratch_.canonical),
                                       .string_to_sign = scratch_.string_to_sign};
    rejected.shorten();
    write_rejected(shared_, log_lines_, rejected);
    if (shared_.decisions.enabled()) shared_.rejected_signatures.add(std::move(rejected));
}

/// What the operation may use. The organization is the one of this moment.
api::Call Pipeline::call_of(const access::Identity& caller, const Progress& progress) {
    seen_.organizations->current();
    return {.env = shared_.environment,
            .caller = caller,
            .connection = *connection_,
            .now = progress.now,
            .facts = facts_of(progress),
            .policies = policies_,
            .organization = seen_.organizations->kept(),
            .delayed = seen_.delayed,
            .state = progress.state};
}

/// Has the decision noted, where somebody keeps decisions.
void Pipeline::keep_record(api::Call& call, const Progress& progress, std::string_view request_id) {
    if (!shared_.decisions.wants_records()) return;
    call.record = progress.record;
    call.request_id = request_id;
    progress.record->organization = call.organization;
}

template <class WriteOutput>
void Pipeline::write_answer(Progress& progress, http::Response& response, WriteOutput write_output) {
    const api::Operation& operation = *progress.operation;
    protocol::AnswerWriter writer(progress.format, response.body,
                                  progress.recording.with_answer ? &progress.recording.kinds : nullptr);
    protocol::begin_answer(writer, operation.name, progress.service->xmlns, operation.has_result);
    write_output(writer);
    protocol::end_answer(writer, operation.name, operation.has_result, response.request_id);
    response.status = 200;
    response.content_type = protocol::content_type_of(progress.format);
}

/// Null: the answer is written.
std::unique_ptr<Continuation> Pipeline::run(std::shared_ptr<const access::Identity> caller, Progress& progress,
                                            http::Response& response) {
    const api::Operation& operation = *progress.operation;
    access::DecisionRecord& record = *progress.record;
    // The cache may drop the credential when the operation changes it; the identity must outlive the operation.
    record.caller = std::move(caller);
    api::Call call = call_of(*record.caller, progress);
    keep_record(call, progress, response.request_id);
    api::require_callable(operation, call.caller);
    const KeepFindings keep(call, progress);
    std::unique_ptr<api::SlowPart> slow;
    write_answer(progress, response, [&](protocol::AnswerWriter& out) {
        slow = operation.run(operation, call, parameters_, progress.service->show, out);
    });
    if (!slow) return nullptr;
    return std::make_unique<Rest>(*this, progress, record.caller, std::move(slow));
}

/// Hands what authorize() has noted to the decision log, under the request's id.
void Pipeline::keep_decision(const Progress& progress, const http::Response& response,
                             std::unique_ptr<access::DecisionRecord>& record) {
    if (record->kind == access::DecisionRecord::Kind::none) {
        record->clear();
        return;
    }
    record->id = response.request_id;
    record->time = progress.now;
    if (progress.trace) {
        record->trace_id = progress.trace->trace_id;
        record->span_id = progress.trace->span_id;
    }
    shared_.decisions.add(record);
}

void Pipeline::refuse(http::Fault fault, std::string_view peer, http::Response& response) {
    Progress progress;
    response.request_id = ids::request_id(shared_.entropy);
    const ApiError error = fault_error(fault);
    progress.error_code = error.type().name;
    protocol::write_error(response, progress.format, service_for(progress).xmlns, error);
    progress.request.peer = peer;
    shared_.metrics.note(counts_, progress, response.status, {});
    write_access_lines(shared_, log_lines_, progress, response, {});
}

void Pipeline::report(LogLevel level, std::string_view event, const std::exception& error,
                      const http::Response& response) {
    shared_.log.append(log_lines_, level, event, {{"request_id", response.request_id}, {"what", error.what()}});
}

void Pipeline::batch_done() {
    shared_.log.flush(log_lines_);
    const Seconds now = whole_seconds(shared_.clock.now());
    if (now == last_flush_) return;
    last_flush_ = now;
    try {
        shared_.usage.flush(*connection_);
    } catch (const std::exception& error) {
        shared_.log.write(LogLevel::error, "dates of last use were not written", {{"what", error.what()}});
    }
}

}  // namespace iamlocal::app
