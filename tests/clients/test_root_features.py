"""IAM's features for the root users of an organization's members, in an organization declared through the test bench."""

import json

import pytest

from newer import Newer
from support import Caller, allow, denied, deny, refused

MANAGEMENT, DELEGATE, MEMBER, OUTSIDER = "999999999999", "111111111111", "222222222222", "555555555555"
ORGANIZATION = "o-exampleorgid"
ROUTE = "/_iamlocal/organization"
SESSIONS, CREDENTIALS = "RootSessions", "RootCredentialsManagement"


def put(server, **more):
    body = {
        "id": ORGANIZATION, "management_account": MANAGEMENT, "accounts": {DELEGATE: "/", MEMBER: "/workloads"},
        "trusted_access": ["iam.amazonaws.com"], "delegated_administrators": {"iam.amazonaws.com": [DELEGATE]}, **more
    }
    return server.http("PUT", ROUTE, {}, json.dumps(body).encode())


@pytest.fixture
def organization(server):
    assert put(server).status == 200
    yield server
    server.http("DELETE", ROUTE)


def iam(server, account):
    return Newer(Caller(server, key=account))


def features(*enabled):
    return {"OrganizationId": ORGANIZATION, "EnabledFeatures": list(enabled)}


CALLS = {
    "iam:EnableOrganizationsRootCredentialsManagement": "enable_organizations_root_credentials_management",
    "iam:DisableOrganizationsRootCredentialsManagement": "disable_organizations_root_credentials_management",
    "iam:EnableOrganizationsRootSessions": "enable_organizations_root_sessions",
    "iam:DisableOrganizationsRootSessions": "disable_organizations_root_sessions",
    "iam:ListOrganizationsFeatures": "list_organizations_features",
}
CALLING = pytest.mark.parametrize("method", CALLS.values())


def test_features_are_enabled_and_disabled(organization):
    management = iam(organization, MANAGEMENT)
    assert management.list_organizations_features() == features()
    assert management.enable_organizations_root_credentials_management() == features(CREDENTIALS)
    assert management.enable_organizations_root_sessions() == features(SESSIONS, CREDENTIALS)
    assert management.enable_organizations_root_sessions() == features(SESSIONS, CREDENTIALS)
    assert management.list_organizations_features() == features(SESSIONS, CREDENTIALS)
    assert management.disable_organizations_root_credentials_management() == features(SESSIONS)
    assert management.disable_organizations_root_credentials_management() == features(SESSIONS)
    assert management.disable_organizations_root_sessions() == features()


def test_a_delegate_lists_and_disables(organization):
    iam(organization, MANAGEMENT).enable_organizations_root_sessions()
    delegate = iam(organization, DELEGATE)
    assert delegate.list_organizations_features() == features(SESSIONS)
    words = (f"Caller account {DELEGATE} is not management account of the organization and cannot enable IAM features.")
    for method in ("enable_organizations_root_sessions", "enable_organizations_root_credentials_management"):
        with refused("CallerIsNotManagementAccountException", 400, words):
            getattr(delegate, method)()
    assert delegate.disable_organizations_root_credentials_management() == features(SESSIONS)
    assert delegate.disable_organizations_root_sessions() == features()


@CALLING
def test_a_member_may_do_nothing(organization, method):
    words = f"Input account {MEMBER} is neither management account nor delegated admin."
    with refused("AccountNotManagementOrDelegatedAdministratorException", 400, words):
        getattr(iam(organization, MEMBER), method)()


@CALLING
def test_without_an_organization(organization, method):
    words = "The request was rejected because no organization is associated with your account."
    with refused("OrganizationNotFoundException", 400, words):
        getattr(iam(organization, OUTSIDER), method)()


@CALLING
@pytest.mark.parametrize("account", [MANAGEMENT, MEMBER])
def test_without_trusted_access(organization, method, account):
    assert put(organization, trusted_access=["access-analyzer.amazonaws.com"], delegated_administrators={}).status == 200
    words = f"Trusted Access for IAM not enabled by organization of input account {account}."
    with refused("ServiceAccessNotEnabledException", 400, words):
        getattr(iam(organization, account), method)()


@CALLING
def test_of_consolidated_billing(organization, method):
    put(organization, feature_set="CONSOLIDATED_BILLING", trusted_access=[], delegated_administrators={})
    words = "The request was rejected because your organization does not have All features enabled."
    with refused("OrganizationNotInAllFeaturesModeException", 400, words):
        getattr(iam(organization, MANAGEMENT), method)()


def test_they_stay_with_the_organization(organization):
    management = iam(organization, MANAGEMENT)
    management.enable_organizations_root_sessions()
    put(organization)
    assert management.list_organizations_features()["EnabledFeatures"] == [SESSIONS]
    put(organization, id="o-anotherorgid")
    assert management.list_organizations_features()["EnabledFeatures"] == []
    put(organization)
    assert management.list_organizations_features()["EnabledFeatures"] == []
    management.enable_organizations_root_sessions()
    organization.http("DELETE", ROUTE)
    put(organization)
    assert management.list_organizations_features()["EnabledFeatures"] == []


@pytest.mark.parametrize("action, method", CALLS.items())
def test_permission_comes_first(organization, action, method):
    root = Caller(organization, key=OUTSIDER)
    name = method.replace("_", "-")
    me = f"User: arn:aws:iam::{OUTSIDER}:user/{name}"
    nobody = root.user(name, allow("iam:GetUser"))
    with denied() as caught:
        getattr(Newer(nobody), method)()
    # No authorization id follows.
    assert caught.value.response["Error"]["Message"] == (
        f"{me} is not authorized to perform: {action} on resource: * because no identity-based policy allows the {action} "
        "action")
    root.iam.put_user_policy(UserName=name, PolicyName="inline", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [allow("iam:*"), deny("iam:*Organizations*")]}))
    with denied() as caught:
        getattr(Newer(nobody), method)()
    assert caught.value.response["Error"]["Message"] == (
        f"{me} is not authorized to perform: {action} on resource: * with an explicit deny in an identity-based policy")


def test_the_declaration_shows_what_it_was_given(organization):
    shown = organization.http("GET", ROUTE).json()
    assert shown["feature_set"] == "ALL"
    assert shown["trusted_access"] == ["iam.amazonaws.com"]
    assert shown["delegated_administrators"] == {"iam.amazonaws.com": [DELEGATE]}
    assert organization.http("PUT", ROUTE, {}, json.dumps(shown).encode()).json() == shown


@pytest.mark.parametrize("more, words", [
    ({"feature_set": "SOME"}, '"feature_set" must be "ALL" or "CONSOLIDATED_BILLING"'),
    ({"feature_set": 1}, '"feature_set" must be "ALL" or "CONSOLIDATED_BILLING"'),
    ({"feature_set": "CONSOLIDATED_BILLING"}, "trusted access only an organization of the feature set ALL has"),
    ({"feature_set": "CONSOLIDATED_BILLING", "trusted_access": [], "delegated_administrators": {}, "policies": [{}]},
     "policies only an organization of the feature set ALL has"),
    ({"trusted_access": {}}, '"trusted_access" must be an array'),
    ({"trusted_access": [1]}, "a service with trusted access must be a string"),
    ({"trusted_access": ["iam"]}, '"iam" is no service; such as iam.amazonaws.com is'),
    ({"trusted_access": ["iam.amazonaws.com"] * 2}, "iam.amazonaws.com is named twice"),
    ({"trusted_access": []}, "iam.amazonaws.com has no trusted access"),
    ({"delegated_administrators": []}, '"delegated_administrators" must be an object'),
    ({"delegated_administrators": {"iam.amazonaws.com": DELEGATE}},
     "the delegated administrators of a service must be an array"),
    ({"delegated_administrators": {"iam.amazonaws.com": [1]}}, "a delegated administrator must be a string"),
    ({"delegated_administrators": {"iam.amazonaws.com": ["1"]}}, '"1" is no account: twelve digits are'),
    ({"delegated_administrators": {"iam.amazonaws.com": [MANAGEMENT]}},
     "the management account cannot be a delegated administrator"),
    ({"delegated_administrators": {"iam.amazonaws.com": [OUTSIDER]}}, f"account {OUTSIDER} is not in this organization"),
    ({"delegated_administrators": {"iam.amazonaws.com": [DELEGATE] * 2}}, f"{DELEGATE} is named twice"),
])
def test_a_bad_declaration(organization, more, words):
    answer = put(organization, **more)
    assert (answer.status, answer.json()["error"]) == (400, words)
    assert organization.http("GET", ROUTE).json()["trusted_access"] == ["iam.amazonaws.com"]
