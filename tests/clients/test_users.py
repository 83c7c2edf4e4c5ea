"""Users: create, get, update, delete, list."""

import datetime
import re

import pytest

from support import ACCOUNT, allow, answer_of, client, conflict, exists, invalid, not_found, policy, refused

# What the model has and this server has no occasion for (tests/model/test_coverage.py).
NO_OCCASION = {"LimitExceeded": ("nothing is added that has a quota", "UpdateUser")}


def test_create_user_answers_what_aws_answers(iam):
    user = iam.create_user(UserName="bob")["User"]
    assert set(user) == {"Path", "UserName", "UserId", "Arn", "CreateDate"}
    assert user["Path"] == "/"
    assert user["UserName"] == "bob"
    assert re.fullmatch(r"AIDA[A-Z2-7]{17}", user["UserId"])
    assert user["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/bob"
    age = datetime.datetime.now(datetime.timezone.utc) - user["CreateDate"]
    assert abs(age.total_seconds()) < 60
    assert user["CreateDate"].microsecond == 0
    assert iam.get_user(UserName="bob")["User"] == user


def test_create_user_with_path_and_tags(iam):
    tags = [{"Key": "team", "Value": "red"}, {"Key": "empty", "Value": ""}]
    user = iam.create_user(UserName="bob", Path="/a/b/", Tags=tags)["User"]
    assert user["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/a/b/bob"
    assert user["Tags"] == tags
    assert iam.get_user(UserName="bob")["User"]["Tags"] == tags


def test_names_are_unique_without_regard_to_case(iam):
    iam.create_user(UserName="bob")
    with exists("User with name bob already exists."):
        iam.create_user(UserName="bob")
    with exists("User with name BOB already exists."):
        iam.create_user(UserName="BOB")
    assert [user["UserName"] for user in iam.list_users()["Users"]] == ["bob"]


@pytest.mark.parametrize("name", ["a", "a" * 64, "A+b=c,d.e@f-g_h", "0"])
def test_names_that_are_allowed(iam, name):
    assert iam.create_user(UserName=name)["User"]["UserName"] == name


@pytest.mark.parametrize("name", ["a b", "a/b", "ü", "a:b", "a%b", "*"])
def test_names_with_other_characters(iam, name):
    message = (
        "The specified value for userName is invalid. It must contain only alphanumeric characters and/or the following: "
        "+=,.@_-"
    )
    with invalid(message):
        iam.create_user(UserName=name)
    assert iam.list_users()["Users"] == []


def test_a_name_that_is_too_long(iam):
    message = (
        "1 validation error detected: Value at 'userName' failed to satisfy constraint: Member must have length less "
        "than or equal to 64"
    )
    with invalid(message):
        iam.create_user(UserName="a" * 65)


BAD_PATHS = ["team/", "/team", "//a b//", "/ space/", "/del\x7f/", "/line\n/", "/team/\n", "/\u00e9/"]
PATH_WORDS = ("The specified value for {} is invalid. It must begin and end with / and contain only alphanumeric characters "
              "and/or / characters.")
PREFIX_WORDS = ("The specified value for pathPrefix is invalid. It must begin with the / character and contain only "
                "alphanumeric characters and/or / characters.")


@pytest.mark.parametrize("path", ["//", *BAD_PATHS])
def test_paths_that_are_refused(iam, path):
    with invalid(PATH_WORDS.format("path")):
        iam.create_user(UserName="bob", Path=path)
    with invalid(PATH_WORDS.format("path")):
        iam.create_group(GroupName="ops", Path=path)
    with invalid(PATH_WORDS.format("path")):
        iam.create_policy(PolicyName="p", Path=path, PolicyDocument=policy(allow("*")))
    iam.create_user(UserName="bob", Path="/first/")
    iam.create_group(GroupName="ops", Path="/first/")
    with invalid(PATH_WORDS.format("newPath")):
        iam.update_user(UserName="bob", NewPath=path)
    with invalid(PATH_WORDS.format("newPath")):
        iam.update_group(GroupName="ops", NewPath=path)
    assert iam.get_user(UserName="bob")["User"]["Path"] == iam.get_group(GroupName="ops")["Group"]["Path"] == "/first/"


@pytest.mark.parametrize("path", ["", "/" + "a" * 511 + "/"])
def test_paths_of_a_bad_length(iam, path):
    with invalid(pattern=r"^[12] validation errors? detected: Value at 'path' failed to satisfy constraint: Member must have "
                 "length"):
        iam.create_user(UserName="bob", Path=path)


def test_two_slashes_within_a_path(iam):
    iam.create_group(GroupName="ops", Path="/a//b/")
    assert iam.create_user(UserName="bob", Path="/a//b/")["User"]["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/a//b/bob"


def test_path_prefixes_that_are_refused(iam):
    for list_them in (iam.list_users, iam.list_groups, iam.list_roles, iam.list_instance_profiles, iam.list_policies):
        with invalid(PREFIX_WORDS):
            list_them(PathPrefix="team")
    with invalid(PREFIX_WORDS):
        iam.list_policies(PathPrefix="/team")  # of policies only whole paths
    with invalid(PREFIX_WORDS):
        iam.list_entities_for_policy(PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess", PathPrefix="/team")


def test_get_user_that_is_not_there(iam):
    with not_found("The user with name nobody cannot be found."):
        iam.get_user(UserName="nobody")


def test_get_user_without_a_name_is_the_caller(root):
    bob = root.user("bob", allow("iam:GetUser"))
    assert bob.iam.get_user()["User"]["UserName"] == "bob"


def test_get_user_of_the_root_user(iam):
    user = iam.get_user()["User"]
    assert user["UserId"] == ACCOUNT
    assert user["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"
    assert "UserName" not in user or user["UserName"]


def test_get_user_as_a_role_needs_a_name(root):
    session = root.user("bob", allow("sts:AssumeRole")).assume(
        root.role("reader", f"arn:aws:iam::{ACCOUNT}:root", allow("iam:*")))
    with invalid("Must specify userName when calling with non-User credentials"):
        session.iam.get_user()


def test_a_user_made_again_is_another_user(iam):
    first = iam.create_user(UserName="bob")["User"]
    assert iam.delete_user(UserName="bob")["ResponseMetadata"]["HTTPStatusCode"] == 200
    second = iam.create_user(UserName="bob")["User"]
    assert second["UserId"] != first["UserId"]


def test_update_user_renames_and_moves(iam):
    made = iam.create_user(UserName="bob", Tags=[{"Key": "k", "Value": "v"}])["User"]
    assert answer_of(iam.update_user(UserName="bob", NewUserName="robert", NewPath="/x/")) == {}
    moved = iam.get_user(UserName="robert")["User"]
    assert moved["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/x/robert"
    assert (moved["UserId"], moved["CreateDate"], moved["Tags"]) == (made["UserId"], made["CreateDate"], made["Tags"])
    with not_found("The user with name bob cannot be found."):
        iam.get_user(UserName="bob")


def test_update_user_does_not_change_the_case_of_a_name(iam):
    iam.create_user(UserName="ann")
    with exists("User with name ANN already exists."):
        iam.update_user(UserName="ann", NewUserName="ANN")
    assert iam.get_user(UserName="ANN")["User"]["UserName"] == "ann"
    iam.update_user(UserName="ANN", NewUserName="ann", NewPath="/x/")
    assert iam.get_user(UserName="ann")["User"]["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/x/ann"


def test_update_user_to_a_name_that_is_taken(iam):
    iam.create_user(UserName="bob")
    iam.create_user(UserName="eve")
    with exists("User with name Eve already exists."):
        iam.update_user(UserName="bob", NewUserName="Eve")
    assert [user["UserName"] for user in iam.list_users()["Users"]] == ["bob", "eve"]


def test_update_user_that_is_not_there(iam):
    with not_found("The user with name nobody cannot be found."):
        iam.update_user(UserName="nobody", NewUserName="somebody")


def test_a_renamed_user_keeps_what_it_has(root):
    root.iam.create_group(GroupName="staff")
    bob = root.user("bob", allow("iam:GetUser"))
    root.iam.add_user_to_group(GroupName="staff", UserName="bob")
    root.iam.update_user(UserName="bob", NewUserName="robert")
    assert bob.arn() == f"arn:aws:iam::{ACCOUNT}:user/robert"
    assert bob.iam.get_user()["User"]["UserName"] == "robert"
    assert root.iam.list_user_policies(UserName="robert")["PolicyNames"] == ["inline"]
    assert [g["GroupName"] for g in root.iam.list_groups_for_user(UserName="robert")["Groups"]] == ["staff"]


def test_delete_user_that_is_not_there(iam):
    with not_found("The user with name nobody cannot be found."):
        iam.delete_user(UserName="nobody")


def test_delete_user_with_attached_policies(iam):
    iam.create_user(UserName="bob")
    iam.attach_user_policy(UserName="bob", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    with conflict("Cannot delete entity, must detach all policies first."):
        iam.delete_user(UserName="bob")
    iam.detach_user_policy(UserName="bob", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    iam.delete_user(UserName="bob")


def test_delete_user_with_inline_policies(iam):
    iam.create_user(UserName="bob")
    iam.put_user_policy(UserName="bob", PolicyName="p", PolicyDocument=policy(allow("s3:*")))
    with conflict("Cannot delete entity, must delete policies first."):
        iam.delete_user(UserName="bob")
    iam.delete_user_policy(UserName="bob", PolicyName="p")
    iam.delete_user(UserName="bob")


def test_delete_user_with_access_keys(iam):
    iam.create_user(UserName="bob")
    key = iam.create_access_key(UserName="bob")["AccessKey"]["AccessKeyId"]
    with conflict("Cannot delete entity, must delete access keys first."):
        iam.delete_user(UserName="bob")
    iam.delete_access_key(UserName="bob", AccessKeyId=key)
    iam.delete_user(UserName="bob")


def test_delete_user_in_a_group(iam):
    iam.create_user(UserName="bob")
    iam.create_group(GroupName="staff")
    iam.add_user_to_group(GroupName="staff", UserName="bob")
    with conflict("Cannot delete entity, must remove users from group first."):
        iam.delete_user(UserName="bob")
    iam.remove_user_from_group(GroupName="staff", UserName="bob")
    iam.delete_user(UserName="bob")


def test_list_users_leaves_out_tags_and_boundary(iam):
    iam.create_user(UserName="bob", Tags=[{"Key": "k", "Value": "v"}],
                    PermissionsBoundary="arn:aws:iam::aws:policy/AdministratorAccess")
    listed = answer_of(iam.list_users())
    assert listed["IsTruncated"] is False
    assert "Marker" not in listed
    assert [set(user) for user in listed["Users"]] == [{"Path", "UserName", "UserId", "Arn", "CreateDate"}]


def test_list_users_by_path(iam):
    for name, path in [("a", "/x/"), ("b", "/x/y/"), ("c", "/z/"), ("d", "/xx/")]:
        iam.create_user(UserName=name, Path=path)

    def names(**more):
        return [user["UserName"] for user in iam.list_users(**more)["Users"]]

    assert names() == ["a", "b", "c", "d"]
    assert names(PathPrefix="/x/") == ["a", "b"]
    assert names(PathPrefix="/x") == ["a", "b", "d"]
    assert names(PathPrefix="/none/") == []


def test_list_users_in_pages(iam):
    for number in range(7):
        iam.create_user(UserName=f"user{number}")
    pages = list(iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": 3}))
    assert [[user["UserName"][-1] for user in page["Users"]] for page in pages] == [
        ["0", "1", "2"], ["3", "4", "5"], ["6"]
    ]
    assert [page["IsTruncated"] for page in pages] == [True, True, False]
    assert "Marker" in pages[0] and "Marker" not in pages[2]


def test_pages_stay_right_when_what_they_stand_on_goes(iam):
    for number in range(4):
        iam.create_user(UserName=f"user{number}")
    first = iam.list_users(MaxItems=2)
    iam.delete_user(UserName="user1")
    iam.create_user(UserName="user00")
    rest = iam.list_users(Marker=first["Marker"])
    assert [user["UserName"] for user in rest["Users"]] == ["user2", "user3"]


def test_a_full_last_page_is_not_truncated(iam):
    for number in range(4):
        iam.create_user(UserName=f"user{number}")
    assert iam.list_users(MaxItems=4)["IsTruncated"] is False


def test_a_marker_that_was_never_given_out(iam):
    with invalid():
        iam.list_users(Marker="made-up")


@pytest.mark.parametrize("items, rule", [(0, "greater than or equal to 1"), (1001, "less than or equal to 1000")])
def test_max_items_has_limits(iam, items, rule):
    with invalid(f"1 validation error detected: Value at 'maxItems' failed to satisfy constraint: Member must have value "
                 f"{rule}"):
        iam.list_users(MaxItems=items)


def test_accounts_do_not_see_each_other(server, iam):
    iam.create_user(UserName="bob")
    other = client(server, "iam", key="111122223333")
    assert other.list_users()["Users"] == []
    made = other.create_user(UserName="bob")["User"]
    assert made["Arn"] == "arn:aws:iam::111122223333:user/bob"
    assert [user["Arn"] for user in iam.list_users()["Users"]] == [f"arn:aws:iam::{ACCOUNT}:user/bob"]


def test_fifty_one_tags_are_too_many(iam):
    tags = [{"Key": f"k{number}", "Value": "v"} for number in range(51)]
    with refused("ValidationError", 400):
        iam.create_user(UserName="bob", Tags=tags)
    with not_found("The user with name bob cannot be found."):
        iam.get_user(UserName="bob")
