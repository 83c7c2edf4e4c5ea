"""Profiles of AWS's configuration files, which name a role and let the client take it: roles of roles, external ids, MFA."""

import json
import pathlib
import subprocess

import pytest

from mfa import Device
from support import ACCOUNT, REGION, allow, clean_environment, pythons, trust

HERE = pathlib.Path(__file__).parent

# Each prints who a profile is, by its name.
BOTO = """
import boto3, sys
print(boto3.session.Session(profile_name=sys.argv[1]).client("sts").get_caller_identity()["Arn"])
"""
CLI = """
import awscli.clidriver, sys
question = ["sts", "get-caller-identity", "--query", "Arn", "--output", "text", "--profile", sys.argv[1]]
sys.exit(awscli.clidriver.create_clidriver().main(question))
"""
JAVASCRIPT = """
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
console.log((await new STSClient({ profile: process.argv[1] }).send(new GetCallerIdentityCommand({}))).Arn);
"""


def reads_endpoints(python, module):
    """Whether it reads AWS_ENDPOINT_URL, without which roles are asked of AWS."""
    since = {"botocore": "(1, 31)", "awscli": "((2, 13) if awscli.__version__[0] == '2' else (1, 29))"}[module]
    asked = f"import {module}; print(tuple(map(int, {module}.__version__.split('.')[:2])) >= {since})"
    return subprocess.run([python, "-c", asked], capture_output=True, text=True).stdout == "True\n"


CLIENTS = {
    "javascript": ["node", "--input-type=module", "-e", JAVASCRIPT],
    **{f"boto3 of {python}": [python, "-c", BOTO] for python in pythons("boto3") if reads_endpoints(python, "botocore")},
    **{f"awscli of {python}": [python, "-c", CLI] for python in pythons("awscli") if reads_endpoints(python, "awscli")},
}

CONFIG = """
[profile first]
role_arn = arn:aws:iam::{account}:role/first
source_profile = alice
role_session_name = one
external_id = a-secret/of:ours
duration_seconds = 1800
[profile second]
role_arn = arn:aws:iam::{account}:role/second
source_profile = first
role_session_name = two
[profile stranger]
role_arn = arn:aws:iam::{account}:role/second
source_profile = alice
[profile careful]
role_arn = arn:aws:iam::{account}:role/careful
source_profile = alice
role_session_name = three
mfa_serial = {serial}
[profile spoken]
credential_process = {process}
"""


class Profiles:
    """Runs clients with a configuration."""

    def __init__(self, root, folder, serial=""):
        alice = root.user("alice", allow("sts:AssumeRole"))
        credentials = {"Version": 1, "AccessKeyId": alice.key, "SecretAccessKey": alice.secret}
        (folder / "spoken.json").write_text(json.dumps(credentials))
        (folder / "config").write_text(CONFIG.format(account=ACCOUNT, serial=serial, process=f"cat {folder}/spoken.json"))
        (folder / "credentials").write_text(
            f"[alice]\naws_access_key_id = {alice.key}\naws_secret_access_key = {alice.secret}\n")
        self.environment = clean_environment({
            "AWS_ENDPOINT_URL": root.server.url, "AWS_REGION": REGION, "HOME": str(folder),
            "AWS_CONFIG_FILE": str(folder / "config"), "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials")})

    def run(self, client, profile, given=None):
        return subprocess.run([*CLIENTS[client], profile], capture_output=True, text=True, env=self.environment, cwd=HERE / "js",
                              input=given, timeout=60, start_new_session=True)

    def who(self, client, profile, given=None):
        ended = self.run(client, profile, given)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout.strip()


EVERY_CLIENT = pytest.mark.parametrize("client", CLIENTS)


@EVERY_CLIENT
def test_roles_are_taken_one_by_another(root, tmp_path, client):
    profiles = Profiles(root, tmp_path)
    secret = {"StringEquals": {"sts:ExternalId": "a-secret/of:ours"}}
    first = root.role("first", [trust(f"arn:aws:iam::{ACCOUNT}:user/alice", Condition=secret)], allow("sts:AssumeRole"))
    root.role("second", first)
    assert profiles.who(client, "alice") == profiles.who(client, "spoken") == f"arn:aws:iam::{ACCOUNT}:user/alice"
    assert profiles.who(client, "first") == f"arn:aws:sts::{ACCOUNT}:assumed-role/first/one"
    assert profiles.who(client, "second") == f"arn:aws:sts::{ACCOUNT}:assumed-role/second/two"
    refused = profiles.run(client, "stranger")
    assert refused.returncode != 0
    assert f"User: arn:aws:iam::{ACCOUNT}:user/alice is not authorized to perform: sts:AssumeRole on resource" in refused.stderr


@pytest.mark.parametrize("client", [name for name in CLIENTS if name != "javascript"] or [
    pytest.param("", marks=pytest.mark.skip(reason="no boto3 or AWS CLI here reads AWS_ENDPOINT_URL"))])
def test_a_code_is_asked_for(root, tmp_path, client):
    phone = Device(root)
    profiles = Profiles(root, tmp_path, phone.serial)
    phone.enable("alice")
    root.role("careful", [trust(f"arn:aws:iam::{ACCOUNT}:user/alice", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})])
    refused = profiles.run(client, "careful", "000000\n")
    assert refused.returncode != 0 and "MultiFactorAuthentication failed" in refused.stderr
    assert profiles.who(client, "careful", phone.code(1) + "\n").endswith(f"arn:aws:sts::{ACCOUNT}:assumed-role/careful/three")
