"""OpenID Connect providers."""

import datetime
import re

import pytest

from support import (ACCOUNT, OTHER_ACCOUNT, Caller, allow, answer_of, call, denied, exists, invalid, limit, not_found,
                     refused, send)

# What the model has and this server has no occasion for (tests/model/test_coverage.py).
NO_OCCASION = {
    "OpenIdIdpCommunicationError": ("the server connects to no issuer: thumbprints may be missing",
                                    "CreateOpenIDConnectProvider"),
}

PRINT = "b" * 40


def arn_of(name, account=ACCOUNT):
    return f"arn:aws:iam::{account}:oidc-provider/{name}"


def make(iam, url="https://idp.example.com", **more):
    return iam.create_open_id_connect_provider(Url=url, ThumbprintList=[PRINT], **more)["OpenIDConnectProviderArn"]


def test_create_and_get(iam):
    made = answer_of(iam.create_open_id_connect_provider(
        Url="https://idp.example.com/path/", ClientIDList=["z-client", "a-client", "z-client"],
        ThumbprintList=["A" * 40, "a" * 40], Tags=[{"Key": "key", "Value": "value"}, {"Key": "Key", "Value": "Value"}]))
    assert made == {"OpenIDConnectProviderArn": arn_of("idp.example.com/path/"),
                    "Tags": [{"Key": "key", "Value": "value"}, {"Key": "Key", "Value": "Value"}]}
    got = answer_of(iam.get_open_id_connect_provider(OpenIDConnectProviderArn=made["OpenIDConnectProviderArn"]))
    assert isinstance(got.pop("CreateDate"), datetime.datetime)
    assert got == {"Url": "idp.example.com/path/", "ClientIDList": ["z-client", "a-client"],
                   "ThumbprintList": ["a" * 40, "a" * 40],
                   "Tags": [{"Key": "Key", "Value": "Value"}, {"Key": "key", "Value": "value"}]}


def test_what_is_not_given_is_an_empty_list(iam):
    made = answer_of(iam.create_open_id_connect_provider(Url="https://idp.example.com"))
    assert made == {"OpenIDConnectProviderArn": arn_of("idp.example.com")}
    got = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=made["OpenIDConnectProviderArn"])
    assert (got["ClientIDList"], got["ThumbprintList"], got["Tags"]) == ([], [], [])


def test_the_date_has_milliseconds(server, iam):
    server.clock(freeze="2030-01-01T00:00:00.25Z")
    arn = make(iam)
    answer = send(server, call("iam", "GetOpenIDConnectProvider", OpenIDConnectProviderArn=arn))
    assert answer.find("CreateDate") == "2030-01-01T00:00:00.250Z"
    answer = send(server, call("iam", "GetOpenIDConnectProvider", OpenIDConnectProviderArn=arn),
                  headers={"Accept": "application/json"})
    assert b'"CreateDate":1893456000.250' in answer.body


@pytest.mark.parametrize(("url", "name"), [
    ("https://idp.example.com:443", "idp.example.com"),
    ("https://idp.example.com:443/a", "idp.example.com/a"),
    ("https://idp.example.com:8443/a", "idp.example.com:8443/a"),
    ("https://localhost", "localhost"),
    ("https://idp.EXAMPLE.COM/MixedCase", "idp.EXAMPLE.COM/MixedCase"),
    ("https://idp.example.com/a%20b/~c_d,e;f", "idp.example.com/a%20b/~c_d,e;f"),
    ("https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF", "oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF"),
])
def test_addresses(iam, url, name):
    arn = make(iam, url)
    assert arn == arn_of(name)
    assert iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["Url"] == name


@pytest.mark.parametrize("url", [
    "idp.example.com", "http://idp.example.com", "HTTPS://idp.example.com", "https://", "https:///a", "https://:443",
    "https://idp.example.com:", "https://idp.example.com:0", "https://idp.example.com:65536", "https://idp.example.com:x",
    "https://user@idp.example.com", "https://idp.example.com#a", "https://idp.example.com/#a", "https://idp.example.com/a b",
    "https://idp.example.com/%2", "https://idp.example.com/\u00e9", "https://idp\u00e9.example.com", "https://[::1]/",
    "https://idp.example.com\\a", "ftp://idp.example.com?a", "https://idp.example.com/\n",
])
def test_addresses_that_are_none(iam, url):
    with invalid("Invalid Open ID Connect Provider URL"):
        make(iam, url)
    assert iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] == []


def test_an_address_with_a_query_is_refused_without_a_word(server):
    """The AWS CLI prints `Unknown` for an error that has no message."""
    answer = send(server, call("iam", "CreateOpenIDConnectProvider", Url="https://idp.example.com/?q=v"))
    assert answer.status == 400
    assert (answer.find("Code"), answer.find("Message")) == ("InvalidInput", None)
    assert b"Message" not in answer.body


def test_a_slash_or_other_letters_make_another_provider(iam):
    names = ["idp.example.com/path", "idp.example.com/path/", "idp.example.com/Path"]
    for name in names:
        make(iam, "https://" + name)
    listed = answer_of(iam.list_open_id_connect_providers())
    assert sorted(item["Arn"] for item in listed["OpenIDConnectProviderList"]) == sorted(map(arn_of, names))
    assert all(set(item) == {"Arn"} for item in listed["OpenIDConnectProviderList"])
    assert set(listed) == {"OpenIDConnectProviderList"}


def test_a_provider_that_exists(iam):
    make(iam)
    with exists("Provider with url https://idp.example.com:443 already exists."):
        make(iam, "https://idp.example.com:443")


def test_providers_belong_to_their_account(server, iam):
    arn = make(iam)
    other = Caller(server, key=OTHER_ACCOUNT).iam
    assert other.list_open_id_connect_providers()["OpenIDConnectProviderList"] == []
    with not_found(f"OpenIDConnect Provider not found for arn {arn}"):
        other.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert make(other) == arn_of("idp.example.com", OTHER_ACCOUNT)


ABSENT = arn_of("none.example.com")
CANNOT_BE_FOUND = f"OpenId connect Provider {ABSENT} cannot be found."
OTHERS = {
    "delete_open_id_connect_provider": {},
    "add_client_id_to_open_id_connect_provider": {"ClientID": "a"},
    "remove_client_id_from_open_id_connect_provider": {"ClientID": "a"},
    "update_open_id_connect_provider_thumbprint": {"ThumbprintList": [PRINT]},
    "tag_open_id_connect_provider": {"Tags": [{"Key": "a", "Value": "b"}]},
    "untag_open_id_connect_provider": {"TagKeys": ["a"]},
    "list_open_id_connect_provider_tags": {},
}


def test_a_provider_that_is_not_there(iam):
    with not_found(f"OpenIDConnect Provider not found for arn {ABSENT}"):
        iam.get_open_id_connect_provider(OpenIDConnectProviderArn=ABSENT)


@pytest.mark.parametrize("operation", OTHERS)
def test_others_of_a_provider_that_is_not_there(iam, operation):
    with not_found(CANNOT_BE_FOUND):
        getattr(iam, operation)(OpenIDConnectProviderArn=ABSENT, **OTHERS[operation])


@pytest.mark.parametrize("operation", ["get_open_id_connect_provider", *OTHERS])
@pytest.mark.parametrize("arn", [
    "no-arn-but-long-enough", f"arn:aws:iam::{ACCOUNT}:oidc-provider/", f"arn:aws:iam::{ACCOUNT}:saml-provider/idp.example.com",
    f"arn:aws:sts::{ACCOUNT}:oidc-provider/idp.example.com", f"arn:aws:iam:us-east-1:{ACCOUNT}:oidc-provider/idp.example.com",
    f"arn:aws-cn:iam::{ACCOUNT}:oidc-provider/idp.example.com", f"arn:aws:iam::{ACCOUNT}:oidc-providers/idp.example.com",
])
def test_texts_that_are_no_provider(iam, operation, arn):
    make(iam)
    with refused("InvalidInput", 400, f"ARN {arn} is not valid."):
        getattr(iam, operation)(OpenIDConnectProviderArn=arn, **OTHERS.get(operation, {}))


def test_delete_is_not_idempotent(iam):
    arn = make(iam, ClientIDList=["a"], Tags=[{"Key": "a", "Value": "b"}])
    assert answer_of(iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)) == {}
    with not_found(f"OpenId connect Provider {arn} cannot be found."):
        iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert make(iam) == arn
    got = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert (got["ClientIDList"], got["Tags"]) == ([], [])


def test_client_ids(iam):
    arn = make(iam, ClientIDList=["a"])
    add, remove = iam.add_client_id_to_open_id_connect_provider, iam.remove_client_id_from_open_id_connect_provider
    assert answer_of(add(OpenIDConnectProviderArn=arn, ClientID="A")) == {}
    add(OpenIDConnectProviderArn=arn, ClientID="a")
    assert iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["ClientIDList"] == ["a", "A"]
    assert answer_of(remove(OpenIDConnectProviderArn=arn, ClientID="a")) == {}
    remove(OpenIDConnectProviderArn=arn, ClientID="absent")
    assert iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["ClientIDList"] == ["A"]


def test_a_hundred_client_ids(iam):
    ids = [f"client-{number}" for number in range(101)]
    message = "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100"
    with limit(message):
        make(iam, ClientIDList=ids)
    arn = make(iam, ClientIDList=[*ids[:100], ids[0]])
    with limit(message):
        iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID=ids[100])
    iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID=ids[0])
    assert iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["ClientIDList"] == ids[:100]


def test_a_hundred_providers(server, iam):
    for number in range(100):
        make(iam, f"https://idp{number}.example.com")
    with limit("Cannot exceed quota for OpenIdConnectProvidersPerAccount: 100"):
        make(iam)
    assert iam.get_account_summary()["SummaryMap"]["Providers"] == 100
    assert len(iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]) == 100
    server.post(f"/_iamlocal/reset?account={ACCOUNT}")
    assert iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] == []
    assert iam.get_account_summary()["SummaryMap"]["Providers"] == 0
    make(iam, "https://idp0.example.com")


def test_thumbprints_are_replaced(iam):
    arn = make(iam)
    update = iam.update_open_id_connect_provider_thumbprint
    assert answer_of(update(OpenIDConnectProviderArn=arn, ThumbprintList=["C" * 40, "C" * 40, "g" * 40])) == {}
    assert iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["ThumbprintList"] == ["c" * 40, "c" * 40, "g" * 40]
    with refused("InvalidInput", 400, "Thumbprint list must contain at least one entry."):
        update(OpenIDConnectProviderArn=arn, ThumbprintList=[])
    with refused("InvalidInput", 400, "Thumbprint list must contain fewer than 5 entries."):
        update(OpenIDConnectProviderArn=arn, ThumbprintList=[PRINT] * 6)
    assert len(iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["ThumbprintList"]) == 3
    update(OpenIDConnectProviderArn=arn, ThumbprintList=[PRINT] * 5)


def test_six_thumbprints(iam):
    with refused("InvalidInput", 400, "Thumbprint list must contain fewer than 5 entries."):
        iam.create_open_id_connect_provider(Url="https://idp.example.com", ThumbprintList=[PRINT] * 6)
    iam.create_open_id_connect_provider(Url="https://idp.example.com", ThumbprintList=[PRINT] * 5)


def test_constraints_in_the_order_of_aws(iam):
    with invalid("3 validation errors detected: Value at 'clientIDList' failed to satisfy constraint: Member must satisfy "
                 "constraint: [Member must have length less than or equal to 255, Member must have length greater than or "
                 "equal to 1]; Value at 'thumbprintList' failed to satisfy constraint: Member must satisfy constraint: "
                 "[Member must have length less than or equal to 40, Member must have length greater than or equal to 40]; "
                 "Value at 'url' failed to satisfy constraint: Member must have length less than or equal to 255"):
        iam.create_open_id_connect_provider(Url="https://" + "a" * 248, ClientIDList=["a" * 256], ThumbprintList=["a" * 41])


@pytest.mark.parametrize(("parameters", "words"), [
    ({}, "Value at 'url' failed to satisfy constraint: Member must not be null"),
    ({"Url": ""}, "Value at 'url' failed to satisfy constraint: Member must have length greater than or equal to 1"),
    ({"Url": "https://a", "ThumbprintList.member.1": "a" * 39}, "Value at 'thumbprintList' failed"),
    ({"Url": "https://a", "ClientIDList.member.1": ""}, "Value at 'clientIDList' failed"),
    ({"Url": "https://a", "Tags.member.1.Key": "a"}, "Value at 'tags.1.member.value' failed"),
])
def test_bad_members_at_the_wire(server, iam, parameters, words):
    answer = send(server, call("iam", "CreateOpenIDConnectProvider", **parameters))
    status, code, message = answer.error()
    assert (status, code) == (400, "ValidationError")
    assert words in message
    assert iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] == []


@pytest.mark.parametrize(("operation", "parameters", "path"), [
    ("AddClientIDToOpenIDConnectProvider", {"ClientID": "a"}, "openIDConnectProviderArn"),
    ("AddClientIDToOpenIDConnectProvider", {"OpenIDConnectProviderArn": ABSENT}, "clientID"),
    ("RemoveClientIDFromOpenIDConnectProvider", {"OpenIDConnectProviderArn": ABSENT, "ClientID": "a" * 256}, "clientID"),
    ("UpdateOpenIDConnectProviderThumbprint", {"OpenIDConnectProviderArn": ABSENT}, "thumbprintList"),
    ("GetOpenIDConnectProvider", {"OpenIDConnectProviderArn": "short"}, "openIDConnectProviderArn"),
    ("TagOpenIDConnectProvider", {"OpenIDConnectProviderArn": ABSENT}, "tags"),
    ("UntagOpenIDConnectProvider", {"OpenIDConnectProviderArn": ABSENT}, "tagKeys"),
    ("ListOpenIDConnectProviderTags", {"OpenIDConnectProviderArn": ABSENT, "MaxItems": "0"}, "maxItems"),
])
def test_bad_members_of_others_at_the_wire(server, operation, parameters, path):
    status, code, message = send(server, call("iam", operation, **parameters)).error()
    assert (status, code) == (400, "ValidationError")
    assert f"Value at '{path}' failed" in message


# Tags ----------------------------------------------------------------------------------------------------------------


def test_tag_keys_keep_their_case(iam):
    arn = make(iam)
    tagged = answer_of(iam.tag_open_id_connect_provider(
        OpenIDConnectProviderArn=arn, Tags=[{"Key": "team", "Value": "second"}, {"Key": "Team", "Value": "first"}]))
    assert tagged == {}
    iam.untag_open_id_connect_provider(OpenIDConnectProviderArn=arn, TagKeys=["TEAM"])
    listed = answer_of(iam.list_open_id_connect_provider_tags(OpenIDConnectProviderArn=arn))
    assert listed == {"Tags": [{"Key": "Team", "Value": "first"}, {"Key": "team", "Value": "second"}], "IsTruncated": False}
    assert answer_of(iam.untag_open_id_connect_provider(OpenIDConnectProviderArn=arn, TagKeys=["team"])) == {}
    assert iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["Tags"] == [{"Key": "Team", "Value": "first"}]


def test_empty_lists_of_tags_and_keys(iam):
    arn = make(iam)
    with refused("InvalidInput", 400):
        iam.tag_open_id_connect_provider(OpenIDConnectProviderArn=arn, Tags=[])
    with refused("InvalidInput", 400):
        iam.untag_open_id_connect_provider(OpenIDConnectProviderArn=arn, TagKeys=[])


def test_tags_that_are_refused(iam):
    tags = [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]
    with refused("InvalidInput", 400, "Duplicate tag keys found."):
        make(iam, Tags=tags)
    with refused("InvalidInput", 400, "Tag keys beginning with aws: are reserved for system use."):
        make(iam, Tags=[{"Key": "aws:a", "Value": "1"}])
    arn = make(iam)
    with refused("InvalidInput", 400, "Duplicate tag keys found."):
        iam.tag_open_id_connect_provider(OpenIDConnectProviderArn=arn, Tags=tags)


def test_the_fifty_first_tag(iam):
    arn = make(iam, Tags=[{"Key": f"k{number:02}", "Value": ""} for number in range(50)])
    with limit("The number of tags has reached the maximum limit."):
        iam.tag_open_id_connect_provider(OpenIDConnectProviderArn=arn, Tags=[{"Key": "one-more", "Value": ""}])
    keys, marker = [], {}
    while True:
        page = iam.list_open_id_connect_provider_tags(OpenIDConnectProviderArn=arn, MaxItems=20, **marker)
        keys += [tag["Key"] for tag in page["Tags"]]
        if not page["IsTruncated"]:
            break
        marker = {"Marker": page["Marker"]}
    assert keys == [f"k{number:02}" for number in range(50)]


# Permissions ---------------------------------------------------------------------------------------------------------


def reason(name, action, resource):
    return (f"User: arn:aws:iam::{ACCOUNT}:user/{name} is not authorized to perform: iam:{action} on resource: {resource} "
            f"because no identity-based policy allows the iam:{action} action")


def test_refusals_name_the_provider(root):
    bob = root.user("bob")
    arn = make(root.iam)
    with denied(reason("bob", "CreateOpenIDConnectProvider", arn_of("new.example.com/a"))):
        bob.iam.create_open_id_connect_provider(Url="https://new.example.com:443/a")
    for name, more in {"get_open_id_connect_provider": {}, **OTHERS}.items():
        action = re.sub("Open_?Id_?Connect", "OpenIDConnect",
                        "".join(part.capitalize() for part in name.split("_")).replace("ClientId", "ClientID"))
        with denied(reason("bob", action, arn)):
            getattr(bob.iam, name)(OpenIDConnectProviderArn=arn, **more)
        # It is not told whether there is one.
        with denied(reason("bob", action, ABSENT)):
            getattr(bob.iam, name)(OpenIDConnectProviderArn=ABSENT, **more)
    with denied(reason("bob", "ListOpenIDConnectProviders", "*")):
        bob.iam.list_open_id_connect_providers()


def test_permissions_by_provider_and_tags(root):
    red, blue = make(root.iam, "https://red", Tags=[{"Key": "Team", "Value": "red"}]), make(root.iam, "https://blue")
    bob = root.user("bob", allow("iam:*OpenIDConnectProvider", arn_of("*"),
                                 Condition={"StringEquals": {"aws:ResourceTag/Team": "red"}}))
    bob.iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=red, ClientID="a")
    with denied():
        bob.iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=blue, ClientID="a")
    with denied():
        bob.iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=blue)
    bob.iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=red)


def test_creating_with_tags_needs_the_permission_to_tag(root):
    bob = root.user("bob", allow("iam:CreateOpenIDConnectProvider"))
    tags = [{"Key": "Team", "Value": "red"}]
    make(bob.iam, "https://plain")
    with denied(reason("bob", "TagOpenIDConnectProvider", arn_of("tagged"))):
        make(bob.iam, "https://tagged", Tags=tags)
    eve = root.user("eve", allow("iam:*OpenIDConnectProvider", Condition={"StringEquals": {"aws:RequestTag/Team": "red"}}))
    arn = make(eve.iam, "https://tagged", Tags=tags)
    with denied():
        eve.iam.tag_open_id_connect_provider(OpenIDConnectProviderArn=arn, Tags=[{"Key": "Team", "Value": "blue"}])
    eve.iam.tag_open_id_connect_provider(OpenIDConnectProviderArn=arn, Tags=tags)


def test_tag_keys_are_condition_keys(root):
    arn = make(root.iam, Tags=[{"Key": "a", "Value": ""}, {"Key": "b", "Value": ""}])
    bob = root.user("bob", allow("iam:UntagOpenIDConnectProvider",
                                 Condition={"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}}))
    with denied():
        bob.iam.untag_open_id_connect_provider(OpenIDConnectProviderArn=arn, TagKeys=["a", "b"])
    bob.iam.untag_open_id_connect_provider(OpenIDConnectProviderArn=arn, TagKeys=["a"])
