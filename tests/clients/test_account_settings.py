"""Outbound federation, and the version of global session tokens."""

import re

import pytest

from newer import Newer
from support import ACCOUNT, Caller, allow, call, denied, invalid, policy, refused, send


@pytest.fixture
def account(server):
    """An account of its own, and what resets it."""
    name = "121212121212"
    yield Newer(Caller(server, key=name)), name
    assert server.http("POST", f"/_iamlocal/reset?account={name}").status == 200


def test_outbound_federation_is_switched_on_and_off(account):
    iam, name = account
    off = f"Outbound identity federation is disabled for account {name}"
    with refused("FeatureDisabled", 404, off):
        iam.get_outbound_web_identity_federation_info()
    with refused("FeatureDisabled", 404, f"Outbound identity federation is already disabled for account {name}"):
        iam.disable_outbound_web_identity_federation()
    enabled = iam.enable_outbound_web_identity_federation()
    assert set(enabled) == {"IssuerIdentifier"}
    assert re.fullmatch(r"https://[0-9a-f-]{36}\.tokens\.sts\.global\.api\.aws", enabled["IssuerIdentifier"])
    with refused("FeatureEnabled", 409, f"Outbound identity federation is already enabled for account {name}"):
        iam.enable_outbound_web_identity_federation()
    assert iam.get_outbound_web_identity_federation_info() == {**enabled, "JwtVendingEnabled": True}
    assert iam.disable_outbound_web_identity_federation() == {}
    with refused("FeatureDisabled", 404, off):
        iam.get_outbound_web_identity_federation_info()
    # The issuer is the same again.
    assert iam.enable_outbound_web_identity_federation() == enabled


def test_every_account_has_its_issuer(server, account):
    mine = account[0].enable_outbound_web_identity_federation()["IssuerIdentifier"]
    other = Newer(Caller(server, key="131313131313"))
    with refused("FeatureDisabled", 404):
        other.get_outbound_web_identity_federation_info()
    assert other.enable_outbound_web_identity_federation()["IssuerIdentifier"] != mine


def test_a_reset_of_the_account_forgets(server, account):
    iam, name = account
    before = iam.enable_outbound_web_identity_federation()["IssuerIdentifier"]
    iam.set_security_token_service_preferences(GlobalEndpointTokenVersion="v2Token")
    server.http("POST", f"/_iamlocal/reset?account={name}")
    assert iam.caller.iam.get_account_summary()["SummaryMap"]["GlobalEndpointTokenVersion"] == 1
    assert iam.enable_outbound_web_identity_federation()["IssuerIdentifier"] != before


def test_the_version_of_tokens_is_in_the_summary(account):
    iam, _ = account

    def version():
        return iam.caller.iam.get_account_summary()["SummaryMap"]["GlobalEndpointTokenVersion"]

    assert version() == 1
    iam.enable_outbound_web_identity_federation()
    assert iam.set_security_token_service_preferences(GlobalEndpointTokenVersion="v2Token") == {}
    assert version() == 2
    assert iam.get_outbound_web_identity_federation_info()["JwtVendingEnabled"]
    iam.set_security_token_service_preferences(GlobalEndpointTokenVersion="v1Token")
    assert version() == 1


@pytest.mark.parametrize("version", ["v3Token", "V1Token", "", "v2token"])
def test_another_version(iam, version):
    words = ("1 validation error detected: Value at 'globalEndpointTokenVersion' failed to satisfy constraint: Member must "
             "satisfy enum value set: [v2Token, v1Token]")
    with invalid(words):
        iam.set_security_token_service_preferences(GlobalEndpointTokenVersion=version)


def test_no_version(server):
    status, code, message = send(server, call("iam", "SetSecurityTokenServicePreferences")).error()
    assert (status, code) == (400, "ValidationError")
    assert message == ("1 validation error detected: Value at 'globalEndpointTokenVersion' failed to satisfy constraint: "
                       "Member must not be null")


@pytest.mark.parametrize("action, method, parameters", [
    ("EnableOutboundWebIdentityFederation", "enable_outbound_web_identity_federation", {}),
    ("DisableOutboundWebIdentityFederation", "disable_outbound_web_identity_federation", {}),
    ("GetOutboundWebIdentityFederationInfo", "get_outbound_web_identity_federation_info", {}),
    ("SetSecurityTokenServicePreferences", "set_security_token_service_preferences",
     {"GlobalEndpointTokenVersion": "v2Token"}),
])
def test_they_need_permission(server, action, method, parameters):
    name = action.lower()
    caller = Caller(server).user(name, allow("iam:Get*User*"))
    with denied(f"User: arn:aws:iam::{ACCOUNT}:user/{name} is not authorized to perform: iam:{action} on resource: * because "
                f"no identity-based policy allows the iam:{action} action"):
        getattr(Newer(caller), method)(**parameters)
    Caller(server).iam.put_user_policy(UserName=name, PolicyName="inline", PolicyDocument=policy(allow(f"iam:{action}")))
    if action.startswith(("Disable", "Get")):
        with refused("FeatureDisabled", 404):
            getattr(Newer(caller), method)(**parameters)
    else:
        assert "IssuerIdentifier" in getattr(Newer(caller), method)(**parameters) or parameters


GLOBAL = "sts.amazonaws.com"


def session_from(server, host, key, version=None):
    """Temporary credentials that the endpoint with this name gives."""
    if version:
        Caller(server, key=key).iam.set_security_token_service_preferences(GlobalEndpointTokenVersion=version)
    alice = Caller(server, key=key).user(f"alice-{version}")
    answer = send(server, call("sts", "GetSessionToken"), service="sts", key=alice.key, secret=alice.secret, host=host)
    assert answer.status == 200, answer.text
    return {"key": answer.find("AccessKeyId"), "secret": answer.find("SecretAccessKey"), "token": answer.find("SessionToken")}


@pytest.mark.parametrize("host, version, good", [
    (GLOBAL, None, False), (GLOBAL, "v1Token", False), (GLOBAL, "v2Token", True), ("sts.us-east-1.amazonaws.com", "v1Token", True)
])
def test_where_the_tokens_of_the_global_endpoint_are_good(start, host, version, good):
    server = start("--allow-host", GLOBAL, "--allow-host", "sts.us-east-1.amazonaws.com")
    session = session_from(server, host, "161616161616", version)
    for region in ("us-east-1", "eu-west-3", "us-gov-west-1"):
        assert send(server, call("sts", "GetCallerIdentity"), service="sts", region=region, **session).status == 200, region
    for region in ("ap-east-1", "eu-south-2"):
        answer = send(server, call("sts", "GetCallerIdentity"), service="sts", region=region, **session)
        if good:
            assert answer.status == 200
        else:
            assert answer.error() == (403, "InvalidClientTokenId", "The security token included in the request is invalid")
