"""The dependency rule of docs/architecture.md: which folder of src/ may include which, and who may see what outside."""

import pathlib
import re

import pytest

SOURCE = pathlib.Path(__file__).parents[2] / "src"
PUBLIC = pathlib.Path(__file__).parents[2] / "include"


def arrows(source):
    """What each folder links, as its CMakeLists.txt says; only folders of ours."""
    found = {}
    for path in source.rglob("CMakeLists.txt"):
        for name, links in re.findall(r"iamlocal_library\((\w+).*?\n\s*LINKS ([^)]*)\)", path.read_text(), re.S):
            found[name] = (str(path.parent.relative_to(source)), links.split())
    folders = {library: folder for library, (folder, _) in found.items()}
    links = {folder: set() for folder in folders.values()}
    for folder, names in found.values():
        links[folder] |= {folders[name] for name in names if name in folders} - {folder}
    return links


# The dependency rule: what a folder may include is what it links, and what that links.
ARROWS = arrows(SOURCE)

# Headers of libraries (by prefix) and the folders, or files, that may include them.
LIBRARIES = {
    "boost/": ["http"],
    "sqlite3.h": ["db"],
    "libpq-fe.h": ["db"],
    "openssl/": ["base", "http"],
    "nlohmann/": [
        "analysis", "auth", "base/instances.hpp", "base/json_text.cpp", "base/json_text.hpp", "federation", "foreign", "metadata",
        "signin", "policy", "admin", "testbench", "seed", "tools", "trail", "transfer", "app/operations.cpp", "app/release.cpp",
        "protocol/model_printer.cpp",
        "protocol/model_printer.hpp",
    ],
    "yaml-cpp/": ["tools", "tree"],
    "pugixml.hpp": ["federation", "tools", "trail"],
    "CLI/": ["cli", "tools"],
    "utf8proc": ["api", "policy"],
    "zlib.h": ["base", "catalogue"],
    "lzma.h": ["catalogue"],
    "liboath/": ["base"],
    "qrencode.h": ["base"],
    "libxml/": ["xmldsig"],
    "xmlsec/": ["xmldsig"],
}

# Time, randomness and the environment come in by the constructor; these are the doors.
DOORS = {
    r"\bsystem_clock::now\b": ["base/clock.cpp"],
    r"\b(std::rand|rand|srand|random_device|mt19937\w*)\b\s*[({]": ["base/entropy.cpp"],
    # OpenSSL's own variables decide there whether others are looked for.
    r"\bgetenv\b|\benviron\b": ["main.cpp", "http/authorities.cpp"],
    r"\bstd::regex\b|#include <regex>": [],
    # For standard input.
    r"#include <iostream>|\bstd::cout\b": ["main.cpp", "tools/input.cpp"],
}

SQL = re.compile(r'"\s*(SELECT\s|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|CREATE\s+TABLE\s)')
OUR_INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
OTHER_INCLUDE = re.compile(r"^\s*#\s*include\s+<([^>]+)>", re.M)


def sees(folder, links):
    seen, waiting = {folder}, list(links[folder])
    while waiting:
        next_folder = waiting.pop()
        if next_folder not in seen:
            seen.add(next_folder)
            waiting += links[next_folder]
    return seen


def without_comments(text):
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    return re.sub(r"(^|\s)//.*", "", text)


def sources(source=SOURCE):
    for path in sorted(source.rglob("*")):
        if path.suffix in (".cpp", ".hpp"):
            yield path.relative_to(source), without_comments(path.read_text())


def folder_of(path, links=ARROWS):
    """The folder that is a library: the deepest one with arrows."""
    return next((str(parent) for parent in path.parents if str(parent) in links), "")


def may(path, allowed):
    return any(str(path) == place or folder_of(path) == place for place in allowed)


def broken_rules(source, folder):
    """What a folder includes that it does not link, and what it links and does not include."""
    links = arrows(source)
    allowed, unused, wrong = sees(folder, links), set(links[folder]), []
    for path, text in sources(source):
        if folder_of(path, links) != folder:
            continue
        for header in OUR_INCLUDE.findall(text):
            target = folder_of(pathlib.Path(header), links)
            unused.discard(target)
            if header.startswith("iamlocal/"):  # the public headers: those who implement or fill them know them
                if folder not in ("cli", "emulator", "engine"):
                    wrong.append(f"{path} includes {header}")
            elif target not in allowed:
                wrong.append(f"{path} includes {header}")
    return wrong + [f"{folder} links {link} and includes nothing of it" for link in sorted(unused)]


def test_every_folder_has_its_place():
    outside = {str(path) for path, _ in sources() if len(path.parts) > 1 and not folder_of(path)}
    assert outside == {"standalone/start.cpp"}, "only the other link of the program is no library"
    listed = re.search(r"^set\(folders ([^)]*)\)", (SOURCE.parent / "CMakeLists.txt").read_text(), re.M)[1].split()
    assert sorted(listed) == sorted(ARROWS)
    assert all(folder not in sees(link, ARROWS) for folder, links in ARROWS.items() for link in links), "a circle"
    files = {str(path) for path, _ in sources() if len(path.parts) == 1}
    assert files <= {"main.cpp"}


@pytest.mark.parametrize("folder", sorted(ARROWS))
def test_a_folder_includes_only_what_is_below_it_and_links_what_it_includes(folder):
    assert broken_rules(SOURCE, folder) == []


@pytest.mark.parametrize(
    ("links", "includes", "wrong"),
    [
        ("LINKS middle", "middle/m.hpp", []),
        ("LINKS middle", "low/l.hpp", ["top/t.cpp includes low/l.hpp", "top links middle and includes nothing of it"]),
        ("LINKS low", "middle/m.hpp", ["top/t.cpp includes middle/m.hpp", "top links low and includes nothing of it"]),
        ("LINKS Threads::Threads", "middle/m.hpp", ["top/t.cpp includes middle/m.hpp"]),
        ("LINKS low", "iamlocal/policy.hpp", ["top/t.cpp includes iamlocal/policy.hpp",
                                              "top links low and includes nothing of it"]),
    ],
)
def test_a_wrong_arrow_is_seen(tmp_path, links, includes, wrong):
    for folder, text in (("low", "LINKS x::x"), ("middle", "LINKS x::x"), ("top", links)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "CMakeLists.txt").write_text(f"iamlocal_library({folder} HOT\n  SOURCES a.cpp\n  {text})\n")
    (tmp_path / "top" / "t.cpp").write_text(f'#include "{includes}"\n')
    assert broken_rules(tmp_path, "top") == wrong


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


@pytest.mark.parametrize(("library", "place"), [(library, place) for library, places in LIBRARIES.items() for place in places])
def test_who_may_see_a_library_does(library, place):
    assert any(header.startswith(library) for path, text in sources() if may(path, [place])
               for header in OTHER_INCLUDE.findall(text))


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


def test_answers_mark_their_secrets():
    """An element of an answer that sounds like a secret is written with AnswerWriter::secret, so that no record of the trail
    has it."""
    sounding = re.compile(r'\btext\([^;]*?"(\w*(?:Secret|Password|Seed|PrivateKey|QRCode|Token)\w*)"')
    # A session token is good for nothing without its key, and AWS records it; the other is a name.
    open_elements = {"SessionToken", "SubjectFromWebIdentityToken"}
    wrong = [f"{path}: {name}" for path, text in sources() if folder_of(path) in ("iam", "sts")
             for name in sounding.findall(text) if name not in open_elements]
    assert wrong == []
    marked = {name for path, text in sources() if folder_of(path) in ("iam", "sts")
              for call in re.findall(r"\bsecret\(([^;]*?)\);", text) for name in re.findall(r'"(\w+)"', call)}
    assert marked >= {"SecretAccessKey", "Base32StringSeed", "QRCodePNG", "ServicePassword", "ServiceCredentialSecret",
                      "WebIdentityToken"}
