#!/usr/bin/env python3
"""benchmarks/snapshots.py [PROGRAM]: how long it takes to save 10,000 entities of one account and to go back to them, beside
another account that is not empty: milliseconds that pass, and those of the server's processor time.

Three ways back: nothing has changed, a tenth has, nothing is left."""

import http.client
import json
import pathlib
import statistics
import sys
import tempfile
import time

import seed

ACCOUNT, OTHER = "111122223333", "444455556666"
ROUNDS = 5
QUOTAS = [f"--quota={name}=100000" for name in ("UsersPerAccount", "RolesPerAccount", "GroupsPerAccount", "PoliciesPerAccount")]


TRUST = {"Version": "2012-10-17",
         "Statement": [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}]}


def everything():
    return {"accounts": {
        ACCOUNT: {
            "policies": {f"policy{n}": {"document": seed.document(n)} for n in range(1500)},
            "groups": {f"group{n}": {} for n in range(300)},
            "users": {f"user{n}": {} for n in range(5000)},
            "roles": {f"role{n}": {"trust_policy": TRUST, "attached_policies": [f"policy{n % 1500}"]} for n in range(3200)}},
        OTHER: {"users": {"other": {}}}}}


def changed():
    """The descriptions of a tenth, by another seed."""
    return {"accounts": {ACCOUNT: {
        "roles": {f"role{n}": {"trust_policy": TRUST, "description": "changed"} for n in range(1000)}}}}


class Server(seed.Server):
    def ask(self, method, path, body=None):
        """(milliseconds that passed, of the processor)"""
        before, began = self.processor_time(), time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.request(method, path, json.dumps(body) if body else None)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        assert answer.status < 300, text
        return (time.perf_counter() - began) * 1000, self.processor_time() - before


def measure(name, scope, *flags):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "seed.json"
        path.write_text(json.dumps(everything()))
        server = Server("--seed", str(path), *QUOTAS, *[flag.replace("FOLDER", folder) for flag in flags])
        snapshot = "/_iamlocal/snapshots/base"
        rows = {"save": [], "nothing changed": [], "a tenth changed": [], "nothing left": []}
        for _ in range(ROUNDS):
            rows["save"].append(server.ask("POST", snapshot + scope))
            rows["nothing changed"].append(server.ask("PUT", snapshot))
            server.ask("PUT", "/_iamlocal/seed", changed())
            rows["a tenth changed"].append(server.ask("PUT", snapshot))
            server.ask("POST", "/_iamlocal/reset?account=" + ACCOUNT)
            rows["nothing left"].append(server.ask("PUT", snapshot))
        server.stop()
        print(f"{name:28}" + "".join(
            f"{statistics.median(passed for passed, _ in row):9.0f} {statistics.median(cpu for _, cpu in row):6.0f}"
            for row in rows.values()), flush=True)


def main():
    print(f"{'':28}{'save':>9} {'cpu':>6}{'same':>9} {'cpu':>6}{'tenth':>9} {'cpu':>6}{'empty':>9} {'cpu':>6}"
          f"   milliseconds, medians of {ROUNDS}")
    places = {"memory": [], "directory": ["--data-dir", "FOLDER/data"]}
    for argument in sys.argv[2:]:
        places["database"] = ["--database", argument]
    for place, flags in places.items():
        measure(f"everything, {place}", "", *flags)
        measure(f"the account, {place}", "?account=" + ACCOUNT, *flags)


if __name__ == "__main__":
    main()
