#include "catalogue/service_reference.hpp"

#include <algorithm>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iamlocal::catalogue {
namespace {

using testing::Contains;
using testing::IsEmpty;

TEST(ServiceReference, FindsServicesInAnyCase) {
    for (const char* prefix : {"s3", "S3", "iam", "STS", "ec2", "Lambda", "execute-api", "secretsmanager"}) {
        SCOPED_TRACE(prefix);
        ASSERT_NE(service_reference::find_service(prefix), nullptr);
    }
    EXPECT_EQ(service_reference::find_service("S3"), service_reference::find_service("s3"));
    EXPECT_EQ(service_reference::find_service("s3")->name, "Amazon S3");
    EXPECT_EQ(service_reference::find_service("S3")->prefix, "s3");
    for (const char* prefix : {"", "s", "s33", "aws", "zzz", "s3:GetObject", "*", "\xFF"}) {
        SCOPED_TRACE(prefix);
        EXPECT_EQ(service_reference::find_service(prefix), nullptr);
    }
}

TEST(ServiceReference, EveryServiceUnpacks) {
    const std::vector<std::string>& prefixes = service_reference::prefixes();
    EXPECT_GT(prefixes.size(), 400u);
    EXPECT_TRUE(std::is_sorted(prefixes.begin(), prefixes.end()));
    const std::set<std::string> levels = {"Read", "Write", "List", "Tagging", "Permissions management"};
    std::size_t actions = 0;
    for (const std::string& prefix : prefixes) {
        SCOPED_TRACE(prefix);
        const ServiceReference* const service = service_reference::find_service(prefix);
        ASSERT_NE(service, nullptr);
        EXPECT_EQ(service->prefix, prefix);
        EXPECT_FALSE(service->name.empty());
        actions += service->actions.size();
        for (const Action& action : service->actions) {
            SCOPED_TRACE(action.name);
            EXPECT_EQ(service->find_action(action.name), &action);
            EXPECT_TRUE(levels.contains(action.access_level)) << action.access_level;
            for (const std::string& key : action.condition_keys) EXPECT_NE(service->find_condition_key(key), nullptr);
            for (const ActionResource& resource : action.resources)
                EXPECT_NE(service->find_resource_type(resource.type), nullptr) << resource.type;
        }
        for (const ResourceType& type : service->resource_types) {
            ASSERT_FALSE(type.arns.empty());
            for (const std::string& arn : type.arns) {
                EXPECT_TRUE(arn.starts_with("arn:") || arn.starts_with("${")) << arn;
                EXPECT_EQ(arn.find(' '), std::string::npos) << arn;
            }
            for (const std::string& key : type.condition_keys) EXPECT_NE(service->find_condition_key(key), nullptr);
        }
        for (const ConditionKey& key : service->condition_keys) {
            EXPECT_EQ(service->find_condition_key(key.name), &key);
            EXPECT_FALSE(key.type.empty());
        }
    }
    EXPECT_GT(actions, 20'000u);
}

TEST(ServiceReference, KnowsWhatAnActionTakes) {
    const ServiceReference* const s3 = service_reference::find_service("s3");
    const Action* const get = s3->find_action("GETOBJECT");
    ASSERT_NE(get, nullptr);
    EXPECT_EQ(get->name, "GetObject");
    EXPECT_EQ(get->access_level, "Read");
    EXPECT_THAT(get->resources, Contains(testing::Field(&ActionResource::type, "object")));
    EXPECT_EQ(s3->find_resource_type("Bucket")->arns.at(0), "arn:${Partition}:s3:::${BucketName}");
    EXPECT_THAT(s3->find_action("ListAllMyBuckets")->resources, IsEmpty());
    EXPECT_EQ(s3->find_action("ListAllMyBuckets")->access_level, "List");
    EXPECT_EQ(s3->find_action("PutBucketPolicy")->access_level, "Permissions management");
    EXPECT_EQ(s3->find_action("PutObjectTagging")->access_level, "Tagging");

    const Action* const run = service_reference::find_service("ec2")->find_action("RunInstances");
    ASSERT_NE(run, nullptr);
    const auto instance = std::ranges::find_if(
        run->resources, [](const ActionResource& resource) { return resource.type == "instance"; });
    ASSERT_NE(instance, run->resources.end());
    EXPECT_TRUE(instance->required);
    EXPECT_THAT(instance->condition_keys, Contains("ec2:InstanceType"));

    for (const char* none : {"", "Get", "GetObjectX", "Get*", "s3:GetObject"}) {
        SCOPED_TRACE(none);
        EXPECT_EQ(s3->find_action(none), nullptr);
        EXPECT_EQ(s3->find_resource_type(none), nullptr);
    }
}

TEST(ServiceReference, ConditionKeysWithAPartOfTheCallersChoice) {
    const struct {
        const char* service;
        const char* key;
        const char* found;  ///< empty: none
    } rows[] = {
        {"s3", "s3:prefix", "s3:prefix"},
        {"s3", "S3:Prefix", "s3:prefix"},
        {"s3", "s3:prefixes", ""},
        {"s3", "", ""},
        {"s3", "s3:ExistingObjectTag/team", "s3:ExistingObjectTag/${TagKey}"},
        {"ec2", "aws:RequestTag/Team", "aws:RequestTag/${TagKey}"},
        {"ec2", "AWS:requesttag/Team", "aws:RequestTag/${TagKey}"},
        {"ec2", "aws:RequestTag/${TagKey}", "aws:RequestTag/${TagKey}"},
        {"ec2", "aws:RequestTag/${aws:PrincipalTag/x}", "aws:RequestTag/${TagKey}"},
        {"ec2", "aws:RequestTag/a/b", "aws:RequestTag/${TagKey}"},
        {"ec2", "aws:RequestTag/", ""},
        {"ec2", "aws:RequestTag", ""},
        {"ec2", "aws:TagKeys", "aws:TagKeys"},
        {"codebuild", "codebuild:secondaryArtifacts/one.location",
         "codebuild:secondaryArtifacts/${artifactIdentifier}.location"},
        {"codebuild", "codebuild:secondaryArtifacts/.location", ""},
        {"codebuild", "codebuild:secondaryArtifacts/one.locations", ""},
        {"secretsmanager", "secretsmanager:ResourceTag/team", "secretsmanager:ResourceTag/${TagKey}"},
        {"sagemaker", "sagemaker:ResourceTag/team", "sagemaker:ResourceTag/${TagKey}"},
        {"events", "events:Metadata/a", "events:Metadata/${MetadataKey}"},
        {"sts", "saml:aud", "saml:aud"},
        {"sts", "token.actions.githubusercontent.com:ref", "token.actions.githubusercontent.com:ref"},
        {"sts", "token.actions.github.ghe.com:ref", "token.actions.${Domain}.ghe.com:ref"},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(testing::Message() << row.service << " " << row.key);
        const ConditionKey* const key = service_reference::find_service(row.service)->find_condition_key(row.key);
        EXPECT_EQ(key != nullptr ? key->name : "", row.found);
    }
}

TEST(ServiceReference, GlobalKeys) {
    const struct {
        const char* key;
        const char* found;
        const char* type;
    } rows[] = {
        {"aws:SourceIp", "aws:SourceIp", "IPAddress"},
        {"AWS:sourceip", "aws:SourceIp", "IPAddress"},
        {"aws:MultiFactorAuthPresent", "aws:MultiFactorAuthPresent", "Bool"},
        {"aws:PrincipalTag/team", "aws:PrincipalTag/${TagKey}", "String"},
        {"aws:RequestTag/team", "aws:RequestTag/${TagKey}", "String"},
        {"aws:TagKeys", "aws:TagKeys", "ArrayOfString"},
        {"aws:CurrentTime", "aws:CurrentTime", "Date"},
        {"aws:PrincipalOrgMasterAccountId", "aws:PrincipalOrgMasterAccountId", "String"},
        {"aws:PrincipalTag/", "", ""},
        {"aws:PrincipalTag", "", ""},
        {"aws:NoSuchKey", "", ""},
        {"s3:prefix", "", ""},
        {"", "", ""},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.key);
        const ConditionKey* const key = service_reference::find_global_key(row.key);
        EXPECT_EQ(key != nullptr ? key->name : "", row.found);
        EXPECT_EQ(key != nullptr ? key->type : "", row.type);
    }
}

TEST(ServiceReference, ThreadsGetTheSameService) {
    std::vector<const ServiceReference*> found(4);
    std::vector<std::thread> threads;
    for (const ServiceReference*& service : found)
        threads.emplace_back([&service] { service = service_reference::find_service("cloudwatch"); });
    for (std::thread& thread : threads) thread.join();
    ASSERT_NE(found[0], nullptr);
    EXPECT_THAT(found, testing::Each(found[0]));
}

}  // namespace
}  // namespace iamlocal::catalogue
