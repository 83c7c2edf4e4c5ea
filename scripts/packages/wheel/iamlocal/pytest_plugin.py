"""Fixtures of pytest: a server for each worker, and an account of it for each test."""

from __future__ import annotations

import os
import pathlib
import shlex
from typing import Any, Dict, Generator, Iterator, List, Mapping, Optional, Union

import pytest

from ._account import Account, Identity
from ._errors import BenchError
from ._seed import SeedSource, is_path
from ._server import Iamlocal, connect, start

# The state that the server began with.
_BEGINNING = "iamlocal-beginning"
# How many denials are listed below a test that failed.
_LISTED = 10
# The server of this process, once a test has asked for it.
_SERVER: "pytest.StashKey[Optional[Iamlocal]]" = pytest.StashKey()
# What --propagation-delay was at the beginning. It is no part of a snapshot.
_PROPAGATION: "pytest.StashKey[Dict[str, Any]]" = pytest.StashKey()
# The last denial before a test began.
_BEFORE: "pytest.StashKey[Optional[str]]" = pytest.StashKey()
# What would lead a program elsewhere, or make it somebody else, than what a test has set.
_ELSEWHERE = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN",
              "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("iamlocal", "AWS IAM and STS on localhost")
    group.addoption("--iamlocal-seed", action="append", default=None, metavar="FILE",
                    help="what accounts hold when the server starts, in place of the ini option; repeatable")
    group.addoption("--iamlocal-args", action="append", default=None, metavar="FLAGS",
                    help="further flags of the program, behind those of the ini option")
    group.addoption("--iamlocal-endpoint", default=None, metavar="URL",
                    help="a server that runs already and that others may use, in place of one of our own")
    parser.addini("iamlocal_seed", "what accounts hold when the server starts: files, seen from the ini file", type="paths")
    parser.addini("iamlocal_account_seed", "what each test's account holds: a file, seen from the ini file", type="paths")
    parser.addini("iamlocal_args", "further flags of the program iamlocal", type="args")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "iamlocal(seed): what the account of the test holds, in place of iamlocal_account_seed")


@pytest.fixture(scope="session")
def iamlocal(request: pytest.FixtureRequest) -> Iterator[Iamlocal]:
    """A server for the tests of this worker, as iamlocal_seed and iamlocal_args say. Tests share it."""
    config = request.config
    with _server(config) as server:
        config.stash[_SERVER] = server
        yield server
        config.stash[_SERVER] = None


def _server(config: pytest.Config) -> Iamlocal:
    # Those of the command line are seen from where pytest was called.
    seeds: List[SeedSource] = [os.path.join(str(config.invocation_params.dir), file)
                               for file in config.getoption("--iamlocal-seed") or []]
    seeds = seeds or list(config.getini("iamlocal_seed"))
    endpoint = config.getoption("--iamlocal-endpoint")
    if endpoint:
        server = connect(endpoint)
        for seed in seeds:
            server.seed(seed)
        return server
    flags = [*config.getini("iamlocal_args")]
    for given in config.getoption("--iamlocal-args") or []:
        flags += shlex.split(given)
    server = start(seed=seeds, args=flags)
    server.snapshot(_BEGINNING)
    config.stash[_PROPAGATION] = server.propagation.get()
    return server


@pytest.fixture
def iamlocal_fresh(request: pytest.FixtureRequest, iamlocal: Iamlocal) -> Iamlocal:
    """The server as it began: what earlier tests have made is gone, its clock and all else too."""
    if not _is_ours(iamlocal):
        pytest.fail("iamlocal_fresh needs a server of its own: others may use the one at --iamlocal-endpoint", pytrace=False)
    _let_changes_be_seen_as_at_the_beginning(request.config, iamlocal)
    iamlocal.restore(_BEGINNING)
    return iamlocal


@pytest.fixture
def iamlocal_account(request: pytest.FixtureRequest, iamlocal: Iamlocal) -> Iterator[Account]:
    """An account for this test alone, with what the mark or iamlocal_account_seed says in it."""
    if "iamlocal_fresh" in request.fixturenames:
        request.getfixturevalue("iamlocal_fresh")  # it would take an account along that is there already
    if _is_ours(iamlocal):
        _let_changes_be_seen_as_at_the_beginning(request.config, iamlocal)
        iamlocal.clock.reset()
        iamlocal.faults.clear()
    account = iamlocal.account()
    for source in _account_seeds(request):
        account.seed(source)
    yield account
    account.delete()  # its access keys and its alias are free for the next one


def _let_changes_be_seen_as_at_the_beginning(config: pytest.Config, server: Iamlocal) -> None:
    began = config.stash[_PROPAGATION]
    if "seed" in began:
        server.propagation.set(began["delay"], began["seed"])
    else:
        server.propagation.clear()


def _is_ours(server: Iamlocal) -> bool:
    """Whether nobody else uses it, whom a moved clock would trouble."""
    return server.pid is not None


def _account_seeds(request: pytest.FixtureRequest) -> List[SeedSource]:
    mark = request.node.get_closest_marker("iamlocal")
    if mark is None:
        return list(request.config.getini("iamlocal_account_seed"))
    unknown = set(mark.kwargs) - {"seed"}
    if mark.args or unknown or "seed" not in mark.kwargs:
        raise pytest.UsageError("the mark iamlocal takes seed: @pytest.mark.iamlocal(seed=\"seed.yaml\")")
    source: SeedSource = mark.kwargs["seed"]
    if isinstance(source, Mapping) or not is_path(source):
        return [source]
    # Seen from the file of the test.
    return [pathlib.Path(str(request.node.path)).parent / os.fspath(source)]


class Environment:
    """The variables by which AWS's SDKs meet the server."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        #: Those that are set.
        self.variables: Dict[str, str] = {}

    def use(self, who: Union[Identity, Iamlocal]) -> None:
        """From here on the code under test asks in this name. Clients that it has made before stay who they are."""
        for name in (*_ELSEWHERE, *self.variables):
            self._monkeypatch.delenv(name, raising=False)
        self.variables = {**who.env(), "AWS_EC2_METADATA_DISABLED": "true"}
        for name, value in self.variables.items():
            self._monkeypatch.setenv(name, value)
        self._forget_the_default_session()

    def _forget_the_default_session(self) -> None:
        """boto3.client() has a session that remembers credentials."""
        try:
            import boto3
        except ImportError:
            return
        self._monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


@pytest.fixture
def iamlocal_environment(iamlocal_account: Account, monkeypatch: pytest.MonkeyPatch) -> Environment:
    """The code under test makes its own clients, and they meet the server as the root user of the test's account."""
    _let_old_boto3_read_the_endpoint(monkeypatch)
    environment = Environment(monkeypatch)
    environment.use(iamlocal_account)
    return environment


def _let_old_boto3_read_the_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    """boto3 reads AWS_ENDPOINT_URL since 1.28. What is older would ask AWS itself."""
    try:
        import botocore.configprovider
        import botocore.session
    except ImportError:
        return
    if hasattr(botocore.configprovider, "ConfiguredEndpointProvider"):
        return
    make = botocore.session.Session.create_client

    def create_client(session: Any, service_name: str, region_name: Any = None, api_version: Any = None, use_ssl: Any = True,
                      verify: Any = None, endpoint_url: Any = None, *arguments: Any, **options: Any) -> Any:
        endpoint_url = (endpoint_url or os.environ.get(f"AWS_ENDPOINT_URL_{service_name.upper().replace('-', '_')}")
                        or os.environ.get("AWS_ENDPOINT_URL"))
        return make(session, service_name, region_name, api_version, use_ssl, verify, endpoint_url, *arguments, **options)

    monkeypatch.setattr(botocore.session.Session, "create_client", create_client)


# Denials below a test that failed


def _server_of(item: pytest.Item) -> Optional[Iamlocal]:
    """The server, where the test uses it and it has been started."""
    return item.config.stash.get(_SERVER, None) if "iamlocal" in getattr(item, "fixturenames", ()) else None


def _denials(item: pytest.Item, server: Iamlocal, limit: int) -> List[Dict[str, Any]]:
    """The last ones, the newest first. Of a server that others use, those of the test's account."""
    filters: Dict[str, Union[str, int]] = {"decision": "denied", "limit": limit}
    if not _is_ours(server):
        account: Optional[Account] = getattr(item, "funcargs", {}).get("iamlocal_account")
        return account.decisions(**filters) if account else []
    return server.decisions(**filters)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    server = _server_of(item)
    if server is None:
        return
    try:
        before = _denials(item, server, 1)
    except (OSError, BenchError):
        return  # it is the test's to find out
    if before:
        item.stash[_BEFORE] = before[0]["id"]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Generator[None, Any, None]:
    report = (yield).get_result()
    server = _server_of(item)
    if server is None or not report.failed or call.when == "teardown":
        return
    try:
        text = _explain(item, server)
    except (OSError, BenchError) as error:
        ended = "" if server.status is None else f" and has ended with status {server.status}"
        text = f"The server does not answer{ended}: {error}\n{server.stderr}"
    if text:
        report.sections.append(("iamlocal denials", text))


def _explain(item: pytest.Item, server: Iamlocal) -> str:
    """The denials since the one before the test, oldest first, and the last one's reasons."""
    denials = []
    for denial in _denials(item, server, 1000):
        if denial["id"] == item.stash.get(_BEFORE, None):
            break
        denials.append(denial)
    if not denials:
        return ""
    lines = [f"{denial['decision']} {denial['action']} on {denial.get('resource', '*')} by {denial['principal']}"
             for denial in reversed(denials[:_LISTED])]
    if len(denials) > _LISTED:
        lines.insert(0, f"… and {len(denials) - _LISTED} before these")
    return "\n".join([*lines, "", server.why(denials[0]["id"])])
