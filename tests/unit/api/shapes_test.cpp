#include "api/shapes.hpp"

#include <gtest/gtest.h>

namespace iamlocal::shape {
namespace {

struct Case {
    const char* shape;
    const TextRule* rule;
    std::vector<std::string> good;
    std::vector<std::string> bad;
};

const Case cases[] = {
    {"user_name", &user_name, {"bob", "Bob_1", "a+b=c,d.e@f-g"}, {"", "two words", "a/b", "a:b", "Jürgen", "a\nb"}},
    {"path", &path, {"/", "/a/", "/a/b/", "/!/", "/a//b/"}, {"", "a", "/a", "a/", "//", "/a b/", "/ä/"}},
    {"path_prefix", &path_prefix, {"/", "/a", "/a/", "//", "/a\x7f"}, {"", "a", "/a b", "/ä"}},
    {"policy_path", &policy_path, {"/", "/a/", "/a/b_c/"}, {"", "a", "/a", "//", "/a//b/", "/a*/", "/a b/"}},
    {"policy_document", &policy_document, {"{}", " \t\r\n", "ÿ"}, {"", "\x01", "Ā", "€"}},
    {"role_description", &role_description, {"", "Says.\n", "ÿ"}, {"\x7f", "\xc2\xa0", "€"}},
    {"policy_version_id",
     &policy_version_id,
     {"v1", "v10", "v1.", "v1.a-B9"},
     {"", "v", "1", "v0", "v01", "v1a", "v1._"}},
    {"access_key_id", &access_key_id, {"AKIAIOSFODNN7EXAMPLE"}, {"", "AKIA-IOSFODNN7EXAMPLE", "AKIA IOSFODNN7EXA"}},
    {"account_alias", &account_alias, {"abc", "a-b", "a1b2"}, {"", "ab", "-ab", "ab-", "a--b", "Abc", "a_b"}},
    {"tag_key", &tag_key, {"k", "a b", "ключ", "a_.:/=+-@", "²"}, {"", "a*b", "a,b", "a\tb", "a(b)"}},
    {"tag_value", &tag_value, {"", "v", "é 1"}, {"a*b", "a;b", "€"}},
    {"marker", &marker, {"x", "ÿ"}, {"", "a\nb", "Ā"}},
    {"sts::role_session_name", &sts::role_session_name, {"ab", "a@b=c,d.e-f+g_h"}, {"a:b", "a b", "a/b"}},
    {"sts::external_id", &sts::external_id, {"ab", "a:b/c"}, {"a b", "a*b", "a#b"}},
    {"sts::token_code", &sts::token_code, {"123456"}, {"12345a", "12 456"}},
    {"sts::session_policy", &sts::session_policy, {"{}", "\t"}, {"", "\x02"}},
};

TEST(Shapes, MatchWhatTheirPatternsMatch) {
    for (const Case& c : cases) {
        ASSERT_NE(c.rule->matches, nullptr) << c.shape;
        ASSERT_NE(c.rule->pattern, nullptr) << c.shape;
        for (const std::string& text : c.good) EXPECT_TRUE(c.rule->matches(text)) << c.shape << ": \"" << text << '"';
        for (const std::string& text : c.bad) EXPECT_FALSE(c.rule->matches(text)) << c.shape << ": \"" << text << '"';
    }
}

}  // namespace
}  // namespace iamlocal::shape
