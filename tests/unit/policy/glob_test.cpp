#include "policy/glob.hpp"

#include <string>

#include <gtest/gtest.h>

#include "unit/policy/support.hpp"

namespace iamlocal::policy {
namespace {

TEST(Glob, MatchesWithWildcards) {
    struct Row {
        std::string_view pattern, subject;
        bool matches;
    };
    constexpr Row rows[]{
        {"", "", true},
        {"", "a", false},
        {"a", "", false},
        {"abc", "abc", true},
        {"abc", "abcd", false},
        {"abc", "ab", false},
        {"*", "", true},
        {"*", "anything", true},
        {"**", "anything", true},
        {"a*", "a", true},
        {"a*", "abc", true},
        {"a*", "ba", false},
        {"*c", "abc", true},
        {"*c", "abcd", false},
        {"a*c", "ac", true},
        {"a*c", "abcbc", true},
        {"a*c", "abcb", false},
        {"a*b*c", "a-b-b-c", true},
        {"a*b*c", "a-c-b", false},
        {"?", "", false},
        {"?", "a", true},
        {"?", "ab", false},
        {"a?c", "abc", true},
        {"a?c", "ac", false},
        {"*?", "", false},
        {"*?", "a", true},
        {"?*", "abc", true},
        {"*?c", "c", false},
        {"*?c", "bc", true},
        {"?\?", "é", false},
        {"?", "é", true},
        {"a?z", "a€z", true},
        {"*aab", "aaab", true},
        {"*aab*ab", "aaabaaab", true},
        {"*aab*ab", "aaabb", false},
        {"*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
        {"a.c", "abc", false},
        {"[ab]", "a", false},
        {"\\*", "\\x", true},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(std::string(row.pattern) + " ~ " + std::string(row.subject));
        EXPECT_EQ(Glob::parse(row.pattern, {.wildcards = true}).matches(row.subject), row.matches);
    }
}

TEST(Glob, WildcardsAreTextWhereTheyAreNotSpecial) {
    const Glob glob = Glob::parse("a*?${x}", {});
    EXPECT_TRUE(glob.matches("a*?${x}"));
    EXPECT_FALSE(glob.matches("abc${x}"));
    EXPECT_TRUE(glob.is_literal());
    EXPECT_EQ(glob.text(), "a*?${x}");
    EXPECT_FALSE(Glob::parse("a*", {.wildcards = true}).is_literal());
}

TEST(Glob, ResolvesVariables) {
    MapContext context = context_of({{"aws:username", "al*ce"}, {"aws:empty", ""}});
    context.set("aws:list", Values::list({"a"}));
    struct Row {
        std::string_view pattern, subject;
        bool matches;
    };
    constexpr Row rows[]{
        {"${aws:username}", "al*ce", true},
        {"${aws:username}", "alice", false},
        {"${AWS:userName}", "al*ce", true},
        {"x${aws:username}y*", "xal*ceyz", true},
        {"${aws:empty}", "", true},
        {"${aws:empty, 'd'}", "", true},
        {"*${aws:empty}*", "abc", true},
        {"${aws:absent, 'd'}", "d", true},
        {"${aws:absent, ''}", "", true},
        {"${aws:absent, 'a}b'}", "a}b", true},
        {"${aws:absent, '*'}", "x", false},
        {"${aws:absent}", "", false},
        {"${aws:absent,'d'}", "d", false},
        {"${aws:list}", "a", false},
        {"${aws:list, 'a'}", "a", false},
        {"${*}", "*", true},
        {"${*}", "x", false},
        {"${?}", "?", true},
        {"${$}", "$", true},
        {"${$}{x}", "${x}", true},
        {"${", "${", true},
        {"${aws:username", "${aws:username", true},
        {"$x${*}$", "$x*$", true},
        {"a}b", "a}b", true},
        {"${aws:absent, 'open}", "d", false},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(std::string(row.pattern) + " ~ " + std::string(row.subject));
        const Glob glob = Glob::parse(row.pattern, {.wildcards = true, .variables = true});
        const std::optional<Glob> resolved = glob.resolve(context);
        EXPECT_EQ(resolved && resolved->matches(row.subject), row.matches);
        if (glob.has_variables()) {
            EXPECT_FALSE(glob.matches(row.subject));
        }
    }
}

TEST(Glob, KnowsItsVariables) {
    const Glob glob = Glob::parse("${aws:A}/${*}/${b, 'x'}", {.variables = true});
    ASSERT_EQ(glob.variables().size(), 2U);
    EXPECT_EQ(glob.variables()[0].spelled, "aws:A");
    EXPECT_EQ(glob.variables()[0].key, "aws:a");
    EXPECT_EQ(glob.variables()[0].fallback, std::nullopt);
    EXPECT_EQ(glob.variables()[1].key, "b");
    EXPECT_EQ(glob.variables()[1].fallback, "x");
}

TEST(Glob, FoldsAndSplits) {
    const Glob glob = Glob::parse("ARN:aws:*:x*y::Z:q", {.wildcards = true});
    EXPECT_TRUE(glob.folded().matches("arn:aws:1:x2y::z:q"));
    const auto parts = glob.split_arn();
    ASSERT_TRUE(parts);
    ASSERT_EQ(parts->size(), 6U);
    EXPECT_TRUE((*parts)[0].matches("ARN"));
    EXPECT_TRUE((*parts)[3].matches("x:y"));
    EXPECT_TRUE((*parts)[4].matches(""));
    EXPECT_TRUE((*parts)[5].matches("Z:q"));
    EXPECT_FALSE(Glob::parse("a:b:c:d:*", {.wildcards = true}).split_arn());
}

}  // namespace
}  // namespace iamlocal::policy
