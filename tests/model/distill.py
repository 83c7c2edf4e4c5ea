#!/usr/bin/env python3
"""Distills the facts of AWS's models of IAM and STS, as an installed botocore has them, into iam.json and sts.json.

Facts only: names of operations and members, types, what is required, lengths, ranges, patterns, enums, error codes and
their statuses. No prose. Run it with a newer botocore when AWS adds operations, and read the difference.

    python3 tests/model/distill.py
"""

import json
import pathlib

import botocore
import botocore.loaders

SCALARS = {"string": "string", "integer": "integer", "boolean": "boolean", "timestamp": "timestamp", "blob": "string"}


def constraints(shape):
    """The limits of a shape; a lower limit of nothing says nothing."""
    facts = {}
    minimum = shape.get("min")
    if minimum is not None and (minimum > 0 or shape["type"] == "integer"):
        facts["min"] = minimum
    if shape.get("max") is not None:
        facts["max"] = shape["max"]
    if "pattern" in shape:
        facts["pattern"] = shape["pattern"]
    if "enum" in shape:
        facts["enum"] = shape["enum"]
    return facts


def describe(shapes, name):
    shape = shapes[name]
    kind = shape["type"]
    if kind == "structure":
        return {"type": "structure", "members": members(shapes, name)}
    if kind == "list":
        return {"type": "list", **constraints(shape), "member": describe(shapes, shape["member"]["shape"])}
    return {"type": SCALARS[kind], **constraints(shape)}


def members(shapes, name):
    shape = shapes[name]
    required = set(shape.get("required", ()))
    facts = {}
    for member, reference in shape.get("members", {}).items():
        described = describe(shapes, reference["shape"])
        if member in required:
            described = {"type": described.pop("type"), "required": True, **described}
        facts[member] = described
    return facts


def service(name):
    model = botocore.loaders.Loader().load_service_model(name, "service-2")
    shapes = model["shapes"]
    operations = {}
    errors = {}
    for operation, body in sorted(model["operations"].items()):
        facts = {"input": members(shapes, body["input"]["shape"]) if "input" in body else {}}
        facts["result"] = "output" in body
        facts["errors"] = []
        for error in body.get("errors", []):
            trait = shapes[error["shape"]].get("error", {})
            code = trait.get("code", error["shape"])
            facts["errors"].append(code)
            errors[code] = trait.get("httpStatusCode", 400)
        if body.get("authtype") == "none":
            facts["anonymous"] = True
        operations[operation] = facts
    metadata = model["metadata"]
    return {
        "version": metadata["apiVersion"],
        "namespace": metadata["xmlNamespace"],
        "errors": dict(sorted(errors.items())),
        "operations": operations,
    }


def lines(facts):
    """JSON with a line per member of an input, so that a difference between two models reads like one."""

    def compact(value):
        return json.dumps(value, separators=(", ", ": "))

    out = ["{"]
    for key in ("version", "namespace"):
        out.append(f"  {compact(key)}: {compact(facts[key])},")
    out.append('  "errors": {')
    out.append(",\n".join(f"    {compact(code)}: {status}" for code, status in facts["errors"].items()))
    out.append("  },")
    out.append('  "operations": {')
    operations = []
    for name, operation in facts["operations"].items():
        text = [f"    {compact(name)}: {{"]
        if operation["input"]:
            text.append('      "input": {')
            text.append(
                ",\n".join(f"        {compact(m)}: {compact(facts)}" for m, facts in operation["input"].items())
            )
            text.append("      },")
        else:
            text.append('      "input": {},')
        rest = {key: value for key, value in operation.items() if key != "input"}
        text.append(",\n".join(f"      {compact(key)}: {compact(value)}" for key, value in rest.items()))
        text.append("    }")
        operations.append("\n".join(text))
    out.append(",\n".join(operations))
    out.append("  }")
    out.append("}")
    return "\n".join(out) + "\n"


def main():
    folder = pathlib.Path(__file__).parent
    for name in ("iam", "sts"):
        facts = service(name)
        text = lines(facts)
        assert json.loads(text) == facts
        (folder / f"{name}.json").write_text(text)
        print(f"{name}: {len(facts['operations'])} operations from botocore {botocore.__version__}")


if __name__ == "__main__":
    main()
