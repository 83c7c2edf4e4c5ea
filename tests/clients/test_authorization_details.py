"""GetAccountAuthorizationDetails: everything that is in the account, with filters and in pages."""

import json
import time

import pytest

from support import (ACCOUNT, Caller, allow, answer_of, call, denied, form, invalid, policy, send, send_all, trust)

LISTS = ("UserDetailList", "RoleDetailList", "GroupDetailList", "Policies")
FILTERS = "Member must satisfy enum value set: [LocalManagedPolicy, User, AWSManagedPolicy, Role, Group]"
EC2 = trust({"Service": "ec2.amazonaws.com"})
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def names(details):
    """The names in each list that is not empty."""
    found = {}
    for kind, member in zip(LISTS, ("UserName", "RoleName", "GroupName", "PolicyName")):
        if details[kind]:
            found[kind] = [one[member] for one in details[kind]]
    return found


def pages(iam, size, **more):
    marker = {}
    while True:
        page = iam.get_account_authorization_details(MaxItems=size, **more, **marker)
        yield page
        assert page["IsTruncated"] == ("Marker" in page)
        if "Marker" not in page:
            return
        marker = {"Marker": page["Marker"]}


def test_an_empty_account_has_four_empty_lists(server, iam):
    assert answer_of(iam.get_account_authorization_details()) == {name: [] for name in LISTS} | {"IsTruncated": False}
    answer = send(server, call("iam", "GetAccountAuthorizationDetails"))
    result = answer.xml()[0]
    assert [child.tag.rpartition("}")[2] for child in result] == [
        "Policies", "UserDetailList", "RoleDetailList", "GroupDetailList", "IsTruncated"]


def test_a_user_with_nothing(server, iam):
    made = iam.create_user(UserName="bob", Path="/staff/")["User"]
    [user] = iam.get_account_authorization_details()["UserDetailList"]
    assert user == made | {"GroupList": [], "AttachedManagedPolicies": [], "Tags": []}
    text = send(server, call("iam", "GetAccountAuthorizationDetails")).text
    assert "UserPolicyList" not in text and "<GroupList/>" in text and "<Tags/>" in text


def test_a_user_with_everything(iam):
    tags = [{"Key": "b", "Value": "1"}, {"Key": "a", "Value": ""}]
    made = iam.create_user(UserName="bob", Tags=tags, PermissionsBoundary=READ_ONLY)["User"]
    for group in ("zoo", "Ants"):
        iam.create_group(GroupName=group)
        iam.add_user_to_group(UserName="bob", GroupName=group)
    document = policy(allow("s3:*"))
    iam.put_user_policy(UserName="bob", PolicyName="inline", PolicyDocument=document)
    iam.attach_user_policy(UserName="bob", PolicyArn=READ_ONLY)
    [user] = iam.get_account_authorization_details(Filter=["User"])["UserDetailList"]
    assert user == {
        "Path": "/", "UserName": "bob", "UserId": made["UserId"], "Arn": made["Arn"], "CreateDate": made["CreateDate"],
        "UserPolicyList": [{"PolicyName": "inline", "PolicyDocument": json.loads(document)}],
        "GroupList": ["Ants", "zoo"],
        "AttachedManagedPolicies": [{"PolicyName": "ReadOnlyAccess", "PolicyArn": READ_ONLY}],
        "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": READ_ONLY}, "Tags": tags,
    }


def test_a_group(iam):
    made = iam.create_group(GroupName="staff", Path="/a/")["Group"]
    bare = iam.get_account_authorization_details()["GroupDetailList"]
    assert bare == [made | {"GroupPolicyList": [], "AttachedManagedPolicies": []}]
    document = policy(allow("s3:*"))
    iam.put_group_policy(GroupName="staff", PolicyName="inline", PolicyDocument=document)
    iam.attach_group_policy(GroupName="staff", PolicyArn=READ_ONLY)
    [group] = iam.get_account_authorization_details(Filter=["Group"])["GroupDetailList"]
    assert group["GroupPolicyList"] == [{"PolicyName": "inline", "PolicyDocument": json.loads(document)}]
    assert group["AttachedManagedPolicies"] == [{"PolicyName": "ReadOnlyAccess", "PolicyArn": READ_ONLY}]


def test_a_role(server, root, iam):
    document = policy(EC2)
    made = iam.create_role(RoleName="job", AssumeRolePolicyDocument=document, Description="work", MaxSessionDuration=7200)
    assert '<RoleLastUsed/>' in send(server, call("iam", "GetAccountAuthorizationDetails")).text
    [role] = iam.get_account_authorization_details()["RoleDetailList"]
    shown = {name: made["Role"][name] for name in ("Path", "RoleName", "RoleId", "Arn", "CreateDate")}
    shown["AssumeRolePolicyDocument"] = json.loads(document)
    # Neither description nor duration.
    assert role == shown | {"RoleLastUsed": {}, "InstanceProfileList": [], "RolePolicyList": [],
                            "AttachedManagedPolicies": [], "Tags": []}

    profile = iam.create_instance_profile(InstanceProfileName="box")["InstanceProfile"]
    iam.add_role_to_instance_profile(InstanceProfileName="box", RoleName="job")
    iam.put_role_policy(RoleName="job", PolicyName="inline", PolicyDocument=policy(allow("s3:*")))
    iam.attach_role_policy(RoleName="job", PolicyArn=READ_ONLY)
    iam.put_role_permissions_boundary(RoleName="job", PermissionsBoundary=READ_ONLY)
    iam.tag_role(RoleName="job", Tags=[{"Key": "team", "Value": "blue"}])
    [role] = iam.get_account_authorization_details(Filter=["Role"])["RoleDetailList"]
    profile.pop("Tags", None)
    assert role["InstanceProfileList"] == [profile | {"Roles": [shown]}]
    assert role["RolePolicyList"] == [{"PolicyName": "inline", "PolicyDocument": json.loads(policy(allow("s3:*")))}]
    assert role["AttachedManagedPolicies"] == [{"PolicyName": "ReadOnlyAccess", "PolicyArn": READ_ONLY}]
    assert role["PermissionsBoundary"] == {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": READ_ONLY}
    assert role["Tags"] == [{"Key": "team", "Value": "blue"}]


def test_a_role_tells_when_it_was_used_and_whom_it_trusts(root, iam):
    alice = root.user("alice", allow("sts:AssumeRole"))
    arn = root.role("job", f"arn:aws:iam::{ACCOUNT}:user/alice", allow("iam:ListUsers"))
    alice.assume(arn).iam.list_users()
    [role] = iam.get_account_authorization_details(Filter=["Role"])["RoleDetailList"]
    assert role["RoleLastUsed"]["Region"] == "us-east-1"
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:user/alice"}


def test_policies_with_their_versions(iam):
    first, second = policy(allow("s3:*")), policy(allow("sqs:*"))
    made = iam.create_policy(PolicyName="own", PolicyDocument=first, Description="mine",
                             Tags=[{"Key": "a", "Value": "b"}])["Policy"]
    iam.create_policy_version(PolicyArn=made["Arn"], PolicyDocument=second)
    iam.create_user(UserName="bob", PermissionsBoundary=made["Arn"])
    iam.attach_user_policy(UserName="bob", PolicyArn=made["Arn"])
    [found] = iam.get_account_authorization_details(Filter=["LocalManagedPolicy"])["Policies"]
    versions = found.pop("PolicyVersionList")
    # As in ListPolicies: without tags and description.
    assert found == iam.list_policies(Scope="Local")["Policies"][0]
    assert (found["AttachmentCount"], found["PermissionsBoundaryUsageCount"]) == (1, 1)
    assert [(v["VersionId"], v["IsDefaultVersion"], v["Document"]) for v in versions] == [
        ("v2", False, json.loads(second)), ("v1", True, json.loads(first))]


def test_policies_of_aws_that_are_used(iam):
    assert iam.get_account_authorization_details(Filter=["AWSManagedPolicy"])["Policies"] == []
    iam.create_user(UserName="bob", PermissionsBoundary="arn:aws:iam::aws:policy/PowerUserAccess")
    iam.attach_user_policy(UserName="bob", PolicyArn="arn:aws:iam::aws:policy/AmazonS3FullAccess")
    bounding, attached = sorted(iam.get_account_authorization_details(Filter=["AWSManagedPolicy"])["Policies"],
                                key=lambda one: one["AttachmentCount"])
    assert (bounding["PolicyName"], bounding["PermissionsBoundaryUsageCount"]) == ("PowerUserAccess", 1)
    versions = attached["PolicyVersionList"]
    assert [(v["VersionId"], v["IsDefaultVersion"]) for v in versions] == [("v2", True), ("v1", False)]
    assert versions[0]["Document"]["Statement"][0]["Action"] == ["s3:*", "s3-object-lambda:*"]
    # Without a filter they are there, too.
    assert len(iam.get_account_authorization_details()["Policies"]) == 2


def fill(iam):
    for name in ("b", "A", "c"):
        iam.create_user(UserName=name)
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(EC2))
        iam.create_group(GroupName=name)
        iam.create_policy(PolicyName=name, PolicyDocument=policy(allow("s3:*")))
    iam.attach_user_policy(UserName="A", PolicyArn=READ_ONLY)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6, 12, 13, 1000])
def test_pages_go_through_users_roles_groups_policies(iam, size):
    fill(iam)
    everything = names(iam.get_account_authorization_details())
    assert everything == {name: ["A", "b", "c"] for name in LISTS} | {"Policies": ["A", "b", "c", "ReadOnlyAccess"]}
    seen = []
    # The order of the filter plays no part.
    for page in pages(iam, size, Filter=["AWSManagedPolicy", "LocalManagedPolicy", "Group", "Role", "User"]):
        found = [(kind, name) for kind in LISTS for name in names(page).get(kind, [])]
        assert len(found) == size or not page["IsTruncated"]
        seen += found
    assert seen == [(kind, name) for kind in LISTS for name in everything[kind]]


def test_a_filter_leaves_the_others_empty(iam):
    fill(iam)
    assert names(iam.get_account_authorization_details(Filter=["Group"])) == {"GroupDetailList": ["A", "b", "c"]}
    assert names(iam.get_account_authorization_details(Filter=["Role", "User"])) == {
        "RoleDetailList": ["A", "b", "c"], "UserDetailList": ["A", "b", "c"]}
    seen = [names(page) for page in pages(iam, 2, Filter=["AWSManagedPolicy", "User"])]
    assert seen == [{"UserDetailList": ["A", "b"]}, {"UserDetailList": ["c"], "Policies": ["ReadOnlyAccess"]}]


def test_pages_stay_while_entities_come_and_go(iam):
    fill(iam)
    first = iam.get_account_authorization_details(MaxItems=2)
    assert names(first) == {"UserDetailList": ["A", "b"]}
    iam.delete_user(UserName="b")
    iam.create_user(UserName="a1")
    second = iam.get_account_authorization_details(MaxItems=2, Marker=first["Marker"])
    assert names(second) == {"UserDetailList": ["c"], "RoleDetailList": ["A"]}


def test_a_marker_is_good_for_its_filter(iam):
    fill(iam)
    page = iam.get_account_authorization_details(Filter=["Group"], MaxItems=1)
    again = iam.get_account_authorization_details(Filter=["Group"], MaxItems=2, Marker=page["Marker"])
    assert names(again) == {"GroupDetailList": ["b", "c"]}
    other = iam.list_users(MaxItems=1)["Marker"]
    for more in ({"Filter": ["Role"], "Marker": page["Marker"]}, {"Marker": page["Marker"]}, {"Marker": other},
                 {"Filter": ["User"], "Marker": "not-an-aws-marker"}):
        with invalid("Marker and Filter do not match"):
            iam.get_account_authorization_details(**more)


def test_what_the_model_does_not_allow(server, iam):
    with invalid(f"1 validation error detected: Value at 'filter' failed to satisfy constraint: Member must satisfy "
                 f"constraint: [{FILTERS}]"):
        iam.get_account_authorization_details(Filter=["Unknown"])
    for size, word in ((0, "greater than or equal to 1"), (1001, "less than or equal to 1000")):
        with invalid(f"1 validation error detected: Value at 'maxItems' failed to satisfy constraint: Member must have "
                     f"value {word}"):
            iam.get_account_authorization_details(MaxItems=size)
    for parameters in ([("Filter.member.1", "")], [("Filter.member.2", "User")], [("Marker", "")], [("Marker", "x" * 321)],
                       [("MaxItems", "many")], [("Filter.member.x", "User")]):
        answer = send(server, call("iam", "GetAccountAuthorizationDetails", *parameters))
        assert answer.status == 400, (parameters, answer.text)


def test_a_refusal(root):
    alice = root.user("alice")
    with denied(f"User: arn:aws:iam::{ACCOUNT}:user/alice is not authorized to perform: iam:GetAccountAuthorizationDetails "
                "on resource: * because no identity-based policy allows the iam:GetAccountAuthorizationDetails action"):
        alice.iam.get_account_authorization_details()
    root.user("carol", allow("iam:GetAccountAuthorizationDetails")).iam.get_account_authorization_details()


def test_another_account_sees_its_own(server, iam):
    fill(iam)
    assert names(Caller(server, key="111122223333").iam.get_account_authorization_details()) == {}


def test_the_first_page_of_a_large_account(server):
    """The whole conversation, with our client's part in it: a bound that only something quadratic breaks."""
    document = policy(allow("s3:GetObject"))
    bodies = [form(call("iam", "CreateUser", ("UserName", f"u{n}"))) for n in range(2000)]
    bodies += [form(call("iam", "CreatePolicy", ("PolicyName", f"p{n}"), ("PolicyDocument", document))) for n in range(500)]
    bodies += [form(call("iam", "PutUserPolicy", ("UserName", f"u{n}"), ("PolicyName", "x"), ("PolicyDocument", document)))
               for n in range(2000)]
    assert {status for status, _ in send_all(server, bodies)} == {200}
    took = []
    for _ in range(5):
        begin = time.monotonic()
        answer = send(server, call("iam", "GetAccountAuthorizationDetails"))
        took.append(time.monotonic() - begin)
        assert answer.text.count("<UserName>") == 100
    assert min(took) < 0.25, took
