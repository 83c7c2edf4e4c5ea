"""GetDelegatedAccessToken: from an approved delegation request to a session with what it asks for."""

import pytest

from delegation import CHANNEL, CUSTOMER, DELEGATION_TEMPLATE, PARTNER, TEMPLATE, asked, declare
from mfa import NOON
from newer import Newer
from support import Caller, allow, answer_of, denied, deny, invalid, of_credentials, policy, refused, root_arn

ROUTE = "/_iamlocal/delegation-token"
GRANTED = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["iam:ListUsers", "iam:ListRoles"],
                                                  "Resource": "*"}]}
ALICE = f"arn:aws:iam::{CUSTOMER}:user/alice"
INVALID = "The trade-in token is not valid."


@pytest.fixture
def partner(server):
    server.clock(freeze=NOON)
    declare(server, {**DELEGATION_TEMPLATE, "policy": GRANTED, "parameters": []})
    return Newer(Caller(server, key=PARTNER))


@pytest.fixture
def alice(root):
    return root.user("alice", allow("*"))


def approved(partner, approver, workflow="workflow-1", **more):
    """The id of a request that has been sent for."""
    request = partner.create_delegation_request(**asked(
        workflow, Permissions={"PolicyTemplateArn": TEMPLATE, "Parameters": []}, **more))["DelegationRequestId"]
    newer = Newer(approver)
    newer.associate_delegation_request(DelegationRequestId=request)
    newer.accept_delegation_request(DelegationRequestId=request)
    newer.send_delegation_token(DelegationRequestId=request)
    return request


def sent(server, request):
    answer = server.http("GET", f"{ROUTE}?request={request}")
    assert answer.status == 200, answer.text
    return answer.json()


def exchanged(partner, request):
    token = sent(partner.caller.server, request)["trade_in_token"]
    return partner.get_delegated_access_token(TradeInToken=token)


def delegated(partner, request):
    return of_credentials(partner.caller.server, exchanged(partner, request)["Credentials"])


# The token ------------------------------------------------------------------------------------------------------------


def test_what_is_sent(partner, alice, server):
    request = approved(partner, alice)
    shown = sent(server, request)
    token = shown.pop("trade_in_token")
    assert shown == {"notification_channel": CHANNEL, "expires": "2030-01-01T13:00:00Z"}
    assert partner.get_delegated_access_token(TradeInToken=token)


@pytest.mark.parametrize("query, status, error", [
    ("", 400, "request is the id of a delegation request"),
    ("?request=absent", 404, "no token was sent for a delegation request of that id")])
def test_tokens_that_are_not_there(server, query, status, error):
    answer = server.http("GET", ROUTE + query)
    assert (answer.status, answer.json()) == (status, {"error": error})


def test_none_is_sent_before_it_is(partner, alice, server):
    request = partner.create_delegation_request(**asked(
        Permissions={"PolicyTemplateArn": TEMPLATE, "Parameters": []}))["DelegationRequestId"]
    newer = Newer(alice)
    newer.associate_delegation_request(DelegationRequestId=request)
    newer.accept_delegation_request(DelegationRequestId=request)
    assert server.http("GET", f"{ROUTE}?request={request}").status == 404


# The answer -----------------------------------------------------------------------------------------------------------


def test_the_answer(partner, alice):
    answer = exchanged(partner, approved(partner, alice))
    credentials = answer.pop("Credentials")
    assert answer == {"AssumedPrincipal": ALICE}
    assert credentials["Expiration"].strftime("%Y-%m-%dT%H:%M:%SZ") == sent(
        partner.caller.server, approved(partner, alice, "workflow-2"))["expires"]
    session = of_credentials(partner.caller.server, credentials)
    assert session.arn() == ALICE


def test_a_user_delegates_what_is_asked_for(partner, alice):
    session = delegated(partner, approved(partner, alice))
    session.iam.list_users()
    session.iam.list_roles()
    with denied(f"User: {ALICE} is not authorized to perform: iam:ListGroups on resource: arn:aws:iam::{CUSTOMER}:group/ "
                "because no session policy allows the iam:ListGroups action"):
        session.iam.list_groups()


def test_a_user_delegates_no_more_than_he_has(partner, root):
    poor = root.user("poor", allow(["iam:*Delegation*", "iam:ListUsers"]), deny("iam:ListRoles"))
    session = delegated(partner, approved(partner, poor))
    session.iam.list_users()
    with denied(pattern="with an explicit deny in an identity-based policy$"):
        session.iam.list_roles()
    root.iam.delete_user_policy(UserName="poor", PolicyName="inline")
    with denied(pattern="because no identity-based policy allows the iam:ListUsers action$"):
        session.iam.list_users()


def test_root_delegates(partner, root):
    request = approved(partner, root)
    answer = exchanged(partner, request)
    assert answer["AssumedPrincipal"] == root_arn()
    session = of_credentials(root.server, answer["Credentials"])
    assert answer_of(session.sts.get_caller_identity()) == {"UserId": CUSTOMER, "Account": CUSTOMER, "Arn": root_arn()}
    session.iam.list_users()
    with denied(pattern="because no session policy allows the iam:CreateUser action$"):
        session.iam.create_user(UserName="eve")


def test_what_root_delegates_has_roots_limits(partner, root):
    declare(root.server, {**DELEGATION_TEMPLATE, "parameters": [], "policy": {"Version": "2012-10-17", "Statement": [
        allow("*")]}})
    session = delegated(partner, approved(partner, root))
    with denied("Roles may not be assumed by root accounts."):
        session.assume(root.role("job", {"AWS": CUSTOMER}))
    long = partner.create_delegation_request(**asked("workflow-2", Permissions={
        "PolicyTemplateArn": TEMPLATE, "Parameters": []}, SessionDuration=4 * 3600 + 1))["DelegationRequestId"]
    newer = Newer(session)
    newer.associate_delegation_request(DelegationRequestId=long)
    with denied("Root users can only approve delegation requests with a duration of 4 hours or less."):
        newer.accept_delegation_request(DelegationRequestId=long)


def test_a_session_of_a_role_delegates_as_it_was(partner, root, alice):
    role = root.role("boss", ALICE, allow("*"))
    boss = alice.assume(role, "work", Policy=policy(allow(["iam:*Delegation*", "iam:ListUsers"])))
    answer = exchanged(partner, approved(partner, boss))
    assert answer["AssumedPrincipal"] == role
    session = of_credentials(root.server, answer["Credentials"])
    assert session.arn() == f"arn:aws:sts::{CUSTOMER}:assumed-role/boss/work"
    session.iam.list_users()
    with denied(pattern="because no session policy allows the iam:ListRoles action$"):
        session.iam.list_roles()


def test_what_was_delegated_can_be_scoped_down(partner, alice, root):
    declare(root.server, {**DELEGATION_TEMPLATE, "parameters": [], "policy": {"Version": "2012-10-17", "Statement": [
        allow(["iam:ListUsers", "iam:ListRoles", "sts:*"])]}})
    session = delegated(partner, approved(partner, alice))
    answer = Newer(session).get_scoped_credentials(Policy=policy(allow(["iam:ListUsers", "iam:ListGroups"])))
    assert answer["ScopedPoliciesCount"] == 1
    narrow = of_credentials(root.server, answer["Credentials"])
    narrow.iam.list_users()
    for method in ("list_roles", "list_groups"):
        with denied(pattern="because no session policy allows"):
            getattr(narrow.iam, method)()


def test_who_was_delegated_something_delegates_no_more(partner, alice, root):
    declare(root.server, {**DELEGATION_TEMPLATE, "parameters": [], "policy": {"Version": "2012-10-17", "Statement": [
        allow(["iam:*Delegation*", "iam:ListUsers"])]}})
    first = delegated(partner, approved(partner, alice))
    declare(root.server, {**DELEGATION_TEMPLATE, "parameters": [], "policy": {"Version": "2012-10-17", "Statement": [
        allow("iam:*")]}})
    second = delegated(partner, approved(partner, first, "workflow-2"))
    second.iam.list_users()
    with denied(pattern="because no session policy allows the iam:ListRoles action$"):
        second.iam.list_roles()


def test_it_makes_no_sessions_of_its_own(partner, alice):
    session = delegated(partner, approved(partner, alice))
    for method, arguments in (("get_session_token", {}), ("get_federation_token", {"Name": "carol"})):
        with denied(pattern="^Cannot call .* with session credentials$"):
            getattr(session.sts, method)(**arguments)


def test_it_ends_with_the_approver(partner, alice, root):
    request = approved(partner, alice)
    session = delegated(partner, request)
    root.iam.delete_access_key(UserName="alice", AccessKeyId=alice.key)
    session.arn()
    root.iam.delete_user_policy(UserName="alice", PolicyName="inline")
    root.iam.delete_user(UserName="alice")
    root.user("alice", allow("*"))
    with refused("InvalidClientTokenId", 403):
        session.arn()
    with refused("InvalidClientTokenId", 403):
        delegated(partner, request).arn()


@pytest.mark.parametrize("by", ["role", "user"])
def test_revoking_by_time_reaches_it_whenever_the_token_is_exchanged(partner, alice, root, by):
    approver = alice.assume(root.role("boss", ALICE, allow("*")), "work") if by == "role" else alice
    request = approved(partner, approver)
    before = delegated(partner, request)
    before.iam.list_users()
    root.server.clock(advance="60s")
    revoke = policy(deny("*", Condition={"DateLessThan": {
        "aws:TokenIssueTime": root.server.http("GET", "/_iamlocal/clock").json()["now"]}}))
    if by == "role":
        root.iam.put_role_policy(RoleName="boss", PolicyName="AWSRevokeOlderSessions", PolicyDocument=revoke)
    else:
        root.iam.put_user_policy(UserName="alice", PolicyName="AWSRevokeOlderSessions", PolicyDocument=revoke)
    for session in (before, delegated(partner, request)):
        with denied(pattern="with an explicit deny in an identity-based policy$"):
            session.iam.list_users()
    alice.iam.list_users()  # a key has no such time


# When it ends ---------------------------------------------------------------------------------------------------------


def test_the_token_is_good_as_long_as_the_delegation(partner, alice, server):
    request = approved(partner, alice)
    token = sent(server, request)["trade_in_token"]
    first = partner.get_delegated_access_token(TradeInToken=token)["Credentials"]
    server.clock(advance="3599s")
    second = partner.get_delegated_access_token(TradeInToken=token)["Credentials"]
    assert first["Expiration"] == second["Expiration"] and first["AccessKeyId"] != second["AccessKeyId"]
    of_credentials(server, second).arn()
    server.clock(advance="1s")
    with refused("ExpiredToken", 403):
        of_credentials(server, second).arn()
    with refused("ExpiredTradeInTokenException", 400, "The trade-in token has expired."):
        partner.get_delegated_access_token(TradeInToken=token)


# What is refused ------------------------------------------------------------------------------------------------------


def test_tokens_that_are_not_ours(partner, alice, server):
    token = sent(server, approved(partner, alice))["trade_in_token"]
    own = Caller(server, key=PARTNER).sts.get_session_token()["Credentials"]["SessionToken"]
    for other in ("x", "", token[:-4], token[4:], token.swapcase(), own, "\u00e9" * 40, "A" * 5000):
        with invalid(INVALID):
            partner.get_delegated_access_token(TradeInToken=other)


def test_it_is_for_the_partners_account(partner, alice, server):
    token = sent(server, approved(partner, alice))["trade_in_token"]
    for account in (CUSTOMER, "222222222222"):
        with invalid(INVALID):
            Newer(Caller(server, key=account)).get_delegated_access_token(TradeInToken=token)


def test_a_reset_forgets_it(partner, alice, server):
    token = sent(server, approved(partner, alice))["trade_in_token"]
    server.http("POST", f"/_iamlocal/reset?account={CUSTOMER}")
    with invalid(INVALID):
        partner.get_delegated_access_token(TradeInToken=token)


def test_the_token_is_required(partner):
    with invalid("1 validation error detected: Value null at 'tradeInToken' failed to satisfy constraint: Member must not be "
                 "null"):
        partner.get_delegated_access_token()


def test_it_needs_permission(partner, alice, server):
    token = sent(server, approved(partner, alice))["trade_in_token"]
    agent = Caller(server, key=PARTNER).user("agent")
    with denied(f"User: arn:aws:iam::{PARTNER}:user/agent is not authorized to perform: sts:GetDelegatedAccessToken on "
                "resource: * because no identity-based policy allows the sts:GetDelegatedAccessToken action"):
        Newer(agent).get_delegated_access_token(TradeInToken=token)


@pytest.mark.parametrize("of", ["get_session_token", "get_federation_token"])
def test_sessions_of_the_partner_exchange_it(partner, alice, server, of):
    token = sent(server, approved(partner, alice))["trade_in_token"]
    agent = Caller(server, key=PARTNER).user("agent", allow("sts:*"))
    more = {"Name": "carol", "Policy": policy(allow("sts:*"))} if of == "get_federation_token" else {}
    session = of_credentials(server, getattr(agent.sts, of)(**more)["Credentials"])
    assert Newer(session).get_delegated_access_token(TradeInToken=token)["AssumedPrincipal"] == ALICE


def test_a_policy_that_no_token_holds(partner, alice, root):
    statements = [allow("s3:GetObject", f"arn:aws:s3:::bucket-{number:03}/*") for number in range(40)]
    declare(root.server, {**DELEGATION_TEMPLATE, "parameters": [],
                          "policy": {"Version": "2012-10-17", "Statement": statements}})
    request = approved(partner, alice)
    with refused("PackedPolicyTooLarge", 400, pattern=r"^Packed size of session tags consumes \d+% of allotted space\.$"):
        exchanged(partner, request)
