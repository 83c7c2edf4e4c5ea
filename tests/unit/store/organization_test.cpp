#include "store/organization.hpp"

#include "unit/db/fixture.hpp"
#include "unit/store/fixture.hpp"

namespace iamlocal::store {
namespace {

class OrganizationTest : public StoreTest {
  protected:
    static DeclaredOrganization example() {
        DeclaredOrganization organization;
        organization.id = "o-exampleorgid";
        organization.management_account = AccountId("999999999999");
        organization.accounts = {{AccountId("111111111111"), "/workloads/prod"}, {AccountId("222222222222"), "/"}};
        organization.units = {{"/", "r-ab12"}, {"/workloads", "ou-ab12-1"}, {"/workloads/prod", "ou-ab12-2"}};
        organization.policies = {
            {ControlPolicyKind::service, "Second", "{2}", {"/workloads", "/", "222222222222"}},
            {ControlPolicyKind::resource, "First", "{1}", {"111111111111"}},
            {ControlPolicyKind::service, "Nowhere", "{3}", {}},
        };
        organization.without_full_access = {"/workloads", "222222222222"};
        return organization;
    }
};
IAMLOCAL_ON_BOTH_ENGINES(OrganizationTest);

TEST_P(OrganizationTest, ThereIsNoneAtFirst) {
    EXPECT_EQ(organization::find(tx_), std::nullopt);
    EXPECT_FALSE(organization::remove(tx_));
}

TEST_P(OrganizationTest, ComesBackAsItWasDeclared) {
    organization::replace(tx_, example());
    EXPECT_EQ(organization::find(tx_), example());
    EXPECT_TRUE(organization::remove(tx_));
    EXPECT_EQ(organization::find(tx_), std::nullopt);
}

TEST_P(OrganizationTest, ADeclarationTakesThePlaceOfTheOther) {
    organization::replace(tx_, example());
    DeclaredOrganization other;
    other.id = "o-otherorgid";
    other.accounts = {{AccountId("111111111111"), "/"}};
    other.units = {{"/", "r-ab12"}};
    organization::replace(tx_, other);
    EXPECT_EQ(organization::find(tx_), other);
}

TEST_P(OrganizationTest, EveryChangeMovesItsRevision) {
    const auto revision = [&] { return database_->revision(organization::revision_key()); };
    std::uint64_t before = revision();
    organization::replace(tx_, example());
    EXPECT_EQ(revision(), before);  // not before the commit
    tx_.commit();
    EXPECT_NE(revision(), before);

    before = revision();
    db::Transaction removal(*connection_, db::Access::write);
    organization::remove(removal);
    removal.commit();
    EXPECT_NE(revision(), before);
}

TEST_P(OrganizationTest, AResetForgetsIt) {
    organization::replace(tx_, example());
    tx_.commit();
    database_->reset();
    db::Transaction tx(*connection_, db::Access::read);
    EXPECT_EQ(organization::find(tx), std::nullopt);
}

TEST_P(OrganizationTest, SurvivesARestart) {
    const db::Place place(GetParam() == db::Storage::memory ? db::Storage::file : GetParam());
    {
        const auto database = place.open();
        database->migrate(schema());
        const auto connection = database->connect();
        db::Transaction tx(*connection, db::Access::write);
        organization::replace(tx, example());
        tx.commit();
    }
    const auto database = place.open();
    database->migrate(schema());
    const auto connection = database->connect();
    db::Transaction tx(*connection, db::Access::read);
    EXPECT_EQ(organization::find(tx), example());
}

}  // namespace
}  // namespace iamlocal::store
