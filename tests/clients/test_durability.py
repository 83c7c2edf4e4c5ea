"""kill -9 under load: what was acknowledged is there after the restart.

IAMLOCAL_KILL_ROUNDS=50 python3 -m pytest tests/clients/test_durability.py does fifty rounds.
"""

import os
import random
import socket
import threading
import time

from support import Caller, Server, call, form, is_complete, signed_headers

ROUNDS = int(os.environ.get("IAMLOCAL_KILL_ROUNDS", "3"))
CONNECTIONS = 4


def create_user(server, account, name):
    body = form(call("iam", "CreateUser", UserName=name))
    headers = signed_headers(server, body=body, key=account)
    lines = "".join(f"{key}: {value}\r\n" for key, value in headers.items()).encode()
    return b"POST / HTTP/1.1\r\n" + lines + b"Content-Length: %d\r\n\r\n" % len(body) + body


def load(server, account, prefix, acknowledged):
    """Creates users until the server is gone; notes each that was answered 200 in full."""
    number = 0
    try:
        with server.socket() as connection:
            while number < 1000:
                name = f"{prefix}-{number}"
                connection.sendall(create_user(server, account, name))
                received = b""
                while not is_complete(received):
                    chunk = connection.recv(65536)
                    if not chunk:
                        return
                    received += chunk
                assert received.startswith(b"HTTP/1.1 200 "), received
                acknowledged.append(name)
                number += 1
    except (ConnectionError, socket.timeout):
        return


def test_kill_9(tmp_path):
    chance = random.Random(4566)
    expected = {}
    total = 0
    for number in range(ROUNDS):
        server = Server(tmp_path, "--data-dir", str(tmp_path / "data"))
        account = f"{100000000000 + number}"
        acknowledged = [[] for _ in range(CONNECTIONS)]
        threads = [
            threading.Thread(target=load, args=(server, account, f"c{index}", acknowledged[index]))
            for index in range(CONNECTIONS)
        ]
        for thread in threads:
            thread.start()
        time.sleep(chance.uniform(0.1, 0.7))
        server.kill()
        for thread in threads:
            thread.join()
        expected[account] = {name for names in acknowledged for name in names}
        assert expected[account], "the server was killed before it did anything"
        total += len(expected[account])

        server = Server(tmp_path, "--data-dir", str(tmp_path / "data"))
        # This round's account, and one of an earlier round.
        for checked in {account, chance.choice(sorted(expected))}:
            pages = Caller(server, key=checked).iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": 1000})
            there = {user["UserName"] for page in pages for user in page["Users"]}
            assert expected[checked] - there == set(), f"round {number}: acknowledged, but gone"
            # At most one request per connection was on its way.
            assert len(there - expected[checked]) <= CONNECTIONS
        # And it goes on working.
        Caller(server, key=account).iam.create_user(UserName="after-the-crash")
        expected[account].add("after-the-crash")
        assert server.stop() == 0
    print(f"{ROUNDS} rounds, {total} users acknowledged, none lost")
