#include "db/replica.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "db/sqlite_database.hpp"

namespace iamlocal::db {

Replica::Replica(std::chrono::microseconds slack, std::size_t budget)
    : slack_(slack),
      budget_(budget),
      database_(SqliteDatabase::in_memory()),
      writer_(std::make_unique<SqliteBackend>(*database_, nullptr)) {}

Replica::~Replica() = default;

Database& Replica::database() const { return *database_; }

Instant Replica::visible_from(Instant now, std::chrono::microseconds takes) const {
    const Instant visible = now + takes;
    if (waiting_.empty()) return visible;
    const Waiting& last = waiting_.back();
    const bool is_of_a_future_that_was_left = last.committed->made > now + slack_;
    return is_of_a_future_that_was_left ? visible : std::max(visible, last.visible);
}

void Replica::append(std::shared_ptr<const CommittedChange> change, Instant visible) {
    const std::size_t bytes = change->change.bytes();
    waiting_.push_back({std::move(change), visible});
    bytes_ += bytes;
}

bool Replica::is_due(const Waiting& waiting, Instant now) const {
    // Another thread may have asked for the time a moment earlier; that is not yet a clock that was set back.
    return now >= waiting.visible || now + slack_ < waiting.committed->made;
}

void Replica::show_due(Instant now) {
    while (health_ != Health::broken && !waiting_.empty() && (is_due(waiting_.front(), now) || bytes_ > budget_)) {
        const Change& change = waiting_.front().committed->change;
        try {
            apply(change);
        } catch (const std::exception&) {
            health_ = Health::broken;
            return;
        }
        bytes_ -= change.bytes();
        waiting_.pop_front();
    }
}

void Replica::apply(const Change& change) {
    writer_->begin(Access::write);
    try {
        for (const Change::Statement& statement : change.statements()) {
            const std::vector<Value> values = statement.values();
            Query query(*writer_, statement.sql(), values);
            while (query.step()) continue;
        }
        // Dates of last use may concern what went out of its turn; all else has the effect that it had.
        const bool is_exact = health_ == Health::good || !change.accounts().empty();
        if (is_exact && writer_->changed_rows() != change.changed_rows)
            throw std::logic_error("a change had another effect in the copy");
        writer_->commit(change.touched);
    } catch (...) {
        writer_->rollback();
        throw;
    }
}

bool Replica::catch_up(const AccountId& account) {
    if (is_broken()) return false;
    const auto is_wanted = [&](const Change& change) {
        return std::all_of(change.accounts().begin(), change.accounts().end(),
                           [&](const AccountId& changed) { return changed == account; });
    };
    std::deque<Waiting> others;
    for (Waiting& waiting : waiting_) {
        const Change& change = waiting.committed->change;
        if (!is_wanted(change)) {
            others.push_back(std::move(waiting));
            continue;
        }
        if (!others.empty()) health_ = Health::reordered;
        try {
            apply(change);
        } catch (const std::exception&) {
            health_ = Health::broken;  // to be copied, so that it does not matter what waits
            return false;
        }
        bytes_ -= change.bytes();
    }
    waiting_ = std::move(others);
    return true;
}

bool Replica::needs_mending() const {
    return health_ == Health::broken || (health_ == Health::reordered && waiting_.empty());
}

void Replica::copy(SqliteHandle& source) {
    health_ = Health::broken;  // unless it succeeds
    database_->copy_from(source);
    waiting_.clear();
    bytes_ = 0;
    health_ = Health::good;
}

}  // namespace iamlocal::db
