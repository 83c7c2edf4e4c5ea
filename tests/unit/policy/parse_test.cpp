#include "policy/parse.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "unit/policy/support.hpp"

namespace iamlocal::policy {
namespace {

TEST(Parse, ReadsEveryElement) {
    const Policy policy = parsed(R"({"Version": "2012-10-17", "Statement": [
        {"Sid": "One", "Effect": "Allow", "Action": ["s3:Get*", "iam:GetUser"], "NotResource": "arn:aws:s3:::a"},
        {"Effect": "Deny", "NotAction": "*", "Resource": ["*"],
         "Condition": {"StringEquals": {"aws:a": ["1", 2, true]}, "Bool": {"aws:b": false}}}]})");
    EXPECT_EQ(policy.kind, DocumentKind::identity);
    EXPECT_TRUE(policy.variables_enabled);
    ASSERT_EQ(policy.statements.size(), 2U);
    const Statement& one = policy.statements[0];
    EXPECT_EQ(one.sid, "One");
    EXPECT_EQ(one.effect, Effect::allow);
    EXPECT_FALSE(one.action.negated);
    ASSERT_EQ(one.action.any.size(), 2U);
    EXPECT_EQ(one.action.any[0].service(), "s3");
    EXPECT_EQ(one.action.any[1].service(), "iam");
    EXPECT_TRUE(one.resource->negated);
    EXPECT_FALSE(one.principal);
    const Statement& two = policy.statements[1];
    EXPECT_EQ(two.effect, Effect::deny);
    EXPECT_TRUE(two.action.negated);
    ASSERT_EQ(two.conditions.size(), 2U);
    EXPECT_EQ(two.conditions[0].operands.size(), 3U);
    EXPECT_EQ(two.conditions[1].key, "aws:b");
}

TEST(Parse, PutsLongListsOfActionsInOrder) {
    const Policy policy = parsed(R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Resource": "*",
        "Action": ["s3:Get*", "sqs:A", "iam:B", "*", "ec2:C", "s3:D", "s3:A", "iam:A", "ec2:A"]}})");
    std::vector<std::string> texts;
    for (const ActionPattern& action : policy.statements[0].action.any)
        texts.emplace_back(action.text().leading_text());
    EXPECT_EQ(texts,
              (std::vector<std::string>{"", "ec2:c", "ec2:a", "iam:b", "iam:a", "s3:get", "s3:d", "s3:a", "sqs:a"}));
}

TEST(Parse, OlderVersionsHaveNoVariables) {
    constexpr std::string_view statement =
        R"("Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole",
                         "Condition": {"StringEquals": {"a:b": "${c:d}"}}}})";
    const Policy old = parsed("{" + std::string(statement), DocumentKind::trust);
    EXPECT_FALSE(old.variables_enabled);
    EXPECT_EQ(old.context_keys, std::vector<std::string>{"a:b"});
    EXPECT_FALSE(
        parsed(R"({"Version": "2008-10-17", )" + std::string(statement), DocumentKind::trust).variables_enabled);
    const Policy current = parsed(R"({"Version": "2012-10-17", )" + std::string(statement), DocumentKind::trust);
    EXPECT_TRUE(current.variables_enabled);
    EXPECT_EQ(current.context_keys, (std::vector<std::string>{"a:b", "c:d"}));
}

TEST(Parse, ListsContextKeysInOrderOfFirstUse) {
    const Policy policy = parsed(R"({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::${aws:username}/${aws:x, 'd'}",
         "Condition": {"StringEquals": {"aws:Zed": "${aws:UserName}", "aws:Y": "1"}}},
        {"Effect": "Allow", "Action": "*", "Condition": {"ArnLike": {"aws:q": "arn:aws:iam::${aws:p}:*"}},
         "Resource": "arn:aws:s3:::${aws:r}"}]})");
    EXPECT_EQ(policy.context_keys,
              (std::vector<std::string>{"aws:username", "aws:x", "aws:Zed", "aws:Y", "aws:q", "aws:p", "aws:r"}));
}

TEST(Parse, KnowsWhereStatementsStand) {
    struct Row {
        std::string_view text;
        std::vector<std::pair<Position, Position>> statements;
    };
    const std::vector<Row> rows{
        {R"({"Version": "2012-10-17", "Statement": {"Sid": "", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}})",
         {{{1, 41}, {1, 113}}}},
        {"{\n    \"Version\": \"2012-10-17\",\n    \"Statement\": [\n        {\n            \"Effect\": \"Allow\",\n"
         "            \"Action\": \"*\",\n            \"Resource\": \"*\"\n\n        }\n    ]\n}",
         {{{3, 19}, {9, 10}}}},
        {R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},)"
         R"({"Effect":"Deny","Action":"*","Resource":"*"}]})",
         {{{1, 38}, {1, 84}}, {{1, 84}, {1, 130}}}},
        // Characters beyond U+FFFF count as two columns, others as one, whatever their bytes.
        {"{\"Version\":\"2012-10-17\",\r\n\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"é😀\",\r\"Resource\":\"*\"}}",
         {{{2, 14}, {3, 16}}}},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.text);
        const Policy policy = parsed(row.text, DocumentKind::identity, Strictness::lenient);
        ASSERT_EQ(policy.statements.size(), row.statements.size());
        for (std::size_t i = 0; i < row.statements.size(); ++i) {
            EXPECT_EQ(policy.statements[i].start.line, row.statements[i].first.line);
            EXPECT_EQ(policy.statements[i].start.column, row.statements[i].first.column);
            EXPECT_EQ(policy.statements[i].end.line, row.statements[i].second.line);
            EXPECT_EQ(policy.statements[i].end.column, row.statements[i].second.column);
        }
    }
}

TEST(Parse, LenientlyReadsWhatAwsItselfPublishes) {
    constexpr std::string_view odd = R"({"Version": "2012-10-17", "Statement": [
        {"Sid": "With space", "Effect": "Allow", "Action": ["ec2: DescribeAccountAttributes", "amplifybackend: *"],
         "Resource": "arn:aws:iam::*:root"},
        {"Sid": "With space", "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",
         "Condition": {"StringEquals": {"PassedToService": "x"}}}]})";
    EXPECT_TRUE(std::holds_alternative<ParseError>(parse(odd, DocumentKind::identity)));
    EXPECT_EQ(parsed(odd, DocumentKind::identity, Strictness::lenient).statements.size(), 2U);
}

TEST(Parse, LenientlyRefusesWhatCannotBeEvaluated) {
    for (
        const std::string_view text : {
            R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "NotAction": [], "Resource": "*"}})",
            R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "NotResource": []}})",
            R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*"}})",
            R"({"Version": "2020-01-01", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})",
            R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Effect": "Deny", "Action": "*", "Resource": "*"}})",
            R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}})",
            R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*",
                 "Condition": {"StringSounds": {"a": "b"}}}})",
        }) {
        EXPECT_TRUE(std::holds_alternative<ParseError>(parse(text, DocumentKind::identity, Strictness::lenient)))
            << text;
    }
}

TEST(SizeWithoutWhitespace, CountsCharacters) {
    EXPECT_EQ(size_without_whitespace(""), 0U);
    EXPECT_EQ(size_without_whitespace(" { \"a\" :\r\n\t1 } "), 7U);
    EXPECT_EQ(size_without_whitespace("\"é😀\""), 4U);
}

TEST(AwsPrincipals, FindsTheLiterals) {
    const std::string text = R"({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::1:user/a", "Service": "ec2.amazonaws.com"}, "Action": "x"},
        {"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::1:role\/b", "\u0041IDA"]}, "Action": "x"},
        {"Effect": "Deny", "NotPrincipal": {"AWS": "*"}, "Action": "x"},
        {"Effect": "Deny", "Principal": "*", "Action": "AWS", "Condition": {"StringEquals": {"AWS": "no"}}}]})";
    const std::vector<PrincipalText> found = aws_principals(text);
    ASSERT_EQ(found.size(), 4U);
    const auto literal = [&](const PrincipalText& p) { return text.substr(p.begin, p.end - p.begin); };
    EXPECT_EQ(literal(found[0]), R"("arn:aws:iam::1:user/a")");
    EXPECT_EQ(found[0].value, "arn:aws:iam::1:user/a");
    EXPECT_EQ(literal(found[1]), R"("arn:aws:iam::1:role\/b")");
    EXPECT_EQ(found[1].value, "arn:aws:iam::1:role/b");
    EXPECT_EQ(literal(found[2]), R"("\u0041IDA")");
    EXPECT_EQ(found[2].value, "AIDA");
    EXPECT_EQ(literal(found[3]), R"("*")");
}

TEST(AwsPrincipals, FindsThemInASingleStatement) {
    EXPECT_EQ(aws_principals(R"({"Statement": {"Principal": {"AWS": "111111111111"}}})").size(), 1U);
}

TEST(AwsPrincipals, FindsNothingElsewhere) {
    for (const std::string_view text :
         {"", "{", "[]", "7", R"({"Statement": 7})", R"({"Statement": [7]})",
          R"({"Statement": {"Principal": {"AWS": [7, {"AWS": "x"}]}}})", R"({"Principal": {"AWS": "x"}})"}) {
        EXPECT_TRUE(aws_principals(text).empty()) << text;
    }
}

}  // namespace
}  // namespace iamlocal::policy
