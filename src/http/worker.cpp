#include "http/worker.hpp"

#include <algorithm>
#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>

#include "http/session.hpp"

namespace iamlocal::http {
namespace {

using asio::ip::tcp;
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

constexpr std::size_t kept_output = 1024 * 1024;
constexpr std::chrono::milliseconds accept_pause{100};
constexpr std::string_view too_many_connections =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

std::chrono::milliseconds tick_interval(const Limits& limits) {
    const auto shortest = std::min(
        {limits.idle_timeout, limits.read_timeout, limits.write_timeout, limits.work_timeout, limits.drain_timeout});
    return std::clamp(shortest / 4, std::chrono::milliseconds(5), std::chrono::milliseconds(250));
}

}  // namespace

Worker::Worker(ServerState& shared, Handlers handlers)
    : shared_(shared),
      handlers_(std::move(handlers)),
      scratch_{shared.limits, shared.draining, ResponseWriter(shared.clock), {}, {}, {}, &shared.unfinished_bytes},
      tick_interval_(tick_interval(shared.limits)),
      io_(1),
      timer_(io_) {}

tcp::endpoint Worker::listen(const tcp::endpoint& endpoint, Purpose serves, bool share_port) {
    auto listener = std::make_unique<Listener>(Listener{{io_.get_executor(), endpoint.protocol()},
                                                        *handlers_.at(serves),
                                                        static_cast<std::uint16_t>(listeners_.size()),
                                                        endpoint.address().is_loopback(),
                                                        speaks_tls(serves) ? shared_.tls : nullptr});
    auto& acceptor = listener->acceptor;
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    if (share_port) acceptor.set_option(ReusePort(true));
    if (endpoint.protocol() == tcp::v6()) acceptor.set_option(asio::ip::v6_only(true));
    acceptor.bind(endpoint);
    acceptor.listen();
    acceptor.non_blocking(true);
    listeners_.push_back(std::move(listener));
    return acceptor.local_endpoint();
}

void Worker::run() {
    for (const auto& listener : listeners_) asio::co_spawn(io_, accept_on(*listener), asio::detached);
    while (true) {
        try {
            io_.run();
            return;
        } catch (...) {
            // Sessions keep their failures to themselves; this could only be a lack of memory between them.
        }
    }
}

void Worker::drain() {
    asio::post(io_, [this] { begin_drain(); });
}

void Worker::begin_drain() {
    drain_deadline_ = std::chrono::steady_clock::now() + shared_.limits.drain_timeout;
    for (const auto& listener : listeners_) {
        // Who has connected already may have sent a request.
        ErrorCode error;
        while (true) {
            Socket socket = listener->acceptor.accept(error);
            if (error) break;
            admit(*listener, std::move(socket));
        }
        listener->acceptor.close(error);
    }
    for (auto* it = connections_.next(); it != &connections_; it = it->next()) {
        if (it->is_unused()) it->expire();
        it->hurry();
    }
    stop_ticking_when_done();
}

Task<void> Worker::accept_on(Listener& listener) {
    while (listener.acceptor.is_open()) {
        auto [error, socket] = co_await listener.acceptor.async_accept(resumed);
        if (!error) {
            admit(listener, std::move(socket));
            continue;
        }
        if (error != asio::error::no_descriptors && error != asio::error::no_buffer_space &&
            error != asio::error::no_memory && error.value() != ENFILE) {
            continue;
        }
        // The connection stays in the kernel's queue, so trying again at once would spin.
        Timer pause(io_, accept_pause);
        co_await pause.async_wait(resumed);
    }
}

void Worker::admit(Listener& listener, Socket socket) try {
    ErrorCode error;
    socket.non_blocking(true, error);
    if (shared_.open_connections.fetch_add(1) >= shared_.limits.connections) {
        --shared_.open_connections;
        if (listener.tls == nullptr) socket.send(asio::buffer(too_many_connections), 0, error);
        socket.shutdown(Socket::shutdown_send, error);
        return;
    }
    Place place(shared_);
    socket.set_option(tcp::no_delay(true), error);
    const auto remote = socket.remote_endpoint(error);
    if (error) return;
    Origin origin{remote.address().to_string(), listener.tls != nullptr, listener.number, listener.loopback};
    if (listener.tls == nullptr) {
        asio::co_spawn(io_, serve(listener.handler, std::move(socket), std::move(origin), std::move(place), nullptr),
                       asio::detached);
    } else {
        TlsContext::Shared context = listener.tls->current();
        asio::ssl::stream<Socket> stream(std::move(socket), *context);
        asio::co_spawn(
            io_, serve(listener.handler, std::move(stream), std::move(origin), std::move(place), std::move(context)),
            asio::detached);
    }
    start_ticking();
} catch (...) {
    // No memory for one more connection: it is closed, the others go on.
}

template <class Stream>
Task<void> Worker::serve(http::Handler& handler, Stream stream, Origin origin, [[maybe_unused]] Place place,
                         [[maybe_unused]] TlsContext::Shared kept) {
    try {
        Session<Stream> session(*this, handler, std::move(stream), std::move(origin));
        co_await session.run();
    } catch (...) {
        // No memory, or a handler that broke its promise not to throw: this connection ends.
        scratch_.out.clear();
    }
    stop_ticking_when_done();
}

void Worker::request_answered() {
    if (batch_posted_) return;
    batch_posted_ = true;
    asio::post(io_, [this] {
        batch_posted_ = false;
        for (const auto& [purpose, handler] : handlers_) handler->batch_done();
    });
}

void Worker::recycle_output() {
    if (scratch_.out.capacity() > kept_output) scratch_.out = {};
    scratch_.out.clear();
}

void Worker::start_ticking() {
    if (ticking_) return;
    ticking_ = true;
    timer_.expires_after(tick_interval_);
    timer_.async_wait([this](const ErrorCode&) { tick(); });
}

/// A pending tick would keep run() from returning.
void Worker::stop_ticking_when_done() {
    if (draining() && connections_.next() == &connections_) timer_.cancel();
}

void Worker::tick() {
    ticking_ = false;
    const auto now = std::chrono::steady_clock::now();
    const bool cut_all = now >= drain_deadline_;
    if (cut_all) {
        shared_.jobs->close();  // what runs is waited for, since its connection is there as long
        if (shared_.when_cut) shared_.when_cut();
    }
    for (auto* it = connections_.next(); it != &connections_; it = it->next()) {
        if (cut_all) {
            it->cut();
        } else if (now >= it->deadline()) {
            it->expire();
        }
    }
    if (connections_.next() != &connections_) start_ticking();
}

}  // namespace iamlocal::http
