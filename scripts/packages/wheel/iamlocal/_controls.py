"""What belongs to a server as a whole: its clock, faults, propagation delay and recordings."""

from __future__ import annotations

import datetime
from types import TracebackType
from typing import Any, Dict, Iterable, List, Mapping, Optional, Type, Union

from ._bench import Bench

#: `1h30m`, seconds, or a timedelta of whole seconds.
Duration = Union[str, int, datetime.timedelta]


def _duration(value: Duration) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, datetime.timedelta):
        if value.microseconds:
            raise ValueError("the clock is moved by whole seconds")
        value = value.days * 86400 + value.seconds
    return f"{value}s"


def _instant(text: str) -> datetime.datetime:
    # fromisoformat takes no Z before Python 3.11.
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


class Clock:
    """What time it is for the server. Clients go on working when it is moved."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def now(self) -> datetime.datetime:
        return _instant(self._bench("GET", "clock")["now"])

    def advance(self, duration: Duration) -> datetime.datetime:
        """Moves it, backwards with a minus (`-5m`), and gives the time that it is then."""
        return self._post({"advance": _duration(duration)})

    def freeze(self, at: Union[None, str, datetime.datetime] = None) -> datetime.datetime:
        """Stops it, now or at that time. A datetime without a zone is UTC."""
        if isinstance(at, datetime.datetime):
            aware = at if at.tzinfo else at.replace(tzinfo=datetime.timezone.utc)
            at = aware.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        return self._post({"freeze": True if at is None else at})

    def reset(self) -> datetime.datetime:
        """The real time again."""
        return self._post({"reset": True})

    def _post(self, body: Dict[str, Any]) -> datetime.datetime:
        return _instant(self._bench("POST", "clock", body)["now"])


class Faults:
    """Requests that fail, come late or are cut off, by rules (docs/faults.md)."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def add(self, **rule: Any) -> Dict[str, Any]:
        """One rule more, behind the others: add(action="iam:CreateUser", error="Throttling", count=2)."""
        added: Dict[str, Any] = self._bench("POST", "faults", rule)
        return added

    def set(self, rules: Iterable[Mapping[str, Any]]) -> List[Dict[str, Any]]:
        """These rules in the place of all that there are."""
        in_force: List[Dict[str, Any]] = self._bench("PUT", "faults", {"rules": [dict(rule) for rule in rules]})["rules"]
        return in_force

    def list(self) -> List[Dict[str, Any]]:
        """The rules in force, each with how many requests it has `struck`. One whose count is used up is gone."""
        rules: List[Dict[str, Any]] = self._bench("GET", "faults")["rules"]
        return rules

    def clear(self) -> None:
        self._bench("DELETE", "faults")


class Propagation:
    """How late changes are seen, as with AWS (docs/propagation.md)."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def set(self, duration: Duration, seed: int = 0) -> None:
        """From now on; from 1s to 1h. It follows from `seed` how long each change takes."""
        self._bench("PUT", "propagation", {"delay": _duration(duration), "seed": seed})

    def get(self) -> Dict[str, Any]:
        """The delay, and where there is one, the oldest changes that are `not_visible_yet`."""
        now: Dict[str, Any] = self._bench("GET", "propagation")
        return now

    def clear(self) -> None:
        """Everything is seen at once again."""
        self._bench("DELETE", "propagation")


class Recording:
    """Records what is done, for the least policies that suffice (docs/least-privilege.md). It ends with the `with`."""

    def __init__(self, bench: Bench, name: str) -> None:
        self._bench = bench
        self._ended: Optional[Dict[str, Any]] = None
        self.name = name
        bench("POST", f"recordings/{name}")

    def __enter__(self) -> Recording:
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        try:
            self._ended = self.policies()
        finally:
            self.delete()

    def policies(self) -> Dict[str, Any]:
        """What was recorded. Each of `principals` has the `policy` that suffices, and what it has beyond that: `unused`."""
        if self._ended is not None:
            return self._ended
        recorded: Dict[str, Any] = self._bench("GET", f"recordings/{self.name}")
        return recorded

    def policy(self, principal: str) -> Dict[str, Any]:
        """The policy of an ARN, or of the one whose ARN ends with /PRINCIPAL. Raises KeyError where it did nothing."""
        for recorded in self.policies()["principals"]:
            if recorded["principal"] == principal or recorded["principal"].endswith("/" + principal):
                policy: Dict[str, Any] = recorded["policy"]
                return policy
        raise KeyError(principal)

    def text(self) -> str:
        """The same for people to read, while it is recorded."""
        text: str = self._bench("GET", f"recordings/{self.name}", query={"format": "text"})
        return text

    def delete(self) -> None:
        self._bench("DELETE", f"recordings/{self.name}")
