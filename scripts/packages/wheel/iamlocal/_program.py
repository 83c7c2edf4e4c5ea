from __future__ import annotations

import pathlib


def program() -> pathlib.Path:
    """The program that this package has in it."""
    return pathlib.Path(__file__).resolve().parent / "bin" / "iamlocal"
