// The emulator as an embedding test would use it: only its public headers, a free port, and a plain HTTP client.
#include "iamlocal/emulator.hpp"

#include <arpa/inet.h>
#include <filesystem>
#include <fstream>
#include <sys/socket.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace iamlocal {
namespace {

using namespace std::chrono_literals;

Config quiet_config() {
    Config config;
    config.listen = {"127.0.0.1:0"};
    config.workers = 1;
    return config;
}

Emulator::Hooks silent() {
    Emulator::Hooks hooks;
    hooks.log = [](std::string_view) {};
    return hooks;
}

/// The whole answer to a request on a connection of its own; empty if nobody answers.
std::string ask(std::uint16_t port, const std::string& request) {
    const int handle = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::string answer;
    if (::connect(handle, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
        ::send(handle, request.data(), request.size(), MSG_NOSIGNAL);
        char buffer[4096];
        for (ssize_t size = 0; (size = ::recv(handle, buffer, sizeof buffer, 0)) > 0;)
            answer.append(buffer, static_cast<std::size_t>(size));
    }
    ::close(handle);
    return answer;
}

std::string get(std::uint16_t port, const std::string& path) {
    return ask(port, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
}

TEST(Emulator, ServesOnAFreePortAndStops) {
    Emulator emulator(quiet_config(), silent());
    emulator.start();
    const std::uint16_t port = emulator.port();
    ASSERT_NE(port, 0);
    EXPECT_EQ(emulator.endpoint(), "http://127.0.0.1:" + std::to_string(port));
    EXPECT_TRUE(get(port, "/readyz").starts_with("HTTP/1.1 200 OK\r\n"));
    EXPECT_NE(get(port, "/?Action=ListUsers&Version=2010-05-08").find("<Code>MissingAuthenticationToken</Code>"),
              std::string::npos);
    emulator.stop();
    emulator.stop();
    EXPECT_EQ(get(port, "/readyz"), "");
}

TEST(Emulator, HasAClockOfItsOwn) {
    Emulator::Hooks hooks = silent();
    hooks.now = [] { return std::chrono::system_clock::time_point(1'800'000'000s); };
    Emulator emulator(quiet_config(), std::move(hooks));
    emulator.start();
    EXPECT_NE(get(emulator.port(), "/_iamlocal/clock").find("2027-01-15T08:00:00Z"), std::string::npos);
    emulator.advance(2h);
    EXPECT_NE(get(emulator.port(), "/_iamlocal/clock").find("2027-01-15T10:00:00Z"), std::string::npos);
    emulator.freeze(std::chrono::system_clock::time_point(0s));
    EXPECT_NE(get(emulator.port(), "/_iamlocal/clock").find("1970-01-01T00:00:00Z"), std::string::npos);
    emulator.reset_clock();
    EXPECT_NE(get(emulator.port(), "/_iamlocal/clock").find("2027-01-15T08:00:00Z"), std::string::npos);
}

TEST(Emulator, SwitchesTheBenchOffWhereOthersCanReachIt) {
    Config config = quiet_config();
    EXPECT_TRUE([&] {
        Emulator emulator(config, silent());
        emulator.start();
        return emulator.testbench_enabled();
    }());
    config.listen = {"127.0.0.1:0", "0.0.0.0:0"};
    EXPECT_FALSE([&] {
        Emulator emulator(config, silent());
        emulator.start();
        return emulator.testbench_enabled();
    }());
    config.testbench = Config::Testbench::on;
    EXPECT_TRUE([&] {
        Emulator emulator(config, silent());
        emulator.start();
        return emulator.testbench_enabled();
    }());
}

TEST(Emulator, RefusesWhatCannotWorkInOneSentence) {
    const auto refusal = [](Config config) -> std::string {
        try {
            Emulator emulator(std::move(config), silent());
            emulator.start();
        } catch (const std::exception& error) {
            return error.what();
        }
        return "";
    };
    Config config = quiet_config();
    config.account_id = "12";
    EXPECT_EQ(refusal(config), "the account id must be twelve digits");
    config = quiet_config();
    config.listen = {"nowhere"};
    EXPECT_EQ(
        refusal(config),
        "'nowhere' is no address to listen on; expected HOST:PORT, for example 127.0.0.1:4566, with a port of 0 to "
        "65535");
    config = quiet_config();
    config.tls_cert = "/absent.pem";
    EXPECT_EQ(refusal(config), "TLS needs both a certificate (tls-cert) and its key (tls-key)");
    config = quiet_config();
    config.propagation_delay = std::chrono::hours(2);
    EXPECT_EQ(refusal(config), "the propagation delay (propagation-delay) is from 1s to 1h, or 0s for none");
    config.propagation_delay = std::chrono::seconds(5);
    config.database = "postgresql://nobody@127.0.0.1:1/nothing";
    EXPECT_EQ(refusal(config),
              "a propagation delay (propagation-delay) is not possible with a PostgreSQL database (database), whose "
              "changes come from other servers too");
    config = quiet_config();
    Emulator first(config, silent());
    first.start();
    config.listen = {"127.0.0.1:" + std::to_string(first.port())};
    EXPECT_NE(refusal(config), "");
}

/// AWS's managed policies are the whole process's: a second emulator cannot take them from the first.
TEST(Emulator, SharesTheManagedPoliciesOfTheProcess) {
    Config other = quiet_config();
    other.managed_policies = IAMLOCAL_SOURCE_DIR "/src/catalogue/data/managed_policies.bin";
    const auto refusal = [](const Config& config) -> std::string {
        Emulator emulator(config, silent());
        try {
            emulator.start();
        } catch (const std::invalid_argument& error) {
            return error.what();
        }
        return "";
    };
    {
        Emulator first(quiet_config(), silent());
        first.start();
        EXPECT_EQ(
            refusal(other),
            "an emulator that runs in this process takes AWS's managed policies from the built-in catalogue, and all "
            "of them must take the same");
        EXPECT_EQ(refusal(quiet_config()), "");
        first.stop();
        EXPECT_EQ(refusal(other), "") << "a stopped one needs none";
    }
    Config absent = quiet_config();
    absent.managed_policies = "/no/such/file";
    EXPECT_EQ(refusal(absent),
              "the catalogue of managed policies '/no/such/file' cannot be read: there is no such file");
    Config unusable = quiet_config();
    unusable.listen = {"nowhere"};
    EXPECT_NE(refusal(unusable), "");
    Emulator last(other, silent());
    EXPECT_NO_THROW(last.start()) << "those that could not start hold nothing";
    EXPECT_EQ(refusal(quiet_config()), "an emulator that runs in this process takes AWS's managed policies from '" +
                                           other.managed_policies + "', and all of them must take the same");
}

TEST(Emulator, AllowsOneProcessPerDataDirectory) {
    Config config = quiet_config();
    config.data_dir = testing::TempDir() + "iamlocal-emulator-" + std::to_string(::getpid());
    {
        Emulator first(config, silent());
        first.start();
        Emulator second(config, silent());
        EXPECT_THROW(second.start(), std::runtime_error);
    }
    Emulator third(config, silent());
    EXPECT_NO_THROW(third.start());
    third.stop();
    std::filesystem::remove_all(config.data_dir);
}

TEST(Emulator, StartsWithItsSeedsOrNotAtAll) {
    const std::filesystem::path seed = std::filesystem::path(testing::TempDir()) / "emulator_seed.yaml";
    std::ofstream(seed) << "organization: {id: o-exampleorgid}\n";
    Config config = quiet_config();
    config.seeds = {seed.string()};
    {
        Emulator emulator(config, silent());
        emulator.start();
        EXPECT_NE(get(emulator.port(), "/_iamlocal/organization").find("o-exampleorgid"), std::string::npos);
    }
    std::ofstream(seed) << "organisation: {id: o-exampleorgid}\n";
    Emulator emulator(config, silent());
    EXPECT_THROW(emulator.start(), std::invalid_argument);
    EXPECT_EQ(emulator.port(), 0);
    std::filesystem::remove(seed);
}

}  // namespace
}  // namespace iamlocal
