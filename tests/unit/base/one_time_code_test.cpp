#include "base/one_time_code.hpp"

#include <gtest/gtest.h>

namespace iamlocal::one_time_code {
namespace {

using namespace std::chrono_literals;

/// RFC 6238, appendix B: the last six of its eight digits.
TEST(OneTimeCode, IsThatOfTheStandard) {
    const struct {
        std::int64_t seconds;
        const char* code;
    } cases[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
                 {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
    for (const auto& [seconds, code] : cases) {
        const Instant at{std::chrono::seconds(seconds)};
        EXPECT_EQ(at_step("12345678901234567890", step_of(at)), code) << seconds;
    }
}

TEST(OneTimeCode, StepsLastThirtySeconds) {
    const struct {
        std::chrono::microseconds at;
        std::int64_t step;
    } cases[] = {{0s, 0}, {29'999'999us, 0}, {30s, 1}, {-1us, -1}, {-30s, -1}, {-30'000'001us, -2}};
    for (const auto& [at, step] : cases) EXPECT_EQ(step_of(Instant(at)), step) << at.count();
}

TEST(OneTimeCode, SecretsAreBase32) {
    EXPECT_EQ(base32_encode("Hello!\xde\xad\xbe\xef"), "JBSWY3DPEHPK3PXP");
    EXPECT_EQ(base32_encode("f"), "MY======");
    EXPECT_EQ(base32_decode("JBSWY3DPEHPK3PXP"), "Hello!\xde\xad\xbe\xef");
    EXPECT_EQ(base32_decode("MY"), "f");
    for (const char* text : {"MY0=====", "M!", "1"}) EXPECT_FALSE(base32_decode(text)) << text;
}

}  // namespace
}  // namespace iamlocal::one_time_code
