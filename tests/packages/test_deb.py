"""The Debian package: what is in it, how it is installed, runs and goes again, and what its completions offer."""

import gzip
import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest

import machines
import shells

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
DIST = pathlib.Path(os.environ.get("IAMLOCAL_DIST", REPOSITORY / "dist"))
LIBRARIES = REPOSITORY / "build/packages/program/libraries.json"
PAGE = REPOSITORY / "docs/install/deb.md"
UNIT = "lib/systemd/system/iamlocal.service"


def run(*command, expect=0, **options):
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120,
                           **options)
    assert ended.returncode == expect, (command, ended.returncode, ended.stdout[-5000:])
    return ended.stdout


@pytest.fixture(scope="module")
def package():
    found = list(DIST.glob("iamlocal_*.deb"))
    assert len(found) == 1, f"scripts/package makes one: {found}"
    return found[0]


@pytest.fixture(scope="module")
def tree(package, tmp_path_factory):
    """The files of the package, not installed."""
    folder = tmp_path_factory.mktemp("tree")
    run("dpkg-deb", "-x", package, folder)
    return folder


@pytest.fixture(scope="module")
def program(tree):
    return tree / "usr/bin/iamlocal"


@pytest.fixture
def machine(package, tmp_path):
    """One that has the package at /package.deb."""
    if why := machines.missing():
        pytest.skip(why)
    made = machines.Machine(tmp_path / "machine")
    shutil.copy(package, made.upper / "package.deb")
    yield made
    made.close()


# What is in it -------------------------------------------------------------------------------------------------------


def test_it_depends_on_nothing(package):
    fields = dict(line.split(": ", 1) for line in run("dpkg-deb", "-f", package).splitlines() if not line.startswith(" "))
    assert fields["Package"] == "iamlocal" and fields["Recommends"] == "ca-certificates"
    assert not {"Depends", "Pre-Depends", "Conflicts"} & fields.keys()
    assert fields["Version"].startswith(package.name.split("_")[1])
    assert f"_{fields['Architecture']}.deb" in package.name


def test_the_program_runs_where_nothing_else_is(tree):
    if os.geteuid() != 0:
        pytest.skip("needs root, who may change the root")
    if os.environ.get("IAMLOCAL_PROGRAM"):
        pytest.skip("the package was made of another program than the one for any Linux")
    assert run("chroot", tree, "/usr/bin/iamlocal", "--version").startswith("iamlocal ")


def test_two_runs_give_the_same_bytes(package, program, tmp_path):
    environment = {**os.environ, "IAMLOCAL_PROGRAM": str(program), "IAMLOCAL_DIST": str(tmp_path), "TZ": "Asia/Tokyo", "LANG": "C"}
    environment.pop("IAMLOCAL_LIBRARIES", None)
    if LIBRARIES.exists() and not os.environ.get("IAMLOCAL_PROGRAM"):
        environment["IAMLOCAL_LIBRARIES"] = str(LIBRARIES)
    run(REPOSITORY / "scripts/package", "deb", env=environment)
    assert (tmp_path / package.name).read_bytes() == package.read_bytes()


def test_lintian_finds_no_errors(package, tree):
    """Nor unexplained overrides."""
    if not shutil.which("lintian"):
        pytest.skip("lintian is not here: apt-get install lintian")
    said = run("lintian", "--allow-root", "--fail-on", "error", package)
    assert "E: " not in said, said
    overrides = (tree / "usr/share/lintian/overrides/iamlocal").read_text().splitlines()
    assert all(line.startswith("#") or overrides[place - 1].startswith(("#", "iamlocal: ")) for place, line in enumerate(overrides))
    assert overrides[0].startswith("# ")


def test_the_licences_of_what_is_linked_in(tree):
    text = (tree / "usr/share/doc/iamlocal/copyright").read_text()
    assert "License: Apache-2.0" in text
    if not LIBRARIES.exists() or os.environ.get("IAMLOCAL_PROGRAM"):
        pytest.skip("the program's libraries are not listed here")
    listed = json.loads(LIBRARIES.read_text())
    assert len(listed) > 5
    for library in listed:
        assert f"{library['name']} {library['version']}\n" in text
        assert pathlib.Path(library["copyright"]).read_text(errors="replace").strip() in text, library["name"]


def test_licences_come_from_the_list(tmp_path):
    (tmp_path / "zlib").write_text("This software is provided 'as-is'\n")
    (tmp_path / "list").write_text(json.dumps([{"name": "zlib", "version": "1.2.13", "license": "Zlib", "source": "zlib_1.2.13.dsc",
                                                "homepage": "https://zlib.net", "copyright": str(tmp_path / "zlib")}]))
    said = run(REPOSITORY / "scripts/packages/deb/copyright.py", REPOSITORY / "LICENSE", tmp_path / "list")
    assert "\nzlib 1.2.13\nLicence: Zlib\nHomepage: https://zlib.net\nSource: zlib_1.2.13.dsc\n" in said
    assert said.endswith("\n\nThis software is provided 'as-is'\n")


def test_the_changelogs(tree):
    folder = tree / "usr/share/doc/iamlocal"
    assert gzip.decompress((folder / "changelog.gz").read_bytes()) == (REPOSITORY / "CHANGELOG.md").read_bytes()
    assert run("dpkg-parsechangelog", "-l", folder / "changelog.Debian.gz", "-S", "Source") == "iamlocal\n"


# The manual page -----------------------------------------------------------------------------------------------------


def commands_of(program):
    """The words of each command, and what the left column of its help has: an own reading, by the look of a line."""
    def asked(*words):
        return run(program, *words, "--help", env={})

    def left(text, heading):
        listed = re.search(rf"^{heading}.*?:?\n((?:  .*\n)+)", text, re.M)[1]
        return re.findall(r"^  ([a-z]\S*)", listed, re.M)

    main = left(asked(), "Commands, each")
    found = [()] + [(word,) for word in main if word != "help"]
    found += [("policy", word) for word in left(asked("policy"), r"Usage: .*\n")]
    return {words: re.findall(r"^  (?:-\w, ?)?(--[\w-]+)", asked(*words), re.M) for words in found}


@pytest.fixture(scope="module")
def commands(program):
    found = commands_of(program)
    assert len(found) > 15 and len(found[()]) > 40 and found["policy", "check"] and found["simulate",]
    return found


def test_the_manual_page_is_well_made_and_whole(tree, commands, tmp_path):
    page = tmp_path / "iamlocal.1"
    page.write_bytes(gzip.decompress((tree / "usr/share/man/man1/iamlocal.1.gz").read_bytes()))
    warned = subprocess.run(["man", "--warnings", "-l", page], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True, env={**shells.ENVIRONMENT, "MANWIDTH": "200", "MANPAGER": "cat", "GROFF_NO_SGR": "1"})
    assert warned.returncode == 0 and warned.stderr == ""
    text = re.sub(r".\x08", "", warned.stdout)
    for words, options in commands.items():
        # Each command has a section of its own, with its options; those that are the server's have them there.
        heading = "OPTIONS OF THE SERVER" if not words else "IAMLOCAL " + " ".join(words).upper()
        if words and options == commands[()]:
            continue
        section = re.search(rf"^{heading}\n(.*?)(?=^\S)", text, re.M | re.S)
        assert section, heading
        for option in options:
            assert re.search(rf"^ +(?:-\w, )?(?:--[\w-]+, )?{option}\b", section[1], re.M), (words, option)
    if shutil.which("mandoc"):
        assert run("mandoc", "-Tlint", page) == ""


# Completions ---------------------------------------------------------------------------------------------------------

CHOICES = {"iamlocal --log-level ": {"error", "warn", "info", "debug"}, "iamlocal serve --testbench ": {"auto", "on", "off"},
           "iamlocal validate --format ": {"text", "json", "sarif"}, "iamlocal policy diff --format ": {"text", "json"},
           "iamlocal policy ": {"generate", "diff", "check"}, "iamlocal --workers 3 export --format ": {"yaml", "json", "terraform"},
           "iamlocal token --preset ": {"github", "eks", "gitlab", "cognito", "cognito-user-pool"}}
FILES = ("iamlocal --seed ", "iamlocal validate ", "iamlocal policy check --no-new-access ", "iamlocal simulate --policy ",
         "iamlocal policy diff --format json one.json ", "iamlocal export -o ")
NO_FILES = ("iamlocal --workers ", "iamlocal why ", "iamlocal decisions ")


@pytest.fixture
def folder(tmp_path):
    """Where somebody types."""
    (tmp_path / "here/data").mkdir(parents=True)
    (tmp_path / "here/one.json").write_text("{}")
    return tmp_path / "here"


def check_offers(offers, commands):
    """`offers` gives what is offered for each of some lines."""
    lines = [" ".join(["iamlocal", *words, "--"]) for words in commands]
    for (words, options), offered in zip(commands.items(), offers(lines)):
        assert set(options) <= set(offered), (words, set(options) - set(offered))
    # What the choices are is the program's word.
    for (line, choices), offered in zip(CHOICES.items(), offers(list(CHOICES))):
        assert choices == set(offered), line
    main = {words[0] for words in commands if words} | {"help"}
    first, asked = offers(["iamlocal ", "iamlocal help "])
    assert set(first) == main and set(asked) == main
    for line, offered in zip(FILES, offers(list(FILES))):
        assert "one.json" in offered, (line, offered)
    for line, offered in zip(NO_FILES, offers(list(NO_FILES))):
        assert "one.json" not in offered, (line, offered)
    (offered,) = offers(["iamlocal --data-dir "])
    assert {word.rstrip("/") for word in offered} == {"data"}


def test_bash_completes(tree, commands, folder):
    script = tree / "usr/share/bash-completion/completions/iamlocal"

    def offers(lines):
        return shells.bash(script, [line.split(" ") for line in lines], folder)

    check_offers(offers, commands)
    # bash takes an equals sign for a word.
    given = [["iamlocal", "--log-level", "=", "w"], ["iamlocal", "--log-level", "="], ["iamlocal", "simulate", "--scp", "2", "=", "o"]]
    assert shells.bash(script, given, folder) == [["warn"], ["error", "warn", "info", "debug"], ["one.json"]]


def test_zsh_completes(tree, commands, folder):
    if not shutil.which("zsh"):
        pytest.skip("zsh is not here: apt-get install zsh")
    zsh = shells.Zsh(tree / "usr/share/zsh/vendor-completions/_iamlocal", folder)
    check_offers(lambda lines: [zsh.offers(line) for line in lines], commands)
    zsh.close()


def test_fish_completes(tree, commands, folder):
    if not shutil.which("fish"):
        pytest.skip("fish is not here: apt-get install fish")
    script = tree / "usr/share/fish/vendor_completions.d/iamlocal.fish"
    check_offers(lambda lines: shells.fish(script, lines, folder), commands)


# Installed -----------------------------------------------------------------------------------------------------------

INSTALL = "dpkg --force-unsafe-io -i"


def test_it_is_installed_upgraded_and_purged_and_nothing_is_started(machine):
    """With a systemctl that notes what it is asked for."""
    machine.put("usr/bin/systemctl", '#!/bin/sh\necho "$*" >>/asked\ncase "$*" in *is-active*|*is-enabled*) exit 0 ;; esac\n', 0o755)
    prepare = "mkdir -p /run/systemd/system; : >/asked\n"
    said = machine.run(prepare + f"""
        {INSTALL} /package.deb
        dpkg -V iamlocal
        systemd-analyze --man=no verify iamlocal.service 2>&1 | sed 's/^/verify: /'
        /usr/bin/iamlocal --version
        find /etc -name 'iamlocal.service'
        grep -v is-enabled /asked | sed 's/^/asked: /'""")
    assert "\niamlocal " in said and "verify:" not in said and "/etc/systemd" not in said
    assert re.findall(r"asked: (.*)", said) == ["--system daemon-reload"]

    # One that somebody has enabled, and that runs, gets the new program, and keeps its settings.
    said = machine.run(prepare + f"""
        mkdir -p /etc/systemd/system/multi-user.target.wants
        ln -s /{UNIT} /etc/systemd/system/multi-user.target.wants/
        echo IAMLOCAL_WORKERS=1 >>/etc/default/iamlocal
        {INSTALL} /package.deb
        tail -n 1 /etc/default/iamlocal
        sed 's/^/asked: /' /asked""")
    assert "IAMLOCAL_WORKERS=1" in said and "asked: try-restart iamlocal.service" in said, said
    assert not re.search(r"asked: (?!try-)(re)?start|asked: enable", said), said

    # Removing stops it and keeps what it kept; purging removes that.
    said = machine.run(prepare + """
        mkdir -p /var/lib/private/iamlocal
        ln -s private/iamlocal /var/lib/iamlocal
        : >/var/lib/iamlocal/iamlocal.db
        dpkg --force-unsafe-io -r iamlocal
        ls /var/lib/private/iamlocal /etc/default/iamlocal
        sed 's/^/asked: /' /asked
        dpkg --force-unsafe-io -P iamlocal
        find /etc /usr /lib/systemd /var -xdev -iname '*iamlocal*' | sed 's/^/left: /'""")
    assert "iamlocal.db" in said and "/etc/default/iamlocal" in said and "asked: stop iamlocal.service" in said, said
    # dpkg's own notes on what was there are in /var/lib/dpkg until then, too.
    assert "left:" not in said, said


def test_the_service_runs(machine):
    """With systemd, and all that the unit forbids: it is ready when it is started, keeps what it is told, and ends."""
    machine.run(f"{INSTALL} /package.deb")
    said = machine.boot("""
        url=http://127.0.0.1:4566
        systemctl start iamlocal
        curl -fsS $url/readyz
        ps -o user= -p $(systemctl show iamlocal -p MainPID --value)
        curl -fsS -X PUT $url/_iamlocal/seed -d '{"accounts": {"000000000000": {"users": {"alice": {}}}}}'
        stat -c '%a %U' /var/lib/private/iamlocal/iamlocal.db /var/lib/private/iamlocal
        systemctl restart iamlocal
        curl -fsS $url/_iamlocal/seed | grep -c alice
        # The seed that it is to read has one more user by now.
        echo '{"accounts": {"000000000000": {"users": {"bob": {}}}}}' >/seed.json
        chmod 644 /seed.json
        echo IAMLOCAL_SEED=/seed.json >>/etc/default/iamlocal
        systemctl restart iamlocal
        curl -fsS $url/_iamlocal/seed | grep -oE 'bob|carol' | sort -u
        echo '{"accounts": {"000000000000": {"users": {"bob": {}, "carol": {}}}}}' >/seed.json
        systemctl reload iamlocal
        for _ in $(seq 50); do curl -fsS $url/_iamlocal/seed | grep -o 'carol' | head -n 1 | grep . && break; sleep 0.1; done
        # One that dies comes again.
        systemctl kill -s KILL iamlocal
        for _ in $(seq 50); do sleep 0.1; curl -fsS $url/readyz && break; done
        systemctl show iamlocal -p NRestarts
        systemctl stop iamlocal
        systemctl show iamlocal -p Result -p ExecMainStatus
        curl -sS $url/readyz || echo nobody is there
        # Settings that are wrong are wrong once.
        echo IAMLOCAL_LISTEN=nonsense >>/etc/default/iamlocal
        systemctl start iamlocal || sleep 0.5
        systemctl show iamlocal -p Result -p ExecMainStatus -p NRestarts
    """)
    assert said.count('"status":"running"') == 2 and "\niamlocal\n" in said and "600 iamlocal\n700 iamlocal\n" in said, said
    assert "\nbob\ncarol\n" in said, said
    stopped, _, wrong = said.partition("nobody is there")
    assert {"NRestarts=1", "Result=success", "ExecMainStatus=0"} <= set(stopped.splitlines()), said
    assert {"Result=exit-code", "ExecMainStatus=2", "NRestarts=0"} <= set(wrong.splitlines()), said


def test_the_unit_forbids_what_it_can(tree):
    said = run("systemd-analyze", "security", "--offline=yes", "--no-pager", "--threshold=15", tree / UNIT)
    assert "Overall exposure level" in said
    # Only loopback is listened on, unless the file of settings says otherwise.
    settings = (tree / "etc/default/iamlocal").read_text()
    assert [line for line in settings.splitlines() if line and not line.startswith("#")] == ["IAMLOCAL_DATA_DIR=/var/lib/iamlocal"]


def test_the_settings_that_are_proposed_are_settings(tree, program):
    proposed = re.findall(r"^#?(IAMLOCAL_\w+)=", (tree / "etc/default/iamlocal").read_text(), re.M)
    settings = {"IAMLOCAL_" + line.split()[0].upper().replace("-", "_")
                for line in run(program, "--print-config", env={}).splitlines()}
    assert len(proposed) > 3 and set(proposed) <= settings


# The page ------------------------------------------------------------------------------------------------------------


def blocks():
    return re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(), re.M | re.S)


def test_the_page_on_installing(package, machine):
    """Its commands, one after the other, on a machine with systemd; apt-get, which wants to ask, is dpkg there."""
    machine.put("usr/local/bin/sudo", '#!/bin/sh\nexec "$@"\n', 0o755)
    machine.put("usr/local/bin/apt-get", '#!/bin/sh\ncase $1 in install) exec dpkg --force-unsafe-io -i "$2" ;; '
                'purge) exec dpkg --force-unsafe-io -P "$2" ;; esac\nexit 1\n', 0o755)
    assert len(blocks()) >= 4
    script = "\n".join(blocks())
    said = machine.boot(f"export PATH=/usr/local/bin:$PATH SYSTEMD_EDITOR=true\nmkdir -p /home/somebody\ncd /home/somebody\n"
                        f"cp /package.deb {package.name}\n{script}\nls -d /var/lib/iamlocal /var/lib/private/iamlocal /etc/default/iamlocal 2>&1 || true")
    assert '"status":"running"' in said and said.count("No such file or directory") == 3, said
