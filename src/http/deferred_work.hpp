// Has the slow part of an answer done by the job pool while the coroutine waits. Included by session.hpp alone.
#pragma once

#include <exception>
#include <memory>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include "http/connection.hpp"
#include "http/message/deferred.hpp"
#include "jobs/pool.hpp"

namespace iamlocal::http {

/// Owns itself from when the pool has it until the worker's thread gets to know its end.
template <class Handler>
class DeferredWork final : public jobs::Job {
  public:
    DeferredWork(http::Deferred& deferred, Executor executor, Handler handler)
        : deferred_(deferred), running_(std::move(executor)), handler_(std::move(handler)) {}

    void run() override { deferred_.work(); }
    void done(std::exception_ptr failure) noexcept override {
        begun_ = true;
        failure_ = std::move(failure);
        return_to_worker();
    }
    void dropped() noexcept override { return_to_worker(); }

  private:
    void return_to_worker() {
        asio::post(running_.get_executor(), [this] { resume(); });
    }
    void resume() {
        const std::unique_ptr<DeferredWork> self(this);
        Handler handler = std::move(handler_);
        handler(begun_, std::move(failure_));
    }

    http::Deferred& deferred_;
    asio::executor_work_guard<Executor> running_;  // the worker must not end meanwhile
    Handler handler_;
    bool begun_ = false;
    std::exception_ptr failure_;
};

/// Where the deferred part waits for somebody, no thread of the pool does.
/// `const auto [begun, failure] = co_await do_work(…)`: `begun` is false where the pool had no room or was closed,
/// `failure` is what work() threw. Nothing ends the wait but the end of the work.
inline auto do_work(jobs::Pool& pool, http::Deferred& deferred, Executor executor) {
    return asio::async_initiate<decltype((resumed)), void(bool, std::exception_ptr)>(
        [](auto handler, jobs::Pool* to, http::Deferred* work, Executor home) {
            auto* const running = new DeferredWork<decltype(handler)>(*work, std::move(home), std::move(handler));
            if (work->wait([running] { running->done(nullptr); })) return;
            if (!to->submit(*running)) running->dropped();
        },
        resumed, &pool, &deferred, std::move(executor));
}

}  // namespace iamlocal::http
