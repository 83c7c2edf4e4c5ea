// How the server ends: nothing that was asked stays without an answer, nothing that idles holds it up.
#include <latch>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "running_server.hpp"

namespace iamlocal::http {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

bool refuses_connections(const Endpoint& endpoint) {
    try {
        Client client(endpoint);
        return false;
    } catch (const std::runtime_error&) {
        return true;
    }
}

TEST(ServerStop, EndsIdleConnectionsAtOnce) {
    Options options = on_free_port();
    options.workers = 2;
    RunningServer running(options);
    std::vector<Client> clients;
    for (int i = 0; i < 6; ++i) {
        clients.push_back(running.connect());
        if (i % 2 == 0) continue;
        clients.back().send(get("/"));
        clients.back().receive();
    }
    const auto began = std::chrono::steady_clock::now();
    running.server.stop();
    EXPECT_LT(std::chrono::steady_clock::now() - began, Limits().drain_timeout);
    for (auto& client : clients) EXPECT_TRUE(client.is_closed());
    EXPECT_TRUE(refuses_connections(running.server.endpoints()[0]));
}

TEST(ServerStop, AnswersRequestsInFlight) {
    std::latch handling(1);
    std::latch go_on(1);
    RunningServer running(on_free_port(), [&](const http::Request& request, http::Response&) {
        if (request.target != "/slow") return;
        handling.count_down();
        go_on.wait();
    });
    auto partial = running.connect();
    partial.send("POST /partial HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n");
    auto client = running.connect();
    client.send(get("/slow") + get("/pipelined"));
    handling.wait();
    auto queued = running.connect();  // not accepted yet: the only worker is busy
    queued.send(get("/queued"));
    std::thread stopper([&] { running.server.stop(); });
    std::this_thread::sleep_for(30ms);
    go_on.count_down();

    EXPECT_THAT(client.receive(), EndsWith("GET /slow|Host=h|"));
    const auto last = client.receive();
    EXPECT_THAT(last, HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(last, EndsWith("GET /pipelined|Host=h|"));
    const auto from_queue = queued.receive();
    EXPECT_THAT(from_queue, HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(from_queue, EndsWith("GET /queued|Host=h|"));
    partial.send("ok");
    const auto completed = partial.receive();
    EXPECT_THAT(completed, HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(completed, EndsWith("|ok"));
    for (auto* each : {&client, &queued, &partial}) {
        EXPECT_TRUE(each->is_closed());
        each->end_sending();
    }
    stopper.join();
}

TEST(ServerStop, CutsWhatIsLeftAtTheDeadline) {
    Limits limits;
    limits.drain_timeout = 50ms;
    RunningServer running(on_free_port(limits));
    auto client = running.connect();
    auto probe = running.connect();
    client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n");
    probe.send(get("/"));
    probe.receive();  // by now the server has seen the first client's bytes as well
    const auto began = std::chrono::steady_clock::now();
    running.server.stop();
    const auto took = std::chrono::steady_clock::now() - began;
    EXPECT_GE(took, 45ms);
    EXPECT_LT(took, limits.read_timeout);
    EXPECT_THAT(client.receive_all(), Not(StartsWith("HTTP/1.1 2")));
}

TEST(ServerStop, MayBeAskedForAnyNumberOfTimesFromAnyThread) {
    RunningServer running;
    std::thread waiter([&] { running.server.wait(); });
    std::thread first([&] { running.server.stop(); });
    std::thread second([&] { running.server.stop(); });
    first.join();
    second.join();
    waiter.join();
    running.server.stop();
    running.server.wait();
    EXPECT_TRUE(refuses_connections(running.server.endpoints()[0]));
}

TEST(ServerStop, HappensWithoutStart) {
    EchoRecord record;
    Server server(on_free_port(), [&](unsigned, Purpose) { return std::make_unique<EchoHandler>(record); });
    server.stop();
    EXPECT_TRUE(server.endpoints().empty());
}

TEST(ServerStop, WritesTheLastBatch) {
    RunningServer running;
    auto client = running.connect();
    client.send(get("/"));
    client.receive();
    running.server.stop();
    EXPECT_EQ(running.record.batches, 1u);
}

TEST(ServerStop, FreesThePort) {
    Options options = on_free_port();
    options.workers = 2;
    RunningServer first(options);
    auto client = first.connect();
    client.send(get("/"));
    client.receive();
    first.server.stop();
    options.listen[0].port = first.server.endpoints()[0].port;
    RunningServer second(options);
    auto again = second.connect();
    again.send(get("/"));
    EXPECT_THAT(again.receive(), StartsWith("HTTP/1.1 200 "));
}

}  // namespace
}  // namespace iamlocal::http
