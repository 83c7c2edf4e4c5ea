"""What Prometheus is told at /metrics, whom it is told to, and the dashboard that asks for it."""

import http.client
import json
import subprocess
import time

import pytest

import prometheus
from prometheus import scrape, value
from support import BINARY, REPOSITORY, Caller, allow, call, clean_environment, denied, deny, not_found, policy, root_arn, send
from test_stopping import Unread, ask

DASHBOARD = REPOSITORY / "docs/metrics/dashboard.json"


@pytest.fixture
def server(start):
    """Numbers are those of a process, so each test has its own."""
    return start("--workers", "2")


def wait_until(condition):
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < 10
        time.sleep(0.01)


def requests(families, action, result=None):
    labels = {"action": action} | ({"result": result} if result else {})
    return value(families, "iamlocal_requests_total", **labels)


def test_requests_are_counted_by_action_and_result(server, root):
    alice = root.user("alice", allow("iam:GetUser"))
    for _ in range(3):
        root.iam.get_user(UserName="alice")
    with denied():
        alice.iam.list_users()
    with not_found("The user with name nobody cannot be found."):
        root.iam.get_user(UserName="nobody")
    found = scrape(server)
    assert requests(found, "iam:GetUser", "success") == 3
    assert requests(found, "iam:GetUser", "client_error") == 1
    assert requests(found, "iam:GetUser") == 4
    assert requests(found, "iam:ListUsers", "denied") == 1
    assert requests(found, "iam:CreateUser", "success") == 1
    assert value(found, "iamlocal_errors_total", code="AccessDenied") == 1
    assert value(found, "iamlocal_errors_total", code="NoSuchEntity") == 1
    assert value(found, "iamlocal_request_duration_seconds_count", action="iam:GetUser") == 4
    assert 0 < value(found, "iamlocal_request_duration_seconds_sum", action="iam:GetUser") < 4
    assert requests(found, "admin") == 0  # this scrape is counted when it is answered
    assert requests(scrape(server), "admin", "success") == 1


def test_what_clients_choose_is_no_label(server):
    send(server, call("iam", "ListUsers"))
    send(server, call("iam", "Unheard"))
    send(server, b"Version=2010-05-08")
    server.http("GET", "/metrics-of-mine")

    def series():
        return sum(len(family.samples) for family in scrape(server).values())

    scrape(server)  # the first scrape makes the series of scrapes
    before = series()
    for number in range(1000):
        assert send(server, call("iam", f"Unheard{number}")).status == 400
    assert series() == before
    found = scrape(server)
    assert requests(found, "unknown", "client_error") >= 1002
    assert value(found, "iamlocal_errors_total", code="InvalidAction") == 1001


def test_names_and_secrets_are_not_told(server, root):
    alice = root.user("wonderland-alice", allow("*"))
    alice.iam.get_user()
    role = root.role("rabbit-hole", root_arn(), allow("iam:*"))
    session = alice.assume(role, "teatime")
    session.iam.list_users()
    text = server.http("GET", "/metrics").text
    for word in ("alice", "rabbit", "teatime", alice.key, alice.secret, session.key, "000000000000", "test"):
        assert word not in text, word


def test_decisions_are_counted_by_who_decided(server, root):
    alice = root.user("alice", allow("iam:*"), deny("iam:ListRoles"))
    root.iam.create_policy(PolicyName="limit", PolicyDocument=policy(allow("iam:Get*"), allow("iam:ListRoles")))
    root.iam.put_user_permissions_boundary(UserName="alice", PermissionsBoundary="arn:aws:iam::000000000000:policy/limit")
    alice.iam.get_user()
    with denied():
        alice.iam.list_roles()
    for _ in range(2):
        with denied():
            alice.iam.list_users()
    alice.sts.get_caller_identity()
    role = root.role("role", root_arn("111122223333"))
    with denied():
        root.user("bob", allow("sts:*")).assume(role)
    found = scrape(server)

    def decisions(outcome, policy_type):
        return value(found, "iamlocal_decisions_total", outcome=outcome, policy_type=policy_type)

    assert decisions("allowed", "identity") >= 1
    assert decisions("explicit_deny", "identity") == 1
    assert decisions("implicit_deny", "boundary") == 2
    assert decisions("implicit_deny", "trust") == 1
    assert decisions("exempt", "none") == 1
    assert decisions("off", "none") == 0


def test_without_enforcement_nothing_is_decided(start):
    server = start("--enforcement", "off")
    Caller(server).iam.list_users()
    found = scrape(server)
    assert value(found, "iamlocal_decisions_total", outcome="off") == 1
    assert value(found, "iamlocal_settings_info", enforcement="off") == 1


def test_sessions_and_the_cache_of_credentials(server, root):
    role = root.role("role", root_arn(), allow("*"))
    session = root.user("alice", allow("sts:*")).assume(role)
    root.sts.get_session_token()
    before = scrape(server)
    assert value(before, "iamlocal_sessions_issued_total", action="sts:AssumeRole") == 1
    assert value(before, "iamlocal_sessions_issued_total", action="sts:GetSessionToken") == 1
    assert value(before, "iamlocal_sessions_issued_total", action="sts:GetFederationToken") == 0
    for _ in range(20):
        session.sts.get_caller_identity()
    after = scrape(server)

    def grown(name, **labels):
        return value(after, name, **labels) - value(before, name, **labels)

    lookups = "iamlocal_credential_cache_lookups_total"
    assert grown(lookups) == 20
    assert 1 <= grown(lookups, result="miss") <= 2  # once on each worker
    assert value(after, "iamlocal_credential_cache_entries") >= 2
    assert value(after, "iamlocal_credential_cache_bytes") > 1000


def test_the_store(server, root):
    before = scrape(server)
    for number in range(10):
        root.iam.create_user(UserName=f"u{number}")
        root.iam.get_user(UserName=f"u{number}")
    after = scrape(server)

    def grown(name, **labels):
        return value(after, name, **labels) - value(before, name, **labels)

    assert grown("iamlocal_store_transactions_total", access="write") >= 10
    assert grown("iamlocal_store_transactions_total", access="read") >= 10
    assert grown("iamlocal_store_transactions_ended_total", how="commit") >= 10
    assert value(after, "iamlocal_store_available") == 1
    if value(after, "iamlocal_settings_info", storage="postgresql") == 0:
        assert value(after, "iamlocal_store_size_bytes") > 100_000


def test_the_rings(server, root):
    root.user("alice", allow("iam:GetUser")).iam.get_user()
    found = scrape(server)
    for ring in ("decisions", "trail"):
        assert value(found, "iamlocal_ring_added_total", ring=ring) == 4
        assert value(found, "iamlocal_ring_entries", ring=ring) == 4
    server.reset()
    found = scrape(server)
    for ring in ("decisions", "trail"):
        assert value(found, "iamlocal_ring_added_total", ring=ring) == 4
        assert value(found, "iamlocal_ring_entries", ring=ring) == 0
        assert value(found, "iamlocal_ring_bytes", ring=ring) == 0


def test_lines_that_nobody_takes_are_counted():
    server = Unread()
    ask(server, 2000)
    connection = http.client.HTTPConnection(server.host, server.port, timeout=10)
    connection.request("GET", "/metrics")
    found = prometheus.parse(connection.getresponse().read().decode())
    server.process.terminate()
    assert server.process.wait(15) == 0
    assert 1000 < value(found, "iamlocal_log_lines_dropped_total") <= 2000


def test_the_server_and_its_process(server):
    with server.socket():
        wait_until(lambda: value(scrape(server), "iamlocal_connections") == 2)
    found = scrape(server)
    assert value(found, "process_resident_memory_bytes") > 1_000_000
    assert value(found, "process_open_fds") < value(found, "process_max_fds")
    [(_, labels)] = found["iamlocal_build_info"].samples
    told = json.loads(subprocess.run([BINARY, "--version", "--json"], env=clean_environment(), capture_output=True, check=True).stdout)
    assert dict(labels) == {
        "version": told["version"], "commit": told["commit"] or "", "managed_policies": told["managed_policies"]["date"],
        "iam_model": told["models"]["iam"]["date"], "sts_model": told["models"]["sts"]["date"], "schema": str(told["schema"])}
    assert server.http("GET", "/_iamlocal/version").json() == told


def test_requests_that_are_none(server):
    server.exchange(b"nonsense\r\n\r\n")
    found = scrape(server)
    assert requests(found, "unknown", "client_error") == 1
    assert value(found, "iamlocal_errors_total", code="MalformedHttpRequestException") == 1


# To whom ---------------------------------------------------------------------------------------------------------------


def test_other_machines_are_not_told_by_default(start):
    server = start("--listen", "0.0.0.0:0", "--listen", "127.0.0.1:0")
    assert server.http("GET", "/metrics").status == 403
    server.port = server.addresses[1][2]
    assert server.http("GET", "/metrics").status == 200


@pytest.mark.parametrize("mode, status", [("on", 200), ("off", 403)])
def test_metrics_are_a_setting(start, mode, status):
    server = start("--listen", "0.0.0.0:0", "--metrics", mode)
    assert server.http("GET", "/metrics").status == status
    assert start("--metrics", mode).http("GET", "/metrics").status == status


def test_an_address_for_metrics_alone(start):
    server = start("--metrics-listen", "0.0.0.0:0", "--metrics", "off", "--testbench", "auto")
    [line] = [line for line in server.banner if line.startswith("  metrics ")]
    assert line.endswith("/metrics")
    assert "  test bench   on" in server.banner  # what is open to others is nothing but the metrics
    api, server.port = server.port, int(line.rpartition(":")[2].partition("/")[0])
    assert value(scrape(server), "iamlocal_connections") == 1
    assert requests(scrape(server), "admin", "success") == 1
    for method, path, status in (("GET", "/", 404), ("POST", "/", 404), ("POST", "/_iamlocal/reset", 404),
                                 ("GET", "/_iamlocal/health", 404), ("POST", "/metrics", 405), ("HEAD", "/metrics", 200)):
        assert server.http(method, path).status == status, path
    assert send(server, call("sts", "GetCallerIdentity"), service="sts").status == 404
    assert server.http("GET", "/metrics", {"Origin": "http://evil.example"}).status == 403
    server.port = api
    assert server.http("GET", "/metrics").status == 403


def test_web_pages_are_not_told(server):
    assert server.http("GET", "/metrics", {"Origin": "http://evil.example"}).status == 403
    assert server.http("GET", "/metrics", {"Host": "evil.example"}).status == 403
    assert server.http("POST", "/metrics").status == 405


# The dashboard ---------------------------------------------------------------------------------------------------------


def queries():
    dashboard = json.loads(DASHBOARD.read_text())
    return [(panel["title"], target["expr"]) for panel in dashboard["panels"] for target in panel.get("targets", [])]


def test_the_dashboard_asks_for_what_there_is(start, tmp_path):
    server = start("--data-dir", str(tmp_path / "data"))  # which has all metrics, PostgreSQL has no size
    Caller(server).iam.list_users()
    found = scrape(server)
    asked = set()
    for title, query in queries():
        metrics, grouped = prometheus.names_in(query)
        assert metrics, (title, query)
        of_query = {"job", "instance"}  # which Prometheus adds
        for name, labels in metrics.items():
            base = name if name in found else name.rpartition("_")[0]
            assert base in found, (title, query, name)
            family = found[base]
            assert name == base or (family.type == "histogram" and name[len(base):] in prometheus.SUFFIXES["histogram"]), (title, name)
            assert name != base or family.type != "histogram", (title, name)
            assert labels <= family.labels() | {"job", "instance"}, (title, query)
            # A counter is of use by its growth alone.
            grown = query.count(f"rate({name}") + query.count(f"increase({name}")
            assert family.type == "gauge" or query.count(name) == grown, (title, query)
            of_query |= family.labels()
            asked.add(base)
        assert grouped <= of_query, (title, query)
    unseen = {name for name in found if name.startswith("iamlocal_")} - asked
    assert unseen == set(), "metrics that the dashboard does not show"


def test_queries_with_slips_of_the_pen_are_found():
    names = prometheus.names_in
    assert names('sum by (action) (rate(a_total{job="$job",code=~"x|y"}[5m])) / on (le) b') == (
        {"a_total": {"job", "code"}, "b": set()}, {"action", "le"})
    assert names("rte(a[5m])")[0] == {"rte": set(), "a": set()}


@pytest.mark.parametrize("text", [
    "a 1\n", "# TYPE a gauge\na 1\n", "# HELP a b\n# TYPE a gauge\na 1", "# HELP a b\n# TYPE a gauge\na 1\na 1\n",
    "# HELP a b\n# TYPE a counter\na 1\n", '# HELP a b\n# TYPE a gauge\na{l="1",l="2"} 1\n', '# HELP a b\n# TYPE a gauge\na{l="\\x"} 1\n',
    "# HELP a b\n# TYPE a gauge\nb 1\n", '# HELP h b\n# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 2\n'])
def test_the_format_is_looked_at_closely(text):
    with pytest.raises((AssertionError, ValueError)):
        prometheus.parse(text)
