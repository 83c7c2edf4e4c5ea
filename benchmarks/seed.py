#!/usr/bin/env python3
"""benchmarks/seed.py [PROGRAM]: how long a seed of 1,000 things takes, the first time and again, as JSON and in YAML's own
form: milliseconds that pass, and those of the server's processor time."""

import http.client
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

PROGRAM = sys.argv[1] if len(sys.argv) > 1 else str(pathlib.Path(__file__).parents[1] / "build/release/iamlocal")
ACCOUNT = "111122223333"
ROUNDS = 5
AGAIN = 10


def document(number):
    return {"Version": "2012-10-17", "Statement": [
        {"Sid": "S1", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": f"arn:aws:s3:::b{number}/*"},
        {"Sid": "S2", "Effect": "Deny", "Action": "iam:*", "Resource": "*",
         "Condition": {"StringNotEquals": {"aws:PrincipalTag/team": "ops"}}}]}


def trust(number):
    return {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/teams/user{number}"}, "Action": "sts:AssumeRole"}]}


def seed():
    return {"accounts": {ACCOUNT: {
        "policies": {f"policy{n}": {"document": document(n), "tags": {"n": str(n)}} for n in range(200)},
        "groups": {f"group{n}": {"attached_policies": [f"policy{n}"], "inline_policies": {"p": document(n)}} for n in range(100)},
        "users": {f"user{n}": {"path": "/teams/", "groups": [f"group{n % 100}"], "tags": {"team": "web", "n": str(n)},
                               "access_keys": [{"access_key_id": f"AKIASEED{n:012d}", "secret_access_key": "secret"}]}
                  for n in range(300)},
        "roles": {f"role{n}": {"trust_policy": trust(n), "description": "d", "attached_policies": [f"policy{n % 200}"],
                               "inline_policies": {"p": document(n)}, "tags": {"team": "web"}} for n in range(300)},
        "instance_profiles": {f"profile{n}": {"role": f"role{n}"} for n in range(100)}}}}


def as_yaml(value, indent=0):
    """Maps in blocks, texts with quotes."""
    lines, blank = [], " " * indent
    for key, part in value.items():
        if isinstance(part, dict):
            lines += [f"{blank}{json.dumps(key)}:", *as_yaml(part, indent + 2)]
        else:
            lines.append(f"{blank}{json.dumps(key)}: {json.dumps(part)}")
    return lines


class Server:
    def __init__(self, *flags):
        self.process = subprocess.Popen([PROGRAM, "--listen", "127.0.0.1:0", "--log-level", "error", *flags],
                                        stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            if found := re.search(r"127\.0\.0\.1:(\d+)", line):
                self.port = int(found[1])
            if line == "Ready.\n":
                break

    def processor_time(self):
        """In milliseconds."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.terminate()
        self.process.wait()


def put(port, body, times):
    began = time.perf_counter()
    for _ in range(times):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("PUT", "/_iamlocal/seed", body)
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        counts = json.loads(answer.read())
        connection.close()
    return (time.perf_counter() - began) * 1000 / times, counts


def measure(body, *flags):
    """(first, of it processor, again, of it processor)"""
    server = Server(*flags)
    marks = [server.processor_time()]
    first, counts = put(server.port, body, 1)
    assert counts == {"created": 1000, "updated": 0, "unchanged": 0}, counts
    marks.append(server.processor_time())
    again, counts = put(server.port, body, AGAIN)
    assert counts == {"created": 0, "updated": 0, "unchanged": 1000}, counts
    marks.append(server.processor_time())
    server.stop()
    return first, marks[1] - marks[0], again, (marks[2] - marks[1]) / AGAIN


def main():
    texts = {"JSON": json.dumps(seed()), "YAML": "\n".join(as_yaml(seed())) + "\n"}
    print(f"{'':24}{'first':>8}{'cpu':>8}{'again':>8}{'cpu':>8}   milliseconds, medians of {ROUNDS}")
    for name, text in texts.items():
        for place in ("memory", "data directory"):
            rows = []
            for _ in range(ROUNDS):
                with tempfile.TemporaryDirectory() as folder:
                    rows.append(measure(text.encode(), *(["--data-dir", folder + "/data"] if place != "memory" else [])))
            print(f"{name + ', ' + place:24}" + "".join(f"{statistics.median(row[i] for row in rows):8.0f}" for i in range(4)))


if __name__ == "__main__":
    main()
