#include "store/access_keys.hpp"

#include <gmock/gmock.h>

#include "unit/iam/fixture.hpp"

namespace iamlocal::iam {
namespace {

using testing::HasSubstr;
using testing::Not;

class AccessKeysTest : public IamTest {
  protected:
    std::string create_key(std::string_view user) {
        return *text_of(run("CreateAccessKey", {{"UserName", user}}), "AccessKeyId");
    }
};

TEST_F(AccessKeysTest, TheSecretIsStoredSealedAndShownOnce) {
    create_user("bob");
    const std::string created = run("CreateAccessKey", {{"UserName", "bob"}});
    const std::string secret = *text_of(created, "SecretAccessKey");
    EXPECT_EQ(secret.size(), 40U);
    const AccessKeyId id(*text_of(created, "AccessKeyId"));
    EXPECT_EQ(in_store([&](auto& tx) { return store::access_keys::find(tx, keyring_, id); })->secret.reveal(), secret);
    EXPECT_THAT(run("ListAccessKeys", {{"UserName", "bob"}}), Not(HasSubstr(secret)));
}

TEST_F(AccessKeysTest, RootHasNoKeyButItsOwn) {
    EXPECT_EQ(text_of(run("ListAccessKeys", {}), "AccessKeyMetadata"), "");
    constexpr std::string_view id = "AKIAIOSFODNN7EXAMPLE";
    const std::string message = "The Access Key with id AKIAIOSFODNN7EXAMPLE cannot be found.";
    EXPECT_EQ(message_of([&] { run("UpdateAccessKey", {{"AccessKeyId", id}, {"Status", "Inactive"}}); }), message);
    EXPECT_EQ(message_of([&] { run("DeleteAccessKey", {{"AccessKeyId", id}}); }), message);
}

TEST_F(AccessKeysTest, NobodySetsExpired) {
    create_user("bob");
    const std::string id = create_key("bob");
    EXPECT_EQ(code_of([&] {
                  run("UpdateAccessKey", {{"UserName", "bob"}, {"AccessKeyId", id}, {"Status", "Expired"}});
              }),
              "InvalidInput");
    EXPECT_THAT(run("ListAccessKeys", {{"UserName", "bob"}}), HasSubstr("<Status>Active</Status>"));
}

TEST_F(AccessKeysTest, LastUse) {
    create_user("bob");
    const std::string id = create_key("bob");
    const std::string unused = run("GetAccessKeyLastUsed", {{"AccessKeyId", id}});
    EXPECT_EQ(text_of(unused, "UserName"), "bob");
    EXPECT_EQ(text_of(unused, "ServiceName"), "N/A");
    EXPECT_EQ(text_of(unused, "Region"), "N/A");
    EXPECT_FALSE(has(unused, "LastUsedDate"));

    in_store([&](auto& tx) {
        store::access_keys::record_last_used(tx, AccessKeyId(id), {whole(now_), "us-east-1", "iam"});
    });
    EXPECT_EQ(text_of(run("GetAccessKeyLastUsed", {{"AccessKeyId", id}}), "ServiceName"), "iam");

    usage_.note_key(AccountId("111122223333"), AccessKeyId(id),
                    {whole(now_) + std::chrono::seconds(5), "eu-west-1", "sts"});
    const std::string noted = run("GetAccessKeyLastUsed", {{"AccessKeyId", id}});
    EXPECT_EQ(text_of(noted, "LastUsedDate"), "2023-11-14T22:13:25Z");
    EXPECT_EQ(text_of(noted, "ServiceName"), "sts");
    EXPECT_EQ(text_of(noted, "Region"), "eu-west-1");
}

TEST_F(AccessKeysTest, LastUseOfKeysThatAreNotThereIsDenied) {
    call_as_root_of(other_account);
    create_user("eve");
    const std::string theirs = create_key("eve");
    call_as_root_of(account);
    for (const std::string& id : {theirs, std::string("AKIAIOSFODNN7EXAMPLE")}) {
        SCOPED_TRACE(id);
        const auto ask = [&] { run("GetAccessKeyLastUsed", {{"AccessKeyId", id}}); };
        EXPECT_EQ(message_of(ask),
                  "User: arn:aws:iam::111122223333:root is not authorized to perform iam:GetAccessKeyLastUsed on "
                  "resource: access key " +
                      id);
        EXPECT_EQ(code_of(ask), "AccessDenied");
    }
}

TEST_F(AccessKeysTest, ThePermissionForALastUseIsForTheUserWhoHasTheKey) {
    const std::string bob = create_user("bob");
    create_user("eve");
    const std::string key = create_key("eve");
    run("PutUserPolicy", {{"UserName", "bob"},
                          {"PolicyName", "own"},
                          {"PolicyDocument", document(R"({"Effect":"Allow","Action":"iam:GetAccessKeyLastUsed",)"
                                                      R"("Resource":"arn:aws:iam::111122223333:user/bob"})")}});
    const std::string own = create_key("bob");
    call_as_user(bob);
    EXPECT_EQ(text_of(run("GetAccessKeyLastUsed", {{"AccessKeyId", own}}), "UserName"), "bob");
    EXPECT_EQ(message_of([&] {
                  run("GetAccessKeyLastUsed", {{"AccessKeyId", key}});
              }),
              "User: arn:aws:iam::111122223333:user/bob is not authorized to perform: iam:GetAccessKeyLastUsed on "
              "resource: access key " +
                  key + " because no identity-based policy allows the iam:GetAccessKeyLastUsed action");
}

}  // namespace
}  // namespace iamlocal::iam
