"""What AWS decided, refused and answered of trust policies, sessions and simulations, recorded in 2026."""

import base64
import json
import re

import pytest

from support import (ACCOUNT, OTHER_ACCOUNT, Caller, allow, answer_of, call, conflict, denied, deny, exists, invalid, limit,
                     not_found, of_credentials, policy, refused, root_arn, send, trust)

ARN = f"arn:aws:iam::{ACCOUNT}:"
EC2 = policy(trust({"Service": "ec2.amazonaws.com"}))
DOCUMENT = policy(allow("s3:ListAllMyBuckets"))
TAGS = [{"Key": "Environment", "Value": "test"}, {"Key": "Team", "Value": "red"}]
KEY_RULES = (
    "Member must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater "
    r"than or equal to 1, Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+, Member must not be null]")


def names_of(entity):
    return set(entity)


# Trust policies -------------------------------------------------------------------------------------------------------

ACTIONS = "token.actions.githubusercontent.com"
SUBJECTS = [
    "agent.buildkite.com", "oidc.codefresh.io", "studio.datachain.ai/api", "oidc-configuration.audit-log.githubusercontent.com",
    "vstoken.actions.githubusercontent.com", "gitlab.com", "scalr.io", "tokens.cloud.shisho.dev", "app.terraform.io",
    "proidc.upbound.io"]
AUDIENCES = ["api.pulumi.com/oidc", "sandboxes.cloud", "oidc.vercel.com"]
WINDOWS = "sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d"


def web(issuer, condition=None, **more):
    by_name = issuer in ("accounts.google.com", "www.amazon.com", "graph.facebook.com", "cognito-identity.amazonaws.com")
    provider = issuer if by_name else f"{ARN}oidc-provider/{issuer}"
    if condition is not None:
        more["Condition"] = condition
    return trust({"Federated": provider}, "sts:AssumeRoleWithWebIdentity", **more)


def scoped(issuer, key):
    return (f"Trust policy with trusted principal {issuer} must evaluate, using StringEquals, StringLike or "
            f"StringEqualsIgnoreCase, {key} which is not scoped to all.")


def verdict(iam, *statements):
    """The words of the refusal, or None; a role that is made is gone afterwards."""
    try:
        iam.create_role(RoleName="trial", AssumeRolePolicyDocument=policy(*statements))
    except iam.exceptions.MalformedPolicyDocumentException as error:
        return error.response["Error"]["Message"]
    iam.delete_role(RoleName="trial")
    return None


@pytest.mark.parametrize("issuer, key", [
    *((issuer, f"{issuer}:sub") for issuer in SUBJECTS), *((issuer, f"{issuer}:aud") for issuer in AUDIENCES),
    (WINDOWS, "sts:RoleSessionName")])
def test_shared_providers(iam, issuer, key):
    words = scoped(issuer, key)
    for operator in ("StringEquals", "StringLike", "StringEqualsIgnoreCase", "ForAnyValue:StringLike", "ForAllValues:StringEquals"):
        for value in ("**", "", [], "x*"):
            assert verdict(iam, web(issuer, {operator: {key.upper(): value}})) is None
        for value in ("*", ["x", "*"]):
            assert verdict(iam, web(issuer, {operator: {key: value}})) == words
    for operator in ("StringEqualsIfExists", "StringNotEquals", "Null", "Bool", "NumericEquals"):
        value = "1" if operator == "NumericEquals" else "true"
        assert verdict(iam, web(issuer, {operator: {key: value}})) == words
    assert verdict(iam, web(issuer)) == verdict(iam, web(issuer, {})) == words
    assert verdict(iam, web(issuer, {"StringLike": {key: "*"}, "StringEquals": {key: "x"}})) is None
    assert verdict(iam, web(f"{issuer}/private")) is None
    assert verdict(iam, web(issuer, {"StringEquals": {key: "x"}}), web(issuer)) == words
    assert verdict(iam, {**web(issuer), "Effect": "Deny"}) is None
    assert verdict(iam, {**web(issuer), "Action": "sts:TagSession"}) is None


@pytest.mark.parametrize("issuer", [ACTIONS, f"{ACTIONS}/acme"])
def test_actions_of_github(iam, issuer):
    words = scoped(f"{ARN}oidc-provider/{issuer}", f"{issuer}:sub or {issuer}:job_workflow_ref")
    for key in ("sub", "job_workflow_ref"):
        for value in ("x*", [], "x"):
            assert verdict(iam, web(issuer, {"StringLike": {f"{issuer}:{key}": value}})) is None
        for value in ("*", "*x", "", " "):
            assert verdict(iam, web(issuer, {"StringLike": {f"{issuer}:{key}": value}})) == words
        assert verdict(iam, web(issuer, {"StringEqualsIfExists": {f"{issuer}:{key}": "x"}})) == words
    good, bad = {f"{issuer}:sub": "x"}, {f"{issuer}:sub": "*"}
    assert verdict(iam, web(issuer, {"StringEquals": good, "StringLike": bad})) is None
    assert verdict(iam, web(issuer, {"StringLike": {**good, f"{issuer}:job_workflow_ref": "*"}})) == words
    assert verdict(iam, web(issuer)) == words


@pytest.mark.parametrize("issuer, keys", [
    ("accounts.google.com", ["aud", "oaud", "sub"]), ("www.amazon.com", ["app_id", "sub"]), ("graph.facebook.com", ["app_id", "sub"])])
def test_google_amazon_and_facebook(iam, issuer, keys):
    words = f"Policy trusting {issuer} requires a StringEquals condition on an application id"
    for key in keys:
        for operator in ("StringEquals", "StringEqualsIgnoreCase", "ForAnyValue:StringEquals"):
            for value in ("*", [], "x"):
                assert verdict(iam, web(issuer, {operator: {f"{issuer}:{key}": value}})) is None
        assert verdict(iam, web(issuer, {"StringLike": {f"{issuer}:{key}": "x"}})) == words
        assert verdict(iam, web(issuer, {"StringEquals": {f"{issuer}:{key}".upper(): "x"}})) == words
    assert verdict(iam, web(issuer)) == words


def test_cognito_and_principals_that_are_stars(iam):
    issuer = "cognito-identity.amazonaws.com"
    assert verdict(iam, web(issuer)) == "A condition block must be present for the Cognito provider"
    assert verdict(iam, web(issuer, {"StringEquals": {f"{issuer}:sub": "x"}})) == scoped(issuer, f"{issuer}:aud")
    star = {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRoleWithWebIdentity"}
    assert verdict(iam, star) == 'AssumeRolepolicy contained an invalid principal: "STAR":"*".'
    assert verdict(iam, {**star, "Principal": {"Federated": "*"}}) == (
        "Federated principals must be valid domain names or SAML metadata ARNs")


# STS ------------------------------------------------------------------------------------------------------------------

def test_a_session_token_has_credentials_and_no_more(root):
    caller = root.user("caller")
    answer = answer_of(caller.sts.get_session_token())
    assert names_of(answer) == {"Credentials"}
    assert names_of(answer["Credentials"]) == {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}


@pytest.mark.parametrize("condition, stored, session", [
    ({"NumericEquals": {"aws:MultiFactorAuthAge": "NaN"}}, False, True), ({"NumericEquals": {"aws:MultiFactorAuthAge": "x"}}, False, True),
    ({"DateEquals": {"aws:CurrentTime": "sdfdsf"}}, False, True), ({"IpAddress": {"aws:SourceIp": "x"}}, False, True),
    ({"ArnLike": {"aws:SourceArn": "x"}}, False, True), ({"BinaryEquals": {"aws:x": "?"}}, False, False),
    ({"NumericEquals": {"aws:MultiFactorAuthAge": "01"}}, True, True), ({"Bool": {"aws:SecureTransport": "any"}}, True, True),
    ({"Null": {"aws:SourceArn": "any"}}, True, True)])
def test_values_in_stored_and_in_session_policies(root, condition, stored, session):
    caller = root.user("caller")
    arn = root.role("r", caller.arn())
    document = policy(allow("s3:*", Condition=condition))

    def accepted(request):
        try:
            request()
        except root.iam.exceptions.ClientError as error:
            assert error.response["Error"]["Code"] == "MalformedPolicyDocument"
            return False
        return True

    assert accepted(lambda: root.iam.put_user_policy(UserName="caller", PolicyName="p", PolicyDocument=document)) is stored
    assert accepted(lambda: caller.assume(arn, Policy=document)) is session


def test_the_second_id_of_sts(server):
    answer = send(server, call("sts", "GetCallerIdentity"), service="sts")
    text = base64.b64decode(answer.headers["x-amz-sts-extended-request-id"]).decode()
    assert re.fullmatch(r"1:us-east-1:S:\d{13}:R:\w{8}", text)


# The simulator --------------------------------------------------------------------------------------------------------

def simulate(iam, document=DOCUMENT, actions=("s3:ListAllMyBuckets",), **more):
    return iam.simulate_custom_policy(PolicyInputList=[document], ActionNames=list(actions), **more)["EvaluationResults"]


def test_a_source_is_found_by_the_last_part_of_its_arn(iam):
    iam.create_user(UserName="u", Path="/a/")
    iam.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=DOCUMENT)
    for path in ("", "a/", "b/c/"):
        answer = iam.simulate_principal_policy(PolicySourceArn=f"{ARN}user/{path}u", ActionNames=["s3:ListAllMyBuckets"])
        assert answer["EvaluationResults"][0]["EvalDecision"] == "allowed"
        assert iam.get_context_keys_for_principal_policy(PolicySourceArn=f"{ARN}user/{path}u")["ContextKeyNames"] == []


def test_a_boundary_is_told_at_both_levels(iam):
    boundary = policy(deny("*"))
    found = simulate(iam, policy(allow("*")), ["s3:GetObject"], PermissionsBoundaryPolicyInputList=[boundary],
                     ResourceArns=["arn:aws:s3:::b/x"])[0]
    assert found["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}
    assert found["ResourceSpecificResults"][0]["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}
    by = {(item["SourcePolicyId"], item["SourcePolicyType"]) for item in found["MatchedStatements"]}
    assert by == {("PermissionsBoundaryPolicyInputList.1", "Permissions Boundary Policy")}


def test_what_is_empty_is_left_out_of_results_of_a_resource(iam):
    found = simulate(iam, policy(allow("iam:*")), ["s3:GetObject"], ResourceArns=["arn:aws:s3:::b/x"])[0]
    assert not {"MatchedStatements", "MissingContextValues"} & names_of(found["ResourceSpecificResults"][0])
    assert (found["EvalResourceName"], found["EvalDecision"]) == ("arn:aws:s3:::b/x", "implicitDeny")


def test_a_resource_that_comes_twice_counts_twice(iam):
    found = simulate(iam, policy(allow("s3:*")), ["s3:GetObject"], ResourceArns=["arn:aws:s3:::b/x"] * 2)[0]
    assert (found["EvalResourceName"], len(found["ResourceSpecificResults"])) == ("arn:aws:s3:::${BucketName}/${KeyName}", 2)


@pytest.mark.parametrize("actions, resource, template", [
    (["s3:ListBucket"], "arn:aws:s3:::b", "arn:aws:s3:::${BucketName}/${KeyName}"),
    (["iam:GetUser"], "arn:aws:iam::111122223333:user/a", "arn:aws:iam::${Account}:${ResourceType}/${ResourceName}"),
    (["sts:AssumeRole"], "arn:aws:iam::111122223333:role/a", "arn:aws:iam::${Account}:${RelativeId}"),
    (["sqs:SendMessage"], "arn:aws:sqs:us-east-1:111122223333:q", "arn:aws:sqs:${Region}:${Account}:${QueueName}"),
    (["s3:GetObject"], "arn:aws-cn:s3:::b/x", "arn:aws-cn:s3:::${BucketName}/${KeyName}")])
def test_templates_stand_for_several_resources(iam, actions, resource, template):
    assert simulate(iam, policy(allow("*")), actions, ResourceArns=[resource, resource + "2"])[0]["EvalResourceName"] == template


def test_the_gravest_decision_is_that_of_several_resources(iam):
    document = policy(allow("s3:GetObject", "arn:aws:s3:::a/*"), deny("s3:GetObject", "arn:aws:s3:::d/*"))

    def decision(*buckets):
        found = simulate(iam, document, ["s3:GetObject"], ResourceArns=[f"arn:aws:s3:::{bucket}/x" for bucket in buckets])[0]
        return found["EvalDecision"], len(found["MatchedStatements"])

    assert decision("a", "d", "n") == ("explicitDeny", 2)
    assert decision("a", "n") == ("implicitDeny", 1)
    assert decision("a", "a") == ("allowed", 1)


@pytest.mark.parametrize("action", ["s3:*", "s3:", "s3:MadeUp", "madeup:Action", "S3:listallmybuckets"])
def test_actions_are_literal_and_echoed(iam, action):
    found = simulate(iam, policy(allow("s3:List*")), [action])[0]
    assert found["EvalActionName"] == action
    assert found["EvalDecision"] == ("allowed" if "list" in action else "implicitDeny")


def test_a_marker_is_good_for_other_inputs(iam):
    first = iam.simulate_custom_policy(PolicyInputList=[policy(allow("s3:*"))], ActionNames=["s3:A", "s3:B"], MaxItems=1)
    rest = iam.simulate_custom_policy(PolicyInputList=[policy(deny("s3:*"))], ActionNames=["s3:C", "s3:D", "s3:E"],
                                      Marker=first["Marker"], MaxItems=5)
    assert [(one["EvalActionName"], one["EvalDecision"]) for one in rest["EvaluationResults"]] == [
        ("s3:D", "explicitDeny"), ("s3:E", "explicitDeny")]


@pytest.mark.parametrize("more, message", [
    ({"ActionNames": ["GetObject"]}, "The action is invalid since it is missing names"),
    ({"ActionNames": ["s3:GetObject", "s3:MadeUp"], "ResourceArns": ["arn:aws:s3:::b/x"]},
     "Invalid Input Actions: [s3:GetObject] and [s3:MadeUp] require different authorization information. "),
    ({"ResourceArns": ["bucket"]}, "ResourceNames are not in a valid ARN format: bucket."),
    ({"PolicyInputList": [DOCUMENT, "{"]}, "Policy input list item 2 has invalid content"),
    ({"PolicyInputList": [DOCUMENT.replace("2012", "2013")]}, "Policy input list item 1 has invalid content"),
    ({"PermissionsBoundaryPolicyInputList": [DOCUMENT] * 2}, "The list of Permissions Boundary policies cannot exceed 1 items."),
    ({"Marker": "x"}, "Invalid marker for pagination."),
    ({"ResourceOwner": "owner"}, "'owner' is not a valid as a Resource Owner."),
])
def test_what_the_simulator_refuses(iam, more, message):
    request = {"PolicyInputList": [DOCUMENT], "ActionNames": ["s3:GetObject"], **more}
    with refused("InvalidInput", 400, message):
        iam.simulate_custom_policy(**request)


def test_what_is_no_source(server, root):
    caller = root.user("caller")
    arn = root.role("r", caller.arn())
    caller.assume(arn)
    for source, code, status, message in (
        (root_arn(), "InvalidInput", 400, f"Invalid ARN provided in the request: {root_arn()}"),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/r/session", "InvalidInput", 400,
         f"Invalid ARN provided in the request: arn:aws:sts::{ACCOUNT}:assumed-role/r/session"),
        ("x" * 20, "InvalidInput", 400, f"Invalid ARN provided in the request: {'x' * 20}"),
        (f"arn:aws:iam::{OTHER_ACCOUNT}:user/u", "InvalidInput", 400,
         f"Invalid Policy Source Arn: caller's account {ACCOUNT} does not have access to policies in account {OTHER_ACCOUNT}."),
        (f"{ARN}user/absent", "NoSuchEntity", 404, "Unable to retrieve specified IAM entity."),
    ):
        with refused(code, status, message):
            root.iam.simulate_principal_policy(PolicySourceArn=source, ActionNames=["s3:GetObject"])


# Decisions ------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("operator", ["StringEquals", "StringNotEquals", "StringLikeIfExists", "StringNotEqualsIfExists"])
def test_keys_of_many_values_want_a_quantifier(root, operator):
    caller = root.user("caller", allow("iam:TagUser", Condition={operator: {"aws:TagKeys": ["team"]}}))
    for key in ("team", "other"):
        with denied():
            caller.iam.tag_user(UserName="caller", Tags=[{"Key": key, "Value": "x"}])


def test_one_empty_text_is_a_value(root):
    for pattern in ("", "*"):
        caller = root.user(f"u{len(pattern)}", allow("iam:TagUser", Condition={
            "ForAnyValue:StringLike": {"aws:RequestTag/team": pattern}}))
        caller.iam.tag_user(UserName=f"u{len(pattern)}", Tags=[{"Key": "team", "Value": ""}])


# Refusals -------------------------------------------------------------------------------------------------------------

def test_what_a_trust_policy_refuses_has_no_reason_unless_it_denies(root):
    """As recorded. The words of the user guide, "in the role trust policy" and no resource, are in no recording."""
    caller = root.user("caller", allow("sts:AssumeRole"))
    nobody = root.role("closed", [trust({"Service": "ec2.amazonaws.com"})])
    barred = root.role("barred", [trust(caller.arn()), trust(caller.arn(), effect="Deny")])
    words = f"User: {caller.arn()} is not authorized to perform: sts:AssumeRole on resource: "
    with denied(words + nobody):
        caller.assume(nobody)
    with denied(f"{words}{barred} with an explicit deny in a resource-based policy"):
        caller.assume(barred)


def test_a_session_policy_follows_the_default_version(root):
    caller = root.user("caller")
    role = root.role("r", caller.arn(), allow("*"))
    arn = root.iam.create_policy(PolicyName="p", PolicyDocument=policy(allow("iam:ListUsers")))["Policy"]["Arn"]
    session = caller.assume(role, PolicyArns=[{"arn": arn}])
    session.iam.list_users()
    root.iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy(allow("iam:ListRoles")), SetAsDefault=True)
    session.iam.list_roles()
    with denied(pattern="because no session policy allows the iam:ListUsers action"):
        session.iam.list_users()
    root.iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
    session.iam.list_users()


def test_tags_of_sessions(root):
    """STS looks at a key's length first, and shows structures as Java prints them."""
    caller = root.user("caller")
    arn = root.role("r", caller.arn())
    pattern = r"Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+"
    with invalid("2 validation errors detected: Value '' at 'tags.1.member.key' failed to satisfy constraint: Member must have "
                 f"length greater than or equal to 1; Value '' at 'tags.1.member.key' failed to satisfy constraint: {pattern}"):
        caller.assume(arn, Tags=[{"Key": "", "Value": "v"}])
    shown = ", ".join(f"Tag(key={number}, value=test)" for number in range(51))
    with invalid(f"1 validation error detected: Value '[{shown}]' at 'tags' failed to satisfy constraint: Member must have length "
                 "less than or equal to 50"):
        caller.assume(arn, Tags=[{"Key": str(number), "Value": "test"} for number in range(51)])


def test_every_version_moves_the_date(server, iam):
    arn = iam.create_policy(PolicyName="p", PolicyDocument=DOCUMENT)["Policy"]["Arn"]
    before = iam.get_policy(PolicyArn=arn)["Policy"]["UpdateDate"]
    server.clock(advance="1m")
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=DOCUMENT)
    after = iam.get_policy(PolicyArn=arn)["Policy"]
    assert after["UpdateDate"] > before and after["DefaultVersionId"] == "v1"
