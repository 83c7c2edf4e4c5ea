// Calls back after a while, on a thread of its own: for answers that are to come late. No other thread waits for it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace iamlocal::jobs {

/// Safe for threads. Its thread begins when it is first needed.
class Timer {
  public:
    Timer() = default;
    /// Closes.
    ~Timer();
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    /// Calls `done`, which does not throw and takes no time, once, on the timer's thread. False, and nothing is called:
    /// the timer is closed.
    [[nodiscard]] bool call_after(std::chrono::milliseconds time, std::function<void()> done);
    /// Calls everything that waits at once, and takes no more. Any number of times.
    void close();

  private:
    using SteadyTime = std::chrono::steady_clock::time_point;

    void serve();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::multimap<SteadyTime, std::function<void()>> waiting_;
    bool closed_ = false;
    std::thread thread_;  ///< last: it uses the rest
};

}  // namespace iamlocal::jobs
