"""The account's password policy, and what it makes of passwords."""

import pytest

from support import ACCOUNT, allow, answer_of, call, denied, deny, not_found, refused, send

# What the model has and this server has no occasion for (tests/model/test_coverage.py).
NO_OCCASION = {
    "LimitExceeded": ("an account has one policy", "UpdateAccountPasswordPolicy"),
    "MalformedPolicyDocument": ("the policy is no document", "UpdateAccountPasswordPolicy"),
    "NoSuchEntity": ("an update makes the policy that is not there", "UpdateAccountPasswordPolicy"),
}

USUAL = {
    "MinimumPasswordLength": 6, "RequireSymbols": False, "RequireNumbers": False, "RequireUppercaseCharacters": False,
    "RequireLowercaseCharacters": False, "AllowUsersToChangePassword": False, "ExpirePasswords": False,
}
ALL = {
    "MinimumPasswordLength": 14, "RequireSymbols": True, "RequireNumbers": True, "RequireUppercaseCharacters": True,
    "RequireLowercaseCharacters": True, "AllowUsersToChangePassword": True, "MaxPasswordAge": 90,
    "PasswordReusePrevention": 24, "HardExpiry": True,
}
BOB = f"arn:aws:iam::{ACCOUNT}:user/bob"


def violation(message):
    return refused("PasswordPolicyViolation", 400, message)


def test_an_account_has_no_policy_at_first(iam):
    with not_found(f"The Password Policy with domain name {ACCOUNT} cannot be found."):
        iam.get_account_password_policy()
    with not_found("The account policy with name PasswordPolicy cannot be found."):
        iam.delete_account_password_policy()


def test_an_update_without_parameters_makes_the_usual_one(iam):
    assert answer_of(iam.update_account_password_policy()) == {}
    assert answer_of(iam.get_account_password_policy()) == {"PasswordPolicy": USUAL}
    assert answer_of(iam.delete_account_password_policy()) == {}
    with not_found(f"The Password Policy with domain name {ACCOUNT} cannot be found."):
        iam.get_account_password_policy()


def test_what_is_given_is_shown(iam):
    iam.update_account_password_policy(**ALL)
    assert iam.get_account_password_policy()["PasswordPolicy"] == {**ALL, "ExpirePasswords": True}


def test_what_is_left_out_is_the_default_again(iam):
    iam.update_account_password_policy(**ALL)
    iam.update_account_password_policy(RequireNumbers=True, HardExpiry=False)
    assert iam.get_account_password_policy()["PasswordPolicy"] == {**USUAL, "RequireNumbers": True, "HardExpiry": False}


def test_the_numbers_have_limits(iam):
    too_large = "failed to satisfy constraint: Member must have value less than or equal to"
    with refused("ValidationError", 400, f"3 validation errors detected: Value at 'minimumPasswordLength' {too_large} 128; "
                 f"Value at 'passwordReusePrevention' {too_large} 24; Value at 'maxPasswordAge' {too_large} 1095"):
        iam.update_account_password_policy(MinimumPasswordLength=129, PasswordReusePrevention=25, MaxPasswordAge=1096)
    for name, least in (("MinimumPasswordLength", 6), ("PasswordReusePrevention", 1), ("MaxPasswordAge", 1)):
        with refused("ValidationError", 400, f"1 validation error detected: Value at '{name[0].lower()}{name[1:]}' failed to "
                     f"satisfy constraint: Member must have value greater than or equal to {least}"):
            iam.update_account_password_policy(**{name: least - 1})
    with not_found(f"The Password Policy with domain name {ACCOUNT} cannot be found."):
        iam.get_account_password_policy()


@pytest.mark.parametrize("name, value", [("MinimumPasswordLength", "8.0"), ("RequireSymbols", "perhaps"),
                                         ("MaxPasswordAge", "9" * 30)])
def test_what_is_no_number_or_boolean(server, iam, name, value):
    status, code, _ = send(server, call("iam", "UpdateAccountPasswordPolicy", (name, value))).error()
    assert (status, code) == (400, "MalformedInput")
    with not_found(f"The Password Policy with domain name {ACCOUNT} cannot be found."):
        iam.get_account_password_policy()


@pytest.mark.parametrize("action", ["GetAccountPasswordPolicy", "UpdateAccountPasswordPolicy",
                                    "DeleteAccountPasswordPolicy"])
def test_each_needs_its_permission(server, root, action):
    bob = root.user("bob", allow("iam:*"), deny(f"iam:{action}"))
    root.iam.update_account_password_policy(AllowUsersToChangePassword=True)
    answer = send(server, call("iam", action), key=bob.key, secret=bob.secret)
    assert answer.error() == (403, "AccessDenied", f"User: {BOB} is not authorized to perform: iam:{action} on resource: * "
                              "with an explicit deny in an identity-based policy")


def test_a_policy_goes_with_its_account(server, iam):
    iam.update_account_password_policy()
    server.post(f"/_iamlocal/reset?account={ACCOUNT}")
    with not_found(f"The Password Policy with domain name {ACCOUNT} cannot be found."):
        iam.get_account_password_policy()


# What it asks of passwords -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy, bad, lack, good", [
    ({}, "abcde", "Password should have a minimum length of 6", "abcdef"),
    ({"MinimumPasswordLength": 10}, "éééééé", "Password should have a minimum length of 10", "éééééééééé"),
    ({"RequireUppercaseCharacters": True}, "abcdefÄ", "Password should have at least one uppercase letter", "Abcdef"),
    ({"RequireLowercaseCharacters": True}, "ABCDEFä", "Password should have at least one lowercase letter", "ABCDEf"),
    ({"RequireNumbers": True}, "abcdef²", "Password should have at least one number", "abcde0"),
    ({"RequireSymbols": True}, "abcdef§:;,.", "Password should have at least one symbol", "abcde|"),
    ({"MinimumPasswordLength": 8, "RequireNumbers": True, "RequireSymbols": True}, "abc",
     "Password should have a minimum length of 8, Password should have at least one number, Password should have at least "
     "one symbol", "abcdef0'"),
])
def test_passwords_obey_it(iam, policy, bad, lack, good):
    iam.update_account_password_policy(**policy)
    iam.create_user(UserName="bob")
    with violation(lack):
        iam.create_login_profile(UserName="bob", Password=bad)
    iam.create_login_profile(UserName="bob", Password=good)


@pytest.mark.parametrize("symbol", "!@#$%^&*()_+-=[]{}|'")
def test_these_are_symbols(iam, symbol):
    iam.update_account_password_policy(RequireSymbols=True)
    iam.create_user(UserName="bob")
    iam.create_login_profile(UserName="bob", Password="abcdef" + symbol)


def test_passwords_cannot_be_used_again(root):
    root.iam.update_account_password_policy(PasswordReusePrevention=2)
    bob = root.user("bob", allow("iam:ChangePassword"))
    root.iam.create_login_profile(UserName="bob", Password="first1")
    bob.iam.change_password(OldPassword="first1", NewPassword="second")
    message = "Password should not be one of the last 2 passwords"
    with violation(message):
        bob.iam.change_password(OldPassword="second", NewPassword="first1")
    for password in ("first1", "second"):
        with violation(message):
            root.iam.update_login_profile(UserName="bob", Password=password)
    bob.iam.change_password(OldPassword="second", NewPassword="third1")
    bob.iam.change_password(OldPassword="third1", NewPassword="first1")


def test_what_was_used_before_the_policy_counts(root):
    bob = root.user("bob", allow("iam:ChangePassword"))
    root.iam.update_account_password_policy()
    root.iam.create_login_profile(UserName="bob", Password="first1")
    bob.iam.change_password(OldPassword="first1", NewPassword="second")
    bob.iam.change_password(OldPassword="second", NewPassword="first1")
    root.iam.update_account_password_policy(PasswordReusePrevention=24)
    with violation("Password should not be one of the last 24 passwords"):
        bob.iam.change_password(OldPassword="first1", NewPassword="second")
    root.iam.delete_login_profile(UserName="bob")
    root.iam.create_login_profile(UserName="bob", Password="second")


def test_an_expired_password_can_be_changed_by_a_signed_call(server, root):
    root.iam.update_account_password_policy(MaxPasswordAge=1, HardExpiry=True)
    bob = root.user("bob", allow("iam:ChangePassword"))
    root.iam.create_login_profile(UserName="bob", Password="first1")
    server.clock(advance="72h")
    bob.iam.change_password(OldPassword="first1", NewPassword="second")


# AllowUsersToChangePassword ------------------------------------------------------------------------------------------


def test_users_may_change_their_passwords_where_the_policy_says_so(root):
    bob = root.user("bob")
    root.iam.update_account_password_policy()
    root.iam.create_login_profile(UserName="bob", Password="first1")
    for act in (lambda: bob.iam.change_password(OldPassword="first1", NewPassword="second"),
                bob.iam.get_account_password_policy):
        with denied(pattern="because no identity-based policy allows the iam:(ChangePassword|GetAccountPasswordPolicy) action$"):
            act()
    root.iam.update_account_password_policy(AllowUsersToChangePassword=True)
    bob.iam.change_password(OldPassword="first1", NewPassword="second")
    assert bob.iam.get_account_password_policy()["PasswordPolicy"]["AllowUsersToChangePassword"] is True
    with denied():
        bob.iam.delete_account_password_policy()
    root.iam.put_user_policy(UserName="bob", PolicyName="p", PolicyDocument='{"Version":"2012-10-17","Statement":{"Effect":'
                             '"Deny","Action":"iam:ChangePassword","Resource":"*"}}')
    with denied(f"User: {BOB} is not authorized to perform: iam:ChangePassword on resource: user bob with an explicit deny in "
                "an identity-based policy"):
        bob.iam.change_password(OldPassword="second", NewPassword="third1")


def test_sessions_of_roles_are_no_users(root):
    root.iam.update_account_password_policy(AllowUsersToChangePassword=True)
    other = root.user("other", allow("sts:AssumeRole"))
    session = other.assume(root.role("job", f"arn:aws:iam::{ACCOUNT}:root"))
    with denied(pattern="because no identity-based policy allows the iam:GetAccountPasswordPolicy action$"):
        session.iam.get_account_password_policy()
