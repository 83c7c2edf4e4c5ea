#include "metrics/requests.hpp"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace iamlocal::metrics {
namespace {

using std::chrono::microseconds;

TEST(RequestCounts, SayWhoseFaultItWas) {
    EXPECT_EQ(result_of(200, ""), Result::success);
    EXPECT_EQ(result_of(403, "AccessDenied"), Result::denied);
    EXPECT_EQ(result_of(400, "AccessDeniedException"), Result::denied);
    EXPECT_EQ(result_of(403, "InvalidClientTokenId"), Result::client_error);
    EXPECT_EQ(result_of(404, ""), Result::client_error);
    EXPECT_EQ(result_of(503, "ServiceUnavailable"), Result::server_error);
    EXPECT_EQ(name_of(Result::server_error), "server_error");
}

TEST(RequestCounts, RangesIncludeTheirEnds) {
    ActionCounts counts;
    counts.note(Result::success, microseconds(0));
    counts.note(Result::success, microseconds(50));
    counts.note(Result::success, microseconds(51));
    counts.note(Result::denied, microseconds(5'000'000));
    counts.note(Result::denied, microseconds(5'000'001));
    counts.note(Result::denied, microseconds(-7));  // no clock of ours does that
    EXPECT_EQ(counts.durations.front().value(), 3U);
    EXPECT_EQ(counts.durations[1].value(), 1U);
    EXPECT_EQ(counts.durations[duration_ends.size() - 1].value(), 1U);
    EXPECT_EQ(counts.durations.back().value(), 1U);
    EXPECT_EQ(counts.microseconds.value(), 10'000'102U);
    EXPECT_EQ(counts.results[0].value(), 3U);
    EXPECT_EQ(counts.results[1].value(), 3U);
}

TEST(RequestCounts, AreAddedUpOverThreads) {
    AllCounts all(2, 1);
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i)
        threads.emplace_back([&] {
            ThreadCounts& counts = all.make();
            for (int n = 0; n < 10'000; ++n) counts.by_action[1].note(Result::success, microseconds(1));
        });
    const auto pick = [](auto& c) -> auto& { return c.by_action[1].results[0]; };
    EXPECT_LE(all.sum(pick), 30'000U);  // while they count
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(all.sum(pick), 30'000U);
    EXPECT_EQ(all.sum([](auto& c) -> auto& { return c.by_action[0].results[0]; }), 0U);
}

}  // namespace
}  // namespace iamlocal::metrics
