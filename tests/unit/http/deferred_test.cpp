// Answers with a slow part: in their places, whatever else happens to the connection, its neighbours and the server.
#include "http/message/deferred.hpp"

#include <mutex>
#include <semaphore>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "running_server.hpp"
#include "slow_answer.hpp"
#include "talk.hpp"

namespace iamlocal::http {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;
using Next = Conversation::Next;

struct SlowTalk : Talk {
    explicit SlowTalk(
        int parts = 1, std::function<void()> work = [] {}) {
        record.defer = defer_slow(slow, std::move(work), parts);
    }
    /// Does what a session and a thread of the pool do, until there is no more work.
    Next do_work() {
        while (next == Next::work) {
            std::exception_ptr failure;
            try {
                conversation.deferred().work();
            } catch (...) {
                failure = std::current_exception();
            }
            next = conversation.worked(failure);
            send();
        }
        return next;
    }

    SlowRecord slow;
};

TEST(Deferred, AnswersInItsPlaceAmongPipelinedRequests) {
    SlowTalk talk;
    EXPECT_EQ(talk.say(get("/a") + get("/slow") + get("/b") + get("/slow2") + get("/c")), Next::work);
    EXPECT_EQ(talk.out, echo_answer("GET /a|Host=h|"));
    EXPECT_EQ(talk.conversation.answered(), 1u);
    EXPECT_EQ(talk.record.handled, 1u);  // what is behind it waits
    EXPECT_EQ(talk.do_work(), Next::read);
    EXPECT_EQ(talk.out, echo_answer("GET /a|Host=h|") + echo_answer("slow GET /slow|Host=h|") +
                            echo_answer("GET /b|Host=h|") + echo_answer("slow GET /slow2|Host=h|") +
                            echo_answer("GET /c|Host=h|"));
    EXPECT_FALSE(talk.conversation.mid_request());
    EXPECT_EQ(talk.slow.gone, 2u);
}

TEST(Deferred, KeepsItsRequestWhileOthersAreServed) {
    for (const std::string framing :
         {"Content-Length: 5\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"}) {
        for (const std::size_t piece : {std::size_t(1), std::size_t(10), SIZE_MAX}) {
            SCOPED_TRACE(framing + std::to_string(piece));
            SlowTalk talk;
            talk.say("POST /slow?a=b HTTP/1.1\r\nHost: h\r\nX: 1\r\n" + framing, piece);
            ASSERT_EQ(talk.next, Next::work);
            Conversation other(talk.scratch, talk.handler, {"192.0.2.8"});
            const std::string noise = "PUT /other HTTP/1.1\r\nHost: other\r\nY: 2\r\nZ: 3\r\nContent-Length: 0\r\n\r\n";
            std::copy(noise.begin(), noise.end(), other.space().begin());
            EXPECT_EQ(other.received(noise.size()), Next::read);
            talk.scratch.out.clear();
            EXPECT_EQ(talk.do_work(), Next::read);
            EXPECT_THAT(talk.out, HasSubstr("\r\n\r\nslow POST /slow?a=b|Host=h|X=1|"));
            EXPECT_THAT(talk.out, EndsWith("|hello"));
        }
    }
}

TEST(Deferred, FormsItsAnswerByItsOwnRequest) {
    const struct {
        std::string request;
        Next next;
        std::string extra;
        bool has_body;
    } cases[] = {
        {"GET /slow HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", Next::close, "Connection: close\r\n", true},
        {"GET /slow HTTP/1.0\r\n\r\n", Next::close, "Connection: close\r\n", true},
        {"GET /slow HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", Next::read, "Connection: keep-alive\r\n", true},
        {"HEAD /slow HTTP/1.1\r\nHost: h\r\n\r\n", Next::read, "", false},
    };
    for (const auto& test : cases) {
        SCOPED_TRACE(test.request);
        SlowTalk talk;
        talk.say(test.request);
        talk.scratch.head.clear();  // as another conversation may leave it
        EXPECT_EQ(talk.do_work(), test.next);
        EXPECT_THAT(talk.out, HasSubstr(test.extra));
        EXPECT_EQ(talk.out.ends_with("\r\n\r\n"), !test.has_body);
    }
}

TEST(Deferred, MayHaveSeveralParts) {
    SlowTalk talk(3);
    talk.say(get("/slow") + get("/b"));
    EXPECT_EQ(talk.do_work(), Next::read);
    EXPECT_EQ(talk.slow.worked, 3u);
    EXPECT_EQ(talk.out, echo_answer("slow GET /slow|Host=h|") + echo_answer("GET /b|Host=h|"));
}

TEST(Deferred, GetsBackWhatTheWorkThrew) {
    SlowTalk talk(1, [] { throw std::runtime_error("no such key"); });
    talk.say(get("/slow") + get("/b"));
    EXPECT_EQ(talk.do_work(), Next::read);
    EXPECT_EQ(talk.out, echo_answer("failed: no such key") + echo_answer("GET /b|Host=h|"));
}

TEST(Deferred, IsRefusedWhereThereIsNoRoomAndTheConnectionStays) {
    SlowTalk talk;
    ASSERT_EQ(talk.say(get("/slow") + get("/b")), Next::work);
    EXPECT_EQ(talk.conversation.refuse_work(), Next::read);
    talk.send();
    EXPECT_THAT(talk.out, StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
    EXPECT_THAT(talk.out, EndsWith("try again" + echo_answer("GET /b|Host=h|")));
    EXPECT_EQ(talk.slow.fault, http::Fault::overloaded);
    EXPECT_EQ(talk.slow.worked, 0u);
}

TEST(Deferred, IsRefusedWhereTheConnectionEndsBeforeTheWorkBegins) {
    SlowRecord slow;
    {
        Talk talk;
        talk.record.defer = defer_slow(slow);
        ASSERT_EQ(talk.say(get("/slow")), Next::work);
    }
    EXPECT_EQ(slow.refused, 1u);
    EXPECT_EQ(slow.fault, http::Fault::timeout);
    EXPECT_EQ(slow.finished, 0u);
    EXPECT_EQ(slow.gone, 1u);
}

TEST(Deferred, WhileDrainingTheLastAnswerCloses) {
    SlowTalk talk;
    talk.say(get("/slow"));
    talk.draining = true;
    EXPECT_EQ(talk.do_work(), Next::close);
    EXPECT_EQ(talk.out, echo_answer("slow GET /slow|Host=h|", "Connection: close\r\n"));
}

/// Work that begins when a thread takes it, and ends when the test says so.
struct Hold {
    std::function<void()> work() {
        return [this] {
            begun.release();
            go_on.acquire();
        };
    }
    std::counting_semaphore<> begun{0};
    std::counting_semaphore<> go_on{0};
};

struct SlowServer {
    explicit SlowServer(Options options = on_free_port())
        : running(std::move(options), {}, defer_slow(slow, hold.work())) {}
    Client connect() const { return running.connect(); }
    /// Returns when the server has seen that many slow requests.
    void wait_for_requests(unsigned count) const {
        while (slow.made < count) std::this_thread::yield();
    }

    SlowRecord slow;
    Hold hold;
    RunningServer running;
};

TEST(DeferredServer, AThousandRequestsAreAnsweredWhileOneWaits) {
    SlowServer server;
    auto waiting = server.connect();
    waiting.send(get("/slow") + get("/behind"));
    server.hold.begun.acquire();
    auto other = server.connect();
    for (int i = 0; i < 1000; ++i) {
        other.send(get("/quick"));
        ASSERT_EQ(body_of(other.receive()), "GET /quick|Host=h|");
    }
    EXPECT_EQ(server.running.record.handled, 1000u);
    server.hold.go_on.release();
    EXPECT_EQ(body_of(waiting.receive()), "slow GET /slow|Host=h|");
    EXPECT_EQ(body_of(waiting.receive()), "GET /behind|Host=h|");
    waiting.send(get("/slow"));
    server.hold.go_on.release();
    EXPECT_EQ(body_of(waiting.receive()), "slow GET /slow|Host=h|");
}

/// An answer that waits for the test.
struct Waiting {
    std::mutex mutex;
    std::vector<std::function<void()>> done;
    std::counting_semaphore<> begun{0};

    void end() {
        const std::lock_guard lock(mutex);
        for (const auto& call : std::exchange(done, {})) call();
    }
};
class WaitingAnswer final : public Deferred {
  public:
    explicit WaitingAnswer(Waiting& waiting) : waiting_(waiting) {}
    bool wait(std::function<void()> done) override {
        {
            const std::lock_guard lock(waiting_.mutex);
            waiting_.done.push_back(std::move(done));
        }
        waiting_.begun.release();
        return true;
    }
    void work() override { ADD_FAILURE() << "somebody else does it"; }
    std::unique_ptr<Deferred> finish(std::exception_ptr failure, Response& response) override {
        EXPECT_EQ(failure, nullptr);
        response.content_type = "text/plain";
        response.body = "waited";
        return nullptr;
    }
    void refuse(Fault, Response&) override { ADD_FAILURE() << "it was taken"; }

  private:
    Waiting& waiting_;
};

TEST(DeferredServer, WhoWaitsTakesNoThread) {
    Waiting waiting;
    Options options = on_free_port();
    options.job_threads = 1;
    options.job_queue = 1;
    RunningServer running(std::move(options), {}, [&](const Request& request) -> std::unique_ptr<Deferred> {
        if (request.target != "/wait") return nullptr;
        return std::make_unique<WaitingAnswer>(waiting);
    });
    std::vector<Client> clients;
    for (int i = 0; i < 10; ++i) {
        clients.push_back(running.connect());
        clients.back().send(get("/wait") + get("/behind"));
        waiting.begun.acquire();
    }
    auto other = running.connect();
    other.send(get("/quick"));
    EXPECT_EQ(body_of(other.receive()), "GET /quick|Host=h|");
    waiting.end();
    for (Client& client : clients) {
        EXPECT_EQ(body_of(client.receive()), "waited");
        EXPECT_EQ(body_of(client.receive()), "GET /behind|Host=h|");
    }
}

TEST(DeferredServer, StopEndsAllWaiting) {
    Waiting waiting;
    Options options = on_free_port();
    options.limits.drain_timeout = 30ms;
    options.when_cut = [&] { waiting.end(); };
    RunningServer running(std::move(options), {},
                          [&](const Request&) { return std::make_unique<WaitingAnswer>(waiting); });
    auto client = running.connect();
    client.send(get("/wait"));
    waiting.begun.acquire();
    running.server.stop();
    EXPECT_EQ(client.receive_all(), "");
}

TEST(DeferredServer, RefusesWhatTheQueueHasNoRoomFor) {
    Options options = on_free_port();
    options.job_threads = 1;
    options.job_queue = 1;
    SlowServer server(options);
    auto first = server.connect();
    first.send(get("/slow"));
    server.hold.begun.acquire();
    auto second = server.connect();
    second.send(get("/slow") + get("/slow"));
    server.wait_for_requests(2);
    auto third = server.connect();
    third.send(get("/slow") + get("/quick"));
    const auto refused = third.receive();
    EXPECT_THAT(refused, StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
    EXPECT_EQ(body_of(third.receive()), "GET /quick|Host=h|");
    server.hold.go_on.release(3);
    EXPECT_EQ(body_of(first.receive()), "slow GET /slow|Host=h|");
    EXPECT_EQ(body_of(second.receive()), "slow GET /slow|Host=h|");
    EXPECT_EQ(body_of(second.receive()), "slow GET /slow|Host=h|");
    third.send(get("/slow"));
    server.hold.go_on.release();
    EXPECT_EQ(body_of(third.receive()), "slow GET /slow|Host=h|");
}

TEST(DeferredServer, FinishesWhatAClientDidNotWaitFor) {
    SlowServer server;
    {
        auto client = server.connect();
        client.send(get("/slow") + get("/behind"));
        server.hold.begun.acquire();
    }
    server.hold.go_on.release();
    server.running.server.stop();
    EXPECT_EQ(server.slow.finished, 1u);
    EXPECT_EQ(server.slow.refused, 0u);
    EXPECT_EQ(server.slow.gone, 1u);
}

TEST(DeferredServer, ClosesAConnectionWhoseWorkTakesTooLong) {
    Limits limits;
    limits.work_timeout = 20ms;
    SlowServer server(on_free_port(limits));
    auto client = server.connect();
    client.send(get("/slow") + get("/behind"));
    EXPECT_TRUE(client.is_closed());
    auto other = server.connect();
    other.send(get("/quick"));
    EXPECT_EQ(body_of(other.receive()), "GET /quick|Host=h|");
    server.hold.go_on.release();
    server.running.server.stop();
    EXPECT_EQ(server.slow.finished, 1u);
    EXPECT_EQ(server.slow.gone, 1u);
}

TEST(DeferredServer, StopWaitsForTheAnswer) {
    SlowServer server;
    auto client = server.connect();
    client.send(get("/slow"));
    server.hold.begun.acquire();
    auto idle = server.connect();
    idle.send(get("/quick"));
    idle.receive();
    std::thread stopper([&] { server.running.server.stop(); });
    EXPECT_TRUE(idle.is_closed());  // so the stop has begun
    server.hold.go_on.release();
    const auto answer = client.receive();
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
    EXPECT_EQ(body_of(answer), "slow GET /slow|Host=h|");
    client.end_sending();
    stopper.join();
}

TEST(DeferredServer, StopCutsAtTheDeadlineAndDropsWhatWaits) {
    Options options = on_free_port();
    options.limits.drain_timeout = 30ms;
    options.job_threads = 1;
    SlowServer server(options);
    auto running = server.connect();
    running.send(get("/slow"));
    server.hold.begun.acquire();
    auto waiting = server.connect();
    waiting.send(get("/slow"));
    server.wait_for_requests(2);
    std::thread stopper([&] { server.running.server.stop(); });
    EXPECT_EQ(running.receive_all(), "");
    EXPECT_EQ(waiting.receive_all(), "");
    server.hold.go_on.release();
    stopper.join();
    EXPECT_EQ(server.slow.worked, 1u);
    EXPECT_EQ(server.slow.finished, 1u);
    EXPECT_EQ(server.slow.refused, 1u);
    EXPECT_EQ(server.slow.gone, 2u);
}

TEST(DeferredServer, StopsInTheMiddleOfEverything) {
    for (int round = 0; round < 10; ++round) {
        SlowRecord slow;
        Options options = on_free_port();
        options.workers = 2;
        options.job_threads = 3;
        options.job_queue = 4;
        options.limits.drain_timeout = 50ms;
        RunningServer running(options, {},
                              defer_slow(
                                  slow, [] { std::this_thread::yield(); }, 2));
        std::atomic<unsigned> answers{0};
        std::vector<std::thread> clients;
        for (int c = 0; c < 4; ++c)
            clients.emplace_back([&] {
                try {
                    auto client = running.connect();
                    while (client.send(get("/slow") + get("/quick") + get("/slow"))) {
                        for (int i = 0; i < 3; ++i)
                            if (client.receive().empty()) return;
                        ++answers;
                    }
                } catch (const std::runtime_error&) {
                    // The server has stopped listening.
                }
            });
        while (answers < 20) std::this_thread::yield();
        running.server.stop();
        for (auto& client : clients) client.join();
        // Every answer was finished or refused, and none is left.
        EXPECT_GT(slow.finished, 0u);
        EXPECT_EQ(slow.gone, slow.finished + slow.refused);
    }
}

}  // namespace
}  // namespace iamlocal::http
