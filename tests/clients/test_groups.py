"""Groups and who is in them."""

import re

import pytest

from support import ACCOUNT, allow, answer_of, conflict, exists, invalid, limit, not_found, policy

# What the model has and this server has no occasion for (tests/model/test_coverage.py).
NO_OCCASION = {
    "LimitExceeded": ("nothing is added that has a quota", "UpdateGroup"),
    "NoSuchEntity": ("nothing is named that would have to be there", "CreateGroup"),
}


def test_create_group_answers_what_aws_answers(iam):
    group = iam.create_group(GroupName="staff")["Group"]
    assert set(group) == {"Path", "GroupName", "GroupId", "Arn", "CreateDate"}
    assert group["Path"] == "/"
    assert re.fullmatch(r"AGPA[A-Z2-7]{17}", group["GroupId"])
    assert group["Arn"] == f"arn:aws:iam::{ACCOUNT}:group/staff"
    got = answer_of(iam.get_group(GroupName="staff"))
    assert got == {"Group": group, "Users": [], "IsTruncated": False}


def test_groups_have_paths(iam):
    group = iam.create_group(GroupName="staff", Path="/x/y/")["Group"]
    assert group["Arn"] == f"arn:aws:iam::{ACCOUNT}:group/x/y/staff"
    iam.create_group(GroupName="other")
    assert [g["GroupName"] for g in iam.list_groups(PathPrefix="/x/")["Groups"]] == ["staff"]
    assert [g["GroupName"] for g in iam.list_groups()["Groups"]] == ["other", "staff"]


def test_a_group_that_exists(iam):
    iam.create_group(GroupName="staff")
    with exists("Group with name Staff already exists."):
        iam.create_group(GroupName="Staff")


@pytest.mark.parametrize("call", [
    lambda iam: iam.get_group(GroupName="none"),
    lambda iam: iam.delete_group(GroupName="none"),
    lambda iam: iam.update_group(GroupName="none", NewGroupName="some"),
    lambda iam: iam.add_user_to_group(GroupName="none", UserName="bob"),
    lambda iam: iam.remove_user_from_group(GroupName="none", UserName="bob"),
    lambda iam: iam.list_group_policies(GroupName="none"),
    lambda iam: iam.list_attached_group_policies(GroupName="none"),
    lambda iam: iam.put_group_policy(GroupName="none", PolicyName="p", PolicyDocument=policy(allow("s3:*"))),
    lambda iam: iam.attach_group_policy(GroupName="none", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess"),
])
def test_a_group_that_is_not_there(iam, call):
    iam.create_user(UserName="bob")
    with not_found("The group with name none cannot be found."):
        call(iam)


def test_membership(iam):
    iam.create_group(GroupName="staff")
    for name in ("bob", "eve"):
        user = iam.create_user(UserName=name)["User"]
        iam.add_user_to_group(GroupName="staff", UserName=name)
    # Once more changes nothing.
    iam.add_user_to_group(GroupName="staff", UserName="eve")
    members = iam.get_group(GroupName="staff")["Users"]
    assert [member["UserName"] for member in members] == ["bob", "eve"]
    assert members[1] == user
    listed = answer_of(iam.list_groups_for_user(UserName="bob"))
    assert listed["IsTruncated"] is False
    assert [set(group) for group in listed["Groups"]] == [{"Path", "GroupName", "GroupId", "Arn", "CreateDate"}]
    iam.remove_user_from_group(GroupName="staff", UserName="bob")
    assert iam.list_groups_for_user(UserName="bob")["Groups"] == []
    assert [member["UserName"] for member in iam.get_group(GroupName="staff")["Users"]] == ["eve"]


def test_membership_of_users_that_are_not_there(iam):
    iam.create_group(GroupName="staff")
    with not_found("The user with name nobody cannot be found."):
        iam.add_user_to_group(GroupName="staff", UserName="nobody")
    with not_found("The user with name nobody cannot be found."):
        iam.list_groups_for_user(UserName="nobody")


def test_who_is_removed_is_looked_for_before_the_group(iam):
    with not_found("The user with name nobody cannot be found."):
        iam.remove_user_from_group(GroupName="none", UserName="nobody")
    iam.create_user(UserName="bob")
    with not_found("The group with name none cannot be found."):
        iam.remove_user_from_group(GroupName="none", UserName="bob")


def test_a_user_is_in_ten_groups_at_most(iam):
    iam.create_user(UserName="bob")
    for number in range(11):
        iam.create_group(GroupName=f"group{number}")
    for number in range(10):
        iam.add_user_to_group(GroupName=f"group{number}", UserName="bob")
    with limit("Cannot exceed quota for GroupsPerUser: 10"):
        iam.add_user_to_group(GroupName="group10", UserName="bob")


def test_members_come_in_pages(iam):
    iam.create_group(GroupName="staff")
    for number in range(5):
        iam.create_user(UserName=f"user{number}")
        iam.add_user_to_group(GroupName="staff", UserName=f"user{number}")
    pages = list(iam.get_paginator("get_group").paginate(GroupName="staff", PaginationConfig={"PageSize": 2}))
    assert [len(page["Users"]) for page in pages] == [2, 2, 1]
    assert len({user["UserName"] for page in pages for user in page["Users"]}) == 5


def test_update_group(iam):
    made = iam.create_group(GroupName="staff")["Group"]
    iam.create_user(UserName="bob")
    iam.add_user_to_group(GroupName="staff", UserName="bob")
    iam.update_group(GroupName="staff", NewGroupName="crew", NewPath="/y/")
    group = iam.get_group(GroupName="crew")
    assert group["Group"]["Arn"] == f"arn:aws:iam::{ACCOUNT}:group/y/crew"
    assert group["Group"]["GroupId"] == made["GroupId"]
    assert [user["UserName"] for user in group["Users"]] == ["bob"]
    iam.create_group(GroupName="other")
    with exists("Group with name other already exists."):
        iam.update_group(GroupName="crew", NewGroupName="other")


def test_delete_group_conflicts(iam):
    iam.create_group(GroupName="staff")
    iam.create_user(UserName="bob")
    iam.add_user_to_group(GroupName="staff", UserName="bob")
    with conflict("Cannot delete entity, must remove users from group first."):
        iam.delete_group(GroupName="staff")
    iam.remove_user_from_group(GroupName="staff", UserName="bob")
    iam.attach_group_policy(GroupName="staff", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    with conflict("Cannot delete entity, must detach all policies first."):
        iam.delete_group(GroupName="staff")
    iam.detach_group_policy(GroupName="staff", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    iam.put_group_policy(GroupName="staff", PolicyName="p", PolicyDocument=policy(allow("s3:*")))
    with conflict("Cannot delete entity, must delete policies first."):
        iam.delete_group(GroupName="staff")
    iam.delete_group_policy(GroupName="staff", PolicyName="p")
    iam.delete_group(GroupName="staff")
    assert iam.list_groups()["Groups"] == []


def test_group_names_have_rules(iam):
    with invalid("The specified value for groupName is invalid. It must contain only alphanumeric characters and/or the "
                 "following: +=,.@_-"):
        iam.create_group(GroupName="two words")
    with invalid("1 validation error detected: Value at 'groupName' failed to satisfy constraint: Member must have length "
                 "less than or equal to 128"):
        iam.create_group(GroupName="a" * 129)


def test_what_a_group_may_its_members_may(root):
    bob = root.user("bob")
    root.iam.create_group(GroupName="readers")
    root.iam.put_group_policy(GroupName="readers", PolicyName="read", PolicyDocument=policy(allow("iam:ListUsers")))
    root.iam.add_user_to_group(GroupName="readers", UserName="bob")
    assert len(bob.iam.list_users()["Users"]) == 1
    root.iam.remove_user_from_group(GroupName="readers", UserName="bob")
    with pytest.raises(bob.iam.exceptions.ClientError):
        bob.iam.list_users()
