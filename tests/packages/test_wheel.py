"""The wheel, as Python users have it: installed without a network, its program, its API and its plug-in for pytest."""

import ast
import base64
import csv
import datetime
import gc
import hashlib
import importlib
import io
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import warnings
import zipfile

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
DIST = pathlib.Path(os.environ.get("IAMLOCAL_DIST", REPOSITORY / "build/release/dist"))
PAGE = REPOSITORY / "docs/install/wheel.md"
PYTHON = "/usr/bin/python3"
MACHINE = os.uname().machine
SEED = {"accounts": {"111122223333": {
    "users": {"ci": {}}, "roles": {"app": {"trust_policy": {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/ci"}, "Action": "sts:AssumeRole"}]}}}}}}


def wheel():
    (found,) = DIST.glob("iamlocal-*.whl")
    return found


def environment(**extra):
    """The environment without what would lead programs elsewhere, or to a network."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("IAMLOCAL_", "AWS_", "PIP_", "PYTEST_", "PYTHON", "COV_"))}
    return {**kept, "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "AWS_EC2_METADATA_DISABLED": "true",
            "PYTHONDONTWRITEBYTECODE": "1", **extra}


def run(*command, expect=0, folder=None, **extra):
    """What it prints to both of its outputs."""
    ended = subprocess.run(list(map(str, command)), cwd=folder, env=environment(**extra), text=True, timeout=120,
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert ended.returncode == expect, (command, ended.returncode, ended.stdout[-8000:])
    return ended.stdout


def fences(page, language):
    """The code blocks of that language."""
    return [text for its, text in re.findall(r"^```(\w*)\n(.*?)^```$", page.read_text(), re.M | re.S) if its == language]


def named(page):
    """The code blocks that are files, by their names."""
    found = re.findall(r"^```\w*\n# ([\w./-]+\.\w+)\n(.*?)^```$", page.read_text(), re.M | re.S)
    assert len(dict(found)) == len(found)
    return dict(found)


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A venv with nothing but pip and the wheel in it, as the page makes it."""
    folder = tmp_path_factory.mktemp("empty")
    (commands,) = fences(PAGE, "sh")
    shutil.copy(wheel(), folder)
    run("sh", "-ec", commands, folder=folder, PATH="/usr/bin:/bin")
    return folder / "tests-env"


@pytest.fixture(scope="module")
def venv(empty, tmp_path_factory):
    """One that sees Debian's boto3 and pytest as well."""
    folder = tmp_path_factory.mktemp("venv")
    run(PYTHON, "-m", "venv", "--without-pip", "--system-site-packages", folder)
    run(empty / "bin/pip", "--python", folder / "bin/python", "install", "-q", wheel())
    return folder


@pytest.fixture(scope="module")
def iamlocal(venv):
    """The module, in this process."""
    (site,) = venv.glob("lib/python3*/site-packages")
    sys.path.insert(0, str(site))
    yield importlib.import_module("iamlocal")
    sys.path.remove(str(site))


@pytest.fixture(scope="module", autouse=True)
def nothing_else_configures_it():
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(("IAMLOCAL_", "AWS_")):
                patch.delenv(name)
        yield


# The file -------------------------------------------------------------------------------------------------------------


def test_the_record_has_every_file_with_its_hash():
    with zipfile.ZipFile(wheel()) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        (record,) = (name for name in names if name.endswith(".dist-info/RECORD"))
        rows = list(csv.reader(io.StringIO(archive.read(record).decode())))
        assert sorted(row[0] for row in rows) == sorted(names) and len(set(names)) == len(names)
        for name, digest, size in rows:
            if name == record:
                assert (digest, size) == ("", "")
                continue
            content = archive.read(name)
            expected = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
            assert (digest, int(size)) == (f"sha256={expected}", len(content)), name
        modes = {info.filename: info.external_attr >> 16 for info in archive.infolist()}
        assert [name for name, mode in modes.items() if mode == 0o100755] == ["iamlocal/bin/iamlocal"]
        assert set(modes.values()) == {0o100755, 0o100644}
        assert "iamlocal/py.typed" in names and any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_the_tags_are_in_the_name_and_are_those_of_the_program():
    name, version, python, abi, platforms = wheel().name[:-len(".whl")].split("-")
    with zipfile.ZipFile(wheel()) as archive:
        lines = archive.read(f"{name}-{version}.dist-info/WHEEL").decode().splitlines()
        program = archive.read("iamlocal/bin/iamlocal")
    assert [line[5:] for line in lines if line.startswith("Tag: ")] == [f"{python}-{abi}-{it}" for it in platforms.split(".")]
    assert (python, abi) == ("py3", "none") and "Root-Is-Purelib: false" in lines
    # One that needs a loader is for machines like this one alone, and must not say that it is for any Linux.
    needs = b"/lib64/ld-linux-x86-64.so" in program[:8192] or b"/lib/ld-linux-aarch64.so" in program[:8192]
    assert platforms == (f"linux_{MACHINE}" if needs else
                         f"manylinux_2_17_{MACHINE}.manylinux2014_{MACHINE}.musllinux_1_1_{MACHINE}")


def make(target, program, checkout=REPOSITORY, expect=0, **extra):
    """The wheel of that program, or what is said where none is made."""
    given = {"IAMLOCAL_VERSION": "1.2.3", "SOURCE_DATE_EPOCH": "1700000001", "IAMLOCAL_ARCHITECTURE": MACHINE,
             "IAMLOCAL_DIST": str(target), "IAMLOCAL_WORK": str(target), "IAMLOCAL_PROGRAM": str(program), **extra}
    target.mkdir(exist_ok=True)
    said = run(PYTHON, checkout / "scripts/packages/wheel/make", expect=expect, **given)
    made = list(target.iterdir())
    assert len(made) == (expect == 0), made
    return made[0] if made else said


def test_the_same_bytes_whenever_and_wherever_it_is_made(tmp_path):
    with zipfile.ZipFile(wheel()) as archive:
        (tmp_path / "program").write_bytes(archive.read("iamlocal/bin/iamlocal"))
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts/zlib").write_text("zlib's terms\n")
    (tmp_path / "libraries.json").write_text(json.dumps([{"name": "zlib", "version": "1.2.13", "copyright": "texts/zlib"}]))
    copy = tmp_path / "elsewhere"  # where no file has its mode and its date
    shutil.copytree(REPOSITORY / "scripts/packages/wheel", copy / "scripts/packages/wheel", copy_function=shutil.copyfile)
    shutil.copyfile(REPOSITORY / "LICENSE", copy / "LICENSE")

    libraries = str(tmp_path / "libraries.json")
    first = make(tmp_path / "first", tmp_path / "program", IAMLOCAL_LIBRARIES=libraries)
    second = make(tmp_path / "second", tmp_path / "program", copy, IAMLOCAL_LIBRARIES=libraries, TZ="Asia/Tokyo",
                  PYTHONHASHSEED="7")
    assert first.name == second.name and first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        assert archive.read("iamlocal-1.2.3.dist-info/licenses/zlib-1.2.13") == b"zlib's terms\n"
        assert {info.date_time for info in archive.infolist()} == {(2023, 11, 14, 22, 13, 20)}
        assert archive.namelist() == sorted(archive.namelist(), key=lambda name: ("dist-info" in name, name))


def test_a_program_of_another_kind_is_not_packed(tmp_path):
    with zipfile.ZipFile(wheel()) as archive:
        (tmp_path / "program").write_bytes(archive.read("iamlocal/bin/iamlocal")[:4096])
    other = {"x86_64": "aarch64", "aarch64": "x86_64"}[MACHINE]
    said = make(tmp_path / "dist", tmp_path / "program", expect=1, IAMLOCAL_ARCHITECTURE=other)
    assert f"not for {other}" in said
    (tmp_path / "program").write_text("#!/bin/sh\n")
    assert "no 64-bit" in make(tmp_path / "dist", tmp_path / "program", expect=1)


def test_a_list_of_libraries_that_is_named_has_to_be_there(tmp_path):
    assert "/nowhere" in make(tmp_path / "dist", "/sbin/ldconfig", expect=1, IAMLOCAL_LIBRARIES="/nowhere")


def test_what_needs_no_loader_is_for_any_linux(empty, tmp_path):
    made = make(tmp_path / "dist", "/sbin/ldconfig")  # a static program that every Debian has
    assert made.name == f"iamlocal-1.2.3-py3-none-manylinux_2_17_{MACHINE}.manylinux2014_{MACHINE}.musllinux_1_1_{MACHINE}.whl"
    assert "Would install iamlocal-1.2.3" in run(empty / "bin/pip", "install", "--dry-run", "--force-reinstall", made)


# Installed ------------------------------------------------------------------------------------------------------------


def test_pip_takes_it_and_finds_nothing_missing(empty):
    assert "No broken requirements found." in run(empty / "bin/pip", "check")
    shown = run(empty / "bin/pip", "show", "--verbose", "iamlocal")
    assert "License: Apache-2.0" in shown and re.search(r"^Requires: *$", shown, re.M)
    accepted = run(empty / "bin/pip", "debug", "--verbose")
    for platform in wheel().stem.split("-")[-1].split("."):
        # This machine has glibc, and no pip for it takes what is for musl.
        assert f" py3-none-{platform}\n" in accepted or platform.startswith("musllinux"), platform


def test_the_program(empty):
    version = wheel().name.split("-")[1]
    for program in ([empty / "bin/iamlocal"], [empty / "bin/python", "-m", "iamlocal"]):
        assert run(*program, "--version").startswith(f"iamlocal {version}\n")
        assert "unknown flag --colour" in run(*program, "--colour", expect=2)
        told = run(*program, IAMLOCAL_PROGRAM="/usr/bin/env", IAMLOCAL_WORKERS="1", NOTIFY_SOCKET="/nowhere")
        assert "IAMLOCAL_WORKERS=1\n" in told and "IAMLOCAL_PROGRAM" not in told and "NOTIFY_SOCKET" not in told
    assert run(empty / "bin/python", "-c", "import iamlocal; print(iamlocal.__version__)") == f"{version}\n"


def test_the_command_becomes_the_program(empty):
    """Who signals the command reaches the server."""
    process = subprocess.Popen([empty / "bin/iamlocal", "--listen", "127.0.0.1:0"], env=environment(), stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL)
    assert b"Ready.\n" in iter(process.stdout.readline, b"")
    process.send_signal(signal.SIGTERM)
    assert process.wait(15) == 0
    process.stdout.close()


def test_without_boto3_there_is_all_but_clients(empty):
    story = """if True:
        import iamlocal, sys
        with iamlocal.start(accounts=["111122223333"]) as iam:
            assert iam.accounts[0].env()["AWS_ACCESS_KEY_ID"] == "111122223333"
            iam.accounts[0].seed({"accounts": {"111122223333": {"users": {"bob": {}}}}})
            iam.clock.advance("1h")
            assert not {"boto3", "pytest"} & set(sys.modules)
            try:
                iam.client("iam")
            except ImportError as error:
                print(error)
    """
    assert "boto3" in run(empty / "bin/python", "-W", "error", "-c", story)


def test_it_is_python_3_8():
    with zipfile.ZipFile(wheel()) as archive:
        for name in archive.namelist():
            if name.endswith(".py"):
                ast.parse(archive.read(name), name, feature_version=(3, 8))


def test_types(venv, tmp_path):
    def mypy(*arguments, expect):
        # Debian's boto3 has no types, and those of its pytest leave out decorators.
        return run("mypy", "--strict", "--python-version", "3.8", "--ignore-missing-imports", "--allow-untyped-decorators",
                   "--python-executable", venv / "bin/python", "--cache-dir", tmp_path / "cache", *arguments, expect=expect,
                   folder=tmp_path)

    mypy("-p", "iamlocal", expect=0)
    (tmp_path / "user.py").write_text(
        "import iamlocal\n"
        "with iamlocal.start(seed={'accounts': {}}, accounts=2) as iam:\n"
        "    text: str = iam.account().user('bob').credentials.access_key_id\n"
        "    names = [account.id for account in iam.accounts]\n"
        "    number: int = iam.endpoint\n"
        "    iam.clock.advance(None)\n")
    said = mypy("user.py", expect=1)
    assert re.findall(r"^user\.py:(\d+): error", said, re.M) == ["5", "6"], said


# The API --------------------------------------------------------------------------------------------------------------


def is_refused(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def port_of(endpoint):
    return urllib.parse.urlsplit(endpoint).port


def users_of(account):
    return [user["UserName"] for user in account.client("iam").list_users()["Users"]]


def test_a_server_for_as_long_as_the_with(iamlocal):
    with iamlocal.start() as iam:
        assert re.fullmatch(r"http://127\.0\.0\.1:[1-9]\d*", iam.endpoint)
        assert iam.client("sts").get_caller_identity()["Arn"] == "arn:aws:iam::000000000000:root"
        assert iam.root.id == "000000000000" and [group.name for group in iam.resource("iam").groups.all()] == []
        assert {iam.env()[f"AWS_ENDPOINT_URL{it}"] for it in ("", "_IAM", "_STS")} == {iam.endpoint}
        assert iam.banner[-1] == "Ready."
        os.kill(iam.pid, 0)
    assert is_refused(port_of(iam.endpoint))
    iam.stop()  # once more is no harm
    assert iam.stderr == ""


def test_accounts_users_and_sessions(iamlocal):
    with iamlocal.start(seed=SEED, accounts=["444455556666"]) as iam:
        assert [account.id for account in iam.accounts] == ["444455556666"]
        account = iam.in_account("111122223333")
        app = account.user("ci").assume_role("app", "story")
        assert app.arn() == "arn:aws:sts::111122223333:assumed-role/app/story"
        assert app.session().client("sts").get_caller_identity()["Arn"] == app.arn()
        other = account.user("ci").assume_role("arn:aws:iam::111122223333:role/app", DurationSeconds=900)
        assert other.credentials.session_token and other.env()["AWS_SESSION_TOKEN"] == other.credentials.session_token
        with pytest.raises(Exception, match="AccessDenied") as error:
            app.client("iam").list_users()
        assert "DENIED (implicit deny): iam:ListUsers" in iam.why(error.value)
        assert iam.why() == account.why() == iam.why(principal="app") == iam.why(error.value)
        assert iam.accounts[0].why() == iam.why(principal="nobody") == ""
        assert iam.decision(error.value)["action"] == "iam:ListUsers"
        assert [it["action"] for it in account.decisions(decision="denied")] == ["iam:ListUsers"]
        assert iam.accounts[0].decisions() == [] and len(iam.decisions(limit=2)) == 2
        assert [it["eventName"] for it in account.events(user="story", outcome="error")] == ["ListUsers"]
        with pytest.raises(iamlocal.IamlocalError, match="no request id"):
            iam.decision(ValueError())
        assert iam.why("00000000-0000-0000-0000-000000000000") == iam.why(action="iam:GetRole") == ""
        assert iam.why(action="iam:ListUsers") == iam.why()
        explained = iam.explain(app.client("iam"))
        with pytest.raises(Exception, match=r"(?s)AccessDenied.*\nDENIED \(implicit deny\): iam:ListGroups.*What would allow it:"):
            explained.list_groups()
        with pytest.raises(Exception, match="ValidationError") as error:
            explained.get_user(UserName="?")
        assert "Decision" not in str(error.value)

        fresh = iam.account(alias="mine")
        assert fresh.client("iam").list_account_aliases()["AccountAliases"] == ["mine"]
        with pytest.raises(iamlocal.BenchError, match="another account has the alias mine") as refusal:
            iam.account(alias="mine")
        assert refusal.value.status == 409


def test_secrets_are_not_shown(iamlocal):
    with iamlocal.start(seed=SEED) as iam:
        account = iam.in_account("111122223333")
        user = account.user("ci")
        app = user.assume_role("app")
        shown = "".join(map(repr, [iam, account, user, app, user.credentials, app.credentials, account.credentials]))
        assert user.credentials.secret_access_key not in shown and user.credentials.access_key_id in shown
        assert app.credentials.secret_access_key not in shown and app.credentials.session_token not in shown


def test_states(iamlocal):
    with iamlocal.start() as iam:
        account, other = iam.account(), iam.account()
        account.seed({"accounts": {"111122223333": {"users": {"bob": {}}}}})
        saved = account.snapshot()
        account.client("iam").create_user(UserName="eve")
        other.client("iam").create_user(UserName="mallory")
        everything = iam.snapshot("base")
        assert everything.name == "base" and saved.name in repr(saved)
        account.restore(saved)
        assert users_of(account) == ["bob"] and users_of(other) == ["mallory"]
        everything.restore()
        assert users_of(account) == ["bob", "eve"]
        saved.restore()
        assert users_of(account) == ["bob"]
        iam.restore("base")
        iam.snapshot().delete()
        account.reset()
        assert users_of(account) == [] and users_of(other) == ["mallory"]
        with pytest.raises(iamlocal.BenchError, match="snapshot"):
            other.restore(saved)  # another account's
        account.delete()
        assert [it["name"] for it in iam.bench("GET", "snapshots")["snapshots"]] == ["base"]
        iam.reset()
        assert users_of(other) == []


def test_seeds_of_all_kinds(iamlocal, tmp_path):
    (tmp_path / "a.yaml").write_text('accounts:\n  "111122223333": {users: {a: {}}}\n')
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "b.json").write_text('{"accounts": {"111122223333": {"users": {"b": {}}}}}')
    seeds = [tmp_path / "a.yaml", str(folder), {"accounts": {"111122223333": {"users": {"c": {}}}}},
             'accounts:\n  "111122223333": {users: {d: {}}}\n', '{"accounts": {"111122223333": {"users": {"e": {}}}}}']
    with iamlocal.start(seed=seeds) as iam:
        assert users_of(iam.in_account("111122223333")) == ["a", "b", "c", "d", "e"]
        assert iam.seed(tmp_path / "a.yaml") == {"created": 0, "updated": 0, "unchanged": 1}
        large = {"accounts": {"222233334444": {"policies": {f"policy-{number}": {"document": {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{number:06}-{'x' * 5000}/*"}]}} for number in range(500)}}}}
        assert len(json.dumps(large)) > 2 * 1024 * 1024
        assert iam.seed(large) == {"created": 500, "updated": 0, "unchanged": 0}
        # For another account its number is replaced, also in ARNs.
        account = iam.account(seed=SEED)
        assert account.user("ci").assume_role("app").arn() == f"arn:aws:sts::{account.id}:assumed-role/app/test"
        account.seed("accounts:\n  222233334444:\n    users: {f: {}}\n")
        account.seed(json.dumps({"accounts": {"222233334444": {"users": {"g": {}}}}}, separators=(",", ":")))
        assert users_of(account) == ["ci", "f", "g"]
        two = {"accounts": {"111122223333": {"users": {"h": {}}}, "222233334444": {"users": {"i": {}}}}}
        for wrong in (two, json.dumps(two)):
            with pytest.raises(iamlocal.IamlocalError, match=r"several accounts \(111122223333, 222233334444\): .* from_"):
                account.seed(wrong)
        with pytest.raises(iamlocal.IamlocalError, match="the seed names no account"):
            account.seed({"accounts": {}})
        assert users_of(iam.account(seed=two, from_="111122223333")) == ["h"]
        assert users_of(iam.in_account("222233334444")) == ["i"]


def test_time_faults_delay_and_recordings(iamlocal):
    with iamlocal.start(accounts=1) as iam:
        utc = datetime.timezone.utc
        iam.clock.freeze(datetime.datetime(2030, 1, 1))
        assert iam.clock.now() == datetime.datetime(2030, 1, 1, tzinfo=utc)
        assert iam.clock.advance(datetime.timedelta(days=1, seconds=5)) == datetime.datetime(2030, 1, 2, 0, 0, 5, tzinfo=utc)
        assert iam.clock.advance("-5s") == iam.clock.now() and iam.clock.advance(-60).minute == 59
        assert iam.clock.freeze("2031-05-01T10:00:00Z").year == 2031 and iam.clock.freeze() == iam.clock.now()
        assert abs(iam.clock.reset() - datetime.datetime.now(utc)) < datetime.timedelta(minutes=1)
        with pytest.raises(ValueError):
            iam.clock.advance(datetime.timedelta(milliseconds=5))

        client = iam.accounts[0].client("iam")
        iam.faults.add(action="iam:CreateUser", error="LimitExceeded", count=1)
        assert [rule["struck"] for rule in iam.faults.list()] == [0]
        with pytest.raises(Exception, match="LimitExceeded"):
            client.create_user(UserName="bob")
        assert iam.faults.list() == []
        assert len(iam.faults.set([{"cut": True}, {"wait": 100}])) == 2
        iam.faults.clear()
        assert iam.faults.list() == []
        with pytest.raises(iamlocal.BenchError):
            iam.faults.add(error="Throttling", colour="red")

        iam.propagation.set("10s", seed=7)
        client.create_user(UserName="bob")
        assert [it["action"] for it in iam.propagation.get()["not_visible_yet"]["changes"]] == ["iam:CreateUser"]
        iam.propagation.clear()
        assert iam.propagation.get() == {"delay": "0s"}
        with iam.record("mine") as recording:
            client.get_user(UserName="bob")
            assert "Recording mine, running" in recording.text()
        assert recording.name == recording.policies()["name"] == "mine"
        assert recording.policy(f"arn:aws:iam::{iam.accounts[0].id}:root")["Statement"][0]["Action"] == "iam:GetUser"
        with pytest.raises(KeyError):
            recording.policy("nobody")
        assert iam.bench("GET", "recordings")["recordings"] == []


def test_a_start_that_fails_says_what_the_program_said(iamlocal, tmp_path):
    with pytest.raises(iamlocal.StartError, match="unknown flag --colour") as failed:
        iamlocal.start(args=["--colour"])
    assert failed.value.status == 2 and "--colour" in failed.value.stderr
    (tmp_path / "seed.yaml").write_text('accounts:\n  "111122223333": {userz: {}}\n')
    with pytest.raises(iamlocal.StartError, match=r"seed\.yaml:2:\d+: .*did you mean users"):
        iamlocal.start(seed=tmp_path / "seed.yaml")
    with pytest.raises(iamlocal.StartError, match="nowhere.yaml"):
        iamlocal.start(seed="nowhere.yaml")
    with pytest.raises(iamlocal.BenchError, match="did you mean users"):
        iamlocal.start(seed={"accounts": {"111122223333": {"userz": {}}}})
    with socket.create_server(("127.0.0.1", 0)) as taken:
        with pytest.raises(iamlocal.StartError, match="in use"):
            iamlocal.start(port=taken.getsockname()[1])
    with pytest.raises(iamlocal.StartError, match="nowhere/iamlocal cannot be run"):
        iamlocal.start(program="nowhere/iamlocal")
    with pytest.raises(iamlocal.StartError, match="was not ready within 0 seconds"):
        iamlocal.start(timeout=0)


def test_a_server_that_ended_by_itself_is_an_error(iamlocal):
    with pytest.raises(iamlocal.StartError, match="had ended by itself, with status -9"):
        with iamlocal.start() as iam:
            assert iam.status is None
            os.kill(iam.pid, signal.SIGKILL)
            while iam.status is None:
                time.sleep(0.01)
            with pytest.raises(OSError):
                iam.clock.now()
    with warnings.catch_warnings(record=True) as said:  # of files that nobody closed
        warnings.simplefilter("always")
        del iam
        gc.collect()
    assert said == []
    with pytest.raises(ZeroDivisionError):  # what the block ended with counts more
        with iamlocal.start() as iam:
            os.kill(iam.pid, signal.SIGKILL)
            1 / 0


def test_it_ends_although_a_fork_holds_its_input(iamlocal):
    """As workers of multiprocessing do."""
    iam = iamlocal.start()
    fork = subprocess.Popen(["sleep", "60"], close_fds=True, pass_fds=[iam._process._child.stdin.fileno()])
    try:
        iam.stop()
    finally:
        fork.kill()
        fork.wait()
    assert iam.status == 0


def test_without_a_folder_for_its_log(iamlocal, monkeypatch):
    def nowhere(**_):
        raise FileNotFoundError("no usable temporary directory")

    monkeypatch.setattr(tempfile, "TemporaryFile", nowhere)
    with iamlocal.start(log_level="debug") as iam:
        iam.client("sts").get_caller_identity()
        # The line is written behind the answer, and read by a thread.
        for _ in range(500):
            if "GetCallerIdentity" in iam.stderr:
                break
            time.sleep(0.01)
        else:
            pytest.fail(iam.stderr)


def test_who_is_root(iamlocal):
    mine = iamlocal.Credentials("rootkey", "of-my-own")
    with iamlocal.start(seed=SEED, accounts=["111122223333", "444455556666"], account_id="123456789012", credentials=mine) as iam:
        assert iam.root.arn() == f"arn:aws:iam::{iam.account_id}:root" == "arn:aws:iam::123456789012:root"
        assert iam.credentials == mine and iam.env()["AWS_ACCESS_KEY_ID"] == "rootkey"
        assert [account.arn() for account in iam.accounts] == [f"arn:aws:iam::{it}:root" for it in ("111122223333", "444455556666")]
        assert b"of-my-own" not in pathlib.Path(f"/proc/{iam.pid}/cmdline").read_bytes()
        with pytest.raises(iamlocal.BenchError, match="there is an account 111122223333 already"):
            iam.account("111122223333")
        with iamlocal.connect(iam.endpoint, credentials=mine) as there:
            assert there.root.arn() == iam.root.arn()


def test_a_root_key_that_was_set_is_not_guessed(iamlocal):
    with iamlocal.start(args=["--root-secret-access-key", "of-my-own"]) as iam:
        with pytest.raises(iamlocal.IamlocalError, match="root's key"):
            iam.client("iam")
        account = iam.account()
        assert account.arn() == f"arn:aws:iam::{account.id}:root"
        with pytest.raises(iamlocal.IamlocalError, match="root's key"):
            iam.in_account(account.id)


def test_the_environment_of_the_program_and_of_clients(iamlocal, monkeypatch):
    # What npm's package reads, and what a service manager waits for, are nothing to the server.
    monkeypatch.setenv("NOTIFY_SOCKET", "/nowhere")
    monkeypatch.setenv("IAMLOCAL_PROGRAM", str(iamlocal.program()))
    with iamlocal.start(env={"IAMLOCAL_ENFORCEMENT": "off"}) as iam:
        assert iam.bench("GET", "health")["enforcement"] == "off"
    # No profile and no proxy has a say.
    for name, value in {"AWS_PROFILE": "nobody", "HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1",
                        "AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"}.items():
        monkeypatch.setenv(name, value)
    with iamlocal.start(accounts=1) as iam:
        monkeypatch.delenv("NO_PROXY")
        assert iam.clock.now()
        monkeypatch.delenv("HTTP_PROXY")
        assert iam.accounts[0].client("sts").meta.region_name == "us-east-1"
        assert iam.accounts[0].arn() == f"arn:aws:iam::{iam.accounts[0].id}:root"


def test_one_that_runs_already(iamlocal, monkeypatch):
    with iamlocal.start() as iam:
        with iamlocal.connect(iam.endpoint + "/") as there:
            assert there.account().arn().endswith(":root") and there.pid is None and there.stderr == ""
            assert there.client("sts").get_caller_identity()["Account"] == "000000000000"
        assert iam.clock.now()  # it goes on
        monkeypatch.setenv("AWS_ENDPOINT_URL", iam.endpoint)
        assert iamlocal.connect().endpoint == iam.endpoint
        # Where another emulator has the rest.
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        monkeypatch.setenv("AWS_ENDPOINT_URL_IAM", iam.endpoint)
        assert iamlocal.connect().endpoint == iam.endpoint
    with pytest.raises(iamlocal.IamlocalError, match="no server at .* within 0 seconds"):
        iamlocal.connect(iam.endpoint, timeout=0)
    with pytest.raises(iamlocal.IamlocalError, match="is not an address"):
        iamlocal.connect("127.0.0.1:4566")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_it_ends_with_the_process_that_started_it(venv, how):
    story = "import iamlocal, time; iam = iamlocal.start(); print(iam.endpoint, flush=True); time.sleep(60)"
    parent = subprocess.Popen([venv / "bin/python", "-c", story], env=environment(), stdout=subprocess.PIPE, text=True)
    port = port_of(parent.stdout.readline().strip())
    assert not is_refused(port)
    parent.send_signal(how)
    parent.wait(10)
    deadline = time.monotonic() + 10
    while not is_refused(port):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    parent.stdout.close()


def test_what_a_terminal_interrupts_can_still_ask_the_server(venv):
    """Control-C reaches all of the terminal's programs."""
    story = """if True:
        import iamlocal, time
        with iamlocal.start() as iam:
            try:
                print("started", flush=True)
                time.sleep(60)
            except KeyboardInterrupt:
                print(iam.clock.freeze("2030-01-01T00:00:00Z").year)
    """
    parent = subprocess.Popen([venv / "bin/python", "-c", story], env=environment(), stdout=subprocess.PIPE, text=True,
                              start_new_session=True)
    assert parent.stdout.readline() == "started\n"
    os.killpg(parent.pid, signal.SIGINT)
    assert parent.communicate(timeout=30)[0] == "2030\n" and parent.returncode == 0


# The plug-in ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def suite(venv, tmp_path):
    """Writes files of tests, and runs pytest on them."""

    def run_suite(files, *arguments, expect=0, **extra):
        for name, text in files.items():
            (tmp_path / name).write_text(text)
        return run(venv / "bin/python", "-m", "pytest", "-p", "no:cacheprovider", "--strict-markers", *arguments,
                   expect=expect, folder=tmp_path, **extra)

    run_suite.folder = tmp_path
    return run_suite


TESTS = {
    "pytest.ini": "[pytest]\niamlocal_account_seed = account.yaml\niamlocal_seed = server.yaml\n",
    "account.yaml": """accounts:
  "111122223333":
    alias: only-one-has-it
    users: {ci: {access_keys: [{access_key_id: AKIAEXAMPLECI0000001, secret_access_key: cis-secret-for-tests-only}]}}
""",
    "server.yaml": 'accounts:\n  "999988887777": {users: {zoe: {}}}\n',
    "other.yaml": 'accounts:\n  "444455556666":\n    users:\n      max: {}\n',
    "test_accounts.py": """
import boto3, os, pytest, time

@pytest.mark.parametrize("number", range(4))
def test_an_account_each(iamlocal_account, number):
    iam = iamlocal_account.client("iam")
    assert [user["UserName"] for user in iam.list_users()["Users"]] == ["ci"]
    assert iam.list_account_aliases()["AccountAliases"] == ["only-one-has-it"]
    iam.create_user(UserName="eve")

@pytest.mark.parametrize("number", range(2))
def test_code_with_clients_of_its_own(iamlocal_environment, iamlocal_account, number):
    assert boto3.client("sts").get_caller_identity()["Arn"] == f"arn:aws:iam::{iamlocal_account.id}:root"
    iamlocal_environment.use(iamlocal_account.user("ci"))
    assert boto3.client("sts").get_caller_identity()["Arn"] == f"arn:aws:iam::{iamlocal_account.id}:user/ci"
    assert boto3.resource("iam").meta.client.meta.endpoint_url == os.environ["AWS_ENDPOINT_URL"]
    assert boto3.client("sts", endpoint_url="http://127.0.0.1:9").meta.endpoint_url == "http://127.0.0.1:9"
    assert "AWS_PROFILE" not in os.environ

def test_the_environment_is_as_it_was():
    assert "AWS_ENDPOINT_URL" not in os.environ and os.environ["AWS_PROFILE"] == "nobody"

@pytest.mark.iamlocal(seed="other.yaml")
def test_a_seed_of_its_own(iamlocal_account):
    assert iamlocal_account.user("max").arn() == f"arn:aws:iam::{iamlocal_account.id}:user/max"

@pytest.mark.iamlocal(seed={"accounts": {"111122223333": {"groups": {"admins": {}}}}})
class TestSeedOfAClass:
    def test_it(self, iamlocal_account):
        assert [group["GroupName"] for group in iamlocal_account.client("iam").list_groups()["Groups"]] == ["admins"]

@pytest.mark.parametrize("number", range(2))
def test_several_accounts(iamlocal_account, iamlocal_fresh, number):
    iam = iamlocal_fresh.in_account("999988887777").client("iam")
    assert [user["UserName"] for user in iam.list_users()["Users"]] == ["zoe"]
    iam.create_user(UserName="yan")
    assert iamlocal_account.user("ci").arn().endswith("user/ci")

@pytest.mark.parametrize("number", range(2))
def test_what_belongs_to_the_server_is_as_it_was(iamlocal, iamlocal_account, number):
    iamlocal_account.client("iam").create_user(UserName="eve")
    assert abs(iamlocal.clock.now().timestamp() - time.time()) < 60 and iamlocal.faults.list() == []
    iamlocal.clock.advance("3h")
    iamlocal.faults.add(error="Throttling")
    iamlocal.propagation.set("1h")

def test_that_erases_its_account(iamlocal_account):
    iamlocal_account.delete()
""",
}


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one worker", "two workers"])
def test_a_suite(suite, workers):
    said = suite(TESTS, *workers, AWS_PROFILE="nobody")
    assert "14 passed" in said, said


def test_a_suite_on_a_server_that_runs_already(suite, iamlocal):
    with iamlocal.start() as iam:
        iam.clock.advance("1h")
        said = suite(TESTS, "--iamlocal-endpoint", iam.endpoint, "-k", "not belongs and not several", AWS_PROFILE="nobody")
        assert "10 passed" in said and "failed" not in said
        assert (iam.clock.now() - datetime.datetime.now(datetime.timezone.utc)).total_seconds() > 3000
        assert [it["id"] for it in iam.bench("GET", "accounts")["accounts"]] == ["999988887777"]  # the tests' are gone
        said = suite(TESTS, "--iamlocal-endpoint", iam.endpoint, "-k", "several", expect=1)
        assert "iamlocal_fresh needs a server of its own" in said


FAILURES = {"test_failures.py": """
import pytest

@pytest.fixture
def ci(iamlocal_account):
    iamlocal_account.client("iam").create_user(UserName="ci")
    return iamlocal_account.user("ci").client("iam")

def test_that_expects_a_refusal(ci):
    with pytest.raises(Exception, match="AccessDenied"):
        ci.list_groups()

def test_that_fails_for_another_reason(iamlocal_account):
    assert 1 == 2

def test_that_is_refused(ci):
    try:
        ci.list_roles()
    except Exception:
        ci.list_users()

def test_that_is_refused_often(ci):
    for number in range(15):
        with pytest.raises(Exception):
            ci.get_user(UserName=f"user-{number}")
    assert False

@pytest.fixture
def broken(ci):
    return ci.list_policies()

def test_whose_fixture_is_refused(broken):
    pass

def test_without_a_server():
    assert False
"""}


def test_what_a_failure_shows(suite):
    said = suite(FAILURES, expect=1)
    assert "4 failed, 1 passed, 1 error" in said, said
    part = dict(re.findall(r"^_+ (?:ERROR at setup of )?(\w+) _+\n(.*?)(?=^_{5}|^={5})", said, re.M | re.S))
    title = "- iamlocal denials -"
    assert title not in part["test_that_fails_for_another_reason"] and title not in part["test_without_a_server"]
    shown = part["test_that_is_refused"].partition(title)[2]
    assert re.findall(r"^implicitDeny (\S+) on arn:aws:iam::\d{12}:\S+ by arn:aws:iam::\d{12}:user/ci$", shown, re.M) == [
        "iam:ListRoles", "iam:ListUsers"]
    assert "DENIED (implicit deny): iam:ListUsers" in shown and "What would allow it:" in shown
    assert "iam:ListGroups" not in shown  # of the test before
    often = part["test_that_is_refused_often"].partition(title)[2]
    assert "… and 5 before these" in often and len(re.findall(r"^implicitDeny", often, re.M)) == 10
    assert "iam:ListPolicies" in part["test_whose_fixture_is_refused"].partition(title)[2]


def test_what_a_failure_shows_elsewhere(suite, iamlocal):
    """In a worker of xdist, and on a server that others use as well."""
    title = "- iamlocal denials -"
    said = suite(FAILURES, "-n", "1", "-k", "that_is_refused", expect=1)
    assert title in said and "DENIED (implicit deny): iam:ListUsers" in said
    with iamlocal.start() as iam:
        other = iam.account()
        other.client("iam").create_user(UserName="eve")
        with pytest.raises(Exception, match="AccessDenied"):
            other.user("eve").client("iam").list_groups()
        said = suite(FAILURES, "--iamlocal-endpoint", iam.endpoint, "-k", "is_refused or another", expect=1)
        assert title in said and "DENIED (implicit deny): iam:ListUsers" in said and "user/eve" not in said


def test_a_server_that_dies_is_told_below_the_test(suite):
    said = suite({"test_crash.py": """
import os
def test_it(iamlocal, iamlocal_account):
    os.kill(iamlocal.pid, 9)
    while iamlocal.status is None:
        pass
    iamlocal.clock.now()
"""}, expect=1)
    assert "The server does not answer and has ended with status -9" in said, said


def test_options(suite):
    tests = {"pytest.ini": "[pytest]\niamlocal_args = --enforcement audit\n", "test_options.py": """
def test_it(iamlocal):
    health = iamlocal.bench("GET", "health")
    assert health["enforcement"].startswith("audit") and health["account"] == "123456789012"
    assert iamlocal.in_account("999988887777").user("zoe")
    assert iamlocal.bench("GET", "propagation")["delay"] == "5s"
    iamlocal.propagation.clear()
def test_the_delay_is_back(iamlocal, iamlocal_fresh):
    assert iamlocal.bench("GET", "propagation")["delay"] == "5s"
""", "server.yaml": TESTS["server.yaml"]}
    suite(tests, "--iamlocal-seed", "server.yaml", "--iamlocal-args", "--account-id 123456789012",
          "--iamlocal-args=--propagation-delay 5s")
    assert "unknown flag --colour" in suite(tests, "--iamlocal-args=--colour", expect=1)
    assert "--iamlocal-endpoint=URL" in suite(tests, "--help") and "@pytest.mark.iamlocal(seed)" in suite(tests, "--markers")


def test_marks_that_are_wrong(suite):
    wrong = ["", "'seed.yaml'", "seed='a', colour='red'", "sede='a'"]
    tests = "\n".join(f"@pytest.mark.iamlocal({mark})\ndef test_{number}(iamlocal_account):\n    pass\n"
                      for number, mark in enumerate(wrong))
    said = suite({"test_marks.py": f"import pytest\n{tests}"}, expect=1)
    assert said.count("UsageError: the mark iamlocal takes seed") >= len(wrong) and "4 errors" in said, said


def test_what_does_not_ask_for_it_does_not_pay(suite):
    said = suite({"test_plain.py": "import sys\ndef test_it():\n    assert 'boto3' not in sys.modules\n"}, "-q")
    assert "1 passed" in said


# The pages ------------------------------------------------------------------------------------------------------------


def test_the_programs_of_the_page(venv, tmp_path):
    (tmp_path / "seed.yaml").write_text(named(REPOSITORY / "docs/testing.md")["seed.yaml"])
    programs = [text for text in fences(PAGE, "python") if not text.startswith("# ")]
    assert len(programs) == 2
    first, second = (run(venv / "bin/python", "-c", program, folder=tmp_path) for program in programs)
    assert re.search(r"^arn:aws:iam::\d{12}:user/alice$", first, re.M) and "No identity-based policy allows iam:ListUsers" in first
    assert "GetUser arn:aws:iam::111122223333:root" in second and "iam:GetUser" in second


def test_the_tests_of_the_page(suite):
    assert "1 passed" in suite(named(PAGE), "-q")


def test_the_page_shows_what_a_failure_prints(suite):
    said = suite({"test_refused.py": """
def test_it(iamlocal_account):
    iamlocal_account.client("iam").create_user(UserName="ci")
    iamlocal_account.user("ci").client("iam").list_users()
"""}, expect=1)
    (shown,) = (text for text in fences(PAGE, "") if "iamlocal denials" in text)

    def without_what_differs(text):
        return re.sub(r"[0-9a-f-]{36}|\d{4}-\d\d-\d\dT[\d:]+Z|\d{12}", "X", text)

    assert without_what_differs(shown) in without_what_differs(said), said


def test_the_tests_of_the_page_on_pytest(suite):
    page = named(REPOSITORY / "docs/testing/pytest.md")
    files = {name[len("plugin/"):]: text for name, text in page.items() if name.startswith("plugin/")}
    assert len(files) == 3
    files["rotate.py"] = page["rotate.py"]
    files["seed.yaml"] = named(REPOSITORY / "docs/testing.md")["seed.yaml"]
    assert "7 passed" in suite(files)


def test_links_of_the_page_lead_somewhere():
    for target, anchor in re.findall(r"\]\(([^)#]*)(?:#([^)]*))?\)", PAGE.read_text()):
        path = (PAGE.parent / target).resolve() if target else PAGE
        assert path.is_file(), target
        headings = re.findall(r"^#+ (.*)$", path.read_text(), re.M)
        assert not anchor or anchor in {re.sub(r"[^\w -]", "", it.lower()).replace(" ", "-") for it in headings}, anchor
