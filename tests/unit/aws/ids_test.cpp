#include "aws/ids.hpp"

#include <set>

#include <gtest/gtest.h>

namespace iamlocal::ids {
namespace {

TEST(UniqueIds, HavePrefixAndForm) {
    SeededEntropy entropy(7);
    const std::pair<Kind, const char*> cases[] = {{Kind::user, "AIDA"},
                                                  {Kind::role, "AROA"},
                                                  {Kind::group, "AGPA"},
                                                  {Kind::managed_policy, "ANPA"},
                                                  {Kind::instance_profile, "AIPA"},
                                                  {Kind::server_certificate, "ASCA"},
                                                  {Kind::service_specific_credential, "ACCA"}};
    std::set<std::string> seen;
    for (const auto& [kind, prefix] : cases) {
        for (int i = 0; i < 100; ++i) {
            const std::string id = unique_id(entropy, kind);
            SCOPED_TRACE(id);
            EXPECT_EQ(id.size(), 21U);
            EXPECT_TRUE(id.starts_with(prefix));
            EXPECT_EQ(id.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), std::string::npos);
            EXPECT_TRUE(seen.insert(id).second);
        }
    }
}

TEST(SshPublicKeyIds, HavePrefixAndForm) {
    SeededEntropy entropy(7);
    const std::string id = ssh_public_key_id(entropy);
    EXPECT_EQ(id.size(), 20U);
    EXPECT_TRUE(id.starts_with("APKA"));
    EXPECT_EQ(id.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), std::string::npos);
    EXPECT_NE(ssh_public_key_id(entropy), id);
}

TEST(AccessKeyIds, CarryTheirAccount) {
    SeededEntropy entropy(7);
    for (const char* account : {"000000000000", "000000000001", "123456789012", "999999999999"}) {
        for (const KeyLife life : {KeyLife::long_term, KeyLife::temporary}) {
            const AccessKeyId id = access_key_id(entropy, AccountId(account), life);
            SCOPED_TRACE(id.str());
            EXPECT_EQ(id.str().size(), 20U);
            EXPECT_TRUE(id.str().starts_with(life == KeyLife::long_term ? "AKIA" : "ASIA"));
            EXPECT_EQ(account_of(id.view()), AccountId(account));
        }
    }
}

// A key id that AWS's documentation of GetAccessKeyInfo and public notes on the format agree about.
TEST(AccessKeyIds, DecodeAsOtherToolsDecodeThem) {
    EXPECT_EQ(account_of("ASIAQNZGKIQY56JQ7WML"), AccountId("029608264753"));
}

TEST(AccessKeyIds, OfAnotherFormHaveNoAccount) {
    for (const char* text : {"", "test", "000000000000", "AKIAIOSFODNN7EXAMPLE", "AIDAQNZGKIQY56JQ7WML",
                             "AKIAQNZGKIQY56JQ7WM", "AKIAqnzgkiqy56jq7wml", "AKIA0000000000000000"}) {
        SCOPED_TRACE(text);
        EXPECT_FALSE(account_of(text));
    }
}

TEST(SamlIds, HaveAPrefixAndSixteenDigitsAndCapitals) {
    SeededEntropy entropy(7);
    std::set<char> seen;
    for (const auto& [of, prefix] : {std::pair{SamlIdOf::provider, "SAMLSP"}, {SamlIdOf::private_key, "SAMLPK"}}) {
        for (int i = 0; i < 50; ++i) {
            const std::string id = saml_id(entropy, of);
            ASSERT_EQ(id.size(), 22U);
            EXPECT_TRUE(id.starts_with(prefix)) << id;
            seen.insert(id.begin() + 6, id.end());
        }
    }
    EXPECT_EQ(std::string(seen.begin(), seen.end()), "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

TEST(Secrets, AreFortyCharacters) {
    SeededEntropy entropy(7);
    EXPECT_EQ(secret_access_key(entropy).reveal().size(), 40U);
}

TEST(RequestIds, AreRandomUuids) {
    SeededEntropy entropy(7);
    const std::string id = request_id(entropy);
    ASSERT_EQ(id.size(), 36U);
    EXPECT_EQ(id[14], '4');
    EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos);
    EXPECT_NE(id, request_id(entropy));
}

TEST(AccountIds, AreTwelveDigits) {
    EXPECT_TRUE(is_account_id("000000000000"));
    for (const char* text : {"", "00000000000", "0000000000000", "00000000000a", "test"}) {
        SCOPED_TRACE(text);
        EXPECT_FALSE(is_account_id(text));
    }
}

}  // namespace
}  // namespace iamlocal::ids
