#include "init/program.hpp"

#include <algorithm>
#include <csignal>
#include <fcntl.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "folder.hpp"

namespace iamlocal::init {
namespace {

using namespace std::chrono_literals;

constexpr auto never = [] { return false; };

TEST(Program, TellsHowItEnded) {
    ScriptFolder folder;
    const auto run = [&](const std::string& text, bool executable = true) {
        return run_program(folder.add("it.sh", text, executable), {"PATH=/usr/bin:/bin"}, 10s, never);
    };
    EXPECT_EQ(run("#!/bin/sh\nexit 0\n"), "");
    EXPECT_EQ(run("#!/bin/sh\nexit 3\n"), "it ended with status 3");
    EXPECT_EQ(run("#!/bin/sh\nkill -9 $$\n"), "it was ended by signal 9");
    EXPECT_EQ(run("no first line that names a shell\n"), "it cannot be run: Exec format error");
    EXPECT_EQ(run("#!/absent/shell\n"), "it cannot be run: No such file or directory");
}

TEST(Program, IsKilledWithAllThatItStarted) {
    ScriptFolder folder;
    const auto script = folder.add("slow.sh", "#!/bin/sh\nsleep 60 &\necho $! >\"$OUT\"\nsleep 60\n");
    const Variables variables = {"PATH=/usr/bin:/bin", "OUT=" + (folder.path() / "child").string()};
    const auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(run_program(script, variables, 300ms, never), "it took more than 300 ms");
    EXPECT_LT(std::chrono::steady_clock::now() - began, 20s);
    const pid_t child = std::stoi(folder.read("child"));
    // It is gone, or will be as soon as somebody takes its status.
    for (int i = 0; i < 200 && ::kill(child, 0) == 0; ++i) {
        std::ifstream in("/proc/" + std::to_string(child) + "/stat");
        const std::string stat{std::istreambuf_iterator<char>(in), {}};
        if (stat.find(") Z ") != std::string::npos) break;
        ::usleep(10'000);
        EXPECT_LT(i, 199) << "it runs still";
    }
}

TEST(Program, StopsWhenItIsToStop) {
    ScriptFolder folder;
    const auto script = folder.add("slow.sh", "#!/bin/sh\nsleep 60\n");
    EXPECT_EQ(run_program(script, {"PATH=/usr/bin:/bin"}, 60s, [] { return true; }), "the server was told to stop");
}

TEST(Program, HasNothingOfTheServers) {
    ScriptFolder folder;
    const int open = ::open("/dev/null", O_RDONLY);  // as sockets of the server may be: without close-on-exec
    sigset_t held;
    sigemptyset(&held);
    sigaddset(&held, SIGTERM);
    sigset_t before;
    pthread_sigmask(SIG_BLOCK, &held, &before);
    const auto script =
        folder.add("look.sh",
                   "#!/bin/sh\nls /proc/self/fd | wc -l >\"$OUT\"\ncat >>\"$OUT\"\n"
                   "grep -E 'SigBlk' /proc/self/status >>\"$OUT\"\nenv | grep SECRET >>\"$OUT\"\nexit 0\n");
    EXPECT_EQ(run_program(script, {"PATH=/usr/bin:/bin", "OUT=" + (folder.path() / "seen").string()}, 10s, never), "");
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    ::close(open);
    // Standard input, output and error, and what ls itself opens.
    EXPECT_EQ(folder.read("seen"), "4\nSigBlk:\t0000000000000000\n");
}

TEST(Program, IsGivenRootsCredentialsAndNoSecretsOfOurs) {
    const Variables variables = variables_for_scripts(
        {"PATH=/bin", "IAMLOCAL_MASTER_KEY=x", "AWS_PROFILE=work", "AWS_SESSION_TOKEN=old",
         "AWS_ENDPOINT_URL_IAM=http://elsewhere", "AWS_REGION=eu-west-1", "AWS_ACCESS_KEY_ID=mine"},
        "http://127.0.0.1:4566", "root-id", "root-secret");
    EXPECT_EQ(variables, (Variables{"PATH=/bin", "AWS_REGION=eu-west-1", "AWS_ENDPOINT_URL=http://127.0.0.1:4566",
                                    "AWS_ACCESS_KEY_ID=root-id", "AWS_SECRET_ACCESS_KEY=root-secret",
                                    "AWS_DEFAULT_REGION=us-east-1"}));
    const Variables early = variables_for_scripts({}, "", "id", "secret");
    EXPECT_TRUE(std::none_of(early.begin(), early.end(),
                             [](const std::string& v) { return v.starts_with("AWS_ENDPOINT_URL"); }));
}

}  // namespace
}  // namespace iamlocal::init
