#include "http/conversation.hpp"

#include <tuple>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "talk.hpp"

namespace iamlocal::http {
namespace {

using Next = Conversation::Next;

constexpr std::string_view ordinary =
    "POST /?a=b HTTP/1.1\r\nHost: h\r\nX-Same: 1\r\nx-same:  2 \t\r\nEmpty:\r\nContent-Length: 5\r\n\r\nhello";
constexpr std::string_view ordinary_echo = "POST /?a=b|Host=h|X-Same=1|x-same=2|Empty=|Content-Length=5|hello";
constexpr std::string_view chunked =
    "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n"
    "3\r\nabc\r\nA;ext=\"q\"\r\n0123456789\r\n0\r\nTrailer: dropped\r\n\r\n";
constexpr std::string_view chunked_echo = "PUT /|Host=h|Transfer-Encoding=Chunked|abc0123456789";

TEST(Conversation, HandsOverTheRequestAndAnswersInFull) {
    Talk talk;
    EXPECT_EQ(talk.say(ordinary), Next::read);
    EXPECT_EQ(talk.out, echo_answer(ordinary_echo));
    EXPECT_FALSE(talk.conversation.mid_request());
}

TEST(Conversation, TellsWhereTheRequestComesFrom) {
    Talk talk;
    talk.record.also = [](const http::Request& request, http::Response& response) {
        response.body =
            std::string(request.peer) + (request.secure ? " tls " : " plain ") + std::to_string(request.listener);
    };
    talk.say(ordinary);
    EXPECT_EQ(talk.out, echo_answer("192.0.2.7 plain 3"));
}

TEST(Conversation, PiecesOfAnySizeMakeTheSameRequests) {
    const std::string requests =
        std::string(ordinary) + std::string(chunked) + "\r\n\r\nGET /x HTTP/1.1\r\nHost: h\r\n\r\n";
    const std::string expected = echo_answer(ordinary_echo) + echo_answer(chunked_echo) + echo_answer("GET /x|Host=h|");
    for (std::size_t piece = 1; piece <= requests.size(); ++piece) {
        SCOPED_TRACE(piece);
        Talk talk;
        EXPECT_EQ(talk.say(requests, piece), Next::read);
        EXPECT_EQ(talk.out, expected);
    }
}

TEST(Conversation, AnswersPipelinedRequestsInOrderAndAtOnce) {
    Talk talk;
    std::string requests;
    std::string expected;
    for (int i = 0; i < 20; ++i) {
        const std::string target = "/" + std::to_string(i);
        requests += "GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n";
        expected += echo_answer("GET " + target + "|Host=h|");
    }
    talk.say(requests);
    EXPECT_EQ(talk.out, expected);
    EXPECT_EQ(talk.largest_send, expected.size());
    EXPECT_EQ(talk.conversation.answered(), 20u);
}

TEST(Conversation, DoesNotGatherAnswersWithoutBound) {
    Talk talk;
    talk.record.also = [](const http::Request&, http::Response& response) { response.body.assign(100'000, 'x'); };
    std::string requests;
    for (int i = 0; i < 20; ++i) requests += "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    EXPECT_EQ(talk.say(requests), Next::read);
    EXPECT_EQ(talk.record.handled, 20u);
    EXPECT_LT(talk.largest_send, 400'000u);
}

TEST(Conversation, KeepsOrClosesByVersionAndConnectionHeader) {
    struct Case {
        std::string_view version;
        std::string_view header;
        bool keeps;
        std::string_view said;
    };
    const Case cases[] = {
        {"1.1", "", true, ""},
        {"1.1", "Connection: close\r\n", false, "Connection: close\r\n"},
        {"1.1", "connection: foo, CLOSE\r\n", false, "Connection: close\r\n"},
        {"1.1", "Connection: keep-alive\r\n", true, ""},
        {"1.0", "", false, "Connection: close\r\n"},
        {"1.0", "Connection: Keep-Alive\r\n", true, "Connection: keep-alive\r\n"},
    };
    for (const auto& test : cases) {
        SCOPED_TRACE(std::string(test.version) + " " + std::string(test.header));
        Talk talk;
        talk.record.also = [](const http::Request&, http::Response& response) { response.body = "ok"; };
        const auto request =
            "GET / HTTP/" + std::string(test.version) + "\r\nHost: h\r\n" + std::string(test.header) + "\r\n";
        EXPECT_EQ(talk.say(request + request), test.keeps ? Next::read : Next::close);
        const auto answer = echo_answer("ok", test.said);
        EXPECT_EQ(talk.out, test.keeps ? answer + answer : answer);
    }
}

TEST(Conversation, Http10NeedsNoHost) {
    Talk talk;
    EXPECT_EQ(talk.say("GET / HTTP/1.0\r\n\r\n"), Next::close);
    EXPECT_EQ(talk.out, echo_answer("GET /|", "Connection: close\r\n"));
}

TEST(Conversation, HeadIsAnsweredWithoutBody) {
    Talk talk;
    talk.say("HEAD / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n");
    std::string head_answer = echo_answer("HEAD /|Host=h|");
    head_answer.resize(head_answer.find("\r\n\r\n") + 4);
    EXPECT_EQ(talk.out, head_answer + echo_answer("GET /|Host=h|"));
}

TEST(Conversation, UnknownMethodsAreTheHandlersBusiness) {
    for (const std::string method : {"DELETE", "PUT", "BREW", "OPTIONS", "get"}) {
        SCOPED_TRACE(method);
        Talk talk;
        talk.say(method + " / HTTP/1.1\r\nHost: h\r\n\r\n");
        EXPECT_EQ(talk.out, echo_answer(method + " /|Host=h|"));
    }
}

TEST(Conversation, WritesWhatTheHandlerSets) {
    Talk talk;
    talk.record.also = [](const http::Request&, http::Response& response) {
        response.status = 405;
        response.request_id.clear();
        response.content_type = "application/json";
        response.headers.emplace_back("Allow", "POST");
        response.headers.emplace_back("X-Split", "a\r\nEvil: 1");
        response.body = "{}";
    };
    talk.say("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(talk.out,
              "HTTP/1.1 405 Method Not Allowed\r\nDate: Sat, 02 Sep 2017 14:32:32 GMT\r\n"
              "Content-Type: application/json\r\nContent-Length: 2\r\nAllow: POST\r\n\r\n{}");
}

TEST(Conversation, AnswersThatMayHaveNoBodyHaveNone) {
    for (const int status : {204, 304}) {
        SCOPED_TRACE(status);
        Talk talk;
        talk.record.also = [&](const http::Request&, http::Response& response) { response.status = status; };
        talk.say("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        EXPECT_TRUE(talk.out.ends_with("x-amzn-RequestId: id-1\r\n\r\n")) << talk.out;
        EXPECT_EQ(talk.out.find("Content-Length"), talk.out.npos);
    }
}

TEST(Conversation, DateFollowsTheClock) {
    Talk talk;
    talk.clock.advance(std::chrono::seconds(28));
    talk.say("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_NE(talk.out.find("Date: Sat, 02 Sep 2017 14:33:00 GMT\r\n"), talk.out.npos) << talk.out;
}

TEST(Conversation, PromptsOnceForAnExpectedBody) {
    constexpr std::string_view prompt = "HTTP/1.1 100 Continue\r\n\r\n";
    for (const auto& [framing, body] : {std::pair<std::string, std::string>{"Content-Length: 5", "hello"},
                                        {"Transfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n"}}) {
        SCOPED_TRACE(framing);
        const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\n" + framing + "\r\n\r\n";
        Talk talk;
        talk.say(head);
        EXPECT_EQ(talk.out, prompt);
        talk.say(body, 1);
        EXPECT_EQ(count_of(talk.out, "HTTP/1.1 "), 2u);
        EXPECT_TRUE(talk.out.ends_with("|hello"));

        Talk eager;  // the body came along: there is nothing to prompt for
        eager.say(head + body);
        EXPECT_EQ(count_of(eager.out, "HTTP/1.1 "), 1u);
    }
}

TEST(Conversation, DoesNotPromptForNothing) {
    for (const std::string_view request :
         {"POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n",
          "POST / HTTP/1.0\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n",
          "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n"}) {
        SCOPED_TRACE(request);
        Talk talk;
        talk.say(request);
        EXPECT_EQ(count_of(talk.out, "100 Continue"), 0u);
    }
}

TEST(Conversation, HeaderLimitIsExact) {
    Limits limits;
    limits.header_bytes = 1000;
    const std::string begin = "GET / HTTP/1.1\r\nHost: h\r\nX: ";
    const std::string fits = begin + std::string(1000 - begin.size() - 4, 'x') + "\r\n\r\n";
    const std::string too_long = begin + std::string(1001 - begin.size() - 4, 'x') + "\r\n\r\n";
    for (const std::size_t piece : {std::size_t(1), std::size_t(7), SIZE_MAX}) {
        SCOPED_TRACE(piece);
        Talk good(limits);
        EXPECT_EQ(good.say(fits, piece), Next::read);
        EXPECT_EQ(good.record.handled, 1u);
        Talk bad(limits);
        EXPECT_EQ(bad.say(too_long, piece), Next::refuse);
        EXPECT_TRUE(bad.out.starts_with("HTTP/1.1 431 ")) << bad.out;
    }
    Talk endless(limits);
    EXPECT_EQ(endless.say("GET /" + std::string(2000, 'x')), Next::refuse);
    EXPECT_TRUE(endless.out.starts_with("HTTP/1.1 431 ")) << endless.out;
}

TEST(Conversation, BodyLimitIsExact) {
    Limits limits;
    limits.body_bytes = 10'000;
    const auto declared = [](std::size_t size) {
        return "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
               std::string(size, 'b');
    };
    const auto in_chunks = [](std::size_t size) {
        std::string request = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
        for (std::size_t left = size; left > 0;) {
            const std::size_t now = std::min<std::size_t>(left, 16);
            request += (now == 16 ? "10" : std::to_string(now)) + "\r\n" + std::string(now, 'b') + "\r\n";
            left -= now;
        }
        return request + "0\r\n\r\n";
    };
    for (const std::size_t piece : {std::size_t(1), std::size_t(1000), SIZE_MAX}) {
        SCOPED_TRACE(piece);
        for (const auto& fits : {declared(10'000), in_chunks(10'000)}) {
            Talk talk(limits);
            EXPECT_EQ(talk.say(fits, piece), Next::read);
            EXPECT_TRUE(talk.out.ends_with("|" + std::string(10'000, 'b')));
        }
        for (const auto& too_large : {declared(10'001), in_chunks(10'001)}) {
            Talk talk(limits);
            EXPECT_EQ(talk.say(too_large, piece), Next::refuse);
            EXPECT_TRUE(talk.out.starts_with("HTTP/1.1 413 ")) << talk.out;
            EXPECT_EQ(talk.record.handled, 0u);
        }
    }
}

TEST(Conversation, AHandlerMayTakeMoreForSomeOfItsRequests) {
    Limits limits;
    limits.body_bytes = 100;
    const auto declared = [](std::string_view target, std::size_t size) {
        return fmt::format("POST {} HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n{}", target, size,
                           std::string(size, 'b'));
    };
    const auto in_chunks = [](std::string_view target, std::size_t size) {
        return fmt::format("POST {} HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{}\r\n0\r\n\r\n",
                           target, size, std::string(size, 'b'));
    };
    struct {
        std::string request;
        bool fits;
    } const cases[] = {{declared("/large", 5000), true},  {in_chunks("/large", 5000), true},
                       {declared("/large", 5001), false}, {in_chunks("/large", 5001), false},
                       {declared("/other", 101), false},  {in_chunks("/other", 101), false},
                       {declared("/other", 100), true}};
    for (const auto& [request, fits] : cases)
        for (const std::size_t piece : {std::size_t(7), SIZE_MAX}) {
            Talk talk(limits);
            talk.record.body_bytes = 5000;
            EXPECT_EQ(talk.say(request, piece), fits ? Next::read : Next::refuse) << request.substr(0, 60);
            EXPECT_EQ(talk.out.starts_with("HTTP/1.1 413 "), !fits) << request.substr(0, 60);
            EXPECT_EQ(talk.record.handled, fits ? 1u : 0u);
        }
    // What is said to be too long is refused before any of it is read.
    Talk talk(limits);
    talk.record.body_bytes = 5000;
    EXPECT_EQ(talk.say("POST /other HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5000\r\n\r\n"),
              Next::refuse);
    EXPECT_TRUE(talk.out.starts_with("HTTP/1.1 413 ")) << talk.out;
}

TEST(Conversation, ChunkHeadersAndTrailersAreBounded) {
    Limits limits;
    limits.header_bytes = 500;
    const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (const auto& flood :
         {"1;" + std::string(1000, 'x'), "0\r\nT: " + std::string(1000, 'x'), std::string(1000, '0')}) {
        SCOPED_TRACE(flood.substr(0, 4));
        Talk talk(limits);
        EXPECT_EQ(talk.say(head + flood, 100), Next::refuse);
    }
}

TEST(Conversation, GivesBackTheMemoryOfLargeRequests) {
    Talk talk;
    const std::size_t small = talk.conversation.space().size();
    talk.say("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n" + std::string(1'000'000, 'b'));
    EXPECT_EQ(talk.record.handled, 1u);
    EXPECT_EQ(talk.conversation.space().size(), small);
}

TEST(Conversation, AnAbsoluteTargetIsThePathThatItNames) {
    for (const std::size_t piece : {SIZE_MAX, std::size_t{1}}) {
        Talk talk;
        talk.say("POST http://h:1/a?b HTTP/1.1\r\nHost: h:1\r\nContent-Length: 1\r\n\r\nx", piece);
        EXPECT_EQ(talk.out, echo_answer("POST /a?b|Host=h:1|Content-Length=1|x"));
    }
}

TEST(Conversation, UnfinishedRequestsAreBoundedTogether) {
    Limits limits;
    limits.unfinished_bytes = 100000;
    const std::string begun = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 60001\r\n\r\n" + std::string(60000, 'x');
    const std::string chunk =
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nea61\r\n" + std::string(60000, 'x');
    for (const std::string& second : {begun, chunk}) {
        Talk first(limits);
        EXPECT_EQ(first.say(begun), Next::read);
        EXPECT_GT(first.unfinished_bytes, 60000U);
        {
            Talk other(limits);
            other.scratch.unfinished_bytes = &first.unfinished_bytes;
            EXPECT_EQ(other.say(second), Next::refuse);
            EXPECT_TRUE(other.out.starts_with("HTTP/1.1 503 ")) << other.out;
            Talk small(limits);
            small.scratch.unfinished_bytes = &first.unfinished_bytes;
            EXPECT_EQ(small.say("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\na"), Next::read);
            EXPECT_EQ(small.say("bc"), Next::read);
            EXPECT_EQ(small.record.handled, 1U);
            EXPECT_EQ(first.say("x"), Next::read);  // the first one is finished and answered
            EXPECT_EQ(first.record.handled, 1U);
            EXPECT_EQ(first.unfinished_bytes, 0U);
            Talk third(limits);
            third.scratch.unfinished_bytes = &first.unfinished_bytes;
            EXPECT_EQ(third.say(second), Next::read);
            EXPECT_GT(first.unfinished_bytes, 60000U);
        }
        EXPECT_EQ(first.unfinished_bytes, 0U);  // those who have left keep nothing
    }
}

TEST(Conversation, EndAndTimeoutInsideARequestAreAnswered) {
    for (const std::string_view begun :
         {"G", "GET / HTTP/1.1\r\n", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhell",
          "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"}) {
        SCOPED_TRACE(begun);
        Talk ended;
        ended.say(begun);
        EXPECT_TRUE(ended.conversation.mid_request());
        EXPECT_EQ(ended.conversation.ended(), Next::refuse);
        EXPECT_TRUE(ended.scratch.out.starts_with("HTTP/1.1 400 ")) << ended.scratch.out;
        Talk late;
        late.say(begun);
        EXPECT_EQ(late.conversation.timed_out(), Next::refuse);
        EXPECT_TRUE(late.scratch.out.starts_with("HTTP/1.1 408 ")) << late.scratch.out;
    }
    Talk idle;
    idle.say("\r\n");
    EXPECT_EQ(idle.conversation.ended(), Next::close);
    EXPECT_EQ(idle.scratch.out, "");
}

TEST(Conversation, WhileDrainingTheLastAnswerCloses) {
    Talk talk;
    talk.draining = true;
    const std::string request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    EXPECT_EQ(talk.say(request + request), Next::close);
    EXPECT_EQ(talk.out, echo_answer("GET /|Host=h|") + echo_answer("GET /|Host=h|", "Connection: close\r\n"));
}

TEST(Conversation, BreaksAnAnswerOffWhereItIsToldTo) {
    for (const auto& [delivery, body, rest] :
         {std::tuple(Delivery::half, "12345", "12"), std::tuple(Delivery::half, "1", ""),
          std::tuple(Delivery::half, "", ""), std::tuple(Delivery::half, "1234", "12")}) {
        SCOPED_TRACE(body);
        Talk talk;
        talk.record.also = [&, how = delivery, text = body](const http::Request& request, http::Response& response) {
            response.body = text;
            if (request.target == "/broken") response.delivery = how;
        };
        EXPECT_EQ(talk.say("GET / HTTP/1.1\r\nHost: h\r\n\r\nGET /broken HTTP/1.1\r\nHost: h\r\n\r\n"
                           "GET / HTTP/1.1\r\nHost: h\r\n\r\n"),
                  Next::close);
        std::string broken = echo_answer(body);
        broken.resize(broken.size() - std::string_view(body).size());
        EXPECT_EQ(talk.out, echo_answer(body) + broken + rest);
    }
}

TEST(Conversation, GivesNoAnswerWhereItIsToldTo) {
    for (const char* method : {"GET", "HEAD"}) {
        Talk talk;
        talk.record.also = [](const http::Request& request, http::Response& response) {
            if (request.target == "/cut") response.delivery = Delivery::none;
            if (request.target == "/half" && request.method == "HEAD") response.delivery = Delivery::half;
        };
        const bool is_head = std::string_view(method) == "HEAD";
        const std::string target = is_head ? "/half" : "/cut";
        EXPECT_EQ(talk.say(method + (" " + target + " HTTP/1.1\r\nHost: h\r\n\r\n")), Next::close);
        EXPECT_EQ(talk.out, "");
    }
}

}  // namespace
}  // namespace iamlocal::http
