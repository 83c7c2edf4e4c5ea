// What the HTTP shell calls: one Handler per worker thread.
#pragma once

#include <cstddef>
#include <memory>

#include "http/message/deferred.hpp"
#include "http/message/fault.hpp"
#include "http/message/request.hpp"
#include "http/message/response.hpp"

namespace iamlocal::http {

class Handler {
  public:
    virtual ~Handler() = default;
    /// Answers one request. `response` is clear when it is called. Returns null if it has the answer; otherwise the
    /// answer has a slow part, which is returned, and what `response` holds is forgotten. Must not throw.
    virtual std::unique_ptr<Deferred> handle(const Request& request, Response& response) = 0;
    /// How many bytes the body of this request may have, where that is more than all may; asked before a larger body is
    /// read, with a request whose body is empty. Must not throw.
    virtual std::size_t body_bytes(const Request&) { return 0; }
    /// Answers what could not be read as a request; the connection is closed afterwards. Must not throw.
    virtual void refuse(Fault fault, std::string_view peer, Response& response) = 0;
    /// Called when every request that had arrived has been answered: the moment to write the batch's log lines.
    virtual void batch_done() = 0;
};

}  // namespace iamlocal::http
