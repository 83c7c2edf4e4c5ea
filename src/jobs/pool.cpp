#include "jobs/pool.hpp"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

namespace iamlocal::jobs {
namespace {

/// Where processors are short, those who wait for a slow answer wait a little longer, and not all the others.
constexpr int niceness = 10;

void yield_to_other_threads() {
    // Linux takes a thread's id here. A refusal costs nothing but the preference.
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), niceness);
}

}  // namespace

Pool::Pool(unsigned threads, std::size_t queue) : queue_(queue), idle_(threads) {
    try {
        for (unsigned i = 0; i < threads; ++i) threads_.emplace_back(&Pool::serve, this);
    } catch (...) {
        close();
        for (std::thread& thread : threads_) thread.join();
        throw;
    }
}

Pool::~Pool() {
    close();
    for (std::thread& thread : threads_) thread.join();
}

bool Pool::submit(Job& job) {
    {
        const std::lock_guard lock(mutex_);
        if (closed_ || waiting_.size() >= queue_ + idle_) return false;
        waiting_.push_back(&job);
    }
    changed_.notify_one();
    return true;
}

void Pool::close() {
    std::deque<Job*> dropped;
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        dropped.swap(waiting_);
    }
    changed_.notify_all();
    for (Job* const job : dropped) job->dropped();
}

void Pool::serve() {
    yield_to_other_threads();
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        Job& job = *waiting_.front();
        waiting_.pop_front();
        --idle_;
        lock.unlock();
        std::exception_ptr failure;
        try {
            job.run();
        } catch (...) {
            failure = std::current_exception();
        }
        job.done(std::move(failure));
        lock.lock();
        ++idle_;
    }
}

}  // namespace iamlocal::jobs
