"""Seeds: at the start, while the server runs, and without one."""

import concurrent.futures
import contextlib
import http.client
import json
import re
import socket
import subprocess
import threading

import pytest

import mfa
import support
from saml import Idp
from support import BINARY, Caller, OTHER_ACCOUNT, clean_environment, refused
from web_identity import Key, assume, claims_of, key_set, signed

ROUTE = "/_iamlocal/seed"
FIRST = "111122223333"
SECOND = "444455556666"
MFA_SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ISSUER = "https://idp.example.com"
KEY = Key("k1")

EVERYTHING = f"""
# A seed with everything in it.
accounts:
  "{FIRST}":
    alias: seeded-first
    settings: {{global_endpoint_token_version: v2Token}}
    password_policy: {{minimum_password_length: 8, require_numbers: true, allow_users_to_change_password: true}}
    policies:
      deploys:
        path: /teams/
        description: who deploys
        document: &deploys
          Version: 2012-10-17
          Statement:
            - Sid: Assume
              Effect: Allow
              Action: sts:AssumeRole
              Resource: [arn:aws:iam::{FIRST}:role/*, "arn:aws:iam::{SECOND}:role/*"]
              Condition: {{Bool: {{"aws:SecureTransport": false}}}}
        tags: {{team: web}}
      versioned:
        versions:
          - {{version_id: v2, document: *deploys}}
          - version_id: v5
            default: true
            document: '{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"s3:*","Resource":"*"}}}}'
    groups:
      developers:
        path: /teams/
        attached_policies: [deploys, arn:aws:iam::aws:policy/IAMReadOnlyAccess]
        inline_policies:
          inline: {{Version: 2012-10-17, Statement: [{{Effect: Deny, Action: "iam:DeleteUser", Resource: "*"}}]}}
    users:
      alice:
        path: /teams/
        password: correct-horse-7
        password_reset_required: true
        access_keys:
          - {{access_key_id: AKIASEEDALICE0000001, secret_access_key: alices-first-secret}}
          - {{access_key_id: AKIASEEDALICE0000002, secret_access_key: alices-second-secret, status: Inactive}}
        mfa_devices:
          - {{name: phone, seed: {MFA_SEED}, tags: {{kind: test}}}}
        groups: [Developers]
        inline_policies:
          own: {{Version: 2012-10-17, Statement: [{{Effect: Allow, Action: "iam:GetUser", Resource: "*"}}]}}
        permissions_boundary: arn:aws:iam::aws:policy/AdministratorAccess
        tags: {{team: web, "cost center": 17}}
      bob:
    service_linked_roles:
      - {{aws_service_name: elasticbeanstalk.amazonaws.com, description: theirs}}
    roles:
      app:
        path: /teams/
        description: runs the application
        max_session_duration: 7200
        trust_policy:
          Version: 2012-10-17
          Statement:
            - {{Effect: Allow, Principal: {{AWS: arn:aws:iam::{SECOND}:role/helper}}, Action: sts:AssumeRole}}
            - {{Effect: Allow, Principal: {{AWS: arn:aws:iam::{FIRST}:user/teams/alice}}, Action: sts:AssumeRole}}
            - {{Effect: Allow, Principal: {{AWS: {FIRST}}}, Action: sts:TagSession}}
            - {{Effect: Allow, Principal: {{Service: ec2.amazonaws.com}}, Action: sts:AssumeRole}}
            - {{Effect: Allow, Principal: {{Federated: "arn:aws:iam::{FIRST}:oidc-provider/idp.example.com"}},
               Action: sts:AssumeRoleWithWebIdentity}}
        inline_policies:
          own: {{Version: 2012-10-17, Statement: [{{Effect: Allow, Action: "s3:GetObject", Resource: "*"}}]}}
        attached_policies: [arn:aws:iam::aws:policy/ReadOnlyAccess]
        permissions_boundary: deploys
        tags: {{team: web}}
    instance_profiles:
      web: {{path: /teams/, role: app, tags: {{team: web}}}}
    oidc_providers:
      {ISSUER}:
        client_ids: [client]
        thumbprints: [{"a" * 40}]
        jwks: {json.dumps(key_set(KEY))}
        tags: {{team: web}}
    saml_providers:
      corp: {{metadata: {json.dumps(Idp().metadata())}, tags: {{team: web}}}}
  "{SECOND}":
    roles:
      helper:
        trust_policy:
          Version: 2012-10-17
          Statement: [{{Effect: Allow, Principal: {{AWS: "arn:aws:iam::{FIRST}:role/teams/app"}}, Action: sts:AssumeRole}}]
organization:
  id: o-exampleorgid
  management_account: 999999999999
  accounts: {{{FIRST}: /workloads, {SECOND}: /}}
  policies:
    - type: scp
      name: NoNewUsers
      targets: [/workloads]
      document: {{Version: 2012-10-17, Statement: {{Effect: Deny, Action: "iam:CreateUser", Resource: "*"}}}}
    - type: rcp
      name: NoSessions
      targets: [{SECOND}]
      document: {{Version: 2012-10-17,
                 Statement: {{Effect: Deny, Principal: "*", Action: "sts:TagSession", Resource: "*"}}}}
templates:
  role_templates:
    - arn: arn:aws:iam::aws:role-template/iam.amazonaws.com/Example:1
      versions:
        - role_name: "@{{Name}}"
          minor_version: 0
          trust_policy: {{Version: 2012-10-17, Statement: []}}
          parameters: [{{name: Name, type: String}}]
metadata:
  instance: {{profile: "arn:aws:iam::{FIRST}:instance-profile/web", region: eu-west-1}}
quotas: {{UsersPerAccount: 3}}
"""
STATEMENT = {"Version": "2012-10-17", "Statement": []}
CREATED, UPDATED = 15, 3  # settings, metadata and quotas are there in any case


def put(server, seed, headers=None):
    body = seed if isinstance(seed, bytes) else seed.encode() if isinstance(seed, str) else json.dumps(seed).encode()
    return server.http("PUT", ROUTE, headers, body)


def seed_of(account=FIRST, **members):
    return {"accounts": {account: members}}


def of(server, account=FIRST):
    return Caller(server, account)


def run(*arguments, server=None, **more):
    env = clean_environment({"AWS_ENDPOINT_URL": server.url} if server else {})
    return subprocess.run([BINARY, "seed", *map(str, arguments)], capture_output=True, text=True, env=env, timeout=60, **more)


def check_everything(server):
    """What API and CLI say of it."""
    first = of(server)
    iam = first.iam
    assert iam.list_account_aliases()["AccountAliases"] == ["seeded-first"]
    assert iam.get_account_password_policy()["PasswordPolicy"]["MinimumPasswordLength"] == 8

    deploys = f"arn:aws:iam::{FIRST}:policy/teams/deploys"
    told = iam.get_policy(PolicyArn=deploys)["Policy"]
    assert (told["Description"], told["DefaultVersionId"], told["Tags"]) == (
        "who deploys", "v1", [{"Key": "team", "Value": "web"}])
    document = iam.get_policy_version(PolicyArn=deploys, VersionId="v1")["PolicyVersion"]["Document"]
    assert document["Version"] == "2012-10-17"
    assert document["Statement"][0]["Condition"] == {"Bool": {"aws:SecureTransport": False}}
    versions = iam.list_policy_versions(PolicyArn=f"arn:aws:iam::{FIRST}:policy/versioned")["Versions"]
    assert [(version["VersionId"], version["IsDefaultVersion"]) for version in versions] == [("v5", True), ("v2", False)]

    alice = iam.get_user(UserName="alice")["User"]
    assert alice["Arn"] == f"arn:aws:iam::{FIRST}:user/teams/alice"
    assert {tag["Key"]: tag["Value"] for tag in alice["Tags"]} == {"team": "web", "cost center": "17"}
    assert alice["PermissionsBoundary"]["PermissionsBoundaryArn"] == "arn:aws:iam::aws:policy/AdministratorAccess"
    assert iam.get_login_profile(UserName="alice")["LoginProfile"]["PasswordResetRequired"] is True
    keys = iam.list_access_keys(UserName="alice")["AccessKeyMetadata"]
    assert [(key["AccessKeyId"], key["Status"]) for key in keys] == [
        ("AKIASEEDALICE0000001", "Active"), ("AKIASEEDALICE0000002", "Inactive")]
    assert [group["GroupName"] for group in iam.list_groups_for_user(UserName="alice")["Groups"]] == ["developers"]
    assert iam.list_user_policies(UserName="alice")["PolicyNames"] == ["own"]
    assert [device["SerialNumber"] for device in iam.list_mfa_devices(UserName="alice")["MFADevices"]] == [
        f"arn:aws:iam::{FIRST}:mfa/phone"]
    assert iam.list_mfa_device_tags(SerialNumber=f"arn:aws:iam::{FIRST}:mfa/phone")["Tags"] == [
        {"Key": "kind", "Value": "test"}]
    assert iam.get_user(UserName="bob")["User"]["Path"] == "/"
    assert {policy["PolicyName"] for policy in iam.list_attached_group_policies(GroupName="developers")["AttachedPolicies"]} == {
        "deploys", "IAMReadOnlyAccess"}

    app = iam.get_role(RoleName="app")["Role"]
    assert (app["Path"], app["Description"], app["MaxSessionDuration"]) == ("/teams/", "runs the application", 7200)
    trusted = [statement["Principal"].get("AWS") for statement in app["AssumeRolePolicyDocument"]["Statement"]]
    assert trusted[:3] == [f"arn:aws:iam::{SECOND}:role/helper", f"arn:aws:iam::{FIRST}:user/teams/alice",
                           f"arn:aws:iam::{FIRST}:root"]
    assert app["PermissionsBoundary"]["PermissionsBoundaryArn"] == deploys
    linked = iam.get_role(RoleName="AWSServiceRoleForElasticBeanstalk")["Role"]
    assert linked["Description"] == "theirs"
    profile = iam.get_instance_profile(InstanceProfileName="web")["InstanceProfile"]
    assert ([role["RoleName"] for role in profile["Roles"]], profile["Path"]) == (["app"], "/teams/")

    provider = iam.get_open_id_connect_provider(
        OpenIDConnectProviderArn=f"arn:aws:iam::{FIRST}:oidc-provider/idp.example.com")
    assert (provider["ClientIDList"], provider["ThumbprintList"]) == (["client"], ["a" * 40])
    corp = iam.get_saml_provider(SAMLProviderArn=f"arn:aws:iam::{FIRST}:saml-provider/corp")
    assert corp["SAMLMetadataDocument"] == Idp().metadata()

    declared = server.http("GET", "/_iamlocal/organization").json()
    assert declared["accounts"] == {FIRST: "/workloads", SECOND: "/"}
    assert [policy["name"] for policy in declared["policies"]] == ["NoNewUsers", "NoSessions"]
    assert server.http("GET", "/_iamlocal/templates").json()["role_templates"][0]["versions"][0]["minor_version"] == 0
    instance = server.http("GET", "/_iamlocal/metadata").json()["instance"]
    assert (instance["profile"], instance["region"]) == (f"arn:aws:iam::{FIRST}:instance-profile/web", "eu-west-1")


def check_what_works(server):
    """Keys, tokens and limits of the seed are in force."""
    alice = Caller(server, "AKIASEEDALICE0000001", "alices-first-secret")
    assert alice.iam.get_user()["User"]["UserName"] == "alice"
    with refused("AccessDenied", 403):  # by the SCP
        of(server).iam.create_user(UserName="carol")
    token = signed(KEY, claims_of(ISSUER))
    session = assume(server, token, f"arn:aws:iam::{FIRST}:role/teams/app")
    assert session["Provider"] == f"arn:aws:iam::{FIRST}:oidc-provider/idp.example.com"
    stranger = signed(Key("k1", name="other"), claims_of(ISSUER))
    with refused("InvalidIdentityToken", 400):
        assume(server, stranger, f"arn:aws:iam::{FIRST}:role/teams/app")


def state(server):
    """All that the API tells of both accounts, dates and ids included."""
    told = []
    for account in (FIRST, SECOND):
        iam = of(server, account).iam
        details = iam.get_account_authorization_details(MaxItems=1000)
        told.append({name: details[name] for name in ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")})
        told.append(iam.list_virtual_mfa_devices()["VirtualMFADevices"])
        told.append(iam.list_instance_profiles()["InstanceProfiles"])
    return told


# While the server runs ------------------------------------------------------------------------------------------------


def test_a_seed_with_everything_is_read_back(server):
    answer = put(server, EVERYTHING)
    assert (answer.status, answer.json()) == (200, {"created": CREATED, "updated": UPDATED, "unchanged": 0})
    check_everything(server)
    check_what_works(server)


def test_the_codes_of_a_seeded_device_count(server):
    put(server, EVERYTHING)
    server.clock(freeze=mfa.NOON)
    alice = Caller(server, "AKIASEEDALICE0000001", "alices-first-secret")
    step = int(mfa.moment(mfa.NOON).timestamp()) // 30
    session = alice.sts.get_session_token(SerialNumber=f"arn:aws:iam::{FIRST}:mfa/phone",
                                          TokenCode=mfa.code(MFA_SEED, step))
    assert session["Credentials"]["SessionToken"]


def test_the_same_seed_twice_changes_nothing(server):
    put(server, EVERYTHING)
    before = state(server)
    answer = put(server, EVERYTHING).json()
    assert answer == {"created": 0, "updated": 0, "unchanged": CREATED + UPDATED}
    assert state(server) == before


def test_what_is_there_is_brought_to_the_seeds_state_and_the_rest_is_left_alone(server):
    put(server, EVERYTHING)
    iam = of(server).iam
    alice_before, bob_before = (iam.get_user(UserName=name)["User"] for name in ("alice", "bob"))
    answer = put(server, seed_of(
        users={"ALICE": {"path": "/", "groups": [], "tags": {"team": "db"}, "inline_policies": {}, "mfa_devices": [],
                         "access_keys": [{"access_key_id": "AKIASEEDALICE0000001", "secret_access_key": "another"}]}},
        groups={"developers": {"attached_policies": ["versioned"]}},
        roles={"app": {"trust_policy": json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}),
            "max_session_duration": 3600}},
        instance_profiles={"web": {"role": "app"}}))
    assert answer.json() == {"created": 0, "updated": 3, "unchanged": 1}
    alice = iam.get_user(UserName="alice")["User"]
    assert (alice["UserId"], alice["CreateDate"], alice["Path"]) == (alice_before["UserId"], alice_before["CreateDate"], "/")
    assert alice["Tags"] == [{"Key": "team", "Value": "db"}]
    assert alice["PermissionsBoundary"] == alice_before["PermissionsBoundary"]
    assert iam.list_groups_for_user(UserName="alice")["Groups"] == []
    assert iam.list_user_policies(UserName="alice")["PolicyNames"] == []
    assert iam.list_virtual_mfa_devices()["VirtualMFADevices"] == []
    assert [key["AccessKeyId"] for key in iam.list_access_keys(UserName="alice")["AccessKeyMetadata"]] == [
        "AKIASEEDALICE0000001"]
    assert iam.get_login_profile(UserName="alice")["LoginProfile"]
    assert Caller(server, "AKIASEEDALICE0000001", "another").arn().endswith("user/alice")
    assert iam.get_user(UserName="bob")["User"] == bob_before
    assert [policy["PolicyName"] for policy in
            iam.list_attached_group_policies(GroupName="developers")["AttachedPolicies"]] == ["versioned"]
    role = iam.get_role(RoleName="app")["Role"]
    assert (role["Description"], role["MaxSessionDuration"]) == ("runs the application", 3600)
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": "lambda.amazonaws.com"}


def test_passwords_are_compared_with_what_is_stored(server):
    first = seed_of(users={"alice": {"password": "first-Password-1"}})
    assert put(server, first).json()["created"] == 1
    assert put(server, first).json() == {"created": 0, "updated": 0, "unchanged": 1}
    second = seed_of(users={"alice": {"password": "second-Password-2", "password_reset_required": True}})
    assert put(server, second).json()["updated"] == 1
    assert put(server, second).json()["unchanged"] == 1
    alice = of(server).key_of("alice")
    of(server).iam.put_user_policy(UserName="alice", PolicyName="own", PolicyDocument=support.policy(
        support.allow("iam:ChangePassword")))
    with refused("AccessDenied", 403):
        alice.iam.change_password(OldPassword="first-Password-1", NewPassword="third-Password-3")
    alice.iam.change_password(OldPassword="second-Password-2", NewPassword="third-Password-3")


def test_several_seeds_with_their_files_are_sent_as_one(server):
    metadata = Idp().metadata()
    body = {"seeds": [{"name": "a.yaml", "text": f"accounts: {{'{FIRST}': {{users: {{alice: {{groups: [g]}}}}}}}}"},
                      {"name": "sub/b.json", "text": json.dumps(seed_of(
                          groups={"g": {}}, saml_providers={"corp": {"metadata_file": "corp.xml"}}))}],
            "files": {"sub/corp.xml": metadata}}
    assert put(server, body).json() == {"created": 3, "updated": 0, "unchanged": 0}
    assert of(server).iam.get_saml_provider(
        SAMLProviderArn=f"arn:aws:iam::{FIRST}:saml-provider/corp")["SAMLMetadataDocument"] == metadata
    body["seeds"][1]["text"] = "{"
    answer = put(server, body)
    assert (answer.status, answer.json()["file"], answer.json()["line"]) == (400, "sub/b.json", 1)


def test_the_server_opens_no_file_for_a_request(server, tmp_path):
    (tmp_path / "idp.xml").write_text(Idp().metadata())
    answer = put(server, seed_of(saml_providers={"corp": {"metadata_file": str(tmp_path / "idp.xml")}}))
    assert (answer.status, answer.json()["error"]) == (400, f"the file '{tmp_path / 'idp.xml'}' cannot be read")


def test_nobody_sees_a_half_of_a_seed(server):
    def seed(number):
        tags = {"tags": {"n": str(number)}}
        return seed_of(users={f"user{i}": tags for i in range(10)},
                       roles={f"role{i}": {**tags, "trust_policy": {**STATEMENT, "Statement": [
                           support.trust({"Service": "ec2.amazonaws.com"})]}} for i in range(10)})

    put(server, seed(0))
    done, seen = threading.Event(), set()

    def look():
        iam = of(server).iam
        while not done.is_set():
            details = iam.get_account_authorization_details(MaxItems=1000)
            numbers = {tag["Value"] for thing in details["UserDetailList"] + details["RoleDetailList"] for tag in thing["Tags"]}
            assert len(numbers) == 1, numbers
            seen.update(numbers)

    with concurrent.futures.ThreadPoolExecutor() as pool:
        lookers = [pool.submit(look) for _ in range(3)]
        for number in range(1, 21):
            assert put(server, seed(number)).json() == {"created": 0, "updated": 20, "unchanged": 0}
        done.set()
        for looker in lookers:
            looker.result()
    assert len(seen) > 1


USER = "accounts:\n  '" + FIRST + "':\n    users:\n      alice:\n        "
ROLE = "accounts:\n  '" + FIRST + "':\n    roles:\n      app:\n        "
REFUSED = [
    # text, code, line, column, words
    ("accounts: [", None, 1, 1, "end of sequence flow not found"),
    ("{", None, 1, 2, "this is not JSON"),
    ("", None, None, None, "is empty"),
    ("a: &a [*a]", None, 1, 8, "an alias cannot stand within what it stands for"),
    ("acounts: {}", None, 1, 1, "a seed has no member 'acounts'; did you mean accounts?"),
    (USER + "grups: []", None, 5, 9, "'alice' in users has no member 'grups'; did you mean groups?"),
    (USER + "groups: developers", None, 5, 17, "groups must be a list, and here is a text"),
    (USER + "path: nowhere", "ValidationError", 5, 15, "The specified value for path is invalid."),
    (USER + "groups: [none]", "NoSuchEntity", 5, 18, "The group with name none cannot be found."),
    (USER + "password: short", "PasswordPolicyViolation", 5, 19, "Password should have a minimum length of 8"),
    (USER + "attached_policies:\n        - arn:aws:iam::aws:policy/None", "NoSuchEntity", 6, 11,
     "Policy arn:aws:iam::aws:policy/None does not exist or is not attachable."),
    (USER + "attached_policies: [none]", "NoSuchEntity", 5, 29, "there is no managed policy none in the account"),
    (USER + "tags: {'aws:x': y}", "InvalidInput", 4, 7, None),
    (USER + "inline_policies:\n          p: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: x, Resource: '*'}]}",
     "MalformedPolicyDocument", 6, 72, None),
    (USER + "access_keys: [{access_key_id: AKIASEEDTAKEN0000001, secret_access_key: x}]", "EntityAlreadyExists", 5, 39,
     "the access key AKIASEEDTAKEN0000001 belongs to somebody else"),
    (ROLE + "description: x", None, 5, 9, "'app' in roles needs the member 'trust_policy'"),
    (ROLE + "trust_policy: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: 'sts:AssumeRole',\n"
     "          Principal: {AWS: 'arn:aws:iam::111122223333:role/none'}}]}", "MalformedPolicyDocument", 5, 23,
     'Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:role/none"'),
    ("organization: {id: x}", None, 1, 20, None),
    ("quotas: {UsersPerAcount: 1}", None, 1, 10, "there is no quota 'UsersPerAcount'; did you mean UsersPerAccount?"),
    ("quotas: {UsersPerAccount: many}", None, 1, 10, "UsersPerAccount must be a number from 0 to 1000000"),
    ("metadata: {instances: 1}", None, 1, 11, "the declaration has no member instances"),
]


@pytest.mark.parametrize(("text", "code", "line", "column", "words"), REFUSED)
def test_what_is_refused_is_refused_with_its_place_and_changes_nothing(server, text, code, line, column, words):
    put(server, seed_of(SECOND, users={"other": {"access_keys": [
        {"access_key_id": "AKIASEEDTAKEN0000001", "secret_access_key": "x"}]}}))
    before = state(server)
    # Something that would be made is there besides.
    made = f"accounts:\n  '{SECOND}':\n    users: {{new: {{}}}}\n"
    answer = put(server, {"seeds": [{"name": "made.yaml", "text": made}, {"name": "bad.yaml", "text": text}]})
    told = answer.json()
    assert answer.status == 400, told
    assert (told["file"], told.get("code"), told.get("line"), told.get("column")) == ("bad.yaml", code, line, column), told
    if words:
        assert told["error"].startswith(words), told
    assert state(server) == before


def test_a_billion_laughs_are_refused(server):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    answer = put(server, "\n".join(lines))
    assert (answer.status, answer.json()["error"]) == (400, "has more than 2000000 values")


def test_the_route_is_of_the_test_bench(server, start):
    assert server.http("POST", ROUTE).status == 405
    closed = start("--testbench", "off")
    assert put(closed, "accounts: {}").status == 403


def test_a_reset_takes_quotas_and_metadata_back(server):
    put(server, "quotas: {UsersPerAccount: 0}")
    with refused("LimitExceeded", 409):
        of(server).iam.create_user(UserName="x")
    server.reset()
    of(server).iam.create_user(UserName="x")


def test_the_example_of_the_documentation_is_good(tmp_path):
    page = (support.REPOSITORY / "docs/seeds.md").read_text()
    seed = tmp_path / "base.yaml"
    seed.write_text(re.search(r"```yaml\n(.*?)```", page, re.S)[1])
    done = run(seed, "--check")
    assert (done.returncode, done.stdout) == (0, "good: 5 things\n"), done.stderr


# At the start ---------------------------------------------------------------------------------------------------------


def test_seeds_are_in_when_the_server_answers(start, tmp_path):
    folder = tmp_path / "seeds"
    (folder / "keys").mkdir(parents=True)
    (folder / "10-accounts.yaml").write_text(EVERYTHING.replace(
        f"jwks: {json.dumps(key_set(KEY))}", "jwks_file: keys/idp.json"))
    (folder / "20-more.json").write_text(json.dumps(seed_of(OTHER_ACCOUNT, users={"dora": {}})))
    (folder / "keys" / "idp.json").write_text(json.dumps(key_set(KEY)))
    (folder / "README.md").write_text("no seed")
    server = start("--seed", str(folder))
    assert server.http("GET", "/readyz").status == 200
    check_everything(server)
    check_what_works(server)
    assert of(server, OTHER_ACCOUNT).iam.get_user(UserName="dora")
    if not support.ON_POSTGRES:
        assert server.logged("seeds are in", created=CREATED + 1, updated=UPDATED, unchanged=0)


def test_nothing_but_health_is_served_until_seeds_are_in(tmp_path):
    # Hashing passwords takes its time.
    (tmp_path / "seed.json").write_text(json.dumps(seed_of(users={
        f"user{i}": {"password": f"correct-Horse-{i}"} for i in range(60)})))
    # At an address that is not the caller's own: who asks a free port of his own often enough is connected with himself.
    host = "127.0.0.2"
    with socket.create_server((host, 0)) as taken:
        port = taken.getsockname()[1]
    process = subprocess.Popen([BINARY, "--listen", f"{host}:{port}", "--seed", str(tmp_path / "seed.json")],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=clean_environment(), text=True)

    def status(method, path, body=None):
        with contextlib.closing(http.client.HTTPConnection(host, port, timeout=20)) as connection:
            connection.request(method, path, body)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    try:
        while True:
            assert process.poll() is None
            with contextlib.suppress(ConnectionRefusedError):
                break_off = status("GET", "/readyz")
                break
        assert break_off[0] == 503 and "seeds are not in yet" in break_off[1]
        assert status("GET", "/livez")[0] == 200
        early = status("POST", "/", "Action=ListUsers&Version=2010-05-08")
        assert early[0] == 503 and "<Code>ServiceUnavailable</Code>" in early[1]
        assert status("GET", ROUTE)[0] == 503
        assert "Ready.\n" in iter(process.stdout.readline, "")
        assert status("GET", "/readyz")[0] == 200
        assert len(json.loads(status("GET", ROUTE)[1])["accounts"][FIRST]["users"]) == 60
    finally:
        process.kill()
        process.communicate(timeout=10)


def test_a_bad_seed_ends_the_start(tmp_path):
    seed = tmp_path / "bad.yaml"
    seed.write_text(USER + "grups: []")
    for arguments in ([seed], [tmp_path / "none.yaml"], [tmp_path]):
        if arguments == [tmp_path]:
            seed.unlink()
        done = subprocess.run([BINARY, "--listen", "127.0.0.1:0", "--seed", *map(str, arguments)], capture_output=True,
                              text=True, env=clean_environment(), timeout=20)
        assert (done.returncode, done.stdout) == (2, ""), done
        assert done.stderr.startswith(f"iamlocal: {arguments[0]}"), done.stderr
    done = subprocess.run([BINARY, "--listen", "127.0.0.1:0"], capture_output=True, text=True, timeout=20,
                          env=clean_environment({"IAMLOCAL_SEED": str(seed)}))
    assert (done.returncode, done.stderr) == (2, f"iamlocal: {seed}: cannot be read\n")


def test_what_was_seeded_survives_kill_9_and_seeding_again(start, tmp_path):
    data, seed = str(tmp_path / "data"), tmp_path / "seed.yaml"
    seed.write_text(EVERYTHING)
    server = start("--data-dir", data)
    assert put(server, EVERYTHING).status == 200
    before = state(server)
    server.kill()
    server = start("--data-dir", data)
    assert state(server) == before
    alice = Caller(server, "AKIASEEDALICE0000001", "alices-first-secret")
    assert alice.iam.get_user()["User"]["UserName"] == "alice"
    token = signed(KEY, claims_of(ISSUER))
    assert assume(server, token, f"arn:aws:iam::{FIRST}:role/teams/app")["Credentials"]
    of(server).iam.delete_user_policy(UserName="alice", PolicyName="own")
    server.kill()
    server = start("--data-dir", data, "--seed", str(seed))
    assert server.logged("seeds are in", created=0, updated=3)  # the user, quotas and metadata
    assert of(server).iam.list_user_policies(UserName="alice")["PolicyNames"] == ["own"]


# The command ----------------------------------------------------------------------------------------------------------


def test_the_command_sends_seeds_with_their_files(server, tmp_path):
    (tmp_path / "idp.xml").write_text(Idp().metadata())
    (tmp_path / "a.yaml").write_text(f"accounts: {{'{FIRST}': {{saml_providers: {{corp: {{metadata_file: idp.xml}}}}}}}}")
    (tmp_path / "b.yaml").write_text(f"accounts: {{'{FIRST}': {{users: {{alice: }}}}}}")
    done = run(tmp_path, server=server)
    assert (done.returncode, done.stdout, done.stderr) == (0, "2 created, 0 updated, 0 unchanged\n", "")
    done = run(tmp_path / "a.yaml", tmp_path / "b.yaml", server=server)
    assert done.stdout == "0 created, 0 updated, 2 unchanged\n"
    (tmp_path / "b.yaml").write_text(USER + "path: nowhere")
    done = run(tmp_path / "b.yaml", server=server)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(
        f"iamlocal seed: {tmp_path}/b.yaml:5:15: ValidationError: The specified value for newPath is invalid.")


def test_the_command_checks_without_a_server(tmp_path):
    seed = tmp_path / "seed.yaml"
    seed.write_text(EVERYTHING)
    done = run(seed, "--check")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"good: {CREATED + UPDATED} things\n", "")
    seed.write_text(ROLE + "trust_policy: {}")
    done = run(seed, "--check")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"iamlocal seed: {seed}:5:23: MalformedPolicyDocument: ")
    assert run(tmp_path / "none.yaml", "--check").stderr == f"iamlocal seed: {tmp_path}/none.yaml: cannot be read\n"
    assert run().returncode == 2
    nobody = subprocess.run([BINARY, "seed", str(tmp_path / "seed.yaml"), "--endpoint", "http://127.0.0.1:1"],
                            capture_output=True, text=True, env=clean_environment(), timeout=20)
    assert nobody.returncode == 2


def test_the_schema_is_that_of_the_documentation():
    done = run("--schema")
    assert done.returncode == 0
    assert done.stdout == (support.REPOSITORY / "docs/seeds.schema.json").read_text()
    assert json.loads(done.stdout)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


KINDS = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float),
         "null": type(None)}


def violations(value, schema, whole, at=""):
    """What a validator would say, as far as our schema goes."""
    known = {"$ref", "anyOf", "enum", "type", "properties", "additionalProperties", "required", "items", "propertyNames",
             "minimum", "maximum", "uniqueItems", "description", "writeOnly", "$schema", "title", "$defs"}
    assert set(schema) <= known, set(schema) - known
    found = []
    if "$ref" in schema:
        found += violations(value, whole["$defs"][schema["$ref"].rpartition("/")[2]], whole, at)
    if "anyOf" in schema and all(violations(value, one, whole, at) for one in schema["anyOf"]):
        found.append(f"{at}: none fits")
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at}: not one of {schema['enum']}")
    kinds = schema.get("type", list(KINDS))
    if not any(isinstance(value, KINDS[kind]) for kind in ([kinds] if isinstance(kinds, str) else kinds)):
        found.append(f"{at}: not {kinds}")
    if isinstance(value, dict):
        found += [f"{at}: no {name}" for name in schema.get("required", []) if name not in value]
        for name, part in value.items():
            if not re.search(schema.get("propertyNames", {}).get("pattern", ""), name):
                found.append(f"{at}: {name}")
            more = schema.get("additionalProperties", {})
            part_schema = schema.get("properties", {}).get(name, more)
            found += [f"{at}/{name}: unknown"] if part_schema is False else violations(part, part_schema, whole, f"{at}/{name}")
    if isinstance(value, list):
        for part in value:
            found += violations(part, schema.get("items", {}), whole, at + "/-")
    return found


@pytest.mark.parametrize(("seed", "expected"), [
    (seed_of(users={"alice": {"groups": ["g"], "password": "p", "tags": {"n": 1}, "access_keys": [
        {"access_key_id": "AKIASEEDALICE0000001", "secret_access_key": "s", "status": "Active"}]}, "bob": None}), []),
    (seed_of(roles={"app": {"trust_policy": STATEMENT, "max_session_duration": 3600}},
             policies={"p": {"versions": [{"document": STATEMENT, "default": True}]}}), []),
    ({"quotas": {"UsersPerAccount": 3}, "organization": {}, "templates": {}, "metadata": {}}, []),
    ({"acounts": {}}, ["/acounts: unknown"]),
    ({"accounts": {"1": {}}}, ["/accounts: 1"]),
    (seed_of(users={"alice": {"grups": []}}), [f"/accounts/{FIRST}/users/alice/grups: unknown"]),
    (seed_of(roles={"app": {}}), [f"/accounts/{FIRST}/roles/app: no trust_policy"]),
    ({"quotas": {"UsersPerAcount": 3}}, ["/quotas/UsersPerAcount: unknown"]),
])
def test_the_schema_says_what_the_server_takes(seed, expected):
    schema = json.loads((support.REPOSITORY / "docs/seeds.schema.json").read_text())
    assert violations(seed, schema, schema) == expected


def test_the_aws_cli_reads_it_back(server):
    put(server, EVERYTHING)
    env = clean_environment({"AWS_ACCESS_KEY_ID": "AKIASEEDALICE0000001", "AWS_SECRET_ACCESS_KEY": "alices-first-secret"})
    done = subprocess.run(["aws", "--endpoint-url", server.url, "iam", "get-user", "--query", "User.UserName", "--output",
                           "text"], capture_output=True, text=True, env=env, timeout=60)
    assert (done.returncode, done.stdout) == (0, "alice\n"), done.stderr


# Repeatable ids -------------------------------------------------------------------------------------------------------


def invented(server):
    """What the server has made up."""
    iam = of(server).iam
    made = [iam.create_user(UserName="alice")["User"]["UserId"]]
    server.http("GET", "/_iamlocal/health")  # requests have ids of their own
    key = iam.create_access_key(UserName="alice")["AccessKey"]
    made += [key["AccessKeyId"], key["SecretAccessKey"]]
    made.append(iam.create_virtual_mfa_device(VirtualMFADeviceName="phone")["VirtualMFADevice"]["Base32StringSeed"])
    role = of(server).role("app", f"arn:aws:iam::{FIRST}:root")
    made.append(iam.get_role(RoleName="app")["Role"]["RoleId"])
    iam.put_user_policy(UserName="alice", PolicyName="p", PolicyDocument=support.policy(support.allow("sts:*")))
    session = Caller(server, key["AccessKeyId"], key["SecretAccessKey"]).sts.assume_role(
        RoleArn=role, RoleSessionName="session")["Credentials"]
    return made + [session["AccessKeyId"], session["SecretAccessKey"]]


def test_two_servers_with_the_same_id_seed_invent_the_same(start):
    first, second, other = start("--id-seed", "7"), start("--id-seed", "7"), start("--id-seed", "8")
    made = invented(first)
    second.http("GET", "/_iamlocal/health")
    assert invented(second) == made
    assert not set(invented(other)) & set(made)
    first.reset()
    assert invented(first) == made


def test_every_start_on_the_same_data_invents_something_else(start, tmp_path):
    server = start("--id-seed", "7", "--data-dir", str(tmp_path / "data"))
    made = invented(server)
    server.stop()
    server = start("--id-seed", "7", "--data-dir", str(tmp_path / "data"))
    bob = of(server).iam.create_user(UserName="bob")["User"]["UserId"]
    assert bob not in made
    assert of(server).iam.create_user(UserName="carol")["User"]["UserId"] != bob


def test_seeds_are_repeatable_too(start, tmp_path):
    (tmp_path / "seed.yaml").write_text(EVERYTHING)
    first, second = (start("--id-seed", "7", "--seed", str(tmp_path / "seed.yaml")) for _ in range(2))
    ids = [of(server).iam.get_user(UserName="alice")["User"]["UserId"] for server in (first, second)]
    assert ids[0] == ids[1]


@pytest.mark.parametrize("value", ["", "-1", "x", "18446744073709551616"])
def test_an_id_seed_is_a_number(value):
    done = subprocess.run([BINARY, "--id-seed", value], capture_output=True, text=True, env=clean_environment(), timeout=20)
    assert done.returncode == 2
