"""iamlocal, AWS's IAM and STS on localhost, for Python's tests.

    import iamlocal

    with iamlocal.start(seed="seed.yaml") as iam:
        account = iam.account()
        account.client("iam").create_user(UserName="alice")

`iamlocal.pytest_plugin` gives pytest the fixtures iamlocal, iamlocal_account and so on.
"""

from ._account import Account, Credentials, Identity
from ._bench import Bench
from ._controls import Clock, Faults, Propagation, Recording
from ._errors import BenchError, IamlocalError, StartError
from ._program import program
from ._seed import SeedSource
from ._server import Iamlocal, connect, start
from ._snapshot import Snapshot
from ._version import __version__

__all__ = [
    "Account", "Bench", "BenchError", "Clock", "Credentials", "Faults", "Iamlocal", "IamlocalError", "Identity",
    "Propagation", "Recording", "Snapshot", "SeedSource", "StartError", "__version__", "connect", "program", "start",
]
