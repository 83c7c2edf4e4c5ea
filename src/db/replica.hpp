// A copy of a database in memory that follows it with a delay: what is read there is as old as AWS's answers are for
// some seconds after a change. Nothing is written to it but what was committed in the database, in the same order.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>

#include "base/clock.hpp"
#include "base/named.hpp"
#include "db/change.hpp"
#include "db/database.hpp"
#include "db/pending_changes.hpp"

namespace iamlocal::db {

class SqliteBackend;
class SqliteDatabase;

/// A change that was committed, and when it becomes visible in each of two replicas.
struct CommittedChange {
    Change change;
    Instant made;
    Instant shown;
    Instant counts;
};

/// Not safe for threads but for database(): Replicas sees to that.
class Replica {
  public:
    /// A copy of nothing yet. `slack`: by how much time may seem to run back before it is taken for a clock that was
    /// set back. `budget`: how many bytes of changes may wait, about; when there are more, the oldest become visible
    /// before their time.
    Replica(std::chrono::microseconds slack, std::size_t budget);
    Replica(const Replica&) = delete;
    Replica& operator=(const Replica&) = delete;
    ~Replica();

    /// To be read, with revisions of its own; not to be written to.
    Database& database() const;

    /// When a change becomes visible that is made now and takes so long: nothing overtakes another one.
    Instant visible_from(Instant now, std::chrono::microseconds takes) const;
    void append(std::shared_ptr<const CommittedChange> change, Instant visible);
    /// Makes visible what is due, and what was made in a future that the clock was set back from.
    void show_due(Instant now);
    /// Makes visible what was changed of the account alone. False: that is not possible, and it is to be mended.
    bool catch_up(const AccountId& account);

    /// Whether it is to be copied anew: it may differ from any state of the database, or could not do the changes in
    /// their order and has none to wait for any more.
    bool needs_mending() const;
    /// Copies the database as it is. What waits is visible with it.
    void copy(SqliteHandle& source);
    /// For who could not append().
    void note_gap() { health_ = Health::broken; }
    bool is_broken() const { return health_ == Health::broken; }

    /// What waits of those that `concerns(change)`, as far as it was said what it is.
    template <class Concerns>
    PendingChanges pending(Concerns concerns) const {
        PendingChanges pending;
        for (const Waiting& waiting : waiting_) {
            const CommittedChange& committed = *waiting.committed;
            const Change& change = committed.change;
            if (change.action().empty() || !concerns(change)) continue;
            if (++pending.count > PendingChanges::most) continue;
            pending.oldest.push_back(
                {change.action(), change.resource(), committed.made, committed.shown, committed.counts});
        }
        return pending;
    }

  private:
    struct Waiting {
        std::shared_ptr<const CommittedChange> committed;
        Instant visible;
    };
    enum class Health { good, reordered, broken };

    bool is_due(const Waiting& waiting, Instant now) const;
    void apply(const Change& change);

    const std::chrono::microseconds slack_;
    const std::size_t budget_;
    std::unique_ptr<SqliteDatabase> database_;
    std::unique_ptr<SqliteBackend> writer_;
    std::deque<Waiting> waiting_;
    std::size_t bytes_ = 0;  ///< of all that wait
    Health health_ = Health::good;
};

}  // namespace iamlocal::db
