#include "aws/quotas.hpp"

#include <set>

#include <gtest/gtest.h>

namespace iamlocal::aws {
namespace {

TEST(Quotas, BeginWithAwsDefaults) {
    const Quotas quotas;
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < quota_count; ++i) {
        const auto quota = static_cast<Quota>(i);
        EXPECT_GT(quotas[quota], 0) << name_of(quota);
        EXPECT_TRUE(names.insert(name_of(quota)).second) << name_of(quota);
    }
    EXPECT_EQ(quotas[Quota::users_per_account], 5000);
    EXPECT_EQ(quotas[Quota::trust_policy_size], 2048);
}

TEST(Quotas, AreSetByName) {
    Quotas quotas;
    EXPECT_EQ(quotas.set("UsersPerAccount", 3), std::nullopt);
    EXPECT_EQ(quotas.set("GroupsPerUser", 0), std::nullopt);
    EXPECT_EQ(quotas[Quota::users_per_account], 3);
    EXPECT_EQ(quotas[Quota::groups_per_user], 0);
    EXPECT_EQ(quotas[Quota::roles_per_account], 1000);
}

TEST(Quotas, CopiesAreEqualUntilOneIsSet) {
    Quotas quotas;
    ASSERT_FALSE(quotas.set("UsersPerAccount", 7));
    Quotas copy = quotas;
    EXPECT_EQ(copy, quotas);
    ASSERT_FALSE(copy.set("UsersPerAccount", 8));
    EXPECT_FALSE(copy == quotas);
    quotas = copy;
    EXPECT_EQ(quotas[Quota::users_per_account], 8);
}

TEST(Quotas, RefuseUnknownNamesAndImpossibleNumbers) {
    Quotas quotas;
    EXPECT_EQ(quotas.set("usersperaccount", 3), "there is no quota 'usersperaccount'; did you mean UsersPerAccount?");
    EXPECT_EQ(quotas.set("UsersPerAccount", -1), "UsersPerAccount must be a number from 0 to 1000000");
    EXPECT_EQ(quotas.set("UsersPerAccount", 1'000'001), "UsersPerAccount must be a number from 0 to 1000000");
    EXPECT_EQ(quotas[Quota::users_per_account], 5000);
}

TEST(Quotas, APolicyHasAVersionAtLeast) {
    Quotas quotas;
    EXPECT_EQ(quotas.set("VersionsPerPolicy", 0), "VersionsPerPolicy must be a number from 1 to 1000000");
    EXPECT_EQ(quotas[Quota::versions_per_policy], 5);
    EXPECT_EQ(quotas.set("VersionsPerPolicy", 1), std::nullopt);
}

TEST(Quotas, AProfileHasOneRoleWhateverIsSet) {
    EXPECT_EQ(Quotas().set("InstanceSessionsPerInstanceProfile", 2),
              "there is no quota 'InstanceSessionsPerInstanceProfile'");
}

}  // namespace
}  // namespace iamlocal::aws
