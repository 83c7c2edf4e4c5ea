// DecodeAuthorizationMessage: who may, and what comes out of what.
#include <gtest/gtest.h>

#include "access/authorization_message.hpp"
#include "unit/app/client.hpp"

namespace iamlocal::app {
namespace {

const std::string decoder =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:DecodeAuthorizationMessage","Resource":"*"}})";

class AuthorizationMessages : public testing::Test {
  protected:
    http::Response decode(const Keys& keys, const std::string& message) {
        return bed_.sts(keys, "DecodeAuthorizationMessage", {{"EncodedMessage", message}});
    }

    Bed bed_;
    SeededEntropy entropy_{7};
    const AccountId account_{"000000000000"};
};

TEST_F(AuthorizationMessages, AreTextOfASafeAlphabetAndComeBackWhole) {
    const store::Keyring keyring = store::Keyring::random(entropy_);
    for (std::size_t size = 0; size < 70; ++size) {
        const std::string message(size, 'x');
        const std::string sealed = access::seal_authorization_message(keyring, account_, message, entropy_);
        EXPECT_EQ(sealed.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
                  std::string::npos);
        EXPECT_EQ(access::open_authorization_message(keyring, account_, sealed), message);
    }
}

TEST_F(AuthorizationMessages, OpenOnlyWhereTheyWereSealedAndUnharmed) {
    const store::Keyring keyring = store::Keyring::random(entropy_);
    const store::Keyring other = store::Keyring::random(entropy_);
    const std::string sealed = access::seal_authorization_message(keyring, account_, R"({"allowed":false})", entropy_);
    EXPECT_FALSE(access::open_authorization_message(other, account_, sealed));
    EXPECT_FALSE(access::open_authorization_message(keyring, AccountId("111122223333"), sealed));
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        std::string harmed = sealed;
        harmed[i] = harmed[i] == 'A' ? 'B' : 'A';
        // The last character's low bits may carry nothing.
        const bool all_bits_count = i + 1 < sealed.size();
        EXPECT_FALSE(all_bits_count && access::open_authorization_message(keyring, account_, harmed)) << i;
        EXPECT_FALSE(access::open_authorization_message(keyring, account_, sealed.substr(0, i))) << i;
    }
}

TEST_F(AuthorizationMessages, ASessionTokenIsNone) {
    const Keys alice = bed_.make_user("alice", decoder);
    const std::string token = element(bed_.sts(alice, "GetSessionToken").body, "SessionToken");
    ASSERT_FALSE(token.empty());
    EXPECT_EQ(outcome(decode(alice, token)), "400 InvalidAuthorizationMessageException");
}

TEST_F(AuthorizationMessages, NeedThePermission) {
    const Keys bob = bed_.make_user("bob");
    EXPECT_EQ(outcome(decode(bob, "x")), "403 AccessDenied");
    EXPECT_EQ(
        message(decode(bob, "x")),
        "User: arn:aws:iam::000000000000:user/bob is not authorized to perform: sts:DecodeAuthorizationMessage on "
        "resource: * because no identity-based policy allows the sts:DecodeAuthorizationMessage action");
}

TEST_F(AuthorizationMessages, RefuseGarbageAndWrongLengths) {
    const Keys alice = bed_.make_user("alice", decoder);
    for (const std::string& text :
         {std::string("x"), std::string("!!!"), std::string("a\nb"), std::string(10240, 'A')}) {
        EXPECT_EQ(outcome(decode(alice, text)), "400 InvalidAuthorizationMessageException");
        EXPECT_EQ(message(decode(alice, text)), "Message is not valid");
    }
    EXPECT_EQ(outcome(decode(alice, "")), "400 ValidationError");
    EXPECT_EQ(outcome(decode(alice, std::string(10241, 'A'))), "400 ValidationError");
}

}  // namespace
}  // namespace iamlocal::app
