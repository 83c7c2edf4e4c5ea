// Partitions, Regions, service principals, trust actions: what is a name of AWS's and what is not.
#include <algorithm>

#include <gtest/gtest.h>

#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "aws/partitions.hpp"
#include "aws/regions.hpp"
#include "aws/service_principals.hpp"
#include "aws/trust_actions.hpp"
#include "base/encoding.hpp"

namespace iamlocal::aws {
namespace {

TEST(Partitions, AreKnownByName) {
    for (const char* name : {"aws", "aws-cn", "aws-us-gov", "aws-eusc"}) EXPECT_TRUE(is_partition(name)) << name;
    for (const char* name : {"", "AWS", "aws-", "aws-cn-north-1"}) EXPECT_FALSE(is_partition(name)) << name;
}

TEST(Regions, AreKnownByTheFormOfTheirNames) {
    for (const char* name :
         {"us-east-1", "eu-west-1", "ap-southeast-7", "cn-north-1", "us-gov-west-1", "us-iso-east-1", "us-isob-east-1",
          "eu-isoe-west-1", "eusc-de-east-1", "mx-central-1", "eu-west-99", "aws-global", "aws-cn-global"})
        EXPECT_TRUE(is_region_name(name)) << name;
    for (const char* name :
         {"", "xx-nowhere-1", "us-east", "us-east-", "us--1", "us-1", "-east-1", "us-east-1a", "US-EAST-1", "xx-global",
          "-global", "us-east-1 ", "us-gov-1-", "\xff", "us-e*t-1", "us-east-x"})
        EXPECT_FALSE(is_region_name(name)) << name;
    // It is kept as the Region of a key's last use.
    EXPECT_FALSE(is_region_name("us-" + std::string(10'000, 'a') + "-1"));
    EXPECT_FALSE(is_region_name("us-east-" + std::string(10'000, '1')));
}

TEST(Regions, SomeHaveToBeTurnedOn) {
    for (const char* name : {"ap-east-1", "eu-south-2", "me-central-1", "us-east-9"})
        EXPECT_TRUE(is_opt_in_region(name)) << name;
    for (const char* name : {"us-east-1", "eu-west-3", "sa-east-1", "us-gov-west-1", "cn-north-1", "eusc-de-east-1",
                             "us-isob-east-1", "aws-global", "nowhere", ""})
        EXPECT_FALSE(is_opt_in_region(name)) << name;
}

TEST(ServicePrincipals, AreNamesWithinADomainOfAws) {
    for (const char* name : {"ec2.amazonaws.com", "ec2.amazonaws.com.cn", "logs.us-east-1.amazonaws.com",
                             "config-multiaccountsetup.amazonaws.com", "ops.apigateway.amazonaws.com",
                             "ec2.amazonaws.eu", "alexa-appkit.amazon.com", "x.aws.internal"})
        EXPECT_TRUE(is_service_principal(name)) << name;
    for (const char* name : {"", "ec2", "amazonaws.com", ".amazonaws.com", "ec2.example.com", "*.amazonaws.com",
                             "a..b.amazonaws.com", ".ec2.amazonaws.com", "ec2.amazonaws.com.", "ec2 .amazonaws.com",
                             "ec2amazonaws.com", "arn:aws:iam::1:x.amazonaws.com"})
        EXPECT_FALSE(is_service_principal(name)) << name;
}

TEST(TrustActions, ActOnRoles) {
    const auto has = [](std::string_view name) {
        return std::any_of(trust_actions.begin(), trust_actions.end(), [&](const TrustAction& action) {
            return action.name == name && fold_case(name) == "sts:" + std::string(action.folded);
        });
    };
    for (const char* name : {"sts:AssumeRole", "sts:TagSession", "sts:SetContext"}) EXPECT_TRUE(has(name)) << name;
    for (const char* name : {"sts:AssumeRoot", "sts:GetCallerIdentity", "sts:assumerole", "AssumeRole"})
        EXPECT_FALSE(has(name)) << name;
}

TEST(ServiceLinkedRoles, AreKnownByTheirPath) {
    EXPECT_TRUE(arn::is_service_linked_role(
        "arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"));
    for (const char* text :
         {"", "arn:aws:iam::111111111111:role/AWSServiceRoleForX",
          "arn:aws:iam::111111111111:role/a/aws-service-role/x", "arn:aws:iam::111111111111:user/aws-service-role/x"})
        EXPECT_FALSE(arn::is_service_linked_role(text)) << text;
}

TEST(UniqueIds, AreLettersAndDigits) {
    for (const char* text : {"AIDAALICEALICEALICE1", "AROA2", "a"}) EXPECT_TRUE(ids::is_unique_id(text)) << text;
    for (const char* text : {"", "111111111111", "1A", "*", "AIDA*", "a.b", "arn:aws:iam::1:root", "é"})
        EXPECT_FALSE(ids::is_unique_id(text)) << text;
}

TEST(SplitArn, CutsAtTheFirstFiveColons) {
    std::array<std::string_view, 6> parts;
    EXPECT_EQ(split_arn("", parts), 1u);
    EXPECT_EQ(parts[0], "");
    EXPECT_EQ(split_arn("a:b", parts), 2u);
    EXPECT_EQ(parts[1], "b");
    EXPECT_EQ(split_arn("*:b:c:d:e:f:g:", parts), 6u);
    EXPECT_EQ(parts[5], "f:g:");
    EXPECT_FALSE(ArnParts::split("a:b:c:d:e"));
    EXPECT_EQ(ArnParts::split(":::::")->part[5], "");
}

TEST(SplitArnPattern, LeavesVariablesWhole) {
    std::array<std::string_view, 6> parts;
    EXPECT_EQ(split_arn_pattern("arn:aws:sqs:${aws:RequestedRegion}:${aws:PrincipalAccount, '1:2'}:q:r", parts), 6u);
    EXPECT_EQ(parts[3], "${aws:RequestedRegion}");
    EXPECT_EQ(parts[4], "${aws:PrincipalAccount, '1:2'}");
    EXPECT_EQ(parts[5], "q:r");
    EXPECT_EQ(split_arn_pattern("${aws:PrincipalTag/arn}", parts), 1u);
    EXPECT_EQ(split_arn_pattern("a:${b:c", parts), 2u);
    EXPECT_EQ(parts[1], "${b:c");
    EXPECT_EQ(split_arn_pattern("a:b:c:d:e:f:g", parts), 6u);
}

}  // namespace
}  // namespace iamlocal::aws
