"""How parameters are read: numbers, booleans, lists and their holes, and what is said of those that are refused."""

import base64
import re

import pytest

from support import ACCOUNT, allow, call, policy, send

KEY = "Tags.member.{}.Key"
VALUE = "Tags.member.{}.Value"
MISSING = "Value at 'tags.{}.member.{}' failed to satisfy constraint: Member must not be null"
TEXT_RULES = (
    "1 validation error detected: Value at 'policyInputList' failed to satisfy constraint: Member must satisfy constraint: "
    "[Member must have length less than or equal to 131072, Member must have length greater than or equal to 1, Member must "
    r"satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+]")
TWICE = "Duplicate tag keys found. Please note that Tag keys are case insensitive."


def violations(*texts):
    return f"{len(texts)} validation error{'s' if len(texts) > 1 else ''} detected: {'; '.join(texts)}"


def missing(*items):
    """Of each item the value is missed before the key; ten violations are said at most."""
    return violations(*[MISSING.format(item, member) for item in items for member in ("value", "key")][:10])


def tag(index="1", key="team", value="approved"):
    return ((KEY.format(index), key), (VALUE.format(index), value))


def error_of(answer):
    return None if answer.status == 200 else answer.error()


def sparse(count):
    return (400, "MalformedInput", f"Excessively sparse input would skip {count} list elements")


@pytest.mark.parametrize("value, code", [
    ("900", None), ("0900", None), ("+900", None), (" 900 ", "MalformedInput"), ("900.0", "MalformedInput"),
    ("9e2", "MalformedInput"), ("2147483648", "MalformedInput"), ("", "MalformedInput"), ("0", "ValidationError"),
    ("-1", "ValidationError"),
])
def test_numbers(server, value, code):
    answer = send(server, call("sts", "GetSessionToken", DurationSeconds=value), service="sts")
    assert (error_of(answer) or (None, None))[1] == code


def test_a_marker_works_with_any_page_size(server):
    for name in "abc":
        send(server, call("iam", "CreateUser", UserName=name))
    marker = send(server, call("iam", "ListUsers", MaxItems="01")).find("Marker")
    for size, truncated in (("+1", "true"), ("2", "false")):
        answer = send(server, call("iam", "ListUsers", MaxItems=size, Marker=marker, Unknown="x"))
        assert (answer.status, answer.find("IsTruncated")) == (200, truncated)


@pytest.mark.parametrize("value, status", [("true", 200), ("1", 200), ("false", 200), ("0", 200), ("True", 400), ("", 400)])
def test_booleans(server, value, status):
    answer = send(server, call("iam", "ListPolicies", Scope="Local", OnlyAttached=value))
    assert answer.status == status
    if status == 400:
        assert answer.error()[1] == "MalformedInput"


@pytest.mark.parametrize("indices, error", [
    (["1"], None),
    (["01"], None),
    (["+1"], (400, "MalformedInput", "Start of list found where not expected")),
    (["word"], (400, "MalformedInput", "Start of list found where not expected")),
    (["0"], (400, "MalformedInput", "0 is not a valid index")),
    (["-1"], (400, "MalformedInput", "Key -1 may not have a leading '-'")),
    (["11"], (400, "ValidationError", TEXT_RULES)),
    (["12"], sparse(11)),
    (["33"], sparse(32)),
    (["1", "12"], sparse(11)),
    (["12", "1"], sparse(11)),
    (["1", "8", "15"], (400, "ValidationError", TEXT_RULES)),
    ([*map(str, range(1, 11)), "21"], sparse(11)),
])
def test_lists_of_texts(server, indices, error):
    document = policy(allow("s3:GetObject"))
    items = [(f"PolicyInputList.member.{index}", document) for index in indices]
    assert error_of(send(server, call("iam", "GetContextKeysForCustomPolicy", *items))) == error


@pytest.mark.parametrize("parameters, error", [
    (tag(), None),
    (tag("01"), None),
    (((KEY.format("01"), "team"), (VALUE.format("1"), "approved")), None),
    ((*tag(), ("Tags.member.1.Unknown", "x")), None),
    (tag(value=""), None),
    (tag("2"), (400, "ValidationError", missing(1))),
    (tag("10"), (400, "ValidationError", missing(*range(1, 10)))),
    (tag("11"), (400, "ValidationError", missing(*range(1, 11)))),
    (tag("49"), sparse(48)),
    (tag("+1"), (400, "ValidationError", missing(1))),
    (tag("one"), (400, "ValidationError", missing(1))),
    (tag("0"), (400, "MalformedInput", "0 is not a valid index")),
    (tag("1.0"), (400, "MalformedInput", "Two index elements may not occur back to back")),
    ((*tag(), *tag("3", "other")), (400, "ValidationError", missing(2))),
    (tag(key="aws:reserved"), (400, "InvalidInput", "Tag keys beginning with aws: are reserved for system use.")),
    ((*tag(), *tag("2")), (400, "InvalidInput", TWICE)),
    ((*tag(), *tag("2", "TEAM")), (400, "InvalidInput", TWICE)),
    (tag(value="bad\nvalue"), (400, "ValidationError", violations(
        "Value at 'tags.1.member.value' failed to satisfy constraint: Member must satisfy regular expression pattern: "
        r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*"))),
    (tag()[:1], (400, "ValidationError", violations(MISSING.format(1, "value")))),
    ((("Tags", ""),), (400, "InvalidInput", "Error occurred while validating input. ")),
    ((), (400, "ValidationError", violations("Value at 'tags' failed to satisfy constraint: Member must not be null"))),
])
def test_lists_of_structures(server, parameters, error):
    send(server, call("iam", "CreateUser", UserName="bob"))
    assert error_of(send(server, call("iam", "TagUser", *parameters, UserName="bob"))) == error
    tags = send(server, call("iam", "ListUserTags", UserName="bob"))
    assert (tags.find("Key") is None) == (error is not None)


@pytest.mark.parametrize("parameters, outcome", [
    (tag(), None),
    (tag("2"), "ValidationError"),
    (tag("1.0"), "MalformedInput"),
    (tag()[:1], "ValidationError"),
    ((*tag(), ("Tags.member.1.Unknown", "x")), None),
    (tag(value="other"), "AccessDenied"),
    (tag(value=""), "AccessDenied"),
    (tag(key="aws:reserved"), "AccessDenied"),
    ((*tag(), *tag("2")), "InvalidInput"),
    ((*tag(), *tag("2", value="other")), "AccessDenied"),
    ((*tag(value="other"), *tag("2")), "InvalidInput"),  # the last value is what aws:RequestTag holds
    ((*tag(), *tag("2"), *tag("3", "other")), "AccessDenied"),
    ((*tag(), *tag("2", "TEAM")), "AccessDenied"),
    ((("Tags", ""),), "AccessDenied"),
])
def test_permission_comes_after_reading_and_before_the_rest(root, server, parameters, outcome):
    condition = {"StringEquals": {"aws:RequestTag/team": "approved"}, "ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}
    tagger = root.user("tagger", allow("iam:TagUser", Condition=condition))
    root.iam.create_user(UserName="bob")
    answer = send(server, call("iam", "TagUser", *parameters, UserName="bob"), key=tagger.key, secret=tagger.secret)
    assert (error_of(answer) or (None, None))[1] == outcome


def test_sts_says_null_and_shows_values(server):
    answer = send(server, call("sts", "AssumeRole", RoleSessionName="s1"), service="sts")
    assert answer.error()[2] == violations("Value null at 'roleArn' failed to satisfy constraint: Member must not be null")
    role = {"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/job", "RoleSessionName": "s1"}
    answer = send(server, call("sts", "AssumeRole", *tag(key=""), **role), service="sts")
    assert answer.error()[2] == violations(
        "Value '' at 'tags.1.member.key' failed to satisfy constraint: Member must have length greater than or equal to 1",
        "Value '' at 'tags.1.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: "
        r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+")
    many = [pair for number in range(51) for pair in tag(str(number + 1), str(number), "test")]
    shown = ", ".join(f"Tag(key={number}, value=test)" for number in range(51))
    answer = send(server, call("sts", "AssumeRole", *many, **role), service="sts")
    assert answer.error()[2] == violations(
        f"Value '[{shown}]' at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50")


@pytest.mark.parametrize("action, parameters", [("GetCallerIdentity", {}), ("AssumeRole", {})])
def test_answers_of_sts_have_a_second_id(server, action, parameters):
    server.clock(freeze="2030-01-01T00:00:00Z")
    answer = send(server, call("sts", action, **parameters), service="sts")
    extended = base64.b64decode(answer.headers["x-amz-sts-extended-request-id"]).decode()
    assert re.fullmatch("1:us-east-1:S:1893456000000:R:[0-9a-f]{8}", extended)
    assert "x-amz-sts-extended-request-id" not in send(server, call("iam", "ListUsers")).headers
