#!/usr/bin/env python3
"""Measures the server beside nginx, which answers the same requests with fixed bytes of the same size.

    /usr/bin/python3 benchmarks/http/run.py              five rounds of three seconds each
    /usr/bin/python3 benchmarks/http/run.py --quick      two rounds of one second
    /usr/bin/python3 benchmarks/http/run.py --million    also the memory after a million requests
    /usr/bin/python3 benchmarks/http/run.py --hanging    also what identity providers that hang do to others

The servers run on core 0, one worker each, and the load (wrk) on core 1. Rounds alternate between nginx and iamlocal, and
the table shows medians, because machines are noisy. All requests are signed before; CreateUser gets new names each time.
Needs nginx-light, wrk and python3-cryptography (scripts/install-dependencies test), and build/release/iamlocal.
"""

import argparse
import base64
import contextlib
import datetime
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
VERSIONS = {"iam": "2010-05-08", "sts": "2011-06-15"}
REGION = "us-east-1"
LOG_LEVEL = "info"  # the default: a line per request, to /dev/null
LISTED_ACCOUNT = "100000000000"
# AWS allows 5,000 users in an account; each account gets fewer, and then comes the next.
USERS_PER_ACCOUNT = 4900
GOALS = {
    "GetCallerIdentity": 0.45, "GetUser, three policies": 0.50, "AssumeRole": 0.35, "AssumeRoleWithWebIdentity": 0.08,
    "ListUsers, a hundred": 0.10, "CreateUser, memory": 0.20, "CreateUser, data directory": 0.08,
}
ISSUER = "https://idp.example.com"


# Requests ------------------------------------------------------------------------------------------------------------


class Signer:
    """Signature Version 4 for many requests: what does not change is computed once."""

    def __init__(self, host, service, key="test", secret="test", token=None):
        self.host, self.service, self.key, self.secret, self.token = host, service, key, secret, token
        self.stamp = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        derived = b"AWS4" + secret.encode()
        for part in (self.stamp[:8], REGION, service, "aws4_request"):
            derived = hmac.digest(derived, part.encode(), "sha256")
        self.derived = derived
        self.scope = f"{self.stamp[:8]}/{REGION}/{service}/aws4_request"

    def request(self, body, key=None):
        """The bytes of a POST, as botocore would send it."""
        kind = "application/x-www-form-urlencoded; charset=utf-8"
        names = "content-type;host;x-amz-date" + (";x-amz-security-token" if self.token else "")
        canonical = (
            f"POST\n/\n\ncontent-type:{kind}\nhost:{self.host}\nx-amz-date:{self.stamp}\n"
            + (f"x-amz-security-token:{self.token}\n" if self.token else "")
            + f"\n{names}\n{hashlib.sha256(body).hexdigest()}"
        )
        text = f"AWS4-HMAC-SHA256\n{self.stamp}\n{self.scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        signature = hmac.digest(self.derived, text.encode(), "sha256").hex()
        lines = (
            f"POST / HTTP/1.1\r\nHost: {self.host}\r\nAccept-Encoding: identity\r\nContent-Type: {kind}\r\n"
            f"User-Agent: Boto3/1.26.27 Python/3.11.2 Linux/6.1 Botocore/1.29.27\r\nX-Amz-Date: {self.stamp}\r\n"
            + (f"X-Amz-Security-Token: {self.token}\r\n" if self.token else "")
            + f"Authorization: AWS4-HMAC-SHA256 Credential={key or self.key}/{self.scope}, SignedHeaders={names}, "
            f"Signature={signature}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return lines.encode() + body


def form(service, action, **parameters):
    return urllib.parse.urlencode([("Action", action), ("Version", VERSIONS[service]), *parameters.items()]).encode()


def unsigned(host, body):
    """The bytes of a POST without a signature."""
    return (f"POST / HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: identity\r\n"
            f"Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body


class WebIdentity:
    """A key of RSA with 2,048 bits, the file that has its public half, and tokens that it signs."""

    def __init__(self, folder):
        from cryptography.hazmat.primitives.asymmetric import rsa

        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = self.key.public_key().public_numbers()
        self.file = folder / "jwks.json"
        self.file.write_text(json.dumps({"keys": [{
            "kty": "RSA", "kid": "one", "use": "sig", "n": self.encode(public.n.to_bytes(256, "big")),
            "e": self.encode(b"\x01\x00\x01")}]}))

    @staticmethod
    def encode(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    def token(self, issuer=ISSUER):
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding

        now = int(time.time())
        claims = {"iss": issuer, "sub": "system:serviceaccount:shop:web", "aud": ["client"], "iat": now, "exp": now + 3600}
        text = ".".join(self.encode(json.dumps(part).encode()) for part in ({"alg": "RS256", "kid": "one", "typ": "JWT"}, claims))
        return f"{text}.{self.encode(self.key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def write_requests(path, requests):
    with open(path, "wb") as file:
        for request in requests:
            file.write(b"%08d" % len(request) + request)


# Servers -------------------------------------------------------------------------------------------------------------


class Iamlocal:
    def __init__(self, binary, folder, *flags):
        self.folder = folder
        started = time.monotonic()
        self.process = subprocess.Popen(
            ["taskset", "-c", "0", binary, "--listen", "127.0.0.1:0", "--workers", "1", "--log-level", LOG_LEVEL, *flags],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, text=True)
        banner = []
        for line in self.process.stdout:
            if line == "Ready.\n":
                break
            banner.append(line)
        self.ready_after = time.monotonic() - started
        self.port = int(re.search(r"127\.0\.0\.1:(\d+)", "".join(banner)).group(1))
        self.host = f"127.0.0.1:{self.port}"

    def send(self, data):
        """Sends a signed request; status, headers, body."""
        head, _, body = data.partition(b"\r\n\r\n")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(connection):
            connection.putrequest("POST", "/", skip_host=True, skip_accept_encoding=True)
            for line in head.decode().split("\r\n")[1:]:
                connection.putheader(*line.split(": ", 1))
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()

    def call(self, service, action, signer=None, **parameters):
        status, _, body = self.send((signer or Signer(self.host, service)).request(form(service, action, **parameters)))
        assert status == 200, body
        return body.decode()

    def reset(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with contextlib.closing(connection):
            connection.request("POST", "/_iamlocal/reset")
            assert connection.getresponse().status == 200

    def resident(self):
        """Mebibytes of memory in use."""
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", text).group(1)) / 1024

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


class Nginx:
    """One nginx worker with a port per fixed answer."""

    def __init__(self, folder, answers):
        # A word of the configuration may have 4,096 bytes: large answers are put together.
        self.ports = {name: port for name, port in zip(answers, range(18080, 18080 + len(answers)))}
        servers = "".join(
            f"server {{ listen 127.0.0.1:{self.ports[name]} reuseport; keepalive_requests 100000000; default_type text/xml;"
            f" add_header x-amzn-RequestId 01234567-89ab-cdef-0123-456789abcdef; set $k '{'x' * 1000}';"
            f" location / {{ return 200 '{'${k}' * (size // 1000)}{'x' * (size % 1000)}'; }} }}\n"
            for name, size in answers.items())
        folder.mkdir()
        (folder / "nginx.conf").write_text(
            f"worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/error.log crit;\n"
            f"events {{ worker_connections 1024; }}\n"
            f"http {{ access_log off; server_tokens off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;"
            f" fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n{servers} }}\n")
        self.process = subprocess.Popen(
            ["taskset", "-c", "0", shutil.which("nginx") or "/usr/sbin/nginx", "-p", str(folder), "-c",
             str(folder / "nginx.conf")], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(100):
            with contextlib.suppress(OSError):
                http.client.HTTPConnection("127.0.0.1", next(iter(self.ports.values())), timeout=1).connect()
                return
            time.sleep(0.05)
        raise SystemExit("nginx does not answer")

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


def processor_seconds(process):
    """What a process and its children, which are nginx's worker, have had of a processor."""
    children = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True).stdout.split()
    ticks = 0
    for pid in [str(process.pid), *children]:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def wrk(port, requests, seconds, connections, process=None, script="fixed.lua"):
    """Runs the load; {"rate", "p50", "p99", "errors", "requests"} and, of the serving process, "cpu" in microseconds per
    request."""
    before = processor_seconds(process) if process else 0
    ended = subprocess.run(
        ["taskset", "-c", "1", "wrk", "-t", "1", "-c", str(connections), "-d", f"{seconds}s", "-s", str(HERE / script),
         f"http://127.0.0.1:{port}", "--", str(requests)],
        capture_output=True, text=True, stdin=subprocess.DEVNULL)
    line = next((line for line in ended.stderr.splitlines() if line.startswith("{")), None)
    if line is None:
        raise SystemExit(f"wrk failed: {ended.stdout}{ended.stderr}")
    counted = json.loads(line)
    return {"rate": counted["requests"] / counted["micros"] * 1e6, "p50": counted["p50"], "p99": counted["p99"],
            "errors": counted["errors"], "requests": counted["requests"],
            "cpu": (processor_seconds(process) - before) / counted["requests"] * 1e6 if process else 0}


# Scenarios -----------------------------------------------------------------------------------------------------------


def statement(action, resource):
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def furnish(server):
    """Users, policies and a role; the signers of those who call."""
    def document(*statements):
        return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})

    server.call("iam", "CreateUser", UserName="alice")
    server.call("iam", "PutUserPolicy", UserName="alice", PolicyName="inline", PolicyDocument=document(
        statement(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::bucket/${aws:username}/*")))
    for name, *statements in (
            ("self-service", statement(["iam:GetUser", "iam:ListAccessKeys"], "arn:aws:iam::*:user/${aws:username}")),
            ("work", statement("sts:AssumeRole", "*"), {**statement("dynamodb:*", "*"), "Condition": {
                "StringEquals": {"aws:RequestedRegion": "eu-west-1"}}})):
        server.call("iam", "CreatePolicy", PolicyName=name, PolicyDocument=document(*statements))
        server.call("iam", "AttachUserPolicy", UserName="alice", PolicyArn=f"arn:aws:iam::000000000000:policy/{name}")
    server.call("iam", "CreateRole", RoleName="job", AssumeRolePolicyDocument=document(
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"}, "Action": "sts:AssumeRole"}))
    server.call("iam", "CreateOpenIDConnectProvider", Url=ISSUER, **{"ClientIDList.member.1": "client"})
    host = ISSUER.partition("://")[2]
    server.call("iam", "CreateRole", RoleName="web", AssumeRolePolicyDocument=document(
        {"Effect": "Allow", "Principal": {"Federated": f"arn:aws:iam::000000000000:oidc-provider/{host}"},
         "Action": "sts:AssumeRoleWithWebIdentity",
         "Condition": {"StringEquals": {f"{host}:sub": "system:serviceaccount:shop:web", f"{host}:aud": "client"}}}))
    made = server.call("iam", "CreateAccessKey", UserName="alice")
    key, secret = (re.search(f"<{name}>(.*?)</{name}>", made).group(1) for name in ("AccessKeyId", "SecretAccessKey"))
    return {service: Signer(server.host, service, key, secret) for service in ("iam", "sts")}


def list_of_users(server, count=100):
    """An account with so many users; what makes a request for them, signed now."""
    for number in range(count):
        server.call("iam", "CreateUser", Signer(server.host, "iam", LISTED_ACCOUNT), UserName=f"user-{number:03d}")
    body = form("iam", "ListUsers", MaxItems=str(count))
    return lambda: Signer(server.host, "iam", LISTED_ACCOUNT).request(body)


def new_users(server, count, round_name):
    """Requests that create users, none twice."""
    signer = Signer(server.host, "iam")
    for number in range(count):
        account = f"{200000000000 + number // USERS_PER_ACCOUNT}"
        yield signer.request(form("iam", "CreateUser", UserName=f"user-{round_name}-{number:07d}"), account)


class Scenario:
    def __init__(self, name, server, folder, fixed=None):
        self.name, self.server, self.fixed = name, server, fixed
        self.file = folder / (re.sub(r"\W+", "-", name) + ".requests")
        # Many requests come from Lua; where one is enough, wrk holds it itself, and the load is lighter.
        self.script = "fixed.lua" if fixed else "replay.lua"
        self.expected_rate = 0
        self.results = {"nginx": [], "iamlocal": []}
        self.size = None

    def prepare(self, seconds, round_name):
        if self.fixed:
            write_requests(self.file, [self.fixed()])
        else:
            self.server.reset()
            write_requests(self.file, new_users(self.server, int(self.expected_rate * 1.6 * seconds) + 5000, round_name))

    def floor_file(self):
        """For nginx, which answers the same whatever it is asked, one request again and again is enough."""
        single = self.file.with_suffix(".single")
        write_requests(single, [self.fixed() if self.fixed else next(new_users(self.server, 1, "floor"))])
        return single

    def measure_answer(self):
        request = self.fixed() if self.fixed else next(new_users(self.server, 1, "size"))
        status, _, body = self.server.send(request)
        assert status == 200, body
        self.size = len(body)

    def calibrate(self):
        if not self.fixed:
            self.server.reset()
            write_requests(self.file, new_users(self.server, 60_000, "calibrate"))
            self.expected_rate = wrk(self.server.port, self.file, 1, 32, script=self.script)["rate"]


def ready_times(binary, folder, count):
    times = []
    for number in range(count):
        server = Iamlocal(binary, folder)
        times.append(server.ready_after * 1000)
        server.stop()
    return times


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=str(REPOSITORY / "build/release/iamlocal"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--only", help="scenarios whose name contains this")
    parser.add_argument("--quick", action="store_true", help="two rounds of one second")
    parser.add_argument("--million", action="store_true", help="memory after a million requests, and after one more")
    parser.add_argument("--hanging", action="store_true", help="latency while identity providers hang, and without that")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds = 2, 1
    os.environ.pop("IAMLOCAL_LISTEN", None)

    with tempfile.TemporaryDirectory(prefix="iamlocal-benchmark-") as name, contextlib.ExitStack() as stack:
        folder = pathlib.Path(name)

        def serve(*flags):
            server = Iamlocal(options.binary, folder, *flags)
            stack.callback(server.stop)
            return server

        web_identity = WebIdentity(folder)
        main_server = serve("--oidc-jwks", f"{ISSUER}={web_identity.file}")
        idle = main_server.resident()
        signers = furnish(main_server)
        # A server of their own for those that fill the store.
        memory, directory = serve(), serve("--data-dir", str(folder / "data"))
        role = "arn:aws:iam::000000000000:role/job"

        def fresh(service):
            """Signed now: a signature lives for fifteen minutes."""
            return Signer(main_server.host, service, signers[service].key, signers[service].secret)

        scenarios = [
            Scenario("GetCallerIdentity", main_server, folder, lambda: fresh("sts").request(form("sts", "GetCallerIdentity"))),
            Scenario("GetUser, three policies", main_server, folder,
                     lambda: fresh("iam").request(form("iam", "GetUser", UserName="alice"))),
            Scenario("AssumeRole", main_server, folder, lambda: fresh("sts").request(
                form("sts", "AssumeRole", RoleArn=role, RoleSessionName="benchmark"))),
            Scenario("AssumeRoleWithWebIdentity", main_server, folder, lambda: unsigned(main_server.host, form(
                "sts", "AssumeRoleWithWebIdentity", RoleArn="arn:aws:iam::000000000000:role/web", RoleSessionName="benchmark",
                WebIdentityToken=web_identity.token()))),
            Scenario("ListUsers, a hundred", main_server, folder, list_of_users(main_server)),
            Scenario("CreateUser, memory", memory, folder),
            Scenario("CreateUser, data directory", directory, folder),
        ]
        scenarios = [scenario for scenario in scenarios if not options.only or options.only in scenario.name]
        for scenario in scenarios:
            scenario.measure_answer()
            scenario.calibrate()
        nginx = Nginx(folder / "nginx", {scenario.name: scenario.size for scenario in scenarios})
        stack.callback(nginx.stop)

        for number in range(options.rounds):
            for scenario in scenarios:
                scenario.prepare(options.seconds, str(number))
                floor = scenario.floor_file()
                results = {"nginx": wrk(nginx.ports[scenario.name], floor, options.seconds, options.connections, nginx.process,
                                        scenario.script),
                           "iamlocal": wrk(scenario.server.port, scenario.file, options.seconds, options.connections,
                                           scenario.server.process, scenario.script)}
                for server, result in results.items():
                    scenario.results[server].append(result)
                    if result["errors"]:
                        raise SystemExit(f"{scenario.name}: {server} refused {result['errors']} of {result['requests']}")
            print(f"round {number + 1} of {options.rounds}", file=sys.stderr)

        print_table(scenarios)
        print()
        times = ready_times(options.binary, folder, 5 if options.quick else 21)
        print(f"ready after exec     {statistics.median(times):.1f} ms (median of {len(times)})   goal 50 ms")
        print(f"memory when idle     {idle:.1f} MiB   goal 20 MiB")
        if options.million:
            after_a_million(main_server, folder, fresh)
        if options.hanging:
            while_providers_hang(main_server, folder, fresh, web_identity, options)


def print_table(scenarios):
    print(f"{'':28}{'nginx':>10}{'iamlocal':>10}{'share':>8}{'goal':>7}{'p50':>10}{'p99':>10}{'nginx p99':>11}{'cpu':>8}"
          f"{'nginx cpu':>11}")
    for scenario in scenarios:
        def median(server, what):
            return statistics.median(result[what] for result in scenario.results[server])

        share = statistics.median(
            ours["rate"] / floor["rate"] for ours, floor in zip(scenario.results["iamlocal"], scenario.results["nginx"]))
        print(f"{scenario.name:28}{median('nginx', 'rate'):10.0f}{median('iamlocal', 'rate'):10.0f}{share:8.2f}"
              f"{GOALS[scenario.name]:7.2f}{median('iamlocal', 'p50'):7.0f} us{median('iamlocal', 'p99'):7.0f} us"
              f"{median('nginx', 'p99'):8.0f} us{median('iamlocal', 'cpu'):5.1f} us{median('nginx', 'cpu'):8.1f} us")


class HangingProviders:
    """Issuers that take connections and never answer, and clients who wait for their keys all the time."""

    def __init__(self, server, web_identity, count=8, clients=16):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        port = self.listener.getsockname()[1]
        self.issuers = [f"http://127.0.0.1:{port}/{number}" for number in range(count)]
        for issuer in self.issuers:
            server.call("iam", "CreateOpenIDConnectProvider", Url=issuer.replace("http:", "https:"),
                        **{"ClientIDList.member.1": "client"})
        self.server, self.web_identity, self.going_on, self.asked = server, web_identity, True, 0
        self.threads = [threading.Thread(target=self.ask, args=(number,), daemon=True) for number in range(clients)]
        for thread in self.threads:
            thread.start()
        time.sleep(1)

    def ask(self, number):
        while self.going_on:
            issuer = self.issuers[number % len(self.issuers)]
            self.server.send(unsigned(self.server.host, form(
                "sts", "AssumeRoleWithWebIdentity", RoleArn="arn:aws:iam::000000000000:role/web", RoleSessionName="hanging",
                WebIdentityToken=self.web_identity.token(issuer))))
            self.asked += 1

    def stop(self):
        self.going_on = False
        for thread in self.threads:
            thread.join()
        self.listener.close()


def while_providers_hang(server, folder, fresh, web_identity, options):
    """The latency of others, in turns."""
    write_requests(folder / "hanging.requests", [fresh("sts").request(form("sts", "GetCallerIdentity"))])
    found = {"alone": [], "while providers hang": []}
    for _ in range(options.rounds):
        for label, results in found.items():
            providers = HangingProviders(server, web_identity) if label != "alone" else None
            results.append(wrk(server.port, folder / "hanging.requests", options.seconds, options.connections))
            if providers:
                providers.stop()
                for issuer in providers.issuers:
                    arn = "arn:aws:iam::000000000000:oidc-provider/" + issuer.partition("://")[2]
                    server.call("iam", "DeleteOpenIDConnectProvider", OpenIDConnectProviderArn=arn)
    for label, results in found.items():
        print(f"GetCallerIdentity, {label:22}p50 {statistics.median(r['p50'] for r in results):5.0f} us"
              f"   p99 {statistics.median(r['p99'] for r in results):5.0f} us")


def after_a_million(server, folder, fresh):
    """All three kinds of request, a third each, until there are a million; then as many again."""
    bodies = [("sts", form("sts", "GetCallerIdentity")), ("iam", form("iam", "GetUser", UserName="alice")),
              ("sts", form("sts", "AssumeRole", RoleArn="arn:aws:iam::000000000000:role/job", RoleSessionName="memory"))]
    for label in ("a million requests", "another million"):
        for service, body in bodies:
            done = 0
            while done < 334_000:
                write_requests(folder / "memory.requests", [fresh(service).request(body)])
                result = wrk(server.port, folder / "memory.requests", 5, 32)
                assert result["errors"] == 0, result
                done += result["requests"]
        print(f"memory after {label:20}{server.resident():.1f} MiB" + ("   goal 30 MiB" if label.startswith("a m") else ""))


if __name__ == "__main__":
    main()
