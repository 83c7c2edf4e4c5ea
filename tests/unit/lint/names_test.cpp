// Names in questions: a slip of the pen is told, with what was probably meant.
#include "lint/names.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "lint/facts.hpp"

namespace iamlocal::lint {
namespace {

TEST(Names, OfActions) {
    EXPECT_EQ(find_action_slip("s3:GetObject"), std::nullopt);
    EXPECT_EQ(find_action_slip("S3:getobject"), std::nullopt);
    EXPECT_EQ(find_action_slip("s3:DeletObject"),
              "The action 's3:DeletObject' does not exist. Did you mean s3:DeleteObject?");
    EXPECT_EQ(find_action_slip("s33:DeleteObject"),
              "The service 's33' of the action 's33:DeleteObject' does not exist. Did you mean s3:DeleteObject?");
    EXPECT_EQ(find_action_slip("quux:Frobnicate"),
              "The service 'quux' of the action 'quux:Frobnicate' does not exist.");
}

TEST(Names, OfConditionKeys) {
    for (const char* good :
         {"aws:SourceIp", "AWS:sourceip", "aws:RequestTag/team", "s3:prefix", "kms:EncryptionContext:app", "SAML:aud",
          "accounts.google.com:aud", "token.actions.githubusercontent.com:sub", "ec2:SourceInstanceArn",
          "elasticloadbalancing:CreateAction", "oidc.eks.us-east-1.amazonaws.com/id/A:sub", "sts:ExternalId"})
        EXPECT_EQ(find_key_slip(good), std::nullopt) << good;
    EXPECT_EQ(find_key_slip("aws:SourceIpp"),
              "The condition key 'aws:SourceIpp' does not exist. Did you mean aws:SourceIp?");
    EXPECT_EQ(find_key_slip("SourceIp"), "The condition key 'SourceIp' does not exist. Did you mean aws:SourceIp?");
    EXPECT_EQ(find_key_slip("aw:SourceIp"),
              "The condition key 'aw:SourceIp' does not exist. Did you mean aws:SourceIp?");
    EXPECT_EQ(find_key_slip("aws:ReqestTag/team"),
              "The condition key 'aws:ReqestTag/team' does not exist. Did you mean aws:RequestTag/team?");
    EXPECT_EQ(find_key_slip("s3:prefixx"), "The condition key 's3:prefixx' does not exist. Did you mean s3:prefix?");
    EXPECT_EQ(find_key_slip("aws:RequestTag"),
              "The condition key 'aws:RequestTag' does not exist. Did you mean aws:RequestTag/${TagKey}?");
    EXPECT_EQ(find_key_slip("quuxquux:frob"), "The condition key 'quuxquux:frob' does not exist.");
}

TEST(Names, OfResources) {
    for (const char* good : {"*", "arn:aws:s3:::b/k", "arn:aws:iam::123456789012:user/a", "arn:aws:${x}:::b"})
        EXPECT_EQ(find_resource_slip(good), std::nullopt) << good;
    EXPECT_EQ(find_resource_slip("arn:aws:autoscling:us-east-1:123456789012:x"),
              "The service 'autoscling' of the resource 'arn:aws:autoscling:us-east-1:123456789012:x' does not exist. "
              "Did you mean autoscaling?");
}

TEST(Names, InDocuments) {
    const auto slip = [](std::string_view statement) {
        const auto found = find_document_slip(fmt::format(R"({{"Statement":[{}]}})", statement));
        return found ? found->message : std::string();
    };
    for (const char* good :
         {R"({"Action":["*","s3:*","s3:get*","*:*"],"Resource":["*","arn:aws:s3:::b/${aws:username}"]})",
          R"({"NotAction":"iam:CreateUser","Condition":{"Bool":{"AWS:SecureTransport":"true"}}})",
          R"({"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"accounts.google.com:aud":"a"}}})",
          R"({"Action":"*","Condition":{"StringEquals":{"aws:RequestTag/team":"a","s3:prefix":"b"}}})", "1"})
        EXPECT_EQ(slip(good), "") << good;
    EXPECT_EQ(slip(R"({"Effect":"Deny","Action":["s3:GetObject","s3:DeletObject"]})"),
              "The action 's3:DeletObject' does not exist. Did you mean s3:DeleteObject?");
    EXPECT_EQ(slip(R"({"NotAction":"s33:GetObject"})"),
              "The service 's33' of the action 's33:GetObject' does not exist. Did you mean s3:GetObject?");
    EXPECT_EQ(slip(R"({"Action":"s3:Delte*"})"), "The action 's3:Delte*' matches no action of Amazon S3.");
    EXPECT_EQ(slip(R"({"Action":"*","Condition":{"IpAddress":{"aws:SourceIpp":"192.0.2.0/24"}}})"),
              "The condition key 'aws:SourceIpp' does not exist. Did you mean aws:SourceIp?");
    EXPECT_NE(slip(R"({"Action":"*","Resource":"arn:aws:s33:::b"})"), "");
    EXPECT_EQ(find_document_slip(R"({"Statement":{"Action":"s3:Nix"}})")->at, 23U);
    EXPECT_EQ(find_document_slip("{"), std::nullopt);
}

TEST(Names, OfOperators) {
    EXPECT_EQ(similar_operator("StringEqual"), "StringEquals");
    EXPECT_EQ(similar_operator("ForAnyValue:StringLik"), "ForAnyValue:StringLike");
    EXPECT_EQ(similar_operator("StringEqulsIfExists"), "StringEqualsIfExists");
    EXPECT_EQ(similar_operator("Frobnicates"), "");
}

}  // namespace
}  // namespace iamlocal::lint
