#include "access/request_context.hpp"

#include <fmt/format.h>

#include "unit/api/fixture.hpp"

namespace iamlocal::access {
namespace {

class RequestContextTest : public api::ApiTest {
  protected:
    RequestContextTest() { sign_in("alice", document(R"({"Effect":"Allow","Action":"*","Resource":"*"})")); }

    /// A key's value as a policy would see it: "absent", "x", or "[x, y]".
    std::string value(std::string_view key, const Target& target, std::string_view action = "iam:GetUser") const {
        const auto values = RequestContext(ctx_, action, target).find(key);
        if (!values) return "absent";
        if (!values->multivalued) return values->items.at(0);
        return fmt::format("[{}]", fmt::join(values->items, ", "));
    }
};

TEST_F(RequestContextTest, KeysOfAUserWithLongTermKeys) {
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
        {"aws:requestedregion", "us-east-1"},
        {"aws:resourceaccount", "111122223333"},
        {"aws:viaawsservice", "false"},
        {"aws:principalisawsservice", "false"},
        {"aws:multifactorauthpresent", "absent"},
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
    EXPECT_EQ(value("aws:requestedregion", Target(), "sts:AssumeRole"), "eu-west-1");
}

TEST_F(RequestContextTest, KeysOfARoleSession) {
    identity_.principal.kind = policy::PrincipalKind::role_session;
    identity_.arn = "arn:aws:iam::111122223333:role/path/job";
    identity_.user_id = "AROAjob:run";
    identity_.user_name.clear();
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

TEST_F(RequestContextTest, TagsOfTheCallerTheRequestAndTheTarget) {
    identity_.tags = {{"Team", "a"}};
    const store::User bob = add_user("bob", {{"Stage", "test"}});
    const std::vector<store::Tag> sent = {{"Cost", "7"}, {"Owner", "me"}};
    Target target;
    target.tagged_id = bob.id;
    target.request_tags = sent;
    EXPECT_EQ(value("aws:principaltag/team", target), "a");
    EXPECT_EQ(value("aws:principaltag/stage", target), "absent");
    EXPECT_EQ(value("aws:requesttag/cost", target), "7");
    EXPECT_EQ(value("aws:requesttag/team", target), "absent");
    EXPECT_EQ(value("aws:tagkeys", target), "[Cost, Owner]");
    EXPECT_EQ(value("aws:resourcetag/stage", target), "test");
    EXPECT_EQ(value("iam:resourcetag/stage", target), "absent");
    target.iam_tags = true;  // users and roles
    EXPECT_EQ(value("aws:resourcetag/stage", target), "test");
    EXPECT_EQ(value("iam:resourcetag/stage", target), "test");
}

TEST_F(RequestContextTest, AwsPoliciesBelongToNoCustomer) {
    Target target;
    target.resource = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    EXPECT_EQ(value("aws:resourceaccount", target), "aws");
    target.resource = "arn:aws:iam::111122223333:policy/own";
    EXPECT_EQ(value("aws:resourceaccount", target), "111122223333");
}

TEST_F(RequestContextTest, KeysOfAnOrganization) {
    Target target;
    for (const char* key : {"aws:principalorgid", "aws:principalorgpaths", "aws:resourceorgid", "aws:resourceorgpaths"})
        EXPECT_EQ(value(key, target), "absent") << key;
    store::Organization declared;
    declared.id = "o-exampleorgid";
    declared.accounts = {{account, "/a"}};
    declared.units = {{"/", "r-ab12"}, {"/a", "ou-ab12-1"}};
    const Organization organization(declared, cache_, unreadable_);
    ctx_.organization = &organization;
    EXPECT_EQ(value("aws:principalorgid", target), "o-exampleorgid");
    EXPECT_EQ(value("aws:principalorgpaths", target), "[o-exampleorgid/r-ab12/ou-ab12-1/]");
    EXPECT_EQ(value("aws:resourceorgid", target), "o-exampleorgid");
    EXPECT_EQ(value("aws:resourceorgpaths", target), "[o-exampleorgid/r-ab12/ou-ab12-1/]");
    target.trust = TrustPolicy{nullptr, AccountId("555555555555")};
    EXPECT_EQ(value("aws:principalorgid", target), "o-exampleorgid");
    EXPECT_EQ(value("aws:resourceorgid", target), "absent");
    EXPECT_EQ(value("aws:resourceorgpaths", target), "absent");
    target.trust.reset();
    target.resource = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    EXPECT_EQ(value("aws:resourceorgid", target), "absent");
}

TEST_F(RequestContextTest, KeysThatComeWithTheRequest) {
    Target target;
    target.keys.push_back({"iam:policyarn", policy::Values::single("arn:aws:iam::aws:policy/X")});
    const std::vector<std::string> removed = {"Cost"};
    target.tag_keys = removed;
    EXPECT_EQ(value("iam:policyarn", target), "arn:aws:iam::aws:policy/X");
    EXPECT_EQ(value("aws:tagkeys", target), "[Cost]");
}

TEST_F(RequestContextTest, AFurtherPermissionSeesItsOwnKeys) {
    const std::vector<store::Tag> sent = {{"Cost", "7"}};
    Target target;
    target.request_tags = sent;
    target.keys.push_back({"sts:rolesessionname", policy::Values::single("run")});
    const Permission tagging{.action = "sts:TagSession", .resource = "arn"};
    const Permission identity{.action = "sts:SetSourceIdentity", .resource = "arn", .sees_request_tags = false};
    EXPECT_FALSE(RequestContext(ctx_, tagging, target).find("sts:rolesessionname"));
    EXPECT_TRUE(RequestContext(ctx_, tagging, target).find("aws:requesttag/cost"));
    EXPECT_FALSE(RequestContext(ctx_, identity, target).find("aws:requesttag/cost"));
    EXPECT_FALSE(RequestContext(ctx_, identity, target).find("aws:tagkeys"));

    const store::User bob = add_user("bob", {{"Stage", "test"}});
    target.tagged_id = bob.id;
    EXPECT_FALSE(RequestContext(ctx_, tagging, target).find("aws:resourcetag/stage"));
    const Permission tagged{.action = "iam:PassRole", .resource = "arn", .tagged_id = bob.id};
    EXPECT_TRUE(RequestContext(ctx_, tagged, target).find("aws:resourcetag/stage"));
}

}  // namespace
}  // namespace iamlocal::access
