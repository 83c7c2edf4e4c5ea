"""Built-in issuers: declared, shown, asked for tokens, rotated and removed; their tokens are verified by PyJWT."""

import concurrent.futures
import re
import time

import jwt
import pytest

import support
from issuers import ALGORITHMS, ask, declare, discovery_of, done, mint, parts, verified

GITHUB = "https://token.actions.githubusercontent.com"


def refusal(answer, status):
    assert answer.status == status, answer.text
    assert set(answer.json()) == {"error"}
    return answer.json()["error"]


def keys_of(server, name):
    return done(ask(server, "GET", f"/{name}/.well-known/jwks.json"))["keys"]


def algorithms_of(server, name):
    return done(server.http("GET", discovery_of(name)))["id_token_signing_alg_values_supported"]


# Declaring ------------------------------------------------------------------------------------------------------------


def test_an_issuer_is_declared_shown_and_removed(server):
    assert done(ask(server, "GET", "")) == {"issuers": []}
    shown = declare(server, "ci")
    [key] = shown["keys"]
    assert shown == {"name": "ci", "issuer": f"https://{server.host}:{server.port}/_iamlocal/oidc/ci", "preset": "",
                     "keys": [{"kid": key["kid"], "algorithm": "RS256"}]}
    assert re.fullmatch(r"[0-9a-f]{40}", key["kid"])
    assert done(ask(server, "GET", "/ci")) == shown
    assert done(ask(server, "GET", "")) == {"issuers": [shown]}
    assert done(ask(server, "GET", "/ci/.well-known/openid-configuration")) == {
        "issuer": shown["issuer"], "jwks_uri": f"{server.url}/_iamlocal/oidc/ci/.well-known/jwks.json",
        "response_types_supported": ["id_token"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "nbf", "jti"]}
    [jwk] = keys_of(server, "ci")
    assert set(jwk) == {"kty", "use", "kid", "alg", "n", "e"}
    assert (jwk["kty"], jwk["use"], jwk["kid"], jwk["alg"]) == ("RSA", "sig", key["kid"], "RS256")
    assert done(ask(server, "DELETE", "/ci")) == {"status": "ok"}
    for method, path in (("GET", "/ci"), ("DELETE", "/ci"), ("POST", "/ci/token"), ("POST", "/ci/rotate"),
                         ("GET", "/ci/.well-known/jwks.json"), ("GET", "/ci/.well-known/openid-configuration")):
        assert "declare it with PUT" in refusal(ask(server, method, path), 404)


def test_the_default_address_suits_iam(server, iam):
    """IAM takes https alone, with a port, too."""
    issuer = declare(server, "ci")["issuer"]
    arn = iam.create_open_id_connect_provider(Url=issuer, ClientIDList=["sts.amazonaws.com"],
                                              ThumbprintList=["a" * 40])["OpenIDConnectProviderArn"]
    assert arn.endswith(f":oidc-provider/{server.host}:{server.port}/_iamlocal/oidc/ci")
    named = done(ask(server, "PUT", "/named", {}, host="localhost:443"))
    assert named["issuer"] == "https://localhost/_iamlocal/oidc/named"
    # An address of IPv6 makes no provider.
    assert "say which one" in refusal(ask(server, "PUT", "/six", {}, host=f"[::1]:{server.port}"), 400)
    assert declare(server, "six", issuer="http://localhost:8080/six")["issuer"] == "http://localhost:8080/six"


def test_declaring_again_keeps_the_key(server):
    first = declare(server, "ci", preset="github")
    again = declare(server, "ci", preset="gitlab", issuer="https://gitlab.example.com")
    assert again == {**first, "preset": "gitlab", "issuer": "https://gitlab.example.com"}
    # Another key is made where another one is wanted.
    other = declare(server, "ci", algorithm="ES256")
    assert [key["algorithm"] for key in other["keys"]] == ["ES256"]
    named = declare(server, "ci", algorithm="ES256", kid="mine")
    assert named["keys"] == [{"kid": "mine", "algorithm": "ES256"}]
    assert declare(server, "ci", algorithm="ES256", kid="mine") == named


def test_an_address_belongs_to_one(server):
    declare(server, "one", preset="github")
    assert refusal(ask(server, "PUT", "/two", {"preset": "github"}), 409) == "another built-in issuer has this address"
    assert done(ask(server, "GET", ""))["issuers"][0]["name"] == "one"
    declare(server, "two", preset="github", issuer=GITHUB + "/octo")


def test_no_more_than_a_hundred(server):
    for number in range(100):
        declare(server, f"i{number}", algorithm="ES256", issuer=f"https://idp.example.com/{number}")
    body = {"algorithm": "ES256", "issuer": "https://idp.example.com/100"}
    assert refusal(ask(server, "PUT", "/i100", body), 409) == "there are 100 issuers already"
    declare(server, "i99", algorithm="ES256", issuer="https://idp.example.com/x")


@pytest.mark.parametrize("name", ["a" * 65, "a.b", "a%20b", "%2e%2e", ""])
def test_names(server, name):
    assert refusal(ask(server, "PUT", f"/{name}", {}), 400).startswith("the name of an issuer has")


@pytest.mark.parametrize("body, sentence", [
    ({"issuer": "idp.example.com"}, "issuer is an address"), ({"issuer": "ftp://idp.example.com"}, "issuer is an address"),
    ({"issuer": "https://"}, "issuer is an address"), ({"issuer": "https://a?b"}, "issuer is an address"),
    ({"issuer": "https://a#b"}, "issuer is an address"), ({"issuer": "https://a b"}, "issuer is an address"),
    ({"issuer": "https://a:443/x"}, "issuer is an address"), ({"issuer": "https://a:0/x"}, "issuer is an address"),
    ({"issuer": "https://a:65536"}, "issuer is an address"), ({"issuer": "https://a:x"}, "issuer is an address"),
    ({"issuer": "https://u@a"}, "issuer is an address"), ({"issuer": "https://" + "a" * 248}, "issuer is an address"),
    ({"issuer": "https://\u00fc"}, "issuer is an address"), ({"issuer": 5}, "issuer is a text"),
    ({"preset": "GitHub"}, "preset is one of cognito, cognito-user-pool, eks, github, gitlab"),
    ({"preset": None}, "preset is a text"),
    ({"algorithm": "HS256"}, "algorithm is one of"), ({"algorithm": "none"}, "algorithm is one of"),
    ({"kid": ""}, "kid has"), ({"kid": "a" * 129}, "kid has"), ({"kid": "\u00fc"}, "kid has"), ({"kid": 1}, "kid is a text"),
    ({"issuers": "https://a"}, "there is no member issuers"), ([], "no object"), ("x", "no object"),
    (b"{", "no object"), (b"\xff", "no object"), (b"[" * 15000, "nested too deeply"), (b'{"a":' * 3000, "nested too deeply"),
    (b" " * 16385, "larger than 16 KiB"),
])
def test_bad_declarations(server, body, sentence):
    assert sentence in refusal(ask(server, "PUT", "/ci", body), 400)
    assert done(ask(server, "GET", "")) == {"issuers": []}


def test_other_paths_and_methods(server):
    declare(server, "ci", algorithm="ES256")
    for method, path in (("GET", "/ci/other"), ("GET", "/ci/"+ ".well-known"), ("POST", "/ci"), ("POST", "/ci/keys"),
                         ("PUT", "/ci/token"), ("DELETE", "/ci/token"), ("GET", "//ci")):
        assert refusal(ask(server, method, path, {} if method == "PUT" else None), 404)
    answer = ask(server, "PATCH", "/ci")
    assert refusal(answer, 405) and answer.headers["allow"] == "GET, HEAD, PUT, POST, DELETE"
    assert "parameter" in refusal(ask(server, "PUT", "/ci?preset=github"), 400)
    assert "parameter" in refusal(ask(server, "POST", "/ci/token?kid=x"), 400)


# Tokens ---------------------------------------------------------------------------------------------------------------


def test_a_token_is_verified_by_another_library(server):
    declare(server, "ci")
    answer = done(ask(server, "POST", "/ci/token", {"claims": {"sub": "alice", "groups": ["a", "b"]}}))
    assert set(answer) == {"token", "claims"}
    claims = verified(server, answer["token"], discovery_of("ci"), "sts.amazonaws.com")
    assert claims == answer["claims"]
    assert claims["sub"] == "alice" and claims["groups"] == ["a", "b"]
    assert claims["exp"] - claims["iat"] == 3600 and abs(claims["iat"] - time.time()) < 5
    assert support.UUID.fullmatch(claims["jti"])
    header, _ = parts(answer["token"])
    assert header == {"kid": keys_of(server, "ci")[0]["kid"], "typ": "JWT", "alg": "RS256"}
    with pytest.raises(jwt.InvalidSignatureError):
        verified(server, answer["token"][:-8] + "AAAAAAAA", discovery_of("ci"), "sts.amazonaws.com")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_algorithm(server, algorithm):
    shown = declare(server, "ci", algorithm=algorithm)
    assert shown["keys"][0]["algorithm"] == algorithm
    assert algorithms_of(server, "ci") == [algorithm]
    token = mint(server, "ci")
    assert parts(token)[0]["alg"] == algorithm
    verified(server, token, discovery_of("ci"), "sts.amazonaws.com")


def test_another_algorithm_of_the_same_key(server):
    declare(server, "ci")
    for algorithm in ALGORITHMS[:6]:
        verified(server, mint(server, "ci", algorithm=algorithm), discovery_of("ci"), "sts.amazonaws.com", [algorithm])
    assert "cannot sign with ES256" in refusal(ask(server, "POST", "/ci/token", {"algorithm": "ES256"}), 400)


def test_tokens_follow_the_clock_and_last_as_long_as_is_asked(server):
    declare(server, "ci", algorithm="ES256")
    server.clock(freeze="2030-01-01T00:00:00Z")
    start = 1893456000
    for wish, exp in ((60, start + 60), ("1h30m", start + 5400), (-600, start - 600), (0, start), ("90s", start + 90)):
        claims = parts(mint(server, "ci", expires_in=wish))[1]
        assert (claims["iat"], claims["exp"]) == (start, exp)
    assert parts(mint(server, "ci", {"exp": 5}, expires_in=60))[1]["exp"] == 5


def test_claims_may_be_left_out_or_wrong(server):
    declare(server, "ci", algorithm="ES256")
    claims = parts(mint(server, "ci", {"iss": None, "aud": ["a", "b"], "exp": "soon", "nbf": None, "x": None}))[1]
    assert "iss" not in claims and "nbf" not in claims and "x" not in claims
    assert claims["aud"] == ["a", "b"] and claims["exp"] == "soon"


def test_the_key_id_is_what_is_asked_for(server):
    kid = declare(server, "ci", algorithm="ES256")["keys"][0]["kid"]
    assert parts(mint(server, "ci"))[0]["kid"] == kid
    assert parts(mint(server, "ci", kid="../../dev/null"))[0]["kid"] == "../../dev/null"
    assert "kid" not in parts(mint(server, "ci", kid=None))[0]


@pytest.mark.parametrize("body, sentence", [
    ({"claims": []}, "claims is an object"), ({"claims": None}, "claims is an object"),
    ({"expires_in": "soon"}, "expires_in is"), ({"expires_in": 2**64 - 1}, "expires_in is"),
    ({"expires_in": 1.5}, "expires_in is"), ({"expires_in": 10**12}, "expires_in is"),
    ({"expires_in": -10**12}, "expires_in is"),
    ({"kid": 5}, "kid is a text"), ({"kid": "\n"}, "kid has"), ({"algorithm": "HS256"}, "algorithm is one of"),
    ({"claim": {}}, "there is no member claim"), (b"{}}", "no object"), ({"claims": {"a": "x" * 17000}}, "larger than 16 KiB"),
])
def test_bad_wishes(server, body, sentence):
    declare(server, "ci", algorithm="ES256")
    assert sentence in refusal(ask(server, "POST", "/ci/token", body), 400)


# Presets --------------------------------------------------------------------------------------------------------------


def test_github(server):
    assert declare(server, "github", preset="github")["issuer"] == GITHUB
    claims = verified(server, mint(server, "github", {"repository": "octo/app", "ref": "refs/heads/dev"}),
                      discovery_of("github"), "sts.amazonaws.com")
    assert claims["iss"] == GITHUB
    assert claims["sub"] == "repo:octo/app:ref:refs/heads/dev"
    assert claims["exp"] - claims["iat"] == 300
    assert {"actor", "actor_id", "base_ref", "event_name", "head_ref", "job_workflow_ref", "job_workflow_sha", "jti", "ref",
            "ref_protected", "ref_type", "repository", "repository_id", "repository_owner", "repository_owner_id",
            "repository_visibility", "run_attempt", "run_id", "run_number", "runner_environment", "sha", "workflow",
            "workflow_ref", "workflow_sha"} <= set(claims)
    assert claims["repository_owner"] == "octo" and re.fullmatch("[0-9a-f]{40}", claims["sha"])
    for given, subject in (({"environment": "prod"}, "repo:octo-org/octo-repo:environment:prod"),
                           ({"event_name": "pull_request"}, "repo:octo-org/octo-repo:pull_request"),
                           ({"ref": "refs/tags/v1"}, "repo:octo-org/octo-repo:ref:refs/tags/v1"), ({"sub": "x"}, "x")):
        assert parts(mint(server, "github", given))[1]["sub"] == subject


def test_eks(server):
    issuer = declare(server, "eks", preset="eks")["issuer"]
    assert re.fullmatch(r"https://oidc\.eks\.us-east-1\.amazonaws\.com/id/[0-9A-F]{32}", issuer)
    assert declare(server, "other", preset="eks")["issuer"] != issuer
    claims = verified(server, mint(server, "eks", {"sub": "system:serviceaccount:prod:api"}), discovery_of("eks"),
                      "sts.amazonaws.com")
    assert claims["aud"] == ["sts.amazonaws.com"] and claims["exp"] - claims["iat"] == 86400
    bound = claims["kubernetes.io"]
    assert set(bound) == {"namespace", "node", "pod", "serviceaccount"}
    assert bound["namespace"] == "prod" and bound["serviceaccount"]["name"] == "api"
    assert support.UUID.fullmatch(bound["serviceaccount"]["uid"])
    assert "typ" not in parts(mint(server, "eks"))[0]


def test_gitlab(server):
    assert declare(server, "gitlab", preset="gitlab")["issuer"] == "https://gitlab.com"
    claims = verified(server, mint(server, "gitlab", {"project_path": "g/h/p"}), discovery_of("gitlab"), "https://gitlab.com")
    assert claims["sub"] == "project_path:g/h/p:ref_type:branch:ref:main"
    assert {"ci_config_ref_uri", "ci_config_sha", "job_id", "namespace_id", "namespace_path", "pipeline_id", "pipeline_source",
            "project_id", "project_path", "project_visibility", "ref", "ref_path", "ref_protected", "ref_type",
            "runner_environment", "runner_id", "sha", "user_access_level", "user_email", "user_id", "user_login"} <= set(claims)
    assert claims["namespace_path"] == "g/h" and claims["ref_path"] == "refs/heads/main"


def test_cognito(server):
    assert declare(server, "pool", preset="cognito")["issuer"] == "https://cognito-identity.amazonaws.com"
    pool = "us-east-1:11111111-2222-4333-8444-555555555555"
    token = mint(server, "pool", {"aud": pool, "amr": ["authenticated", "login.example.com"]})
    assert parts(token)[0]["alg"] == "RS512" and parts(token)[0]["typ"] == "JWS"
    claims = verified(server, token, discovery_of("pool"), pool)
    assert claims["amr"] == ["authenticated", "login.example.com"] and claims["exp"] - claims["iat"] == 600
    assert claims["sub"].startswith("us-east-1:")
    assert parts(mint(server, "pool"))[1]["amr"] == ["unauthenticated"]


def test_cognito_user_pool(server):
    issuer = declare(server, "users", preset="cognito-user-pool")["issuer"]
    assert re.fullmatch(r"https://cognito-idp\.us-east-1\.amazonaws\.com/us-east-1_\w{9}", issuer)
    claims = parts(mint(server, "users", {"cognito:username": "bob", "cognito:groups": ["admins"]}))[1]
    assert claims["token_use"] == "id" and claims["email"] == "bob@example.com" and claims["cognito:groups"] == ["admins"]


# Rotation -------------------------------------------------------------------------------------------------------------


def test_after_a_rotation_older_tokens_are_verified_for_a_while(server):
    declare(server, "ci", algorithm="ES256", kid="first")
    old = mint(server, "ci")
    assert [key["kid"] for key in done(ask(server, "POST", "/ci/rotate", {"kid": "second"}))["keys"]] == ["first", "second"]
    new = mint(server, "ci")
    assert parts(new)[0]["kid"] == "second"
    for token in (old, new, mint(server, "ci", kid="first")):
        verified(server, token, discovery_of("ci"), "sts.amazonaws.com")
    # One older key stays, unless more or fewer are wanted.
    assert [key["kid"] for key in done(ask(server, "POST", "/ci/rotate", {"kid": "third"}))["keys"]] == ["second", "third"]
    assert [key["kid"] for key in keys_of(server, "ci")] == ["second", "third"]
    shown = done(ask(server, "POST", "/ci/rotate", {"kid": "fourth", "keep": 2, "algorithm": "RS256"}))
    assert [key["kid"] for key in shown["keys"]] == ["second", "third", "fourth"]
    assert algorithms_of(server, "ci") == ["ES256", "RS256"]
    shown = done(ask(server, "POST", "/ci/rotate", {"keep": 0}))
    assert len(shown["keys"]) == 1 and shown["keys"][0]["algorithm"] == "RS256"


@pytest.mark.parametrize("body, status, sentence", [
    ({"keep": 10}, 400, "keep is a number from 0 to 9"), ({"keep": -1}, 400, "keep is"), ({"keep": "1"}, 400, "keep is"),
    ({"kid": "first"}, 409, "a key that stays has this kid"), ({"algorithm": "none"}, 400, "algorithm is one of"),
    ({"x": 1}, 400, "there is no member x"),
])
def test_bad_rotations(server, body, status, sentence):
    declare(server, "ci", algorithm="ES256", kid="first")
    assert sentence in refusal(ask(server, "POST", "/ci/rotate", body), status)
    assert [key["kid"] for key in keys_of(server, "ci")] == ["first"]


def test_ten_keys_at_most(server):
    declare(server, "ci", algorithm="ES256")
    for _ in range(12):
        ask(server, "POST", "/ci/rotate", {"keep": 9})
    assert len(keys_of(server, "ci")) == 10


# What stays and what goes ----------------------------------------------------------------------------------------------


def test_issuers_survive_a_restart_and_not_a_reset(start, tmp_path):
    server = start("--data-dir", str(tmp_path / "data"))
    shown = declare(server, "ci", preset="github")
    old = mint(server, "ci")
    server.stop()
    server = start("--data-dir", str(tmp_path / "data"))
    assert done(ask(server, "GET", "/ci")) == shown
    for token in (old, mint(server, "ci")):
        verified(server, token, discovery_of("ci"), "sts.amazonaws.com")
    # They belong to no account.
    server.post("/_iamlocal/reset?account=" + support.ACCOUNT)
    assert done(ask(server, "GET", "/ci")) == shown
    server.reset()
    assert done(ask(server, "GET", "")) == {"issuers": []}


def test_private_keys_are_not_in_the_database_nor_in_the_log(start, tmp_path):
    server = start("--data-dir", str(tmp_path / "data"), "--log-level", "debug")
    declare(server, "ci")
    token = mint(server, "ci")
    server.stop()
    kept = support.kept_in(tmp_path / "data")
    assert b"PRIVATE KEY" not in kept and b"token.actions" not in kept
    assert token.split(".")[2] not in server.log() and "PRIVATE KEY" not in server.log()


def test_nothing_without_a_test_bench(start):
    server = start("--testbench", "off")
    for method, path in (("GET", ""), ("PUT", "/ci"), ("POST", "/ci/token")):
        assert "test bench is off" in refusal(ask(server, method, path), 403)


def test_keys_are_made_where_nobody_waits(start):
    """With one worker, requests are answered while keys are made."""
    server = start("--workers", "1")
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(declare, server, f"i{number}", issuer=f"https://idp.example.com/{number}") for number in range(4)]
        answered = 0
        while concurrent.futures.wait(asked, timeout=0.01).not_done:
            assert server.http("GET", "/_iamlocal/health").status == 200
            answered += 1
        # If each of the four kept the worker busy, there were room for one between two of them.
        assert answered > 8
        assert len({one.result()["keys"][0]["kid"] for one in asked}) == 4


def test_those_who_declare_it_at_the_same_time_get_one_issuer(server):
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        shown = list(pool.map(lambda _: declare(server, "ci"), range(4)))
    assert all(one == shown[0] for one in shown) and len(shown[0]["keys"]) == 1
    verified(server, mint(server, "ci"), discovery_of("ci"), "sts.amazonaws.com")


def test_access_lines_name_the_test_bench(start):
    server = start()
    answer = ask(server, "PUT", "/ci", {"algorithm": "ES256"})
    server.logged("request", action="testbench", status=200, request_id=answer.headers["x-amzn-requestid"])
    answer = ask(server, "PUT", "/ci", {"algorithm": "none"})
    server.logged("request", action="testbench", status=400, request_id=answer.headers["x-amzn-requestid"])
