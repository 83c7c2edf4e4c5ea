"""States under names."""

from __future__ import annotations

import uuid
from typing import Optional, Union

from ._bench import Bench


class Snapshot:
    """A state that can be gone back to, as often as wanted."""

    def __init__(self, bench: Bench, name: str) -> None:
        self._bench = bench
        self.name = name

    def __repr__(self) -> str:
        return f"Snapshot({self.name!r})"

    def restore(self) -> None:
        """Goes back to it."""
        self._bench("PUT", f"snapshots/{self.name}")

    def delete(self) -> None:
        self._bench("DELETE", f"snapshots/{self.name}")


def fresh_name() -> str:
    """A name that no other test worker takes."""
    return f"python-{uuid.uuid4().hex}"


def save(bench: Bench, name: Optional[str], account: Optional[str] = None) -> Snapshot:
    """Saves the state of everything, or of an account."""
    name = name or fresh_name()
    bench("POST", f"snapshots/{name}", query={"account": account})
    return Snapshot(bench, name)


def name_of(snapshot: Union[str, Snapshot]) -> str:
    return snapshot.name if isinstance(snapshot, Snapshot) else snapshot
