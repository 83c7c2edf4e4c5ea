#include "base/clock.hpp"

#include <gtest/gtest.h>

namespace iamlocal {
namespace {

using namespace std::chrono_literals;

TEST(AdjustableClock, FollowsTheRealOneUntilMoved) {
    FixedClock real(Instant(1000s));
    AdjustableClock clock(real);
    EXPECT_EQ(clock.now(), Instant(1000s));
    clock.advance(2h);
    EXPECT_EQ(clock.now(), Instant(1000s + 2h));
    real.advance(5s);
    EXPECT_EQ(clock.now(), Instant(1005s + 2h));
    clock.reset();
    EXPECT_EQ(clock.now(), Instant(1005s));
}

TEST(AdjustableClock, StandsStillWhileFrozenAndMovesOnlyWhenTold) {
    FixedClock real(Instant(1000s));
    AdjustableClock clock(real);
    clock.freeze(Instant(50s));
    real.advance(1h);
    EXPECT_EQ(clock.now(), Instant(50s));
    clock.advance(-20s);
    EXPECT_EQ(clock.now(), Instant(30s));
    clock.reset();
    EXPECT_EQ(clock.now(), Instant(1000s + 1h));
}

TEST(AdjustableClock, StaysWhereTimesHaveAForm) {
    const Instant first = std::chrono::sys_days(std::chrono::year(1) / 1 / 1);
    const Instant last = std::chrono::sys_days(std::chrono::year(10000) / 1 / 1) - 1us;
    FixedClock real(Instant(1000s));
    AdjustableClock clock(real);
    for (const auto by : {std::chrono::microseconds(INT64_MAX), std::chrono::microseconds(INT64_MIN),
                          last - Instant(1000s) + 1us, first - Instant(1000s) - 1us}) {
        EXPECT_FALSE(clock.advance(by));
        EXPECT_EQ(clock.now(), Instant(1000s));
    }
    for (const Instant at : {first - 1us, last + 1us, Instant::max(), Instant::min()}) EXPECT_FALSE(clock.freeze(at));
    EXPECT_EQ(clock.now(), Instant(1000s));

    EXPECT_TRUE(clock.advance(last - Instant(1000s)));
    EXPECT_FALSE(clock.advance(1us));
    real.advance(1h);
    EXPECT_EQ(clock.now(), last) << "time goes on, and there is no year 10000";
    clock.reset();
    EXPECT_TRUE(clock.freeze(first));
    EXPECT_FALSE(clock.advance(-1us));
    EXPECT_TRUE(clock.advance(1us));
    EXPECT_EQ(clock.now(), first + 1us);
}

TEST(AdjustableClock, GoesBackToWhereItWas) {
    FixedClock real(Instant(std::chrono::seconds(1000)));
    AdjustableClock clock(real);
    const AdjustableClock::Position unmoved = clock.position();
    clock.advance(std::chrono::hours(2));
    const AdjustableClock::Position moved = clock.position();
    clock.freeze(Instant(std::chrono::seconds(5)));
    const AdjustableClock::Position frozen = clock.position();
    real.advance(std::chrono::seconds(10));
    EXPECT_TRUE(clock.move_to(moved));
    EXPECT_EQ(clock.now(), Instant(std::chrono::seconds(1010 + 7200)));
    EXPECT_TRUE(clock.move_to(frozen));
    EXPECT_EQ(clock.now(), Instant(std::chrono::seconds(5)));
    EXPECT_TRUE(clock.move_to(unmoved));
    EXPECT_EQ(clock.now(), real.now());
    for (const AdjustableClock::Position& impossible :
         {AdjustableClock::Position{std::chrono::microseconds::max()},
          AdjustableClock::Position{std::chrono::microseconds::min()},
          AdjustableClock::Position{std::chrono::hours(-24 * 366 * 2100)},
          AdjustableClock::Position{std::chrono::microseconds(0), Instant::max()}}) {
        EXPECT_FALSE(clock.move_to(impossible));
        EXPECT_EQ(clock.position(), unmoved);
    }
}

}  // namespace
}  // namespace iamlocal
