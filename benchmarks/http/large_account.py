#!/usr/bin/env python3
"""What a large account costs: 5,000 users with two access keys each, 1,000 roles and 1,500 policies, in a data directory.

    /usr/bin/python3 benchmarks/http/large_account.py [--binary FILE] [--rounds N] [--seconds N]

Rounds alternate between that server and one whose account has a hundred users; the table shows how many times as long the
large one takes, as medians. Then the first page of GetAccountAuthorizationDetails, and starts on the data directory.
Servers and load run as in run.py.
"""

import argparse
import contextlib
import json
import pathlib
import socket
import statistics
import tempfile
import time

from run import REPOSITORY, Iamlocal, Signer, form, furnish, write_requests, wrk

TRUST = json.dumps({"Version": "2012-10-17", "Statement": {
    "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"}, "Action": "sts:AssumeRole"}})
POLICY = json.dumps({"Version": "2012-10-17", "Statement": {
    "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/*"}})
PAGE_GOAL, START_GOAL, RATIO_GOAL = 20, 100, 1.2  # milliseconds, milliseconds, times


class Line:
    """One connection that is kept."""

    def __init__(self, server):
        self.socket = socket.create_connection(("127.0.0.1", server.port))
        self.file = self.socket.makefile("rb")

    def send(self, request):
        """The body of the answer, which must be a success."""
        self.socket.sendall(request)
        status = self.file.readline()
        size, chunked = 0, False
        for line in iter(self.file.readline, b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                size = int(value)
            chunked = chunked or name.lower() == b"transfer-encoding"
        body = self.read_chunks() if chunked else self.file.read(size)
        assert b" 200 " in status, (status, body[:500])
        return body

    def read_chunks(self):
        body = b""
        while size := int(self.file.readline(), 16):
            body += self.file.read(size)
            self.file.readline()
        self.file.readline()
        return body


def fill(server, users, roles, policies):
    line = Line(server)

    def send(action, **parameters):
        line.send(Signer(server.host, "iam").request(form("iam", action, **parameters)))

    for number in range(policies):
        send("CreatePolicy", PolicyName=f"policy-{number:04d}", PolicyDocument=POLICY)
    for number in range(roles):
        send("CreateRole", RoleName=f"role-{number:04d}", AssumeRolePolicyDocument=TRUST)
    for number in range(users):
        send("CreateUser", UserName=f"user-{number:04d}")
        for _ in range(2):
            send("CreateAccessKey", UserName=f"user-{number:04d}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=str(REPOSITORY / "build/release/iamlocal"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    options = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="iamlocal-benchmark-") as name, contextlib.ExitStack() as stack:
        folder = pathlib.Path(name)
        data = ("--data-dir", str(folder / "large"))
        small = Iamlocal(options.binary, folder, "--data-dir", str(folder / "small"))
        stack.callback(small.stop)
        large = Iamlocal(options.binary, folder, *data)
        stack.callback(lambda: large.stop())
        signers = {server: furnish(server)["iam"] for server in (small, large)}
        fill(small, 100, 1, 1)
        fill(large, 4999, 998, 1498)

        def by_root(action, **parameters):
            return lambda server: Signer(server.host, "iam").request(form("iam", action, **parameters))

        asked = {
            "ListUsers, a hundred": by_root("ListUsers", MaxItems="100"),
            "GetUser": by_root("GetUser", UserName="user-0050"),
            "GetRole": by_root("GetRole", RoleName="role-0000"),
            "GetUser, three policies": lambda server: Signer(
                server.host, "iam", signers[server].key, signers[server].secret).request(
                    form("iam", "GetUser", UserName="alice")),
        }
        print(f"{'':28}{'small':>10}{'large':>10}{'times':>8}{'goal':>7}")
        for title, request in asked.items():
            rates = {small: [], large: []}
            for _ in range(options.rounds):
                for server in (small, large):
                    write_requests(folder / "one.requests", [request(server)])
                    result = wrk(server.port, folder / "one.requests", options.seconds, 32)
                    assert result["errors"] == 0, result
                    rates[server].append(result["rate"])
            times = statistics.median(few / many for few, many in zip(rates[small], rates[large]))
            print(f"{title:28}{statistics.median(rates[small]):10.0f}{statistics.median(rates[large]):10.0f}{times:8.2f}"
                  f"{RATIO_GOAL:7.1f}")

        line = Line(large)
        pages = []
        for _ in range(21):
            started = time.monotonic()
            line.send(by_root("GetAccountAuthorizationDetails", MaxItems="1000")(large))
            pages.append((time.monotonic() - started) * 1000)
        print(f"first page of GetAccountAuthorizationDetails, a thousand, {statistics.median(pages):.1f} ms   goal {PAGE_GOAL} ms")

        large.stop()
        starts, idle = [], 0.0
        for _ in range(11):
            large = Iamlocal(options.binary, folder, *data)
            starts.append(large.ready_after * 1000)
            idle = large.resident()
            large.stop()
        large = Iamlocal(options.binary, folder, *data)
        print(f"ready after exec {statistics.median(starts):.1f} ms   goal {START_GOAL} ms; memory when idle {idle:.1f} MiB")


if __name__ == "__main__":
    main()
