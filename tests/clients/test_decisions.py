"""Denials that explain themselves: from a refused call to the statement that refuses it, and live events."""

import json
import os
import pty
import subprocess
import threading
import time

import pytest

import support
from streams import Stream
from support import Caller, allow, denied, deny, policy, refused, root_arn, trust


@pytest.fixture
def alice(server):
    return Caller(server).user("alice", allow("iam:List*"), deny("iam:GetUser", Sid="NoPeeking"))


def refusal(call, **parameters):
    """The request id of a refused call, as an SDK gives it to the program."""
    with denied() as caught:
        call(**parameters)
    return caught.value.response["ResponseMetadata"]["RequestId"]


def decision(server, request_id):
    answer = server.http("GET", f"/_iamlocal/decisions/{request_id}")
    assert answer.status == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


def test_a_denial_names_the_statement_and_its_line(server, root):
    bob = root.user("bob")
    document = """{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "iam:List*", "Resource": "*"},
    {
      "Sid": "Peers",
      "Effect": "Allow",
      "Action": "iam:GetUser",
      "Resource": "*",
      "Condition": {"StringEquals": {"aws:username": "carol"}}
    }
  ]
}"""
    root.iam.put_user_policy(UserName="bob", PolicyName="reading", PolicyDocument=document)
    said = decision(server, refusal(bob.iam.get_user, UserName="bob"))
    assert (said["decision"], said["decided_by"]) == ("implicitDeny", "identity")
    assert said["principal"] == bob.arn()
    (check,) = said["checks"]
    (reading,) = check["policies"]
    assert (reading["type"], reading["name"]) == ("identity", "reading")
    first, second = reading["statements"]
    assert first["failed"] == "action"
    assert first["element"] == {"line": 4, "column": 25}
    assert second["sid"] == "Peers"
    assert second["failed"] == "condition"
    assert second["text"] == 'Condition StringEquals aws:username "carol": the request has "bob"'
    assert second["element"] == {"line": 10, "column": 38}
    assert second["path"] == "Statement[1].Condition.StringEquals"
    assert check["context"] == [{"key": "aws:username", "present": True, "values": ["bob"]}]
    assert "additions" not in check
    assert check["lacks"] == [{
        "type": "identity", "policy": 0, "statement": 1,
        "conditions": [{"key": "aws:username", "text": 'aws:username is "bob" and must be "carol"'}],
        "instead": {"Effect": "Allow", "Action": "iam:GetUser", "Resource": bob.arn(),
                    "Condition": {"StringEquals": {"aws:username": "bob"}}}}]


def additions(server, request_id):
    """All that a refused request lacks: lists of statements by type."""
    found = {}
    for check in decision(server, request_id)["checks"]:
        for addition in check.get("additions", []):
            found.setdefault(addition["type"], []).append(addition["statement"])
    return found


@pytest.mark.parametrize(("operation", "parameters"), [
    ("get_user", {"UserName": "bob"}),
    ("list_users", {}),
    ("create_user", {"UserName": "new", "Tags": [{"Key": "k", "Value": "v"}]}),
    ("create_policy", {"PolicyName": "new", "PolicyDocument": policy(allow("*")), "Tags": [{"Key": "k", "Value": "v"}]}),
])
def test_the_addition_is_enough(server, root, operation, parameters):
    bob = root.user("bob")
    missing = additions(server, refusal(getattr(bob.iam, operation), **parameters))
    assert set(missing) == {"identity"}
    root.iam.put_user_policy(UserName="bob", PolicyName="added", PolicyDocument=policy(*missing["identity"]))
    assert getattr(bob.iam, operation)(**parameters)


def test_the_additions_are_enough_with_a_boundary(server, root):
    bob = root.user("bob")
    limits = root.iam.create_policy(PolicyName="limits", PolicyDocument=policy(allow("s3:*")))["Policy"]["Arn"]
    root.iam.put_user_permissions_boundary(UserName="bob", PermissionsBoundary=limits)
    new = {"UserName": "new", "Tags": [{"Key": "k", "Value": "v"}]}
    missing = additions(server, refusal(bob.iam.create_user, **new))
    assert {kind: len(statements) for kind, statements in missing.items()} == {"identity": 2, "boundary": 2}
    root.iam.put_user_policy(UserName="bob", PolicyName="added", PolicyDocument=policy(*missing["identity"]))
    root.iam.create_policy_version(
        PolicyArn=limits, PolicyDocument=policy(allow("s3:*"), *missing["boundary"]), SetAsDefault=True)
    assert bob.iam.create_user(**new)


@pytest.mark.parametrize("trusted", [{"Service": "ec2.amazonaws.com"}, {"AWS": root_arn()}])
def test_the_additions_are_enough_to_assume_a_role(server, root, trusted):
    bob = root.user("bob")
    role = root.iam.create_role(RoleName="job", AssumeRolePolicyDocument=policy(trust(trusted)))["Role"]["Arn"]
    session = {"RoleArn": role, "RoleSessionName": "s1", "Tags": [{"Key": "k", "Value": "v"}], "SourceIdentity": "bob"}
    missing = additions(server, refusal(bob.sts.assume_role, **session))
    assert {s["Action"] for statements in missing.values() for s in statements} == {
        "sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"}
    root.iam.update_assume_role_policy(
        RoleName="job", PolicyDocument=policy(trust(trusted), *missing.get("trust", [])))
    if "identity" in missing:
        root.iam.put_user_policy(UserName="bob", PolicyName="added", PolicyDocument=policy(*missing["identity"]))
    assert bob.sts.assume_role(**session)


def test_the_additions_are_enough_within_a_session(server, root):
    root.iam.create_role(RoleName="job", AssumeRolePolicyDocument=policy(trust(root_arn())))
    bob = root.user("bob", allow("sts:AssumeRole"))

    def session(*statements):
        credentials = bob.sts.assume_role(
            RoleArn="arn:aws:iam::000000000000:role/job", RoleSessionName="s1", Policy=policy(*statements))["Credentials"]
        return Caller(server, credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])

    new = {"UserName": "new", "Tags": [{"Key": "k", "Value": "v"}]}
    missing = additions(server, refusal(session(allow("s3:*")).iam.create_user, **new))
    root.iam.put_role_policy(RoleName="job", PolicyName="added", PolicyDocument=policy(*missing["identity"]))
    assert session(*missing["session"]).iam.create_user(**new)


def declare_limits(server, *statements):
    answer = server.http("PUT", "/_iamlocal/organization", {}, json.dumps({
        "id": "o-exampleorgid", "management_account": "999999999999", "accounts": {"111111111111": "/workloads"},
        "without_full_access": ["/workloads"],
        "policies": [{"type": "scp", "name": "limits", "targets": ["/workloads"],
                      "document": json.loads(policy(allow("s3:*"), *statements))}]}).encode())
    assert answer.status == 200, answer.text


def test_the_additions_are_enough_below_a_control_policy(server):
    bob = Caller(server, key="111111111111").user("bob", allow("iam:*"))
    declare_limits(server)
    new = {"UserName": "new", "Tags": [{"Key": "k", "Value": "v"}]}
    missing = additions(server, refusal(bob.iam.create_user, **new))
    assert set(missing) == {"scp"}
    declare_limits(server, *missing["scp"])
    assert bob.iam.create_user(**new)


def test_a_policy_of_a_group_is_told_from_the_callers_own(server, root):
    bob = root.user("bob")
    root.iam.put_user_policy(UserName="bob", PolicyName="inline", PolicyDocument=policy(allow("iam:ListUsers")))
    for group, statement in (("readers", allow("iam:Get*")), ("fenced", deny("iam:GetUser"))):
        root.iam.create_group(GroupName=group)
        root.iam.add_user_to_group(GroupName=group, UserName="bob")
        root.iam.put_group_policy(GroupName=group, PolicyName="inline", PolicyDocument=policy(statement))
    request = refusal(bob.iam.get_user, UserName="bob")
    said = decision(server, request)
    assert [entry.get("owner") for entry in said["checks"][0]["policies"]] == [None, "fenced", "readers"]
    assert "of the identity-based policy inline of group fenced" in said["step"]
    text = server.http("GET", f"/_iamlocal/decisions/{request}?format=text").text
    assert "\nidentity-based policy inline\n" in text and "\nidentity-based policy inline of group readers\n" in text


def test_a_control_policy_says_what_it_is_attached_to(server):
    bob = Caller(server, key="111111111111").user("bob", allow("iam:*"))
    declare_limits(server)
    said = decision(server, refusal(bob.iam.list_users))
    assert [(entry["level"], entry["name"], entry["owner"]) for entry in said["checks"][0]["policies"]
            if entry["type"] == "scp"] == [
        (0, "FullAWSAccess", "/"), (1, "limits", "/workloads"), (2, "FullAWSAccess", "111111111111")]


def test_an_explicit_deny_is_in_the_way(server, alice):
    said = decision(server, refusal(alice.iam.get_user, UserName="alice"))
    check = said["checks"][0]
    assert said["decision"] == "explicitDeny"
    assert "NoPeeking" in check["obstacle"] and "no addition helps" in check["obstacle"]
    deciding = check["policies"][check["deciding"]["policy"]]["statements"][check["deciding"]["statement"]]
    assert deciding["sid"] == "NoPeeking"
    assert "additions" not in check


def test_text_for_people(server, alice):
    request_id = refusal(alice.iam.get_user, UserName="alice")
    answer = server.http("GET", f"/_iamlocal/decisions/{request_id}", {"Accept": "text/plain"})
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "DENIED (explicit deny): iam:GetUser on " in answer.text
    assert "In the way: statement 2 (NoPeeking)" in answer.text


def test_allowed_and_exempt_requests_have_ids_too(server, alice):
    listed = alice.iam.list_users()
    assert decision(server, listed["ResponseMetadata"]["RequestId"])["decision"] == "allowed"
    identity = alice.sts.get_caller_identity()
    assert decision(server, identity["ResponseMetadata"]["RequestId"])["decision"] == "exempt"


def test_pages(server, root, alice):
    for number in range(5):
        refusal(alice.iam.get_user, UserName=f"u{number}")
    path = "/_iamlocal/decisions?principal=alice&decision=denied&limit=2"
    resources, cursor = [], ""
    while cursor is not None:
        page = server.http("GET", path + cursor).json()
        resources += [entry["resource"].rsplit("/", 1)[1] for entry in page["decisions"]]
        cursor = f"&cursor={page['next']}" if "next" in page else None
    assert resources == ["u4", "u3", "u2", "u1", "u0"]
    entry = server.http("GET", path).json()["decisions"][0]
    assert server.http("GET", entry["link"]).json()["id"] == entry["id"]


@pytest.mark.parametrize("query", ["decision=perhaps", "limit=0", "since=soon", "cursor=x", "colour=red"])
def test_bad_queries(server, query):
    for path in ("/_iamlocal/decisions", "/_iamlocal/decisions/stream"):
        answer = server.http("GET", f"{path}?{query}")
        assert answer.status == 400
        assert answer.json()["error"]


def test_unknown_ids(server):
    answer = server.http("GET", "/_iamlocal/decisions/00000000-0000-4000-8000-000000000000")
    assert answer.status == 404
    assert answer.json()["error"]


def test_size_of_the_log(start):
    server = start("--decisions", "2")
    root = Caller(server)
    first = root.iam.list_users()["ResponseMetadata"]["RequestId"]
    for _ in range(2):
        root.iam.list_users()
    assert server.http("GET", f"/_iamlocal/decisions/{first}").status == 404
    assert len(server.http("GET", "/_iamlocal/decisions").json()["decisions"]) == 2


def test_the_log_can_be_off(start):
    server = start("--decisions", "0")
    assert server.http("GET", "/_iamlocal/decisions").status == 404


def test_nobody_reads_it_where_the_bench_is_off(start):
    server = start("--testbench", "off")
    assert server.http("GET", "/_iamlocal/decisions").status == 403
    assert server.http("GET", "/_iamlocal/decisions/stream").status == 403


# --- authorization messages ----------------------------------------------------------------------------------------


def test_decode_authorization_message(server, root, alice):
    encoded = decision(server, refusal(alice.iam.get_user, UserName="alice"))["encoded_message"]
    admin = root.user("admin", allow("sts:DecodeAuthorizationMessage"))
    said = json.loads(admin.sts.decode_authorization_message(EncodedMessage=encoded)["DecodedMessage"])
    assert said["allowed"] is False
    assert said["explicitDeny"] is True
    assert [item["statementId"] for item in said["matchedStatements"]["items"]] == ["NoPeeking"]
    assert said["context"]["principal"]["arn"] == alice.arn()
    assert said["context"]["principal"]["name"] == "alice"
    assert said["context"]["action"] == "iam:GetUser"
    stranger = Caller(server, key="111122223333")
    with refused("InvalidAuthorizationMessageException", 400, "Message is not valid"):
        stranger.sts.decode_authorization_message(EncodedMessage=encoded)
    with denied(f"User: {alice.arn()} is not authorized to perform: sts:DecodeAuthorizationMessage on resource: * "
                "because no identity-based policy allows the sts:DecodeAuthorizationMessage action"):
        alice.sts.decode_authorization_message(EncodedMessage=encoded)


@pytest.mark.parametrize("text", ["garbage", "AAAA", "a b\nc", "x" * 10240])
def test_messages_that_nobody_sealed(sts, text):
    with refused("InvalidAuthorizationMessageException", 400, "Message is not valid"):
        sts.decode_authorization_message(EncodedMessage=text)


def test_a_message_of_another_server(start, sts):
    other = Caller(start())
    bob = other.user("bob")
    said = decision(other.server, refusal(bob.iam.get_user, UserName="bob"))
    assert other.sts.decode_authorization_message(EncodedMessage=said["encoded_message"])
    with refused("InvalidAuthorizationMessageException", 400):
        sts.decode_authorization_message(EncodedMessage=said["encoded_message"])


# --- live ----------------------------------------------------------------------------------------------------------


def stream_of(server, query="", **how):
    return Stream(server, f"/_iamlocal/decisions/stream{query}", "decisions as they are made", **how)


def test_stream(server, alice):
    events = stream_of(server, "?decision=denied")
    assert "200 OK" in events.head
    assert "Content-Type: text/event-stream" in events.head
    assert "Transfer-Encoding: chunked" in events.head
    alice.iam.list_users()
    request_id = refusal(alice.iam.get_user, UserName="alice")
    event = events.next("decision")
    assert event["id"] == request_id
    assert event["decision"] == "explicitDeny"
    assert event["principal"] == alice.arn()
    events.connection.close()


def test_stream_for_http_1_0(server, alice):
    events = stream_of(server, version="1.0")
    assert "chunked" not in events.head
    alice.sts.get_caller_identity()
    assert events.next("decision")["action"] == "sts:GetCallerIdentity"
    events.connection.close()


def test_a_stream_does_not_hold_up_the_others(start):
    server = start("--workers", "1")
    readers = [stream_of(server) for _ in range(20)]
    root = Caller(server)
    began = time.monotonic()
    for _ in range(20):
        root.iam.list_users()
    assert time.monotonic() - began < 5
    for reader in readers:
        assert reader.next("decision")["action"] == "iam:ListUsers"
        reader.connection.close()


def test_the_server_stops_with_readers(start):
    server = start()
    events = stream_of(server)
    began = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - began < 5
    assert events.connection.recv(65536) in (b"0\r\n\r\n", b"")


def tool(server, *arguments):
    return subprocess.run([support.BINARY, *arguments, "--endpoint", server.url], capture_output=True, text=True, timeout=20,
                          env=support.clean_environment(), stdin=subprocess.DEVNULL)


def test_why(server, root):
    server.reset()
    assert "no decision" in tool(server, "why").stderr
    alice, bob = root.user("alice", allow("iam:ListUsers")), root.user("bob")
    of_alice = refusal(alice.iam.get_user, UserName="alice")
    of_bob = refusal(bob.iam.get_user, UserName="bob")
    alice.iam.list_users()
    last_denial = tool(server, "why")
    assert last_denial.returncode == 1
    assert last_denial.stdout.startswith(f"Decision {of_bob} of ")
    assert "bob has no policies." in last_denial.stdout.replace("\n ", "")
    assert tool(server, "why", of_bob).stdout == last_denial.stdout
    assert tool(server, "why", "--principal", "alice").stdout.startswith(f"Decision {of_alice} of ")
    last = tool(server, "why", "--last")
    assert last.returncode == 0
    assert "\nALLOWED: iam:ListUsers " in last.stdout
    for wrong in (["why", "none"], ["why", of_bob, "--last"], ["why", "--principal", "nobody"]):
        ended = tool(server, *wrong)
        assert (ended.returncode, ended.stdout) == (2, "")
        assert len(ended.stderr.splitlines()) == 1
    assert "\x1b" not in last_denial.stdout


TAGGED = {"UserName": "new", "Tags": [{"Key": "team", "Value": "blue"}]}


def test_why_begins_with_the_permission_that_refused(server, root):
    bob = root.user("bob", allow("iam:CreateUser"))
    request_id = refusal(bob.iam.create_user, **TAGGED)
    ended = tool(server, "why", request_id)
    lines = ended.stdout.splitlines()
    assert ended.returncode == 1
    assert lines[1:3] == ["It needs 2 permissions. Refused: iam:TagUser. Granted: iam:CreateUser.", ""]
    assert lines[3].startswith("DENIED (implicit deny): iam:TagUser on ")
    assert [line.split(": ")[1].split()[0] for line in lines if line.startswith(("DENIED", "ALLOWED"))] == [
        "iam:TagUser", "iam:CreateUser"]
    assert "It needs" not in tool(server, "why", refusal(bob.iam.get_user, UserName="bob")).stdout


def test_what_is_advised_does_not_lead_to_the_next_refusal(server, root):
    only_blue = allow("iam:CreateUser", Condition={"StringEquals": {"aws:RequestTag/team": "blue"}})
    bob = root.user("bob", only_blue)
    (check,) = decision(server, refusal(bob.iam.create_user, UserName="new"))["checks"]
    advice = check["lacks"][0]["conditions"][0]["advice"]
    assert advice == "send --tags Key=team,Value=blue, which needs iam:TagUser as well"
    with denied(pattern="is not authorized to perform: iam:TagUser on "):
        bob.iam.create_user(**TAGGED)
    root.iam.put_user_policy(UserName="bob", PolicyName="tags", PolicyDocument=policy(allow("iam:TagUser")))
    assert bob.iam.create_user(**TAGGED)


def test_why_of_a_wrong_signature(server):
    with refused("SignatureDoesNotMatch", 403) as caught:
        Caller(server, "test", "wrong").iam.list_users()
    ended = tool(server, "why", caught.value.response["ResponseMetadata"]["RequestId"])
    assert (ended.returncode, ended.stderr) == (1, "")
    assert "the signature does not match" in ended.stdout


def test_decisions_page_by_page(server, root):
    server.reset()
    bob = root.user("bob", allow("iam:ListUsers"))
    for _ in range(3):
        bob.iam.list_users()
    question = ["decisions", "--principal", "bob", "--limit", "1"]
    seen, rest = [], []
    for _ in range(3):
        line, *more = tool(server, *question, *rest).stdout.splitlines()
        seen.append(line)
        if more:
            # What the last line says is what one types.
            rest = more[0].split(": iamlocal decisions ")[1].split()
    assert len(set(seen)) == 3 and not more
    assert tool(server, "decisions", "--follow", "--cursor", "1").returncode == 2


@pytest.mark.parametrize("name, more", [("AWS_ENDPOINT_URL", {}), ("AWS_ENDPOINT_URL", {"AWS_ENDPOINT_URL_IAM": ""}),
                                        # Where another emulator has the rest.
                                        ("AWS_ENDPOINT_URL_IAM", {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"})])
def test_why_finds_the_server_in_the_environment(server, alice, name, more):
    request_id = refusal(alice.iam.get_user, UserName="alice")
    ended = subprocess.run([support.BINARY, "why"], capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL,
                           env=support.clean_environment({name: server.url, **more}))
    assert ended.stdout.startswith(f"Decision {request_id} of "), ended.stderr


@pytest.mark.parametrize("extra, coloured", [({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False),
                                             ({"TERM": "dumb"}, False)])
def test_why_has_colour_on_a_terminal(server, alice, extra, coloured):
    refusal(alice.iam.get_user, UserName="alice")
    ours, theirs = pty.openpty()
    try:
        subprocess.run([support.BINARY, "why", "--endpoint", server.url], stdout=theirs, stdin=subprocess.DEVNULL, timeout=20,
                       env=support.clean_environment(extra))
        shown = os.read(ours, 1 << 16).decode()
    finally:
        os.close(ours)
        os.close(theirs)
    assert ("\x1b[1;31mDENIED (explicit deny)\x1b[0m: iam:GetUser" in shown) == coloured
    assert ("\x1b" in shown) == coloured


def test_a_list_of_decisions(server, root):
    server.reset()
    bob = root.user("bob", allow("iam:ListUsers"))
    denied = refusal(bob.iam.get_user, UserName="bob")
    bob.iam.list_users()
    lines = tool(server, "decisions").stdout.splitlines()
    assert [line.split()[2:4] for line in lines[:2]] == [["allowed", "iam:ListUsers"], ["implicitDeny", "iam:GetUser"]]
    (line,) = tool(server, "decisions", "--denied", "--principal", "bob").stdout.splitlines()
    assert line.startswith(denied) and line.endswith(f"iam:GetUser on {bob.arn()} by {bob.arn()}")
    assert tool(server, "decisions", "--action", "iam:None").stdout == "no decisions\n"
    assert tool(server, "decisions", "--since", "soon").returncode == 2


def test_decisions_are_followed(server, root):
    bob = root.user("bob")
    with subprocess.Popen([support.BINARY, "decisions", "--follow", "--denied", "--endpoint", server.url], text=True,
                          stdout=subprocess.PIPE, env=support.clean_environment(), stdin=subprocess.DEVNULL) as follower:
        try:
            # Until it is there it sees nothing: ask until it does.
            denied = set()
            seen = threading.Event()
            lines = []

            def read():
                lines.append(follower.stdout.readline())
                seen.set()

            reader = threading.Thread(target=read)
            reader.start()
            deadline = time.monotonic() + 15
            while not seen.wait(0.1) and time.monotonic() < deadline:
                denied.add(refusal(bob.iam.get_user, UserName="bob"))
            assert seen.is_set()
            assert lines[0].split()[0] in denied
        finally:
            follower.kill()
            reader.join()


def test_the_log_says_how_to_ask(server, root):
    bob = root.user("bob")
    request_id = refusal(bob.iam.get_user, UserName="bob")
    line = server.logged("denied", request_id=request_id)
    assert line["explain"] == f"iamlocal why {request_id} --endpoint {server.url}"
    # As somebody pastes it, where nothing says which server is meant.
    pasted = subprocess.run([support.BINARY, *line["explain"].split()[1:]], capture_output=True, text=True, timeout=20,
                            env=support.clean_environment(), stdin=subprocess.DEVNULL)
    assert (pasted.returncode, pasted.stderr) == (1, "")
    assert pasted.stdout.startswith(f"Decision {request_id} of ")
    assert [entry["event"] for entry in server.log_entries()][0] == "started"


def test_a_trust_policy_tells_what_to_send(server, root):
    bob = root.user("bob", allow("sts:AssumeRole"))
    role = root.iam.create_role(RoleName="outside", AssumeRolePolicyDocument=policy(trust(
        {"AWS": root_arn()}, Condition={"StringEquals": {"sts:ExternalId": "x-42"}})))["Role"]["Arn"]
    (check,) = decision(server, refusal(bob.sts.assume_role, RoleArn=role, RoleSessionName="s1"))["checks"]
    (lack,) = check["lacks"]
    assert lack["conditions"][0]["advice"] == "send --external-id x-42"
    assert "instead" not in lack and "additions" not in check
    assert bob.sts.assume_role(RoleArn=role, RoleSessionName="s1", ExternalId="x-42")
