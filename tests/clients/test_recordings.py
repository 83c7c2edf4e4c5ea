"""Recordings: a story is told while one runs, and the policy that comes of it is enough for the story and for nothing more."""

import contextlib
import json
import subprocess
import threading

import pytest

import issuers
import support
from support import ACCOUNT, Caller, allow, denied, policy, root_arn, trust
from web_identity import web_trust

ROOT = "/_iamlocal/recordings"


@pytest.fixture(autouse=True)
def no_recordings(server):
    yield
    for recording in server.http("GET", ROOT).json()["recordings"]:
        assert server.http("DELETE", f"{ROOT}/{recording['name']}").status == 200


def set_state(server, name, state=None):
    body = json.dumps({"state": state}).encode() if state else b""
    return server.http("POST", f"{ROOT}/{name}", body=body)


@contextlib.contextmanager
def recording(server, name="story"):
    assert set_state(server, name, "running").status == 200
    yield
    assert set_state(server, name, "stopped").json()["state"] == "stopped"


def shown(server, name="story", query=""):
    answer = server.http("GET", f"{ROOT}/{name}{query}")
    assert answer.status == 200, answer.text
    return answer.json()


def of(said, arn):
    (found,) = [principal for principal in said["principals"] if principal["principal"] == arn]
    return found


TRUST = policy(trust({"Service": "ec2.amazonaws.com"}), trust(root_arn(), Condition={"StringEquals": {"sts:ExternalId": "x-42"}}))


def story(who):
    """Makes and removes again, so that it can be told twice."""
    iam = who.iam
    iam.create_user(UserName="worker", Path="/team/", Tags=[{"Key": "team", "Value": "blue"}])
    iam.create_role(RoleName="job", AssumeRolePolicyDocument=TRUST)
    iam.attach_role_policy(RoleName="job", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    iam.create_instance_profile(InstanceProfileName="machine")
    iam.add_role_to_instance_profile(InstanceProfileName="machine", RoleName="job")
    iam.list_users()
    iam.get_paginator("list_roles").paginate().build_full_result()
    who.sts.assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/job", RoleSessionName="story", ExternalId="x-42")
    iam.remove_role_from_instance_profile(InstanceProfileName="machine", RoleName="job")
    iam.delete_instance_profile(InstanceProfileName="machine")
    iam.detach_role_policy(RoleName="job", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    iam.delete_role(RoleName="job")
    iam.delete_user(UserName="worker")


def test_the_policy_of_a_story_is_enough_and_not_more(server, root):
    author = root.user("author", allow("*"))
    with recording(server):
        story(author)
    mine = of(shown(server), author.arn())
    assert mine["confirmed"] is True
    assert "refused" not in mine
    fresh = root.user("fresh")
    with denied():
        story(fresh)
    root.iam.put_user_policy(UserName="fresh", PolicyName="least", PolicyDocument=json.dumps(mine["policy"]))
    story(fresh)
    refusals = [
        lambda: fresh.iam.create_user(UserName="other"),
        lambda: fresh.iam.create_user(UserName="worker", Path="/other/"),
        lambda: fresh.iam.create_user(UserName="worker", Path="/team/", Tags=[{"Key": "team", "Value": "red"}]),
        lambda: fresh.iam.create_user(UserName="worker", Path="/team/", Tags=[{"Key": "cost", "Value": "blue"}]),
        lambda: fresh.iam.attach_role_policy(RoleName="job", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"),
        lambda: fresh.iam.list_groups(),
        lambda: fresh.iam.delete_role(RoleName="other"),
        lambda: fresh.sts.assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/job", RoleSessionName="story", ExternalId="x-43"),
    ]
    for refusal in refusals:
        with denied():
            refusal()


def test_conditions_are_what_the_requests_had(server, root):
    author = root.user("author", allow("*"))
    with recording(server):
        story(author)
        root.iam.list_users()
    said = shown(server)
    mine = of(said, author.arn())
    assert of(said, root_arn())["note"] == "Root needs no policy; this is what somebody else would need."
    conditions = {}
    for statement in mine["policy"]["Statement"]:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        for action in actions:
            conditions[action] = statement.get("Condition")
    assert conditions["iam:PassRole"] == {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    assert conditions["iam:AttachRolePolicy"] == {
        "ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/IAMReadOnlyAccess"}}
    assert conditions["iam:TagUser"] == {"StringEquals": {"aws:RequestTag/team": "blue"},
                                         "ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}
    assert conditions["iam:ListUsers"] is None
    assert said["rules"][0].startswith("Each resource is named; 5 or more of one type under one path become")


def test_many_resources_become_their_path(server, root):
    with recording(server):
        for number in range(5):
            root.iam.create_user(UserName=f"u{number}", Path="/many/")
        root.iam.create_user(UserName="one")
    def resources(query):
        (statement,) = of(shown(server, query=query), root_arn())["policy"]["Statement"]
        return statement["Resource"]
    users = f"arn:aws:iam::{ACCOUNT}:user"
    assert resources("") == [f"{users}/many/*", f"{users}/one"]
    assert len(resources("?wildcard_from=0")) == 6
    assert resources("?wildcard_from=2") == f"{users}/*"
    for wrong in ("?wildcard_from=1", "?wildcard_from=x", "?refused=yes", "?format=xml", "?what=1"):
        assert server.http("GET", f"{ROOT}/story{wrong}").status == 400


def test_what_was_refused_stands_apart(server, root):
    bob = root.user("bob", allow("iam:GetUser"))
    with recording(server):
        bob.iam.get_user(UserName="bob")
        with denied():
            bob.iam.list_users()
        with denied():
            bob.iam.list_users()
    users = f"arn:aws:iam::{ACCOUNT}:user/"
    mine = of(shown(server), bob.arn())
    assert mine["refused"] == [{"action": "iam:ListUsers", "resource": users, "count": 2}]
    assert [statement["Action"] for statement in mine["policy"]["Statement"]] == ["iam:GetUser"]
    with_them = of(shown(server, query="?refused=include"), bob.arn())
    assert "refused" not in with_them
    assert [statement["Action"] for statement in with_them["policy"]["Statement"]] == ["iam:GetUser", "iam:ListUsers"]


def test_what_nothing_has_used(server, root):
    bob = root.user("bob", allow(["iam:Get*", "iam:DeleteUser"], f"arn:aws:iam::{ACCOUNT}:user/*"), allow("s3:*"))
    root.iam.create_group(GroupName="staff")
    root.iam.put_group_policy(GroupName="staff", PolicyName="lists", PolicyDocument=policy(allow("iam:List*")))
    root.iam.add_user_to_group(GroupName="staff", UserName="bob")
    with recording(server):
        bob.iam.get_user(UserName="bob")
        bob.iam.list_users()
    mine = of(shown(server), bob.arn())
    assert mine["unused"] == [{"policy": "inline", "path": "Statement[0].Action[1]", "value": "iam:DeleteUser"},
                              {"policy": "inline", "path": "Statement[1]"}]
    assert mine["could_be_narrower"] == [
        {"policy": "inline", "path": "Statement[0].Action[0]", "value": "iam:Get*", "enough": ["iam:GetUser"]},
        {"policy": "inline", "path": "Statement[0].Resource", "value": f"arn:aws:iam::{ACCOUNT}:user/*",
         "enough": [f"arn:aws:iam::{ACCOUNT}:user/bob"]},
        {"policy": "lists", "group": "staff", "path": "Statement[0].Action", "value": "iam:List*",
         "enough": ["iam:ListUsers"]},
        {"policy": "lists", "group": "staff", "path": "Statement[0].Resource", "value": "*",
         "enough": [f"arn:aws:iam::{ACCOUNT}:user/"]}]


def test_sessions_count_for_their_role(server, root):
    bob = root.user("bob", allow("sts:AssumeRole"))
    role = root.role("job", bob.arn(), allow("iam:*"), Path="/jobs/")
    with recording(server):
        bob.assume(role, "one").iam.list_users()
        bob.assume(role, "two").iam.list_users()
    said = shown(server)
    assert of(said, role)["requests"] == 2
    assert {principal["principal"] for principal in said["principals"]} == {role, bob.arn()}
    assert [p["principal"] for p in shown(server, query="?principal=job")["principals"]] == [role]


def test_what_a_trust_policy_alone_allows_has_no_policy(server, root):
    url = issuers.declare(server, "test")["issuer"]
    provider = root.iam.create_open_id_connect_provider(Url=url, ClientIDList=["sts.amazonaws.com"])["OpenIDConnectProviderArn"]
    audience = {"StringEquals": {f"{url.partition('://')[2]}:aud": "sts.amazonaws.com"}}
    role = root.role("web", [web_trust(provider, audience)])
    token = issuers.mint(server, "test")
    with recording(server):
        support.client(server, "sts").assume_role_with_web_identity(RoleArn=role, RoleSessionName="story", WebIdentityToken=token)
    mine = of(shown(server), provider)
    assert mine["policy"] is None
    assert mine["note"].startswith("What this caller does is allowed by the policy of the resource")


def test_life_of_a_recording(server, root):
    assert server.http("GET", ROOT).json() == {"recordings": []}
    assert set_state(server, "a").json()["state"] == "running"
    assert set_state(server, "a").status == 200
    root.iam.list_users()
    assert set_state(server, "a", "stopped").json()["requests"] == 1
    root.iam.list_users()
    assert shown(server, "a")["requests"] == 1
    set_state(server, "a", "running")
    root.iam.list_users()
    listed = server.http("GET", ROOT).json()["recordings"]
    assert [(r["name"], r["state"], r["requests"], r["principals"], r["permissions"]) for r in listed] == [
        ("a", "running", 2, 1, 1)]
    assert set_state(server, "b", "stopped").status == 404
    assert server.http("DELETE", f"{ROOT}/b").status == 404
    assert server.http("DELETE", f"{ROOT}/a").status == 200
    assert server.http("GET", f"{ROOT}/a").status == 404


@pytest.mark.parametrize(("name", "body", "status"), [
    ("", b"", 400), ("a/b", b"", 400), ("x" * 65, b"", 400), ("..", b"", 400), ("-a", b"", 400), ("a%2Fb", b"", 400), ("decisions", b"", 409), ("a", b"[]", 400),
    ("a", b"{", 400), ("a", b'{"state":"off"}', 400), ("a", b'{"state":"running","x":1}', 400)])
def test_bad_requests(server, name, body, status):
    answer = server.http("POST", f"{ROOT}/{name}", body=body)
    assert answer.status == status
    assert answer.json()["error"]


def test_there_are_not_too_many(server):
    made = [set_state(server, f"r{number}", "running").status for number in range(33)]
    assert made == [200] * 32 + [409]


def test_enforcement_off_has_nothing_to_record(start):
    server = start("--enforcement", "off")
    answer = set_state(server, "a", "running")
    assert answer.status == 409
    assert "enforcement is off" in answer.json()["error"]


def test_audit_shows_what_would_be_needed(start):
    server = start("--enforcement", "audit")
    root = Caller(server)
    bob = root.user("bob")
    with recording(server):
        bob.iam.list_users()
    mine = of(shown(server, query="?refused=include"), bob.arn())
    assert mine["policy"]["Statement"][0]["Action"] == "iam:ListUsers"


def test_recordings_do_not_need_the_decision_log(start):
    server = start("--decisions", "0")
    root = Caller(server)
    with recording(server):
        root.iam.list_users()
    assert of(shown(server), root_arn())["requests"] == 1
    assert shown(server, "decisions")["principals"] == []


def test_only_on_a_test_bench(start):
    server = start("--testbench", "off")
    assert server.http("GET", ROOT).status == 403


def test_many_clients_at_once(server, root):
    def work():
        for _ in range(20):
            Caller(server).iam.list_users()
    with recording(server):
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert of(shown(server), root_arn())["requests"] == 80


def run(server, *arguments):
    return subprocess.run([support.BINARY, "policy", "generate", *arguments, "--endpoint", server.url], text=True,
                          capture_output=True, stdin=subprocess.DEVNULL, timeout=60, env=support.clean_environment())


def test_the_command_asks_a_server(server, root):
    bob = root.user("bob", allow("iam:*"))
    with recording(server):
        bob.iam.list_users()
    text = run(server, "--recording", "story", "--principal", "bob")
    assert text.returncode == 0, text.stderr
    assert text.stdout.startswith("Recording story, stopped, 1 requests\nEach resource is named")
    assert '"Action": "iam:ListUsers"' in text.stdout
    assert "wider than needed: Statement[0].Action of inline, iam:*; enough: iam:ListUsers" in text.stdout
    said = json.loads(run(server, "--recording", "story", "--format", "json").stdout)
    assert said["principals"][0]["principal"] == bob.arn()
    decisions = json.loads(run(server, "--from-decisions", "--format", "json", "--principal", "bob").stdout)
    assert decisions["principals"][0]["policy"] == said["principals"][0]["policy"]
    missing = run(server, "--recording", "none")
    assert (missing.returncode, missing.stderr) == (2, "iamlocal policy generate: there is no recording of this name\n")


def test_the_page_shows_what_comes(server, root):
    page = (support.REPOSITORY / "docs/least-privilege.md").read_text()
    with recording(server):
        root.iam.create_user(UserName="worker", Tags=[{"Key": "team", "Value": "blue"}])
        root.iam.list_users()
    text = run(server, "--recording", "story").stdout
    assert text.startswith("Recording story, stopped, 2 requests\n")
    assert f"```\n{text}```\n" in page
