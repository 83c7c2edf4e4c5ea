#include "store/login_profiles.hpp"

#include <gmock/gmock.h>

#include "base/crypto.hpp"
#include "unit/iam/fixture.hpp"

namespace iamlocal::iam {
namespace {

using testing::HasSubstr;
using testing::Not;

class LoginProfilesTest : public IamTest {};

TEST_F(LoginProfilesTest, PasswordsAreStoredAsHashes) {
    const std::string id = create_user("bob");
    EXPECT_THAT(run("CreateLoginProfile", {{"UserName", "bob"}, {"Password", "Str0ng-Enough!"}}),
                Not(HasSubstr("Str0ng")));
    const auto stored = in_store([&](auto& tx) { return store::login_profiles::passwords(tx, account, id); });
    ASSERT_EQ(stored.size(), 1U);
    EXPECT_EQ(stored[0].hash.size(), 32U);
    const std::string salt = in_store([&](auto& tx) { return store::login_profiles::find(tx, account, id)->salt; });
    EXPECT_EQ(salt.size(), 16U);
    const Digest hash = password_hash("Str0ng-Enough!", salt);
    EXPECT_EQ(stored[0].hash, std::string(reinterpret_cast<const char*>(hash.data()), hash.size()));
}

TEST_F(LoginProfilesTest, TheSamePasswordOfTwoUsersHasTwoHashes) {
    const std::string ids[] = {create_user("bob"), create_user("eve")};
    for (const char* const name : {"bob", "eve"})
        run("CreateLoginProfile", {{"UserName", name}, {"Password", "Str0ng-Enough!"}});
    std::vector<std::string> hashes;
    for (const std::string& id : ids)
        hashes.push_back(in_store([&](auto& tx) { return store::login_profiles::passwords(tx, account, id)[0].hash; }));
    EXPECT_NE(hashes[0], hashes[1]);
}

}  // namespace
}  // namespace iamlocal::iam
