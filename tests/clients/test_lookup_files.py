"""LookupEvents where memory ends: in the trail's files, after a restart too. And how often it may be called."""

import gzip
import json
import time

import boto3
import botocore.exceptions
import pytest

import support
from support import ACCOUNT, OTHER_ACCOUNT, Caller, allow, policy, root_arn, trust
from test_lookup_events import cloudtrail, names, refusal
from test_trail_files import files, wait_for


def all_events(caller, page=50, region="us-east-1", **filters):
    """Without those of LookupEvents itself."""
    pages = cloudtrail(caller, region).get_paginator("lookup_events").paginate(PaginationConfig={"PageSize": page}, **filters)
    found = [event for answer in pages for event in answer["Events"]]
    return [event for event in found if event["EventName"] != "LookupEvents"]


def named(key, value):
    return {"LookupAttributes": [{"AttributeKey": key, "AttributeValue": value}]}


def made(events):
    return [json.loads(event["CloudTrailEvent"])["requestParameters"]["userName"] for event in events]


def restarted(start, server, folder, *flags):
    assert server.stop() == 0
    return start("--data-dir", str(folder), *flags)


def test_events_are_the_same_after_a_restart(start, tmp_path):
    folder = tmp_path / "data"
    server = start("--data-dir", str(folder))
    root = Caller(server)
    root.iam.create_account_alias(AccountAlias="acme")
    alice = root.user("alice", allow("*"))
    role = root.role("deploy", [trust(root_arn()), trust(root_arn(OTHER_ACCOUNT))], allow("*"))
    alice.assume(role, "build").iam.create_group(GroupName="builders")
    there = Caller(server, OTHER_ACCOUNT).user("eve", allow("*"))
    there.assume(role, "guest").iam.list_users()
    support.of_credentials(server, alice.sts.get_federation_token(Name="fed", Policy=policy(allow("*")))["Credentials"]).iam
    with support.refused("NoSuchEntity", 404):
        alice.iam.delete_user(UserName="nobody")
    before = all_events(root)
    assert {"CreateUser", "AssumeRole", "CreateGroup", "DeleteUser", "GetFederationToken"} <= set(names(before))
    assert {event.get("Username") for event in before} >= {"root", "alice", "build", None}
    root = Caller(restarted(start, server, folder))
    assert all_events(root) == before
    for key, value in (("EventName", "CreateGroup"), ("Username", "build"), ("ResourceName", "builders"), ("ReadOnly", "false"),
                       ("ResourceType", "AWS::IAM::Role"), ("EventSource", "sts.amazonaws.com"), ("AccessKeyId", alice.key),
                       ("EventId", before[0]["EventId"])):
        found = all_events(root, **named(key, value))
        assert found and all(event in before for event in found), key
    assert all_events(root, **named("EventName", "creategroup")) == []
    # Others' events, and those of other Regions, are not there.
    assert "CreateGroup" not in names(all_events(Caller(root.server, OTHER_ACCOUNT)))
    assert all_events(root, region="eu-west-1") == []


@pytest.mark.parametrize("page", [1, 7, 50])
def test_pages_go_on_in_the_files(start, tmp_path, page):
    folder = tmp_path / "data"
    server = start("--data-dir", str(folder))
    for part in range(3):
        for number in range(9):
            Caller(server).iam.create_user(UserName=f"u{part}-{number}")
        server = restarted(start, server, folder)
    for number in range(9):
        Caller(server).iam.create_user(UserName=f"u3-{number}")
    expected = [f"u{part}-{number}" for part in reversed(range(4)) for number in reversed(range(9))]
    wanted = named("EventName", "CreateUser")
    root = Caller(server)
    assert made(all_events(root, page, **wanted)) == expected
    # What is written meanwhile moves nothing.
    client = cloudtrail(root)
    first = client.lookup_events(MaxResults=page, **wanted)
    root.iam.create_user(UserName="later")
    server = restarted(start, server, folder)
    client, token, rest = cloudtrail(Caller(server)), first.get("NextToken"), []
    while token:
        answer = client.lookup_events(MaxResults=page, NextToken=token, **wanted)
        rest += answer["Events"]
        token = answer.get("NextToken")
    assert made(first["Events"] + rest) == expected
    if page == 50:  # has had them all
        return
    assert refusal(Caller(server), NextToken=first["NextToken"], **named("EventName", "GetUser")) == "InvalidNextTokenException"


def test_what_has_left_memory_is_found_once(start, tmp_path):
    folder = tmp_path / "data"
    server = start("--data-dir", str(folder), "--trail", "1", "--trail-interval", "1")
    root = Caller(server)
    root.iam.create_user(UserName="early")
    document = policy(allow("s3:GetObject", "arn:aws:s3:::" + "x" * 5000))
    for _ in range(4):
        for _ in range(60):
            root.iam.simulate_custom_policy(PolicyInputList=[document], ActionNames=["s3:GetObject"])
        written = len(files(folder))
        wait_for(lambda count=written: len(files(folder)) > count)
    shown = server.http("GET", "/_iamlocal/events?event=CreateUser").json()["events"]
    assert shown == []  # memory has it no more
    assert made(all_events(root, **named("EventName", "CreateUser"))) == ["early"]
    ids = [event["EventId"] for event in all_events(root)]
    assert len(ids) == len(set(ids)) == 241


def test_what_was_forgotten_is_not_found_in_files_either(start, tmp_path):
    folder = tmp_path / "data"
    server = start("--data-dir", str(folder), "--trail-interval", "1")
    root = Caller(server)
    root.iam.create_user(UserName="early")
    wait_for(lambda: files(folder))
    assert server.http("POST", "/_iamlocal/snapshots/base").status == 200
    server.reset()
    assert all_events(root) == []
    root.iam.create_user(UserName="between")
    assert made(all_events(root, **named("EventName", "CreateUser"))) == ["between"]
    server = restarted(start, server, folder, "--trail-interval", "1")
    root = Caller(server)
    assert made(all_events(root, **named("EventName", "CreateUser"))) == ["between"]
    assert server.http("PUT", "/_iamlocal/snapshots/base").status == 200
    assert all_events(root) == []
    # The account's reset forgets none.
    root.iam.create_user(UserName="late")
    assert server.http("POST", f"/_iamlocal/reset?account={ACCOUNT}").status == 200
    assert made(all_events(root, **named("EventName", "CreateUser"))) == ["late"]
    assert files(folder)
    assert "events came faster" not in server.log()


def test_files_that_are_none_are_passed_over(start, tmp_path):
    folder = tmp_path / "data"
    server = start("--data-dir", str(folder))
    Caller(server).iam.create_user(UserName="alice")
    server.stop()
    (good,) = files(folder)

    def beside(letter, content):
        good.with_name(good.name[:-len("x.json.gz")] + letter + ".json.gz").write_bytes(content)

    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    other = good.name[-len("x.json.gz")]
    letters = iter(letter for letter in "ABCDEFGHIJK" if letter != other)
    for content in (b"", b"no gzip", gzip.compress(b"no JSON"), gzip.compress(b"[]"), gzip.compress(b'{"Records":1}'),
                    gzip.compress(b'{"Records":[1,null,{},{"eventTime":"2031-01-01T00:00:00Z"},{"eventTime":5,"eventID":[]}]}'),
                    gzip.compress(b" " * (64 << 20)), gzip.compress(b"[" * 100_000),
                    gzip.compress(b'{"Records":[{"eventTime":"' + now.encode() + b'","eventID":"d","eventName":"Deep","x":'
                                  + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}]}")):
        beside(next(letters), content)
    odd = {"eventTime": "2026-01-01T00:00:00Z", "eventID": "x", "eventName": "Odd", "userIdentity": [], "requestParameters": 5,
           "responseElements": {"user": [], "accessKey": 1}, "readOnly": "no", "eventSource": {}}
    beside(next(letters), gzip.compress(json.dumps({"Records": [{**odd, "eventTime": now}]}).encode()))
    root = Caller(start("--data-dir", str(folder)))
    found = all_events(root)
    assert sorted(names(found)) == ["CreateUser", "Deep", "Odd"]


def test_older_than_ninety_days(start, tmp_path):
    folder = tmp_path / "data"
    server = start("--data-dir", str(folder))
    Caller(server).iam.create_user(UserName="alice")
    server = restarted(start, server, folder)
    root = Caller(server)
    server.clock(advance=f"{89 * 24}h")
    assert made(all_events(root, **named("EventName", "CreateUser"))) == ["alice"]
    server.clock(advance="48h")
    assert all_events(root) == []
    server.clock(reset=True)


def test_any_number_of_calls_unless_it_is_said(start):
    server = start("--lookup-events-rate", "2")
    config = botocore.config.Config(retries={"total_max_attempts": 1})

    def asked(caller, region="us-east-1"):
        client = boto3.client("cloudtrail", endpoint_url=server.url, region_name=region, aws_access_key_id=caller,
                              aws_secret_access_key="test", config=config)
        try:
            client.lookup_events()
            return None
        except botocore.exceptions.ClientError as error:
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400
            assert error.response["Error"]["Message"] == "Rate exceeded"
            return error.response["Error"]["Code"]

    began = time.monotonic()
    answers = [asked(ACCOUNT) for _ in range(6)]
    others = [asked(OTHER_ACCOUNT), asked(ACCOUNT, "eu-west-1")]
    if time.monotonic() - began < 0.5:
        assert answers == [None, None] + ["ThrottlingException"] * 4
    else:  # a slow machine
        assert answers[:2] == [None, None]
    assert others == [None, None]
    failed = server.http("GET", "/_iamlocal/events?source=cloudtrail&outcome=error").json()["events"]
    assert {event["errorCode"] for event in failed} <= {"ThrottlingException"}
    time.sleep(1)
    assert asked(ACCOUNT) is None
