"""How values of requests and of policies compare, as AWS was seen to decide TagUser under session policies."""

import pytest

from support import ACCOUNT, allow, client, deny, policy, refused

USER = "arn:aws:iam::123456789012:user/test"
USERS = "arn:aws:iam::*:user/*"
NEW_YEAR = "2030-01-01T00:00:00Z"

# Operator, value of the policy, value of the request, whether the condition holds.
ROWS = [
    *[("NumericEquals", "1", value, holds) for value, holds in [
        ("1", True), ("2", False), ("no-number", False), ("", False), ("01", True), ("1.0", True), ("1e0", True),
        ("NaN", False)]],
    *[("NumericNotEquals", "1", value, holds) for value, holds in [
        ("1", False), ("2", True), ("no-number", True), ("01", False), ("1e0", False), ("NaN", True)]],
    *[("DateEquals", NEW_YEAR, value, holds) for value, holds in [
        (NEW_YEAR, True), ("2030-01-02T00:00:00Z", False), ("not-a-date", False), ("", False), ("1893456000", True)]],
    ("DateNotEquals", NEW_YEAR, "not-a-date", True),
    *[(operator, "192.0.2.0/24", value, False)
      for operator in ("IpAddress", "NotIpAddress") for value in ("not-an-ip", "")],
    ("NotIpAddress", "192.0.2.0/24", "192.0.3.1", True),
    ("IpAddress", "192.0.2.0/24", "::ffff:192.0.2.1", True),
    ("IpAddress", "2001:db8::5/64", "2001:db8::5", False),
    ("ArnLike", USERS, USER, True),
    ("ArnNotLike", USERS, USER, False),
    ("ArnNotLike", USERS, USER.replace("user/", "role/"), True),
    *[(operator, USERS, "not-an-arn", False) for operator in ("ArnLike", "ArnNotLike")],
    *[("Bool", "false", value, holds) for value, holds in [
        ("true", False), ("false", True), ("TRUE", False), ("yes", True), ("1", True), ("", True)]],
    ("Null", "yes", "present", True),
    ("NumericEquals", "NaN", "1", False),
    ("NumericNotEquals", "NaN", "no-number", True),
    ("DateEquals", "not-a-date", NEW_YEAR, False),
    ("IpAddress", "not-an-ip", "192.0.2.1", False),
    ("NotIpAddress", "not-an-ip", "192.0.2.1", True),
    ("NotIpAddress", "not-an-ip", "not-an-ip", False),
    ("StringEqualsIgnoreCase", "ΟΣ", "ος", True),
    ("StringEqualsIgnoreCase", "ſ", "s", False),
]

# Whether a Deny applies; no Allow does, where the policy's ARN decides that is none.
BROKEN = [
    ("ArnLike", ["not-an-arn"], USER, True),
    ("ArnLike", ["not-an-arn"], "not-an-arn", False),
    ("ArnNotLike", ["not-an-arn", USERS], USER, True),
    ("ArnNotLike", [USERS, "not-an-arn"], USER, False),
]


@pytest.fixture
def session(root):
    """Makes sessions of one role, each with a policy of its own."""
    caller = root.user("caller")
    root.user("target")
    arn = root.role("tagger", caller.arn(), allow("iam:TagUser"))
    return lambda *statements: caller.assume(arn, Policy=policy(*statements))


def tagged(who, value):
    return who.iam.tag_user(UserName="target", Tags=[{"Key": "value", "Value": value}])


def refused_in_session(explicitly):
    return refused("AccessDenied", 403, pattern="with an explicit deny in a session policy" if explicitly else
                   "because no session policy allows the iam:TagUser action")


def decide(session, condition, value, allowed, denied):
    who = session(allow("iam:TagUser", Condition=condition))
    if allowed:
        tagged(who, value)
    else:
        with refused_in_session(explicitly=False):
            tagged(who, value)
    who = session(allow("iam:TagUser"), deny("iam:TagUser", Condition=condition))
    if denied:
        with refused_in_session(explicitly=True):
            tagged(who, value)
    else:
        tagged(who, value)


def test_an_allow_and_a_deny(session):
    for operator, of_policy, value, holds in ROWS:
        try:
            decide(session, {operator: {"aws:RequestTag/value": of_policy}}, value, holds, holds)
        except BaseException as error:
            raise AssertionError(f"{operator} {of_policy!r} for {value!r}") from error


@pytest.mark.parametrize("operator, of_policy, value, denied", BROKEN)
def test_an_arn_that_is_none(session, operator, of_policy, value, denied):
    decide(session, {operator: {"aws:RequestTag/value": of_policy}}, value, False, denied)


def test_a_condition_value_has_a_length(root, server):
    """A header field of thousands of characters is refused where a condition asks for it, and nowhere else."""
    agents = {"StringLike": {"aws:UserAgent": "*" + "?" * 1500 + "b"}}
    bounded = root.user("bounded", allow("iam:GetUser"),
                        deny("iam:GetUser", f"arn:aws:iam::{ACCOUNT}:user/x*", Condition=agents))
    root.user("xenia")

    def get(name, agent):
        iam = client(server, "iam", bounded.key, bounded.secret)
        iam.meta.events.register("before-sign.iam.*",
                                 lambda request, **_: request.headers.__setitem__("User-Agent", agent))
        return iam.get_user(UserName=name)

    get("xenia", "a" * 8192)
    get("bounded", "a" * 20_000)
    with refused("AccessDenied", 403, pattern="too long to decide on"):
        get("xenia", "a" * 8193)
