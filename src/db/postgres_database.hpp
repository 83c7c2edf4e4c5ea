// A PostgreSQL database, which other processes may share, behind Database. Inside this folder only.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "db/database.hpp"
#include "db/postgres_connection.hpp"
#include "db/postgres_snapshots.hpp"

namespace iamlocal::db {

/// Writers of all processes queue on a lock in the database, as they do on a mutex with SQLite. So none of them has to
/// be done again because of another, counts are right, and revisions are numbered in the order of commits.
///
/// The table schema_revisions has the number of the last commit that touched a stripe, written by that commit. A thread
/// reads five times a second what has changed there.
class PostgresDatabase final : public Database {
  public:
    static std::unique_ptr<PostgresDatabase> open(const PostgresOptions& options);
    ~PostgresDatabase() override;

    void migrate(const Schema& schema) override;
    void reset() override;
    Snapshots& snapshots() override { return snapshots_; }
    bool is_shared() const override { return true; }
    bool is_available() const noexcept override;
    std::string_view storage() const override { return "postgresql"; }
    std::string location() const override { return location_; }

  private:
    friend class PostgresBackend;
    friend class PostgresSnapshots;
    explicit PostgresDatabase(const PostgresOptions& options);
    std::unique_ptr<Backend> make_backend() override;

    void follow();
    /// Takes over what others have committed, and notes whether the database answers.
    void note_revisions(PostgresConnection& connection);
    void read_revisions(PostgresConnection& connection);
    void raise(std::size_t stripe, std::uint64_t revision) noexcept;
    void raise(const Stripes& touched, std::uint64_t revision) noexcept;
    std::chrono::steady_clock::duration since_last_read() const noexcept;

    const PostgresOptions options_;
    const std::string location_;
    std::mutex keeper_mutex_;
    PostgresConnection keeper_;  ///< for migrate(), reset() and snapshots
    PostgresSnapshots snapshots_;

    std::atomic<std::uint64_t> newest_seen_{0};                       ///< revision that was read, not made here
    std::atomic<std::chrono::steady_clock::duration> last_read_{{}};  ///< since the clock's epoch
    std::atomic<bool> last_read_failed_{false};
    std::mutex stop_mutex_;
    std::condition_variable stop_wish_;
    bool stop_ = false;
    std::thread follower_;
};

class PostgresBackend;

/// The rows of one execution, all of them here already.
class PostgresCursor final : public Cursor {
  public:
    explicit PostgresCursor(PostgresBackend& backend) : backend_(backend) {}
    void hold(PostgresResult result);

    bool step() override { return ++row_ < result_.rows(); }
    int changes() const override { return result_.changes(); }
    bool is_null(int column) const override { return result_.is_null(row_, column); }
    std::int64_t integer(int column) const override { return result_.integer(row_, column); }
    std::string_view text(int column) const override { return result_.text(row_, column); }
    std::string_view blob(int column) const override;
    void release() noexcept override;

  private:
    PostgresBackend& backend_;
    PostgresResult result_;
    int row_ = -1;
    mutable std::unordered_map<int, std::string> blobs_;  ///< the row's, decoded, by column
};

class PostgresBackend final : public Backend {
  public:
    explicit PostgresBackend(PostgresDatabase& database) : database_(database), connection_(database.options_) {}

    void begin(Access access) override;
    void commit(const Stripes& touched) override;
    void rollback() noexcept override { connection_.rollback(); }
    Cursor& open(Sql sql, std::span<const Value> values) override;
    void refresh_revisions() override;

  private:
    friend class PostgresCursor;
    PostgresDatabase& database_;
    PostgresConnection connection_;
    Access access_ = Access::read;
    std::vector<std::unique_ptr<PostgresCursor>> cursors_;
    std::vector<PostgresCursor*> idle_;
};

}  // namespace iamlocal::db
