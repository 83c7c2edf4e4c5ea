#include "init/program.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <string_view>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>

namespace iamlocal::init {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::chrono::milliseconds first_look{1};
constexpr std::chrono::milliseconds longest_between_looks{20};

class FileActions {
  public:
    FileActions() { posix_spawn_file_actions_init(&actions_); }
    FileActions(const FileActions&) = delete;
    FileActions& operator=(const FileActions&) = delete;
    ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
    posix_spawn_file_actions_t* get() { return &actions_; }

  private:
    posix_spawn_file_actions_t actions_;
};

class Attributes {
  public:
    Attributes() { posix_spawnattr_init(&attributes_); }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    ~Attributes() { posix_spawnattr_destroy(&attributes_); }
    posix_spawnattr_t* get() { return &attributes_; }

  private:
    posix_spawnattr_t attributes_;
};

/// What a shell would start it with, whatever signals this thread holds back.
void set_usual_signals(Attributes& attributes) {
    sigset_t none;
    sigemptyset(&none);
    sigset_t usual;
    sigemptyset(&usual);
    for (const int signal : {SIGPIPE, SIGTERM, SIGINT, SIGHUP, SIGCHLD}) sigaddset(&usual, signal);
    posix_spawnattr_setsigmask(attributes.get(), &none);
    posix_spawnattr_setsigdefault(attributes.get(), &usual);
    posix_spawnattr_setpgroup(attributes.get(), 0);
    posix_spawnattr_setflags(attributes.get(), POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
}

std::string how_it_ended(int status) {
    if (WIFSIGNALED(status)) return fmt::format("it was ended by signal {}", WTERMSIG(status));
    if (WEXITSTATUS(status) != 0) return fmt::format("it ended with status {}", WEXITSTATUS(status));
    return {};
}

std::string kill_group(pid_t leader, std::string why) {
    ::kill(-leader, SIGKILL);
    while (::waitpid(leader, nullptr, 0) < 0 && errno == EINTR) {
    }
    return why;
}

}  // namespace

std::string run_program(const std::filesystem::path& file, const Variables& variables, std::chrono::milliseconds limit,
                        const std::function<bool()>& is_to_stop) {
    FileActions actions;
    posix_spawn_file_actions_addopen(actions.get(), STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    // A socket that such a program holds would keep the port when the server has gone.
    posix_spawn_file_actions_addclosefrom_np(actions.get(), STDERR_FILENO + 1);
    Attributes attributes;
    set_usual_signals(attributes);

    std::string path = file.string();
    std::array<char*, 2> arguments{path.data(), nullptr};
    Variables copies = variables;
    std::vector<char*> environment;
    environment.reserve(copies.size() + 1);
    for (std::string& variable : copies) environment.push_back(variable.data());
    environment.push_back(nullptr);

    pid_t child = 0;
    const int error =
        posix_spawn(&child, path.c_str(), actions.get(), attributes.get(), arguments.data(), environment.data());
    if (error != 0) return fmt::format("it cannot be run: {}", std::generic_category().message(error));

    const SteadyTime end = std::chrono::steady_clock::now() + limit;
    std::chrono::milliseconds pause = first_look;
    while (true) {
        int status = 0;
        const pid_t ended = ::waitpid(child, &status, WNOHANG);
        if (ended == child) return how_it_ended(status);
        if (ended < 0 && errno != EINTR) return "nobody knows how it ended";
        if (is_to_stop()) return kill_group(child, "the server was told to stop");
        if (std::chrono::steady_clock::now() >= end)
            return kill_group(child, fmt::format("it took more than {} ms", limit.count()));
        std::this_thread::sleep_for(pause);
        pause = std::min(pause * 2, longest_between_looks);
    }
}

Variables variables_for_scripts(const Variables& own, const std::string& endpoint, const std::string& access_key_id,
                                const std::string& secret_access_key) {
    constexpr std::string_view not_theirs[] = {
        "AWS_ACCESS_KEY_ID=", "AWS_SECRET_ACCESS_KEY=", "AWS_SESSION_TOKEN=", "AWS_SECURITY_TOKEN=",
        "AWS_PROFILE=",       "AWS_DEFAULT_PROFILE=",   "AWS_ENDPOINT_URL",   "IAMLOCAL_"};
    Variables theirs;
    const auto has = [&](std::string_view name) {
        return std::any_of(theirs.begin(), theirs.end(), [&](const std::string& v) { return v.starts_with(name); });
    };
    for (const std::string& variable : own)
        if (std::none_of(std::begin(not_theirs), std::end(not_theirs),
                         [&](std::string_view name) { return variable.starts_with(name); }))
            theirs.push_back(variable);
    if (!endpoint.empty()) theirs.push_back("AWS_ENDPOINT_URL=" + endpoint);
    theirs.push_back("AWS_ACCESS_KEY_ID=" + access_key_id);
    theirs.push_back("AWS_SECRET_ACCESS_KEY=" + secret_access_key);
    if (!has("AWS_REGION=")) theirs.emplace_back("AWS_REGION=us-east-1");
    if (!has("AWS_DEFAULT_REGION=")) theirs.emplace_back("AWS_DEFAULT_REGION=us-east-1");
    return theirs;
}

}  // namespace iamlocal::init
