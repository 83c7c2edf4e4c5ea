#include "http/server.hpp"

#include <ctime>
#include <fcntl.h>
#include <map>
#include <set>
#include <sys/resource.h>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "running_server.hpp"

namespace iamlocal::http {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

TEST(Server, AnswersOneAfterTheOtherOnOneConnection) {
    RunningServer running;
    auto client = running.connect();
    for (int i = 0; i < 3; ++i) {
        const std::string target = "/" + std::to_string(i);
        client.send(get(target));
        const auto answer = client.receive();
        EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\nDate: "));
        EXPECT_EQ(body_of(answer), "GET " + target + "|Host=h|");
    }
}

TEST(Server, KnowsThePeer) {
    RunningServer running(on_free_port(),
                          [](const http::Request& request, http::Response& response) { response.body = request.peer; });
    auto client = running.connect();
    client.send(get("/"));
    EXPECT_EQ(body_of(client.receive()), "127.0.0.1");
}

TEST(Server, AnswersAHundredPipelinedRequestsInOrder) {
    RunningServer running;
    auto client = running.connect();
    std::string requests;
    for (int i = 0; i < 100; ++i) {
        const std::string body = "body " + std::to_string(i);
        requests += "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    }
    client.send(requests);
    for (int i = 0; i < 100; ++i) EXPECT_THAT(body_of(client.receive()), EndsWith("|body " + std::to_string(i)));
    EXPECT_EQ(running.record.handled, 100u);
    EXPECT_LE(running.record.batches, 100u);
}

TEST(Server, ReadsByteByByte) {
    RunningServer running;
    auto client = running.connect();
    const std::string request =
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n";
    for (const char byte : request) ASSERT_TRUE(client.send({&byte, 1}));
    EXPECT_THAT(body_of(client.receive()), EndsWith("|abcd"));
}

TEST(Server, TellsTheHandlerWhenABatchIsDone) {
    RunningServer running;
    auto client = running.connect();
    client.send(get("/"));
    client.receive();
    client.send(get("/"));  // the batch of the first request ends before this one is answered
    client.receive();
    EXPECT_GE(running.record.batches, 1u);
    running.server.stop();
    EXPECT_EQ(running.record.batches, 2u);
}

TEST(Server, PromptsForAnExpectedBody) {
    RunningServer running;
    auto client = running.connect();
    client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    EXPECT_EQ(client.receive(), "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("ok");
    EXPECT_THAT(body_of(client.receive()), EndsWith("|ok"));
}

TEST(Server, AnswersHeadWithoutBody) {
    RunningServer running;
    auto client = running.connect();
    client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n" + get("/next"));
    EXPECT_THAT(client.receive(false), HasSubstr("Content-Length: 14\r\n"));
    EXPECT_EQ(body_of(client.receive()), "GET /next|Host=h|");
}

TEST(Server, ClosesWhenAskedTo) {
    RunningServer running;
    for (const std::string_view request :
         {"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n"}) {
        SCOPED_TRACE(request);
        auto client = running.connect();
        client.send(request);
        bool orderly = false;
        EXPECT_THAT(client.receive_all(&orderly), HasSubstr("Connection: close\r\n"));
        EXPECT_TRUE(orderly);
    }
}

TEST(Server, AnswersClientsThatHaveStoppedSending) {
    RunningServer running;
    auto whole = running.connect();
    whole.send(get("/") + get("/2"));
    whole.end_sending();
    bool orderly = false;
    EXPECT_THAT(whole.receive_all(&orderly), EndsWith("GET /2|Host=h|"));
    EXPECT_TRUE(orderly);

    auto partial = running.connect();
    partial.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhell");
    partial.end_sending();
    EXPECT_THAT(partial.receive_all(&orderly), StartsWith("HTTP/1.1 400 "));
    EXPECT_TRUE(orderly);
}

TEST(Server, RefusesWithAnAnswerThatArrives) {
    RunningServer running;
    const std::string megabyte(1 << 20, 'b');
    const std::string chunk = "10000\r\n" + std::string(0x10000, 'c') + "\r\n";
    struct Case {
        std::string begin;
        std::string more;  // sent eight times, answer or not
        std::string_view status;
    };
    const Case cases[] = {
        {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 8388608\r\n\r\n", megabyte, "HTTP/1.1 413 "},
        {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", chunk + chunk + chunk, "HTTP/1.1 413 "},
        {"GET / HTTP/1.1\r\nX: ", megabyte, "HTTP/1.1 431 "},
        {"GET nonsense\r\n\r\n", megabyte, "HTTP/1.1 400 "},
    };
    for (const auto& [begin, more, status] : cases) {
        SCOPED_TRACE(begin);
        auto client = running.connect();
        EXPECT_TRUE(client.send(begin));
        for (int i = 0; i < 8; ++i) EXPECT_TRUE(client.send(more));
        client.end_sending();
        bool orderly = false;
        const auto answer = client.receive_all(&orderly);
        EXPECT_TRUE(orderly);
        EXPECT_THAT(answer, StartsWith(status));
        EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
        EXPECT_THAT(answer, EndsWith("refused"));
    }
    EXPECT_EQ(running.record.handled, 0u);
    auto next = running.connect();
    next.send(get("/"));
    EXPECT_THAT(next.receive(), StartsWith("HTTP/1.1 200 "));
}

TEST(Server, TakesABodyOfTheLimit) {
    RunningServer running;
    auto client = running.connect();
    client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1048576\r\n\r\n" + std::string(1 << 20, 'b'));
    EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 200 "));
}

TEST(Server, SendsLargeAnswersToSlowReaders) {
    RunningServer running(
        on_free_port(), [](const http::Request&, http::Response& response) { response.body.assign(20'000'000, 'x'); });
    auto client = running.connect();
    client.send(get("/") + get("/"));
    auto other = running.connect();
    other.send(get("/"));
    for (int i = 0; i < 2; ++i) EXPECT_EQ(body_of(client.receive()).size(), 20'000'000u);
    EXPECT_EQ(body_of(other.receive()).size(), 20'000'000u);
}

TEST(Server, SlowClientsHoldNothingUpAndAreCutOff) {
    Limits limits;
    limits.read_timeout = 60ms;
    RunningServer running(on_free_port(limits));
    auto in_headers = running.connect();
    auto in_body = running.connect();
    in_headers.send("GET / HT");
    in_body.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nh");
    const auto began = std::chrono::steady_clock::now();
    auto fast = running.connect();
    fast.send(get("/"));
    EXPECT_THAT(fast.receive(), StartsWith("HTTP/1.1 200 "));
    for (auto* slow : {&in_headers, &in_body}) {
        bool orderly = false;
        EXPECT_THAT(slow->receive_all(&orderly), StartsWith("HTTP/1.1 408 "));
        EXPECT_TRUE(orderly);
    }
    EXPECT_GE(std::chrono::steady_clock::now() - began, 55ms);
    fast.send(get("/"));
    EXPECT_THAT(fast.receive(), StartsWith("HTTP/1.1 200 "));
}

TEST(Server, TricklingDoesNotExtendTheDeadline) {
    Limits limits;
    limits.read_timeout = 60ms;
    RunningServer running(on_free_port(limits));
    auto client = running.connect();
    const auto began = std::chrono::steady_clock::now();
    bool sent = client.send("GET /");
    while (sent && std::chrono::steady_clock::now() - began < 20s) {
        std::this_thread::sleep_for(5ms);
        sent = client.send("x");
        char byte;
        if (::recv(client.fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0) break;
    }
    EXPECT_LT(std::chrono::steady_clock::now() - began, 10s);
    EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 408 "));
}

TEST(Server, ClosesIdleConnectionsWithoutAWord) {
    Limits limits;
    limits.idle_timeout = 40ms;
    RunningServer running(on_free_port(limits));
    auto fresh = running.connect();
    auto used = running.connect();
    used.send(get("/"));
    EXPECT_THAT(used.receive(), StartsWith("HTTP/1.1 200 "));
    EXPECT_TRUE(fresh.is_closed());
    EXPECT_TRUE(used.is_closed());
    EXPECT_EQ(running.record.refused, 0u);
}

TEST(Server, CutsClientsThatDoNotReadTheirAnswers) {
    Limits limits;
    limits.write_timeout = 40ms;
    RunningServer running(on_free_port(limits), [](const http::Request&, http::Response& response) {
        response.body.assign(20'000'000, 'x');
    });
    auto client = running.connect();
    client.send(get("/"));
    std::this_thread::sleep_for(50ms);
    std::this_thread::sleep_for(50ms);
    bool orderly = true;
    EXPECT_LT(client.receive_all(&orderly).size(), 20'000'000u);
}

TEST(Server, CapsConnectionsOverAllWorkers) {
    Limits limits;
    limits.connections = 3;
    Options options = on_free_port(limits);
    options.workers = 2;
    RunningServer running(options);
    std::vector<Client> clients;
    for (int i = 0; i < 3; ++i) {
        clients.push_back(running.connect());
        clients.back().send(get("/"));
        EXPECT_THAT(clients.back().receive(), StartsWith("HTTP/1.1 200 "));
    }
    auto refused = running.connect();
    EXPECT_THAT(refused.receive(), StartsWith("HTTP/1.1 503 "));
    EXPECT_TRUE(refused.is_closed());

    clients.pop_back();
    std::string answer;
    for (int attempt = 0; attempt < 200 && !answer.starts_with("HTTP/1.1 200 "); ++attempt) {
        auto again = running.connect();
        again.send(get("/"));
        answer = again.receive();
    }
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
}

TEST(Server, SurvivesHandlersThatThrow) {
    RunningServer running(on_free_port(), [](const http::Request& request, http::Response&) {
        if (request.target == "/throw") throw std::runtime_error("against the rules");
    });
    auto other = running.connect();
    auto client = running.connect();
    client.send(get("/fine") + get("/throw"));
    client.receive_all();
    other.send(get("/"));
    EXPECT_EQ(body_of(other.receive()), "GET /|Host=h|");
}

TEST(Server, ListensOnSeveralAddresses) {
    Options options = on_free_port();
    options.listen.push_back({"localhost", 0});
    options.workers = 2;
    RunningServer running(options);
    const auto endpoints = running.server.endpoints();
    ASSERT_EQ(endpoints.size(), 2u);
    EXPECT_NE(endpoints[0].port, 0);
    EXPECT_NE(endpoints[0].port, endpoints[1].port);
    EXPECT_EQ(endpoints[1].host, "127.0.0.1");
    for (std::size_t i = 0; i < 2; ++i) {
        auto client = running.connect(i);
        client.send(get("/"));
        EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 200 "));
    }
}

TEST(Server, GivesEachListenerTheHandlerOfItsPurpose) {
    std::map<Purpose, EchoRecord> records;
    for (const auto& [purpose, name] : {std::pair(Purpose::api, "api"), std::pair(Purpose::console, "console")})
        records[purpose].also = [name](const http::Request& request, http::Response& response) {
            response.body = name + std::to_string(request.listener);
        };
    std::vector<std::pair<unsigned, Purpose>> made;
    Options options;
    options.workers = 2;
    options.listen = {
        {"127.0.0.1", 0, Purpose::api}, {"127.0.0.1", 0, Purpose::console}, {"127.0.0.1", 0, Purpose::api}};
    Server server(options, [&](unsigned worker, Purpose serves) {
        made.emplace_back(worker, serves);
        return std::make_unique<EchoHandler>(records[serves]);
    });
    server.start();
    using Made = std::pair<unsigned, Purpose>;
    EXPECT_THAT(made, testing::UnorderedElementsAre(Made(0, Purpose::api), Made(0, Purpose::console),
                                                    Made(1, Purpose::api), Made(1, Purpose::console)));
    const char* const expected[] = {"api0", "console1", "api2"};
    for (std::size_t i = 0; i < 3; ++i) {
        Client client(server.endpoints()[i]);
        client.send(get("/"));
        EXPECT_EQ(body_of(client.receive()), expected[i]);
        client.send("\x16\x03\x01");
        EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 400 "));
    }
    server.stop();
    EXPECT_EQ(records[Purpose::api].refused, 2u);
    EXPECT_EQ(records[Purpose::console].refused, 1u);
    EXPECT_GE(records[Purpose::console].batches, 1u);
}

TEST(Server, ListensOnIpv6) {
    Options options = on_free_port();
    options.listen = {*parse_listen("[::1]:0")};
    std::unique_ptr<RunningServer> running;
    try {
        running = std::make_unique<RunningServer>(
            options, [](const http::Request& request, http::Response& response) { response.body = request.peer; });
    } catch (const std::runtime_error& error) {
        GTEST_SKIP() << error.what();
    }
    auto client = running->connect();
    client.send(get("/"));
    EXPECT_EQ(body_of(client.receive()), "::1");
}

TEST(Server, ServesManyConnectionsOnSeveralWorkers) {
    Options options = on_free_port();
    options.workers = 4;
    RunningServer running(options);
    std::vector<std::thread> threads;
    std::atomic<unsigned> right{0};
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int c = 0; c < 10; ++c) {
                auto client = running.connect();
                for (int i = 0; i < 10; ++i) {
                    client.send(get("/"));
                    if (body_of(client.receive()) == "GET /|Host=h|") ++right;
                }
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(right, 400u);
}

std::string reason_not_to_start(Options options) {
    EchoRecord record;
    Server server(std::move(options), [&](unsigned, Purpose) { return std::make_unique<EchoHandler>(record); });
    try {
        server.start();
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "(it started)";
}

TEST(Server, SaysWhyItCannotListen) {
    RunningServer single;
    Options shared_options = on_free_port();
    shared_options.workers = 2;
    RunningServer shared(shared_options);
    for (const unsigned workers : {1u, 2u}) {
        for (const auto* running : {&single, &shared}) {
            const auto port = running->server.endpoints()[0].port;
            Options options;
            options.workers = workers;
            options.listen = {{"127.0.0.1", port}};
            EXPECT_EQ(reason_not_to_start(options),
                      "Cannot listen on 127.0.0.1 port " + std::to_string(port) +
                          ": Address already in use. Another address is chosen with --listen HOST:PORT.");
        }
    }
    Options options;
    EXPECT_EQ(reason_not_to_start(options), "There is no address to listen on.");
    options.listen = {{"192.0.2.1", 0}};
    EXPECT_EQ(reason_not_to_start(options), "Cannot listen on 192.0.2.1 port 0: Cannot assign requested address.");
    options.listen = {{"name.invalid", 0}};
    EXPECT_THAT(reason_not_to_start(options), StartsWith("Cannot resolve name.invalid: "));
    options.workers = 0;
    EXPECT_EQ(reason_not_to_start(options), "There must be at least one worker.");
}

TEST(Server, AnswersWhoConnectsWhileItStarts) {
    // Who tries a free port of his own address often enough is connected with himself: another one.
    Options options;
    options.listen = {{"127.0.0.2", 0}};
    const Endpoint endpoint = RunningServer(options).server.endpoints()[0];
    options.listen[0].port = endpoint.port;
    options.workers = 2;
    for (int round = 0; round < 20; ++round) {
        std::string answer;
        std::thread early([&] {
            while (true) {
                try {
                    Client client(endpoint);
                    client.send(get("/"));
                    answer = client.receive();
                    return;
                } catch (const std::runtime_error&) {  // refused: not yet
                }
            }
        });
        RunningServer running(options);
        early.join();
        ASSERT_THAT(answer, StartsWith("HTTP/1.1 200 OK")) << "round " << round;
    }
}

TEST(Server, WaitsForDescriptorsWithoutSpinning) {
    RunningServer running;
    auto before = running.connect();
    before.send(get("/"));
    before.receive();

    std::vector<Client> waiting;
    waiting.push_back(running.connect());  // its socket exists before descriptors run out
    waiting.back().send(get("/"));
    waiting.back().receive();
    rlimit old_limit{};
    ::getrlimit(RLIMIT_NOFILE, &old_limit);
    const int highest = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    // Room for the client's own descriptor, none for the server's.
    const rlimit tight{static_cast<rlim_t>(highest) + 1, old_limit.rlim_max};
    ::close(highest);
    ::setrlimit(RLIMIT_NOFILE, &tight);
    auto starved = running.connect();
    starved.send(get("/starved"));

    const auto cpu_before = std::clock();
    std::this_thread::sleep_for(50ms);
    const auto cpu_used = 1000.0 * static_cast<double>(std::clock() - cpu_before) / CLOCKS_PER_SEC;
    before.send(get("/still"));
    EXPECT_EQ(body_of(before.receive()), "GET /still|Host=h|");
    EXPECT_LT(cpu_used, 25.0);

    ::setrlimit(RLIMIT_NOFILE, &old_limit);
    EXPECT_EQ(body_of(starved.receive()), "GET /starved|Host=h|");
}

}  // namespace
}  // namespace iamlocal::http
