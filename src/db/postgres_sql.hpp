// The SQL of stores and migrations in PostgreSQL's words. Stores write what both databases understand; what they do not
// share is changed here, and nowhere else. Inside this folder only.
#pragma once

#include <string>
#include <string_view>

namespace iamlocal::db {

/// `?1` as `$1`. Quoted texts are left alone.
std::string postgres_statement(std::string_view sql);

/// The statements of a migration: TEXT compares by bytes as in SQLite, which paging by key relies on; INTEGER has 64
/// bits; BLOB is BYTEA; WITHOUT ROWID says nothing here.
std::string postgres_schema(std::string_view sql);

/// Whether a statement changes something, by its first word.
bool postgres_writes(std::string_view sql);

}  // namespace iamlocal::db
