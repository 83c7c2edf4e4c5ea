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
    return json(imported(others).seed)["accounts"]["111122223333"];
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
    EXPECT_EQ(account_of(details(only(encoded)))["roles"]["r"]["trust_policy"],
              allow({{"Service", "ec2.amazonaws.com"}}));
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
    EXPECT_EQ(
        account_of(details(json::array(), json::array(), json::array(), only(policy)))["policies"]["p"]["versions"],
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
    const json accounts = json(result.seed)["accounts"];
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
    const json seed = json(result.seed);
    EXPECT_EQ(seed["accounts"]["111122223333"]["oidc_providers"],
              json({{"https://idp.example.com", {{"client_ids", {"app"}}}}}));
    EXPECT_EQ(seed["accounts"]["111122223333"]["saml_providers"], json({{"corp", {{"metadata", "<x/>"}}}}));
    EXPECT_EQ(seed["organization"]["accounts"], json({{"111122223333", "/"}}));
    EXPECT_EQ(seed["organization"]["policies"][0]["document"],
              json({{"Version", "2012-10-17"}, {"Statement", json::array()}}));
}

json one_user() {
    return details(json::array(),
                   only({{"UserName", "a"}, {"Path", "/"}, {"Arn", "arn:aws:iam::111122223333:user/a"}}));
}

json policy_of_organization(const std::string& id, const std::string& name) {
    return {
        {"Policy",
         {{"PolicySummary", {{"Id", id}, {"Name", name}, {"Type", "SERVICE_CONTROL_POLICY"}, {"AwsManaged", false}}},
          {"Content", R"({"Version":"2012-10-17","Statement":[]})"}}}};
}

TEST(AccountImport, TheOrganizationIsPutTogether) {
    const std::string units = R"({"OrganizationalUnits":[{"Id":"ou-ab12-11111111","Name":"workloads"}]})";
    const std::string prod = R"({"OrganizationalUnits":[{"Id":"ou-ab12-22222222","Name":"prod/eu"}]})";
    const Imported result = imported({
        {"details.json", one_user().dump(), ""},
        {"org.json", R"({"Organization":{"Id":"o-exampleorgid","MasterAccountId":"999999999999","FeatureSet":"ALL"}})",
         ""},
        {"roots.json", R"({"Roots":[{"Id":"r-ab12"}]})", ""},
        {"units.json", units, "r-ab12"},
        {"prod.json", prod, "ou-ab12-11111111"},
        {"in-prod.json", R"({"Accounts":[{"Id":"111122223333"}]})", "ou-ab12-22222222"},
        {"in-unit.json", R"({"Children":[{"Id":"444455556666","Type":"ACCOUNT"}]})", "ou-ab12-11111111"},
        {"lost.json", R"({"Accounts":[{"Id":"777788889999"},{"Id":"999999999999"}]})", ""},
        {"p.json",
         policy_of_organization("p-1a2b3c4d", "guard").dump() + policy_of_organization("p-5e6f7a8b", "other").dump(),
         ""},
        {"t.json",
         R"({"Targets":[{"TargetId":"ou-ab12-11111111"},{"TargetId":"111122223333"},{"TargetId":"ou-lost"}]})",
         "p-1a2b3c4d"},
        {"f.json", R"({"Targets":[{"TargetId":"r-ab12"},{"TargetId":"ou-ab12-22222222"},{"TargetId":"111122223333"}]})",
         "p-FullAWSAccess"},
        {"s.json", R"({"EnabledServicePrincipals":[{"ServicePrincipal":"iam.amazonaws.com"}]})", ""},
    });
    const json organization = json(result.seed)["organization"];
    EXPECT_EQ(organization["units"],
              json({{"/", "r-ab12"}, {"/workloads", "ou-ab12-11111111"}, {"/workloads/prod-eu", "ou-ab12-22222222"}}));
    EXPECT_EQ(organization["accounts"],
              json({{"111122223333", "/workloads/prod-eu"}, {"444455556666", "/workloads"}, {"777788889999", "/"}}));
    EXPECT_EQ(organization["policies"][0]["targets"], json({"/workloads", "111122223333"}));
    EXPECT_EQ(organization["policies"][1]["targets"], json({"/"}));
    EXPECT_EQ(organization["without_full_access"], json({"/workloads"}));
    EXPECT_EQ(organization["trusted_access"], json({"iam.amazonaws.com"}));
    EXPECT_THAT(result.remarks,
                Contains(HasSubstr("Below the root of the organization: correct `accounts` where it is in "
                                   "a unit: 777788889999")));
    EXPECT_THAT(result.remarks, Contains(HasSubstr("correct `targets` where it is attached elsewhere: other")));
    EXPECT_THAT(result.remarks, Contains(HasSubstr("not known where this unit is: ou-lost")));
    EXPECT_THAT(result.remarks, Contains(HasSubstr("FullAWSAccess is not attached, nor any SCP that is known")));
}

TEST(AccountImport, WhereTargetsAreListedByTargetTheySayTheSame) {
    const Imported result =
        imported({{"details.json", one_user().dump(), ""},
                  {"org.json", R"({"Organization":{"Id":"o-exampleorgid"}})", ""},
                  {"p.json", policy_of_organization("p-1a2b3c4d", "guard").dump(), ""},
                  {"of-account.json", R"({"Policies":[{"Id":"p-1a2b3c4d","Name":"guard"},{"Id":"p-FullAWSAccess"}]})",
                   "111122223333"}});
    EXPECT_EQ(json(result.seed)["organization"]["policies"][0]["targets"], json({"111122223333"}));
}

TEST(AccountImport, UnitsThatStandInACircleAreNowhere) {
    const Imported result = imported({{"details.json", one_user().dump(), ""},
                                      {"org.json", R"({"Organization":{"Id":"o-exampleorgid"}})", ""},
                                      {"a.json", R"({"OrganizationalUnits":[{"Id":"ou-1","Name":"a"}]})", "ou-2"},
                                      {"b.json", R"({"OrganizationalUnits":[{"Id":"ou-2","Name":"b"}]})", "ou-1"}});
    EXPECT_THAT(result.remarks, Contains(HasSubstr("Not known where this unit is")));
}

TEST(AccountImport, FilesAreAsShellsWriteThem) {
    const std::string text = one_user().dump();
    std::string wide("\xff\xfe", 2);
    for (const char c : text + "\r\n") wide.append({c, '\0'});
    EXPECT_TRUE(account_of(one_user())["users"].contains("a"));
    for (const std::string& file : {"\xef\xbb\xbf" + text, wide, text + "\n" + text})
        EXPECT_TRUE(json(imported({{"d.json", file, ""}}).seed)["accounts"]["111122223333"]["users"].contains("a"));
    // Half of a pair, half of a unit.
    EXPECT_THAT(fault_of({{"d.json", std::string("\xff\xfe{\0\x00\xd8x", 7), ""}}), HasSubstr("d.json:1:"));
}

TEST(AccountImport, APartOfAListIsSaidToBeOne) {
    json page = one_user();
    page["NextToken"] = "eyJ";
    const auto remark = HasSubstr("Only a part of a list, as --max-items prints it: the rest is missing: first.json");
    EXPECT_THAT(imported({{"first.json", page.dump(), ""}}).remarks, Contains(remark));
    EXPECT_THAT(imported({{"first.json", page.dump(), ""}, {"last.json", one_user().dump(), ""}}).remarks,
                ::testing::Not(Contains(remark)));
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
        {{"a.json", "user: ann", ""},
         "a.json: neither JSON nor a credential report; the AWS CLI prints JSON with --output json"},
        {{"a.json", "{\n  \"UserDetailList\": [", ""}, "a.json:2:22: is no JSON here, or ends too early"},
        {{"a.json", R"({"Targets":[]})", ""},
         "a.json: AWS does not say of what: give it as ID=a.json, with the id that the command was given"},
        {{"a.json", R"({"Policies":[{"Id":"p-FullAWSAccess","Arn":"x"}]})", ""},
         "a.json: AWS does not say of what: give it as ID=a.json, with the id that the command was given"},
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
