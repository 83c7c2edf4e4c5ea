#include "db/replicas.hpp"

#include <algorithm>
#include <rapidcheck.h>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "db/propagation.hpp"
#include "unit/db/fixture.hpp"
#include "unit/property.hpp"

namespace iamlocal::db {
namespace {

using namespace std::chrono_literals;

const AccountId one_account("111111111111");
const AccountId other_account("222222222222");

/// All rows of the test's tables, in a form that can be compared.
std::vector<std::string> content_of(Database& database) {
    const auto connection = database.connect();
    Transaction tx(*connection, Access::read);
    std::vector<std::string> rows;
    const auto add = [&](const Row& row) {
        std::string line;
        for (int i = 0; i < 4; ++i) line.append(row.is_null(i) ? "NULL" : "'" + row.text(i) + "'").append(" ");
        rows.push_back(line);
    };
    tx.each("SELECT 'parents', id, number, NULL FROM parents ORDER BY id", add);
    tx.each("SELECT 'children', id, parent, NULL FROM children ORDER BY id", add);
    tx.each("SELECT 'notes', position, text, hex(bytes) FROM notes ORDER BY rowid", add);
    return rows;
}

/// A database with a copy that lags behind by five seconds, and a clock that stands.
class ReplicasTest : public testing::TestWithParam<Storage> {
  protected:
    ReplicasTest() {
        primary_->migrate(test_schema);
        propagation_.start({.at_most = 5s, .seed = 1});
    }

    void add_parent(std::string_view id, const AccountId& account = one_account) {
        Transaction tx(*connection_, Access::write);
        tx.describe("test:AddParent", id);
        tx.run(account, "INSERT INTO parents (id) VALUES (?1)", id);
        tx.commit();
    }
    void remove_parent(std::string_view id, const AccountId& account = one_account) {
        Transaction tx(*connection_, Access::write);
        tx.describe("test:RemoveParent", id);
        tx.run(account, "DELETE FROM parents WHERE id = ?1", id);
        tx.commit();
    }
    std::vector<std::string> seen() {
        propagation_.replicas()->advance(clock_.now());
        return content_of(propagation_.replicas()->database(Sight::reads));
    }
    std::size_t seen_parents() {
        const auto rows = seen();
        return static_cast<std::size_t>(
            std::count_if(rows.begin(), rows.end(), [](const auto& row) { return row.starts_with("'parents'"); }));
    }

    Place place_{GetParam()};
    FixedClock clock_{Instant(1000s)};
    std::unique_ptr<Database> primary_ = place_.open();
    std::unique_ptr<Connection> connection_ = primary_->connect();
    Propagation propagation_{*primary_, clock_};
};

INSTANTIATE_TEST_SUITE_P(Storages, ReplicasTest, testing::Values(Storage::memory, Storage::file), name_of);

TEST_P(ReplicasTest, ShowsAChangeBetweenHalfTheDelayAndTheDelay) {
    add_parent("a");
    const auto takes = Lag{.at_most = 5s, .seed = 1}.of(Sight::reads, one_account, 0);
    EXPECT_GE(takes, 2500ms);
    EXPECT_LE(takes, 5s);
    EXPECT_EQ(seen_parents(), 0u);
    clock_.advance(takes - 1us);
    EXPECT_EQ(seen_parents(), 0u);
    clock_.advance(1us);
    EXPECT_EQ(seen_parents(), 1u);
    EXPECT_EQ(content_of(*primary_), seen());
}

TEST_P(ReplicasTest, ReadsAndDecisionsLearnOfAChangeAtDifferentTimes) {
    const Lag lag{.at_most = 5s, .seed = 1};
    const auto shown = lag.of(Sight::reads, one_account, 0);
    const auto counts = lag.of(Sight::decisions, one_account, 0);
    ASSERT_NE(shown, counts);
    add_parent("a");
    const auto rows = [&](Sight sight) {
        propagation_.replicas()->advance(clock_.now());
        return content_of(propagation_.replicas()->database(sight)).size();
    };
    clock_.advance(std::min(shown, counts));
    EXPECT_EQ(rows(Sight::reads), shown < counts ? 1u : 0u);
    EXPECT_EQ(rows(Sight::decisions), shown < counts ? 0u : 1u);
    EXPECT_EQ(propagation_.replicas()->pending_of(Sight::reads, {one_account}).count, shown < counts ? 0u : 1u);
    EXPECT_EQ(propagation_.replicas()->pending_of(Sight::decisions, {one_account}).count, shown < counts ? 1u : 0u);
    EXPECT_EQ(propagation_.replicas()->pending().count, 1u);
    clock_.set(Instant(1000s) + std::max(shown, counts));
    EXPECT_EQ(rows(Sight::reads), 1u);
    EXPECT_EQ(rows(Sight::decisions), 1u);
    EXPECT_EQ(propagation_.replicas()->pending().count, 0u);
}

TEST_P(ReplicasTest, ShowsARemovedRowUntilItsRemovalIsVisible) {
    add_parent("a");
    clock_.advance(5s);
    remove_parent("a");
    EXPECT_EQ(seen_parents(), 1u);
    clock_.advance(5s);
    EXPECT_EQ(seen_parents(), 0u);
}

TEST_P(ReplicasTest, BeginsWithWhatIsThere) {
    add_parent("a");
    propagation_.start({.at_most = 5s, .seed = 1});
    EXPECT_EQ(seen_parents(), 1u);
    EXPECT_EQ(propagation_.replicas()->pending().count, 0u);
}

TEST_P(ReplicasTest, RevisionsFollowWhatIsSeen) {
    const auto revision = [&] { return propagation_.replicas()->database(Sight::reads).revision(one_account); };
    const auto before = revision();
    add_parent("a");
    propagation_.replicas()->advance(clock_.now());
    EXPECT_EQ(revision(), before);
    clock_.advance(5s);
    propagation_.replicas()->advance(clock_.now());
    EXPECT_NE(revision(), before);
}

TEST_P(ReplicasTest, WhatWasRolledBackIsNoChange) {
    {
        Transaction tx(*connection_, Access::write);
        tx.run(one_account, "INSERT INTO parents (id) VALUES ('a')");
    }
    add_parent("b");
    clock_.advance(5s);
    EXPECT_EQ(seen(), content_of(*primary_));
    EXPECT_EQ(propagation_.replicas()->repairs(), 0u);
}

TEST_P(ReplicasTest, ATransactionIsSeenAsAWhole) {
    {
        Transaction tx(*connection_, Access::write);
        tx.run(one_account, "INSERT INTO parents (id) VALUES ('a')");
        tx.run(one_account, "INSERT INTO children (id, parent) VALUES ('c', 'a')");
        tx.run(one_account, "INSERT INTO notes (position, text, bytes) VALUES (?1, ?2, ?3)", 7, std::nullopt,
               Blob{std::string_view("\0\xff", 2)});
        tx.commit();
    }
    EXPECT_TRUE(seen().empty());
    clock_.advance(5s);
    EXPECT_EQ(seen().size(), 3u);
    EXPECT_EQ(seen(), content_of(*primary_));
}

TEST_P(ReplicasTest, TellsWhatIsNotVisibleYet) {
    add_parent("a");
    add_parent("b", other_account);
    clock_.advance(1s);
    const Lag lag{.at_most = 5s, .seed = 1};
    const PendingChanges all = propagation_.replicas()->pending();
    EXPECT_EQ(all.count, 2u);
    const PendingChanges pending = propagation_.replicas()->pending_of(Sight::reads, {one_account});
    ASSERT_EQ(pending.count, 1u);
    EXPECT_EQ(pending.oldest[0].action, "test:AddParent");
    EXPECT_EQ(pending.oldest[0].resource, "a");
    EXPECT_EQ(pending.oldest[0].made, Instant(1000s));
    EXPECT_EQ(pending.oldest[0].shown, Instant(1000s) + lag.of(Sight::reads, one_account, 0));
    for (int i = 0; i < 20; ++i) add_parent("more-" + std::to_string(i));
    EXPECT_EQ(propagation_.replicas()->pending_of(Sight::reads, {one_account}).count, 21u);
    EXPECT_EQ(propagation_.replicas()->pending_of(Sight::reads, {one_account}).oldest.size(), PendingChanges::most);
    clock_.advance(10s);
    propagation_.replicas()->advance(clock_.now());
    EXPECT_EQ(propagation_.replicas()->pending().count, 0u);
}

TEST_P(ReplicasTest, AResetIsSeenAtOnce) {
    add_parent("a");
    clock_.advance(5s);
    EXPECT_EQ(seen_parents(), 1u);
    add_parent("b");
    primary_->reset();
    EXPECT_EQ(seen_parents(), 0u);
    EXPECT_EQ(propagation_.replicas()->pending().count, 0u);
    add_parent("c");
    EXPECT_EQ(seen_parents(), 0u);
}

TEST_P(ReplicasTest, CatchesUp) {
    add_parent("a");
    add_parent("b", other_account);
    primary_->catch_up();
    EXPECT_EQ(seen_parents(), 2u);
    EXPECT_EQ(propagation_.replicas()->repairs(), 0u);
}

TEST_P(ReplicasTest, CatchesUpWithOneAccountAlone) {
    add_parent("other", other_account);
    add_parent("a");
    remove_parent("a");
    add_parent("b");
    primary_->catch_up(one_account);
    EXPECT_EQ(seen_parents(), 1u);
    EXPECT_EQ(propagation_.replicas()->pending_of(Sight::reads, {other_account}).count, 1u);
    clock_.advance(5s);
    EXPECT_EQ(seen(), content_of(*primary_));
    EXPECT_EQ(propagation_.replicas()->repairs(), 0u);
}

TEST_P(ReplicasTest, IsCopiedWhereAnAccountCannotCatchUpAlone) {
    add_parent("shared", other_account);
    {
        Transaction tx(*connection_, Access::write);
        tx.run(one_account, "INSERT INTO children (id, parent) VALUES ('c', 'shared')");
        tx.commit();
    }
    primary_->catch_up(one_account);
    EXPECT_EQ(seen(), content_of(*primary_));
    EXPECT_EQ(propagation_.replicas()->repairs(), 2u) << "each of the two";
}

TEST_P(ReplicasTest, AClockThatIsSetBackHoldsNothingBack) {
    clock_.set(Instant(2000000s));
    add_parent("a");
    clock_.set(Instant(1000s));
    EXPECT_EQ(seen_parents(), 1u);
    clock_.set(Instant(2000000s));
    add_parent("b");
    clock_.set(Instant(1000s));
    add_parent("c");
    EXPECT_EQ(seen_parents(), 2u);
    clock_.advance(5s);
    EXPECT_EQ(seen_parents(), 3u);
}

TEST_P(ReplicasTest, AMomentBeforeAChangeIsNoClockSetBack) {
    add_parent("a");
    propagation_.replicas()->advance(clock_.now() - 10ms);
    EXPECT_EQ(content_of(propagation_.replicas()->database(Sight::reads)).size(), 0u);
}

TEST_P(ReplicasTest, TooManyBytesBecomeVisibleBeforeTheirTime) {
    Replicas small(*primary_, clock_, {.at_most = 5s, .seed = 1}, 20'000);
    primary_->set_follower(&small);
    add_parent("a");
    for (int i = 0; i < 5; ++i) add_parent(std::string(3000, 'x') + std::to_string(i));
    small.advance(clock_.now());
    EXPECT_EQ(content_of(small.database(Sight::reads)).size(), 3u);
    primary_->set_follower(nullptr);
}

TEST_P(ReplicasTest, WhenItIsOffNothingIsNoted) {
    const std::shared_ptr<Replicas> kept = propagation_.replicas();
    propagation_.stop();
    EXPECT_FALSE(propagation_.is_on());
    EXPECT_EQ(propagation_.replicas(), nullptr);
    add_parent("a");
    EXPECT_EQ(kept->pending().count, 0u);
    propagation_.stop();
    propagation_.start({.at_most = 1s, .seed = 0});
    EXPECT_EQ(seen_parents(), 1u);
}

TEST_P(ReplicasTest, FollowsWritersOfManyThreads) {
    std::vector<std::thread> writers;
    for (int writer = 0; writer < 4; ++writer)
        writers.emplace_back([this, writer] {
            const auto connection = primary_->connect();
            for (int i = 0; i < 50; ++i) {
                Transaction tx(*connection, Access::write);
                tx.run(one_account, "INSERT INTO parents (id, number) SELECT ?1, count(*) FROM parents",
                       std::to_string(writer) + "-" + std::to_string(i));
                tx.commit();
            }
        });
    writers.emplace_back([this] {
        for (int i = 0; i < 100; ++i) {
            clock_.advance(100ms);
            propagation_.replicas()->advance(clock_.now());
            content_of(propagation_.replicas()->database(Sight::reads));
        }
    });
    for (std::thread& writer : writers) writer.join();
    clock_.advance(5s);
    EXPECT_EQ(seen_parents(), 200u);
    EXPECT_EQ(seen(), content_of(*primary_));
    EXPECT_EQ(propagation_.replicas()->repairs(), 0u);
}

TEST(Lag, FollowsFromSeedAccountAndNumber) {
    const Lag lag{.at_most = 10s, .seed = 7};
    EXPECT_EQ(lag.of(Sight::reads, one_account, 3), (Lag{.at_most = 10s, .seed = 7}.of(Sight::reads, one_account, 3)));
    EXPECT_NE(lag.of(Sight::reads, one_account, 3), (Lag{.at_most = 10s, .seed = 8}.of(Sight::reads, one_account, 3)));
    EXPECT_NE(lag.of(Sight::reads, one_account, 3), lag.of(Sight::reads, one_account, 4));
    EXPECT_NE(lag.of(Sight::reads, one_account, 3), lag.of(Sight::reads, other_account, 3));
    auto least = lag.of(Sight::reads, one_account, 0), most = least;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        least = std::min(least, lag.of(Sight::reads, one_account, i));
        most = std::max(most, lag.of(Sight::reads, one_account, i));
    }
    EXPECT_GE(least, 5s);
    EXPECT_LT(least, 5100ms);
    EXPECT_LE(most, 10s);
    EXPECT_GT(most, 9900ms);
}

/// Against a list of all states that the database has had: what is seen is one of them, at least as new as the delay
/// promises, never as new as half of it forbids, and never older than what was seen before.
TEST(ReplicasProperty, ShowsStatesInOrderAndInTime) {
    struct Past {
        Instant made;
        std::vector<std::string> content;
    };
    check_property(60, 14, [] {
        FixedClock clock{Instant(1000s)};
        const auto primary = Database::in_memory();
        primary->migrate(test_schema);
        Propagation propagation(*primary, clock);
        propagation.start({.at_most = 4s, .seed = *rc::gen::arbitrary<std::uint64_t>()});
        const auto connection = primary->connect();
        std::vector<Past> past = {{clock.now(), content_of(*primary)}};
        std::size_t seen[2] = {0, 0};
        const auto look_by = [&](Sight sight, std::size_t& shown) {
            const auto content = content_of(propagation.replicas()->database(sight));
            // States may look the same: it may be the first of them or any until the last.
            std::size_t first = past.size();
            std::size_t last = 0;
            for (std::size_t i = past.size(); i-- > shown;) {
                if (past[i].content != content) continue;
                if (first == past.size()) last = i;
                first = i;
            }
            RC_ASSERT(first < past.size());
            shown = first;
            if (last + 1 < past.size()) RC_ASSERT(clock.now() < past[last + 1].made + 4s);
            RC_ASSERT(first == 0 || clock.now() >= past[first].made + 2s);
        };
        const auto look = [&] {
            propagation.replicas()->advance(clock.now());
            look_by(Sight::reads, seen[0]);
            look_by(Sight::decisions, seen[1]);
        };
        const int steps = *rc::gen::inRange(1, 60);
        for (int step = 0; step < steps; ++step) {
            const int what = *rc::gen::inRange(0, 8);
            if (what < 2) {
                clock.advance(std::chrono::milliseconds(*rc::gen::inRange(0, 3000)));
                look();
                continue;
            }
            const std::string id(1, static_cast<char>('a' + *rc::gen::inRange(0, 4)));
            const AccountId& account = *rc::gen::arbitrary<bool>() ? one_account : other_account;
            Transaction tx(*connection, Access::write);
            try {
                if (what == 2) tx.run(account, "DELETE FROM parents WHERE id = ?1", id);
                if (what == 3) tx.run(account, "INSERT INTO children (id, parent) VALUES (?1, ?1)", id);
                if (what == 4) tx.run(account, "DELETE FROM children");
                if (what == 5) tx.execute_without_revision("INSERT INTO notes (position) SELECT count(*) FROM notes");
                if (what >= 6)
                    tx.run(account,
                           "INSERT INTO parents (id, number) VALUES (?1, 0) ON CONFLICT (id) DO UPDATE SET number = "
                           "parents.number + 1",
                           id);
                tx.commit();
            } catch (const ConstraintViolation&) {
                continue;
            }
            past.push_back({clock.now(), content_of(*primary)});
        }
        clock.advance(4s);
        look();
        for (const Sight sight : {Sight::reads, Sight::decisions})
            RC_ASSERT(content_of(propagation.replicas()->database(sight)) == content_of(*primary));
        RC_ASSERT(propagation.replicas()->repairs() == 0u);
    });
}

}  // namespace
}  // namespace iamlocal::db
