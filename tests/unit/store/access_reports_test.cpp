#include "store/access_reports.hpp"

#include "store/account.hpp"
#include "store/credential_reports.hpp"
#include "store/service_uses.hpp"
#include "unit/store/fixture.hpp"

namespace iamlocal::store {
namespace {

Instant moment(std::int64_t micros) { return Instant(std::chrono::microseconds(micros)); }

class AccessReportsTest : public StoreTest {
  protected:
    ServiceUse use(const std::string& entity, const std::string& action, std::int64_t when,
                   const std::string& region = "us-east-1") {
        return {account_, entity, action, at(when), region};
    }
    std::vector<std::string> actions_of(const std::string& entity, std::int64_t since = 0) {
        std::vector<std::string> actions;
        for (const ServiceUse& one : service_uses::of_entity(tx_, account_, entity, at(since)))
            actions.push_back(one.action);
        return actions;
    }
};
IAMLOCAL_ON_BOTH_ENGINES(AccessReportsTest);

TEST_P(AccessReportsTest, TheNewestUseOfAnActionIsKept) {
    add_user("bob");
    service_uses::record(tx_, use("AIDAbob", "iam:GetUser", 50, "eu-west-1"));
    service_uses::record(tx_, use("AIDAbob", "iam:GetUser", 40));
    service_uses::record(tx_, use("AIDAbob", "iam:ListUsers", 10));
    const std::vector<ServiceUse> uses = service_uses::of_entity(tx_, account_, "AIDAbob", at(11));
    ASSERT_EQ(uses.size(), 1U);
    EXPECT_EQ(uses[0].action, "iam:GetUser");
    EXPECT_EQ(uses[0].at, at(50));
    EXPECT_EQ(uses[0].region, "eu-west-1");
    service_uses::record(tx_, use("AIDAbob", "iam:GetUser", 60));
    EXPECT_EQ(service_uses::of_account(tx_, account_, at(60)).size(), 1U);
    EXPECT_EQ(service_uses::of_account(tx_, other_account_, at(0)).size(), 0U);
    EXPECT_EQ(service_uses::all(tx_, at(0)).size(), 2U);
}

TEST_P(AccessReportsTest, UsesAreOfWhatExists) {
    add_user("bob");
    service_uses::record(tx_, use("AIDAbob", "iam:GetUser", 50));
    users::remove(tx_, account_, "AIDAbob");
    service_uses::record(tx_, use("AIDAbob", "iam:GetUser", 60));
    EXPECT_TRUE(actions_of("AIDAbob").empty());
    // Root has no row, and is there always.
    service_uses::record(tx_, use(account_.str(), "iam:GetUser", 60));
    EXPECT_EQ(actions_of(account_.str()).size(), 1U);
    account::erase(tx_, account_);
    EXPECT_TRUE(actions_of(account_.str()).empty());
}

TEST_P(AccessReportsTest, ReportsAreFoundAgain) {
    const AccessReport report{account_,          "job-1", AccessReport::Kind::actions, "AIDAbob", "arn",
                              moment(1'500'000), {},      "s\tiam\tGetUser\n"};
    access_reports::insert(tx_, report);
    const std::optional<AccessReport> found = access_reports::find(tx_, account_, "job-1");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->kind, AccessReport::Kind::actions);
    EXPECT_EQ(found->caller, "AIDAbob");
    EXPECT_EQ(found->requested, moment(1'500'000));
    EXPECT_EQ(found->content, "s\tiam\tGetUser\n");
    EXPECT_FALSE(access_reports::find(tx_, other_account_, "job-1"));

    const auto newest = [&](AccessReport::Kind kind, std::int64_t since, std::string_view subject) {
        return access_reports::find_newest(tx_, account_, kind, moment(since), subject).has_value();
    };
    EXPECT_TRUE(newest(AccessReport::Kind::actions, 1'499'999, "arn"));
    EXPECT_TRUE(newest(AccessReport::Kind::actions, 0, {}));
    EXPECT_FALSE(newest(AccessReport::Kind::actions, 1'500'000, "arn"));
    EXPECT_FALSE(newest(AccessReport::Kind::actions, 0, "other"));
    EXPECT_FALSE(newest(AccessReport::Kind::organization, 0, "arn"));

    access_reports::remove_older(tx_, account_, moment(1'500'000));
    EXPECT_TRUE(access_reports::find(tx_, account_, "job-1"));
    access_reports::remove_older(tx_, account_, moment(1'500'001));
    EXPECT_FALSE(access_reports::find(tx_, account_, "job-1"));
}

TEST_P(AccessReportsTest, OfACallerTheNewestAreKept) {
    for (const int number : {1, 2, 3})
        access_reports::insert(tx_, {.account = account_,
                                     .id = "job-" + std::to_string(number),
                                     .caller = number == 1 ? "bob" : "ann",
                                     .subject = "arn",
                                     .requested = moment(number),
                                     .failure = {},
                                     .content = {}});
    access_reports::keep_newest(tx_, account_, "ann", 1);
    EXPECT_TRUE(access_reports::find(tx_, account_, "job-1")) << "it is somebody else's";
    EXPECT_FALSE(access_reports::find(tx_, account_, "job-2"));
    EXPECT_TRUE(access_reports::find(tx_, account_, "job-3"));
}

TEST_P(AccessReportsTest, WhoMayUseAPolicyIsToldOnce) {
    const ManagedPolicy policy = add_policy("p");
    for (const char* name : {"zoe", "Bob", "ann"}) add_user(name);
    add_group("g");
    add_role("job");
    groups::add_member(tx_, account_, "AGPAg", "AIDAann");
    groups::add_member(tx_, account_, "AGPAg", "AIDABob");
    for (const char* owner : {"AGPAg", "AIDABob", "AROAjob"}) attachments::attach(tx_, account_, owner, policy);
    std::vector<std::string> names;
    for (const PolicyUser& user : access_reports::users_of_policy(tx_, account_, policy.arn))
        names.push_back(user.name);
    EXPECT_EQ(names, (std::vector<std::string>{"job", "ann", "Bob"}));
    names.clear();
    for (const PolicyUser& user : access_reports::users_of_group(tx_, account_, "AGPAg")) names.push_back(user.name);
    EXPECT_EQ(names, (std::vector<std::string>{"ann", "Bob"}));
}

TEST_P(AccessReportsTest, TheCredentialReportIsReplaced) {
    EXPECT_FALSE(credential_reports::find(tx_, account_));
    credential_reports::replace(tx_, account_, {moment(1), "first"});
    credential_reports::replace(tx_, account_, {moment(2), "second"});
    const std::optional<CredentialReport> report = credential_reports::find(tx_, account_);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->requested, moment(2));
    EXPECT_EQ(report->content, "second");
    account::erase(tx_, account_);
    EXPECT_FALSE(credential_reports::find(tx_, account_));
}

TEST_P(AccessReportsTest, UsersComeWithoutRegardToCase) {
    for (const char* name : {"zoe", "Bob", "ann"}) add_user(name);
    std::vector<std::string> names;
    for (const OwnedCredentials& user : credential_reports::users(tx_, account_)) names.push_back(user.name);
    EXPECT_EQ(names, (std::vector<std::string>{"ann", "Bob", "zoe"}));
}

}  // namespace
}  // namespace iamlocal::store
