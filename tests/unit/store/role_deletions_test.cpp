#include "store/role_deletions.hpp"

#include "store/account.hpp"
#include "unit/store/fixture.hpp"

namespace iamlocal::store {
namespace {

using testing::IsEmpty;
using Result = RoleDeletion::Result;

class RoleDeletionsTest : public StoreTest {
  protected:
    const std::vector<RoleUsage> usage_{{"eu-west-1", {"arn:a", "arn:b"}}, {"us-east-1", {"arn:c d"}}};
};
IAMLOCAL_ON_BOTH_ENGINES(RoleDeletionsTest);

TEST_P(RoleDeletionsTest, AreFoundByIdAndByRole) {
    role_deletions::insert(tx_, account_, "Job", {.id = "task/1", .submitted = at(1)});
    role_deletions::insert(tx_, account_, "job", {.id = "task/2", .submitted = at(2)});
    role_deletions::insert(tx_, account_, "JOB", {.id = "task/3", .submitted = at(3), .usage = usage_});
    EXPECT_EQ(role_deletions::find(tx_, account_, "task/1")->submitted, at(1));
    EXPECT_FALSE(role_deletions::find(tx_, account_, "task/1")->usage);
    EXPECT_EQ(role_deletions::find(tx_, account_, "task/3")->usage, usage_);
    EXPECT_FALSE(role_deletions::find(tx_, account_, "task/4"));
    EXPECT_FALSE(role_deletions::find(tx_, other_account_, "task/1"));
    EXPECT_EQ(role_deletions::find_by_role(tx_, account_, "jOb", Result::success)->id, "task/2");
    EXPECT_EQ(role_deletions::find_by_role(tx_, account_, "jOb", Result::failure)->id, "task/3");
    EXPECT_FALSE(role_deletions::find_by_role(tx_, account_, "other", Result::success));
}

TEST_P(RoleDeletionsTest, RolesCanBeDeletedUnlessSomebodySaysOtherwise) {
    EXPECT_FALSE(undeletable_roles::find(tx_, account_, "job"));
    undeletable_roles::set(tx_, account_, "Job", {});
    EXPECT_THAT(undeletable_roles::find(tx_, account_, "job").value(), IsEmpty());
    undeletable_roles::set(tx_, account_, "job", usage_);
    EXPECT_EQ(undeletable_roles::find(tx_, account_, "JOB"), usage_);
    EXPECT_FALSE(undeletable_roles::find(tx_, other_account_, "job"));
    EXPECT_TRUE(undeletable_roles::remove(tx_, account_, "JOB"));
    EXPECT_FALSE(undeletable_roles::remove(tx_, account_, "job"));
}

TEST_P(RoleDeletionsTest, GoWithTheAccount) {
    role_deletions::insert(tx_, account_, "job", {.id = "task/1", .submitted = at(1)});
    undeletable_roles::set(tx_, account_, "job", usage_);
    account::erase(tx_, account_);
    EXPECT_FALSE(role_deletions::find(tx_, account_, "task/1"));
    EXPECT_FALSE(undeletable_roles::find(tx_, account_, "job"));
}

}  // namespace
}  // namespace iamlocal::store
