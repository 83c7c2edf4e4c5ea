// From a request to its answer, on one page. One thread's part of the App, with a connection and caches of its own.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "app/app.hpp"
#include "app/continuation.hpp"
#include "app/delayed_view.hpp"
#include "app/operations.hpp"
#include "auth/presented_signature.hpp"
#include "aws/error.hpp"
#include "http/message/trace_context.hpp"
#include "metrics/requests.hpp"
#include "protocol/answer_writer.hpp"
#include "protocol/query.hpp"
#include "trail/event.hpp"
#include "trail/sent.hpp"

namespace iamlocal::app {

/// What of a request goes into the trail, as far as it is known.
struct Recording {
    std::string_view name;  ///< of the event, a literal; empty: the request is not recorded
    trail::Source source = trail::Source::iam;
    bool is_read = false;
    bool with_answer = false;                            ///< whether the answer is kept, too
    bool has_plain_body = true;                          ///< whether the body has no content encoding
    std::shared_ptr<const access::Portrait> caller;      ///< null: not known yet
    std::shared_ptr<const access::Identity> introduced;  ///< who asks by the word of an identity provider
    std::optional<trail::Kept> sent;                     ///< the parameters; absent: the body, as it came
    std::string kinds;                                   ///< of the answer's elements
    std::string error_message;
};

/// What is known about a request so far: for its operation, for the answer's form and for the access line. It goes
/// along when an operation has a slow part; nothing else of the pipeline's does.
struct Progress {
    http::Request request;
    Instant now{};
    std::chrono::steady_clock::time_point started{};
    access::DecisionRecord* record = nullptr;  ///< where its decision is noted
    std::optional<http::TraceContext> trace;   ///< the client's, where it sent one
    const Service* service = nullptr;
    const api::Operation* operation = nullptr;
    std::size_t number = 0;  ///< of the operation, where there is one
    protocol::AnswerFormat format = protocol::AnswerFormat::xml;
    /// What form errors have.
    enum class Errors { query, rest, json } errors = Errors::query;
    std::string_view action;
    std::string unbuilt;  ///< the operation that it named and that is not there
    std::string account;
    std::string principal;
    std::string region;  ///< of the credential scope
    access::Verdict verdict;
    std::string_view error_code;
    std::uint64_t state = 0;                                   ///< the database's, as the request found it
    std::shared_ptr<const testbench::StruckFault> fault = {};  ///< null: none strikes it
    bool has_met_faults = false;                               ///< it is known whether one does
    bool has_waited = false;                                   ///< as the fault says
    bool is_route = false;                                     ///< for one of the router's paths, whose errors are JSON
    Recording recording;
    std::string_view page;  ///< the origin of a web page that may read the answer; empty: none asks
};

class Pipeline final : public http::Handler {
  public:
    explicit Pipeline(const Shared& shared);
    ~Pipeline() override;

    std::unique_ptr<http::Deferred> handle(const http::Request& request, http::Response& response) override;
    std::size_t body_bytes(const http::Request& request) override;
    void refuse(http::Fault fault, std::string_view peer, http::Response& response) override;
    void batch_done() override;

  private:
    /// Where the toolbox API's GetRequestAuthorizationDetails is asked, an id behind it.
    static constexpr std::string_view details_path = "/authorization-details/";

    class DeferredAnswer;
    class Rest;
    class LateStart;
    class LateAnswer;

    template <class Step>
    void attempt(Progress& progress, http::Response& response, Step step);
    std::unique_ptr<Continuation> answer_with_retries(Progress& progress, http::Response& response);
    std::unique_ptr<Continuation> answer_in_one_state(Progress& progress, http::Response& response);
    std::unique_ptr<Continuation> answer(Progress& progress, http::Response& response);
    void answer_details(Progress& progress, http::Response& response);
    class Lookup;
    std::unique_ptr<Continuation> answer_lookup(Progress& progress, const http::Response& response);
    /// Before what depends on the state of the database, once per request, and again when it goes on later.
    void choose_view() {
        connection_->refresh_revisions();
        if (shared_.propagation.is_on() || delayed_) follow_propagation();
    }
    void follow_propagation();
    bool admit(Progress& progress, bool is_ours, http::Response& response);
    const Service& service_for(const Progress& progress) const;
    bool route(Progress& progress);
    access::Credential& authenticate(Progress& progress, const http::Response& response);
    void keep_rejected(const Progress& progress, const http::Response& response, const auth::Presented& presented);
    std::unique_ptr<Continuation> run(std::shared_ptr<const access::Identity> caller, Progress& progress,
                                      http::Response& response);
    api::Call call_of(const access::Identity& caller, const Progress& progress);
    void keep_record(api::Call& call, const Progress& progress, std::string_view request_id);
    template <class WriteOutput>
    void write_answer(Progress& progress, http::Response& response, WriteOutput write_output);
    std::unique_ptr<Continuation> meet_faults(Progress& progress,
                                              const std::shared_ptr<const access::Identity>& caller);
    static void strike(const Progress& progress);
    std::unique_ptr<Continuation> hold_back(Progress& progress, http::Response& response);
    void spoil(Progress& progress, http::Response& response);
    void conclude(Progress& progress, http::Response& response, std::unique_ptr<access::DecisionRecord>& record);
    void begin_recording(Progress& progress);
    static const std::shared_ptr<const access::Portrait>& portrait_of(access::Credential& credential);
    void keep_event(const Progress& progress, const http::Response& response);
    void keep_decision(const Progress& progress, const http::Response& response,
                       std::unique_ptr<access::DecisionRecord>& record);
    void report(LogLevel level, std::string_view event, const std::exception& error, const http::Response& response);

    const Shared& shared_;
    std::unique_ptr<db::Connection> connection_;
    policy::Cache policies_;
    metrics::ThreadCounts& counts_;
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
