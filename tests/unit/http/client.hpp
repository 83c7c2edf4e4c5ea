// A blocking client on a raw socket, for tests that need to control every byte and when it is sent.
#pragma once

#include <arpa/inet.h>
#include <cstdint>
#include <cstdlib>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "http/options.hpp"

namespace iamlocal::http {

class Client {
  public:
    explicit Client(const Endpoint& endpoint) {
        const bool v6 = endpoint.host.find(':') != endpoint.host.npos;
        fd_ = ::socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const timeval patience{5, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        const int yes = 1;
        ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        sockaddr_in6 six{};
        sockaddr_in four{};
        six.sin6_family = AF_INET6;
        six.sin6_port = four.sin_port = htons(endpoint.port);
        four.sin_family = AF_INET;
        ::inet_pton(AF_INET6, endpoint.host.c_str(), &six.sin6_addr);
        ::inet_pton(AF_INET, endpoint.host.c_str(), &four.sin_addr);
        const int result = v6 ? ::connect(fd_, reinterpret_cast<sockaddr*>(&six), sizeof six)
                              : ::connect(fd_, reinterpret_cast<sockaddr*>(&four), sizeof four);
        if (result != 0) {
            ::close(fd_);
            throw std::runtime_error("connect failed");
        }
    }
    Client(Client&& other) noexcept : fd_(std::exchange(other.fd_, -1)), buffered_(std::move(other.buffered_)) {}
    ~Client() {
        if (fd_ >= 0) ::close(fd_);
    }

    int fd() const { return fd_; }

    /// Whether everything could be sent.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    void end_sending() { ::shutdown(fd_, SHUT_WR); }

    /// One answer, by its Content-Length (`has_body` false: as for HEAD); what came by then, if the connection ends.
    std::string receive(bool has_body = true) {
        std::size_t end;
        while ((end = buffered_.find("\r\n\r\n")) == buffered_.npos) {
            if (!fill()) return std::exchange(buffered_, {});
        }
        end += 4;
        if (const auto at = buffered_.find("Content-Length: "); has_body && at < end) {
            end += std::strtoul(buffered_.c_str() + at + 16, nullptr, 10);
        }
        while (buffered_.size() < end) {
            if (!fill()) return std::exchange(buffered_, {});
        }
        std::string answer = buffered_.substr(0, end);
        buffered_.erase(0, end);
        return answer;
    }
    /// Everything until the connection ends; `orderly` says whether it ended without a reset or a time-out of 5 s.
    std::string receive_all(bool* orderly = nullptr) {
        while (fill()) {
        }
        if (orderly != nullptr) *orderly = ended_;
        return std::exchange(buffered_, {});
    }
    /// Whether the server has ended the connection in good order, with nothing more sent.
    bool is_closed() { return receive_all().empty() && ended_; }

  private:
    bool fill() {
        char bytes[16384];
        const auto count = ::recv(fd_, bytes, sizeof bytes, 0);
        if (count > 0) buffered_.append(bytes, static_cast<std::size_t>(count));
        ended_ = count == 0;
        return count > 0;
    }

    int fd_;
    std::string buffered_;
    bool ended_ = false;
};

/// The answer's body.
inline std::string body_of(const std::string& answer) {
    const auto at = answer.find("\r\n\r\n");
    return at == answer.npos ? "(no answer)" : answer.substr(at + 4);
}

inline std::string get(std::string_view target) {
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n\r\n";
}

}  // namespace iamlocal::http
