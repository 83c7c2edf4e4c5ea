// The schema, as numbered steps.
#pragma once

#include <span>

#include "db/database.hpp"

namespace iamlocal::store {

/// All steps in order, for db::Database::migrate after opening.
std::span<const db::Migration> migrations();

}  // namespace iamlocal::store
