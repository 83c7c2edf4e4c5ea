"""A seed with everything in it: a server that has every kind of thing is exported, and an empty one brought to its state.

Every table of the store is considered: it is in a seed, or there is a reason why not.
"""

import contextlib
import json
import sqlite3

import pytest

from certificates import pem, rsa_numbers, ssh_line
from mfa import Device
from newer import Newer
from saml import Idp
from support import ACCOUNT, Caller, OTHER_ACCOUNT, allow, policy, trust
import test_role_templates as templates
from test_saml_providers import new_key
from test_seeds import ROUTE, put
from web_identity import Key, key_set

MANAGEMENT = "999999999999"
TOKEN_SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

# Tables that a seed restores. Each has rows in the server that is exported.
KEPT = {
    "accounts", "entities", "entity_counts", "memberships", "roles", "instance_profiles", "policies", "policy_versions",
    "attachments", "inline_policies", "tags", "access_keys", "root_access_keys", "mfa_devices", "login_profiles", "passwords",
    "password_policies", "server_certificates", "signing_certificates", "ssh_public_keys", "service_specific_credentials",
    "oidc_providers", "oidc_client_ids", "oidc_thumbprints", "saml_providers", "saml_private_keys", "account_settings",
    "issuer_keys", "built_in_issuers", "saml_identity_providers", "organizations", "organization_accounts",
    "organization_units", "organization_policies", "organization_targets", "organization_exceptions",
    "organization_services", "organization_delegates", "root_features", "declared_templates", "role_sources",
    "undeletable_roles",
}
LEFT_OUT = {
    "delegation_requests": "an exchange of two parties that is under way, and is known by its id",
    "delegation_parameters": "of delegation requests",
    "role_deletions": "tasks that were done, and are known by their ids",
    "service_uses": "when services were used: dates",
    "access_reports": "reports of a moment; they are made anew",
    "credential_reports": "reports of a moment; they are made anew",
    "mfa_used_codes": "of the last minutes",
    "mfa_attempts": "of the last minutes",
    "used_saml_assertions": "of assertions that will have run out",
    "schema_keyring": "the server's own",
    "schema_master_key": "the server's own",
    "schema_migrations": "the server's own",
    "schema_repeatable_starts": "the server's own",
}
# Ids and dates, which a seed does not hold, and what is sealed with another key.
NOT_IN_A_SEED = {
    "id", "owner_id", "user_id", "group_id", "role_id", "policy_id", "provider_id", "created", "updated", "uploaded", "enabled",
    "since", "added", "last_used", "last_used_region", "last_used_service", "metadata_changed", "newest_pair", "owner",
    "sealed_secret", "sealed_seed", "sealed_key", "salt", "trust_policy",
}


def furnish_users(root):
    iam = root.iam
    iam.create_group(GroupName="developers", Path="/teams/")
    iam.put_group_policy(GroupName="developers", PolicyName="own", PolicyDocument=policy(allow("s3:*")))
    made = iam.create_policy(PolicyName="deploys", Path="/p/", Description="who deploys", PolicyDocument=policy(allow("s3:*")),
                             Tags=[{"Key": "team", "Value": "web"}])["Policy"]
    iam.create_policy_version(PolicyArn=made["Arn"], PolicyDocument=policy(allow("sqs:*")), SetAsDefault=True)
    iam.create_user(UserName="ann", Path="/staff/", PermissionsBoundary=made["Arn"], Tags=[{"Key": "a", "Value": "b"}])
    iam.attach_user_policy(UserName="ann", PolicyArn=made["Arn"])
    iam.put_user_policy(UserName="ann", PolicyName="own", PolicyDocument=policy(allow("iam:GetUser")))
    iam.add_user_to_group(GroupName="developers", UserName="ann")
    iam.create_login_profile(UserName="ann", Password="first-Horse-7", PasswordResetRequired=True)
    iam.update_login_profile(UserName="ann", Password="second-Horse-8", PasswordResetRequired=True)
    for status in ("Active", "Inactive"):
        key = iam.create_access_key(UserName="ann")["AccessKey"]["AccessKeyId"]
        iam.update_access_key(UserName="ann", AccessKeyId=key, Status=status)
    iam.upload_signing_certificate(UserName="ann", CertificateBody=pem("leaf.crt"))
    for number in (1, 3):
        uploaded = iam.upload_ssh_public_key(UserName="ann", SSHPublicKeyBody=ssh_line(*rsa_numbers(number=number)))
    iam.update_ssh_public_key(UserName="ann", SSHPublicKeyId=uploaded["SSHPublicKey"]["SSHPublicKeyId"], Status="Inactive")
    for service in ("codecommit.amazonaws.com", "codecommit.amazonaws.com", "cassandra.amazonaws.com"):
        iam.create_service_specific_credential(UserName="ann", ServiceName=service)
    iam.create_user(UserName="bob")
    Newer(root).create_service_specific_credential(UserName="bob", ServiceName="bedrock.amazonaws.com", CredentialAgeDays=30)


def furnish_devices(root):
    server = root.server
    Device(root, Tags=[{"Key": "kind", "Value": "test"}]).enable("ann", second=5)
    Device(root, "spare", Path="/x/")
    for serial in ("GAHT12345678", "GAHT87654321"):
        assert server.http("POST", "/_iamlocal/mfa-devices",
                           body=json.dumps({"serial_number": serial, "seed": TOKEN_SEED}).encode()).status == 200
    Device.token(root, "GAHT12345678", TOKEN_SEED).enable("bob")
    assert server.http("POST", "/_iamlocal/mfa-devices", body=json.dumps(
        {"user_name": "ann", "security_key": "work", "certifications": {"FIDO": "L1", "FIPS": "2"}}).encode()).status == 200
    Device(root, "roots").enable(ACCOUNT)


def furnish_roles(root):
    iam, server = root.iam, root.server
    made = iam.create_role(RoleName="web", Path="/app/", Description="runs it", MaxSessionDuration=7200,
                           AssumeRolePolicyDocument=policy(trust({"Service": "ec2.amazonaws.com"}),
                                                           trust({"AWS": f"arn:aws:iam::{ACCOUNT}:user/staff/ann"})))["Role"]
    assert made["Path"] == "/app/"
    iam.create_instance_profile(InstanceProfileName="web", Tags=[{"Key": "a", "Value": "b"}])
    iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="web")
    iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com", CustomSuffix="blue")
    assert templates.declare(server, templates.POWER_TEMPLATE).status == 200
    templates.acquire(Newer(root))
    usage = [{"Region": "eu-west-1", "Resources": ["arn:aws:ec2:eu-west-1:1:x"]}]
    for name, more in (("AWSServiceRoleForAutoScaling_blue", {"usage": usage}), ("AWSServiceRoleForECS", {"usage": []})):
        service = "autoscaling" if "blue" in name else "ecs"
        role = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/{service}.amazonaws.com/{name}"
        assert server.http("PUT", "/_iamlocal/undeletable-role", body=json.dumps({"role": role, **more}).encode()).status == 200


def furnish_account(root):
    iam, newer = root.iam, Newer(root)
    iam.create_account_alias(AccountAlias="furnished")
    iam.update_account_password_policy(MinimumPasswordLength=10, PasswordReusePrevention=5, HardExpiry=True, MaxPasswordAge=90)
    iam.set_security_token_service_preferences(GlobalEndpointTokenVersion="v2Token")
    newer.enable_outbound_web_identity_federation()
    newer.put_account_properties(Properties={"RoleManager/Enabled": "true"})
    iam.create_access_key()
    iam.upload_signing_certificate(CertificateBody=pem("intermediate.crt"))
    Caller(root.server, key=OTHER_ACCOUNT).iam.create_login_profile()
    iam.upload_server_certificate(
        ServerCertificateName="web", Path="/eu/", CertificateBody=pem("leaf.crt"), PrivateKey=pem("leaf.key"),
        CertificateChain=pem("intermediate.crt") + pem("root.crt"), Tags=[{"Key": "a", "Value": "b"}])
    iam.upload_server_certificate(ServerCertificateName="old", CertificateBody=pem("leaf.crt"), PrivateKey=pem("leaf.key"))
    iam.update_server_certificate(ServerCertificateName="old")  # it takes no tags from then on
    url = "https://idp.example.com/a"
    provider = iam.create_open_id_connect_provider(Url=url, ClientIDList=["app", "web"], ThumbprintList=["a" * 40])
    assert provider["OpenIDConnectProviderArn"]
    assert put(root.server, {"accounts": {ACCOUNT: {"oidc_providers": {url: {"jwks": key_set(Key("k1"))}}}}}).status == 200
    newer.create_samlprovider(Name="corp", SAMLMetadataDocument=Idp().metadata(), AddPrivateKey=new_key("RSA", None),
                               AssertionEncryptionMode="Required", Tags=[{"Key": "a", "Value": "b"}])


def furnish_server(server):
    for name, wish in (("ci", {"preset": "github"}), ("own", {"issuer": "https://own.example.com", "algorithm": "ES256"})):
        assert server.http("PUT", f"/_iamlocal/oidc/{name}", body=json.dumps(wish).encode()).status == 200
    assert server.http("POST", "/_iamlocal/oidc/ci/rotate").status == 200
    assert server.http("PUT", "/_iamlocal/saml/corp").status == 200
    deny = {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}}
    assert server.http("PUT", "/_iamlocal/organization", body=json.dumps({
        "id": "o-exampleorgid", "management_account": MANAGEMENT, "accounts": {ACCOUNT: "/workloads/prod", OTHER_ACCOUNT: "/"},
        "policies": [{"type": "scp", "name": "NoEc2", "targets": ["/workloads"], "document": deny}],
        "without_full_access": ["/workloads"], "trusted_access": ["iam.amazonaws.com"],
        "delegated_administrators": {"iam.amazonaws.com": [OTHER_ACCOUNT]}}).encode()).status == 200
    Newer(Caller(server, key=MANAGEMENT)).enable_organizations_root_sessions()


def furnish(server):
    """Something in every table that a seed restores. The organization's policies come last: they limit."""
    root = Caller(server)
    for furnish_part in (furnish_account, furnish_users, furnish_roles, furnish_devices):
        furnish_part(root)
    furnish_server(server)
    return root


def exported(server):
    answer = server.http("GET", ROUTE)
    assert answer.status == 200, answer.body
    return answer.json()


def rows(folder):
    """Of each table, without ids and dates."""
    (file,) = folder.glob("*.db")
    with contextlib.closing(sqlite3.connect(file)) as database:
        database.text_factory = bytes
        tables = [name.decode() for (name,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
        found = {}
        for table in tables:
            columns = [column[1].decode() for column in database.execute(f"PRAGMA table_info({table})")]
            told = [column for column in columns if column not in NOT_IN_A_SEED] or ["1"]
            if table == "entities":  # security keys and the like keep their names
                assert {"name", "kind", "path", "boundary_arn"} <= set(told)
            selected = database.execute(f"SELECT {', '.join(told)} FROM {table}")
            found[table] = sorted(([without_blanks(value) for value in row] for row in selected), key=repr)
        return found


def without_blanks(value):
    """A document is written out in a seed, so its white space is another one."""
    if isinstance(value, bytes) and value.startswith(b"{"):
        with contextlib.suppress(ValueError):
            return json.dumps(json.loads(value))
    return value


@pytest.fixture
def furnished(start, tmp_path):
    server = start("--data-dir", str(tmp_path / "first"))
    furnish(server)
    return server


def test_an_empty_server_is_brought_to_the_state_of_one_that_has_everything(start, furnished, tmp_path):
    first = exported(furnished)
    (tmp_path / "seed.json").write_text(json.dumps(first))
    other = start("--data-dir", str(tmp_path / "second"), "--seed", str(tmp_path / "seed.json"))
    assert exported(other) == first
    # To bring both there again changes nothing.
    for server in (other, furnished):
        answer = put(server, first).json()
        assert (answer["created"], answer["updated"]) == (0, 0), answer
    for server in (furnished, other):
        assert server.stop() == 0
    before, after = rows(tmp_path / "first"), rows(tmp_path / "second")
    assert set(before) == KEPT | set(LEFT_OUT), "a table is neither restored by seeds nor left out for a reason"
    assert [table for table in sorted(KEPT) if not before[table]] == [], "nothing shows that these are restored"
    for table in sorted(KEPT):
        assert after[table] == before[table], table


def test_what_was_restored_works(start, furnished, tmp_path):
    seed = exported(furnished)
    other = start()
    assert put(other, seed).status == 200
    for server in (furnished, other):  # whose policies limit the account
        assert server.http("DELETE", "/_iamlocal/organization").status == 200
    root = Caller(other)
    key = seed["accounts"][ACCOUNT]["root"]["access_keys"][0]
    own = Caller(other, key["access_key_id"], key["secret_access_key"])
    assert own.arn() == f"arn:aws:iam::{ACCOUNT}:root"
    assert len(own.iam.list_mfa_devices()["MFADevices"]) == 1
    assert len(root.iam.list_signing_certificates()["Certificates"]) == 1
    issuers = [Newer(Caller(server)).get_outbound_web_identity_federation_info() for server in (furnished, other)]
    assert issuers[0] == issuers[1]
    credentials = root.iam.list_service_specific_credentials(UserName="ann")["ServiceSpecificCredentials"]
    assert sorted(one["ServiceUserName"] for one in credentials) == [
        f"ann+1-at-{ACCOUNT}", f"ann-at-{ACCOUNT}", f"ann-at-{ACCOUNT}"]
    # The certificate that a SAML provider may trust, and the key that signs for it, are those of before.
    shown = [server.http("GET", "/_iamlocal/saml/corp").json() for server in (furnished, other)]
    assert shown[0] == shown[1]
    keys = [server.http("GET", "/_iamlocal/oidc/ci/.well-known/jwks.json").json() for server in (furnished, other)]
    assert keys[0] == keys[1] and len(keys[0]["keys"]) == 2


def test_one_account_is_moved(start, furnished):
    """An account alone, into a server that has others."""
    answer = furnished.http("GET", f"{ROUTE}?account={ACCOUNT}")
    assert set(answer.json()) == {"accounts"}
    other = start()
    Caller(other, key="222222222222").iam.create_user(UserName="resident")
    assert put(other, answer.body).status == 200
    assert other.http("GET", f"{ROUTE}?account={ACCOUNT}").json() == answer.json()
    assert Caller(other, key="222222222222").iam.get_user(UserName="resident")["User"]
