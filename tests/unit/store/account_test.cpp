#include "store/account.hpp"

#include <set>

#include "store/migrations.hpp"
#include "unit/store/fixture.hpp"

namespace iamlocal::store {
namespace {

using db::ConstraintViolation;

class AccountTest : public StoreTest {};
IAMLOCAL_ON_BOTH_ENGINES(AccountTest);

TEST_P(AccountTest, SummaryCountsEverything) {
    add_user("a");
    add_user("b");
    add_group("g");
    add_role("r1");
    add_role("r2");
    add_role("r3");
    const ManagedPolicy policy = add_policy("p");
    policies::add_version(tx_, account_, policy.id, "{v2}", at(1), true);
    add_policy("unused");
    EXPECT_EQ(account::summary(tx_, account_).policy_versions_in_use, 0);
    // Each policy that is used counts once, however many versions it has and whoever uses it.
    const ManagedPolicy of_aws = *policies::find(tx_, account_, "arn:aws:iam::aws:policy/ReadOnlyAccess");
    for (const char* owner : {"AIDAa", "AIDAb"}) attachments::attach(tx_, account_, owner, policy);
    attachments::attach(tx_, account_, "AGPAg", of_aws);
    users::set_boundary(tx_, account_, "AIDAa", policy.arn);
    users::set_boundary(tx_, account_, "AIDAb", "arn:aws:iam::aws:policy/PowerUserAccess");
    add_profile("i");
    const account::Summary summary = account::summary(tx_, account_);
    EXPECT_EQ(summary.users, 2);
    EXPECT_EQ(summary.groups, 1);
    EXPECT_EQ(summary.roles, 3);
    EXPECT_EQ(summary.policies, 2);
    EXPECT_EQ(summary.policy_versions_in_use, 3);
    EXPECT_EQ(summary.instance_profiles, 1);
    EXPECT_EQ(account::summary(tx_, other_account_).users, 0);
}

TEST_P(AccountTest, OnePerAccountAndUniqueAmongThem) {
    EXPECT_EQ(account::find_alias(tx_, account_), std::nullopt);
    account::set_alias(tx_, account_, "acme", at(10));
    EXPECT_EQ(account::find_alias(tx_, account_), "acme");
    EXPECT_EQ(account::find_by_alias(tx_, "acme"), account_);
    account::set_alias(tx_, account_, "acme-2", at(20));
    EXPECT_EQ(account::find_alias(tx_, account_), "acme-2");
    EXPECT_EQ(account::find_by_alias(tx_, "acme"), std::nullopt);
    expect_violation(ConstraintViolation::Kind::unique,
                     [&] { account::set_alias(tx_, other_account_, "acme-2", at(30)); });
    EXPECT_FALSE(account::remove_alias(tx_, account_, "acme"));
    EXPECT_TRUE(account::remove_alias(tx_, account_, "acme-2"));
    EXPECT_EQ(account::find_alias(tx_, account_), std::nullopt);
    EXPECT_NO_THROW(account::set_alias(tx_, other_account_, "acme-2", at(40)));
}

TEST_P(AccountTest, TheFirstSightOfAnAccountIsKept) {
    EXPECT_EQ(account::created(tx_, account_), std::nullopt);
    account::note(tx_, account_, at(10));
    account::note(tx_, account_, at(20));
    account::set_alias(tx_, account_, "acme", at(30));
    EXPECT_EQ(account::created(tx_, account_), at(10));
}

TEST_P(AccountTest, AllAreListedWithHowMuchIsInThem) {
    account::note(tx_, other_account_, at(7));
    account::set_alias(tx_, account_, "mine", at(5));
    add_user("a");
    add_role("r");
    const std::vector<account::Seen> seen = account::all(tx_);
    ASSERT_EQ(seen.size(), 2);
    const bool is_first = seen[0].account == account_;
    const account::Seen& mine = seen[is_first ? 0 : 1];
    const account::Seen& other = seen[is_first ? 1 : 0];
    EXPECT_EQ(mine.account, account_);
    EXPECT_EQ(mine.alias, "mine");
    EXPECT_EQ(mine.entities, 2);
    EXPECT_EQ(other.account, other_account_);
    EXPECT_EQ(other.created, at(7));
    EXPECT_EQ(other.alias, std::nullopt);
    EXPECT_EQ(other.entities, 0);
    EXPECT_TRUE(account::exists(tx_, account_));
    account::erase(tx_, account_);
    EXPECT_FALSE(account::exists(tx_, account_));
    EXPECT_EQ(account::all(tx_).size(), 1);
}

/// What an account's erasure forgets, its snapshot would lack.
TEST(AccountRows, AreThoseOfEveryTableThatNamesAnAccount) {
    const auto database = db::Database::in_memory();
    database->migrate(schema());
    const auto connection = database->connect();
    db::Transaction tx(*connection, db::Access::read);
    std::set<std::string> listed;
    for (const db::RowsOfAccount& rows : account::rows()) listed.emplace(rows.table);
    // What organization an account is declared to be in is no part of it.
    const std::set<std::string> outside = {"organization_accounts", "organization_delegates"};
    int tables = 0;
    tx.each(
        "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c "
        "WHERE m.type = 'table' AND c.name = 'account'",
        [&](const db::Row& row) {
            ++tables;
            EXPECT_TRUE(listed.contains(row.text(0)) != outside.contains(row.text(0))) << row.view(0);
        });
    EXPECT_GT(tables, 30);
}

}  // namespace
}  // namespace iamlocal::store
