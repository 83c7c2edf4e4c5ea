#include "http/probe.hpp"

#include <memory>
#include <netdb.h>
#include <string>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <openssl/ssl.h>

namespace iamlocal::http {
namespace {

constexpr timeval patience{2, 0};

class Socket {
  public:
    explicit Socket(int handle) : handle_(handle) {}
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    ~Socket() {
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

int connect_to(const Listen& server) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(reachable(server.host).c_str(), std::to_string(server.port).c_str(), &hints, &found) != 0)
        return -1;
    const std::unique_ptr<addrinfo, Free> list(found);
    for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
        const int handle = ::socket(address->ai_family, address->ai_socktype, address->ai_protocol);
        if (handle < 0) continue;
        ::setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        ::setsockopt(handle, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        if (::connect(handle, address->ai_addr, address->ai_addrlen) == 0) return handle;
        ::close(handle);
    }
    return -1;
}

bool is_success(std::string_view status_line) { return status_line.starts_with("HTTP/1.1 200 "); }

bool ask_plainly(int handle, const std::string& request) {
    char answer[64] = {};
    if (::send(handle, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
        return false;
    const ssize_t size = ::recv(handle, answer, sizeof answer, 0);
    return size > 0 && is_success({answer, static_cast<std::size_t>(size)});
}

bool ask_over_tls(int handle, const std::string& request) {
    const std::unique_ptr<SSL_CTX, Free> context(SSL_CTX_new(TLS_client_method()));
    const std::unique_ptr<SSL, Free> connection(context ? SSL_new(context.get()) : nullptr);
    if (!connection || SSL_set_fd(connection.get(), handle) != 1 || SSL_connect(connection.get()) != 1) return false;
    char answer[64] = {};
    if (SSL_write(connection.get(), request.data(), static_cast<int>(request.size())) <= 0) return false;
    const int size = SSL_read(connection.get(), answer, sizeof answer);
    return size > 0 && is_success({answer, static_cast<std::size_t>(size)});
}

}  // namespace

bool probe(const Listen& server, std::string_view path, bool tls) {
    const Socket socket(connect_to(server));
    if (socket.handle() < 0) return false;
    const std::string request =
        std::string("GET ").append(path).append(" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    return tls ? ask_over_tls(socket.handle(), request) : ask_plainly(socket.handle(), request);
}

}  // namespace iamlocal::http
