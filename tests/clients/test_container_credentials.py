"""Credentials of ECS containers and of EKS pods, as SDKs and hand-written requests meet them."""

import os
import subprocess
import sys

import pytest

import programs
import support
from programs import ask, declare
from support import OTHER_ACCOUNT, Caller, allow, refused, trust

TASK = "9781c248-0edd-4cdb-9a93-f63cb662a5d3"
TASK_PATH = f"/v2/credentials/{TASK}"
POD_PATH = "/v1/credentials"


@pytest.fixture(scope="module")
def module_server(tmp_path_factory):
    server = support.Server(tmp_path_factory.mktemp("server"), "--metadata-listen", "127.0.0.1:0", "--metadata-container",
                            f"{TASK}=task", "--metadata-pod", "default/app=pod")
    yield server
    assert server.stop() == 0, server.log()[-4000:]


@pytest.fixture
def url(server):
    return programs.metadata_url(server)


def pod_token(server, **claims):
    answer = server.post("/_iamlocal/metadata/pod-tokens", {"namespace": "default", "service_account": "app", **claims})
    assert answer.headers["content-type"] == "text/plain"
    assert not answer.text.endswith("\n")
    return answer.text


# Containers ------------------------------------------------------------------------------------------------------------


def test_a_container_has_its_role(server, url, root):
    arn = root.role("task", programs.TRUST_OF_ECS, allow("iam:ListUsers"))
    answer = ask(url, TASK_PATH)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    found = answer.json()
    assert sorted(found) == ["AccessKeyId", "AccountId", "Expiration", "RoleArn", "SecretAccessKey", "Token"]
    assert (found["RoleArn"], found["AccountId"]) == (arn, support.ACCOUNT)
    program = programs.as_caller(server, answer)
    assert program.arn() == f"arn:aws:sts::{support.ACCOUNT}:assumed-role/task/{TASK}"
    program.iam.list_users()
    assert ask(url, TASK_PATH).json() == found


def test_who_has_no_container(url):
    answer = ask(url, "/v2/credentials/none")
    assert answer.status == 400
    assert answer.json() == {"Code": "InvalidIdInRequest", "Message": "CredentialsV2Request: Credentials not found"}
    assert ask(url, "/v2/credentials/").status == 400
    assert ask(url, TASK_PATH, "POST").status == 405
    assert ask(url, POD_PATH, "PUT").status == 405


@pytest.mark.parametrize("trusted", [None, programs.TRUST_OF_EC2])
def test_a_role_that_does_not_trust_ecs(server, url, root, trusted):
    if trusted:
        root.role("task", trusted)
    answer = ask(url, TASK_PATH)
    assert (answer.status, answer.json()["Code"]) == (403, "AccessDenied")
    assert answer.json()["Message"].startswith("ECS was unable to assume the role '")
    assert server.http("GET", "/_iamlocal/decisions/latest").json()["action"] == "sts:AssumeRole"


def test_for_whom_ecs_asks_is_known(server, url, root):
    condition = {"StringEquals": {"aws:SourceAccount": support.ACCOUNT},
                 "ArnLike": {"aws:SourceArn": f"arn:aws:ecs:us-east-1:{support.ACCOUNT}:*"}}
    root.role("task", [trust({"Service": "ecs-tasks.amazonaws.com"}, Condition=condition)])
    assert ask(url, TASK_PATH).status == 200
    condition["StringEquals"]["aws:SourceAccount"] = OTHER_ACCOUNT
    root.role("other", [trust({"Service": "ecs-tasks.amazonaws.com"}, Condition=condition)])
    assert ask(url, "/role/other").status == 403


def test_any_role_by_its_name(server, url, root):
    root.role("some", programs.TRUST_OF_ECS)
    assert programs.as_caller(server, ask(url, "/role/some")).arn().split("/")[1] == "some"
    Caller(server, OTHER_ACCOUNT).role("theirs", programs.TRUST_OF_ECS)
    theirs = f"arn:aws:iam::{OTHER_ACCOUNT}:role/theirs"
    assert ask(url, f"/role/{theirs}").json()["RoleArn"] == theirs
    assert ask(url, "/role/none").status == 403
    assert ask(url, "/role/a%20b").json()["Code"] == "InvalidRoleName"
    assert ask(url, "/role/%zz").status == 400


def test_a_container_shows_its_token(server, url, root):
    root.role("task", programs.TRUST_OF_ECS)
    declare(server, containers={"closed": {"role": "task", "authorization_token": "Basic c2VjcmV0"}, "open": {"role": "task"}})
    for given in (None, "", "Basic c2VjcmV", "Basic c2VjcmV0 ,", "basic c2VjcmV0"):
        answer = ask(url, "/v2/credentials/closed", headers={} if given is None else {"Authorization": given})
        assert (answer.status, answer.json()["Code"]) == (401, "Unauthorized"), given
    assert ask(url, "/v2/credentials/closed", headers={"Authorization": "Basic c2VjcmV0"}).status == 200
    assert ask(url, "/v2/credentials/open").status == 200
    declare(server, authorization_token="everybody's", containers={"open": {"role": "task"}})
    assert ask(url, "/v2/credentials/open").status == 401
    assert ask(url, "/role/task").status == 401
    assert ask(url, "/role/task", headers={"Authorization": "everybody's"}).status == 200


def test_the_token_by_setting(start, tmp_path):
    (tmp_path / "token").write_text("from a file\n")
    server = start("--metadata-listen", "127.0.0.1:0", "--metadata-authorization-file", str(tmp_path / "token"))
    Caller(server).role("task", programs.TRUST_OF_ECS)
    url = programs.metadata_url(server)
    assert ask(url, "/role/task").status == 401
    assert ask(url, "/role/task", headers={"Authorization": "from a file"}).status == 200
    assert "from a file" not in server.log()


def test_credentials_rotate_before_they_expire(server, url, root):
    root.role("task", programs.TRUST_OF_ECS)
    first = ask(url, TASK_PATH)
    server.clock(advance="5h31m")
    second = ask(url, TASK_PATH)
    assert second.json()["AccessKeyId"] != first.json()["AccessKeyId"]
    server.clock(advance="30m")
    with refused("ExpiredToken", 403):
        programs.as_caller(server, first).arn()
    programs.as_caller(server, second).arn()


# Pods ------------------------------------------------------------------------------------------------------------------


def test_a_pod_has_the_role_of_its_service_account(server, url, root):
    root.role("pod", programs.TRUST_OF_PODS, allow("iam:ListUsers", Condition={
        "StringEquals": {"aws:PrincipalTag/kubernetes-namespace": "default",
                         "aws:PrincipalTag/kubernetes-service-account": "app",
                         "aws:PrincipalTag/kubernetes-pod-name": "app-7",
                         "aws:PrincipalTag/eks-cluster-name": "iamlocal",
                         "aws:PrincipalTag/eks-cluster-arn": f"arn:aws:eks:us-east-1:{support.ACCOUNT}:cluster/iamlocal"},
        "Null": {"aws:PrincipalTag/kubernetes-pod-uid": "false"}}))
    answer = ask(url, POD_PATH, headers={"Authorization": pod_token(server, pod="app-7")})
    assert sorted(answer.json()) == ["AccessKeyId", "AccountId", "Expiration", "SecretAccessKey", "Token"]
    program = programs.as_caller(server, answer)
    assert program.arn().startswith(f"arn:aws:sts::{support.ACCOUNT}:assumed-role/pod/eks-iamlocal-app-7-")
    program.iam.list_users()


def test_the_tags_of_a_pod_stick(server, url, root):
    root.role("pod", programs.TRUST_OF_PODS, allow(["sts:AssumeRole", "sts:TagSession"]))
    next_role = root.role("next", [trust(support.root_arn(), action=["sts:AssumeRole", "sts:TagSession"])],
                          allow("iam:ListUsers",
                                Condition={"StringEquals": {"aws:PrincipalTag/kubernetes-namespace": "default"}}))
    program = programs.as_caller(server, ask(url, POD_PATH, headers={"Authorization": pod_token(server)}))
    program.assume(next_role).iam.list_users()
    with refused("InvalidParameterValue", 400):
        program.assume(next_role, Tags=[{"Key": "kubernetes-namespace", "Value": "other"}])


def test_a_role_has_to_let_pods_tag_their_sessions(server, url, root):
    root.role("pod", [trust({"Service": "pods.eks.amazonaws.com"})])
    headers = {"Authorization": pod_token(server)}
    answer = ask(url, POD_PATH, headers=headers)
    assert (answer.status, answer.headers["content-type"]) == (400, "text/plain")
    assert answer.text.startswith("AccessDeniedException: ")
    declare(server, pod_identities=[{"namespace": "default", "service_account": "app", "role": "pod", "session_tags": False}])
    assert ask(url, POD_PATH, headers=headers).status == 200


def test_tokens_of_pods_are_verified(server, url, root):
    root.role("pod", programs.TRUST_OF_PODS)
    assert ask(url, POD_PATH).status == 400
    good = pod_token(server, seconds=60)
    head, claims, signature = good.split(".")
    for token in ("x", good + "\t.", f"{head}.{claims}.", f"{head}.{claims}.{signature[:-4]}AAAA", f"{head}.{head}.{signature}"):
        answer = ask(url, POD_PATH, headers={"Authorization": token})
        assert (answer.status, answer.text.split(":")[0]) == (400, "InvalidTokenException"), token
    assert ask(url, POD_PATH, headers={"Authorization": good}).status == 200
    server.clock(advance="61s")
    answer = ask(url, POD_PATH, headers={"Authorization": good})
    assert (answer.status, answer.text.split(":")[0]) == (400, "ExpiredTokenException")
    other = ask(url, POD_PATH, headers={"Authorization": pod_token(server, service_account="other")})
    assert (other.status, other.text.split(":")[0]) == (404, "ResourceNotFoundException")


@pytest.mark.parametrize("body", [b"", b"[]", b'{"namespace":"default"}', b'{"namespace":"A","service_account":"b"}',
                                  b'{"namespace":"a","service_account":"b","seconds":0}',
                                  b'{"namespace":"a","service_account":"b","seconds":86401}',
                                  b'{"namespace":"a","service_account":"b","x":1}'])
def test_what_is_no_pod_gets_no_token(server, body):
    assert server.http("POST", "/_iamlocal/metadata/pod-tokens", {}, body).status == 400


# SDKs ------------------------------------------------------------------------------------------------------------------


def full_uri(url, path=TASK_PATH):
    return {"AWS_CONTAINER_CREDENTIALS_FULL_URI": url + path}


@pytest.mark.parametrize("python", programs.pythons())
def test_boto3(server, url, root, tmp_path, python):
    root.role("task", programs.TRUST_OF_ECS)
    found = programs.python_identity(server, tmp_path, full_uri(url), python)
    assert (found["method"], found["arn"].split("/")[1]) == ("container-role", "task")


def test_boto3_with_a_token(server, url, root, tmp_path):
    root.role("task", programs.TRUST_OF_ECS)
    declare(server, authorization_token="Bearer abc")
    given = {**full_uri(url), "AWS_CONTAINER_AUTHORIZATION_TOKEN": "Bearer abc"}
    assert programs.python_identity(server, tmp_path, given)["arn"].split("/")[1] == "task"


def test_the_cli(server, url, root, tmp_path):
    root.role("task", programs.TRUST_OF_ECS)
    assert programs.cli_identity(server, tmp_path, full_uri(url)).split("/")[1] == "task"


@pytest.mark.parametrize("provider", ["container", "http", "usual"])
def test_the_javascript_sdk(server, url, root, tmp_path, provider):
    root.role("task", programs.TRUST_OF_ECS)
    declare(server, authorization_token="Bearer abc")
    given = {**full_uri(url), "AWS_CONTAINER_AUTHORIZATION_TOKEN": "Bearer abc"}
    found = programs.javascript_identity(server, tmp_path, given, provider)
    assert found["arn"].split("/")[1] == "task"


def test_pods_of_the_javascript_sdk(server, url, root, tmp_path):
    root.role("pod", programs.TRUST_OF_PODS)
    token = tmp_path / "eks-pod-identity-token"
    token.write_text(pod_token(server))
    given = {**full_uri(url, POD_PATH), "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(token)}
    for provider in ("http", "usual"):
        assert programs.javascript_identity(server, tmp_path, given, provider)["arn"].split("/")[1] == "pod"


@pytest.mark.parametrize("python", programs.pythons())
def test_pods_of_boto3(server, url, root, tmp_path, python):
    root.role("pod", programs.TRUST_OF_PODS)
    token = tmp_path / "eks-pod-identity-token"
    token.write_text(pod_token(server))
    given = {**full_uri(url, POD_PATH), "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(token)}
    if "AUTHORIZATION_TOKEN_FILE" not in subprocess.run(
            [python, "-c", "import botocore.credentials as c; print(open(c.__file__).read())"], capture_output=True,
            text=True).stdout:
        given["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = token.read_text()  # Debian's knows no file
    assert programs.python_identity(server, tmp_path, given, python)["arn"].split("/")[1] == "pod"


# AWS's own addresses ---------------------------------------------------------------------------------------------------

IN_A_NETWORK_OF_ITS_OWN = """
import json, pathlib, subprocess, sys
sys.path.insert(0, sys.argv[1])
import programs, support
folder = pathlib.Path(sys.argv[2])
for address in ("169.254.169.254", "169.254.170.2", "169.254.170.23"):
    subprocess.run(["ip", "address", "add", address + "/32", "dev", "lo"], check=True)
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
server = support.Server(folder, "--testbench", "on", "--metadata-listen", "169.254.169.254:80", "--metadata-listen",
                        "169.254.170.2:80", "--metadata-listen", "169.254.170.23:80", "--metadata-profile", "web",
                        "--metadata-container", "task=task", "--metadata-pod", "default/app=pod")
root = support.Caller(server)
root.role("web", programs.TRUST_OF_EC2)
root.iam.create_instance_profile(InstanceProfileName="web")
root.iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="web")
root.role("task", programs.TRUST_OF_ECS)
root.role("pod", programs.TRUST_OF_PODS)
token = folder / "token"
token.write_text(server.post("/_iamlocal/metadata/pod-tokens", {"namespace": "default", "service_account": "app"}).text)
container = {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/task"}
pod = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials",
       "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(token)}
found = {}
for name, extra in (("instance", {}), ("container", container)):
    found["boto3 " + name] = programs.python_identity(server, folder, extra)["arn"].split("/")[1]
for name, extra in (("instance", {}), ("container", container), ("pod", pod)):
    found["javascript " + name] = programs.javascript_identity(server, folder, extra, "usual")["arn"].split("/")[1]
# Who is not on this machine has to show a token.
found["role"] = programs.ask("http://169.254.170.2", "/role/task").status
assert server.stop() == 0
print(json.dumps(found))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="addresses of a network of its own need root")
def test_at_the_addresses_that_sdks_know(tmp_path):
    (tmp_path / "story.py").write_text(IN_A_NETWORK_OF_ITS_OWN)
    ended = subprocess.run(["unshare", "--net", sys.executable, "-B", tmp_path / "story.py", programs.HERE, tmp_path],
                           capture_output=True, text=True, timeout=200)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.strip() == (
        '{"boto3 instance": "web", "boto3 container": "task", "javascript instance": "web", '
        '"javascript container": "task", "javascript pod": "pod", "role": 401}')
