"""Calls of operations that the installed boto3 is too old to know, from AWS's model: `Newer(alice).get_account_properties()`.

Parameters and answers have boto3's form, and errors are boto3's, so what support.py has for those serves here, too.
"""

import datetime
import json
import re

import botocore.exceptions

import support

MODELS = {name: json.loads((support.REPOSITORY / f"tests/model/{name}.json").read_text()) for name in ("iam", "sts")}
METHODS = {re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower(): (service, name)
           for service, model in MODELS.items() for name in model["operations"]}


def flatten(facts, name, value):
    """The parameters of a member, as the Query protocol names them."""
    kind = facts.get("type")
    if kind == "list" and isinstance(value, list):
        if not value:
            yield name, ""
        for number, item in enumerate(value, 1):
            yield from flatten(facts["member"], f"{name}.member.{number}", item)
    elif kind in ("structure", "union") and isinstance(value, dict):
        for member, part in value.items():
            yield from flatten(facts["members"].get(member, {}), f"{name}.{member}", part)
    elif kind == "map" and isinstance(value, dict):
        if not value:
            yield name, ""
        for number, (key, part) in enumerate(value.items(), 1):
            yield f"{name}.entry.{number}.key", key
            yield from flatten(facts["value"], f"{name}.entry.{number}.value", part)
    else:
        yield name, {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def tag_of(element):
    return element.tag.rpartition("}")[2]


def members_of(facts, structures):
    return structures[facts["structure"]] if "structure" in facts else facts["members"]


def value_of(facts, element, structures):
    kind = facts["type"]
    if kind == "structure":
        return read(members_of(facts, structures), element, structures)
    if kind == "list":
        assert {tag_of(child) for child in element} <= {"member"}
        return [value_of(facts["member"], child, structures) for child in element]
    if kind == "map":
        return {entry[0].text or "": value_of(facts["value"], entry[1], structures) for entry in element}
    text = element.text or ""
    if kind == "integer":
        return int(text)
    if kind == "boolean":
        return {"true": True, "false": False}[text]
    if kind == "timestamp":
        return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.timezone.utc)
    return text


def read(members, element, structures):
    return {tag_of(child): value_of(members[tag_of(child)], child, structures) for child in element}


class Newer:
    def __init__(self, caller):
        self.caller = caller

    def __getattr__(self, method):
        service, name = METHODS[method]
        return lambda **parameters: self.call(service, name, parameters)

    def call(self, service, name, parameters):
        facts = MODELS[service]["operations"][name]
        pairs = [pair for member, value in parameters.items()
                 for pair in flatten(facts["input"].get(member, {}), member, value)]
        caller = self.caller
        answer = support.send(caller.server, support.call(service, name, *pairs), service=service, key=caller.key,
                              secret=caller.secret, token=caller.token, region=caller.region)
        root = answer.xml()
        if answer.status == 200:
            result = [child for child in root if tag_of(child) == f"{name}Result"]
            assert len(result) == ("output" in facts), answer.text
            return read(facts["output"], result[0], MODELS[service]["structures"]) if result else {}
        error = {tag_of(child): child.text or "" for child in root[0]}
        raise botocore.exceptions.ClientError(
            {"Error": error, "ResponseMetadata": {"HTTPStatusCode": answer.status}}, name)
