"""Answers of AWS, recorded in 2026, that no other file asks for: each test is a line of what was seen."""

import base64
import json
import re

import pytest

from support import (ACCOUNT, OTHER_ACCOUNT, Caller, allow, answer_of, call, conflict, denied, deny, exists, invalid, limit,
                     not_found, of_credentials, policy, refused, root_arn, send, trust)

ARN = f"arn:aws:iam::{ACCOUNT}:"
EC2 = policy(trust({"Service": "ec2.amazonaws.com"}))
DOCUMENT = policy(allow("s3:ListAllMyBuckets"))
TAGS = [{"Key": "Environment", "Value": "test"}, {"Key": "Team", "Value": "red"}]
KEY_RULES = (
    "Member must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater "
    r"than or equal to 1, Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+, Member must not be null]")


def names_of(entity):
    return set(entity)


# Shapes ---------------------------------------------------------------------------------------------------------------

def test_where_tags_show(iam):
    """An empty list, nothing where there are none, or nothing at all."""
    made = iam.create_policy(PolicyName="p", PolicyDocument=DOCUMENT)["Policy"]
    profile = iam.create_instance_profile(InstanceProfileName="i")["InstanceProfile"]
    user = iam.create_user(UserName="u")["User"]
    role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=EC2)["Role"]
    assert [thing for thing in (made, profile, user, role) if "Tags" in thing] == []
    assert iam.get_policy(PolicyArn=made["Arn"])["Policy"]["Tags"] == []
    assert iam.get_instance_profile(InstanceProfileName="i")["InstanceProfile"]["Tags"] == []
    assert "Tags" not in iam.get_user(UserName="u")["User"]
    assert "Tags" not in iam.get_role(RoleName="r")["Role"]
    iam.tag_role(RoleName="r", Tags=TAGS)
    iam.add_role_to_instance_profile(InstanceProfileName="i", RoleName="r")
    assert "Tags" not in iam.list_roles()["Roles"][0]
    six = {"Path", "RoleName", "RoleId", "Arn", "CreateDate", "AssumeRolePolicyDocument"}
    assert names_of(iam.get_instance_profile(InstanceProfileName="i")["InstanceProfile"]["Roles"][0]) == six
    assert iam.get_role(RoleName="r")["Role"]["Tags"] == TAGS


def test_lists_never_show_tags(iam):
    iam.create_user(UserName="u", Tags=TAGS)
    iam.create_policy(PolicyName="p", PolicyDocument=DOCUMENT, Tags=TAGS, Description="words")
    iam.create_instance_profile(InstanceProfileName="i", Tags=TAGS)
    assert "Tags" not in iam.list_users()["Users"][0]
    assert not {"Tags", "Description"} & names_of(iam.list_policies(Scope="Local")["Policies"][0])
    assert "Tags" not in iam.list_instance_profiles()["InstanceProfiles"][0]


def test_every_list_says_whether_it_ends(iam):
    iam.create_user(UserName="u")
    iam.create_group(GroupName="g")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=EC2)
    made = iam.create_policy(PolicyName="p", PolicyDocument=DOCUMENT)["Policy"]["Arn"]
    for answer in (
        iam.get_group(GroupName="g"), iam.list_groups(), iam.list_groups_for_user(UserName="u"), iam.list_users(PathPrefix="/no"),
        iam.list_roles(PathPrefix="/no/"), iam.list_access_keys(UserName="u"), iam.list_user_policies(UserName="u"),
        iam.list_group_policies(GroupName="g"), iam.list_role_policies(RoleName="r"), iam.list_attached_user_policies(UserName="u"),
        iam.list_attached_group_policies(GroupName="g"), iam.list_attached_role_policies(RoleName="r"),
        iam.list_policy_versions(PolicyArn=made), iam.list_entities_for_policy(PolicyArn=made), iam.list_user_tags(UserName="u"),
        iam.list_role_tags(RoleName="r"), iam.list_policy_tags(PolicyArn=made), iam.list_instance_profiles(),
        iam.list_instance_profiles_for_role(RoleName="r"), iam.list_account_aliases(),
    ):
        assert answer["IsTruncated"] is False and "Marker" not in answer
    assert iam.get_group(GroupName="g")["Users"] == []


def test_users_groups_and_keys_have_their_members_and_no_more(iam):
    five = {"Path", "Arn", "CreateDate"}
    users = [iam.create_user(UserName="u")["User"], iam.get_user(UserName="u")["User"], iam.list_users()["Users"][0]]
    groups = [iam.create_group(GroupName="g")["Group"], iam.get_group(GroupName="g")["Group"], iam.list_groups()["Groups"][0]]
    assert answer_of(iam.add_user_to_group(UserName="u", GroupName="g")) == {}
    users.append(iam.get_group(GroupName="g")["Users"][0])
    groups.append(iam.list_groups_for_user(UserName="u")["Groups"][0])
    assert all(names_of(user) == five | {"UserName", "UserId"} for user in users)
    assert all(names_of(group) == five | {"GroupName", "GroupId"} for group in groups)
    key = iam.create_access_key(UserName="u")["AccessKey"]
    assert names_of(key) == {"UserName", "AccessKeyId", "Status", "SecretAccessKey", "CreateDate"}
    assert (len(key["AccessKeyId"]), len(key["SecretAccessKey"]), key["Status"]) == (20, 40, "Active")
    assert names_of(iam.list_access_keys(UserName="u")["AccessKeyMetadata"][0]) == names_of(key) - {"SecretAccessKey"}


def test_which_members_a_role_shows_where(iam):
    boundary = iam.create_policy(PolicyName="b", PolicyDocument=DOCUMENT)["Policy"]["Arn"]
    six = {"Path", "RoleName", "RoleId", "Arn", "CreateDate", "AssumeRolePolicyDocument"}
    made = iam.create_role(RoleName="r", AssumeRolePolicyDocument=EC2, Description="d", PermissionsBoundary=boundary, Tags=TAGS)
    assert names_of(made["Role"]) == six | {"PermissionsBoundary", "Tags"}
    shown = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": boundary}
    assert made["Role"]["PermissionsBoundary"] == shown
    described = iam.update_role_description(RoleName="r", Description="new")["Role"]
    assert "MaxSessionDuration" not in described and described["Description"] == "new"
    got = iam.get_role(RoleName="r")["Role"]
    assert names_of(got) == six | {"Description", "MaxSessionDuration", "RoleLastUsed", "PermissionsBoundary", "Tags"}
    assert (got["RoleLastUsed"], got["PermissionsBoundary"]) == ({}, shown)
    assert names_of(iam.list_roles()["Roles"][0]) == six | {"Description", "MaxSessionDuration"}
    iam.update_role(RoleName="r", MaxSessionDuration=7200)
    assert answer_of(iam.update_role(RoleName="r")) == {}
    got = iam.get_role(RoleName="r")["Role"]
    assert (got["Description"], got["MaxSessionDuration"]) == ("new", 7200)


def test_which_members_a_policy_shows_where(iam):
    eleven = {"PolicyName", "PolicyId", "Arn", "Path", "DefaultVersionId", "AttachmentCount", "PermissionsBoundaryUsageCount",
              "IsAttachable", "CreateDate", "UpdateDate"}
    made = iam.create_policy(PolicyName="p", PolicyDocument=DOCUMENT, Description="d", Tags=TAGS)["Policy"]
    assert names_of(made) == eleven | {"Tags"}
    assert (made["DefaultVersionId"], made["AttachmentCount"], made["IsAttachable"]) == ("v1", 0, True)
    assert names_of(iam.get_policy(PolicyArn=made["Arn"])["Policy"]) == eleven | {"Tags", "Description"}
    assert names_of(iam.list_policies(Scope="Local")["Policies"][0]) == eleven
    version = iam.create_policy_version(PolicyArn=made["Arn"], PolicyDocument=DOCUMENT)["PolicyVersion"]
    three = {"VersionId", "IsDefaultVersion", "CreateDate"}
    listed = iam.list_policy_versions(PolicyArn=made["Arn"])["Versions"]
    assert names_of(version) == three and [item["VersionId"] for item in listed] == ["v2", "v1"]
    assert names_of(listed[0]) == three
    assert names_of(iam.get_policy_version(PolicyArn=made["Arn"], VersionId="v1")["PolicyVersion"]) == three | {"Document"}


def test_tags_of_policies_are_ordered_when_listed_alone(iam):
    tags = [{"Key": key, "Value": "x"} for key in ("abc", "b", "z", "a")]
    made = iam.create_policy(PolicyName="p", PolicyDocument=DOCUMENT, Tags=tags)["Policy"]
    assert made["Tags"] == tags
    listed = iam.list_policy_tags(PolicyArn=made["Arn"], MaxItems=3)
    rest = iam.list_policy_tags(PolicyArn=made["Arn"], Marker=listed["Marker"])
    assert [tag["Key"] for tag in listed["Tags"] + rest["Tags"]] == ["a", "b", "z", "abc"]
    user = iam.create_user(UserName="u", Tags=TAGS)["User"]
    assert user["Tags"] == TAGS == iam.list_user_tags(UserName="u")["Tags"]


def test_attached_policies_in_the_order_that_was_seen(iam):
    """By name without regard to case, where letters in code point order would be the other way round."""
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=EC2)
    names = ["AmazonElasticMapReduceRole", "AWSControlTowerServiceRolePolicy"]
    for name in names[::-1]:
        iam.attach_role_policy(RoleName="r", PolicyArn=f"arn:aws:iam::aws:policy/service-role/{name}")
    assert [item["PolicyName"] for item in iam.list_attached_role_policies(RoleName="r")["AttachedPolicies"]] == names


def test_entities_of_a_policy_by_filter(iam):
    arn = iam.create_policy(PolicyName="p", PolicyDocument=DOCUMENT)["Policy"]["Arn"]
    iam.create_user(UserName="u")
    iam.create_group(GroupName="g")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=EC2)
    iam.attach_user_policy(UserName="u", PolicyArn=arn)
    iam.attach_group_policy(GroupName="g", PolicyArn=arn)
    iam.attach_role_policy(RoleName="r", PolicyArn=arn)
    lists = {"User": "PolicyUsers", "Group": "PolicyGroups", "Role": "PolicyRoles"}
    whole = iam.list_entities_for_policy(PolicyArn=arn)
    assert [names_of(whole[members][0]) for members in lists.values()] == [
        {f"{kind}Name", f"{kind}Id"} for kind in lists]
    for kind in (*lists, "LocalManagedPolicy"):
        found = iam.list_entities_for_policy(PolicyArn=arn, EntityFilter=kind)
        assert {name: len(found[name]) for name in lists.values()} == {
            name: int(kind == other) for other, name in lists.items()}


def test_the_summary_has_aws_entries_and_no_others(iam):
    summary = iam.get_account_summary()["SummaryMap"]
    quotas = {
        "AccessKeysPerUserQuota": 2, "AssumeRolePolicySizeQuota": 2048, "AttachedPoliciesPerGroupQuota": 10,
        "AttachedPoliciesPerRoleQuota": 10, "AttachedPoliciesPerUserQuota": 10, "GroupPolicySizeQuota": 5120,
        "GroupsPerUserQuota": 10, "GroupsQuota": 300, "InstanceProfilesQuota": 1000, "PoliciesQuota": 1500,
        "PolicySizeQuota": 6144, "PolicyVersionsInUseQuota": 10000, "RolePolicySizeQuota": 10240, "RolesQuota": 1000,
        "ServerCertificatesQuota": 20, "SigningCertificatesPerUserQuota": 2, "UserPolicySizeQuota": 2048, "UsersQuota": 5000,
        "VersionsPerPolicyQuota": 5, "GlobalEndpointTokenVersion": 1}
    counts = {"AccountAccessKeysPresent", "AccountPasswordPresent", "AccountSigningCertificatesPresent", "AccountMFAEnabled",
              "Groups", "InstanceProfiles", "MFADevices", "MFADevicesInUse", "Policies", "PolicyVersionsInUse", "Providers",
              "Roles", "ServerCertificates", "Users"}
    assert {name: summary[name] for name in quotas} == quotas
    assert names_of(summary) == names_of(quotas) | counts and len(summary) == 34


# Errors ---------------------------------------------------------------------------------------------------------------

def test_a_key_of_tags_breaks_a_rule_of_its_list(iam):
    iam.create_user(UserName="u")
    for key in ("", "k" * 129, "no;semicolon"):
        with invalid(f"1 validation error detected: Value at 'tagKeys' failed to satisfy constraint: {KEY_RULES}"):
            iam.untag_user(UserName="u", TagKeys=[key])
    with invalid("1 validation error detected: Value at 'tagKeys' failed to satisfy constraint: Member must have length less "
                 "than or equal to 50"):
        iam.untag_role(RoleName="absent", TagKeys=[f"k{number}" for number in range(51)])
    with invalid("1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must have length less "
                 "than or equal to 50"):
        iam.tag_role(RoleName="absent", Tags=[{"Key": f"k{number}", "Value": ""} for number in range(51)])


def test_a_version_that_is_none(iam):
    with invalid("1 validation error detected: Value at 'versionId' failed to satisfy constraint: Member must satisfy regular "
                 r"expression pattern: v[1-9][0-9]*(\.[A-Za-z0-9-]*)?"):
        iam.get_policy_version(PolicyArn=f"{ARN}policy/p", VersionId="one")


def test_enumerations_are_named_with_their_values(iam, server):
    types = "[binary, ipList, booleanList, ip, boolean, numericList, dateList, numeric, date, stringList, string, binaryList]"
    entry = {"ContextKeyName": "aws:a", "ContextKeyType": "text", "ContextKeyValues": ["x"]}
    with invalid("1 validation error detected: Value at 'contextEntries.1.member.contextKeyType' failed to satisfy constraint: "
                 f"Member must satisfy enum value set: {types}"):
        iam.simulate_custom_policy(PolicyInputList=[DOCUMENT], ActionNames=["s3:GetObject"], ContextEntries=[entry])


@pytest.mark.parametrize("path", ["//", "/team", "team/", "/a b/", "/\x7f/", "/a\n/"])
def test_paths_that_are_none(iam, path):
    iam.create_user(UserName="u")
    iam.create_group(GroupName="g")
    changes = [lambda: iam.create_user(UserName="v", Path=path), lambda: iam.update_user(UserName="u", NewPath=path),
               lambda: iam.create_group(GroupName="h", Path=path), lambda: iam.update_group(GroupName="g", NewPath=path),
               lambda: iam.create_policy(PolicyName="p", Path=path, PolicyDocument=DOCUMENT),
               lambda: iam.create_role(RoleName="r", Path=path, AssumeRolePolicyDocument=EC2),
               lambda: iam.create_instance_profile(InstanceProfileName="i", Path=path)]
    for change in changes:
        with invalid():
            change()
    assert [user["Path"] for user in iam.list_users()["Users"]] == ["/"]


def test_names_with_line_breaks(iam):
    for lookup in (lambda: iam.get_user(UserName="u\n"), lambda: iam.create_user(UserName="u\n"),
                   lambda: iam.get_group(GroupName="g\n"), lambda: iam.get_role(RoleName="r\n"),
                   lambda: iam.get_instance_profile(InstanceProfileName="i\n"),
                   lambda: iam.get_user_policy(UserName="u", PolicyName="p\n")):
        with invalid():
            lookup()
    iam.create_user(UserName="u" * 64)
    with invalid():
        iam.create_user(UserName="u" * 65)


def test_two_slashes_in_a_path(iam):
    assert iam.create_user(UserName="u", Path="/a//b/")["User"]["Arn"] == f"{ARN}user/a//b/u"
    assert len(iam.list_users(PathPrefix="/a//")["Users"]) == 1
    assert len(iam.list_users(PathPrefix="/a//b")["Users"]) == 1


def test_names_in_any_case_and_answers_in_their_own(iam):
    iam.create_user(UserName="Ann")
    iam.create_group(GroupName="Team")
    iam.create_role(RoleName="Deploy", AssumeRolePolicyDocument=EC2)
    iam.create_instance_profile(InstanceProfileName="Box")
    assert iam.get_user(UserName="ANN")["User"]["UserName"] == "Ann"
    assert iam.get_group(GroupName="TEAM")["Group"]["GroupName"] == "Team"
    assert iam.get_role(RoleName="DEPLOY")["Role"]["RoleName"] == "Deploy"
    assert iam.get_instance_profile(InstanceProfileName="BOX")["InstanceProfile"]["InstanceProfileName"] == "Box"
    iam.add_user_to_group(UserName="ANN", GroupName="TEAM")
    iam.add_role_to_instance_profile(InstanceProfileName="BOX", RoleName="DEPLOY")
    assert [user["UserName"] for user in iam.get_group(GroupName="team")["Users"]] == ["Ann"]


def test_a_role_session_has_no_user(root):
    caller = root.user("caller")
    arn = root.role("admin", caller.arn(), allow("iam:*"))
    session = caller.assume(arn)
    key = root.iam.create_access_key(UserName="caller")["AccessKey"]["AccessKeyId"]
    words = "Must specify userName when calling with non-User credentials"
    for request in (session.iam.get_user, lambda: session.iam.delete_access_key(AccessKeyId=key)):
        with invalid(words):
            request()


def test_the_last_use_is_in_the_region_of_the_service(server, root):
    caller = Caller(server, root.user("u", allow("*")).key, None)
    made = root.iam.create_access_key(UserName="u")["AccessKey"]
    caller = Caller(server, made["AccessKeyId"], made["SecretAccessKey"], region="eu-west-1")
    used = root.iam.get_access_key_last_used(AccessKeyId=made["AccessKeyId"])
    assert answer_of(used) == {"UserName": "u", "AccessKeyLastUsed": {"Region": "N/A", "ServiceName": "N/A"}}
    caller.sts.get_caller_identity()
    caller.iam.list_users()
    used = root.iam.get_access_key_last_used(AccessKeyId=made["AccessKeyId"])["AccessKeyLastUsed"]
    assert (used["Region"], used["ServiceName"]) == ("us-east-1", "iam")


def test_a_renamed_user_keeps_key_and_id(root):
    caller = root.user("ann", allow("iam:GetUser"))
    before = root.iam.get_user(UserName="ann")["User"]["UserId"]
    root.iam.update_user(UserName="ann", NewUserName="beth")
    identity = caller.sts.get_caller_identity()
    assert (identity["Arn"], identity["UserId"], identity["Account"]) == (f"{ARN}user/beth", before, ACCOUNT)
    assert root.iam.list_access_keys(UserName="beth")["AccessKeyMetadata"][0]["UserName"] == "beth"
    with not_found("The user with name ann cannot be found."):
        root.iam.get_user(UserName="ann")


def test_a_moved_user_is_not_covered_any_more(root):
    caller = root.user("caller", allow(["iam:GetUser", "iam:GetAccessKeyLastUsed"], f"{ARN}user/a/*"))
    root.iam.create_user(UserName="u", Path="/a/")
    key = root.iam.create_access_key(UserName="u")["AccessKey"]["AccessKeyId"]
    caller.iam.get_user(UserName="u")
    caller.iam.get_access_key_last_used(AccessKeyId=key)
    root.iam.update_user(UserName="u", NewPath="/b/")
    with denied():
        caller.iam.get_user(UserName="u")
    with denied():
        caller.iam.get_access_key_last_used(AccessKeyId=key)


def test_policies_that_are_not_there(iam):
    absent = f"{ARN}policy/absent"
    iam.create_user(UserName="u")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=EC2)
    missing = f"Policy {absent} does not exist or is not attachable."
    version = f"Policy {absent} version v1 does not exist or is not attachable."
    gone = f"Policy {absent} was not found."
    own = iam.create_policy(PolicyName="own", PolicyDocument=DOCUMENT)["Policy"]["Arn"]
    for words, request in (
        (f"Policy {own} version v7 does not exist or is not attachable.",
         lambda: iam.delete_policy_version(PolicyArn=own, VersionId="v7")),
        (missing, lambda: iam.attach_user_policy(UserName="u", PolicyArn=absent)),
        (missing, lambda: iam.attach_role_policy(RoleName="r", PolicyArn=absent)),
        (missing, lambda: iam.list_entities_for_policy(PolicyArn=absent)),
        (version, lambda: iam.get_policy_version(PolicyArn=absent, VersionId="v1")),
        (version, lambda: iam.set_default_policy_version(PolicyArn=absent, VersionId="v1")),
        (gone, lambda: iam.detach_user_policy(UserName="u", PolicyArn=absent)),
        (gone, lambda: iam.detach_role_policy(RoleName="r", PolicyArn=absent)),
        ("Policy arn:aws:iam::aws:policy/IAMReadOnlyAccess was not found.",
         lambda: iam.detach_role_policy(RoleName="r", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")),
        (gone, lambda: iam.delete_policy(PolicyArn=absent)),
        (gone, lambda: iam.tag_policy(PolicyArn=absent, Tags=TAGS)),
        (gone, lambda: iam.untag_policy(PolicyArn=absent, TagKeys=["a"])),
    ):
        with not_found(words):
            request()
    for attach in (lambda: iam.attach_user_policy(UserName="u", PolicyArn="x" * 20),
                   lambda: iam.attach_role_policy(RoleName="r", PolicyArn="x" * 20)):
        with invalid(f"ARN {'x' * 20} is not valid."):
            attach()


def test_boundaries_that_are_none(iam):
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=EC2)
    for bad in (f"{ARN}not_a_policy/x", "x" * 20):
        for change in (lambda: iam.put_role_permissions_boundary(RoleName="r", PermissionsBoundary=bad),
                       lambda: iam.create_role(RoleName="s", AssumeRolePolicyDocument=EC2, PermissionsBoundary=bad)):
            with refused("InvalidInput", 400, f"ARN {bad} is not valid."):
                change()
    absent = f"{ARN}policy/absent"
    for change in (lambda: iam.put_role_permissions_boundary(RoleName="r", PermissionsBoundary=absent),
                   lambda: iam.create_role(RoleName="s", AssumeRolePolicyDocument=EC2, PermissionsBoundary=absent)):
        with not_found(f"Scope ARN: {absent} does not exist or is not attachable."):
            change()
    good = iam.create_policy(PolicyName="p", PolicyDocument=DOCUMENT)["Policy"]["Arn"]
    with not_found("The role with name absent cannot be found."):
        iam.put_role_permissions_boundary(RoleName="absent", PermissionsBoundary=good)
    with refused("NoSuchEntity", 404):
        iam.delete_role_permissions_boundary(RoleName="r")


def test_roles_that_stay_and_policies_that_are_not_there(iam):
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=EC2)
    arn = iam.create_policy(PolicyName="p", PolicyDocument=DOCUMENT)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="r", PolicyArn=arn)
    with conflict("Cannot delete entity, must detach all policies first."):
        iam.delete_role(RoleName="r")
    with conflict("Cannot delete a policy attached to entities."):
        iam.delete_policy(PolicyArn=arn)
    iam.detach_role_policy(RoleName="r", PolicyArn=arn)
    iam.create_instance_profile(InstanceProfileName="i")
    iam.add_role_to_instance_profile(InstanceProfileName="i", RoleName="r")
    with conflict("Cannot delete entity, must remove roles from instance profile first."):
        iam.delete_role(RoleName="r")
    with limit("Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1"):
        iam.add_role_to_instance_profile(InstanceProfileName="i", RoleName="r")
    for request in (iam.get_role_policy, iam.delete_role_policy):
        with not_found("The role policy with name absent cannot be found."):
            request(RoleName="r", PolicyName="absent")
    with conflict("Cannot delete the default version of a policy."):
        iam.delete_policy_version(PolicyArn=arn, VersionId="v1")


def test_instance_profiles_that_are_not_there(iam):
    words = "Instance Profile absent cannot be found."
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=EC2)
    name = {"InstanceProfileName": "absent"}
    for request in (lambda: iam.get_instance_profile(**name), lambda: iam.delete_instance_profile(**name),
                    lambda: iam.add_role_to_instance_profile(RoleName="r", **name),
                    lambda: iam.remove_role_from_instance_profile(RoleName="r", **name),
                    lambda: iam.tag_instance_profile(Tags=TAGS, **name), lambda: iam.untag_instance_profile(TagKeys=["a"], **name),
                    lambda: iam.list_instance_profile_tags(**name)):
        with not_found(words):
            request()
    made = iam.create_instance_profile(InstanceProfileName="i")["InstanceProfile"]
    assert names_of(made) == {"Path", "InstanceProfileName", "InstanceProfileId", "Arn", "CreateDate", "Roles"}
    assert made["Roles"] == []
    with exists("Instance Profile i already exists."):
        iam.create_instance_profile(InstanceProfileName="i")
    with not_found("Role r in Instance Profile i cannot be found."):
        iam.remove_role_from_instance_profile(InstanceProfileName="i", RoleName="r")
    with not_found("The role with name none cannot be found."):
        iam.remove_role_from_instance_profile(InstanceProfileName="i", RoleName="none")


def test_trust_documents(iam):
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=EC2)
    other = policy(trust({"Service": "ec2.amazonaws.com"}, "sts:InvalidAction"))
    resource = policy(trust({"Service": "ec2.amazonaws.com"}, Resource="*"))
    for document, words in (("no json", "This policy contains invalid Json"),
                            (other, "AssumeRole policy may only specify STS AssumeRole actions."),
                            (resource, "Has prohibited field Resource")):
        for change in (lambda: iam.create_role(RoleName="s", AssumeRolePolicyDocument=document),
                       lambda: iam.update_assume_role_policy(RoleName="r", PolicyDocument=document)):
            with refused("MalformedPolicyDocument", 400, words):
                change()
    assert answer_of(iam.update_assume_role_policy(RoleName="r", PolicyDocument=EC2)) == {}


STATEMENT = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::example_bucket"}
SYNTAX = "Syntax errors in policy."
LEGACY = "The policy failed legacy parsing"
ARN_FORM = 'Resource {} must be in ARN format or "*".'


@pytest.mark.parametrize("statement, message", [
    ({"Sid": 1}, SYNTAX), ({"Effect": None}, SYNTAX), ({"Effect": "Nothing"}, SYNTAX), ({"Unknown": "x"}, SYNTAX),
    ({"Action": {}}, SYNTAX), ({"Resource": {}}, SYNTAX), ({"Resource": ["adfdf", {}]}, SYNTAX),
    ({"NotAction": "s3:*"}, SYNTAX), ({"NotResource": []}, SYNTAX), ({"Condition": []}, SYNTAX), ({"Condition": "x"}, SYNTAX),
    ({"Condition": {"StringEquals": "x"}}, SYNTAX), ({"Effect": "allow"}, LEGACY),
    ({"Resource": None, "NotResource": "arn:aws:s3::example_bucket"}, LEGACY),
    ({"Condition": {"DateGreaterThan": {"a": "234-13"}}}, LEGACY),
    ({"Condition": {"DateGreaterThan": {"a": "2016-12-13t2:00:00.593194+1"}}}, LEGACY),
    ({"Condition": {"DateGreaterThan": {"a": "9223372036854775808"}}}, LEGACY),
    ({"Action": None}, "Policy statement must contain actions."), ({"Resource": None}, "Policy statement must contain resources."),
    ({"Resource": None, "Action": "x"}, "Policy statement must contain resources."),
    ({"Resource": "adfdf"}, ARN_FORM.format("adfdf")),
    ({"Resource": "arn:aws:iam:us-east-1:111122223333:user/x"},
     "IAM resource arn:aws:iam:us-east-1:111122223333:user/x cannot contain region information."),
    ({"Resource": "arn:aws:s3:us-east-1::bucket"}, "Resource arn:aws:s3:us-east-1::bucket can not contain region information."),
    ({"Action": "Get"}, "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."),
    ({"Resource": "arn:aws:iam::111122223333:mfa/x"}, None), ({"Resource": "arn:aws:iam::111122223333:sms-mfa/x"}, None),
    ({"Action": "a-service-that-does-not-exist-and-is-long:Get"}, None),
    ({"Condition": {"DateGreaterThan": {"a": "2016-12-13T21:20:37.593194+00:00"}}}, None),
    ({"Condition": {"DateGreaterThan": {"a": "2016-12-13t2:00:00.593194+23"}}}, None),
    ({"Condition": {"StringEquals": {"a": "x"}}}, None),
])
def test_more_of_the_grammar(iam, statement, message):
    changed = {name: value for name, value in {**STATEMENT, **statement}.items() if value is not None}
    document = json.dumps({"Version": "2012-10-17", "Statement": [changed]})
    if message is None:
        iam.create_policy(PolicyName="p", PolicyDocument=document)
        return
    with refused("MalformedPolicyDocument", 400, message):
        iam.create_policy(PolicyName="p", PolicyDocument=document)


@pytest.mark.parametrize("document, message", [
    ({"Statement": []}, SYNTAX), ({}, SYNTAX), ({"Statement": [STATEMENT], "Unknown": 1}, SYNTAX),
    ({"Statement": [{**STATEMENT, "Sid": ""}, {**STATEMENT, "Sid": ""}]}, None),
    ({"Statement": [{**STATEMENT, "Sid": "a"}, {**STATEMENT, "Sid": "a"}]},
     "Statement IDs (SID) in a single policy must be unique."),
])
def test_the_grammar_of_whole_documents(iam, document, message):
    text = json.dumps({"Version": "2012-10-17", **document})
    if message is None:
        iam.create_policy(PolicyName="p", PolicyDocument=text)
        return
    with refused("MalformedPolicyDocument", 400, message):
        iam.create_policy(PolicyName="p", PolicyDocument=text)


# Policies of AWS ------------------------------------------------------------------------------------------------------

def test_policies_of_aws(iam):
    own = "arn:aws:iam::aws:policy/"
    change_password = iam.get_policy(PolicyArn=own + "IAMUserChangePassword")["Policy"]
    assert change_password["Description"] == "Provides the ability for an IAM user to change their own password."
    administrator = own + "job-function/SystemAdministrator"
    assert iam.get_policy(PolicyArn=administrator)["Policy"]["Description"] == (
        "Grants full access permissions necessary for resources required for application and development operations.")
    assert iam.list_policy_tags(PolicyArn=administrator)["Tags"] == []
    root_task = iam.get_policy(PolicyArn=own + "root-task/IAMAuditRootUserCredentials")["Policy"]
    assert (root_task["IsAttachable"], root_task["Tags"]) == (True, [])
    iam.create_user(UserName="u")
    for policy_name in ("aws-service-role/AWSSupportServiceRolePolicy", "root-task/IAMAuditRootUserCredentials"):
        for change in (lambda: iam.attach_user_policy(UserName="u", PolicyArn=own + policy_name),
                       lambda: iam.put_user_permissions_boundary(UserName="u", PermissionsBoundary=own + policy_name)):
            with refused("PolicyNotAttachable", 400, "Cannot attach AWS reserved policy to an IAM user."):
                change()
    service_role = own + "service-role/AWSLambdaBasicExecutionRole"
    iam.attach_user_policy(UserName="u", PolicyArn=service_role)
    iam.put_user_permissions_boundary(UserName="u", PermissionsBoundary=service_role)
    for words, change in (
        ("Cannot create versions for policies outside your own account.",
         lambda: iam.create_policy_version(PolicyArn=administrator, PolicyDocument=DOCUMENT)),
        ("Cannot delete policies outside your own account.", lambda: iam.delete_policy(PolicyArn=administrator)),
        ("Cannot delete policy versions for policies outside your own account.",
         lambda: iam.delete_policy_version(PolicyArn=administrator, VersionId="v1")),
        ("Cannot update policies outside your own account.",
         lambda: iam.set_default_policy_version(PolicyArn=administrator, VersionId="v1")),
    ):
        with denied(words):
            change()
    with refused("InvalidInput", 400, "Tags not supported for policies in this domain"):
        iam.tag_policy(PolicyArn=administrator, Tags=TAGS)


def test_which_policies_are_listed(iam):
    arns = {}
    for name in ("attached", "bounding", "unused"):
        arns[name] = iam.create_policy(PolicyName=name, PolicyDocument=DOCUMENT)["Policy"]["Arn"]
    iam.create_user(UserName="u", PermissionsBoundary=arns["bounding"])
    iam.attach_user_policy(UserName="u", PolicyArn=arns["attached"])

    def listed(**filters):
        return {item["PolicyName"] for item in iam.list_policies(Scope="Local", **filters)["Policies"]}

    for usage in ("PermissionsPolicy", "PermissionsBoundary"):
        assert listed(PolicyUsageFilter=usage) == listed(OnlyAttached=False, PolicyUsageFilter=usage) == set(arns)
    assert listed(OnlyAttached=True) == {"attached", "bounding"}
    assert listed(OnlyAttached=True, PolicyUsageFilter="PermissionsPolicy") == {"attached"}
    assert listed(OnlyAttached=True, PolicyUsageFilter="PermissionsBoundary") == {"bounding"}
    for name, attachments, boundaries in (("attached", 1, 0), ("bounding", 0, 1)):
        found = iam.get_policy(PolicyArn=arns[name])["Policy"]
        assert (found["AttachmentCount"], found["PermissionsBoundaryUsageCount"]) == (attachments, boundaries)
        assert len(iam.list_entities_for_policy(PolicyArn=arns[name])["PolicyUsers"]) == 1


# Requests -------------------------------------------------------------------------------------------------------------

def test_indices_that_are_none(server):
    def error_of(index):
        parameters = call("iam", "CreateUser", (f"Tags.member.{index}.Key", "a"), (f"Tags.member.{index}.Value", "b"), UserName="u")
        return send(server, parameters).error()

    assert error_of("0") == (400, "MalformedInput", "0 is not a valid index")
    assert error_of("-1") == (400, "MalformedInput", "Key -1 may not have a leading '-'")
    assert error_of("1.0") == (400, "MalformedInput", "Two index elements may not occur back to back")


def test_the_last_of_a_tag_key_counts_before_the_duplicate_does(root):
    tags = [{"Key": "team", "Value": "red"}, {"Key": "TEAM", "Value": "blue"}]
    condition = {"StringEquals": {"aws:RequestTag/team": "blue"}}
    caller = root.user("caller", allow("iam:TagUser", Condition=condition))
    root.iam.create_user(UserName="u")
    with refused("InvalidInput", 400, "Duplicate tag keys found. Please note that Tag keys are case insensitive."):
        caller.iam.tag_user(UserName="u", Tags=tags)
    with denied():
        caller.iam.tag_user(UserName="u", Tags=tags[::-1])
    with denied():
        caller.iam.tag_user(UserName="u", Tags=[{"Key": "aws:x", "Value": "v"}])
    with invalid():
        caller.iam.tag_user(UserName="u", Tags=[{"Key": "team"}])


@pytest.mark.parametrize("action, parameters", [
    ("tag_role", {"RoleName": "r"}), ("create_user", {"UserName": "new"}),
    ("create_role", {"RoleName": "new", "AssumeRolePolicyDocument": EC2}),
    ("create_policy", {"PolicyName": "new", "PolicyDocument": DOCUMENT}), ("tag_policy", {"PolicyArn": f"{ARN}policy/p"}),
    ("create_instance_profile", {"InstanceProfileName": "new"}),
    ("create_open_id_connect_provider", {"Url": "https://new.example.com"})])
def test_the_last_of_a_tag_key_counts_wherever_tags_are_given(root, action, parameters):
    caller = root.user("caller", allow("iam:*", Condition={"StringEquals": {"aws:RequestTag/team": "blue"}}))
    root.iam.create_role(RoleName="r", AssumeRolePolicyDocument=EC2)
    root.iam.create_policy(PolicyName="p", PolicyDocument=DOCUMENT)
    tags = [{"Key": "team", "Value": "red"}, {"Key": "team", "Value": "blue"}]
    with refused("InvalidInput", 400, pattern="^Duplicate tag keys found"):
        getattr(caller.iam, action)(Tags=tags, **parameters)
    with denied():
        getattr(caller.iam, action)(Tags=tags[::-1], **parameters)
