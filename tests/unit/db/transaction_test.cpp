#include "db/transaction.hpp"

#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/db/fixture.hpp"

namespace iamlocal::db {
namespace {

using testing::ElementsAre;

class TransactionTest : public AllStorages {};
INSTANTIATE_TEST_SUITE_P(Storages, TransactionTest,
                         testing::Values(Storage::memory, Storage::file, Storage::postgresql), name_of);

TEST_P(TransactionTest, CommitMakesChangesVisibleToOtherConnections) {
    const auto other = database_->connect();
    Transaction tx(*connection_, Access::write);
    EXPECT_EQ(tx.run(account_, "INSERT INTO parents (id, number) VALUES (?1, ?2)", "a", 1), 1);
    tx.commit();
    EXPECT_EQ(count_parents(*other), 1);
}

TEST_P(TransactionTest, DestructorRollsBack) {
    {
        Transaction tx(*connection_, Access::write);
        tx.run(account_, "INSERT INTO parents (id) VALUES ('a')");
        EXPECT_TRUE(tx.exists("SELECT 1 FROM parents"));
    }
    EXPECT_EQ(count_parents(*connection_), 0);
}

TEST_P(TransactionTest, AreCountedForThoseWhoWatch) {
    const TrafficSum before = database_->traffic();
    {
        const auto other = database_->connect();
        Transaction tx(*other, Access::write);
        tx.run(account_, "INSERT INTO parents (id) VALUES ('a')");
        tx.commit();
    }
    { Transaction unused(*connection_, Access::write); }
    {
        Transaction given_up(*connection_, Access::read);
        EXPECT_TRUE(given_up.exists("SELECT 1 FROM parents"));
    }
    {
        Batch batch(*connection_);
        for (int i = 0; i < 3; ++i) {
            Transaction part(*connection_, Access::write);
            part.run(account_, "UPDATE parents SET number = 1");
            part.commit();
        }
        batch.commit();
    }
    const TrafficSum after = database_->traffic();
    EXPECT_EQ(after.writes - before.writes, 2U) << "a batch is one, and what touches no row is none";
    EXPECT_EQ(after.reads - before.reads, 1U);
    EXPECT_EQ(after.commits - before.commits, 2U) << "connections that are gone count, too";
    EXPECT_EQ(after.rollbacks - before.rollbacks, 1U);
    EXPECT_EQ(after.waits, before.waits);
}

TEST_P(TransactionTest, AnExceptionRollsBackAndTheConnectionStaysUsable) {
    EXPECT_THROW(
        {
            Transaction tx(*connection_, Access::write);
            tx.run(account_, "INSERT INTO parents (id) VALUES ('a')");
            throw std::runtime_error("a handler's error");
        },
        std::runtime_error);
    EXPECT_EQ(count_parents(*connection_), 0);
    Transaction tx(*connection_, Access::write);
    tx.run(account_, "INSERT INTO parents (id) VALUES ('b')");
    tx.commit();
    EXPECT_EQ(count_parents(*connection_), 1);
}

TEST_P(TransactionTest, ValuesOfEveryKindComeBack) {
    const std::string text("a b \xc3\xa4");
    Transaction tx(*connection_, Access::write);
    tx.run(account_, "INSERT INTO notes (position, text, bytes) VALUES (1, ?1, ?2)", text,
           Blob{std::string_view("\0\xff", 2)});
    tx.run(account_, "INSERT INTO notes (position, text, bytes) VALUES (2, ?1, ?2)", std::optional<std::string>(),
           nullptr);
    tx.run(account_, "INSERT INTO notes (position, text, bytes) VALUES (3, ?1, ?2)", std::string_view(), Blob{});
    struct Note {
        std::optional<std::string> text;
        bool bytes_null;
        std::string bytes;
        bool operator==(const Note&) const = default;
    };
    const auto notes = tx.list("SELECT text, bytes FROM notes ORDER BY position", [](const Row& row) {
        return Note{row.optional_text(0), row.is_null(1), std::string(row.blob(1))};
    });
    EXPECT_THAT(notes, ElementsAre(Note{text, false, std::string("\0\xff", 2)}, Note{std::nullopt, true, ""},
                                   Note{"", false, ""}));

    tx.run(account_, "INSERT INTO parents (id, number) VALUES (?1, ?2)", AccountId("7"),
           Seconds(std::chrono::seconds(1'700'000'000)));
    const auto read = tx.one(
        "SELECT number, id, NULL FROM parents WHERE id = ?1",
        [](const Row& row) {
            EXPECT_EQ(row.integer(0), 1'700'000'000);
            EXPECT_EQ(row.seconds(0), Seconds(std::chrono::seconds(1'700'000'000)));
            EXPECT_EQ(row.optional_text(2), std::nullopt);
            EXPECT_EQ(row.view(2), "");
            return row.text(1);
        },
        std::optional<std::string_view>("7"));
    EXPECT_EQ(read, "7");
    EXPECT_EQ(tx.one("SELECT id FROM parents WHERE id = 'none'", [](const Row& row) { return row.text(0); }),
              std::nullopt);
    EXPECT_EQ(tx.number("SELECT max(number) FROM parents WHERE id = 'none'"), 0);
}

TEST_P(TransactionTest, ConstraintsAreToldApart) {
    {
        Transaction tx(*connection_, Access::write);
        tx.run(account_, "INSERT INTO parents (id) VALUES ('a')");
        tx.commit();
    }
    const auto kind_of = [&](Sql sql) {
        Transaction tx(*connection_, Access::write);
        try {
            tx.run(account_, sql);
        } catch (const ConstraintViolation& violation) {
            return violation.kind();
        }
        throw std::logic_error("no violation");
    };
    EXPECT_EQ(kind_of("INSERT INTO parents (id) VALUES ('a')"), ConstraintViolation::Kind::unique);
    EXPECT_EQ(kind_of("INSERT INTO children (id, parent) VALUES ('c', 'none')"),
              ConstraintViolation::Kind::foreign_key);
    EXPECT_EQ(kind_of("INSERT INTO children (id) VALUES ('c')"), ConstraintViolation::Kind::other);
    Transaction tx(*connection_, Access::write);
    EXPECT_THROW(tx.run(account_, "INSERT INTO nowhere (id) VALUES ('c')"), std::runtime_error);
}

TEST_P(TransactionTest, TheSameStatementMayRunInsideItself) {
    Transaction tx(*connection_, Access::write);
    tx.run(account_, "INSERT INTO parents (id) VALUES ('a'), ('b')");
    static constexpr Sql all("SELECT id FROM parents ORDER BY id");
    std::string pairs;
    tx.each(all, [&](const Row& outer) {
        tx.each(all, [&](const Row& inner) { pairs += outer.text(0) + inner.text(0) + " "; });
    });
    EXPECT_EQ(pairs, "aa ab ba bb ");
}

TEST_P(TransactionTest, AThrowingReaderLeavesTheStatementUsable) {
    Transaction tx(*connection_, Access::write);
    tx.run(account_, "INSERT INTO parents (id) VALUES ('a'), ('b')");
    static constexpr Sql all("SELECT id FROM parents ORDER BY id");
    EXPECT_THROW(tx.each(all, [](const Row&) { throw std::runtime_error("enough"); }), std::runtime_error);
    EXPECT_EQ(tx.list(all, [](const Row& row) { return row.text(0); }).size(), 2u);
}

TEST_P(TransactionTest, ReadTransactionsMayNotWrite) {
    Transaction tx(*connection_, Access::read);
    EXPECT_THROW(tx.run(account_, "INSERT INTO parents (id) VALUES ('a')"), std::logic_error);
    EXPECT_FALSE(tx.exists("SELECT 1 FROM parents"));
}

TEST_P(TransactionTest, TransactionsAreNotNestedAndEndOnce) {
    Transaction outer(*connection_, Access::read);
    outer.exists("SELECT 1 FROM parents");
    {
        Transaction inner(*connection_, Access::read);
        EXPECT_THROW(inner.exists("SELECT 1 FROM parents"), std::logic_error);
    }
    outer.commit();
    EXPECT_THROW(outer.exists("SELECT 1 FROM parents"), std::logic_error);
    EXPECT_EQ(count_parents(*connection_), 0);
}

TEST_P(TransactionTest, ATransactionThatTouchedNothingHoldsNothing) {
    Transaction idle(*connection_, Access::write);
    const auto other = database_->connect();
    Transaction tx(*other, Access::write);
    tx.run(account_, "INSERT INTO parents (id) VALUES ('a')");
    tx.commit();
    idle.commit();
    EXPECT_EQ(count_parents(*connection_), 1);
}

TEST_P(TransactionTest, RevisionsFollowCommittedChanges) {
    const AccountId other("999988887777");
    const auto revision = [&] { return database_->revision(account_); };
    std::uint64_t before = revision();
    {
        Transaction tx(*connection_, Access::write);
        tx.run(account_, "INSERT INTO parents (id) VALUES ('a')");
        EXPECT_EQ(revision(), before) << "not before the commit";
        tx.commit();
        EXPECT_GT(revision(), before);
    }
    before = revision();
    {
        Transaction tx(*connection_, Access::write);
        tx.run(account_, "INSERT INTO parents (id) VALUES ('b')");
    }
    EXPECT_EQ(revision(), before) << "rolled back";
    {
        Transaction tx(*connection_, Access::write);
        tx.execute_without_revision("UPDATE parents SET number = 1");
        tx.commit();
    }
    EXPECT_EQ(revision(), before) << "quiet";
    {
        Transaction tx(*connection_, Access::write);
        tx.run(other, "UPDATE parents SET number = 2");
        tx.commit();
    }
    EXPECT_EQ(revision(), before) << "another account";
    database_->reset();
    EXPECT_GT(revision(), before);
    EXPECT_GT(database_->revision(other), 1u);
}

TEST_P(TransactionTest, TheRevisionOfAllFollowsEveryAccount) {
    std::uint64_t before = database_->revision_of_all();
    for (const char* account : {"111122223333", "999988887777"}) {
        Transaction tx(*connection_, Access::write);
        tx.run(AccountId(account), "INSERT INTO parents (id) VALUES (?1)", account);
        EXPECT_EQ(database_->revision_of_all(), before) << "not before the commit";
        tx.commit();
        EXPECT_GT(database_->revision_of_all(), before);
        before = database_->revision_of_all();
    }
    count_parents(*connection_);
    EXPECT_EQ(database_->revision_of_all(), before) << "nothing has changed";
    database_->reset();
    EXPECT_GT(database_->revision_of_all(), before);
}

TEST_P(TransactionTest, MayBeginBeforeItsFirstStatement) {
    const auto other = database_->connect();
    Transaction tx(*connection_, Access::write);
    tx.start();
    Transaction second(*connection_, Access::read);
    EXPECT_THROW(second.start(), std::logic_error);
    tx.run(account_, "INSERT INTO parents (id) VALUES ('a')");
    tx.commit();
    EXPECT_EQ(count_parents(*other), 1);
}

TEST_P(TransactionTest, WritersQueueAndLoseNoUpdate) {
    {
        Transaction tx(*connection_, Access::write);
        tx.run(account_, "INSERT INTO parents (id, number) VALUES ('counter', 0)");
        tx.commit();
    }
    constexpr int rounds = 300;
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
        threads.emplace_back([this] {
            const auto connection = database_->connect();
            for (int round = 0; round < rounds; ++round) {
                Transaction tx(*connection, Access::write);
                // Read, then write what was read: a lost update would show.
                const std::int64_t number = tx.number("SELECT number FROM parents WHERE id = 'counter'");
                tx.run(account_, "UPDATE parents SET number = ?1 WHERE id = 'counter'", number + 1);
                tx.commit();
            }
        });
    }
    const std::uint64_t start = database_->revision(account_);
    std::thread reader([this] {
        const auto connection = database_->connect();
        std::int64_t last = 0;
        for (int round = 0; round < rounds; ++round) {
            const std::uint64_t revision = database_->revision(account_);
            Transaction tx(*connection, Access::read);
            const std::int64_t number = tx.number("SELECT number FROM parents WHERE id = 'counter'");
            EXPECT_GE(number, last);
            EXPECT_GE(number + 2, static_cast<std::int64_t>(revision)) << "a bumped revision must be readable";
            last = number;
        }
    });
    for (std::thread& thread : threads) thread.join();
    reader.join();
    Transaction tx(*connection_, Access::read);
    EXPECT_EQ(tx.number("SELECT number FROM parents WHERE id = 'counter'"), 3 * rounds);
    EXPECT_GT(database_->revision(account_), start);
}

TEST_P(TransactionTest, PartsOfABatchAreCommittedTogether) {
    const std::uint64_t revision = database_->revision(account_);
    {
        Batch batch(*connection_);
        for (const char* const id : {"a", "b"}) {
            Transaction tx(*connection_, Access::write);
            tx.run(account_, "INSERT INTO parents (id) VALUES (?1)", id);
            tx.commit();
        }
        Transaction tx(*connection_, Access::read);
        EXPECT_EQ(tx.number("SELECT count(*) FROM parents"), 2);
        tx.commit();
        EXPECT_EQ(database_->revision(account_), revision);
        batch.commit();
    }
    EXPECT_NE(database_->revision(account_), revision);
    EXPECT_EQ(count_parents(*database_->connect()), 2);
    // The connection is as good as before.
    Transaction tx(*connection_, Access::write);
    tx.run(account_, "INSERT INTO parents (id) VALUES ('c')");
    tx.commit();
    EXPECT_EQ(count_parents(*connection_), 3);
}

TEST_P(TransactionTest, ABatchThatIsNotCommittedHasNeverBeen) {
    const std::uint64_t revision = database_->revision(account_);
    {
        Batch batch(*connection_);
        Transaction tx(*connection_, Access::write);
        tx.run(account_, "INSERT INTO parents (id) VALUES ('a')");
        tx.commit();
    }
    EXPECT_EQ(count_parents(*connection_), 0);
    EXPECT_EQ(database_->revision(account_), revision);
}

TEST_P(TransactionTest, ABatchEndsWithThePartThatIsGivenUp) {
    {
        Batch batch(*connection_);
        {
            Transaction tx(*connection_, Access::write);
            tx.run(account_, "INSERT INTO parents (id) VALUES ('a')");
        }
        EXPECT_THROW(batch.commit(), std::logic_error);
    }
    EXPECT_EQ(count_parents(*connection_), 0);
    Transaction open(*connection_, Access::read);
    open.start();
    EXPECT_THROW(Batch{*connection_}, std::logic_error);
}

/// In memory a reader keeps writers out instead.
class ReaderTest : public AllStorages {};
INSTANTIATE_TEST_SUITE_P(Storages, ReaderTest, testing::Values(Storage::file, Storage::postgresql), name_of);

TEST_P(ReaderTest, SeesOneStateWhileOthersWrite) {
    Transaction reader(*connection_, Access::read);
    EXPECT_FALSE(reader.exists("SELECT 1 FROM parents"));
    const auto other = database_->connect();
    Transaction writer(*other, Access::write);
    writer.run(account_, "INSERT INTO parents (id) VALUES ('a')");
    writer.commit();
    EXPECT_FALSE(reader.exists("SELECT 1 FROM parents"));
    reader.commit();
    EXPECT_EQ(count_parents(*connection_), 1);
}

}  // namespace
}  // namespace iamlocal::db
