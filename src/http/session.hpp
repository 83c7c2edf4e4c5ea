// One connection from handshake to close, as a coroutine over a plain or a TLS stream. Included by worker.cpp alone.
#pragma once

#include <algorithm>
#include <sys/socket.h>
#include <type_traits>
#include <utility>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include "http/connection.hpp"
#include "http/conversation.hpp"
#include "http/deferred_work.hpp"
#include "http/tls.hpp"
#include "http/worker.hpp"

namespace iamlocal::http {

template <class Stream>
class Session final : public Connection {
  public:
    Session(Worker& worker, http::Handler& handler, Stream stream, Origin origin)
        : Connection(worker.connections()),
          worker_(worker),
          stream_(std::move(stream)),
          conversation_(worker.scratch(), handler, std::move(origin)) {}

    /// Serves requests until either side is done. Whatever goes wrong ends this connection and nothing else.
    Task<void> run() {
        if constexpr (secure) {
            enter(Phase::handshaking, after(limits().read_timeout));
            const auto [error] = co_await stream_.async_handshake(asio::ssl::stream_base::server, resumed);
            if (error) co_return;
            conversation_.set_tls(tls_facts(*stream_.native_handle()));
        }
        auto since = std::chrono::steady_clock::now();
        bool was_mid_request = false;
        while (true) {
            const bool mid_request = conversation_.mid_request();
            if (conversation_.answered() > 0 || mid_request != was_mid_request) {
                since = std::chrono::steady_clock::now();
            }
            was_mid_request = mid_request;
            enter(mid_request ? Phase::receiving : Phase::idle,
                  since + (mid_request ? limits().read_timeout : limits().idle_timeout));
            if (worker_.draining() && is_unused()) co_return;

            const auto space = conversation_.space();
            const auto [error, count] =
                co_await stream_.async_read_some(asio::buffer(space.data(), space.size()), resumed);
            auto next = on_read(error, count);
            if (!next) co_return;
            while (true) {
                if (conversation_.answered() > 0) worker_.request_answered();
                if (!send_now() && !co_await send_rest()) co_return;
                if (*next == Conversation::Next::resume)
                    next = conversation_.resume();
                else if (*next == Conversation::Next::work)
                    next = co_await work();
                else
                    break;
            }
            if (*next == Conversation::Next::read) continue;
            if (*next == Conversation::Next::stream && !co_await send_stream()) co_return;
            co_await close(*next);
            co_return;
        }
    }

  private:
    static constexpr bool secure = !std::is_same_v<Stream, Socket>;
    static constexpr std::chrono::seconds linger_after_refusal{5};
    static constexpr std::chrono::seconds linger_after_answer{1};
    static constexpr std::chrono::milliseconds stream_interval{100};
    static constexpr std::chrono::milliseconds stream_pause{10};  // there may be more
    static constexpr std::size_t linger_bytes = 64 * 1024 * 1024;

    Socket& socket() override {
        if constexpr (secure) {
            return stream_.next_layer();
        } else {
            return stream_;
        }
    }
    const Limits& limits() const { return worker_.scratch().limits; }
    static SteadyTime after(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

    std::optional<Conversation::Next> on_read(const ErrorCode& error, std::size_t count) {
        if (!error) return conversation_.received(count);
        if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) return conversation_.ended();
        const bool expired = error == asio::error::operation_aborted && socket().is_open();
        if (expired && conversation_.mid_request()) return conversation_.timed_out();
        return std::nullopt;
    }

    /// Offers WorkerScratch::out to the kernel, which nearly always takes everything at once: an answer then costs one
    /// call and no suspension. Whether nothing is left.
    bool send_now() {
        std::string& out = worker_.scratch().out;
        sent_ = 0;
        if constexpr (!secure) {
            ErrorCode ignored;  // send_rest() meets it again
            if (!out.empty()) sent_ = stream_.send(asio::buffer(out), 0, ignored);
        }
        if (sent_ < out.size()) return false;
        worker_.recycle_output();
        return true;
    }

    /// Sends what send_now() left. Whether the client took it.
    Task<bool> send_rest() {
        // Other connections use the buffer while this one waits.
        const std::string out = std::exchange(worker_.scratch().out, std::string());
        enter(Phase::answering, after(limits().write_timeout));
        const auto [error, count] =
            co_await asio::async_write(stream_, asio::buffer(out.data() + sent_, out.size() - sent_), resumed);
        co_return !error;
    }

    /// Waits for the slow part of an answer, even where the client has left: what was begun is finished. Nothing is
    /// read meanwhile.
    Task<Conversation::Next> work() {
        enter(Phase::working, after(limits().work_timeout));
        auto [begun, failure] = co_await do_work(worker_.jobs(), conversation_.deferred(), socket().get_executor());
        co_return begun ? conversation_.worked(std::move(failure)) : conversation_.refuse_work();
    }

    /// Sends an answer that is made meanwhile. Whether it came to its end.
    Task<bool> send_stream() {
        const auto [stream, chunked] = conversation_.take_stream();
        Timer timer(socket().get_executor());
        std::string made;
        std::string out;
        bool more = true;
        while (more) {
            made.clear();
            out.clear();
            more = stream->next(made) && !worker_.draining();
            if (chunked) {
                append_chunk(out, made);
                if (!more) out.append(last_chunk);
            } else {
                out.swap(made);
            }
            if (!out.empty()) {
                const std::chrono::milliseconds time = worker_.draining() ? last_part_time : limits().write_timeout;
                enter(Phase::sending_part, after(std::min(time, limits().write_timeout)));
                const auto [error, count] = co_await asio::async_write(stream_, asio::buffer(out), resumed);
                if (error) co_return false;
            }
            if (!more) break;
            enter(Phase::streaming, SteadyTime::max());
            timer.expires_after(out.empty() ? stream_interval : stream_pause);
            co_await timer.async_wait(resumed);
            if (!socket().is_open() || has_left()) co_return false;
        }
        co_return true;
    }

    /// Whether the client has closed its side. Nobody reads while an answer is streamed, so nothing else would tell.
    bool has_left() {
        char byte;
        return ::recv(socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
    }

    /// Ends the connection so that the client gets the last answer: closing a socket with unread input makes the kernel
    /// send a reset, which may overtake the answer.
    Task<void> close(Conversation::Next how) {
        const bool refused = how == Conversation::Next::refuse;
        const std::chrono::milliseconds time = refused ? linger_after_refusal : linger_after_answer;
        enter(Phase::closing, after(std::min(time, limits().read_timeout)));
        ErrorCode ignored;
        if constexpr (!secure) stream_.shutdown(Socket::shutdown_send, ignored);
        if (refused || conversation_.mid_request() || worker_.draining() || socket().available(ignored) > 0) {
            co_await drop_input();
        }
        if constexpr (secure) co_await stream_.async_shutdown(resumed);
    }

    Task<void> drop_input() {
        std::size_t dropped = 0;
        while (dropped < linger_bytes) {
            const auto space = conversation_.discard(16 * 1024);
            const auto [error, count] =
                co_await stream_.async_read_some(asio::buffer(space.data(), space.size()), resumed);
            if (error) co_return;
            dropped += count;
        }
    }

    Worker& worker_;
    Stream stream_;
    Conversation conversation_;
    std::size_t sent_ = 0;
};

}  // namespace iamlocal::http
