"""The ids of a client's trace, as W3C's Trace Context sends them, in the log and beside decisions."""

import pytest

from support import call, send

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"
PARENT = f"00-{TRACE}-{SPAN}-01"


def lines_of(server, answer):
    server.logged("request", request_id=answer.headers["x-amzn-requestid"])
    return [entry for entry in server.log_entries() if entry.get("request_id") == answer.headers["x-amzn-requestid"]]


def ids_in(server, answer):
    return {(line.get("trace_id"), line.get("span_id")) for line in lines_of(server, answer)}


def test_the_log_has_the_ids(server):
    answer = send(server, call("iam", "ListUsers"), headers={"traceparent": PARENT, "tracestate": "vendor=opaque"})
    assert answer.status == 200
    assert ids_in(server, answer) == {(TRACE, SPAN)}
    assert not {"traceparent", "tracestate"} & set(answer.headers)
    assert "opaque" not in server.log()


def test_lines_about_denials_have_them(server, root):
    alice = root.user("alice")
    answer = send(server, call("iam", "ListUsers"), key=alice.key, secret=alice.secret, headers={"Traceparent": PARENT})
    assert answer.status == 403
    assert [line["event"] for line in lines_of(server, answer)] == ["request", "denied"]
    assert ids_in(server, answer) == {(TRACE, SPAN)}


def test_other_paths_have_them(server):
    answer = server.http("GET", "/_iamlocal/health", {"traceparent": PARENT})
    assert ids_in(server, answer) == {(TRACE, SPAN)}


def test_requests_without_a_trace_have_none(server):
    answer = send(server, call("iam", "ListUsers"))
    assert ids_in(server, answer) == {(None, None)}


@pytest.mark.parametrize("header", [
    "", "nonsense", PARENT.upper(), PARENT + "-00", f"ff-{TRACE}-{SPAN}-01", f"00-{'0' * 32}-{SPAN}-01", f"00-{TRACE}-{'0' * 16}-01",
    f"00-{TRACE}-{SPAN}-1", f'00-{TRACE}-{SPAN}-01","x":"y', "00-" + "\u00e9" * 16 + f"-{SPAN}-01"])
def test_headers_that_cannot_be_read_are_as_none(server, header):
    answer = send(server, call("iam", "ListUsers"), headers={"traceparent": header.encode().decode("latin-1")})
    assert answer.status == 200
    assert ids_in(server, answer) == {(None, None)}


def test_a_later_version_is_read_as_far_as_it_is_known(server):
    answer = send(server, call("iam", "ListUsers"), headers={"traceparent": f"cc-{TRACE}-{SPAN}-01-what-comes-later"})
    assert ids_in(server, answer) == {(TRACE, SPAN)}


def test_two_headers_are_as_none(server):
    # Two lines of one name, which a dictionary of headers cannot have.
    answer = server.http("GET", "/_iamlocal/health", {"traceparent": PARENT, "Traceparent": PARENT})
    assert ids_in(server, answer) == {(None, None)}


def test_decisions_have_the_ids_and_are_found_by_them(server, root):
    alice = root.user("alice")
    first = send(server, call("iam", "ListUsers"), key=alice.key, secret=alice.secret, headers={"traceparent": PARENT})
    other = PARENT.replace(TRACE, "0" * 31 + "1")
    send(server, call("iam", "ListRoles"), headers={"traceparent": other})
    send(server, call("iam", "ListGroups"))
    found = server.http("GET", f"/_iamlocal/decisions?trace={TRACE}").json()["decisions"]
    assert [(entry["id"], entry["trace_id"], entry["span_id"]) for entry in found] == [
        (first.headers["x-amzn-requestid"], TRACE, SPAN)]
    everything = server.http("GET", "/_iamlocal/decisions").json()["decisions"]
    assert [entry.get("trace_id") for entry in everything][:3] == [None, "0" * 31 + "1", TRACE]
    explained = server.http("GET", f"/_iamlocal/decisions/{first.headers['x-amzn-requestid']}").json()
    assert explained["trace_id"] == TRACE and explained["span_id"] == SPAN


def test_the_trail_is_as_cloudtrails(server):
    send(server, call("iam", "ListUsers"), headers={"traceparent": PARENT})
    assert TRACE not in server.http("GET", "/_iamlocal/events").text


def test_text_for_people_has_no_ids(start):
    server = start("--log-format", "text")
    send(server, call("iam", "ListUsers"), headers={"traceparent": PARENT})
    send(server, call("iam", "ListUsers"))
    server.stop()
    assert server.log().count("iam:ListUsers") == 2
    assert TRACE not in server.log()
