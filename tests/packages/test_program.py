"""The program for any Linux: what is in it, and that it does all of its work where nothing else is."""

import hashlib
import json
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import tarfile
import tempfile
import types
import urllib.parse

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests/clients"))

import spdx_rules
import support
from saml import Idp
from support import ACCOUNT, Caller, Postgres, allow, answer_of, refused, trust
from test_mfa_devices import read_by_a_phone
from test_saml import ACTIONS, PROVIDER, login, register
from test_web_identity_keys import Certificates, known, no_key, token
from test_web_identity_keys import publish  # noqa: F401, a fixture
from web_identity import assume

DIST = pathlib.Path(os.environ.get("IAMLOCAL_DIST", REPOSITORY / "dist"))
WORK = REPOSITORY / "build/packages/program"
PROGRAM = WORK / "iamlocal"
ARCHITECTURE = os.uname().machine
VERSION = re.search(r"^project\(iamlocal VERSION ([0-9.]+)", (REPOSITORY / "CMakeLists.txt").read_text(), re.MULTILINE)[1]
NAME = f"iamlocal-{VERSION}-linux-{ARCHITECTURE}"
MIB = 1024 * 1024


def output(*command, **more):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=120, **more)
    assert done.returncode == 0, (command, done.stdout[-2000:], done.stderr[-2000:])
    return done.stdout


def served(*command):
    """A server that was started, and what its clients are made with."""
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=support.clean_environment())
    banner = []
    for line in server.stdout:
        if line == "Ready.\n":
            break
        banner.append(line)
    else:
        raise AssertionError(f"the server ended with {server.wait(10)}")
    return server, types.SimpleNamespace(url=re.search(r"http://127\.0\.0\.1:\d+", "".join(banner))[0])


def end(server):
    server.terminate()
    assert server.wait(20) == 0
    server.stdout.close()


# What it is ------------------------------------------------------------------------------------------------------------


def test_it_is_small():
    assert PROGRAM.stat().st_size < 12 * MIB


def test_it_needs_no_library_and_no_loader():
    kind = output("file", "--brief", PROGRAM)
    assert "static-pie linked" in kind and ", stripped" in kind
    asked = subprocess.run(["ldd", PROGRAM], capture_output=True, text=True)
    assert re.search("statically linked|not a dynamic executable", asked.stdout + asked.stderr)
    dynamic = output("readelf", "--wide", "--dynamic", PROGRAM)
    assert "(RELR)" in dynamic  # the section was printed
    assert not re.search(r"\((NEEDED|RPATH|RUNPATH)\)", dynamic)
    assert "INTERP" not in output("readelf", "--wide", "--segments", PROGRAM)


def test_its_stack_and_code_are_protected():
    segments = output("readelf", "--wide", "--segments", PROGRAM)
    assert re.search(r"GNU_STACK.* RW ", segments) and "GNU_RELRO" in segments
    assert "RWE" not in segments


def test_no_path_of_the_machine_that_made_it_is_in_it():
    content = PROGRAM.read_bytes()
    assert b"/etc/ssl/certs" in content  # paths can be seen
    for path in (str(REPOSITORY), "build/release", "build/packages", "/CMakeFiles/"):
        assert path.encode() not in content


# What is published -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("unpacked")
    output("tar", "-xzf", DIST / f"{NAME}.tar.gz", "-C", folder)
    return folder / NAME


def test_the_archive(unpacked):
    with tarfile.open(DIST / f"{NAME}.tar.gz") as archive:
        members = {member.name: member for member in archive}
    libraries = json.loads((WORK / "libraries.json").read_text())
    assert len(libraries) > 10
    files = {"iamlocal", "LICENSE", "README.md", *(f"licenses/{library['name']}.txt" for library in libraries)}
    assert set(members) == {NAME, f"{NAME}/licenses", *(f"{NAME}/{file}" for file in files)}
    for member in members.values():
        assert (member.uid, member.gid, member.uname, member.gname) == (0, 0, "", "")
        runs = member.isdir() or member.name == f"{NAME}/iamlocal"
        assert stat.S_IMODE(member.mode) == (0o755 if runs else 0o644), member.name
    assert len({member.mtime for member in members.values()}) == 1
    assert (unpacked / "LICENSE").read_text() == (REPOSITORY / "LICENSE").read_text()
    assert (unpacked / "iamlocal").read_bytes() == PROGRAM.read_bytes()
    assert output(unpacked / "iamlocal", "--version").startswith(f"iamlocal {VERSION}\n")


@pytest.mark.parametrize("library, words", [
    ("boost", "Boost Software License - Version 1.0"), ("glibc", "GNU LESSER GENERAL PUBLIC LICENSE"),
    ("openssl", "Apache License"), ("gcc-runtime", "GCC RUNTIME LIBRARY EXCEPTION"), ("libpq", "University of California"),
    ("liboath", "GNU LESSER GENERAL PUBLIC LICENSE"), ("zlib", "Jean-loup Gailly")])
def test_licences_are_whole_texts(unpacked, library, words):
    assert words.lower() in (unpacked / f"licenses/{library}.txt").read_text().lower()


def test_checksums():
    output("sha256sum", "--check", "--ignore-missing", "--strict", "SHA256SUMS", cwd=DIST)
    listed = (DIST / "SHA256SUMS").read_text()
    assert f"{NAME}.tar.gz" in listed and f"iamlocal-{VERSION}.spdx.json" in listed


def test_the_page(tmp_path):
    """What docs/install/program.md has people type, where they have downloaded the files."""
    blocks = re.findall(r"```sh\n(.*?)```", (REPOSITORY / "docs/install/program.md").read_text(), re.DOTALL)
    assert len(blocks) == 2
    for path in (f"{NAME}.tar.gz", f"iamlocal-{VERSION}.spdx.json", "SHA256SUMS"):
        shutil.copy(DIST / path, tmp_path)
    output("sh", "-euc", blocks[1], cwd=tmp_path)
    script = blocks[0].replace("x86_64", ARCHITECTURE).replace("0.1.0", VERSION).replace("./iamlocal", "exec ./iamlocal")
    with subprocess.Popen(["sh", "-euc", script], cwd=tmp_path, stdout=subprocess.PIPE, text=True,
                          env=support.clean_environment({"IAMLOCAL_LISTEN": "127.0.0.1:0"})) as server:
        try:
            assert "Ready.\n" in iter(server.stdout.readline, "")
        finally:
            server.terminate()


def test_the_list_for_other_packages():
    for library in json.loads((WORK / "libraries.json").read_text()):
        assert set(library) == {"name", "version", "license", "copyright", "source", "homepage"}
        assert all(isinstance(value, str) and value for value in library.values())
        assert pathlib.Path(library["copyright"]).stat().st_size > 200


def bill_of_materials():
    return json.loads((DIST / f"iamlocal-{VERSION}.spdx.json").read_text())


def test_the_bill_of_materials():
    document = bill_of_materials()
    spdx_rules.check_document(document)
    assert document["name"] == f"iamlocal-{VERSION}" and hashlib.sha256(PROGRAM.read_bytes()).hexdigest() in json.dumps(document)
    packages = {package["SPDXID"]: package for package in document["packages"]}
    for package in packages.values():
        assert package["versionInfo"] and [one["algorithm"] for one in package["checksums"]] == ["SHA256"]
    program = packages["SPDXRef-iamlocal"]
    assert program["checksums"][0]["checksumValue"] == hashlib.sha256(PROGRAM.read_bytes()).hexdigest()
    assert {name for name, package in packages.items() if "externalRefs" in package} == set(packages) - {"SPDXRef-iamlocal"}

    relations = [(one["spdxElementId"], one["relationshipType"], one["relatedSpdxElement"]) for one in document["relationships"]]
    assert relations[0] == ("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-iamlocal")
    related = {identifier for one in relations[1:] for identifier in (one[0], one[2])}
    assert related == set(packages)
    assert {one[1] for one in relations[1:]} == {"STATIC_LINK", "CONTAINS"}


@pytest.mark.parametrize("spoil", [
    lambda document: document.pop("documentNamespace"), lambda document: document.update(extra=1), lambda document: document.update(name=""),
    lambda document: document.update(documentNamespace="https://spdx.org/a#b"), lambda document: document.update(spdxVersion="SPDX-2.4"),
    lambda document: document["creationInfo"].update(created="2026-11-30"), lambda document: document["creationInfo"].update(creators=[]),
    lambda document: document["creationInfo"].update(creators=["somebody"]),
    lambda document: document["packages"][1].update(SPDXID="SPDXRef-a_b"), lambda document: document["packages"][1].pop("downloadLocation"),
    lambda document: document["packages"][1].pop("filesAnalyzed"), lambda document: document["packages"][1].update(licenseDeclared="GPL"),
    lambda document: document["packages"][1].update(licenseConcluded="MIT with GCC-exception-3.1"),
    lambda document: document["packages"][1].update(supplier="Debian"), lambda document: document["packages"][1].update(homepage="www.example"),
    lambda document: document["packages"][1]["checksums"][0].update(checksumValue="AB" * 32),
    lambda document: document["packages"][1]["checksums"][0].update(algorithm="SHA-256"),
    lambda document: document["packages"][1]["externalRefs"][0].update(referenceCategory="PACKAGE"),
    lambda document: document["packages"][1]["externalRefs"][0].update(referenceLocator="pkg:deb/debian/a@1:2+3"),
    lambda document: document["relationships"][1].update(relationshipType="LINKS"),
    lambda document: document["relationships"][1].update(relatedSpdxElement="SPDXRef-nowhere"),
    lambda document: document["relationships"].pop(0)])
def test_a_bill_that_is_wrong_is_found(spoil):
    document = bill_of_materials()
    spoil(document)
    with pytest.raises((AssertionError, KeyError)):
        spdx_rules.check_document(document)


def test_the_version_is_of_what_was_linked():
    """SQLite says in the program which version it is."""
    [version] = (one["version"] for one in json.loads((WORK / "libraries.json").read_text()) if one["name"] == "sqlite")
    assert version.partition("-")[0].encode() + b"\0" in PROGRAM.read_bytes()


def test_the_same_bytes_when_made_again(tmp_path):
    work, dist = tmp_path / "work", tmp_path / "dist"
    work.mkdir()
    dist.mkdir()
    (work / "libraries").symlink_to(WORK / "libraries")
    document = DIST / f"iamlocal-{VERSION}.spdx.json"
    created = json.loads(document.read_text())["creationInfo"]["created"]
    # So that it is linked again.
    (REPOSITORY / "build/release/iamlocal-standalone").unlink()
    output(REPOSITORY / "scripts/packages/program/make", env={
        **os.environ, "IAMLOCAL_VERSION": VERSION, "IAMLOCAL_ARCHITECTURE": ARCHITECTURE, "IAMLOCAL_WORK": str(work),
        "IAMLOCAL_DIST": str(dist), "IAMLOCAL_PROGRAM": str(work / "iamlocal"),
        "SOURCE_DATE_EPOCH": output("date", "-d", created, "+%s").strip()})
    assert (work / "iamlocal").read_bytes() == PROGRAM.read_bytes()
    assert sorted(path.name for path in dist.iterdir()) == [f"{NAME}.tar.gz", document.name]
    for path in dist.iterdir():
        assert path.read_bytes() == (DIST / path.name).read_bytes()


# Where nothing is ------------------------------------------------------------------------------------------------------

# Root needs no rights for namespaces, and where the tests are in a root of their own nobody gets any.
RIGHTS = [] if os.geteuid() == 0 else ["--map-root-user"]


def test_in_an_empty_root(tmp_path):
    """No folder but the root, and nothing in it but the program."""
    shutil.copy(PROGRAM, tmp_path / "iamlocal")
    inside = ["unshare", *RIGHTS, f"--root={tmp_path}", "--wd=/", "/iamlocal"]
    assert output(*inside, "--version").startswith(f"iamlocal {VERSION}\n")
    server, there = served(*inside, "--listen", "127.0.0.1:0")
    try:
        support.client(there, "iam").create_user(UserName="alice")
        assert support.client(there, "sts").get_caller_identity()["Account"] == ACCOUNT
        output(*inside, "healthcheck", "--listen", there.url.partition("://")[2], env=support.clean_environment())
    finally:
        end(server)
    assert [path.name for path in tmp_path.iterdir()] == ["iamlocal"]


class Alone:
    """What tests of the server start instead of it: the program in a root that has nothing but this machine's temporary
    folder, for their files, and what else is put there."""

    def __init__(self, folder):
        if subprocess.run(["unshare", *RIGHTS, "--mount", "true"], capture_output=True).returncode != 0:
            pytest.skip("nothing can be mounted here for oneself alone")
        self.root = folder / "root"
        temporary = tempfile.gettempdir()
        self.path(temporary).mkdir(parents=True)
        self.put("/etc/hosts", b"127.0.0.1 localhost\n")
        shutil.copy(PROGRAM, self.root / "iamlocal")
        self.script = folder / "iamlocal"
        # The process stays the same one, so that signals reach it.
        self.script.write_text(
            f"#!/bin/sh\nexec unshare {' '.join(RIGHTS)} --mount sh -c 'mount --bind {temporary} {self.path(temporary)} && "
            f'exec unshare --root={self.root} --wd="$0" /iamlocal "$@"\' "$PWD" "$@"\n')
        self.script.chmod(0o755)

    def path(self, there):
        return self.root / there.lstrip("/")

    def put(self, there, content):
        self.path(there).parent.mkdir(parents=True, exist_ok=True)
        self.path(there).write_bytes(content)


@pytest.fixture
def alone(tmp_path, monkeypatch):
    folder = tmp_path / "alone"
    folder.mkdir()
    made = Alone(folder)
    monkeypatch.setattr(support, "BINARY", str(made.script))
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    return made


@pytest.fixture
def start(alone, tmp_path):
    started = []

    def start_server(*flags, env=None):
        started.append(support.Server(tmp_path / "server", *flags, env=env))
        return started[-1]

    yield start_server
    for server in started:
        if server.process.poll() is None:
            assert server.stop() == 0, server.log()[-4000:]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("certificates"))


def test_it_keeps_its_data_there(start, tmp_path):
    flags = ("--data-dir", str(tmp_path / "data"))
    first = start(*flags)
    Caller(first).iam.create_user(UserName="kept")
    assert first.stop() == 0
    assert Caller(start(*flags)).iam.get_user(UserName="kept")["User"]["UserName"] == "kept"


def test_on_postgresql(start):
    url = Postgres.shared().new_schema()
    # The root of a user namespace is nobody in particular where files of others are.
    pathlib.Path(urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)["host"][0]).chmod(0o755)
    first = start("--database", url)
    assert any("postgresql://" in line for line in first.banner), first.banner
    Caller(first).iam.create_user(UserName="kept")
    assert first.stop() == 0
    assert Caller(start("--database", url)).iam.get_user(UserName="kept")["User"]["UserName"] == "kept"


def test_saml(start):
    root = Caller(start())
    idp = Idp()
    register(root, idp)
    root.role("sso", [trust({"Federated": PROVIDER}, ACTIONS)], allow("iam:ListUsers"))
    sts = support.client(root.server, "sts")
    assert login(sts, idp.response())["Subject"] == "alice@corp"
    stranger = Idp(number=2)
    with refused("InvalidIdentityToken", 400, pattern=".*"):
        login(sts, stranger.response())


def test_qr_codes(start, tmp_path):
    made = Caller(start()).iam.create_virtual_mfa_device(VirtualMFADeviceName="phone")["VirtualMFADevice"]
    seed = made["Base32StringSeed"].decode()
    assert f"secret={seed}" in read_by_a_phone(made["QRCodePNG"], tmp_path)


def test_keys_over_tls(start, publish, certificates):
    provider = publish(certificate=certificates.server("good"))
    server = start("--oidc-ca-file", str(certificates.root.file))
    assume(server, token(provider), known(Caller(server), provider))


@pytest.mark.parametrize("bundle", ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                                    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"])
def test_authorities_are_found_where_systems_have_them(start, alone, publish, certificates, bundle):
    provider = publish(certificate=certificates.server("found"))
    alone.put(bundle, certificates.root.file.read_bytes())
    server = start()
    assume(server, token(provider), known(Caller(server), provider))


def test_authorities_that_somebody_names(start, alone, publish, certificates):
    provider = publish(certificate=certificates.server("named"))
    server = start(env={"SSL_CERT_FILE": str(certificates.root.file)})
    assume(server, token(provider), known(Caller(server), provider))
    # Instead of the system's, and not beside it.
    alone.put("/etc/ssl/certs/ca-certificates.crt", certificates.root.file.read_bytes())
    other = start(env={"SSL_CERT_FILE": str(certificates.make("other", None, "basicConstraints=critical,CA:TRUE").file)})
    with no_key():
        assume(other, token(provider), known(Caller(other), provider))


# Names -----------------------------------------------------------------------------------------------------------------

# A network of its own, in which a server of names may have the usual port. It answers A questions for one name.
RESOLVING = """
import http.server, pathlib, socket, struct, subprocess, sys, threading

root = sys.argv[1]
names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
names.bind(("127.0.0.1", 53))
asked = []

def answer_names():
    while True:
        question, sender = names.recvfrom(512)
        end = question.index(b"\\0", 12) + 1
        kind = struct.unpack("!H", question[end:end + 2])[0]
        asked.append(question[12:end])
        known = question[12:end] == b"\\x04name\\x07example\\0"
        addresses = b"\\xc0\\x0c" + struct.pack("!HHIH4s", 1, 1, 60, 4, socket.inet_aton("127.0.0.1")) if known and kind == 1 else b""
        names.sendto(question[:2] + struct.pack("!HHHHH", 0x8180 if known else 0x8183, 1, bool(addresses), 0, 0)
                     + question[12:end + 4] + addresses, sender)

class Ready(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *_):
        pass

web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ready)
threading.Thread(target=web.serve_forever, daemon=True).start()
threading.Thread(target=answer_names, daemon=True).start()
for name in sys.argv[2:]:
    done = subprocess.run(["chroot", root, "/iamlocal", "healthcheck", "--listen", f"{name}:{web.server_port}"],
                          capture_output=True, text=True, timeout=30)
    print(name, done.returncode, done.stderr.strip())
print(len(asked) > 0)
"""


@pytest.mark.parametrize("nsswitch", [None, "hosts: nothere [NOTFOUND=return] dns\npasswd: nothere\n"])
def test_names_are_resolved(tmp_path, nsswitch):
    shutil.copy(PROGRAM, tmp_path / "iamlocal")
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/hosts").write_text("127.0.0.1 listed.example\n")
    (tmp_path / "etc/resolv.conf").write_text("nameserver 127.0.0.1\n")
    if nsswitch:
        (tmp_path / "etc/nsswitch.conf").write_text(nsswitch)
    script = 'ip link set lo up && exec /usr/bin/python3 -c "$0" "$@"'
    said = output("unshare", *RIGHTS, "--net", "sh", "-c", script, RESOLVING, tmp_path, "listed.example", "name.example",
                  "none.example", env=support.clean_environment()).splitlines()
    assert said[:2] == ["listed.example 0 ", "name.example 0 "]
    assert re.fullmatch("none.example 1 .*cannot be resolved", said[2])
    assert said[3] == "True"


def test_without_anything_to_resolve_names_with(tmp_path):
    shutil.copy(PROGRAM, tmp_path / "iamlocal")
    done = subprocess.run(["unshare", *RIGHTS, "--net", f"--root={tmp_path}", "/iamlocal", "healthcheck", "--listen",
                           "name.example:1"], capture_output=True, text=True, timeout=60, env=support.clean_environment())
    assert done.returncode == 1 and "cannot be resolved" in done.stderr


# On older systems ------------------------------------------------------------------------------------------------------


def test_on_the_oldest_debian_that_mirrors_have(tmp_path):
    """Debian 11 of 2021, whose C library and loader are older than those that the program was made with."""
    mirror = re.search(r"https?://\S*/debian/?", output("apt-get", "indextargets", "--format", "$(REPO_URI)"))
    base = tmp_path / "base.tar"
    made = subprocess.run(["mmdebstrap", "--quiet", "--mode=unshare", "--variant=extract", "--include=libc-bin,dash,coreutils", "bullseye",
                           base, mirror[0] if mirror else "http://deb.debian.org/debian"], capture_output=True, text=True, timeout=240)
    if made.returncode != 0:
        pytest.skip(f"Debian 11 cannot be had: {made.stderr[-300:]}")
    root = tmp_path / "root"
    root.mkdir()
    output("tar", "-xf", base, "-C", root, "--no-same-owner", "--exclude=./dev/*")
    shutil.copy(PROGRAM, root / "iamlocal")
    inside = ["unshare", *RIGHTS, f"--root={root}", "--wd=/"]
    assert list(root.glob("lib/*-linux-gnu/libc-2.31.so"))
    assert output(*inside, "/iamlocal", "--version").startswith(f"iamlocal {VERSION}\n")
    server, there = served(*inside, "/iamlocal", "--listen", "127.0.0.1:0")
    try:
        assert support.client(there, "sts").get_caller_identity()["Account"] == ACCOUNT
    finally:
        end(server)
