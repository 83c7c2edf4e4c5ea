// Operations that need more than the permission of their own name.
#include <fstream>

#include <gtest/gtest.h>

#include "unit/app/client.hpp"
#include "unit/app/samples.hpp"

namespace iamlocal::app {
namespace {

struct Case {
    std::string operation;
    Parameters parameters;
    std::string further;     ///< the permission that it needs besides
    std::string resource;    ///< of that permission
    Parameters plain;        ///< parameters with which it does not need it; empty: it always does
    std::string shown = {};  ///< the resource in messages, where that is not its ARN
};

std::vector<Case> cases() {
    const Parameters tags = {{"Tags.member.1.Key", "team"}, {"Tags.member.1.Value", "red"}};
    const auto with_tags = [&](Parameters parameters) {
        parameters.insert(parameters.end(), tags.begin(), tags.end());
        return parameters;
    };
    const std::string document =
        R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})";
    const std::string trust =
        R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}})";
    const std::string iam = "arn:aws:iam::000000000000:";
    const Parameters user = {{"UserName", "new"}, {"Path", "/x/"}};
    const Parameters role = {{"RoleName", "new"}, {"AssumeRolePolicyDocument", trust}};
    const Parameters policy = {{"PolicyName", "new"}, {"PolicyDocument", document}};
    const Parameters profile = {{"InstanceProfileName", "new"}};
    const Parameters certificate = {{"ServerCertificateName", "new"},
                                    {"Path", "/x/"},
                                    {"CertificateBody", sample("leaf.crt")},
                                    {"PrivateKey", sample("leaf.key")}};
    const Parameters oidc = {{"Url", "https://new.example.com"}};
    const Parameters assume = {{"RoleArn", iam + "role/job"}, {"RoleSessionName", "run"}};
    Parameters as_carol = assume;
    as_carol.push_back({"SourceIdentity", "carol"});
    return {
        {"iam:CreateUser", with_tags(user), "iam:TagUser", iam + "user/x/new", user},
        {"iam:CreateRole", with_tags(role), "iam:TagRole", iam + "role/new", role},
        {"iam:CreatePolicy", with_tags(policy), "iam:TagPolicy", iam + "policy/new", policy, "policy new"},
        {"iam:CreateInstanceProfile", with_tags(profile), "iam:TagInstanceProfile", iam + "instance-profile/new",
         profile},
        {"iam:UploadServerCertificate", with_tags(certificate), "iam:TagServerCertificate",
         iam + "server-certificate/x/new", certificate},
        {"iam:CreateOpenIDConnectProvider", with_tags(oidc), "iam:TagOpenIDConnectProvider",
         iam + "oidc-provider/new.example.com", oidc},
        {"iam:AddRoleToInstanceProfile",
         {{"InstanceProfileName", "box"}, {"RoleName", "job"}},
         "iam:PassRole",
         iam + "role/job",
         {}},
        {"sts:AssumeRole", with_tags(assume), "sts:TagSession", iam + "role/job", assume},
        {"sts:AssumeRole", as_carol, "sts:SetSourceIdentity", iam + "role/job", assume},
    };
}

/// A bed with a role, which trusts its account, and an instance profile; alice has this policy.
struct Stage {
    explicit Stage(const std::string& statements) {
        bed.iam({}, "CreateRole",
                {{"RoleName", "job"},
                 {"AssumeRolePolicyDocument",
                  R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"000000000000"},
                      "Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]}})"}});
        bed.iam({}, "CreateInstanceProfile", {{"InstanceProfileName", "box"}});
        alice = bed.make_user("alice", R"({"Version":"2012-10-17","Statement":[)" + statements + "]}");
    }
    http::Response call(const std::string& action, const Parameters& parameters) {
        return bed.call(alice, action.substr(0, 3), action.substr(4), parameters);
    }
    Bed bed;
    Keys alice;
};

std::string statement(const std::string& effect, const std::string& action, const std::string& resource = "*") {
    return fmt::format(R"({{"Effect":"{}","Action":"{}","Resource":"{}"}})", effect, action, resource);
}

std::string refusal(const Case& item) {
    return fmt::format("User: arn:aws:iam::000000000000:user/alice is not authorized to perform: {} on resource: {}",
                       item.further, item.shown.empty() ? item.resource : item.shown);
}

TEST(FurtherPermissions, WithoutThemTheOperationIsRefused) {
    for (const Case& item : cases()) {
        SCOPED_TRACE(item.operation + " " + item.further);
        Stage stage(statement("Allow", item.operation));
        const http::Response answer = stage.call(item.operation, item.parameters);
        EXPECT_EQ(outcome(answer), "403 AccessDenied");
        const std::string reason = item.operation == "sts:AssumeRole"
                                       ? ""
                                       : " because no identity-based policy allows the " + item.further + " action";
        EXPECT_EQ(message(answer), refusal(item) + reason);
        if (item.plain.empty()) continue;
        EXPECT_EQ(outcome(stage.call(item.operation, item.plain)), "200");
    }
}

TEST(FurtherPermissions, WithThemItIsAllowed) {
    for (const Case& item : cases()) {
        SCOPED_TRACE(item.operation + " " + item.further);
        Stage stage(statement("Allow", item.operation) + "," + statement("Allow", item.further, item.resource));
        EXPECT_EQ(outcome(stage.call(item.operation, item.parameters)), "200");
    }
}

TEST(FurtherPermissions, TheyDoNotReplaceTheOperationsOwn) {
    for (const Case& item : cases()) {
        SCOPED_TRACE(item.operation + " " + item.further);
        Stage stage(statement("Allow", item.further));
        const http::Response answer = stage.call(item.operation, item.parameters);
        EXPECT_EQ(outcome(answer), "403 AccessDenied");
        EXPECT_NE(message(answer).find("perform: " + item.operation), std::string::npos) << message(answer);
    }
}

TEST(FurtherPermissions, CountOnTheirOwnResource) {
    for (const Case& item : cases()) {
        SCOPED_TRACE(item.operation + " " + item.further);
        Stage stage(statement("Allow", item.operation) + "," + statement("Allow", item.further, item.resource + "x"));
        EXPECT_EQ(outcome(stage.call(item.operation, item.parameters)), "403 AccessDenied");
    }
}

TEST(FurtherPermissions, ADenyOfThemWins) {
    for (const Case& item : cases()) {
        SCOPED_TRACE(item.operation + " " + item.further);
        Stage stage(statement("Allow", "*") + "," + statement("Deny", item.further));
        EXPECT_EQ(message(stage.call(item.operation, item.parameters)),
                  refusal(item) + " with an explicit deny in an identity-based policy");
    }
}

}  // namespace
}  // namespace iamlocal::app
