// The hand-written head parser beside Beast's: it must not accept what Beast refuses, nor see other fields.
#include "http/request_parser.hpp"

#include <random>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <gtest/gtest.h>

namespace iamlocal::http {
namespace {

namespace beast = boost::beast;

constexpr std::uint64_t body_limit = 1 << 20;

/// Every field on a line of its own, or nothing where Beast refuses.
std::optional<std::string> as_beast_sees(std::string_view bytes) {
    beast::http::request_parser<beast::http::string_body> parser;
    parser.header_limit(1 << 16);
    beast::error_code error;
    parser.put(boost::asio::buffer(bytes), error);
    if (error || !parser.is_header_done()) return std::nullopt;
    const auto& message = parser.get();
    std::string seen;
    seen.append(message.method_string()).append(" ").append(message.target());
    seen += message.version() == 11 ? " 1.1" : " 1.0";
    seen += parser.chunked() ? " chunked" : " " + std::to_string(parser.content_length().value_or(0));
    seen += parser.keep_alive() ? " keep\n" : " close\n";
    for (const auto& field : message) {
        // Beast keeps fields of one name together; one name each in the seeds below keeps the order.
        seen.append(field.name_string()).append("=").append(field.value()).append("\n");
    }
    return seen;
}

std::optional<std::string> as_we_see(std::string_view bytes, Head& head) {
    const HeadEnd end = find_head_end(bytes, 0);
    if (end.state != HeadEnd::State::found || end.size != bytes.size()) return std::nullopt;
    if (parse_head(bytes, body_limit, head)) return std::nullopt;
    std::string seen;
    seen.append(head.method).append(" ").append(head.target);
    seen += head.http11 ? " 1.1" : " 1.0";
    seen += head.chunked ? " chunked" : " " + std::to_string(head.content_length);
    seen += head.keep_alive ? " keep\n" : " close\n";
    for (const auto& [name, value] : head.headers) seen.append(name).append("=").append(value).append("\n");
    return seen;
}

std::optional<http::Fault> fault_of(const std::string& line, const std::string& headers, Head& head) {
    static std::string bytes;  // what the head's views point into
    bytes = line + "\r\n" + headers + "\r\n";
    return parse_head(bytes, body_limit, head);
}

TEST(RequestParser, TakesTargetsInAbsoluteForm) {
    const struct {
        const char* target;
        const char* host;
        const char* path;
    } cases[] = {
        {"http://iam.amazonaws.com/a?b=c", "iam.amazonaws.com", "/a?b=c"},
        {"HTTPS://127.0.0.1:4566/", "127.0.0.1:4566", "/"},
        {"http://localhost", "LOCALHOST", "/"},
        {"http://[::1]:80?x=http://other/", "[::1]:80", "?x=http://other/"},
        {"/http://other/", "h", "/http://other/"},
    };
    for (const auto& [target, host, path] : cases) {
        SCOPED_TRACE(target);
        Head head;
        EXPECT_FALSE(fault_of(std::string("GET ") + target + " HTTP/1.1", std::string("Host: ") + host + "\r\n", head));
        EXPECT_EQ(head.target, target);
        EXPECT_EQ(head.origin_form, path);
    }
    for (const char* target : {"http://other/", "http://h:81/", "http://h@h/", "http:///", "http://", "ftp://h/", "h",
                               "http", "h:80", "?x", "http:/h/", "http://h#/"}) {
        SCOPED_TRACE(target);
        Head head;
        EXPECT_EQ(fault_of(std::string("GET ") + target + " HTTP/1.1", "Host: h\r\n", head), http::Fault::malformed);
    }
    Head head;
    EXPECT_FALSE(fault_of("OPTIONS * HTTP/1.1", "Host: h\r\n", head));
    EXPECT_FALSE(fault_of("GET http://h/ HTTP/1.0", "", head));
}

TEST(RequestParser, HostIsANameOrAnAddress) {
    Head head;
    for (const char* host :
         {"", "h", "a.b-c_d", "127.0.0.1:80", "h:", "[::1]", "[::1]:4566", "[fe80::1%25eth0]", "a%20b"})
        EXPECT_FALSE(fault_of("GET / HTTP/1.1", std::string("Host: ") + host + "\r\n", head)) << host;
    for (const char* host : {"a b", "a\tb", "a/b", "a@b", "a:b", "a:80:80", "::1", "[::1", "[]", "[::1]x", ":80", "a?b",
                             "a#b", "a\\b", "\"a\"", "<a>", "\xff", "\xc3\xa4"})
        EXPECT_EQ(fault_of("GET / HTTP/1.1", std::string("Host: ") + host + "\r\n", head), http::Fault::malformed)
            << host;
}

TEST(RequestParser, HeadersAreLimitedInNumber) {
    Head head;
    std::string headers = "Host: h\r\n";
    for (std::size_t i = 1; i < max_header_lines; ++i) headers += "x:\r\n";
    EXPECT_FALSE(fault_of("GET / HTTP/1.1", headers, head));
    EXPECT_EQ(fault_of("GET / HTTP/1.1", headers + "x:\r\n", head), http::Fault::headers_too_large);
}

TEST(RequestParser, AcceptsNothingThatBeastRefuses) {
    const std::string seeds[] = {
        "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
        "POST /a?b=%20 HTTP/1.1\r\nHost: h\r\nContent-Length: 43\r\nConnection: close\r\n\r\n",
        "PUT * HTTP/1.0\r\nHost: h\r\nConnection: keep-alive, x\r\nX-Amz-Date: 20170902T143223Z\r\n\r\n",
        "POST / HTTP/1.1\r\nHost:h\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\nE:\r\nT: \t a\tb \r\n\r\n",
    };
    const std::string_view pieces[] = {"\r",
                                       "\n",
                                       "\r\n",
                                       " ",
                                       "\t",
                                       ":",
                                       ",",
                                       ";",
                                       "=",
                                       "\"",
                                       "/",
                                       "0",
                                       "9",
                                       "-",
                                       "+",
                                       "x",
                                       "close",
                                       "chunked",
                                       "Content-Length",
                                       "Transfer-Encoding: chunked\r\n",
                                       "HTTP/1.1",
                                       "\x7f",
                                       "\x80",
                                       "\xff",
                                       "\x01",
                                       std::string_view("\0", 1)};
    std::mt19937 random(20170902);
    const auto below = [&](std::size_t bound) {
        return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
    };
    unsigned accepted = 0;
    Head head;
    for (int round = 0; round < 30'000; ++round) {
        std::string bytes = seeds[below(std::size(seeds))];
        for (std::size_t change = below(4); change > 0; --change) {
            const std::size_t at = below(bytes.size());
            switch (below(4)) {
                case 0:
                    bytes.erase(at, 1 + below(3));
                    break;
                case 1:
                    bytes.insert(at, pieces[below(std::size(pieces))]);
                    break;
                case 2:
                    bytes[at] = static_cast<char>(below(256));
                    break;
                default:
                    bytes.insert(at, bytes.substr(below(bytes.size()), below(30)));
                    break;
            }
            if (bytes.empty()) bytes = "G";
        }
        const auto ours = as_we_see(bytes, head);
        if (!ours) continue;
        ++accepted;
        // Fields of one name are moved together by Beast's container, so only heads without are compared in full.
        const auto beasts = as_beast_sees(bytes);
        ASSERT_TRUE(beasts) << bytes;
        ASSERT_EQ(ours->size(), beasts->size()) << bytes;
        ASSERT_EQ(ours->substr(0, ours->find('\n')), beasts->substr(0, beasts->find('\n'))) << bytes;
    }
    EXPECT_GT(accepted, 5'000u);
}

TEST(RequestParser, SeesWhatBeastSees) {
    Head head;
    for (const std::string_view bytes :
         {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", "get /\x80\xff HTTP/1.0\r\n\r\n",
          "M-SEARCH http://h/x?y HTTP/1.1\r\nHOST:\th\t\r\nA!#$%&'*+-.^_`|~9: :;\" \xe9 \r\nEmpty:\r\nEmptier: "
          "\t\r\n\r\n",
          "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0001\r\nConnection: ,close,\r\n\r\n",
          "POST / HTTP/1.0\r\nHost: h\r\nConnection: a , Keep-Alive\r\n\r\n",
          "POST / HTTP/1.1\r\nHost: h\r\ntransfer-encoding: CHUNKED\r\nConnection: \r\n\r\n"}) {
        SCOPED_TRACE(bytes);
        const auto ours = as_we_see(bytes, head);
        ASSERT_TRUE(ours);
        EXPECT_EQ(ours, as_beast_sees(bytes));
    }
}

}  // namespace
}  // namespace iamlocal::http
