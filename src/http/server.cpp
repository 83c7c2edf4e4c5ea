#include "http/server.hpp"

#include <mutex>
#include <stdexcept>
#include <thread>

#include <boost/asio/ip/v6_only.hpp>
#include <fmt/format.h>

#include "http/tls.hpp"
#include "http/worker.hpp"

namespace iamlocal::http {
namespace {

using asio::ip::tcp;

tcp::endpoint resolve(const Listen& listen) {
    ErrorCode error;
    const auto address = asio::ip::make_address(listen.host, error);
    if (!error) return {address, listen.port};
    asio::io_context io;
    tcp::resolver resolver(io);
    const auto found = resolver.resolve(listen.host, std::to_string(listen.port), tcp::resolver::passive, error);
    if (error) throw std::runtime_error(fmt::format("Cannot resolve {}: {}.", listen.host, error.message()));
    // `localhost` means both 127.0.0.1 and ::1; clients that are told only a port try the former.
    for (const auto& entry : found) {
        if (entry.endpoint().protocol() == tcp::v4()) return entry.endpoint();
    }
    return found.begin()->endpoint();
}

/// Sockets that share a port by SO_REUSEPORT would share it with another server of the same user as well. One that does
/// not ask for sharing cannot be bound then. It must not listen: who connected to it would be reset when it closes.
void require_free(const tcp::endpoint& endpoint) {
    asio::io_context io;
    tcp::acceptor probe(io, endpoint.protocol());
    probe.set_option(tcp::acceptor::reuse_address(true));
    if (endpoint.protocol() == tcp::v6()) probe.set_option(asio::ip::v6_only(true));
    probe.bind(endpoint);
}

}  // namespace

struct Server::Impl {
    Impl(Options given, HandlerFactory factory)
        : options(std::move(given)),
          make_handler(std::move(factory)),
          shared{options.limits, options.clock != nullptr ? *options.clock : system_clock, options.when_cut} {}

    void bind(const Listen& listen);

    const Options options;
    const HandlerFactory make_handler;
    const SystemClock system_clock;
    std::unique_ptr<TlsContext> tls;
    ServerState shared;
    std::vector<Endpoint> endpoints;
    std::vector<std::unique_ptr<Worker>> workers;
    std::unique_ptr<jobs::Pool> jobs;  ///< ends before the workers, whom its threads call
    std::mutex join_mutex;
    std::vector<std::thread> threads;
};

void Server::Impl::bind(const Listen& listen) {
    const bool share_port = workers.size() > 1;
    auto endpoint = resolve(listen);
    try {
        if (share_port && listen.port != 0) require_free(endpoint);
        // Where the system picks the port, the first worker learns it and the others follow.
        for (const auto& worker : workers) endpoint = worker->listen(endpoint, listen.serves, share_port);
    } catch (const boost::system::system_error& error) {
        const bool taken = error.code() == boost::system::errc::address_in_use;
        throw std::runtime_error(fmt::format("Cannot listen on {} port {}: {}.{}", listen.host, listen.port,
                                             error.code().message(),
                                             taken ? " Another address is chosen with --listen HOST:PORT." : ""));
    }
    endpoints.push_back({endpoint.address().to_string(), endpoint.port(),
                         shared.tls != nullptr && speaks_tls(listen.serves), listen.serves});
}

Server::Server(Options options, HandlerFactory make_handler)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(make_handler))) {}

Server::~Server() { stop(); }

void Server::start() {
    Impl& impl = *impl_;
    const Options& options = impl.options;
    if (options.listen.empty()) throw std::runtime_error("There is no address to listen on.");
    if (options.job_threads == 0) throw std::runtime_error("There must be at least one thread for slow work.");
    if (options.workers == 0) throw std::runtime_error("There must be at least one worker.");
    if (options.tls_cert_file.empty() != options.tls_key_file.empty()) {
        throw std::runtime_error("TLS needs both a certificate and a key.");
    }
    if (!options.tls_cert_file.empty()) {
        impl.tls = std::make_unique<TlsContext>(make_tls_context(options.tls_cert_file, options.tls_key_file));
        impl.shared.tls = impl.tls.get();
    }
    impl.jobs = std::make_unique<jobs::Pool>(options.job_threads, options.job_queue);
    impl.shared.jobs = impl.jobs.get();
    for (unsigned i = 0; i < options.workers; ++i) {
        Handlers handlers;
        for (const Listen& listen : options.listen)
            if (!handlers.contains(listen.serves)) handlers.emplace(listen.serves, impl.make_handler(i, listen.serves));
        impl.workers.push_back(std::make_unique<Worker>(impl.shared, std::move(handlers)));
    }
    for (const auto& listen : options.listen) impl.bind(listen);
    if (options.when_bound) options.when_bound(impl.endpoints);
    for (const auto& worker : impl.workers) impl.threads.emplace_back(&Worker::run, worker.get());
}

std::vector<Endpoint> Server::endpoints() const { return impl_->endpoints; }

unsigned Server::connections() const { return impl_->shared.open_connections.load(); }

void Server::reload_tls() {
    if (impl_->tls) impl_->tls->replace(make_tls_context(impl_->options.tls_cert_file, impl_->options.tls_key_file));
}

void Server::stop() {
    if (!impl_->shared.draining.exchange(true)) {
        for (const auto& worker : impl_->workers) worker->drain();
    }
    wait();
}

void Server::wait() {
    const std::lock_guard lock(impl_->join_mutex);
    for (auto& thread : impl_->threads) {
        if (thread.joinable()) thread.join();
    }
}

}  // namespace iamlocal::http
