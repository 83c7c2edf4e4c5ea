// One thread's part of the App: its connection, its caches, and the pipeline.
#pragma once

#include <string>

#include "app/app.hpp"
#include "app/operations.hpp"
#include "auth/presented_signature.hpp"
#include "wire/answer_writer.hpp"
#include "wire/error.hpp"
#include "wire/query.hpp"

namespace iamlocal::app {

class Worker final : public wire::Handler {
  public:
    explicit Worker(App& app);
    ~Worker() override;

    void handle(const wire::Request& request, wire::Response& response) override;
    void refuse(wire::Fault fault, std::string_view peer, wire::Response& response) override;
    void batch_done() override;

  private:
    /// What is known about the request so far, for the answer's form and for the access line.
    struct Progress {
        const Service* service = nullptr;
        wire::AnswerFormat format = wire::AnswerFormat::xml;
        std::string_view action;
        std::string account;
        std::string principal;
        service::Trace trace;
        std::string_view error_code;
    };

    void answer_with_retries(const wire::Request& request, wire::Response& response, Progress& progress, Instant now);
    void answer(const wire::Request& request, wire::Response& response, Progress& progress, Instant now);
    const service::Operation& route(const wire::Request& request, Progress& progress);
    service::Credential& authenticate(const wire::Request& request, const Progress& progress, Instant now,
                                      std::string& region);
    void run(const service::Operation& operation, service::Credential& credential, const wire::Request& request,
             std::string_view region, wire::Response& response, Progress& progress, Instant now);
    void keep_decision(const wire::Response& response, Instant now);
    void note_use(service::Credential& credential, std::string_view region, const Progress& progress, Seconds now);
    void log_access(const wire::Request& request, const wire::Response& response, const Progress& progress,
                    std::chrono::microseconds took);
    void report(LogLevel level, std::string_view event, const std::exception& error, const wire::Response& response);

    App& app_;
    std::unique_ptr<db::Connection> connection_;
    policy::Cache policies_;
    service::CredentialCache credentials_;
    service::OrganizationCache organizations_;
    wire::Parameters parameters_;
    auth::Scratch scratch_;
    std::string decoded_body_;
    std::unique_ptr<service::DecisionRecord> record_ =
        std::make_unique<service::DecisionRecord>();  ///< of the request in work
    std::string log_lines_;
    Seconds last_flush_{};
};

}  // namespace iamlocal::app
