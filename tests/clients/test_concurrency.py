"""Several servers on one PostgreSQL: races, what one does counting at the other, keys in common, and outages."""

import concurrent.futures
import json
import os
import signal
import subprocess
import threading
import time

import pytest

from support import (ACCOUNT, BINARY, Caller, Postgres, Server, allow, call, clean_environment, denied, deny,
                     of_credentials, policy, refused, root_arn, send)

THREADS = 8


@pytest.fixture
def url():
    return Postgres.shared().new_schema()


@pytest.fixture
def start_on(start):
    return lambda url, *flags: start("--database", url, *flags)


@pytest.fixture
def pair(start_on, url):
    return [start_on(url), start_on(url)]


@pytest.fixture
def own():
    """A PostgreSQL that may be stopped."""
    database = Postgres()
    yield database
    database.close()


def at_once(tasks):
    """Runs all at the same moment; their results in order."""
    barrier = threading.Barrier(len(tasks))

    def run(task):
        barrier.wait()
        return task()

    with concurrent.futures.ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def outcome(server, action, **parameters):
    """`200`, or status and code of the error."""
    answer = send(server, call("iam", action, **parameters))
    return "200" if answer.status == 200 else "{} {}".format(*answer.error()[:2])


def break_connections(url):
    Postgres.shared().sql(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'iamlocal'", url
    )


# Races ---------------------------------------------------------------------------------------------------------------


def test_servers_start_at_the_same_time(tmp_path, url):
    servers = at_once([lambda i=i: Server(tmp_path / str(i), "--database", url) for i in range(4)])
    try:
        root = Caller(servers[0])
        alice = root.user("alice", allow("*"))
        role = root.role("r", root_arn(), allow("iam:*"))
        session = alice.assume(role)
        for server in servers:
            assert Caller(server, alice.key, alice.secret).arn().endswith(":user/alice")
            assert "assumed-role/r/" in Caller(server, session.key, session.secret, session.token).arn()
    finally:
        for server in servers:
            server.stop()


def test_one_name_is_given_once(pair):
    for number in range(12):
        name = f"user-{number}"
        found = at_once([lambda i=i: outcome(pair[i % 2], "CreateUser", UserName=name) for i in range(THREADS)])
        assert sorted(found) == ["200"] + ["409 EntityAlreadyExists"] * (THREADS - 1)
    summary = Caller(pair[0]).iam.get_account_summary()["SummaryMap"]
    assert summary["Users"] == 12


def test_no_creation_is_lost(pair):
    def create(thread):
        return [outcome(pair[thread % 2], "CreateGroup", GroupName=f"g-{thread}-{i}") for i in range(10)]

    assert sum(at_once([lambda i=i: create(i) for i in range(THREADS)]), []) == ["200"] * 10 * THREADS
    for server in pair:
        assert Caller(server).iam.get_account_summary()["SummaryMap"]["Groups"] == 10 * THREADS
    assert len(Caller(pair[1]).iam.list_groups()["Groups"]) == 10 * THREADS


def test_parallel_attachments_keep_to_the_quota(pair):
    iam = Caller(pair[0]).iam
    iam.create_user(UserName="alice")
    document = policy(allow("s3:*"))
    arns = [iam.create_policy(PolicyName=f"p{i}", PolicyDocument=document)["Policy"]["Arn"] for i in range(14)]
    found = at_once([
        lambda i=i, arn=arn: outcome(pair[i % 2], "AttachUserPolicy", UserName="alice", PolicyArn=arn)
        for i, arn in enumerate(arns)
    ])
    assert sorted(found) == ["200"] * 10 + ["409 LimitExceeded"] * 4
    attached = {p["PolicyArn"] for p in Caller(pair[1]).iam.list_attached_user_policies(UserName="alice")["AttachedPolicies"]}
    assert attached == {arn for arn, what in zip(arns, found) if what == "200"}
    for arn in arns:
        assert iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == (arn in attached)


def test_deleting_while_others_fill(pair):
    """Whoever comes second is told so; nothing is left half done."""
    for number in range(10):
        name = f"user-{number}"
        assert outcome(pair[0], "CreateUser", UserName=name) == "200"
        deleted, attached = at_once([
            lambda: outcome(pair[0], "DeleteUser", UserName=name),
            lambda: outcome(pair[1], "AttachUserPolicy", UserName=name, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess"),
        ])
        assert (deleted, attached) in [("200", "404 NoSuchEntity"), ("409 DeleteConflict", "200")]


def refuse_inserts(url, condition, state):
    """From now on the database refuses new entities while the condition holds; `attempt` counts them from 1."""
    Postgres.shared().sql(
        "CREATE SEQUENCE schema_attempts; CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"DECLARE attempt BIGINT := nextval('schema_attempts'); BEGIN IF {condition} THEN "
        f"RAISE EXCEPTION 'refused' USING ERRCODE = '{state}'; END IF; RETURN NEW; END $$; "
        "CREATE TRIGGER refuse BEFORE INSERT ON entities FOR EACH ROW EXECUTE FUNCTION refuse()", url
    )


@pytest.mark.parametrize("state", ["40001", "40P01"])
def test_serialization_failures_are_retried(start_on, url, state):
    server = start_on(url)
    refuse_inserts(url, "attempt <= 4", state)
    assert Caller(server).iam.create_user(UserName="alice")["User"]["UserName"] == "alice"
    assert Postgres.shared().sql("SELECT last_value FROM schema_attempts", url) == ["5"]
    listed = server.http("GET", "/_iamlocal/decisions").json()
    assert [d["action"] for d in listed["decisions"]] == ["iam:CreateUser"], "tries that came to nothing decided nothing"


@pytest.mark.parametrize(
    "state, error", [("40001", "409 ConcurrentModification"), ("40P01", "409 ConcurrentModification"),
                     ("23505", "409 EntityAlreadyExists"), ("23503", "409 ConcurrentModification"),
                     ("23514", "409 ConcurrentModification"), ("57P01", "503 ServiceUnavailable"),
                     ("53300", "503 ServiceUnavailable")]
)
def test_what_the_database_refuses_is_awss_error(start_on, url, state, error):
    server = start_on(url)
    refuse_inserts(url, "TRUE", state)
    assert outcome(server, "CreateUser", UserName="alice") == error
    assert outcome(server, "GetUser", UserName="alice") == "404 NoSuchEntity"


# What one does counts at the other -----------------------------------------------------------------------------------


def test_a_deactivated_key_is_refused_elsewhere_within_a_second(pair):
    here, there = pair
    for _ in range(3):
        alice = Caller(here).user(f"u{time.monotonic_ns()}", allow("*"))
        other = Caller(there, alice.key, alice.secret)
        other.arn()
        Caller(here).iam.update_access_key(UserName=alice.arn().rpartition("/")[2], AccessKeyId=alice.key, Status="Inactive")
        done = time.monotonic()
        with refused("InvalidClientTokenId", 403):
            alice.arn()
        while send(there, call("sts", "GetCallerIdentity"), "sts", key=alice.key, secret=alice.secret).status == 200:
            assert time.monotonic() - done < 1
            time.sleep(0.01)


def test_a_change_counts_elsewhere_at_once_with_the_setting(start_on, url):
    here, there = [start_on(url, "--database-freshness", "immediate", "--workers", "3") for _ in range(2)]
    root = Caller(here).iam
    alice = Caller(here).user("alice", allow("sts:*"))
    for _ in range(15):
        for status, expected in (("Inactive", 403), ("Active", 200)):
            root.update_access_key(UserName="alice", AccessKeyId=alice.key, Status=status)
            for server in (there, here, there):
                answer = send(server, call("sts", "GetCallerIdentity"), "sts", key=alice.key, secret=alice.secret)
                assert answer.status == expected


def test_a_reset_counts_elsewhere(start_on, url):
    here, there = [start_on(url, "--database-freshness", "immediate") for _ in range(2)]
    alice = Caller(here).user("alice", allow("*"))
    assert Caller(there, alice.key, alice.secret).arn().endswith("alice")
    here.reset()
    with refused("InvalidClientTokenId", 403):
        Caller(there, alice.key, alice.secret).arn()


def test_an_organization_counts_elsewhere(start_on, url):
    here, there = [start_on(url, "--database-freshness", "immediate") for _ in range(2)]
    alice = Caller(there).user("alice", allow("*"))
    alice.iam.create_group(GroupName="before")
    declared = {
        "id": "o-exampleorgid", "management_account": "999999999999", "accounts": {ACCOUNT: "/"},
        "policies": [{"type": "scp", "name": "NoGroups", "targets": ["/"], "document": policy(deny("iam:CreateGroup"))}]
    }
    assert here.http("PUT", "/_iamlocal/organization", body=json.dumps(declared).encode()).status == 200
    with denied():
        alice.iam.create_group(GroupName="declared")
    assert here.http("DELETE", "/_iamlocal/organization").status == 200
    alice.iam.create_group(GroupName="after")


# Keys ----------------------------------------------------------------------------------------------------------------


def start_and_fail(*flags, env=None):
    done = subprocess.run([BINARY, "--listen", "127.0.0.1:0", *flags], capture_output=True, text=True, timeout=20,
                          env=clean_environment(env), stdin=subprocess.DEVNULL)
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    return done.returncode, done.stderr


def test_a_given_key_is_not_kept(start_on, url, tmp_path):
    file = tmp_path / "key"
    file.write_text("0123456789abcdef" * 4 + "\n")
    flags = ("--master-key-file", str(file))
    first, second = start_on(url, *flags), start_on(url, *flags)
    alice = Caller(first).user("alice", allow("*"))
    assert Caller(second, alice.key, alice.secret).arn().endswith("alice")
    assert Postgres.shared().sql("SELECT * FROM schema_master_key", url) == []
    assert start_and_fail("--database", url) == (
        3, "iamlocal: The database was made with a master key that is not kept in it; it must be given again.\n"
    )
    code, message = start_and_fail("--database", url, env={"IAMLOCAL_MASTER_KEY": "f" * 64})
    assert (code, message) == (
        3, "iamlocal: The master key that is given is not the one that the database was made with.\n"
    )


def test_a_database_outlives_its_servers(start_on, url):
    first = start_on(url)
    alice = Caller(first).user("alice", allow("*"))
    session = of_credentials(first, Caller(first).sts.get_session_token()["Credentials"])
    first.kill()
    second = start_on(url)
    assert Caller(second, alice.key, alice.secret).arn().endswith("alice")
    assert Caller(second, session.key, session.secret, session.token).arn() == root_arn()


def test_a_database_that_cannot_be_used(tmp_path):
    code, message = start_and_fail("--database", "postgresql://u:hush@127.0.0.1:1/iam")
    assert code == 3
    assert message.startswith("iamlocal: Cannot use the database postgresql://127.0.0.1:1/iam: ")
    assert "hush" not in message
    code, message = start_and_fail("--database", "postgresql://h/d", "--data-dir", str(tmp_path / "d"))
    assert code == 2
    assert "not in both" in message


def test_the_password_is_nowhere(start_on, url):
    server = start_on(url + "&password=hush")
    assert any("postgresql:///" in line or "postgresql://" in line for line in server.banner)
    assert Caller(server).arn() == root_arn()
    assert "hush" not in "\n".join(server.banner) + server.log()


# Outages -------------------------------------------------------------------------------------------------------------


def test_broken_connections_under_load(pair, url):
    """Requests succeed or are told to come again; what was acknowledged is there."""
    deadline = time.monotonic() + 3
    created, errors = [], set()

    def load(thread):
        number = 0
        while time.monotonic() < deadline:
            name = f"u-{thread}-{number}"
            what = outcome(pair[thread % 2], "CreateUser", UserName=name)
            number += 1
            if what == "200":
                created.append(name)
            else:
                errors.add(what)

    def interrupt():
        while time.monotonic() < deadline:
            time.sleep(0.2)
            break_connections(url)

    at_once([lambda i=i: load(i) for i in range(4)] + [interrupt])
    # A retry after a lost answer to the commit is the client's, so a name may be taken.
    assert errors <= {"503 ServiceUnavailable"}
    assert len(created) > 20
    names = set(Postgres.shared().sql("SELECT name FROM entities", url))
    assert set(created) <= names
    counted = Caller(pair[1]).iam.get_account_summary()["SummaryMap"]["Users"]
    assert counted == len(names)


def test_idle_connections_that_break_are_not_noticed(pair, url):
    for number in range(5):
        break_connections(url)
        for server in pair:
            assert outcome(server, "CreateUser", UserName=f"u{number}-{server.port}") == "200"


def test_the_database_goes_and_comes_back(own, start):
    server = start("--database", own.new_schema())
    alice = Caller(server).user("alice", allow("*"))
    own.command("restart")
    assert outcome(server, "GetUser", UserName="alice") in ("200", "503 ServiceUnavailable")

    own.command("stop")
    time.sleep(1)
    for _ in range(5):
        started = time.monotonic()
        assert outcome(server, "GetUser", UserName="alice") == "503 ServiceUnavailable"
        # Nobody knows whether the key is still good, so it is not.
        answer = send(server, call("sts", "GetCallerIdentity"), "sts", key=alice.key, secret=alice.secret)
        assert answer.error()[:2] == (503, "ServiceUnavailable")
        assert time.monotonic() - started < 2
    assert server.http("GET", "/_iamlocal/health").status == 200
    assert server.http("GET", "/livez").status == 200
    assert server.http("GET", "/readyz").status == 503

    own.command("start")
    back = time.monotonic()
    while outcome(server, "GetUser", UserName="alice") != "200":
        assert time.monotonic() - back < 5
        time.sleep(0.05)
    assert alice.arn().endswith("alice")
    wait_for_readiness(server, 200)  # each worker finds its own way back
    assert server.stop() == 0


def wait_for_readiness(server, status, meanwhile=lambda: None):
    began = time.monotonic()
    while server.http("GET", "/readyz").status != status:
        assert time.monotonic() - began < 15
        meanwhile()
        time.sleep(0.05)


def test_a_server_whose_database_stands_still_is_not_ready(own, start):
    url = own.new_schema()
    server = start("--database", url)
    assert server.http("GET", "/readyz").status == 200
    stopped = set()

    def stop_sessions():
        """Those that have come in the meantime, too."""
        sessions = own.sql("SELECT pid FROM pg_stat_activity WHERE application_name = 'iamlocal'", url)
        for session in set(map(int, sessions)) - stopped:
            os.kill(session, signal.SIGSTOP)
            stopped.add(session)

    try:
        stop_sessions()
        wait_for_readiness(server, 503, stop_sessions)
    finally:
        for session in stopped:
            os.kill(session, signal.SIGCONT)
    wait_for_readiness(server, 200)


def test_a_server_stops_while_the_database_is_away(own, start):
    server = start("--database", own.new_schema())
    alice = Caller(server).user("alice", allow("*"))
    alice.arn()
    own.command("stop")
    assert server.stop() == 0
