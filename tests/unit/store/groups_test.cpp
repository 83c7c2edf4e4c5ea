#include "store/groups.hpp"

#include "unit/store/fixture.hpp"

namespace iamlocal::store {
namespace {

using db::ConstraintViolation;
using testing::ElementsAre;
using testing::IsEmpty;

class GroupsTest : public StoreTest {};
IAMLOCAL_ON_BOTH_ENGINES(GroupsTest);

TEST_P(GroupsTest, AreFoundRenamedAndRemoved) {
    Group group = add_group("Ops", "/a/");
    const auto found = groups::find(tx_, account_, "OPS");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id, "AGPAOps");
    EXPECT_EQ(found->name, "Ops");
    EXPECT_EQ(found->path, "/a/");
    EXPECT_EQ(found->created, at(200));
    EXPECT_TRUE(groups::exists(tx_, account_, "ops"));
    EXPECT_FALSE(groups::exists(tx_, other_account_, "ops"));

    group.id = "AGPAagain";
    group.name = "oPS";
    expect_violation(ConstraintViolation::Kind::unique, [&] { groups::insert(tx_, group); });
    groups::rename(tx_, account_, "AGPAOps", "Dev", "/b/");
    EXPECT_FALSE(groups::exists(tx_, account_, "ops"));
    EXPECT_EQ(groups::find(tx_, account_, "dev")->path, "/b/");
    EXPECT_EQ(groups::count(tx_, account_), 1);
    groups::remove(tx_, account_, "AGPAOps");
    EXPECT_EQ(groups::count(tx_, account_), 0);
}

TEST_P(GroupsTest, PageInOrderOfNames) {
    for (const char* name : {"c", "A", "b"}) add_group(name, "/x/");
    add_group("d", "/y/");
    EXPECT_EQ(pages(2, [&](PageRequest request) { return groups::page(tx_, account_, "", request); }), "A b|c d");
    EXPECT_EQ(pages(2, [&](PageRequest request) { return groups::page(tx_, account_, "/x/", request); }), "A b|c");
}

TEST_P(GroupsTest, MembershipIsListedBothWays) {
    const Group ops = add_group("ops");
    const Group dev = add_group("Dev");
    const Group art = add_group("art");
    for (const char* name : {"carol", "Bob", "alice"}) {
        const User user = add_user(name);
        EXPECT_TRUE(groups::add_member(tx_, account_, ops.id, user.id));
        EXPECT_FALSE(groups::add_member(tx_, account_, ops.id, user.id)) << "twice is no error";
    }
    groups::add_member(tx_, account_, dev.id, "AIDABob");
    groups::add_member(tx_, account_, art.id, "AIDABob");

    EXPECT_EQ(pages(2, [&](PageRequest request) { return groups::members(tx_, account_, ops.id, request); }),
              "alice Bob|carol");
    EXPECT_EQ(pages(2, [&](PageRequest request) { return groups::of_user(tx_, account_, "AIDABob", request); }),
              "art Dev|ops");
    EXPECT_TRUE(groups::is_member(tx_, account_, ops.id, "AIDABob"));
    EXPECT_TRUE(groups::remove_member(tx_, account_, ops.id, "AIDABob"));
    EXPECT_FALSE(groups::remove_member(tx_, account_, ops.id, "AIDABob"));
    EXPECT_FALSE(groups::is_member(tx_, account_, ops.id, "AIDABob"));
    EXPECT_THAT(names(groups::members(tx_, account_, ops.id, {})), ElementsAre("alice", "carol"));
    expect_violation(ConstraintViolation::Kind::foreign_key,
                     [&] { groups::add_member(tx_, account_, ops.id, "AIDAnobody"); });
}

TEST_P(GroupsTest, HoldingsStandInTheWayOfDeleting) {
    const Group group = add_group("ops");
    const User user = add_user("alice");
    const ManagedPolicy policy = add_policy("p");
    groups::add_member(tx_, account_, group.id, user.id);
    inline_policies::put(tx_, account_, group.id, "a", {"{}", 2});
    inline_policies::put(tx_, account_, group.id, "b", {"{}", 2});
    attachments::attach(tx_, account_, group.id, policy);
    const groups::DeleteBlockers holdings = groups::delete_blockers(tx_, account_, group.id);
    EXPECT_EQ(holdings.users, 1);
    EXPECT_EQ(holdings.inline_policies, 2);
    EXPECT_EQ(holdings.attached_policies, 1);

    const auto expect_refusal = [&] {
        expect_violation(ConstraintViolation::Kind::foreign_key, [&] { groups::remove(tx_, account_, group.id); });
    };
    expect_refusal();
    groups::remove_member(tx_, account_, group.id, user.id);
    expect_refusal();
    inline_policies::remove(tx_, account_, group.id, "a");
    inline_policies::remove(tx_, account_, group.id, "b");
    expect_refusal();
    attachments::detach(tx_, account_, group.id, policy.arn);
    groups::remove(tx_, account_, group.id);
    EXPECT_FALSE(groups::exists(tx_, account_, "ops"));
}

TEST_P(GroupsTest, InlinePoliciesArePerOwner) {
    const std::string owner = add_group("ops").id;
    const std::string other = add_user("alice").id;
    inline_policies::put(tx_, account_, owner, "b", {"{\n\"b\"}", 5});
    inline_policies::put(tx_, account_, owner, "C", {"{B}", 3});
    inline_policies::put(tx_, account_, owner, "a", {"{old}", 50});
    inline_policies::put(tx_, account_, owner, "a", {"{a}", 7});
    inline_policies::put(tx_, account_, other, "a", {"{other}", 1000});
    EXPECT_EQ(inline_policies::find(tx_, account_, owner, "b"), "{\n\"b\"}");
    EXPECT_EQ(inline_policies::find(tx_, account_, owner, "a"), "{a}");
    EXPECT_EQ(inline_policies::find(tx_, account_, owner, "x"), std::nullopt);
    EXPECT_EQ(inline_policies::total_size(tx_, account_, owner, ""), 15);
    EXPECT_EQ(inline_policies::total_size(tx_, account_, owner, "a"), 8);
    EXPECT_EQ(inline_policies::total_size(tx_, account_, "AROAnone", ""), 0);

    const Page<std::string> first = inline_policies::page(tx_, account_, owner, {"", 2});
    EXPECT_THAT(first.items, ElementsAre("C", "a"));
    EXPECT_THAT(inline_policies::page(tx_, account_, owner, {first.next, 2}).items, ElementsAre("b"));
    EXPECT_TRUE(inline_policies::remove(tx_, account_, owner, "C"));
    EXPECT_FALSE(inline_policies::remove(tx_, account_, owner, "C"));
    EXPECT_EQ(inline_policies::find(tx_, account_, owner, "b"), "{\n\"b\"}");
}

TEST_P(GroupsTest, InlinePoliciesAreFoundInAnyCaseAndKeepTheirFirstName) {
    const std::string owner = add_group("ops").id;
    inline_policies::put(tx_, account_, owner, "MixedName", {"{1}", 3});
    inline_policies::put(tx_, account_, owner, "mixedname", {"{22}", 4});
    EXPECT_EQ(inline_policies::find(tx_, account_, owner, "MIXEDNAME"), "{22}");
    EXPECT_THAT(inline_policies::page(tx_, account_, owner, {"", 9}).items, ElementsAre("MixedName"));
    EXPECT_EQ(inline_policies::total_size(tx_, account_, owner, "mIxEdNaMe"), 0);
    EXPECT_EQ(inline_policies::total_size(tx_, account_, owner, ""), 4);
    EXPECT_TRUE(inline_policies::remove(tx_, account_, owner, "mIxEdNaMe"));
    EXPECT_EQ(inline_policies::find(tx_, account_, owner, "MixedName"), std::nullopt);
}

/// Older versions kept such policies apart.
TEST_P(GroupsTest, InlinePoliciesWhoseNamesDifferInCaseAloneChangeTogether) {
    const std::string owner = add_group("ops").id;
    for (const char* name : {"Old", "old"})
        tx_.run(account_,
                "INSERT INTO inline_policies (account, owner_id, name, document, size) VALUES (?1, ?2, ?3, ?3, 1)",
                account_, owner, name);
    inline_policies::put(tx_, account_, owner, "OLD", {"{new}", 5});
    EXPECT_THAT(inline_policies::page(tx_, account_, owner, {"", 9}).items, ElementsAre("Old", "old"));
    EXPECT_EQ(inline_policies::find(tx_, account_, owner, "old"), "{new}");
    EXPECT_EQ(inline_policies::total_size(tx_, account_, owner, ""), 10);
    EXPECT_TRUE(inline_policies::remove(tx_, account_, owner, "oLD"));
    EXPECT_THAT(inline_policies::page(tx_, account_, owner, {"", 9}).items, IsEmpty());
}

}  // namespace
}  // namespace iamlocal::store
