#include "init/runner.hpp"

#include <condition_variable>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "folder.hpp"

namespace iamlocal::init {
namespace {

using namespace std::chrono_literals;

class RunnerTest : public testing::Test {
  protected:
    std::vector<std::string> states(const Runner& runner) {
        std::vector<std::string> all;
        for (const Runner::Known& script : runner.scripts())
            all.push_back(std::string(name_of(script.stage)) + " " + script.name + " " +
                          std::string(name_of(script.state)));
        return all;
    }
    Variables variables() const { return {"PATH=/usr/bin:/bin", "DIR=" + folder_.path().string()}; }

    ScriptFolder folder_;
    FixedClock clock_{Instant(1000s)};
    std::string lines_;
    std::mutex mutex_;
    Log log_{LogLevel::info, LogFormat::json, clock_, [this](std::string_view lines) {
                 const std::lock_guard lock(mutex_);
                 lines_.append(lines);
             }};
};

TEST_F(RunnerTest, GoesOnAfterAFailure) {
    folder_.add("boot.d/1.sh", "#!/bin/sh\nprintf 1 >>$DIR/ran\nexit 7\n");
    folder_.add("boot.d/2.sh", "#!/bin/sh\nprintf 2 >>$DIR/ran\n");
    folder_.add("boot.d/3.sh", "#!/bin/sh\nprintf 3 >>$DIR/ran\n", false);
    folder_.add("boot.d/4.py", "print(1)\n");
    Runner runner(folder_.path(), 10s, log_);
    EXPECT_EQ(states(runner), (std::vector<std::string>{"BOOT 1.sh UNKNOWN", "BOOT 2.sh UNKNOWN", "BOOT 3.sh UNKNOWN",
                                                        "BOOT 4.py UNKNOWN"}));
    EXPECT_FALSE(runner.is_completed(Stage::boot));
    runner.run(Stage::boot, variables());
    EXPECT_EQ(folder_.read("ran"), "12");
    EXPECT_EQ(states(runner), (std::vector<std::string>{"BOOT 1.sh ERROR", "BOOT 2.sh SUCCESSFUL", "BOOT 3.sh ERROR",
                                                        "BOOT 4.py ERROR"}));
    EXPECT_TRUE(runner.is_completed(Stage::boot));
    EXPECT_FALSE(runner.is_completed(Stage::ready));
    EXPECT_NE(lines_.find("it ended with status 7"), std::string::npos);
    EXPECT_NE(lines_.find("it is not executable"), std::string::npos);
}

TEST_F(RunnerTest, WithoutAFolderIsReadyAtOnce) {
    Runner runner({}, 10s, log_);
    int calls = 0;
    runner.call_when_ready([&] { ++calls; });
    EXPECT_EQ(calls, 0);
    runner.run_when_ready({});
    EXPECT_EQ(calls, 1);
    EXPECT_TRUE(runner.is_completed(Stage::ready));
    runner.call_when_ready([&] { ++calls; });
    EXPECT_EQ(calls, 2);
}

TEST_F(RunnerTest, ReadyRunsBesideTheServer) {
    folder_.add("ready.d/wait.sh", "#!/bin/sh\nwhile [ ! -e $DIR/go ]; do sleep 0.02; done\n");
    Runner runner(folder_.path(), 30s, log_);
    std::mutex mutex;
    std::condition_variable changed;
    bool done = false;
    runner.run_when_ready(variables());
    runner.call_when_ready([&] {
        const std::lock_guard lock(mutex);
        done = true;
        changed.notify_one();
    });
    EXPECT_FALSE(runner.is_completed(Stage::ready));
    folder_.add("go", "");
    std::unique_lock lock(mutex);
    EXPECT_TRUE(changed.wait_for(lock, 20s, [&] { return done; }));
    EXPECT_EQ(states(runner), std::vector<std::string>{"READY wait.sh SUCCESSFUL"});
}

TEST_F(RunnerTest, StoppingEndsWhatRunsAndIsNeverReady) {
    folder_.add("ready.d/1.sh", "#!/bin/sh\nsleep 60\n");
    folder_.add("ready.d/2.sh", "#!/bin/sh\nprintf 2 >>$DIR/ran\n");
    folder_.add("shutdown.d/9.sh", "#!/bin/sh\nprintf 9 >>$DIR/ran\n");
    bool called = false;
    Runner runner(folder_.path(), 60s, log_);
    runner.call_when_ready([&] { called = true; });
    runner.run_when_ready(variables());
    const auto began = std::chrono::steady_clock::now();
    runner.stop();
    EXPECT_LT(std::chrono::steady_clock::now() - began, 20s);
    EXPECT_FALSE(called);
    EXPECT_FALSE(runner.is_completed(Stage::ready));
    runner.run(Stage::shutdown, variables(), 10s);
    EXPECT_EQ(folder_.read("ran"), "9");
    EXPECT_TRUE(runner.is_completed(Stage::shutdown));
}

TEST_F(RunnerTest, AStageWhoseLastScriptWasStoppedIsNotOver) {
    folder_.add("ready.d/1.sh", "#!/bin/sh\ntouch $DIR/began\nsleep 60\n");
    bool called = false;
    Runner runner(folder_.path(), 60s, log_);
    runner.call_when_ready([&] { called = true; });
    runner.run_when_ready(variables());
    for (int i = 0; i < 1000 && !std::filesystem::exists(folder_.path() / "began"); ++i) ::usleep(10'000);
    runner.stop();
    EXPECT_EQ(states(runner), std::vector<std::string>{"READY 1.sh ERROR"});
    EXPECT_FALSE(runner.is_completed(Stage::ready));
    EXPECT_FALSE(called);
}

TEST_F(RunnerTest, AStageMayHaveLessTimeThanItsScripts) {
    folder_.add("shutdown.d/1.sh", "#!/bin/sh\nsleep 60\n");
    folder_.add("shutdown.d/2.sh", "#!/bin/sh\nprintf 2 >>$DIR/ran\n");
    Runner runner(folder_.path(), 60s, log_);
    runner.run(Stage::shutdown, variables(), 200ms);
    EXPECT_EQ(states(runner), (std::vector<std::string>{"SHUTDOWN 1.sh ERROR", "SHUTDOWN 2.sh UNKNOWN"}));
    EXPECT_FALSE(runner.is_completed(Stage::shutdown));
    EXPECT_EQ(folder_.read("ran"), "");
}

}  // namespace
}  // namespace iamlocal::init
