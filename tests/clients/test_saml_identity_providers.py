"""Built-in SAML identity providers, `iamlocal assertion`, and one of somebody else (samlify): AssumeRoleWithSAML takes what
they write."""

import base64
import datetime
import json
import os
import pathlib
import stat
import subprocess

import pytest

import saml
import support
from support import (ACCOUNT, Caller, allow, answer_of, call, clean_environment, of_credentials, policy, refused, send, trust)

HERE = pathlib.Path(__file__).parent
ROLE = saml.arn("role", "sso")
PROVIDER = saml.arn("saml-provider", "corp")
ACTIONS = ["sts:AssumeRoleWithSAML", "sts:TagSession", "sts:SetSourceIdentity"]


def ask(server, method, path, body=None):
    text = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
    return server.http(method, "/_iamlocal/saml" + path, {"Content-Type": "application/json"}, text)


def done(answer):
    assert answer.status == 200, (answer.status, answer.text)
    return answer.json()


def refusal(answer, status):
    assert answer.status == status, answer.text
    assert set(answer.json()) == {"error"}
    return answer.json()["error"]


def declare(server, name="corp"):
    return done(ask(server, "PUT", f"/{name}", {}))


def mint(server, **wish):
    return done(ask(server, "POST", "/corp/response", wish))["response"]


def register(root, metadata, **more):
    members = [("Name", "corp"), ("SAMLMetadataDocument", metadata), *more.items()]
    answer = send(root.server, call("iam", "CreateSAMLProvider", *members), key=root.key, secret=root.secret)
    assert answer.status == 200, answer.text


@pytest.fixture
def corp(root):
    """A provider of the server's own, registered, with a role that trusts it."""
    declare(root.server)
    register(root, ask(root.server, "GET", "/corp/metadata").text)
    root.role("sso", [trust({"Federated": PROVIDER}, ACTIONS)], allow("iam:ListUsers"))


def login(sts, response, role=ROLE, provider=PROVIDER, **more):
    return answer_of(sts.assume_role_with_saml(RoleArn=role, PrincipalArn=provider, SAMLAssertion=response, **more))


# Routes ----------------------------------------------------------------------------------------------------------------


def test_declared_shown_and_removed(server):
    assert done(ask(server, "GET", "")) == {"identity_providers": []}
    shown = declare(server)
    assert set(shown) == {"name", "entity_id", "metadata", "certificate"}
    assert (shown["name"], shown["entity_id"]) == ("corp", "urn:iamlocal:saml:corp")
    assert declare(server) == shown, "it stays as it is"
    assert done(ask(server, "GET", "/corp")) == shown
    other = declare(server, "Other_2")
    assert other["certificate"] != shown["certificate"]
    assert done(ask(server, "GET", "")) == {"identity_providers": [other, shown]}
    metadata = ask(server, "GET", "/corp/metadata")
    assert metadata.headers["content-type"] == "application/samlmetadata+xml"
    assert 'entityID="urn:iamlocal:saml:corp"' in metadata.text
    assert "".join(shown["certificate"].splitlines()[1:-1]) in metadata.text
    assert done(ask(server, "DELETE", "/corp")) == {"status": "ok"}
    for method, path in (("GET", "/corp"), ("DELETE", "/corp"), ("GET", "/corp/metadata"), ("POST", "/corp/response")):
        assert "declare it with PUT" in refusal(ask(server, method, path, {}), 404)


def test_paths_and_names(server):
    declare(server)
    for method, path in (("GET", "/corp/x"), ("PUT", "/corp/x"), ("POST", "/corp"), ("POST", "/corp/x"), ("DELETE", "/corp/x")):
        assert refusal(ask(server, method, path, {}), 404)
    for name in ("a.b", "a%20b", "x" * 65, "%C3%A4"):
        assert "1 to 64 letters" in refusal(ask(server, "PUT", f"/{name}", {}), 400)
    assert refusal(ask(server, "PATCH", "/corp", {}), 405)


@pytest.mark.parametrize(("body", "why"), [
    (b"", "no object of JSON"), (b"[]", "no object of JSON"), (b"{" * 1000, "no object of JSON"),
    ({"roles": "x"}, "there is no member roles"), ({"role": 1}, "role is a text"), ({"role": "x"}, "role is the ARN of a role"),
    ({"subject": "a\0b"}, "a character that XML cannot have"), ({"expires_in": "soon"}, "expires_in is a number of seconds"),
    ({"expires_in": 10 ** 15}, "expires_in is a number of seconds"), ({"tags": []}, "tags is an object"),
    ({"tags": {"a": 1}}, "tags is a text"), ({"attributes": {"a": [1]}}, "attributes is a text"),
    ({"sign": "x"}, "sign is assertion"),
    ({"encrypt_for": "x"}, "a certificate in PEM"), (b'{"subject":"' + b"x" * 65536 + b'"}', "larger than 64 KiB"),
])
def test_bad_wishes(server, body, why):
    declare(server)
    assert why in refusal(ask(server, "POST", "/corp/response", body), 400)


def test_encryption_needs_an_rsa_key(server):
    declare(server)
    pem = saml.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "/dev/null",
                       "-subj", "/CN=x").decode()
    assert "an RSA key" in refusal(ask(server, "POST", "/corp/response", {"encrypt_for": pem}), 400)


def test_reset_forgets_them(server):
    declare(server)
    server.post("/_iamlocal/reset?account=" + ACCOUNT)
    assert done(ask(server, "GET", "/corp"))
    server.reset()
    assert refusal(ask(server, "GET", "/corp"), 404)


def test_they_survive_a_restart(start, tmp_path):
    folder = ("--data-dir", str(tmp_path / "data"))
    server = start(*folder)
    shown = declare(server)
    register(Caller(server), ask(server, "GET", "/corp/metadata").text)
    Caller(server).role("sso", [trust({"Federated": PROVIDER}, ACTIONS)])
    assert server.stop() == 0
    server = start(*folder)
    assert done(ask(server, "GET", "/corp")) == shown
    assert login(Caller(server).sts, mint(server, role=ROLE))["Subject"] == "alice"
    assert b"PRIVATE KEY" not in support.kept_in(tmp_path / "data")


def test_without_a_test_bench_there_are_none(start):
    server = start("--testbench", "off")
    assert ask(server, "GET", "").status == 403
    assert ask(server, "PUT", "/corp", {}).status == 403


# Responses -------------------------------------------------------------------------------------------------------------


def test_a_response_is_good(root, sts, corp):
    answer = login(sts, mint(root.server, role=ROLE))
    assert answer["Subject"] == "alice" and answer["SubjectType"] == "persistent"
    assert answer["Issuer"] == "urn:iamlocal:saml:corp"
    assert answer["Audience"] == "https://signin.aws.amazon.com/saml"
    of_credentials(root.server, answer["Credentials"]).iam.list_users()


def test_everything_that_can_be_wished(root, sts, corp):
    root.iam.put_role_policy(RoleName="sso", PolicyName="inline", PolicyDocument=policy(allow("iam:ListRoles", Condition={
        "StringEquals": {"aws:PrincipalTag/team": "b lue", "aws:SourceIdentity": "bob.x", "saml:sub": "bob"}})))
    root.iam.update_assume_role_policy(RoleName="sso", PolicyDocument=policy(trust({"Federated": PROVIDER}, ACTIONS, Condition={
        "ForAnyValue:StringEquals": {"saml:edupersonaffiliation": "staff"}, "StringEquals": {"saml:aud": "https://x"}})))
    response = mint(root.server, role=[ROLE, ROLE + "2"], session_name="bob", subject="bob", recipient="https://x", audience="y",
                    subject_format="urn:x", duration=900, source_identity="bob.x", tags={"team": "b lue"},
                    transitive_tags=["team"], attributes={"urn:oid:1.3.6.1.4.1.5923.1.1.1.1": ["x", "staff"]})
    answer = login(sts, response)
    assert (answer["SubjectType"], answer["Audience"], answer["SourceIdentity"]) == ("urn:x", "https://x", "bob.x")
    left = answer["Credentials"]["Expiration"] - datetime.datetime.now(datetime.timezone.utc)
    assert 880 < left.total_seconds() <= 900
    session = of_credentials(root.server, answer["Credentials"])
    assert session.arn().endswith("/sso/bob")
    session.iam.list_roles()
    assert 100 < (login(sts, mint(root.server, role=ROLE, recipient="https://x", session_expires_in="2m",
                                  attributes={"urn:oid:1.3.6.1.4.1.5923.1.1.1.1": "staff"}))["Credentials"]["Expiration"]
                  - datetime.datetime.now(datetime.timezone.utc)).total_seconds() <= 120


def test_bad_responses_can_be_wished_too(root, sts, corp):
    with refused("ExpiredTokenException", 400, "Response has expired"):
        login(sts, mint(root.server, role=ROLE, expires_in=-1))
    for sign in ("nothing", "response"):
        with refused("InvalidIdentityToken", 400, pattern="mandatory signature"):
            login(sts, mint(root.server, role=ROLE, sign=sign))
    assert login(sts, mint(root.server, role=ROLE, sign="both"))["Subject"] == "alice"
    with refused("InvalidIdentityToken", 400, "RoleSessionName is required in AuthnResponse"):
        login(sts, mint(root.server, role=ROLE, session_name=""))
    with refused("AccessDenied", 403, "Not authorized to perform sts:AssumeRoleWithSAML"):
        login(sts, mint(root.server, role=ROLE, subject=""))
    with refused("InvalidIdentityToken", 400, pattern="^SAML Assertion doesn't contain"):
        login(sts, mint(root.server, role=ROLE, provider=PROVIDER + "x"))


def test_encrypted_responses(root, sts, corp):
    update = [("SAMLProviderArn", PROVIDER), ("AssertionEncryptionMode", "Required"), ("AddPrivateKey", saml.key(9).pem)]
    assert send(root.server, call("iam", "UpdateSAMLProvider", *update)).status == 200
    certificate = f"-----BEGIN CERTIFICATE-----\n{saml.key(9).certificate}\n-----END CERTIFICATE-----\n"
    assert login(sts, mint(root.server, role=ROLE, encrypt_for=certificate))["Subject"] == "alice"
    assert login(sts, mint(root.server, role=ROLE, encrypt_for=certificate, sign="both"))["Subject"] == "alice"
    with refused("InvalidIdentityToken", 400, pattern="^Invalid base64 SAMLResponse"):
        login(sts, mint(root.server, role=ROLE))


def test_the_document_is_what_is_encoded(server):
    declare(server)
    answer = done(ask(server, "POST", "/corp/response", {"role": ROLE}))
    assert base64.b64decode(answer["response"]).decode() == answer["document"]
    assert f'ID="{answer["assertion_id"]}"' in answer["document"]


# The command -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def run(server, tmp_path):
    def run_program(*arguments):
        return subprocess.run([support.BINARY, "assertion", *arguments], cwd=tmp_path, text=True, capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=60, env=clean_environment({"AWS_ENDPOINT_URL": server.url}))

    return run_program


def test_the_command(root, sts, run, tmp_path):
    metadata = run("corp", "--metadata")
    assert (metadata.returncode, metadata.stderr) == (0, ""), metadata.stderr
    register(root, metadata.stdout)
    root.role("sso", [trust({"Federated": PROVIDER}, ACTIONS)], allow("iam:ListUsers", Condition={
        "StringEquals": {"aws:PrincipalTag/team": "blue"}}))
    printed = run("corp", "--role", ROLE)
    assert (printed.returncode, printed.stderr) == (0, "")
    assert login(sts, printed.stdout)["Subject"] == "alice"
    made = run("corp", "--role", ROLE, "--role", ROLE + "2", "--session-name", "bob", "--subject", "b@corp", "--tag", "team=blue",
               "--transitive-tag", "team", "--attribute", "urn:oid:2.5.4.3=Bob", "--duration", "15m", "--source-identity", "bob",
               "-o", "response")
    assert (made.returncode, made.stdout, made.stderr) == (0, "", "")
    assert stat.S_IMODE(os.stat(tmp_path / "response").st_mode) == 0o600
    answer = login(sts, (tmp_path / "response").read_text())
    assert (answer["Subject"], answer["SourceIdentity"]) == ("b@corp", "bob")
    of_credentials(root.server, answer["Credentials"]).iam.list_users()


@pytest.mark.parametrize(("arguments", "why"), [
    ((), "NAME"), (("corp", "--role", "x"), "role is the ARN of a role"), (("a b",), "1 to 64 letters"),
    (("corp", "--tag", "x"), "--tag: 'x' is not name=value"), (("corp", "--attribute", "=x"), "is not name=value"),
    (("corp", "--expires-in", "soon"), "expires_in is a number of seconds"), (("corp", "--sign", "x"), "--sign"),
    (("corp", "--endpoint", "http://127.0.0.1:1"), "127.0.0.1"),
])
def test_complaints(run, arguments, why):
    ran = run(*arguments)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("iamlocal assertion: ")
    assert why in ran.stderr


# Somebody else's -------------------------------------------------------------------------------------------------------


def samlify(number=1, **more):
    """What samlify writes."""
    key = saml.key(number)
    pem = f"-----BEGIN CERTIFICATE-----\n{key.certificate}\n-----END CERTIFICATE-----\n"
    given = {"entity": "https://samlify.example.com", "key": key.pem, "certificate": pem, "role": ROLE, "provider": PROVIDER,
             "name": "alice", "signMessage": False, **more}
    ended = subprocess.run(["node", str(HERE / "js/saml_idp.mjs")], input=json.dumps(given), capture_output=True, text=True,
                           timeout=60, env=clean_environment())
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


@pytest.fixture
def elsewhere(root):
    written = samlify()
    register(root, written["metadata"] + f"<!--{'x' * 1000}-->")
    root.role("sso", [trust({"Federated": PROVIDER}, ACTIONS, Condition={
        "StringEquals": {"saml:aud": saml.SIGN_IN, "aws:RequestTag/Team": "blue / green"}})])
    return written


def test_samlify(root, sts, elsewhere):
    answer = login(sts, elsewhere["response"])
    assert (answer["Subject"], answer["Issuer"]) == ("alice", "https://samlify.example.com")
    assert login(sts, samlify(signMessage=True)["response"])["Subject"] == "alice"


def test_forgeries_of_samlify(root, sts, elsewhere):
    document = base64.b64decode(elsewhere["response"]).decode()
    assertion = saml.cut(document, "<saml:Assertion ", "</saml:Assertion>")
    evil = saml.change(saml.change(assertion, ">alice<", ">admin<"), ' ID="', ' ID="_evil')
    forged = [
        saml.change(document, ">alice<", ">admin<"),
        saml.change(document, assertion, evil + assertion),
        saml.change(document, assertion, saml.change(evil, "</saml:Assertion>", assertion + "</saml:Assertion>")),
        saml.change(document, saml.cut(document, "<ds:Signature ", "</ds:Signature>"), ""),
        base64.b64decode(samlify(2)["response"]).decode(),
        document[:-9],
    ]
    for text in forged:
        with refused("InvalidIdentityToken", 400):
            login(sts, saml.encoded(text))


@pytest.mark.parametrize("algorithm", [
    "http://www.w3.org/2001/04/xmlenc#aes128-cbc", "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
    "http://www.w3.org/2009/xmlenc11#aes128-gcm",
])
def test_samlify_encrypts(root, sts, elsewhere, algorithm):
    update = [("SAMLProviderArn", PROVIDER), ("AddPrivateKey", saml.key(9).pem)]
    assert send(root.server, call("iam", "UpdateSAMLProvider", *update)).status == 200
    pem = f"-----BEGIN CERTIFICATE-----\n{saml.key(9).certificate}\n-----END CERTIFICATE-----\n"
    written = samlify(encryptFor=pem, dataAlgorithm=algorithm)
    assert "EncryptedAssertion" in base64.b64decode(written["response"]).decode()
    assert login(sts, written["response"])["Subject"] == "alice"
