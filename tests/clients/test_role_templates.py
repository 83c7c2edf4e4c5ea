"""Roles acquired from templates, which the test bench declares."""

import json
import urllib.parse

import pytest

from newer import Newer
from support import Caller, allow, answer_of, denied, invalid, limit, not_found, policy, refused, trust

# What the model has and this server has no occasion for (tests/model/test_coverage.py).
NO_OCCASION = {"EntityAlreadyExists": ("a role that has the name is a NameConflict", "AcquireRole")}

ACCOUNT = "151515151515"
ROUTE = "/_iamlocal/templates"
POWER = "arn:aws:iam::aws:role-template/iam.amazonaws.com/PowerUserRoleTemplate:1"
FULL = "arn:aws:iam::aws:role-template/backup.amazonaws.com/Everything:2"
READ_ONLY, POWER_USER = "arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/PowerUserAccess"


def string(name, **more):
    return {"name": name, "type": "String", **more}


POWER_TEMPLATE = {
    "arn": POWER, "description": "For power users",
    "versions": [{
        "id": "AVTAZKAPJZG4N6BGA67NU", "role_name": "@{RoleName}", "role_description": "Power user role for @{AWSServiceName}",
        "trust_policy": {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "@{AWSServiceName}"}, "Action": "sts:AssumeRole"}]},
        "managed_policies": [POWER_USER],
        "parameters": [string("AWSServiceName", description="Who uses the role"),
                       string("RoleName", default="PowerUserRole", required=False)]
    }]
}
FULL_VERSION = {
    "minor_version": 3, "role_name": "Backup-@{Suffix}", "role_path": "/service-role/@{Suffix}/",
    "trust_policy": {"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}},
    "inline_policies": {"buckets": {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::@{Buckets}/*"]},
        {"@Enabled": "@{WithKey}", "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "@{Key}"},
    ]}},
    "managed_policies": [READ_ONLY], "permissions_boundary": POWER_USER, "tags": {"made-for": "@{Suffix}"},
    "max_session_duration": 7200,
    "parameters": [string("Suffix", immutable=True), {"name": "Buckets", "type": "StringList"},
                   string("WithKey", default="False", sub_type="Boolean"), {"name": "Key", "type": "Arn"},
                   {"name": "Days", "type": "Number", "required": False}]
}
FULL_TEMPLATE = {"arn": FULL, "default_minor_version": 3, "versions": [FULL_VERSION]}
KEY = "arn:aws:kms:us-east-1:151515151515:key/1"
VALUES = {"Suffix": {"Values": ["a"]}, "Buckets": {"Values": ["logs", "data"]}}


def declare(server, *templates):
    return server.http("PUT", ROUTE, {}, json.dumps({"role_templates": list(templates)}).encode())


@pytest.fixture
def root(server):
    assert declare(server, POWER_TEMPLATE, FULL_TEMPLATE).status == 200
    return Caller(server, key=ACCOUNT)


@pytest.fixture
def iam(root):
    return Newer(root)


def acquire(iam, name="power", service="lambda.amazonaws.com", **more):
    return iam.acquire_role(TemplateArn=POWER, ReplacementValues={
        "AWSServiceName": {"Values": [service]}, "RoleName": {"Values": [name]}}, **more)


def document(role):
    return json.loads(urllib.parse.unquote(role["AssumeRolePolicyDocument"]))


# GetRoleTemplateVersion


def test_a_version_is_shown(iam):
    shown = iam.get_role_template_version(TemplateArn=POWER)["RoleTemplateVersion"]
    assert shown == iam.get_role_template_version(TemplateArn=POWER, MinorVersion=0)["RoleTemplateVersion"]
    assert json.loads(shown.pop("AssumeRolePolicyDocumentTemplate")) == POWER_TEMPLATE["versions"][0]["trust_policy"]
    assert shown.pop("CreateTimestamp") == shown.pop("UpdateTimestamp")
    assert shown == {
        "TemplateArn": POWER, "TemplateName": "PowerUserRoleTemplate", "TemplateVersionId": "AVTAZKAPJZG4N6BGA67NU",
        "Description": "For power users", "MajorVersion": 1, "DefaultMinorVersion": 0, "ManagedByType": "Service",
        "ManagedByValue": "iam.amazonaws.com", "Enabled": True, "MinorVersion": 0, "RoleNamePattern": "@{RoleName}",
        "RoleDescriptionPattern": "Power user role for @{AWSServiceName}", "ManagedPolicyArns": [POWER_USER],
        "MaxSessionDuration": 3600, "VersionEnabled": True,
        "ParametersDefinition": [
            {"Name": "AWSServiceName", "Type": "String", "Description": "Who uses the role", "IsRequired": True,
             "Immutable": False},
            {"Name": "RoleName", "Type": "String", "IsRequired": False, "DefaultValue": "PowerUserRole", "Immutable": False}]
    }


def test_a_version_with_everything(iam):
    shown = iam.get_role_template_version(TemplateArn=FULL)["RoleTemplateVersion"]
    assert (shown["MajorVersion"], shown["MinorVersion"], shown["DefaultMinorVersion"]) == (2, 3, 3)
    assert shown["TemplateVersionId"].startswith("AVTA") and len(shown["TemplateVersionId"]) == 21
    assert shown["RolePathPattern"] == "/service-role/@{Suffix}/"
    assert shown["PermissionBoundaryArn"] == POWER_USER
    assert shown["RoleTagsTemplate"] == [{"Key": "made-for", "Value": "@{Suffix}"}]
    [inline] = shown["InlinePolicyTemplates"]
    assert (inline["PolicyName"], json.loads(inline["PolicyDocument"])) == ("buckets",
                                                                          FULL_VERSION["inline_policies"]["buckets"])
    assert [parameter["Type"] for parameter in shown["ParametersDefinition"]] == [
        "String", "StringList", "String", "Arn", "Number"]
    assert shown["ParametersDefinition"][2]["SubType"] == "Boolean"
    assert shown["ParametersDefinition"][0]["Immutable"] is True
    assert "Description" not in shown and "RoleDescriptionPattern" not in shown


OTHER = "arn:aws:iam::aws:role-template/logs.amazonaws.com/Other:1"


@pytest.mark.parametrize("parameters", [{"TemplateArn": OTHER}, {"TemplateArn": POWER, "MinorVersion": 1},
                                        {"TemplateArn": POWER[:-1] + "2"}])
def test_a_version_that_is_not_there(iam, parameters):
    with not_found(f"Role Template {parameters['TemplateArn']} cannot be found."):
        iam.get_role_template_version(**parameters)
    minor = {"TemplateMinorVersion": 1} if "MinorVersion" in parameters else {}
    with not_found(f"Role template not found in repository: {parameters['TemplateArn']}"):
        iam.acquire_role(TemplateArn=parameters["TemplateArn"], **minor)


@pytest.mark.parametrize("arn", ["", "x", "arn:aws:iam::aws:policy/ReadOnlyAccess",
                                 f"arn:aws:iam::{ACCOUNT}:role-template/iam.amazonaws.com/PowerUserRoleTemplate:1"])
def test_what_is_no_templates_arn(iam, arn):
    with refused("InvalidInput", 400, f"ARN {arn} is not valid."):
        iam.get_role_template_version(TemplateArn=arn)
    with refused("InvalidInput", 400, f"ARN {arn} is not valid."):
        iam.acquire_role(TemplateArn=arn)


@pytest.mark.parametrize("condition, allowed", [
    ({"StringEquals": {"aws:ResourceAccount": "639982225848"}}, True),
    ({"StringEquals": {"aws:ResourceAccount": "aws"}}, False),
    ({"StringEquals": {"aws:ResourceAccount": ACCOUNT}}, False),
    ({"Null": {"aws:ResourceAccount": "true"}}, False),
    ({"Null": {"iam:RoleTemplateARN": "true"}}, True),
])
def test_templates_are_an_account_of_awss(root, condition, allowed):
    reader = Newer(root.user("reader", allow("iam:GetRoleTemplateVersion", Condition=condition)))
    if allowed:
        reader.get_role_template_version(TemplateArn=POWER)
        with not_found(f"Role Template {OTHER} cannot be found."):
            reader.get_role_template_version(TemplateArn=OTHER)
    else:
        for arn in (POWER, OTHER):
            with denied() as caught:
                reader.get_role_template_version(TemplateArn=arn)
            # No authorization id follows.
            assert caught.value.response["Error"]["Message"] == (
                f"User: arn:aws:iam::{ACCOUNT}:user/reader is not authorized to perform: iam:GetRoleTemplateVersion on "
                f"resource: role-template {arn} because no identity-based policy allows the iam:GetRoleTemplateVersion action")


# AcquireRole


def test_a_role_is_acquired(iam, root):
    role = acquire(iam)["Role"]
    assert set(role) == {"Arn", "AssumeRolePolicyDocument", "CreateDate", "Path", "RoleId", "RoleName"}
    assert (role["RoleName"], role["Path"], role["Arn"]) == ("power", "/", f"arn:aws:iam::{ACCOUNT}:role/power")
    assert document(role)["Statement"][0]["Principal"] == {"Service": "lambda.amazonaws.com"}
    again = acquire(iam, TemplateMinorVersion=0)["Role"]
    assert set(again) == set(role)
    assert (again["RoleId"], document(again)) == (role["RoleId"], document(role))
    shown = iam.get_role(RoleName="power")["Role"]
    assert shown["SourceRoleTemplate"] == {"TemplateArn": POWER, "TemplateMinorVersion": 0}
    assert (shown["Description"], shown["MaxSessionDuration"]) == ("Power user role for lambda.amazonaws.com", 3600)
    attached = answer_of(root.iam.list_attached_role_policies(RoleName="power"))["AttachedPolicies"]
    assert attached == [{"PolicyName": "PowerUserAccess", "PolicyArn": POWER_USER}]
    assert "SourceRoleTemplate" not in iam.list_roles()["Roles"][0]


def test_the_default_of_a_parameter(iam):
    role = iam.acquire_role(TemplateArn=POWER, ReplacementValues={"AWSServiceName": {"Values": ["ec2.amazonaws.com"]}})["Role"]
    assert role["RoleName"] == "PowerUserRole"


def test_a_role_with_everything(iam, root):
    role = iam.acquire_role(TemplateArn=FULL, ReplacementValues=VALUES)["Role"]
    assert (role["RoleName"], role["Path"]) == ("Backup-a", "/service-role/a/")
    shown = root.iam.get_role(RoleName="Backup-a")["Role"]
    assert shown["Tags"] == [{"Key": "made-for", "Value": "a"}]
    assert shown["PermissionsBoundary"]["PermissionsBoundaryArn"] == POWER_USER
    assert shown["MaxSessionDuration"] == 7200 and "Description" not in shown
    inline = root.iam.get_role_policy(RoleName="Backup-a", PolicyName="buckets")["PolicyDocument"]
    assert inline["Statement"] == [{"Effect": "Allow", "Action": "s3:GetObject",
                                    "Resource": ["arn:aws:s3:::logs/*", "arn:aws:s3:::data/*"]}]
    # Values in another order are the same values.
    same = dict(reversed(VALUES.items()))
    assert iam.acquire_role(TemplateArn=FULL, ReplacementValues=same)["Role"]["RoleId"] == role["RoleId"]


def test_statements_are_switched_on(iam, root):
    values = VALUES | {"WithKey": {"Values": ["True"]}}
    with refused("InvalidInput", 400, "Failed to render template: Parameter 'Key' not found."):
        iam.acquire_role(TemplateArn=FULL, ReplacementValues=values)
    iam.acquire_role(TemplateArn=FULL, ReplacementValues=values | {"Key": {"Values": [KEY]}})
    inline = root.iam.get_role_policy(RoleName="Backup-a", PolicyName="buckets")["PolicyDocument"]
    assert inline["Statement"][1] == {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": KEY}


@pytest.mark.parametrize("template, values, code, words", [
    (POWER, {"RoleName": ["x"]}, "InvalidInput", "Failed to render template: Parameter 'AWSServiceName' not found."),
    (POWER, {"AWSServiceName": ["lambda.amazonaws.com"], "RoleName": ["x"], "Unused": ["x"]}, "InvalidInput",
     "Failed to render template: Unrecognized parameter: Unused"),
    (POWER, {"AWSServiceName": ["lambda.amazonaws.com", "ec2.amazonaws.com"], "RoleName": ["x"]}, "ValidationError",
     "AWSServiceName replacement value must contain exactly one value, got 2"),
    (POWER, {"AWSServiceName": [], "RoleName": ["x"]}, "ValidationError",
     "AWSServiceName replacement value must contain exactly one value, got 0"),
    (POWER, {"AWSServiceName": ["not-a-service"], "RoleName": ["x"]}, "MalformedPolicyDocument",
     'Invalid principal in policy: "SERVICE":"not-a-service"'),
    (POWER, {"AWSServiceName": ["ec2.amazonaws.com"], "RoleName": ["x y"]}, "ValidationError",
     "The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: "
     "+=,.@_-"),
    (POWER, {"AWSServiceName": ["ec2.amazonaws.com"], "RoleName": ["x" * 65]}, "ValidationError",
     "1 validation error detected: Value at 'roleName' failed to satisfy constraint: Member must have length less than or "
     "equal to 64"),
    (FULL, {"Suffix": ["a b"], "Buckets": ["x"]}, "ValidationError",
     "The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: "
     "+=,.@_-"),
    (FULL, {"Suffix": ["a"], "Buckets": ["x"], "Key": ["x"]}, "InvalidInput",
     "Failed to render template: Parameter 'Key' must be an ARN: x"),
    (FULL, {"Suffix": ["a"], "Buckets": ["x"], "Days": ["x"]}, "InvalidInput",
     "Failed to render template: Parameter 'Days' must be a number: x"),
    (FULL, {str(number): ["x"] for number in range(31)}, "ValidationError",
     "1 validation error detected: Value at 'replacementValues' failed to satisfy constraint: Member must have length less "
     "than or equal to 30"),
])
def test_values_that_do_not_fit(iam, template, values, code, words):
    with refused(code, 400, words):
        iam.acquire_role(TemplateArn=template, ReplacementValues={name: {"Values": given} for name, given in values.items()})
    assert iam.list_roles()["Roles"] == []


def test_a_value_without_values(iam):
    with invalid("1 validation error detected: Value at 'replacementValues.RoleName.member.value.values' failed to satisfy "
                 "constraint: Member must not be null"):
        iam.acquire_role(TemplateArn=POWER, ReplacementValues={"RoleName": {"Other": "x"}})


SAME = {"Statement": [{"Action": ["sts:AssumeRole"], "Principal": {"Service": ["lambda.amazonaws.com"]}, "Effect": "Allow"}],
        "Version": "2012-10-17"}


@pytest.mark.parametrize("method, parameters, modified", [
    ("tag_role", {"Tags": [{"Key": "a", "Value": "b"}]}, True),
    ("attach_role_policy", {"PolicyArn": READ_ONLY}, True),
    ("detach_role_policy", {"PolicyArn": POWER_USER}, True),
    ("put_role_policy", {"PolicyName": "p", "PolicyDocument": policy(allow("s3:*"))}, True),
    ("put_role_permissions_boundary", {"PermissionsBoundary": READ_ONLY}, True),
    ("update_assume_role_policy", {"PolicyDocument": policy(trust({"Service": "ec2.amazonaws.com"}))}, True),
    ("update_assume_role_policy", {"PolicyDocument": json.dumps(SAME)}, False),
    ("update_role_description", {"Description": "changed"}, False),
    ("update_role", {"MaxSessionDuration": 4000}, False),
])
def test_after_a_change(iam, root, method, parameters, modified):
    before = acquire(iam)["Role"]
    getattr(root.iam, method)(RoleName="power", **parameters)
    if modified:
        with refused("RoleModified", 409, "Role power has been modified since it was created and is no longer managed."):
            acquire(iam)
    else:
        assert acquire(iam)["Role"]["RoleId"] == before["RoleId"]


def test_an_inline_policy_that_was_changed(iam, root):
    iam.acquire_role(TemplateArn=FULL, ReplacementValues=VALUES)
    root.iam.put_role_policy(RoleName="Backup-a", PolicyName="buckets", PolicyDocument=policy(allow("s3:*")))
    with refused("RoleModified", 409):
        iam.acquire_role(TemplateArn=FULL, ReplacementValues=VALUES)


@pytest.mark.parametrize("name, service", [("power", "ec2.amazonaws.com"), ("POWER", "lambda.amazonaws.com")])
def test_the_same_name_with_other_values(iam, name, service):
    acquire(iam)
    with refused("NameConflict", 409, "A role with this name exists but was created with different parameters. Pass a unique "
                                      "roleName to create a new role."):
        acquire(iam, name, service)


def test_the_name_of_an_ordinary_role(iam, root):
    root.role("power", {"Service": "lambda.amazonaws.com"})
    with refused("NameConflict", 409, "A role with this name already exists in the account but was not created from this "
                                      "template. Choose a different role name, or remove the existing role if it is no "
                                      "longer needed."):
        acquire(iam)


def test_a_role_made_anew_has_no_source(iam, root):
    acquire(iam)
    root.iam.detach_role_policy(RoleName="power", PolicyArn=POWER_USER)
    root.iam.delete_role(RoleName="power")
    root.role("power", {"Service": "lambda.amazonaws.com"})
    assert "SourceRoleTemplate" not in iam.get_role(RoleName="power")["Role"]


@pytest.mark.parametrize("where", ["template", "version"])
def test_a_disabled_template(iam, root, where):
    version = POWER_TEMPLATE["versions"][0] | ({"enabled": False} if where == "version" else {})
    declare(root.server, POWER_TEMPLATE | {"versions": [version]} | ({"enabled": False} if where == "template" else {}))
    with refused("RoleTemplateDisabled", 400, f"Role template {POWER} is disabled."):
        acquire(iam)
    shown = iam.get_role_template_version(TemplateArn=POWER)["RoleTemplateVersion"]
    assert (shown["Enabled"], shown["VersionEnabled"]) == (where != "template", where != "version")


@pytest.mark.parametrize("more, error", [
    ({"managed_policies": ["arn:aws:iam::aws:policy/Absent"]},
     ("NoSuchEntity", 404, "Policy arn:aws:iam::aws:policy/Absent does not exist or is not attachable.")),
    ({"permissions_boundary": "arn:aws:iam::aws:policy/Absent"},
     ("NoSuchEntity", 404, "Scope ARN: arn:aws:iam::aws:policy/Absent does not exist or is not attachable.")),
    ({"inline_policies": {"p": {"Statement": {"Effect": "Perhaps"}}}}, ("MalformedPolicyDocument", 400, None)),
    ({"role_path": "/aws-reserved/"},
     ("InvalidInput", 400, "Path prefix '/aws-reserved/' can only be used for roles reserved by AWS")),
])
def test_a_template_that_cannot_be_used(iam, root, more, error):
    declare(root.server, POWER_TEMPLATE | {"versions": [POWER_TEMPLATE["versions"][0] | more]})
    with refused(*error):
        acquire(iam)
    assert iam.list_roles()["Roles"] == []


def test_quotas_hold(start):
    server = start("--quota", "RolesPerAccount=1")
    declare(server, POWER_TEMPLATE)
    iam = Newer(Caller(server, key=ACCOUNT))
    acquire(iam)
    with limit("Cannot exceed quota for RolesPerAccount: 1"):
        acquire(iam, "another")


# Permission


USER = f"User: arn:aws:iam::{ACCOUNT}:user/user is not authorized to perform: "


@pytest.mark.parametrize("missing, shown", [
    ("iam:GetRoleTemplateVersion", f"role template {POWER}"), ("iam:CreateRole", f"arn:aws:iam::{ACCOUNT}:role/power"),
    ("iam:AttachRolePolicy", "role/power"),
])
def test_what_acquiring_needs(root, iam, missing, shown):
    needed = {"iam:GetRoleTemplateVersion", "iam:CreateRole", "iam:AttachRolePolicy"}
    user = Newer(root.user("user", allow(sorted(needed - {missing}))))
    with denied() as caught:
        acquire(user)
    assert caught.value.response["Error"]["Message"] == (
        f"{USER}{missing} on resource: {shown} because no identity-based policy allows the {missing} action")
    assert iam.list_roles()["Roles"] == []
    root.iam.put_user_policy(UserName="user", PolicyName="inline", PolicyDocument=policy(allow(sorted(needed))))
    acquire(user)
    with denied(f"{USER}iam:GetRole on resource: role/power because no identity-based policy allows the iam:GetRole action"):
        acquire(user)


@pytest.mark.parametrize("missing", ["iam:TagRole", "iam:PutRolePolicy"])
def test_what_a_role_with_everything_needs(root, missing):
    needed = {"iam:GetRoleTemplateVersion", "iam:CreateRole", "iam:AttachRolePolicy", "iam:TagRole", "iam:PutRolePolicy"}
    user = Newer(root.user("user", allow(sorted(needed - {missing}))))
    with denied(pattern=f"because no identity-based policy allows the {missing} action"):
        user.acquire_role(TemplateArn=FULL, ReplacementValues=VALUES)
    root.iam.put_user_policy(UserName="user", PolicyName="inline", PolicyDocument=policy(allow(sorted(needed))))
    user.acquire_role(TemplateArn=FULL, ReplacementValues=VALUES)


@pytest.mark.parametrize("action, condition", [
    ("iam:CreateRole", {"iam:RoleTemplateARN": FULL}), ("iam:CreateRole", {"iam:PermissionsBoundary": POWER_USER}),
    ("iam:CreateRole", {"aws:RequestTag/made-for": "a"}), ("iam:AttachRolePolicy", {"iam:PolicyARN": READ_ONLY}),
    ("iam:AttachRolePolicy", {"iam:RoleTemplateARN": FULL}), ("iam:PutRolePolicy", {"iam:RoleTemplateARN": FULL}),
])
def test_keys_of_acquiring(root, action, condition):
    rest = {"iam:GetRoleTemplateVersion", "iam:CreateRole", "iam:AttachRolePolicy", "iam:TagRole", "iam:PutRolePolicy"} - {action}

    def acquire_with(wanted):
        statements = policy(allow(sorted(rest)), allow(action, Condition={"StringEquals": wanted}))
        root.iam.put_user_policy(UserName="user", PolicyName="inline", PolicyDocument=statements)
        user.acquire_role(TemplateArn=FULL, ReplacementValues=VALUES)

    user = Newer(root.user("user"))
    with denied(pattern=f"allows the {action} action"):
        acquire_with({name: value + "x" for name, value in condition.items()})
    acquire_with(condition)
