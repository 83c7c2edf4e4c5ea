#include "http/message/trace_context.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace iamlocal::http {
namespace {

const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string span = "00f067aa0ba902b7";

// The example of the specification.
TEST(TraceContext, ReadsVersionZero) {
    for (const char* flags : {"00", "01", "03", "ff"}) {
        const std::string value = "00-" + trace + "-" + span + "-" + flags;
        const auto context = parse_traceparent(value);
        ASSERT_TRUE(context) << value;
        EXPECT_EQ(context->trace_id, trace);
        EXPECT_EQ(context->span_id, span);
    }
}

// Section 3.2.4: a later version is read as far as version 00 goes, and may go on behind one more dash.
TEST(TraceContext, ReadsLaterVersionsAsFarAsTheyAreKnown) {
    for (const std::string& value : {"01-" + trace + "-" + span + "-01", "cc-" + trace + "-" + span + "-01-what",
                                     "fe-" + trace + "-" + span + "-01-"}) {
        const auto context = parse_traceparent(value);
        ASSERT_TRUE(context) << value;
        EXPECT_EQ(context->trace_id, trace);
    }
    EXPECT_FALSE(parse_traceparent("cc-" + trace + "-" + span + "-01.what"));
    EXPECT_FALSE(parse_traceparent("cc-" + trace + "-" + span + "-0"));
}

TEST(TraceContext, RefusesEverythingElse) {
    const std::string zeros(32, '0');
    const std::string good = "00-" + trace + "-" + span + "-01";
    ASSERT_TRUE(parse_traceparent(good));
    for (const std::string& value : std::vector<std::string>{
             "", "00", good.substr(1), good + "-00", good + " ", " " + good, "ff" + good.substr(2),
             "0x" + good.substr(2),
             "FE" + good.substr(2),                           // upper case
             "00-" + zeros + "-" + span + "-01",              // no trace
             "00-" + trace + "-" + zeros.substr(16) + "-01",  // no span
             "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + span + "-01", "00-" + trace + "-00F067AA0BA902B7-01",
             "00-" + trace + "-" + span + "-0g", "00." + trace + "-" + span + "-01", "00-" + trace + "." + span + "-01",
             "00-" + trace + "-" + span + ".01", "00-" + trace.substr(1) + "--" + span + "-01"})
        EXPECT_FALSE(parse_traceparent(value)) << value;
}

TEST(TraceContext, IsFoundByAnyCaseOfTheName) {
    const std::string value = "00-" + trace + "-" + span + "-01";
    for (const char* name : {"traceparent", "TraceParent", "TRACEPARENT"}) {
        const std::vector<Header> headers{{"Host", "localhost"}, {name, value}, {"tracestate", "a=b"}};
        ASSERT_TRUE(find_trace_context(headers)) << name;
        EXPECT_EQ(find_trace_context(headers)->span_id, span);
    }
    EXPECT_FALSE(find_trace_context(std::vector<Header>{{"trace-parent", value}}));
    EXPECT_FALSE(find_trace_context(std::vector<Header>{{"tracestates", value}}));
    EXPECT_FALSE(find_trace_context({}));
}

TEST(TraceContext, SeveralHeadersAreNone) {
    const std::string value = "00-" + trace + "-" + span + "-01";
    EXPECT_FALSE(find_trace_context(std::vector<Header>{{"traceparent", value}, {"traceparent", value}}));
    EXPECT_FALSE(find_trace_context(std::vector<Header>{{"traceparent", value}, {"Traceparent", "00"}}));
}

}  // namespace
}  // namespace iamlocal::http
