"""Changes that take a while to be seen, as AWS's do. The clock stands, so nothing here depends on how fast it runs."""

import contextlib
import json
import subprocess
import threading
import time

import botocore.exceptions
import botocore.waiter
import pytest

import saml
import support
import test_terraform as terraform
from mfa import Device
from support import (ACCOUNT, BINARY, OTHER_ACCOUNT, Caller, Postgres, allow, clean_environment, deny, exists, limit, not_found,
                     of_credentials, policy, refused, root_arn, trust)

ROUTE = "/_iamlocal/propagation"
DELAY = 10  # seconds
START = "2031-05-01T10:00:00Z"

pytestmark = pytest.mark.skipif(support.ON_POSTGRES, reason="not with PostgreSQL")


def set_delay(server, **members):
    return server.http("PUT", ROUTE, {"Content-Type": "application/json"}, json.dumps(members).encode())


@pytest.fixture
def delayed(server):
    """The server, whose changes are visible after five to ten seconds of a clock that stands."""
    server.clock(freeze=START)
    assert set_delay(server, delay=f"{DELAY}s", seed=1).status == 200
    yield server
    assert server.http("DELETE", ROUTE).status == 200
    server.clock(reset=True)


def pass_time(server, seconds=DELAY):
    server.clock(advance=f"{seconds}s")


def pending(server):
    return server.http("GET", ROUTE).json()["not_visible_yet"]


def unknown_key():
    return refused("InvalidClientTokenId", 403, "The security token included in the request is invalid.")


def denied():
    return refused("AccessDenied", 403)


# What is not seen yet --------------------------------------------------------------------------------------------------


def test_get_after_create(delayed, root):
    root.iam.create_user(UserName="bob")
    with not_found("The user with name bob cannot be found."):
        root.iam.get_user(UserName="bob")
    assert root.iam.list_users()["Users"] == []
    pass_time(delayed, DELAY // 2 - 1)
    with not_found("The user with name bob cannot be found."):
        root.iam.get_user(UserName="bob")
    pass_time(delayed, DELAY // 2 + 1)
    assert root.iam.get_user(UserName="bob")["User"]["UserName"] == "bob"


def test_get_after_delete(delayed, root):
    root.iam.create_user(UserName="bob")
    pass_time(delayed)
    root.iam.delete_user(UserName="bob")
    assert root.iam.get_user(UserName="bob")
    with not_found("The user with name bob cannot be found."):
        root.iam.delete_user(UserName="bob")
    pass_time(delayed)
    with not_found("The user with name bob cannot be found."):
        root.iam.get_user(UserName="bob")


def test_a_new_key_is_not_known(delayed, root):
    root.iam.create_user(UserName="bob")
    pass_time(delayed)
    bob = root.key_of("bob")
    with unknown_key():
        bob.arn()
    pass_time(delayed)
    assert bob.arn().endswith(":user/bob")


def test_a_deleted_key_works(delayed, root):
    bob = root.user("bob", allow("iam:ListUsers"))
    pass_time(delayed)
    assert bob.iam.list_users()
    root.iam.delete_access_key(UserName="bob", AccessKeyId=bob.key)
    assert bob.iam.list_users()
    pass_time(delayed)
    with unknown_key():
        bob.iam.list_users()


def test_an_inactive_key_works(delayed, root):
    bob = root.user("bob")
    pass_time(delayed)
    root.iam.update_access_key(UserName="bob", AccessKeyId=bob.key, Status="Inactive")
    assert bob.arn()
    pass_time(delayed)
    with unknown_key():
        bob.arn()
    root.iam.update_access_key(UserName="bob", AccessKeyId=bob.key, Status="Active")
    with unknown_key():
        bob.arn()
    pass_time(delayed)
    assert bob.arn()


def test_a_detached_policy_counts(delayed, root):
    lists = root.iam.create_policy(PolicyName="lists", PolicyDocument=policy(allow("iam:ListUsers")))["Policy"]["Arn"]
    bob = root.user("bob")
    root.iam.attach_user_policy(UserName="bob", PolicyArn=lists)
    pass_time(delayed)
    assert bob.iam.list_users()
    root.iam.detach_user_policy(UserName="bob", PolicyArn=lists)
    assert bob.iam.list_users()
    pass_time(delayed)
    with denied():
        bob.iam.list_users()
    root.iam.attach_user_policy(UserName="bob", PolicyArn=lists)
    with denied():
        bob.iam.list_users()
    pass_time(delayed)
    assert bob.iam.list_users()


def test_a_changed_policy_counts_as_it_was(delayed, root):
    lists = root.iam.create_policy(PolicyName="lists", PolicyDocument=policy(allow("iam:ListUsers")))["Policy"]["Arn"]
    bob = root.user("bob")
    root.iam.attach_user_policy(UserName="bob", PolicyArn=lists)
    pass_time(delayed)
    root.iam.create_policy_version(PolicyArn=lists, PolicyDocument=policy(deny("*")), SetAsDefault=True)
    assert bob.iam.list_users()
    assert root.iam.get_policy(PolicyArn=lists)["Policy"]["DefaultVersionId"] == "v1"
    pass_time(delayed)
    with denied():
        bob.iam.list_users()


def test_writes_are_decided_by_what_is_seen(delayed, root):
    bob = root.user("bob", allow("iam:CreateGroup"))
    pass_time(delayed)
    root.iam.delete_user_policy(UserName="bob", PolicyName="inline")
    bob.iam.create_group(GroupName="one")
    pass_time(delayed)
    with denied():
        bob.iam.create_group(GroupName="two")


def test_group_membership_and_boundary(delayed, root):
    bob = root.user("bob")
    root.iam.create_group(GroupName="staff")
    root.iam.put_group_policy(GroupName="staff", PolicyName="lists", PolicyDocument=policy(allow("iam:ListUsers")))
    pass_time(delayed)
    root.iam.add_user_to_group(GroupName="staff", UserName="bob")
    with denied():
        bob.iam.list_users()
    pass_time(delayed)
    assert bob.iam.list_users()
    root.iam.put_user_permissions_boundary(UserName="bob", PermissionsBoundary="arn:aws:iam::aws:policy/AmazonS3FullAccess")
    assert bob.iam.list_users()
    pass_time(delayed)
    with denied():
        bob.iam.list_users()


def test_a_new_role_cannot_be_assumed(delayed, root):
    bob = root.user("bob", allow("sts:AssumeRole"))
    pass_time(delayed)
    role = root.role("deploy", trust(bob.arn())["Principal"]["AWS"], allow("iam:ListUsers"))
    with denied():
        bob.assume(role)
    pass_time(delayed)
    session = bob.assume(role)
    assert session.iam.list_users()
    root.iam.update_assume_role_policy(RoleName="deploy", PolicyDocument=policy(trust({"Service": "ec2.amazonaws.com"})))
    bob.assume(role)
    root.iam.delete_role_policy(RoleName="deploy", PolicyName="inline")
    root.iam.delete_role(RoleName="deploy")
    assert session.iam.list_users()
    assert bob.assume(role).iam.list_users()
    pass_time(delayed)
    with denied():
        bob.assume(role)
    with unknown_key():
        session.iam.list_users()


def seed_where(server, root, first, second):
    """Makes a role with a seed by which it reaches `first` before `second`: its ARN, and the change."""
    for seed in range(50):
        assert set_delay(server, delay=f"{DELAY}s", seed=seed).status == 200
        role = root.role(f"role-{seed}", root_arn())
        change = pending(server)["changes"][0]
        if change[first] < change[second]:
            return role, change
    raise AssertionError("always the same first")


def test_what_is_shown_may_not_count_yet(delayed, root):
    """Who waits until GetRole finds a role may still not be able to assume it."""
    bob = root.user("bob", allow("sts:AssumeRole"))
    role, change = seed_where(delayed, root, "shown", "counts")
    delayed.clock(freeze=change["shown"])
    root.iam.get_waiter("role_exists").wait(RoleName=role.rpartition("/")[2])
    with denied():
        bob.assume(role)
    [told] = latest(delayed, principal="bob").json()["not_visible_yet"]["changes"]
    assert told == change
    delayed.clock(freeze=change["counts"])
    assert bob.assume(role)
    assert "not_visible_yet" not in latest(delayed, principal="bob").json()


def test_what_counts_may_not_be_shown_yet(delayed, root):
    bob = root.user("bob", allow("sts:AssumeRole"))
    role, change = seed_where(delayed, root, "counts", "shown")
    delayed.clock(freeze=change["counts"])
    assert bob.assume(role)
    assert "not_visible_yet" not in latest(delayed, principal="bob").json()
    with not_found(f"The role with name {role.rpartition('/')[2]} cannot be found."):
        root.iam.get_role(RoleName=role.rpartition("/")[2])
    assert latest(delayed).json()["not_visible_yet"]["changes"] == [change]
    delayed.clock(freeze=change["shown"])
    assert root.iam.get_role(RoleName=role.rpartition("/")[2])


def test_trust_in_a_new_user_is_refused(delayed, root):
    arn = root.iam.create_user(UserName="bob")["User"]["Arn"]
    with refused("MalformedPolicyDocument", 400, f'Invalid principal in policy: "AWS":"{arn}"'):
        root.role("deploy", arn)
    pass_time(delayed)
    root.role("deploy", arn)
    other = root.iam.create_user(UserName="carol")["User"]["Arn"]
    change = {"RoleName": "deploy", "PolicyDocument": policy(trust(other))}
    with refused("MalformedPolicyDocument", 400):
        root.iam.update_assume_role_policy(**change)
    pass_time(delayed)
    root.iam.update_assume_role_policy(**change)
    pass_time(delayed)
    [statement] = root.iam.get_role(RoleName="deploy")["Role"]["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"AWS": other}


def test_an_organization_counts_later(delayed, root):
    declared = {"id": "o-exampleorg1", "accounts": {OTHER_ACCOUNT: "/"}, "policies": [
        {"type": "scp", "name": "nothing", "document": json.loads(policy(deny("*"))), "targets": ["/"]}]}
    other = Caller(delayed, key=OTHER_ACCOUNT)
    answer = delayed.http("PUT", "/_iamlocal/organization", {}, json.dumps(declared).encode())
    assert answer.status == 200, answer.text
    try:
        assert other.iam.list_users()
        assert pending(delayed)["changes"][0]["action"] == "the organization"
        pass_time(delayed)
        with denied():
            other.iam.list_users()
    finally:
        delayed.http("DELETE", "/_iamlocal/organization")


def test_a_role_of_a_saml_provider(delayed, root):
    """AssumeRoleWithSAML may write, since an assertion can be used up; whom it lets in is what is seen."""
    idp = saml.Idp()
    role, provider = saml.arn("role", "sso"), saml.arn("saml-provider", "corp")

    def log_in():
        return root.sts.assume_role_with_saml(RoleArn=role, PrincipalArn=provider, SAMLAssertion=idp.response())

    root.iam.create_saml_provider(Name="corp", SAMLMetadataDocument=idp.metadata())
    with refused("InvalidIdentityToken", 400):
        log_in()
    pass_time(delayed)
    root.role("sso", [trust({"Federated": provider}, "sts:AssumeRoleWithSAML")], allow("iam:ListUsers"))
    with denied():
        log_in()
    pass_time(delayed)
    session = of_credentials(delayed, log_in()["Credentials"])
    assert session.iam.list_users()["Users"] == []
    root.iam.delete_saml_provider(SAMLProviderArn=provider)
    assert log_in()
    pass_time(delayed)
    with refused("InvalidIdentityToken", 400):
        log_in()


def test_a_session_with_mfa(delayed, root):
    """Devices are those of the newest state."""
    bob = root.user("bob", allow("*"))
    pass_time(delayed)
    phone = Device(root, "phone").enable("bob")
    assert bob.sts.get_session_token(SerialNumber=phone.serial, TokenCode=phone.code())
    assert bob.iam.list_mfa_devices()["MFADevices"] == []
    pass_time(delayed)
    assert len(bob.iam.list_mfa_devices()["MFADevices"]) == 1


# Writes see what is newest ---------------------------------------------------------------------------------------------


def test_writes_are_held_against_the_newest_state(delayed, root):
    root.iam.create_user(UserName="bob")
    with exists("User with name bob already exists."):
        root.iam.create_user(UserName="bob")
    group = root.iam.create_group(GroupName="staff")["Group"]["Arn"]
    document = root.iam.create_policy(PolicyName="p", PolicyDocument=policy(allow("*")))["Policy"]["Arn"]
    root.iam.add_user_to_group(GroupName="staff", UserName="bob")
    root.iam.attach_group_policy(GroupName="staff", PolicyArn=document)
    root.iam.tag_user(UserName="bob", Tags=[{"Key": "k", "Value": "v"}])
    root.iam.update_user(UserName="bob", NewUserName="robert")
    root.iam.create_access_key(UserName="robert")
    root.iam.create_access_key(UserName="robert")
    with limit("Cannot exceed quota for AccessKeysPerUser: 2"):
        root.iam.create_access_key(UserName="robert")
    with not_found("The user with name bob cannot be found."):
        root.iam.tag_user(UserName="bob", Tags=[{"Key": "k", "Value": "w"}])
    with refused("DeleteConflict", 409):
        root.iam.delete_policy(PolicyArn=document)
    assert root.iam.list_users()["Users"] == []
    pass_time(delayed)
    [user] = root.iam.list_users()["Users"]
    assert user["UserName"] == "robert"
    assert root.iam.list_groups_for_user(UserName="robert")["Groups"][0]["Arn"] == group
    assert len(root.iam.list_access_keys(UserName="robert")["AccessKeyMetadata"]) == 2


def test_made_and_removed_before_anybody_saw_it(delayed, root):
    root.iam.create_user(UserName="bob")
    root.iam.delete_user(UserName="bob")
    root.iam.create_user(UserName="bob", Path="/again/")
    pass_time(delayed)
    assert root.iam.get_user(UserName="bob")["User"]["Path"] == "/again/"


def test_a_deleted_user_who_still_works_changes_nothing(delayed, root):
    """The user is gone, and the key still works: nothing of the user comes back."""
    bob = root.user("bob", allow("*"))
    pass_time(delayed)
    root.iam.delete_access_key(UserName="bob", AccessKeyId=bob.key)
    root.iam.delete_user_policy(UserName="bob", PolicyName="inline")
    root.iam.delete_user(UserName="bob")
    assert bob.iam.get_user()["User"]["UserName"] == "bob"
    for attempt in (lambda: bob.iam.create_access_key(), lambda: bob.iam.tag_user(UserName="bob", Tags=[]),
                    lambda: bob.iam.put_user_policy(UserName="bob", PolicyName="p", PolicyDocument=policy(allow("*"))),
                    lambda: bob.iam.create_login_profile(UserName="bob", Password="Secret-Pass-1!"),
                    lambda: bob.iam.change_password(OldPassword="Secret-Pass-1!", NewPassword="Secret-Pass-2!")):
        with pytest.raises(botocore.exceptions.ClientError) as caught:
            attempt()
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] < 500, caught.value
    bob.iam.create_group(GroupName="staff")
    assert bob.sts.get_session_token()
    pass_time(delayed)
    with unknown_key():
        bob.arn()
    assert root.iam.list_users()["Users"] == []
    assert [group["GroupName"] for group in root.iam.list_groups()["Groups"]] == ["staff"]


def test_a_slow_change(delayed, root):
    """A password is hashed elsewhere, and stored where the newest state is."""
    root.iam.create_user(UserName="bob")
    root.iam.create_login_profile(UserName="bob", Password="Secret-Pass-1!")
    with refused("EntityAlreadyExists", 409):
        root.iam.create_login_profile(UserName="bob", Password="Secret-Pass-1!")
    with refused("NoSuchEntity", 404):
        root.iam.get_login_profile(UserName="bob")
    pass_time(delayed)
    assert root.iam.get_login_profile(UserName="bob")


# What decisions say ----------------------------------------------------------------------------------------------------


def latest(server, **query):
    target = "/_iamlocal/decisions/latest?" + "&".join(f"{name}={value}" for name, value in query.items())
    return server.http("GET", target)


def why(server, *arguments):
    ended = subprocess.run([BINARY, "why", "--endpoint", server.url, *arguments], capture_output=True, text=True, timeout=20,
                           env=clean_environment(), stdin=subprocess.DEVNULL)
    return ended.stdout


def test_decisions_say_what_is_not_visible_yet(delayed, root):
    bob = root.user("bob")
    pass_time(delayed)
    root.iam.put_user_policy(UserName="bob", PolicyName="inline", PolicyDocument=policy(allow("iam:ListUsers")))
    Caller(delayed, key=OTHER_ACCOUNT).iam.create_user(UserName="somebody")
    with denied():
        bob.iam.list_users()
    said = latest(delayed, principal="bob").json()["not_visible_yet"]
    assert said["count"] == 1
    [change] = said["changes"]
    assert change["action"] == "iam:PutUserPolicy"
    assert change["resource"] == f"arn:aws:iam::{ACCOUNT}:user/bob"
    assert change["made"] == "2031-05-01T10:00:10.000Z"
    for moment in ("shown", "counts"):
        assert "2031-05-01T10:00:15" <= change[moment] <= "2031-05-01T10:00:20.000Z"
    assert change["shown"] != change["counts"]
    text = why(delayed, "--principal", "bob")
    assert ("\nNot visible yet: 1 change.\n"
            f"  iam:PutUserPolicy on arn:aws:iam::{ACCOUNT}:user/bob, made 2031-05-01T10:00:10.000Z: "
            f"shown from {change['shown']}, counts from {change['counts']}\n") in text
    pass_time(delayed)
    bob.iam.list_users()
    allowed = latest(delayed, principal="bob").json()
    assert allowed["decision"] == "allowed" and "not_visible_yet" not in allowed
    assert "Not visible yet" not in why(delayed, "--last")


def test_a_role_of_another_account(delayed, root):
    """What is pending there is told, too."""
    other = Caller(delayed, key=OTHER_ACCOUNT)
    bob = root.user("bob", allow("sts:AssumeRole"))
    pass_time(delayed)
    role = other.role("visited", root_arn())
    with denied():
        bob.assume(role)
    [change] = latest(delayed, principal="bob").json()["not_visible_yet"]["changes"]
    assert (change["action"], change["resource"]) == ("iam:CreateRole", role)
    pass_time(delayed)
    assert bob.assume(role)


def test_ten_are_told_and_all_are_counted(delayed, root):
    for number in range(13):
        root.iam.create_user(UserName=f"user-{number}")
    with not_found(None):
        root.iam.get_user(UserName="user-0")
    said = latest(delayed).json()["not_visible_yet"]
    assert said["count"] == 13
    assert [change["resource"].rpartition("/")[2] for change in said["changes"]] == [f"user-{n}" for n in range(10)]
    assert "  and 3 more\n" in why(delayed, "--last")
    for moment in ("shown", "counts"):
        times = [change[moment] for change in said["changes"]]
        assert times == sorted(times)


# Seeds and settings ----------------------------------------------------------------------------------------------------


def visible_times(server, seed):
    assert set_delay(server, delay=f"{DELAY}s", seed=seed).status == 200
    root = Caller(server)
    for number in range(5):
        root.iam.create_user(UserName=f"seed-{seed}-{number}-{time.monotonic_ns()}")
    return [(change["shown"], change["counts"]) for change in pending(server)["changes"]]


def test_the_same_seed_takes_the_same_time(delayed):
    first = visible_times(delayed, 4)
    assert visible_times(delayed, 4) == first
    assert visible_times(delayed, 5) != first


def test_the_route(server, root):
    assert server.http("GET", ROUTE).json() == {"delay": "0s"}
    answer = set_delay(server, delay="1m")
    assert answer.json() == {"delay": "60s", "seed": 0, "not_visible_yet": {"count": 0, "changes": []}}
    root.iam.create_user(UserName="bob")
    assert pending(server)["count"] == 1
    for body in (b"", b"[]", b"{}", b'{"delay":5}', b'{"delay":"0s"}', b'{"delay":"2h"}', b'{"delay":"-5s"}', b'{"delay":"soon"}',
                 b'{"delay":"5s","seed":-1}', b'{"delay":"5s","seed":"x"}', b'{"delay":"5s","speed":1}', b'{"seed":1}'):
        answer = server.http("PUT", ROUTE, {}, body)
        assert answer.status == 400 and answer.json()["error"], body
    assert server.http("POST", ROUTE).status == 405
    # What was refused has changed nothing.
    assert pending(server)["count"] == 1
    with not_found(None):
        root.iam.get_user(UserName="bob")
    # A new delay begins with all that is there.
    assert set_delay(server, delay="30s").json()["not_visible_yet"]["count"] == 0
    assert root.iam.get_user(UserName="bob")
    root.iam.create_user(UserName="carol")
    assert server.http("DELETE", ROUTE).json() == {"delay": "0s"}
    assert root.iam.get_user(UserName="carol")
    assert server.http("DELETE", ROUTE).json() == {"delay": "0s"}


def test_the_flag_and_real_time(start):
    server = start("--propagation-delay", "1s", "--propagation-seed", "3", "--workers", "2")
    root = Caller(server)
    assert server.http("GET", ROUTE).json()["delay"] == "1s"
    began = time.monotonic()
    root.iam.create_user(UserName="bob")
    answered = time.monotonic()
    while True:
        try:
            root.iam.get_user(UserName="bob")
            break
        except root.iam.exceptions.NoSuchEntityException:
            assert time.monotonic() - answered < 5
            time.sleep(0.01)
    assert time.monotonic() - began >= 0.5


@pytest.mark.parametrize("value", ["5", "2h", "-1s", "soon", ""])
def test_impossible_delays(tmp_path, value):
    ended = subprocess.run([BINARY, "--propagation-delay", value, "--listen", "127.0.0.1:0"], capture_output=True, text=True,
                           env=clean_environment(), cwd=tmp_path, timeout=20, stdin=subprocess.DEVNULL)
    assert ended.returncode != 0 and "propagation-delay" in ended.stderr, ended.stderr


def test_not_with_postgresql(tmp_path):
    ended = subprocess.run([BINARY, "--propagation-delay", "5s", "--listen", "127.0.0.1:0", "--database",
                            "postgresql://nobody@127.0.0.1:1/nothing"], capture_output=True, text=True,
                           env=clean_environment(), cwd=tmp_path, timeout=20, stdin=subprocess.DEVNULL)
    assert ended.returncode != 0
    assert "propagation delay (propagation-delay) is not possible with a PostgreSQL database" in ended.stderr, ended.stderr


def test_the_route_with_postgresql(start):
    server = start("--database", Postgres.shared().new_schema())
    answer = set_delay(server, delay="5s")
    assert (answer.status, answer.json()) == (409, {"error": "a database that several servers may share has no propagation delay"})
    assert server.http("DELETE", ROUTE).json() == {"delay": "0s"}
    Caller(server).iam.create_user(UserName="bob")
    assert Caller(server).iam.get_user(UserName="bob")


# Reset and restart -----------------------------------------------------------------------------------------------------


def test_a_reset_is_seen_at_once(delayed, root):
    root.iam.create_user(UserName="bob")
    pass_time(delayed)
    root.iam.create_user(UserName="carol")
    delayed.post("/_iamlocal/reset")
    assert root.iam.list_users()["Users"] == []
    assert pending(delayed)["count"] == 0
    pass_time(delayed)
    assert root.iam.list_users()["Users"] == []


def test_a_reset_of_one_account_leaves_the_others(delayed, root):
    other = Caller(delayed, key=OTHER_ACCOUNT)
    bob = root.user("bob", allow("*"))
    other.iam.create_user(UserName="old")
    pass_time(delayed)
    assert bob.iam.list_users()
    other.iam.create_user(UserName="new")
    root.iam.create_user(UserName="carol")
    delayed.post(f"/_iamlocal/reset?account={ACCOUNT}")
    assert root.iam.list_users()["Users"] == []
    with unknown_key():
        bob.arn()
    assert [user["UserName"] for user in other.iam.list_users()["Users"]] == ["old"]
    assert pending(delayed)["count"] == 1
    root.iam.create_user(UserName="dora")
    assert root.iam.list_users()["Users"] == []
    pass_time(delayed)
    assert [user["UserName"] for user in root.iam.list_users()["Users"]] == ["dora"]
    assert [user["UserName"] for user in other.iam.list_users()["Users"]] == ["new", "old"]


@pytest.mark.parametrize("query", ["", f"?account={ACCOUNT}"])
def test_a_restored_snapshot_is_seen_at_once(delayed, root, query):
    bob = root.user("bob", allow("iam:ListUsers"))
    pass_time(delayed)
    assert delayed.http("POST", f"/_iamlocal/snapshots/one{query}").status == 200
    root.iam.create_user(UserName="later")
    pass_time(delayed)
    root.iam.delete_access_key(UserName="bob", AccessKeyId=bob.key)
    root.iam.create_user(UserName="pending")
    pass_time(delayed)
    with unknown_key():
        bob.iam.list_users()
    root.iam.create_user(UserName="never-seen")
    assert delayed.http("PUT", "/_iamlocal/snapshots/one").status == 200
    assert pending(delayed)["count"] == 0
    assert [user["UserName"] for user in bob.iam.list_users()["Users"]] == ["bob"]
    root.iam.create_user(UserName="carol")
    assert [user["UserName"] for user in bob.iam.list_users()["Users"]] == ["bob"]
    pass_time(delayed)
    assert [user["UserName"] for user in bob.iam.list_users()["Users"]] == ["bob", "carol"]


def test_a_seed_and_an_account_are_seen_at_once(delayed, root):
    seed = {"accounts": {ACCOUNT: {"users": {"alice": {"access_keys": [
        {"access_key_id": "AKIAEXAMPLEALICE0001", "secret_access_key": "alices-secret-for-tests-only"}]}}}}}
    answer = delayed.http("PUT", "/_iamlocal/seed", {}, json.dumps(seed).encode())
    assert answer.status == 200, answer.text
    assert Caller(delayed, "AKIAEXAMPLEALICE0001", "alices-secret-for-tests-only").arn().endswith(":user/alice")
    assert root.iam.get_user(UserName="alice")
    root.iam.create_user(UserName="bob")
    made = delayed.http("POST", "/_iamlocal/accounts", {}, b"{}")
    assert made.status == 200, made.text
    fresh = Caller(delayed, made.json()["access_key_id"], made.json()["secret_access_key"])
    assert fresh.iam.list_users()["Users"] == []
    fresh.iam.create_user(UserName="carol")
    assert fresh.iam.list_users()["Users"] == []
    assert delayed.http("DELETE", f"/_iamlocal/accounts/{made.json()['id']}").status == 200
    assert pending(delayed)["count"] == 1  # bob


def test_a_seed_at_the_start(start, tmp_path):
    (tmp_path / "seed.json").write_text(json.dumps({"accounts": {ACCOUNT: {"users": {"alice": {}}}}}))
    server = start("--propagation-delay", "1h", "--seed", str(tmp_path / "seed.json"))
    assert Caller(server).iam.get_user(UserName="alice")


def test_after_kill_9_everything_is_there_and_visible(tmp_path):
    flags = ("--data-dir", str(tmp_path / "data"), "--propagation-delay", "1h")
    server = support.Server(tmp_path, *flags)
    root = Caller(server)
    bob = root.user("bob", allow("iam:GetUser"))
    with not_found(None):
        root.iam.get_user(UserName="bob")
    with unknown_key():
        bob.arn()
    server.kill()
    server = support.Server(tmp_path, *flags)
    try:
        bob.server = server
        assert bob.iam.get_user()["User"]["UserName"] == "bob"
        root = Caller(server)
        root.iam.create_user(UserName="carol")
        assert [user["UserName"] for user in root.iam.list_users()["Users"]] == ["bob"]
    finally:
        assert server.stop() == 0


# What clients do about it ----------------------------------------------------------------------------------------------


@pytest.fixture
def sleeping_moves_the_clock(delayed, monkeypatch):
    """Who polls sleeps in between; here the server's clock moves instead. The list of these pauses."""
    pauses = []

    def sleep(seconds):
        pauses.append(seconds)
        pass_time(delayed, seconds)

    monkeypatch.setattr(botocore.waiter.time, "sleep", sleep)
    return pauses


@pytest.mark.parametrize("waiter, create, name", [
    ("user_exists", lambda iam: iam.create_user(UserName="bob"), {"UserName": "bob"}),
    ("role_exists", lambda iam: iam.create_role(RoleName="r", AssumeRolePolicyDocument=policy(trust(root_arn()))),
     {"RoleName": "r"}),
    ("instance_profile_exists", lambda iam: iam.create_instance_profile(InstanceProfileName="p"), {"InstanceProfileName": "p"}),
    ("policy_exists", lambda iam: iam.create_policy(PolicyName="p", PolicyDocument=policy(allow("*"))),
     {"PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/p"}),
])
def test_waiters_poll_until_it_is_visible(root, sleeping_moves_the_clock, waiter, create, name):
    create(root.iam)
    root.iam.get_waiter(waiter).wait(**name)
    # Every second; instance_profile_exists and user_exists too.
    assert DELAY / 2 <= sum(sleeping_moves_the_clock) <= DELAY + 1
    assert len(sleeping_moves_the_clock) >= 2


def until_found(server, call, exception):
    """As Terraform's provider does: again after NoSuchEntity, for two minutes."""
    for _ in range(120):
        with contextlib.suppress(exception):
            return call()
        pass_time(server, 1)
    raise AssertionError("never visible")


def test_what_terraform_does(delayed, root):
    """Create, attach, read again until it is there, then destroy, and read until it is gone."""
    iam, gone = root.iam, root.iam.exceptions.NoSuchEntityException
    bob = iam.create_user(UserName="bob")["User"]["Arn"]

    def create_role():
        return iam.create_role(RoleName="deploy", AssumeRolePolicyDocument=policy(trust(bob)))["Role"]["Arn"]

    role = until_found(delayed, create_role, iam.exceptions.MalformedPolicyDocumentException)
    document = iam.create_policy(PolicyName="p", PolicyDocument=policy(allow("s3:*")))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="deploy", PolicyArn=document)
    iam.create_instance_profile(InstanceProfileName="deploy")
    iam.add_role_to_instance_profile(InstanceProfileName="deploy", RoleName="deploy")
    assert until_found(delayed, lambda: iam.get_role(RoleName="deploy"), gone)["Role"]["Arn"] == role

    def attached():
        found = iam.list_attached_role_policies(RoleName="deploy")["AttachedPolicies"]
        if not found:
            raise gone({}, "ListAttachedRolePolicies")
        return found

    assert until_found(delayed, attached, gone) == [{"PolicyName": "p", "PolicyArn": document}]
    profile = until_found(delayed, lambda: iam.get_instance_profile(InstanceProfileName="deploy"), gone)["InstanceProfile"]
    until_found(delayed, lambda: iam.get_instance_profile(InstanceProfileName="deploy")["InstanceProfile"]["Roles"][0], IndexError)
    assert profile["InstanceProfileName"] == "deploy"
    iam.remove_role_from_instance_profile(InstanceProfileName="deploy", RoleName="deploy")
    iam.delete_instance_profile(InstanceProfileName="deploy")
    iam.detach_role_policy(RoleName="deploy", PolicyArn=document)
    iam.delete_role(RoleName="deploy")
    iam.delete_policy(PolicyArn=document)
    iam.delete_user(UserName="bob")
    assert iam.get_role(RoleName="deploy")
    pass_time(delayed)
    for call in (lambda: iam.get_role(RoleName="deploy"), lambda: iam.get_policy(PolicyArn=document),
                 lambda: iam.get_user(UserName="bob")):
        with pytest.raises(gone):
            call()


@pytest.mark.skipif(not terraform.TERRAFORM or not terraform.PROVIDER, reason="there is no terraform with its AWS provider 5 here")
def test_terraform_waits(start, tmp_path):
    """Terraform itself, while the clock runs: a role that trusts a user who was made a moment before."""
    server = start("--propagation-delay", "1s")
    runs = terraform.Terraform(tmp_path / "terraform", Caller(server), source=terraform.HERE.parent / "terraform_delayed")
    assert "Apply complete! Resources: 10 added" in runs.run("apply", "-auto-approve", "-no-color")
    time.sleep(1)
    runs.run("plan", "-detailed-exitcode", "-no-color")
    assert "Destroy complete! Resources: 10 destroyed" in runs.run("destroy", "-auto-approve", "-no-color")
    time.sleep(1)
    iam = Caller(server).iam
    assert iam.list_users()["Users"] == [] == iam.list_roles()["Roles"]


def test_jobs_are_visible_when_they_are_done(delayed, root):
    """What is asked for by the id of a job is not looked for in an older state."""
    bob = root.iam.create_user(UserName="bob")["User"]["Arn"]
    job = root.iam.generate_service_last_accessed_details(Arn=bob)["JobId"]
    pass_time(delayed, 2)
    assert root.iam.get_service_last_accessed_details(JobId=job)["JobStatus"] == "COMPLETED"
    root.iam.generate_credential_report()
    pass_time(delayed, 2)
    assert root.iam.get_credential_report()["Content"]
    root.iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")
    task = root.iam.delete_service_linked_role(RoleName="AWSServiceRoleForAutoScaling")["DeletionTaskId"]
    pass_time(delayed, 2)
    assert root.iam.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"] in ("SUCCEEDED", "IN_PROGRESS")


# Under load ------------------------------------------------------------------------------------------------------------


def clients_of(server):
    """Root of three accounts. boto3 makes clients in one thread alone."""
    return [Caller(server, key=f"{100000000000 + number}").iam for number in range(3)]


def test_many_at_a_time(start):
    """Writers and readers in threads of their own, and a clock that runs: no failure, and in the end all is the same."""
    server = start("--propagation-delay", "1s", "--workers", "3")
    iams = clients_of(server)
    made, problems = [[] for _ in range(3)], []

    def write(number):
        for index in range(60):
            name = f"u{number}-{index}"
            iams[number].create_user(UserName=name)
            if index % 3 == 0:
                iams[number].delete_user(UserName=name)
            else:
                made[number].append(name)

    def read(number):
        seen = set()
        for _ in range(120):
            found = {user["UserName"] for user in iams[number].list_users(MaxItems=1000)["Users"]}
            if not {name for name in seen if int(name.partition("-")[2]) % 3} <= found:
                problems.append("something was seen and then was not")
            seen |= found

    def guarded(work, number):
        try:
            work(number)
        except Exception as problem:  # whatever it is, the test tells
            problems.append(repr(problem))

    threads = [threading.Thread(target=guarded, args=(work, number)) for work in (write, read) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    time.sleep(1.1)
    for iam, names in zip(iams, made):
        assert sorted(user["UserName"] for user in iam.list_users(MaxItems=1000)["Users"]) == sorted(names)


def test_switched_under_load(start):
    """While others ask, the delay is set, changed, reset and removed: every answer is one of those that there can be."""
    server = start("--workers", "3")
    Caller(server).iam.create_user(UserName="always")
    bob = Caller(server).key_of("always")
    assert bob.arn().endswith(":user/always")
    iams = clients_of(server)
    stop, problems = threading.Event(), []

    def ask(number):
        try:
            for index in range(1000):
                if stop.is_set():
                    return
                iams[number].create_user(UserName=f"u{index}")
                with contextlib.suppress(iams[number].exceptions.NoSuchEntityException):
                    iams[number].get_user(UserName=f"u{index}")
                assert bob.arn().endswith(":user/always")
        except Exception as problem:  # whatever it is, the test tells
            problems.append(repr(problem))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for round_ in range(25):
        assert set_delay(server, delay=f"{round_ % 3 + 1}s", seed=round_).status == 200
        server.http("GET", ROUTE)
        time.sleep(0.02)
        server.post(f"/_iamlocal/reset?account={100000000005}")
        if round_ % 2:
            assert server.http("DELETE", ROUTE).status == 200
    stop.set()
    for thread in threads:
        thread.join()
    assert problems == []
    assert server.http("DELETE", ROUTE).status == 200
    for iam in iams:
        assert len(iam.list_users(MaxItems=1000)["Users"]) > 0
