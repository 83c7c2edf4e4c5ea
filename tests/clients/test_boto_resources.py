"""boto3's resource API: every resource, action, collection and reference that it has for IAM, by its own tables."""

import re

import boto3
import pytest
from boto3.resources.base import ServiceResource
from boto3.resources.collection import CollectionManager

from certificates import pem
from crowd import DOCUMENTS, metadata
from mfa import Device
from support import ACCOUNT, REGION, Caller, allow, not_found, policy, record, root_arn, trust

PASSWORD = "correct Horse 7 battery"
ARN = f"arn:aws:iam::{ACCOUNT}:"


class Watched:
    """A resource of boto3 that notes what of it is used, in `used`: (type of resource, attribute)."""

    used = set()

    def __init__(self, resource):
        self.resource = resource

    def __getattr__(self, name):
        found = getattr(self.resource, name)
        self.used.add((self.resource.meta.resource_model.name, name))
        if callable(found):
            return lambda *arguments, **parameters: watched(found(*arguments, **parameters))
        return watched(found)


def watched(value):
    if isinstance(value, list):
        return [watched(entry) for entry in value]
    return Watched(value) if isinstance(value, ServiceResource) else value


def resources(caller):
    session = boto3.session.Session(caller.key, caller.secret, region_name=REGION)
    session.events.register("response-received", record.add_parsed)
    return Watched(session.resource("iam", endpoint_url=caller.server.url))


def ids(collection):
    """What identifies each resource of a collection, which a page has few of."""
    assert isinstance(collection, CollectionManager)
    found = ["/".join(getattr(entry, name) for name in entry.meta.identifiers) for entry in collection.page_size(1)]
    assert len(list(collection.limit(1))) == min(len(found), 1)
    assert len(list(collection.all())) == len(found)
    return sorted(found)


def attributes(model):
    """The names of all that a resource has to call or to follow."""
    return [*(action.name for action in [*model.actions, *model.batch_actions]), *(entry.name for entry in model.collections),
            *(entry.name for entry in model.references), *(entry.name for entry in model.subresources),
            *(f"wait_until_{waiter.name}" for waiter in model.waiters), *(["reload"] if model.load else [])]


def models(model, found=None):
    """The models of all resources that can be come to from this one, by name."""
    found = {} if found is None else found
    if model.name not in found:
        found[model.name] = model
        for entry in [*model.collections, *model.references, *model.subresources, *model.actions]:
            if entry.resource:
                models(entry.resource.model, found)
    return found


def of_users(iam, root):
    alice = iam.create_user(UserName="alice", Path="/staff/")
    assert (alice.path, alice.arn) == ("/staff/", f"{ARN}user/staff/alice")
    bob = iam.User("bob")
    assert bob.create().user_id.startswith("AIDA")
    assert ids(iam.users) == ["alice", "bob"]
    assert [user.name for user in iam.resource.users.filter(PathPrefix="/staff/")] == ["alice"]
    alice.update(NewPath="/", NewUserName="alicia")
    alice = iam.User("alicia")
    alice.reload()
    assert alice.arn == f"{ARN}user/alicia"

    inline = alice.create_policy(PolicyName="inline", PolicyDocument=DOCUMENTS[0])
    assert inline.policy_document["Statement"][0]["Action"] == "s3:GetObject"
    inline = alice.Policy("inline")
    inline.put(PolicyDocument=DOCUMENTS[1])
    inline.reload()
    assert inline.policy_document["Statement"][0]["Action"] == "s3:PutObject"
    assert iam.UserPolicy("alicia", "inline").User().name == "alicia"
    assert ids(alice.policies) == ["alicia/inline"]
    inline.delete()
    assert ids(alice.policies) == []

    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    alice.attach_policy(PolicyArn=arn)
    assert ids(alice.attached_policies) == [arn]
    alice.detach_policy(PolicyArn=arn)
    assert ids(alice.attached_policies) == []

    group = iam.create_group(GroupName="staff")
    alice.add_group(GroupName="staff")
    assert (ids(alice.groups), ids(group.users)) == (["staff"], ["alicia"])
    alice.remove_group(GroupName="staff")
    assert (ids(alice.groups), ids(group.users)) == ([], [])

    login = iam.User("bob").create_login_profile(Password=PASSWORD, PasswordResetRequired=True)
    assert login.password_reset_required is True
    login = iam.User("bob").LoginProfile()
    login.update(PasswordResetRequired=False)
    login.reload()
    assert login.password_reset_required is False
    assert login.User().name == "bob"
    login.delete()
    with not_found("Login Profile for User bob cannot be found."):
        login.reload()
    assert iam.LoginProfile("bob").create(Password=PASSWORD).create_date is not None

    # boto3 uploads it, and then fails to make a resource of it, as its table does not say whose it is.
    with pytest.raises(ValueError, match="Required parameter user_name not set"):
        iam.create_signing_certificate(UserName="bob", CertificateBody=pem("rsa.crt"))
    certificate, = bob.signing_certificates.all()
    assert (certificate.user_name, certificate.status) == ("bob", "Active")
    for found in (iam.User("bob").SigningCertificate(certificate.id), iam.SigningCertificate("bob", certificate.id)):
        found.deactivate()
        assert [entry.status for entry in bob.resource.signing_certificates.all()] == ["Inactive"]
        found.activate()
        assert [entry.status for entry in bob.resource.signing_certificates.all()] == ["Active"]
    assert found.User().name == "bob"
    assert ids(bob.signing_certificates) == [f"bob/{certificate.id}"]
    found.delete()
    assert ids(bob.signing_certificates) == []


def of_keys(iam, root):
    bob = iam.User("bob")
    bob.attach_policy(PolicyArn="arn:aws:iam::aws:policy/IAMFullAccess")
    pair = bob.create_access_key_pair()
    assert re.fullmatch(r"AKIA[A-Z2-7]{16}", pair.id) and len(pair.secret) == 40
    as_bob = resources(Caller(root.server, pair.id, pair.secret))
    me = as_bob.CurrentUser()
    me.reload()
    assert me.user_name == "bob"
    assert me.user.name == "bob"
    assert ids(me.access_keys) == [f"bob/{pair.id}"]
    for key in (bob.AccessKey(pair.id), iam.AccessKey("bob", pair.id), iam.AccessKeyPair("bob", pair.id, pair.secret)):
        key.deactivate()
        assert [entry.status for entry in bob.resource.access_keys.all()] == ["Inactive"]
        key.activate()
        assert [entry.status for entry in bob.resource.access_keys.all()] == ["Active"]
    assert bob.AccessKey(pair.id).User().name == "bob"
    as_bob.change_password(OldPassword=PASSWORD, NewPassword=PASSWORD + "!")

    made = Device(root, "first")
    device = iam.VirtualMfaDevice(made.serial)
    assigned = bob.enable_mfa(SerialNumber=made.serial, **made.pair())
    assert (assigned.user_name, assigned.serial_number) == ("bob", made.serial)
    assert ids(me.mfa_devices) == ids(bob.mfa_devices) == [f"bob/{made.serial}"]
    assert ids(iam.virtual_mfa_devices) == [made.serial]
    assert [entry.user.name for entry in iam.resource.virtual_mfa_devices.all()] == ["bob"]
    entry = Watched(next(iter(iam.resource.virtual_mfa_devices.all())))
    assert entry.user.name == "bob"
    root.server.clock(advance="5m")
    again = bob.MfaDevice(made.serial)
    again.resync(**made.pair())
    again.disassociate()
    assert ids(bob.mfa_devices) == []
    root.server.clock(advance="5m")
    iam.MfaDevice("bob", made.serial).associate(**made.pair())
    assert again.User().name == "bob"
    iam.MfaDevice("bob", made.serial).disassociate()
    device.delete()
    second = iam.create_virtual_mfa_device(VirtualMFADeviceName="second")
    assert second.serial_number == f"{ARN}mfa/second" and second.qr_code_png.startswith(b"\x89PNG")
    assert ids(iam.virtual_mfa_devices) == [second.serial_number]
    second.delete()

    assert ids(me.signing_certificates) == []
    bob.AccessKey(pair.id).delete()
    assert ids(bob.access_keys) == []
    bob.create_access_key_pair().delete()
    bob.LoginProfile().delete()
    bob.detach_policy(PolicyArn="arn:aws:iam::aws:policy/IAMFullAccess")
    bob.delete()
    assert ids(iam.users) == ["alicia"]


def of_groups(iam, root):
    group = iam.Group("makers")
    assert group.create(Path="/g/").arn == f"{ARN}group/g/makers"
    assert ids(iam.groups) == ["makers", "staff"]
    group.update(NewGroupName="doers")
    group = iam.Group("doers")
    group.reload()
    assert group.path == "/g/"
    group.add_user(UserName="alicia")
    assert ids(group.users) == ["alicia"]
    group.remove_user(UserName="alicia")
    assert ids(group.users) == []
    inline = group.create_policy(PolicyName="inline", PolicyDocument=DOCUMENTS[0])
    assert inline.policy_document["Statement"][0]["Action"] == "s3:GetObject"
    inline = iam.GroupPolicy("doers", "inline")
    inline.put(PolicyDocument=DOCUMENTS[1])
    inline.reload()
    assert group.Policy("inline").policy_document["Statement"][0]["Action"] == "s3:PutObject"
    assert inline.Group().name == "doers"
    assert ids(group.policies) == ["doers/inline"]
    inline.delete()
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    group.attach_policy(PolicyArn=arn)
    assert ids(group.attached_policies) == [arn]
    group.detach_policy(PolicyArn=arn)
    group.delete()
    assert ids(iam.groups) == ["staff"]


def of_roles(iam, root):
    role = iam.create_role(RoleName="job", AssumeRolePolicyDocument=policy(trust(root_arn())))
    assert ids(iam.roles) == ["job"]
    assert role.assume_role_policy_document["Statement"][0]["Principal"] == {"AWS": root_arn()}
    role.AssumeRolePolicy().update(PolicyDocument=policy(trust({"Service": "ec2.amazonaws.com"})))
    role.reload()
    assert role.assume_role_policy_document["Statement"][0]["Principal"] == {"Service": "ec2.amazonaws.com"}
    assert iam.AssumeRolePolicy("job").Role().name == "job"
    inline = role.Policy("inline")
    inline.put(PolicyDocument=DOCUMENTS[0])
    inline.reload()
    assert iam.RolePolicy("job", "inline").policy_document["Statement"][0]["Action"] == "s3:GetObject"
    assert inline.Role().name == "job"
    assert ids(role.policies) == ["job/inline"]
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    role.attach_policy(PolicyArn=arn)
    assert ids(role.attached_policies) == [arn]
    box = iam.create_instance_profile(InstanceProfileName="box")
    box.add_role(RoleName="job")
    assert ids(role.instance_profiles) == ids(iam.instance_profiles) == ["box"]
    box = iam.InstanceProfile("box")
    box.reload()
    assert [entry.name for entry in box.roles] == ["job"]
    box.remove_role(RoleName="job")
    box.delete()
    role.detach_policy(PolicyArn=arn)
    inline.delete()
    role.delete()
    assert ids(iam.roles) == ids(iam.instance_profiles) == []


def of_policies(iam, root):
    made = iam.create_policy(PolicyName="work", PolicyDocument=DOCUMENTS[0])
    assert made.arn == f"{ARN}policy/work"
    local = iam.resource.policies.filter(Scope="Local")
    assert [entry.arn for entry in local] == [made.arn]
    assert len(list(iam.policies.all())) > 1000
    iam.create_role(RoleName="job", AssumeRolePolicyDocument=policy(trust(root_arn())))
    made.attach_user(UserName="alicia")
    made.attach_group(GroupName="staff")
    made.attach_role(RoleName="job")
    assert (ids(made.attached_users), ids(made.attached_groups), ids(made.attached_roles)) == (["alicia"], ["staff"], ["job"])
    made.reload()
    assert made.attachment_count == 3
    made.detach_user(UserName="alicia")
    made.detach_group(GroupName="staff")
    made.detach_role(RoleName="job")
    assert (ids(made.attached_users), ids(made.attached_groups), ids(made.attached_roles)) == ([], [], [])
    version = made.create_version(PolicyDocument=DOCUMENTS[1])
    assert (version.version_id, version.is_default_version) == ("v2", False)
    assert ids(made.versions) == [f"{made.arn}/v1", f"{made.arn}/v2"]
    version = iam.PolicyVersion(made.arn, "v2")
    version.set_as_default()
    version.reload()
    assert version.is_default_version is True and version.document["Statement"][0]["Action"] == "s3:PutObject"
    made = iam.Policy(made.arn)
    assert made.default_version.version_id == "v2"
    iam.PolicyVersion(made.arn, "v1").delete()
    assert ids(made.versions) == [f"{made.arn}/v2"]
    made.delete()
    iam.Role("job").delete()


def of_the_account(iam, root):
    iam.create_account_alias(AccountAlias="resources")
    rules = iam.create_account_password_policy(MinimumPasswordLength=9)
    assert (rules.minimum_password_length, rules.expire_passwords) == (9, False)
    rules = iam.AccountPasswordPolicy()
    rules.update(MinimumPasswordLength=10, MaxPasswordAge=30)
    rules.reload()
    assert (rules.minimum_password_length, rules.expire_passwords) == (10, True)
    rules.delete()
    with not_found(f"The Password Policy with domain name {ACCOUNT} cannot be found."):
        rules.reload()
    summary = iam.AccountSummary()
    summary.reload()
    assert (summary.summary_map["Users"], summary.summary_map["Groups"]) == (1, 1)

    saml = iam.create_saml_provider(Name="idp", SAMLMetadataDocument=metadata())
    assert ids(iam.saml_providers) == [saml.arn] == [f"{ARN}saml-provider/idp"]
    saml = iam.SamlProvider(saml.arn)
    saml.update(SAMLMetadataDocument=metadata("leaf.crt"))
    saml.reload()
    assert saml.saml_metadata_document == metadata("leaf.crt")
    saml.delete()

    site = iam.create_server_certificate(ServerCertificateName="site", CertificateBody=pem("rsa.crt"), PrivateKey=pem("rsa.key"))
    assert site.name == "site"
    assert ids(iam.server_certificates) == ["site"]
    site.update(NewServerCertificateName="place")
    site = iam.ServerCertificate("place")
    site.reload()
    assert site.certificate_body.strip() == pem("rsa.crt").strip()
    site.delete()
    assert ids(iam.server_certificates) == ids(iam.saml_providers) == []
    iam.Group("staff").delete()
    iam.User("alicia").delete()


def test_every_resource(root):
    Watched.used.clear()
    iam = resources(root)
    for story in (of_users, of_keys, of_groups, of_roles, of_policies, of_the_account):
        story(iam, root)
    every = {(name, attribute) for name, model in models(iam.resource.meta.resource_model).items()
             for attribute in attributes(model)}
    assert every - Watched.used == set()
    assert len(every) > 150
