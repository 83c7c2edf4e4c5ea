// What the HTTP server can be told: where to listen, how much a client may send, how long it may take.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "http/message/purpose.hpp"

namespace iamlocal::http {

/// Bounds on what one client, and all of them together, may cost. Times are kept to within a quarter of the shortest
/// of them, at most 250 ms.
struct Limits {
    /// Request line and headers with their final empty line, in bytes. 64 KiB, because every parameter of an action may
    /// come in the query string, and a policy document of 10 KiB percent-encoded is three times as long.
    std::size_t header_bytes = 64 * 1024;
    std::size_t body_bytes = 1024 * 1024;  ///< after chunked decoding
    /// Of all requests that have arrived in part, over all workers; one that needs more is answered 503.
    std::size_t unfinished_bytes = std::size_t{64} << 20;
    unsigned connections = 4096;  ///< open at once, over all workers; one more is answered 503 and closed
    std::chrono::milliseconds idle_timeout{75'000};   ///< between requests, and before the first
    std::chrono::milliseconds read_timeout{15'000};   ///< from a request's first byte to its last; a TLS handshake
    std::chrono::milliseconds write_timeout{15'000};  ///< until the client has taken the answers of one read
    std::chrono::milliseconds work_timeout{60'000};   ///< for an answer's slow part; then the connection is closed
    std::chrono::milliseconds drain_timeout{10'000};  ///< what stop() grants to requests in flight
};

/// An address to listen on.
struct Listen {
    std::string host;               ///< a name or an address; IPv6 without its brackets
    std::uint16_t port = 0;         ///< 0: the system picks one
    Purpose serves = Purpose::api;  ///< whose handlers answer there

    bool operator==(const Listen&) const = default;
};

/// Reads `4566` (which means 127.0.0.1), `host:4566`, `127.0.0.1:4566` or `[::1]:4566`; nullopt for any other form.
std::optional<Listen> parse_listen(std::string_view text);

/// Whether only this machine reaches it: an address of 127.0.0.0/8, ::1 in any form, or `localhost`. Other names may
/// point anywhere.
bool is_loopback(const Listen& listen);

/// An address the server listens on, with the real port.
struct Endpoint {
    std::string host;  ///< the address in text form; IPv6 without brackets
    std::uint16_t port = 0;
    bool secure = false;            ///< whether it speaks TLS
    Purpose serves = Purpose::api;  ///< as its Listen has it

    /// For example `http://127.0.0.1:4566` or `https://[::1]:4566`.
    std::string url() const;
};

/// The URL of an endpoint for those on this machine: an address that listens everywhere is none to connect to.
[[nodiscard]] std::string reachable_url(std::string url);

/// The URL of an endpoint with another name, which may come with a port of its own: `name` or `name:port`.
[[nodiscard]] std::string url_by_name(const std::string& url, std::string_view name);

/// The name in `name` or `name:port`; nothing if it is neither, or the port is not from 1 to 65535.
[[nodiscard]] std::optional<std::string_view> name_of_public_host(std::string_view text);

struct Options {
    std::vector<Listen> listen;  ///< at least one
    unsigned workers = 1;        ///< threads, each with its own connections
    unsigned job_threads = 2;    ///< further threads, for what is slow; shared by the workers
    std::size_t job_queue = 64;  ///< slow work that may wait for one of them; what comes then is refused
    Limits limits;
    std::string tls_cert_file;     ///< PEM, the server's certificate first, then its chain; empty: no TLS
    std::string tls_key_file;      ///< PEM without a passphrase; given exactly when tls_cert_file is
    const Clock* clock = nullptr;  ///< what the Date header shows; null: the system's clock. Must outlive the server
    /// Called by Server::start() with where it listens, before anything is answered; may be empty.
    std::function<void(const std::vector<Endpoint>&)> when_bound;
    /// Called when Server::stop() has waited for long enough, on a worker's thread and any number of times: whoever
    /// lets answers wait (Deferred::wait) must end that. May be empty.
    std::function<void()> when_cut;
};

}  // namespace iamlocal::http
