#include "db/query.hpp"

#include "db/backend.hpp"

namespace iamlocal::db {

bool Row::is_null(int column) const { return cursor_.is_null(column); }

std::int64_t Row::integer(int column) const { return cursor_.integer(column); }

std::string_view Row::view(int column) const { return cursor_.text(column); }

std::string_view Row::blob(int column) const { return cursor_.blob(column); }

std::optional<std::string> Row::optional_text(int column) const {
    if (is_null(column)) return std::nullopt;
    return text(column);
}

Query::Query(Backend& backend, Sql sql, std::span<const Value> values)
    : cursor_(backend.open(sql, values)), row_(cursor_) {}

Query::~Query() { cursor_.release(); }

bool Query::step() { return cursor_.step(); }

int Query::changes() const { return cursor_.changes(); }

}  // namespace iamlocal::db
