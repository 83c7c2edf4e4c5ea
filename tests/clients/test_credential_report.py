"""The credential report: its columns, its states, and that it stays the same for four hours."""

import csv
import io

import pytest

from certificates import pem
from mfa import Device
from support import (ACCOUNT, OTHER_ACCOUNT, Caller, allow, answer_of, call, denied, refused, root_arn, send)

# What the model has and this server has no occasion for (tests/model/test_coverage.py).
NO_OCCASION = {"LimitExceeded": ("one report is made at a time, and asking again is no error", "GenerateCredentialReport")}

COLUMNS = (
    "user arn user_creation_time password_enabled password_last_used password_last_changed password_next_rotation mfa_active "
    "access_key_1_active access_key_1_last_rotated access_key_1_last_used_date access_key_1_last_used_region "
    "access_key_1_last_used_service access_key_2_active access_key_2_last_rotated access_key_2_last_used_date "
    "access_key_2_last_used_region access_key_2_last_used_service cert_1_active cert_1_last_rotated cert_2_active "
    "cert_2_last_rotated").split()
STARTED = {"State": "STARTED", "Description": "No report exists. Starting a new report generation task"}
NO_KEY = ["false", "N/A", "N/A", "N/A", "N/A"]
NO_PASSWORD = ["false", "N/A", "N/A", "N/A", "false"]


@pytest.fixture
def still(server):
    """A clock that stands; `still()` moves it by a second."""
    server.clock(freeze="2031-05-01T10:00:00Z")
    return lambda by="1s": server.clock(advance=by)


def content(iam, still):
    iam.generate_credential_report()
    still()
    return iam.get_credential_report()["Content"].decode()


def rows(text):
    return {row["user"]: row for row in csv.DictReader(io.StringIO(text))}


def test_the_states(server, iam, still):
    answer = send(server, call("iam", "GetCredentialReport"))
    # Without any message at all.
    assert (answer.error(), "Message" in answer.text) == ((410, "ReportNotPresent", None), False)
    assert answer_of(iam.generate_credential_report()) == STARTED
    assert answer_of(iam.generate_credential_report()) == {"State": "INPROGRESS"}
    answer = send(server, call("iam", "GetCredentialReport"))
    assert (answer.error(), "Message" in answer.text) == ((404, "ReportInProgress", None), False)
    still()
    assert answer_of(iam.generate_credential_report()) == {"State": "COMPLETE"}
    report = answer_of(iam.get_credential_report())
    assert report.pop("GeneratedTime").isoformat() == "2031-05-01T10:00:01+00:00"
    assert report.pop("Content").startswith(b"user,arn,")
    assert report == {"ReportFormat": "text/csv"}


def test_a_report_stays_for_four_hours(iam, still):
    before = content(iam, still)
    iam.create_user(UserName="bob")
    still("3h59m58s")
    assert answer_of(iam.generate_credential_report()) == {"State": "COMPLETE"}
    assert iam.get_credential_report()["Content"].decode() == before
    still()
    with refused("ReportExpired", 410, "The most recent credential report has expired. To generate a new credential report, "
                                       "use GenerateCredentialReport."):
        iam.get_credential_report()
    assert answer_of(iam.generate_credential_report()) == STARTED
    still()
    assert "bob" in iam.get_credential_report()["Content"].decode()


def test_the_bytes(iam, still):
    iam.create_user(UserName="bob", Path="/staff/")
    lines = content(iam, still).split("\n")
    # No line break at the end.
    assert len(lines) == 3 and "\r" not in "".join(lines)
    assert lines[0] == ",".join(COLUMNS) and len(COLUMNS) == 22
    assert lines[2].split(",") == ["bob", f"arn:aws:iam::{ACCOUNT}:user/staff/bob", "2031-05-01T10:00:00Z", *NO_PASSWORD,
                                   *NO_KEY, *NO_KEY, "false", "N/A", "false", "N/A"]


def test_the_row_of_root(iam, still):
    iam.create_group(GroupName="staff")
    still("1h")
    [root] = rows(content(iam, still)).values()
    assert root == dict(zip(COLUMNS, [
        "<root_account>", root_arn(), "2031-05-01T10:00:00Z", "false", "N/A", "N/A", "not_supported", "false",
        *NO_KEY, *NO_KEY, "false", "N/A", "false", "N/A"]))


def test_what_root_made_for_itself(root, iam, still):
    key = iam.create_access_key()["AccessKey"]
    still("1h")
    Caller(root.server, key["AccessKeyId"], key["SecretAccessKey"]).iam.list_users()
    iam.upload_signing_certificate(CertificateBody=pem("leaf.crt"))
    row = rows(content(iam, still))["<root_account>"]
    assert keys(row) == [["true", "2031-05-01T10:00:00Z", "2031-05-01T11:00:00Z", "us-east-1", "iam"], NO_KEY]
    assert (row["cert_1_active"], row["cert_1_last_rotated"], row["cert_2_active"]) == ("true", "2031-05-01T11:00:00Z", "false")


def test_passwords(iam, still):
    for name in ("ann", "bob"):
        iam.create_user(UserName=name)
    iam.create_login_profile(UserName="bob", Password="Str0ng-Enough!")
    still("1h")
    iam.update_login_profile(UserName="bob", Password="Str0ng-Enough?")
    iam.update_account_password_policy(MaxPasswordAge=90)
    found = {name: [row[column] for column in COLUMNS if column.startswith("password_")]
             for name, row in rows(content(iam, still)).items()}
    assert found == {"<root_account>": ["false", "N/A", "N/A", "not_supported"], "ann": ["false", "N/A", "N/A", "N/A"],
                     "bob": ["true", "no_information", "2031-05-01T11:00:00Z", "2031-07-30T11:00:00Z"]}


def test_certificates(iam, still):
    iam.create_user(UserName="bob")
    first = iam.upload_signing_certificate(UserName="bob", CertificateBody=pem("leaf.crt"))["Certificate"]["CertificateId"]
    still("1h")
    iam.upload_signing_certificate(UserName="bob", CertificateBody=pem("root.crt"))
    # Inactive ones keep their dates, and come first.
    iam.update_signing_certificate(UserName="bob", CertificateId=first, Status="Inactive")
    row = rows(content(iam, still))["bob"]
    assert [row[name] for name in COLUMNS if name.startswith("cert_")] == [
        "false", "2031-05-01T10:00:00Z", "true", "2031-05-01T11:00:00Z"]


def test_root_comes_first_then_names_without_case(iam, still):
    for name in ("bob", "Carl", "ann", "+x"):
        iam.create_user(UserName=name)
    assert list(rows(content(iam, still))) == ["<root_account>", "+x", "ann", "bob", "Carl"]


def test_a_name_with_a_comma(iam, still):
    iam.create_user(UserName="a,b")
    row = rows(content(iam, still))["a,b"]
    assert (row["arn"], row["cert_2_last_rotated"]) == (f"arn:aws:iam::{ACCOUNT}:user/a,b", "N/A")


def keys(row):
    return [[row[name] for name in COLUMNS if name.startswith(f"access_key_{number}_")] for number in (1, 2)]


def test_keys(root, iam, still):
    old = root.user("bob", allow("iam:*"))
    still("1h")
    iam.create_access_key(UserName="bob")
    assert keys(rows(content(iam, still))["bob"]) == [
        ["true", "2031-05-01T11:00:00Z", "N/A", "N/A", "N/A"], ["true", "2031-05-01T10:00:00Z", "N/A", "N/A", "N/A"]]
    still("5h")
    Caller(root.server, old.key, old.secret, region="eu-west-1").sts.get_caller_identity()
    # An inactive key keeps its dates.
    iam.update_access_key(UserName="bob", AccessKeyId=old.key, Status="Inactive")
    assert keys(rows(content(iam, still))["bob"]) == [
        ["true", "2031-05-01T11:00:00Z", "N/A", "N/A", "N/A"],
        ["false", "2031-05-01T10:00:00Z", "2031-05-01T16:00:01Z", "eu-west-1", "sts"]]


def test_mfa(root, iam, still):
    for name in ("ann", "bob", "carl"):
        iam.create_user(UserName=name)
    Device(root, "one").enable("bob")
    Device(root, "two").enable("carl")
    Device(root, "two-more")
    still("5m")
    Device(root, "roots").enable(ACCOUNT)
    iam.deactivate_mfa_device(UserName="carl", SerialNumber=f"arn:aws:iam::{ACCOUNT}:mfa/two")
    found = {name: row["mfa_active"] for name, row in rows(content(iam, still)).items()}
    assert found == {"<root_account>": "true", "ann": "false", "bob": "true", "carl": "false"}


def test_refusals(root):
    bob = root.user("bob")
    for name in ("generate_credential_report", "get_credential_report"):
        action = "iam:" + "".join(word.capitalize() for word in name.split("_"))
        with denied(f"User: arn:aws:iam::{ACCOUNT}:user/bob is not authorized to perform: {action} on resource: * because no "
                    f"identity-based policy allows the {action} action"):
            getattr(bob.iam, name)()


def test_accounts_have_reports_of_their_own(server, iam, still):
    content(iam, still)
    other = Caller(server, key=OTHER_ACCOUNT)
    assert answer_of(other.iam.generate_credential_report()) == STARTED
    server.post(f"/_iamlocal/reset?account={ACCOUNT}")
    assert answer_of(iam.generate_credential_report()) == STARTED
    assert answer_of(other.iam.generate_credential_report()) == {"State": "INPROGRESS"}


def test_what_is_sent_beside_changes_nothing(server, still):
    for action in ("GenerateCredentialReport", "GetCredentialReport"):
        answer = send(server, call("iam", action, ("Marker", "x" * 500), ("Unknown.member.x", "\x00")))
        assert answer.status < 500, answer.text
