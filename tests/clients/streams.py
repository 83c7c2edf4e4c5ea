"""A reader of the server's streams (server-sent events), on a raw socket."""

import json


class Stream:
    """`path` is that of the stream, with its query; `greeting` the comment that it begins with."""

    def __init__(self, server, path, greeting, version="1.1"):
        self.connection = server.socket()
        self.connection.settimeout(10)
        self.connection.sendall(f"GET {path} HTTP/{version}\r\nHost: localhost\r\n\r\n".encode())
        self.data = b""
        self.head = self.until(b"\r\n\r\n").decode()
        self.until(f": {greeting}\n\n".encode())

    def until(self, mark):
        while mark not in self.data:
            piece = self.connection.recv(65536)
            assert piece, self.data
            self.data += piece
        found, self.data = self.data.split(mark, 1)
        return found

    def next(self, kind):
        """The data of the next event of that kind; those before are passed over."""
        self.until(f"event: {kind}\ndata: ".encode())
        return json.loads(self.until(b"\n\n"))
