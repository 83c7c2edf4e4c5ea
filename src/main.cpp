// iamlocal: settings from flags and environment, a server until a signal comes, and a few commands that print
// something.
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <optional>
#include <poll.h>
#include <stdexcept>
#include <thread>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "app/app.hpp"
#include "app/release.hpp"
#include "base/service_manager.hpp"
#include "cli/settings.hpp"
#include "federation/saml_response.hpp"
#include "http/probe.hpp"
#include "http/server.hpp"
#include "iamlocal/emulator.hpp"
#include "tools/assertion.hpp"
#include "tools/credentials.hpp"
#include "tools/decisions.hpp"
#include "tools/export.hpp"
#include "tools/import.hpp"
#include "tools/input.hpp"
#include "tools/policy.hpp"
#include "tools/seed.hpp"
#include "tools/simulate.hpp"
#include "tools/test.hpp"
#include "tools/token.hpp"
#include "tools/validate.hpp"
#include "tools/why.hpp"

namespace {

using namespace iamlocal;
using tools::print;

enum ExitCode : int { success = 0, failure = 1, usage = 2, storage = 3 };

/// What stopping takes beside the requests that run.
constexpr std::chrono::milliseconds stop_grace{1000};

/// More than any secret has. Some files have no end.
constexpr std::size_t max_secret_file = 64 * 1024;

std::optional<std::string> read_file(const std::string& path) {
    try {
        return tools::read_file(path, max_secret_file);
    } catch (const tools::InputError&) {
        return std::nullopt;
    }
}

int complain(std::string_view sentence, ExitCode code) {
    fmt::print(stderr, "iamlocal: {}\n", sentence);
    return code;
}

int complain(const tools::OutputError& error, ExitCode code) {
    return error.hung_up() ? code : complain(error.what(), code);
}

const char* name_of(Config::Enforcement enforcement) {
    switch (enforcement) {
        case Config::Enforcement::enforce:
            return "enforce";
        case Config::Enforcement::audit:
            return "audit (nothing is refused by policies)";
        case Config::Enforcement::off:
            return "off (nothing is decided)";
    }
    return "";
}

/// What a shell needs to use it. Credentials are shown where they are the usual ones; what somebody has set is his.
std::string to_paste(const std::string& url, const Config& config) {
    const Config usual;
    const bool known = config.root_access_key_id == usual.root_access_key_id &&
                       config.root_secret_access_key == usual.root_secret_access_key;
    std::string out;
    if (known)
        out.append(fmt::format("  credentials  access key id {}, secret {}\n", usual.root_access_key_id,
                               usual.root_secret_access_key));
    else
        out.append("  credentials  as they were set\n");
    out.append(fmt::format("\n  export AWS_ENDPOINT_URL={} AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1\n", url));
    if (known)
        out.append(fmt::format("  export AWS_ACCESS_KEY_ID={} AWS_SECRET_ACCESS_KEY={}\n", usual.root_access_key_id,
                               usual.root_secret_access_key));
    return out.append("\n");
}

/// Whether the test bench is on, and who has it besides this machine.
std::string describe_testbench(const Emulator& emulator, const Config& config) {
    if (!emulator.testbench_enabled()) return "off";
    std::string open;
    const std::vector<std::string> urls = emulator.endpoints();
    for (std::size_t i = 0; i < urls.size() && i < config.listen.size(); ++i) {
        const auto listen = http::parse_listen(config.listen[i]);
        if (listen && !http::is_loopback(*listen)) open.append(open.empty() ? "" : ", ").append(urls[i]);
    }
    return open.empty() ? "on" : fmt::format("on, for everybody who can connect to {}", open);
}

std::string banner(const Emulator& emulator, const cli::Settings& settings) {
    const Config& config = settings.config;
    std::string out = fmt::format("iamlocal {}\n", version());
    for (const std::string& url : emulator.endpoints()) out.append(fmt::format("  address      {}\n", url));
    for (const std::string& url : emulator.metadata_endpoints()) out.append(fmt::format("  metadata     {}\n", url));
    for (const std::string& url : emulator.metrics_endpoints())
        out.append(fmt::format("  metrics      {}/metrics\n", url));
    out.append(fmt::format("  account      {}\n", config.account_id));
    out.append(fmt::format("  storage      {}\n", emulator.storage()));
    out.append(fmt::format("  enforcement  {}\n", name_of(config.enforcement)));
    out.append(fmt::format("  test bench   {}\n", describe_testbench(emulator, config)));
    if (!settings.foreign.empty()) out.append(fmt::format("  variables    {}\n", fmt::join(settings.foreign, ", ")));
    if (!config.init_scripts.empty()) out.append(fmt::format("  init scripts {}\n", config.init_scripts));
    return out.append(to_paste(emulator.public_endpoint(), config));
}

/// Ends the process where stopping takes longer than it may: a database that does not answer, or a simulation that goes
/// on, is not waited for.
class StopLimit {
  public:
    explicit StopLimit(std::chrono::milliseconds time) : watch_([this, time] { watch(time); }) {}
    ~StopLimit() {
        {
            const std::lock_guard lock(mutex_);
            stopped_ = true;
        }
        changed_.notify_one();
        watch_.join();
    }
    StopLimit(const StopLimit&) = delete;
    StopLimit& operator=(const StopLimit&) = delete;

  private:
    void watch(std::chrono::milliseconds time) {
        std::unique_lock lock(mutex_);
        // No message: whoever reads standard error may be what the process waits for.
        if (!changed_.wait_for(lock, time, [this] { return stopped_; })) std::_Exit(failure);
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopped_ = false;
    std::thread watch_;
};

/// Sends SIGTERM to this process when its standard input ends. A pipe does so when whoever holds its other end ends,
/// even if he was killed and could not say anything.
void stop_when_input_ends() {
    std::thread([] {
        std::array<char, 512> ignored{};
        while (true) {
            pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
            if (::poll(&input, 1, -1) < 0) {
                if (errno == EINTR) continue;
                break;
            }
            const ssize_t got = ::read(STDIN_FILENO, ignored.data(), ignored.size());
            if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN)) break;
        }
        ::kill(::getpid(), SIGTERM);
    }).detach();
}

/// Nothing happens where no service manager started the program.
void tell_who_started_it(std::string_view state) {
    const char* socket = std::getenv("NOTIFY_SOCKET");
    if (socket == nullptr) return;
    const std::string fault = tell_service_manager(socket, state);
    if (!fault.empty()) complain(fmt::format("{} cannot be told: {}", state, fault), failure);
}

/// Whether somebody reads this or not, it serves.
void print_if_possible(std::string_view text) {
    try {
        print(text);
    } catch (const tools::OutputError&) {
    }
}

/// Whether there is a terminal that was there when the program began, or that there was none.
class Terminal {
  public:
    /// Its end is told by the same signal that asks to read files anew.
    bool was_closed() const { return was_there_ && !is_there(); }

  private:
    static bool is_there() { return ::isatty(STDIN_FILENO) == 1 || ::isatty(STDERR_FILENO) == 1; }
    const bool was_there_ = is_there();
};

/// Reads files anew on a thread of its own. A file may let a reader wait, such as a pipe that nobody writes to, and to
/// stop the server must be possible even then.
class Reloads {
  public:
    explicit Reloads(Emulator& emulator) : thread_([this, &emulator] { run(emulator); }) {}
    ~Reloads() {
        {
            const std::lock_guard lock(mutex_);
            ended_ = true;
        }
        changed_.notify_one();
        thread_.join();
    }
    Reloads(const Reloads&) = delete;
    Reloads& operator=(const Reloads&) = delete;

    /// What is asked for while files are read is done once more, as they may have been read before it was.
    void ask() {
        {
            const std::lock_guard lock(mutex_);
            asked_ = true;
        }
        changed_.notify_one();
    }

  private:
    void run(Emulator& emulator) {
        std::unique_lock lock(mutex_);
        while (true) {
            changed_.wait(lock, [this] { return asked_ || ended_; });
            if (ended_) return;
            asked_ = false;
            lock.unlock();
            emulator.reload();
            lock.lock();
        }
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    bool asked_ = false;
    bool ended_ = false;
    std::thread thread_;
};

/// Returns when it is time to stop.
void wait_for_stop(const sigset_t& signals, const Terminal& terminal, Reloads& reloads) {
    while (true) {
        int received = 0;
        if (sigwait(&signals, &received) != 0) continue;
        if (received != SIGHUP || terminal.was_closed()) return;
        reloads.ask();
    }
}

int serve(const cli::Settings& settings, const cli::Environment& environment) {
    const Config& config = settings.config;
    // Blocked before any thread starts, so that only the wait below sees them.
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    const Terminal terminal;
    if (config.stop_when == Config::StopWhen::input_ends) stop_when_input_ends();

    Emulator::Hooks hooks;
    hooks.variables = environment;
    Emulator emulator(config, std::move(hooks));
    emulator.start();
    print_if_possible(banner(emulator, settings));
    emulator.call_when_ready([] {
        print_if_possible("Ready.\n");
        tell_who_started_it("READY=1");
    });
    std::optional<Reloads> reloads(std::in_place, emulator);
    wait_for_stop(signals, terminal, *reloads);
    tell_who_started_it("STOPPING=1");
    const auto for_scripts = config.init_scripts.empty() ? std::chrono::seconds(0) : config.drain_timeout;
    const StopLimit limit(config.drain_timeout + stop_grace + for_scripts);
    reloads.reset();
    emulator.stop();
    return success;
}

int healthcheck(const Config& config) {
    const auto listen = http::parse_listen(config.listen.front());
    if (!listen) return complain("the listening address cannot be understood", usage);
    const std::string fault = http::probe(*listen, "/readyz", !config.tls_cert.empty());
    if (fault.empty()) return success;
    return complain(fmt::format("{} port {}: {}", listen->host, listen->port, fault), failure);
}

int run(const cli::Settings& settings, const cli::Environment& environment) {
    switch (settings.command) {
        case cli::Command::serve:
            return serve(settings, environment);
        case cli::Command::healthcheck:
            return healthcheck(settings.config);
        case cli::Command::describe:
            print(app::describe_model());
            return success;
        case cli::Command::version:
            print(settings.json ? app::json_of(app::release()) + "\n" : app::text_of(app::release()));
            if (settings.json) return success;
            if (!federation::verifies_saml())
                print("built without xmlsec1: AssumeRoleWithSAML is not there\n");
            else if (!federation::has_what_saml_needs())
                print("xmlsec1 is not installed: AssumeRoleWithSAML is not there\n");
            return success;
        case cli::Command::help:
        case cli::Command::print_config:
            print(settings.text);
            return success;
    }
    return failure;
}

/// The commands that have arguments of their own. Nothing if `arguments` name none of them.
std::optional<int> run_tool(const std::vector<std::string>& arguments, const cli::Environment& environment) {
    if (arguments.empty()) return std::nullopt;
    const std::string& name = arguments.front();
    const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
    try {
        if (name == "validate") return tools::validate(rest, environment);
        if (name == "policy") return tools::policy_command(rest, environment);
        if (name == "simulate") return tools::simulate(rest, environment);
        if (name == "test") return tools::test(rest, environment);
        if (name == "export") return tools::export_seed(rest, environment);
        if (name == "import") return tools::import(rest);
        if (name == "seed") return tools::seed(rest, environment);
        if (name == "why") return tools::why(rest, environment);
        if (name == "credentials") return tools::credentials(rest, environment);
        if (name == "decisions") return tools::decisions(rest, environment);
        if (name == "assertion") return tools::assertion(rest, environment);
        if (name == "token") return tools::token(rest, environment);
    } catch (const tools::OutputError& error) {
        return complain(error, usage);
    } catch (const std::exception& error) {
        // Their status 1 means "denied" or "failed", which this is not.
        return complain(error.what(), usage);
    }
    return std::nullopt;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        cli::Environment environment;
        for (char** variable = environ; *variable != nullptr; ++variable) environment.emplace_back(*variable);
        std::vector<std::string> arguments(argv + 1, argv + argc);
        // `help X` is `X --help`.
        if (!arguments.empty() && arguments.front() == "help") {
            arguments.erase(arguments.begin());
            arguments.resize(std::min<std::size_t>(arguments.size(), 1));
            arguments.emplace_back("--help");
        }
        std::signal(SIGPIPE, SIG_IGN);  // who hangs up is found out by writing
        if (const std::optional<int> status = run_tool(arguments, environment)) return *status;
        const auto parsed = cli::parse_settings(arguments, environment, read_file);
        if (const auto* error = std::get_if<cli::UsageError>(&parsed)) return complain(error->message, usage);
        return run(std::get<cli::Settings>(parsed), environment);
    } catch (const tools::OutputError& error) {
        return complain(error, failure);
    } catch (const db::CannotOpen& error) {
        return complain(error.what(), storage);
    } catch (const std::invalid_argument& error) {
        return complain(error.what(), usage);
    } catch (const std::exception& error) {
        return complain(error.what(), failure);
    }
}
