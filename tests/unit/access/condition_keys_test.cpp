#include "access/condition_keys.hpp"

#include <fmt/format.h>

#include "unit/api/fixture.hpp"

namespace iamlocal::access {
namespace {

class ConditionKeysTest : public api::ApiTest {
  protected:
    ConditionKeysTest() { sign_in("alice", document(R"({"Effect":"Allow","Action":"*","Resource":"*"})")); }

    /// A key's value as a policy would see it: "absent", "x", or "[x, y]". Number 0 is the target's own permission.
    std::string value(std::string_view key, const Target& target, std::size_t number = 0) const {
        const PermissionView permission("iam:GetUser", target, number);
        const ResourcePolicy* const policy = target.resource_policy ? &*target.resource_policy : nullptr;
        const PermissionKeys keys({.caller = identity_,
                                   .organization = call_.organization.get(),
                                   .facts = facts_,
                                   .owner = owner_of(target.resource, policy, identity_),
                                   .sent = permission.sent(target),
                                   .tags = permission.tags,
                                   .keys = permission.keys});
        const auto values = keys.find(key);
        if (!values) return "absent";
        if (!values->multivalued) return values->items.at(0);
        return fmt::format("[{}]", fmt::join(values->items, ", "));
    }
};

TEST_F(ConditionKeysTest, KeysOfAUserWithLongTermKeys) {
    const struct {
        const char* key;
        const char* value;
    } cases[] = {
        {"aws:principalarn", "arn:aws:iam::111122223333:user/alice"},
        {"aws:principalaccount", "111122223333"},
        {"aws:principaltype", "User"},
        {"aws:userid", "AIDAalice"},
        {"aws:username", "alice"},
        {"aws:sourceip", "192.0.2.7"},
        {"aws:securetransport", "false"},
        {"aws:useragent", "tester/1"},
        {"aws:referer", "https://example.com/"},
        {"aws:currenttime", "2023-11-14T22:13:20Z"},
        {"aws:epochtime", "1700000000"},
        {"aws:requestedregion", "eu-west-1"},
        {"aws:resourceaccount", "111122223333"},
        {"aws:viaawsservice", "false"},
        {"aws:principalisawsservice", "false"},
        {"aws:multifactorauthpresent", "absent"},
        {"aws:multifactorauthage", "absent"},
        {"aws:tokenissuetime", "absent"},
        {"aws:sourceidentity", "absent"},
        {"aws:tagkeys", "absent"},
        {"aws:nosuchkey", "absent"},
        {"s3:prefix", "absent"},
    };
    for (const auto& [key, expected] : cases) {
        SCOPED_TRACE(key);
        EXPECT_EQ(value(key, Target()), expected);
    }
}

TEST_F(ConditionKeysTest, KeysOfARoleSession) {
    identity_.principal = {.kind = policy::PrincipalKind::role_session,
                           .arn = "arn:aws:sts::111122223333:assumed-role/job/run",
                           .account = account.str(),
                           .unique_id = "AROAjob",
                           .role_arn = "arn:aws:iam::111122223333:role/path/job",
                           .user_arn = {},
                           .provider = {}};
    auth::SessionClaims claims;
    claims.issued = whole(now_) - std::chrono::minutes(5);
    claims.source_identity = "carol";
    identity_.session = std::move(claims);
    EXPECT_EQ(value("aws:principaltype", Target()), "AssumedRole");
    EXPECT_EQ(value("aws:principalarn", Target()), "arn:aws:iam::111122223333:role/path/job");
    EXPECT_EQ(value("aws:userid", Target()), "AROAjob:run");
    EXPECT_EQ(value("aws:username", Target()), "absent");
    EXPECT_EQ(value("aws:tokenissuetime", Target()), "2023-11-14T22:08:20Z");
    EXPECT_EQ(value("aws:multifactorauthpresent", Target()), "false");
    EXPECT_EQ(value("aws:sourceidentity", Target()), "carol");
}

TEST_F(ConditionKeysTest, MfaIsAsOldAsItsCode) {
    identity_.principal.kind = policy::PrincipalKind::user_session;
    auth::SessionClaims claims;
    claims.kind = auth::SessionKind::user;
    identity_.session = claims;
    EXPECT_EQ(value("aws:multifactorauthpresent", Target()), "false");
    EXPECT_EQ(value("aws:multifactorauthage", Target()), "absent");
    claims.mfa = whole(now_) - std::chrono::minutes(5);
    identity_.session = claims;
    EXPECT_EQ(value("aws:multifactorauthpresent", Target()), "true");
    EXPECT_EQ(value("aws:multifactorauthage", Target()), "300");
    Target with_code;
    with_code.keys = {{"aws:multifactorauthage", policy::Values::single("0")}};
    EXPECT_EQ(value("aws:multifactorauthage", with_code), "0") << "a code in the request is newer";
}

TEST_F(ConditionKeysTest, OnlyASessionOfAssumeRootSaysSo) {
    identity_.principal.kind = policy::PrincipalKind::root;
    EXPECT_EQ(value("aws:assumedroot", Target()), "absent");
    auth::SessionClaims claims;
    claims.kind = auth::SessionKind::root;
    identity_.session = claims;
    EXPECT_EQ(value("aws:assumedroot", Target()), "absent");
    claims.kind = auth::SessionKind::root_task;
    identity_.session = claims;
    EXPECT_EQ(value("aws:assumedroot", Target()), "true");
}

TEST_F(ConditionKeysTest, AnAnonymousCallerIsNobody) {
    identity_.principal = anonymous()->principal;
    for (const char* key : {"aws:principalarn", "aws:userid", "aws:username", "aws:principalisawsservice"})
        EXPECT_EQ(value(key, Target()), "absent") << key;
    EXPECT_EQ(value("aws:principalaccount", Target()), "anonymous");
    EXPECT_EQ(value("aws:principaltype", Target()), "Anonymous");
    EXPECT_EQ(value("aws:viaawsservice", Target()), "false");
}

TEST(RegionOfSts, IsThatOfTheHost) {
    EXPECT_EQ(region_of_sts("sts.eu-west-1.amazonaws.com"), "eu-west-1");
    EXPECT_EQ(region_of_sts("sts.eu-central-1.amazonaws.com:443"), "eu-central-1");
    for (const char* host :
         {"", "sts.amazonaws.com", "127.0.0.1:4566", "localhost", "sts.", "sts.evil", "iam.eu-west-1.x"})
        EXPECT_EQ(region_of_sts(host), "us-east-1") << host;
}

auth::Federation said_by_a_provider() {
    return {"arn:aws:iam::444455556666:oidc-provider/idp.example.com/a",
            "idp.example.com/a",
            {{"sub", {"carol"}, false}, {"amr", {"authenticated", "pin"}, true}}};
}

TEST_F(ConditionKeysTest, WhatAnIdentityProviderSays) {
    const std::shared_ptr<const Identity> caller =
        federating(policy::PrincipalKind::web_identity, said_by_a_provider());
    identity_.principal = caller->principal;
    identity_.federation = caller->federation;
    EXPECT_EQ(value("idp.example.com/a:sub", Target()), "carol");
    EXPECT_EQ(value("idp.example.com/a:amr", Target()), "[authenticated, pin]");
    for (const char* key : {"idp.example.com/a:aud", "idp.example.com/a", "idp.example.com/asub", "idp.example.com:sub",
                            "idp.example.com/a:sub:x", "aws:principalarn", "aws:federatedprovider"})
        EXPECT_EQ(value(key, Target()), "absent") << key;
    EXPECT_EQ(value("aws:principalaccount", Target()), "444455556666");
    EXPECT_EQ(value("aws:principaltype", Target()), "User");
    EXPECT_EQ(value("aws:userid", Target()), said_by_a_provider().provider);
}

TEST_F(ConditionKeysTest, ASessionKnowsItsIdentityProvider) {
    identity_.principal.kind = policy::PrincipalKind::role_session;
    EXPECT_EQ(value("aws:federatedprovider", Target()), "absent");
    identity_.federation = said_by_a_provider();
    EXPECT_EQ(value("aws:federatedprovider", Target()), said_by_a_provider().provider);
    EXPECT_EQ(value("idp.example.com/a:sub", Target()), "carol");
}

TEST_F(ConditionKeysTest, AServiceIsKnownByItsName) {
    identity_.principal = {};
    identity_.principal.kind = policy::PrincipalKind::service;
    identity_.principal.arn = "ec2.amazonaws.com";
    for (const char* key : {"aws:principalarn", "aws:principalaccount", "aws:principaltype", "aws:userid"})
        EXPECT_EQ(value(key, Target()), "absent") << key;
    EXPECT_EQ(value("aws:principalisawsservice", Target()), "true");
    EXPECT_EQ(value("aws:principalservicename", Target()), "ec2.amazonaws.com");
}

TEST_F(ConditionKeysTest, TagsOfTheCallerTheRequestAndTheTarget) {
    identity_.tags = {{"Team", "a"}};
    Target target;
    target.tags.tags = {{"Stage", "test"}};
    target.request_tags = {{"Cost", "7"}, {"Owner", "me"}};
    EXPECT_EQ(value("aws:principaltag/team", target), "a");
    EXPECT_EQ(value("aws:principaltag/stage", target), "absent");
    EXPECT_EQ(value("aws:requesttag/cost", target), "7");
    EXPECT_EQ(value("aws:requesttag/team", target), "absent");
    EXPECT_EQ(value("aws:tagkeys", target), "[Cost, Owner]");
    target.request_tags = {{"Cost", "7"}, {"Owner", "me"}, {"cost", "8"}};
    EXPECT_EQ(value("aws:requesttag/cost", target), "8") << "of a key sent twice the last value counts";
    EXPECT_EQ(value("aws:resourcetag/stage", target), "test");
    EXPECT_EQ(value("iam:resourcetag/stage", target), "absent");
    target.tags.as_iam_keys = true;  // users and roles
    EXPECT_EQ(value("aws:resourcetag/stage", target), "test");
    EXPECT_EQ(value("iam:resourcetag/stage", target), "test");
}

TEST_F(ConditionKeysTest, AwsPoliciesBelongToNoCustomer) {
    Target target;
    target.resource = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    EXPECT_EQ(value("aws:resourceaccount", target), "aws");
    target.resource = "arn:aws:iam::111122223333:policy/own";
    EXPECT_EQ(value("aws:resourceaccount", target), "111122223333");
}

TEST_F(ConditionKeysTest, KeysOfAnOrganization) {
    Target target;
    for (const char* key : {"aws:principalorgid", "aws:principalorgpaths", "aws:principalorgmasteraccountid",
                            "aws:resourceorgid", "aws:resourceorgpaths"})
        EXPECT_EQ(value(key, target), "absent") << key;
    store::DeclaredOrganization declared;
    declared.id = "o-exampleorgid";
    declared.accounts = {{account, "/a"}};
    declared.units = {{"/", "r-ab12"}, {"/a", "ou-ab12-1"}};
    call_.organization = std::make_shared<const Organization>(declared, cache_, unreadable_);
    EXPECT_EQ(value("aws:principalorgid", target), "o-exampleorgid");
    EXPECT_EQ(value("aws:principalorgpaths", target), "[o-exampleorgid/r-ab12/ou-ab12-1/]");
    EXPECT_EQ(value("aws:resourceorgid", target), "o-exampleorgid");
    EXPECT_EQ(value("aws:resourceorgpaths", target), "[o-exampleorgid/r-ab12/ou-ab12-1/]");
    for (const char* key : {"aws:principalorgmasteraccountid", "aws:principalorg", "aws:resourceorgmasteraccountid"})
        EXPECT_EQ(value(key, target), "absent") << key;
    declared.management_account = AccountId("999999999999");
    call_.organization = std::make_shared<const Organization>(declared, cache_, unreadable_);
    EXPECT_EQ(value("aws:principalorgmasteraccountid", target), "999999999999");
    EXPECT_EQ(value("aws:resourceorgmasteraccountid", target), "absent");
    target.resource_policy = ResourcePolicy{nullptr, AccountId("555555555555"), policy::ResourcePolicyPart::grants};
    EXPECT_EQ(value("aws:principalorgid", target), "o-exampleorgid");
    EXPECT_EQ(value("aws:resourceorgid", target), "absent");
    EXPECT_EQ(value("aws:resourceorgpaths", target), "absent");
    target.resource_policy.reset();
    target.resource = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    EXPECT_EQ(value("aws:resourceorgid", target), "absent");
}

TEST_F(ConditionKeysTest, KeysThatComeWithTheRequest) {
    Target target;
    target.keys.push_back({"iam:policyarn", policy::Values::single("arn:aws:iam::aws:policy/X")});
    target.tag_keys = {"Cost"};
    EXPECT_EQ(value("iam:policyarn", target), "arn:aws:iam::aws:policy/X");
    EXPECT_EQ(value("aws:tagkeys", target), "[Cost]");
}

TEST_F(ConditionKeysTest, ADependentPermissionSeesItsOwnKeys) {
    Target target;
    target.request_tags = {{"Cost", "7"}};
    target.tags.tags = {{"Stage", "test"}};
    target.keys.push_back({"sts:rolesessionname", policy::Values::single("run")});
    target.dependent_permissions = {
        {.action = "sts:TagSession", .resource = "arn"},
        {.action = "sts:SetSourceIdentity", .resource = "arn", .sees_request_tags = false},
        {.action = "iam:PassRole", .resource = "arn", .tags = {.id = "AROA", .tags = {{"Stage", "live"}}}}};
    EXPECT_EQ(value("sts:rolesessionname", target, 0), "run");
    EXPECT_EQ(value("sts:rolesessionname", target, 1), "absent");
    EXPECT_EQ(value("aws:requesttag/cost", target, 1), "7");
    EXPECT_EQ(value("aws:requesttag/cost", target, 2), "absent");
    EXPECT_EQ(value("aws:tagkeys", target, 2), "absent");
    EXPECT_EQ(value("aws:resourcetag/stage", target, 1), "absent");
    EXPECT_EQ(value("aws:resourcetag/stage", target, 3), "live");
}

}  // namespace
}  // namespace iamlocal::access
