"""README's snippets, as a new user runs them: one after the other, in one shell."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest

import support

README = (support.REPOSITORY / "README.md").read_text()
MODULES = pathlib.Path(__file__).parent / "js/node_modules"
USUAL = "127.0.0.1:4566"


def blocks(language):
    """The code blocks from the first request on; those before install and build."""
    text = README[README.index("## To a first AssumeRole"):]
    return [match[1] for match in re.finditer(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)]


@pytest.fixture
def here(start, tmp_path):
    """A server at an address of its own, `iamlocal` on the path, and README's address replaced by it."""
    server = start()
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "iamlocal").symlink_to(support.BINARY)
    environment = support.clean_environment({"AWS_ENDPOINT_URL": server.url,
                                             "PATH": f"{programs}:{os.environ['PATH']}", "TMPDIR": str(tmp_path)})

    def run(*arguments, text, folder=tmp_path):
        return subprocess.run(arguments, input=text.replace(USUAL, f"{server.host}:{server.port}"), capture_output=True,
                              text=True, timeout=120, env=environment, cwd=folder)

    run.server = server
    return run


def test_the_snippets_run_in_one_shell_and_leave_it_as_it_was(here):
    snippets = blocks("sh")
    assert len(snippets) >= 4
    # What they set up is compared before and after; a mark stands between what each of them prints.
    state = "{ set; declare -f; alias; pwd; } | grep -v '^\\(_\\|BASH_LINENO\\|PIPESTATUS\\|LINENO\\|RANDOM\\|SECONDS\\|EPOCH\\|FUNCNAME\\|BASH\\)'"
    parts = [f"{snippet}\necho \"== $?\"" for snippet in snippets]
    script = "\n".join([f"before=$({state} | grep -v ^before)", *parts, f"after=$({state} | grep -v '^\\(before\\|after\\)')",
                        'if [ "$before" = "$after" ]; then echo same; else diff <(echo "$before") <(echo "$after"); fi'])
    ended = here("bash", text=script)
    assert ended.stdout.rstrip().endswith("same"), ended.stdout[-2000:] + ended.stderr
    complaints = [line for line in ended.stderr.splitlines() if line and not line.startswith("  %") and "--:--" not in line]
    assert len([line for line in complaints if "AccessDenied" in line]) == 1, complaints
    for told in ("AssumedRoleUser", "DENIED (implicit deny): iam:ListUsers", "implicitDeny iam:ListUsers", '"status":"ok"',
                 "ALLOWED: s3:GetObject", "2 passed, 0 failed"):
        assert told in ended.stdout, (told, ended.stdout, ended.stderr)


def test_the_explanation_is_what_is_printed(here):
    assert here("bash", text=blocks("sh")[0]).returncode != 0
    shown = next(text for text in blocks("") if text.startswith("Decision "))
    printed = subprocess.run([support.BINARY, "why", "--endpoint", here.server.url], capture_output=True, text=True,
                             env=support.clean_environment())
    headline, _, explanation = shown.partition("\n\n")
    assert headline.endswith(", enforcement enforce") and printed.stdout.startswith("Decision "), printed.stdout
    assert explanation in printed.stdout, printed.stdout


def test_the_python_snippet_runs_after_the_shell(here):
    here("bash", text=blocks("sh")[0])
    (snippet,) = blocks("python")
    ended = here("/usr/bin/python3", "-", text=snippet)
    assert ended.returncode == 0, ended.stderr
    assert "user/bob" in ended.stdout


@pytest.mark.skipif(not shutil.which("node") or not MODULES.is_dir(), reason="needs node and the SDK, which scripts/test gets")
def test_the_javascript_snippet_runs_in_an_empty_folder(here, tmp_path):
    here("bash", text=blocks("sh")[0])
    folder = tmp_path / "empty"
    folder.mkdir()
    (folder / "node_modules").symlink_to(MODULES)  # what npm install leaves there
    (snippet,) = blocks("js")
    name = re.search(r"`node (\S+)`", README)[1]
    (folder / name).write_text(snippet.replace(USUAL, f"{here.server.host}:{here.server.port}"))
    ended = here("node", name, text="", folder=folder)
    assert ended.returncode == 0, ended.stderr
    assert "assumed-role/release/first" in ended.stdout


def test_no_page_sets_a_variable_of_ours_that_is_none():
    """Variables that begin with IAMLOCAL_ stop the start where they are no setting."""
    known = subprocess.run([support.BINARY, "--print-config"], capture_output=True, text=True,
                           env=support.clean_environment()).stdout
    settings = {"IAMLOCAL_" + line.split()[0].upper().replace("-", "_") for line in known.splitlines()}
    settings |= {name + "_FILE" for name in settings} | {"IAMLOCAL_LAB"}
    for page in [support.REPOSITORY / "README.md", *(support.REPOSITORY / "docs").rglob("*.md")]:
        for block in re.findall(r"^```.*?^```$", page.read_text(), re.M | re.S):
            for name in re.findall(r"\b(?<!-D)(IAMLOCAL_[A-Z_]+)\s*[=:]", block):
                assert name in settings, (page.name, name)
