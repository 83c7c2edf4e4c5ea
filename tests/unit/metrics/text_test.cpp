#include "metrics/text.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "metrics/process.hpp"

namespace iamlocal::metrics {
namespace {

TEST(MetricsText, HasHelpTypeAndSamples) {
    Text text;
    text.begin("a_total", Type::counter, "What it counts.");
    text.sample({}, std::uint64_t{3});
    text.sample({{"by", "x"}, {"to", "y"}}, 0.25);
    text.begin("b", Type::gauge, "Another.");
    text.sample({}, std::uint64_t{18446744073709551615U});
    EXPECT_EQ(text.take(),
              "# HELP a_total What it counts.\n# TYPE a_total counter\na_total 3\na_total{by=\"x\",to=\"y\"} 0.25\n"
              "# HELP b Another.\n# TYPE b gauge\nb 18446744073709551615\n");
    EXPECT_EQ(text.take(), "");
}

TEST(MetricsText, EscapesWhatTheFormatEscapes) {
    Text text;
    text.begin("a", Type::gauge, "one\\two\n\"three\"");
    text.sample({{"l", "one\\two\n\"three\""}}, std::uint64_t{1});
    EXPECT_EQ(text.take(), "# HELP a one\\\\two\\n\"three\"\n# TYPE a gauge\na{l=\"one\\\\two\\n\\\"three\\\"\"} 1\n");
}

TEST(MetricsText, WritesSuffixesAndSpecialNumbers) {
    Text text;
    text.begin("h", Type::histogram, "Times.");
    text.sample({{"le", "+Inf"}}, std::uint64_t{1}, "_bucket");
    text.sample({}, std::numeric_limits<double>::infinity(), "_sum");
    text.sample({}, -std::numeric_limits<double>::infinity());
    text.sample({}, std::numeric_limits<double>::quiet_NaN());
    EXPECT_EQ(text.take(), "# HELP h Times.\n# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_sum +Inf\nh -Inf\nh NaN\n");
}

TEST(MetricsText, KnowsTheProcess) {
    Text text;
    write_process(text);
    const std::string written = text.take();
    for (const char* const name : {"process_cpu_seconds_total", "process_start_time_seconds",
                                   "process_resident_memory_bytes", "process_open_fds", "process_max_fds"})
        EXPECT_NE(written.find(std::string("\n") + name + " "), std::string::npos) << name << written;
}

}  // namespace
}  // namespace iamlocal::metrics
