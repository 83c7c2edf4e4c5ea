#include "store/roles.hpp"

#include "unit/store/fixture.hpp"

namespace iamlocal::store {
namespace {

using db::ConstraintViolation;
using testing::ElementsAre;
using testing::IsEmpty;

class RolesTest : public StoreTest {};
IAMLOCAL_ON_BOTH_ENGINES(RolesTest);

TEST_P(RolesTest, ComeBackAsStored) {
    const Role role{.account = account_,
                    .id = "AROAx",
                    .name = "Deploy",
                    .path = "/ci/",
                    .created = at(300),
                    .boundary_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess",
                    .trust_policy = "{\n \"Version\": \"2012-10-17\"\n}",
                    .description = "",
                    .max_session_duration = 7200,
                    .last_used = {},
                    .tags = {{"Team", "a"}}};
    roles::insert(tx_, role);
    for (const auto& found : {roles::find(tx_, account_, "dEPLOY"), roles::find_by_id(tx_, account_, "AROAx")}) {
        ASSERT_TRUE(found);
        EXPECT_EQ(found->account, account_);
        EXPECT_EQ(found->id, "AROAx");
        EXPECT_EQ(found->name, "Deploy");
        EXPECT_EQ(found->path, "/ci/");
        EXPECT_EQ(found->created, at(300));
        EXPECT_EQ(found->boundary_arn, "arn:aws:iam::aws:policy/ReadOnlyAccess");
        EXPECT_EQ(found->trust_policy, role.trust_policy);
        EXPECT_EQ(found->description, "") << "empty is not absent";
        EXPECT_EQ(found->max_session_duration, 7200);
        EXPECT_FALSE(found->last_used);
    }
    EXPECT_THAT(tags::all(tx_, account_, "AROAx"), ElementsAre(Tag{"Team", "a"}));
    EXPECT_FALSE(roles::find(tx_, other_account_, "deploy"));
    EXPECT_TRUE(roles::exists(tx_, account_, "deploy"));
    EXPECT_EQ(roles::count(tx_, account_), 1);
}

TEST_P(RolesTest, AreChangedPieceByPiece) {
    const Role role = add_role("r");
    EXPECT_EQ(roles::find(tx_, account_, "r")->description, std::nullopt);
    roles::set_trust_policy(tx_, account_, role.id, "{new}");
    roles::set_description(tx_, account_, role.id, "text");
    roles::set_max_session_duration(tx_, account_, role.id, 900);
    roles::set_boundary(tx_, account_, role.id, "arn");
    auto found = roles::find(tx_, account_, "r");
    EXPECT_EQ(found->trust_policy, "{new}");
    EXPECT_EQ(found->description, "text");
    EXPECT_EQ(found->max_session_duration, 900);
    EXPECT_EQ(found->boundary_arn, "arn");
    roles::set_description(tx_, account_, role.id, std::nullopt);
    roles::set_boundary(tx_, account_, role.id, std::nullopt);
    found = roles::find(tx_, account_, "r");
    EXPECT_EQ(found->description, std::nullopt);
    EXPECT_EQ(found->boundary_arn, std::nullopt);
}

TEST_P(RolesTest, TheLatestUseIsKeptWithoutBumpingTheRevision) {
    const Role role = add_role("r");
    tx_.commit();
    const std::uint64_t revision = database_->revision(account_);
    {
        db::Transaction tx(*connection_, db::Access::write);
        roles::record_last_used(tx, account_, role.id, {at(50), "eu-west-1"});
        roles::record_last_used(tx, account_, role.id, {at(40), "us-east-1"});
        tx.commit();
    }
    EXPECT_EQ(database_->revision(account_), revision);
    db::Transaction tx(*connection_, db::Access::read);
    const auto found = roles::find(tx, account_, "r");
    ASSERT_TRUE(found->last_used);
    EXPECT_EQ(found->last_used->at, at(50));
    EXPECT_EQ(found->last_used->region, "eu-west-1");
}

TEST_P(RolesTest, PageInOrderOfNames) {
    for (const char* name : {"c", "A", "b"}) add_role(name, "/x/");
    add_role("d", "/y/");
    EXPECT_EQ(pages(2, [&](PageRequest request) { return roles::page(tx_, account_, "", request); }), "A b|c d");
    EXPECT_EQ(pages(2, [&](PageRequest request) { return roles::page(tx_, account_, "/x/", request); }), "A b|c");
    EXPECT_EQ(roles::page(tx_, account_, "/y/", {}).items.at(0).trust_policy, "{trust}");
}

TEST_P(RolesTest, HoldingsStandInTheWayOfDeleting) {
    const Role role = add_role("r");
    const InstanceProfile profile = add_profile("p");
    instance_profiles::set_role(tx_, account_, profile.id, role.id);
    inline_policies::put(tx_, account_, role.id, "a", {"{}", 2});
    attachments::attach(tx_, account_, role.id, add_policy("q"));
    const roles::DeleteBlockers holdings = roles::delete_blockers(tx_, account_, role.id);
    EXPECT_EQ(holdings.inline_policies, 1);
    EXPECT_EQ(holdings.attached_policies, 1);
    EXPECT_EQ(holdings.instance_profiles, 1);
    const auto expect_refusal = [&] {
        expect_violation(ConstraintViolation::Kind::foreign_key, [&] { roles::remove(tx_, account_, role.id); });
        EXPECT_TRUE(roles::find(tx_, account_, "r"));
    };
    expect_refusal();
    instance_profiles::set_role(tx_, account_, profile.id, std::nullopt);
    expect_refusal();
    inline_policies::remove(tx_, account_, role.id, "a");
    expect_refusal();
    attachments::detach(tx_, account_, role.id, "arn:aws:iam::111122223333:policy/q");
    roles::remove(tx_, account_, role.id);
    EXPECT_FALSE(roles::exists(tx_, account_, "r"));
    EXPECT_EQ(tx_.number("SELECT count(*) FROM roles"), 0);
}

class InstanceProfilesTest : public StoreTest {};
IAMLOCAL_ON_BOTH_ENGINES(InstanceProfilesTest);

TEST_P(InstanceProfilesTest, HoldAtMostOneRole) {
    const InstanceProfile profile = add_profile("Web", "/x/");
    const Role role = add_role("r");
    auto found = instance_profiles::find(tx_, account_, "web");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id, "AIPAWeb");
    EXPECT_EQ(found->name, "Web");
    EXPECT_EQ(found->path, "/x/");
    EXPECT_EQ(found->created, at(500));
    EXPECT_EQ(found->role_id, std::nullopt);
    instance_profiles::set_role(tx_, account_, profile.id, role.id);
    EXPECT_EQ(instance_profiles::find(tx_, account_, "web")->role_id, role.id);
    expect_violation(ConstraintViolation::Kind::foreign_key,
                     [&] { instance_profiles::set_role(tx_, account_, profile.id, "AROAnone"); });
    expect_violation(ConstraintViolation::Kind::foreign_key,
                     [&] { instance_profiles::remove(tx_, account_, profile.id); });
    instance_profiles::set_role(tx_, account_, profile.id, std::nullopt);
    instance_profiles::remove(tx_, account_, profile.id);
    EXPECT_FALSE(instance_profiles::exists(tx_, account_, "web"));
    EXPECT_FALSE(instance_profiles::find(tx_, account_, "web"));
}

TEST_P(InstanceProfilesTest, PageByPathAndByRole) {
    const Role role = add_role("r");
    for (const char* name : {"c", "A", "b"}) {
        instance_profiles::set_role(tx_, account_, add_profile(name, "/x/").id, role.id);
    }
    add_profile("d", "/y/");
    EXPECT_EQ(pages(2, [&](PageRequest request) { return instance_profiles::page(tx_, account_, "", request); }),
              "A b|c d");
    EXPECT_EQ(pages(2, [&](PageRequest request) { return instance_profiles::page(tx_, account_, "/x", request); }),
              "A b|c");
    EXPECT_EQ(
        pages(2, [&](PageRequest request) { return instance_profiles::of_role(tx_, account_, role.id, request); }),
        "A b|c");
    EXPECT_THAT(instance_profiles::of_role(tx_, account_, "AROAnone", {}).items, IsEmpty());
    EXPECT_EQ(instance_profiles::count(tx_, account_), 4);
}

TEST_P(InstanceProfilesTest, NamesAreUniqueAndTagsStored) {
    InstanceProfile profile = add_profile("web");
    profile.id = "AIPAother";
    profile.name = "WEB";
    expect_violation(ConstraintViolation::Kind::unique, [&] { instance_profiles::insert(tx_, profile); });
    profile.name = "db";
    profile.role_id = add_role("r").id;
    profile.tags = {{"k", "v"}};
    instance_profiles::insert(tx_, profile);
    EXPECT_EQ(instance_profiles::find(tx_, account_, "db")->role_id, "AROAr");
    EXPECT_THAT(tags::all(tx_, account_, profile.id), ElementsAre(Tag{"k", "v"}));
}

}  // namespace
}  // namespace iamlocal::store
