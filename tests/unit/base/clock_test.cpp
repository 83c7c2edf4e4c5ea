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

}  // namespace
}  // namespace iamlocal
