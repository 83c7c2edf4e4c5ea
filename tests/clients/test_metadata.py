"""EC2's instance metadata (IMDS), as SDKs and hand-written requests meet it."""

import json
import subprocess

import pytest

import programs
import support
from programs import ask, declare, imds, imds_token
from support import OTHER_ACCOUNT, Caller, allow, deny, refused

CREDENTIALS = "/latest/meta-data/iam/security-credentials/"
INSTANCE = "i-1234567890abcdef0"


@pytest.fixture(scope="module")
def module_server(tmp_path_factory):
    server = support.Server(tmp_path_factory.mktemp("server"), "--metadata-listen", "127.0.0.1:0",
                            "--metadata-profile", "web", "--metadata-region", "eu-west-1")
    yield server
    assert server.stop() == 0, server.log()[-4000:]


@pytest.fixture
def url(server):
    return programs.metadata_url(server)


def make_profile(caller, name="web", trusted=None, statements=()):
    """A role in an instance profile of the same name."""
    arn = caller.role(name, trusted or programs.TRUST_OF_EC2, *statements)
    caller.iam.create_instance_profile(InstanceProfileName=name)
    caller.iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    return arn


# Tokens ----------------------------------------------------------------------------------------------------------------


def test_a_token_is_asked_for_with_put(url):
    answer = ask(url, "/latest/api/token", "PUT", {"X-aws-ec2-metadata-token-ttl-seconds": "21600"})
    assert (answer.status, answer.headers["content-type"]) == (200, "text/plain")
    assert answer.headers["x-aws-ec2-metadata-token-ttl-seconds"] == "21600"
    assert imds(url, "/latest/meta-data/instance-id", answer.text).text == INSTANCE


@pytest.mark.parametrize("seconds", [None, "", "0", "21601", "-1", "1.5", "six", "9" * 30])
def test_a_token_has_a_time_to_live(url, seconds):
    headers = {} if seconds is None else {"X-aws-ec2-metadata-token-ttl-seconds": seconds}
    assert ask(url, "/latest/api/token", "PUT", headers).status == 400


def test_a_token_that_has_passed_a_proxy_is_refused(url):
    asked = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
    assert ask(url, "/latest/api/token", "PUT", {**asked, "X-Forwarded-For": "10.0.0.1"}).status == 403
    # A proxy adds its own behind the one that it was sent.
    assert ask(url, "/latest/api/token", "PUT", {**asked, "X-Forwarded-For": ""}).status == 403
    assert ask(url, "/latest/api/token", "PUT", {**asked, "X-Forwarded-For": "", "x-forwarded-for": "10.0.0.1"}).status == 403
    assert ask(url, "/2021-03-23/api/token", "PUT", asked).status == 403


@pytest.mark.parametrize(("method", "path"), [("GET", "/latest/api/token"), ("POST", "/latest/api/token"),
                                              ("PUT", "/latest/meta-data/"), ("POST", CREDENTIALS), ("DELETE", "/latest/")])
def test_other_methods_are_refused(url, method, path):
    answer = ask(url, path, method)
    assert answer.status == 405
    assert answer.headers["allow"] == ("PUT" if path.endswith("token") else "GET, HEAD")


def test_nothing_is_told_without_a_token(server, url):
    for headers in ({}, {"X-aws-ec2-metadata-token": ""}, {"X-aws-ec2-metadata-token": "AAAA"},
                    {"X-aws-ec2-metadata-token": imds_token(url)[:-4] + "AAAA"}):
        assert ask(url, "/latest/meta-data/", headers=headers).status == 401
    server.clock(freeze=True)
    token = imds_token(url, 10)
    assert imds(url, "/latest/meta-data/", token).status == 200
    server.clock(advance="9s")
    assert imds(url, "/latest/meta-data/", token).status == 200
    server.clock(advance="1s")
    assert imds(url, "/latest/meta-data/", token).status == 401


def test_version_1_by_declaration(server, url):
    assert declare(server, instance={"tokens": "optional"}).status == 200
    assert ask(url, "/latest/meta-data/instance-id").text == INSTANCE
    assert ask(url, "/latest/meta-data/", headers={"X-aws-ec2-metadata-token": "AAAA"}).status == 401


def test_version_1_by_setting(start):
    server = start("--metadata-listen", "127.0.0.1:0", "--metadata-tokens", "optional")
    assert ask(programs.metadata_url(server), "/latest/meta-data/placement/region").text == "us-east-1"


def test_an_instance_may_have_no_metadata(server, url):
    declare(server, instance={"enabled": False})
    assert ask(url, "/latest/api/token", "PUT", {"X-aws-ec2-metadata-token-ttl-seconds": "60"}).status == 403
    assert ask(url, "/latest/meta-data/").status == 403


# The tree --------------------------------------------------------------------------------------------------------------


def test_what_is_told_of_the_instance(server, url):
    token = imds_token(url)
    assert imds(url, "/", token).text.split("\n")[-1] == "latest"
    assert imds(url, "/latest/", token).text == "dynamic/\nmeta-data/"
    assert "placement/" in imds(url, "/latest/meta-data/", token).text.split("\n")
    assert imds(url, "/latest/meta-data/placement/", token).text == "availability-zone\nregion"
    assert imds(url, "/latest/meta-data/placement/availability-zone/", token).text == "eu-west-1a"
    assert imds(url, "/2021-03-23/meta-data/placement/region", token).text == "eu-west-1"
    document = imds(url, "/latest/dynamic/instance-identity/document", token)
    assert document.headers["content-type"] == "text/plain"
    told = json.loads(document.body)
    assert sorted(told) == ["accountId", "architecture", "availabilityZone", "billingProducts", "devpayProductCodes",
                            "imageId", "instanceId", "instanceType", "kernelId", "marketplaceProductCodes", "pendingTime",
                            "privateIp", "ramdiskId", "region", "version"]
    assert (told["accountId"], told["instanceId"], told["region"], told["version"]) == (
        support.ACCOUNT, INSTANCE, "eu-west-1", "2017-09-30")
    declare(server, instance={"id": "i-0feed", "region": "us-west-2", "type": "m7g.large"})
    assert imds(url, "/latest/meta-data/instance-id", token).text == "i-0feed"
    assert imds(url, "/latest/meta-data/placement/availability-zone", token).text == "us-west-2a"
    assert imds(url, "/latest/meta-data/instance-type", token).text == "m7g.large"


@pytest.mark.parametrize("path", ["/latest/user-data", "/latest/meta-data/none", "/2000-01-01/meta-data/", "/none",
                                  CREDENTIALS, CREDENTIALS + "web", "/latest/meta-data/iam/security-credentials-extended/"])
def test_what_is_not_there(url, path):
    assert imds(url, path).status == 404


def test_the_profile(server, url, root):
    assert json.loads(imds(url, "/latest/meta-data/iam/info").body)["Code"] == "InstanceProfileNotFound"
    profile = root.iam.create_instance_profile(InstanceProfileName="web")["InstanceProfile"]
    info = json.loads(imds(url, "/latest/meta-data/iam/info").body)
    assert info.pop("LastUpdated").endswith("Z")
    assert info == {"Code": "Success", "InstanceProfileArn": profile["Arn"], "InstanceProfileId": profile["InstanceProfileId"]}
    assert imds(url, CREDENTIALS).status == 404  # it has no role
    declare(server, instance={"profile": None})
    assert imds(url, "/latest/meta-data/iam/info").status == 404


# Credentials -----------------------------------------------------------------------------------------------------------


def test_credentials_are_a_session_of_the_role(server, url, root):
    make_profile(root, statements=[allow("iam:ListUsers")])
    assert imds(url, CREDENTIALS).text == "web"
    answer = imds(url, CREDENTIALS + "web")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/plain")
    found = json.loads(answer.body)
    assert list(found) == ["Code", "LastUpdated", "Type", "AccessKeyId", "SecretAccessKey", "Token", "Expiration"]
    assert (found["Code"], found["Type"]) == ("Success", "AWS-HMAC")
    program = programs.as_caller(server, answer)
    assert program.arn() == f"arn:aws:sts::{support.ACCOUNT}:assumed-role/web/{INSTANCE}"
    program.iam.list_users()
    with support.denied():
        program.iam.list_roles()
    extended = json.loads(imds(url, "/latest/meta-data/iam/security-credentials-extended/web").body)
    assert extended["AccountId"] == support.ACCOUNT
    assert extended["AccessKeyId"] == found["AccessKeyId"]


def test_a_role_of_another_account(server, url):
    other = Caller(server, OTHER_ACCOUNT)
    make_profile(other, "theirs")
    declare(server, instance={"profile": f"arn:aws:iam::{OTHER_ACCOUNT}:instance-profile/theirs"})
    assert programs.as_caller(server, imds(url, CREDENTIALS + "theirs")).arn() == (
        f"arn:aws:sts::{OTHER_ACCOUNT}:assumed-role/theirs/{INSTANCE}")


def test_a_role_that_does_not_trust_ec2(server, url, root):
    make_profile(root, trusted=programs.TRUST_OF_ECS)
    answer = imds(url, CREDENTIALS + "web")
    found = json.loads(answer.body)
    assert answer.status == 200
    assert list(found) == ["Code", "Message", "LastUpdated"]
    assert found["Code"] == "AssumeRoleUnauthorizedAccess"
    assert found["Message"].startswith("EC2 cannot assume the role web. ")
    # The refusal is a decision as any other.
    decision = server.http("GET", "/_iamlocal/decisions/latest").json()
    assert (decision["action"], decision["decision"]) == ("sts:AssumeRole", "implicitDeny")
    assert server.logged("request", action="sts:AssumeRole", principal="ec2.amazonaws.com", decision="deny")


def test_where_a_session_came_from_is_known(server, url, root):
    only_v2 = deny("iam:ListUsers", Condition={"NumericLessThan": {"ec2:RoleDelivery": "2.0"}})
    here = allow("iam:ListRoles", Condition={
        "ArnEquals": {"ec2:SourceInstanceARN": f"arn:aws:ec2:eu-west-1:{support.ACCOUNT}:instance/{INSTANCE}"},
        "StringEquals": {"aws:Ec2InstanceSourceVpc": "vpc-1", "aws:Ec2InstanceSourcePrivateIPv4": "10.1.2.3"}})
    make_profile(root, statements=[allow("iam:ListUsers"), only_v2, here])
    declare(server, instance={"tokens": "optional", "vpc_id": "vpc-1", "private_ip": "10.1.2.3"})
    second = programs.as_caller(server, imds(url, CREDENTIALS + "web"))
    second.iam.list_users()
    second.iam.list_roles()
    first = programs.as_caller(server, ask(url, CREDENTIALS + "web"))
    with support.denied():
        first.iam.list_users()
    declare(server, instance={"vpc_id": "vpc-2", "private_ip": "10.1.2.3"})
    with support.denied():
        programs.as_caller(server, imds(url, CREDENTIALS + "web")).iam.list_roles()


def test_credentials_rotate_before_they_expire(server, url, root):
    make_profile(root)
    server.clock(freeze=True)
    first = imds(url, CREDENTIALS + "web")
    assert imds(url, CREDENTIALS + "web").json() == first.json()
    server.clock(advance="5h29m")
    assert imds(url, CREDENTIALS + "web").json() == first.json()
    server.clock(advance="1m")
    second = imds(url, CREDENTIALS + "web")
    assert second.json()["AccessKeyId"] != first.json()["AccessKeyId"]
    assert second.json()["Expiration"] > first.json()["Expiration"]
    programs.as_caller(server, first).arn()  # both are good for a while
    server.clock(advance="31m")
    with refused("ExpiredToken", 403):
        programs.as_caller(server, first).arn()
    programs.as_caller(server, second).arn()


def test_a_role_made_again_is_another_role(server, url, root):
    make_profile(root)
    first = imds(url, CREDENTIALS + "web")
    root.iam.remove_role_from_instance_profile(InstanceProfileName="web", RoleName="web")
    root.iam.delete_role(RoleName="web")
    assert imds(url, CREDENTIALS + "web").status == 404
    root.role("web", programs.TRUST_OF_EC2)
    root.iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="web")
    with refused("InvalidClientTokenId", 403):
        programs.as_caller(server, first).arn()
    programs.as_caller(server, imds(url, CREDENTIALS + "web")).arn()


# SDKs ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("python", programs.pythons())
def test_boto3(server, url, root, tmp_path, python):
    make_profile(root)
    found = programs.python_identity(server, tmp_path, {"AWS_EC2_METADATA_SERVICE_ENDPOINT": url}, python)
    assert found["method"] == "iam-role"
    assert programs.session_name(found["arn"]) == (support.ACCOUNT, "web", INSTANCE)


def test_the_cli(server, url, root, tmp_path):
    make_profile(root)
    # Debian's puts the path right behind it.
    arn = programs.cli_identity(server, tmp_path, {"AWS_EC2_METADATA_SERVICE_ENDPOINT": url + "/"})
    assert programs.session_name(arn) == (support.ACCOUNT, "web", INSTANCE)


@pytest.mark.parametrize("provider", ["instance", "usual"])
def test_the_javascript_sdk(server, url, root, tmp_path, provider):
    make_profile(root)
    found = programs.javascript_identity(server, tmp_path, {"AWS_EC2_METADATA_SERVICE_ENDPOINT": url}, provider)
    assert programs.session_name(found["arn"]) == (support.ACCOUNT, "web", INSTANCE)
    assert found["key"] == json.loads(imds(url, CREDENTIALS + "web").body)["AccessKeyId"]


def test_boto3_finds_no_credentials_where_there_are_none(server, url, tmp_path):
    assert programs.python_identity(server, tmp_path, {"AWS_EC2_METADATA_SERVICE_ENDPOINT": url}) == {}


# Who may ask -----------------------------------------------------------------------------------------------------------


def test_web_pages_and_foreign_names_are_refused(url):
    token = imds_token(url)
    for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Host": "evil.example"}):
        answer = ask(url, "/latest/meta-data/", headers={"X-aws-ec2-metadata-token": token, **headers})
        assert answer.status == 403, headers
    assert ask(url, "/latest/meta-data/", headers={"X-aws-ec2-metadata-token": token, "Host": "169.254.169.254"}).status == 200


def test_the_api_is_not_served_there(url):
    assert ask(url, "/_iamlocal/health").status == 401
    assert ask(url, "/", "POST", {}, b"Action=GetCallerIdentity&Version=2011-06-15").status == 405


def test_without_the_setting_nothing_is_served(start):
    assert not any("metadata" in line for line in start().banner)


def test_no_secret_is_logged(server, url, root):
    make_profile(root)
    token = imds_token(url)
    found = imds(url, CREDENTIALS + "web", token).json()
    server.logged("request", action="sts:AssumeRole")
    for secret in (token, found["SecretAccessKey"], found["Token"]):
        assert secret not in server.log()


@pytest.mark.parametrize(("flags", "complaint"), [
    (["--metadata-profile", "a b"], "no name and no ARN"), (["--metadata-region", "moon"], "the name of a Region"),
    (["--metadata-tokens", "never"], "required or optional"), (["--metadata-container", "x"], "ID=ROLE"),
    (["--metadata-container", "a/b=role"], "no id of a container"), (["--metadata-pod", "Default=role"], "NAMESPACE/SERVICE"),
    (["--metadata-listen", "nowhere"], "no address")])
def test_impossible_settings(flags, complaint):
    ended = subprocess.run([support.BINARY, "--listen", "127.0.0.1:0", *flags], capture_output=True, text=True, timeout=20,
                           env=support.clean_environment())
    assert ended.returncode == 2
    assert complaint in ended.stderr


def test_tls_is_for_the_api_alone(start, tmp_path):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                    tmp_path / "key.pem", "-out", tmp_path / "cert.pem", "-subj", "/CN=localhost"], check=True,
                   capture_output=True)
    server = start("--tls-cert", str(tmp_path / "cert.pem"), "--tls-key", str(tmp_path / "key.pem"),
                   "--metadata-listen", "127.0.0.1:0")
    assert server.url.startswith("https://")
    assert imds(programs.metadata_url(server), "/latest/meta-data/instance-id").text == INSTANCE


# The test bench --------------------------------------------------------------------------------------------------------


def test_the_machine_is_shown_and_forgotten(server):
    shown = server.http("GET", "/_iamlocal/metadata").json()
    assert shown["instance"]["profile"] == f"arn:aws:iam::{support.ACCOUNT}:instance-profile/web"
    declared = declare(server, containers={"one": {"role": "app", "authorization_token": "hush"}})
    assert declared.status == 200
    assert declared.json()["containers"] == {"one": {"role": f"arn:aws:iam::{support.ACCOUNT}:role/app"}}
    assert "hush" not in declared.text
    assert declare(server, "DELETE").json() == {"status": "ok"}
    assert server.http("GET", "/_iamlocal/metadata").json() == shown
    declare(server, instance={"profile": "other"})
    server.reset()
    assert server.http("GET", "/_iamlocal/metadata").json() == shown


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"x":1}', b'{"instance":{"hop":1}}', b'{"instance":{"region":"moon"}}'])
def test_what_is_no_declaration_is_refused(server, body):
    before = server.http("GET", "/_iamlocal/metadata").json()
    answer = server.http("PUT", "/_iamlocal/metadata", {}, body)
    assert (answer.status, list(answer.json())) == (400, ["error"])
    assert server.http("GET", "/_iamlocal/metadata").json() == before
