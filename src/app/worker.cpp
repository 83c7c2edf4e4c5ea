#include "app/worker.hpp"

#include <chrono>

#include "auth/sigv4.hpp"
#include "base/encoding.hpp"
#include "base/ids.hpp"
#include "base/time_format.hpp"
#include "service/errors.hpp"
#include "store/account.hpp"
#include "wire/content_encoding.hpp"
#include "wire/envelope.hpp"

namespace iamlocal::app {
namespace {

constexpr std::size_t max_decoded_body = std::size_t{1} << 20;
/// Documents of one worker's cache; one entry may be as large as AWS's largest managed policy.
constexpr std::size_t max_cached_policies = 2048;
constexpr std::size_t max_cached_policy_bytes = std::size_t{4} << 20;

/// Tries of a transaction that others stood in the way of.
constexpr int max_tries = 10;

using wire::ApiError;
using wire::ErrorCode;

/// JSON for those who accept nothing else: EKS tokens and Vault ask GetCallerIdentity so.
wire::AnswerFormat format_for(const wire::Request& request) {
    return equals_ignoring_case(request.header("accept"), "application/json") ? wire::AnswerFormat::json
                                                                              : wire::AnswerFormat::xml;
}

std::string_view query_of(std::string_view target) {
    const std::size_t mark = target.find('?');
    return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

/// Which service an unsigned or unversioned request is for, where only the host can tell.
const Service& service_by_host(const wire::Request& request) {
    return request.header("host").starts_with("sts.") ? sts_service() : iam_service();
}

bool is_form(std::string_view content_type) {
    const std::string_view type = content_type.substr(0, content_type.find(';'));
    return type.empty() || equals_ignoring_case(type, "application/x-www-form-urlencoded");
}

/// The instant to hold a signature's date against. A client signs with the time of its machine, wherever the test bench
/// has moved the clock; one that follows the bench's clock is as right. The nearer of the two counts. A presigned
/// request is a credential whose time runs out, and that is what the bench's clock is for.
Seconds signature_clock(const auth::Presented& presented, const AdjustableClock& clock, Instant now) {
    const Seconds moved = whole_seconds(now);
    if (presented.carrier == auth::Carrier::query) return moved;
    const Seconds real = whole_seconds(clock.real_now());
    return std::chrono::abs(real - presented.at) < std::chrono::abs(moved - presented.at) ? real : moved;
}

[[noreturn]] void fail(auth::SignatureError error) { throw ApiError(error.code, std::move(error.message)); }

ApiError fault_error(wire::Fault fault) {
    switch (fault) {
        case wire::Fault::body_too_large:
            return {ErrorCode::request_entity_too_large, "The request body must not be larger than 1048576 bytes."};
        case wire::Fault::headers_too_large:
            return {ErrorCode::request_header_too_large, "The request's headers are too large."};
        case wire::Fault::timeout:
            return {ErrorCode::request_timeout, "The request did not arrive in time."};
        case wire::Fault::malformed:
            break;
    }
    return {ErrorCode::malformed_http, "The request is not well-formed HTTP/1.1."};
}

}  // namespace

Worker::Worker(App& app)
    : app_(app),
      connection_(app.database_.connect()),
      policies_(max_cached_policies, max_cached_policy_bytes),
      credentials_(*connection_, app.keyring_, app.options_.root, policies_, app.unreadable_),
      organizations_(*connection_, policies_, app.unreadable_) {}

Worker::~Worker() { app_.log_.flush(log_lines_); }

void Worker::handle(const wire::Request& request, wire::Response& response) {
    const auto started = std::chrono::steady_clock::now();
    Progress progress;
    const Instant now = app_.clock_.now();
    const auto refuse_with = [&](const ApiError& error) {
        const Service& service = progress.service != nullptr ? *progress.service : service_by_host(request);
        progress.error_code = wire::row_of(error.code()).name;
        wire::write_error(response, progress.format, service.xmlns, error);
    };
    try {
        response.request_id = ids::request_id(app_.entropy_);
        answer_with_retries(request, response, progress, now);
    } catch (const ApiError& error) {
        refuse_with(error);
    } catch (const db::ConstraintViolation& violation) {
        refuse_with(service::lost_race(violation));
    } catch (const db::SerializationFailure&) {
        refuse_with(service::concurrent_modification());
    } catch (const db::UnstorableText&) {
        refuse_with(wire::validation_error("A text contains characters that cannot be stored."));
    } catch (const db::Unavailable& error) {
        report(LogLevel::warn, "the database is not available", error, response);
        refuse_with(wire::service_unavailable());
    } catch (const std::exception& error) {
        report(LogLevel::error, "internal failure", error, response);
        refuse_with(wire::internal_failure());
    }
    keep_decision(response, now);
    const auto took = std::chrono::steady_clock::now() - started;
    log_access(request, response, progress, std::chrono::duration_cast<std::chrono::microseconds>(took));
}

/// A transaction that others stood in the way of, or whose connection broke before it was told to commit, has done
/// nothing: the request starts again.
void Worker::answer_with_retries(const wire::Request& request, wire::Response& response, Progress& progress,
                                 Instant now) {
    for (int tries = 1;; ++tries) {
        try {
            if (lab::Bench::owns(request.target)) {
                progress.action = "lab";
                return app_.bench_.handle(request, response);
            }
            progress.format = format_for(request);
            return answer(request, response, progress, now);
        } catch (const db::SerializationFailure&) {
            if (tries == max_tries) throw;
        } catch (const db::Unavailable& error) {
            if (tries > 1 || !error.may_retry_at_once()) throw;
        }
        std::string request_id = std::move(response.request_id);
        response.clear();
        response.request_id = std::move(request_id);
        record_->clear();
        progress = {};
    }
}

void Worker::answer(const wire::Request& request, wire::Response& response, Progress& progress, Instant now) {
    const service::Operation& operation = route(request, progress);
    connection_->refresh_revisions();
    std::string region;
    service::Credential& credential = authenticate(request, progress, now, region);
    progress.account = credential.identity->account.str();
    progress.principal = credential.identity->principal.arn;
    note_use(credential, region, progress, whole_seconds(now));
    run(operation, credential, request, region, response, progress, now);
}

const service::Operation& Worker::route(const wire::Request& request, Progress& progress) {
    if (request.method != "POST" && request.method != "GET" && request.method != "HEAD")
        throw ApiError(ErrorCode::method_not_allowed, "The method must be GET or POST.");
    if (!request.body.empty() && !is_form(request.header("content-type")))
        throw ApiError(ErrorCode::unsupported_media_type,
                       "The Content-Type of the body must be application/x-www-form-urlencoded.");
    const auto body =
        wire::decode_content(request.header("content-encoding"), request.body, decoded_body_, max_decoded_body);
    if (const auto* error = std::get_if<wire::ContentError>(&body)) throw wire::undecodable_content(*error);
    if (const auto error = parameters_.parse(query_of(request.target), std::get<std::string_view>(body)))
        throw wire::malformed_query_string(*error);

    const std::string_view version = parameters_.find("Version").value_or("");
    if (version == sts_service().version)
        progress.service = &sts_service();
    else if (version == iam_service().version)
        progress.service = &iam_service();
    else
        progress.service = &service_by_host(request);

    const std::optional<std::string_view> action = parameters_.find("Action");
    if (!action || action->empty()) throw wire::missing_action();
    const bool version_fits = version == progress.service->version;
    if (const service::Operation* operation = find_operation(*progress.service, *action);
        operation != nullptr && version_fits) {
        progress.action = operation->action;
        return *operation;
    }
    if (version_fits && is_unbuilt(*progress.service, *action)) throw wire::not_implemented(std::string(*action));
    throw wire::invalid_action(std::string(*action),
                               version.empty() ? std::string("NO_VERSION_SPECIFIED") : std::string(version));
}

service::Credential& Worker::authenticate(const wire::Request& request, const Progress& progress, Instant now,
                                          std::string& region) {
    auth::ReadSignature read = auth::read_signature(request, scratch_);
    if (auto* error = std::get_if<auth::SignatureError>(&read)) fail(std::move(*error));
    if (std::holds_alternative<auth::NotSigned>(read)) fail(auth::missing_authentication_token());
    const auto& presented = std::get<auth::Presented>(read);
    const Seconds second = whole_seconds(now);
    const Seconds signed_against = signature_clock(presented, app_.clock_, now);
    if (auto error = auth::check_presented(request, presented, {progress.service->name, signed_against}))
        fail(*std::move(error));

    auto found = credentials_.find(presented, second);
    if (auto* error = std::get_if<auth::SignatureError>(&found)) fail(std::move(*error));
    service::Credential& credential = *std::get<service::Credential*>(found);
    if (auto error = auth::verify_signature(request, presented, credential.signing_key(presented), scratch_))
        fail(*std::move(error));
    service::require_session_may_call(*credential.identity, progress.action);
    region = presented.region;
    return credential;
}

void Worker::run(const service::Operation& operation, service::Credential& credential, const wire::Request& request,
                 std::string_view region, wire::Response& response, Progress& progress, Instant now) {
    // The cache may drop the credential when the operation changes it; the identity must outlive the operation.
    record_->caller = credential.identity;
    const service::Identity& caller = *record_->caller;
    const service::Organization* const organization = organizations_.current();
    if (app_.decisions_.enabled()) {
        progress.trace.record = record_.get();
        record_->organization = organizations_.kept();
    }
    db::Transaction tx(*connection_, operation.access);
    service::Context ctx{app_.environment_, caller, tx, now, request, region, policies_, progress.trace, organization};
    const Service& service = *progress.service;

    if (operation.access == db::Access::write && !store::account::created(tx, caller.account))
        store::account::note(tx, caller.account, whole_seconds(now));
    wire::AnswerWriter writer(progress.format, response.body);
    wire::begin_answer(writer, operation.name, service.xmlns, operation.has_result);
    operation.run(operation, ctx, parameters_, service.show, writer);
    wire::end_answer(writer, operation.name, operation.has_result, response.request_id);
    tx.commit();
    response.status = 200;
    response.content_type = wire::content_type_of(progress.format);
}

/// Hands what authorize() has noted to the decision log, under the request's id.
void Worker::keep_decision(const wire::Response& response, Instant now) {
    if (record_->kind == service::DecisionRecord::Kind::none) {
        record_->clear();
        return;
    }
    record_->id = response.request_id;
    record_->time = now;
    app_.decisions_.add(record_);
}

void Worker::note_use(service::Credential& credential, std::string_view region, const Progress& progress, Seconds now) {
    if (credential.last_noted == now) return;
    credential.last_noted = now;
    const service::Identity& identity = *credential.identity;
    if (identity.is_role_session())
        app_.usage_.note_role(identity.account, identity.principal_id, {now, std::string(region)});
    else if (!identity.is_root() && !identity.session)
        app_.usage_.note_key(credential.access_key_id, {now, std::string(region), std::string(progress.service->name)});
}

void Worker::refuse(wire::Fault fault, std::string_view peer, wire::Response& response) {
    Progress progress;
    response.request_id = ids::request_id(app_.entropy_);
    const ApiError error = fault_error(fault);
    progress.error_code = wire::row_of(error.code()).name;
    wire::write_error(response, progress.format, iam_service().xmlns, error);
    wire::Request request;
    request.peer = peer;
    log_access(request, response, progress, {});
}

void Worker::log_access(const wire::Request& request, const wire::Response& response, const Progress& progress,
                        std::chrono::microseconds took) {
    if (!app_.log_.enabled(LogLevel::info)) return;
    app_.log_.append(log_lines_, LogLevel::info, "request",
                     {{"request_id", response.request_id},
                      {"peer", request.peer},
                      {"account", progress.account},
                      {"principal", progress.principal},
                      {"action", progress.action},
                      {"decision", progress.trace.decision},
                      {"status", std::int64_t{response.status}},
                      {"error", progress.error_code},
                      {"micros", std::int64_t{took.count()}}});
    if (!progress.trace.denied.empty())
        app_.log_.append(log_lines_, LogLevel::info, "denied",
                         {{"request_id", response.request_id}, {"reason", progress.trace.denied}});
}

void Worker::report(LogLevel level, std::string_view event, const std::exception& error,
                    const wire::Response& response) {
    app_.log_.append(log_lines_, level, event, {{"request_id", response.request_id}, {"what", error.what()}});
}

void Worker::batch_done() {
    app_.log_.flush(log_lines_);
    const Seconds now = whole_seconds(app_.clock_.now());
    if (now == last_flush_) return;
    last_flush_ = now;
    try {
        app_.usage_.flush(*connection_);
    } catch (const std::exception& error) {
        app_.log_.write(LogLevel::error, "dates of last use were not written", {{"what", error.what()}});
    }
}

}  // namespace iamlocal::app
