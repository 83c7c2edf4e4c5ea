"""Managed policies: documents, versions, attachments, and those of AWS."""

import json
import re
import urllib.parse

import pytest

from support import (ACCOUNT, allow, answer_of, call, conflict, deny, exists, invalid, limit, not_found, policy, refused,
                     send, trust)

# What the model has and this server has no occasion for (tests/model/test_coverage.py).
NO_OCCASION = {
    "InvalidInput": (
        "a bad ARN is ValidationError, as AWS has been seen to answer; for what else AWS gives it is not published",
        """
        AttachGroupPolicy AttachRolePolicy AttachUserPolicy CreatePolicyVersion DeletePolicy DeletePolicyVersion
        DetachGroupPolicy DetachRolePolicy DetachUserPolicy GetPolicy GetPolicyVersion ListAttachedGroupPolicies
        ListAttachedRolePolicies ListAttachedUserPolicies ListEntitiesForPolicy ListPolicyTags ListPolicyVersions
        SetDefaultPolicyVersion
        """,
    ),
    "LimitExceeded": ("nothing is added that has a quota", "SetDefaultPolicyVersion"),
}

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
DOCUMENT = policy(allow("s3:GetObject", "arn:aws:s3:::bucket/*"))


def make(iam, name="reader", document=DOCUMENT, **more):
    return iam.create_policy(PolicyName=name, PolicyDocument=document, **more)["Policy"]


def test_create_policy_answers_what_aws_answers(iam):
    made = make(iam)
    assert {key: made[key] for key in made if key not in ("PolicyId", "CreateDate", "UpdateDate")} == {
        "PolicyName": "reader",
        "Arn": f"arn:aws:iam::{ACCOUNT}:policy/reader",
        "Path": "/",
        "DefaultVersionId": "v1",
        "AttachmentCount": 0,
        "PermissionsBoundaryUsageCount": 0,
        "IsAttachable": True,
    }
    assert re.fullmatch(r"ANPA[A-Z2-7]{17}", made["PolicyId"])
    assert made["CreateDate"] == made["UpdateDate"]
    got = iam.get_policy(PolicyArn=made["Arn"])["Policy"]
    assert got == {**made, "Tags": []}


def test_create_policy_with_everything(iam):
    made = make(iam, Path="/team/", Description="Reads.", Tags=[{"Key": "k", "Value": "v"}])
    assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:policy/team/reader"
    got = iam.get_policy(PolicyArn=made["Arn"])["Policy"]
    assert got["Description"] == "Reads."
    assert got["Tags"] == [{"Key": "k", "Value": "v"}]


def test_a_policy_that_exists(iam):
    make(iam)
    with exists("A policy called reader already exists. Duplicate names are not allowed."):
        make(iam)
    with exists("A policy called READER already exists. Duplicate names are not allowed."):
        make(iam, "READER", Path="/other/")


def test_the_document_comes_back_as_it_was_written(server, iam):
    text = '{\n  "Version": "2012-10-17",\n  "Statement": [ {"Effect":"Allow","Action":"s3:Get*","Resource":"arn%3Aaws+&=*"} ]\n}'
    text = text.replace("arn%3Aaws+&=*", "arn:aws:s3:::b/a%3Ab+c&d=*")
    arn = make(iam, document=text)["Arn"]
    raw = send(server, call("iam", "GetPolicyVersion", PolicyArn=arn, VersionId="v1"))
    encoded = raw.find("Document")
    assert encoded == urllib.parse.quote(text, safe="-_.~")
    assert urllib.parse.unquote(encoded) == text
    version = iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]
    assert set(version) == {"Document", "VersionId", "IsDefaultVersion", "CreateDate"}
    assert version["Document"] == json.loads(text)


def test_versions(iam):
    arn = make(iam)["Arn"]
    second = iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy(allow("s3:*")))["PolicyVersion"]
    assert (second["VersionId"], second["IsDefaultVersion"]) == ("v2", False)
    assert "Document" not in second
    assert iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v1"
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy(deny("s3:*")), SetAsDefault=True)
    assert iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v3"
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v2")
    listed = answer_of(iam.list_policy_versions(PolicyArn=arn))
    assert listed["IsTruncated"] is False
    assert [(v["VersionId"], v["IsDefaultVersion"]) for v in listed["Versions"]] == [
        ("v3", False), ("v2", True), ("v1", False)
    ]
    assert all(set(v) == {"VersionId", "IsDefaultVersion", "CreateDate"} for v in listed["Versions"])


def test_a_sixth_version(iam):
    arn = make(iam)["Arn"]
    for number in range(4):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy(allow(f"s3:Get{number}*")))
    with limit("A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing "
               "version."):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=DOCUMENT)
    iam.delete_policy_version(PolicyArn=arn, VersionId="v2")
    # Numbers are not used again.
    made = iam.create_policy_version(PolicyArn=arn, PolicyDocument=DOCUMENT)["PolicyVersion"]
    assert made["VersionId"] == "v6"


def test_the_default_version_stays(iam):
    arn = make(iam)["Arn"]
    with conflict("Cannot delete the default version of a policy."):
        iam.delete_policy_version(PolicyArn=arn, VersionId="v1")
    assert len(iam.list_policy_versions(PolicyArn=arn)["Versions"]) == 1


@pytest.mark.parametrize("call", [
    lambda iam, arn: iam.get_policy_version(PolicyArn=arn, VersionId="v9"),
    lambda iam, arn: iam.delete_policy_version(PolicyArn=arn, VersionId="v9"),
    lambda iam, arn: iam.set_default_policy_version(PolicyArn=arn, VersionId="v9"),
])
def test_a_version_that_is_not_there(iam, call):
    arn = make(iam)["Arn"]
    with not_found(f"Policy {arn} version v9 does not exist or is not attachable."):
        call(iam, arn)


def test_a_policy_that_is_not_there(iam):
    arn = f"arn:aws:iam::{ACCOUNT}:policy/none"
    with not_found(f"Policy {arn} was not found."):
        iam.get_policy(PolicyArn=arn)
    with not_found(f"Policy {arn} was not found."):
        iam.delete_policy(PolicyArn=arn)
    iam.create_user(UserName="bob")
    with not_found(f"Policy {arn} does not exist or is not attachable."):
        iam.attach_user_policy(UserName="bob", PolicyArn=arn)
    with not_found(f"Policy {arn} was not found."):
        iam.detach_user_policy(UserName="bob", PolicyArn=arn)


def test_text_that_is_no_arn(iam):
    iam.create_user(UserName="bob")
    with invalid("ARN this-is-not-an-arn-at-all is not valid."):
        iam.attach_user_policy(UserName="bob", PolicyArn="this-is-not-an-arn-at-all")
    for other in (iam.get_policy, iam.list_entities_for_policy, iam.delete_policy):
        with invalid("ARN this-is-not-an-arn-at-all is not valid."):
            other(PolicyArn="this-is-not-an-arn-at-all")
    with invalid("1 validation error detected: Value at 'policyArn' failed to satisfy constraint: Member must have length "
                 "greater than or equal to 20"):
        iam.attach_user_policy(UserName="bob", PolicyArn="short")
    with invalid("ARN arn:aws:iam::aws:policy/ReadOnlyAccess  is not valid."):
        iam.attach_user_policy(UserName="bob", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess ")


@pytest.mark.parametrize("arn", ["arn:aws-cn:iam::aws:policy/ReadOnlyAccess", f"arn:aws-cn:iam::{ACCOUNT}:policy/own"])
def test_an_arn_of_another_partition(iam, arn):
    iam.create_policy(PolicyName="own", PolicyDocument=DOCUMENT)
    iam.create_user(UserName="bob")
    for refused_call in (
        lambda: iam.attach_user_policy(UserName="bob", PolicyArn=arn),
        lambda: iam.detach_user_policy(UserName="bob", PolicyArn=arn),
        lambda: iam.put_user_permissions_boundary(UserName="bob", PermissionsBoundary=arn),
        lambda: iam.get_policy(PolicyArn=arn),
        lambda: iam.delete_policy(PolicyArn=arn),
        lambda: iam.tag_policy(PolicyArn=arn, Tags=[{"Key": "k", "Value": "v"}]),
        lambda: iam.list_policy_versions(PolicyArn=arn),
    ):
        with invalid("Invalid ARN partition"):
            refused_call()


def test_delete_policy_conflicts(iam):
    arn = make(iam)["Arn"]
    iam.create_user(UserName="bob")
    iam.attach_user_policy(UserName="bob", PolicyArn=arn)
    with conflict("Cannot delete a policy attached to entities."):
        iam.delete_policy(PolicyArn=arn)
    iam.detach_user_policy(UserName="bob", PolicyArn=arn)
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=DOCUMENT)
    with conflict("This policy has more than one version. Before you delete a policy, you must delete the policy's "
                  "versions. The default version is deleted with the policy."):
        iam.delete_policy(PolicyArn=arn)
    iam.delete_policy_version(PolicyArn=arn, VersionId="v2")
    iam.delete_policy(PolicyArn=arn)
    assert iam.list_policies(Scope="Local")["Policies"] == []


def test_attachments_are_counted_and_listed(iam):
    arn = make(iam)["Arn"]
    iam.create_user(UserName="bob")
    iam.create_group(GroupName="staff")
    iam.create_role(RoleName="job", AssumeRolePolicyDocument=policy(trust({"Service": "ec2.amazonaws.com"})))
    for _ in range(2):  # attaching twice is no error
        iam.attach_user_policy(UserName="bob", PolicyArn=arn)
        iam.attach_group_policy(GroupName="staff", PolicyArn=arn)
        iam.attach_role_policy(RoleName="job", PolicyArn=arn)
    assert iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 3
    expected = [{"PolicyName": "reader", "PolicyArn": arn}]
    for listed in (iam.list_attached_user_policies(UserName="bob"), iam.list_attached_group_policies(GroupName="staff"),
                   iam.list_attached_role_policies(RoleName="job")):
        assert answer_of(listed) == {"AttachedPolicies": expected, "IsTruncated": False}
    entities = answer_of(iam.list_entities_for_policy(PolicyArn=arn))
    assert [user["UserName"] for user in entities["PolicyUsers"]] == ["bob"]
    assert [group["GroupName"] for group in entities["PolicyGroups"]] == ["staff"]
    assert [role["RoleName"] for role in entities["PolicyRoles"]] == ["job"]
    assert entities["PolicyUsers"][0]["UserId"].startswith("AIDA")
    only = iam.list_entities_for_policy(PolicyArn=arn, EntityFilter="Role")
    assert (only["PolicyUsers"], only["PolicyGroups"], len(only["PolicyRoles"])) == ([], [], 1)
    iam.detach_role_policy(RoleName="job", PolicyArn=arn)
    assert iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 2


def test_detaching_what_is_not_attached(iam):
    arn = make(iam)["Arn"]
    iam.create_user(UserName="bob")
    with not_found(f"Policy {arn} was not found."):
        iam.detach_user_policy(UserName="bob", PolicyArn=arn)


@pytest.mark.parametrize("kind", ["user", "group", "role"])
def test_ten_policies_at_most(iam, kind):
    trusting = {"AssumeRolePolicyDocument": policy(trust({"Service": "ec2.amazonaws.com"}))} if kind == "role" else {}
    name = {f"{kind.capitalize()}Name": "holder"}
    getattr(iam, f"create_{kind}")(**name, **trusting)
    attach = getattr(iam, f"attach_{kind}_policy")
    arns = [make(iam, f"p{number}")["Arn"] for number in range(11)]
    for arn in arns[:10]:
        attach(**name, PolicyArn=arn)
    with limit(f"Cannot exceed quota for PoliciesPer{kind.capitalize()}: 10"):
        attach(**name, PolicyArn=arns[10])


@pytest.mark.parametrize("kind", ["user", "group", "role"])
def test_policies_of_awss_services_are_attached_by_them_alone(iam, kind):
    trusting = {"AssumeRolePolicyDocument": policy(trust({"Service": "ec2.amazonaws.com"}))} if kind == "role" else {}
    name = {f"{kind.capitalize()}Name": "holder"}
    getattr(iam, f"create_{kind}")(**name, **trusting)
    message = ("Cannot attach AWS reserved policy to an IAM user." if kind == "user" else
               f"Cannot attach a Service Role Policy to a Customer {kind.capitalize()}.")
    with refused("PolicyNotAttachable", 400, message):
        getattr(iam, f"attach_{kind}_policy")(
            **name, PolicyArn="arn:aws:iam::aws:policy/aws-service-role/AWSSupportServiceRolePolicy")


def test_policies_for_the_tasks_of_root_are_not_for_users(iam):
    arn = "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"
    iam.create_user(UserName="bob")
    with refused("PolicyNotAttachable", 400, "Cannot attach AWS reserved policy to an IAM user."):
        iam.attach_user_policy(UserName="bob", PolicyArn=arn)
    with refused("PolicyNotAttachable", 400, "Cannot attach AWS reserved policy to an IAM user."):
        iam.put_user_permissions_boundary(UserName="bob", PermissionsBoundary=arn)
    iam.attach_user_policy(UserName="bob", PolicyArn="arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole")
    iam.put_user_permissions_boundary(
        UserName="bob", PermissionsBoundary="arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole")


def test_the_description_shows_in_get_policy_alone(iam):
    made = iam.create_policy(PolicyName="own", PolicyDocument=DOCUMENT, Description="for tests")["Policy"]
    assert "Description" not in made
    assert iam.get_policy(PolicyArn=made["Arn"])["Policy"]["Description"] == "for tests"
    assert all("Description" not in found for found in iam.list_policies(Scope="Local")["Policies"])


def test_an_absent_policy_in_the_words_of_each_operation(iam):
    arn = f"arn:aws:iam::{ACCOUNT}:policy/none"
    version = f"Policy {arn} version v1 does not exist or is not attachable."
    for missed in (iam.get_policy_version, iam.set_default_policy_version, iam.delete_policy_version):
        with not_found(version):
            missed(PolicyArn=arn, VersionId="v1")
    with not_found(f"Policy {arn} does not exist or is not attachable."):
        iam.list_entities_for_policy(PolicyArn=arn)
    with not_found(f"Policy {arn} was not found."):
        iam.delete_policy(PolicyArn=arn)


def test_attached_policies_by_path_and_in_pages(iam):
    iam.create_user(UserName="bob")
    for number in range(5):
        path = "/even/" if number % 2 == 0 else "/odd/"
        iam.attach_user_policy(UserName="bob", PolicyArn=make(iam, f"p{number}", Path=path)["Arn"])
    listed = iam.list_attached_user_policies(UserName="bob", PathPrefix="/odd/")["AttachedPolicies"]
    assert [p["PolicyName"] for p in listed] == ["p1", "p3"]
    pages = list(iam.get_paginator("list_attached_user_policies").paginate(
        UserName="bob", PaginationConfig={"PageSize": 2}))
    assert [p["PolicyName"] for page in pages for p in page["AttachedPolicies"]] == [f"p{n}" for n in range(5)]


def test_list_policies(iam):
    local = make(iam, Description="Reads.", Tags=[{"Key": "k", "Value": "v"}])
    listed = answer_of(iam.list_policies(Scope="Local"))
    assert [p["Arn"] for p in listed["Policies"]] == [local["Arn"]]
    assert "Tags" not in listed["Policies"][0]
    assert "Description" not in listed["Policies"][0]
    everything = {p["Arn"] for page in iam.get_paginator("list_policies").paginate() for p in page["Policies"]}
    assert {local["Arn"], READ_ONLY, ADMIN} <= everything
    aws = {p["Arn"] for page in iam.get_paginator("list_policies").paginate(Scope="AWS") for p in page["Policies"]}
    assert aws == everything - {local["Arn"]}
    assert iam.list_policies(OnlyAttached=True)["Policies"] == []
    iam.create_user(UserName="bob")
    iam.attach_user_policy(UserName="bob", PolicyArn=READ_ONLY)
    assert [p["Arn"] for p in iam.list_policies(OnlyAttached=True)["Policies"]] == [READ_ONLY]
    assert iam.list_policies(Scope="Local", PathPrefix="/x/")["Policies"] == []


# Those of AWS ---------------------------------------------------------------------------------------------------------

AWS_POLICIES = [
    "AdministratorAccess", "PowerUserAccess", "ReadOnlyAccess", "IAMFullAccess", "IAMReadOnlyAccess",
    "AmazonS3FullAccess", "AmazonS3ReadOnlyAccess", "AmazonEC2ReadOnlyAccess", "service-role/AWSLambdaBasicExecutionRole",
]


@pytest.mark.parametrize("name", AWS_POLICIES)
def test_policies_of_aws_are_there(iam, name):
    arn = f"arn:aws:iam::aws:policy/{name}"
    got = iam.get_policy(PolicyArn=arn)["Policy"]
    assert got["Arn"] == arn
    assert got["PolicyName"] == name.rpartition("/")[2]
    assert got["Path"] == "/" + name.rpartition("/")[0] + ("/" if "/" in name else "")
    assert got["IsAttachable"] is True
    version = iam.get_policy_version(PolicyArn=arn, VersionId=got["DefaultVersionId"])["PolicyVersion"]
    assert version["IsDefaultVersion"] is True
    statements = version["Document"]["Statement"]
    assert {s["Effect"] for s in (statements if isinstance(statements, list) else [statements])} == {"Allow"}


def test_administrator_access_is_the_real_document(iam):
    version = iam.get_policy_version(PolicyArn=ADMIN, VersionId="v1")["PolicyVersion"]
    assert version["Document"] == {
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
    }


def test_policies_of_aws_cannot_be_changed(iam):
    for change in (
        lambda: iam.delete_policy(PolicyArn=ADMIN),
        lambda: iam.create_policy_version(PolicyArn=ADMIN, PolicyDocument=DOCUMENT),
        lambda: iam.set_default_policy_version(PolicyArn=ADMIN, VersionId="v1"),
    ):
        with refused("AccessDenied", 403):
            change()
    with refused("InvalidInput", 400):
        iam.tag_policy(PolicyArn=ADMIN, Tags=[{"Key": "k", "Value": "v"}])
    assert iam.get_policy(PolicyArn=ADMIN)["Policy"]["DefaultVersionId"] == "v1"


# Documents that are refused at the door --------------------------------------------------------------------------------

BROKEN = {
    "not JSON": "{",
    "no object": "[]",
    "a word": "null",
    "no statement": '{"Version":"2012-10-17"}',
    "unknown element": '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Foo":1}]}',
    "unknown version": '{"Version":"2012-10-18","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
    "lower-case effect": '{"Version":"2012-10-17","Statement":[{"Effect":"allow","Action":"*","Resource":"*"}]}',
    "no effect": '{"Version":"2012-10-17","Statement":[{"Action":"*","Resource":"*"}]}',
    "no action": '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*"}]}',
    "no resource": '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*"}]}',
    "both action and its opposite":
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","NotAction":"s3:*","Resource":"*"}]}',
    "a principal":
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}',
    "an element twice":
        '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}]}',
    "a resource that is no ARN":
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"bucket"}]}',
    "an action without a service": '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"Get","Resource":"*"}]}',
    "an unknown operator":
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*",'
        '"Condition":{"StringAlike":{"aws:username":"x"}}}]}',
    "the same Sid twice":
        '{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow","Action":"*","Resource":"*"},'
        '{"Sid":"a","Effect":"Deny","Action":"s3:*","Resource":"*"}]}',
    "a Sid with a space":
        '{"Version":"2012-10-17","Statement":[{"Sid":"a b","Effect":"Allow","Action":"*","Resource":"*"}]}',
    "text behind it": DOCUMENT + "x",
    "deep": "[" * 100_000,
}


@pytest.mark.parametrize("what", sorted(BROKEN))
def test_documents_that_are_refused(iam, what):
    with refused("MalformedPolicyDocument", 400):
        make(iam, document=BROKEN[what])
    assert iam.list_policies(Scope="Local")["Policies"] == []


def test_a_version_with_a_document_that_is_refused(iam):
    arn = make(iam)["Arn"]
    with refused("MalformedPolicyDocument", 400):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=BROKEN["no action"])
    assert len(iam.list_policy_versions(PolicyArn=arn)["Versions"]) == 1


@pytest.mark.parametrize("what, message", [
    ("no action", "Policy statement must contain actions."),
    ("no resource", "Policy statement must contain resources."),
    ("a principal", "Policy document should not specify a principal."),
    ("the same Sid twice", "Statement IDs (SID) in a single policy must be unique."),
    ("a resource that is no ARN", 'Resource bucket must be in ARN format or "*".'),
])
def test_aws_says_what_is_wrong(iam, what, message):
    with refused("MalformedPolicyDocument", 400, message):
        make(iam, document=BROKEN[what])


SYNTAX = "Syntax errors in policy."
LEGACY = "The policy failed legacy parsing"
STATEMENT = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::example_bucket"}


@pytest.mark.parametrize("changed, message", [
    ({"Version": "2013-10-17"}, SYNTAX),
    ({"Version": "2008-10-17"}, "Policy document must be version 2012-10-17 or greater."),
    ({"Version": None}, "Policy document must be version 2012-10-17 or greater."),
    ({"Id": 7}, SYNTAX),
    ({"Action": ["adfdf", {}]}, SYNTAX),
    ({"NotAction": []}, SYNTAX),
    ({"Condition": [{}]}, SYNTAX),
    ({"Condition": {"a": {"b": "c"}}}, SYNTAX),
    ({"Condition": {"StringEquals": {"a": {"b": "c"}}}}, SYNTAX),
    ({"Condition": {"ForAnyValue::StringEqualsIfExists": {"a": "b"}}}, SYNTAX),
    ({"Effect": "denY"}, LEGACY),
    ({"Condition": {"DateGreaterThan": {"a": "sdfdsf"}}}, LEGACY),
    ({"Resource": "arn:aws:s3::example_bucket"}, LEGACY),
    ({"Resource": "arn:aws::fdsasf"}, LEGACY),
    ({"Resource": "arn:aws::::example_bucket"}, LEGACY),
    ({"Action": []}, "Policy statement must contain actions."),
    ({"Resource": []}, "Policy statement must contain resources."),
    ({"Resource": ""}, 'Resource  must be in ARN format or "*".'),
    ({"Resource": "aws:s3:::example_bucket"}, 'Partition "s3" is not valid for resource "arn:s3:::example_bucket:*".'),
    ({"Resource": "a:bsdfdsafsad"}, 'Partition "bsdfdsafsad" is not valid for resource "arn:bsdfdsafsad:*:*:*:*".'),
    ({"Resource": ["arn:error:s3:::example_bucket", "arn:error:s3::example_bucket"]},
     'Partition "error" is not valid for resource "arn:error:s3:::example_bucket".'),
    ({"Resource": "arn:aws"}, "Resource vendor must be fully qualified and cannot contain regexes."),
    ({"Resource": "arn:aws:iam::111122223333:box/x"},
     'IAM resource path must either be "*", root, or start with user/, federated-user/, role/, group/, instance-profile/, '
     "mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/."),
    ({"Action": ""}, "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."),
    ({"Action": "s:3:ListBucket"}, "Actions/Condition can contain only one colon."),
    ({"Action": "s:3:ListBucket", "Resource": "sdfsadf"}, 'Resource sdfsadf must be in ARN format or "*".'),
    ({"Action": "a a:ListBucket"}, "Vendor a a is not valid"),
    ({"Action": "s*:Get*"}, "Action vendors (e.g., aws, ec2, etc.) must not contain wildcards."),
    ({"Id": "any text"}, None),
    ({"Action": "s3.s:ListBucket"}, None),
    ({"Action": "iam: asdf safdsf af "}, None),
    ({"Resource": "arn:aws:fdsasf"}, None),
    ({"Resource": "arn:aws:nothing:::b"}, None),
    ({"Resource": "arn:aws:iam:::user/x"}, None),
    ({"Action": "sts:AssumeRoot", "Resource": "arn:aws:iam::123456789012:root"}, None),
    ({"Resource": "arn:aws:sqs:${aws:RequestedRegion}:${aws:PrincipalAccount}:q"}, None),
    ({"Condition": {}}, None),
    ({"Condition": {"a": {}}}, None),
    ({"Condition": {"StringEquals": {"a": []}}}, None),
    ({"Condition": {"DateGreaterThan": {"a": "01T"}}}, None),
    ({"Condition": {"DateGreaterThan": {"a": "-292275054"}}}, None),
])
def test_the_grammar(iam, changed, message):
    """What AWS answered to documents that differ from a good one in one element."""
    document = {"Version": "2012-10-17", "Statement": dict(STATEMENT)}
    for element, value in changed.items():
        where = document if element in ("Version", "Id") else document["Statement"]
        where[element] = value
        if value is None:
            del where[element]
    if message is None:
        make(iam, document=json.dumps(document))
        return
    with refused("MalformedPolicyDocument", 400, message):
        make(iam, document=json.dumps(document))


def test_an_empty_document(iam):
    with invalid(pattern="at 'policyDocument' failed to satisfy constraint: Member must have length greater than or equal"):
        make(iam, document="")


def test_the_size_is_limited(iam):
    """6,144 characters, white space left out."""
    def of_size(size):
        frame = json.dumps({"Version": "2012-10-17", "Statement": [allow("s3:*", "arn:aws:s3:::")]}, separators=(",", ":"))
        return frame.replace("arn:aws:s3:::", "arn:aws:s3:::" + "a" * (size - len(frame)))

    make(iam, "fits", document=of_size(6144))
    make(iam, "fits-with-spaces", document=of_size(6144).replace(",", " " * 100 + ","))
    with limit("Cannot exceed quota for PolicySize: 6144"):
        make(iam, "too-large", document=of_size(6145))
