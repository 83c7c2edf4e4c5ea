"""The pages on testing: their code is taken out, and run as a reader runs it, where its tools are."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

import test_go
from support import BINARY, REPOSITORY, clean_environment
from test_terraform import PROVIDER, TERRAFORM

PAGES = REPOSITORY / "docs/testing"
SDK = pathlib.Path(__file__).parent / "js/node_modules/@aws-sdk"
JEST = REPOSITORY / "tests/packages/js/node_modules/jest"
JARS = pathlib.Path("/usr/share/java")
JUNIT = [JARS / f"{name}.jar" for name in (
    "junit-jupiter-api", "junit-jupiter-engine", "junit-platform-commons", "junit-platform-console", "junit-platform-engine",
    "junit-platform-launcher", "junit-platform-reporting", "opentest4j", "apiguardian-api", "picocli")]
# The root user of the account in docs/testing.md's seed.
ROOT = {"AWS_ACCESS_KEY_ID": "111122223333", "AWS_SECRET_ACCESS_KEY": "test"}


def fences(page):
    """The code blocks of a page: language, the name of the file that the first line says, text below it."""
    for language, text in re.findall(r"^```(\w*)\n(.*?)^```$", page.read_text(), re.M | re.S):
        named = re.match(r"(?:#|//) ([\w./-]+\.\w+)\n", text)
        yield language, named and named[1], text[named.end():] if named else text


def files_of(page):
    found = [(name, text) for _, name, text in fences(page) if name]
    assert len(dict(found)) == len(found), page
    return dict(found)


def unnamed(page, language):
    """The code blocks of that language that are no file."""
    return [text for its, name, text in fences(page) if its == language and not name]


def anchors(page):
    """What a link into a page may name: its headings, in the letters of GitHub."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.M | re.S), re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


class Project:
    """A folder with the files of a page and of docs/testing.md, and `iamlocal` on the path."""

    def __init__(self, folder, page=None, **variables):
        self.folder = folder / "project"
        for name, text in {**files_of(REPOSITORY / "docs/testing.md"), **(files_of(PAGES / page) if page else {})}.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        programs = folder / "bin"
        programs.mkdir()
        (programs / "iamlocal").symlink_to(BINARY)
        # Debian's AWS CLI before others.
        path = os.pathsep.join([str(programs), "/usr/bin", os.environ["PATH"]])
        self.environment = clean_environment({"PATH": path, "TMPDIR": str(folder), "HOME": str(folder), **variables})

    def run(self, *command, expect=0, **variables):
        """What the command prints, to both of its outputs."""
        ended = subprocess.run(command, cwd=self.folder, env={**self.environment, **variables}, timeout=250, text=True,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert ended.returncode == expect, (command, ended.returncode, ended.stdout[-8000:])
        return ended.stdout

    def with_server(self, *command, **options):
        """The same by docs/testing.md's script, as root of the seed's account."""
        return self.run("sh", "with-iamlocal.sh", *command, **ROOT, **options)

    def pytest(self, *arguments, **options):
        return self.run(sys.executable, "-B", "-m", "pytest", "-p", "no:cacheprovider", *arguments, **options)


def has_module(name):
    return subprocess.run([sys.executable, "-c", f"import {name}"], capture_output=True).returncode == 0


@pytest.mark.parametrize("page", [REPOSITORY / "docs/testing.md", *sorted(PAGES.glob("*.md"))], ids=lambda page: page.stem)
def test_links_of_the_pages_lead_somewhere(page):
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.M | re.S)
    links = re.findall(r"\]\(([^)#]*)(?:#([^)]*))?\)", text)
    assert links
    for path, anchor in links:
        target = (page.parent / path).resolve() if path else page
        assert target.is_file(), path
        assert not anchor or anchor in anchors(target), (path, anchor)


# docs/testing.md -----------------------------------------------------------------------------------------------------


def test_the_script_tells_how_the_tests_ended_and_stops_the_server(tmp_path):
    project = Project(tmp_path)
    assert "Region us-east-1" in project.with_server("sh", "-c", 'echo "Region $AWS_REGION"; exit 0')
    said = project.with_server("sh", "-c", 'curl -sS "$AWS_ENDPOINT_URL/readyz"; echo "$AWS_ENDPOINT_URL"; exit 7', expect=7)
    url = re.search(r"^.*(http://127\.0\.0\.1:\d+)$", said, re.M)[1]
    assert subprocess.run(["curl", "-s", url], capture_output=True).returncode == 7  # nobody listens
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("tmp.")] == []


def test_the_script_explains_the_refusal_that_a_test_ended_with(tmp_path):
    program = ('import boto3, os; boto3.client("iam", endpoint_url=os.environ["AWS_ENDPOINT_URL"],'
               ' aws_access_key_id="AKIAEXAMPLECI0000001", aws_secret_access_key="cis-secret-for-tests-only").list_users()')
    project = Project(tmp_path)
    seed = project.folder / "seed.yaml"
    key = "ci: {access_keys: [{access_key_id: AKIAEXAMPLECI0000001, secret_access_key: cis-secret-for-tests-only}]}"
    seed.write_text(seed.read_text().replace("ci: {}", key))
    said = project.with_server(sys.executable, "-c", program, expect=1)
    assert "DENIED (implicit deny): iam:ListUsers on arn:aws:iam::111122223333:user/" in said


def test_the_script_shows_what_is_wrong_with_a_seed(tmp_path):
    project = Project(tmp_path)
    seed = project.folder / "seed.yaml"
    seed.write_text(seed.read_text().replace("roles:", "rolls:"))
    said = project.with_server("true", expect=1)
    assert "seed.yaml:6:5" in said and "did you mean roles?" in said


def test_the_routes_of_the_overview_work_one_after_the_other(tmp_path):
    project = Project(tmp_path)
    routes, account = unnamed(REPOSITORY / "docs/testing.md", "sh")
    said = project.with_server("bash", "-ec", routes)
    assert '{"error"' not in said
    assert "Recording suite" in said
    # The account is the seed's in another account.
    listed = 'curl -sS "$AWS_ENDPOINT_URL/_iamlocal/accounts"\n'
    script = "set -o pipefail\n" + account.replace("curl -sS", "curl -sS --fail-with-body")
    before, erase = script.rsplit("\n", 2)[:2]
    said = project.with_server("bash", "-ec", f"{before}\n{listed}{erase}\n{listed}")
    assert said.count('"id":"444455556666"') == 2 and '"created":3' in said and '{"error"' not in said, said


# pytest --------------------------------------------------------------------------------------------------------------


def test_the_page_on_pytest(tmp_path):
    project = Project(tmp_path, "pytest.md")
    files = sorted(path.name for path in project.folder.glob("test_*.py"))
    assert len(files) >= 6
    said = project.pytest("-v", *files)
    assert re.search(r"\b(\d+) passed", said) and "skipped" not in said, said
    assert all(f"{name}::" in said for name in files), said


def test_the_page_on_pytest_shows_what_a_failure_prints(tmp_path):
    project = Project(tmp_path, "pytest.md")
    seed = project.folder / "seed.yaml"
    seed.write_text(seed.read_text().replace("iam:ListAccessKeys, ", ""))
    (shown,) = (text for text in unnamed(PAGES / "pytest.md", "") if "iamlocal why" in text)
    title, _, explanation = shown.partition("\n\n")
    said = project.pytest("test_rotate.py", expect=1)
    assert title.splitlines()[0] in said and explanation in said, said[-6000:]


@pytest.mark.skipif(not has_module("xdist"), reason="pytest-xdist is not here: apt-get install python3-pytest-xdist")
def test_the_page_on_pytest_with_several_workers(tmp_path):
    project = Project(tmp_path, "pytest.md")
    assert " passed" in project.pytest("-n", "2", *(path.name for path in project.folder.glob("test_*.py")))


@pytest.mark.parametrize("workers", [
    pytest.param((), id="one worker"),
    pytest.param(("-n", "3"), id="three workers", marks=pytest.mark.skipif(
        not has_module("xdist"), reason="pytest-xdist is not here: apt-get install python3-pytest-xdist"))])
def test_the_page_on_pytest_with_one_server_for_all(tmp_path, workers):
    project = Project(tmp_path, "pytest.md")
    shutil.copy(project.folder / "seed.yaml", project.folder / "shared")
    # The other conftest.py is not for them.
    shutil.move(project.folder / "shared", project.folder.parent / "shared")
    said = project.with_server(sys.executable, "-B", "-m", "pytest", "-p", "no:cacheprovider", *workers, "../shared")
    assert "8 passed" in said


# The others ----------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not shutil.which("node") or not SDK.is_dir() or not JEST.is_dir(),
                    reason="needs node, the SDK and Jest, which scripts/test gets")
def test_the_page_on_jest(tmp_path):
    project = Project(tmp_path, "jest.md")
    (project.folder / "node_modules").mkdir()
    for module in (SDK, JEST):
        (project.folder / "node_modules" / module.name).symlink_to(module)
    (project.folder / "package.json").write_text("{}")
    said = project.run("node", "node_modules/jest/bin/jest.js", "--no-cache", "rotate.test.js")
    assert re.search(r"^Tests: +6 passed, 6 total$", said, re.M), said
    said = project.with_server("node", "node_modules/jest/bin/jest.js", "--no-cache", "shared.test.js")
    assert re.search(r"^Tests: +3 passed, 3 total$", said, re.M), said


@pytest.mark.skipif(not shutil.which("go"), reason="there is no Go here: apt-get install golang-go")
@pytest.mark.skipif(not test_go.SDK.is_dir(), reason="the SDK is not here: apt-get install golang-github-aws-aws-sdk-go-v2-dev")
def test_the_page_on_go(tmp_path):
    project = Project(tmp_path, "go.md", GO111MODULE="off", GOPATH=str(test_go.GOPATH), GOFLAGS="", CGO_ENABLED="0",
                      GOCACHE=os.environ.get("GOCACHE", os.path.expanduser("~/.cache/go-build")))
    said = project.run("go", "test", "-v", "-count=1", ".")
    assert len(re.findall(r"^--- PASS", said, re.M)) == 4 and "FAIL" not in said, said
    assert project.run("gofmt", "-l", ".") == ""


@pytest.mark.skipif(not shutil.which("javac"), reason="there is no JDK here: apt-get install openjdk-17-jdk-headless")
@pytest.mark.skipif(not all(path.exists() for path in JUNIT), reason="JUnit 5 is not here: apt-get install junit5")
def test_the_page_on_junit(tmp_path):
    project = Project(tmp_path, "junit.md", JUNIT=":".join(map(str, JUNIT)))
    (commands,) = unnamed(PAGES / "junit.md", "sh")
    said = project.run("sh", "-ec", commands)
    assert re.search(r"\[ +5 tests successful +\]", said) and re.search(r"\[ +0 tests failed +\]", said), said


@pytest.mark.skipif(not TERRAFORM, reason="there is no terraform here")
@pytest.mark.skipif(not PROVIDER, reason="Terraform's AWS provider 5 is in none of the folders for plugins; "
                                         "IAMLOCAL_TERRAFORM_PLUGINS names another one")
def test_the_page_on_terraform(tmp_path):
    project = Project(tmp_path, "terraform.md", TF_IN_AUTOMATION="1", CHECKPOINT_DISABLE="1", TF_CLI_ARGS="-no-color",
                      TF_CLI_CONFIG_FILE=str(tmp_path / "cli.tfrc"))
    (tmp_path / "cli.tfrc").write_text(
        f'provider_installation {{\n  filesystem_mirror {{\n    path = "{PROVIDER.parents[4]}"\n  }}\n}}\n')
    assert project.run(TERRAFORM, "fmt", "-check", "-recursive") == ""
    project.run(TERRAFORM, "init")

    # What a passing test prints is what the page shows.
    said = project.run("sh", "test.sh")
    (shown,) = (text for text in unnamed(PAGES / "terraform.md", "console") if "run \"rotator\"" in text)
    assert said.strip() == shown.strip()

    # The recording's policy is the seed's, and without a part of it the script says what is missing.
    needed = project.with_server("sh", "needs.sh", SEED="deployer.yaml")
    seed = (project.folder / "deployer.yaml").read_text()
    assert set(re.findall(r"iam:\w+", needed)) == set(re.findall(r"iam:\w+", seed.partition("Statement")[2]))
    (project.folder / "deployer.yaml").write_text(seed.replace("                  - iam:PutRolePolicy\n", ""))
    said = project.run("sh", "test.sh", expect=1)
    assert "What would allow it:" in said and '"Action":"iam:PutRolePolicy",' in said, said

    said = project.with_server("sh", "apply.sh", SEED="deployer.yaml")
    assert "Plan: 0 to add, 1 to change, 0 to destroy." in said and "Destroy complete! Resources: 3 destroyed." in said, said
