"""The AWS SDK for Go as Debian ships it: all its paginators and waiters, and a story, in a program that is compiled here."""

import json
import pathlib
import re
import shutil
import subprocess

import pytest

from crowd import Crowd
from support import clean_environment
from walks import check_report, plan_of

HERE = pathlib.Path(__file__).parent
GOPATH = pathlib.Path("/usr/share/gocode")
SDK = GOPATH / "src/github.com/aws/aws-sdk-go-v2/service/iam"

pytestmark = [
    pytest.mark.skipif(not shutil.which("go"), reason="there is no Go here: apt-get install golang-go"),
    pytest.mark.skipif(not SDK.is_dir(), reason="the SDK is not here: apt-get install golang-github-aws-aws-sdk-go-v2-dev"),
]

TABLES = """package main

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
)

func walkAll(w *walker) {{
{walks}}}

func waitAll(w *walker) {{
{waits}}}
"""
WALK = """	walk(w, "{0}", func(in *iam.{0}Input) paginator[*iam.{0}Output] {{ return iam.New{0}Paginator(w.client, in) }})
"""
WAIT = """	waitFor(w, "{0}", "{1}", func(in *iam.{1}Input, limit time.Duration) error {{
		return iam.New{0}Waiter(w.client, func(o *iam.{0}WaiterOptions) {{
			o.MinDelay, o.MaxDelay = 10*time.Millisecond, 50*time.Millisecond
		}}).Wait(context.Background(), in, limit)
	}})
"""


def tables():
    """What the SDK has, as calls of the program's functions."""
    source = "".join(path.read_text() for path in sorted(SDK.glob("api_op_*.go")))
    paginators = re.findall(r"^func New(\w+)Paginator\(", source, re.M)
    waiters = re.findall(r"^func New(\w+)Waiter\(client (\w+)APIClient", source, re.M)
    assert len(paginators) > 25 and len(waiters) > 3
    return TABLES.format(walks="".join(WALK.format(name) for name in paginators),
                         waits="".join(WAIT.format(*names) for names in waiters))


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    folder = tmp_path_factory.mktemp("go")
    shutil.copy(HERE / "go/main.go", folder)
    (folder / "tables.go").write_text(tables())
    environment = clean_environment({"GO111MODULE": "off", "GOPATH": str(GOPATH), "GOFLAGS": "", "CGO_ENABLED": "0"})
    built = subprocess.run(["go", "build", "-o", "story", "main.go", "tables.go"], cwd=folder, env=environment,
                           capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=250)
    assert built.returncode == 0, built.stderr
    return folder / "story"


def test_the_sdk_for_go(root, program):
    ended = subprocess.run([program, root.server.url], input=json.dumps(plan_of(Crowd(root))), capture_output=True, text=True,
                           timeout=60, env=clean_environment())
    assert ended.returncode == 0, ended.stderr
    check_report(json.loads(ended.stdout))
