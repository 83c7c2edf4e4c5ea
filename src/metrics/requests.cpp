#include "metrics/requests.hpp"

#include <algorithm>

namespace iamlocal::metrics {

std::string_view name_of(Result result) {
    switch (result) {
        case Result::success:
            return "success";
        case Result::denied:
            return "denied";
        case Result::client_error:
            return "client_error";
        case Result::server_error:
            return "server_error";
    }
    return {};
}

Result result_of(int status, std::string_view error) {
    if (status < 400) return Result::success;
    if (status >= 500) return Result::server_error;
    return error == "AccessDenied" || error == "AccessDeniedException" ? Result::denied : Result::client_error;
}

void ActionCounts::note(Result result, std::chrono::microseconds took) noexcept {
    const auto micros = static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 0));
    // Nearly all requests end in one of the first ranges.
    std::size_t range = 0;
    while (range < duration_ends.size() && micros > duration_ends[range]) ++range;
    results[static_cast<std::size_t>(result)].add();
    durations[range].add();
    microseconds.add(micros);
}

ThreadCounts& AllCounts::make() {
    const std::lock_guard lock(mutex_);
    threads_.push_back(std::make_unique<ThreadCounts>(actions_, error_codes_));
    return *threads_.back();
}

}  // namespace iamlocal::metrics
