"""The AWS CLI as it is installed, run with credentials of our own."""

import json
import subprocess

from support import clean_environment, without_details

DEBIANS = "/usr/bin/aws"


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
        environment = clean_environment({**self.credentials, "HOME": str(self.folder), "AWS_CONFIG_FILE": "/dev/null",
                                         "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"})
        return subprocess.run([self.program, "--endpoint-url", self.url, "--output", "json", *arguments],
                              capture_output=True, text=True, env=environment, timeout=60, stdin=subprocess.DEVNULL)

    def __call__(self, *arguments):
        ended = self.run(*arguments)
        assert ended.returncode == 0, (arguments, ended.stderr)
        return json.loads(ended.stdout) if ended.stdout.strip() else None

    def refused(self, *arguments):
        ended = self.run(*arguments)
        assert ended.returncode != 0, (arguments, ended.stdout)
        return without_details(ended.stderr.strip().removeprefix("aws: [ERROR]: "))
