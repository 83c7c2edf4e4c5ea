// The schema, as numbered steps.
#pragma once

#include <span>

#include "db/database.hpp"

namespace iamlocal::store {

/// All steps in order.
std::span<const db::Migration> migrations();
/// Brings the database to the current schema; call it once after opening. Throws db::CannotOpen when a later release
/// wrote the database.
void migrate(db::Database& database);

}  // namespace iamlocal::store
