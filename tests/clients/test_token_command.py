"""`iamlocal token`: mints a token with a built-in issuer into a file that AWS's SDKs read."""

import os
import shlex
import stat
import subprocess

import pytest

import support
from issuers import ask, declare, discovery_of, done, parts, verified


class Ran:
    def __init__(self, completed):
        self.status, self.out, self.err = completed.returncode, completed.stdout, completed.stderr


@pytest.fixture
def run(server, tmp_path):
    """Runs the command in a folder of its own, with the server as its endpoint."""

    def run_program(*arguments, env=None):
        return Ran(subprocess.run([support.BINARY, "token", *arguments], cwd=tmp_path, text=True, capture_output=True,
                                  stdin=subprocess.DEVNULL, timeout=60,
                                  env=support.clean_environment({"AWS_ENDPOINT_URL": server.url, **(env or {})})))

    return run_program


def minted(ran):
    assert (ran.status, ran.err) == (0, ""), ran.err
    assert ran.out.endswith("\n") and ran.out.count("\n") == 1
    return parts(ran.out.strip())


def complaint(ran):
    assert (ran.status, ran.out) == (2, ""), ran.out
    assert ran.err.startswith("iamlocal token: ") and ran.err.endswith("\n")
    return ran.err[len("iamlocal token: "):-1]


def test_a_preset_declares_its_issuer_when_it_is_needed(server, run):
    ran = run("--preset", "github", "--claim", "repository=octo/app", "--claim", "environment=prod")
    header, claims = minted(ran)
    assert claims["sub"] == "repo:octo/app:environment:prod" and claims["aud"] == "sts.amazonaws.com"
    assert verified(server, ran.out.strip(), discovery_of("github"), "sts.amazonaws.com") == claims
    shown = done(ask(server, "GET", "/github"))
    assert shown["preset"] == "github" and shown["keys"][0]["kid"] == header["kid"]
    # The second time it is there, with its key.
    assert minted(run("--preset", "github"))[0] == header
    assert minted(run("github"))[0] == header


def test_an_issuer_of_a_name(server, run):
    assert minted(run("ci", "--issuer", "https://idp.example.com/ci"))[1]["iss"] == "https://idp.example.com/ci"
    assert minted(run("cluster", "--preset", "eks"))[1]["sub"] == "system:serviceaccount:default:default"
    assert {one["name"] for one in done(ask(server, "GET", ""))["issuers"]} == {"ci", "cluster"}


def test_claims_and_options(server, run):
    declare(server, "ci", kid="mine")
    header, claims = minted(run("ci", "--claim", "n=1", "--claim", "admin:=true", "--claim", "nbf:=null", "--subject", "me",
                                "--audience", "a", "--audience", "b", "--expires-in", "15m", "--algorithm", "PS256"))
    assert header == {"kid": "mine", "typ": "JWT", "alg": "PS256"}
    assert (claims["n"], claims["admin"], claims["sub"], claims["aud"]) == ("1", True, "me", ["a", "b"])
    assert claims["exp"] - claims["iat"] == 900 and "nbf" not in claims
    header, claims = minted(run("ci", "--audience", "a", "--expires-in=-60", "--kid", "other"))
    assert header["kid"] == "other" and claims["aud"] == "a" and claims["exp"] - claims["iat"] == -60


def test_a_file_for_the_sdks(server, run, tmp_path):
    ran = run("--preset", "eks", "-o", "it's a token")
    assert (ran.status, ran.err) == (0, "")
    path = tmp_path / "it's a token"
    assert shlex.split(ran.out) == ["export", f"AWS_WEB_IDENTITY_TOKEN_FILE={path}"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    first = path.read_text()
    # As it is: SDKs do not cut a line end.
    assert first == first.strip()
    verified(server, first, discovery_of("eks"), "sts.amazonaws.com")
    # Another one is put in its place, whatever mode that had.
    path.chmod(0o644)
    before = path.stat().st_ino
    assert run("eks", "-o", str(path)).status == 0
    assert path.stat().st_ino != before and stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() != first
    assert os.listdir(tmp_path) == [path.name]


def test_files_that_cannot_be_written(server, run, tmp_path):
    declare(server, "ci", algorithm="ES256")
    (tmp_path / "folder").mkdir()
    assert complaint(run("ci", "-o", "nowhere/token")) == "nowhere/token cannot be written: No such file or directory"
    assert complaint(run("ci", "-o", "folder")) == "folder cannot be written: Is a directory"
    assert os.listdir(tmp_path) == ["folder"]


@pytest.mark.parametrize("arguments, words", [
    ([], "the name of an issuer is needed, or a --preset"),
    (["ci"], "there is no issuer of this name; declare it with PUT"),
    (["--preset", "GitHub"], "preset is one of cognito, cognito-user-pool, eks, github, gitlab"),
    (["ci", "--issuer", "idp.example.com"], "issuer is an address such as https://idp.example.com/path, without a query or the "
                                            "port 443"),
    (["ci", "--claim", "sub"], "--claim: 'sub' is neither name=text nor name:=JSON"),
    (["ci", "--claim", "sub:=x"], "--claim: the value of sub is no JSON"),
    (["ci", "--claim", "a=1", "--claim", "a=2"], "--claim: a is given twice"),
    (["ci", "--claim", "sub=a", "--subject", "b"], "--claim sub is given twice, in two ways"),
    (["ci", "--claim", b"a=\xff"], "the claims are not UTF-8"),
    (["a/b", "--preset", "eks"], "the name of an issuer has 1 to 64 letters, digits and -_"),
    (["ci", "--subjekt", "b"], "'--subjekt' is no argument of this command; did you mean --subject?"),
    (["ci", "--subject", ""], "--subject must not be empty"),
])
def test_what_is_wrong_is_said(run, arguments, words):
    assert complaint(run(*arguments)) == words


def test_options_that_the_server_refuses(server, run):
    declare(server, "ci", algorithm="ES256")
    assert complaint(run("ci", "--expires-in", "soon")).startswith("expires_in is a number of seconds, or a duration")
    assert complaint(run("ci", "--algorithm", "none")).startswith("algorithm is one of")
    assert "cannot sign with RS256" in complaint(run("ci", "--algorithm", "RS256"))
    assert complaint(run("ci", "--preset", "eks")) == "the issuer ci is there already, with another preset: none"
    assert complaint(run("ci", "--issuer", "https://a")).startswith("the issuer ci is there already, with another issuer: http")


def test_no_server(run):
    words = complaint(run("--preset", "eks", env={"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}))
    assert words == "nobody answers at 127.0.0.1:1 (http://127.0.0.1:1)"
    assert complaint(run("ci", "--endpoint", "here")) == "--endpoint: 'here' is no http:// or https:// address"


def test_help(run):
    ran = run("--help")
    assert ran.status == 0 and ran.err == ""
    for words in ("Examples:", "--preset github", "AWS_WEB_IDENTITY_TOKEN_FILE", "0 there is a token, 2 there is none"):
        assert words in ran.out
    assert max(map(len, ran.out.splitlines())) <= 90
