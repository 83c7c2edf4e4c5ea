"""`iamlocal credentials`: what SDKs start to get credentials (credential_process)."""

import json
import subprocess

import pytest

import programs
import support
from support import OTHER_ACCOUNT, Caller, allow, trust


def credentials(*arguments, env=None):
    return subprocess.run([support.BINARY, "credentials", *arguments], capture_output=True, text=True, timeout=30,
                          env=support.clean_environment(env), stdin=subprocess.DEVNULL)


def printed(server, *arguments, env=None):
    ended = credentials("--endpoint", server.url, *arguments, env=env)
    assert (ended.returncode, ended.stderr) == (0, "")
    return json.loads(ended.stdout)


def key_of(caller):
    return ["--access-key-id", caller.key, "--secret-access-key", caller.secret]


def caller_of(server, found):
    return Caller(server, found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])


def test_a_role(server, root):
    arn = root.role("app", support.root_arn(), allow("iam:ListUsers"))
    alice = root.user("alice", allow("sts:AssumeRole"))
    found = printed(server, "--role-arn", arn, "--role-session-name", "tests", *key_of(alice))
    assert list(found) == ["Version", "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration", "AccountId"]
    assert (found["Version"], found["AccountId"]) == (1, support.ACCOUNT)
    program = caller_of(server, found)
    assert program.arn() == f"arn:aws:sts::{support.ACCOUNT}:assumed-role/app/tests"
    program.iam.list_users()


def test_ones_own(server, root):
    alice = root.user("alice")
    found = printed(server, *key_of(alice))
    assert list(found) == ["Version", "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"]
    assert caller_of(server, found).arn().endswith(":user/alice")


def test_the_environment_says_who_and_where(server, root):
    alice = root.user("alice")
    env = {"AWS_ACCESS_KEY_ID": alice.key, "AWS_SECRET_ACCESS_KEY": alice.secret, "AWS_ENDPOINT_URL": server.url}
    ended = credentials(env=env)
    assert ended.returncode == 0, ended.stderr
    assert caller_of(server, json.loads(ended.stdout)).arn().endswith(":user/alice")


def test_what_a_trust_policy_asks_for(server, root):
    asks = {"StringEquals": {"sts:ExternalId": "42"}}
    arn = root.role("app", [trust(support.root_arn(), Condition=asks)])
    alice = root.user("alice", allow("sts:AssumeRole"))
    printed(server, "--role-arn", arn, "--external-id", "42", "--duration-seconds", "900", *key_of(alice))
    ended = credentials("--endpoint", server.url, "--role-arn", arn, *key_of(alice))
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "AccessDenied: User: " in ended.stderr


def test_expiry_follows_the_servers_clock(server, root):
    arn = root.role("app", support.root_arn())
    alice = root.user("alice", allow("sts:AssumeRole"))
    first = printed(server, "--role-arn", arn, "--duration-seconds", "900", *key_of(alice))
    server.clock(advance="15m")
    with support.refused("ExpiredToken", 403):
        caller_of(server, first).arn()
    second = printed(server, "--role-arn", arn, *key_of(alice))
    assert second["Expiration"] > first["Expiration"]
    caller_of(server, second).arn()


def test_the_usual_key_is_roots_who_assumes_no_role(server, root):
    assert caller_of(server, printed(server)).arn() == support.root_arn()
    ended = credentials("--endpoint", server.url, "--role-arn", root.role("app", support.root_arn()))
    assert "Roles may not be assumed by root accounts" in ended.stderr


@pytest.mark.parametrize("arguments", [["--access-key-id", "a"], ["--duration-seconds", "many"], ["--rolearn", "x"],
                                       ["--endpoint", "ftp://x"], ["--endpoint", "http://127.0.0.1:1"]])
def test_what_cannot_be_done_is_told(arguments):
    ended = credentials(*arguments)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("iamlocal credentials: ")


def test_an_answer_of_somebody_else(server):
    ended = credentials("--endpoint", server.url + "/_iamlocal/health")
    assert ended.returncode == 2
    assert "not an answer of STS" in ended.stderr


# SDKs ------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def profile(server, root, tmp_path):
    """A profile that starts the command for a role of another account."""
    other = Caller(server, OTHER_ACCOUNT)
    arn = other.role("app", [trust(support.root_arn(OTHER_ACCOUNT))])
    config = tmp_path / "config"
    alice = other.user("alice", allow("sts:AssumeRole"))
    command = f"{support.BINARY} credentials --endpoint {server.url} --role-arn {arn} " + " ".join(key_of(alice))
    config.write_text(f"[default]\nregion = us-east-1\ncredential_process = {command}\n")
    return {"AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none")}


@pytest.mark.parametrize("python", programs.pythons())
def test_boto3(server, tmp_path, profile, python):
    found = programs.python_identity(server, tmp_path, profile, python)
    assert (found["method"], found["arn"]) == ("custom-process", f"arn:aws:sts::{OTHER_ACCOUNT}:assumed-role/app/iamlocal")


def test_the_cli(server, tmp_path, profile):
    assert programs.cli_identity(server, tmp_path, profile).endswith("/app/iamlocal")


@pytest.mark.parametrize("provider", ["process", "usual"])
def test_the_javascript_sdk(server, tmp_path, profile, provider):
    found = programs.javascript_identity(server, tmp_path, profile, provider)
    assert (found["arn"].split("/")[1:], found["account"]) == (["app", "iamlocal"], OTHER_ACCOUNT)
