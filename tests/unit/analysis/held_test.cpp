#include "analysis/held.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/policy/support.hpp"

namespace iamlocal::analysis {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<Surplus> surplus_of(std::string_view document, const std::vector<Observation>& seen) {
    const policy::Policy parsed = policy::parsed(document);
    const policy::SourcedPolicy source{&parsed, "p", {}, document};
    return find_surplus(policy::Policies(&source, 1), seen, 5);
}

TEST(Surplus, of_a_statement_that_allowed_nothing) {
    const auto found = surplus_of(R"({"Statement":[{"Effect":"Allow","Action":"iam:GetUser","Resource":"*"},
                                     {"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]})",
                                  {{"iam:GetUser", "*", {}, {}}});
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found[0].kind, Surplus::Kind::statement);
    EXPECT_EQ(found[0].path, "Statement[1]");
}

TEST(Surplus, of_actions_and_wildcards) {
    const auto found = surplus_of(
        R"({"Statement":{"Effect":"Allow","Action":["iam:Get*","iam:DeleteUser"],"Resource":"arn:aws:iam::1:user/*"}})",
        {{"iam:GetUser", "arn:aws:iam::1:user/a", {}, {}}, {"iam:GetLoginProfile", "arn:aws:iam::1:user/a", {}, {}}});
    ASSERT_THAT(found, SizeIs(3));
    EXPECT_EQ(found[0].path, "Statement[0].Action[0]");
    EXPECT_THAT(found[0].enough, ElementsAre("iam:GetLoginProfile", "iam:GetUser"));
    EXPECT_EQ(found[1].kind, Surplus::Kind::action);
    EXPECT_EQ(found[1].value, "iam:DeleteUser");
    EXPECT_EQ(found[2].path, "Statement[0].Resource");
    EXPECT_THAT(found[2].enough, ElementsAre("arn:aws:iam::1:user/a"));
}

TEST(Surplus, conditions_count_with_what_the_request_had) {
    const std::string document =
        R"({"Statement":{"Effect":"Allow","Action":"iam:GetUser","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}})";
    EXPECT_THAT(
        surplus_of(document, {{"iam:GetUser", "*", {}, {{"aws:securetransport", policy::Values::single("true")}}}}),
        IsEmpty());
    EXPECT_THAT(surplus_of(document, {{"iam:GetUser", "*", {}, {}}}), SizeIs(1));
}

TEST(Surplus, none_where_a_wildcard_is_what_the_rule_writes) {
    std::vector<Observation> seen;
    for (const char* name : {"a", "b", "c", "d", "e"})
        seen.push_back({"iam:GetUser", std::string("arn:aws:iam::1:user/") + name, {}, {}});
    EXPECT_THAT(
        surplus_of(R"({"Statement":{"Effect":"Allow","Action":"iam:GetUser","Resource":"arn:aws:iam::1:user/*"}})",
                   seen),
        IsEmpty());
    EXPECT_THAT(surplus_of(R"({"Statement":{"Effect":"Deny","Action":"iam:*","Resource":"*"}})", seen), IsEmpty());
}

}  // namespace
}  // namespace iamlocal::analysis
