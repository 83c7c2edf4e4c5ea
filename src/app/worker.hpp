// One thread's part of the App: its connection, its caches, and the pipeline.
#pragma once

#include <string>

#include "app/app.hpp"
#include "app/operations.hpp"
#include "auth/presented_signature.hpp"
#include "aws/error.hpp"
#include "protocol/answer_writer.hpp"
#include "protocol/query.hpp"

namespace iamlocal::app {

class Worker final : public http::Handler {
  public:
    explicit Worker(App& app);
    ~Worker() override;

    std::unique_ptr<http::Deferred> handle(const http::Request& request, http::Response& response) override;
    void refuse(http::Fault fault, std::string_view peer, http::Response& response) override;
    void batch_done() override;

  private:
    /// What is known about the request so far, for the answer's form and for the access line.
    struct Progress {
        const Service* service = nullptr;
        protocol::AnswerFormat format = protocol::AnswerFormat::xml;
        std::string_view action;
        std::string account;
        std::string principal;
        access::Trace trace;
        std::string_view error_code;
    };

    void answer(const http::Request& request, http::Response& response, Progress& progress, Instant now);
    const api::Operation& route(const http::Request& request, Progress& progress);
    access::Credential& authenticate(const http::Request& request, const Progress& progress, Instant now,
                                     std::string& region);
    void run(const api::Operation& operation, access::Credential& credential, const http::Request& request,
             std::string_view region, http::Response& response, Progress& progress, Instant now);
    void keep_decision(const http::Response& response, Instant now);
    void note_use(access::Credential& credential, std::string_view region, const Progress& progress, Seconds now);
    void log_access(const http::Request& request, const http::Response& response, const Progress& progress,
                    std::chrono::microseconds took);
    void report(const std::exception& error, const http::Response& response);

    App& app_;
    std::unique_ptr<db::Connection> connection_;
    policy::Cache policies_;
    access::CredentialCache credentials_;
    access::OrganizationCache organizations_;
    protocol::Parameters parameters_;
    auth::Scratch scratch_;
    std::string decoded_body_;
    std::unique_ptr<access::DecisionRecord> record_ =
        std::make_unique<access::DecisionRecord>();  ///< of the request in work
    std::string log_lines_;
    Seconds last_flush_{};
};

}  // namespace iamlocal::app
