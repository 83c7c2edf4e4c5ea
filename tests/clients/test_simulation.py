"""The policy simulator and the context keys that it asks for. Examples of AWS's manuals are cases here."""

import json
import xml.etree.ElementTree as ElementTree

import pytest

from support import (ACCOUNT, OTHER_ACCOUNT, Caller, allow, answer_of, call, denied, deny, invalid, not_found, policy,
                     refused, root_arn, send, trust)

ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
OBJECT = "arn:aws:s3:::b/x"
READ_B = allow("s3:Get*", "arn:aws:s3:::b/*")


def bad_input(message=None, pattern=None):
    return refused("InvalidInput", 400, message, pattern)


def custom(iam, *documents, actions="s3:GetObject", **more):
    """The results of SimulateCustomPolicy; documents are texts or lists of statements."""
    texts = [document if isinstance(document, str) else policy(*document) for document in documents]
    actions = [actions] if isinstance(actions, str) else actions
    return iam.simulate_custom_policy(PolicyInputList=texts, ActionNames=actions, **more)["EvaluationResults"]


def principal(iam, arn, actions="s3:GetObject", **more):
    actions = [actions] if isinstance(actions, str) else actions
    return iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=actions, **more)["EvaluationResults"]


def entry(name, kind, *values):
    return {"ContextKeyName": name, "ContextKeyType": kind, "ContextKeyValues": list(values)}


def sources(result):
    return [(one["SourcePolicyId"], one["SourcePolicyType"]) for one in result["MatchedStatements"]]


def position(line, column):
    return {"Line": line, "Column": column}


def compact(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, separators=(",", ":"))


# AWS's examples ------------------------------------------------------------------------------------------------------

BACKUP = (
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*",'
    '"Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}'
)


def test_the_cli_manuals_custom_policy(iam):
    allowed = custom(iam, BACKUP, actions="dynamodb:CreateBackup",
                     ContextEntries=[entry("aws:CurrentTime", "date", "2019-04-25T11:00:00Z")])
    assert allowed == [{
        "EvalActionName": "dynamodb:CreateBackup",
        "EvalResourceName": "*",
        "EvalDecision": "allowed",
        "MatchedStatements": [{
            "SourcePolicyId": "PolicyInputList.1",
            "SourcePolicyType": "IAM Policy",
            "StartPosition": position(1, 38),
            "EndPosition": position(1, 167),
        }],
        "MissingContextValues": [],
    }]
    refused_one = custom(iam, BACKUP, actions="dynamodb:CreateBackup",
                         ContextEntries=[entry("aws:CurrentTime", "date", "2014-04-25T11:00:00Z")])
    assert refused_one == [{
        "EvalActionName": "dynamodb:CreateBackup",
        "EvalResourceName": "*",
        "EvalDecision": "implicitDeny",
        "MatchedStatements": [],
        "MissingContextValues": [],
    }]


def test_the_cli_manuals_principal_policy(iam):
    iam.create_user(UserName="alejandro")
    made = iam.create_policy(PolicyName="Grant-Access-To-CodeCommit-ListRepo", PolicyDocument="""{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "ListRepositories",
            "Effect": "Allow",
            "Action": "codecommit:ListRepositories",
            "Resource": "*"
        }
    ]
}""")
    iam.attach_user_policy(UserName="alejandro", PolicyArn=made["Policy"]["Arn"])
    assert principal(iam, f"arn:aws:iam::{ACCOUNT}:user/alejandro", "codecommit:ListRepositories") == [{
        "EvalActionName": "codecommit:ListRepositories",
        "EvalResourceName": "*",
        "EvalDecision": "allowed",
        "MatchedStatements": [{
            "SourcePolicyId": "Grant-Access-To-CodeCommit-ListRepo",
            "SourcePolicyType": "IAM Policy",
            "StartPosition": position(3, 19),
            "EndPosition": position(9, 10),
        }],
        "MissingContextValues": [],
    }]


def test_the_api_references_policies_of_a_user(iam):
    iam.create_user(UserName="Jill")
    iam.attach_user_policy(UserName="Jill", PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
    more = """{
  "Version":"2012-10-17",
  "Statement":{
    "Effect":"Allow",
    "Action":"s3:PutObject",
    "Resource":"arn:aws:s3:::my-test-bucket"
  }
}"""
    put, get, delete = principal(iam, f"arn:aws:iam::{ACCOUNT}:user/Jill",
                                 ["s3:PutObject", "s3:GetObject", "s3:DeleteObject"],
                                 ResourceArns=["arn:aws:s3:::my-test-bucket"], PolicyInputList=[more])
    assert [one["EvalDecision"] for one in (put, get, delete)] == ["allowed", "allowed", "implicitDeny"]
    assert put["MatchedStatements"] == [{
        "SourcePolicyId": "PolicyInputList.1",
        "SourcePolicyType": "IAM Policy",
        "StartPosition": position(3, 16),
        "EndPosition": position(7, 4),
    }]
    assert sources(get) == [("AmazonS3ReadOnlyAccess", "IAM Policy")]
    assert delete["MatchedStatements"] == []
    # Its example leaves the account out of the ARN.
    assert principal(iam, "arn:aws:iam:::user/Jill", "s3:GetObject")[0]["EvalDecision"] == "allowed"


BUCKET_POLICY = compact(trust("arn:aws:iam::111122223333:user/mateo", ["s3:List*", "s3:Put*"],
                              Resource=["arn:aws:s3:::production/*"]))
IAM_ONLY = compact(allow("iam:*"))


def test_the_api_references_same_account_simulation(iam):
    result, = custom(iam, IAM_ONLY, actions="s3:PutObject", CallerArn="arn:aws:iam::111122223333:user/mateo",
                     ResourceArns=["arn:aws:s3:::production/Test"], ResourceOwner=root_arn("111122223333"),
                     PermissionsBoundaryPolicyInputList=[IAM_ONLY], ResourcePolicy=BUCKET_POLICY)
    matched = [{
        "SourcePolicyId": "ResourcePolicy",
        "SourcePolicyType": "Resource Policy",
        "StartPosition": position(1, BUCKET_POLICY.index("[") + 2),
        "EndPosition": position(1, len(BUCKET_POLICY) - 1),
    }]
    assert result == {
        "EvalActionName": "s3:PutObject",
        "EvalResourceName": "arn:aws:s3:::production/Test",
        "EvalDecision": "allowed",
        "MatchedStatements": matched,
        "MissingContextValues": [],
        "PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": False},
        "EvalDecisionDetails": {},
        "ResourceSpecificResults": [{
            "EvalResourceName": "arn:aws:s3:::production/Test",
            "EvalResourceDecision": "allowed",
            "MatchedStatements": matched,
            "PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": False},
        }],
    }


def test_the_api_references_cross_account_simulation(server):
    arnav = Caller(server, key="444455556666").iam
    arnav.create_user(UserName="arnav")
    bucket = policy(trust("arn:aws:iam::444455556666:user/arnav", ["s3:List*", "s3:Put*"],
                          Resource="arn:aws:s3:::mary/*"))
    result, = principal(arnav, "arn:aws:iam::444455556666:user/arnav", "s3:PutObject",
                        ResourceArns=["arn:aws:s3:::mary/Test"], ResourceOwner=root_arn("123456789012"),
                        PermissionsBoundaryPolicyInputList=[IAM_ONLY], ResourcePolicy=bucket)
    details = {
        "IAM Policy": "implicitDeny",
        "Resource Policy": "allowed",
        "Permissions Boundary Policy": "implicitDeny",
    }
    assert result["EvalDecision"] == "implicitDeny"
    assert result["EvalDecisionDetails"] == details
    assert result["MatchedStatements"] == []
    one, = result["ResourceSpecificResults"]
    assert one["EvalDecisionDetails"] == details
    assert sources(one) == [("ResourcePolicy", "Resource Policy")]
    assert one["EvalResourceDecision"] == "implicitDeny"


def test_the_members_on_the_wire(server):
    """The XML, member by member, of a simulation that has all of them but those of organizations."""
    bucket = compact(trust(ALICE, "s3:*", Resource="*"))
    answer = send(server, call("iam", "SimulateCustomPolicy", *{
        "PolicyInputList.member.1": compact(allow("s3:*"), allow("s3:*", Condition={"Null": {"aws:TokenAge": "false"}})),
        "PermissionsBoundaryPolicyInputList.member.1": compact(allow("s3:*")),
        "ActionNames.member.1": "s3:GetObject",
        "ResourceArns.member.1": OBJECT,
        "ResourcePolicy": bucket,
        "ResourceOwner": root_arn(OTHER_ACCOUNT),
        "CallerArn": ALICE,
        "MaxItems": "1",
    }.items()))
    assert answer.status == 200, answer.text

    def plain(element):
        tag = element.tag.rpartition("}")[2]
        children = [plain(child) for child in element]
        return (tag, children) if children else (tag, element.text or "")

    def statement(source, kind, start, end):
        return ("member", [
            ("SourcePolicyId", source), ("SourcePolicyType", kind),
            ("StartPosition", [("Line", "1"), ("Column", str(start))]),
            ("EndPosition", [("Line", "1"), ("Column", str(end))]),
        ])

    matched = ("MatchedStatements", [
        statement("PolicyInputList.1", "IAM Policy", 38, 87),
        statement("ResourcePolicy", "Resource Policy", 38, len(bucket) - 1),
    ])
    details = ("EvalDecisionDetails", [
        ("entry", [("key", "IAM Policy"), ("value", "allowed")]),
        ("entry", [("key", "Resource Policy"), ("value", "allowed")]),
        ("entry", [("key", "Permissions Boundary Policy"), ("value", "allowed")]),
    ])
    boundary = ("PermissionsBoundaryDecisionDetail", [("AllowedByPermissionsBoundary", "true")])
    result = plain(ElementTree.fromstring(answer.body)[0])
    assert result == ("SimulateCustomPolicyResult", [
        ("EvaluationResults", [("member", [
            ("EvalActionName", "s3:GetObject"),
            ("EvalResourceName", OBJECT),
            ("EvalDecision", "allowed"),
            matched,
            ("MissingContextValues", [("member", "aws:TokenAge")]),
            boundary,
            details,
            ("ResourceSpecificResults", [("member", [
                ("EvalResourceName", OBJECT),
                ("EvalResourceDecision", "allowed"),
                matched,
                ("MissingContextValues", [("member", "aws:TokenAge")]),
                details,
                boundary,
            ])]),
        ])]),
        ("IsTruncated", "false"),
    ])


# Decisions -----------------------------------------------------------------------------------------------------------


def test_a_second_statement_starts_where_the_first_ends(iam):
    document = compact(deny("s3:Get*", "*"), allow("s3:Put*", "*"))
    get, put = custom(iam, document, actions=["s3:GetObject", "s3:PutObject"])
    assert get["MatchedStatements"][0]["EndPosition"] == put["MatchedStatements"][0]["StartPosition"]
    assert put["MatchedStatements"][0]["EndPosition"] == position(1, len(document) - 1)
    spaced = '{"Version": "2012-10-17", "Statement": {"Sid": "", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}}'
    only, = custom(iam, spaced, actions="s3:PutObject")
    assert only["MatchedStatements"][0]["StartPosition"] == position(1, 41)
    assert only["MatchedStatements"][0]["EndPosition"] == position(1, 113)


def test_the_resource_is_a_literal_and_star_is_one(iam):
    assert custom(iam, [READ_B])[0]["EvalDecision"] == "implicitDeny"
    assert custom(iam, [READ_B], ResourceArns=["*"]) == custom(iam, [READ_B])
    assert custom(iam, [READ_B], ResourceArns=["arn:aws:s3:::b/*"])[0]["EvalDecision"] == "allowed"


def test_policies_are_numbered(iam):
    result, = custom(iam, [deny("ec2:*")], [allow("s3:*")], [allow("s3:Get*"), deny("sqs:*")])
    assert sources(result) == [("PolicyInputList.2", "IAM Policy"), ("PolicyInputList.3", "IAM Policy")]


def test_only_the_denying_statement_is_named(iam):
    result, = custom(iam, [allow("*")], [deny("s3:Get*")])
    assert (result["EvalDecision"], sources(result)) == ("explicitDeny", [("PolicyInputList.2", "IAM Policy")])


def test_several_resources_share_a_result(iam):
    resources = ["arn:aws:s3:::b/x", "arn:aws:s3:::c/y"]
    conditional = allow("s3:Get*", "arn:aws:s3:::c/*", Condition={"Bool": {"aws:SecureTransport": "true"}})
    result, = custom(iam, [READ_B, conditional], ResourceArns=resources)
    assert result["EvalDecision"] == "implicitDeny"
    assert result["EvalResourceName"] == "arn:aws:s3:::${BucketName}/${KeyName}"
    assert sources(result) == [("PolicyInputList.1", "IAM Policy")]
    assert result["MissingContextValues"] == ["aws:SecureTransport"]
    assert result["EvalDecisionDetails"] == {}
    found = [(one["EvalResourceName"], one["EvalResourceDecision"], len(one.get("MatchedStatements", [])),
              one.get("MissingContextValues")) for one in result["ResourceSpecificResults"]]
    assert found == [(resources[0], "allowed", 1, None),
                     (resources[1], "implicitDeny", 0, ["aws:SecureTransport"])]


def test_several_resources_are_called_by_a_template(iam):
    def called(action, *resources):
        return custom(iam, [allow("s3:*")], actions=action, ResourceArns=list(resources))[0]["EvalResourceName"]

    role, user = f"arn:aws:iam::{ACCOUNT}:role/a", f"arn:aws:iam::{ACCOUNT}:user/b"
    of_iam = "arn:aws:iam::${Account}:${ResourceType}/${ResourceName}"
    for action in ("iam:GetUser", "IAM:getuser", "iam:ListUsers"):
        assert called(action, role, user) == called(action, "*", user) == of_iam
    assert called("iam:GetUser", "*", "*") == "*"
    assert called("s3:ListAllMyBuckets", OBJECT, OBJECT) == "arn:aws:s3:::${BucketName}/${KeyName}"
    assert called("sts:AssumeRole", role, role) == "arn:aws:iam::${Account}:${RelativeId}"
    queue = "arn:aws-cn:sqs:cn-north-1:123456789012:q"
    assert called("sqs:SendMessage", queue, OBJECT) == "arn:aws-cn:sqs:${Region}:${Account}:${QueueName}"
    table = "arn:aws:dynamodb:us-east-1:123456789012:table/t"
    assert called("dynamodb:GetItem", table, table) == "arn:aws:dynamodb:${Region}:${Account}:table/${TableName}"
    assert called("none:Such", role, user) == called("ec2:NoSuch", role, user) == "*"


def test_a_resource_that_the_action_does_not_know(iam):
    user = f"arn:aws:iam::{ACCOUNT}:user/b"
    for action, resource in (("s3:GetObject", user), ("iam:GetUser", OBJECT), ("s3:ListAllMyBuckets", OBJECT),
                             ("sts:AssumeRole", OBJECT)):
        for statements in ([allow("*")], [deny("*")]):
            result, = custom(iam, statements, actions=action, ResourceArns=[resource])
            assert (result["EvalDecision"], sources(result)) == ("implicitDeny", [])
            assert result["ResourceSpecificResults"] == [
                {"EvalResourceName": resource, "EvalResourceDecision": "implicitDeny"}]
    for action, resource in (("s3:GetObject", "arn:aws:s3:::b"), ("s3:ListBucket", OBJECT), ("iam:GetUser", "*"),
                             ("s3:ListAllMyBuckets", "*"), ("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/r"),
                             ("madeup:Action", OBJECT)):
        assert custom(iam, [allow("*")], actions=action, ResourceArns=[resource])[0]["EvalDecision"] == "allowed"


def test_missing_keys_stand_with_the_action_and_with_the_resource(iam):
    guarded = allow("s3:*", "arn:aws:s3:::${aws:username}/*", Condition={"StringEquals": {"aws:SourceVpc": "v"}})
    whole, = custom(iam, [guarded])
    assert whole["MissingContextValues"] == ["aws:username"]
    given = [entry("aws:username", "string", "b")]
    one, = custom(iam, [guarded], ResourceArns=[OBJECT], ContextEntries=given)
    assert one["MissingContextValues"] == ["aws:SourceVpc"]
    assert one["ResourceSpecificResults"][0]["MissingContextValues"] == ["aws:SourceVpc"]
    both, = custom(iam, [guarded], ResourceArns=[OBJECT], ContextEntries=[*given, entry("AWS:SOURCEVPC", "string", "v")])
    assert both["MissingContextValues"] == [] and "MissingContextValues" not in both["ResourceSpecificResults"][0]


@pytest.mark.parametrize("condition", [
    {"StringNotEquals": {"aws:PrincipalTag/team": "blocked"}},
    {"ForAllValues:StringEquals": {"aws:TagKeys": ["owner", "team"]}},
    {"StringEqualsIfExists": {"aws:PrincipalTag/team": "trusted"}},
])
def test_what_holds_without_a_key_does_not_miss_it(iam, condition):
    result, = custom(iam, [allow("s3:*", Condition=condition)])
    assert (result["EvalDecision"], result["MissingContextValues"]) == ("allowed", [])


STUB = "STUB_PRINCIPAL_FOR_POLICY_SIMULATOR"


@pytest.mark.parametrize("condition, more, expected", [
    ({"Null": {"aws:userid": "false"}}, {}, ("allowed", [])),
    ({"Null": {"aws:userid": "true"}}, {}, ("implicitDeny", ["aws:userid"])),
    ({"StringNotLike": {"aws:UserId": "*"}}, {}, ("implicitDeny", ["aws:UserId"])),
    ({"StringEquals": {"aws:userid": "${aws:userid}"}}, {}, ("allowed", [])),
    ({"StringEquals": {"aws:userid": STUB}}, {}, ("allowed", [])),
    ({"StringEquals": {"aws:userid": ALICE}}, {"CallerArn": ALICE}, ("allowed", [])),
    ({"StringEquals": {"aws:userid": STUB}}, {"CallerArn": ALICE}, ("implicitDeny", ["aws:userid"])),
    ({"StringEquals": {"aws:userid": "me"}}, {"ContextEntries": [entry("AWS:USERID", "string", "me")]}, ("allowed", [])),
    ({"StringEquals": {"aws:userid": "me"}}, {"ContextEntries": [entry("aws:userid", "string", "x")]}, ("implicitDeny", [])),
])
def test_the_user_id_is_a_stub_unless_it_is_given(iam, condition, more, expected):
    result, = custom(iam, [allow("s3:*", Condition=condition)], **more)
    assert (result["EvalDecision"], result["MissingContextValues"]) == expected


@pytest.mark.parametrize("kind, operator, wanted, given, other", [
    ("string", "StringEquals", "a", "a", "b"),
    ("numeric", "NumericLessThan", "10", "9.5", "10"),
    ("boolean", "Bool", "true", "TRUE", "false"),
    ("ip", "IpAddress", "10.0.0.0/8", "10.1.2.3", "11.0.0.1"),
    ("binary", "BinaryEquals", "QUI=", "QUI=", "QUM="),
    ("date", "DateLessThan", "2020-01-01T00:00:00Z", "1577836799", "2020-01-01"),
])
def test_context_values_of_each_type(iam, kind, operator, wanted, given, other):
    def decide(condition, key):
        return custom(iam, [allow("s3:*", Condition={condition: {"x:key": wanted}})],
                      ContextEntries=[key])[0]["EvalDecision"]

    assert decide(operator, entry("x:key", kind, given)) == "allowed"
    assert decide(operator, entry("x:key", kind, other)) == "implicitDeny"
    assert decide(f"ForAnyValue:{operator}", entry("x:key", f"{kind}List", other, given)) == "allowed"
    assert decide(f"ForAllValues:{operator}", entry("x:key", f"{kind}List", other, given)) == "implicitDeny"
    # A list is a multivalued key even with one value, and those need a set operator.
    assert decide(operator, entry("x:key", f"{kind}List", given)) == "implicitDeny"


def test_nothing_is_known_that_is_not_given(iam):
    """Not even what every request has."""
    timed = allow("s3:*", Condition={"DateGreaterThan": {"aws:CurrentTime": "2000-01-01T00:00:00Z"}})
    assert custom(iam, [timed])[0]["EvalDecision"] == "implicitDeny"
    named = allow("s3:*", Condition={"StringEquals": {"aws:username": "alice"}})
    assert custom(iam, [named], CallerArn=ALICE)[0]["MissingContextValues"] == ["aws:username"]


# Resource policies ---------------------------------------------------------------------------------------------------


def test_a_resource_policy_grants_by_itself_within_the_account(iam):
    bucket = policy(trust(ALICE, "s3:*", Resource="arn:aws:s3:::b/*"))
    given = {"ResourceArns": [OBJECT], "ResourcePolicy": bucket}
    allowed, = custom(iam, [allow("ec2:*")], CallerArn=ALICE, **given)
    assert (allowed["EvalDecision"], sources(allowed)) == ("allowed", [("ResourcePolicy", "Resource Policy")])
    other, = custom(iam, [allow("ec2:*")], CallerArn=ALICE.replace("alice", "bob"), **given)
    assert other["EvalDecision"] == "implicitDeny"


def test_the_owner_of_a_resource_makes_it_another_account(iam):
    bucket = policy(trust(ALICE, "s3:*", Resource="arn:aws:s3:::b/*"))
    given = {"ResourceArns": [OBJECT], "ResourcePolicy": bucket, "CallerArn": ALICE}

    def both_sides(*statements, **more):
        result, = custom(iam, list(statements), **given, **more)
        return result["EvalDecision"], result["EvalDecisionDetails"]

    assert both_sides(allow("ec2:*"), ResourceOwner=root_arn()) == ("allowed", {})
    owner = {"ResourceOwner": root_arn(OTHER_ACCOUNT)}
    assert both_sides(allow("ec2:*"), **owner) == ("implicitDeny", {
        "IAM Policy": "implicitDeny", "Resource Policy": "allowed"})
    assert both_sides(allow("s3:*"), **owner) == ("allowed", {"IAM Policy": "allowed", "Resource Policy": "allowed"})
    assert both_sides(deny("s3:*"), **owner) == ("explicitDeny", {
        "IAM Policy": "explicitDeny", "Resource Policy": "allowed"})


def test_the_default_owner_may_be_spelled_out(iam):
    """Without a resource policy a queue of another account is not asked about, whoever its ARN names."""
    queue = f"arn:aws:sqs:us-east-1:{OTHER_ACCOUNT}:q"

    def decide(**more):
        result, = custom(iam, [allow("*")], actions="sqs:SendMessage", ResourceArns=[queue, "*"], **more)
        return [one["EvalResourceDecision"] for one in result["ResourceSpecificResults"]], result["EvalDecisionDetails"]

    caller = {"CallerArn": f"arn:aws:iam::{ACCOUNT}:user/nobody"}
    for same in ({}, caller, {"ResourceOwner": root_arn()}, {"ResourceOwner": root_arn(), **caller}):
        assert decide(**same) == (["allowed", "allowed"], {})
    other = ["implicitDeny", "implicitDeny"], {"IAM Policy": "allowed"}
    assert decide(ResourceOwner=root_arn(OTHER_ACCOUNT)) == other


def test_a_resource_policy_needs_a_user_or_a_role_as_caller(iam, root):
    role = root.role("job", root_arn(), allow("s3:*"))
    iam.create_group(GroupName="team")
    bucket = {"ResourceArns": [OBJECT], "ResourcePolicy": policy(trust("*", "s3:*", Resource="*"))}
    words = "Invalid caller - Caller must be an IAM user in this context."
    with bad_input(words):
        custom(iam, [allow("s3:*")], **bucket)
    for caller in (root_arn(), f"arn:aws:sts::{ACCOUNT}:assumed-role/job/s", "alice", f"{ALICE}/",
                   "arn:aws:iam::1:user/alice", f"arn:aws:iam::{ACCOUNT}:user",
                   ALICE.replace("aws", "aws-cn"), *(f"arn:aws:iam::{ACCOUNT}:user/{name}" for name in (
                       "*", "a b", "/alice", "té/alice", "team/", "x" * 129))):
        with bad_input(words):
            custom(iam, [allow("s3:*")], CallerArn=caller, **bucket)
        with bad_input(words):
            custom(iam, [allow("s3:*")], CallerArn=caller)
    group = f"arn:aws:iam::{ACCOUNT}:group/team"
    with bad_input(words):
        principal(iam, group, **bucket)
    assert principal(iam, group, CallerArn=ALICE, **bucket)[0]["EvalDecision"] == "allowed"
    for more, expected in (({}, "implicitDeny"), ({"CallerArn": role}, "allowed")):
        grants_role = {"ResourceArns": [OBJECT], "ResourcePolicy": policy(trust(role, "s3:*", Resource="*"))}
        assert custom(iam, [allow("ec2:*")], **{"CallerArn": ALICE, **grants_role, **more})[0]["EvalDecision"] == expected
        assert principal(iam, role, **grants_role)[0]["EvalDecision"] == "allowed"


def test_a_trust_policy_is_left_out(iam):
    """As AWS's own simulator does (aws/aws-cli#10314)."""
    role = f"arn:aws:iam::{ACCOUNT}:role/job"
    for statements in ([trust(ALICE)], [trust(root_arn(OTHER_ACCOUNT))],
                       [{"Effect": "Deny", "Principal": "*", "Action": ["sts:AssumeRole", "sts:TagSession"]}]):
        for mine, expected in ((allow("sts:*"), "allowed"), (allow("s3:*"), "implicitDeny")):
            result, = custom(iam, [mine], actions="sts:AssumeRole", ResourceArns=[role], CallerArn=ALICE,
                             ResourcePolicy=policy(*statements))
            assert (result["EvalDecision"], result["EvalDecisionDetails"]) == (expected, {})
    with bad_input():
        custom(iam, [allow("s3:*")], CallerArn=ALICE, ResourcePolicy=policy(
            {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}))


def test_a_boundary_that_allows_is_shown_beside_a_resource_policy(iam, root):
    wide = iam.create_policy(PolicyName="wide", PolicyDocument=policy(allow("s3:*")))
    root.user("alice", allow("s3:Get*"), PermissionsBoundary=wide["Policy"]["Arn"])
    bucket = policy(trust("*", "s3:*", Resource="*"))
    beside, = principal(iam, ALICE, ResourceArns=[OBJECT], ResourcePolicy=bucket)
    assert sorted(sources(beside)) == [("ResourcePolicy", "Resource Policy"), ("user_alice_inline", "IAM Policy"),
                                       ("wide", "IAM Policy")]
    alone, = principal(iam, ALICE, ResourceArns=[OBJECT])
    assert sources(alone) == [("user_alice_inline", "IAM Policy")]


def test_an_owner_may_be_a_user(iam):
    bucket = {"ResourceArns": [OBJECT], "ResourcePolicy": policy(trust("*", "s3:*", Resource="*")), "CallerArn": ALICE}
    own, = custom(iam, [allow("ec2:*")], ResourceOwner=ALICE, **bucket)
    assert (own["EvalDecision"], own["EvalDecisionDetails"]) == ("allowed", {})
    other, = custom(iam, [allow("ec2:*")], ResourceOwner=f"arn:aws:iam::{OTHER_ACCOUNT}:user/x", **bucket)
    assert other["EvalDecision"] == "implicitDeny"


def test_a_resource_policy_must_fit_the_resources(iam):
    bucket = policy(trust("*", "s3:*", Resource="arn:aws:s3:::b/*"))
    with bad_input(pattern="not applicable to resource arn:aws:sqs:us-east-1:1:q"):
        custom(iam, [allow("ec2:*")], CallerArn=ALICE, ResourcePolicy=bucket, ResourceArns=[OBJECT, "arn:aws:sqs:us-east-1:1:q"])
    for anything in (trust("*", "s3:*", Resource="*"), trust("*", "s3:*", NotResource="arn:aws:s3:::b/*")):
        custom(iam, [allow("ec2:*")], CallerArn=ALICE, ResourcePolicy=policy(anything), ResourceArns=["arn:aws:sqs:us-east-1:1:q"])


# Principals ----------------------------------------------------------------------------------------------------------


def test_the_policies_of_a_user_and_of_its_groups(iam, root):
    root.user("alice", allow("s3:Get*"))
    iam.create_group(GroupName="team")
    iam.put_group_policy(GroupName="team", PolicyName="shared", PolicyDocument=policy(allow("s3:GetObject")))
    iam.attach_group_policy(GroupName="team", PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
    iam.add_user_to_group(GroupName="team", UserName="alice")
    result, = principal(iam, ALICE, PolicyInputList=[policy(allow("*"))])
    assert sorted(sources(result)) == [(name, "IAM Policy") for name in (
        "AmazonS3ReadOnlyAccess", "PolicyInputList.1", "group_team_shared", "user_alice_inline")]
    group, = principal(iam, f"arn:aws:iam::{ACCOUNT}:group/team")
    assert sorted(sources(group)) == [("AmazonS3ReadOnlyAccess", "IAM Policy"), ("group_team_shared", "IAM Policy")]
    role, = principal(iam, root.role("job", root_arn(), deny("s3:*")))
    assert (role["EvalDecision"], sources(role)) == ("explicitDeny", [("role_job_inline", "IAM Policy")])


def test_a_policy_that_comes_twice_counts_once(iam, root):
    root.user("alice")
    iam.create_group(GroupName="team")
    iam.add_user_to_group(GroupName="team", UserName="alice")
    arn = iam.create_policy(PolicyName="shared", PolicyDocument=policy(
        allow("s3:Get*", Condition={"StringLikeIfExists": {"aws:username": "*"}})))["Policy"]["Arn"]
    iam.attach_user_policy(UserName="alice", PolicyArn=arn)
    iam.attach_group_policy(GroupName="team", PolicyArn=arn)
    assert sources(principal(iam, ALICE)[0]) == [("shared", "IAM Policy")]
    assert iam.get_context_keys_for_principal_policy(PolicySourceArn=ALICE)["ContextKeyNames"] == ["aws:username"]


def test_a_given_boundary_replaces_the_one_that_is_set(iam, root):
    narrow = iam.create_policy(PolicyName="narrow", PolicyDocument=policy(allow("ec2:*"), deny("s3:Put*")))
    root.user("alice", allow("s3:*"), PermissionsBoundary=narrow["Policy"]["Arn"])
    own, put = principal(iam, ALICE, ["s3:GetObject", "s3:PutObject"])
    assert own["EvalDecision"] == "implicitDeny"
    assert own["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}
    assert (put["EvalDecision"], sources(put)) == ("explicitDeny", [("narrow", "IAM Policy")])
    given, = principal(iam, ALICE, PermissionsBoundaryPolicyInputList=[policy(allow("s3:*"))])
    assert given["EvalDecision"] == "allowed"
    assert given["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": True}
    refusing, = principal(iam, ALICE, PermissionsBoundaryPolicyInputList=[policy(deny("s3:*"))])
    assert sources(refusing) == [("PermissionsBoundaryPolicyInputList.1", "Permissions Boundary Policy")]
    with bad_input("The list of Permissions Boundary policies cannot exceed 1 items."):
        principal(iam, ALICE, PermissionsBoundaryPolicyInputList=[policy(allow("s3:*"))] * 2)


def test_a_user_is_its_own_caller_unless_another_one_is_given(iam, root):
    root.user("alice")
    bucket = {"ResourceArns": [OBJECT], "ResourcePolicy": policy(trust(ALICE, "s3:*", Resource="*"))}
    assert principal(iam, ALICE, **bucket)[0]["EvalDecision"] == "allowed"
    bob = ALICE.replace("alice", "bob")
    assert principal(iam, ALICE, CallerArn=bob, **bucket)[0]["EvalDecision"] == "implicitDeny"


def test_an_scp_that_does_not_allow_ends_the_simulation(server):
    """The shape is that of aws-containers/amazon-ecs-exec-checker#70."""
    member, management = "111111111111", "999999999999"

    def declare(*statements):
        answer = server.http("PUT", "/_iamlocal/organization", {}, json.dumps({
            "id": "o-exampleorgid", "management_account": management, "accounts": {member: "/"},
            "policies": [{"type": "scp", "name": "guard", "targets": ["/"], "document": json.loads(policy(*statements))}],
        }).encode())
        assert answer.status == 200, answer.text

    def simulate(account, action):
        iam = Caller(server, key=account).iam
        return principal(iam, f"arn:aws:iam::{account}:user/alice", action, ResourceArns=[OBJECT])[0]

    for account in (member, management, OTHER_ACCOUNT):
        Caller(server, key=account).user("alice", allow("*"))
    declare(deny("s3:Put*"))
    assert simulate(member, "s3:PutObject") == {
        "EvalActionName": "s3:PutObject",
        "EvalResourceName": OBJECT,
        "EvalDecision": "implicitDeny",
        "MatchedStatements": [],
        "MissingContextValues": [],
        "OrganizationsDecisionDetail": {"AllowedByOrganizations": False},
    }
    allowed = simulate(member, "s3:GetObject")
    assert allowed["EvalDecision"] == "allowed"
    assert allowed["OrganizationsDecisionDetail"] == {"AllowedByOrganizations": True}
    assert sources(allowed) == [("user_alice_inline", "IAM Policy")]
    # SCPs limit neither the management account nor those outside, and documents alone belong to no account.
    for account in (management, OTHER_ACCOUNT):
        unlimited = simulate(account, "s3:PutObject")
        assert unlimited["EvalDecision"] == "allowed" and "OrganizationsDecisionDetail" not in unlimited
    alone, = custom(Caller(server, key=member).iam, [allow("s3:*")], actions="s3:PutObject")
    assert alone["EvalDecision"] == "allowed" and "OrganizationsDecisionDetail" not in alone


def test_a_resource_that_an_scp_refuses_is_one_of_several(server):
    member = "111111111111"
    documents = [{"type": "scp", "name": "guard", "targets": ["/"], "document": json.loads(policy(
        allow("*"), deny("s3:*", "arn:aws:s3:::secret/*")))}]
    answer = server.http("PUT", "/_iamlocal/organization", {}, json.dumps({
        "id": "o-exampleorgid", "management_account": "999999999999", "accounts": {member: "/"}, "policies": documents,
    }).encode())
    assert answer.status == 200, answer.text
    caller = Caller(server, key=member)
    caller.user("alice", allow("*"))
    result, = principal(caller.iam, f"arn:aws:iam::{member}:user/alice",
                        ResourceArns=["arn:aws:s3:::open/x", "arn:aws:s3:::secret/x"])
    assert result["EvalDecision"] == "implicitDeny"
    assert result["OrganizationsDecisionDetail"] == {"AllowedByOrganizations": False}
    assert [one["EvalResourceDecision"] for one in result["ResourceSpecificResults"]] == ["allowed", "implicitDeny"]
    assert sources(result["ResourceSpecificResults"][0]) == [("user_alice_inline", "IAM Policy")]


BOTH = ["simulate_principal_policy", "get_context_keys_for_principal_policy"]


def ask(iam, operation, arn, **more):
    if operation.startswith("simulate"):
        more["ActionNames"] = ["s3:GetObject"]
    return getattr(iam, operation)(PolicySourceArn=arn, **more)


@pytest.mark.parametrize("operation", BOTH)
def test_what_is_no_policy_source(iam, operation):
    for arn in (f"arn:aws:iam::{ACCOUNT}:policy/p", f"arn:aws:iam::{ACCOUNT}:user/",
                f"arn:aws:iam:us-east-1:{ACCOUNT}:user/alice", f"arn:aws:iam::{ACCOUNT}:user//alice", f"arn:aws:iam::{ACCOUNT}:user/a*", f"arn:aws:iam::{ACCOUNT}:user/a b"):
        with bad_input(f"Invalid Entity Arn: {arn} does not clearly define entity type and name."):
            ask(iam, operation, arn)
    for arn in ("arn:aws:iam::/alice-without-account", ALICE.replace("aws", "aws-cn"), root_arn(),
                f"arn:aws:sts::{ACCOUNT}:assumed-role/job/session", "arn:aws:s3:::b/user/alice",
                "this-is-not-an-iam-source-arn"):
        with bad_input(f"Invalid ARN provided in the request: {arn}"):
            ask(iam, operation, arn)
    with bad_input(f"Invalid Policy Source Arn: caller's account {ACCOUNT} does not have access to policies in account "
                   f"{OTHER_ACCOUNT}."):
        ask(iam, operation, f"arn:aws:iam::{OTHER_ACCOUNT}:user/alice")
    for kind in ("user", "group", "role"):
        with not_found("Unable to retrieve specified IAM entity."):
            ask(iam, operation, f"arn:aws:iam::{ACCOUNT}:{kind}/nobody")
    with invalid(pattern="policySourceArn.*greater than or equal to 20"):
        ask(iam, operation, "arn:aws:iam")


@pytest.mark.parametrize("operation", BOTH)
def test_permission_is_on_the_source(root, operation):
    action = "iam:" + "".join(word.capitalize() for word in operation.split("_"))
    bob = root.user("bob", allow(action, f"arn:aws:iam::{ACCOUNT}:user/team/*"))
    root.user("alice", Path="/team/")
    ask(bob.iam, operation, f"arn:aws:iam::{ACCOUNT}:user/team/alice")
    # The name says who it is: with another path, too, the ARN that it has is what permission is for.
    ask(bob.iam, operation, ALICE)
    arn = f"arn:aws:iam::{ACCOUNT}:user/team/nobody"
    with denied(f"User: arn:aws:iam::{ACCOUNT}:user/bob is not authorized to perform: {action} on resource: "
                f"arn:aws:iam::{ACCOUNT}:user/nobody because no identity-based policy allows the {action} action"):
        ask(bob.iam, operation, arn)


def test_permission_to_simulate_documents_is_on_star(root):
    bob = root.user("bob", allow(["iam:SimulateCustomPolicy", "iam:GetContextKeysForCustomPolicy"], "arn:aws:iam::*:*"))
    for action, ask_it in (("SimulateCustomPolicy", lambda: custom(bob.iam, [allow("s3:*")])),
                           ("GetContextKeysForCustomPolicy",
                            lambda: bob.iam.get_context_keys_for_custom_policy(PolicyInputList=[policy(allow("s3:*"))]))):
        with denied(f"User: arn:aws:iam::{ACCOUNT}:user/bob is not authorized to perform: iam:{action} on resource: * "
                    f"because no identity-based policy allows the iam:{action} action"):
            ask_it()


# Refused input -------------------------------------------------------------------------------------------------------


def test_actions_are_taken_as_they_are(iam):
    for action in ("s3:*", "s3:", "s3:Get?bject", "s3:MadeUp", "madeup:Action", "s3:Get:Object"):
        result, = custom(iam, [allow("s3:GetObject")], actions=action)
        assert (result["EvalActionName"], result["EvalDecision"]) == (action, "implicitDeny")
    result, = custom(iam, [allow("s3:GetObject")], actions="S3:gEtObJeCt")
    assert (result["EvalActionName"], result["EvalDecision"]) == ("S3:gEtObJeCt", "allowed")
    with bad_input("The action is invalid since it is missing names"):
        custom(iam, [allow("s3:*")], actions=["s3:GetObject", "GetObject"])


def test_known_and_unknown_actions_do_not_go_together(iam):
    actions = ["s3:GetObject", "iam:GetUser", "madeup:Action", "s3:*", "s3:MadeUp"]
    with bad_input("Invalid Input Actions: [s3:GetObject,iam:GetUser] and [madeup:Action,s3:*,s3:MadeUp] require different "
                   "authorization information. "):
        custom(iam, [allow("*")], actions=actions, ResourceArns=[OBJECT])
    assert len(custom(iam, [allow("*")], actions=actions)) == 5
    assert len(custom(iam, [allow("*")], actions=actions[2:], ResourceArns=[OBJECT])) == 3


def test_resources_are_arns(iam):
    for text in ("14a050d4-021e-4efe-84bb-0871bf6d0fda", "arn:aws:s3", "**", "b/x"):
        with bad_input(f"ResourceNames are not in a valid ARN format: {text}."):
            custom(iam, [allow("s3:*")], ResourceArns=[OBJECT, text])


@pytest.mark.parametrize("owner", ["123456789012", "1234-5678-9012", "not-an-arn", f"arn:aws:iam::{ACCOUNT}:role/r", "arn:aws:iam::12345:root",
                                   "arn:xx:iam::123456789012:root",
                                   "arn:aws:s3::123456789012:root", "arn:aws:iam:us-east-1:123456789012:root"])
def test_an_owner_is_the_arn_of_an_account(iam, owner):
    with bad_input(f"'{owner}' is not a valid as a Resource Owner."):
        custom(iam, [allow("s3:*")], ResourceOwner=owner)


@pytest.mark.parametrize("document", ["{", "[]", "{}", policy({"Effect": "Allow", "Action": "s3:*"}),
                                      policy({"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Extra": 1}),
                                      policy(allow("s3:*", Condition={"NoOperator": {"a:b": "c"}}))])
def test_documents_are_checked(iam, document):
    good = [policy(allow("s3:*"))]
    with bad_input("Policy input list item 2 has invalid content"):
        custom(iam, *good, document)
    with bad_input("Policy input list item 1 has invalid content"):
        custom(iam, *good, PermissionsBoundaryPolicyInputList=[document])
    with bad_input():
        custom(iam, *good, ResourcePolicy=document, CallerArn=ALICE)
    iam.create_user(UserName="alice")
    with bad_input("Policy input list item 1 has invalid content"):
        principal(iam, ALICE, PolicyInputList=[document])


@pytest.mark.parametrize("document", ["{", "[]", '{"Extra":1}', '{"Version":"2099-01-01"}', '{"Statement":[1]}',
                                      policy({"Action": "s3:*", "Resource": "*"}),
                                      policy({"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Extra": 1}),
                                      policy(allow("s3:*", Condition={"NoOperator": {"a:b": "c"}})),
                                      policy(allow("s3:*", Condition={"StringEquals": "c"}))])
def test_documents_whose_context_keys_cannot_be_listed(iam, document):
    with bad_input("Policy input list item 2 has invalid content"):
        iam.get_context_keys_for_custom_policy(PolicyInputList=[policy(allow("s3:*")), document])
    iam.create_user(UserName="alice")
    with bad_input("Policy input list item 1 has invalid content"):
        iam.get_context_keys_for_principal_policy(PolicySourceArn=ALICE, PolicyInputList=[document])


def test_each_kind_of_document_has_its_place(iam):
    with_principal = policy(trust("*", "s3:*", Resource="*"))
    with bad_input("Policy input list item 1 has invalid content"):
        custom(iam, with_principal)
    with bad_input("Policy input list item 1 has invalid content"):
        custom(iam, PermissionsBoundaryPolicyInputList=[with_principal])
    with bad_input("Missing required field Principal"):
        custom(iam, CallerArn=ALICE, ResourcePolicy=policy(allow("s3:*")))
    with bad_input("Policy input list item 1 has invalid content"):
        custom(iam, "not JSON")


NO_VALUES = "Context values for context key x:key cannot be null or empty."


@pytest.mark.parametrize("wrong, words", [
    *[(entry("x:key", kind, *values), f"Invalid context value for key x:key: expected {expected}.")
      for kind, expected, *values in (
          ("numeric", "numeric format", "ten"), ("numeric", "numeric format", "0x10"),
          ("numeric", "numeric format", "NaN"), ("numeric", "numeric format", "Infinity"),
          ("numericList", "numeric format", "1", ""), ("date", "DateTime format", "tomorrow"),
          ("dateList", "DateTime format", "2020-01-01", "2020-13-01"), ("ip", "IP address", "10.0.0.0/8"),
          ("ip", "IP address", "localhost"), ("ip", "IP address", "fe80::1%eth0"),
          ("binary", "base-64 encoded binary format", "?"), ("binary", "base-64 encoded binary format", "YQ"))],
    (entry("x:key", "string"), NO_VALUES),
    (entry("x:key", "stringList"), NO_VALUES),
    (entry("x:key", "string", "a", "b"), "Context key string expected a single value, but received 2."),
    ({"ContextKeyValues": ["a"], "ContextKeyType": "string"}, "ContextKeyName cannot be null or empty."),
    ({"ContextKeyName": "x:key", "ContextKeyValues": ["a"]}, "Context key x:key has invalid type null."),
    (entry("AWS:username", "stringList", "a"), "Duplicate context key: AWS:username."),
])
def test_context_entries_have_a_name_and_values_of_their_type(iam, wrong, words):
    with bad_input(words):
        custom(iam, [allow("s3:*")], ContextEntries=[entry("aws:username", "string", "x"), wrong])


def test_context_values_that_are_fine(iam):
    for kind, value in (("string", ""), ("boolean", "yes"), ("boolean", "TRUE"), ("numeric", "01.00"), ("numeric", "1e2"),
                        ("numeric", "1e9999"), ("date", "0"), ("date", "2035"), ("date", "2035-01"), ("date", "2035-01-02"),
                        ("date", "2035-01-02T03:04Z"), ("date", "2035-01-02T03:04:05"), ("ip", "2001:db8::1"),
                        ("ip", "192.000.002.1")):
        custom(iam, [allow("s3:*")], ContextEntries=[entry("x:key", kind, value)])
    custom(iam, [allow("s3:*")], ContextEntries=[entry("abcde", "string", "no colon")])


def test_a_date_is_no_text(iam):
    def decide(condition, kind, value):
        return custom(iam, [allow("s3:*", Condition=condition)],
                      ContextEntries=[entry("x:key", kind, value)])[0]["EvalDecision"]

    assert decide({"StringEquals": {"x:key": "2035-01-02"}}, "date", "2035-01-02") == "implicitDeny"
    assert decide({"DateEquals": {"x:key": "2035-01-02T00:00:00Z"}}, "date", "2035-01-02") == "allowed"
    assert decide({"DateEquals": {"x:key": "2035-01-02T00:00:00.25Z"}}, "date", "2035-01-02T00:00:00.25Z") == "allowed"
    assert decide({"StringEquals": {"x:key": "2001:db8::1"}}, "ip", "2001:db8::1") == "allowed"
    assert decide({"StringEquals": {"x:key": "2001:db8::1"}}, "ip", "2001:0db8::1") == "implicitDeny"


def test_the_models_own_limits(iam):
    with invalid(pattern="contextEntries.1.member.contextKeyName.*greater than or equal to 5"):
        custom(iam, [allow("ec2:*")], ContextEntries=[entry("x:k", "string", "a")])
    with invalid(pattern="contextKeyType.*enum value set"):
        custom(iam, [allow("ec2:*")], ContextEntries=[entry("x:key", "text", "a")])
    with invalid(pattern="actionNames.*greater than or equal to 3"):
        custom(iam, [allow("ec2:*")], actions="s3")
    with invalid(pattern="actionNames.*must not be null"):
        iam.simulate_custom_policy(PolicyInputList=[])
    with bad_input(pattern="at least one action"):
        custom(iam, [allow("s3:*")], actions=[])


EC2 = "arn:aws:ec2:us-east-1:123456789012:"
NEEDS = {
    "EC2-VPC-InstanceStore": [],
    "EC2-VPC-InstanceStore-Subnet": ["subnet/s"],
    "EC2-VPC-EBS": ["volume/v"],
    "EC2-VPC-EBS-Subnet": ["subnet/s", "volume/v"],
}


@pytest.mark.parametrize("option", NEEDS)
def test_a_scenario_wants_its_resources(iam, option):
    needed = [EC2 + name for name in ["instance/i", "image/a", "security-group/g", "network-interface/n", *NEEDS[option]]]
    result, = custom(iam, [allow("ec2:*")], actions="ec2:RunInstances", ResourceArns=needed,
                     ResourceHandlingOption=option)
    assert len(result["ResourceSpecificResults"]) == len(needed)
    for missing in needed:
        with bad_input(pattern=f"{option} requires a resource of type {missing.split(':')[-1].split('/')[0]}"):
            custom(iam, [allow("ec2:*")], actions="ec2:RunInstances", ResourceHandlingOption=option,
                   ResourceArns=[OBJECT, *(arn for arn in needed if arn != missing)])


def test_a_scenario_that_is_none(iam):
    for option in ("EC2-Classic-EBS", "ec2-vpc-ebs"):
        with bad_input(f"'{option}' is not a valid resource handling option."):
            custom(iam, [allow("ec2:*")], ResourceHandlingOption=option)


# Pages ---------------------------------------------------------------------------------------------------------------


def test_results_come_in_pages_of_a_hundred(iam):
    actions = [f"s3:Action{i}" for i in range(250)]
    first = iam.simulate_custom_policy(PolicyInputList=[policy(allow("s3:*"))], ActionNames=actions)
    assert (len(first["EvaluationResults"]), first["IsTruncated"]) == (100, True)
    pages = iam.get_paginator("simulate_custom_policy").paginate(PolicyInputList=[policy(allow("s3:*"))],
                                                                 ActionNames=actions, PaginationConfig={"PageSize": 70})
    found = [[one["EvalActionName"] for one in page["EvaluationResults"]] for page in pages]
    assert [len(page) for page in found] == [70, 70, 70, 40]
    assert sum(found, []) == actions
    with bad_input("Invalid marker for pagination."):
        custom(iam, [allow("s3:*")], Marker="nonsense")


def test_a_page_ends_early_rather_than_cost_too_much(iam):
    document = compact(*[allow("ec2:*") for _ in range(40)])
    actions = [f"s3:Action{i}" for i in range(5)]
    asked = {"ResourceArns": [f"arn:aws:s3:::b/{i}" for i in range(200)], "ActionNames": actions}
    first = iam.simulate_custom_policy(PolicyInputList=[document], **asked)
    assert first["IsTruncated"] and 0 < len(first["EvaluationResults"]) < 5
    pages = iam.get_paginator("simulate_custom_policy").paginate(PolicyInputList=[document], **asked)
    assert [one["EvalActionName"] for page in pages for one in page["EvaluationResults"]] == actions
    with bad_input(pattern="too large to be simulated"):
        iam.simulate_custom_policy(PolicyInputList=[document] * 30, **asked)


def test_what_would_keep_the_server_busy_is_refused(iam):
    """A pattern that is compared with a long text at every place."""
    pattern = "*" + "a" * 1000 + "b"
    like = [allow("s3:*", Condition={"StringLike": {"x:key": pattern}}) for _ in range(100)]
    with bad_input(pattern="too large to be simulated"):
        custom(iam, like, ContextEntries=[entry("x:key", "string", "a" * 100_000)])
    with bad_input(pattern="too large to be simulated"):
        custom(iam, [allow("s3:*", f"arn:aws:s3:::{pattern}") for _ in range(100)],
               ResourceArns=["arn:aws:s3:::" + "a" * 2000] * 200)
    assert custom(iam, like, ContextEntries=[entry("x:key", "string", "a" * 2000)])[0]["EvalDecision"] == "implicitDeny"


def test_what_is_multiplied_is_refused_when_it_is_too_much(iam):
    def refuses(*statements, **more):
        with bad_input(pattern="too large to be simulated"):
            custom(iam, list(statements), **more)

    long = [entry("x:key", "string", "v" * 100_000)]
    refuses(allow("s3:*", "arn:aws:s3:::" + "${x:key}" * 14_000), ContextEntries=long)
    refuses(allow("s3:*", Condition={"StringEquals": {"x:key": "${x:key}" * 12_000}}), ContextEntries=long)
    values = [entry("x:key", "stringList", *[f"v{i}" for i in range(3000)])]
    refuses(allow("s3:*", Condition={"ForAnyValue:StringEquals": {"x:key": ["a"] * 15_000}}), ContextEntries=values)
    refuses(allow("s3:*", Condition={"Null": {"x:" + "k" * 100_000: "true"}}), ResourceArns=[OBJECT] * 1000)
    refuses(*[allow("s3:*") for _ in range(2000)], ResourceArns=[OBJECT] * 20)


def test_a_text_is_not_even_unlike_a_number(iam):
    """In decisions it is (test_condition_values.py); in the simulator it is compared with nothing."""
    unlike = allow("s3:*", Condition={"NumericNotEquals": {"x:key": "1"}})
    for value, decision in (("abc", "implicitDeny"), ("2", "allowed"), ("1", "implicitDeny")):
        result, = custom(iam, [unlike], ContextEntries=[entry("x:key", "string", value)])
        assert result["EvalDecision"] == decision, value


def test_a_variable_with_a_long_value(iam):
    """No subject is as long as the text that it would become, and no value may be longer than 8,192 bytes."""
    long = [entry("x:key", "string", "v" * 8_192)]
    with_variables = allow("s3:*", "arn:aws:s3:::" + "${x:key}" * 2000)
    result, = custom(iam, [with_variables], ResourceArns=[OBJECT], ContextEntries=long)
    assert result["EvalDecision"] == "implicitDeny"
    same = allow("s3:*", Condition={"StringEquals": {"x:key": "${x:key}"}})
    assert custom(iam, [same], ContextEntries=long)[0]["EvalDecision"] == "allowed"
    too_long = [entry("x:key", "string", "v" * 8_193)]
    assert custom(iam, [same], ContextEntries=too_long)[0]["EvalDecision"] == "explicitDeny"
    assert custom(iam, [allow("s3:*")], ContextEntries=too_long)[0]["EvalDecision"] == "allowed"


# Context keys --------------------------------------------------------------------------------------------------------

KEYS = (
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*",'
    '"Resource":"arn:aws:dynamodb:us-west-2:123456789012:table/${aws:username}",'
    '"Condition":{"DateGreaterThan":{"aws:CurrentTime":"2015-08-16T12:00:00Z"}}}}'
)


def test_the_cli_manuals_context_keys(iam):
    answer = iam.get_context_keys_for_custom_policy(PolicyInputList=[KEYS])
    assert answer_of(answer) == {"ContextKeyNames": ["aws:username", "aws:CurrentTime"]}
    iam.create_user(UserName="saanvi")
    arn = f"arn:aws:iam::{ACCOUNT}:user/saanvi"
    assert iam.get_context_keys_for_principal_policy(PolicySourceArn=arn)["ContextKeyNames"] == []
    iam.put_user_policy(UserName="saanvi", PolicyName="p", PolicyDocument=KEYS)
    answer = iam.get_context_keys_for_principal_policy(PolicySourceArn=arn)
    assert answer_of(answer) == {"ContextKeyNames": ["aws:username", "aws:CurrentTime"]}


@pytest.mark.parametrize("document, keys", [
    ({"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*",
                    "Condition": {"StringEquals": {"aws:username": "a"}}}}, ["aws:username"]),
    ({"Statement": {"Effect": "Allow", "Condition": {"StringEquals": {"aws:username": "${aws:userid}"}}}}, ["aws:username"]),
    ({"Version": "2008-10-17", "Statement": {"Effect": "Allow", "Resource": "arn:aws:s3:::b/${aws:username}"}}, []),
    ({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "${aws:username}", "Resource": "bad"}}, []),
    ({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Condition": {"StringEquals": {"${aws:username}": "a"}}}},
     ["${aws:username}"]),
    ({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "NotResource": ["${a:b}", "${A:b}${a:b}"], "Condition": {
        "NumericEquals": {"a:n": ["${a:m}", 1, "nope"]}}}}, ["a:b", "A:b", "a:n", "a:m"]),
    ({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Resource": "${a:b, 'x}y'}${*}${?}${$}${open"}},
     ["a:b", "*", "?", "$"]),
    ({"Version": "2012-10-17"}, []),
    ({"Statement": []}, []),
    ({"Statement": {"Effect": "Allow", "Action": [], "Resource": [], "Condition": {}}}, []),
])
def test_nearly_any_document_has_its_keys_listed(iam, document, keys):
    answer = iam.get_context_keys_for_custom_policy(PolicyInputList=[json.dumps(document)] * 2)
    assert answer["ContextKeyNames"] == keys * 2


def test_keys_come_once_for_each_document(iam):
    first = policy(allow("s3:*", "arn:aws:s3:::b/${aws:PrincipalTag/Team, 'none'}/${*}",
                         Condition={"StringLike": {"S3:Prefix": ["${aws:userid}", "x"]}}))
    second = policy(deny("s3:*", Condition={"Null": {"s3:prefix": "true"}, "Bool": {"aws:SecureTransport": "false"}}))
    answer = iam.get_context_keys_for_custom_policy(PolicyInputList=[first, second])
    assert answer["ContextKeyNames"] == ["aws:PrincipalTag/Team", "*", "S3:Prefix", "aws:userid",
                                         "s3:prefix", "aws:SecureTransport"]


def test_keys_of_a_principal_are_those_of_all_its_policies(iam, root):
    def asks(key):
        return allow("s3:*", Condition={"Null": {key: "true"}})

    limit = iam.create_policy(PolicyName="limit", PolicyDocument=policy(asks("of:boundary")))["Policy"]["Arn"]
    attached = iam.create_policy(PolicyName="attached", PolicyDocument=policy(asks("of:attached")))["Policy"]["Arn"]
    root.user("alice", asks("of:inline"), PermissionsBoundary=limit)
    iam.attach_user_policy(UserName="alice", PolicyArn=attached)
    iam.create_group(GroupName="team")
    iam.put_group_policy(GroupName="team", PolicyName="shared", PolicyDocument=policy(asks("of:group")))
    iam.add_user_to_group(GroupName="team", UserName="alice")
    answer = iam.get_context_keys_for_principal_policy(PolicySourceArn=ALICE, PolicyInputList=[policy(asks("of:input"))])
    assert sorted(answer["ContextKeyNames"]) == ["of:attached", "of:boundary", "of:group", "of:inline", "of:input"]
    group = iam.get_context_keys_for_principal_policy(PolicySourceArn=f"arn:aws:iam::{ACCOUNT}:group/team")
    assert group["ContextKeyNames"] == ["of:group"]
    job = root.role("job", [trust(root_arn(), Condition={"Null": {"of:trust": "true"}})], asks("of:role"))
    assert iam.get_context_keys_for_principal_policy(PolicySourceArn=job)["ContextKeyNames"] == ["of:role"]
