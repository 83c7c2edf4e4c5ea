// A SQLite database in memory or in a directory, behind Database. Inside this folder only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>

#include "db/change.hpp"
#include "db/database.hpp"
#include "db/directory_lock.hpp"
#include "db/sqlite_checkpoints.hpp"
#include "db/sqlite_handle.hpp"
#include "db/sqlite_snapshots.hpp"

namespace iamlocal::db {

class SqliteDatabase final : public Database {
  public:
    static std::unique_ptr<SqliteDatabase> in_memory();
    static std::unique_ptr<SqliteDatabase> open(const std::filesystem::path& directory, Durability durability);
    /// Checkpoints the write-ahead log.
    ~SqliteDatabase() override;

    void migrate(const Schema& schema) override;
    void reset() override;
    Snapshots& snapshots() override { return *snapshots_; }
    std::string_view storage() const override { return persistent() ? "directory" : "memory"; }
    bool can_be_followed() const override { return true; }
    void set_follower(Follower* follower) override;
    void catch_up() override;
    void catch_up(const AccountId& account) override;
    void mend_follower() override;
    /// Replaces all that is in a database in memory by a copy of `source`, which nobody may write to meanwhile. Bumps
    /// all revisions.
    void copy_from(SqliteHandle& source);
    std::optional<std::uint64_t> size() override;
    std::string location() const override { return persistent() ? file_.parent_path().string() : "memory"; }

  private:
    friend class SqliteBackend;
    friend class SqliteSnapshots;
    SqliteDatabase() = default;
    std::unique_ptr<Backend> make_backend() override;
    std::unique_ptr<SqliteHandle> open_file() const;
    bool persistent() const { return lock_.held(); }
    void raise_revisions(const Stripes& touched) noexcept;
    /// To be called when the log has grown by much. Whoever commits next would have to wait for it.
    void put_log_away();

    DirectoryLock lock_;
    std::filesystem::path file_;  ///< empty in memory
    Durability durability_ = Durability::normal;
    std::unique_ptr<SqliteHandle> shared_;  ///< the only one in memory; the keeper of the file otherwise
    std::mutex mutex_;                      ///< file: held by the writing transaction; memory: by any
    Schema schema_;
    std::unique_ptr<SqliteSnapshots> snapshots_;
    std::unique_ptr<SqliteCheckpoints> checkpoints_;  ///< null in memory
    Follower* follower_ = nullptr;                    ///< guarded by mutex_
};

/// Brings a database up to that schema. `name`: of the database, for sentences.
void bring_up(SqliteHandle& handle, const Schema& schema, const std::string& name);
/// The number of its last step.
std::int64_t schema_of(SqliteHandle& handle);

/// A connection: the database's shared handle in memory, a handle of its own to a file.
class SqliteBackend final : public Backend {
  public:
    SqliteBackend(SqliteDatabase& database, std::unique_ptr<SqliteHandle> own)
        : database_(database), own_(std::move(own)), handle_(own_ ? *own_ : *database.shared_) {}

    void begin(Access access) override;
    void commit(const Stripes& touched) override;
    void rollback() noexcept override;
    Cursor& open(Sql sql, std::span<const Value> values) override;
    /// How many rows the writing transaction has changed so far, with those that follow by foreign keys.
    std::int64_t changed_rows() const { return handle_.changed_rows() - rows_at_begin_; }

  private:
    std::unique_lock<std::mutex> take_turn();
    void end() noexcept;

    SqliteDatabase& database_;
    std::unique_ptr<SqliteHandle> own_;  ///< empty in memory
    SqliteHandle& handle_;
    std::unique_lock<std::mutex> lock_;
    bool writable_ = false;
    std::unique_ptr<Change> change_;  ///< what recorded() gives
    std::int64_t rows_at_begin_ = 0;
};

}  // namespace iamlocal::db
