"""scripts/run with a compiler that has more warnings than ours. cmake and ninja are stand-ins that write down their calls."""

import os
import pathlib
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).parents[2]

CMAKE = """#!/bin/sh
echo "cmake $*" >>calls
mkdir -p build/release
touch build/release/build.ninja
case "$*" in *WERROR=OFF*) echo IAMLOCAL_WERROR:BOOL=OFF >build/release/CMakeCache.txt ;; esac
"""
NINJA = """#!/bin/sh
echo ninja >>calls
if [ -f broken ]; then echo "FAILED: g++ -Werror"; cat broken; exit 1; fi
if [ -f warned ] && grep -q BOOL=ON build/release/CMakeCache.txt; then echo "FAILED: g++ -Werror"; cat warned; exit 1; fi
printf '#!/bin/sh\\necho "serving $*"\\n' >build/release/iamlocal
chmod +x build/release/iamlocal
"""


@pytest.fixture
def checkout(tmp_path):
    (tmp_path / "scripts").mkdir()
    (tmp_path / "bin").mkdir()
    shutil.copy(ROOT / "scripts/run", tmp_path / "scripts/run")
    for path, text in {"bin/cmake": CMAKE, "bin/ninja": NINJA, "scripts/install-dependencies": "#!/bin/sh\n"}.items():
        (tmp_path / path).write_text(text)
        (tmp_path / path).chmod(0o755)
    return tmp_path


def configured_by_test(checkout):
    (checkout / "build/release").mkdir(parents=True)
    (checkout / "build/release/build.ninja").touch()
    (checkout / "build/release/CMakeCache.txt").write_text("IAMLOCAL_WERROR:BOOL=ON\n")


def run(checkout):
    environment = {**os.environ, "PATH": f"{checkout / 'bin'}:{os.environ['PATH']}"}
    ended = subprocess.run(["scripts/run", "--testbench"], cwd=checkout, env=environment, capture_output=True, text=True, timeout=30)
    calls = (checkout / "calls").read_text().splitlines()
    return ended.returncode, ended.stdout, [call.split()[0] for call in calls]


def test_a_first_run_configures_without_errors_of_warnings(checkout):
    (checkout / "warned").write_text("x.cpp:1:1: error: unused [-Werror=unused-variable]\n")
    assert run(checkout) == (0, "serving --testbench\n", ["cmake", "ninja"])
    assert "WERROR=OFF" in (checkout / "calls").read_text()


def test_what_scripts_test_has_built_is_not_built_again(checkout):
    configured_by_test(checkout)
    assert run(checkout) == (0, "serving --testbench\n", ["ninja"])


@pytest.mark.parametrize("warning", ["unused [-Werror=unused-variable]", "unused [-Werror,-Wunused-variable]"])
def test_a_warning_does_not_keep_it_from_serving(checkout, warning):
    configured_by_test(checkout)
    (checkout / "warned").write_text(f"x.cpp:1:1: error: {warning}\n")
    assert run(checkout) == (0, "serving --testbench\n", ["ninja", "cmake", "ninja"])
    assert run(checkout) == (0, "serving --testbench\n", ["ninja", "cmake", "ninja", "ninja"])


def test_an_error_is_reported_at_once(checkout):
    configured_by_test(checkout)
    (checkout / "broken").write_text("x.cpp:1:1: error: expected ';'\n")
    status, served, calls = run(checkout)
    assert (status, served, calls) == (1, "", ["ninja"])
