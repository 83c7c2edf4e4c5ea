"""What is in the image: the program, certificates, time zones, the lines of its user, and nothing that it does not read."""

import dataclasses
import json
import os
import pathlib

USER, GROUP = 10001, 0
DATA = "var/lib/iamlocal"
LOCALSTACKS_DATA = "var/lib/localstack"
PROGRAM = "usr/local/bin/iamlocal"
CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"
ZONES = pathlib.Path("/usr/share/zoneinfo")
# The same zones once more, with and without leap seconds.
OTHER_ZONES = ("posix", "right")


@dataclasses.dataclass(frozen=True)
class Entry:
    """A file (`content`), a link (`target`) or a directory (neither); `path` has no slash before it."""

    path: str
    mode: int
    content: bytes = None
    target: str = None
    user: int = 0
    group: int = 0

    @property
    def is_directory(self):
        return self.content is None and self.target is None


def certificates():
    """Mozilla's authorities, one after the other.

    They are read one by one: the file that holds all of them on this machine has those of its administrator, too.
    """
    files = sorted(pathlib.Path("/usr/share/ca-certificates/mozilla").glob("*.crt"))
    if not files:
        raise SystemExit("There are no certificates here: apt-get install ca-certificates")
    return b"".join(path.read_bytes().rstrip(b"\n") + b"\n" for path in files)


def zones():
    for folder, folders, names in os.walk(ZONES):
        folders[:] = sorted(name for name in folders if name not in OTHER_ZONES)
        for name in sorted(names):
            path = pathlib.Path(folder, name)
            inside = str(path.relative_to("/"))
            if path.is_symlink():
                # `localtime` leads out of the folder: to this machine's zone.
                if not os.readlink(path).startswith("/"):
                    yield Entry(inside, 0o777, target=os.readlink(path))
            elif path.read_bytes().startswith(b"TZif"):
                yield Entry(inside, 0o644, path.read_bytes())


def licences(libraries):
    """The terms of all that is in it, where Debian has them."""
    yield "iamlocal", pathlib.Path(__file__).parents[3] / "LICENSE"
    for package in ("ca-certificates", "tzdata"):
        yield package, pathlib.Path(f"/usr/share/doc/{package}/copyright")
    for library in libraries:
        yield library["name"], pathlib.Path(library["copyright"])


def filesystem(program, libraries):
    """All entries, directories before what is in them. `libraries`: what is linked into the program."""
    entries = [
        Entry(PROGRAM, 0o755, pathlib.Path(program).read_bytes()),
        Entry(CERTIFICATES, 0o644, certificates()),
        Entry("etc/passwd", 0o644, f"iamlocal:x:{USER}:{GROUP}:iamlocal:/{DATA}:/sbin/nologin\n".encode()),
        Entry("etc/group", 0o644, f"root:x:{GROUP}:\n".encode()),
        Entry("tmp", 0o1777),
        # For the group as well: where users are numbered at random (OpenShift) they are in group 0.
        Entry(DATA, 0o770, user=USER, group=GROUP),
        # Where LocalStack's PERSISTENCE keeps things.
        Entry(LOCALSTACKS_DATA, 0o770, user=USER, group=GROUP),
        *(Entry(f"usr/share/doc/{name}/copyright", 0o644, path.read_bytes()) for name, path in licences(libraries)),
        *zones(),
    ]
    by_path = {entry.path: entry for entry in entries}
    for entry in entries:
        for parent in list(pathlib.PurePosixPath(entry.path).parents)[:-1]:
            by_path.setdefault(str(parent), Entry(str(parent), 0o755))
    return [by_path[path] for path in sorted(by_path)]


def from_environment():
    """The same of the program that scripts/package names."""
    described = os.environ.get("IAMLOCAL_LIBRARIES")
    libraries = json.loads(pathlib.Path(described).read_text()) if described else []
    return filesystem(os.environ["IAMLOCAL_PROGRAM"], libraries)
