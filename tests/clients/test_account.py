"""What concerns the account: its summary and its alias."""

import pytest

from support import (ACCOUNT, Caller, allow, answer_of, call, exists, form, invalid, not_found, policy, refused, send,
                     send_all, trust)

# What the model has and this server has no occasion for (tests/model/test_coverage.py).
NO_OCCASION = {"LimitExceeded": ("a second alias takes the place of the first", "CreateAccountAlias")}


def test_the_summary_counts(iam):
    before = iam.get_account_summary()["SummaryMap"]
    iam.create_user(UserName="bob")
    iam.create_group(GroupName="staff")
    iam.create_role(RoleName="job", AssumeRolePolicyDocument=policy(trust({"Service": "ec2.amazonaws.com"})))
    iam.create_policy(PolicyName="p", PolicyDocument=policy(allow("s3:*")))
    iam.create_instance_profile(InstanceProfileName="box")
    after = iam.get_account_summary()["SummaryMap"]
    for name in ("Users", "Groups", "Roles", "Policies", "InstanceProfiles"):
        assert after[name] - before[name] == 1, name


def test_policies_in_use_are_counted_once_each(iam):
    def in_use():
        return iam.get_account_summary()["SummaryMap"]["PolicyVersionsInUse"]

    own = iam.create_policy(PolicyName="p", PolicyDocument=policy(allow("s3:*")))["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=own, PolicyDocument=policy(allow("sqs:*")))
    assert in_use() == 0
    iam.create_user(UserName="bob", PermissionsBoundary="arn:aws:iam::aws:policy/PowerUserAccess")
    iam.create_group(GroupName="staff")
    iam.attach_user_policy(UserName="bob", PolicyArn=own)
    iam.attach_group_policy(GroupName="staff", PolicyArn=own)
    iam.attach_group_policy(GroupName="staff", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    assert in_use() == 3


@pytest.mark.parametrize("kind, count", [("User", 5000), ("Group", 300), ("InstanceProfile", 1000)])
def test_an_account_has_so_many_and_no_more(server, kind, count):
    bodies = [form(call("iam", f"Create{kind}", (f"{kind}Name", f"n{number}"))) for number in range(count)]
    assert {status for status, _ in send_all(server, bodies)} == {200}
    status, code, message = send(server, call("iam", f"Create{kind}", (f"{kind}Name", "one-more"))).error()
    assert (status, code, message) == (409, "LimitExceeded", f"Cannot exceed quota for {kind}sPerAccount: {count}")


def test_the_summary_tells_the_quotas(iam):
    summary = iam.get_account_summary()["SummaryMap"]
    expected = {
        "UsersQuota": 5000, "GroupsQuota": 300, "RolesQuota": 1000, "PoliciesQuota": 1500, "InstanceProfilesQuota": 1000,
        "GroupsPerUserQuota": 10, "AccessKeysPerUserQuota": 2, "UserPolicySizeQuota": 2048, "GroupPolicySizeQuota": 5120,
        "PolicySizeQuota": 6144, "VersionsPerPolicyQuota": 5, "AssumeRolePolicySizeQuota": 2048,
        "AttachedPoliciesPerUserQuota": 10, "AttachedPoliciesPerGroupQuota": 10, "AttachedPoliciesPerRoleQuota": 10,
    }
    assert {name: summary.get(name) for name in expected} == expected
    assert all(isinstance(value, int) for value in summary.values())


def test_the_alias(iam):
    assert answer_of(iam.list_account_aliases()) == {"AccountAliases": [], "IsTruncated": False}
    assert answer_of(iam.create_account_alias(AccountAlias="my-company")) == {}
    assert iam.list_account_aliases()["AccountAliases"] == ["my-company"]
    # There is one at most: another one takes its place.
    iam.create_account_alias(AccountAlias="our-company")
    assert iam.list_account_aliases()["AccountAliases"] == ["our-company"]
    assert answer_of(iam.delete_account_alias(AccountAlias="our-company")) == {}
    assert iam.list_account_aliases()["AccountAliases"] == []


def test_an_alias_that_is_not_there(iam):
    with not_found("The account alias with name none-such cannot be found."):
        iam.delete_account_alias(AccountAlias="none-such")


def test_an_alias_of_another_account(server, iam):
    iam.create_account_alias(AccountAlias="my-company")
    with exists("The account alias my-company already exists."):
        Caller(server, key="111122223333").iam.create_account_alias(AccountAlias="my-company")


@pytest.mark.parametrize("alias", ["ab", "-abc", "abc-", "a--b", "Abc", "a_b", "a" * 64])
def test_aliases_have_rules(iam, alias):
    with invalid(pattern="at 'accountAlias' failed to satisfy constraint: Member must"):
        iam.create_account_alias(AccountAlias=alias)
    assert iam.list_account_aliases()["AccountAliases"] == []


def test_accounts_come_into_being_when_they_are_used(server):
    for account in ("111122223333", "999999999999"):
        root = Caller(server, key=account)
        identity = answer_of(root.sts.get_caller_identity())
        assert identity == {"UserId": account, "Account": account, "Arn": f"arn:aws:iam::{account}:root"}


def test_the_root_of_an_account_needs_the_secret(server):
    with refused("SignatureDoesNotMatch", 403):
        Caller(server, key="111122223333", secret="wrong").sts.get_caller_identity()


@pytest.mark.parametrize("key", ["11112222333", "1111222233334", "11112222333a", "unknown", "TEST"])
def test_other_ids_are_nobody(server, key):
    with refused("InvalidClientTokenId", 403, "The security token included in the request is invalid."):
        Caller(server, key=key).sts.get_caller_identity()


def test_the_twelve_zeros_are_the_default_account(server):
    assert Caller(server, key=ACCOUNT).arn() == f"arn:aws:iam::{ACCOUNT}:root"
