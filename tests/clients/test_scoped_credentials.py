"""GetScopedCredentials: the same session with fewer permissions or less time, up to three layers."""

import pytest

from mfa import NOON, Device
from newer import Newer
from support import ACCOUNT, Caller, allow, call, denied, deny, invalid, of_credentials, policy, refused, root_arn, send, trust

BOB = f"arn:aws:iam::{ACCOUNT}:user/bob"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/job/work"
READING = policy(allow(["iam:List*", "sts:*"]))


@pytest.fixture
def bob(root):
    return root.user("bob", allow("*"))


@pytest.fixture
def session(root, bob):
    """Of a role that may do everything, for an hour."""
    return bob.assume(root.role("job", BOB, allow("*")), "work")


def ask(caller, document=None, **more):
    return Newer(caller).get_scoped_credentials(**({"Policy": document} if document else {}), **more)


def scoped(caller, document=None, **more):
    return of_credentials(caller.server, ask(caller, document, **more)["Credentials"])


def outside(action, resource, arn=SESSION):
    return denied(f"User: {arn} is not authorized to perform: {action} on resource: {resource} because no session policy "
                  f"allows the {action} action")


# The answer -----------------------------------------------------------------------------------------------------------


def test_the_answer(root, session):
    answer = ask(session, READING, ScopedSessionDescription="of the build")
    credentials = answer.pop("Credentials")
    size = len(credentials["SessionToken"])
    role_id = root.iam.get_role(RoleName="job")["Role"]["RoleId"]
    assert answer == {
        "SessionInfo": {"ScopedSessionId": f"{role_id}:work", "Arn": SESSION}, "ScopedPoliciesCount": 1,
        "SessionTokenSize": size, "SessionTokenUtilization": -(-size * 100 // 4096)
    }
    assert credentials["AccessKeyId"] != session.key
    assert of_credentials(root.server, credentials).arn() == SESSION


def test_source_identity_goes_along(root, bob):
    role = root.role("job", [trust(BOB, ["sts:AssumeRole", "sts:SetSourceIdentity"])], allow("*"))
    first = bob.assume(role, SourceIdentity="bob")
    answer = ask(first, DurationSeconds=60)
    assert (answer["SourceIdentity"], answer["ScopedPoliciesCount"]) == ("bob", 0)


@pytest.mark.parametrize("size", [0, 1000, 4096])
def test_a_token_of_a_minimum_size(session, size):
    answer = ask(session, DurationSeconds=60, MinimumSessionTokenSize=size)
    assert len(answer["Credentials"]["SessionToken"]) == answer["SessionTokenSize"] >= size


# Permissions ----------------------------------------------------------------------------------------------------------


def test_a_layer_narrows(root, session):
    narrow = scoped(session, READING)
    narrow.iam.list_users()
    with outside("iam:CreateUser", f"arn:aws:iam::{ACCOUNT}:user/eve"):
        narrow.iam.create_user(UserName="eve")
    session.iam.create_user(UserName="eve")


def test_a_layer_grants_nothing(root, bob):
    session = bob.assume(root.role("job", BOB, allow(["iam:ListUsers", "sts:*"])), "work")
    wide = scoped(session, policy(allow("*")))
    wide.iam.list_users()
    with denied(pattern="because no identity-based policy allows the iam:ListRoles action$"):
        wide.iam.list_roles()


def test_a_layer_may_deny(session):
    narrow = scoped(session, policy(allow("*"), deny("iam:ListUsers")))
    narrow.iam.list_roles()
    with denied(pattern="with an explicit deny in a session policy$"):
        narrow.iam.list_users()


def test_three_layers_and_no_more(session):
    first = scoped(session, policy(allow(["iam:ListUsers", "iam:ListRoles", "iam:ListGroups", "sts:*"])))
    second = scoped(first, policy(allow(["iam:ListUsers", "iam:ListRoles", "sts:*"])))
    answer = ask(second, policy(allow(["iam:List*", "sts:*"])))
    assert answer["ScopedPoliciesCount"] == 3
    third = of_credentials(session.server, answer["Credentials"])
    for caller in (first, second, third):
        caller.iam.list_users()
        with denied():
            caller.iam.list_policies()
    third.iam.list_roles()
    first.iam.list_groups()
    with outside("iam:ListGroups", f"arn:aws:iam::{ACCOUNT}:group/"):
        third.iam.list_groups()
    with denied("The session has reached the maximum of 3 scope down policies."):
        ask(third, policy(allow("*")))
    # Less time is no layer.
    assert ask(third, DurationSeconds=60)["ScopedPoliciesCount"] == 3


def test_it_needs_permission_at_each_layer(root, bob, session):
    first = scoped(session, policy(allow("iam:*")))
    with outside("sts:GetScopedCredentials", "*"):
        ask(first, DurationSeconds=60)
    weak = bob.assume(root.role("weak", BOB), "work")
    with denied(f"User: arn:aws:sts::{ACCOUNT}:assumed-role/weak/work is not authorized to perform: sts:GetScopedCredentials "
                "on resource: * because no identity-based policy allows the sts:GetScopedCredentials action"):
        ask(weak, DurationSeconds=60)


def test_session_policy_and_layer_limit_together(root, bob):
    role = root.role("job", BOB, allow("*"))
    session = bob.assume(role, "work", Policy=policy(allow(["iam:ListUsers", "iam:ListRoles", "sts:*"])))
    narrow = scoped(session, policy(allow(["iam:ListUsers", "iam:ListGroups", "sts:*"])))
    narrow.iam.list_users()
    for method in ("list_roles", "list_groups"):
        with denied(pattern="because no session policy allows"):
            getattr(narrow.iam, method)()


def test_a_policy_of_the_resource_does_not_come_past_a_layer(root, session):
    """A role that trusts the session itself, whose own policies then need not allow it."""
    other = root.role("other", SESSION)
    session.assume(other)
    with denied(f"User: {SESSION} is not authorized to perform: sts:AssumeRole on resource: {other}"):
        scoped(session, policy(allow("iam:*"))).assume(other)
    scoped(session, policy(allow("sts:AssumeRole", other))).assume(other)


def test_the_role_it_assumes_is_not_narrowed(root, session):
    other = root.role("other", SESSION, allow("*"))
    scoped(session, policy(allow("sts:AssumeRole"))).assume(other).iam.list_users()


def test_tags_of_the_session_stay(root, bob):
    role = root.role("job", [trust(BOB, ["sts:AssumeRole", "sts:TagSession"])], allow("*"))
    session = bob.assume(role, "work", Tags=[{"Key": "team", "Value": "a"}])
    for team, works in (("a", True), ("b", False)):
        narrow = scoped(session, policy(allow("*", Condition={"StringEquals": {"aws:PrincipalTag/team": team}})))
        if works:
            narrow.iam.list_users()
        else:
            with denied():
                narrow.iam.list_users()


# Time -----------------------------------------------------------------------------------------------------------------


def test_it_inherits_the_end(session, server):
    server.clock(advance="600s")
    parent = session
    answers = [ask(parent, READING), ask(parent, READING)]
    server.clock(advance="60s")
    answers.append(ask(parent, READING))
    assert len({answer["Credentials"]["Expiration"] for answer in answers}) == 1
    narrow = of_credentials(server, answers[-1]["Credentials"])
    server.clock(advance="2930s")  # an hour all in all, but for seconds
    narrow.arn()
    server.clock(advance="20s")
    with refused("ExpiredToken", 403):
        narrow.arn()


def test_it_may_end_sooner(session, server):
    server.clock(freeze=NOON)
    fresh = Caller(server)
    own = of_credentials(server, fresh.sts.get_session_token()["Credentials"])
    answer = ask(own, DurationSeconds=1)
    narrow = of_credentials(server, answer["Credentials"])
    assert narrow.arn() == root_arn()
    server.clock(advance="1s")
    with refused("ExpiredToken", 403):
        narrow.arn()
    own.arn()


def test_it_ends_no_later(server, root):
    server.clock(freeze=NOON)
    own = of_credentials(server, root.user("bob", allow("*")).sts.get_session_token(DurationSeconds=900)["Credentials"])
    server.clock(advance="100s")
    assert ask(own, DurationSeconds=800)["Credentials"]
    with refused("InsufficientSessionLifetime", 400,
                 "The requested DurationSeconds exceeds the remaining lifetime of the calling session."):
        ask(own, DurationSeconds=801)


# Who may call it ------------------------------------------------------------------------------------------------------


def test_long_term_keys_may_not(root, bob):
    for caller in (root, bob, root.user("nobody")):
        with refused("InvalidSubjectCredentials", 400,
                     "GetScopedCredentials must be called with temporary security credentials."):
            ask(caller, READING)


def test_a_users_own_session(root, bob):
    own = of_credentials(root.server, bob.sts.get_session_token()["Credentials"])
    answer = ask(own, policy(allow("sts:*")))
    user_id = root.iam.get_user(UserName="bob")["User"]["UserId"]
    assert answer["SessionInfo"] == {"ScopedSessionId": user_id, "Arn": BOB}
    narrow = of_credentials(root.server, answer["Credentials"])
    assert narrow.arn() == BOB
    with refused("InvalidClientTokenId", 403):
        narrow.iam.list_users()
    role = root.role("job", BOB)
    narrow.assume(role)


def test_mfa_goes_along(root, bob):
    root.server.clock(freeze=NOON)
    device = Device(root).enable()
    root.server.clock(advance="3m")
    narrow = scoped(device.sign_in(bob), policy(allow(["iam:ListUsers", "sts:*"], Condition={
        "NumericLessThan": {"aws:MultiFactorAuthAge": "600"}})))
    narrow.iam.list_users()
    with outside("iam:ListRoles", f"arn:aws:iam::{ACCOUNT}:role/", BOB):
        narrow.iam.list_roles()
    root.server.clock(advance="10m")
    with outside("iam:ListUsers", f"arn:aws:iam::{ACCOUNT}:user/", BOB):
        narrow.iam.list_users()


def test_a_session_of_root(root):
    own = of_credentials(root.server, root.sts.get_session_token()["Credentials"])
    narrow = scoped(own, policy(allow("sts:GetAccessKeyInfo")))
    assert narrow.arn() == root_arn()
    with outside("sts:GetScopedCredentials", "*", root_arn()):
        ask(narrow, DurationSeconds=60)
    again = scoped(own, policy(allow("sts:GetScopedCredentials")))
    ask(again, DurationSeconds=60)


def test_it_is_revoked_with_its_role(root, session):
    narrow = scoped(session, READING)
    root.iam.delete_role_policy(RoleName="job", PolicyName="inline")
    root.iam.delete_role(RoleName="job")
    with refused("InvalidClientTokenId", 403):
        narrow.arn()


# What is refused ------------------------------------------------------------------------------------------------------


def test_it_wants_one_of_both(session):
    with invalid("Request must contain at least one of Policy and DurationSeconds"):
        ask(session, ScopedSessionDescription="nothing")


@pytest.mark.parametrize("more, value, at, rule", [
    ({"DurationSeconds": 0}, "0", "durationSeconds", "Member must have value greater than or equal to 1"),
    ({"DurationSeconds": 129601}, "129601", "durationSeconds", "Member must have value less than or equal to 129600"),
    ({"Policy": "x" * 2049}, "x" * 2049, "policy", "Member must have length less than or equal to 2048"),
    ({"Policy": ""}, "", "policy", "Member must have length greater than or equal to 1"),
    ({"ScopedSessionDescription": "x" * 257}, "x" * 257, "scopedSessionDescription",
     "Member must have length less than or equal to 256"),
    ({"MinimumSessionTokenSize": 4097}, "4097", "minimumSessionTokenSize", "Member must have value less than or equal to 4096"),
])
def test_constraints(session, more, value, at, rule):
    with invalid(pattern=f"validation errors? detected: Value '{value}' at '{at}' failed to satisfy constraint: {rule}"):
        Newer(session).get_scoped_credentials(**more)


def test_policies_that_are_refused(session):
    for document in ("{", "[]", policy(trust("*"))):
        with refused("MalformedPolicyDocument", 400):
            ask(session, document)


def test_a_token_that_is_too_large(session):
    large = policy(allow("sts:*"), *[allow("s3:GetObject", f"arn:aws:s3:::bucket-{number:03}/*") for number in range(20)])
    assert len(large) <= 2048
    narrow = scoped(session, large)
    with refused("PackedPolicyTooLarge", 400, pattern=r"^Packed policy consumes \d+% of allotted space, please use "
                                                      r"smaller policy\.$"):
        ask(narrow, large)


def test_the_global_endpoint_does_not_know_it(start):
    server = start("--allow-host", "sts.amazonaws.com")
    answer = send(server, call("sts", "GetScopedCredentials", DurationSeconds=60), service="sts", host="sts.amazonaws.com")
    assert answer.error() == (400, "InvalidAction", "Unknown Operation")
