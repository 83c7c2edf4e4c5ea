#!/usr/bin/python3
"""The file `copyright` of the package: our licence, and those of the libraries that the list names. copyright.py LICENCE [LIST]"""

import json
import pathlib
import sys

INTRODUCTION = """\
iamlocal, AWS IAM and STS on localhost

Copyright 2026 the authors of iamlocal
License: Apache-2.0
 On Debian systems the whole licence is in /usr/share/common-licenses/Apache-2.0.
"""
LINKED = """
Linked into the program are the libraries below, each with its own copyright and licence.
"""


def file_of(licence, libraries):
    parts = [INTRODUCTION]
    if libraries:
        parts.append(LINKED)
    for library in sorted(libraries, key=lambda library: library["name"]):
        about = [f"{library['name']} {library['version']}", f"Licence: {library['license']}"]
        about += [f"{title}: {library[key]}" for title, key in (("Homepage", "homepage"), ("Source", "source")) if library.get(key)]
        text = pathlib.Path(library["copyright"]).read_text(errors="replace").strip()
        heading = "\n".join(about)
        parts.append(f"\n{'=' * 78}\n{heading}\n{'=' * 78}\n\n{text}\n")
    assert "Apache License" in pathlib.Path(licence).read_text()
    return "".join(parts)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    named = sys.argv[2:]
    print(file_of(sys.argv[1], json.loads(pathlib.Path(named[0]).read_text()) if named and named[0] else []), end="")
