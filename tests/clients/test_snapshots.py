"""Snapshots: states that are kept under names, of everything and of one account."""

import contextlib
import hashlib
import json
import pathlib
import random
import sqlite3
import threading
import time

import pytest

from support import (ACCOUNT, Caller, ON_POSTGRES, OTHER_ACCOUNT, allow, call, policy, refused, root_arn, send, trust)

ROOT = "/_iamlocal/snapshots"


def save(server, name, account=None):
    answer = server.http("POST", f"{ROOT}/{name}" + (f"?account={account}" if account else ""))
    assert answer.status == 200, answer.text
    return answer.json()


def restore(server, name):
    answer = server.http("PUT", f"{ROOT}/{name}")
    assert answer.status == 200, answer.text
    return answer.json()


def listed(server):
    return server.http("GET", ROOT).json()["snapshots"]


def users(caller):
    return [user["UserName"] for user in caller.iam.list_users()["Users"]]


@pytest.fixture
def server(module_server):
    module_server.reset()
    for snapshot in listed(module_server):
        module_server.http("DELETE", f"{ROOT}/{snapshot['name']}")
    return module_server


@pytest.fixture(params=["memory", "directory"])
def place(request, start, tmp_path):
    """A server with its state in memory, and one with a directory."""
    return start(*(["--data-dir", str(tmp_path / "data")] if request.param == "directory" else []))


def test_back_to_a_state(place):
    root, other = Caller(place), Caller(place, key=OTHER_ACCOUNT)
    alice = root.user("alice", allow("iam:GetUser"))
    other.iam.create_user(UserName="carol")
    saved = save(place, "base")
    assert saved["name"] == "base" and saved["entities"] == 2 and saved["bytes"] > 1000 and "account" not in saved
    root.iam.put_user_policy(UserName="alice", PolicyName="inline", PolicyDocument=policy(allow("s3:*")))
    bob = root.user("bob", allow("*"))
    other.iam.delete_user(UserName="carol")
    with refused("AccessDenied", 403):
        alice.iam.get_user()
    assert restore(place, "base") == saved
    assert alice.iam.get_user()["User"]["UserName"] == "alice"
    with refused("InvalidClientTokenId", 403):
        bob.sts.get_caller_identity()
    assert users(root) == ["alice"] and users(other) == ["carol"]
    # As often as wanted, and to another one in between.
    root.iam.create_group(GroupName="staff")
    save(place, "staff")
    assert restore(place, "base") == saved
    assert root.iam.list_groups()["Groups"] == []
    restore(place, "staff")
    assert [group["GroupName"] for group in root.iam.list_groups()["Groups"]] == ["staff"]


def test_lists_describes_and_deletes(server):
    Caller(server).iam.create_user(UserName="alice")
    first = save(server, "b.2")
    second = save(server, "A_1-x")
    assert [snapshot["name"] for snapshot in listed(server)] == ["A_1-x", "b.2"]
    assert listed(server) == [second, first]
    assert server.http("GET", f"{ROOT}/b.2").json() == first
    assert set(first) == {"name", "saved", "clock", "entities", "bytes"}
    # The same name again takes the place of what there was.
    Caller(server).iam.create_user(UserName="bob")
    assert save(server, "b.2")["entities"] == 2
    assert len(listed(server)) == 2
    assert server.http("DELETE", f"{ROOT}/b.2").json() == {"status": "ok"}
    assert [snapshot["name"] for snapshot in listed(server)] == ["A_1-x"]
    for method in ("GET", "PUT", "DELETE"):
        answer = server.http(method, f"{ROOT}/b.2")
        assert (answer.status, answer.json()) == (404, {"error": "there is no snapshot b.2"})


@pytest.mark.parametrize("name", ["", "..", ".new", "a/b", "a%2Fb", "-x", "a b", "a%C3%A9", "x" * 65])
def test_names_are_looked_at(server, name):
    for method in ("POST", "PUT", "DELETE"):
        assert server.http(method, f"{ROOT}/{name}".replace(" ", "%20")).status == 400, method
    assert listed(server) == []


def test_slips_of_the_pen_are_refused(server):
    save(server, "base")
    Caller(server).iam.create_user(UserName="alice")
    for method, target, body in (
        ("POST", "/x?acount=111122223333", b""), ("POST", "/x?account=1", b""), ("POST", "/x", b"{}"),
        ("PUT", "/base?force=1", b""), ("GET", "/base?account=111122223333", b""), ("GET", "?account=111122223333", b""),
        ("DELETE", "/base?account=111122223333", b""), ("POST", "", b""),
    ):
        assert server.http(method, ROOT + target, {}, body).status == 400, (method, target)
    answer = server.http("PUT", f"{ROOT}/base?account={ACCOUNT}")
    assert (answer.status, answer.json()) == (409, {"error": "snapshot base is not of this account"})
    assert server.http("PATCH", f"{ROOT}/base").status == 405
    assert [snapshot["name"] for snapshot in listed(server)] == ["base"]
    assert users(Caller(server)) == ["alice"]


def test_needs_the_testbench(start):
    server = start("--testbench", "off")
    for path in (ROOT, f"{ROOT}/x", "/_iamlocal/accounts", "/_iamlocal/faults"):
        assert server.http("GET", path).status == 403


def test_the_clock_goes_back_too(server):
    save(server, "now")
    server.clock(advance="48h")
    ahead = server.post("/_iamlocal/clock", {"freeze": True}).json()["now"]
    assert save(server, "ahead")["clock"] == ahead
    restore(server, "now")
    now = server.http("GET", "/_iamlocal/clock").json()["now"]
    assert now < ahead
    restore(server, "ahead")
    assert server.http("GET", "/_iamlocal/clock").json()["now"] == ahead
    # The clock is everybody's: an account's state does not move it.
    save(server, "mine", ACCOUNT)
    restore(server, "now")
    restore(server, "mine")
    assert server.http("GET", "/_iamlocal/clock").json()["now"] < ahead
    server.clock(reset=True)


def test_one_account_alone(place):
    root, other = Caller(place), Caller(place, key=OTHER_ACCOUNT)
    mine = root.user("alice", allow("sts:AssumeRole"))
    theirs = other.user("alice", allow("iam:ListUsers"))
    session = mine.assume(root.role("job", root_arn(), allow("iam:ListUsers")))
    foreign = theirs
    other.iam.create_account_alias(AccountAlias="theirs")
    saved = save(place, "mine", ACCOUNT)
    assert saved["account"] == ACCOUNT and saved["entities"] == 2
    root.iam.create_user(UserName="bob")
    root.iam.delete_role_policy(RoleName="job", PolicyName="inline")
    other.iam.create_user(UserName="bob")
    with refused("AccessDenied", 403):
        session.iam.list_users()
    restore(place, "mine")
    assert users(root) == ["alice"] and users(session) == ["alice"]
    assert users(foreign) == ["alice", "bob"]
    assert other.iam.list_account_aliases()["AccountAliases"] == ["theirs"]
    # It may have gone meanwhile.
    place.http("DELETE", f"/_iamlocal/accounts/{ACCOUNT}")
    assert users(root) == []
    restore(place, "mine")
    assert users(session) == ["alice"] and users(foreign) == ["alice", "bob"]


def test_what_others_have_stands_in_the_way(place):
    root, other = Caller(place), Caller(place, key=OTHER_ACCOUNT)
    root.iam.create_account_alias(AccountAlias="wanted")
    root.iam.create_user(UserName="alice")
    save(place, "mine", ACCOUNT)
    root.iam.delete_account_alias(AccountAlias="wanted")
    root.iam.delete_user(UserName="alice")
    other.iam.create_account_alias(AccountAlias="wanted")
    answer = place.http("PUT", f"{ROOT}/mine")
    assert answer.status == 409 and "stands in the way of snapshot mine" in answer.json()["error"], answer.text
    assert users(root) == []
    other.iam.delete_account_alias(AccountAlias="wanted")
    restore(place, "mine")
    assert users(root) == ["alice"]


def test_what_a_state_remembers_goes_with_it(server):
    """Decisions, and uses of keys that are noted and not written yet."""
    root = Caller(server)
    alice = root.user("alice", allow("iam:ListUsers"))
    save(server, "fresh")
    assert users(alice) == ["alice"]
    assert server.http("GET", "/_iamlocal/decisions/latest").status == 200
    used = root.iam.get_access_key_last_used(AccessKeyId=alice.key)["AccessKeyLastUsed"]
    assert used["ServiceName"] == "iam"
    restore(server, "fresh")
    assert server.http("GET", "/_iamlocal/decisions/latest").status == 404
    time.sleep(1.2)  # notes are written once a second
    used = root.iam.get_access_key_last_used(AccessKeyId=alice.key)["AccessKeyLastUsed"]
    assert used["ServiceName"] == "N/A"
    # What was used before it was saved is in it.
    assert users(alice) == ["alice"]
    save(server, "used", ACCOUNT)
    server.http("POST", f"/_iamlocal/reset?account={ACCOUNT}")
    restore(server, "used")
    used = root.iam.get_access_key_last_used(AccessKeyId=alice.key)["AccessKeyLastUsed"]
    assert used["ServiceName"] == "iam"


def test_organization_templates_and_issuers_are_part_of_everything(server):
    organization = json.dumps({"id": "o-exampleorg1", "accounts": {OTHER_ACCOUNT: "/"}}).encode()
    declared = server.http("PUT", "/_iamlocal/organization", {}, organization)
    assert declared.status == 200, declared.text
    assert server.http("PUT", "/_iamlocal/oidc/idp", {}, b"{}").status == 200
    keys = server.http("GET", "/_iamlocal/oidc/idp/.well-known/jwks.json").json()
    save(server, "declared")
    server.reset()
    assert server.http("GET", "/_iamlocal/organization").status == 404
    restore(server, "declared")
    assert server.http("GET", "/_iamlocal/organization").json() == declared.json()
    assert server.http("GET", "/_iamlocal/oidc/idp/.well-known/jwks.json").json() == keys


def test_quotas_of_a_seed_are_part_of_everything(server):
    root = Caller(server)
    seed = server.http("PUT", "/_iamlocal/seed", {"Content-Type": "application/json"}, b'{"quotas":{"UsersPerAccount":1}}')
    assert seed.status == 200, seed.text
    save(server, "narrow")
    server.reset()
    for name in ("alice", "bob"):
        root.iam.create_user(UserName=name)
    restore(server, "narrow")
    root.iam.create_user(UserName="alice")
    with refused("LimitExceeded", 409):
        root.iam.create_user(UserName="bob")


def test_there_may_be_a_hundred(server):
    for number in range(100):
        save(server, f"s{number}", ACCOUNT)
    answer = server.http("POST", f"{ROOT}/more")
    assert (answer.status, answer.json()) == (409, {"error": "there are 100 snapshots already; delete one"})
    save(server, "s7")
    server.http("DELETE", f"{ROOT}/s8")
    save(server, "more")


def test_they_survive_the_end_of_the_process(start, tmp_path):
    server = start("--data-dir", str(tmp_path / "data"))
    root = Caller(server)
    alice = root.user("alice", allow("iam:ListUsers"))
    everything = save(server, "everything")
    mine = save(server, "mine", ACCOUNT)
    server.kill()
    server = start("--data-dir", str(tmp_path / "data"))
    assert listed(server) == [everything, mine]
    server.reset()
    for name in ("everything", "mine"):
        restore(server, name)
        assert users(Caller(server, alice.key, alice.secret)) == ["alice"]
        server.reset()
    restore(server, "everything")
    server.kill()
    server = start("--data-dir", str(tmp_path / "data"))
    assert users(Caller(server, alice.key, alice.secret)) == ["alice"]


def test_killed_while_it_saves_there_is_a_whole_one_or_none(start, tmp_path):
    data = tmp_path / "data"
    server = start("--data-dir", str(data))
    Caller(server).iam.create_user(UserName="alice")
    for delay in (0.001, 0.003, 0.006, 0.01, 0.02):
        def saves():
            with contextlib.suppress(Exception):
                server.http("POST", f"{ROOT}/one")

        thread = threading.Thread(target=saves)
        thread.start()
        time.sleep(delay)
        server.kill()
        thread.join()
        server = start("--data-dir", str(data))
        assert all("damaged" not in snapshot for snapshot in listed(server))
        if listed(server):
            restore(server, "one")
        assert users(Caller(server)) == ["alice"]


def test_a_damaged_file_is_told_and_changes_nothing(start, tmp_path):
    server = start("--data-dir", str(tmp_path / "data"))
    root = Caller(server)
    root.iam.create_user(UserName="alice")
    for name in ("cut", "flipped", "no-head"):
        save(server, name)
    files = tmp_path / "data" / "snapshots"
    cut, flipped, no_head = (files / f"{name}.snapshot" for name in ("cut", "flipped", "no-head"))
    assert oct(files.stat().st_mode & 0o777) == "0o700" and oct(cut.stat().st_mode & 0o777) == "0o600"
    cut.write_bytes(cut.read_bytes()[:-4096])
    damaged = bytearray(flipped.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    flipped.write_bytes(damaged)
    no_head.write_bytes(b"something else")
    root.iam.create_user(UserName="bob")
    for name in ("cut", "flipped", "no-head"):
        answer = server.http("PUT", f"{ROOT}/{name}")
        assert (answer.status, answer.json()) == (409, {"error": f"the file of snapshot {name} is damaged"})
    assert {"name": "no-head", "damaged": True} in listed(server)
    assert users(root) == ["alice", "bob"]
    assert server.http("DELETE", f"{ROOT}/no-head").status == 200


def test_another_master_key_is_refused(start, tmp_path):
    one, two = start("--data-dir", str(tmp_path / "one")), start("--data-dir", str(tmp_path / "two"))
    save(one, "base")
    (tmp_path / "two" / "snapshots").mkdir(mode=0o700)
    (tmp_path / "two" / "snapshots" / "base.snapshot").write_bytes(
        (tmp_path / "one" / "snapshots" / "base.snapshot").read_bytes())
    answer = two.http("PUT", f"{ROOT}/base")
    assert answer.status == 409 and "another master key" in answer.json()["error"]


def rewrite(file, change):
    """Changes the database inside a snapshot's file, as another release would have written it."""
    whole = file.read_bytes()
    head, _, rest = whole.partition(b"\nnotes ")
    length, _, rest = rest.partition(b"\n")
    notes, image = rest[:int(length)], rest[int(length) + 1:]
    inside = file.with_suffix(".db")
    inside.write_bytes(image)
    with contextlib.closing(sqlite3.connect(inside)) as database:
        change(database)
        database.commit()
    image = inside.read_bytes()
    inside.unlink()
    lines = dict(line.split(" ", 1) for line in head.decode().splitlines()[1:])
    lines.update(bytes=str(len(image)), sha256=hashlib.sha256(image).hexdigest())
    text = head.decode().splitlines()[0] + "\n" + "".join(f"{name} {lines[name]}\n" for name in lines)
    file.write_bytes(text.encode() + b"notes " + length + b"\n" + notes + b"\n" + image)


@pytest.mark.parametrize("account", [None, ACCOUNT])
def test_a_snapshot_that_does_not_fit_this_release_is_refused(start, tmp_path, account):
    """Those of earlier releases that do are brought up: tests/unit/db/snapshots_test.cpp."""
    server = start("--data-dir", str(tmp_path / "data"))
    root = Caller(server)
    root.iam.create_user(UserName="alice")
    for name in ("later", "odd", "good"):
        save(server, name, account)
    files = tmp_path / "data" / "snapshots"
    rewrite(files / "later.snapshot", lambda database: database.execute("INSERT INTO schema_migrations VALUES (999, 'x')"))
    # The last step is taken again, and finds what it makes there already.
    rewrite(files / "odd.snapshot", lambda database: database.execute(
        "DELETE FROM schema_migrations WHERE version = (SELECT max(version) FROM schema_migrations)"))
    rewrite(files / "good.snapshot", lambda database: database.execute("DELETE FROM service_uses"))
    root.iam.delete_user(UserName="alice")
    answer = server.http("PUT", f"{ROOT}/later")
    assert (answer.status, answer.json()) == (409, {"error": "snapshot later was saved by a later release"})
    answer = server.http("PUT", f"{ROOT}/odd")
    assert answer.status == 409 and "cannot be brought up to this one's" in answer.json()["error"], answer.text
    assert users(root) == []
    restore(server, "good")
    assert users(root) == ["alice"]


def state_of(caller):
    """What a caller sees of an account: users with their groups and policies."""
    details = caller.iam.get_account_authorization_details()
    assert not details["IsTruncated"]
    return {
        "users": {user["UserName"]: (user["UserId"], sorted(user["GroupList"]), [p["PolicyName"] for p in user.get("UserPolicyList", [])],
                                     sorted((tag["Key"], tag["Value"]) for tag in user.get("Tags", [])))
                  for user in details["UserDetailList"]},
        "groups": sorted(group["GroupName"] for group in details["GroupDetailList"]),
        "roles": sorted(role["RoleName"] for role in details["RoleDetailList"]),
        "alias": caller.iam.list_account_aliases()["AccountAliases"],
    }


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_walks_end_in_the_state_of_a_model(place, seed):
    """Random changes in two accounts, saves and restores of everything and of one; a dictionary says what must be."""
    chance = random.Random(seed)
    callers = {ACCOUNT: Caller(place), OTHER_ACCOUNT: Caller(place, key=OTHER_ACCOUNT)}
    model = {}

    def observe():
        return {account: state_of(caller) for account, caller in callers.items()}

    def change():
        account = chance.choice(list(callers))
        iam = callers[account].iam
        name = f"n{chance.randrange(6)}"
        what = chance.randrange(8)
        with contextlib.suppress(iam.exceptions.ClientError):
            if what == 0:
                iam.create_user(UserName=name, Tags=[{"Key": "k", "Value": str(chance.randrange(9))}])
            elif what == 1:
                iam.delete_user(UserName=name)
            elif what == 2:
                iam.create_group(GroupName=name)
            elif what == 3:
                iam.add_user_to_group(GroupName=f"n{chance.randrange(6)}", UserName=name)
            elif what == 4:
                iam.remove_user_from_group(GroupName=f"n{chance.randrange(6)}", UserName=name)
            elif what == 5:
                iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(trust(root_arn())))
            elif what == 6:
                iam.put_user_policy(UserName=name, PolicyName=f"p{chance.randrange(3)}", PolicyDocument=policy(allow("s3:*")))
            else:
                iam.create_account_alias(AccountAlias=f"alias-{account[0]}-{chance.randrange(4)}")

    current = observe()
    for _ in range(60):
        what = chance.randrange(10)
        name = f"s{chance.randrange(4)}"
        if what < 6:
            for _ in range(chance.randrange(1, 6)):
                change()
            current = observe()
        elif what < 8:
            account = chance.choice([None, *callers])
            save(place, name, account)
            model[name] = (account, current)
        elif name in model:
            account, then = model[name]
            restore(place, name)
            current = then if account is None else {**current, account: then[account]}
            assert observe() == current
    assert observe() == current
    assert {snapshot["name"]: snapshot.get("account") for snapshot in listed(place)} == {
        name: account for name, (account, _) in model.items()}


def test_each_request_sees_one_state(place):
    """Two states, and readers while the server goes to and fro: nobody lists users of both."""
    root = Caller(place)
    names = {}
    for state in ("red", "blue"):
        place.reset()
        names[state] = {f"{state}-{number}" for number in range(30)}
        for name in names[state]:
            root.iam.create_user(UserName=name)
        save(place, state)
    wrong, seen, stop = [], set(), threading.Event()

    def read(caller):
        while not stop.is_set():
            answer = send(place, call("iam", "ListUsers"), key=caller.key, secret=caller.secret)
            found = {element.text for element in answer.xml().iter() if element.tag.endswith("}UserName")}
            colour = next((state for state in names if found == names[state]), None)
            if answer.status != 200 or colour is None:
                wrong.append((answer.status, answer.text[:500]))
                return
            seen.add(colour)

    readers = [threading.Thread(target=read, args=(root,)) for _ in range(4)]
    for reader in readers:
        reader.start()
    for turn in range(60):
        restore(place, ("red", "blue")[turn % 2])
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert seen == {"red", "blue"}


def test_decisions_are_of_one_state(place):
    """Alice may get herself in both states, by a tag that her policy of the same state names."""
    root = Caller(place)
    alice = root.user("alice")
    for state in ("red", "blue"):
        root.iam.tag_user(UserName="alice", Tags=[{"Key": "colour", "Value": state}])
        root.iam.put_user_policy(UserName="alice", PolicyName="inline", PolicyDocument=policy(
            allow("iam:GetUser", Condition={"StringEquals": {"iam:ResourceTag/colour": state}})))
        save(place, state)
    wrong, count, stop = [], [0], threading.Event()

    def read():
        while not stop.is_set():
            answer = send(place, call("iam", "GetUser", UserName="alice"), key=alice.key, secret=alice.secret)
            count[0] += 1
            if answer.status != 200:
                wrong.append(answer.text)
                return

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for turn in range(100):
        restore(place, ("red", "blue")[turn % 2])
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert count[0] > 100


def test_nothing_acknowledged_is_lost_between_restores(place):
    """A user that was made after a restore is there, unless a later restore has taken it away."""
    root = Caller(place)
    save(place, "empty")
    for number in range(20):
        root.iam.create_user(UserName=f"u{number}")
        assert users(root) == [f"u{number}"]
        restore(place, "empty")
        assert users(root) == []


def test_postgresql_keeps_them_in_the_database(start):
    from support import Postgres
    url = Postgres.shared().new_schema()
    one, two = start("--database", url), start("--database", url)
    root = Caller(one)
    alice = root.user("alice", allow("iam:ListUsers"))
    Caller(one, key=OTHER_ACCOUNT).iam.create_user(UserName="carol")
    everything, mine = save(one, "everything"), save(one, "mine", ACCOUNT)
    assert (everything["entities"], mine["entities"]) == (2, 1)
    assert listed(two) == [everything, mine]
    one.kill()
    two.reset()
    restore(two, "mine")
    assert users(Caller(two, alice.key, alice.secret)) == ["alice"]
    assert users(Caller(two, key=OTHER_ACCOUNT)) == []
    restore(two, "everything")
    assert users(Caller(two, key=OTHER_ACCOUNT)) == ["carol"]
    Postgres.shared().sql("UPDATE schema_snapshots SET version = 1 WHERE name = 'mine'", url)
    answer = two.http("PUT", f"{ROOT}/mine")
    assert answer.status == 409 and "another release" in answer.json()["error"]
