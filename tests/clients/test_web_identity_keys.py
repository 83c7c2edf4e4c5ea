"""Where the keys of identity providers come from: files, discovery over TLS and on this machine; and what providers that are
dead, slow or hostile can do."""

import concurrent.futures
import http.client
import json
import pathlib
import re
import subprocess
import time
import types

import pytest

import support
import trail
from support import ACCOUNT, OTHER_ACCOUNT, Caller, allow, clean_environment, policy, refused
from web_identity import NO_KEY, Key, Publisher, assume, claims_of, key_set, signed, web_trust

FIRST = Key("first")
SECOND = Key("second", name="second")
THIRD = Key("third", "ES256")
UNREACHABLE = "The identity provider that was asked to verify the incoming identity token could not be reached."


@pytest.fixture
def publish():
    """Starts providers, which end with the test."""
    started = []

    def start_publisher(*keys, **how):
        started.append(Publisher(*(keys or (FIRST,)), **how))
        return started[-1]

    yield start_publisher
    for publisher in started:
        publisher.close()


def known(root, provider, thumbprints=(), role="web"):
    """Makes the provider and a role that trusts it; the role's ARN."""
    arn = root.iam.create_open_id_connect_provider(
        Url="https://" + provider.name, ClientIDList=["client"], ThumbprintList=list(thumbprints))["OpenIDConnectProviderArn"]
    return root.role(role, [web_trust(arn)])


def token(provider, key=FIRST, header=None, **claims):
    return signed(key, claims_of(provider.issuer, **claims), header)


def no_key():
    return refused("InvalidIdentityToken", 400, NO_KEY)


def discovery_path(provider):
    return f"{provider.path}/.well-known/openid-configuration"


# On this machine ------------------------------------------------------------------------------------------------------


def test_keys_are_discovered_and_kept(server, root, publish):
    provider = publish(path="/realms/test")
    made = known(root, provider)
    for _ in range(3):
        assert assume(server, token(provider), made)["Provider"].endswith("/realms/test")
    assert provider.asked == ["/realms/test/.well-known/openid-configuration", "/realms/test/keys"]


def test_an_issuer_with_a_slash_at_its_end(server, root, publish):
    provider = publish()
    provider.issuer += "/"
    provider.discovery(jwks_uri=provider.issuer + "keys?v=1&x=%20")
    provider.answers["/keys?v=1&x=%20"] = json.dumps(key_set(FIRST)).encode()
    assume(server, token(provider), known(root, provider))


def test_many_who_come_at_once_ask_once(server, root, publish):
    provider = publish()
    made = known(root, provider)
    waiting = []

    def slow(handler):
        waiting.append(1)
        provider.release.wait(20)
        del provider.answers[discovery_path(provider)]
        provider.respond(handler)

    provider.answers[discovery_path(provider)] = slow
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(assume, server, token(provider), made, f"session-{n}") for n in range(8)]
        wait_until(lambda: waiting)
        # Whoever needs no key goes on meanwhile.
        assert root.arn().endswith(":root")
        provider.release.set()
        for answer in asked:
            answer.result()
    assert len(provider.asked) == 2


def wait_until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_keys_rotate(server, root, publish):
    provider = publish(FIRST)
    made = known(root, provider)
    assume(server, token(provider), made)
    provider.keys = [FIRST, SECOND]
    assume(server, token(provider, SECOND), made)
    assume(server, token(provider), made)
    provider.keys = [SECOND, THIRD]
    assume(server, token(provider, THIRD), made)
    with no_key():
        assume(server, token(provider, FIRST), made)
    # The same id for another key: the old one counts until the keys are fetched again.
    provider.keys = [Key("second", name="impostor")]
    assume(server, token(provider, SECOND), made)


def test_unknown_key_ids_ask_at_a_bounded_rate(server, root, publish):
    provider = publish(FIRST)
    made = known(root, provider)
    assume(server, token(provider), made)
    for number in range(60):
        with no_key():
            assume(server, token(provider, header={"kid": f"forged-{number}"}), made)
    # Two questions a time: five at once, and one every five seconds.
    assert len(provider.asked) <= 2 * 7
    assume(server, token(provider), made)


def test_a_reset_forgets_keys(server, root, publish):
    provider = publish(FIRST)
    assume(server, token(provider), known(root, provider))
    server.reset()
    provider.keys = [SECOND]
    made = known(root, provider)
    with no_key():
        assume(server, token(provider, FIRST), made)
    assume(server, token(provider, SECOND), made)


def test_a_provider_that_comes_late(server, root, publish):
    provider = publish()
    provider.close()
    made = known(root, provider)
    with refused("IDPCommunicationError", 400, UNREACHABLE):
        assume(server, token(provider), made)
    assert "the keys of an identity provider cannot be had" in server.log()
    again = publish()
    made = known(root, again, role="later")
    again.answers[discovery_path(again)] = (503, {}, b"starting")
    with no_key():
        assume(server, token(again), made)
    again.answers.clear()
    assume(server, token(again), made)


def test_a_dead_providers_keys_serve_on(server, root, publish):
    provider = publish()
    made = known(root, provider)
    assume(server, token(provider), made)
    provider.close()
    assume(server, token(provider), made)
    with no_key():
        assume(server, token(provider, header={"kid": "new"}), made)


# Providers that mean no good ------------------------------------------------------------------------------------------


def endless(handler):
    """Sends for as long as it is listened to."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b" " * 65536)
    except OSError:
        handler.close_connection = True


def many_headers(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    try:
        while True:
            handler.wfile.write(b"X-Header: " + b"x" * 60000 + b"\r\n")
    except OSError:
        handler.close_connection = True


def not_http(handler):
    handler.wfile.write(b"SSH-2.0-OpenSSH_9\r\n")
    handler.close_connection = True


def cut_off(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"keys\":")
    handler.close_connection = True


def keys_of(*keys, **more):
    return json.dumps({**key_set(*keys), **more}).encode()


VERY_MANY_VALUES = b'{"keys":[' + b",".join([b"{}"] * 340_000) + b"]}"
BAD_KEYS = {
    "an endless body": endless,
    "a length beyond all bounds": (200, {"Content-Length": "99999999999"}, b"{"),
    "endless headers": many_headers,
    "another protocol": not_http,
    "cut off": cut_off,
    "two mebibytes": keys_of(FIRST, padding="x" * (2 << 20)),
    "hundreds of keys": keys_of(*[FIRST.jwk(kid=f"key{number}") for number in range(101)]),
    "no JSON": b"<html></html>",
    "nested beyond reason": b'{"keys":' + b"[" * 400_000,
    "very many values": VERY_MANY_VALUES,
    "a NUL behind the end": keys_of(FIRST) + b"\0",
    "no list": b'{"keys":{}}',
    "a list alone": b"[]",
    "an error": (500, {}, keys_of(FIRST)),
    "moved": (302, {"Location": "/other-keys"}, b""),
    "moved for good, with keys": (301, {"Location": "/other-keys"}, keys_of(FIRST)),
    "no content": (204, {}, b""),
}


@pytest.mark.parametrize("name", BAD_KEYS)
def test_bad_keys(server, root, publish, name):
    provider = publish()
    provider.answers["/keys"] = BAD_KEYS[name]
    provider.answers["/other-keys"] = keys_of(FIRST)
    made = known(root, provider)
    with no_key():
        assume(server, token(provider), made)
    assert "/other-keys" not in provider.asked, "no redirect is followed"
    provider.answers.clear()
    assume(server, token(provider), made)


def test_what_providers_say_takes_little_memory(start, publish):
    server = start()
    root = Caller(server)
    for number in range(6):
        provider = publish()
        provider.answers["/keys"] = VERY_MANY_VALUES
        made = known(root, provider, role=f"web{number}")
        with no_key():
            assume(server, token(provider), made)
    status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    assert int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) < 100_000


@pytest.mark.parametrize("document", [
    {"issuer": "https://accounts.google.com"}, {"issuer": None}, {"jwks_uri": None}, {"jwks_uri": ""}, {"jwks_uri": 7},
    {"jwks_uri": "file:///etc/passwd"}, {"jwks_uri": "ftp://127.0.0.1/keys"}, {"jwks_uri": "/keys"},
    {"jwks_uri": "http://user:secret@127.0.0.1/keys"}, {"jwks_uri": "http://127.0.0.1/\r\nX: y"},
    {"jwks_uri": "http://10.255.255.1/keys"}, {"jwks_uri": "http://169.254.169.254/latest/meta-data"},
    {"jwks_uri": "https://192.168.0.1/keys"}, {"jwks_uri": "https://[fd00::1]/keys"}, {"jwks_uri": "http://93.184.216.34/keys"},
    {"jwks_uri": "http://0.0.0.0/keys"}, {"jwks_uri": "http://[::ffff:10.0.0.1]/keys"}, {"jwks_uri": "gopher://x"},
])
def test_bad_discovery(server, root, publish, document):
    provider = publish()
    provider.discovery(**document)
    made = known(root, provider)
    with no_key():
        assume(server, token(provider), made)
    provider.answers.clear()
    assume(server, token(provider), made)


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys"])
def test_a_slow_provider_is_not_waited_for(server, root, publish, path):
    """It takes the five seconds that AWS gives a provider."""
    provider = publish()
    provider.answers[path] = lambda handler: provider.release.wait(30)
    made = known(root, provider)
    began = time.monotonic()
    with no_key():
        assume(server, token(provider), made)
    assert 4 < time.monotonic() - began < 10


def test_a_provider_that_drips_is_not_waited_for(server, root, publish):
    provider = publish()

    def drip(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not provider.release.wait(0.05):
            handler.wfile.write(b" ")

    provider.answers["/keys"] = drip
    made = known(root, provider)
    began = time.monotonic()
    with no_key():
        assume(server, token(provider), made)
    assert time.monotonic() - began < 10


def test_a_slow_provider_holds_up_nobody_else(server, root, publish):
    """Seven hang; meanwhile everybody else is answered, and another provider's keys are fetched."""
    slow = [publish() for _ in range(7)]
    roles = []
    for number, provider in enumerate(slow):
        provider.answers[discovery_path(provider)] = lambda handler, p=provider: p.release.wait(30)
        roles.append(known(root, provider, role=f"slow{number}"))
    fine = publish()
    made = known(root, fine)
    with concurrent.futures.ThreadPoolExecutor(len(slow) * 4) as pool:
        hanging = [pool.submit(assume, server, token(provider), role, f"session-{n}")
                   for provider, role in zip(slow, roles) for n in range(4)]
        wait_until(lambda: all(provider.asked for provider in slow))
        began = time.monotonic()
        assume(server, token(fine), made)
        for _ in range(50):
            root.iam.list_users()
        # What else is slow has threads of its own.
        root.iam.simulate_custom_policy(PolicyInputList=[policy(allow("s3:*"))], ActionNames=["s3:GetObject"])
        assert time.monotonic() - began < 3
        for provider in slow:
            provider.release.set()
        for answer in hanging:
            with refused("InvalidIdentityToken", 400):
                answer.result()


def test_the_server_stops_while_a_provider_hangs(start, publish):
    server = start("--drain-timeout", "1")
    provider = publish()
    provider.answers[discovery_path(provider)] = lambda handler: provider.release.wait(30)
    made = known(Caller(server), provider)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        asked = pool.submit(assume, server, token(provider), made)
        wait_until(lambda: provider.asked)
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 4
        assert asked.exception() is not None


def test_who_has_left_is_not_waited_for(server, root, publish):
    provider = publish()
    provider.answers[discovery_path(provider)] = lambda handler: provider.release.wait(30)
    made = known(root, provider)
    body = support.form(support.call("sts", "AssumeRoleWithWebIdentity", RoleArn=made, RoleSessionName="left",
                                     WebIdentityToken=token(provider)))
    for _ in range(20):
        connection = http.client.HTTPConnection(server.host, server.port, timeout=20)
        connection.request("POST", "/", body, {"Content-Type": "application/x-www-form-urlencoded"})
        connection.close()
    wait_until(lambda: provider.asked)
    provider.release.set()
    provider.answers.clear()
    wait_until(lambda: succeeds(server, provider, made))


def succeeds(server, provider, made):
    try:
        assume(server, token(provider), made)
        return True
    except Exception:
        return False


# Settings -------------------------------------------------------------------------------------------------------------


def test_nobody_is_asked_beyond_what_the_setting_says(start, publish):
    provider = publish()
    server = start("--oidc-network", "public")
    made = known(Caller(server), provider)
    with no_key():
        assume(server, token(provider), made)
    assert provider.asked == []
    assert "is at no address that may be asked" in server.log()
    server = start("--oidc-network", "loopback")
    assume(server, token(provider), known(Caller(server), provider))


def test_a_server_for_others_asks_nobody_on_this_machine(start, publish):
    """It could be made to read what only this machine may."""
    provider = publish()
    server = start("--listen", "0.0.0.0:0", "--testbench", "on")
    made = known(Caller(server), provider)
    with no_key():
        assume(server, token(provider), made)
    assert provider.asked == []
    server = start("--listen", "0.0.0.0:0", "--testbench", "on", "--oidc-network", "any")
    assume(server, token(provider), known(Caller(server), provider))


def test_keys_from_a_file_are_never_fetched(start, publish, tmp_path):
    provider = publish(FIRST)
    file = tmp_path / "keys.json"
    file.write_text(json.dumps(key_set(SECOND)))
    server = start("--oidc-jwks", f"{provider.issuer}={file}")
    made = known(Caller(server), provider)
    assume(server, token(provider, SECOND), made)
    with no_key():
        assume(server, token(provider, FIRST), made)
    assert provider.asked == []


@pytest.mark.parametrize(("flags", "sentence"), [
    (["--oidc-jwks", "nonsense"], "--oidc-jwks: 'nonsense' is not ISSUER=FILE, the issuer with https:// or http://"),
    (["--oidc-jwks", "https://x="], "--oidc-jwks: 'https://x=' is not ISSUER=FILE, the issuer with https:// or http://"),
    (["--oidc-jwks", "https://x=/none"], "the keys of https://x cannot be read from '/none'"),
    (["--oidc-jwks", "https://x=/proc/self/status"], "'/proc/self/status' is no JSON Web Key Set"),
    (["--oidc-ca-file", "/none"], "'/none' cannot be read"),
    (["--oidc-network", "everywhere"], "--oidc-network: 'everywhere' is not auto, public, loopback or any"),
    (["--oidc-http", "always"], "--oidc-http: 'always' is not loopback or anywhere"),
])
def test_settings_that_cannot_be(flags, sentence):
    ended = subprocess.run([support.BINARY, "--listen", "127.0.0.1:0", *flags], capture_output=True, text=True, timeout=20,
                           env=clean_environment())
    assert ended.returncode in (1, 2)
    assert sentence in ended.stderr


# TLS ------------------------------------------------------------------------------------------------------------------


class Certificates:
    """An authority, one below it, and servers' certificates, made with the program openssl."""

    def __init__(self, folder):
        self.folder = folder
        self.root = self.make("root", None, "basicConstraints=critical,CA:TRUE")
        self.middle = self.make("middle", self.root, "basicConstraints=critical,CA:TRUE")

    def make(self, name, issuer, extension, days=30, chain=()):
        key, file = self.folder / f"{name}.key", self.folder / f"{name}.pem"
        request, extensions = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        extensions.write_text(extension + "\n")
        self.run("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={name}",
                 "-keyout", key, "-out", request)
        by = ["-signkey", key] if issuer is None else ["-CA", issuer.file, "-CAkey", issuer.key_file, "-CAcreateserial"]
        self.run("x509", "-req", "-in", request, *by, "-days", str(days), "-extfile", extensions, "-out", file)
        chain_file = self.folder / f"{name}.chain"
        chain_file.write_text("".join(path.read_text() for path in (file, *[one.file for one in chain])))
        thumbprint = self.run("x509", "-in", file, "-noout", "-fingerprint", "-sha1").partition("=")[2].replace(":", "").strip()
        return types.SimpleNamespace(file=file, key_file=key, chain_file=chain_file, thumbprint=thumbprint)

    def server(self, name, host="localhost", days=30):
        return self.make(name, self.middle, f"subjectAltName=DNS:{host}", days, chain=[self.middle])

    @staticmethod
    def run(*arguments):
        ended = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, timeout=60)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("certificates"))


def test_a_provider_that_an_authority_certifies(start, publish, certificates):
    provider = publish(certificate=certificates.server("good"))
    server = start("--oidc-ca-file", str(certificates.root.file))
    assume(server, token(provider), known(Caller(server), provider))


def test_a_provider_that_nobody_certifies(server, root, publish, certificates):
    provider = publish(certificate=certificates.server("unknown"))
    with no_key():
        assume(server, token(provider), known(root, provider))
    assert "the server's certificate is not trusted" in server.log()
    assert provider.asked == []


@pytest.mark.parametrize("of", ["root", "middle", "own"])
def test_a_thumbprint_is_enough(server, root, publish, certificates, of):
    own = certificates.make(f"thumb-{of}", certificates.middle, "subjectAltName=DNS:localhost",
                            chain=[certificates.middle, certificates.root])
    provider = publish(certificate=own)
    thumbprint = {"root": certificates.root, "middle": certificates.middle, "own": own}[of].thumbprint
    assume(server, token(provider), known(root, provider, ["0" * 40, thumbprint]))
    recorded = trail.event(server, event="AssumeRoleWithWebIdentity")["additionalEventData"]
    assert recorded["identityProviderConnectionVerificationMethod"] == "Thumbprint"


def test_a_certificate_that_signs_itself(server, root, publish, certificates):
    own = certificates.make("selfish", None, "subjectAltName=DNS:localhost")
    provider = publish(certificate=own)
    assume(server, token(provider), known(root, provider, [own.thumbprint.lower()]))


def test_a_thumbprint_does_not_make_up_for_everything(server, root, publish, certificates):
    good = certificates.server("good2")
    other_name = certificates.server("othername", "other.example.com")
    expired = certificates.server("expired", days=-1)
    # Somebody sends the right authority along with a certificate that it has not signed.
    alien = certificates.make("alien", None, "subjectAltName=DNS:localhost", chain=[certificates.middle])
    for number, (certificate, thumbprint) in enumerate((
            (good, "0" * 40), (good, good.thumbprint[::-1]), (other_name, other_name.thumbprint),
            (other_name, certificates.middle.thumbprint), (expired, expired.thumbprint),
            (expired, certificates.middle.thumbprint), (alien, certificates.middle.thumbprint))):
        provider = publish(certificate=certificate)
        made = known(root, provider, [thumbprint], role=f"role{number}")
        with no_key():
            assume(server, token(provider), made)
        assert provider.asked == []


def test_a_careless_thumbprint_counts_for_its_own_account_alone(server, root, publish, certificates):
    own = certificates.make("shared", None, "subjectAltName=DNS:localhost")
    provider = publish(certificate=own)
    made = known(root, provider, [own.thumbprint])
    other = known(Caller(server, OTHER_ACCOUNT), provider)
    assume(server, token(provider), made)
    with no_key():
        assume(server, token(provider), other)


def test_a_thumbprint_that_is_replaced(server, root, publish, certificates):
    own = certificates.make("renewed", None, "subjectAltName=DNS:localhost")
    provider = publish(certificate=own)
    made = known(root, provider, ["0" * 40])
    with no_key():
        assume(server, token(provider), made)
    root.iam.update_open_id_connect_provider_thumbprint(
        OpenIDConnectProviderArn=f"arn:aws:iam::{ACCOUNT}:oidc-provider/{provider.name}", ThumbprintList=[own.thumbprint])
    assume(server, token(provider), made)


def test_keys_are_not_fetched_without_tls_that_have_it(start, publish, certificates):
    """A document that came over TLS may not name keys that do not."""
    plain = publish()
    provider = publish(certificate=certificates.server("downgrade"))
    provider.discovery(jwks_uri=plain.issuer + "/keys")
    server = start("--oidc-ca-file", str(certificates.root.file))
    with no_key():
        assume(server, token(provider), known(Caller(server), provider))
    assert plain.asked == []
    provider.discovery(jwks_uri=provider.issuer + "/keys")
    assume(server, token(provider), f"arn:aws:iam::{ACCOUNT}:role/web")


def test_a_provider_that_speaks_no_tls(server, root, publish):
    provider = publish()
    issuer = provider.issuer.replace("http://", "https://")
    made = known(root, provider)
    with no_key():
        assume(server, signed(FIRST, claims_of(issuer)), made)
