#include "testbench/organization.hpp"

#include <ctime>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/migrations.hpp"
#include "testbench/routes.hpp"

namespace iamlocal::testbench {
namespace {

using store::ControlPolicyKind;
using testing::HasSubstr;

constexpr const char* declaration = R"({
  "id": "o-exampleorgid",
  "management_account": "999999999999",
  "accounts": {"111111111111": "/workloads/prod", "222222222222": "/workloads", "333333333333": "/"},
  "units": {"/": "r-ab12", "/workloads": "ou-ab12-11111111", "/empty": "ou-ab12-22222222"},
  "policies": [
    {"type": "scp", "name": "NoIam", "targets": ["/workloads", "111111111111", "/empty"],
     "document": {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}}},
    {"type": "rcp", "name": "Own", "targets": ["/"],
     "document": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"sts:*\",\"Resource\":\"*\"}]}"},
    {"type": "scp", "name": "Kept for later", "targets": [],
     "document": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}}
  ],
  "without_full_access": ["/workloads"]
})";

store::DeclaredOrganization read(std::string_view json) {
    auto result = parse_organization(json);
    if (const auto* error = std::get_if<DeclarationError>(&result)) {
        ADD_FAILURE() << error->line << ":" << error->column << ": " << error->message;
        return {};
    }
    return std::get<store::DeclaredOrganization>(std::move(result));
}

/// `line:column: message`, or "fine".
std::string refusal(std::string_view json) {
    const auto result = parse_organization(json);
    const auto* error = std::get_if<DeclarationError>(&result);
    return error ? fmt::format("{}:{}: {}", error->line, error->column, error->message) : "fine";
}

TEST(ParseOrganization, ReadsADeclaration) {
    const store::DeclaredOrganization organization = read(declaration);
    EXPECT_EQ(organization.id, "o-exampleorgid");
    EXPECT_EQ(organization.management_account, AccountId("999999999999"));
    EXPECT_EQ(organization.accounts.at(AccountId("111111111111")), "/workloads/prod");
    EXPECT_EQ(organization.accounts.at(AccountId("333333333333")), "/");
    EXPECT_EQ(organization.units.at("/"), "r-ab12");
    EXPECT_EQ(organization.units.at("/workloads"), "ou-ab12-11111111");
    // An id that is not given is made, below the root that is.
    EXPECT_THAT(organization.units.at("/workloads/prod"), testing::MatchesRegex("ou-ab12-[0-9a-f]{8}"));
    ASSERT_EQ(organization.policies.size(), 3u);
    EXPECT_EQ(organization.policies[0].kind, ControlPolicyKind::service);
    EXPECT_EQ(organization.policies[0].targets, (std::vector<std::string>{"/workloads", "111111111111", "/empty"}));
    // The text is kept as it was written.
    EXPECT_EQ(organization.policies[0].document,
              R"({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}})");
    EXPECT_EQ(organization.policies[1].kind, ControlPolicyKind::resource);
    EXPECT_TRUE(organization.policies[1].document.starts_with(R"({"Version":"2012-10-17")"));
    EXPECT_EQ(organization.without_full_access, std::vector<std::string>{"/workloads"});
}

TEST(ParseOrganization, TheIdIsEnough) {
    const store::DeclaredOrganization organization = read(R"({"id":"o-exampleorgid"})");
    EXPECT_THAT(organization.units.at("/"), testing::MatchesRegex("r-[0-9a-f]{4}"));
    EXPECT_EQ(organization.units.size(), 1u);
    EXPECT_TRUE(organization.accounts.empty());
}

TEST(ParseOrganization, MadeIdsAreTheSameEveryTime) {
    const std::string_view json = R"({"id":"o-exampleorgid","accounts":{"111111111111":"/a/b","222222222222":"/a"}})";
    EXPECT_EQ(read(json), read(json));
    EXPECT_NE(read(json).units.at("/a"), read(json).units.at("/a/b"));
}

TEST(ParseOrganization, WhatIsShownCanBeDeclared) {
    const store::DeclaredOrganization organization = read(declaration);
    store::DeclaredOrganization again = read(write_organization(organization));
    ASSERT_EQ(again.policies.size(), organization.policies.size());
    // Documents come back laid out anew.
    for (std::size_t i = 0; i < again.policies.size(); ++i)
        again.policies[i].document = organization.policies[i].document;
    EXPECT_EQ(again, organization);
    EXPECT_EQ(write_organization(read(write_organization(organization))), write_organization(organization));
}

/// A declaration with one account in /a, whose only policy has this document.
std::string with_document(std::string_view type, std::string_view document) {
    return fmt::format(
        R"({{"id":"o-exampleorgid","accounts":{{"111111111111":"/a"}},"policies":[{{"type":"{}","name":"P",
"targets":["/a"],
"document":{}}}]}})",
        type, document);
}

/// A declaration with two accounts and these further members.
std::string with(std::string_view members) {
    return R"({"id":"o-exampleorgid","accounts":{"111111111111":"/a","222222222222":"/"},)" + std::string(members) +
           "}";
}

constexpr std::string_view allow_all =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})";

TEST(ParseOrganization, ManyAccountsAndTargetsTakeTimeInProportion) {
    std::string accounts;
    std::string targets;
    for (int i = 0; i < 100000; ++i) {
        accounts += fmt::format(R"({}"{:012}":"/a")", i == 0 ? "" : ",", i);
        targets += fmt::format(R"({}"{:012}")", i == 0 ? "" : ",", i);
    }
    const std::string json = fmt::format(
        R"({{"id":"o-exampleorgid","accounts":{{{0}}},"policies":[{{"type":"scp","name":"P","targets":[{1}],)"
        R"("document":{{"Version":"2012-10-17","Statement":{{"Effect":"Deny","Action":"iam:*","Resource":"*"}}}}}}],)"
        R"("without_full_access":[{1}]}})",
        accounts, targets);
    // Looking each up among those before it would take minutes.
    const std::clock_t began = std::clock();
    const store::DeclaredOrganization organization = read(json);
    EXPECT_EQ(organization.accounts.size(), 100000U);
    const store::DeclaredOrganization again = read(write_organization(organization));
    EXPECT_EQ(again.accounts, organization.accounts);
    EXPECT_EQ(again.policies.at(0).targets, organization.policies.at(0).targets);
    EXPECT_EQ(again.without_full_access, organization.without_full_access);
    EXPECT_LT(std::clock() - began, 10 * CLOCKS_PER_SEC);
}

TEST(ParseOrganization, RefusesWhatIsWrongAndSaysWhere) {
    const std::string policy = fmt::format(R"({{"type":"scp","name":"P","targets":["/a"],"document":{}}})", allow_all);
    const struct {
        std::string json;
        std::string expected;
    } cases[] = {
        {"", "1:1: the text ends too early"},
        {"{\n\"id\":\"o-exampleorgid\",\n\"id\":\"o-exampleorgid\"}", "3:1: this key is in the object twice"},
        {"[]", "1:1: the declaration must be an object"},
        {"{}", "1:1: the declaration needs an \"id\" such as o-exampleorgid"},
        {R"({"id":7})", "1:7: \"id\" must be a string"},
        {R"({"id":"o-short"})", "1:7: an organization's id is \"o-\" and 10 to 32 lower-case letters or digits"},
        {R"({"id":"o-exampleorgid","scps":[]})",
         "1:31: there is no member \"scps\"; there are: id, feature_set, management_account, accounts, units, "
         "policies, "
         "without_full_access, trusted_access, delegated_administrators"},
        {with(R"("management_account":"1")"), "1:97: \"1\" is no account: twelve digits are"},
        {R"({"id":"o-exampleorgid","accounts":{"1":"/"}})", "1:40: \"1\" is no account: twelve digits are"},
        {R"({"id":"o-exampleorgid","accounts":["111111111111"]})", "1:35: \"accounts\" must be an object"},
        {R"({"id":"o-exampleorgid","accounts":{"111111111111":"a"}})",
         "1:51: \"a\" is no path: it begins with a slash and does not end with one"},
        {R"({"id":"o-exampleorgid","accounts":{"111111111111":"/a/"}})",
         "1:51: \"/a/\" is no path: it begins with a slash and does not end with one"},
        {R"({"id":"o-exampleorgid","accounts":{"111111111111":"/a//b"}})",
         "1:51: the units in \"/a//b\" must have names of 1 to 128 characters"},
        {R"({"id":"o-exampleorgid","accounts":{"111111111111":"/a/b/c/d/e/f"}})",
         "1:51: \"/a/b/c/d/e/f\" is too deep: units can be nested 5 deep"},
        {with(R"("units":{"/":"ou-ab12-11111111"})"), "1:89: \"ou-ab12-11111111\" is no id for /; such as r-ab12 is"},
        {with(R"("units":{"/a":"r-ab12"})"), "1:90: \"r-ab12\" is no id for /a; such as ou-ab12-11111111 is"},
        {with(R"("units":{"/a":"ou-ab12-11111111","/b":"ou-ab12-11111111"})"),
         "1:1: two units have the id ou-ab12-11111111"},
        {with(R"("policies":{})"), "1:87: \"policies\" must be an array"},
        {with(R"("policies":[{"type":"scp"}])"), "1:88: a policy needs a \"name\""},
        {with(R"("policies":[{"type":"tag","name":"P","targets":[],"document":{}}])"),
         "1:96: \"type\" must be \"scp\" or \"rcp\""},
        {with(R"("policies":[{"type":"scp","name":"","targets":[],"document":{}}])"),
         "1:109: the name of a policy has 1 to 128 characters"},
        {with(R"("policies":[{"type":"scp","name":"FullAWSAccess","targets":[],"document":{}}])"),
         "1:109: there is already a policy FullAWSAccess"},
        {with(R"("policies":[{"type":"scp","name":"P","targets":[],"document":7}])"),
         "1:137: \"document\" must be an object, or its text as a string"},
        {with(fmt::format(R"("policies":[{},{}])", policy, policy)), "1:247: there is already a policy P"},
        {with(R"("policies":[{"type":"scp","name":"P","targets":["/b"],"document":)" + std::string(allow_all) + "}]"),
         "1:124: there is no unit /b: no account is in it, and \"units\" does not name it"},
        {with(R"("policies":[{"type":"scp","name":"P","targets":["333333333333"],"document":)" +
              std::string(allow_all) + "}]"),
         "1:124: account 333333333333 is not in this organization"},
        {with(R"("policies":[{"type":"scp","name":"P","targets":["/a","/a"],"document":)" + std::string(allow_all) +
              "}]"),
         "1:129: P is attached to /a twice"},
        {with(R"("without_full_access":["/"])"), "1:99: / must keep FullAWSAccess: it has no other policy of type scp"},
    };
    for (const auto& [json, expected] : cases) {
        SCOPED_TRACE(json);
        EXPECT_EQ(refusal(json), expected);
    }
}

TEST(ParseOrganization, ChecksDocumentsAsAwsDoes) {
    const struct {
        const char* type;
        std::string document;
        const char* expected;
    } cases[] = {
        {"scp", R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"iam:*","Resource":"*"}})", "fine"},
        {"scp", R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","NotAction":"iam:*","NotResource":"*"}})",
         "fine"},
        {"scp", "{\n\"Version\":\"2012-10-17\",\n  \"Statment\":[]}", "5:14: Syntax errors in policy."},
        {"scp", R"({"Version":"2008-10-17","Statement":{"Effect":"Deny","Action":"iam:*","Resource":"*"}})",
         "3:23: Policy document must be version 2012-10-17 or greater."},
        {"scp",
         R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"iam:*","Resource":"*"}})",
         "3:77: Policy document should not specify a principal."},
        {"scp", R"("{\n\"Version\":\"2012-10-17\"}")", "1:1: Syntax errors in policy."},
        {"rcp",
         R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"sts:*","Resource":"*"}})",
         "fine"},
        {"rcp", R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"sts:*","Resource":"*"}})",
         "3:48: Missing required field Principal"},
        {"rcp",
         R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}})",
         "3:12: a resource control policy can only deny; RCPFullAWSAccess allows everything"},
        {"rcp",
         R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"*","Resource":"*"}})",
         "3:12: the Principal of a resource control policy must be \"*\""},
        {"rcp",
         R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","NotPrincipal":{"AWS":"111111111111"},"Action":"*","Resource":"*"}})",
         "3:12: a resource control policy cannot have the element NotPrincipal"},
        {"rcp",
         R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","NotAction":"sts:*","Resource":"*"}})",
         "3:12: a resource control policy cannot have the element NotAction"},
        {"rcp", R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}})",
         "3:12: resource control policies do not support the action \"*\""},
        {"rcp",
         R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":["S3:Get*","iam:*"],"Resource":"*"}})",
         "3:12: resource control policies do not support the action \"iam:*\""},
    };
    for (const auto& [type, document, expected] : cases) {
        SCOPED_TRACE(document);
        EXPECT_EQ(refusal(with_document(type, document)), expected);
    }
}

TEST(ParseOrganization, HoldsAwsQuotas) {
    const auto of_size = [](std::string_view type, std::size_t characters) {
        const std::string_view principal = type == "rcp" ? R"("Principal":"*",)" : "";
        std::string document = fmt::format(
            R"({{"Version":"2012-10-17","Statement":{{"Effect":"Deny",{}"Action":"sts:*","Resource":"arn:aws:s3:::"}}}})",
            principal);
        document.insert(document.size() - 3, std::string(characters - document.size(), 'x'));
        return with_document(type, document);
    };
    EXPECT_EQ(refusal(of_size("scp", 10240)), "fine");
    EXPECT_THAT(refusal(of_size("scp", 10241)), HasSubstr("a policy of type scp has at most 10240 characters"));
    EXPECT_EQ(refusal(of_size("rcp", 5120)), "fine");
    EXPECT_THAT(refusal(of_size("rcp", 5121)), HasSubstr("a policy of type rcp has at most 5120 characters"));

    const auto many = [](int count) {
        std::string policies;
        for (int i = 0; i < count; ++i)
            policies += fmt::format(R"({}{{"type":"scp","name":"P{}","targets":["/a"],"document":{}}})", i ? "," : "",
                                    i, allow_all);
        return with("\"policies\":[" + policies + "]");
    };
    EXPECT_EQ(refusal(many(9)), "fine");
    EXPECT_THAT(refusal(many(10)), HasSubstr("10 policies of type scp can be attached to /a"));
}

class OrganizationRouteTest : public testing::Test {
  protected:
    OrganizationRouteTest() { database_->migrate(store::schema()); }

    http::Response ask(std::string_view method, std::string_view body = {}) {
        http::Request request;
        request.method = method;
        request.target = "/_iamlocal/organization";
        request.body = body;
        http::Response response;
        const aws::Quotas quotas;
        admin::Router({organization_route(*database_, quotas)}, enabled_).handle(request, response);
        return response;
    }

    bool enabled_ = true;
    std::unique_ptr<db::Database> database_ = db::Database::in_memory();
};

TEST_F(OrganizationRouteTest, DeclaresShowsAndForgets) {
    EXPECT_EQ(ask("GET").status, 404);
    EXPECT_EQ(ask("DELETE").status, 200);
    const http::Response declared = ask("PUT", declaration);
    EXPECT_EQ(declared.status, 200);
    EXPECT_THAT(declared.body, HasSubstr(R"("name": "NoIam")"));
    EXPECT_EQ(ask("GET").body, declared.body);
    EXPECT_EQ(ask("PUT", R"({"id":"o-otherorgid"})").status, 200);
    EXPECT_THAT(ask("GET").body, HasSubstr("o-otherorgid"));
    EXPECT_EQ(ask("DELETE").status, 200);
    EXPECT_EQ(ask("GET").status, 404);
    EXPECT_EQ(ask("POST", declaration).status, 405);
}

TEST_F(OrganizationRouteTest, ABadDeclarationChangesNothing) {
    const http::Response before = ask("PUT", declaration);
    const http::Response refused = ask("PUT", with_document("scp", "{\n\"Version\":\"2012-10-17\"}"));
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(refused.body, "{\"column\":12,\"error\":\"Syntax errors in policy.\",\"line\":3}\n");
    EXPECT_EQ(ask("GET").body, before.body);
}

TEST_F(OrganizationRouteTest, IsServedWithTheTestBenchOnly) {
    enabled_ = false;
    for (const char* method : {"GET", "PUT", "DELETE"}) EXPECT_EQ(ask(method, declaration).status, 403);
}

}  // namespace
}  // namespace iamlocal::testbench
