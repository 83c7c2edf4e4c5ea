#include "aws/quotas.hpp"

#include <set>

#include <gtest/gtest.h>

namespace iamlocal::aws {
namespace {

TEST(Quotas, BeginWithAwsDefaults) {
    const Quotas quotas;
    std::set<std::string_view> names;
    for (const QuotaDefault& row : default_quotas()) {
        EXPECT_EQ(quotas[row.quota], row.limit) << row.name;
        EXPECT_EQ(name_of(row.quota), row.name);
        EXPECT_TRUE(names.insert(row.name).second) << row.name;
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

TEST(Quotas, RefuseUnknownNamesAndImpossibleNumbers) {
    Quotas quotas;
    EXPECT_EQ(quotas.set("usersperaccount", 3), "there is no quota 'usersperaccount'");
    EXPECT_EQ(quotas.set("UsersPerAccount", -1), "UsersPerAccount must be a number from 0 to 1000000");
    EXPECT_EQ(quotas.set("UsersPerAccount", 1'000'001), "UsersPerAccount must be a number from 0 to 1000000");
    EXPECT_EQ(quotas[Quota::users_per_account], 5000);
}

}  // namespace
}  // namespace iamlocal::aws
