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
    identity_.identity_policies.add(cache_, {store::PolicyKind::inlined, "broken", {}, {}, "{", {}},
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

}  // namespace
}  // namespace iamlocal::access
