"""Properties of an account: whether the role manager is on."""

import pytest

from newer import Newer
from support import Caller, allow, call, denied, deny, invalid, refused, send

# What the model has and this server has no occasion for (tests/model/test_coverage.py).
NO_OCCASION = {"InvalidInput": ("it takes nothing that could be wrong", "GetAccountProperties")}

ACCOUNT = "141414141414"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/role-manager.iam.amazonaws.com/AWSServiceRoleForIAMRoleManager"
ENABLED = "RoleManager/Enabled"


@pytest.fixture
def account(server):
    return Newer(Caller(server, key=ACCOUNT))


def test_the_role_manager_is_switched_on_and_off(account):
    assert account.get_account_properties() == {"Properties": {ENABLED: "false"}}
    assert account.put_account_properties(Properties={ENABLED: "true"}) == {}
    assert account.get_account_properties() == {"Properties": {ENABLED: "true"}}
    role = account.caller.iam.get_role(RoleName="AWSServiceRoleForIAMRoleManager")["Role"]
    assert role["Arn"] == ROLE
    assert role["AssumeRolePolicyDocument"]["Statement"] == [
        {"Effect": "Allow", "Principal": {"Service": "role-manager.iam.amazonaws.com"}, "Action": "sts:AssumeRole"}]
    attached = account.caller.iam.list_attached_role_policies(RoleName="AWSServiceRoleForIAMRoleManager")["AttachedPolicies"]
    assert [policy["PolicyName"] for policy in attached] == ["AWSIAMRoleManagerServiceRolePolicy"]
    # Other properties beside it are ignored, and the role stays.
    assert account.put_account_properties(Properties={ENABLED: "false", "RoleManager/Other": "x"}) == {}
    assert account.get_account_properties() == {"Properties": {ENABLED: "false"}}
    account.put_account_properties(Properties={ENABLED: "true"})
    assert account.caller.iam.get_role(RoleName="AWSServiceRoleForIAMRoleManager")["Role"]["RoleId"] == role["RoleId"]


@pytest.mark.parametrize("properties, words", [
    ({"RoleManager": "true"}, "Property key must be in format Namespace/PropertyName: RoleManager"),
    ({"RoleManager/": "true"}, "Property key must be in format Namespace/PropertyName: RoleManager/"),
    ({"RoleManager/A/B": "true"}, "Property key must be in format Namespace/PropertyName: RoleManager/A/B"),
    ({"RoleManager/Other": "true"}, "RoleManager namespace requires Enabled property"),
    ({"Other/Enabled": "true"}, "Unsupported namespace: Other"),
    ({ENABLED: "false", "Other/Enabled": "false"}, "All properties must belong to the same namespace"),
    ({ENABLED: "FALSE"}, "Enabled must be 'true' or 'false'"),
    ({ENABLED: "0"}, "Enabled must be 'true' or 'false'"),
    ({}, "Properties must not be empty"),
])
def test_what_is_refused(account, properties, words):
    with refused("InvalidInput", 400, words):
        account.put_account_properties(Properties=properties)
    assert account.get_account_properties() == {"Properties": {ENABLED: "false"}}


KEYS = ("1 validation error detected: Value at 'properties' failed to satisfy constraint: Map keys must satisfy constraint: "
        "[Member must have length less than or equal to 50, Member must satisfy regular expression pattern: "
        "^[A-Za-z][A-Za-z0-9/_-]*$]")


@pytest.mark.parametrize("properties, words", [
    ({"x" * 40 + "/" + "y" * 10: "true"}, KEYS), ({"1Role/Enabled": "true"}, KEYS), ({"Role Manager/Enabled": "true"}, KEYS),
    ({"": "true"}, KEYS), ({"Rôle/Enabled": "true"}, KEYS),
    ({ENABLED: "x" * 1025},
     "1 validation error detected: Value at 'properties' failed to satisfy constraint: Map value must satisfy constraint: "
     "[Member must have length less than or equal to 1024]"),
])
def test_the_form_of_keys_and_values(account, properties, words):
    with invalid(words):
        account.put_account_properties(Properties=properties)


@pytest.mark.parametrize("parameters, words", [
    ([], "Value at 'properties' failed to satisfy constraint: Member must not be null"),
    ([("Properties.entry.1.value", "true")],
     "Value at 'properties' failed to satisfy constraint: Map keys must satisfy constraint: [Member must not be null]"),
    ([("Properties.entry.1.key", ENABLED)],
     "Value at 'properties.RoleManager/Enabled.member.value' failed to satisfy constraint: Member must not be null"),
])
def test_maps_at_the_raw_wire(server, parameters, words):
    status, code, message = send(server, call("iam", "PutAccountProperties", *parameters), key=ACCOUNT).error()
    assert (status, code, message) == (400, "ValidationError", f"1 validation error detected: {words}")


def test_a_map_that_is_none(server):
    status, code, _ = send(server, call("iam", "PutAccountProperties", ("Properties.entry.one.key", ENABLED))).error()
    assert (status, code) == (400, "MalformedInput")


def test_switching_on_needs_the_permission_to_make_the_role(account):
    admin = Newer(account.caller.user("admin", allow("iam:*"), deny("iam:CreateServiceLinkedRole")))
    for _ in range(2):
        with denied(f"User: arn:aws:iam::{ACCOUNT}:user/admin is not authorized to perform: iam:CreateServiceLinkedRole on "
                    f"resource: {ROLE} with an explicit deny in an identity-based policy"):
            admin.put_account_properties(Properties={ENABLED: "true"})
        assert admin.put_account_properties(Properties={ENABLED: "false"}) == {}
        account.put_account_properties(Properties={ENABLED: "true"})  # and so it is when the role is there


@pytest.mark.parametrize("service, allowed", [("role-manager.iam.amazonaws.com", True), ("ec2.amazonaws.com", False)])
def test_the_service_is_a_key(account, service, allowed):
    admin = Newer(account.caller.user("admin", allow("iam:PutAccountProperties"), allow(
        "iam:CreateServiceLinkedRole", ROLE, Condition={"StringEquals": {"iam:AWSServiceName": service}})))
    if allowed:
        admin.put_account_properties(Properties={ENABLED: "true"})
    else:
        with denied():
            admin.put_account_properties(Properties={ENABLED: "true"})


@pytest.mark.parametrize("name, allowed", [("RoleManager", True), ("Other", False)])
def test_the_namespaces_are_a_key(account, name, allowed):
    condition = {"ForAllValues:StringEquals": {"iam:AccountPropertyNamespaces": name},
                 "Null": {"iam:AccountPropertyNamespaces": "false"}}
    caller = Newer(account.caller.user("caller", allow(["iam:PutAccountProperties", "iam:GetAccountProperties"],
                                                       Condition=condition)))
    for action, call_it in (("Put", lambda: caller.put_account_properties(Properties={ENABLED: "false"})),
                            ("Get", caller.get_account_properties)):
        if allowed:
            call_it()
        else:
            with denied(f"User: arn:aws:iam::{ACCOUNT}:user/caller is not authorized to perform: "
                        f"iam:{action}AccountProperties on resource: * because no identity-based policy allows the "
                        f"iam:{action}AccountProperties action"):
                call_it()


def test_a_reset_switches_it_off(account, server):
    account.put_account_properties(Properties={ENABLED: "true"})
    assert server.http("POST", f"/_iamlocal/reset?account={ACCOUNT}").status == 200
    assert account.get_account_properties() == {"Properties": {ENABLED: "false"}}
