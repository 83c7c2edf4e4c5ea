"""A job of GitHub Actions without GitHub: it runs the steps of action.yml with the variables and files that a runner gives them."""

import os
import re
import subprocess

import yaml

from image_support import REPOSITORY

ACTION = REPOSITORY / "action.yml"
PARTS = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<name>[\w-]+(?:\.[\w-]+)*)|(?P<sign>\|\||[(),]))")


def tokens(expression):
    position = 0
    while expression[position:].strip():
        found = PARTS.match(expression, position)
        assert found, expression[position:]
        position = found.end()
        yield found.lastgroup, found[found.lastgroup]


class Expression:
    """What stands between `${{` and `}}`: names, texts, `||` and format()."""

    def __init__(self, text, known):
        self.tokens, self.known = list(tokens(text)), known

    def value(self):
        found = self.either()
        assert not self.tokens
        return found

    def take(self, sign):
        if self.tokens and self.tokens[0] == ("sign", sign):
            return self.tokens.pop(0)

    def either(self):
        found = self.single()
        while self.take("||"):
            other = self.single()
            found = found or other
        return found

    def single(self):
        kind, text = self.tokens.pop(0)
        if kind == "text":
            return text[1:-1].replace("''", "'")
        assert kind == "name", text
        if self.take("("):
            assert text == "format"
            given = [self.either()]
            while self.take(","):
                given.append(self.either())
            assert self.take(")")
            return re.sub(r"\{(\d+)\}", lambda place: given[int(place[1]) + 1], given[0])
        found = self.known
        for part in text.split("."):
            found = found[part]
        return found


def fill_in(text, known):
    return re.sub(r"\$\{\{(.*?)\}\}", lambda inside: Expression(inside[1], known).value(), text)


class Failed(Exception):
    """A step ended with another status than 0; its output."""


class Job:
    def __init__(self, folder, environment=()):
        self.workspace, self.temp = folder / "workspace", folder / "temp"
        for path in (self.workspace, self.temp):
            path.mkdir()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("IAMLOCAL_", "AWS_", "GITHUB_", "INPUT_"))}
        self.environment = {**kept, "HOME": str(folder), "RUNNER_TEMP": str(self.temp), **dict(environment)}
        self.exported = {}

    def use(self, **inputs):
        """A step with `uses:`; its outputs, and what it printed as `said`."""
        action = yaml.safe_load(ACTION.read_text())
        inputs = {name.replace("_", "-"): value for name, value in inputs.items()}
        assert inputs.keys() <= action["inputs"].keys()
        known = {
            "inputs": {**{name: entry["default"] for name, entry in action["inputs"].items()}, **inputs},
            "github": {"server_url": "https://github.invalid", "action_repository": "iamlocal/iamlocal", "action_path": str(REPOSITORY)},
            "steps": {},
        }
        said = ""
        assert action["runs"]["using"] == "composite"
        for step in action["runs"]["steps"]:
            assert step.keys() <= {"id", "shell", "env", "run"} and step["shell"] == "sh"
            given = {name: fill_in(value, known) for name, value in step["env"].items()}
            printed, outputs = self.shell(step["run"], {**given, "GITHUB_ACTION_PATH": str(REPOSITORY)})
            said += printed
            known["steps"][step["id"]] = {"outputs": outputs}
        if inputs.get("command") == "stop":
            return {"said": said}
        return {"said": said, **{name: fill_in(entry["value"], known) for name, entry in action["outputs"].items()}}

    def shell(self, script, environment=(), seconds=60):
        """A step with `run:`; what it printed, and its outputs. Later steps have what it wrote into the runner's files."""
        files = {name: self.temp / name.lower() for name in ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH")}
        for path in files.values():
            path.write_text("")
        ended = subprocess.run(
            ["sh", "-e", "-c", script], cwd=self.workspace, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, timeout=seconds, env={**self.environment, **{name: str(path) for name, path in files.items()}, **dict(environment)})
        exported = dict(line.split("=", 1) for line in files["GITHUB_ENV"].read_text().splitlines())
        self.exported.update(exported)
        self.environment.update(exported)
        for folder in files["GITHUB_PATH"].read_text().splitlines():
            self.environment["PATH"] = folder + os.pathsep + self.environment["PATH"]
        if ended.returncode:
            raise Failed(ended.stdout)
        return ended.stdout, dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text().splitlines())
