#include "store/repeatable_starts.hpp"

namespace iamlocal::store::repeatable_starts {

std::uint64_t count_one(db::Transaction& tx) {
    const std::int64_t before = tx.number("SELECT starts FROM schema_repeatable_starts WHERE id = 1");
    tx.execute_without_revision(
        "INSERT INTO schema_repeatable_starts (id, starts) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET starts = ?1",
        before + 1);
    return static_cast<std::uint64_t>(before);
}

}  // namespace iamlocal::store::repeatable_starts
