"""Service-specific credentials."""

import base64
import datetime
import re

import botocore.exceptions
import pytest

from support import (ACCOUNT, OTHER_ACCOUNT, Caller, allow, call, conflict, denied, invalid, kept_in, limit, not_found, policy, refused,
                     send)

# What the model has and this server has no occasion for (tests/model/test_coverage.py).
NO_OCCASION = {
    "NotSupportedService": ("AWS answers NoSuchEntity",
                            "CreateServiceSpecificCredential ListServiceSpecificCredentials"),
}

GIT = "codecommit.amazonaws.com"
WITH_PASSWORD = [GIT, "cassandra.amazonaws.com"]
WITH_SECRET = {"bedrock.amazonaws.com": "ABSK", "logs.amazonaws.com": "ACWL", "cloudwatch.amazonaws.com": "APIAACWM",
               "aws-external-anthropic.amazonaws.com": "AEAA"}
USERS = f"arn:aws:iam::{ACCOUNT}:user/"


def create(iam, service=GIT, user="bob", **more):
    return iam.create_service_specific_credential(UserName=user, ServiceName=service, **more)["ServiceSpecificCredential"]


def listed(iam, **more):
    return iam.list_service_specific_credentials(**more)["ServiceSpecificCredentials"]


def plain(element):
    """An answer as boto3 gives it."""
    name = element.tag.rpartition("}")[2]
    if name == "ServiceSpecificCredentials":
        return [plain(child) for child in element]
    if len(element):
        return {child.tag.rpartition("}")[2]: plain(child) for child in element}
    if name.endswith("Date"):
        return datetime.datetime.fromisoformat(element.text.replace("Z", "+00:00"))
    return {"true": True, "false": False}.get(element.text, element.text)


class Newer:
    """Somebody's IAM with what Debian's boto3 does not know yet: aliases, ages, all users, pages."""

    def __init__(self, server, caller):
        self.server, self.caller = server, caller

    def __getattr__(self, name):
        if "service_specific" not in name:
            return getattr(self.caller.iam, name)
        action = "".join(word.capitalize() for word in name.split("_"))
        return lambda **parameters: self.ask(action, parameters)

    def ask(self, action, parameters):
        written = {key: str(value).lower() if isinstance(value, bool) else value for key, value in parameters.items()}
        answer = send(self.server, call("iam", action, **written), key=self.caller.key, secret=self.caller.secret,
                      token=self.caller.token)
        if answer.status != 200:
            status, code, message = answer.error()
            error = {"Error": {"Type": answer.find("Type"), "Code": code, "Message": message},
                     "ResponseMetadata": {"HTTPStatusCode": status}}
            raise botocore.exceptions.ClientError(error, action)
        children = list(answer.xml())
        return plain(children[0]) if len(children) > 1 else {}


@pytest.fixture
def iam(server, root):
    return Newer(server, root)


@pytest.fixture
def bob(iam):
    iam.create_user(UserName="bob")
    return iam


@pytest.mark.parametrize("service", WITH_PASSWORD)
def test_a_user_name_and_a_password(server, bob, service):
    server.clock(freeze="2030-01-01T00:00:00Z")
    made = create(bob, service)
    assert re.fullmatch(r"ACCA[A-Z2-7]{17}", made["ServiceSpecificCredentialId"])
    password = made.pop("ServicePassword")
    assert re.fullmatch(r"[A-Za-z0-9+/]{60}", password)
    assert made == {
        "CreateDate": datetime.datetime(2030, 1, 1, tzinfo=datetime.timezone.utc), "ServiceName": service,
        "ServiceUserName": f"bob-at-{ACCOUNT}", "ServiceSpecificCredentialId": made["ServiceSpecificCredentialId"],
        "UserName": "bob", "Status": "Active",
    }
    answer = bob.list_service_specific_credentials(UserName="bob")
    assert answer == {"ServiceSpecificCredentials": [made], "IsTruncated": False}
    server.clock(freeze="2030-01-01T00:01:00Z")
    again = bob.reset_service_specific_credential(
        UserName="bob", ServiceSpecificCredentialId=made["ServiceSpecificCredentialId"])["ServiceSpecificCredential"]
    assert re.fullmatch(r"[A-Za-z0-9+/]{60}", again["ServicePassword"]) and again.pop("ServicePassword") != password
    assert again == made


@pytest.mark.parametrize("service", WITH_SECRET)
def test_an_alias_and_a_secret(bob, service):
    made = create(bob, service)
    secret = made.pop("ServiceCredentialSecret")
    prefix = WITH_SECRET[service]
    assert secret.startswith(prefix)
    alias, _, characters = base64.b64decode(secret[len(prefix):], validate=True).decode().partition(":")
    assert alias == made["ServiceCredentialAlias"] == f"bob-at-{ACCOUNT}"
    assert re.fullmatch(r"[A-Za-z0-9+/]{60}", characters)
    assert set(made) == {"CreateDate", "ServiceName", "ServiceCredentialAlias", "ServiceSpecificCredentialId", "UserName",
                         "Status"}
    assert listed(bob, UserName="bob", ServiceName=service) == [made]
    again = bob.reset_service_specific_credential(
        UserName="bob", ServiceSpecificCredentialId=made["ServiceSpecificCredentialId"])["ServiceSpecificCredential"]
    assert again.pop("ServiceCredentialSecret") != secret
    assert again == made


def test_service_names_ignore_case_and_answers_have_aws_spelling(bob):
    assert create(bob, "CodeCommit.AmazonAWS.com")["ServiceName"] == GIT
    assert [c["ServiceName"] for c in listed(bob, UserName="bob", ServiceName="CODECOMMIT.amazonaws.com")] == [GIT]


@pytest.mark.parametrize("service", ["s3.amazonaws.com", "codecommit", "-", "codecommit.amazonaws.com.cn"])
def test_other_services(bob, service):
    message = f"No such service {service} is supported for Service Specific Credentials"
    with not_found(message):
        create(bob, service)
    with not_found(message):
        listed(bob, UserName="bob", ServiceName=service)
    with not_found("The user with name nobody cannot be found."):
        create(bob, service, user="nobody")
    with not_found("The user with name nobody cannot be found."):
        listed(bob, UserName="nobody", ServiceName=service)


def test_names_of_services_have_few_characters(bob):
    for name in ("code_commit", "codecommit.amazonaws.com ", "ä"):
        with invalid("ServiceName must match [a-zA-Z0-9.-]*"):
            listed(bob, UserName="bob", ServiceName=name)
        with invalid("ServiceName must match [a-zA-Z0-9.-]*"):
            create(bob, name)


def test_two_for_each_service(bob):
    first, second = create(bob), create(bob)
    assert second["ServiceUserName"] == f"bob+1-at-{ACCOUNT}"
    bob.update_service_specific_credential(UserName="bob", ServiceSpecificCredentialId=first["ServiceSpecificCredentialId"],
                                           Status="Inactive")
    with limit("Cannot exceed quota for ContextSpecificCredentialsPerUserPerContext: 2"):
        create(bob)
    assert create(bob, "bedrock.amazonaws.com")["ServiceCredentialAlias"] == f"bob-at-{ACCOUNT}", "per service"
    bob.delete_service_specific_credential(UserName="bob", ServiceSpecificCredentialId=first["ServiceSpecificCredentialId"])
    assert create(bob)["ServiceUserName"] == f"bob-at-{ACCOUNT}"


def test_a_name_outlives_a_rename(bob):
    made = create(bob)
    bob.update_user(UserName="bob", NewUserName="Rob")
    assert [(c["UserName"], c["ServiceUserName"]) for c in listed(bob, UserName="rob")] == [("Rob", f"bob-at-{ACCOUNT}")]
    assert create(bob, user="rob")["ServiceUserName"] == f"Rob-at-{ACCOUNT}", "letters as the user's"
    bob.create_user(UserName="BOB")
    assert create(bob, user="BOB")["ServiceUserName"] == f"BOB+1-at-{ACCOUNT}"
    identifier = made["ServiceSpecificCredentialId"]
    with invalid(f"User BOB does not have a service specific credential with id {identifier}"):
        bob.delete_service_specific_credential(UserName="bob", ServiceSpecificCredentialId=identifier)


def test_credentials_that_expire(server, bob):
    server.clock(freeze="2030-01-01T00:00:00Z")
    made = create(bob, CredentialAgeDays=1)
    assert made["ExpirationDate"].isoformat() == "2030-01-02T00:00:00+00:00"
    identifier = made["ServiceSpecificCredentialId"]
    server.clock(freeze="2030-01-01T23:59:59Z")
    again = bob.reset_service_specific_credential(UserName="bob", ServiceSpecificCredentialId=identifier)[
        "ServiceSpecificCredential"]
    assert (again["CreateDate"], again["ExpirationDate"]) == (made["CreateDate"], made["ExpirationDate"])
    assert again["Status"] == "Active"
    server.clock(freeze="2030-01-02T00:00:00Z")
    assert [(c["Status"], c["ExpirationDate"]) for c in listed(bob, UserName="bob")] == [("Expired", made["ExpirationDate"])]
    bob.update_service_specific_credential(UserName="bob", ServiceSpecificCredentialId=identifier, Status="Inactive")
    assert listed(bob, UserName="bob")[0]["Status"] == "Expired"
    create(bob)
    with limit("Cannot exceed quota for ContextSpecificCredentialsPerUserPerContext: 2"):
        create(bob)


def test_the_longest_age(bob):
    made = create(bob, "bedrock.amazonaws.com", CredentialAgeDays=36600)
    assert made["ExpirationDate"] - made["CreateDate"] == datetime.timedelta(days=36600)


@pytest.mark.parametrize("age, words", [(0, "Member must have value greater than or equal to 1"),
                                        (36601, "Member must have value less than or equal to 36600")])
def test_ages_that_cannot_be(bob, age, words):
    with invalid(f"1 validation error detected: Value at 'credentialAgeDays' failed to satisfy constraint: {words}"):
        create(bob, CredentialAgeDays=age)
    assert listed(bob, UserName="bob") == []


def test_status(bob):
    identifier = create(bob)["ServiceSpecificCredentialId"]
    for status in ("Inactive", "Active"):
        bob.update_service_specific_credential(UserName="bob", ServiceSpecificCredentialId=identifier, Status=status)
        assert listed(bob, UserName="bob")[0]["Status"] == status
    bob.update_service_specific_credential(UserName="bob", ServiceSpecificCredentialId=identifier, Status="Inactive")
    again = bob.reset_service_specific_credential(UserName="bob", ServiceSpecificCredentialId=identifier)
    assert again["ServiceSpecificCredential"]["Status"] == "Inactive"
    with refused("InvalidInput", 400, "Operation does not support status Expired"):
        bob.update_service_specific_credential(UserName="bob", ServiceSpecificCredentialId=identifier, Status="Expired")
    with not_found("The user with name nobody cannot be found."):
        bob.update_service_specific_credential(UserName="nobody", ServiceSpecificCredentialId=identifier, Status="Expired")


@pytest.mark.parametrize("operation, more", [("delete", {}), ("reset", {}), ("update", {"Status": "Inactive"})])
def test_what_is_not_there(server, bob, operation, more):
    identifier = create(bob)["ServiceSpecificCredentialId"]
    call_it = getattr(bob, f"{operation}_service_specific_credential")
    absent = "ACCA" + "A" * 17
    with not_found(f"No such credential {absent} exists"):
        call_it(UserName="bob", ServiceSpecificCredentialId=absent, **more)
    with not_found("The user with name nobody cannot be found."):
        call_it(UserName="nobody", ServiceSpecificCredentialId=identifier, **more)
    with not_found(f"No such credential {identifier} exists"):
        call_it(ServiceSpecificCredentialId=identifier, **more)  # root has none
    bob.create_user(UserName="eve")
    with invalid(f"User eve does not have a service specific credential with id {identifier}"):
        call_it(UserName="eve", ServiceSpecificCredentialId=identifier, **more)
    other = Newer(server, Caller(server, key=OTHER_ACCOUNT))
    other.create_user(UserName="bob")
    with not_found(f"No such credential {identifier} exists"):
        getattr(other, f"{operation}_service_specific_credential")(UserName="bob", ServiceSpecificCredentialId=identifier, **more)
    with invalid("1 validation error detected: Value at 'serviceSpecificCredentialId' failed to satisfy constraint: Member "
                 r"must satisfy regular expression pattern: [\w]+"):
        call_it(UserName="nobody", ServiceSpecificCredentialId="ACCA-" + "A" * 20, **more)
    assert listed(bob, UserName="bob")[0]["Status"] == "Active"


def test_lists_of_all_users(server, root, iam):
    iam.create_user(UserName="bob", Path="/eng/")
    iam.create_user(UserName="eve")
    for second, (user, service) in enumerate([("bob", GIT), ("eve", "logs.amazonaws.com"), ("bob", "logs.amazonaws.com")]):
        server.clock(freeze=f"2030-01-01T00:00:0{second}Z")
        create(iam, service, user)

    def shown(items):
        return [(c["UserName"], c["ServiceName"].partition(".")[0]) for c in items]

    assert shown(listed(iam, AllUsers=True)) == [("bob", "codecommit"), ("eve", "logs"), ("bob", "logs")]
    assert shown(listed(iam, AllUsers=True, ServiceName="logs.amazonaws.com")) == [("eve", "logs"), ("bob", "logs")]
    first = iam.list_service_specific_credentials(AllUsers=True, MaxItems=2)
    last = iam.list_service_specific_credentials(AllUsers=True, Marker=first["Marker"])
    assert (first["IsTruncated"], last["IsTruncated"], "Marker" in last) == (True, False, False)
    assert shown(first["ServiceSpecificCredentials"] + last["ServiceSpecificCredentials"]) == [
        ("bob", "codecommit"), ("eve", "logs"), ("bob", "logs")]
    assert shown(listed(iam, AllUsers=False, UserName="bob")) == [("bob", "codecommit"), ("bob", "logs")]
    assert listed(iam) == [], "root has none"
    with refused("InvalidInput", 400, "Cannot list credentials for all users if a username is given"):
        listed(iam, AllUsers=True, UserName="bob")
    role = Newer(server, root.user("amy", allow("sts:AssumeRole")).assume(root.role("job", ACCOUNT, allow("iam:List*"))))
    assert len(listed(role, AllUsers=True)) == 3
    with invalid("Must specify userName when calling with non-User credentials"):
        listed(role)


def test_the_permission_for_all_users(server, root):
    user = root.user("bob", allow("iam:ListServiceSpecificCredentials", USERS + "bob"))
    bob = Newer(server, user)
    assert listed(bob) == [] == listed(bob, UserName="bob", AllUsers=False)
    refusal = (f"User: {user.arn()} is not authorized to perform: iam:ListServiceSpecificCredentials on resource: {USERS}* "
               "because no identity-based policy allows the iam:ListServiceSpecificCredentials action")
    with denied(refusal):
        listed(bob, AllUsers=True)
    with denied(refusal):
        listed(bob, AllUsers=True, UserName="bob")
    root.iam.put_user_policy(UserName="bob", PolicyName="inline",
                             PolicyDocument=policy(allow("iam:ListServiceSpecificCredentials", USERS + "*")))
    assert listed(bob, AllUsers=True) == []


@pytest.mark.parametrize("condition, request_, allowed", [
    ({"StringEquals": {"iam:ServiceSpecificCredentialServiceName": "bedrock.amazonaws.com"}},
     dict(ServiceName="BEDROCK.amazonaws.com"), True),
    ({"StringEquals": {"iam:ServiceSpecificCredentialServiceName": "bedrock.amazonaws.com"}}, dict(ServiceName=GIT), False),
    ({"NumericLessThanEquals": {"iam:ServiceSpecificCredentialAgeDays": "30"}},
     dict(ServiceName=GIT, CredentialAgeDays=30), True),
    ({"NumericLessThanEquals": {"iam:ServiceSpecificCredentialAgeDays": "30"}},
     dict(ServiceName=GIT, CredentialAgeDays=31), False),
    ({"NumericLessThanEquals": {"iam:ServiceSpecificCredentialAgeDays": "30"}}, dict(ServiceName=GIT), False),
])
def test_conditions_on_what_is_created(server, root, condition, request_, allowed):
    bob = root.user("bob", allow("iam:CreateServiceSpecificCredential", USERS + "bob", Condition=condition))
    if allowed:
        Newer(server, bob).create_service_specific_credential(UserName="bob", **request_)
    else:
        with denied(f"User: {bob.arn()} is not authorized to perform: iam:CreateServiceSpecificCredential on resource: user "
                    "bob because no identity-based policy allows the iam:CreateServiceSpecificCredential action"):
            Newer(server, bob).create_service_specific_credential(UserName="bob", **request_)


@pytest.mark.parametrize("operation, more", [("reset", {}), ("update", {"Status": "Inactive"}), ("delete", {})])
def test_conditions_on_what_is_there(server, root, iam, operation, more):
    """The stored service's name counts."""
    condition = {"StringEquals": {"iam:ServiceSpecificCredentialServiceName": GIT}}
    bob = root.user("bob", allow("iam:*ServiceSpecificCredential", USERS + "bob", Condition=condition))
    git, logs = create(iam), create(iam, "logs.amazonaws.com")
    call_it = getattr(Newer(server, bob), f"{operation}_service_specific_credential")
    with denied():
        call_it(ServiceSpecificCredentialId=logs["ServiceSpecificCredentialId"], **more)
    call_it(ServiceSpecificCredentialId=git["ServiceSpecificCredentialId"], **more)


def test_the_user_cannot_go_before_them(server, bob):
    identifier = create(bob)["ServiceSpecificCredentialId"]
    with conflict("Cannot delete entity, must remove referenced objects first."):
        bob.delete_user(UserName="bob")
    bob.delete_service_specific_credential(UserName="bob", ServiceSpecificCredentialId=identifier)
    bob.delete_user(UserName="bob")
    bob.create_user(UserName="bob")
    assert create(bob)["ServiceUserName"] == f"bob-at-{ACCOUNT}"
    server.post(f"/_iamlocal/reset?account={ACCOUNT}")
    assert listed(bob, AllUsers=True) == []


def test_the_raw_wire(server, bob):
    for value in ("True", " true", "", "null"):
        answer = send(server, call("iam", "ListServiceSpecificCredentials", UserName="bob", AllUsers=value))
        assert answer.error()[:2] == (400, "MalformedInput"), value
    answer = send(server, call("iam", "ListServiceSpecificCredentials", UserName="bob", ServiceName=""))
    assert answer.status == 200
    answer = send(server, call("iam", "CreateServiceSpecificCredential", UserName="bob"))
    assert answer.error()[2] == ("1 validation error detected: Value at 'serviceName' failed to satisfy constraint: Member "
                                 "must not be null")
    answer = send(server, call("iam", "CreateServiceSpecificCredential", UserName="bob", ServiceName=""))
    assert answer.error() == (404, "NoSuchEntity", "No such service  is supported for Service Specific Credentials")
    answer = send(server, call("iam", "CreateServiceSpecificCredential", UserName="bob", ServiceName=GIT,
                               CredentialAgeDays="1.0"))
    assert answer.error()[:2] == (400, "MalformedInput")
    answer = send(server, call("iam", "ResetServiceSpecificCredential", UserName="x" * 65, ServiceSpecificCredentialId="y"))
    assert answer.error()[2].startswith("2 validation errors detected: ")
    assert listed(bob, UserName="bob") == []


def test_secrets_are_not_kept(start, tmp_path):
    folder = tmp_path / "data"
    server = start("--data-dir", str(folder))
    iam = Newer(server, Caller(server))
    iam.create_user(UserName="bob")
    password = create(iam)["ServicePassword"]
    secret = create(iam, "bedrock.amazonaws.com")["ServiceCredentialSecret"]
    server.stop()
    kept = server.log().encode() + kept_in(folder)
    assert f"bob-at-{ACCOUNT}".encode() in kept
    assert password.encode() not in kept and secret.encode() not in kept
    second = start("--data-dir", str(folder))
    again = Newer(second, Caller(second))
    assert {c["ServiceName"] for c in listed(again, UserName="bob")} == {GIT, "bedrock.amazonaws.com"}
