"""Login profiles: passwords of users, and whether root has one."""

import concurrent.futures

import pytest

from support import (ACCOUNT, Caller, allow, answer_of, call, conflict, denied, deny, exists, invalid, not_found, refused,
                     send, trust)

# What the model has and this server has no occasion for (tests/model/test_coverage.py).
NO_OCCASION = {"LimitExceeded": ("there is one profile at most, which no quota counts",
                                 "ChangePassword CreateLoginProfile UpdateLoginProfile")}

GOOD = "Str0ng-Enough-77!"
BETTER = "Str0ng-Enough-78!"
OLD_WRONG = "The old password is not correct."


def violation(message=None):
    return refused("PasswordPolicyViolation", 400, message)


@pytest.fixture
def bob(root):
    """A user with a password who may change it."""
    made = root.user("bob", allow("iam:ChangePassword"))
    root.iam.create_login_profile(UserName="bob", Password=GOOD)
    return made


def has_password(bob, password):
    """Whether it is the one in force: a change to itself is refused otherwise than a wrong one."""
    with denied() as caught:
        bob.iam.change_password(OldPassword=password, NewPassword=password)
    message = caught.value.response["Error"]["Message"]
    assert message in (OLD_WRONG, "The new password must differ from the old password."), message
    return message != OLD_WRONG


# One profile ---------------------------------------------------------------------------------------------------------


def test_a_profile_is_made_shown_and_deleted(iam):
    iam.create_user(UserName="Bob", Path="/staff/")
    made = answer_of(iam.create_login_profile(UserName="bob", Password=GOOD, PasswordResetRequired=True))["LoginProfile"]
    assert set(made) == {"UserName", "CreateDate", "PasswordResetRequired"}
    assert (made["UserName"], made["PasswordResetRequired"]) == ("Bob", True)
    assert made["CreateDate"].microsecond == 0
    assert answer_of(iam.get_login_profile(UserName="BOB")) == {"LoginProfile": made}
    assert answer_of(iam.delete_login_profile(UserName="bob")) == {}
    with not_found("Login Profile for User Bob cannot be found."):
        iam.get_login_profile(UserName="bob")
    with not_found("Login Profile for User Bob cannot be found."):
        iam.delete_login_profile(UserName="bob")


def test_no_reset_is_required_unless_it_is_said(iam):
    iam.create_user(UserName="bob")
    assert iam.create_login_profile(UserName="bob", Password=GOOD)["LoginProfile"]["PasswordResetRequired"] is False


def test_there_is_one_profile_at_most(iam, bob):
    with exists("Login Profile for user bob already exists."):
        iam.create_login_profile(UserName="bob", Password=BETTER)
    assert has_password(bob, GOOD)


def test_users_that_are_not_there(iam):
    message = "The user with name nobody cannot be found."
    for act in (iam.get_login_profile, iam.delete_login_profile, iam.update_login_profile,
                lambda **user: iam.create_login_profile(Password=GOOD, **user)):
        with not_found(message):
            act(UserName="nobody")


def test_a_user_without_a_profile(iam):
    iam.create_user(UserName="bob")
    with not_found("Login Profile for User bob cannot be found."):
        iam.update_login_profile(UserName="bob", Password=GOOD)


def test_a_user_needs_a_password(server, iam):
    iam.create_user(UserName="bob")
    answer = send(server, call("iam", "CreateLoginProfile", UserName="bob"))
    assert answer.error() == (400, "ValidationError", "1 validation error detected: Value at 'password' failed to satisfy "
                              "constraint: Member must not be null")
    with not_found("Login Profile for User bob cannot be found."):
        iam.get_login_profile(UserName="bob")


def test_without_a_name_the_caller_is_meant(root):
    bob = root.user("bob", allow("iam:*LoginProfile", f"arn:aws:iam::{ACCOUNT}:user/bob"))
    root.iam.create_user(UserName="eve")
    assert bob.iam.create_login_profile(Password=GOOD)["LoginProfile"]["UserName"] == "bob"
    assert bob.iam.get_login_profile()["LoginProfile"]["UserName"] == "bob"
    bob.iam.delete_login_profile()
    with denied(f"User: arn:aws:iam::{ACCOUNT}:user/bob is not authorized to perform: iam:GetLoginProfile on resource: user "
                "eve because no identity-based policy allows the iam:GetLoginProfile action"):
        bob.iam.get_login_profile(UserName="eve")


@pytest.mark.parametrize("action", ["CreateLoginProfile", "GetLoginProfile", "UpdateLoginProfile", "DeleteLoginProfile"])
def test_each_needs_its_permission(server, root, action):
    root.iam.create_user(UserName="eve")
    bob = root.user("bob", allow("iam:*"), deny(f"iam:{action}"))
    answer = send(server, call("iam", action, UserName="eve", Password=GOOD), key=bob.key, secret=bob.secret)
    assert answer.error() == (403, "AccessDenied", f"User: arn:aws:iam::{ACCOUNT}:user/bob is not authorized to perform: "
                              f"iam:{action} on resource: user eve with an explicit deny in an identity-based policy")


def test_a_profile_follows_a_rename(iam, bob):
    made = iam.get_login_profile(UserName="bob")["LoginProfile"]
    iam.update_user(UserName="bob", NewUserName="rob")
    assert iam.get_login_profile(UserName="rob")["LoginProfile"] == {**made, "UserName": "rob"}
    assert has_password(bob, GOOD)


def test_the_user_cannot_go_before_the_profile(iam):
    iam.create_user(UserName="bob")
    iam.create_login_profile(UserName="bob", Password=GOOD)
    with conflict("Cannot delete entity, must delete login profile first."):
        iam.delete_user(UserName="bob")
    iam.delete_login_profile(UserName="bob")
    iam.delete_user(UserName="bob")


def test_profiles_go_with_the_account(server, iam):
    iam.create_user(UserName="bob")
    iam.create_login_profile(UserName="bob", Password=GOOD)
    iam.create_login_profile()
    server.post(f"/_iamlocal/reset?account={ACCOUNT}")
    iam.create_user(UserName="bob")
    iam.create_login_profile(UserName="bob", Password=GOOD)
    assert iam.get_account_summary()["SummaryMap"]["AccountPasswordPresent"] == 0


# Passwords -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("password, lack", [
    ("aB3", "Password should have a minimum length of 8"),
    ("weak", "Password should have a minimum length of 8, Password should meet 2 more of the following requirements: "
             "Password should have at least one uppercase letter, Password should have at least one number, Password should "
             "have at least one symbol"),
    ("longer77", "Password should meet 1 more of the following requirements: Password should have at least one uppercase "
                 "letter, Password should have at least one symbol"),
    ("ÄÖÜäöüß77x", "Password should meet 1 more of the following requirements: Password should have at least one uppercase "
                   "letter, Password should have at least one symbol"),
])
def test_the_rule_of_accounts_without_a_policy(iam, password, lack):
    iam.create_user(UserName="bob")
    with violation(lack):
        iam.create_login_profile(UserName="bob", Password=password)
    with not_found("Login Profile for User bob cannot be found."):
        iam.get_login_profile(UserName="bob")
    iam.create_login_profile(UserName="bob", Password=GOOD)
    with violation(lack):
        iam.update_login_profile(UserName="bob", Password=password)


@pytest.mark.parametrize("password", ["longer77A", "longer77!", "LONGER77!", "Longer!x", "A7" + "é" * 125 + "z"])
def test_three_kinds_of_characters_are_enough(iam, password):
    iam.create_user(UserName="bob")
    iam.create_login_profile(UserName="bob", Password=password)


@pytest.mark.parametrize("password, rule", [
    ("", "Member must have length greater than or equal to 1"),
    ("aB3!" * 32 + "x", "Member must have length less than or equal to 128"),
    ("Str0ng-Enough-\u0100", r"Member must satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u00FF]+"),
    ("Str0ng-Enough-\x01", r"Member must satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u00FF]+"),
])
def test_passwords_have_rules(server, iam, password, rule):
    iam.create_user(UserName="bob")
    iam.create_login_profile(UserName="bob", Password=GOOD)
    for action, member in (("UpdateLoginProfile", "Password"), ("CreateLoginProfile", "Password"),
                           ("ChangePassword", "OldPassword"), ("ChangePassword", "NewPassword")):
        parameters = {"OldPassword": GOOD, "NewPassword": BETTER} if action == "ChangePassword" else {"UserName": "bob"}
        status, code, message = send(server, call("iam", action, **{**parameters, member: password})).error()
        assert (status, code) == (400, "ValidationError")
        assert f"Value at '{member[0].lower()}{member[1:]}' failed to satisfy constraint: {rule}" in message
        assert not password or password not in message


def test_no_log_shows_a_password(server, iam, bob):
    iam.update_login_profile(UserName="bob", Password="Never-Shown-1!")
    bob.iam.change_password(OldPassword="Never-Shown-1!", NewPassword="Never-Shown-2!")
    assert "Never-Shown" not in server.log()


# Changes by others ---------------------------------------------------------------------------------------------------


def test_an_update_changes_what_it_is_given(iam, bob):
    assert answer_of(iam.update_login_profile(UserName="bob")) == {}
    assert has_password(bob, GOOD)
    iam.update_login_profile(UserName="bob", PasswordResetRequired=True)
    iam.update_login_profile(UserName="bob", Password=BETTER)
    assert has_password(bob, BETTER) and not has_password(bob, GOOD)
    assert iam.get_login_profile(UserName="bob")["LoginProfile"]["PasswordResetRequired"] is True
    iam.update_login_profile(UserName="bob", PasswordResetRequired=False)
    assert iam.get_login_profile(UserName="bob")["LoginProfile"]["PasswordResetRequired"] is False


def test_the_date_of_a_profile_stays(server, iam):
    server.clock(freeze="2030-01-01T00:00:00Z")
    iam.create_user(UserName="bob")
    made = iam.create_login_profile(UserName="bob", Password=GOOD)["LoginProfile"]
    assert made["CreateDate"].isoformat() == "2030-01-01T00:00:00+00:00"
    server.clock(advance="24h")
    iam.update_login_profile(UserName="bob", Password=BETTER)
    assert iam.get_login_profile(UserName="bob")["LoginProfile"] == made


def test_of_many_profiles_at_once_one_is_made(server, iam):
    iam.create_user(UserName="bob")
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: send(server, call("iam", "CreateLoginProfile", UserName="bob",
                                                                 Password=f"{GOOD}{number}")), range(8)))
    made = [number for number, answer in enumerate(answers) if answer.status == 200]
    others = {answer.error() for answer in answers if answer.status != 200}
    assert len(made) == 1
    assert others == {(409, "EntityAlreadyExists", "Login Profile for user bob already exists.")}
    iam.put_user_policy(UserName="bob", PolicyName="p", PolicyDocument='{"Version":"2012-10-17","Statement":{"Effect":'
                        '"Allow","Action":"iam:ChangePassword","Resource":"*"}}')
    assert has_password(Caller(server).key_of("bob"), f"{GOOD}{made[0]}")


# ChangePassword ------------------------------------------------------------------------------------------------------


def test_a_user_changes_his_password(iam, bob):
    iam.update_login_profile(UserName="bob", PasswordResetRequired=True)
    assert answer_of(bob.iam.change_password(OldPassword=GOOD, NewPassword=BETTER)) == {}
    assert iam.get_login_profile(UserName="bob")["LoginProfile"]["PasswordResetRequired"] is False
    assert has_password(bob, BETTER)
    with denied(OLD_WRONG):
        bob.iam.change_password(OldPassword=GOOD, NewPassword="Str0ng-Enough-79!")
    assert has_password(bob, BETTER)


def test_the_new_password_is_another_one(bob):
    with denied("The new password must differ from the old password."):
        bob.iam.change_password(OldPassword=GOOD, NewPassword=GOOD)


def test_the_new_password_obeys_the_rules(bob):
    with violation("Password should have a minimum length of 8"):
        bob.iam.change_password(OldPassword=GOOD, NewPassword="aB3!")
    with denied(OLD_WRONG):
        bob.iam.change_password(OldPassword=BETTER, NewPassword="aB3!")
    assert has_password(bob, GOOD)


def test_a_change_needs_a_profile(root):
    bob = root.user("bob", allow("iam:ChangePassword"))
    with not_found("Login Profile for User bob cannot be found."):
        bob.iam.change_password(OldPassword=GOOD, NewPassword=BETTER)


def test_only_users_have_a_password_to_change(root):
    other = root.user("other", allow("sts:AssumeRole"))
    session = other.assume(root.role("job", f"arn:aws:iam::{ACCOUNT}:root", allow("iam:ChangePassword")))
    for caller in (root, session):
        with refused("InvalidUserType", 400, "Only IAM Users can change their own password"):
            caller.iam.change_password(OldPassword=GOOD, NewPassword=BETTER)


def test_a_change_needs_permission_on_the_user(root):
    root.iam.create_user(UserName="x")
    bob = root.user("bob", allow("iam:ChangePassword", f"arn:aws:iam::{ACCOUNT}:user/x"))
    root.iam.create_login_profile(UserName="bob", Password=GOOD)
    with denied(f"User: arn:aws:iam::{ACCOUNT}:user/bob is not authorized to perform: iam:ChangePassword on resource: user "
                "bob because no identity-based policy allows the iam:ChangePassword action"):
        bob.iam.change_password(OldPassword=GOOD, NewPassword=BETTER)


def test_passwords_survive_a_restart(start, tmp_path):
    data = str(tmp_path / "data")
    first = start("--data-dir", data)
    bob = Caller(first).user("bob", allow("iam:ChangePassword"))
    Caller(first).iam.create_login_profile(UserName="bob", Password=GOOD)
    assert first.stop() == 0
    second = start("--data-dir", data)
    Caller(second, bob.key, bob.secret).iam.change_password(OldPassword=GOOD, NewPassword=BETTER)


# Root ----------------------------------------------------------------------------------------------------------------


def test_root_has_a_profile_without_a_password_of_ours(iam):
    with not_found("Login Profile for User null cannot be found."):
        iam.get_login_profile()
    made = answer_of(iam.create_login_profile())["LoginProfile"]
    assert set(made) == {"CreateDate", "PasswordResetRequired"} and made["PasswordResetRequired"] is False
    assert answer_of(iam.get_login_profile()) == {"LoginProfile": made}
    with exists(f"Login Profile for account {ACCOUNT} already exists."):
        iam.create_login_profile()
    assert iam.get_account_summary()["SummaryMap"]["AccountPasswordPresent"] == 1
    assert answer_of(iam.delete_login_profile()) == {}
    assert iam.get_account_summary()["SummaryMap"]["AccountPasswordPresent"] == 0
    with not_found("Login Profile for User null cannot be found."):
        iam.delete_login_profile()


def test_nobody_gives_root_a_password(iam):
    with invalid("Password must not be specified for the root user of the account."):
        iam.create_login_profile(Password=GOOD)


def test_sessions_of_roles_must_name_a_user(root):
    other = root.user("other", allow("sts:AssumeRole"))
    session = other.assume(root.role("job", f"arn:aws:iam::{ACCOUNT}:root", allow("iam:*")))
    with invalid("Must specify userName when calling with non-User credentials"):
        session.iam.create_login_profile(Password=GOOD)
