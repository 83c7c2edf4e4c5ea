"""A real account as a seed, and a server's state as a seed or for Terraform."""

import json
import subprocess

import pytest

import support
from support import ACCOUNT, OTHER_ACCOUNT, Caller, allow, clean_environment, policy, trust
from test_terraform import PROVIDER, TERRAFORM

DATES = ("CreateDate", "UpdateDate", "RoleLastUsed", "UserId", "RoleId", "GroupId", "PolicyId", "InstanceProfileId", "PasswordLastUsed")


def run(server, *arguments, expect=0, text=None, cwd=None):
    ended = subprocess.run([support.BINARY, *arguments], capture_output=True, text=True, timeout=60, cwd=cwd, input=text,
                           env=clean_environment({"AWS_ENDPOINT_URL": server.url} if server else None))
    assert ended.returncode == expect, ended.stdout + ended.stderr
    return ended


def without_ids(value):
    """What two accounts with the same things in them have in common."""
    if isinstance(value, dict):
        return {name: without_ids(member) for name, member in value.items() if name not in DATES}
    if isinstance(value, list):
        return sorted((without_ids(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    return value


def details_of(caller):
    pages = caller.iam.get_paginator("get_account_authorization_details").paginate(
        Filter=["User", "Role", "Group", "LocalManagedPolicy"])
    details = {}
    for page in pages:
        for name in ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"):
            details.setdefault(name, []).extend(page[name])
    return json.loads(json.dumps(details, default=str))


@pytest.fixture
def furnished(root):
    """An account with something of each kind."""
    iam = root.iam
    document = policy(allow("s3:GetObject", "arn:aws:s3:::${aws:username}/*"))
    own = iam.create_policy(PolicyName="own", PolicyDocument=document, Path="/teams/", Description="says so",
                            Tags=[{"Key": "team", "Value": "red"}])["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=own, PolicyDocument=policy(allow("s3:*")), SetAsDefault=False)
    once = iam.create_policy(PolicyName="once", PolicyDocument=document)["Policy"]["Arn"]
    iam.create_group(GroupName="developers", Path="/teams/")
    iam.attach_group_policy(GroupName="developers", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    iam.put_group_policy(GroupName="developers", PolicyName="inline", PolicyDocument=document)
    iam.create_user(UserName="ann", Path="/staff/", PermissionsBoundary=once, Tags=[{"Key": "team", "Value": "red"}])
    iam.add_user_to_group(GroupName="developers", UserName="ann")
    iam.attach_user_policy(UserName="ann", PolicyArn=own)
    iam.put_user_policy(UserName="ann", PolicyName="inline", PolicyDocument=document)
    iam.create_user(UserName="1e5")  # a name that readers of YAML could take for a number
    iam.create_role(RoleName="deploy", Path="/ci/", Description="for pipelines: all of them", MaxSessionDuration=7200,
                    AssumeRolePolicyDocument=policy(trust(f"arn:aws:iam::{ACCOUNT}:user/staff/ann")))
    iam.put_role_policy(RoleName="deploy", PolicyName="inline", PolicyDocument=document)
    iam.create_role(RoleName="web", AssumeRolePolicyDocument=policy(trust({"Service": "ec2.amazonaws.com"})))
    iam.create_instance_profile(InstanceProfileName="web", Path="/x/")
    iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="web")
    iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com", CustomSuffix="blue")
    iam.create_account_alias(AccountAlias="furnished")
    iam.update_account_password_policy(MinimumPasswordLength=10, RequireNumbers=True, MaxPasswordAge=30)
    iam.create_open_id_connect_provider(Url="https://idp.example.com/a", ClientIDList=["app"])
    return root


# Import ----------------------------------------------------------------------------------------------------------------


def test_an_account_is_imported(start, furnished, tmp_path):
    details = details_of(furnished)
    (tmp_path / "details.json").write_text(json.dumps(details))
    ended = run(None, "import", str(tmp_path / "details.json"))
    (tmp_path / "seed.yaml").write_text(ended.stdout)
    assert run(None, "seed", str(tmp_path / "seed.yaml"), "--check").stdout.startswith("good: ")
    other = Caller(start("--seed", str(tmp_path / "seed.yaml")))
    assert without_ids(details_of(other)) == without_ids(details)


def test_the_output_of_the_cli_is_taken(furnished, tmp_path):
    said = subprocess.run(["/usr/bin/aws", "--endpoint-url", furnished.server.url, "--region", "us-east-1", "iam",
                           "get-account-authorization-details"], capture_output=True, text=True, timeout=60,
                          env=clean_environment({"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}))
    ended = run(None, "import", "-", "--format", "json", "-o", "seed.json", text=said.stdout, cwd=tmp_path)
    assert ended.stdout == "" and ended.stderr.endswith(" things\n")
    assert "ann" in json.loads((tmp_path / "seed.json").read_text())["accounts"][ACCOUNT]["users"]
    assert (tmp_path / "seed.json").stat().st_mode & 0o777 == 0o600


def test_principals_elsewhere_become_placeholders(start, root, tmp_path):
    root.role("r", [trust({"AWS": [ACCOUNT]})])
    details = details_of(root)
    details["RoleDetailList"][0]["AssumeRolePolicyDocument"] = policy(
        trust({"AWS": [f"arn:aws:iam::{OTHER_ACCOUNT}:role/ci/deploy", "AIDAJQABLZS4A3QDU576Q"]}))
    (tmp_path / "details.json").write_text(json.dumps(details))
    ended = run(None, "import", str(tmp_path / "details.json"), "-o", str(tmp_path / "seed.yaml"))
    assert f"A placeholder, since trust policies name it: {OTHER_ACCOUNT} deploy" in ended.stderr
    assert "names somebody who is gone" in ended.stderr
    other = Caller(start("--seed", str(tmp_path / "seed.yaml")))
    [role] = details_of(other)["RoleDetailList"]
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"AWS": [f"arn:aws:iam::{OTHER_ACCOUNT}:role/ci/deploy"]}


@pytest.mark.parametrize("text, complaint", [
    ("", "neither JSON nor a credential report"),
    ("[1]", "nothing that the AWS CLI prints of accounts"),
    ('{"UserDetailList":[]}', "none of the files is the output of get-account-authorization-details"),
    ('{"RoleDetailList":[{"Arn":"arn:aws:iam::111122223333:role/r","RoleName":"r"}]}', "not as the AWS CLI prints them"),
])
def test_other_files_are_refused(text, complaint):
    assert complaint in run(None, "import", "-", text=text, expect=2).stderr


# Export ----------------------------------------------------------------------------------------------------------------


def export(server, *arguments):
    return run(server, "export", *arguments).stdout


def test_an_export_makes_the_same_server(start, furnished, tmp_path):
    furnished.iam.create_login_profile(UserName="ann", Password="correct-Horse-7")
    key = furnished.iam.create_access_key(UserName="ann")["AccessKey"]
    device = furnished.iam.create_virtual_mfa_device(VirtualMFADeviceName="phone", Path="/x/")["VirtualMFADevice"]
    first = export(furnished.server)
    (tmp_path / "seed.yaml").write_text(first)
    other = start("--seed", str(tmp_path / "seed.yaml"))
    assert export(other) == first
    assert without_ids(details_of(Caller(other))) == without_ids(details_of(furnished))
    assert Caller(other, key["AccessKeyId"], key["SecretAccessKey"]).arn() == f"arn:aws:iam::{ACCOUNT}:user/staff/ann"
    # What nobody holds is in no user's seed.
    assert device["SerialNumber"] not in first
    # The same again changes nothing.
    answer = run(other, "seed", str(tmp_path / "seed.yaml")).stdout
    assert answer.startswith("0 created, 0 updated, ")


def test_passwords_stay_what_they_were(start, root, tmp_path):
    root.user("ann", allow("iam:ChangePassword"))
    root.iam.create_login_profile(UserName="ann", Password="correct-Horse-7", PasswordResetRequired=True)
    (tmp_path / "seed.yaml").write_text(export(root.server))
    assert "correct-Horse-7" not in (tmp_path / "seed.yaml").read_text()
    other = Caller(start("--seed", str(tmp_path / "seed.yaml")))
    assert other.iam.get_login_profile(UserName="ann")["LoginProfile"]["PasswordResetRequired"] is True
    made = other.iam.create_access_key(UserName="ann")["AccessKey"]
    ann = Caller(other.server, made["AccessKeyId"], made["SecretAccessKey"])
    with support.denied():
        ann.iam.change_password(OldPassword="wrong-Horse-7", NewPassword="other-Horse-8")
    ann.iam.change_password(OldPassword="correct-Horse-7", NewPassword="other-Horse-8")


def test_one_account_is_exported(server, root):
    root.user("ann", allow("s3:*"))
    Caller(server, key=OTHER_ACCOUNT).iam.create_user(UserName="bob")
    seed = json.loads(export(server, "--account", OTHER_ACCOUNT, "--format", "json"))
    assert seed == {"accounts": {OTHER_ACCOUNT: {"users": {"bob": {}}}}}
    answer = server.http("GET", f"/_iamlocal/seed?account={OTHER_ACCOUNT}")
    assert (answer.status, answer.json()) == (200, seed)
    assert server.http("GET", "/_iamlocal/seed?account=12").status == 400
    assert server.http("GET", "/_iamlocal/seed?acount=12").status == 400


@pytest.mark.skipif(not (TERRAFORM and PROVIDER), reason="terraform or its AWS provider is not installed")
def test_terraform_imports_and_changes_nothing(furnished, tmp_path):
    (tmp_path / "account.tf").write_text(
        'provider "aws" {\n  region = "us-east-1"\n}\n\n' + export(furnished.server, "--account", ACCOUNT, "--format", "terraform"))
    (tmp_path / "cli.tfrc").write_text(
        f'provider_installation {{\n  dev_overrides {{\n    "hashicorp/aws" = "{PROVIDER}"\n  }}\n  direct {{}}\n}}\n')
    ended = subprocess.run([TERRAFORM, "plan", "-no-color", "-input=false"], cwd=tmp_path, capture_output=True, text=True, timeout=120,
                           env=clean_environment({
                               "AWS_ENDPOINT_URL_IAM": furnished.server.url, "AWS_ENDPOINT_URL_STS": furnished.server.url,
                               "AWS_ACCESS_KEY_ID": furnished.key, "AWS_SECRET_ACCESS_KEY": furnished.secret, "HOME": str(tmp_path),
                               "TF_CLI_CONFIG_FILE": str(tmp_path / "cli.tfrc"), "CHECKPOINT_DISABLE": "1"}))
    assert ended.returncode == 0, ended.stdout[-6000:] + ended.stderr[-6000:]
    assert "to import, 0 to add, 0 to change, 0 to destroy." in ended.stdout, ended.stdout[-6000:]
