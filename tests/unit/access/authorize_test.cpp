#include "access/authorize.hpp"

#include "access/decisions.hpp"
#include "unit/api/fixture.hpp"

namespace iamlocal::access {
namespace {

class AuthorizeTest : public api::ApiTest {
  protected:
    static Target bob() {
        Target target;
        target.resource = "arn:aws:iam::111122223333:user/bob";
        target.shown = "user bob";
        return target;
    }
};

constexpr const char* refusal =
    "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: iam:GetUser on resource: user bob "
    "because "
    "no identity-based policy allows the iam:GetUser action";

TEST_F(AuthorizeTest, RefusesAndSaysWhy) {
    sign_in("alice", document(R"({"Effect":"Allow","Action":"iam:List*","Resource":"*"})"));
    EXPECT_EQ(authorize("iam:GetUser", bob()).decision, "deny");
    EXPECT_EQ(authorize("iam:GetUser", bob()).denied, refusal);
}

TEST_F(AuthorizeTest, Allows) {
    sign_in("alice", document(R"({"Effect":"Allow","Action":"iam:GetUser","Resource":"*"})"));
    EXPECT_EQ(authorize("iam:GetUser", bob()).decision, "allow");
}

TEST_F(AuthorizeTest, AuditOnlyNotes) {
    sign_in("alice", document(R"({"Effect":"Allow","Action":"iam:List*","Resource":"*"})"));
    env_.enforcement = Enforcement::audit;
    const Verdict verdict = authorize("iam:GetUser", bob());
    EXPECT_EQ(verdict.decision, "audit-deny");
    EXPECT_EQ(verdict.denied, refusal);
}

TEST_F(AuthorizeTest, OffDecidesNothing) {
    sign_in("alice", document(R"({"Effect":"Deny","Action":"*","Resource":"*"})"));
    env_.enforcement = Enforcement::off;
    EXPECT_EQ(authorize("iam:GetUser", bob()).decision, "off");
}

TEST_F(AuthorizeTest, WhatNeedsNoPermissionCannotBeForbidden) {
    sign_in("alice", document(R"({"Effect":"Deny","Action":"*","Resource":"*"})"));
    EXPECT_EQ(authorize("sts:GetCallerIdentity", needs_no_permission()).decision, "exempt");
}

TEST_F(AuthorizeTest, EveryFurtherPermissionIsNeeded) {
    sign_in("alice", document(R"({"Effect":"Allow","Action":"iam:CreateUser","Resource":"*"})"));
    Target target = bob();
    target.dependent_permissions.push_back({.action = "iam:TagUser", .resource = "arn:aws:iam::111122223333:user/bob"});
    EXPECT_EQ(authorize("iam:CreateUser", target).denied,
              "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: iam:TagUser on resource: "
              "arn:aws:iam::111122223333:user/bob because no identity-based policy allows the iam:TagUser action");
}

TEST_F(AuthorizeTest, TheRecordTellsOfAllThatIsMissingAndTheMessageOfTheFirst) {
    sign_in("alice", document(R"({"Effect":"Allow","Action":"iam:PassRole","Resource":"*"})"));
    Target target = bob();
    for (const char* action : {"iam:PassRole", "iam:TagUser"})
        target.dependent_permissions.push_back({.action = action, .resource = "arn:aws:iam::111122223333:user/bob"});
    DecisionRecord record;
    call_.record = &record;
    EXPECT_EQ(authorize("iam:GetUser", target).denied, refusal);
    std::vector<std::pair<std::string, bool>> checks;
    for (const DecisionCheck& check : record.checks)
        checks.emplace_back(record.permission(check).action, check.outcome == policy::Outcome::allowed);
    EXPECT_EQ(checks, (decltype(checks){{"iam:GetUser", false}, {"iam:PassRole", true}, {"iam:TagUser", false}}));
}

TEST_F(AuthorizeTest, ADocumentThatCannotBeReadDeniesEverything) {
    sign_in("alice", document(R"({"Effect":"Allow","Action":"*","Resource":"*"})"));
    identity_.identity_policies.add(cache_, {store::PolicyOrigin::inlined, "broken", {}, {}, "{", {}},
                                    policy::DocumentKind::identity);
    EXPECT_EQ(
        authorize("iam:GetUser", bob()).denied,
        "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: iam:GetUser on resource: user bob "
        "with an explicit deny in an identity-based policy");
}

TEST_F(AuthorizeTest, StsGivesNoReasonUnlessSomethingDenies) {
    sign_in("alice", document(R"({"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"})"));
    Target target;
    target.resource = "arn:aws:iam::111122223333:role/job";
    target.hide_reason = true;
    target.resource_policy =
        ResourcePolicy{nullptr, account, policy::ResourcePolicyPart::trust};  // there is no such role
    const std::string who =
        "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: sts:AssumeRole on resource: "
        "arn:aws:iam::111122223333:role/job";
    EXPECT_EQ(authorize("sts:AssumeRole", target).denied, who);
    target.resource_policy->document = cache_.get("{", policy::DocumentKind::trust);
    EXPECT_EQ(authorize("sts:AssumeRole", target).denied, who + " with an explicit deny in a resource-based policy");
}

// What a server in front of other services asks: neither an operation nor a request of the Query protocol.

constexpr const char* object = "arn:aws:s3:::bucket/key";

TEST_F(AuthorizeTest, AResourcePolicyCountsByItsOwnerAndItsPart) {
    using Part = policy::ResourcePolicyPart;
    const AccountId other("444455556666");
    const auto allow = [](const std::string& principal) {
        return document(R"({"Effect":"Allow","Principal":)" + principal + R"(,"Action":"*","Resource":"*"})");
    };
    const std::string for_alice = allow(R"({"AWS":"arn:aws:iam::111122223333:user/alice"})");
    const std::string for_account = allow(R"({"AWS":"111122223333"})");
    const std::string for_service = allow(R"({"Service":"ec2.amazonaws.com"})");
    const std::string denying = document(R"({"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"*"})");
    const struct {
        const char* what;
        const char* own_action;  ///< that alice's own policy allows
        std::string resource_policy;
        AccountId owner;
        Part part;
        const char* decision;
    } cases[] = {
        {"its grant suffices", "iam:None", for_alice, account, Part::grants, "allow"},
        {"it need not grant", "s3:*", for_service, account, Part::grants, "allow"},
        {"across accounts both must", "s3:*", for_alice, other, Part::grants, "allow"},
        {"across accounts one side is too little", "iam:None", for_alice, other, Part::grants, "deny"},
        {"a key's policy must grant", "s3:*", for_service, account, Part::must_grant, "deny"},
        {"a key's policy delegates to the account", "s3:*", for_account, account, Part::must_grant, "allow"},
        {"what it denies is denied", "s3:*", denying, account, Part::grants, "deny"},
        {"one that cannot be read denies", "s3:*", "{", account, Part::grants, "deny"},
    };
    for (const auto& [what, own_action, resource_policy, owner, part, decision] : cases) {
        SCOPED_TRACE(what);
        Identity caller;
        caller.account = account;
        caller.arn = "arn:aws:iam::111122223333:user/alice";
        caller.principal.kind = policy::PrincipalKind::user;
        caller.principal.arn = caller.arn;
        caller.principal.account = account.str();
        const std::string own =
            document(R"({"Effect":"Allow","Action":")" + std::string(own_action) + R"(","Resource":"*"})");
        caller.identity_policies.add(cache_, {store::PolicyOrigin::inlined, "own", {}, {}, own, {}},
                                     policy::DocumentKind::identity);
        Target target;
        target.resource = object;
        target.resource_policy =
            ResourcePolicy{cache_.get(resource_policy, policy::DocumentKind::resource), owner, part};
        const AccessRequest request{caller, nullptr, facts_, "s3:GetObject", target, {}};
        EXPECT_EQ(access::authorize(Enforcement::enforce, request, nullptr).decision, decision);
    }
}

TEST_F(AuthorizeTest, KeysOfAServiceAreAsked) {
    sign_in("alice", document(R"({"Effect":"Allow","Action":"s3:ListBucket","Resource":"*",
        "Condition":{"StringLike":{"s3:prefix":"home/${aws:username}/*"}}})"));
    Target target;
    target.resource = "arn:aws:s3:::bucket";
    EXPECT_TRUE(authorize("s3:ListBucket", target).refused());
    target.keys.push_back({"s3:prefix", policy::Values::single("home/alice/notes")});
    EXPECT_FALSE(authorize("s3:ListBucket", target).refused());
}

/// A resource's policy is about that resource, not about what else a request needs.
TEST_F(AuthorizeTest, AResourcePolicyCountsForItsResourceAlone) {
    sign_in("alice", document(R"({"Effect":"Allow","Action":"iam:PassRole","Resource":"*"})"));
    const std::string everything = document(R"({"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"})");
    Target target;
    target.resource = object;
    target.resource_policy = ResourcePolicy{cache_.get(everything, policy::DocumentKind::resource), account};
    target.dependent_permissions.push_back({.action = "iam:TagUser", .resource = "arn:aws:iam::111122223333:user/x"});
    EXPECT_TRUE(authorize("s3:PutObject", target).refused());
    target.dependent_permissions[0].action = "iam:PassRole";
    EXPECT_FALSE(authorize("s3:PutObject", target).refused());
}

}  // namespace
}  // namespace iamlocal::access
