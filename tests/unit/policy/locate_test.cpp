// Where elements stand in a document.
#include "policy/locate.hpp"

#include <algorithm>
#include <ctime>
#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/explanation.hpp"
#include "unit/policy/support.hpp"

namespace iamlocal::policy {
namespace {

using testing::IsEmpty;

TEST(PositionAt, CountsLinesAndUtf16Units) {
    const std::string_view text = "a\r\nb\rc\n\xc3\xbc\xf0\x9f\x98\x80x";
    EXPECT_EQ(position_at(text, 0), (Position{1, 1}));
    EXPECT_EQ(position_at(text, text.find('b')), (Position{2, 1}));
    EXPECT_EQ(position_at(text, text.find('c')), (Position{3, 1}));
    EXPECT_EQ(position_at(text, text.find('x')), (Position{4, 4}));
    EXPECT_EQ(position_at(text, 1000), (Position{4, 5}));
}

TEST(PositionCursor, GivesEveryPlaceOnTheWay) {
    const std::string_view text = "\n\r\r\nab\r\r\n\n\xc3\xbc\xf0\x9f\x98\x80 long enough to be counted in a run\r";
    PositionCursor cursor(text);
    Position expected;
    for (std::size_t at = 0; at < text.size(); ++at) {
        SCOPED_TRACE(at);
        EXPECT_EQ(cursor.at(at), expected);
        EXPECT_EQ(position_at(text, at), expected);
        const auto byte = static_cast<unsigned char>(text[at]);
        if (byte == '\n' || (byte == '\r' && (at + 1 == text.size() || text[at + 1] != '\n')))
            expected = {expected.line + 1, 1};
        else if ((byte & 0xC0) != 0x80)
            expected.column += byte >= 0xF0 ? 2 : 1;
    }
    EXPECT_EQ(cursor.at(text.size()), expected);
}

TEST(Locate, FindsElementsInAnyOrder) {
    const auto statements = locate(
        R"({"Statement":[
{"Resource":"*",
 "Condition":{"Bool":{"b:b":true},
  "Null":{"a:a":"true"}},
 "Principal":"*",
 "Action":"a:A",
 "Effect":"Allow"},
{"NotPrincipal":{"AWS":"*"}, "NotAction":"b:B", "NotResource":"*", "Effect":"Deny"}]})",
        DocumentKind::resource);
    ASSERT_EQ(statements.size(), 2U);
    EXPECT_EQ(statements[0].start, (Position{2, 1}));
    EXPECT_EQ(statements[0].resource->at, (Position{2, 2}));
    ASSERT_EQ(statements[0].conditions.size(), 2U);
    EXPECT_EQ(statements[0].conditions[0].at, (Position{3, 23}));
    EXPECT_EQ(statements[0].conditions[1].at, (Position{4, 11}));
    EXPECT_EQ(statements[0].principal->at, (Position{5, 2}));
    EXPECT_EQ(statements[0].action->at, (Position{6, 2}));
    EXPECT_EQ(statements[1].start, (Position{8, 1}));
    EXPECT_EQ(statements[1].principal->name, "NotPrincipal");
    EXPECT_EQ(statements[1].principal->at, (Position{8, 2}));
    EXPECT_EQ(statements[1].action->at, (Position{8, 30}));
    EXPECT_EQ(statements[1].resource->at, (Position{8, 49}));
}

/// A document of so many statements, each with a condition key of its own, and the shortest of three explanations, in
/// ticks of this process's time on a processor.
double time_to_explain(int statements) {
    std::string text = R"({"Version":"2012-10-17","Statement":[)";
    for (int i = 0; i < statements; ++i) {
        text.append(i == 0 ? "" : ",");
        text.append(R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Null":{"k:)");
        text.append(std::to_string(i)).append(R"(":"false"}}})");
    }
    text.append("]}");
    const Policy policy = parsed(text, DocumentKind::identity);
    const SourcedPolicy source{&policy, "many", {}, text};
    PolicySet set;
    set.identity = {&source, 1};
    const Principal caller = alice();
    double shortest = std::numeric_limits<double>::max();
    for (int i = 0; i < 3; ++i) {
        const std::clock_t start = std::clock();
        const Explanation explanation = explain(set, {&caller, "s3:GetObject", "*", {}, nullptr});
        shortest = std::min(shortest, static_cast<double>(std::clock() - start));
        EXPECT_EQ(explanation.context.size(), static_cast<std::size_t>(statements));
    }
    return shortest;
}

TEST(Locate, TakesTimeInProportionToTheDocument) {
    // 16 times as many: the square would be 256 times the time.
    EXPECT_LT(time_to_explain(5000) / time_to_explain(5000 / 16), 100);
}

TEST(Locate, GivesNothingForWhatIsNoPolicy) {
    for (const std::string_view text : {"", "{", "[]", "{}", R"({"Statement":[]})"}) {
        SCOPED_TRACE(text);
        EXPECT_THAT(locate(text, DocumentKind::identity), IsEmpty());
    }
}

}  // namespace
}  // namespace iamlocal::policy
