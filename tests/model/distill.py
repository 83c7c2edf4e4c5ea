#!/usr/bin/env python3
"""Distills the facts of AWS's models of IAM and STS into iam.json and sts.json, and the server's list of AWS's operations.

Facts only: names of operations and members, types, what is required, lengths, ranges, patterns, enums, error codes with
their statuses, and which operations need no signature. No prose.

Names and shapes come from npm's packages, which are the newest. Constraints, which those lack, come from the botocore that
is installed, or from the files themselves where they know a newer one. So that nothing is lost by an old botocore:

    cd $(mktemp -d) && npm install @aws-sdk/client-iam@latest @aws-sdk/client-sts@latest
    python3 …/tests/model/distill.py node_modules

Inputs are spelled out where they are used, as the server prints them. Structures of answers have names and stand in
"structures", once. Read the difference: it is what AWS has changed.
"""

import json
import pathlib
import subprocess
import sys

import botocore
import botocore.loaders

HERE = pathlib.Path(__file__).parent
NAMES = HERE.parents[1] / "src/app/model_names.cpp"
CONSTRAINTS = ("min", "max", "pattern")


def npm_models(folder):
    run = subprocess.run(["node", HERE / "read_npm_models.mjs", folder], stdout=subprocess.PIPE, check=True)
    return json.loads(run.stdout)


# botocore ------------------------------------------------------------------------------------------------------------


def constraints(shape):
    """The limits of a shape; a lower limit of nothing says nothing."""
    facts = {key: shape[key] for key in (*CONSTRAINTS, "enum") if shape.get(key) is not None}
    if facts.get("min") == 0 and shape["type"] != "integer":
        del facts["min"]
    return facts


def describe(shapes, name):
    shape = shapes[name]
    facts = {"type": shape["type"], **constraints(shape)}
    if shape["type"] == "structure":
        facts["members"] = members(shapes, name)
    if shape["type"] == "list":
        facts["member"] = describe(shapes, shape["member"]["shape"])
    if shape["type"] == "map":
        facts["value"] = describe(shapes, shape["value"]["shape"])
    return facts


def members(shapes, name):
    return {member: describe(shapes, ref["shape"]) for member, ref in shapes[name].get("members", {}).items()}


def botocore_model(name):
    model = botocore.loaders.Loader().load_service_model(name, "service-2")
    shapes = model["shapes"]
    operations = {}
    for operation, body in model["operations"].items():
        operations[operation] = {
            key: members(shapes, body[key]["shape"]) for key in ("input", "output") if key in body
        }
    return {"sources": {"botocore": botocore.__version__}, "structures": {}, "operations": operations}


# Both together -------------------------------------------------------------------------------------------------------


def add_constraints(model, known):
    """Adds to the members of `model` what `known`, in the same form, says of members of the same name."""
    done = set()

    def add(facts, source):
        facts.update({key: source[key] for key in CONSTRAINTS if key in source})
        if "enum" in facts:  # npm's are sorted; the model's order is that of messages
            order = source.get("enum", [])
            facts["enum"].sort(key=lambda value: (order.index(value) if value in order else len(order)))
        for part in ("member", "value"):
            if part in facts:
                add(facts[part], source.get(part, {}))
        if "members" in facts:
            add_all(facts["members"], source.get("members", {}))
        if "structure" in facts and facts["structure"] not in done:
            there = source.get("members") or known["structures"].get(facts["structure"])
            if there:
                done.add(facts["structure"])
                add_all(model["structures"][facts["structure"]], there)

    def add_all(members, sources):
        for name, facts in members.items():
            add(facts, sources.get(name, {}))

    for name, operation in model["operations"].items():
        source = known["operations"].get(name, {})
        for part in ("input", "output"):
            if part in operation:
                add_all(operation[part], source.get(part, {}))
    model["sources"]["botocore"] = known["sources"]["botocore"]


def number(version):
    return tuple(int(part) for part in version.split("."))


def newest_constraints(name):
    installed = botocore_model(name)
    file = json.loads((HERE / f"{name}.json").read_text())
    return max(installed, file, key=lambda model: number(model["sources"]["botocore"]))


# Files ---------------------------------------------------------------------------------------------------------------


def text_of(value, indent=""):
    """JSON with a line per member, so that a difference between two models reads like one."""
    is_member = isinstance(value, dict) and isinstance(value.get("type"), str)
    if not isinstance(value, dict) or not value or is_member:
        return json.dumps(value)
    deeper = indent + "  "
    inner = ",\n".join(f"{deeper}{json.dumps(key)}: {text_of(item, deeper)}" for key, item in value.items())
    return f"{{\n{inner}\n{indent}}}"


def sorted_model(model):
    return {**model, **{key: dict(sorted(model[key].items())) for key in ("errors", "structures", "operations")}}


def published(package, version):
    """The day on which npm got it; its files do not say."""
    times = subprocess.run(["npm", "view", package, "time", "--json"], stdout=subprocess.PIPE, check=True).stdout
    return json.loads(times)[version][:10]


def names_in_cpp(models):
    lines = [
        "// Written by tests/model/distill.py from AWS's models; a test compares.",
        '#include "app/model_names.hpp"',
        "",
        "namespace iamlocal::app {",
        "namespace {",
    ]
    for name, model in models.items():
        lines += ["", f"constexpr std::string_view {name}_names[] = {{"]
        lines += [f'    "{operation}",' for operation in model["operations"]]
        lines += ["};"]
    lines += ["", "}  // namespace", ""]
    lines += [f"std::span<const std::string_view> {name}_model_names() {{ return {name}_names; }}" for name in models]
    lines += [""]
    for name, model in models.items():
        package = f"@aws-sdk/client-{name}"
        origin = f'{{"{package} {model["sources"][package]}", "{model["sources"]["published"]}"}}'
        lines += [f"ModelOrigin {name}_model_origin() {{ return {origin}; }}"]
    lines += ["", "}  // namespace iamlocal::app"]
    return "\n".join(lines) + "\n"


def main():
    models = {}
    for name, model in npm_models(sys.argv[1]).items():
        add_constraints(model, newest_constraints(name))
        package = f"@aws-sdk/client-{name}"
        model["sources"]["published"] = published(package, model["sources"][package])
        models[name] = sorted_model(model)
        (HERE / f"{name}.json").write_text(text_of(models[name]) + "\n")
        print(f"{name}: {len(model['operations'])} operations from {model['sources']}")
    NAMES.write_text(names_in_cpp(models))


if __name__ == "__main__":
    main()
