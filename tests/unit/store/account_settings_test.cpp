#include "store/account_settings.hpp"

#include "store/account.hpp"
#include "store/declared_templates.hpp"
#include "store/organization.hpp"
#include "store/role_sources.hpp"
#include "store/root_features.hpp"
#include "unit/store/fixture.hpp"

namespace iamlocal::store {
namespace {

class AccountSettingsTest : public StoreTest {};
IAMLOCAL_ON_BOTH_ENGINES(AccountSettingsTest);

TEST_P(AccountSettingsTest, AreTheDefaultsUntilTheyAreSet) {
    EXPECT_EQ(account_settings::get(tx_, account_), AccountSettings{});
    const AccountSettings settings{TokenVersion::v2, "issuer", true, true};
    account_settings::put(tx_, account_, settings);
    EXPECT_EQ(account_settings::get(tx_, account_), settings);
    EXPECT_EQ(account_settings::get(tx_, other_account_), AccountSettings{});
    account_settings::put(tx_, account_, {TokenVersion::v1, "issuer", false, false});
    EXPECT_EQ(account_settings::get(tx_, account_), (AccountSettings{TokenVersion::v1, "issuer", false, false}));
    account::erase(tx_, account_);
    EXPECT_EQ(account_settings::get(tx_, account_), AccountSettings{});
}

class RootFeaturesTest : public StoreTest {
  protected:
    static DeclaredOrganization example(std::string id) {
        DeclaredOrganization organization;
        organization.id = std::move(id);
        organization.management_account = AccountId("999999999999");
        organization.accounts = {{AccountId("111111111111"), "/"}, {AccountId("222222222222"), "/"}};
        organization.units = {{"/", "r-ab12"}};
        organization.trusted_services = {"iam.amazonaws.com", "other.amazonaws.com"};
        organization.delegated_administrators = {{"iam.amazonaws.com", {AccountId("111111111111")}},
                                                 {"other.amazonaws.com", {AccountId("222222222222")}}};
        return organization;
    }
    std::string standing(const char* account) {
        const auto found = root_features::find_standing(tx_, AccountId(account));
        if (!found) return "none";
        return found->organization_id + (found->all_features ? " all" : "") + (found->is_trusted ? " trusted" : "") +
               (found->is_management ? " management" : "") + (found->is_delegate ? " delegate" : "");
    }
};
IAMLOCAL_ON_BOTH_ENGINES(RootFeaturesTest);

TEST_P(RootFeaturesTest, WhatAnAccountIsToItsOrganization) {
    EXPECT_EQ(standing("999999999999"), "none");
    organization::replace(tx_, example("o-1"));
    EXPECT_EQ(organization::find(tx_), example("o-1"));
    EXPECT_EQ(standing("999999999999"), "o-1 all trusted management");
    EXPECT_EQ(standing("111111111111"), "o-1 all trusted delegate");
    EXPECT_EQ(standing("222222222222"), "o-1 all trusted");
    EXPECT_EQ(standing("333333333333"), "none");
    DeclaredOrganization billing = example("o-1");
    billing.all_features = false;
    billing.trusted_services.clear();
    billing.delegated_administrators.clear();
    organization::replace(tx_, billing);
    EXPECT_EQ(organization::find(tx_), billing);
    EXPECT_EQ(standing("111111111111"), "o-1");
}

TEST_P(RootFeaturesTest, StayWithTheOrganization) {
    using Features = std::set<RootFeature>;
    organization::replace(tx_, example("o-1"));
    root_features::enable(tx_, "o-1", RootFeature::sessions);
    root_features::enable(tx_, "o-1", RootFeature::sessions);
    root_features::enable(tx_, "o-1", RootFeature::credentials_management);
    root_features::disable(tx_, "o-1", RootFeature::credentials_management);
    EXPECT_EQ(root_features::enabled(tx_, "o-1"), Features{RootFeature::sessions});
    EXPECT_EQ(root_features::enabled(tx_, "o-2"), Features{});
    organization::replace(tx_, example("o-1"));
    EXPECT_EQ(root_features::enabled(tx_, "o-1"), Features{RootFeature::sessions});
    organization::replace(tx_, example("o-2"));
    EXPECT_EQ(root_features::enabled(tx_, "o-1"), Features{});
    root_features::enable(tx_, "o-2", RootFeature::sessions);
    organization::remove(tx_);
    EXPECT_EQ(root_features::enabled(tx_, "o-2"), Features{});
}

class TemplatesTest : public StoreTest {};
IAMLOCAL_ON_BOTH_ENGINES(TemplatesTest);

TEST_P(TemplatesTest, OneDeclarationTakesThePlaceOfTheOther) {
    EXPECT_FALSE(declared_templates::find(tx_));
    declared_templates::replace(tx_, "{}", at(1));
    declared_templates::replace(tx_, "{ }", at(2));
    const auto found = declared_templates::find(tx_);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->text, "{ }");
    EXPECT_EQ(found->since, at(2));
    EXPECT_TRUE(declared_templates::remove(tx_));
    EXPECT_FALSE(declared_templates::remove(tx_));
}

TEST_P(TemplatesTest, ARoleTakesItsSourceAlong) {
    const Role role = add_role("r");
    EXPECT_EQ(role_sources::find(tx_, account_, role.id), std::nullopt);
    const RoleSource source{"arn", 2, "values"};
    role_sources::insert(tx_, account_, role.id, source);
    EXPECT_EQ(role_sources::find(tx_, account_, role.id), source);
    roles::remove(tx_, account_, role.id);
    EXPECT_EQ(tx_.number("SELECT count(*) FROM role_sources"), 0);
    role_sources::insert(tx_, account_, add_role("s").id, source);
    account::erase(tx_, account_);
    EXPECT_EQ(tx_.number("SELECT count(*) FROM role_sources"), 0);
}

}  // namespace
}  // namespace iamlocal::store
