"""Identity providers for the client tests: their keys, the tokens that they sign, and servers that publish keys, well or
badly. Nothing of the server's own code takes part."""

import base64
import contextlib
import functools
import http.server
import json
import ssl
import threading
import time

from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

import support
from support import of_credentials, trust

NO_KEY = ("Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity "
          "documentation for requirements")


def web_trust(provider, condition=None, action="sts:AssumeRoleWithWebIdentity", **more):
    """A statement of a trust policy."""
    return trust({"Federated": provider}, action, **({"Condition": condition} if condition else {}), **more)


def assume(server, web_token, role, session="session", **more):
    return support.client(server, "sts").assume_role_with_web_identity(
        RoleArn=role, RoleSessionName=session, WebIdentityToken=web_token, **more)


def session_of(server, web_token, role, session="session", **more):
    return of_credentials(server, assume(server, web_token, role, session, **more)["Credentials"])


HASHES = {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}
CURVES = {"ES256": ("P-256", ec.SECP256R1, 32), "ES384": ("P-384", ec.SECP384R1, 48), "ES512": ("P-521", ec.SECP521R1, 66)}


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value, size=None):
    return base64url(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


def part(value):
    return base64url(value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode())


@functools.lru_cache(maxsize=None)
def rsa_key(name="first", bits=2048):
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@functools.lru_cache(maxsize=None)
def ec_key(algorithm, name="first"):
    return ec.generate_private_key(CURVES[algorithm][1]())


class Key:
    """A private key with its id, which signs by one algorithm."""

    def __init__(self, kid, algorithm="RS256", name="first"):
        self.kid, self.algorithm, self.name = kid, algorithm, name
        self.private = ec_key(algorithm, name) if algorithm.startswith("ES") else rsa_key(name)

    def jwk(self, **more):
        public = self.private.public_key().public_numbers()
        if self.algorithm.startswith("ES"):
            curve, _, size = CURVES[self.algorithm]
            key = {"kty": "EC", "crv": curve, "x": number(public.x, size), "y": number(public.y, size)}
        else:
            key = {"kty": "RSA", "n": number(public.n), "e": number(public.e)}
        key = {"kid": self.kid, "use": "sig", **key, **more}
        return {name: value for name, value in key.items() if value is not None}

    def public_pem(self):
        return self.private.public_key().public_bytes(serialization.Encoding.PEM,
                                                      serialization.PublicFormat.SubjectPublicKeyInfo)

    def sign(self, data, algorithm=None):
        algorithm = algorithm or self.algorithm
        digest = HASHES[algorithm[2:]]()
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            size = (self.private.curve.key_size + 7) // 8
            r, s = utils.decode_dss_signature(self.private.sign(data, ec.ECDSA(digest)))
            return r.to_bytes(size, "big") + s.to_bytes(size, "big")
        if algorithm.startswith("PS"):
            return self.private.sign(data, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)
        return self.private.sign(data, padding.PKCS1v15(), digest)


def key_set(*keys):
    return {"keys": [key.jwk() if isinstance(key, Key) else key for key in keys]}


def signed(key, claims, header=None):
    """A token; members of header and claims that are None are left out. Claims may be bytes."""
    head = {"alg": key.algorithm, "kid": key.kid, "typ": "JWT", **(header or {})}
    head = {name: value for name, value in head.items() if value is not None}
    body = f"{part(head)}.{part(claims)}"
    return f"{body}.{base64url(key.sign(body.encode(), None))}"


def claims_of(issuer, **more):
    now = int(time.time())
    claims = {"iss": issuer, "sub": "someone", "aud": "client", "iat": now, "exp": now + 600, **more}
    return {name: value for name, value in claims.items() if value is not None}


def hmac_signed(secret, claims, header):
    body = f"{part(header)}.{part(claims)}"
    mac = hmac.HMAC(secret, hashes.SHA256())
    mac.update(body.encode())
    return f"{body}.{base64url(mac.finalize())}"


# Servers -------------------------------------------------------------------------------------------------------------


class Publisher:
    """A provider at 127.0.0.1 that publishes a discovery document and keys. `answers` by path override what it says: bytes,
    (status, headers, bytes), or a function that gets the handler and answers itself. `asked` has all paths."""

    def __init__(self, *keys, certificate=None, path=""):
        self.answers, self.asked, self.keys = {}, [], list(keys)
        self.release = threading.Event()  # ends whatever answers slowly
        publisher = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                publisher.asked.append(self.path)
                publisher.respond(self)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass  # whoever asked has given up

        self.server = Server(("127.0.0.1", 0), Handler)
        scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate.chain_file, certificate.key_file)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
            scheme = "https"
        self.port = self.server.server_address[1]
        self.host = f"localhost:{self.port}" if certificate else f"127.0.0.1:{self.port}"
        self.issuer = f"{scheme}://{self.host}{path}"
        self.path = path
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def respond(self, handler):
        answer = self.answers.get(handler.path)
        if answer is None:
            answer = {f"{self.path}/.well-known/openid-configuration":
                          json.dumps({"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys"}).encode(),
                      f"{self.path}/keys": json.dumps(key_set(*self.keys)).encode()}.get(handler.path)
        if callable(answer):
            return answer(handler)
        status, headers, body = answer if isinstance(answer, tuple) else (200 if answer else 404, {}, answer or b"")
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        with contextlib.suppress(OSError):
            handler.wfile.write(body)

    def discovery(self, **more):
        """Has the discovery document say something else."""
        document = {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys", **more}
        self.answers[f"{self.path}/.well-known/openid-configuration"] = json.dumps(document).encode()

    @property
    def name(self):
        """Of the provider in IAM."""
        return self.issuer.partition("://")[2]

    def close(self):
        self.release.set()
        self.server.shutdown()
        self.server.server_close()
