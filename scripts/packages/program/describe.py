"""Writes what is linked into the standalone program, from the linker's map and what its libraries were made of:
libraries.json (for other packages), licenses/ (their texts), and the SBOM in SPDX 2.3.

describe.py MAP, with the environment of scripts/package.
"""

import datetime
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import uuid

from components import COMPONENTS, Component

WORK = pathlib.Path(os.environ["IAMLOCAL_WORK"])
DIST = pathlib.Path(os.environ["IAMLOCAL_DIST"])
VERSION = os.environ["IAMLOCAL_VERSION"]
PROGRAM = pathlib.Path(os.environ["IAMLOCAL_PROGRAM"])
SOURCES = WORK / "libraries" / "sources"
COMMON_LICENSES = pathlib.Path("/usr/share/common-licenses")


def sha256(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def linked_archives(linker_map: pathlib.Path) -> dict[str, pathlib.Path]:
    """The archives that something was taken from, by their file names, but for our own."""
    paths = set(re.findall(r"^\s+0x[0-9a-f]+\s+\d+\s+\d+\s+(\S+\.a)\(", linker_map.read_text(), re.MULTILINE))
    return {pathlib.Path(path).name: pathlib.Path(path) for path in sorted(paths) if not pathlib.Path(path).name.startswith("libiamlocal_")}


def query(package: str, field: str) -> str:
    return subprocess.run(["dpkg-query", "-W", "-f", f"${{{field}}}", package], check=True, capture_output=True, text=True).stdout


def version_of(component: Component) -> str:
    if component.built:
        return (SOURCES / component.built / "version").read_text().strip()
    return query(component.package, "source:Version")


def file_of(component: Component, archives: dict[str, pathlib.Path]) -> pathlib.Path:
    """What the checksum is of: the source as it was released, the static library that was linked, or dpkg's list of the
    checksums of all headers."""
    if component.built:
        [tarball] = (path for path in (SOURCES / component.built / "download").iterdir()
                     if re.search(r"\.orig\.tar\.\w+$", path.name) and not path.name.endswith(".asc"))
        return tarball
    if component.archives:
        return next(archives[name] for name in component.archives if name in archives)
    info = pathlib.Path("/var/lib/dpkg/info")
    return next(path for path in [info / f"{component.package}.md5sums", *info.glob(f"{component.package}:*.md5sums")] if path.exists())


def license_text(component: Component) -> str:
    copyright_file = pathlib.Path("/usr/share/doc", component.package, "copyright")
    text = copyright_file.read_text()
    if component.name == "boost":
        # The file is two megabytes, of each header's authors and of the licences of what is no header.
        found = re.search(r"^License: BSL-1\.0\n((?: .*\n)+)", text, re.MULTILINE)
        if not found:
            raise SystemExit(f"{copyright_file} has no licence BSL-1.0")
        text = re.sub(r"^ \.?", "", found[1], flags=re.MULTILINE)
    for name in component.common:
        text += f"\n\n{'=' * 78}\n{name}\n\n{(COMMON_LICENSES / name).read_text()}"
    return text


def spdx_id(name: str) -> str:
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", name)


def bill_of_materials(archives: dict[str, pathlib.Path]) -> dict:
    program_sum = sha256(PROGRAM)
    program = {
        "SPDXID": spdx_id("iamlocal"), "name": "iamlocal", "versionInfo": VERSION, "packageFileName": "iamlocal",
        "supplier": "NOASSERTION", "downloadLocation": "NOASSERTION", "filesAnalyzed": False, "primaryPackagePurpose": "APPLICATION",
        "checksums": [{"algorithm": "SHA256", "checksumValue": program_sum}],
        "licenseConcluded": "Apache-2.0", "licenseDeclared": "Apache-2.0", "copyrightText": "NOASSERTION",
    }
    packages = [program]
    relationships = [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": program["SPDXID"]}]
    for component in COMPONENTS:
        source = query(component.package, "source:Package")
        version = version_of(component)
        described = file_of(component, archives)
        made = "built from this source" if component.built else "linked as Debian built it" if component.archives else \
            "headers alone; the checksum is of dpkg's list of them"
        packages.append({
            "SPDXID": spdx_id(component.name), "name": component.name, "versionInfo": version, "packageFileName": described.name,
            "supplier": "Organization: Debian", "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
            "primaryPackagePurpose": "LIBRARY", "homepage": component.homepage,
            "sourceInfo": f"Debian's source package {source} {version}: {made}",
            "checksums": [{"algorithm": "SHA256", "checksumValue": sha256(described)}],
            "licenseConcluded": component.license, "licenseDeclared": component.license, "copyrightText": "NOASSERTION",
            "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                              "referenceLocator": f"pkg:deb/debian/{source}@{version.replace('+', '%2B').replace(':', '%3A')}?arch=source"}],
        })
        relationships.append({"spdxElementId": spdx_id(component.name), "relationshipType": "STATIC_LINK",
                              "relatedSpdxElement": program["SPDXID"]} if component.archives else
                             {"spdxElementId": program["SPDXID"], "relationshipType": "CONTAINS",
                              "relatedSpdxElement": spdx_id(component.name)})
    created = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
    name = f"iamlocal-{VERSION}"
    return {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": name,
        # The same for the same program, as the form asks for a name that no other document has.
        "documentNamespace": f"https://spdx.org/spdxdocs/{name}-{uuid.uuid5(uuid.NAMESPACE_OID, program_sum)}",
        "creationInfo": {"created": created.strftime("%Y-%m-%dT%H:%M:%SZ"), "creators": [f"Tool: iamlocal-scripts-package-{VERSION}"]},
        "packages": packages, "relationships": relationships,
    }


def main() -> None:
    archives = linked_archives(pathlib.Path(sys.argv[1]))
    known = {name for component in COMPONENTS for name in component.archives}
    if unknown := archives.keys() - known:
        raise SystemExit(f"components.py does not name what is linked in: {sorted(unknown)}")
    if missing := [component.name for component in COMPONENTS if component.archives and not archives.keys() & set(component.archives)]:
        raise SystemExit(f"components.py names what is not linked in: {missing}")

    licenses = WORK / "licenses"
    shutil.rmtree(licenses, ignore_errors=True)
    licenses.mkdir()
    libraries = []
    for component in COMPONENTS:
        text = licenses / f"{component.name}.txt"
        text.write_text(license_text(component))
        libraries.append({"name": component.name, "version": version_of(component), "license": component.license, "copyright": str(text),
                          "source": query(component.package, "source:Package"), "homepage": component.homepage})
    (WORK / "libraries.json").write_text(json.dumps(libraries, indent=1) + "\n")
    (DIST / f"iamlocal-{VERSION}.spdx.json").write_text(json.dumps(bill_of_materials(archives), indent=1) + "\n")


main()
