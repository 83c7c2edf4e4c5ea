"""The routes of the test bench, below /_iamlocal."""

from __future__ import annotations

import http.client
import json
import urllib.parse
from typing import Any, Mapping, Optional, Union

from ._errors import BenchError, IamlocalError

Query = Mapping[str, Union[str, int, None]]


class Bench:
    """Asks the routes of one server. Proxies of the environment are not used: the server is near."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint.rstrip("/")
        self._address = urllib.parse.urlsplit(self.endpoint)
        if self._address.scheme not in ("http", "https") or not self._address.hostname:
            raise IamlocalError(f"'{endpoint}' is not an address such as http://127.0.0.1:4566")

    def __call__(self, method: str, path: str, body: Any = None, query: Optional[Query] = None) -> Any:
        """What the route /_iamlocal/PATH answers: JSON, or a text where a text was asked for.

        `body` is a text, or what becomes JSON. Members of `query` that are None are left out. Raises BenchError where the
        server refuses, and OSError where there is none.
        """
        given = {name: value for name, value in (query or {}).items() if value is not None}
        if given:
            path += ("&" if "?" in path else "?") + urllib.parse.urlencode(given)
        text = body if body is None or isinstance(body, str) else json.dumps(body)
        status, kind, answer = self._ask(method, f"/_iamlocal/{path}", text)
        if status >= 400:
            raise BenchError(method, path, status, answer)
        return json.loads(answer) if kind.startswith("application/json") else answer

    def is_ready(self) -> bool:
        """Whether /readyz says so. Raises OSError where nobody answers."""
        return self._ask("GET", "/readyz", None)[0] == 200

    def _ask(self, method: str, target: str, body: Optional[str]) -> "tuple[int, str, str]":
        kind = http.client.HTTPSConnection if self._address.scheme == "https" else http.client.HTTPConnection
        connection = kind(str(self._address.hostname), self._address.port, timeout=60)
        try:
            connection.request(method, target, None if body is None else body.encode())
            answer = connection.getresponse()
            return answer.status, answer.headers.get("Content-Type", ""), answer.read().decode()
        except http.client.HTTPException as error:
            raise ConnectionError(f"{method} {target}: {error!r}") from error
        finally:
            connection.close()
