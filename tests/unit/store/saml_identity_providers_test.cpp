#include "store/saml_identity_providers.hpp"

#include "store/saml_providers.hpp"
#include "unit/store/fixture.hpp"

namespace iamlocal::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class SamlIdentityProvidersTest : public StoreTest {
  protected:
    SamlIdentityProvider add(const std::string& name) {
        SamlIdentityProvider provider{name, at(100), "certificate of " + name};
        saml_identity_providers::insert(tx_, keyring_, entropy_, provider, Secret("key of " + name));
        return provider;
    }

    SeededEntropy entropy_{1};
    Keyring keyring_ = Keyring::random(entropy_);
};
IAMLOCAL_ON_BOTH_ENGINES(SamlIdentityProvidersTest);

TEST_P(SamlIdentityProvidersTest, TheyAreFoundListedAndRemoved) {
    EXPECT_THAT(saml_identity_providers::all(tx_), IsEmpty());
    const SamlIdentityProvider corp = add("corp");
    const SamlIdentityProvider acme = add("acme");
    EXPECT_EQ(saml_identity_providers::find(tx_, "corp"), corp);
    EXPECT_FALSE(saml_identity_providers::find(tx_, "Corp"));
    EXPECT_THAT(saml_identity_providers::all(tx_), ElementsAre(acme, corp));
    EXPECT_EQ(saml_identity_providers::count(tx_), 2);
    expect_violation(db::ConstraintViolation::Kind::unique, [&] { add("corp"); });
    EXPECT_TRUE(saml_identity_providers::remove(tx_, "corp"));
    EXPECT_FALSE(saml_identity_providers::remove(tx_, "corp"));
    EXPECT_THAT(saml_identity_providers::all(tx_), ElementsAre(acme));
}

TEST_P(SamlIdentityProvidersTest, TheirKeysAreSealed) {
    add("corp");
    EXPECT_EQ(saml_identity_providers::find_private_key(tx_, keyring_, "corp")->reveal(), "key of corp");
    EXPECT_FALSE(saml_identity_providers::find_private_key(tx_, keyring_, "acme"));
    tx_.each("SELECT sealed_key FROM saml_identity_providers",
             [](const db::Row& row) { EXPECT_EQ(row.blob(0).find("key of"), std::string_view::npos); });
    EXPECT_THROW(saml_identity_providers::find_private_key(tx_, Keyring::random(entropy_), "corp"), std::runtime_error);
    tx_.execute_without_revision("UPDATE saml_identity_providers SET name = 'other'");
    EXPECT_THROW(saml_identity_providers::find_private_key(tx_, keyring_, "other"), std::runtime_error);
}

TEST_P(SamlIdentityProvidersTest, AnAssertionIsUsedOnceUntilItExpires) {
    const auto add_provider = [&](const std::string& id) {
        SamlProvider provider;
        provider.account = account_;
        provider.id = provider.name = id;
        saml_providers::insert(tx_, provider);
    };
    const auto use = [&](const std::string& provider, const std::string& assertion, int now, int expires) {
        return saml_providers::use_assertion(tx_, account_, provider, assertion, at(now), at(expires));
    };
    add_provider("SAMLSPA");
    add_provider("SAMLSPB");
    EXPECT_TRUE(use("SAMLSPA", "_1", 10, 20));
    EXPECT_FALSE(use("SAMLSPA", "_1", 11, 20));
    EXPECT_TRUE(use("SAMLSPA", "_2", 11, 20));
    EXPECT_TRUE(use("SAMLSPB", "_1", 11, 20)) << "another provider's";
    EXPECT_FALSE(use("SAMLSPA", "_1", 19, 20));
    EXPECT_TRUE(use("SAMLSPA", "_1", 20, 30)) << "nobody takes it any more by then";
    saml_providers::remove(tx_, account_, "SAMLSPA");
    EXPECT_EQ(tx_.number("SELECT count(*) FROM used_saml_assertions"), 1);
}

}  // namespace
}  // namespace iamlocal::store
