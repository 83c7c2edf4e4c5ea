#include "analysis/generate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace iamlocal::analysis {
namespace {

using nlohmann::json;
using policy::Values;
using ::testing::IsEmpty;
using ::testing::SizeIs;

json statements_of(const GeneratedPolicy& made) { return json::parse(made.document)["Statement"]; }

TEST(WritePolicy, allows_what_was_seen_and_names_each) {
    const GeneratedPolicy made = write_policy(std::vector<Observation>{
        {"iam:GetUser", "arn:aws:iam::1:user/a", {}, {}, 3}, {"iam:ListUsers", "arn:aws:iam::1:user/", {}, {}, 1}});
    EXPECT_TRUE(made.confirmed);
    EXPECT_EQ(made.requests, 4U);
    EXPECT_EQ(statements_of(made),
              json::parse(R"([{"Effect":"Allow","Action":"iam:GetUser","Resource":"arn:aws:iam::1:user/a"},
                              {"Effect":"Allow","Action":"iam:ListUsers","Resource":"arn:aws:iam::1:user/"}])"));
}

TEST(WritePolicy, same_resources_share_a_statement) {
    const GeneratedPolicy made = write_policy(std::vector<Observation>{
        {"iam:GetUser", "arn:aws:iam::1:user/a", {}, {}}, {"iam:DeleteUser", "arn:aws:iam::1:user/a", {}, {}}});
    EXPECT_EQ(statements_of(made), json::parse(R"([{"Effect":"Allow","Action":["iam:DeleteUser","iam:GetUser"],
                                                   "Resource":"arn:aws:iam::1:user/a"}])"));
}

TEST(WritePolicy, keys_that_narrow_become_conditions) {
    const GeneratedPolicy made = write_policy(std::vector<Observation>{
        {"iam:PassRole", "arn:aws:iam::1:role/r", {{"iam:passedtoservice", Values::single("ec2.amazonaws.com")}}, {}},
        {"sts:AssumeRole",
         "arn:aws:iam::1:role/r",
         {{"sts:externalid", Values::single("x-1")}, {"sts:rolesessionname", Values::single("s")}},
         {}},
        {"iam:TagUser",
         "arn:aws:iam::1:user/u",
         {{"aws:requesttag/team", Values::single("blue")}, {"aws:tagkeys", Values::list({"team"})}},
         {}}});
    EXPECT_TRUE(made.confirmed);
    const json statements = statements_of(made);
    ASSERT_THAT(statements, SizeIs(3));
    EXPECT_EQ(statements[0]["Condition"],
              json::parse(R"({"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}})"));
    EXPECT_EQ(statements[1]["Condition"], json::parse(R"({"StringEquals":{"aws:RequestTag/team":"blue"},
                                                         "ForAllValues:StringEquals":{"aws:TagKeys":["team"]}})"));
    EXPECT_EQ(statements[2]["Condition"], json::parse(R"({"StringEquals":{"sts:ExternalId":"x-1"}})"));
}

TEST(WritePolicy, arns_in_conditions_are_compared_as_such) {
    const GeneratedPolicy made =
        write_policy(std::vector<Observation>{{"iam:AttachRolePolicy",
                                               "arn:aws:iam::1:role/r",
                                               {{"iam:policyarn", Values::single("arn:aws:iam::aws:policy/A*")}},
                                               {}}});
    EXPECT_TRUE(made.confirmed);
    EXPECT_EQ(statements_of(made)[0]["Condition"],
              json::parse(R"({"ArnEquals":{"iam:PolicyARN":"arn:aws:iam::aws:policy/A${*}"}})"));
}

TEST(WritePolicy, too_many_values_are_left_out) {
    std::vector<Observation> seen;
    for (std::size_t i = 0; i <= most_values; ++i)
        seen.push_back(
            {"sts:AssumeRole", "arn:aws:iam::1:role/r", {{"sts:externalid", Values::single(std::to_string(i))}}, {}});
    EXPECT_FALSE(statements_of(write_policy(seen))[0].contains("Condition"));
    seen.pop_back();
    EXPECT_TRUE(statements_of(write_policy(seen))[0].contains("Condition"));
}

TEST(WritePolicy, what_was_refused_stands_apart_unless_it_is_wanted) {
    const std::vector<Observation> seen{{"iam:GetUser", "arn:aws:iam::1:user/a", {}, {}, 2, true}};
    const GeneratedPolicy without = write_policy(seen);
    EXPECT_THAT(without.document, IsEmpty());
    EXPECT_THAT(without.refused, SizeIs(1));
    GenerateOptions options;
    options.include_refused = true;
    const GeneratedPolicy with = write_policy(seen, options);
    EXPECT_THAT(statements_of(with), SizeIs(1));
    EXPECT_THAT(with.refused, IsEmpty());
}

TEST(WritePolicy, one_that_is_too_long_says_so) {
    std::vector<Observation> seen;
    for (int i = 0; i < 300; ++i)
        seen.push_back({"s3:GetObject", "arn:aws:s3:::bucket-" + std::to_string(i) + "/key", {}, {}});
    const GeneratedPolicy made = write_policy(seen);
    EXPECT_TRUE(made.confirmed);
    EXPECT_GT(made.size, 6144U);
    EXPECT_THAT(made.remarks, SizeIs(1));
}

}  // namespace
}  // namespace iamlocal::analysis
