// Answers that are made while they are sent.
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "running_server.hpp"
#include "unit/http/talk.hpp"

namespace iamlocal::http {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

/// Says one line per call, `count` in all; forever for none.
class Counting final : public http::Stream {
  public:
    explicit Counting(int count, std::atomic<int>& alive) : count_(count), alive_(alive) { ++alive_; }
    ~Counting() override { --alive_; }
    bool next(std::string& out) override {
        out.append("line ").append(std::to_string(++said_)).append("\n");
        return said_ != count_;
    }

  private:
    int count_;
    std::atomic<int>& alive_;
    int said_ = 0;
};

class StreamTest : public testing::Test {
  protected:
    std::function<void(const http::Request&, http::Response&)> streams() {
        return [this](const http::Request& request, http::Response& response) {
            if (request.target == "/plain") return;
            response.body = "first\n";
            response.stream = std::make_unique<Counting>(request.target == "/endless" ? 0 : 3, alive_);
        };
    }

    std::atomic<int> alive_{0};
};

TEST_F(StreamTest, ArrivesInChunksAndEndsTheConnection) {
    RunningServer running(on_free_port(), streams());
    Client client = running.connect();
    client.send(get("/three"));
    bool orderly = false;
    const std::string answer = client.receive_all(&orderly);
    EXPECT_TRUE(orderly);
    EXPECT_THAT(answer, HasSubstr("\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n6\r\nfirst\n\r\n"));
    EXPECT_THAT(answer, Not(HasSubstr("Content-Length")));
    EXPECT_THAT(answer, EndsWith("7\r\nline 1\n\r\n7\r\nline 2\n\r\n7\r\nline 3\n\r\n0\r\n\r\n"));
    EXPECT_EQ(alive_, 0);
}

TEST_F(StreamTest, EndsWithTheConnectionForHttp10) {
    RunningServer running(on_free_port(), streams());
    Client client = running.connect();
    client.send("GET /three HTTP/1.0\r\n\r\n");
    const std::string answer = client.receive_all();
    EXPECT_THAT(answer, Not(HasSubstr("chunked")));
    EXPECT_EQ(body_of(answer), "first\nline 1\nline 2\nline 3\n");
}

TEST_F(StreamTest, HasNoBodyForHead) {
    RunningServer running(on_free_port(), streams());
    Client client = running.connect();
    client.send("HEAD /endless HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(client.receive(false), HasSubstr("200 OK"));
    client.send(get("/plain"));
    EXPECT_THAT(client.receive(), HasSubstr("GET /plain"));
    EXPECT_EQ(alive_, 0);
}

TEST_F(StreamTest, LeavesTheWorkersOtherConnectionsAlone) {
    RunningServer running(on_free_port(), streams());
    Client streaming = running.connect();
    streaming.send(get("/endless"));
    Client other = running.connect();
    for (int i = 0; i < 20; ++i) {
        other.send(get("/plain"));
        ASSERT_THAT(other.receive(), HasSubstr("GET /plain"));
    }
    EXPECT_EQ(alive_, 1);
}

TEST_F(StreamTest, EndsWhenTheClientLeaves) {
    RunningServer running(on_free_port(), streams());
    {
        Client client = running.connect();
        client.send(get("/endless"));
        EXPECT_THAT(client.receive(), HasSubstr("200 OK"));
    }
    for (int i = 0; i < 100 && alive_ > 0; ++i) std::this_thread::sleep_for(20ms);
    EXPECT_EQ(alive_, 0);
}

TEST_F(StreamTest, EndsWhenTheServerStops) {
    RunningServer running(on_free_port(), streams());
    Client client = running.connect();
    client.send(get("/endless"));
    EXPECT_THAT(client.receive(), HasSubstr("200 OK"));
    std::thread stopping([&] { running.server.stop(); });
    bool orderly = false;
    const auto began = std::chrono::steady_clock::now();
    const std::string rest = client.receive_all(&orderly);
    EXPECT_LT(std::chrono::steady_clock::now() - began, 2s);
    EXPECT_TRUE(orderly);
    EXPECT_THAT(rest, EndsWith("\r\n0\r\n\r\n"));
    { const Client gone = std::move(client); }
    stopping.join();
    EXPECT_EQ(alive_, 0);
}

/// More than a connection's buffers hold.
class Flood final : public http::Stream {
  public:
    explicit Flood(std::atomic<int>& alive) : alive_(alive) { ++alive_; }
    ~Flood() override { --alive_; }
    bool next(std::string& out) override {
        out.append(8 * 1024 * 1024, 'x');
        return true;
    }

  private:
    std::atomic<int>& alive_;
};

TEST_F(StreamTest, IsCutWhenTheClientDoesNotRead) {
    Limits limits;
    limits.write_timeout = 200ms;
    RunningServer running(on_free_port(limits), [&](const http::Request&, http::Response& response) {
        response.stream = std::make_unique<Flood>(alive_);
    });
    Client client = running.connect();
    client.send(get("/"));
    for (int i = 0; i < 250 && running.record.handled == 0; ++i) std::this_thread::sleep_for(20ms);
    for (int i = 0; i < 250 && alive_ > 0; ++i) std::this_thread::sleep_for(20ms);
    EXPECT_EQ(alive_, 0);
}

TEST_F(StreamTest, DoesNotHoldUpTheServerWhenTheClientDoesNotRead) {
    RunningServer running(on_free_port(), [&](const http::Request&, http::Response& response) {
        response.stream = std::make_unique<Flood>(alive_);
    });
    Client client = running.connect();
    client.send(get("/"));
    for (int i = 0; i < 250 && alive_ == 0; ++i) std::this_thread::sleep_for(20ms);
    std::this_thread::sleep_for(300ms);  // it is in the middle of a part then
    const auto began = std::chrono::steady_clock::now();
    running.server.stop();
    EXPECT_LT(std::chrono::steady_clock::now() - began, 3s);
    EXPECT_EQ(alive_, 0);
}

TEST(StreamConversation, IsHandedToTheSessionAndNothingBehindItIsRead) {
    Talk talk;
    std::atomic<int> alive{0};
    talk.record.also = [&](const http::Request& request, http::Response& response) {
        if (request.target != "/s") return;
        response.body.clear();
        response.stream = std::make_unique<Counting>(3, alive);
    };
    EXPECT_EQ(talk.say(get("/a") + get("/s") + get("/b")), Conversation::Next::stream);
    EXPECT_THAT(talk.out, HasSubstr("GET /a"));
    EXPECT_THAT(talk.out, EndsWith("Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"));
    EXPECT_EQ(talk.record.handled, 2u);
    const auto [stream, chunked] = talk.conversation.take_stream();
    EXPECT_TRUE(chunked);
    EXPECT_NE(stream, nullptr);
}

TEST(AppendChunk, WritesItsSizeInHex) {
    std::string out;
    append_chunk(out, "");
    EXPECT_EQ(out, "");
    append_chunk(out, std::string(26, 'x'));
    EXPECT_EQ(out, "1a\r\n" + std::string(26, 'x') + "\r\n");
}

}  // namespace
}  // namespace iamlocal::http
