// A unit of work: everything a request reads and writes. It begins at its first statement, so a request that touches
// no row costs nothing, and it rolls back unless commit() was called.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <vector>

#include "db/change.hpp"
#include "db/database.hpp"
#include "db/query.hpp"

namespace iamlocal::db {

/// Not to be nested: the second transaction that begins on a connection throws std::logic_error (but see Batch). In
/// memory a begun transaction keeps all other connections out until it ends, a writing one keeps out other writers
/// everywhere, so end it soon. A `read` transaction sees one state of the database throughout; writing in it throws.
/// After an exception from a statement only destruction makes sense. Statements throw what Backend throws.
class Transaction {
  public:
    Transaction(Connection& connection, Access access) : connection_(connection), access_(access) {}
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction();

    /// `read(row)` of the first row, or nothing.
    template <class Read, class... Args>
    auto one(Sql sql, Read read, const Args&... args)
        -> std::optional<std::decay_t<std::invoke_result_t<Read, const Row&>>> {
        const std::array<Value, sizeof...(Args)> values{Value(args)...};
        Query query(begin(), sql, values);
        if (!query.step()) return std::nullopt;
        return read(query.row());
    }

    /// `read(row)` of every row.
    template <class Read, class... Args>
    auto list(Sql sql, Read read, const Args&... args)
        -> std::vector<std::decay_t<std::invoke_result_t<Read, const Row&>>> {
        const std::array<Value, sizeof...(Args)> values{Value(args)...};
        Query query(begin(), sql, values);
        std::vector<std::decay_t<std::invoke_result_t<Read, const Row&>>> rows;
        while (query.step()) rows.push_back(read(query.row()));
        return rows;
    }

    /// Calls `use(row)` for every row.
    template <class Use, class... Args>
    void each(Sql sql, Use use, const Args&... args) {
        const std::array<Value, sizeof...(Args)> values{Value(args)...};
        Query query(begin(), sql, values);
        while (query.step()) use(query.row());
    }

    /// Whether there is a row.
    template <class... Args>
    bool exists(Sql sql, const Args&... args) {
        const std::array<Value, sizeof...(Args)> values{Value(args)...};
        return Query(begin(), sql, values).step();
    }

    /// The first column of the only row, as for `SELECT count(*)`; 0 for NULL or no row.
    template <class... Args>
    std::int64_t number(Sql sql, const Args&... args) {
        return one(
                   sql, [](const Row& row) { return row.integer(0); }, args...)
            .value_or(0);
    }

    /// Inserts, updates or deletes rows of `account` and says how many. The account's revision is bumped by commit().
    template <class... Args>
    int run(const AccountId& account, Sql sql, const Args&... args) {
        touch(account);
        return execute_without_revision(sql, args...);
    }

    /// As run(), for what no decision and no cached answer depends on (when a key was last used).
    template <class... Args>
    int execute_without_revision(Sql sql, const Args&... args) {
        const std::array<Value, sizeof...(Args)> values{Value(args)...};
        return change(sql, values);
    }

    /// Makes commit() bump the account's revision.
    void touch(const AccountId& account) {
        touched_.set(Database::stripe(account));
        if (Change* const change = begin().recorded()) change->note(account);
    }

    /// Says what is being changed, for who is told of changes that are not visible yet: an action, and an ARN or
    /// nothing. Costs nothing unless a replica follows the database.
    void describe(std::string_view action, std::string_view resource) {
        if (Change* const change = begin().recorded()) change->describe(action, resource);
    }

    /// Begins now, not with the first statement: from here on a writing transaction holds its lock.
    void start();
    /// Makes the changes durable and visible, then bumps the revisions of the touched accounts, then returns. Ends the
    /// transaction: a read transaction releases what it holds.
    void commit();

    Access access() const { return access_; }
    /// How many statements so far were to change something.
    std::uint64_t changes() const { return changes_; }

  private:
    Backend& begin() {
        if (state_ != State::open) start();
        return *connection_.backend_;
    }
    void end() noexcept;
    int change(Sql sql, std::span<const Value> values);

    enum class State { fresh, open, ended };
    Connection& connection_;
    Access access_;
    State state_ = State::fresh;
    Stripes touched_;
    std::uint64_t changes_ = 0;
};

/// Many transactions as one: those that begin on the connection while this is there are parts of it, one after the
/// other. Nobody else sees what they have changed before commit(); without it all of that is undone. It writes, and
/// holds the lock of writers from its beginning, so end it soon. Revisions are bumped when it is committed.
class Batch {
  public:
    /// Throws what Backend throws.
    explicit Batch(Connection& connection);
    Batch(const Batch&) = delete;
    Batch& operator=(const Batch&) = delete;
    ~Batch();

    /// Throws std::logic_error when a writing part was not committed: then there is nothing that could be.
    void commit();

  private:
    friend class Transaction;
    Connection& connection_;
    Stripes touched_;
    bool is_open_ = true;
    bool is_broken_ = false;  ///< a part that writes was given up
};

}  // namespace iamlocal::db
