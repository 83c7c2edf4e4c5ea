"""What the tests of delegation requests share: the partner's template, and a request made with it."""

import datetime
import json

from support import ACCOUNT, OTHER_ACCOUNT, REGION, refused

PARTNER, CUSTOMER = OTHER_ACCOUNT, ACCOUNT
TEMPLATE = "arn:aws:iam::aws:delegation-template/example/Deploy"
CHANNEL = f"arn:aws:sns:{REGION}:{PARTNER}:delegations"
BOUNDARY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
ROUTE = "/_iamlocal/templates"
ABSENT = "12345678-1234-1234-1234-123456789012"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::@{Buckets}/*"},
        {"Effect": "Allow", "Action": "iam:CreateRole", "Resource": "arn:aws:iam::*:role/@{RoleName}",
         "Condition": {"StringEquals": {"iam:PermissionsBoundary": BOUNDARY}}},
        {"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"},
    ]
}
DELEGATION_TEMPLATE = {
    "arn": TEMPLATE, "partner_account": PARTNER, "partner_name": "Example Corp", "policy": POLICY,
    "parameters": [{"name": "Buckets", "type": "StringList"}, {"name": "RoleName", "type": "String"}]
}
PARAMETERS = [{"Name": "Buckets", "Values": ["logs", "data"], "Type": "stringList"},
              {"Name": "RoleName", "Values": ["deployer"], "Type": "string"}]
RENDERED = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"],
         "Resource": ["arn:aws:s3:::logs/*", "arn:aws:s3:::data/*"]},
        {"Effect": "Allow", "Action": "iam:CreateRole", "Resource": "arn:aws:iam::*:role/deployer",
         "Condition": {"StringEquals": {"iam:PermissionsBoundary": BOUNDARY}}},
        {"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"},
    ]
}


def declare(server, *templates):
    answer = server.http("PUT", ROUTE, {}, json.dumps({"delegation_templates": list(templates)}).encode())
    assert answer.status == 200, answer.text


def asked(workflow="workflow-1", **more):
    return {
        "OwnerAccountId": CUSTOMER, "Description": "Deploys the example", "RequestorWorkflowId": workflow,
        "Permissions": {"PolicyTemplateArn": TEMPLATE, "Parameters": PARAMETERS}, "NotificationChannel": CHANNEL,
        "SessionDuration": 3600, **more
    }


def created(partner, *parameters, **more):
    return partner.create_delegation_request(**asked(*parameters, **more))["DelegationRequestId"]


def get(caller, request):
    return caller.get_delegation_request(DelegationRequestId=request)["DelegationRequest"]


def arn_of(request, account=CUSTOMER):
    return f"arn:aws:iam::{account}:delegation-request/{request}"


def invalid_input(message=None, pattern=None):
    return refused("InvalidInput", 400, message, pattern)


def move_clock(server, **by):
    answer = server.http("POST", "/_iamlocal/clock", {},
                         json.dumps({"advance": f"{int(datetime.timedelta(**by).total_seconds())}s"}).encode())
    assert answer.status == 200, answer.text
