#include "db/query.hpp"

#include <stdexcept>

#include <sqlite3.h>

#include "db/engine.hpp"

namespace iamlocal::db {
namespace {

int bind(sqlite3_stmt* statement, int index, const Value& value) {
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

bool Row::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

std::int64_t Row::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view Row::view(int column) const {
    const auto* const text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    if (text == nullptr) return {};
    return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::string_view Row::blob(int column) const {
    const auto* const bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    if (bytes == nullptr) return {};
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::optional<std::int64_t> Row::optional_integer(int column) const {
    if (is_null(column)) return std::nullopt;
    return integer(column);
}

std::optional<std::string> Row::optional_text(int column) const {
    if (is_null(column)) return std::nullopt;
    return text(column);
}

std::optional<Seconds> Row::optional_seconds(int column) const {
    if (is_null(column)) return std::nullopt;
    return seconds(column);
}

Query::Query(Engine& engine, Sql sql, std::span<const Value> values) : engine_(engine) {
    Engine::Statement& statement = engine.prepare(sql);
    if (statement.writes && !engine.writable()) throw std::logic_error("a read transaction was asked to write");
    cached_ = !statement.busy;
    row_.statement_ = cached_ ? statement.handle : engine.prepare_uncached(sql.text());
    busy_ = cached_ ? &statement.busy : nullptr;
    if (cached_) statement.busy = true;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const int code = bind(row_.statement_, static_cast<int>(i + 1), values[i]);
        if (code != SQLITE_OK) {
            release();
            engine.fail(code);
        }
    }
}

Query::~Query() { release(); }

void Query::release() noexcept {
    if (!cached_) {
        sqlite3_finalize(row_.statement_);
        return;
    }
    sqlite3_reset(row_.statement_);
    sqlite3_clear_bindings(row_.statement_);
    *busy_ = false;
}

bool Query::step() {
    const int code = sqlite3_step(row_.statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    engine_.fail(code);
}

}  // namespace iamlocal::db
