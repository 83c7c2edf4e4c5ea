"""The organizations access report: which services accounts may use by control policies, and when they last did."""

import json

import pytest

from support import (ACCOUNT, OTHER_ACCOUNT, UUID, Caller, allow, answer_of, call, denied, deny, invalid, not_found, policy,
                     refused, root_arn, send)

NO_SUCH_JOB = "00000000-0000-0000-0000-000000000000"
MEMBER, STRANGER = "222233334444", "999999999999"
ROOT = "o-exampleorgid/r-abcd"


@pytest.fixture
def still(server):
    """A clock that stands; `still()` moves it by a second."""
    server.clock(freeze="2031-05-01T10:00:00Z")
    return lambda by="1s": server.clock(advance=by)


@pytest.fixture
def organization(server, still):
    """The root has an SCP against SQS; `prod`, with a member, allows S3, SQS and IAM alone."""
    declared = {
        "id": "o-exampleorgid", "management_account": ACCOUNT,
        "units": {"/": "r-abcd", "/prod": "ou-abcd-11111111", "/prod/web": "ou-abcd-22222222"},
        "accounts": {MEMBER: "/prod", OTHER_ACCOUNT: "/prod/web"},
        "policies": [
            {"type": "scp", "name": "no-queues", "document": json.loads(policy(deny("sqs:*"))), "targets": ["/"]},
            {"type": "scp", "name": "few", "document": json.loads(policy(allow(["s3:*", "sqs:*", "iam:*"]))),
             "targets": ["/prod"]},
        ],
        "without_full_access": ["/prod"],
    }
    answer = server.http("PUT", "/_iamlocal/organization", {"Content-Type": "application/json"}, json.dumps(declared).encode())
    assert answer.status == 200, answer.text
    yield declared
    server.http("DELETE", "/_iamlocal/organization")


def report(iam, still, path, **more):
    still("2m")
    job = iam.generate_organizations_access_report(EntityPath=path, **more)["JobId"]
    still()
    return answer_of(iam.get_organizations_access_report(JobId=job, MaxItems=1000))


def namespaces(answer):
    return [one["ServiceNamespace"] for one in answer["AccessDetails"]]


def test_a_job_is_pending_for_a_moment(iam, organization, still):
    answer = answer_of(iam.generate_organizations_access_report(EntityPath=ROOT))
    job = answer.pop("JobId")
    assert answer == {} and UUID.fullmatch(job)
    pending = answer_of(iam.get_organizations_access_report(JobId=job))
    assert pending.pop("JobCreationDate").isoformat() == "2031-05-01T10:00:00+00:00"
    assert pending == {"JobStatus": "IN_PROGRESS", "IsTruncated": False}
    still()
    done = answer_of(iam.get_organizations_access_report(JobId=job, MaxItems=1))
    assert (done["JobStatus"], done["JobCompletionDate"].isoformat()) == ("COMPLETED", "2031-05-01T10:00:01+00:00")


def test_what_accounts_did(server, iam, organization, still):
    bare = report(iam, still, f"{ROOT}/ou-abcd-11111111")
    assert namespaces(bare) == ["iam", "s3"]
    assert bare["AccessDetails"] == [
        {"ServiceName": "AWS Identity and Access Management (IAM)", "ServiceNamespace": "iam", "TotalAuthenticatedEntities": 0},
        {"ServiceName": "Amazon S3", "ServiceNamespace": "s3", "TotalAuthenticatedEntities": 0}]
    assert (bare["NumberOfServicesAccessible"], bare["NumberOfServicesNotAccessed"]) == (2, 2)
    assert set(bare) == {"JobStatus", "JobCreationDate", "JobCompletionDate", "NumberOfServicesAccessible",
                         "NumberOfServicesNotAccessed", "AccessDetails", "IsTruncated"}
    # Root and users of both accounts count, as attempts do; outsiders do not.
    Caller(server, key=MEMBER).iam.list_users()
    still("1h")
    bob = Caller(server, key=OTHER_ACCOUNT).user("bob")
    when = still("1h")["now"]
    with denied():
        bob.iam.list_users()
    still("1h")
    Caller(server, key=STRANGER).iam.list_users()
    found = report(iam, still, f"{ROOT}/ou-abcd-11111111")
    used, unused = found["AccessDetails"]
    assert used.pop("LastAuthenticatedTime").strftime("%Y-%m-%dT%H:%M:%SZ") == when
    assert used == {"ServiceName": "AWS Identity and Access Management (IAM)", "ServiceNamespace": "iam", "Region": "us-east-1",
                    "EntityPath": f"{ROOT}/ou-abcd-11111111/ou-abcd-22222222/{OTHER_ACCOUNT}", "TotalAuthenticatedEntities": 2}
    assert unused == bare["AccessDetails"][1]
    assert found["NumberOfServicesNotAccessed"] == 1
    # Of one account.
    [used, unused] = report(iam, still, f"{ROOT}/ou-abcd-11111111/{MEMBER}")["AccessDetails"]
    assert (used["EntityPath"], used["TotalAuthenticatedEntities"]) == (f"{ROOT}/ou-abcd-11111111/{MEMBER}", 1)


def test_which_services_count(iam, organization, still):
    below_root = namespaces(report(iam, still, ROOT))
    assert "sqs" not in below_root and {"iam", "s3", "ec2"} < set(below_root) and below_root == sorted(below_root)
    # No policy limits the management account.
    everything = namespaces(report(iam, still, f"{ROOT}/{ACCOUNT}"))
    assert set(everything) == set(below_root) | {"sqs"}
    web = report(iam, still, f"{ROOT}/ou-abcd-11111111/ou-abcd-22222222")
    assert namespaces(web) == ["iam", "s3"]


def policy_id(root):
    """The id of the SCP that refuses: messages tell it."""
    with denied() as caught:
        Caller(root.server, key=MEMBER).iam.list_users()
    return caught.value.response["Error"]["Message"].split("/service_control_policy/")[1].split(".")[0]


def test_a_report_on_a_policy(server, root, iam, organization, still):
    declared = dict(organization, policies=[
        {"type": "scp", "name": "few", "document": json.loads(policy(allow(["s3:*", "sqs:*"]), deny("iam:List*"))),
         "targets": ["/prod"]}])
    server.http("PUT", "/_iamlocal/organization", {}, json.dumps(declared).encode())
    found = report(iam, still, f"{ROOT}/ou-abcd-11111111", OrganizationsPolicyId=policy_id(root))
    assert namespaces(found) == ["s3", "sqs"]
    full = report(iam, still, f"{ROOT}/ou-abcd-11111111", OrganizationsPolicyId="p-FullAWSAccess")
    assert len(namespaces(full)) > 300


def test_sorting_and_pages(server, iam, organization, still):
    Caller(server, key=MEMBER).sts.get_caller_identity()
    still("1h")
    Caller(server, key=MEMBER).iam.list_users()
    still("2m")
    job = iam.generate_organizations_access_report(EntityPath=ROOT)["JobId"]
    still()

    def get(**more):
        return iam.get_organizations_access_report(JobId=job, **more)

    everything = namespaces(get(MaxItems=1000))
    assert namespaces(get(MaxItems=1000, SortKey="SERVICE_NAMESPACE_ASCENDING")) == everything == sorted(everything)
    assert namespaces(get(MaxItems=1000, SortKey="SERVICE_NAMESPACE_DESCENDING")) == everything[::-1]
    assert namespaces(get(MaxItems=2, SortKey="LAST_AUTHENTICATED_TIME_DESCENDING")) == ["iam", "sts"]
    assert namespaces(get(MaxItems=1000, SortKey="LAST_AUTHENTICATED_TIME_ASCENDING"))[-2:] == ["sts", "iam"]
    first = get()
    assert namespaces(first) == everything[:100] and first["IsTruncated"]
    assert namespaces(get(Marker=first["Marker"], MaxItems=1000)) == everything[100:]
    with invalid("Invalid Marker."):
        get(Marker="unreadable")
    # The place is one in this order.
    with refused("InvalidInput", 400, "The marker passed in the request was invalid."):
        get(Marker=first["Marker"], SortKey="SERVICE_NAMESPACE_DESCENDING")


def test_the_same_request_gives_the_same_job(root, iam, organization, still):
    job = iam.generate_organizations_access_report(EntityPath=ROOT)["JobId"]
    assert iam.generate_organizations_access_report(EntityPath=ROOT)["JobId"] == job
    # One at a time.
    with refused("ReportGenerationLimitExceeded", 409,
                 "The maximum number of concurrent reports for this account are already being generated."):
        iam.generate_organizations_access_report(EntityPath=f"{ROOT}/{ACCOUNT}")
    still()
    other = iam.generate_organizations_access_report(EntityPath=f"{ROOT}/{ACCOUNT}")["JobId"]
    assert other != job
    still("58s")
    assert iam.generate_organizations_access_report(EntityPath=ROOT)["JobId"] == job
    still()
    assert iam.generate_organizations_access_report(EntityPath=ROOT)["JobId"] != job


@pytest.mark.parametrize("path, more", [
    (f"{ROOT}/ou-abcd-99999999", {}), ("o-exampleorgid/r-zzzz", {}), (f"{ROOT}/{STRANGER}", {}), (f"{ROOT}/{MEMBER}", {}),
    (f"{ROOT}/ou-abcd-22222222", {}), (f"{ROOT}/ou-abcd-11111111/{MEMBER}/x", {}),
    (ROOT, {"OrganizationsPolicyId": "p-12345678"}),
])
def test_bad_entities_and_policies_fail_later(iam, organization, still, path, more):
    found = report(iam, still, path, **more)
    assert found["JobStatus"] == "FAILED" and "AccessDetails" not in found
    assert found["ErrorDetails"] == {
        "Code": "ORGANIZATIONS_REPORT_ACCESS_DENIED",
        "Message": "The organization's entity or policy does not exist, or the account may not make reports about it."}


def test_only_the_management_account_may(server, organization, still):
    member = Caller(server, key=MEMBER)
    assert report(member.iam, still, ROOT)["ErrorDetails"]["Code"] == "ORGANIZATIONS_REPORT_ACCESS_DENIED"


def test_another_organization(server, iam, organization):
    for caller, account, path in ((iam, ACCOUNT, "o-otherexample/r-abcd"), (Caller(server, key=STRANGER).iam, STRANGER, ROOT)):
        with denied(f"User: {root_arn(account)} is not authorized to perform: iam:GenerateOrganizationsAccessReport on "
                    f"resource: arn:aws:iam::{account}:access-report/{path}"):
            caller.generate_organizations_access_report(EntityPath=path)


def test_without_an_organization(iam):
    with denied(f"User: {root_arn()} is not authorized to perform: iam:GenerateOrganizationsAccessReport on resource: "
                f"arn:aws:iam::{ACCOUNT}:access-report/{ROOT}"):
        iam.generate_organizations_access_report(EntityPath=ROOT)


def test_jobs_are_the_callers(root, iam, organization, still):
    bob = root.user("bob", allow("iam:*"))
    job = iam.generate_organizations_access_report(EntityPath=ROOT)["JobId"]
    of_services = iam.generate_service_last_accessed_details(Arn=f"arn:aws:iam::{ACCOUNT}:user/bob")["JobId"]
    for caller, wrong in ((bob.iam, job), (iam, NO_SUCH_JOB), (iam, of_services)):
        with not_found(f"Job {wrong} does not exist."):
            caller.get_organizations_access_report(JobId=wrong)
    with not_found(f"Job {job} does not exist."):
        iam.get_service_last_accessed_details(JobId=job)


def test_permissions(root, organization):
    bob = root.user(
        "bob", allow("iam:GenerateOrganizationsAccessReport", f"arn:aws:iam::{ACCOUNT}:access-report/{ROOT}/*",
                     Condition={"StringEquals": {"iam:OrganizationsPolicyId": "p-12345678"}}))
    path = f"{ROOT}/ou-abcd-11111111"
    bob.iam.generate_organizations_access_report(EntityPath=path, OrganizationsPolicyId="p-12345678")
    for more in ({"EntityPath": path}, {"EntityPath": path, "OrganizationsPolicyId": "p-87654321"},
                 {"EntityPath": ROOT, "OrganizationsPolicyId": "p-12345678"}):
        with denied(f"User: arn:aws:iam::{ACCOUNT}:user/bob is not authorized to perform: "
                    f"iam:GenerateOrganizationsAccessReport on resource: arn:aws:iam::{ACCOUNT}:access-report/"
                    f"{more['EntityPath']} because no identity-based policy allows the "
                    "iam:GenerateOrganizationsAccessReport action"):
            bob.iam.generate_organizations_access_report(**more)
    with denied(pattern="iam:GetOrganizationsAccessReport on resource: \\* because no identity-based policy allows"):
        bob.iam.get_organizations_access_report(JobId=NO_SUCH_JOB)


def test_what_the_model_does_not_allow(server, iam, organization):
    for path in ("o-exampleorgid", "o-short/r-abcd1234567", "o-exampleorgid/x-abcd", "o-exampleorgid/r-ABCD", "x" * 428):
        with invalid(pattern="at 'entityPath' failed to satisfy constraint"):
            iam.generate_organizations_access_report(EntityPath=path)
    for id_ in ("p-short", "q-12345678", "p-1234567!"):
        with invalid(pattern="at 'organizationsPolicyId' failed to satisfy constraint: Member must satisfy regular"):
            iam.generate_organizations_access_report(EntityPath=ROOT, OrganizationsPolicyId=id_)
    for action, parameters in (("GenerateOrganizationsAccessReport", []), ("GetOrganizationsAccessReport", []),
                               ("GetOrganizationsAccessReport", [("JobId", "x")]),
                               ("GetOrganizationsAccessReport", [("JobId", NO_SUCH_JOB), ("SortKey", "UP")]),
                               ("GetOrganizationsAccessReport", [("JobId", NO_SUCH_JOB), ("MaxItems", "0")])):
        assert send(server, call("iam", action, *parameters)).status == 400, (action, parameters)
