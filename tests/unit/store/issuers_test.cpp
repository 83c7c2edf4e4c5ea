#include "store/issuers.hpp"

#include "store/account.hpp"
#include "store/account_settings.hpp"
#include "store/issuer_keys.hpp"
#include "unit/store/fixture.hpp"

namespace iamlocal::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* github_url = "https://token.actions.githubusercontent.com";

class IssuersTest : public StoreTest {
  protected:
    IssuerKey add_key(const std::string& owner, const std::string& id) {
        IssuerKey key{id, "RS256", R"({"kid":")" + id + R"("})"};
        issuer_keys::add(tx_, keyring_, entropy_, owner, key, Secret("pem of " + id));
        return key;
    }
    void add_issuer(const std::string& name, const std::string& url) {
        built_in_issuers::put(tx_, {name, url, "github", at(100)});
    }

    SeededEntropy entropy_{1};
    Keyring keyring_ = Keyring::random(entropy_);
    const std::string owner_ = issuer_keys::owner_of_issuer("ci");
};
IAMLOCAL_ON_BOTH_ENGINES(IssuersTest);

TEST_P(IssuersTest, KeysAreSealedAndInTheOrderInWhichTheyCame) {
    const IssuerKey z = add_key(owner_, "z");
    const IssuerKey a = add_key(owner_, "a");
    add_key(issuer_keys::owner_of(account_), "z");
    EXPECT_THAT(issuer_keys::all(tx_, owner_), ElementsAre(z, a));
    EXPECT_EQ(issuer_keys::jwks(tx_, owner_), R"({"keys":[{"kid":"z"},{"kid":"a"}]})");
    EXPECT_EQ(issuer_keys::find_private(tx_, keyring_, owner_, "a")->reveal(), "pem of a");
    EXPECT_FALSE(issuer_keys::find_private(tx_, keyring_, owner_, "b"));
    tx_.each("SELECT sealed_key FROM issuer_keys",
             [](const db::Row& row) { EXPECT_EQ(row.blob(0).find("pem"), std::string_view::npos); });
    EXPECT_THROW(issuer_keys::find_private(tx_, Keyring::random(entropy_), owner_, "a"), std::runtime_error);
    expect_violation(db::ConstraintViolation::Kind::unique, [&] { add_key(owner_, "a"); });
    issuer_keys::remove(tx_, owner_, "z");
    EXPECT_THAT(issuer_keys::all(tx_, owner_), ElementsAre(a));
    EXPECT_EQ(issuer_keys::jwks(tx_, "oidc/other"), R"({"keys":[]})");
}

TEST_P(IssuersTest, ASealedKeyCannotBeMoved) {
    add_key(owner_, "a");
    tx_.execute_without_revision("UPDATE issuer_keys SET owner = ?1", account_);
    EXPECT_THROW(issuer_keys::find_private(tx_, keyring_, account_.view(), "a"), std::runtime_error);
}

TEST_P(IssuersTest, BuiltInIssuersAreFoundByNameAndUrl) {
    add_issuer("hub", github_url);
    add_issuer("ci", "https://localhost/_iamlocal/oidc/ci");
    const BuiltInIssuer hub{"hub", github_url, "github", at(100)};
    EXPECT_EQ(built_in_issuers::find(tx_, "hub"), hub);
    EXPECT_EQ(built_in_issuers::find_by_url(tx_, github_url), hub);
    EXPECT_FALSE(built_in_issuers::find(tx_, "HUB"));
    EXPECT_FALSE(built_in_issuers::find_by_url(tx_, std::string(github_url) + "/"));
    EXPECT_EQ(built_in_issuers::count(tx_), 2);
    ASSERT_EQ(built_in_issuers::all(tx_).size(), 2U);
    EXPECT_EQ(built_in_issuers::all(tx_).front().name, "ci");
    built_in_issuers::put(tx_, {"hub", "https://other.example.com", "", at(500)});
    EXPECT_EQ(built_in_issuers::find(tx_, "hub"), (BuiltInIssuer{"hub", "https://other.example.com", "", at(100)}));
    expect_violation(db::ConstraintViolation::Kind::unique, [&] { add_issuer("third", "https://other.example.com"); });
}

TEST_P(IssuersTest, WhatGoesTakesItsKeysAlong) {
    add_issuer("ci", github_url);
    add_key(owner_, "a");
    add_key(issuer_keys::owner_of_issuer("ci2"), "a");
    EXPECT_TRUE(built_in_issuers::remove(tx_, "ci"));
    EXPECT_FALSE(built_in_issuers::remove(tx_, "ci"));
    EXPECT_THAT(issuer_keys::all(tx_, owner_), IsEmpty());
    EXPECT_EQ(issuer_keys::all(tx_, "oidc/ci2").size(), 1U);
}

TEST_P(IssuersTest, OwnKeysAreFoundByTheirIssuer) {
    add_issuer("ci", github_url);
    add_key(owner_, "a");
    EXPECT_EQ(find_own_jwks(tx_, github_url), R"({"keys":[{"kid":"a"}]})");

    account_settings::put(tx_, account_, {TokenVersion::v1, "1234", false, false});
    add_key(issuer_keys::owner_of(account_), "RSA_0");
    const std::string url = outbound_issuer_url("1234");
    EXPECT_EQ(url, "https://1234.tokens.sts.global.api.aws");
    EXPECT_EQ(find_own_jwks(tx_, url), R"({"keys":[{"kid":"RSA_0"}]})") << "off or on";
    EXPECT_EQ(find_outbound_account(tx_, "1234"), account_);

    for (const std::string& other :
         {std::string(), std::string("https://accounts.google.com"), outbound_issuer_url(""), outbound_issuer_url("5"),
          std::string(".tokens.sts.global.api.aws"), url + "/", "http" + url.substr(5)})
        EXPECT_FALSE(find_own_jwks(tx_, other)) << other;
}

TEST_P(IssuersTest, AnErasedAccountHasNoKeysAnyMore) {
    add_issuer("ci", github_url);
    add_key(owner_, "a");
    add_key(issuer_keys::owner_of(account_), "RSA_0");
    account::erase(tx_, account_);
    EXPECT_THAT(issuer_keys::all(tx_, issuer_keys::owner_of(account_)), IsEmpty());
    EXPECT_EQ(issuer_keys::all(tx_, owner_).size(), 1U);
}

}  // namespace
}  // namespace iamlocal::store
