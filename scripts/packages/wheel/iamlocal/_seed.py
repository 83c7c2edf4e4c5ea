"""What may be given as a seed, and its text."""

from __future__ import annotations

import json
import os
import pathlib
import re
from typing import Any, Mapping, Optional, Union

from ._errors import IamlocalError

#: The path of a file, the seed itself as a dict, or its text. A str that has a line break or begins with `{` is a text,
#: any other a path.
SeedSource = Union[str, "os.PathLike[str]", Mapping[str, Any]]

# A member whose name is the id of an account, in YAML or JSON.
_ACCOUNT = re.compile(r"""(?<![\w:])["']?(\d{12})["']?\s*:(?=[\s{]|$)""", re.M)


def is_path(source: SeedSource) -> bool:
    """Whether it names a file or a folder."""
    return isinstance(source, os.PathLike) or (
        isinstance(source, str) and "\n" not in source and not source.startswith("{"))


def text_of(source: SeedSource) -> str:
    """The seed as the server takes it, YAML or JSON. Raises OSError where a file cannot be read."""
    if isinstance(source, Mapping):
        return json.dumps(source)
    if isinstance(source, os.PathLike) or is_path(source):
        return pathlib.Path(source).read_text(encoding="utf-8")
    return source


def text_for(source: SeedSource, account: str, from_: Optional[str] = None) -> str:
    """A seed with the id of another account in the place of one, in ARNs, too: of `from_`, or of the only one."""
    text = text_of(source)
    found = {from_} if from_ is not None else set(source.get("accounts", {})) if isinstance(source, Mapping) else set(_ACCOUNT.findall(text))
    if len(found) != 1:
        if not found:
            raise IamlocalError("the seed names no account")
        raise IamlocalError(f"the seed names several accounts ({', '.join(sorted(found))}): say which one with from_")
    return re.sub(rf"(?<!\d){found.pop()}(?!\d)", account, text)
