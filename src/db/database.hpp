// The database of one process: open it once, give every worker a Connection, and run Transactions on that.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>

#include "base/named.hpp"
#include "db/directory_lock.hpp"
#include "db/error.hpp"

namespace iamlocal::db {

class Engine;
class Connection;

/// A numbered step of the schema. A released step is never edited.
struct Migration {
    int version;  ///< 1, 2, 3, … without gaps
    std::string_view description;
    const char* sql;  ///< statements separated by ';'
};

/// In memory: one private SQLite database that all connections share under a mutex; nothing is left behind. In a
/// directory: DIR/iamlocal.db in WAL mode with a SQLite connection per Connection; readers never wait, writers queue
/// on a mutex of this process. A commit is in the operating system's page cache before it is acknowledged, so killing
/// the process loses nothing; losing power may lose the last commits, but never corrupts (synchronous=NORMAL).
class Database {
  public:
    static std::unique_ptr<Database> in_memory();
    /// Makes the directory (mode 0700) if needed and holds DIR/lock until destroyed. Throws CannotOpen when another
    /// process holds it or the file cannot be used.
    static std::unique_ptr<Database> open(const std::filesystem::path& directory);

    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    /// Checkpoints the write-ahead log. All connections must be gone.
    ~Database();

    /// A connection for the use of one thread. The database must outlive it.
    std::unique_ptr<Connection> connect();

    /// Brings the schema up to the last of `steps`, each in its own transaction. Throws CannotOpen when the file was
    /// written by a later release.
    void migrate(std::span<const Migration> steps);
    /// Deletes every row of every table in one transaction and bumps all revisions. The schema stays, and so does what
    /// is in tables called `schema_…`.
    void reset();

    /// A number that changes with every committed change to the account's rows (and now and then without one: accounts
    /// share counters). One atomic load. Whoever caches what it read must load the revision *before* reading.
    std::uint64_t revision(const AccountId& account) const noexcept {
        return revisions_[stripe(account)].load(std::memory_order_acquire);
    }

    /// Whether commits survive the process.
    bool persistent() const { return lock_.held(); }

  private:
    friend class Connection;
    friend class Transaction;

    static constexpr std::size_t stripes = 256;
    static std::size_t stripe(const AccountId& account) noexcept;

    Database() = default;
    std::unique_ptr<Engine> open_engine() const;

    DirectoryLock lock_;
    std::filesystem::path file_;      ///< empty in memory
    std::unique_ptr<Engine> shared_;  ///< the only engine in memory; the keeper of the file otherwise
    std::mutex mutex_;                ///< file: held by the writing transaction; memory: by any
    std::atomic<std::uint64_t> revisions_[stripes] = {};
};

/// One thread's way into the database.
class Connection {
  public:
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    Database& database() { return database_; }

  private:
    friend class Database;
    friend class Transaction;
    Connection(Database& database, std::unique_ptr<Engine> own);

    Database& database_;
    std::unique_ptr<Engine> own_;  ///< empty in memory
    Engine& engine_;
    bool busy_ = false;  ///< a transaction has begun
};

}  // namespace iamlocal::db
