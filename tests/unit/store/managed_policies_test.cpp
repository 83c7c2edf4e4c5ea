#include "store/managed_policies.hpp"

#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace iamlocal::store {
namespace {

std::string arn_of(std::string_view tail) { return "arn:aws:iam::aws:policy/" + std::string(tail); }

TEST(ManagedPolicies, TheCommonestAreThere) {
    for (const char* tail :
         {"AdministratorAccess", "PowerUserAccess", "ReadOnlyAccess", "IAMFullAccess", "IAMReadOnlyAccess",
          "AmazonS3FullAccess", "AmazonS3ReadOnlyAccess", "AmazonEC2ReadOnlyAccess",
          "service-role/AWSLambdaBasicExecutionRole", "SecurityAudit", "job-function/ViewOnlyAccess",
          "AmazonEC2FullAccess", "AmazonDynamoDBFullAccess", "AmazonSQSFullAccess", "CloudWatchLogsFullAccess",
          "AmazonSSMManagedInstanceCore", "IAMUserChangePassword"}) {
        SCOPED_TRACE(tail);
        const managed_policies::Entry* const entry = managed_policies::find(arn_of(tail));
        ASSERT_NE(entry, nullptr);
        EXPECT_EQ(arn_of(std::string(entry->path.substr(1)) + std::string(entry->name)), arn_of(tail));
    }
}

TEST(ManagedPolicies, EveryEntryIsWhole) {
    std::set<std::string_view> arns;
    std::string_view previous;
    for (const managed_policies::Entry& entry : managed_policies::all()) {
        SCOPED_TRACE(entry.arn);
        EXPECT_TRUE(arns.insert(entry.arn).second);
        EXPECT_LT(previous, entry.name) << "in order of names";
        previous = entry.name;
        EXPECT_EQ(managed_policies::find(entry.arn), &entry);
        EXPECT_THAT(std::string(entry.default_version), testing::MatchesRegex("v[1-9][0-9]*"));
        EXPECT_LE(entry.created, entry.updated);
        EXPECT_TRUE(entry.path.starts_with('/') && entry.path.ends_with('/'));
        const auto document = nlohmann::json::parse(entry.document, nullptr, false);
        ASSERT_TRUE(document.is_object());
        EXPECT_EQ(document.at("Version"), "2012-10-17");
        EXPECT_TRUE(document.contains("Statement"));
    }
    EXPECT_GE(arns.size(), 17u);
}

TEST(ManagedPolicies, DocumentsAreTheRealOnes) {
    EXPECT_EQ(managed_policies::find(arn_of("AdministratorAccess"))->document,
              R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})");
    const auto* const lambda = managed_policies::find(arn_of("service-role/AWSLambdaBasicExecutionRole"));
    const auto document = nlohmann::json::parse(lambda->document);
    EXPECT_EQ(document.at("Statement").at(0).at("Action"),
              nlohmann::json({"logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"}));
}

TEST(ManagedPolicies, UnknownArnsAreNotFound) {
    for (const char* arn :
         {"", "AdministratorAccess", "arn:aws:iam::aws:policy/", "arn:aws:iam::aws:policy/administratoraccess",
          "arn:aws:iam::aws:policy/zzz", "arn:aws:iam::111122223333:policy/AdministratorAccess"}) {
        SCOPED_TRACE(arn);
        EXPECT_EQ(managed_policies::find(arn), nullptr);
    }
    EXPECT_TRUE(managed_policies::is_aws_arn("arn:aws:iam::aws:policy/zzz"));
    EXPECT_FALSE(managed_policies::is_aws_arn("arn:aws:iam::111122223333:policy/zzz"));
}

TEST(ManagedPolicies, IdsAreStable) {
    EXPECT_EQ(managed_policies::id_of(arn_of("AdministratorAccess")), "ANPA5IIMV5ODH3GDY4NK5");
    std::set<std::string> ids;
    for (const managed_policies::Entry& entry : managed_policies::all()) {
        const std::string id = managed_policies::id_of(entry.arn);
        EXPECT_THAT(id, testing::MatchesRegex("ANPA[A-Z2-7]+"));
        EXPECT_EQ(id.size(), 21u);
        EXPECT_TRUE(ids.insert(id).second);
    }
}

}  // namespace
}  // namespace iamlocal::store
