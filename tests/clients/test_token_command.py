"""`iamlocal token`: mints a token with a built-in issuer into a file that AWS's SDKs read."""

import os
import shlex
import stat

import pytest

from commands import run  # noqa: F401 (a fixture)
from issuers import ask, declare, discovery_of, done, parts, verified


@pytest.fixture
def token(server, run):
    """Runs the command with the server as its endpoint."""

    def run_token(*arguments, env=None):
        return run("token", *arguments, env={"AWS_ENDPOINT_URL": server.url, **(env or {})})

    return run_token


def minted(ran):
    assert (ran.status, ran.err) == (0, ""), ran.err
    assert ran.out.endswith("\n") and ran.out.count("\n") == 1
    return parts(ran.out.strip())


def complaint(ran):
    assert (ran.status, ran.out) == (2, ""), ran.out
    assert ran.err.startswith("iamlocal token: ") and ran.err.endswith("\n")
    return ran.err[len("iamlocal token: "):-1]


def test_a_preset_declares_its_issuer_when_it_is_needed(server, token):
    ran = token("--preset", "github", "--claim", "repository=octo/app", "--claim", "environment=prod")
    header, claims = minted(ran)
    assert claims["sub"] == "repo:octo/app:environment:prod" and claims["aud"] == "sts.amazonaws.com"
    assert verified(server, ran.out.strip(), discovery_of("github"), "sts.amazonaws.com") == claims
    shown = done(ask(server, "GET", "/github"))
    assert shown["preset"] == "github" and shown["keys"][0]["kid"] == header["kid"]
    # The second time it is there, with its key.
    assert minted(token("--preset", "github"))[0] == header
    assert minted(token("github"))[0] == header


def test_an_issuer_of_a_name(server, token):
    assert minted(token("ci", "--issuer", "https://idp.example.com/ci"))[1]["iss"] == "https://idp.example.com/ci"
    assert minted(token("cluster", "--preset", "eks"))[1]["sub"] == "system:serviceaccount:default:default"
    assert {one["name"] for one in done(ask(server, "GET", ""))["issuers"]} == {"ci", "cluster"}


def test_claims_and_options(server, token):
    declare(server, "ci", kid="mine")
    header, claims = minted(token("ci", "--claim", "n=1", "--claim", "admin:=true", "--claim", "nbf:=null", "--subject", "me",
                                "--audience", "a", "--audience", "b", "--expires-in", "15m", "--algorithm", "PS256"))
    assert header == {"kid": "mine", "typ": "JWT", "alg": "PS256"}
    assert (claims["n"], claims["admin"], claims["sub"], claims["aud"]) == ("1", True, "me", ["a", "b"])
    assert claims["exp"] - claims["iat"] == 900 and "nbf" not in claims
    header, claims = minted(token("ci", "--audience", "a", "--expires-in=-60", "--kid", "other"))
    assert header["kid"] == "other" and claims["aud"] == "a" and claims["exp"] - claims["iat"] == -60


def test_a_file_for_the_sdks(server, token, tmp_path):
    ran = token("--preset", "eks", "-o", "it's a token")
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
    assert token("eks", "-o", str(path)).status == 0
    assert path.stat().st_ino != before and stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() != first
    assert os.listdir(tmp_path) == [path.name]


def test_files_that_cannot_be_written(server, token, tmp_path):
    declare(server, "ci", algorithm="ES256")
    (tmp_path / "folder").mkdir()
    assert complaint(token("ci", "-o", "nowhere/token")) == "nowhere/token cannot be written: No such file or directory"
    assert complaint(token("ci", "-o", "folder")) == "folder cannot be written: Is a directory"
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
def test_what_is_wrong_is_said(token, arguments, words):
    assert complaint(token(*arguments)) == words


def test_options_that_the_server_refuses(server, token):
    declare(server, "ci", algorithm="ES256")
    assert complaint(token("ci", "--expires-in", "soon")).startswith("expires_in is a number of seconds, or a duration")
    assert complaint(token("ci", "--algorithm", "none")).startswith("algorithm is one of")
    assert "cannot sign with RS256" in complaint(token("ci", "--algorithm", "RS256"))
    assert complaint(token("ci", "--preset", "eks")) == "the issuer ci is there already, with another preset: none"
    assert complaint(token("ci", "--issuer", "https://a")).startswith("the issuer ci is there already, with another issuer: http")


def test_no_server(token):
    words = complaint(token("--preset", "eks", env={"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}))
    assert words == "nobody answers at 127.0.0.1:1 (http://127.0.0.1:1)"
    assert complaint(token("ci", "--endpoint", "here")) == "--endpoint: 'here' is no http:// or https:// address"


def test_help(token):
    ran = token("--help")
    assert ran.status == 0 and ran.err == ""
    for words in ("Examples:", "--preset github", "AWS_WEB_IDENTITY_TOKEN_FILE", "0 there is a token, 2 there is none"):
        assert words in ran.out
    assert max(map(len, ran.out.splitlines())) <= 90
