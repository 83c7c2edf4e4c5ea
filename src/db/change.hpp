// What a writing transaction did, for who does it again somewhere else: its statements with their values, in order.
// The same statements on the same state have the same effect: none of them asks for the time or for randomness.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/named.hpp"
#include "db/backend.hpp"
#include "db/query.hpp"

namespace iamlocal::db {

class SqliteHandle;

class Change {
  public:
    /// A statement that was executed, with values of its own.
    class Statement {
      public:
        Statement(Sql sql, std::span<const Value> values);
        Sql sql() const { return sql_; }
        /// They view the statement.
        std::vector<Value> values() const;
        std::size_t bytes() const;

      private:
        struct Kept {
            Value::Kind kind;
            std::int64_t number;
            std::string bytes;
        };
        Sql sql_;
        std::vector<Kept> values_;
    };

    void add(Sql sql, std::span<const Value> values);
    /// Notes whose rows are changed.
    void note(const AccountId& account);
    /// Says for people what is being changed: an action, and the ARN of the thing.
    void describe(std::string_view action, std::string_view resource);

    const std::vector<Statement>& statements() const { return statements_; }
    /// Without repetition; none where nothing changes that a decision or an answer depends on.
    const std::vector<AccountId>& accounts() const { return accounts_; }
    bool is_of(const AccountId& account) const;
    const std::string& action() const { return action_; }
    const std::string& resource() const { return resource_; }
    /// What keeping it takes, about.
    std::size_t bytes() const { return bytes_; }

    Stripes touched;              ///< set when it is committed
    std::int64_t changed_rows{};  ///< likewise; those that followed by foreign keys are among them

  private:
    std::vector<Statement> statements_;
    std::vector<AccountId> accounts_;
    std::string action_;
    std::string resource_;
    std::size_t bytes_ = 0;
};

/// Whoever wants to know of the changes of a SQLite database. Called while nobody can write to it.
class Follower {
  public:
    virtual ~Follower() = default;
    /// A transaction was committed; calls come in the order of commits.
    virtual void committed(Change&& change) noexcept = 0;
    /// The database is to be copied as it is: now it begins, or its content has become another one.
    virtual void replaced(SqliteHandle& source) = 0;
    /// What was changed of an account is to be had without delay.
    virtual void catch_up(const AccountId& account, SqliteHandle& source) = 0;
    /// The follower has found out that it may differ from the database, and has asked for this call.
    virtual void mend(SqliteHandle& source) = 0;
};

}  // namespace iamlocal::db
