"""Terraform: every aws_iam_* resource and data source of its AWS provider, as a user who may do just that."""

import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest

from certificates import pem, rsa_numbers, ssh_line
from crowd import metadata
from mfa import Device
from support import ACCOUNT, REPOSITORY, allow, answer_of, clean_environment, policy, root_arn, trust

HERE = pathlib.Path(__file__).parent / "terraform"
PLUGINS = [os.environ.get("IAMLOCAL_TERRAFORM_PLUGINS", "/usr/share/terraform/plugins"), "/usr/local/share/terraform/plugins",
           os.path.expanduser("~/.terraform.d/plugins"), *map(str, pathlib.Path("/opt").glob("*"))]


def find_provider():
    """The folder of the newest AWS provider 5 in the usual folders for plugins; None without one."""
    found = [path for root in PLUGINS
             for path in pathlib.Path(root).glob("registry.terraform.io/hashicorp/aws/5.*/*/terraform-provider-aws*")]
    return max(found, key=lambda path: [int(part) for part in re.findall(r"\d+", path.parts[-3])]).parent if found else None


TERRAFORM, PROVIDER = shutil.which("terraform"), find_provider()


class Terraform:
    def __init__(self, folder, caller, source=HERE):
        self.folder = folder
        shutil.copytree(source, folder, dirs_exist_ok=True)
        (folder / "metadata.xml").write_text(metadata())
        (folder / "cli.tfrc").write_text(
            f'provider_installation {{\n  dev_overrides {{\n    "hashicorp/aws" = "{PROVIDER}"\n  }}\n  direct {{}}\n}}\n')
        self.environment = clean_environment({
            "AWS_ENDPOINT_URL_IAM": caller.server.url, "AWS_ENDPOINT_URL_STS": caller.server.url,
            "AWS_ACCESS_KEY_ID": caller.key, "AWS_SECRET_ACCESS_KEY": caller.secret, "HOME": str(folder),
            "TF_CLI_CONFIG_FILE": str(folder / "cli.tfrc"), "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1",
            "TF_VAR_certificates": str(REPOSITORY / "tests/support/certificates"),
            "TF_VAR_role": ROLE, "TF_VAR_metadata": str(folder / "metadata.xml"), "TF_VAR_ssh_key": ssh_line(*rsa_numbers()),
        })

    def run(self, *arguments, stage=1, expect=0):
        ended = subprocess.run([TERRAFORM, *arguments], cwd=self.folder, env=self.environment | {"TF_VAR_stage": str(stage)},
                               capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
        assert ended.returncode == expect, (arguments, ended.stdout[-8000:], ended.stderr[-8000:])
        return ended.stdout


def actions(text):
    return [f"iam:{name}" for name in text.split()]


ROLE = f"arn:aws:iam::{ACCOUNT}:role/tf/works"

# What the user may do that runs Terraform, and where: no more than the run needs.
MAY = [
    ([f"arn:aws:iam::{ACCOUNT}:{kind}/tf/*" for kind in ("user", "group", "role", "policy", "instance-profile", "mfa",
                                                         "server-certificate")], actions("""
        AddRoleToInstanceProfile AddUserToGroup AttachGroupPolicy AttachRolePolicy AttachUserPolicy CreateAccessKey CreateGroup
        CreateInstanceProfile CreateLoginProfile CreatePolicy CreatePolicyVersion CreateRole CreateServiceSpecificCredential
        CreateUser CreateVirtualMFADevice DeactivateMFADevice DeleteAccessKey DeleteGroup DeleteGroupPolicy DeleteInstanceProfile
        DeleteLoginProfile DeletePolicy DeletePolicyVersion DeleteRole DeleteRolePolicy DeleteSSHPublicKey DeleteServerCertificate
        DeleteServiceSpecificCredential DeleteSigningCertificate DeleteUser DeleteUserPermissionsBoundary DeleteUserPolicy
        DeleteVirtualMFADevice DetachGroupPolicy DetachRolePolicy DetachUserPolicy GetGroup GetGroupPolicy GetInstanceProfile
        GetLoginProfile GetPolicy GetPolicyVersion GetRole GetRolePolicy GetSSHPublicKey GetServerCertificate GetUser GetUserPolicy
        ListAccessKeys ListAttachedGroupPolicies ListAttachedRolePolicies ListAttachedUserPolicies ListEntitiesForPolicy
        ListGroupPolicies ListGroupsForUser ListInstanceProfilesForRole ListMFADeviceTags ListMFADevices ListPolicyVersions
        ListRolePolicies ListSSHPublicKeys ListServiceSpecificCredentials ListSigningCertificates ListUserPolicies
        PutGroupPolicy PutRolePermissionsBoundary PutRolePolicy PutUserPolicy RemoveRoleFromInstanceProfile RemoveUserFromGroup
        SimulatePrincipalPolicy TagInstanceProfile TagMFADevice TagPolicy TagRole TagServerCertificate TagUser UpdateAccessKey
        UpdateAssumeRolePolicy UpdateGroup UpdateRole UpdateRoleDescription UpdateSSHPublicKey UpdateServiceSpecificCredential
        UpdateSigningCertificate UpdateUser UploadSSHPublicKey UploadServerCertificate UploadSigningCertificate PassRole""")),
    (f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/autoscaling.amazonaws.com/*", actions(
        "CreateServiceLinkedRole DeleteServiceLinkedRole GetRole GetServiceLinkedRoleDeletionStatus TagRole UpdateRole")),
    (f"arn:aws:iam::{ACCOUNT}:saml-provider/idp", actions(
        "CreateSAMLProvider DeleteSAMLProvider GetSAMLProvider TagSAMLProvider UpdateSAMLProvider")),
    (f"arn:aws:iam::{ACCOUNT}:oidc-provider/id.example.com/tf", actions("""
        AddClientIDToOpenIDConnectProvider CreateOpenIDConnectProvider DeleteOpenIDConnectProvider GetOpenIDConnectProvider
        RemoveClientIDFromOpenIDConnectProvider TagOpenIDConnectProvider UpdateOpenIDConnectProviderThumbprint""")),
    (ROLE, ["sts:AssumeRole", "sts:TagSession"]),
    ("*", actions("""
        CreateAccountAlias DeleteAccountAlias DeleteAccountPasswordPolicy DisableOrganizationsRootCredentialsManagement
        DisableOrganizationsRootSessions EnableOrganizationsRootCredentialsManagement EnableOrganizationsRootSessions
        GetAccessKeyLastUsed GetAccountPasswordPolicy GetAccountSummary ListAccountAliases ListOpenIDConnectProviders
        ListOrganizationsFeatures ListPolicies ListRoles ListServerCertificates ListUsers ListVirtualMFADevices
        SetSecurityTokenServicePreferences UpdateAccountPasswordPolicy""")),
]
# Permissions that other actions need besides; they are not decisions of their own.
BESIDES = {"iam:PassRole", "sts:TagSession"}

# How each resource is named to be imported, by its attributes; the others cannot be imported.
IMPORTS = {
    "aws_iam_access_key": "{id}",
    "aws_iam_account_alias": "{id}",
    "aws_iam_account_password_policy": "iam-account-password-policy",
    "aws_iam_group": "{name}",
    "aws_iam_group_policies_exclusive": "{group_name}",
    "aws_iam_group_policy": "{id}",
    "aws_iam_group_policy_attachment": "{group}/{policy_arn}",
    "aws_iam_group_policy_attachments_exclusive": "{group_name}",
    "aws_iam_instance_profile": "{name}",
    "aws_iam_openid_connect_provider": "{arn}",
    "aws_iam_organizations_features": "{id}",
    "aws_iam_policy": "{arn}",
    "aws_iam_role": "{name}",
    "aws_iam_role_policies_exclusive": "{role_name}",
    "aws_iam_role_policy": "{id}",
    "aws_iam_role_policy_attachment": "{role}/{policy_arn}",
    "aws_iam_role_policy_attachments_exclusive": "{role_name}",
    "aws_iam_saml_provider": "{arn}",
    "aws_iam_server_certificate": "{name}",
    "aws_iam_service_linked_role": "{arn}",
    "aws_iam_service_specific_credential": "{id}",
    "aws_iam_signing_certificate": "{id}",
    "aws_iam_user": "{name}",
    "aws_iam_user_group_membership": "{user}/{groups[0]}",
    "aws_iam_user_login_profile": "{user}",
    "aws_iam_user_policies_exclusive": "{user_name}",
    "aws_iam_user_policy": "{id}",
    "aws_iam_user_policy_attachment": "{user}/{policy_arn}",
    "aws_iam_user_policy_attachments_exclusive": "{user_name}",
    "aws_iam_user_ssh_key": "{username}:{ssh_public_key_id}:{encoding}",
    "aws_iam_virtual_mfa_device": "{arn}",
}
NOT_IMPORTED = {"aws_iam_group_membership", "aws_iam_policy_attachment", "aws_iam_security_token_service_preferences"}


def forget_what_can_be_imported(folder):
    """Takes it out of the state, and asks for its import; the addresses."""
    path = folder / "terraform.tfstate"
    state = json.loads(path.read_text())
    asked = []
    for resource in state["resources"]:
        if resource["mode"] == "managed" and resource["type"] in IMPORTS:
            for instance in resource["instances"]:
                key = f"[{instance['index_key']}]" if "index_key" in instance else ""
                asked.append((f"{resource['type']}.{resource['name']}{key}",
                              IMPORTS[resource["type"]].format(**instance["attributes"])))
    state["resources"] = [entry for entry in state["resources"] if entry["mode"] != "managed" or entry["type"] not in IMPORTS]
    state["serial"] += 1
    path.write_text(json.dumps(state))
    (folder / "imports.tf").write_text("".join(f'import {{\n  to = {to}\n  id = "{name}"\n}}\n' for to, name in asked))
    return {to for to, _ in asked}


def deployer(root):
    """A user with the policies of MAY and nothing else, and the role that it takes for a part."""
    root.iam.create_user(UserName="deployer")
    root.role("works", [trust(root_arn(), ["sts:AssumeRole", "sts:TagSession"])], Path="/tf/")
    for number, part in enumerate((MAY[:1], MAY[1:])):
        document = policy(*(allow(names, resource) for resource, names in part))
        arn = root.iam.create_policy(PolicyName=f"deploys{number}", PolicyDocument=document)["Policy"]["Arn"]
        root.iam.attach_user_policy(UserName="deployer", PolicyArn=arn)
    return root.key_of("deployer")


def decided(server):
    """The actions that the deployer was allowed; none was refused."""
    answer = server.http("GET", "/_iamlocal/decisions?principal=deployer&limit=1000").json()
    assert [entry for entry in answer["decisions"] if entry["decision"] not in ("allowed", "exempt")] == []
    return {entry["action"] for entry in answer["decisions"] if entry["decision"] == "allowed"}


def state_of(folder):
    state = json.loads((folder / "terraform.tfstate").read_text())
    return state, {resource["type"] for resource in state["resources"] if resource["mode"] == "managed"}, {
        resource["type"] for resource in state["resources"] if resource["mode"] == "data"}


def burden(root):
    """Gives what is to be destroyed by force all that keeps AWS from deleting it, and that Terraform does not know."""
    iam = root.iam
    iam.create_login_profile(UserName="alice", Password="correct Horse 7 battery!")
    iam.upload_ssh_public_key(UserName="alice", SSHPublicKeyBody=ssh_line(*rsa_numbers(number=5)))
    iam.upload_signing_certificate(UserName="alice", CertificateBody=pem("leaf.crt"))
    iam.create_service_specific_credential(UserName="alice", ServiceName="codecommit.amazonaws.com")
    iam.create_access_key(UserName="alice")
    Device(root, "tablet", Path="/tf/").enable("alice")
    iam.attach_role_policy(RoleName="job", PolicyArn="arn:aws:iam::aws:policy/PowerUserAccess")
    iam.put_role_policy(RoleName="job", PolicyName="stray", PolicyDocument=policy(allow("s3:ListBucket")))


def left(root):
    """What there is in the account besides the deployer."""
    details = answer_of(root.iam.get_account_authorization_details(
        Filter=["User", "Role", "Group", "LocalManagedPolicy"], MaxItems=1000))
    names = [entry.get("UserName") or entry.get("RoleName") or entry.get("GroupName") or entry.get("PolicyName")
             for part in details.values() if isinstance(part, list) for entry in part]
    others = [root.iam.list_instance_profiles()["InstanceProfiles"], root.iam.list_virtual_mfa_devices()["VirtualMFADevices"],
              root.iam.list_saml_providers()["SAMLProviderList"], root.iam.list_account_aliases()["AccountAliases"],
              root.iam.list_open_id_connect_providers()["OpenIDConnectProviderList"],
              root.iam.list_server_certificates()["ServerCertificateMetadataList"]]
    return sorted(set(names) - {"deployer", "deploys0", "deploys1", "works"}), [entry for part in others for entry in part]


READ_BACK = {
    1: {"access_keys": ["Active"], "alias": "stage-1", "allowed": True, "boundary": True, "clients": ["first", "second"],
        "duration": 3600, "instance_profiles": [], "members": ["alice", "bob"],
        "policy": "arn:aws:s3:::stage1", "profile_role": True, "roles": ["holder", "job"],
        "saml_tags": {"kept": "a b+c/d", "stage": "1"}, "ssh_key": "Active", "users": ["alice", "bob"]},
    2: {"access_keys": ["Inactive"], "alias": "stage-2", "allowed": True, "boundary": False, "clients": ["second", "third"],
        "duration": 7200, "instance_profiles": ["box"], "members": ["robert"],
        "policy": "arn:aws:s3:::stage2", "profile_role": False, "roles": ["holder", "job"],
        "saml_tags": {"kept": "a b+c/d", "stage": "2"}, "ssh_key": "Inactive", "users": ["alice", "robert"]},
}


def check_read_back(folder, stage):
    found = state_of(folder)[0]["outputs"]["read_back"]["value"]
    found["members"].sort()
    assert found.pop("certificate").endswith("Z")
    assert found.pop("session") == f"arn:aws:sts::{ACCOUNT}:assumed-role/works/terraform"
    assert found.pop("session_role") == ROLE
    assert found.pop("self") == f"arn:aws:iam::{ACCOUNT}:user/deployer"
    assert found == READ_BACK[stage]


def test_the_files_are_formatted():
    if not TERRAFORM:
        pytest.skip("there is no terraform here")
    ended = subprocess.run([TERRAFORM, "fmt", "-check", "-diff", "-recursive", str(HERE.parent)], capture_output=True, text=True,
                           env=clean_environment({"TF_CLI_CONFIG_FILE": "/dev/null"}))
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.skipif(not TERRAFORM, reason="there is no terraform here")
@pytest.mark.skipif(not PROVIDER, reason="Terraform's AWS provider 5 is in none of the folders for plugins; "
                                         "IAMLOCAL_TERRAFORM_PLUGINS names another one")
def test_everything_applies_plans_empty_changes_is_imported_and_destroyed(server, root, tmp_path):
    declared = server.http("PUT", "/_iamlocal/organization", {}, json.dumps(
        {"id": "o-exampleorgid", "management_account": ACCOUNT, "trusted_access": ["iam.amazonaws.com"]}).encode())
    assert declared.status == 200
    terraform = Terraform(tmp_path, deployer(root))
    used = set()

    def run(*arguments, stage):
        said = terraform.run(*arguments, "-no-color", stage=stage)
        used.update(decided(server))
        return said

    apply = ("apply", "-auto-approve", "-parallelism=30")
    run(*apply, stage=1)
    check_read_back(tmp_path, 1)
    assert "No changes." in run("plan", "-detailed-exitcode", stage=1)
    # What somebody else has added is taken away again, by the resources that say all there is.
    root.iam.put_user_policy(UserName="bob", PolicyName="stray", PolicyDocument=policy(allow("s3:ListBucket")))
    root.iam.attach_group_policy(GroupName="staff", PolicyArn="arn:aws:iam::aws:policy/PowerUserAccess")
    run(*apply, stage=2)
    check_read_back(tmp_path, 2)
    assert root.iam.list_user_policies(UserName="robert")["PolicyNames"] == ["inline"]
    assert len(root.iam.list_attached_group_policies(GroupName="people")["AttachedPolicies"]) == 1
    assert "No changes." in run("plan", "-detailed-exitcode", stage=2)

    _, resources, sources = state_of(tmp_path)
    schema = json.loads(terraform.run("providers", "schema", "-json"))["provider_schemas"]
    provider = schema["registry.terraform.io/hashicorp/aws"]
    assert {name for name in provider["resource_schemas"] if name.startswith("aws_iam_")} - resources == set()
    assert {name for name in provider["data_source_schemas"] if name.startswith("aws_iam_")} - sources == set()

    # What is in the account is imported, and is what the files say. But switches that are Terraform's own are not in AWS; nor is
    # the private key of a certificate, without which Terraform makes it anew.
    asked = forget_what_can_be_imported(tmp_path)
    assert resources - {address.partition(".")[0] for address in asked} == NOT_IMPORTED
    changes = [json.loads(line) for line in run(*apply, "-json", stage=2).splitlines()]
    changed = {entry["change"]["resource"]["addr"]: entry["change"]["action"] for entry in changes
               if entry["type"] == "planned_change" and entry["change"]["action"] not in ("import", "read")}
    assert changed == {"aws_iam_user.alice": "update", "aws_iam_role.job": "update", "aws_iam_server_certificate.site": "replace"}
    summary = next(entry["changes"] for entry in changes if entry["type"] == "change_summary")
    assert summary["import"] == len(asked)

    burden(root)
    run("destroy", "-auto-approve", "-parallelism=30", stage=2)
    assert left(root) == ([], [])
    assert used | BESIDES == {name for _, names in MAY for name in names}
