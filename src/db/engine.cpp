#include "db/engine.hpp"

#include <stdexcept>
#include <utility>

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

}  // namespace

Engine Engine::open(const std::string& name, int flags) {
    configure_once();
    sqlite3* handle = nullptr;
    const int code =
        sqlite3_open_v2(name.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    Engine engine(handle);
    if (code != SQLITE_OK) throw CannotOpen("Cannot open " + name + ": " + sqlite3_errstr(code) + ".");
    return engine;
}

Engine Engine::in_memory() {
    Engine engine = open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY);
    engine.execute("PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY");
    return engine;
}

Engine Engine::of_file(const std::filesystem::path& file) {
    Engine engine = open(file.string(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    try {
        // The log is copied into the file every 2,000 pages (8 MB), which is what a commit now and then waits for.
        engine.execute(
            "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
            "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -1024;"
            "PRAGMA wal_autocheckpoint = 2000; PRAGMA journal_size_limit = 16777216");
    } catch (const std::runtime_error& error) {
        throw CannotOpen("Cannot use the database " + file.string() + ": " + error.what() + ".");
    }
    return engine;
}

Engine::Engine(Engine&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)),
      writable_(other.writable_),
      statements_(std::move(other.statements_)) {}

Engine::~Engine() {
    for (const auto& [text, statement] : statements_) sqlite3_finalize(statement.handle);
    sqlite3_close(handle_);
}

Engine::Statement& Engine::prepare(Sql sql) {
    Statement& statement = statements_[sql.text()];
    if (statement.handle == nullptr) {
        const int code =
            sqlite3_prepare_v3(handle_, sql.text(), -1, SQLITE_PREPARE_PERSISTENT, &statement.handle, nullptr);
        if (code != SQLITE_OK) fail(code);
        statement.writes = sqlite3_stmt_readonly(statement.handle) == 0;
    }
    return statement;
}

sqlite3_stmt* Engine::prepare_uncached(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v2(handle_, sql, -1, &statement, nullptr);
    if (code != SQLITE_OK) fail(code);
    return statement;
}

void Engine::run(Sql sql) {
    sqlite3_stmt* const statement = prepare(sql).handle;
    const int code = sqlite3_step(statement);
    sqlite3_reset(statement);
    if (code != SQLITE_DONE) fail(code);
}

void Engine::execute(const std::string& sql) {
    const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) fail(code);
}

void Engine::fail(int code) {
    const std::string what = sqlite3_errmsg(handle_);
    if ((code & 0xff) == SQLITE_CONSTRAINT) throw ConstraintViolation(kind_of(code), what);
    throw std::runtime_error("SQLite: " + what);
}

}  // namespace iamlocal::db
