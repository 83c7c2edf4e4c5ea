"""Access keys."""

import base64
import re

import pytest

from support import (ACCOUNT, Caller, allow, answer_of, conflict, denied, invalid, limit, not_found, refused, root_arn)

# What the model has and this server has no occasion for (tests/model/test_coverage.py).
NO_OCCASION = {"LimitExceeded": ("nothing is added that has a quota", "UpdateAccessKey")}


def test_create_access_key_shows_the_secret_once(iam):
    iam.create_user(UserName="bob")
    key = iam.create_access_key(UserName="bob")["AccessKey"]
    assert set(key) == {"UserName", "AccessKeyId", "Status", "SecretAccessKey", "CreateDate"}
    assert (key["UserName"], key["Status"]) == ("bob", "Active")
    assert re.fullmatch(r"AKIA[A-Z2-7]{16}", key["AccessKeyId"])
    assert re.fullmatch(r"[A-Za-z0-9+/]{40}", key["SecretAccessKey"])
    listed = answer_of(iam.list_access_keys(UserName="bob"))
    assert listed["IsTruncated"] is False
    assert listed["AccessKeyMetadata"] == [{name: key[name] for name in ("UserName", "AccessKeyId", "Status", "CreateDate")}]


@pytest.mark.parametrize("account", ["000000000000", "111122223333", "999999999999"])
def test_the_account_is_in_the_key_id(server, account):
    """Forty bits after the first one behind the prefix: what AWS's GetAccessKeyInfo reads without asking anybody."""
    root = Caller(server, key=account) if account != ACCOUNT else Caller(server)
    root.iam.create_user(UserName="bob")
    key = root.iam.create_access_key(UserName="bob")["AccessKey"]["AccessKeyId"]
    number = int.from_bytes(base64.b32decode(key[4:])[:6], "big")
    assert f"{(number & 0x7fffffffff80) >> 7:012d}" == account


def test_a_key_works_at_once_and_until_it_is_deleted(root):
    bob = root.user("bob", allow("iam:ListUsers"))
    assert bob.arn() == f"arn:aws:iam::{ACCOUNT}:user/bob"
    root.iam.delete_access_key(UserName="bob", AccessKeyId=bob.key)
    with refused("InvalidClientTokenId", 403, "The security token included in the request is invalid."):
        bob.sts.get_caller_identity()
    with refused("InvalidClientTokenId", 403, "The security token included in the request is invalid."):
        bob.iam.list_users()


def test_two_keys_at_most(iam):
    iam.create_user(UserName="bob")
    keys = [iam.create_access_key(UserName="bob")["AccessKey"]["AccessKeyId"] for _ in range(2)]
    with limit("Cannot exceed quota for AccessKeysPerUser: 2"):
        iam.create_access_key(UserName="bob")
    listed = [key["AccessKeyId"] for key in iam.list_access_keys(UserName="bob")["AccessKeyMetadata"]]
    assert sorted(listed) == sorted(keys)
    iam.delete_access_key(UserName="bob", AccessKeyId=keys[0])
    iam.create_access_key(UserName="bob")


def test_an_inactive_key_does_not_work(root):
    bob = root.user("bob")
    root.iam.update_access_key(UserName="bob", AccessKeyId=bob.key, Status="Inactive")
    assert root.iam.list_access_keys(UserName="bob")["AccessKeyMetadata"][0]["Status"] == "Inactive"
    with refused("InvalidClientTokenId", 403, "The security token included in the request is invalid."):
        bob.sts.get_caller_identity()
    root.iam.update_access_key(UserName="bob", AccessKeyId=bob.key, Status="Active")
    assert bob.arn().endswith("user/bob")


def test_users_manage_their_own_keys(root):
    bob = root.user("bob", allow("iam:*AccessKey*", f"arn:aws:iam::{ACCOUNT}:user/${{aws:username}}"))
    root.iam.create_user(UserName="eve")
    made = bob.iam.create_access_key()["AccessKey"]
    assert made["UserName"] == "bob"
    assert len(bob.iam.list_access_keys()["AccessKeyMetadata"]) == 2
    bob.iam.update_access_key(AccessKeyId=made["AccessKeyId"], Status="Inactive")
    bob.iam.delete_access_key(AccessKeyId=made["AccessKeyId"])
    with refused("AccessDenied", 403):
        bob.iam.create_access_key(UserName="eve")


def test_keys_of_somebody_else(iam):
    iam.create_user(UserName="bob")
    iam.create_user(UserName="eve")
    key = iam.create_access_key(UserName="bob")["AccessKey"]["AccessKeyId"]
    message = f"The Access Key with id {key} cannot be found."
    with not_found(message):
        iam.delete_access_key(UserName="eve", AccessKeyId=key)
    with not_found(message):
        iam.update_access_key(UserName="eve", AccessKeyId=key, Status="Inactive")
    assert iam.list_access_keys(UserName="bob")["AccessKeyMetadata"][0]["Status"] == "Active"


def test_users_that_are_not_there(iam):
    message = "The user with name nobody cannot be found."
    with not_found(message):
        iam.create_access_key(UserName="nobody")
    with not_found(message):
        iam.list_access_keys(UserName="nobody")


def test_a_status_that_there_is_not(iam):
    iam.create_user(UserName="bob")
    key = iam.create_access_key(UserName="bob")["AccessKey"]["AccessKeyId"]
    with invalid("1 validation error detected: Value at 'status' failed to satisfy constraint: Member must satisfy enum "
                 "value set: [Active, Inactive, Expired]"):
        iam.update_access_key(UserName="bob", AccessKeyId=key, Status="Asleep")


def test_a_key_cannot_be_made_to_expire(iam):
    iam.create_user(UserName="bob")
    key = iam.create_access_key(UserName="bob")["AccessKey"]["AccessKeyId"]
    with refused("InvalidInput", 400, "The status of an access key can only be set to Active or Inactive."):
        iam.update_access_key(UserName="bob", AccessKeyId=key, Status="Expired")
    assert iam.list_access_keys(UserName="bob")["AccessKeyMetadata"][0]["Status"] == "Active"


def test_the_last_use_of_a_key(server, root):
    bob = root.user("bob")
    unused = answer_of(root.iam.get_access_key_last_used(AccessKeyId=bob.key))
    assert unused == {"UserName": "bob", "AccessKeyLastUsed": {"ServiceName": "N/A", "Region": "N/A"}}
    server.clock(freeze="2030-01-01T00:00:00Z")
    Caller(server, bob.key, bob.secret, region="eu-west-1").arn()
    used = answer_of(root.iam.get_access_key_last_used(AccessKeyId=bob.key))
    assert used["UserName"] == "bob"
    assert used["AccessKeyLastUsed"].pop("LastUsedDate").isoformat() == "2030-01-01T00:00:00+00:00"
    assert used["AccessKeyLastUsed"] == {"ServiceName": "sts", "Region": "eu-west-1"}
    # Within the same second the last use counts, too; IAM is in us-east-1 wherever the client thinks it is.
    with denied():
        Caller(server, bob.key, bob.secret, region="eu-west-1").iam.list_users()
    used = answer_of(root.iam.get_access_key_last_used(AccessKeyId=bob.key))["AccessKeyLastUsed"]
    assert used.pop("LastUsedDate").isoformat() == "2030-01-01T00:00:00+00:00"
    assert used == {"ServiceName": "iam", "Region": "us-east-1"}
    Caller(server, bob.key, bob.secret, region="eu-north-1").arn()
    used = answer_of(root.iam.get_access_key_last_used(AccessKeyId=bob.key))["AccessKeyLastUsed"]
    assert (used["ServiceName"], used["Region"]) == ("sts", "eu-north-1")


def test_an_absent_key_in_words_of_its_own(iam):
    with denied(f"User: {root_arn()} is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key "
                "AKIAIOSFODNN7EXAMPLE"):
        iam.get_access_key_last_used(AccessKeyId="AKIAIOSFODNN7EXAMPLE")


def test_key_ids_have_rules(iam):
    with invalid(pattern="at 'accessKeyId' failed to satisfy constraint: Member must satisfy regular expression pattern: "
                 r"\[\\w\]\+"):
        iam.delete_access_key(UserName="bob", AccessKeyId="AKIA-0000-0000-0000")


def test_the_user_of_a_key_cannot_go_before_it(root):
    bob = root.user("bob")
    with conflict("Cannot delete entity, must delete access keys first."):
        root.iam.delete_user(UserName="bob")
    root.iam.delete_access_key(UserName="bob", AccessKeyId=bob.key)
    root.iam.delete_user(UserName="bob")


def test_a_wrong_secret_is_a_wrong_signature(root):
    bob = root.user("bob")
    wrong = Caller(root.server, bob.key, "x" * 40)
    with refused("SignatureDoesNotMatch", 403, pattern="^The request signature we calculated does not match the signature "
                 "you provided. Check your AWS Secret Access Key and signing method."):
        wrong.sts.get_caller_identity()
