"""Instance profiles and the role in them."""

import re

import pytest

from support import ACCOUNT, Caller, answer_of, conflict, denied, exists, limit, not_found, policy, trust

# What the model has and this server has no occasion for (tests/model/test_coverage.py).
NO_OCCASION = {
    "EntityAlreadyExists": ("a profile with a role is LimitExceeded, for the same role too, as in AWS", "AddRoleToInstanceProfile"),
    "InvalidInput": ("the keys that it takes are checked by constraints alone", "UntagInstanceProfile"),
}

EC2 = policy(trust({"Service": "ec2.amazonaws.com"}))


@pytest.fixture
def profile(iam):
    return iam.create_instance_profile(InstanceProfileName="box")["InstanceProfile"]


def test_create_instance_profile_answers_what_aws_answers(iam, profile):
    assert set(profile) - {"Tags"} == {"Path", "InstanceProfileName", "InstanceProfileId", "Arn", "CreateDate", "Roles"}
    assert profile["Roles"] == []
    assert re.fullmatch(r"AIPA[A-Z2-7]{17}", profile["InstanceProfileId"])
    assert profile["Arn"] == f"arn:aws:iam::{ACCOUNT}:instance-profile/box"
    got = iam.get_instance_profile(InstanceProfileName="box")["InstanceProfile"]
    assert {**got, "Tags": []} == {**profile, "Tags": []}


def test_a_profile_that_exists(iam, profile):
    with exists("Instance Profile Box already exists."):
        iam.create_instance_profile(InstanceProfileName="Box")


@pytest.mark.parametrize("call", [
    lambda iam: iam.get_instance_profile(InstanceProfileName="none"),
    lambda iam: iam.delete_instance_profile(InstanceProfileName="none"),
    lambda iam: iam.add_role_to_instance_profile(InstanceProfileName="none", RoleName="job"),
    lambda iam: iam.remove_role_from_instance_profile(InstanceProfileName="none", RoleName="job"),
])
def test_a_profile_that_is_not_there(iam, call):
    iam.create_role(RoleName="job", AssumeRolePolicyDocument=EC2)
    with not_found("Instance Profile none cannot be found."):
        call(iam)


def test_the_role_in_it(iam, profile):
    role = iam.create_role(RoleName="job", AssumeRolePolicyDocument=EC2)["Role"]
    iam.add_role_to_instance_profile(InstanceProfileName="box", RoleName="job")
    (inside,) = iam.get_instance_profile(InstanceProfileName="box")["InstanceProfile"]["Roles"]
    assert (inside["Arn"], inside["RoleId"]) == (role["Arn"], role["RoleId"])
    assert inside["AssumeRolePolicyDocument"] == role["AssumeRolePolicyDocument"]
    listed = answer_of(iam.list_instance_profiles_for_role(RoleName="job"))
    assert [p["InstanceProfileName"] for p in listed["InstanceProfiles"]] == ["box"]
    assert listed["IsTruncated"] is False
    iam.remove_role_from_instance_profile(InstanceProfileName="box", RoleName="job")
    assert iam.get_instance_profile(InstanceProfileName="box")["InstanceProfile"]["Roles"] == []
    assert iam.list_instance_profiles_for_role(RoleName="job")["InstanceProfiles"] == []


def test_one_role_at_most(iam, profile):
    for name in ("one", "two"):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=EC2)
    iam.add_role_to_instance_profile(InstanceProfileName="box", RoleName="one")
    with limit("Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1"):
        iam.add_role_to_instance_profile(InstanceProfileName="box", RoleName="two")
    with limit("Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1"):
        iam.add_role_to_instance_profile(InstanceProfileName="box", RoleName="one")
    with not_found("Role two in Instance Profile box cannot be found."):
        iam.remove_role_from_instance_profile(InstanceProfileName="box", RoleName="two")


def test_roles_that_are_not_there(iam, profile):
    with not_found("The role with name none cannot be found."):
        iam.add_role_to_instance_profile(InstanceProfileName="box", RoleName="none")
    with not_found("The role with name none cannot be found."):
        iam.remove_role_from_instance_profile(InstanceProfileName="box", RoleName="none")


def test_a_profile_with_a_role_stays(iam, profile):
    iam.create_role(RoleName="job", AssumeRolePolicyDocument=EC2)
    iam.add_role_to_instance_profile(InstanceProfileName="box", RoleName="job")
    with conflict("Cannot delete entity, must remove roles from instance profile first."):
        iam.delete_instance_profile(InstanceProfileName="box")
    iam.remove_role_from_instance_profile(InstanceProfileName="box", RoleName="job")
    assert answer_of(iam.delete_instance_profile(InstanceProfileName="box")) == {}
    assert iam.list_instance_profiles()["InstanceProfiles"] == []


def test_list_by_path_and_in_pages(iam):
    for number in range(4):
        iam.create_instance_profile(InstanceProfileName=f"box{number}", Path="/x/" if number else "/y/")
    names = [p["InstanceProfileName"] for p in iam.list_instance_profiles(PathPrefix="/x/")["InstanceProfiles"]]
    assert names == ["box1", "box2", "box3"]
    pages = list(iam.get_paginator("list_instance_profiles").paginate(PaginationConfig={"PageSize": 3}))
    assert [len(page["InstanceProfiles"]) for page in pages] == [3, 1]


def test_adding_a_role_is_passing_it(root):
    """Whoever gives a role to a machine needs iam:PassRole on it."""
    role = root.iam.create_role(RoleName="job", AssumeRolePolicyDocument=EC2)["Role"]["Arn"]
    root.iam.create_instance_profile(InstanceProfileName="box")
    add = {"Effect": "Allow", "Action": "iam:AddRoleToInstanceProfile", "Resource": "*"}
    bob = root.user("bob", add)
    with denied(f"User: arn:aws:iam::{ACCOUNT}:user/bob is not authorized to perform: iam:PassRole on resource: {role} "
                "because no identity-based policy allows the iam:PassRole action"):
        bob.iam.add_role_to_instance_profile(InstanceProfileName="box", RoleName="job")
    root.iam.put_user_policy(UserName="bob", PolicyName="pass", PolicyDocument=policy(
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": role,
         "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}}))
    bob.iam.add_role_to_instance_profile(InstanceProfileName="box", RoleName="job")


def test_the_account_is_in_the_arn(server):
    made = Caller(server, key="111122223333").iam.create_instance_profile(InstanceProfileName="box", Path="/p/")
    assert made["InstanceProfile"]["Arn"] == "arn:aws:iam::111122223333:instance-profile/p/box"
