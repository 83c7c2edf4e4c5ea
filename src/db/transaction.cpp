#include "db/transaction.hpp"

#include <stdexcept>

#include <sqlite3.h>

#include "db/engine.hpp"

namespace iamlocal::db {

Transaction::~Transaction() {
    if (state_ != State::open) return;
    sqlite3* const handle = connection_.engine_.handle();
    // Some failures (disk full) have rolled back already; in memory a read has no BEGIN.
    if (sqlite3_get_autocommit(handle) == 0) {
        try {
            connection_.engine_.run("ROLLBACK");
        } catch (const std::exception&) {
            // The next BEGIN on this connection fails and says why.
        }
    }
    end();
}

void Transaction::start() {
    if (state_ == State::ended) throw std::logic_error("the transaction has ended");
    if (connection_.busy_) throw std::logic_error("the connection is in another transaction");
    Database& database = connection_.database_;
    Engine& engine = connection_.engine_;
    if (access_ == Access::write) {
        std::unique_lock lock(database.mutex_);
        engine.run("BEGIN IMMEDIATE");
        lock_ = std::move(lock);
    } else if (database.persistent()) {
        engine.run("BEGIN");
    } else {
        // The mutex alone keeps the state still.
        lock_ = std::unique_lock(database.mutex_);
    }
    engine.set_writable(access_ == Access::write);
    connection_.busy_ = true;
    state_ = State::open;
}

void Transaction::end() noexcept {
    connection_.engine_.set_writable(false);
    connection_.busy_ = false;
    state_ = State::ended;
    if (lock_.owns_lock()) lock_.unlock();
}

int Transaction::change(Sql sql, std::span<const Value> values) {
    Engine& engine = begin();
    ++changes_;
    Query query(engine, sql, values);
    query.step();
    return sqlite3_changes(engine.handle());
}

void Transaction::commit() {
    if (state_ == State::open) {
        if (access_ == Access::write || connection_.database_.persistent()) connection_.engine_.run("COMMIT");
        if (touched_.any()) {
            for (std::size_t i = 0; i < Database::stripes; ++i) {
                if (touched_[i]) connection_.database_.revisions_[i].fetch_add(1, std::memory_order_acq_rel);
            }
        }
        end();
    }
    state_ = State::ended;
}

}  // namespace iamlocal::db
