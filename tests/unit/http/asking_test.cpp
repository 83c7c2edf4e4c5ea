// The client of http/client.hpp: addresses, and answers of servers that mean well and that do not.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/client.hpp"

namespace iamlocal::http {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(ParseUrl, TakesHttpAddressesApart) {
    struct Row {
        const char* text;
        bool secure;
        const char* host;
        unsigned port;
        const char* path;
        const char* header;
    };
    const Row rows[] = {
        {"http://localhost", false, "localhost", 80, "/", "localhost"},
        {"http://127.0.0.1:4566", false, "127.0.0.1", 4566, "/", "127.0.0.1:4566"},
        {"https://iam.test/", true, "iam.test", 443, "/", "iam.test"},
        {"https://iam.test:80/a/b", true, "iam.test", 80, "/a/b", "iam.test:80"},
        {"http://[::1]:4566/", false, "::1", 4566, "/", "[::1]:4566"},
        {"https://[::1]", true, "::1", 443, "/", "[::1]"},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.text);
        const std::optional<Url> url = parse_url(row.text);
        ASSERT_TRUE(url);
        EXPECT_EQ(url->secure, row.secure);
        EXPECT_EQ(url->host, row.host);
        EXPECT_EQ(url->port, row.port);
        EXPECT_EQ(url->path, row.path);
        EXPECT_EQ(url->host_header(), row.header);
    }
    for (const char* text :
         {"", "localhost", "ftp://x", "http://", "http://:80", "http:///x", "http://x:", "http://x:0", "http://x:65536",
          "http://x:8a", "http://u@x", "http://x/?q", "http://x/#f", "http://x/a b", "http://x/\r\nHost: y",
          "http://[::1", "http://[]:80", "http://[::1]x", "http://x\\y"}) {
        SCOPED_TRACE(text);
        EXPECT_FALSE(parse_url(text));
    }
}

/// Takes one connection, reads a request that ends with `end`, and answers with these bytes. Then it closes, or waits
/// until the client does.
class OneAnswer {
  public:
    OneAnswer(std::string answer, std::string end, bool stays = false)
        : answer_(std::move(answer)), end_(std::move(end)), stays_(stays) {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
        EXPECT_EQ(::listen(listener_, 1), 0);
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        url.host = "127.0.0.1";
        url.port = ntohs(address.sin_port);
        thread_ = std::thread([this] { serve(); });
    }
    ~OneAnswer() {
        join();
        ::close(listener_);
    }
    void join() {
        if (thread_.joinable()) thread_.join();
    }

    Url url;
    std::string received;  ///< after join()

  private:
    void serve() {
        const int peer = ::accept(listener_, nullptr, nullptr);
        char buffer[4096];
        while (!received.ends_with(end_)) {
            const auto size = ::recv(peer, buffer, sizeof buffer, 0);
            if (size <= 0) break;
            received.append(buffer, static_cast<std::size_t>(size));
        }
        std::string_view rest = answer_;
        while (!rest.empty()) {
            const auto sent = ::send(peer, rest.data(), rest.size(), MSG_NOSIGNAL);
            if (sent <= 0) break;
            rest.remove_prefix(static_cast<std::size_t>(sent));
        }
        while (stays_ && ::recv(peer, buffer, sizeof buffer, 0) > 0) {
        }
        ::close(peer);
    }

    int listener_ = -1;
    std::string answer_;
    std::string end_;
    bool stays_;
    std::thread thread_;
};

TEST(Post, SendsWhatItIsGiven) {
    OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "a=b");
    const Answer answer = post(server.url, {.headers = {{"Host", "x"}, {"X-Some", "thing"}}, .body = "a=b"});
    server.join();
    EXPECT_EQ(answer.error, "");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "ok");
    EXPECT_EQ(server.received,
              "POST / HTTP/1.1\r\nHost: x\r\nX-Some: thing\r\nContent-Length: 3\r\nConnection: close\r\n\r\na=b");
}

TEST(Post, TakesAnswersAsTheyCome) {
    struct Row {
        std::string sent;
        int status;
        const char* body;
        const char* error;
    };
    const Row rows[] = {
        {"HTTP/1.1 403 Forbidden\r\ncontent-length:3\r\n\r\nno!more", 403, "no!", ""},
        {"HTTP/1.0 200 OK\r\n\r\nuntil the end", 200, "until the end", ""},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n", 200, "abcde", ""},
        {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", 200, "short", "the answer ends too early"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc", 200, "",
         "the answer is too long"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabc", 200, "abc", "the answer ends too early"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 200, "", "the answer is not HTTP"},
        {"", 0, "", "the server gives no answer"},
        {"HTTP/1.1 200 OK\r\n", 0, "", "the answer ends too early"},
        {"SSH-2.0-OpenSSH\r\n\r\n", 0, "", "the answer is not HTTP"},
        {std::string(3000, 'x'), 0, "", "the answer is not HTTP"},
        {"HTTP/1.1 200 OK\r\nX: " + std::string(3000, 'x'), 0, "", "the answer is too long"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 2001\r\n\r\n", 200, "", "the answer is too long"},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.sent);
        OneAnswer server(row.sent, "\r\n\r\n");
        const Answer answer = post(server.url, {.headers = {}, .body = {}, .ca_bundle = {}, .most = 2000});
        EXPECT_EQ(answer.status, row.status);
        EXPECT_EQ(answer.body, row.body);
        EXPECT_EQ(answer.error, row.error);
    }
}

TEST(Post, EndsWithTheAnswerAndNotWithTheConnection) {
    for (const char* sent : {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"}) {
        SCOPED_TRACE(sent);
        OneAnswer server(sent, "\r\n\r\n", true);
        const auto start = std::chrono::steady_clock::now();
        const Answer answer = post(server.url, {});
        EXPECT_EQ(answer.error, "");
        EXPECT_EQ(answer.body, "ok");
        EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
    }
}

TEST(Post, HasPatienceForTheWholeCallOnly) {
    OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", "\r\n\r\n", true);
    Post request;
    request.patience = std::chrono::milliseconds(50);
    EXPECT_EQ(post(server.url, request).error, "the server takes too long");
    // Someone who listens and says nothing, not even in TLS.
    OneAnswer silent("", "never", false);
    silent.url.secure = true;
    EXPECT_EQ(post(silent.url, request).error, "the server takes too long");
}

TEST(Post, TellsWhoDoesNotAnswer) {
    Url url;
    url.host = "127.0.0.1";
    url.port = 1;
    EXPECT_EQ(post(url, {}).error, "nobody answers at 127.0.0.1:1");
    url.host = "no such host";
    EXPECT_THAT(post(url, {}).error, StartsWith("nobody answers at "));
    OneAnswer plain("HTTP/1.1 400 Bad Request\r\n\r\n", "\n");
    plain.url.secure = true;
    EXPECT_THAT(post(plain.url, {.headers = {}, .body = {}, .ca_bundle = "/nonexistent"}).error,
                HasSubstr("/nonexistent"));
}

}  // namespace
}  // namespace iamlocal::http
