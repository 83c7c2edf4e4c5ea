"""SCPs and RCPs, declared through the test bench."""

import json
import re

import pytest

from support import Caller, allow, call, deny, policy, refused, root_arn, send, trust

MEMBER, OTHER, MANAGEMENT, OUTSIDER = "111111111111", "222222222222", "999999999999", "555555555555"
ROUTE = "/_iamlocal/organization"


def attached(kind, name, targets, *statements):
    return {"type": kind, "name": name, "targets": targets, "document": json.loads(policy(*statements))}


def declaration(*policies, **more):
    return {
        "id": "o-exampleorgid", "management_account": MANAGEMENT,
        "accounts": {MEMBER: "/workloads/prod", OTHER: "/"}, "policies": list(policies), **more
    }


def declare(server, *policies, **more):
    answer = server.http("PUT", ROUTE, {}, json.dumps(declaration(*policies, **more)).encode())
    assert answer.status == 200, answer.text
    return answer.json()


def in_account(server, account):
    """A user with all permissions in that account."""
    return Caller(server, key=account).user("alice", allow("*"))


def denied(action, resource, account=MEMBER, kind="service"):
    """An explicit deny names the policy; a missing Allow, which has the same words, names none."""
    words = (f"User: arn:aws:iam::{account}:user/alice is not authorized to perform: {action} on resource: {resource} with an "
             f"explicit deny in a {kind} control policy")
    named = rf": arn:aws:organizations::\d{{12}}:policy/o-exampleorgid/{kind}_control_policy/p-[0-9a-f]{{8}}"
    return refused("AccessDenied", 403, pattern=f"^{re.escape(words)}({named})?$")


def test_it_is_declared_shown_and_removed(server):
    assert server.http("GET", ROUTE).status == 404
    shown = declare(server, attached("scp", "NoListing", ["/workloads"], deny("iam:ListUsers")))
    assert shown["policies"][0]["document"] == json.loads(policy(deny("iam:ListUsers")))
    assert set(shown["units"]) == {"/", "/workloads", "/workloads/prod"}
    assert server.http("GET", ROUTE).json() == shown
    answer = server.http("PUT", ROUTE, {}, json.dumps(shown).encode())
    assert answer.json() == shown
    assert server.http("DELETE", ROUTE).status == 200
    assert server.http("GET", ROUTE).status == 404


def test_a_bad_document_changes_nothing(server):
    alice = in_account(server, MEMBER)
    declare(server, attached("scp", "NoListing", ["/"], deny("iam:ListUsers")))
    text = '{"id":"o-exampleorgid","accounts":{"111111111111":"/"},\n "policies":[{"type":"scp","name":"P",' \
           '"targets":["/"],\n  "document":{"Version":"2012-10-17","Statment":[]}}]}'
    answer = server.http("PUT", ROUTE, {}, text.encode())
    assert answer.status == 400
    assert answer.json() == {"error": "Syntax errors in policy.", "line": 3, "column": 49}
    with denied("iam:ListUsers", f"arn:aws:iam::{MEMBER}:user/"):
        alice.iam.list_users()


@pytest.mark.parametrize("target, limited", [
    ("/", {MEMBER, OTHER}), ("/workloads", {MEMBER}), (MEMBER, {MEMBER}), (OTHER, {OTHER}), (MANAGEMENT, set())
])
def test_service_control_policies(server, target, limited):
    callers = {account: in_account(server, account) for account in (MEMBER, OTHER, MANAGEMENT, OUTSIDER)}
    declare(server, attached("scp", "NoListing", [target], deny("iam:ListUsers")))
    for account, caller in callers.items():
        if account in limited:
            with denied("iam:ListUsers", f"arn:aws:iam::{account}:user/", account):
                caller.iam.list_users()
        else:
            caller.iam.list_users()
        caller.iam.list_roles()


def test_the_root_user_of_a_member_is_limited(server):
    declare(server, attached("scp", "NoListing", ["/"], deny("iam:ListUsers")))
    with refused("AccessDenied", 403, pattern="^User: arn:aws:iam::111111111111:root .* service control policy: arn:"):
        Caller(server, key=MEMBER).iam.list_users()
    Caller(server, key=MANAGEMENT).iam.list_users()


def test_every_level_must_allow(server):
    alice = in_account(server, MEMBER)
    only_sts = attached("scp", "StsOnly", ["/workloads"], allow("sts:*"))
    declare(server, only_sts)
    alice.iam.list_users()
    declare(server, only_sts, without_full_access=["/workloads"])
    with denied("iam:ListUsers", f"arn:aws:iam::{MEMBER}:user/"):
        alice.iam.list_users()
    declare(server, only_sts, attached("scp", "Iam", [MEMBER], allow("iam:*")), without_full_access=["/workloads"])
    with denied("iam:ListUsers", f"arn:aws:iam::{MEMBER}:user/"):
        alice.iam.list_users()
    declare(server, only_sts, attached("scp", "Iam", ["/workloads"], allow("iam:*")), without_full_access=["/workloads"])
    alice.iam.list_users()


def test_roles_of_other_accounts(server):
    alice, outsider = in_account(server, OTHER), in_account(server, OUTSIDER)
    role = Caller(server, key=MEMBER).role("job", {"AWS": [root_arn(OTHER), root_arn(OUTSIDER)]})
    declare(server, attached("rcp", "Members", ["/"], {
        "Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}}
    }))
    assert alice.assume(role).arn() == f"arn:aws:sts::{MEMBER}:assumed-role/job/session"
    with denied("sts:AssumeRole", role, OUTSIDER, "resource"):
        outsider.assume(role)
    declare(server, attached("scp", "NoRoles", [OTHER], deny("sts:AssumeRole")))
    with denied("sts:AssumeRole", role, OTHER):
        alice.assume(role)
    outsider.assume(role)


def test_keys_of_members_in_trust_policies(server):
    alice, outsider = in_account(server, OTHER), in_account(server, OUTSIDER)
    declare(server, units={"/": "r-ab12"})
    role = Caller(server, key=MEMBER).role("job", [trust({"AWS": "*"}, Condition={
        "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-exampleorgid/r-ab12/*"}
    })])
    alice.assume(role)
    with refused("AccessDenied", 403):
        outsider.assume(role)


def test_it_survives_a_restart_and_not_a_reset(start, tmp_path):
    data = str(tmp_path / "data")
    server = start("--data-dir", data)
    alice = in_account(server, MEMBER)
    shown = declare(server, attached("scp", "NoListing", ["/"], deny("iam:ListUsers")))
    server.kill()
    server = start("--data-dir", data)
    assert server.http("GET", ROUTE).json() == shown
    with denied("iam:ListUsers", f"arn:aws:iam::{MEMBER}:user/"):
        Caller(server, alice.key, alice.secret).iam.list_users()
    server.reset()
    assert server.http("GET", ROUTE).status == 404


def test_every_worker_knows_at_once(start):
    server = start("--workers", "4")
    alice = in_account(server, MEMBER)

    def allowed():
        # A connection each: which worker gets it is the kernel's choice.
        return {send(server, call("iam", "ListUsers"), key=alice.key, secret=alice.secret).status for _ in range(12)}

    for _ in range(5):
        assert allowed() == {200}
        declare(server, attached("scp", "NoListing", ["/"], deny("iam:ListUsers")))
        assert allowed() == {403}
        assert server.http("DELETE", ROUTE).status == 200
    assert allowed() == {200}


def test_it_is_not_served_without_the_test_bench(start):
    server = start("--testbench", "off")
    for method in ("GET", "PUT", "DELETE"):
        assert server.http(method, ROUTE, {}, b"{}").status == 403
