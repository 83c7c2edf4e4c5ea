// One SQLite connection with its prepared statements. Inside this folder only.
#pragma once

#include <filesystem>
#include <string>
#include <unordered_map>

#include "db/query.hpp"

struct sqlite3;

namespace iamlocal::db {

/// Used by one thread at a time.
class Engine {
  public:
    /// A statement and whether a Query is stepping through it.
    struct Statement {
        sqlite3_stmt* handle = nullptr;
        bool writes = false;
        bool busy = false;
    };

    /// A private database in memory.
    static Engine in_memory();
    /// A connection to the file. Throws CannotOpen.
    static Engine of_file(const std::filesystem::path& file);

    Engine(Engine&& other) noexcept;
    Engine& operator=(Engine&&) = delete;
    ~Engine();

    /// The cached statement for this text, prepared on first use.
    Statement& prepare(Sql sql);
    /// A statement of its own, for a text whose cached one is busy; the caller finalizes it.
    sqlite3_stmt* prepare_uncached(const char* sql);
    /// Steps a cached statement without values and rows, such as BEGIN.
    void run(Sql sql);
    /// Statements separated by ';', not cached.
    void execute(const std::string& sql);

    /// Throws what the result code means.
    [[noreturn]] void fail(int code);

    sqlite3* handle() const { return handle_; }
    /// Whether statements that write are accepted.
    bool writable() const { return writable_; }
    void set_writable(bool writable) { writable_ = writable; }

  private:
    explicit Engine(sqlite3* handle) : handle_(handle) {}
    static Engine open(const std::string& name, int flags);

    sqlite3* handle_;
    bool writable_ = false;
    std::unordered_map<const char*, Statement> statements_;
};

}  // namespace iamlocal::db
