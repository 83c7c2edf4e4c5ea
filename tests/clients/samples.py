"""Requests that are right by AWS's model, one for each operation, and what makes them wrong."""

import json
import sys

import support

MODEL = support.REPOSITORY / "tests/model"
sys.path.insert(0, str(MODEL))

from java_patterns import compiled  # noqa: E402

OPERATIONS = {
    (service, name): facts
    for service in ("iam", "sts")
    for name, facts in json.loads((MODEL / f"{service}.json").read_text())["operations"].items()
}

ACCOUNT = support.ACCOUNT
ARN = f"arn:aws:iam::{ACCOUNT}:"
DOCUMENT = support.policy(support.allow("s3:GetObject"))

# By the member's name, what the constraints alone do not tell.
TEXTS = {
    "AWSServiceName": "ecs.amazonaws.com",
    "AccessKeyId": "AKIAIOSFODNN7EXAMPLE",
    "AccountAlias": "sample-alias",
    "ActionNames": "iam:GetUser",
    "Arn": f"{ARN}user/sample",
    "AssumeRolePolicyDocument": support.policy(support.trust(support.root_arn())),
    "CallerArn": f"{ARN}user/sample",
    "ContextKeyName": "aws:username",
    "DeletionTaskId": "task/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS/cc20023b-069d-4d01-96e3-a2e91d74f1f8",
    "EntityArn": f"{ARN}delegation-request/sample",
    "EntityPath": "o-a1b2c3d4e5/r-a1b2/ou-a1b2-11111111",
    "OpenIDConnectProviderArn": f"{ARN}oidc-provider/id.example.com",
    "OrganizationsPolicyId": "p-a1b2c3d4",
    "OwnerAccountId": ACCOUNT,
    "OwnerId": f"{ARN}user/sample",
    "Path": "/sample/",
    "NewPath": "/sample/",
    "PathPrefix": "/sample/",
    "PermissionsBoundary": f"{ARN}policy/sample",
    "PolicyArn": f"{ARN}policy/sample",
    "PolicyDocument": DOCUMENT,
    "PolicyInputList": DOCUMENT,
    "PermissionsBoundaryPolicyInputList": DOCUMENT,
    "PolicySourceArn": f"{ARN}user/sample",
    "Policy": DOCUMENT,
    "PrincipalArn": f"{ARN}saml-provider/sample",
    "ProviderArn": f"{ARN}saml-provider/sample",
    "RedirectUrl": "https://example.com/",
    "ResourceArns": f"{ARN}user/sample",
    "ResourceOwner": support.root_arn(),
    "ResourcePolicy": DOCUMENT,
    "RoleArn": f"{ARN}role/sample",
    "SAMLProviderArn": f"{ARN}saml-provider/sample",
    "SerialNumber": f"{ARN}mfa/sample",
    "ServiceNamespace": "iam",
    "ServiceNamespaces": "iam",
    "SigningAlgorithm": "RS256",
    "SubjectMode": "AWSIdentity",
    "TargetPrincipal": support.root_arn("111111111111"),
    "arn": "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials",
    "TemplateArn": "arn:aws:iam::aws:role-template/iam/PowerUserRoleTemplate:1",
    "Url": "https://id.example.com",
    "VersionId": "v1",
}


# Optional members whose values come from an earlier answer or a device.
FROM_ELSEWHERE = {"Marker", "SerialNumber", "TokenCode"}


def text(name, rule):
    """A text that keeps to the rule."""
    if "enum" in rule:
        return rule["enum"][0]
    value = TEXTS.get(name)
    if value is None:
        letter = "1" if rule.get("pattern", "").startswith("[\\d]") else "A" if rule.get("pattern") == "[A-Z0-9]+" else "s"
        value = letter * max(rule.get("min", 6), 6)
    assert rule.get("min", 0) <= len(value) <= rule.get("max", len(value)), (name, value)
    assert "pattern" not in rule or compiled(rule["pattern"]).fullmatch(value), (name, value, rule["pattern"])
    return value


def pairs(name, rule, prefix, with_optional):
    """The parameters of one member, as the Query protocol spells them."""
    kind = rule["type"]
    if kind == "string":
        return [(prefix, text(name, rule))]
    if kind == "integer":
        return [(prefix, str(rule.get("min", 1)))]
    if kind == "boolean":
        return [(prefix, "true")]
    if kind == "list":
        return pairs(name, rule["member"], f"{prefix}.member.1", with_optional)
    if kind == "map":
        return [(f"{prefix}.entry.1.key", "Sample"), *pairs(name, rule["value"], f"{prefix}.entry.1.value", with_optional)]
    if kind == "union":
        inner, inner_rule = next(iter(rule["members"].items()))
        return pairs(inner, inner_rule, f"{prefix}.{inner}", with_optional)
    assert kind == "structure", (name, rule)
    return [pair for inner, inner_rule in rule["members"].items() if with_optional or inner_rule.get("required", True)
            for pair in pairs(inner, inner_rule, f"{prefix}.{inner}", with_optional)]


def sample(service, name, with_optional=False):
    """The parameters of a request that breaks no constraint of the model."""
    return [pair for member, rule in OPERATIONS[service, name]["input"].items()
            if rule.get("required") or with_optional and member not in FROM_ELSEWHERE
            for pair in pairs(member, rule, member, with_optional)]


def violations(rule):
    """(what is broken, a value that breaks it) for a member that is a text or a number."""
    if rule["type"] == "string":
        if rule.get("min", 0) > 0:
            yield "min", "s" * (rule["min"] - 1)
        if "max" in rule and rule["max"] < 200_000:
            yield "max", "s" * (rule["max"] + 1)
        if "enum" in rule:
            yield "enum", "NoSuchValue"
        # What a member may have at most, a pattern never has: a letter beyond Latin, and beyond tags.
        if "pattern" in rule and not compiled(rule["pattern"]).fullmatch("\u2603" * max(rule.get("min", 1), 1)):
            yield "pattern", "\u2603" * max(rule.get("min", 1), 1)
    elif rule["type"] == "integer":
        if "min" in rule:
            yield "min", str(rule["min"] - 1)
        if "max" in rule:
            yield "max", str(rule["max"] + 1)


def breaches(name, rule, prefix):
    """(where, what is broken, the parameters of the member) for each constraint of a member and of all that is in it."""
    kind = rule["type"]
    if kind == "list":
        if "max" in rule and rule["max"] <= 200:
            yield prefix, "too many", [(key.replace(f"{prefix}.member.1", f"{prefix}.member.{number}", 1), value)
                                       for number in range(1, rule["max"] + 2) for key, value in pairs(name, rule, prefix, False)]
        yield from breaches(name, rule["member"], f"{prefix}.member.1")
    elif kind == "map":
        for where, what, parameters in breaches(name, rule["value"], f"{prefix}.entry.1.value"):
            yield where, what, [(f"{prefix}.entry.1.key", "Sample"), *parameters]
    elif kind in ("structure", "union"):
        for inner, inner_rule in rule["members"].items():
            here = f"{prefix}.{inner}"
            rest = [] if kind == "union" else [
                pair for pair in pairs(name, rule, prefix, False) if pair[0] != here and not pair[0].startswith(f"{here}.")]
            if inner_rule.get("required"):
                yield here, "required", rest or [(f"{prefix}.Unknown", "x")]
            for where, what, parameters in breaches(inner, inner_rule, here):
                yield where, what, [*rest, *parameters]
    else:
        for what, value in violations(rule):
            yield prefix, what, [(prefix, value)]


def wrong_requests(service, name):
    """(member, what is broken, parameters) for each constraint of an operation, all else being right."""
    members = OPERATIONS[service, name]["input"]
    good = sample(service, name)
    for member, rule in members.items():
        others = [pair for pair in good if pair[0] != member and not pair[0].startswith(f"{member}.")]
        if rule.get("required"):
            yield member, "required", others
        for where, what, parameters in breaches(member, rule, member):
            yield where, what, [*others, *parameters]
