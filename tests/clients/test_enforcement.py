"""What a user may do, and AWS's words when she may not."""

import json
import time

import pytest

from support import ACCOUNT, Caller, allow, call, denied, deny, not_found, policy, send, trust

ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
EC2 = policy(trust({"Service": "ec2.amazonaws.com"}))


def missing(action, resource, principal=ALICE):
    return denied(f"User: {principal} is not authorized to perform: {action} on resource: {resource} because no "
                  f"identity-based policy allows the {action} action")


def forbidden(action, resource, principal=ALICE):
    return denied(f"User: {principal} is not authorized to perform: {action} on resource: {resource} with an explicit deny "
                  "in an identity-based policy")


@pytest.fixture
def alice(root):
    return root.user("alice")


def arn(kind, name=""):
    return f"arn:aws:iam::{ACCOUNT}:{kind}/{name}"


# A user without policies may do nothing; how the resource is named depends on the operation. Nothing of what they name
# exists except Bob, which makes no difference: the refusal comes first.
CALLS = [
    ("CreateUser", dict(UserName="eve", Path="/x/"), arn("user", "x/eve")),
    ("CreateRole", dict(RoleName="job", AssumeRolePolicyDocument=EC2), arn("role", "job")),
    ("CreateGroup", dict(GroupName="staff"), arn("group", "staff")),
    ("CreatePolicy", dict(PolicyName="p", PolicyDocument=policy(allow("s3:*"))), "policy p"),
    ("CreateInstanceProfile", dict(InstanceProfileName="box"), arn("instance-profile", "box")),
    ("GetUser", dict(UserName="bob"), "user bob"),
    ("DeleteUser", dict(UserName="bob"), "user bob"),
    ("UpdateUser", dict(UserName="bob", NewPath="/x/"), "user bob"),
    ("TagUser", dict(UserName="bob", Tags=[{"Key": "k", "Value": "v"}]), "user bob"),
    ("CreateAccessKey", dict(UserName="bob"), "user bob"),
    ("ListAccessKeys", dict(UserName="bob"), "user bob"),
    ("PutUserPolicy", dict(UserName="bob", PolicyName="p", PolicyDocument=policy(allow("s3:*"))), "user bob"),
    ("AttachUserPolicy", dict(UserName="bob", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess"), "user bob"),
    ("ListGroupsForUser", dict(UserName="bob"), "user bob"),
    ("GetUser", dict(UserName="nobody"), "user nobody"),
    ("GetRole", dict(RoleName="job"), "role job"),
    ("DeleteRole", dict(RoleName="job"), "role job"),
    ("UpdateAssumeRolePolicy", dict(RoleName="job", PolicyDocument=EC2), "role job"),
    ("ListRolePolicies", dict(RoleName="job"), "role job"),
    ("GetGroup", dict(GroupName="staff"), "group staff"),
    ("AddUserToGroup", dict(GroupName="staff", UserName="bob"), "group staff"),
    ("DeleteGroup", dict(GroupName="staff"), "group staff"),
    ("GetInstanceProfile", dict(InstanceProfileName="box"), "instance profile box"),
    ("GetPolicy", dict(PolicyArn=arn("policy", "p")), f"policy {arn('policy', 'p')}"),
    ("GetPolicyVersion", dict(PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess", VersionId="v1"),
     "policy arn:aws:iam::aws:policy/ReadOnlyAccess"),
    ("DeletePolicy", dict(PolicyArn=arn("policy", "p")), f"policy {arn('policy', 'p')}"),
    ("ListUsers", {}, arn("user")),
    ("ListUsers", dict(PathPrefix="/x/"), arn("user", "x/")),
    ("ListRoles", {}, arn("role")),
    ("ListGroups", {}, arn("group")),
    ("ListPolicies", {}, "policy path /"),
    ("GetAccountSummary", {}, "*"),
    ("ListAccountAliases", {}, "*"),
    ("CreateAccountAlias", dict(AccountAlias="my-company"), "*"),
]


def method(name):
    return "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")


@pytest.mark.parametrize("name, parameters, resource", CALLS, ids=[f"{c[0]}{n}" for n, c in enumerate(CALLS)])
def test_nothing_is_allowed_without_a_policy(root, alice, name, parameters, resource):
    root.iam.create_user(UserName="bob")
    with missing(f"iam:{name}", resource):
        getattr(alice.iam, method(name))(**parameters)
    assert [user["UserName"] for user in root.iam.list_users()["Users"]] == ["alice", "bob"]


@pytest.mark.parametrize("name, parameters, resource", CALLS[:3] + CALLS[5:6] + CALLS[15:16] + CALLS[26:27],
                         ids=lambda value: value if isinstance(value, str) else "")
def test_an_explicit_deny_says_so(root, name, parameters, resource):
    alice = root.user("alice", allow("*"), deny(f"iam:{name}"))
    with forbidden(f"iam:{name}", resource):
        getattr(alice.iam, method(name))(**parameters)


def test_what_is_allowed_works(root):
    alice = root.user("alice", allow(["iam:CreateUser", "iam:GetUser"], arn("user", "team/*")))
    assert alice.iam.create_user(UserName="eve", Path="/team/")["User"]["Path"] == "/team/"
    assert alice.iam.get_user(UserName="eve")["User"]["UserName"] == "eve"
    with missing("iam:CreateUser", arn("user", "zed")):
        alice.iam.create_user(UserName="zed")
    with missing("iam:GetUser", "user alice"):
        alice.iam.get_user(UserName="alice")


def test_the_path_of_a_stored_entity_counts(root):
    alice = root.user("alice", allow("iam:DeleteUser", arn("user", "team/*")))
    root.iam.create_user(UserName="eve", Path="/team/")
    root.iam.create_user(UserName="zed")
    alice.iam.delete_user(UserName="eve")
    with missing("iam:DeleteUser", "user zed"):
        alice.iam.delete_user(UserName="zed")


def test_who_may_ask_learns_that_there_is_nothing(root):
    alice = root.user("alice", allow("iam:GetUser"))
    with not_found("The user with name nobody cannot be found."):
        alice.iam.get_user(UserName="nobody")


def test_actions_ignore_case_and_take_wildcards(root):
    alice = root.user("alice", allow("IAM:lIst?sers"))
    alice.iam.list_users()
    with denied():
        alice.iam.list_roles()


def test_not_action_and_not_resource(root):
    alice = root.user("alice", {"Effect": "Allow", "NotAction": "iam:List*", "NotResource": arn("user", "bob")})
    root.iam.create_user(UserName="bob")
    alice.iam.get_user(UserName="alice")
    with denied():
        alice.iam.list_users()
    with denied():
        alice.iam.get_user(UserName="bob")


def test_managed_policies_and_those_of_groups_count(root, alice):
    root.iam.attach_user_policy(UserName="alice", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    alice.iam.list_users()
    with missing("iam:CreateUser", arn("user", "eve")):
        alice.iam.create_user(UserName="eve")
    root.iam.create_group(GroupName="admins")
    root.iam.add_user_to_group(GroupName="admins", UserName="alice")
    root.iam.attach_group_policy(GroupName="admins", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    alice.iam.create_user(UserName="eve")
    root.iam.detach_group_policy(GroupName="admins", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    with denied():
        alice.iam.delete_user(UserName="eve")


def test_a_deny_of_a_group_wins(root):
    alice = root.user("alice", allow("*"))
    root.iam.create_group(GroupName="locked")
    root.iam.put_group_policy(GroupName="locked", PolicyName="no", PolicyDocument=policy(deny("iam:ListUsers")))
    alice.iam.list_users()
    root.iam.add_user_to_group(GroupName="locked", UserName="alice")
    with forbidden("iam:ListUsers", arn("user")):
        alice.iam.list_users()


def test_changes_count_with_the_very_next_request(root, alice):
    for _ in range(20):
        root.iam.put_user_policy(UserName="alice", PolicyName="p", PolicyDocument=policy(allow("iam:ListUsers")))
        alice.iam.list_users()
        root.iam.delete_user_policy(UserName="alice", PolicyName="p")
        with denied():
            alice.iam.list_users()


def test_the_version_in_force_counts(root, alice):
    made = root.iam.create_policy(PolicyName="p", PolicyDocument=policy(allow("iam:ListUsers")))["Policy"]["Arn"]
    root.iam.attach_user_policy(UserName="alice", PolicyArn=made)
    alice.iam.list_users()
    root.iam.create_policy_version(PolicyArn=made, PolicyDocument=policy(allow("iam:ListRoles")), SetAsDefault=True)
    with denied():
        alice.iam.list_users()
    root.iam.set_default_policy_version(PolicyArn=made, VersionId="v1")
    alice.iam.list_users()


CONDITIONS = [
    ({"StringEquals": {"aws:username": "alice"}}, True),
    ({"StringEquals": {"AWS:UserName": "bob"}}, False),
    ({"StringLike": {"aws:username": ["b*", "al?ce"]}}, True),
    ({"StringNotEquals": {"aws:username": "alice"}}, False),
    ({"ArnEquals": {"aws:PrincipalArn": ALICE}}, True),
    ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/a*"}}, True),
    ({"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}, True),
    ({"StringEquals": {"aws:PrincipalType": "User"}}, True),
    ({"StringLike": {"aws:userid": "AIDA*"}}, True),
    ({"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}, True),
    ({"NotIpAddress": {"aws:SourceIp": "127.0.0.0/8"}}, False),
    ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, False),
    ({"Bool": {"aws:SecureTransport": "false"}}, True),
    ({"Bool": {"aws:SecureTransport": True}}, False),
    ({"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, True),
    ({"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, False),
    ({"NumericGreaterThan": {"aws:EpochTime": "1500000000"}}, True),
    ({"DateGreaterThan": {"aws:EpochTime": "1500000000"}}, True),
    ({"StringEquals": {"aws:RequestedRegion": "us-east-1"}}, True),
    ({"StringLike": {"aws:UserAgent": "*otocore*"}}, True),
    ({"Null": {"aws:MultiFactorAuthPresent": "true"}}, True),
    ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, False),
    ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}, True),
    ({"Null": {"aws:TokenIssueTime": "true"}}, True),
    ({"Bool": {"aws:ViaAWSService": "false"}}, True),
    ({"StringEquals": {"aws:username": "alice"}, "Bool": {"aws:SecureTransport": "true"}}, False),
    ({"StringEquals": {"aws:username": "${aws:username}"}}, True),
    ({"StringEquals": {"no:such": "x"}}, False),
    ({"StringNotEquals": {"no:such": "x"}}, True),
]


@pytest.mark.parametrize("condition, expected", CONDITIONS, ids=[json.dumps(c[0]) for c in CONDITIONS])
def test_conditions_see_the_request(root, condition, expected):
    alice = root.user("alice", allow("iam:ListUsers", Condition=condition))
    if expected:
        alice.iam.list_users()
    else:
        with missing("iam:ListUsers", arn("user")):
            alice.iam.list_users()


def test_a_policy_variable_in_the_resource(root):
    alice = root.user("alice", allow("iam:GetUser", arn("user", "${aws:username}")))
    assert alice.iam.get_user()["User"]["UserName"] == "alice"
    with denied():
        alice.iam.get_user(UserName="bob")


def test_root_may_everything(root):
    root.iam.create_user(UserName="eve")
    root.iam.delete_user(UserName="eve")


def test_get_caller_identity_cannot_be_forbidden(root):
    alice = root.user("alice", deny("*"))
    assert alice.arn() == ALICE


def test_the_order_of_validation_and_refusal(root, alice):
    """A request that is wrong in itself is told so before anybody asks whether it would be allowed."""
    answer = send(root.server, call("iam", "CreateUser", UserName="a" * 65), key=alice.key, secret=alice.secret)
    assert answer.error()[1] == "ValidationError"


def test_a_name_in_another_case_does_not_get_past_a_deny(root):
    """Names are found whatever their case, and held against policies as they are stored."""
    iam = root.iam
    iam.create_user(UserName="alice", Path="/staff/")
    iam.create_group(GroupName="ops")
    iam.create_role(RoleName="job", AssumeRolePolicyDocument=EC2)
    iam.create_instance_profile(InstanceProfileName="web")
    own = iam.create_policy(PolicyName="own", PolicyDocument=policy(allow("s3:*")))["Policy"]["Arn"]
    protected = [arn("user", "staff/alice"), arn("group", "ops"), arn("role", "job"), arn("instance-profile", "web"), own]
    bob = root.user("bob", allow("iam:*"), deny("iam:*", protected)).iam
    iam.create_instance_profile(InstanceProfileName="free")
    for refused_call in (
        lambda: bob.get_user(UserName="ALICE"),
        lambda: bob.create_access_key(UserName="Alice"),
        lambda: bob.update_user(UserName="ALICE", NewUserName="mallory"),
        lambda: bob.get_group(GroupName="OPS"),
        lambda: bob.add_user_to_group(GroupName="OPS", UserName="bob"),
        lambda: bob.delete_role(RoleName="JOB"),
        lambda: bob.update_assume_role_policy(RoleName="Job", PolicyDocument=policy(trust("*"))),
        lambda: bob.add_role_to_instance_profile(InstanceProfileName="free", RoleName="JOB"),
        lambda: bob.delete_instance_profile(InstanceProfileName="WEB"),
        lambda: bob.get_context_keys_for_principal_policy(PolicySourceArn=arn("role", "job")),
        lambda: bob.get_policy(PolicyArn=own),
    ):
        with denied(pattern="with an explicit deny in an identity-based policy"):
            refused_call()
    # An ARN is exact.
    with not_found(f"Policy {arn('policy', 'OWN')} was not found."):
        bob.get_policy(PolicyArn=arn("policy", "OWN"))
    with not_found(f"Policy {arn('policy', 'x/own')} was not found."):
        bob.delete_policy(PolicyArn=arn("policy", "x/own"))


# The modes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["audit", "off"])
def test_other_modes_let_everything_pass(start, mode):
    server = start("--enforcement", mode, "--log-format", "json")
    alice = Caller(server).user("alice")
    alice.iam.create_user(UserName="eve")
    assert alice.arn() == ALICE
    health = server.http("GET", "/_iamlocal/health")
    assert mode in health.text
    assert mode in "\n".join(server.banner)


def test_audit_logs_what_it_would_have_refused(start):
    server = start("--enforcement", "audit", "--log-format", "json")
    root = Caller(server)
    alice = root.user("alice")
    alice.iam.list_users()
    root.iam.list_users()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and not any("not authorized" in line for line in server.log().splitlines()):
        time.sleep(0.05)
    lines = [line for line in server.log().splitlines() if "iam:ListUsers" in line and "not authorized" in line]
    assert len(lines) == 1
    assert ALICE in lines[0]
