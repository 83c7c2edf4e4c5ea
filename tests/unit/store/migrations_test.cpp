#include "store/migrations.hpp"

#include <array>

#include "db/finished_schema.hpp"
#include "unit/db/fixture.hpp"
#include "unit/store/fixture.hpp"

namespace iamlocal::store {
namespace {

/// Every table and index with the text that made it.
std::vector<std::string> schema_of(db::Database& database) {
    const auto connection = database.connect();
    db::Transaction tx(*connection, db::Access::read);
    return tx.list("SELECT name || ': ' || COALESCE(sql, '') FROM sqlite_master ORDER BY name",
                   [](const db::Row& row) { return row.text(0); });
}

TEST(Migrations, AreNumberedWithoutGaps) {
    int expected = 1;
    for (const db::Migration& step : migrations()) EXPECT_EQ(step.version, expected++) << step.description;
    EXPECT_GT(expected, 1);
}

TEST(Migrations, AFileOfEveryPastVersionBecomesTheCurrentSchema) {
    const auto fresh = db::Database::in_memory();
    fresh->migrate(migrations());
    for (std::size_t steps = 0; steps <= migrations().size(); ++steps) {
        SCOPED_TRACE(steps);
        const db::TemporaryDirectory home;
        db::Database::open(home.path())->migrate(migrations().first(steps));
        const auto database = db::Database::open(home.path());
        database->migrate(schema());
        EXPECT_EQ(schema_of(*database), schema_of(*fresh));
    }
}

/// The bytes are compared, and so everything that a database has.
TEST(Migrations, AnEmptyDatabaseBeginsWithWhatTheStepsMake) {
    EXPECT_TRUE(schema().finished == db::pack_schema(migrations())) << "packed from other steps, or by another SQLite";
    const auto by_steps = db::Database::in_memory();
    by_steps->migrate(migrations());
    const db::TemporaryDirectory home;
    for (const auto& database : {db::Database::in_memory(), db::Database::open(home.path())}) {
        database->migrate(schema());
        EXPECT_EQ(schema_of(*database), schema_of(*by_steps));
    }
}

TEST(Migrations, TagKeysOfPoliciesGetTheirCaseBack) {
    const db::TemporaryDirectory home;
    {
        const auto past = db::Database::open(home.path());
        past->migrate(migrations().first(2));
        const auto connection = past->connect();
        db::Transaction tx(*connection, db::Access::write);
        for (const char* const id : {"AIDAa", "ANPAa", "AIPAa"}) {
            const AccountId account("000000000000");
            tx.run(account,
                   "INSERT INTO entities (account, id, kind, name, name_key, path, created) "
                   "VALUES (?1, ?2, 1, ?2, ?2, '/', 0)",
                   account, id);
            tx.run(account,
                   "INSERT INTO tags (account, owner_id, tag_key, name, value, position) "
                   "VALUES (?1, ?2, 'team', 'Team', 'v', 1)",
                   account, id);
        }
        tx.commit();
    }
    const auto database = db::Database::open(home.path());
    database->migrate(migrations());
    const auto connection = database->connect();
    db::Transaction tx(*connection, db::Access::read);
    EXPECT_EQ(tx.list("SELECT owner_id || ' ' || tag_key FROM tags ORDER BY owner_id",
                      [](const db::Row& row) { return row.text(0); }),
              (std::vector<std::string>{"AIDAa team", "AIPAa Team", "ANPAa Team"}));
}

TEST(Migrations, AFileOfALaterReleaseIsRefused) {
    const db::TemporaryDirectory home;
    std::vector<db::Migration> later(migrations().begin(), migrations().end());
    later.push_back({static_cast<int>(later.size()) + 1, "later", "CREATE TABLE later (id TEXT PRIMARY KEY)"});
    db::Database::open(home.path())->migrate(later);
    const auto database = db::Database::open(home.path());
    EXPECT_THROW(database->migrate(migrations()), db::CannotOpen);
}

class ResetTest : public StoreTest {};
IAMLOCAL_ON_BOTH_ENGINES(ResetTest);

TEST_P(ResetTest, EmptiesTheStoreWhateverRefersToWhat) {
    const User user = add_user("alice");
    const ManagedPolicy policy = add_policy("p");
    groups::add_member(tx_, account_, add_group("g").id, user.id);
    attachments::attach(tx_, account_, user.id, policy);
    instance_profiles::set_role(tx_, account_, add_profile("i").id, add_role("r").id);
    inline_policies::put(tx_, account_, user.id, "p", {"{}", 2});
    tx_.commit();
    database_->reset();
    db::Transaction tx(*connection_, db::Access::write);
    EXPECT_EQ(tx.number("SELECT count(*) FROM entities"), 0);
    EXPECT_EQ(tx.number("SELECT count(*) FROM attachments"), 0);
    EXPECT_NO_THROW(users::insert(tx, user));
}

}  // namespace
}  // namespace iamlocal::store
