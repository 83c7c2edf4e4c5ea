#include "store/account_details.hpp"

#include "unit/store/fixture.hpp"

namespace iamlocal::store {
namespace {

class AccountDetailsTest : public StoreTest {};
IAMLOCAL_ON_BOTH_ENGINES(AccountDetailsTest);

TEST_P(AccountDetailsTest, EachHasWhatBelongsToIt) {
    const ManagedPolicy policy = add_policy("p");
    policies::add_version(tx_, account_, policy.id, "{v2}", at(1), true);
    for (const char* name : {"ann", "Bob", "carl"}) add_user(name);
    add_group("g");
    add_role("job");
    add_profile("box");
    instance_profiles::set_role(tx_, account_, "AIPAbox", "AROAjob");
    groups::add_member(tx_, account_, "AGPAg", "AIDABob");
    for (const char* owner : {"AIDABob", "AROAjob", "AGPAg"}) {
        inline_policies::put(tx_, account_, owner, "inline", {"{inline}", 8});
        attachments::attach(tx_, account_, owner, policy);
    }
    const std::vector<Tag> tags = {{"k", "v"}};
    tags::set(tx_, account_, "AIDABob", tags);
    tags::set(tx_, account_, "AROAjob", tags);

    const auto users = account_details::users(tx_, account_, {{}, 2});
    ASSERT_EQ(users.items.size(), 2U);
    EXPECT_EQ(users.next, "bob");
    EXPECT_TRUE(users.items[0].inlined.empty() && users.items[0].groups.empty() && users.items[0].attached.empty());
    const UserDetails& bob = users.items[1];
    EXPECT_EQ(bob.groups, std::vector<std::string>{"g"});
    EXPECT_EQ(bob.user.tags, tags);
    ASSERT_EQ(bob.inlined.size(), 1U);
    EXPECT_EQ(bob.inlined[0].document, "{inline}");
    ASSERT_EQ(bob.attached.size(), 1U);
    EXPECT_EQ(bob.attached[0].arn, policy.arn);
    EXPECT_EQ(account_details::users(tx_, account_, {users.next, 2}).items.size(), 1U);

    const auto roles = account_details::roles(tx_, account_, {{}, 10});
    ASSERT_EQ(roles.items.size(), 1U);
    ASSERT_EQ(roles.items[0].profiles.size(), 1U);
    EXPECT_EQ(roles.items[0].profiles[0].name, "box");
    EXPECT_EQ(roles.items[0].inlined.size(), 1U);
    EXPECT_EQ(roles.items[0].role.tags, tags);

    const auto groups = account_details::groups(tx_, account_, {{}, 10});
    ASSERT_EQ(groups.items.size(), 1U);
    EXPECT_EQ(groups.items[0].attached.size(), 1U);

    const auto policies = account_details::local_policies(tx_, account_, {{}, 10});
    ASSERT_EQ(policies.items.size(), 1U);
    ASSERT_EQ(policies.items[0].versions.size(), 2U);
    EXPECT_EQ(policies.items[0].versions[0].document, "{v2}");
    EXPECT_TRUE(policies.items[0].versions[0].is_default);
    EXPECT_EQ(policies.items[0].policy.attachment_count, 3);
}

TEST_P(AccountDetailsTest, AnEmptyAccountHasNothing) {
    EXPECT_TRUE(account_details::users(tx_, account_, {{}, 10}).items.empty());
    EXPECT_TRUE(account_details::roles(tx_, account_, {{}, 10}).items.empty());
    EXPECT_TRUE(account_details::groups(tx_, account_, {{}, 10}).items.empty());
    EXPECT_TRUE(account_details::local_policies(tx_, account_, {{}, 10}).items.empty());
    EXPECT_TRUE(account_details::aws_policies(tx_, account_, {{}, 10}).items.empty());
}

}  // namespace
}  // namespace iamlocal::store
