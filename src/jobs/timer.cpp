#include "jobs/timer.hpp"

#include <utility>

namespace iamlocal::jobs {

Timer::~Timer() {
    close();
    if (thread_.joinable()) thread_.join();
}

bool Timer::call_after(std::chrono::milliseconds time, std::function<void()> done) {
    {
        const std::lock_guard lock(mutex_);
        if (closed_) return false;
        if (!thread_.joinable()) thread_ = std::thread([this] { serve(); });
        waiting_.emplace(std::chrono::steady_clock::now() + time, std::move(done));
    }
    changed_.notify_one();
    return true;
}

void Timer::close() {
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }
    changed_.notify_one();
}

void Timer::serve() {
    std::unique_lock lock(mutex_);
    while (true) {
        if (waiting_.empty()) {
            if (closed_) return;
            changed_.wait(lock);
            continue;
        }
        const auto first = waiting_.begin();
        if (!closed_ && first->first > std::chrono::steady_clock::now()) {
            changed_.wait_until(lock, SteadyTime(first->first));
            continue;
        }
        const std::function<void()> done = std::move(waiting_.extract(first).mapped());
        lock.unlock();
        done();
        lock.lock();
    }
}

}  // namespace iamlocal::jobs
