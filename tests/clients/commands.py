"""The program's commands, run as a user would."""

import json
import subprocess

import pytest

import support


class Ran:
    def __init__(self, completed):
        self.status, self.out, self.err = completed.returncode, completed.stdout, completed.stderr

    def json(self):
        return json.loads(self.out)


@pytest.fixture
def run(tmp_path):
    """Runs the program in a folder of its own."""

    def run_program(*arguments, env=None, stdin=None):
        given = {"stdin": subprocess.DEVNULL} if stdin is None else {"input": stdin}
        words = [word if isinstance(word, bytes) else str(word) for word in arguments]
        return Ran(subprocess.run([support.BINARY, *words], cwd=tmp_path, text=True, capture_output=True,
                                  timeout=60, env=support.clean_environment(env), **given))

    return run_program
