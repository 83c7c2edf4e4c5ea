"""The model that the server declares (`iamlocal --describe`) is AWS's (iam.json, sts.json).

What it answers is held against the model by test_coverage.py.
"""

import json
import os
import pathlib
import subprocess

import pytest

import distill

HERE = pathlib.Path(__file__).parent
BINARY = os.environ.get("IAMLOCAL_BINARY", str(HERE.parents[1] / "build/release/iamlocal"))
# The server knows no variable of that prefix but its own.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("IAMLOCAL_")}

NEWEST_CONSTRAINTS = {
    "AssumeRole.input.MinimumSessionTokenSize": ("min", "max"),
    "AssumeRoleWithSAML.input.MinimumSessionTokenSize": ("min", "max"),
    "AssumeRoleWithWebIdentity.input.MinimumSessionTokenSize": ("min", "max"),
    "AssumeRoot.input.MinimumSessionTokenSize": ("min", "max"),
    "GetFederationToken.input.MinimumSessionTokenSize": ("min", "max"),
    "GetScopedCredentials.input.DurationSeconds": ("min", "max"),
    "GetScopedCredentials.input.MinimumSessionTokenSize": ("min", "max"),
    "GetScopedCredentials.input.Policy": ("min", "max", "pattern"),
    "GetScopedCredentials.input.ScopedSessionDescription": ("max",),
    "GetSessionToken.input.MinimumSessionTokenSize": ("min", "max"),
}

# What the server declares otherwise than the model, and why. docs/compatibility.md says the same.
KNOWN_DIFFERENCES = {
    **{f"{path}.{limit}": "from the API reference; npm's packages have no constraints"
       for path, limits in NEWEST_CONSTRAINTS.items() for limit in limits},
}


@pytest.fixture(scope="module")
def declared():
    run = subprocess.run([BINARY, "--describe"], capture_output=True, text=True, timeout=30, check=True, env=ENVIRONMENT)
    return json.loads(run.stdout)


def facts(service):
    return json.loads((HERE / f"{service}.json").read_text())


def differences(path, ours, theirs):
    """Where two descriptions differ, by name, with what each of them says."""
    if path.endswith(".enum"):  # ours are in the order in which AWS's messages have them
        ours, theirs = sorted(ours), sorted(theirs)
    if not isinstance(ours, dict) or not isinstance(theirs, dict):
        return {} if ours == theirs else {path: f"{json.dumps(ours)}, AWS has {json.dumps(theirs)}"}
    found = {}
    for key in sorted(ours.keys() | theirs.keys()):
        here = f"{path}.{key}"
        if key not in ours:
            found[here] = f"missing, AWS has {json.dumps(theirs[key])}"
        elif key not in theirs:
            found[here] = f"AWS has none, we declare {json.dumps(ours[key])}"
        else:
            found |= differences(here, ours[key], theirs[key])
    return found


@pytest.mark.parametrize("service", ["iam", "sts"])
def test_the_server_knows_the_operations_of_the_model_and_no_others(declared, service):
    """Those that it does not serve come from src/app/model_names.cpp, which distill.py writes beside the model."""
    served = set(declared[service]["operations"])
    waiting = set(declared[service]["not_implemented"])
    model = set(facts(service)["operations"])
    assert served and served & waiting == set()
    assert model - served - waiting == set(), "operations of AWS's model that the server does not know"
    assert (served | waiting) - model == set(), "operations that AWS does not have"


@pytest.mark.parametrize("service", ["iam", "sts"])
def test_no_operation_is_left_to_be_built(declared, service):
    """Those that are answered NotImplemented."""
    assert declared[service]["not_implemented"] == []


def test_the_servers_list_of_operations_is_as_distilled():
    written = distill.names_in_cpp({service: facts(service) for service in ("iam", "sts")})
    assert distill.NAMES.read_text() == written


def test_inputs_are_those_of_the_model(declared):
    found = {}
    for service in ("iam", "sts"):
        model = facts(service)["operations"]
        for name, operation in declared[service]["operations"].items():
            if name not in model:
                continue
            found |= differences(f"{name}.input", operation["input"], model[name]["input"])
            found |= differences(f"{name}.result", operation["result"], "output" in model[name])
            found |= differences(f"{name}.anonymous", operation["anonymous"], model[name].get("anonymous", False))
    assert {path: text for path, text in found.items() if path not in KNOWN_DIFFERENCES} == {}
    assert set(KNOWN_DIFFERENCES) - set(found) == set(), "differences that there are no longer"


def test_the_page_of_operations_is_what_the_rows_print():
    """`scripts/print-operations >docs/operations.md` makes it new."""
    page = subprocess.run([HERE.parents[1] / "scripts/print-operations", BINARY], capture_output=True, text=True, timeout=30, check=True,
                          env=ENVIRONMENT)
    assert page.stdout == (HERE.parents[1] / "docs/operations.md").read_text()
