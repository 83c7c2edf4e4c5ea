"""STS besides AssumeRole."""

import base64
import re
import urllib.parse

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest

from support import (ACCOUNT, Caller, STS, allow, answer_of, call, denied, deny, invalid, of_credentials, refused,
                     root_arn, send, send_get)


def test_caller_identity_of_root(sts):
    assert answer_of(sts.get_caller_identity()) == {"UserId": ACCOUNT, "Account": ACCOUNT, "Arn": root_arn()}


def test_caller_identity_of_a_user(root):
    bob = root.user("bob", Path="/x/")
    user = root.iam.get_user(UserName="bob")["User"]
    assert answer_of(bob.sts.get_caller_identity()) == {"UserId": user["UserId"], "Account": ACCOUNT, "Arn": user["Arn"]}


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1", "ap-southeast-4", "us-gov-west-1", "aws-global"])
def test_every_region_will_do(server, region):
    for caller in (Caller(server, region=region),):
        assert caller.arn() == root_arn()
        assert caller.iam.list_users()["Users"] == []


# Presigned ------------------------------------------------------------------------------------------------------------


def presigned(caller, expires=60, headers=None, token=None):
    """A URL for GetCallerIdentity as `aws eks get-token` makes it: x-k8s-aws-id is signed too."""
    request = botocore.awsrequest.AWSRequest(
        "GET", f"{caller.server.url}/?Action=GetCallerIdentity&Version=2011-06-15", headers=headers or {})
    credentials = botocore.credentials.Credentials(caller.key, caller.secret, token or caller.token)
    botocore.auth.SigV4QueryAuth(credentials, "sts", caller.region, expires=expires).add_auth(request)
    return urllib.parse.urlsplit(request.url)


def get(server, url, headers=None):
    return server.http("GET", f"{url.path}?{url.query}", headers)


def test_a_presigned_url(root):
    bob = root.user("bob")
    answer = get(root.server, presigned(bob))
    assert answer.status == 200
    assert answer.find("Arn") == f"arn:aws:iam::{ACCOUNT}:user/bob"


def test_a_cluster_token(root):
    """What an EKS authenticator does: decodes the token and calls the URL with the cluster's name as a header."""
    bob = root.user("bob")
    url = presigned(bob, headers={"x-k8s-aws-id": "my-cluster"})
    token = "k8s-aws-v1." + base64.urlsafe_b64encode(urllib.parse.urlunsplit(url).encode()).decode().rstrip("=")
    padded = token[len("k8s-aws-v1."):] + "=="
    url = urllib.parse.urlsplit(base64.urlsafe_b64decode(padded).decode())
    headers = {"x-k8s-aws-id": "my-cluster", "Accept": "application/json"}
    answer = get(root.server, url, headers)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    result = answer.json()["GetCallerIdentityResponse"]["GetCallerIdentityResult"]
    assert result["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/bob"
    assert get(root.server, url, {"x-k8s-aws-id": "other-cluster"}).error()[:2] == (403, "SignatureDoesNotMatch")
    assert get(root.server, url).status in (400, 403)


def test_a_presigned_url_of_a_session(root):
    session = root.user("bob", allow("sts:AssumeRole")).assume(root.role("job", root_arn()))
    answer = get(root.server, presigned(session))
    assert answer.find("Arn") == f"arn:aws:sts::{ACCOUNT}:assumed-role/job/session"


@pytest.mark.parametrize("part, change", [
    ("X-Amz-Signature", lambda text: text[:-1] + ("0" if text[-1] != "0" else "1")),
    ("X-Amz-Signature", lambda text: text.upper()),
    ("X-Amz-Date", lambda text: text[:-3] + ("00Z" if text[-3:] != "00Z" else "01Z")),
    ("X-Amz-Expires", lambda text: "61"),
    ("X-Amz-Credential", lambda text: text.replace("us-east-1", "us-east-2")),
    ("Version", lambda text: "2011-06-15 "),
])
def test_a_presigned_url_that_was_changed(root, part, change):
    url = presigned(root)
    query = dict(urllib.parse.parse_qsl(url.query))
    query[part] = change(query[part])
    answer = root.server.http("GET", "/?" + urllib.parse.urlencode(query))
    assert answer.status in (400, 403)
    assert answer.error()[1] in ("SignatureDoesNotMatch", "InvalidAction")


def test_a_presigned_url_with_more_behind_it(root):
    url = presigned(root)
    answer = root.server.http("GET", f"{url.path}?{url.query}&Extra=1")
    assert answer.error()[:2] == (403, "SignatureDoesNotMatch")


def test_a_presigned_url_lasts_fifteen_minutes(root):
    url = presigned(root)
    root.server.clock(advance="14m")
    assert get(root.server, url).status == 200
    root.server.clock(advance="2m")
    assert get(root.server, url).error()[:2] == (403, "SignatureDoesNotMatch")


# GetSessionToken ------------------------------------------------------------------------------------------------------


def test_get_session_token(root):
    bob = root.user("bob")
    answer = answer_of(bob.sts.get_session_token())
    assert set(answer) == {"Credentials"}
    session = of_credentials(root.server, answer["Credentials"])
    assert re.fullmatch(r"ASIA[A-Z2-7]{16}", session.key)
    assert session.arn() == f"arn:aws:iam::{ACCOUNT}:user/bob"


@pytest.mark.parametrize("size", [0, 1, 1000, 1001, 1002, 1003, 4096])
def test_session_tokens_of_a_minimum_size(server, root, size):
    """Newer than the SDKs of Debian."""
    bob = root.user("bob", allow("sts:AssumeRole"))
    role = root.role("job", root_arn())
    for action, parameters in (("GetSessionToken", {}), ("AssumeRole", {"RoleArn": role, "RoleSessionName": "session"})):
        answer = send(server, call("sts", action, MinimumSessionTokenSize=size, **parameters), service="sts",
                      key=bob.key, secret=bob.secret)
        assert answer.status == 200, answer.text
        token = answer.find("SessionToken")
        assert size <= len(token) <= max(size + 4, 752)
        session = Caller(server, answer.find("AccessKeyId"), answer.find("SecretAccessKey"), token)
        assert session.arn() in (f"arn:aws:iam::{ACCOUNT}:user/bob", f"arn:aws:sts::{ACCOUNT}:assumed-role/job/session")


def test_session_tokens_grow_to_four_kilobytes_at_most(server):
    answer = send(server, call("sts", "GetSessionToken", MinimumSessionTokenSize=4097), service="sts")
    assert answer.error() == (
        400, "ValidationError",
        "1 validation error detected: Value '4097' at 'minimumSessionTokenSize' failed to satisfy constraint: Member must "
        "have value less than or equal to 4096")


def test_get_session_token_cannot_be_forbidden(root):
    root.user("bob", deny("*")).sts.get_session_token()


def test_a_session_token_opens_no_iam(root):
    bob = root.user("bob", allow("*"))
    session = of_credentials(root.server, bob.sts.get_session_token()["Credentials"])
    with refused("InvalidClientTokenId", 403, "The security token included in the request is invalid."):
        session.iam.list_users()


def test_a_session_token_assumes_roles(root):
    bob = root.user("bob", allow("sts:AssumeRole"))
    session = of_credentials(root.server, bob.sts.get_session_token()["Credentials"])
    assert session.assume(root.role("job", root_arn())).arn().endswith("assumed-role/job/session")


def test_sessions_make_no_sessions(root):
    bob = root.user("bob", allow("sts:AssumeRole"))
    session = of_credentials(root.server, bob.sts.get_session_token()["Credentials"])
    role = bob.assume(root.role("job", root_arn(), allow("*")))
    for caller in (session, role):
        with denied("Cannot call GetSessionToken with session credentials"):
            caller.sts.get_session_token()


@pytest.mark.parametrize("asked, seconds", [(None, 43200), (900, 900), (129600, 129600)])
def test_how_long_a_session_of_a_user_lasts(root, asked, seconds):
    bob = root.user("bob")
    root.server.clock(freeze="2031-02-03T04:05:06Z")
    more = {"DurationSeconds": asked} if asked else {}
    expiration = bob.sts.get_session_token(**more)["Credentials"]["Expiration"]
    assert (expiration.timestamp() - 1927857906) == seconds


def test_a_session_of_root_lasts_an_hour(root):
    root.server.clock(freeze="2031-02-03T04:05:06Z")
    for asked in ({}, {"DurationSeconds": 43200}):
        expiration = root.sts.get_session_token(**asked)["Credentials"]["Expiration"]
        assert expiration.timestamp() - 1927857906 == 3600


@pytest.mark.parametrize("seconds, rule", [(899, "greater than or equal to 900"), (129601, "less than or equal to 129600")])
def test_session_tokens_have_limits(sts, seconds, rule):
    with invalid(f"1 validation error detected: Value '{seconds}' at 'durationSeconds' failed to satisfy constraint: Member "
                 f"must have value {rule}"):
        sts.get_session_token(DurationSeconds=seconds)


def test_a_session_ends_with_the_user_it_came_from(root):
    bob = root.user("bob")
    session = of_credentials(root.server, bob.sts.get_session_token()["Credentials"])
    assert session.arn().endswith("user/bob")
    root.iam.delete_access_key(UserName="bob", AccessKeyId=bob.key)
    root.iam.delete_user(UserName="bob")
    with refused("InvalidClientTokenId", 403):
        session.sts.get_caller_identity()


# GetAccessKeyInfo -----------------------------------------------------------------------------------------------------


def test_get_access_key_info(server, root):
    assert root.sts.get_access_key_info(AccessKeyId=root.user("bob").key)["Account"] == ACCOUNT
    other = Caller(server, key="111122223333")
    key = other.user("carol").key
    assert root.sts.get_access_key_info(AccessKeyId=key)["Account"] == "111122223333"
    session = other.sts.get_session_token()["Credentials"]["AccessKeyId"]
    assert root.sts.get_access_key_info(AccessKeyId=session)["Account"] == "111122223333"


def test_key_ids_have_rules(sts):
    with invalid(pattern="at 'accessKeyId' failed to satisfy constraint: Member must have length greater than or equal to 16"):
        sts.get_access_key_info(AccessKeyId="AKIA")


# The wire -------------------------------------------------------------------------------------------------------------


def test_the_answer_of_get_caller_identity(server):
    answer = send(server, call("sts", "GetCallerIdentity"), service="sts")
    request_id = answer.headers["x-amzn-requestid"]
    assert re.sub(r">\s+<", "><", answer.text.strip()).removeprefix('<?xml version="1.0" encoding="UTF-8"?>') == (
        f'<GetCallerIdentityResponse xmlns="{STS}"><GetCallerIdentityResult><Arn>{root_arn()}</Arn><UserId>{ACCOUNT}</UserId>'
        f"<Account>{ACCOUNT}</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>{request_id}</RequestId>"
        "</ResponseMetadata></GetCallerIdentityResponse>"
    )


def test_a_signed_get(server):
    answer = send_get(server, call("sts", "GetCallerIdentity"))
    assert (answer.status, answer.find("Arn")) == (200, root_arn())
