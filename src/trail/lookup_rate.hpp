// How often LookupEvents may be called: AWS allows two calls a second for each account and Region.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "base/named.hpp"

namespace iamlocal::trail {

/// Safe for threads.
class LookupRate {
  public:
    using Time = std::chrono::steady_clock::time_point;

    /// `most`: how many calls are let through a second; 0: all.
    explicit LookupRate(unsigned most) : most_(most) {}

    /// Whether another call is let through at that time, which counts it.
    bool admits(const AccountId& account, std::string_view region, Time now);

  private:
    struct Allowance {
        double calls;  ///< that may come at once
        Time at;       ///< when that was
    };
    static constexpr std::size_t most_callers = 1000;
    void drop_full(Time now);

    const unsigned most_;
    std::mutex mutex_;
    std::map<std::pair<AccountId, std::string>, Allowance> allowances_;
};

}  // namespace iamlocal::trail
