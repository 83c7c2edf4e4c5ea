"""Calls as CloudTrail's records: who called, what was sent and answered, errors, Regions, two accounts. The shapes are those
of records that AWS's customers have shown."""

import http.client
import json
import ssl
import subprocess
import time
import urllib.parse

import pytest

import boto_story
import saml
import support
import trail
from streams import Stream
from support import ACCOUNT, OTHER_ACCOUNT, Caller, allow, denied, policy, refused, root_arn, trust
from trail import event, events

ARN = f"arn:aws:iam::{ACCOUNT}"


# --- who -----------------------------------------------------------------------------------------------------------


def identity(server, **filters):
    return event(server, **filters)["userIdentity"]


def test_root(server, root):
    root.iam.list_users()
    assert identity(server) == {"type": "Root", "principalId": ACCOUNT, "arn": f"{ARN}:root", "accountId": ACCOUNT,
                                "accessKeyId": "test"}


def test_root_of_an_account_with_an_alias(server, root):
    root.iam.create_account_alias(AccountAlias="acme")
    root.iam.list_users()
    said = identity(server)
    assert list(said) == ["type", "principalId", "arn", "accountId", "accessKeyId", "userName"]
    assert said["userName"] == "acme"
    session = support.of_credentials(server, root.sts.get_session_token()["Credentials"])
    session.sts.get_caller_identity()
    assert identity(server, event="GetCallerIdentity")["userName"] == "acme"
    # Nobody else is called like the account, and without an alias root is not either.
    alice = root.user("alice", allow("*"))
    alice.iam.list_users()
    assert identity(server, user="alice")["userName"] == "alice"
    root.iam.delete_account_alias(AccountAlias="acme")
    root.iam.list_users()
    assert "userName" not in identity(server, event="ListUsers")


def test_a_user(server, root):
    alice = root.user("alice", allow("*"))
    alice.iam.list_users()
    user = root.iam.get_user(UserName="alice")["User"]
    assert identity(server, user="alice") == {
        "type": "IAMUser", "principalId": user["UserId"], "arn": user["Arn"], "accountId": ACCOUNT, "accessKeyId": alice.key,
        "userName": "alice"}


def test_a_session_of_ones_own(server, root):
    alice = root.user("alice", allow("*"))
    session = support.of_credentials(server, alice.sts.get_session_token()["Credentials"])
    session.sts.get_caller_identity()
    said = identity(server, event="GetCallerIdentity")
    assert list(said) == ["type", "principalId", "arn", "accountId", "accessKeyId", "userName", "sessionContext"]
    assert (said["type"], said["userName"], said["accessKeyId"]) == ("IAMUser", "alice", session.key)
    created = said["sessionContext"]["attributes"]["creationDate"]
    assert trail.TIME.fullmatch(created)
    assert said["sessionContext"] == {"attributes": {"creationDate": created, "mfaAuthenticated": "false"}}


def test_a_role_session(server, root):
    alice = root.user("alice", allow("*"))
    role = root.role("deploy", [trust(root_arn()), trust(root_arn(), ["sts:TagSession", "sts:SetSourceIdentity"])],
                     allow("*"), Path="/team/")
    session = alice.assume(role, "build-1", SourceIdentity="alice", Tags=[{"Key": "team", "Value": "blue"}],
                           TransitiveTagKeys=["team"])
    session.iam.list_users()
    role_id = root.iam.get_role(RoleName="deploy")["Role"]["RoleId"]
    said = identity(server, event="ListUsers")
    created = said["sessionContext"]["attributes"]["creationDate"]
    assert trail.TIME.fullmatch(created)
    assert said == {
        "type": "AssumedRole", "principalId": f"{role_id}:build-1", "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/build-1",
        "accountId": ACCOUNT, "accessKeyId": session.key,
        "sessionContext": {
            "sessionIssuer": {"type": "Role", "principalId": role_id, "arn": role, "accountId": ACCOUNT, "userName": "deploy"},
            "attributes": {"creationDate": created, "mfaAuthenticated": "false"},
            "sourceIdentity": "alice"}}
    # What the session brings along into the next one.
    next_role = root.role("next", [trust(root_arn()), trust(root_arn(), ["sts:TagSession", "sts:SetSourceIdentity"])])
    session.assume(next_role, "build-2")
    sent = event(server, event="AssumeRole")["requestParameters"]
    assert sent == {"roleArn": next_role, "roleSessionName": "build-2", "sourceIdentity": "alice",
                    "incomingTransitiveTags": {"team": "blue"}}


def test_a_federated_user(server, root):
    alice = root.user("alice", allow("*"))
    given = alice.sts.get_federation_token(Name="bob", Policy=policy(allow("*")))
    support.of_credentials(server, given["Credentials"]).sts.get_caller_identity()
    said = identity(server, event="GetCallerIdentity")
    user = root.iam.get_user(UserName="alice")["User"]
    assert said["type"] == "FederatedUser"
    assert said["principalId"] == f"{ACCOUNT}:bob"
    assert said["arn"] == f"arn:aws:sts::{ACCOUNT}:federated-user/bob"
    assert said["sessionContext"]["sessionIssuer"] == {
        "type": "IAMUser", "principalId": user["UserId"], "arn": user["Arn"], "accountId": ACCOUNT, "userName": "alice"}
    assert "userName" not in said
    given = root.sts.get_federation_token(Name="carol", Policy=policy(allow("*")))
    support.of_credentials(server, given["Credentials"]).sts.get_caller_identity()
    assert identity(server, event="GetCallerIdentity")["sessionContext"]["sessionIssuer"] == {
        "type": "Root", "principalId": ACCOUNT, "arn": f"{ARN}:root", "accountId": ACCOUNT}


def test_the_console(server, root):
    role = root.role("console", root_arn(), allow("*"))
    alice = root.user("alice", allow("*"))
    session = alice.assume(role, "eve")
    from test_signin import CONSOLE

    asked = json.dumps({"sessionId": session.key, "sessionKey": session.secret, "sessionToken": session.token})
    token = server.http("GET", "/federation?" + urllib.parse.urlencode({"Action": "getSigninToken", "Session": asked}))
    got = event(server, event="GetSigninToken")
    assert got["responseElements"] == {"credentials": None, "GetSigninToken": "Success"}
    assert got["userIdentity"]["type"] == "AssumedRole"
    assert session.secret not in trail.text(got) and session.token not in trail.text(got)
    answer = server.http("GET", "/federation?" + urllib.parse.urlencode(
        {"Action": "login", "Issuer": "test", "Destination": CONSOLE, "SigninToken": token.json()["SigninToken"]}))
    assert answer.status == 302
    login = event(server, event="ConsoleLogin")
    assert token.json()["SigninToken"] not in trail.text(login)
    assert login["userIdentity"]["principalId"].endswith(":eve")
    del login["userIdentity"]
    assert login == {
        "eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin", "awsRegion": "us-east-1",
        "sourceIPAddress": "127.0.0.1", "requestParameters": None, "responseElements": {"ConsoleLogin": "Success"},
        "additionalEventData": {"LoginTo": CONSOLE, "MobileVersion": "No", "MFAUsed": "No"}, "readOnly": False,
        "recipientAccountId": ACCOUNT}


def test_the_flow_of_aws_login(server, root):
    from test_signin import MAY_LOG_IN, Client, session_of, sit_down

    root.user("alice", MAY_LOG_IN, allow("sts:*"))
    sit_down(server, f"{ARN}:user/alice")
    client = Client(server)
    code = client.code()
    session = session_of(server, client.redeem(code))
    session.sts.get_caller_identity()
    names = [record["eventName"] for record in events(server, user="alice")]
    assert names == ["GetCallerIdentity", "CreateOAuth2Token", "AuthorizeOAuth2Access"]
    newest = events(server, user="alice")[0]
    assert newest["sessionCredentialFromConsole"] == "true"
    trail.checked(newest)
    assert code not in trail.text(events(server))


# --- what ----------------------------------------------------------------------------------------------------------


def test_create_user(server, root):
    made = root.iam.create_user(UserName="alice", Path="/team/", Tags=[{"Key": "team", "Value": "blue"}])["User"]
    record = event(server)
    del record["userIdentity"]
    assert record == {
        "eventSource": "iam.amazonaws.com", "eventName": "CreateUser", "awsRegion": "us-east-1",
        "sourceIPAddress": "127.0.0.1",
        "requestParameters": {"path": "/team/", "userName": "alice", "tags": [{"key": "team", "value": "blue"}]},
        "responseElements": {"user": {
            "path": "/team/", "userName": "alice", "userId": made["UserId"], "arn": made["Arn"],
            "createDate": made["CreateDate"].strftime("%Y-%m-%dT%H:%M:%SZ"),
            "tags": [{"key": "team", "value": "blue"}]}},
        "readOnly": False, "recipientAccountId": ACCOUNT}


def test_reads_have_no_response_elements(server, root):
    root.user("alice")
    root.iam.get_user(UserName="alice")
    assert (event(server)["requestParameters"], event(server)["responseElements"]) == ({"userName": "alice"}, None)
    root.iam.list_users()
    assert (event(server)["requestParameters"], event(server)["responseElements"]) == (None, None)
    root.iam.simulate_custom_policy(PolicyInputList=[policy(allow("*"))], ActionNames=["s3:GetObject"])
    assert event(server)["responseElements"] is None
    assert event(server)["requestParameters"] == {"policyInputList": [policy(allow("*"))], "actionNames": ["s3:GetObject"]}
    root.iam.generate_credential_report()
    assert (event(server)["readOnly"], event(server)["responseElements"]) == (True, None)
    for name in ("GetUser", "ListUsers", "SimulateCustomPolicy"):
        assert event(server, event=name)["readOnly"] is True


def test_names_in_lower_camel_case_and_documents_as_they_were_sent(server, root):
    document = policy(trust(root_arn()))
    root.iam.create_role(RoleName="r", AssumeRolePolicyDocument=document, MaxSessionDuration=7200)
    record = event(server)
    assert record["requestParameters"] == {"roleName": "r", "assumeRolePolicyDocument": document, "maxSessionDuration": 7200}
    role = record["responseElements"]["role"]
    assert urllib.parse.unquote(role["assumeRolePolicyDocument"]) == document
    assert "%" in role["assumeRolePolicyDocument"]
    root.iam.create_policy(PolicyName="p", PolicyDocument=policy(allow("*")))
    made = event(server)["responseElements"]["policy"]
    assert (made["attachmentCount"], made["isAttachable"], made["policyName"]) == (0, True, "p")
    root.iam.put_role_policy(RoleName="r", PolicyName="own", PolicyDocument=policy(allow("s3:*")))
    assert event(server)["responseElements"] is None
    root.iam.create_saml_provider(Name="idp", SAMLMetadataDocument=saml.Idp().metadata())
    record = event(server)
    assert set(record["requestParameters"]) == {"sAMLMetadataDocument", "name"}
    assert record["responseElements"] == {"sAMLProviderArn": f"{ARN}:saml-provider/idp"}


def test_errors_have_the_names_of_shapes(server, root):
    with refused("NoSuchEntity", 404):
        root.iam.get_user(UserName="nobody")
    record = event(server)
    assert record["errorCode"] == "NoSuchEntityException"
    assert record["errorMessage"] == "The user with name nobody cannot be found."
    assert record["requestParameters"] == {"userName": "nobody"}
    assert record["responseElements"] is None
    with pytest.raises(root.iam.exceptions.CredentialReportNotPresentException):
        root.iam.get_credential_report()
    record = event(server)
    assert record["errorCode"] == "CredentialReportNotPresentException"
    assert "errorMessage" not in record  # it has none on the wire either
    with refused("ValidationError", 400):
        root.iam.create_user(UserName="not a name")
    assert event(server)["errorCode"] == "ValidationError"


def test_a_refusal(server, root):
    alice = root.user("alice")
    with denied() as caught:
        alice.iam.create_user(UserName="bob")
    record = event(server)
    assert record["errorCode"] == "AccessDenied"
    assert record["errorMessage"] == caught.value.response["Error"]["Message"]
    assert record["errorMessage"].startswith(f"User: {alice.arn()} is not authorized to perform: iam:CreateUser")


def test_what_is_not_signed_right_is_not_recorded(server, root):
    with refused("SignatureDoesNotMatch", 403):
        Caller(server, "test", "wrong").iam.list_users()
    with refused("InvalidClientTokenId", 403):
        Caller(server, "AKIAIOSFODNN7EXAMPLE", "wrong").iam.list_users()
    server.http("POST", "/", {"Content-Type": "application/x-www-form-urlencoded"}, b"Action=ListUsers&Version=2010-05-08")
    server.http("POST", "/", {"Content-Type": "application/x-www-form-urlencoded"},
                b"Action=AssumeRoleWithWebIdentity&Version=2011-06-15&WebIdentityToken=garbage&RoleSessionName=abc"
                b"&RoleArn=arn:aws:iam::000000000000:role/r")
    assert events(server) == []


def test_lists_that_cannot_be_read(server, root):
    answer = support.send(server, {"Action": "CreateUser", "Version": "2010-05-08", "UserName": "alice",
                                   "Tags.member.99999999999.Key": "k"})
    assert answer.status == 400
    assert event(server)["errorCode"] == "MalformedInput"


# --- STS -----------------------------------------------------------------------------------------------------------


def test_assume_role(server, root):
    alice = root.user("alice", allow("*"))
    role = root.role("r", root_arn())
    given = alice.sts.assume_role(RoleArn=role, RoleSessionName="s-1", DurationSeconds=900)
    record = event(server)
    assert record["userIdentity"]["userName"] == "alice"
    del record["userIdentity"]
    response = record.pop("responseElements")
    credentials = response.pop("credentials")
    assert list(credentials) == ["accessKeyId", "sessionToken", "expiration"]
    assert credentials["accessKeyId"] == given["Credentials"]["AccessKeyId"]
    assert credentials["sessionToken"] == given["Credentials"]["SessionToken"]
    assert trail.WORDS.fullmatch(credentials["expiration"])
    assert response["assumedRoleUser"] == {"assumedRoleId": given["AssumedRoleUser"]["AssumedRoleId"],
                                           "arn": given["AssumedRoleUser"]["Arn"]}
    assert given["Credentials"]["SecretAccessKey"] not in json.dumps(events(server))
    extra = record.pop("additionalEventData")
    assert extra["RequestDetails"] == {"endpointType": "regional", "awsServingRegion": "us-east-1"}
    assert extra["ExtendedRequestId"] == given["ResponseMetadata"]["HTTPHeaders"]["x-amz-sts-extended-request-id"]
    assert record == {
        "eventSource": "sts.amazonaws.com", "eventName": "AssumeRole", "awsRegion": "us-east-1", "sourceIPAddress": "127.0.0.1",
        "requestParameters": {"roleArn": role, "roleSessionName": "s-1", "durationSeconds": 900},
        "readOnly": True, "resources": [{"accountId": ACCOUNT, "type": "AWS::IAM::Role", "ARN": role}],
        "recipientAccountId": ACCOUNT}


@pytest.mark.parametrize(("call", "read", "answers"), [
    (lambda sts: sts.get_caller_identity(), True, False),
    (lambda sts: sts.get_session_token(), False, True),
    (lambda sts: sts.get_federation_token(Name="bob"), False, True),
    (lambda sts: sts.get_access_key_info(AccessKeyId="ASIAQAAAAAAAAAAAAAAA"), True, False),
], ids=["GetCallerIdentity", "GetSessionToken", "GetFederationToken", "GetAccessKeyInfo"])
def test_what_sts_reads(server, root, call, read, answers):
    call(root.sts)
    record = event(server)
    assert (record["readOnly"], record["responseElements"] is not None) == (read, answers)
    assert record.get("resources") is None


def test_regions(server, root):
    Caller(server, region="eu-west-1").sts.get_caller_identity()
    Caller(server, region="eu-west-1").iam.list_users()
    user, identity = events(server)
    assert (user["awsRegion"], identity["awsRegion"]) == ("us-east-1", "eu-west-1")
    assert identity["additionalEventData"]["RequestDetails"] == {"endpointType": "regional", "awsServingRegion": "eu-west-1"}


def test_across_accounts(server, root):
    there = Caller(server, OTHER_ACCOUNT)
    role = there.role("guest", root_arn(ACCOUNT))
    alice = root.user("alice", allow("sts:AssumeRole"))
    alice.sts.assume_role(RoleArn=role, RoleSessionName="s-1")
    own, theirs = events(server, event="AssumeRole")
    assert (own["recipientAccountId"], theirs["recipientAccountId"]) == (ACCOUNT, OTHER_ACCOUNT)
    assert own["requestID"] == theirs["requestID"]
    assert own["sharedEventID"] == theirs["sharedEventID"]
    assert own["eventID"] != theirs["eventID"]
    assert own["userIdentity"]["userName"] == "alice"
    assert theirs["userIdentity"] == {"type": "AWSAccount", "principalId": own["userIdentity"]["principalId"],
                                      "accountId": ACCOUNT}
    assert trail.checked(theirs)["responseElements"] == own["responseElements"]
    assert events(server, event="AssumeRole", account=OTHER_ACCOUNT) == [theirs]
    # What was denied is none of theirs.
    there.iam.delete_role(RoleName="guest")
    with denied():
        alice.sts.assume_role(RoleArn=role, RoleSessionName="s-2")
    newest = events(server, event="AssumeRole", outcome="error")
    assert [record["recipientAccountId"] for record in newest] == [ACCOUNT]
    assert "sharedEventID" not in newest[0] and "resources" not in newest[0]


def test_a_story(server):
    """Of many calls, presigned ones among them; every record has the members, in their order."""
    presigned = boto_story.main(server.url)
    assert server.http("GET", presigned[len(server.url):]).status == 200
    assert event(server)["eventName"] == "GetCallerIdentity"
    found = events(server, limit=1000)
    assert len(found) > 15
    for record in found:
        trail.checked(record)
    assert len({record["eventID"] for record in found}) == len(found)
    assert "X-Amz-Signature" not in trail.text(found)


# --- the list ------------------------------------------------------------------------------------------------------


def test_pages(server, root):
    for number in range(5):
        root.iam.create_user(UserName=f"u{number}")
    answer = server.http("GET", "/_iamlocal/events?limit=2").json()
    assert [record["requestParameters"]["userName"] for record in answer["events"]] == ["u4", "u3"]
    root.iam.list_users()
    answer = server.http("GET", f"/_iamlocal/events?limit=3&cursor={answer['next']}").json()
    assert [record["requestParameters"]["userName"] for record in answer["events"]] == ["u2", "u1", "u0"]
    assert "next" not in answer


def test_filters(server, root):
    alice = root.user("alice", allow("iam:ListUsers"))
    alice.iam.list_users()
    with denied():
        alice.iam.list_roles()
    alice.sts.get_caller_identity()

    def names(**filters):
        return [record["eventName"] for record in events(server, **filters)]

    assert names(user="al*") == ["GetCallerIdentity", "ListRoles", "ListUsers"]
    assert names(event="list*") == ["ListRoles", "ListUsers"]
    assert names(outcome="error") == ["ListRoles"]
    assert names(source="sts") == ["GetCallerIdentity"]
    assert names(account=OTHER_ACCOUNT) == []
    assert names(since="1h", user="alice", outcome="success") == ["GetCallerIdentity", "ListUsers"]
    assert names(since="2100-01-01T00:00:00Z") == []


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "cursor=x", "since=soon", "source=s3", "outcome=maybe",
                                   "user=a&user=b", "other=1", "event=%zz"])
def test_bad_queries(server, query):
    for path in ("/_iamlocal/events", "/_iamlocal/events/stream"):
        answer = server.http("GET", f"{path}?{query}")
        assert answer.status == 400, (path, query)
        assert answer.json()["error"]


def test_paths_and_methods(server):
    assert server.http("GET", "/_iamlocal/events/other").status == 404
    assert server.http("POST", "/_iamlocal/events", body=b"{}").status == 405
    assert server.http("GET", "/_iamlocal/events/stream?limit=1").status == 400


def test_the_trail_can_be_off(start):
    server = start("--trail", "0")
    root = Caller(server)
    root.iam.list_users()
    assert server.http("GET", "/_iamlocal/events").status == 404
    assert server.http("GET", "/_iamlocal/events/stream").status == 404
    assert support.client(server, "cloudtrail").lookup_events()["Events"] == []


def test_nobody_reads_it_where_the_bench_is_off(start):
    server = start("--testbench", "off")
    assert server.http("GET", "/_iamlocal/events").status == 403
    Caller(server).iam.list_users()
    assert [found["EventName"] for found in support.client(server, "cloudtrail").lookup_events()["Events"]] == ["ListUsers"]


def test_old_ones_make_room(start):
    server = start("--trail", "1")
    root = Caller(server)
    document = policy(allow("s3:GetObject", "arn:aws:s3:::" + "x" * 5000))
    for _ in range(300):
        root.iam.simulate_custom_policy(PolicyInputList=[document], ActionNames=["s3:GetObject"])
    kept = len(events(server, limit=1000))
    assert 100 < kept < 250


# --- live ----------------------------------------------------------------------------------------------------------


def stream_of(server, query=""):
    return Stream(server, f"/_iamlocal/events/stream{query}", "events as they come")


def test_stream(server, root):
    stream = stream_of(server, "?event=Create*")
    assert "200 OK" in stream.head
    assert "Content-Type: text/event-stream" in stream.head
    root.iam.list_users()
    root.iam.create_user(UserName="alice")
    record = stream.next("record")
    assert record == events(server, event="CreateUser")[0]
    stream.connection.close()


def test_a_slow_reader_is_told_what_it_has_missed(start):
    server = start("--trail", "1", "--workers", "1", "--request-timeout", "600")
    root = Caller(server)
    stream = stream_of(server)
    document = policy(allow("s3:GetObject", "arn:aws:s3:::" + "x" * 9000))
    # More than sockets hold, and far more than the ring does.
    for _ in range(2000):
        root.iam.simulate_custom_policy(PolicyInputList=[document], ActionNames=["s3:GetObject"])
    assert stream.next("lost")["count"] > 0
    stream.connection.close()


def test_streams_are_counted(server):
    streams = [stream_of(server) for _ in range(64)]
    assert server.http("GET", "/_iamlocal/events/stream").status == 503
    for stream in streams:
        stream.connection.close()


def test_the_server_stops_with_readers(start):
    server = start()
    stream_of(server)
    assert server.stop() == 0

