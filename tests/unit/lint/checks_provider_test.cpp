// What trust policies ask of identity providers and services; ways to more permissions; what never has an effect.
#include <fmt/format.h>

#include "unit/lint/support.hpp"

namespace iamlocal::lint {
namespace {

constexpr DocumentKind trust_policy = DocumentKind::trust;

std::string web(std::string_view provider, std::string_view condition) {
    return trusting(
        fmt::format(R"("Action":"sts:AssumeRoleWithWebIdentity","Principal":{{"Federated":"{}"}},"Condition":{})",
                    provider, condition));
}

constexpr std::string_view cluster = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/AAAA";

TEST(Providers, AndTheirKeys) {
    check("CONDITION_KEY_OF_OTHER_PROVIDER", Severity::error,
          {{web(cluster, R"({"StringEquals":{"oidc.eks.us-east-1.amazonaws.com/id/BBBB:sub":"x"}})"), true},
           {web(cluster, R"({"StringEquals":{"oidc.eks.us-east-1.amazonaws.com/id/AAAA:sub":"x"}})"), false},
           {web(cluster, R"({"StringNotEquals":{"oidc.eks.us-east-1.amazonaws.com/id/BBBB:sub":"x"}})"), false},
           {web("accounts.google.com", R"({"StringEquals":{"accounts.google.com:aud":"x"}})"), false}},
          trust_policy);
    const auto subject = [](std::string_view op, std::string_view value) {
        return web(cluster,
                   fmt::format(R"({{"{}":{{"oidc.eks.us-east-1.amazonaws.com/id/AAAA:sub":"{}"}}}})", op, value));
    };
    check("SERVICE_ACCOUNT_SUBJECT_IS_WIDE", Severity::security_warning,
          {{subject("StringLike", "system:serviceaccount:*:*"), true},
           {subject("StringLike", "system:serviceaccount:*"), true},
           {subject("StringLike", "system:serviceaccount:apps:*"), false},
           {subject("StringEquals", "system:serviceaccount:apps:web"), false}},
          trust_policy);
    const std::string_view gitlab = "arn:aws:iam::111122223333:oidc-provider/gitlab.com";
    check("MISSING_SUBJECT_CONDITION_KEY", Severity::security_warning,
          {{web(gitlab, R"({"StringEquals":{"gitlab.com:aud":"https://gitlab.com"}})"), true},
           {web(gitlab, R"({"StringLike":{"gitlab.com:sub":"project_path:me/mine:*"}})"), false}},
          trust_policy);
    check("UNSUPPORTED_FEDERATED_PRINCIPAL", Severity::warning,
          {{with(R"("Action":"s3:GetObject","Resource":"*","Principal":{"Federated":"accounts.google.com"})"), true},
           {with(R"("Action":"s3:GetObject","Resource":"*","Principal":{"AWS":"111122223333"})"), false}},
          DocumentKind::resource);
    const auto saml = [](std::string_view condition) {
        return trusting(fmt::format(R"("Action":"sts:AssumeRoleWithSAML",)"
                                    R"("Principal":{{"Federated":"arn:aws:iam::111122223333:saml-provider/idp"}}{})",
                                    condition));
    };
    check("MISSING_AUDIENCE_CONDITION_KEY", Severity::security_warning,
          {{saml(""), true},
           {saml(R"(,"Condition":{"StringEquals":{"SAML:aud":"https://signin.aws.amazon.com/saml"}})"), false}},
          trust_policy);
}

TEST(Providers, ServicesThatNeedMore) {
    const auto service = [](std::string_view name, std::string_view actions) {
        return trusting(fmt::format(R"("Principal":{{"Service":"{}"}},"Action":{})", name, actions));
    };
    check("MISSING_ACTION_FOR_SERVICE_PRINCIPAL", Severity::error,
          {{service("pods.eks.amazonaws.com", R"("sts:AssumeRole")"), true},
           {service("pods.eks.amazonaws.com", R"(["sts:AssumeRole","sts:TagSession"])"), false},
           {service("rolesanywhere.amazonaws.com", R"("sts:AssumeRole")"), true},
           {service("rolesanywhere.amazonaws.com", R"(["sts:AssumeRole","sts:TagSession"])"), true},
           {service("rolesanywhere.amazonaws.com", R"(["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"])"),
            false},
           {service("ec2.amazonaws.com", R"("sts:AssumeRole")"), false}},
          trust_policy);
}

TEST(Escalation, IsAClassOfItsOwn) {
    const auto allow = [](std::string_view actions, std::string_view resource = "*", std::string_view more = "") {
        return with(fmt::format(R"("Action":{},"Resource":"{}"{})", actions, resource, more));
    };
    check("PRIVILEGE_ESCALATION", Severity::security_warning,
          {{allow(R"("iam:CreatePolicyVersion")"), true},
           {allow(R"("iam:AttachUserPolicy")", "arn:aws:iam::111122223333:user/*"), true},
           {allow(R"(["iam:PassRole","lambda:CreateFunction"])"), true},
           {allow(R"("lambda:CreateFunction")"), false},
           {allow(R"("iam:*")"), true},
           {allow(R"("*")"), false},
           {allow(R"("iam:CreateAccessKey")", "arn:aws:iam::111122223333:user/${aws:username}"), false},
           {allow(R"("iam:AttachRolePolicy")", "*",
                  R"(,"Condition":{"StringEquals":{"iam:PermissionsBoundary":"arn:aws:iam::111122223333:policy/b"}})"),
            false},
           {allow(R"("iam:GetUser")"), false},
           {R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:PutUserPolicy","Resource":"*"},)"
            R"({"Effect":"Deny","Action":"iam:Put*","Resource":"*"}]})",
            false}});
}

TEST(Redundant, WhatADenyOutweighs) {
    const auto both = [](std::string_view allow, std::string_view deny) {
        return fmt::format(R"({{"Version":"2012-10-17","Statement":[{{"Effect":"Allow",{}}},{{"Effect":"Deny",{}}}]}})",
                           allow, deny);
    };
    const std::string_view get = R"("Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*")";
    check(
        "ALLOW_ALWAYS_DENIED", Severity::warning,
        {{both(get, R"("Action":"s3:*","Resource":"*")"), true},
         {both(get, R"("Action":"s3:*","Resource":"arn:aws:s3:::c/*")"), false},
         {both(get, R"("Action":"s3:Put*","Resource":"*")"), false},
         {both(get, R"("Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}})"), false}});
    check("REDUNDANT_PRINCIPAL", Severity::suggestion,
          {{trusting(
                R"("Action":"sts:AssumeRole","Principal":{"AWS":["111122223333","arn:aws:iam::111122223333:root"]})"),
            true},
           {trusting(R"("Action":"sts:AssumeRole","Principal":{"AWS":["111122223333","111122224444"]})"), false}},
          trust_policy);
}

TEST(Regions, AreThoseOfAws) {
    check("INVALID_ARN_REGION", Severity::error,
          {{with_resources(R"("arn:aws:sqs:us-eats-1:111122223333:q")"), true},
           {with_resources(R"("arn:aws:sqs:us-gov-west-1:111122223333:q")"), false},
           {with_resources(R"("arn:aws:sqs:ap-southeast-7:111122223333:q")"), false},
           {with_resources(R"("arn:aws:sqs:mx-central-1:111122223333:q")"), false}});
    check("INVALID_REGION_VALUE", Severity::warning,
          {{with_condition(R"({"StringEquals":{"ec2:Region":"us-eats-1"}})"), true},
           {with_condition(R"({"StringEquals":{"aws:RequestedRegion":"us-eats-1"}})"), false},
           {with_condition(R"({"StringEquals":{"ec2:Region":["eu-west-1","us-east-1"]}})"), false},
           {with_condition(R"({"StringLike":{"ec2:Region":"eu-*"}})"), false}});
    check("INVALID_REGION", Severity::error,
          {{with_condition(R"({"StringEquals":{"aws:RequestedRegion":"us-eats-1"}})"), true},
           {with_condition(R"({"StringEquals":{"aws:RequestedRegion":["eu-west-1","aws-global"]}})"), false},
           {with_condition(R"({"StringLike":{"aws:RequestedRegion":"eu-*"}})"), false}});
    const std::vector<Finding> findings =
        lint(with_resources(R"("arn:aws:sqs:us-eats-1:111122223333:q")"), DocumentKind::identity);
    ASSERT_NE(find(findings, "INVALID_ARN_REGION"), nullptr);
    EXPECT_EQ(find(findings, "INVALID_ARN_REGION")->message,
              "The Region 'us-eats-1' is not valid. Did you mean us-east-1?");
}

TEST(Keys, OfTagsThatNeverCome) {
    const auto tagged = [](std::string_view actions) {
        return with(fmt::format(
            R"("Action":{},"Resource":"*","Condition":{{"StringEquals":{{"aws:RequestTag/a":"b"}}}})", actions));
    };
    check("REQUEST_TAG_WITHOUT_TAGS", Severity::warning,
          {{tagged(R"("ec2:StartInstances")"), true},
           {tagged(R"("ec2:RunInstances")"), false},
           {tagged(R"("ec2:*")"), false}});
}

TEST(Words, SayWhatIsMeant) {
    const auto message = [](const std::string& text, DocumentKind kind, std::string_view code) {
        const std::vector<Finding> findings = lint(text, kind);
        const Finding* finding = find(findings, code);
        return finding ? finding->message : std::string();
    };
    EXPECT_EQ(message(with_actions(R"("ec2:* ")"), DocumentKind::identity, "INVALID_ACTION"),
              "The action 'ec2:* ' matches no action of Amazon EC2.");
    EXPECT_NE(message(R"({"Version":"2012-10-17",})", DocumentKind::identity, "JSON_SYNTAX_ERROR").find("A comma"),
              std::string::npos);
    EXPECT_TRUE(message(with(R"("Action":"s3:GetObject","Resource":"*","Principal":{"AWS":"11112222333"})"),
                        DocumentKind::resource, "INVALID_AWS_PRINCIPAL")
                    .starts_with("'11112222333' has 11 digits; an account has 12."));
    EXPECT_NE(message(with_condition(R"({"StringEqual":{"aws:SourceIp":"a"}})"), DocumentKind::identity,
                      "INVALID_CONDITION_OPERATOR")
                  .find("Did you mean StringEquals?"),
              std::string::npos);
    EXPECT_NE(message(with_condition(R"({"StringEquals":{"aws:SourceAcount":"a"}})"), DocumentKind::identity,
                      "INVALID_GLOBAL_CONDITION_KEY")
                  .find("Did you mean aws:SourceAccount?"),
              std::string::npos);
    EXPECT_NE(message(with_resources(R"("arn:aws:autoscling:us-east-1:111122223333:x")"), DocumentKind::identity,
                      "INVALID_SERVICE")
                  .find("Did you mean autoscaling?"),
              std::string::npos);
}

}  // namespace
}  // namespace iamlocal::lint
