"""Sessions with MFA: codes in GetSessionToken and AssumeRole, what they are good for, and how often."""

import concurrent.futures

import botocore.exceptions
import pytest

from mfa import NOON, Device, code, unable, wrong_code, wrong_pair
from support import ACCOUNT, Caller, allow, call, denied, deny, of_credentials, policy, refused, root_arn, send, trust

PRESENT = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
BOB = f"arn:aws:iam::{ACCOUNT}:user/bob"


@pytest.fixture(autouse=True)
def noon(server):
    server.clock(freeze=NOON)


@pytest.fixture
def bob(root):
    return root.user("bob", allow("*"))


@pytest.fixture
def device(root, bob):
    """Its clock has moved on since it was enabled."""
    enabled = Device(root).enable()
    root.server.clock(advance="3m")
    return enabled


# GetSessionToken -----------------------------------------------------------------------------------------------------


def test_a_session_with_mfa_calls_iam(bob, device):
    session = device.sign_in(bob)
    assert session.arn() == BOB
    assert session.iam.get_user()["User"]["UserName"] == "bob"
    session.iam.create_user(UserName="eve")


def test_a_session_without_does_not(bob, device):
    session = of_credentials(bob.server, bob.sts.get_session_token()["Credentials"])
    with refused("InvalidClientTokenId", 403, "The security token included in the request is invalid."):
        session.iam.get_user()


def test_other_operations_of_sts_stay_closed(bob, device):
    with denied("Cannot call GetSessionToken with session credentials"):
        device.sign_in(bob).sts.get_session_token()


def test_policies_see_it(root, device, bob):
    root.iam.put_user_policy(UserName="bob", PolicyName="inline", PolicyDocument=policy(
        allow("iam:GetUser", Condition=PRESENT),
        allow("iam:ListUsers", Condition={"NumericLessThan": {"aws:MultiFactorAuthAge": "600"}}),
        allow("iam:ListGroups", Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}),
        deny("iam:ListRoles", Condition={"Null": {"aws:MultiFactorAuthAge": "true"}}), allow("iam:ListRoles")))
    for operation in (bob.iam.get_user, bob.iam.list_users, bob.iam.list_roles):
        with denied():
            operation()
    bob.iam.list_groups()  # there is no such key with long-term keys
    session = device.sign_in(bob)
    session.iam.get_user()
    session.iam.list_users()
    session.iam.list_roles()
    root.server.clock(advance="599s")
    session.iam.list_users()
    root.server.clock(advance="1s")
    with denied():
        session.iam.list_users()
    session.iam.get_user()


def test_a_session_keeps_its_mfa(root, bob, device):
    session = device.sign_in(bob)
    device.deactivate()
    root.iam.delete_virtual_mfa_device(SerialNumber=device.serial)
    assert session.iam.get_user()["User"]["UserName"] == "bob"


def test_root_signs_in_with_its_own(root):
    device = Device(root, "root-account-mfa-device").enable(ACCOUNT)
    session = device.sign_in(root)
    assert session.arn() == root_arn()
    assert session.iam.list_users()["Users"] == []


# Codes ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ahead", [-2, -1, 0, 1, 2])
def test_codes_near_the_clock(bob, device, ahead):
    device.sign_in(bob, ahead)
    with wrong_code():
        device.sign_in(bob, ahead)


@pytest.mark.parametrize("ahead", [-3, 3])
def test_codes_that_are_too_far(bob, device, ahead):
    with wrong_code():
        device.sign_in(bob, ahead)


def test_later_codes_do_not_spoil_earlier_ones(bob, device):
    for ahead in (2, -2, 1, 0, -1):
        device.sign_in(bob, ahead)
    for ahead in (-2, 2):
        with wrong_code():
            device.sign_in(bob, ahead)


def test_the_codes_of_enabling_are_good_for_one_sign_in_each(root, bob):
    device = Device(root).enable()
    for ahead in (-1, 0):
        device.sign_in(bob, ahead)
        with wrong_code():
            device.sign_in(bob, ahead)


def test_codes_are_held_against_the_clock_of_the_device(root, bob):
    device = Device(root).enable(second=100)
    with wrong_code():
        device.sign_in(bob)
    root.server.clock(advance="5m")
    device.sign_in(bob, 100)
    with wrong_code():
        device.sign_in(bob, 103)
    device.resync(second=110)
    device.sign_in(bob, 112)


def test_a_pair_may_hold_codes_that_were_used(bob, device):
    device.sign_in(bob)
    device.resync()
    with wrong_code():
        device.sign_in(bob)
    device.sign_in(bob, -1)


def test_a_used_code_stays_used_when_the_clock_goes_back(root, bob, device):
    used = device.step()
    device.sign_in(bob)
    root.server.clock(advance="8h")  # 960 steps
    with wrong_pair():  # older than the pair that enabled it
        device.resync(second=-967)
    # A pair beside the code that was used sets the clock of the device back to it.
    device.resync(second=-960)
    assert device.step() - 960 == used
    with wrong_code():
        bob.sts.get_session_token(SerialNumber=device.serial, TokenCode=code(device.seed, used))
    device.sign_in(bob, -961)


def test_codes_of_others(root, bob, device):
    eve = root.user("eve")
    mine = Device(root, "of-eve").enable("eve")
    with unable():
        device.sign_in(eve)
    with unable():  # of nobody
        Device(root, "unassigned").sign_in(bob)
    with unable():
        eve.sts.get_session_token(SerialNumber=f"arn:aws:iam::{ACCOUNT}:mfa/absent", TokenCode="123456")
    with unable():
        eve.sts.get_session_token(SerialNumber="GAHT12345678", TokenCode="123456")
    with unable():
        mine.sign_in(root)
    mine.sign_in(eve)
    mine.deactivate("eve")
    with unable():
        mine.sign_in(eve, 1)


def test_both_belong_together(bob, device):
    words = "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code."
    for more in ({"SerialNumber": device.serial}, {"TokenCode": device.code()}):
        with denied(words):
            bob.sts.get_session_token(**more)
        with denied(words):
            bob.sts.assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/absent", RoleSessionName="s1", **more)
    device.sign_in(bob)


# Tries ---------------------------------------------------------------------------------------------------------------


def attempt(caller, device, number):
    """How a try with the code of a step ends: "good", "wrong" or "unable"."""
    try:
        caller.sts.get_session_token(SerialNumber=device.serial, TokenCode=code(device.seed, number))
        return "good"
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDenied"
        return "unable" if "unable to validate" in error.response["Error"]["Message"] else "wrong"


def test_nine_tries_in_three_minutes(root, bob, device):
    step = device.step()
    tries = [attempt(bob, device, step), attempt(bob, device, step), attempt(bob, device, step + 1)]
    assert tries == ["good", "wrong", "good"]  # successes, failures and codes that were used alike
    assert [attempt(bob, device, step + 50 + number) for number in range(6)] == ["wrong"] * 6
    assert attempt(bob, device, step + 2) == "unable"
    root.server.clock(advance="2m59s")
    assert attempt(bob, device, device.step()) == "unable"
    root.server.clock(advance="1s")
    assert attempt(bob, device, device.step()) == "good"


def test_spans_begin_at_whole_three_minutes(root, bob, device):
    root.server.clock(freeze="2030-01-01T12:05:59Z")
    assert [attempt(bob, device, 1) for _ in range(10)] == ["wrong"] * 9 + ["unable"]
    root.server.clock(freeze="2030-01-01T12:06:00Z")
    assert attempt(bob, device, 1) == "wrong"


def test_a_new_seed_inherits_the_count(root, bob, device):
    assert [attempt(bob, device, 1) for _ in range(9)] == ["wrong"] * 9
    device.deactivate()
    root.iam.delete_virtual_mfa_device(SerialNumber=device.serial)
    again = Device(root).enable()
    assert again.serial == device.serial
    assert attempt(bob, again, again.step()) == "unable"
    root.server.clock(advance="3m")
    assert attempt(bob, again, again.step()) == "good"


def test_devices_are_counted_by_themselves(root, bob, device):
    other = Device(root, "tablet").enable()
    assert [attempt(bob, device, 1) for _ in range(10)][-1] == "unable"
    assert attempt(bob, other, other.step()) == "good"


def test_nobody_uses_up_the_tries_of_others(root, bob, device):
    eve = root.user("eve", allow("*"))
    assert [attempt(eve, device, 1) for _ in range(10)] == ["unable"] * 10
    device.sign_in(bob)


def test_at_the_same_moment_a_code_is_good_once_and_no_try_is_lost(bob, device):
    step = device.step()
    requests = [send_try(bob, device, step) for _ in range(16)]
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = [future.result() for future in [pool.submit(request) for request in requests]]
    assert sorted(answers) == ["good"] + ["unable"] * 7 + ["wrong"] * 8


def send_try(caller, device, step):
    parameters = call("sts", "GetSessionToken", SerialNumber=device.serial, TokenCode=code(device.seed, step))

    def request():
        answer = send(caller.server, parameters, service="sts", key=caller.key, secret=caller.secret)
        if answer.status == 200:
            return "good"
        return "unable" if "unable to validate" in answer.error()[2] else "wrong"

    return request


def test_tries_and_used_codes_outlive_a_restart(start, tmp_path):
    first = start("--data-dir", str(tmp_path / "data"))
    first.clock(freeze=NOON)
    root = Caller(first)
    bob = root.user("bob")
    device = Device(root).enable()
    step = device.step()
    assert [attempt(bob, device, number) for number in (step, 1, 2)] == ["good", "wrong", "wrong"]
    assert first.stop() == 0
    second = start("--data-dir", str(tmp_path / "data"))
    second.clock(freeze=NOON)
    bob.server = second
    device.server = second
    assert [attempt(bob, device, step) for _ in range(7)] == ["wrong"] * 6 + ["unable"]


# AssumeRole ----------------------------------------------------------------------------------------------------------


def with_code(device, ahead=0):
    return {"SerialNumber": device.serial, "TokenCode": device.code(ahead)}


def test_a_trust_policy_asks_for_mfa(root, bob, device):
    role = root.role("job", [trust(BOB, Condition={**PRESENT, "NumericLessThan": {"aws:MultiFactorAuthAge": "60"}})],
                     allow("iam:ListUsers"), allow("iam:ListRoles", Condition=PRESENT))
    with denied(f"User: {BOB} is not authorized to perform: sts:AssumeRole on resource: {role}"):
        bob.assume(role)
    session = bob.assume(role, **with_code(device))
    assert session.arn() == f"arn:aws:sts::{ACCOUNT}:assumed-role/job/session"
    session.iam.list_users()
    with denied():  # the role's session itself has no MFA
        session.iam.list_roles()
    with wrong_code():
        bob.assume(role, **with_code(device))


def test_a_session_with_mfa_assumes_such_a_role(root, bob, device):
    role = root.role("job", [trust(BOB, Condition=PRESENT)])
    session = device.sign_in(bob)
    assert session.assume(role).arn().endswith(":assumed-role/job/session")
    assert session.assume(role, **with_code(device, 1)).arn().endswith(":assumed-role/job/session")


def test_further_permissions_see_it_too(root, bob, device):
    role = root.role("job", [trust(BOB, Condition=PRESENT), trust(BOB, "sts:TagSession", Condition=PRESENT),
                             trust(BOB, "sts:SetSourceIdentity", Condition=PRESENT)])
    more = {"Tags": [{"Key": "a", "Value": "b"}], "SourceIdentity": "bob"}
    with denied():
        bob.assume(role, **more)
    bob.assume(role, **more, **with_code(device))


def test_the_code_comes_first(root, bob, device):
    """Before role and policies; a refused request has used it up, and an ARN that is none has not."""
    with wrong_code():
        bob.assume(f"arn:aws:iam::{ACCOUNT}:role/absent", SerialNumber=device.serial, TokenCode="000000")
    with refused("ValidationError", 400, "nothing-valid-in-here is invalid"):
        bob.assume("nothing-valid-in-here", **with_code(device))
    with denied(f"User: {BOB} is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::{ACCOUNT}:role/absent"):
        bob.assume(f"arn:aws:iam::{ACCOUNT}:role/absent", **with_code(device))
    with wrong_code():
        device.sign_in(bob)


def test_sessions_of_roles_have_no_devices(root, bob, device):
    role = root.role("job", root_arn(), allow("*"))
    with unable():
        bob.assume(role).assume(role, **with_code(device))


def test_a_code_is_good_across_accounts(server, root, bob, device):
    other = Caller(server, key="111122223333")
    role = other.role("job", [trust(BOB, Condition=PRESENT)])
    with denied():
        bob.assume(role)
    assert bob.assume(role, **with_code(device)).arn() == "arn:aws:sts::111122223333:assumed-role/job/session"
