"""Pages of every kind of list stay right while what they list comes and goes; and writers at the same time lose nothing."""

import concurrent.futures
import threading

import pytest

from certificates import pem, rsa_numbers, ssh_line
from support import ACCOUNT, Caller, allow, policy, root_arn, trust

DOCUMENT = policy(allow("s3:GetObject"))
TRUST = policy(trust(root_arn()))
OWN = f"arn:aws:iam::{ACCOUNT}:policy/"


def names(key):
    return lambda items: [item[key] for item in items]


def tag(name):
    return [{"Key": name, "Value": "v"}]


def owner(iam):
    """One of each that can have many of something."""
    iam.create_user(UserName="owner")
    iam.create_group(GroupName="owner")
    iam.create_role(RoleName="owner", AssumeRolePolicyDocument=TRUST)
    iam.create_policy(PolicyName="owner", PolicyDocument=DOCUMENT)
    iam.create_instance_profile(InstanceProfileName="owner")


def attached(kind, member):
    """Policies by the name, attached to the owner."""
    def make(iam, name):
        iam.create_policy(PolicyName=name, PolicyDocument=DOCUMENT)
        getattr(iam, f"attach_{kind}_policy")(**{member: "owner", "PolicyArn": OWN + name})

    return (make, lambda iam, name: getattr(iam, f"detach_{kind}_policy")(**{member: "owner", "PolicyArn": OWN + name}),
            f"list_attached_{kind}_policies", {member: "owner"}, "AttachedPolicies", names("PolicyName"))


def inline(kind, member):
    return (lambda iam, name: getattr(iam, f"put_{kind}_policy")(**{member: "owner", "PolicyName": name, "PolicyDocument": DOCUMENT}),
            lambda iam, name: getattr(iam, f"delete_{kind}_policy")(**{member: "owner", "PolicyName": name}),
            f"list_{kind}_policies", {member: "owner"}, "PolicyNames", list)


def tags(kind, member, value="owner"):
    return (lambda iam, name: getattr(iam, f"tag_{kind}")(**{member: value, "Tags": tag(name)}),
            lambda iam, name: getattr(iam, f"untag_{kind}")(**{member: value, "TagKeys": [name]}),
            f"list_{kind}_tags", {member: value}, "Tags", names("Key"))


def members(create, delete, list_them, parameters, of, name):
    return lambda iam, n: create(iam, n), lambda iam, n: delete(iam, n), list_them, parameters, of, names(name)


def joined(iam, name):
    iam.create_user(UserName=name)
    iam.add_user_to_group(UserName=name, GroupName="owner")


def in_groups(iam, name):
    iam.create_group(GroupName=name)
    iam.add_user_to_group(UserName="owner", GroupName=name)


def with_the_role(iam, name):
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName="owner")


def has_the_policy(iam, name):
    iam.create_user(UserName=name)
    iam.attach_user_policy(UserName=name, PolicyArn=OWN + "owner")


# By the list: how an entry comes and goes, how it is listed, and how the names are read.
LISTS = {
    "users": members(lambda iam, n: iam.create_user(UserName=n, Path="/l/"), lambda iam, n: iam.delete_user(UserName=n), "list_users",
                     {"PathPrefix": "/l/"}, "Users", "UserName"),
    "groups": members(lambda iam, n: iam.create_group(GroupName=n, Path="/l/"), lambda iam, n: iam.delete_group(GroupName=n),
                      "list_groups", {"PathPrefix": "/l/"}, "Groups", "GroupName"),
    "roles": members(lambda iam, n: iam.create_role(RoleName=n, Path="/l/", AssumeRolePolicyDocument=TRUST),
                     lambda iam, n: iam.delete_role(RoleName=n), "list_roles", {"PathPrefix": "/l/"}, "Roles", "RoleName"),
    "policies": members(lambda iam, n: iam.create_policy(PolicyName=n, Path="/l/", PolicyDocument=DOCUMENT),
                        lambda iam, n: iam.delete_policy(PolicyArn=f"{OWN}l/{n}"), "list_policies",
                        {"PathPrefix": "/l/", "Scope": "Local"}, "Policies", "PolicyName"),
    "instance profiles": members(lambda iam, n: iam.create_instance_profile(InstanceProfileName=n, Path="/l/"),
                                 lambda iam, n: iam.delete_instance_profile(InstanceProfileName=n), "list_instance_profiles",
                                 {"PathPrefix": "/l/"}, "InstanceProfiles", "InstanceProfileName"),
    "server certificates": members(
        lambda iam, n: iam.upload_server_certificate(ServerCertificateName=n, CertificateBody=pem("rsa.crt"), PrivateKey=pem("rsa.key")),
        lambda iam, n: iam.delete_server_certificate(ServerCertificateName=n), "list_server_certificates", {},
        "ServerCertificateMetadataList", "ServerCertificateName"),
    "members of a group": members(joined, lambda iam, n: iam.remove_user_from_group(UserName=n, GroupName="owner"), "get_group",
                                  {"GroupName": "owner"}, "Users", "UserName"),
    "groups of a user": members(in_groups, lambda iam, n: iam.remove_user_from_group(UserName="owner", GroupName=n),
                                "list_groups_for_user", {"UserName": "owner"}, "Groups", "GroupName"),
    "profiles of a role": members(
        with_the_role, lambda iam, n: iam.remove_role_from_instance_profile(InstanceProfileName=n, RoleName="owner"),
        "list_instance_profiles_for_role", {"RoleName": "owner"}, "InstanceProfiles", "InstanceProfileName"),
    "users of a policy": members(has_the_policy, lambda iam, n: iam.detach_user_policy(UserName=n, PolicyArn=OWN + "owner"),
                                 "list_entities_for_policy", {"PolicyArn": OWN + "owner"}, "PolicyUsers", "UserName"),
    "inline policies of a user": inline("user", "UserName"),
    "inline policies of a group": inline("group", "GroupName"),
    "inline policies of a role": inline("role", "RoleName"),
    "policies of a user": attached("user", "UserName"),
    "policies of a group": attached("group", "GroupName"),
    "policies of a role": attached("role", "RoleName"),
    "tags of a user": tags("user", "UserName"),
    "tags of a role": tags("role", "RoleName"),
    "tags of an instance profile": tags("instance_profile", "InstanceProfileName"),
    "tags of a policy": tags("policy", "PolicyArn", OWN + "owner"),
}


@pytest.mark.parametrize("kind", LISTS)
def test_pages_stay_right_while_entries_come_and_go(iam, kind):
    make, remove, operation, parameters, member, read = LISTS[kind]
    owner(iam)
    for number in range(1, 6):
        make(iam, f"e{number}")
    first = getattr(iam, operation)(**parameters, MaxItems=2)
    seen = read(first[member])
    assert first["IsTruncated"] and len(seen) == 2
    for name in seen:  # the marker's own entry goes, and all before it
        remove(iam, name)
    make(iam, "e0")
    make(iam, "e9")
    rest, marker = [], first["Marker"]
    while marker:
        page = getattr(iam, operation)(**parameters, MaxItems=2, Marker=marker)
        rest += read(page[member])
        assert page["IsTruncated"] == ("Marker" in page)
        marker = page.get("Marker")
    assert len(set(rest)) == len(rest) and not set(rest) & set(seen)
    assert {f"e{number}" for number in range(1, 6)} - set(seen) <= set(rest) <= {f"e{number}" for number in range(10)}


def test_keys_page_while_they_come_and_go(iam):
    iam.create_user(UserName="owner")
    made = [iam.upload_ssh_public_key(UserName="owner", SSHPublicKeyBody=ssh_line(*rsa_numbers(number=number)))["SSHPublicKey"][
        "SSHPublicKeyId"] for number in range(4)]
    first = iam.list_ssh_public_keys(UserName="owner", MaxItems=2)
    seen = [key["SSHPublicKeyId"] for key in first["SSHPublicKeys"]]
    iam.delete_ssh_public_key(UserName="owner", SSHPublicKeyId=seen[1])
    rest = [key["SSHPublicKeyId"] for key in iam.list_ssh_public_keys(UserName="owner", Marker=first["Marker"])["SSHPublicKeys"]]
    assert sorted(seen + rest) == sorted(made)


# Writers at the same time ---------------------------------------------------------------------------------------------

WRITERS = 8


def at_once(server, work):
    """`work(iam, number)` by as many writers, each with a connection of its own, all beginning together."""
    barrier = threading.Barrier(WRITERS)

    def run(number):
        iam = Caller(server).iam
        barrier.wait()
        return work(iam, number)

    with concurrent.futures.ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(run, range(WRITERS)))


@pytest.mark.parametrize("kind", ["tags of a user", "tags of a role", "tags of a policy", "inline policies of a role", "groups of a user",
                                  "members of a group", "policies of a role", "profiles of a role"])
def test_what_many_add_to_one_is_all_there(server, iam, kind):
    make, remove, operation, parameters, member, read = LISTS[kind]
    owner(iam)
    each = 1 if kind in ("groups of a user", "policies of a role") else 5  # ten are the quota of both
    at_once(server, lambda own, number: [make(own, f"w{number}-{i}") for i in range(each)])
    wanted = {f"w{number}-{i}" for number in range(WRITERS) for i in range(each)}
    assert set(read(getattr(iam, operation)(**parameters)[member])) == wanted
    at_once(server, lambda own, number: [remove(own, f"w{number}-0")])
    assert set(read(getattr(iam, operation)(**parameters)[member])) == {name for name in wanted if not name.endswith("-0")}


def test_client_ids_that_many_add_are_all_there(server, iam):
    """A list within one entity, which each writer reads and writes as a whole."""
    arn = iam.create_open_id_connect_provider(Url="https://id.example.com", ThumbprintList=["0" * 40])["OpenIDConnectProviderArn"]
    at_once(server, lambda own, number: [own.add_client_id_to_open_id_connect_provider(
        OpenIDConnectProviderArn=arn, ClientID=f"c{number}-{i}") for i in range(10)])
    found = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["ClientIDList"]
    assert sorted(found) == sorted(f"c{number}-{i}" for number in range(WRITERS) for i in range(10))


def test_changes_of_different_parts_of_one_role_all_count(server, iam):
    """Each writes one part of the same row, over and over."""
    iam.create_role(RoleName="job", AssumeRolePolicyDocument=TRUST)
    changes = [
        lambda own, i: own.update_role(RoleName="job", MaxSessionDuration=3600 + i),
        lambda own, i: own.update_role(RoleName="job", Description=f"d{i}"),
        lambda own, i: own.update_assume_role_policy(RoleName="job", PolicyDocument=policy(trust(root_arn(f"{i:012}")))),
        lambda own, i: own.tag_role(RoleName="job", Tags=[{"Key": "last", "Value": str(i)}]),
    ]
    at_once(server, lambda own, number: [changes[number](own, i) for i in range(20)] if number < len(changes) else None)
    role = iam.get_role(RoleName="job")["Role"]
    assert (role["MaxSessionDuration"], role["Description"]) == (3619, "d19")
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"AWS": root_arn(f"{19:012}")}
    assert role["Tags"] == [{"Key": "last", "Value": "19"}]
