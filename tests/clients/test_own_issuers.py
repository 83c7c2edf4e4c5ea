"""Tokens of issuers that the server is itself, exchanged for credentials: nobody needs a network for them."""

import pytest

import support
from issuers import ALGORITHMS, ask, declare, done, identity_token, mint, parts
from support import OTHER_ACCOUNT, Caller, allow, denied, refused
from web_identity import NO_KEY, assume, session_of, web_trust

AUDIENCE = "sts.amazonaws.com"
NOT_VALID = ("The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for "
             "requirements.")


def known(root, issuer, condition=None, audience=AUDIENCE, role="web"):
    """A provider for the issuer, and a role that trusts it; the role's ARN."""
    arn = root.iam.create_open_id_connect_provider(Url=issuer, ClientIDList=[audience])["OpenIDConnectProviderArn"]
    return root.role(role, [web_trust(arn, condition)], allow("iam:ListUsers"))


@pytest.mark.parametrize(("preset", "claims", "subject"), [
    ("github", {"repository": "octo/app"}, "repo:octo/app:ref:refs/heads/main"),
    ("eks", {"sub": "system:serviceaccount:shop:web"}, "system:serviceaccount:shop:web"),
    ("gitlab", {"project_path": "octo/app", "ref_type": "branch", "ref": "main"}, "project_path:octo/app:ref_type:branch:ref:main"),
])
def test_presets(server, root, preset, claims, subject):
    issuer = declare(server, "ci", preset=preset)["issuer"]
    name = issuer.partition("://")[2]
    token = mint(server, "ci", claims)
    audience = parts(token)[1]["aud"]
    audience = audience if isinstance(audience, str) else audience[0]
    made = known(root, issuer, {"StringEquals": {f"{name}:sub": subject, f"{name}:aud": audience}}, audience)
    answer = assume(server, token, made)
    assert answer["SubjectFromWebIdentityToken"] == subject
    assert answer["Provider"].endswith(":oidc-provider/" + name)
    session_of(server, token, made).iam.list_users()
    with denied("Not authorized to perform sts:AssumeRoleWithWebIdentity"):
        assume(server, mint(server, "ci", {**claims, "sub": subject + "x"}), made)


def test_cognito(server, root):
    declare(server, "pool", preset="cognito")
    host = "cognito-identity.amazonaws.com"
    pool = parts(mint(server, "pool"))[1]["aud"]
    made = root.role("web", [web_trust(host, {"StringEquals": {f"{host}:aud": pool},
                                              "ForAnyValue:StringLike": {f"{host}:amr": "authenticated"}})])
    assert assume(server, mint(server, "pool", {"amr": ["authenticated"]}), made)["Provider"] == host
    with denied("Not authorized to perform sts:AssumeRoleWithWebIdentity"):
        assume(server, mint(server, "pool"), made)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_algorithm(server, root, algorithm):
    made = known(root, declare(server, "ci", algorithm=algorithm)["issuer"])
    token = mint(server, "ci")
    assert parts(token)[0]["alg"] == algorithm
    session_of(server, token, made).iam.list_users()


def test_keys_count_as_long_as_they_are_there(server, root):
    made = known(root, declare(server, "ci")["issuer"])
    first = mint(server, "ci")
    assume(server, first, made)
    done(ask(server, "POST", "/ci/rotate", {"keep": 1}))
    second = mint(server, "ci")
    assume(server, first, made)
    assume(server, second, made)
    done(ask(server, "POST", "/ci/rotate", {"keep": 0}))
    for old in (first, second):
        with refused("InvalidIdentityToken", 400, NO_KEY):
            assume(server, old, made)
    assume(server, mint(server, "ci"), made)


def test_wrong_tokens_of_a_right_issuer(server, root):
    made = known(root, declare(server, "ci")["issuer"])
    with refused("InvalidIdentityToken", 400, "Missing a required claim: exp"):
        assume(server, mint(server, "ci", {"exp": None}), made)
    with refused("InvalidIdentityToken", 400, "Incorrect token audience"):
        assume(server, mint(server, "ci", {"aud": "somebody"}), made)
    with refused("InvalidIdentityToken", 400, NO_KEY):
        assume(server, mint(server, "ci", kid="unknown"), made)
    with refused("ExpiredTokenException", 400):
        assume(server, mint(server, "ci", expires_in="-3600s"), made)
    # Another issuer's name under this one's signature.
    other = declare(server, "other")["issuer"]
    known(root, other, role="other")
    with refused("InvalidIdentityToken", 400):
        assume(server, mint(server, "ci", {"iss": other}), made)
    server.clock(advance="2h")
    assume(server, mint(server, "ci"), made)


def test_an_issuer_that_was_removed_is_somebody_else(server, root):
    issuer = declare(server, "ci", issuer=f"https://127.0.0.1:1/{'x' * 8}")["issuer"]
    made = known(root, issuer)
    token = mint(server, "ci")
    assume(server, token, made)
    done(ask(server, "DELETE", "/ci"))
    with refused("IDPCommunicationError", 400):
        assume(server, token, made)


@pytest.mark.parametrize("algorithm", ["RS256", "ES384"])
def test_outbound_tokens(server, root, algorithm):
    """An account trusts another one's users by what STS says about them, without a principal of theirs in any policy."""
    other = Caller(server, OTHER_ACCOUNT)
    issuer = support.send(server, support.call("iam", "EnableOutboundWebIdentityFederation"), key=OTHER_ACCOUNT).find(
        "IssuerIdentifier")
    alice = other.user("alice", allow("sts:GetWebIdentityToken"))
    token = identity_token(alice, Audience=["https://api.example.com"], SigningAlgorithm=algorithm).find("WebIdentityToken")
    name = issuer.partition("://")[2]
    made = known(root, issuer, {"StringEquals": {f"{name}:sub": f"arn:aws:iam::{OTHER_ACCOUNT}:user/alice"}},
                 "https://api.example.com")
    session_of(server, token, made).iam.list_users()
    bob = other.user("bob", allow("sts:GetWebIdentityToken"))
    token = identity_token(bob, Audience=["https://api.example.com"], SigningAlgorithm=algorithm).find("WebIdentityToken")
    with denied("Not authorized to perform sts:AssumeRoleWithWebIdentity"):
        assume(server, token, made)
    header, claims, signature = token.split(".")
    with refused("InvalidIdentityToken", 400, NOT_VALID):
        assume(server, f"{header}.{claims}.{signature[:-8]}AAAAAAAA", made)
