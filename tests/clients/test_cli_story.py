"""The first hour of IAM with the AWS CLI as it is installed: Debian's, and that of the first Python on PATH."""

import json
import pathlib
import re

import pytest

from aws_cli import DEBIANS, Cli
from support import ACCOUNT, Caller, policy, pythons, trust

CLIS = [DEBIANS, *(str(pathlib.Path(python).parent / "aws") for python in pythons("awscli")[1:])]


@pytest.mark.parametrize("program", CLIS)
def test_the_first_hour(program, server, tmp_path):
    root = Cli(program, server.url, tmp_path)
    assert root("sts", "get-caller-identity") == {"UserId": ACCOUNT, "Account": ACCOUNT,
                                                  "Arn": f"arn:aws:iam::{ACCOUNT}:root"}
    # A user with a key, in a group that may read.
    alice = root("iam", "create-user", "--user-name", "alice", "--path", "/staff/", "--tags", "Key=team,Value=red")["User"]
    assert alice["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/staff/alice"
    root("iam", "create-group", "--group-name", "readers")
    root("iam", "add-user-to-group", "--group-name", "readers", "--user-name", "alice")
    root("iam", "attach-group-policy", "--group-name", "readers", "--policy-arn",
         "arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    key = root("iam", "create-access-key", "--user-name", "alice")["AccessKey"]
    as_alice = root.become(key)
    assert as_alice("sts", "get-caller-identity")["Arn"] == alice["Arn"]
    assert [user["UserName"] for user in as_alice("iam", "list-users")["Users"]] == ["alice"]
    assert as_alice.refused("iam", "create-user", "--user-name", "eve") == (
        "An error occurred (AccessDenied) when calling the CreateUser operation: User: "
        f"{alice['Arn']} is not authorized to perform: iam:CreateUser on resource: arn:aws:iam::{ACCOUNT}:user/eve because no "
        "identity-based policy allows the iam:CreateUser action")
    # A policy of our own in two versions.
    document = tmp_path / "policy.json"
    document.write_text(json.dumps(json.loads(policy({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})), indent=2))
    arn = root("iam", "create-policy", "--policy-name", "work", "--policy-document", f"file://{document}")["Policy"]["Arn"]
    document.write_text(policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}))
    version = root("iam", "create-policy-version", "--policy-arn", arn, "--policy-document", f"file://{document}",
                   "--set-as-default")["PolicyVersion"]
    assert version["VersionId"] == "v2"
    root("iam", "attach-user-policy", "--user-name", "alice", "--policy-arn", arn)
    assert root("iam", "list-attached-user-policies", "--user-name", "alice")["AttachedPolicies"] == [
        {"PolicyName": "work", "PolicyArn": arn}]
    # A role, and a session of it.
    document.write_text(policy(trust(f"arn:aws:iam::{ACCOUNT}:root",
                                     Condition={"StringEquals": {"sts:ExternalId": "Unique-Id-42"}})))
    role = root("iam", "create-role", "--role-name", "job", "--assume-role-policy-document", f"file://{document}",
                "--max-session-duration", "7200", "--description", "does a job")["Role"]
    assert role["AssumeRolePolicyDocument"] == json.loads(document.read_text())
    root("iam", "put-role-policy", "--role-name", "job", "--policy-name", "create", "--policy-document",
         policy({"Effect": "Allow", "Action": "iam:CreateUser", "Resource": f"arn:aws:iam::{ACCOUNT}:user/made/*"}))
    assert as_alice.refused("sts", "assume-role", "--role-arn", role["Arn"], "--role-session-name", "work") == (
        "An error occurred (AccessDenied) when calling the AssumeRole operation: User: "
        f"{alice['Arn']} is not authorized to perform: sts:AssumeRole on resource: {role['Arn']}")
    assumed = as_alice("sts", "assume-role", "--role-arn", role["Arn"], "--role-session-name", "work", "--external-id",
                       "Unique-Id-42", "--duration-seconds", "7200")
    session = root.become(assumed["Credentials"])
    assert session("sts", "get-caller-identity")["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/job/work"
    assert session("iam", "create-user", "--user-name", "eve", "--path", "/made/")["User"]["UserName"] == "eve"
    assert "(AccessDenied)" in session.refused("iam", "list-users")
    # An instance profile, an alias, the summary.
    root("iam", "create-instance-profile", "--instance-profile-name", "box")
    root("iam", "add-role-to-instance-profile", "--instance-profile-name", "box", "--role-name", "job")
    (inside,) = root("iam", "get-instance-profile", "--instance-profile-name", "box")["InstanceProfile"]["Roles"]
    assert inside["RoleName"] == "job"
    root("iam", "create-account-alias", "--account-alias", "my-company")
    assert root("iam", "get-account-summary")["SummaryMap"]["Users"] == 2
    # Putting things away, in the order that AWS wants.
    assert root.refused("iam", "delete-role", "--role-name", "job") == (
        "An error occurred (DeleteConflict) when calling the DeleteRole operation: Cannot delete entity, must remove roles "
        "from instance profile first.")
    assert "(NoSuchEntity)" in root.refused("iam", "get-user", "--user-name", "nobody")
    root("iam", "update-access-key", "--user-name", "alice", "--access-key-id", key["AccessKeyId"], "--status", "Inactive")
    assert as_alice.refused("sts", "get-caller-identity") == (
        "An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: The security token included "
        "in the request is invalid.")


@pytest.mark.parametrize("program", CLIS)
def test_pages_and_queries(program, server, tmp_path):
    root = Cli(program, server.url, tmp_path)
    for number in range(5):
        Caller(server).iam.create_user(UserName=f"user{number}")
    assert root("iam", "list-users", "--page-size", "2", "--query", "Users[].UserName") == [
        f"user{number}" for number in range(5)]
    first = root("iam", "list-users", "--max-items", "3")
    assert len(first["Users"]) == 3
    rest = root("iam", "list-users", "--starting-token", first["NextToken"])
    assert [user["UserName"] for user in rest["Users"]] == ["user3", "user4"]


@pytest.mark.parametrize("program", CLIS)
def test_what_the_cli_adds_of_its_own(program, server, tmp_path):
    """The seed of an MFA device goes into a file, in one of two forms."""
    root = Cli(program, server.url, tmp_path)
    for method, begins in (("QRCodePNG", rb"\x89PNG\r\n"), ("Base32StringSeed", rb"[A-Z2-7]{64}\Z")):
        file = tmp_path / method
        made = root("iam", "create-virtual-mfa-device", "--virtual-mfa-device-name", method, "--outfile", str(file),
                    "--bootstrap-method", method)
        assert made == {"VirtualMFADevice": {"SerialNumber": f"arn:aws:iam::{ACCOUNT}:mfa/{method}"}}
        assert re.match(begins, file.read_bytes())
