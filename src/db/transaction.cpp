#include "db/transaction.hpp"

#include <stdexcept>

namespace iamlocal::db {

Transaction::~Transaction() {
    if (state_ != State::open) return;
    connection_.backend_->rollback();
    end();
}

void Transaction::start() {
    if (state_ == State::ended) throw std::logic_error("the transaction has ended");
    if (connection_.busy_) throw std::logic_error("the connection is in another transaction");
    connection_.backend_->begin(access_);
    connection_.busy_ = true;
    state_ = State::open;
}

void Transaction::end() noexcept {
    connection_.busy_ = false;
    state_ = State::ended;
}

int Transaction::change(Sql sql, std::span<const Value> values) {
    Backend& backend = begin();
    ++changes_;
    Query query(backend, sql, values);
    query.step();
    return query.changes();
}

void Transaction::commit() {
    if (state_ == State::open) {
        connection_.backend_->commit(touched_);
        end();
    }
    state_ = State::ended;
}

}  // namespace iamlocal::db
