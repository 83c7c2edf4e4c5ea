"""No secret is in a record: neither what is sent nor what is answered, for every operation that has one."""

import json
import re
import uuid

import pytest

import mfa
import saml
import samples
import support
import trail
from support import Caller, allow, policy, root_arn

# Names of members that hold secrets, in requests and answers.
SECRET = re.compile(r"password$|^privatekey$|^addprivatekey$|secret(accesskey)?$|secretaccesskey|seed$|qrcode|tokencode$|"
                    r"^authenticationcode|assertion$|^webidentitytoken$|^tradeintoken$|servicecredentialsecret", re.I)
# Of these the names look like it.
OPEN = {
    "sAMLAssertionID", "allowUsersToChangePassword", "sessionToken", "subjectFromWebIdentityToken", "hardExpiry",
    "removePrivateKey",
}


def members(value, path=""):
    """(name, text) of all that is in a structure."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from members(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from members(inner, path)
    else:
        yield path, value


def leaves(facts, name):
    """The names of a member's texts, by the model; nested ones as `Outer.Inner`."""
    kind = facts.get("type")
    if kind in ("structure", "union"):
        for member, inner in facts.get("members", {}).items():
            yield from leaves(inner, f"{name}.{member}")
    elif kind == "list":
        yield from leaves(facts["member"], f"{name}.member.1")
    elif kind == "map":
        yield f"{name}.entry.1.key"
        yield from leaves(facts["value"], f"{name}.entry.1.value")
    elif kind == "string":
        yield name


def is_secret(name):
    last = [part for part in name.split(".") if part not in ("member", "1", "entry", "key", "value")][-1]
    return bool(SECRET.search(last)) and last[0].lower() + last[1:] not in OPEN


def test_every_operations_members(server, root):
    """A mark in every text of every operation: those of secrets are in no record, and the others are in some."""
    marks = {}
    for (service, name), facts in samples.OPERATIONS.items():
        sent = {"Action": name, "Version": support.VERSIONS[service]}
        for member, rules in facts["input"].items():
            for leaf in leaves(rules, member):
                mark = f"mark{uuid.uuid4().hex}"
                sent[leaf] = mark
                marks[mark] = (name, leaf)
        if not facts.get("anonymous"):
            support.send(server, list(sent.items()), service=service)
    shown = trail.text(trail.events(server, limit=1000))
    leaked = sorted(where for mark, where in marks.items() if is_secret(where[1]) and mark in shown)
    assert leaked == []
    seen = {where[0] for mark, where in marks.items() if mark in shown}
    assert len(seen) > 150
    # What is recorded lacks nothing but secrets.
    absent = sorted(where for mark, where in marks.items()
                    if where[0] in seen and mark not in shown and not is_secret(where[1]))
    assert absent == []


@pytest.fixture
def secrets(server, root):
    """What was given out or sent, each text with where it came from."""
    found = {}

    def keep(where, text):
        assert text and len(text) >= 6
        found[text] = where
        return text

    keep.found = found
    return keep


def check(server, secrets):
    shown = trail.text(trail.events(server, limit=1000))
    assert [where for text, where in secrets.found.items() if json.dumps(text)[1:-1] in shown] == []
    for record in trail.events(server, limit=1000):
        for part in ("requestParameters", "responseElements"):
            bad = [name for name, _ in members(record[part]) if SECRET.search(name) and name not in OPEN]
            assert bad == [], (record["eventName"], bad)


def test_what_answers_give_out(server, root, secrets):
    iam = root.iam
    iam.create_user(UserName="alice")
    key = iam.create_access_key(UserName="alice")["AccessKey"]
    secrets("CreateAccessKey", key["SecretAccessKey"])
    iam.put_user_policy(UserName="alice", PolicyName="all", PolicyDocument=policy(allow("*")))
    device = mfa.Device(root)
    secrets("seed", device.seed.decode() if isinstance(device.seed, bytes) else device.seed)
    made = iam.create_service_specific_credential(UserName="alice", ServiceName="codecommit.amazonaws.com")
    secrets("service password", made["ServiceSpecificCredential"]["ServicePassword"])
    again = iam.reset_service_specific_credential(
        UserName="alice", ServiceSpecificCredentialId=made["ServiceSpecificCredential"]["ServiceSpecificCredentialId"])
    secrets("service password", again["ServiceSpecificCredential"]["ServicePassword"])
    alice = Caller(server, key["AccessKeyId"], key["SecretAccessKey"])
    role = root.role("r", root_arn())
    for answer in (alice.sts.assume_role(RoleArn=role, RoleSessionName="s-1"), alice.sts.get_session_token(),
                   alice.sts.get_federation_token(Name="bob", Policy=policy(allow("*")))):
        secrets("session", answer["Credentials"]["SecretAccessKey"])
    # In JSON, too.
    answer = support.send(server, support.call("sts", "AssumeRole", RoleArn=role, RoleSessionName="s-2"), service="sts",
                          key=alice.key, secret=alice.secret, headers={"Accept": "application/json"})
    given = answer.json()["AssumeRoleResponse"]["AssumeRoleResult"]["Credentials"]
    secrets("session in JSON", given["SecretAccessKey"])
    check(server, secrets)
    newest = trail.event(server)
    assert newest["responseElements"]["credentials"]["accessKeyId"] == given["AccessKeyId"]
    assert trail.WORDS.fullmatch(newest["responseElements"]["credentials"]["expiration"])
    assert trail.event(server, event="CreateVirtualMFADevice")["responseElements"] == {
        "virtualMFADevice": {"serialNumber": device.serial}}
    assert set(trail.event(server, event="CreateAccessKey")["responseElements"]["accessKey"]) == {
        "userName", "accessKeyId", "status", "createDate"}


def test_what_requests_send(server, root, secrets):
    iam = root.iam
    alice = root.user("alice", allow("*"))
    iam.create_login_profile(UserName="alice", Password=secrets("password", "Sec-ret 1&=%+ü!"), PasswordResetRequired=False)
    assert trail.event(server, event="CreateLoginProfile")["requestParameters"] == {
        "userName": "alice", "passwordResetRequired": False}
    iam.update_login_profile(UserName="alice", Password=secrets("password", "Other-secret-2"))
    alice.iam.change_password(OldPassword="Other-secret-2", NewPassword=secrets("password", "Third-secret-3"))
    assert trail.event(server, event="ChangePassword")["requestParameters"] is None
    with support.refused("NoSuchEntity", 404):
        iam.create_login_profile(UserName="nobody", Password=secrets("password of nobody", "Fourth-secret-4"))
    server.clock(freeze=mfa.NOON)
    device = mfa.Device(root)
    pair = device.pair()
    iam.enable_mfa_device(UserName="alice", SerialNumber=device.serial, **pair)
    assert trail.event(server, event="EnableMFADevice")["requestParameters"] == {
        "userName": "alice", "serialNumber": device.serial}
    # A presigned request has them in its target.
    answer = support.send_get(server, support.call("iam", "UpdateLoginProfile", UserName="alice",
                                                   Password=secrets("password in a target", "Fifth-secret-5")), service="iam")
    assert answer.status == 200, answer.text
    assert trail.event(server, event="UpdateLoginProfile")["requestParameters"] == {"userName": "alice"}
    # And one that is compressed has them where nobody can look.
    body = support.form(support.call("iam", "UpdateLoginProfile", UserName="alice",
                                     Password=secrets("password in gzip", "Sixth-secret-6")))
    packed = support.compressed(body)
    headers = support.signed_headers(server, body=packed, extra={"Content-Encoding": "gzip"})
    assert server.http("POST", "/", headers, packed).status == 200
    assert trail.event(server, event="UpdateLoginProfile")["requestParameters"] == {"userName": "alice"}
    check(server, secrets)


def test_private_keys(server, root, secrets):
    key = saml.Key()
    certificate = f"-----BEGIN CERTIFICATE-----\n{key.certificate}\n-----END CERTIFICATE-----\n"
    for line in key.pem.splitlines()[1:-1]:
        secrets("private key", line) if len(line) > 40 else None
    root.iam.upload_server_certificate(ServerCertificateName="site", CertificateBody=certificate, PrivateKey=key.pem)
    record = trail.event(server, event="UploadServerCertificate")
    assert set(record["requestParameters"]) == {"serverCertificateName", "certificateBody"}
    idp = saml.Idp()
    members_sent = [("Name", "corp"), ("SAMLMetadataDocument", idp.metadata()), ("AddPrivateKey", key.pem),
                    ("AssertionEncryptionMode", "Allowed")]
    answer = support.send(server, support.call("iam", "CreateSAMLProvider", *members_sent))
    assert answer.status == 200, answer.text
    assert set(trail.event(server, event="CreateSAMLProvider")["requestParameters"]) == {
        "name", "sAMLMetadataDocument", "assertionEncryptionMode"}
    check(server, secrets)
