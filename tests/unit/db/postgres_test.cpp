// What only PostgreSQL has: other processes, outages, its own words for our SQL. Databases of the same schema stand for
// several processes.
#include <chrono>
#include <csignal>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "db/postgres_sql.hpp"
#include "unit/db/fixture.hpp"

namespace iamlocal::db {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(PostgresSql, NumbersPlaceholdersItsOwnWay) {
    EXPECT_EQ(postgres_statement("SELECT a FROM b WHERE c = ?1 AND d > ?12"),
              "SELECT a FROM b WHERE c = $1 AND d > $12");
    EXPECT_EQ(postgres_statement("SELECT '?1' || ?1, 'it''s ?2'"), "SELECT '?1' || $1, 'it''s ?2'");
}

TEST(PostgresSql, TranslatesSchemas) {
    EXPECT_EQ(postgres_schema("CREATE TABLE a (text TEXT NOT NULL, b BLOB, n INTEGER) WITHOUT ROWID;"),
              "CREATE TABLE a (text TEXT COLLATE \"C\" NOT NULL, b BYTEA, n BIGINT) ;");
    EXPECT_EQ(postgres_schema("UPDATE tags SET name = TEXTS"), "UPDATE tags SET name = TEXTS");
}

TEST(PostgresSql, KnowsWhatWrites) {
    EXPECT_FALSE(postgres_writes("SELECT 1"));
    EXPECT_FALSE(postgres_writes("WITH a AS (SELECT 1) SELECT * FROM a"));
    EXPECT_TRUE(postgres_writes("INSERT INTO a VALUES (1)"));
    EXPECT_TRUE(postgres_writes("DELETE FROM a"));
}

/// Two processes on one database, and somebody who is none of ours.
class PostgresTest : public testing::Test {
  protected:
    PostgresTest() {
        first_ = open();
        second_ = open();
        connection_ = first_->connect();
    }

    std::unique_ptr<Database> open() const {
        auto database = Database::open(options_);
        database->migrate(test_schema);
        return database;
    }
    std::string elsewhere(const std::string& sql) const { return PostgresServer::run(options_.url, sql); }
    /// Ends all sessions of ours.
    void break_connections() const {
        elsewhere(
            "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE application_name = 'iamlocal'");
    }
    void add_parent(std::string_view id) {
        Transaction tx(*connection_, Access::write);
        tx.run(account_, "INSERT INTO parents (id, number) VALUES (?1, 0)", id);
        tx.commit();
    }

    const AccountId account_{"111122223333"};
    PostgresOptions options_{.url = PostgresServer::instance().new_schema(),
                             .freshness = Freshness::immediate,
                             .statement_timeout = milliseconds(300)};
    std::unique_ptr<Database> first_;
    std::unique_ptr<Database> second_;
    std::unique_ptr<Connection> connection_;
};

TEST_F(PostgresTest, TextIsSortedByBytes) {
    for (const char* const id : {"b", "A", "a", "_", "B", "\xc3\xa4"}) add_parent(id);
    Transaction tx(*connection_, Access::read);
    EXPECT_THAT(
        tx.list(
            "SELECT id FROM parents WHERE id > ?1 ORDER BY id", [](const Row& row) { return row.text(0); }, "A"),
        ElementsAre("B", "_", "a", "b", "\xc3\xa4"));
}

TEST_F(PostgresTest, ChangesOfOthersCountAtOnceWhenThatIsAskedFor) {
    const auto other = second_->connect();
    for (int i = 0; i < 20; ++i) {
        const std::uint64_t before = second_->revision(account_);
        add_parent(std::to_string(i));
        other->refresh_revisions();
        EXPECT_GT(second_->revision(account_), before);
        EXPECT_EQ(second_->revision(account_), first_->revision(account_)) << "they count alike";
    }
    const std::uint64_t before = second_->revision(account_);
    first_->reset();
    other->refresh_revisions();
    EXPECT_GT(second_->revision(account_), before);
}

TEST_F(PostgresTest, ChangesOfOthersCountWithinASecond) {
    options_.freshness = Freshness::second;
    const auto third = open();
    const auto other = third->connect();
    const std::uint64_t before = third->revision(account_);
    add_parent("a");
    const auto committed = steady_clock::now();
    while (third->revision(account_) == before && steady_clock::now() - committed < std::chrono::seconds(5)) {
        other->refresh_revisions();
        std::this_thread::sleep_for(milliseconds(5));
    }
    EXPECT_LT(steady_clock::now() - committed, std::chrono::seconds(1));
}

TEST_F(PostgresTest, WritersOfSeveralProcessesQueueAndLoseNoUpdate) {
    add_parent("counter");
    constexpr int rounds = 50;
    std::vector<std::thread> threads;
    for (Database* const database : {first_.get(), second_.get(), first_.get(), second_.get()}) {
        threads.emplace_back([this, database] {
            const auto connection = database->connect();
            for (int round = 0; round < rounds; ++round) {
                Transaction tx(*connection, Access::write);
                const std::int64_t number = tx.number("SELECT number FROM parents WHERE id = 'counter'");
                tx.run(account_, "UPDATE parents SET number = ?1 WHERE id = 'counter'", number + 1);
                tx.commit();
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(elsewhere("SELECT number FROM parents"), std::to_string(threads.size() * rounds));
}

TEST_F(PostgresTest, ProcessesMayMigrateAtTheSameTime) {
    options_.url = PostgresServer::instance().new_schema();
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back([this] { EXPECT_NO_THROW(open()); });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(elsewhere("SELECT count(*) FROM schema_migrations"), "2");
}

TEST_F(PostgresTest, WhoStandsInTheWayOfAnotherIsTold) {
    add_parent("a");
    Transaction tx(*connection_, Access::write);
    EXPECT_TRUE(tx.exists("SELECT 1 FROM parents"));
    elsewhere("UPDATE parents SET number = 1");
    EXPECT_THROW(tx.run(account_, "UPDATE parents SET number = 2"), SerializationFailure);
}

TEST_F(PostgresTest, AnIdleConnectionThatBreaksIsNotNoticed) {
    add_parent("a");
    break_connections();
    add_parent("b");
    break_connections();
    connection_->refresh_revisions();
    break_connections();
    Transaction tx(*connection_, Access::read);
    EXPECT_EQ(tx.number("SELECT count(*) FROM parents"), 2);
}

TEST_F(PostgresTest, ATransactionWhoseConnectionBreaksMayBeDoneAgain) {
    for (const bool at_commit : {false, true}) {
        SCOPED_TRACE(at_commit);
        Transaction tx(*connection_, Access::write);
        tx.run(account_, "INSERT INTO parents (id) VALUES ('a')");
        break_connections();
        try {
            if (at_commit)
                tx.commit();
            else
                tx.run(account_, "INSERT INTO parents (id) VALUES ('b')");
            ADD_FAILURE() << "nothing happened";
        } catch (const Unavailable& error) {
            EXPECT_EQ(error.may_retry_at_once(), !at_commit) << "a commit may have happened";
        }
    }
    add_parent("a");
    EXPECT_EQ(elsewhere("SELECT count(*) FROM parents"), "1");
}

TEST_F(PostgresTest, NobodyWaitsForever) {
    add_parent("a");
    const auto other = second_->connect();
    Transaction holder(*other, Access::write);
    EXPECT_TRUE(holder.exists("SELECT 1 FROM parents"));
    const auto started = steady_clock::now();
    {
        Transaction tx(*connection_, Access::write);
        EXPECT_THROW(tx.exists("SELECT 1 FROM parents"), Unavailable);
    }
    EXPECT_LT(steady_clock::now() - started, std::chrono::seconds(2));
    holder.commit();
    add_parent("b");
}

TEST_F(PostgresTest, AServerThatStandsStillIsGivenUp) {
    const auto started = steady_clock::now();
    pid_t session = 0;
    {
        Transaction tx(*connection_, Access::write);
        session = static_cast<pid_t>(tx.number("SELECT pg_backend_pid()"));
        ASSERT_EQ(::kill(session, SIGSTOP), 0);
        EXPECT_THROW(tx.exists("SELECT 1 FROM parents"), Unavailable);
    }
    EXPECT_LT(steady_clock::now() - started, std::chrono::seconds(4));
    ::kill(session, SIGCONT);
    add_parent("a");
}

TEST_F(PostgresTest, IsAvailableAsWasLastSeen) {
    connection_->refresh_revisions();
    EXPECT_TRUE(first_->is_available());
    PostgresServer::instance().command("stop");
    EXPECT_THROW(connection_->refresh_revisions(), Unavailable);
    EXPECT_FALSE(first_->is_available());
    PostgresServer::instance().command("start");
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!first_->is_available() && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
    EXPECT_TRUE(first_->is_available());
}

TEST_F(PostgresTest, ChangesOfOthersRaiseTheRevisionOfAll) {
    const auto other = second_->connect();
    const std::uint64_t before = second_->revision_of_all();
    other->refresh_revisions();
    EXPECT_EQ(second_->revision_of_all(), before);
    add_parent("a");
    other->refresh_revisions();
    EXPECT_GT(second_->revision_of_all(), before);
}

TEST_F(PostgresTest, SaysWhenItMayNotMakeTables) {
    options_.url = PostgresServer::instance().new_schema() + "_that_is_not_there";
    try {
        open();
        ADD_FAILURE() << "no error";
    } catch (const CannotOpen& error) {
        EXPECT_THAT(error.what(), HasSubstr("no schema has been selected to create in"));
    }
}

TEST_F(PostgresTest, HoldsNoTextThatIsNone) {
    for (const std::string_view text : {std::string_view("a\0b", 3), std::string_view("\xff")}) {
        Transaction tx(*connection_, Access::write);
        EXPECT_THROW(tx.run(account_, "INSERT INTO parents (id) VALUES (?1)", text), UnstorableText);
    }
}

TEST_F(PostgresTest, RefusesANewerSchema) {
    try {
        Database::open(options_)->migrate(std::span(test_schema).first(1));
        ADD_FAILURE() << "no error";
    } catch (const CannotOpen& error) {
        EXPECT_THAT(error.what(), HasSubstr("was written by a later release (schema 2, this one knows up to 1)."));
    }
}

TEST(Postgres, SaysWhatItCannotOpenWithoutThePassword) {
    const auto refusal = [](const std::string& url) -> std::string {
        try {
            Database::open(PostgresOptions{.url = url});
        } catch (const CannotOpen& error) {
            return error.what();
        }
        return "no error";
    };
    const std::string nobody = refusal("postgresql://somebody:hush@127.0.0.1:1/iam");
    EXPECT_THAT(nobody, HasSubstr("Cannot use the database postgresql://127.0.0.1:1/iam: "));
    EXPECT_THAT(nobody, Not(HasSubstr("hush")));
    EXPECT_EQ(refusal("postgresql://somebody:hush@[::1"),
              "The URL of the database cannot be understood; expected postgresql://HOST/DATABASE.");
}

}  // namespace
}  // namespace iamlocal::db
