#include "seed/apply.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "access/unreadable.hpp"
#include "seed/refused.hpp"
#include "store/access_keys.hpp"
#include "store/migrations.hpp"
#include "store/policies.hpp"
#include "store/roles.hpp"
#include "store/users.hpp"

namespace iamlocal::seed {
namespace {

using testing::HasSubstr;

/// A server's parts, without a server.
class ApplyTest : public testing::Test {
  protected:
    ApplyTest() { database_->migrate(store::schema()); }

    Counts apply(const std::string& text) {
        const std::vector<File> files{{"s.yaml", text}};
        const Read said = read(files, [](const std::string&) { return std::nullopt; });
        return seed::apply({*database_, environment_, clock_, metadata_, environment_.quotas}, said.seed);
    }
    std::string complaint_of(const std::string& text) {
        try {
            apply(text);
            return "";
        } catch (const Refused& refused) {
            return refused.what();
        }
    }
    std::int64_t count_users() {
        const auto connection = database_->connect();
        db::Transaction tx(*connection, db::Access::read);
        return store::users::count(tx, account_);
    }

    const AccountId account_{"111122223333"};
    SystemClock clock_;
    SeededEntropy entropy_{1};
    Log log_{LogLevel::error, LogFormat::text, clock_, [](std::string_view) {}};
    access::UsageRecorder usage_;
    access::UnreadableLog unreadable_{log_};
    std::unique_ptr<db::Database> database_ = db::Database::in_memory();
    store::Keyring keyring_ = store::Keyring::random(entropy_);
    api::Environment environment_{
        .entropy = entropy_, .keyring = keyring_, .usage = usage_, .log = log_, .unreadable = unreadable_};
    metadata::Metadata metadata_{{}, entropy_};
};

const std::string small = R"(accounts:
  "111122223333":
    users:
      alice:
        tags: {team: web}
        access_keys: [{access_key_id: AKIAEXAMPLEALICE0001, secret_access_key: secret}]
        groups: [developers]
    groups:
      developers: {attached_policies: [deploys]}
    policies:
      deploys:
        document: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: sts:AssumeRole, Resource: "*"}]}
    roles:
      first:
        trust_policy: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: sts:AssumeRole, Principal: {AWS: arn:aws:iam::111122223333:role/second}}]}
      second:
        trust_policy: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: sts:AssumeRole, Principal: {AWS: [arn:aws:iam::111122223333:role/first, 111122223333]}}]}
)";

TEST_F(ApplyTest, TheSameSeedTwiceChangesNothing) {
    EXPECT_EQ(apply(small), (Counts{5, 0, 0}));
    const auto connection = database_->connect();
    const auto revision = database_->revision_of_all();
    EXPECT_EQ(apply(small), (Counts{0, 0, 5}));
    EXPECT_EQ(database_->revision_of_all(), revision);
}

TEST_F(ApplyTest, ListsThatAreNamedAreWholeAndOthersStay) {
    apply(small);
    EXPECT_EQ(apply("accounts: {'111122223333': {users: {ALICE: {groups: []}}}}"), (Counts{0, 1, 0}));
    const auto connection = database_->connect();
    db::Transaction tx(*connection, db::Access::read);
    const auto alice = store::users::find(tx, account_, "alice");
    ASSERT_TRUE(alice);
    EXPECT_EQ(store::access_keys::count(tx, account_, alice->id), 1);
    EXPECT_EQ(store::tags::all(tx, account_, alice->id), (std::vector<store::Tag>{{"team", "web"}}));
}

TEST_F(ApplyTest, ARefusedSeedChangesNothing) {
    const std::string complaint = complaint_of(small + R"(  "222222222222":
    users:
      bob: {}
    roles:
      broken:
        trust_policy:
          Version: "2012-10-17"
          Statement:
            - Effect: Perhaps
              Action: sts:AssumeRole
              Principal: {AWS: "*"}
)");
    EXPECT_THAT(complaint, HasSubstr("s.yaml:26:23: MalformedPolicyDocument: "));
    EXPECT_EQ(count_users(), 0);
    EXPECT_EQ(apply(small), (Counts{5, 0, 0}));
}

TEST_F(ApplyTest, WhatTheApiRefusesIsRefusedInItsWords) {
    const auto user = [](const std::string& members) {
        return "accounts:\n  '111122223333':\n    users:\n      alice: " + members + "\n";
    };
    struct {
        std::string text;
        const char* complaint;
    } const cases[] = {
        {user("{path: nowhere}"), "s.yaml:4:21: ValidationError: The specified value for path is invalid."},
        {user("{groups: [none]}"), "s.yaml:4:24: NoSuchEntity: The group with name none cannot be found."},
        {user("{attached_policies: ['arn:aws:iam::aws:policy/None']}"),
         "NoSuchEntity: Policy arn:aws:iam::aws:policy/None"},
        {user("{attached_policies: [none]}"), "s.yaml:4:35: NoSuchEntity: there is no managed policy none"},
        {user("{tags: {'aws:x': y}}"), "InvalidInput: "},
        {user("{password: short}"), "s.yaml:4:25: PasswordPolicyViolation: "},
        {user("{access_keys: [{access_key_id: short, secret_access_key: x}]}"),
         "s.yaml:4:45: ValidationError: an access key id has 16 to 128 letters and digits"},
        {user("{access_keys: [{access_key_id: A234567890123451, secret_access_key: x}, {access_key_id: "
              "A234567890123452, "
              "secret_access_key: x}, {access_key_id: A234567890123453, secret_access_key: x}]}"),
         "LimitExceeded: Cannot exceed quota for AccessKeysPerUser: 2"},
        {user("{mfa_devices: [{name: phone, seed: '!'}]}"), "s.yaml:4:49: seed is the base32 of 10 to 64 bytes"},
        {user("{}") + "quotas: {UsersPerAcount: 1}", "s.yaml:5:10: there is no quota 'UsersPerAcount'; did you mean"},
        {user("{}") + "quotas: {UsersPerAccount: 0}", "LimitExceeded: Cannot exceed quota for UsersPerAccount: 0"},
        {"organization: {id: x}", "s.yaml:1:2"},
        {"organization:\n  id: o-exampleorgid\n  policies: [{type: scp, name: x, targets: [/], document: {Statement: "
         "1}}]",
         "s.yaml:3:"},
        {"metadata: {instance: {profile: 1}, other: 1}", "s.yaml:1:11: the declaration has no member other"},
        {"templates: {role_templates: 1}", "s.yaml:1:29: "},
    };
    for (const auto& [text, complaint] : cases) EXPECT_THAT(complaint_of(text), HasSubstr(complaint)) << text;
    EXPECT_EQ(count_users(), 0);
}

TEST_F(ApplyTest, VersionsOfAPolicyKeepTheirNumbers) {
    const std::string versions = R"(accounts:
  "111122223333":
    policies:
      p:
        versions:
          - {version_id: v3, document: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "a:b", Resource: "*"}]}}
          - {version_id: v7, default: true, document: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "a:c", Resource: "*"}]}}
)";
    EXPECT_EQ(apply(versions), (Counts{1, 0, 0}));
    EXPECT_EQ(apply(versions), (Counts{0, 0, 1}));
    const auto connection = database_->connect();
    db::Transaction tx(*connection, db::Access::read);
    const std::string arn = "arn:aws:iam::111122223333:policy/p";
    const auto page = store::policies::versions(tx, account_, arn, {});
    ASSERT_EQ(page.items.size(), 2U);
    EXPECT_EQ(page.items[0].id, "v7");
    EXPECT_EQ(page.items[1].id, "v3");
    EXPECT_EQ(store::policies::find(tx, account_, arn)->default_version, "v7");
}

TEST_F(ApplyTest, AnotherDocumentIsAnotherVersionAndTheOldestMakesRoom) {
    const auto with = [](int number) {
        return "accounts: {'111122223333': {policies: {p: {document: {Version: '2012-10-17', Statement: [{Effect: "
               "Allow, "
               "Action: 'a:b" +
               std::to_string(number) + "', Resource: '*'}]}}}}}";
    };
    EXPECT_EQ(apply(with(1)), (Counts{1, 0, 0}));
    for (int number = 2; number < 9; ++number) EXPECT_EQ(apply(with(number)), (Counts{0, 1, 0})) << number;
    const auto connection = database_->connect();
    db::Transaction tx(*connection, db::Access::read);
    const auto policy = store::policies::find(tx, account_, "arn:aws:iam::111122223333:policy/p");
    EXPECT_EQ(policy->default_version, "v8");
    EXPECT_EQ(store::policies::version_count(tx, account_, policy->id), 5);
}

TEST_F(ApplyTest, PasswordsAreNotHashedWithoutEnd) {
    std::string text = "accounts:\n  '111122223333':\n    users:\n";
    for (int i = 0; i < 1001; ++i) text += "      u" + std::to_string(i) + ": {password: p}\n";
    EXPECT_EQ(complaint_of(text), "s.yaml:1004:25: a seed has 1000 passwords at most");
}

TEST_F(ApplyTest, QuotasHoldFromThenOn) {
    EXPECT_EQ(apply("quotas: {UsersPerAccount: 7}"), (Counts{0, 1, 0}));
    EXPECT_EQ(environment_.quotas[aws::Quota::users_per_account], 7);
    EXPECT_EQ(apply("quotas: {UsersPerAccount: 7}"), (Counts{0, 0, 1}));
}

TEST_F(ApplyTest, MetadataIsDeclared) {
    const std::string bound = "metadata: {instance: {profile: 'arn:aws:iam::111122223333:instance-profile/web'}}";
    EXPECT_EQ(apply(bound), (Counts{0, 1, 0}));
    EXPECT_EQ(metadata_.machine()->instance.profile->name, "web");
    EXPECT_EQ(apply(bound), (Counts{0, 0, 1}));
}

}  // namespace
}  // namespace iamlocal::seed
