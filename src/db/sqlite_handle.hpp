// One SQLite connection with its prepared statements. Inside this folder only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "db/backend.hpp"
#include "db/options.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace iamlocal::db {

class SqliteHandle;

/// A prepared statement and its use.
class SqliteStatement final : public Cursor {
  public:
    /// `cached`: kept after its release. Throws what SqliteHandle::fail() throws.
    SqliteStatement(SqliteHandle& handle, const char* sql, bool cached);
    ~SqliteStatement() override;

    void bind(std::span<const Value> values);
    bool writes() const { return writes_; }
    bool busy() const { return busy_; }

    bool step() override;
    int changes() const override;
    bool is_null(int column) const override;
    std::int64_t integer(int column) const override;
    std::string_view text(int column) const override;
    std::string_view blob(int column) const override;
    /// Ready for its next use; gone if it is not cached.
    void release() noexcept override;

  private:
    SqliteHandle& handle_;
    sqlite3_stmt* statement_ = nullptr;
    bool cached_;
    bool writes_ = false;
    bool busy_ = false;
};

/// Used by one thread at a time.
class SqliteHandle {
  public:
    /// A private database in memory.
    static std::unique_ptr<SqliteHandle> in_memory();
    /// A connection to the file. Throws CannotOpen.
    static std::unique_ptr<SqliteHandle> of_file(const std::filesystem::path& file, Durability durability);

    SqliteHandle(const SqliteHandle&) = delete;
    SqliteHandle& operator=(const SqliteHandle&) = delete;
    ~SqliteHandle();

    /// The cached statement for this text, prepared on first use.
    SqliteStatement& prepare(Sql sql);
    /// Steps a cached statement without values and rows, such as BEGIN.
    void run(Sql sql);
    /// Statements separated by ';', not cached.
    void execute(const std::string& sql);
    /// One statement, not cached, with `value` for `?1` unless it is empty; the first column of its first row, or 0.
    std::int64_t execute_with(const std::string& sql, std::string_view value = {});
    /// Rolls back if a transaction is open. Some failures (disk full) have rolled back already.
    void rollback() noexcept;

    /// How many rows were changed by this connection, with those that follow by foreign keys.
    std::int64_t changed_rows() const;
    /// Replaces the whole content by that of another one. Neither is in a transaction.
    void copy_from(SqliteHandle& source);

    /// Throws what the result code means.
    [[noreturn]] void fail(int code);

    sqlite3* get() const { return handle_; }

  private:
    explicit SqliteHandle(sqlite3* handle) : handle_(handle) {}
    static std::unique_ptr<SqliteHandle> open(const std::string& name, int flags);

    sqlite3* handle_;
    std::unordered_map<const char*, std::unique_ptr<SqliteStatement>> statements_;
};

}  // namespace iamlocal::db
