// What the pipeline does with an operation that has a slow part. Only the pipeline includes this.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "app/pipeline.hpp"
#include "app/transaction_retries.hpp"
#include "base/time_format.hpp"
#include "protocol/envelope.hpp"

namespace iamlocal::app {

/// The access line tells the verdict, and who was found out to ask, however the request ends.
class KeepFindings {
  public:
    KeepFindings(api::Call& from, Progress& to) : from_(from), to_(to) {}
    ~KeepFindings() {
        to_.verdict = std::move(from_.verdict);
        if (!from_.introduced) return;
        to_.principal = from_.introduced->principal.arn;
        to_.recording.introduced = from_.introduced;
    }
    KeepFindings(const KeepFindings&) = delete;
    KeepFindings& operator=(const KeepFindings&) = delete;

  private:
    api::Call& from_;
    Progress& to_;
};

/// What is left of an operation that does its slow part off this thread.
class Pipeline::Rest final : public Continuation {
  public:
    /// `caller` may be gone from the cache when the slow part is done.
    Rest(Pipeline& pipeline, const Progress& progress, std::shared_ptr<const access::Identity> caller,
         std::unique_ptr<api::SlowPart> slow)
        : pipeline_(pipeline),
          operation_(*progress.operation),
          xmlns_(progress.service->xmlns),
          caller_(std::move(caller)),
          slow_(std::move(slow)),
          writer_(progress.format, body_, progress.recording.with_answer ? &kinds_ : nullptr) {}

    bool wait(std::function<void()> done) override { return slow_->wait(std::move(done)); }
    void work() override {
        begin();
        slow_->work(writer_);
    }
    std::unique_ptr<Continuation> resume(Progress& progress, http::Response& response) override {
        begin();
        if (slow_->has_finish()) with_retries([&] { finish(progress, response.request_id); }, [] {});
        protocol::end_answer(writer_, operation_.name, operation_.has_result, response.request_id);
        response.body.swap(body_);
        progress.recording.kinds.swap(kinds_);
        response.status = 200;
        response.content_type = protocol::content_type_of(writer_.format());
        return nullptr;
    }

  private:
    /// Of the two steps the first: where somebody else did the work, that is the second.
    void begin() {
        if (!body_.empty()) return;
        protocol::begin_answer(writer_, operation_.name, xmlns_, operation_.has_result);
    }
    void finish(Progress& progress, std::string_view request_id) {
        progress.state = pipeline_.shared_.database.settled_state();
        pipeline_.choose_view();
        if (auto caller = slow_->caller())
            become(std::move(caller), progress);
        else if (!operation_.is_anonymous())
            find_caller(progress);
        api::Call call = pipeline_.call_of(*caller_, progress);
        pipeline_.keep_record(call, progress, request_id);
        call.verdict = progress.verdict;
        const KeepFindings keep(call, progress);
        slow_->finish(call, writer_);
    }
    /// Whoever asked may be gone, or have other policies, since the slow part began.
    void find_caller(const Progress& progress) {
        const auto read = auth::read_signature(progress.request, pipeline_.scratch_);
        auto found = pipeline_.seen_.credentials->find(std::get<auth::Presented>(read), whole_seconds(progress.now));
        if (auto* error = std::get_if<auth::SignatureError>(&found))
            throw ApiError(error->type, std::move(error->message));
        caller_ = std::get<access::Credential*>(found)->identity;
    }
    /// The slow part has found out who asks.
    void become(std::shared_ptr<const access::Identity> caller, Progress& progress) {
        caller_ = std::move(caller);
        progress.record->caller = caller_;
        progress.account = caller_->account.str();
        progress.principal = caller_->principal.arn;
        progress.recording.introduced = caller_;
    }

    Pipeline& pipeline_;
    const api::Operation& operation_;
    const std::string_view xmlns_;
    std::shared_ptr<const access::Identity> caller_;
    std::unique_ptr<api::SlowPart> slow_;
    std::string body_;
    std::string kinds_;
    protocol::AnswerWriter writer_;  ///< into body_
};

}  // namespace iamlocal::app
