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
        {"?", "😀", false},
        {"?\?", "😀", true},
        {"?\?\?", "😀", false},
        {"a?\?z", "a😀z", true},
        {"a?z", "a😀z", false},
        {"?*", "😀", true},
        {"*?", "😀", true},
        {"*😀", "😀😀", true},
        {"?\?😀", "😀😀", true},
        {"?😀", "😀😀", false},
        {"😀?*", "😀", false},
        {"*?\?", "a", false},
        {"*?a?b", "xxaxb", true},
        {"*??a*?b?", "xxaxaxbx", true},
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
    EXPECT_TRUE(glob.is_leading_text());
    EXPECT_EQ(glob.leading_text(), "a*?${x}");
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
        const std::optional<Glob> resolved = glob.resolve(context, row.subject.size());
        EXPECT_EQ(resolved && resolved->matches(row.subject), row.matches);
        if (glob.has_variables()) {
            EXPECT_FALSE(glob.matches(row.subject));
        }
    }
}

TEST(Glob, ResolvesNoFurtherThanTheSubjectIsLong) {
    const MapContext context = context_of({{"v", std::string(1000, 'v')}, {"empty", ""}});
    const auto resolves = [&](std::string_view pattern, std::size_t longest) {
        return Glob::parse(pattern, {.wildcards = true, .variables = true}).resolve(context, longest).has_value();
    };
    EXPECT_TRUE(resolves("a${v}*", 1001));
    EXPECT_FALSE(resolves("a${v}*", 1000));
    EXPECT_FALSE(resolves("${v}a", 1000)) << "the text after the value counts, too";
    EXPECT_TRUE(resolves("${absent, 'ab'}${empty}?", 2));
    EXPECT_FALSE(resolves("${absent, 'ab'}${empty}?", 1));
    EXPECT_TRUE(resolves("${empty}*", 0));
    std::string many;
    for (int i = 0; i < 100'000; ++i) many += "${v}";
    EXPECT_FALSE(resolves(many, 2048)) << "without writing out a hundred megabytes";
}

TEST(Glob, KnowsWhatItsMatchingCosts) {
    const auto cost = [](std::string_view pattern) {
        return Glob::parse(pattern, {.wildcards = true, .variables = true}).cost();
    };
    EXPECT_EQ(cost("").once, 0U);
    EXPECT_GT(cost("abc").once, 0U);
    EXPECT_GT(cost("a?a?").once, cost("a?").once);
    EXPECT_GT(cost(std::string(10'000, 'a')).once, 600U);
    for (const std::string_view pattern : {"abc", "a?c", "a${v}", "a*", "${v}*"}) {
        EXPECT_EQ(cost(pattern).per_byte, 0U) << pattern;
    }
    EXPECT_GT(cost("*a").per_byte, 0U);
    EXPECT_GT(cost("*${v}").per_byte, 0U);
    EXPECT_GT(cost("*a?a?").per_byte, cost("*a?").per_byte);
    EXPECT_EQ(cost("*" + std::string(5'000, '?') + "b").per_byte, cost("*b").per_byte)
        << "a ? after a * is not tried at every place";
    EXPECT_EQ(cost("a?a*b*ccc*").per_byte, cost("*b").per_byte) << "only the last star takes more";
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

TEST(Glob, KnowsTheTextWithWhichItBegins) {
    struct Row {
        std::string_view pattern, leading;
        bool whole;
    };
    constexpr Row rows[]{{"", "", true},        {"abc", "abc", true},   {"ab*", "ab", false}, {"*", "", false},
                         {"*ab", "", false},    {"?", "", false},       {"a?", "a", false},   {"${v}", "", false},
                         {"a${v}", "a", false}, {"a${*}b", "a*b", true}};
    for (const Row& row : rows) {
        SCOPED_TRACE(row.pattern);
        const Glob glob = Glob::parse(row.pattern, {.wildcards = true, .variables = true});
        EXPECT_EQ(glob.leading_text(), row.leading);
        EXPECT_EQ(glob.is_leading_text(), row.whole);
    }
}

TEST(Glob, LongTexts) {
    for (const std::size_t size : {239U, 240U, 241U, 480U, 481U, 5000U}) {
        SCOPED_TRACE(size);
        const std::string text(size, 'x');
        const Glob plain = Glob::parse(text, {});
        EXPECT_TRUE(plain.matches(text));
        EXPECT_FALSE(plain.matches(text + "x"));
        EXPECT_FALSE(plain.matches(text.substr(1)));
        EXPECT_TRUE(text.starts_with(plain.leading_text()));
        EXPECT_EQ(plain.is_leading_text(), plain.leading_text() == text);
        EXPECT_TRUE(Glob::parse("*" + text + "*", {.wildcards = true}).matches("a" + text + "xb"));
        EXPECT_FALSE(Glob::parse("*" + text + "*", {.wildcards = true}).matches("a" + text.substr(1)));
        Glob folded = Glob::parse(std::string(size, 'X'), {});
        folded.fold();
        EXPECT_TRUE(folded.matches(text));
    }
}

TEST(Glob, AnyByteIsText) {
    std::string bytes;
    for (int byte = 1; byte < 256; ++byte) bytes.push_back(static_cast<char>(byte));
    const MapContext context = context_of({{"v", bytes}});
    const auto resolved =
        Glob::parse("<${v}>*", {.wildcards = true, .variables = true}).resolve(context, 2 * bytes.size());
    ASSERT_TRUE(resolved);
    EXPECT_TRUE(resolved->matches("<" + bytes + ">"));
    EXPECT_TRUE(resolved->matches("<" + bytes + ">\xF1"));
    EXPECT_FALSE(resolved->matches("<" + bytes));
}

TEST(Glob, Folds) {
    Glob glob = Glob::parse("ARN:*B" + std::string(65, 'X') + "?", {.wildcards = true});
    glob.fold();
    EXPECT_TRUE(glob.matches("arn:1b" + std::string(65, 'x') + "2"));
    EXPECT_FALSE(glob.matches("ARN:1b" + std::string(65, 'x') + "2"));
}

TEST(Glob, KeepsToThePartsOfAnArn) {
    struct Row {
        std::string_view pattern, subject;
        bool matches;
    };
    constexpr Row rows[]{
        {"arn:aws:*:x*y::Z:q", "arn:aws:1:x2y::Z:q", true},
        {"arn:aws:*:x*y::Z:q", "arn:aws:1:x:2y::Z:q", false},
        {"a:b:c:d:e:*", "a:b:c:d:e:f:g", true},
        {"*:b:c:d:e:*", "a:b:b:c:d:e:f", false},
        {"*:*:*:*:*:*", ":::::", true},
        {"*:*:*:*:*:*", "::::", false},
        {"*:*:*:*:*:*", "1:2:3:4:5:6:7", true},
        {"?:b:c:d:e:f", "::b:c:d:e:f", false},
        {"?:b:c:d:e:f", "a:b:c:d:e:f", true},
        {"a:b:c:d:e:?", "a:b:c:d:e::", true},
        {"*a*b:*:c:d:e:*z", "xaxbxb::c:d:e:yz:z", true},
        {"*a*b:*:c:d:e:*z", "xaxbxa::c:d:e:yz", false},
        {"a:*x:c:d:e:f*f", "a:xyx:c:d:e:f:f", true},
        {"a:*x*:c:d:e:f", "a:b:x:c:d:e:f", false},
        {"a:b*d:e:f:g:h", "a:b:c:d:e:f:g:h", false},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(std::string(row.pattern) + " ~ " + std::string(row.subject));
        const auto arn = Glob::parse(row.pattern, {.wildcards = true}).for_arn();
        ASSERT_TRUE(arn);
        EXPECT_EQ(arn->matches(row.subject), row.matches);
    }
    EXPECT_FALSE(Glob::parse("a:b:c:d:*", {.wildcards = true}).for_arn());
    EXPECT_TRUE(Glob::parse("a:b:c:d:e:${v}", {.variables = true}).for_arn());
    EXPECT_FALSE(Glob::parse("a:b:c:d${v}:e:f", {.variables = true}).for_arn());
}

TEST(Glob, CountsColons) {
    const MapContext context = context_of({{"v", "a:b:c"}});
    const auto colons = [&](std::string_view pattern) {
        return Glob::parse(pattern, {.wildcards = true, .variables = true}).count_colons(context);
    };
    EXPECT_EQ(colons("*:x:?"), 2U);
    EXPECT_EQ(colons("x:${v}"), 3U);
    EXPECT_EQ(colons("x:${absent, ':'}"), 2U);
    EXPECT_EQ(colons("x:${absent}"), std::nullopt);
}

/// Tried at every place of a long text, it took a second.
TEST(Glob, QuestionMarksAfterAStarCostNoMoreThanBefore) {
    const Glob glob = Glob::parse("*" + std::string(5'900, '?') + "b", {.wildcards = true});
    EXPECT_EQ(glob.leading_text(), "");
    EXPECT_FALSE(glob.matches(std::string(60'000, 'a')));
    EXPECT_TRUE(glob.matches(std::string(60'000, 'a') + "b"));
    EXPECT_FALSE(glob.matches(std::string(5'899, 'a') + "b"));
}

/// Each of these took minutes when every `${` looked for its end by itself.
TEST(Glob, ReadsManyOpenVariablesOnce) {
    for (const char* piece : {"${", "${,", "${, '", "${, 'a}", "${a:c, 'x"}) {
        SCOPED_TRACE(piece);
        std::string text;
        while (text.size() < 4'000'000) text.append(piece);
        const Glob glob = Glob::parse(text, {.wildcards = true, .variables = true});
        EXPECT_EQ(glob.has_variables(), std::string_view(piece).ends_with('}'));
    }
}

TEST(Glob, FindsTheEndOfEachVariable) {
    struct Row {
        const char* pattern;
        std::vector<std::string> keys;
    };
    const Row rows[] = {
        {"${a}${b}", {"a", "b"}},
        {"${a, 'x'}${b, 'y'}", {"a", "b"}},
        {"${a, '}'}${b}", {"a", "b"}},
        {"${a, 'x}${b}", {"a, 'x", "b"}},
        {"${a}, '${b}", {"a", "b"}},
        {"${a, 'x'}${b, 'y}${c}", {"a", "b, 'y", "c"}},
        {"${a}${b", {"a"}},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.pattern);
        const Glob glob = Glob::parse(row.pattern, {.variables = true});
        std::vector<std::string> keys;
        for (const Variable& variable : glob.variables()) keys.push_back(variable.spelled);
        EXPECT_EQ(keys, row.keys);
    }
}

}  // namespace
}  // namespace iamlocal::policy
