"""Issuers of web identity tokens on a server, and what verifies their tokens: PyJWT, which knows nothing of ours."""

import base64
import json

import jwt

import support

ROOT = "/_iamlocal/oidc"
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]


def ask(server, method, path, body=None, host=None):
    headers = {"Host": host} if host else {}
    text = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    return server.http(method, ROOT + path, headers, text)


def done(answer):
    assert answer.status == 200, (answer.status, answer.text)
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


def declare(server, name, **wish):
    return done(ask(server, "PUT", f"/{name}", wish))


def mint(server, name, claims=None, **wish):
    """A token of the issuer."""
    return done(ask(server, "POST", f"/{name}/token", {**({"claims": claims} if claims else {}), **wish}))["token"]


def parts(token):
    """Header and claims, not verified."""
    return tuple(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in token.split(".")[:2])


def verified(server, token, discovery_path, audience, algorithms=None, **options):
    """The claims of a token, after discovery, as somebody else does it."""
    document = done(server.http("GET", discovery_path))
    assert document["jwks_uri"].startswith(server.url + "/"), document
    keys = jwt.PyJWKSet.from_dict(done(server.http("GET", document["jwks_uri"][len(server.url):])))
    header = jwt.get_unverified_header(token)
    [key] = [key for key in keys.keys if key.key_id == header["kid"]]
    # The server's clock may have been moved, and ours has not.
    claims = jwt.decode(token, key.key, algorithms=algorithms or document["id_token_signing_alg_values_supported"],
                        audience=audience, issuer=document["issuer"],
                        options={"verify_iat": False, "verify_exp": False, "verify_nbf": False, **options})
    return claims


def discovery_of(name):
    return f"{ROOT}/{name}/.well-known/openid-configuration"


def of_outbound(issuer):
    """The path of an outbound issuer's discovery on this server."""
    identifier = issuer.removeprefix("https://").removesuffix(".tokens.sts.global.api.aws")
    return f"/_iamlocal/outbound/{identifier}/.well-known/openid-configuration"


def identity_token(caller, host=None, **parameters):
    """GetWebIdentityToken; the Answer."""
    pairs = []
    for name, value in parameters.items():
        if name == "Tags":
            for number, (key, text) in enumerate(value, 1):
                pairs += [(f"Tags.member.{number}.Key", key), (f"Tags.member.{number}.Value", text)]
        elif isinstance(value, list):
            pairs += [(f"{name}.member.{number}", item) for number, item in enumerate(value, 1)]
        else:
            pairs.append((name, str(value)))
    return support.send(caller.server, support.call("sts", "GetWebIdentityToken", *pairs), service="sts", key=caller.key,
                        secret=caller.secret, token=caller.token, region=caller.region, host=host)
