#include "app/request_facts.hpp"

#include "app/pipeline.hpp"
#include "base/time_format.hpp"

namespace iamlocal::app {

Seconds signature_clock(const auth::Presented& presented, const AdjustableClock& clock, Instant now) {
    const Seconds moved = whole_seconds(now);
    if (presented.carrier == auth::Carrier::query) return moved;
    const Seconds real = whole_seconds(clock.real_now());
    return std::chrono::abs(real - presented.at) < std::chrono::abs(moved - presented.at) ? real : moved;
}

std::string_view region_of(const Progress& progress) {
    return progress.service->name == "iam" ? std::string_view("us-east-1") : progress.region;
}

access::RequestFacts facts_of(const Progress& progress) {
    const http::Request& request = progress.request;
    return {.time = whole_seconds(progress.now),
            .region = region_of(progress),
            .peer = request.peer,
            .secure = request.secure,
            .user_agent = request.header("user-agent"),
            .referer = request.header("referer"),
            .to_global_sts = access::is_global_sts(request.header("host"))};
}

}  // namespace iamlocal::app
