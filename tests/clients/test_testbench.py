"""The test bench: health, reset, and the clock."""

import contextlib
import datetime
import json
import re
import sqlite3

import pytest

import saml
from certificates import pem, rsa_numbers, ssh_line
from mfa import Device
from newer import Newer
from support import (ACCOUNT, REPOSITORY, Caller, OTHER_ACCOUNT, Shifted, allow, call, client, policy, refused, root_arn, send,
                     trust)


@pytest.mark.parametrize("path", ["/_iamlocal/health", "/_localstack/health", "/health", "/livez", "/readyz"])
def test_health(server, path):
    answer = server.http("GET", path)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    said = answer.json()
    assert said["enforcement"] == "enforce"
    assert set(said["services"]) == {"iam", "sts"}


@pytest.mark.parametrize("path", ["/_iamlocal/reset", "/moto-api/reset", "/_localstack/state/reset"])
def test_reset(server, path):
    root = Caller(server)
    bob = root.user("bob", allow("*"))
    Caller(server, key=OTHER_ACCOUNT).iam.create_user(UserName="carol")
    root.iam.create_account_alias(AccountAlias="my-company")
    assert bob.arn()
    assert server.http("POST", path).status == 200
    assert root.iam.list_users()["Users"] == []
    assert Caller(server, key=OTHER_ACCOUNT).iam.list_users()["Users"] == []
    assert root.iam.list_account_aliases()["AccountAliases"] == []
    with refused("InvalidClientTokenId", 403):
        bob.sts.get_caller_identity()
    assert root.iam.get_policy(PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")


def test_reset_of_one_account(start, tmp_path):
    """Everything that an account can have, on disk, where it can be looked for."""
    server = start("--data-dir", str(tmp_path / "data"), "--federation", "strict")
    idp = saml.Idp()
    root, other = Caller(server), Caller(server, key=OTHER_ACCOUNT)
    template = "arn:aws:iam::aws:role-template/iam.amazonaws.com/Example:1"
    server.http("PUT", "/_iamlocal/templates", {}, json.dumps({"role_templates": [{"arn": template, "versions": [
        {"role_name": "acquired", "trust_policy": json.loads(policy(trust({"Service": "ec2.amazonaws.com"})))}]}]}).encode())
    for caller in (root, other):
        caller.iam.set_security_token_service_preferences(GlobalEndpointTokenVersion="v2Token")
        Newer(caller).acquire_role(TemplateArn=template)
        bob = caller.user("bob", allow("*"))
        caller.iam.create_group(GroupName="staff")
        caller.iam.add_user_to_group(GroupName="staff", UserName="bob")
        limits = caller.iam.create_policy(
            PolicyName="limits", PolicyDocument=policy(allow("*")), Tags=[{"Key": "k", "Value": "v"}])["Policy"]["Arn"]
        caller.iam.create_policy_version(PolicyArn=limits, PolicyDocument=policy(allow("s3:*")))
        caller.iam.attach_group_policy(GroupName="staff", PolicyArn=limits)
        caller.iam.put_user_permissions_boundary(UserName="bob", PermissionsBoundary=limits)
        caller.role("job", bob.arn())
        caller.iam.create_instance_profile(InstanceProfileName="box")
        caller.iam.add_role_to_instance_profile(InstanceProfileName="box", RoleName="job")
        caller.iam.upload_server_certificate(
            ServerCertificateName="web", CertificateBody=pem("leaf.crt"), PrivateKey=pem("leaf.key"))
        caller.iam.upload_signing_certificate(UserName="bob", CertificateBody=pem("leaf.crt"))
        caller.iam.upload_ssh_public_key(UserName="bob", SSHPublicKeyBody=ssh_line(*rsa_numbers()))
        caller.iam.create_service_specific_credential(UserName="bob", ServiceName="codecommit.amazonaws.com")
        Device(caller).enable().sign_in(bob)
        caller.iam.create_access_key()
        caller.iam.create_login_profile(UserName="bob", Password="Str0ng-Enough!")
        caller.iam.update_account_password_policy()
        linked = caller.iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")["Role"]
        server.http("PUT", "/_iamlocal/undeletable-role", {"Content-Type": "application/json"},
                    json.dumps({"role": linked["Arn"], "usage": []}).encode())
        caller.iam.delete_service_linked_role(RoleName=linked["RoleName"])
        caller.iam.create_open_id_connect_provider(Url="https://idp.example.com", ClientIDList=["a"], ThumbprintList=["a" * 40])
        send(server, call("iam", "CreateSAMLProvider", Name="corp", SAMLMetadataDocument=idp.metadata(),
                          AddPrivateKey=pem("leaf.key")), key=caller.key, secret=caller.secret)
        account = caller.sts.get_caller_identity()["Account"]
        provider = saml.arn("saml-provider", "corp", account)
        role = caller.role("sso", [trust({"Federated": provider}, "sts:AssumeRoleWithSAML")])
        # A strict server keeps what was used.
        caller.sts.assume_role_with_saml(RoleArn=role, PrincipalArn=provider, SAMLAssertion=idp.response(role, provider))
        caller.iam.generate_credential_report()
        caller.iam.generate_service_last_accessed_details(Arn=bob.arn())
    root.iam.create_account_alias(AccountAlias="my-company")
    bob = root.user("carol", allow("*"))

    def accounts():
        with contextlib.closing(sqlite3.connect(tmp_path / "data" / "iamlocal.db")) as database:
            tables = [name for name, in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {name: {row[0] for row in database.execute(f"SELECT DISTINCT account FROM {name}")} for name in tables
                    # A declaration of another kind; and what is written a moment later, of which unit tests tell.
                    if name not in ("organization_accounts", "organization_delegates", "service_uses")
                    and "account" in {row[1] for row in database.execute(f"PRAGMA table_info({name})")}}

    assert all(ACCOUNT in found for found in accounts().values()), accounts()
    answer = server.http("POST", f"/_iamlocal/reset?account={ACCOUNT}")
    assert answer.status == 200, answer.text
    assert all(found == {OTHER_ACCOUNT} for found in accounts().values()), accounts()
    assert root.iam.list_users()["Users"] == []
    assert root.iam.list_account_aliases()["AccountAliases"] == []
    with refused("InvalidClientTokenId", 403):
        bob.sts.get_caller_identity()
    assert [user["UserName"] for user in other.iam.list_users()["Users"]] == ["bob"]


def test_reset_ends_sessions(server):
    root = Caller(server)
    session = root.user("bob", allow("sts:AssumeRole")).assume(root.role("job", root_arn()))
    server.reset()
    with refused("InvalidClientTokenId", 403):
        session.sts.get_caller_identity()


def test_the_clock_moves(server):
    root = Caller(server)
    before = root.iam.create_user(UserName="first")["User"]["CreateDate"]
    server.clock(advance="2h")
    after = root.iam.create_user(UserName="second")["User"]["CreateDate"]
    assert datetime.timedelta(hours=2) <= after - before < datetime.timedelta(hours=2, minutes=1)
    server.clock(reset=True)
    third = root.iam.create_user(UserName="third")["User"]["CreateDate"]
    assert third - before < datetime.timedelta(minutes=1)


def test_the_clock_stands_still(server):
    root = Caller(server)
    server.clock(freeze="2030-01-01T00:00:00Z")
    dates = {root.iam.create_user(UserName=f"user{number}")["User"]["CreateDate"].isoformat() for number in range(3)}
    assert dates == {"2030-01-01T00:00:00+00:00"}
    server.clock(advance="90s")
    assert root.iam.create_user(UserName="later")["User"]["CreateDate"].isoformat() == "2030-01-01T00:01:30+00:00"
    answer = send(server, call("sts", "GetSessionToken", DurationSeconds="900"), service="sts")
    assert answer.find("Expiration") == "2030-01-01T00:16:30Z"


@pytest.mark.parametrize("text, seconds", [("90s", 90), ("15m", 900), ("2h", 7200), ("1d", 86400), ("1h30m", 5400)])
def test_durations(server, text, seconds):
    server.clock(freeze="2030-01-01T00:00:00Z")
    said = server.clock(advance=text)["now"]
    expected = datetime.datetime(2030, 1, 1) + datetime.timedelta(seconds=seconds)
    assert said == expected.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_policies_see_the_clock(server):
    root = Caller(server)
    bob = root.user("bob", allow("iam:ListUsers", Condition={"DateGreaterThan": {"aws:CurrentTime": "2040-01-01T00:00:00Z"}}))
    with refused("AccessDenied", 403):
        bob.iam.list_users()
    server.clock(freeze="2040-01-02T00:00:00Z")
    bob.iam.list_users()


def test_clients_that_know_nothing_of_it_go_on_working(server):
    """The AWS CLI signs with the time of the machine, wherever the bench's clock stands."""
    root = Caller(server)
    role = root.role("job", root_arn())
    session = root.user("bob", allow("sts:AssumeRole")).assume(role, DurationSeconds=900)
    server.clock(advance="20m")
    Shifted.offset = datetime.timedelta(0)
    assert root.arn() == root_arn()
    assert root.iam.list_users()["Users"]
    with refused("ExpiredToken", 403, "The security token included in the request is expired"):
        session.sts.get_caller_identity()


def test_it_is_off_where_others_could_reach_it(start):
    """On by default on loopback only."""
    server = start("--listen", "0.0.0.0:0")
    assert server.http("POST", "/_iamlocal/reset").status == 403
    assert server.http("POST", "/_iamlocal/clock", {}, b'{"advance":"1h"}').status == 403
    assert server.http("GET", "/_iamlocal/health").status == 200


def test_it_can_be_switched_off_and_on(start):
    assert start("--testbench", "off").http("POST", "/_iamlocal/reset").status == 403
    assert start("--testbench", "on", "--listen", "0.0.0.0:0").http("POST", "/_iamlocal/reset").status == 200


def test_its_former_name_is_still_taken(start):
    assert start("--lab", "off").http("POST", "/_iamlocal/reset").status == 403


def test_reset_between_workers(start):
    """No worker remembers what was before, whichever answers."""
    server = start("--workers", "4")
    root = Caller(server)
    for _ in range(5):
        bob = root.user("bob", allow("iam:ListUsers"))
        for _ in range(8):
            assert send(server, call("iam", "ListUsers"), key=bob.key, secret=bob.secret).status == 200
        server.reset()
        for _ in range(8):
            assert send(server, call("iam", "ListUsers"), key=bob.key, secret=bob.secret).status == 403
        assert root.iam.list_users()["Users"] == []


def test_a_change_is_seen_by_every_worker_at_once(start):
    server = start("--workers", "4")
    root = Caller(server)
    bob = root.user("bob")

    def statuses():
        # A connection each: which worker gets it is the kernel's choice.
        return {send(server, call("iam", "ListUsers"), key=bob.key, secret=bob.secret).status for _ in range(12)}

    for _ in range(5):
        assert statuses() == {403}
        root.iam.put_user_policy(UserName="bob", PolicyName="p", PolicyDocument=policy(allow("iam:ListUsers")))
        assert statuses() == {200}
        root.iam.delete_user_policy(UserName="bob", PolicyName="p")
    assert bob.arn() == f"arn:aws:iam::{ACCOUNT}:user/bob"


def test_every_route_refuses_parameters_that_it_does_not_know(server):
    """Every route that the page on settings lists, with every method: a slip of the pen does nothing."""
    page = (REPOSITORY / "docs" / "configuration.md").read_text()
    routes = sorted(set(re.findall(r"/_iamlocal/[a-z-]+(?:/[a-z-]+)?(?=[`/?])", page)))
    assert len(routes) > 20
    Caller(server).user("stays")
    for route in routes:
        answers = [server.http(method, f"{path}?acount=1") for path in (route, f"{route}/x")
                   for method in ("GET", "POST", "PUT", "DELETE")]
        # Of those that are not there the path or the method is wrong.
        refused = [answer for answer in answers if answer.status not in (404, 405)]
        assert [answer.json() for answer in refused] == [{"error": "there is no parameter acount"}] * len(refused), route
        assert refused or "/outbound" in route, route
    assert client(server, "iam").get_user(UserName="stays")
