// What a worker knows of its connections: a list, and how long each may go on doing what it does.
#pragma once

#include <algorithm>
#include <chrono>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace iamlocal::http {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;
using SteadyTime = std::chrono::steady_clock::time_point;

// Named executors spare the hot path the type erasure of asio::any_io_executor.
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;
template <class T>
using Task = asio::awaitable<T, Executor>;
/// Completion token: `const auto [error, …] = co_await operation(…, resumed)`.
inline constexpr asio::as_tuple_t<asio::use_awaitable_t<Executor>> resumed{};

/// One connection in its worker's list. Only the worker's thread touches it.
class Connection {
  public:
    enum class Phase {
        handshaking,
        idle,          ///< between requests
        receiving,     ///< a part of a request has come
        working,       ///< an answer's slow part is done elsewhere
        answering,     ///< the client is slow to take its answers
        streaming,     ///< between two parts of an answer without a foreseeable end
        sending_part,  ///< of such an answer
        closing,
    };

    /// Enters itself at `head`, the anchor of a ring.
    explicit Connection(Connection& head) : previous_(head.previous_), next_(&head) {
        previous_->next_ = this;
        next_->previous_ = this;
    }
    virtual ~Connection() {
        previous_->next_ = next_;
        next_->previous_ = previous_;
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    Connection* next() const { return next_; }
    Phase phase() const { return phase_; }
    SteadyTime deadline() const { return deadline_; }
    void enter(Phase phase, SteadyTime deadline) {
        phase_ = phase;
        deadline_ = deadline;
    }

    /// The deadline has passed. A read that is waited for fails, so that the session can end in its own way; one that
    /// has succeeded a moment ago is not undone. Other phases are over with their socket.
    void expire() {
        ErrorCode ignored;
        if (phase_ == Phase::receiving || phase_ == Phase::idle) {
            socket().cancel(ignored);
        } else {
            socket().close(ignored);
        }
    }
    void cut() {
        ErrorCode ignored;
        socket().close(ignored);
    }
    /// The server stops. Who does not read a stream would hold it up for as long as the client may take.
    void hurry() {
        if (phase_ == Phase::sending_part)
            deadline_ = std::min(deadline_, std::chrono::steady_clock::now() + last_part_time);
    }
    /// Whether it waits for a request of which nothing has come, not even to the kernel.
    bool is_unused() {
        ErrorCode ignored;
        return phase_ == Phase::idle && socket().available(ignored) == 0;
    }

  protected:
    /// For what is left of a stream when the server stops.
    static constexpr std::chrono::milliseconds last_part_time{1000};

    /// An anchor: a ring of one.
    Connection() : previous_(this), next_(this) {}
    virtual Socket& socket() = 0;

  private:
    Connection* previous_;
    Connection* next_;
    Phase phase_ = Phase::closing;
    SteadyTime deadline_ = SteadyTime::max();
};

}  // namespace iamlocal::http
