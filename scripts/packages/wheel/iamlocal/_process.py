"""The program, from its start to its end."""

from __future__ import annotations

import os
import select
import subprocess
import tempfile
import time
from typing import IO, List, Mapping, Optional, Sequence

from ._errors import StartError
from ._program import environment_for

# What is shown of a log: its end.
_SHOWN = 16 * 1024
# How long the end of its input may take to end it before it is told by a signal, in seconds. Where somebody has forked
# this process, the input does not end.
_UNTOLD = 1


def _open_log() -> IO[bytes]:
    """A file, so that nobody has to read while the server runs. It has no name."""
    try:
        return tempfile.TemporaryFile(prefix="iamlocal-")
    except OSError:  # there is no folder that may be written
        if not hasattr(os, "memfd_create"):
            raise
        return os.fdopen(os.memfd_create("iamlocal"), "w+b")


class Process:
    """A server that is ready. It ends with this process, also where this one is killed."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], timeout: float) -> None:
        self._log = _open_log()
        try:
            self._child = subprocess.Popen(
                [*command, "--stop-when", "input-ends"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log,
                env=environment_for(environment),
                # What a terminal sends to its programs is for this one, which may still need the server to end well.
                start_new_session=True)
        except OSError as error:
            self._log.close()
            raise StartError(f"{command[0]} cannot be run: {error}", None, "") from error
        try:
            self.banner = self._read_banner(timeout)
        except BaseException:
            self._end(0)
            self._log.close()
            raise

    @property
    def pid(self) -> int:
        return self._child.pid

    def status(self) -> Optional[int]:
        """How it ended, or None while it runs."""
        return self._child.poll()

    def stderr(self) -> str:
        """The end of what the program has written to standard error."""
        if self._log.closed:
            return ""
        size = os.fstat(self._log.fileno()).st_size
        begin = max(0, size - _SHOWN)
        return os.pread(self._log.fileno(), size - begin, begin).decode(errors="replace")

    def stop(self) -> None:
        """Ends it, and waits. Raises StartError where it had ended before, or did not end well."""
        if self._log.closed:
            return
        early = self._child.poll()
        status = self._end(15)
        said = self.stderr()
        self._log.close()
        if early is not None:
            raise StartError(f"iamlocal had ended by itself, with status {early}", early, said)
        if status != 0:
            raise StartError(f"iamlocal ended with status {status}", status, said)

    def _end(self, patience: float) -> int:
        assert self._child.stdin is not None and self._child.stdout is not None
        self._child.stdin.close()
        if patience > 0 and not self._ends_within(_UNTOLD):
            self._child.terminate()
            self._ends_within(patience - _UNTOLD)
        if self._child.poll() is None:
            self._child.kill()
        self._child.stdout.close()
        return self._child.wait()

    def _ends_within(self, seconds: float) -> bool:
        try:
            self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _read_banner(self, timeout: float) -> List[str]:
        """The lines of the banner, once the server is ready."""
        assert self._child.stdout is not None
        out = self._child.stdout.fileno()
        deadline = time.monotonic() + timeout
        text = b""
        waiting = select.poll()
        waiting.register(out, select.POLLIN)
        while not text.endswith(b"\nReady.\n"):
            left = deadline - time.monotonic()
            if left <= 0 or not waiting.poll(left * 1000):
                raise StartError(f"iamlocal was not ready within {timeout:g} seconds", None, self.stderr())
            more = os.read(out, 65536)
            if not more:
                status = self._child.wait()
                raise StartError(f"iamlocal ended with status {status}", status, self.stderr())
            text += more
        return text.decode().splitlines()
