"""The first hour of IAM with boto3, as a program of its own: test_newer_clients.py runs it with other Pythons.

    python3 tests/clients/boto_story.py http://127.0.0.1:4566
"""

import json
import sys

import boto3
import botocore
import botocore.exceptions


def client(service, url, key="test", secret="test", token=None):
    return boto3.client(service, endpoint_url=url, region_name="eu-west-1", aws_access_key_id=key,
                        aws_secret_access_key=secret, aws_session_token=token)


def refusal(call, **parameters):
    try:
        call(**parameters)
    except botocore.exceptions.ClientError as error:
        # Refusals end with where their details are.
        return error.response["Error"]["Code"], error.response["Error"]["Message"].partition(". Go to https://")[0]
    raise AssertionError("this should have been refused")


def main(url):
    iam, sts = client("iam", url), client("sts", url)
    account = sts.get_caller_identity()["Account"]
    assert sts.get_caller_identity()["Arn"] == f"arn:aws:iam::{account}:root"
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["sts:AssumeRole", "iam:GetUser"],
                                                        "Resource": "*"}]}
    user = iam.create_user(UserName="alice", Tags=[{"Key": "team", "Value": "red + blue"}])["User"]
    made = iam.create_policy(PolicyName="work", PolicyDocument=json.dumps(document))["Policy"]
    iam.attach_user_policy(UserName="alice", PolicyArn=made["Arn"])
    assert iam.get_policy_version(PolicyArn=made["Arn"], VersionId="v1")["PolicyVersion"]["Document"] == document
    key = iam.create_access_key(UserName="alice")["AccessKey"]
    alice = client("iam", url, key["AccessKeyId"], key["SecretAccessKey"])
    assert alice.get_user()["User"]["Tags"] == [{"Key": "team", "Value": "red + blue"}]
    assert refusal(alice.list_users) == (
        "AccessDenied",
        f"User: {user['Arn']} is not authorized to perform: iam:ListUsers on resource: arn:aws:iam::{account}:user/ because no "
        "identity-based policy allows the iam:ListUsers action")
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
                                                     "Action": "sts:AssumeRole"}]}
    role = iam.create_role(RoleName="job", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    iam.attach_role_policy(RoleName="job", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    assumed = client("sts", url, key["AccessKeyId"], key["SecretAccessKey"]).assume_role(
        RoleArn=role["Arn"], RoleSessionName="work")["Credentials"]
    session = (assumed["AccessKeyId"], assumed["SecretAccessKey"], assumed["SessionToken"])
    assert client("sts", url, *session).get_caller_identity()["Arn"] == f"arn:aws:sts::{account}:assumed-role/job/work"
    assert [listed["UserName"] for listed in client("iam", url, *session).list_users()["Users"]] == ["alice"]
    assert refusal(client("iam", url, *session).delete_user, UserName="alice")[0] == "AccessDenied"
    assert refusal(iam.get_user, UserName="nobody") == ("NoSuchEntity", "The user with name nobody cannot be found.")
    iam.get_waiter("role_exists").wait(RoleName="job")
    presigned = sts.generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
    assert presigned.startswith(url)
    print(f"boto3 {boto3.__version__}: done")
    return presigned


if __name__ == "__main__":
    print(main(sys.argv[1]))
