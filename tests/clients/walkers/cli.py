"""All paginators and waiters of an installed AWS CLI, by its own tables: cli.py URL, the plan of walks.py on standard input.

Each command is one of the CLI's own, run in this process: a process for each would take most of a second.
"""

import collections
import contextlib
import io
import json
import re
import sys
import time

import awscli
import awscli.clidriver

plan = json.load(sys.stdin)
driver = awscli.clidriver.create_clidriver()
session = driver.session
statuses = []  # of the answers
session.register("after-call.iam", lambda http_response, **_: statuses.append(http_response.status_code))


def dashes(name):
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower()


def run(*arguments):
    """(exit status, output, errors)"""
    out, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        status = driver.main(["iam", *arguments, "--endpoint-url", sys.argv[1], "--output", "json"])
    return status, out.getvalue(), errors.getvalue()


def ask(*arguments):
    status, out, errors = run(*arguments)
    assert status == 0, (arguments, errors)
    return json.loads(out) if out.strip() else None


def flags(parameters):
    for name, value in parameters.items():
        yield "--" + dashes(name)
        yield from value if isinstance(value, list) else [value]


def wait(name, wish, make):
    """The statuses that were answered, and how it ended; `make`: somebody makes it while the waiter sleeps."""
    def sleep(_):
        if make and statuses == [404]:
            ask(dashes(make["operation"]), *flags(make["input"]))
            statuses[:] = [404]

    time.sleep = sleep
    statuses.clear()
    status, _, errors = run("wait", dashes(name), *flags(wish))
    if status == 0:
        return [*statuses, "found"]
    assert status == 255 and "Max attempts exceeded" in errors, (status, errors)
    return [*statuses, "given up"]


sizes = collections.defaultdict(dict)
pieces = collections.defaultdict(list)
for operation in session.get_paginator_model("iam")._paginator_config:
    command = [dashes(operation), *flags(plan["parameters"][operation])]
    for size in plan["sizes"]:
        statuses.clear()
        sizes[operation][size] = {"all": ask(*command, "--page-size", str(size)), "requests": len(statuses)}
    token = []
    while True:
        piece = ask(*command, "--max-items", "2", "--page-size", "3", *token)
        token = ["--starting-token", piece.pop("NextToken", None)]
        pieces[operation].append(piece)
        if not token[1]:
            break

waiters = {}
model = session.get_waiter_model("iam")
for name in model.waiter_names:
    wish = plan["waits"][model.get_waiter(name).operation]
    waiters[name] = [wait(name, wish["input"], None), wait(name, wish["input"], wish["make"])]
json.dump({"client": f"AWS CLI {awscli.__version__}", "sizes": sizes, "pieces": pieces, "waiters": waiters}, sys.stdout)
