// The database of one process: open it once, give every worker a Connection, and run Transactions on that.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/named.hpp"
#include "db/backend.hpp"
#include "db/error.hpp"
#include "db/exchanges.hpp"
#include "db/options.hpp"
#include "db/snapshots.hpp"

namespace iamlocal::db {

class Batch;
class Connection;
class Follower;

/// A numbered step of the schema. A released step is never edited. Written for SQLite with upper-case keywords;
/// PostgreSQL gets it with the words changed that it has others for (postgres_sql.hpp).
struct Migration {
    int version;  ///< 1, 2, 3, … without gaps
    std::string_view description;
    const char* sql;  ///< statements separated by ';'
};

/// A schema for Database::migrate(). What it refers to lives as long as the database.
struct Schema {
    std::span<const Migration> steps;
    /// All of them done, as pack_schema() gives it (finished_schema.hpp), for databases that are empty; or nothing, and
    /// then the steps are done one by one there, too.
    std::string_view finished;

    int version() const { return steps.empty() ? 0 : steps.back().version; }
};

/// SQLite or PostgreSQL; both are used in the same way.
class Database {
  public:
    /// One private SQLite database that all connections share under a mutex; nothing is left behind.
    static std::unique_ptr<Database> in_memory();
    /// DIR/iamlocal.db, SQLite in WAL mode: readers never wait, writers queue on a mutex of this process. Makes the
    /// directory (mode 0700) if needed and holds DIR/lock until destroyed. A commit is in the operating system's page
    /// cache before it is acknowledged, so killing the process loses nothing; see Durability for the rest. Throws
    /// CannotOpen when another process holds the lock or the file cannot be used.
    static std::unique_ptr<Database> open(const std::filesystem::path& directory,
                                          Durability durability = Durability::normal);
    /// A PostgreSQL database, which other processes may use at the same time: readers never wait, writers queue, and
    /// revisions follow what others commit as `options.freshness` says. Throws CannotOpen when it cannot be reached.
    static std::unique_ptr<Database> open(const PostgresOptions& options);

    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    /// All connections must be gone.
    virtual ~Database() = default;

    /// A connection for the use of one thread. The database must outlive it.
    std::unique_ptr<Connection> connect();

    /// Brings the schema up to the last of its steps. Throws CannotOpen when a later release wrote the database.
    virtual void migrate(const Schema& schema) = 0;
    void migrate(std::span<const Migration> steps) { migrate(Schema{steps, {}}); }
    /// Deletes every row of every table in one transaction and bumps all revisions. The schema stays, and so does what
    /// is in tables called `schema_…`.
    virtual void reset() = 0;
    /// States that are kept to go back to.
    virtual Snapshots& snapshots() = 0;
    /// Whether other processes may change it, whose changes revision() shows a little later.
    virtual bool is_shared() const { return false; }
    /// `memory`, `directory` or `postgresql`.
    virtual std::string_view storage() const = 0;
    /// For people: `memory`, the directory, or the URL without the password.
    virtual std::string location() const = 0;

    /// A number that changes with every committed change to the account's rows (and now and then without one: accounts
    /// share counters). One atomic load. Whoever caches what it read must load the revision *before* reading. Changes
    /// of other processes count since Connection::refresh_revisions().
    std::uint64_t revision(const AccountId& account) const noexcept {
        return revisions_[stripe(account)].load(std::memory_order_acquire);
    }

    /// As revision(), of all accounts together: for who does not know beforehand whose rows will be read.
    std::uint64_t revision_of_all() const noexcept { return revision_of_all_.load(std::memory_order_acquire); }
    /// Whether replicas can follow it (replicas.hpp).
    virtual bool can_be_followed() const { return false; }
    /// Has the follower copy the database, and tells it of every change from then on; null: nobody. One at a time. It
    /// must be replaced before it goes. Throws std::logic_error unless can_be_followed().
    virtual void set_follower(Follower* follower);
    /// Lets replicas show at once all that was committed: to be called when the content was exchanged by other means
    /// than transactions, and where nobody should wait. Not within a transaction. Nothing without replicas.
    virtual void catch_up() {}
    /// The same for the changes of one account.
    virtual void catch_up(const AccountId& account) { static_cast<void>(account); }
    /// For the follower, to ask for a copy.
    virtual void mend_follower() {}
    /// The whole state as it is now, by a number: to be asked before whatever is to be of one state. Waits while
    /// another state is put in its place, which takes milliseconds; otherwise one atomic load.
    std::uint64_t settled_state() { return exchanges_.settled(); }
    /// Whether reset() or a snapshot has put another state in the place of that one since; of the account's rows. One
    /// atomic load where nothing has. Whoever asks within a transaction, or after it, learns of everything that the
    /// transaction has seen.
    bool was_exchanged_since(std::uint64_t state, const AccountId& account) const noexcept {
        return exchanges_.any_since(state) && exchanges_.any_since(state, stripe(account));
    }
    /// The same of all accounts' rows.
    bool was_exchanged_since(std::uint64_t state) const noexcept { return exchanges_.any_since(state); }
    /// Which of the counters that accounts share is this one's.
    static std::size_t stripe(const AccountId& account) noexcept;
    /// What all connections have done so far.
    TrafficSum traffic() const { return traffic_.sum(); }
    /// How many bytes it takes; nothing where only its own server knows. May wait for a transaction.
    virtual std::optional<std::uint64_t> size() { return std::nullopt; }
    /// Whether the database can be used, as far as is known without asking it: what was found a moment ago.
    virtual bool is_available() const noexcept { return true; }

  protected:
    Database() = default;
    virtual std::unique_ptr<Backend> make_backend() = 0;

    Exchanges exchanges_;
    std::atomic<std::uint64_t> revision_of_all_{0};  ///< to be raised after those in revisions_
    std::array<std::atomic<std::uint64_t>, revision_stripes> revisions_{};

  private:
    friend class Connection;
    friend class Transaction;

    TrafficBook traffic_;
};

/// One thread's way into the database.
class Connection {
  public:
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() { database_.traffic_.leave(backend_->traffic()); }

    Database& database() { return database_; }
    /// To be called before what depends on revision(), once per request: from then on it is as new as the settings
    /// promise. Costs nothing unless other processes share the database. Throws Unavailable.
    void refresh_revisions() { backend_->refresh_revisions(); }

  private:
    friend class Batch;
    friend class Database;
    friend class Transaction;
    Connection(Database& database, std::unique_ptr<Backend> backend)
        : database_(database), backend_(std::move(backend)) {
        database_.traffic_.enter(backend_->traffic());
    }

    Database& database_;
    std::unique_ptr<Backend> backend_;
    bool busy_ = false;       ///< a transaction has begun
    Batch* batch_ = nullptr;  ///< what transactions are parts of; null: each is one
};

}  // namespace iamlocal::db
