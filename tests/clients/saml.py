"""A SAML identity provider for the client tests, with OpenSSL's program for its keys. What it writes is in canonical form
to begin with, so that a digest of the text is one of the element."""

import base64
import datetime
import functools
import hashlib
import itertools
import pathlib
import subprocess
import tempfile
import xml.sax.saxutils

from support import ACCOUNT, Shifted

SIGN_IN = "https://signin.aws.amazon.com/saml"
OWN = "https://aws.amazon.com/SAML/Attributes/"
DSIG = "http://www.w3.org/2000/09/xmldsig#"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"

_folder = tempfile.TemporaryDirectory()
_numbers = itertools.count(1)


def openssl(*arguments, given=None):
    return subprocess.run(["openssl", *arguments], input=given, capture_output=True, check=True).stdout


class Key:
    """An RSA key and a certificate of it."""

    def __init__(self):
        self.file = str(pathlib.Path(_folder.name) / f"key-{next(_numbers)}.pem")
        openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", self.file)
        pem = openssl("req", "-x509", "-new", "-key", self.file, "-subj", "/CN=idp", "-days", "30").decode()
        self.certificate = "".join(pem.splitlines()[1:-1])

    @property
    def pem(self):
        return pathlib.Path(self.file).read_text()

    def sign(self, text):
        return base64.b64encode(openssl("dgst", "-sha256", "-sign", self.file, given=text.encode())).decode()


@functools.cache
def key(number):
    """Some key; the same one for the same number."""
    return Key()


def text(value):
    return xml.sax.saxutils.escape(value)


def attribute(value):
    return xml.sax.saxutils.quoteattr(value)[1:-1]


def instant(at):
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def minutes(number):
    """So many minutes from now, by the server's clock."""
    return instant(Shifted.utcnow() + datetime.timedelta(minutes=number))


def arn(kind, name, account=ACCOUNT):
    return f"arn:aws:iam::{account}:{kind}/{name}"


class Idp:
    """Writes metadata, assertions and responses. Whoever forges them changes the texts in between."""

    def __init__(self, number=1, entity="https://idp.example.com/saml", signing_key=None):
        self.key = signing_key or key(number)
        self.entity = entity

    def metadata(self, certificates=None):
        keys = "".join(
            f'<KeyDescriptor use="signing"><KeyInfo xmlns="{DSIG}"><X509Data><X509Certificate>{one}</X509Certificate>'
            "</X509Data></KeyInfo></KeyDescriptor>" for one in certificates or [self.key.certificate])
        return (f'<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{attribute(self.entity)}">'
                f'<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">{keys}'
                f"</IDPSSODescriptor></EntityDescriptor><!--{'x' * 1000}-->")

    def assertion(self, role=arn("role", "sso"), provider=arn("saml-provider", "corp"), *, name="alice", subject="alice@corp",
                  form=PERSISTENT, recipient=SIGN_IN, until=None, issued=None, not_before=None, not_after=None, audience=SIGN_IN,
                  session_end=None, attributes=(), id=None, issuer=None):
        """Its canonical text. `attributes`: pairs of a name (one of AWS's has no address) and a value, or a list of them."""
        own = [("Role", f"{role},{provider}")] if role else []
        own += [("RoleSessionName", name)] if name is not None else []
        all_attributes = [(OWN + key if ":" not in key or key.startswith("PrincipalTag:") else key, value)
                          for key, value in [*own, *attributes]]
        written = "".join(
            f'<saml:Attribute Name="{attribute(key)}">' +
            "".join(f"<saml:AttributeValue>{text(one)}</saml:AttributeValue>"
                    for one in ([value] if isinstance(value, str) else value)) + "</saml:Attribute>"
            for key, value in all_attributes)
        end = f' SessionNotOnOrAfter="{session_end}"' if session_end else ""
        name_id = f'<saml:NameID Format="{attribute(form)}">{text(subject)}</saml:NameID>' if subject is not None else ""
        return (
            f'<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="{id or f"_a{next(_numbers)}"}" '
            f'IssueInstant="{issued or minutes(0)}" Version="2.0"><saml:Issuer>{text(issuer or self.entity)}</saml:Issuer>'
            f'<saml:Subject>{name_id}<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
            f'<saml:SubjectConfirmationData NotOnOrAfter="{until or minutes(5)}" Recipient="{attribute(recipient)}">'
            f"</saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>"
            f'<saml:Conditions NotBefore="{not_before or minutes(-5)}" NotOnOrAfter="{not_after or minutes(5)}">'
            f"<saml:AudienceRestriction><saml:Audience>{text(audience)}</saml:Audience></saml:AudienceRestriction>"
            f'</saml:Conditions><saml:AuthnStatement AuthnInstant="{minutes(0)}"{end}><saml:AuthnContext>'
            f"<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>"
            f"</saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>{written}</saml:AttributeStatement>"
            f"</saml:Assertion>")

    def signature(self, canonical, method=RSA_SHA256):
        """The signature of an element, by its canonical text."""
        id = canonical.split(' ID="', 1)[1].split('"', 1)[0]
        digest = base64.b64encode(hashlib.sha256(canonical.encode()).digest()).decode()
        info = (
            f'<ds:CanonicalizationMethod Algorithm="{EXCLUSIVE}"></ds:CanonicalizationMethod><ds:SignatureMethod '
            f'Algorithm="{method}"></ds:SignatureMethod><ds:Reference URI="#{id}"><ds:Transforms><ds:Transform '
            f'Algorithm="{DSIG}enveloped-signature"></ds:Transform><ds:Transform Algorithm="{EXCLUSIVE}"></ds:Transform>'
            f'</ds:Transforms><ds:DigestMethod Algorithm="{SHA256}"></ds:DigestMethod><ds:DigestValue>{digest}'
            f"</ds:DigestValue></ds:Reference></ds:SignedInfo>")
        value = self.key.sign(f'<ds:SignedInfo xmlns:ds="{DSIG}">{info}')
        return (f'<ds:Signature xmlns:ds="{DSIG}"><ds:SignedInfo>{info}<ds:SignatureValue>{value}</ds:SignatureValue>'
                f"<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{self.key.certificate}</ds:X509Certificate></ds:X509Data>"
                f"</ds:KeyInfo></ds:Signature>")

    def sign(self, canonical):
        return canonical.replace("</saml:Issuer>", "</saml:Issuer>" + self.signature(canonical), 1)

    def document(self, signed, *, issuer=None, status="Success"):
        """A response around it, in canonical form."""
        return (
            f'<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" Destination="{SIGN_IN}" '
            f'ID="_r{next(_numbers)}" IssueInstant="{minutes(0)}" Version="2.0">'
            f'<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">{text(issuer or self.entity)}</saml:Issuer>'
            f'<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:{status}"></samlp:StatusCode>'
            f"</samlp:Status>{signed}</samlp:Response>")

    def response(self, *arguments, **more):
        """What a browser or a program hands to AWS: a good one."""
        return encoded(self.document(self.sign(self.assertion(*arguments, **more))))


def encoded(document):
    return base64.b64encode(document.encode()).decode()


def change(document, before, after, count=1):
    assert before in document, before
    return document.replace(before, after, count)


def cut(document, begin, end):
    at = document.index(begin)
    return document[at:document.index(end, at) + len(end)]
