// The part of an operation that is done later, on another thread, because it is slow.
#pragma once

#include <functional>
#include <memory>

#include "http/message/response.hpp"

namespace iamlocal::app {

struct Progress;

/// The slow part of an operation, and the step that follows it. The pipeline does the rest around both: errors become
/// AWS's, the decision is kept and the access line written when there is an answer.
class Continuation {
  public:
    virtual ~Continuation() = default;
    /// As http::Deferred::wait(): true where somebody else does the work.
    virtual bool wait(std::function<void()> done) {
        static_cast<void>(done);
        return false;
    }
    /// On a thread for slow work, outside any transaction: it must touch nothing of the pipeline. Throws as an
    /// operation does.
    virtual void work() = 0;
    /// On the pipeline's own thread, after work() and unless that threw. Writes the answer, or returns what else is
    /// slow. Throws as an operation does.
    virtual std::unique_ptr<Continuation> resume(Progress& progress, http::Response& response) = 0;
};

}  // namespace iamlocal::app
