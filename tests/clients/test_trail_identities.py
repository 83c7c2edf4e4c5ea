"""Who called, where somebody else's word was taken: identity providers, services, roots of member accounts, MFA."""

import json

import pytest

import mfa
import programs
import saml
import support
import trail
import web_identity
from newer import Newer
from support import ACCOUNT, Caller, allow, denied, policy, root_arn, trust
from test_assume_root import MEMBER, administrator, as_root, declare
from trail import event, events

ISSUER = "https://idp.example.com/realm"
NAME = "idp.example.com/realm"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{NAME}"
KEY = web_identity.Key("rsa")


@pytest.fixture(scope="module")
def module_server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    (folder / "keys.json").write_text(json.dumps(web_identity.key_set(KEY)))
    server = support.Server(folder, "--oidc-jwks", f"{ISSUER}={folder / 'keys.json'}", "--metadata-listen", "127.0.0.1:0",
                            "--metadata-profile", "web")
    yield server
    assert server.stop() == 0, server.log()[-4000:]


def test_a_web_identity(server, root):
    root.iam.create_open_id_connect_provider(Url=ISSUER, ClientIDList=["client"])
    role = root.role("web", [web_identity.web_trust(PROVIDER)], allow("iam:ListUsers"))
    token = web_identity.signed(KEY, web_identity.claims_of(ISSUER, aud="client", sub="somebody"))
    session = web_identity.session_of(server, token, role, "job")
    record = event(server, event="AssumeRoleWithWebIdentity")
    assert record["userIdentity"] == {"type": "WebIdentityUser", "principalId": f"{PROVIDER}:client:somebody",
                                      "userName": "somebody", "identityProvider": PROVIDER}
    assert record["requestParameters"] == {"roleArn": role, "roleSessionName": "job"}
    assert (record["readOnly"], record["recipientAccountId"]) == (True, ACCOUNT)
    assert record["resources"] == [{"accountId": ACCOUNT, "type": "AWS::IAM::Role", "ARN": role}]
    assert record["additionalEventData"]["identityProviderConnectionVerificationMethod"] == "IAMTrustStore"
    answer = record["responseElements"]
    assert (answer["subjectFromWebIdentityToken"], answer["audience"], answer["provider"]) == ("somebody", "client", PROVIDER)
    assert answer["credentials"]["accessKeyId"] == session.key
    assert token not in trail.text(events(server))
    session.iam.list_users()
    context = event(server, event="ListUsers")["userIdentity"]["sessionContext"]
    assert list(context) == ["sessionIssuer", "webIdFederationData", "attributes"]
    assert context["webIdFederationData"] == {"federatedProvider": PROVIDER, "attributes": {}}
    # A refusal of somebody who is known is recorded, too.
    root.iam.delete_role_policy(RoleName="web", PolicyName="inline")
    root.iam.delete_role(RoleName="web")
    with denied():
        web_identity.assume(server, token, role)
    record = event(server, event="AssumeRoleWithWebIdentity")
    assert (record["errorCode"], record["userIdentity"]["userName"]) == ("AccessDenied", "somebody")
    assert "resources" not in record


def test_a_saml_user(server, root):
    idp = saml.Idp()
    root.iam.create_saml_provider(Name="corp", SAMLMetadataDocument=idp.metadata())
    provider = saml.arn("saml-provider", "corp")
    role = root.role("sso", [trust({"Federated": provider}, [
        "sts:AssumeRoleWithSAML", "sts:TagSession", "sts:SetSourceIdentity"])])
    response = idp.response(id="_abc123", attributes=[("PrincipalTag:team", "blue"), ("TransitiveTagKeys", "team"),
                                                      ("SourceIdentity", "al")])
    given = root.sts.assume_role_with_saml(RoleArn=role, PrincipalArn=provider, SAMLAssertion=response)
    # The members of a record of July 2026, in its order.
    assert list(events(server, event="AssumeRoleWithSAML")[0]) == [
        "eventVersion", "userIdentity", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress", "userAgent",
        "requestParameters", "responseElements", "additionalEventData", "requestID", "eventID", "readOnly", "resources",
        "eventType", "managementEvent", "recipientAccountId", "eventCategory"]
    record = event(server, event="AssumeRoleWithSAML")
    assert list(record["responseElements"]["credentials"]) == ["accessKeyId", "sessionToken", "expiration"]
    assert set(record["additionalEventData"]) == {"ExtendedRequestId", "RequestDetails"}
    qualifier = given["NameQualifier"]
    assert record["userIdentity"] == {"type": "SAMLUser", "principalId": f"{qualifier}:alice@corp", "userName": "alice@corp",
                                      "identityProvider": qualifier}
    assert record["requestParameters"] == {
        "roleArn": role, "principalArn": provider, "roleSessionName": "alice", "sAMLAssertionID": "_abc123",
        "principalTags": {"team": "blue"}, "transitiveTagKeys": ["team"], "sourceIdentity": "al"}
    answer = record["responseElements"]
    assert {name: answer[name] for name in ("subject", "subjectType", "issuer", "audience", "nameQualifier")} == {
        "subject": "alice@corp", "subjectType": "persistent", "issuer": idp.entity, "audience": saml.SIGN_IN,
        "nameQualifier": qualifier}
    assert record["resources"] == [{"accountId": ACCOUNT, "type": "AWS::IAM::Role", "ARN": role},
                                   {"accountId": ACCOUNT, "type": "AWS::IAM::SAMLProvider", "ARN": provider}]
    assert response not in trail.text(events(server))
    assert given["Credentials"]["SecretAccessKey"] not in trail.text(events(server))


def test_a_service(server, root):
    role = root.role("web", programs.TRUST_OF_EC2, allow("*"))
    root.iam.create_instance_profile(InstanceProfileName="web")
    root.iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="web")
    url = programs.metadata_url(server)
    given = programs.imds(url, "/latest/meta-data/iam/security-credentials/web").json()
    record = event(server, event="AssumeRole")
    assert record["userIdentity"] == {"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}
    assert record["sourceIPAddress"] == "ec2.amazonaws.com"
    assert record["requestParameters"]["roleArn"] == role
    assert record["responseElements"]["credentials"]["accessKeyId"] == given["AccessKeyId"]
    assert record["resources"] == [{"accountId": ACCOUNT, "type": "AWS::IAM::Role", "ARN": role}]
    assert record["recipientAccountId"] == ACCOUNT
    assert given["SecretAccessKey"] not in trail.text(events(server))
    Caller(server, given["AccessKeyId"], given["SecretAccessKey"], given["Token"]).iam.list_users()
    context = event(server, event="ListUsers")["userIdentity"]["sessionContext"]
    assert context["ec2RoleDelivery"] == "2.0"


def test_root_of_a_member_account(server):
    declare(server)
    management = Newer(Caller(server, key="999999999999"))
    management.enable_organizations_root_credentials_management()
    management.enable_organizations_root_sessions()
    admin = administrator(server)
    as_root(admin).iam.get_user()
    record = event(server, event="GetUser")
    assert record["userIdentity"]["type"] == "Root"
    assert record["userIdentity"]["arn"] == f"arn:aws:iam::{MEMBER}:root"
    assert record["userIdentity"]["sessionContext"]["assumedRoot"] == "true"
    assert record["recipientAccountId"] == MEMBER
    assumed = event(server, event="AssumeRoot")
    assert assumed["readOnly"] is False
    assert assumed["requestParameters"]["targetPrincipal"] == MEMBER
    assert assumed["requestParameters"]["taskPolicyArn"]["arn"].startswith("arn:aws:iam::aws:policy/root-task/")
    assert assumed["responseElements"]["credentials"]["accessKeyId"] == record["userIdentity"]["accessKeyId"]
    server.http("DELETE", "/_iamlocal/organization")


def test_mfa(server, root):
    bob = root.user("bob", allow("*"))
    server.clock(freeze=mfa.NOON)
    device = mfa.Device(root).enable("bob")
    server.clock(advance="5m")
    code = device.code()
    given = bob.sts.get_session_token(SerialNumber=device.serial, TokenCode=code)
    record = event(server, event="GetSessionToken")
    assert record["requestParameters"] == {"serialNumber": device.serial}
    support.of_credentials(server, given["Credentials"]).iam.list_users()
    context = event(server, event="ListUsers")["userIdentity"]["sessionContext"]
    assert context["attributes"] == {"creationDate": context["attributes"]["creationDate"], "mfaAuthenticated": "true"}
    assert event(server, event="ListUsers")["userIdentity"]["type"] == "IAMUser"


def test_scoped_credentials_say_what_they_are_for(server, root):
    role = root.role("job", root_arn(), allow("*"))
    session = root.user("bob", allow("*")).assume(role, "work")
    given = Newer(session).get_scoped_credentials(Policy=policy(allow("iam:List*")), ScopedSessionDescription="of the build")
    record = event(server, event="GetScopedCredentials")
    assert record["requestParameters"] == {"policy": policy(allow("iam:List*")), "scopedSessionDescription": "of the build"}
    assert record["responseElements"]["sessionInfo"]["arn"].endswith("assumed-role/job/work")
    assert given["Credentials"]["SecretAccessKey"] not in trail.text(events(server))
