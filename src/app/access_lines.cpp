#include "app/access_lines.hpp"

#include <fmt/format.h>

#include "app/access_log.hpp"

namespace iamlocal::app {
namespace {

/// Why, and with which command more is to be known.
void write_denial(const Shared& shared, std::string& lines, const Progress& progress, const http::Response& response) {
    Log& log = shared.log;
    const bool kept = shared.decisions.enabled();
    if (log.format() == LogFormat::text) {
        const std::string_view reason = short_reason(progress.verdict.denied);
        if (!reason.empty()) log.append(lines, LogLevel::info, fmt::format("denied {}", reason), {});
        if (kept) log.append(lines, LogLevel::info, fmt::format("denied iamlocal why {}", response.request_id), {});
        return;
    }
    const std::string command = kept ? "iamlocal why " + response.request_id : std::string();
    log.append(lines, LogLevel::info, "denied",
               {{"request_id", response.request_id}, {"reason", progress.verdict.denied}, {"explain", command}});
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
                    {"micros", std::int64_t{took.count()}}});
    }
    if (!progress.verdict.denied.empty()) write_denial(shared, lines, progress, response);
    // What follows is for requests that were not understood; they are few.
    if (progress.error_code.empty() || (progress.operation != nullptr && !progress.principal.empty())) return;
    if (const std::string hint = find_hint(progress.error_code, progress.request, shared.services); !hint.empty())
        log.append(lines, LogLevel::info, "hint", {{"request_id", response.request_id}, {"what", hint}});
}

}  // namespace iamlocal::app
