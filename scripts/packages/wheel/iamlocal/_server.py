"""A server: one that is started here, or one that is there."""

from __future__ import annotations

import contextlib
import os
import time
from types import TracebackType
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Type, Union

from ._account import Account, Credentials
from ._bench import Bench
from ._controls import Clock, Faults, Propagation, Recording
from ._errors import BenchError, Error, StartError
from ._process import Process
from ._program import program
from ._seed import SeedSource, is_path, text_of

_DEFAULT_ACCOUNT = "000000000000"


class Iamlocal:
    """A server. As the root user of account 000000000000 it has clients of its own: iam.client("iam")."""

    def __init__(self, endpoint: str, region: str, process: Optional[Process] = None) -> None:
        self._process = process
        self._root: Optional[Account] = None
        self.region = region
        #: For routes that have no method here.
        self.bench = Bench(endpoint)
        #: Its address, as AWS_ENDPOINT_URL takes it.
        self.endpoint = self.bench.endpoint
        self.clock = Clock(self.bench)
        self.faults = Faults(self.bench)
        self.propagation = Propagation(self.bench)
        #: The accounts that start() was asked for.
        self.accounts: List[Account] = []

    def __repr__(self) -> str:
        return f"Iamlocal({self.endpoint})"

    def __enter__(self) -> Iamlocal:
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        try:
            self.stop()
        except StartError:
            if error is None:
                raise  # else it would hide what the block ended with

    @property
    def pid(self) -> Optional[int]:
        """The program's process, where it was started here."""
        return self._process.pid if self._process else None

    @property
    def status(self) -> Optional[int]:
        """How the program ended: its exit status, or the negative number of a signal. None while it runs."""
        return self._process.status() if self._process else None

    @property
    def banner(self) -> List[str]:
        """What the program printed when it was ready."""
        return self._process.banner if self._process else []

    def log(self) -> str:
        """The end of the program's log, where it was started here."""
        return self._process.log() if self._process else ""

    def stop(self) -> None:
        """Ends the server, if it was started here. Raises StartError where it had ended before, as after a crash."""
        if self._process:
            self._process.stop()

    # Accounts

    @property
    def root(self) -> Account:
        """The root user of account 000000000000, or of the one that --account-id names."""
        if self._root is None:
            credentials = self._usual_credentials("test")
            account = self.bench.call("GET", "health")["account"]
            self._root = Account(self, account, credentials)
        return self._root

    def client(self, service: str, **options: Any) -> Any:
        """A client of boto3 as root: client("iam"). Options are those of boto3.client."""
        return self.root.client(service, **options)

    def resource(self, service: str, **options: Any) -> Any:
        """A resource of boto3 as root."""
        return self.root.resource(service, **options)

    def environment(self) -> Dict[str, str]:
        """The variables by which AWS's SDKs and tools meet the server as root."""
        return self.root.environment()

    def account(self, id: Optional[str] = None, alias: Optional[str] = None) -> Account:
        """An account that nobody else has, or the one of that id, which is made if it is not there."""
        wish = {name: value for name, value in (("id", id), ("alias", alias)) if value is not None}
        try:
            made = self.bench.call("POST", "accounts", wish)
        except BenchError as error:
            if error.status != 409 or id is None or alias is not None:
                raise
            return Account(self, id, self._usual_credentials(id))
        return Account(self, made["id"], Credentials(made["access_key_id"], made["secret_access_key"]))

    def _usual_credentials(self, access_key_id: str) -> Credentials:
        if any(line.strip() == "credentials  as they were set" for line in self.banner):
            raise Error("root's key is one that was set: it is not known here. account() makes an account with a key")
        return Credentials(access_key_id, "test")

    # State

    def seed(self, source: SeedSource) -> Dict[str, int]:
        """Brings accounts to the state of a seed (docs/seeds.md).

        It has 1 MiB at most, and names no other files. Larger ones, folders, and those with members such as
        `metadata_file` are for start().
        """
        counts: Dict[str, int] = self.bench.call("PUT", "seed", text_of(source))
        return counts

    def snapshot(self, name: str = "base") -> str:
        """Saves everything as it is, under a name."""
        self.bench.call("POST", f"snapshots/{name}")
        return name

    def restore(self, name: str = "base") -> None:
        """Goes back to a snapshot."""
        self.bench.call("PUT", f"snapshots/{name}")

    def reset(self) -> None:
        """Forgets everything in all accounts, and ends faults. The clock stays as it is."""
        self.bench.call("POST", "reset")

    # What happened

    def decisions(self, **filters: str) -> List[Dict[str, Any]]:
        """The last decisions, the newest first: decisions(decision="denied", principal="alice", limit="10").

        Filters are those of docs/decisions.md.
        """
        found: List[Dict[str, Any]] = self.bench.call("GET", "decisions", parameters=filters)["decisions"]
        return found

    def decision(self, request: Union[str, BaseException]) -> Dict[str, Any]:
        """The decision on a request with all its reasons, by the request's id, or by the error that boto3 raised."""
        found: Dict[str, Any] = self.bench.call("GET", f"decisions/{_request_id(request)}")
        return found

    def why(self, request: Union[None, str, BaseException] = None, principal: Optional[str] = None) -> str:
        """Why a request was denied, in words: one by its id or by boto3's error, or the last one, perhaps of a principal.

        It is empty where none was denied.
        """
        if request is not None:
            text: str = self.bench.call("GET", f"decisions/{_request_id(request)}?format=text")
            return text
        wish = {"decision": "denied", "format": "text", "principal": principal}
        try:
            text = self.bench.call("GET", "decisions/latest", parameters=wish)
            return text
        except BenchError as error:
            if error.status != 404:
                raise
            return ""

    def events(self, **filters: str) -> List[Dict[str, Any]]:
        """The last events of the trail, as CloudTrail writes them, the newest first: events(event="Create*", user="alice").

        Filters are those of docs/trail.md.
        """
        found: List[Dict[str, Any]] = self.bench.call("GET", "events", parameters=filters)["events"]
        return found

    def recording(self, name: str = "recording") -> Recording:
        """Records what is done inside a `with`, for the least policies that suffice."""
        return Recording(self.bench, name)


def _request_id(request: Union[str, BaseException]) -> str:
    if isinstance(request, str):
        return request
    response = getattr(request, "response", {})
    try:
        found: str = response["ResponseMetadata"]["RequestId"]
    except (KeyError, TypeError):
        raise Error(f"{type(request).__name__} has no request id") from None
    return found


def start(seed: Union[None, SeedSource, Sequence[SeedSource]] = None, accounts: Union[int, Iterable[str]] = 0, *,
          args: Iterable[str] = (), listen: str = "127.0.0.1:0", log_level: str = "warn", region: str = "us-east-1",
          env: Optional[Mapping[str, str]] = None, timeout: float = 30) -> Iamlocal:
    """Starts a server, which is ready when this returns and ends with the `with`, with stop(), or with this process.

    seed: what accounts hold (docs/seeds.md): a file or a folder, a dict, or a text; or a list of those.
    accounts: how many accounts to make, or their ids. They are in the attribute `accounts`.
    args: further flags of the program (docs/configuration.md).
    listen: where; port 0 takes a free one.
    region: of the clients that it gives.
    env: the program's environment in place of this process's own.
    timeout: seconds until it must be ready.

    Raises StartError with what the program printed where it does not start, and BenchError where a seed that is no file
    is refused.
    """
    seeds: Sequence[SeedSource] = [] if seed is None else seed if isinstance(seed, (list, tuple)) else [seed]  # type: ignore[list-item]
    command = [str(program()), "--listen", listen, "--log-level", log_level]
    for source in seeds:
        if isinstance(source, Mapping) or not is_path(source):
            continue
        command += ["--seed", os.fspath(source)]
    process = Process([*command, *args], None if env is None else dict(env), timeout)
    try:
        endpoint = next(line.split()[1] for line in process.banner if line.startswith("  address "))
        server = Iamlocal(endpoint, region, process)
        for source in seeds:
            if isinstance(source, Mapping) or not is_path(source):
                server.seed(source)
        server.accounts = [server.account(id) for id in ([None] * accounts if isinstance(accounts, int) else accounts)]
    except BaseException:
        with contextlib.suppress(StartError):
            process.stop()
        raise
    return server


def connect(endpoint: str = "http://127.0.0.1:4566", *, region: str = "us-east-1", timeout: float = 30) -> Iamlocal:
    """A server that somebody else has started, once it is ready. stop() leaves it alone."""
    server = Iamlocal(endpoint, region)
    deadline = time.monotonic() + timeout
    while True:
        try:
            if server.bench.is_ready():
                return server
            trouble = "it is not ready"
        except OSError as error:
            trouble = str(error)
        if time.monotonic() > deadline:
            raise Error(f"no server at {endpoint} within {timeout:g} seconds: {trouble}")
        time.sleep(0.1)
