"""An account with more than one of everything, for clients that read lists page by page."""

import json

from certificates import pem, rsa_numbers, ssh_line
from mfa import Device
from support import ACCOUNT, REPOSITORY, allow, policy, root_arn, trust

MODEL = json.loads((REPOSITORY / "tests/model/iam.json").read_text())["operations"]
TAGS = [{"Key": f"tag{number}", "Value": "v"} for number in range(3)]
DOCUMENTS = [policy(allow(f"s3:{action}")) for action in ("GetObject", "PutObject", "ListBucket")]
METADATA = (
    '<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.com">'
    '<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing">'
    '<KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>{}</X509Certificate></X509Data></KeyInfo>'
    f"</KeyDescriptor></IDPSSODescriptor></EntityDescriptor><!--{'x' * 1000}-->")


def metadata(certificate="rsa.crt"):
    return METADATA.format("".join(pem(certificate).splitlines()[1:-1]))


# Lists that cannot have three entries.
AT_MOST = {"ListAccountAliases": 1, "ListAccessKeys": 2, "ListSigningCertificates": 2}

# What a walk asks for besides the required members: the account's own policies, and not AWS's thousand and more.
OPTIONAL = {"ListPolicies": {"Scope": "Local"},
            "GetAccountAuthorizationDetails": {"Filter": ["User", "Role", "Group", "LocalManagedPolicy"]}}


class Crowd:
    """What there is once, by the member that names it; all that it has is there three times, or as often as it can be."""

    def __init__(self, root):
        iam = root.iam
        provider = iam.create_open_id_connect_provider(Url="https://id.example.com", ThumbprintList=["0" * 40], Tags=TAGS)
        policies = [iam.create_policy(PolicyName=f"work{number}", PolicyDocument=DOCUMENTS[0], Tags=TAGS)["Policy"]["Arn"]
                    for number in range(3)]
        for document in DOCUMENTS[1:]:
            iam.create_policy_version(PolicyArn=policies[0], PolicyDocument=document)
        names = [f"{word}{number}" for word in ("user", "group", "role") for number in range(3)]
        users, groups, roles = names[:3], names[3:6], names[6:]
        for user in users:
            iam.create_user(UserName=user, Tags=TAGS)
        for group in groups:
            iam.create_group(GroupName=group)
            iam.add_user_to_group(GroupName=group, UserName=users[0])
        for user in users[1:]:
            iam.add_user_to_group(GroupName=groups[0], UserName=user)
        for role in roles:
            iam.create_role(RoleName=role, AssumeRolePolicyDocument=policy(trust(root_arn())), Tags=TAGS)
        for number in range(3):
            iam.create_instance_profile(InstanceProfileName=f"box{number}", Tags=TAGS)
            iam.add_role_to_instance_profile(InstanceProfileName=f"box{number}", RoleName=roles[0])
            iam.upload_server_certificate(ServerCertificateName=f"site{number}", CertificateBody=pem("rsa.crt"),
                                          PrivateKey=pem("rsa.key"), Tags=TAGS)
            iam.upload_ssh_public_key(UserName=users[0], SSHPublicKeyBody=ssh_line(*rsa_numbers(number=number)))
            device = Device(root, f"phone{number}", Tags=TAGS).enable(users[0])
            iam.put_user_policy(UserName=users[0], PolicyName=f"p{number}", PolicyDocument=DOCUMENTS[number])
            iam.put_group_policy(GroupName=groups[0], PolicyName=f"p{number}", PolicyDocument=DOCUMENTS[number])
            iam.put_role_policy(RoleName=roles[0], PolicyName=f"p{number}", PolicyDocument=DOCUMENTS[number])
            iam.attach_user_policy(UserName=users[0], PolicyArn=policies[number])
            iam.attach_group_policy(GroupName=groups[0], PolicyArn=policies[number])
            iam.attach_role_policy(RoleName=roles[0], PolicyArn=policies[number])
            iam.attach_user_policy(UserName=users[number], PolicyArn=policies[0])
            iam.attach_group_policy(GroupName=groups[number], PolicyArn=policies[0])
            iam.attach_role_policy(RoleName=roles[number], PolicyArn=policies[0])
        for certificate in ("rsa.crt", "leaf.crt"):
            iam.upload_signing_certificate(UserName=users[0], CertificateBody=pem(certificate))
        for _ in range(2):
            iam.create_access_key(UserName=users[0])
        iam.create_account_alias(AccountAlias="crowded")
        saml = iam.create_saml_provider(Name="idp", SAMLMetadataDocument=metadata(), Tags=TAGS)["SAMLProviderArn"]
        self.members = {
            "Arn": f"arn:aws:iam::{ACCOUNT}:user/{users[0]}",
            "ActionNames": ["s3:GetObject", "s3:PutObject", "s3:ListBucket"],
            "GroupName": groups[0],
            "InstanceProfileName": "box0",
            "OpenIDConnectProviderArn": provider["OpenIDConnectProviderArn"],
            "PolicyArn": policies[0],
            "PolicyInputList": [DOCUMENTS[0]],
            "PolicySourceArn": f"arn:aws:iam::{ACCOUNT}:user/{users[0]}",
            "RoleName": roles[0],
            "SAMLProviderArn": saml,
            "ServiceNamespaces": ["iam", "s3", "sts"],
            "SerialNumber": device.serial,
            "ServerCertificateName": "site0",
            "UserName": users[0],
        }

    # Lists of what a user has are about the caller where no user is named.
    OF_A_USER = {"ListAccessKeys", "ListMFADevices", "ListSigningCertificates", "ListSSHPublicKeys"}

    def parameters(self, operation):
        """Those of an operation that reads a list."""
        named = {member for member, facts in MODEL[operation]["input"].items() if facts.get("required")}
        if operation in self.OF_A_USER:
            named.add("UserName")
        return {member: self.members[member] for member in named} | OPTIONAL.get(operation, {})

    def all_parameters(self):
        """{operation: parameters} of all lists that come in pages, but for those of jobs."""
        return {name: self.parameters(name) for name, facts in MODEL.items()
                if "Marker" in facts["input"] and not facts["input"].get("JobId", {}).get("required")}
