#include "policy/evaluate.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "unit/policy/support.hpp"

namespace iamlocal::policy {
namespace {

constexpr std::string_view four_statements = R"({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "iam:*", "Resource": "*"},
    {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::a"},
    {"Effect": "Deny", "Action": "s3:*", "Resource": "*",
     "Condition": {"Null": {"x": "true"}, "StringEquals": {"y": "1"}}},
    {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::*"}]})";

/// Notes which keys are asked for.
class NotingContext final : public RequestContext {
  public:
    std::optional<Values> find(std::string_view key) const override {
        asked.emplace_back(key);
        return std::nullopt;
    }
    mutable std::vector<std::string> asked;
};

TEST(Evaluate, NamesTheStatementsThatApply) {
    const Policy policy = parsed(four_statements, DocumentKind::identity, Strictness::lenient);
    const Principal caller = alice();
    const MapContext context = context_of({{"y", "1"}});
    const Request request{&caller, "s3:GetObject", "arn:aws:s3:::b", "", &context};
    const std::vector<Match> matches = match_statements(policy, request);
    ASSERT_EQ(matches.size(), 4U);
    EXPECT_FALSE(matches[0].applies());
    EXPECT_FALSE(matches[1].applies());
    EXPECT_TRUE(matches[2].applies());
    EXPECT_TRUE(matches[3].applies());
    EXPECT_EQ(matches[3].specificity, PrincipalSpecificity::direct);
}

TEST(Evaluate, ExplainsWhatDidNotMatch) {
    const Policy policy = parsed(four_statements, DocumentKind::identity, Strictness::lenient);
    const Principal caller = alice();
    const MapContext context = context_of({{"y", "2"}});
    const std::vector<Match> matches =
        match_statements(policy, {&caller, "s3:GetObject", "arn:aws:s3:::b", "", &context});
    ASSERT_EQ(matches.size(), 4U);
    EXPECT_EQ(matches[0].failed, Element::action);
    EXPECT_EQ(matches[1].failed, Element::resource);
    EXPECT_EQ(matches[2].failed, Element::condition);
    EXPECT_EQ(matches[2].condition, 1U);
    EXPECT_TRUE(matches[3].applies());
}

TEST(Evaluate, ExplainsAPrincipalThatDidNotMatch) {
    const Policy policy = parsed(R"({"Statement": [{"Effect": "Allow", "Principal": {"AWS": "222222222222"},
        "Action": "*", "Resource": "*"}]})",
                                 DocumentKind::resource);
    const Principal caller = alice();
    const std::vector<Match> matches = match_statements(policy, {&caller, "s3:GetObject", "*", "", nullptr});
    EXPECT_EQ(matches.at(0).failed, Element::principal);
}

TEST(Evaluate, AsksForContextKeysOnlyWhenAllElseMatches) {
    const Policy policy = parsed(four_statements, DocumentKind::identity, Strictness::lenient);
    const Principal caller = alice();
    const NotingContext context;
    (void)match_statements(policy, {&caller, "iam:GetUser", "*", "", &context});
    EXPECT_TRUE(context.asked.empty());
    (void)match_statements(policy, {&caller, "s3:GetObject", "*", "", &context});
    EXPECT_EQ(context.asked, (std::vector<std::string>{"x", "y"}));
}

TEST(Evaluate, ARequestWithoutPrincipalAndContextIsAnonymous) {
    const Policy policy = parsed(R"({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*",
        "Condition": {"Null": {"aws:userid": "true"}}}]})",
                                 DocumentKind::resource);
    EXPECT_TRUE(match_statements(policy, {nullptr, "s3:GetObject", "*", "", nullptr}).at(0).applies());
}

TEST(Evaluate, LongActionNames) {
    const std::string name = "iam:" + std::string(200, 'X');
    const Policy policy = parsed(R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iam:x*",
        "Resource": "*"}})");
    EXPECT_TRUE(match_statements(policy, {nullptr, name, "*", "", nullptr}).at(0).applies());
    EXPECT_FALSE(match_statements(policy, {nullptr, "iam", "*", "", nullptr}).at(0).applies());
}

}  // namespace
}  // namespace iamlocal::policy
