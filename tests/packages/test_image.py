"""The OCI image: what its archive says, what is in it, and that it runs where nothing may be written and nothing is allowed."""

import json
import os
import pathlib
import random
import re
import shlex
import shutil
import stat
import subprocess
import time
import zoneinfo

import pytest

from image_support import FIRST_USER, PROGRAM, REPOSITORY, VERSION, Image, image, needs_crun, place, program, run  # noqa: F401

MAKE = REPOSITORY / "scripts/packages/image/make"
PAGE = REPOSITORY / "docs/install/image.md"
DATA = "var/lib/iamlocal"


def volume(folder, user=10001, group=0):
    """A folder of this machine that belongs to the container's user."""
    folder.mkdir(mode=0o770)
    folder.chmod(0o770)
    if FIRST_USER is not None:
        os.chown(folder, FIRST_USER + user, FIRST_USER + group)
    return folder


# The archive ---------------------------------------------------------------------------------------------------------


def test_the_archive_is_what_it_says(image):
    """Reading it has compared the digests."""
    assert json.loads(image.files["oci-layout"]) == {"imageLayoutVersion": "1.0.0"}
    assert image.described["mediaType"] == image.manifest["mediaType"] == "application/vnd.oci.image.manifest.v1+json"
    architecture = {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine]
    assert image.described["platform"] == {"architecture": architecture, "os": "linux"}
    assert image.described["annotations"] == {
        "io.containerd.image.name": f"docker.io/iamlocal/iamlocal:{VERSION}", "org.opencontainers.image.ref.name": VERSION}
    # What Docker reads that knows no OCI layouts: the same blobs.
    (old,) = json.loads(image.files["manifest.json"])
    assert old["RepoTags"] == [f"iamlocal/iamlocal:{VERSION}"]
    assert json.loads(image.files[old["Config"]]) == image.configuration
    assert [f"sha256:{path.rpartition('/')[2]}" for path in old["Layers"]] == [kept["digest"] for kept in image.manifest["layers"]]


def test_it_is_small(image):
    assert image.path.stat().st_size < 15 << 20


@pytest.mark.skipif(not shutil.which("skopeo"), reason="there is no skopeo here: apt-get install skopeo")
def test_the_commands_of_the_page_read_it(image, tmp_path):
    (commands,) = (text for text in re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(), re.M | re.S) if "skopeo" in text)
    assert "oci-archive:" in commands and "docker-archive:" in commands
    (tmp_path / image.path.name).symlink_to(image.path)
    ended = subprocess.run(["sh", "-ec", commands], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr
    assert json.loads((tmp_path / "iamlocal/index.json").read_text())["manifests"]
    described = json.loads(ended.stdout[ended.stdout.index("{"):])
    assert described["Labels"] == image.config["Labels"]


def make(folder, program, **environment):
    dist = folder / "dist"
    dist.mkdir(parents=True)
    given = {"PATH": os.environ["PATH"], "IAMLOCAL_VERSION": VERSION, "SOURCE_DATE_EPOCH": "1700000000",
             "IAMLOCAL_ARCHITECTURE": os.uname().machine, "IAMLOCAL_DIST": str(dist), "IAMLOCAL_PROGRAM": str(program), **environment}
    subprocess.run([MAKE], env=given, check=True, timeout=60, cwd=folder)
    (made,) = dist.iterdir()
    return made


@pytest.fixture
def something(tmp_path):
    """In the place of the program, which takes seconds to compress."""
    path = tmp_path / "something"
    path.write_bytes(b"\x7fELF" + bytes(range(256)) * 100)
    return path


def test_made_twice_it_is_the_same(something, tmp_path):
    first = make(tmp_path / "first", something)
    something.chmod(0o700)
    os.utime(something, (0, 0))
    previous = os.umask(0o077)
    try:
        second = make(tmp_path / "second", something, TZ="Asia/Tokyo", LC_ALL="C", HOME="/nonexistent")
    finally:
        os.umask(previous)
    assert first.name == second.name
    assert first.read_bytes() == second.read_bytes()
    # What it is made of matters.
    other = Image(make(tmp_path / "third", something, SOURCE_DATE_EPOCH="1700000001"))
    assert other.described["digest"] != Image(first).described["digest"]
    assert other.configuration["created"] == "2023-11-14T22:13:21Z"


def test_licences_of_what_is_linked_in_are_there(something, tmp_path):
    (tmp_path / "terms").write_text("Do as you like.\n")
    listed = tmp_path / "libraries.json"
    listed.write_text(json.dumps([{"name": "libexample", "version": "1", "license": "MIT", "copyright": str(tmp_path / "terms")}]))
    made = Image(make(tmp_path / "made", something, IAMLOCAL_LIBRARIES=str(listed)))
    assert made.contents["usr/share/doc/libexample/copyright"] == b"Do as you like.\n"


# What is in it -------------------------------------------------------------------------------------------------------


def test_there_is_nothing_but_the_program_and_what_it_reads(image):
    members = image.members
    others = {name: member for name, member in members.items()
              if not name.startswith(("usr/share/zoneinfo/", "usr/share/doc/"))}
    modes = {name: (oct(member.mode), member.uid, member.gid) for name, member in others.items()}
    folder = ("0o755", 0, 0)
    assert modes == {
        **{name: folder for name in (
            "etc", "etc/ssl", "etc/ssl/certs", "usr", "usr/local", "usr/local/bin", "usr/share", "usr/share/doc",
            "usr/share/zoneinfo", "var", "var/lib")},
        "etc/group": ("0o644", 0, 0),
        "etc/passwd": ("0o644", 0, 0),
        "etc/ssl/certs/ca-certificates.crt": ("0o644", 0, 0),
        "tmp": ("0o1777", 0, 0),
        PROGRAM: ("0o755", 0, 0),
        DATA: ("0o770", 10001, 0),
        "var/lib/localstack": ("0o770", 10001, 0),
    }
    # No shell, nor anything else that could be run.
    assert [name for name, member in members.items() if member.isfile() and member.mode & 0o111] == [PROGRAM]
    assert all(member.isfile() or member.isdir() or member.issym() for member in members.values())
    assert not any(member.mode & (stat.S_ISUID | stat.S_ISGID) for member in members.values())
    assert {member.uname + member.gname for member in members.values()} == {""}
    assert len({member.mtime for member in members.values()}) == 1
    assert list(members) == sorted(members)
    assert image.contents["etc/passwd"] == b"iamlocal:x:10001:0:iamlocal:/var/lib/iamlocal:/sbin/nologin\n"
    assert image.contents["etc/group"] == b"root:x:0:\n"
    for name in ("iamlocal", "tzdata", "ca-certificates"):
        assert image.contents[f"usr/share/doc/{name}/copyright"]


def test_the_authorities_are_mozillas(image):
    found = image.contents["etc/ssl/certs/ca-certificates.crt"].decode()
    names = list(pathlib.Path("/usr/share/ca-certificates/mozilla").glob("*.crt"))
    assert found.count("-----BEGIN CERTIFICATE-----") == len(names) > 100
    # Those that somebody has added to this machine are not for others.
    for added in pathlib.Path("/usr/local/share/ca-certificates").rglob("*.crt"):
        assert added.read_text().strip() not in found


def test_the_time_zones_can_be_read(image, tmp_path):
    image.unpack(tmp_path)
    zones = tmp_path / "usr/share/zoneinfo"
    for name in ("Europe/Berlin", "Africa/Cairo", "Egypt", "Etc/UTC"):
        with open(zones / name, "rb") as file:
            zoneinfo.ZoneInfo.from_file(file)
    assert all(path.exists() for path in zones.rglob("*"))
    assert not (zones / "posix").exists() and not (zones / "right").exists() and not (zones / "localtime").exists()


def test_the_configuration(image):
    config = dict(image.config)
    labels = config.pop("Labels")
    revision = labels.pop("org.opencontainers.image.revision", "0" * 40)  # not outside a checkout
    assert re.fullmatch("[0-9a-f]{40}", revision)
    assert labels.pop("org.opencontainers.image.created") == image.configuration["created"]
    assert labels == {
        "org.opencontainers.image.title": "iamlocal",
        "org.opencontainers.image.description": "AWS IAM and STS on your own machine, for tests and development",
        "org.opencontainers.image.licenses": "Apache-2.0",
        "org.opencontainers.image.version": VERSION,
    }
    assert (REPOSITORY / "LICENSE").read_text().split()[:3] == ["Apache", "License", "Version"]
    assert config == {
        "User": "10001:0",
        "Env": ["PATH=/usr/local/bin", "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt", "GATEWAY_LISTEN=0.0.0.0:4566",
                "IAMLOCAL_TESTBENCH=on", "IAMLOCAL_LOCALSTACK=on"],
        "Entrypoint": ["/usr/local/bin/iamlocal"],
        "ExposedPorts": {"4566/tcp": {}},
        "Volumes": {"/var/lib/iamlocal": {}},
        "WorkingDir": "/",
        "StopSignal": "SIGTERM",
        "Healthcheck": {"Test": ["CMD", "/usr/local/bin/iamlocal", "healthcheck"], "Interval": 5_000_000_000,
                        "Timeout": 2_000_000_000, "StartPeriod": 2_000_000_000},
    }


# docker/Dockerfile ---------------------------------------------------------------------------------------------------


def instructions():
    """Of docker/Dockerfile, by stage: the word, and what stands behind it."""
    text = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", (REPOSITORY / "docker/Dockerfile").read_text(), flags=re.M))
    stages = []
    for line in filter(None, map(str.strip, text.splitlines())):
        word, _, rest = line.partition(" ")
        if word == "FROM":
            stages.append([])
        stages[-1].append((word, rest.strip()))
    return stages


def seconds(text):
    return int(text.removesuffix("s")) * 1_000_000_000


def test_the_dockerfile_says_the_same_of_the_image(image):
    _, last = instructions()
    assert last[:2] == [("FROM", "scratch"), ("COPY", "--from=build /image/ /")]
    config = {"Env": [], "Labels": {}}
    for word, rest in last[2:]:
        if word == "ENV":
            config["Env"].append(rest)
        elif word == "LABEL":
            name, _, value = rest.partition("=")
            config["Labels"][name] = json.loads(value)
        elif word == "HEALTHCHECK":
            flags, _, command = rest.partition(" CMD ")
            times = dict(flag.split("=") for flag in shlex.split(flags))
            config["Healthcheck"] = {"Test": ["CMD", *json.loads(command)], "Interval": seconds(times.pop("--interval")),
                                     "Timeout": seconds(times.pop("--timeout")), "StartPeriod": seconds(times.pop("--start-period"))}
            assert not times
        else:
            name, value = {"WORKDIR": ("WorkingDir", rest), "USER": ("User", rest), "EXPOSE": ("ExposedPorts", {rest: {}}),
                           "VOLUME": ("Volumes", {rest: {}}), "STOPSIGNAL": ("StopSignal", rest),
                           "ENTRYPOINT": ("Entrypoint", rest)}[word]
            config[name] = json.loads(value) if name == "Entrypoint" else value
    expected = {**image.config, "Labels": {
        name: value for name, value in image.config["Labels"].items() if not name.endswith((".created", ".revision"))}}
    assert config == expected


def test_the_dockerfile_copies_what_is_there():
    first, _ = instructions()
    ignored = (REPOSITORY / ".dockerignore").read_text().split()
    for word, rest in first:
        if word == "COPY":
            for source in rest.split()[:-1]:
                assert (REPOSITORY / source).exists() and source.split("/")[0] not in ignored, source
        if word == "RUN":
            for script in re.findall(r"scripts/\S+", rest):
                assert os.access(REPOSITORY / script, os.X_OK), script


def test_the_dockerfiles_file_system_is_the_images(image, program, tmp_path):
    """The command of its first stage. Owners can only be given by root."""
    root = tmp_path / "image"
    command = ["scripts/packages/image/root", str(root)]
    assert any(" ".join(command).replace(str(root), "/image") in rest for word, rest in instructions()[0] if word == "RUN")
    subprocess.run(command, check=True, cwd=REPOSITORY, timeout=60,
                   env={"PATH": os.environ["PATH"], "IAMLOCAL_PROGRAM": str(program)})
    found = {}
    for path in root.rglob("*"):
        there = path.lstat()
        content = os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else None
        found[str(path.relative_to(root))] = (stat.S_IMODE(there.st_mode), content, there.st_uid, there.st_gid)
    # It was not told which libraries are in the program.
    of_libraries = re.compile(r"usr/share/doc/(?!(?:iamlocal|tzdata|ca-certificates)(?:/|$))")
    expected = {
        name: (member.mode, member.linkname if member.issym() else image.contents.get(name), member.uid, member.gid)
        for name, member in image.members.items() if not of_libraries.match(name)}
    if os.geteuid() != 0:
        found, expected = ({name: value[:2] for name, value in both.items()} for both in (found, expected))
    assert found.keys() == expected.keys()
    assert [name for name in found if found[name] != expected[name]] == []


# Running it ----------------------------------------------------------------------------------------------------------


@needs_crun
def test_it_runs_read_only_without_capabilities_as_any_user(run):
    user = random.randrange(1, 60000)
    container = run(user=user, group=user)
    banner = container.wait_until_ready()
    status = dict(line.split(":\t", 1) for line in pathlib.Path(f"/proc/{container.pid()}/status").read_text().splitlines() if "\t" in line)
    assert status["NSpid"].split()[-1] == "1"
    assert {int(status[name], 16) for name in ("CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}
    assert status["NoNewPrivs"] == "1"
    mounts = pathlib.Path(f"/proc/{container.pid()}/mounts").read_text().splitlines()
    assert ["ro" in line.split()[3].split(",") for line in mounts if line.split()[1] == "/"] == [True]
    if FIRST_USER is not None:
        assert status["Uid"].split() == [str(FIRST_USER + user)] * 4

    # The environment of the image: it is there for its network, test bench included, and says so.
    assert "  address      http://0.0.0.0:4566" in banner
    assert "  test bench   on, for everybody who can connect to http://0.0.0.0:4566" in banner
    assert container.curl("/readyz")[0] == 200
    assert container.curl("/_iamlocal/reset", "-X", "POST")[0] == 200
    signed = ("--aws-sigv4", "aws:amz:us-east-1:iam", "--user", "test:test", "-d", "Action=CreateUser&Version=2010-05-08&UserName=alice")
    status, answer = container.curl("/", *signed)
    assert status == 200 and "<UserName>alice</UserName>" in answer
    # For programs, under the names that containers have; not for web pages.
    for host in ("iam:4566", "iam.default.svc.cluster.local:4566"):
        assert container.curl("/_iamlocal/decisions", "-H", f"Host: {host}")[0] == 200
    assert container.curl("/_iamlocal/reset", "-X", "POST", "-H", "Origin: http://localhost:3000")[0] == 403
    assert container.curl("/_iamlocal/decisions", "-H", "Host: rebound.example:4566")[0] == 403

    # Its own health check, which it passes while it serves.
    checked = container.exec(*container.image.config["Healthcheck"]["Test"][1:])
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
    assert container.exec("/bin/sh", "-c", "true").returncode != 0
    # Other commands ask the server beside them.
    listed = container.exec("iamlocal", "decisions")
    assert listed.returncode == 0 and "iam:CreateUser" in listed.stdout, listed
    status, took = container.stop()
    assert status == 0 and took < 8
    lines = [json.loads(line) for line in container.process.stderr.read().splitlines()]
    assert lines[-1]["event"] == "stopped"


@needs_crun
def test_the_health_check_fails_where_nobody_serves(run):
    container = run("healthcheck")
    assert container.process.wait(20) == 1
    assert "0.0.0.0 port 4566" in container.process.stderr.read()


@needs_crun
def test_a_volume_keeps_what_was_made(run, place):
    kept = volume(place / "volume")
    mounts = [(kept, f"/{DATA}")]
    # The group may write, whatever the user's number, as in OpenShift.
    users = (10001, 10001) if FIRST_USER is None else (10001, random.randrange(20000, 60000))
    signed = ("--aws-sigv4", "aws:amz:us-east-1:iam", "--user", "test:test")
    first = run("--data-dir", f"/{DATA}", mounts=mounts, user=users[0])
    assert "  storage      /var/lib/iamlocal" in "\n".join(first.wait_until_ready())
    assert first.curl("/", *signed, "-d", "Action=CreateUser&Version=2010-05-08&UserName=stays")[0] == 200
    assert first.stop()[0] == 0
    assert stat.S_IMODE((kept / "master.key").stat().st_mode) == 0o600
    second = run("--data-dir", f"/{DATA}", mounts=mounts, user=users[0])
    second.wait_until_ready()
    assert "<UserName>stays</UserName>" in second.curl("/", *signed, "-d", "Action=GetUser&Version=2010-05-08&UserName=stays")[1]
    assert second.stop()[0] == 0
    if users[1] != users[0]:
        empty = volume(place / "other")
        third = run("--data-dir", f"/{DATA}", mounts=[(empty, f"/{DATA}")], user=users[1])
        third.wait_until_ready()
        assert third.stop()[0] == 0


@needs_crun
def test_the_health_check_follows_the_environment(run):
    container = run(environment=["IAMLOCAL_LISTEN=0.0.0.0:5000"])
    assert "  address      http://0.0.0.0:5000" in container.wait_until_ready()
    assert container.exec(*container.image.config["Healthcheck"]["Test"][1:]).returncode == 0


@needs_crun
def test_the_test_bench_can_be_switched_off(run):
    container = run("--testbench", "off")
    assert "  test bench   off" in container.wait_until_ready()
    assert container.curl("/_iamlocal/reset", "-X", "POST")[0] == 403
    container = run(environment=["IAMLOCAL_TESTBENCH=auto"])
    assert "  test bench   off" in container.wait_until_ready()


@needs_crun
def test_it_ends_in_time_with_a_request_that_does_not(run):
    container = run("--drain-timeout", "1")
    container.wait_until_ready()
    asked = subprocess.Popen(
        ["nsenter", "--target", str(container.pid()), "--user", "--net", "--preserve-credentials", "bash", "-c",
         "exec 3<>/dev/tcp/127.0.0.1/4566; printf 'POST / HTTP/1.1\\r\\nHost: iam\\r\\nContent-Length: 10\\r\\n\\r\\n' >&3; echo sent; cat <&3"],
        stdout=subprocess.PIPE, text=True)
    try:
        assert asked.stdout.readline() == "sent\n"
        time.sleep(0.1)
        assert container.stop()[1] < 3
    finally:
        asked.kill()
        asked.wait()
        asked.stdout.close()


# The page ------------------------------------------------------------------------------------------------------------


def test_the_page_tells_what_the_image_has(image):
    page = PAGE.read_text()
    for setting in image.config["Env"][1:]:
        assert f"`{setting}`" in page, setting
    for known in ("/usr/local/bin/iamlocal", "10001", "/var/lib/iamlocal"):
        assert known in page
    for path in re.findall(r"\]\(([^)#:]+)", page):
        assert (PAGE.parent / path).exists(), path
