"""docs/install/ci.md and testcontainers.md, docker/compose, docker/kubernetes: what can run here runs, the rest is read."""

import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys

import pytest
import yaml

from github_runner import Job
from image_support import REPOSITORY, VERSION, file_of, image, needs_crun, place, program, run  # noqa: F401

sys.path.append(str(REPOSITORY / "tests/clients"))
from test_terraform import PROVIDER, TERRAFORM  # noqa: E402

PAGES = REPOSITORY / "docs/install"
COMPOSE = sorted((REPOSITORY / "docker/compose").glob("*.yaml"))
KUBERNETES = REPOSITORY / "docker/kubernetes"
IMAGE = f"iamlocal/iamlocal:{VERSION}"
FILES = [PAGES / "image.md", PAGES / "ci.md", PAGES / "testcontainers.md", REPOSITORY / "action.yml", REPOSITORY / "docker/Dockerfile",
         *COMPOSE, *sorted(KUBERNETES.glob("*")), *sorted((REPOSITORY / "scripts/action").glob("*"))]
# Of scripts/package, for the first stage of docker/Dockerfile.
OF_THE_BUILD = {"IAMLOCAL_PROGRAM", "IAMLOCAL_LIBRARIES"}


# What is in all of them ----------------------------------------------------------------------------------------------


def test_every_variable_is_a_setting(program):
    said = subprocess.run([program, "--help"], capture_output=True, text=True, check=True, timeout=20, env={}).stdout
    known = {"IAMLOCAL_" + flag.upper().replace("-", "_") for flag in re.findall(r"^  --([a-z-]+) ", said, re.M)}
    assert {"IAMLOCAL_LISTEN", "IAMLOCAL_ROOT_SECRET_ACCESS_KEY_FILE"} <= known
    found = set()
    for path in FILES:
        named = set(re.findall(r"\bIAMLOCAL_[A-Z_]+", path.read_text()))
        assert named <= known | OF_THE_BUILD, (path, named - known)
        found |= named
    assert len(found) > 8


def test_versions_are_this_one():
    for path in FILES:
        for version in re.findall(r"iamlocal/iamlocal[:@]v?(\d[\w.]*)", path.read_text()):
            assert version == VERSION, path


@pytest.mark.parametrize("page", ["ci.md", "testcontainers.md"])
def test_links_lead_somewhere(page):
    def anchors(path):
        headings = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```$", "", path.read_text(), flags=re.M | re.S), re.M)
        return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}

    text = re.sub(r"^```.*?^```$", "", (PAGES / page).read_text(), flags=re.M | re.S)
    links = re.findall(r"\]\(([^)#]*)(?:#([^)]*))?\)", text)
    assert links
    for path, anchor in links:
        target = (PAGES / path).resolve() if path else PAGES / page
        assert target.exists(), path
        assert not anchor or anchor in anchors(target), (path, anchor)


# Compose -------------------------------------------------------------------------------------------------------------

SERVICE_KEYS = {"image", "build", "command", "environment", "ports", "volumes", "read_only", "cap_drop", "security_opt", "depends_on",
                "extends"}
# Their images have a health check of their own.
HEALTHY = {"iamlocal/iamlocal", "localstack/localstack"}


def services_of(path):
    """The services of a compose file, with what they extend."""
    file = yaml.safe_load(path.read_text())
    assert file.keys() == {"services"}
    services = {}
    for name, service in file["services"].items():
        assert service.keys() <= SERVICE_KEYS, (path, name)
        if "extends" in service:
            assert service["extends"].keys() == {"file", "service"}
            base = services_of(path.parent / service["extends"]["file"])[service["extends"]["service"]]
            service = {**base, **{key: value for key, value in service.items() if key != "extends"}}
        services[name] = service
    return services


def test_there_are_four_compose_files():
    assert [path.stem for path in COMPOSE] == ["dynamodb", "iamlocal", "localstack", "minio", "seed"]


@pytest.mark.parametrize("path", [path for path in COMPOSE if path.stem != "seed"], ids=lambda path: path.stem)
def test_compose_files_fit_together(path):
    services = services_of(path)
    assert f"-f docker/compose/{path.name} " in path.read_text().splitlines()[0]
    taken = []
    for name, service in services.items():
        image, _, _ = service["image"].partition(":")
        assert image == "iamlocal/iamlocal" or "build" not in service
        for port in service.get("ports", []):
            address, outside, _ = port.rsplit(":", 2)
            assert address == "127.0.0.1", port
            taken.append(outside)
        for other, wanted in service.get("depends_on", {}).items():
            of_other, _, _ = services[other]["image"].partition(":")
            assert wanted == {"condition": "service_healthy" if of_other in HEALTHY else "service_started"}
        for variable, value in service.get("environment", {}).items():
            assert isinstance(value, str), variable
            if variable.startswith("AWS_ENDPOINT_URL"):
                host, port = re.fullmatch(r"http://(\w+):(\d+)", value).groups()
                inside = [published.rsplit(":", 1)[1] for published in services[host]["ports"]]
                assert inside == [port] and host in service["depends_on"], variable
        if "AWS_ENDPOINT_URL" not in service.get("environment", {}) and name == "app":
            assert {"AWS_ENDPOINT_URL_IAM", "AWS_ENDPOINT_URL_STS"} <= service["environment"].keys()
    assert len(set(taken)) == len(taken)
    iam = services["iam"]
    assert iam["image"] == IMAGE
    context = (path.parent / iam["build"]["context"]).resolve()
    assert (context / iam["build"]["dockerfile"]).samefile(REPOSITORY / "docker/Dockerfile")


@needs_crun
@pytest.mark.parametrize("path", [path for path in COMPOSE if path.stem != "seed"], ids=lambda path: path.stem)
def test_the_container_of_each_compose_file_starts(run, place, path):
    """With the keys that the other programs of the file use."""
    services = services_of(path)
    iam = services["iam"]
    assert iam["read_only"] is True and iam["cap_drop"] == ["ALL"] and iam["security_opt"] == ["no-new-privileges:true"]
    mounts = []
    for volume in iam["volumes"]:
        source, target, mode = volume.split(":")
        assert mode == "ro"
        # A checkout may be where the container's users cannot get to.
        copy = place / pathlib.Path(source).name
        copy.write_bytes((path.parent / source).read_bytes())
        copy.chmod(0o644)
        mounts.append((copy, target))
    container = run(*iam["command"], mounts=mounts,
                    environment=[f"{name}={value}" for name, value in iam.get("environment", {}).items()])
    container.wait_until_ready()
    assert container.exec(*container.image.config["Healthcheck"]["Test"][1:]).returncode == 0
    of_app = services.get("app", {}).get("environment", {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"})
    key, secret = of_app["AWS_ACCESS_KEY_ID"], of_app["AWS_SECRET_ACCESS_KEY"]
    signed = ("--aws-sigv4", "aws:amz:us-east-1:sts", "--user", f"{key}:{secret}", "-H", "Host: iam:4566")
    status, answer = container.curl("/", *signed, "-d", "Action=GetCallerIdentity&Version=2011-06-15")
    assert status == 200 and re.search(r"<Arn>arn:aws:iam::000000000000:(root|user/app)</Arn>", answer), answer
    command = services.get("app", {}).get("command", [])
    if "assume-role" in command:
        role = command[command.index("--role-arn") + 1]
        asked = f"Action=AssumeRole&Version=2011-06-15&RoleArn={role}&RoleSessionName=app"
        assert container.curl("/", *signed, "-d", asked)[0] == 200
    if "minio" in services:
        assert services["minio"]["environment"] == {"MINIO_ROOT_USER": key, "MINIO_ROOT_PASSWORD": secret}
        assert len(key) >= 3 and len(secret) >= 8  # what MinIO asks of them


# Kubernetes ----------------------------------------------------------------------------------------------------------


def manifest(name):
    return yaml.safe_load((KUBERNETES / f"{name}.yaml").read_text())


def test_the_kustomization_has_all_files():
    made = manifest("kustomization")
    assert (made["apiVersion"], made["kind"]) == ("kustomize.config.k8s.io/v1beta1", "Kustomization")
    assert sorted(path.name for path in KUBERNETES.iterdir()) == sorted(
        [*made["resources"], "kustomization.yaml", *made["configMapGenerator"][0]["files"]])
    assert made["images"] == [{"name": "iamlocal/iamlocal", "newTag": VERSION}]


def test_the_manifests_fit_together():
    deployment, service, policy = manifest("deployment"), manifest("service"), manifest("networkpolicy")
    assert [(made["apiVersion"], made["kind"]) for made in (deployment, service, policy)] == [
        ("apps/v1", "Deployment"), ("v1", "Service"), ("networking.k8s.io/v1", "NetworkPolicy")]
    spec = deployment["spec"]
    labels = spec["template"]["metadata"]["labels"]
    assert labels == spec["selector"]["matchLabels"] == service["spec"]["selector"] == policy["spec"]["podSelector"]["matchLabels"]
    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})
    pod = spec["template"]["spec"]
    assert pod.keys() == {"automountServiceAccountToken", "enableServiceLinks", "terminationGracePeriodSeconds", "securityContext",
                          "containers", "volumes"}
    assert pod["automountServiceAccountToken"] is False and pod["enableServiceLinks"] is False
    assert pod["securityContext"] == {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    assert pod["terminationGracePeriodSeconds"] > 11  # the longest that stopping takes
    (container,) = pod["containers"]
    assert container.keys() == {"name", "image", "args", "ports", "startupProbe", "readinessProbe", "livenessProbe", "resources",
                                "securityContext", "volumeMounts"}
    assert container["image"] == "iamlocal/iamlocal"
    assert container["securityContext"] == {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                                            "capabilities": {"drop": ["ALL"]}}
    (port,) = container["ports"]
    assert port == {"name": "api", "containerPort": 4566}
    assert service["spec"]["ports"] == [{"name": "api", "port": 4566, "targetPort": port["name"]}]
    assert policy["spec"]["policyTypes"] == ["Ingress"]
    assert policy["spec"]["ingress"] == [{"from": [{"podSelector": {}}], "ports": [{"port": port["name"]}]}]
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert container[probe].keys() <= {"httpGet", "periodSeconds", "failureThreshold"}
        assert container[probe]["httpGet"] == {"path": "/livez" if probe == "livenessProbe" else "/readyz", "port": port["name"]}
    (mount,), (volume,) = container["volumeMounts"], pod["volumes"]
    assert mount == {"name": volume["name"], "mountPath": container["args"][container["args"].index("--seed") + 1], "readOnly": True}
    (generated,) = manifest("kustomization")["configMapGenerator"]
    assert volume["configMap"] == {"name": generated["name"]}


@pytest.mark.skipif(not shutil.which("kubectl"), reason="there is no kubectl here")
def test_kubectl_builds_the_kustomization(tmp_path):
    ended = subprocess.run(["kubectl", "kustomize", KUBERNETES], capture_output=True, text=True, timeout=60,
                           env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)})
    assert ended.returncode == 0, ended.stderr
    made = {entry["kind"]: entry for entry in yaml.safe_load_all(ended.stdout)}
    assert made.keys() == {"ConfigMap", "Deployment", "NetworkPolicy", "Service"}
    assert made["ConfigMap"]["data"] == {"seed.yaml": (KUBERNETES / "seed.yaml").read_text()}
    pod = made["Deployment"]["spec"]["template"]["spec"]
    assert pod["volumes"][0]["configMap"]["name"] == made["ConfigMap"]["metadata"]["name"]
    assert pod["containers"][0]["image"] == IMAGE


@needs_crun
def test_the_pods_container_starts_and_answers_the_probes(run, place):
    """As the kubelet starts it, the seed mounted as a ConfigMap is: by links that it can change all at once."""
    (container,) = manifest("deployment")["spec"]["template"]["spec"]["containers"]
    folder = place / "seed"
    (folder / "..2026_11_29").mkdir(parents=True)
    shutil.copy(KUBERNETES / "seed.yaml", folder / "..2026_11_29/seed.yaml")
    (folder / "..data").symlink_to("..2026_11_29")
    (folder / "seed.yaml").symlink_to("..data/seed.yaml")
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() else 0o644)
    # The variables that Kubernetes adds where somebody leaves enableServiceLinks as it is.
    links = ["IAMLOCAL_SERVICE_HOST=10.0.0.1", "IAMLOCAL_SERVICE_PORT=4566", "IAMLOCAL_PORT=tcp://10.0.0.1:4566"]
    started = run(*container["args"], mounts=[(folder, container["volumeMounts"][0]["mountPath"])], environment=links)
    started.wait_until_ready()
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        # The kubelet asks the pod's address.
        assert started.curl(container[probe]["httpGet"]["path"], "-H", "Host: 10.244.0.7:4566")[0] == 200
    for host in ("iamlocal:4566", "iamlocal.dev.svc:4566", "iamlocal.dev.svc.cluster.local:4566"):
        assert started.curl("/_iamlocal/decisions", "-H", f"Host: {host}")[0] == 200
    assert started.curl("/_iamlocal/decisions", "-H", "Host: iamlocal.dev:4566")[0] == 403
    assert '"id":"000000000000"' in started.curl("/_iamlocal/accounts")[1]
    assert started.stop()[0] == 0


# Terraform -----------------------------------------------------------------------------------------------------------


def test_the_provider_block_is_formatted(tmp_path):
    if not TERRAFORM:
        pytest.skip("there is no terraform here")
    name, text = file_of("ci.md", "hcl")
    (tmp_path / name).write_text(text)
    subprocess.run([TERRAFORM, "fmt", "-check", "-diff"], cwd=tmp_path, check=True, timeout=60,
                   env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TF_CLI_CONFIG_FILE": "/dev/null", "CHECKPOINT_DISABLE": "1"})


@pytest.mark.skipif(not TERRAFORM or not PROVIDER, reason="Terraform or its AWS provider 5 is not here")
def test_terraform_applies_with_the_provider_block(program, tmp_path):
    """And with a block that has just the Region, by the variables that the action sets: each has a server of its own."""
    (tmp_path / "job").mkdir()
    job = Job(tmp_path / "job")
    of_block, of_variables = (job.use(program=str(program), port="0")["endpoint"] for _ in range(2))
    try:
        name, text = file_of("ci.md", "hcl")
        (tmp_path / name).write_text(text)
        (tmp_path / "main.tf").write_text(
            'provider "aws" {\n  alias = "variables"\n  region = "us-east-1"\n}\n'
            'resource "aws_iam_user" "block" {\n  name = "block"\n}\n'
            'resource "aws_iam_user" "variables" {\n  provider = aws.variables\n  name = "variables"\n}\n')
        (tmp_path / "cli.tfrc").write_text(
            f'provider_installation {{\n  dev_overrides {{\n    "hashicorp/aws" = "{PROVIDER}"\n  }}\n  direct {{}}\n}}\n')
        job.shell(f"cd {tmp_path} && {TERRAFORM} apply -auto-approve -no-color -refresh=false", {
            "TF_CLI_CONFIG_FILE": str(tmp_path / "cli.tfrc"), "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1",
            "TF_VAR_iam_endpoint": of_block, "AWS_EC2_METADATA_DISABLED": "true"}, seconds=150)
        for endpoint, user in ((of_block, "block"), (of_variables, "variables")):
            listed = job.shell("curl -sS --aws-sigv4 aws:amz:us-east-1:iam --user test:test -d 'Action=ListUsers&Version=2010-05-08' "
                               + endpoint)[0]
            assert re.findall("<UserName>(.*?)</UserName>", listed) == [user]
    finally:
        job.use(command="stop")


def test_the_scripts_of_the_action_are_programs():
    for path in (REPOSITORY / "scripts/action").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) & 0o111 and path.read_text().startswith("#!/bin/sh\n")
        subprocess.run(["sh", "-n", path], check=True, timeout=20)
