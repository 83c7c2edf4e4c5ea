"""Ansible's modules for IAM and STS (amazon.aws and community.aws, as Debian ships them): check mode and idempotence.

The modules' own code runs in this process, as Ansible would start it on the machine: each in a process of its own would take
a minute. A playbook shows the rest (ansible/first.yml).
"""

import contextlib
import functools
import importlib
import io
import json
import pathlib
import re
import subprocess

import botocore.session
import pytest

from certificates import pem
from crowd import DOCUMENTS, metadata
from mfa import Device
from support import ACCOUNT, allow, answer_of, clean_environment, policy, trust

pytest.importorskip("ansible_collections.amazon.aws", reason="Ansible's collections are not here: apt-get install ansible")

import ansible.module_utils.basic as basic  # noqa: E402
import ansible_collections.amazon.aws as amazon  # noqa: E402
import ansible_collections.community.aws as community  # noqa: E402

# Each run of a module makes a client, and would read AWS's model anew.
botocore.session.create_loader = functools.lru_cache(botocore.session.create_loader)

HERE = pathlib.Path(__file__).parent
COLLECTIONS = {"amazon.aws": amazon, "community.aws": community}
MODULES = {
    path.stem: f"ansible_collections.{name}.plugins.modules.{path.stem}"
    for name, package in COLLECTIONS.items()
    for folder in package.__path__ for path in sorted(pathlib.Path(folder).glob("plugins/modules/*.py"))
    if path.stem.startswith(("iam_", "sts_")) or path.stem == "aws_caller_info"
}
ARN = f"arn:aws:iam::{ACCOUNT}:"
READS = "arn:aws:iam::aws:policy/ReadOnlyAccess"
FULL = "arn:aws:iam::aws:policy/IAMFullAccess"

# What the user may do that runs the modules: IAM's own, and to take the role of this account.
MAY = [allow(["iam:*"]), allow("sts:AssumeRole", f"{ARN}role/*")]


class Ansible:
    """Somebody who runs modules: `ansible.iam_user(name="bob", state="present")`."""

    used = set()

    def __init__(self, caller):
        self.caller = caller

    def __getattr__(self, module):
        return lambda check=False, **arguments: self.run(module, check, arguments)

    def run(self, name, check, arguments):
        self.used.add(name)
        module = importlib.import_module(MODULES[name])
        common = {"endpoint_url": self.caller.server.url, "region": "us-east-1", "access_key": self.caller.key,
                  "secret_key": self.caller.secret, "session_token": self.caller.token}
        given = {**common, **arguments, "_ansible_check_mode": check}
        basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": given}).encode()
        said = io.StringIO()
        with contextlib.redirect_stdout(said), pytest.raises(SystemExit):
            module.main()
        answer = json.loads(said.getvalue())
        assert not answer.get("failed"), (name, arguments, answer)
        return answer

    def settle(self, module, /, check_mode=True, **arguments):
        """A change: foretold in check mode and not made, then made, then nothing is left to do. What the module said of it.

        `check_mode` is false where the module changes things in check mode, too, as it does in AWS.
        """
        if check_mode:
            before = everything(self.caller)
            assert self.run(module, True, arguments)["changed"] is True, (module, arguments)
            assert everything(self.caller) == before, f"{module} changes in check mode"
        answer = self.run(module, False, arguments)
        assert answer["changed"] is True, (module, arguments)
        for check in (False, True):
            assert self.run(module, check, arguments)["changed"] is False, (module, check, arguments)
        return answer

    def settled(self, module, /, **arguments):
        answer = self.run(module, False, arguments)
        assert not answer.get("changed"), (module, arguments)
        return answer


def everything(caller):
    """What is in the account, as far as the modules change it."""
    iam = caller.iam
    parts = [iam.get_account_authorization_details(Filter=["User", "Role", "Group", "LocalManagedPolicy"], MaxItems=1000),
             iam.list_server_certificates(), iam.list_saml_providers(), iam.get_account_summary(),
             *(iam.list_access_keys(UserName=user["UserName"]) for user in iam.list_users()["Users"])]
    with contextlib.suppress(iam.exceptions.NoSuchEntityException):
        parts.append(iam.get_account_password_policy())
    return json.dumps([answer_of(part) for part in parts], default=str, sort_keys=True)


@pytest.fixture
def ansible(root):
    return Ansible(root.user("ansible", *MAY))


def test_users(ansible, root):
    made = ansible.settle("iam_user", name="alice", state="present", managed_policies=[READS], tags={"team": "red", "a b": "c+d"})
    assert made["iam_user"]["user"]["arn"] == f"{ARN}user/alice"
    assert made["iam_user"]["user"]["tags"] == {"team": "red", "a b": "c+d"}
    ansible.settle("iam_user", name="alice", state="present", tags={"team": "blue"}, managed_policies=[FULL], purge_policies=True)
    assert [tag["Value"] for tag in root.iam.list_user_tags(UserName="alice")["Tags"]] == ["blue"]
    assert [entry["PolicyArn"] for entry in root.iam.list_attached_user_policies(UserName="alice")["AttachedPolicies"]] == [FULL]
    password = {"name": "alice", "state": "present", "password": "correct Horse 7 battery", "password_reset_required": True}
    assert ansible.iam_user(**password)["changed"] is True
    assert root.iam.get_login_profile(UserName="alice")["LoginProfile"]["PasswordResetRequired"] is True
    ansible.settled("iam_user", **password, update_password="on_create")
    ansible.settle("iam_user", name="alice", state="present", remove_password=True)

    ansible.settle("iam_policy", iam_type="user", iam_name="alice", policy_name="inline", policy_json=DOCUMENTS[0], state="present")
    ansible.settle("iam_policy", iam_type="user", iam_name="alice", policy_name="inline", policy_json=DOCUMENTS[1], state="present")
    found = ansible.settled("iam_policy_info", iam_type="user", iam_name="alice", policy_name="inline")
    assert found["policies"][0]["policy_document"] == json.loads(DOCUMENTS[1])

    key = ansible.iam_access_key(user_name="alice")["access_key"]
    assert key["access_key_id"].startswith("AKIA")
    assert len(ansible.settled("iam_access_key_info", user_name="alice")["access_keys"]) == 1
    ansible.settle("iam_access_key", user_name="alice", id=key["access_key_id"], active=False)
    ansible.settle("iam_access_key", user_name="alice", id=key["access_key_id"], active=True)
    rotated = ansible.iam_access_key(user_name="alice", rotate_keys=True)
    assert rotated["changed"] is True
    ansible.settle("iam_access_key", user_name="alice", id=key["access_key_id"], state="absent")

    phone = Device(root).enable("alice")
    devices = ansible.settled("iam_mfa_device_info", user_name="alice")["mfa_devices"]
    assert [device["serial_number"] for device in devices] == [phone.serial]
    assert [user["user_name"] for user in ansible.settled("iam_user_info")["iam_users"]] == ["alice", "ansible"]
    assert [user["user_name"] for user in ansible.settled("iam_user_info", name="alice")["iam_users"]] == ["alice"]
    assert ansible.settled("iam_user_info", path="/none/")["iam_users"] == []
    # Keys, devices and policies go with the user.
    ansible.settle("iam_user", name="alice", state="absent")


def test_groups(ansible, root):
    root.iam.create_user(UserName="bob")
    made = ansible.settle("iam_group", name="staff", state="present", users=["bob"], managed_policies=[READS])
    assert made["iam_group"]["group"]["arn"] == f"{ARN}group/staff"
    assert [user["user_name"] for user in made["iam_group"]["users"]] == ["bob"]
    ansible.settle("iam_group", name="staff", state="present", users=["ansible"], purge_users=True, managed_policies=[FULL],
                   purge_policies=True)
    assert [user["UserName"] for user in root.iam.get_group(GroupName="staff")["Users"]] == ["ansible"]
    assert [user["user_name"] for user in ansible.settled("iam_user_info", group="staff")["iam_users"]] == ["ansible"]
    ansible.settle("iam_policy", iam_type="group", iam_name="staff", policy_name="inline", policy_json=DOCUMENTS[0])
    ansible.settle("iam_policy", iam_type="group", iam_name="staff", policy_name="inline", state="absent")
    assert ansible.settled("iam_policy_info", iam_type="group", iam_name="staff")["policies"] == []
    ansible.settle("iam_group", name="staff", state="present", purge_users=True, purge_policies=True)
    ansible.settle("iam_group", name="staff", state="absent")


def test_roles(ansible, root):
    document = policy(trust({"Service": "ec2.amazonaws.com"}))
    boundary = root.iam.create_policy(PolicyName="edge", PolicyDocument=DOCUMENTS[0])["Policy"]["Arn"]
    made = ansible.settle("iam_role", name="job", path="/a/", assume_role_policy_document=document, description="first",
                          managed_policies=[READS], max_session_duration=7200, tags={"team": "red"})
    assert made["iam_role"]["arn"] == f"{ARN}role/a/job"
    assert made["iam_role"]["assume_role_policy_document_raw"] == json.loads(document)
    assert root.iam.get_instance_profile(InstanceProfileName="job")["InstanceProfile"]["Roles"][0]["RoleName"] == "job"
    other = policy(trust({"Service": "ecs-tasks.amazonaws.com"}))
    ansible.settle("iam_role", name="job", path="/a/", assume_role_policy_document=other, description="second",
                   managed_policies=[FULL], boundary=boundary, create_instance_profile=False, max_session_duration=3600,
                   tags={"team": "blue", "x": "y"})
    ansible.settle("iam_policy", iam_type="role", iam_name="job", policy_name="inline", policy_json=DOCUMENTS[0])
    role, = ansible.settled("iam_role_info", name="job")["iam_roles"]
    assert (role["description"], role["max_session_duration"], role["inline_policies"]) == ("second", 3600, ["inline"])
    assert [entry["policy_arn"] for entry in role["managed_policies"]] == [FULL]
    assert [entry["role_name"] for entry in ansible.settled("iam_role_info", path_prefix="/a/")["iam_roles"]] == ["job"]
    ansible.settle("iam_role", name="job", state="absent", delete_instance_profile=True)
    assert ansible.settled("iam_role_info", name="job")["iam_roles"] == []


def test_managed_policies(ansible, root):
    made = ansible.settle("iam_managed_policy", policy_name="work", policy=DOCUMENTS[0], policy_description="What it does")
    assert made["policy"]["arn"] == f"{ARN}policy/work"
    ansible.settle("iam_managed_policy", policy_name="work", policy=DOCUMENTS[1])
    assert root.iam.get_policy(PolicyArn=f"{ARN}policy/work")["Policy"]["DefaultVersionId"] == "v2"
    ansible.settle("iam_managed_policy", check_mode=False, policy_name="work", policy=DOCUMENTS[2], only_version=True)
    assert len(root.iam.list_policy_versions(PolicyArn=f"{ARN}policy/work")["Versions"]) == 1
    root.iam.attach_user_policy(UserName="ansible", PolicyArn=f"{ARN}policy/work")
    ansible.settle("iam_managed_policy", policy_name="work", state="absent")


def test_the_account(ansible, root):
    rules = {"min_pw_length": 12, "require_symbols": True, "require_numbers": True, "require_uppercase": True,
             "require_lowercase": True, "allow_pw_change": True, "pw_max_age": 60, "pw_reuse_prevent": 5, "pw_expire": True}
    ansible.settle("iam_password_policy", check_mode=False, state="present", **rules)
    ansible.settle("iam_password_policy", check_mode=False, state="present", **{**rules, "min_pw_length": 14})
    assert root.iam.get_account_password_policy()["PasswordPolicy"]["MinimumPasswordLength"] == 14
    ansible.settle("iam_password_policy", check_mode=False, state="absent")

    ansible.settle("iam_saml_federation", name="idp", saml_metadata_document=metadata(), state="present")
    ansible.settle("iam_saml_federation", name="idp", saml_metadata_document=metadata("leaf.crt"), state="present")
    ansible.settle("iam_saml_federation", name="idp", state="absent")

    # AWS gives them back without their final newline, and the module minds.
    site = {"name": "site", "cert": pem("leaf.crt").strip(), "key": pem("leaf.key"), "cert_chain": pem("intermediate.crt").strip()}
    ansible.settle("iam_server_certificate", **site, state="present")
    found = ansible.settled("iam_server_certificate_info", name="site")["results"]["site"]
    assert (found["arn"], found["certificate_body"].strip()) == (f"{ARN}server-certificate/site", pem("leaf.crt").strip())
    ansible.settle("iam_server_certificate", name="site", new_name="place", new_path="/w/", state="present")
    ansible.settle("iam_server_certificate", name="place", state="absent")


def test_sessions(ansible, root):
    assert ansible.settled("aws_caller_info")["arn"] == f"{ARN}user/ansible"
    role = root.role("job", f"{ARN}user/ansible", allow("iam:ListUsers"))
    assumed = ansible.sts_assume_role(role_arn=role, role_session_name="playing", duration_seconds=900)
    assert assumed["sts_user"]["arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/job/playing"
    credentials = assumed["sts_creds"]
    session = Ansible(type(root)(root.server, credentials["access_key"], credentials["secret_key"], credentials["session_token"]))
    assert session.settled("aws_caller_info")["arn"] == assumed["sts_user"]["arn"]
    token = ansible.sts_session_token(duration_seconds=900)["sts_creds"]
    again = Ansible(type(root)(root.server, token["access_key"], token["secret_key"], token["session_token"]))
    assert again.settled("aws_caller_info")["arn"] == f"{ARN}user/ansible"


def recap(server, folder, *arguments):
    """What a run of the playbook says in the end, as in {"changed": 3}."""
    environment = clean_environment({"HOME": str(folder), "ANSIBLE_NOCOLOR": "1", "ANSIBLE_LOCALHOST_WARNING": "False"})
    command = ["ansible-playbook", "-i", "localhost,", "-e", f"endpoint={server.url}", *arguments, HERE / "ansible/first.yml"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment, stdin=subprocess.DEVNULL)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return {name: int(number) for name, number in re.findall(r"(\w+)=(\d+)", ended.stdout.rpartition("PLAY RECAP")[2])}


def test_a_playbook(server, root, tmp_path):
    assert recap(server, tmp_path, "--check")["changed"] == 3
    assert root.iam.list_users()["Users"] == root.iam.list_roles()["Roles"] == []
    assert recap(server, tmp_path)["changed"] == 3
    trusted = root.iam.get_role(RoleName="deploy")["Role"]["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Principal"] == {"AWS": f"{ARN}user/alice"}
    assert recap(server, tmp_path)["changed"] == 0


def test_no_module_was_left_out():
    assert set(MODULES) - Ansible.used == set()
    assert len(MODULES) >= 17
