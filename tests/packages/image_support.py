"""The image as its users have it: read from the archive, unpacked, and run by crun without privileges.

`image`, `program`, `place` and `run` are fixtures: the tests import them.
"""

import contextlib
import gzip
import hashlib
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import tarfile
import tempfile
import time
import uuid

import pytest

REPOSITORY = pathlib.Path(__file__).parents[2]
DIST = pathlib.Path(os.environ.get("IAMLOCAL_DIST", REPOSITORY / "dist"))
PROGRAM = "usr/local/bin/iamlocal"
VERSION = re.search(r"^project\(iamlocal VERSION ([\d.]+)", (REPOSITORY / "CMakeLists.txt").read_text(), re.M)[1]
# Where a container's users are on this machine when root runs the tests. Others may only have themselves there.
FIRST_USER = 200000 if os.geteuid() == 0 else None

# crun looks at the machine's cgroups even where it is to use none, and refuses those that are partly of version 1. On such a
# machine it is shown the other part alone.
UNIFIED = ["unshare", "--mount", "sh", "-ec", 'mount --bind /sys/fs/cgroup/unified /sys/fs/cgroup; exec "$@"', "sh"]
if not os.path.isdir("/sys/fs/cgroup/unified"):
    UNIFIED = []


def why_no_container():
    """Empty if crun can run one here."""
    if not shutil.which("crun"):
        return "there is no crun here: apt-get install crun"
    if subprocess.run(["unshare", "--mount", "true"] if UNIFIED else ["true"], capture_output=True).returncode != 0:
        return "nothing can be mounted here for oneself alone"
    return ""


needs_crun = pytest.mark.skipif(why_no_container() != "", reason=why_no_container())


class Image:
    """The archive: every part of it, by its digest."""

    def __init__(self, path):
        self.path = path
        with tarfile.open(path) as archive:
            self.files = {member.name: archive.extractfile(member).read() for member in archive if member.isfile()}
        self.index = json.loads(self.files["index.json"])
        (self.described,) = self.index["manifests"]
        self.manifest = json.loads(self.blob(self.described))
        self.configuration = json.loads(self.blob(self.manifest["config"]))
        (layer,) = self.manifest["layers"]
        self.layer = gzip.decompress(self.blob(layer))
        # The entries of the file system, and what the files hold, by their paths.
        with tarfile.open(fileobj=io.BytesIO(self.layer)) as archive:
            self.members = {member.name: member for member in archive}
            self.contents = {name: archive.extractfile(name).read() for name, member in self.members.items() if member.isfile()}

    def blob(self, kept):
        data = self.files["blobs/" + kept["digest"].replace(":", "/")]
        assert kept["size"] == len(data) and kept["digest"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
        return data

    @property
    def config(self):
        return self.configuration["config"]

    def unpack(self, folder):
        """As a container engine does it; the users are shifted to where the container's are."""
        with tarfile.open(fileobj=io.BytesIO(self.layer)) as archive:
            archive.extractall(folder)
            if FIRST_USER is not None:
                os.chown(folder, FIRST_USER, FIRST_USER)
                for member in self.members.values():
                    os.chown(folder / member.name, FIRST_USER + member.uid, FIRST_USER + member.gid, follow_symlinks=False)
                    if not member.issym():
                        os.chmod(folder / member.name, member.mode)


def find_image():
    return Image(DIST / f"iamlocal-{VERSION}-linux-{os.uname().machine}.oci.tar")


def libraries_of(program):
    """What a program needs that was built for this machine alone, while the one for all is not there; else nothing."""
    if b"/ld-linux" not in program[:4096]:
        return []
    return [path for path in ("/lib", "/lib64", "/usr/lib") if os.path.isdir(path)]


class Container:
    """One that crun runs of the image: read-only, without capabilities, with a network of its own."""

    def __init__(self, image, folder, *arguments, user=10001, group=0, environment=(), mounts=()):
        self.folder, self.image = folder, image
        self.name = f"iamlocal-{uuid.uuid4().hex}"
        root = folder / "root"
        if not root.exists():
            root.mkdir(parents=True)
            image.unpack(root)
        (folder / "config.json").write_text(json.dumps(self.specification(root, arguments, user, group, environment, mounts)))
        self.process = subprocess.Popen(
            [*self.crun(), "run", "--bundle", folder, self.name],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def crun(self):
        return [*UNIFIED, "crun", "--root", self.folder / "state", "--cgroup-manager=disabled"]

    def specification(self, root, arguments, user, group, environment, mounts):
        """What `podman run --read-only --cap-drop ALL --user USER:GROUP` makes of the image."""
        config = self.image.config
        binds = [(source, source, "ro") for source in libraries_of(self.image.contents[PROGRAM])]
        binds += [(str(source), target, "rw") for source, target in mounts]
        if FIRST_USER is None:
            users = [{"containerID": user, "hostID": os.geteuid(), "size": 1}]
            groups = [{"containerID": group, "hostID": os.getegid(), "size": 1}]
        else:
            users = groups = [{"containerID": 0, "hostID": FIRST_USER, "size": 65536}]
        return {
            "ociVersion": "1.0.0",
            "process": {
                "user": {"uid": user, "gid": group},
                "args": [*config["Entrypoint"], *arguments],
                "env": [*config["Env"], *environment],
                "cwd": config["WorkingDir"],
                "capabilities": {kind: [] for kind in ("bounding", "effective", "inheritable", "permitted", "ambient")},
                "noNewPrivileges": True,
            },
            "root": {"path": str(root), "readonly": True},
            "mounts": [
                {"destination": "/proc", "type": "proc", "source": "proc"},
                {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755", "size=65536k"]},
                *({"destination": target, "type": "bind", "source": source, "options": ["bind", mode]}
                  for source, target, mode in binds),
            ],
            "linux": {
                "namespaces": [{"type": kind} for kind in ("pid", "network", "ipc", "uts", "mount", "user")],
                "uidMappings": users,
                "gidMappings": groups,
            },
        }

    def wait_until_ready(self):
        """The banner."""
        banner = []
        for line in self.process.stdout:
            if line == "Ready.\n":
                return banner
            banner.append(line.rstrip("\n"))
        raise AssertionError((self.process.wait(10), banner, self.process.stderr.read()))

    def exec(self, *command):
        """As the health check of an engine does it."""
        return subprocess.run([*self.crun(), "exec", self.name, *command], capture_output=True, text=True, timeout=30,
                              stdin=subprocess.DEVNULL)

    def pid(self):
        """Of its first process, as this machine counts them."""
        state = subprocess.run([*self.crun(), "state", self.name], capture_output=True, text=True, check=True, timeout=30)
        return json.loads(state.stdout)["pid"]

    def curl(self, path, *arguments, host="127.0.0.1"):
        """The status, and the body, of a request from inside its network."""
        asked = subprocess.run(
            ["nsenter", "--target", str(self.pid()), "--user", "--net", "--preserve-credentials", "curl", "-sS", "--max-time", "20",
             "-w", "\n%{http_code}", *arguments, f"http://{host}:4566{path}"],
            capture_output=True, text=True, timeout=30)
        assert asked.returncode == 0, asked.stderr
        body, _, status = asked.stdout.rpartition("\n")
        return int(status), body

    def stop(self):
        """Asks it to stop as engines do; its status, and how many seconds it took."""
        began = time.monotonic()
        subprocess.run([*self.crun(), "kill", self.name, self.image.config["StopSignal"].removeprefix("SIG")], check=True,
                       timeout=30)
        status = self.process.wait(20)
        return status, time.monotonic() - began

    def close(self):
        if self.process.poll() is None:
            subprocess.run([*self.crun(), "kill", self.name, "KILL"], capture_output=True, timeout=30)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
        subprocess.run([*self.crun(), "delete", "--force", self.name], capture_output=True, timeout=30)
        self.process.stdout.close()
        self.process.stderr.close()
        shutil.rmtree(self.folder / "root", ignore_errors=True)


def file_of(page, language):
    """The only code block of that language in a page of docs/install: the name that its first line says, and the text below."""
    (text,) = re.findall(rf"^```{language}\n(.*?)^```$", (REPOSITORY / "docs/install" / page).read_text(), re.M | re.S)
    first, _, rest = text.partition("\n")
    return first.lstrip("#/ "), rest


@pytest.fixture(scope="module")
def image():
    return find_image()


@pytest.fixture(scope="module")
def program(image, tmp_path_factory):
    """The image's program as a file."""
    path = tmp_path_factory.mktemp("program") / "iamlocal"
    path.write_bytes(image.contents[PROGRAM])
    path.chmod(0o755)
    return path


@pytest.fixture
def place():
    """A folder that users of containers can get to, which pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix="iamlocal-image-") as folder:
        os.chmod(folder, 0o755)
        yield pathlib.Path(folder)


@pytest.fixture
def run(image, place):
    """Starts containers; whatever becomes of the test, they end with it."""
    started = []

    def start(*arguments, **how):
        started.append(Container(image, place / f"container-{len(started)}", *arguments, **how))
        return started[-1]

    yield start
    for container in started:
        container.close()
