// One connection to PostgreSQL: made when it is needed, made again when it broke, and given up when an answer does not
// come in time. Inside this folder only.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "db/error.hpp"
#include "db/options.hpp"
#include "db/query.hpp"

struct pg_conn;
struct pg_result;

namespace iamlocal::db {

/// The rows of one statement.
class PostgresResult {
  public:
    PostgresResult() = default;
    explicit PostgresResult(pg_result* result) : result_(result) {}

    int rows() const;
    /// How many rows an INSERT, UPDATE or DELETE concerned.
    int changes() const;
    /// `COMMIT`, `ROLLBACK`, `SELECT 3`, …
    std::string_view status() const;
    bool is_null(int row, int column) const;
    /// Also of a boolean, as 0 or 1; 0 for NULL.
    std::int64_t integer(int row, int column) const;
    /// Empty for NULL.
    std::string_view text(int row, int column) const;
    pg_result* get() const { return result_.get(); }

  private:
    struct Clear {
        void operator()(pg_result* result) const noexcept;
    };
    std::unique_ptr<pg_result, Clear> result_;
};

/// Used by one thread at a time. Functions that talk to the server throw what db::Backend throws; an Unavailable means
/// that the next use connects again. They block no longer than PostgresOptions says.
class PostgresConnection {
  public:
    explicit PostgresConnection(const PostgresOptions& options) : options_(options) {}
    PostgresConnection(const PostgresConnection&) = delete;
    PostgresConnection& operator=(const PostgresConnection&) = delete;
    ~PostgresConnection() { drop(); }

    bool connected() const { return connection_ != nullptr; }
    /// Connects unless connected. For a moment after a failure it fails at once, so that requests do not queue for a
    /// server that is down.
    void require_connected();
    void drop() noexcept;

    /// Statements separated by ';', without values; the first one's result.
    PostgresResult execute(const std::string& sql) { return execute(sql, options_.statement_timeout); }
    PostgresResult execute(const std::string& sql, std::chrono::milliseconds timeout);
    /// A statement with values, prepared on its first use.
    PostgresResult execute(Sql sql, std::span<const Value> values);

    /// For the first statement of something: if the connection broke while nobody used it, this connects again and
    /// repeats.
    template <class Action>
    auto with_reconnect(Action action) {
        const bool was_connected = connected();
        require_connected();
        try {
            return action();
        } catch (const Unavailable& error) {
            if (!was_connected || !error.may_retry_at_once()) throw;
        }
        require_connected();
        return action();
    }

    /// ROLLBACK if a transaction is open; a connection that cannot even do that is dropped.
    void rollback() noexcept;

  private:
    const std::string& prepare(Sql sql);
    PostgresResult collect(std::chrono::milliseconds timeout);
    bool wait(std::chrono::steady_clock::time_point deadline, bool for_writing) const;
    [[noreturn]] void fail(const PostgresResult& result);
    [[noreturn]] void lose(const std::string& reason, Unavailable::Retry retry = Unavailable::Retry::at_once);

    const PostgresOptions& options_;
    pg_conn* connection_ = nullptr;
    std::unordered_map<const char*, std::string> statements_;  ///< names of what is prepared
    std::chrono::steady_clock::time_point not_before_{};       ///< when to try to connect again
};

/// Where a URL leads, without the password: `postgresql://HOST:PORT/DATABASE`. Throws CannotOpen when it is none.
std::string postgres_location(const std::string& url);

}  // namespace iamlocal::db
