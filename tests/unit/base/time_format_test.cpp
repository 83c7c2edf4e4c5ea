#include "base/time_format.hpp"

#include <gtest/gtest.h>

namespace iamlocal {
namespace {

using namespace std::chrono_literals;

TEST(TimeFormat, WritesTheFormsOfAws) {
    const Seconds at{1504362743s};
    EXPECT_EQ(format_iso8601(at), "2017-09-02T14:32:23Z");
    EXPECT_EQ(format_amz_date(at), "20170902T143223Z");
    EXPECT_EQ(format_http_date(at), "Sat, 02 Sep 2017 14:32:23 GMT");
    EXPECT_EQ(format_iso8601(Seconds{0s}), "1970-01-01T00:00:00Z");
}

TEST(TimeFormat, ReadsWhatItWrites) {
    const Seconds at{1504362743s};
    EXPECT_EQ(parse_amz_date("20170902T143223Z"), at);
    EXPECT_EQ(parse_http_date("Sat, 02 Sep 2017 14:32:23 GMT"), at);
    EXPECT_EQ(parse_iso8601("2017-09-02T14:32:23Z"), Instant(at));
}

TEST(TimeFormat, ReadsEveryFormOfIso8601ThatPoliciesUse) {
    const Instant day(1504310400s);
    const std::pair<const char*, Instant> cases[] = {
        {"2017-09-02", day},
        {"2017-09-02T00:00Z", day},
        {"2017-09-02T00:00:00Z", day},
        {"2017-09-02T02:00:00+02:00", day},
        {"2017-09-01T16:30:00-07:30", day},
        {"2017-09-02T00:00:00.5Z", day + 500ms},
        {"2017-09-02T00:00:00.123456789Z", day + 123456us},
    };
    for (const auto& [text, expected] : cases) {
        SCOPED_TRACE(text);
        EXPECT_EQ(parse_iso8601(text), expected);
    }
}

TEST(TimeFormat, RefusesEverythingElse) {
    for (const char* text :
         {"", "2017", "2017-9-2", "2017-13-01", "2017-02-29", "2017-09-02T", "2017-09-02T14", "2017-09-02T14:32:23",
          "2017-09-02 14:32:23Z", "2017-09-02T24:00:00Z", "2017-09-02T14:60:00Z", "2017-09-02T14:32:23.Z",
          "2017-09-02T14:32:23Zx", "2017-09-02T14:32:23+2:00", "99999-01-01"}) {
        SCOPED_TRACE(text);
        EXPECT_FALSE(parse_iso8601(text));
    }
    for (const char* text : {"", "20170902T143223", "2017-09-02T14:32:23Z", "20170902T1432231Z", "20170932T143223Z"}) {
        SCOPED_TRACE(text);
        EXPECT_FALSE(parse_amz_date(text));
    }
    for (const char* text : {"", "Sat 02 Sep 2017 14:32:23 GMT", "Sat, 02 Sep 2017 14:32:23 UTC"}) {
        SCOPED_TRACE(text);
        EXPECT_FALSE(parse_http_date(text));
    }
}

TEST(ParseDuration, ReadsSumsOfUnits) {
    const std::pair<const char*, std::chrono::seconds> cases[] = {
        {"90s", 90s}, {"15m", 15min}, {"2h", 2h}, {"1d", 24h}, {"1h30m", 90min}, {"-2h", -2h}, {"0s", 0s}};
    for (const auto& [text, expected] : cases) {
        SCOPED_TRACE(text);
        EXPECT_EQ(parse_duration(text), expected);
    }
    for (const char* text : {"", "-", "2", "h", "2 h", "2h ", "1.5h", "99999999999d", "9223372036854775807s"}) {
        SCOPED_TRACE(text);
        EXPECT_FALSE(parse_duration(text));
    }
}

}  // namespace
}  // namespace iamlocal
