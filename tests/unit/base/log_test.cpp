#include "base/log.hpp"

#include <gtest/gtest.h>

namespace iamlocal {
namespace {

using namespace std::chrono_literals;

std::string line_of(LogFormat format, std::initializer_list<LogField> fields) {
    const FixedClock clock(Instant(1500000000s + 7ms));
    std::string written;
    Log log(LogLevel::info, format, clock, [&](std::string_view lines) { written += lines; });
    log.write(LogLevel::info, "request", fields);
    return written;
}

TEST(Log, WritesTextAndJson) {
    EXPECT_EQ(line_of(LogFormat::text, {{"a", "b"}, {"n", std::int64_t{3}}, {"empty", ""}}),
              "2017-07-14T02:40:00.007Z info request a=b n=3 empty=\"\"\n");
    EXPECT_EQ(line_of(LogFormat::json, {{"a", "b"}, {"n", std::int64_t{3}}}),
              "{\"time\":\"2017-07-14T02:40:00.007Z\",\"level\":\"info\",\"event\":\"request\",\"a\":\"b\",\"n\":3}\n");
}

TEST(Log, KeepsALineInOnePieceWhateverAValueHolds) {
    const std::string_view hostile("x\" y\nforged=1\0z", 15);
    const std::string text = line_of(LogFormat::text, {{"a", hostile}});
    EXPECT_EQ(text, "2017-07-14T02:40:00.007Z info request a=\"x\\\" y\\u000aforged=1\\u0000z\"\n");
    const std::string json = line_of(LogFormat::json, {{"a", hostile}});
    EXPECT_NE(json.find("\"a\":\"x\\\" y\\u000aforged=1\\u0000z\"}"), std::string::npos);
}

TEST(Log, LeavesOutWhatTheLevelDoesNotAskFor) {
    const FixedClock clock(Instant(0s));
    std::string written;
    Log log(LogLevel::warn, LogFormat::text, clock, [&](std::string_view lines) { written += lines; });
    log.write(LogLevel::info, "quiet");
    std::string batch;
    log.append(batch, LogLevel::info, "quiet", {});
    log.flush(batch);
    EXPECT_EQ(written, "");
    log.append(batch, LogLevel::error, "loud", {});
    EXPECT_EQ(written, "");
    log.flush(batch);
    EXPECT_EQ(written, "1970-01-01T00:00:00.000Z error loud\n");
    EXPECT_EQ(batch, "");
}

TEST(Log, LeavesOutFieldsWithoutAKey) {
    for (const LogFormat format : {LogFormat::text, LogFormat::json}) {
        std::string with;
        std::string without;
        append_line(with, format, Instant(0s), LogLevel::info, "e", {{"a", "1"}, {"", "no"}, {"b", std::int64_t{2}}});
        append_line(without, format, Instant(0s), LogLevel::info, "e", {{"a", "1"}, {"b", std::int64_t{2}}});
        EXPECT_EQ(with, without);
    }
}

}  // namespace
}  // namespace iamlocal
