// How often a server has started with repeatable ids on a database: its ids are others each time, or they would come
// twice.
#pragma once

#include <cstdint>

#include "db/transaction.hpp"

namespace iamlocal::store::repeatable_starts {

/// The number of this start, the first of which is 0; it is counted. Needs a transaction that writes.
std::uint64_t count_one(db::Transaction& tx);

}  // namespace iamlocal::store::repeatable_starts
