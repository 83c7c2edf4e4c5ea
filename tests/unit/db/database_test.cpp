#include "db/database.hpp"

#include <fstream>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "db/sqlite_handle.hpp"
#include "db/transaction.hpp"
#include "unit/db/fixture.hpp"

namespace iamlocal::db {
namespace {

using testing::HasSubstr;

const AccountId account("111122223333");

void add_parent(Database& database, std::string_view id) {
    const auto connection = database.connect();
    Transaction tx(*connection, Access::write);
    tx.run(account, "INSERT INTO parents (id) VALUES (?1)", id);
    tx.commit();
}

std::int64_t count_parents(Database& database) {
    const auto connection = database.connect();
    Transaction tx(*connection, Access::read);
    return tx.number("SELECT count(*) FROM parents");
}

std::string message_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const CannotOpen& error) {
        return error.what();
    }
    return "no error";
}

mode_t mode_of(const std::filesystem::path& file) {
    struct stat status {};
    return ::stat(file.c_str(), &status) == 0 ? status.st_mode & 0777 : 0;
}

TEST(Database, KeepsWhatWasCommittedWhenOpenedAgain) {
    const TemporaryDirectory home;
    {
        const auto database = Database::open(home.path());
        database->migrate(test_schema);
        add_parent(*database, "a");
        EXPECT_EQ(database->storage(), "directory");
    }
    EXPECT_FALSE(std::filesystem::exists(home.path() / "iamlocal.db-wal")) << "checkpointed on a clean close";
    const auto database = Database::open(home.path());
    database->migrate(test_schema);
    EXPECT_EQ(count_parents(*database), 1);
}

TEST(Database, KeepsWhatWasCommittedWhenTheProcessIsKilled) {
    const TemporaryDirectory home;
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        const auto database = Database::open(home.path());
        database->migrate(test_schema);
        add_parent(*database, "a");
        ::raise(SIGKILL);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    const auto database = Database::open(home.path());
    database->migrate(test_schema);
    EXPECT_EQ(count_parents(*database), 1);
}

TEST(Database, IsForItsOwnerOnly) {
    const TemporaryDirectory home;
    const auto database = Database::open(home.path() / "new" / "data");
    database->migrate(test_schema);
    add_parent(*database, "a");
    EXPECT_EQ(mode_of(home.path() / "new/data"), 0700u);
    for (const char* name : {"iamlocal.db", "iamlocal.db-wal", "lock"}) {
        SCOPED_TRACE(name);
        EXPECT_EQ(mode_of(home.path() / "new/data" / name), 0600u);
    }
}

TEST(Database, ACommitWaitsForTheDiskWhenThatIsAskedFor) {
    // SQLite's numbers: 1 is NORMAL, 2 is FULL.
    for (const auto& [durability, expected] : {std::pair(Durability::normal, 1), std::pair(Durability::full, 2)}) {
        const TemporaryDirectory home;
        const auto database = Database::open(home.path(), durability);
        const auto connection = database->connect();
        Transaction tx(*connection, Access::write);
        EXPECT_EQ(tx.number("PRAGMA synchronous"), expected);
    }
}

TEST(Database, RefusesADirectoryInUse) {
    const TemporaryDirectory home;
    auto database = Database::open(home.path());
    EXPECT_EQ(message_of([&] { Database::open(home.path()); }),
              "Another process is using the data directory " + home.path().string() + ".");
    database.reset();
    EXPECT_NO_THROW(Database::open(home.path()));
}

TEST(Database, RefusesWhatItCannotUse) {
    const TemporaryDirectory home;
    std::ofstream(home.path() / "file") << "x";
    EXPECT_THAT(message_of([&] { Database::open(home.path() / "file"); }), HasSubstr("data directory"));
    std::filesystem::create_directory(home.path() / "data");
    std::ofstream(home.path() / "data" / "iamlocal.db") << std::string(4096, 'x');
    EXPECT_THAT(message_of([&] { Database::open(home.path() / "data"); }), HasSubstr("file is not a database"));
}

TEST(SqliteHandle, AValueThatAStatementDoesNotTakeIsRefused) {
    const auto handle = SqliteHandle::in_memory();
    EXPECT_THROW(handle->execute_with("SELECT 1", "value"), std::runtime_error);
    EXPECT_EQ(handle->execute_with("SELECT ?1 || '1'", "4"), 41);
}

TEST(Database, MigratesAnOlderFileAndKeepsItsRows) {
    const TemporaryDirectory home;
    {
        const auto database = Database::open(home.path());
        database->migrate(std::span(test_schema).first(1));
        add_parent(*database, "a");
    }
    const auto database = Database::open(home.path());
    database->migrate(test_schema);
    database->migrate(test_schema);
    EXPECT_EQ(count_parents(*database), 1);
    const auto connection = database->connect();
    Transaction tx(*connection, Access::write);
    EXPECT_EQ(tx.run(account, "INSERT INTO children (id, parent) VALUES ('c', 'a')"), 1);
    EXPECT_EQ(tx.number("SELECT count(*) FROM schema_migrations"), 2);
}

TEST(Database, RefusesANewerSchema) {
    const TemporaryDirectory home;
    Database::open(home.path())->migrate(test_schema);
    const auto database = Database::open(home.path());
    EXPECT_EQ(message_of([&] { database->migrate(std::span(test_schema).first(1)); }),
              "The database " + (home.path() / "iamlocal.db").string() +
                  " was written by a later release (schema 2, this one knows up to 1).");
}

TEST(Database, AFailedMigrationLeavesNothing) {
    const auto database = Database::in_memory();
    constexpr Migration broken[] = {{1, "broken", "CREATE TABLE parents (id TEXT); CREATE TABLE parents (id TEXT)"}};
    EXPECT_THROW(database->migrate(broken), std::runtime_error);
    EXPECT_NO_THROW(database->migrate(test_schema));
    EXPECT_EQ(count_parents(*database), 0);
}

class ResetTest : public AllStorages {};
INSTANTIATE_TEST_SUITE_P(Storages, ResetTest, testing::Values(Storage::memory, Storage::file, Storage::postgresql),
                         name_of);

TEST_P(ResetTest, EmptiesAllTablesAndKeepsTheSchema) {
    add_parent(*database_, "a");
    {
        Transaction tx(*connection_, Access::write);
        tx.run(account_, "INSERT INTO children (id, parent) VALUES ('c', 'a')");
        tx.commit();
    }
    database_->reset();
    EXPECT_EQ(count_parents(*connection_), 0);
    database_->migrate(test_schema);
    add_parent(*database_, "a");
    Transaction tx(*connection_, Access::read);
    EXPECT_EQ(tx.number("SELECT count(*) FROM children"), 0);
    EXPECT_EQ(tx.number("SELECT count(*) FROM schema_migrations"), 2);
}

}  // namespace
}  // namespace iamlocal::db
