"""The dependency rule of docs/architecture.md: which folder of src/ may include which, and who may see what outside."""

import pathlib
import re

import pytest

SOURCE = pathlib.Path(__file__).parents[2] / "src"
PUBLIC = pathlib.Path(__file__).parents[2] / "include"


def arrows():
    """What each folder links, as its CMakeLists.txt says; only folders of ours."""
    found = {}
    for path in SOURCE.rglob("CMakeLists.txt"):
        declared = re.search(r"iamlocal_library\((\w+)(.*?)\n\s*LINKS ([^)]*)\)", path.read_text(), re.S)
        if declared:
            found[declared[1]] = (str(path.parent.relative_to(SOURCE)), declared[3].split())
    folders = {library: folder for library, (folder, _) in found.items()}
    return {folder: [folders[link] for link in links if link in folders] for folder, links in found.values()}


# The dependency rule: what a folder may include is what it links, and what that links.
ARROWS = arrows()

# Headers of libraries (by prefix) and the folders, or files, that may include them.
LIBRARIES = {
    "boost/": ["http", "main.cpp"],
    "sqlite3.h": ["db"],
    "libpq-fe.h": ["db"],
    "openssl/": ["base", "auth", "http"],
    "nlohmann/": [
        "auth", "policy", "admin", "testbench", "tools", "main.cpp", "app/operations.cpp", "protocol/model_printer.cpp",
        "protocol/model_printer.hpp",
    ],
    "yaml-cpp/": ["tools"],
    "pugixml.hpp": ["tools"],
    "CLI/": ["cli", "tools"],
    "utf8proc": ["api"],
    "zlib.h": ["base", "catalogue"],
}

# Time, randomness and the environment come in by the constructor; these are the doors.
DOORS = {
    r"\bsystem_clock::now\b": ["base/clock.cpp"],
    r"\b(std::rand|rand|srand|random_device|mt19937\w*)\b\s*[({]": ["base/entropy.cpp"],
    r"\bgetenv\b|\benviron\b": ["main.cpp"],
    r"\bstd::regex\b|#include <regex>": [],
    r"#include <iostream>|\bstd::cout\b": ["main.cpp"],
}

SQL = re.compile(r'"\s*(SELECT\s|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|CREATE\s+TABLE\s)')
OUR_INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
OTHER_INCLUDE = re.compile(r"^\s*#\s*include\s+<([^>]+)>", re.M)


def sees(folder):
    seen, waiting = {folder}, list(ARROWS[folder])
    while waiting:
        next_folder = waiting.pop()
        if next_folder not in seen:
            seen.add(next_folder)
            waiting += ARROWS[next_folder]
    return seen


def without_comments(text):
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    return re.sub(r"(^|\s)//.*", "", text)


def sources():
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix in (".cpp", ".hpp"):
            yield path.relative_to(SOURCE), without_comments(path.read_text())


def folder_of(path):
    """The folder that is a library: the deepest one with arrows."""
    return next((str(parent) for parent in path.parents if str(parent) in ARROWS), "")


def may(path, allowed):
    return any(str(path) == place or folder_of(path) == place for place in allowed)


def test_every_folder_has_its_place():
    outside = {str(path) for path, _ in sources() if len(path.parts) > 1 and not folder_of(path)}
    assert outside == set()
    assert len(ARROWS) >= 15
    assert all(folder not in sees(link) for folder, links in ARROWS.items() for link in links), "arrows go in a circle"
    files = {str(path) for path, _ in sources() if len(path.parts) == 1}
    assert files <= {"main.cpp"}


@pytest.mark.parametrize("folder", sorted(ARROWS))
def test_a_folder_includes_only_what_is_below_it(folder):
    allowed = sees(folder)
    wrong = []
    for path, text in sources():
        if folder_of(path) != folder:
            continue
        for header in OUR_INCLUDE.findall(text):
            target = folder_of(pathlib.Path(header))
            if header.startswith("iamlocal/"):  # the public headers: those who implement or fill them know them
                if folder not in ("cli", "emulator", "engine"):
                    wrong.append(f"{path} includes {header}")
            elif target not in allowed:
                wrong.append(f"{path} includes {header}")
    assert wrong == []


def test_includes_name_files_that_are_there():
    missing = []
    for path, text in sources():
        for header in OUR_INCLUDE.findall(text):
            generated = header.endswith(".inc") or "/data/" in header
            if not ((SOURCE / header).exists() or (PUBLIC / header).exists() or generated):
                missing.append(f"{path} includes {header}")
    assert missing == []


@pytest.mark.parametrize("library", sorted(LIBRARIES))
def test_a_library_is_seen_only_where_it_belongs(library):
    wrong = [
        f"{path} includes <{header}>"
        for path, text in sources()
        for header in OTHER_INCLUDE.findall(text)
        if header.startswith(library) and not may(path, LIBRARIES[library])
    ]
    assert wrong == []


@pytest.mark.parametrize("words", sorted(DOORS))
def test_the_outside_world_comes_in_by_its_doors(words):
    wrong = [f"{path}: {found.group(0)}" for path, text in sources() for found in re.finditer(words, text)
             if not may(path, DOORS[words])]
    assert wrong == []


def test_only_the_store_writes_sql():
    wrong = [str(path) for path, text in sources() if SQL.search(text) and folder_of(path) not in ("store", "db")]
    assert wrong == []


def test_the_public_headers_include_nothing_of_src():
    wrong = [
        f"{path.name} includes {header}"
        for path in sorted(PUBLIC.rglob("*.hpp"))
        for header in OUR_INCLUDE.findall(without_comments(path.read_text()))
        if not header.startswith("iamlocal/")
    ]
    assert wrong == []


def test_files_are_short_enough_to_read():
    """A file past 500 lines asks to be split by resource; tables of data are not read from top to bottom."""
    long = {
        str(path): count
        for path, _ in sources()
        if (count := len((SOURCE / path).read_text().splitlines())) > 500 and "data" not in path.parts
    }
    assert long == {}
