"""AssumeRoleWithWebIdentity: what a token must be, who may assume the role, and what the session is. The keys are given to
the server in a file; where they come from otherwise is in test_web_identity_keys.py."""

import base64
import json
import re
import time

import pytest

import support
import web_identity
from support import (ACCOUNT, OTHER_ACCOUNT, Caller, allow, answer_of, call, denied, deny, form, invalid, of_credentials, policy,
                     refused, root_arn, trust)
from web_identity import NO_KEY, Key, base64url, claims_of, hmac_signed, key_set, part, signed

ISSUER = "https://idp.example.com/realm"
NAME = "idp.example.com/realm"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{NAME}"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/web"
GITHUB = "https://token.actions.githubusercontent.com"
COGNITO = "https://cognito-identity.amazonaws.com"
GOOGLE = "https://accounts.google.com"
ONE_KEY = "https://one-key.example.com"
NAMELESS = "https://nameless.example.com"
OTHERS = "https://others.example.com"

RS = Key("rsa")
OTHER = Key("other", name="second")
PS = {algorithm: Key("rsa", algorithm) for algorithm in ("RS384", "RS512", "PS256", "PS384", "PS512")}
ES = {algorithm: Key(algorithm.lower(), algorithm) for algorithm in ("ES256", "ES384", "ES512")}
STRANGER = Key("rsa", name="stranger")

NO_TOKEN = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
NOT_VALID = ("The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for "
             "requirements.")
NOT_AUTHORIZED = "Not authorized to perform sts:AssumeRoleWithWebIdentity"


@pytest.fixture(scope="module")
def module_server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    flags = []
    for issuer, keys in ((ISSUER, key_set(RS, OTHER, *ES.values())), (GITHUB, key_set(RS)), (COGNITO, key_set(RS)),
                         (GOOGLE, key_set(RS)), (ONE_KEY, key_set(RS)), (NAMELESS, key_set(RS.jwk(kid=None), OTHER)),
                         (OTHERS, key_set(RS.jwk(use="enc"), OTHER.jwk(key_ops=["verify"]), ES["ES256"].jwk(alg="RS256")))):
        file = folder / f"{len(flags)}.json"
        file.write_text(json.dumps(keys))
        flags += ["--oidc-jwks", f"{issuer}={file}"]
    server = support.Server(folder, *flags)
    yield server
    assert server.stop() == 0, server.log()[-4000:]


@pytest.fixture
def provider(root):
    return root.iam.create_open_id_connect_provider(
        Url=ISSUER, ClientIDList=["client", "other"])["OpenIDConnectProviderArn"]


def web_trust(condition=None, provider=PROVIDER, action="sts:AssumeRoleWithWebIdentity"):
    return web_identity.web_trust(provider, condition, action)


@pytest.fixture
def role(root, provider):
    return root.role("web", [web_trust()], allow("iam:ListUsers"))


def token(key=RS, header=None, issuer=ISSUER, **claims):
    return signed(key, claims_of(issuer, **claims), header)


def assume(server, web_token, role=ROLE, session="session", **more):
    return web_identity.assume(server, web_token, role, session, **more)


def session_of(server, web_token, role=ROLE, session="session", **more):
    return web_identity.session_of(server, web_token, role, session, **more)


def not_a_token(message):
    return refused("InvalidIdentityToken", 400, message)


def not_allowed():
    return denied(NOT_AUTHORIZED)


# Answers --------------------------------------------------------------------------------------------------------------


def test_the_answer(server, root, role):
    answer = answer_of(assume(server, token()))
    assert set(answer) == {"Credentials", "SubjectFromWebIdentityToken", "AssumedRoleUser", "PackedPolicySize", "Provider",
                           "Audience"}
    assert answer["SubjectFromWebIdentityToken"] == "someone"
    assert answer["Audience"] == "client"
    assert answer["Provider"] == PROVIDER
    role_id = root.iam.get_role(RoleName="web")["Role"]["RoleId"]
    assert answer["AssumedRoleUser"] == {
        "AssumedRoleId": f"{role_id}:session", "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/web/session"}
    credentials = answer["Credentials"]
    assert re.fullmatch(r"ASIA[A-Z2-7]{16}", credentials["AccessKeyId"])
    assert 3590 <= credentials["Expiration"].timestamp() - time.time() <= 3600


def test_the_session_acts_as_the_role(server, role):
    session = session_of(server, token(), session="work")
    assert session.arn() == f"arn:aws:sts::{ACCOUNT}:assumed-role/web/work"
    session.iam.list_users()
    with denied(pattern="is not authorized to perform: iam:ListRoles"):
        session.iam.list_roles()


def test_the_answer_at_the_raw_wire(server, role):
    body = form(call("sts", "AssumeRoleWithWebIdentity", RoleArn=ROLE, RoleSessionName="wire", WebIdentityToken=token()))
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = server.http("POST", "/", headers, body)
    assert answer.status == 200
    for name, value in (("Provider", PROVIDER), ("Audience", "client"), ("SubjectFromWebIdentityToken", "someone")):
        assert answer.find(name) == value
    assert server.http("GET", "/?" + body.decode()).status == 200
    # A signature is not looked at: whoever has none is not worse off.
    answer = server.http("POST", "/", {**headers, "Authorization": "AWS4-HMAC-SHA256 Credential=x"}, body)
    assert answer.status == 200


@pytest.mark.parametrize(("subject", "more", "percent"), [
    ("", {}, 24), ("x", {}, 24), ("thirteen-char", {}, 25),
    ("thirteen-char", {"https://aws.amazon.com/source_identity": "alice"}, 26),
    ("x", {"https://aws.amazon.com/tags/principal_tags/a": "b"}, 24),
])
def test_the_packed_size_depends_on_the_token(server, root, provider, subject, more, percent):
    root.role("web", [web_trust(action=["sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity"])])
    answer = assume(server, token(sub=subject, **more))
    assert answer["PackedPolicySize"] == percent
    assert answer["SubjectFromWebIdentityToken"] == subject


def test_a_subject_may_be_a_number(server, role):
    assert assume(server, token(sub=4711_0815))["SubjectFromWebIdentityToken"] == "47110815"


def test_a_token_ends_before_its_session(server, role):
    now = int(time.time())
    answer = assume(server, token(iat=now - 500, exp=now + 90))
    assert answer["Credentials"]["Expiration"].timestamp() - time.time() > 3590


def test_the_same_token_again(server, role):
    one = token()
    first, second = (assume(server, one)["Credentials"]["AccessKeyId"] for _ in range(2))
    assert first != second


# Signatures -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [RS, OTHER, *PS.values(), *ES.values()], ids=lambda key: f"{key.kid}-{key.algorithm}")
def test_every_algorithm(server, role, key):
    assume(server, token(key))


def test_a_key_is_found_by_its_id(server, root, role):
    with not_a_token(NO_KEY):
        assume(server, token(header={"kid": "unknown"}))
    with not_a_token(NO_KEY):
        assume(server, token(header={"kid": None}))
    with not_a_token(NO_KEY):
        assume(server, token(header={"kid": ""}))


def test_a_token_without_a_key_id_means_the_only_key(server, root):
    for issuer, right in ((ONE_KEY, True), (NAMELESS, False)):
        arn = root.iam.create_open_id_connect_provider(Url=issuer, ClientIDList=["client"])["OpenIDConnectProviderArn"]
        name = issuer.rpartition("/")[2].partition(".")[0]
        made = root.role(name, [web_trust(provider=arn)])
        if right:
            assume(server, token(header={"kid": None}, issuer=issuer), made)
        else:
            with not_a_token(NO_KEY):
                assume(server, token(header={"kid": None}, issuer=issuer), made)


def test_keys_that_are_not_for_signatures(server, root):
    arn = root.iam.create_open_id_connect_provider(Url=OTHERS, ClientIDList=["client"])["OpenIDConnectProviderArn"]
    made = root.role("others", [web_trust(provider=arn)])
    for key in (RS, OTHER):
        with not_a_token(NO_KEY):
            assume(server, token(key, issuer=OTHERS), made)
    # The header's algorithm counts, not the key's own.
    assume(server, token(ES["ES256"], issuer=OTHERS), made)


def unpadded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def forgeries():
    """(name, token, message): tokens that nobody has signed, or not so."""
    good = token()
    header, claims, signature = good.split(".")
    evil = part({**json.loads(unpadded(claims)), "sub": "administrator"})
    yield "claims of another token", f"{header}.{evil}.{signature}", NOT_VALID
    yield "other claims without a signature", f"{header}.{evil}.", NO_TOKEN
    yield "the signature cut off", f"{header}.{claims}", NO_TOKEN
    yield "half of the signature", f"{header}.{claims}.{signature[:168]}", NOT_VALID
    yield "the last character cut off", good[:-1], None
    yield "a signature of zeros", f"{header}.{claims}.{base64url(bytes(256))}", NOT_VALID
    yield "signed by a stranger", signed(STRANGER, claims_of(ISSUER)), NOT_VALID
    yield "signed by another key of the provider", token(OTHER, {"kid": "rsa"}), NOT_VALID
    yield "signed again by a stranger with his own id", token(STRANGER, {"kid": "stranger"}), NO_KEY
    for none in ("none", "None", "NONE", "nOnE", ""):
        head = part({"alg": none, "kid": "rsa", "typ": "JWT"})
        yield f"alg {none!r} and no signature", f"{head}.{evil}.", NO_TOKEN
        yield f"alg {none!r} and some signature", f"{head}.{evil}.{signature}", NOT_VALID
    yield "no alg", f"{part({'kid': 'rsa'})}.{evil}.{signature}", NO_TOKEN
    yield "alg is a list", f"{part({'alg': ['RS256'], 'kid': 'rsa'})}.{evil}.{signature}", NO_TOKEN
    public = RS.public_pem()
    spki = base64.b64decode("".join(public.decode().splitlines()[1:-1]))
    for name, secret in (("PEM", public), ("PEM without its end", public.rstrip()), ("DER", spki), ("nothing", b"\0"),
                         ("the JWK", json.dumps(RS.jwk()).encode())):
        for algorithm in ("HS256", "HS384"):
            head = {"alg": algorithm, "kid": "rsa", "typ": "JWT"}
            yield f"{algorithm} with the public key as {name}", hmac_signed(secret, claims_of(ISSUER), head), NOT_VALID
    for said, key in (("ES256", RS), ("RS256", ES["ES256"]), ("ES384", ES["ES256"]), ("ES256", ES["ES384"]),
                      ("ES512", ES["ES384"]), ("PS256", RS), ("RS512", RS), ("EdDSA", RS), ("ES256K", ES["ES256"]),
                      ("rs256", RS), ("RS256 ", RS), ("RSA1_5", RS)):
        yield f"a key of {key.algorithm} that says {said}", token(key, {"alg": said}), NOT_VALID
    # A curve key with an RSA signature's id and the other way round.
    yield "the id of a key of another kind", token(RS, {"kid": "es256"}), NOT_VALID
    yield "the id of another curve", token(ES["ES256"], {"kid": "es384"}), NOT_VALID
    own = STRANGER.jwk()
    for name, header_of in (("jwk", {"jwk": own}), ("jku", {"jku": "https://evil.example.com/keys"}),
                            ("x5u", {"x5u": "https://evil.example.com/chain"}), ("x5c", {"x5c": ["MIIB"]}),
                            ("b64", {"b64": False})):
        yield f"a key of its own: {name}", token(STRANGER, header_of), NOT_VALID
        yield f"a key of its own and its id: {name}", token(STRANGER, {**header_of, "kid": "stranger"}), NO_KEY
    for kid in ("../../../../dev/null", "/dev/null", "rsa\0", "rsa ", "RSA", "' OR 1=1 --", "rsa|other", "https://evil/k"):
        yield f"the key id {kid!r}", token(STRANGER, {"kid": kid}), NO_KEY
    yield "a key id that is a number", token(header={"kid": 1}), NO_TOKEN
    yield "a key id that is a list", token(header={"kid": ["rsa"]}), NO_TOKEN
    yield "extensions to be understood", token(header={"crit": ["exp"]}), NO_TOKEN
    yield "extensions, none named", token(header={"crit": []}), NO_TOKEN
    yield "encrypted", "eyJhbGciOiJSU0EtT0FFUCJ9.a.b.c.d", NO_TOKEN
    yield "four parts", good + ".x", NO_TOKEN
    yield "in JSON's form", json.dumps({"payload": claims, "protected": header, "signature": signature}), NO_TOKEN
    yield "padded", f"{header}.{claims}=.{signature}", NO_TOKEN
    yield "with white space", good + " ", NO_TOKEN
    yield "with a line end", good + "\n", NO_TOKEN
    yield "claims that are a list", f"{header}.{part([])}.{signature}", NO_TOKEN
    yield "claims that are no JSON", f"{header}.{part(b'{')}.{signature}", NO_TOKEN
    yield "claims that are no UTF-8", f"{header}.{part(bytes([0x22, 0xff, 0x22]))}.{signature}", NO_TOKEN
    yield "an access token", "ya29.a0AfH6SMBx", NO_TOKEN
    # What one reader takes for another thing than the next.
    for name, head, message in (
        ("two algorithms, none the last", b'{"alg":"RS256","alg":"none","kid":"rsa"}', NOT_VALID),
        ("a comment in the header", b'{"alg":"RS256",/**/"kid":"rsa"}', NO_TOKEN),
        ("more behind the header", b'{"alg":"RS256","kid":"rsa"} {}', NO_TOKEN),
    ):
        body = f"{part(head)}.{evil}"
        yield name, f"{body}.{base64url(RS.sign(body.encode()))}", message
    yield "RSA: longer by a zero", f"{header}.{claims}.{base64url(bytes(1) + unpadded(signature))}", NOT_VALID
    yield "spare bits that are set", good[:-1] + chr(ord(good[-1]) + 1), NO_TOKEN
    # A signature of ECDSA may be changed so that it still holds for some libraries: as DER, longer, or of zeros.
    es = token(ES["ES256"])
    head, _, raw = es.rpartition(".")
    bytes_of = unpadded(raw)
    yield "ECDSA: of zeros", f"{head}.{base64url(bytes(64))}", NOT_VALID
    yield "ECDSA: longer", f"{head}.{base64url(bytes_of + bytes(1))}", NOT_VALID
    yield "ECDSA: shorter", f"{head}.{base64url(bytes_of[:-1])}", NOT_VALID
    der = bytes([0x30, 0x44, 0x02, 0x20]) + bytes_of[:32] + bytes([0x02, 0x20]) + bytes_of[32:]
    yield "ECDSA: in DER", f"{head}.{base64url(der)}", NOT_VALID


FORGERIES = list(forgeries())


@pytest.mark.parametrize(("forged", "message"), [row[1:] for row in FORGERIES], ids=[row[0] for row in FORGERIES])
def test_a_forgery(server, role, forged, message):
    with not_a_token(message):
        assume(server, forged)


def test_a_changed_token_at_every_place(server, role):
    good = token()
    for at in range(0, len(good), 23):
        if good[at] == ".":
            continue
        changed = good[:at] + ("A" if good[at] != "A" else "B") + good[at + 1:]
        with refused("InvalidIdentityToken", 400):
            assume(server, changed)


# Claims ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("claim", ["iss", "sub", "aud", "iat", "exp"])
def test_a_claim_is_missing(server, role, claim):
    with not_a_token(f"Missing a required claim: {claim}"):
        assume(server, token(**{claim: None}))
    body = claims_of(ISSUER)
    with not_a_token(f"Missing a required claim: {claim}"):
        assume(server, signed(RS, json.dumps({**body, claim: None}).encode()))


def test_nobody_has_made_the_provider(server, root, role):
    for issuer in ("https://nobody.example.com", ISSUER + "/", "https://IDP.example.com/realm", "https://idp.example.com",
                   "idp", "", "https://", "file:///etc/passwd", "https://idp.example.com/realm?x", "x" * 3000):
        with not_a_token(f"No OpenIDConnect provider found in your account for {issuer}"):
            assume(server, token(issuer=issuer))
    with not_a_token(NOT_VALID):
        assume(server, token(issuer=[ISSUER]))


def test_the_provider_is_the_roles_accounts(server, root, provider):
    other = Caller(server, OTHER_ACCOUNT)
    made = other.role("web", [web_trust()])
    with not_a_token(f"No OpenIDConnect provider found in your account for {ISSUER}"):
        assume(server, token(), made)
    # Trust in another account's provider is trust in nobody here.
    own = other.iam.create_open_id_connect_provider(Url=ISSUER, ClientIDList=["client"])["OpenIDConnectProviderArn"]
    with not_allowed():
        assume(server, token(), made)
    other.iam.update_assume_role_policy(RoleName="web", PolicyDocument=policy(web_trust(provider=own)))
    assert assume(server, token(), made)["Provider"] == own


def test_a_provider_that_was_deleted(server, root, role):
    root.iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=PROVIDER)
    with not_a_token(f"No OpenIDConnect provider found in your account for {ISSUER}"):
        assume(server, token())


def test_client_ids(server, root, role):
    assert assume(server, token(aud="other"))["Audience"] == "other"
    assert assume(server, token(aud=["other"]))["Audience"] == "other"
    for audience in ("stranger", "Client", "client ", ""):
        with not_a_token("Incorrect token audience"):
            assume(server, token(aud=audience))
    with not_a_token("Missing a required claim: aud"):
        assume(server, token(aud=[]))
    with not_a_token("Token audience contains more than one audience while authorized party is not present"):
        assume(server, token(aud=["client", "other"]))
    root.iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=PROVIDER, ClientID="other")
    with not_a_token("Incorrect token audience"):
        assume(server, token(aud="other"))
    root.iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=PROVIDER, ClientID="other")
    assume(server, token(aud="other"))


def test_the_authorized_party_decides(server, role):
    assert assume(server, token(aud=["stranger", "another"], azp="client"))["Audience"] == "client"
    assert assume(server, token(aud="other", azp="client"))["Audience"] == "client"
    for party in ("stranger", ""):
        with not_a_token(NOT_VALID):
            assume(server, token(azp=party))


def test_times(server, role):
    now = int(time.time())
    assume(server, token(exp=now - 290))
    assume(server, token(iat=now + 290, nbf=now + 290))
    assume(server, token(iat=str(now), exp=str(now + 60), nbf=str(now)))
    for claim in ("iat", "nbf"):
        with not_a_token(NOT_VALID):
            assume(server, token(**{claim: now + 320}))
    for claim in ("iat", "exp", "nbf"):
        for value in (now + 0.5, "tomorrow", "", True, [now], 10 ** 30, f"{now}.0"):
            with not_a_token("Invalid timestamp in token claims."):
                assume(server, token(**{claim: value}))


def test_an_expired_token(server, role):
    now = int(time.time())
    expired = now - 3600
    with refused("ExpiredTokenException", 400) as caught:
        assume(server, token(iat=expired - 60, exp=expired))
    message = caught.value.response["Error"]["Message"]
    found = re.fullmatch(r"Token expired: current date/time (\d+) must be before the expiration date/time (\d+)", message)
    assert int(found[2]) == expired
    assert abs(int(found[1]) - (now - 300)) <= 5


def test_a_token_expires_by_the_servers_clock(server, role):
    one = token()
    assume(server, one)
    server.clock(advance="10m")
    assume(server, one)
    server.clock(advance="6m")
    with refused("ExpiredTokenException", 400):
        assume(server, one)
    server.clock(reset=True)
    assume(server, one)


def test_of_repeated_claims_the_last_counts(server, role):
    claims = json.dumps(claims_of(ISSUER, aud="stranger"))[:-1] + ', "aud": "client"}'
    assert assume(server, signed(RS, claims.encode()))["Audience"] == "client"


# Tags, source identity, roles -----------------------------------------------------------------------------------------

TAGS = "https://aws.amazon.com/tags"
SOURCE = "https://aws.amazon.com/source_identity"
ROLES = "https://aws.amazon.com/roles"
TAGGING = ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]


def may_if(key, value):
    return allow("iam:ListUsers", Condition={"StringEquals": {key: value}})


@pytest.mark.parametrize("claims", [
    {TAGS: {"principal_tags": {"team": ["a"]}, "transitive_tag_keys": ["team"]}},
    {f"{TAGS}/principal_tags/team": "a", f"{TAGS}/transitive_tag_keys": ["team"]},
])
def test_session_tags(server, root, provider, claims):
    target = root.role("next", [trust(root_arn(), ["sts:AssumeRole", "sts:TagSession"])], may_if("aws:PrincipalTag/team", "a"))
    root.role("web", [web_trust(action=TAGGING)], may_if("aws:PrincipalTag/team", "a"),
              allow(["sts:AssumeRole", "sts:TagSession"]))
    session = session_of(server, token(**claims))
    session.iam.list_users()
    session.assume(target).iam.list_users()
    with denied():
        session_of(server, token()).iam.list_users()


def test_session_tags_need_a_permission(server, root, provider):
    tagged = token(**{TAGS: {"principal_tags": {"team": ["a"]}}})
    root.role("web", [web_trust()])
    with not_allowed():
        assume(server, tagged)
    wanted = {"StringEquals": {"aws:RequestTag/team": "a"}, "ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}
    root.iam.update_assume_role_policy(
        RoleName="web", PolicyDocument=policy(web_trust(), web_trust(wanted, action="sts:TagSession")))
    assume(server, tagged)
    with not_allowed():
        assume(server, token(**{TAGS: {"principal_tags": {"team": ["b"]}}}))


@pytest.mark.parametrize("claims", [
    {TAGS: {"principal_tags": {"team": "a"}}}, {TAGS: {"principal_tags": {"team": []}}},
    {TAGS: {"principal_tags": {"team": ["a", "b"]}}}, {TAGS: {"principal_tags": {"team": [1]}}},
    {TAGS: {"principal_tags": ["team"]}}, {TAGS: ["team"]}, {TAGS: {"transitive_tag_keys": "team"}},
    {f"{TAGS}/principal_tags/team": ["a"]}, {f"{TAGS}/transitive_tag_keys": "team"},
])
def test_tags_in_a_wrong_form(server, root, provider, claims):
    root.role("web", [web_trust(action=TAGGING)])
    with not_a_token("principal_tags passed in claim is not in correct format."):
        assume(server, token(**claims))


@pytest.mark.parametrize("tags", [
    {"": ["a"]}, {"k" * 129: ["a"]}, {"team": ["v" * 257]}, {"te?am": ["a"]}, {"team": ["a\u0000"]},
    {f"key{n}": ["v"] for n in range(51)},
])
def test_tags_that_no_session_may_have(server, root, provider, tags):
    root.role("web", [web_trust(action=TAGGING)])
    with invalid("Unable to validate tags"):
        assume(server, token(**{TAGS: {"principal_tags": tags}}))


def test_tags_that_contradict_each_other(server, root, provider):
    root.role("web", [web_trust(action=TAGGING)])
    for tags, message in (
            ({"principal_tags": {"team": ["a"], "Team": ["b"]}},
             "Duplicate tag keys found. Please note that Tag keys are case insensitive."),
            ({"principal_tags": {"team": ["a"]}, "transitive_tag_keys": ["other"]},
             "The specified transitive tag key must be included in the requested tags."),
            ({"principal_tags": {"aws:team": ["a"]}}, "Tag keys beginning with aws: are reserved for system use.")):
        with refused("InvalidParameterValue", 400, message):
            assume(server, token(**{TAGS: tags}))


def test_source_identity(server, root, provider):
    root.role("web", [web_trust()], may_if("aws:SourceIdentity", "alice"))
    named = token(**{SOURCE: "alice"})
    with not_allowed():
        assume(server, named)
    root.iam.update_assume_role_policy(RoleName="web", PolicyDocument=policy(
        web_trust(), web_trust({"StringLike": {"sts:SourceIdentity": "ali*"}}, action="sts:SetSourceIdentity")))
    answer = assume(server, named)
    assert answer["SourceIdentity"] == "alice"
    of_credentials(server, answer["Credentials"]).iam.list_users()
    with not_allowed():
        assume(server, token(**{SOURCE: "mallory"}))
    assert "SourceIdentity" not in assume(server, token())
    for bad in ("a", "x" * 65, "al ice", "ali*ce", "", ["alice"]):
        with not_a_token("Source identity in the token must match [a-zA-Z_0-9+=,.@-]{2,64}"):
            assume(server, token(**{SOURCE: bad}))


def test_roles_that_the_token_names(server, root, provider):
    root.role("web", [web_trust({"Bool": {"sts:RoleAuthorizedByIdp": "true"}})])
    other = f"arn:aws:iam::{ACCOUNT}:role/other"
    for roles in ([ROLE], [other, ROLE], f"{other};{ROLE}", ROLE):
        assume(server, token(**{ROLES: roles}))
    for roles in ([other], other, [ROLE.upper(), other], [other, "nonsense"]):
        with not_a_token("The target role ARN is not present in the roles claim of the identity token"):
            assume(server, token(**{ROLES: roles}))
    for roles in ([], "", ["nonsense"], 7):
        with not_a_token("The roles claim contains no valid role ARNs"):
            assume(server, token(**{ROLES: roles}))
    with not_allowed():
        assume(server, token())
    root.iam.update_assume_role_policy(
        RoleName="web", PolicyDocument=policy(web_trust({"Bool": {"sts:RoleAuthorizedByIdp": "false"}})))
    assume(server, token())


# Trust ----------------------------------------------------------------------------------------------------------------


def trusting(root, *statements):
    root.iam.update_assume_role_policy(RoleName="web", PolicyDocument=policy(*statements))


@pytest.mark.parametrize(("key", "value", "other"), [
    (f"{NAME}:sub", "someone", "somebody"), (f"{NAME}:aud", "client", "other"), (f"{NAME}:email", "s@example.com", "x"),
    ("IDP.Example.com/REALM:Sub", "someone", "Someone"), ("aws:PrincipalAccount", ACCOUNT, OTHER_ACCOUNT),
    ("aws:PrincipalType", "User", "Anonymous"), ("aws:userid", PROVIDER, ""), ("sts:RoleSessionName", "session", "x"),
    ("aws:RequestedRegion", "us-east-1", "eu-west-1"),
])
def test_keys_of_trust(server, root, role, key, value, other):
    one = token(email="s@example.com")
    trusting(root, web_trust({"StringEquals": {key: value}}))
    assume(server, one)
    trusting(root, web_trust({"StringEquals": {key: other}}))
    with not_allowed():
        assume(server, one)


@pytest.mark.parametrize("key", ["aws:PrincipalArn", "aws:username", "aws:PrincipalTag/team", "aws:FederatedProvider",
                                 "aws:TokenIssueTime", f"{NAME}:groups", f"{NAME}:iss", f"{NAME}:oaud", f"{NAME}:jti",
                                 "idp.example.com:sub", f"{NAME}/:sub", "sts:SourceIdentity"])
def test_keys_that_are_not_there(server, root, role, key):
    one = token(groups=["a"], jti="1")
    trusting(root, web_trust({"Null": {key: "true"}}))
    assume(server, one)
    trusting(root, web_trust({"Null": {key: "false"}}))
    with not_allowed():
        assume(server, one)


def test_lists_and_the_original_audience(server, root, role):
    trusting(root, web_trust({"ForAnyValue:StringEquals": {f"{NAME}:amr": "pin"}}))
    assume(server, token(amr=["authenticated", "pin"]))
    with not_allowed():
        assume(server, token(amr=["authenticated"]))
    trusting(root, web_trust({"StringEquals": {f"{NAME}:aud": "client", f"{NAME}:oaud": "other"}}))
    assume(server, token(aud="other", azp="client"))
    with not_allowed():
        assume(server, token(aud="client"))


def test_who_is_trusted(server, root, provider):
    root.role("web", [trust({"AWS": "*"}, "sts:AssumeRoleWithWebIdentity")])
    with not_allowed():
        assume(server, token())
    for principal in ({"AWS": root_arn()}, {"Service": "ec2.amazonaws.com"}, {"Federated": PROVIDER + "/deeper"},
                      {"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/{NAME}"}, {"Federated": "idp.example.com"}):
        trusting(root, trust(principal, "sts:AssumeRoleWithWebIdentity"))
        with not_allowed():
            assume(server, token())
    trusting(root, trust({"Federated": PROVIDER}, "sts:AssumeRoleWithSAML"))
    with not_allowed():
        assume(server, token())
    for denied_one in ({"Federated": PROVIDER}, {"AWS": "*"}):
        trusting(root, web_trust(), trust(denied_one, "sts:AssumeRoleWithWebIdentity", "Deny"))
        with not_allowed():
            assume(server, token())
    trusting(root, web_trust())
    assume(server, token())


def test_a_role_that_is_not_there_looks_like_one_that_trusts_nobody(server, provider):
    for absent in ("none", "web/", "path/web", "Web"):
        with not_allowed():
            assume(server, token(), f"arn:aws:iam::{ACCOUNT}:role/{absent}")
    for absent in (f"arn:aws:iam::{ACCOUNT}:user/web", f"arn:aws:sts::{ACCOUNT}:assumed-role/web/x"):
        with not_allowed():
            assume(server, token(), absent)


def test_a_role_arn_that_is_none(server, provider):
    for text in ("nothing-valid-in-here", "arn::b:::something/test-role"):
        with invalid(f"{text} is invalid"):
            assume(server, token(), text)
    with not_a_token(f"No OpenIDConnect provider found in your account for {ISSUER}"):
        assume(server, token(), "arn:aws:iam:::role/without-account")


def test_a_resource_control_policy_counts(server, root, role):
    document = policy({"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRoleWithWebIdentity", "Resource": "*",
                       "Condition": {"StringNotEquals": {f"{NAME}:sub": "someone"}}}, version="2012-10-17")
    answer = server.http("PUT", "/_iamlocal/organization", {"Content-Type": "application/json"}, json.dumps({
        "id": "o-exampleorg1", "accounts": {ACCOUNT: "/"}, "policies": [
            {"type": "rcp", "name": "identities", "document": document, "targets": ["/"]}]}).encode())
    assert answer.status == 200, answer.body
    assume(server, token())
    with not_allowed():
        assume(server, token(sub="anybody"))


# The session ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "value"), [
    ("aws:FederatedProvider", PROVIDER), (f"{NAME}:sub", "someone"), (f"{NAME}:aud", "client"),
    ("aws:PrincipalType", "AssumedRole"),
])
def test_keys_of_the_session(server, root, provider, key, value):
    root.role("web", [web_trust()], may_if(key, value))
    session_of(server, token()).iam.list_users()
    root.iam.put_role_policy(RoleName="web", PolicyName="inline", PolicyDocument=policy(may_if(key, value + "x")))
    with denied():
        session_of(server, token()).iam.list_users()


def test_keys_that_do_not_stay(server, root, provider):
    root.role("web", [web_trust()], allow("iam:ListUsers", Condition={"Null": {f"{NAME}:email": "false"}}),
              allow("iam:ListGroups", Condition={"ForAnyValue:StringEquals": {f"{NAME}:amr": "pin"}}))
    session = session_of(server, token(email="s@example.com", amr=["pin"]))
    session.iam.list_groups()
    with denied():
        session.iam.list_users()


def test_a_further_session_has_no_provider(server, root, provider):
    target = root.role("next", [trust(root_arn())], allow("iam:ListUsers", Condition={"Null": {"aws:FederatedProvider": "true"}}))
    root.role("web", [web_trust()], allow("sts:AssumeRole"))
    session_of(server, token()).assume(target).iam.list_users()


def test_durations(server, root, provider):
    root.role("web", [web_trust()], MaxSessionDuration=7200)
    answer = assume(server, token(), DurationSeconds=7200)
    assert 7190 <= answer["Credentials"]["Expiration"].timestamp() - time.time() <= 7200
    with invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role."):
        assume(server, token(), DurationSeconds=7201)
    with invalid("1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must "
                 "have value greater than or equal to 900"):
        assume(server, token(), DurationSeconds=899)
    with invalid("1 validation error detected: Value '43201' at 'durationSeconds' failed to satisfy constraint: Member must "
                 "have value less than or equal to 43200"):
        assume(server, token(), DurationSeconds=43201)


def test_session_policies(server, root, role):
    session = session_of(server, token(), Policy=policy(allow("iam:ListRoles")))
    with denied(pattern="because no session policy allows the iam:ListUsers action"):
        session.iam.list_users()
    arn = root.iam.create_policy(PolicyName="p", PolicyDocument=policy(allow("iam:ListUsers")))["Policy"]["Arn"]
    session_of(server, token(), PolicyArns=[{"arn": arn}]).iam.list_users()
    with refused("MalformedPolicyDocument", 400):
        assume(server, token(), Policy="{}")
    with refused("MalformedPolicyDocument", 400, f"The policy {arn}x does not exist or is not attachable."):
        assume(server, token(), PolicyArns=[{"arn": arn + "x"}])


def test_too_much_for_a_session(server, root, provider):
    root.role("web", [web_trust(action=TAGGING)])
    tags = {f"key{n:02}": ["v" * 256] for n in range(20)}
    with refused("PackedPolicyTooLarge", 400, pattern=r"^Packed size of session tags consumes \d+% of allotted space\.$"):
        assume(server, token(**{TAGS: {"principal_tags": tags}}))
    with refused("PackedPolicyTooLarge", 400):
        assume(server, token(sub="s" * 5000))


def test_a_session_dies_with_its_role(server, root, role):
    session = session_of(server, token())
    session.iam.list_users()
    root.iam.delete_role_policy(RoleName="web", PolicyName="inline")
    root.iam.delete_role(RoleName="web")
    root.role("web", [web_trust()], allow("iam:ListUsers"))
    with refused("InvalidClientTokenId", 403):
        session.iam.list_users()


def test_the_size_of_the_session_token(server, role):
    def answer(size):
        return server.http("POST", "/", {"Content-Type": "application/x-www-form-urlencoded"}, form(call(
            "sts", "AssumeRoleWithWebIdentity", RoleArn=ROLE, RoleSessionName="s1", WebIdentityToken=token(),
            MinimumSessionTokenSize=size)))

    assert 3000 <= len(answer(3000).find("SessionToken")) < 3010
    assert len(answer(0).find("SessionToken")) < 1500
    assert answer(4097).error()[1] == "ValidationError"


# Providers that are known ---------------------------------------------------------------------------------------------


def test_github_actions(server, root):
    arn = root.iam.create_open_id_connect_provider(Url=GITHUB, ClientIDList=["sts.amazonaws.com"])["OpenIDConnectProviderArn"]
    name = GITHUB.partition("://")[2]
    claims = {"sub": "repo:octo/site:ref:refs/heads/main", "aud": "sts.amazonaws.com", "repository": "octo/site",
              "repository_id": "74", "actor": "octocat", "actor_id": "12", "ref": "refs/heads/main", "workflow": "deploy",
              "environment": "prod", "enterprise_id": "7", "job_workflow_ref": "octo/site/.github/workflows/d.yml@refs/heads/main"}
    equal = {f"{name}:{claim}": value for claim, value in claims.items()}
    made = root.role("ci", [web_trust({"StringEquals": equal}, arn)])
    assume(server, token(issuer=GITHUB, **claims), made)
    for claim in claims:
        if claim == "aud":
            continue
        with not_allowed():
            assume(server, token(issuer=GITHUB, **{**claims, claim: "another"}), made)


def test_cognito_needs_no_provider(server, root):
    host = "cognito-identity.amazonaws.com"
    condition = {"StringEquals": {f"{host}:aud": "us-east-1:pool"}, "ForAnyValue:StringLike": {f"{host}:amr": "authenticated"}}
    made = root.role("pool", [web_trust(condition, host)], may_if("aws:FederatedProvider", host))
    claims = {"aud": "us-east-1:pool", "sub": "us-east-1:identity", "amr": ["authenticated", "login.example.com"]}
    answer = assume(server, token(issuer=COGNITO, **claims), made)
    assert answer["Provider"] == host
    assert answer["Audience"] == "us-east-1:pool"
    of_credentials(server, answer["Credentials"]).iam.list_users()
    for wrong in ({"aud": "us-east-1:other"}, {"amr": ["unauthenticated"]}):
        with not_allowed():
            assume(server, token(issuer=COGNITO, **{**claims, **wrong}), made)
    with not_a_token(NOT_VALID):
        assume(server, token(STRANGER, issuer=COGNITO, **claims), made)


def test_google_needs_no_provider(server, root):
    host = "accounts.google.com"
    made = root.role("google", [web_trust({"StringEquals": {f"{host}:aud": "app", f"{host}:oaud": "backend"}}, host)])
    assert assume(server, token(issuer=GOOGLE, aud="backend", azp="app"), made)["Provider"] == host
    with not_allowed():
        assume(server, token(issuer=GOOGLE, aud="backend", azp="other"), made)


def test_the_issuers_port_and_scheme(server, root):
    with not_a_token("No OpenIDConnect provider found in your account for https://idp.example.com:8443/realm"):
        assume(server, token(issuer="https://idp.example.com:8443/realm"))


def test_access_tokens_of_the_old_providers(server, role):
    for old in (token(), "Atza|IQEBLjAsAhRFiXuWpUXuRvQ9PZL3GMFcYevydwIUFAHZwXZ"):
        with not_a_token("Provided Token is not a Login With Amazon token"):
            assume(server, old, ProviderId="www.amazon.com")
        with refused("IDPRejectedClaim", 403,
                     "graph.facebook.com: graph.facebook.com responded with HTTP/1.1 400 Bad Request"):
            assume(server, old, ProviderId="graph.facebook.com")
        for unknown in ("www.example.com", NAME, "accounts.google.com"):
            with not_allowed():
                assume(server, old, ProviderId=unknown)


# Requests -------------------------------------------------------------------------------------------------------------


def test_members_that_are_missing_or_too_long(server):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    def error(**parameters):
        return server.http("POST", "/", headers, form(call("sts", "AssumeRoleWithWebIdentity", **parameters))).error()

    assert error() == (400, "ValidationError", (
        "3 validation errors detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null; Value "
        "null at 'roleSessionName' failed to satisfy constraint: Member must not be null; Value null at 'webIdentityToken' "
        "failed to satisfy constraint: Member must not be null"))
    good = {"RoleArn": ROLE, "RoleSessionName": "session", "WebIdentityToken": "aaaa"}
    for name, path, value, rule in (
            ("RoleArn", "roleArn", "arn:short", "Member must have length greater than or equal to 20"),
            ("RoleSessionName", "roleSessionName", "a b",
             r"Member must satisfy regular expression pattern: [\w+=,.@-]*"),
            ("WebIdentityToken", "webIdentityToken", "aaa", "Member must have length greater than or equal to 4"),
            ("WebIdentityToken", "webIdentityToken", "a" * 20001, "Member must have length less than or equal to 20000"),
            ("ProviderId", "providerId", "abc", "Member must have length greater than or equal to 4"),
            ("Policy", "policy", "x" * 2049, "Member must have length less than or equal to 2048"),
            ("Policy", "policy", "\u0100", r"Member must satisfy regular expression pattern: "
             r"[\u0009\u000A\u000D\u0020-\u00FF]+")):
        status, code, message = error(**{**good, name: value})
        assert (status, code) == (400, "ValidationError")
        assert message == f"1 validation error detected: Value '{value}' at '{path}' failed to satisfy constraint: {rule}"
    assert error(**{**good, "DurationSeconds": "soon"})[1] == "MalformedInput"


def test_bad_tokens_do_no_harm(server, role):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    deep = part(b"[" * 6000 + b"]" * 6000)
    for bad in (b"\xff\xfe\xfd\xfc", "....", "a.b.c", "e30.e30.e30", f"{deep}.{deep}.e30", "\0\0\0\0", "𝔸" * 20,
                part({"alg": "RS256"}) + "." + part({"iss": "\u0000"}) + ".e30"):
        pairs = form(call("sts", "AssumeRoleWithWebIdentity", RoleArn=ROLE, RoleSessionName="s1", WebIdentityToken=bad))
        assert server.http("POST", "/", headers, pairs).status == 400, bad
    assume(server, token())


def test_characters_of_claims_come_back(server, root, role):
    for subject in ("Größe <&> \"quoted\"", "名前-名前", "a" * 255, "repo:octo/site:ref:refs/heads/main"):
        assert assume(server, token(sub=subject))["SubjectFromWebIdentityToken"] == subject
    body = form(call("sts", "AssumeRoleWithWebIdentity", RoleArn=ROLE, RoleSessionName="s1",
                     WebIdentityToken=token(sub="nul\u0000bell\u0007")))
    answer = server.http("POST", "/", {"Content-Type": "application/x-www-form-urlencoded"}, body)
    assert answer.status == 200
    answer.xml()


def test_enforcement_off_verifies_all_the_same(start, tmp_path):
    file = tmp_path / "keys.json"
    file.write_text(json.dumps(key_set(RS)))
    for mode in ("off", "audit"):
        server = start("--oidc-jwks", f"{ISSUER}={file}", "--enforcement", mode)
        root = Caller(server)
        root.iam.create_open_id_connect_provider(Url=ISSUER, ClientIDList=["client"])
        made = root.role("web", [trust(root_arn())])
        assert session_of(server, token(), made).arn().endswith("/web/session")
        with not_a_token(NOT_VALID):
            assume(server, token(STRANGER), made)
        with not_allowed():
            assume(server, token(), made + "x")


def test_a_decision_is_explained(server, root, role):
    trusting(root, web_trust({"StringEquals": {f"{NAME}:sub": "somebody"}}))
    with not_allowed():
        assume(server, token())
    decision = server.http("GET", "/_iamlocal/decisions/latest").json()
    text = json.dumps(decision)
    assert PROVIDER in text
    assert f"{NAME}:sub" in text
    assert "someone" in text


def test_the_log_names_the_provider_and_no_token(start, tmp_path):
    file = tmp_path / "keys.json"
    file.write_text(json.dumps(key_set(RS)))
    server = start("--oidc-jwks", f"{ISSUER}={file}", "--log-format", "json", "--log-level", "debug")
    root = Caller(server)
    root.iam.create_open_id_connect_provider(Url=ISSUER, ClientIDList=["client"])
    made = root.role("web", [web_trust()])
    one = token()
    assume(server, one, made)
    with not_a_token(NOT_VALID):
        assume(server, token(STRANGER), made)
    server.stop()
    lines = [json.loads(line) for line in server.log().splitlines() if line.startswith("{")]
    asked = [line for line in lines if line.get("action") == "sts:AssumeRoleWithWebIdentity"]
    assert [(line["status"], line["principal"], line["decision"]) for line in asked] == [(200, PROVIDER, "allow"), (400, "", "-")]
    for secret in one.split("."):
        assert secret not in server.log()
