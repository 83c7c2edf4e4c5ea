#include "db/sqlite_snapshots.hpp"

#include <cstring>
#include <new>
#include <utility>

#include <fmt/format.h>
#include <sqlite3.h>

#include "db/sqlite_database.hpp"

namespace iamlocal::db {
namespace {

constexpr const char* beside = "snapshot";

std::size_t size_of(SqliteHandle& handle) {
    return static_cast<std::size_t>(handle.execute_with("PRAGMA page_count") * handle.execute_with("PRAGMA page_size"));
}

/// The bytes of a database file, as another connection can have them in memory.
SnapshotImage image_of(SqliteHandle& handle, const char* schema) {
    sqlite3_int64 size = 0;
    unsigned char* const bytes = sqlite3_serialize(handle.get(), schema, &size, 0);
    if (bytes == nullptr) throw std::bad_alloc();
    const std::shared_ptr<const void> owner(bytes, [](const void* held) { sqlite3_free(const_cast<void*>(held)); });
    // The file format's versions for reading and writing: not with a log beside it, which memory has none of.
    if (size > 20) bytes[18] = bytes[19] = 1;
    return {owner, {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)}};
}

/// Lets a schema of the connection be that image, which is only read.
void view(SqliteHandle& handle, const char* schema, const SnapshotImage& image) {
    auto* const bytes = reinterpret_cast<unsigned char*>(const_cast<char*>(image.bytes.data()));
    const auto size = static_cast<sqlite3_int64>(image.bytes.size());
    const int code = sqlite3_deserialize(handle.get(), schema, bytes, size, size, SQLITE_DESERIALIZE_READONLY);
    if (code != SQLITE_OK) handle.fail(code);
}

/// The same with a copy that may grow.
void copy_into(SqliteHandle& handle, const char* schema, const SnapshotImage& image) {
    const auto size = static_cast<sqlite3_int64>(image.bytes.size());
    auto* const bytes = static_cast<unsigned char*>(sqlite3_malloc64(image.bytes.size()));
    if (bytes == nullptr) throw std::bad_alloc();
    std::memcpy(bytes, image.bytes.data(), image.bytes.size());
    const int code = sqlite3_deserialize(handle.get(), schema, bytes, size, size,
                                         SQLITE_DESERIALIZE_RESIZEABLE | SQLITE_DESERIALIZE_FREEONCLOSE);
    if (code != SQLITE_OK) handle.fail(code);
}

/// Until it ends, the connection sees one state, or changes all or nothing.
class OneTransaction {
  public:
    explicit OneTransaction(SqliteHandle& handle) : handle_(handle) { handle_.execute("BEGIN"); }
    OneTransaction(const OneTransaction&) = delete;
    OneTransaction& operator=(const OneTransaction&) = delete;
    ~OneTransaction() { handle_.rollback(); }
    void commit() { handle_.execute("COMMIT"); }

  private:
    SqliteHandle& handle_;
};

/// A second database beside the connection's own while rows go from one to the other. Foreign keys are not looked at
/// meanwhile: the rows of an account are complete in themselves.
class Beside {
  public:
    explicit Beside(SqliteHandle& handle)
        : handle_(handle), usual_cache_(handle.execute_with("PRAGMA main.cache_size")) {
        handle_.execute(fmt::format("PRAGMA main.cache_size = {}; PRAGMA foreign_keys = OFF; ATTACH ':memory:' AS {}",
                                    large_cache, beside));
    }
    Beside(const Beside&) = delete;
    Beside& operator=(const Beside&) = delete;
    ~Beside() {
        const std::string end =
            fmt::format("DETACH {}; PRAGMA foreign_keys = ON; PRAGMA main.cache_size = {}", beside, usual_cache_);
        // If it fails, the next use fails, too, and says why.
        sqlite3_exec(handle_.get(), end.c_str(), nullptr, nullptr, nullptr);
    }

  private:
    /// In KiB, negative as SQLite wants it. Pages that do not fit are written to the log again and again.
    static constexpr int large_cache = -65536;

    SqliteHandle& handle_;
    const std::int64_t usual_cache_;
};

/// A statement that is used once, by SQLite's own functions.
class RawStatement {
  public:
    RawStatement(SqliteHandle& handle, const std::string& sql) : handle_(handle) {
        const int code = sqlite3_prepare_v2(handle.get(), sql.c_str(), -1, &statement_, nullptr);
        if (code != SQLITE_OK) handle.fail(code);
    }
    RawStatement(const RawStatement&) = delete;
    RawStatement& operator=(const RawStatement&) = delete;
    ~RawStatement() { sqlite3_finalize(statement_); }

    bool step() {
        const int code = sqlite3_step(statement_);
        if (code != SQLITE_ROW && code != SQLITE_DONE) handle_.fail(code);
        return code == SQLITE_ROW;
    }
    sqlite3_stmt* get() const { return statement_; }

  private:
    SqliteHandle& handle_;
    sqlite3_stmt* statement_ = nullptr;
};

void copy_table(SqliteHandle& from, SqliteHandle& to, const std::string& table) {
    to.execute(fmt::format("DELETE FROM \"{}\"", table));
    RawStatement rows(from, fmt::format("SELECT * FROM \"{}\"", table));
    const int columns = sqlite3_column_count(rows.get());
    std::string places = "?";
    for (int i = 1; i < columns; ++i) places.append(", ?");
    while (rows.step()) {
        RawStatement row(to, fmt::format("INSERT INTO \"{}\" VALUES ({})", table, places));
        for (int i = 0; i < columns; ++i) sqlite3_bind_value(row.get(), i + 1, sqlite3_column_value(rows.get(), i));
        row.step();
    }
}

/// What is in tables called `schema_…` is of the database itself and stays, whichever state it is in.
void keep_own_tables(SqliteHandle& live, SqliteHandle& image) {
    std::vector<std::string> tables;
    {
        SqliteStatement listed(live,
                               "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'schema\\_%' ESCAPE "
                               "'\\' AND name <> 'schema_migrations'",
                               false);
        while (listed.step()) tables.emplace_back(listed.text(0));
    }
    for (const std::string& table : tables) copy_table(live, image, table);
}

/// Conditions on a row `live` of the connection's own table and a row `kept` of the other database's.
struct RowConditions {
    std::string same_key;
    std::string same_row;
};

RowConditions conditions_of(SqliteHandle& handle, std::string_view table) {
    std::string keys;
    std::string others;
    const std::string columns = fmt::format("SELECT name, pk FROM pragma_table_info('{}')", table);
    SqliteStatement listed(handle, columns.c_str(), false);
    while (listed.step()) {
        // Text is compared byte by byte, whatever the column says of case, and nothing equals nothing.
        const std::string_view column = listed.text(0);
        if (listed.integer(1) != 0)
            keys.append(fmt::format(" AND kept.{0} = live.{0} COLLATE BINARY", column));
        else
            others.append(fmt::format(" AND kept.{0} IS live.{0} COLLATE BINARY", column));
    }
    if (keys.empty()) throw std::logic_error(fmt::format("table {} has no primary key", table));
    keys.erase(0, std::string_view(" AND ").size());
    return {.same_key = keys, .same_row = keys + others};
}

/// Whether most of what the snapshot has is there under the same key, as far as its first thousand rows tell.
bool is_mostly_there(SqliteHandle& live, std::string_view table) {
    return live.execute_with(fmt::format("SELECT 2 * (SELECT count(*) FROM (SELECT * FROM {0}.{1} LIMIT 1000) kept "
                                         "WHERE EXISTS (SELECT 1 FROM main.{1} live WHERE {2})) > (SELECT count(*) "
                                         "FROM (SELECT 1 FROM {0}.{1} LIMIT 1000))",
                                         beside, table, conditions_of(live, table).same_key)) != 0;
}

/// A test goes back to what it has changed little of: leaving the rows that stay costs a third of making them again.
void exchange_what_differs(SqliteHandle& live, const SnapshotScope& scope) {
    std::vector<RowConditions> conditions;
    for (const RowsOfAccount& rows : scope.rows) conditions.push_back(conditions_of(live, rows.table));
    for (std::size_t i = 0; i < scope.rows.size(); ++i)
        live.execute_with(fmt::format("DELETE FROM main.{0} AS live WHERE ({1}) AND NOT EXISTS (SELECT 1 FROM {2}.{0} "
                                      "kept WHERE {3})",
                                      scope.rows[i].table, scope.rows[i].condition, beside, conditions[i].same_row),
                          scope.account->view());
    for (std::size_t i = 0; i < scope.rows.size(); ++i) {
        const RowsOfAccount& rows = scope.rows[i];
        // What is left is in the snapshot, too: where it is as many, nothing is missing.
        const bool is_whole = live.execute_with(fmt::format("SELECT (SELECT count(*) FROM main.{0} WHERE {1}) = (SELECT "
                                                            "count(*) FROM {2}.{0})",
                                                            rows.table, rows.condition, beside),
                                                scope.account->view()) != 0;
        if (!is_whole)
            live.execute(fmt::format("INSERT INTO main.{0} SELECT * FROM {1}.{0} kept WHERE NOT EXISTS (SELECT 1 FROM "
                                     "main.{0} live WHERE {2})",
                                     rows.table, beside, conditions[i].same_key));
    }
}

void delete_rows(SqliteHandle& live, const RowsOfAccount& rows, std::string_view account) {
    // Without a condition a table is emptied as a whole, which is far quicker.
    const bool has_others = live.execute_with(fmt::format("SELECT EXISTS (SELECT 1 FROM main.{} WHERE NOT ({}))",
                                                          rows.table, rows.condition),
                                              account) != 0;
    if (has_others)
        live.execute_with(fmt::format("DELETE FROM main.{} WHERE {}", rows.table, rows.condition), account);
    else
        live.execute_with(fmt::format("DELETE FROM main.{}", rows.table));
}

void exchange_all(SqliteHandle& live, const SnapshotScope& scope) {
    for (const RowsOfAccount& rows : scope.rows) delete_rows(live, rows, scope.account->view());
    for (const RowsOfAccount& rows : scope.rows)
        live.execute(fmt::format("INSERT INTO main.{0} SELECT * FROM {1}.{0}", rows.table, beside));
}

}  // namespace

std::vector<SnapshotHead> SqliteSnapshots::list() {
    const std::lock_guard guard(mutex_);
    return shelf_->list();
}

std::optional<SnapshotHead> SqliteSnapshots::find(const std::string& name) {
    const std::lock_guard guard(mutex_);
    return shelf_->find(name);
}

bool SqliteSnapshots::remove(const std::string& name) {
    const std::lock_guard guard(mutex_);
    return shelf_->remove(name);
}

SnapshotHead SqliteSnapshots::save(const std::string& name, const std::string& notes, const SnapshotScope& scope) {
    const std::lock_guard guard(mutex_);
    SnapshotHead head{.name = name, .notes = notes};
    SnapshotImage image;
    if (database_.persistent()) {
        // Writers go on meanwhile: a transaction sees one state.
        const std::unique_ptr<SqliteHandle> own = database_.open_file();
        image = copy(*own, scope, head);
    } else {
        const std::lock_guard live(database_.mutex_);
        image = copy(*database_.shared_, scope, head);
    }
    head.bytes = image.bytes.size();
    require_room(shelf_->list(), name, head.bytes);
    shelf_->put(head, std::move(image));
    return head;
}

SnapshotImage SqliteSnapshots::copy(SqliteHandle& live, const SnapshotScope& scope, SnapshotHead& head) {
    head.schema = schema_of(live);
    SnapshotImage image;
    if (scope.account) {
        image = copy_rows(live, scope);
    } else {
        if (size_of(live) > most_snapshot_bytes)
            throw SnapshotRefused(
                fmt::format("the database is larger than snapshots may be, {} MiB", most_snapshot_bytes >> 20));
        const OneTransaction reading(live);
        image = image_of(live, "main");
    }
    const std::unique_ptr<SqliteHandle> kept = SqliteHandle::in_memory();
    view(*kept, "main", image);
    head.counted = kept->execute_with(fmt::format("SELECT count(*) FROM {}", scope.counted));
    return image;
}

SnapshotImage SqliteSnapshots::copy_rows(SqliteHandle& live, const SnapshotScope& scope) {
    const Beside attached(live);
    copy_into(live, beside, empty_image());
    OneTransaction copying(live);
    for (const RowsOfAccount& rows : scope.rows)
        live.execute_with(
            fmt::format("INSERT INTO {0}.{1} SELECT * FROM main.{1} WHERE {2}", beside, rows.table, rows.condition),
            scope.account->view());
    copying.commit();
    return image_of(live, beside);
}

/// Without indexes beyond those of keys: nobody looks for anything in it.
const SnapshotImage& SqliteSnapshots::empty_image() {
    if (!empty_.bytes.empty()) return empty_;
    const std::unique_ptr<SqliteHandle> made = SqliteHandle::in_memory();
    bring_up(*made, database_.steps_, "of a snapshot");
    std::vector<std::string> indexes;
    {
        SqliteStatement listed(*made, "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL", false);
        while (listed.step()) indexes.emplace_back(listed.text(0));
    }
    for (const std::string& index : indexes) made->execute(fmt::format("DROP INDEX \"{}\"", index));
    made->execute("VACUUM");
    empty_ = image_of(*made, "main");
    return empty_;
}

void SqliteSnapshots::restore(const std::string& name, const SnapshotScope& scope,
                              const std::function<void()>& before_others) {
    const std::lock_guard guard(mutex_);
    SnapshotImage image = shelf_->get(name);
    const std::unique_ptr<SqliteHandle> saved = SqliteHandle::in_memory();
    view(*saved, "main", image);
    const std::int64_t schema = schema_of(*saved);
    const std::int64_t ours = database_.steps_.empty() ? 0 : database_.steps_.back().version;
    if (schema > ours) throw SnapshotRefused(fmt::format("snapshot {} was saved by a later release", name));
    if (schema < ours) {
        copy_into(*saved, "main", image);
        try {
            bring_up(*saved, database_.steps_, name);
        } catch (const std::runtime_error& error) {
            throw SnapshotRefused(fmt::format(
                "snapshot {} of an earlier release cannot be brought up to this one's: {}", name, error.what()));
        }
        image = image_of(*saved, "main");
    } else if (!scope.account) {
        copy_into(*saved, "main", image);
    }
    try {
        if (scope.account)
            exchange_rows(image, scope, before_others);
        else
            exchange_pages(*saved, before_others);
    } catch (const ConstraintViolation& violation) {
        throw SnapshotRefused(fmt::format("what other accounts have by now stands in the way of snapshot {}: {}", name,
                                          violation.what()));
    }
    // The log has grown by the whole database. Whoever commits next would have to wait while it is put away.
    if (database_.persistent()) {
        const std::lock_guard live(database_.mutex_);
        sqlite3_wal_checkpoint_v2(database_.shared_->get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    }
}

void SqliteSnapshots::exchange_pages(SqliteHandle& image, const std::function<void()>& before_others) {
    const std::lock_guard live(database_.mutex_);
    SqliteHandle& handle = *database_.shared_;
    const Stripes all = Stripes().set();
    keep_own_tables(handle, image);
    const Exchanges::Going going(database_.exchanges_, all);
    sqlite3_backup* const backup = sqlite3_backup_init(handle.get(), "main", image.get(), "main");
    if (backup == nullptr) handle.fail(sqlite3_errcode(handle.get()));
    // It is a transaction: all pages are there when it is done, or none.
    sqlite3_backup_step(backup, -1);
    if (const int code = sqlite3_backup_finish(backup); code != SQLITE_OK) handle.fail(code);
    before_others();
    database_.raise_revisions(all);
    if (database_.follower_ != nullptr) database_.follower_->replaced(handle);
}

void SqliteSnapshots::exchange_rows(const SnapshotImage& image, const SnapshotScope& scope,
                                    const std::function<void()>& before_others) {
    const std::lock_guard live(database_.mutex_);
    SqliteHandle& handle = *database_.shared_;
    const Beside attached(handle);
    view(handle, beside, image);
    OneTransaction change(handle);
    if (is_mostly_there(handle, scope.counted))
        exchange_what_differs(handle, scope);
    else
        exchange_all(handle, scope);
    Stripes touched;
    touched.set(Database::stripe(*scope.account));
    const Exchanges::Going going(database_.exchanges_, touched);
    change.commit();
    before_others();
    database_.raise_revisions(touched);
    if (database_.follower_ != nullptr) database_.follower_->replaced(handle);
}

}  // namespace iamlocal::db
