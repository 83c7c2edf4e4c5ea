#include "protocol/query.hpp"

#include <ctime>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iamlocal::protocol {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// "name=value|name=value", in order of arrival.
std::string listing(const Parameters& parameters) {
    std::string out;
    for (const Parameter& p : parameters) out.append(out.empty() ? "" : "|").append(p.name).append("=").append(p.value);
    return out;
}

TEST(Parameters, Decoding) {
    const struct {
        const char* body;
        const char* expected;
    } cases[] = {
        {"", ""},
        {"&&&", ""},
        {"Action=GetUser&Version=2010-05-08", "Action=GetUser|Version=2010-05-08"},
        {"&Action=GetUser&", "Action=GetUser"},
        {"Tags=", "Tags="},
        {"Tags", "Tags="},
        {"a=b=c", "a=b=c"},
        {"=a", "=a"},
        {"a+b=c+d", "a b=c d"},
        {"a%20b=c%20d", "a b=c d"},
        {"a=%2B%26%3D%25", "a=+&=%"},
        {"a=%c3%A9", "a=\xc3\xa9"},
        {"a=\xc3\xa9", "a=\xc3\xa9"},
        {"a=%F0%9F%98%80", "a=\xf0\x9f\x98\x80"},
        {"a=1&a=2", "a=1|a=2"},
        {"a=%0a%09", "a=\n\t"},
        {"X-Amz-Date=1&a=2", "X-Amz-Date=1|a=2"},
    };
    Parameters parameters;
    for (const auto& c : cases) {
        SCOPED_TRACE(c.body);
        EXPECT_FALSE(parameters.parse("", c.body));
        EXPECT_EQ(listing(parameters), c.expected);
    }
}

TEST(Parameters, QueryStringComesFirstAndLeavesTheSignatureOut) {
    const struct {
        const char* query;
        const char* body;
        const char* expected;
    } cases[] = {
        {"Action=GetUser", "", "Action=GetUser"},
        {"Action=GetUser&UserName=a", "UserName=b&Path=c", "Action=GetUser|UserName=a|UserName=b|Path=c"},
        {"a=1&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a%2Fb&b=2&X-Amz-Anything", "", "a=1|b=2"},
        {"X%2DAmz-Signature=1", "", ""},
        {"x-amz-signature=1&X-Amz=2", "", "x-amz-signature=1|X-Amz=2"},
    };
    Parameters parameters;
    for (const auto& c : cases) {
        SCOPED_TRACE(std::string(c.query) + " " + c.body);
        EXPECT_FALSE(parameters.parse(c.query, c.body));
        EXPECT_EQ(listing(parameters), c.expected);
    }
}

TEST(Parameters, Refusals) {
    using namespace std::string_view_literals;
    const struct {
        std::string_view text;
        QueryError error;
    } cases[] = {
        {"a=%", QueryError::bad_escape},       {"a=%4", QueryError::bad_escape},
        {"a=%4&b=1", QueryError::bad_escape},  {"a=%zz", QueryError::bad_escape},
        {"a=%4g", QueryError::bad_escape},     {"%=1", QueryError::bad_escape},
        {"a=% 41", QueryError::bad_escape},    {"a=%%41", QueryError::bad_escape},
        {"a=%00", QueryError::bad_text},       {"a\0=1"sv, QueryError::bad_text},
        {"a%00=1", QueryError::bad_text},      {"a=\xff", QueryError::bad_text},
        {"a=%ff", QueryError::bad_text},       {"a=%c3", QueryError::bad_text},
        {"a=%c3&b=%a9", QueryError::bad_text}, {"a=%c0%80", QueryError::bad_text},
        {"a=%ed%a0%80", QueryError::bad_text}, {"a=%f4%90%80%80", QueryError::bad_text},
        {"%c3=%a9", QueryError::bad_text},
    };
    Parameters parameters;
    for (const auto& c : cases) {
        SCOPED_TRACE(c.text);
        EXPECT_EQ(parameters.parse("", c.text), c.error);
        EXPECT_TRUE(parameters.empty());
        EXPECT_EQ(parameters.parse("", "Action=GetUser&" + std::string(c.text)), c.error);
        EXPECT_TRUE(parameters.empty()) << "nothing of a refused request is left";
        EXPECT_EQ(parameters.parse(c.text, "Action=GetUser"), c.error);
        EXPECT_FALSE(parameters.find("Action"));
    }
    EXPECT_EQ(malformed_query_string(QueryError::bad_escape).type(), error_type::malformed_query_string);
    EXPECT_EQ(malformed_query_string(QueryError::bad_escape).message(), "The query string contains a syntax error.");
}

TEST(Parameters, ManyAreRefusedQuickly) {
    const auto body_of = [](std::size_t count) {
        std::string body;
        for (std::size_t i = 1; i <= count; ++i) body += "Tags.member." + std::to_string(i) + ".Key=k&";
        return body;
    };
    Parameters parameters;
    EXPECT_FALSE(parameters.parse("", body_of(Parameters::limit)));
    EXPECT_EQ(parameters.size(), Parameters::limit);
    EXPECT_EQ(parameters.items("Tags.member.").numbers.size(), Parameters::limit);
    EXPECT_EQ(parameters.parse("", body_of(Parameters::limit + 1)), QueryError::too_many);
    EXPECT_EQ(parameters.parse("", body_of(10000)), QueryError::too_many);
    EXPECT_EQ(parameters.parse("a=1", body_of(Parameters::limit)), QueryError::too_many);

    // Looking at each of the most parameters must not be quadratic, or a small body could hold a worker up.
    const std::string most = body_of(Parameters::limit);
    const std::clock_t begin = std::clock();
    ASSERT_FALSE(parameters.parse("", most));
    for (const unsigned i : parameters.items("Tags.member.").numbers)
        ASSERT_TRUE(parameters.find("Tags.member." + std::to_string(i) + ".Key"));
    EXPECT_LT(std::clock() - begin, CLOCKS_PER_SEC);
}

/// The same answers whether the parameters are few (scanned) or many (sorted).
TEST(Parameters, FindAndItems) {
    const std::string few =
        "Action=TagUser&Tags.member.2.Key=b&Tags.member.10.Value=&Tags.member.1.Key=a&Tags.member.2.Value=v&"
        "UserName=first&UserName=second&List.member.3=c&List.member.1=a&List.member.1=z&Empty=&"
        "Odd.member.+1=x&Odd.member.=x&Odd.member.x=x&Odd.member.1x=x&Odd.member=x&Odd.member.7.=x&"
        "Zeros.member.002.Key=k&Zeros.member.2.Value=v&Zeros.member.01.In.member.03=i&Zeros.member.0x=w&Zeros.002=n";
    std::string many = few;
    for (int i = 0; i < 40; ++i) many += "&Unused" + std::to_string(i) + "=1";
    Parameters parameters;
    for (const std::string& body : {few, many, few}) {
        ASSERT_FALSE(parameters.parse("", body));
        EXPECT_EQ(parameters.find("Action"), "TagUser");
        EXPECT_EQ(parameters.find("UserName"), "first") << "the first one counts";
        EXPECT_EQ(parameters.find("List.member.1"), "a");
        EXPECT_EQ(parameters.find("Empty"), "");
        EXPECT_EQ(parameters.find("Tags.member.10.Value"), "");
        EXPECT_FALSE(parameters.find("action"));
        EXPECT_FALSE(parameters.find("UserNam"));
        EXPECT_FALSE(parameters.find(""));
        EXPECT_FALSE(parameters.find("Zzz"));
        EXPECT_THAT(parameters.items("Tags.member.").numbers, ElementsAre(1, 2, 10));
        EXPECT_FALSE(parameters.items("Tags.member.").has_words);
        EXPECT_THAT(parameters.items("List.member.").numbers, ElementsAre(1, 3));
        EXPECT_THAT(parameters.items("Odd.member.").numbers, ElementsAre(7));
        EXPECT_TRUE(parameters.items("Odd.member.").has_words);
        EXPECT_THAT(parameters.items("None.member.").numbers, IsEmpty());
        EXPECT_FALSE(parameters.items("None.member.").has_words);
        EXPECT_THAT(parameters.items("UserName.member.").numbers, IsEmpty());
        // Leading zeros do not count, wherever a number of an item stands.
        EXPECT_THAT(parameters.items("Zeros.member.").numbers, ElementsAre(1, 2));
        EXPECT_EQ(parameters.find("Zeros.member.2.Key"), "k");
        EXPECT_EQ(parameters.find("Zeros.member.1.In.member.3"), "i");
        EXPECT_EQ(parameters.find("Zeros.member.0x"), "w");
        EXPECT_EQ(parameters.find("Zeros.002"), "n");
    }
}

TEST(Parameters, NumbersOfItemsThatAwsRefuses) {
    const struct {
        const char* body;
        const char* message;  ///< null: it is fine
    } cases[] = {
        {"L.member.0=x", "0 is not a valid index"},
        {"L.member.000.Key=x", "0 is not a valid index"},
        {"L.member.-1=x", "Key -1 may not have a leading '-'"},
        {"L.member.1.0.Key=x", "Two index elements may not occur back to back"},
        {"L.member.12=x", "Excessively sparse input would skip 11 list elements"},
        {"L.member.33=x", "Excessively sparse input would skip 32 list elements"},
        {"L.member.12=x&L.member.1=x", "Excessively sparse input would skip 11 list elements"},
        {"L.member.10=x&L.member.21=x", "Excessively sparse input would skip 11 list elements"},
        {"L.member.4294967298=x", "Excessively sparse input would skip 4294967297 list elements"},
        {"L.member.99999999999999999999=x", "99999999999999999999 is not a valid index"},
        {"L.member.11=x", nullptr},
        {"L.member.15=x&L.member.8=x&L.member.1=x", nullptr},
    };
    for (const auto& [body, message] : cases) {
        SCOPED_TRACE(body);
        Parameters parameters;
        ASSERT_FALSE(parameters.parse("", body));
        try {
            parameters.items("L.member.");
            EXPECT_EQ(message, nullptr);
        } catch (const ApiError& error) {
            EXPECT_EQ(error.type(), error_type::malformed_input);
            EXPECT_EQ(error.message(), message ? message : "fine");
        }
    }
}

TEST(Parameters, AreReusable) {
    Parameters parameters;
    ASSERT_FALSE(parameters.parse("", "a=" + std::string(100000, 'x')));
    EXPECT_EQ(parameters.find("a")->size(), 100000u);
    const char* const memory = parameters.find("a")->data();
    for (int i = 0; i < 3; ++i) {
        ASSERT_FALSE(parameters.parse("q=1", "b=2&c=%33"));
        EXPECT_EQ(listing(parameters), "q=1|b=2|c=3");
        EXPECT_FALSE(parameters.find("a"));
    }
    ASSERT_FALSE(parameters.parse("", "a=" + std::string(50000, 'y')));
    EXPECT_EQ(parameters.find("a")->data(), memory) << "the memory is kept";
    const Parameters moved = std::move(parameters);
    EXPECT_EQ(moved.find("a"), std::string(50000, 'y'));
}

}  // namespace
}  // namespace iamlocal::protocol
