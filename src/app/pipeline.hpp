// From a request to its answer, on one page. One thread's part of the App, with a connection and caches of its own.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "app/app.hpp"
#include "app/continuation.hpp"
#include "app/delayed_view.hpp"
#include "app/operations.hpp"
#include "auth/presented_signature.hpp"
#include "aws/error.hpp"
#include "protocol/answer_writer.hpp"
#include "protocol/query.hpp"

namespace iamlocal::app {

/// What is known about a request so far: for its operation, for the answer's form and for the access line. It goes
/// along when an operation has a slow part; nothing else of the pipeline's does.
struct Progress {
    http::Request request;
    Instant now{};
    std::chrono::steady_clock::time_point started{};
    access::DecisionRecord* record = nullptr;  ///< where its decision is noted
    const Service* service = nullptr;
    const api::Operation* operation = nullptr;
    protocol::AnswerFormat format = protocol::AnswerFormat::xml;
    bool is_rest = false;  ///< errors have another form
    std::string_view action;
    std::string unbuilt;  ///< the operation of AWS's that it named, if it is not built
    std::string account;
    std::string principal;
    std::string region;  ///< of the credential scope
    access::Verdict verdict;
    std::string_view error_code;
    bool is_route = false;  ///< for one of the router's paths, whose errors are JSON
    std::string_view page;  ///< the origin of a web page that may read the answer; empty: none asks
};

class Pipeline final : public http::Handler {
  public:
    explicit Pipeline(const Shared& shared);
    ~Pipeline() override;

    std::unique_ptr<http::Deferred> handle(const http::Request& request, http::Response& response) override;
    void refuse(http::Fault fault, std::string_view peer, http::Response& response) override;
    void batch_done() override;

  private:
    /// Where the toolbox API's GetRequestAuthorizationDetails is asked, an id behind it.
    static constexpr std::string_view details_path = "/authorization-details/";

    class DeferredAnswer;
    class Rest;

    template <class Step>
    void attempt(Progress& progress, http::Response& response, Step step);
    std::unique_ptr<Continuation> answer_with_retries(Progress& progress, http::Response& response);
    std::unique_ptr<Continuation> answer(Progress& progress, http::Response& response);
    void answer_details(Progress& progress, http::Response& response);
    /// Before what depends on the state of the database, once per request, and again when it goes on later.
    void choose_view() {
        connection_->refresh_revisions();
        if (shared_.propagation.is_on() || delayed_) follow_propagation();
    }
    void follow_propagation();
    bool admit(Progress& progress, bool is_ours, http::Response& response);
    const Service& service_for(const Progress& progress) const;
    void route(Progress& progress);
    access::Credential& authenticate(Progress& progress, const http::Response& response);
    void keep_rejected(const Progress& progress, const http::Response& response, const auth::Presented& presented);
    std::unique_ptr<Continuation> run(std::shared_ptr<const access::Identity> caller, Progress& progress,
                                      http::Response& response);
    api::Call call_of(const access::Identity& caller, const Progress& progress);
    void keep_record(api::Call& call, const Progress& progress, std::string_view request_id);
    template <class WriteOutput>
    void write_answer(const Progress& progress, http::Response& response, WriteOutput write_output);
    void conclude(const Progress& progress, http::Response& response, std::unique_ptr<access::DecisionRecord>& record);
    void keep_decision(const http::Response& response, Instant now, std::unique_ptr<access::DecisionRecord>& record);
    void report(LogLevel level, std::string_view event, const std::exception& error, const http::Response& response);

    const Shared& shared_;
    std::unique_ptr<db::Connection> connection_;
    policy::Cache policies_;
    access::CredentialCache credentials_;
    access::OrganizationCache organizations_;
    std::unique_ptr<DelayedView> delayed_;  ///< null: requests see what is newest
    SeenState seen_;
    // Of the request in work.
    protocol::Parameters parameters_;
    auth::Scratch scratch_;
    std::string decoded_body_;
    std::unique_ptr<access::DecisionRecord> record_ = std::make_unique<access::DecisionRecord>();

    std::string log_lines_;
    Seconds last_flush_{};
};

}  // namespace iamlocal::app
