"""GetWebIdentityToken, and the keys that its tokens are verified with: by PyJWT, after discovery."""

import concurrent.futures
import datetime
import json
import time

import jwt
import pytest

from issuers import declare, done, identity_token, mint, of_outbound, parts, verified
from newer import Newer
from support import (ACCOUNT, REGION, UUID, Caller, allow, call, deny, kept_in, of_credentials, policy, root_arn, send, trust)
from web_identity import session_of, web_trust

SELF = f"arn:aws:sts::{ACCOUNT}:self"
AUDIENCE = "https://a.example"
OFF = (403, "OutboundWebIdentityFederationDisabledException", "OutboundWebIdentityFederation is disabled.")
AWS = "https://sts.amazonaws.com/"
# What every call has.
LEAST = {"Audience": [AUDIENCE], "SigningAlgorithm": "RS256"}


@pytest.fixture
def issuer(root):
    """Outbound federation is on; the issuer."""
    return enable(root)


def enable(caller):
    return Newer(caller).enable_outbound_web_identity_federation()["IssuerIdentifier"]


def disable(caller):
    Newer(caller).disable_outbound_web_identity_federation()


def token_of(caller, **parameters):
    answer = identity_token(caller, **{**LEAST, **parameters})
    assert answer.status == 200, answer.text
    return answer.find("WebIdentityToken")


def claims_of(caller, **parameters):
    return parts(token_of(caller, **parameters))[1]


def error_of(caller, **parameters):
    return identity_token(caller, **{**LEAST, **parameters}).error()


def validation(message):
    return 400, "ValidationError", message


def constraint(sentence):
    return validation(f"1 validation error detected: {sentence}")


# Success --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm, key_id", [("RS256", "RSA_0"), ("ES384", "EC384_0")])
def test_a_token_of_a_user_is_verified_by_another_library(server, root, issuer, algorithm, key_id):
    alice = root.user("alice", allow("sts:GetWebIdentityToken"), Path="/staff/", Tags=[{"Key": "team", "Value": "red"}])
    before = time.time()
    answer = identity_token(alice, Audience=[AUDIENCE], SigningAlgorithm=algorithm)
    [result, _] = list(answer.xml())
    assert [child.tag.rpartition("}")[2] for child in result] == ["WebIdentityToken", "Expiration"]
    token = answer.find("WebIdentityToken")
    assert parts(token)[0] == {"kid": key_id, "typ": "JWT", "alg": algorithm}
    claims = verified(server, token, of_outbound(issuer), AUDIENCE)
    assert before - 1 <= claims["iat"] <= time.time() and UUID.fullmatch(claims["jti"])
    arn = f"arn:aws:iam::{ACCOUNT}:user/staff/alice"
    assert claims == {
        "aud": AUDIENCE, "sub": arn, "iss": issuer, "iat": claims["iat"], "exp": claims["iat"] + 300, "jti": claims["jti"],
        AWS: {"aws_account": ACCOUNT, "source_region": REGION, "principal_id": arn, "principal_tags": {"team": "red"}}}
    # The end of the token, to the millisecond.
    end = datetime.datetime.strptime(answer.find("Expiration"), "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=datetime.timezone.utc)
    assert 0 <= end.timestamp() - claims["exp"] < 1
    with pytest.raises(jwt.InvalidAudienceError):
        verified(server, token, of_outbound(issuer), "https://b.example")
    with pytest.raises(jwt.InvalidSignatureError):
        verified(server, token[:-8] + "AAAAAAAA", of_outbound(issuer), AUDIENCE)
    assert claims_of(alice)["jti"] != claims_of(alice)["jti"]


def test_a_token_of_a_role_names_the_role_and_the_session(server, root, issuer):
    alice = root.user("alice", allow("sts:*"))
    statement = trust(f"arn:aws:iam::{ACCOUNT}:user/alice", ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"])
    role = root.role("app", [statement], allow("sts:GetWebIdentityToken"), Path="/teams/",
                     Tags=[{"Key": "team", "Value": "red"}, {"Key": "cost", "Value": "1"}])
    session = alice.sts.assume_role(RoleArn=role, RoleSessionName="one", DurationSeconds=900, SourceIdentity="alice",
                                    Tags=[{"Key": "Team", "Value": "blue"}])
    claims = claims_of(of_credentials(server, session["Credentials"]))
    assert claims["sub"] == role == f"arn:aws:iam::{ACCOUNT}:role/teams/app"
    assert claims[AWS] == {
        "aws_account": ACCOUNT, "source_region": REGION, "principal_id": role,
        "principal_tags": {"Team": "blue", "cost": "1"}, "source_identity": "alice",
        "original_session_exp": session["Credentials"]["Expiration"].strftime("%Y-%m-%dT%H:%M:%SZ")}


def test_a_token_of_root_and_of_a_session_of_a_user(server, root, issuer):
    assert claims_of(root)["sub"] == root_arn()
    assert claims_of(root)[AWS] == {"aws_account": ACCOUNT, "source_region": REGION, "principal_id": root_arn()}
    alice = root.user("alice", allow("sts:GetWebIdentityToken"))
    credentials = alice.sts.get_session_token(DurationSeconds=900)["Credentials"]
    claims = claims_of(of_credentials(server, credentials))
    assert claims["sub"] == f"arn:aws:iam::{ACCOUNT}:user/alice"
    assert claims[AWS]["original_session_exp"] == credentials["Expiration"].strftime("%Y-%m-%dT%H:%M:%SZ")


def test_who_was_federated_says_by_whom(server, root, issuer):
    provider_url = declare(server, "ci")["issuer"]
    provider = root.iam.create_open_id_connect_provider(Url=provider_url, ClientIDList=["sts.amazonaws.com"])["OpenIDConnectProviderArn"]
    role = root.role("web", [web_trust(provider)], allow("sts:GetWebIdentityToken"))
    claims = claims_of(session_of(server, mint(server, "ci"), role))
    assert (claims["sub"], claims[AWS]["federated_provider"]) == (role, provider)


def test_the_region_is_that_of_the_request(server, root, issuer):
    elsewhere = Caller(server, region="eu-central-1")
    assert claims_of(elsewhere)[AWS]["source_region"] == "eu-central-1"


def test_the_organization_is_in_it(server):
    member = "111111111111"
    declaration = {"id": "o-exampleorgid", "management_account": "999999999999", "accounts": {member: "/workloads/prod"},
                   "policies": []}
    assert server.http("PUT", "/_iamlocal/organization", {}, json.dumps(declaration).encode()).status == 200
    caller = Caller(server, key=member)
    enable(caller)
    aws = claims_of(caller)[AWS]
    assert aws["org_id"] == "o-exampleorgid"
    [path] = aws["ou_path"]
    assert path.startswith("o-exampleorgid/r-") and path.count("/ou-") == 2 and path.endswith("/")


def test_several_audiences_are_a_list_and_repeats_stay(root, issuer):
    assert claims_of(root, Audience=["b", "a", "b"])["aud"] == ["b", "a", "b"]
    assert claims_of(root, Audience=[" "])["aud"] == " "
    assert claims_of(root, Audience=["x" * 1000])["aud"] == "x" * 1000


def test_tags_of_the_request_are_in_it(root, issuer):
    tags = [("team", "a"), ("aws:job", "\u00e9 /=+-@"), ("empty", "")]
    assert claims_of(root, Tags=tags)[AWS]["request_tags"] == dict(tags)
    assert list(claims_of(root, Tags=tags)[AWS]["request_tags"]) == ["team", "aws:job", "empty"]


@pytest.mark.parametrize("seconds", [60, 3600])
def test_it_lasts_as_long_as_is_asked(root, issuer, seconds):
    claims = claims_of(root, DurationSeconds=seconds)
    assert claims["exp"] - claims["iat"] == seconds


def test_claims_of_14984_bytes_pass(root, issuer):
    """The payload is measured as it stands in the token."""
    def payload(audience):
        answer = identity_token(root, Audience=audience, SigningAlgorithm="ES384", Tags=tags)
        if answer.status != 200:
            return answer.error()
        return len(json.dumps(parts(answer.find("WebIdentityToken"))[1], separators=(",", ":"), ensure_ascii=False).encode())

    # Nine of a kilobyte, tags of another five, and one that fills up.
    tags = [(f"{number:02}", "\u00e9" * 150) for number in range(15)]
    full = ["x" * 1000] * 9
    rest = 14984 - payload(full + ["x"]) + 1
    assert 0 < rest < 1000
    assert payload(full + ["x" * rest]) == 14984
    assert payload(full + ["x" * (rest + 1)]) == (400, "JWTPayloadSizeExceededException",
                                                  "The requested token payload size exceeds the maximum allowed size.")


# Bad input ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("more, sentence", [
    ({"DurationSeconds": 59}, "Value '59' at 'durationSeconds' failed to satisfy constraint: Member must have value greater "
                              "than or equal to 60"),
    ({"DurationSeconds": 3601}, "Value '3601' at 'durationSeconds' failed to satisfy constraint: Member must have value less "
                                "than or equal to 3600"),
    ({"SigningAlgorithm": "none"}, "Value 'none' at 'signingAlgorithm' failed to satisfy constraint: Member must have length "
                                   "greater than or equal to 5"),
    ({"SigningAlgorithm": "RS256x"}, "Value 'RS256x' at 'signingAlgorithm' failed to satisfy constraint: Member must have "
                                     "length less than or equal to 5"),
    ({"Audience": [""]}, "Value '[]' at 'audience' failed to satisfy constraint: Member must satisfy constraint: [Member must "
                         "have length less than or equal to 1000, Member must have length greater than or equal to 1]"),
    ({"Audience": [str(number) for number in range(11)]},
     "Value '[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]' at 'audience' failed to satisfy constraint: Member must have length less than "
     "or equal to 10"),
    ({"SubjectMode": "Me"}, "Value 'Me' at 'subjectMode' failed to satisfy constraint: Member must satisfy enum value set: "
                            "[AWSIdentity, OriginIdentity]"),
])
def test_constraints(root, more, sentence):
    """They come before everything else."""
    assert error_of(root, **more) == constraint(sentence)


def test_what_is_required(server):
    answer = send(server, call("sts", "GetWebIdentityToken"), service="sts")
    assert answer.error() == validation(
        "2 validation errors detected: Value null at 'audience' failed to satisfy constraint: Member must not be null; Value null "
        "at 'signingAlgorithm' failed to satisfy constraint: Member must not be null")
    empty = send(server, call("sts", "GetWebIdentityToken", Audience="", SigningAlgorithm="RS256"), service="sts")
    assert empty.error() == validation(
        "1 validation error detected: Value null at 'audience' failed to satisfy constraint: Member must not be null")


@pytest.mark.parametrize("parameters", [
    [("Audience", ""), ("SigningAlgorithm", "RS256")],
    [("Audience", "a"), ("SigningAlgorithm", "RS256")],
    [("Audience.member.1.x", "a"), ("SigningAlgorithm", "RS256")],
    [("Audience.member.x", "a"), ("SigningAlgorithm", "RS256")],
    [("Audience.member.1", "a"), ("SigningAlgorithm", "RS256"), ("DurationSeconds", "soon")],
    [("Audience.member.1", "a"), ("SigningAlgorithm", "RS256"), ("Tags.member.1.Key", "a")],
    [("Audience.member.1", "a"), ("SigningAlgorithm.member.1", "RS256")],
])
def test_what_cannot_be_read_is_refused(server, issuer, parameters):
    answer = send(server, call("sts", "GetWebIdentityToken", *parameters), service="sts")
    assert answer.status == 400 and answer.error()[1] in ("ValidationError", "MalformedInput"), answer.text


def test_empty_tag_keys(root):
    assert error_of(root, Tags=[("", "a")]) == validation(
        "2 validation errors detected: Value '' at 'tags.1.member.key' failed to satisfy constraint: Member must have length "
        "greater than or equal to 1; Value '' at 'tags.1.member.key' failed to satisfy constraint: Member must satisfy regular "
        "expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+")


def test_fifty_one_tags(root):
    status, code, message = error_of(root, Tags=[(str(number), "test") for number in range(51)])
    assert (status, code) == (400, "ValidationError")
    assert message.endswith("at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50")


@pytest.mark.parametrize("algorithm", ["ES256", "RS384", "HS256", "rs256", "XXXXX"])
def test_other_algorithms(root, issuer, algorithm):
    assert error_of(root, SigningAlgorithm=algorithm) == validation(
        "Requested SigningAlgorithm is not supported. See the GetWebIdentityToken documentation for supported algorithms")


@pytest.mark.parametrize("keys", [("team", "team"), ("team", "TEAM"), ("a", "b", "A")])
def test_repeated_tags(root, issuer, keys):
    """Whether their case differs or not, and before anybody asks for a permission."""
    words = (400, "InvalidParameterValue", "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
    assert error_of(root, Tags=[(key, "a") for key in keys]) == words
    assert error_of(root.user("nobody"), Tags=[(key, "a") for key in keys]) == words


@pytest.mark.parametrize("more, message", [
    ({"SubjectMode": "OriginIdentity"}, "The calling session does not have an origin identity."),
    ({"SubjectMode": "OriginIdentity", "Scope": "a b"}, "The calling session does not have an origin identity."),
    ({"Scope": "a"}, "Scope can only be specified when SubjectMode is OriginIdentity"),
    ({"Scope": "a", "SubjectMode": "AWSIdentity"}, "Scope can only be specified when SubjectMode is OriginIdentity"),
    ({"Scope": "a", "SubjectMode": "OriginIdentity", "Audience": ["a", "b"]},
     "Scope can only be specified together with exactly one Audience"),
    ({"Scope": "a b a", "SubjectMode": "OriginIdentity"}, "Scope must be a space-delimited list of distinct values"),
    ({"Scope": " ", "SubjectMode": "OriginIdentity"}, "Scope must be a space-delimited list of distinct values"),
])
def test_subject_modes_and_scopes(root, issuer, more, message):
    assert error_of(root, **more) == validation(message)


def test_the_callers_own_identity_may_be_named(root, issuer):
    assert claims_of(root, SubjectMode="AWSIdentity")["sub"] == root_arn()


def test_not_at_the_global_endpoint(start):
    server = start("--allow-host", "sts.amazonaws.com", "--allow-host", "sts.eu-west-1.amazonaws.com")
    root = Caller(server)
    enable(root)
    assert identity_token(root, host="sts.amazonaws.com", **LEAST).error() == (400, "InvalidAction", "Unknown Operation")
    assert identity_token(root, host="sts.eu-west-1.amazonaws.com", **LEAST).status == 200


# Permission -----------------------------------------------------------------------------------------------------------


def not_allowed(who, action="GetWebIdentityToken", why=None):
    because = why or f"because no identity-based policy allows the sts:{action} action"
    return 403, "AccessDenied", f"User: {who} is not authorized to perform: sts:{action} on resource: {SELF} {because}"


ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
ANYTHING = allow("sts:GetWebIdentityToken")
TAGS = {"Tags": [("team", "b")]}
DENIED = "with an explicit deny in an identity-based policy"


@pytest.mark.parametrize("statements, more, answer", [
    ([allow("sts:GetCallerIdentity")], {}, not_allowed(ALICE)),
    ([allow("sts:*"), deny("sts:GetWebIdentityToken")], {}, not_allowed(ALICE, why=DENIED)),
    ([allow("sts:GetWebIdentityToken", ALICE)], {}, not_allowed(ALICE)),
    ([allow("sts:GetWebIdentityToken", SELF)], {}, OFF),
    ([ANYTHING], TAGS, not_allowed(ALICE, "TagGetWebIdentityToken")),
    ([allow("sts:*WebIdentityToken", SELF)], TAGS, OFF),
    ([ANYTHING, allow("sts:TagGetWebIdentityToken", Condition={
        "StringEquals": {"aws:RequestTag/team": "a"}, "ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}})], TAGS,
     not_allowed(ALICE, "TagGetWebIdentityToken")),
    ([allow("sts:*WebIdentityToken", Condition={"StringEquals": {"aws:RequestTag/team": "b"}})], TAGS, OFF),
    ([ANYTHING], {"Scope": "a", "SubjectMode": "OriginIdentity"}, not_allowed(ALICE, "SetWebIdentityTokenScope")),
    ([ANYTHING, allow("sts:SetWebIdentityTokenScope",
                      Condition={"ForAllValues:StringEquals": {"sts:IdentityTokenScope": "a"}})],
     {"Scope": "a b", "SubjectMode": "OriginIdentity"}, not_allowed(ALICE, "SetWebIdentityTokenScope")),
])
def test_refusals_name_the_resource(root, statements, more, answer):
    """That it is off is said last, and only to those who are allowed."""
    assert error_of(root.user("alice", *statements), **more) == answer


@pytest.mark.parametrize("condition, more, allowed", [
    ({"NumericEquals": {"sts:DurationSeconds": "300"}}, {}, True),
    ({"NumericLessThanEquals": {"sts:DurationSeconds": "300"}}, {"DurationSeconds": 301}, False),
    ({"StringEquals": {"sts:SigningAlgorithm": "RS256"}}, {}, True),
    ({"StringEquals": {"sts:SigningAlgorithm": "RS256"}}, {"SigningAlgorithm": "ES384"}, False),
    ({"ForAllValues:StringEquals": {"sts:IdentityTokenAudience": ["a", "b"]}}, {"Audience": ["b", "a"]}, True),
    ({"ForAllValues:StringEquals": {"sts:IdentityTokenAudience": ["a", "b"]}}, {"Audience": ["b", "c"]}, False),
    ({"ForAnyValue:StringEquals": {"sts:IdentityTokenAudience": "c"}}, {"Audience": ["b", "c"]}, True),
    ({"StringEquals": {"sts:SubjectMode": "AWSIdentity"}}, {}, True),
    ({"StringEquals": {"sts:SubjectMode": "OriginIdentity"}}, {}, False),
])
def test_condition_keys(root, issuer, condition, more, allowed):
    alice = root.user("alice", allow("sts:GetWebIdentityToken", Condition=condition))
    answer = identity_token(alice, **{**LEAST, **more})
    assert (200 if allowed else 403) == answer.status, answer.text


def test_sessions_are_limited_by_their_policy_and_their_end(server, root):
    alice = root.user("alice", allow("sts:*"))
    role = root.role("app", f"arn:aws:iam::{ACCOUNT}:user/alice", allow("sts:GetWebIdentityToken"))
    short = alice.assume(role, DurationSeconds=900)
    assert error_of(short) == OFF
    escalates = (403, "SessionDurationEscalationException",
                 "Requested token expiry time must be before the original session's expiry time.")
    # Said before that it is off.
    assert error_of(short, DurationSeconds=3600) == escalates
    limited = alice.assume(role, "two", Policy=policy(deny("sts:GetWebIdentityToken")))
    assert error_of(limited) == not_allowed(f"arn:aws:sts::{ACCOUNT}:assumed-role/app/two",
                                            why="with an explicit deny in a session policy")
    enable(root)
    server.clock(freeze=True)
    exactly = alice.assume(role, DurationSeconds=900)
    assert error_of(exactly, DurationSeconds=900) == escalates
    claims_of(exactly, DurationSeconds=899)


def test_federated_users_get_none(server, root, issuer):
    alice = root.user("alice", allow("sts:*"))
    answer = alice.sts.get_federation_token(Name="carol", Policy=policy(allow("sts:*")))
    assert error_of(of_credentials(server, answer["Credentials"])) == (
        403, "AccessDenied", "GetWebIdentityToken does not support federated user sessions")


def test_without_enforcement(start):
    server = start("--enforcement", "off")
    enable(Caller(server))
    assert claims_of(Caller(server).user("alice"))["sub"] == ALICE


# The issuer -----------------------------------------------------------------------------------------------------------


def test_discovery_and_keys(server, issuer):
    document = done(server.http("GET", of_outbound(issuer)))
    place = of_outbound(issuer).removesuffix("openid-configuration")
    assert document == {
        "issuer": issuer, "jwks_uri": f"{server.url}{place}jwks.json", "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256", "ES384"],
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "jti", AWS]}
    rsa, curve = done(server.http("GET", place + "jwks.json"))["keys"]
    assert set(rsa) == {"kty", "use", "kid", "alg", "n", "e"} and len(rsa["n"]) == 342
    assert (rsa["kty"], rsa["use"], rsa["kid"], rsa["alg"], rsa["e"]) == ("RSA", "sig", "RSA_0", "RS256", "AQAB")
    assert set(curve) == {"kty", "use", "kid", "alg", "crv", "x", "y"}
    assert (curve["kty"], curve["kid"], curve["alg"], curve["crv"]) == ("EC", "EC384_0", "ES384", "P-384")
    for path in ("/_iamlocal/outbound", "/_iamlocal/outbound/", "/_iamlocal/outbound/x/.well-known/jwks.json",
                 place, place + "jwks", of_outbound(issuer) + "/"):
        assert server.http("GET", path).status == 404, path
    assert server.http("POST", of_outbound(issuer)).status == 405


def test_issuer_and_keys_stay_and_are_public_while_it_is_off(server, root, issuer):
    token = token_of(root)
    disable(root)
    assert error_of(root) == OFF
    verified(server, token, of_outbound(issuer), AUDIENCE)
    assert enable(root) == issuer
    verified(server, token, of_outbound(issuer), AUDIENCE)
    verified(server, token_of(root), of_outbound(issuer), AUDIENCE)


def test_accounts_have_keys_of_their_own(server, root, issuer):
    other = Caller(server, key="121212121212")
    assert error_of(other) == OFF
    elsewhere = enable(other)
    token = token_of(other)
    verified(server, token, of_outbound(elsewhere), AUDIENCE)
    with pytest.raises(jwt.InvalidSignatureError):
        verified(server, token, of_outbound(issuer), AUDIENCE)
    # A reset of the account takes them along, and no others.
    server.post("/_iamlocal/reset?account=121212121212")
    assert server.http("GET", of_outbound(elsewhere)).status == 404
    assert error_of(other) == OFF
    again = enable(other)
    assert again != elsewhere
    verified(server, token_of(other), of_outbound(again), AUDIENCE)
    verified(server, token_of(root), of_outbound(issuer), AUDIENCE)


def test_federated_users_get_none(server, root, issuer):
    """Whatever they may do."""
    alice = root.user("alice", allow("sts:*"))
    federated = of_credentials(server, alice.sts.get_federation_token(Name="bob", Policy=policy(allow("sts:*")))["Credentials"])
    assert error_of(federated) == (403, "AccessDenied", "GetWebIdentityToken does not support federated user sessions")


def test_those_who_turn_it_on_at_the_same_time(server):
    caller = Caller(server, key="131313131313")
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        parameters = call("iam", "EnableOutboundWebIdentityFederation")
        answers = list(pool.map(lambda _: send(server, parameters, key=caller.key), range(4)))
    [enabled] = [answer for answer in answers if answer.status == 200]
    for answer in answers:
        if answer is not enabled:
            assert answer.error()[:2] == (409, "FeatureEnabled")
    issuer = enabled.find("IssuerIdentifier")
    for algorithm in ("RS256", "ES384"):
        verified(server, token_of(caller, SigningAlgorithm=algorithm), of_outbound(issuer), AUDIENCE)


def test_keys_survive_a_restart_and_are_sealed(start, tmp_path):
    server = start("--data-dir", str(tmp_path / "data"))
    issuer = enable(Caller(server))
    token = token_of(Caller(server))
    server.stop()
    assert b"PRIVATE KEY" not in kept_in(tmp_path / "data")
    server = start("--data-dir", str(tmp_path / "data"))
    for one in (token, token_of(Caller(server))):
        verified(server, one, of_outbound(issuer), AUDIENCE)


def test_it_needs_no_test_bench(start):
    server = start("--testbench", "off")
    issuer = enable(Caller(server))
    verified(server, token_of(Caller(server)), of_outbound(issuer), AUDIENCE)
