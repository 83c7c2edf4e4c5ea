"""Root's own access keys, beside the one that comes with the server's configuration."""

import re

import pytest

from support import ACCOUNT, OTHER_ACCOUNT, Caller, allow, answer_of, denied, limit, not_found, refused, root_arn


def key_of_root(root):
    made = root.iam.create_access_key()["AccessKey"]
    return Caller(root.server, made["AccessKeyId"], made["SecretAccessKey"])


def test_root_makes_and_lists_its_keys(iam):
    assert answer_of(iam.list_access_keys()) == {"AccessKeyMetadata": [], "IsTruncated": False}
    key = answer_of(iam.create_access_key())["AccessKey"]
    assert set(key) == {"AccessKeyId", "Status", "SecretAccessKey", "CreateDate"}
    assert re.fullmatch(r"AKIA[A-Z2-7]{16}", key["AccessKeyId"])
    shown = {name: key[name] for name in ("AccessKeyId", "Status", "CreateDate")}
    assert iam.list_access_keys()["AccessKeyMetadata"] == [shown]


def test_its_keys_are_root(server, root):
    own = key_of_root(root)
    assert answer_of(own.sts.get_caller_identity()) == {"UserId": ACCOUNT, "Account": ACCOUNT, "Arn": root_arn()}
    own.iam.create_user(UserName="bob")
    assert "UserName" not in own.iam.get_user()["User"]
    assert root.sts.get_access_key_info(AccessKeyId=own.key)["Account"] == ACCOUNT
    with refused("SignatureDoesNotMatch", 403):
        Caller(server, own.key, "x" * 40).arn()
    assert root.arn() == root_arn()


def test_each_account_has_its_own(server, root):
    other = Caller(server, key=OTHER_ACCOUNT)
    own, others = key_of_root(root), key_of_root(other)
    assert others.arn() == root_arn(OTHER_ACCOUNT)
    assert [key["AccessKeyId"] for key in other.iam.list_access_keys()["AccessKeyMetadata"]] == [others.key]
    with not_found(f"The Access Key with id {own.key} cannot be found."):
        other.iam.delete_access_key(AccessKeyId=own.key)
    with denied():
        other.iam.get_access_key_last_used(AccessKeyId=own.key)


def test_two_keys_at_most(iam):
    for _ in range(2):
        iam.create_access_key()
    with limit("Cannot exceed quota for AccessKeysPerUser: 2"):
        iam.create_access_key()


def test_they_are_listed_in_pages(server, iam):
    server.clock(freeze="2030-01-01T00:00:00Z")
    keys = [iam.create_access_key()["AccessKey"]["AccessKeyId"]]
    server.clock(advance="1s")
    keys.append(iam.create_access_key()["AccessKey"]["AccessKeyId"])
    first = iam.list_access_keys(MaxItems=1)
    assert first["IsTruncated"] is True
    second = iam.list_access_keys(MaxItems=1, Marker=first["Marker"])
    assert second["IsTruncated"] is False
    assert [key["AccessKeyId"] for page in (first, second) for key in page["AccessKeyMetadata"]] == keys


def test_an_inactive_key_does_not_work_until_it_is_active(root):
    own = key_of_root(root)
    root.iam.update_access_key(AccessKeyId=own.key, Status="Inactive")
    assert root.iam.list_access_keys()["AccessKeyMetadata"][0]["Status"] == "Inactive"
    with refused("InvalidClientTokenId", 403, "The security token included in the request is invalid."):
        own.arn()
    root.iam.update_access_key(AccessKeyId=own.key, Status="Active")
    assert own.arn() == root_arn()


def test_a_key_may_delete_itself(root):
    own = key_of_root(root)
    assert answer_of(own.iam.delete_access_key(AccessKeyId=own.key)) == {}
    with refused("InvalidClientTokenId", 403, "The security token included in the request is invalid."):
        own.arn()
    with not_found(f"The Access Key with id {own.key} cannot be found."):
        root.iam.delete_access_key(AccessKeyId=own.key)


def test_keys_of_users_are_apart(root):
    bob, own = root.user("bob", allow("iam:*")), key_of_root(root)
    for act in (lambda: root.iam.delete_access_key(AccessKeyId=bob.key),
                lambda: root.iam.update_access_key(AccessKeyId=bob.key, Status="Inactive")):
        with not_found(f"The Access Key with id {bob.key} cannot be found."):
            act()
    with not_found(f"The Access Key with id {own.key} cannot be found."):
        bob.iam.delete_access_key(AccessKeyId=own.key)
    assert len(bob.iam.list_access_keys()["AccessKeyMetadata"]) == 1


@pytest.mark.parametrize("key", ["test_root_key_of_config", "AKIAIOSFODNN7EXAMPLE"])
def test_the_key_of_the_configuration_stays(start, key):
    root = Caller(start("--root-access-key-id", key), key=key)
    assert root.iam.list_access_keys()["AccessKeyMetadata"] == []
    for act in (lambda: root.iam.delete_access_key(AccessKeyId=key),
                lambda: root.iam.update_access_key(AccessKeyId=key, Status="Inactive")):
        with not_found(f"The Access Key with id {key} cannot be found."):
            act()
    assert root.arn() == root_arn()


def test_the_summary_tells_of_them(iam):
    def present():
        return iam.get_account_summary()["SummaryMap"]["AccountAccessKeysPresent"]
    assert present() == 0
    keys = [iam.create_access_key()["AccessKey"]["AccessKeyId"] for _ in range(2)]
    assert present() == 1
    for key in keys:
        iam.delete_access_key(AccessKeyId=key)
    assert present() == 0


def test_their_last_use(server, root):
    own = key_of_root(root)
    unused = {"AccessKeyLastUsed": {"ServiceName": "N/A", "Region": "N/A"}}
    assert answer_of(root.iam.get_access_key_last_used(AccessKeyId=own.key)) == unused
    server.clock(freeze="2030-01-01T00:00:00Z")
    Caller(server, own.key, own.secret, region="eu-west-1").arn()
    used = root.iam.get_access_key_last_used(AccessKeyId=own.key)["AccessKeyLastUsed"]
    assert used.pop("LastUsedDate").isoformat() == "2030-01-01T00:00:00+00:00"
    assert used == {"ServiceName": "sts", "Region": "eu-west-1"}
    bob = root.user("bob", allow("iam:GetAccessKeyLastUsed", f"arn:aws:iam::{ACCOUNT}:user/*"))
    with denied(f"User: arn:aws:iam::{ACCOUNT}:user/bob is not authorized to perform: iam:GetAccessKeyLastUsed on resource: "
                f"access key {own.key} because no identity-based policy allows the iam:GetAccessKeyLastUsed action"):
        bob.iam.get_access_key_last_used(AccessKeyId=own.key)


def test_they_go_with_their_account(server, root):
    own = key_of_root(root)
    server.post(f"/_iamlocal/reset?account={ACCOUNT}")
    assert root.iam.list_access_keys()["AccessKeyMetadata"] == []
    with refused("InvalidClientTokenId", 403, "The security token included in the request is invalid."):
        own.arn()


def test_they_survive_a_restart(start, tmp_path):
    data = str(tmp_path / "data")
    first = start("--data-dir", data)
    root = Caller(first)
    active, inactive = key_of_root(root), key_of_root(root)
    active.arn()
    root.iam.update_access_key(AccessKeyId=inactive.key, Status="Inactive")
    listed = root.iam.list_access_keys()["AccessKeyMetadata"]
    used = answer_of(root.iam.get_access_key_last_used(AccessKeyId=active.key))
    assert "LastUsedDate" in used["AccessKeyLastUsed"]
    assert first.stop() == 0
    second = start("--data-dir", data)
    root = Caller(second)
    assert root.iam.list_access_keys()["AccessKeyMetadata"] == listed
    assert answer_of(root.iam.get_access_key_last_used(AccessKeyId=active.key)) == used
    assert Caller(second, active.key, active.secret).arn() == root_arn()
    with refused("InvalidClientTokenId", 403):
        Caller(second, inactive.key, inactive.secret).arn()
