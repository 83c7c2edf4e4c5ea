"""What a seed takes away: with null, and with empty lists; what it leaves out stays."""

import pytest

from certificates import pem, rsa_numbers, ssh_line
from saml import Idp
from support import Caller, not_found, policy, trust
from test_saml_providers import new_key
from test_seeds import FIRST, MFA_SEED, put, seed_of
from web_identity import Key, key_set

ISSUER = "https://idp.example.com"
TRUST = policy(trust({"Service": "ec2.amazonaws.com"}))
BOUNDARY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
FULL = seed_of(
    alias="seeded", password_policy={"minimum_password_length": 9},
    root={"password": "roots-own-Word-1", "access_keys": [{"access_key_id": "AKIASEEDROOT00000001", "secret_access_key": "s"}],
          "mfa_devices": [{"name": "roots", "seed": MFA_SEED}], "signing_certificates": [{"certificate_body": pem("leaf.crt")}]},
    mfa_devices=[{"name": "spare", "seed": MFA_SEED}],
    users={"alice": {"password": "correct-horse-7", "permissions_boundary": BOUNDARY, "tags": {"a": "b"},
                     "signing_certificates": [{"certificate_body": pem("root.crt"), "status": "Inactive"}],
                     "ssh_public_keys": [{"ssh_public_key_body": ssh_line(*rsa_numbers())}],
                     "service_specific_credentials": [{"service_name": "codecommit.amazonaws.com"}]}},
    roles={"app": {"trust_policy": TRUST, "description": "runs it", "permissions_boundary": BOUNDARY}},
    service_linked_roles=[{"aws_service_name": "elasticbeanstalk.amazonaws.com", "description": "theirs"}],
    instance_profiles={"web": {"role": "app"}},
    oidc_providers={ISSUER: {"client_ids": ["app"], "jwks": key_set(Key("k1"))}},
    saml_providers={"corp": {"metadata": Idp().metadata(), "private_keys": [new_key("RSA", None)],
                             "assertion_encryption_mode": "Required"}},
    server_certificates={"web": {"certificate_body": pem("leaf.crt"), "private_key": pem("leaf.key"),
                                 "certificate_chain": pem("intermediate.crt") + pem("root.crt")}},
    undeletable_roles=[{"role_name": "AWSServiceRoleForElasticBeanstalk"}])
FULL["organization"] = {"id": "o-exampleorgid", "accounts": {FIRST: "/"}, "trusted_access": ["iam.amazonaws.com"]}
FULL["root_features"] = ["RootSessions"]
FULL["templates"] = {"role_templates": []}

# What takes it away, and where it is in an export.
REMOVALS = [
    ({"alias": None}, ["alias"]),
    ({"password_policy": None}, ["password_policy"]),
    ({"root": {"password": None}}, ["root", "password_hash"]),
    ({"root": {"access_keys": []}}, ["root", "access_keys"]),
    ({"root": {"mfa_devices": []}}, ["root", "mfa_devices"]),
    ({"root": {"signing_certificates": []}}, ["root", "signing_certificates"]),
    ({"mfa_devices": []}, ["mfa_devices"]),
    ({"users": {"alice": {"password": None}}}, ["users", "alice", "password_hash"]),
    ({"users": {"alice": {"permissions_boundary": None}}}, ["users", "alice", "permissions_boundary"]),
    ({"users": {"alice": {"tags": {}}}}, ["users", "alice", "tags"]),
    ({"users": {"alice": {"signing_certificates": []}}}, ["users", "alice", "signing_certificates"]),
    ({"users": {"alice": {"ssh_public_keys": []}}}, ["users", "alice", "ssh_public_keys"]),
    ({"users": {"alice": {"service_specific_credentials": []}}}, ["users", "alice", "service_specific_credentials"]),
    ({"roles": {"app": {"trust_policy": TRUST, "permissions_boundary": None}}}, ["roles", "app", "permissions_boundary"]),
    ({"instance_profiles": {"web": {"role": None}}}, ["instance_profiles", "web", "role"]),
    ({"oidc_providers": {ISSUER: {"jwks": None}}}, ["oidc_providers", ISSUER, "jwks"]),
    ({"saml_providers": {"corp": {"metadata": Idp().metadata(), "private_keys": [], "assertion_encryption_mode": "Allowed"}}},
     ["saml_providers", "corp", "private_keys"]),
    ({"server_certificates": {"web": {"certificate_body": pem("leaf.crt"), "certificate_chain": None}}},
     ["server_certificates", "web", "certificate_chain"]),
    ({"undeletable_roles": []}, ["undeletable_roles"]),
]


def exported(server):
    return server.http("GET", "/_iamlocal/seed").json()


def take(seed, path):
    """The value at a path, which is taken out, with what is empty then."""
    for name in path[:-1]:
        seed = seed[name]
    return seed.pop(path[-1])


@pytest.mark.parametrize("removal, path", REMOVALS)
def test_null_and_empty_lists_take_away_and_nothing_else_goes(server, removal, path):
    assert put(server, FULL).status == 200
    before = exported(server)
    answer = put(server, seed_of(**removal))
    assert (answer.status, answer.json()) == (200, {"created": 0, "updated": 1, "unchanged": 0})
    after = exported(server)
    assert take(before["accounts"][FIRST], path)
    before["accounts"][FIRST].get("saml_providers", {}).get("corp", {}).pop("assertion_encryption_mode", None)
    after["accounts"][FIRST].get("saml_providers", {}).get("corp", {}).pop("assertion_encryption_mode", None)
    assert after == before
    # There is nothing left to be taken away.
    assert put(server, seed_of(**removal)).json() == {"created": 0, "updated": 0, "unchanged": 1}


@pytest.mark.parametrize("removal, name", [
    ({"roles": {"app": {"trust_policy": TRUST, "description": None}}}, "app"),
    ({"service_linked_roles": [{"aws_service_name": "elasticbeanstalk.amazonaws.com", "description": None}]},
     "AWSServiceRoleForElasticBeanstalk")])
def test_a_role_says_nothing_of_itself_any_more(server, removal, name):
    put(server, FULL)
    assert put(server, seed_of(**removal)).json()["updated"] == 1
    assert Caller(server, FIRST).iam.get_role(RoleName=name)["Role"].get("Description", "") == ""
    assert put(server, seed_of(**removal)).json()["updated"] == 0


def test_the_organization_and_templates_are_taken_away(server):
    assert put(server, FULL).status == 200
    assert put(server, {"organization": None, "templates": None}).json() == {"created": 0, "updated": 2, "unchanged": 0}
    assert {"organization", "root_features", "templates"} & set(exported(server)) == set()
    assert put(server, {"organization": None, "templates": None}).json() == {"created": 0, "updated": 0, "unchanged": 2}
    assert put(server, {"root_features": ["RootSessions"]}).status == 400


def test_what_a_seed_leaves_out_stays(server):
    put(server, FULL)
    before = exported(server)
    assert put(server, seed_of(users={"alice": {}}, root={}, saml_providers={"corp": {"metadata": Idp().metadata()}},
                               roles={"app": {"trust_policy": TRUST}}, instance_profiles={"web": {}},
                               server_certificates={"web": {"certificate_body": pem("leaf.crt")}},
                               settings={})).json()["updated"] == 0
    assert exported(server) == before


@pytest.mark.parametrize("member", ["path", "tags", "groups", "access_keys", "inline_policies"])
def test_other_members_cannot_be_null(server, member):
    answer = put(server, seed_of(users={"alice": {member: None}}))
    assert answer.status == 400
    assert answer.json()["error"].endswith("and here is nothing"), answer.body


def test_what_is_taken_away_is_gone(server):
    put(server, FULL)
    put(server, seed_of(users={"alice": {"password": None}}))
    with not_found("Login Profile for User alice cannot be found."):
        Caller(server, FIRST).iam.get_login_profile(UserName="alice")
