"""The AWS CLI as it is installed, run with credentials of our own."""

import functools
import json
import os
import pathlib
import subprocess

from support import clean_environment, without_details

DEBIANS = "/usr/bin/aws"

# More than half of what a call of the CLI takes goes into reading its modules. This reads them once, and makes a process
# for each call, which runs the installed program from its first line.
CALLS = """
import json, os, runpy, sys, awscli.clidriver, awscli.handlers
program = sys.argv[1]
for line in sys.stdin:
    call = json.loads(line)
    child = os.fork()
    if child == 0:
        os.environ.update(call["environment"])
        for number, path in enumerate(call["files"]):
            os.dup2(os.open(path, os.O_RDWR), number)
        sys.argv = [program, *call["arguments"]]
        runpy.run_path(program, run_name="__main__")
        os._exit(99)  # it ends by itself
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Program:
    """An installed CLI, ready for calls; one of them at a time."""

    def __init__(self, path):
        first_line = pathlib.Path(path).read_bytes().partition(b"\n")[0]
        assert first_line.startswith(b"#!") and b"python" in first_line, f"{path} is no program in Python"
        self.process = subprocess.Popen([*first_line[2:].decode().split(), "-c", CALLS, path], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, env=clean_environment())

    def run(self, arguments, environment, folder):
        outputs = folder / "cli.out", folder / "cli.err"
        for output in outputs:
            output.write_text("")
        call = {"arguments": arguments, "environment": environment, "files": [os.devnull, *map(str, outputs)]}
        print(json.dumps(call), file=self.process.stdin, flush=True)
        return subprocess.CompletedProcess(arguments, int(self.process.stdout.readline()), *(
            output.read_text() for output in outputs))


@functools.cache
def program_at(path):
    return Program(path)


class Cli:
    def __init__(self, program, url, folder):
        self.program, self.url, self.folder = program, url, folder
        self.credentials = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}

    def become(self, credentials):
        other = Cli(self.program, self.url, self.folder)
        other.credentials = {"AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
                             "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"]}
        if "SessionToken" in credentials:
            other.credentials["AWS_SESSION_TOKEN"] = credentials["SessionToken"]
        return other

    def run(self, *arguments):
        environment = {**self.credentials, "HOME": str(self.folder), "AWS_CONFIG_FILE": "/dev/null",
                       "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}
        return program_at(self.program).run(["--endpoint-url", self.url, "--output", "json", *arguments], environment, self.folder)

    def __call__(self, *arguments):
        ended = self.run(*arguments)
        assert ended.returncode == 0, (arguments, ended.stderr)
        return json.loads(ended.stdout) if ended.stdout.strip() else None

    def refused(self, *arguments):
        ended = self.run(*arguments)
        assert ended.returncode != 0, (arguments, ended.stdout)
        return without_details(ended.stderr.strip().removeprefix("aws: [ERROR]: "))
