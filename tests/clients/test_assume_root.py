"""AssumeRoot: who may act as root of a member account, for which tasks, and what the session may do."""

import json

import pytest

from mfa import Device
from newer import Newer
from support import Caller, allow, answer_of, call, denied, deny, invalid, not_found, of_credentials, policy, refused, send

MANAGEMENT, DELEGATE, MEMBER, OUTSIDER = "999999999999", "111111111111", "222222222222", "555555555555"
ROUTE = "/_iamlocal/organization"
TASKS = "arn:aws:iam::aws:policy/root-task/"
AUDIT, PASSWORD, CREDENTIALS = (TASKS + name for name in (
    "IAMAuditRootUserCredentials", "IAMCreateRootUserPassword", "IAMDeleteRootUserCredentials"))
BUCKET, QUEUE = TASKS + "S3UnlockBucketPolicy", TASKS + "SQSUnlockQueuePolicy"
ROOT = f"arn:aws:iam::{MEMBER}:root"
NOON = "2031-02-03T04:05:06Z"
GLOBAL = "sts.amazonaws.com"

NO_OCCASION = {
    "ExpiredTokenException": ("AssumeRole takes no token of an identity provider, and AssumeRoot neither", "AssumeRole AssumeRoot"),
}


def declare(server, **more):
    body = {
        "id": "o-exampleorgid", "management_account": MANAGEMENT, "accounts": {DELEGATE: "/", MEMBER: "/workloads"},
        "trusted_access": ["iam.amazonaws.com"], "delegated_administrators": {"iam.amazonaws.com": [DELEGATE]}, **more
    }
    assert server.http("PUT", ROUTE, {}, json.dumps(body).encode()).status == 200


@pytest.fixture
def organization(server):
    declare(server)
    management = Newer(Caller(server, key=MANAGEMENT))
    management.enable_organizations_root_credentials_management()
    management.enable_organizations_root_sessions()
    yield server
    server.http("DELETE", ROUTE)


def administrator(server, account=MANAGEMENT, *statements):
    return Caller(server, key=account).user("admin", *(statements or [allow("sts:*")]))


@pytest.fixture
def admin(organization):
    return administrator(organization)


def ask(caller, task=AUDIT, target=MEMBER, **more):
    return Newer(caller).assume_root(TargetPrincipal=target, TaskPolicyArn={"arn": task}, **more)


def as_root(caller, task=AUDIT, target=MEMBER, **more):
    return of_credentials(caller.server, ask(caller, task, target, **more)["Credentials"])


def refusal(caller_arn, target=MEMBER):
    return denied(f"User: {caller_arn} is not authorized to perform: sts:AssumeRoot on resource: arn:aws:iam::{target}:root")


def arn_of(account=MANAGEMENT):
    return f"arn:aws:iam::{account}:user/admin"


def outside_of(task, action):
    """The task's policy denies it."""
    return denied(pattern=f"^User: {ROOT} is not authorized to perform: {action} on resource: .* with an explicit deny in a "
                          f"session policy: {task}$")


# The answer -----------------------------------------------------------------------------------------------------------


def test_the_answer(admin):
    admin.server.clock(freeze=NOON)
    answer = ask(admin)
    credentials = answer.pop("Credentials")
    size = len(credentials["SessionToken"])
    assert answer == {"SessionTokenSize": size, "SessionTokenUtilization": -(-size * 100 // 4096)}
    assert credentials["Expiration"].timestamp() - 1927857906 == 900
    session = of_credentials(admin.server, credentials)
    assert answer_of(session.sts.get_caller_identity()) == {"UserId": MEMBER, "Account": MEMBER, "Arn": ROOT}


@pytest.mark.parametrize("target", [MEMBER, ROOT, DELEGATE])
def test_the_target_is_an_account_or_its_root(admin, target):
    assert as_root(admin, target=target).arn() == f"arn:aws:iam::{target[-17:-5] if ':' in target else target}:root"


def test_a_delegated_administrator_asks(organization):
    assert as_root(administrator(organization, DELEGATE)).arn() == ROOT


def test_a_role_asks_and_its_source_identity_goes_along(organization):
    owner = Caller(organization, key=MANAGEMENT)
    admin = administrator(organization)
    role = owner.role("support", [
        {"Effect": "Allow", "Principal": {"AWS": MANAGEMENT}, "Action": ["sts:AssumeRole", "sts:SetSourceIdentity"]}],
        allow("sts:AssumeRoot"))
    answer = ask(admin.assume(role, SourceIdentity="alice"))
    assert answer["SourceIdentity"] == "alice"
    assert of_credentials(organization, answer["Credentials"]).arn() == ROOT


@pytest.mark.parametrize("asked", [0, 1, 899, 900])
def test_how_long_it_lasts(admin, asked):
    admin.server.clock(freeze=NOON)
    answer = ask(admin, DurationSeconds=asked)
    assert answer["Credentials"]["Expiration"].timestamp() - 1927857906 == asked
    session = of_credentials(admin.server, answer["Credentials"])
    if asked > 0:
        admin.server.clock(advance=f"{asked - 1}s")
        session.arn()
        admin.server.clock(advance="1s")
    with refused("ExpiredToken", 403):
        session.arn()


@pytest.mark.parametrize("size", [0, 1000, 4096])
def test_a_token_of_a_minimum_size(admin, size):
    answer = ask(admin, MinimumSessionTokenSize=size)
    assert len(answer["Credentials"]["SessionToken"]) == answer["SessionTokenSize"] >= size


# What is refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("more, value, at, rule", [
    ({"DurationSeconds": 901}, "901", "durationSeconds", "Member must have value less than or equal to 900"),
    ({"DurationSeconds": -1}, "-1", "durationSeconds", "Member must have value greater than or equal to 0"),
    ({"TargetPrincipal": "x"}, "x", "targetPrincipal", "Member must have length greater than or equal to 12"),
    ({"TaskPolicyArn": {"arn": "x"}}, "x", "taskPolicyArn.arn", "Member must have length greater than or equal to 20"),
    ({"MinimumSessionTokenSize": 4097}, "4097", "minimumSessionTokenSize", "Member must have value less than or equal to 4096"),
])
def test_constraints(admin, more, value, at, rule):
    with invalid(f"1 validation error detected: Value '{value}' at '{at}' failed to satisfy constraint: {rule}"):
        Newer(admin).assume_root(**{"TargetPrincipal": MEMBER, "TaskPolicyArn": {"arn": AUDIT}, **more})


@pytest.mark.parametrize("missing", ["TargetPrincipal", "TaskPolicyArn"])
def test_what_is_required(admin, missing):
    members = {"TargetPrincipal": MEMBER, "TaskPolicyArn": {"arn": AUDIT}}
    members.pop(missing)
    name = missing[0].lower() + missing[1:]
    with invalid(f"1 validation error detected: Value null at '{name}' failed to satisfy constraint: Member must not be null"):
        Newer(admin).assume_root(**members)


@pytest.mark.parametrize("target", [
    f"arn:aws:iam::{MEMBER}:user/bob", f"arn:aws:iam::{MEMBER}:role/root", "arn:aws:iam::aws:root", f"{MEMBER}1",
    f"arn:aws-cn:iam::{MEMBER}:root", f"arn:aws:iam:us-east-1:{MEMBER}:root", "not an account"])
def test_targets_that_are_none(admin, target):
    with invalid("Request must contain a valid target principal"):
        ask(admin, target=target)


@pytest.mark.parametrize("task", [
    "arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/IAMAuditRootUserCredentials", TASKS + "Other",
    f"arn:aws:iam::{MANAGEMENT}:policy/root-task/IAMAuditRootUserCredentials"])
def test_tasks_that_are_none(admin, task):
    with invalid("Request must contain valid AWS managed task policy ARN"):
        ask(admin, task)


def test_root_asks_for_no_root(organization):
    owner = Caller(organization, key=MANAGEMENT)
    with denied("Root sessions may not be launched by root accounts."):
        ask(owner)
    with denied("Cannot call AssumeRoot with session credentials"):
        ask(of_credentials(organization, owner.sts.get_session_token()["Credentials"]))


def test_it_needs_permission_and_gives_no_reason(organization):
    caller = administrator(organization, MANAGEMENT, allow("sts:GetCallerIdentity"))
    with refusal(arn_of()):
        ask(caller)
    owner = Caller(organization, key=MANAGEMENT)
    owner.iam.put_user_policy(UserName="admin", PolicyName="inline", PolicyDocument=policy(
        allow("sts:AssumeRoot"), deny("sts:AssumeRoot", Condition={"ArnEquals": {"sts:TaskPolicyArn": AUDIT}})))
    with refusal(arn_of()):
        ask(caller)
    assert as_root(caller, PASSWORD).arn() == ROOT


def test_permission_may_be_for_one_account(organization):
    caller = administrator(organization, MANAGEMENT, allow("sts:AssumeRoot", ROOT))
    as_root(caller)
    with refusal(arn_of(), DELEGATE):
        ask(caller, target=DELEGATE)


@pytest.mark.parametrize("account, target", [
    (MEMBER, DELEGATE), (MEMBER, MEMBER), (OUTSIDER, MEMBER), (MANAGEMENT, OUTSIDER), (MANAGEMENT, MANAGEMENT),
    (DELEGATE, MANAGEMENT)])
def test_accounts_that_do_not_fit(organization, account, target):
    caller = administrator(organization, account)
    with refusal(arn_of(account), target):
        ask(caller, target=target)


@pytest.mark.parametrize("more", [{"trusted_access": [], "delegated_administrators": {}}, {
    "feature_set": "CONSOLIDATED_BILLING", "trusted_access": [], "delegated_administrators": {}}])
def test_organizations_that_do_not_fit(admin, more):
    declare(admin.server, **more)
    with refusal(arn_of()):
        ask(admin)


def test_features_that_are_off(admin):
    management = Newer(Caller(admin.server, key=MANAGEMENT))
    before = [as_root(admin, task) for task in (AUDIT, BUCKET)]
    management.disable_organizations_root_credentials_management()
    for task in (AUDIT, PASSWORD, CREDENTIALS):
        with denied("Root credentials management feature is not enabled for your AWS Organization."):
            ask(admin, task)
    for task in (BUCKET, QUEUE):
        as_root(admin, task)
    management.disable_organizations_root_sessions()
    for task in (BUCKET, QUEUE):
        with denied("Root sessions feature is not enabled for your AWS Organization."):
            ask(admin, task)
    # What was given out goes on.
    assert before[0].iam.get_user()["User"]["UserId"] == MEMBER
    assert before[1].arn() == ROOT


def test_the_global_endpoint_does_not_know_it(start):
    server = start("--allow-host", GLOBAL)
    for host, error in ((GLOBAL, (400, "InvalidAction", "Unknown Operation")),
                        (GLOBAL.upper() + ":443", (400, "InvalidAction", "Unknown Operation"))):
        answer = send(server, call("sts", "AssumeRoot"), service="sts", host=host)
        assert answer.error() == error
    assert send(server, call("sts", "AssumeRoot"), service="sts").error()[1] == "ValidationError"


# What the session may do ----------------------------------------------------------------------------------------------


def test_it_audits(admin):
    session = as_root(admin)
    user = session.iam.get_user()["User"]
    assert set(user) == {"UserId", "Arn", "CreateDate"} and (user["UserId"], user["Arn"]) == (MEMBER, ROOT)
    with not_found("Login Profile for User null cannot be found."):
        session.iam.get_login_profile()
    assert session.iam.list_access_keys()["AccessKeyMetadata"] == []
    assert session.iam.list_signing_certificates()["Certificates"] == []
    assert session.iam.list_mfa_devices()["MFADevices"] == []
    assert session.iam.get_account_summary()["SummaryMap"]["AccountPasswordPresent"] == 0
    for method, action, arguments in (
        ("list_users", "iam:ListUsers", {}), ("create_access_key", "iam:CreateAccessKey", {}),
        ("create_login_profile", "iam:CreateLoginProfile", {}), ("delete_login_profile", "iam:DeleteLoginProfile", {}),
        ("get_user", "iam:GetUser", {"UserName": "bob"}),
    ):
        with outside_of(AUDIT, action):
            getattr(session.iam, method)(**arguments)


def test_it_makes_a_password(admin):
    session = as_root(admin, PASSWORD)
    profile = session.iam.create_login_profile()["LoginProfile"]
    assert set(profile) == {"CreateDate", "PasswordResetRequired"} and profile["PasswordResetRequired"] is False
    with refused("EntityAlreadyExists", 409, f"Login Profile for account {MEMBER} already exists."):
        session.iam.create_login_profile()
    audit = as_root(admin)
    assert set(audit.iam.get_login_profile()["LoginProfile"]) == {"CreateDate", "PasswordResetRequired"}
    assert audit.iam.get_account_summary()["SummaryMap"]["AccountPasswordPresent"] == 1
    with outside_of(PASSWORD, "iam:DeleteLoginProfile"):
        session.iam.delete_login_profile()
    as_root(admin, CREDENTIALS).iam.delete_login_profile()
    assert audit.iam.get_account_summary()["SummaryMap"]["AccountPasswordPresent"] == 0


def test_it_deletes_credentials(admin):
    member = Caller(admin.server, key=MEMBER)
    key = member.iam.create_access_key()["AccessKey"]["AccessKeyId"]
    session = as_root(admin, CREDENTIALS)
    assert [known["AccessKeyId"] for known in session.iam.list_access_keys()["AccessKeyMetadata"]] == [key]
    session.iam.delete_access_key(AccessKeyId=key)
    assert member.iam.list_access_keys()["AccessKeyMetadata"] == []
    with outside_of(CREDENTIALS, "iam:CreateAccessKey"):
        session.iam.create_access_key()


def test_it_takes_roots_mfa_away(admin):
    """Which root itself could do only with that device."""
    member = Caller(admin.server, key=MEMBER)
    device = Device(member, "root-account-mfa-device").enable(MEMBER)
    with denied(pattern="^To complete this action, please ensure that you are authenticated with an MFA device"):
        device.deactivate(MEMBER)
    with outside_of(AUDIT, "iam:DeactivateMFADevice"):
        as_root(admin).iam.deactivate_mfa_device(SerialNumber=device.serial)
    session = as_root(admin, CREDENTIALS)
    assert [known["SerialNumber"] for known in session.iam.list_mfa_devices()["MFADevices"]] == [device.serial]
    session.iam.deactivate_mfa_device(SerialNumber=device.serial)
    assert session.iam.list_mfa_devices()["MFADevices"] == []


def test_tasks_of_other_services_open_no_iam(admin):
    for task in (BUCKET, QUEUE):
        with outside_of(task, "iam:GetUser"):
            as_root(admin, task).iam.get_user()


def test_it_makes_no_other_sessions(admin):
    member = Caller(admin.server, key=MEMBER)
    role = member.role("job", {"AWS": MEMBER}, allow("*"))
    session = as_root(admin)
    with denied("Roles may not be assumed by root accounts."):
        session.assume(role)
    for method, name in (("get_session_token", "GetSessionToken"),):
        with denied(f"Cannot call {name} with session credentials"):
            getattr(session.sts, method)()
    with outside_of(AUDIT, "sts:GetScopedCredentials"):
        Newer(session).get_scoped_credentials(DurationSeconds=60)
    with denied("Root sessions may not be launched by root accounts."):
        ask(session)


def test_policies_of_the_organization_limit_it(admin):
    declare(admin.server, policies=[{
        "type": "scp", "name": "NoAudits", "targets": [MEMBER],
        "document": {"Version": "2012-10-17", "Statement": [
            {"Effect": "Deny", "Action": "iam:ListAccessKeys", "Resource": "*",
             "Condition": {"Bool": {"aws:AssumedRoot": "true"}}}]}}])
    with denied(pattern="with an explicit deny in a service control policy"):
        as_root(admin).iam.list_access_keys()
    Caller(admin.server, key=MEMBER).iam.list_access_keys()
