"""The access advisor: when users and roles last used the services that policies give access to."""

import json
import re

import pytest

from support import (ACCOUNT, OTHER_ACCOUNT, UUID, Caller, allow, answer_of, call, denied, deny, invalid, not_found, policy,
                     refused, root_arn, send, trust)

NO_SUCH_JOB = "00000000-0000-0000-0000-000000000000"
EC2 = trust({"Service": "ec2.amazonaws.com"})


def arn(what):
    return f"arn:aws:iam::{ACCOUNT}:{what}"


@pytest.fixture
def still(server):
    """A clock that stands, so that it is known what is pending; `still()` moves it by a second."""
    server.clock(freeze="2031-05-01T10:00:00Z")
    return lambda by="1s": server.clock(advance=by)


def generate(caller, what, **more):
    return caller.iam.generate_service_last_accessed_details(Arn=arn(what), **more)["JobId"]


def report(caller, still, what, **more):
    job = generate(caller, what, **more)
    still()
    return answer_of(caller.iam.get_service_last_accessed_details(JobId=job))


def services(report_):
    return {one["ServiceNamespace"]: one for one in report_["ServicesLastAccessed"]}


def test_a_job_is_pending_for_a_moment(root, iam, still):
    iam.create_user(UserName="bob")
    answer = answer_of(iam.generate_service_last_accessed_details(Arn=arn("user/bob")))
    job = answer.pop("JobId")
    assert answer == {} and UUID.fullmatch(job)
    for get in (iam.get_service_last_accessed_details, lambda **more: iam.get_service_last_accessed_details_with_entities(
            ServiceNamespace="s3", **more)):
        pending = answer_of(get(JobId=job))
        assert pending.pop("JobCreationDate").isoformat() == "2031-05-01T10:00:00+00:00"
        assert pending == {"JobStatus": "IN_PROGRESS", "IsTruncated": False}
    still()
    done = answer_of(iam.get_service_last_accessed_details(JobId=job))
    assert done.pop("JobCreationDate").isoformat() == "2031-05-01T10:00:00+00:00"
    assert done.pop("JobCompletionDate").isoformat() == "2031-05-01T10:00:01+00:00"
    assert done == {"JobStatus": "COMPLETED", "JobType": "SERVICE_LEVEL", "ServicesLastAccessed": [], "IsTruncated": False}


def test_what_a_user_did(root, still):
    bob = root.user("bob", allow(["iam:ListUsers", "iam:GetUser", "s3:GetObject", "madeup:Thing"]))
    unused = services(report(root, still, "user/bob"))
    assert unused == {
        "iam": {"ServiceName": "AWS Identity and Access Management (IAM)", "ServiceNamespace": "iam",
                "TotalAuthenticatedEntities": 0},
        "s3": {"ServiceName": "Amazon S3", "ServiceNamespace": "s3", "TotalAuthenticatedEntities": 0}}
    bob.iam.list_users()
    when = still("1h")["now"]
    with denied():
        bob.iam.list_roles()
    found = services(report(root, still, "user/bob"))
    # Attempts count, whether they were allowed or not.
    at = found["iam"].pop("LastAuthenticated")
    assert at.strftime("%Y-%m-%dT%H:%M:%SZ") == when
    assert found["iam"] == unused["iam"] | {"LastAuthenticatedEntity": arn("user/bob"),
                                            "LastAuthenticatedRegion": "us-east-1", "TotalAuthenticatedEntities": 1}
    assert found["s3"] == unused["s3"]


def test_actions_are_told_where_they_are_tracked(root, still):
    bob = root.user("bob", allow(["iam:ListUsers", "iam:GetUser", "iam:PassRole", "s3:GetObject", "sts:AssumeRole"]))
    bob.iam.list_users()
    with denied():
        bob.iam.list_roles()
    answer = report(root, still, "user/bob", Granularity="ACTION_LEVEL")
    assert answer["JobType"] == "ACTION_LEVEL"
    found = services(answer)
    assert "TrackedActionsLastAccessed" not in found["s3"]
    unused, used = sorted(found["iam"]["TrackedActionsLastAccessed"], key=len)
    assert unused == {"ActionName": "GetUser"}
    assert used.pop("LastAccessedTime") == found["iam"]["LastAuthenticated"]
    assert used == {"ActionName": "ListUsers", "LastAccessedEntity": arn("user/bob"), "LastAccessedRegion": "us-east-1"}
    assert found["sts"]["TrackedActionsLastAccessed"] == [{"ActionName": "AssumeRole"}]


@pytest.mark.parametrize("statements, reached", [
    ([allow(["s3:Get*", "sqs:*"])], {"s3", "sqs"}),
    ([allow("s3:*", Condition={"StringEquals": {"aws:username": "nobody"}})], {"s3"}),  # conditions count as met
    ([allow(["s3:*", "sqs:*"]), deny("s3:*")], {"sqs"}),
    ([allow("s3:*"), deny("s3:*", Condition={"Bool": {"aws:SecureTransport": "false"}})], {"s3"}),
    ([allow("s3:*"), deny("s3:*", "arn:aws:s3:::secret/*")], {"s3"}),
    ([allow("s3:GetObject"), deny("s3:Get*")], set()),
    ([allow("s3:GetObject", "arn:aws:s3:::b/*"), deny("s3:*", "arn:aws:s3:::*")], set()),
    ([allow("s3:MadeUp")], set()),
    ([allow("s3:GetObject", "arn:aws:sqs:us-east-1:111122223333:queue")], set()),  # no resource of the action
])
def test_which_services_policies_reach(root, still, statements, reached):
    root.user("bob", *statements)
    assert set(services(report(root, still, "user/bob"))) == reached


def test_boundaries_and_organizations_take_no_service_away(server, still):
    declared = server.http("PUT", "/_iamlocal/organization", {}, json.dumps({
        "id": "o-exampleorgid", "management_account": "999999999999", "accounts": {ACCOUNT: "/"},
        "policies": [{"type": "scp", "name": "guard", "targets": ["/"], "document": json.loads(policy(deny("s3:*")))}]}).encode())
    assert declared.status == 200, declared.text
    root = Caller(server)
    boundary = root.iam.create_policy(PolicyName="fence", PolicyDocument=policy(allow("ec2:*")))["Policy"]["Arn"]
    root.user("bob", allow(["s3:GetObject", "sqs:SendMessage"]), PermissionsBoundary=boundary)
    assert set(services(report(root, still, "user/bob"))) == {"s3", "sqs"}


def test_what_a_role_did(root, still):
    alice = root.user("alice", allow("sts:AssumeRole"))
    role = root.role("job", arn("user/alice"), allow("iam:ListUsers"), Path="/jobs/")
    alice.assume(role).iam.list_users()
    [found] = report(root, still, "role/job")["ServicesLastAccessed"]
    assert (found["LastAuthenticatedEntity"], found["TotalAuthenticatedEntities"]) == (role, 1)
    # The user has used STS, and not IAM.
    [found] = report(root, still, "user/alice")["ServicesLastAccessed"]
    assert (found["ServiceNamespace"], found["LastAuthenticatedEntity"]) == ("sts", arn("user/alice"))


def test_groups_tell_of_their_members(root, iam, still):
    iam.create_group(GroupName="staff")
    iam.put_group_policy(GroupName="staff", PolicyName="x", PolicyDocument=policy(allow("iam:*")))
    callers = {name: root.user(name) for name in ("ann", "bob", "carl", "dora")}
    for name in ("ann", "bob", "carl"):
        iam.add_user_to_group(UserName=name, GroupName="staff")
    for name in ("bob", "ann", "dora"):
        callers[name].iam.list_users() if name != "dora" else None
        still()
    job = generate(root, "group/staff")
    still()
    [found] = iam.get_service_last_accessed_details(JobId=job)["ServicesLastAccessed"]
    assert (found["LastAuthenticatedEntity"], found["TotalAuthenticatedEntities"]) == (arn("user/ann"), 2)
    answer = answer_of(iam.get_service_last_accessed_details_with_entities(JobId=job, ServiceNamespace="iam"))
    # The newest first, then who never did.
    assert [one["EntityInfo"]["Name"] for one in answer["EntityDetailsList"]] == ["ann", "bob", "carl"]
    assert [("LastAuthenticated" in one) for one in answer["EntityDetailsList"]] == [True, True, False]
    ann = iam.get_user(UserName="ann")["User"]
    assert answer["EntityDetailsList"][0] == {
        "EntityInfo": {"Arn": ann["Arn"], "Name": "ann", "Type": "USER", "Id": ann["UserId"], "Path": "/"},
        "LastAuthenticated": found["LastAuthenticated"]}
    assert set(answer) == {"JobStatus", "JobCreationDate", "JobCompletionDate", "EntityDetailsList", "IsTruncated"}
    assert answer["JobStatus"] == "COMPLETED"
    # A service that the policies do not give access to is nobody's.
    assert iam.get_service_last_accessed_details_with_entities(JobId=job, ServiceNamespace="s3")["EntityDetailsList"] == []


def test_policies_tell_of_users_and_roles(root, iam, still):
    shared = iam.create_policy(PolicyName="shared", PolicyDocument=policy(allow("iam:List*")))["Policy"]["Arn"]
    iam.create_group(GroupName="staff")
    bob, ann = root.user("bob"), root.user("ann")
    iam.create_role(RoleName="job", AssumeRolePolicyDocument=policy(EC2))
    iam.attach_group_policy(GroupName="staff", PolicyArn=shared)
    iam.attach_user_policy(UserName="bob", PolicyArn=shared)
    iam.attach_role_policy(RoleName="job", PolicyArn=shared)
    for name in ("ann", "bob"):
        iam.add_user_to_group(UserName=name, GroupName="staff")
    ann.iam.list_users()
    job = generate(root, "policy/shared")
    still()
    [found] = iam.get_service_last_accessed_details(JobId=job)["ServicesLastAccessed"]
    assert (found["LastAuthenticatedEntity"], found["TotalAuthenticatedEntities"]) == (arn("user/ann"), 1)
    entities = iam.get_service_last_accessed_details_with_entities(JobId=job, ServiceNamespace="iam")["EntityDetailsList"]
    assert [(one["EntityInfo"]["Type"], one["EntityInfo"]["Name"]) for one in entities] == [
        ("USER", "ann"), ("ROLE", "job"), ("USER", "bob")]


def test_a_policy_of_aws(root, iam, still):
    bob = root.user("bob")
    iam.attach_user_policy(UserName="bob", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    bob.iam.list_users()
    job = iam.generate_service_last_accessed_details(
        Arn="arn:aws:iam::aws:policy/AdministratorAccess", Granularity="ACTION_LEVEL")["JobId"]
    still()
    first = iam.get_service_last_accessed_details(JobId=job)
    # Two hundred, unless asked for more.
    assert len(first["ServicesLastAccessed"]) == 200 and first["IsTruncated"]
    everything = iam.get_service_last_accessed_details(JobId=job, MaxItems=1000)
    names = [one["ServiceNamespace"] for one in everything["ServicesLastAccessed"]]
    assert len(names) > 300 and names == sorted(names)
    assert services(everything)["iam"]["LastAuthenticatedEntity"] == arn("user/bob")
    rest = iam.get_service_last_accessed_details(JobId=job, Marker=first["Marker"], MaxItems=1000)
    assert first["ServicesLastAccessed"] + rest["ServicesLastAccessed"] == everything["ServicesLastAccessed"]


def test_what_was_long_ago_and_what_is_gone(root, iam, still):
    bob = root.user("bob", allow("iam:*"))
    bob.iam.list_users()
    still("9599h")
    assert services(report(root, still, "user/bob"))["iam"]["TotalAuthenticatedEntities"] == 1
    still("2h")
    assert services(report(root, still, "user/bob"))["iam"]["TotalAuthenticatedEntities"] == 0
    bob.iam.list_users()
    still()
    # Another user of the name has done nothing.
    iam.delete_access_key(UserName="bob", AccessKeyId=bob.key)
    iam.delete_user_policy(UserName="bob", PolicyName="inline")
    iam.delete_user(UserName="bob")
    root.user("bob", allow("iam:*"))
    assert services(report(root, still, "user/bob"))["iam"]["TotalAuthenticatedEntities"] == 0


def test_uses_outlive_the_server(start, tmp_path):
    server = start("--data-dir", str(tmp_path / "data"))
    server.clock(reset=True)
    root = Caller(server)
    root.user("bob", allow("iam:*")).iam.list_users()
    assert server.stop() == 0
    server = start("--data-dir", str(tmp_path / "data"))
    root = Caller(server)
    server.clock(freeze=True)
    [found] = report(root, lambda: server.clock(advance="1s"), "user/bob")["ServicesLastAccessed"]
    assert found["LastAuthenticatedEntity"] == arn("user/bob")
    server.clock(reset=True)


def test_a_report_stays_as_it_was_made(root, iam, still):
    bob = root.user("bob", allow("iam:*"))
    job = generate(root, "user/bob")
    still()
    before = answer_of(iam.get_service_last_accessed_details(JobId=job))
    bob.iam.list_users()
    iam.put_user_policy(UserName="bob", PolicyName="more", PolicyDocument=policy(allow("s3:*")))
    still()
    assert answer_of(iam.get_service_last_accessed_details(JobId=job)) == before
    still("25h")
    generate(root, "user/bob")
    with not_found(f"Job {job} does not exist."):
        iam.get_service_last_accessed_details(JobId=job)


def test_jobs_are_the_callers(root, iam, still):
    reports = allow(["iam:GenerateServiceLastAccessedDetails", "iam:GetServiceLastAccessed*"])
    bob = root.user("bob", reports)
    role = root.role("job", arn("user/bob"), reports)
    iam.put_user_policy(UserName="bob", PolicyName="more", PolicyDocument=policy(allow("sts:AssumeRole")))
    job = generate(bob, "user/bob")
    # Another key is the same caller, and root is another.
    assert "JobStatus" in root.key_of("bob").iam.get_service_last_accessed_details(JobId=job)
    first = bob.assume(role, "one")
    still()
    second = bob.assume(role, "one")
    of_session = generate(first, "user/bob")
    assert "JobStatus" in first.iam.get_service_last_accessed_details(JobId=of_session)
    for caller, wrong in ((root, job), (second, of_session), (bob, of_session), (bob, NO_SUCH_JOB), (bob, "x" * 36),
                          (Caller(root.server, key=OTHER_ACCOUNT), job)):
        with not_found(f"Job {wrong} does not exist."):
            caller.iam.get_service_last_accessed_details(JobId=wrong)
        with not_found(f"Job {wrong} does not exist."):
            caller.iam.get_service_last_accessed_details_with_entities(JobId=wrong, ServiceNamespace="iam")


def test_markers_are_of_one_job(root, iam, still):
    root.user("bob", allow(["iam:*", "s3:*", "sqs:*"]))
    job, other = generate(root, "user/bob"), generate(root, "user/bob")
    still()
    first = iam.get_service_last_accessed_details(JobId=job, MaxItems=1)
    assert [one["ServiceNamespace"] for one in first["ServicesLastAccessed"]] == ["iam"]
    rest = iam.get_service_last_accessed_details(JobId=job, MaxItems=2, Marker=first["Marker"])
    assert [one["ServiceNamespace"] for one in rest["ServicesLastAccessed"]] == ["s3", "sqs"]
    assert rest["IsTruncated"] is False
    with invalid("Invalid Marker."):
        iam.get_service_last_accessed_details(JobId=job, Marker="unreadable")
    for marker in (first["Marker"], iam.list_roles(MaxItems=1).get("Marker", first["Marker"])):
        with refused("InvalidInput", 400, "The marker passed in the request was invalid."):
            iam.get_service_last_accessed_details(JobId=other, Marker=marker)
    with refused("InvalidInput", 400, "The marker passed in the request was invalid."):
        iam.get_service_last_accessed_details_with_entities(JobId=job, ServiceNamespace="iam", Marker=first["Marker"])


def test_pages_of_entities(root, iam, still):
    iam.create_group(GroupName="staff")
    iam.put_group_policy(GroupName="staff", PolicyName="x", PolicyDocument=policy(allow(["iam:*", "s3:*"])))
    for name in ("ann", "bob", "carl"):
        iam.create_user(UserName=name)
        iam.add_user_to_group(UserName=name, GroupName="staff")
    job = generate(root, "group/staff")
    still()
    get = iam.get_service_last_accessed_details_with_entities
    first = get(JobId=job, ServiceNamespace="iam", MaxItems=1)
    # The namespace may change from page to page.
    rest = get(JobId=job, ServiceNamespace="s3", Marker=first["Marker"])
    names = [one["EntityInfo"]["Name"] for page in (first, rest) for one in page["EntityDetailsList"]]
    assert names == ["ann", "bob", "carl"] and first["IsTruncated"] and not rest["IsTruncated"]
    with refused("InvalidInput", 400, "The marker passed in the request was invalid."):
        iam.get_service_last_accessed_details(JobId=job, Marker=first["Marker"])


def test_namespaces_of_entities(root, iam, still):
    iam.create_user(UserName="bob")
    job = generate(root, "user/bob")
    for wrong in ("madeup", "S3"):
        with refused("InvalidInput", 400, f"Service namepace {wrong} is either invalid or unsupported."):
            iam.get_service_last_accessed_details_with_entities(JobId=job, ServiceNamespace=wrong)
    with invalid("1 validation error detected: Value at 'serviceNamespace' failed to satisfy constraint: Member must satisfy "
                 r"regular expression pattern: [\w-]*"):
        iam.get_service_last_accessed_details_with_entities(JobId=job, ServiceNamespace="s3:GetObject")


def test_whom_a_report_can_be_about(root, iam):
    iam.create_user(UserName="bob", Path="/staff/")
    generate(root, "user/bob")
    generate(root, "user/other/bob")
    for what in ("user/nobody", "group/none", "role/none", "policy/none"):
        with not_found(f"ARN {arn(what)} does not exist."):
            generate(root, what)
    for what in ("root", "instance-profile/x", "mfa/x"):
        with refused("InvalidInput", 400, f"Invalid Entity Arn: {arn(what)} is not supported."):
            generate(root, what)
    for wrong, message in ((f"arn:aws:s3::{ACCOUNT}:user/bob", "Invalid service in ARN"),
                           (f"arn:aws-cn:iam::{ACCOUNT}:user/bob", "Invalid ARN partition")):
        with invalid(message):
            iam.generate_service_last_accessed_details(Arn=wrong)
    other = f"arn:aws:iam::{OTHER_ACCOUNT}:user/bob"
    with denied(f"User: {root_arn()} is not authorized to perform the operation on {other}"):
        iam.generate_service_last_accessed_details(Arn=other)


def test_what_the_model_does_not_allow(server, root, iam):
    iam.create_user(UserName="bob")
    job = generate(root, "user/bob")
    with invalid("1 validation error detected: Value at 'granularity' failed to satisfy constraint: Member must satisfy enum "
                 "value set: [SERVICE_LEVEL, ACTION_LEVEL]"):
        generate(root, "user/bob", Granularity="INVALID")
    with invalid("1 validation error detected: Value at 'maxItems' failed to satisfy constraint: Member must have value less "
                 "than or equal to 1000"):
        iam.get_service_last_accessed_details(JobId=job, MaxItems=1001)
    for action, parameters in (
            ("GenerateServiceLastAccessedDetails", []), ("GenerateServiceLastAccessedDetails", [("Arn", "x" * 19)]),
            ("GenerateServiceLastAccessedDetails", [("Arn", "x" * 2049)]), ("GetServiceLastAccessedDetails", []),
            ("GetServiceLastAccessedDetails", [("JobId", "x" * 35)]), ("GetServiceLastAccessedDetails", [("JobId", "x" * 37)]),
            ("GetServiceLastAccessedDetails", [("JobId", job), ("MaxItems", "0")]),
            ("GetServiceLastAccessedDetailsWithEntities", [("JobId", job)]),
            ("GetServiceLastAccessedDetailsWithEntities", [("ServiceNamespace", "s3")]),
            ("GetServiceLastAccessedDetailsWithEntities", [("JobId", job), ("ServiceNamespace", "")])):
        assert send(server, call("iam", action, *parameters)).status == 400, (action, parameters)


def test_refusals(root, iam):
    bob = root.user("bob", allow("iam:GenerateServiceLastAccessedDetails", arn("user/bob")))
    job = generate(bob, "user/bob")
    with denied(f"User: {arn('user/bob')} is not authorized to perform: iam:GenerateServiceLastAccessedDetails on resource: "
                f"{arn('group/staff')} because no identity-based policy allows the "
                "iam:GenerateServiceLastAccessedDetails action"):
        generate(bob, "group/staff")
    for get in (lambda: bob.iam.get_service_last_accessed_details(JobId=job),
                lambda: bob.iam.get_service_last_accessed_details_with_entities(JobId=job, ServiceNamespace="s3")):
        with denied(pattern=re.escape("on resource: * because no identity-based policy allows")):
            get()


def test_a_reset_of_the_account_forgets(server, root, iam, still):
    root.user("bob", allow("iam:*")).iam.list_users()
    job = generate(root, "user/bob")
    server.post(f"/_iamlocal/reset?account={ACCOUNT}")
    with not_found(f"Job {job} does not exist."):
        iam.get_service_last_accessed_details(JobId=job)
