"""What is kept in a data directory, and who may use it."""

import sqlite3
import stat
import subprocess

import pytest

from certificates import pem, rsa_numbers, ssh_line
import support
from support import ACCOUNT, BINARY, Caller, OTHER_ACCOUNT, allow, answer_of, clean_environment, policy, refused, root_arn


METADATA = ('<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="i"><IDPSSODescriptor/></EntityDescriptor>'
            + "\n" * 1000)


def furnish(root):
    bob = root.user("bob", allow(["iam:ListUsers", "sts:AssumeRole"]), Path="/x/", Tags=[{"Key": "k", "Value": "v"}])
    iam = root.iam
    iam.create_group(GroupName="staff")
    iam.add_user_to_group(GroupName="staff", UserName="bob")
    iam.attach_group_policy(GroupName="staff", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    arn = iam.create_policy(PolicyName="p", PolicyDocument=policy(allow("s3:*")), Description="d")["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy(allow("s3:Get*")), SetAsDefault=True)
    role = root.role("job", root_arn(), allow("iam:ListRoles"), Description="does", MaxSessionDuration=7200,
                     PermissionsBoundary="arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    iam.attach_role_policy(RoleName="job", PolicyArn=arn)
    iam.create_instance_profile(InstanceProfileName="box")
    iam.add_role_to_instance_profile(InstanceProfileName="box", RoleName="job")
    iam.create_account_alias(AccountAlias="my-company")
    iam.upload_server_certificate(ServerCertificateName="web", Path="/eu/", CertificateBody=pem("leaf.crt"),
                                  PrivateKey=pem("leaf.key"), CertificateChain=pem("intermediate.crt"),
                                  Tags=[{"Key": "k", "Value": "v"}])
    iam.upload_signing_certificate(UserName="bob", CertificateBody=pem("leaf.crt"))
    iam.upload_signing_certificate(CertificateBody=pem("root.crt"))
    iam.upload_ssh_public_key(UserName="bob", SSHPublicKeyBody=ssh_line(*rsa_numbers()))
    made = iam.create_service_specific_credential(UserName="bob", ServiceName="codecommit.amazonaws.com")
    iam.update_service_specific_credential(
        UserName="bob", Status="Inactive",
        ServiceSpecificCredentialId=made["ServiceSpecificCredential"]["ServiceSpecificCredentialId"])
    iam.create_open_id_connect_provider(Url="https://idp.example.com/a", ClientIDList=["z", "a"], ThumbprintList=["a" * 40],
                                        Tags=[{"Key": "k", "Value": "v"}])
    iam.create_saml_provider(Name="corp", SAMLMetadataDocument=METADATA, Tags=[{"Key": "k", "Value": "v"}])
    return bob, role


def everything(root):
    iam = root.iam
    arn = f"arn:aws:iam::{ACCOUNT}:policy/p"
    calls = [
        iam.list_users(), iam.get_user(UserName="bob"), iam.list_access_keys(UserName="bob"),
        iam.get_user_policy(UserName="bob", PolicyName="inline"), iam.get_group(GroupName="staff"),
        iam.list_attached_group_policies(GroupName="staff"), iam.get_policy(PolicyArn=arn),
        iam.list_policy_versions(PolicyArn=arn), iam.get_policy_version(PolicyArn=arn, VersionId="v2"),
        iam.get_role(RoleName="job"), iam.get_role_policy(RoleName="job", PolicyName="inline"),
        iam.list_attached_role_policies(RoleName="job"), iam.get_instance_profile(InstanceProfileName="box"),
        iam.list_account_aliases(), iam.get_account_summary(), iam.get_server_certificate(ServerCertificateName="web"),
        iam.list_server_certificates(), iam.list_signing_certificates(UserName="bob"), iam.list_signing_certificates(),
        iam.get_ssh_public_key(
            UserName="bob", SSHPublicKeyId=iam.list_ssh_public_keys(UserName="bob")["SSHPublicKeys"][0]["SSHPublicKeyId"],
            Encoding="PEM"),
        iam.list_service_specific_credentials(UserName="bob"),
        iam.list_saml_providers(), iam.list_open_id_connect_providers(),
        iam.get_saml_provider(SAMLProviderArn=f"arn:aws:iam::{ACCOUNT}:saml-provider/corp"),
        iam.get_open_id_connect_provider(OpenIDConnectProviderArn=f"arn:aws:iam::{ACCOUNT}:oidc-provider/idp.example.com/a"),
    ]
    return [answer_of(answer) for answer in calls]


def moved(caller, server):
    return Caller(server, caller.key, caller.secret, caller.token)


def test_everything_is_there_after_a_restart(start, tmp_path):
    data = str(tmp_path / "data")
    first = start("--data-dir", data)
    root = Caller(first)
    bob, role = furnish(root)
    Caller(first, key=OTHER_ACCOUNT).iam.create_user(UserName="carol")
    session = bob.assume(role, DurationSeconds=7200)
    session.iam.list_roles()
    before = everything(root)
    assert first.stop() == 0

    second = start("--data-dir", data)
    root = Caller(second)
    assert everything(root) == before
    assert [u["UserName"] for u in Caller(second, key=OTHER_ACCOUNT).iam.list_users()["Users"]] == ["carol"]
    # Credentials given out before still work, those of a session too.
    assert moved(bob, second).arn() == f"arn:aws:iam::{ACCOUNT}:user/x/bob"
    moved(bob, second).iam.list_users()
    again = moved(session, second)
    assert again.arn() == f"arn:aws:sts::{ACCOUNT}:assumed-role/job/session"
    again.iam.list_roles()
    second.clock(advance="2h1m")
    with refused("ExpiredToken", 403):
        again.sts.get_caller_identity()
    second.clock(reset=True)


def test_dates_of_last_use_are_kept(start, tmp_path):
    data = str(tmp_path / "data")
    first = start("--data-dir", data)
    root = Caller(first)
    bob, role = furnish(root)
    bob.assume(role).iam.list_roles()
    assert first.stop() == 0
    used = Caller(start("--data-dir", data)).iam.get_role(RoleName="job")["Role"]["RoleLastUsed"]
    assert used["Region"] == "us-east-1"


def test_without_a_directory_nothing_stays(start):
    first = start()
    Caller(first).iam.create_user(UserName="bob")
    leftovers = {entry.name for entry in first.folder.iterdir()}
    assert first.stop() == 0
    assert all(name.endswith(".log") for name in leftovers)
    assert Caller(start()).iam.list_users()["Users"] == []


def test_tokens_of_another_server_are_worth_nothing(start):
    one, two = start(), start()
    session = Caller(one).sts.get_session_token()["Credentials"]
    with refused("InvalidClientTokenId", 403):
        Caller(two, session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"]).sts.get_caller_identity()


def refused_start(*arguments):
    ended = subprocess.run([BINARY, "--listen", "127.0.0.1:0", *arguments], capture_output=True, text=True, timeout=20,
                           env=clean_environment(), stdin=subprocess.DEVNULL)
    assert "Ready." not in ended.stdout
    assert len(ended.stderr.strip().splitlines()) == 1, ended.stderr
    return ended


def test_a_second_process_is_refused(start, tmp_path):
    data = str(tmp_path / "data")
    first = start("--data-dir", data)
    ended = refused_start("--data-dir", data)
    assert ended.returncode == 3
    assert data in ended.stderr
    assert Caller(first).arn() == root_arn()
    first.stop()
    assert Caller(start("--data-dir", data)).arn() == root_arn()


def test_a_killed_process_leaves_no_lock(start, tmp_path):
    data = str(tmp_path / "data")
    first = start("--data-dir", data)
    Caller(first).iam.create_user(UserName="bob")
    first.kill()
    assert [u["UserName"] for u in Caller(start("--data-dir", data)).iam.list_users()["Users"]] == ["bob"]


def database_of(folder):
    (found,) = [entry for entry in folder.iterdir() if entry.suffix in (".db", ".sqlite", ".sqlite3")]
    return found


def test_a_newer_schema_is_refused(start, tmp_path):
    folder = tmp_path / "data"
    start("--data-dir", str(folder)).stop()
    with sqlite3.connect(database_of(folder)) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(schema_migrations)")]
        row = connection.execute("SELECT * FROM schema_migrations ORDER BY version DESC LIMIT 1").fetchone()
        values = [9999 if name == "version" else value for name, value in zip(columns, row)]
        connection.execute(f"INSERT INTO schema_migrations VALUES ({','.join('?' * len(columns))})", values)
    connection.close()
    ended = refused_start("--data-dir", str(folder))
    assert ended.returncode == 3
    assert "newer" in ended.stderr


def test_a_directory_that_cannot_be(tmp_path):
    (tmp_path / "file").write_text("x")
    assert refused_start("--data-dir", str(tmp_path / "file")).returncode == 3
    (tmp_path / "broken").mkdir()
    assert refused_start("--data-dir", "/proc/nowhere").returncode == 3


def test_secrets_are_encrypted(start, tmp_path):
    folder = tmp_path / "data"
    server = start("--data-dir", str(folder))
    bob, _ = furnish(Caller(server))
    server.stop()
    assert bob.secret.encode() not in support.kept_in(folder)
    secret_files = [entry for entry in folder.iterdir() if "key" in entry.name]
    assert secret_files
    for entry in secret_files:
        assert stat.S_IMODE(entry.stat().st_mode) == 0o600


def test_a_lost_key_file_is_noticed(start, tmp_path):
    """Without the key the secrets are lost: a start that makes a new one would hide it."""
    folder = tmp_path / "data"
    server = start("--data-dir", str(folder))
    furnish(Caller(server))
    server.stop()
    for entry in folder.iterdir():
        if "key" in entry.name:
            entry.unlink()
    assert refused_start("--data-dir", str(folder)).returncode == 3


@pytest.mark.parametrize("rounds", [3])
def test_restarting_again_and_again(start, tmp_path, rounds):
    data = str(tmp_path / "data")
    for number in range(rounds):
        server = start("--data-dir", data)
        Caller(server).iam.create_user(UserName=f"user{number}")
        assert server.stop() == 0
    names = [user["UserName"] for user in Caller(start("--data-dir", data)).iam.list_users()["Users"]]
    assert names == [f"user{number}" for number in range(rounds)]
