"""Rules that all sessions have in common: how large their tokens are, which checks come in which order, contexts of AssumeRole,
when sessions end, and which endpoint gave them."""

import pytest

from mfa import NOON
from newer import Newer
from support import (ACCOUNT, OTHER_ACCOUNT, Caller, Server, allow, call, denied, deny, invalid, of_credentials, policy, refused,
                     root_arn, send, trust)

ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/job"
GLOBAL, REGIONAL = "sts.amazonaws.com", "sts.eu-west-1.amazonaws.com"


@pytest.fixture
def alice(root):
    return root.user("alice", allow("sts:*"))


@pytest.fixture
def role(root):
    return root.role("job", root_arn(), allow("*"), MaxSessionDuration=7200)


def assume(caller, role_arn=ROLE, session="work", **more):
    return Newer(caller).assume_role(RoleArn=role_arn, RoleSessionName=session, **more)


# Sizes ----------------------------------------------------------------------------------------------------------------


def sizes(answer):
    return answer["SessionTokenUtilization"], answer["SessionTokenSize"]


def test_answers_tell_how_large_the_token_is(alice, role):
    plain = assume(alice)
    assert set(plain) == {"AssumedRoleUser", "Credentials", "PackedPolicySize", "SessionTokenUtilization", "SessionTokenSize"}
    narrowed = assume(alice, Policy=policy(allow("s3:*", [f"arn:aws:s3:::bucket{number}" for number in range(30)])))
    own = Newer(alice).get_session_token()
    assert set(own) == {"Credentials", "SessionTokenUtilization", "SessionTokenSize"}
    for answer in (plain, narrowed, own):
        size = len(answer["Credentials"]["SessionToken"])
        assert sizes(answer) == (-(-size * 100 // 4096), size)
        assert answer.get("PackedPolicySize", sizes(answer)[0]) == sizes(answer)[0]
    assert sizes(plain) < sizes(narrowed)


def test_sizes_are_those_of_aws(start):
    """Of tokens without policies; those of version 1 are as short as they can be."""
    server = start("--allow-host", GLOBAL)
    bob = Caller(server).user("bob", allow("sts:*"))
    job = Caller(server).role("job", root_arn())
    for action, parameters, size in (
        ("GetSessionToken", {}, 688), ("AssumeRole", {"RoleArn": job, "RoleSessionName": "work"}, 752),
        ("GetFederationToken", {"Name": "carol"}, 776),
    ):
        tokens = [send(server, call("sts", action, **parameters), service="sts", key=bob.key, secret=bob.secret,
                       host=host).find("SessionToken") for host in (None, GLOBAL)]
        assert len(tokens[0]) == size
        assert len(tokens[1]) < size - 100


def test_the_quota_is_the_servers_own(start):
    server = start("--quota", "SessionTokenSize=1024")
    bob = Newer(Caller(server).user("bob", allow("sts:*")))
    assert bob.get_federation_token(Name="carol")["SessionTokenUtilization"] == 76
    with refused("PackedPolicyTooLarge", 400, "Packed size of session tags consumes 101% of allotted space."):
        bob.get_federation_token(Name="carol", MinimumSessionTokenSize=1025)


# Session policies -----------------------------------------------------------------------------------------------------


def test_ten_managed_policies(root, alice, role):
    arns = [{"arn": root.iam.create_policy(PolicyName=f"p{number}", PolicyDocument=policy(
        allow(action)))["Policy"]["Arn"]} for number, action in enumerate(["iam:ListUsers", "iam:ListRoles", *["s3:*"] * 8])]
    session = alice.assume(role, PolicyArns=arns)
    session.iam.list_users()
    session.iam.list_roles()
    with denied(pattern="because no session policy allows the iam:ListGroups action$"):
        session.iam.list_groups()
    with invalid("1 validation error detected: Value at 'policyArns' failed to satisfy constraint: Member must have length "
                 "less than or equal to 10"):
        alice.assume(role, PolicyArns=[*arns, arns[0]])


def test_managed_policies_are_of_the_roles_account_or_of_aws(server, root, alice, role):
    foreign = Caller(server, key=OTHER_ACCOUNT).iam.create_policy(
        PolicyName="p", PolicyDocument=policy(allow("*")))["Policy"]["Arn"]
    for arn in (foreign, f"arn:aws:iam::{ACCOUNT}:policy/absent", "arn:aws:iam::aws:policy/absent"):
        with refused("MalformedPolicyDocument", 400, f"The policy {arn} does not exist or is not attachable."):
            alice.assume(role, PolicyArns=[{"arn": arn}])


# Durations ------------------------------------------------------------------------------------------------------------


def test_checks_of_the_duration_come_in_order(root, alice, role):
    root.role("next", root_arn(), MaxSessionDuration=7200)
    chained = alice.assume(role)
    root.iam.put_role_policy(RoleName="job", PolicyName="inline", PolicyDocument=policy(allow("sts:*")))
    for seconds, message in (
        (43201, "1 validation error detected: Value '43201' at 'durationSeconds' failed to satisfy constraint: Member must "
                "have value less than or equal to 43200"),
        (7201, "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."),
        (7200, "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."),
    ):
        with invalid(message):
            assume(chained, f"arn:aws:iam::{ACCOUNT}:role/next", DurationSeconds=seconds)
    assume(chained, f"arn:aws:iam::{ACCOUNT}:role/next", DurationSeconds=3600)
    # Permission comes between the constraints and the rest.
    nobody = root.user("nobody")
    with denied():
        assume(nobody, DurationSeconds=7201)


# Contexts -------------------------------------------------------------------------------------------------------------

IDENTITY_CENTER = "arn:aws:iam::aws:contextProvider/IdentityCenter"
CONTEXT = [{"ProviderArn": IDENTITY_CENTER, "ContextAssertion": "AQoDYXdz"}]


def test_no_context_assertion_is_ours(root, alice):
    root.role("job", [trust(root_arn(), ["sts:AssumeRole", "sts:SetContext"])])
    with refused("InvalidContextAssertion", 400, f"The context assertion of the provider {IDENTITY_CENTER} is invalid."):
        assume(alice, ProvidedContexts=CONTEXT)
    own = alice.sts.get_session_token()["Credentials"]["SessionToken"]
    with refused("InvalidContextAssertion", 400):
        assume(alice, ProvidedContexts=[{"ProviderArn": IDENTITY_CENTER, "ContextAssertion": own}])


def test_contexts_need_permission(root, alice, role):
    with denied(f"User: {ALICE} is not authorized to perform: sts:SetContext on resource: {ROLE}"):
        assume(alice, ProvidedContexts=CONTEXT)
    for provider, works in ((IDENTITY_CENTER, True), ("arn:aws:iam::aws:contextProvider/Other", False)):
        root.iam.update_assume_role_policy(RoleName="job", PolicyDocument=policy(
            trust(root_arn()), trust(root_arn(), "sts:SetContext", Condition={
                "ForAllValues:ArnEquals": {"sts:RequestContextProviders": [provider]}})))
        with refused("InvalidContextAssertion", 400) if works else denied():
            assume(alice, ProvidedContexts=CONTEXT)


@pytest.mark.parametrize("contexts, value, at, rule", [
    ([{"ProviderArn": "x", "ContextAssertion": "AQoD"}], "x", "providedContexts.1.member.providerArn",
     "Member must have length greater than or equal to 20"),
    ([{"ProviderArn": IDENTITY_CENTER, "ContextAssertion": "x"}], "x", "providedContexts.1.member.contextAssertion",
     "Member must have length greater than or equal to 4"),
    ([{"ProviderArn": IDENTITY_CENTER, "ContextAssertion": "x" * 2049}], "x" * 2049,
     "providedContexts.1.member.contextAssertion", "Member must have length less than or equal to 2048"),
])
def test_constraints_of_contexts(alice, role, contexts, value, at, rule):
    with invalid(f"1 validation error detected: Value '{value}' at '{at}' failed to satisfy constraint: {rule}"):
        assume(alice, ProvidedContexts=contexts)


def test_five_contexts_at_most(alice, role):
    with invalid(pattern="at 'providedContexts' failed to satisfy constraint: Member must have length less than or equal to 5$"):
        assume(alice, ProvidedContexts=CONTEXT * 6)


# When sessions end ----------------------------------------------------------------------------------------------------


def test_a_users_session_outlives_the_key(root, alice, role):
    """As AWS's guide says: temporary credentials are good until they expire, whatever becomes of the key."""
    session = of_credentials(root.server, alice.sts.get_session_token()["Credentials"])
    root.iam.update_access_key(UserName="alice", AccessKeyId=alice.key, Status="Inactive")
    assert session.arn() == ALICE
    root.iam.delete_access_key(UserName="alice", AccessKeyId=alice.key)
    session.assume(role).iam.list_users()
    root.iam.put_user_policy(UserName="alice", PolicyName="inline", PolicyDocument=policy(deny("*")))
    with denied():
        session.assume(role)


def test_a_session_of_a_user_of_the_same_name_is_none(root, alice):
    session = of_credentials(root.server, alice.sts.get_session_token()["Credentials"])
    root.iam.delete_access_key(UserName="alice", AccessKeyId=alice.key)
    root.iam.delete_user_policy(UserName="alice", PolicyName="inline")
    root.iam.delete_user(UserName="alice")
    root.user("alice", allow("*"))
    with refused("InvalidClientTokenId", 403):
        session.arn()


def test_sessions_of_a_role_are_revoked_by_their_time(root, alice, role):
    root.server.clock(freeze=NOON)
    old = alice.assume(role)
    chained = old.assume(root.role("next", root_arn(), allow("*")))
    root.server.clock(advance="60s")
    root.iam.put_role_policy(RoleName="job", PolicyName="AWSRevokeOlderSessions", PolicyDocument=policy(
        deny("*", Condition={"DateLessThan": {"aws:TokenIssueTime": "2030-01-01T12:00:30Z"}})))
    with denied(pattern="with an explicit deny in an identity-based policy$"):
        old.iam.list_users()
    assert old.arn()  # no policy forbids that
    with denied():  # and nothing narrower comes of it
        Newer(old).get_scoped_credentials(DurationSeconds=60)
    chained.iam.list_users()
    fresh = alice.assume(role)
    fresh.iam.list_users()
    of_credentials(root.server, Newer(fresh).get_scoped_credentials(DurationSeconds=60)["Credentials"]).iam.list_users()


# Keys that all sessions have ------------------------------------------------------------------------------------------


def test_mfa_is_false_for_sessions_and_absent_for_keys(root, alice):
    for condition, of_key, of_session in (
        ({"Bool": {"aws:MultiFactorAuthPresent": "false"}}, False, True),
        ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}, True, True),
        ({"Null": {"aws:MultiFactorAuthPresent": "true"}}, True, False),
        ({"Null": {"aws:MultiFactorAuthAge": "true"}}, True, True),
        ({"Null": {"aws:AssumedRoot": "true"}}, True, True),
    ):
        document = policy(allow("iam:ListUsers", Condition=condition))
        root.iam.put_user_policy(UserName="alice", PolicyName="users", PolicyDocument=document)
        name = f"r{abs(hash(document))}"[:20]
        session = alice.assume(root.role(name, ALICE))
        root.iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=document)
        for caller, works in ((alice, of_key), (session, of_session)):
            if works:
                caller.iam.list_users()
            else:
                with denied():
                    caller.iam.list_users()


# Services -------------------------------------------------------------------------------------------------------------


def test_a_role_of_a_service_is_nobody_elses(root, alice):
    role = root.role("job", {"Service": "ec2.amazonaws.com"}, allow("*"))
    for caller in (alice, of_credentials(root.server, alice.sts.get_session_token()["Credentials"])):
        with denied(f"User: {ALICE} is not authorized to perform: sts:AssumeRole on resource: {role}"):
            caller.assume(role)


# Endpoints ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def named(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("named"), "--allow-host", GLOBAL, "--allow-host", REGIONAL)
    yield server
    assert server.stop() == 0


@pytest.mark.parametrize("host, region", [(GLOBAL, "us-east-1"), (REGIONAL, "eu-west-1"), (GLOBAL, "eu-west-1"),
                                          (f"{GLOBAL}:443", "us-east-1"), (GLOBAL.upper(), "us-east-1")])
def test_hosts_of_sts(named, host, region):
    answer = send(named, call("sts", "GetCallerIdentity"), service="sts", host=host, region=region)
    assert (answer.status, answer.find("Arn")) == (200, root_arn())


def test_the_region_is_that_of_the_signature(named):
    Caller(named).iam.create_user(UserName="bob")
    key = Caller(named).key_of("bob")
    Caller(named).iam.put_user_policy(UserName="bob", PolicyName="p", PolicyDocument=policy(
        allow("sts:GetFederationToken", Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}})))
    for region, status in (("eu-west-1", 200), ("us-east-1", 403)):
        answer = send(named, call("sts", "GetFederationToken", Name="carol"), service="sts", host=REGIONAL, region=region,
                      key=key.key, secret=key.secret)
        assert answer.status == status, answer.text


@pytest.mark.parametrize("action, global_too", [
    ("AssumeRole", True), ("GetFederationToken", True), ("GetSessionToken", True), ("GetCallerIdentity", True),
    ("GetDelegatedAccessToken", True), ("AssumeRoot", False), ("GetScopedCredentials", False)])
def test_what_the_global_endpoint_does_not_know(named, action, global_too):
    found = {host: send(named, call("sts", action), service="sts", host=host) for host in (GLOBAL, REGIONAL)}
    unknown = (400, "InvalidAction", "Unknown Operation")
    for host, answer in found.items():
        error = answer.error() if answer.status != 200 else None
        assert (error == unknown) == (host == GLOBAL and not global_too), (host, error)
