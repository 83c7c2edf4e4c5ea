"""Inline policies of users, groups and roles: one set of tests for the three."""

import json
import urllib.parse

import pytest

from support import ACCOUNT, allow, answer_of, call, deny, invalid, limit, not_found, policy, refused, send, trust

DOCUMENT = policy(allow("s3:GetObject", "arn:aws:s3:::bucket/*"))


class Owner:
    """A user, group or role under one set of verbs."""

    def __init__(self, iam, kind):
        self.iam, self.kind, self.name_of = iam, kind, {kind.capitalize() + "Name": "owner"}
        if kind == "role":
            iam.create_role(RoleName="owner", AssumeRolePolicyDocument=policy(trust({"Service": "ec2.amazonaws.com"})))
        else:
            getattr(iam, f"create_{kind}")(**self.name_of)

    def do(self, verb, name=None, **more):
        plural = "policies" if verb == "list" else "policy"
        if name is not None:
            more["PolicyName"] = name
        return getattr(self.iam, f"{verb}_{self.kind}_{plural}")(**{**self.name_of, **more})


@pytest.fixture(params=["user", "group", "role"])
def owner(request, iam):
    return Owner(iam, request.param)


def test_put_get_list_delete(owner):
    assert answer_of(owner.do("put", "reading", PolicyDocument=DOCUMENT)) == {}
    got = answer_of(owner.do("get", "reading"))
    assert got == {**owner.name_of, "PolicyName": "reading", "PolicyDocument": json.loads(DOCUMENT)}
    assert answer_of(owner.do("list")) == {"PolicyNames": ["reading"], "IsTruncated": False}
    assert answer_of(owner.do("delete", "reading")) == {}
    assert owner.do("list")["PolicyNames"] == []


def test_put_replaces(owner):
    owner.do("put", "p", PolicyDocument=DOCUMENT)
    owner.do("put", "p", PolicyDocument=policy(deny("s3:*")))
    assert owner.do("get", "p")["PolicyDocument"]["Statement"][0]["Effect"] == "Deny"
    assert owner.do("list")["PolicyNames"] == ["p"]


def test_names_are_found_in_any_case(owner):
    owner.do("put", "MixedName", PolicyDocument=DOCUMENT)
    owner.do("put", "mixedname", PolicyDocument=policy(deny("s3:*")))
    assert owner.do("list")["PolicyNames"] == ["MixedName"]
    got = owner.do("get", "MIXEDNAME")
    assert got["PolicyName"] == "MIXEDNAME"
    assert got["PolicyDocument"]["Statement"][0]["Effect"] == "Deny"
    owner.do("delete", "mIxEdNaMe")
    assert owner.do("list")["PolicyNames"] == []


def test_a_policy_that_is_not_there(owner):
    message = f"The {owner.kind} policy with name none cannot be found."
    with not_found(message):
        owner.do("get", "none")
    with not_found(message):
        owner.do("delete", "none")


def test_a_managed_policy_is_no_inline_policy(owner):
    owner.do("attach", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    with not_found(f"The {owner.kind} policy with name ReadOnlyAccess cannot be found."):
        owner.do("delete", "ReadOnlyAccess")


def test_an_owner_that_is_not_there(owner):
    owner.name_of = {name: "nobody" for name in owner.name_of}
    message = f"The {owner.kind} with name nobody cannot be found."
    for verb, more in [("put", {"PolicyDocument": DOCUMENT}), ("get", {}), ("delete", {})]:
        with not_found(message):
            owner.do(verb, "p", **more)
    with not_found(message):
        owner.do("list")


def test_names_come_in_pages(owner):
    for number in range(5):
        owner.do("put", f"p{number}", PolicyDocument=DOCUMENT)
    first = owner.do("list", MaxItems=3)
    assert (first["PolicyNames"], first["IsTruncated"]) == (["p0", "p1", "p2"], True)
    rest = owner.do("list", Marker=first["Marker"])
    assert (rest["PolicyNames"], rest["IsTruncated"]) == (["p3", "p4"], False)


def test_the_text_comes_back_as_it_was_written(server, owner):
    text = '{ "Version":"2012-10-17",\n\t"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::a%3Ab+c"} }'
    owner.do("put", "p", PolicyDocument=text)
    verb = f"Get{owner.kind.capitalize()}Policy"
    raw = send(server, call("iam", verb, PolicyName="p", **owner.name_of))
    assert raw.find("PolicyDocument") == urllib.parse.quote(text, safe="-_.~")


@pytest.mark.parametrize("document", ["{", "null", '{"Statement":[]} x', policy({"Effect": "Allow", "Action": "s3:*"}),
                                      policy(trust("*"))])
def test_documents_that_are_refused(owner, document):
    with refused("MalformedPolicyDocument", 400):
        owner.do("put", "p", PolicyDocument=document)
    assert owner.do("list")["PolicyNames"] == []


def test_all_of_them_together_have_a_limit(owner):
    size = {"user": 2048, "group": 5120, "role": 10240}[owner.kind]

    def of_size(wanted):
        frame = json.dumps({"Version": "2012-10-17", "Statement": [allow("s3:*", "arn:aws:s3:::")]}, separators=(",", ":"))
        return frame.replace("arn:aws:s3:::", "arn:aws:s3:::" + "a" * (wanted - len(frame)))

    owner.do("put", "first", PolicyDocument=of_size(size - 200))
    owner.do("put", "second", PolicyDocument=of_size(200))
    with limit(f"Maximum policy size of {size} bytes exceeded for {owner.kind} owner"):
        owner.do("put", "third", PolicyDocument=of_size(100))
    owner.do("put", "second", PolicyDocument=of_size(199))
    with limit(f"Maximum policy size of {size} bytes exceeded for {owner.kind} owner"):
        owner.do("put", "second", PolicyDocument=of_size(201))


def test_policy_names_have_rules(owner):
    with invalid("The specified value for policyName is invalid. It must contain only alphanumeric characters and/or the "
                 "following: +=,.@_-"):
        owner.do("put", "two words", PolicyDocument=DOCUMENT)


# Documents -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [None, "2008-10-17"])
def test_only_managed_policies_have_to_be_of_2012(root, version):
    """An absent Version is 2008-10-17, in which variables are text."""
    old = {"Version": version, "Statement": [allow("iam:GetUser", f"arn:aws:iam::{ACCOUNT}:user/${{aws:username}}")]}
    plain = {"Version": version, "Statement": [allow("iam:ListUsers")]}
    for document in (old, plain):
        if version is None:
            del document["Version"]
    alice = root.user("alice")
    root.iam.put_user_policy(UserName="alice", PolicyName="old", PolicyDocument=json.dumps(old))
    root.iam.put_user_policy(UserName="alice", PolicyName="plain", PolicyDocument=json.dumps(plain))
    assert root.iam.get_user_policy(UserName="alice", PolicyName="old")["PolicyDocument"] == old
    alice.iam.list_users()
    with refused("AccessDenied", 403):
        alice.iam.get_user(UserName="alice")
    root.iam.put_user_policy(UserName="alice", PolicyName="old", PolicyDocument=policy(*old["Statement"]))
    alice.iam.get_user(UserName="alice")
    with refused("MalformedPolicyDocument", 400, "Policy document must be version 2012-10-17 or greater."):
        root.iam.create_policy(PolicyName="old", PolicyDocument=json.dumps(plain))


@pytest.mark.parametrize("operator, value, readable", [
    ("NumericEquals", "01", True), ("NumericEquals", "NaN", False), ("NumericEquals", "no-number", False),
    ("Bool", "TRUE", True), ("Bool", "yes", True), ("Null", "yes", True), ("DateEquals", "not-a-date", False),
    ("DateEquals", "01T", True), ("ArnLike", "not-an-arn", False), ("IpAddress", "not-an-ip", False),
    ("BinaryEquals", "no-binary", False)])
def test_values_that_a_condition_cannot_read(owner, operator, value, readable):
    document = policy(allow("iam:TagUser", Condition={operator: {"aws:RequestTag/value": value}}))
    if readable:
        owner.do("put", "p", PolicyDocument=document)
        return
    with refused("MalformedPolicyDocument", 400, "The policy failed legacy parsing"):
        owner.do("put", "p", PolicyDocument=document)


@pytest.mark.parametrize("resource, own, other", [
    ("arn:aws:iam::${aws:PrincipalAccount}:user/alice", True, False),
    ("arn:aws:iam::${aws:PrincipalAccount}:user/${aws:username}", True, False),
    ("arn:aws:${aws:PrincipalTag/service}::*:user/*", True, True),
    ("${aws:PrincipalTag/arn}", True, False),
    ("arn:aws:${aws:PrincipalTag/service}", False, False)])
def test_variables_in_all_parts_of_a_resource(root, resource, own, other):
    alice = root.user("alice", allow("iam:GetUser", resource),
                      Tags=[{"Key": "arn", "Value": f"arn:aws:iam::{ACCOUNT}:user/alice"},
                            {"Key": "service", "Value": "iam"}])
    root.user("bob")
    for name, allowed in (("alice", own), ("bob", other)):
        if allowed:
            alice.iam.get_user(UserName=name)
            continue
        with refused("AccessDenied", 403):
            alice.iam.get_user(UserName=name)
