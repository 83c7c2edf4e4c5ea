"""action.yml: its steps as a runner runs them, and the jobs of docs/install/ci.md for GitHub and GitLab."""

import contextlib
import hashlib
import os
import re
import tarfile
import time
import urllib.request

import pytest
import yaml

from github_runner import ACTION, Failed, Job, fill_in
from image_support import DIST, REPOSITORY, VERSION, image, program  # noqa: F401

PAGE = REPOSITORY / "docs/install/ci.md"
ARCHIVE = f"iamlocal-{VERSION}-linux-{os.uname().machine}.tar.gz"
SEED = 'accounts:\n  "000000000000":\n    users: {app: {}}\n'
SIGNED = 'curl -sS --aws-sigv4 aws:amz:us-east-1:iam --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"'
GET_APP = f'{SIGNED} -d "Action=GetUser&Version=2010-05-08&UserName=app" "$AWS_ENDPOINT_URL_IAM"'


@pytest.fixture(scope="module")
def release(program, tmp_path_factory):
    """The folder of a release; its program is the image's where the archive was not made."""
    if (DIST / ARCHIVE).exists():
        return DIST
    folder = tmp_path_factory.mktemp("release")
    with tarfile.open(folder / ARCHIVE, "w:gz") as archive:
        archive.add(program, "iamlocal/iamlocal")
    (folder / "SHA256SUMS").write_text(f"{hashlib.sha256((folder / ARCHIVE).read_bytes()).hexdigest()}  {ARCHIVE}\n")
    return folder


@pytest.fixture
def job(tmp_path):
    made = Job(tmp_path)
    yield made
    with contextlib.suppress(Failed):
        made.use(command="stop")


def workflow(name):
    """A file of the page, by the comment that it begins with."""
    (text,) = re.findall(rf"^```yaml\n# {re.escape(name)}\n(.*?)^```$", PAGE.read_text(), re.M | re.S)
    # `on` is true in YAML 1.1.
    return yaml.safe_load(text.replace("on: push\n", ""))


def test_the_action_is_described():
    action = yaml.safe_load(ACTION.read_text())
    assert action.keys() == {"name", "description", "branding", "inputs", "outputs", "runs"}
    (step,) = action["runs"]["steps"]
    for name, entry in action["inputs"].items():
        assert entry.keys() == {"description", "default"} and isinstance(entry["default"], str), name
        variable = "INPUT_" + name.upper().replace("-", "_")
        assert f"inputs.{name}" in step["env"][variable]
        assert re.search(rf"\b{variable}\b", step["run"] + "".join(
            (REPOSITORY / "scripts/action" / script).read_text() for script in ("start", "stop"))), name
    # What somebody gives as an input is data, never a part of a script.
    assert "${{" not in step["run"]
    assert action["inputs"]["version"]["default"] == VERSION
    known = {"inputs": {"url": "", "version": "1.2.3"},
             "github": {"server_url": "https://github.com", "action_repository": "somebody/iamlocal"}}
    assert fill_in(step["env"]["INPUT_URL"], known) == "https://github.com/somebody/iamlocal/releases/download/v1.2.3"
    rows = dict(re.findall(r"^\| `([\w-]+)` \| (.*?) \|", PAGE.read_text(), re.M))
    assert rows.keys() == action["inputs"].keys()
    for name, default in rows.items():
        if default.startswith("`"):
            assert default.strip("`") == action["inputs"][name]["default"]


def test_a_release_is_fetched_and_later_steps_have_the_server(job, release):
    (job.workspace / "seed.yaml").write_text(SEED)
    step = job.use(url=release.as_uri(), seed="seed.yaml\n", port="0")
    assert "Ready." in step["said"]
    endpoint = step["endpoint"]
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", endpoint)
    assert job.exported == {
        "AWS_ENDPOINT_URL_IAM": endpoint, "AWS_ENDPOINT_URL_STS": endpoint, "AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}
    assert "<UserName>app</UserName>" in job.shell(GET_APP)[0]
    # The program is on the path, and none of the variables keeps it from starting.
    assert job.shell("iamlocal --version")[0].startswith(f"iamlocal {VERSION}\n")
    assert '"event":"started"' in open(step["log"]).read()

    refused = SIGNED.replace("$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY", "$KEY")
    made = job.shell(f'{SIGNED} -d "Action=CreateAccessKey&Version=2010-05-08&UserName=app" "$AWS_ENDPOINT_URL"')[0]
    key = ":".join(re.search(rf"<{name}>(.*?)</{name}>", made)[1] for name in ("AccessKeyId", "SecretAccessKey"))
    assert "AccessDenied" in job.shell(f'{refused} -d "Action=ListUsers&Version=2010-05-08" "$AWS_ENDPOINT_URL"', {"KEY": key})[0]
    assert "DENIED (implicit deny): iam:ListUsers" in job.shell("iamlocal why || true")[0]
    said = job.use(command="stop")["said"]
    assert "::group::iamlocal: what was refused\n" in said and "iam:ListUsers" in said and "user/app" in said
    with pytest.raises(OSError):
        urllib.request.urlopen(endpoint + "/livez", timeout=5)
    assert job.use(command="stop")["said"] == ""


def test_a_program_with_arguments_beside_another_emulator(job, program):
    job.environment["AWS_SESSION_TOKEN"] = "of-an-earlier-step"
    job.environment["IAMLOCAL_QUOTA"] = "UsersPerAccount=3,TagsPerEntity=2"
    step = job.use(program=str(program), port="0", all_services="false", args="--enforcement audit\n  --trail 0")
    assert "enforcement  audit" in step["said"]
    assert "AWS_ENDPOINT_URL" not in job.exported and job.exported["AWS_ENDPOINT_URL_IAM"] == step["endpoint"]
    assert job.exported["AWS_SESSION_TOKEN"] == ""
    # A second one in the same job.
    other = job.use(program=os.path.relpath(program, job.workspace), port="0")
    assert other["endpoint"] != step["endpoint"]
    said = job.use(command="stop")["said"]
    assert said.count("::group::") == 2


@pytest.mark.parametrize("what", ["another file", "no line"])
def test_what_the_checksums_do_not_say_is_not_started(job, release, tmp_path, what):
    folder = tmp_path / "release"
    folder.mkdir()
    sums = {"another file": f"{'0' * 64}  {ARCHIVE}\n", "no line": f"{'0' * 64}  other.tar.gz\n"}
    (folder / ARCHIVE).write_bytes((release / ARCHIVE).read_bytes())
    (folder / "SHA256SUMS").write_text(sums[what])
    with pytest.raises(Failed, match=f"::error::iamlocal: {ARCHIVE} is not what SHA256SUMS says"):
        job.use(url=folder.as_uri(), port="0")
    assert job.exported == {} and not list(job.temp.glob("iamlocal.*/release"))


def test_what_goes_wrong_is_said(job, program, tmp_path):
    nowhere = (tmp_path / "nowhere").as_uri()
    with pytest.raises(Failed, match=rf"::error::iamlocal: {nowhere}/iamlocal-9.9.9-linux-\w+.tar.gz cannot be fetched"):
        job.use(version="9.9.9", url=nowhere)
    with pytest.raises(Failed, match="::error::iamlocal: nothing-there is no program"):
        job.use(program="nothing-there")
    with pytest.raises(Failed, match="command is start or stop, not restart"):
        job.use(command="restart")
    (job.workspace / "seed.yaml").write_text("acounts: {}\n")
    with pytest.raises(Failed, match="(?s)did you mean accounts.*::error::iamlocal: it does not start"):
        job.use(program=str(program), seed="seed.yaml", port="0")
    with pytest.raises(Failed, match="(?s)unknown flag --seeed.*::error::iamlocal: it does not start"):
        job.use(program=str(program), args="--seeed x", port="0")
    assert job.exported == {} and not list(job.temp.glob("iamlocal.*/server"))


def test_nothing_that_is_given_is_run(job, program):
    bad = '$(touch ran); `touch ran`; "; touch ran; *'
    for name in ("seed", "args", "port", "version", "program", "command"):
        with contextlib.suppress(Failed):
            job.use(**{"program": str(program), "port": "0", name: bad})
    assert list(job.workspace.iterdir()) == []


def test_a_server_that_has_ended_is_reported(job, program):
    job.use(program=str(program), port="0")
    (state,) = job.temp.glob("iamlocal.*/server")
    os.kill(int(state.read_text().split()[0]), 9)
    time.sleep(0.2)
    assert "::warning::iamlocal: the server had ended already" in job.use(command="stop")["said"]


def prepare(job):
    """The repository of somebody whose tests look for the seed's user."""
    (job.workspace / "tests").mkdir()
    (job.workspace / "tests/seed.yaml").write_text(SEED)
    line = GET_APP.replace("$AWS_ENDPOINT_URL_IAM", "$AWS_ENDPOINT_URL").replace("$", "$$")
    (job.workspace / "Makefile").write_text(f"test:\n\t@{line} | grep 'UserName>app<'\n")


def test_the_workflow_of_the_page(job, release):
    prepare(job)
    found = workflow(".github/workflows/test.yml")
    done = []
    for step in found["jobs"]["test"]["steps"]:
        used, _, version = step.get("uses", "").partition("@")
        if used == "iamlocal/iamlocal":
            assert version == f"v{VERSION}"
            # Not published, and other servers of this machine have the port.
            given = {} if step["with"].get("command") == "stop" else {"url": release.as_uri(), "port": "0"}
            done.append(job.use(**step["with"], **given)["said"])
        elif "run" in step:
            done.append(job.shell(step["run"])[0])
        else:
            assert used == "actions/checkout"
    assert "Ready." in done[0] and "app" in done[1] and "what was refused" in done[2]


@pytest.mark.parametrize("name", [".github/workflows/service.yml", ".gitlab-ci.yml"])
def test_the_jobs_with_a_service_container(job, program, name):
    prepare(job)
    made = workflow(name)["test"] if name == ".gitlab-ci.yml" else workflow(name)["jobs"]["test"]
    if name == ".gitlab-ci.yml":
        (service,) = made["services"]
        assert service["name"] == f"iamlocal/iamlocal:{VERSION}"
        host, variables, commands = service["alias"], made["variables"], made["script"]
    else:
        (service,) = made["services"].values()
        assert service == {"image": f"iamlocal/iamlocal:{VERSION}", "ports": ["127.0.0.1:4566:4566"]}
        host, variables, commands = "127.0.0.1", made["env"], [step["run"] for step in made["steps"] if "run" in step]
    assert variables["AWS_ENDPOINT_URL"] == f"http://{host}:4566"
    # The server has the port that the job's has in its own network; the name is a container's.
    endpoint = job.use(program=str(program), port="0")["endpoint"]
    job.environment.update(variables | {"AWS_ENDPOINT_URL": endpoint})
    said = [job.shell(command)[0] for command in commands]
    assert '"created":' in said[-2] and "UserName>app<" in said[-1]
