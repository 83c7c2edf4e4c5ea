#!/usr/bin/env python3
"""Prints requests signed by botocore as JSON: what tests/unit/auth verifies and tampers with.

    python3 tests/clients/sigv4_vectors.py > tests/unit/auth/data/botocore.json

The keys are AWS's documented examples. The time is fixed where botocore lets us fix it (1.40 and later), so that a new
run differs only where botocore does; each case says when it was signed.
"""

import base64
import datetime
import json
import sys
from urllib.parse import urlsplit

import botocore
import botocore.auth
import botocore.session
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.config import Config
from botocore.credentials import Credentials

ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
TOKEN = "FwoGZXIvYXdzEXAMPLE//////////wEaDEXAMPLE+token/with=signs=="
ENDPOINT = "http://localhost:4566"
NOW = datetime.datetime(2024, 2, 29, 23, 59, 58)

if hasattr(botocore.auth, "get_current_datetime"):
    botocore.auth.get_current_datetime = lambda *_, **__: NOW

cases = []


def add(name, service, method, url, headers, body, token):
    parts = urlsplit(url)
    # The left-out ones are never signed, and tell of the machine or differ from run to run.
    headers = [[key, value.decode() if isinstance(value, bytes) else str(value)] for key, value in headers
               if key.lower() not in ("user-agent", "amz-sdk-invocation-id", "amz-sdk-request")]
    if not any(key.lower() == "host" for key, _ in headers):
        # As Python's HTTP client does: a default port is not named.
        headers.append(["Host", parts.netloc.removesuffix(":80")])
    if isinstance(body, str):
        body = body.encode()
    cases.append({
        "name": name,
        "service": service,
        "method": method,
        "target": (parts.path or "/") + ("?" + parts.query if parts.query else ""),
        "headers": headers,
        "body": base64.b64encode(body or b"").decode(),
        "access_key_id": ACCESS_KEY,
        "secret": SECRET_KEY,
        "session_token": token or "",
    })


def client_of(service, endpoint, token=None, region="eu-west-1", **config):
    return botocore.session.Session().create_client(
        service, region_name=region, endpoint_url=endpoint, aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY, aws_session_token=token,
        config=Config(retries={"max_attempts": 0}, parameter_validation=False, **config))


def call(name, service, operation, parameters, endpoint=ENDPOINT, token=None):
    """A call of the real client, caught where it would go to the network."""
    client = client_of(service, endpoint, token)

    def catch(request, **_):
        add(name, service, request.method, request.url, request.headers.items(), request.body, token)
        response = AWSResponse(request.url, 200, {}, None)
        response._content = b"<R><%sResult/></R>" % operation.encode()
        return response

    client.meta.events.register("before-send", catch)
    client._make_api_call(operation, parameters)


def presign(name, operation, parameters, endpoint=ENDPOINT, token=None, expires=60, headers=None):
    """As `aws eks get-token` does it."""
    client = client_of("sts", endpoint, token)
    if headers:
        client.meta.events.register("before-sign.sts.*",
                                    lambda request, **_: [request.headers.add_header(k, v) for k, v in headers])
    url = client.generate_presigned_url(operation, parameters, ExpiresIn=expires, HttpMethod="GET")
    add(name, "sts", "GET", url, headers or [], b"", token)


def sign(name, method, url, headers=(), body=b"", token=None, service="iam", region="us-east-1"):
    """Requests that the client's interface does not offer."""
    request = AWSRequest(method=method, url=url, data=body)
    for key, value in headers:
        request.headers.add_header(key, value)
    botocore.auth.SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY, token), service, region).add_auth(request)
    add(name, service, method, url, request.headers.items(), body, token)


def main():
    call("caller identity", "sts", "GetCallerIdentity", {})
    call("caller identity with a session token", "sts", "GetCallerIdentity", {}, token=TOKEN)
    call("parameters with spaces and signs", "iam", "CreateUser",
         {"UserName": "a+b c=d&e", "Path": "/x/~y/",
          "Tags": [{"Key": "k 1", "Value": ""}, {"Key": "é", "Value": "日本"}]})
    call("an empty list", "iam", "CreateUser", {"UserName": "bob", "Tags": []})
    call("a large document", "iam", "PutUserPolicy",
         {"UserName": "bob", "PolicyName": "p", "PolicyDocument": json.dumps({"Statement": ["*" * 6000]})}, token=TOKEN)
    for path in ("/", "/sts/path", "/sts/path/", "/a//b///c/", "/a/./b/../c", "/a/b/..", "/..", "/a%20b/%C3%BC/%2F",
                 "/it's(~)*!/$&+,;=:@", "/sts-path_1.0"):
        call(f"endpoint {path}", "sts", "GetCallerIdentity", {}, endpoint=ENDPOINT + path)
    call("default port", "iam", "ListUsers", {}, endpoint="http://iam.localhost:80")
    call("IPv6", "iam", "ListUsers", {}, endpoint="http://[::1]:4566")

    presign("presigned", "get_caller_identity", {})
    presign("presigned for a cluster", "get_caller_identity", {}, headers=[("x-k8s-aws-id", "my cluster")])
    presign("presigned with a session token", "get_caller_identity", {}, token=TOKEN)
    presign("presigned for a week", "get_caller_identity", {}, expires=604800)
    presign("presigned at a path", "get_caller_identity", {}, endpoint=ENDPOINT + "/sts//path/./x%20y/")
    presign("presigned with parameters", "assume_role",
            {"RoleArn": "arn:aws:iam::000000000000:role/r/a b", "RoleSessionName": "é+=,.@-",
             "Tags": [{"Key": "", "Value": ""}], "PolicyArns": []})

    sign("query sorted by name, then value", "GET", ENDPOINT + "/?b=2&a=z&a=b&A=1&a-b=c&Action=ListUsers")
    sign("query without values", "GET", ENDPOINT + "/?Action=ListUsers&Marker=&z=")
    sign("query escaped", "GET", ENDPOINT + "/?Action=ListUsers&PathPrefix=%2Fa%20b%2F&x%3Dy=%26%2B%25%C3%A9")
    sign("query and body", "POST", ENDPOINT + "/?Action=GetUser&Version=2010-05-08",
         [("Content-Type", "application/x-www-form-urlencoded")], b"UserName=bob")
    sign("repeated headers", "POST", ENDPOINT + "/",
         [("X-Custom", "b"), ("x-custom", " a  c "), ("X-Custom", "b")], b"x=1")
    sign("header values with white space", "POST", ENDPOINT + "/",
         [("X-Spaces", "  a   b \t c  "), ("X-Empty", ""), ("X-Quoted", '"a   b"'), ("X-Comma", "a , b")], b"x=1")
    sign("names that sort around each other", "POST", ENDPOINT + "/",
         [("X-A-B", "1"), ("X-A", "2"), ("X-Ab", "3"), ("X_A", "4"), ("Zz", "5")], b"x=1")
    sign("the Date header", "POST", ENDPOINT + "/", [("Date", "replaced")], b"Action=ListUsers")
    sign("a declared payload", "POST", ENDPOINT + "/",
         [("X-Amz-Content-SHA256", "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881")], b"x")
    sign("an unusual method", "DELETE", ENDPOINT + "/users/bob")
    sign("a body that is no text", "POST", ENDPOINT + "/", [("Content-Encoding", "gzip")], bytes(range(256)) * 4)
    sign("an unusual region", "POST", ENDPOINT + "/", (), b"Action=ListUsers", region="eusc-de-east-9")

    json.dump({"client": "botocore " + botocore.__version__, "cases": cases}, sys.stdout, indent=1, ensure_ascii=True)
    print()


if __name__ == "__main__":
    main()
