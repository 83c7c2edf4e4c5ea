"""The model that the server declares (`iamlocal --describe`) is AWS's (iam.json, sts.json)."""

import json
import os
import pathlib
import subprocess

import pytest

HERE = pathlib.Path(__file__).parent
BINARY = os.environ.get("IAMLOCAL_BINARY", str(HERE.parents[1] / "build/release/iamlocal"))
# The server knows no variable of that prefix but its own.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("IAMLOCAL_")}

# A rule that we hold tighter or looser than the model has it, for a reason that stands here.
KNOWN_DIFFERENCES = set()


@pytest.fixture(scope="module")
def declared():
    run = subprocess.run([BINARY, "--describe"], capture_output=True, text=True, timeout=30, check=True, env=ENVIRONMENT)
    return json.loads(run.stdout)


def facts(service):
    return json.loads((HERE / f"{service}.json").read_text())


def differences(path, ours, theirs):
    """Says by name where two descriptions differ."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        found = []
        for key in sorted(ours.keys() | theirs.keys()):
            here = f"{path}.{key}"
            if key not in ours:
                found.append(f"{here}: missing, AWS has {json.dumps(theirs[key])}")
            elif key not in theirs:
                found.append(f"{here}: AWS has none, we declare {json.dumps(ours[key])}")
            else:
                found += differences(here, ours[key], theirs[key])
        return found
    return [] if ours == theirs else [f"{path}: {json.dumps(ours)}, AWS has {json.dumps(theirs)}"]


@pytest.mark.parametrize("service", ["iam", "sts"])
def test_every_operation_is_implemented_or_listed_as_not_implemented(declared, service):
    implemented = set(declared[service]["operations"])
    waiting = declared[service]["not_implemented"]
    model = set(facts(service)["operations"])
    assert len(waiting) == len(set(waiting))
    assert implemented & set(waiting) == set()
    assert model - implemented - set(waiting) == set(), "operations of AWS's model that the server does not know"
    assert (implemented | set(waiting)) - model == set(), "operations that AWS does not have"


@pytest.mark.parametrize("service", ["iam", "sts"])
def test_the_inputs_of_implemented_operations_are_those_of_the_model(declared, service):
    model = facts(service)["operations"]
    found = []
    for name, operation in declared[service]["operations"].items():
        if name not in model:
            continue
        found += differences(f"{name}.input", operation["input"], model[name]["input"])
        if operation["result"] != model[name]["result"]:
            found.append(f"{name}: result is {operation['result']}, AWS's is {model[name]['result']}")
    assert [line for line in found if line not in KNOWN_DIFFERENCES] == []


def test_the_slice_is_implemented(declared):
    """What the first release promises; an operation that falls out of it is named here."""
    iam = """
        CreateUser GetUser UpdateUser DeleteUser ListUsers TagUser UntagUser ListUserTags
        PutUserPermissionsBoundary DeleteUserPermissionsBoundary
        CreateGroup GetGroup UpdateGroup DeleteGroup ListGroups AddUserToGroup RemoveUserFromGroup ListGroupsForUser
        CreateAccessKey UpdateAccessKey DeleteAccessKey ListAccessKeys
        CreatePolicy GetPolicy DeletePolicy ListPolicies TagPolicy UntagPolicy ListPolicyTags
        CreatePolicyVersion GetPolicyVersion ListPolicyVersions DeletePolicyVersion SetDefaultPolicyVersion
        AttachUserPolicy DetachUserPolicy ListAttachedUserPolicies
        AttachGroupPolicy DetachGroupPolicy ListAttachedGroupPolicies
        AttachRolePolicy DetachRolePolicy ListAttachedRolePolicies ListEntitiesForPolicy
        PutUserPolicy GetUserPolicy DeleteUserPolicy ListUserPolicies
        PutGroupPolicy GetGroupPolicy DeleteGroupPolicy ListGroupPolicies
        PutRolePolicy GetRolePolicy DeleteRolePolicy ListRolePolicies
        CreateRole GetRole UpdateRole UpdateRoleDescription UpdateAssumeRolePolicy DeleteRole ListRoles
        TagRole UntagRole ListRoleTags PutRolePermissionsBoundary DeleteRolePermissionsBoundary
        CreateInstanceProfile GetInstanceProfile DeleteInstanceProfile ListInstanceProfiles
        ListInstanceProfilesForRole AddRoleToInstanceProfile RemoveRoleFromInstanceProfile
        GetAccountSummary CreateAccountAlias DeleteAccountAlias ListAccountAliases
    """.split()
    sts = "GetCallerIdentity AssumeRole GetSessionToken GetAccessKeyInfo".split()
    assert set(iam) - set(declared["iam"]["operations"]) == set()
    assert set(sts) - set(declared["sts"]["operations"]) == set()
