#include "http/probe.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <netdb.h>
#include <string>
#include <sys/socket.h>
#include <sys/time.h>
#include <system_error>
#include <unistd.h>

#include <openssl/ssl.h>

namespace iamlocal::http {
namespace {

constexpr timeval patience{2, 0};

class OpenSocket {
  public:
    explicit OpenSocket(int handle) : handle_(handle) {}
    OpenSocket(const OpenSocket&) = delete;
    OpenSocket& operator=(const OpenSocket&) = delete;
    ~OpenSocket() {
        if (handle_ >= 0) ::close(handle_);
    }
    int handle() const { return handle_; }

  private:
    int handle_;
};

struct Free {
    void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* connection) const { SSL_free(connection); }
};

/// Addresses that mean "every interface" cannot be connected to everywhere.
std::string reachable(const std::string& host) {
    if (host == "0.0.0.0") return "127.0.0.1";
    if (host == "::") return "::1";
    return host;
}

/// The socket, or -1 and why in `fault`.
int connect_to(const Listen& server, std::string& fault) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(reachable(server.host).c_str(), std::to_string(server.port).c_str(), &hints, &found) != 0) {
        fault = "the host's name cannot be resolved";
        return -1;
    }
    const std::unique_ptr<addrinfo, Free> list(found);
    for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
        const int handle = ::socket(address->ai_family, address->ai_socktype, address->ai_protocol);
        if (handle < 0) continue;
        ::setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        ::setsockopt(handle, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        if (::connect(handle, address->ai_addr, address->ai_addrlen) == 0) return handle;
        fault = std::string("no connection: ").append(std::generic_category().message(errno));
        ::close(handle);
    }
    return -1;
}

/// What is wrong with the beginning of an answer; empty if nothing is.
std::string fault_of(std::string_view answer) {
    if (answer.empty()) return "the connection is open, but no answer comes";
    constexpr std::string_view version = "HTTP/1.1 ";
    if (!answer.starts_with("HTTP/")) return "the answer is not HTTP; is it served with TLS?";
    if (!answer.starts_with(version)) {
        const auto* const end = std::find_if(answer.begin(), answer.end(), [](char c) { return c < ' ' || c > '~'; });
        return std::string("something else than iamlocal answers: ").append(answer.begin(), end);
    }
    const std::string_view status = answer.substr(version.size(), 3);
    return status == "200" ? std::string() : std::string("it answers with status ").append(status);
}

std::string ask_plainly(int handle, const std::string& request) {
    char answer[64] = {};
    if (::send(handle, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
        return "the connection breaks off";
    const ssize_t size = ::recv(handle, answer, sizeof answer, 0);
    return fault_of({answer, static_cast<std::size_t>(size > 0 ? size : 0)});
}

std::string ask_over_tls(int handle, const std::string& request) {
    const std::unique_ptr<SSL_CTX, Free> context(SSL_CTX_new(TLS_client_method()));
    const std::unique_ptr<SSL, Free> connection(context ? SSL_new(context.get()) : nullptr);
    if (!connection || SSL_set_fd(connection.get(), handle) != 1 || SSL_connect(connection.get()) != 1)
        return "it does not speak TLS";
    char answer[64] = {};
    if (SSL_write(connection.get(), request.data(), static_cast<int>(request.size())) <= 0)
        return "the connection breaks off";
    const int size = SSL_read(connection.get(), answer, sizeof answer);
    return fault_of({answer, static_cast<std::size_t>(size > 0 ? size : 0)});
}

}  // namespace

std::string probe(const Listen& server, std::string_view path, bool tls) {
    std::string fault = "no connection";
    const OpenSocket socket(connect_to(server, fault));
    if (socket.handle() < 0) return fault;
    const std::string request =
        std::string("GET ").append(path).append(" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    return tls ? ask_over_tls(socket.handle(), request) : ask_plainly(socket.handle(), request);
}

}  // namespace iamlocal::http
