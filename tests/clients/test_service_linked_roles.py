"""Service-linked roles: made from the catalogue, changed by nobody, deleted by a task."""

import json
import re

import pytest

from recorded_service_linked_roles import RECORDED, WITH_SUFFIX
from support import (ACCOUNT, OTHER_ACCOUNT, REPOSITORY, UUID, Caller, allow, answer_of, call, denied, not_found, policy,
                     refused, send, trust)

# What the model has and this server has no occasion for (tests/model/test_coverage.py).
NO_OCCASION = {
    "LimitExceeded": ("these roles are made beyond the quota, too", "CreateServiceLinkedRole"),
    "UnmodifiableEntity": ("the description of every role that a client can make is free", "UpdateRoleDescription"),
    "NoSuchEntity": ("a service without such a role is InvalidInput", "CreateServiceLinkedRole"),
}

AUTOSCALING = "autoscaling.amazonaws.com"
NAME = "AWSServiceRoleForAutoScaling_mine"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/{AUTOSCALING}/{NAME}"


def invalid_input(message):
    return refused("InvalidInput", 400, message)


@pytest.fixture
def linked(iam):
    """The answer that made a role."""
    return answer_of(iam.create_service_linked_role(AWSServiceName=AUTOSCALING, CustomSuffix="mine"))["Role"]


def catalogue():
    """(service, role, policy, takes a suffix) of each service, from the source."""
    text = (REPOSITORY / "src/catalogue/service_linked_roles.cpp").read_text()
    return [(*re.findall('"([^"]+)"', row), "true" in row) for row in re.findall(r"\n    \{([^}]+)\},", text)]


# Creation ------------------------------------------------------------------------------------------------------------


def test_what_its_creation_shows(iam, linked):
    assert set(linked) == {"Path", "RoleName", "RoleId", "Arn", "CreateDate", "AssumeRolePolicyDocument"}
    assert (linked["Path"], linked["RoleName"], linked["Arn"]) == (f"/aws-service-role/{AUTOSCALING}/", NAME, ROLE_ARN)
    assert linked["AssumeRolePolicyDocument"] == {
        "Version": "2012-10-17", "Statement": [{"Action": ["sts:AssumeRole"], "Effect": "Allow",
                                                "Principal": {"Service": [AUTOSCALING]}}]}


def test_what_get_role_shows(iam, linked):
    shown = iam.get_role(RoleName=NAME)["Role"]
    assert shown.pop("AssumeRolePolicyDocument") == {
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": AUTOSCALING},
                                                "Action": "sts:AssumeRole"}]}
    linked.pop("AssumeRolePolicyDocument")
    assert shown == {**linked, "MaxSessionDuration": 3600, "RoleLastUsed": {}}
    assert answer_of(iam.list_attached_role_policies(RoleName=NAME))["AttachedPolicies"] == [
        {"PolicyName": "AutoScalingServiceRolePolicy",
         "PolicyArn": "arn:aws:iam::aws:policy/aws-service-role/AutoScalingServiceRolePolicy"}]
    assert iam.list_role_policies(RoleName=NAME)["PolicyNames"] == []


def test_every_service_of_the_catalogue(iam):
    services = catalogue()
    assert len(services) > 150
    known = {found["Arn"] for page in iam.get_paginator("list_policies").paginate(
        Scope="AWS", PathPrefix="/aws-service-role/", PaginationConfig={"PageSize": 1000}) for found in page["Policies"]}
    for service, name, policy_name, suffix in services:
        made = iam.create_service_linked_role(AWSServiceName=service)["Role"]
        assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/{service}/{name}"
        attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        arn = f"arn:aws:iam::aws:policy/aws-service-role/{policy_name}"
        assert attached == [{"PolicyName": policy_name, "PolicyArn": arn}]
        assert arn in known or policy_name == "AmazonLexBotPolicy", arn
        if suffix:
            made = iam.create_service_linked_role(AWSServiceName=service, CustomSuffix="x")["Role"]
            assert made["RoleName"] == f"{name}_x"
        else:
            with invalid_input(f"Custom suffix is not allowed for {service}"):
                iam.create_service_linked_role(AWSServiceName=service, CustomSuffix="x")


def test_those_that_aws_was_seen_to_make(iam):
    """The 71 services of the recordings, which the catalogue must have as they were seen."""
    assert len(RECORDED) == 71 and len({service for service, _, _ in RECORDED}) == 71
    for service, name, policy_name in RECORDED:
        made = iam.create_service_linked_role(AWSServiceName=service)["Role"]
        assert (made["RoleName"], made["Path"]) == (name, f"/aws-service-role/{service}/")
        attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        assert attached == [{"PolicyName": policy_name, "PolicyArn": f"arn:aws:iam::aws:policy/aws-service-role/{policy_name}"}]
        shown = iam.get_role(RoleName=name)["Role"]
        assert (shown["MaxSessionDuration"], shown["RoleLastUsed"]) == (3600, {})
        assert not {"Tags", "Description"} & set(shown)
        if service in WITH_SUFFIX:
            assert iam.create_service_linked_role(AWSServiceName=service, CustomSuffix="x")["Role"]["RoleName"] == f"{name}_x"
        else:
            with invalid_input(f"Custom suffix is not allowed for {service}"):
                iam.create_service_linked_role(AWSServiceName=service, CustomSuffix="x")


def test_a_name_is_taken_once(iam, linked):
    with invalid_input(f"Service role name {NAME} has been taken in this account, please try a different suffix."):
        iam.create_service_linked_role(AWSServiceName=AUTOSCALING, CustomSuffix="mine")
    iam.create_role(RoleName="awsserviceroleforecs", AssumeRolePolicyDocument=policy(trust({"Service": "ec2.amazonaws.com"})))
    with invalid_input("Service role name AWSServiceRoleForECS has been taken in this account, please try a different "
                       "suffix."):
        iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")


@pytest.mark.parametrize("service", ["none.amazonaws.com", "AutoScaling.amazonaws.com", "logs.amazonaws.com",
                                     "resourcegroups.amazonaws.com", "x"])
def test_other_services_have_none(iam, service):
    with invalid_input(f"{service} is not a service that has a service-linked role."):
        iam.create_service_linked_role(AWSServiceName=service)


def test_a_name_has_64_characters_at_most(iam):
    name = "AWSServiceRoleForAutoScaling_" + "x" * 36
    with invalid_input(f"Service role name {name} is longer than 64 characters."):
        iam.create_service_linked_role(AWSServiceName=AUTOSCALING, CustomSuffix="x" * 36)
    iam.create_service_linked_role(AWSServiceName=AUTOSCALING, CustomSuffix="x" * 35)


def test_quotas_do_not_count_for_them(start):
    iam = Caller(start("--quota", "RolesPerAccount=0")).iam
    iam.create_service_linked_role(AWSServiceName=AUTOSCALING)
    assert iam.get_account_summary()["SummaryMap"]["Roles"] == 1


@pytest.mark.parametrize("member, value", [("AWSServiceName", ""), ("AWSServiceName", "x" * 129), ("AWSServiceName", "a b"),
                                           ("CustomSuffix", ""), ("CustomSuffix", "x" * 65), ("CustomSuffix", "a/b"),
                                           ("Description", "x" * 1001), ("Description", "\u0100")])
def test_members_have_rules(server, iam, member, value):
    parameters = {"AWSServiceName": AUTOSCALING, member: value}
    status, code, _ = send(server, call("iam", "CreateServiceLinkedRole", **parameters)).error()
    assert (status, code) == (400, "ValidationError")
    assert iam.list_roles()["Roles"] == []


def test_making_one_needs_permission_for_the_role_and_the_service(root):
    condition = {"StringEquals": {"iam:AWSServiceName": AUTOSCALING}}
    bob = root.user("bob", allow("iam:CreateServiceLinkedRole", f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/*",
                                 Condition=condition))
    bob.iam.create_service_linked_role(AWSServiceName=AUTOSCALING, CustomSuffix="mine")
    for service, name in (("ecs.amazonaws.com", "AWSServiceRoleForECS"), ("none.amazonaws.com", "")):
        with denied(f"User: arn:aws:iam::{ACCOUNT}:user/bob is not authorized to perform: iam:CreateServiceLinkedRole on "
                    f"resource: arn:aws:iam::{ACCOUNT}:role/aws-service-role/{service}/{name} because no identity-based "
                    "policy allows the iam:CreateServiceLinkedRole action"):
            bob.iam.create_service_linked_role(AWSServiceName=service)


# Changes -------------------------------------------------------------------------------------------------------------


def test_its_description_can_be_changed(iam):
    name = iam.create_service_linked_role(AWSServiceName=AUTOSCALING, Description="first")["Role"]["RoleName"]
    assert iam.get_role(RoleName=name)["Role"]["Description"] == "first"
    changed = iam.update_role_description(RoleName=name, Description="second")["Role"]
    assert changed["Description"] == "second" and "MaxSessionDuration" not in changed
    iam.update_role(RoleName=name, Description="third")
    assert iam.get_role(RoleName=name)["Role"]["Description"] == "third"


def test_it_has_tags(iam, linked):
    iam.tag_role(RoleName=NAME, Tags=[{"Key": "a", "Value": "b"}])
    assert iam.list_role_tags(RoleName=NAME)["Tags"] == [{"Key": "a", "Value": "b"}]
    iam.untag_role(RoleName=NAME, TagKeys=["a"])
    assert iam.list_role_tags(RoleName=NAME)["Tags"] == []


DOCUMENT = policy(allow("s3:GetObject"))
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


@pytest.mark.parametrize("action, parameters", [
    ("UpdateAssumeRolePolicy", {"PolicyDocument": policy(trust({"Service": "ec2.amazonaws.com"}))}),
    ("AttachRolePolicy", {"PolicyArn": READ_ONLY}),
    ("DetachRolePolicy", {"PolicyArn": "arn:aws:iam::aws:policy/aws-service-role/AutoScalingServiceRolePolicy"}),
    ("PutRolePolicy", {"PolicyName": "x", "PolicyDocument": DOCUMENT}),
    ("DeleteRolePolicy", {"PolicyName": "x"}),
    ("PutRolePermissionsBoundary", {"PermissionsBoundary": READ_ONLY}),
    ("DeleteRolePermissionsBoundary", {}),
    ("AddRoleToInstanceProfile", {"InstanceProfileName": "box"}),
    ("RemoveRoleFromInstanceProfile", {"InstanceProfileName": "box"}),
    ("DeleteRole", {}),
])
def test_it_is_protected(server, iam, linked, action, parameters):
    iam.create_instance_profile(InstanceProfileName="box")
    before = (iam.get_role(RoleName=NAME)["Role"], iam.list_attached_role_policies(RoleName=NAME)["AttachedPolicies"])
    answer = send(server, call("iam", action, RoleName=NAME, **parameters))
    assert answer.error() == (400, "UnmodifiableEntity", f"Cannot perform the operation on the protected role '{NAME}' - "
                              "this role is only modifiable by AWS")
    assert before == (iam.get_role(RoleName=NAME)["Role"],
                      iam.list_attached_role_policies(RoleName=NAME)["AttachedPolicies"])


def test_its_session_duration_is_protected_in_other_words(iam, linked):
    with refused("UnmodifiableEntity", 400, f"{NAME} is an AWS service linked role, max session duration cannot be changed."):
        iam.update_role(RoleName=NAME, MaxSessionDuration=7200, Description="x")
    assert "Description" not in iam.get_role(RoleName=NAME)["Role"]


def test_nobody_but_the_service_can_be_it(root):
    root.iam.create_service_linked_role(AWSServiceName=AUTOSCALING, CustomSuffix="mine")
    bob = root.user("bob", allow("sts:AssumeRole"))
    with denied():
        bob.assume(ROLE_ARN)


# Deletion ------------------------------------------------------------------------------------------------------------


def test_a_deletion_is_a_task(server, iam, linked):
    server.clock(freeze="2030-01-01T00:00:00Z")
    iam.tag_role(RoleName=NAME, Tags=[{"Key": "a", "Value": "b"}])
    task = answer_of(iam.delete_service_linked_role(RoleName=NAME))
    assert list(task) == ["DeletionTaskId"]
    prefix, _, uuid = task["DeletionTaskId"].rpartition("/")
    assert prefix == f"task/aws-service-role/{AUTOSCALING}/{NAME}" and UUID.fullmatch(uuid)
    assert answer_of(iam.get_service_linked_role_deletion_status(**task)) == {"Status": "IN_PROGRESS"}
    assert answer_of(iam.delete_service_linked_role(RoleName=NAME.lower())) == task
    server.clock(advance="1s")
    assert answer_of(iam.get_service_linked_role_deletion_status(**task)) == {"Status": "SUCCEEDED"}
    with not_found(f"The role with name {NAME} cannot be found."):
        iam.get_role(RoleName=NAME)
    with not_found(f"The role with name {NAME} cannot be found."):
        iam.delete_service_linked_role(RoleName=NAME)


def test_a_deleted_role_can_be_made_and_deleted_anew(iam, linked):
    first = iam.delete_service_linked_role(RoleName=NAME)["DeletionTaskId"]
    made = iam.create_service_linked_role(AWSServiceName=AUTOSCALING, CustomSuffix="mine")["Role"]
    assert made["RoleId"] != linked["RoleId"]
    assert iam.delete_service_linked_role(RoleName=NAME)["DeletionTaskId"] != first
    assert iam.list_roles()["Roles"] == []


def fail_deletions(server, role_arn=ROLE_ARN, **usage):
    body = json.dumps({"role": role_arn, **usage}).encode()
    answer = server.http("PUT", "/_iamlocal/undeletable-role", {"Content-Type": "application/json"}, body)
    return answer.status, json.loads(answer.body)


USAGE = [{"Region": "eu-west-1", "Resources": ["arn:aws:autoscaling:eu-west-1::a", "arn:aws:autoscaling:eu-west-1::b"]},
         {"Region": "us-east-1", "Resources": ["arn:aws:autoscaling:us-east-1::c"]}]


@pytest.mark.parametrize("usage, reason", [
    ([], "Role could not be deleted because of an internal error."),
    (USAGE, "Role could not be deleted because resources of the service use it."),
])
def test_a_deletion_that_fails(server, iam, linked, usage, reason):
    server.clock(freeze="2030-01-01T00:00:00Z")
    assert fail_deletions(server, usage=usage) == (200, {"status": "ok"})
    task = answer_of(iam.delete_service_linked_role(RoleName=NAME))
    assert answer_of(iam.get_service_linked_role_deletion_status(**task)) == {"Status": "IN_PROGRESS"}
    assert answer_of(iam.delete_service_linked_role(RoleName=NAME)) == task
    server.clock(advance="1s")
    failed = {"Status": "FAILED", "Reason": {"Reason": reason, "RoleUsageList": usage}}
    assert answer_of(iam.get_service_linked_role_deletion_status(**task)) == failed
    assert iam.get_role(RoleName=NAME)["Role"]["RoleId"] == linked["RoleId"]

    assert fail_deletions(server) == (200, {"status": "ok"})
    again = answer_of(iam.delete_service_linked_role(RoleName=NAME))
    assert again != task
    server.clock(advance="1s")
    assert answer_of(iam.get_service_linked_role_deletion_status(**again)) == {"Status": "SUCCEEDED"}
    assert answer_of(iam.get_service_linked_role_deletion_status(**task)) == failed
    assert iam.list_roles()["Roles"] == []


@pytest.mark.parametrize("body", [
    {"role_arn": f"arn:aws:iam::{ACCOUNT}:role/job"}, {"role_arn": "x"}, {"role_arn": 1}, {"usage": {}}, {"usage": [{}]},
    {"usage": [{"Region": "eu-west-1", "Resources": []}]}, {"usage": [{"Region": "eu west", "Resources": ["arn"]}]},
    {"usage": [{"Region": "eu-west-1", "Resources": ["a\nb"]}]}, {"usage": [{"Region": "eu-west-1", "Resources": [1]}]},
    {"usage": [], "more": 1},
])
def test_what_the_test_bench_does_not_take(server, iam, linked, body):
    status, said = fail_deletions(server, **body)
    assert status == 400 and said["error"].startswith("expected")
    iam.delete_service_linked_role(RoleName=NAME)
    assert iam.list_roles()["Roles"] == []


def test_an_ordinary_role_is_not_deleted_so(iam):
    iam.create_role(RoleName="job", AssumeRolePolicyDocument=policy(trust({"Service": "ec2.amazonaws.com"})))
    with not_found("job exists but is not a service role."):
        iam.delete_service_linked_role(RoleName="job")
    iam.get_role(RoleName="job")


@pytest.mark.parametrize("task, error", [
    (f"task/aws-service-role/{AUTOSCALING}/{NAME}/cc20023b-069d-4d01-96e3-a2e91d74f1f8",
     ("NoSuchEntity", 404, "Cannot find deletion status for given id.")),
    *((text, ("InvalidInput", 400, f"{text} is not a valid deletion task id.")) for text in (
        "x", "task/aws-service-role/", f"task/aws-service-role/{AUTOSCALING}/{NAME}", "task/aws-service-role/a/b/c",
        f"task/aws-service-role/{AUTOSCALING}/{NAME}/cc20023b-069d-4d01-96e3-a2e91d74f1f/",
        f"task/aws-service-role/é/{NAME}/cc20023b-069d-4d01-96e3-a2e91d74f1f8")),
])
def test_tasks_that_there_are_not(iam, task, error):
    code, status, message = error
    with refused(code, status, message):
        iam.get_service_linked_role_deletion_status(DeletionTaskId=task)


def test_no_task_id_makes_the_server_fail(server, iam, linked):
    task = iam.delete_service_linked_role(RoleName=NAME)["DeletionTaskId"]
    for text in (task + "\0", "\0" * 36, task.replace(NAME, "\0"), "x" * 1001, ""):
        answer = send(server, call("iam", "GetServiceLinkedRoleDeletionStatus", DeletionTaskId=text))
        assert answer.error()[0] == 400, repr(text)


def test_a_task_is_its_account_s_own(server, iam, linked):
    task = iam.delete_service_linked_role(RoleName=NAME)["DeletionTaskId"]
    with not_found("Cannot find deletion status for given id."):
        Caller(server, key=OTHER_ACCOUNT).iam.get_service_linked_role_deletion_status(DeletionTaskId=task)
    server.post(f"/_iamlocal/reset?account={ACCOUNT}")
    with not_found("Cannot find deletion status for given id."):
        iam.get_service_linked_role_deletion_status(DeletionTaskId=task)


def test_deletions_need_permission_for_the_role(root):
    root.iam.create_service_linked_role(AWSServiceName=AUTOSCALING, CustomSuffix="mine")
    bob = root.user("bob", allow(["iam:DeleteServiceLinkedRole", "iam:GetServiceLinkedRoleDeletionStatus"], ROLE_ARN))
    eve = root.user("eve", allow("iam:*", f"arn:aws:iam::{ACCOUNT}:role/other"))
    not_eves = f"User: arn:aws:iam::{ACCOUNT}:user/eve is not authorized to perform: iam:"
    with denied(f"{not_eves}DeleteServiceLinkedRole on resource: role {NAME} because no identity-based policy allows the "
                "iam:DeleteServiceLinkedRole action"):
        eve.iam.delete_service_linked_role(RoleName=NAME)
    task = bob.iam.delete_service_linked_role(RoleName=NAME)["DeletionTaskId"]
    bob.iam.get_service_linked_role_deletion_status(DeletionTaskId=task)
    with denied(f"{not_eves}GetServiceLinkedRoleDeletionStatus on resource: {ROLE_ARN} because no identity-based policy "
                "allows the iam:GetServiceLinkedRoleDeletionStatus action"):
        eve.iam.get_service_linked_role_deletion_status(DeletionTaskId=task)


def test_the_task_has_the_tags_of_a_role_that_is_there(server, root):
    root.iam.create_service_linked_role(AWSServiceName=AUTOSCALING, CustomSuffix="mine")
    root.iam.tag_role(RoleName=NAME, Tags=[{"Key": "team", "Value": "blue"}])
    fail_deletions(server, usage=[])
    task = root.iam.delete_service_linked_role(RoleName=NAME)["DeletionTaskId"]
    bob = root.user("bob", allow("iam:GetServiceLinkedRoleDeletionStatus",
                                 Condition={"StringEquals": {"iam:ResourceTag/team": "blue"}}))
    bob.iam.get_service_linked_role_deletion_status(DeletionTaskId=task)
    root.iam.untag_role(RoleName=NAME, TagKeys=["team"])
    with denied():
        bob.iam.get_service_linked_role_deletion_status(DeletionTaskId=task)


def test_roles_and_tasks_survive_a_restart(start, tmp_path):
    data = str(tmp_path / "data")
    first = start("--data-dir", data)
    iam = Caller(first).iam
    iam.create_service_linked_role(AWSServiceName=AUTOSCALING, CustomSuffix="kept")
    iam.create_service_linked_role(AWSServiceName=AUTOSCALING, CustomSuffix="mine")
    task = iam.delete_service_linked_role(RoleName=NAME)["DeletionTaskId"]
    assert first.stop() == 0
    iam = Caller(start("--data-dir", data)).iam
    assert iam.get_role(RoleName="AWSServiceRoleForAutoScaling_kept")["Role"]["Path"] == f"/aws-service-role/{AUTOSCALING}/"
    assert iam.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"] in ("IN_PROGRESS", "SUCCEEDED")
