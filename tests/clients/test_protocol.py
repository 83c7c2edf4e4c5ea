"""The query protocol: the many ways in which one request may be written."""

import gzip
import hashlib
import re
import urllib.parse
import zlib

import pytest

from support import (ACCOUNT, REGION, Caller, allow, amz_date, call, form, policy, send, send_get, signed_headers)

TAGS = [("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "v")]


def test_parameters_in_the_query_string(server):
    answer = send_get(server, call("iam", "CreateUser", *TAGS, UserName="bob"), service="iam")
    assert (answer.status, answer.find("UserName"), answer.find("Key")) == (200, "bob", "k")


def test_parameters_half_here_half_there(server):
    body = form([("UserName", "bob")])
    query = "Action=CreateUser&Version=2010-05-08"
    headers = signed_headers(server, query=query, body=body)
    answer = server.http("POST", "/?" + query, headers, body)
    assert (answer.status, answer.find("UserName")) == (200, "bob")


def test_order_does_not_matter(server):
    parameters = [("UserName", "bob"), ("Version", "2010-05-08"), *reversed(TAGS), ("Action", "CreateUser")]
    answer = send(server, parameters)
    assert (answer.status, answer.find("Key"), answer.find("Value")) == (200, "k", "v")


@pytest.mark.parametrize("written", ["a+b c", "a%2Bb+c", "a%2bb%20c", "%61%2Bb%20c"])
def test_plus_and_percent(server, written):
    body = b"Action=CreateUser&Version=2010-05-08&UserName=bob&Tags.member.1.Key=k&Tags.member.1.Value=" + written.encode()
    if " " in written:
        body = body.replace(b"a+b c", b"a%2Bb+c")
    answer = send(server, body)
    assert answer.find("Value") == "a+b c"


def test_reserved_characters_survive(iam):
    value = "a=b/c:d_e.f-g@h+i"
    iam.create_user(UserName="bob", Tags=[{"Key": value, "Value": value}])
    assert iam.get_user(UserName="bob")["User"]["Tags"] == [{"Key": value, "Value": value}]


def test_an_empty_list(server):
    assert send(server, call("iam", "CreateUser", UserName="bob", Tags="")).status == 200
    got = send(server, call("iam", "GetUser", UserName="bob"))
    assert got.find("Tags") is None
    assert send(server, call("iam", "CreateUser", ("Tags.member", ""), UserName="eve")).status in (200, 400)


def test_an_empty_text_is_a_value(server):
    answer = send(server, call("iam", "CreateUser", ("Tags.member.1.Key", "k"), ("Tags.member.1.Value", ""), UserName="bob"))
    assert (answer.status, answer.find("Key"), answer.find("Value")) == (200, "k", "")


def test_list_items_out_of_order(server):
    pairs = [("Tags.member.2.Key", "last"), ("Tags.member.2.Value", "3"), ("Tags.member.1.Value", "1"),
             ("Tags.member.1.Key", "first")]
    answer = send(server, call("iam", "CreateUser", *pairs, UserName="bob"))
    assert re.findall("<Key>(.*?)</Key>", answer.text) == ["first", "last"]


def test_the_first_of_repeated_parameters_counts(server):
    answer = send(server, call("iam", "CreateUser", ("UserName", "first"), ("UserName", "second")))
    assert answer.find("UserName") == "first"
    assert "second" not in answer.text


def test_parameters_without_an_equals_sign(server):
    assert send(server, b"Action=ListUsers&Version=2010-05-08&Marked&&").status in (200, 400)


# Bodies ---------------------------------------------------------------------------------------------------------------


def sent_as(server, body, *, encoding=None, signed_body=None, headers=None):
    extra = {"Content-Type": "application/x-www-form-urlencoded"}
    if encoding:
        extra["Content-Encoding"] = encoding
    signed = signed_headers(server, body=signed_body if signed_body is not None else body, extra=extra)
    signed.update(headers or {})
    return server.http("POST", "/", signed, body)


def test_a_gzipped_body(server):
    body = gzip.compress(form(call("iam", "CreateUser", UserName="bob")))
    answer = sent_as(server, body, encoding="gzip")
    assert (answer.status, answer.find("UserName")) == (200, "bob")


def test_a_body_that_is_no_gzip(server):
    for body in (b"Action=ListUsers&Version=2010-05-08", gzip.compress(b"Action=ListUsers")[:-9], b"\x1f\x8b"):
        answer = sent_as(server, body, encoding="gzip")
        assert answer.status == 400, answer.text
        assert answer.error()[0] == 400


def test_a_gzip_bomb(server):
    bomb = gzip.compress(b"Action=ListUsers&Version=2010-05-08&A=" + b"a" * 50_000_000)
    assert len(bomb) < 100_000
    answer = sent_as(server, bomb, encoding="gzip")
    assert answer.status in (400, 413)
    answer.error()


def test_an_encoding_we_do_not_know(server):
    answer = sent_as(server, zlib.compress(form(call("iam", "ListUsers"))), encoding="br")
    assert answer.status in (400, 415)
    answer.error()


def chunked(body, sizes):
    out = b""
    for size in sizes:
        piece, body = body[:size], body[size:]
        if piece:
            out += b"%x\r\n%s\r\n" % (len(piece), piece)
    return out + (b"%x\r\n%s\r\n" % (len(body), body) if body else b"") + b"0\r\n\r\n"


@pytest.mark.parametrize("sizes", [[1] * 10, [5, 20], []])
def test_a_chunked_body(server, sizes):
    body = form(call("iam", "CreateUser", UserName="bob"))
    headers = signed_headers(server, body=body)
    headers["Transfer-Encoding"] = "chunked"
    answer = server.http("POST", "/", headers, chunked(body, sizes))
    assert (answer.status, answer.find("UserName")) == (200, "bob")


def test_the_hash_of_the_body_is_signed(server):
    body = form(call("iam", "CreateUser", UserName="bob"))
    answer = server.http("POST", "/", signed_headers(server, body=body), body.replace(b"bob", b"eve"))
    assert answer.error()[:2] == (403, "SignatureDoesNotMatch")
    extra = {"X-Amz-Content-Sha256": hashlib.sha256(body).hexdigest()}
    answer = server.http("POST", "/", signed_headers(server, body=body, extra=extra), body)
    assert answer.status == 200
    extra = {"X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD"}
    headers = signed_headers(server, body=body, extra=extra)
    assert server.http("POST", "/", headers, body.replace(b"bob", b"eve")).error()[1] == "SignatureDoesNotMatch"


@pytest.mark.parametrize("kind, status", [
    ("application/x-www-form-urlencoded", 200), ("application/x-www-form-urlencoded; charset=utf-8", 200),
    ("application/x-www-form-urlencoded;charset=UTF-8", 200), ("Application/X-WWW-Form-URLencoded", 200),
    ("application/json", 415), ("text/plain", 415), ("multipart/form-data; boundary=x", 415),
])
def test_content_types(server, kind, status):
    body = form(call("iam", "ListUsers"))
    answer = server.http("POST", "/", signed_headers(server, body=body, extra={"Content-Type": kind}), body)
    assert answer.status in ((status,) if status == 200 else (400, 415)), answer.text


# Answers --------------------------------------------------------------------------------------------------------------


def test_json_where_only_json_is_accepted(server):
    answer = send(server, call("sts", "GetCallerIdentity"), service="sts", headers={"Accept": "application/json"})
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {"GetCallerIdentityResponse": {
        "GetCallerIdentityResult": {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:root", "UserId": ACCOUNT},
        "ResponseMetadata": {"RequestId": answer.headers["x-amzn-requestid"]},
    }}


def test_an_error_in_json(server):
    answer = send(server, call("sts", "GetCallerIdentity"), service="sts", key="unknown-key",
                  headers={"Accept": "application/json"})
    assert answer.status == 403
    assert answer.json() == {
        "Error": {"Code": "InvalidClientTokenId", "Message": "The security token included in the request is invalid.",
                  "Type": "Sender"},
        "RequestId": answer.headers["x-amzn-requestid"],
    } or answer.json()["ErrorResponse"]["Error"]["Code"] == "InvalidClientTokenId"


@pytest.mark.parametrize("accept", ["*/*", "text/xml", "application/json, text/xml;q=0.5, */*;q=0.1", ""])
def test_xml_for_everybody_else(server, accept):
    answer = send(server, call("sts", "GetCallerIdentity"), service="sts", headers={"Accept": accept})
    assert answer.headers["content-type"] == "text/xml"


def test_head_has_no_body(server):
    query = "Action=ListUsers&Version=2010-05-08"
    answer = server.http("HEAD", "/?" + query, signed_headers(server, method="HEAD", query=query))
    assert answer.status in (200, 405)
    assert answer.body == b""


# Connections ----------------------------------------------------------------------------------------------------------


def raw(server, parameters, extra=b""):
    body = form(parameters)
    headers = signed_headers(server, body=body)
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode()
    return b"POST / HTTP/1.1\r\n" + lines + b"Content-Length: %d\r\n" % len(body) + extra + b"\r\n" + body


def read_answers(connection, count):
    data = b""
    answers = []
    while len(answers) < count:
        chunk = connection.recv(65536)
        if not chunk:
            break
        data += chunk
        while True:
            head, separator, rest = data.partition(b"\r\n\r\n")
            if not separator:
                break
            length = int(re.search(rb"(?i)content-length: *(\d+)", head).group(1))
            if len(rest) < length:
                break
            answers.append((int(head.split()[1]), head, rest[:length]))
            data = rest[length:]
    return answers


def test_many_requests_on_one_connection(server):
    with server.socket() as connection:
        for number in range(50):
            connection.sendall(raw(server, call("iam", "CreateUser", UserName=f"user{number}")))
            ((status, _, body),) = read_answers(connection, 1)
            assert status == 200
            assert f"<UserName>user{number}</UserName>".encode() in body


def test_pipelined_requests_are_answered_in_order(server):
    with server.socket() as connection:
        names = [f"user{number}" for number in range(20)]
        connection.sendall(b"".join(raw(server, call("iam", "CreateUser", UserName=name)) for name in names))
        answers = read_answers(connection, len(names))
    assert [status for status, _, _ in answers] == [200] * len(names)
    assert [re.search(rb"<UserName>(.*?)<", body).group(1).decode() for _, _, body in answers] == names


def test_an_error_does_not_end_the_connection(server):
    with server.socket() as connection:
        connection.sendall(raw(server, call("iam", "GetUser", UserName="nobody")))
        connection.sendall(raw(server, call("iam", "GetUser", UserName="a b")))
        connection.sendall(raw(server, call("iam", "ListUsers")))
        assert [status for status, _, _ in read_answers(connection, 3)] == [404, 400, 200]


def test_connection_close_is_heard(server):
    with server.socket() as connection:
        connection.sendall(raw(server, call("iam", "ListUsers"), b"Connection: close\r\n"))
        ((status, head, _),) = read_answers(connection, 1)
        assert status == 200
        assert b"connection: close" in head.lower()
        assert connection.recv(1) == b""


def test_a_request_in_single_bytes(server):
    with server.socket() as connection:
        for byte in raw(server, call("iam", "ListUsers")):
            connection.sendall(bytes([byte]))
        assert read_answers(connection, 1)[0][0] == 200


def test_expect_100_continue(server):
    whole = raw(server, call("iam", "ListUsers"), b"Expect: 100-continue\r\n")
    head, _, body = whole.partition(b"\r\n\r\n")
    with server.socket() as connection:
        connection.sendall(head + b"\r\n\r\n")
        connection.settimeout(5)
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)
        assert read_answers(connection, 1)[0][0] == 200


def test_http_1_0(server):
    data = raw(server, call("iam", "ListUsers")).replace(b"HTTP/1.1", b"HTTP/1.0", 1)
    with server.socket() as connection:
        connection.sendall(data)
        ((status, _, _),) = read_answers(connection, 1)
        assert status == 200
        assert connection.recv(1) == b""


# Signatures -----------------------------------------------------------------------------------------------------------


def test_signed_headers_may_be_any(server):
    """As SDKs of other languages sign: length, user agent, and headers of their own with odd spaces."""
    body = form(call("iam", "ListUsers"))
    extra = {"Content-Length": str(len(body)), "User-Agent": "aws-sdk-go-v2/1.0  os/linux", "amz-sdk-invocation-id": "x",
             "amz-sdk-request": " attempt=1;   max=3 ", "X-Amz-User-Agent": "aws-sdk-js/3"}
    answer = server.http("POST", "/", signed_headers(server, body=body, extra=extra), body)
    assert answer.status == 200, answer.text


def test_the_scope_is_checked(server):
    body = form(call("iam", "ListUsers"))
    stamp = amz_date()
    right = f"test/{stamp[:8]}/{REGION}/iam/aws4_request"
    for wrong in (right.replace("aws4_request", "aws4_reques"), right.replace(stamp[:8], "20200101"),
                  right.replace("/iam/", "/ec2/")):
        headers = signed_headers(server, body=body)
        headers["Authorization"] = headers["Authorization"].replace(right, wrong)
        assert server.http("POST", "/", headers, body).error()[:2] == (403, "SignatureDoesNotMatch"), wrong


def test_a_session_policy_goes_through_a_form(root):
    """The longest and oddest value that clients send."""
    arn = root.role("job", f"arn:aws:iam::{ACCOUNT}:root", allow("*"))
    document = policy(allow("iam:ListUsers")).replace(" ", "\t\n ")
    session = root.user("bob", allow("sts:AssumeRole")).assume(arn, Policy=document)
    session.iam.list_users()
    assert isinstance(session, Caller)


def test_a_query_string_in_any_order(server):
    """The canonical query is sorted by us, whatever order it came in."""
    parameters = call("sts", "GetCallerIdentity")
    query = urllib.parse.urlencode(sorted(parameters))
    headers = signed_headers(server, method="GET", query=query, service="sts")
    shuffled = urllib.parse.urlencode(list(reversed(sorted(parameters))))
    assert server.http("GET", "/?" + shuffled, headers).status == 200
