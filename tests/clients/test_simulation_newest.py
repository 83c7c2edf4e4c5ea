"""What AWS's simulator has got lately: SCPs given as documents, and policies that are left out.

The rules are those that AWS's model has in words (OrderedOrganizationPolicyInputList, PolicyExclusionList).
"""

import json

import pytest

from newer import Newer
from support import ACCOUNT, Caller, allow, deny, invalid, policy, refused, root_arn, trust

ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
OBJECT = "arn:aws:s3:::b/x"
ALL = policy(allow("*"))


def bad_input(message=None, pattern=None):
    return refused("InvalidInput", 400, message, pattern)


# SCPs as documents ----------------------------------------------------------------------------------------------------

def limited(root, *levels, action="s3:GetObject", resource=OBJECT, documents=(ALL,), **more):
    """The one result of a simulation below an organization; each level is a list of documents."""
    answer = Newer(root).simulate_custom_policy(
        PolicyInputList=list(documents), ActionNames=[action], ResourceArns=[resource],
        OrderedOrganizationPolicyInputList=[{"ServiceControlPolicyInputList": list(level)} for level in levels], **more)
    result, = answer["EvaluationResults"]
    return result


def test_every_level_must_allow(root):
    no_puts = policy(allow("*"), deny("s3:Put*"))
    only_s3 = policy(allow("s3:*"))
    only_iam = policy(allow("iam:*"))
    for levels, action, decision in (
        ([[ALL]], "s3:GetObject", "allowed"),
        ([[ALL], [ALL], [ALL]], "s3:GetObject", "allowed"),
        ([[ALL], [only_s3]], "s3:GetObject", "allowed"),
        ([[ALL], [only_s3], [only_iam]], "s3:GetObject", "implicitDeny"),  # a unit's Allow does not replace an account's
        ([[ALL], [only_s3, only_iam]], "iam:GetUser", "allowed"),          # within a level one of them is enough
        ([[no_puts], [ALL]], "s3:PutObject", "implicitDeny"),
        ([[ALL], [no_puts]], "s3:PutObject", "implicitDeny"),
        ([[ALL, no_puts]], "s3:PutObject", "implicitDeny"),
        ([[ALL], []], "s3:GetObject", "implicitDeny"),                     # a level without SCPs allows nothing
    ):
        resource = OBJECT if action.startswith("s3") else ALICE
        found = limited(root, *levels, action=action, resource=resource)
        assert (levels, found["EvalDecision"]) == (levels, decision)
        assert found["OrganizationsDecisionDetail"] == {"AllowedByOrganizations": decision == "allowed"}


def test_what_scps_refuse_has_no_statements_and_no_details(root):
    guard = policy(allow("*"), deny("s3:Put*", Condition={"StringNotEquals": {"aws:PrincipalTag/team": "red"}}))
    assert limited(root, [guard], action="s3:PutObject") == {
        "EvalActionName": "s3:PutObject", "EvalResourceName": OBJECT, "EvalDecision": "implicitDeny",
        "MatchedStatements": [], "MissingContextValues": [], "OrganizationsDecisionDetail": {"AllowedByOrganizations": False}}
    red = {"ContextKeyName": "aws:PrincipalTag/team", "ContextKeyType": "string", "ContextKeyValues": ["red"]}
    found = limited(root, [guard], action="s3:PutObject", ContextEntries=[red])
    assert found["EvalDecision"] == "allowed"
    assert [one["SourcePolicyId"] for one in found["MatchedStatements"]] == ["PolicyInputList.1"]


def test_scps_grant_nothing(root):
    found = limited(root, [ALL], documents=[policy(allow("iam:*"))])
    assert (found["EvalDecision"], found["OrganizationsDecisionDetail"]) == ("implicitDeny", {"AllowedByOrganizations": True})


def test_without_levels_there_is_no_organization(root):
    for more in ({}, {"OrderedOrganizationPolicyInputList": []}):
        result, = Newer(root).simulate_custom_policy(PolicyInputList=[ALL], ActionNames=["s3:GetObject"], **more)["EvaluationResults"]
        assert result["EvalDecision"] == "allowed" and "OrganizationsDecisionDetail" not in result


def test_service_linked_roles_are_limited_by_no_scp(root):
    for caller, decision in ((f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS", "allowed"),
                             (f"arn:aws:iam::{ACCOUNT}:role/job", "implicitDeny"), (ALICE, "implicitDeny")):
        assert limited(root, [policy(deny("*"))], CallerArn=caller)["EvalDecision"] == decision


@pytest.mark.parametrize("document", ["{", "", policy(trust("*", "s3:*", Resource="*")), policy(allow("*"), version="2008-10-17"),
                                      policy({"Effect": "Allow", "Action": "s3:*"})])
def test_scps_are_checked(root, document):
    with bad_input("Policy input list item 2 has invalid content"):
        limited(root, [ALL], [ALL, document])


def test_one_broken_scp_among_many_levels_allows_nothing(root):
    """A Deny that cannot be read never becomes an Allow."""
    broken = policy({"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"NoOperator": {"a:b": "c"}}})
    with bad_input("Policy input list item 1 has invalid content"):
        limited(root, [ALL], [broken])


# Policies left out ----------------------------------------------------------------------------------------------------

@pytest.fixture
def alice(root):
    """A user with a policy of each kind: each allows an action of its own."""
    iam = root.iam
    own = iam.create_policy(PolicyName="Own", Path="/team/", PolicyDocument=policy(allow("s3:GetObject")))["Policy"]["Arn"]
    wide = iam.create_policy(PolicyName="Wide", PolicyDocument=ALL)["Policy"]["Arn"]
    iam.create_user(UserName="alice", PermissionsBoundary=iam.create_policy(
        PolicyName="Fence", PolicyDocument=policy(allow(["s3:*", "sqs:*", "iam:GetUser"])))["Policy"]["Arn"])
    iam.create_group(GroupName="readers")
    iam.add_user_to_group(GroupName="readers", UserName="alice")
    iam.attach_user_policy(UserName="alice", PolicyArn=own)
    iam.attach_user_policy(UserName="alice", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    iam.put_user_policy(UserName="alice", PolicyName="Mine", PolicyDocument=policy(allow("s3:PutObject")))
    iam.put_group_policy(GroupName="readers", PolicyName="Mine", PolicyDocument=policy(allow("sqs:SendMessage")))
    iam.put_user_policy(UserName="alice", PolicyName="Beyond", PolicyDocument=policy(allow("kms:Decrypt")))
    assert wide
    return own


ACTIONS = {"s3:GetObject": "own", "iam:GetUser": "aws", "s3:PutObject": "mine", "sqs:SendMessage": "group", "kms:Decrypt": "beyond"}


def left(root, *exclusions, source=ALICE, **more):
    """By what of alice's policies something is allowed still."""
    answer = Newer(root).simulate_principal_policy(PolicySourceArn=source, ActionNames=list(ACTIONS),
                                                   PolicyExclusionList=list(exclusions), **more)
    return {ACTIONS[one["EvalActionName"]] for one in answer["EvaluationResults"] if one["EvalDecision"] == "allowed"}


def inline(name, kind, owner):
    return {"InlinePolicyIdentifier": {"PolicyName": name, "AttachmentType": kind, "AttachmentName": owner}}


WITHIN = {"own", "aws", "mine", "group"}  # what the boundary lets pass


@pytest.mark.parametrize("exclusions, remaining", [
    ([], WITHIN),
    ([{"PolicyType": "aws-managed"}], WITHIN - {"aws"}),
    ([{"PolicyType": "user-managed"}], WITHIN - {"own"}),
    ([{"PolicyType": "inline"}], WITHIN - {"mine", "group"}),
    ([{"PolicyType": "permission-boundary"}], WITHIN | {"beyond"}),
    ([{"PolicyType": "rcp"}], WITHIN),
    ([{"PolicyType": "scp"}], WITHIN),
    ([{"PolicyType": "inline"}, {"PolicyType": "aws-managed"}], {"own"}),
    ([{"PolicyArn": "arn:aws:iam::aws:policy/IAMReadOnlyAccess"}], WITHIN - {"aws"}),
    ([{"PolicyArn": "arn:aws:iam::aws:policy/IAM*"}], WITHIN - {"aws"}),
    ([{"PolicyArn": "arn:aws:iam::aws:policy/IAM????OnlyAccess"}], WITHIN - {"aws"}),
    ([{"PolicyArn": "arn:aws:iam::aws:policy/IAM?OnlyAccess"}], WITHIN),
    ([{"PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/team/O*"}], WITHIN - {"own"}),
    ([{"PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/Own"}], WITHIN),
    ([{"PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/Fence"}], WITHIN),
    ([{"PolicyArn": "arn:aws:iam::111111111111:policy/team/*"}], WITHIN),
    ([inline("Mine", "user", "alice")], WITHIN - {"mine"}),
    ([inline("mine", "user", "ALICE")], WITHIN - {"mine"}),
    ([inline("Mine", "user", "a*e")], WITHIN - {"mine"}),
    ([inline("Mine", "user", "?????")], WITHIN - {"mine"}),
    ([inline("Mine", "user", "????")], WITHIN),
    ([inline("Mine", "group", "readers")], WITHIN - {"group"}),
    ([inline("Mine", "group", "*")], WITHIN - {"group"}),
    ([inline("Mine", "role", "*")], WITHIN),
    ([inline("Min", "user", "*")], WITHIN),
    ([inline("Own", "user", "alice")], WITHIN),  # a managed policy is no inline one of that name
])
def test_what_is_left(root, alice, exclusions, remaining):
    assert left(root, *exclusions) == remaining


def test_nothing_changes_but_the_simulation(root, alice):
    left(root, {"PolicyType": "inline"}, {"PolicyType": "permission-boundary"})
    assert root.iam.list_user_policies(UserName="alice")["PolicyNames"] == ["Beyond", "Mine"]
    assert left(root) == WITHIN


def test_documents_of_the_request_are_not_left_out(root, alice):
    assert "beyond" in left(root, {"PolicyType": "inline"}, {"PolicyType": "permission-boundary"},
                            PolicyInputList=[policy(allow("kms:Decrypt"))])
    assert left(root, {"PolicyType": "permission-boundary"}, PermissionsBoundaryPolicyInputList=[policy(allow("s3:*"))]) == {"own", "mine"}


def test_groups_and_roles_have_policies_to_leave_out(root, alice):
    group = f"arn:aws:iam::{ACCOUNT}:group/readers"
    assert left(root, source=group) == {"group"}
    assert left(root, inline("Mine", "user", "*"), source=group) == {"group"}
    assert left(root, inline("Mine", "group", "read*"), source=group) == set()
    role = root.role("job", root_arn(), allow("kms:Decrypt"))
    assert left(root, source=role) == {"beyond"}
    name, = root.iam.list_role_policies(RoleName="job")["PolicyNames"]
    assert left(root, inline(name, "role", "job"), source=role) == set()


def test_scps_are_left_out(server):
    member = "111111111111"
    answer = server.http("PUT", "/_iamlocal/organization", {}, json.dumps({
        "id": "o-exampleorgid", "management_account": "999999999999", "accounts": {member: "/"},
        "policies": [{"type": "scp", "name": "guard", "targets": ["/"], "document": json.loads(policy(deny("s3:*")))}]}).encode())
    assert answer.status == 200, answer.text
    caller = Caller(server, key=member)
    caller.user("alice", allow("*"))
    for exclusions, decision in (([], "implicitDeny"), ([{"PolicyType": "rcp"}], "implicitDeny"), ([{"PolicyType": "scp"}], "allowed")):
        result, = Newer(caller).simulate_principal_policy(
            PolicySourceArn=f"arn:aws:iam::{member}:user/alice", ActionNames=["s3:GetObject"],
            PolicyExclusionList=exclusions)["EvaluationResults"]
        assert result["EvalDecision"] == decision
        assert ("OrganizationsDecisionDetail" in result) == (decision == "implicitDeny")


@pytest.mark.parametrize("identifier", [
    {"PolicyArn": "Own"}, {"PolicyArn": ""}, {"PolicyArn": "arn:aws:iam::aws:policy/"}, {"PolicyArn": "arn:aws:iam::aws:policy/a*b*"},
    {"PolicyArn": "arn:aws:iam::*:policy/Own"}, {"PolicyArn": "arn:aws:iam::aws:pol*"}, {"PolicyArn": "arn:*:iam::aws:policy/Own"},
    {"PolicyArn": "arn:aws:iam:us-east-1:aws:policy/Own"}, {"PolicyArn": "arn:aws:s3::aws:policy/Own"},
    {"PolicyArn": f"arn:aws:iam::{ACCOUNT}:role/job"}, {"PolicyArn": "arn:aws:iam::12345:policy/Own"},
    {"PolicyArn": "arn:aws:iam::aws:policy/a b"},
    inline("Mi*", "user", "alice"), inline("Min?", "user", "alice"), inline("", "user", "alice"),
    inline("Mine", "user", "a*i*"), inline("Mine", "user", ""), inline("Mine", "user", "a/b"),
    {"PolicyType": "inline", "PolicyArn": "arn:aws:iam::aws:policy/IAMReadOnlyAccess"},
    {"PolicyType": "inline", **inline("Mine", "user", "alice")},
])
def test_identifiers_are_of_the_form(root, alice, identifier):
    with bad_input():
        left(root, {"PolicyType": "rcp"}, identifier)


def test_an_identifier_with_nothing_in_it(root, alice):
    with bad_input():
        left(root, {"Unknown": "x"})


def test_what_the_model_demands_of_an_identifier(root, alice):
    with invalid(pattern=r"policyExclusionList\.1\.member\.policyType' .*enum value set: \[.*aws-managed"):
        left(root, {"PolicyType": "session"})
    with invalid(pattern=r"policyExclusionList\.1\.member\.inlinePolicyIdentifier\.attachmentType' .*enum value set"):
        left(root, inline("Mine", "users", "alice"))
    with invalid(pattern=r"policyExclusionList\.2\.member\.inlinePolicyIdentifier\.policyName' .*must not be null"):
        left(root, {"PolicyType": "rcp"}, {"InlinePolicyIdentifier": {"AttachmentType": "user", "AttachmentName": "a"}})


def test_identifiers_without_end(root, alice):
    """What would take long to compare is refused."""
    for number in range(10):
        root.iam.put_user_policy(UserName="alice", PolicyName=f"n{number}", PolicyDocument=policy(allow("a:b")))
    for number in range(40):
        root.iam.put_group_policy(GroupName="readers", PolicyName=f"n{number}", PolicyDocument=policy(allow("a:b")))
    many = [{"PolicyArn": "arn:aws:iam::aws:policy/" + "?" * 20 + "*" + "?" * 20} for _ in range(3000)]
    assert left(root, *many) == WITHIN
    with bad_input(pattern="too large to be simulated in one request"):
        left(root, {"PolicyArn": "arn:aws:iam::aws:policy/" + "x" * 990_000})
