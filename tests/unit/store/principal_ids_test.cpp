#include "store/principal_ids.hpp"

#include <ctime>

#include <fmt/format.h>

#include "unit/store/fixture.hpp"

namespace iamlocal::store {
namespace {

class PrincipalIdsTest : public StoreTest {};
IAMLOCAL_ON_BOTH_ENGINES(PrincipalIdsTest);

TEST_P(PrincipalIdsTest, UsersAndRolesOfEveryAccountAreFoundBothWays) {
    add_user("Alice", "/team/");
    add_role("Deploy");
    add_group("ops");
    users::insert(tx_, {.account = other_account_,
                        .id = "AIDAbob",
                        .name = "bob",
                        .path = "/",
                        .created = at(1),
                        .boundary_arn = {},
                        .tags = {}});
    const struct {
        const char* id;
        const char* arn;
    } cases[] = {
        {"AIDAAlice", "arn:aws:iam::111122223333:user/team/Alice"},
        {"AROADeploy", "arn:aws:iam::111122223333:role/Deploy"},
        {"AIDAbob", "arn:aws:iam::999988887777:user/bob"},
    };
    for (const auto& test : cases) {
        SCOPED_TRACE(test.arn);
        EXPECT_EQ(arn_of_unique_id(tx_, test.id), test.arn);
        EXPECT_EQ(unique_id_of_arn(tx_, test.arn), test.id);
    }
    users::rename(tx_, account_, "AIDAAlice", "Carol", "/");
    EXPECT_EQ(arn_of_unique_id(tx_, "AIDAAlice"), "arn:aws:iam::111122223333:user/Carol");
    users::remove(tx_, account_, "AIDAAlice");
    EXPECT_EQ(arn_of_unique_id(tx_, "AIDAAlice"), std::nullopt);
}

TEST_P(PrincipalIdsTest, NothingElseIsFound) {
    EXPECT_EQ(arn_of_unique_id(tx_, "AIDAnone"), std::nullopt) << "in an empty store";
    add_user("alice", "/team/");
    add_group("ops");
    EXPECT_EQ(arn_of_unique_id(tx_, "AGPAops"), std::nullopt);
    for (const char* wrong :
         {"", "alice", "arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:user/team/Alice",
          "arn:aws:iam::999988887777:user/team/alice", "arn:aws:iam::111122223333:role/team/alice",
          "arn:aws:iam::111122223333:group/ops", "arn:aws:sts::111122223333:user/team/alice",
          "arn:aws:iam:eu-west-1:111122223333:user/team/alice", "arn:aws:iam::111122223333:root",
          "arn:aws-cn:iam::111122223333:user/team/alice"}) {
        SCOPED_TRACE(wrong);
        EXPECT_EQ(unique_id_of_arn(tx_, wrong), std::nullopt);
    }
}

TEST(PrincipalIds, ManyAccountsDoNotMakeOneSlower) {
    const auto database = db::Database::in_memory();
    database->migrate(schema());
    const auto connection = database->connect();
    db::Transaction tx(*connection, db::Access::write);
    constexpr int accounts = 20000;
    for (int i = 0; i < accounts; ++i)
        users::insert(tx, {.account = AccountId(fmt::format("{:012}", i)),
                           .id = fmt::format("AIDA{}", i),
                           .name = "someone",
                           .path = "/",
                           .created = at(1),
                           .boundary_arn = {},
                           .tags = {}});
    // A walk from account to account would take minutes for all of these.
    const std::clock_t began = std::clock();
    for (int i = 0; i < accounts; ++i) ASSERT_TRUE(arn_of_unique_id(tx, fmt::format("AIDA{}", i)));
    EXPECT_LT(std::clock() - began, 10 * CLOCKS_PER_SEC);
}

}  // namespace
}  // namespace iamlocal::store
