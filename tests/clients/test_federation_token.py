"""GetFederationToken: who may call it, what its sessions are, and what they may do."""

import re

import pytest

from newer import Newer
from support import (ACCOUNT, OTHER_ACCOUNT, Caller, allow, answer_of, call, denied, deny, invalid, of_credentials, policy,
                     refused, send)

BOB = f"arn:aws:iam::{ACCOUNT}:user/bob"
CAROL = f"arn:aws:sts::{ACCOUNT}:federated-user/carol"
NOON = "2031-02-03T04:05:06Z"
SCOPING = policy(allow("sts:GetScopedCredentials"))


def federate(caller, name="carol", **more):
    return of_credentials(caller.server, caller.sts.get_federation_token(Name=name, **more)["Credentials"])


def scope(session):
    """An operation that federated users may be allowed and denied."""
    return Newer(session).get_scoped_credentials(DurationSeconds=60)


def scoping_refused(reason, arn=CAROL):
    return denied(f"User: {arn} is not authorized to perform: sts:GetScopedCredentials on resource: * {reason}")


@pytest.fixture
def bob(root):
    return root.user("bob", allow("sts:*"))


# The answer -----------------------------------------------------------------------------------------------------------


def test_the_answer(bob):
    answer = Newer(bob).get_federation_token(Name="carol", Policy=SCOPING)
    credentials = answer.pop("Credentials")
    size = len(credentials["SessionToken"])
    percent = -(-size * 100 // 4096)
    assert answer == {
        "FederatedUser": {"FederatedUserId": f"{ACCOUNT}:carol", "Arn": CAROL}, "PackedPolicySize": percent,
        "SessionTokenUtilization": percent, "SessionTokenSize": size
    }
    assert set(credentials) == {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}
    assert re.fullmatch(r"ASIA[A-Z2-7]{16}", credentials["AccessKeyId"])


def test_who_a_federated_user_is(bob):
    assert answer_of(federate(bob).sts.get_caller_identity()) == {
        "UserId": f"{ACCOUNT}:carol", "Account": ACCOUNT, "Arn": CAROL}


def test_root_may_federate(root):
    session = federate(root, "of.root@example", Policy=SCOPING)
    assert answer_of(session.sts.get_caller_identity()) == {
        "UserId": f"{ACCOUNT}:of.root@example", "Account": ACCOUNT,
        "Arn": f"arn:aws:sts::{ACCOUNT}:federated-user/of.root@example"}
    scope(session)
    with scoping_refused("because no session policy allows the sts:GetScopedCredentials action"):
        scope(federate(root))


# How long it lasts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked, seconds", [(None, 43200), (900, 900), (129600, 129600)])
def test_how_long_a_users_lasts(bob, asked, seconds):
    bob.server.clock(freeze=NOON)
    more = {"DurationSeconds": asked} if asked else {}
    expiration = bob.sts.get_federation_token(Name="carol", **more)["Credentials"]["Expiration"]
    assert expiration.timestamp() - 1927857906 == seconds


@pytest.mark.parametrize("asked, seconds", [(None, 3600), (900, 900), (43200, 3600)])
def test_roots_lasts_an_hour(root, asked, seconds):
    root.server.clock(freeze=NOON)
    more = {"DurationSeconds": asked} if asked else {}
    expiration = root.sts.get_federation_token(Name="carol", **more)["Credentials"]["Expiration"]
    assert expiration.timestamp() - 1927857906 == seconds


def test_it_expires(bob):
    bob.server.clock(freeze=NOON)
    session = federate(bob, DurationSeconds=900)
    bob.server.clock(advance="899s")
    session.arn()
    bob.server.clock(advance="1s")
    with refused("ExpiredToken", 403, "The security token included in the request is expired"):
        session.arn()


# What is refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("more, value, at, rule", [
    ({"Name": "x"}, "x", "name", "Member must have length greater than or equal to 2"),
    ({"Name": "x" * 33}, "x" * 33, "name", "Member must have length less than or equal to 32"),
    ({"Name": "a/b"}, "a/b", "name", r"Member must satisfy regular expression pattern: [\w+=,.@-]*"),
    ({"DurationSeconds": 899}, "899", "durationSeconds", "Member must have value greater than or equal to 900"),
    ({"DurationSeconds": 129601}, "129601", "durationSeconds", "Member must have value less than or equal to 129600"),
    ({"Policy": "x" * 2049}, "x" * 2049, "policy", "Member must have length less than or equal to 2048"),
    ({"MinimumSessionTokenSize": 4097}, "4097", "minimumSessionTokenSize", "Member must have value less than or equal to 4096"),
])
def test_constraints(bob, more, value, at, rule):
    with invalid(f"1 validation error detected: Value '{value}' at '{at}' failed to satisfy constraint: {rule}"):
        Newer(bob).get_federation_token(**{"Name": "carol", **more})


def test_the_name_is_required(bob):
    with invalid("1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null"):
        bob.sts.get_federation_token()


def test_session_policies_that_are_refused(bob):
    for document in ("{", "[]", policy({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"})):
        with refused("MalformedPolicyDocument", 400):
            bob.sts.get_federation_token(Name="carol", Policy=document)
    absent = f"arn:aws:iam::{ACCOUNT}:policy/absent"
    with refused("MalformedPolicyDocument", 400, f"The policy {absent} does not exist or is not attachable."):
        bob.sts.get_federation_token(Name="carol", PolicyArns=[{"arn": absent}])
    with invalid("1 validation error detected: Value at 'policyArns' failed to satisfy constraint: Member must have length "
                 "less than or equal to 10"):
        bob.sts.get_federation_token(Name="carol", PolicyArns=[{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}] * 11)


def test_text_that_is_too_long_together(bob):
    resources = [f"arn:aws:s3:::bucket{number:03}" for number in range(75)]
    document = policy(allow("s3:GetObject", resources)).replace(" ", "")
    assert len(document) <= 2048
    bob.sts.get_federation_token(Name="carol", Policy=document)
    arns = [{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}] * 10
    with refused("PackedPolicyTooLarge", 400, pattern=r"^Packed policy consumes \d+% of allotted space, please use smaller "
                                                      r"policy\.$"):
        bob.sts.get_federation_token(Name="carol", Policy=document, PolicyArns=arns)


def test_a_token_that_is_too_large(bob):
    tags = [{"Key": f"{number}{'k' * 100}", "Value": "v" * 200} for number in range(12)]
    with refused("PackedPolicyTooLarge", 400, pattern=r"^Packed size of session tags consumes \d+% of allotted space\.$"):
        bob.sts.get_federation_token(Name="carol", Tags=tags)


@pytest.mark.parametrize("size", [0, 1000, 4096])
def test_a_token_of_a_minimum_size(bob, size):
    answer = Newer(bob).get_federation_token(Name="carol", MinimumSessionTokenSize=size)
    assert len(answer["Credentials"]["SessionToken"]) == answer["SessionTokenSize"] >= size
    assert answer["SessionTokenUtilization"] <= 100
    of_credentials(bob.server, answer["Credentials"]).arn()


# Permission -----------------------------------------------------------------------------------------------------------


def test_it_needs_permission(root):
    nobody = root.user("bob")
    with denied(f"User: {BOB} is not authorized to perform: sts:GetFederationToken on resource: {CAROL} because no "
                "identity-based policy allows the sts:GetFederationToken action"):
        nobody.sts.get_federation_token(Name="carol")


def test_permission_may_be_for_one_name(root):
    bob = root.user("bob", allow("sts:GetFederationToken", CAROL))
    bob.sts.get_federation_token(Name="carol")
    with denied(pattern="federated-user/dave because no identity-based policy allows"):
        bob.sts.get_federation_token(Name="dave")


def test_sessions_federate_nobody(root, bob):
    own = of_credentials(root.server, bob.sts.get_session_token()["Credentials"])
    job = root.role("job", BOB, allow("*"))
    for caller in (own, bob.assume(job), federate(bob, Policy=policy(allow("*")))):
        with denied("Cannot call GetFederationToken with session credentials"):
            caller.sts.get_federation_token(Name="carol")


# What a federated user may do -----------------------------------------------------------------------------------------


def test_without_a_session_policy_it_may_do_nothing(bob):
    with scoping_refused("because no session policy allows the sts:GetScopedCredentials action"):
        scope(federate(bob))


def test_it_has_what_both_allow(root, bob):
    scope(federate(bob, Policy=SCOPING))
    with scoping_refused("because no session policy allows the sts:GetScopedCredentials action"):
        scope(federate(bob, Policy=policy(allow("s3:*"))))
    limited = federate(root.user("dan", allow("sts:GetFederationToken")), Policy=SCOPING)
    with scoping_refused("because no identity-based policy allows the sts:GetScopedCredentials action"):
        scope(limited)


def test_managed_session_policies(root, bob):
    arn = root.iam.create_policy(PolicyName="scoping", PolicyDocument=SCOPING)["Policy"]["Arn"]
    session = federate(bob, PolicyArns=[{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}, {"arn": arn}])
    scope(session)
    root.iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy(allow("s3:*")), SetAsDefault=True)
    with scoping_refused("because no session policy allows the sts:GetScopedCredentials action"):
        scope(session)


@pytest.mark.parametrize("where, reason", [
    ("user", "with an explicit deny in an identity-based policy"), ("session", "with an explicit deny in a session policy"),
    ("boundary", "because no permissions boundary allows the sts:GetScopedCredentials action")])
def test_who_forbids_it(root, bob, where, reason):
    forbidding = policy(allow("*"), deny("sts:GetScopedCredentials"))
    session = federate(bob, Policy=forbidding if where == "session" else SCOPING)
    if where == "user":
        root.iam.put_user_policy(UserName="bob", PolicyName="inline", PolicyDocument=forbidding)
    if where == "boundary":
        root.iam.put_user_permissions_boundary(
            UserName="bob", PermissionsBoundary="arn:aws:iam::aws:policy/AmazonS3FullAccess")
    with scoping_refused(reason):
        scope(session)


def test_the_users_policies_count_as_they_are_now(root, bob):
    session = federate(bob, Policy=SCOPING)
    scope(session)
    root.iam.delete_user_policy(UserName="bob", PolicyName="inline")
    with scoping_refused("because no identity-based policy allows the sts:GetScopedCredentials action"):
        scope(session)


@pytest.mark.parametrize("service, method, arguments", [
    ("iam", "list_users", {}), ("iam", "get_user", {}), ("iam", "create_user", {"UserName": "eve"}),
])
def test_it_calls_no_iam(bob, service, method, arguments):
    session = federate(bob, Policy=policy(allow("*")))
    with refused("InvalidClientTokenId", 403, "The security token included in the request is invalid."):
        getattr(getattr(session, service), method)(**arguments)


def test_what_it_may_not_call_of_sts(root, bob):
    session = federate(bob, Policy=policy(allow("*")))
    job = root.role("job", {"AWS": ACCOUNT}, allow("*"))
    for name, parameters in {
        "AssumeRole": {"RoleArn": job, "RoleSessionName": "session"}, "GetSessionToken": {},
        "GetAccessKeyInfo": {"AccessKeyId": bob.key}, "DecodeAuthorizationMessage": {"EncodedMessage": "x"},
    }.items():
        answer = send(bob.server, call("sts", name, **parameters), service="sts", key=session.key, secret=session.secret,
                      token=session.token)
        assert answer.error() == (403, "AccessDenied", f"Cannot call {name} with session credentials")


# Condition keys -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key, value", [
    ("aws:PrincipalArn", CAROL), ("aws:PrincipalType", "FederatedUser"), ("aws:userid", f"{ACCOUNT}:carol"),
    ("aws:PrincipalAccount", ACCOUNT), ("aws:MultiFactorAuthPresent", "false"),
])
def test_keys_of_the_session(bob, key, value):
    scope(federate(bob, Policy=policy(allow("*", Condition={"StringEquals": {key: value}}))))


def test_there_is_no_user_name(bob):
    scope(federate(bob, Policy=policy(allow("*", Condition={"Null": {"aws:username": "true"}}))))


def test_it_can_be_revoked_by_its_time(root, bob):
    root.server.clock(freeze=NOON)
    session = federate(bob, Policy=SCOPING)
    root.server.clock(advance="60s")
    root.iam.put_user_policy(UserName="bob", PolicyName="revoked", PolicyDocument=policy(
        deny("*", Condition={"DateLessThan": {"aws:TokenIssueTime": "2031-02-03T04:05:30Z"}})))
    with scoping_refused("with an explicit deny in an identity-based policy"):
        scope(session)
    scope(federate(bob, Policy=SCOPING))


# Tags -----------------------------------------------------------------------------------------------------------------


def tag(key, value):
    return {"Key": key, "Value": value}


def test_tags_need_permission(root):
    bob = root.user("bob", allow("sts:GetFederationToken"))
    with denied(f"User: {BOB} is not authorized to perform: sts:TagSession on resource: {CAROL} because no identity-based "
                "policy allows the sts:TagSession action"):
        bob.sts.get_federation_token(Name="carol", Tags=[tag("team", "a")])
    root.iam.put_user_policy(UserName="bob", PolicyName="inline", PolicyDocument=policy(
        allow("sts:GetFederationToken"),
        allow("sts:TagSession", CAROL, Condition={"StringEquals": {"aws:RequestTag/team": "a"}})))
    bob.sts.get_federation_token(Name="carol", Tags=[tag("team", "a")])
    with denied(pattern="perform: sts:TagSession"):
        bob.sts.get_federation_token(Name="carol", Tags=[tag("team", "b")])


def test_session_tags_lie_over_the_users(root, bob):
    root.iam.tag_user(UserName="bob", Tags=[tag("Team", "blue"), tag("floor", "2")])
    document = policy(allow("*", Condition={"StringEquals": {"aws:PrincipalTag/team": "red", "aws:PrincipalTag/floor": "2"}}))
    with scoping_refused("because no session policy allows the sts:GetScopedCredentials action"):
        scope(federate(bob, Policy=document))
    scope(federate(bob, Policy=document, Tags=[tag("team", "red")]))


@pytest.mark.parametrize("tags, message", [
    ([tag("a", "1"), tag("A", "2")], "Duplicate tag keys found. Please note that Tag keys are case insensitive."),
    ([tag("aws:x", "1")], "Tag keys beginning with aws: are reserved for system use."),
])
def test_tags_that_are_refused(bob, tags, message):
    with refused("InvalidParameterValue", 400, message):
        bob.sts.get_federation_token(Name="carol", Tags=tags)


def test_more_tags_than_fifty(bob):
    answer = send(bob.server, call("sts", "GetFederationToken", *[
        (f"Tags.member.{number}.{part}", value) for number in range(1, 52)
        for part, value in (("Key", str(number)), ("Value", "v"))], Name="carol"), service="sts", key=bob.key, secret=bob.secret)
    status, code, message = answer.error()
    assert (status, code) == (400, "ValidationError")
    assert message.startswith("1 validation error detected: Value '[Tag(key=1, value=v), Tag(key=2, value=v), ")
    assert message.endswith("' at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50")


# When it ends ---------------------------------------------------------------------------------------------------------


def test_it_outlives_the_key_but_not_the_user(root, bob):
    session = federate(bob, Policy=SCOPING)
    root.iam.update_access_key(UserName="bob", AccessKeyId=bob.key, Status="Inactive")
    scope(session)
    root.iam.delete_access_key(UserName="bob", AccessKeyId=bob.key)
    scope(session)
    root.iam.delete_user_policy(UserName="bob", PolicyName="inline")
    root.iam.delete_user(UserName="bob")
    root.user("bob", allow("*"))
    with refused("InvalidClientTokenId", 403):
        session.arn()


def test_it_follows_the_user_to_another_name(root, bob):
    session = federate(bob, Policy=SCOPING)
    root.iam.update_user(UserName="bob", NewUserName="robert")
    assert session.arn() == CAROL
    scope(session)


def test_another_account_has_its_own(server):
    other = Caller(server, key=OTHER_ACCOUNT)
    assert federate(other).arn() == f"arn:aws:sts::{OTHER_ACCOUNT}:federated-user/carol"
