#include "store/repeatable_starts.hpp"

#include "unit/store/fixture.hpp"

namespace iamlocal::store {
namespace {

class RepeatableStartsTest : public StoreTest {};
IAMLOCAL_ON_BOTH_ENGINES(RepeatableStartsTest);

TEST_P(RepeatableStartsTest, AreCountedWhateverElseIsDeleted) {
    EXPECT_EQ(repeatable_starts::count_one(tx_), 0U);
    EXPECT_EQ(repeatable_starts::count_one(tx_), 1U);
    tx_.commit();
    database_->reset();
    db::Transaction later(*connection_, db::Access::write);
    EXPECT_EQ(repeatable_starts::count_one(later), 2U);
}

}  // namespace
}  // namespace iamlocal::store
