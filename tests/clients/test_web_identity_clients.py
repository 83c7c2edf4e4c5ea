"""Web identity as programs use it: the providers of boto3, of the AWS CLI and of the JavaScript SDK, unchanged; and tokens of a
real provider that is not ours, npm's oidc-provider."""

import datetime
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import botocore.credentials
import botocore.session
import pytest

import support
from support import ACCOUNT, REGION, allow, clean_environment, denied, refused
from web_identity import NO_KEY, Key, Publisher, assume, claims_of, part, session_of, signed, web_trust

JS = pathlib.Path(__file__).parent / "js"
KEY = Key("first")


@pytest.fixture
def provider():
    publisher = Publisher(KEY)
    yield publisher
    publisher.close()


@pytest.fixture
def role(root, provider):
    arn = root.iam.create_open_id_connect_provider(
        Url="https://" + provider.name, ClientIDList=["sts.amazonaws.com"])["OpenIDConnectProviderArn"]
    return root.role("pod", [web_trust(arn, {"StringEquals": {f"{provider.name}:sub": "system:serviceaccount:shop:web"}})],
                     allow("iam:ListUsers"))


@pytest.fixture
def token_file(tmp_path, provider):
    return write_token(tmp_path / "token", provider)


def write_token(path, provider, **claims):
    path.write_text(signed(KEY, claims_of(provider.issuer, **{
        "sub": "system:serviceaccount:shop:web", "aud": ["sts.amazonaws.com"], **claims})))
    return path


def environment(server, role, token_file, **more):
    return clean_environment({"AWS_ROLE_ARN": role, "AWS_WEB_IDENTITY_TOKEN_FILE": str(token_file),
                              "AWS_ENDPOINT_URL_STS": server.url, "AWS_ENDPOINT_URL_IAM": server.url,
                              "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
                              "HOME": str(token_file.parent), **more})  # the CLI keeps credentials there


def run(arguments, env):
    ended = subprocess.run(arguments, capture_output=True, text=True, timeout=120, env=env, stdin=subprocess.DEVNULL)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def newer_than(text, wanted):
    found = re.search(r"botocore/(\d+)\.(\d+)", text)
    return found is not None and (int(found[1]), int(found[2])) >= wanted


def interpreters():
    """Those whose botocore knows AWS_ENDPOINT_URL_STS."""
    found = []
    for program in {sys.executable, shutil.which("python3")} - {None}:
        asked = subprocess.run([program, "-c", "import botocore; print('botocore/' + botocore.__version__)"],
                               capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if newer_than(asked.stdout, (1, 31)):
            found.append(program)
    return sorted(found)


def clis():
    found = []
    for program in {"/usr/bin/aws", shutil.which("aws")} - {None}:
        asked = subprocess.run([program, "--version"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if newer_than(asked.stdout + asked.stderr, (1, 31)):
            found.append(program)
    return sorted(found)


class OwnProvider:
    """botocore's provider as it is, of this Debian; only where STS is has to be said to it."""

    def __init__(self, server, role, token_file):
        session = botocore.session.Session()
        session.set_credentials("unused", "unused")
        profiles = {"default": {"role_arn": role, "web_identity_token_file": str(token_file), "role_session_name": "boto"}}

        def client_creator(service, **more):
            return session.create_client(service, **{**more, "endpoint_url": server.url, "region_name": REGION})

        self.provider = botocore.credentials.AssumeRoleWithWebIdentityProvider(
            load_config=lambda: {"profiles": profiles}, client_creator=client_creator, profile_name="default", cache={})

    def credentials(self):
        return self.provider.load()


@pytest.fixture
def servers_clock(monkeypatch):
    """botocore's credentials expire by the server's clock, as its signatures are dated by it."""
    def now():
        return datetime.datetime.now(datetime.timezone.utc) + support.Shifted.offset

    monkeypatch.setattr(botocore.credentials, "_local_now", now)
    monkeypatch.setattr(botocore.credentials.RefreshableCredentials, "_seconds_remaining",
                        lambda self: (self._expiry_time - now()).total_seconds())


def caller_of(server, credentials):
    frozen = credentials.get_frozen_credentials()
    return support.Caller(server, frozen.access_key, frozen.secret_key, frozen.token)


def test_boto3s_own_provider(server, role, token_file):
    caller = caller_of(server, OwnProvider(server, role, token_file).credentials())
    assert caller.arn() == f"arn:aws:sts::{ACCOUNT}:assumed-role/pod/boto"
    caller.iam.list_users()


def test_boto3_gets_new_credentials_before_they_expire(server, role, token_file, provider, servers_clock):
    credentials = OwnProvider(server, role, token_file).credentials()
    first = credentials.get_frozen_credentials().access_key
    assert credentials.get_frozen_credentials().access_key == first
    server.clock(advance="55m")
    now = int(support.utc_now().replace(tzinfo=datetime.timezone.utc).timestamp())
    write_token(token_file, provider, iat=now, exp=now + 600)
    caller = caller_of(server, credentials)
    assert caller.key != first
    caller.iam.list_users()
    server.clock(advance="55m")
    write_token(token_file, provider, iat=now, exp=now + 600)  # long expired by now
    with pytest.raises(Exception, match="ExpiredTokenException"):
        server.clock(advance="10m")
        credentials.get_frozen_credentials()


@pytest.mark.parametrize("python", interpreters() or ["none"])
def test_boto3_by_the_environment(server, role, token_file, python):
    if python == "none":
        pytest.skip("no botocore here knows AWS_ENDPOINT_URL_STS")
    said = run([python, "-c", "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"],
               environment(server, role, token_file, AWS_ROLE_SESSION_NAME="by-environment"))
    assert said.strip() == f"arn:aws:sts::{ACCOUNT}:assumed-role/pod/by-environment"


@pytest.mark.parametrize("cli", clis() or ["none"])
def test_the_cli_by_the_environment(server, role, token_file, cli):
    if cli == "none":
        pytest.skip("no CLI here knows AWS_ENDPOINT_URL_STS")
    said = run([cli, "sts", "get-caller-identity", "--query", "Arn", "--output", "text"],
               environment(server, role, token_file, AWS_ROLE_SESSION_NAME="cli"))
    assert said.strip() == f"arn:aws:sts::{ACCOUNT}:assumed-role/pod/cli"


def test_the_cli_as_debian_has_it(server, role, token_file):
    said = json.loads(run(
        ["/usr/bin/aws", "--endpoint-url", server.url, "--output", "json", "sts", "assume-role-with-web-identity", "--role-arn",
         role, "--role-session-name", "by-hand", "--web-identity-token", "file://" + str(token_file)],
        clean_environment({"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"})))
    assert said["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/pod/by-hand"
    assert said["SubjectFromWebIdentityToken"] == "system:serviceaccount:shop:web"


def test_the_javascript_sdk(server, role, token_file):
    said = json.loads(run(["node", str(JS / "web_identity.mjs")],
                          environment(server, role, token_file, AWS_ROLE_SESSION_NAME="js", AWS_REGION="eu-central-1")))
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/pod/"
    assert said == {"chain": session + "js", "fromTokenFile": session + "js", "fromWebToken": session + "web-token",
                    "refused": "InvalidIdentityTokenException"}


# A provider that is not ours ------------------------------------------------------------------------------------------


class OidcProvider:
    def __init__(self):
        self.process = subprocess.Popen(["node", str(JS / "oidc_provider.mjs")], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True, env=clean_environment())
        self.read()

    def read(self):
        line = "notice"
        while not line.startswith("{"):
            line = self.process.stdout.readline()
            assert line, "npm's oidc-provider has ended"
        said = json.loads(line)
        self.issuer, self.client, self.token = said["issuer"], said["client"], said["token"]

    def ask(self, word):
        """token: signs in once more; rotate: with another key."""
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        self.read()
        return self.token

    @property
    def name(self):
        return self.issuer.partition("://")[2]

    def close(self):
        self.process.stdin.close()
        self.process.wait(20)


@pytest.fixture(scope="module")
def other_provider():
    version = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout
    if int(version.lstrip("v").partition(".")[0]) < 20:
        pytest.skip("npm's oidc-provider needs Node.js 20")  # Debian 12 has 18
    provider = OidcProvider()
    yield provider
    provider.close()


def test_a_real_providers_tokens(server, root, other_provider):
    arn = root.iam.create_open_id_connect_provider(
        Url="https://" + other_provider.name, ClientIDList=[other_provider.client])["OpenIDConnectProviderArn"]
    made = root.role("web", [web_trust(arn, {"StringEquals": {
        f"{other_provider.name}:sub": "alice", f"{other_provider.name}:email": "alice@example.com"}})], allow("iam:ListUsers"))
    token = other_provider.token
    answer = assume(server, token, made)
    assert answer["SubjectFromWebIdentityToken"] == "alice"
    assert answer["Audience"] == other_provider.client
    session_of(server, token, made).iam.list_users()
    # RS256 to ES256 and back, each time with a new key.
    for _ in range(2):
        rotated = other_provider.ask("rotate")
        assert rotated.split(".")[0] != token.split(".")[0]
        session_of(server, rotated, made).iam.list_users()
    with refused("InvalidIdentityToken", 400, NO_KEY):
        assume(server, token, made)
    rotated = other_provider.ask("token")
    header, _, signature = rotated.split(".")
    forged = part(claims_of(other_provider.issuer, sub="alice", aud=other_provider.client, email="alice@example.com"))
    with refused("InvalidIdentityToken", 400):
        assume(server, f"{header}.{forged}.{signature}", made)
    root.iam.update_assume_role_policy(RoleName="web", PolicyDocument=support.policy(
        web_trust(arn, {"StringEquals": {f"{other_provider.name}:sub": "bob"}})))
    with denied("Not authorized to perform sts:AssumeRoleWithWebIdentity"):
        assume(server, rotated, made)
