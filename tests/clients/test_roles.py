"""Roles: what they are, not who may take them (test_assume_role.py)."""

import json
import re
import urllib.parse

import pytest

from support import (ACCOUNT, allow, answer_of, call, client, conflict, exists, invalid, limit, not_found, policy, refused,
                     root_arn, send, trust)

EC2 = policy(trust({"Service": "ec2.amazonaws.com"}))


def make(iam, name="job", document=EC2, **more):
    return iam.create_role(RoleName=name, AssumeRolePolicyDocument=document, **more)["Role"]


def test_create_role_answers_what_aws_answers(iam):
    made = make(iam)
    assert set(made) == {"Path", "RoleName", "RoleId", "Arn", "CreateDate", "AssumeRolePolicyDocument"}
    assert re.fullmatch(r"AROA[A-Z2-7]{17}", made["RoleId"])
    assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/job"
    assert made["AssumeRolePolicyDocument"] == json.loads(EC2)
    got = iam.get_role(RoleName="job")["Role"]
    assert got == {**made, "MaxSessionDuration": 3600, "RoleLastUsed": {}}


def test_create_role_with_everything(iam):
    made = make(iam, Path="/x/", Description="Does a job.", MaxSessionDuration=7200, Tags=[{"Key": "k", "Value": "v"}],
                PermissionsBoundary="arn:aws:iam::aws:policy/ReadOnlyAccess")
    assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/x/job"
    assert set(made) == {"Path", "RoleName", "RoleId", "Arn", "CreateDate", "AssumeRolePolicyDocument", "PermissionsBoundary",
                         "Tags"}
    got = iam.get_role(RoleName="job")["Role"]
    assert got["Description"] == "Does a job."
    assert got["MaxSessionDuration"] == 7200
    assert got["Tags"] == [{"Key": "k", "Value": "v"}]
    assert got["PermissionsBoundary"] == {
        "PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"
    }


def test_list_roles_leaves_things_out(iam):
    make(iam, Description="d", Tags=[{"Key": "k", "Value": "v"}],
         PermissionsBoundary="arn:aws:iam::aws:policy/ReadOnlyAccess")
    listed = answer_of(iam.list_roles())
    assert listed["IsTruncated"] is False
    (role,) = [role for role in listed["Roles"] if role["RoleName"] == "job"]
    assert set(role) == {"Path", "RoleName", "RoleId", "Arn", "CreateDate", "AssumeRolePolicyDocument", "Description",
                         "MaxSessionDuration"}


def test_list_roles_by_path_and_in_pages(iam):
    for number in range(5):
        make(iam, f"job{number}", Path="/mine/" if number else "/other/")
    names = [role["RoleName"] for role in iam.list_roles(PathPrefix="/mine/")["Roles"]]
    assert names == ["job1", "job2", "job3", "job4"]
    pages = list(iam.get_paginator("list_roles").paginate(PathPrefix="/mine/", PaginationConfig={"PageSize": 3}))
    assert [len(page["Roles"]) for page in pages] == [3, 1]


def test_a_role_that_exists(iam):
    make(iam)
    with exists("Role with name job already exists."):
        make(iam)
    with exists("Role with name JOB already exists."):
        make(iam, "JOB")


@pytest.mark.parametrize("call_", [
    lambda iam: iam.get_role(RoleName="none"),
    lambda iam: iam.delete_role(RoleName="none"),
    lambda iam: iam.update_role(RoleName="none", Description="x"),
    lambda iam: iam.update_role_description(RoleName="none", Description="x"),
    lambda iam: iam.update_assume_role_policy(RoleName="none", PolicyDocument=EC2),
    lambda iam: iam.list_role_policies(RoleName="none"),
    lambda iam: iam.list_attached_role_policies(RoleName="none"),
    lambda iam: iam.tag_role(RoleName="none", Tags=[{"Key": "k", "Value": "v"}]),
    lambda iam: iam.list_role_tags(RoleName="none"),
    lambda iam: iam.list_instance_profiles_for_role(RoleName="none"),
    lambda iam: iam.attach_role_policy(RoleName="none", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess"),
    lambda iam: iam.put_role_permissions_boundary(RoleName="none",
                                                  PermissionsBoundary="arn:aws:iam::aws:policy/ReadOnlyAccess"),
])
def test_a_role_that_is_not_there(iam, call_):
    with not_found("The role with name none cannot be found."):
        call_(iam)


def test_update_role(iam):
    make(iam, Description="first")
    assert answer_of(iam.update_role(RoleName="job", Description="second", MaxSessionDuration=43200)) == {}
    got = iam.get_role(RoleName="job")["Role"]
    assert (got["Description"], got["MaxSessionDuration"]) == ("second", 43200)
    iam.update_role(RoleName="job")  # changes nothing
    assert iam.get_role(RoleName="job")["Role"] == got
    updated = iam.update_role_description(RoleName="job", Description="third")["Role"]
    assert set(updated) == {"Path", "RoleName", "RoleId", "Arn", "CreateDate", "AssumeRolePolicyDocument", "Description"}
    assert updated["Description"] == "third"
    assert updated["RoleName"] == "job"
    iam.update_role(RoleName="job", MaxSessionDuration=3600)
    assert iam.get_role(RoleName="job")["Role"]["MaxSessionDuration"] == 3600


@pytest.mark.parametrize("letter", ["x", "\u00e9"])
def test_a_description_has_a_thousand_characters_at_most(iam, letter):
    make(iam, Description=letter * 1000)
    assert iam.get_role(RoleName="job")["Role"]["Description"] == letter * 1000
    with invalid("1 validation error detected: Value at 'description' failed to satisfy constraint: Member must have length "
                 "less than or equal to 1000"):
        iam.update_role(RoleName="job", Description=letter * 1001)


def test_an_empty_description_is_one(iam):
    make(iam, Description="")
    assert iam.get_role(RoleName="job")["Role"]["Description"] == ""


@pytest.mark.parametrize("seconds, rule", [(3599, "greater than or equal to 3600"), (43201, "less than or equal to 43200")])
def test_sessions_have_a_range(iam, seconds, rule):
    message = (f"1 validation error detected: Value at 'maxSessionDuration' failed to satisfy constraint: Member must have "
               f"value {rule}")
    with invalid(message):
        make(iam, MaxSessionDuration=seconds)
    make(iam)
    with invalid(message):
        iam.update_role(RoleName="job", MaxSessionDuration=seconds)


def test_update_assume_role_policy(iam):
    make(iam)
    lambda_ = policy(trust({"Service": "lambda.amazonaws.com"}))
    assert answer_of(iam.update_assume_role_policy(RoleName="job", PolicyDocument=lambda_)) == {}
    assert iam.get_role(RoleName="job")["Role"]["AssumeRolePolicyDocument"] == json.loads(lambda_)


def test_the_trust_policy_comes_back_rewritten(server):
    given = ('{"Version":"2012-10-17", "Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",\n'
             '"Principal":{"Service":"ec2.amazonaws.com"}}]}')
    kept = ('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},'
            '"Action":"sts:AssumeRole"}]}')

    def shown(action, **parameters):
        return urllib.parse.unquote(send(server, call("iam", action, **parameters)).find("AssumeRolePolicyDocument"))

    assert shown("CreateRole", RoleName="job", AssumeRolePolicyDocument=given) == given
    assert shown("GetRole", RoleName="job") == kept
    assert shown("ListRoles") == kept
    assert shown("UpdateRoleDescription", RoleName="job", Description="d") == kept
    send(server, call("iam", "UpdateAssumeRolePolicy", RoleName="job", PolicyDocument=given.replace("ec2", "lambda")))
    assert shown("GetRole", RoleName="job") == kept.replace("ec2", "lambda")


def test_a_trust_policy_that_is_not_json(iam):
    with refused("MalformedPolicyDocument", 400, "This policy contains invalid Json"):
        make(iam, document=EC2.replace("}]}", "},]}"))


@pytest.mark.parametrize("what, document", [
    ("no principal", policy({"Effect": "Allow", "Action": "sts:AssumeRole"})),
    ("a resource", policy({**trust("*"), "Resource": "*"})),
    ("no action", policy({"Effect": "Allow", "Principal": "*"})),
    ("another service's action", policy(trust("*", action="s3:GetObject"))),
    ("an unknown kind of principal", policy(trust({"Aws": "*"}))),
    ("anybody without a kind", policy({**trust("*"), "Principal": "*"})),
    ("an unknown version", policy(trust("*"), version="2020-01-01")),
    ("an effect in lower case", policy(trust("*", effect="allow"))),
])
def test_trust_policies_that_are_refused(iam, what, document):
    with refused("MalformedPolicyDocument", 400):
        make(iam, document=document)
    make(iam)
    with refused("MalformedPolicyDocument", 400):
        iam.update_assume_role_policy(RoleName="job", PolicyDocument=document)
    assert iam.get_role(RoleName="job")["Role"]["AssumeRolePolicyDocument"] == json.loads(EC2)


@pytest.mark.parametrize("name", [f"arn:aws:iam::{ACCOUNT}:user/nobody", f"arn:aws:iam::{ACCOUNT}:role/none"])
def test_principals_that_do_not_exist(iam, name):
    with refused("MalformedPolicyDocument", 400, f'Invalid principal in policy: "AWS":"{name}"'):
        make(iam, document=policy(trust(name)))


@pytest.mark.parametrize("principal", [
    {"AWS": "*"}, {"AWS": root_arn()}, {"AWS": [root_arn(), root_arn("111122223333")]},
    {"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]}, {"AWS": root_arn(), "Service": "ec2.amazonaws.com"},
    {"Federated": "arn:aws:iam::111122223333:oidc-provider/gitlab.example.com"},
])
def test_principals_that_are_fine(iam, principal):
    statement = trust("*")
    statement["Principal"] = principal
    if "Federated" in principal:
        statement["Action"] = "sts:AssumeRoleWithWebIdentity"
    assert make(iam, document=policy(statement))["AssumeRolePolicyDocument"]["Statement"] == [statement]


GITHUB = "token.actions.githubusercontent.com"
GITHUB_ARN = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"
MUST_EVALUATE = ("Trust policy with trusted principal {} must evaluate, using StringEquals, StringLike or "
                 "StringEqualsIgnoreCase, {} which is not scoped to all.")


@pytest.mark.parametrize("provider, condition, message", [
    ("cognito-identity.amazonaws.com", None, "A condition block must be present for the Cognito provider"),
    ("cognito-identity.amazonaws.com", {"StringLike": {"cognito-identity.amazonaws.com:aud": "*"}},
     MUST_EVALUATE.format("cognito-identity.amazonaws.com", "cognito-identity.amazonaws.com:aud")),
    ("cognito-identity.amazonaws.com", {"StringEquals": {"COGNITO-IDENTITY.AMAZONAWS.COM:AUD": "pool"}}, None),
    (f"arn:aws:iam::{ACCOUNT}:oidc-provider/gitlab.com", None, MUST_EVALUATE.format("gitlab.com", "gitlab.com:sub")),
    (f"arn:aws:iam::{ACCOUNT}:oidc-provider/gitlab.com", {"StringLike": {"gitlab.com:sub": "project_path:a/*"}}, None),
    (f"arn:aws:iam::{ACCOUNT}:oidc-provider/gitlab.com/private", None, None),
    (GITHUB_ARN, {"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}},
     MUST_EVALUATE.format(GITHUB_ARN, f"{GITHUB}:sub or {GITHUB}:job_workflow_ref")),
    (GITHUB_ARN, {"StringLike": {f"{GITHUB}:sub": "*owned"}},
     MUST_EVALUATE.format(GITHUB_ARN, f"{GITHUB}:sub or {GITHUB}:job_workflow_ref")),
    (GITHUB_ARN, {"StringLike": {f"{GITHUB}:sub": "repo:a/b:*"}}, None),
    ("accounts.google.com", None, "Policy trusting accounts.google.com requires a StringEquals condition on an application id"),
    ("accounts.google.com", {"StringEquals": {"accounts.google.com:aud": "x"}}, None),
])
def test_what_trust_in_shared_providers_needs(iam, provider, condition, message):
    more = {"Condition": condition} if condition else {}
    statement = trust({"Federated": provider}, "sts:AssumeRoleWithWebIdentity", **more)
    if message is None:
        make(iam, document=policy(statement))
        return
    with refused("MalformedPolicyDocument", 400, message):
        make(iam, document=policy(statement))
    with not_found("The role with name job cannot be found."):
        iam.get_role(RoleName="job")
    make(iam)
    with refused("MalformedPolicyDocument", 400, message):
        iam.update_assume_role_policy(RoleName="job", PolicyDocument=policy(statement))
    iam.update_assume_role_policy(RoleName="job", PolicyDocument=policy({**statement, "Action": "sts:TagSession"}))
    iam.update_assume_role_policy(RoleName="job", PolicyDocument=policy({**statement, "Effect": "Deny"}))


@pytest.mark.parametrize("action", ["sts:*", "sts:AssumeRole*", "STS:AssumeRole", "sts:assumerole", "STS:assumerolewithwebidentity",
                                    "sts:InvalidAction", "s3:*"])
def test_actions_of_trust_policies_are_spelled_as_they_are(iam, action):
    with refused("MalformedPolicyDocument", 400, "AssumeRole policy may only specify STS AssumeRole actions."):
        make(iam, document=policy(trust("*", action)))


def test_accounts_are_shown_as_their_roots(iam):
    name = make(iam, document=policy(trust({"AWS": [ACCOUNT, "111122223333"]})))["RoleName"]
    shown = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    assert shown["Statement"][0]["Principal"] == {"AWS": [root_arn(), root_arn("111122223333")]}


@pytest.mark.parametrize("name", [
    f"arn:aws-cn:iam::{ACCOUNT}:root", f"arn:aws:iam:us-east-1:{ACCOUNT}:root", f"arn:aws:sts:us-east-1:{ACCOUNT}:assumed-role/a/b"])
def test_principals_of_another_partition_or_region(iam, name):
    with refused("MalformedPolicyDocument", 400, f'Invalid principal in policy: "AWS":"{name}"'):
        make(iam, document=policy(trust(name)))


def trust_of_size(size):
    frame = json.dumps({"Version": "2012-10-17", "Id": "", "Statement": [trust({"Service": "ec2.amazonaws.com"})]},
                       separators=(",", ":"))
    return frame.replace('"Id":""', '"Id":"' + "a" * (size - len(frame)) + '"')


def test_the_trust_policy_has_a_size(iam):
    make(iam, "fits", document=trust_of_size(2048))
    with limit("Cannot exceed quota for ACLSizePerRole: 2048"):
        make(iam, "large", document=trust_of_size(2049))


def test_the_quota_of_trust_policies_can_be_raised(start):
    iam = client(start("--quota", "ACLSizePerRole=4096"), "iam")
    make(iam, "fits", document=trust_of_size(4096))
    with limit("Cannot exceed quota for ACLSizePerRole: 4096"):
        make(iam, "large", document=trust_of_size(4097))
    with limit("Cannot exceed quota for ACLSizePerRole: 4096"):
        iam.update_assume_role_policy(RoleName="fits", PolicyDocument=trust_of_size(4097))
    assert iam.get_account_summary()["SummaryMap"]["AssumeRolePolicySizeQuota"] == 4096


def test_delete_role_conflicts(iam):
    make(iam)
    iam.attach_role_policy(RoleName="job", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    with conflict("Cannot delete entity, must detach all policies first."):
        iam.delete_role(RoleName="job")
    iam.detach_role_policy(RoleName="job", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    iam.put_role_policy(RoleName="job", PolicyName="p", PolicyDocument=policy(allow("s3:*")))
    with conflict("Cannot delete entity, must delete policies first."):
        iam.delete_role(RoleName="job")
    iam.delete_role_policy(RoleName="job", PolicyName="p")
    iam.create_instance_profile(InstanceProfileName="box")
    iam.add_role_to_instance_profile(InstanceProfileName="box", RoleName="job")
    with conflict("Cannot delete entity, must remove roles from instance profile first."):
        iam.delete_role(RoleName="job")
    iam.remove_role_from_instance_profile(InstanceProfileName="box", RoleName="job")
    assert answer_of(iam.delete_role(RoleName="job")) == {}


def test_a_used_role_says_when_and_where(root):
    arn = root.role("job", root_arn(), allow("iam:ListUsers"))
    session = root.user("bob", allow("sts:AssumeRole")).assume(arn)
    session.iam.list_users()
    used = root.iam.get_role(RoleName="job")["Role"]["RoleLastUsed"]
    assert set(used) == {"LastUsedDate", "Region"}
    assert used["Region"] == "us-east-1"


def test_a_name_that_is_an_arn(iam):
    with invalid("The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the "
                 "following: +=,.@_-"):
        iam.get_role(RoleName=f"arn:aws:iam::{ACCOUNT}:role/job")
