"""ListPoliciesGrantingServiceAccess: the policies of a user, group or role that may give access to services."""

import pytest

from support import (ACCOUNT, OTHER_ACCOUNT, Caller, allow, answer_of, call, denied, deny, invalid, not_found, policy,
                     refused, root_arn, send, trust)

EC2 = trust({"Service": "ec2.amazonaws.com"})
RULES = ("1 validation error detected: Value at 'serviceNamespaces' failed to satisfy constraint: Member must satisfy "
         "constraint: [Member must have length less than or equal to 64, Member must have length greater than or equal to 1, "
         r"Member must satisfy regular expression pattern: [\w-]*, Member must not be null]")


def arn(what):
    return f"arn:aws:iam::{ACCOUNT}:{what}"


def granting(iam, what, *services, **more):
    """{service: [names of policies]}"""
    answer = iam.list_policies_granting_service_access(Arn=arn(what), ServiceNamespaces=list(services), **more)
    return {entry["ServiceNamespace"]: sorted(one["PolicyName"] for one in entry["Policies"])
            for entry in answer["PoliciesGrantingServiceAccess"]}


def granted(iam, *statements, service="s3"):
    """Whether an inline policy of these statements counts."""
    iam.create_user(UserName="bob")
    iam.put_user_policy(UserName="bob", PolicyName="x", PolicyDocument=policy(*statements))
    return granting(iam, "user/bob", service) == {service: ["x"]}


def test_policies_of_a_user_and_of_the_groups(iam):
    iam.create_user(UserName="bob", PermissionsBoundary="arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess")
    iam.create_group(GroupName="staff")
    iam.add_user_to_group(UserName="bob", GroupName="staff")
    shared = iam.create_policy(
        PolicyName="shared", PolicyDocument=policy(allow(["sqs:SendMessage", "s3:GetObject"])))["Policy"]["Arn"]
    iam.attach_user_policy(UserName="bob", PolicyArn=shared)
    iam.attach_group_policy(GroupName="staff", PolicyArn=shared)
    iam.put_user_policy(UserName="bob", PolicyName="direct",
                        PolicyDocument=policy(allow(["s3:GetObject", "iam:GetUser"]), deny("sqs:*")))
    iam.put_group_policy(GroupName="staff", PolicyName="of-group", PolicyDocument=policy(allow("lambda:ListFunctions")))
    answer = iam.list_policies_granting_service_access(
        Arn=arn("user/bob"), ServiceNamespaces=["sqs", "lambda", "s3", "dynamodb", "sqs"])
    managed = {"PolicyName": "shared", "PolicyType": "MANAGED", "PolicyArn": shared}
    direct = {"PolicyName": "direct", "PolicyType": "INLINE", "EntityType": "USER", "EntityName": "bob"}
    of_group = {"PolicyName": "of-group", "PolicyType": "INLINE", "EntityType": "GROUP", "EntityName": "staff"}
    # In the order asked, each once; a policy that is attached twice is there once, and boundaries do not count.
    assert answer_of(answer) == {"IsTruncated": False, "PoliciesGrantingServiceAccess": [
        {"ServiceNamespace": "sqs", "Policies": [managed]}, {"ServiceNamespace": "lambda", "Policies": [of_group]},
        {"ServiceNamespace": "s3", "Policies": [direct, managed]}, {"ServiceNamespace": "dynamodb", "Policies": []}]}
    answer = iam.list_policies_granting_service_access(Arn=arn("group/staff"), ServiceNamespaces=["s3", "iam"])
    assert answer["PoliciesGrantingServiceAccess"] == [
        {"ServiceNamespace": "s3", "Policies": [managed]}, {"ServiceNamespace": "iam", "Policies": []}]


def test_policies_of_a_role(iam):
    iam.create_role(RoleName="job", AssumeRolePolicyDocument=policy(EC2))
    iam.put_role_policy(RoleName="job", PolicyName="inline", PolicyDocument=policy(allow("s3:*")))
    iam.attach_role_policy(RoleName="job", PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
    [entry] = iam.list_policies_granting_service_access(
        Arn=arn("role/any/path/job"), ServiceNamespaces=["s3"])["PoliciesGrantingServiceAccess"]
    assert entry["Policies"] == [
        {"PolicyName": "inline", "PolicyType": "INLINE", "EntityType": "ROLE", "EntityName": "job"},
        {"PolicyName": "AmazonS3ReadOnlyAccess", "PolicyType": "MANAGED",
         "PolicyArn": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}]


@pytest.mark.parametrize("counts, statements", [
    (True, [allow("s3:GetObject")]),
    (True, [allow("*")]),
    (True, [allow("S3:getobject")]),
    (True, [allow("s3:Get*", "arn:aws:s3:::bucket/*")]),
    (True, [allow("*", "arn:aws:s3:::bucket")]),
    (True, [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}]),
    (True, [{"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::secret/*"}]),
    (True, [allow("s3:GetObject", Condition={"StringEquals": {"aws:username": "nobody"}})]),
    (True, [allow("s3:GetObject", "arn:aws:s3:::home/${aws:username}/*")]),
    (True, [allow("s3:MadeUpAction")]),
    (True, [allow("s3:GetObject"), deny("s3:PutObject")]),
    (True, [allow("s3:GetObject"), deny("s3:*", "arn:aws:s3:::one/*")]),
    (True, [allow("s3:GetObject"), deny("*", Condition={"Bool": {"aws:SecureTransport": "false"}})]),
    (True, [allow("s3:GetObject", "arn:aws:s3:::a/*"),
            {"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::a/*"}]),
    (True, [allow("s3:GetObject", "arn:aws:s3:::a/*"), deny("s3:*", "arn:aws:s3:::${aws:username}/*")]),
    (False, [allow("s3:GetObject"), deny("s3:*")]),
    (False, [allow("s3:GetObject"), deny("*")]),
    (False, [allow("s3:GetObject", "arn:aws:s3:::a/*"), deny("s3:Get*", "arn:aws:s3:::a*")]),
    (False, [allow("s3:GetObject", "arn:aws:s3:::a/*"),
             {"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::b/*"}]),
    (False, [allow("s3:GetObject"), {"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}]),
    (False, [allow("s3:MadeUpAction"), deny("s3:*")]),
    (False, [allow("sqs:*")]),
    (False, [{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}]),
    (False, [allow("s3:GetObject", "arn:aws:sqs:us-east-1:111122223333:queue")]),
    (False, [allow("*", "arn:aws:sqs:us-east-1:111122223333:queue")]),
    (False, [{"Effect": "Allow", "Action": "s3:*", "NotResource": "*"}]),
    (False, [deny("s3:*")]),
])
def test_what_grants_a_service(iam, counts, statements):
    assert granted(iam, *statements) is counts


def test_an_action_without_resources_needs_all_of_them(iam):
    assert granted(iam, allow("s3:ListAllMyBuckets", "*")) is True
    iam.delete_user_policy(UserName="bob", PolicyName="x")
    iam.put_user_policy(UserName="bob", PolicyName="x",
                        PolicyDocument=policy(allow("s3:ListAllMyBuckets", "arn:aws:s3:::bucket")))
    assert granting(iam, "user/bob", "s3") == {"s3": []}


def test_namespaces_are_those_of_aws(iam):
    iam.create_user(UserName="bob")
    for wrong, shown in ((["s3", "madeupservice"], "madeupservice"), (["S3", "IAM"], "S3, IAM")):
        with refused("InvalidInput", 400, f"Invalid service namespace: [{shown}]"):
            granting(iam, "user/bob", *wrong)
    with invalid(RULES):
        granting(iam, "user/bob", "s3:GetObject")
    with invalid(pattern="at 'serviceNamespaces' failed to satisfy constraint: Member must have length "
                         "greater than or equal to 1"):
        granting(iam, "user/bob")
    with invalid(pattern="at 'serviceNamespaces' failed to satisfy constraint: Member must have length "
                         "less than or equal to 200"):
        granting(iam, "user/bob", *["s3"] * 201)
    assert granting(iam, "user/bob", *["s3"] * 200) == {"s3": []}


@pytest.mark.parametrize("what, message", [
    (root_arn(), f"Could not extract entity from ARN : {root_arn()}"),
    (arn("policy/p"), f"Invalid Entity Arn: {arn('policy/p')} is not supported."),
    (arn("instance-profile/p"), f"Invalid Entity Arn: {arn('instance-profile/p')} is not supported."),
])
def test_whom_it_is_not_about(iam, what, message):
    with refused("InvalidInput", 400, message):
        iam.list_policies_granting_service_access(Arn=what, ServiceNamespaces=["s3"])


def test_arns(root, iam):
    with not_found(f"ARN {arn('user/nobody')} does not exist."):
        granting(iam, "user/nobody", "s3")
    for wrong, message in ((f"arn:aws:s3::{ACCOUNT}:user/bob", "Invalid service in ARN"),
                           (f"arn:aws-cn:iam::{ACCOUNT}:user/bob", "Invalid ARN partition"),
                           ("x" * 20, f"ARN {'x' * 20} is not valid.")):
        with invalid(message):
            iam.list_policies_granting_service_access(Arn=wrong, ServiceNamespaces=["s3"])
    other = f"arn:aws:iam::{OTHER_ACCOUNT}:user/bob"
    with denied(f"User: {root_arn()} is not authorized to perform the operation on {other}"):
        iam.list_policies_granting_service_access(Arn=other, ServiceNamespaces=["s3"])


def test_markers(iam):
    iam.create_user(UserName="bob")
    iam.create_user(UserName="carol")
    with invalid("Invalid Marker."):
        granting(iam, "user/bob", "s3", Marker="invalid")
    with refused("InvalidInput", 400, "The marker passed in the request was invalid."):
        granting(iam, "user/bob", "s3", Marker=iam.list_users(MaxItems=1)["Marker"])


def test_a_refusal(root, iam):
    iam.create_user(UserName="bob", Path="/staff/")
    may = root.user("may", allow("iam:ListPoliciesGrantingServiceAccess", arn("user/staff/bob")))
    assert granting(may.iam, "user/bob", "s3") == {"s3": []}
    with denied(f"User: {arn('user/may')} is not authorized to perform: iam:ListPoliciesGrantingServiceAccess on resource: "
                f"{arn('user/may')} because no identity-based policy allows the iam:ListPoliciesGrantingServiceAccess action"):
        granting(may.iam, "user/may", "s3")


def test_bad_input_at_the_wire(server, iam):
    iam.create_user(UserName="bob")
    name = ("Arn", arn("user/bob"))
    for parameters in ([name], [("ServiceNamespaces.member.1", "s3")], [name, ("ServiceNamespaces", "")],
                       [name, ("ServiceNamespaces.member.1", "")], [name, ("ServiceNamespaces.member.2", "s3")],
                       [name, ("ServiceNamespaces.member.1", "x" * 65)],
                       [("Arn", "x" * 19), ("ServiceNamespaces.member.1", "s3")],
                       [name, ("ServiceNamespaces.member.1", "s3"), ("Marker", "")]):
        assert send(server, call("iam", "ListPoliciesGrantingServiceAccess", *parameters)).status == 400, parameters


def test_another_account_has_its_own(server, iam):
    iam.create_user(UserName="bob")
    other = Caller(server, key=OTHER_ACCOUNT)
    with not_found(f"ARN arn:aws:iam::{OTHER_ACCOUNT}:user/bob does not exist."):
        other.iam.list_policies_granting_service_access(
            Arn=f"arn:aws:iam::{OTHER_ACCOUNT}:user/bob", ServiceNamespaces=["s3"])
