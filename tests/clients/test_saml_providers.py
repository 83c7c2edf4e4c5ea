"""SAML providers."""

import datetime
import re
import subprocess

import botocore.exceptions
import pytest

import support
from support import (ACCOUNT, OTHER_ACCOUNT, Caller, Server, allow, answer_of, call, denied, exists, invalid, limit,
                     not_found, refused, send)

# What the model has and this server has no occasion for (tests/model/test_coverage.py).
NO_OCCASION = {}

PAD = f"<!--{'x' * 1000}-->"
OPEN = '<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.com">'
ISSUER = '<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">{}</IDPSSODescriptor>'
CLOSE = "</EntityDescriptor>"


def openssl(*arguments, given=None):
    return subprocess.run(["openssl", *arguments], input=given, capture_output=True, check=True, text=True).stdout


def new_key(kind="EC", option="ec_paramgen_curve:P-256"):
    return openssl("genpkey", "-algorithm", kind, *(["-pkeyopt", option] if option else []))


EC_KEY = new_key()
RSA_KEY = new_key("RSA", "rsa_keygen_bits:2048")
SHORT_KEY = new_key("RSA", "rsa_keygen_bits:1024")


def certificate(key=EC_KEY, serial=1):
    made = openssl("req", "-x509", "-new", "-key", "/dev/stdin", "-subj", "/CN=idp", "-set_serial", str(serial), given=key)
    return "".join(made.splitlines()[1:-1])


def key_descriptor(text, use="signing"):
    return (f'<KeyDescriptor use="{use}"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data>'
            f"<X509Certificate>{text}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>")


CERTIFICATE = certificate()
METADATA = OPEN + ISSUER.format(key_descriptor(CERTIFICATE)) + CLOSE + PAD


class Saml:
    """The operations that Debian's boto3 knows in an older form, by hand; the others are boto3's."""

    def __init__(self, caller):
        self.caller = caller

    def __getattr__(self, name):
        return getattr(self.caller.iam, name)

    def create_saml_provider(self, **members):
        return self.ask("CreateSAMLProvider", members)

    def get_saml_provider(self, **members):
        return self.ask("GetSAMLProvider", members)

    def update_saml_provider(self, **members):
        return self.ask("UpdateSAMLProvider", members)

    def ask(self, operation, members):
        answer = send(self.caller.server, call("iam", operation, *flat(members)), key=self.caller.key, secret=self.caller.secret)
        if answer.status == 200:
            return read(answer.xml()[0])
        status, code, message = answer.error()
        raise botocore.exceptions.ClientError(
            {"Error": {"Code": code, "Message": message, "Type": "Sender"}, "ResponseMetadata": {"HTTPStatusCode": status}},
            operation)


def flat(members):
    for name, value in members.items():
        if isinstance(value, str):
            yield name, value
            continue
        for number, tag in enumerate(value, 1):
            yield from ((f"{name}.member.{number}.{part}", text) for part, text in tag.items())


def read(element):
    name = element.tag.rpartition("}")[2]
    if name in ("Tags", "PrivateKeyList"):
        return [read(item) for item in element]
    if len(element) > 0:
        return {child.tag.rpartition("}")[2]: read(child) for child in element}
    if name in ("CreateDate", "ValidUntil", "Timestamp"):
        return datetime.datetime.strptime(element.text, "%Y-%m-%dT%H:%M:%S%z")
    return element.text or ""


@pytest.fixture
def iam(root):
    return Saml(root)


def arn_of(name, account=ACCOUNT):
    return f"arn:aws:iam::{account}:saml-provider/{name}"


def make(iam, name="corp", document=METADATA, **more):
    return iam.create_saml_provider(Name=name, SAMLMetadataDocument=document, **more)["SAMLProviderArn"]


def got(iam, arn):
    return answer_of(iam.get_saml_provider(SAMLProviderArn=arn))


def test_create_and_get(server, iam):
    server.clock(freeze="2030-01-01T12:00:00Z")
    tags = [{"Key": "z", "Value": "z"}, {"Key": "A", "Value": "a"}]
    made = answer_of(iam.create_saml_provider(Name="corp", SAMLMetadataDocument=METADATA, Tags=tags))
    assert made == {"SAMLProviderArn": arn_of("corp"), "Tags": tags}
    provider = got(iam, arn_of("corp"))
    assert re.fullmatch("SAMLSP[0-9A-Z]{16}", provider.pop("SAMLProviderUUID"))
    noon = datetime.datetime(2030, 1, 1, 12, tzinfo=datetime.timezone.utc)
    assert provider == {"SAMLMetadataDocument": METADATA, "CreateDate": noon, "ValidUntil": noon.replace(year=2130),
                        "Tags": tags[::-1], "AssertionEncryptionMode": "Allowed", "PrivateKeyList": []}


def test_what_is_not_given(iam):
    made = answer_of(iam.create_saml_provider(Name="corp", SAMLMetadataDocument=METADATA))
    assert made == {"SAMLProviderArn": arn_of("corp")}
    assert got(iam, arn_of("corp"))["Tags"] == []


def test_metadata_comes_back_letter_for_letter(iam):
    document = f"<?xml version='1.0'?>\r\n{OPEN}\n\t{ISSUER.format('')}<!-- \u00e9&\U0001f600 -->{CLOSE}{PAD}\n "
    assert got(iam, make(iam, document=document))["SAMLMetadataDocument"] == document


@pytest.mark.parametrize("text", [
    OPEN + ISSUER.format("") + CLOSE,
    OPEN + ISSUER.format(key_descriptor(CERTIFICATE, "encryption")) + CLOSE,
    OPEN.replace(" entityID", ' validUntil="2020-01-01T00:00:00Z" entityID') + ISSUER.format("") + CLOSE,
    '<m:EntitiesDescriptor xmlns:m="urn:oasis:names:tc:SAML:2.0:metadata">' + OPEN + ISSUER.format("") + CLOSE
    + "</m:EntitiesDescriptor>",
    OPEN + ISSUER.format(key_descriptor(certificate(SHORT_KEY))) + CLOSE,
], ids=["no certificate", "encryption only", "past validUntil", "EntitiesDescriptor", "RSA of 1024 bits"])
def test_metadata_that_aws_takes(iam, text):
    make(iam, document=text + PAD)


@pytest.mark.parametrize("text", [
    "no xml" * 200, OPEN + CLOSE.replace("Entity", "Other"), METADATA.replace("EntityDescriptor", "SomethingElse"),
    OPEN.replace("metadata", "other") + ISSUER.format("") + CLOSE, "<!DOCTYPE EntityDescriptor>" + METADATA,
    '<!DOCTYPE x [<!ENTITY e "e">]>' + METADATA, "\ufeff" + METADATA,
    OPEN + ISSUER.format(key_descriptor("a" * 40)) + CLOSE,
    OPEN + ISSUER.format(key_descriptor(CERTIFICATE[:-8])) + CLOSE,
    OPEN + ISSUER.format("&unknown;") + CLOSE, "<e>" * 5000 + "</e>" * 5000,
    OPEN.replace(' entityID="https://idp.example.com"', "") + ISSUER.format("") + CLOSE,
])
def test_metadata_that_cannot_be_parsed(iam, text):
    with refused("InvalidInput", 400, "Could not parse metadata"):
        make(iam, document=text + PAD)
    assert iam.list_saml_providers()["SAMLProviderList"] == []
    arn = make(iam)
    with refused("InvalidInput", 400, "Could not parse metadata"):
        iam.update_saml_provider(SAMLProviderArn=arn, SAMLMetadataDocument=text + PAD)
    assert got(iam, arn)["SAMLMetadataDocument"] == METADATA


def test_metadata_of_nobody_who_issues_assertions(iam):
    with refused("InvalidInput", 400, "SAML Providers must reference at least one SAML assertion issuer."):
        make(iam, document=OPEN + CLOSE + PAD)


def test_ten_keys_in_the_metadata(iam):
    def document(count):
        return OPEN + ISSUER.format(key_descriptor(CERTIFICATE) * count) + CLOSE
    make(iam, "ten", document(10))
    with limit("Cannot exceed quota for KeysPerSAMLProvider: 10"):
        make(iam, "eleven", document(11))


def test_a_provider_that_exists(iam):
    make(iam, "Corp")
    with exists("Provider with name corp already exists."):
        make(iam, "corp")


def test_names_are_found_whatever_the_case(iam):
    make(iam, "Corp")
    assert iam.update_saml_provider(SAMLProviderArn=arn_of("CORP"), SAMLMetadataDocument=METADATA)["SAMLProviderArn"] == \
        arn_of("Corp")


def test_list(server, iam):
    server.clock(freeze="2028-02-29T12:00:00Z")
    for name in ("b", "A", "c"):
        make(iam, name)
    made = datetime.datetime(2028, 2, 29, 12, tzinfo=datetime.timezone.utc)
    assert answer_of(iam.list_saml_providers()) == {"SAMLProviderList": [
        {"Arn": arn_of(name), "ValidUntil": made.replace(year=2128), "CreateDate": made} for name in ("A", "b", "c")]}
    assert iam.get_account_summary()["SummaryMap"]["Providers"] == 3


def test_a_date_that_there_is_not_in_a_hundred_years(server, iam):
    server.clock(freeze="2096-02-29T00:00:00Z")
    make(iam)
    (listed,) = iam.list_saml_providers()["SAMLProviderList"]
    assert listed["ValidUntil"].isoformat() == "2196-02-29T00:00:00+00:00"
    server.clock(freeze="2104-02-29T00:00:00Z")
    iam.update_saml_provider(SAMLProviderArn=arn_of("corp"), SAMLMetadataDocument=METADATA)
    (listed,) = iam.list_saml_providers()["SAMLProviderList"]
    assert listed["ValidUntil"].isoformat() == "2204-02-29T00:00:00+00:00"
    server.clock(freeze="2000-02-29T00:00:00Z")
    iam.update_saml_provider(SAMLProviderArn=arn_of("corp"), SAMLMetadataDocument=METADATA)
    (listed,) = iam.list_saml_providers()["SAMLProviderList"]
    assert listed["ValidUntil"].isoformat() == "2100-02-28T00:00:00+00:00"


def test_a_hundred_providers(server, iam):
    document = OPEN + ISSUER.format("") + CLOSE + PAD
    for number in range(100):
        make(iam, f"corp{number}", document)
    with limit("Cannot exceed quota for SAMLProvidersPerAccount: 100"):
        make(iam, "one-more")
    server.post(f"/_iamlocal/reset?account={ACCOUNT}")
    assert iam.list_saml_providers()["SAMLProviderList"] == []
    make(iam, "one-more")


def test_delete(iam):
    arn = make(iam, AddPrivateKey=EC_KEY, Tags=[{"Key": "a", "Value": "b"}])
    assert answer_of(iam.delete_saml_provider(SAMLProviderArn=arn)) == {}
    with not_found(f"Manifest not found for arn {arn}"):
        iam.delete_saml_provider(SAMLProviderArn=arn)
    assert make(iam) == arn
    provider = got(iam, arn)
    assert (provider["PrivateKeyList"], provider["Tags"]) == ([], [])


# Updates -------------------------------------------------------------------------------------------------------------


def test_an_update_keeps_id_and_date(server, iam):
    server.clock(freeze="2030-01-01T12:00:00Z")
    arn = make(iam)
    before = got(iam, arn)
    server.clock(freeze="2031-01-01T12:00:00Z")
    other = METADATA.replace("https://idp.example.com", "https://other.example.com")
    assert answer_of(iam.update_saml_provider(SAMLProviderArn=arn, SAMLMetadataDocument=other)) == {"SAMLProviderArn": arn}
    after = got(iam, arn)
    assert after == {**before, "SAMLMetadataDocument": other,
                     "ValidUntil": datetime.datetime(2131, 1, 1, 12, tzinfo=datetime.timezone.utc)}
    server.clock(freeze="2032-01-01T12:00:00Z")
    iam.update_saml_provider(SAMLProviderArn=arn, AddPrivateKey=EC_KEY)
    assert got(iam, arn)["ValidUntil"] == after["ValidUntil"]


def test_updates_that_are_none(iam):
    arn = make(iam)
    with invalid("Unable to update identity provider. No updates are defined for metadata or encryption assertion."):
        iam.update_saml_provider(SAMLProviderArn=arn)
    with invalid("Unable to add and remove private keys in the same request. Set a value for only one of the two parameters."):
        iam.update_saml_provider(SAMLProviderArn=arn, AddPrivateKey=EC_KEY, RemovePrivateKey="SAMLPK0123456789ABCDEF")


def test_encryption_needs_a_key(iam):
    words = "Failed to set assertion encryption mode to Required because no private key is present."
    with refused("InvalidInput", 400, words):
        make(iam, AssertionEncryptionMode="Required")
    arn = make(iam)
    with refused("InvalidInput", 400, words):
        iam.update_saml_provider(SAMLProviderArn=arn, AssertionEncryptionMode="Required")
    iam.update_saml_provider(SAMLProviderArn=arn, AssertionEncryptionMode="Required", AddPrivateKey=EC_KEY)
    assert got(iam, arn)["AssertionEncryptionMode"] == "Required"
    (key,) = got(iam, arn)["PrivateKeyList"]
    for more in ({}, {"AssertionEncryptionMode": "Required"}):
        with refused("InvalidInput", 400, "Failed to remove private key."):
            iam.update_saml_provider(SAMLProviderArn=arn, RemovePrivateKey=key["KeyId"], **more)
    assert got(iam, arn)["PrivateKeyList"] == [key]
    iam.update_saml_provider(SAMLProviderArn=arn, RemovePrivateKey=key["KeyId"], AssertionEncryptionMode="Allowed")
    provider = got(iam, arn)
    assert (provider["AssertionEncryptionMode"], provider["PrivateKeyList"]) == ("Allowed", [])
    arn = make(iam, "other", AssertionEncryptionMode="Required", AddPrivateKey=RSA_KEY)
    assert got(iam, arn)["AssertionEncryptionMode"] == "Required"


def test_two_private_keys(server, iam):
    server.clock(freeze="2030-01-01T12:00:00Z")
    arn = make(iam, AddPrivateKey=RSA_KEY)
    server.clock(freeze="2030-01-01T13:00:00Z")
    iam.update_saml_provider(SAMLProviderArn=arn, AddPrivateKey=RSA_KEY)
    first, second = got(iam, arn)["PrivateKeyList"]
    assert set(first) == {"KeyId", "Timestamp"}
    assert [key["Timestamp"].hour for key in (first, second)] == [12, 13]
    assert all(re.fullmatch("SAMLPK[0-9A-Z]{16}", key["KeyId"]) for key in (first, second))
    with limit("Private key limit of 2 is reached."):
        iam.update_saml_provider(SAMLProviderArn=arn, AddPrivateKey=EC_KEY)
    with refused("InvalidInput", 400, "Failed to remove private key."):
        iam.update_saml_provider(SAMLProviderArn=arn, RemovePrivateKey="SAMLPK0123456789ABCDEF")
    iam.update_saml_provider(SAMLProviderArn=arn, RemovePrivateKey=first["KeyId"])
    assert got(iam, arn)["PrivateKeyList"] == [second]


@pytest.mark.parametrize("key", [
    EC_KEY, RSA_KEY, SHORT_KEY,
    openssl("rsa", "-traditional", given=RSA_KEY), openssl("ec", given=EC_KEY),
    openssl("ecparam", "-name", "secp384r1", "-genkey"), new_key(option="ec_paramgen_curve:P-521"),
    EC_KEY.replace("\n", "\r\n"), "a line before\n" + EC_KEY,
], ids=["EC", "RSA", "RSA of 1024 bits", "PKCS#1", "SEC1", "with parameters", "P-521", "CRLF", "after text"])
def test_private_keys_that_aws_takes(iam, key):
    arn = make(iam, AddPrivateKey=key)
    assert len(got(iam, arn)["PrivateKeyList"]) == 1


@pytest.mark.parametrize("key", [
    "no key", EC_KEY[:100], EC_KEY.replace("PRIVATE", "PUBLIC"), openssl("pkey", "-pubout", given=EC_KEY),
    new_key("ED25519", None), openssl("pkcs8", "-topk8", "-passout", "pass:x", given=EC_KEY),
    openssl("ec", "-aes128", "-passout", "pass:x", given=EC_KEY),
], ids=["text", "cut short", "wrong label", "public key", "Ed25519", "encrypted PKCS#8", "encrypted SEC1"])
def test_private_keys_that_are_none(iam, key):
    with refused("InvalidInput", 400, "Could not parse private key"):
        make(iam, AddPrivateKey=key)
    arn = make(iam)
    with refused("InvalidInput", 400, "Could not parse private key"):
        iam.update_saml_provider(SAMLProviderArn=arn, AddPrivateKey=key)
    assert got(iam, arn)["PrivateKeyList"] == []


def test_nobody_sees_a_private_key(tmp_path):
    """Neither what is stored nor what is logged has it."""
    server = Server(tmp_path / "server", "--data-dir", str(tmp_path / "data"))
    iam = Saml(Caller(server))
    make(iam, AddPrivateKey=EC_KEY, document=METADATA)
    make(iam, "in-the-clear", OPEN + ISSUER.format("") + CLOSE + "<!--SEEN-->" + PAD)
    assert server.stop() == 0
    secret = EC_KEY.splitlines()[1].encode()
    stored = support.kept_in(tmp_path / "data")
    assert b"SEEN" in stored
    assert secret not in stored
    assert secret.decode() not in server.log()
    again = Server(tmp_path / "server", "--data-dir", str(tmp_path / "data"))
    assert len(got(Saml(Caller(again)), arn_of("corp"))["PrivateKeyList"]) == 1
    assert again.stop() == 0


# Absent, foreign, malformed ------------------------------------------------------------------------------------------

ABSENT = arn_of("none")
OTHERS = {
    "get_saml_provider": {},
    "update_saml_provider": {"SAMLMetadataDocument": METADATA},
    "delete_saml_provider": {},
    "tag_saml_provider": {"Tags": [{"Key": "a", "Value": "b"}]},
    "untag_saml_provider": {"TagKeys": ["a"]},
    "list_saml_provider_tags": {},
}


@pytest.mark.parametrize("operation", OTHERS)
def test_a_provider_that_is_not_there(server, iam, operation):
    with not_found(f"Manifest not found for arn {ABSENT}"):
        getattr(iam, operation)(SAMLProviderArn=ABSENT, **OTHERS[operation])
    foreign = make(Saml(Caller(server, key=OTHER_ACCOUNT)))
    with not_found(f"Manifest not found for arn {foreign}"):
        getattr(iam, operation)(SAMLProviderArn=foreign, **OTHERS[operation])


@pytest.mark.parametrize("operation", OTHERS)
@pytest.mark.parametrize("arn", ["no-arn-but-long-enough", arn_of(""), arn_of("corp").replace("saml", "oidc")])
def test_texts_that_are_no_provider(iam, operation, arn):
    with refused("InvalidInput", 400, f"ARN {arn} is not valid."):
        getattr(iam, operation)(SAMLProviderArn=arn, **OTHERS[operation])


@pytest.mark.parametrize(("parameters", "words"), [
    ({"Name": "corp"}, "Value at 'sAMLMetadataDocument' failed to satisfy constraint: Member must not be null"),
    ({"Name": "corp", "SAMLMetadataDocument": "x" * 999},
     "Value at 'sAMLMetadataDocument' failed to satisfy constraint: Member must have length greater than or equal to 1000"),
    ({"SAMLMetadataDocument": METADATA}, "Value at 'name' failed to satisfy constraint: Member must not be null"),
    ({"SAMLMetadataDocument": METADATA, "Name": "a b"},
     r"Value at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w._-]+"),
    ({"SAMLMetadataDocument": METADATA, "Name": "a" * 129}, "Member must have length less than or equal to 128"),
    ({"SAMLMetadataDocument": METADATA, "Name": "a", "AssertionEncryptionMode": "Maybe"},
     "Value at 'assertionEncryptionMode' failed to satisfy constraint: Member must satisfy enum value set: [Required, Allowed]"),
    ({"SAMLMetadataDocument": METADATA, "Name": "a", "AddPrivateKey": ""}, "Value at 'addPrivateKey' failed"),
    ({"SAMLMetadataDocument": METADATA, "Name": "a", "AddPrivateKey": "a" * 16385}, "Value at 'addPrivateKey' failed"),
    ({"SAMLMetadataDocument": METADATA, "Name": "a", "AddPrivateKey": "\u20ac"}, "Value at 'addPrivateKey' failed"),
])
def test_bad_members_at_the_wire(server, iam, parameters, words):
    status, code, message = send(server, call("iam", "CreateSAMLProvider", **parameters)).error()
    assert (status, code) == (400, "ValidationError")
    assert words in message
    assert iam.list_saml_providers()["SAMLProviderList"] == []


@pytest.mark.parametrize(("operation", "parameters", "path"), [
    ("UpdateSAMLProvider", {"SAMLProviderArn": ABSENT, "RemovePrivateKey": "short"}, "removePrivateKey"),
    ("UpdateSAMLProvider", {"SAMLProviderArn": ABSENT, "RemovePrivateKey": "a" * 22}, "removePrivateKey"),
    ("UpdateSAMLProvider", {"SAMLMetadataDocument": METADATA}, "sAMLProviderArn"),
    ("GetSAMLProvider", {"SAMLProviderArn": "short"}, "sAMLProviderArn"),
    ("DeleteSAMLProvider", {}, "sAMLProviderArn"),
    ("TagSAMLProvider", {"SAMLProviderArn": ABSENT}, "tags"),
    ("UntagSAMLProvider", {"SAMLProviderArn": ABSENT}, "tagKeys"),
    ("ListSAMLProviderTags", {"SAMLProviderArn": ABSENT, "MaxItems": "1001"}, "maxItems"),
])
def test_bad_members_of_others_at_the_wire(server, operation, parameters, path):
    status, code, message = send(server, call("iam", operation, **parameters)).error()
    assert (status, code) == (400, "ValidationError")
    assert f"Value at '{path}' failed" in message


# Tags and permissions ------------------------------------------------------------------------------------------------


def test_tags(iam):
    arn = make(iam)
    assert answer_of(iam.tag_saml_provider(SAMLProviderArn=arn, Tags=[{"Key": key, "Value": key} for key in "bBa"])) == {}
    iam.untag_saml_provider(SAMLProviderArn=arn, TagKeys=["A"])
    page = iam.list_saml_provider_tags(SAMLProviderArn=arn, MaxItems=2)
    assert ([tag["Key"] for tag in page["Tags"]], page["IsTruncated"]) == (["B", "a"], True)
    rest = answer_of(iam.list_saml_provider_tags(SAMLProviderArn=arn, Marker=page["Marker"]))
    assert rest == {"Tags": [{"Key": "b", "Value": "b"}], "IsTruncated": False}
    assert answer_of(iam.untag_saml_provider(SAMLProviderArn=arn, TagKeys=["a", "b"])) == {}
    assert got(iam, arn)["Tags"] == [{"Key": "B", "Value": "B"}]
    with refused("InvalidInput", 400):
        iam.tag_saml_provider(SAMLProviderArn=arn, Tags=[])
    with refused("InvalidInput", 400):
        iam.untag_saml_provider(SAMLProviderArn=arn, TagKeys=[])
    with refused("InvalidInput", 400, "Duplicate tag keys found."):
        make(iam, "other", Tags=[{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}])
    with limit("The number of tags has reached the maximum limit."):
        iam.tag_saml_provider(SAMLProviderArn=arn, Tags=[{"Key": f"k{n}", "Value": ""} for n in range(50)])


def reason(action, resource):
    return (f"User: arn:aws:iam::{ACCOUNT}:user/bob is not authorized to perform: iam:{action} on resource: {resource} "
            f"because no identity-based policy allows the iam:{action} action")


def test_refusals_name_the_provider(root):
    bob = root.user("bob")
    arn = make(Saml(root), "Corp")
    with denied(reason("CreateSAMLProvider", arn_of("new"))):
        make(Saml(bob), "new")
    for name, more in OTHERS.items():
        action = "".join(part.capitalize() for part in name.split("_")).replace("Saml", "SAML")
        for named in (arn, ABSENT):  # it is not told whether there is one
            with denied(reason(action, named)):
                getattr(Saml(bob), name)(SAMLProviderArn=named, **more)
    with denied(reason("ListSAMLProviders", "*")):
        Saml(bob).list_saml_providers()


def test_a_refusal_comes_before_the_metadata_is_read(root):
    bob = root.user("bob")
    with denied():
        make(Saml(bob), document="no xml" * 200)


def test_permissions_by_provider_and_tags(root):
    tags = [{"Key": "Team", "Value": "red"}]
    red, blue = make(Saml(root), "red", Tags=tags), make(Saml(root), "blue")
    bob = root.user("bob", allow("iam:*SAMLProvider", arn_of("*"), Condition={"StringEquals": {"aws:ResourceTag/Team": "red"}}))
    Saml(bob).update_saml_provider(SAMLProviderArn=red, AddPrivateKey=EC_KEY)
    with denied():
        Saml(bob).update_saml_provider(SAMLProviderArn=blue, AddPrivateKey=EC_KEY)
    eve = root.user("eve", allow("iam:CreateSAMLProvider"))
    make(Saml(eve), "plain")
    with denied(pattern="iam:TagSAMLProvider on resource: " + arn_of("tagged")):
        make(Saml(eve), "tagged", Tags=tags)
    ada = root.user("ada", allow("iam:*SAMLProvider", Condition={"StringEquals": {"aws:RequestTag/Team": "red"}}))
    arn = make(Saml(ada), "tagged", Tags=tags)
    with denied():
        Saml(ada).tag_saml_provider(SAMLProviderArn=arn, Tags=[{"Key": "Team", "Value": "blue"}])
