"""What the client tests share: a private server, clients for it, and requests signed by hand for the raw wire."""

import atexit
import contextlib
import datetime
import gzip
import hashlib
import hmac
import http.client
import itertools
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import types
import urllib.parse
import xml.etree.ElementTree as ElementTree

import boto3
import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials
import botocore.exceptions
import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("IAMLOCAL_BINARY", str(REPOSITORY / "build/release/iamlocal"))
ACCOUNT = "000000000000"
OTHER_ACCOUNT = "111122223333"
IAM = "https://iam.amazonaws.com/doc/2010-05-08/"
STS = "https://sts.amazonaws.com/doc/2011-06-15/"
VERSIONS = {"iam": "2010-05-08", "sts": "2011-06-15"}
REGION = "us-east-1"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Record:
    """What servers answered, for tests/model/test_coverage.py: a line of JSON per answer in the file IAMLOCAL_ANSWERS."""

    def __init__(self, path):
        self.file = open(path, "w") if path else None
        # Some tests ask from several threads.
        self.lock = threading.Lock()

    def add(self, operation, status, body):
        if self.file:
            with self.lock:
                print(json.dumps([operation, status, body.decode(errors="replace")]), file=self.file, flush=True)

    def add_parsed(self, event_name, response_dict=None, **_):
        """For botocore's event `response-received.iam.CreateUser`."""
        if response_dict:
            self.add(event_name.rpartition(".")[2], response_dict["status_code"], response_dict["body"])

    def add_raw(self, target, body, answer):
        """An answer to a request by hand; of requests that name no operation there is nothing to record."""
        text = target.partition("?")[2] + "&" + body.decode(errors="replace")
        if (named := re.findall(r"(?:^|&)Action=(\w+)", text)) and answer.headers.get("content-type") == "text/xml":
            self.add(named[0], answer.status, answer.body)


record = Record(os.environ.get("IAMLOCAL_ANSWERS"))


def clean_environment(extra=None):
    """The environment without what would configure a server or an AWS client by accident."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("IAMLOCAL_", "AWS_", "LOCALSTACK_", "MOTO_"))}
    kept.update({"AWS_EC2_METADATA_DISABLED": "true", "AWS_DEFAULT_REGION": REGION, "AWS_PAGER": ""})
    kept.update(extra or {})
    return kept


def pythons(module):
    """This python, and the first on PATH if it is another one with that module."""
    found = [sys.executable]
    other = shutil.which("python3")
    if other and os.path.realpath(other) != os.path.realpath(sys.executable):
        asked = subprocess.run([other, "-c", f"import {module}, sys; print(sys.executable)"], capture_output=True, text=True,
                               stdin=subprocess.DEVNULL)
        if asked.returncode == 0 and os.path.realpath(asked.stdout.strip()) != os.path.realpath(sys.executable):
            found.append(asked.stdout.strip())
    return found


class Shifted(datetime.datetime):
    """The time by which our clients sign; it follows a server's clock."""

    offset = datetime.timedelta(0)

    @classmethod
    def utcnow(cls):
        return datetime.datetime.utcnow() + cls.offset


def follow_the_servers_clock(signers):
    """botocore's signers ask their module's datetime, since 1.40 a function beside it."""
    signers.datetime = types.SimpleNamespace(datetime=Shifted, timedelta=datetime.timedelta, timezone=datetime.timezone)
    signers.get_current_datetime = lambda remove_tzinfo=True: Shifted.utcnow()


follow_the_servers_clock(botocore.auth)
with contextlib.suppress(ImportError):  # Debian's botocore signs with AWS's C library where that is installed
    import botocore.crt.auth

    follow_the_servers_clock(botocore.crt.auth)


class Postgres:
    """A PostgreSQL of these tests (tests/support/postgres-server), which ends with them."""

    _shared = None

    @classmethod
    def shared(cls):
        """One for the whole run, started when somebody first asks."""
        if cls._shared is None:
            cls._shared = cls()
        return cls._shared

    def __init__(self):
        script = REPOSITORY / "tests/support/postgres-server"
        self.process = subprocess.Popen([script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()
        assert self.url, "PostgreSQL cannot be started"
        self.schemas = itertools.count(1)
        atexit.register(self.close)

    def close(self):
        self.process.stdin.close()
        self.process.wait(20)

    def new_schema(self):
        """The URL of an empty database."""
        name = f"test_{next(self.schemas)}"
        self.sql(f"CREATE SCHEMA {name}")
        return f"{self.url}&options=-csearch_path%3D{name}"

    def sql(self, statements, url=None):
        """What somebody else does in the database of that URL; the rows, their columns separated by '|'."""
        done = subprocess.run(
            ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url or self.url, "-c", statements],
            capture_output=True, text=True, timeout=20
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    def command(self, word):
        """stop, start or restart"""
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n"


# Set by CMake for the suites that run once more on PostgreSQL.
ON_POSTGRES = os.environ.get("IAMLOCAL_TEST_DATABASE") == "postgresql"


class Server:
    """One server process. Tests of a module share it and reset it; who needs another one starts it."""

    def __init__(self, folder, *flags, env=None):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log_path = self.folder / f"server-{time.monotonic_ns()}.log"
        arguments = [BINARY, *flags]
        if "--listen" not in flags and "GATEWAY_LISTEN" not in (env or {}):
            arguments += ["--listen", "127.0.0.1:0"]
        if ON_POSTGRES and "--data-dir" not in flags and "--database" not in flags:
            arguments += ["--database", Postgres.shared().new_schema()]
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                arguments, stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL, env=clean_environment(env),
                cwd=self.folder, text=True
            )
        self.banner = []
        for line in self.process.stdout:
            if line == "Ready.\n":
                break
            self.banner.append(line.rstrip("\n"))
        else:
            self.process.wait(10)
            raise AssertionError(f"the server ended with {self.process.returncode}: {self.banner} {self.log()}")
        self.addresses = [
            (tls or "http://", host.strip("[]"), int(port))
            for tls, host, port in re.findall(
                r"(https?://)?(\[[0-9a-f:]+\]|\d+\.\d+\.\d+\.\d+|localhost):(\d+)",
                "\n".join(line for line in self.banner if line.startswith("  address "))
            )
        ]
        assert self.addresses, f"no address in the banner: {self.banner}"
        scheme, self.host, self.port = self.addresses[0]
        self.url = f"{scheme}{self.host}:{self.port}"

    def log(self):
        return self.log_path.read_text(errors="replace")

    def log_entries(self):
        return [json.loads(line) for line in self.log().splitlines() if line.startswith("{")]

    def logged(self, event, **members):
        """The entry of the log; lines are written a moment after the answer."""
        began = time.monotonic()
        while time.monotonic() - began < 10:
            for entry in self.log_entries():
                if entry["event"] == event and members.items() <= entry.items():
                    return entry
            time.sleep(0.01)
        raise AssertionError(f"nothing of {event} {members} in {self.log()[-4000:]}")

    def stop(self):
        """Asks it to stop and says how it ended."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError("the server did not stop on SIGTERM") from None
        self.process.stdout.close()
        return self.process.returncode

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def post(self, path, body=None):
        """A call of the test bench."""
        answer = self.http("POST", path, {"Content-Type": "application/json"}, json.dumps(body or {}).encode())
        assert answer.status == 200, (answer.status, answer.body)
        return answer

    def reset(self):
        self.post("/_iamlocal/reset")
        if Shifted.offset:
            self.clock(reset=True)

    def clock(self, **change):
        """Moves the server's clock, and that of our clients with it."""
        answer = self.post("/_iamlocal/clock", change).json()
        Shifted.offset = datetime.timedelta(0)
        if "reset" not in change:
            there = datetime.datetime.strptime(answer["now"], "%Y-%m-%dT%H:%M:%SZ")
            Shifted.offset = there - datetime.datetime.utcnow()
        return answer

    def http(self, method, target, headers=None, body=b""):
        connection = http.client.HTTPConnection(self.host, self.port, timeout=20)
        with contextlib.closing(connection):
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            headers = dict(headers or {})
            names = {name.lower() for name in headers}
            if "host" not in names:
                headers["Host"] = f"{self.host}:{self.port}"
            if body and not names & {"content-length", "transfer-encoding"}:
                headers["Content-Length"] = str(len(body))
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders(body or None)
            answer = Answer(connection.getresponse())
            record.add_raw(target, body, answer)
            return answer

    def socket(self):
        connection = socket.create_connection((self.host, self.port), timeout=20)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def exchange(self, data, finish=False):
        """Sends bytes as they are and reads until the server closes or falls silent for a while after an answer."""
        with self.socket() as connection:
            received = b""
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.sendall(data)
                if finish:
                    connection.shutdown(socket.SHUT_WR)
            with contextlib.suppress(ConnectionResetError, socket.timeout):
                while chunk := connection.recv(65536):
                    received += chunk
                    if is_complete(received):
                        break
            return received


def kept_in(folder):
    """All bytes of a data directory; the trail's files unpacked."""
    files = sorted(path for path in pathlib.Path(folder).rglob("*") if path.is_file())
    return b"".join(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in files)


def is_complete(data):
    head, separator, body = data.partition(b"\r\n\r\n")
    if not separator:
        return False
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return length is not None and len(body) >= int(length.group(1))


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    @property
    def text(self):
        return self.body.decode()

    def json(self):
        return json.loads(self.body)

    def xml(self):
        return ElementTree.fromstring(self.body)

    def find(self, name):
        """The text of the first element of that name, whatever its namespace."""
        for element in self.xml().iter():
            if element.tag.rpartition("}")[2] == name:
                return element.text or ""
        return None

    def error(self):
        """(status, code, message) of an error, whose form is checked on the way."""
        root = self.xml()
        namespace, _, tag = root.tag[1:].rpartition("}")
        assert tag == "ErrorResponse", self.text
        assert namespace in (IAM, STS), self.text
        names = [child.tag.rpartition("}")[2] for child in root]
        assert names == ["Error", "RequestId"], self.text
        fields = [(child.tag.rpartition("}")[2], child.text or "") for child in root[0]]
        # Few errors have no message.
        assert [name for name, _ in fields] in (["Type", "Code", "Message"], ["Type", "Code"]), self.text
        assert fields[0][1] == ("Receiver" if self.status >= 500 else "Sender"), self.text
        assert root[1].text == self.headers["x-amzn-requestid"]
        assert self.headers["content-type"] == "text/xml"
        return self.status, fields[1][1], without_details(fields[2][1]) if len(fields) == 3 else None


# Clients -------------------------------------------------------------------------------------------------------------

_session = boto3.session.Session(aws_access_key_id="unused", aws_secret_access_key="unused", region_name=REGION)
_session.events.register("response-received", record.add_parsed)
# One attempt, and no checks on the client's side: what is wrong is for the server to say.
_config = botocore.config.Config(
    parameter_validation=False, retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=20
)
_clients = {}


def client(server, service, key="test", secret="test", token=None, region=REGION):
    wanted = (server.url, service, key, secret, token, region)
    if wanted not in _clients:
        _clients[wanted] = _session.client(
            service, endpoint_url=server.url, aws_access_key_id=key, aws_secret_access_key=secret,
            aws_session_token=token, region_name=region, config=_config
        )
    return _clients[wanted]


class Caller:
    """Somebody with credentials: `alice.iam.get_user()`, `alice.sts.get_caller_identity()`."""

    def __init__(self, server, key="test", secret="test", token=None, region=REGION):
        self.server, self.key, self.secret, self.token, self.region = server, key, secret, token, region

    @property
    def iam(self):
        return client(self.server, "iam", self.key, self.secret, self.token, self.region)

    @property
    def sts(self):
        return client(self.server, "sts", self.key, self.secret, self.token, self.region)

    def arn(self):
        return self.sts.get_caller_identity()["Arn"]

    def assume(self, role_arn, session="session", **more):
        answer = self.sts.assume_role(RoleArn=role_arn, RoleSessionName=session, **more)
        return of_credentials(self.server, answer["Credentials"])

    def user(self, name, *statements, **more):
        """Creates a user with an inline policy of these statements; the caller that is this user."""
        self.iam.create_user(UserName=name, **more)
        if statements:
            self.iam.put_user_policy(UserName=name, PolicyName="inline", PolicyDocument=policy(*statements))
        return self.key_of(name)

    def key_of(self, name):
        made = self.iam.create_access_key(UserName=name)["AccessKey"]
        return Caller(self.server, made["AccessKeyId"], made["SecretAccessKey"], region=self.region)

    def role(self, name, trusted, *statements, **more):
        """Creates a role with an inline policy; its ARN. `trusted` is a principal or whole trust statements."""
        statements_of_trust = trusted if isinstance(trusted, list) else [trust(trusted)]
        made = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(*statements_of_trust), **more)
        if statements:
            self.iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=policy(*statements))
        return made["Role"]["Arn"]


def of_credentials(server, credentials):
    return Caller(server, credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])


def policy(*statements, version="2012-10-17"):
    return json.dumps({"Version": version, "Statement": list(statements)})


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action, resource="*", **more):
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def trust(principal, action="sts:AssumeRole", effect="Allow", **more):
    if isinstance(principal, str):
        principal = {"AWS": principal}
    return {"Effect": effect, "Principal": principal, "Action": action, **more}


def root_arn(account=ACCOUNT):
    return f"arn:aws:iam::{account}:root"


DETAILS = re.compile(
    r"\. Go to https://us-east-1\.console\.aws\.amazon\.com/iam/home\?region=us-east-1#/authorization-details/([0-9a-z]+) for "
    r"complete details, or call the GetRequestAuthorizationDetails API with the following authorization id: \1$")


def without_details(message):
    """The message of a refusal without its end, which tells where the details are."""
    return DETAILS.sub("", message)


@contextlib.contextmanager
def refused(code, status, message=None, pattern=None):
    """The call in this block is answered with this error, word by word where `message` is given."""
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        yield caught
    answer = caught.value.response
    found = (answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"], answer["Error"]["Message"])
    assert found[:2] == (status, code), found
    assert answer["Error"]["Type"] == "Sender"
    reason = without_details(found[2])
    if message is not None:
        assert reason == message
    if pattern is not None:
        assert re.search(pattern, reason), reason


def not_found(message):
    return refused("NoSuchEntity", 404, message)


def exists(message):
    return refused("EntityAlreadyExists", 409, message)


def conflict(message):
    return refused("DeleteConflict", 409, message)


def limit(message):
    return refused("LimitExceeded", 409, message)


def invalid(message=None, pattern=None):
    return refused("ValidationError", 400, message, pattern)


def denied(message=None, pattern=None):
    return refused("AccessDenied", 403, message, pattern)


def answer_of(response):
    """An answer of boto3 without its metadata."""
    return {key: value for key, value in response.items() if key != "ResponseMetadata"}


# Requests by hand ----------------------------------------------------------------------------------------------------


def utc_now():
    return Shifted.utcnow()


def amz_date(moment=None):
    return (moment or utc_now()).strftime("%Y%m%dT%H%M%SZ")


def form(parameters):
    return urllib.parse.urlencode(parameters).encode()


def call(service, action, *more, **parameters):
    """The parameters of a call, Action and Version first."""
    return [("Action", action), ("Version", VERSIONS[service]), *more, *parameters.items()]


def digest(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signing_key(secret, date, region, service, terminator="aws4_request"):
    return digest(digest(digest(digest(b"AWS4" + secret.encode(), date), region), service), terminator)


def signed_headers(server, method="POST", path="/", query="", body=b"", service="iam", key="test", secret="test",
                   token=None, region=REGION, moment=None, extra=None, host=None):
    """The headers of a request signed as the documentation of Signature Version 4 says; no SDK takes part."""
    stamp = amz_date(moment)
    headers = {"Host": host or f"{server.host}:{server.port}", "X-Amz-Date": stamp}
    if body:
        headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
    if token:
        headers["X-Amz-Security-Token"] = token
    headers.update(extra or {})
    lowered = {name.lower(): " ".join(value.split()) for name, value in headers.items()}
    names = ";".join(sorted(lowered))
    canonical = "\n".join(
        [method, path, query, *(f"{name}:{lowered[name]}" for name in sorted(lowered)), "", names,
         hashlib.sha256(body).hexdigest()]
    )
    scope = f"{stamp[:8]}/{region}/{service}/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    signature = digest(signing_key(secret, stamp[:8], region, service), text).hex()
    headers["Authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    return headers


def send(server, parameters, service="iam", headers=None, **how):
    """A signed POST of a form, unsigned headers added; its Answer. `parameters` are pairs, or the body itself."""
    body = parameters if isinstance(parameters, bytes) else form(parameters)
    signed = signed_headers(server, body=body, service=service, **how)
    signed.update(headers or {})
    return server.http("POST", how.get("path", "/"), signed, body)


def send_all(server, bodies, service="iam"):
    """Signed requests, a hundred at a time on one connection; the text of each answer."""
    with server.socket() as connection, connection.makefile("rb") as stream:
        for start in range(0, len(bodies), 100):
            batch = bodies[start:start + 100]
            for body in batch:
                headers = signed_headers(server, body=body, service=service)
                head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
                connection.sendall(f"POST / HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            for _ in batch:
                status = stream.readline()
                headers = http.client.parse_headers(stream)
                yield int(status.split()[1]), stream.read(int(headers["content-length"])).decode()


def send_get(server, parameters, service="sts", headers=None, **how):
    query = urllib.parse.urlencode(sorted(parameters), quote_via=urllib.parse.quote, safe="-_.~")
    signed = signed_headers(server, method="GET", query=query, service=service, **how)
    signed.update(headers or {})
    return server.http("GET", "/?" + query, signed)


def compressed(body):
    return gzip.compress(body)
