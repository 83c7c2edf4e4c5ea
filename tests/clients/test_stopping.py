"""Nobody reads what the server logs, and the server neither freezes nor refuses to stop."""

import http.client
import json
import os
import select
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.request

from support import BINARY, call, clean_environment, form, signed_headers


class Unread:
    """A server whose standard error is a pipe that nobody reads."""

    def __init__(self, *flags):
        self.process = subprocess.Popen(
            [BINARY, "--listen", "127.0.0.1:0", *flags], stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
            env=clean_environment()
        )
        address = next(line for line in iter(self.process.stdout.readline, b"Ready.\n") if b"http://" in line)
        self.host, port = address.split(b"//")[1].strip().decode().split(":")
        self.port = int(port)

    def log(self):
        """What the pipe holds."""
        os.set_blocking(self.process.stderr.fileno(), False)
        return self.process.stderr.read() or b""


def ask(server, times):
    body = form(call("sts", "GetCallerIdentity"))
    headers = signed_headers(server, service="sts", body=body)
    connection = http.client.HTTPConnection(server.host, server.port, timeout=10)
    for _ in range(times):
        connection.request("POST", "/", body, headers)
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        answer.read()
    connection.close()


def counts(text):
    """How many requests have lines, and of how many more the lines were dropped."""
    kept = dropped = 0
    for line in text.splitlines():
        entry = json.loads(line) if line.endswith(b"}") else {}  # a line may be torn, and counts as dropped then
        kept += entry.get("event") == "request"
        dropped += entry.get("count", 0)
    return kept, dropped


def test_a_log_that_nobody_reads():
    server = Unread("--drain-timeout", "9")
    ask(server, 2000)  # about 600 KB of lines, and a pipe holds 64
    before = server.log()
    assert len(before) < 200_000
    ask(server, 1)
    text = before
    while sum(counted := counts(text)) < 2001:  # lines are written after the answer
        assert select.select([server.process.stderr], [], [], 10)[0], counted
        more = server.log()
        assert more, counted
        text += more
    kept, dropped = counted
    assert dropped > 1000
    assert kept + dropped == 2001
    ask(server, 1000)
    began = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(10) == 0
    assert time.monotonic() - began < 8


def test_a_database_that_does_not_answer(tmp_path):
    """Somebody else holds the file that a request waits for."""
    server = Unread("--data-dir", str(tmp_path), "--drain-timeout", "1")
    other = sqlite3.connect(tmp_path / "iamlocal.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    body = form(call("iam", "CreateUser", UserName="waits"))
    connection = http.client.HTTPConnection(server.host, server.port, timeout=10)
    connection.request("POST", "/", body, signed_headers(server, body=body))
    began = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(10)
    assert time.monotonic() - began < 8
    connection.close()
    other.close()


def with_input(given, *flags):
    """A server with that standard input, when it is ready."""
    process = subprocess.Popen([BINARY, "--listen", "127.0.0.1:0", *flags], stdin=given, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, env=clean_environment())
    assert b"Ready.\n" in iter(process.stdout.readline, b"")
    return process


def test_the_end_of_its_input():
    process = with_input(subprocess.PIPE, "--stop-when", "input-ends")
    process.stdin.write(b"anything\n" * 1000)
    process.stdin.flush()
    time.sleep(0.2)
    assert process.poll() is None
    process.stdin.close()
    assert process.wait(10) == 0


def test_the_end_of_an_input_that_does_not_block():
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    process = with_input(reading, "--stop-when", "input-ends")
    os.close(reading)
    time.sleep(0.2)
    assert process.poll() is None
    os.close(writing)
    assert process.wait(10) == 0


def test_an_input_that_has_ended_already():
    process = with_input(subprocess.DEVNULL, "--stop-when", "input-ends")
    assert process.wait(10) == 0


def test_the_end_of_its_input_is_nothing_unless_that_was_asked_for():
    process = with_input(subprocess.DEVNULL)
    time.sleep(0.2)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0


def test_a_service_manager_is_told_when_the_seed_is_in_and_when_it_stops(tmp_path):
    seed = tmp_path / "seed.yaml"
    seed.write_text('accounts: {"000000000000": {users: {alice: {}}}}\n')
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.settimeout(10)
    manager.bind(str(tmp_path / "notify"))
    process = subprocess.Popen([BINARY, "--listen", "127.0.0.1:0", "--seed", seed], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env=clean_environment({"NOTIFY_SOCKET": str(tmp_path / "notify")}), text=True)
    assert manager.recv(100) == b"READY=1"
    url = next(line.split()[1] for line in process.stdout if line.startswith("  address "))
    with urllib.request.urlopen(f"{url}/_iamlocal/seed") as answer:
        assert "alice" in answer.read().decode()
    process.terminate()
    assert manager.recv(100) == b"STOPPING=1"
    assert process.wait(10) == 0
    assert "NOTIFY" not in process.stderr.read()


def test_a_service_manager_that_is_not_there_is_complained_of_and_the_server_serves(tmp_path):
    process = subprocess.Popen([BINARY, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env=clean_environment({"NOTIFY_SOCKET": str(tmp_path / "nobody")}), text=True)
    assert "Ready.\n" in iter(process.stdout.readline, "")
    assert process.poll() is None
    process.terminate()
    _, said = process.communicate(timeout=10)
    assert process.returncode == 0
    assert f"iamlocal: READY=1 cannot be told: {tmp_path}/nobody: No such file or directory\n" in said
