"""AssumeRoleWithSAML: assertions, whom they let in, and what the sessions are."""

import base64
import concurrent.futures
import datetime
import hashlib
import hmac
import json
import os
import re
import subprocess

import pytest

import saml
from saml import SIGN_IN, Idp, change, cut, encoded, minutes
from support import (ACCOUNT, OTHER_ACCOUNT, UUID, Caller, allow, answer_of, call, clean_environment, denied, form, invalid,
                     of_credentials, policy, refused, send, trust)

# What the model has and this server has no occasion for (tests/model/test_coverage.py).
NO_OCCASION = {"IDPRejectedClaim": ("nobody is asked: who comes has the assertion already", "AssumeRoleWithSAML")}

ROLE = saml.arn("role", "sso")
PROVIDER = saml.arn("saml-provider", "corp")
ACTIONS = ["sts:AssumeRoleWithSAML", "sts:TagSession", "sts:SetSourceIdentity"]


def bad(message):
    """InvalidIdentityToken in STS's own words."""
    return refused("InvalidIdentityToken", 400, message)


def faulty(message, code="AuthSamlInvalidSamlResponseException"):
    """InvalidIdentityToken in the words of the service that reads responses for it."""
    end = (rf" \(Service: AWSOpenIdDiscoveryService; Status Code: 400; Error Code: {code}; Request ID: {UUID.pattern}; "
           r"Proxy: null\)")
    return refused("InvalidIdentityToken", 400, pattern=f"^{re.escape(message)}{end}$")


def unusable():
    return faulty("Invalid base64 SAMLResponse")


def not_authorized():
    return denied("Not authorized to perform sts:AssumeRoleWithSAML")


@pytest.fixture
def idp():
    return Idp()


@pytest.fixture
def corp(root, idp):
    """The provider and a role that trusts it."""
    register(root, idp)
    root.role("sso", [trust({"Federated": PROVIDER}, ACTIONS)], allow("iam:ListUsers"))
    return idp


def register(root, idp, name="corp", **more):
    """By hand: Debian's boto3 knows the operation without its newest members."""
    members = [("Name", name), ("SAMLMetadataDocument", idp.metadata()), *more.items()]
    answer = send(root.server, call("iam", "CreateSAMLProvider", *members), key=root.key, secret=root.secret)
    assert answer.status == 200, answer.text


def login(sts, response, role=ROLE, provider=PROVIDER, **more):
    return answer_of(sts.assume_role_with_saml(RoleArn=role, PrincipalArn=provider, SAMLAssertion=response, **more))


def seconds_left(answer):
    return (answer["Credentials"]["Expiration"] - datetime.datetime.now(datetime.timezone.utc)).total_seconds()


# The answer ------------------------------------------------------------------------------------------------------------


def test_the_answer(root, sts, corp):
    answer = login(sts, corp.response())
    role_id = root.iam.get_role(RoleName="sso")["Role"]["RoleId"]
    credentials = answer.pop("Credentials")
    assert set(credentials) == {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}
    assert re.fullmatch("ASIA[A-Z2-7]{16}", credentials["AccessKeyId"])
    assert 0 < answer.pop("PackedPolicySize", 1) <= 100
    qualifier = hashlib.sha1(f"{corp.entity}{ACCOUNT}/corp".encode()).digest()
    assert answer == {
        "AssumedRoleUser": {"AssumedRoleId": f"{role_id}:alice", "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/sso/alice"},
        "Subject": "alice@corp",
        "SubjectType": "persistent",
        "Issuer": corp.entity,
        "Audience": SIGN_IN,
        "NameQualifier": base64.b64encode(qualifier).decode(),
    }
    session = of_credentials(root.server, credentials)
    assert session.arn() == f"arn:aws:sts::{ACCOUNT}:assumed-role/sso/alice"
    session.iam.list_users()
    with denied():
        session.iam.list_roles()


def test_no_signature_of_ours_is_needed(root, corp):
    parameters = call("sts", "AssumeRoleWithSAML", RoleArn=ROLE, PrincipalArn=PROVIDER, SAMLAssertion=corp.response())
    answer = root.server.http("POST", "/", {"Content-Type": "application/x-www-form-urlencoded"}, form(parameters))
    assert answer.status == 200, answer.text
    assert answer.find("Subject") == "alice@corp"


@pytest.mark.parametrize(("form_of_name", "shown"), [
    (saml.PERSISTENT, "persistent"),
    ("urn:oasis:names:tc:SAML:2.0:nameid-format:transient", "transient"),
    ("urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress", "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"),
])
def test_subject_types(sts, corp, form_of_name, shown):
    assert login(sts, corp.response(form=form_of_name))["SubjectType"] == shown


def test_the_cli(root, corp, tmp_path):
    (tmp_path / "response").write_text(corp.response())
    done = subprocess.run(
        ["aws", "sts", "assume-role-with-saml", "--role-arn", ROLE, "--principal-arn", PROVIDER, "--saml-assertion",
         f"file://{tmp_path / 'response'}", "--endpoint-url", root.server.url, "--output", "json"],
        capture_output=True, text=True, timeout=60, env=clean_environment())
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["Subject"] == "alice@corp"


def test_base64_with_line_breaks(sts, corp):
    text = corp.response()
    lines = "\r\n".join(text[at:at + 76] for at in range(0, len(text), 76))
    assert login(sts, lines)["Subject"] == "alice@corp"


def test_the_response_may_be_signed_too(sts, corp):
    whole = corp.document(corp.sign(corp.assertion()))
    both = change(whole, "</saml:Issuer>", "</saml:Issuer>" + corp.signature(whole))
    assert login(sts, encoded(both))["Subject"] == "alice@corp"
    with bad("Response signature invalid"):
        login(sts, encoded(change(both, 'Destination="https://signin', 'Destination="https://login')))


# What AWS lets pass ----------------------------------------------------------------------------------------------------


def test_what_aws_lets_pass(root, sts, corp):
    assert login(sts, corp.response(not_before=minutes(24 * 60)))["Subject"] == "alice@corp"
    assert login(sts, corp.response(audience="urn:somebody:else"))["Subject"] == "alice@corp"
    answer = login(sts, corp.response(recipient="not-a-url"))
    assert answer["Audience"] == "not-a-url"
    other = corp.document(corp.sign(corp.assertion()), issuer="https://other.example.com")
    assert login(sts, encoded(other))["Issuer"] == corp.entity
    response = corp.response()
    keys = {login(sts, response)["Credentials"]["AccessKeyId"] for _ in range(3)}
    assert len(keys) == 3, "the same assertion again"


def test_an_expired_certificate_signs(server, sts, corp):
    server.clock(advance="40d")  # the certificate is good for thirty
    assert login(sts, corp.response())["Subject"] == "alice@corp"


def test_a_provider_made_anew_keeps_the_trust(root, sts, corp):
    root.iam.delete_saml_provider(SAMLProviderArn=PROVIDER)
    with faulty("Specified provider doesn't exist", "AuthSamlManifestNotFoundException"):
        login(sts, corp.response())
    register(root, Idp(2))
    with bad("Response signature invalid"):
        login(sts, corp.response())
    assert login(sts, Idp(2).response())["Subject"] == "alice@corp"


# Refusals --------------------------------------------------------------------------------------------------------------


def test_the_assertion_must_be_signed_itself(sts, corp):
    message = "Response (with optional signature) must contain an assertion with a mandatory signature"
    whole = corp.document(corp.assertion())
    with faulty(message):
        login(sts, encoded(whole))
    with faulty(message):
        login(sts, encoded(change(whole, "</saml:Issuer>", "</saml:Issuer>" + corp.signature(whole))))


@pytest.mark.parametrize(("before", "after"), [
    ("saml:Conditions", "saml:Requirements"),
    ("saml:AuthnStatement", "saml:Statement"),
    (f' Recipient="{SIGN_IN}"', ""),
    (f' Format="{saml.PERSISTENT}"', ""),
    ('NotBefore="20', 'NotBefore="soon 20'),
])
def test_what_an_assertion_must_have(sts, corp, before, after):
    text = corp.assertion()
    assert before in text
    with unusable():
        login(sts, encoded(corp.document(corp.sign(text.replace(before, after)))))


def test_the_subjects_confirmation(sts, corp):
    text = corp.assertion()
    confirmation = cut(text, "<saml:SubjectConfirmation ", "</saml:SubjectConfirmation>")
    with unusable():
        login(sts, encoded(corp.document(corp.sign(change(text, confirmation, confirmation * 2)))))
    until = re.search(r'SubjectConfirmationData( NotOnOrAfter="[^"]*")', text)[1]
    with unusable():
        login(sts, encoded(corp.document(corp.sign(change(text, until, "")))))


def test_a_subject_without_a_name(sts, corp):
    with not_authorized():
        login(sts, corp.response(subject=None))


@pytest.mark.parametrize("times", [{"until": -1}, {"not_after": -1}, {"session_end": -1}])
def test_what_is_over(sts, corp, times):
    with refused("ExpiredTokenException", 400, "Response has expired"):
        login(sts, corp.response(**{name: minutes(at) for name, at in times.items()}))


def test_an_assertion_is_good_for_five_minutes(server, sts, corp):
    server.clock(freeze=True)
    response = corp.response(until=minutes(60), not_after=minutes(60))
    server.clock(advance="299s")
    assert login(sts, response)["Subject"] == "alice@corp"
    server.clock(advance="60s")
    with refused("ExpiredTokenException", 400, "Token must be redeemed within 5 minutes of issuance"):
        login(sts, response)


def test_another_issuer(sts, corp):
    with faulty("Issuer not present in specified provider"):
        login(sts, corp.response(issuer="https://other.example.com/saml"))


@pytest.mark.parametrize("text", [
    "%%%%", "AAAA", base64.b64encode(b"<x/>").decode(), "====", base64.b64encode(b"\xff" * 99).decode(),
])
def test_what_is_no_response(sts, corp, text):
    with unusable():
        login(sts, text)


def test_a_response_that_reports_a_failure(sts, corp):
    with unusable():
        login(sts, encoded(corp.document(corp.sign(corp.assertion()), status="Responder")))


def test_constraints(root, sts, corp):
    with invalid(pattern="at 'sAMLAssertion' failed to satisfy constraint: Member must have length greater than or "
                         "equal to 4"):
        login(sts, "abc")
    with invalid(pattern="^1 validation error detected: Value 'A+$"):  # which is cut, being so long
        login(sts, "A" * 100_001)
    answer = root.server.http("POST", "/", {"Content-Type": "application/x-www-form-urlencoded"},
                              form(call("sts", "AssumeRoleWithSAML")))
    status, code, message = answer.error()
    assert (status, code) == (400, "ValidationError")
    assert message.startswith("3 validation errors detected")
    for seconds in (899, 43201):
        with invalid(pattern="durationSeconds"):
            login(sts, corp.response(), DurationSeconds=seconds)


@pytest.mark.parametrize(("role", "provider", "message"), [
    ("x" * 20, PROVIDER, "xxxxxxxxxxxxxxxxxxxx is invalid"),
    (ROLE, "x" * 20, "xxxxxxxxxxxxxxxxxxxx is invalid"),
    (PROVIDER, ROLE, "Request ARN is invalid"),
    (ROLE, ROLE, "Request ARN is invalid"),
    (PROVIDER, PROVIDER, "Request ARN is invalid"),
])
def test_bad_arns(sts, corp, role, provider, message):
    with invalid(message):
        login(sts, corp.response(), role, provider)


@pytest.mark.parametrize("provider", [
    saml.arn("saml-provider", "Corp"), saml.arn("saml-provider", "none"), saml.arn("saml-provider", "corp", OTHER_ACCOUNT),
    "arn:aws:iam::aws:saml-provider/corp",
])
def test_a_provider_is_named_exactly(sts, corp, provider):
    with faulty("Specified provider doesn't exist", "AuthSamlManifestNotFoundException"):
        login(sts, corp.response(ROLE, provider), ROLE, provider)


# Roles -----------------------------------------------------------------------------------------------------------------


def test_the_pair_of_role_and_provider(sts, corp):
    message = "SAML Assertion doesn't contain the requested Role and Metadata in the attributes"
    pairs = [f"{PROVIDER},{ROLE}", f" {ROLE} ,\n{PROVIDER} ", [f"{ROLE}x,{PROVIDER}", f"{ROLE},{PROVIDER}"]]
    for pair in pairs:
        assert login(sts, corp.response(None, attributes=[("Role", pair)]))["Subject"] == "alice@corp"
    for pair in (ROLE, f"{ROLE},{PROVIDER}x", f"{ROLE},{ROLE}", f"{ROLE};{PROVIDER}", "", [], f"{ROLE},{PROVIDER},{ROLE}"):
        with bad(message):
            login(sts, corp.response(None, attributes=[("Role", pair)]))
    with bad(message):
        login(sts, corp.response(None))
    with bad(message):
        login(sts, corp.response(None, attributes=[("role", pairs[0])]))


def test_the_sessions_name(sts, corp):
    with bad("RoleSessionName is required in AuthnResponse"):
        login(sts, corp.response(name=None))
    for name in ("", "a", "a b", "x" * 65, "a/b", ["alice", "bob"]):
        with bad("RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}"):
            login(sts, corp.response(name=name))
    assert login(sts, corp.response(name="a_B1+=,.@-"))["AssumedRoleUser"]["Arn"].endswith("/a_B1+=,.@-")


def test_an_absent_role_is_like_one_that_does_not_trust(root, sts, corp):
    root.role("other", [trust({"Federated": saml.arn("saml-provider", "other")}, ACTIONS)])
    for name in ("none", "other"):
        role = saml.arn("role", name)
        with not_authorized():
            login(sts, corp.response(role), role)


@pytest.mark.parametrize("statement", [
    trust({"AWS": "*"}, "sts:AssumeRoleWithSAML"),
    trust({"AWS": ACCOUNT}, "sts:AssumeRoleWithSAML"),
    trust({"Federated": PROVIDER}, "sts:AssumeRole"),
    trust({"Federated": PROVIDER}, "sts:AssumeRoleWithWebIdentity"),
    trust({"Federated": PROVIDER}, "sts:AssumeRoleWithSAML", Condition={"StringEquals": {"saml:aud": "https://x"}}),
])
def test_who_is_not_trusted(root, sts, corp, statement):
    root.iam.update_assume_role_policy(RoleName="sso", PolicyDocument=policy(statement))
    with not_authorized():
        login(sts, corp.response())


def test_a_deny_is_one_for_all(root, sts, corp):
    root.iam.update_assume_role_policy(RoleName="sso", PolicyDocument=policy(
        trust({"Federated": PROVIDER}, ACTIONS), trust({"AWS": "*"}, "sts:AssumeRoleWithSAML", "Deny")))
    with not_authorized():
        login(sts, corp.response())


def test_a_role_of_another_account(root, sts, corp):
    other = Caller(root.server, OTHER_ACCOUNT)
    role = other.role("sso", [trust({"Federated": PROVIDER}, ACTIONS)])
    with not_authorized():
        login(sts, corp.response(role), role)
    register(other, corp)
    provider = saml.arn("saml-provider", "corp", OTHER_ACCOUNT)
    other.iam.update_assume_role_policy(RoleName="sso", PolicyDocument=policy(trust({"Federated": provider}, ACTIONS)))
    assert login(sts, corp.response(role, provider), role, provider)["Subject"] == "alice@corp"


# Conditions ------------------------------------------------------------------------------------------------------------

EDU = "urn:oid:1.3.6.1.4.1.5923.1.1.1."
ORG = "urn:oid:1.3.6.1.4.1.5923.1.2.1."
CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
QUALIFIER = base64.b64encode(hashlib.sha1(f"https://idp.example.com/saml{ACCOUNT}/corp".encode()).digest()).decode()


def may(root, sts, corp, condition, **more):
    """Whether the trust policy lets in under this condition."""
    root.iam.update_assume_role_policy(
        RoleName="sso", PolicyDocument=policy(trust({"Federated": PROVIDER}, ACTIONS, Condition=condition)))
    try:
        login(sts, corp.response(**more))
    except sts.exceptions.ClientError as error:
        assert error.response["Error"]["Message"] == "Not authorized to perform sts:AssumeRoleWithSAML"
        return False
    return True


@pytest.mark.parametrize(("key", "value"), [
    ("saml:aud", SIGN_IN), ("SAML:aud", SIGN_IN), ("saml:iss", "https://idp.example.com/saml"), ("saml:sub", "alice@corp"),
    ("saml:sub_type", "persistent"), ("saml:namequalifier", QUALIFIER), ("saml:doc", f"{ACCOUNT}/corp"),
    ("sts:RoleSessionName", "alice"), ("aws:PrincipalAccount", ACCOUNT), ("aws:PrincipalType", "User"), ("aws:userid", PROVIDER),
])
def test_keys_that_are_always_there(root, sts, corp, key, value):
    assert may(root, sts, corp, {"StringEquals": {key: value}})
    assert not may(root, sts, corp, {"StringEquals": {key: value + "x"}})
    assert not may(root, sts, corp, {"Null": {key: "true"}})


@pytest.mark.parametrize("key", ["aws:PrincipalArn", "aws:FederatedProvider", "saml:mail", "sts:SourceIdentity", "aws:username"])
def test_keys_that_are_not_there(root, sts, corp, key):
    assert may(root, sts, corp, {"Null": {key: "true"}})


@pytest.mark.parametrize(("attribute", "key", "is_list"), [
    *((f"{EDU}{number}", key, is_list) for number, key, is_list in [
        (1, "eduPersonAffiliation", True), (2, "eduPersonNickname", True), (3, "eduPersonOrgDN", False),
        (4, "eduPersonOrgUnitDN", True), (5, "eduPersonPrimaryAffiliation", False), (6, "eduPersonPrincipalName", False),
        (7, "eduPersonEntitlement", True), (8, "eduPersonPrimaryOrgUnitDN", False), (9, "eduPersonScopedAffiliation", True),
        (10, "eduPersonTargetedID", True), (11, "eduPersonAssurance", True)]),
    *((f"{ORG}{number}", key, True) for number, key in [
        (2, "eduOrgHomePageURI"), (3, "eduOrgIdentityAuthNPolicyURI"), (4, "eduOrgLegalName"), (5, "eduOrgSuperiorURI"),
        (6, "eduOrgWhitePagesURI")]),
    ("urn:oid:2.5.4.3", "cn", True),
    *((CLAIMS + name, key, False) for name, key in [
        ("name", "name"), ("givenname", "givenName"), ("surname", "surname"), ("emailaddress", "mail")]),
    ("http://schemas.xmlsoap.org/claims/CommonName", "commonName", False),
    ("http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid", "uid", False),
    ("http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid", "primaryGroupSID", False),
    ("2.5.4.4", "surname", False), ("2.4.5.42", "givenName", False), ("2.5.4.45", "x500UniqueIdentifier", False),
    ("0.9.2342.19200300100.1.1", "uid", False), ("0.9.2342.19200300100.1.3", "mail", False),
    ("0.9.2342.19200300.100.1.45", "organizationStatus", False),
])
def test_attributes_that_become_keys(root, sts, corp, attribute, key, is_list):
    # A name without a colon would be taken for one of AWS's own.
    def given(values):
        text = corp.assertion()
        more = "".join(f"<saml:AttributeValue>{value}</saml:AttributeValue>" for value in values)
        return encoded(corp.document(corp.sign(change(
            text, "<saml:AttributeStatement>",
            f'<saml:AttributeStatement><saml:Attribute Name="{attribute}">{more}</saml:Attribute>'))))

    def lets_in(condition, *values):
        root.iam.update_assume_role_policy(
            RoleName="sso", PolicyDocument=policy(trust({"Federated": PROVIDER}, ACTIONS, Condition=condition)))
        try:
            login(sts, given(values))
        except sts.exceptions.ClientError:
            return False
        return True

    operator = "ForAnyValue:StringEquals" if is_list else "StringEquals"
    assert lets_in({operator: {f"saml:{key}": "staff"}}, "staff")
    assert not lets_in({operator: {f"saml:{key}": "staff"}}, "student")
    # Of a key that is no list the first value counts.
    assert lets_in({operator: {f"saml:{key}": "staff"}}, "student", "staff") == is_list


def test_of_two_attributes_for_a_key_one_counts(root, sts, corp):
    condition = {"StringEquals": {"saml:mail": "a@corp"}}
    pair = [(CLAIMS + "emailaddress", "a@corp"), (CLAIMS + "emailaddress", "b@corp")]
    assert may(root, sts, corp, condition, attributes=pair)
    assert not may(root, sts, corp, condition, attributes=pair[::-1])


def test_keys_that_the_session_keeps(root, sts, corp):
    kept = {"StringEquals": {"saml:sub": "alice@corp", "saml:sub_type": "persistent", "saml:namequalifier": QUALIFIER,
                             "aws:FederatedProvider": PROVIDER},
            "Null": {"saml:aud": "true", "saml:iss": "true", "saml:doc": "true", "saml:mail": "true"}}
    root.iam.put_role_policy(RoleName="sso", PolicyName="inline",
                             PolicyDocument=policy(allow("iam:ListRoles", Condition=kept)))
    response = corp.response(attributes=[(CLAIMS + "emailaddress", "a@corp")])
    session = of_credentials(root.server, login(sts, response)["Credentials"])
    session.iam.list_roles()
    root.iam.put_role_policy(RoleName="sso", PolicyName="inline", PolicyDocument=policy(
        allow("iam:ListRoles", Condition={"StringEquals": {"saml:sub": "bob@corp"}})))
    with denied():
        session.iam.list_roles()


def test_the_subject_goes_into_a_variable(root, sts, corp):
    root.iam.put_role_policy(RoleName="sso", PolicyName="inline", PolicyDocument=policy(
        allow("iam:GetUser", "arn:aws:iam::*:user/${saml:sub}")))
    root.iam.create_user(UserName="alice@corp")
    root.iam.create_user(UserName="bob@corp")
    session = of_credentials(root.server, login(sts, corp.response())["Credentials"])
    session.iam.get_user(UserName="alice@corp")
    with denied():
        session.iam.get_user(UserName="bob@corp")


def test_the_session_is_trusted_by_its_provider_when_it_chains(root, sts, corp):
    root.iam.put_role_policy(RoleName="sso", PolicyName="inline", PolicyDocument=policy(allow("sts:AssumeRole")))
    next_role = root.role("next", [trust(ROLE, Condition={"StringEquals": {"saml:sub": "alice@corp"}})])
    session = of_credentials(root.server, login(sts, corp.response())["Credentials"])
    assert session.assume(next_role, "on").arn().endswith("assumed-role/next/on")
    with denied():
        of_credentials(root.server, login(sts, corp.response(subject="bob@corp"))["Credentials"]).assume(next_role)


# Tags and source identity ----------------------------------------------------------------------------------------------


def test_session_tags(root, sts, corp):
    answer = login(sts, corp.response(attributes=[("PrincipalTag:Team", "blue"), ("PrincipalTag:a b", ""),
                                                  ("TransitiveTagKeys", ["Team"]), ("SourceIdentity", "alice.x")]))
    assert answer["PackedPolicySize"] > 0
    assert answer["SourceIdentity"] == "alice.x"
    root.iam.put_role_policy(RoleName="sso", PolicyName="inline", PolicyDocument=policy(
        allow("iam:ListRoles", Condition={"StringEquals": {"aws:PrincipalTag/team": "blue", "aws:SourceIdentity": "alice.x"}}),
        allow(["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"])))
    session = of_credentials(root.server, answer["Credentials"])
    session.iam.list_roles()
    role = root.role("next", [trust(ROLE, ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"])], allow(
        "iam:ListUsers", Condition={"StringEquals": {"aws:PrincipalTag/Team": "blue"}, "Null": {"aws:PrincipalTag/a b": "true"}}))
    session.assume(role).iam.list_users()


def test_tags_and_source_identity_need_permissions(root, sts, corp):
    root.iam.update_assume_role_policy(
        RoleName="sso", PolicyDocument=policy(trust({"Federated": PROVIDER}, "sts:AssumeRoleWithSAML")))
    login(sts, corp.response())
    for attributes in ([("PrincipalTag:Team", "blue")], [("SourceIdentity", "alice")]):
        with not_authorized():
            login(sts, corp.response(attributes=attributes))


def test_conditions_on_tags(root, sts, corp):
    tags = [("PrincipalTag:Team", "blue"), ("PrincipalTag:Cost", "12"), ("TransitiveTagKeys", ["Team", "Cost"])]
    assert may(root, sts, corp, {"StringEquals": {"aws:RequestTag/Team": "blue", "saml:aud": SIGN_IN}}, attributes=tags)
    assert not may(root, sts, corp, {"StringEquals": {"aws:RequestTag/Team": "red"}}, attributes=tags)
    assert may(root, sts, corp, {"ForAllValues:StringEquals": {"aws:TagKeys": ["Team", "Cost"]}}, attributes=tags)
    assert may(root, sts, corp, {"ForAllValues:StringEquals": {"sts:TransitiveTagKeys": ["Team", "Cost"]}}, attributes=tags)
    assert not may(root, sts, corp, {"ForAllValues:StringEquals": {"sts:TransitiveTagKeys": ["Team"]}}, attributes=tags)
    root.iam.update_assume_role_policy(RoleName="sso", PolicyDocument=policy(
        trust({"Federated": PROVIDER}, ACTIONS, Condition={"StringLike": {"sts:SourceIdentity": "alice*"}})))
    # Nobody sets it for TagSession or without it.
    login(sts, corp.response(attributes=[("SourceIdentity", "alice2")]))
    for attributes in ([("SourceIdentity", "bob")], []):
        with not_authorized():
            login(sts, corp.response(attributes=attributes))


@pytest.mark.parametrize("attributes", [
    [("PrincipalTag:" + "k" * 129, "v")], [("PrincipalTag:k", "v" * 257)], [("PrincipalTag:", "v")], [("PrincipalTag:k<", "v")],
    [("PrincipalTag:k", ["a", "b"])], [("PrincipalTag:k", [])], [(f"PrincipalTag:{n}", "v") for n in range(51)],
])
def test_what_cannot_be_tags(sts, corp, attributes):
    with invalid("Unable to validate tags"):
        login(sts, corp.response(attributes=attributes))


@pytest.mark.parametrize(("attributes", "message"), [
    ([("PrincipalTag:k", "v"), ("PrincipalTag:K", "v")],
     "Duplicate tag keys found. Please note that Tag keys are case insensitive."),
    ([("PrincipalTag:aws:x", "v")], "Tag keys beginning with aws: are reserved for system use."),
    ([("PrincipalTag:k", "v"), ("TransitiveTagKeys", ["x"])],
     "The specified transitive tag key must be included in the requested tags."),
])
def test_tags_that_sessions_cannot_have(sts, corp, attributes, message):
    with refused("InvalidParameterValue", 400, message):
        login(sts, corp.response(attributes=attributes))


def test_bad_source_identities(sts, corp):
    for identity in ("a", "a b", "x" * 65, "aws:x", "", ["alice", "bob"], []):
        with bad('Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"'):
            login(sts, corp.response(attributes=[("SourceIdentity", identity)]))


def test_too_much_for_a_session(sts, corp):
    tags = [(f"PrincipalTag:{number}", "v" * 256) for number in range(50)]
    with refused("PackedPolicyTooLarge", 400):
        login(sts, corp.response(attributes=tags))


# Duration and policies -------------------------------------------------------------------------------------------------


def lasts(answer, seconds):
    assert seconds - 10 <= seconds_left(answer) <= seconds + 1


def test_durations(root, sts, corp):
    lasts(login(sts, corp.response()), 3600)
    lasts(login(sts, corp.response(), DurationSeconds=900), 900)
    with invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role."):
        login(sts, corp.response(), DurationSeconds=3601)
    root.iam.update_role(RoleName="sso", MaxSessionDuration=7200)
    lasts(login(sts, corp.response(), DurationSeconds=7200), 7200)


def test_the_assertion_shortens(root, sts, corp):
    root.iam.update_role(RoleName="sso", MaxSessionDuration=7200)
    lasts(login(sts, corp.response(attributes=[("SessionDuration", "1800")])), 1800)
    lasts(login(sts, corp.response(attributes=[("SessionDuration", "7200")])), 3600)
    lasts(login(sts, corp.response(attributes=[("SessionDuration", "1800")]), DurationSeconds=1000), 1000)
    lasts(login(sts, corp.response(session_end=minutes(30)), DurationSeconds=7200), 1800)
    lasts(login(sts, corp.response(session_end=minutes(2))), 120)
    for value in ("899", "43201", "soon", "1800x", "", ["1800", "1800"], "99999999999999999999"):
        with bad("SessionDuration in AuthnResponse must be a number from 900 to 43200"):
            login(sts, corp.response(attributes=[("SessionDuration", value)]))


def test_session_policies(root, sts, corp):
    answer = login(sts, corp.response(), Policy=policy(allow("iam:ListRoles")))
    assert answer["PackedPolicySize"] > 0
    with denied():
        of_credentials(root.server, answer["Credentials"]).iam.list_users()
    arn = "arn:aws:iam::aws:policy/IAMReadOnlyAccess"
    answer = login(sts, corp.response(), PolicyArns=[{"arn": arn}])
    of_credentials(root.server, answer["Credentials"]).iam.list_users()
    with refused("MalformedPolicyDocument", 400):
        login(sts, corp.response(), Policy="{}")
    with invalid(pattern="at 'policy' failed to satisfy constraint: Member must have length less than or equal to 2048"):
        login(sts, corp.response(), Policy=" " * 2049)
    with refused("MalformedPolicyDocument", 400):
        login(sts, corp.response(), PolicyArns=[{"arn": saml.arn("policy", "none")}])


def test_minimum_session_token_size(root, corp):
    parameters = call("sts", "AssumeRoleWithSAML", RoleArn=ROLE, PrincipalArn=PROVIDER, SAMLAssertion=corp.response(),
                      MinimumSessionTokenSize="4096")
    answer = send(root.server, parameters, service="sts")
    assert answer.status == 200
    assert len(answer.find("SessionToken")) >= 4096


# Forgeries (docs/federation.md) ----------------------------------------------------------------------------------------


class Attacker:
    """Has a good response of his own, and would like to be admin."""

    def __init__(self, corp):
        self.corp = corp
        self.original = corp.sign(corp.assertion(subject="mallory@corp", id="_a1"))
        self.signature = cut(self.original, "<ds:Signature ", "</ds:Signature>")
        self.plain = change(self.original, self.signature, "")
        self.evil = change(change(self.plain, "mallory@corp", "admin"), '"_a1"', '"_evil"')
        self.twin = change(self.plain, "mallory@corp", "admin")
        self.document = corp.document

    def with_signature(self, assertion, signature):
        return change(assertion, "</saml:Issuer>", "</saml:Issuer>" + signature)

    def wrapped_responses(self):
        whole = self.document(self.original)
        signature = self.corp.signature(whole)
        outer = change(re.sub(' ID="_r[0-9]+"', ' ID="_evil-response"', whole, count=1), self.original, self.evil)
        inside = change(signature, "</ds:Signature>", whole + "</ds:Signature>")
        return [self.with_signature(outer, inside), self.with_signature(outer, whole + signature)]

    def forgeries(self):
        evil, twin, original, plain, signature = self.evil, self.twin, self.original, self.plain, self.signature
        within = change(signature, "</ds:Signature>", plain + "</ds:Signature>")
        in_object = change(signature, "</ds:Signature>", f"<ds:Object>{plain}</ds:Object></ds:Signature>")
        yield from zip(("xsw1", "xsw2"), self.wrapped_responses())
        yield "xsw3", self.document(evil + original)
        yield "xsw4", self.document(change(evil, "</saml:Assertion>", original + "</saml:Assertion>"))
        yield "xsw5", self.document(self.with_signature(evil, signature) + plain)
        yield "xsw6", self.document(self.with_signature(evil, within))
        yield "xsw7", self.document(f"<samlp:Extensions>{evil}</samlp:Extensions>{original}")
        yield "xsw8", self.document(self.with_signature(evil, in_object))
        yield "response in a response", self.document(self.document(original))
        yield "assertion in the status", change(self.document(""), "</samlp:Status>",
                                                f"<samlp:StatusDetail>{original}</samlp:StatusDetail></samlp:Status>")
        yield "another root", f"<x>{self.document(original)}</x>"
        yield "the assertion alone", original
        yield "signature in the subject", self.document(change(plain, "</saml:Subject>", signature + "</saml:Subject>"))
        yield "two signatures", self.document(change(original, signature, signature + signature))
        yield "an instruction cuts the name", self.document(change(original, "mallory@corp", "mallory<?x?>@corp"))
        yield "a further attribute", self.document(change(original, 'ID="_a1"', 'ID="_a1" Name="x"'))
        yield "another base", self.document(change(original, 'ID="_a1"', 'ID="_a1" xml:base="https://evil.example.com/"'))
        yield "changed", self.document(change(original, "mallory@corp", "admin"))
        yield "one id for two", self.document(twin + original)
        yield "signature of another", self.document(self.with_signature(evil, signature))
        yield "signature beside", self.document(evil + signature)
        yield "no reference", self.document(change(original, cut(original, "<ds:Reference ", "</ds:Reference>"), ""))
        yield "reference to all", self.document(change(original, 'URI="#_a1"', 'URI=""'))
        for method in ("http://www.w3.org/2001/04/xmldsig-more#hmac-sha256", "http://www.w3.org/2000/09/xmldsig#rsa-sha1", ""):
            yield f"algorithm {method}", self.document(change(original, saml.RSA_SHA256, method))
        yield "key of the message", self.document(Idp(7, self.corp.entity).sign(twin))
        yield "document type", "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>" + self.document(original)
        yield "truncated", self.document(original)[:-20]
        transform = '<ds:Transform Algorithm="{}">'
        yield "xslt", self.document(change(original, transform.format(saml.EXCLUSIVE),
                                           transform.format("http://www.w3.org/TR/1999/REC-xslt-19991116")))


def test_forgeries_are_refused(sts, corp):
    attacker = Attacker(corp)
    assert login(sts, encoded(attacker.document(attacker.original)))["Subject"] == "mallory@corp"
    for name, document in attacker.forgeries():
        with pytest.raises(sts.exceptions.ClientError) as caught:
            login(sts, encoded(document))
        assert caught.value.response["Error"]["Code"] == "InvalidIdentityToken", name


def test_a_comment_cuts_no_name(sts, corp):
    signed = corp.sign(corp.assertion(subject="admin.evil.example"))
    document = corp.document(change(signed, "admin.evil", "admin<!-- -->.evil"))
    assert login(sts, encoded(document))["Subject"] == "admin.evil.example"


def test_an_hmac_with_the_public_key(sts, corp):
    """Whoever takes the algorithm from the message takes the certificate for a secret."""
    method = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"
    twin = Attacker(corp).twin
    forged = corp.signature(twin, method)
    info = change(cut(forged, "<ds:SignedInfo>", "</ds:SignedInfo>"), "<ds:SignedInfo>",
                  f'<ds:SignedInfo xmlns:ds="{saml.DSIG}">')
    value = base64.b64encode(hmac.digest(base64.b64decode(corp.key.certificate), info.encode(), "sha256")).decode()
    old = cut(forged, "<ds:SignatureValue>", "</ds:SignatureValue>")
    forged = change(forged, old, f"<ds:SignatureValue>{value}</ds:SignatureValue>")
    with bad("Response signature invalid"):
        login(sts, encoded(corp.document(change(twin, "</saml:Issuer>", "</saml:Issuer>" + forged))))


# Encryption ------------------------------------------------------------------------------------------------------------


def test_a_provider_that_requires_encryption(root, sts, corp):
    members = [("SAMLProviderArn", PROVIDER), ("AssertionEncryptionMode", "Required"), ("AddPrivateKey", saml.key(9).pem)]
    assert send(root.server, call("iam", "UpdateSAMLProvider", *members)).status == 200
    with unusable():
        login(sts, corp.response())
    assert login(sts, encoded(corp.document(encrypt(corp.sign(corp.assertion())))))["Subject"] == "alice@corp"
    with unusable():
        login(sts, encoded(corp.document(encrypt(corp.sign(corp.assertion()), saml.key(8)))))
    with bad("Response signature invalid"):
        login(sts, encoded(corp.document(encrypt(Idp(7, corp.entity).sign(corp.assertion())))))


def encrypt(text, for_key=None, bits=256):
    """AES-CBC under RSA-OAEP, by OpenSSL's program."""
    for_key = for_key or saml.key(9)
    secret, vector = os.urandom(bits // 8), os.urandom(16)
    sealed_key = saml.openssl("pkeyutl", "-encrypt", "-inkey", for_key.file, "-pkeyopt", "rsa_padding_mode:oaep", given=secret)
    body = saml.openssl("enc", f"-aes-{bits}-cbc", "-K", secret.hex(), "-iv", vector.hex(), given=text.encode())

    def cipher(data):
        return f"<e:CipherData><e:CipherValue>{base64.b64encode(data).decode()}</e:CipherValue></e:CipherData>"

    return (
        '<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"><e:EncryptedData '
        'xmlns:e="http://www.w3.org/2001/04/xmlenc#" Type="http://www.w3.org/2001/04/xmlenc#Element"><e:EncryptionMethod '
        f'Algorithm="http://www.w3.org/2001/04/xmlenc#aes{bits}-cbc"/><ds:KeyInfo xmlns:ds="{saml.DSIG}"><e:EncryptedKey>'
        '<e:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"/>'
        f"{cipher(sealed_key)}</e:EncryptedKey></ds:KeyInfo>{cipher(vector + body)}</e:EncryptedData></saml:EncryptedAssertion>")


def test_encrypted_assertions_are_allowed_to_who_has_a_key(root, sts, corp):
    with unusable():
        login(sts, encoded(corp.document(encrypt(corp.sign(corp.assertion())))))
    members = [("SAMLProviderArn", PROVIDER), ("AddPrivateKey", saml.key(9).pem)]
    assert send(root.server, call("iam", "UpdateSAMLProvider", *members)).status == 200
    for bits in (128, 256):
        assert login(sts, encoded(corp.document(encrypt(corp.sign(corp.assertion()), bits=bits))))["Subject"] == "alice@corp"
    assert login(sts, corp.response())["Subject"] == "alice@corp"


# Strictness ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def strict(start, idp):
    server = start("--federation", "strict")
    root = Caller(server)
    register(root, idp)
    root.role("sso", [trust({"Federated": PROVIDER}, ACTIONS)])
    return root


def test_strictness(strict, idp):
    response = idp.response()
    assert login(strict.sts, response)["Subject"] == "alice@corp"
    with bad("The assertion has been used already"):
        login(strict.sts, response)
    assert login(strict.sts, idp.response(recipient="https://eu-west-1.signin.aws.amazon.com/saml"))["Subject"] == "alice@corp"
    with faulty("Response does not contain the required recipient"):
        login(strict.sts, idp.response(recipient="not-a-url"))
    with faulty("Response does not contain the required audience"):
        login(strict.sts, idp.response(audience="urn:somebody:else"))
    with faulty("Response is not valid yet"):
        login(strict.sts, idp.response(not_before=minutes(10)))


def test_a_refused_assertion_is_not_used(strict, idp):
    response = idp.response()
    strict.iam.update_assume_role_policy(RoleName="sso", PolicyDocument=policy(trust(ACCOUNT)))
    with not_authorized():
        login(strict.sts, response)
    strict.iam.update_assume_role_policy(RoleName="sso", PolicyDocument=policy(trust({"Federated": PROVIDER}, ACTIONS)))
    assert login(strict.sts, response)["Subject"] == "alice@corp"


def test_strictness_about_certificates(strict, idp):
    strict.server.clock(advance="40d")
    with bad("Response signature invalid"):
        login(strict.sts, idp.response())
    strict.server.clock(reset=True)
    assert login(strict.sts, idp.response())["Subject"] == "alice@corp"


# Around it -------------------------------------------------------------------------------------------------------------


def test_the_log_names_the_provider(root, sts, corp):
    login(sts, corp.response())
    entry = root.server.logged("request", action="sts:AssumeRoleWithSAML", decision="allow")
    assert entry["principal"] == PROVIDER


def test_a_refusal_can_be_explained(root, sts, corp):
    with not_authorized() as caught:
        may_not = trust({"Federated": PROVIDER}, ACTIONS, Condition={"StringEquals": {"saml:sub": "bob@corp"}})
        root.iam.update_assume_role_policy(RoleName="sso", PolicyDocument=policy(may_not))
        login(sts, corp.response())
    request_id = caught.value.response["ResponseMetadata"]["RequestId"]
    found = root.server.http("GET", f"/_iamlocal/decisions/{request_id}")
    assert found.status == 200
    assert "alice@corp" in found.text and "saml:sub" in found.text


def test_many_at_once(root, sts, corp):
    """Good ones and forgeries, some of them encrypted: none has a say in what becomes of another."""
    members = [("SAMLProviderArn", PROVIDER), ("AddPrivateKey", saml.key(9).pem)]
    assert send(root.server, call("iam", "UpdateSAMLProvider", *members)).status == 200
    documents = []
    for number in range(8):
        signed = corp.sign(corp.assertion(subject=f"user{number}"))
        documents += [(f"user{number}", corp.document(signed)), (f"user{number}", corp.document(encrypt(signed))),
                      (None, corp.document(change(signed, f"user{number}", "admin")))]

    def outcome(document):
        try:
            return login(sts, encoded(document))["Subject"]
        except sts.exceptions.ClientError as error:
            assert error.response["Error"]["Message"] == "Response signature invalid"

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert list(pool.map(outcome, [text for _, text in documents] * 3)) == [subject for subject, _ in documents] * 3


def test_without_enforcement(start, idp):
    """Nothing is decided, and nobody gets in without an assertion that is good."""
    root = Caller(start("--enforcement", "off"))
    register(root, idp)
    root.role("sso", [trust(ACCOUNT)])
    assert login(root.sts, idp.response())["Subject"] == "alice@corp"
    with not_authorized():
        login(root.sts, idp.response(saml.arn("role", "none")), saml.arn("role", "none"))
    with bad("Response signature invalid"):
        login(root.sts, Idp(2).response())
