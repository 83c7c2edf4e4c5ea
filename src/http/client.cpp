#include "http/client.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <exception>
#include <memory>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "http/authorities.hpp"

namespace iamlocal::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;
using TlsStream = asio::ssl::stream<tcp::socket>;
constexpr asio::as_tuple_t<asio::use_awaitable_t<>> resumed{};

using Take = std::function<void(std::string_view)>;

/// A question on its way.
struct Exchange {
    const Url& url;
    const Post& request;
    std::string_view method;
    Take take;
    bool streams = false;  ///< the body is handed out: from here on there is no hurry
    bool unreachable = true;
};

std::string head_of(const Exchange& question) {
    std::string head = fmt::format("{} {} HTTP/1.1\r\n", question.method, question.url.path);
    const Post& request = question.request;
    for (const auto& [name, value] : request.headers) head.append(name).append(": ").append(value).append("\r\n");
    if (question.method == "GET") return head.append("Connection: close\r\n\r\n");
    return head.append(fmt::format("Content-Length: {}\r\nConnection: close\r\n\r\n", request.body.size()));
}

const char* sentence_about(const ErrorCode& failure) {
    using beast::http::error;
    if (failure == error::end_of_stream) return "the server gives no answer";
    if (failure == error::header_limit || failure == error::body_limit) return "the answer is too long";
    if (failure == error::partial_message) return "the answer ends too early";
    const ErrorCode http = error::bad_version;
    return failure.category() == http.category() ? "the answer is not HTTP" : "the connection breaks off";
}

template <class Stream>
asio::awaitable<Answer> exchange(Stream& stream, Exchange& question) {
    const std::string head = head_of(question);
    const Post& request = question.request;
    const std::array parts{asio::buffer(head), asio::buffer(request.body)};
    const auto [unsent, sent] = co_await asio::async_write(stream, parts, resumed);
    if (unsent) co_return Answer{0, {}, "the server does not take the request"};

    beast::flat_buffer buffer;
    beast::http::response_parser<beast::http::string_body> parser;
    parser.header_limit(request.most);
    parser.body_limit(request.most);
    Answer answer;
    if (question.take) {
        const auto [failure, size] = co_await beast::http::async_read_header(stream, buffer, parser, resumed);
        if (failure) co_return Answer{0, {}, sentence_about(failure)};
        answer.status = static_cast<int>(parser.get().result_int());
        question.streams = answer.status == 200;
        if (question.streams) parser.body_limit(boost::none);
        // Not eager: each step ends with what has come.
        parser.eager(false);
        std::string& body = parser.get().body();
        while (question.streams && !parser.is_done()) {
            const auto [broken, read] = co_await beast::http::async_read_some(stream, buffer, parser, resumed);
            if (!body.empty()) question.take(body);
            body.clear();
            if (broken) {
                answer.error = sentence_about(broken);
                co_return answer;
            }
        }
        if (question.streams) co_return answer;
    }
    const auto [failure, size] = co_await beast::http::async_read(stream, buffer, parser, resumed);
    if (failure) answer.error = sentence_about(failure);
    if (parser.is_header_done()) answer.status = static_cast<int>(parser.get().result_int());
    answer.body = std::move(parser.get().body());
    co_return answer;
}

template <class T, void (*free_it)(T*)>
struct Freer {
    void operator()(T* thing) const { free_it(thing); }
};
using Store = std::unique_ptr<X509_STORE, Freer<X509_STORE, X509_STORE_free>>;
using StoreContext = std::unique_ptr<X509_STORE_CTX, Freer<X509_STORE_CTX, X509_STORE_CTX_free>>;

std::string thumbprint_of(X509* certificate) {
    unsigned char* der = nullptr;
    const int size = i2d_X509(certificate, &der);
    if (size <= 0) return {};
    const auto digest = sha1({reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)});
    OPENSSL_free(der);
    return hex_encode(digest);
}

/// Verifies the chain once more, with those of its certificates as roots whose thumbprints are known. Name, dates and
/// signatures count as before.
bool leads_to_thumbprint(X509_STORE_CTX* found, const std::vector<std::string>& thumbprints) {
    const Store roots(X509_STORE_new());
    const StoreContext context(X509_STORE_CTX_new());
    if (!roots || !context) return false;
    STACK_OF(X509)* const sent = X509_STORE_CTX_get0_untrusted(found);
    bool is_any = false;
    for (int i = 0; i < sk_X509_num(sent); ++i) {
        X509* const certificate = sk_X509_value(sent, i);
        if (std::find(thumbprints.begin(), thumbprints.end(), thumbprint_of(certificate)) == thumbprints.end())
            continue;
        is_any = X509_STORE_add_cert(roots.get(), certificate) == 1 || is_any;
    }
    if (!is_any || X509_STORE_CTX_init(context.get(), roots.get(), X509_STORE_CTX_get0_cert(found), sent) != 1)
        return false;
    X509_VERIFY_PARAM* const rules = X509_STORE_CTX_get0_param(context.get());
    if (X509_VERIFY_PARAM_set1(rules, X509_STORE_CTX_get0_param(found)) != 1) return false;
    X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN);
    const bool holds = X509_verify_cert(context.get()) == 1;
    X509_STORE_CTX_set_error(found, holds ? X509_V_OK : X509_STORE_CTX_get_error(context.get()));
    return holds;
}

/// Whom a connection trusts beside those that everybody does.
struct KnownThumbprints {
    const std::vector<std::string>& thumbprints;
    bool were_needed = false;
};

/// OpenSSL's callback in place of its own verification; `known` is a KnownThumbprints.
int verify_chain(X509_STORE_CTX* found, void* known) {
    if (X509_verify_cert(found) == 1) return 1;
    auto& by_thumbprint = *static_cast<KnownThumbprints*>(known);
    by_thumbprint.were_needed = leads_to_thumbprint(found, by_thumbprint.thumbprints);
    return by_thumbprint.were_needed ? 1 : 0;
}

/// A sentence if it cannot be done.
asio::awaitable<std::string> shake_hands(TlsStream& stream, const std::string& host) {
    SSL* const tls = stream.native_handle();
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls), host.c_str()) != 1) {
        SSL_set_tlsext_host_name(tls, host.c_str());
        if (SSL_set1_host(tls, host.c_str()) != 1) co_return "TLS cannot be set up";
    }
    const auto [failure] = co_await stream.async_handshake(asio::ssl::stream_base::client, resumed);
    if (!failure) co_return std::string();
    const long verified = SSL_get_verify_result(tls);
    if (verified == X509_V_OK) co_return "the server does not speak TLS";
    co_return fmt::format("the server's certificate is not trusted: {}", X509_verify_cert_error_string(verified));
}

asio::awaitable<Answer> ask(asio::io_context& io, Exchange& question) {
    const Url& url = question.url;
    const Post& request = question.request;
    ErrorCode unknown;
    std::vector<tcp::endpoint> addresses;
    for (const auto& found : tcp::resolver(io).resolve(url.host, std::to_string(url.port), unknown))
        addresses.push_back(found.endpoint());
    if (request.admits && !addresses.empty()) {
        std::erase_if(addresses, [&](const tcp::endpoint& address) {
            return !request.admits(scope_of(address.address().to_string()));
        });
        if (addresses.empty()) {
            question.unreachable = false;
            co_return Answer{0, {}, fmt::format("{} is at no address that may be asked", url.host)};
        }
    }
    tcp::socket socket(io);
    const auto [failure, address] = co_await asio::async_connect(socket, addresses, resumed);
    if (failure) co_return Answer{0, {}, fmt::format("nobody answers at {}:{}", url.host, url.port)};
    question.unreachable = false;
    if (!url.secure) co_return co_await exchange(socket, question);

    asio::ssl::context context(asio::ssl::context::tls_client);
    context.set_verify_mode(asio::ssl::verify_peer);
    ErrorCode unreadable;
    if (request.ca_bundle.empty()) {
        trust_system_authorities(context);
    } else {
        context.load_verify_file(request.ca_bundle, unreadable);
    }
    if (unreadable) co_return Answer{0, {}, fmt::format("the certificates in '{}' cannot be read", request.ca_bundle)};
    KnownThumbprints known{request.thumbprints};
    if (!request.thumbprints.empty()) SSL_CTX_set_cert_verify_callback(context.native_handle(), verify_chain, &known);
    TlsStream stream(std::move(socket), context);
    if (std::string problem = co_await shake_hands(stream, url.host); !problem.empty())
        co_return Answer{0, {}, std::move(problem)};
    Answer answer = co_await exchange(stream, question);
    answer.by_thumbprint = known.were_needed;
    co_return answer;
}

void run_patiently(asio::io_context& io, const Post& request) {
    if (request.gives_up == nullptr) {
        io.run_for(request.patience);
        return;
    }
    constexpr std::chrono::milliseconds step(50);
    const auto end = std::chrono::steady_clock::now() + request.patience;
    while (!io.stopped() && !*request.gives_up && std::chrono::steady_clock::now() < end)
        io.run_until(std::min(end, std::chrono::steady_clock::now() + step));
}

Answer run(Exchange& question) {
    Answer answer{0, {}, "the server takes too long"};
    asio::io_context io;
    asio::co_spawn(io, ask(io, question), [&](std::exception_ptr failure, Answer got) {
        if (failure) std::rethrow_exception(failure);
        answer = std::move(got);
    });
    run_patiently(io, question.request);
    if (question.streams) io.run();
    answer.unreachable = question.unreachable;
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
    Exchange question{url, request, "POST", {}};
    return run(question);
}

Answer put(const Url& url, const Post& request) {
    Exchange question{url, request, "PUT", {}};
    return run(question);
}

Answer get(const Url& url, const Post& request, const std::function<void(std::string_view)>& take) {
    Exchange question{url, request, "GET", take};
    return run(question);
}

}  // namespace iamlocal::http
