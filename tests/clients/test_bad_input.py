"""Whatever arrives, the answer is the right error of AWS, or a closed connection, and what is stored stays as it is."""

import datetime
import json
import os
import re
import socket
import time

import pytest

from support import (ACCOUNT, Caller, allow, call, form, policy, root_arn, send, signed_headers, utc_now)


@pytest.fixture(autouse=True)
def nothing_changes(request):
    """Compares the whole store before and after each test."""
    server = request.getfixturevalue("server")
    root = Caller(server)
    root.iam.create_user(UserName="resident")
    root.iam.put_user_policy(UserName="resident", PolicyName="p", PolicyDocument=policy(allow("iam:GetUser")))
    before = snapshot(root)
    yield
    assert snapshot(root) == before


def snapshot(root):
    iam = root.iam
    summary = iam.get_account_summary()["SummaryMap"]
    users = iam.list_users()["Users"]
    inline = [iam.list_user_policies(UserName=user["UserName"])["PolicyNames"] for user in users]
    roles = iam.list_roles()["Roles"]
    return (summary, users, inline, roles, iam.list_groups()["Groups"], iam.list_policies(Scope="Local")["Policies"],
            iam.list_access_keys(UserName="resident")["AccessKeyMetadata"])


def request_bytes(server, body, headers=None, line=b"POST / HTTP/1.1", **how):
    signed = signed_headers(server, body=body, **how)
    signed.update(headers or {})
    lines = "".join(f"{name}: {value}\r\n" for name, value in signed.items()).encode("latin-1")
    return line + b"\r\n" + lines + b"Content-Length: %d\r\n\r\n" % len(body) + body


CREATE = form(call("iam", "CreateUser", UserName="intruder"))


def status_of(data):
    found = re.match(rb"HTTP/1\.[01] (\d{3}) ", data)
    return int(found.group(1)) if found else None


def is_refused(data):
    """An error that says what is wrong, or nothing at all: the connection was closed."""
    return data == b"" or 400 <= status_of(data) < 500


# HTTP -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fraction", [0.01, 0.2, 0.5, 0.9, 0.99])
def test_truncated_requests(server, fraction):
    whole = request_bytes(server, CREATE)
    assert is_refused(server.exchange(whole[: int(len(whole) * fraction)], finish=True))


def test_a_body_that_never_comes(server):
    whole = request_bytes(server, CREATE).replace(b"Content-Length: ", b"Content-Length: 9")
    assert is_refused(server.exchange(whole, finish=True))


@pytest.mark.parametrize("junk", [
    b"\r\n\r\n\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
    b"GET / FTP/1.1\r\nHost: x\r\n\r\n", b"\0" * 100, b"POST / HTTP/1.1\r\nno colon here\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1e3\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
    os.urandom(2000).replace(b"\n", b"x"),
], ids=range(15))
def test_what_is_no_http(server, junk):
    assert is_refused(server.exchange(junk, finish=True))


def test_http_errors_are_errors_of_aws(server):
    data = server.exchange(b"POST / HTTP/1.1\r\nno colon here\r\n\r\n", finish=True)
    assert status_of(data) == 400
    assert b"<ErrorResponse" in data and b"<Code>" in data


def test_a_body_over_a_mebibyte(server):
    body = CREATE + b"&Padding=" + b"a" * (1024 * 1024)
    answer = server.http("POST", "/", signed_headers(server, body=body), body)
    status, code, _ = answer.error()
    assert status == 413
    assert code == "RequestEntityTooLarge"


def test_a_body_over_a_mebibyte_in_chunks(server):
    body = CREATE + b"&Padding=" + b"a" * (1024 * 1024)
    headers = signed_headers(server, body=body)
    headers["Transfer-Encoding"] = "chunked"
    pieces = b"".join(b"10000\r\n" + body[at:at + 65536].ljust(65536, b"a") + b"\r\n" for at in range(0, len(body), 65536))
    answer = server.http("POST", "/", headers, pieces + b"0\r\n\r\n")
    assert answer.error()[0] == 413


def test_a_body_announced_as_huge(server):
    """The answer comes before the body does."""
    data = server.exchange(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n")
    assert status_of(data) == 413
    assert b"<Code>RequestEntityTooLarge</Code>" in data


def test_a_body_of_just_under_a_mebibyte_is_read(server):
    body = form(call("iam", "ListUsers")) + b"&Padding="
    body += b"a" * (1024 * 1024 - len(body))
    assert server.http("POST", "/", signed_headers(server, body=body), body).status == 200


def test_headers_without_end(server):
    data = server.exchange(b"POST / HTTP/1.1\r\nHost: x\r\n" + b"X-Padding: aaaaaaaaaaaaaaaaaaaa\r\n" * 20_000)
    assert is_refused(data)
    data = server.exchange(b"GET /?" + b"a" * 500_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    assert is_refused(data)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_other_methods(server, method):
    headers = signed_headers(server, method=method, body=CREATE)
    answer = server.http(method, "/", headers, CREATE)
    assert answer.status in (400, 405, 501)
    assert answer.error()[1]


def test_a_slow_client_holds_nothing_up(server):
    lazy = [server.socket() for _ in range(50)]
    try:
        for connection in lazy:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\n")
        started = time.monotonic()
        assert send(server, call("iam", "ListUsers")).status == 200
        assert time.monotonic() - started < 5
    finally:
        for connection in lazy:
            connection.close()


def test_a_slow_client_is_let_go(start):
    server = start("--request-timeout", "1", "--idle-timeout", "1")
    for sent in (b"POST / HTTP/1.1\r\nHost: x\r\n", b""):
        with server.socket() as connection:
            connection.settimeout(5)
            connection.sendall(sent)
            data = connection.recv(65536)
            assert data == b"" or status_of(data) == 408


def test_one_connection_too_many(start):
    server = start("--max-connections", "3")
    held = [server.socket() for _ in range(3)]
    try:
        time.sleep(0.2)
        with server.socket() as connection:
            connection.settimeout(5)
            try:
                connection.sendall(request_bytes(server, CREATE))
                data = connection.recv(65536)
            except (ConnectionResetError, BrokenPipeError):
                data = b""
            assert data == b"" or status_of(data) == 503
    finally:
        for connection in held:
            connection.close()
    time.sleep(0.3)
    assert send(server, call("iam", "ListUsers")).status == 200


# Parameters -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [b"%", b"%4", b"%zz", b"a%", b"%%41", b"%u0041"])
def test_percent_escapes_that_are_none(server, value):
    status, code, _ = send(server, CREATE + b"&Path=" + value).error()
    assert (status, code) == (400, "MalformedQueryString")


@pytest.mark.parametrize("value", [b"%00", b"a%00b", b"\x00", b"%ff", b"%c3", b"%c3%28", b"%ed%a0%80", b"%f4%90%80%80",
                                   b"\xff\xfe", b"%c0%af"])
def test_bytes_that_are_no_text(server, value):
    body = b"Action=CreateUser&Version=2010-05-08&UserName=intruder&Tags.member.1.Key=k&Tags.member.1.Value=" + value
    status, code, _ = send(server, body).error()
    assert status == 400
    assert code in ("MalformedQueryString", "ValidationError", "MalformedInput")


def test_bytes_that_are_no_text_in_names(server):
    for name in (b"%00", b"%ff", b"User%00Name"):
        answer = send(server, b"Action=CreateUser&Version=2010-05-08&" + name + b"=intruder")
        assert answer.error()[0] == 400


def test_ten_thousand_parameters(server):
    many = b"".join(b"&P%d=x" % number for number in range(10_000))
    started = time.monotonic()
    answer = send(server, CREATE + many)
    assert answer.error()[:2] == (400, "MalformedQueryString")
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("prefix", [b"Tags.member.%d.Key=k", b"Tags.%d.Key=x", b"Action=%d"])
def test_list_items_without_end(server, prefix):
    many = b"".join(b"&" + prefix % number for number in range(1, 5_000))
    answer = send(server, CREATE + many)
    if answer.status == 200:  # parameters that nobody asked for are ignored
        Caller(server).iam.delete_user(UserName="intruder")
    else:
        assert answer.error()[0] == 400


@pytest.mark.parametrize("name", [b"Tags.member.0.Key", b"Tags.member.-1.Key", b"Tags.member.99999999999999999999.Key",
                                  b"Tags.member.x.Key", b"Tags.member..Key", b"Tags.member.1", b"Tags.member.1.Key.member.1",
                                  b"Tags.member.4294967297.Key"])
def test_list_items_that_are_none(server, name):
    answer = send(server, CREATE + b"&" + name + b"=k")
    if answer.status == 200:  # what is no item is not there
        assert answer.find("Tags") is None
        Caller(server).iam.delete_user(UserName="intruder")
    else:
        assert answer.error()[:2] in ((400, "ValidationError"), (400, "MalformedInput"))


def test_a_missing_member(server):
    assert send(server, form(call("iam", "CreateUser"))).error()[:2] == (400, "ValidationError")
    assert send(server, form(call("iam", "PutUserPolicy", UserName="resident"))).error()[2].startswith(
        "2 validation errors detected: ")


def test_enormous_values(server):
    answer = send(server, call("iam", "CreateUser", UserName="a" * 500_000))
    status, code, message = answer.error()
    assert (status, code) == (400, "ValidationError")
    assert len(message) < 10_000
    answer = send(server, call("sts", "AssumeRole", RoleArn=f"arn:aws:iam::{ACCOUNT}:role/x", RoleSessionName="s" * 500_000),
                  service="sts")
    assert answer.error()[:2] == (400, "ValidationError")


# Policies -------------------------------------------------------------------------------------------------------------


def nested(depth):
    return '{"Version":"2012-10-17","Statement":' + "[" * depth + "]" * depth + "}"


POLICIES = {
    "deep lists": nested(50_000),
    "deep lists, not closed": '{"Statement":' + "[" * 100_000,
    "deep objects": '{"a":' * 50_000 + "1" + "}" * 50_000,
    "a key twice": '{"Version":"2012-10-17","Version":"2012-10-17","Statement":[]}',
    "an effect twice": '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}]}',
    "a condition twice":
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":'
        '{"StringEquals":{"aws:username":"a"},"StringEquals":{"aws:username":"b"}}}]}',
    "a number as action": '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":1,"Resource":"*"}]}',
    "an object as action": '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":{},"Resource":"*"}]}',
    "no actions": '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[],"Resource":"*"}]}',
    "comments": '{"Version":"2012-10-17",/* */"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
    "single quotes": "{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Action':'*','Resource':'*'}]}",
    "a comma too many": '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*",}]}',
    "an escape that is none": '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"\\x41","Resource":"*"}]}',
    "half a surrogate": '{"Version":"2012-10-17","Statement":[{"Sid":"\\ud800","Effect":"Allow","Action":"*","Resource":"*"}]}',
    "two documents": policy(allow("*")) + policy(allow("*")),
    "an endless number": '{"Version":' + "9" * 100_000 + "}",
}


@pytest.mark.parametrize("what", sorted(POLICIES))
def test_policies_that_are_none(root, what):
    started = time.monotonic()
    calls = [
        call("iam", "CreatePolicy", PolicyName="p2", PolicyDocument=POLICIES[what]),
        call("iam", "PutUserPolicy", UserName="resident", PolicyName="p2", PolicyDocument=POLICIES[what]),
        call("iam", "CreateRole", RoleName="r2", AssumeRolePolicyDocument=POLICIES[what]),
    ]
    for parameters in calls:
        status, code, _ = send(root.server, parameters).error()
        assert status in (400, 409)
        assert code in ("MalformedPolicyDocument", "ValidationError", "LimitExceeded"), code
    assert time.monotonic() - started < 15


def test_a_huge_policy(root):
    document = policy(*[allow(f"s3:Get{number}", f"arn:aws:s3:::bucket{number}/*") for number in range(1_500)])
    assert 100_000 < len(document) < 131_072
    answer = send(root.server, call("iam", "CreatePolicy", PolicyName="huge", PolicyDocument=document))
    assert answer.error() == (409, "LimitExceeded", "Cannot exceed quota for PolicySize: 6144")
    document = document + " " * 131_072
    answer = send(root.server, call("iam", "CreatePolicy", PolicyName="huge", PolicyDocument=document))
    assert answer.error()[:2] == (400, "ValidationError")


def test_patterns_made_to_take_long(root):
    """A matcher that tries everything would take years over this one."""
    pattern = "arn:aws:iam::*:user/" + "*a" * 400 + "b"
    root.iam.create_policy(PolicyName="slow", PolicyDocument=policy(allow("iam:*", pattern)))
    arn = f"arn:aws:iam::{ACCOUNT}:policy/slow"
    bob = root.user("bob")
    root.iam.attach_user_policy(UserName="bob", PolicyArn=arn)
    started = time.monotonic()
    answer = send(root.server, call("iam", "GetUser", UserName="a" * 60), key=bob.key, secret=bob.secret)
    assert answer.error()[:2] == (403, "AccessDenied")
    assert time.monotonic() - started < 5
    root.iam.detach_user_policy(UserName="bob", PolicyArn=arn)
    root.iam.delete_policy(PolicyArn=arn)
    root.iam.delete_access_key(UserName="bob", AccessKeyId=bob.key)
    root.iam.delete_user(UserName="bob")


# Signatures -----------------------------------------------------------------------------------------------------------

GOOD = "AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={headers}, Signature={signature}"


def parts_of(server):
    headers = signed_headers(server, body=CREATE)
    found = re.match(r"AWS4-HMAC-SHA256 Credential=(.*), SignedHeaders=(.*), Signature=(.*)$", headers["Authorization"])
    return headers, dict(zip(("credential", "headers", "signature"), found.groups()))


AUTHORIZATIONS = {
    "empty": ("", "IncompleteSignature MissingAuthenticationToken"),
    "the scheme alone": ("AWS4-HMAC-SHA256", "IncompleteSignature"),
    "another scheme": ("Bearer abc", "IncompleteSignature MissingAuthenticationToken"),
    "basic": ("Basic dGVzdDp0ZXN0", "IncompleteSignature MissingAuthenticationToken"),
    "the old version": ("AWS test:abcdef", "IncompleteSignature MissingAuthenticationToken"),
    "another algorithm": (GOOD.replace("SHA256 ", "SHA512 "), "IncompleteSignature"),
    "the asymmetric one": (GOOD.replace("AWS4-HMAC-SHA256 ", "AWS4-ECDSA-P256-SHA256 "), "IncompleteSignature"),
    "no credential": ("AWS4-HMAC-SHA256 SignedHeaders={headers}, Signature={signature}", "IncompleteSignature"),
    "no signed headers": ("AWS4-HMAC-SHA256 Credential={credential}, Signature={signature}", "IncompleteSignature"),
    "no signature": ("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={headers}", "IncompleteSignature"),
    "no equals sign": (GOOD + ", oops", "IncompleteSignature"),
    "a part twice": (GOOD + ", Signature={signature}", "IncompleteSignature"),
    "a short credential": (GOOD.replace("{credential}", "test/20200101/us-east-1/iam"), "IncompleteSignature"),
    "a credential of one part": (GOOD.replace("{credential}", "test"), "IncompleteSignature"),
    "no key": (GOOD.replace("{credential}", "/20200101/us-east-1/iam/aws4_request"),
               "IncompleteSignature SignatureDoesNotMatch InvalidClientTokenId"),
    "an empty signature": (GOOD.replace("{signature}", ""), "SignatureDoesNotMatch IncompleteSignature"),
    "a short signature": (GOOD.replace("{signature}", "abcdef"), "SignatureDoesNotMatch IncompleteSignature"),
    "a long signature": (GOOD.replace("{signature}", "{signature}0"), "SignatureDoesNotMatch IncompleteSignature"),
    "zeros": (GOOD.replace("{signature}", "0" * 64), "SignatureDoesNotMatch"),
    "no hexadecimal": (GOOD.replace("{signature}", "x" * 64), "SignatureDoesNotMatch IncompleteSignature"),
    "the host not signed": (GOOD.replace("{headers}", "content-type;x-amz-date"), "SignatureDoesNotMatch"),
    "the date not signed": (GOOD.replace("{headers}", "content-type;host"), "SignatureDoesNotMatch"),
    "headers that are not there": (GOOD.replace("{headers}", "content-type;host;x-amz-date;x-more"),
                                   "SignatureDoesNotMatch"),
    "headers out of order": (GOOD.replace("{headers}", "x-amz-date;host;content-type"),
                             "SignatureDoesNotMatch IncompleteSignature"),
    "headers in capitals": (GOOD.replace("{headers}", "Content-Type;Host;X-Amz-Date"),
                            "SignatureDoesNotMatch IncompleteSignature"),
    "commas only": ("AWS4-HMAC-SHA256 ,,,,", "IncompleteSignature"),
    "very long": ("AWS4-HMAC-SHA256 " + "a" * 20_000, "IncompleteSignature"),
    "bytes that are no text": ("AWS4-HMAC-SHA256 Credential=\xff\xfe/x, SignedHeaders={headers}, Signature={signature}",
                               "IncompleteSignature"),
}


@pytest.mark.parametrize("what", sorted(AUTHORIZATIONS))
def test_malformed_authorization(server, what):
    headers, parts = parts_of(server)
    template, codes = AUTHORIZATIONS[what]
    headers["Authorization"] = template.format(**parts)
    data = server.exchange(request_bytes_of(headers))
    assert status_of(data) in (400, 403), data
    code = re.search(rb"<Code>(.*?)</Code>", data).group(1).decode()
    assert code in codes.split(), data
    assert status_of(data) == (400 if code == "IncompleteSignature" else 403)
    if code == "IncompleteSignature":
        assert re.search(rb"<Message>.{10,}</Message>", data, re.S)


def request_bytes_of(headers):
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode("latin-1")
    return b"POST / HTTP/1.1\r\n" + lines + b"Content-Length: %d\r\n\r\n" % len(CREATE) + CREATE


def test_two_authorization_headers(server):
    headers, _ = parts_of(server)
    data = server.exchange(request_bytes_of(headers).replace(
        b"Content-Length", b"Authorization: " + headers["Authorization"].encode() + b"\r\nContent-Length"))
    assert status_of(data) in (400, 403)


def test_a_header_and_a_query_signature(server):
    headers, parts = parts_of(server)
    data = server.exchange(request_bytes_of(headers).replace(
        b"POST / ", b"POST /?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=" + b"0" * 64 + b" ", 1))
    assert status_of(data) in (400, 403)


@pytest.mark.parametrize("date", ["", "20200101", "2020-01-01T00:00:00Z", "20201301T000000Z", "20200230T000000Z", "x" * 16,
                                  "20200101T250000Z", "99999999T999999Z"])
def test_dates_that_are_none(server, date):
    headers, _ = parts_of(server)
    headers["X-Amz-Date"] = date
    answer = server.http("POST", "/", headers, CREATE)
    assert answer.error()[:2] in ((400, "IncompleteSignature"), (403, "SignatureDoesNotMatch"))


@pytest.mark.parametrize("age", [datetime.timedelta(minutes=20), datetime.timedelta(days=1), datetime.timedelta(days=4000),
                                 -datetime.timedelta(minutes=20)])
def test_requests_of_another_time(server, age):
    answer = send(server, CREATE, moment=utc_now() - age)
    assert answer.error()[:2] == (403, "SignatureDoesNotMatch")


@pytest.mark.parametrize("part", ["method", "path", "query", "host", "body", "date", "header"])
def test_a_tampered_request(server, part):
    headers = signed_headers(server, body=CREATE, extra={"X-Extra": "a"})
    method, target, body = "POST", "/", CREATE
    if part == "method":
        method = "PUT"
    elif part == "path":
        target = "/x"
    elif part == "query":
        target = "/?a=b"
    elif part == "host":
        headers["Host"] = "sts.amazonaws.com"
    elif part == "body":
        body = CREATE.replace(b"intruder", b"invader1")
    elif part == "date":
        stamp = utc_now() - datetime.timedelta(seconds=60)
        headers["X-Amz-Date"] = stamp.strftime("%Y%m%dT%H%M%SZ")
    else:
        headers["X-Extra"] = "b"
    answer = server.http(method, target, headers, body)
    if part == "method":
        assert answer.status in (400, 403, 405)
    else:
        assert answer.error()[:2] == (403, "SignatureDoesNotMatch")


@pytest.mark.parametrize("token", ["", "x", "A" * 10_000, "IQoJb3JpZ2luX2VjEA==", "\xff", "a b", "../../etc/passwd"])
def test_tokens_that_are_none(server, token):
    root = Caller(server)
    headers = signed_headers(server, body=CREATE, extra={"X-Amz-Security-Token": token}, key="ASIAIOSFODNN7EXAMPLE")
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode("latin-1")
    data = server.exchange(
        b"POST / HTTP/1.1\r\n" + lines + b"Content-Length: %d\r\n\r\n" % len(CREATE) + CREATE)
    assert status_of(data) in (400, 403)
    assert root.arn() == root_arn()


def test_truncated_tokens(server):
    root = Caller(server)
    credentials = root.sts.get_session_token()["Credentials"]
    token = credentials["SessionToken"]
    for length in [0, 1, 2, 10, len(token) // 2, len(token) - 1]:
        answer = send(server, call("sts", "GetCallerIdentity"), service="sts", key=credentials["AccessKeyId"],
                      secret=credentials["SecretAccessKey"], token=token[:length])
        assert answer.error()[:2] == (403, "InvalidClientTokenId")
    answer = send(server, call("sts", "GetCallerIdentity"), service="sts", key=credentials["AccessKeyId"],
                  secret=credentials["SecretAccessKey"], token=token)
    assert answer.status == 200


# The test bench -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"advance":2}', b'{"advance":"2 parsecs"}', b'{"freeze":"soon"}',
                                  b'{"advance":"99999999999999h"}', b'{"unknown":1}', b'{"reset":1,"advance":"1h"}',
                                  b"[" * 100_000, b"\xff"])
def test_clocks_that_make_no_sense(server, body):
    answer = server.http("POST", "/_iamlocal/clock", {"Content-Type": "application/json"}, body)
    assert answer.status == 400
    assert json.loads(answer.body)["error"]


def test_the_bench_has_methods(server):
    assert server.http("GET", "/_iamlocal/reset").status == 405
    assert server.http("POST", "/_iamlocal/health").status == 405
    assert server.http("POST", "/_iamlocal/nothing").status == 404


def test_web_pages_do_not_reach_the_bench(server):
    answer = server.http("POST", "/_iamlocal/reset", {"Origin": "https://example.com"})
    assert answer.status == 403


def test_connections_that_break(server):
    """Resets in the middle of everything."""
    whole = request_bytes(server, CREATE)
    for cut in range(1, len(whole) - 1, 37):
        connection = server.socket()
        connection.sendall(whole[:cut])
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.close()
    assert send(server, call("iam", "ListUsers")).status == 200
