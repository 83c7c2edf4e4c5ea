// How much connections do, for those who watch the server.
#pragma once

#include <cstdint>
#include <mutex>
#include <set>

#include "base/count.hpp"

namespace iamlocal::db {

/// One connection's numbers since it was made.
struct Traffic {
    Count reads;      ///< reading transactions that have begun
    Count writes;     ///< writing ones
    Count commits;    ///< of both
    Count rollbacks;  ///< transactions that ended in another way
    Count waits;      ///< transactions that had to wait for another of this process; of PostgreSQL nobody knows
};

/// Those of all connections together.
struct TrafficSum {
    std::uint64_t reads = 0;
    std::uint64_t writes = 0;
    std::uint64_t commits = 0;
    std::uint64_t rollbacks = 0;
    std::uint64_t waits = 0;

    void add(const Traffic& traffic) {
        reads += traffic.reads.value();
        writes += traffic.writes.value();
        commits += traffic.commits.value();
        rollbacks += traffic.rollbacks.value();
        waits += traffic.waits.value();
    }
};

/// Adds the connections of a database up, those that are gone as well. Safe for threads.
class TrafficBook {
  public:
    /// The numbers must stay where they are until leave().
    void enter(const Traffic& traffic) {
        const std::lock_guard lock(mutex_);
        open_.insert(&traffic);
    }
    void leave(const Traffic& traffic) {
        const std::lock_guard lock(mutex_);
        if (open_.erase(&traffic) == 1) past_.add(traffic);
    }
    TrafficSum sum() const {
        const std::lock_guard lock(mutex_);
        TrafficSum sum = past_;
        for (const Traffic* const traffic : open_) sum.add(*traffic);
        return sum;
    }

  private:
    mutable std::mutex mutex_;
    std::set<const Traffic*> open_;
    TrafficSum past_;
};

}  // namespace iamlocal::db
