// The schema, as numbered steps.
#pragma once

#include <span>

#include "db/database.hpp"

namespace iamlocal::store {

/// All steps in order.
std::span<const db::Migration> migrations();
/// For db::Database::migrate after opening: the steps, and what an empty database begins with in their place.
db::Schema schema();

}  // namespace iamlocal::store
