#include "db/transaction.hpp"

#include <stdexcept>

namespace iamlocal::db {

Transaction::~Transaction() {
    if (state_ != State::open) return;
    if (Batch* const batch = connection_.batch_) {
        batch->is_broken_ = batch->is_broken_ || access_ == Access::write;
    } else {
        connection_.backend_->rollback();
        connection_.backend_->traffic().rollbacks.add();
    }
    end();
}

void Transaction::start() {
    if (state_ == State::ended) throw std::logic_error("the transaction has ended");
    if (connection_.busy_) throw std::logic_error("the connection is in another transaction");
    if (!connection_.batch_) {
        connection_.backend_->begin(access_);
        Traffic& traffic = connection_.backend_->traffic();
        (access_ == Access::write ? traffic.writes : traffic.reads).add();
    }
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
        if (Batch* const batch = connection_.batch_) {
            batch->touched_ |= touched_;
        } else {
            connection_.backend_->commit(touched_);
            connection_.backend_->traffic().commits.add();
        }
        end();
    }
    state_ = State::ended;
}

Batch::Batch(Connection& connection) : connection_(connection) {
    if (connection_.busy_ || connection_.batch_) throw std::logic_error("the connection is in another transaction");
    connection_.backend_->begin(Access::write);
    connection_.backend_->traffic().writes.add();
    connection_.batch_ = this;
}

Batch::~Batch() {
    if (!is_open_) return;
    connection_.backend_->rollback();
    connection_.backend_->traffic().rollbacks.add();
    connection_.batch_ = nullptr;
}

void Batch::commit() {
    if (is_broken_ || connection_.busy_) throw std::logic_error("a part of the batch was not committed");
    connection_.backend_->commit(touched_);
    connection_.backend_->traffic().commits.add();
    connection_.batch_ = nullptr;
    is_open_ = false;
}

}  // namespace iamlocal::db
