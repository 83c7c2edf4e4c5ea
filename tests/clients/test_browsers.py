"""What a browser may be made to send to a server on its machine, and what it may be let to."""

import json

import botocore.auth
import botocore.awsrequest
import botocore.credentials

from support import REGION, Server, client


def test_web_pages_do_not_reach_the_bench(server):
    client(server, "iam").create_user(UserName="stays")
    for header in ({"Origin": "https://example.com"}, {"Origin": ""}, {"Sec-Fetch-Site": "same-site"}, {"Host": "rebound.example"}):
        answer = server.http("POST", "/_iamlocal/reset", header)
        assert answer.status == 403
        assert json.loads(answer.body)["error"]
    client(server, "iam").get_user(UserName="stays")


def presigned(server, host):
    """A GET that an image on a web page could make."""
    request = botocore.awsrequest.AWSRequest("GET", f"http://{host}/?Action=CreateUser&Version=2010-05-08&UserName=planted")
    keys = botocore.credentials.Credentials("test", "test")
    botocore.auth.SigV4QueryAuth(keys, "iam", REGION).add_auth(request)
    return request.prepare().url.partition(host)[2]


def test_web_pages_do_not_reach_the_api(server):
    here = f"127.0.0.1:{server.port}"
    for headers in ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, {"Origin": "https://example.com"}, {"Origin": "null"}):
        answer = server.http("GET", presigned(server, here), {"Host": here, **headers})
        assert answer.error()[:2] == (403, "AccessDenied"), headers
    rebound = f"rebound.example:{server.port}"
    assert server.http("GET", presigned(server, rebound), {"Host": rebound}).error()[:2] == (403, "AccessDenied")
    assert not client(server, "iam").list_users(PathPrefix="/")["Users"]
    for host in (here, f"localhost:{server.port}", f"a.localhost:{server.port}", "iam.amazonaws.com"):
        assert server.http("GET", presigned(server, host), {"Host": host}).status in (200, 409), host


def test_pages_and_names_that_are_allowed(tmp_path):
    other = Server(tmp_path, "--allow-origin", "http://localhost:3000", "--allow-host", "iam.test")
    try:
        answer = other.http("OPTIONS", "/", {"Host": "iam.test", "Origin": "http://localhost:3000", "Access-Control-Request-Method": "POST"})
        assert answer.status == 204
        assert answer.headers["access-control-allow-origin"] == "http://localhost:3000"
        answer = other.http("GET", presigned(other, "iam.test"), {"Host": "iam.test", "Origin": "http://localhost:3000"})
        assert (answer.status, answer.headers["access-control-allow-origin"]) == (200, "http://localhost:3000")
        assert other.http("GET", "/_iamlocal/health", {"Origin": "http://localhost:3001"}).status == 403
    finally:
        other.stop()


def test_an_open_bench_is_not_for_pages_of_rebound_names(tmp_path):
    """In a container no address is a loopback address, but the port is often published on one."""
    other = Server(tmp_path, "--listen", "0.0.0.0:0", "--testbench", "on", "--allow-host", "iam.example.com")
    try:
        assert f"  test bench   on, for everybody who can connect to http://0.0.0.0:{other.port}" in other.banner
        for host in (f"rebound.example:{other.port}", "rebound.dev"):
            assert other.http("GET", "/_iamlocal/decisions", {"Host": host}).status == 403
            assert other.http("GET", presigned(other, host), {"Host": host}).error()[:2] == (403, "AccessDenied")
        for host in (f"127.0.0.1:{other.port}", "172.17.0.2", "iam:4566", "iam.default.svc.cluster.local", "iam.example.com"):
            assert other.http("GET", "/_iamlocal/decisions", {"Host": host}).status == 200, host
    finally:
        other.stop()


def test_where_the_bench_is_off_any_name_is_the_servers(tmp_path):
    other = Server(tmp_path, "--listen", "0.0.0.0:0")
    try:
        assert "  test bench   off" in other.banner
        assert other.http("GET", "/livez", {"Host": "iam.example.com"}).status == 200
        assert other.http("GET", "/_iamlocal/decisions", {"Host": "iam.example.com"}).status == 403
    finally:
        other.stop()
