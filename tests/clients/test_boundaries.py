"""Permissions boundaries of users and roles: setting them, and what they limit."""

import pytest

from support import ACCOUNT, allow, answer_of, denied, deny, not_found, policy, refused, root_arn, trust

READ_ONLY = "arn:aws:iam::aws:policy/IAMReadOnlyAccess"


def boundary(iam, name, *statements):
    return iam.create_policy(PolicyName=name, PolicyDocument=policy(*statements))["Policy"]["Arn"]


@pytest.mark.parametrize("kind", ["user", "role"])
def test_set_show_and_remove(iam, kind):
    name = {f"{kind.capitalize()}Name": "owner"}
    more = {"AssumeRolePolicyDocument": policy(trust(root_arn()))} if kind == "role" else {}
    getattr(iam, f"create_{kind}")(**name, **more)

    def shown():
        return answer_of(getattr(iam, f"get_{kind}")(**name))[kind.capitalize()].get("PermissionsBoundary")

    put, delete = getattr(iam, f"put_{kind}_permissions_boundary"), getattr(iam, f"delete_{kind}_permissions_boundary")
    assert shown() is None
    assert answer_of(put(**name, PermissionsBoundary=READ_ONLY)) == {}
    assert shown() == {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": READ_ONLY}
    assert iam.get_policy(PolicyArn=READ_ONLY)["Policy"]["PermissionsBoundaryUsageCount"] == 1
    assert iam.get_policy(PolicyArn=READ_ONLY)["Policy"]["AttachmentCount"] == 0
    other = boundary(iam, "other", allow("s3:*"))
    put(**name, PermissionsBoundary=other)
    assert shown()["PermissionsBoundaryArn"] == other
    assert answer_of(delete(**name)) == {}
    assert shown() is None


def test_a_boundary_given_at_creation_shows(iam):
    made = iam.create_user(UserName="bob", PermissionsBoundary=READ_ONLY)["User"]
    assert made["PermissionsBoundary"] == {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": READ_ONLY}


def test_a_boundary_that_is_not_there(iam):
    absent = f"arn:aws:iam::{ACCOUNT}:policy/none"
    with refused("NoSuchEntity", 404):
        iam.create_user(UserName="bob", PermissionsBoundary=absent)
    with not_found("The user with name bob cannot be found."):
        iam.get_user(UserName="bob")


@pytest.mark.parametrize("kind", ["user", "role"])
def test_a_policy_of_awss_services_is_no_boundary(iam, kind):
    arn = "arn:aws:iam::aws:policy/aws-service-role/AWSSupportServiceRolePolicy"
    name = {f"{kind.capitalize()}Name": "owner"}
    more = {"AssumeRolePolicyDocument": policy(trust(root_arn()))} if kind == "role" else {}
    message = ("Cannot attach AWS reserved policy to an IAM user." if kind == "user" else
               "Cannot attach a Service Role Policy to a Customer Role.")
    with refused("PolicyNotAttachable", 400, message):
        getattr(iam, f"create_{kind}")(**name, PermissionsBoundary=arn, **more)
    getattr(iam, f"create_{kind}")(**name, **more)
    with refused("PolicyNotAttachable", 400, message):
        getattr(iam, f"put_{kind}_permissions_boundary")(**name, PermissionsBoundary=arn)


@pytest.mark.parametrize("kind", ["user", "role"])
def test_a_boundary_that_is_not_there(iam, kind):
    name = {f"{kind.capitalize()}Name": "owner"}
    more = {"AssumeRolePolicyDocument": policy(trust(root_arn()))} if kind == "role" else {}
    bad = f"arn:aws:iam::{ACCOUNT}:not_a_policy/x"
    absent = f"arn:aws:iam::{ACCOUNT}:policy/absent"
    with refused("InvalidInput", 400, f"ARN {bad} is not valid."):
        getattr(iam, f"create_{kind}")(**name, PermissionsBoundary=bad, **more)
    with not_found(f"Scope ARN: {absent} does not exist or is not attachable."):
        getattr(iam, f"create_{kind}")(**name, PermissionsBoundary=absent, **more)
    getattr(iam, f"create_{kind}")(**name, **more)
    with refused("InvalidInput", 400, f"ARN {bad} is not valid."):
        getattr(iam, f"put_{kind}_permissions_boundary")(**name, PermissionsBoundary=bad)
    with refused("NoSuchEntity", 404):
        getattr(iam, f"delete_{kind}_permissions_boundary")(**name)
    getattr(iam, f"put_{kind}_permissions_boundary")(**name, PermissionsBoundary="arn:aws:iam::aws:policy/ReadOnlyAccess")
    getattr(iam, f"delete_{kind}_permissions_boundary")(**name)
    with refused("NoSuchEntity", 404):
        getattr(iam, f"delete_{kind}_permissions_boundary")(**name)


def test_a_policy_that_is_a_boundary_stays(iam):
    arn = boundary(iam, "limit", allow("s3:*"))
    iam.create_user(UserName="bob", PermissionsBoundary=arn)
    with refused("DeleteConflict", 409):
        iam.delete_policy(PolicyArn=arn)
    iam.delete_user_permissions_boundary(UserName="bob")
    iam.delete_policy(PolicyArn=arn)


def test_a_boundary_grants_nothing(root):
    bob = root.user("bob", PermissionsBoundary=boundary(root.iam, "limit", allow("*")))
    with denied(f"User: arn:aws:iam::{ACCOUNT}:user/bob is not authorized to perform: iam:ListUsers on resource: "
                f"arn:aws:iam::{ACCOUNT}:user/ because no identity-based policy allows the iam:ListUsers action"):
        bob.iam.list_users()


def test_a_boundary_limits(root):
    bob = root.user("bob", allow("*"), PermissionsBoundary=boundary(root.iam, "limit", allow("iam:List*")))
    bob.iam.list_users()
    with denied(f"User: arn:aws:iam::{ACCOUNT}:user/bob is not authorized to perform: iam:CreateUser on resource: "
                f"arn:aws:iam::{ACCOUNT}:user/eve because no permissions boundary allows the iam:CreateUser action"):
        bob.iam.create_user(UserName="eve")


def test_a_boundary_limits_what_groups_grant(root):
    bob = root.user("bob", PermissionsBoundary=boundary(root.iam, "limit", allow("iam:ListUsers")))
    root.iam.create_group(GroupName="admins")
    root.iam.attach_group_policy(GroupName="admins", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    root.iam.add_user_to_group(GroupName="admins", UserName="bob")
    bob.iam.list_users()
    with denied(pattern="because no permissions boundary allows the iam:ListRoles action$"):
        bob.iam.list_roles()


def test_a_boundary_that_denies(root):
    bob = root.user("bob", allow("*"),
                    PermissionsBoundary=boundary(root.iam, "limit", allow("*"), deny("iam:CreateUser")))
    with denied(pattern="on resource: arn:aws:iam::0{12}:user/eve with an explicit deny in a permissions boundary"):
        bob.iam.create_user(UserName="eve")


def test_the_boundary_of_a_role(root):
    arn = root.role("job", root_arn(), allow("*"), PermissionsBoundary=boundary(root.iam, "limit", allow("iam:ListUsers")))
    session = root.user("bob", allow("sts:AssumeRole")).assume(arn)
    session.iam.list_users()
    with denied(f"User: arn:aws:sts::{ACCOUNT}:assumed-role/job/session is not authorized to perform: iam:ListRoles on "
                f"resource: arn:aws:iam::{ACCOUNT}:role/ because no permissions boundary allows the iam:ListRoles action"):
        session.iam.list_roles()


def test_a_new_version_of_the_boundary_counts_at_once(root):
    arn = boundary(root.iam, "limit", allow("iam:ListUsers"))
    bob = root.user("bob", allow("*"), PermissionsBoundary=arn)
    bob.iam.list_users()
    root.iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy(allow("iam:ListRoles")), SetAsDefault=True)
    bob.iam.list_roles()
    with denied():
        bob.iam.list_users()


def test_delegated_administration(root):
    """The case boundaries are made for: may create users, but only with the boundary."""
    arn = boundary(root.iam, "limit", allow("s3:*"))
    condition = {"StringEquals": {"iam:PermissionsBoundary": arn}}
    admin = root.user("admin", allow(["iam:CreateUser", "iam:AttachUserPolicy"], Condition=condition))
    with denied():
        admin.iam.create_user(UserName="free")
    admin.iam.create_user(UserName="bound", PermissionsBoundary=arn)
    admin.iam.attach_user_policy(UserName="bound", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    root.iam.create_user(UserName="free")
    with denied():
        admin.iam.attach_user_policy(UserName="free", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
