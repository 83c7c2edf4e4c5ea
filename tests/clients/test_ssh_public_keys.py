"""SSH public keys."""

import hashlib
import re

import pytest

from certificates import pem, public_key_pem, rsa_numbers, ssh_bytes, ssh_line
from support import (ACCOUNT, OTHER_ACCOUNT, Caller, allow, answer_of, call, conflict, denied, invalid, limit, not_found,
                     refused, send)

# What the model has and this server has no occasion for (tests/model/test_coverage.py).
NO_OCCASION = {
    "UnrecognizedPublicKeyEncoding": ("an encoding that is none is a ValidationError", "GetSSHPublicKey"),
}

NUMBERS = rsa_numbers()


def fingerprint(numbers):
    return hashlib.md5(ssh_bytes(*numbers)).digest().hex(":")


def upload(iam, numbers=NUMBERS, user="bob", form=ssh_line):
    return iam.upload_ssh_public_key(UserName=user, SSHPublicKeyBody=form(*numbers))["SSHPublicKey"]


@pytest.fixture
def bob(iam):
    iam.create_user(UserName="bob")
    return iam


@pytest.mark.parametrize("form", [lambda *n: ssh_line(*n) + " someone@example\n", ssh_line, public_key_pem])
def test_one_key_in_two_forms(server, bob, form):
    server.clock(freeze="2030-01-01T00:00:00Z")
    made = upload(bob, form=form)
    assert re.fullmatch(r"APKA[A-Z2-7]{16}", made["SSHPublicKeyId"])
    assert made.pop("UploadDate").isoformat() == "2030-01-01T00:00:00+00:00"
    assert made.pop("SSHPublicKeyBody") == form(*NUMBERS), "as it was sent"
    assert made == {"UserName": "bob", "SSHPublicKeyId": made["SSHPublicKeyId"], "Fingerprint": fingerprint(NUMBERS),
                    "Status": "Active"}
    for encoding, body in (("SSH", ssh_line(*NUMBERS)), ("PEM", public_key_pem(*NUMBERS))):
        found = bob.get_ssh_public_key(UserName="bob", SSHPublicKeyId=made["SSHPublicKeyId"], Encoding=encoding)["SSHPublicKey"]
        assert found.pop("UploadDate").isoformat() == "2030-01-01T00:00:00+00:00"
        assert found.pop("SSHPublicKeyBody") == body
        assert found == made
    listed = answer_of(bob.list_ssh_public_keys(UserName="bob"))
    assert listed["IsTruncated"] is False
    assert [set(key) for key in listed["SSHPublicKeys"]] == [{"UserName", "SSHPublicKeyId", "Status", "UploadDate"}]
    assert listed["SSHPublicKeys"][0]["SSHPublicKeyId"] == made["SSHPublicKeyId"]


@pytest.mark.parametrize("text", [
    "not a key", "ssh-rsa", "ssh-rsa !", "ssh-ed25519 " + ssh_line(*NUMBERS)[8:], ssh_line(*NUMBERS)[:-8],
    ssh_line(*NUMBERS) + "\n" + ssh_line(*NUMBERS), "rsa.crt", "rsa.key", public_key_pem(*NUMBERS)[:-20],
])
def test_what_is_no_key(bob, text):
    body = pem(text) if text.endswith((".crt", ".key")) else text
    with refused("UnrecognizedPublicKeyEncoding", 400, "Invalid public key uploaded."):
        bob.upload_ssh_public_key(UserName="bob", SSHPublicKeyBody=body)
    assert bob.list_ssh_public_keys(UserName="bob")["SSHPublicKeys"] == []


@pytest.mark.parametrize("form", [ssh_line, public_key_pem])
@pytest.mark.parametrize("bits, good", [(1024, False), (2047, False), (2048, True), (16384, True), (16385, False)])
def test_lengths(bob, bits, good, form):
    numbers = rsa_numbers(bits)
    if good:
        assert upload(bob, numbers, form=form)["Fingerprint"] == fingerprint(numbers)
    else:
        with refused("InvalidPublicKey", 400, "Invalid body for public key"):
            upload(bob, numbers, form=form)


@pytest.mark.parametrize("numbers", [(65537, 1 << 2047), (65536, (1 << 2047) + 1), (1, (1 << 2047) + 1)])
def test_numbers_that_make_no_key(bob, numbers):
    with refused("InvalidPublicKey", 400, "Invalid body for public key"):
        upload(bob, numbers)


def test_a_user_has_a_key_once_and_others_may_have_it(bob):
    made = upload(bob)
    for form in (ssh_line, public_key_pem, lambda *n: ssh_line(*n) + " another comment"):
        with refused("DuplicateSSHPublicKey", 400, "Duplicate SSH public key uploaded."):
            upload(bob, form=form)
    bob.create_user(UserName="eve")
    other = upload(bob, user="eve")
    assert other["SSHPublicKeyId"] != made["SSHPublicKeyId"]
    bob.delete_ssh_public_key(UserName="bob", SSHPublicKeyId=made["SSHPublicKeyId"])
    upload(bob)


def test_five_at_most(bob):
    keys = [upload(bob, rsa_numbers(number=n))["SSHPublicKeyId"] for n in range(5)]
    bob.update_ssh_public_key(UserName="bob", SSHPublicKeyId=keys[0], Status="Inactive")
    with limit("Cannot exceed quota for SSHPublicKeysPerUser: 5"):
        upload(bob, rsa_numbers(number=5))
    bob.delete_ssh_public_key(UserName="bob", SSHPublicKeyId=keys[0])
    upload(bob, rsa_numbers(number=5))


def test_pages(server, bob):
    made = []
    for number in range(3):
        server.clock(freeze=f"2030-01-01T00:00:0{number}Z")
        made.append(upload(bob, rsa_numbers(number=number))["SSHPublicKeyId"])
    first = bob.list_ssh_public_keys(UserName="bob", MaxItems=2)
    last = bob.list_ssh_public_keys(UserName="bob", Marker=first["Marker"])
    assert (first["IsTruncated"], last["IsTruncated"], "Marker" in last) == (True, False, False)
    assert [key["SSHPublicKeyId"] for page in (first, last) for key in page["SSHPublicKeys"]] == made


def test_status(bob):
    made = upload(bob)["SSHPublicKeyId"]
    for status in ("Inactive", "Active"):
        bob.update_ssh_public_key(UserName="bob", SSHPublicKeyId=made, Status=status)
        found = bob.get_ssh_public_key(UserName="bob", SSHPublicKeyId=made, Encoding="SSH")["SSHPublicKey"]
        assert found["Status"] == status == bob.list_ssh_public_keys(UserName="bob")["SSHPublicKeys"][0]["Status"]
    with refused("InvalidInput", 400, "Operation does not support status Expired"):
        bob.update_ssh_public_key(UserName="bob", SSHPublicKeyId=made, Status="Expired")


@pytest.mark.parametrize("operation, more", [("get_ssh_public_key", {"Encoding": "SSH"}), ("delete_ssh_public_key", {}),
                                             ("update_ssh_public_key", {"Status": "Inactive"})])
def test_keys_that_are_not_there_or_another_users(server, bob, operation, more):
    bob.create_user(UserName="eve")
    made = upload(bob)["SSHPublicKeyId"]
    call_it = getattr(bob, operation)
    with not_found(f"User has no Public Key with id {made}."):
        call_it(UserName="eve", SSHPublicKeyId=made, **more)
    absent = "APKA" + "A" * 16
    with not_found(f"The Public Key with id {absent} cannot be found."):
        call_it(UserName="bob", SSHPublicKeyId=absent, **more)
    with not_found("The user with name nobody cannot be found."):
        call_it(UserName="nobody", SSHPublicKeyId=made, **more)
    other = Caller(server, key=OTHER_ACCOUNT).iam
    other.create_user(UserName="bob")
    with not_found(f"The Public Key with id {made} cannot be found."):
        getattr(other, operation)(UserName="bob", SSHPublicKeyId=made, **more)
    assert bob.list_ssh_public_keys(UserName="bob")["SSHPublicKeys"][0]["Status"] == "Active"


def test_users_that_are_not_there(bob):
    with not_found("The user with name nobody cannot be found."):
        bob.upload_ssh_public_key(UserName="nobody", SSHPublicKeyBody="not a key")
    with not_found("The user with name nobody cannot be found."):
        bob.list_ssh_public_keys(UserName="nobody")


def test_without_a_name_the_caller_is_listed(root):
    bob = root.user("bob", allow("iam:ListSSHPublicKeys", f"arn:aws:iam::{ACCOUNT}:user/${{aws:username}}"))
    upload(root.iam)
    assert [key["UserName"] for key in bob.iam.list_ssh_public_keys()["SSHPublicKeys"]] == ["bob"]
    assert root.iam.list_ssh_public_keys()["SSHPublicKeys"] == [], "root has none"
    with denied(f"User: {bob.arn()} is not authorized to perform: iam:UploadSSHPublicKey on resource: user bob because no "
                "identity-based policy allows the iam:UploadSSHPublicKey action"):
        upload(bob.iam)
    role = root.user("amy", allow("sts:AssumeRole")).assume(root.role("job", ACCOUNT, allow("*")))
    with invalid("Must specify userName when calling with non-User credentials"):
        role.iam.list_ssh_public_keys()


def test_they_follow_the_user(server, bob):
    made = upload(bob)["SSHPublicKeyId"]
    bob.update_user(UserName="bob", NewUserName="rob")
    found = bob.get_ssh_public_key(UserName="rob", SSHPublicKeyId=made, Encoding="SSH")["SSHPublicKey"]
    assert found["UserName"] == "rob"
    with conflict("Cannot delete entity, must remove referenced objects first."):
        bob.delete_user(UserName="rob")
    bob.delete_ssh_public_key(UserName="rob", SSHPublicKeyId=made)
    bob.delete_user(UserName="rob")
    bob.create_user(UserName="rob")
    upload(bob, user="rob")
    server.post(f"/_iamlocal/reset?account={ACCOUNT}")
    bob.create_user(UserName="rob")
    assert bob.list_ssh_public_keys(UserName="rob")["SSHPublicKeys"] == []


def test_the_raw_wire(server, bob):
    made = upload(bob)["SSHPublicKeyId"]
    answer = send(server, call("iam", "GetSSHPublicKey", UserName="bob", SSHPublicKeyId=made, Encoding="ssh"))
    assert answer.error() == (400, "ValidationError", "1 validation error detected: Value at 'encoding' failed to satisfy "
                                                      "constraint: Member must satisfy enum value set: [SSH, PEM]")
    answer = send(server, call("iam", "UploadSSHPublicKey"))
    assert answer.error()[2].startswith("2 validation errors detected: ")
    answer = send(server, call("iam", "DeleteSSHPublicKey", UserName="bob", SSHPublicKeyId="APKA-1"))
    assert answer.error()[2].startswith("2 validation errors detected: Value at 'sSHPublicKeyId' failed")
    answer = send(server, call("iam", "UploadSSHPublicKey", UserName="x" * 65, SSHPublicKeyBody="x"))
    assert "Member must have length less than or equal to 64" in answer.error()[2]
    answer = send(server, call("iam", "UploadSSHPublicKey", UserName="bob", SSHPublicKeyBody="x" * 16385))
    assert "Member must have length less than or equal to 16384" in answer.error()[2]
    assert len(bob.list_ssh_public_keys(UserName="bob")["SSHPublicKeys"]) == 1
