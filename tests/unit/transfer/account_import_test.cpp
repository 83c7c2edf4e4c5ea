#include "transfer/account_import.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace iamlocal::transfer {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::HasSubstr;

json allow(const json& principal) {
    return {
        {"Version", "2012-10-17"},
        {"Statement", json::array({{{"Effect", "Allow"}, {"Principal", principal}, {"Action", "sts:AssumeRole"}}})}};
}

json role(const std::string& name, const json& principal, const std::string& path = "/") {
    return {{"Path", path},
            {"RoleName", name},
            {"Arn", "arn:aws:iam::111122223333:role" + path + name},
            {"AssumeRolePolicyDocument", allow(principal)},
            {"InstanceProfileList", json::array()},
            {"RolePolicyList", json::array()},
            {"AttachedManagedPolicies", json::array()}};
}

/// A list of one: braces alone would copy it.
json only(const json& value) { return json::array({value}); }

json details(const json& roles = json::array(), const json& users = json::array(), const json& groups = json::array(),
             const json& policies = json::array()) {
    return {{"UserDetailList", users}, {"GroupDetailList", groups}, {"RoleDetailList", roles}, {"Policies", policies}};
}

Imported imported(const std::vector<Printed>& files) {
    auto result = import_account(files);
    const auto* const fault = std::get_if<ImportFault>(&result);
    EXPECT_EQ(fault, nullptr) << fault->message;
    return fault == nullptr ? std::get<Imported>(std::move(result)) : Imported{};
}

/// What the seed has of the account.
json account_of(const json& page, std::vector<Printed> others = {}) {
    others.push_back({"details.json", page.dump(), ""});
    return json::parse(imported(others).seed)["accounts"]["111122223333"];
}

std::string fault_of(const std::vector<Printed>& files) {
    const auto result = import_account(files);
    const auto* const fault = std::get_if<ImportFault>(&result);
    return fault == nullptr ? "none" : fault->message;
}

TEST(AccountImport, UsersHaveWhatTheDetailsSay) {
    const json document{{"Version", "2012-10-17"}, {"Statement", json::array()}};
    const json user{
        {"Path", "/staff/"},
        {"UserName", "ann"},
        {"Arn", "arn:aws:iam::111122223333:user/staff/ann"},
        {"UserPolicyList", json::array({{{"PolicyName", "own"}, {"PolicyDocument", document}}})},
        {"GroupList", {"dev"}},
        {"AttachedManagedPolicies",
         json::array({{{"PolicyName", "x"}, {"PolicyArn", "arn:aws:iam::111122223333:policy/x"}}})},
        {"PermissionsBoundary",
         {{"PermissionsBoundaryType", "Policy"}, {"PermissionsBoundaryArn", "arn:aws:iam::aws:policy/ReadOnlyAccess"}}},
        {"Tags", json::array({{{"Key", "team"}, {"Value", "red"}}})}};
    EXPECT_EQ(account_of(details(json::array(), only(user)))["users"]["ann"],
              json({{"path", "/staff/"},
                    {"groups", {"dev"}},
                    {"inline_policies", {{"own", document}}},
                    {"attached_policies", {"arn:aws:iam::111122223333:policy/x"}},
                    {"permissions_boundary", "arn:aws:iam::aws:policy/ReadOnlyAccess"},
                    {"tags", {{"team", "red"}}}}));
}

TEST(AccountImport, DocumentsMayBePercentEncoded) {
    json encoded = role("r", {{"Service", "ec2.amazonaws.com"}});
    encoded["AssumeRolePolicyDocument"] =
        "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%"
        "7B%22"
        "Service%22%3A%22ec2.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%5D%7D";
    EXPECT_EQ(account_of(details(only(encoded)))["roles"]["r"]["trust_policy"], allow({{"Service", "ec2.amazonaws.com"}}));
}

TEST(AccountImport, ADocumentThatIsNoneIsRefused) {
    json broken = role("r", {{"Service", "ec2.amazonaws.com"}});
    broken["AssumeRolePolicyDocument"] = "%7B%22Version";
    EXPECT_THAT(fault_of({{"details.json", details(only(broken)).dump(), ""}}),
                HasSubstr("not as the AWS CLI prints them"));
}

TEST(AccountImport, VersionsOfAPolicyStayInTheirOrder) {
    const json first{{"Version", "2012-10-17"}, {"Statement", json::array()}};
    json policy{{"PolicyName", "p"}, {"Arn", "arn:aws:iam::111122223333:policy/p"}, {"Path", "/"}};
    policy["PolicyVersionList"] = {{{"VersionId", "v4"}, {"Document", first}, {"IsDefaultVersion", true}},
                                   {{"VersionId", "v2"}, {"Document", first}, {"IsDefaultVersion", false}}};
    EXPECT_EQ(account_of(details(json::array(), json::array(), json::array(), only(policy)))["policies"]["p"]["versions"],
              json({{{"version_id", "v2"}, {"document", first}},
                    {{"version_id", "v4"}, {"document", first}, {"default", true}}}));
    policy["PolicyVersionList"] = only({{"VersionId", "v1"}, {"Document", first}, {"IsDefaultVersion", true}});
    EXPECT_EQ(account_of(details(json::array(), json::array(), json::array(), only(policy)))["policies"]["p"],
              json({{"document", first}}));
}

TEST(AccountImport, AWSsOwnPoliciesAreThereAlready) {
    const json policy{
        {"PolicyName", "ReadOnlyAccess"}, {"Arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"}, {"Path", "/"}};
    const json user{{"UserName", "a"}, {"Path", "/"}, {"Arn", "arn:aws:iam::111122223333:user/a"}};
    EXPECT_FALSE(account_of(details(json::array(), only(user), json::array(), only(policy))).contains("policies"));
}

TEST(AccountImport, ServiceLinkedRolesAreMadeByTheirService) {
    const json made = role("AWSServiceRoleForAutoScaling_blue", {{"Service", "autoscaling.amazonaws.com"}},
                           "/aws-service-role/autoscaling.amazonaws.com/");
    EXPECT_EQ(account_of(details(only(made)))["service_linked_roles"],
              json::array({{{"aws_service_name", "autoscaling.amazonaws.com"}, {"custom_suffix", "blue"}}}));
}

TEST(AccountImport, InstanceProfilesComeWithTheirRole) {
    json made = role("web", {{"Service", "ec2.amazonaws.com"}});
    made["InstanceProfileList"] = only({{"InstanceProfileName", "web-profile"}, {"Path", "/x/"}});
    EXPECT_EQ(account_of(details(only(made)))["instance_profiles"],
              json({{"web-profile", {{"path", "/x/"}, {"role", "web"}}}}));
}

TEST(AccountImport, WhomTrustPoliciesNameBecomesAPlaceholder) {
    const json made = role("r", {{"AWS",
                                  {"arn:aws:iam::444455556666:role/ci/deploy", "arn:aws:iam::444455556666:root",
                                   "arn:aws:iam::111122223333:user/bob"}}});
    const Imported result = imported({{"details.json", details(only(made)).dump(), ""}});
    const json accounts = json::parse(result.seed)["accounts"];
    EXPECT_EQ(accounts["444455556666"]["roles"]["deploy"]["path"], "/ci/");
    EXPECT_EQ(accounts["444455556666"]["roles"]["deploy"]["trust_policy"], allow({{"AWS", "444455556666"}}));
    EXPECT_TRUE(accounts["111122223333"]["users"].contains("bob"));
    EXPECT_THAT(result.remarks, Contains(HasSubstr("444455556666 deploy, 111122223333 bob")));
}

TEST(AccountImport, WhoIsGoneIsTakenOut) {
    json made = role("r", {{"AWS", {"AIDAJQABLZS4A3QDU576Q", "111122223333"}}});
    EXPECT_EQ(account_of(details(only(made)))["roles"]["r"]["trust_policy"], allow({{"AWS", {"111122223333"}}}));
    // Nobody is left, so nobody may assume it.
    made = role("r", {{"AWS", "AROAJQABLZS4A3QDU576Q"}});
    EXPECT_EQ(account_of(details(only(made)))["roles"]["r"]["trust_policy"]["Statement"],
              json::array({{{"Effect", "Deny"}, {"Principal", {{"AWS", "*"}}}, {"Action", "sts:AssumeRole"}}}));
}

TEST(AccountImport, ProvidersAndTheOrganizationAdd) {
    const json user{{"UserName", "a"}, {"Path", "/"}, {"Arn", "arn:aws:iam::111122223333:user/a"}};
    const json oidc{{"Url", "idp.example.com"}, {"ClientIDList", {"app"}}, {"ThumbprintList", json::array()}};
    const json policy{
        {"Policy",
         {{"PolicySummary", {{"Name", "guard"}, {"Type", "SERVICE_CONTROL_POLICY"}, {"AwsManaged", false}}},
          {"Content", R"({"Version":"2012-10-17","Statement":[]})"}}}};
    const json organization{{"Organization", {{"Id", "o-exampleorgid"}, {"MasterAccountId", "999999999999"}}}};
    const Imported result =
        imported({{"p.json", policy.dump(), ""},
                  {"oidc.json", oidc.dump(), ""},
                  {"saml.json", R"({"SAMLMetadataDocument":"<x/>"})", "corp"},
                  {"org.json", organization.dump(), ""},
                  {"accounts.json", R"({"Accounts":[{"Id":"111122223333"},{"Id":"999999999999"}]})", ""},
                  {"details.json", details(json::array(), only(user)).dump(), ""}});
    const json seed = json::parse(result.seed);
    EXPECT_EQ(seed["accounts"]["111122223333"]["oidc_providers"],
              json({{"https://idp.example.com", {{"client_ids", {"app"}}}}}));
    EXPECT_EQ(seed["accounts"]["111122223333"]["saml_providers"], json({{"corp", {{"metadata", "<x/>"}}}}));
    EXPECT_EQ(seed["organization"]["accounts"], json({{"111122223333", "/"}}));
    EXPECT_EQ(seed["organization"]["policies"][0]["document"],
              json({{"Version", "2012-10-17"}, {"Statement", json::array()}}));
}

TEST(AccountImport, TheReportTellsWhatNoFileHolds) {
    const json user{{"UserName", "ann"}, {"Path", "/"}, {"Arn", "arn:aws:iam::111122223333:user/ann"}};
    const Imported result =
        imported({{"details.json", details(json::array(), only(user)).dump(), ""},
                  {"report.csv",
                   "user,arn,user_creation_time,password_enabled,mfa_active,access_key_1_active,access_key_2_active\n"
                   "<root_account>,arn:aws:iam::111122223333:root,x,not_supported,true,false,false\n"
                   "ann,arn:aws:iam::111122223333:user/ann,x,true,false,false,true\n"
                   "gone,arn:aws:iam::111122223333:user/gone,x,false,false,false,false\n",
                   ""}});
    EXPECT_THAT(result.remarks, Contains(HasSubstr("Has a password")));
    EXPECT_THAT(result.remarks, Contains(HasSubstr("Has access keys")));
    EXPECT_THAT(result.remarks, Contains("In the credential report, but not in the details: gone"));
}

TEST(AccountImport, WhatIsNoOutputOfTheCLIIsRefused) {
    const struct {
        Printed file;
        const char* message;
    } cases[] = {
        {{"a.json", "{", ""}, "a.json: neither JSON nor a credential report"},
        {{"a.json", "[]", ""}, "a.json: nothing that the AWS CLI prints of accounts"},
        {{"a.json", R"({"SAMLMetadataDocument":"x"})", ""},
         "a.json: AWS does not say whose metadata this is: give it as NAME=a.json"},
        {{"a.json", R"({"Content":"!","ReportFormat":"text/csv"})", ""}, "a.json: the report cannot be read"},
        {{"a.json", R"({"UserDetailList":[]})", ""},
         "none of the files is the output of get-account-authorization-details with anything in it"},
    };
    for (const auto& [file, message] : cases) EXPECT_EQ(fault_of({file}), message) << file.text;
    EXPECT_THAT(
        fault_of({{"a.json", R"({"UserDetailList":[{"Arn":"arn:aws:iam::111122223333:user/a","UserPolicyList":[3]}]})",
                   ""}}),
        ::testing::StartsWith("the files are not as the AWS CLI prints them"));
}

}  // namespace
}  // namespace iamlocal::transfer
