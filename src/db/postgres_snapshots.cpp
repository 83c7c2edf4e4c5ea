#include "db/postgres_snapshots.hpp"

#include <utility>

#include <fmt/format.h>

#include "db/postgres_database.hpp"
#include "db/postgres_work.hpp"
#include "db/snapshot_shelf.hpp"

namespace iamlocal::db {
namespace {

constexpr const char* begin_save = "BEGIN ISOLATION LEVEL REPEATABLE READ";
constexpr const char* patiently = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0";

std::vector<SnapshotHead> heads_in(PostgresConnection& connection) {
    const PostgresResult listed = connection.execute(
        "SELECT name, notes, version, counted, bytes FROM schema_snapshots ORDER BY name COLLATE \"C\"");
    std::vector<SnapshotHead> heads;
    for (int i = 0; i < listed.rows(); ++i)
        heads.push_back({.name = std::string(listed.text(i, 0)),
                         .notes = std::string(listed.text(i, 1)),
                         .schema = listed.integer(i, 2),
                         .counted = listed.integer(i, 3),
                         .bytes = static_cast<std::size_t>(listed.integer(i, 4))});
    return heads;
}

std::optional<SnapshotHead> find_in(PostgresConnection& connection, const std::string& name) {
    for (SnapshotHead& head : heads_in(connection))
        if (head.name == name) return std::move(head);
    return std::nullopt;
}

std::int64_t schema_in(PostgresConnection& connection) {
    return connection.execute("SELECT max(version) FROM schema_migrations").integer(0, 0);
}

/// The condition with the account in the place of `?1`.
std::string condition_of(const RowsOfAccount& rows, const AccountId& account) {
    std::string condition(rows.condition);
    const std::string text = quoted_text(account.view());
    for (std::size_t at = 0; (at = condition.find("?1", at)) != condition.npos; at += text.size())
        condition.replace(at, 2, text);
    return condition;
}

/// Tables with the condition of what is concerned in each, in the order in which rows can be deleted.
std::vector<std::pair<std::string, std::string>> concerned(PostgresConnection& connection, const SnapshotScope& scope) {
    std::vector<std::pair<std::string, std::string>> tables;
    if (scope.account) {
        for (const RowsOfAccount& rows : scope.rows)
            tables.emplace_back(rows.table, condition_of(rows, *scope.account));
        return tables;
    }
    for (std::string& table : tables_in_order(connection)) tables.emplace_back(std::move(table), "TRUE");
    return tables;
}

}  // namespace

std::vector<SnapshotHead> PostgresSnapshots::list() {
    const std::lock_guard guard(database_.keeper_mutex_);
    Work work(database_.keeper_, begin_read);
    return heads_in(database_.keeper_);
}

std::optional<SnapshotHead> PostgresSnapshots::find(const std::string& name) {
    const std::lock_guard guard(database_.keeper_mutex_);
    Work work(database_.keeper_, begin_read);
    return find_in(database_.keeper_, name);
}

bool PostgresSnapshots::remove(const std::string& name) {
    const std::lock_guard guard(database_.keeper_mutex_);
    Work work(database_.keeper_, begin_save);
    const PostgresResult removed =
        database_.keeper_.execute("DELETE FROM schema_snapshots WHERE name = " + quoted_text(name));
    work.commit();
    return removed.changes() > 0;
}

SnapshotHead PostgresSnapshots::save(const std::string& name, const std::string& notes, const SnapshotScope& scope) {
    const std::lock_guard guard(database_.keeper_mutex_);
    PostgresConnection& keeper = database_.keeper_;
    Work work(keeper, begin_save);
    keeper.execute(patiently);
    SnapshotHead head{.name = name, .notes = notes, .schema = schema_in(keeper)};
    const std::vector<std::pair<std::string, std::string>> tables = concerned(keeper, scope);
    for (const auto& [table, condition] : tables)
        if (table == scope.counted)
            head.counted =
                keeper.execute(fmt::format("SELECT count(*) FROM {} WHERE {}", quoted_name(table), condition))
                    .integer(0, 0);
    keeper.execute("DELETE FROM schema_snapshots WHERE name = " + quoted_text(name));
    keeper.execute(
        fmt::format("INSERT INTO schema_snapshots (name, notes, version, counted, bytes) "
                    "VALUES ({}, {}, {}, {}, 0)",
                    quoted_text(name), quoted_text(notes), head.schema, head.counted));
    for (const auto& [table, condition] : tables)
        keeper.execute(fmt::format("INSERT INTO schema_snapshot_rows (snapshot, name, content) "
                                   "SELECT {}, {}, COALESCE(json_agg(t), '[]') FROM {} t WHERE {}",
                                   quoted_text(name), quoted_text(table), quoted_name(table), condition),
                       long_work);
    head.bytes = static_cast<std::size_t>(
        keeper
            .execute(
                fmt::format("UPDATE schema_snapshots SET bytes = (SELECT COALESCE(sum(octet_length(content::text)), "
                            "0) FROM schema_snapshot_rows WHERE snapshot = {0}) WHERE name = {0} RETURNING bytes",
                            quoted_text(name)),
                long_work)
            .integer(0, 0));
    require_room(heads_in(keeper), name, head.bytes);
    work.commit();
    return head;
}

void PostgresSnapshots::restore(const std::string& name, const SnapshotScope& scope,
                                const std::function<void()>& before_others) {
    const std::lock_guard guard(database_.keeper_mutex_);
    PostgresConnection& keeper = database_.keeper_;
    Work work(keeper, begin_write);
    keeper.execute(patiently);
    const std::optional<SnapshotHead> head = find_in(keeper, name);
    if (!head) throw SnapshotRefused(fmt::format("there is no snapshot {}", name));
    if (head->schema != schema_in(keeper))
        throw SnapshotRefused(
            fmt::format("snapshot {} was saved by another release, and its rows do not fit this one's tables", name));
    // Foreign keys are looked at row by row, which takes longer than all the rest; only who owns the server may leave
    // it. The rows of a snapshot are complete in themselves.
    if (keeper.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").integer(0, 0) != 0)
        keeper.execute("SET LOCAL session_replication_role = replica");
    try {
        exchange_rows(keeper, name, scope);
    } catch (const ConstraintViolation& violation) {
        throw SnapshotRefused(fmt::format("what other accounts have by now stands in the way of snapshot {}: {}", name,
                                          violation.what()));
    }
    Stripes touched = Stripes().set();
    if (scope.account) touched.reset().set(Database::stripe(*scope.account));
    const std::int64_t revision = keeper.execute(revise(stripes_of(touched))).integer(0, 0);
    const Exchanges::Going going(database_.exchanges_, touched);
    before_others();
    work.commit();
    database_.raise(touched, static_cast<std::uint64_t>(revision));
}

void PostgresSnapshots::exchange_rows(PostgresConnection& connection, const std::string& name,
                                      const SnapshotScope& scope) {
    const std::vector<std::pair<std::string, std::string>> tables = concerned(connection, scope);
    // A row that is the same in both states is left alone: making it again takes far longer than looking at it.
    const auto kept = [&](const std::string& table) {
        return fmt::format(
            "schema_snapshot_rows s, LATERAL json_populate_recordset(NULL::{0}, s.content) r WHERE s.snapshot = {1} "
            "AND s.name = {2}",
            quoted_name(table), quoted_text(name), quoted_text(table));
    };
    for (const auto& [table, condition] : tables)
        connection.execute(fmt::format("DELETE FROM {0} live WHERE ({1}) AND live NOT IN (SELECT r FROM {2})",
                                       quoted_name(table), condition, kept(table)),
                           long_work);
    for (auto table = tables.rbegin(); table != tables.rend(); ++table)
        connection.execute(fmt::format("INSERT INTO {0} SELECT r.* FROM {2} AND r NOT IN (SELECT live FROM {0} live "
                                       "WHERE {1})",
                                       quoted_name(table->first), table->second, kept(table->first)),
                           long_work);
}

}  // namespace iamlocal::db
