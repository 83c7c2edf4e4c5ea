#include "db/snapshots.hpp"

#include <atomic>
#include <fstream>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "db/snapshot_shelf.hpp"
#include "db/transaction.hpp"
#include "unit/db/fixture.hpp"

namespace iamlocal::db {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr Migration owned_schema[] = {
    {1, "things",
     "CREATE TABLE owners (account TEXT NOT NULL, id TEXT NOT NULL, label TEXT UNIQUE, PRIMARY KEY (account, id)) "
     "WITHOUT ROWID;"
     "CREATE TABLE things (account TEXT NOT NULL, id TEXT NOT NULL, owner TEXT NOT NULL, number BIGINT, bytes BLOB, "
     "PRIMARY KEY (account, id), FOREIGN KEY (account, owner) REFERENCES owners (account, id));"
     "CREATE INDEX things_by_owner ON things (account, owner);"
     "CREATE TABLE shared (id TEXT PRIMARY KEY);"
     "CREATE TABLE schema_starts (id INTEGER NOT NULL PRIMARY KEY, starts BIGINT NOT NULL, bytes BLOB)"},
    {2, "a column", "ALTER TABLE owners ADD COLUMN note TEXT"},
};

constexpr RowsOfAccount owned_rows[] = {{"things", "account = ?1"}, {"owners", "account = ?1"}};

class SnapshotsTest : public testing::TestWithParam<Storage> {
  protected:
    SnapshotsTest() { open(owned_schema); }

    void open(std::span<const Migration> steps) {
        database_.reset();
        database_ = place_.open();
        database_->migrate(steps);
    }
    void add(const AccountId& account, std::string_view owner, int things, std::string_view label = {}) {
        const auto connection = database_->connect();
        Transaction tx(*connection, Access::write);
        tx.run(account, "INSERT INTO owners (account, id, label) VALUES (?1, ?2, ?3)", account, owner,
               label.empty() ? std::optional<std::string>() : std::optional(std::string(label)));
        for (int i = 0; i < things; ++i)
            tx.run(account, "INSERT INTO things (account, id, owner, number, bytes) VALUES (?1, ?2, ?3, ?4, ?5)",
                   account, fmt::format("{}-{}", owner, i), owner, INT64_MAX - i,
                   Blob{std::string_view("\0\xff'\"\\\n", 6)});
        tx.run(account, "INSERT INTO shared (id) VALUES (?1)", fmt::format("{}/{}", account.view(), owner));
        tx.commit();
    }
    void remove_all(const AccountId& account) {
        const auto connection = database_->connect();
        Transaction tx(*connection, Access::write);
        tx.run(account, "DELETE FROM things WHERE account = ?1", account);
        tx.run(account, "DELETE FROM owners WHERE account = ?1", account);
        tx.commit();
    }
    /// Every row of every table, as text.
    std::vector<std::string> rows() {
        const auto connection = database_->connect();
        Transaction tx(*connection, Access::read);
        std::vector<std::string> all = tx.list(
            "SELECT account, id, label FROM owners ORDER BY account, id",
            [](const Row& row) { return fmt::format("owner {} {} {}", row.view(0), row.view(1), row.view(2)); });
        tx.each("SELECT account, id, owner, number, bytes FROM things ORDER BY account, id", [&](const Row& row) {
            all.push_back(fmt::format("thing {} {} {} {} {}", row.view(0), row.view(1), row.view(2), row.integer(3),
                                      row.blob(4) == std::string_view("\0\xff'\"\\\n", 6)));
        });
        tx.each("SELECT id FROM shared ORDER BY id",
                [&](const Row& row) { all.push_back(fmt::format("shared {}", row.view(0))); });
        return all;
    }
    SnapshotHead save(const std::string& name, std::optional<AccountId> account = {}) {
        return database_->snapshots().save(name, "notes of " + name, {owned_rows, "owners", std::move(account)});
    }
    void restore(const std::string& name, std::optional<AccountId> account = {}) {
        database_->snapshots().restore(name, {owned_rows, "owners", std::move(account)}, [this] { ++forgotten_; });
    }
    std::string refusal_of(const std::function<void()>& action) {
        try {
            action();
        } catch (const SnapshotRefused& refused) {
            return refused.what();
        }
        return "no refusal";
    }

    const AccountId one_{"111122223333"};
    const AccountId two_{"444455556666"};
    Place place_{GetParam()};
    std::unique_ptr<Database> database_;
    int forgotten_ = 0;
};

/// Where something is left when the database is closed.
class KeptSnapshotsTest : public SnapshotsTest {};

/// Where there is a file of SQLite's.
class SnapshotFilesTest : public SnapshotsTest {};

TEST_P(SnapshotsTest, GoesBackToEverything) {
    add(one_, "a", 3);
    add(two_, "b", 2, "label");
    const auto before = rows();
    const SnapshotHead head = save("first");
    EXPECT_EQ(head.counted, 2);
    EXPECT_GT(head.bytes, 0);
    EXPECT_EQ(head.schema, 2);
    remove_all(one_);
    add(two_, "c", 4);
    const auto after = rows();
    save("second");
    for (int turn = 0; turn < 3; ++turn) {
        restore("first");
        EXPECT_EQ(rows(), before);
        restore("second");
        EXPECT_EQ(rows(), after);
    }
    EXPECT_EQ(forgotten_, 6);
    // It is an ordinary database afterwards.
    restore("first");
    add(one_, "d", 1);
    EXPECT_EQ(rows().size(), before.size() + 3);
}

TEST_P(SnapshotsTest, GoesBackToOneAccount) {
    add(one_, "a", 3);
    add(two_, "b", 2);
    const auto before = rows();
    EXPECT_EQ(save("one", one_).counted, 1);
    remove_all(one_);
    remove_all(two_);
    restore("one", one_);
    std::vector<std::string> expected;
    for (const std::string& row : before)
        if (row.find(two_.view()) == row.npos || row.starts_with("shared")) expected.push_back(row);
    EXPECT_EQ(rows(), expected);
    add(one_, "x", 1);
    add(two_, "c", 1);
    restore("one", one_);
    expected.insert(expected.begin() + 1, fmt::format("owner {} c ", two_.view()));
    expected.insert(expected.begin() + 5, fmt::format("thing {} c-0 c {} true", two_.view(), INT64_MAX));
    expected.push_back(fmt::format("shared {}/x", one_.view()));
    expected.push_back(fmt::format("shared {}/c", two_.view()));
    std::sort(expected.begin(), expected.end());
    auto found = rows();
    std::sort(found.begin(), found.end());
    EXPECT_EQ(found, expected);
}

// All of it is exchanged then, and what is of others is put beside it before.
TEST_P(SnapshotsTest, AnAccountThatHasMostComesBackBesideFewOthers) {
    for (const char* owner : {"a", "b", "c", "d", "e", "f", "g", "h"}) add(one_, owner, 5);
    add(two_, "mine", 2, "of two");
    EXPECT_EQ(save("one", one_).counted, 8);
    const auto before = rows();
    remove_all(one_);
    restore("one", one_);
    EXPECT_EQ(rows(), before);
    // Others go on meanwhile, and what they have by now stays.
    remove_all(one_);
    remove_all(two_);
    add(two_, "later", 3, "of two");
    auto expected = before;
    std::erase_if(expected, [&](const std::string& row) {
        return !row.starts_with("shared") && row.find(two_.view()) != row.npos;
    });
    for (const std::string& row : rows())
        if (row.find("later") != row.npos) expected.push_back(row);
    restore("one", one_);
    EXPECT_THAT(rows(), testing::UnorderedElementsAreArray(expected));
    // By the index.
    const auto connection = database_->connect();
    Transaction tx(*connection, Access::read);
    EXPECT_EQ(tx.number("SELECT count(*) FROM things WHERE account = ?1 AND owner = ?2", one_, "c"), 5);
    EXPECT_EQ(tx.number("SELECT count(*) FROM things WHERE account = ?1 AND owner = ?2", two_, "later"), 3);
}

TEST_P(SnapshotFilesTest, NothingOfOthersIsInTheFile) {
    // Much of others has been there, and few or many of them are there now.
    for (int i = 0; i < 60; ++i) {
        add(one_, fmt::format("o{:02}", i * 7 % 60), 5);
        add(two_, fmt::format("o{:02}", i * 11 % 60), 8);
    }
    constexpr Sql changes[] = {"DELETE FROM things WHERE account = '444455556666' AND owner > 'o50'",
                               "DELETE FROM things WHERE account = '444455556666' AND owner > 'o10'",
                               "DELETE FROM owners WHERE account = '444455556666' AND id > 'o10'"};
    for (const Sql change : changes) {
        const auto connection = database_->connect();
        Transaction tx(*connection, Access::write);
        EXPECT_GT(tx.run(two_, change), 0);
        tx.commit();
        save("one", one_);
        std::ifstream file(place_.home() / "snapshots" / "one.snapshot", std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(file), {}};
        EXPECT_NE(bytes.find(one_.view()), bytes.npos);
        EXPECT_EQ(bytes.find(two_.view()), bytes.npos);
    }
}

TEST_P(SnapshotsTest, WhatHasGoneTakesNoRoom) {
    add(one_, "a", 10);
    const std::size_t before = save("one", one_).bytes;
    add(one_, "b", 3000);
    add(two_, "c", 3000);
    restore("one", one_);
    remove_all(two_);
    EXPECT_LE(save("one", one_).bytes, before + 4096);
    const auto rows_before = rows();
    add(one_, "d", 10);
    restore("one", one_);
    std::vector<std::string> expected = rows_before;
    expected.push_back(fmt::format("shared {}/d", one_.view()));
    EXPECT_THAT(rows(), testing::UnorderedElementsAreArray(expected));
}

// A restart finds what was restored in the log or in the file.
TEST_P(SnapshotFilesTest, TheLogIsPutIntoTheFileAfterwards) {
    for (int i = 0; i < 50; ++i) add(one_, fmt::format("o{}", i), 20);
    save("one", one_);
    const auto before = rows();
    const std::filesystem::path file = place_.home() / "iamlocal.db";
    const auto size = std::filesystem::file_size(file);
    restore("one", one_);
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (std::filesystem::file_size(file) == size && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    EXPECT_GT(std::filesystem::file_size(file), size);
    restore("one", one_);
    open(owned_schema);
    EXPECT_EQ(rows(), before);
}

// One row of many differs, in a way that is easily taken for none.
TEST_P(SnapshotsTest, GoesBackWhereLittleHasChanged) {
    constexpr Sql changes[] = {
        "UPDATE things SET id = 'A-1' WHERE account = '111122223333' AND id = 'a-1'",
        "UPDATE things SET owner = 'A' WHERE account = '111122223333' AND id = 'a-1'",
        "UPDATE things SET number = NULL WHERE account = '111122223333' AND id = 'a-1'",
        "UPDATE things SET number = number - 1 WHERE account = '111122223333' AND id = 'a-1'",
        "DELETE FROM things WHERE account = '111122223333' AND id = 'a-1'",
        "INSERT INTO things (account, id, owner) VALUES ('111122223333', 'a-9', 'a')",
        "UPDATE owners SET label = 'Label' WHERE account = '111122223333' AND id = 'a'",
        "UPDATE owners SET label = NULL WHERE account = '111122223333' AND id = 'a'",
    };
    add(one_, "A", 1);
    add(one_, "a", 3, "label");
    // With few of others, and with many.
    for (const char* const others : {"b", "c", "d"}) {
        add(two_, others, 2);
        save("one", one_);
        save("all");
        const auto before = rows();
        for (const Sql change : changes) {
            for (const auto& [name, account] :
                 {std::pair("one", std::optional(one_)), std::pair("all", std::optional<AccountId>())}) {
                SCOPED_TRACE(fmt::format("{}, back to {} with {}", change.text(), name, others));
                const auto connection = database_->connect();
                Transaction tx(*connection, Access::write);
                EXPECT_EQ(tx.run(one_, change), 1);
                tx.commit();
                EXPECT_NE(rows(), before);
                restore(name, account);
                EXPECT_EQ(rows(), before);
            }
        }
    }
}

TEST_P(SnapshotsTest, WhatIsOfTheDatabaseItselfStays) {
    const auto change = [&](auto sql) {
        const auto connection = database_->connect();
        Transaction tx(*connection, Access::write);
        tx.execute_without_revision(sql);
        tx.commit();
    };
    const auto starts = [&] {
        const auto connection = database_->connect();
        Transaction tx(*connection, Access::read);
        return tx.number("SELECT sum(starts) FROM schema_starts");
    };
    change(Sql("INSERT INTO schema_starts (id, starts) VALUES (1, 1)"));
    save("all");
    change(Sql("UPDATE schema_starts SET starts = 2"));
    change(Sql("INSERT INTO schema_starts (id, starts) VALUES (7, 40)"));
    restore("all");
    EXPECT_EQ(starts(), 42);
    restore("all");
    EXPECT_EQ(starts(), 42);
    add(one_, "a", 1);
    save("one", one_);
    restore("one", one_);
    EXPECT_EQ(starts(), 42);
}

TEST_P(SnapshotsTest, ForeignKeysAreLookedAtAfterwards) {
    add(one_, "a", 1);
    save("one", one_);
    restore("one", one_);
    const auto connection = database_->connect();
    Transaction tx(*connection, Access::write);
    EXPECT_THROW(tx.run(one_, "INSERT INTO things (account, id, owner) VALUES (?1, 'x', 'nobody')", one_),
                 ConstraintViolation);
}

TEST_P(SnapshotsTest, RaisesTheRevisionsOfWhatItChanges) {
    add(one_, "a", 1);
    save("all");
    save("one", one_);
    const std::uint64_t state = database_->settled_state();
    std::uint64_t revisions[] = {database_->revision(one_), database_->revision(two_), database_->revision_of_all()};
    restore("one", one_);
    EXPECT_GT(database_->revision(one_), revisions[0]);
    EXPECT_EQ(database_->revision(two_), revisions[1]);
    EXPECT_GT(database_->revision_of_all(), revisions[2]);
    EXPECT_TRUE(database_->was_exchanged_since(state));
    EXPECT_TRUE(database_->was_exchanged_since(state, one_));
    EXPECT_FALSE(database_->was_exchanged_since(state, two_));
    revisions[0] = database_->revision(one_);
    const std::uint64_t later = database_->settled_state();
    EXPECT_FALSE(database_->was_exchanged_since(later, one_));
    restore("all");
    EXPECT_GT(database_->revision(one_), revisions[0]);
    EXPECT_GT(database_->revision(two_), revisions[1]);
    EXPECT_TRUE(database_->was_exchanged_since(later, two_));
    const std::uint64_t latest = database_->settled_state();
    database_->reset();
    EXPECT_TRUE(database_->was_exchanged_since(latest, two_));
}

TEST_P(SnapshotsTest, ListsInOrderAndRemoves) {
    for (const char* name : {"b", "a", "B", "a.1", "_"}) save(name);
    std::vector<std::string> names;
    for (const SnapshotHead& head : database_->snapshots().list()) {
        names.push_back(head.name);
        EXPECT_EQ(head.notes, "notes of " + head.name);
        EXPECT_EQ(database_->snapshots().find(head.name)->bytes, head.bytes);
    }
    EXPECT_THAT(names, ElementsAre("B", "_", "a", "a.1", "b"));
    EXPECT_TRUE(database_->snapshots().remove("a"));
    EXPECT_FALSE(database_->snapshots().remove("a"));
    EXPECT_FALSE(database_->snapshots().find("a"));
    EXPECT_EQ(refusal_of([&] { restore("a"); }), "there is no snapshot a");
    EXPECT_EQ(forgotten_, 0);
}

TEST_P(SnapshotsTest, KeepsNotesOfAnyText) {
    const std::string notes = "'\"\\\n\n  bytes 7\nnotes 3\n$1 ?1 \u00fc {}";
    database_->snapshots().save("x", notes, {owned_rows, "owners", {}});
    EXPECT_EQ(database_->snapshots().find("x")->notes, notes);
    restore("x");
}

TEST_P(SnapshotsTest, WhatIsUniqueAmongAllStandsInTheWay) {
    add(one_, "a", 1, "wanted");
    save("one", one_);
    remove_all(one_);
    add(two_, "b", 1, "wanted");
    const auto before = rows();
    EXPECT_THAT(refusal_of([&] { restore("one", one_); }), HasSubstr("stands in the way of snapshot one"));
    EXPECT_EQ(rows(), before);
    EXPECT_EQ(forgotten_, 0);
}

TEST_P(KeptSnapshotsTest, SurvivesAnotherOpening) {
    add(one_, "a", 2);
    const auto before = rows();
    save("all");
    remove_all(one_);
    open(owned_schema);
    restore("all");
    EXPECT_EQ(rows(), before);
}

TEST_P(KeptSnapshotsTest, OfAnEarlierSchemaIsBroughtUpOrRefused) {
    const Place earlier(GetParam());
    database_ = earlier.open();
    database_->migrate(std::span(owned_schema).first(1));
    add(one_, "a", 2);
    const auto before = rows();
    save("all");
    save("one", one_);
    database_.reset();
    database_ = earlier.open();
    database_->migrate(owned_schema);
    remove_all(one_);
    for (const auto& [name, account] : {std::pair<std::string, std::optional<AccountId>>("all", std::nullopt),
                                        std::pair<std::string, std::optional<AccountId>>("one", one_)}) {
        SCOPED_TRACE(name);
        if (GetParam() == Storage::postgresql) {
            EXPECT_THAT(refusal_of([&] { restore(name, account); }), HasSubstr("was saved by another release"));
            continue;
        }
        restore(name, account);
        EXPECT_EQ(rows(), before);
        const auto connection = database_->connect();
        Transaction tx(*connection, Access::write);
        EXPECT_EQ(tx.run(one_, "UPDATE owners SET note = 'x'"), 1);
    }
}

TEST_P(SnapshotsTest, ReadersSeeOneStateWhileItChanges) {
    add(one_, "a", 30);
    save("a");
    remove_all(one_);
    add(one_, "b", 50);
    save("b");
    std::atomic<bool> stop{false};
    std::atomic<int> wrong{0};
    std::vector<std::thread> readers;
    for (int i = 0; i < 2; ++i)
        readers.emplace_back([&] {
            const auto connection = database_->connect();
            while (!stop) {
                const std::uint64_t state = database_->settled_state();
                Transaction tx(*connection, Access::read);
                const std::int64_t of_a = tx.number("SELECT count(*) FROM things WHERE owner = 'a'");
                const std::int64_t of_b = tx.number("SELECT count(*) FROM things WHERE owner = 'b'");
                const std::int64_t owners = tx.number("SELECT count(*) FROM owners");
                tx.commit();
                if (owners != 1 || (of_a == 30) == (of_b == 50) || of_a + of_b != (of_a == 30 ? 30 : 50)) ++wrong;
                // Nothing was exchanged in between: two transactions agree.
                Transaction again(*connection, Access::read);
                const std::int64_t later = again.number("SELECT count(*) FROM things WHERE owner = 'a'");
                again.commit();
                if (!database_->was_exchanged_since(state, one_) && later != of_a) ++wrong;
            }
        });
    for (int turn = 0; turn < 40; ++turn) restore(turn % 2 == 0 ? "a" : "b");
    stop = true;
    for (std::thread& reader : readers) reader.join();
    EXPECT_EQ(wrong, 0);
}

INSTANTIATE_TEST_SUITE_P(Everywhere, SnapshotsTest,
                         testing::Values(Storage::memory, Storage::file, Storage::postgresql), name_of);
INSTANTIATE_TEST_SUITE_P(Kept, KeptSnapshotsTest, testing::Values(Storage::file, Storage::postgresql), name_of);
INSTANTIATE_TEST_SUITE_P(Files, SnapshotFilesTest, testing::Values(Storage::file), name_of);

TEST(SnapshotShelf, HeadsAreReadAsTheyWereWritten) {
    const SnapshotHead head{.name = "", .notes = "a\nnotes 5\n\0x", .schema = 15, .counted = 7, .bytes = 4096};
    const std::string text = write_snapshot_head(head, "abc");
    const auto read = parse_snapshot_head(text + "image");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->head.notes, head.notes);
    EXPECT_EQ(read->head.schema, 15);
    EXPECT_EQ(read->head.counted, 7);
    EXPECT_EQ(read->head.bytes, 4096);
    EXPECT_EQ(read->image_hash, "abc");
    EXPECT_EQ(read->size, text.size());
    for (std::size_t size = 0; size < text.size(); ++size)
        EXPECT_FALSE(parse_snapshot_head(text.substr(0, size))) << size;
}

TEST(SnapshotShelf, KnowsWhenThereIsRoom) {
    std::vector<SnapshotHead> kept;
    for (std::size_t i = 0; i < most_snapshots; ++i)
        kept.push_back({.name = std::to_string(i), .notes = "", .bytes = 10});
    EXPECT_THROW(require_room(kept, "new", 1), SnapshotRefused);
    EXPECT_NO_THROW(require_room(kept, "7", most_snapshot_bytes - 10 * (most_snapshots - 1)));
    EXPECT_THROW(require_room(kept, "7", most_snapshot_bytes - 10 * (most_snapshots - 1) + 1), SnapshotRefused);
}

TEST(SnapshotShelf, LeavesNoHalfFiles) {
    const TemporaryDirectory home;
    DirectoryShelf shelf(home.path() / "snapshots");
    EXPECT_TRUE(shelf.list().empty());
    EXPECT_FALSE(shelf.find("x"));
    EXPECT_FALSE(shelf.remove("x"));
    const std::string image = "an image";
    shelf.put({.name = "x", .notes = "", .bytes = image.size()}, {nullptr, image});
    EXPECT_EQ(shelf.get("x").bytes, image);
    // A draft that a crash has left is nobody's, and in nobody's way.
    const std::filesystem::path draft = home.path() / "snapshots" / ".new";
    std::ofstream(draft) << "half";
    EXPECT_EQ(shelf.list().size(), 1);
    shelf.put({.name = "y", .notes = "", .bytes = image.size()}, {nullptr, image});
    EXPECT_EQ(shelf.list().size(), 2);
    EXPECT_FALSE(std::filesystem::exists(draft));
    // The next process removes it, and so does who cannot finish one.
    std::ofstream(draft) << "half";
    EXPECT_EQ(DirectoryShelf(home.path() / "snapshots").list().size(), 2);
    EXPECT_FALSE(std::filesystem::exists(draft));
    std::filesystem::create_directories(home.path() / "snapshots" / "z.snapshot" / "in the way");
    EXPECT_THROW(shelf.put({.name = "z", .notes = "", .bytes = image.size()}, {nullptr, image}), SnapshotRefused);
    EXPECT_FALSE(std::filesystem::exists(draft));
}

}  // namespace
}  // namespace iamlocal::db
