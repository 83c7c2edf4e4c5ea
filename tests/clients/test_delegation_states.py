"""What happens to delegation requests: each step in each state, who may take it, and when time ends them."""

import datetime
import re

import pytest

from delegation import ABSENT, CUSTOMER, PARTNER, arn_of, created, declare, get, move_clock, DELEGATION_TEMPLATE
from newer import Newer
from support import Caller, allow, denied, deny, invalid, not_found, refused


@pytest.fixture
def partner(server):
    declare(server, DELEGATION_TEMPLATE)
    return Newer(Caller(server, key=PARTNER))


@pytest.fixture
def customer(server):
    return Newer(Caller(server))


WAYS = {
    "UNASSIGNED": (), "ASSIGNED": ("associate",), "PENDING_APPROVAL": ("associate", "update"),
    "ACCEPTED": ("associate", "accept"), "FINALIZED": ("associate", "accept", "send"), "REJECTED": ("associate", "reject"),
}
STEPS = {"associate": "associate_delegation_request", "update": "update_delegation_request",
         "accept": "accept_delegation_request", "reject": "reject_delegation_request", "send": "send_delegation_token"}
LEADS = {
    ("UNASSIGNED", "associate"): "ASSIGNED", ("ASSIGNED", "update"): "PENDING_APPROVAL",
    ("PENDING_APPROVAL", "update"): "PENDING_APPROVAL", ("ASSIGNED", "accept"): "ACCEPTED",
    ("PENDING_APPROVAL", "accept"): "ACCEPTED", ("ASSIGNED", "reject"): "REJECTED",
    ("PENDING_APPROVAL", "reject"): "REJECTED", ("ACCEPTED", "reject"): "REJECTED", ("ACCEPTED", "send"): "FINALIZED",
}
DONE = {"associate": "associated", "update": "updated", "accept": "accepted", "reject": "rejected", "send": "finalized"}


def step(caller, name, request, **more):
    return getattr(caller, STEPS[name])(DelegationRequestId=request, **more)


def in_state(partner, customer, state):
    request = created(partner, f"workflow-{state}")
    for name in WAYS[state]:
        assert step(customer, name, request) == {}
    return request


@pytest.mark.parametrize("state", WAYS)
@pytest.mark.parametrize("name", STEPS)
def test_each_step_in_each_state(partner, customer, state, name):
    request = in_state(partner, customer, state)
    assert get(customer, request)["State"] == state
    if after := LEADS.get((state, name)):
        assert step(customer, name, request) == {}
    else:
        after = state
        code, status = ("ConcurrentModification", 409) if name == "accept" else ("InvalidInput", 400)
        with refused(code, status, f"Delegation Request {request} is in state {state} and cannot be {DONE[name]}."):
            step(customer, name, request)
    assert get(customer, request)["State"] == after


@pytest.mark.parametrize("state", WAYS)
def test_time_ends_every_state(partner, customer, server, state):
    request = in_state(partner, customer, state)
    shown = get(customer, request)
    days = 1 if state == "UNASSIGNED" else 7
    assert shown["ExpirationTime"] - shown["UpdatedTime"] == datetime.timedelta(days=days)
    move_clock(server, days=days, seconds=-5)
    assert get(customer, request)["State"] == state
    move_clock(server, seconds=10)
    assert get(customer, request) == shown | {"State": "EXPIRED"}
    for name in STEPS:
        code, status = ("ConcurrentModification", 409) if name == "accept" else ("InvalidInput", 400)
        with refused(code, status, f"Delegation Request {request} is in state EXPIRED and cannot be {DONE[name]}."):
            step(customer, name, request)


def test_what_the_steps_leave(partner, customer, server):
    root = Caller(server)
    alice = Newer(root.user("alice"))
    carol = root.user("carol", allow("sts:AssumeRole"))
    boss = Newer(carol.assume(root.role("boss", {"AWS": CUSTOMER}, allow("iam:*"))))
    request = created(partner)
    alice.associate_delegation_request(DelegationRequestId=request)
    shown = get(alice, request)
    assert (shown["OwnerAccountId"], shown["OwnerId"]) == (CUSTOMER, f"arn:aws:iam::{CUSTOMER}:user/alice")
    assert not {"ApproverId", "Notes", "RejectionReason"} & set(shown)
    move_clock(server, minutes=30)
    alice.update_delegation_request(DelegationRequestId=request, Notes="Please look at this")
    shown = get(alice, request)
    assert shown["Notes"] == "Please look at this"
    assert datetime.timedelta(minutes=30) <= shown["UpdatedTime"] - shown["CreateDate"] <= datetime.timedelta(minutes=31)
    boss.accept_delegation_request(DelegationRequestId=request)
    assert get(boss, request)["ApproverId"] == f"arn:aws:iam::{CUSTOMER}:role/boss"
    boss.reject_delegation_request(DelegationRequestId=request, Notes="Not this week")
    shown = get(boss, request)
    assert (shown["Notes"], shown["RejectionReason"]) == ("Please look at this", "Not this week")


def test_root_accepts_four_hours_at_most(partner, customer, server):
    long, short = created(partner, "workflow-1", SessionDuration=4 * 3600 + 1), created(partner, "workflow-2",
                                                                                        SessionDuration=4 * 3600)
    for request in (long, short):
        customer.associate_delegation_request(DelegationRequestId=request)
    with denied("Root users can only approve delegation requests with a duration of 4 hours or less."):
        customer.accept_delegation_request(DelegationRequestId=long)
    customer.accept_delegation_request(DelegationRequestId=short)
    admin = Newer(Caller(server).user("admin", allow("iam:*")))
    admin.accept_delegation_request(DelegationRequestId=long)


def test_only_the_owner_sends_where_it_is_asked_so(partner, server):
    alice, bob = (Newer(Caller(server).user(name, allow("iam:*"))) for name in ("alice", "bob"))
    for workflow, only in (("workflow-1", True), ("workflow-2", False)):
        request = created(partner, workflow, OnlySendByOwner=only)
        alice.associate_delegation_request(DelegationRequestId=request)
        bob.accept_delegation_request(DelegationRequestId=request)
        if only:
            with denied(f"Only the owner of delegation request {request} can send its token."):
                bob.send_delegation_token(DelegationRequestId=request)
            alice.send_delegation_token(DelegationRequestId=request)
        else:
            bob.send_delegation_token(DelegationRequestId=request)


# Who may


@pytest.mark.parametrize("method", ["get_delegation_request", *STEPS.values()])
def test_one_that_is_not_there(customer, server, method):
    with not_found(f"Delegation Request {ABSENT} cannot be found."):
        getattr(customer, method)(DelegationRequestId=ABSENT)
    action = "iam:" + re.sub("(^|_)(.)", lambda found: found[2].upper(), method)
    nobody = Newer(Caller(server).user("nobody"))
    with denied(f"User: arn:aws:iam::{CUSTOMER}:user/nobody is not authorized to perform: {action} on resource: "
                f"{arn_of(ABSENT)} because no identity-based policy allows the {action} action"):
        getattr(nobody, method)(DelegationRequestId=ABSENT)


@pytest.mark.parametrize("method", ["get_delegation_request", *STEPS.values()])
@pytest.mark.parametrize("request_id, words", [
    ("short", "Member must have length greater than or equal to 16"),
    ("x" * 129, "Member must have length less than or equal to 128"),
    ("12345678:1234:1234", r"Member must satisfy regular expression pattern: [\w-]+"),
])
def test_bad_ids(customer, method, request_id, words):
    with invalid(f"1 validation error detected: Value at 'delegationRequestId' failed to satisfy constraint: {words}"):
        getattr(customer, method)(DelegationRequestId=request_id)


@pytest.mark.parametrize("method", ["update_delegation_request", "reject_delegation_request"])
def test_bad_notes(customer, method):
    with invalid("1 validation error detected: Value at 'notes' failed to satisfy constraint: Member must have length less "
                 "than or equal to 500"):
        getattr(customer, method)(DelegationRequestId=ABSENT, Notes="x" * 501)


def test_before_there_is_an_owner(partner, server):
    request = created(partner)
    nobody = Newer(Caller(server).user("nobody"))
    assert get(nobody, request)["State"] == "UNASSIGNED"
    assert nobody.get_human_readable_summary(EntityArn=arn_of(request))["SummaryState"] == "AVAILABLE"
    stranger = Newer(Caller(server, key="333333333333").user("stranger", allow("iam:*")))
    for method, parameters in (("get_delegation_request", {"DelegationRequestId": request}),
                               ("associate_delegation_request", {"DelegationRequestId": request}),
                               ("get_human_readable_summary", {"EntityArn": arn_of(request)})):
        with denied(pattern="because no resource-based policy allows the iam:"):
            getattr(stranger, method)(**parameters)
    # An explicit deny counts in any case.
    kept_out = Newer(Caller(server).user("kept-out", deny("iam:AssociateDelegationRequest")))
    with denied(f"User: arn:aws:iam::{CUSTOMER}:user/kept-out is not authorized to perform: iam:AssociateDelegationRequest on "
                f"resource: {arn_of(request)} with an explicit deny in an identity-based policy"):
        kept_out.associate_delegation_request(DelegationRequestId=request)
    nobody.associate_delegation_request(DelegationRequestId=request)


def test_what_the_owner_may(partner, server):
    owner, other = (Newer(Caller(server).user(name)) for name in ("owner", "other"))
    request = created(partner)
    owner.associate_delegation_request(DelegationRequestId=request)
    with denied(pattern="because no identity-based policy allows the iam:GetDelegationRequest action"):
        get(other, request)
    with denied(pattern="because no identity-based policy allows the iam:UpdateDelegationRequest action"):
        other.update_delegation_request(DelegationRequestId=request)
    owner.update_delegation_request(DelegationRequestId=request)
    assert get(owner, request)["State"] == "PENDING_APPROVAL"
    assert owner.get_human_readable_summary(EntityArn=arn_of(request))["SummaryState"] == "AVAILABLE"
    with denied(f"User: arn:aws:iam::{CUSTOMER}:user/owner is not authorized to perform: iam:AcceptDelegationRequest on "
                f"resource: {arn_of(request)} because no identity-based policy allows the iam:AcceptDelegationRequest action"):
        owner.accept_delegation_request(DelegationRequestId=request)


def test_the_owner_is_a_key(partner, server):
    root = Caller(server)
    owner = Newer(root.user("owner"))
    request = created(partner)
    owner.associate_delegation_request(DelegationRequestId=request)
    for name, wanted in (("good", "owner"), ("bad", "somebody")):
        boss = Newer(root.user(name, allow("iam:AcceptDelegationRequest", f"arn:aws:iam::{CUSTOMER}:delegation-request/*",
                                           Condition={"ArnEquals": {
                                               "iam:DelegationRequestOwner": f"arn:aws:iam::{CUSTOMER}:user/{wanted}"}})))
        if name == "bad":
            with denied():
                boss.accept_delegation_request(DelegationRequestId=request)
        else:
            boss.accept_delegation_request(DelegationRequestId=request)
            with refused("ConcurrentModification", 409):
                boss.accept_delegation_request(DelegationRequestId=request)


def test_a_reset_of_either_account_forgets_it(partner, customer, server):
    for account in (PARTNER, CUSTOMER):
        request = created(partner)
        customer.associate_delegation_request(DelegationRequestId=request)
        assert server.http("POST", f"/_iamlocal/reset?account={account}").status == 200
        with not_found(f"Delegation Request {request} cannot be found."):
            get(customer, request)
