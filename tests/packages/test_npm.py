"""The npm packages, as a project has them: installed from the packed files in an empty folder, without a network."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tarfile

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
DIST = pathlib.Path(os.environ.get("IAMLOCAL_DIST", REPOSITORY / "dist"))
SUITES = pathlib.Path(__file__).parent / "js"
MODULES = SUITES / "node_modules"
SDK = REPOSITORY / "tests/clients/js/node_modules"
PAGE = REPOSITORY / "docs/install/npm.md"
JEST_PAGE = REPOSITORY / "docs/testing/jest.md"

pytestmark = [pytest.mark.skipif(not shutil.which("node") or not shutil.which("npm"), reason="Node.js and npm are not here"),
              pytest.mark.skipif(not SDK.is_dir(), reason="the SDK is not here, which scripts/test gets")]


def nodes():
    """The first on the path, and Debian's if it is another one."""
    found = dict.fromkeys(os.path.realpath(path) for path in (shutil.which("node"), "/usr/bin/node") if path and os.path.exists(path))
    if named := os.environ.get("IAMLOCAL_TEST_NODE"):
        found[named] = None
    return list(found)


def has(module):
    return pytest.mark.skipif(not (MODULES / module).is_dir(), reason=f"{module} is not here: cd tests/packages/js && npm install")


def packed(pattern):
    found = list(DIST.glob(pattern))
    assert len(found) == 1, f"scripts/package makes one: {found}"
    return found[0]


@pytest.fixture(scope="module")
def packages():
    return packed("iamlocal-[0-9]*.tgz"), packed("iamlocal-linux-*.tgz")


def seed():
    return re.search(r"^```yaml\n# seed.yaml\n(.*?)^```$", (REPOSITORY / "docs/testing.md").read_text(), re.M | re.S)[1]


class Project:
    def __init__(self, folder, *packages):
        self.folder = folder
        folder.mkdir()
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith(("IAMLOCAL_", "AWS_", "npm_", "NODE_"))}
        # Neither a cache nor settings of whoever runs the tests.
        self.environment.update(HOME=str(folder), npm_config_cache=str(folder / ".npm"), CI="true", NO_COLOR="1",
                                npm_config_update_notifier="false")
        (folder / "package.json").write_text("{}")
        self.run("npm", "install", "--offline", "--no-audit", "--no-fund", *map(str, packages))
        (folder / "seed.yaml").write_text(seed())
        for name, modules in (("@aws-sdk", SDK), ("@smithy", SDK), *((name, MODULES) for name in (
                "jest", "vitest", "typescript", "@playwright", "@types"))):
            if (modules / name).is_dir():
                (folder / "node_modules" / name).symlink_to(modules / name)

    def copy(self, *names):
        for name in names:
            shutil.copy(SUITES / name, self.folder)

    def run(self, *command, expect=0, **variables):
        ended = subprocess.run(command, cwd=self.folder, env={**self.environment, **variables}, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
        assert ended.returncode == expect, (command, ended.returncode, ended.stdout[-8000:])
        return ended.stdout


    def serve(self, *command):
        """Lets it become ready, and presses Ctrl-C."""
        served = subprocess.Popen(command, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  text=True, start_new_session=True)
        assert "Ready.\n" in iter(served.stdout.readline, "")
        os.killpg(served.pid, signal.SIGINT)
        served.communicate(timeout=20)


@pytest.fixture(scope="module")
def project(packages, tmp_path_factory):
    return Project(tmp_path_factory.mktemp("npm") / "project", *packages)


# What is in them -----------------------------------------------------------------------------------------------------


def test_what_npm_is_told(packages):
    api, platform = packages
    told = {}
    for package in packages:
        with tarfile.open(package) as files:
            members = files.getmembers()
            told[package] = json.load(files.extractfile("package/package.json")), {member.name: member for member in members}
            assert all(member.name.startswith("package") and member.uid == member.gid == 0 for member in members)
    (about, files), (about_platform, of_platform) = told[api], told[platform]
    assert api.name == f"iamlocal-{about['version']}.tgz"
    # npm's own name for what `npm pack` makes of that package.
    assert platform.name == f"{about_platform['name'].lstrip('@').replace('/', '-')}-{about['version']}.tgz"
    assert about["optionalDependencies"][about_platform["name"]] == about_platform["version"] == about["version"]
    assert set(about["optionalDependencies"].values()) == {about["version"]}
    assert "dependencies" not in about and "scripts" not in about and "scripts" not in about_platform
    assert about_platform["os"] == ["linux"] and f"linux-{about_platform['cpu'][0]}" in about_platform["name"]
    assert of_platform["package/bin/iamlocal"].mode == 0o755 and files["package/bin/iamlocal.js"].mode == 0o755
    assert "package/licences" in of_platform and "package/LICENSE" in files and "package/README.md" in files
    # What is named is there.
    named = [about["main"], about["types"], *about["bin"].values()]
    named += [path for way in about["exports"]["."].values() for path in way.values()]
    assert {"package/" + path.removeprefix("./") for path in named} <= set(files)


def test_two_runs_give_the_same_bytes(packages, tmp_path):
    with tarfile.open(packages[1]) as files:
        files.extract("package/bin/iamlocal", tmp_path)
    environment = {**os.environ, "IAMLOCAL_PROGRAM": str(tmp_path / "package/bin/iamlocal"), "IAMLOCAL_DIST": str(tmp_path / "dist"),
                   "TZ": "Asia/Tokyo"}
    libraries = REPOSITORY / "build/packages/program/libraries.json"
    environment.pop("IAMLOCAL_LIBRARIES", None)
    if libraries.exists() and not os.environ.get("IAMLOCAL_PROGRAM"):
        environment["IAMLOCAL_LIBRARIES"] = str(libraries)
    subprocess.run([REPOSITORY / "scripts/package", "npm"], env=environment, check=True, stdin=subprocess.DEVNULL, capture_output=True)
    for package in packages:
        assert (tmp_path / "dist" / package.name).read_bytes() == package.read_bytes()


# What they do --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("node", nodes())
def test_the_api(project, node):
    project.copy("api.test.mjs", "sleeper.cjs")
    said = project.run(node, "--test", "api.test.mjs")
    assert re.search(r"^\S+ fail 0$", said, re.M), said
    assert int(re.search(r"^\S+ pass (\d+)$", said, re.M)[1]) >= 18, said


def test_without_the_program_it_says_what_is_missing(packages, tmp_path):
    project = Project(tmp_path / "alone", packages[0])
    said = project.run("npx", "--offline", "iamlocal", "--version", expect=1)
    assert re.search(r"^iamlocal: @iamlocal/linux-\w+ is not installed, which has the program", said, re.M), said
    code = 'Object.defineProperty(process, "platform", {value: "sunos"}); require("iamlocal").start().catch((e) => console.log(e.message))'
    said = project.run("node", "-e", code)
    assert re.match(r"there is no program for sunos on \w+, only @iamlocal/linux-arm64, @iamlocal/linux-x64; IAMLOCAL_PROGRAM", said), said
    assert project.run("npx", "--offline", "iamlocal", "given", IAMLOCAL_PROGRAM="/bin/echo") == "given\n"


@has("jest")
def test_jest(project):
    project.copy("runners/shared.test.js", "runners/own.test.js", "runners/iamlocal.setup.js")
    said = project.run("node", "node_modules/jest/bin/jest.js", "--globalSetup", "./iamlocal.setup.js", "shared.test.js", "own.test.js")
    assert re.search(r"^Tests: +4 passed, 4 total$", said, re.M), said
    # Jest complains of what keeps it from ending.
    assert "did not exit" not in said and "leaking" not in said, said


@has("vitest")
def test_vitest(project):
    project.copy("runners/vitest.test.mjs", "runners/vitest.config.mjs", "runners/iamlocal.setup.mjs")
    said = project.run("node", "node_modules/vitest/vitest.mjs", "run")
    assert re.search(r"^ +Tests +2 passed \(2\)$", said, re.M), said


def node_is_too_old_for_playwright():
    said = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout
    return int(re.match(r"v(\d+)", said)[1]) < 20


@pytest.mark.skipif(node_is_too_old_for_playwright(), reason="Playwright wants Node.js 20")
@has("@playwright/test")
def test_playwright(project):
    project.copy("runners/playwright.spec.ts", "runners/playwright.config.ts", "runners/iamlocal.setup.js")
    assert "1 passed" in project.run("node", "node_modules/@playwright/test/cli.js", "test")


@has("typescript")
def test_types(project):
    project.copy("runners/types.mts", "runners/types.cts", "runners/tsconfig.json")
    assert project.run("node", "node_modules/typescript/bin/tsc", "-p", ".") == ""


# The pages -----------------------------------------------------------------------------------------------------------


def fences(page):
    """The code blocks of a page: language, the name of the file that the first line says, text below it."""
    for language, text in re.findall(r"^```(\w*)\n(.*?)^```$", page.read_text(), re.M | re.S):
        named = re.match(r"(?:#|//) ([\w./-]+\.\w+)\n", text)
        yield language, named and named[1], text[named.end():] if named else text


def test_the_page_on_npm(packages, tmp_path):
    """What it says to install is there already; its files and commands are run."""
    project = Project(tmp_path / "page", *packages)
    for language, name, text in fences(PAGE):
        if name:
            (project.folder / name).write_text(text)
    commands = [line for language, name, text in fences(PAGE) if language == "sh" for line in text.splitlines()]
    assert "npm install --save-dev iamlocal" in commands and "npx iamlocal --seed seed.yaml" in commands
    for command in commands:
        if command.startswith("npm install"):
            continue
        if command.startswith("npx iamlocal --seed"):
            project.serve(*command.split(), "--listen", "127.0.0.1:0")
            continue
        if re.match(r"npx (jest|vitest|playwright)", command) and not (MODULES / "jest").is_dir():
            continue
        if command.startswith("npx playwright") and node_is_too_old_for_playwright():
            continue
        bins = {"jest": "jest/bin/jest.js", "vitest": "vitest/vitest.mjs", "playwright": "@playwright/test/cli.js"}
        command = re.sub(r"^npx (jest|vitest|playwright)", lambda found: f"node node_modules/{bins[found[1]]}", command)
        project.run("sh", "-ec", command)


@has("jest")
def test_the_short_way_of_the_page_on_jest(packages, tmp_path):
    project = Project(tmp_path / "page", *packages)
    files = {name: text for _, name, text in fences(JEST_PAGE) if name}
    assert "short.test.js" in files
    for name in ("rotate.js", "short.test.js"):
        (project.folder / name).write_text(files[name])
    said = project.run("node", "node_modules/jest/bin/jest.js", "short.test.js")
    assert re.search(r"^Tests: +(\d) passed, \1 total$", said, re.M), said
