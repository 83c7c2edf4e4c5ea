"""A server per module, emptied before each test."""

import datetime

import pytest

import support


@pytest.fixture(scope="module", autouse=True)
def usual_time():
    """What a module does to the clock of our clients is over with it."""
    yield
    support.Shifted.offset = datetime.timedelta(0)


@pytest.fixture(scope="module")
def module_server(tmp_path_factory):
    server = support.Server(tmp_path_factory.mktemp("server"))
    yield server
    assert server.stop() == 0, server.log()[-4000:]


@pytest.fixture
def server(module_server):
    module_server.reset()
    yield module_server
    assert module_server.process.poll() is None, module_server.log()[-4000:]


@pytest.fixture
def root(server):
    return support.Caller(server)


@pytest.fixture
def iam(root):
    return root.iam


@pytest.fixture
def sts(root):
    return root.sts


@pytest.fixture
def start(tmp_path):
    """Starts further servers, which end with the test."""
    started = []

    def start_server(*flags, env=None):
        started.append(support.Server(tmp_path, *flags, env=env))
        return started[-1]

    yield start_server
    for server in started:
        if server.process.poll() is None:
            server.stop()
