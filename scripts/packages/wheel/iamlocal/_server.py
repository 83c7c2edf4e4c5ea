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
from ._errors import BenchError, IamlocalError, StartError
from ._process import Process
from ._program import program as own_program
from ._seed import SeedSource, is_path, text_of
from ._snapshot import Snapshot, fresh_name, name_of, save

_USUAL = Credentials("test", "test")


class Iamlocal:
    """A server. As the root user of account 000000000000 it has clients of its own: iam.client("iam")."""

    def __init__(self, endpoint: str, region: str, credentials: Optional[Credentials],
                 process: Optional[Process] = None) -> None:
        self._process = process
        self._credentials = credentials
        self._root: Optional[Account] = None
        self._account_id: Optional[str] = None
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

    @property
    def stderr(self) -> str:
        """The end of what the program wrote to standard error, its log, where it was started here."""
        return self._process.stderr() if self._process else ""

    def stop(self) -> None:
        """Ends the server, if it was started here. Raises StartError where it had ended before, as after a crash."""
        if self._process:
            self._process.stop()

    # Accounts

    @property
    def root(self) -> Account:
        """The root user of account 000000000000, or of the one that was given to start()."""
        if self._root is None:
            self._root = Account(self, self.account_id, self.credentials)
        return self._root

    @property
    def account_id(self) -> str:
        """The account of `root`."""
        if self._account_id is None:
            found: str = self.bench("GET", "health")["account"]
            self._account_id = found
        return self._account_id

    @property
    def credentials(self) -> Credentials:
        """The key of `root`. Raises IamlocalError where it was set by a flag or a variable, and is not known here."""
        if self._credentials is None:
            raise IamlocalError("root's key is one that was set, and start() was not given it as `credentials`")
        return self._credentials

    def client(self, service: str, **options: Any) -> Any:
        """A client of boto3 as root: client("iam"). Options are those of boto3.client."""
        return self.root.client(service, **options)

    def resource(self, service: str, **options: Any) -> Any:
        """A resource of boto3 as root."""
        return self.root.resource(service, **options)

    def env(self) -> Dict[str, str]:
        """The variables by which AWS's SDKs and tools meet the server as root."""
        return self.root.env()

    def account(self, id: Optional[str] = None, alias: Optional[str] = None, seed: Optional[SeedSource] = None,
                from_: Optional[str] = None) -> Account:
        """A new account; `seed` and `from_` as for Account.seed(). Raises BenchError where there is one of that id already."""
        wish = {name: value for name, value in (("id", id), ("alias", alias)) if value is not None}
        made = self.bench("POST", "accounts", wish)
        account = Account(self, made["id"], Credentials(made["access_key_id"], made["secret_access_key"]))
        if seed is not None:
            account.seed(seed, from_)
        return account

    def in_account(self, id: str) -> Account:
        """The root user of an account that is there, as one of a seed."""
        return Account(self, id, Credentials(id, self.credentials.secret_access_key))

    # State

    def seed(self, source: SeedSource) -> Dict[str, int]:
        """Brings accounts to the state of a seed (docs/seeds.md).

        It has 32 MiB at most, and names no other files. Folders, and seeds with members such as `metadata_file`, are for
        start().
        """
        counts: Dict[str, int] = self.bench("PUT", "seed", text_of(source))
        return counts

    def snapshot(self, name: Optional[str] = None) -> Snapshot:
        """Saves everything as it is, the clock and the faults too."""
        return save(self.bench, name)

    def restore(self, snapshot: Union[str, Snapshot]) -> None:
        """Goes back to a snapshot, perhaps by its name."""
        self.bench("PUT", f"snapshots/{name_of(snapshot)}")

    def reset(self) -> None:
        """Forgets everything in all accounts, and ends faults. The clock stays as it is."""
        self.bench("POST", "reset")

    # What happened

    def decisions(self, **filters: Union[str, int]) -> List[Dict[str, Any]]:
        """The last decisions, the newest first: decisions(decision="denied", principal="alice", limit=10).

        Filters are those of docs/decisions.md.
        """
        found: List[Dict[str, Any]] = self.bench("GET", "decisions", query=filters)["decisions"]
        return found

    def decision(self, request: Union[str, BaseException]) -> Dict[str, Any]:
        """The decision on a request with all its reasons, by the request's id, or by the error that boto3 raised."""
        found: Dict[str, Any] = self.bench("GET", f"decisions/{_request_id(request)}")
        return found

    def why(self, request: Union[None, str, BaseException] = None, *, principal: Optional[str] = None,
            action: Optional[str] = None) -> str:
        """Why a request was denied, in words: one by its id or by boto3's error, or the last one, perhaps of a principal.

        It is empty where no such decision is kept.
        """
        which = "latest" if request is None else _request_id(request)
        query = {"decision": "denied", "principal": principal, "action": action} if request is None else {}
        try:
            text: str = self.bench("GET", f"decisions/{which}", query={**query, "format": "text"})
            return text
        except BenchError as error:
            if error.status != 404:
                raise
            return ""

    def explain(self, client: Any) -> Any:
        """Lets the refusals that a client of boto3 gets say why, and gives the client back."""

        def add_why(parsed: Dict[str, Any], **_: Any) -> None:
            error = parsed.get("Error", {})
            if error.get("Code") in ("AccessDenied", "AccessDeniedException"):
                with contextlib.suppress(IamlocalError, OSError):  # the refusal says more than that nobody explains it
                    error["Message"] = f"{error.get('Message')}\n{self.why(parsed['ResponseMetadata']['RequestId'])}".rstrip()

        client.meta.events.register("after-call", add_why, unique_id="iamlocal")
        return client

    def events(self, **filters: Union[str, int]) -> List[Dict[str, Any]]:
        """The last events of the trail, as CloudTrail writes them, the newest first: events(event="Create*", user="alice").

        Filters are those of docs/trail.md.
        """
        found: List[Dict[str, Any]] = self.bench("GET", "events", query=filters)["events"]
        return found

    def record(self, name: Optional[str] = None) -> Recording:
        """Records what is done from here on, for the least policies that suffice; with a `with`, until its end."""
        return Recording(self.bench, name or fresh_name())


def _request_id(request: Union[str, BaseException]) -> str:
    if isinstance(request, str):
        return request
    response = getattr(request, "response", {})
    try:
        found: str = response["ResponseMetadata"]["RequestId"]
    except (KeyError, TypeError):
        raise IamlocalError(f"{type(request).__name__} has no request id") from None
    return found


def start(seed: Union[None, SeedSource, Sequence[SeedSource]] = None, accounts: Union[int, Iterable[str]] = 0, *,
          args: Iterable[str] = (), host: str = "127.0.0.1", port: int = 0, account_id: Optional[str] = None,
          credentials: Optional[Credentials] = None, region: str = "us-east-1", log_level: str = "warn",
          env: Optional[Mapping[str, str]] = None, program: Union[None, str, "os.PathLike[str]"] = None,
          timeout: float = 30) -> Iamlocal:
    """Starts a server, which is ready when this returns and ends with the `with`, with stop(), or with this process.

    seed: what accounts hold (docs/seeds.md): a file or a folder, a dict, or a text; or a list of those.
    accounts: how many accounts to make, or the ids of some, those of the seed among them. See the attribute `accounts`.
    args: further flags of the program (docs/configuration.md).
    host, port: where it listens; port 0 takes a free one.
    account_id, credentials: of the root user; they are 000000000000, `test` and `test` otherwise.
    region: of the clients that it gives.
    env: further variables for the program.
    program: another one than that of the package.
    timeout: seconds until it must be ready.

    Raises StartError with what the program said where it does not start, and BenchError where a seed that is no file
    is refused.
    """
    given: Any = [] if seed is None else seed
    seeds: List[SeedSource] = list(given) if isinstance(given, (list, tuple)) else [given]
    command = [os.fspath(program or own_program()), "--listen", f"{host}:{port}", "--log-level", log_level]
    if account_id is not None:
        command += ["--account-id", account_id]
    for source in seeds:
        if not isinstance(source, Mapping) and is_path(source):
            command += ["--seed", os.fspath(source)]
    variables = {**os.environ, **(env or {})}
    if credentials is not None:  # not among the arguments, which everybody sees
        variables.update(IAMLOCAL_ROOT_ACCESS_KEY_ID=credentials.access_key_id,
                         IAMLOCAL_ROOT_SECRET_ACCESS_KEY=credentials.secret_access_key)
    process = Process([*command, *args], variables, timeout)
    try:
        endpoint = next(line.split()[1] for line in process.banner if line.startswith("  address "))
        if credentials is None and "  credentials  as they were set" not in process.banner:
            credentials = _USUAL
        server = Iamlocal(endpoint, region, credentials, process)
        for source in seeds:
            if isinstance(source, Mapping) or not is_path(source):
                server.seed(source)
        server.accounts = [server.account() if id is None else _made_or_found(server, id)
                           for id in ([None] * accounts if isinstance(accounts, int) else accounts)]
    except BaseException:
        with contextlib.suppress(StartError):
            process.stop()
        raise
    return server


def _made_or_found(server: Iamlocal, id: str) -> Account:
    try:
        return server.account(id)
    except BenchError as error:
        if error.status != 409:
            raise
        return server.in_account(id)


def connect(endpoint: Optional[str] = None, *, credentials: Credentials = _USUAL, region: str = "us-east-1",
            timeout: float = 30) -> Iamlocal:
    """A server that somebody else has started, once it is ready. stop() leaves it alone.

    Without `endpoint` it is where the environment sends clients of IAM, by AWS_ENDPOINT_URL_IAM or AWS_ENDPOINT_URL, or
    http://127.0.0.1:4566. `credentials` are its root user's.
    """
    endpoint = (endpoint or os.environ.get("AWS_ENDPOINT_URL_IAM") or os.environ.get("AWS_ENDPOINT_URL")
                or "http://127.0.0.1:4566")
    server = Iamlocal(endpoint, region, credentials)
    deadline = time.monotonic() + timeout
    while True:
        try:
            if server.bench.is_ready():
                return server
            trouble = "it is not ready"
        except OSError as error:
            trouble = str(error)
        if time.monotonic() > deadline:
            raise IamlocalError(f"no server at {endpoint} within {timeout:g} seconds: {trouble}")
        time.sleep(0.1)
