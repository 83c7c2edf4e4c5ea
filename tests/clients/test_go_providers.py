"""The credentials providers of Go's SDK, as Debian ships it, against the sources that are served here."""

import json
import pathlib
import shutil
import subprocess

import pytest

import programs
import support
from support import Caller, allow

GOPATH = pathlib.Path("/usr/share/gocode")

pytestmark = [
    pytest.mark.skipif(not shutil.which("go"), reason="there is no Go here: apt-get install golang-go"),
    pytest.mark.skipif(not (GOPATH / "src/github.com/aws/aws-sdk-go-v2/credentials").is_dir(),
                       reason="the SDK is not here: apt-get install golang-github-aws-aws-sdk-go-v2-dev"),
]


@pytest.fixture(scope="module")
def module_server(tmp_path_factory):
    server = support.Server(tmp_path_factory.mktemp("server"), "--metadata-listen", "127.0.0.1:0", "--metadata-profile", "web",
                            "--metadata-container", "task=task", "--metadata-authorization", "Bearer abc")
    yield server
    assert server.stop() == 0, server.log()[-4000:]


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    folder = tmp_path_factory.mktemp("go")
    environment = support.clean_environment({"GO111MODULE": "off", "GOPATH": str(GOPATH), "GOFLAGS": "", "CGO_ENABLED": "0"})
    built = subprocess.run(["go", "build", "-o", folder / "providers", programs.HERE / "go/providers/main.go"], cwd=folder,
                           env=environment, capture_output=True, text=True, timeout=250)
    assert built.returncode == 0, built.stdout + built.stderr
    return str(folder / "providers")


def arn_of(server, said):
    found = json.loads(said)
    assert found["CanExpire"] is True
    return Caller(server, found["AccessKeyId"], found["SecretAccessKey"], found["Token"]).arn()


def test_an_instance(server, root, program, tmp_path):
    root.role("web", programs.TRUST_OF_EC2)
    root.iam.create_instance_profile(InstanceProfileName="web")
    root.iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="web")
    given = {"AWS_EC2_METADATA_SERVICE_ENDPOINT": programs.metadata_url(server)}
    assert arn_of(server, programs.run([program, "instance"], tmp_path, given)).split("/")[1] == "web"


def test_a_container(server, root, program, tmp_path):
    root.role("task", programs.TRUST_OF_ECS)
    uri = programs.metadata_url(server) + "/v2/credentials/task"
    assert arn_of(server, programs.run([program, "container", uri, "Bearer abc"], tmp_path, {})).split("/")[1:] == ["task", "task"]


def test_a_process(server, root, program, tmp_path):
    arn = root.role("app", support.root_arn())
    alice = root.user("alice", allow("sts:AssumeRole"))
    command = (f"{support.BINARY} credentials --endpoint {server.url} --role-arn {arn} --access-key-id {alice.key} "
               f"--secret-access-key {alice.secret}")
    assert arn_of(server, programs.run([program, "process", command], tmp_path, {})).split("/")[1:] == ["app", "iamlocal"]
