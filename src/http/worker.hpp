// One thread's share of the server: its own io_context, acceptors, connections and handler. Beside the flag that it is
// time to stop and the count of connections, workers share nothing.
#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "http/connection.hpp"
#include "http/conversation.hpp"
#include "http/message/handler.hpp"
#include "http/options.hpp"
#include "http/tls.hpp"
#include "jobs/pool.hpp"

namespace iamlocal::http {

/// What all workers share.
struct ServerState {
    const Limits& limits;
    const Clock& clock;
    const std::function<void()>& when_cut;
    jobs::Pool* jobs = nullptr;  ///< for what is slow; from Server::start() on
    TlsContext* tls = nullptr;   ///< null: plain connections everywhere
    std::atomic<bool> draining{false};
    std::atomic<unsigned> open_connections{0};
    std::atomic<std::size_t> unfinished_bytes{0};
};

/// A worker's handlers, one for each purpose that some listener has.
using Handlers = std::map<Purpose, std::unique_ptr<http::Handler>>;

class Worker {
  public:
    Worker(ServerState& shared, Handlers handlers);

    /// Binds and listens; throws boost::system::system_error. `share_port` lets several workers listen on one port.
    /// Listeners are numbered in the order of the calls. Returns the endpoint with its real port. Before run().
    asio::ip::tcp::endpoint listen(const asio::ip::tcp::endpoint& endpoint, Purpose serves, bool share_port);
    /// Serves until drain() has been called and the last connection has ended.
    void run();
    /// ServerState::draining has been set. Callable from any thread.
    void drain();

    WorkerScratch& scratch() { return scratch_; }
    jobs::Pool& jobs() { return *shared_.jobs; }
    Connection& connections() { return connections_; }
    bool draining() const { return shared_.draining.load(std::memory_order_relaxed); }
    /// Has Handler::batch_done() called once this round's other connections have been served as well.
    void request_answered();
    /// Empties WorkerScratch::out, and gives its memory back if it was an unusual answer.
    void recycle_output();

  private:
    struct Listener {
        asio::basic_socket_acceptor<asio::ip::tcp, Executor> acceptor;
        http::Handler& handler;
        std::uint16_t number;
        bool loopback;
        TlsContext* tls;  ///< null: plain connections
    };

    /// The ring of connections, which is none itself.
    class Anchor final : public Connection {
        Socket& socket() override { std::terminate(); }
    };

    /// One of Limits::connections, given back wherever the session ends, even if memory lacks to begin it.
    class Place {
      public:
        explicit Place(ServerState& shared) : shared_(&shared) {}
        Place(Place&& other) noexcept : shared_(std::exchange(other.shared_, nullptr)) {}
        ~Place() {
            if (shared_ != nullptr) --shared_->open_connections;
        }

      private:
        ServerState* shared_;
    };

    Task<void> accept_on(Listener& listener);
    void admit(Listener& listener, Socket socket);
    template <class Stream>
    Task<void> serve(http::Handler& handler, Stream stream, Origin origin, Place place, TlsContext::Shared kept);
    void begin_drain();
    void start_ticking();
    void stop_ticking_when_done();
    void tick();

    ServerState& shared_;
    Handlers handlers_;
    WorkerScratch scratch_;
    Anchor connections_;  // outlives the coroutines that io_ may hold
    const std::chrono::milliseconds tick_interval_;
    bool ticking_ = false;
    bool batch_posted_ = false;
    SteadyTime drain_deadline_ = SteadyTime::max();

    asio::io_context io_;
    std::vector<std::unique_ptr<Listener>> listeners_;
    Timer timer_;
};

}  // namespace iamlocal::http
