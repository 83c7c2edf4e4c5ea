// The whole server inside a process: for C++ tests that want IAM and STS on a free port, with a clock of their own.
//
//     iamlocal::Config config;
//     config.listen = {"127.0.0.1:0"};
//     iamlocal::Emulator emulator(config);
//     emulator.start();
//     point_the_sdk_at(emulator.endpoint());
//     emulator.advance(std::chrono::hours(2));  // every session is older now
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "iamlocal/config.hpp"

namespace iamlocal {

class Emulator {
  public:
    /// What an embedding program may replace.
    struct Hooks {
        /// The time of day; by default the system's. Called from every worker.
        std::function<std::chrono::system_clock::time_point()> now;
        /// Receives log lines; by default they go to standard error. Called from every worker.
        std::function<void(std::string_view)> log;
        /// What init scripts have of the environment, as `NAME=value`; by default nothing.
        std::vector<std::string> variables;
    };

    explicit Emulator(Config config) : Emulator(std::move(config), Hooks{}) {}
    Emulator(Config config, Hooks hooks);
    Emulator(const Emulator&) = delete;
    Emulator& operator=(const Emulator&) = delete;
    /// Stops.
    ~Emulator();

    /// Opens the store and serves, with the init scripts that come before that. Throws an exception with one sentence
    /// for people when that cannot be done: std::invalid_argument for an impossible setting or for other managed
    /// policies than those of an emulator that runs in the same process, std::runtime_error for a port in use, a data
    /// directory that another process holds or a newer version has written, a database that cannot be reached.
    void start();
    /// Reads anew what stands in files: TLS certificate and key, given keys of identity providers, seeds. Requests are
    /// answered meanwhile. What cannot be used changes nothing; the log says what came of each. Not while stop() runs.
    void reload();
    /// Takes no more requests, finishes those that are running, and returns when all is written. Before that the init
    /// scripts for the end run. Idempotent.
    void stop();
    /// Calls `done` once, when the init scripts of `ready.d` have run: at once where there are none, otherwise perhaps
    /// on another thread, and never if stop() comes first. After start(); only what is given last is called.
    void call_when_ready(std::function<void()> done);

    /// The port of the first address.
    std::uint16_t port() const;
    /// The first address as a URL, for example `http://127.0.0.1:4566`.
    std::string endpoint() const;
    /// The URL that clients are to be told: with Config::public_host, where it is set, in place of the first address.
    std::string public_endpoint() const;
    /// All of them.
    std::vector<std::string> endpoints() const;
    /// Those where metadata and credentials for programs are served; none unless Config::metadata_listen names some.
    std::vector<std::string> metadata_endpoints() const;
    /// Those where only metrics are served; none unless Config::metrics_listen names some.
    std::vector<std::string> metrics_endpoints() const;

    /// Where identities are kept: `memory`, the data directory, or the database's URL without the password.
    std::string storage() const;
    /// Whether reset and clock are served, once `automatic` is resolved.
    bool testbench_enabled() const;

    /// The emulator's clock, as POST /_iamlocal/clock moves it. Throws std::invalid_argument for times that are outside
    /// of the years 1 to 9999.
    void advance(std::chrono::seconds by);
    void freeze(std::chrono::system_clock::time_point at);
    void reset_clock();

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// The program's version.
std::string_view version();

}  // namespace iamlocal
