"""The story told by other clients on the machine: boto3 of each python3, and the JavaScript SDK."""

import pathlib
import subprocess
import urllib.request

import pytest

from support import clean_environment, pythons

HERE = pathlib.Path(__file__).parent


@pytest.mark.parametrize("python", pythons("boto3"))
def test_boto3(server, python):
    ended = subprocess.run([python, "-B", str(HERE / "boto_story.py"), server.url], capture_output=True, text=True, timeout=60,
                           env=clean_environment(), stdin=subprocess.DEVNULL)
    assert ended.returncode == 0, ended.stderr
    said, presigned = ended.stdout.split("\n")[:2]
    assert said.endswith("done")
    with urllib.request.urlopen(presigned, timeout=10) as answer:
        assert b":root</Arn>" in answer.read()


def test_the_javascript_sdk(server):
    ended = subprocess.run(["node", str(HERE / "js/story.mjs"), server.url], capture_output=True, text=True, timeout=60,
                           env=clean_environment(), stdin=subprocess.DEVNULL)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.strip().endswith("done")
