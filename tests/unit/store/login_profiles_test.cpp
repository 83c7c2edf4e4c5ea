#include "store/login_profiles.hpp"

#include "store/account.hpp"
#include "store/password_policies.hpp"
#include "unit/store/fixture.hpp"

namespace iamlocal::store {
namespace {

using db::ConstraintViolation;
using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::string_literals;

class LoginProfilesTest : public StoreTest {
  protected:
    void add_profile(const AccountId& account, const std::string& owner) {
        login_profiles::insert(
            tx_,
            {.account = account, .owner_id = owner, .created = at(5), .reset_required = true, .salt = "salt\0\xff"s});
    }
    std::vector<std::string> hashes(std::size_t limit = login_profiles::remembered) {
        std::vector<std::string> out;
        for (const auto& password : login_profiles::passwords(tx_, account_, "AIDAalice", limit))
            out.push_back(password.hash);
        return out;
    }
};
IAMLOCAL_ON_BOTH_ENGINES(LoginProfilesTest);

TEST_P(LoginProfilesTest, AreFoundByOwner) {
    add_profile(account_, "AIDAalice");
    const auto profile = login_profiles::find(tx_, account_, "AIDAalice");
    ASSERT_TRUE(profile);
    EXPECT_EQ(profile->account, account_);
    EXPECT_EQ(profile->owner_id, "AIDAalice");
    EXPECT_EQ(profile->created, at(5));
    EXPECT_TRUE(profile->reset_required);
    EXPECT_EQ(profile->salt, "salt\0\xff"s);
    EXPECT_FALSE(login_profiles::find(tx_, other_account_, "AIDAalice"));
    EXPECT_FALSE(login_profiles::find(tx_, account_, "AIDAbob"));
    login_profiles::set_reset_required(tx_, account_, "AIDAalice", false);
    EXPECT_FALSE(login_profiles::find(tx_, account_, "AIDAalice")->reset_required);
    expect_violation(ConstraintViolation::Kind::unique, [&] { add_profile(account_, "AIDAalice"); });
}

TEST_P(LoginProfilesTest, RememberTheirNewestPasswords) {
    add_profile(account_, "AIDAalice");
    EXPECT_THAT(hashes(), IsEmpty());
    for (int i = 1; i <= 30; ++i)
        login_profiles::add_password(tx_, account_, "AIDAalice", "hash" + std::to_string(i), at(i));
    EXPECT_THAT(hashes(3), ElementsAre("hash30", "hash29", "hash28"));
    EXPECT_EQ(hashes(100).size(), login_profiles::remembered);
    EXPECT_EQ(login_profiles::passwords(tx_, account_, "AIDAalice", 1).front().created, at(30));
    EXPECT_TRUE(login_profiles::remove(tx_, account_, "AIDAalice"));
    EXPECT_FALSE(login_profiles::remove(tx_, account_, "AIDAalice"));
    EXPECT_THAT(hashes(), IsEmpty());
}

TEST_P(LoginProfilesTest, OfRootAndUsersCountAndGoWithTheAccount) {
    const User alice = add_user("alice");
    add_profile(account_, alice.id);
    login_profiles::add_password(tx_, account_, alice.id, "hash", at(1));
    EXPECT_EQ(users::delete_blockers(tx_, account_, alice.id).login_profiles, 1);
    EXPECT_EQ(account::summary(tx_, account_).root_passwords, 0);
    add_profile(account_, account_.str());
    EXPECT_EQ(account::summary(tx_, account_).root_passwords, 1);
    account::erase(tx_, account_);
    EXPECT_FALSE(login_profiles::find(tx_, account_, alice.id));
    EXPECT_FALSE(login_profiles::find(tx_, account_, account_.str()));
    EXPECT_THAT(hashes(), IsEmpty());
}

TEST_P(LoginProfilesTest, AnAccountHasOnePasswordPolicy) {
    EXPECT_FALSE(password_policies::find(tx_, account_));
    const PasswordPolicy usual;
    password_policies::set(tx_, account_, usual);
    EXPECT_EQ(password_policies::find(tx_, account_), usual);
    const PasswordPolicy strict{.minimum_length = 14,
                                .require_symbols = true,
                                .require_numbers = true,
                                .require_uppercase = true,
                                .require_lowercase = true,
                                .users_may_change = true,
                                .max_age = 90,
                                .reuse_prevention = 24,
                                .hard_expiry = false};
    password_policies::set(tx_, account_, strict);
    EXPECT_EQ(password_policies::find(tx_, account_), strict);
    EXPECT_FALSE(password_policies::find(tx_, other_account_));
    EXPECT_TRUE(password_policies::remove(tx_, account_));
    EXPECT_FALSE(password_policies::remove(tx_, account_));
    password_policies::set(tx_, account_, strict);
    account::erase(tx_, account_);
    EXPECT_FALSE(password_policies::find(tx_, account_));
}

}  // namespace
}  // namespace iamlocal::store
