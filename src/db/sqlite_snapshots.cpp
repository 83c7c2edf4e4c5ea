#include "db/sqlite_snapshots.hpp"

#include <algorithm>
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

/// Of the pages that have something.
std::size_t used_size_of(SqliteHandle& handle) {
    return size_of(handle) - static_cast<std::size_t>(handle.execute_with("PRAGMA freelist_count") *
                                                      handle.execute_with("PRAGMA page_size"));
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

/// A second database beside the connection's own while rows go from one to the other. Foreign keys are not looked at:
/// the rows of an account are complete in themselves.
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

    /// `text` lives as long as the statement.
    void bind(std::string_view text) {
        const int code = sqlite3_bind_text64(statement_, 1, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
        if (code != SQLITE_OK) handle_.fail(code);
    }
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

constexpr std::string_view account_mark = "?1";

bool names_account(std::string_view condition) { return condition.find(account_mark) != condition.npos; }

/// Puts rows of one connection's table into that of another one.
void copy_rows_between(SqliteHandle& from, SqliteHandle& to, std::string_view table, std::string_view condition,
                       std::string_view account) {
    RawStatement rows(from, fmt::format("SELECT * FROM \"{}\" WHERE {}", table, condition));
    if (names_account(condition)) rows.bind(account);
    if (!rows.step()) return;
    const int columns = sqlite3_column_count(rows.get());
    std::string places = "?";
    for (int i = 1; i < columns; ++i) places.append(", ?");
    RawStatement row(to, fmt::format("INSERT INTO \"{}\" VALUES ({})", table, places));
    do {
        for (int i = 0; i < columns; ++i) sqlite3_bind_value(row.get(), i + 1, sqlite3_column_value(rows.get(), i));
        row.step();
        sqlite3_reset(row.get());
    } while (rows.step());
}

std::vector<std::string> texts_of(SqliteHandle& handle, const char* sql) {
    std::vector<std::string> texts;
    SqliteStatement listed(handle, sql, false);
    while (listed.step()) texts.emplace_back(listed.text(0));
    return texts;
}

/// Tables with rows, but not the one that says which steps of the schema are done.
std::vector<std::string> tables_of(SqliteHandle& handle) {
    return texts_of(
        handle,
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND "
        "name <> 'schema_migrations'");
}

/// Tables called `schema_…` are of the database itself.
bool is_own_table(std::string_view table) { return table.starts_with("schema_"); }

/// Every value of every row.
std::string content_of(SqliteHandle& handle, const std::string& table) {
    std::string content;
    RawStatement rows(handle, fmt::format("SELECT * FROM \"{}\"", table));
    while (rows.step())
        for (int i = 0; i < sqlite3_column_count(rows.get()); ++i) {
            const int type = sqlite3_column_type(rows.get(), i);
            const auto* const bytes = static_cast<const char*>(sqlite3_column_blob(rows.get(), i));
            const auto size = static_cast<std::size_t>(sqlite3_column_bytes(rows.get(), i));
            content.append(fmt::format("{} {} ", type, size)).append(bytes != nullptr ? bytes : "", size);
        }
    return content;
}

/// What is in the database's own tables stays, whichever state it is in. `image` becomes a copy of `bytes` where it has
/// something else in them, which is rare.
void keep_own_tables(SqliteHandle& live, SqliteHandle& image, const SnapshotImage& bytes) {
    std::vector<std::string> others;
    for (const std::string& table : tables_of(live))
        if (is_own_table(table) && content_of(live, table) != content_of(image, table)) others.push_back(table);
    if (others.empty()) return;
    copy_into(image, "main", bytes);
    for (const std::string& table : others) {
        image.execute(fmt::format("DELETE FROM \"{}\"", table));
        copy_rows_between(live, image, table, "TRUE", {});
    }
}

/// The conditions on rows that are not the account's, each on others. SQLite finds those on either side of it by an
/// index, but not by one condition.
std::vector<std::string> conditions_of_others(std::string_view condition) {
    const std::string_view column = condition.substr(0, condition.find(' '));
    if (condition != fmt::format("{} = {}", column, account_mark)) return {fmt::format("({}) IS NOT TRUE", condition)};
    return {fmt::format("{} < {}", column, account_mark), fmt::format("{} > {}", column, account_mark),
            fmt::format("{} IS NULL", column)};
}

/// Which rows of the table are the account's; null: nobody's.
const RowsOfAccount* find_rows(const SnapshotScope& scope, std::string_view table) {
    const auto found = std::find_if(scope.rows.begin(), scope.rows.end(),
                                    [&](const RowsOfAccount& rows) { return rows.table == table; });
    return found == scope.rows.end() ? nullptr : &*found;
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
        const bool is_whole =
            live.execute_with(fmt::format("SELECT (SELECT count(*) FROM main.{0} WHERE {1}) = (SELECT "
                                          "count(*) FROM {2}.{0})",
                                          rows.table, rows.condition, beside),
                              scope.account->view()) != 0;
        if (!is_whole)
            live.execute(
                fmt::format("INSERT INTO main.{0} SELECT * FROM {1}.{0} kept WHERE NOT EXISTS (SELECT 1 FROM "
                            "main.{0} live WHERE {2})",
                            rows.table, beside, conditions[i].same_key));
    }
}

void exchange_all(SqliteHandle& live, const SnapshotScope& scope) {
    // All go before any come: what is whose may be told by another table.
    for (const RowsOfAccount& rows : scope.rows)
        live.execute_with(fmt::format("DELETE FROM main.{} WHERE {}", rows.table, rows.condition),
                          scope.account->view());
    for (const RowsOfAccount& rows : scope.rows)
        live.execute(fmt::format("INSERT INTO main.{0} SELECT * FROM {1}.{0}", rows.table, beside));
}

/// Whether there are at most so many rows of others.
bool are_others_few(SqliteHandle& live, const RowsOfAccount& rows, std::string_view account, std::int64_t most) {
    std::string of_others;
    for (const std::string& condition : conditions_of_others(rows.condition))
        of_others.append(of_others.empty() ? "" : " UNION ALL ")
            .append(fmt::format("SELECT 1 FROM main.{} WHERE {}", rows.table, condition));
    return live.execute_with(fmt::format("SELECT count(*) FROM ({} LIMIT {})", of_others, most + 1), account) <= most;
}

std::int64_t count_rows(SqliteHandle& handle, std::string_view table) {
    return handle.execute_with(fmt::format("SELECT count(*) FROM {}", table));
}

/// Whether most of the database is the account's.
bool has_most(SqliteHandle& live, const SnapshotScope& scope) {
    const RowsOfAccount* const counted = find_rows(scope, scope.counted);
    return counted != nullptr &&
           are_others_few(live, *counted, scope.account->view(), count_rows(live, counted->table) / 3);
}

/// Whether two databases have the same tables and indexes.
bool have_same_schema(SqliteHandle& one, SqliteHandle& other) {
    const char* const all = "SELECT type || ' ' || name || ' ' || COALESCE(sql, '') FROM sqlite_master ORDER BY 1";
    return texts_of(one, all) == texts_of(other, all);
}

/// Whether a snapshot of the account, with what others have, is most of the database that comes of it; and whether it
/// has all of its indexes.
bool can_be_all(SqliteHandle& live, SqliteHandle& saved, const SnapshotScope& scope) {
    const RowsOfAccount* const counted = find_rows(scope, scope.counted);
    if (counted == nullptr) return false;
    return used_size_of(live) <= 2 * size_of(saved) &&
           are_others_few(live, *counted, scope.account->view(), count_rows(saved, counted->table) / 2) &&
           have_same_schema(live, saved);
}

/// Nothing of it is kept if something fails, and foreign keys hold in what comes from a database where they do.
void let_change_quickly(SqliteHandle& image) { image.execute("PRAGMA journal_mode = OFF; PRAGMA foreign_keys = OFF"); }

/// Takes what is not the account's out of a copy of everything.
void remove_others(SqliteHandle& copy, const SnapshotScope& scope) {
    let_change_quickly(copy);
    OneTransaction change(copy);
    for (const RowsOfAccount& rows : scope.rows)
        for (const std::string& condition : conditions_of_others(rows.condition))
            copy.execute_with(fmt::format("DELETE FROM {} WHERE {}", rows.table, condition),
                              names_account(condition) ? scope.account->view() : std::string_view());
    for (const std::string& table : tables_of(copy))
        if (find_rows(scope, table) == nullptr) copy.execute(fmt::format("DELETE FROM \"{}\"", table));
    change.commit();
}

/// And puts what there is of it now beside the account's rows of an image.
void add_others(SqliteHandle& live, SqliteHandle& image, const SnapshotScope& scope) {
    let_change_quickly(image);
    OneTransaction change(image);
    for (const std::string& table : tables_of(live)) {
        const RowsOfAccount* const rows = find_rows(scope, table);
        for (const std::string& condition :
             rows != nullptr ? conditions_of_others(rows->condition) : std::vector<std::string>{"TRUE"})
            copy_rows_between(live, image, table, condition, scope.account->view());
    }
    change.commit();
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
    const bool is_small = size_of(live) <= most_snapshot_bytes;
    if (!scope.account) {
        if (!is_small)
            throw SnapshotRefused(
                fmt::format("the database is larger than snapshots may be, {} MiB", most_snapshot_bytes >> 20));
        const OneTransaction reading(live);
        head.counted = count_rows(live, scope.counted);
        return image_of(live, "main");
    }
    if (!is_small || !has_most(live, scope)) return copy_rows(live, scope, head);
    const std::unique_ptr<SqliteHandle> all = copy_in_memory(live);
    remove_others(*all, scope);
    // Much has been there that is gone, and would take room in every image.
    if (2 * used_size_of(*all) < size_of(*all)) all->execute("VACUUM");
    head.counted = count_rows(*all, scope.counted);
    return used_image_of(*all);
}

SnapshotImage SqliteSnapshots::copy_rows(SqliteHandle& live, const SnapshotScope& scope, SnapshotHead& head) {
    const Beside attached(live);
    copy_into(live, beside, empty_image());
    OneTransaction copying(live);
    for (const RowsOfAccount& rows : scope.rows)
        live.execute_with(
            fmt::format("INSERT INTO {0}.{1} SELECT * FROM main.{1} WHERE {2}", beside, rows.table, rows.condition),
            scope.account->view());
    copying.commit();
    head.counted = live.execute_with(fmt::format("SELECT count(*) FROM {}.{}", beside, scope.counted));
    return image_of(live, beside);
}

/// Without indexes beyond those of keys nobody can look for anything in it, and rows are quicker to put in one by one.
const SnapshotImage& SqliteSnapshots::empty_image() {
    if (!empty_.bytes.empty()) return empty_;
    const std::unique_ptr<SqliteHandle> made = SqliteHandle::in_memory();
    bring_up(*made, database_.schema_, "of a snapshot");
    for (const std::string& index :
         texts_of(*made, "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"))
        made->execute(fmt::format("DROP INDEX \"{}\"", index));
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
    const std::int64_t ours = database_.schema_.version();
    if (schema > ours) throw SnapshotRefused(fmt::format("snapshot {} was saved by a later release", name));
    if (schema < ours) {
        copy_into(*saved, "main", image);
        try {
            bring_up(*saved, database_.schema_, name);
        } catch (const std::runtime_error& error) {
            throw SnapshotRefused(fmt::format(
                "snapshot {} of an earlier release cannot be brought up to this one's: {}", name, error.what()));
        }
        image = image_of(*saved, "main");
    }
    try {
        exchange(*saved, image, scope, before_others);
    } catch (const ConstraintViolation& violation) {
        throw SnapshotRefused(fmt::format("what other accounts have by now stands in the way of snapshot {}: {}", name,
                                          violation.what()));
    }
    database_.put_log_away();
}

void SqliteSnapshots::exchange(SqliteHandle& saved, const SnapshotImage& image, const SnapshotScope& scope,
                               const std::function<void()>& before_others) {
    const std::lock_guard live(database_.mutex_);
    SqliteHandle& handle = *database_.shared_;
    Stripes touched;
    if (!scope.account) {
        touched.set();
        keep_own_tables(handle, saved, image);
        exchange_pages(handle, saved, touched, before_others);
        return;
    }
    touched.set(Database::stripe(*scope.account));
    if (can_be_all(handle, saved, scope)) {
        copy_into(saved, "main", image);
        add_others(handle, saved, scope);
        exchange_pages(handle, saved, touched, before_others);
    } else {
        exchange_rows(handle, image, scope, touched, before_others);
    }
}

void SqliteSnapshots::exchange_pages(SqliteHandle& live, SqliteHandle& image, const Stripes& touched,
                                     const std::function<void()>& before_others) {
    const Exchanges::Going going(database_.exchanges_, touched);
    // It is a transaction: all pages are there when it is done, or none.
    live.copy_from(image);
    before_others();
    database_.raise_revisions(touched);
    if (database_.follower_ != nullptr) database_.follower_->replaced(live);
}

void SqliteSnapshots::exchange_rows(SqliteHandle& live, const SnapshotImage& image, const SnapshotScope& scope,
                                    const Stripes& touched, const std::function<void()>& before_others) {
    const Beside attached(live);
    view(live, beside, image);
    OneTransaction change(live);
    if (is_mostly_there(live, scope.counted))
        exchange_what_differs(live, scope);
    else
        exchange_all(live, scope);
    const Exchanges::Going going(database_.exchanges_, touched);
    change.commit();
    before_others();
    database_.raise_revisions(touched);
    if (database_.follower_ != nullptr) database_.follower_->replaced(live);
}

}  // namespace iamlocal::db
