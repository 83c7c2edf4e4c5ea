"""Builds with other options than ours can be configured."""

import json
import pathlib
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).parents[2]


@pytest.mark.skipif(not shutil.which("cmake") or not shutil.which("ninja"), reason="cmake or ninja is not here")
def test_a_build_without_xmlsec1(tmp_path):
    off = [f"-DIAMLOCAL_{name}=OFF" for name in ("SAML", "TESTS", "BENCHMARKS")]
    ended = subprocess.run(["cmake", "-G", "Ninja", "-S", ROOT, "-B", tmp_path, "-DCMAKE_BUILD_TYPE=Release", *off],
                           capture_output=True, text=True, timeout=300)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    commands = json.loads((tmp_path / "compile_commands.json").read_text())
    compiled = {pathlib.Path(command["file"]).name for command in commands if "/src/xmldsig/" in command["file"]}
    assert compiled == {"absent.cpp"}
