"""The program itself, as the command `iamlocal` or `python -m iamlocal`."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from ._program import environment_for, program


def main() -> NoReturn:
    """Becomes the program, with the arguments of this one."""
    path = program()
    sys.stdout.flush()
    os.execve(path, ["iamlocal", *sys.argv[1:]], environment_for(os.environ))


if __name__ == "__main__":
    main()
