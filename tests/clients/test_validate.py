"""`iamlocal validate`: the program, its exit status and its three formats."""

import contextlib
import json
import os
import pathlib
import pty
import socket
import subprocess

import pytest

from support import BINARY, clean_environment

GOOD = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]}
WARNED = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}]}
SUGGESTED = {"Version": "2012-10-17",
             "Statement": [{"Sid": "", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]}
TRUST = {"Version": "2012-10-17",
         "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
BUCKET = {"Version": "2012-10-17",
          "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "s3:GetObject",
                         "Resource": "arn:aws:s3:::b/*"}]}
BAD = """{"Version": "2012-10-17",
 "Statement": [
  {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObjct"], "Resource": "arn:aws:s3:::b/*"}
 ]}
"""


@pytest.fixture
def validate(tmp_path):
    def run(*arguments, stdin=None):
        return subprocess.run([BINARY, "validate", *arguments], input=stdin, capture_output=True, text=True, timeout=60,
                              env=clean_environment(), cwd=tmp_path)

    run.folder = tmp_path
    return run


@pytest.fixture
def write(tmp_path):
    def to(name, content):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return name

    return to


def test_a_good_policy_is_no_news(validate, write):
    ended = validate(write("good.json", GOOD))
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_findings_are_lines_that_editors_read(validate, write):
    ended = validate(write("bad.json", BAD))
    assert ended.returncode == 1
    assert ended.stdout == ("bad.json:3:50: error: The action 's3:PutObjct' does not exist. Did you mean s3:PutObject? "
                            "[INVALID_ACTION]\n1 document: 1 error\n")


@pytest.mark.parametrize("document, plain, strict", [(GOOD, 0, 0), (SUGGESTED, 0, 0), (WARNED, 0, 1), (BAD, 1, 1)])
def test_exit_statuses(validate, write, document, plain, strict):
    name = write("policy.json", document)
    assert validate(name).returncode == plain
    assert validate("--strict", name).returncode == strict


def test_several_files_and_standard_input(validate, write):
    ended = validate(write("good.json", GOOD), write("a/bad.json", BAD), "-", stdin=BAD)
    assert ended.returncode == 1
    assert [line.split(":")[0] for line in ended.stdout.splitlines()] == ["a/bad.json", "<stdin>", "3 documents"]


def test_standard_input_may_be_a_socket():
    """As it is for the children of Node.js."""
    ours, theirs = socket.socketpair()
    ours.sendall(BAD.encode())
    ours.close()
    ended = subprocess.run([BINARY, "validate", "-"], stdin=theirs, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1 and ended.stdout.startswith("<stdin>:"), ended


@pytest.mark.parametrize("arguments", [[], ["--kind", "bucket", "x.json"], ["--format", "xml", "x.json"], ["--nonsense"]])
def test_arguments_that_mean_nothing(validate, arguments):
    ended = validate(*arguments)
    assert ended.returncode == 2
    assert ended.stderr.startswith("iamlocal validate: ")


def test_files_that_cannot_be_read(validate, write, tmp_path):
    ended = validate("missing.json", write("bad.json", BAD), str(tmp_path))
    assert ended.returncode == 2
    assert "missing.json: cannot be opened" in ended.stderr
    assert "PutObjct" in ended.stdout  # the others are looked at all the same


@pytest.mark.parametrize("text, said", [
    ("Statement:\n  - Effect: Allow\n   Action: x\n", "p.yaml:3:4: "), ("Statement: [\n", "p.yaml:2:1: "),
    ("Statement:\n\t- a\n", "p.yaml:2:2: "), ("a: &x [*x]\n", "p.yaml:1:4: "), ("---\nStatement: []\n---\na: b\n", "p.yaml:4:1: ")])
def test_yaml_that_is_none_has_a_place(validate, write, text, said):
    ended = validate(write("p.yaml", text))
    assert (ended.returncode, ended.stdout) == (2, "") and ended.stderr.startswith(f"iamlocal validate: {said}"), ended.stderr


def test_a_document_of_many_bytes(validate, write):
    ended = validate(write("long.json", "[" * 600_000))
    assert ended.returncode == 2
    assert "long.json" in ended.stderr


def test_help(validate):
    ended = validate("--help")
    assert ended.returncode == 0
    for word in ("--kind", "--format", "--strict", "sarif"):
        assert word in ended.stdout


@pytest.mark.parametrize("document, kind", [(GOOD, "identity"), (TRUST, "trust"), (BUCKET, "resource")])
def test_the_kind_goes_by_the_looks(validate, write, document, kind):
    ended = validate("--format", "json", write("policy.json", document))
    [file] = json.loads(ended.stdout)["files"]
    assert file == {"file": "policy.json", "kind": kind, "findings": []}


@pytest.mark.parametrize("kind, document, code", [
    ("identity", TRUST, "UNSUPPORTED_PRINCIPAL"),
    ("boundary", TRUST, "UNSUPPORTED_PRINCIPAL"),
    ("session", TRUST, "UNSUPPORTED_PRINCIPAL"),
    ("trust", BUCKET, "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE"),
    ("resource", GOOD, "MISSING_PRINCIPAL"),
    ("scp", BUCKET, "SCP_SYNTAX_ERROR_PRINCIPAL"),
    ("rcp", BUCKET, "RCP_SYNTAX_ERROR_PRINCIPAL"),
])
def test_kinds(validate, write, kind, document, code):
    ended = validate("--kind", kind, "--format", "json", write("policy.json", document))
    assert ended.returncode == 1
    [file] = json.loads(ended.stdout)["files"]
    assert file["kind"] == kind
    assert code in [finding["code"] for finding in file["findings"]]


def test_json(validate, write):
    ended = validate("--format", "json", write("bad.json", BAD), write("warned.json", WARNED))
    document = json.loads(ended.stdout)
    assert document["counts"] == {"ERROR": 1, "SECURITY_WARNING": 1, "WARNING": 0, "SUGGESTION": 0}
    [finding] = document["files"][0]["findings"]
    assert finding == {
        "severity": "ERROR", "code": "INVALID_ACTION", "line": 3, "column": 50,
        "message": "The action 's3:PutObjct' does not exist. Did you mean s3:PutObject?",
        "help": "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html"
                "#access-analyzer-reference-policy-checks-error-invalid-action"}


def test_sarif(validate, write):
    ended = validate("--format", "sarif", write("my policies/bad.json", BAD), write("warned.json", WARNED),
                     write("suggested.json", SUGGESTED))
    assert ended.returncode == 1
    log = json.loads(ended.stdout)
    assert log["version"] == "2.1.0" and log["$schema"].endswith("sarif-2.1.0.json")
    [run] = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "iamlocal"
    said = subprocess.run([BINARY, "--version"], capture_output=True, text=True).stdout
    assert said.splitlines()[0] == f"iamlocal {driver['version']}"
    ids = [rule["id"] for rule in driver["rules"]]
    assert len(ids) == len(set(ids)) > 100
    for rule in driver["rules"]:
        assert rule["helpUri"].startswith("https://docs.aws.amazon.com/")
        assert rule["shortDescription"]["text"] and rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
    assert run["columnKind"] == "utf16CodeUnits"
    results = run["results"]
    assert [(r["ruleId"], r["level"]) for r in results] == [
        ("INVALID_ACTION", "error"), ("PASS_ROLE_WITH_STAR_IN_RESOURCE", "warning"), ("EMPTY_SID_VALUE", "note")]
    for result in results:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["message"]["text"]
    place = results[0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "my%20policies/bad.json"
    assert place["region"] == {"startLine": 3, "startColumn": 50}


def test_sarif_of_nothing_is_a_log_too(validate, write):
    ended = validate("--format", "sarif", write("good.json", GOOD))
    assert ended.returncode == 0
    assert json.loads(ended.stdout)["runs"][0]["results"] == []


def test_errors_that_are_not_shown_count(validate, write):
    """More suggestions than are shown, and then a key that does not exist: the error is among those left out."""
    statement = {"Sid": "", "Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:Get*",
                 "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [statement] * 1001}
    many = validate("--kind", "resource", write("many.json", document))
    assert many.returncode == 0, many.stdout[-500:]
    assert "more findings are not shown." in many.stdout.splitlines()[-2]
    document["Statement"][-1] = statement | {"Condition": {"StringEquals": {"s3:nothing": "x"}}}
    worse = validate("--kind", "resource", write("worse.json", document))
    assert worse.returncode == 1
    assert "more findings are not shown." in worse.stdout.splitlines()[-2]
    assert "s3:nothing" not in worse.stdout


def test_a_file_outside_has_an_absolute_address(validate, tmp_path):
    (tmp_path / "bad.json").write_text(BAD)
    ended = validate("--format", "sarif", str(tmp_path / "bad.json"))
    place = json.loads(ended.stdout)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == pathlib.Path(tmp_path / "bad.json").as_uri()


def test_one_finding_is_one_line(validate, write):
    ended = validate(write("bad.json", GOOD | {"a\nb\x1b": 1}))
    assert ended.returncode == 1
    *findings, summary = ended.stdout.splitlines()
    assert findings and all(line.startswith("bad.json:1:") for line in findings) and summary.startswith("1 document: ")
    assert "\x1b" not in ended.stdout


def test_codes_are_ignored_by_flag_and_by_files_beside_the_policy(validate, write):
    name = write("p/warned.json", WARNED)
    codes = [f["code"] for f in json.loads(validate("--format", "json", name).stdout)["files"][0]["findings"]]
    assert codes == ["PASS_ROLE_WITH_STAR_IN_RESOURCE"]
    ended = validate("--strict", "--ignore", codes[0], name)
    assert (ended.returncode, ended.stdout) == (0, "1 document: no findings, 1 ignored\n")
    wrong = validate("--ignore", "PASS_ROLE", name)
    assert wrong.returncode == 2 and "no check has the code 'PASS_ROLE'" in wrong.stderr
    for beside in ("p/warned.json.ignore", "p/.iamlocal-ignore"):
        path = pathlib.Path(write(beside, f"# agreed on\n{codes[0]}  # the pipeline needs it\n"))
        assert validate("--strict", name).returncode == 0, beside
        write(beside, "NOTHING\n")
        refused = validate(name)
        assert refused.returncode == 2 and f"{path}:1: no check has the code 'NOTHING'" in refused.stderr
        write(beside, "")
    assert validate("--strict", name).returncode == 1


def test_folders_are_walked(validate, write):
    write("policies/a/bad.json", BAD)
    write("policies/good.json", GOOD)
    write("policies/package.json", {"name": "no policy"})
    write("policies/notes.txt", "{")
    write("policies/chart.yaml", "{{ nothing: [\n")
    write("policies/.hidden/bad.json", BAD)
    ended = validate("policies")
    assert ended.returncode == 1
    assert ended.stdout.splitlines()[-1] == "2 documents: 1 error", ended.stdout
    assert ended.stdout.startswith("policies/a/bad.json:3:50: error:")
    write("policies/chart.yaml", "Statement: [\n")
    broken = validate("policies")
    assert broken.returncode == 2 and "policies/chart.yaml" in broken.stderr
    assert broken.stdout == ended.stdout


def test_a_folder_without_policies_is_an_error(validate, write):
    write("empty/notes.txt", "none")
    write("other/package.json", {"name": "no policy"})
    ended = validate("empty", "other", write("good.json", GOOD))
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.splitlines() == [
        f"iamlocal validate: {folder}: holds no policy: no .json, .yaml or .yml below it has one" for folder in ("empty", "other")]


def test_a_plan_names_what_is_known_only_after_apply(validate, write):
    def changed(address, **unknown):
        return {"address": address, "type": address.split(".")[-2], "change": {"actions": ["create"], "after_unknown": unknown}}

    def configured(address, *attributes):
        return {"address": address, "expressions": {attribute: {} for attribute in attributes}}

    plan = {"planned_values": {"root_module": {"resources": [
                {"address": "aws_iam_policy.known", "type": "aws_iam_policy", "values": {"policy": json.dumps(GOOD)}}]}},
            "resource_changes": [changed("aws_iam_policy.later", policy=True, arn=True), changed("aws_iam_policy.known", arn=True),
                                 changed("aws_iam_role.r", assume_role_policy=True, inline_policy=True),
                                 changed('module.m["a.b]"].aws_sqs_queue.q[0]', policy=True),
                                 changed("aws_sqs_queue.none", policy=True), changed("aws_s3_object.o", content=True)],
            "configuration": {"root_module": {
                "resources": [configured("aws_iam_policy.later", "policy"), configured("aws_iam_policy.known", "policy"),
                              configured("aws_iam_role.r", "assume_role_policy"), configured("aws_sqs_queue.none", "name"),
                              configured("aws_s3_object.o", "content")],
                "module_calls": {"m": {"module": {"resources": [configured("aws_sqs_queue.q", "policy")]}}}}}}
    ended = validate(write("plan.json", plan))
    assert ended.returncode == 0
    later = ["plan.json#aws_iam_policy.later.policy", "plan.json#aws_iam_role.r.assume_role_policy",
             'plan.json#module.m["a.b]"].aws_sqs_queue.q[0].policy']
    assert ended.stderr.splitlines() == [
        f"iamlocal validate: {name}: is known only after apply, and was not looked at" for name in later]
    plan["planned_values"]["root_module"]["resources"] = []
    ended = validate(write("plan.json", plan))
    assert ended.returncode == 2 and "in which no policy is known; known only after apply: " + ", ".join(later) in ended.stderr


def test_excerpts_and_colours_are_for_terminals(validate, write):
    name = write("bad.json", BAD)
    assert "\x1b" not in validate(name).stdout
    shown = validate("--excerpt", "always", name).stdout.splitlines()
    assert '"Action": ["s3:GetObject", "s3:PutObjct"]' in shown[1] and len(shown[1]) <= 100
    assert shown[1][shown[2].index("^"):].startswith('"s3:PutObjct"')
    assert "\x1b[1;31merror:\x1b[0m" in validate("--color", "always", name).stdout
    long = write("long.json", {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": [f"s3:Ä{number}" for number in range(50)], "Resource": "*"}]})
    for line in validate("--excerpt", "always", long).stdout.splitlines():
        assert line[:4] != "    " or len(line) <= 100


def test_policies_come_from_yaml_plans_and_aws(validate, write):
    yaml = write("p.yaml", "Version: '2012-10-17'\nStatement:\n  - Effect: Allow\n    Action: s3:PutObjct\n    Resource: '*'\n")
    assert validate(yaml).stdout.startswith("p.yaml:4:14: error: The action 's3:PutObjct'")
    plan = {"terraform_version": "1.9.0", "planned_values": {"root_module": {
        "resources": [{"address": "aws_iam_policy.a", "values": {"policy": BAD}},
                      {"address": "aws_iam_role.r", "values": {"assume_role_policy": json.dumps(TRUST)}}],
        "child_modules": [{"resources": [{"address": "module.m.aws_s3_bucket_policy.b", "values": {"policy": json.dumps(BUCKET)}},
                                         {"address": "module.m.aws_s3_object.o", "values": {"content": "{"}}]}]}}}
    ended = validate("--format", "json", write("plan.json", plan))
    files = {file["file"]: file for file in json.loads(ended.stdout)["files"]}
    assert {name: file["kind"] for name, file in files.items()} == {
        "plan.json#aws_iam_policy.a.policy": "identity", "plan.json#aws_iam_role.r.assume_role_policy": "trust",
        "plan.json#module.m.aws_s3_bucket_policy.b.policy": "resource"}
    assert [f["code"] for f in files["plan.json#aws_iam_policy.a.policy"]["findings"]] == ["INVALID_ACTION"]
    assert validate("arn:aws:iam::aws:policy/job-function/ViewOnlyAccess").returncode == 0
    unknown = validate("arn:aws:iam::aws:policy/Nothing")
    assert unknown.returncode == 2 and "is none of AWS's managed policies" in unknown.stderr
    misspelt = validate("arn:aws:iam::aws:policy/ViewOnlyAcess")
    assert misspelt.stderr == ("iamlocal validate: 'arn:aws:iam::aws:policy/ViewOnlyAcess' is none of AWS's managed policies; "
                               "did you mean arn:aws:iam::aws:policy/job-function/ViewOnlyAccess?\n")


def test_kinds_of_inline_and_endpoint_policies(validate, write):
    long = write("long.json", {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{'b' * 8000}/k"}]})
    assert validate(long).returncode == 1
    assert validate("--kind", "inline", long).stdout == ""
    endpoint = write("endpoint.json", {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}]})
    assert validate("--strict", endpoint).returncode == 1
    assert validate("--strict", "--kind", "vpc-endpoint", endpoint).stdout == ""


def test_findings_are_ignored_by_statement_and_file(validate, write):
    passes = [{"Sid": sid, "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"} for sid in ("One", "Two")]
    name = write("p/two.json", {"Version": "2012-10-17", "Statement": passes})
    code = "PASS_ROLE_WITH_STAR_IN_RESOURCE"
    for ignored, left in ((f"{code} statement=One", 1), (f"{code} statement=2\n", 1), (f"{code} statement=One\n{code} statement=2", 0),
                          (f"{code} statement=Three", 2), (code, 0)):
        write("p/two.json.ignore", ignored)
        found = json.loads(validate("--format", "json", name).stdout)["files"][0]["findings"]
        assert [f["code"] for f in found].count(code) == left, ignored
    write("p/two.json.ignore", "")
    for ignored, left in ((f"{code} file=two.json statement=Two", 1), (f"{code} file=other.json", 2), (f"{code} file=two.json", 0)):
        write("p/.iamlocal-ignore", ignored)
        found = json.loads(validate("--format", "json", name).stdout)["files"][0]["findings"]
        places = [f["column"] for f in found if f["code"] == code]
        assert len(places) == left, ignored
        if left == 1:
            assert places[0] < (pathlib.Path(validate.folder) / name).read_text().index('"Two"')
    for wrong in (f"{code} One", f"{code} statement=", f"{code} statement=One two"):
        write("p/.iamlocal-ignore", wrong)
        ended = validate(name)
        assert ended.returncode == 2 and "is neither statement=SID nor file=NAME" in ended.stderr


def on_a_terminal(arguments, folder, **environment):
    """What a command prints where its output is a terminal."""
    leader, follower = pty.openpty()
    ended = subprocess.run([BINARY, *arguments], stdout=follower, stderr=subprocess.DEVNULL, cwd=folder, timeout=60,
                           env={**clean_environment(), "TERM": "xterm", **environment})
    os.close(follower)
    shown = b""
    with contextlib.suppress(OSError):
        while chunk := os.read(leader, 65536):
            shown += chunk
    os.close(leader)
    return ended.returncode, shown.decode()


def test_no_color_is_honoured_on_a_terminal(write, tmp_path):
    bad = write("bad.json", BAD)
    suite = write("suite.yaml", f"policies: {{bad: {bad}}}\ncases:\n  - {{name: wrong, given: {{policies: bad}}, "
                                "when: {action: s3:GetObject, resource: 'arn:aws:s3:::c/x'}, expect: allowed}\n")
    for arguments, coloured in ((("validate", bad), "\x1b[1;31merror:\x1b[0m"),
                                (("test", "--allow-unknown-names", suite), "\x1b[1;31mFAILED:\x1b[0m wrong")):
        status, shown = on_a_terminal(arguments, tmp_path)
        assert status == 1 and coloured in shown
        for name, value in (("NO_COLOR", "1"), ("TERM", "dumb")):
            status, plain = on_a_terminal(arguments, tmp_path, **{name: value})
            assert status == 1 and "\x1b" not in plain and len(plain) > 20
    assert "\x1b[1;31mDENIED (implicit deny)\x1b[0m" in shown and "\x1b[1;31m0 passed, 1 failed\x1b[0m" in shown
    assert "\x1b[" in on_a_terminal(("validate", "--colour", "always", bad), tmp_path, NO_COLOR="1")[1]
