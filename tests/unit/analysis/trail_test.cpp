#include "analysis/trail.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "analysis/generate.hpp"
#include "analysis/trail_actions.hpp"

namespace iamlocal::analysis {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* alice_arn = "arn:aws:iam::111122223333:user/alice";

/// An event of alice, with members on top.
json event_of(const char* source, const char* name, json more = json::object()) {
    json event{{"eventVersion", "1.11"},
               {"userIdentity",
                {{"type", "IAMUser"}, {"arn", alice_arn}, {"accountId", "111122223333"}, {"userName", "alice"}}},
               {"eventSource", source},
               {"eventName", name},
               {"awsRegion", "eu-west-1"},
               {"requestParameters", nullptr},
               {"responseElements", nullptr},
               {"eventType", "AwsApiCall"},
               {"recipientAccountId", "111122223333"}};
    event.update(more);
    return event;
}

TrailPrincipal read(const json& event, const std::string& principal = alice_arn) {
    Trail trail;
    EXPECT_EQ(trail.add(json{{"Records", {event}}}.dump()), "");
    return trail.principals()[principal];
}

TEST(TrailActions, are_those_of_the_reference) {
    struct {
        const char* source;
        const char* event;
        std::vector<std::string> actions;
    } const cases[] = {
        {"iam.amazonaws.com", "CreateUser", {"iam:CreateUser"}},
        {"s3.amazonaws.com", "ListObjects", {"s3:ListBucket"}},
        {"s3.amazonaws.com", "HeadObject", {"s3:GetObject"}},
        {"s3.amazonaws.com", "ListBuckets", {"s3:ListAllMyBuckets"}},
        {"s3.amazonaws.com", "CompleteMultipartUpload", {"s3:PutObject"}},
        {"s3.amazonaws.com", "CopyObject", {}},
        {"lambda.amazonaws.com", "CreateFunction20150331", {"lambda:CreateFunction"}},
        {"lambda.amazonaws.com", "UpdateFunctionCode20150331v2", {"lambda:UpdateFunctionCode"}},
        {"lambda.amazonaws.com", "Invoke", {"lambda:InvokeFunction"}},
        {"monitoring.amazonaws.com", "PutMetricAlarm", {"cloudwatch:PutMetricAlarm"}},
        {"cloudfront.amazonaws.com", "GetDistribution2020_05_31", {"cloudfront:GetDistribution"}},
        {"sts.amazonaws.com", "GetCallerIdentity", {}},
        {"iam.amazonaws.com", "MakeCoffee", {}},
        {"coffee.amazonaws.com", "Make", {}},
        {"", "", {}},
    };
    for (const auto& one : cases) {
        SCOPED_TRACE(std::string(one.source) + " " + one.event);
        const TrailAction found = action_of_event(one.source, one.event);
        EXPECT_EQ(found.actions, one.actions);
        const bool needs_none = std::string_view(one.event) == "GetCallerIdentity";
        EXPECT_EQ(found.remark.empty(), !one.actions.empty() || needs_none);
    }
}

TEST(TrailActions, of_the_table_exist) {
    for (const char* event : {"ListObjectsV2",
                              "HeadBucket",
                              "ListObjectVersions",
                              "ListMultipartUploads",
                              "ListParts",
                              "CreateMultipartUpload",
                              "UploadPart",
                              "DeleteObjects",
                              "GetBucketLifecycle",
                              "PutBucketLifecycle",
                              "DeleteBucketLifecycle",
                              "GetBucketEncryption",
                              "PutBucketEncryption",
                              "DeleteBucketEncryption",
                              "GetBucketReplication",
                              "PutBucketReplication",
                              "DeleteBucketReplication",
                              "DeleteBucketCors",
                              "DeleteBucketTagging",
                              "GetBucketAccelerateConfiguration",
                              "PutBucketAccelerateConfiguration",
                              "GetBucketInventoryConfiguration",
                              "PutBucketInventoryConfiguration",
                              "GetBucketMetricsConfiguration",
                              "PutBucketMetricsConfiguration",
                              "GetBucketAnalyticsConfiguration",
                              "PutBucketAnalyticsConfiguration",
                              "GetBucketNotificationConfiguration",
                              "PutBucketNotificationConfiguration",
                              "GetPublicAccessBlock",
                              "PutPublicAccessBlock",
                              "DeletePublicAccessBlock",
                              "GetObjectLockConfiguration",
                              "PutObjectLockConfiguration"})
        EXPECT_THAT(action_of_event("s3.amazonaws.com", event).actions, SizeIs(1)) << event;
    EXPECT_THAT(action_of_event("dynamodb.amazonaws.com", "TransactGetItems").actions, SizeIs(1));
}

TEST(Trail, takes_resources_that_it_names) {
    const auto seen = read(event_of("s3.amazonaws.com", "GetObject",
                                    {{"requestParameters", {{"bucketName", "b"}, {"key", "a/k"}}},
                                     {"resources",
                                      {{{"type", "AWS::S3::Object"}, {"ARN", "arn:aws:s3:::b/a/k"}},
                                       {{"type", "AWS::S3::Bucket"}, {"ARN", "arn:aws:s3:::b"}}}}}))
                          .observations;
    ASSERT_THAT(seen, SizeIs(1));
    EXPECT_EQ(seen[0].resource, "arn:aws:s3:::b/a/k");
    EXPECT_EQ(seen[0].remark, "");
}

TEST(Trail, fills_templates_with_parameters) {
    const auto resource = [](json event) {
        const auto seen = read(event).observations;
        return seen.size() == 1 ? seen[0].resource : std::to_string(seen.size());
    };
    EXPECT_EQ(resource(event_of("s3.amazonaws.com", "ListObjectsV2", {{"requestParameters", {{"bucketName", "b"}}}})),
              "arn:aws:s3:::b");
    EXPECT_EQ(resource(event_of("dynamodb.amazonaws.com", "GetItem", {{"requestParameters", {{"tableName", "t"}}}})),
              "arn:aws:dynamodb:eu-west-1:111122223333:table/t");
    EXPECT_EQ(resource(event_of("iam.amazonaws.com", "CreateUser",
                                {{"requestParameters", {{"userName", "u"}, {"path", "/x/"}}}})),
              "arn:aws:iam::111122223333:user/x/u");
    EXPECT_EQ(resource(event_of("iam.amazonaws.com", "GetUser")), alice_arn);
    EXPECT_EQ(resource(event_of("iam.amazonaws.com", "ListUsers")), "*");
    EXPECT_EQ(resource(event_of(
                  "sts.amazonaws.com", "AssumeRole",
                  {{"requestParameters", {{"roleArn", "arn:aws:iam::444455556666:role/r"}, {"externalId", "x"}}}})),
              "arn:aws:iam::444455556666:role/r");
    EXPECT_EQ(resource(event_of(
                  "sqs.amazonaws.com", "SendMessage",
                  {{"requestParameters", {{"queueUrl", "https://sqs.eu-west-1.amazonaws.com/111122223333/jobs"}}}})),
              "arn:aws:sqs:eu-west-1:111122223333:jobs");
}

TEST(Trail, says_where_it_does_not_know) {
    const auto secret =
        read(event_of("secretsmanager.amazonaws.com", "GetSecretValue", {{"requestParameters", {{"secretId", "s"}}}}));
    ASSERT_THAT(secret.observations, SizeIs(1));
    EXPECT_EQ(secret.observations[0].resource, "*");
    EXPECT_THAT(secret.observations[0].remark, HasSubstr("does not tell on which resource"));
    const auto unknown = read(event_of("s3.amazonaws.com", "CopyObject"));
    EXPECT_THAT(unknown.observations, IsEmpty());
    EXPECT_THAT(unknown.remarks, ElementsAre(HasSubstr("is not known")));
    const auto run = read(event_of("ec2.amazonaws.com", "RunInstances"));
    EXPECT_THAT(run.observations[0].remark, HasSubstr("several resources at once"));
}

TEST(Trail, knows_no_paths_of_what_is_there) {
    const auto seen =
        read(event_of("iam.amazonaws.com", "DeleteUser", {{"requestParameters", {{"userName", "bob"}}}})).observations;
    const GeneratedPolicy made = write_policy(seen);
    EXPECT_TRUE(made.confirmed);
    EXPECT_EQ(json::parse(made.document)["Statement"][0]["Resource"],
              json::parse(R"(["arn:aws:iam::111122223333:user/*/bob","arn:aws:iam::111122223333:user/bob"])"));
}

TEST(Trail, finds_passed_roles) {
    const auto seen =
        read(event_of("lambda.amazonaws.com", "CreateFunction20150331",
                      {{"requestParameters", {{"functionName", "f"}, {"role", "arn:aws:iam::111122223333:role/run"}}}}))
            .observations;
    ASSERT_THAT(seen, SizeIs(2));
    EXPECT_EQ(seen[0].action, "iam:PassRole");
    EXPECT_EQ(seen[0].resource, "arn:aws:iam::111122223333:role/run");
    EXPECT_THAT(seen[0].remark, HasSubstr("trails have no events"));
}

TEST(Trail, roles_of_instance_profiles_are_passed_to_ec2) {
    const auto seen = read(event_of("iam.amazonaws.com", "AddRoleToInstanceProfile",
                                    {{"requestParameters", {{"instanceProfileName", "m"}, {"roleName", "r"}}}}))
                          .observations;
    const GeneratedPolicy made = write_policy(seen);
    EXPECT_TRUE(made.confirmed);
    EXPECT_EQ(json::parse(made.document)["Statement"][1], json::parse(R"({"Effect":"Allow","Action":"iam:PassRole",
                              "Resource":["arn:aws:iam::111122223333:role/*/r","arn:aws:iam::111122223333:role/r"],
                              "Condition":{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}})"));
}

TEST(Trail, tags_at_making_need_a_permission) {
    const auto seen =
        read(event_of("iam.amazonaws.com", "CreateUser",
                      {{"requestParameters", {{"userName", "u"}, {"tags", {{{"key", "Team"}, {"value", "blue"}}}}}}}))
            .observations;
    const GeneratedPolicy made = write_policy(seen);
    EXPECT_TRUE(made.confirmed);
    EXPECT_EQ(
        json::parse(made.document)["Statement"],
        json::parse(
            R"([{"Effect":"Allow","Action":["iam:CreateUser","iam:TagUser"],"Resource":"arn:aws:iam::111122223333:user/u",
                               "Condition":{"StringEquals":{"aws:RequestTag/team":"blue"},
                                            "ForAllValues:StringEquals":{"aws:TagKeys":["Team"]}}}])"));
}

TEST(Trail, counts_for_whose_policies_count) {
    const json role{
        {"userIdentity",
         {{"type", "AssumedRole"},
          {"arn", "arn:aws:sts::111122223333:assumed-role/r/s"},
          {"sessionContext", {{"sessionIssuer", {{"type", "Role"}, {"arn", "arn:aws:iam::111122223333:role/x/r"}}}}}}}};
    EXPECT_THAT(
        read(event_of("iam.amazonaws.com", "ListUsers", role), "arn:aws:iam::111122223333:role/x/r").observations,
        SizeIs(1));
    for (const char* type : {"AWSService", "AWSAccount", "WebIdentityUser", "Unknown"}) {
        Trail trail;
        EXPECT_EQ(
            trail.add(
                json{{"Records",
                      {event_of("iam.amazonaws.com", "ListUsers", {{"userIdentity", {{"type", type}, {"arn", "a"}}}})}}}
                    .dump()),
            "");
        EXPECT_THAT(trail.principals(), IsEmpty());
        EXPECT_EQ(trail.passed_over(), 1U);
    }
}

TEST(Trail, leaves_failures_apart) {
    const auto seen = read(event_of("iam.amazonaws.com", "ListUsers", {{"errorCode", "AccessDenied"}})).observations;
    ASSERT_THAT(seen, SizeIs(1));
    EXPECT_TRUE(seen[0].refused);
    EXPECT_THAT(write_policy(seen).document, IsEmpty());
}

TEST(Trail, reads_every_form) {
    const std::string event = event_of("iam.amazonaws.com", "ListUsers").dump();
    const std::string texts[] = {event, "[" + event + "]", "{\"Records\":[" + event + "]}",
                                 event + "\n" + event + "\r\n\n",
                                 json{{"Events", {{{"EventName", "ListUsers"}, {"CloudTrailEvent", event}}}}}.dump()};
    for (const std::string& text : texts) {
        Trail trail;
        EXPECT_EQ(trail.add(text), "") << text;
        EXPECT_THAT(trail.principals(), SizeIs(1)) << text;
    }
}

TEST(Trail, refuses_what_is_none) {
    for (const char* text : {"{}", "5", "\"a\"", "{\"Records\":5}", "nothing", "{\"eventName\"", "\xff"}) {
        Trail trail;
        EXPECT_NE(trail.add(text), "") << text;
        EXPECT_EQ(trail.events(), 0U);
    }
    Trail trail;
    EXPECT_NE(trail.add(std::string(100000, '[')), "");
    EXPECT_EQ(trail.add("{\"Records\":[5,null,{},[],{\"userIdentity\":5,\"eventName\":[]}]}"), "");
    EXPECT_EQ(trail.passed_over(), 5U);
}

}  // namespace
}  // namespace iamlocal::analysis
