#include "db/replicas.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace iamlocal::db {

using std::chrono::microseconds;

Replicas::Replicas(Database& primary, const Clock& clock, const Lag& lag, std::size_t budget)
    : primary_(primary), clock_(clock), lag_(lag), reads_(lag.at_most, budget), decisions_(lag.at_most, budget) {}

void Replicas::committed(Change&& change) noexcept {
    const std::lock_guard guard(mutex_);
    try {
        append(std::move(change));
    } catch (const std::exception&) {
        reads_.note_gap();
        decisions_.note_gap();
    }
}

void Replicas::append(Change&& change) {
    const Instant now = clock_.now();
    // What nobody's decisions depend on takes no number: it comes as early as it may.
    microseconds shown_after = microseconds(lag_.at_most) / 2;
    microseconds counts_after = shown_after;
    if (!change.accounts().empty()) {
        const AccountId& account = change.accounts().front();
        const std::uint64_t number = numbers_[account]++;
        shown_after = lag_.of(Sight::reads, account, number);
        counts_after = lag_.of(Sight::decisions, account, number);
    }
    const Instant shown = reads_.visible_from(now, shown_after);
    const Instant counts = decisions_.visible_from(now, counts_after);
    const auto committed =
        std::make_shared<const CommittedChange>(CommittedChange{std::move(change), now, shown, counts});
    reads_.append(committed, shown);
    decisions_.append(committed, counts);
}

void Replicas::advance(Instant now) {
    {
        const std::lock_guard guard(mutex_);
        reads_.show_due(now);
        decisions_.show_due(now);
        if (!reads_.needs_mending() && !decisions_.needs_mending()) return;
    }
    primary_.mend_follower();
}

void Replicas::catch_up(const AccountId& account, SqliteHandle& source) {
    const std::lock_guard guard(mutex_);
    for (Replica* const replica : {&reads_, &decisions_})
        if (!replica->catch_up(account)) mend(*replica, source);
}

void Replicas::mend(SqliteHandle& source) {
    const std::lock_guard guard(mutex_);
    for (Replica* const replica : {&reads_, &decisions_})
        if (replica->needs_mending()) mend(*replica, source);
}

void Replicas::mend(Replica& replica, SqliteHandle& source) {
    if (replica.is_broken()) ++repairs_;
    replica.copy(source);
}

void Replicas::replaced(SqliteHandle& source) {
    const std::lock_guard guard(mutex_);
    numbers_.clear();
    reads_.copy(source);
    decisions_.copy(source);
}

PendingChanges Replicas::pending_of(Sight sight, std::initializer_list<AccountId> accounts) const {
    const std::lock_guard guard(mutex_);
    return of(sight).pending([&](const Change& change) {
        return std::any_of(accounts.begin(), accounts.end(),
                           [&](const AccountId& account) { return change.is_of(account); });
    });
}

PendingChanges Replicas::pending() const {
    const auto all = [](const Change&) { return true; };
    const std::lock_guard guard(mutex_);
    PendingChanges not_shown = reads_.pending(all);
    PendingChanges not_counted = decisions_.pending(all);
    // Both have the changes in their order, so the one that waits for more waits for those of the other, too.
    return not_shown.count > not_counted.count ? not_shown : not_counted;
}

std::uint64_t Replicas::repairs() const {
    const std::lock_guard guard(mutex_);
    return repairs_;
}

}  // namespace iamlocal::db
