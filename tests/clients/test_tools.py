"""The commands that need no server: iamlocal simulate and iamlocal test, run as their users run them."""

import json
import os
import pathlib
import re
import shlex
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest

import support
from commands import run  # noqa: F401 (a fixture)

DOCS = support.REPOSITORY / "docs"
ALICE = "arn:aws:iam::000000000000:user/alice"


@pytest.fixture
def write(tmp_path):
    """Writes a file into that folder; policies are given by their statements. Gives its name."""

    def write_file(name, *content):
        text = content[0] if content and isinstance(content[0], str) else support.policy(*content)
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return name

    return write_file


# Documentation -------------------------------------------------------------------------------------------------------

BLOCK = re.compile(r"^```(\S+) ?([^\n]*)\n(.*?)^```$", re.M | re.S)


def blocks(page):
    """(language, name, text) of the page's code blocks."""
    return [match.groups() for match in BLOCK.finditer((DOCS / page).read_text())]


@pytest.fixture
def documented(write):
    for language, name, text in blocks("policy-tests.md"):
        if name and language in ("json", "yaml"):
            write(name, text)
    return {name: text for language, name, text in blocks("policy-tests.md") if name and language == "text"}


def test_the_suites_of_the_documentation_hold(documented, run):
    good = run("test", "--fail-uncovered", "developers.test.yaml", "everything.test.yaml")
    assert (good.status, good.err) == (0, ""), good.out + good.err
    assert good.out.startswith("11 passed, 0 failed; "), good.out


@pytest.mark.parametrize("suite, status", [("developers.test.yaml", 0), ("wrong.test.yaml", 1)])
def test_the_documentation_shows_what_is_printed(documented, run, suite, status):
    ran = run("test", suite)
    assert (ran.status, ran.out) == (status, documented[suite])


def test_the_documented_question_is_answered_so(documented, run):
    commands = [text for language, _, text in blocks("policy-tests.md")
                if language == "sh" and text.startswith("iamlocal simulate --action")]
    assert len(commands) == 1
    ran = run(*shlex.split(commands[0].replace("\\\n", ""))[1:])
    assert (ran.status, ran.out) == (1, documented["simulate"])


def test_the_documented_junit_is_what_is_written(documented, run, tmp_path):
    assert run("test", "--junit", "results.xml", "wrong.test.yaml").status == 1
    shown = [text for language, _, text in blocks("policy-tests.md") if language == "xml"]
    plain = [re.sub(r'time="[\d.]+"', 'time=""', text) for text in ((tmp_path / "results.xml").read_text(), *shown)]
    assert plain[0].startswith(plain[1].rstrip("…\n"))


def test_the_page_about_the_library_shows_the_example():
    shown = {name: text for language, name, text in blocks("library.md") if language == "cpp"}
    assert shown["example.cpp"] == (support.REPOSITORY / "tests/library/example.cpp").read_text()


# simulate ------------------------------------------------------------------------------------------------------------


def test_simulate_tells_the_decision_by_its_status(run, write):
    allow = write("allow.json", {"Sid": "Get", **support.allow("s3:GetObject")})
    question = ("simulate", "--policy", allow, "--resource", "arn:aws:s3:::b/x", "--action")
    allowed = run(*question, "s3:GetObject")
    assert allowed.status == 0
    assert allowed.out == ("allowed  s3:GetObject on arn:aws:s3:::b/x\n"
                           "  allow.json:1:41: Allow statement Get (identity)\n")
    denied = run(*question, "s3:PutObject")
    assert denied.status == 1
    assert denied.out == ("implicitDeny  s3:PutObject on arn:aws:s3:::b/x\n"
                          "  because no identity-based policy allows the s3:PutObject action\n")


def test_simulate_explains(run, write):
    allow = write("allow.json", support.allow("s3:Get*"))
    question = ("simulate", "--policy", allow, "--principal", ALICE, "--action", "s3:PutObject")
    explained = run(*question, "-v")
    assert explained.status == 1
    assert "allow.json" in explained.out and "s3:Get*" in explained.out and ALICE in explained.out
    document = run(*question, "--format", "json").json()
    assert document["policies"][0]["name"] == "allow.json"
    assert document["policies"][0]["statements"][0]["failed"] == "action"


def test_simulate_gives_every_type_its_say(run, write):
    everything = write("everything.json", support.allow("*"))
    narrow = write("narrow.json", support.allow("s3:PutObject"))
    shared = write("shared.json", {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"})
    trust = write("trust.json", support.trust(ALICE))
    get = ("simulate", "--action", "s3:GetObject", "--resource", "arn:aws:s3:::b/x")
    own = (*get, "--policy", everything)

    def decided(*arguments):
        answer = run(*arguments, "--format", "json")
        assert answer.err == ""
        return answer.status, answer.json()["decided_by"]

    assert decided(*own) == (0, "identity")
    assert decided(*own, "--boundary", narrow) == (1, "boundary")
    assert decided(*own, "--session", narrow, everything) == (0, "identity")
    assert decided(*own, "--session", narrow) == (1, "session")
    assert decided(*own, "--scp", everything, narrow) == (1, "scp")
    assert decided(*own, "--scp", f"1={everything}", f"1={narrow}") == (0, "identity")
    assert decided(*own, "--rcp", shared, shared) == (0, "identity")
    assert decided(*get, "--resource-policy", shared) == (0, "resource")
    assert decided(*get, "--principal", "*", "--resource-policy", shared) == (0, "resource")
    assert decided(*own, "--principal", ALICE, "--resource-account", "111122223333") == (1, "resource")
    assume = ("simulate", "--action", "sts:AssumeRole", "--resource", "arn:aws:iam::000000000000:role/r", "--trust", trust)
    assert decided(*assume, "--principal", ALICE) == (0, "trust")
    assert decided(*assume, "--principal", ALICE.replace("alice", "bob")) == (1, "trust")


def test_simulate_fills_the_keys_of_the_principal(run, write):
    def allowed(key, value, *arguments):
        path = write("condition.json", support.allow("s3:GetObject", Condition={"ForAnyValue:StringEquals": {key: value}}))
        return run("simulate", "--action", "s3:GetObject", "--policy", path, *arguments).status == 0

    role = ("--principal", "arn:aws:sts::000000000000:assumed-role/r/s", "--role-arn", "arn:aws:iam::000000000000:role/p/r")
    assert allowed("aws:PrincipalArn", "arn:aws:iam::000000000000:role/p/r", *role)
    assert not allowed("aws:username", "s", *role)
    assert allowed("aws:username", "alice", "--principal", ALICE)
    assert allowed("aws:username", "eve", "--principal", ALICE, "--context", "aws:username=eve")
    assert allowed("aws:PrincipalAccount", "000000000000")
    assert not allowed("aws:userid", "*", "--principal", ALICE)
    assert allowed("aws:TagKeys", "b", "--context", "aws:TagKeys=[a,b]")
    assert allowed("aws:TagKeys", "b", "--context", "aws:TagKeys=a", "--context", "aws:TagKeys=b")
    keys = write("context.json", json.dumps({"aws:TagKeys": ["c"], "aws:MultiFactorAuthAge": 5}))
    assert allowed("aws:MultiFactorAuthAge", "5", "--context-file", keys)
    assert allowed("aws:TagKeys", "d", "--context-file", keys, "--context", "aws:TagKeys=d")
    assert not allowed("aws:TagKeys", "c", "--context-file", keys, "--context", "aws:TagKeys=d")


def test_names_that_aws_does_not_have_are_errors_unless_allowed(run, write):
    for arguments, said in (
        (("--action", "s3:GetObjct"), "--action: The action 's3:GetObjct' does not exist. Did you mean s3:GetObject?"),
        (("--action", "s3:GetObject", "--context", "SourceIp=192.0.2.1"), "Did you mean aws:SourceIp?"),
        (("--action", "s3:GetObject", "--resource", "arn:aws:s33:::b"), "The service 's33' of the resource"),
    ):
        refused = run("simulate", *arguments)
        assert refused.status == 2 and said in refused.err, refused.err
        assert run("simulate", *arguments, "--allow-unknown-names").status == 1
    suite = write("typo.test.yaml", "cases: [{name: a, when: {action: s3:DeletObject}, expect: denied}]\n")
    refused = run("test", suite)
    assert refused.status == 2 and "Did you mean s3:DeleteObject?" in refused.err, refused.err
    assert run("test", "--allow-unknown-names", suite).status == 0


@pytest.mark.parametrize("statement, said", [
    (support.deny("s3:DeletObject"), "The action 's3:DeletObject' does not exist. Did you mean s3:DeleteObject?"),
    (support.deny("s33:DeleteObject"), "The service 's33' of the action"),
    (support.deny("*") | {"Condition": {"IpAddress": {"aws:SourceIpp": "192.0.2.0/24"}}}, "Did you mean aws:SourceIp?"),
    (support.deny("*") | {"Condition": {"StringLike": {"s3:prefx": "a"}}}, "Did you mean s3:prefix?"),
], ids=["action", "service", "global key", "key"])
def test_names_in_policies_that_aws_does_not_have(run, write, statement, said):
    """A Deny with such a name denies nothing, and whoever wrote it does not notice."""
    policy = write("p.json", support.allow("s3:*"), statement)
    question = ("simulate", "--policy", policy, "--action", "s3:GetObject")
    refused = run(*question)
    assert refused.status == 2 and refused.err.startswith("iamlocal simulate: p.json:1:") and said in refused.err, refused.err
    assert "(--allow-unknown-names lets such names pass.)" in refused.err
    assert run(*question, "--allow-unknown-names").status == 0
    cases = "cases: [{name: a, given: {policies: p}, when: {action: iam:ListUsers}, expect: denied}]\n"
    for policies in ("p.json", json.dumps(json.loads(support.policy(statement)))):
        suite = write("p.test.yaml", f"policies:\n  p: {policies}\n{cases}")
        refused = run("test", suite)
        assert refused.status == 2 and said in refused.err and "(allowUnknownNames: true lets" in refused.err, refused.err
        assert run("test", "--allow-unknown-names", suite).status == 0
        assert run("test", write("p.test.yaml", f"allowUnknownNames: true\npolicies:\n  p: {policies}\n{cases}")).status == 0


def test_simulate_takes_policies_of_aws_in_yaml_and_as_services_keep_them(run, write):
    view = ("simulate", "--policy", "arn:aws:iam::aws:policy/ReadOnlyAccess")
    both = run(*view, "--action", "s3:GetObject", "--action", "s3:PutObject")
    assert both.status == 1
    assert [line.split()[:2] for line in both.out.splitlines() if " on " in line and not line.startswith(" ")] == [
        ["allowed", "s3:GetObject"], ["implicitDeny", "s3:PutObject"]]
    assert run(*view, "--action", "s3:GetObject,s3:ListBucket").status == 0
    listed = run(*view, "--action", "s3:GetObject,s3:PutObject", "--format", "json").json()
    assert [answer["decision"] for answer in listed] == ["allowed", "implicitDeny"]
    yaml = write("p.yaml", "Version: '2012-10-17'\nStatement: {Effect: Allow, Action: s3:PutObject, Resource: '*'}\n")
    assert run("simulate", "--policy", yaml, "--action", "s3:PutObject").status == 0
    registry = write("ecr.json", json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "ecr:BatchGetImage"}]}))
    pull = ("--action", "ecr:BatchGetImage", "--resource", "arn:aws:ecr:us-east-1:000000000000:repository/r")
    caller = "arn:aws:iam::111122223333:user/u"
    allows = write("allow.json", support.allow("ecr:*"))
    assert run("simulate", *pull, "--resource-policy", registry, "--policy", allows, "--principal", caller).status == 0
    assert run("simulate", *pull, "--resource-policy", registry, "--policy", allows, "--principal",
               caller.replace("1111", "2222")).status == 1
    gateway = write("api.json", json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/prod/*"}]}))
    for stage, status in (("prod", 0), ("test", 1)):
        arn = f"arn:aws:execute-api:us-east-1:000000000000:abc/{stage}/GET/a"
        assert run("simulate", "--action", "execute-api:Invoke", "--resource", arn, "--resource-policy", gateway,
                   "--principal", ALICE).status == status
    suite = write("m.test.yaml", "policies: {ro: 'arn:aws:iam::aws:policy/ReadOnlyAccess'}\n"
                  "cases: [{name: a, given: {policies: ro}, when: {action: s3:GetObject}, expect: allowed}]\n")
    assert run("test", suite).status == 0


def test_simulate_says_what_it_cannot_use(run, write):
    broken = write("broken.json", '{\n  "Version": "2012-10-17",\n  "Statement": [{"Efect": "Allow"}]\n}\n')
    unfinished = write("unfinished.json", '{"Version": ')
    question = ("simulate", "--action", "s3:GetObject")
    for arguments, said in (
        ((*question, "--policy", broken), "broken.json:3:27: Syntax errors in policy."),
        ((*question, "--policy", unfinished), "unfinished.json:1:13: Syntax errors in policy."),
        ((*question, "--policy", "nowhere.json"), "nowhere.json: cannot be opened"),
        ((*question, "--policy", "/"), "/: cannot be "),
        ((*question, "--principal", "bob"), "--principal: 'bob' is no user"),
        ((*question, "--scp", "3=a.json"), "'3=a.json': level 1 has no document yet"),
        (("simulate",), "--action is required"),
        (("simulate", "--bogus"), "'--bogus' is no argument"),
        *((("simulate", "--action", action), "is not SERVICE:NAME")
          for action in (":", "s3:", "a:b:c", "s3:Get\nObject", "s3:Get*")),
        ((*question, "--resource", "foo"), "--resource: 'foo' is no ARN"),
        *(((*question, option, ""), f"{option} must not be empty")
          for option in ("--policy", "--boundary", "--session", "--resource-policy", "--trust", "--scp", "--rcp",
                         "--principal", "--role-arn", "--endpoint", "--resource-account", "--context-file")),
        ((*question, "--scp", "1="), "'1=': the file is missing"),
        ((*question, "--endpoint", "http://127.0.0.1:1", "--principal", "arn:aws:iam::000000000000:role/r",
          "--resource-policy", broken), "only where --principal is a user"),
        ((*question, "--unknown"), "--unknown"),
        ((*question, "--endpoint", "http://127.0.0.1:1", "--principal", ALICE, "--access-key-id", "a\r\nb: c",
          "--secret-access-key", "b"), "consist of visible ASCII characters"),
        ((*question, "--endpoint", "ftp://x", "--principal", ALICE, "--access-key-id", "a", "--secret-access-key", "b"),
         "'ftp://x' is no http:// or https:// address"),
    ):
        ran = run(*arguments)
        assert (ran.status, ran.out) == (2, ""), arguments
        assert ran.err.startswith("iamlocal simulate: ") and said in ran.err, ran.err


@pytest.mark.parametrize("version", ["", '"Version": "2008-10-17", '])
def test_policies_of_2008_are_read(run, write, version):
    """An inline policy may lack Version, which is 2008-10-17 then: variables are text in it."""
    document = ('{%s"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::b/*", '
                '"arn:aws:s3:::${aws:username}/*"]}}' % version)
    write("old.json", document)
    write("plain.json", document.replace('${aws:username}', 'alice'))
    assert run("validate", "plain.json").status == 0

    def simulate(resource):
        return run("simulate", "--policy", "old.json", "--principal", ALICE, "--action", "s3:GetObject",
                   "--resource", resource).status

    assert simulate("arn:aws:s3:::b/x") == 0
    assert simulate("arn:aws:s3:::alice/x") != 0
    write("old.test.yaml", f"""
policies: {{old: old.json}}
cases:
  - name: reads
    given: {{principal: "{ALICE}", policies: old}}
    when: {{action: s3:GetObject, resource: "arn:aws:s3:::b/x"}}
    expect: allowed
  - name: variables are text
    given: {{principal: "{ALICE}", policies: old}}
    when: {{action: s3:GetObject, resource: "arn:aws:s3:::alice/x"}}
    expect: denied
""")
    ran = run("test", "old.test.yaml")
    assert ran.status == 0, ran.out + ran.err


def test_explanations_stay_within_a_hundred_columns(run, write):
    write("long.json", {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {
        "StringEquals": {"aws:PrincipalTag/department": "engineering", "aws:PrincipalTag/cost-center": "4711",
                         "aws:username": ["carol", "dave"]},
        "ArnLike": {"aws:PrincipalArn": f"{ALICE}*"}}})
    key = ["aws:PrincipalTag/department=engineering", "aws:PrincipalTag/cost-center=4711"]
    explained = run("simulate", "--policy", "long.json", "--principal", ALICE, "--action", "s3:GetObject", "--resource",
                    "arn:aws:s3:::a-bucket/with/a/name", "-v", *(part for pair in key for part in ("--context", pair)))
    write("long.test.yaml", f"""
policies: {{long: long.json}}
cases:
  - name: reads
    given:
      principal: "{ALICE}"
      policies: long
    when:
      action: s3:GetObject
      resource: "arn:aws:s3:::a-bucket/with/a/name"
      context: {{aws:PrincipalTag/department: engineering, aws:PrincipalTag/cost-center: "4711"}}
    expect: allowed
""")
    tested = run("test", "long.test.yaml")
    for ran in (explained, tested):
        assert ran.status == 1 and '"Condition":' in ran.out, ran.out + ran.err
        assert [line for line in ran.out.splitlines() if len(line) > 100] == []


@pytest.mark.parametrize("command", ["validate", "simulate", "test", "why", "decisions", "credentials", "token", "assertion"])
def test_every_command_has_help(run, command):
    ran = run(command, "--help")
    assert (ran.status, ran.err) == (0, "")
    assert f"Usage: iamlocal {command} " in ran.out
    assert f"\nExamples:\n  iamlocal {command}" in ran.out
    assert [line for line in ran.out.splitlines() if len(line) > 80] == []
    assert f"\n  {command} " in run("--help").out


# simulate --endpoint -------------------------------------------------------------------------------------------------


def ask(run, server, principal, action, *arguments, key="test", secret="test"):
    return run("simulate", "--endpoint", server.url, "--principal", principal, "--action", action, *arguments,
               env={"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret})


def test_a_server_is_asked_about_its_principals(run, write, root, server):
    alice = root.user("alice", support.allow("s3:GetObject", "arn:aws:s3:::b/${aws:username}/*"))
    allowed = ask(run, server, ALICE, "s3:GetObject", "--resource", "arn:aws:s3:::b/alice/x")
    assert (allowed.status, allowed.err) == (0, "")
    assert allowed.out.startswith("allowed  s3:GetObject on arn:aws:s3:::b/alice/x\n  ")
    assert "inline" in allowed.out
    denied = ask(run, server, ALICE, "s3:GetObject", "--resource", "arn:aws:s3:::b/bob/x", "--format", "json")
    assert (denied.status, denied.json()["decision"]) == (1, "implicitDeny")

    more = write("more.json", support.allow("s3:*"))
    assert ask(run, server, ALICE, "s3:PutObject", "--policy", more).status == 0
    narrow = write("narrow.json", support.allow("iam:*"))
    bounded = ask(run, server, ALICE, "s3:PutObject", "--policy", more, "--boundary", narrow)
    assert bounded.status == 1
    assert "boundary does not allow" in bounded.out

    # By flags instead of the environment, and by someone who may not ask.
    flags = ("--access-key-id", alice.key, "--secret-access-key", alice.secret)
    refused = ask(run, server, ALICE, "s3:GetObject", *flags)
    assert refused.status == 2
    assert "AccessDenied: User: " + ALICE in refused.err


def test_a_server_that_does_not_answer_is_an_error(run, server):
    refused = ask(run, server, ALICE, "s3:GetObject", secret="wrong")
    assert refused.status == 2 and "SignatureDoesNotMatch" in refused.err
    missing = ask(run, server, ALICE, "s3:GetObject")
    assert missing.status == 2 and "NoSuchEntity" in missing.err
    nobody = run("simulate", "--endpoint", "http://127.0.0.1:1", "--principal", ALICE, "--action", "s3:GetObject",
                 "--access-key-id", "a", "--secret-access-key", "b")
    assert nobody.status == 2 and "nobody answers at 127.0.0.1:1" in nobody.err


def test_sessions_may_ask_and_so_may_clients_of_tls(run, start, tmp_path):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                    "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                    tmp_path / "key.pem", "-out", tmp_path / "cert.pem"], check=True, capture_output=True)
    plain = start("--testbench", "on")
    root = support.Caller(plain)
    alice = root.user("alice", support.allow("*"))
    role = root.role("r", ALICE, support.allow("iam:Simulate*"))
    session = alice.assume(role)
    env = {"AWS_ACCESS_KEY_ID": session.key, "AWS_SECRET_ACCESS_KEY": session.secret, "AWS_SESSION_TOKEN": session.token}
    arguments = ("simulate", "--principal", role, "--action", "iam:SimulatePrincipalPolicy", "--endpoint")
    ran = run(*arguments, plain.url, env=env)
    assert (ran.status, ran.err) == (0, "")

    secure = start("--tls-cert", str(tmp_path / "cert.pem"), "--tls-key", str(tmp_path / "key.pem"))
    url = f"https://127.0.0.1:{secure.port}"
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    untrusted = run(*arguments, url, env=keys)
    assert untrusted.status == 2 and "certificate is not trusted" in untrusted.err
    trusted = run(*arguments, url, "--ca-bundle", tmp_path / "cert.pem", env=keys)
    assert trusted.status == 2 and "NoSuchEntity" in trusted.err


# test ----------------------------------------------------------------------------------------------------------------

SUITE = """
policies:
  own: own.json
cases:
  - {name: read, given: {policies: own}, when: {action: "s3:GetObject"}, expect: allowed}
"""


def test_suites_share_what_they_reach(run, write):
    write("own.json", support.allow("s3:GetObject"), support.allow("s3:PutObject"))
    reading = write("reading.yaml", SUITE)
    writing = write("deeper/writing.yaml", SUITE.replace("own.json", "../own.json").replace("GetObject", "PutObject"))
    alone = run("test", "--require-coverage", "50", reading)
    assert alone.status == 0
    assert "No case reached these statements:\n  own.json:1:105: (no Sid)\n" in alone.out
    assert "1 of 2 statements reached (50.0 %)" in alone.out
    uncovered = run("test", "--fail-uncovered", reading)
    assert uncovered.status == 1
    assert uncovered.err == "iamlocal test: 50.0 % of the statements were reached; 100 % are required\n"
    both = run("test", "--fail-uncovered", reading, writing)
    assert (both.status, both.out) == (0, "2 passed, 0 failed; 2 of 2 statements reached (100.0 %)\n")


def test_a_failure_is_told_in_every_format(run, write, tmp_path):
    write("own.json", support.allow("s3:PutObject"))
    suite = write("suite.yaml", SUITE)
    text = run("test", suite, "--junit", "results.xml")
    assert (text.status, text.err) == (1, "")
    assert text.out.startswith("suite.yaml:5:5: FAILED: read\n  s3:GetObject on *: expected allowed, found implicitDeny\n")
    assert "s3:PutObject" in text.out
    answer = run("test", suite, "--format", "json")
    assert answer.status == 1
    assert answer.json()["failed"] == 1
    assert answer.json()["checks"][0]["explanation"]["policies"][0]["statements"][0]["failed"] == "action"
    root = ElementTree.parse(tmp_path / "results.xml").getroot()
    assert root.attrib["failures"] == "1"
    assert root.find("testsuite/testcase").attrib["name"] == "read"
    assert "s3:PutObject" in root.find("testsuite/testcase/failure").text


def test_what_cannot_be_used_is_an_error_and_nothing_runs(run, write):
    good = write("good.yaml", "cases: [{name: a, when: {action: 's3:GetObject'}, expect: denied}]\n")
    wrong = write("wrong.yaml", "cases: [{name: a, when: {action: 's3:GetObject'}, expects: denied}]\n")
    for arguments, said in (
        ((), "FILE is required"),
        ((good, wrong), "wrong.yaml:1:51: a case has no key 'expects'; known are name, given, when, expect"),
        (("nowhere.yaml",), "nowhere.yaml: cannot be opened"),
        (("/dev/zero",), "/dev/zero: has more than 1048576 bytes"),
        ((good, "--require-coverage", "101"), "--require-coverage"),
        ((good, "--require-coverage", "nan"), "--require-coverage"),
        ((good, "--junit", ""), "--junit must not be empty"),
    ):
        ran = run("test", *arguments)
        assert (ran.status, ran.out) == (2, ""), (arguments, ran.out)
        assert ran.err.startswith("iamlocal test: ") and said in ran.err, ran.err
    assert run("test", good).status == 0
    unwritable = run("test", good, "--junit", "/nonexistent/results.xml")
    assert (unwritable.status, unwritable.err) == (2, "iamlocal test: /nonexistent/results.xml: cannot be written\n")
    assert unwritable.out.startswith("1 passed"), "the results are shown all the same"


def test_a_dash_is_standard_input(write, tmp_path):
    allow = write("allow.json", support.allow("s3:GetObject"))
    suite = write("suite.yaml", "cases: [{name: a, when: {action: 's3:GetObject'}, expect: denied}]\n")
    for arguments, path in ((("simulate", "--action", "s3:GetObject", "--policy", "-"), allow), (("test", "-"), suite),
                            (("validate", "-"), allow)):
        with open(tmp_path / path) as file:
            ran = subprocess.run([support.BINARY, *arguments], stdin=file, capture_output=True, text=True, timeout=60)
        assert (ran.returncode, ran.stderr) == (0, ""), arguments


def test_output_that_is_lost_is_an_error(write, tmp_path):
    allow = write("allow.json", support.allow("*"))
    suite = write("suite.yaml", "cases: [{name: a, when: {action: 's3:GetObject'}, expect: denied}]\n")
    for arguments in (("simulate", "--action", "s3:GetObject", "--policy", allow), ("test", suite),
                      ("validate", "--format", "json", allow), ("test", "--help")):
        with open("/dev/full", "w") as full:
            ran = subprocess.run([support.BINARY, *arguments], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True,
                                 timeout=60)
        assert (ran.returncode, ran.stderr) == (2, "iamlocal: standard output: No space left on device\n")
        reader, writer = os.pipe()
        os.close(reader)
        ran = subprocess.run([support.BINARY, *arguments], cwd=tmp_path, stdout=writer, stderr=subprocess.PIPE, text=True,
                             timeout=60)
        os.close(writer)
        assert (ran.returncode, ran.stderr) == (2, ""), "a reader who has enough is not told about it"
