"""Reads src/catalogue/data/service_reference.bin: what AWS's service authorization reference says of a service's actions."""

import collections
import pathlib

import catalogue_file

DATA = pathlib.Path(__file__).resolve().parent.parent / "src/catalogue/data/service_reference.bin"

Action = collections.namedtuple("Action", "level resource_types arns condition_keys")


def actions(prefix):
    """{name: Action} of a service, by its prefix, such as "iam"."""
    texts = catalogue_file.read(DATA)
    prefixes = [line.split("\t")[1] for line in texts[0].decode().splitlines() if line.startswith("s\t")]
    keys, arns, found = [], {}, {}
    action = None
    for line in texts[1 + prefixes.index(prefix)].decode().splitlines():
        kind, *fields = line.split("\t")
        if kind == "k":
            keys.append(fields[0])
        elif kind == "r":
            arns.setdefault(fields[0], []).extend(fields[1].split())
        elif kind == "a":
            action = found[fields[0]] = Action(fields[1], [], [], numbered(fields[2], keys))
        elif kind == "t":
            action.resource_types.append(fields[0])
            action.arns.extend(arns.get(fields[0], []))
            action.condition_keys.update(numbered(fields[2], keys))
    return found


def numbered(text, keys):
    return {keys[int(number)] for number in text.split(",") if number}
