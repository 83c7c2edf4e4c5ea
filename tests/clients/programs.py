"""Programs that look for their credentials as SDKs do: in boto3 of each python3, the AWS CLI and the JavaScript SDK."""

import http.client
import json
import pathlib
import re
import shutil
import subprocess
import sys
import urllib.parse

from support import REGION, Answer, Caller, clean_environment, trust

HERE = pathlib.Path(__file__).parent

WHO_AM_I = """
import json, sys, botocore.session
session = botocore.session.get_session()
found = session.get_credentials()
if found is None:
    print("{}")
    sys.exit()
frozen = found.get_frozen_credentials()
arn = session.create_client("sts", endpoint_url=sys.argv[1]).get_caller_identity()["Arn"]
print(json.dumps({"method": found.method, "key": frozen.access_key, "arn": arn}))
"""

TRUST_OF_EC2 = [trust({"Service": "ec2.amazonaws.com"})]
TRUST_OF_ECS = [trust({"Service": "ecs-tasks.amazonaws.com"})]
TRUST_OF_PODS = [trust({"Service": "pods.eks.amazonaws.com"}, action=["sts:AssumeRole", "sts:TagSession"])]


def metadata_url(server):
    """Where a server started with --metadata-listen says that it serves metadata."""
    return next(line.split()[1] for line in server.banner if line.startswith("  metadata "))


def ask(url, path="/", method="GET", headers=None, body=b""):
    """One request to any address."""
    address = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=20)
    try:
        connection.request(method, path, body or None, headers or {})
        return Answer(connection.getresponse())
    finally:
        connection.close()


def imds_token(url, seconds=60):
    answer = ask(url, "/latest/api/token", "PUT", {"X-aws-ec2-metadata-token-ttl-seconds": str(seconds)})
    assert answer.status == 200, answer.body
    return answer.text


def imds(url, path, token=None):
    return ask(url, path, headers={"X-aws-ec2-metadata-token": token or imds_token(url)})


def declare(server, method="PUT", **machine):
    """What the test bench says of the machine."""
    answer = server.http(method, "/_iamlocal/metadata", {"Content-Type": "application/json"}, json.dumps(machine).encode())
    return answer


def as_caller(server, answer):
    """Who has the credentials of an answer."""
    found = json.loads(answer.body)
    return Caller(server, found["AccessKeyId"], found["SecretAccessKey"], found["Token"])


def environment_of(folder, extra):
    """Nothing but what the test gives: no files of the user, and metadata on."""
    return clean_environment({"HOME": str(folder), "AWS_EC2_METADATA_DISABLED": "false", "AWS_REGION": REGION, **extra})


def run(command, folder, extra):
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment_of(folder, extra),
                           stdin=subprocess.DEVNULL, cwd=folder)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def pythons():
    """The machine's python3 programs that have boto3."""
    found = [sys.executable]
    other = shutil.which("python3")
    if other and subprocess.run([other, "-c", "import boto3"], capture_output=True).returncode == 0:
        found.append(other)
    return found


def python_identity(server, folder, extra, python=sys.executable):
    return json.loads(run([python, "-B", "-c", WHO_AM_I, server.url], folder, extra))


def cli_identity(server, folder, extra):
    said = run(["/usr/bin/aws", "--endpoint-url", server.url, "--output", "json", "sts", "get-caller-identity"], folder, extra)
    return json.loads(said)["Arn"]


def javascript_identity(server, folder, extra, provider):
    return json.loads(run(["node", str(HERE / "js/providers.mjs"), provider, server.url], folder, extra))


def session_name(arn):
    return re.fullmatch(r"arn:aws:sts::(\d{12}):assumed-role/([^/]+)/(.+)", arn).groups()
