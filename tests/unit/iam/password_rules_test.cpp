#include "iam/password_rules.hpp"

#include <gtest/gtest.h>

namespace iamlocal::iam {
namespace {

using store::PasswordPolicy;

TEST(PasswordRules, WithoutAPolicyThreeKindsOfFour) {
    EXPECT_EQ(password_lack("longer77A", {}), std::nullopt);
    EXPECT_EQ(password_lack("LONGER7|", {}), std::nullopt);
    EXPECT_EQ(password_lack("longer77", {}),
              "Password should meet 1 more of the following requirements: Password should have at least one uppercase "
              "letter, Password should have at least one symbol");
    EXPECT_EQ(password_lack("        ", {}),
              "Password should meet 3 more of the following requirements: Password should have at least one uppercase "
              "letter, Password should have at least one lowercase letter, Password should have at least one number, "
              "Password should have at least one symbol");
    EXPECT_EQ(password_lack("aB3!", {}), "Password should have a minimum length of 8");
}

TEST(PasswordRules, APolicyAsksForWhatItSays) {
    EXPECT_EQ(password_lack("      ", PasswordPolicy()), std::nullopt);
    EXPECT_EQ(password_lack("", PasswordPolicy()), "Password should have a minimum length of 6");
    PasswordPolicy policy;
    policy.require_lowercase = policy.require_symbols = true;
    EXPECT_EQ(password_lack("ABC123", policy),
              "Password should have at least one lowercase letter, Password should have at least one symbol");
    EXPECT_EQ(password_lack("abc[23", policy), std::nullopt);
}

TEST(PasswordRules, LengthIsInCharacters) {
    PasswordPolicy policy;
    policy.minimum_length = 6;
    EXPECT_EQ(password_lack("\u00e9\u00e9\u00e9\u00e9\u00e9", policy), "Password should have a minimum length of 6");
    EXPECT_EQ(password_lack("\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9", policy), std::nullopt);
}

}  // namespace
}  // namespace iamlocal::iam
