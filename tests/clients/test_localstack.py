"""In LocalStack's place: its variables, its paths, its init scripts, and what its sample of IAM enforcement does."""

import json
import re
import time

import pytest

from aws_cli import DEBIANS, Cli
from commands import run  # noqa: F401 - a fixture
from support import ACCOUNT, Caller, allow, call, form, policy, refused

# Debian's is older than AWS_ENDPOINT_URL.
AWS = f'{DEBIANS} --endpoint-url "$AWS_ENDPOINT_URL"'
KINESIS = ["kinesis:CreateStream", "kinesis:DescribeStream", "s3:CreateBucket"]


def executable(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def states(server):
    return {script["name"]: script["state"] for script in server.http("GET", "/_localstack/init").json()["scripts"]}


def decided(server, **members):
    """The decisions that have these members."""
    latest = server.http("GET", "/_iamlocal/decisions").json()["decisions"]
    return [decision for decision in latest if members.items() <= decision.items()]


# The environment ------------------------------------------------------------------------------------------------------


def test_in_its_place(start):
    """As in a compose file: only the image is another."""
    server = start(env={"ENFORCE_IAM": "1", "GATEWAY_LISTEN": "127.0.0.1:0,127.0.0.1:0,127.0.0.1:443", "DEBUG": "",
                        "LOCALSTACK_HOST": "localhost.localstack.cloud", "LOCALSTACK_AUTH_TOKEN": "ls-secret-token",
                        "EAGER_SERVICE_LOADING": "1", "PERSIST_ALL": "1", "LOCALSTACK_DEBUG": "1"})
    assert len(server.addresses) == 2 and server.addresses[0][2] != server.addresses[1][2]
    banner = "\n".join(server.banner)
    assert f"AWS_ENDPOINT_URL=http://localhost.localstack.cloud:{server.port} " in banner
    assert re.search(r"^  enforcement  enforce$", banner, re.M)
    names = re.search(r"^  variables    (.*)$", banner, re.M)[1].split(", ")
    assert set(names) == {"ENFORCE_IAM", "GATEWAY_LISTEN", "LOCALSTACK_HOST", "EAGER_SERVICE_LOADING", "LOCALSTACK_DEBUG"}
    said = [entry["what"] for entry in server.log_entries() if entry["event"] == "remark"]
    assert said == ["variables of LocalStack that have no effect: LOCALSTACK_AUTH_TOKEN, PERSIST_ALL",
                    "GATEWAY_LISTEN: nothing is served on port 443, because there is no certificate (--tls-cert)"]
    assert "ls-secret-token" not in server.log() + banner
    # By its name, which no other name may stand for.
    assert server.http("GET", "/_localstack/health", {"Host": f"localhost.localstack.cloud:{server.port}"}).status == 200
    assert server.http("GET", "/_localstack/health", {"Host": "elsewhere.example"}).status == 403
    assert server.http("GET", "/_localstack/health").json()["services"] == {"iam": "running", "sts": "running"}
    bob = Caller(server).user("bob")
    with refused("AccessDenied", 403):
        bob.iam.list_users()


@pytest.mark.parametrize("variables, mode", [
    ({"ENFORCE_IAM": "1", "IAM_SOFT_MODE": "1"}, "audit"), ({"IAM_SOFT_MODE": "1"}, "audit"), ({"ENFORCE_IAM": "soft"}, "audit"),
    ({"ENFORCE_IAM": "0"}, "off"), ({"ENFORCE_IAM": ""}, "enforce"), ({"IAM_SOFT_MODE": "0"}, "enforce")])
def test_modes(start, variables, mode):
    server = start(env=variables)
    assert any(line.startswith(f"  enforcement  {mode}") for line in server.banner)
    bob = Caller(server).user("bob")
    if mode == "enforce":
        with refused("AccessDenied", 403):
            bob.iam.list_users()
    else:
        assert bob.iam.list_users()["Users"]
    wanted = {"enforce": "deny", "audit": "audit-deny", "off": "off"}[mode]
    server.logged("request", action="iam:ListUsers", decision=wanted)
    assert len(decided(server, action="iam:ListUsers", decision="off" if mode == "off" else "implicitDeny")) == 1
    # Whatever is decided, a signature is one.
    with refused("SignatureDoesNotMatch", 403):
        Caller(server, key=bob.key, secret="wrong").iam.list_users()
    with refused("InvalidClientTokenId", 403):
        Caller(server, key="foobar123", secret="test").iam.list_users()
    unsigned = server.http("POST", "/", {"Content-Type": "application/x-www-form-urlencoded"}, form(call("iam", "ListUsers")))
    assert unsigned.status == 403


def test_names_of_other_programs_need_to_be_meant(run, tmp_path):  # noqa: F811
    theirs = {"PERSISTENCE": "1", "DEBUG": "1", "SERVICES": "iam,s3"}
    quiet = run("--print-config", env=theirs).out
    assert re.search(r"^data-dir +- +default$", quiet, re.M) and re.search(r"^log-level +info +default$", quiet, re.M)
    meant = run("--print-config", "--localstack", "on", env=theirs).out
    assert re.search(r"^data-dir +/var/lib/localstack/iamlocal +PERSISTENCE$", meant, re.M)
    assert re.search(r"^log-level +debug +DEBUG$", meant, re.M)
    assert re.search(r"^allow-host +localhost.localstack.cloud +--localstack$", meant, re.M)
    off = run("--print-config", "--localstack", "off", env={**theirs, "ENFORCE_IAM": "0", "GATEWAY_LISTEN": ":1"}).out
    assert re.search(r"^enforcement +enforce +default$", off, re.M) and re.search(r"^listen +127.0.0.1:4566 +default$", off, re.M)


def test_wrong_values_stop_it(run):  # noqa: F811
    for name, value in [("ENFORCE_IAM", "sometimes"), ("GATEWAY_LISTEN", "4566"), ("GATEWAY_LISTEN", "0.0.0.0:443"),
                        ("LS_LOG", "loud"), ("IAM_SOFT_MODE", "x"), ("LOCALSTACK_HOST", "http://a")]:
        ended = run(env={name: value})
        assert ended.status == 2, (name, value, ended.err)
        assert len(ended.err.splitlines()) == 1 and ended.err.startswith("iamlocal: ")


def test_persistence(start, tmp_path):
    variables = {"LOCALSTACK_PERSISTENCE": "1", "LOCALSTACK_DATA_DIR": str(tmp_path / "volume/state")}
    server = start(env=variables)
    Caller(server).iam.create_user(UserName="alice")
    assert server.stop() == 0
    again = start(env=variables)
    assert [user["UserName"] for user in Caller(again).iam.list_users()["Users"]] == ["alice"]


# Paths ----------------------------------------------------------------------------------------------------------------


def test_health_as_those_ask_who_wait(server):
    """`until curl -s …/_localstack/health | grep '"iam": "available"'`"""
    server.reset()
    for path in ("/_localstack/health", "/health", "/_localstack/health?reload"):
        text = server.http("GET", path).text
        assert re.search(r'"iam": "(available|running)"', text) and '"sts": "available"' in text
    Caller(server).arn()
    services = server.http("GET", "/_localstack/health").json()["services"]
    assert services["sts"] == "running"
    head = server.http("HEAD", "/_localstack/health")
    assert (head.status, head.body) == (200, b"")
    for action in ("restart", "kill"):
        answer = server.http("POST", "/_localstack/health", {}, json.dumps({"action": action}).encode())
        assert answer.status == 501 and "/_localstack/state/reset" in answer.json()["error"]
    assert server.http("GET", "/_localstack/health").status == 200


def test_info(server):
    info = server.http("GET", "/_localstack/info").json()
    assert set(info) == {"version", "edition", "is_license_activated", "session_id", "machine_id", "system", "is_docker",
                         "server_time_utc", "uptime"}
    assert info == {**server.http("GET", "/_localstack/info").json(), "uptime": info["uptime"],
                    "server_time_utc": info["server_time_utc"]}


def test_init_without_scripts(server):
    assert server.http("GET", "/_localstack/init").json() == {
        "completed": {"BOOT": True, "START": True, "READY": True, "SHUTDOWN": False}, "scripts": []}
    assert server.http("GET", "/_localstack/init/ready").json() == {"completed": True, "scripts": []}


def test_what_is_not_there_says_so(server):
    for path in ("/_localstack/diagnose", "/_localstack/config", "/_localstack/pods/a", "/_localstack/chaos/faults",
                 "/_localstack/state/iam/reset", "/_localstack/plugins"):
        for method in ("GET", "POST"):
            answer = server.http(method, path)
            assert answer.status == 501 and answer.json()["error"], path
    assert server.http("GET", "/_localstack/something").status == 404


def test_reset_is_the_test_benchs(start):
    server = start("--testbench", "off")
    Caller(server).iam.create_user(UserName="alice")
    for path in ("/_localstack/state/reset", "/moto-api/reset", "/moto-api/seed?a=1"):
        assert server.http("POST", path).status == 403
        assert server.http("POST", path, {"Origin": "http://evil.example"}).status == 403
    assert len(Caller(server).iam.list_users()["Users"]) == 1


# Init scripts ---------------------------------------------------------------------------------------------------------


def test_init_scripts(start, tmp_path):
    scripts, out = tmp_path / "init", tmp_path / "out"
    out.mkdir()
    executable(scripts / "boot.d/boot.sh", f"#!/bin/sh\nenv >{out}/boot\n")
    executable(scripts / "start.d/start.sh", f"#!/bin/sh\necho start >>{out}/order\n")
    executable(scripts / "ready.d/10-users.sh",
               f"#!/bin/sh\necho ready >>{out}/order\n{AWS} iam create-user --user-name carol >/dev/null\n")
    # What a script sees of the server that runs it.
    executable(scripts / "ready.d/20-look.sh", f"""#!/usr/bin/python3
import json, os, urllib.request, urllib.error
def status(path):
    try:
        return urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"] + path).status
    except urllib.error.HTTPError as error:
        return error.code
init = json.load(urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"] + "/_localstack/init"))
json.dump([status("/readyz"), status("/livez"), init], open("{out}/look", "w"))
""")
    executable(scripts / "ready.d/30-fails.sh", "#!/bin/sh\nexit 7\n")
    (scripts / "ready.d/40-not-executable.sh").write_text("#!/bin/sh\n")
    (scripts / "ready.d/50-seed.py").write_text("print('hello')\n")
    (scripts / "ready.d/notes.txt").write_text("not a script\n")
    executable(scripts / "ready.d/more/60.sh", f"#!/bin/sh\necho last >>{out}/order\necho hello from the script >&2\n")
    executable(scripts / "shutdown.d/bye.sh", f"#!/bin/sh\n{AWS} sts get-caller-identity --query Arn >{out}/bye\n")
    server = start("--init-scripts", str(scripts), env={
        "IAMLOCAL_MASTER_KEY": "ab" * 32, "AWS_PROFILE": "absent", "AWS_SESSION_TOKEN": "stale",
        "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"})
    # `Ready.` was printed when they had run.
    assert f"  init scripts {scripts}" in server.banner
    assert [user["UserName"] for user in Caller(server).iam.list_users()["Users"]] == ["carol"]
    assert (out / "order").read_text() == "start\nready\nlast\n"
    assert states(server) == {"boot.sh": "SUCCESSFUL", "start.sh": "SUCCESSFUL", "10-users.sh": "SUCCESSFUL",
                              "20-look.sh": "SUCCESSFUL", "30-fails.sh": "ERROR", "40-not-executable.sh": "ERROR",
                              "50-seed.py": "ERROR", "more/60.sh": "SUCCESSFUL", "bye.sh": "UNKNOWN"}
    ready = server.http("GET", "/_localstack/init/ready").json()
    assert ready["completed"] is True and {script["stage"] for script in ready["scripts"]} == {"READY"}
    assert server.http("GET", "/readyz").status == 200
    readyz, livez, init = json.loads((out / "look").read_text())
    assert (readyz, livez) == (503, 200)
    assert init["completed"] == {"BOOT": True, "START": True, "READY": False, "SHUTDOWN": False}
    assert {"stage": "READY", "name": "20-look.sh", "state": "RUNNING"} in init["scripts"]
    # Nothing that is ours or old goes to them.
    boot = (out / "boot").read_text()
    assert "AWS_ACCESS_KEY_ID=test\n" in boot and "IAMLOCAL_" not in boot and "stale" not in boot and "AWS_ENDPOINT" not in boot
    server.logged("an init script failed", name="30-fails.sh", what="it ended with status 7", stage="READY")
    assert "hello from the script" in server.log()
    assert server.stop() == 0
    assert (out / "bye").read_text() == f'"arn:aws:iam::{ACCOUNT}:root"\n'


def test_a_script_that_hangs(start, tmp_path):
    executable(tmp_path / "init/ready.d/hang.sh", "#!/bin/sh\nsleep 100\n")
    executable(tmp_path / "init/shutdown.d/hang.sh", "#!/bin/sh\nsleep 100\n")
    server = start("--init-scripts", str(tmp_path / "init"), "--init-timeout", "1", "--drain-timeout", "1")
    server.logged("an init script failed", what="it took more than 1000 ms")
    began = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - began < 10


def test_stopping_does_not_wait_for_scripts(run, tmp_path):  # noqa: F811
    """A server that is told to stop before it is ready, by a script of its own."""
    executable(tmp_path / "init/ready.d/1.sh", "#!/bin/sh\nkill -TERM $PPID\nsleep 100\n")
    ended = run("--listen", "127.0.0.1:0", "--init-scripts", tmp_path / "init")
    assert ended.status == 0 and "Ready." not in ended.out
    executable(tmp_path / "init/ready.d/2.sh", f"#!/bin/sh\ntouch {tmp_path}/second\n")
    ended = run("--listen", "127.0.0.1:0", "--init-scripts", tmp_path / "init")
    assert ended.status == 0 and "Ready." not in ended.out
    assert not (tmp_path / "second").exists()


def test_scripts_are_not_run_unless_asked_for(server, run, tmp_path):  # noqa: F811
    assert server.http("GET", "/_localstack/init").json()["scripts"] == []
    assert run("--print-config", env={"LOCALSTACK_INIT_SCRIPTS_PATH": str(tmp_path)}).out.count("init-scripts            -") == 1


# Its samples ----------------------------------------------------------------------------------------------------------


def wait_until_available(server):
    while '"iam": "available"' not in server.http("GET", "/_localstack/health").text:
        time.sleep(0.05)


def allowed(root, user):
    """What a user may do at services that are not here."""
    answer = root("iam", "simulate-principal-policy", "--policy-source-arn", f"arn:aws:iam::{ACCOUNT}:user/{user}",
                  "--action-names", *KINESIS)
    return {result["EvalDecision"] for result in answer["EvaluationResults"]}


def test_the_steps_of_its_sample_of_enforcement(start, tmp_path):
    """Denied without a policy; a policy, a user, the policy at the user, a key; then allowed. The sample's calls of Kinesis and
    S3, which are not here, are answered by the simulator, and calls of IAM stand beside them."""
    executable(tmp_path / "init/ready.d/users.sh", f"#!/bin/sh\n{AWS} iam create-user --user-name user1 >/dev/null\n")
    server = start("--init-scripts", str(tmp_path / "init"),
                   env={"ENFORCE_IAM": "1", "GATEWAY_LISTEN": "127.0.0.1:0", "AWS_CONFIG_FILE": "/dev/null",
                        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"})
    server.reset()
    wait_until_available(server)
    root = Cli(DEBIANS, server.url, tmp_path)
    assert root("sts", "get-caller-identity")["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"
    root("iam", "create-user", "--user-name", "user1")
    keys = root("iam", "create-access-key", "--user-name", "user1")["AccessKey"]
    user = root.become(keys)
    assert user("sts", "get-caller-identity")["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/user1"
    assert "AccessDenied" in user.refused("iam", "list-users")
    assert allowed(root, "user1") == {"implicitDeny"}
    made = root("iam", "create-policy", "--policy-name", "p1", "--policy-document",
                policy(allow(["kinesis:*", "s3:*", "iam:List*"])))["Policy"]
    root("iam", "attach-user-policy", "--user-name", "user1", "--policy-arn", made["Arn"])
    assert [listed["UserName"] for listed in user("iam", "list-users")["Users"]] == ["user1"]
    assert "AccessDenied" in user.refused("iam", "create-user", "--user-name", "user2")
    assert allowed(root, "user1") == {"allowed"}
    # The service itself is not here, which the log says.
    assert user.run("kinesis", "list-streams").returncode != 0
    server.logged("hint", what="the request is for the service kinesis; iamlocal serves IAM and STS")


def test_soft_mode_shows_what_is_missing(start, tmp_path):
    """As its guide to explained denials: what would be refused is in the log, and done."""
    server = start(env={"ENFORCE_IAM": "1", "IAM_SOFT_MODE": "1", "LOCALSTACK_DEBUG": "1"})
    user = Caller(server).user("test-user", allow("iam:GetUser"))
    user.iam.create_group(GroupName="made")
    assert "is not authorized to perform: iam:CreateGroup" in server.logged("denied")["reason"]
    server.logged("request", action="iam:CreateGroup", decision="audit-deny", status=200)
    assert decided(server, action="iam:CreateGroup", decision="implicitDeny")
