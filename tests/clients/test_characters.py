"""Whatever characters a client sends, what it or another caller reads is UTF-8, and XML where it claims to be."""

import gzip
import json
import select
import socket
import subprocess
import time
import urllib.parse

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest

from support import BINARY, REGION, Caller, allow, call, clean_environment, client, form, policy, send, signed_headers

NASTY = ["\ufffe", "\uffff", "a\ufffeb", "\x01", "\x7f", "\x85", "\u2028", "\U0001f600", "]]>", "<&>\"'", "\r\n", "\x0b", "\ud7ff"]
BYTES = [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xef\xbf\xbe", b"\xc2\x9b"]


def readable(answer):
    answer.body.decode()
    if answer.headers.get("content-type", "").startswith("text/xml"):
        answer.xml()
    elif answer.headers.get("content-type") == "application/json":
        answer.json()
    return answer


def test_in_parameters(server, model):
    """Every text of every operation, as the server itself describes them."""
    for service, described in model.items():
        for operation, shape in described["operations"].items():
            for name in shape["input"]:
                for text in NASTY:
                    readable(send(server, call(service, operation, **{name: text}), service=service))


@pytest.fixture(scope="module")
def model():
    return json.loads(subprocess.run([BINARY, "--describe"], capture_output=True, check=True, env=clean_environment()).stdout)


@pytest.mark.parametrize("text", NASTY)
def test_in_names_of_things(server, text):
    for parameters in ([("Action", text), ("Version", "2010-05-08")], [("Action", "GetUser"), ("Version", text)], [(text, text)]):
        readable(send(server, parameters))
        readable(server.http("GET", "/?" + urllib.parse.urlencode(parameters)))


@pytest.mark.parametrize("data", BYTES)
def test_in_headers(server, data):
    text = data.decode("latin-1")
    body = form(call("sts", "GetCallerIdentity"))
    for name in ("User-Agent", "Referer", "Content-Type", "Content-Encoding", "Accept", "X-Amz-Date", "X-Amz-Security-Token", "Host"):
        headers = {**signed_headers(server, service="sts", body=body), name: text}
        readable(server.http("POST", "/", headers, body))
    for part in ("Credential=", "SignedHeaders=", "Signature=", "AWS4", "/" + REGION):
        headers = signed_headers(server, service="sts", body=body)
        headers["Authorization"] = headers["Authorization"].replace(part, part + text)
        assert readable(server.http("POST", "/", headers, body)).status >= 400
    for path in (b"/", b"/_iamlocal/", b"/_iamlocal/decisions/", b"/_iamlocal/decisions?principal="):
        server.exchange(b"GET " + path + data + b" HTTP/1.1\r\nHost: localhost\r\n\r\n").decode()


def presigned(server, region):
    request = botocore.awsrequest.AWSRequest("GET", f"http://{server.host}:{server.port}/?Action=ListUsers&Version=2010-05-08")
    keys = client(server, "iam").create_access_key(UserName="wanderer")["AccessKey"]
    signer = botocore.auth.SigV4QueryAuth(botocore.credentials.Credentials(keys["AccessKeyId"], keys["SecretAccessKey"]), "iam", region)
    signer.add_auth(request)
    return keys["AccessKeyId"], "/?" + request.url.partition("/?")[2]


@pytest.mark.parametrize("region", ["\ufffe", "a\x00", "x" * 10_000, "EU", "a b"])
def test_regions_are_not_kept(server, region):
    """They would be stored as the Region of a key's last use."""
    iam = client(server, "iam")
    iam.create_user(UserName="wanderer")
    key, target = presigned(server, region)
    answer = readable(server.http("GET", target))
    assert answer.status == 403
    assert "scoped to a valid region" in answer.error()[2]
    assert iam.get_access_key_last_used(AccessKeyId=key)["AccessKeyLastUsed"]["Region"] == "N/A"
    iam.delete_access_key(UserName="wanderer", AccessKeyId=key)
    iam.delete_user(UserName="wanderer")


@pytest.mark.parametrize("data", BYTES)
def test_in_explanations(server, data):
    """A policy that asks for a header brings it into the decision, whatever its bytes."""
    iam = client(server, "iam")
    iam.create_user(UserName="ann")
    condition = {"StringLike": {"aws:UserAgent": "nobody*", "aws:Referer": "*"}}
    iam.put_user_policy(UserName="ann", PolicyName="p", PolicyDocument=policy(allow("iam:GetUser", Condition=condition)))
    keys = iam.create_access_key(UserName="ann")["AccessKey"]
    answer = send(server, call("iam", "GetUser", UserName="ann"), key=keys["AccessKeyId"], secret=keys["SecretAccessKey"],
                  headers={"User-Agent": data.decode("latin-1"), "Referer": data.decode("latin-1")})
    assert readable(answer).status == 403
    link = f"/_iamlocal/decisions/{answer.headers['x-amzn-requestid']}"
    for target in (link, link + "?format=text", "/_iamlocal/decisions"):
        assert readable(server.http("GET", target)).status == 200
    assert "aws:useragent" in server.http("GET", link + "?format=text").text.lower()
    message = server.http("GET", link).json()["encoded_message"]
    answer = readable(send(server, call("sts", "DecodeAuthorizationMessage", EncodedMessage=message), service="sts"))
    json.loads(answer.find("DecodedMessage"))
    iam.delete_access_key(UserName="ann", AccessKeyId=keys["AccessKeyId"])
    iam.delete_user_policy(UserName="ann", PolicyName="p")
    iam.delete_user(UserName="ann")


def test_the_log_is_json(server):
    server.http("GET", "/?Action=%FF", {"User-Agent": "\xff"})
    for line in server.log_path.read_bytes().splitlines():
        if line.startswith(b"{"):
            json.loads(line.decode())


def test_a_large_action_is_not_repeated(server):
    action = b"%26" * 300_000
    answer = readable(send(server, b"Version=2010-05-08&Action=" + action))
    assert answer.error()[1] == "InvalidAction"
    assert len(answer.body) < 5_000


def test_two_lines_of_content_encoding(server):
    body = gzip.compress(form(call("sts", "GetCallerIdentity")))
    signed = signed_headers(server, service="sts", body=body)

    def status(*codings):
        lines = "".join(f"{name}: {value}\r\n" for name, value in signed.items()) + "".join(f"Content-Encoding: {coding}\r\n" for coding in codings)
        return int(server.exchange(f"POST / HTTP/1.1\r\n{lines}Content-Length: {len(body)}\r\n\r\n".encode() + body)[9:12])

    assert status("identity", "gzip") == 200
    assert status("gzip", "identity") == 200
    assert status("gzip", "gzip") == 415
    assert status("gzip", "br") == 415
    assert status("gzip") == 200


def test_targets_in_absolute_form(server):
    headers = signed_headers(server, service="sts", query="Action=GetCallerIdentity&Version=2011-06-15", method="GET")
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    for host, status in ((headers["Host"], b"200"), ("other.example", b"400")):
        line = f"GET http://{host}/?Action=GetCallerIdentity&Version=2011-06-15 HTTP/1.1\r\n"
        assert server.exchange((line + lines + "\r\n").encode()).startswith(b"HTTP/1.1 " + status)
    health = f"GET http://{headers['Host']}/_iamlocal/health HTTP/1.1\r\nHost: {headers['Host']}\r\n\r\n"
    assert b'"status":"running"' in server.exchange(health.encode())
    for host in ("a b", "a/b", "a@b"):
        assert server.exchange(f"GET /readyz HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()).startswith(b"HTTP/1.1 400")


def test_thousands_of_signed_headers(server):
    """7,800 names are refused, and quickly."""
    body = form(call("sts", "GetCallerIdentity"))
    headers = signed_headers(server, service="sts", body=body)
    names = ";".join(sorted({f"{i:x}" for i in range(12_000)})[:7_800])
    headers["Authorization"] = headers["Authorization"].replace("SignedHeaders=", f"SignedHeaders={names};")
    began = time.monotonic()
    assert server.http("POST", "/", headers, body).status in (400, 403)
    many = b"".join(b"%x:\r\n" % i for i in range(8_000))
    assert server.exchange(b"POST / HTTP/1.1\r\nHost: localhost\r\n" + many + b"\r\n").startswith(b"HTTP/1.1 431")
    assert time.monotonic() - began < 1


def test_unfinished_bodies(server):
    """A hundred connections keep a megabyte each but for one byte; then there is no more room, and soon there is again."""
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1048576\r\n\r\n"
    connections = []
    try:
        for _ in range(100):
            connection = socket.create_connection((server.host, server.port), timeout=20)
            connection.sendall(head + b"x" * 1_048_575)
            connections.append(connection)
        # Which of them find no room depends on how fast the server reads.
        answered, _, _ = select.select(connections, [], [], 20)
        assert [connection.recv(12) for connection in answered] == [b"HTTP/1.1 503"] * len(answered) != []
        assert Caller(server).sts.get_caller_identity()["Account"]
    finally:
        for connection in connections:
            connection.close()
