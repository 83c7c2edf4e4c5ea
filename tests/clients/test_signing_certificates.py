"""Signing certificates, of users and of root."""

import base64
import hashlib

import pytest

from certificates import der, pem
from support import (ACCOUNT, OTHER_ACCOUNT, Caller, allow, answer_of, call, conflict, denied, invalid, limit, not_found,
                     refused, send)

# What the model has and this server has no occasion for (tests/model/test_coverage.py).
NO_OCCASION = {
    "EntityAlreadyExists": ("AWS answers the same certificate again, or DuplicateCertificate", "UploadSigningCertificate"),
    "InvalidCertificate": ("AWS answers MalformedCertificate", "UploadSigningCertificate"),
    "LimitExceeded": ("nothing is added that has a quota", "UpdateSigningCertificate"),
}


def id_of(text):
    return base64.b32encode(hashlib.sha1(der(text)).digest()).decode()


def upload(iam, name="leaf.crt", user="bob"):
    return iam.upload_signing_certificate(UserName=user, CertificateBody=pem(name))["Certificate"]


@pytest.fixture
def bob(iam):
    iam.create_user(UserName="bob")
    return iam


def test_what_was_uploaded_is_listed(server, bob):
    server.clock(freeze="2030-01-01T00:00:00Z")
    made = upload(bob)
    assert made.pop("UploadDate").isoformat() == "2030-01-01T00:00:00+00:00"
    assert made == {"UserName": "bob", "CertificateId": id_of(pem("leaf.crt")), "CertificateBody": pem("leaf.crt"),
                    "Status": "Active"}
    listed = answer_of(bob.list_signing_certificates(UserName="bob"))
    assert listed["IsTruncated"] is False
    assert listed["Certificates"][0].pop("UploadDate").isoformat() == "2030-01-01T00:00:00+00:00"
    assert listed["Certificates"] == [made]
    bob.delete_signing_certificate(UserName="bob", CertificateId=made["CertificateId"])
    assert bob.list_signing_certificates(UserName="bob")["Certificates"] == []


@pytest.mark.parametrize("name", ["rsa.crt", "short.crt", "root.crt"])
def test_kinds_of_certificates(bob, name):
    assert upload(bob, name)["CertificateId"] == id_of(pem(name))


@pytest.mark.parametrize("text", ["not a certificate", "leaf.key", "expired.crt", "leaf.crt root.crt"])
def test_what_is_malformed(bob, text):
    body = " ".join(pem(word) if "." in word else word for word in text.split(" "))
    with refused("MalformedCertificate", 400, f"Certificate {body} is malformed."):
        bob.upload_signing_certificate(UserName="bob", CertificateBody=body)


def test_a_certificate_of_the_future_is_malformed(server, bob):
    server.clock(freeze="2020-01-02T03:04:04Z")
    with refused("MalformedCertificate", 400, f"Certificate {pem('leaf.crt')} is malformed."):
        upload(bob)


def test_the_same_again_changes_nothing(server, bob):
    server.clock(freeze="2030-01-01T00:00:00Z")
    made = upload(bob)
    bob.update_signing_certificate(UserName="bob", CertificateId=made["CertificateId"], Status="Inactive")
    server.clock(freeze="2030-01-01T00:01:00Z")
    assert upload(bob) == made, "Active, whatever is stored"
    listed = bob.list_signing_certificates(UserName="bob")["Certificates"]
    assert [(c["Status"], c["UploadDate"]) for c in listed] == [("Inactive", made["UploadDate"])]
    upload(bob, "root.crt")
    assert upload(bob) == made, "it is not a third one"


def test_a_certificate_belongs_to_one_user_of_an_account(server, bob):
    bob.create_user(UserName="eve")
    made = upload(bob)
    with refused("DuplicateCertificate", 409, "Duplicate certificate uploaded."):
        upload(bob, user="eve")
    with refused("DuplicateCertificate", 409, "Duplicate certificate uploaded."):
        bob.upload_signing_certificate(CertificateBody=pem("leaf.crt"))
    message = f"The Certificate with id {made['CertificateId']} cannot be found."
    with not_found(message):
        bob.update_signing_certificate(UserName="eve", CertificateId=made["CertificateId"], Status="Inactive")
    with not_found(message):
        bob.delete_signing_certificate(UserName="eve", CertificateId=made["CertificateId"])
    with not_found(message):
        bob.delete_signing_certificate(CertificateId=made["CertificateId"])
    other = Caller(server, key=OTHER_ACCOUNT).iam
    other.create_user(UserName="bob")
    upload(other)


def test_two_at_most(bob):
    first = upload(bob)
    bob.update_signing_certificate(UserName="bob", CertificateId=first["CertificateId"], Status="Inactive")
    upload(bob, "root.crt")
    with limit("Cannot exceed quota for CertificatesPerUser: 2"):
        upload(bob, "rsa.crt")
    assert bob.get_account_summary()["SummaryMap"]["SigningCertificatesPerUserQuota"] == 2


def test_status(bob):
    made = upload(bob)["CertificateId"]
    for status in ("Inactive", "Active"):
        bob.update_signing_certificate(UserName="bob", CertificateId=made, Status=status)
        assert bob.list_signing_certificates(UserName="bob")["Certificates"][0]["Status"] == status
    with refused("InvalidInput", 400, "Operation does not support status Expired"):
        bob.update_signing_certificate(UserName="bob", CertificateId=made, Status="Expired")
    with invalid("1 validation error detected: Value at 'status' failed to satisfy constraint: Member must satisfy enum "
                 "value set: [Active, Inactive, Expired]"):
        bob.update_signing_certificate(UserName="bob", CertificateId=made, Status="active")


def test_what_is_not_there(bob):
    absent = "A" * 32
    with not_found(f"The Certificate with id {absent} cannot be found."):
        bob.delete_signing_certificate(UserName="bob", CertificateId=absent)
    with not_found(f"The Certificate with id {absent} cannot be found."):
        bob.update_signing_certificate(UserName="bob", CertificateId=absent, Status="Active")
    nobody = "The user with name nobody cannot be found."
    with not_found(nobody):
        bob.upload_signing_certificate(UserName="nobody", CertificateBody="not a certificate")
    with not_found(nobody):
        bob.list_signing_certificates(UserName="nobody")
    with not_found(nobody):
        bob.update_signing_certificate(UserName="nobody", CertificateId=absent, Status="Expired")
    with not_found(nobody):
        bob.delete_signing_certificate(UserName="nobody", CertificateId=absent)


def test_pages(server, bob):
    upload(bob, "root.crt")
    upload(bob, "leaf.crt")
    first = bob.list_signing_certificates(UserName="bob", MaxItems=1)
    assert first["IsTruncated"] is True
    last = bob.list_signing_certificates(UserName="bob", Marker=first["Marker"])
    assert last["IsTruncated"] is False and "Marker" not in last
    ids = [certificate["CertificateId"] for page in (first, last) for certificate in page["Certificates"]]
    assert sorted(ids) == sorted(map(id_of, (pem("root.crt"), pem("leaf.crt"))))


def test_roots_own(server, bob):
    """Root is meant without UserName, and has no name in the answers."""
    assert bob.get_account_summary()["SummaryMap"]["AccountSigningCertificatesPresent"] == 0
    made = bob.upload_signing_certificate(CertificateBody=pem("leaf.crt"))["Certificate"]
    assert set(made) == {"CertificateId", "CertificateBody", "Status", "UploadDate"}
    assert bob.list_signing_certificates()["Certificates"] == [made]
    assert bob.list_signing_certificates(UserName="bob")["Certificates"] == []
    assert bob.get_account_summary()["SummaryMap"]["AccountSigningCertificatesPresent"] == 1
    bob.upload_signing_certificate(CertificateBody=pem("root.crt"))
    with limit("Cannot exceed quota for CertificatesPerUser: 2"):
        bob.upload_signing_certificate(CertificateBody=pem("rsa.crt"))
    bob.update_signing_certificate(CertificateId=made["CertificateId"], Status="Inactive")
    assert {c["Status"] for c in bob.list_signing_certificates()["Certificates"]} == {"Active", "Inactive"}
    with refused("DuplicateCertificate", 409, "Duplicate certificate uploaded."):
        upload(bob)
    bob.delete_signing_certificate(CertificateId=made["CertificateId"])
    upload(bob)
    server.post(f"/_iamlocal/reset?account={ACCOUNT}")
    assert bob.list_signing_certificates()["Certificates"] == []


def test_users_manage_their_own(root):
    bob = root.user("bob", allow("iam:*SigningCertificate*", f"arn:aws:iam::{ACCOUNT}:user/${{aws:username}}"))
    root.iam.create_user(UserName="eve")
    made = bob.iam.upload_signing_certificate(CertificateBody=pem("leaf.crt"))["Certificate"]
    assert made["UserName"] == "bob"
    bob.iam.update_signing_certificate(CertificateId=made["CertificateId"], Status="Inactive")
    assert len(bob.iam.list_signing_certificates()["Certificates"]) == 1
    bob.iam.delete_signing_certificate(CertificateId=made["CertificateId"])
    with denied(f"User: {bob.arn()} is not authorized to perform: iam:UploadSigningCertificate on resource: user eve because "
                "no identity-based policy allows the iam:UploadSigningCertificate action"):
        upload(bob.iam, user="eve")
    role = root.user("amy", allow("sts:AssumeRole")).assume(root.role("job", ACCOUNT, allow("*")))
    with invalid("Must specify userName when calling with non-User credentials"):
        role.iam.list_signing_certificates()


def test_they_follow_the_user(bob):
    made = upload(bob)
    bob.update_user(UserName="bob", NewUserName="rob")
    assert bob.list_signing_certificates(UserName="rob")["Certificates"][0]["UserName"] == "rob"
    with conflict("Cannot delete entity, must delete certificates first."):
        bob.delete_user(UserName="rob")
    bob.delete_signing_certificate(UserName="rob", CertificateId=made["CertificateId"])
    bob.delete_user(UserName="rob")


def test_the_raw_wire(server, bob):
    answer = send(server, call("iam", "UploadSigningCertificate", UserName="bob"))
    assert answer.error() == (400, "ValidationError", "1 validation error detected: Value at 'certificateBody' failed to "
                                                      "satisfy constraint: Member must not be null")
    answer = send(server, call("iam", "DeleteSigningCertificate", UserName="bob", CertificateId="short"))
    assert "Member must have length greater than or equal to 24" in answer.error()[2]
    answer = send(server, call("iam", "UploadSigningCertificate", UserName="bob", CertificateBody="x" * 16385))
    assert "Member must have length less than or equal to 16384" in answer.error()[2]
    assert bob.list_signing_certificates(UserName="bob")["Certificates"] == []
