"""`iamlocal policy`: policies from trails, compared, and asked what they can allow. Requests that it shows are asked again,
with `iamlocal simulate`."""

import gzip
import json

import pytest

import support
from commands import run  # noqa: F401 (a fixture)
from support import allow, deny, policy, trust

ALICE = "arn:aws:iam::111122223333:user/alice"


@pytest.fixture
def write(tmp_path):
    def write_file(name, *content):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content and isinstance(content[0], bytes):
            path.write_bytes(content[0])
        else:
            path.write_text(content[0] if content and isinstance(content[0], str) else policy(*content))
        return name

    return write_file


def simulated(run, document, witness, kind="--policy"):
    """Whether a document allows a request, by another command."""
    arguments = [kind, document, "--action", witness["action"], "--resource", witness["resource"], "--allow-unknown-names"]
    if "principal" in witness:
        arguments += ["--principal", witness["principal"]]
    for key, value in witness["context"].items():
        arguments += ["--context", f"{key}=[{','.join(value)}]" if isinstance(value, list) else f"{key}={value}"]
    answer = run("simulate", *arguments)
    assert answer.status in (0, 1), answer.err
    return answer.status == 0


# Help ----------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("arguments", [("policy", "--help"), ("help", "policy"), ("policy", "generate", "--help"),
                                       ("policy", "diff", "--help"), ("policy", "check", "--help")])
def test_help(run, arguments):
    answer = run(*arguments)
    assert (answer.status, answer.err) == (0, "")
    assert all(len(line) <= 80 for line in answer.out.splitlines()), answer.out
    assert "iamlocal policy" in answer.out


@pytest.mark.parametrize(("arguments", "complaint"), [
    (["dif"], "there is no command 'dif'; did you mean diff?"),
    (["diff", "a.json"], "NEW is required"),
    (["check", "a.json"], "say what to ask: --no-access, --no-new-access, --no-public-access or --no-escalation"),
    (["check", "a.json", "--no-access", "iam:PasRole"], "Did you mean iam:PassRole?"),
    (["check", "a.json", "--no-access", "iam"], "'iam' is not SERVICE:NAME"),
    (["check", "a.json", "--no-escalation", "--resource", "*"], "--resource goes with --no-access"),
    (["check", "missing.json", "--no-escalation"], "missing.json: cannot be opened"),
    (["check", "a.json", "--no-public-access"], "names no principals"),
    (["check", "trust.json", "--no-access", "sts:AssumeRole", "--resource", "*"], "is about its role alone"),
    (["diff", "a.json", "trust.json"], "is a policy of another kind"),
    (["diff", "a.json", "bad.json"], "bad.json:1:"),
    (["generate"], "say where from: --trail, --recording or --from-decisions"),
    (["generate", "--trail", "a.json"], "a.json: holds no events of CloudTrail"),
    (["generate", "--trail", "bad.json.gz"], "bad.json.gz: is not well-formed gzip"),
    (["generate", "--trail", "a.json", "--wildcard-from", "1"], "--wildcard-from is 0, or 2 and more"),
])
def test_what_cannot_be_used(run, write, arguments, complaint):
    write("a.json", allow("s3:GetObject"))
    write("trust.json", trust({"Service": "ec2.amazonaws.com"}))
    write("bad.json", '{"Version":"2012-10-17","Statement":[{"Effect":"Alow","Action":"*","Resource":"*"}]}')
    write("bad.json.gz", b"\x1f\x8bnothing")
    answer = run("policy", *arguments)
    assert (answer.status, answer.out) == (2, "")
    assert complaint in answer.err


# diff ----------------------------------------------------------------------------------------------------------------

def test_diff_shows_both_ways(run, write):
    old = write("old.json", allow(["s3:GetObject", "s3:DeleteObject"], "arn:aws:s3:::b/*"))
    new = write("new.json", allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::b/*"),
                deny("s3:GetObject", "arn:aws:s3:::b/secret/*"))
    answer = run("policy", "diff", old, new, "--format", "json")
    assert answer.status == 1
    (said,) = answer.json()["policies"]
    (gained,) = said["allows_now"]["found"]
    assert (gained["statement"], gained["action"], gained["other"]) == ("Statement[0]", "s3:PutObject", "implicitDeny")
    assert simulated(run, new, gained["witness"]) and not simulated(run, old, gained["witness"])
    lost = {found["action"]: found for found in said["no_longer_allows"]["found"]}
    assert {action: found["other"] for action, found in lost.items()} == {
        "s3:GetObject": "explicitDeny", "s3:DeleteObject": "implicitDeny"}
    for found in lost.values():
        assert simulated(run, old, found["witness"]) and not simulated(run, new, found["witness"])
    text = run("policy", "diff", old, new)
    assert text.status == 1
    assert text.out.startswith("new.json (identity)\n  allows now: s3:PutObject, by Statement[0] of the new document\n")
    assert "    the other document denies it explicitly\n" in text.out


def test_diff_is_as_the_page_shows_it(run, write):
    page = (support.REPOSITORY / "docs/least-privilege.md").read_text()
    old = write("old.json", allow("s3:GetObject", "arn:aws:s3:::b/*"))
    new = write("new.json", allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::b/*"),
                deny("s3:GetObject", "arn:aws:s3:::b/secret/*"))
    assert f"```\n{run('policy', 'diff', old, new).out}```\n" in page


def test_diff_of_the_same(run, write):
    old = write("old.json", allow("s3:Get*", ["arn:aws:s3:::b/*", "arn:aws:s3:::c/${aws:username}/*"],
                                  Condition={"StringLike": {"aws:PrincipalTag/team": ["a*", "b"]}}))
    new = write("new.yaml", "Version: '2012-10-17'\nStatement:\n"
                "- {Effect: Allow, Action: ['s3:GetObject', 's3:Get*'], Resource: 'arn:aws:s3:::b/*',"
                " Condition: {StringLike: {'aws:PrincipalTag/team': [b, 'a*']}}}\n"
                "- {Effect: Allow, Action: 's3:get*', Resource: 'arn:aws:s3:::c/${aws:username}/*',"
                " Condition: {StringLike: {'aws:PrincipalTag/team': [b, 'a*']}}}\n")
    answer = run("policy", "diff", old, new)
    assert (answer.status, answer.out) == (0, "new.yaml (identity)\n  allows the same\n")


def test_diff_of_trust_policies(run, write):
    old = write("old.json", trust("arn:aws:iam::111122223333:role/ci"))
    new = write("new.json", trust("111122223333"))
    (said,) = run("policy", "diff", old, new, "--format", "json").json()["policies"]
    assert said["kind"] == "trust"
    (gained,) = said["allows_now"]["found"]
    assert gained["witness"]["principal"].split(":")[4] == "111122223333"
    assert said["no_longer_allows"] == {"found": [], "cannot_tell": []}
    conditional = write("conditional.json", trust("111122223333", Condition={"StringEquals": {"sts:ExternalId": "x"}}))
    assert run("policy", "diff", conditional, new).status == 1
    (said,) = run("policy", "diff", conditional, new, "--format", "json").json()["policies"]
    assert said["no_longer_allows"]["found"] == []


def test_diff_of_folders(run, write):
    write("before/a.json", allow("s3:GetObject"))
    write("before/gone.json", allow("s3:GetObject"))
    write("after/a.json", allow("s3:GetObject"))
    write("after/deep/more.json", allow("s3:PutObject"))
    write("after/readme.json", "{}")
    answer = run("policy", "diff", "before", "after", "--format", "json")
    assert answer.status == 1
    assert [(p["file"], p.get("only"), len(p["allows_now"]["found"]), len(p["no_longer_allows"]["found"]))
            for p in answer.json()["policies"]] == [
        ("after/a.json", None, 0, 0), ("after/deep/more.json", "new", 1, 0), ("before/gone.json", "old", 0, 1)]


@pytest.mark.parametrize("kind", ["identity", "boundary", "session", "scp"])
def test_diff_of_every_kind_that_is_held(run, write, kind):
    old, new = write("old.json", allow("s3:Get*")), write("new.json", allow("s3:*"))
    assert run("policy", "diff", old, new, "--kind", kind).status == 1
    assert run("policy", "diff", old, old, "--kind", kind).status == 0


def test_diff_of_managed_policies(run):
    arn = "arn:aws:iam::aws:policy/"
    assert run("policy", "diff", arn + "IAMReadOnlyAccess", arn + "IAMReadOnlyAccess").status == 0
    answer = run("policy", "diff", arn + "IAMReadOnlyAccess", arn + "IAMFullAccess", "--format", "json")
    (said,) = answer.json()["policies"]
    assert answer.status == 1
    assert said["no_longer_allows"] == {"found": [], "cannot_tell": []}


def test_large_policies_are_compared(run):
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    assert run("policy", "diff", arn, arn).status == 0


# check ---------------------------------------------------------------------------------------------------------------

def test_check_no_access(run, write):
    name = write("a.json", allow("iam:*"), deny("iam:PassRole", "arn:aws:iam::*:role/admin*"))
    answer = run("policy", "check", name, "--no-access", "iam:PassRole,s3:*", "--format", "json")
    assert answer.status == 1
    passes, s3 = answer.json()["policies"][0]["answers"]
    assert (passes["answer"], s3["answer"]) == ("can", "never")
    assert simulated(run, name, passes["witness"])
    never = run("policy", "check", name, "--no-access", "iam:PassRole", "--resource", "arn:aws:iam::111122223333:role/admin-*")
    assert (never.status, never.out) == (
        0, "a.json (identity)\n  never: iam:PassRole on arn:aws:iam::111122223333:role/admin-*\n")


def test_check_cannot_tell(run, write):
    name = write("a.json", allow("s3:GetObject", Condition={
        "ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}, "ForAnyValue:StringNotLike": {"aws:TagKeys": ["a", "*"]}}))
    answer = run("policy", "check", name, "--no-access", "s3:GetObject")
    assert answer.status == 3
    assert answer.out == ("a.json (identity)\n  cannot tell: s3:GetObject\n    Statement[0]: no values were found for the "
                          "conditions StringEquals aws:TagKeys and StringNotLike aws:TagKeys\n")


def test_check_no_new_access(run, write):
    reference = write("reference.json", allow(["s3:Get*", "s3:List*"]))
    assert run("policy", "check", write("a.json", allow("s3:GetObject")), "--no-new-access", reference).status == 0
    wider = run("policy", "check", write("b.json", allow("s3:*", Sid="Wide")), "--no-new-access", reference)
    assert wider.status == 1
    assert wider.out.startswith("b.json (identity)\n  can: new access to s3:*, by Statement[0] (Wide)\n")


def resource_policy(*statements):
    return policy(*({**statement, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"} for statement in statements))


def test_check_no_public_access(run, write):
    public = write("public.json", resource_policy({"Effect": "Allow", "Principal": "*"}))
    answer = run("policy", "check", public, "--no-public-access")
    assert (answer.status, answer.out) == (1, "public.json (resource)\n  can: access for anybody, by Statement[0]\n"
                                              "    s3:GetObject on arn:aws:s3:::b/example by an anonymous caller\n")
    ours = write("ours.json", resource_policy({"Effect": "Allow", "Principal": "*", "Condition": {
        "StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}))
    assert run("policy", "check", ours, "--no-public-access").status == 0


def test_check_no_escalation(run, write):
    good = write("good.json", allow("iam:CreateAccessKey", "arn:aws:iam::*:user/${aws:username}"))
    assert run("policy", "check", good, "--no-escalation").status == 0
    bad = write("bad.json", allow(["iam:PassRole", "ec2:RunInstances"]))
    answer = run("policy", "check", bad, "--no-escalation")
    assert answer.status == 1
    assert "can: escalation by ec2:RunInstances with iam:PassRole, by Statement[0]" in answer.out
    assert "it can start instances with any role that is passed" in answer.out


def test_check_of_a_folder_and_of_standard_input(run, write):
    write("all/a.json", allow("s3:*"))
    write("all/b.json", allow("iam:*"))
    answer = run("policy", "check", "all", "--no-access", "iam:PassRole", "--format", "json")
    assert [(p["file"], p["answers"][0]["answer"]) for p in answer.json()["policies"]] == [
        ("all/a.json", "never"), ("all/b.json", "can")]
    assert run("policy", "check", "-", "--no-access", "iam:PassRole", stdin=policy(allow("s3:*"))).status == 0


# generate ------------------------------------------------------------------------------------------------------------

def event(source, name, **more):
    identity = {"type": "IAMUser", "arn": ALICE, "accountId": "111122223333", "userName": "alice"}
    return {"eventVersion": "1.11", "userIdentity": identity,
            "eventSource": f"{source}.amazonaws.com", "eventName": name, "awsRegion": "eu-west-1", "requestParameters": None,
            "responseElements": None, "eventType": "AwsApiCall", "recipientAccountId": "111122223333", **more}


EVENTS = [event("s3", "ListObjectsV2", requestParameters={"bucketName": "b"}),
          event("s3", "GetObject", requestParameters={"bucketName": "b", "key": "k"}),
          event("iam", "CreateUser", requestParameters={"userName": "u"}, errorCode="AccessDenied")]


def test_generate_from_trails(run, write):
    write("AWSLogs/1/a.json.gz", gzip.compress(json.dumps({"Records": EVENTS[:2]}).encode()))
    write("AWSLogs/1/b.json", json.dumps({"Records": EVENTS[2:]}))
    write("AWSLogs/1/CloudTrail-Digest/d.json", "{}")
    answer = run("policy", "generate", "--trail", "AWSLogs", "--format", "json")
    assert answer.status == 0, answer.err
    (mine,) = answer.json()["principals"]
    assert mine["principal"] == ALICE
    assert mine["confirmed"] is True
    assert mine["refused"] == [{"action": "iam:CreateUser", "resource": "arn:aws:iam::111122223333:user/u", "count": 1}]
    assert mine["policy"] == json.loads(policy(allow("s3:GetObject", "arn:aws:s3:::b/k"), allow("s3:ListBucket", "arn:aws:s3:::b")))
    everything = run("policy", "generate", "--trail", "AWSLogs", "--format", "json", "--include-refused").json()
    assert len(everything["principals"][0]["policy"]["Statement"]) == 3
    name = write("least.json", json.dumps(mine["policy"]))
    assert run("validate", name).status == 0
    assert run("policy", "generate", "--trail", "AWSLogs", "--principal", "bob").status == 1


def test_generate_from_lookup_events(run):
    events = {"Events": [{"EventName": e["eventName"], "CloudTrailEvent": json.dumps(e)} for e in EVENTS]}
    answer = run("policy", "generate", "--trail", "-", "--principal", "alice", stdin=json.dumps(events))
    assert answer.status == 0, answer.err
    assert answer.out.startswith("3 events, 0 passed over\nEach resource is named")
    assert f"\n{ALICE}\n  was refused: iam:CreateUser on arn:aws:iam::111122223333:user/u\n" in answer.out
    assert '"s3:ListBucket"' in answer.out


def test_generate_says_what_is_not_certain(run, write):
    trail = write("t.json", json.dumps([event("s3", "CopyObject"), event("ec2", "RunInstances", requestParameters={})]))
    answer = run("policy", "generate", "--trail", trail)
    assert "  not certain: which permission CopyObject of s3.amazonaws.com needs is not known" in answer.out
    assert "  not certain: ec2:RunInstances works on several resources at once; * stands for them\n" in answer.out
    assert "  not certain: ec2:RunInstances may need iam:PassRole, of which trails have no events" in answer.out
