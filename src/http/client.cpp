#include "http/client.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/encoding.hpp"

namespace iamlocal::http {
namespace {

struct Free {
    void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* connection) const { SSL_free(connection); }
};

/// A connected socket, with TLS on it if the URL wants that.
class Connection {
  public:
    Connection() = default;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() {
        tls_.reset();
        if (handle_ >= 0) ::close(handle_);
    }

    /// A sentence if it cannot be done.
    std::string open(const Url& url, const Post& request) {
        if (!connect_to(url, request.patience)) return fmt::format("nobody answers at {}:{}", url.host, url.port);
        return url.secure ? secure(url, request.ca_bundle) : std::string();
    }

    bool write(std::string_view data) {
        while (!data.empty()) {
            const auto sent = tls_ ? SSL_write(tls_.get(), data.data(), static_cast<int>(data.size()))
                                   : ::send(handle_, data.data(), data.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            data.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    /// Bytes read; 0 at the end and on every failure.
    std::size_t read(char* buffer, std::size_t size) {
        const auto got = tls_ ? SSL_read(tls_.get(), buffer, static_cast<int>(size)) : ::recv(handle_, buffer, size, 0);
        return got > 0 ? static_cast<std::size_t>(got) : 0;
    }

  private:
    bool connect_to(const Url& url, std::chrono::seconds patience) {
        addrinfo hints{};
        hints.ai_socktype = SOCK_STREAM;
        addrinfo* found = nullptr;
        if (::getaddrinfo(url.host.c_str(), std::to_string(url.port).c_str(), &hints, &found) != 0) return false;
        const std::unique_ptr<addrinfo, Free> list(found);
        const timeval limit{static_cast<time_t>(patience.count()), 0};
        for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
            const int handle = ::socket(address->ai_family, address->ai_socktype | SOCK_CLOEXEC, address->ai_protocol);
            if (handle < 0) continue;
            ::setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
            ::setsockopt(handle, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
            if (::connect(handle, address->ai_addr, address->ai_addrlen) == 0) {
                handle_ = handle;
                return true;
            }
            ::close(handle);
        }
        return false;
    }

    std::string secure(const Url& url, const std::string& ca_bundle) {
        context_.reset(SSL_CTX_new(TLS_client_method()));
        if (!context_) return "TLS cannot be set up";
        SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
        const int trusted = ca_bundle.empty() ? SSL_CTX_set_default_verify_paths(context_.get())
                                              : SSL_CTX_load_verify_file(context_.get(), ca_bundle.c_str());
        if (trusted != 1) return fmt::format("the certificates in '{}' cannot be read", ca_bundle);
        tls_.reset(SSL_new(context_.get()));
        if (!tls_ || SSL_set_fd(tls_.get(), handle_) != 1) return "TLS cannot be set up";
        X509_VERIFY_PARAM* const rules = SSL_get0_param(tls_.get());
        if (X509_VERIFY_PARAM_set1_ip_asc(rules, url.host.c_str()) != 1) {
            SSL_set_tlsext_host_name(tls_.get(), url.host.c_str());
            if (SSL_set1_host(tls_.get(), url.host.c_str()) != 1) return "TLS cannot be set up";
        }
        if (SSL_connect(tls_.get()) == 1) return {};
        const long verified = SSL_get_verify_result(tls_.get());
        ERR_clear_error();
        if (verified != X509_V_OK)
            return fmt::format("the server's certificate is not trusted: {}", X509_verify_cert_error_string(verified));
        return "the server does not speak TLS";
    }

    int handle_ = -1;
    std::unique_ptr<SSL_CTX, Free> context_;
    std::unique_ptr<SSL, Free> tls_;
};

std::string head_of(const Url& url, const Post& request) {
    std::string head = fmt::format("POST {} HTTP/1.1\r\n", url.path);
    for (const auto& [name, value] : request.headers) head.append(name).append(": ").append(value).append("\r\n");
    return head.append(fmt::format("Content-Length: {}\r\nConnection: close\r\n\r\n", request.body.size()));
}

std::optional<std::string_view> find_header(std::string_view head, std::string_view wanted) {
    while (true) {
        const std::size_t end = head.find("\r\n");
        if (end == std::string_view::npos) return std::nullopt;
        head.remove_prefix(end + 2);
        const std::size_t colon = head.find(':');
        if (colon == std::string_view::npos) return std::nullopt;
        if (!equals_ignoring_case(head.substr(0, colon), wanted)) continue;
        std::string_view value = head.substr(colon + 1, head.find("\r\n") - colon - 1);
        while (value.starts_with(' ')) value.remove_prefix(1);
        return value;
    }
}

/// Takes the chunks of a body apart. Nothing if they do not fit.
std::optional<std::string> join_chunks(std::string_view text) {
    std::string body;
    while (true) {
        std::size_t size = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size, 16);
        const std::size_t line_end = text.find("\r\n");
        if (error != std::errc{} || line_end == std::string_view::npos) return std::nullopt;
        if (size == 0) return body;
        text.remove_prefix(line_end + 2);
        if (text.size() < 2 || size > text.size() - 2) return std::nullopt;
        body.append(text.substr(0, size));
        text.remove_prefix(size + 2);
    }
}

Answer parse_answer(std::string text) {
    constexpr std::string_view no_answer = "the answer is not HTTP";
    Answer answer;
    const std::size_t head_end = text.find("\r\n\r\n");
    const std::string_view all = text;
    if (head_end == std::string::npos || !all.starts_with("HTTP/1.") || all.size() < 12) {
        answer.error = text.empty() ? "the server gives no answer" : no_answer;
        return answer;
    }
    std::from_chars(all.data() + 9, all.data() + 12, answer.status);
    const std::string_view head = all.substr(0, head_end + 2);
    const std::string_view rest = all.substr(head_end + 4);
    if (const auto coding = find_header(head, "transfer-encoding");
        coding && equals_ignoring_case(*coding, "chunked")) {
        std::optional<std::string> body = join_chunks(rest);
        if (!body) answer.error = no_answer;
        if (body) answer.body = *std::move(body);
        return answer;
    }
    std::size_t length = rest.size();
    if (const auto field = find_header(head, "content-length"))
        std::from_chars(field->data(), field->data() + field->size(), length);
    if (length > rest.size()) answer.error = "the answer ends too early";
    answer.body = rest.substr(0, length);
    return answer;
}

}  // namespace

std::string Url::host_header() const {
    const std::string name = host.find(':') == std::string::npos ? host : fmt::format("[{}]", host);
    return port == (secure ? 443 : 80) ? name : fmt::format("{}:{}", name, port);
}

std::optional<Url> parse_url(std::string_view text) {
    Url url;
    const bool printable = std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
    if (!printable || text.find_first_of("?#@\\") != std::string_view::npos) return std::nullopt;
    if (text.starts_with("https://")) {
        url.secure = true;
        url.port = 443;
    } else if (!text.starts_with("http://")) {
        return std::nullopt;
    }
    text.remove_prefix(url.secure ? 8 : 7);
    const std::size_t slash = std::min(text.find('/'), text.size());
    std::string_view authority = text.substr(0, slash);
    if (slash < text.size()) url.path = text.substr(slash);

    std::size_t colon = authority.rfind(':');
    if (authority.starts_with('[')) {
        const std::size_t close = authority.find(']');
        if (close == std::string_view::npos) return std::nullopt;
        url.host = authority.substr(1, close - 1);
        colon = close + 1;
        if (colon < authority.size() && authority[colon] != ':') return std::nullopt;
    } else {
        url.host = authority.substr(0, colon);
    }
    if (url.host.empty()) return std::nullopt;
    if (colon >= authority.size()) return url;
    const char* const end = authority.data() + authority.size();
    const auto [stopped, error] = std::from_chars(authority.data() + colon + 1, end, url.port);
    if (error != std::errc{} || stopped != end || url.port == 0) return std::nullopt;
    return url;
}

Answer post(const Url& url, const Post& request) {
    Connection connection;
    if (std::string problem = connection.open(url, request); !problem.empty()) return {0, {}, std::move(problem)};
    if (!connection.write(head_of(url, request)) || !connection.write(request.body))
        return {0, {}, "the server does not take the request"};
    std::string text;
    char buffer[16384];
    while (const std::size_t size = connection.read(buffer, sizeof buffer)) {
        text.append(buffer, size);
        if (text.size() > request.most) return {0, {}, "the answer is too long"};
    }
    return parse_answer(std::move(text));
}

}  // namespace iamlocal::http
