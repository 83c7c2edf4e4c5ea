"""CloudFormation templates as a source of policies: for `iamlocal validate`, `simulate` and `test`."""

import json
import subprocess

import pytest

from support import BINARY, clean_environment

TEMPLATE = """AWSTemplateFormatVersion: 2010-09-09
Parameters:
  Stage: {Type: String, Default: dev}
  Owner: {Type: String}
  Teams: {Type: CommaDelimitedList, Default: "red, blue"}
  Level: {Type: String, AllowedValues: [low, high]}
Mappings:
  Accounts:
    dev: {Id: "111122223333"}
    prod: {Id: "444455556666"}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  Open: !Or [!Condition IsProd, !Not [!Equals [a, a]]]
Resources:
  Files:
    Type: AWS::S3::Bucket
    Properties: {BucketName: !Sub "files-${Stage}"}
  Logs: {Type: AWS::S3::Bucket}
  Jobs: {Type: AWS::SQS::Queue}
  News: {Type: AWS::SNS::Topic}
  Table: {Type: AWS::DynamoDB::Table, Properties: {TableName: orders}}
  Worker:
    Type: AWS::IAM::Role
    Properties:
      Path: /team/
      RoleName: worker
      AssumeRolePolicyDocument:
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Principal: {Service: !Sub "lambda.${AWS::URLSuffix}"}
            Action: sts:AssumeRole
      Policies:
        - PolicyName: files
          PolicyDocument:
            Version: 2012-10-17
            Statement:
              - Sid: Files
                Effect: Allow
                Action: [s3:GetObject, s3:PutObjct]
                Resource: !Sub "${Files.Arn}/*"
              - Sid: Home
                Effect: Allow
                Action: s3:GetObject
                Resource: !Join ["", [!GetAtt Logs.Arn, "/${aws:PrincipalTag/team}/*"]]
              - !If [IsProd, {Effect: Deny, Action: "s3:DeleteObject", Resource: "*"}, !Ref AWS::NoValue]
        - !If [Open, {PolicyName: open, PolicyDocument: {Version: 2012-10-17, Statement: {Effect: Allow, Action: "s3:ListAllMyBuckets", Resource: "*"}}}, !Ref AWS::NoValue]
  Managed:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Action: [sqs:SendMessage, sns:Publish, dynamodb:GetItem]
            Resource: [!GetAtt Jobs.Arn, !Ref News, {"Fn::GetAtt": [Table, Arn]}]
  Bucket:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Files
      PolicyDocument:
        Version: 2012-10-17
        Statement:
          Effect: Allow
          Principal: {AWS: [!GetAtt Worker.Arn, !FindInMap [Accounts, !Ref Stage, Id]]}
          Action: s3:GetObject
          Resource: !Sub
            - "arn:${AWS::Partition}:s3:::${Name}/${!aws:username}/${Team}"
            - {Name: !Ref Files, Team: !Select [1, !Ref Teams]}
  OnlyProd:
    Type: AWS::SQS::QueuePolicy
    Condition: IsProd
    Properties: {PolicyDocument: {Version: 2012-10-17, Statement: [{Effect: Allow, Principal: "*", Action: "sqs:*"}]}}
  Firewall:
    Type: AWS::WAFv2::WebACL
    Properties: {Rules: [{Name: a, Statement: {ManagedRuleGroupStatement: {Name: b}}}]}
  Entry:
    Type: AWS::Logs::ResourcePolicy
    Properties:
      PolicyDocument: !Sub '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":
        "es.amazonaws.com"},"Action":"logs:PutLogEvents","Resource":"arn:aws:logs:${AWS::Region}:${AWS::AccountId}:*"}]}'
"""


@pytest.fixture
def run(tmp_path):
    def command(*arguments):
        return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=60, env=clean_environment(),
                              cwd=tmp_path)

    return command


@pytest.fixture
def write(tmp_path):
    def to(name, content):
        (tmp_path / name).write_text(content if isinstance(content, str) else json.dumps(content))
        return name

    return to


def one_policy(statement, **template):
    """A template whose one policy has one statement."""
    document = {"Version": "2012-10-17", "Statement": [statement]}
    policy = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document}}
    return {**template, "Resources": {**template.get("Resources", {}), "P": policy}}


def on(resource, **template):
    return one_policy({"Effect": "Allow", "Action": "s3:GetObject", "Resource": resource}, **template)


def explained(run, name, *more, action="s3:GetObject", resource="*"):
    ended = run("simulate", "--policy", name, "--action", action, "--resource", resource, *more)
    return {0: "allowed", 1: "denied"}.get(ended.returncode, ended.stderr)


def test_validate_finds_the_policies_of_a_template(run, write):
    ended = run("validate", "--format", "json", write("stack.yaml", TEMPLATE))
    files = {file["file"]: file for file in json.loads(ended.stdout)["files"]}
    assert {name: file["kind"] for name, file in files.items()} == {
        "stack.yaml#Worker.AssumeRolePolicyDocument": "trust", "stack.yaml#Worker.Policies[0].PolicyDocument": "inline",
        "stack.yaml#Managed.PolicyDocument": "identity", "stack.yaml#Bucket.PolicyDocument": "resource",
        "stack.yaml#Entry.PolicyDocument": "resource"}
    findings = {name: [(f["code"], f["line"]) for f in file["findings"]] for name, file in files.items()}
    line = TEMPLATE[:TEMPLATE.index("s3:PutObjct")].count("\n") + 1
    assert findings.pop("stack.yaml#Worker.Policies[0].PolicyDocument") == [("INVALID_ACTION", line)]
    assert findings.pop("stack.yaml#Entry.PolicyDocument") == [("RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL", 1)]
    assert [found for found in findings.values() if found] == []
    assert ended.returncode == 1 and ended.stderr == ""


def test_conditions_and_parameters_choose(run, write):
    name = write("stack.yaml", TEMPLATE)
    ended = run("validate", "--format", "json", "--parameter", "Stage=prod", name)
    files = {file["file"] for file in json.loads(ended.stdout)["files"]}
    assert {"stack.yaml#OnlyProd.PolicyDocument", "stack.yaml#Worker.Policies[1].PolicyDocument"} <= files
    worker = (f"{name}#Worker.Policies[0]", "--allow-unknown-names")
    assert explained(run, *worker, resource="arn:aws:s3:::files-dev/a") == "allowed"
    assert explained(run, *worker, "--parameter", "Stage=prod", resource="arn:aws:s3:::files-dev/a") == "denied"
    assert explained(run, *worker, "--parameter", "Files=x", resource="arn:aws:s3:::files-dev/a") == "allowed"
    assert explained(run, *worker, "--parameter", "Files.Arn=arn:aws:s3:::x", resource="arn:aws:s3:::x/a") == "allowed"
    assert "'Stage' is not NAME=VALUE" in run("validate", "--parameter", "Stage", name).stderr


@pytest.mark.parametrize("action, resource", [
    ("sqs:SendMessage", "arn:aws:sqs:us-east-1:123456789012:Jobs"), ("sns:Publish", "arn:aws:sns:us-east-1:123456789012:News"),
    ("dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:123456789012:table/orders")])
def test_arns_of_resources_have_aws_form(run, write, action, resource):
    name = write("stack.yaml", TEMPLATE) + "#Managed"
    assert explained(run, name, action=action, resource=resource) == "allowed"
    assert explained(run, name, "--parameter", "AWS::Region=eu-west-1", action=action, resource=resource) == "denied"


def test_a_resource_policy_of_a_template(run, write):
    name = write("stack.yaml", TEMPLATE) + "#Bucket"
    for account, expected in (("111122223333", 0), ("444455556666", 1)):
        ended = run("simulate", "--resource-policy", name, "--policy", "arn:aws:iam::aws:policy/AdministratorAccess", "--principal", f"arn:aws:iam::{account}:user/x", "--action", "s3:GetObject",
                    "--resource", "arn:aws:s3:::files-dev/x/blue", "--resource-account", "123456789012")
        assert ended.returncode == expected, ended.stdout + ended.stderr
    role = ("simulate", "--resource-policy", name, "--principal", "arn:aws:sts::123456789012:assumed-role/worker/x",
            "--role-arn", "arn:aws:iam::123456789012:role/team/worker", "--action", "s3:GetObject", "--resource-account",
            "123456789012", "--context", "aws:username=ann", "--resource")
    assert run(*role, "arn:aws:s3:::files-dev/ann/blue").returncode == 0
    assert run(*role, "arn:aws:s3:::files-dev/bob/blue").returncode == 1


def test_a_suite_names_policies_of_a_template(run, write):
    write("stack.yaml", TEMPLATE)
    suite = """parameters: {Stage: prod}
allowUnknownNames: true
policies: {worker: "stack.yaml#Worker.Policies[0]"}
cases:
  - {name: no deletion, given: {policies: worker}, when: {action: s3:DeleteObject}, expect: explicitDeny}
"""
    ended = run("test", write("suite.yaml", suite))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert run("test", write("suite.yaml", suite.replace("explicitDeny", "implicitDeny"))).returncode == 1


def test_names_that_do_not_lead_to_one_policy(run, write):
    name = write("stack.yaml", TEMPLATE)
    for wanted, words in ((name, "names several policies; there are stack.yaml#Worker.AssumeRolePolicyDocument, "),
                          (f"{name}#Worker", "names several policies"), (f"{name}#Nothing", "names no policy; there are"),
                          (f"{name}#Work", "names no policy")):
        assert words in explained(run, wanted)
    assert explained(run, write("one.json", on("*"))) == "allowed"


@pytest.mark.parametrize("resource, arn", [
    ({"Ref": "A"}, "arn:aws:s3:::b/x"), ({"Fn::Sub": "${A}"}, "arn:aws:s3:::b/x"),
    ({"Fn::Join": ["/", ["arn:aws:s3:::b", {"Fn::Select": ["1", ["a", "x"]]}]]}, "arn:aws:s3:::b/x"),
    ({"Fn::Join": [":", {"Fn::Split": ["|", "arn|aws|s3|||b/x"]}]}, "arn:aws:s3:::b/x"),
    ({"Fn::FindInMap": ["M", "a", "b"]}, "arn:aws:s3:::b/x"),
    ({"Fn::FindInMap": ["M", "a", "z", {"DefaultValue": "arn:aws:s3:::b/x"}]}, "arn:aws:s3:::b/x"),
    ({"Fn::If": ["Yes", "arn:aws:s3:::b/x", {"Fn::Cidr": []}]}, "arn:aws:s3:::b/x"),
    ({"Fn::If": ["No", {"Fn::Cidr": []}, "arn:aws:s3:::b/x"]}, "arn:aws:s3:::b/x"),
    ([{"Ref": "AWS::NoValue"}, "arn:aws:s3:::b/x"], "arn:aws:s3:::b/x"),
    ({"Fn::Sub": "arn:${AWS::Partition}:s3:::${B}/*"}, "arn:aws:s3:::b/x"),
    ({"Fn::GetAtt": "B.Arn"}, "arn:aws:s3:::b"), ({"Fn::GetAtt": ["K", "Arn"]}, "arn:aws:kms:us-east-1:123456789012:key/K"),
    ({"Fn::GetAtt": ["L", "Arn"]}, "arn:aws:lambda:us-east-1:123456789012:function:L"),
    ({"Fn::GetAtt": ["S", "Arn"]}, "arn:aws:states:us-east-1:123456789012:stateMachine:S"),
    ({"Ref": "X"}, "arn:aws:secretsmanager:us-east-1:123456789012:secret:db"),
    ({"Fn::GetAtt": ["U", "Arn"]}, "arn:aws:iam::123456789012:user/a/b/ann"),
    ({"Fn::GetAtt": ["T", "StreamArn"]}, "arn:aws:dynamodb:us-east-1:123456789012:table/T/stream/2026"),
    ({"Fn::GetAtt": ["D", "Arn"]}, "arn:aws:es:us-east-1:123456789012:domain/D"),
])
def test_functions(run, write, resource, arn):
    template = on(resource, Parameters={"A": {"Type": "String", "Default": "arn:aws:s3:::b/x"}},
                  Mappings={"M": {"a": {"b": "arn:aws:s3:::b/x"}}},
                  Conditions={"Yes": {"Fn::Equals": ["1", "1"]}, "No": {"Fn::Not": [{"Condition": "Yes"}]}},
                  Resources={
                      "B": {"Type": "AWS::S3::Bucket"}, "K": {"Type": "AWS::KMS::Key"}, "L": {"Type": "AWS::Lambda::Function"},
                      "S": {"Type": "AWS::StepFunctions::StateMachine"}, "T": {"Type": "AWS::DynamoDB::Table"},
                      "X": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "db"}},
                      "U": {"Type": "AWS::IAM::User", "Properties": {"UserName": "ann", "Path": "/a/b/"}},
                      "D": {"Type": "AWS::OpenSearchService::Domain"}})
    assert explained(run, write("t.json", template), "--allow-unknown-names", resource=arn) == "allowed"
    assert explained(run, write("t.json", template), "--allow-unknown-names", resource=arn + "y-other") == (
        "allowed" if "*" in json.dumps(resource) or "Stream" in json.dumps(resource) else "denied")


@pytest.mark.parametrize("resource, words", [
    ({"Ref": "A"}, "the parameter 'A' cannot be resolved: it has no default"), ({"Ref": "Z"}, "Ref 'Z' cannot be resolved"),
    ({"Fn::Sub": "${aws:username}"}, "written ${!aws:username}"), ({"Fn::GetAtt": ["C", "Arn"]}, "Fn::GetAtt 'C.Arn' cannot"),
    ({"Fn::GetAtt": ["Z", "Arn"]}, "there is no resource 'Z'"), ({"Fn::ImportValue": "shared"}, "Fn::ImportValue 'shared' cannot"),
    ({"Fn::Transform": {"Name": "x"}}, "Fn::Transform cannot be resolved"), ({"Ref": "P1"}, "Parameter Store"),
    ({"Fn::FindInMap": ["M", "a", "b"]}, "Fn::FindInMap 'M.a.b' cannot"), ({"Fn::If": ["Z", "a", "b"]}, "no condition 'Z'"),
    ({"Fn::If": ["Loop", "a", "b"]}, "refers to itself"), ({"Fn::Select": ["7", ["a"]]}, "no item '7'"),
    ({"Fn::Join": ["", "a"]}, "is no list"), ({"Ref": "Own"}, "refers to itself"),
])
def test_what_cannot_be_resolved_is_named(run, write, resource, words):
    template = on(resource, Parameters={"A": {"Type": "String"}, "P1": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/x"}},
                  Conditions={"Loop": {"Condition": "Loop"}},
                  Resources={"C": {"Type": "Custom::Thing"},
                             "Own": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Fn::Sub": "${Own}"}}}})
    template["Resources"]["Good"] = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {
        "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObjct", "Resource": "*"}]}}}
    ended = run("validate", write("t.json", template))
    assert ended.returncode == 2 and words in ended.stderr and "t.json:1:" in ended.stderr, ended.stderr
    assert "s3:GetObjct" in ended.stdout
    assert words in explained(run, "t.json#P")


def test_the_rest_of_a_policy_is_checked(run, write):
    """What is not known stands for anything: nothing is said of it, but of all that stands beside it."""
    unknown = {"Ref": "A"}
    statements = [
        {"Sid": "One", "Effect": "Allow", "Action": "s3:GetObjct", "Resource": unknown},
        {"Effect": "Allow", "Action": ["sqs:SendMessage", unknown], "Resource": [
            {"Fn::Join": ["", ["arn:aws:sqs:us-east-1:", unknown, ":q"]]}, "arn:aws:sqs:us-eats-1:111122223333:q",
            {"Fn::Sub": "arn:aws:sqs:us-east-1:${A}:q"}, {"Fn::Join": [":", {"Ref": "L"}]}, {"Fn::Select": [0, {"Fn::Split": [":", unknown]}]}]},
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::b", "Condition": {
            "StringEquals": {"aws:SourceAccount": {"Fn::ImportValue": "account"}}, "NumericLessThan": {"s3:max-keys": unknown}}},
        {"Sid": unknown, "Effect": "Deny", "Action": "iam:PassRole", "Resource": {"Fn::GetAtt": ["C", "Arn"]}},
    ]
    template = one_policy(statements[0], Parameters={"A": {"Type": "String"}, "L": {"Type": "CommaDelimitedList"}},
                          Resources={"C": {"Type": "Custom::Thing"}, "R": {"Type": "AWS::IAM::Role", "Properties": {
                              "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": {
                                  "Effect": "Allow", "Principal": {"AWS": unknown}, "Action": "sts:AssumeRole", "Resource": "*"}}}}})
    template["Resources"]["P"]["Properties"]["PolicyDocument"]["Statement"] = statements
    name = write("t.json", template)
    ended = run("validate", "--format", "json", name)
    found = {file["file"]: [f["code"] for f in file["findings"]] for file in json.loads(ended.stdout)["files"]}
    assert found == {"t.json#P.PolicyDocument": ["INVALID_ACTION", "INVALID_ARN_REGION"],
                     "t.json#R.AssumeRolePolicyDocument": ["ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE"]}
    assert ended.returncode == 2
    for said, times in (("the parameter 'A' cannot be resolved", 8), ("the parameter 'L'", 1), ("Fn::ImportValue 'account'", 1),
                        ("Fn::GetAtt 'C.Arn'", 1)):
        assert ended.stderr.count(said) == times, ended.stderr
    # Nothing is decided by a policy that is not known in full, nor is a branch chosen by what is not known.
    assert "the parameter 'A' cannot be resolved" in explained(run, f"{name}#P")
    template = on({"Fn::If": ["Yes", "arn:aws:s3:::b", "arn:aws:s3:::c"]}, Parameters={"A": {"Type": "String"}},
                  Conditions={"Yes": {"Fn::Equals": [unknown, "x"]}})
    ended = run("validate", write("t.json", template))
    assert (ended.returncode, ended.stdout) == (2, "") and "the parameter 'A' cannot be resolved" in ended.stderr


def test_parameters_that_are_given(run, write):
    template = on([{"Ref": "A"}, {"Fn::ImportValue": "shared"}, {"Fn::GetAtt": ["C", "Arn"]}], Parameters={"A": {"Type": "String"}},
                  Resources={"C": {"Type": "Custom::Thing"}})
    name = write("t.json", template)
    given = [part for key in ("A", "shared", "C.Arn") for part in ("--parameter", f"{key}=arn:aws:s3:::{key}/*")]
    assert run("validate", *given, name).stdout == ""
    for key in ("A", "shared", "C.Arn"):
        assert explained(run, name, *given, resource=f"arn:aws:s3:::{key}/x") == "allowed"


def test_parameters_that_nobody_has(run, write):
    name = write("t.json", on([{"Ref": "Bucket"}, {"Fn::ImportValue": "shared"}], Parameters={"Bucket": {"Type": "String"}}))
    ended = run("validate", name)
    assert "Give it a value: --parameter Bucket=VALUE" in ended.stderr
    refused = run("validate", "--parameter", "Bukket=b", name)
    said = "the parameter 'Bukket' means nothing to any template; did you mean Bucket?"
    assert refused.returncode == 2 and said in refused.stderr
    question = ("simulate", "--policy", name, "--action", "s3:GetObject")
    refused = run(*question, "--parameter", "Bukket=b")
    assert refused.returncode == 2 and said in refused.stderr
    good = ("--parameter", "Bucket=arn:aws:s3:::b", "--parameter", "shared=arn:aws:s3:::c", "--parameter", "AWS::Region=eu-west-1")
    assert run("validate", *good, name).stderr == ""
    # A name of one template is known, whatever other templates there are.
    other = write("other.json", on({"Ref": "Queue"}, Parameters={"Queue": {"Type": "String"}}))
    assert run("validate", *good, "--parameter", "Queue=arn:aws:s3:::q", name, other).stderr == ""
    suite = write("s.test.yaml", f"parameters: {{Bukket: b}}\npolicies: {{p: {name}}}\n"
                  "cases: [{name: a, given: {policies: p}, when: {action: s3:GetObject}, expect: denied}]\n")
    refused = run("test", suite)
    assert refused.returncode == 2 and said in refused.stderr and "s.test.yaml:1:" in refused.stderr


def test_a_template_that_grows_without_end(run, write):
    resources = {f"B{number}": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Fn::Sub": f"${{B{number + 1}}}" * 2}}}
                 for number in range(40)}
    resources["B40"] = {"Type": "AWS::S3::Bucket"}
    assert "too much text" in explained(run, write("t.json", on({"Ref": "B0"}, Resources=resources)))


def test_templates_without_policies(run, write, tmp_path):
    (tmp_path / "stacks").mkdir()
    write("stacks/empty.yaml", "Resources:\n  A: {Type: AWS::S3::Bucket, Metadata: {Statement: none}}\n")
    write("stacks/stack.yaml", TEMPLATE)
    assert "holds no policy" in run("validate", "stacks/empty.yaml").stderr
    ended = run("validate", "stacks")
    assert (ended.returncode, ended.stdout.splitlines()[-1]) == (1, "5 documents: 1 error, 1 security warning")


def test_plans_are_named_alike(run, write):
    document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]})
    plan = {"planned_values": {"root_module": {"resources": [
        {"address": "aws_iam_policy.a", "type": "aws_iam_policy", "values": {"policy": document}},
        {"address": "aws_iam_role_policy.b", "type": "aws_iam_role_policy", "values": {"policy": document}}]}}}
    name = write("plan.json", plan)
    assert explained(run, f"{name}#aws_iam_policy.a") == explained(run, f"{name}#aws_iam_role_policy.b.policy") == "allowed"
    kinds = [file["kind"] for file in json.loads(run("validate", "--format", "json", name).stdout)["files"]]
    assert kinds == ["identity", "inline"]
