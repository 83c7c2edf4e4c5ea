// SQLite's file format, as far as it takes to tell what is in use of a page. Inside this folder only.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace iamlocal::db {

/// A copy of a database's file with nothing but zeros where no table and no index has anything: SQLite leaves there
/// what was moved to another page. `roots`: the pages where tables and indexes begin, beside the first one. Throws
/// std::runtime_error for a file that is none.
std::shared_ptr<const char[]> copy_what_is_used(std::string_view file, std::span<const std::uint32_t> roots);

}  // namespace iamlocal::db
