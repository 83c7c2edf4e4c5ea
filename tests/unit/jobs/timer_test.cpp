#include "jobs/timer.hpp"

#include <atomic>
#include <future>
#include <vector>

#include <gtest/gtest.h>

namespace iamlocal::jobs {
namespace {

using namespace std::chrono_literals;

TEST(Timer, CallsInTheOrderOfTime) {
    Timer timer;
    std::mutex mutex;
    std::vector<int> called;
    std::promise<void> all;
    const auto call = [&](int number, bool is_last) {
        return [&, number, is_last] {
            const std::lock_guard lock(mutex);
            called.push_back(number);
            if (is_last) all.set_value();
        };
    };
    const auto began = std::chrono::steady_clock::now();
    ASSERT_TRUE(timer.call_after(120ms, call(3, true)));
    ASSERT_TRUE(timer.call_after(10ms, call(1, false)));
    ASSERT_TRUE(timer.call_after(60ms, call(2, false)));
    all.get_future().wait();
    EXPECT_GE(std::chrono::steady_clock::now() - began, 120ms);
    EXPECT_EQ(called, (std::vector{1, 2, 3}));
}

TEST(Timer, ClosingCallsWhatWaitsAndTakesNoMore) {
    std::atomic<int> calls{0};
    {
        Timer timer;
        for (int i = 0; i < 100; ++i) ASSERT_TRUE(timer.call_after(1h, [&] { ++calls; }));
        timer.close();
        timer.close();
        EXPECT_FALSE(timer.call_after(0ms, [&] { ++calls; }));
    }
    EXPECT_EQ(calls, 100);
}

TEST(Timer, CanBeClosedBeforeItBegan) {
    Timer timer;
    timer.close();
    EXPECT_FALSE(timer.call_after(0ms, [] {}));
}

}  // namespace
}  // namespace iamlocal::jobs
