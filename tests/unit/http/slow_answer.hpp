// An answer with a slow part for tests, which say what the part does and ask what became of it.
#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "http/message/handler.hpp"

namespace iamlocal::http {

/// What became of slow answers.
struct SlowRecord {
    std::atomic<unsigned> made{0};
    std::atomic<unsigned> worked{0};
    std::atomic<unsigned> finished{0};
    std::atomic<unsigned> refused{0};
    std::atomic<unsigned> gone{0};
    std::atomic<http::Fault> fault{};  ///< of the last refusal
};

/// Answers `slow METHOD target|name=value|…|body`, or `failed: …` where the work threw.
class SlowAnswer final : public http::Deferred {
  public:
    /// `parts`: how many pieces of work there are, one after the other.
    SlowAnswer(
        SlowRecord& record, const http::Request& request, std::function<void()> work = [] {}, int parts = 1)
        : record_(record), request_(request), work_(std::move(work)), parts_(parts) {
        ++record_.made;
    }
    ~SlowAnswer() override { ++record_.gone; }

    void work() override {
        ++record_.worked;
        work_();
    }
    std::unique_ptr<Deferred> finish(std::exception_ptr failure, http::Response& response) override {
        ++record_.finished;
        if (parts_ > 1) return std::make_unique<SlowAnswer>(record_, request_, work_, parts_ - 1);
        response.content_type = "text/plain";
        response.request_id = "id-1";
        if (failure) {
            response.body = "failed: " + text_of(failure);
            return nullptr;
        }
        response.body.append("slow ").append(request_.method).append(" ").append(request_.target);
        for (const auto& [name, value] : request_.headers)
            response.body.append("|").append(name).append("=").append(value);
        response.body.append("|").append(request_.body);
        return nullptr;
    }
    void refuse(http::Fault fault, http::Response& response) override {
        record_.fault = fault;
        ++record_.refused;
        response.status = 503;
        response.content_type = "text/plain";
        response.request_id = "id-1";
        response.body = "try again";
    }

  private:
    static std::string text_of(const std::exception_ptr& failure) {
        try {
            std::rethrow_exception(failure);
        } catch (const std::exception& error) {
            return error.what();
        }
    }

    SlowRecord& record_;
    const http::Request request_;
    const std::function<void()> work_;
    const int parts_;
};

/// Defers what is asked at /slow.
inline auto defer_slow(
    SlowRecord& record, std::function<void()> work = [] {}, int parts = 1) {
    return [&record, work = std::move(work), parts](const http::Request& request) -> std::unique_ptr<http::Deferred> {
        if (!request.target.starts_with("/slow")) return nullptr;
        return std::make_unique<SlowAnswer>(record, request, work, parts);
    };
}

}  // namespace iamlocal::http
