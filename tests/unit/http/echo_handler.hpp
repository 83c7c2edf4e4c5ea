// A handler whose answers show what it was given, and counts what was asked of it.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "http/message/handler.hpp"

namespace iamlocal::http {

/// Shared by the handlers of all workers.
struct EchoRecord {
    std::atomic<unsigned> handled{0};
    std::atomic<unsigned> refused{0};
    std::atomic<unsigned> batches{0};
    std::function<void(const http::Request&, http::Response&)> also;  ///< called last for every request
    std::size_t body_bytes = 0;                                       ///< that the handler takes of a POST to /large
    /// Called first; what it gives is the answer.
    std::function<std::unique_ptr<http::Deferred>(const http::Request&)> defer;
};

/// Answers `METHOD target|name=value|…|body`, and refusals by the name of their fault.
class EchoHandler final : public http::Handler {
  public:
    explicit EchoHandler(EchoRecord& record) : record_(record) {}
    std::size_t body_bytes(const http::Request& request) override {
        return request.target == "/large" ? record_.body_bytes : 0;
    }

    std::unique_ptr<http::Deferred> handle(const http::Request& request, http::Response& response) override {
        if (record_.defer)
            if (auto deferred = record_.defer(request)) return deferred;
        ++record_.handled;
        response.content_type = "text/plain";
        response.request_id = "id-1";
        response.body.append(request.method).append(" ").append(request.target);
        for (const auto& [name, value] : request.headers) {
            response.body.append("|").append(name).append("=").append(value);
        }
        response.body.append("|").append(request.body);
        if (record_.also) record_.also(request, response);
        return nullptr;
    }

    void refuse(http::Fault fault, std::string_view, http::Response& response) override {
        ++record_.refused;
        switch (fault) {
            case http::Fault::malformed:
                response.status = 400;
                break;
            case http::Fault::headers_too_large:
                response.status = 431;
                break;
            case http::Fault::body_too_large:
                response.status = 413;
                break;
            case http::Fault::timeout:
                response.status = 408;
                break;
            case http::Fault::overloaded:
                response.status = 503;
                break;
        }
        response.body = "refused";
    }

    void batch_done() override { ++record_.batches; }

  private:
    EchoRecord& record_;
};

}  // namespace iamlocal::http
