#include "store/account.hpp"
#include "store/oidc_providers.hpp"
#include "store/saml_providers.hpp"
#include "unit/store/fixture.hpp"

namespace iamlocal::store {
namespace {

using db::ConstraintViolation;
using testing::ElementsAre;
using testing::IsEmpty;

class IdentityProvidersTest : public StoreTest {
  protected:
    OidcProvider add_oidc(const std::string& url, std::vector<std::string> client_ids = {},
                          std::vector<std::string> thumbprints = {}) {
        OidcProvider provider{.account = account_,
                              .id = "OIDC" + url,
                              .url = url,
                              .created = Milliseconds(std::chrono::milliseconds(1234567890123)),
                              .client_ids = std::move(client_ids),
                              .thumbprints = std::move(thumbprints),
                              .tags = {{"team", "1"}, {"Team", "2"}}};
        oidc_providers::insert(tx_, provider);
        return provider;
    }
    SamlProvider add_saml(const std::string& name) {
        SamlProvider provider{.account = account_,
                              .id = "SAMLSP" + name,
                              .name = name,
                              .created = at(100),
                              .metadata_changed = at(100),
                              .metadata = "<metadata/>",
                              .requires_encryption = false,
                              .private_keys = {},
                              .tags = {{"team", "1"}, {"Team", "2"}}};
        saml_providers::insert(tx_, provider);
        return provider;
    }
    void add_key(const SamlProvider& provider, const std::string& id, std::int64_t seconds) {
        saml_providers::add_private_key(tx_, keyring_, entropy_, account_, provider.id, {id, at(seconds)},
                                        Secret("pem of " + id));
    }
    std::int64_t rows(db::Sql count) { return tx_.number(count, account_); }
    void expect_nothing_left() {
        EXPECT_EQ(rows("SELECT count(*) FROM oidc_providers WHERE account = ?1"), 0);
        EXPECT_EQ(rows("SELECT count(*) FROM oidc_client_ids WHERE account = ?1"), 0);
        EXPECT_EQ(rows("SELECT count(*) FROM oidc_thumbprints WHERE account = ?1"), 0);
        EXPECT_EQ(rows("SELECT count(*) FROM saml_providers WHERE account = ?1"), 0);
        EXPECT_EQ(rows("SELECT count(*) FROM saml_private_keys WHERE account = ?1"), 0);
        EXPECT_EQ(rows("SELECT count(*) FROM tags WHERE account = ?1"), 0);
    }

    SeededEntropy entropy_{1};
    Keyring keyring_ = Keyring::random(entropy_);
};
IAMLOCAL_ON_BOTH_ENGINES(IdentityProvidersTest);

TEST_P(IdentityProvidersTest, KeySetsAreKept) {
    const std::string id = add_oidc("idp").id;
    EXPECT_EQ(oidc_providers::find(tx_, account_, "idp")->jwks, std::nullopt);
    oidc_providers::set_jwks(tx_, account_, id, R"({"keys":[]})");
    EXPECT_EQ(oidc_providers::find(tx_, account_, "idp")->jwks, R"({"keys":[]})");
    oidc_providers::set_jwks(tx_, account_, id, std::nullopt);
    EXPECT_EQ(oidc_providers::find(tx_, account_, "idp")->jwks, std::nullopt);
}

TEST_P(IdentityProvidersTest, AnOidcProviderIsKeptWhole) {
    add_oidc("idp.example.com/a", {"z", "a"}, {"t2", "t1", "t2"});
    const auto found = oidc_providers::find(tx_, account_, "idp.example.com/a");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id, "OIDCidp.example.com/a");
    EXPECT_EQ(found->created.time_since_epoch().count(), 1234567890123);
    EXPECT_THAT(found->client_ids, ElementsAre("z", "a"));
    EXPECT_THAT(found->thumbprints, ElementsAre("t2", "t1", "t2"));
    EXPECT_THAT(tags::all(tx_, account_, found->id), ElementsAre(Tag{"team", "1"}, Tag{"Team", "2"}));
    EXPECT_FALSE(oidc_providers::find(tx_, other_account_, "idp.example.com/a"));
}

TEST_P(IdentityProvidersTest, AddressesCompareWithCase) {
    add_oidc("idp.example.com/a");
    EXPECT_FALSE(oidc_providers::exists(tx_, account_, "idp.example.com/A"));
    add_oidc("idp.example.com/A");
    add_oidc("idp.example.com/A/");
    EXPECT_THAT(oidc_providers::urls(tx_, account_),
                ElementsAre("idp.example.com/A", "idp.example.com/A/", "idp.example.com/a"));
    EXPECT_EQ(oidc_providers::count(tx_, account_), 3);
    expect_violation(ConstraintViolation::Kind::unique, [&] { add_oidc("idp.example.com/A"); });
}

TEST_P(IdentityProvidersTest, ClientIdsComeAndGo) {
    const std::string id = add_oidc("idp", {"b"}).id;
    oidc_providers::add_client_id(tx_, account_, id, "a");
    oidc_providers::remove_client_id(tx_, account_, id, "none");
    EXPECT_THAT(oidc_providers::find(tx_, account_, "idp")->client_ids, ElementsAre("b", "a"));
    oidc_providers::remove_client_id(tx_, account_, id, "b");
    oidc_providers::add_client_id(tx_, account_, id, "b");
    EXPECT_THAT(oidc_providers::find(tx_, account_, "idp")->client_ids, ElementsAre("a", "b"));
    expect_violation(ConstraintViolation::Kind::unique, [&] { oidc_providers::add_client_id(tx_, account_, id, "a"); });
}

TEST_P(IdentityProvidersTest, ThumbprintsAreReplaced) {
    const std::string id = add_oidc("idp", {}, {"a", "b", "c"}).id;
    oidc_providers::replace_thumbprints(tx_, account_, id, std::vector<std::string>{"d", "d"});
    EXPECT_THAT(oidc_providers::find(tx_, account_, "idp")->thumbprints, ElementsAre("d", "d"));
}

TEST_P(IdentityProvidersTest, ASamlProviderIsKeptWhole) {
    add_saml("Corp");
    const auto found = saml_providers::find(tx_, account_, "corp");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->name, "Corp");
    EXPECT_EQ(found->id, "SAMLSPCorp");
    EXPECT_EQ(found->metadata, "<metadata/>");
    EXPECT_FALSE(found->requires_encryption);
    EXPECT_EQ(found->created, at(100));
    EXPECT_FALSE(saml_providers::find(tx_, other_account_, "Corp"));
    expect_violation(ConstraintViolation::Kind::unique, [&] { add_saml("CORP"); });
    add_saml("alpha");
    EXPECT_EQ(saml_providers::count(tx_, account_), 2);
    const auto all = saml_providers::all(tx_, account_);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].name, "alpha");
    EXPECT_EQ(all[1].name, "Corp");
}

TEST_P(IdentityProvidersTest, NewMetadataHasANewDateAndTheProviderKeepsItsOwn) {
    const std::string id = add_saml("corp").id;
    saml_providers::set_metadata(tx_, account_, id, "<new/>", at(900));
    saml_providers::set_encryption(tx_, account_, id, true);
    const auto found = saml_providers::find(tx_, account_, "corp");
    EXPECT_EQ(found->metadata, "<new/>");
    EXPECT_EQ(found->metadata_changed, at(900));
    EXPECT_EQ(found->created, at(100));
    EXPECT_TRUE(found->requires_encryption);
}

TEST_P(IdentityProvidersTest, PrivateKeysAreSealedAndListedOldestFirst) {
    const SamlProvider provider = add_saml("corp");
    add_key(provider, "SAMLPKZ", 500);
    add_key(provider, "SAMLPKA", 500);
    EXPECT_THAT(saml_providers::find(tx_, account_, "corp")->private_keys,
                ElementsAre(SamlPrivateKey{"SAMLPKZ", at(500)}, SamlPrivateKey{"SAMLPKA", at(500)}));
    const auto keys = saml_providers::private_keys(tx_, keyring_, account_, provider.id);
    ASSERT_EQ(keys.size(), 2U);
    EXPECT_EQ(keys[0].reveal(), "pem of SAMLPKZ");
    EXPECT_EQ(keys[1].reveal(), "pem of SAMLPKA");
    tx_.each("SELECT sealed_key FROM saml_private_keys",
             [](const db::Row& row) { EXPECT_EQ(row.blob(0).find("pem"), std::string_view::npos); });
    EXPECT_THROW(saml_providers::private_keys(tx_, Keyring::random(entropy_), account_, provider.id),
                 std::runtime_error);
    saml_providers::remove_private_key(tx_, account_, provider.id, "SAMLPKZ");
    EXPECT_THAT(saml_providers::find(tx_, account_, "corp")->private_keys,
                ElementsAre(SamlPrivateKey{"SAMLPKA", at(500)}));
}

TEST_P(IdentityProvidersTest, ASealedKeyCannotBeMovedToAnotherId) {
    const SamlProvider provider = add_saml("corp");
    add_key(provider, "SAMLPKA", 500);
    tx_.execute_without_revision("UPDATE saml_private_keys SET id = ?1", "SAMLPKB");
    EXPECT_THROW(saml_providers::private_keys(tx_, keyring_, account_, provider.id), std::runtime_error);
}

TEST_P(IdentityProvidersTest, WhatGoesTakesEverythingAlong) {
    const OidcProvider oidc = add_oidc("idp", {"a"}, {"t"});
    const SamlProvider saml = add_saml("corp");
    add_key(saml, "SAMLPKA", 500);
    EXPECT_EQ(account::summary(tx_, account_).providers, 2);
    oidc_providers::remove(tx_, account_, oidc.id);
    saml_providers::remove(tx_, account_, saml.id);
    expect_nothing_left();
    EXPECT_EQ(account::summary(tx_, account_).providers, 0);
    EXPECT_EQ(oidc_providers::count(tx_, account_), 0);
    EXPECT_EQ(saml_providers::count(tx_, account_), 0);
}

TEST_P(IdentityProvidersTest, AnErasedAccountHasNoneAnyMore) {
    add_oidc("idp", {"a"}, {"t"});
    add_key(add_saml("corp"), "SAMLPKA", 500);
    account::erase(tx_, account_);
    expect_nothing_left();
}

}  // namespace
}  // namespace iamlocal::store
