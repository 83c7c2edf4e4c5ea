// What a database has to offer: one connection, its transactions, and statements with their rows. SQLite and PostgreSQL
// stand behind it. Inside this folder only; everybody else goes through Transaction.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "db/query.hpp"
#include "db/traffic.hpp"

namespace iamlocal::db {

enum class Access { read, write };

/// Accounts share this many revision counters.
inline constexpr std::size_t revision_stripes = 256;
using Stripes = std::bitset<revision_stripes>;

/// One execution of a statement. Backends keep cursors for their next use, so they are released, not deleted.
class Cursor {
  public:
    Cursor() = default;
    Cursor(const Cursor&) = delete;
    Cursor& operator=(const Cursor&) = delete;
    virtual ~Cursor() = default;

    /// Whether there is a (next) row. Executes the statement, if Backend::open() has not. Throws what Backend throws.
    virtual bool step() = 0;
    /// How many rows an INSERT, UPDATE or DELETE concerned; to be asked after step().
    virtual int changes() const = 0;

    virtual bool is_null(int column) const = 0;
    virtual std::int64_t integer(int column) const = 0;
    virtual std::string_view text(int column) const = 0;
    virtual std::string_view blob(int column) const = 0;

    virtual void release() noexcept = 0;
};

class Change;

/// A connection. Used by one thread at a time, and for one transaction at a time. Every function but rollback() throws
/// ConstraintViolation, SerializationFailure, Unavailable, or std::runtime_error for what nobody expects.
class Backend {
  public:
    Backend() = default;
    Backend(const Backend&) = delete;
    Backend& operator=(const Backend&) = delete;
    virtual ~Backend() = default;

    virtual void begin(Access access) = 0;
    /// Makes the changes durable and visible, then raises the revisions of the touched stripes.
    virtual void commit(const Stripes& touched) = 0;
    virtual void rollback() noexcept = 0;
    /// The statement with these values, which must live until it is released. Throws std::logic_error when a read
    /// transaction is asked to write.
    virtual Cursor& open(Sql sql, std::span<const Value> values) = 0;
    /// Makes Database::revision() at least as new as the database's settings promise. Not within a transaction.
    virtual void refresh_revisions() {}
    /// Where the writing transaction is noted for who follows the database; null: nobody does.
    Change* recorded() const { return recorded_; }
    /// What this connection has done; counted by its thread.
    Traffic& traffic() { return traffic_; }

  protected:
    Change* recorded_ = nullptr;
    Traffic traffic_;
};

}  // namespace iamlocal::db
