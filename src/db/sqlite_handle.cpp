#include "db/sqlite_handle.hpp"

#include <stdexcept>

#include <sqlite3.h>

#include "db/error.hpp"

namespace iamlocal::db {
namespace {

/// SQLite counts its memory under a lock of the whole process; nobody reads the count. Takes effect only before
/// SQLite's first use, and does no harm later.
void configure_once() {
    static const int result = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    static_cast<void>(result);
}

ConstraintViolation::Kind kind_of(int extended_code) {
    switch (extended_code) {
        case SQLITE_CONSTRAINT_UNIQUE:
        case SQLITE_CONSTRAINT_PRIMARYKEY:
        case SQLITE_CONSTRAINT_ROWID:
            return ConstraintViolation::Kind::unique;
        case SQLITE_CONSTRAINT_FOREIGNKEY:
            return ConstraintViolation::Kind::foreign_key;
        default:
            return ConstraintViolation::Kind::other;
    }
}

int bind_value(sqlite3_stmt* statement, int index, const Value& value) {
    // An empty view may have no address, which SQLite would take for NULL.
    const char* const bytes = value.bytes().data() != nullptr ? value.bytes().data() : "";
    switch (value.kind()) {
        case Value::Kind::null:
            return sqlite3_bind_null(statement, index);
        case Value::Kind::integer:
            return sqlite3_bind_int64(statement, index, value.number());
        case Value::Kind::text:
            return sqlite3_bind_text64(statement, index, bytes, value.bytes().size(), SQLITE_STATIC, SQLITE_UTF8);
        case Value::Kind::blob:
            return sqlite3_bind_blob64(statement, index, bytes, value.bytes().size(), SQLITE_STATIC);
    }
    return SQLITE_MISUSE;
}

}  // namespace

SqliteStatement::SqliteStatement(SqliteHandle& handle, const char* sql, bool cached)
    : handle_(handle), cached_(cached) {
    const unsigned flags = cached ? SQLITE_PREPARE_PERSISTENT : 0;
    const int code = sqlite3_prepare_v3(handle.get(), sql, -1, flags, &statement_, nullptr);
    if (code != SQLITE_OK) handle.fail(code);
    writes_ = sqlite3_stmt_readonly(statement_) == 0;
}

SqliteStatement::~SqliteStatement() { sqlite3_finalize(statement_); }

void SqliteStatement::bind(std::span<const Value> values) {
    busy_ = true;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const int code = bind_value(statement_, static_cast<int>(i + 1), values[i]);
        if (code == SQLITE_OK) continue;
        // Another one is its owner's, who has not had it to release.
        if (cached_) release();
        handle_.fail(code);
    }
}

bool SqliteStatement::step() {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    handle_.fail(code);
}

int SqliteStatement::changes() const { return sqlite3_changes(handle_.get()); }

bool SqliteStatement::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

std::int64_t SqliteStatement::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view SqliteStatement::text(int column) const {
    const auto* const text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    if (text == nullptr) return {};
    return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::string_view SqliteStatement::blob(int column) const {
    const auto* const bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    if (bytes == nullptr) return {};
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

void SqliteStatement::release() noexcept {
    if (!cached_) {
        delete this;
        return;
    }
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
    busy_ = false;
}

std::unique_ptr<SqliteHandle> SqliteHandle::open(const std::string& name, int flags) {
    configure_once();
    sqlite3* opened = nullptr;
    const int code =
        sqlite3_open_v2(name.c_str(), &opened, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    std::unique_ptr<SqliteHandle> handle(new SqliteHandle(opened));
    if (code != SQLITE_OK) throw CannotOpen("Cannot open " + name + ": " + sqlite3_errstr(code) + ".");
    return handle;
}

std::unique_ptr<SqliteHandle> SqliteHandle::in_memory() {
    std::unique_ptr<SqliteHandle> handle =
        open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY);
    handle->execute("PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON");
    return handle;
}

std::unique_ptr<SqliteHandle> SqliteHandle::of_file(const std::filesystem::path& file, Durability durability) {
    std::unique_ptr<SqliteHandle> handle = open(file.string(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    try {
        // The log is copied into the file every 2,000 pages (8 MB), which is what a commit now and then waits for.
        handle->execute(
            "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL;"
            "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -1024; PRAGMA secure_delete = "
            "ON;"
            "PRAGMA wal_autocheckpoint = 2000; PRAGMA journal_size_limit = 16777216");
        handle->execute(durability == Durability::full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
    } catch (const std::runtime_error& error) {
        throw CannotOpen("Cannot use the database " + file.string() + ": " + error.what() + ".");
    }
    return handle;
}

SqliteHandle::~SqliteHandle() {
    statements_.clear();
    sqlite3_close(handle_);
}

SqliteStatement& SqliteHandle::prepare(Sql sql) {
    std::unique_ptr<SqliteStatement>& statement = statements_[sql.text()];
    if (!statement) statement = std::make_unique<SqliteStatement>(*this, sql.text(), true);
    return *statement;
}

void SqliteHandle::run(Sql sql) {
    SqliteStatement& statement = prepare(sql);
    const std::unique_ptr<Cursor, void (*)(Cursor*)> use(&statement, [](Cursor* cursor) { cursor->release(); });
    statement.step();
}

void SqliteHandle::execute(const std::string& sql) {
    const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) fail(code);
}

std::int64_t SqliteHandle::execute_with(const std::string& sql, std::string_view value) {
    SqliteStatement statement(*this, sql.c_str(), false);
    const Value values[] = {value};
    if (!value.empty()) statement.bind(values);
    return statement.step() ? statement.integer(0) : 0;
}

void SqliteHandle::rollback() noexcept {
    // If it fails, the next BEGIN fails too and says why.
    if (sqlite3_get_autocommit(handle_) == 0) sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
}

std::int64_t SqliteHandle::changed_rows() const { return sqlite3_total_changes64(handle_); }

void SqliteHandle::copy_from(SqliteHandle& source) {
    sqlite3_backup* const backup = sqlite3_backup_init(handle_, "main", source.handle_, "main");
    if (backup == nullptr) fail(sqlite3_errcode(handle_));
    sqlite3_backup_step(backup, -1);
    const int code = sqlite3_backup_finish(backup);
    if (code != SQLITE_OK) fail(code);
}

void SqliteHandle::fail(int code) {
    const std::string what = sqlite3_errmsg(handle_);
    if ((code & 0xff) == SQLITE_CONSTRAINT) throw ConstraintViolation(kind_of(code), what);
    throw std::runtime_error("SQLite: " + what);
}

}  // namespace iamlocal::db
