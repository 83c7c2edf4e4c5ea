// A few threads for what is slow: password hashes, key fetches, big simulations. Whoever has such work hands it over as
// a Job and is told when it is done.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace iamlocal::jobs {

/// Of a job that the pool has accepted, exactly one of done() and dropped() is called, once and last: the job may be
/// gone when that returns.
class Job {
  public:
    virtual ~Job() = default;
    /// The work, on a thread of the pool. What it throws is given to done().
    virtual void run() = 0;
    /// run() has returned (`failure` is null) or thrown. On the same thread.
    virtual void done(std::exception_ptr failure) noexcept = 0;
    /// The pool was closed before the job's turn came. On the thread that closed it.
    virtual void dropped() noexcept = 0;
};

/// Safe for threads.
class Pool {
  public:
    /// `threads`: at least one. `queue`: how many jobs may wait for a thread.
    Pool(unsigned threads, std::size_t queue);
    /// Closes, and waits for the jobs that are running.
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    /// Takes the job, which must live until done() or dropped(). False, and nothing is called: as many jobs wait as
    /// may, or the pool is closed.
    [[nodiscard]] bool submit(Job& job);
    /// Takes no more jobs, and drops those that wait. Does not wait for those that are running. Any number of times.
    void close();

  private:
    void serve();

    const std::size_t queue_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Job*> waiting_;
    std::size_t idle_;  ///< threads that run no job
    bool closed_ = false;
    std::vector<std::thread> threads_;  ///< last: they use the rest
};

}  // namespace iamlocal::jobs
