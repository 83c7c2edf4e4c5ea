"""What each operation asks permission for, held against AWS's service authorization reference: the action, the kind of
resource, the condition keys, and the words of the refusal."""

import re
import sys

import pytest

import samples
import support
from support import Caller

sys.path.insert(0, str(support.REPOSITORY / "scripts"))

import service_reference  # noqa: E402

# Operations that need no permission, or whose answer to somebody without any is not a refusal of their action.
WITHOUT = {
    "GetCallerIdentity", "GetSessionToken", "GetAccessKeyInfo", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity",
}

# Those that the reference does not have. AcquireRole asks for what it does, one permission after the other.
NOT_IN_REFERENCE = {"AcquireRole", "UpdateDelegationRequest"}

# Where AWS's answers show another resource than the reference has, or a list is held against the path it lists.
RESOURCE = {
    "GetAccessKeyLastUsed": "arn:aws:iam::{account}:user/",
    "GetWebIdentityToken": "arn:aws:sts::{account}:self",
    "ListGroups": "arn:aws:iam::{account}:group/",
    "ListInstanceProfiles": "arn:aws:iam::{account}:instance-profile/",
    "ListPolicies": "arn:aws:iam::{account}:policy/",
    "ListRoles": "arn:aws:iam::{account}:role/",
    "ListServerCertificates": "arn:aws:iam::{account}:server-certificate/",
    "ListVirtualMFADevices": "arn:aws:iam::{account}:mfa/",
    "ListUsers": "arn:aws:iam::{account}:user/",
}

# Keys that the action knows and a plain request does not have: from AcquireRole; of security keys, which cannot be enabled
# here; and the service of a credential that is there.
NOT_IN_SAMPLES = {
    **dict.fromkeys(("AttachRolePolicy", "CreateRole", "GetRole", "PutRolePermissionsBoundary", "PutRolePolicy", "TagRole"),
                    {"iam:RoleTemplateARN"}),
    **dict.fromkeys(("DeleteServiceSpecificCredential", "ResetServiceSpecificCredential", "UpdateServiceSpecificCredential"),
                    {"iam:ServiceSpecificCredentialServiceName"}),
    "EnableMFADevice": {"iam:FIDO-FIPS-140-2-certification", "iam:FIDO-FIPS-140-3-certification", "iam:FIDO-certification",
                        "iam:RegisterSecurityKey"},
}


def fits(arn, pattern):
    parts = re.split(r"\$\{\w+\}", pattern)
    return re.fullmatch(".+".join(re.escape(part) for part in parts), arn) is not None


def asked_key(key):
    return key.replace("${TagKey}", "ssssss")


@pytest.mark.parametrize("service", ["iam", "sts"])
def test_permissions_are_those_of_the_reference(server, root, service):
    actions = service_reference.actions(service)
    keys = sorted(set().union(*(action.condition_keys for action in actions.values())))
    keys = [key for key in keys if key.startswith((f"{service}:", "aws:RequestTag", "aws:TagKeys"))]
    assert f"{service}:AWSServiceName" in keys
    # Every key is asked for, and no value of it is right.
    asking = [support.allow(f"{service}:*", Condition={"ForAnyValue:StringEquals": {asked_key(key): "~"}}) for key in keys]
    root.iam.create_policy(PolicyName="sample", PolicyDocument=samples.DOCUMENT)
    boundary = samples.TEXTS["PermissionsBoundary"]
    root.iam.create_user(UserName=samples.text("UserName", {}), PermissionsBoundary=boundary)
    root.iam.create_role(RoleName=samples.text("RoleName", {}), PermissionsBoundary=boundary,
                         AssumeRolePolicyDocument=samples.TEXTS["AssumeRolePolicyDocument"])
    asker = Caller(server).user("asker")
    document = support.policy(*asking)
    arn = root.iam.create_policy(PolicyName="asking", PolicyDocument=document)["Policy"]["Arn"]
    root.iam.attach_user_policy(UserName="asker", PolicyArn=arn)
    credentials = asker.iam._request_signer._credentials
    wrong = []
    seen = set()
    for operation in [name for of, name in samples.OPERATIONS if of == service and name not in WITHOUT]:
        parameters = samples.sample(service, operation, with_optional=True)
        answer = support.send(server, support.call(service, operation, *parameters), service=service,
                              key=credentials.access_key, secret=credentials.secret_key)
        if answer.status == 501:
            continue
        status, code, message = answer.error()
        assert (operation in NOT_IN_REFERENCE) == (operation not in actions), operation
        if operation in NOT_IN_REFERENCE:
            continue
        if (status, code) != (403, "AccessDenied"):
            wrong.append((operation, "is not refused", status, code, message))
            continue
        decision = server.http("GET", f"/_iamlocal/decisions/{answer.headers['x-amzn-requestid']}").json()
        if not decision.get("checks"):
            wrong.append((operation, "is refused without a decision", message))
            continue
        first = decision["checks"][0]
        if first["action"] != f"{service}:{operation}":
            wrong.append((operation, "asks for", first["action"]))
        patterns, known = actions[operation].arns, actions[operation].condition_keys
        resource = first["resource"]
        if not (any(fits(resource, pattern.replace("${Partition}", "aws").replace("${Account}", support.ACCOUNT))
                    for pattern in patterns) if patterns else resource == "*"):
            wanted = RESOURCE.get(operation)
            if wanted is None or not resource.startswith(wanted.format(account=support.ACCOUNT)):
                wrong.append((operation, "is decided on", resource, patterns))
        has = {entry["key"] for entry in first["context"] if entry.get("values")}
        beyond = {key for key in keys if asked_key(key) in has} - known - {"aws:TagKeys", "aws:RequestTag/${TagKey}"}
        if beyond:
            wrong.append((operation, "has keys that the action does not know", sorted(beyond)))
        seen |= {(operation, key) for key in known if asked_key(key) in has}
        missing = {key for key in known if key in keys and asked_key(key) not in has} - set(NOT_IN_SAMPLES.get(operation, ()))
        if missing:
            wrong.append((operation, "lacks keys", sorted(missing)))
        words = f"User: {asker.arn()} is not authorized to perform: {service}:{operation} on resource: "
        if not message.startswith(words):
            wrong.append((operation, "says", message))
    assert not wrong, "\n".join(map(str, wrong))
    assert seen
