// An answer with a slow part: password hashes, key fetches, big simulations. The part is done on a thread for such
// work, while the worker serves its other connections.
#pragma once

#include <exception>
#include <functional>
#include <memory>

#include "http/message/fault.hpp"
#include "http/message/response.hpp"

namespace iamlocal::http {

/// What Handler::handle() gives instead of an answer. It is made and destroyed on the worker's thread, and lives
/// between the two at most as long as its connection; a copy of the http::Request stays valid for it. Exactly one of
/// finish() and refuse() is called, even where the client has left.
class Deferred {
  public:
    virtual ~Deferred() = default;
    /// Where somebody else does the slow part already: has him call `done` once when it is over, on any thread, perhaps
    /// before this returns. work() is not called then. False: there is nobody, and `done` is not called.
    virtual bool wait(std::function<void()> done) {
        static_cast<void>(done);
        return false;
    }
    /// The slow part. On another thread: it must touch nothing that belongs to the worker. May throw.
    virtual void work() = 0;
    /// Back on the worker's thread. `failure` is what work() threw, or null. Answers, or returns what else is slow.
    /// `response` is clear when it is called. Must not throw.
    virtual std::unique_ptr<Deferred> finish(std::exception_ptr failure, Response& response) = 0;
    /// Answers that the work was not begun: `overloaded`, where too much is waiting; `timeout`, where the client has
    /// left or was too slow, and nobody sees the answer. The connection stays. Must not throw.
    virtual void refuse(Fault fault, Response& response) = 0;
};

}  // namespace iamlocal::http
