"""CloudTrail's LookupEvents, as boto3, its paginator and the AWS CLI ask it."""

import datetime
import json
import subprocess

import botocore.exceptions
import pytest

import support
import trail
from support import ACCOUNT, OTHER_ACCOUNT, Caller, allow, deny, policy, root_arn

UTC = datetime.timezone.utc


def cloudtrail(caller, region="us-east-1"):
    return support.client(caller.server, "cloudtrail", caller.key, caller.secret, caller.token, region)


@pytest.fixture
def lookup(root):
    def look_up(key=None, value=None, **more):
        wanted = {"LookupAttributes": [{"AttributeKey": key, "AttributeValue": value}]} if key else {}
        return cloudtrail(root).lookup_events(**wanted, **more)["Events"]

    return look_up


def names(found):
    return [event["EventName"] for event in found]


def refusal(caller, **parameters):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        cloudtrail(caller).lookup_events(**parameters)
    answer = caught.value.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400, answer
    return answer["Error"]["Code"]


def raw(server, body, target="com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents", **how):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    extra = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"}
    headers = support.signed_headers(server, body=data, service=how.pop("service", "cloudtrail"), extra=extra, **how)
    return server.http("POST", "/", headers, data)


def test_an_event(server, root, lookup):
    made = root.iam.create_user(UserName="alice")["User"]
    (found,) = lookup()
    record = json.loads(found["CloudTrailEvent"])
    assert record == trail.events(server, event="CreateUser")[0]
    trail.checked(record)
    assert found.pop("EventTime").strftime("%Y-%m-%dT%H:%M:%SZ") == record["eventTime"]
    del found["CloudTrailEvent"]
    assert found == {
        "EventId": record["eventID"], "EventName": "CreateUser", "ReadOnly": "false", "AccessKeyId": "test",
        "EventSource": "iam.amazonaws.com", "Username": "root",
        "Resources": [{"ResourceType": "AWS::IAM::User", "ResourceName": name}
                      for name in (made["Arn"], "alice", made["UserId"])]}


def test_every_attribute(root, lookup):
    alice = root.user("alice", allow("*"))
    alice.iam.list_users()
    alice.iam.create_user(UserName="bob")
    alice.sts.get_caller_identity()
    (made,) = lookup("ResourceName", "bob")
    assert names([made]) == ["CreateUser"]
    assert names(lookup("EventId", made["EventId"])) == ["CreateUser"]
    assert names(lookup("EventName", "ListUsers")) == ["ListUsers"]
    assert [name for name in names(lookup("ReadOnly", "true")) if name != "LookupEvents"] == ["GetCallerIdentity", "ListUsers"]
    assert "CreateUser" in names(lookup("ReadOnly", "false"))
    assert names(lookup("Username", "alice")) == ["GetCallerIdentity", "CreateUser", "ListUsers"]
    assert names(lookup("Username", "root")) == ["LookupEvents"] * 6 + ["CreateAccessKey", "PutUserPolicy", "CreateUser"]
    assert names(lookup("ResourceType", "AWS::IAM::AccessKey")) == ["CreateAccessKey"]
    assert names(lookup("EventSource", "sts.amazonaws.com")) == ["GetCallerIdentity"]
    assert names(lookup("AccessKeyId", alice.key)) == ["GetCallerIdentity", "CreateUser", "ListUsers"]
    for key, value in (("EventId", "x"), ("EventName", "listusers"), ("Username", "a"), ("ResourceType", "AWS::EC2::Instance"),
                       ("ResourceName", "nothing"), ("EventSource", "ec2.amazonaws.com"), ("AccessKeyId", "AKIA")):
        assert lookup(key, value) == [], key


def resources_of(lookup, name):
    (found,) = lookup("EventName", name, MaxResults=1)
    return [(resource["ResourceType"].rpartition("AWS::")[2], resource["ResourceName"]) for resource in found["Resources"]]


def test_resources(server, root, lookup):
    alice = root.user("alice", allow("*"))
    assert resources_of(lookup, "CreateAccessKey") == [("IAM::AccessKey", alice.key), ("IAM::User", "alice")]
    root.iam.update_access_key(UserName="alice", AccessKeyId=alice.key, Status="Active")
    assert resources_of(lookup, "UpdateAccessKey") == [("IAM::AccessKey", alice.key), ("IAM::User", "alice")]
    role = root.role("r", root_arn(), allow("s3:*"))
    assert resources_of(lookup, "PutRolePolicy") == [("IAM::Policy", "inline"), ("IAM::Role", "r")]
    given = alice.sts.assume_role(RoleArn=role, RoleSessionName="session-1")
    assert resources_of(lookup, "AssumeRole") == [
        ("IAM::AccessKey", given["Credentials"]["AccessKeyId"]), ("IAM::Role", role),
        ("STS::AssumedRole", given["AssumedRoleUser"]["Arn"]), ("STS::AssumedRole", given["AssumedRoleUser"]["AssumedRoleId"]),
        ("STS::AssumedRole", "session-1")]
    root.iam.update_user(UserName="alice", NewUserName="alicia")
    assert resources_of(lookup, "UpdateUser") == [("IAM::User", "alice")]
    root.iam.list_users()
    assert resources_of(lookup, "ListUsers") == []
    with support.refused("NoSuchEntity", 404):
        root.iam.delete_user(UserName="nobody")
    assert resources_of(lookup, "DeleteUser") == []


def test_the_newest_first_and_times(server, root, lookup):
    server.clock(freeze="2031-01-01T00:00:00Z")
    for day in range(3):
        root.iam.create_user(UserName=f"u{day}")
        server.clock(advance="24h")
    users = [json.loads(event["CloudTrailEvent"])["requestParameters"]["userName"] for event in lookup()]
    assert users == ["u2", "u1", "u0"]

    def between(start, end):
        times = {"StartTime": start, "EndTime": end}
        found = lookup("EventName", "CreateUser", **{key: value for key, value in times.items() if value})
        return [json.loads(event["CloudTrailEvent"])["requestParameters"]["userName"] for event in found]

    second = datetime.datetime(2031, 1, 2, tzinfo=UTC)
    moment = datetime.timedelta(seconds=1)
    assert between(second, None) == ["u2", "u1"]
    assert between(None, second) == ["u1", "u0"]
    assert between(second, second) == ["u1"]
    assert between(second + moment, None) == ["u2"]
    assert between(None, second - moment) == ["u0"]
    # Ninety days, by the server's clock.
    server.clock(advance=f"{24 * 88}h")
    assert between(None, None) == ["u2", "u1"]
    server.clock(advance="72h")
    assert between(None, None) == []


def test_pages(server, root):
    for number in range(7):
        root.iam.create_user(UserName=f"u{number}")
    client = cloudtrail(root)
    first = client.lookup_events(LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "CreateUser"}], MaxResults=3)
    assert len(first["Events"]) == 3
    root.iam.create_user(UserName="later")  # moves nothing
    pages = client.get_paginator("lookup_events").paginate(
        LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "CreateUser"}],
        PaginationConfig={"PageSize": 3, "StartingToken": first["NextToken"]})
    rest = [event for page in pages for event in page["Events"]]
    users = [json.loads(event["CloudTrailEvent"])["requestParameters"]["userName"] for event in first["Events"] + rest]
    assert users == [f"u{number}" for number in reversed(range(7))]
    # A token is good for the same parameters alone.
    token = first["NextToken"]
    for changed in ({}, {"LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": "GetUser"}]}):
        assert refusal(root, NextToken=token, **changed) == "InvalidNextTokenException"
    for wrong in ("garbage", "", token + "A", "MTox"):
        assert refusal(root, NextToken=wrong) == "InvalidNextTokenException"


def test_fifty_at_most(root, lookup):
    for _ in range(60):
        root.iam.list_users()
    assert len(lookup()) == 50


def test_the_regions_events_only(root):
    Caller(root.server, region="eu-west-1").sts.get_caller_identity()
    root.iam.list_users()
    assert names(cloudtrail(root).lookup_events()["Events"]) == ["ListUsers"]
    assert names(cloudtrail(root, "eu-west-1").lookup_events()["Events"]) == ["GetCallerIdentity"]
    assert names(cloudtrail(root, "eu-west-1").lookup_events()["Events"]) == ["LookupEvents", "GetCallerIdentity"]


def test_the_accounts_events_only(server, root):
    there = Caller(server, OTHER_ACCOUNT)
    role = there.role("guest", root_arn(ACCOUNT))
    alice = root.user("alice", allow("*"))
    alice.sts.assume_role(RoleArn=role, RoleSessionName="s-1")
    (theirs,) = cloudtrail(there).lookup_events(
        LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "AssumeRole"}])["Events"]
    record = json.loads(theirs["CloudTrailEvent"])
    assert record["recipientAccountId"] == OTHER_ACCOUNT
    assert record["userIdentity"]["type"] == "AWSAccount"
    assert "Username" not in theirs and "AccessKeyId" not in theirs


@pytest.mark.parametrize(("parameters", "code"), [
    ({"LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": "a"}, {"AttributeKey": "EventId", "AttributeValue": "b"}]},
     "InvalidLookupAttributesException"),
    ({"LookupAttributes": [{"AttributeKey": "ReadOnly", "AttributeValue": "True"}]}, "InvalidLookupAttributesException"),
    ({"LookupAttributes": [{"AttributeKey": "Colour", "AttributeValue": "red"}]}, "InvalidLookupAttributesException"),
    ({"LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": ""}]}, "InvalidLookupAttributesException"),
    ({"LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": "x" * 2001}]}, "InvalidLookupAttributesException"),
    ({"LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": "_" * 2001}]}, "InvalidLookupAttributesException"),
    ({"LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": "," * 1001}]}, "InvalidLookupAttributesException"),
    ({"LookupAttributes": [{"AttributeKey": "EventName"}]}, "InvalidLookupAttributesException"),
    ({"StartTime": datetime.datetime(2030, 1, 2), "EndTime": datetime.datetime(2030, 1, 1)}, "InvalidTimeRangeException"),
    ({"StartTime": datetime.datetime(2999, 1, 1)}, "InvalidTimeRangeException"),
    ({"MaxResults": 0}, "InvalidMaxResultsException"),
    ({"MaxResults": 51}, "InvalidMaxResultsException"),
    ({"EventCategory": "management"}, "InvalidEventCategoryException"),
    ({"NextToken": "none"}, "InvalidNextTokenException"),
])
def test_errors(root, parameters, code):
    assert refusal(root, **parameters) == code


def test_values_at_their_limits(root, lookup):
    for value in ("x" * 2000, "_" * 2000, "," * 1000, "é" * 2000, "a b,c\n"):
        assert lookup("EventName", value) == []
    assert cloudtrail(root).lookup_events(EventCategory="insight")["Events"] == []
    assert lookup(MaxResults=50) and lookup(MaxResults=1)


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"null", b'{"MaxResults":"5"}', b'{"MaxResults":1.5}',
                                  b'{"StartTime":"now"}', b'{"StartTime":1e400}', b'{"LookupAttributes":{}}', b'{"NextToken":5}',
                                  b'{"LookupAttributes":["x"]}', b'{"LookupAttributes":[{"AttributeKey":1,"AttributeValue":"x"}]}',
                                  b'{"EventCategory":5}', b"\xff\xfe", b"[" * 5000, b'{"EndTime":-1e300}'])
def test_bodies_that_are_none(server, body):
    answer = raw(server, body)
    assert answer.status == 400, (answer.status, answer.body)
    assert answer.headers["content-type"] == "application/x-amz-json-1.1"
    said = answer.json()
    assert said["__type"] in ("SerializationException", "InvalidLookupAttributesException", "InvalidTimeRangeException")
    assert said["message"]


def test_other_operations_of_cloudtrail(server, root):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        cloudtrail(root).describe_trails()
    assert caught.value.response["Error"]["Code"] == "UnknownOperationException"
    assert "DescribeTrails" in caught.value.response["Error"]["Message"]
    for target in ("CloudTrail_20131101.", "CloudTrail_20131101.lookupevents"):
        assert raw(server, {}, target).json()["__type"] == "UnknownOperationException"
    # What is no operation of CloudTrail's is as before.
    assert raw(server, {}, "DynamoDB_20120810.ListTables").status == 415
    assert raw(server, {}, "XCloudTrail_20131101.LookupEvents").status == 415
    assert raw(server, {}, "CloudTrail_20131101.LookupEvents").status == 200


def test_signatures(server):
    assert raw(server, {}, service="iam").json()["__type"] == "InvalidSignatureException"
    assert raw(server, {}, secret="wrong").json()["__type"] == "InvalidSignatureException"
    assert raw(server, {}, key="AKIAIOSFODNN7EXAMPLE").json()["__type"] == "UnrecognizedClientException"
    answer = server.http("POST", "/", {"X-Amz-Target": "CloudTrail_20131101.LookupEvents",
                                       "Content-Type": "application/x-amz-json-1.1"}, b"{}")
    assert answer.json()["__type"] == "MissingAuthenticationTokenException"
    # The scope of CloudTrail is good for nothing else.
    wrong = support.send(server, support.call("iam", "ListUsers"), service="cloudtrail")
    assert wrong.status == 403


def test_permission(server, root):
    alice = root.user("alice", allow("iam:*"))
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        cloudtrail(alice).lookup_events()
    error = caught.value.response["Error"]
    assert error["Code"] == "AccessDeniedException"
    assert error["Message"].startswith(f"User: {alice.arn()} is not authorized to perform: cloudtrail:LookupEvents")
    assert trail.events(server, event="LookupEvents")[0]["errorCode"] == "AccessDenied"
    root.iam.put_user_policy(UserName="alice", PolicyName="look", PolicyDocument=policy(allow("cloudtrail:LookupEvents")))
    assert cloudtrail(alice).lookup_events()["Events"]
    root.iam.put_user_policy(UserName="alice", PolicyName="look", PolicyDocument=policy(
        allow("cloudtrail:*"), deny("cloudtrail:LookupEvents")))
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        cloudtrail(alice).lookup_events()
    assert "explicit deny" in caught.value.response["Error"]["Message"]
    used = root.iam.get_access_key_last_used(AccessKeyId=alice.key)["AccessKeyLastUsed"]
    assert used["ServiceName"] == "cloudtrail"


def test_it_is_recorded_itself(server, root):
    cloudtrail(root).lookup_events(LookupAttributes=[{"AttributeKey": "ReadOnly", "AttributeValue": "false"}], MaxResults=5)
    record = trail.event(server)
    assert record["eventSource"] == "cloudtrail.amazonaws.com"
    assert (record["readOnly"], record["responseElements"]) == (True, None)
    assert record["requestParameters"] == {
        "lookupAttributes": [{"attributeKey": "ReadOnly", "attributeValue": "false"}], "maxResults": 5}


def test_the_cli(server, root):
    root.iam.create_user(UserName="alice")
    environment = support.clean_environment({"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"})
    done = subprocess.run(
        ["aws", "cloudtrail", "lookup-events", "--endpoint-url", server.url, "--lookup-attributes",
         "AttributeKey=EventName,AttributeValue=CreateUser", "--max-results", "5", "--output", "json"],
        capture_output=True, text=True, env=environment, timeout=60)
    assert done.returncode == 0, done.stderr
    (found,) = json.loads(done.stdout)["Events"]
    assert (found["EventName"], found["Username"]) == ("CreateUser", "root")
