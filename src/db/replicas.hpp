// The two replicas that follow a database while changes take a time to be visible: one for what IAM shows, and one for
// what decisions count. Each change reaches each of them after a time of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <mutex>

#include "base/clock.hpp"
#include "base/named.hpp"
#include "db/change.hpp"
#include "db/lag.hpp"
#include "db/replica.hpp"

namespace iamlocal::db {

/// Safe for threads. advance() is not to be called within a transaction of the database or of a replica.
class Replicas final : public Follower {
  public:
    /// How many bytes of changes may wait, about.
    static constexpr std::size_t usual_budget = std::size_t{64} << 20;

    /// Copies of nothing yet: Database::set_follower() fills them. Both must outlive it.
    Replicas(Database& primary, const Clock& clock, const Lag& lag, std::size_t budget = usual_budget);

    /// What somebody sees who looks so.
    Database& database(Sight sight) { return of(sight).database(); }
    const Lag& lag() const { return lag_; }

    /// Makes visible what is due.
    void advance(Instant now);
    /// What somebody does not see yet of these accounts, who looks so.
    PendingChanges pending_of(Sight sight, std::initializer_list<AccountId> accounts) const;
    /// What somebody does not see yet.
    PendingChanges pending() const;
    /// How often a replica had to be copied anew because a change could not be done again. Zero, unless somebody caught
    /// up with one account before others, or there is a defect.
    std::uint64_t repairs() const;

    void committed(Change&& change) noexcept override;
    void replaced(SqliteHandle& source) override;
    void catch_up(const AccountId& account, SqliteHandle& source) override;
    void mend(SqliteHandle& source) override;

  private:
    Replica& of(Sight sight) { return sight == Sight::reads ? reads_ : decisions_; }
    const Replica& of(Sight sight) const { return sight == Sight::reads ? reads_ : decisions_; }
    void append(Change&& change);
    void mend(Replica& replica, SqliteHandle& source);

    Database& primary_;
    const Clock& clock_;
    const Lag lag_;

    mutable std::mutex mutex_;  ///< of all below; taken after the database's own, before those of the copies
    Replica reads_;
    Replica decisions_;
    std::map<AccountId, std::uint64_t> numbers_;  ///< of each account's next change
    std::uint64_t repairs_ = 0;
};

}  // namespace iamlocal::db
