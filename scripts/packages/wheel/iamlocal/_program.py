from __future__ import annotations

import os
import pathlib
from typing import Dict, Mapping


def program() -> pathlib.Path:
    """The program that this package has in it, or the one that the variable IAMLOCAL_PROGRAM names."""
    named = os.environ.get("IAMLOCAL_PROGRAM")
    return pathlib.Path(named) if named else pathlib.Path(__file__).resolve().parent / "bin" / "iamlocal"


def environment_for(variables: Mapping[str, str]) -> Dict[str, str]:
    """The environment for the program. It refuses variables that begin with IAMLOCAL_ and are no settings."""
    # A service manager that watches this process is not to hear of the server.
    return {name: value for name, value in variables.items() if name not in ("IAMLOCAL_PROGRAM", "NOTIFY_SOCKET")}
