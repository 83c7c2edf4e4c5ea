"""SIGHUP: files are read anew while the server answers, and a broken one changes nothing."""

import json
import os
import pty
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time

import botocore.exceptions
import pytest

import prometheus
import web_identity
from support import BINARY, Caller, clean_environment


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """Folders of two certificates, each with its key, for the same names."""
    folders = []
    for name in ("first", "second"):
        folder = tmp_path_factory.mktemp(name)
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-keyout",
             "key.pem", "-out", "cert.pem", "-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
            cwd=folder, check=True, capture_output=True)
        folders.append(folder)
    return folders


def install(folder, place):
    for name in ("cert.pem", "key.pem"):
        shutil.copy(folder / name, place / name)


def hang_up(server):
    server.process.send_signal(signal.SIGHUP)


def count(server, event, **members):
    return len([e for e in server.log_entries() if e["event"] == event and members.items() <= e.items()])


def wait_for(server, event, times, **members):
    began = time.monotonic()
    while count(server, event, **members) < times:
        assert time.monotonic() - began < 10, server.log()[-3000:]
        time.sleep(0.01)


def certificate_of(server):
    """What a new connection is shown."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with socket.create_connection((server.host, server.port), timeout=10) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as connection:
            return ssl.DER_cert_to_PEM_cert(connection.getpeercert(True))


class Load(threading.Thread):
    """New connections one after the other, and one that stays; what goes wrong with any of them."""

    def __init__(self, server):
        super().__init__()
        self.server, self.answers, self.failures, self.stopped = server, 0, [], threading.Event()
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self.context = context

    def connect(self):
        plain = socket.create_connection((self.server.host, self.server.port), timeout=10)
        return self.context.wrap_socket(plain, server_hostname="localhost")

    @staticmethod
    def ask(connection):
        connection.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
        received = b""
        while b'"version"' not in received:
            received += (more := connection.recv(65536))
            assert more, received
        assert received.startswith(b"HTTP/1.1 200 "), received

    def run(self):
        try:
            with self.connect() as kept:
                while not self.stopped.is_set():
                    with self.connect() as new:
                        self.ask(new)
                    self.ask(kept)
                    self.answers += 2
        except Exception as error:
            self.failures.append(repr(error))


def test_certificates_are_replaced_under_load(start, certificates, tmp_path):
    install(certificates[0], tmp_path)
    server = start("--tls-cert", str(tmp_path / "cert.pem"), "--tls-key", str(tmp_path / "key.pem"), "--workers", "2")
    threads = [Load(server) for _ in range(3)]
    for thread in threads:
        thread.start()
    shown = []
    for round_number in range(1, 9):
        install(certificates[round_number % 2], tmp_path)
        hang_up(server)
        wait_for(server, "reloaded", round_number, what="tls")
        shown.append(certificate_of(server))
    for thread in threads:
        thread.stopped.set()
    for thread in threads:
        thread.join(20)
    assert [thread.failures for thread in threads] == [[], [], []]
    assert all(thread.answers > 10 for thread in threads)
    files = [(folder / "cert.pem").read_text() for folder in certificates]
    assert shown == [files[1], files[0]] * 4


def test_a_broken_certificate_changes_nothing(start, certificates, tmp_path):
    install(certificates[0], tmp_path)
    server = start("--tls-cert", str(tmp_path / "cert.pem"), "--tls-key", str(tmp_path / "key.pem"))
    first = (certificates[0] / "cert.pem").read_text()
    breaks = [
        lambda: (tmp_path / "cert.pem").write_text("nothing"),
        lambda: (tmp_path / "cert.pem").write_text((certificates[1] / "cert.pem").read_text()),  # of another key
        lambda: (tmp_path / "key.pem").unlink(),
    ]
    for number, break_it in enumerate(breaks, 1):
        install(certificates[0], tmp_path)
        break_it()
        hang_up(server)
        wait_for(server, "not reloaded: what there was stays in force", number, what="tls", level="error")
        assert certificate_of(server) == first
    assert "PRIVATE" not in server.log()
    install(certificates[1], tmp_path)
    hang_up(server)
    wait_for(server, "reloaded", 1, what="tls")
    assert certificate_of(server) == (certificates[1] / "cert.pem").read_text()


def test_seeds_are_applied_again(start, tmp_path):
    seed = tmp_path / "seed.yaml"
    seed.write_text('accounts:\n  "000000000000":\n    users:\n      alice: {}\n')
    server = start("--seed", str(seed))
    root = Caller(server)
    root.iam.create_user(UserName="by-hand")
    seed.write_text('accounts:\n  "000000000000":\n    users:\n      alice: {}\n      bob: {}\n')
    hang_up(server)
    wait_for(server, "reloaded", 1, what="seeds")
    assert server.logged("seeds are in", created=1)
    names = {user["UserName"] for user in root.iam.list_users()["Users"]}
    assert names == {"alice", "bob", "by-hand"}
    # All of it, or nothing: carol is fine, and what comes behind her is not.
    seed.write_text('accounts:\n  "000000000000":\n    users:\n      carol: {}\n      "not a name!": {}\n')
    hang_up(server)
    wait_for(server, "not reloaded: what there was stays in force", 1, what="seeds", level="error")
    assert {user["UserName"] for user in root.iam.list_users()["Users"]} == names
    entry = server.logged("not reloaded: what there was stays in force")
    assert "seed.yaml:5:7: ValidationError" in entry["error"]
    found = prometheus.scrape(server)
    assert prometheus.value(found, "iamlocal_reloads_total", what="seeds", result="success") == 1
    assert prometheus.value(found, "iamlocal_reloads_total", what="seeds", result="failure") == 1
    assert prometheus.value(found, "iamlocal_reloads_total", what="tls") == 0


def test_keys_of_identity_providers_are_read_anew(start, tmp_path):
    issuer = "https://issuer.example.com"
    old, new = web_identity.Key("old"), web_identity.Key("new", name="second")
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps(web_identity.key_set(old)))
    server = start("--oidc-jwks", f"{issuer}={keys}")
    root = Caller(server)
    provider = root.iam.create_open_id_connect_provider(Url=issuer, ClientIDList=["client"])["OpenIDConnectProviderArn"]
    role = root.role("r", [web_identity.web_trust(provider)])

    def works(key):
        try:
            web_identity.assume(server, web_identity.signed(key, web_identity.claims_of(issuer)), role)
        except botocore.exceptions.ClientError as error:
            assert error.response["Error"]["Code"] == "InvalidIdentityToken"
            return False
        return True

    assert (works(old), works(new)) == (True, False)
    keys.write_text(json.dumps(web_identity.key_set(new)))
    hang_up(server)
    wait_for(server, "reloaded", 1, what="oidc_jwks")
    assert (works(old), works(new)) == (False, True)
    keys.write_text("{")
    hang_up(server)
    wait_for(server, "not reloaded: what there was stays in force", 1, what="oidc_jwks")
    assert (works(old), works(new)) == (False, True)


def test_without_files_nothing_happens(start):
    server = start()
    root = Caller(server)
    root.iam.create_user(UserName="alice")
    for number in range(1, 6):
        hang_up(server)
        wait_for(server, "nothing to reload", number)
    assert [user["UserName"] for user in root.iam.list_users()["Users"]] == ["alice"]
    assert server.stop() == 0


def test_it_stops_between_two_reloads(start, tmp_path):
    seed = tmp_path / "seed.yaml"
    seed.write_text('accounts:\n  "000000000000":\n    users:\n      alice: {}\n')
    server = start("--seed", str(seed))
    for _ in range(20):
        hang_up(server)
    assert server.stop() == 0


def test_a_file_that_lets_it_wait_keeps_it_from_nothing_else(start, certificates, tmp_path):
    """A pipe that nobody writes to."""
    install(certificates[0], tmp_path)
    seed = tmp_path / "seed.yaml"
    seed.write_text('accounts:\n  "000000000000": {users: {alice: {}}}\n')
    server = start("--tls-cert", str(tmp_path / "cert.pem"), "--tls-key", str(tmp_path / "key.pem"), "--seed", str(seed),
                   "--drain-timeout", "1")
    seed.unlink()
    os.mkfifo(seed)
    hang_up(server)
    wait_for(server, "reloaded", 1, what="tls")
    assert certificate_of(server)
    hang_up(server)
    with open(seed, "w") as pipe:  # somebody does, and what was asked for meanwhile is done, too
        pipe.write("accounts: {}")
    wait_for(server, "reloaded", 1, what="seeds")
    wait_for(server, "reloaded", 2, what="tls")
    server.process.terminate()
    assert server.process.wait(10) == 1


def test_a_terminal_that_is_closed_ends_it():
    """As it ends all programs that were started in it, and no server stays behind with the port."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([BINARY, "--listen", "127.0.0.1:0"], stdin=theirs, stdout=subprocess.PIPE, stderr=theirs,
                               env=clean_environment(), start_new_session=True)
    while process.stdout.readline() != b"Ready.\n":
        assert process.poll() is None
    process.send_signal(signal.SIGHUP)  # with the terminal there, it is a wish to reload
    received = b""
    while b"nothing to reload" not in received:
        received += os.read(ours, 1000)
    assert process.poll() is None
    os.close(theirs)
    os.close(ours)
    process.send_signal(signal.SIGHUP)
    assert process.wait(15) == 0
