"""All paginators and waiters of boto3, the AWS CLI and the JavaScript SDK, by the clients' own tables (walks.py)."""

import json
import pathlib
import subprocess

import pytest

from crowd import Crowd
from support import clean_environment, pythons
from walks import check_report, plan_of

HERE = pathlib.Path(__file__).parent
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
CLIENTS = {
    **{f"boto3 of {python}": [python, "-B", str(HERE / "walkers/boto.py")] for python in pythons("boto3")},
    **{f"awscli of {python}": [python, "-B", str(HERE / "walkers/cli.py")] for python in pythons("awscli")},
    "javascript": ["node", str(HERE / "js/walk.mjs")],
}


@pytest.mark.parametrize("client", CLIENTS)
def test_every_paginator_and_every_waiter(root, client):
    ended = subprocess.run([*CLIENTS[client], root.server.url], input=json.dumps(plan_of(Crowd(root))), capture_output=True,
                           text=True, timeout=60, env=clean_environment(CREDENTIALS))
    assert ended.returncode == 0, ended.stderr
    check_report(json.loads(ended.stdout))
