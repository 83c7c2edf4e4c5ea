#include "app/access_lines.hpp"

#include <fmt/format.h>

#include "app/access_log.hpp"

namespace iamlocal::app {
namespace {

/// The client's trace, for whoever collects logs and traces. Left out where it sent none.
LogField trace_id(const Progress& progress) {
    if (!progress.trace) return {{}, std::string_view()};
    return {"trace_id", progress.trace->trace_id};
}
LogField span_id(const Progress& progress) {
    if (!progress.trace) return {{}, std::string_view()};
    return {"span_id", progress.trace->span_id};
}

/// What to paste into a shell to be told more.
std::string ask_command(const Shared& shared, std::string_view request_id) {
    std::string command = fmt::format("iamlocal why {}", request_id);
    if (!shared.endpoint.empty()) command.append(" --endpoint ").append(shared.endpoint);
    return command;
}

/// A sentence for people, in as many lines as it takes. The access line before it has the request's id.
void write_hint(Log& log, std::string& lines, std::string_view sentence) {
    for (const std::string& line : wrapped_hint(sentence)) log.append(lines, LogLevel::info, "hint " + line, {});
}

/// Why, and with which command more is to be known.
void write_denial(const Shared& shared, std::string& lines, const Progress& progress, const http::Response& response) {
    Log& log = shared.log;
    const bool kept = shared.decisions.enabled();
    if (log.format() == LogFormat::text) {
        const std::string_view reason = short_reason(progress.verdict.denied);
        if (!reason.empty()) log.append(lines, LogLevel::info, fmt::format("denied {}", reason), {});
        if (kept) log.append(lines, LogLevel::info, "denied " + ask_command(shared, response.request_id), {});
        return;
    }
    const std::string command = kept ? ask_command(shared, response.request_id) : std::string();
    log.append(lines, LogLevel::info, "denied",
               {{"request_id", response.request_id},
                {"reason", progress.verdict.denied},
                {"explain", command},
                trace_id(progress),
                span_id(progress)});
}

/// That the answer is not what it would have been.
void write_fault(Log& log, std::string& lines, const std::string& words, const http::Response& response) {
    if (log.format() == LogFormat::text) return log.append(lines, LogLevel::info, "fault injected: " + words, {});
    log.append(lines, LogLevel::info, "fault injected", {{"request_id", response.request_id}, {"fault", words}});
}

}  // namespace

void write_access_lines(const Shared& shared, std::string& lines, const Progress& progress,
                        const http::Response& response, std::chrono::microseconds took) {
    Log& log = shared.log;
    if (!log.enabled(LogLevel::info)) return;
    const std::string_view action = progress.action.empty() ? std::string_view(progress.unbuilt) : progress.action;
    if (log.format() == LogFormat::text) {
        std::string words = headline({.decision = progress.verdict.decision,
                                      .action = action,
                                      .principal = progress.principal,
                                      .status = response.status,
                                      .error = progress.error_code});
        log.append(lines, LogLevel::info, words.append(" ").append(response.request_id), {});
    } else {
        log.append(lines, LogLevel::info, "request",
                   {{"request_id", response.request_id},
                    {"peer", progress.request.peer},
                    {"account", progress.account},
                    {"principal", progress.principal},
                    {"action", action},
                    {"decision", progress.verdict.decision},
                    {"status", std::int64_t{response.status}},
                    {"error", progress.error_code},
                    {"micros", std::int64_t{took.count()}},
                    trace_id(progress),
                    span_id(progress)});
    }
    if (progress.fault) [[unlikely]]
        write_fault(log, lines, progress.fault->words(), response);
    if (!progress.verdict.denied.empty()) write_denial(shared, lines, progress, response);
    // What follows is for requests that were not understood; they are few.
    if (progress.error_code.empty() || (progress.operation != nullptr && !progress.principal.empty())) return;
    const std::string hint = find_hint(progress.error_code, progress.request, shared.services);
    if (hint.empty()) return;
    if (log.format() == LogFormat::text) return write_hint(log, lines, hint);
    log.append(lines, LogLevel::info, "hint",
               {{"request_id", response.request_id}, {"what", hint}, trace_id(progress), span_id(progress)});
}

void write_rejected(const Shared& shared, std::string& lines, const access::RejectedSignature& rejected) {
    Log& log = shared.log;
    if (!log.enabled(LogLevel::info)) return;
    if (log.format() == LogFormat::json) {
        log.append(lines, LogLevel::info, "signature does not match",
                   {{"request_id", rejected.id},
                    {"access_key_id", rejected.access_key_id},
                    {"canonical_request", rejected.canonical_request},
                    {"string_to_sign", rejected.string_to_sign}});
        return;
    }
    log.append(lines, LogLevel::info, "signature does not match: access key " + rejected.access_key_id, {});
    // A command to paste stays in one piece.
    if (shared.decisions.enabled())
        log.append(lines, LogLevel::info, "hint " + ask_command(shared, rejected.id), {});
    else
        write_hint(log, lines, "with --log-format json the log has what should have been signed");
}

}  // namespace iamlocal::app
