// A schema as it stands when all of its steps are done, as the file of a SQLite database without other rows. It is
// packed when the program is built, and a database that is empty begins with it: the steps take half of a start.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "db/database.hpp"

namespace iamlocal::db {

/// Does the steps, for Database::migrate() to do them no more. The same steps and SQLite give the same bytes.
std::string pack_schema(std::span<const Migration> steps);

/// The bytes of the file. Throws std::logic_error for what pack_schema() has not made.
std::string unpack_schema(std::string_view packed);

}  // namespace iamlocal::db
