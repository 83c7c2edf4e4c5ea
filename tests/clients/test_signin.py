"""Console federation and the flow of `aws login`. Its client's key and proofs are made here, with another library."""

import base64
import hashlib
import json
import time
import urllib.parse
import uuid

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

import programs
import support
from newer import Newer
from support import Caller, allow

SAME_DEVICE = "arn:aws:signin:::devtools/same-device"
CROSS_DEVICE = "arn:aws:signin:::devtools/cross-device"
CALLBACK = "http://127.0.0.1:8765/oauth/callback"
CONSOLE = "https://console.aws.amazon.com/iam/home"
VERIFIER = "v" * 64
MAY_LOG_IN = allow(["signin:AuthorizeOAuth2Access", "signin:CreateOAuth2Token"],
                   f"arn:aws:signin:us-east-1:{support.ACCOUNT}:oauth2/public-client/localhost")


def unpadded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Client:
    """A tool that logs in, with a key of its own."""

    def __init__(self, server):
        self.server, self.key = server, ec.generate_private_key(ec.SECP256R1())

    def proof(self, **claims):
        numbers = self.key.public_key().public_numbers()
        jwk = {"kty": "EC", "crv": "P-256", "x": unpadded(numbers.x.to_bytes(32, "big")), "y": unpadded(numbers.y.to_bytes(32, "big"))}
        payload = {"htm": "POST", "htu": f"{self.server.url}/v1/token", "iat": int(time.time()), "jti": str(uuid.uuid4()), **claims}
        text = ".".join(unpadded(json.dumps(part).encode()) for part in ({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk}, payload))
        r, s = utils.decode_dss_signature(self.key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{text}.{unpadded(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"

    def authorize(self, cookie=None, **changed):
        asked = {"response_type": "code", "client_id": SAME_DEVICE, "state": "st ate", "code_challenge_method": "SHA-256",
                 "scope": "openid", "redirect_uri": CALLBACK,
                 "code_challenge": unpadded(hashlib.sha256(VERIFIER.encode()).digest()), **changed}
        headers = {"Cookie": cookie} if cookie else {}
        return self.server.http("GET", "/v1/authorize?" + urllib.parse.urlencode(asked), headers)

    def code(self, **how):
        answer = self.authorize(**how)
        assert answer.status == 302, (answer.status, answer.text)
        given = urllib.parse.parse_qs(urllib.parse.urlsplit(answer.headers["location"]).query)
        assert given["state"] == ["st ate"]
        return given["code"][0]

    def exchange(self, proof=None, **fields):
        return self.server.http("POST", "/v1/token", {"Content-Type": "application/json", "DPoP": proof or self.proof()},
                                json.dumps({"clientId": SAME_DEVICE, **fields}).encode())

    def redeem(self, code, **changed):
        return self.exchange(**{"grantType": "authorization_code", "code": code, "codeVerifier": VERIFIER,
                                "redirectUri": CALLBACK, **changed})

    def refresh(self, token, **changed):
        return self.exchange(**{"grantType": "refresh_token", "refreshToken": token, **changed})


def session_of(server, answer):
    assert answer.status == 200, answer.text
    found = answer.json()["accessToken"]
    return Caller(server, found["accessKeyId"], found["secretAccessKey"], found["sessionToken"])


def sit_down(server, arn):
    return server.http("PUT", "/_iamlocal/signin", {}, json.dumps({"principal": arn}).encode())


@pytest.fixture
def alice(server, root):
    """Sits in front of the browser."""
    root.user("alice", MAY_LOG_IN, allow("iam:ListUsers"))
    assert sit_down(server, f"arn:aws:iam::{support.ACCOUNT}:user/alice").status == 200


@pytest.fixture
def client(server):
    return Client(server)


def error_of(answer):
    body = answer.json()
    assert sorted(body) == ["error", "message"]
    kind = "ValidationException" if answer.status == 400 else "AccessDeniedException"
    assert answer.headers["x-amzn-errortype"] == kind
    return answer.status, body["error"]


# aws login -------------------------------------------------------------------------------------------------------------


def test_a_login(server, alice, client):
    answer = client.redeem(client.code())
    given = answer.json()
    assert sorted(given) == ["accessToken", "expiresIn", "idToken", "refreshToken", "tokenType"]
    assert (given["tokenType"], given["expiresIn"]) == ("aws_sigv4", 900)
    claims = given["idToken"].split(".")[1]
    assert json.loads(base64.urlsafe_b64decode(claims + "=="))["sub"] == f"arn:aws:iam::{support.ACCOUNT}:user/alice"
    program = session_of(server, answer)
    assert program.arn() == f"arn:aws:iam::{support.ACCOUNT}:user/alice"
    program.iam.list_users()  # as with her key
    with support.denied():
        program.iam.list_roles()


def test_sessions_are_refreshed(server, alice, client):
    first = client.redeem(client.code())
    token = first.json()["refreshToken"]
    server.clock(advance="901s")
    with support.refused("ExpiredToken", 403):
        session_of(server, first).arn()
    for _ in range(2):  # repeatable
        again = client.refresh(token)
        assert sorted(again.json()) == ["accessToken", "expiresIn", "refreshToken", "tokenType"]
        session_of(server, again).arn()
    server.clock(advance="12h")
    assert error_of(client.refresh(token)) == (401, "TOKEN_EXPIRED")


def cached(client, answer, folder, key=None):
    """What `aws login` leaves for other programs, a while ago: the file of the session, and the profile."""
    given = answer.json()
    arn = json.loads(base64.urlsafe_b64decode(given["idToken"].split(".")[1] + "=="))["sub"]
    pem = (key or client.key).private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL,
                                            serialization.NoEncryption()).decode()
    file = folder / f"{hashlib.sha256(arn.encode()).hexdigest()}.json"
    file.write_text(json.dumps({
        "accessToken": {**given["accessToken"], "accountId": support.ACCOUNT, "expiresAt": "2026-01-01T00:00:00Z"},
        "tokenType": given["tokenType"], "clientId": SAME_DEVICE, "refreshToken": given["refreshToken"],
        "idToken": given["idToken"], "dpopKey": pem}))
    (folder / "config").write_text(f"[default]\nlogin_session = {arn}\nregion = us-east-1\n")
    variables = {"AWS_LOGIN_CACHE_DIRECTORY": str(folder), "AWS_CONFIG_FILE": str(folder / "config"),
                 "AWS_ENDPOINT_URL_SIGNIN": client.server.url}
    return file, variables


def test_the_javascript_sdk_goes_on_with_a_login(server, alice, client, tmp_path):
    first = client.redeem(client.code())
    file, variables = cached(client, first, tmp_path)
    who = programs.javascript_identity(server, tmp_path, variables, "login")
    assert who["arn"] == f"arn:aws:iam::{support.ACCOUNT}:user/alice"
    kept = json.loads(file.read_text())
    assert kept["accessToken"]["accessKeyId"] == who["key"] != first.json()["accessToken"]["accessKeyId"]


def test_the_javascript_sdk_needs_the_key_of_the_login(server, alice, client, tmp_path):
    _, variables = cached(client, client.redeem(client.code()), tmp_path, key=ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(AssertionError, match="re-authenticate"):
        programs.javascript_identity(server, tmp_path, variables, "login")


def test_a_code_is_good_once_and_for_its_client(server, alice, client):
    code = client.code()
    assert client.redeem(code).status == 200
    assert error_of(client.redeem(code)) == (401, "AUTHCODE_EXPIRED")
    assert error_of(client.redeem("none")) == (401, "AUTHCODE_EXPIRED")
    for wrong in ({"codeVerifier": "w" * 64}, {"redirectUri": "http://127.0.0.1:1/oauth/callback"}, {"clientId": CROSS_DEVICE}):
        assert error_of(client.redeem(client.code(), **wrong)) == (400, "INVALID_REQUEST")
    late = client.code()
    server.clock(advance="10m")
    assert error_of(client.redeem(late)) == (401, "AUTHCODE_EXPIRED")


def test_a_refresh_token_is_bound_to_its_key(server, alice, client):
    token = client.redeem(client.code()).json()["refreshToken"]
    assert error_of(Client(server).refresh(token)) == (400, "INVALID_REQUEST")
    assert error_of(client.refresh(token, clientId=CROSS_DEVICE)) == (400, "INVALID_REQUEST")
    assert error_of(client.refresh("none")) == (401, "TOKEN_EXPIRED")
    assert client.refresh(token).status == 200


def test_proofs_are_for_one_request(server, alice, client):
    code = client.code()
    for wrong in ({"htm": "GET"}, {"htu": "http://other/v1/token"}, {"iat": 1}, {"jti": None}):
        assert error_of(client.redeem(code, proof=client.proof(**wrong))) == (400, "INVALID_REQUEST")
    assert error_of(client.redeem(code, proof="x.y.z")) == (400, "INVALID_REQUEST")
    proof = client.proof()
    token = client.redeem(code, proof=proof).json()["refreshToken"]  # none of these has used it up
    assert error_of(client.refresh(token, proof=proof)) == (400, "INVALID_REQUEST")
    assert error_of(client.refresh(token, proof=reversed_signature(proof))) == (400, "INVALID_REQUEST")
    assert client.refresh(token).status == 200


def reversed_signature(proof):
    """The same signature in its other form, which is as good: (r, n - s)."""
    signed, _, signature = proof.rpartition(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    other = order - int.from_bytes(raw[32:], "big")
    return f"{signed}.{unpadded(raw[:32] + other.to_bytes(32, 'big'))}"


def test_permissions_are_needed(server, root, client):
    bob = root.user("bob")
    assert sit_down(server, f"arn:aws:iam::{support.ACCOUNT}:user/bob").status == 200
    answer = client.authorize()
    assert answer.status == 403
    assert "is not authorized to perform: signin:AuthorizeOAuth2Access on resource: arn:aws:signin:us-east-1:" in answer.text
    decision = server.http("GET", "/_iamlocal/decisions/latest").json()
    assert (decision["action"], decision["decision"]) == ("signin:AuthorizeOAuth2Access", "implicitDeny")
    root.iam.put_user_policy(UserName="bob", PolicyName="p", PolicyDocument=support.policy(allow("signin:AuthorizeOAuth2Access")))
    assert error_of(client.redeem(client.code())) == (403, "INSUFFICIENT_PERMISSIONS")
    assert bob.arn().endswith("bob")


def test_who_is_gone_gets_nothing(server, root, client):
    root.user("carol", MAY_LOG_IN)
    sit_down(server, f"arn:aws:iam::{support.ACCOUNT}:user/carol")
    token = client.redeem(client.code()).json()["refreshToken"]
    root.iam.delete_user_policy(UserName="carol", PolicyName="inline")
    root.iam.delete_access_key(UserName="carol", AccessKeyId=root.iam.list_access_keys(UserName="carol")["AccessKeyMetadata"][0]["AccessKeyId"])
    root.iam.delete_user(UserName="carol")
    assert error_of(client.refresh(token)) == (403, "USER_CREDENTIALS_CHANGED")
    assert client.authorize().status == 401


def test_another_device_shows_the_code(server, root, client):
    sit_down(server, support.root_arn())
    page = f"{server.url}/v1/sessions/confirmation"
    answer = client.authorize(client_id=CROSS_DEVICE, redirect_uri=page)
    shown = server.http("GET", answer.headers["location"][len(server.url):])
    given = urllib.parse.parse_qs(base64.b64decode(shown.body).decode())
    assert given["state"] == ["st ate"]
    redeemed = client.redeem(given["code"][0], clientId=CROSS_DEVICE, redirectUri=page)
    assert session_of(server, redeemed).arn() == support.root_arn()


@pytest.mark.parametrize("wrong", [{"redirect_uri": "http://evil.example:80/oauth/callback"}, {"redirect_uri": "http://127.0.0.1:1/x"},
                                   {"redirect_uri": "http://127.0.0.1:1.evil.example/oauth/callback"}, {"redirect_uri": "http://127.0.0.1:0/oauth/callback"},
                                   {"code_challenge_method": "S256"}, {"response_type": "token"}, {"client_id": "x"},
                                   {"code_challenge": "x"}, {"state": ""}, {"scope": "all"}])
def test_other_authorizations_are_refused(alice, client, wrong):
    answer = client.authorize(**wrong)
    assert answer.status == 400
    assert "location" not in answer.headers


def test_nobody_is_signed_in_by_himself(server, client):
    assert client.authorize().status == 401
    assert sit_down(server, f"arn:aws:iam::{support.ACCOUNT}:user/none").status == 404
    assert sit_down(server, f"arn:aws:iam::{support.ACCOUNT}:role/x").status == 400
    sit_down(server, support.root_arn())
    assert client.authorize().status == 302
    assert server.http("DELETE", "/_iamlocal/signin").status == 200
    assert client.authorize().status == 401


@pytest.mark.parametrize(("type_", "body"), [("application/json", b"{"), ("text/plain", b"{}"), ("application/json", b'{"code":1}')])
def test_bodies_that_cannot_be_read(server, client, type_, body):
    answer = server.http("POST", "/v1/token", {"Content-Type": type_, "DPoP": client.proof()}, body)
    assert error_of(answer) == (400, "INVALID_REQUEST")


# Console federation ----------------------------------------------------------------------------------------------------


def federation(server, **parameters):
    return server.http("GET", "/federation?" + urllib.parse.urlencode(parameters))


def login_token(server, caller, **more):
    session = json.dumps({"sessionId": caller.key, "sessionKey": caller.secret, "sessionToken": caller.token})
    return federation(server, Action="getSigninToken", Session=session, **more)


@pytest.fixture
def session(root):
    arn = root.role("app", support.root_arn(), MAY_LOG_IN)
    return root.user("dave", allow("sts:AssumeRole")).assume(arn, "portal")


def test_a_role_logs_in_and_its_program_too(server, session, client):
    token = login_token(server, session).json()["SigninToken"]
    answer = federation(server, Action="login", Issuer="portal", Destination=CONSOLE, SigninToken=token)
    assert (answer.status, answer.headers["location"]) == (302, CONSOLE)
    assert "HttpOnly; SameSite=Strict" in answer.headers["set-cookie"]
    program = session_of(server, client.redeem(client.code(cookie=answer.headers["set-cookie"].split(";")[0])))
    assert program.arn() == f"arn:aws:sts::{support.ACCOUNT}:assumed-role/app/portal"


def test_a_login_token_is_good_for_fifteen_minutes(server, session):
    token = login_token(server, session).json()["SigninToken"]
    server.clock(advance="15m")
    assert federation(server, Action="login", Destination=CONSOLE, SigninToken=token).status == 400


@pytest.mark.parametrize("destination", ["", "https://evil.example/", "javascript:alert(1)", "//evil.example",
                                         "https://evil.example%2f.aws.amazon.com/", "https://evil.example;.aws.amazon.com/"])
def test_a_login_leads_nowhere_else(server, session, destination):
    token = login_token(server, session).json()["SigninToken"]
    answer = federation(server, Action="login", Destination=destination, SigninToken=token)
    assert answer.status == 400
    assert "location" not in answer.headers


def test_credentials_of_a_login_are_verified(server, session, root):
    wrong = [Caller(server, session.key, "x" * 40, session.token), Caller(server, "ASIAX", session.secret, session.token),
             Caller(server, session.key, session.secret, "forged"), Caller(server, "test", "test", "")]
    for caller in wrong:
        assert login_token(server, caller).status == 400
    own = root.sts.get_session_token()["Credentials"]
    assert login_token(server, support.of_credentials(server, own)).status == 400
    assert login_token(server, root_of_a_member(server, root)).status == 400
    server.clock(advance="1h")
    assert login_token(server, session).status == 400


def root_of_a_member(server, root):
    """A session of AssumeRoot."""
    member = "222233334444"
    declared = {"id": "o-exampleorgid", "management_account": support.ACCOUNT, "accounts": {member: "/"},
                "trusted_access": ["iam.amazonaws.com"]}
    assert server.http("PUT", "/_iamlocal/organization", {}, json.dumps(declared).encode()).status == 200
    Newer(root).enable_organizations_root_sessions()
    made = Newer(root.user("head", allow("sts:AssumeRoot"))).assume_root(
        TargetPrincipal=member, TaskPolicyArn={"arn": "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"})
    return support.of_credentials(server, made["Credentials"])


def test_the_duration_of_a_login(server, session):
    assert login_token(server, session, SessionDuration="900").status == 200
    assert login_token(server, session, SessionDuration="3600").status == 200
    for wrong in ("899", "3601", "43201", "x"):
        assert login_token(server, session, SessionDuration=wrong).status == 400


def test_only_a_session_that_began_with_its_role_may_be_made_longer(server, root, client):
    alice = root.user("alice", allow("sts:AssumeRole"))
    first = alice.assume(root.role("first", alice.arn(), allow("*")), "portal")
    chained = first.assume(root.role("second", first.arn(), allow("*")), "portal")
    narrowed = support.of_credentials(server, Newer(first).get_scoped_credentials(DurationSeconds=900)["Credentials"])
    token = login_token(server, first).json()["SigninToken"]
    cookie = federation(server, Action="login", Destination=CONSOLE, SigninToken=token).headers["set-cookie"].split(";")[0]
    of_login = session_of(server, client.redeem(client.code(cookie=cookie)))
    assert login_token(server, first, SessionDuration="3600").status == 200
    for session in (chained, narrowed, of_login):
        assert login_token(server, session).status == 200
        answer = login_token(server, session, SessionDuration="3600")
        assert (answer.status, "SessionDuration is not for" in answer.text) == (400, True), answer.text


def test_what_federation_is_not(server):
    assert federation(server).status == 400
    assert federation(server, Action="none").status == 400
    assert federation(server, Action="login", Destination=CONSOLE, SigninToken="none").status == 400
    assert server.http("PUT", "/federation").status == 405
    assert server.http("GET", "/federation?Action=%zz").status == 400
