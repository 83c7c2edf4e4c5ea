#include "access/identity.hpp"

#include <gmock/gmock.h>

#include "store/attachments.hpp"
#include "store/groups.hpp"
#include "store/inline_policies.hpp"
#include "store/policies.hpp"
#include "store/roles.hpp"
#include "unit/api/fixture.hpp"

namespace iamlocal::access {
namespace {

using testing::HasSubstr;

class IdentityTest : public api::ApiTest {
  protected:
    /// Forces texts into the store that no door would have let in.
    void put(std::string_view owner_id, const std::string& name, const std::string& text) {
        store::inline_policies::put(tx_, account, owner_id, name, {text, 0});
    }

    store::ManagedPolicy add_managed(const std::string& name, const std::string& text) {
        store::ManagedPolicy policy{.account = account,
                                    .id = "ANPA" + name,
                                    .name = name,
                                    .path = "/",
                                    .arn = {},
                                    .description = {},
                                    .created = whole(now_),
                                    .updated = whole(now_),
                                    .tags = {}};
        store::policies::insert(tx_, policy, text);
        return *store::policies::find(tx_, account, "arn:aws:iam::111122223333:policy/" + name);
    }

    policy::Decision decide(const Identity& identity) {
        const policy::Request request{&identity.principal, "iam:GetUser", "arn:aws:iam::111122223333:user/bob", {}, {}};
        return policy::decide(identity.policies(), request);
    }

    const std::string fine_ = document(R"({"Effect":"Allow","Action":"*","Resource":"*"})");
};

TEST_F(IdentityTest, KeepsTheTextsOfItsPolicies) {
    put(add_user("alice").id, "own", fine_);
    const auto identity = load_user(tx_, cache_, account, "AIDAalice");
    ASSERT_EQ(identity->policies().identity.size(), 1u);
    EXPECT_EQ(identity->policies().identity[0].text, fine_);
    EXPECT_EQ(identity->policies().identity[0].name, "own");
    EXPECT_TRUE(identity->unreadable.empty());
    EXPECT_TRUE(decide(*identity).allowed());
}

TEST_F(IdentityTest, KnowsHowMuchTextItKeeps) {
    const store::User alice = add_user("alice");
    put(alice.id, "fine", fine_);
    put(alice.id, "wide", fine_ + std::string(100000, ' '));
    EXPECT_EQ(load_user(tx_, cache_, account, alice.id)->text_bytes(), 2 * fine_.size() + 100000);
    EXPECT_EQ(load_root(account)->text_bytes(), 0U);
}

TEST_F(IdentityTest, ATextThatCannotBeReadDeniesAndIsNamed) {
    const store::User alice = add_user("alice");
    put(alice.id, "fine", fine_);
    for (
        const char* text :
        {"", "{", "[]", R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny"}]})",
         R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Owner":"x"}})",
         R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringIs":{"aws:username":"alice"}}}})"}) {
        SCOPED_TRACE(text);
        put(alice.id, "broken", text);
        const auto identity = load_user(tx_, cache_, account, alice.id);
        EXPECT_EQ(decide(*identity).outcome, policy::Outcome::explicit_deny);
        ASSERT_EQ(identity->unreadable.size(), 1u);
        const UnreadableDocument& document = identity->unreadable[0];
        EXPECT_EQ(document.account, account);
        EXPECT_EQ(document.owner, "arn:aws:iam::111122223333:user/alice");
        EXPECT_EQ(document.name, "broken");
        EXPECT_EQ(document.text, text);
    }
}

TEST_F(IdentityTest, OfAFederatedUserAreTheUsersPoliciesAndTags) {
    const store::User alice = add_user("alice");
    put(alice.id, "own", fine_);
    auth::SessionClaims claims;
    claims.kind = auth::SessionKind::federated_user;
    claims.account = account;
    claims.principal_id = alice.id;
    claims.session_name = "carol";
    claims.tags = {{"team", "a"}};
    auto identity = load_session(tx_, cache_, claims);
    ASSERT_TRUE(identity);
    EXPECT_EQ(identity->principal.kind, policy::PrincipalKind::federated_user);
    EXPECT_EQ(identity->arn, "arn:aws:sts::111122223333:federated-user/carol");
    EXPECT_EQ(identity->principal.user_arn, "arn:aws:iam::111122223333:user/alice");
    EXPECT_EQ(identity->user_id, "111122223333:carol");
    EXPECT_EQ(identity->user_name, "");
    EXPECT_EQ(identity->tags.size(), 1U);
    EXPECT_EQ(decide(*identity).decided_by, policy::PolicyType::session) << "no session policy, no permission";
    claims.policy = fine_;
    EXPECT_TRUE(decide(*load_session(tx_, cache_, claims)).allowed());
    claims.principal_id = "AIDAgone";
    EXPECT_FALSE(load_session(tx_, cache_, claims));
    claims.principal_id.clear();
    identity = load_session(tx_, cache_, claims);
    EXPECT_EQ(identity->principal.user_arn, "arn:aws:iam::111122223333:root");
    EXPECT_FALSE(identity->is_root());
    EXPECT_FALSE(identity->has_roots_arn());
    EXPECT_TRUE(decide(*identity).allowed());
}

TEST_F(IdentityTest, WhatRootDelegatesIsLessThanRoot) {
    auth::SessionClaims claims;
    claims.kind = auth::SessionKind::root;
    claims.account = account;
    EXPECT_TRUE(load_session(tx_, cache_, claims)->is_root());
    claims.delegated_policy = document(R"({"Effect":"Allow","Action":"s3:*","Resource":"*"})");
    const auto identity = load_session(tx_, cache_, claims);
    EXPECT_FALSE(identity->is_root());
    EXPECT_TRUE(identity->has_roots_arn());
    EXPECT_EQ(decide(*identity).decided_by, policy::PolicyType::scope_down);
    claims.delegated_policy = fine_;
    EXPECT_TRUE(decide(*load_session(tx_, cache_, claims)).allowed());
}

TEST_F(IdentityTest, ALayerThatCannotBeReadDenies) {
    auth::SessionClaims claims;
    claims.kind = auth::SessionKind::root;
    claims.account = account;
    claims.scope_down = {fine_, "{"};
    const auto identity = load_session(tx_, cache_, claims);
    EXPECT_EQ(decide(*identity).outcome, policy::Outcome::explicit_deny);
    ASSERT_EQ(identity->unreadable.size(), 1U);
    EXPECT_EQ(identity->unreadable[0].name, "scope-down policy 2");
    EXPECT_EQ(identity->text_bytes(), fine_.size() + 1);
}

TEST_F(IdentityTest, ASessionOfAKindThatIsNotKnownIsNobodys) {
    auth::SessionClaims claims;
    claims.kind = static_cast<auth::SessionKind>(77);
    claims.account = account;
    EXPECT_FALSE(load_session(tx_, cache_, claims));
}

TEST_F(IdentityTest, NamesWhereverTheTextCameFrom) {
    const store::User alice = add_user("alice");
    store::groups::insert(tx_,
                          {.account = account, .id = "AGPAg", .name = "crew", .path = "/sea/", .created = whole(now_)});
    store::groups::add_member(tx_, account, "AGPAg", alice.id);
    put("AGPAg", "of the group", "{1");
    store::attachments::attach(tx_, account, alice.id, add_managed("managed", "{2"));
    add_managed("limit", "{3");
    store::users::set_boundary(tx_, account, alice.id, "arn:aws:iam::111122223333:policy/limit");
    const auto identity = load_user(tx_, cache_, account, alice.id);
    const std::string arn = "arn:aws:iam::111122223333:user/alice";
    std::vector<std::string> found;
    for (const UnreadableDocument& document : identity->unreadable)
        found.push_back(document.owner + " " + document.name + " " + document.text);
    EXPECT_THAT(found, testing::UnorderedElementsAre("arn:aws:iam::111122223333:group/sea/crew of the group {1",
                                                     arn + " managed {2", arn + " limit {3"));
}

class UnreadableLogTest : public api::ApiTest {
  protected:
    std::string lines_;
    Log recording_{LogLevel::warn, LogFormat::text, clock_, [this](std::string_view text) { lines_ += text; }};
};

TEST_F(UnreadableLogTest, SaysWhichDocumentAndWhyAndSaysItOnce) {
    UnreadableLog log(recording_);
    const UnreadableDocument document{account, "arn:aws:iam::111122223333:user/alice", "own",
                                      policy::DocumentKind::identity, "{\n \"Statment\": 1}"};
    log.note(document);
    for (const char* part :
         {"a stored policy cannot be read and denies everything", "account=111122223333",
          "owner=arn:aws:iam::111122223333:user/alice", "policy=own", "identity-based policy", "2:14: Syntax errors"})
        EXPECT_THAT(lines_, HasSubstr(part));
    lines_.clear();
    log.note(document);
    EXPECT_EQ(lines_, "");
    UnreadableDocument changed = document;
    changed.text = "{";
    log.note(changed);
    EXPECT_THAT(lines_, HasSubstr("policy=own"));
    lines_.clear();
    UnreadableDocument other = document;
    other.owner = "arn:aws:iam::111122223333:user/bob";
    log.note(other);
    EXPECT_THAT(lines_, HasSubstr("user/bob"));
}

}  // namespace
}  // namespace iamlocal::access
