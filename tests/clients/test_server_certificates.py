"""Server certificates."""

import re

import pytest

from certificates import pem
import support
from support import (ACCOUNT, OTHER_ACCOUNT, Caller, allow, answer_of, call, denied, exists, invalid, limit, not_found,
                     refused, send)

# What the model has and this server has no occasion for (tests/model/test_coverage.py).
NO_OCCASION = {
    "DeleteConflict": ("nothing here uses a server certificate", "DeleteServerCertificate"),
    "LimitExceeded": ("nothing is added that has a quota", "UpdateServerCertificate"),
}

METADATA = {"Path", "ServerCertificateName", "ServerCertificateId", "Arn", "UploadDate", "Expiration"}
NO_PEM = "Unable to parse certificate. Please ensure the certificate is in PEM format."
MISMATCH = "The private key did not match the public key provided. Please verify the key material and try again."
STOPPED = ("Input tag parameters does not meet the acceptance criteria. For example, the provided tag keys/values must be "
           "unicode letters, digits, white space, and any of the following symbols: _ . : / = + - @.")


def chain_error(index):
    return ("Unable to validate certificate chain. The certificate chain must start with the immediate signing certificate, "
            f"followed by any intermediaries in order. The index within the chain of the invalid certificate is: {index}")


def malformed(message):
    return refused("MalformedCertificate", 400, message)


def upload(iam, name="web", certificate="leaf.crt", key="leaf.key", **more):
    body = pem(certificate) if certificate.endswith(".crt") else certificate
    return iam.upload_server_certificate(ServerCertificateName=name, CertificateBody=body, PrivateKey=pem(key), **more)


def arn(name, account=ACCOUNT):
    return f"arn:aws:iam::{account}:server-certificate/{name}"


def test_what_was_uploaded_can_be_read(server, iam):
    server.clock(freeze="2030-01-01T00:00:00Z")
    chain = pem("intermediate.crt") + pem("root.crt")
    made = answer_of(upload(iam, Path="/eu/west/", CertificateChain=chain))
    assert set(made) == {"ServerCertificateMetadata"}
    metadata = made["ServerCertificateMetadata"]
    assert set(metadata) == METADATA
    assert (metadata["Path"], metadata["ServerCertificateName"]) == ("/eu/west/", "web")
    assert metadata["Arn"] == arn("eu/west/web")
    assert re.fullmatch(r"ASCA[A-Z2-7]{17}", metadata["ServerCertificateId"])
    assert metadata["UploadDate"].isoformat() == "2030-01-01T00:00:00+00:00"
    assert metadata["Expiration"].isoformat() == "2049-01-02T03:04:05+00:00"
    found = iam.get_server_certificate(ServerCertificateName="WEB")["ServerCertificate"]
    assert found == {"ServerCertificateMetadata": metadata, "CertificateBody": pem("leaf.crt").rstrip("\n"),
                     "CertificateChain": chain.rstrip("\n"), "Tags": []}
    listed = answer_of(iam.list_server_certificates())
    assert listed == {"ServerCertificateMetadataList": [metadata], "IsTruncated": False}
    assert iam.delete_server_certificate(ServerCertificateName="web")["ResponseMetadata"]["HTTPStatusCode"] == 200
    with not_found("The Server Certificate with name web cannot be found."):
        iam.get_server_certificate(ServerCertificateName="web")


def test_without_a_chain(iam):
    upload(iam, CertificateChain=pem("intermediate.crt"), name="part")
    upload(iam)
    assert "CertificateChain" in iam.get_server_certificate(ServerCertificateName="part")["ServerCertificate"]
    assert "CertificateChain" not in iam.get_server_certificate(ServerCertificateName="web")["ServerCertificate"]


@pytest.mark.parametrize("certificate, key", [("leaf.crt", "leaf-sec1.key"), ("rsa.crt", "rsa.key"),
                                              ("namesake.crt", "other.key")])
def test_kinds_of_certificates_and_keys(iam, certificate, key):
    upload(iam, certificate=certificate, key=key)


@pytest.mark.parametrize("body", ["not a certificate", " ", "leaf.key", "leaf.crt root.crt", "before leaf.crt", "leaf.crt after"])
def test_what_is_no_certificate(iam, body):
    text = " ".join(pem(word) if "." in word else word for word in body.split(" "))
    with malformed(NO_PEM):
        iam.upload_server_certificate(ServerCertificateName="web", CertificateBody=text, PrivateKey=pem("leaf.key"))
    assert iam.list_server_certificates()["ServerCertificateMetadataList"] == []


def test_certificates_that_are_not_valid_now(server, iam):
    expired = "Certificate is no longer valid. The 'Not After' date restriction on the certificate has passed."
    with malformed(expired):
        upload(iam, certificate="expired.crt")
    server.clock(freeze="2021-01-02T03:04:06Z")
    with malformed(expired):
        upload(iam, certificate="expired.crt")
    server.clock(freeze="2021-01-02T03:04:05Z")
    upload(iam, certificate="expired.crt")
    server.clock(freeze="2020-01-02T03:04:04Z")
    with malformed(NO_PEM):
        upload(iam, "early")
    server.clock(freeze="2020-01-02T03:04:05Z")
    upload(iam, "early")


@pytest.mark.parametrize("key", ["leaf-encrypted.key", "leaf-sec1-encrypted.key", "leaf.crt"])
def test_what_is_no_private_key(iam, key):
    with malformed("Invalid Private Key."):
        upload(iam, key=key)


def test_the_key_must_be_the_certificates(iam):
    for key in ("other.key", "rsa.key"):
        with refused("KeyPairMismatch", 400, MISMATCH):
            upload(iam, key=key)
    with refused("KeyPairMismatch", 400, MISMATCH):
        upload(iam, key="other.key", CertificateChain=pem("root.crt"))


@pytest.mark.parametrize("names, index", [
    (["root.crt"], -1),
    (["namesake.crt"], -1),
    (["leaf.crt"], -1),
    (["root.crt", "intermediate.crt"], -1),
    (["intermediate.crt", "root.crt", "leaf.crt"], -1),
    (["namesake.crt", "root.crt"], 0),
    (["root.crt", "root.crt"], 0),
    (["intermediate.crt", "intermediate.crt", "root.crt"], 1),
])
def test_each_of_a_chain_certifies_the_one_before(iam, names, index):
    with malformed(chain_error(index)):
        upload(iam, CertificateChain="".join(map(pem, names)))


@pytest.mark.parametrize("chain", ["not a certificate", "leaf.key"])
def test_a_chain_that_is_no_pem_gets_no_message(server, chain):
    text = pem(chain) if "." in chain else chain
    answer = send(server, call("iam", "UploadServerCertificate", ServerCertificateName="web", CertificateBody=pem("leaf.crt"),
                               PrivateKey=pem("leaf.key"), CertificateChain=text))
    assert (answer.status, answer.find("Code"), answer.find("Message")) == (400, "MalformedCertificate", None)
    assert answer.find("Type") == "Sender"


def test_names_are_unique_without_case(iam):
    upload(iam, "Web")
    with exists("The Server Certificate with name wEB already exists."):
        upload(iam, "wEB")
    upload(iam, "other")
    for name in ("Web", "WEB", "OTHER"):
        with exists(f"The Server Certificate with name {name} already exists."):
            iam.update_server_certificate(ServerCertificateName="other", NewServerCertificateName=name)


def test_other_accounts_have_their_own(server, iam):
    upload(iam)
    other = Caller(server, key=OTHER_ACCOUNT).iam
    with not_found("The Server Certificate with name web cannot be found."):
        other.get_server_certificate(ServerCertificateName="web")
    assert upload(other)["ServerCertificateMetadata"]["Arn"] == arn("web", OTHER_ACCOUNT)
    server.post(f"/_iamlocal/reset?account={OTHER_ACCOUNT}")
    assert other.list_server_certificates()["ServerCertificateMetadataList"] == []
    assert len(iam.list_server_certificates()["ServerCertificateMetadataList"]) == 1


def test_there_are_twenty_at_most(iam):
    for number in range(20):
        upload(iam, f"web-{number}")
    with limit("Cannot exceed quota for ServerCertificatesPerAccount: 20"):
        upload(iam, "one-more")
    summary = iam.get_account_summary()["SummaryMap"]
    assert (summary["ServerCertificates"], summary["ServerCertificatesQuota"]) == (20, 20)
    iam.delete_server_certificate(ServerCertificateName="web-0")
    upload(iam, "one-more")


def test_pages_and_paths(iam):
    for name, path in (("c", "/x/"), ("A", "/x/y/"), ("b", "/z/")):
        upload(iam, name, Path=path)

    def names(answer):
        return [item["ServerCertificateName"] for item in answer["ServerCertificateMetadataList"]]

    first = iam.list_server_certificates(MaxItems=2)
    assert (names(first), first["IsTruncated"]) == (["A", "b"], True)
    last = iam.list_server_certificates(Marker=first["Marker"])
    assert (names(last), last["IsTruncated"], "Marker" in last) == (["c"], False, False)
    assert names(iam.list_server_certificates(PathPrefix="/x")) == ["A", "c"]
    assert names(iam.list_server_certificates(PathPrefix="/x/y/")) == ["A"]


def test_a_rename_keeps_id_and_tags(iam):
    made = upload(iam, "Old", Path="/before/", Tags=[{"Key": "Team", "Value": "one"}, {"Key": "team", "Value": "two"}])
    assert made["Tags"] == [{"Key": "Team", "Value": "one"}, {"Key": "team", "Value": "two"}]
    iam.update_server_certificate(ServerCertificateName="Old", NewPath="/after/")
    assert iam.get_server_certificate(ServerCertificateName="old")["ServerCertificate"]["ServerCertificateMetadata"][
        "Arn"] == arn("after/Old")
    iam.update_server_certificate(ServerCertificateName="Old", NewServerCertificateName="new")
    found = iam.get_server_certificate(ServerCertificateName="new")["ServerCertificate"]
    assert found["ServerCertificateMetadata"]["ServerCertificateId"] == made["ServerCertificateMetadata"]["ServerCertificateId"]
    assert found["ServerCertificateMetadata"]["Arn"] == arn("after/new")
    assert sorted(tag["Value"] for tag in found["Tags"]) == ["one", "two"]
    with not_found("The Server Certificate with name Old cannot be found."):
        iam.get_server_certificate(ServerCertificateName="Old")
    with exists("The Server Certificate with name NEW already exists."):  # it is taken by the certificate itself
        iam.update_server_certificate(ServerCertificateName="new", NewServerCertificateName="NEW")
    iam.update_server_certificate(ServerCertificateName="NEW", NewServerCertificateName="new", NewPath="/again/")
    assert iam.list_server_certificates()["ServerCertificateMetadataList"][0]["Arn"] == arn("again/new")


def test_an_update_with_nothing_takes_the_tags_for_good(iam):
    upload(iam, Tags=[{"Key": "Team", "Value": "one"}])
    iam.update_server_certificate(ServerCertificateName="web")
    assert iam.list_server_certificate_tags(ServerCertificateName="web")["Tags"] == []
    iam.update_server_certificate(ServerCertificateName="web", NewServerCertificateName="moved")
    with refused("InvalidInput", 400, STOPPED):
        iam.tag_server_certificate(ServerCertificateName="moved", Tags=[{"Key": "Team", "Value": "two"}])
    with refused("InvalidInput", 400, STOPPED):
        iam.untag_server_certificate(ServerCertificateName="moved", TagKeys=["Team"])
    assert iam.get_server_certificate(ServerCertificateName="moved")["ServerCertificate"]["Tags"] == []


def test_tags(server, iam):
    upload(iam)
    iam.tag_server_certificate(ServerCertificateName="web", Tags=[{"Key": "b", "Value": "1"}, {"Key": "B", "Value": ""}])
    iam.tag_server_certificate(ServerCertificateName="web", Tags=[{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "3"}])
    first = iam.list_server_certificate_tags(ServerCertificateName="web", MaxItems=2)
    assert (first["Tags"], first["IsTruncated"]) == ([{"Key": "B", "Value": ""}, {"Key": "a", "Value": "3"}], True)
    last = iam.list_server_certificate_tags(ServerCertificateName="web", Marker=first["Marker"])
    assert (last["Tags"], last["IsTruncated"]) == ([{"Key": "b", "Value": "2"}], False)
    iam.untag_server_certificate(ServerCertificateName="web", TagKeys=["A", "b", "absent"])
    assert [tag["Key"] for tag in iam.list_server_certificate_tags(ServerCertificateName="web")["Tags"]] == ["B", "a"]
    for action, words in (("TagServerCertificate", "map"), ("UntagServerCertificate", "keys")):
        empty = ("Tags" if words == "map" else "TagKeys", "")
        answer = send(server, call("iam", action, empty, ServerCertificateName="web"))
        assert answer.error() == (400, "InvalidInput", f"The provided tag {words} must not be null/empty.")


def test_tags_that_cannot_be(iam):
    upload(iam)
    reserved = "Tag keys beginning with aws: are reserved for system use."
    with refused("InvalidInput", 400, reserved):
        iam.tag_server_certificate(ServerCertificateName="web", Tags=[{"Key": "aws:x", "Value": "1"}])
    with refused("InvalidInput", 400, reserved):
        upload(iam, "tagged", Tags=[{"Key": "AWS:x", "Value": "1"}])
    fifty = [{"Key": f"k{number}", "Value": "v"} for number in range(50)]
    iam.tag_server_certificate(ServerCertificateName="web", Tags=fifty)
    with limit("The number of tags has reached the maximum limit."):
        iam.tag_server_certificate(ServerCertificateName="web", Tags=[{"Key": "more", "Value": "v"}])
    with invalid("1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must have length less "
                 "than or equal to 50"):
        iam.tag_server_certificate(ServerCertificateName="web", Tags=[*fifty, {"Key": "more", "Value": "v"}])


@pytest.mark.parametrize("operation, more", [
    ("get_server_certificate", {}), ("delete_server_certificate", {}), ("update_server_certificate", {"NewPath": "/x/"}),
    ("tag_server_certificate", {"Tags": [{"Key": "k", "Value": "v"}]}), ("untag_server_certificate", {"TagKeys": ["k"]}),
    ("list_server_certificate_tags", {}),
])
def test_certificates_that_are_not_there(iam, operation, more):
    with not_found("The Server Certificate with name nothing cannot be found."):
        getattr(iam, operation)(ServerCertificateName="nothing", **more)


def test_what_requests_must_have(server, iam):
    with invalid(pattern="^The specified value for serverCertificateName is invalid. It must contain only"):
        iam.get_server_certificate(ServerCertificateName="a b")
    with invalid("1 validation error detected: Value at 'privateKey' failed to satisfy constraint: Member must have length "
                 "less than or equal to 16384"):
        iam.upload_server_certificate(ServerCertificateName="web", CertificateBody="x", PrivateKey="x" * 16385)
    answer = send(server, call("iam", "UploadServerCertificate"))
    status, code, message = answer.error()
    assert (status, code) == (400, "ValidationError") and message.startswith("3 validation errors detected: "), message
    answer = send(server, call("iam", "UploadServerCertificate", ServerCertificateName="web", CertificateBody="\u0100",
                               PrivateKey="x"))
    assert answer.error()[:2] == (400, "ValidationError")
    assert iam.list_server_certificates()["ServerCertificateMetadataList"] == []


def test_permissions(root):
    upload(root.iam, Path="/eu/", Tags=[{"Key": "team", "Value": "red"}])
    bob = root.user("bob", allow("iam:*ServerCertificate*", arn("eu/*")))
    assert bob.iam.get_server_certificate(ServerCertificateName="web")
    with denied(f"User: {bob.arn()} is not authorized to perform: iam:UploadServerCertificate on resource: {arn('us/b')} "
                "because no identity-based policy allows the iam:UploadServerCertificate action"):
        upload(bob.iam, "b", Path="/us/")
    # The new name needs the permission as well.
    with denied(f"User: {bob.arn()} is not authorized to perform: iam:UpdateServerCertificate on resource: server certificate "
                "web because no identity-based policy allows the iam:UpdateServerCertificate action"):
        bob.iam.update_server_certificate(ServerCertificateName="web", NewPath="/us/")
    bob.iam.update_server_certificate(ServerCertificateName="web", NewServerCertificateName="b")
    eve = root.user("eve", allow("iam:UploadServerCertificate"),
                    allow("iam:GetServerCertificate", Condition={"StringEquals": {"aws:ResourceTag/team": "red"}}))
    assert eve.iam.get_server_certificate(ServerCertificateName="b")
    upload(eve.iam, "mine")
    with denied(pattern="iam:TagServerCertificate"):
        upload(eve.iam, "tagged", Tags=[{"Key": "team", "Value": "red"}])
    with denied(f"User: {eve.arn()} is not authorized to perform: iam:GetServerCertificate on resource: server certificate "
                "mine because no identity-based policy allows the iam:GetServerCertificate action"):
        eve.iam.get_server_certificate(ServerCertificateName="mine")


def test_nothing_of_a_private_key_is_kept(start, tmp_path):
    """Neither in the data directory nor in the log."""
    folder = tmp_path / "data"
    server = start("--data-dir", str(folder))
    upload(Caller(server).iam)
    with refused("KeyPairMismatch", 400):
        upload(Caller(server).iam, "b", key="other.key")
    server.stop()
    kept = server.log().encode() + support.kept_in(folder)
    assert b"server-certificate" in kept or b"web" in kept
    assert pem("leaf.crt").splitlines()[2].encode() in kept, "the certificate is"
    for name in ("leaf.key", "other.key"):
        assert pem(name).splitlines()[1].encode() not in kept
    again = start("--data-dir", str(folder))
    found = Caller(again).iam.get_server_certificate(ServerCertificateName="web")["ServerCertificate"]
    assert found["CertificateBody"] == pem("leaf.crt").rstrip("\n")
