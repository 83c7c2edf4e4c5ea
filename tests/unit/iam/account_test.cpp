#include <gmock/gmock.h>

#include "unit/iam/fixture.hpp"

namespace iamlocal::iam {
namespace {

using testing::HasSubstr;

class AccountTest : public IamTest {};

TEST_F(AccountTest, ANewAliasTakesThePlaceOfTheOld) {
    EXPECT_EQ(text_of(run("ListAccountAliases", {}), "AccountAliases"), "");
    run("CreateAccountAlias", {{"AccountAlias", "first"}});
    run("CreateAccountAlias", {{"AccountAlias", "second"}});
    const std::string listed = run("ListAccountAliases", {});
    EXPECT_EQ(text_of(listed, "member"), "second");
    EXPECT_EQ(text_of(listed, "IsTruncated"), "false");
    EXPECT_EQ(message_of([&] {
                  run("DeleteAccountAlias", {{"AccountAlias", "first"}});
              }),
              "The account alias with name first cannot be found.");
    run("DeleteAccountAlias", {{"AccountAlias", "second"}});
    EXPECT_EQ(text_of(run("ListAccountAliases", {}), "AccountAliases"), "");
}

TEST_F(AccountTest, AliasesAreUniqueAmongAccounts) {
    run("CreateAccountAlias", {{"AccountAlias", "ours"}});
    for (const AccountId& caller : {account, other_account}) {
        SCOPED_TRACE(caller.str());
        call_as_root_of(caller);
        EXPECT_EQ(message_of([&] {
                      run("CreateAccountAlias", {{"AccountAlias", "ours"}});
                  }),
                  "The account alias ours already exists.");
    }
}

TEST_F(AccountTest, TheSummaryCounts) {
    create_user("bob");
    create_user("eve");
    run("CreateGroup", {{"GroupName", "staff"}});
    run("CreateRole", {{"RoleName", "job"}, {"AssumeRolePolicyDocument", trusting_service()}});
    run("CreateInstanceProfile", {{"InstanceProfileName", "box"}});
    const std::string summary = run("GetAccountSummary", {});
    const struct {
        const char* key;
        const char* value;
    } cases[] = {{"Users", "2"},     {"Groups", "1"},        {"Roles", "1"},         {"InstanceProfiles", "1"},
                 {"Policies", "0"},  {"UsersQuota", "5000"}, {"GroupsQuota", "300"}, {"AccessKeysPerUserQuota", "2"},
                 {"MFADevices", "0"}};
    for (const auto& test : cases) {
        SCOPED_TRACE(test.key);
        EXPECT_THAT(summary, HasSubstr(std::string("<key>") + test.key + "</key>\n      <value>" + test.value +
                                       "</value>\n    </entry>"));
    }
}

TEST_F(AccountTest, TheSummaryInJsonIsAnObject) {
    std::string json;
    protocol::AnswerWriter out(protocol::AnswerFormat::json, json);
    out.begin_document("R", "Result", "");
    out.begin("SummaryMap");
    out.map_entry("Users", 3);
    out.map_entry("Groups", 0);
    out.end("SummaryMap");
    out.end_document("R", "Result");
    EXPECT_EQ(json, R"({"RResult":{"SummaryMap":{"Users":3,"Groups":0}}})");
}

}  // namespace
}  // namespace iamlocal::iam
