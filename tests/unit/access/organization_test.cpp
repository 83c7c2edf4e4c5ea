#include "access/organization.hpp"

#include <ctime>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "access/condition_keys.hpp"
#include "unit/api/fixture.hpp"

namespace iamlocal::access {
namespace {

using testing::ElementsAre;

const AccountId member{"111111111111"};
const AccountId management{"999999999999"};

store::DeclaredOrganization example() {
    store::DeclaredOrganization organization;
    organization.id = "o-exampleorgid";
    organization.management_account = management;
    organization.accounts = {{member, "/workloads/prod"}, {account, "/"}};
    organization.units = {{"/", "r-ab12"}, {"/workloads", "ou-ab12-1"}, {"/workloads/prod", "ou-ab12-2"}};
    const std::string deny = document(R"({"Effect":"Deny","Action":"iam:*","Resource":"*"})");
    const std::string deny_everyone = document(R"({"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"})");
    organization.policies = {{store::ControlPolicyKind::service, "NoIam", deny, {"/workloads", account.str()}},
                             {store::ControlPolicyKind::resource, "Nobody", deny_everyone, {"/"}}};
    organization.without_full_access = {"/workloads"};
    return organization;
}

class OrganizationTest : public api::ApiTest {
  protected:
    /// The names of a level's policies.
    static std::string names(const policy::Policies& level) {
        std::string text;
        for (const policy::SourcedPolicy& policy : level) text.append(text.empty() ? "" : " ").append(policy.name);
        return text;
    }
    static std::vector<std::string> levels(const std::vector<policy::Policies>& of) {
        std::vector<std::string> list;
        for (const policy::Policies& level : of) list.push_back(names(level));
        return list;
    }

    std::string lines_;
    Log recording_{LogLevel::warn, LogFormat::text, clock_, [this](std::string_view text) { lines_ += text; }};
    UnreadableLog warnings_{recording_};
};

TEST_F(OrganizationTest, EveryLevelHasItsPolicies) {
    const Organization organization(example(), cache_, warnings_);
    const Organization::Member* in_prod = organization.find(member);
    ASSERT_NE(in_prod, nullptr);
    EXPECT_THAT(levels(in_prod->service_control),
                ElementsAre("FullAWSAccess", "NoIam", "FullAWSAccess", "FullAWSAccess"));
    EXPECT_THAT(levels(in_prod->resource_control),
                ElementsAre("RCPFullAWSAccess Nobody", "RCPFullAWSAccess", "RCPFullAWSAccess", "RCPFullAWSAccess"));
    EXPECT_EQ(in_prod->path, "o-exampleorgid/r-ab12/ou-ab12-1/ou-ab12-2/");
    const policy::SourcedPolicy& custom = in_prod->service_control[1][0];
    EXPECT_THAT(std::string(custom.arn),
                testing::MatchesRegex(
                    "arn:aws:organizations::999999999999:policy/o-exampleorgid/service_control_policy/p-[0-9a-f]{8}"));
    EXPECT_EQ(custom.text, example().policies[0].document);

    EXPECT_THAT(levels(organization.find(account)->service_control),
                ElementsAre("FullAWSAccess", "FullAWSAccess NoIam"));
    EXPECT_EQ(organization.find(account)->path, "o-exampleorgid/r-ab12/");
    EXPECT_EQ(organization.find(AccountId("555555555555")), nullptr);
}

TEST_F(OrganizationTest, ManyTargetsTakeTimeInProportion) {
    store::DeclaredOrganization organization = example();
    constexpr int accounts = 50000;
    for (int i = 0; i < accounts; ++i) {
        const std::string id = fmt::format("{:012}", i);
        organization.accounts.insert_or_assign(AccountId(id), "/");
        organization.policies[0].targets.push_back(id);
        organization.without_full_access.push_back(id);
    }
    // Looking through all targets for each would take minutes.
    const std::clock_t began = std::clock();
    const Organization made(std::move(organization), cache_, warnings_);
    EXPECT_LT(std::clock() - began, 10 * CLOCKS_PER_SEC);
    const Organization::Member* last = made.find(AccountId(fmt::format("{:012}", accounts - 1)));
    ASSERT_NE(last, nullptr);
    EXPECT_THAT(levels(last->service_control), ElementsAre("FullAWSAccess", "NoIam"));
}

TEST_F(OrganizationTest, TheManagementAccountIsAMemberWithoutLimits) {
    const Organization organization(example(), cache_, warnings_);
    const Organization::Member* manager = organization.find(management);
    ASSERT_NE(manager, nullptr);
    EXPECT_EQ(manager->path, "o-exampleorgid/r-ab12/");
    EXPECT_TRUE(manager->service_control.empty());
    EXPECT_TRUE(manager->resource_control.empty());
}

TEST_F(OrganizationTest, ServiceLinkedRolesAreNotLimited) {
    const Organization organization(example(), cache_, warnings_);
    identity_.account = member;
    identity_.principal.kind = policy::PrincipalKind::role_session;
    const struct {
        const char* arn;
        bool limited;
    } cases[] = {
        {"arn:aws:iam::111111111111:role/job", true},
        {"arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX", false},
        {"arn:aws:iam::111111111111:role/my/aws-service-role/x", true},
    };
    for (const auto& [arn, limited] : cases) {
        SCOPED_TRACE(arn);
        identity_.arn = arn;
        policy::PolicySet set;
        organization.limit(set, identity_, "sts:AssumeRole", member);
        EXPECT_EQ(set.scp.size(), limited ? 4u : 0u);
        EXPECT_EQ(set.rcp.size(), limited ? 4u : 0u);
    }
}

TEST_F(OrganizationTest, ResourcePoliciesAreForServicesThatKnowThem) {
    const Organization organization(example(), cache_, warnings_);
    identity_.account = account;
    policy::PolicySet iam;
    organization.limit(iam, identity_, "iam:GetUser", account);
    EXPECT_EQ(iam.scp.size(), 2u);
    EXPECT_TRUE(iam.rcp.empty());
    policy::PolicySet sts;
    organization.limit(sts, identity_, "sts:AssumeRole", member);
    EXPECT_EQ(sts.scp.size(), 2u);
    EXPECT_EQ(sts.rcp.size(), 4u);
}

TEST_F(OrganizationTest, APolicyThatCannotBeReadDeniesAndIsNamed) {
    store::DeclaredOrganization declared = example();
    declared.policies[0].document = "{";
    const Organization organization(declared, cache_, warnings_);
    EXPECT_THAT(lines_, testing::HasSubstr("owner=o-exampleorgid policy=NoIam"));
    identity_.account = member;
    identity_.principal.kind = policy::PrincipalKind::root;
    identity_.principal.account = member.str();
    policy::PolicySet set;
    organization.limit(set, identity_, "iam:GetUser", member);
    const policy::Request request{&identity_.principal, "s3:GetObject", "arn:aws:s3:::b/x", {}, {}};
    EXPECT_EQ(policy::decide(set, request).outcome, policy::Outcome::explicit_deny);
    EXPECT_EQ(policy::decide(set, request).decided_by, policy::PolicyType::scp);
}

TEST_F(OrganizationTest, TheCacheFollowsTheStore) {
    tx_.commit();
    OrganizationCache organizations(*connection_, cache_, warnings_);
    EXPECT_EQ(organizations.current(), nullptr);
    {
        db::Transaction tx(*connection_, db::Access::write);
        store::organization::replace(tx, example());
        EXPECT_EQ(organizations.kept(), nullptr);
        tx.commit();
    }
    const Organization* first = organizations.current();
    ASSERT_NE(first, nullptr);
    EXPECT_EQ(first->id(), "o-exampleorgid");
    EXPECT_EQ(organizations.current(), first);  // nothing is read again
    database_->reset();
    EXPECT_EQ(organizations.current(), nullptr);
}

}  // namespace
}  // namespace iamlocal::access
