// What is counted of requests: by one thread for itself, without a lock, a search or an allocation; whoever wants the
// numbers adds those of all threads up.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "base/count.hpp"

namespace iamlocal::metrics {

/// What came of a request, for whoever watches: whose fault it was.
enum class Result : std::uint8_t { success, denied, client_error, server_error };
inline constexpr std::size_t result_count = 4;
/// As the label has it.
[[nodiscard]] std::string_view name_of(Result result);
/// `error`: the code, empty where there is none.
[[nodiscard]] Result result_of(int status, std::string_view error);

/// Upper ends of the ranges that durations are counted in, in microseconds; one further range has no end.
inline constexpr std::array<std::uint32_t, 15> duration_ends = {
    50, 100, 250, 500, 1'000, 2'500, 5'000, 10'000, 25'000, 50'000, 100'000, 250'000, 500'000, 1'000'000, 5'000'000};

/// The requests for one action.
struct ActionCounts {
    std::array<Count, result_count> results;
    std::array<Count, duration_ends.size() + 1> durations;  ///< in each range, not up to its end
    Count microseconds;

    void note(Result result, std::chrono::microseconds took) noexcept;
};

/// The most types of policies and outcomes of decisions; names are with who counts.
inline constexpr std::size_t most_outcomes = 3;
inline constexpr std::size_t most_deciders = 8;

/// One thread's numbers.
struct alignas(64) ThreadCounts {
    ThreadCounts(std::size_t actions, std::size_t error_codes) : by_action(actions), errors(error_codes) {}

    std::vector<ActionCounts> by_action;
    std::vector<Count> errors;  ///< by their codes
    std::array<std::array<Count, most_deciders>, most_outcomes> decisions;
    Count exempt;             ///< requests that no policy can forbid
    Count undecided;          ///< requests that nobody decided on, since enforcement is off
    Count credentials_found;  ///< in the cache, and fresh
    Count credentials_loaded;
    Count credentials_kept;  ///< now
    Count credential_bytes;  ///< about what these keep alive
    Count retries;           ///< requests begun again, because others stood in the way
};

/// The numbers of all threads. Safe for threads.
class AllCounts {
  public:
    AllCounts(std::size_t actions, std::size_t error_codes) : actions_(actions), error_codes_(error_codes) {}

    /// For the use of one thread, and as long as this.
    ThreadCounts& make();
    /// Adds up `pick(counts)` of all threads.
    template <class Pick>
    std::uint64_t sum(Pick pick) const {
        const std::lock_guard lock(mutex_);
        std::uint64_t sum = 0;
        for (const auto& counts : threads_) sum += pick(*counts).value();
        return sum;
    }

  private:
    const std::size_t actions_;
    const std::size_t error_codes_;
    mutable std::mutex mutex_;
    std::vector<std::unique_ptr<ThreadCounts>> threads_;
};

}  // namespace iamlocal::metrics
