#include "catalogue/managed_policies.hpp"

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/time_format.hpp"
#include "catalogue/embedded.hpp"
#include "policy/cache.hpp"
#include "policy/parse.hpp"
#include "unit/catalogue/file_builder.hpp"

namespace iamlocal::catalogue {
namespace {

using managed_policies::Entry;
using managed_policies::Version;

std::string arn_of(std::string_view tail) { return "arn:aws:iam::aws:policy/" + std::string(tail); }

TEST(ManagedPolicies, TheCommonestAreThere) {
    for (const char* tail :
         {"AdministratorAccess", "PowerUserAccess", "ReadOnlyAccess", "IAMFullAccess", "IAMReadOnlyAccess",
          "AmazonS3FullAccess", "AmazonS3ReadOnlyAccess", "AmazonEC2ReadOnlyAccess",
          "service-role/AWSLambdaBasicExecutionRole", "SecurityAudit", "job-function/ViewOnlyAccess",
          "AmazonEC2FullAccess", "AmazonDynamoDBFullAccess", "AmazonSQSFullAccess", "CloudWatchLogsFullAccess",
          "AmazonSSMManagedInstanceCore", "IAMUserChangePassword", "aws-service-role/AWSSupportServiceRolePolicy"}) {
        SCOPED_TRACE(tail);
        const Entry* const entry = managed_policies::find(arn_of(tail));
        ASSERT_NE(entry, nullptr);
        EXPECT_EQ(arn_of(std::string(entry->path.substr(1)) + std::string(entry->name)), arn_of(tail));
    }
}

TEST(ManagedPolicies, EveryEntryIsWhole) {
    std::set<std::string_view> arns;
    std::string_view previous;
    for (const Entry& entry : managed_policies::all()) {
        SCOPED_TRACE(entry.arn);
        EXPECT_TRUE(arns.insert(entry.arn).second);
        EXPECT_LT(previous, entry.name) << "in order of names";
        previous = entry.name;
        EXPECT_EQ(managed_policies::find(entry.arn), &entry);
        EXPECT_GE(entry.default_version, 1);
        EXPECT_LE(entry.created, entry.updated);
        EXPECT_TRUE(entry.path.starts_with('/') && entry.path.ends_with('/'));
        const auto document = nlohmann::json::parse(managed_policies::document(entry), nullptr, false);
        ASSERT_TRUE(document.is_object());
        EXPECT_EQ(document.at("Version"), "2012-10-17");
        EXPECT_TRUE(document.contains("Statement"));
    }
    EXPECT_GT(arns.size(), 1400u);
}

/// The engine takes every one of them, each within its limits and those of its cache.
TEST(ManagedPolicies, EveryDocumentIsAPolicy) {
    policy::Cache cache;
    for (const Entry& entry : managed_policies::all()) {
        SCOPED_TRACE(entry.arn);
        const std::string_view document = managed_policies::document(entry);
        EXPECT_LT(document.size(), policy::max_document_bytes);
        const auto parsed = policy::parse(document, policy::DocumentKind::identity, policy::Strictness::lenient);
        const auto* const error = std::get_if<policy::ParseError>(&parsed);
        EXPECT_EQ(error, nullptr) << error->message;
        const auto kept = cache.get(document, policy::DocumentKind::identity);
        ASSERT_NE(kept, nullptr);
        EXPECT_EQ(cache.get(document, policy::DocumentKind::identity), kept) << "too large for the cache";
    }
}

TEST(ManagedPolicies, EveryOlderVersionIsThere) {
    std::size_t count = 0;
    for (const Entry& entry : managed_policies::all()) {
        SCOPED_TRACE(entry.arn);
        const std::vector<Version> versions = managed_policies::versions(entry);
        ASSERT_FALSE(versions.empty());
        EXPECT_EQ(versions.front().number, entry.default_version);
        EXPECT_EQ(versions.front().created, entry.updated);
        for (std::size_t i = 1; i < versions.size(); ++i) {
            EXPECT_LT(versions[i].number, versions[i - 1].number) << "newest first";
            EXPECT_GE(versions[i].number, 1);
            EXPECT_GE(versions[i].created, entry.created);
        }
        // All documents of the oldest version are enough: each is made out of all the newer ones.
        const std::optional<Version> oldest = managed_policies::find_version(entry, versions.back().number);
        ASSERT_TRUE(oldest);
        EXPECT_TRUE(nlohmann::json::parse(oldest->document, nullptr, false).is_object());
        EXPECT_FALSE(managed_policies::find_version(entry, entry.default_version + 1));
        count += versions.size();
    }
    EXPECT_GT(count, 6000u);
}

TEST(ManagedPolicies, DocumentsAreTheRealOnes) {
    EXPECT_EQ(managed_policies::document(*managed_policies::find(arn_of("AdministratorAccess"))),
              R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})");
    const Entry* const lambda = managed_policies::find(arn_of("service-role/AWSLambdaBasicExecutionRole"));
    const auto document = nlohmann::json::parse(managed_policies::document(*lambda));
    EXPECT_EQ(document.at("Statement").at(0).at("Action"),
              nlohmann::json({"logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"}));

    const Entry* const s3 = managed_policies::find(arn_of("AmazonS3FullAccess"));
    EXPECT_EQ(s3->default_version, 2);
    EXPECT_EQ(format_iso8601(s3->created), "2015-02-06T18:40:58Z");
    EXPECT_EQ(format_iso8601(s3->updated), "2021-09-27T20:16:37Z");
    EXPECT_EQ(managed_policies::find_version(*s3, 1)->document,
              R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]})");
    EXPECT_EQ(managed_policies::find_version(*s3, 2)->document, managed_policies::document(*s3));
}

TEST(ManagedPolicies, UnknownArnsAreNotFound) {
    for (const char* arn :
         {"", "AdministratorAccess", "arn:aws:iam::aws:policy/", "arn:aws:iam::aws:policy/administratoraccess",
          "arn:aws:iam::aws:policy/zzz", "arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole",
          "arn:aws:iam::aws:policy/x/AdministratorAccess", "arn:aws:iam::111122223333:policy/AdministratorAccess"}) {
        SCOPED_TRACE(arn);
        EXPECT_EQ(managed_policies::find(arn), nullptr);
    }
    EXPECT_TRUE(managed_policies::is_aws_arn("arn:aws:iam::aws:policy/zzz"));
    EXPECT_FALSE(managed_policies::is_aws_arn("arn:aws:iam::111122223333:policy/zzz"));
}

TEST(ManagedPolicies, IdsAreAwsOrStable) {
    const auto id_of = [](const char* tail) { return managed_policies::id_of(*managed_policies::find(arn_of(tail))); };
    EXPECT_EQ(id_of("AdministratorAccess"), "ANPAIWMBCKSKIEE64ZLYK");
    EXPECT_EQ(id_of("PowerUserAccess"), "ANPAJYRXTHIB4FOVS3ZXS");
    EXPECT_EQ(id_of("service-role/AmazonDMSVPCManagementRole"), "ANPAJHKIGMBQI4AEFFSYO");
    EXPECT_EQ(id_of("ReadOnlyAccess"), "ANPAILL3HVNFSB6DCOWYQ");
    EXPECT_EQ(id_of("AmazonS3FullAccess"), "ANPAIFIR6V6BVTRAHWINE");
    EXPECT_EQ(id_of("AIDevOpsAgentFullAccess"), "ANPAJB7TYAOSMIPIUOSTG") << "made up";
    std::set<std::string> ids;
    for (const Entry& entry : managed_policies::all()) {
        const std::string id = managed_policies::id_of(entry);
        EXPECT_THAT(id, testing::MatchesRegex("ANPA[A-Z2-7]+"));
        EXPECT_EQ(id.size(), 21u);
        EXPECT_TRUE(ids.insert(id).second);
    }
}

TEST(ManagedPolicies, ThreadsGetTheSameText) {
    const Entry* const entry = managed_policies::find(arn_of("ReadOnlyAccess"));
    std::vector<const char*> found(4);
    std::vector<std::thread> threads;
    for (const char*& text : found)
        threads.emplace_back([&text, entry] { text = managed_policies::document(*entry).data(); });
    for (std::thread& thread : threads) thread.join();
    EXPECT_THAT(found, testing::Each(found[0]));
}

class NamedFileTest : public testing::Test {
  protected:
    NamedFileTest() {
        std::string pattern = (std::filesystem::temp_directory_path() / "catalogue-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
    }
    ~NamedFileTest() override {
        managed_policies::use_built_in();
        std::filesystem::remove_all(folder_);
    }

    std::string write(std::string_view bytes) const {
        const std::string path = (folder_ / "catalogue").string();
        std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
        return path;
    }
    static FileBuilder builder() {
        FileBuilder builder;
        builder.head = "iamlocal-catalogue 2 managed-policies\n\n";
        builder.add("arn:aws:iam::aws:policy/OnlyOne\t1\t1000\t1000\t1\t0\n").add(R"({"Version":"2012-10-17"})");
        return builder;
    }

    std::filesystem::path folder_;
};

TEST_F(NamedFileTest, AnswersInsteadOfTheBuiltInOne) {
    const Entry* const before = managed_policies::find(arn_of("AdministratorAccess"));
    const std::string path = write(builder().build());
    ASSERT_EQ(managed_policies::use_file(path), std::nullopt);
    std::filesystem::remove(path);
    ASSERT_EQ(managed_policies::all().size(), 1u);
    EXPECT_EQ(managed_policies::document(*managed_policies::find(arn_of("OnlyOne"))), R"({"Version":"2012-10-17"})");
    EXPECT_EQ(managed_policies::find(arn_of("AdministratorAccess")), nullptr);
    EXPECT_EQ(before->name, "AdministratorAccess") << "what was found before stays good";
    EXPECT_TRUE(managed_policies::document(*before).starts_with("{"));
    managed_policies::use_built_in();
    EXPECT_EQ(managed_policies::find(arn_of("AdministratorAccess")), before);
}

TEST_F(NamedFileTest, TheSameBytesAreKeptOnce) {
    const std::string path = write(builder().build());
    ASSERT_EQ(managed_policies::use_file(path), std::nullopt);
    const Entry* const first = managed_policies::find(arn_of("OnlyOne"));
    ASSERT_EQ(managed_policies::use_file(path), std::nullopt);
    EXPECT_EQ(managed_policies::find(arn_of("OnlyOne")), first);
}

TEST_F(NamedFileTest, TheBuiltInOneIsSuchAFile) {
    ASSERT_EQ(managed_policies::use_file(write(embedded_managed_policies())), std::nullopt);
    EXPECT_GT(managed_policies::all().size(), 1400u);
}

TEST_F(NamedFileTest, FilesThatCannotBeUsed) {
    FileBuilder wrong_checksum = builder();
    wrong_checksum.right_checksum = false;
    FileBuilder wrong_index = builder();
    wrong_index.groups[0] = FileBuilder().add("no index\n").groups[0];
    wrong_index.sizes[0] = 9;
    const std::string good = builder().build();
    const struct {
        const char* what;
        std::string bytes;
        const char* reason;
    } rows[] = {
        {"empty", "", "it is no data file of iamlocal"},
        {"the old form", "# AWS's managed policies\n", "it is no data file of iamlocal"},
        {"another catalogue", std::string(embedded_service_reference()), "it holds something else"},
        {"cut short", good.substr(0, good.size() - 1), "it is cut short"},
        {"longer", good + "x", "it is damaged"},
        {"a wrong checksum", wrong_checksum.build(), "its checksum is wrong"},
        {"a wrong index", wrong_index.build(), "its index is damaged"},
    };
    const std::size_t before = managed_policies::all().size();
    for (const auto& row : rows) {
        SCOPED_TRACE(row.what);
        const std::string path = write(row.bytes);
        EXPECT_EQ(managed_policies::use_file(path),
                  "'" + path + "' is no catalogue of managed policies: " + row.reason);
        EXPECT_EQ(managed_policies::all().size(), before) << "nothing has changed";
    }
    const std::string large = write("");
    std::filesystem::resize_file(large, 64 * 1024 * 1024 + 1);
    const std::pair<std::string, const char*> unreadable[] = {{"/no/such/file", "there is no such file"},
                                                              {folder_.string(), "it is a directory"},
                                                              {"/dev/null", "it is no regular file"},
                                                              {large, "it is larger than 64 MiB"}};
    for (const auto& [path, reason] : unreadable) {
        SCOPED_TRACE(path);
        EXPECT_EQ(managed_policies::use_file(path),
                  "the catalogue of managed policies '" + path + "' cannot be read: " + reason);
    }
}

}  // namespace
}  // namespace iamlocal::catalogue
