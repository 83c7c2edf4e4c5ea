"""Faults on command, and what SDKs make of them."""

import http.client
import json
import pathlib
import re
import shutil
import subprocess
import threading
import time

import boto3
import botocore.config
import botocore.exceptions
import botocore.parsers
import pytest
import urllib3

import support
from support import (ACCOUNT, Caller, IAM, OTHER_ACCOUNT, REGION, STS, allow, call, clean_environment, form, root_arn, send,
                     signed_headers)

ROOT = "/_iamlocal/faults"


@pytest.fixture(autouse=True)
def unrecorded(monkeypatch):
    """What faults make of answers is nothing that the operations answer."""
    monkeypatch.setattr(support.record, "file", None)


def declare(server, *rules):
    answer = server.http("PUT", ROOT, {}, json.dumps({"rules": list(rules)}).encode())
    assert answer.status == 200, answer.text
    return answer.json()["rules"]


def in_force(server):
    return server.http("GET", ROOT).json()["rules"]


def struck(server):
    return [rule["struck"] for rule in in_force(server)]


def users(caller):
    return [user["UserName"] for user in caller.iam.list_users()["Users"]]


@pytest.mark.parametrize(("service", "action", "namespace"), [("iam", "ListUsers", IAM), ("sts", "GetCallerIdentity", STS)])
def test_throttling_looks_as_aws_sends_it(server, service, action, namespace):
    declare(server, {"error": "Throttling", "count": 1})
    answer = send(server, call(service, action), service=service)
    assert answer.error() == (400, "Throttling", "Rate exceeded")
    request_id = answer.headers["x-amzn-requestid"]
    assert "".join(line.strip() for line in answer.text.splitlines()) == (
        f'<ErrorResponse xmlns="{namespace}"><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message>'
        f"</Error><RequestId>{request_id}</RequestId></ErrorResponse>")
    assert send(server, call(service, action), service=service).status == 200
    assert in_force(server) == []


@pytest.mark.parametrize(("code", "status", "message"), [
    ("ServiceFailure", 500, "The request processing has failed because of an unknown error, exception or failure."),
    ("ServiceUnavailable", 503, "The request has failed due to a temporary failure of the server."),
    ("RequestExpired", 400, "Request has expired."), ("RequestLimitExceeded", 400, "Request limit exceeded."),
    ("ConcurrentModification", 409, None), ("NoSuchEntity", 404, None), ("IDPCommunicationError", 400, None)])
def test_other_errors(server, code, status, message):
    declare(server, {"action": "iam:GetUser", "error": code})
    answer = send(server, call("iam", "GetUser"))
    assert answer.error() == (status, code, message)


def test_every_error_of_the_model_has_its_status(server):
    models = pathlib.Path(__file__).parents[1] / "model"
    for service in ("iam", "sts"):
        for code, status in json.loads((models / f"{service}.json").read_text())["errors"].items():
            [rule] = declare(server, {"error": code})
            assert rule["status"] == status, code


def test_a_message_and_a_status_of_ones_own(server):
    declare(server, {"error": "Some.NewException", "status": 418, "message": "a <kettle> & more"})
    assert send(server, call("iam", "GetUser")).error() == (418, "Some.NewException", "a <kettle> & more")


def test_whom_a_rule_strikes(server):
    root, other = Caller(server), Caller(server, key=OTHER_ACCOUNT)
    alice = root.user("alice", allow("iam:*"))
    session = root.user("bob", allow("sts:AssumeRole")).assume(root.role("job", root_arn(), allow("iam:*")))

    def struck_ones():
        found = set()
        for name, caller in (("root", root), ("other", other), ("alice", alice), ("session", session)):
            for action in ("iam:GetUser", "iam:ListUsers"):
                parameters = {"UserName": "alice"} if action == "iam:GetUser" else {}
                answer = send(server, call("iam", action[4:], **parameters), key=caller.key, secret=caller.secret, token=caller.token)
                if "Throttling" in answer.text:
                    found.add((name, action))
        return found

    everybody = {(name, action) for name in ("root", "other", "alice", "session") for action in ("iam:GetUser", "iam:ListUsers")}
    for rule, expected in (
        ({}, everybody),
        ({"action": "iam:Get*"}, {(name, action) for name, action in everybody if action == "iam:GetUser"}),
        ({"action": "IAM:LISTU?ERS"}, {(name, action) for name, action in everybody if action == "iam:ListUsers"}),
        ({"account": OTHER_ACCOUNT}, {pair for pair in everybody if pair[0] == "other"}),
        ({"principal": "arn:aws:iam::*:user/alice"}, {pair for pair in everybody if pair[0] == "alice"}),
        ({"principal": "arn:aws:sts::*:assumed-role/job/*"}, {pair for pair in everybody if pair[0] == "session"}),
        ({"principal": "*:root", "action": "iam:GetUser", "account": ACCOUNT}, {("root", "iam:GetUser")}),
        ({"action": "sts:*"}, set()),
    ):
        declare(server, {**rule, "error": "Throttling"})
        assert struck_ones() == expected, rule


def test_rules_are_tried_in_their_order(server):
    declare(server, {"action": "iam:Get*", "error": "Throttling", "count": 2}, {"error": "ServiceFailure", "count": 1})
    codes = [send(server, call("iam", action)).find("Code") for action in ("GetUser", "ListUsers", "GetUser", "GetUser")]
    assert codes == ["Throttling", "ServiceFailure", "Throttling", None]
    added = server.post(ROOT, {"error": "Throttling"}).json()
    assert in_force(server) == [{**added, "struck": 0}]
    send(server, call("iam", "GetUser"))
    assert struck(server) == [1]
    assert server.http("DELETE", ROOT).json() == {"status": "ok"}
    assert in_force(server) == [] and send(server, call("iam", "GetUser")).status == 200


def test_chance_is_repeatable(server):
    def draws(seed):
        declare(server, {"error": "Throttling", "probability": 0.5, "seed": seed})
        return [send(server, call("iam", "GetUser")).status for _ in range(40)]

    first = draws(1)
    assert 8 <= first.count(400) <= 32
    assert draws(1) == first
    assert draws(2) != first


@pytest.mark.parametrize(("rule", "error"), [
    ("x", "a rule is an object"),
    ([], "a rule is an object"),
    ({}, "a rule has an effect: error, wait, cut or half"),
    ({"action": "iam:Gett*", "error": "Throttling"}, "there is no operation iam:Gett*"),
    ({"action": 1, "error": "Throttling"}, "action is a text of 1 to 2048 printable characters of ASCII"),
    ({"principal": "alice", "error": "Throttling"}, "principal is an ARN, in which * and ? stand for others"),
    ({"account": "12", "error": "Throttling"}, "account is twelve digits"),
    ({"probability": 0, "error": "Throttling"}, "probability is a number above 0 and up to 1"),
    ({"probability": 1.5, "error": "Throttling"}, "probability is a number above 0 and up to 1"),
    ({"seed": -1, "error": "Throttling"}, "seed is a whole number from 0 to 18446744073709551615"),
    ({"count": 0, "error": "Throttling"}, "count is a whole number from 1 to 1000000000"),
    ({"error": "Throtling"}, "Throtling is no error of IAM or STS that is known; say its status"),
    ({"error": "a b", "status": 400}, "error is a code of AWS's, such as Throttling"),
    ({"error": "Throttling", "status": 200}, "status is a whole number from 400 to 599"),
    ({"message": "x", "wait": 1}, "status and message go with error"),
    ({"wait": 50001}, "wait is a whole number from 1 to 50000"),
    ({"wait": "1s"}, "wait is a whole number from 1 to 50000"),
    ({"cut": 1}, "cut is true or false"),
    ({"cut": True, "half": True}, "a rule has one of error, cut and half"),
    ({"cut": True, "error": "Throttling"}, "a rule has one of error, cut and half"),
    ({"half": True, "after": False}, "half comes after the operation"),
    ({"errors": "Throttling", "wait": 1}, "a rule has action, principal, account, probability, seed, count, error, status, "
                                          "message, wait, cut, half and after, and nothing else"),
])
def test_what_is_no_rule(server, rule, error):
    declare(server, {"action": "iam:GetUser", "wait": 1})
    answer = server.http("POST", ROOT, {}, json.dumps(rule).encode())
    assert (answer.status, answer.json()) == (400, {"error": error})
    answer = server.http("PUT", ROOT, {}, json.dumps({"rules": [{"cut": True}, rule]}).encode())
    assert (answer.status, answer.json()) == (400, {"error": f"rule 2: {error}"})
    assert [found["action"] for found in in_force(server)] == ["iam:GetUser"]


def test_bodies_that_are_none(server):
    for body in (b"", b"x", b"[]", b"{}", b'{"rules":{}}', b'{"rules":[],"x":1}', b"[" * 100000, b'{"rules":[' + b" " * 70000 + b"]}"):
        assert server.http("PUT", ROOT, {}, body).status == 400, body[:20]
        assert server.http("POST", ROOT, {}, body).status == 400, body[:20]
    answer = server.http("PUT", ROOT, {}, json.dumps({"rules": [{"cut": True}] * 101}).encode())
    assert answer.json() == {"error": "there may be 100 rules"}
    declare(server, *[{"action": "iam:DeleteGroup", "cut": True}] * 100)
    assert server.http("POST", ROOT, {}, b'{"cut":true}').status == 409
    assert server.http("GET", f"{ROOT}?x=1").status == 400
    assert server.http("PATCH", ROOT).status == 405


def test_a_fault_before_the_operation_changes_nothing(server):
    root = Caller(server)
    declare(server, {"action": "iam:CreateUser", "error": "ServiceFailure", "count": 1})
    assert send(server, call("iam", "CreateUser", UserName="alice")).status == 500
    assert users(root) == []
    declare(server, {"action": "iam:CreateUser", "cut": True, "count": 1})
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        send(server, call("iam", "CreateUser", UserName="alice"))
    assert users(root) == []


def test_a_fault_after_the_operation_loses_the_answer(server):
    root = Caller(server)
    declare(server, {"action": "iam:CreateUser", "error": "ServiceFailure", "after": True, "count": 1})
    assert send(server, call("iam", "CreateUser", UserName="alice")).error()[:2] == (500, "ServiceFailure")
    assert users(root) == ["alice"]
    declare(server, {"action": "iam:CreateUser", "cut": True, "after": True, "count": 1})
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        send(server, call("iam", "CreateUser", UserName="bob"))
    assert users(root) == ["alice", "bob"]
    # What was refused stays refused, and the client does not learn it.
    declare(server, {"action": "iam:CreateUser", "error": "Throttling", "after": True})
    assert send(server, call("iam", "CreateUser", UserName="bob")).error()[:2] == (400, "Throttling")


def test_half_an_answer(server):
    Caller(server).iam.create_user(UserName="alice")
    body = form(call("iam", "ListUsers"))
    headers = "".join(f"{name}: {value}\r\n" for name, value in signed_headers(server, body=body).items())
    request = f"POST / HTTP/1.1\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body
    whole = server.exchange(request)
    declare(server, {"half": True})
    began = time.monotonic()
    half = server.exchange(request)
    assert time.monotonic() - began < 5, "the connection was not closed"
    head, _, rest = half.partition(b"\r\n\r\n")
    promised = int(re.search(rb"Content-Length: (\d+)", head)[1])
    assert promised == len(whole.partition(b"\r\n\r\n")[2]) and len(rest) == promised // 2
    assert whole.partition(b"\r\n\r\n")[2].startswith(rest[:60])


def test_answers_before_a_cut_one_arrive(server):
    def request(action, **parameters):
        body = form(call("iam", action, **parameters))
        headers = "".join(f"{name}: {value}\r\n" for name, value in signed_headers(server, body=body).items())
        return f"POST / HTTP/1.1\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body

    declare(server, {"action": "iam:ListUsers", "cut": True})
    with server.socket() as connection:
        connection.sendall(request("GetUser") + request("ListUsers") + request("CreateUser", UserName="alice"))
        received = b""
        try:
            while chunk := connection.recv(65536):
                received += chunk
        except ConnectionResetError:
            pass
    assert received.count(b"HTTP/1.1 200 OK") == 1 and b"GetUserResult" in received
    server.http("DELETE", ROOT)
    assert users(Caller(server)) == []


def test_waiting_holds_up_nobody_else(start):
    """On the one worker that there is."""
    server = start("--workers", "1")
    declare(server, {"action": "iam:GetUser", "wait": 600})
    times, threads = [], []

    def wait():
        began = time.monotonic()
        assert send(server, call("iam", "GetUser")).status == 200
        times.append(time.monotonic() - began)

    for _ in range(20):
        threads.append(threading.Thread(target=wait))
        threads[-1].start()
    began, others = time.monotonic(), 0
    while time.monotonic() - began < 0.4:
        assert send(server, call("iam", "ListUsers")).status == 200
        others += 1
    for thread in threads:
        thread.join()
    assert len(times) == 20 and min(times) >= 0.6 and max(times) < 5
    assert others > 5


@pytest.mark.parametrize("after", [False, True])
def test_waiting_before_and_after(server, after):
    root = Caller(server)
    declare(server, {"action": "iam:CreateUser", "wait": 800, "after": after})
    thread = threading.Thread(target=lambda: send(server, call("iam", "CreateUser", UserName="alice")))
    began = time.monotonic()
    thread.start()
    time.sleep(0.3)
    assert users(root) == (["alice"] if after else [])
    thread.join()
    assert time.monotonic() - began >= 0.8
    assert users(root) == ["alice"]


@pytest.mark.parametrize("after", [False, True])
def test_waiting_and_then_an_error(server, after):
    declare(server, {"action": "iam:CreateUser", "wait": 200, "error": "Throttling", "after": after, "count": 1})
    began = time.monotonic()
    assert send(server, call("iam", "CreateUser", UserName="alice")).error()[:2] == (400, "Throttling")
    assert time.monotonic() - began >= 0.2
    assert users(Caller(server)) == (["alice"] if after else [])


def test_operations_with_a_slow_part(server):
    """Passwords are hashed on another thread; faults meet the whole of it."""
    root = Caller(server)
    root.iam.create_user(UserName="alice")
    password = {"UserName": "alice", "Password": "Str0ng-Enough!"}
    for rule, is_there in (({"error": "Throttling"}, False), ({"wait": 100, "error": "Throttling"}, False),
                           ({"error": "Throttling", "after": True, "wait": 100}, True)):
        declare(server, {"action": "iam:CreateLoginProfile", "count": 1, **rule})
        assert send(server, call("iam", "CreateLoginProfile", **password)).error()[:2] == (400, "Throttling")
        assert (send(server, call("iam", "GetLoginProfile", UserName="alice")).status == 200) == is_there


def test_anonymous_operations_are_struck_by_their_name(server):
    declare(server, {"action": "sts:AssumeRoleWithWebIdentity", "error": "IDPCommunicationError"})
    answer = server.http("POST", "/", {"Content-Type": "application/x-www-form-urlencoded"}, form(call(
        "sts", "AssumeRoleWithWebIdentity", RoleArn="arn:aws:iam::000000000000:role/job", RoleSessionName="session",
        WebIdentityToken="token")))
    assert answer.error()[:2] == (400, "IDPCommunicationError")


def test_who_has_no_good_signature_is_refused_first(server):
    declare(server, {"error": "Throttling"})
    answer = send(server, call("iam", "GetUser"), secret="wrong")
    assert answer.error()[1] == "SignatureDoesNotMatch"
    assert struck(server) == [0]


def test_reset_ends_faults(server):
    declare(server, {"error": "Throttling"}, {"account": OTHER_ACCOUNT, "cut": True}, {"account": ACCOUNT, "cut": True})
    server.post(f"/_iamlocal/reset?account={OTHER_ACCOUNT}")
    assert [rule.get("account") for rule in in_force(server)] == [None, ACCOUNT]
    server.reset()
    assert in_force(server) == []


def test_faults_are_part_of_a_snapshot(server):
    declare(server, {"action": "iam:Get*", "error": "Throttling", "count": 3, "probability": 0.25, "seed": 7, "wait": 5})
    before = in_force(server)
    server.http("POST", "/_iamlocal/snapshots/with")
    declare(server)
    server.http("POST", "/_iamlocal/snapshots/without")
    server.http("PUT", "/_iamlocal/snapshots/with")
    assert [{**rule, "id": 0} for rule in in_force(server)] == [{**rule, "id": 0} for rule in before]
    server.http("PUT", "/_iamlocal/snapshots/without")
    assert in_force(server) == []


def test_decisions_say_that_a_fault_was_injected(server):
    [rule] = declare(server, {"action": "iam:GetUser", "error": "Throttling", "count": 1})
    words = f"Throttling (rule {rule['id']})"
    answer = send(server, call("iam", "GetUser"))
    decision = server.http("GET", "/_iamlocal/decisions/" + answer.headers["x-amzn-requestid"]).json()
    assert (decision["decision"], decision["fault"], decision["checks"]) == ("fault", words, [])
    assert decision["step"] == "A fault was injected before anything was decided."
    text = server.http("GET", "/_iamlocal/decisions/latest?decision=fault&format=text").text
    assert f"Fault injected: {words}\n" in text
    assert server.logged("fault injected", request_id=answer.headers["x-amzn-requestid"])["fault"] == words
    declare(server, {"action": "iam:GetUser", "error": "Throttling", "after": True, "count": 1})
    answer = send(server, call("iam", "GetUser"))
    decision = server.http("GET", "/_iamlocal/decisions/" + answer.headers["x-amzn-requestid"]).json()
    assert decision["decision"] == "allowed"
    assert decision["fault"].startswith("Throttling, after the operation (rule ")
    [line] = [line for line in server.http("GET", "/_iamlocal/decisions?format=text").text.splitlines()
              if answer.headers["x-amzn-requestid"] in line]
    assert line.endswith(f", fault: {decision['fault']}")


def test_the_log_in_text(start):
    server = start("--log-format", "text")
    declare(server, {"action": "iam:GetUser", "cut": True})
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        send(server, call("iam", "GetUser"))
    began = time.monotonic()
    while "fault injected: connection cut (rule 1)" not in server.log():
        assert time.monotonic() - began < 10, server.log()
        time.sleep(0.01)


@pytest.mark.parametrize("after", [False, True], ids=["before the operation", "after it"])
def test_stopping_does_not_wait_for_faults(start, after):
    """Who waits is answered at once, as if the time had passed."""
    server = start("--drain-timeout", "100")
    declare(server, {"wait": 50000, "after": after, "error": "Throttling"})
    answers = []
    thread = threading.Thread(target=lambda: answers.append(send(server, call("iam", "GetUser"))))
    thread.start()
    began = time.monotonic()
    while struck(server) == [0]:
        assert time.monotonic() - began < 30
        time.sleep(0.01)
    assert server.stop() == 0
    thread.join()
    assert time.monotonic() - began < 40
    assert [answer.error()[:2] for answer in answers] == [(400, "Throttling")]


# SDKs ----------------------------------------------------------------------------------------------------------------

def retrying(server, mode, attempts=5, service="iam"):
    config = botocore.config.Config(retries={"mode": mode, "total_max_attempts": attempts}, connect_timeout=5, read_timeout=10)
    return boto3.client(service, endpoint_url=server.url, region_name=REGION, aws_access_key_id="test",
                        aws_secret_access_key="test", config=config)


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
@pytest.mark.parametrize(("effect", "count"), [
    ({"error": "Throttling"}, 2), ({"error": "RequestLimitExceeded"}, 1), ({"error": "ServiceUnavailable"}, 2),
    ({"error": "InternalFailure"}, 1), ({"cut": True}, 2)])
def test_boto3_tries_again(server, mode, effect, count):
    if mode == "legacy" and effect.get("error") == "RequestLimitExceeded":
        pytest.skip("the legacy mode does not know this code")
    declare(server, {"action": "iam:CreateUser", "count": count, **effect}, {"action": "iam:DeleteUser", "wait": 1})
    made = retrying(server, mode).create_user(UserName="alice")
    assert made["ResponseMetadata"]["RetryAttempts"] == count
    assert struck(server) == [0], "the first rule is used up"
    assert users(Caller(server)) == ["alice"]


@pytest.mark.parametrize("mode", ["legacy", "standard"])
def test_boto3_gives_up(server, mode):
    declare(server, {"action": "iam:GetUser", "error": "Throttling"})
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        retrying(server, mode, attempts=3).get_user()
    assert caught.value.response["Error"] == {"Type": "Sender", "Code": "Throttling", "Message": "Rate exceeded"}
    assert struck(server) == [3]


@pytest.mark.parametrize("mode", ["legacy", "standard"])
def test_boto3_and_an_answer_that_was_lost(server, mode):
    """What everybody's retries come to: the second attempt finds what the first one made."""
    declare(server, {"action": "iam:CreateUser", "cut": True, "after": True, "count": 1})
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        retrying(server, mode).create_user(UserName="alice")
    assert caught.value.response["Error"]["Code"] == "EntityAlreadyExists"
    assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == 1


@pytest.mark.parametrize("mode", ["legacy", "standard"])
def test_boto3_and_half_an_answer(server, mode):
    """urllib3 looks at a body's length since its second version; before, botocore cannot read half an XML document."""
    declare(server, {"action": "iam:ListUsers", "half": True, "count": 1})
    if int(urllib3.__version__.split(".")[0]) >= 2:
        assert retrying(server, mode).list_users()["ResponseMetadata"]["RetryAttempts"] == 1
    else:
        with pytest.raises(botocore.parsers.ResponseParserError):
            retrying(server, mode).list_users()


def test_boto3_tries_sts_again(server):
    declare(server, {"action": "sts:GetCallerIdentity", "error": "Throttling", "count": 2})
    answer = retrying(server, "standard", service="sts").get_caller_identity()
    assert answer["ResponseMetadata"]["RetryAttempts"] == 2


@pytest.mark.skipif(not shutil.which("aws"), reason="no AWS CLI")
@pytest.mark.parametrize(("effect", "count"), [({"error": "Throttling"}, 2), ({"error": "ServiceFailure"}, 1), ({"cut": True}, 1)])
def test_the_cli_tries_again(server, effect, count):
    declare(server, {"action": "iam:ListUsers", "count": count, **effect}, {"action": "iam:GetGroup", "wait": 1})
    done = subprocess.run(
        ["aws", "--endpoint-url", server.url, "iam", "list-users"], capture_output=True, text=True, timeout=60,
        env=clean_environment({"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"Users": []}
    assert struck(server) == [0]


JS = pathlib.Path(__file__).parent / "js"


@pytest.mark.skipif(not (JS / "node_modules").exists(), reason="npm's packages are not installed")
@pytest.mark.parametrize(("effect", "count"), [
    ({"error": "Throttling"}, 2), ({"error": "ServiceFailure"}, 2), ({"cut": True}, 1), ({"half": True}, 1)])
def test_the_sdk_for_javascript_tries_again(server, effect, count):
    declare(server, {"action": "iam:CreateUser", "count": count, **effect}, {"action": "iam:GetGroup", "wait": 1})
    done = subprocess.run(["node", str(JS / "retries.mjs")], capture_output=True, text=True, timeout=60,
                          env=clean_environment({"ENDPOINT": server.url}))
    if "half" in effect:
        # It has tried again, and the user was made by then.
        assert "EntityAlreadyExists" in done.stderr
        return
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"user": "alice", "attempts": count + 1}
    assert struck(server) == [0]
