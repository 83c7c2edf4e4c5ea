// The HTTP/1.1 server: N identical workers, each a thread with its own acceptors and connections, that call a
// http::Handler right where the bytes arrived. No request changes threads, except for the slow part of an answer that a
// handler puts off (http::Deferred).
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "http/message/handler.hpp"
#include "http/options.hpp"

namespace iamlocal::http {

class Server {
  public:
    /// Makes one worker's handler for the listeners of one purpose; called by start() on the caller's thread for each
    /// worker (0 … workers-1) and each purpose that some listener has.
    using HandlerFactory = std::function<std::unique_ptr<http::Handler>(unsigned worker, Purpose serves)>;

    Server(Options options, HandlerFactory make_handler);
    /// Stops as stop() does.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Binds every address and starts the workers; the server answers when it returns. Once only. The workers inherit
    /// the caller's signal mask. Throws std::runtime_error with one sentence for people where an address cannot be had
    /// or a TLS file is not usable; whatever the handler factory throws passes through.
    void start();
    /// Where it listens, in the order of Options::listen. After start().
    std::vector<Endpoint> endpoints() const;
    /// Reads the TLS files anew, for the connections that come from now on; those that are there keep what they have.
    /// Throws as start() does, and then nothing has changed. Nothing without TLS. On any thread but a worker's.
    void reload_tls();
    /// How many connections are open. On any thread.
    unsigned connections() const;
    /// Stops gracefully and returns when every worker has ended: no new connections; idle ones are closed at once;
    /// requests in flight are read to their end and answered with `Connection: close`; what is left after drain_timeout
    /// is cut, and slow work that waits for its turn dropped. Callable from every thread but a worker's, and more than
    /// once. A handler that is busy is waited for, and so is slow work that is being done.
    void stop();
    /// Returns when some other thread's stop() has ended the workers.
    void wait();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace iamlocal::http
