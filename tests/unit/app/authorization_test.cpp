#include <gtest/gtest.h>

#include "unit/app/client.hpp"

namespace iamlocal::app {
namespace {

std::string document(const std::string& statements) {
    return R"({"Version":"2012-10-17","Statement":[)" + statements + "]}";
}

TEST(Authorization, RefusesInTheWordsOfAws) {
    Bed bed;
    const Keys alice = bed.make_user("alice");
    bed.iam({}, "CreateUser", {{"UserName", "bob"}});
    const std::string who = "User: arn:aws:iam::000000000000:user/alice is not authorized to perform: ";
    const struct {
        const char* action;
        Parameters parameters;
        std::string rest;
    } cases[] = {
        {"GetUser",
         {{"UserName", "bob"}},
         "iam:GetUser on resource: user bob because no identity-based policy allows the iam:GetUser action"},
        {"GetUser",
         {{"UserName", "ghost"}},
         "iam:GetUser on resource: user ghost because no identity-based policy allows the iam:GetUser action"},
        {"CreateUser",
         {{"UserName", "carol"}, {"Path", "/x/"}},
         "iam:CreateUser on resource: arn:aws:iam::000000000000:user/x/carol because no identity-based policy allows "
         "the iam:CreateUser action"},
        {"ListUsers",
         {},
         "iam:ListUsers on resource: arn:aws:iam::000000000000:user/ because no identity-based policy allows the "
         "iam:ListUsers action"},
        {"ListUsers",
         {{"PathPrefix", "/eng/"}},
         "iam:ListUsers on resource: arn:aws:iam::000000000000:user/eng/ because no identity-based policy allows the "
         "iam:ListUsers action"},
    };
    for (const auto& [action, parameters, rest] : cases) {
        SCOPED_TRACE(rest);
        const http::Response response = bed.iam(alice, action, parameters);
        EXPECT_EQ(outcome(response), "403 AccessDenied");
        EXPECT_EQ(message(response), who + rest);
    }
}

TEST(Authorization, AllowsWhatPoliciesAllowAndNoMore) {
    Bed bed;
    const Keys alice = bed.make_user("alice", document(R"({"Effect":"Allow","Action":"iam:*","Resource":"*"},
        {"Effect":"Deny","Action":"iam:DeleteUser","Resource":"arn:aws:iam::*:user/prod/*"})"));
    EXPECT_EQ(outcome(bed.iam(alice, "CreateUser", {{"UserName", "bob"}, {"Path", "/prod/"}})), "200");
    EXPECT_EQ(outcome(bed.iam(alice, "CreateUser", {{"UserName", "carol"}})), "200");
    const http::Response denied = bed.iam(alice, "DeleteUser", {{"UserName", "bob"}});
    EXPECT_EQ(outcome(denied), "403 AccessDenied");
    EXPECT_EQ(
        message(denied),
        "User: arn:aws:iam::000000000000:user/alice is not authorized to perform: iam:DeleteUser on resource: user "
        "bob with an explicit deny in an identity-based policy");
    EXPECT_EQ(outcome(bed.iam(alice, "DeleteUser", {{"UserName", "carol"}})), "200");
}

TEST(Authorization, NeedsTheTagPermissionToCreateWithTags) {
    Bed bed;
    const Keys alice = bed.make_user("alice", document(R"({"Effect":"Allow","Action":"iam:CreateUser","Resource":"*"},
        {"Effect":"Allow","Action":"iam:TagUser","Resource":"*","Condition":{"StringEquals":{"aws:RequestTag/team":"a"},
         "ForAllValues:StringEquals":{"aws:TagKeys":["team"]}}})"));
    const auto create = [&](const std::string& name, const std::string& key, const std::string& value) {
        return bed.iam(alice, "CreateUser",
                       {{"UserName", name}, {"Tags.member.1.Key", key}, {"Tags.member.1.Value", value}});
    };
    EXPECT_EQ(outcome(bed.iam(alice, "CreateUser", {{"UserName", "u0"}})), "200");
    EXPECT_EQ(outcome(create("u1", "team", "a")), "200");
    EXPECT_EQ(outcome(create("u2", "team", "b")), "403 AccessDenied");
    const http::Response denied = create("u3", "Other", "a");
    EXPECT_EQ(outcome(denied), "403 AccessDenied");
    EXPECT_NE(message(denied).find("perform: iam:TagUser on resource: arn:aws:iam::000000000000:user/u3 because"),
              std::string::npos);
    EXPECT_EQ(outcome(bed.iam({}, "GetUser", {{"UserName", "u2"}})), "404 NoSuchEntity");
}

TEST(Authorization, FillsConditionKeys) {
    Bed bed;
    const struct {
        const char* condition;
        bool allowed;
    } cases[] = {
        {R"({"StringEquals":{"aws:username":"KEY"}})", true},
        {R"({"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::000000000000:user/KEY"}})", true},
        {R"({"StringEquals":{"aws:PrincipalAccount":"000000000000"}})", true},
        {R"({"StringEquals":{"aws:PrincipalType":"User"}})", true},
        {R"({"StringLike":{"aws:userid":"AIDA*"}})", true},
        {R"({"IpAddress":{"aws:SourceIp":"127.0.0.0/8"}})", true},
        {R"({"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}})", false},
        {R"({"Bool":{"aws:SecureTransport":"false"}})", true},
        {R"({"DateGreaterThan":{"aws:CurrentTime":"2027-01-01T00:00:00Z"}})", true},
        {R"({"NumericEquals":{"aws:EpochTime":"1800000000"}})", true},
        {R"({"StringEquals":{"aws:RequestedRegion":"us-east-1"}})", true},
        {R"({"Null":{"aws:MultiFactorAuthPresent":"true"}})", true},
        {R"({"Bool":{"aws:MultiFactorAuthPresent":"false"}})", false},
        {R"({"Null":{"aws:TokenIssueTime":"true"}})", true},
        {R"({"StringEquals":{"aws:PrincipalTag/dept":"blue"}})", true},
        {R"({"StringEquals":{"aws:PrincipalTag/dept":"red"}})", false},
        {R"({"StringEquals":{"iam:ResourceTag/owner":"zoe"}})", true},
        {R"({"StringEquals":{"aws:ResourceTag/owner":"zoe"}})", true},
        {R"({"StringEquals":{"aws:ResourceTag/owner":"amy"}})", false},
        {R"({"StringEquals":{"aws:ResourceAccount":"000000000000"}})", true},
        {R"({"Bool":{"aws:ViaAWSService":"false"}})", true},
    };
    bed.iam({}, "CreateUser", {{"UserName", "target"}, {"Tags.member.1.Key", "Owner"}, {"Tags.member.1.Value", "zoe"}});
    int count = 0;
    for (const auto& [condition, allowed] : cases) {
        SCOPED_TRACE(condition);
        const std::string name = fmt::format("user{}", count++);
        std::string text = condition;
        if (const std::size_t at = text.find("KEY"); at != std::string::npos) text.replace(at, 3, name);
        const Keys keys = bed.make_user(
            name, document(R"({"Effect":"Allow","Action":"iam:GetUser","Resource":"*","Condition":)" + text + "}"));
        bed.iam({}, "TagUser", {{"UserName", name}, {"Tags.member.1.Key", "Dept"}, {"Tags.member.1.Value", "blue"}});
        EXPECT_EQ(outcome(bed.iam(keys, "GetUser", {{"UserName", "target"}})), allowed ? "200" : "403 AccessDenied");
    }
}

TEST(Authorization, UnderAuditAllowsAndNotesWhatItWouldRefuse) {
    AppOptions options;
    options.enforcement = access::Enforcement::audit;
    Bed bed(std::move(options));
    const Keys alice = bed.make_user("alice");
    EXPECT_EQ(outcome(bed.iam(alice, "ListUsers")), "200");
    EXPECT_NE(bed.logged().find(" audit-deny iam:ListUsers 000000000000:user/alice "), std::string::npos);
    EXPECT_NE(bed.logged().find(" denied no identity-based policy allows the iam:ListUsers action\n"),
              std::string::npos);
}

TEST(Authorization, SwitchedOffDecidesNothing) {
    AppOptions options;
    options.enforcement = access::Enforcement::off;
    Bed bed(std::move(options));
    const Keys alice = bed.make_user("alice");
    EXPECT_EQ(outcome(bed.iam(alice, "ListUsers")), "200");
    EXPECT_EQ(outcome(bed.iam({alice.id, "wrong", {}}, "ListUsers")), "403 SignatureDoesNotMatch");
}

}  // namespace
}  // namespace iamlocal::app
