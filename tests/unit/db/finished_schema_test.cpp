#include "db/finished_schema.hpp"

#include <stdexcept>

#include "unit/db/fixture.hpp"

namespace iamlocal::db {
namespace {

std::vector<std::string> all(Database& database, Sql sql) {
    const auto connection = database.connect();
    Transaction tx(*connection, Access::read);
    return tx.list(sql, [](const Row& row) { return row.text(0); });
}

/// Everything that can be told apart of a database without rows of its own.
std::vector<std::string> state_of(Database& database) {
    std::vector<std::string> told = all(database,
                                        "SELECT type || ' ' || name || ' ' || tbl_name || ' ' || rootpage || ' ' || "
                                        "COALESCE(sql, '') FROM sqlite_master ORDER BY rowid");
    for (const std::string& step :
         all(database, "SELECT version || ' ' || description FROM schema_migrations ORDER BY version"))
        told.push_back(step);
    for (const std::string& number : all(database,
                                         "SELECT user_version || ' ' || application_id || ' ' || page_size FROM "
                                         "pragma_user_version, pragma_application_id, pragma_page_size"))
        told.push_back(number);
    for (const std::string& line : all(database, "SELECT * FROM pragma_integrity_check")) told.push_back(line);
    return told;
}

class FinishedSchemaTest : public testing::TestWithParam<Storage> {
  protected:
    Place place_{GetParam()};
    const std::string packed_ = pack_schema(test_schema);
};
INSTANTIATE_TEST_SUITE_P(Storages, FinishedSchemaTest, testing::Values(Storage::memory, Storage::file), name_of);

TEST_P(FinishedSchemaTest, IsWhatTheStepsMake) {
    const Place another(GetParam());
    const auto by_steps = another.open();
    by_steps->migrate(test_schema);
    const auto at_once = place_.open();
    at_once->migrate(Schema{test_schema, packed_});
    EXPECT_EQ(state_of(*at_once), state_of(*by_steps));
    at_once->migrate(Schema{test_schema, packed_});
    EXPECT_EQ(state_of(*at_once), state_of(*by_steps));
}

TEST_P(FinishedSchemaTest, IsBroughtUpWhereItIsOfFewerSteps) {
    const std::string earlier = pack_schema(std::span(test_schema).first(1));
    const auto database = place_.open();
    database->migrate(Schema{test_schema, earlier});
    EXPECT_EQ(all(*database, "SELECT name FROM sqlite_master WHERE name = 'children'").size(), 1U);
    EXPECT_EQ(all(*database, "SELECT version || '' FROM schema_migrations").size(), 2U);
}

TEST_P(FinishedSchemaTest, IsOfNoUseToADatabaseThatIsNotEmpty) {
    const AccountId account("111122223333");
    const auto database = place_.open();
    database->migrate(std::span(test_schema).first(1));
    {
        const auto connection = database->connect();
        Transaction tx(*connection, Access::write);
        tx.run(account, "INSERT INTO parents (id) VALUES ('kept')");
        tx.commit();
    }
    database->migrate(Schema{test_schema, packed_});
    EXPECT_EQ(all(*database, "SELECT id FROM parents"), std::vector<std::string>{"kept"});
    EXPECT_EQ(all(*database, "SELECT version || '' FROM schema_migrations").size(), 2U);
}

TEST(FinishedSchema, StaysInAFileThatIsOpenedAgain) {
    const TemporaryDirectory home;
    const std::string packed = pack_schema(test_schema);
    std::vector<std::string> before;
    {
        const auto database = Database::open(home.path());
        database->migrate(Schema{test_schema, packed});
        before = state_of(*database);
    }
    const auto database = Database::open(home.path());
    EXPECT_EQ(state_of(*database), before);
    EXPECT_EQ(all(*database, "SELECT journal_mode FROM pragma_journal_mode"), std::vector<std::string>{"wal"});
}

TEST(FinishedSchema, IsPackedTheSameEachTime) {
    const std::string packed = pack_schema(test_schema);
    EXPECT_EQ(pack_schema(test_schema), packed);
    const std::string file = unpack_schema(packed);
    EXPECT_EQ(file.substr(0, 15), "SQLite format 3");
    EXPECT_EQ(file.size() % 4096, 0U);
    EXPECT_LT(packed.size() * 4, file.size());
}

TEST(FinishedSchema, WhatIsNoneIsRefused) {
    const std::string packed = pack_schema(test_schema);
    EXPECT_THROW(unpack_schema(""), std::logic_error);
    EXPECT_THROW(unpack_schema(packed.substr(0, packed.size() - 1)), std::logic_error);
    EXPECT_THROW(unpack_schema(packed + "x"), std::logic_error);
    EXPECT_THROW(unpack_schema("\xff\xff\xff\xff"), std::logic_error);
    using std::string_literals::operator""s;
    EXPECT_EQ(unpack_schema("\4\0\0\0\2\0\0\0\2\0\0\0ab"s), "\0\0ab"s);
    EXPECT_THROW(unpack_schema("\4\0\0\0\3\0\0\0\2\0\0\0ab"s), std::logic_error);
    EXPECT_THROW(unpack_schema("\4\0\0\0\xff\xff\xff\xff\2\0\0\0ab"s), std::logic_error);
}

}  // namespace
}  // namespace iamlocal::db
