// What the HTTP shell calls: one Handler per worker thread.
#pragma once

#include "http/message/request.hpp"
#include "http/message/response.hpp"

namespace iamlocal::http {

/// Why the shell itself cannot read a request.
enum class Fault {
    malformed,          ///< not HTTP/1.1, or broken chunks: 400
    headers_too_large,  ///< 431
    body_too_large,     ///< 413
    timeout,            ///< the client was too slow: 408
};

class Handler {
  public:
    virtual ~Handler() = default;
    /// Answers one request. `response` is clear when it is called. Must not throw.
    virtual void handle(const Request& request, Response& response) = 0;
    /// Answers what could not be read as a request; the connection is closed afterwards. Must not throw.
    virtual void refuse(Fault fault, std::string_view peer, Response& response) = 0;
    /// Called when every request that had arrived has been answered: the moment to write the batch's log lines.
    virtual void batch_done() = 0;
};

}  // namespace iamlocal::http
