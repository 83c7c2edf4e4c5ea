"""AssumeRole: who may, for how long, and what the session may do."""

import datetime
import re

import pytest

from support import (ACCOUNT, OTHER_ACCOUNT, Caller, allow, answer_of, call, denied, deny, invalid, policy, refused,
                     root_arn, send, trust)

ROLE = f"arn:aws:iam::{ACCOUNT}:role/job"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"


def refusal(principal=ALICE, role=ROLE, action="sts:AssumeRole"):
    return denied(f"User: {principal} is not authorized to perform: {action} on resource: {role}")


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def seconds_left(credentials):
    return (credentials["Expiration"] - now()).total_seconds()


@pytest.fixture
def alice(root):
    return root.user("alice", allow("sts:AssumeRole"))


@pytest.fixture
def role(root):
    return root.role("job", root_arn(), allow("iam:ListUsers"))


def test_the_answer(root, alice, role):
    answer = answer_of(alice.sts.assume_role(RoleArn=role, RoleSessionName="work"))
    assert set(answer) == {"AssumedRoleUser", "Credentials", "PackedPolicySize"}
    role_id = root.iam.get_role(RoleName="job")["Role"]["RoleId"]
    assert answer["AssumedRoleUser"] == {
        "AssumedRoleId": f"{role_id}:work", "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/job/work"
    }
    credentials = answer["Credentials"]
    assert set(credentials) == {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}
    assert re.fullmatch(r"ASIA[A-Z2-7]{16}", credentials["AccessKeyId"])
    assert re.fullmatch(r"[A-Za-z0-9+/]{40}", credentials["SecretAccessKey"])
    assert 3590 <= seconds_left(credentials) <= 3600


def test_the_session_acts_as_the_role(root, alice, role):
    session = alice.assume(role, "work")
    identity = answer_of(session.sts.get_caller_identity())
    role_id = root.iam.get_role(RoleName="job")["Role"]["RoleId"]
    assert identity == {
        "UserId": f"{role_id}:work", "Account": ACCOUNT, "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/job/work"
    }
    session.iam.list_users()
    with denied(f"User: arn:aws:sts::{ACCOUNT}:assumed-role/job/work is not authorized to perform: iam:ListRoles on "
                f"resource: arn:aws:iam::{ACCOUNT}:role/ because no identity-based policy allows the iam:ListRoles action"):
        session.iam.list_roles()


def test_a_role_with_a_path(root, alice):
    role = root.role("deep", root_arn(), Path="/a/b/")
    assert alice.assume(role, "work").arn() == f"arn:aws:sts::{ACCOUNT}:assumed-role/deep/work"


# Who may --------------------------------------------------------------------------------------------------------------


def test_trust_in_the_account_needs_the_callers_permission_too(root, role):
    nobody = root.user("nobody")
    with refusal(f"arn:aws:iam::{ACCOUNT}:user/nobody"):
        nobody.assume(role)


def test_trust_in_the_user_is_enough(root):
    alice = root.user("alice")
    role = root.role("job", ALICE)
    assert alice.assume(role).arn().endswith("/job/session")


def test_trust_in_anybody_is_enough_within_the_account(root):
    alice = root.user("alice")
    root.role("job", "*")
    alice.assume(ROLE)


def test_trust_in_somebody_else_is_not(root, alice):
    root.iam.create_user(UserName="bob")
    role = root.role("job", f"arn:aws:iam::{ACCOUNT}:user/bob")
    with refusal():
        alice.assume(role)


def test_a_role_that_is_not_there_looks_the_same(alice):
    with refusal(role=f"arn:aws:iam::{ACCOUNT}:role/none"):
        alice.assume(f"arn:aws:iam::{ACCOUNT}:role/none")


def test_a_service_role_is_not_for_users(root, alice):
    root.role("job", {"Service": "ec2.amazonaws.com"})
    with refusal():
        alice.assume(ROLE)


def test_an_explicit_deny_of_the_caller_wins(root):
    alice = root.user("alice", deny("sts:AssumeRole"))
    role = root.role("job", ALICE)
    with denied(pattern=f"^User: {ALICE} is not authorized to perform: sts:AssumeRole on resource: {ROLE}"):
        alice.assume(role)


def test_an_explicit_deny_of_the_trust_policy_wins(root, alice):
    root.role("job", [trust(root_arn()), trust(ALICE, effect="Deny")])
    with denied(pattern=f"^User: {ALICE} is not authorized to perform: sts:AssumeRole on resource: {ROLE}"):
        alice.assume(ROLE)


def test_a_user_that_was_deleted_is_no_longer_trusted(root):
    """Trust stores who was meant: another user of the same name is somebody else."""
    root.user("alice")
    root.role("job", ALICE)
    (key,) = root.iam.list_access_keys(UserName="alice")["AccessKeyMetadata"]
    root.iam.delete_access_key(UserName="alice", AccessKeyId=key["AccessKeyId"])
    root.iam.delete_user(UserName="alice")
    impostor = root.user("alice", allow("sts:AssumeRole"))
    with refusal():
        impostor.assume(ROLE)
    shown = root.iam.get_role(RoleName="job")["Role"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["AWS"]
    assert shown.startswith("AIDA")


def test_root_may_not(root, role):
    with denied("Roles may not be assumed by root accounts."):
        root.assume(role)


def test_external_id(root, alice):
    root.role("job", [trust(root_arn(), Condition={"StringEquals": {"sts:ExternalId": "secret-42"}})])
    with refusal():
        alice.assume(ROLE)
    with refusal():
        alice.assume(ROLE, ExternalId="secret-43")
    alice.assume(ROLE, ExternalId="secret-42")


@pytest.mark.parametrize("condition, expected", [
    ({"StringEquals": {"sts:RoleSessionName": "work"}}, True),
    ({"StringEquals": {"sts:RoleSessionName": "${aws:username}"}}, False),
    ({"StringEquals": {"aws:PrincipalArn": ALICE}}, True),
    ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/b*"}}, False),
    ({"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}, True),
    ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, False),
    ({"IpAddress": {"aws:SourceIp": "127.0.0.1/32"}}, True),
    ({"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, False),
])
def test_conditions_of_the_trust_policy(root, alice, condition, expected):
    root.role("job", [trust(root_arn(), Condition=condition)])
    if expected:
        alice.assume(ROLE, "work")
    else:
        with refusal():
            alice.assume(ROLE, "work")


def test_a_new_trust_policy_counts_at_once(root, alice, role):
    session = alice.assume(role)
    root.iam.update_assume_role_policy(RoleName="job", PolicyDocument=policy(trust({"Service": "ec2.amazonaws.com"})))
    with refusal():
        alice.assume(role)
    # What was given out before goes on.
    session.iam.list_users()


# Another account ------------------------------------------------------------------------------------------------------


@pytest.fixture
def stranger(server):
    return Caller(server, key=OTHER_ACCOUNT).user("carol", allow("sts:AssumeRole"))


def test_across_accounts_both_sides_must_allow(server, root, stranger):
    role = root.role("job", root_arn(OTHER_ACCOUNT), allow("iam:ListUsers"))
    session = stranger.assume(role)
    assert session.arn() == f"arn:aws:sts::{ACCOUNT}:assumed-role/job/session"
    session.iam.list_users()
    powerless = Caller(server, key=OTHER_ACCOUNT).user("dave")
    with refusal(f"arn:aws:iam::{OTHER_ACCOUNT}:user/dave"):
        powerless.assume(role)


def test_across_accounts_a_grant_to_the_user_is_not_enough(server, root):
    dave = Caller(server, key=OTHER_ACCOUNT).user("dave")
    root.role("job", f"arn:aws:iam::{OTHER_ACCOUNT}:user/dave")
    root.role("open", "*")
    for name in ("job", "open"):
        role = f"arn:aws:iam::{ACCOUNT}:role/{name}"
        with refusal(f"arn:aws:iam::{OTHER_ACCOUNT}:user/dave", role):
            dave.assume(role)


def test_across_accounts_without_trust(role, stranger):
    with refusal(f"arn:aws:iam::{OTHER_ACCOUNT}:user/carol"):
        stranger.assume(role)


def test_the_root_of_another_account_may_not(server, root):
    role = root.role("job", root_arn(OTHER_ACCOUNT))
    with denied("Roles may not be assumed by root accounts."):
        Caller(server, key=OTHER_ACCOUNT).assume(role)


# How long -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("duration", [900, 1800, 3600])
def test_the_duration_is_the_one_asked_for(alice, role, duration):
    credentials = alice.sts.assume_role(RoleArn=role, RoleSessionName="s1", DurationSeconds=duration)["Credentials"]
    assert duration - 10 <= seconds_left(credentials) <= duration


@pytest.mark.parametrize("duration, rule", [(899, "greater than or equal to 900"), (43201, "less than or equal to 43200")])
def test_the_duration_has_limits(alice, role, duration, rule):
    with invalid(f"1 validation error detected: Value '{duration}' at 'durationSeconds' failed to satisfy constraint: "
                 f"Member must have value {rule}"):
        alice.assume(role, DurationSeconds=duration)


def test_the_roles_maximum(root, alice, role):
    with invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role."):
        alice.assume(role, DurationSeconds=3601)
    root.iam.update_role(RoleName="job", MaxSessionDuration=7200)
    credentials = alice.sts.assume_role(RoleArn=role, RoleSessionName="s1", DurationSeconds=7200)["Credentials"]
    assert 7190 <= seconds_left(credentials) <= 7200


def test_sessions_end(server, alice, role):
    session = alice.assume(role, DurationSeconds=900)
    server.clock(advance="14m50s")
    session.iam.list_users()
    server.clock(advance="11s")
    for refused_call in (session.iam.list_users, session.sts.get_caller_identity):
        with refused("ExpiredToken", 403, "The security token included in the request is expired"):
            refused_call()
    server.clock(reset=True)
    session.iam.list_users()


def test_sessions_of_a_role_that_is_gone(root, alice, role):
    session = alice.assume(role)
    root.iam.delete_role_policy(RoleName="job", PolicyName="inline")
    root.iam.delete_role(RoleName="job")
    with refused("InvalidClientTokenId", 403, "The security token included in the request is invalid."):
        session.sts.get_caller_identity()
    root.role("job", root_arn(), allow("iam:ListUsers"))
    with refused("InvalidClientTokenId", 403, "The security token included in the request is invalid."):
        session.iam.list_users()


# Chaining -------------------------------------------------------------------------------------------------------------


def test_chaining(root, alice):
    first = root.role("first", root_arn(), allow("sts:AssumeRole"))
    second = root.role("second", root_arn(), allow("iam:ListRoles"), MaxSessionDuration=43200)
    session = alice.assume(first).assume(second, "deeper")
    assert session.arn() == f"arn:aws:sts::{ACCOUNT}:assumed-role/second/deeper"
    session.iam.list_roles()


def test_chaining_is_capped_at_one_hour(root, alice):
    first = root.role("first", root_arn(), allow("sts:AssumeRole"), MaxSessionDuration=43200)
    second = root.role("second", root_arn(), MaxSessionDuration=43200)
    session = alice.assume(first, DurationSeconds=43200)
    with invalid("The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."):
        session.assume(second, DurationSeconds=3601)
    session.assume(second, DurationSeconds=3600)


def test_a_role_is_trusted_by_its_arn_or_its_session(root, alice):
    first = root.role("first", root_arn())
    session = alice.assume(first, "me")
    root.role("by-role", first)
    root.role("by-session", f"arn:aws:sts::{ACCOUNT}:assumed-role/first/me")
    root.role("by-other-session", f"arn:aws:sts::{ACCOUNT}:assumed-role/first/you")
    session.assume(f"arn:aws:iam::{ACCOUNT}:role/by-role")
    session.assume(f"arn:aws:iam::{ACCOUNT}:role/by-session")
    with refusal(f"arn:aws:sts::{ACCOUNT}:assumed-role/first/me", f"arn:aws:iam::{ACCOUNT}:role/by-other-session"):
        session.assume(f"arn:aws:iam::{ACCOUNT}:role/by-other-session")


def test_a_role_does_not_trust_itself(root, alice):
    role = root.role("job", ALICE)
    session = alice.assume(role)
    with refusal(f"arn:aws:sts::{ACCOUNT}:assumed-role/job/session"):
        session.assume(role)


# Session policies -----------------------------------------------------------------------------------------------------


def test_a_session_policy_narrows(root, alice):
    role = root.role("job", root_arn(), allow("iam:*"))
    answer = alice.sts.assume_role(RoleArn=role, RoleSessionName="s1", Policy=policy(allow(["iam:ListUsers", "s3:*"])))
    assert answer["PackedPolicySize"] >= 1
    session = alice.assume(role, Policy=policy(allow(["iam:ListUsers", "s3:*"])))
    session.iam.list_users()
    with denied(pattern=r"^User: arn:aws:sts::0{12}:assumed-role/job/session is not authorized to perform: iam:ListRoles on "
                        r"resource: arn:aws:iam::0{12}:role/ because no session policy allows the iam:ListRoles action$"):
        session.iam.list_roles()


def test_a_session_policy_grants_nothing(root, alice, role):
    session = alice.assume(role, Policy=policy(allow("*")))
    session.iam.list_users()
    with denied(pattern="because no identity-based policy allows the iam:ListRoles action$"):
        session.iam.list_roles()


def test_a_session_policy_may_deny(root, alice):
    role = root.role("job", root_arn(), allow("*"))
    session = alice.assume(role, Policy=policy(allow("*"), deny("iam:ListRoles")))
    session.iam.list_users()
    with denied(pattern="with an explicit deny in a session policy$"):
        session.iam.list_roles()


def test_managed_session_policies(root, alice):
    role = root.role("job", root_arn(), allow("*"))
    session = alice.assume(role, PolicyArns=[{"arn": "arn:aws:iam::aws:policy/IAMReadOnlyAccess"}])
    session.iam.list_users()
    with denied(pattern="because no session policy allows the iam:CreateUser action"):
        session.iam.create_user(UserName="eve")


def test_session_policies_that_are_refused(alice, role):
    for document in ("{", policy(trust("*")), "[]"):
        with refused("MalformedPolicyDocument", 400):
            alice.assume(role, Policy=document)


def test_a_session_policy_that_is_too_large(alice, role):
    large = policy(*[allow(f"s3:Get{number}", f"arn:aws:s3:::bucket{number}") for number in range(40)])
    with pytest.raises(alice.sts.exceptions.ClientError) as caught:
        alice.assume(role, Policy=large)
    assert caught.value.response["Error"]["Code"] in ("PackedPolicyTooLarge", "ValidationError")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


# Session tags, source identity ----------------------------------------------------------------------------------------


def tag(key, value):
    return {"Key": key, "Value": value}


def test_session_tags_need_permission(root, alice, role):
    with refusal(action="sts:TagSession"):
        alice.assume(role, Tags=[tag("team", "red")])


def test_session_tags_are_tags_of_the_principal(root):
    alice = root.user("alice", allow(["sts:AssumeRole", "sts:TagSession"]))
    role = root.role("job", [trust(root_arn(), action=["sts:AssumeRole", "sts:TagSession"])],
                     allow("iam:ListUsers", Condition={"StringEquals": {"aws:PrincipalTag/team": "red"}}))
    alice.assume(role, Tags=[tag("Team", "red")]).iam.list_users()
    with denied():
        alice.assume(role, Tags=[tag("team", "blue")]).iam.list_users()
    with denied():
        alice.assume(role).iam.list_users()


def test_wrong_session_tags(root):
    alice = root.user("alice", allow(["sts:AssumeRole", "sts:TagSession"]))
    role = root.role("job", [trust(root_arn(), action=["sts:AssumeRole", "sts:TagSession"])])
    with refused("InvalidParameterValue", 400, "Duplicate tag keys found. Please note that Tag keys are case insensitive."):
        alice.assume(role, Tags=[tag("k", "1"), tag("K", "2")])
    with refused("InvalidParameterValue", 400,
                 "The specified transitive tag key must be included in the requested tags."):
        alice.assume(role, Tags=[tag("k", "1")], TransitiveTagKeys=["other"])
    alice.assume(role, Tags=[tag("SessionTag1", "1")], TransitiveTagKeys=["sessiontag1"])


def test_transitive_tags_stay(root):
    both = ["sts:AssumeRole", "sts:TagSession"]
    alice = root.user("alice", allow(both))
    first = root.role("first", [trust(root_arn(), action=both)], allow(both))
    second = root.role("second", [trust(root_arn(), action=both)],
                       allow("iam:ListUsers", Condition={"StringEquals": {"aws:PrincipalTag/team": "red"}}))
    session = alice.assume(first, Tags=[tag("team", "red"), tag("cost", "1")], TransitiveTagKeys=["team"])
    session.assume(second).iam.list_users()
    with refused("InvalidParameterValue", 400, "One of the specified transitive tag keys can't be set because it conflicts "
                 "with a transitive tag key from the calling session."):
        session.assume(second, Tags=[tag("TEAM", "blue")])
    plain = alice.assume(first, Tags=[tag("team", "red")])
    with denied():
        plain.assume(second).iam.list_users()


def test_source_identity(root):
    both = ["sts:AssumeRole", "sts:SetSourceIdentity"]
    alice = root.user("alice", allow(both))
    first = root.role("first", [trust(root_arn(), action=both)], allow(both))
    second = root.role("second", [trust(root_arn(), action=both)],
                       allow("iam:ListUsers", Condition={"StringEquals": {"aws:SourceIdentity": "alice@work"}}))
    answer = alice.sts.assume_role(RoleArn=first, RoleSessionName="s1", SourceIdentity="alice@work")
    assert answer["SourceIdentity"] == "alice@work"
    session = alice.assume(first, SourceIdentity="alice@work")
    session.assume(second).iam.list_users()
    session.assume(second, SourceIdentity="alice@work")
    with invalid(pattern="^The source identity is already set for this assume role session"):
        session.assume(second, SourceIdentity="mallory")
    root.role("strict", root_arn())
    with denied():
        session.assume(f"arn:aws:iam::{ACCOUNT}:role/strict")


# Input ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arn", ["nothing-valid-in-here", "arn::b:::something/test-role", "arn:a::::something/test-role",
                                 "arn:a:::something/test-role", "arn:a:a::aaaaaaaaaa:"])
def test_text_that_is_no_arn(alice, arn):
    with invalid(f"{arn} is invalid"):
        alice.assume(arn)


def test_session_names_have_rules(alice, role):
    with invalid(r"1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: Member "
                 r"must satisfy regular expression pattern: [\w+=,.@-]*"):
        alice.assume(role, "Session1:2")
    with invalid("1 validation error detected: Value 'a' at 'roleSessionName' failed to satisfy constraint: Member must have "
                 "length greater than or equal to 2"):
        alice.assume(role, "a")


def test_everything_that_is_wrong_is_listed(server, alice):
    answer = send(server, call("sts", "AssumeRole", RoleSessionName="a:b", DurationSeconds="1"), service="sts",
                  key=alice.key, secret=alice.secret)
    status, code, message = answer.error()
    assert (status, code) == (400, "ValidationError")
    assert message.startswith("3 validation errors detected: ")
    assert "Value null at 'roleArn' failed to satisfy constraint: Member must not be null" in message
    assert r"Value 'a:b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular" in message
    assert "Value '1' at 'durationSeconds' failed to satisfy constraint: Member must have value greater" in message


# Tokens ---------------------------------------------------------------------------------------------------------------


def flip(text, position):
    other = "A" if text[position] != "A" else "B"
    return text[:position] + other + text[position + 1:]


@pytest.mark.parametrize("change", [
    lambda token: flip(token, 0), lambda token: flip(token, len(token) // 2), lambda token: flip(token, len(token) - 3),
    lambda token: token[:-8], lambda token: token + "AAAA", lambda token: "AAAA", lambda token: "%%%",
], ids=["first", "middle", "last", "cut", "longer", "short", "no base64"])
def test_forged_tokens(alice, role, change):
    session = alice.assume(role)
    forged = Caller(session.server, session.key, session.secret, change(session.token))
    with refused("InvalidClientTokenId", 403, "The security token included in the request is invalid."):
        forged.sts.get_caller_identity()


def test_a_token_belongs_to_its_key(alice, role):
    one, two = alice.assume(role), alice.assume(role)
    for caller in (Caller(one.server, one.key, one.secret, two.token), Caller(one.server, one.key, one.secret),
                   Caller(one.server, alice.key, alice.secret, one.token)):
        with refused("InvalidClientTokenId", 403, "The security token included in the request is invalid."):
            caller.sts.get_caller_identity()
    with refused("SignatureDoesNotMatch", 403):
        Caller(one.server, one.key, two.secret, one.token).sts.get_caller_identity()


def test_the_time_of_issue_is_a_condition(server, root, alice):
    """The way to revoke sessions: deny what was issued before now."""
    role = root.role("job", root_arn(), allow("iam:ListUsers"))
    session = alice.assume(role)
    session.iam.list_users()
    root.iam.put_role_policy(RoleName="job", PolicyName="revoke", PolicyDocument=policy(deny("*", Condition={
        "DateLessThan": {"aws:TokenIssueTime": (now() + datetime.timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")}})))
    with denied(pattern="with an explicit deny in an identity-based policy$"):
        session.iam.list_users()
    server.clock(advance="6m")
    alice.assume(role).iam.list_users()
