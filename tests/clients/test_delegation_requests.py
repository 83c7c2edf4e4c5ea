"""Delegation requests, from the partner's CreateDelegationRequest to the token that is sent."""

import datetime
import json
import re

import pytest

from delegation import (ABSENT, BOUNDARY, CHANNEL, CUSTOMER, DELEGATION_TEMPLATE, PARAMETERS, PARTNER, RENDERED, TEMPLATE,
                        arn_of, asked, created, declare, get, invalid_input)
from newer import Newer
from support import UUID, Caller, allow, call, denied, deny, exists, invalid, not_found, policy, refused, send

# What the model has and this server has no occasion for (tests/model/test_coverage.py).
NO_OCCASION = {"LimitExceeded": ("AWS documents no quota for delegation requests", "CreateDelegationRequest")}


@pytest.fixture
def partner(server):
    declare(server, DELEGATION_TEMPLATE)
    return Newer(Caller(server, key=PARTNER))


@pytest.fixture
def customer(server):
    return Newer(Caller(server))


# CreateDelegationRequest, GetDelegationRequest


def test_a_request_is_created_and_shown(partner, customer):
    made = partner.create_delegation_request(**asked(
        RequestMessage="As agreed", RedirectUrl="https://example.com/back?step=2#top", OnlySendByOwner=True))
    request = made["DelegationRequestId"]
    assert UUID.fullmatch(request)
    assert made == {
        "DelegationRequestId": request,
        "ConsoleDeepLink": f"https://us-east-1.console.aws.amazon.com/iam/home?region=us-east-1#/delegation-requests/{request}"
    }
    answer = customer.get_delegation_request(DelegationRequestId=request)
    assert set(answer) == {"DelegationRequest"}
    shown = answer["DelegationRequest"]
    assert json.loads(shown.pop("PermissionPolicy")) == RENDERED
    assert shown.pop("CreateDate") == shown.pop("UpdatedTime") == shown.pop("ExpirationTime") - datetime.timedelta(days=1)
    assert shown == {
        "DelegationRequestId": request, "OwnerAccountId": CUSTOMER, "Description": "Deploys the example",
        "RequestMessage": "As agreed", "Permissions": {"PolicyTemplateArn": TEMPLATE, "Parameters": PARAMETERS},
        "RolePermissionRestrictionArns": [BOUNDARY], "State": "UNASSIGNED", "RequestorId": PARTNER,
        "RequestorName": "Example Corp", "SessionDuration": 3600, "RedirectUrl": "https://example.com/back?step=2#top",
        "OnlySendByOwner": True
    }


def test_without_an_owners_account(partner, server):
    parameters = {name: value for name, value in asked().items() if name != "OwnerAccountId"}
    request = partner.create_delegation_request(**parameters)["DelegationRequestId"]
    anybody = Newer(Caller(server, key="333333333333").user("anybody"))
    shown = get(anybody, request)
    assert "OwnerAccountId" not in shown and shown["OnlySendByOwner"] is False
    anybody.associate_delegation_request(DelegationRequestId=request)
    shown = get(anybody, request)
    assert (shown["OwnerAccountId"], shown["OwnerId"]) == ("333333333333", "arn:aws:iam::333333333333:user/anybody")


@pytest.mark.parametrize("more, words", [
    ({"Permissions": {"PolicyTemplateArn": TEMPLATE + "2", "Parameters": []}},
     f"Policy template {TEMPLATE}2 is not registered for account {PARTNER}."),
    ({"Permissions": {"Parameters": PARAMETERS}}, f"Policy template  is not registered for account {PARTNER}."),
    ({"NotificationChannel": "topic"}, f"NotificationChannel must be the ARN of an SNS topic in account {PARTNER}."),
    ({"NotificationChannel": CHANNEL.replace(PARTNER, CUSTOMER)},
     f"NotificationChannel must be the ARN of an SNS topic in account {PARTNER}."),
    ({"Permissions": {"PolicyTemplateArn": TEMPLATE, "Parameters": PARAMETERS[:1]}}, "Parameter 'RoleName' not found."),
    ({"Permissions": {"PolicyTemplateArn": TEMPLATE, "Parameters": PARAMETERS + [PARAMETERS[0] | {"Name": "Other"}]}},
     "Unrecognized parameter: Other"),
    ({"Permissions": {"PolicyTemplateArn": TEMPLATE, "Parameters": PARAMETERS + PARAMETERS[:1]}},
     "Parameter 'Buckets' is given twice."),
    ({"Permissions": {"PolicyTemplateArn": TEMPLATE, "Parameters": [PARAMETERS[0] | {"Type": "string"}]}},
     "Parameter 'Buckets' must be of type stringList."),
    ({"Permissions": {"PolicyTemplateArn": TEMPLATE, "Parameters": [PARAMETERS[0] | {"Values": []}]}},
     "Parameter 'Buckets' must have a value, got 0."),
    ({"Permissions": {"PolicyTemplateArn": TEMPLATE, "Parameters": [PARAMETERS[1] | {"Values": ["a", "b"]}]}},
     "Parameter 'RoleName' must have exactly one value, got 2."),
])
def test_what_does_not_fit(partner, more, words):
    with invalid_input(words):
        created(partner, **more)
    created(partner)  # the workflow id is still free


def test_a_template_of_another_partner(partner, server):
    with invalid_input(f"Policy template {TEMPLATE} is not registered for account {CUSTOMER}."):
        created(Newer(Caller(server)))


def test_a_policy_that_is_none(partner, server):
    declare(server, DELEGATION_TEMPLATE | {"policy": {"Version": "2012-10-17", "Statement": {"Effect": "@{RoleName}",
                                                                                           "Action": "*"}}})
    with invalid_input(pattern="^The permissions are not valid: "):
        created(partner)


def test_a_list_of_lists_has_its_limit(partner, server):
    five = "@{Buckets}" * 5
    declare(server, DELEGATION_TEMPLATE | {"policy": {"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": "s3:*", "Resource": f"arn:aws:s3:::{five}"}}})
    many = [{"Name": "Buckets", "Values": [str(number) for number in range(50)], "Type": "stringList"}]
    with invalid_input("The permissions are too large."):
        created(partner, Permissions={"PolicyTemplateArn": TEMPLATE, "Parameters": many})


def test_a_workflow_id_is_used_once(partner):
    created(partner)
    with exists("Delegation Request with workflow id workflow-1 already exists."):
        created(partner)
    created(partner, "workflow-2")


@pytest.mark.parametrize("more, words", [
    ({"OwnerAccountId": "1234"}, "Value at 'ownerAccountId' failed to satisfy constraint: Member must satisfy regular "
                                 r"expression pattern: \d{12}"),
    ({"Description": "x" * 1001}, "Value at 'description' failed to satisfy constraint: Member must have length less than or "
                                  "equal to 1000"),
    ({"RequestMessage": "x" * 201}, "Value at 'requestMessage' failed to satisfy constraint: Member must have length less "
                                    "than or equal to 200"),
    ({"RequestorWorkflowId": "four"}, "Value at 'requestorWorkflowId' failed to satisfy constraint: Member must have length "
                                      "greater than or equal to 5"),
    ({"RedirectUrl": "ftp://example.com"},
     "Value at 'redirectUrl' failed to satisfy constraint: Member must satisfy regular expression pattern: "
     r"^http(s?)://[a-zA-Z0-9._/-]*(\?[a-zA-Z0-9._=&-]*)?(#[a-zA-Z0-9._/-]*)?$"),
    ({"SessionDuration": 299}, "Value at 'sessionDuration' failed to satisfy constraint: Member must have value greater than "
                               "or equal to 300"),
    ({"SessionDuration": 43201}, "Value at 'sessionDuration' failed to satisfy constraint: Member must have value less than "
                                 "or equal to 43200"),
    ({"Permissions": {"PolicyTemplateArn": "short"}},
     "Value at 'permissions.policyTemplateArn' failed to satisfy constraint: Member must have length greater than or equal "
     "to 20"),
    ({"Permissions": {"PolicyTemplateArn": TEMPLATE, "Parameters": [{"Name": "four"}]}},
     "Value at 'permissions.parameters.1.member.name' failed to satisfy constraint: Member must have length greater than or "
     "equal to 5"),
    ({"Permissions": {"PolicyTemplateArn": TEMPLATE, "Parameters": [{"Type": "number"}]}},
     "Value at 'permissions.parameters.1.member.type' failed to satisfy constraint: Member must satisfy enum value set: "
     "[string, stringList]"),
])
def test_constraints(partner, more, words):
    with invalid(f"1 validation error detected: {words}"):
        created(partner, **more)


def test_what_must_be_there(server):
    status, code, message = send(server, call("iam", "CreateDelegationRequest")).error()
    assert (status, code) == (400, "ValidationError")
    assert re.findall("Value at '([^']*)' failed to satisfy constraint: Member must not be null", message) == [
        "description", "permissions", "requestorWorkflowId", "notificationChannel", "sessionDuration"]


@pytest.mark.parametrize("key, value, other", [
    ("iam:DelegationDuration", "3600", "7200"), ("iam:NotificationChannel", CHANNEL, CHANNEL + "2"),
    ("iam:TemplateArn", TEMPLATE, TEMPLATE + "2")
])
def test_keys_of_creating(partner, server, key, value, other):
    root = Caller(server, key=PARTNER)
    for name, wanted in (("good", value), ("bad", other)):
        maker = Newer(root.user(name, allow("iam:CreateDelegationRequest", f"arn:aws:iam::{PARTNER}:delegation-request/*",
                                            Condition={"StringEquals": {key: wanted}})))
        if wanted == value:
            created(maker)
        else:
            with denied(f"User: arn:aws:iam::{PARTNER}:user/bad is not authorized to perform: iam:CreateDelegationRequest on "
                        f"resource: arn:aws:iam::{PARTNER}:delegation-request/* because no identity-based policy allows the "
                        "iam:CreateDelegationRequest action"):
                created(maker, "workflow-2")


# The check of permissions


@pytest.mark.parametrize("statements, result", [
    ([allow("*")], "ALLOWED"),
    ([allow(["s3:*", "iam:*"])], "ALLOWED"),
    ([allow(["s3:GetObject", "s3:PutObject"], ["arn:aws:s3:::logs/*", "arn:aws:s3:::data/*"]),
      allow("iam:CreateRole", "arn:aws:iam::*:role/*")], "ALLOWED"),
    ([allow("s3:*")], "DENIED"),
    ([allow(["s3:GetObject", "iam:CreateRole"])], "DENIED"),
    ([allow("*"), deny("s3:PutObject", "arn:aws:s3:::data/*")], "DENIED"),
    ([allow("iam:*"), allow("s3:*", Condition={"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}})], "UNSURE"),
    ([allow("*"), deny("s3:PutObject", Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}})], "UNSURE"),
])
def test_the_check_of_permissions(partner, server, statements, result):
    request = created(partner)
    caller = Newer(Caller(server).user("caller", *statements))
    answer = caller.get_delegation_request(DelegationRequestId=request, DelegationPermissionCheck=True)
    assert (answer["PermissionCheckStatus"], answer["PermissionCheckResult"]) == ("COMPLETE", result)
    answer = caller.get_delegation_request(DelegationRequestId=request, DelegationPermissionCheck=False)
    assert set(answer) == {"DelegationRequest"}


def test_the_check_knows_what_wild_cards_cover(partner, server):
    declare(server, DELEGATION_TEMPLATE | {"policy": json.loads(policy(allow("s3:Get*")))})
    request = created(partner, Permissions={"PolicyTemplateArn": TEMPLATE})
    for name, statements, result in (("a", [allow("s3:Get*")], "ALLOWED"), ("b", [allow("s3:GetObject")], "DENIED"),
                                     ("c", [allow("s3:*"), deny("s3:GetBucketPolicy")], "DENIED")):
        caller = Newer(Caller(server).user(name, *statements))
        answer = caller.get_delegation_request(DelegationRequestId=request, DelegationPermissionCheck=True)
        assert answer["PermissionCheckResult"] == result, name


@pytest.mark.parametrize("statement", [{"NotAction": "iam:*", "Resource": "*"},
                                       {"Action": "*", "Resource": [f"arn:aws:s3:::b{number}" for number in range(2001)]}])
def test_the_check_is_unsure_of_too_much(partner, server, statement):
    declare(server, DELEGATION_TEMPLATE | {"policy": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", **statement}}})
    request = created(partner, Permissions={"PolicyTemplateArn": TEMPLATE})
    answer = Newer(Caller(server)).get_delegation_request(DelegationRequestId=request, DelegationPermissionCheck=True)
    assert answer["PermissionCheckResult"] == "UNSURE"


# ListDelegationRequests


def test_lists(partner, customer, server):
    alice = Newer(Caller(server).user("alice", allow("iam:ListDelegationRequests")))
    assert customer.list_delegation_requests() == {"DelegationRequests": [], "isTruncated": False}
    requests = [created(partner, f"workflow-{number}") for number in range(5)]
    # What nobody owns is in no list.
    assert customer.list_delegation_requests()["DelegationRequests"] == []
    for number, request in enumerate(requests[:4]):
        (alice if number % 2 else customer).associate_delegation_request(DelegationRequestId=request)

    def ids(answer):
        return {request["DelegationRequestId"] for request in answer["DelegationRequests"]}

    assert ids(customer.list_delegation_requests()) == set(requests[:4])
    assert ids(alice.list_delegation_requests(OwnerId=f"arn:aws:iam::{CUSTOMER}:user/alice")) == {requests[1], requests[3]}
    assert ids(customer.list_delegation_requests(OwnerId=f"arn:aws:iam::{CUSTOMER}:root")) == {requests[0], requests[2]}
    assert customer.list_delegation_requests()["DelegationRequests"][0] == get(
        customer, customer.list_delegation_requests()["DelegationRequests"][0]["DelegationRequestId"])
    assert partner.list_delegation_requests()["DelegationRequests"] == []
    pages, marker = [], {}
    while True:
        page = customer.list_delegation_requests(MaxItems=3, **marker)
        pages.append(len(page["DelegationRequests"]))
        if not page["isTruncated"]:
            break
        marker = {"Marker": page["Marker"]}
    assert pages == [3, 1]


@pytest.mark.parametrize("owner, expected", [
    (f"arn:aws:iam::{CUSTOMER}:user/nobody-at-all",
     ("NoSuchEntity", 404, f"ARN arn:aws:iam::{CUSTOMER}:user/nobody-at-all does not exist.")),
    (f"arn:aws:iam::{PARTNER}:root", ("NoSuchEntity", 404, f"ARN arn:aws:iam::{PARTNER}:root does not exist.")),
    ("x" * 20, ("InvalidInput", 400, f"ARN {'x' * 20} is not valid.")),
    ("short", ("ValidationError", 400, "1 validation error detected: Value at 'ownerId' failed to satisfy constraint: Member "
                                       "must have length greater than or equal to 20")),
    ("not an owner, not at all",
     ("ValidationError", 400, "1 validation error detected: Value at 'ownerId' failed to satisfy constraint: Member must "
                              "satisfy regular expression pattern: ^[a-zA-Z0-9:/+=,.@_-]+$")),
])
def test_owners_that_are_none(customer, owner, expected):
    with refused(*expected):
        customer.list_delegation_requests(OwnerId=owner)


def test_the_owner_is_a_key_of_lists(customer, server):
    owner = f"arn:aws:iam::{CUSTOMER}:user/lister"
    lister = Newer(Caller(server).user("lister", allow("iam:ListDelegationRequests",
                                                       Condition={"ArnEquals": {"iam:DelegationRequestOwner": owner}})))
    assert lister.list_delegation_requests(OwnerId=owner)["DelegationRequests"] == []
    with denied(f"User: {owner} is not authorized to perform: iam:ListDelegationRequests on resource: * because no "
                "identity-based policy allows the iam:ListDelegationRequests action"):
        lister.list_delegation_requests()


def test_a_bad_marker(customer):
    with invalid("Invalid Marker."):
        customer.list_delegation_requests(Marker="x")


# GetHumanReadableSummary


SUMMARY = f"""\
Example Corp (account {PARTNER}) asks for access to account {CUSTOMER} for 1 hour.
It would be allowed:
- Amazon S3: read (GetObject); write (PutObject), on arn:aws:s3:::logs/*, arn:aws:s3:::data/*.
- AWS Identity and Access Management (IAM): write (CreateRole), on arn:aws:iam::*:role/deployer, only if \
iam:PermissionsBoundary StringEquals {BOUNDARY}.
It would be denied, whatever else is allowed:
- Amazon S3: write (DeleteBucket), on all resources.
Roles that it creates must have the permissions boundary {BOUNDARY}."""


def test_the_summary(partner, customer):
    request = created(partner)
    assert customer.get_human_readable_summary(EntityArn=arn_of(request)) == {
        "SummaryContent": SUMMARY, "Locale": "en", "SummaryState": "AVAILABLE"}
    assert customer.get_human_readable_summary(EntityArn=arn_of(request), Locale="en-US") == {
        "SummaryContent": SUMMARY, "Locale": "en-US", "SummaryState": "AVAILABLE"}
    assert customer.get_human_readable_summary(EntityArn=arn_of(request), Locale="ja") == {
        "Locale": "ja", "SummaryState": "NOT_SUPPORTED"}
    with invalid_input("Locale xx-YY is not supported."):
        customer.get_human_readable_summary(EntityArn=arn_of(request), Locale="xx-YY")


@pytest.mark.parametrize("statements, duration, lines", [
    ([{"Effect": "Allow", "Action": "*", "Resource": "*"}], 43200,
     ["for 12 hours.", "It would be allowed:", "- every action of every service, on all resources."]),
    ([{"Effect": "Allow", "Action": ["s3:*", "sqs:SendMessage", "none:Such"], "Resource": "*"}], 300,
     ["for 5 minutes.", "It would be allowed:", "- Amazon S3: every action, on all resources.",
      "- none:Such, on all resources.", "- Amazon SQS: write (SendMessage), on all resources."]),
    ([{"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::x"}], 3661,
     ["for 1 hour 1 minute 1 second.", "It would be allowed:",
      "- every action of every service but iam:*, on all resources but arn:aws:s3:::x."]),
])
def test_summaries_follow_the_permissions(partner, customer, server, statements, duration, lines):
    declare(server, DELEGATION_TEMPLATE | {"policy": {"Version": "2012-10-17", "Statement": statements}})
    request = created(partner, Permissions={"PolicyTemplateArn": TEMPLATE}, SessionDuration=duration)
    content = customer.get_human_readable_summary(EntityArn=arn_of(request))["SummaryContent"].split("\n")
    assert content[0].endswith(lines[0])
    assert content[1:] == lines[1:]


def test_a_long_summary_is_cut(partner, customer, server):
    statements = [allow("s3:Get*", f"arn:aws:s3:::{'b' * 50}{number}/*") for number in range(100)]
    declare(server, DELEGATION_TEMPLATE | {"policy": {"Version": "2012-10-17", "Statement": statements}})
    request = created(partner, Permissions={"PolicyTemplateArn": TEMPLATE})
    content = customer.get_human_readable_summary(EntityArn=arn_of(request))["SummaryContent"]
    assert len(content) == 10000 and content.endswith("...")
    assert re.search(r"read \(GetAccelerateConfiguration, .* and \d+ more\)", content)


@pytest.mark.parametrize("arn", [f"arn:aws:iam::{CUSTOMER}:user/somebody", "x" * 20, "arn:aws:s3:::delegation-request/x"])
def test_summaries_of_other_things(customer, arn):
    with invalid_input(f"{arn} is not the ARN of a delegation request, the only entity that has a summary."):
        customer.get_human_readable_summary(EntityArn=arn)


def test_summaries_of_what_is_not_there(partner, customer):
    with not_found(f"Delegation Request {ABSENT} cannot be found."):
        customer.get_human_readable_summary(EntityArn=arn_of(ABSENT))
    request = created(partner)
    with not_found(f"Delegation Request {request} cannot be found."):
        customer.get_human_readable_summary(EntityArn=arn_of(request, "333333333333"))
