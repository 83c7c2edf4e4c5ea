#include "unit/lint/support.hpp"

namespace iamlocal::lint {
namespace {

std::string message_of(const std::string& text, std::string_view code) {
    const std::vector<Finding> findings = lint(text, DocumentKind::identity);
    const Finding* finding = find(findings, code);
    return finding ? finding->message : "";
}

TEST(Actions, Exist) {
    check("INVALID_ACTION", Severity::error,
          {{with_actions(R"("s3:GetObjct")"), true},
           {with_actions(R"("s3:Frobnicate*")"), true},
           {with_actions(R"("GetObject")"), true},
           {with(R"("NotAction":"iam:GetUsr","Resource":"*")"), true},
           {with_actions(R"("s3:getobject")"), false},
           {with_actions(R"("S3:Get*")"), false},
           {with_actions(R"("*")"), false},
           {with_actions(R"("*:*")"), false}});
    check("INVALID_SERVICE_IN_ACTION", Severity::error,
          {{with_actions(R"("dynamo:GetItem")"), true}, {with_actions(R"("dynamodb:GetItem")"), false}});
    EXPECT_EQ(message_of(with_actions(R"("s3:GetObjct")"), "INVALID_ACTION"),
              "The action 's3:GetObjct' does not exist. Did you mean s3:GetObject?");
    EXPECT_EQ(message_of(with_actions(R"("dynamobd:GetItem")"), "INVALID_SERVICE_IN_ACTION"),
              "The service 'dynamobd' specified in the action does not exist. Did you mean dynamodb?");
    EXPECT_EQ(message_of(with_actions(R"("s3:Frobnicate")"), "INVALID_ACTION"),
              "The action 's3:Frobnicate' does not exist.");
}

TEST(Actions, Redundant) {
    check("REDUNDANT_ACTION", Severity::suggestion,
          {{with_actions(R"(["iam:Get*","iam:List*","iam:GetCredentialReport"])"), true},
           {with_actions(R"(["iam:GetUser","IAM:getuser"])"), true},
           {with_actions(R"(["s3:GetObject","*"])"), true},
           {with_actions(R"(["iam:Get*","iam:*CredentialReport"])"), false},
           {with_actions(R"(["s3:GetObject","s3:PutObject"])"), false}});
    // Of two that say the same the first one stays.
    const std::vector<Finding> findings = lint(with_actions(R"(["s3:*","s3:**"])"), DocumentKind::identity);
    EXPECT_EQ(std::count_if(findings.begin(), findings.end(),
                            [](const Finding& finding) { return finding.code == "REDUNDANT_ACTION"; }),
              1);
}

TEST(Actions, Negated) {
    check("ALLOW_WITH_NOT_ACTION", Severity::warning,
          {{with(R"("NotAction":"iam:*","Resource":"*")"), true},
           {denying(R"("NotAction":"iam:*","Resource":"*")"), false}});
    check("ALLOW_WITH_NOT_RESOURCE", Severity::warning,
          {{with(R"("Action":"s3:*","NotResource":"arn:aws:s3:::b")"), true},
           {denying(R"("Action":"s3:*","NotResource":"arn:aws:s3:::b")"), false}});
    check("WILDCARD_IN_SERVICE_NAME", Severity::suggestion,
          {{with_actions(R"("s*:GetObject")"), true}, {with_actions(R"("s3:Get*")"), false}});
}

TEST(Resources, Form) {
    check("INVALID_ARN_PREFIX", Severity::error,
          {{with_resources(R"("my-bucket")"), true},
           {with_resources(R"("arn:aws:s3:::my-bucket")"), false},
           {with_resources(R"("${aws:PrincipalTag/arn}")"), false},
           {with_resources(R"("*")"), false}});
    check("MISSING_ARN_FIELD", Severity::error,
          {{with_resources(R"("arn:aws:s3::b")"), true}, {with_resources(R"("arn:aws:s3:::b")"), false}});
    check("INVALID_PARTITION", Severity::error,
          {{with_resources(R"("arn:awz:s3:::b")"), true},
           {with_resources(R"("arn:aws-cn:s3:::b")"), false},
           {with_resources(R"("arn:*:s3:::b")"), false}});
    check("INVALID_ARN_SERVICE_CASE", Severity::error,
          {{with_resources(R"("arn:aws:S3:::b")"), true}, {with_resources(R"("arn:aws:s3:::b")"), false}});
    check("INVALID_SERVICE", Severity::error,
          {{with_resources(R"("arn:aws:dynamo:us-east-1:111111111111:table/t")"), true},
           {with_resources(R"("arn:aws:dynamodb:us-east-1:111111111111:table/t")"), false},
           {with_condition(R"({"StringEquals":{"nosuch:key":"a"}})"), true},
           {with_condition(R"({"StringEquals":{"s3:prefix":"a"}})"), false}});
    check("INVALID_ARN_ACCOUNT", Severity::error,
          {{with_resources(R"("arn:aws:iam::1234:user/u")"), true},
           {with_resources(R"("arn:aws:iam::ACCOUNT:user/u")"), true},
           {with_resources(R"("arn:aws:iam::111111111111:user/u")"), false},
           {with_resources(R"("arn:aws:iam::1111*:user/u")"), false},
           {with_resources(R"("arn:aws:sqs:${aws:RequestedRegion}:${aws:PrincipalAccount}:q")"), false},
           {with_resources(R"("arn:aws:iam::aws:policy/ReadOnlyAccess")"), false}});
    check("INVALID_ARN_REGION", Severity::error,
          {{with_resources(R"("arn:aws:sqs:useast1:111111111111:q")"), true},
           {with_resources(R"("arn:aws:sqs:eu-west-11:111111111111:q")"), true},
           {with_resources(R"("arn:aws:sqs:eu-west-0:111111111111:q")"), true},
           {with_resources(R"("arn:aws:sqs:ap-southeast-7:111111111111:q")"), false},
           {with_resources(R"("arn:aws:sqs:us-gov-west-1:111111111111:q")"), false},
           {with_resources(R"("arn:aws:sqs:us-*:111111111111:q")"), false}});
}

TEST(Resources, OfTheService) {
    check("ARN_REGION_NOT_ALLOWED", Severity::error,
          {{with_resources(R"("arn:aws:iam:us-east-1:111111111111:user/u")"), true},
           {with_resources(R"("arn:aws:iam::111111111111:user/u")"), false}});
    check("ARN_ACCOUNT_NOT_ALLOWED", Severity::error,
          {{with_resources(R"("arn:aws:s3::111111111111:bucket")"), true},
           {with_resources(R"("arn:aws:s3:::bucket")"), false}});
    check("MISSING_ARN_REGION", Severity::error,
          {{with_resources(R"("arn:aws:sqs::111111111111:q")"), true},
           {with_resources(R"("arn:aws:sqs:*:111111111111:q")"), false},
           {with_resources(R"("arn:aws:iam::111111111111:user/u")"), false}});
    check("INVALID_ARN_RESOURCE", Severity::error,
          {{with_resources(R"("arn:aws:dynamodb:us-east-1:111111111111:tables/t")"), true},
           {with_resources(R"("arn:aws:dynamodb:us-east-1:111111111111:table/${aws:username}")"), false},
           {with_resources(R"("arn:aws:sqs:${aws:RequestedRegion}:${aws:PrincipalAccount}:q")"), false},
           {with_resources(R"("arn:aws:iam::123456789012:root")"), false},
           {with_resources(R"("arn:aws:iam::123456789012:roots")"), true},
           {with_resources(R"("arn:aws:dynamodb:*:*:*")"), false},
           // Two forms in one cell of the reference, and forms that no page has.
           {with_resources(R"("arn:aws:greengrass:us-east-1:123456789012:deployments:d1")"), false},
           {with_resources(R"("arn:aws:cloudformation:us-east-1:aws:transform/Serverless-2016-10-31")"), false},
           {with_resources(R"("arn:aws:backup:*:*:recovery-point:*")"), false}});
}

TEST(Resources, AndTheStatementsActions) {
    check(
        "ACTION_WITHOUT_MATCHING_RESOURCE", Severity::warning,
        {{with(R"("Action":"s3:ListAllMyBuckets","Resource":"arn:aws:s3:::b")"), false},
         {with(R"("Action":["s3:GetObject","s3:ListBucket"],"Resource":"arn:aws:s3:::b/*")"), true},
         {with(R"("Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"])"), false},
         {with(R"("Action":"s3:ListAllMyBuckets","Resource":"*")"), false},
         {with(R"("Action":"s3:GetObject","Resource":"b/*")"), false},
         {with(R"("Action":"s3:ListAllMyBuckets","Resource":"arn:aws:nothing:::b")"), false},
         {with(R"("Action":"s3:List*","Resource":"arn:aws:s3:::b")"), false},
         // A prefix with two pages, and tags, which more resources have than the pages say.
         {with(
              R"("Action":"elasticloadbalancing:AddTags","Resource":["arn:aws:elasticloadbalancing:*:*:targetgroup/*/*",)"
              R"("arn:aws:elasticloadbalancing:*:*:listener/app/*/*/*"])"),
          false},
         {with(R"("Action":"ses:TagResource","Resource":"arn:aws:ses:us-east-1:123456789012:contact-list/c")"), false},
         {with(
              R"("Action":"greengrass:GetDeployment","Resource":"arn:aws:greengrass:us-east-1:123456789012:deployments:d1")"),
          false}});
    check("ACTION_NEEDS_ALL_RESOURCES", Severity::suggestion,
          {{with(R"("Action":"s3:ListAllMyBuckets","Resource":"arn:aws:s3:::b")"), true},
           {with(R"("Action":"s3:ListAllMyBuckets","Resource":"arn:aws:s3:::*")"), false},
           {with(R"("Action":"s3:ListAllMyBuckets","Resource":"arn:aws:nothing:::b")"), false},
           {with(R"("Action":"iam:ListUsers","Resource":"arn:aws:iam::*:user/bob")"), true},
           {with(R"("Action":"iam:ListUsers","Resource":"arn:aws:iam::*:user/*")"), false},
           {with(R"("Action":"iam:ListUsers","Resource":"*")"), false}});
    check("RESOURCE_WITHOUT_MATCHING_ACTION", Severity::suggestion,
          {{with(R"("Action":"s3:*","Resource":"arn:aws:sqs:us-east-1:111111111111:q")"), true},
           {with(R"("Action":["s3:GetObject"],"Resource":["arn:aws:s3:::b/*","arn:aws:sqs:us-east-1:111111111111:q"])"),
            true},
           // Once is enough: the other check speaks of the action.
           {with(R"("Action":"s3:GetObject","Resource":"arn:aws:sqs:us-east-1:111111111111:q")"), false},
           {with(R"("Action":"iam:ListUsers","Resource":"arn:aws:iam::*:user/*")"), false},
           {with(R"("Action":["s3:GetObject","sqs:SendMessage"],"Resource":["arn:aws:s3:::b/*","arn:aws:sqs:*:*:q"])"),
            false}});
    check("REDUNDANT_RESOURCE", Severity::suggestion,
          {{with_resources(R"(["arn:aws:iam::111122223333:role/jane-admin","arn:aws:iam::111122223333:role/jane*"])"),
            true},
           {with_resources(R"(["arn:aws:s3:::a","arn:aws:s3:::a/*"])"), false}});
}

TEST(Statements, Redundant) {
    const auto two = [](std::string_view a, std::string_view b) {
        return R"({"Version":"2012-10-17","Statement":[)" + std::string(a) + "," + std::string(b) + "]}";
    };
    const std::string one = R"({"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"*"})";
    check(
        "REDUNDANT_STATEMENT", Severity::suggestion,
        {{two(one, one), true},
         {two(one, R"({"Sid":"x","Resource":["*"],"Action":["S3:putobject","s3:GetObject"],"Effect":"Allow"})"), true},
         {two(one, R"({"Effect":"Deny","Action":["s3:GetObject","s3:PutObject"],"Resource":"*"})"), false},
         {two(one, R"({"Effect":"Allow","NotAction":["s3:GetObject","s3:PutObject"],"Resource":"*"})"), false},
         {two(one,
              R"({"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"*","Condition":{"Null":{"aws:userid":"true"}}})"),
          false}});
}

TEST(ChecksResource, ActionsOfWhichThePageForgetsResources) {
    const auto on = [](std::string_view action, std::string_view resource) {
        return with(R"("Action":")" + std::string(action) + R"(","Resource":")" + std::string(resource) + '"');
    };
    check(
        "ACTION_WITHOUT_MATCHING_RESOURCE", Severity::warning,
        {{on("cloudformation:CreateChangeSet", "arn:aws:cloudformation:us-east-1:aws:transform/Serverless-2016-10-31"),
          false},
         {on("sagemaker-mlflow:CreateRun", "arn:aws:sagemaker:*:*:mlflow-app/*"), false},
         {on("glue:GetTags", "arn:aws:glue:*:*:schema/*"), false},
         {on("s3:GetObject", "arn:aws:sqs:*:*:q"), true},
         {on("s3:GetObject", "arn:aws:s3:::b"), true},
         {on("iam:AttachRolePolicy", "arn:aws:iam::111122223333:policy/x"), true},
         {R"({"Version":"2012-10-17","Statement":[
              {"Effect":"Allow","Action":["ecs:RunTask","ecs:DescribeClusters"],"Resource":"arn:aws:ecs:*:*:cluster/a"},
              {"Effect":"Allow","Action":"ecs:RunTask","Resource":"arn:aws:ecs:*:*:task-definition/a:*"}]})",
          false},
         {R"({"Version":"2012-10-17","Statement":[
              {"Effect":"Allow","Action":["ecs:RunTask"],"Resource":"arn:aws:ecs:*:*:cluster/a"},
              {"Effect":"Deny","Action":"ecs:RunTask","Resource":"arn:aws:ecs:*:*:task-definition/a:*"}]})",
          true}});
}

}  // namespace
}  // namespace iamlocal::lint
