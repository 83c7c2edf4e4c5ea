// What of each request the trail gets. The pipeline notes it on the way, and hands it over when the answer is there.
#include <memory>

#include "access/condition_keys.hpp"
#include "app/pipeline.hpp"
#include "trail/operation_facts.hpp"
#include "trail/sent.hpp"

namespace iamlocal::app {
namespace {

std::string_view query_part(std::string_view target) {
    const std::size_t mark = target.find('?');
    return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

}  // namespace

/// Notes what is known once the operation is. Parameters are kept by then: those of other requests come before the end
/// of a slow one.
void Pipeline::begin_recording(Progress& progress) {
    if (!shared_.trail.enabled()) return;
    const api::Operation& operation = *progress.operation;
    Recording& recording = progress.recording;
    recording.name = operation.name;
    recording.source = progress.service->name == "sts" ? trail::Source::sts : trail::Source::iam;
    recording.is_read = trail::is_read(operation.action);
    recording.with_answer = trail::records_answer(operation.action);
    const http::Request& request = progress.request;
    recording.sent = trail::sent_parameters(
        operation, {.query = query_part(request.target), .has_plain_body = recording.has_plain_body}, parameters_,
        shared_.secrets);
}

const std::shared_ptr<const access::Portrait>& Pipeline::portrait_of(access::Credential& credential) {
    if (!credential.portrait)
        credential.portrait = access::portrait_of(*credential.identity, credential.access_key_id.view());
    return credential.portrait;
}

/// Of who is not known, nothing is kept: his signature was wrong, or the word of his identity provider was.
void Pipeline::keep_event(const Progress& progress, const http::Response& response) {
    const Recording& recording = progress.recording;
    std::shared_ptr<const access::Portrait> caller = recording.caller;
    if (!caller && recording.introduced) caller = access::portrait_of(*recording.introduced, {});
    if (!caller) return;
    const http::Request& request = progress.request;
    const bool is_sts = recording.source == trail::Source::sts;
    const bool shows_answer = recording.with_answer && progress.error_code.empty();
    const std::string_view host = is_sts || request.secure ? request.header("host") : std::string_view();
    std::string cleaned;
    if (recording.sent && !recording.error_message.empty())
        cleaned = trail::without_secrets(recording.error_message, recording.sent->secrets);
    shared_.trail.add({.facts = {.time = progress.now,
                                 .source = recording.source,
                                 .is_read = recording.is_read,
                                 .is_global = is_sts && access::is_global_sts(host),
                                 .is_secure = request.secure,
                                 .name = recording.name,
                                 .operation = progress.operation,
                                 .tls = request.tls != nullptr ? *request.tls : http::TlsFacts()},
                       .caller = std::move(caller),
                       .texts = {.request_id = response.request_id,
                                 .region = progress.region,
                                 .peer = request.peer,
                                 .user_agent = request.header("user-agent"),
                                 .host = request.secure ? host : std::string_view(),
                                 .sent = recording.sent ? std::string_view(recording.sent->form) : request.body,
                                 .answer = shows_answer ? std::string_view(response.body) : std::string_view(),
                                 .kinds = shows_answer ? std::string_view(recording.kinds) : std::string_view(),
                                 .error_message = recording.sent ? std::string_view(cleaned) : recording.error_message,
                                 .made = {},
                                 .error_code = progress.error_code}});
}

}  // namespace iamlocal::app
