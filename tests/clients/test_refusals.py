"""What a refused caller is told: the policy that denies, and where the details are (GetRequestAuthorizationDetails)."""

import json

import pytest

from support import (ACCOUNT, DETAILS, OTHER_ACCOUNT, Caller, allow, call, denied, deny, policy, root_arn, send,
                     signed_headers, trust, without_details)

ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"


def refusal(caller, action, service="iam", **parameters):
    """The whole message of a refused call, and its authorization id."""
    answer = send(caller.server, call(service, action, **parameters), service=service, key=caller.key, secret=caller.secret,
                  token=caller.token)
    assert answer.status == 403, answer.text
    message = answer.xml()[0][2].text
    found = DETAILS.search(message)
    return message, found and found[1]


def details(caller, authorization_id, method="GET", **how):
    path = f"/authorization-details/{authorization_id}"
    headers = signed_headers(caller.server, method=method, path=path, key=caller.key, secret=caller.secret,
                             token=caller.token, **how)
    return caller.server.http(method, path, headers)


def error_of(answer):
    body = json.loads(answer.body)
    assert list(body) == ["message"] and answer.headers["content-type"] == "application/json"
    return answer.status, answer.headers["x-amzn-errortype"], body["message"]


# The policy that denies ----------------------------------------------------------------------------------------------


def test_a_managed_policy_that_denies_is_named(root):
    alice = root.user("alice", allow("*"))
    made = root.iam.create_policy(PolicyName="no", PolicyDocument=policy(deny("iam:GetRole")))["Policy"]["Arn"]
    words = f"User: {ALICE} is not authorized to perform: iam:GetRole on resource: role r with an explicit deny in "
    root.iam.attach_user_policy(UserName="alice", PolicyArn=made)
    with denied(f"{words}an identity-based policy: {made}"):
        alice.iam.get_role(RoleName="r")
    root.iam.detach_user_policy(UserName="alice", PolicyArn=made)
    root.iam.put_user_permissions_boundary(UserName="alice", PermissionsBoundary=made)
    with denied(f"{words}a permissions boundary: {made}"):
        alice.iam.get_role(RoleName="r")


def test_an_inline_policy_and_a_missing_allow_name_none(root):
    bob = root.user("bob", deny("iam:GetRole"))
    arn = f"arn:aws:iam::{ACCOUNT}:user/bob"
    with denied(f"User: {arn} is not authorized to perform: iam:GetRole on resource: role r with an explicit deny in an "
                "identity-based policy"):
        bob.iam.get_role(RoleName="r")
    made = root.iam.create_policy(PolicyName="little", PolicyDocument=policy(allow("s3:*")))["Policy"]["Arn"]
    root.iam.attach_user_policy(UserName="bob", PolicyArn=made)
    with denied(f"User: {arn} is not authorized to perform: iam:GetUser on resource: user x because no identity-based "
                "policy allows the iam:GetUser action"):
        bob.iam.get_user(UserName="x")


# Authorization ids ---------------------------------------------------------------------------------------------------


def test_refusals_of_iam_have_an_authorization_id(root):
    alice = root.user("alice")
    ids = set()
    for action, parameters in (("GetRole", {"RoleName": "r"}), ("ListAttachedRolePolicies", {"RoleName": "r"}),
                               ("ListAttachedUserPolicies", {"UserName": "u"}), ("GetAccountSummary", {}),
                               ("GetAccountProperties", {}),
                               ("SetSecurityTokenServicePreferences", {"GlobalEndpointTokenVersion": "v2Token"}),
                               ("CreateInstanceProfile", {"InstanceProfileName": "p"})):
        message, found = refusal(alice, action, **parameters)
        assert found and 20 <= len(found) <= 25, message
        assert message.startswith(f"User: {ALICE} is not authorized to perform: iam:{action} on resource: ")
        ids.add(found)
    assert len(ids) == 7


def test_ids_for_sessions_and_beside_the_policy_that_denies(root):
    """To the session of a role as to a user; after a managed policy's ARN, and where an inline policy denies."""
    alice = root.user("alice")
    session = alice.assume(root.role("job", alice.arn()))
    for action, parameters in (("GetAccountProperties", {}),
                               ("SetSecurityTokenServicePreferences", {"GlobalEndpointTokenVersion": "v2Token"})):
        message, found = refusal(session, action, **parameters)
        assert found and f"iam:{action} on resource: * because no identity-based policy allows" in message
    bob = root.user("bob", deny("iam:ListMFADevices"))
    message, found = refusal(bob, "ListMFADevices", UserName="bob")
    assert found and without_details(message).endswith("on resource: user bob with an explicit deny in an identity-based policy")
    made = root.iam.create_policy(PolicyName="no", PolicyDocument=policy(deny("iam:CreateInstanceProfile")))["Policy"]["Arn"]
    root.iam.attach_user_policy(UserName="bob", PolicyArn=made)
    message, found = refusal(bob, "CreateInstanceProfile", InstanceProfileName="p")
    assert found and without_details(message).endswith(f"with an explicit deny in an identity-based policy: {made}")


def test_some_refusals_have_none(root):
    alice = root.user("alice")
    job = root.role("job", root_arn(OTHER_ACCOUNT))
    for service, action, parameters in (
            ("iam", "ListInstanceProfiles", {}),
            ("iam", "CreateRole", {"RoleName": "r", "AssumeRolePolicyDocument": policy(trust(root_arn()))}),
            ("sts", "AssumeRole", {"RoleArn": job, "RoleSessionName": "s1"}),
            ("sts", "GetAccessKeyInfo", {"AccessKeyId": "AKIAIOSFODNN7EXAMPLE"})):
        message, found = refusal(alice, action, service, **parameters)
        assert found is None and message == without_details(message) and "Go to" not in message


def test_details_of_an_implicit_denial(root):
    alice = root.user("alice", allow("iam:GetRole", f"arn:aws:iam::{ACCOUNT}:role/mine"),
                      allow("iam:GetRequestAuthorizationDetails"))
    root.iam.create_group(GroupName="team")
    made = root.iam.create_policy(PolicyName="wide", PolicyDocument=policy(
        allow("iam:*", Sid="Tagged", Condition={"StringEquals": {"aws:PrincipalTag/team": "red"}})))["Policy"]["Arn"]
    root.iam.attach_group_policy(GroupName="team", PolicyArn=made)
    root.iam.add_user_to_group(GroupName="team", UserName="alice")
    root.iam.tag_user(UserName="alice", Tags=[{"Key": "team", "Value": "blue"}])
    _, found = refusal(alice, "GetRole", RoleName="r")
    # As they were then.
    root.iam.delete_user_policy(UserName="alice", PolicyName="inline")
    answer = details(root, found)
    assert answer.status == 200 and answer.headers["content-type"] == "application/json"
    body = json.loads(answer.body)
    assert list(body) == ["requestContext", "evaluations", "policies"]
    assert body["requestContext"]["aws:PrincipalArn"] == ALICE
    assert body["requestContext"]["aws:RequestedRegion"] == "us-east-1"
    assert body["evaluations"] == [{
        "action": "iam:GetRole", "resource": f"arn:aws:iam::{ACCOUNT}:role/r",
        "context": {"aws:principaltag/team": "blue"}, "evaluatedEffect": "IMPLICIT_DENY", "matchedPolicies": []}]
    assert body["policies"] == [
        {"type": "IDENTITY_BASED_POLICY", "inline": True, "uri": f"{ALICE}#inline", "attachedTo": [{"arn": ALICE}]},
        {"type": "IDENTITY_BASED_POLICY", "inline": False, "uri": made,
         "attachedTo": [{"arn": f"arn:aws:iam::{ACCOUNT}:group/team"}]}]


def test_details_of_an_explicit_denial(root):
    made = root.iam.create_policy(PolicyName="no", PolicyDocument=policy(deny("iam:DeleteUser", Sid="Keep")))["Policy"]["Arn"]
    alice = root.user("alice", allow("iam:*", Sid="All"), PermissionsBoundary=made)
    _, found = refusal(alice, "DeleteUser", UserName="x")
    body = json.loads(details(root, found).body)
    evaluation, = body["evaluations"]
    assert evaluation["evaluatedEffect"] == "EXPLICIT_DENY"
    assert evaluation["matchedPolicies"] == [
        {"uri": f"{ALICE}#inline", "matchedStatements": [{"sid": "All", "evaluatedEffect": "ALLOW"}]},
        {"uri": made, "matchedStatements": [{"sid": "Keep", "evaluatedEffect": "DENY"}]}]
    assert {one["type"] for one in body["policies"]} == {"IDENTITY_BASED_POLICY", "PERMISSIONS_BOUNDARY"}


def test_details_of_all_permissions_that_were_needed(root):
    alice = root.user("alice", allow("iam:CreateUser"))
    _, found = refusal(alice, "CreateUser", **{"UserName": "new", "Tags.member.1.Key": "k", "Tags.member.1.Value": "v"})
    evaluations = json.loads(details(root, found).body)["evaluations"]
    assert [(one["action"], one["evaluatedEffect"]) for one in evaluations] == [
        ("iam:CreateUser", "ALLOW"), ("iam:TagUser", "IMPLICIT_DENY")]


def test_who_may_read_details(server, root):
    alice = root.user("alice")
    _, found = refusal(alice, "GetRole", RoleName="r")
    action = "iam:GetRequestAuthorizationDetails"
    assert error_of(details(alice, found)) == (
        403, "AccessDeniedException", f"User: {ALICE} is not authorized to perform: {action} on resource: * because no "
        f"identity-based policy allows the {action} action")
    assert details(root.user("bob", allow(action)), found).status == 200
    nothing = (404, "ResourceNotFoundException", "There are no details of a refusal with this authorization id.")
    assert error_of(details(Caller(server, key=OTHER_ACCOUNT), found)) == nothing
    assert error_of(details(root, found[:-1])) == nothing


@pytest.mark.parametrize("unknown", ["", "0", "x", "A", "9fwl8rk7s35sljltb3mkkdi7f", "z" * 25, "z" * 2000, "a/b", "a.b"])
def test_unknown_ids(root, unknown):
    assert error_of(details(root, unknown))[:2] == (404, "ResourceNotFoundException")


def test_an_allowed_request_has_no_details(root):
    answer = send(root.server, call("iam", "ListUsers"))
    number = int(answer.headers["x-amzn-requestid"].replace("-", ""), 16)
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + text
    assert error_of(details(root, text))[:2] == (404, "ResourceNotFoundException")


def test_details_are_asked_for_with_a_signature_and_get(root):
    alice = root.user("alice")
    _, found = refusal(alice, "GetRole", RoleName="r")
    path = f"/authorization-details/{found}"
    assert error_of(root.server.http("GET", path))[:2] == (403, "MissingAuthenticationTokenException")
    assert error_of(details(Caller(root.server, root.key, "wrong"), found))[:2] == (403, "InvalidSignatureException")
    assert error_of(details(Caller(root.server, "AKIAIOSFODNN7EXAMPLE"), found))[:2] == (403, "UnrecognizedClientException")
    assert error_of(details(root, found, service="sts"))[:2] == (403, "InvalidSignatureException")
    assert error_of(details(root, found, method="POST"))[0] == 405


def test_a_role_session_may_read_them(root):
    job = root.role("job", root_arn(), allow("iam:GetRequestAuthorizationDetails"))
    alice = root.user("alice", allow("sts:AssumeRole"))
    session = alice.assume(job)
    _, found = refusal(session, "GetRole", RoleName="r")
    body = json.loads(details(session, found).body)
    assert body["requestContext"]["aws:PrincipalArn"] == job
    assert body["policies"] == [{"type": "IDENTITY_BASED_POLICY", "inline": True, "uri": f"{job}#inline",
                                 "attachedTo": [{"arn": job}]}]
