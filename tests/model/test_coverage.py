"""What the servers answered in the client tests is what AWS's model says, and nothing of the model was left out.

The client tests write every answer that boto3 and requests by hand get into a folder (`Record` in tests/clients/support.py).
So this runs after all of them, and knows nothing of its own: `ctest -R model.coverage` runs them first.
"""

import ast
import collections
import fnmatch
import json
import os
import pathlib
import re
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest

from java_patterns import compiled

HERE = pathlib.Path(__file__).parent
BINARY = os.environ.get("IAMLOCAL_BINARY", str(HERE.parents[1] / "build/release/iamlocal"))
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("IAMLOCAL_")}
ANSWERS = os.environ.get("IAMLOCAL_ANSWERS")
SUITES = sorted(path.stem.replace("test_", "clients.") for path in HERE.parent.glob("clients/test_*.py"))
MODELS = {name: json.loads((HERE / f"{name}.json").read_text()) for name in ("iam", "sts")}
SERVICE_OF = {model["namespace"]: name for name, model in MODELS.items()}

pytestmark = pytest.mark.skipif(ANSWERS is None, reason="there are no answers without the client tests: run ctest")

# What AWS answers otherwise than its model says, and we with it. The keys are matched as in file names.
ANSWERED_OTHERWISE = {
    "*.PermissionsBoundary.PermissionsBoundaryType is none of *: Policy": "the one value, by the words of the reference",
    "*.SourcePolicyType is none of *: *Policy": "so in the examples of the reference",
    "GetContextKeysFor*.ContextKeyNames?? is *, the model has 5 to 256": "`$`, `*` and `?`, and whatever else a document names",
    "CreateAccessKey.AccessKey.UserName is required": "root has no name",
    "*LoginProfile.LoginProfile.UserName is required": "root has no name",
    "GetServiceLastAccessedDetails*.* is required": "a job that is pending shows no results, and no date of its end",
    "GetUser.User.Path is required": "root has no path",
    "GetUser.User.UserName is required": "root has no name",
    "GetUser.User.UserId is 12, *": "root's id is that of the account",
    "ListMFADevices.MFADevices??.UserName is required": "root has no name",
    "ListVirtualMFADevices.VirtualMFADevices??.User.Path is required": "root has no path",
    "ListVirtualMFADevices.VirtualMFADevices??.User.UserName is required": "root has no name",
    "ListVirtualMFADevices.VirtualMFADevices??.User.UserId is 12, *": "root's id is that of the account",
    "AssumeRoleWithWebIdentity.SubjectFromWebIdentityToken is *, the model has 6 to 255": "whatever subject the token has",
    "*SSHPublicKey.Fingerprint is 47, the model has 48 to 48": "sixteen bytes, and colons between them",
    "ListSigningCertificates.Certificates??.UserName is required": "root has no name",
    "UploadSigningCertificate.Certificate.UserName is required": "root has no name",
}

# What any operation may answer, whatever the model says of it.
COMMON_ERRORS = {
    "AccessDenied": 403,
    "ExpiredToken": 403,
    "IncompleteSignature": 400,
    "InvalidAction": 400,
    "InvalidClientTokenId": 403,
    "MalformedHttpRequestException": 400,
    "MalformedInput": 400,
    "MalformedQueryString": 400,
    "MethodNotAllowed": 405,
    "MissingAuthenticationToken": 403,
    "NotImplemented": 501,
    "RequestEntityTooLarge": 413,
    "ServiceUnavailable": 503,
    "SignatureDoesNotMatch": 403,
    "UnsupportedMediaType": 415,
    "ValidationError": 400,
}

# Errors that one operation answers though the model does not say so, with their status.
UNMODELLED = {
    ("AssumeRole", "InvalidParameterValue"): (400, "AWS's answer to tags that are reserved or given twice"),
    ("AssumeRoleWithWebIdentity", "InvalidParameterValue"): (400, "the same"),
    ("AssumeRoleWithSAML", "InvalidParameterValue"): (400, "the same"),
    ("CreateRole", "NoSuchEntity"): (404, "a boundary that is not there; modelled for PutRolePermissionsBoundary"),
    ("CreateRole", "PolicyNotAttachable"): (400, "a boundary that no role can have; modelled for PutRolePermissionsBoundary"),
    ("GetFederationToken", "InvalidParameterValue"): (400, "the same"),
    ("GetOrganizationsAccessReport", "InvalidInput"): (400, "a marker of another job, as for GetServiceLastAccessedDetails"),
    ("GetWebIdentityToken", "InvalidParameterValue"): (400, "AWS's answer to tags that are given twice"),
    ("CreateUser", "PolicyNotAttachable"): (400, "a boundary that no user can have; modelled for PutUserPermissionsBoundary"),
    ("ListServiceSpecificCredentials", "InvalidInput"): (400, "AWS's answer to AllUsers beside a user's name"),
    ("UpdateServiceSpecificCredential", "InvalidInput"): (400, "AWS's answer to the status Expired, as for SSH keys"),
}

# Modelled errors that this server has no occasion for in any operation.
NEVER = {
    "ConcurrentModification": "only where another process or a lost race stands in the way; PROVOKED, and shown by unit tests",
    "EntityTemporarilyUnmodifiable": "what is deleted is gone at once, and its name is free",
    "PolicyEvaluation": "a stored policy that cannot be read, and no client can store one; shown by unit tests",
    "RegionDisabledException": "every Region is enabled",
    "ServiceFailure": "nothing that a client does makes the server fail",
}

# Where a test stands in the database's way, as other servers on the same database may; and the one operation that has no
# other error for what is not in the right state.
PROVOKED = {("CreateUser", "ConcurrentModification"), ("AcceptDelegationRequest", "ConcurrentModification")}

# Modelled errors that some operations cannot give, by the form of their names: by error the reason and the forms. What
# concerns single operations stands beside their client tests, in a table NO_OCCASION of the same form.
NOT_OF_FORM = {"LimitExceeded": ("nothing is added that has a quota", "Delete* Detach* Remove*")}


def tables_beside_tests():
    """(file, table) of each NO_OCCASION in the client tests, which are read here and not run."""
    for path in sorted(HERE.parent.glob("clients/test_*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["NO_OCCASION"]:
                yield path.name, ast.literal_eval(node.value)


MODELLED = {(name, code) for model in MODELS.values() for name, facts in model["operations"].items() for code in facts["errors"]}
NOT_HERE = {(name, code): file for file, table in tables_beside_tests()
            for code, (_, names) in table.items() for name in names.split()}
EXCUSED = set(NOT_HERE) | {(name, code) for name, code in MODELLED for form in NOT_OF_FORM.get(code, ("", ""))[1].split()
                           if fnmatch.fnmatchcase(name, form)}


def require_none(lines):
    lines = list(lines)
    assert not lines, "\n" + "\n".join(sorted(lines))


def declared():
    run = subprocess.run([BINARY, "--describe"], capture_output=True, text=True, timeout=30, check=True, env=ENVIRONMENT)
    return {name: set(service["operations"]) for name, service in json.loads(run.stdout).items()}


@pytest.fixture(scope="module")
def answers():
    """{(service, operation): [(status, root element)]} of everything recorded, without the copies."""
    folder = pathlib.Path(ANSWERS)
    missing = [suite for suite in SUITES if not (folder / f"{suite}.jsonl").exists()]
    assert missing == [], "suites that left no record"
    lines = {line for suite in SUITES for line in (folder / f"{suite}.jsonl").read_text().splitlines()}
    found = collections.defaultdict(list)
    for line in sorted(lines):
        operation, status, body = json.loads(line)
        if not body.startswith("<"):
            continue
        root = ElementTree.fromstring(body)
        service = SERVICE_OF[namespace_of(root)]
        if operation in MODELS[service]["operations"]:
            found[service, operation].append((status, root))
    return found


def namespace_of(element):
    return element.tag[1:].partition("}")[0]


def name_of(element):
    return element.tag.rpartition("}")[2]


# Successes -----------------------------------------------------------------------------------------------------------

SCALARS = {
    "blob": re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"),
    "string": re.compile(r"(?s).*"),
    "integer": re.compile(r"-?\d+"),
    "boolean": re.compile(r"true|false"),
    "timestamp": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z"),
}


class Checker:
    """Collects what an answer has otherwise than its model."""

    def __init__(self, structures):
        self.structures = structures
        self.found = set()

    def structure(self, path, members, element):
        names = [name_of(child) for child in element]
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.found.add(f"{path}.{name} is there twice")
        for child in element:
            if name_of(child) in members:
                self.value(f"{path}.{name_of(child)}", members[name_of(child)], child)
            else:
                self.found.add(f"{path}.{name_of(child)} is not in the model")
        for name, facts in members.items():
            if facts.get("required") and name not in names:
                self.found.add(f"{path}.{name} is required")

    def value(self, path, facts, element):
        kind = facts["type"]
        if kind == "structure":
            self.structure(path, self.structures[facts["structure"]], element)
        elif kind == "list":
            self.lengths(path, facts, len(element))
            for child in element:
                if name_of(child) != "member":
                    self.found.add(f"{path} has <{name_of(child)}> in place of <member>")
                self.value(f"{path}[]", facts["member"], child)
        elif kind == "map":
            for entry in element:
                if [name_of(entry), *map(name_of, entry)] != ["entry", "key", "value"]:
                    self.found.add(f"{path} has no entry of key and value")
                else:
                    self.value(f"{path}{{}}", facts["value"], entry[1])
        else:
            self.scalar(path, facts, element)

    def scalar(self, path, facts, element):
        text = element.text or ""
        if len(element) > 0 or not SCALARS[facts["type"]].fullmatch(text):
            self.found.add(f"{path} is no {facts['type']}: {ElementTree.tostring(element)[:200]}")
        elif facts["type"] == "string":
            self.lengths(path, facts, len(text))
            if "pattern" in facts and not compiled(facts["pattern"]).fullmatch(text):
                self.found.add(f"{path} does not match {facts['pattern']}: {text[:100]}")
            if "enum" in facts and text not in facts["enum"]:
                self.found.add(f"{path} is none of {facts['enum']}: {text[:100]}")
        elif facts["type"] == "integer":
            self.lengths(path, facts, int(text))

    def lengths(self, path, facts, number):
        if not facts.get("min", number) <= number <= facts.get("max", number):
            self.found.add(f"{path} is {number}, the model has {facts.get('min', '')} to {facts.get('max', '')}")

    def answer(self, operation, facts, root):
        children = [name_of(child) for child in root]
        wanted = [f"{operation}Result", "ResponseMetadata"] if "output" in facts else ["ResponseMetadata"]
        if name_of(root) != f"{operation}Response" or children != wanted:
            self.found.add(f"{operation} has <{name_of(root)}> with {children}")
        elif "output" in facts:
            self.structure(operation, facts["output"], root[0])


def test_successes_have_the_form_of_the_model(answers):
    found = set()
    for (service, operation), recorded in answers.items():
        checker = Checker(MODELS[service]["structures"])
        for status, root in recorded:
            if status == 200:
                checker.answer(operation, MODELS[service]["operations"][operation], root)
        found |= checker.found
    excused = {line: key for line in found for key in ANSWERED_OTHERWISE if fnmatch.fnmatchcase(line, key)}
    require_none(found - set(excused))
    assert set(ANSWERED_OTHERWISE) - set(excused.values()) == set(), "excuses that nothing needs"


def test_every_operation_has_succeeded(answers):
    succeeded = {key for key, recorded in answers.items() if any(status == 200 for status, _ in recorded)}
    served = {(service, operation) for service, operations in declared().items() for operation in operations}
    require_none(f"{service}: {operation}" for service, operation in served - succeeded)


# Errors --------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def errors(answers):
    """{(service, operation, code, status)} of the errors recorded."""
    found = set()
    for (service, operation), recorded in answers.items():
        for status, root in recorded:
            if status != 200:
                code = next(element.text for element in root.iter() if name_of(element) == "Code")
                found.add((service, operation, code, status))
    return found


def test_errors_are_those_of_the_model(errors):
    found = []
    for service, operation, code, status in sorted(errors):
        model = MODELS[service]
        if code in model["operations"][operation]["errors"]:
            wanted = model["errors"][code]
        else:
            wanted = COMMON_ERRORS.get(code) or UNMODELLED.get((operation, code), (None,))[0]
        if status != wanted:
            found.append(f"{operation}: {code} with {status}; the model has {wanted}")
    require_none(found)
    seen = {(operation, code) for _, operation, code, _ in errors}
    assert set(UNMODELLED) - seen == set(), "excuses that nothing needs"


def test_every_error_of_every_operation_has_been_answered(errors):
    seen = {(operation, code) for _, operation, code, _ in errors}
    missing = []
    for service, operations in declared().items():
        for operation in sorted(operations):
            modelled = set(MODELS[service]["operations"][operation]["errors"]) - set(NEVER)
            missing += [f"{operation}: {code}" for code in modelled if (operation, code) not in seen | EXCUSED]
    require_none(missing)


def test_no_error_is_excused_that_has_been_answered(errors):
    """A table of excuses is believed only as long as it is true."""
    answered = {(operation, code) for _, operation, code, _ in errors} - PROVOKED
    require_none(f"{operation}: {code}" for operation, code in answered if code in NEVER or (operation, code) in EXCUSED)
    require_none(f"{NOT_HERE[key]}: {key[0]}: {key[1]} is not modelled" for key in set(NOT_HERE) - MODELLED)
