#include "db/database.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <unistd.h>
#include <vector>

#include <sqlite3.h>

#include "db/engine.hpp"

namespace iamlocal::db {
namespace {

/// BEGIN IMMEDIATE … COMMIT for the work on the schema, rolled back by an exception.
class SchemaChange {
  public:
    explicit SchemaChange(Engine& engine) : engine_(engine) {
        engine_.run("BEGIN IMMEDIATE");
        engine_.set_writable(true);
    }
    SchemaChange(const SchemaChange&) = delete;
    SchemaChange& operator=(const SchemaChange&) = delete;
    void commit() { engine_.run("COMMIT"); }
    ~SchemaChange() {
        engine_.set_writable(false);
        if (sqlite3_get_autocommit(engine_.handle()) == 0)
            sqlite3_exec(engine_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
    }

  private:
    Engine& engine_;
};

/// SQLite gives the log and its index the mode of the file, so the file is made first, for the owner alone.
void make_private_file(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0)
        throw CannotOpen("Cannot use the database " + file.string() + ": " + std::strerror(errno) + ".");
    ::close(descriptor);
}

}  // namespace

std::unique_ptr<Database> Database::in_memory() {
    std::unique_ptr<Database> database(new Database);
    database->shared_ = std::make_unique<Engine>(Engine::in_memory());
    return database;
}

std::unique_ptr<Database> Database::open(const std::filesystem::path& directory) {
    std::unique_ptr<Database> database(new Database);
    database->lock_ = DirectoryLock(directory);
    database->file_ = directory / "iamlocal.db";
    make_private_file(database->file_);
    database->shared_ = database->open_engine();
    return database;
}

std::unique_ptr<Engine> Database::open_engine() const { return std::make_unique<Engine>(Engine::of_file(file_)); }

Database::~Database() {
    if (persistent() && shared_)
        sqlite3_wal_checkpoint_v2(shared_->handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
}

std::unique_ptr<Connection> Database::connect() {
    return std::unique_ptr<Connection>(new Connection(*this, persistent() ? open_engine() : nullptr));
}

void Database::migrate(std::span<const Migration> steps) {
    const std::lock_guard guard(mutex_);
    Engine& engine = *shared_;
    engine.execute(
        "CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, description TEXT NOT NULL)");
    int current = 0;
    {
        Query query(engine, "SELECT max(version) FROM schema_migrations", {});
        if (query.step()) current = static_cast<int>(query.row().integer(0));
    }
    const int latest = steps.empty() ? 0 : steps.back().version;
    if (current > latest)
        throw CannotOpen("The database " + file_.string() + " was written by a later release (schema " +
                         std::to_string(current) + ", this one knows up to " + std::to_string(latest) + ").");
    for (const Migration& step : steps) {
        if (step.version <= current) continue;
        SchemaChange change(engine);
        engine.execute(step.sql);
        const Value values[] = {step.version, step.description};
        Query(engine, "INSERT INTO schema_migrations (version, description) VALUES (?1, ?2)", values).step();
        change.commit();
    }
}

void Database::reset() {
    const std::lock_guard guard(mutex_);
    Engine& engine = *shared_;
    std::vector<std::string> tables;
    {
        Query query(engine,
                    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
                    "AND name NOT LIKE 'schema\\_%' ESCAPE '\\'",
                    {});
        while (query.step()) tables.push_back(query.row().text(0));
    }
    SchemaChange change(engine);
    // Foreign keys are looked at when all tables are empty.
    engine.execute("PRAGMA defer_foreign_keys = ON");
    for (const std::string& table : tables) engine.execute("DELETE FROM \"" + table + "\"");
    change.commit();
    for (auto& revision : revisions_) revision.fetch_add(1, std::memory_order_acq_rel);
}

std::size_t Database::stripe(const AccountId& account) noexcept { return std::hash<AccountId>{}(account) % stripes; }

Connection::Connection(Database& database, std::unique_ptr<Engine> own)
    : database_(database), own_(std::move(own)), engine_(own_ ? *own_ : *database.shared_) {}

Connection::~Connection() = default;

}  // namespace iamlocal::db
