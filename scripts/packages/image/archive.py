"""Writes an image of one layer: as an OCI layout, with the file beside it that `docker load` of before 2024 reads."""

import gzip
import hashlib
import io
import json
import tarfile

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
INDEX = "application/vnd.oci.image.index.v1+json"


def text_of(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def add(archive, name, mode, time, content=None, target=None, user=0, group=0):
    """A member of a tar archive; without content and target a directory. No names of users: they are this machine's."""
    member = tarfile.TarInfo(name)
    member.mode, member.mtime, member.uid, member.gid = mode, time, user, group
    if target is not None:
        member.type, member.linkname = tarfile.SYMTYPE, target
    elif content is None:
        member.type = tarfile.DIRTYPE
    else:
        member.size = len(content)
    archive.addfile(member, io.BytesIO(content) if content is not None else None)


def layer_of(entries, time):
    """The tar archive of the file system."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for entry in entries:
            add(archive, entry.path, entry.mode, time, entry.content, entry.target, entry.user, entry.group)
    return out.getvalue()


def compressed(data):
    out = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=out, mtime=0) as stream:
        stream.write(data)
    return out.getvalue()


def image(entries, config, name, time):
    """The whole archive. `config` is the image's configuration, but for what follows from the layer; `name` has a tag."""
    layer = layer_of(entries, time)
    blobs = {}

    def keep(data, media_type):
        digest = hashlib.sha256(data).hexdigest()
        blobs[f"blobs/sha256/{digest}"] = data
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(data)}

    kept_layer = keep(compressed(layer), LAYER)
    config = {**config, "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(layer).hexdigest()}"]}}
    kept_config = keep(text_of(config), CONFIG)
    manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": kept_config, "layers": [kept_layer],
                "annotations": config["config"]["Labels"]}
    # Docker and Podman look for the image's name at the first, other tools for its tag at the second.
    names = {"io.containerd.image.name": name, "org.opencontainers.image.ref.name": name.rpartition(":")[2]}
    described = {**keep(text_of(manifest), MANIFEST), "annotations": names,
                 "platform": {"architecture": config["architecture"], "os": config["os"]}}

    def path_of(kept):
        return "blobs/" + kept["digest"].replace(":", "/")

    files = {
        **blobs,
        "index.json": text_of({"schemaVersion": 2, "mediaType": INDEX, "manifests": [described]}),
        "manifest.json": text_of([{"Config": path_of(kept_config), "Layers": [path_of(kept_layer)],
                                   "RepoTags": [name.removeprefix("docker.io/")]}]),
        "oci-layout": text_of({"imageLayoutVersion": "1.0.0"}),
    }
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for folder in ("blobs", "blobs/sha256"):
            add(archive, folder, 0o755, time)
        for path in sorted(files):
            add(archive, path, 0o644, time, files[path])
    return out.getvalue()
