"""Tags of users, roles, policies, instance profiles and server certificates: one set of tests for all."""

import pytest

from certificates import pem
from support import ACCOUNT, allow, answer_of, denied, invalid, policy, refused, trust

EC2 = policy(trust({"Service": "ec2.amazonaws.com"}))
CERTIFICATE = {"CertificateBody": pem("leaf.crt"), "PrivateKey": pem("leaf.key")}
TWICE_WITH_CASE = "Duplicate tag keys found."
TWICE = "Duplicate tag keys found. Please note that Tag keys are case insensitive."


class Tagged:
    def __init__(self, iam, kind):
        self.iam, self.kind = iam, kind
        if kind == "policy":
            arn = iam.create_policy(PolicyName="owner", PolicyDocument=policy(allow("s3:*")))["Policy"]["Arn"]
            self.name = {"PolicyArn": arn}
        else:
            self.name = {"".join(word.capitalize() for word in kind.split("_")) + "Name": "owner"}
            more = {"role": {"AssumeRolePolicyDocument": EC2}, "server_certificate": CERTIFICATE}.get(kind, {})
            verb = "upload" if kind == "server_certificate" else "create"
            getattr(iam, f"{verb}_{kind}")(**self.name, **more)

    def tag(self, *pairs):
        tags = [{"Key": key, "Value": value} for key, value in pairs]
        return getattr(self.iam, f"tag_{self.kind}")(**self.name, Tags=tags)

    def untag(self, *keys):
        return getattr(self.iam, f"untag_{self.kind}")(**self.name, TagKeys=list(keys))

    def list(self, **more):
        return answer_of(getattr(self.iam, f"list_{self.kind}_tags")(**self.name, **more))

    def pairs(self):
        return sorted((tag["Key"], tag["Value"]) for tag in self.list()["Tags"])


KINDS = ["user", "role", "policy", "instance_profile", "server_certificate"]
KINDS_WITH_CASE = ["policy", "instance_profile", "server_certificate"]


@pytest.fixture(params=KINDS)
def tagged(request, iam):
    return Tagged(iam, request.param)


def test_tag_list_untag(tagged):
    assert tagged.list() == {"Tags": [], "IsTruncated": False}
    assert answer_of(tagged.tag(("team", "red"), ("cost", ""))) == {}
    assert tagged.pairs() == [("cost", ""), ("team", "red")]
    assert answer_of(tagged.untag("team", "never-there")) == {}
    assert tagged.pairs() == [("cost", "")]


def test_a_value_is_replaced_and_the_rest_stays(tagged):
    tagged.tag(("a", "1"), ("b", "2"))
    tagged.tag(("a", "3"))
    assert tagged.pairs() == [("a", "3"), ("b", "2")]


def test_keys_of_users_and_roles_ignore_case(tagged):
    if tagged.kind in KINDS_WITH_CASE:
        pytest.skip("case counts")
    tagged.tag(("Team", "red"))
    tagged.tag(("TEAM", "blue"))
    assert [value for _, value in tagged.pairs()] == ["blue"]
    tagged.untag("team")
    assert tagged.pairs() == []


@pytest.mark.parametrize("kind", KINDS_WITH_CASE)
def test_keys_of_other_things_have_case(iam, kind):
    tagged = Tagged(iam, kind)
    tagged.tag(("Team", "red"), ("TEAM", "blue"))
    tagged.tag(("team", "green"))
    assert tagged.pairs() == [("TEAM", "blue"), ("Team", "red"), ("team", "green")]
    tagged.untag("Team")
    assert tagged.pairs() == [("TEAM", "blue"), ("team", "green")]


def test_the_same_key_twice(tagged):
    with_case = tagged.kind in KINDS_WITH_CASE
    other = "k" if with_case else "K"
    with refused("InvalidInput", 400, TWICE_WITH_CASE if with_case else TWICE):
        tagged.tag(("k", "1"), (other, "2"))
    assert tagged.pairs() == []


def test_the_same_key_twice_at_creation(iam):
    tags = {"Tags": [{"Key": "k", "Value": "1"}, {"Key": "k", "Value": "2"}]}
    for create, message in (
        (lambda: iam.create_user(UserName="owner", **tags), TWICE),
        (lambda: iam.create_role(RoleName="owner", AssumeRolePolicyDocument=EC2, **tags), TWICE),
        (lambda: iam.create_policy(PolicyName="owned", PolicyDocument=policy(allow("*")), **tags), TWICE_WITH_CASE),
        (lambda: iam.create_instance_profile(InstanceProfileName="owned", **tags), TWICE_WITH_CASE),
        (lambda: iam.upload_server_certificate(ServerCertificateName="owned", **CERTIFICATE, **tags), TWICE_WITH_CASE),
    ):
        with refused("InvalidInput", 400, message):
            create()
    assert [iam.list_users()["Users"], iam.list_roles()["Roles"], iam.list_instance_profiles()["InstanceProfiles"]] == [[], [], []]


def test_fifty_at_most(tagged):
    tagged.tag(*((f"k{number}", "v") for number in range(50)))
    with refused("LimitExceeded", 409):
        tagged.tag(("one-more", "v"))
    assert len(tagged.list()["Tags"]) == 50
    tagged.tag(("k0", "changed"))
    assert ("k0", "changed") in tagged.pairs()


def test_tags_come_in_pages(tagged):
    tagged.tag(*((f"k{number}", "v") for number in range(5)))
    first = tagged.list(MaxItems=3)
    assert first["IsTruncated"] is True
    rest = tagged.list(Marker=first["Marker"])
    assert rest["IsTruncated"] is False
    assert sorted(tag["Key"] for tag in first["Tags"] + rest["Tags"]) == [f"k{number}" for number in range(5)]


def test_long_keys_come_in_pages(tagged):
    keys = [letter * 126 + str(number) for letter in "語z" for number in range(3)]
    tagged.tag(*((key, "v") for key in keys))
    found, marker = [], {}
    while True:
        page = tagged.list(MaxItems=1, **marker)
        found += [tag["Key"] for tag in page["Tags"]]
        if not page["IsTruncated"]:
            break
        marker = {"Marker": page["Marker"]}
    assert sorted(found) == sorted(keys) and len(found) == len(set(found))


def test_text_of_any_script(tagged):
    tagged.tag(("größe", "日本 語"), ("a.b:c/d=e+f-g@h_i", " x "))
    assert tagged.pairs() == [("a.b:c/d=e+f-g@h_i", " x "), ("größe", "日本 語")]


def test_text_that_is_refused(tagged):
    with invalid("1 validation error detected: Value at 'tags.2.member.value' failed to satisfy constraint: Member must "
                 r"satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]*"):
        tagged.tag(("fine", "v"), ("k", "no;semicolon"))
    with invalid(pattern=r"at 'tags.1.member.key' failed to satisfy constraint: Member must have length less than or equal "
                         "to 128"):
        tagged.tag(("k" * 129, "v"))
    with invalid(pattern=r"at 'tags.1.member.value' failed to satisfy constraint: Member must have length less than or "
                         "equal to 256"):
        tagged.tag(("k", "v" * 257))
    assert tagged.pairs() == []


def test_keys_of_aws_are_reserved(tagged):
    for key in ("aws:team", "AWS:team"):
        with refused("InvalidInput", 400, "Tag keys beginning with aws: are reserved for system use."):
            tagged.tag(("k", "1"), ("k", "2"), (key, "red"))  # said before the repeated key
    assert tagged.pairs() == []
    tagged.tag(("team", "aws:red"))
    assert tagged.pairs() == [("team", "aws:red")]


def test_no_tags_at_all(tagged):
    other = {"server_certificate": "The provided tag map must not be null/empty."}
    with refused("InvalidInput", 400, other.get(tagged.kind, "Error occurred while validating input. ")):
        tagged.tag()


def test_keys_that_need_not_be_there_to_go(tagged):
    tagged.tag(("team", "red"))
    if tagged.kind != "server_certificate":  # of which some key must be named
        tagged.untag()
    tagged.untag("aws:x", "none")
    assert tagged.pairs() == [("team", "red")]
    tagged.untag("team", "team")
    assert tagged.pairs() == []


def test_a_list_of_a_policys_tags_begins_with_the_shortest_keys(iam):
    tags = [{"Key": key, "Value": "v"} for key in ("abc", "b", "z", "a", "A")]
    made = iam.create_policy(PolicyName="own", PolicyDocument=policy(allow("*")), Tags=tags)["Policy"]
    assert made["Tags"] == tags
    first = iam.list_policy_tags(PolicyArn=made["Arn"], MaxItems=3)
    rest = iam.list_policy_tags(PolicyArn=made["Arn"], Marker=first["Marker"])
    assert [tag["Key"] for tag in first["Tags"] + rest["Tags"]] == ["A", "a", "b", "z", "abc"]


def test_tags_of_a_policy_that_is_not_there(iam):
    absent = f"arn:aws:iam::{ACCOUNT}:policy/absent"
    for change in (lambda: iam.tag_policy(PolicyArn=absent, Tags=[{"Key": "k", "Value": "v"}]),
                   lambda: iam.untag_policy(PolicyArn=absent, TagKeys=["k"]), lambda: iam.list_policy_tags(PolicyArn=absent)):
        with refused("NoSuchEntity", 404, f"Policy {absent} was not found."):
            change()


def test_tags_show_in_the_entity(tagged):
    tagged.tag(("team", "red"))
    answer = answer_of(getattr(tagged.iam, f"get_{tagged.kind}")(**tagged.name))
    (entity,) = answer.values()
    assert entity["Tags"] == [{"Key": "team", "Value": "red"}]


def test_creating_with_tags_needs_the_permission_to_tag(root):
    bob = root.user("bob", allow("iam:CreateUser"))
    bob.iam.create_user(UserName="plain")
    with denied(f"User: arn:aws:iam::{ACCOUNT}:user/bob is not authorized to perform: iam:TagUser on resource: "
                f"arn:aws:iam::{ACCOUNT}:user/tagged because no identity-based policy allows the iam:TagUser action"):
        bob.iam.create_user(UserName="tagged", Tags=[{"Key": "k", "Value": "v"}])
    assert [user["UserName"] for user in root.iam.list_users()["Users"]] == ["bob", "plain"]


def test_conditions_on_tags(root):
    """aws:RequestTag, aws:TagKeys and aws:ResourceTag decide."""
    bob = root.user(
        "bob",
        allow(["iam:CreateRole", "iam:TagRole"], Condition={
            "StringEquals": {"aws:RequestTag/team": "red"}, "ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}),
        allow("iam:DeleteRole", Condition={"StringEquals": {"aws:ResourceTag/team": "red"}}),
        allow("iam:UpdateRole", Condition={"StringEquals": {"iam:ResourceTag/team": "red"}}),
    )

    def create(name, **tags):
        bob.iam.create_role(RoleName=name, AssumeRolePolicyDocument=EC2,
                            Tags=[{"Key": key, "Value": value} for key, value in tags.items()])

    create("fine", team="red")
    with denied():
        create("other-team", team="blue")
    with denied():
        create("more-keys", team="red", cost="1")
    root.iam.create_role(RoleName="blue", AssumeRolePolicyDocument=EC2, Tags=[{"Key": "team", "Value": "blue"}])
    with denied():
        bob.iam.delete_role(RoleName="blue")
    with denied():
        bob.iam.update_role(RoleName="blue", Description="x")
    bob.iam.update_role(RoleName="fine", Description="x")
    bob.iam.delete_role(RoleName="fine")
    root.iam.tag_role(RoleName="blue", Tags=[{"Key": "team", "Value": "red"}])
    bob.iam.delete_role(RoleName="blue")


def test_tags_of_the_principal(root):
    bob = root.user(
        "bob", allow("iam:ListUsers", Condition={"StringEquals": {"aws:PrincipalTag/job": "admin"}}))
    with denied():
        bob.iam.list_users()
    root.iam.tag_user(UserName="bob", Tags=[{"Key": "Job", "Value": "admin"}])
    bob.iam.list_users()
