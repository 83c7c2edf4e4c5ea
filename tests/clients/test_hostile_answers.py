"""What the commands that ask a running server do where somebody else answers: nothing that a terminal obeys is printed,
nothing is waited for without end, and an answer that cannot be is told as such."""

import http.server
import subprocess
import threading

import pytest

import support

ESCAPE = "\x1b[2J\x07"
ROLE = "arn:aws:iam::000000000000:role/x"
COMMANDS = {
    "token": ["token", "x"], "assertion": ["assertion", "x", "--role", ROLE], "credentials": ["credentials"],
    "credentials of a role": ["credentials", "--role-arn", ROLE], "why": ["why"], "decisions": ["decisions"],
}
OURS = ("token", "assertion", "credentials", "credentials of a role")


@pytest.fixture
def answering():
    """A server that gives every request the answer in `answering.answer`: status and body, or bytes as they are."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if isinstance(server.answer, bytes):
                self.wfile.write(server.answer)
                return
            status, body = server.answer
            self.send_response(status)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        do_GET = do_PUT = do_POST

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def run(server, command):
    address = f"http://127.0.0.1:{server.server_address[1]}"
    return subprocess.run([support.BINARY, *COMMANDS[command], "--endpoint", address], capture_output=True, timeout=60,
                          stdin=subprocess.DEVNULL, env=support.clean_environment())


SHOWN = {
    "escapes in a token": (200, '{"token":"a\\u001b[2Jb","response":"a\\u001b[2Jb"}'),
    "escapes in a text": (200, f"{ESCAPE}\n"),
    "escapes in an error": (400, '{"error":"\\u001b[2J\\u0007"}'),
    "escapes alone": (500, ESCAPE),
    "escapes in an error of STS": (403, f'<ErrorResponse xmlns="{support.STS}"><Error><Code>A{ESCAPE}</Code><Message>{ESCAPE}'
                                        "</Message></Error></ErrorResponse>"),
}

NO_ANSWERS = {
    "an empty body": (200, ""),
    "HTML": (200, "<html>"),
    "a list": (200, "[]"),
    "nested beyond reason": (200, "[" * 900_000),
    "numbers": (200, '{"token":5,"response":5}'),
    "empty texts": (200, '{"token":"","response":""}'),
    "white space": (200, '{"token":"a\\nb","response":"a b"}'),
    "moved": (302, ""),
    "refused": (401, ""),
    "nothing": b"",
    "another protocol": b"hello\r\n\r\n",
    "a length beyond all bounds": b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n{",
    "cut off": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
    "headers of two mebibytes": b"HTTP/1.1 200 OK\r\nX-Header: " + b"x" * (2 << 20) + b"\r\n",
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("answer", SHOWN)
def test_nothing_is_printed_that_a_terminal_obeys(answering, command, answer):
    answering.answer = SHOWN[answer]
    ran = run(answering, command)
    assert b"\x1b" not in ran.stdout + ran.stderr and b"\x07" not in ran.stdout + ran.stderr


@pytest.mark.parametrize("command", OURS)
@pytest.mark.parametrize("answer", NO_ANSWERS)
def test_what_is_no_answer_is_told(answering, command, answer):
    answering.answer = NO_ANSWERS[answer]
    ran = run(answering, command)
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert ran.stderr.startswith(b"iamlocal " + COMMANDS[command][0].encode())
