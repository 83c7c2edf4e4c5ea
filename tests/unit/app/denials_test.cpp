// How denials name the resource ("Troubleshoot access denied error messages", and answers of AWS quoted in public
// issues): every operation, asked by a user without permissions.
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "iam/operations.hpp"
#include "sts/operations.hpp"
#include "unit/app/client.hpp"
#include "unit/app/samples.hpp"

namespace iamlocal::app {
namespace {

struct Denial {
    std::string action;
    Parameters parameters;
    std::string resource;
};

const std::string arn = "arn:aws:iam::000000000000:";
const std::string empty_policy =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"a:b","Resource":"*"}})";
const std::string trust =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"sts:AssumeRole"}})";

std::vector<Denial> denials() {
    const Parameters user = {{"UserName", "bob"}};
    const Parameters group = {{"GroupName", "staff"}};
    const Parameters role = {{"RoleName", "job"}};
    const Parameters profile = {{"InstanceProfileName", "box"}};
    const Parameters oidc = {{"OpenIDConnectProviderArn", arn + "oidc-provider/idp.example.com"}};
    const Parameters saml = {{"SAMLProviderArn", arn + "saml-provider/corp"}};
    const Parameters device = {{"SerialNumber", arn + "mfa/phone"}};
    const Parameters codes = {{"AuthenticationCode1", "123456"}, {"AuthenticationCode2", "234567"}};
    const Parameters policy = {{"PolicyArn", arn + "policy/eng/p"}};
    const Parameters tags = {{"Tags.member.1.Key", "k"}, {"Tags.member.1.Value", "v"}};
    const Parameters properties = {{"Properties.entry.1.key", "RoleManager/Enabled"},
                                   {"Properties.entry.1.value", "false"}};
    const std::string role_template = "arn:aws:iam::aws:role-template/iam.amazonaws.com/PowerUserRoleTemplate:1";
    const Parameters request = {{"DelegationRequestId", "0123456789abcdef"}};
    const Parameters delegation = {{"Description", "d"},
                                   {"Permissions.PolicyTemplateArn", "arn:aws:iam::aws:delegation-template/x"},
                                   {"RequestorWorkflowId", "workflow"},
                                   {"NotificationChannel", "topic"},
                                   {"SessionDuration", "300"}};
    const Parameters tag_keys = {{"TagKeys.member.1", "k"}};
    const Parameters boundary = {{"PermissionsBoundary", arn + "policy/eng/p"}};
    const Parameters named = {{"PolicyName", "own"}};
    const Parameters documented = {{"PolicyName", "own"}, {"PolicyDocument", empty_policy}};
    const Parameters version = {{"PolicyArn", arn + "policy/eng/p"}, {"VersionId", "v1"}};
    const std::string id(24, 'A');
    const Parameters certificate = {
        {"ServerCertificateName", "new"}, {"Path", "/eng/"}, {"CertificateBody", "x"}, {"PrivateKey", "x"}};
    const Parameters named_certificate = {{"ServerCertificateName", "web"}};
    const Parameters credential = {{"ServiceSpecificCredentialId", id}};
    const auto both = [](Parameters a, const Parameters& b) {
        a.insert(a.end(), b.begin(), b.end());
        return a;
    };
    return {
        {"iam:CreateUser", {{"UserName", "new"}, {"Path", "/eng/"}}, arn + "user/eng/new"},
        {"iam:GetUser", user, "user bob"},
        {"iam:UpdateUser", user, "user bob"},
        {"iam:DeleteUser", user, "user bob"},
        {"iam:ListUsers", {}, arn + "user/"},
        {"iam:TagUser", both(user, tags), "user bob"},
        {"iam:UntagUser", both(user, tag_keys), "user bob"},
        {"iam:ListUserTags", user, "user bob"},
        {"iam:PutUserPermissionsBoundary", both(user, boundary), "user bob"},
        {"iam:DeleteUserPermissionsBoundary", user, "user bob"},
        {"iam:CreateGroup", {{"GroupName", "new"}}, arn + "group/new"},
        {"iam:GetGroup", group, "group staff"},
        {"iam:UpdateGroup", group, "group staff"},
        {"iam:DeleteGroup", group, "group staff"},
        {"iam:ListGroups", {{"PathPrefix", "/eng/"}}, arn + "group/eng/"},
        {"iam:AddUserToGroup", both(group, user), "group staff"},
        {"iam:RemoveUserFromGroup", both(group, user), "group staff"},
        {"iam:ListGroupsForUser", user, "user bob"},
        {"iam:CreateRole", {{"RoleName", "new"}, {"AssumeRolePolicyDocument", trust}}, arn + "role/new"},
        {"iam:GetRole", role, "role job"},
        {"iam:UpdateRole", role, "role job"},
        {"iam:UpdateRoleDescription", both(role, {{"Description", "d"}}), "role job"},
        {"iam:UpdateAssumeRolePolicy", both(role, {{"PolicyDocument", trust}}), "role job"},
        {"iam:DeleteRole", role, "role job"},
        {"iam:ListRoles", {}, arn + "role/"},
        {"iam:TagRole", both(role, tags), "role job"},
        {"iam:UntagRole", both(role, tag_keys), "role job"},
        {"iam:ListRoleTags", role, "role job"},
        {"iam:PutRolePermissionsBoundary", both(role, boundary), "role job"},
        {"iam:DeleteRolePermissionsBoundary", role, "role job"},
        {"iam:CreateInstanceProfile", {{"InstanceProfileName", "new"}}, arn + "instance-profile/new"},
        {"iam:GetInstanceProfile", profile, "instance profile box"},
        {"iam:DeleteInstanceProfile", profile, "instance profile box"},
        {"iam:ListInstanceProfiles", {}, arn + "instance-profile/"},
        {"iam:ListInstanceProfilesForRole", role, "role job"},
        {"iam:AddRoleToInstanceProfile", both(profile, role), "instance profile box"},
        {"iam:RemoveRoleFromInstanceProfile", both(profile, role), "instance profile box"},
        {"iam:TagInstanceProfile", both(profile, tags), "instance profile box"},
        {"iam:UntagInstanceProfile", both(profile, tag_keys), "instance profile box"},
        {"iam:ListInstanceProfileTags", profile, "instance profile box"},
        {"iam:CreatePolicy", {{"PolicyName", "new"}, {"PolicyDocument", empty_policy}}, "policy new"},
        {"iam:GetPolicy", policy, "policy " + arn + "policy/eng/p"},
        {"iam:DeletePolicy", policy, "policy " + arn + "policy/eng/p"},
        {"iam:ListPolicies", {}, "policy path /"},
        {"iam:TagPolicy", both(policy, tags), "policy " + arn + "policy/eng/p"},
        {"iam:UntagPolicy", both(policy, tag_keys), "policy " + arn + "policy/eng/p"},
        {"iam:ListPolicyTags", policy, "policy " + arn + "policy/eng/p"},
        {"iam:CreatePolicyVersion", both(policy, {{"PolicyDocument", empty_policy}}), "policy " + arn + "policy/eng/p"},
        {"iam:GetPolicyVersion", version, "policy " + arn + "policy/eng/p"},
        {"iam:DeletePolicyVersion", version, "policy " + arn + "policy/eng/p"},
        {"iam:ListPolicyVersions", policy, "policy " + arn + "policy/eng/p"},
        {"iam:SetDefaultPolicyVersion", version, "policy " + arn + "policy/eng/p"},
        {"iam:AttachUserPolicy", both(user, policy), "user bob"},
        {"iam:AttachGroupPolicy", both(group, policy), "group staff"},
        {"iam:AttachRolePolicy", both(role, policy), "role job"},
        {"iam:DetachUserPolicy", both(user, policy), "user bob"},
        {"iam:DetachGroupPolicy", both(group, policy), "group staff"},
        {"iam:DetachRolePolicy", both(role, policy), "role job"},
        {"iam:ListAttachedUserPolicies", user, "user bob"},
        {"iam:ListAttachedGroupPolicies", group, "group staff"},
        {"iam:ListAttachedRolePolicies", role, "role job"},
        {"iam:ListEntitiesForPolicy", policy, "policy " + arn + "policy/eng/p"},
        {"iam:PutUserPolicy", both(user, documented), "user bob"},
        {"iam:PutGroupPolicy", both(group, documented), "group staff"},
        {"iam:PutRolePolicy", both(role, documented), "role job"},
        {"iam:GetUserPolicy", both(user, named), "user bob"},
        {"iam:GetGroupPolicy", both(group, named), "group staff"},
        {"iam:GetRolePolicy", both(role, named), "role job"},
        {"iam:DeleteUserPolicy", both(user, named), "user bob"},
        {"iam:DeleteGroupPolicy", both(group, named), "group staff"},
        {"iam:DeleteRolePolicy", both(role, named), "role job"},
        {"iam:ListUserPolicies", user, "user bob"},
        {"iam:ListGroupPolicies", group, "group staff"},
        {"iam:ListRolePolicies", role, "role job"},
        {"iam:CreateAccessKey", user, "user bob"},
        {"iam:UpdateAccessKey", both(user, {{"AccessKeyId", "AKIAIOSFODNN7EXAMPLE"}, {"Status", "Inactive"}}),
         "user bob"},
        {"iam:DeleteAccessKey", both(user, {{"AccessKeyId", "AKIAIOSFODNN7EXAMPLE"}}), "user bob"},
        {"iam:ListAccessKeys", user, "user bob"},
        {"iam:GetAccessKeyLastUsed", {{"AccessKeyId", "AKIAIOSFODNN7EXAMPLE"}}, "access key AKIAIOSFODNN7EXAMPLE"},
        {"iam:CreateOpenIDConnectProvider",
         {{"Url", "https://new.example.com"}},
         arn + "oidc-provider/new.example.com"},
        {"iam:GetOpenIDConnectProvider", oidc, oidc[0].second},
        {"iam:DeleteOpenIDConnectProvider", oidc, oidc[0].second},
        {"iam:ListOpenIDConnectProviders", {}, "*"},
        {"iam:TagOpenIDConnectProvider", both(oidc, tags), oidc[0].second},
        {"iam:UntagOpenIDConnectProvider", both(oidc, tag_keys), oidc[0].second},
        {"iam:ListOpenIDConnectProviderTags", oidc, oidc[0].second},
        {"iam:CreateSAMLProvider", {{"Name", "new"}, {"SAMLMetadataDocument", metadata}}, arn + "saml-provider/new"},
        {"iam:GetSAMLProvider", saml, saml[0].second},
        {"iam:DeleteSAMLProvider", saml, saml[0].second},
        {"iam:ListSAMLProviders", {}, "*"},
        {"iam:TagSAMLProvider", both(saml, tags), saml[0].second},
        {"iam:UntagSAMLProvider", both(saml, tag_keys), saml[0].second},
        {"iam:ListSAMLProviderTags", saml, saml[0].second},
        {"iam:AddClientIDToOpenIDConnectProvider", both(oidc, {{"ClientID", "a"}}), oidc[0].second},
        {"iam:RemoveClientIDFromOpenIDConnectProvider", both(oidc, {{"ClientID", "a"}}), oidc[0].second},
        {"iam:UpdateOpenIDConnectProviderThumbprint", both(oidc, {{"ThumbprintList.member.1", std::string(40, 'a')}}),
         oidc[0].second},
        {"iam:UpdateSAMLProvider", both(saml, {{"SAMLMetadataDocument", metadata}}), saml[0].second},
        {"iam:CreateVirtualMFADevice", {{"VirtualMFADeviceName", "new"}, {"Path", "/eng/"}}, arn + "mfa/eng/new"},
        {"iam:DeleteVirtualMFADevice", device, arn + "mfa/phone"},
        {"iam:ListVirtualMFADevices", {}, arn + "mfa/"},
        {"iam:EnableMFADevice", both(both(user, device), codes), "user bob"},
        {"iam:ResyncMFADevice", both(both(user, device), codes), "user bob"},
        {"iam:DeactivateMFADevice", both(user, device), "user bob"},
        {"iam:ListMFADevices", user, "user bob"},
        {"iam:GetMFADevice", both(user, device), "user bob"},
        {"iam:TagMFADevice", both(device, tags), arn + "mfa/phone"},
        {"iam:UntagMFADevice", both(device, tag_keys), arn + "mfa/phone"},
        {"iam:ListMFADeviceTags", device, arn + "mfa/phone"},
        {"iam:CreateLoginProfile", both(user, {{"Password", "x"}}), "user bob"},
        {"iam:GetLoginProfile", user, "user bob"},
        {"iam:UpdateLoginProfile", user, "user bob"},
        {"iam:DeleteLoginProfile", user, "user bob"},
        {"iam:ChangePassword", {{"OldPassword", "x"}, {"NewPassword", "y"}}, "user alice"},
        {"iam:UpdateAccountPasswordPolicy", {}, "*"},
        {"iam:GetAccountPasswordPolicy", {}, "*"},
        {"iam:DeleteAccountPasswordPolicy", {}, "*"},
        {"iam:CreateServiceLinkedRole",
         {{"AWSServiceName", "autoscaling.amazonaws.com"}, {"CustomSuffix", "x"}},
         arn + "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling_x"},
        {"iam:DeleteServiceLinkedRole", role, "role job"},
        {"iam:GetServiceLinkedRoleDeletionStatus",
         {{"DeletionTaskId", "task/aws-service-role/s/r/cc20023b-069d-4d01-96e3-a2e91d74f1f8"}},
         arn + "role/aws-service-role/s/r"},
        {"iam:UploadServerCertificate", certificate, arn + "server-certificate/eng/new"},
        {"iam:GetServerCertificate", named_certificate, "server certificate web"},
        {"iam:UpdateServerCertificate", named_certificate, "server certificate web"},
        {"iam:DeleteServerCertificate", named_certificate, "server certificate web"},
        {"iam:ListServerCertificates", {{"PathPrefix", "/eng/"}}, arn + "server-certificate/eng/"},
        {"iam:TagServerCertificate", both(named_certificate, tags), "server certificate web"},
        {"iam:UntagServerCertificate", both(named_certificate, tag_keys), "server certificate web"},
        {"iam:ListServerCertificateTags", named_certificate, "server certificate web"},
        {"iam:UploadSigningCertificate", both(user, {{"CertificateBody", "x"}}), "user bob"},
        {"iam:UpdateSigningCertificate", both(user, {{"CertificateId", id}, {"Status", "Active"}}), "user bob"},
        {"iam:DeleteSigningCertificate", both(user, {{"CertificateId", id}}), "user bob"},
        {"iam:ListSigningCertificates", user, "user bob"},
        {"iam:UploadSSHPublicKey", both(user, {{"SSHPublicKeyBody", "x"}}), "user bob"},
        {"iam:GetSSHPublicKey", both(user, {{"SSHPublicKeyId", id}, {"Encoding", "SSH"}}), "user bob"},
        {"iam:UpdateSSHPublicKey", both(user, {{"SSHPublicKeyId", id}, {"Status", "Active"}}), "user bob"},
        {"iam:DeleteSSHPublicKey", both(user, {{"SSHPublicKeyId", id}}), "user bob"},
        {"iam:ListSSHPublicKeys", user, "user bob"},
        {"iam:CreateServiceSpecificCredential", both(user, {{"ServiceName", "logs.amazonaws.com"}}), "user bob"},
        {"iam:UpdateServiceSpecificCredential", both(user, both(credential, {{"Status", "Active"}})), "user bob"},
        {"iam:ResetServiceSpecificCredential", both(user, credential), "user bob"},
        {"iam:DeleteServiceSpecificCredential", both(user, credential), "user bob"},
        {"iam:ListServiceSpecificCredentials", user, "user bob"},
        {"iam:ListServiceSpecificCredentials", {{"AllUsers", "true"}}, arn + "user/*"},
        {"iam:CreateAccountAlias", {{"AccountAlias", "corp"}}, "*"},
        {"iam:DeleteAccountAlias", {{"AccountAlias", "corp"}}, "*"},
        {"iam:ListAccountAliases", {}, "*"},
        {"iam:GetAccountSummary", {}, "*"},
        {"iam:GetAccountAuthorizationDetails", {}, "*"},
        {"iam:ListPoliciesGrantingServiceAccess",
         {{"Arn", arn + "user/eng/bob"}, {"ServiceNamespaces.member.1", "s3"}},
         arn + "user/eng/bob"},
        {"iam:GenerateServiceLastAccessedDetails", {{"Arn", arn + "group/staff"}}, arn + "group/staff"},
        {"iam:GenerateServiceLastAccessedDetails", {{"Arn", arn + "policy/eng/p"}}, arn + "policy/eng/p"},
        {"iam:GetServiceLastAccessedDetails", {{"JobId", job_id}}, "*"},
        {"iam:GetServiceLastAccessedDetailsWithEntities", {{"JobId", job_id}, {"ServiceNamespace", "s3"}}, "*"},
        {"iam:GenerateOrganizationsAccessReport",
         {{"EntityPath", "o-exampleorgid/r-abcd"}},
         arn + "access-report/o-exampleorgid/r-abcd"},
        {"iam:GetOrganizationsAccessReport", {{"JobId", job_id}}, "*"},
        {"iam:GenerateCredentialReport", {}, "*"},
        {"iam:GetCredentialReport", {}, "*"},
        {"iam:EnableOrganizationsRootCredentialsManagement", {}, "*"},
        {"iam:DisableOrganizationsRootCredentialsManagement", {}, "*"},
        {"iam:EnableOrganizationsRootSessions", {}, "*"},
        {"iam:DisableOrganizationsRootSessions", {}, "*"},
        {"iam:ListOrganizationsFeatures", {}, "*"},
        {"iam:EnableOutboundWebIdentityFederation", {}, "*"},
        {"iam:DisableOutboundWebIdentityFederation", {}, "*"},
        {"iam:GetOutboundWebIdentityFederationInfo", {}, "*"},
        {"iam:SetSecurityTokenServicePreferences", {{"GlobalEndpointTokenVersion", "v2Token"}}, "*"},
        {"iam:GetAccountProperties", {}, "*"},
        {"iam:PutAccountProperties", properties, "*"},
        {"iam:GetRoleTemplateVersion", {{"TemplateArn", role_template}}, "role-template " + role_template},
        {"iam:CreateDelegationRequest", delegation, arn + "delegation-request/*"},
        {"iam:ListDelegationRequests", {}, "*"},
        {"iam:GetDelegationRequest", request, arn + "delegation-request/0123456789abcdef"},
        {"iam:AssociateDelegationRequest", request, arn + "delegation-request/0123456789abcdef"},
        {"iam:UpdateDelegationRequest", request, arn + "delegation-request/0123456789abcdef"},
        {"iam:AcceptDelegationRequest", request, arn + "delegation-request/0123456789abcdef"},
        {"iam:RejectDelegationRequest", request, arn + "delegation-request/0123456789abcdef"},
        {"iam:SendDelegationToken", request, arn + "delegation-request/0123456789abcdef"},
        {"iam:GetHumanReadableSummary",
         {{"EntityArn", arn + "delegation-request/0123456789abcdef"}},
         arn + "delegation-request/0123456789abcdef"},
        {"iam:SimulateCustomPolicy",
         {{"PolicyInputList.member.1", empty_policy}, {"ActionNames.member.1", "iam:GetUser"}},
         "*"},
        {"iam:SimulatePrincipalPolicy",
         {{"PolicySourceArn", arn + "user/eng/bob"}, {"ActionNames.member.1", "iam:GetUser"}},
         arn + "user/eng/bob"},
        {"iam:GetContextKeysForCustomPolicy", {{"PolicyInputList.member.1", empty_policy}}, "*"},
        {"iam:GetContextKeysForPrincipalPolicy", {{"PolicySourceArn", arn + "role/job"}}, arn + "role/job"},
        {"sts:GetFederationToken", {{"Name", "carol"}}, "arn:aws:sts::000000000000:federated-user/carol"},
        {"sts:GetDelegatedAccessToken", {{"TradeInToken", "x"}}, "*"},
        {"sts:GetAccessKeyInfo", {{"AccessKeyId", "AKIAIOSFODNN7EXAMPLE"}}, "*"},
        {"sts:DecodeAuthorizationMessage", {{"EncodedMessage", "x"}}, "*"},
        {"sts:GetWebIdentityToken",
         {{"Audience.member.1", "a"}, {"SigningAlgorithm", "RS256"}},
         "arn:aws:sts::000000000000:self"},
    };
}

class Denials : public testing::Test {
  protected:
    Denials() {
        bed_.iam({}, "CreateUser", {{"UserName", "bob"}, {"Path", "/eng/"}});
        bed_.iam({}, "CreateGroup", {{"GroupName", "staff"}});
        bed_.iam({}, "CreateRole", {{"RoleName", "job"}, {"AssumeRolePolicyDocument", trust}});
        bed_.iam({}, "CreateInstanceProfile", {{"InstanceProfileName", "box"}});
        bed_.iam({}, "CreatePolicy", {{"PolicyName", "p"}, {"Path", "/eng/"}, {"PolicyDocument", empty_policy}});
    }

    http::Response ask(const Keys& keys, const std::string& action, const Parameters& parameters) {
        return bed_.call(keys, action.substr(0, 3), action.substr(4), parameters);
    }

    Bed bed_;
};

TEST_F(Denials, NameTheResourceAsIamDoes) {
    const Keys alice = bed_.make_user("alice");
    for (const auto& [action, parameters, resource] : denials()) {
        SCOPED_TRACE(action);
        const http::Response response = ask(alice, action, parameters);
        EXPECT_EQ(outcome(response), "403 AccessDenied");
        EXPECT_EQ(message(response), "User: " + arn + "user/alice is not authorized to perform: " + action +
                                         " on resource: " + resource + " because no identity-based policy allows the " +
                                         action + " action");
    }
}

TEST_F(Denials, NameTheSameResourceWhereTheDenialIsExplicit) {
    const Keys alice = bed_.make_user(
        "alice", R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}})");
    for (const auto& [action, parameters, resource] : denials()) {
        SCOPED_TRACE(action);
        const http::Response response = ask(alice, action, parameters);
        EXPECT_EQ(outcome(response), "403 AccessDenied");
        EXPECT_EQ(message(response), "User: " + arn + "user/alice is not authorized to perform: " + action +
                                         " on resource: " + resource +
                                         " with an explicit deny in an identity-based policy");
    }
}

TEST_F(Denials, AreListedForEveryOperation) {
    // No policy can forbid the first two; where roles are assumed, refusals speak otherwise and have tests of their
    // own.
    std::set<std::string> listed = {"sts:GetCallerIdentity", "sts:GetSessionToken", "sts:AssumeRole",
                                    "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"};
    // Neither gives a user's keys such a refusal: tests/clients/test_assume_root.py, test_scoped_credentials.py.
    listed.insert({"sts:AssumeRoot", "sts:GetScopedCredentials"});
    for (const Denial& denial : denials()) listed.insert(denial.action);
    for (const auto& service : {iam::operations(), sts::operations()})
        for (const auto& rows : service)
            for (const api::Operation& operation : rows)
                EXPECT_TRUE(listed.contains(operation.action)) << operation.action;
}

TEST_F(Denials, NameCreatedThingsForTheirTagsAsForThemselves) {
    const Keys alice = bed_.make_user(
        "alice", R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:Create*","Resource":"*"}})");
    const struct {
        std::string action;
        Parameters parameters;
        std::string needed;
        std::string resource;
    } cases[] = {
        {"CreateUser", {{"UserName", "new"}}, "iam:TagUser", arn + "user/new"},
        {"CreateRole", {{"RoleName", "new"}, {"AssumeRolePolicyDocument", trust}}, "iam:TagRole", arn + "role/new"},
        {"CreatePolicy", {{"PolicyName", "new"}, {"PolicyDocument", empty_policy}}, "iam:TagPolicy", "policy new"},
        {"CreateInstanceProfile",
         {{"InstanceProfileName", "new"}},
         "iam:TagInstanceProfile",
         arn + "instance-profile/new"},
    };
    for (auto [action, parameters, needed, resource] : cases) {
        SCOPED_TRACE(action);
        parameters.push_back({"Tags.member.1.Key", "k"});
        parameters.push_back({"Tags.member.1.Value", "v"});
        EXPECT_EQ(message(bed_.iam(alice, action, parameters)),
                  "User: " + arn + "user/alice is not authorized to perform: " + needed + " on resource: " + resource +
                      " because no identity-based policy allows the " + needed + " action");
    }
}

TEST_F(Denials, NamePassedRolesInFull) {
    const Keys alice = bed_.make_user(
        "alice", R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:Add*","Resource":"*"}})");
    EXPECT_EQ(
        message(bed_.iam(alice, "AddRoleToInstanceProfile", {{"InstanceProfileName", "box"}, {"RoleName", "job"}})),
        "User: " + arn + "user/alice is not authorized to perform: iam:PassRole on resource: " + arn +
            "role/job because no identity-based policy allows the iam:PassRole action");
}

TEST_F(Denials, SayWhichTypeRefuses) {
    const std::string all = R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})";
    const std::string none =
        R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"iam:*","Resource":"*"}})";
    for (const auto& [name, document] : {std::pair("narrow", empty_policy), std::pair("closed", none)})
        bed_.iam({}, "CreatePolicy", {{"PolicyName", name}, {"PolicyDocument", document}});
    const Keys alice = bed_.make_user("alice", all);
    const auto refusal = [&](const Keys& keys) { return message(bed_.iam(keys, "GetUser", {{"UserName", "bob"}})); };
    const auto ends = [](const std::string& text, const std::string& with) {
        return text.size() > with.size() && text.substr(text.size() - with.size()) == with ? with : text;
    };
    const auto bound = [&](const char* name) {
        bed_.iam({}, "PutUserPermissionsBoundary",
                 {{"UserName", "alice"}, {"PermissionsBoundary", arn + "policy/" + name}});
    };
    const std::string implicit_boundary = "because no permissions boundary allows the iam:GetUser action";
    const std::string explicit_boundary = "with an explicit deny in a permissions boundary: " + arn + "policy/closed";
    bound("narrow");
    EXPECT_EQ(ends(refusal(alice), implicit_boundary), implicit_boundary);
    bound("closed");
    EXPECT_EQ(ends(refusal(alice), explicit_boundary), explicit_boundary);
    bed_.iam({}, "DeleteUserPermissionsBoundary", {{"UserName", "alice"}});

    bed_.iam({}, "PutRolePolicy", {{"RoleName", "job"}, {"PolicyName", "own"}, {"PolicyDocument", all}});
    const auto session = [&](const std::string& policy) {
        const http::Response answer = bed_.sts(
            alice, "AssumeRole", {{"RoleArn", arn + "role/job"}, {"RoleSessionName", "s1"}, {"Policy", policy}});
        return Keys{element(answer.body, "AccessKeyId"), element(answer.body, "SecretAccessKey"),
                    element(answer.body, "SessionToken")};
    };
    const std::string implicit_session = "because no session policy allows the iam:GetUser action";
    const std::string explicit_session = "with an explicit deny in a session policy";
    EXPECT_EQ(ends(refusal(session(empty_policy)), implicit_session), implicit_session);
    EXPECT_EQ(ends(refusal(session(none)), explicit_session), explicit_session);
    EXPECT_EQ(refusal(session(none)).rfind("User: arn:aws:sts::000000000000:assumed-role/job/s1 is not authorized", 0),
              0u);
}

}  // namespace
}  // namespace iamlocal::app
