// What the pipeline does where faults are in force: nothing of it runs otherwise.
#include "testbench/faults.hpp"

#include <utility>

#include "app/pipeline.hpp"
#include "jobs/timer.hpp"
#include "protocol/envelope.hpp"

namespace iamlocal::app {
namespace {

using testbench::Fault;

}  // namespace

/// An operation that begins later.
class Pipeline::LateStart final : public Continuation {
  public:
    LateStart(Pipeline& pipeline, const Progress& progress) : pipeline_(pipeline), fault_(progress.fault) {}

    bool wait(std::function<void()> done) override {
        return pipeline_.shared_.timer.call_after(fault_->fault.wait, std::move(done));
    }
    void work() override {}
    std::unique_ptr<Continuation> resume(Progress& progress, http::Response& response) override {
        strike(progress);
        return pipeline_.answer_with_retries(progress, response);
    }

  private:
    Pipeline& pipeline_;
    const std::shared_ptr<const testbench::StruckFault> fault_;
};

/// An answer that is there and is given later.
class Pipeline::LateAnswer final : public Continuation {
  public:
    LateAnswer(Pipeline& pipeline, const Progress& progress, http::Response answer)
        : pipeline_(pipeline), fault_(progress.fault), answer_(std::move(answer)) {}

    bool wait(std::function<void()> done) override {
        return pipeline_.shared_.timer.call_after(fault_->fault.wait, std::move(done));
    }
    void work() override {}
    std::unique_ptr<Continuation> resume(Progress&, http::Response& response) override {
        response = std::move(answer_);
        return nullptr;
    }

  private:
    Pipeline& pipeline_;
    const std::shared_ptr<const testbench::StruckFault> fault_;
    http::Response answer_;
};

/// Draws the fault of a request, once. Not null: the operation begins later. Throws where it does not begin at all.
std::unique_ptr<Continuation> Pipeline::meet_faults(Progress& progress,
                                                    const std::shared_ptr<const access::Identity>& caller) {
    if (std::exchange(progress.has_met_faults, true)) return nullptr;
    progress.fault = shared_.faults.draw({progress.operation->action, caller->principal.arn, caller->account.view()});
    if (!progress.fault || progress.fault->fault.after) return nullptr;
    progress.record->caller = caller;
    if (progress.fault->fault.wait.count() > 0) return std::make_unique<LateStart>(*this, progress);
    strike(progress);
    return nullptr;
}

/// Throws where the operation does not begin.
void Pipeline::strike(const Progress& progress) {
    const Fault& fault = progress.fault->fault;
    if (fault.ending == Fault::Ending::answer) return;
    progress.record->skip(access::DecisionRecord::Kind::fault, progress.operation->action, progress.request.peer);
    // Where the connection is cut nobody sees it; the access line does.
    if (fault.ending == Fault::Ending::cut) throw service_unavailable();
    throw ApiError({fault.code, fault.status}, fault.message);
}

/// Of a request that a fault strikes. Not null: the answer is there, and is to be given later.
std::unique_ptr<Continuation> Pipeline::hold_back(Progress& progress, http::Response& response) {
    if (!progress.fault->fault.after || progress.fault->fault.wait.count() == 0) return nullptr;
    if (std::exchange(progress.has_waited, true)) return nullptr;
    return std::make_unique<LateAnswer>(*this, progress, std::move(response));
}

/// Spoils an answer that is there.
void Pipeline::spoil(Progress& progress, http::Response& response) {
    const Fault& fault = progress.fault->fault;
    progress.record->fault = progress.fault->words();
    if (fault.ending == Fault::Ending::cut) response.delivery = http::Delivery::none;
    if (fault.ending == Fault::Ending::half) response.delivery = http::Delivery::half;
    if (fault.ending == Fault::Ending::error && fault.after) {
        progress.error_code = fault.code;
        protocol::write_error(response, progress.format, service_for(progress).xmlns,
                              ApiError({fault.code, fault.status}, fault.message));
    }
}

}  // namespace iamlocal::app
