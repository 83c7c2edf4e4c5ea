// Requests that must be refused, each with its status, however they are cut into pieces.
#include <gtest/gtest.h>

#include "talk.hpp"

namespace iamlocal::http {
namespace {

using namespace std::string_literals;

void expect_refused(const std::string& request, int status) {
    SCOPED_TRACE(request);
    for (const std::size_t piece : {std::size_t(1), std::size_t(3), SIZE_MAX}) {
        Talk talk;
        EXPECT_EQ(talk.say(request, piece), Conversation::Next::refuse);
        EXPECT_TRUE(talk.out.starts_with("HTTP/1.1 " + std::to_string(status) + " ")) << talk.out;
        EXPECT_NE(talk.out.find("Connection: close\r\n"), talk.out.npos) << talk.out;
        EXPECT_EQ(talk.record.handled, 0u);
        EXPECT_EQ(talk.record.refused, 1u);
    }
}

TEST(Malformed, RequestLine) {
    for (const auto& line :
         {"GET\r\n"s, "GET /\r\n"s, " GET / HTTP/1.1\r\n"s, "G(T / HTTP/1.1\r\n"s, "GET  / HTTP/1.1\r\n"s,
          "GET / HTTP/1.1 \r\n"s, "GET / HTTP/2.0\r\n"s, "GET / HTTP/0.9\r\n"s, "GET / HTTP/1.2\r\n"s,
          "GET / HTTP/11\r\n"s, "GET / http/1.1\r\n"s, "GET /\x01 HTTP/1.1\r\n"s, "GET /\0 HTTP/1.1\r\n"s,
          "G\0T / HTTP/1.1\r\n"s, "GET / HTTP/1.1\n"s, "GET / HTTP/1.1\r\r\n"s, "\x16\x03\x01\x02\x00\x01"s,
          "PRI * HTTP/2.0\r\n"s, "\xc3\xa9 / HTTP/1.1\r\n"s}) {
        expect_refused(line + "Host: h\r\n\r\n", 400);
    }
}

TEST(Malformed, Headers) {
    for (const auto& header :
         {"No colon\r\n"s, "Space : 1\r\n"s, ": 1\r\n"s, "A: \0\r\n"s, "A: \x01\r\n"s, "A\0: 1\r\n"s, "A: 1\n"s,
          "A: 1\r2\r\n"s, "A: 1\r\n folded\r\n"s, "A: 1\r\n\tfolded\r\n"s, " A: 1\r\n"s, "A: \x7f\r\n"s,
          "Connection: ,;=\r\n"s, "H\xc3\xa9: 1\r\n"s}) {
        expect_refused("GET / HTTP/1.1\r\nHost: h\r\n" + header + "\r\n", 400);
        expect_refused("GET / HTTP/1.1\r\n" + header + "Host: h\r\n\r\n", 400);
    }
}

TEST(Malformed, Host) {
    expect_refused("GET / HTTP/1.1\r\n\r\n", 400);
    expect_refused("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400);
    expect_refused("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400);
}

TEST(Malformed, ContentLength) {
    for (const std::string value : {"", "-1", "+5", "5 5", "0x5", "5,5", "5, 6", "five", "5.0", "18446744073709551616",
                                    "99999999999999999999999"}) {
        expect_refused("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + value + "\r\n\r\n", 400);
    }
    expect_refused("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 400);
    expect_refused("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400);
    expect_refused("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1048577\r\n\r\n", 413);
    expect_refused("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 18446744073709551615\r\n\r\n", 413);
}

TEST(Malformed, TransferEncoding) {
    for (const std::string value : {"gzip", "gzip, chunked", "chunked, gzip", "chunked, chunked", "identity", "",
                                    "xchunked", "chunked;q=1", "\"chunked\""}) {
        expect_refused("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: " + value + "\r\n\r\n0\r\n\r\n", 400);
    }
    const std::string te = "Transfer-Encoding: chunked\r\n";
    const std::string cl = "Content-Length: 5\r\n";
    for (const auto& both : {te + cl, cl + te, te + te, te + "Transfer-Encoding: identity\r\n"}) {
        expect_refused("POST / HTTP/1.1\r\nHost: h\r\n" + both + "\r\n0\r\n\r\n", 400);
    }
    expect_refused("POST / HTTP/1.0\r\nHost: h\r\n" + te + "\r\n0\r\n\r\n", 400);
}

TEST(Malformed, Chunks) {
    for (const auto& body :
         {"x\r\n"s, "-1\r\n"s, "\r\n"s, " 5\r\nhello\r\n"s, "5\r\nhelloX\r\n0\r\n\r\n"s, "5\nhello\r\n"s,
          "5\r\nhello0\r\n\r\n"s, "11111111111111111\r\n"s, "5;\0\r\nhello\r\n"s, "0\r\nbad trailer\r\n\r\n"s,
          "0\r\nContent-Length: 5\r\n\r\n"s, "0\r\nTransfer-Encoding: chunked\r\n\r\n"s}) {
        expect_refused("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + body + "\r\n\r\n", 400);
    }
    expect_refused("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n100001\r\n", 413);
    expect_refused("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", 413);
}

TEST(Malformed, WhatCameBeforeIsStillAnswered) {
    Talk talk;
    EXPECT_EQ(talk.say("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/9.9\r\nHost: h\r\n\r\nGET /3 HTTP/1.1\r\n"),
              Conversation::Next::refuse);
    EXPECT_TRUE(talk.out.starts_with(echo_answer("GET /1|Host=h|") + "HTTP/1.1 400 ")) << talk.out;
    EXPECT_EQ(talk.record.handled, 1u);
}

}  // namespace
}  // namespace iamlocal::http
