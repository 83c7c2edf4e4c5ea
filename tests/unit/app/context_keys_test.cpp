// Which condition keys each permission sees, with which values, and which it does not see. The table follows AWS's
// service authorization reference ("Actions, resources, and condition keys" for IAM and for STS); keys of all requests
// are those of "AWS global condition context keys".
#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "app/operations.hpp"
#include "unit/app/client.hpp"
#include "unit/app/samples.hpp"

namespace iamlocal::app {
namespace {

/// A key with the value that it must have; several values: a multivalued key.
using Keys_ = std::map<std::string, std::vector<std::string>>;

/// What is asked: `permission` is the operation's own unless it is one that the operation needs besides.
struct Row {
    std::string permission;
    Parameters parameters;
    Keys_ keys;
    std::string operation = {};
};

const std::string account = "000000000000";
const std::string boundary_set = "arn:aws:iam::000000000000:policy/limit";
const std::string policy_arn = "arn:aws:iam::000000000000:policy/shared";
const std::string device_arn = "arn:aws:iam::000000000000:mfa/phone";
const std::string entity_path = "o-exampleorgid/r-abcd";
const std::string job_arn = "arn:aws:iam::000000000000:role/job";
const std::string oidc_arn = "arn:aws:iam::000000000000:oidc-provider/idp.example.com";
const std::string saml_arn = "arn:aws:iam::000000000000:saml-provider/corp";
/// Keys of one operation or another; a row that does not name one says that it is absent.
const std::vector<std::string> keys_of_operations = {"aws:RequestTag/team",
                                                     "aws:TagKeys",
                                                     "aws:ResourceTag/owner",
                                                     "iam:ResourceTag/owner",
                                                     "iam:PolicyARN",
                                                     "iam:PassedToService",
                                                     "iam:AssociatedResourceArn",
                                                     "iam:PermissionsBoundary",
                                                     "iam:AWSServiceName",
                                                     "sts:ExternalId",
                                                     "sts:RoleSessionName",
                                                     "sts:SourceIdentity",
                                                     "sts:TransitiveTagKeys",
                                                     "sts:IdentityTokenAudience",
                                                     "sts:IdentityTokenScope",
                                                     "sts:SigningAlgorithm",
                                                     "sts:DurationSeconds",
                                                     "sts:SubjectMode",
                                                     "iam:ServiceSpecificCredentialServiceName",
                                                     "iam:ServiceSpecificCredentialAgeDays",
                                                     "iam:OrganizationsPolicyId",
                                                     "iam:AccountPropertyNamespaces",
                                                     "iam:RoleTemplateARN",
                                                     "iam:TemplateArn",
                                                     "iam:NotificationChannel",
                                                     "iam:DelegationDuration",
                                                     "iam:DelegationRequestOwner"};

/// Keys that a request with long-term keys of a user never has here.
const std::vector<std::string> never = {"aws:TokenIssueTime",
                                        "aws:MultiFactorAuthPresent",
                                        "aws:MultiFactorAuthAge",
                                        "aws:SourceIdentity",
                                        "aws:FederatedProvider",
                                        "aws:CalledVia",
                                        "aws:CalledViaFirst",
                                        "aws:CalledViaLast",
                                        "aws:SourceVpc",
                                        "aws:SourceVpce",
                                        "aws:VpcSourceIp",
                                        "aws:SourceArn",
                                        "aws:SourceAccount",
                                        "aws:PrincipalServiceName",
                                        "aws:PrincipalOrgID",
                                        "aws:PrincipalOrgPaths",
                                        "aws:PrincipalOrgMasterAccountId",
                                        "aws:ResourceOrgID",
                                        "aws:ResourceOrgPaths",
                                        "aws:Referer",
                                        "aws:AssumedRoot",
                                        "aws:PrincipalTag/none",
                                        "aws:RequestTag/none",
                                        "aws:ResourceTag/none"};

Keys_ keys_of_alice(const std::string& user_id, const std::string& region) {
    return {{"aws:PrincipalArn", {"arn:aws:iam::000000000000:user/alice"}},
            {"aws:PrincipalAccount", {account}},
            {"aws:PrincipalType", {"User"}},
            {"aws:userid", {user_id}},
            {"aws:username", {"alice"}},
            {"aws:PrincipalTag/dept", {"blue"}},
            {"aws:SourceIp", {"127.0.0.1"}},
            {"aws:SecureTransport", {"false"}},
            {"aws:CurrentTime", {"2027-01-15T08:00:00Z"}},
            {"aws:EpochTime", {"1800000000"}},
            {"aws:RequestedRegion", {region}},
            {"aws:UserAgent", {"tester/1"}},
            {"aws:ViaAWSService", {"false"}},
            {"aws:PrincipalIsAWSService", {"false"}},
            {"aws:ResourceAccount", {account}}};
}

Keys_ operator+(Keys_ a, const Keys_& b) {
    a.insert(b.begin(), b.end());
    return a;
}

std::vector<Row> table() {
    const Parameters user = {{"UserName", "bob"}};
    const Parameters group = {{"GroupName", "team"}};
    const Parameters role = {{"RoleName", "job"}};
    const Parameters policy = {{"PolicyArn", policy_arn}};
    const Parameters profile = {{"InstanceProfileName", "box"}};
    const Parameters oidc = {{"OpenIDConnectProviderArn", oidc_arn}};
    const Parameters saml = {{"SAMLProviderArn", saml_arn}};
    const Parameters device = {{"SerialNumber", device_arn}};
    const Parameters properties = {{"Properties.entry.1.key", "RoleManager/Enabled"},
                                   {"Properties.entry.1.value", "false"},
                                   {"Properties.entry.2.key", "Other/X"},
                                   {"Properties.entry.2.value", "y"}};
    const std::string role_template = "arn:aws:iam::aws:role-template/iam.amazonaws.com/PowerUserRoleTemplate:1";
    const Parameters request = {{"DelegationRequestId", "0123456789abcdef"}};
    const Parameters delegation = {{"Description", "d"},
                                   {"Permissions.PolicyTemplateArn", "arn:aws:iam::aws:delegation-template/x"},
                                   {"RequestorWorkflowId", "workflow"},
                                   {"NotificationChannel", "topic"},
                                   {"SessionDuration", "300"}};
    const Parameters codes = {{"AuthenticationCode1", "123456"}, {"AuthenticationCode2", "234567"}};
    const Parameters tags = {{"Tags.member.1.Key", "Team"},
                             {"Tags.member.1.Value", "red"},
                             {"Tags.member.2.Key", "Cost"},
                             {"Tags.member.2.Value", "7"}};
    const Parameters tag_keys = {{"TagKeys.member.1", "Team"}, {"TagKeys.member.2", "Cost"}};
    const std::string document =
        R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})";
    const std::string trust =
        R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}})";
    const auto with = [](Parameters a, const Parameters& b) {
        a.insert(a.end(), b.begin(), b.end());
        return a;
    };

    const std::string id(24, 'A');
    const Parameters certificate = {{"ServerCertificateName", "new"}, {"CertificateBody", "x"}, {"PrivateKey", "x"}};
    const Parameters named_certificate = {{"ServerCertificateName", "web"}};

    const Keys_ none;
    const Keys_ for_logs = {{"iam:ServiceSpecificCredentialServiceName", {"logs.amazonaws.com"}}};
    const Keys_ tagged = {{"aws:ResourceTag/owner", {"zoe"}}};
    const Keys_ tagged_principal = {{"aws:ResourceTag/owner", {"zoe"}}, {"iam:ResourceTag/owner", {"zoe"}}};
    const Keys_ of_alice = {{"aws:ResourceTag/dept", {"blue"}}, {"iam:ResourceTag/dept", {"blue"}}};
    const Keys_ limited = tagged_principal + Keys_{{"iam:PermissionsBoundary", {boundary_set}}};
    const Keys_ gives_boundary = {{"iam:PermissionsBoundary", {policy_arn}}};
    const Keys_ sends_tags = {{"aws:RequestTag/team", {"red"}}, {"aws:TagKeys", {"Team", "Cost"}}};
    const Keys_ removes_tags = {{"aws:TagKeys", {"Team", "Cost"}}};
    const Keys_ names_policy = {{"iam:PolicyARN", {policy_arn}}};

    const Parameters assume = {{"RoleArn", job_arn}, {"RoleSessionName", "run"}};
    const Parameters transitive = {{"TransitiveTagKeys.member.1", "Team"}, {"TransitiveTagKeys.member.2", "Cost"}};
    const Keys_ session_name = {{"sts:RoleSessionName", {"run"}}};
    const Keys_ transitive_keys = {{"sts:TransitiveTagKeys", {"Team", "Cost"}}};
    const Keys_ source_identity = {{"sts:SourceIdentity", {"carol"}}};

    const Parameters token = {{"Audience.member.1", "a"}, {"Audience.member.2", "b"}, {"SigningAlgorithm", "ES384"}};
    const Keys_ of_token = {{"sts:IdentityTokenAudience", {"a", "b"}},
                            {"sts:SigningAlgorithm", {"ES384"}},
                            {"sts:DurationSeconds", {"300"}},
                            {"sts:SubjectMode", {"AWSIdentity"}}};

    return {
        // Users
        {"iam:CreateUser", {{"UserName", "new"}}, none},
        {"iam:CreateUser", with({{"UserName", "new"}, {"PermissionsBoundary", policy_arn}}, tags),
         sends_tags + gives_boundary},
        {"iam:TagUser", with({{"UserName", "new"}}, tags), sends_tags, "iam:CreateUser"},
        {"iam:GetUser", user, tagged_principal},
        {"iam:UpdateUser", with(user, {{"NewUserName", "rob"}}), tagged_principal},
        {"iam:DeleteUser", user, tagged_principal},
        {"iam:ListUsers", {}, none},
        {"iam:TagUser", with(user, tags), tagged_principal + sends_tags},
        {"iam:UntagUser", with(user, tag_keys), tagged_principal + removes_tags},
        {"iam:ListUserTags", user, tagged_principal},
        {"iam:PutUserPermissionsBoundary", with(user, {{"PermissionsBoundary", policy_arn}}),
         tagged_principal + gives_boundary},
        {"iam:DeleteUserPermissionsBoundary", user, limited},
        // Groups
        {"iam:CreateGroup", {{"GroupName", "new"}}, none},
        {"iam:GetGroup", group, none},
        {"iam:UpdateGroup", with(group, {{"NewGroupName", "crew"}}), none},
        {"iam:DeleteGroup", group, none},
        {"iam:ListGroups", {}, none},
        {"iam:AddUserToGroup", with(group, user), none},
        {"iam:RemoveUserFromGroup", with(group, user), none},
        {"iam:ListGroupsForUser", user, tagged_principal},
        // Access keys
        {"iam:CreateAccessKey", user, tagged_principal},
        {"iam:UpdateAccessKey", with(user, {{"AccessKeyId", "KEY"}, {"Status", "Active"}}), tagged_principal},
        {"iam:DeleteAccessKey", with(user, {{"AccessKeyId", "KEY"}}), tagged_principal},
        {"iam:ListAccessKeys", user, tagged_principal},
        {"iam:GetAccessKeyLastUsed", {{"AccessKeyId", "KEY"}}, tagged_principal},
        // MFA devices
        {"iam:CreateVirtualMFADevice", {{"VirtualMFADeviceName", "new"}}, none},
        {"iam:CreateVirtualMFADevice", with({{"VirtualMFADeviceName", "new"}}, tags), sends_tags},
        {"iam:TagMFADevice", with({{"VirtualMFADeviceName", "new"}}, tags), sends_tags, "iam:CreateVirtualMFADevice"},
        {"iam:DeleteVirtualMFADevice", device, tagged},
        {"iam:ListVirtualMFADevices", {}, none},
        {"iam:EnableMFADevice", with(with(user, device), codes), tagged_principal},
        {"iam:ResyncMFADevice", with(with(user, device), codes), tagged_principal},
        {"iam:DeactivateMFADevice", with(user, device), tagged_principal},
        {"iam:ListMFADevices", user, tagged_principal},
        {"iam:GetMFADevice", with(user, device), tagged_principal},
        {"iam:TagMFADevice", with(device, tags), tagged + sends_tags},
        {"iam:UntagMFADevice", with(device, tag_keys), tagged + removes_tags},
        {"iam:ListMFADeviceTags", device, tagged},
        // Passwords
        {"iam:CreateLoginProfile", with(user, {{"Password", "x"}}), tagged_principal},
        {"iam:GetLoginProfile", user, tagged_principal},
        {"iam:UpdateLoginProfile", user, tagged_principal},
        {"iam:DeleteLoginProfile", user, tagged_principal},
        {"iam:ChangePassword", {{"OldPassword", "x"}, {"NewPassword", "y"}}, of_alice},
        {"iam:UpdateAccountPasswordPolicy", {}, none},
        {"iam:GetAccountPasswordPolicy", {}, none},
        {"iam:DeleteAccountPasswordPolicy", {}, none},
        // Roles
        {"iam:CreateServiceLinkedRole",
         {{"AWSServiceName", "ecs.amazonaws.com"}},
         {{"iam:AWSServiceName", {"ecs.amazonaws.com"}}}},
        {"iam:DeleteServiceLinkedRole", role, tagged_principal},
        {"iam:GetServiceLinkedRoleDeletionStatus", {{"DeletionTaskId", "task"}}, none},
        {"iam:CreateRole", {{"RoleName", "new"}, {"AssumeRolePolicyDocument", trust}}, none},
        {"iam:CreateRole",
         with({{"RoleName", "new"}, {"AssumeRolePolicyDocument", trust}, {"PermissionsBoundary", policy_arn}}, tags),
         sends_tags + gives_boundary},
        {"iam:TagRole", with({{"RoleName", "new"}, {"AssumeRolePolicyDocument", trust}}, tags), sends_tags,
         "iam:CreateRole"},
        {"iam:GetRole", role, limited},
        {"iam:UpdateRole", role, limited},
        {"iam:UpdateRoleDescription", with(role, {{"Description", "x"}}), limited},
        {"iam:UpdateAssumeRolePolicy", with(role, {{"PolicyDocument", trust}}), limited},
        {"iam:DeleteRole", role, limited},
        {"iam:ListRoles", {}, none},
        {"iam:TagRole", with(role, tags), tagged_principal + sends_tags},
        {"iam:UntagRole", with(role, tag_keys), tagged_principal + removes_tags},
        {"iam:ListRoleTags", role, tagged_principal},
        {"iam:PutRolePermissionsBoundary", with(role, {{"PermissionsBoundary", policy_arn}}),
         tagged_principal + gives_boundary},
        {"iam:DeleteRolePermissionsBoundary", role, limited},
        // Managed policies and their versions
        {"iam:CreatePolicy", {{"PolicyName", "new"}, {"PolicyDocument", document}}, none},
        {"iam:CreatePolicy", with({{"PolicyName", "new"}, {"PolicyDocument", document}}, tags), sends_tags},
        {"iam:TagPolicy", with({{"PolicyName", "new"}, {"PolicyDocument", document}}, tags), sends_tags,
         "iam:CreatePolicy"},
        {"iam:GetPolicy", policy, tagged},
        {"iam:DeletePolicy", policy, tagged},
        {"iam:ListPolicies", {}, none},
        {"iam:TagPolicy", with(policy, tags), tagged + sends_tags},
        {"iam:UntagPolicy", with(policy, tag_keys), tagged + removes_tags},
        {"iam:ListPolicyTags", policy, tagged},
        {"iam:CreatePolicyVersion", with(policy, {{"PolicyDocument", document}}), tagged},
        {"iam:GetPolicyVersion", with(policy, {{"VersionId", "v1"}}), tagged},
        {"iam:DeletePolicyVersion", with(policy, {{"VersionId", "v1"}}), tagged},
        {"iam:ListPolicyVersions", policy, tagged},
        {"iam:SetDefaultPolicyVersion", with(policy, {{"VersionId", "v1"}}), tagged},
        // Attachments
        {"iam:AttachUserPolicy", with(user, policy), limited + names_policy},
        {"iam:AttachGroupPolicy", with(group, policy), names_policy},
        {"iam:AttachRolePolicy", with(role, policy), limited + names_policy},
        {"iam:DetachUserPolicy", with(user, policy), limited + names_policy},
        {"iam:DetachGroupPolicy", with(group, policy), names_policy},
        {"iam:DetachRolePolicy", with(role, policy), limited + names_policy},
        {"iam:ListAttachedUserPolicies", user, tagged_principal},
        {"iam:ListAttachedGroupPolicies", group, none},
        {"iam:ListAttachedRolePolicies", role, tagged_principal},
        {"iam:ListEntitiesForPolicy", policy, tagged},
        // Inline policies
        {"iam:PutUserPolicy", with(user, {{"PolicyName", "p"}, {"PolicyDocument", document}}), limited},
        {"iam:PutGroupPolicy", with(group, {{"PolicyName", "p"}, {"PolicyDocument", document}}), none},
        {"iam:PutRolePolicy", with(role, {{"PolicyName", "p"}, {"PolicyDocument", document}}), limited},
        {"iam:GetUserPolicy", with(user, {{"PolicyName", "p"}}), tagged_principal},
        {"iam:GetGroupPolicy", with(group, {{"PolicyName", "p"}}), none},
        {"iam:GetRolePolicy", with(role, {{"PolicyName", "p"}}), tagged_principal},
        {"iam:DeleteUserPolicy", with(user, {{"PolicyName", "p"}}), limited},
        {"iam:DeleteGroupPolicy", with(group, {{"PolicyName", "p"}}), none},
        {"iam:DeleteRolePolicy", with(role, {{"PolicyName", "p"}}), limited},
        {"iam:ListUserPolicies", user, tagged_principal},
        {"iam:ListGroupPolicies", group, none},
        {"iam:ListRolePolicies", role, tagged_principal},
        // Instance profiles
        {"iam:CreateInstanceProfile", {{"InstanceProfileName", "new"}}, none},
        {"iam:CreateInstanceProfile", with({{"InstanceProfileName", "new"}}, tags), sends_tags},
        {"iam:TagInstanceProfile", with({{"InstanceProfileName", "new"}}, tags), sends_tags,
         "iam:CreateInstanceProfile"},
        {"iam:GetInstanceProfile", profile, tagged},
        {"iam:DeleteInstanceProfile", profile, tagged},
        {"iam:ListInstanceProfiles", {}, none},
        {"iam:ListInstanceProfilesForRole", role, tagged_principal},
        {"iam:AddRoleToInstanceProfile", with(profile, role), tagged},
        {"iam:PassRole", with(profile, role),
         tagged_principal + Keys_{{"iam:PassedToService", {"ec2.amazonaws.com"}},
                                  {"iam:AssociatedResourceArn", {"arn:aws:ec2:*:000000000000:instance/*"}}},
         "iam:AddRoleToInstanceProfile"},
        {"iam:RemoveRoleFromInstanceProfile", with(profile, role), tagged},
        {"iam:TagInstanceProfile", with(profile, tags), tagged + sends_tags},
        {"iam:UntagInstanceProfile", with(profile, tag_keys), tagged + removes_tags},
        {"iam:ListInstanceProfileTags", profile, tagged},
        // Certificates, SSH keys and service-specific credentials
        {"iam:UploadServerCertificate", certificate, none},
        {"iam:UploadServerCertificate", with(certificate, tags), sends_tags},
        {"iam:TagServerCertificate", with(certificate, tags), sends_tags, "iam:UploadServerCertificate"},
        {"iam:GetServerCertificate", named_certificate, tagged},
        {"iam:UpdateServerCertificate", named_certificate, tagged},
        {"iam:DeleteServerCertificate", named_certificate, tagged},
        {"iam:ListServerCertificates", {}, none},
        {"iam:TagServerCertificate", with(named_certificate, tags), tagged + sends_tags},
        {"iam:UntagServerCertificate", with(named_certificate, tag_keys), tagged + removes_tags},
        {"iam:ListServerCertificateTags", named_certificate, tagged},
        {"iam:UploadSigningCertificate", with(user, {{"CertificateBody", "x"}}), tagged_principal},
        {"iam:UpdateSigningCertificate", with(user, {{"CertificateId", id}, {"Status", "Active"}}), tagged_principal},
        {"iam:DeleteSigningCertificate", with(user, {{"CertificateId", id}}), tagged_principal},
        {"iam:ListSigningCertificates", user, tagged_principal},
        {"iam:UploadSSHPublicKey", with(user, {{"SSHPublicKeyBody", "x"}}), tagged_principal},
        {"iam:GetSSHPublicKey", with(user, {{"SSHPublicKeyId", id}, {"Encoding", "SSH"}}), tagged_principal},
        {"iam:UpdateSSHPublicKey", with(user, {{"SSHPublicKeyId", id}, {"Status", "Active"}}), tagged_principal},
        {"iam:DeleteSSHPublicKey", with(user, {{"SSHPublicKeyId", id}}), tagged_principal},
        {"iam:ListSSHPublicKeys", user, tagged_principal},
        {"iam:CreateServiceSpecificCredential", with(user, {{"ServiceName", "LOGS.amazonaws.com"}}),
         tagged_principal + for_logs},
        {"iam:CreateServiceSpecificCredential",
         with(user, {{"ServiceName", "logs.amazonaws.com"}, {"CredentialAgeDays", "30"}}),
         tagged_principal + for_logs + Keys_{{"iam:ServiceSpecificCredentialAgeDays", {"30"}}}},
        {"iam:UpdateServiceSpecificCredential",
         with(user, {{"ServiceSpecificCredentialId", "CREDENTIAL"}, {"Status", "Active"}}),
         tagged_principal + for_logs},
        {"iam:UpdateServiceSpecificCredential", with(user, {{"ServiceSpecificCredentialId", id}, {"Status", "Active"}}),
         tagged_principal},
        {"iam:ResetServiceSpecificCredential", with(user, {{"ServiceSpecificCredentialId", "CREDENTIAL"}}),
         tagged_principal + for_logs},
        {"iam:DeleteServiceSpecificCredential", with(user, {{"ServiceSpecificCredentialId", "CREDENTIAL"}}),
         tagged_principal + for_logs},
        {"iam:ListServiceSpecificCredentials", with(user, {{"ServiceName", "logs.amazonaws.com"}}), tagged_principal},
        {"iam:ListServiceSpecificCredentials", {{"AllUsers", "true"}}, none},
        // Identity providers
        {"iam:CreateOpenIDConnectProvider", {{"Url", "https://new.example.com"}}, none},
        {"iam:CreateOpenIDConnectProvider", with({{"Url", "https://new.example.com"}}, tags), sends_tags},
        {"iam:TagOpenIDConnectProvider", with({{"Url", "https://new.example.com"}}, tags), sends_tags,
         "iam:CreateOpenIDConnectProvider"},
        {"iam:GetOpenIDConnectProvider", oidc, tagged},
        {"iam:DeleteOpenIDConnectProvider", oidc, tagged},
        {"iam:ListOpenIDConnectProviders", {}, none},
        {"iam:TagOpenIDConnectProvider", with(oidc, tags), tagged + sends_tags},
        {"iam:UntagOpenIDConnectProvider", with(oidc, tag_keys), tagged + removes_tags},
        {"iam:ListOpenIDConnectProviderTags", oidc, tagged},
        {"iam:CreateSAMLProvider", {{"Name", "new"}, {"SAMLMetadataDocument", metadata}}, none},
        {"iam:CreateSAMLProvider", with({{"Name", "new"}, {"SAMLMetadataDocument", metadata}}, tags), sends_tags},
        {"iam:TagSAMLProvider", with({{"Name", "new"}, {"SAMLMetadataDocument", metadata}}, tags), sends_tags,
         "iam:CreateSAMLProvider"},
        {"iam:GetSAMLProvider", saml, tagged},
        {"iam:DeleteSAMLProvider", saml, tagged},
        {"iam:ListSAMLProviders", {}, none},
        {"iam:TagSAMLProvider", with(saml, tags), tagged + sends_tags},
        {"iam:UntagSAMLProvider", with(saml, tag_keys), tagged + removes_tags},
        {"iam:ListSAMLProviderTags", saml, tagged},
        {"iam:AddClientIDToOpenIDConnectProvider", with(oidc, {{"ClientID", "a"}}), tagged},
        {"iam:RemoveClientIDFromOpenIDConnectProvider", with(oidc, {{"ClientID", "a"}}), tagged},
        {"iam:UpdateOpenIDConnectProviderThumbprint", with(oidc, {{"ThumbprintList.member.1", std::string(40, 'a')}}),
         tagged},
        {"iam:UpdateSAMLProvider", with(saml, {{"SAMLMetadataDocument", metadata}}), tagged},
        // The account, and the simulator
        {"iam:CreateAccountAlias", {{"AccountAlias", "my-company"}}, none},
        {"iam:DeleteAccountAlias", {{"AccountAlias", "my-company"}}, none},
        {"iam:ListAccountAliases", {}, none},
        {"iam:GetAccountSummary", {}, none},
        {"iam:GetAccountAuthorizationDetails", {}, none},
        // Reports
        {"iam:ListPoliciesGrantingServiceAccess",
         {{"Arn", "arn:aws:iam::000000000000:user/bob"}, {"ServiceNamespaces.member.1", "s3"}},
         tagged_principal},
        {"iam:GenerateServiceLastAccessedDetails", {{"Arn", "arn:aws:iam::000000000000:role/job"}}, tagged_principal},
        {"iam:GenerateServiceLastAccessedDetails", {{"Arn", policy_arn}}, tagged},
        {"iam:GetServiceLastAccessedDetails", {{"JobId", job_id}}, none},
        {"iam:GetServiceLastAccessedDetailsWithEntities", {{"JobId", job_id}, {"ServiceNamespace", "s3"}}, none},
        {"iam:GenerateOrganizationsAccessReport", {{"EntityPath", entity_path}}, none},
        {"iam:GenerateOrganizationsAccessReport",
         {{"EntityPath", entity_path}, {"OrganizationsPolicyId", "p-12345678"}},
         {{"iam:OrganizationsPolicyId", {"p-12345678"}}}},
        {"iam:GetOrganizationsAccessReport", {{"JobId", job_id}}, none},
        {"iam:GenerateCredentialReport", {}, none},
        {"iam:GetCredentialReport", {}, none},
        {"iam:EnableOrganizationsRootCredentialsManagement", {}, none},
        {"iam:DisableOrganizationsRootCredentialsManagement", {}, none},
        {"iam:EnableOrganizationsRootSessions", {}, none},
        {"iam:DisableOrganizationsRootSessions", {}, none},
        {"iam:ListOrganizationsFeatures", {}, none},
        {"iam:EnableOutboundWebIdentityFederation", {}, none},
        {"iam:DisableOutboundWebIdentityFederation", {}, none},
        {"iam:GetOutboundWebIdentityFederationInfo", {}, none},
        {"iam:SetSecurityTokenServicePreferences", {{"GlobalEndpointTokenVersion", "v2Token"}}, none},
        // Once each; the form of a list of several.
        {"iam:GetAccountProperties", {}, {{"iam:AccountPropertyNamespaces", {"RoleManager", "RoleManager"}}}},
        {"iam:PutAccountProperties", properties, {{"iam:AccountPropertyNamespaces", {"RoleManager", "Other"}}}},
        {"iam:GetRoleTemplateVersion", {{"TemplateArn", role_template}}, {{"aws:ResourceAccount", {"639982225848"}}}},
        {"iam:CreateDelegationRequest",
         delegation,
         {{"iam:TemplateArn", {"arn:aws:iam::aws:delegation-template/x"}},
          {"iam:NotificationChannel", {"topic"}},
          {"iam:DelegationDuration", {"300"}}}},
        {"iam:ListDelegationRequests", {}, none},
        {"iam:ListDelegationRequests", {{"OwnerId", policy_arn}}, {{"iam:DelegationRequestOwner", {policy_arn}}}},
        {"iam:GetDelegationRequest", request, none},
        {"iam:AssociateDelegationRequest", request, none},
        {"iam:UpdateDelegationRequest", request, none},
        {"iam:AcceptDelegationRequest", request, none},
        {"iam:RejectDelegationRequest", request, none},
        {"iam:SendDelegationToken", request, none},
        {"iam:GetHumanReadableSummary",
         {{"EntityArn", "arn:aws:iam::000000000000:delegation-request/0123456789abcdef"}},
         none},
        {"iam:SimulateCustomPolicy",
         {{"PolicyInputList.member.1", document}, {"ActionNames.member.1", "s3:GetObject"}},
         none},
        {"iam:SimulatePrincipalPolicy",
         {{"PolicySourceArn", "arn:aws:iam::000000000000:user/bob"}, {"ActionNames.member.1", "s3:GetObject"}},
         tagged_principal},
        {"iam:GetContextKeysForCustomPolicy", {{"PolicyInputList.member.1", document}}, none},
        {"iam:GetContextKeysForPrincipalPolicy",
         {{"PolicySourceArn", "arn:aws:iam::000000000000:user/bob"}},
         tagged_principal},
        // STS
        {"sts:AssumeRole", assume, tagged_principal + session_name},
        {"sts:AssumeRole",
         with(with(with(assume, tags), transitive), {{"ExternalId", "ticket"}, {"SourceIdentity", "carol"}}),
         tagged_principal + session_name + sends_tags + transitive_keys + source_identity +
             Keys_{{"sts:ExternalId", {"ticket"}}}},
        {"sts:TagSession", with(assume, tags), tagged_principal + sends_tags, "sts:AssumeRole"},
        {"sts:TagSession",
         with(with(with(assume, tags), transitive), {{"ExternalId", "ticket"}, {"SourceIdentity", "carol"}}),
         tagged_principal + sends_tags + transitive_keys, "sts:AssumeRole"},
        {"sts:SetSourceIdentity", with(with(assume, tags), {{"ExternalId", "ticket"}, {"SourceIdentity", "carol"}}),
         tagged_principal + source_identity, "sts:AssumeRole"},
        {"sts:GetFederationToken", {{"Name", "carol"}}, none},
        {"sts:GetFederationToken", with({{"Name", "carol"}}, tags), sends_tags},
        {"sts:TagSession", with({{"Name", "carol"}}, tags), sends_tags, "sts:GetFederationToken"},
        {"sts:GetDelegatedAccessToken", {{"TradeInToken", "x"}}, none},
        {"sts:GetAccessKeyInfo", {{"AccessKeyId", "KEY"}}, none},
        {"sts:DecodeAuthorizationMessage", {{"EncodedMessage", "x"}}, none},
        {"sts:GetWebIdentityToken", token, of_token},
        {"sts:GetWebIdentityToken", with(token, tags), of_token + sends_tags},
        {"sts:TagGetWebIdentityToken", with(token, tags), sends_tags, "sts:GetWebIdentityToken"},
        {"sts:SetWebIdentityTokenScope", with(token, {{"Scope", "read write"}}),
         Keys_{{"sts:IdentityTokenScope", {"read", "write"}}}, "sts:GetWebIdentityToken"},
    };
}

/// No policy can grant or forbid them, so there is nobody to see a key.
const std::set<std::string> exempt = {"sts:GetCallerIdentity", "sts:GetSessionToken"};

/// Nobody signs them, and only a trust policy sees their keys: tests/clients/test_web_identity.py, test_saml.py.
const std::set<std::string> unsigned_requests = {"sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"};
/// The first gives no reason, the second takes no long-term keys: tests/clients/test_assume_root.py,
/// test_scoped_credentials.py.
const std::set<std::string> seen_elsewhere = {"sts:AssumeRoot", "sts:GetScopedCredentials"};

/// A condition block that holds when all these keys have these values and the others are absent.
std::string condition(const Keys_& present, const std::vector<std::string>& absent) {
    std::map<std::string, std::string> blocks;
    const auto add = [&](const std::string& op, const std::string& key, const std::string& json) {
        std::string& block = blocks[op];
        block += (block.empty() ? "" : ",") + fmt::format(R"("{}":{})", key, json);
    };
    for (const auto& [key, values] : present) {
        if (values.size() == 1) {
            add("StringEquals", key, "\"" + values[0] + "\"");
            continue;
        }
        add("Null", key, R"("false")");
        add("ForAllValues:StringEquals", key, fmt::format(R"(["{}"])", fmt::join(values, R"(",")")));
        // Each of the values is there.
        add("ForAnyValue:StringEquals", key, "\"" + values.front() + "\"");
        add("ForAnyValue:StringLike", key, "\"" + values.back() + "\"");
    }
    for (const std::string& key : absent) add("Null", key, R"("true")");
    std::string json;
    for (const auto& [op, block] : blocks) json += (json.empty() ? "" : ",") + fmt::format(R"("{}":{{{}}})", op, block);
    return "{" + json + "}";
}

class ContextKeysTest : public testing::Test {
  protected:
    ContextKeysTest() {
        alice_ = bed_.make_user("alice");
        tag("TagUser", {{"UserName", "alice"}}, "Dept", "blue");
        user_id_ = element(bed_.iam({}, "GetUser", {{"UserName", "alice"}}).body, "UserId");
        for (const char* name : {"limit", "shared"})
            bed_.iam({}, "CreatePolicy",
                     {{"PolicyName", name},
                      {"PolicyDocument",
                       R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})"}});
        bob_ = bed_.make_user("bob");
        bed_.iam({}, "PutUserPermissionsBoundary", {{"UserName", "bob"}, {"PermissionsBoundary", boundary_set}});
        bed_.iam({}, "CreateGroup", {{"GroupName", "team"}});
        bed_.iam({}, "CreateRole",
                 {{"RoleName", "job"},
                  {"PermissionsBoundary", boundary_set},
                  {"AssumeRolePolicyDocument",
                   R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"000000000000"},
                       "Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]}})"}});
        bed_.iam({}, "CreateInstanceProfile", {{"InstanceProfileName", "box"}});
        bed_.iam({}, "CreateOpenIDConnectProvider", {{"Url", "https://idp.example.com"}});
        bed_.iam({}, "CreateSAMLProvider", {{"Name", "corp"}, {"SAMLMetadataDocument", metadata}});
        tag("TagOpenIDConnectProvider", {{"OpenIDConnectProviderArn", oidc_arn}}, "Owner", "zoe");
        tag("TagSAMLProvider", {{"SAMLProviderArn", saml_arn}}, "Owner", "zoe");
        bed_.iam({}, "CreateVirtualMFADevice", {{"VirtualMFADeviceName", "phone"}});
        tag("TagUser", {{"UserName", "bob"}}, "Owner", "zoe");
        tag("TagMFADevice", {{"SerialNumber", device_arn}}, "Owner", "zoe");
        tag("TagRole", {{"RoleName", "job"}}, "Owner", "zoe");
        tag("TagPolicy", {{"PolicyArn", policy_arn}}, "Owner", "zoe");
        tag("TagInstanceProfile", {{"InstanceProfileName", "box"}}, "Owner", "zoe");
        bed_.iam({}, "UploadServerCertificate",
                 {{"ServerCertificateName", "web"},
                  {"CertificateBody", sample("leaf.crt")},
                  {"PrivateKey", sample("leaf.key")}});
        tag("TagServerCertificate", {{"ServerCertificateName", "web"}}, "Owner", "zoe");
        credential_ = element(bed_.iam({}, "CreateServiceSpecificCredential",
                                       {{"UserName", "bob"}, {"ServiceName", "logs.amazonaws.com"}})
                                  .body,
                              "ServiceSpecificCredentialId");
    }

    void tag(const std::string& action, Parameters parameters, const std::string& key, const std::string& value) {
        parameters.push_back({"Tags.member.1.Key", key});
        parameters.push_back({"Tags.member.1.Value", value});
        const http::Response answer = bed_.iam({}, action, parameters);
        ASSERT_EQ(answer.status, 200) << answer.body;
    }

    /// Whether a Deny with this condition applies to the row's permission. Nothing allows the permission besides, so
    /// the operation is refused either way and changes nothing; the message tells the one from the other.
    bool applies(const Row& row, const std::string& json) {
        const std::string document = fmt::format(
            R"({{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","NotAction":"{0}","Resource":"*"}},
               {{"Effect":"Deny","Action":"{0}","Resource":"*","Condition":{1}}}]}})",
            row.permission, json);
        const http::Response put =
            bed_.iam({}, "PutUserPolicy", {{"UserName", "alice"}, {"PolicyName", "own"}, {"PolicyDocument", document}});
        EXPECT_EQ(put.status, 200) << put.body << document;
        const std::string& action = row.operation.empty() ? row.permission : row.operation;
        std::string body = fmt::format("Action={}&Version={}", action.substr(4),
                                       action.starts_with("iam") ? "2010-05-08" : "2011-06-15");
        for (const auto& [name, value] : row.parameters) {
            const std::string& sent = value == "KEY" ? bob_.id : value == "CREDENTIAL" ? credential_ : value;
            body += "&" + percent_encode(name) + "=" + percent_encode(sent);
        }
        const http::Response answer = bed_.send(alice_, action.substr(0, 3), body, {{"User-Agent", "tester/1"}});
        EXPECT_EQ(outcome(answer), "403 AccessDenied") << answer.body;
        EXPECT_NE(message(answer).find("perform: " + row.permission + " on resource: "), std::string::npos)
            << message(answer);
        return message(answer).find("with an explicit deny in an identity-based policy") != std::string::npos;
    }

    Bed bed_;
    Keys alice_;
    Keys bob_;
    std::string user_id_;
    std::string credential_;
};

TEST_F(ContextKeysTest, EveryPermissionSeesItsKeysAndNoOthers) {
    for (const Row& row : table()) {
        SCOPED_TRACE(fmt::format("{} {}", row.permission, row.operation));
        const Keys_ expected =
            row.keys + keys_of_alice(user_id_, row.permission.starts_with("iam") ? "us-east-1" : "eu-west-1");
        std::vector<std::string> absent = never;
        for (const std::string& key : keys_of_operations)
            if (!row.keys.contains(key)) absent.push_back(key);
        // In portions, since an inline policy has room for 2,048 characters.
        Keys_ portion;
        const auto check = [&](const Keys_& present, const std::vector<std::string>& missing) {
            if (applies(row, condition(present, missing))) return;
            for (const auto& [key, values] : present)
                EXPECT_TRUE(applies(row, condition({{key, values}}, {}))) << key << " should be " << values.front();
            for (const std::string& key : missing)
                EXPECT_TRUE(applies(row, condition({}, {key}))) << key << " should be absent";
            ADD_FAILURE();
        };
        for (const auto& entry : expected) {
            portion.insert(entry);
            if (portion.size() < 14) continue;
            check(portion, {});
            portion.clear();
        }
        check(portion, {});
        for (std::size_t at = 0; at < absent.size(); at += 24)
            check({}, {absent.begin() + static_cast<std::ptrdiff_t>(at),
                       absent.begin() + static_cast<std::ptrdiff_t>(std::min(at + 24, absent.size()))});
    }
}

TEST_F(ContextKeysTest, TheTestCanFail) {
    const Row row{"iam:GetUser", {{"UserName", "bob"}}, {}};
    EXPECT_TRUE(applies(row, condition({{"aws:ResourceTag/owner", {"zoe"}}}, {"aws:TagKeys"})));
    EXPECT_FALSE(applies(row, condition({{"aws:ResourceTag/owner", {"amy"}}}, {"aws:TagKeys"})));
    EXPECT_FALSE(applies(row, condition({{"aws:ResourceTag/owner", {"zoe"}}}, {"aws:username"})));
    const Row tags{
        "iam:TagUser", {{"UserName", "bob"}, {"Tags.member.1.Key", "Team"}, {"Tags.member.1.Value", "red"}}, {}};
    EXPECT_FALSE(applies(tags, condition({{"aws:TagKeys", {"Team", "Cost"}}}, {})));
}

TEST_F(ContextKeysTest, EveryOperationHasARow) {
    std::set<std::string> rows = exempt;
    rows.insert(unsigned_requests.begin(), unsigned_requests.end());
    for (const Row& row : table()) rows.insert(row.operation.empty() ? row.permission : row.operation);
    rows.insert(seen_elsewhere.begin(), seen_elsewhere.end());
    std::set<std::string> served;
    for (const Service& service : served_services().rows())
        for (const auto& resource : service.operations)
            for (const api::Operation& operation : resource) served.insert(operation.action);
    EXPECT_EQ(rows, served);
}

TEST_F(ContextKeysTest, NobodyCanForbidWhatIsExempt) {
    bed_.iam(
        {}, "PutUserPolicy",
        {{"UserName", "alice"},
         {"PolicyName", "own"},
         {"PolicyDocument", R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}})"}});
    for (const std::string& action : exempt) EXPECT_EQ(outcome(bed_.sts(alice_, action.substr(4))), "200") << action;
}

/// Keys by kind of caller, asked of the permission to list users or, where sessions may not call IAM, to assume a role.
TEST_F(ContextKeysTest, TemporaryCredentialsAndRootHaveKeysOfTheirOwn) {
    const auto keys_from = [](const http::Response& answer) {
        EXPECT_EQ(answer.status, 200) << answer.body;
        return Keys{element(answer.body, "AccessKeyId"), element(answer.body, "SecretAccessKey"),
                    element(answer.body, "SessionToken")};
    };
    bed_.iam(
        {}, "CreateRole",
        {{"RoleName", "worker"},
         {"Path", "/jobs/"},
         {"AssumeRolePolicyDocument",
          R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:user/alice"},
                   "Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]}})"}});
    tag("TagRole", {{"RoleName", "worker"}}, "Dept", "green");
    tag("TagRole", {{"RoleName", "worker"}}, "Rank", "low");
    const std::string role_id = element(bed_.iam({}, "GetRole", {{"RoleName", "worker"}}).body, "RoleId");
    const Keys session = keys_from(bed_.sts(alice_, "AssumeRole",
                                            {{"RoleArn", "arn:aws:iam::000000000000:role/jobs/worker"},
                                             {"RoleSessionName", "run"},
                                             {"SourceIdentity", "carol"},
                                             {"Tags.member.1.Key", "dept"},
                                             {"Tags.member.1.Value", "white"}}));
    const Keys_ of_session = {{"aws:PrincipalArn", {"arn:aws:iam::000000000000:role/jobs/worker"}},
                              {"aws:PrincipalType", {"AssumedRole"}},
                              {"aws:userid", {role_id + ":run"}},
                              {"aws:PrincipalTag/Dept", {"white"}},
                              {"aws:PrincipalTag/Rank", {"low"}},
                              {"aws:TokenIssueTime", {"2027-01-15T08:00:00Z"}},
                              {"aws:MultiFactorAuthPresent", {"false"}},
                              {"aws:SourceIdentity", {"carol"}}};
    const auto denied_to_role = [&](const std::string& json) {
        bed_.iam(
            {}, "PutRolePolicy",
            {{"RoleName", "worker"},
             {"PolicyName", "own"},
             {"PolicyDocument",
              R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"iam:ListUsers","Resource":"*","Condition":)" +
                  json + "}}"}});
        return message(bed_.iam(session, "ListUsers")).find("explicit deny") != std::string::npos;
    };
    bed_.clock().advance(std::chrono::seconds(90));
    EXPECT_TRUE(denied_to_role(
        condition(of_session, {"aws:username", "aws:MultiFactorAuthAge", "aws:FederatedProvider", "aws:CalledVia"})));
    EXPECT_FALSE(denied_to_role(condition({{"aws:PrincipalTag/Dept", {"green"}}}, {})));

    // A session of the user: its own name, id and tags, and the keys of temporary credentials.
    const Keys own = keys_from(bed_.sts(alice_, "GetSessionToken"));
    const auto denied_to_session = [&](const std::string& json) {
        bed_.iam(
            {}, "PutUserPolicy",
            {{"UserName", "alice"},
             {"PolicyName", "own"},
             {"PolicyDocument",
              R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"sts:AssumeRole","Resource":"*","Condition":)" +
                  json + "}}"}});
        return message(bed_.sts(own, "AssumeRole", {{"RoleArn", job_arn}, {"RoleSessionName", "run"}}))
                   .find("explicit deny") != std::string::npos;
    };
    const Keys_ of_own = {{"aws:PrincipalArn", {"arn:aws:iam::000000000000:user/alice"}},
                          {"aws:PrincipalType", {"User"}},
                          {"aws:userid", {user_id_}},
                          {"aws:username", {"alice"}},
                          {"aws:PrincipalTag/dept", {"blue"}},
                          {"aws:TokenIssueTime", {"2027-01-15T08:01:30Z"}},
                          {"aws:MultiFactorAuthPresent", {"false"}}};
    for (const auto& [key, values] : of_own) EXPECT_TRUE(denied_to_session(condition({{key, values}}, {}))) << key;
    for (const char* key : {"aws:MultiFactorAuthAge", "aws:SourceIdentity"})
        EXPECT_TRUE(denied_to_session(condition({}, {key}))) << key;
    EXPECT_FALSE(denied_to_session(condition({{"aws:username", {"bob"}}}, {})));
}

}  // namespace
}  // namespace iamlocal::app
