#include "analysis/texts.hpp"

#include <gtest/gtest.h>

namespace iamlocal::analysis {
namespace {

using TextKind = TextAnswer::Kind;

/// Texts of two clauses: one of the first, none of the second.
TextAnswer between(const std::vector<std::string>& some, const std::vector<std::string>& none, VariableNames& names) {
    Clause wide;
    for (const std::string& text : some)
        wide.any.push_back(TextPattern::resource(text, policy::DocumentKind::identity, true, names));
    Clause without{{}, true};
    for (const std::string& text : none)
        without.any.push_back(TextPattern::resource(text, policy::DocumentKind::identity, true, names));
    Clauses clauses{std::make_shared<const Clause>(wide), std::make_shared<const Clause>(without)};
    return find_text(clauses, clauses.front().get());
}

struct TextCase {
    std::vector<std::string> some;
    std::vector<std::string> none;
    TextKind kind;
    std::string text;  ///< the shortest; `<v>` is the first variable's value
};

TEST(FindText, is_exact) {
    const TextCase cases[] = {
        {{"arn:aws:s3:::a"}, {"arn:aws:s3:::a"}, TextKind::none, ""},
        {{"arn:aws:s3:::a*"}, {"arn:aws:s3:::a"}, TextKind::found, "arn:aws:s3:::ax"},
        {{"arn:aws:s3:::a?"}, {"arn:aws:s3:::a*"}, TextKind::none, ""},
        {{"arn:aws:s3:::?*"}, {"arn:aws:s3:::*?"}, TextKind::none, ""},
        {{"arn:aws:s3:::*"}, {"arn:aws:s3:::a*", "arn:aws:s3:::?"}, TextKind::found, "arn:aws:s3:::"},
        {{"arn:aws:s3:::a*b"}, {"arn:aws:s3:::a*", "*"}, TextKind::none, ""},
        // No wildcard passes the first five colons.
        {{"*"}, {"arn:aws:*"}, TextKind::found, ""},
        {{"arn:aws:s3:::a:b"}, {"arn:aws:*:a:b"}, TextKind::found, "arn:aws:s3:::a:b"},
        {{"arn:aws:s3:::a"}, {"arn:aws:s3*a"}, TextKind::found, "arn:aws:s3:::a"},
        {{"arn:aws:s3:::a"}, {"arn:aws:s3:*"}, TextKind::none, ""},
        // Values of variables are what they are.
        {{"arn:aws:s3:::h/${aws:username}"}, {"arn:aws:s3:::h/${aws:username}"}, TextKind::none, ""},
        {{"arn:aws:s3:::h/${aws:username}/x"}, {"arn:aws:s3:::h/${aws:username}/*"}, TextKind::none, ""},
        {{"arn:aws:s3:::h/${aws:username}"}, {"arn:aws:s3:::h/*"}, TextKind::none, ""},
        {{"arn:aws:s3:::h/${aws:username}"}, {"arn:aws:s3:::h/?"}, TextKind::found, "arn:aws:s3:::h/<v>"},
        {{"arn:aws:s3:::h/${aws:username}"}, {"arn:aws:s3:::h/${aws:userid}"}, TextKind::found, "arn:aws:s3:::h/<v>"},
        {{"arn:aws:s3:::h/${*}"}, {"arn:aws:s3:::h/?"}, TextKind::none, ""},
        // A value may hold a colon, which a wildcard does not pass there.
        {{"arn:aws:iam::${aws:PrincipalAccount}:user/a"},
         {"arn:aws:iam::*:user/a"},
         TextKind::found,
         "arn:aws:iam::<v>:user/a"},
    };
    for (const TextCase& one : cases) {
        SCOPED_TRACE(one.some.front() + " without " + one.none.front());
        VariableNames names;
        const TextAnswer answer = between(one.some, one.none, names);
        EXPECT_EQ(static_cast<int>(answer.kind), static_cast<int>(one.kind));
        if (answer.kind == TextKind::found) {
            EXPECT_EQ(spell(answer.text, {"<v>", "<w>"}), one.text);
        }
    }
}

TEST(FindText, counts_units_of_utf16) {
    VariableNames names;
    EXPECT_EQ(between({"arn:aws:s3:::\xf0\x9f\x98\x80"}, {"arn:aws:s3:::??"}, names).kind, TextKind::none);
    const TextAnswer answer = between({"arn:aws:s3:::\xf0\x9f\x98\x80*"}, {"arn:aws:s3:::\xf0\x9f\x98\x80"}, names);
    ASSERT_EQ(answer.kind, TextKind::found);
    EXPECT_EQ(spell(answer.text, {}), "arn:aws:s3:::\xf0\x9f\x98\x80x");
}

TEST(FindText, ends) {
    VariableNames names;
    std::vector<std::string> none;
    for (char c = 'a'; c <= 'z'; ++c) none.push_back(std::string("arn:aws:s3:::*") + c + "???????????????");
    EXPECT_EQ(between({"arn:aws:s3:::????????????????"}, {"arn:aws:s3:::*"}, names).kind, TextKind::none);
    EXPECT_NE(between({"arn:aws:s3:::?*?*?*"}, none, names).kind, TextKind::none);
}

TEST(ActionPattern, is_as_the_engine_has_it) {
    EXPECT_TRUE(TextPattern::action("iam:").matches_nothing());
    EXPECT_TRUE(TextPattern::action("iam").matches_nothing());
    const Clauses clauses{std::make_shared<const Clause>(Clause{{TextPattern::action("IAM:Get*")}, false})};
    EXPECT_EQ(satisfying(clauses, {"iam:listusers", "iam:getuser", "iam:getrole", "iam:g\xc3\xa4"}, 1),
              (std::vector<std::string>{"iam:getuser"}));
    const Clauses literal{std::make_shared<const Clause>(Clause{{TextPattern::action("i*:GetUser")}, false})};
    EXPECT_TRUE(satisfying(literal, {"iam:getuser"}).empty());
}

}  // namespace
}  // namespace iamlocal::analysis
