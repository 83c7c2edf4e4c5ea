#include "store/users.hpp"

#include <functional>

#include "store/access_keys.hpp"
#include "unit/store/fixture.hpp"

namespace iamlocal::store {
namespace {

using db::ConstraintViolation;
using testing::ElementsAre;
using testing::IsEmpty;

class UsersTest : public StoreTest {};
IAMLOCAL_ON_BOTH_ENGINES(UsersTest);

TEST_P(UsersTest, AreFoundByNameInAnyCaseAndById) {
    User user = add_user("Alice", "/team/");
    for (const char* name : {"Alice", "alice", "ALICE"}) {
        SCOPED_TRACE(name);
        const auto found = users::find(tx_, account_, name);
        ASSERT_TRUE(found);
        EXPECT_EQ(found->account, account_);
        EXPECT_EQ(found->id, "AIDAAlice");
        EXPECT_EQ(found->name, "Alice");
        EXPECT_EQ(found->path, "/team/");
        EXPECT_EQ(found->created, at(100));
        EXPECT_EQ(found->boundary_arn, std::nullopt);
        EXPECT_TRUE(users::exists(tx_, account_, name));
        EXPECT_FALSE(users::exists(tx_, other_account_, name));
        EXPECT_FALSE(users::find(tx_, other_account_, name));
    }
    EXPECT_EQ(users::find_by_id(tx_, account_, user.id)->name, "Alice");
    EXPECT_FALSE(users::find_by_id(tx_, other_account_, user.id));
    EXPECT_FALSE(users::find(tx_, account_, "Alic"));
    EXPECT_FALSE(users::find(tx_, account_, ""));
}

TEST_P(UsersTest, AGroupOrRoleOfTheSameNameIsAnotherThing) {
    add_group("ops");
    add_role("ops");
    EXPECT_FALSE(users::exists(tx_, account_, "ops"));
    EXPECT_FALSE(users::find_by_id(tx_, account_, "AGPAops"));
    EXPECT_FALSE(users::find_by_id(tx_, account_, "AROAops"));
    add_user("ops");
    EXPECT_EQ(users::find(tx_, account_, "ops")->id, "AIDAops");
    EXPECT_EQ(groups::find(tx_, account_, "ops")->id, "AGPAops");
    EXPECT_EQ(roles::find(tx_, account_, "ops")->id, "AROAops");
}

TEST_P(UsersTest, NamesAreUniqueWithoutCaseInAnAccount) {
    User user = add_user("Alice");
    user.id = "AIDAother";
    user.name = "aLICE";
    expect_violation(ConstraintViolation::Kind::unique, [&] { users::insert(tx_, user); });
    user.account = other_account_;
    EXPECT_NO_THROW(users::insert(tx_, user));
    EXPECT_EQ(users::count(tx_, account_), 1);
    EXPECT_EQ(users::count(tx_, other_account_), 1);
}

TEST_P(UsersTest, RenamingKeepsEverythingElse) {
    const User user = add_user("Alice");
    add_user("bob");
    groups::add_member(tx_, account_, add_group("ops").id, user.id);
    users::rename(tx_, account_, user.id, "Carol", "/new/");
    EXPECT_FALSE(users::exists(tx_, account_, "alice"));
    const auto renamed = users::find(tx_, account_, "carol");
    ASSERT_TRUE(renamed);
    EXPECT_EQ(renamed->id, user.id);
    EXPECT_EQ(renamed->path, "/new/");
    EXPECT_EQ(users::delete_blockers(tx_, account_, user.id).groups, 1);
    users::rename(tx_, account_, user.id, "CAROL", "/new/");
    EXPECT_EQ(users::find(tx_, account_, "carol")->name, "CAROL") << "only the case changes";
    expect_violation(ConstraintViolation::Kind::unique, [&] { users::rename(tx_, account_, user.id, "BOB", "/"); });
}

TEST_P(UsersTest, BoundaryIsSetAndTakenAway) {
    const User user = add_user("alice");
    users::set_boundary(tx_, account_, user.id, "arn:aws:iam::aws:policy/ReadOnlyAccess");
    EXPECT_EQ(users::find(tx_, account_, "alice")->boundary_arn, "arn:aws:iam::aws:policy/ReadOnlyAccess");
    users::set_boundary(tx_, account_, user.id, std::nullopt);
    EXPECT_EQ(users::find(tx_, account_, "alice")->boundary_arn, std::nullopt);
}

TEST_P(UsersTest, PagesInOrderOfNamesBelowAPath) {
    for (const char* name : {"delta", "Alpha", "charlie", "Bravo", "echo"}) add_user(name, "/a/");
    add_user("zulu", "/b/");
    add_user("100%", "/_/");
    const auto read = [&](std::string_view prefix) {
        return [this, prefix](PageRequest request) { return users::page(tx_, account_, prefix, request); };
    };
    EXPECT_EQ(pages(2, read("")), "100% Alpha|Bravo charlie|delta echo|zulu");
    EXPECT_EQ(pages(7, read("")), "100% Alpha Bravo charlie delta echo zulu");
    EXPECT_EQ(pages(2, read("/a/")), "Alpha Bravo|charlie delta|echo");
    EXPECT_EQ(pages(1, read("/_")), "100%") << "no wildcards in a prefix";
    EXPECT_EQ(pages(1, read("/c/")), "");
    EXPECT_THAT(users::page(tx_, other_account_, "", {}).items, IsEmpty());
}

TEST_P(UsersTest, HoldingsStandInTheWayOfDeleting) {
    const User user = add_user("alice");
    const Keyring keyring = [] {
        SeededEntropy entropy(1);
        return Keyring::random(entropy);
    }();
    SeededEntropy entropy(2);
    const ManagedPolicy policy = add_policy("p");
    const Group group = add_group("ops");
    const AccessKey key{.account = account_,
                        .user_id = user.id,
                        .id = AccessKeyId("AKIA1"),
                        .secret = Secret("secret"),
                        .active = true,
                        .created = at(1),
                        .last_used = {}};
    const struct {
        const char* what;
        std::function<void()> add;
        std::function<void()> take;
        std::function<std::int64_t(const users::DeleteBlockers&)> held;
    } cases[] = {
        {"access key", [&] { access_keys::insert(tx_, keyring, entropy, key); },
         [&] { access_keys::remove(tx_, account_, user.id, key.id); },
         [](const users::DeleteBlockers& h) { return h.access_keys; }},
        {"inline policy",
         [&] {
             inline_policies::put(tx_, account_, user.id, "p", {"{}", 2});
         },
         [&] { inline_policies::remove(tx_, account_, user.id, "p"); },
         [](const users::DeleteBlockers& h) { return h.inline_policies; }},
        {"attached policy", [&] { attachments::attach(tx_, account_, user.id, policy); },
         [&] { attachments::detach(tx_, account_, user.id, policy.arn); },
         [](const users::DeleteBlockers& h) { return h.attached_policies; }},
        {"group", [&] { groups::add_member(tx_, account_, group.id, user.id); },
         [&] { groups::remove_member(tx_, account_, group.id, user.id); },
         [](const users::DeleteBlockers& h) { return h.groups; }},
    };
    for (const auto& test : cases) {
        SCOPED_TRACE(test.what);
        const users::DeleteBlockers none = users::delete_blockers(tx_, account_, user.id);
        EXPECT_EQ(none.access_keys + none.inline_policies + none.attached_policies + none.groups, 0);
        test.add();
        const users::DeleteBlockers holdings = users::delete_blockers(tx_, account_, user.id);
        EXPECT_EQ(test.held(holdings), 1);
        EXPECT_EQ(holdings.access_keys + holdings.inline_policies + holdings.attached_policies + holdings.groups, 1);
        expect_violation(ConstraintViolation::Kind::foreign_key, [&] { users::remove(tx_, account_, user.id); });
        test.take();
    }
    const Tag tag{"k", "v"};
    tags::set(tx_, account_, user.id, std::span(&tag, 1));
    users::remove(tx_, account_, user.id);
    EXPECT_FALSE(users::exists(tx_, account_, "alice"));
    EXPECT_THAT(tags::all(tx_, account_, user.id), IsEmpty()) << "the tags go along";
}

TEST_P(UsersTest, InsertStoresTags) {
    User user = add_user("alice");
    user.id = "AIDAbob";
    user.name = "bob";
    user.tags = {{"Team", "a"}, {"Stage", ""}};
    users::insert(tx_, user);
    EXPECT_THAT(tags::all(tx_, account_, user.id), ElementsAre(Tag{"Team", "a"}, Tag{"Stage", ""}));
    EXPECT_THAT(users::find(tx_, account_, "bob")->tags, IsEmpty());
}

TEST_P(UsersTest, NothingOfAnUnknownOwnerIsStored) {
    expect_violation(ConstraintViolation::Kind::foreign_key, [&] {
        inline_policies::put(tx_, account_, "AIDAnobody", "p", {"{}", 2});
    });
    const Tag tag{"k", "v"};
    expect_violation(ConstraintViolation::Kind::foreign_key,
                     [&] { tags::set(tx_, account_, "AIDAnobody", std::span(&tag, 1)); });
}

TEST_P(UsersTest, WritingBumpsTheRevision) {
    const std::uint64_t before = database_->revision(account_);
    add_user("alice");
    tx_.commit();
    EXPECT_GT(database_->revision(account_), before);
}

TEST_P(UsersTest, AreCountedAsTheyComeAndGo) {
    const AccountId account("333344445555");
    EXPECT_EQ(users::count(tx_, account), 0);
    for (const char* id : {"AIDA1", "AIDA2", "AIDA3"}) {
        User user;
        user.account = account;
        user.id = id;
        user.name = id;
        user.path = "/";
        users::insert(tx_, user);
    }
    users::remove(tx_, account, "AIDA2");
    users::remove(tx_, account, "AIDAabsent");
    EXPECT_EQ(users::count(tx_, account), 2);
}

}  // namespace
}  // namespace iamlocal::store
