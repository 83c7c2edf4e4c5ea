#include "db/sqlite_database.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <unistd.h>
#include <vector>

#include <sqlite3.h>

#include "db/finished_schema.hpp"

namespace iamlocal::db {
namespace {

/// BEGIN IMMEDIATE … COMMIT for the work on the schema, rolled back by an exception.
class SchemaChange {
  public:
    explicit SchemaChange(SqliteHandle& handle) : handle_(handle) { handle_.run("BEGIN IMMEDIATE"); }
    SchemaChange(const SchemaChange&) = delete;
    SchemaChange& operator=(const SchemaChange&) = delete;
    void commit() { handle_.run("COMMIT"); }
    ~SchemaChange() { handle_.rollback(); }

  private:
    SqliteHandle& handle_;
};

/// A cached statement in use.
class Use {
  public:
    Use(SqliteHandle& handle, Sql sql, std::span<const Value> values = {}) : statement_(handle.prepare(sql)) {
        statement_.bind(values);
    }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    ~Use() { statement_.release(); }
    SqliteStatement* operator->() { return &statement_; }

  private:
    SqliteStatement& statement_;
};

/// SQLite gives the log and its index the mode of the file, so the file is made first, for the owner alone.
void make_private_file(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0)
        throw CannotOpen("Cannot use the database " + file.string() + ": " + std::strerror(errno) + ".");
    ::close(descriptor);
}

/// In one transaction: a file has all of it, or is still empty when it is opened the next time.
void begin_finished(SqliteHandle& handle, std::string_view finished) {
    const std::string file = unpack_schema(finished);
    const std::unique_ptr<SqliteHandle> image = SqliteHandle::in_memory();
    view(*image, "main", {nullptr, file});
    handle.copy_from(*image);
}

}  // namespace

std::unique_ptr<SqliteDatabase> SqliteDatabase::in_memory() {
    std::unique_ptr<SqliteDatabase> database(new SqliteDatabase);
    database->shared_ = SqliteHandle::in_memory();
    database->snapshots_ = std::make_unique<SqliteSnapshots>(*database, std::make_unique<MemoryShelf>());
    return database;
}

std::unique_ptr<SqliteDatabase> SqliteDatabase::open(const std::filesystem::path& directory, Durability durability) {
    std::unique_ptr<SqliteDatabase> database(new SqliteDatabase);
    database->lock_ = DirectoryLock(directory);
    database->file_ = directory / "iamlocal.db";
    database->durability_ = durability;
    make_private_file(database->file_);
    database->shared_ = database->open_file();
    // What this connection does is much at once, and others wait for it. A thread puts it away.
    database->shared_->execute("PRAGMA wal_autocheckpoint = 0");
    database->checkpoints_ =
        std::make_unique<SqliteCheckpoints>([opened = database.get()] { return opened->open_file(); });
    database->snapshots_ =
        std::make_unique<SqliteSnapshots>(*database, std::make_unique<DirectoryShelf>(directory / "snapshots"));
    return database;
}

SqliteDatabase::~SqliteDatabase() {
    checkpoints_.reset();  // one that goes on would stand in the way
    if (persistent() && shared_)
        sqlite3_wal_checkpoint_v2(shared_->get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
}

std::unique_ptr<SqliteHandle> SqliteDatabase::open_file() const { return SqliteHandle::of_file(file_, durability_); }

std::unique_ptr<Backend> SqliteDatabase::make_backend() {
    return std::make_unique<SqliteBackend>(*this, persistent() ? open_file() : nullptr);
}

std::int64_t schema_of(SqliteHandle& handle) {
    return handle.execute_with("SELECT max(version) FROM schema_migrations");
}

void bring_up(SqliteHandle& handle, const Schema& schema, const std::string& name) {
    if (!schema.finished.empty() && handle.execute_with("SELECT count(*) FROM sqlite_master") == 0)
        begin_finished(handle, schema.finished);
    handle.execute(
        "CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, description TEXT NOT NULL)");
    const std::int64_t current = schema_of(handle);
    const int latest = schema.version();
    if (current > latest)
        throw CannotOpen("The database " + name + " was written by a later release (schema " + std::to_string(current) +
                         ", this one knows up to " + std::to_string(latest) + ").");
    for (const Migration& step : schema.steps) {
        if (step.version <= current) continue;
        SchemaChange change(handle);
        handle.execute(step.sql);
        const Value values[] = {step.version, step.description};
        Use(handle, "INSERT INTO schema_migrations (version, description) VALUES (?1, ?2)", values)->step();
        change.commit();
    }
}

void SqliteDatabase::migrate(const Schema& schema) {
    const std::lock_guard guard(mutex_);
    bring_up(*shared_, schema, file_.string());
    schema_ = schema;
}

void SqliteDatabase::reset() {
    const std::lock_guard guard(mutex_);
    SqliteHandle& handle = *shared_;
    std::vector<std::string> tables;
    {
        Use query(handle,
                  "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
                  "AND name NOT LIKE 'schema\\_%' ESCAPE '\\'");
        while (query->step()) tables.emplace_back(query->text(0));
    }
    SchemaChange change(handle);
    // Foreign keys are looked at when all tables are empty.
    handle.execute("PRAGMA defer_foreign_keys = ON");
    for (const std::string& table : tables) handle.execute("DELETE FROM \"" + table + "\"");
    const Stripes all = Stripes().set();
    const Exchanges::Going going(exchanges_, all);
    change.commit();
    raise_revisions(all);
    if (follower_ != nullptr) follower_->replaced(handle);
    put_log_away();
}

void SqliteDatabase::put_log_away() {
    if (checkpoints_) checkpoints_->ask();
}

void SqliteDatabase::raise_revisions(const Stripes& touched) noexcept {
    if (touched.none()) return;
    for (std::size_t i = 0; i < touched.size(); ++i)
        if (touched[i]) revisions_[i].fetch_add(1, std::memory_order_acq_rel);
    revision_of_all_.fetch_add(1, std::memory_order_acq_rel);
}

void SqliteDatabase::set_follower(Follower* follower) {
    const std::lock_guard guard(mutex_);
    if (follower != nullptr) follower->replaced(*shared_);
    follower_ = follower;
}

void SqliteDatabase::catch_up() {
    const std::lock_guard guard(mutex_);
    if (follower_ != nullptr) follower_->replaced(*shared_);
}

void SqliteDatabase::catch_up(const AccountId& account) {
    const std::lock_guard guard(mutex_);
    if (follower_ != nullptr) follower_->catch_up(account, *shared_);
}

void SqliteDatabase::mend_follower() {
    const std::lock_guard guard(mutex_);
    if (follower_ != nullptr) follower_->mend(*shared_);
}

void SqliteDatabase::copy_from(SqliteHandle& source) {
    const std::lock_guard guard(mutex_);
    shared_->copy_from(source);
    raise_revisions(Stripes().set());
}

std::optional<std::uint64_t> SqliteDatabase::size() {
    if (persistent()) {
        std::uint64_t sum = 0;
        for (const char* const suffix : {"", "-wal"}) {
            std::error_code error;
            const std::uintmax_t bytes = std::filesystem::file_size(file_.string() + suffix, error);
            if (!error) sum += bytes;
        }
        return sum;
    }
    const std::lock_guard guard(mutex_);
    const std::int64_t pages = shared_->execute_with("PRAGMA page_count");
    return static_cast<std::uint64_t>(pages * shared_->execute_with("PRAGMA page_size"));
}

std::unique_lock<std::mutex> SqliteBackend::take_turn() {
    std::unique_lock lock(database_.mutex_, std::try_to_lock);
    if (!lock.owns_lock()) {
        traffic_.waits.add();
        lock.lock();
    }
    return lock;
}

void SqliteBackend::begin(Access access) {
    if (access == Access::write) {
        std::unique_lock lock = take_turn();
        handle_.run("BEGIN IMMEDIATE");
        lock_ = std::move(lock);
    } else if (own_) {
        handle_.run("BEGIN");
    } else {
        // The mutex alone keeps the state still.
        lock_ = take_turn();
    }
    writable_ = access == Access::write;
    if (!writable_) return;
    rows_at_begin_ = handle_.changed_rows();
    if (database_.follower_ == nullptr) return;
    change_ = std::make_unique<Change>();
    recorded_ = change_.get();
}

void SqliteBackend::commit(const Stripes& touched) {
    const std::int64_t changed = change_ ? changed_rows() : 0;
    if (writable_ || own_) handle_.run("COMMIT");
    database_.raise_revisions(touched);
    if (change_ && !change_->statements().empty()) {
        change_->touched = touched;
        change_->changed_rows = changed;
        // The lock is still held, so nobody else has become the follower, or has committed later.
        database_.follower_->committed(std::move(*change_));
    }
    end();
}

void SqliteBackend::rollback() noexcept {
    handle_.rollback();
    end();
}

Cursor& SqliteBackend::open(Sql sql, std::span<const Value> values) {
    SqliteStatement* statement = &handle_.prepare(sql);
    if (statement->writes()) {
        if (!writable_) throw std::logic_error("a read transaction was asked to write");
        if (recorded_ != nullptr) recorded_->add(sql, values);
    }
    if (!statement->busy()) {
        statement->bind(values);
        return *statement;
    }
    // A statement that runs inside itself needs a second one, which its release deletes.
    auto second = std::make_unique<SqliteStatement>(handle_, sql.text(), false);
    second->bind(values);
    return *second.release();
}

void SqliteBackend::end() noexcept {
    writable_ = false;
    recorded_ = nullptr;
    change_.reset();
    if (lock_.owns_lock()) lock_.unlock();
}

}  // namespace iamlocal::db
