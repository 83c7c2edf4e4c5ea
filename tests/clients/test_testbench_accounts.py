"""Accounts that the test bench makes: for test workers that run side by side."""

import concurrent.futures
import json

import pytest

from support import ACCOUNT, Caller, OTHER_ACCOUNT, allow, policy, refused, root_arn

ROOT = "/_iamlocal/accounts"


def make(server, **wish):
    answer = server.http("POST", ROOT, {}, json.dumps(wish).encode() if wish else b"")
    assert answer.status == 200, answer.text
    return answer.json()


def root_of(server, account):
    return Caller(server, account["access_key_id"], account["secret_access_key"])


def listed(server):
    return server.http("GET", ROOT).json()["accounts"]


def test_a_fresh_account_with_roots_key(server):
    made = make(server)
    assert set(made) == {"id", "access_key_id", "secret_access_key"}
    root = root_of(server, made)
    assert root.arn() == f"arn:aws:iam::{made['id']}:root"
    assert root.iam.list_users()["Users"] == []
    assert root.iam.get_account_summary()["SummaryMap"]["Users"] == 0
    assert root.user("alice", allow("*")).arn() == f"arn:aws:iam::{made['id']}:user/alice"
    assert make(server)["id"] != made["id"]


def test_an_id_and_an_alias(server):
    made = make(server, id=OTHER_ACCOUNT, alias="worker-1")
    assert (made["id"], made["alias"]) == (OTHER_ACCOUNT, "worker-1")
    assert root_of(server, made).iam.list_account_aliases()["AccountAliases"] == ["worker-1"]
    [account] = listed(server)
    assert {name: account[name] for name in ("id", "alias", "entities")} == {
        "id": OTHER_ACCOUNT, "alias": "worker-1", "entities": 0}
    for wish, error in (({"id": OTHER_ACCOUNT}, f"there is an account {OTHER_ACCOUNT} already"),
                        ({"alias": "worker-1"}, "another account has the alias worker-1")):
        answer = server.http("POST", ROOT, {}, json.dumps(wish).encode())
        assert (answer.status, answer.json()) == (409, {"error": error})
    assert len(listed(server)) == 1


@pytest.mark.parametrize("body", [
    "x", "[]", '{"id":1}', '{"id":"12"}', '{"id":"11112222333x"}', '{"alias":"a"}', '{"alias":"A-b"}', '{"alias":"a--b"}',
    '{"alias":"-ab"}', '{"alias":"ab-"}', '{"alias":"%s"}' % ("a" * 64), '{"name":"worker"}', '{"id":"111122223333","x":1}'])
def test_what_is_no_account(server, body):
    assert server.http("POST", ROOT, {}, body.encode()).status == 400
    assert listed(server) == []


def test_erasing_one(server):
    one, two = root_of(server, make(server)), root_of(server, make(server))
    bob = one.user("bob", allow("sts:AssumeRole"))
    session = bob.assume(one.role("job", root_arn(one.key)))
    kept = two.user("bob", allow("iam:ListUsers"))
    assert server.http("DELETE", f"{ROOT}/{one.key}").json() == {"status": "ok"}
    for gone in (bob, session):
        with refused("InvalidClientTokenId", 403):
            gone.sts.get_caller_identity()
    assert [user["UserName"] for user in kept.iam.list_users()["Users"]] == ["bob"]
    assert [account["id"] for account in listed(server)] == [two.key]
    answer = server.http("DELETE", f"{ROOT}/{one.key}")
    assert (answer.status, answer.json()) == (404, {"error": f"there is no account {one.key}"})
    for path, status in (("/12", 400), ("", 400), (f"/{two.key}/x", 400), (f"/{two.key}?force=1", 400)):
        assert server.http("DELETE", ROOT + path).status == status, path
    assert server.http("GET", f"{ROOT}/{two.key}").status == 404
    assert server.http("POST", f"{ROOT}/{two.key}").status == 404
    assert server.http("PUT", ROOT).status == 405


def test_a_secret_that_was_given_is_not_told(start):
    server = start("--root-secret-access-key", "given-by-somebody")
    made = make(server)
    assert "given-by-somebody" not in json.dumps(made)
    root = root_of(server, made)
    assert root.arn() == f"arn:aws:iam::{made['id']}:root"
    assert made["access_key_id"].startswith("AKIA")
    assert [key["AccessKeyId"] for key in root.iam.list_access_keys()["AccessKeyMetadata"]] == [made["access_key_id"]]


def test_the_key_is_good_after_a_reset_of_the_account(server):
    root = root_of(server, make(server))
    root.iam.create_user(UserName="alice")
    server.post(f"/_iamlocal/reset?account={root.key}")
    assert root.iam.list_users()["Users"] == []


@pytest.mark.parametrize("storage", ["memory", "directory"])
def test_workers_side_by_side_see_nothing_of_each_other(start, tmp_path, storage):
    """Each has an account, fills it, goes back to its beginning or empties it, again and again."""
    server = start(*(["--data-dir", str(tmp_path / "data")] if storage == "directory" else []))

    def work(worker):
        root = root_of(server, make(server, alias=f"worker-{worker}"))
        alice = root.user("alice", allow(["iam:ListUsers", "sts:AssumeRole"]))
        session = alice.assume(root.role("job", root_arn(root.key), allow("iam:ListUsers")))
        saved = server.http("POST", f"/_iamlocal/snapshots/worker-{worker}?account={root.key}")
        assert saved.status == 200, saved.text
        for turn in range(8):
            for number in range(5):
                root.iam.create_user(UserName=f"w{worker}-t{turn}-{number}")
            expected = ["alice", *(f"w{worker}-t{turn}-{number}" for number in range(5))]
            assert [user["UserName"] for user in session.iam.list_users()["Users"]] == expected
            if turn % 3 == 2:
                server.post(f"/_iamlocal/reset?account={root.key}")
                assert root.iam.list_users()["Users"] == []
                with refused("InvalidClientTokenId", 403):
                    session.iam.list_users()
            answer = server.http("PUT", f"/_iamlocal/snapshots/worker-{worker}")
            assert answer.status == 200, answer.text
            assert [user["UserName"] for user in session.iam.list_users()["Users"]] == ["alice"]
            assert alice.arn() == f"arn:aws:iam::{root.key}:user/alice"
            assert root.iam.list_account_aliases()["AccountAliases"] == [f"worker-{worker}"]
        return root.key

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(work, range(6)))) == 6
