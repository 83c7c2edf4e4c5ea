#include "api/found.hpp"

#include "unit/api/fixture.hpp"

namespace iamlocal::api {
namespace {

using FoundTest = ApiTest;

TEST_F(FoundTest, IsGivenAwayOnce) {
    Found<int> found;
    EXPECT_FALSE(found.take(tx_, "bob").has_value());
    found.keep(tx_, "bob", 7);
    EXPECT_EQ(found.take(tx_, "bob").value(), 7);
    EXPECT_FALSE(found.take(tx_, "bob").has_value());
}

TEST_F(FoundTest, IsOfOneName) {
    Found<int> found;
    found.keep(tx_, "bob", 7);
    EXPECT_FALSE(found.take(tx_, "Bob").has_value());
    found.keep(tx_, "carol", std::nullopt);
    EXPECT_FALSE(found.take(tx_, "bob").has_value());
    EXPECT_FALSE(found.take(tx_, "carol").has_value());
}

TEST_F(FoundTest, IsForgottenWhenAnythingChanges) {
    Found<store::User> found;
    found.keep(tx_, "bob", add_user("bob"));
    EXPECT_EQ(found.take(tx_, "bob")->id, "AIDAbob");
    found.keep(tx_, "bob", store::users::find(tx_, account, "bob"));
    store::users::rename(tx_, account, "AIDAbob", "bob", "/elsewhere/");
    EXPECT_FALSE(found.take(tx_, "bob").has_value());
}

}  // namespace
}  // namespace iamlocal::api
