#include "lint/wildcards.hpp"

#include <string>

#include <gtest/gtest.h>

namespace iamlocal::lint {
namespace {

TEST(Wildcards, Match) {
    EXPECT_TRUE(matches("", ""));
    EXPECT_TRUE(matches("*", ""));
    EXPECT_TRUE(matches("a*c?", "abbcd"));
    EXPECT_FALSE(matches("a*c?", "abbc"));
    EXPECT_FALSE(matches("", "a"));
    EXPECT_TRUE(matches("**a", "ba"));
}

TEST(Wildcards, Cover) {
    EXPECT_TRUE(covers("*", "a*b?"));
    EXPECT_TRUE(covers("get*", "getobject*"));
    EXPECT_TRUE(covers("get?bject", "getobject"));
    EXPECT_TRUE(covers("a*c", "ab*c"));
    EXPECT_FALSE(covers("getobject*", "get*"));
    EXPECT_FALSE(covers("a?c", "a*c"));
    EXPECT_FALSE(covers("a*c", "a*"));
    EXPECT_FALSE(covers("abc", "a?c"));
}

TEST(Wildcards, Overlap) {
    EXPECT_TRUE(overlap("", ""));
    EXPECT_TRUE(overlap("*", ""));
    EXPECT_TRUE(overlap("a*", "*b"));
    EXPECT_TRUE(overlap("role/*", "*/x"));
    EXPECT_TRUE(overlap("a?c", "*c"));
    EXPECT_TRUE(overlap("**", "*"));
    EXPECT_FALSE(overlap("a*", "b*"));
    EXPECT_FALSE(overlap("a?", "a"));
    EXPECT_FALSE(overlap("user/*", "role/*"));
    EXPECT_FALSE(overlap("abc", "abd"));
}

TEST(Wildcards, OverlapIsMatchingWhenOneSideIsPlain) {
    for (const std::string pattern : {"", "*", "a", "a*", "*a", "a*b", "?", "a?b", "*a*", "??*", "a**b"}) {
        for (const std::string text : {"", "a", "b", "ab", "aab", "axb", "ba", "aaa"}) {
            SCOPED_TRACE(pattern + " and " + text);
            EXPECT_EQ(overlap(pattern, text), matches(pattern, text));
            EXPECT_EQ(overlap(text, pattern), matches(pattern, text));
            EXPECT_EQ(covers(pattern, text), matches(pattern, text));
        }
    }
}

}  // namespace
}  // namespace iamlocal::lint
