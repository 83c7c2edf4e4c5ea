"""What those need who come from moto's server: its paths and its variables."""

import pytest

from commands import run  # noqa: F401 - a fixture
from support import ACCOUNT, OTHER_ACCOUNT, Caller, call, refused, send


def make_things(server):
    """The ids and secrets of the same calls."""
    root = Caller(server)
    user = root.iam.create_user(UserName="alice")["User"]
    key = root.iam.create_access_key(UserName="alice")["AccessKey"]
    session = root.sts.get_session_token()["Credentials"]
    return user["UserId"], key["AccessKeyId"], key["SecretAccessKey"], session["AccessKeyId"]


def test_seed_makes_ids_repeat(start):
    server = start("--id-seed", "1")
    first = make_things(server)
    server.post("/moto-api/reset")
    assert server.http("POST", "/moto-api/seed?a=42").json() == {"status": "ok"}
    seeded = make_things(server)
    assert not set(first) & set(seeded)
    server.post("/moto-api/reset")
    server.http("POST", "/moto-api/seed?a=42")
    assert make_things(server) == seeded
    server.post("/moto-api/reset")
    assert make_things(server) == seeded, "a reset begins again from the last seed"


def test_seed_is_that_of_id_seed(start):
    seeded = start("--id-seed", "1")
    seeded.http("POST", "/moto-api/seed?a=42")
    assert make_things(seeded) == make_things(start("--id-seed", "42"))


def test_nobody_makes_random_ids_known(server):
    answer = server.http("POST", "/moto-api/seed?a=42")
    assert answer.status == 409 and "--id-seed" in answer.json()["error"]
    first = make_things(server)
    server.post("/moto-api/reset")
    server.http("POST", "/moto-api/seed?a=42")
    assert not set(first) & set(make_things(server))


@pytest.mark.parametrize("path", ["/moto-api/reset-auth", "/moto-api/data.json", "/moto-api/config", "/moto-api/",
                                  "/moto-api/recorder/start-recording", "/moto-api/state-manager/set-transition"])
def test_what_is_not_there_says_so(server, path):
    for method in ("GET", "POST"):
        answer = server.http(method, path)
        assert answer.status == 501 and answer.json()["error"]


def test_nothing_is_let_in(server, run):  # noqa: F811
    """moto lets the first so many requests in without a look at them."""
    server.http("POST", "/moto-api/reset-auth", {}, b"100")
    with refused("InvalidClientTokenId", 403):
        Caller(server, key="anything", secret="anything").iam.list_users()
    ended = run(env={"INITIAL_NO_AUTH_ACTION_COUNT": "100"})
    assert ended.status == 2 and ended.err.startswith("iamlocal: INITIAL_NO_AUTH_ACTION_COUNT: every request is authenticated")


def test_its_account(start):
    server = start(env={"MOTO_ACCOUNT_ID": OTHER_ACCOUNT, "MOTO_ENABLE_ISO_REGIONS": "1"})
    assert f"  account      {OTHER_ACCOUNT}" in server.banner
    assert "  variables    MOTO_ACCOUNT_ID" in server.banner
    assert Caller(server).sts.get_caller_identity()["Account"] == OTHER_ACCOUNT
    server.logged("remark", what="variables of moto that have no effect: MOTO_ENABLE_ISO_REGIONS")


def test_its_header_names_nobody(server):
    """`x-moto-account-id` says nothing that the credentials do not."""
    answer = send(server, call("sts", "GetCallerIdentity"), service="sts", extra={"x-moto-account-id": OTHER_ACCOUNT})
    assert answer.find("Account") == ACCOUNT
