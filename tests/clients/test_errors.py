"""Errors at the raw wire: form, codes, statuses, texts, and how clients read them."""

import datetime
import json
import re

import pytest

from support import (ACCOUNT, Caller, IAM, STS, UUID, allow, call, client, form, policy, refused,
                     send, signed_headers, utc_now)


def plain(answer):
    return re.sub(r">\s+<", "><", answer.text.strip()).removeprefix('<?xml version="1.0" encoding="UTF-8"?>')


def test_an_error_of_iam(server):
    answer = send(server, call("iam", "GetUser", UserName="nobody"))
    request_id = answer.headers["x-amzn-requestid"]
    assert UUID.fullmatch(request_id)
    assert answer.status == 404
    assert answer.headers["content-type"] == "text/xml"
    assert "date" in answer.headers
    assert plain(answer) == (
        f'<ErrorResponse xmlns="{IAM}"><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>The user with name nobody '
        f"cannot be found.</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
    )


def test_an_error_of_sts(server):
    answer = send(server, call("sts", "AssumeRole", RoleArn=f"arn:aws:iam::{ACCOUNT}:role/job", RoleSessionName="s1"),
                  service="sts")
    assert answer.error() == (403, "AccessDenied", "Roles may not be assumed by root accounts.")
    assert plain(answer).startswith(f'<ErrorResponse xmlns="{STS}">')


def test_an_answer_of_iam(server):
    answer = send(server, call("iam", "CreateUser", UserName="bob"))
    request_id = answer.headers["x-amzn-requestid"]
    user_id, date = answer.find("UserId"), answer.find("CreateDate")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", date)
    assert plain(answer) == (
        f'<CreateUserResponse xmlns="{IAM}"><CreateUserResult><User><Path>/</Path><UserName>bob</UserName><UserId>{user_id}'
        f"</UserId><Arn>arn:aws:iam::{ACCOUNT}:user/bob</Arn><CreateDate>{date}</CreateDate></User></CreateUserResult>"
        f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></CreateUserResponse>"
    )


def test_an_answer_without_a_result(server):
    send(server, call("iam", "CreateUser", UserName="bob"))
    answer = send(server, call("iam", "DeleteUser", UserName="bob"))
    request_id = answer.headers["x-amzn-requestid"]
    assert plain(answer) == (
        f'<DeleteUserResponse xmlns="{IAM}"><ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>'
        "</DeleteUserResponse>"
    )


def test_every_request_has_its_id(server):
    ids = {send(server, call("iam", "ListUsers")).headers["x-amzn-requestid"] for _ in range(20)}
    assert len(ids) == 20


def test_text_is_escaped(server):
    value = "a<b>&\"c' ]]> ü"
    document = policy(allow("s3:*", "arn:aws:s3:::<&>"))
    send(server, call("iam", "CreateUser", UserName="bob"))
    made = send(server, call("iam", "CreatePolicy", PolicyName="p", PolicyDocument=document, Description=value))
    assert made.status == 200
    got = send(server, call("iam", "GetPolicy", PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/p"))
    assert got.find("Description") == value
    missing = send(server, call("iam", "GetPolicy", PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/<&>"))
    assert missing.status in (400, 404)
    assert "<&>" in missing.error()[2]


# Action and version ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("service", ["iam", "sts"])
def test_an_unknown_action(server, service):
    answer = send(server, call(service, "MakeCoffee"), service=service)
    version = {"iam": "2010-05-08", "sts": "2011-06-15"}[service]
    assert answer.error() == (400, "InvalidAction", f"Could not find operation MakeCoffee for version {version}")


def test_actions_are_told_apart_by_case(server):
    assert send(server, call("iam", "getuser")).error()[1] == "InvalidAction"


def test_an_action_of_the_other_service(server):
    assert send(server, call("sts", "CreateUser"), service="sts").error()[:2] == (400, "InvalidAction")
    assert send(server, call("iam", "AssumeRole")).error()[:2] == (400, "InvalidAction")


def test_no_action(server):
    for parameters in ([("Version", "2010-05-08")], [("Action", ""), ("Version", "2010-05-08")]):
        assert send(server, parameters).error()[:2] == (400, "MissingAction")


def test_a_version_that_there_is_not(server):
    answer = send(server, [("Action", "ListUsers"), ("Version", "1999-01-01")])
    assert answer.error() == (400, "InvalidAction", "Could not find operation ListUsers for version 1999-01-01")


def test_no_version(server):
    assert send(server, [("Action", "ListUsers")]).error() == (
        400, "InvalidAction", "Could not find operation ListUsers for version NO_VERSION_SPECIFIED")


NOWHERE = f"arn:aws:iam::{ACCOUNT}:policy/nowhere"


@pytest.mark.parametrize("action, parameters", [
    ("CreatePolicyVersion", {"PolicyArn": NOWHERE, "PolicyDocument": policy(allow("*"))}),
    ("DeleteRolePermissionsBoundary", {"RoleName": "nobody"}),
    ("DeleteUserPermissionsBoundary", {"UserName": "nobody"}),
    ("DetachGroupPolicy", {"GroupName": "nobody", "PolicyArn": NOWHERE}),
    ("DetachRolePolicy", {"RoleName": "nobody", "PolicyArn": NOWHERE}),
    ("ListAttachedUserPolicies", {"UserName": "nobody"}),
    ("ListEntitiesForPolicy", {"PolicyArn": NOWHERE}),
    ("ListInstanceProfileTags", {"InstanceProfileName": "nobody"}),
    ("ListPolicyTags", {"PolicyArn": NOWHERE}),
    ("ListPolicyVersions", {"PolicyArn": NOWHERE}),
    ("ListUserTags", {"UserName": "nobody"}),
    ("PutUserPermissionsBoundary", {"UserName": "nobody", "PermissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess"}),
    ("TagInstanceProfile", {"InstanceProfileName": "nobody", "Tags.member.1.Key": "k", "Tags.member.1.Value": "v"}),
    ("TagUser", {"UserName": "nobody", "Tags.member.1.Key": "k", "Tags.member.1.Value": "v"}),
    ("UntagInstanceProfile", {"InstanceProfileName": "nobody", "TagKeys.member.1": "k"}),
    ("UntagRole", {"RoleName": "nobody", "TagKeys.member.1": "k"}),
    ("UntagUser", {"UserName": "nobody", "TagKeys.member.1": "k"}),
])
def test_what_is_not_there(server, action, parameters):
    status, code, message = send(server, call("iam", action, **parameters)).error()
    assert (status, code) == (404, "NoSuchEntity")
    assert "nobody" in message or "olicy" in message


# Validation -----------------------------------------------------------------------------------------------------------


def test_all_violations_are_listed(server):
    answer = send(server, call("iam", "CreateUser", UserName="a" * 65, Path="/" * 513))
    assert answer.error() == (
        400, "ValidationError",
        "2 validation errors detected: Value at 'path' failed to satisfy constraint: Member must have length less than or "
        "equal to 512; Value at 'userName' failed to satisfy constraint: Member must have length less than or equal to 64",
    )


def test_one_value_may_break_two_rules(server):
    answer = send(server, call("iam", "CreateUser", UserName="bob", Path=""))
    assert answer.error() == (
        400, "ValidationError",
        "2 validation errors detected: Value at 'path' failed to satisfy constraint: Member must have length greater than or "
        "equal to 1; Value at 'path' failed to satisfy constraint: Member must satisfy regular expression pattern: "
        r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)",
    )


def test_a_missing_member(server):
    answer = send(server, call("iam", "CreateUser"))
    status, code, message = answer.error()
    assert (status, code) == (400, "ValidationError")
    assert message == "1 validation error detected: Value at 'userName' failed to satisfy constraint: Member must not be null"


def test_members_of_lists(server):
    answer = send(server, call(
        "iam", "CreateUser", ("Tags.member.1.Key", "fine"), ("Tags.member.1.Value", "v"), ("Tags.member.2.Key", "k"),
        UserName="bob"))
    status, code, message = answer.error()
    assert (status, code) == (400, "ValidationError")
    assert "at 'tags.2.member.value' failed to satisfy constraint: Member must not be null" in message


@pytest.mark.parametrize("value", ["x", "", "1.5", "99999999999999999999", "0x10", " 5"])
def test_numbers_that_are_none(server, value):
    answer = send(server, call("iam", "ListUsers", MaxItems=value))
    assert answer.error()[:2] == (400, "MalformedInput")


@pytest.mark.parametrize("value", ["yes", "True", " true", "null", ""])
def test_booleans_that_are_none(server, value):
    answer = send(server, call("iam", "ListPolicies", OnlyAttached=value))
    assert answer.error()[:2] == (400, "MalformedInput")


def test_unknown_members_are_ignored(server):
    assert send(server, call("iam", "ListUsers", Colour="red")).status == 200


# Who is calling -------------------------------------------------------------------------------------------------------


def test_no_signature(server):
    answer = server.http("POST", "/", {"Content-Type": "application/x-www-form-urlencoded"}, form(call("iam", "ListUsers")))
    assert answer.error() == (403, "MissingAuthenticationToken", "Request is missing Authentication Token")


def test_an_unknown_key(server):
    for service, action in (("iam", "ListUsers"), ("sts", "GetCallerIdentity")):
        answer = send(server, call(service, action), service=service, key="AKIAIOSFODNN7EXAMPLE")
        assert answer.error() == (403, "InvalidClientTokenId", "The security token included in the request is invalid.")


def test_a_wrong_secret_tells_the_operator_what_we_signed(server):
    body = form(call("iam", "ListUsers"))
    headers = signed_headers(server, body=body, secret="wrong")
    answer = server.http("POST", "/", headers, body)
    assert answer.error() == (
        403, "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and "
        "signing method. Consult the service documentation for details.")
    path = f"/_iamlocal/decisions/{answer.headers['x-amzn-requestid']}"
    record = json.loads(server.http("GET", path).body)
    assert record["decision"] == "signatureDoesNotMatch"
    assert record["canonical_request"].startswith(
        "POST\n/\n\ncontent-type:application/x-www-form-urlencoded; charset=utf-8\nhost:")
    assert record["string_to_sign"].startswith(f"AWS4-HMAC-SHA256\n{headers['X-Amz-Date']}\n")
    text = server.http("GET", path + "?format=text").text
    assert record["canonical_request"] in text and record["string_to_sign"] in text and "wrong" not in text
    logged = server.logged("signature does not match")
    assert logged["canonical_request"] == record["canonical_request"]
    assert logged["string_to_sign"] == record["string_to_sign"]


def test_a_header_that_says_nothing_may_come_unsigned(server):
    hashed = {"X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD", "X-Amz-Meta": "x"}
    assert send(server, call("iam", "ListUsers"), headers=hashed).status == 200
    for name in ("X-Amz-Security-Token", "X-Amz-Target"):
        answer = send(server, call("iam", "ListUsers"), headers={name: "x"})
        assert answer.error() == (403, "SignatureDoesNotMatch",
                                  f"'{name.lower()}' must be a 'SignedHeader' in the AWS Authorization.")


def test_a_region_that_is_none(server):
    for region in ("xx-nowhere-1", "", "local"):
        answer = send(server, call("sts", "GetCallerIdentity"), service="sts", region=region)
        assert answer.error() == (403, "SignatureDoesNotMatch", "Credential should be scoped to a valid region.")


@pytest.mark.parametrize("minutes, text", [
    (-16, r"^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 15 min\.\)$"),
    (16, r"^Signature not yet current: \d{8}T\d{6}Z is still later than \d{8}T\d{6}Z \(\d{8}T\d{6}Z \+ 15 min\.\)$"),
])
def test_a_clock_that_is_wrong(server, minutes, text):
    moment = utc_now() + datetime.timedelta(minutes=minutes)
    status, code, message = send(server, call("iam", "ListUsers"), moment=moment).error()
    assert (status, code) == (403, "SignatureDoesNotMatch")
    assert re.search(text, message), message


@pytest.mark.parametrize("minutes", [-14, 14])
def test_a_clock_that_is_a_little_off(server, minutes):
    moment = utc_now() + datetime.timedelta(minutes=minutes)
    assert send(server, call("iam", "ListUsers"), moment=moment).status == 200


def test_the_service_of_the_signature_must_be_ours(server):
    body = form(call("iam", "ListUsers"))
    answer = server.http("POST", "/", signed_headers(server, body=body, service="s3"), body)
    status, code, message = answer.error()
    assert (status, code) == (403, "SignatureDoesNotMatch")
    assert "Credential should be scoped to correct service: 'iam'." in message
    answer = server.http("POST", "/", signed_headers(server, body=body, service="sts"), body)
    assert answer.error()[1] == "SignatureDoesNotMatch"


# What SDKs make of it -------------------------------------------------------------------------------------------------


def test_clients_know_the_modelled_errors(iam):
    with pytest.raises(iam.exceptions.NoSuchEntityException) as caught:
        iam.get_user(UserName="nobody")
    assert caught.value.response["Error"]["Type"] == "Sender"
    assert UUID.fullmatch(caught.value.response["ResponseMetadata"]["RequestId"])
    iam.create_user(UserName="bob")
    with pytest.raises(iam.exceptions.EntityAlreadyExistsException):
        iam.create_user(UserName="bob")
    with pytest.raises(iam.exceptions.MalformedPolicyDocumentException):
        iam.put_user_policy(UserName="bob", PolicyName="p", PolicyDocument="{")
    iam.put_user_policy(UserName="bob", PolicyName="p", PolicyDocument=policy(allow("s3:*")))
    with pytest.raises(iam.exceptions.DeleteConflictException):
        iam.delete_user(UserName="bob")


def test_waiters_wait(server, iam):
    iam.create_user(UserName="bob")
    iam.get_waiter("user_exists").wait(UserName="bob", WaiterConfig={"Delay": 0, "MaxAttempts": 1})


def test_an_endpoint_with_a_path(server):
    for path in ("/iam/path", "/iam/path/", "/a%20b/", "/x//y"):
        body = form(call("iam", "ListUsers"))
        canonical = re.sub("/+", "/", path.replace("%", "%25"))
        headers = signed_headers(server, path=canonical, body=body)
        answer = server.http("POST", path, headers, body)
        assert answer.status == 200, answer.text


def test_a_client_with_a_path_in_its_endpoint(server):
    class Pathed:
        url = server.url + "/some/path"
    assert client(Pathed, "sts").get_caller_identity()["Account"] == ACCOUNT
    assert client(Pathed, "iam").list_users()["Users"] == []


def test_the_same_error_for_each_account(server):
    with refused("NoSuchEntity", 404, "The user with name nobody cannot be found."):
        Caller(server, key="111122223333").iam.get_user(UserName="nobody")
