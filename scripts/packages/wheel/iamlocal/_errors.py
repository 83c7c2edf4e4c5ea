from __future__ import annotations

from typing import Optional


class IamlocalError(Exception):
    """What this package raises."""


class StartError(IamlocalError):
    """The program did not start, or ended by itself. The message has what it printed to standard error."""

    def __init__(self, message: str, status: Optional[int], stderr: str) -> None:
        super().__init__(f"{message}\n{stderr}" if stderr else message)
        #: The exit status of the program, the negative number of a signal, or None while it ran.
        self.status = status
        #: The end of what it wrote to standard error.
        self.stderr = stderr


class BenchError(IamlocalError):
    """A route of the test bench that said no."""

    def __init__(self, method: str, path: str, status: int, answer: str) -> None:
        super().__init__(f"{method} /_iamlocal/{path}: status {status}: {answer.strip()}")
        #: The status of HTTP.
        self.status = status
        #: The body of the answer.
        self.answer = answer
