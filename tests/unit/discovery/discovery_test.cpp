// What only shows from inside: who waits for whom. What providers may do is in tests/clients/test_web_identity_keys.py.
#include "discovery/discovery.hpp"

#include <arpa/inet.h>
#include <future>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace iamlocal::discovery {
namespace {

using namespace std::chrono_literals;
using federation::FetchedKeys;
using federation::Issuer;
using federation::KeyFault;

/// A port where connections are taken by the kernel and nobody ever answers.
class Silence {
  public:
    Silence() {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
        EXPECT_EQ(::listen(listener_, 64), 0);
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
    }
    ~Silence() { ::close(listener_); }
    Issuer issuer(int number = 0) const { return {fmt::format("http://127.0.0.1:{}/{}", port_, number), {}}; }
    std::string port() const { return std::to_string(port_); }

  private:
    int listener_ = -1;
    std::uint16_t port_ = 0;
};

std::future<FetchedKeys> fetch(Discovery& discovery, const Issuer& issuer) {
    auto promise = std::make_shared<std::promise<FetchedKeys>>();
    discovery.fetch(issuer, [promise](FetchedKeys fetched) { promise->set_value(std::move(fetched)); });
    return promise->get_future();
}

FetchedKeys outcome(std::future<FetchedKeys> fetched) {
    EXPECT_EQ(fetched.wait_for(20s), std::future_status::ready);
    return fetched.get();
}

TEST(Discovery, WaitsForNobodyForLong) {
    const Silence provider;
    Discovery discovery({.ca_file = {}, .patience = 50ms});
    const auto began = std::chrono::steady_clock::now();
    const FetchedKeys fetched = outcome(fetch(discovery, provider.issuer()));
    EXPECT_FALSE(fetched.keys);
    EXPECT_EQ(fetched.complaint, "the server takes too long");
    EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
}

TEST(Discovery, AsksOnlySoManyAtOnce) {
    const Silence provider;
    Discovery discovery({.ca_file = {}, .patience = 10s, .threads = 2, .queue = 1});
    std::vector<std::future<FetchedKeys>> asked;
    for (int number = 0; number < 3; ++number) asked.push_back(fetch(discovery, provider.issuer(number)));
    for (const Issuer& refused : {provider.issuer(3), provider.issuer(0)}) {
        const FetchedKeys fetched = outcome(fetch(discovery, refused));
        EXPECT_EQ(fetched.fault, KeyFault::unreachable);
        EXPECT_EQ(fetched.complaint, "too many identity providers are being asked, or this one still is");
    }
    for (const auto& waiting : asked) EXPECT_NE(waiting.wait_for(0s), std::future_status::ready);
    discovery.give_up();
    for (auto& ended : asked) EXPECT_FALSE(outcome(std::move(ended)).keys);
}

TEST(Discovery, TheSlowLeaveRoomForOthers) {
    const Silence provider;
    Discovery discovery({.ca_file = {}, .patience = 300ms, .threads = 4, .queue = 4});
    std::vector<std::future<FetchedKeys>> asked;
    for (int number = 0; number < 4; ++number) asked.push_back(fetch(discovery, provider.issuer(number)));
    for (auto& ended : asked) EXPECT_EQ(outcome(std::move(ended)).complaint, "the server takes too long");
    // Known to be slow now: one of them has a thread, and the others are not waited for.
    const auto slow = fetch(discovery, provider.issuer(0));
    for (int number = 1; number < 4; ++number)
        EXPECT_EQ(outcome(fetch(discovery, provider.issuer(number))).complaint,
                  "too many identity providers are being asked, or this one still is");
    EXPECT_EQ(outcome(fetch(discovery, {"http://127.0.0.1:1", {}})).complaint, "nobody answers at 127.0.0.1:1");
    EXPECT_NE(slow.wait_for(0s), std::future_status::ready);
}

TEST(Discovery, EndsWhileItAsks) {
    const Silence provider;
    std::future<FetchedKeys> asked;
    const auto began = std::chrono::steady_clock::now();
    {
        Discovery discovery({.ca_file = {}, .patience = 60s});
        asked = fetch(discovery, provider.issuer());
    }
    EXPECT_FALSE(outcome(std::move(asked)).keys);
    EXPECT_LT(std::chrono::steady_clock::now() - began, 20s);
}

TEST(Discovery, KnowsNobodyAnywhereElse) {
    const Silence provider;
    const struct {
        Rules rules;
        std::string issuer;
        KeyFault fault;
        std::string complaint;
    } cases[] = {
        {{.loopback = false, .ca_file = {}},
         provider.issuer().url,
         KeyFault::unusable,
         "127.0.0.1 is at no address that may be asked"},
        {{.ca_file = {}}, "http://10.0.0.1", KeyFault::unusable, "10.0.0.1 is at no address that may be asked"},
        {{.ca_file = {}}, "http://192.0.32.8", KeyFault::unusable, "192.0.32.8 is at no address that may be asked"},
        {{.ca_file = {}},
         "https://169.254.169.254",
         KeyFault::unusable,
         "169.254.169.254 is at no address that may be asked"},
        {{.ca_file = {}},
         "https://[::ffff:10.0.0.1]",
         KeyFault::unusable,
         "::ffff:10.0.0.1 is at no address that may be asked"},
        {{.ca_file = {}}, "https://", KeyFault::unusable, "its address is none of https"},
        {{.ca_file = {}}, "ftp://127.0.0.1", KeyFault::unusable, "its address is none of https"},
        {{.ca_file = {}}, "https://user@127.0.0.1", KeyFault::unusable, "its address is none of https"},
        {{.ca_file = {}}, "https://127.0.0.1:1", KeyFault::unreachable, "nobody answers at 127.0.0.1:1"},
    };
    for (const auto& row : cases) {
        SCOPED_TRACE(row.issuer);
        Discovery discovery(row.rules);
        const FetchedKeys fetched = outcome(fetch(discovery, {row.issuer, {}}));
        EXPECT_FALSE(fetched.keys);
        EXPECT_EQ(fetched.fault, row.fault);
        EXPECT_EQ(fetched.complaint, row.complaint);
    }
}

}  // namespace
}  // namespace iamlocal::discovery
