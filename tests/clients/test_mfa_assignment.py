"""Who has which MFA device: codes in a row, one's own devices, root's, tokens and security keys."""

import base64
import concurrent.futures
import json

import pytest

from mfa import NOON, Device, code, moment, needs_mfa, wrong_pair
from support import (ACCOUNT, OTHER_ACCOUNT, Caller, allow, answer_of, call, conflict, denied, exists, invalid, limit,
                     not_found, root_arn, send)

# What the model has and this server has no occasion for (tests/model/test_coverage.py).
NO_OCCASION = {"LimitExceeded": ("nothing is added that has a quota", "ResyncMFADevice DeactivateMFADevice")}

ARN = f"arn:aws:iam::{ACCOUNT}:mfa"


@pytest.fixture(autouse=True)
def noon(server):
    server.clock(freeze=NOON)


def get_mfa_device(caller, **parameters):
    """Debian's boto3 does not have it."""
    return send(caller.server, call("iam", "GetMFADevice", **parameters), key=caller.key, secret=caller.secret,
                token=caller.token)


def name_of(element):
    return element.tag.rpartition("}")[2]


# Who has a device ----------------------------------------------------------------------------------------------------


def test_enable_list_and_deactivate(root, iam):
    iam.create_user(UserName="bob")
    device = Device(root)
    assert answer_of(iam.list_mfa_devices(UserName="bob")) == {"MFADevices": [], "IsTruncated": False}
    answer = iam.enable_mfa_device(UserName="bob", SerialNumber=device.serial, **device.pair())
    assert answer_of(answer) == {}
    listed = [{"UserName": "bob", "SerialNumber": device.serial, "EnableDate": moment(NOON)}]
    assert answer_of(iam.list_mfa_devices(UserName="bob")) == {"MFADevices": listed, "IsTruncated": False}
    iam.update_user(UserName="bob", NewUserName="robert")
    assert iam.list_mfa_devices(UserName="robert")["MFADevices"][0]["UserName"] == "robert"
    answer = iam.deactivate_mfa_device(UserName="robert", SerialNumber=device.serial)
    assert answer_of(answer) == {}
    assert iam.list_mfa_devices(UserName="robert")["MFADevices"] == []


def test_a_device_has_one_holder(root, iam):
    for name in ("bob", "eve"):
        iam.create_user(UserName=name)
    device = Device(root).enable()
    with exists("MFA Device for user bob already exists."):
        device.enable(second=2)
    with exists("MFA Device is already in use."):
        device.enable("eve", second=2)
    with not_found("MFA Device invalid for user."):
        device.deactivate("eve")
    with not_found("MFA Device invalid for user."):
        device.resync("eve", second=2)
    device.deactivate()
    with not_found("MFA Device invalid for user."):
        device.deactivate()
    device.enable("eve", second=2)


def test_what_is_not_there(root, iam):
    iam.create_user(UserName="bob")
    device = Device(root)
    codes = {"AuthenticationCode1": "123456", "AuthenticationCode2": "234567"}
    user = "The user with name nobody cannot be found."
    absent = f"MFA Device with serial number {ARN}/absent does not exist."
    for operation, more in (("enable_mfa_device", codes), ("resync_mfa_device", codes), ("deactivate_mfa_device", {})):
        with not_found(user):
            getattr(iam, operation)(UserName="nobody", SerialNumber=device.serial, **more)
        with not_found(absent):
            getattr(iam, operation)(UserName="bob", SerialNumber=f"{ARN}/absent", **more)
    with not_found(user):
        iam.list_mfa_devices(UserName="nobody")
    # Policies are held against the ARN as it was given, so its case counts.
    with not_found(f"MFA Device with serial number {ARN}/PHONE does not exist."):
        iam.deactivate_mfa_device(UserName="bob", SerialNumber=f"{ARN}/PHONE")


def test_eight_devices_a_user(root, iam):
    iam.create_user(UserName="bob")
    for number in range(8):
        Device(root, f"d{number}").enable()
    with limit("Cannot exceed quota for MFADevicesPerUser: 8"):
        Device(root, "d8").enable()
    assert len(iam.list_mfa_devices(UserName="bob")["MFADevices"]) == 8


def test_the_quota_holds_when_many_come_at_once(root, iam):
    bob = iam.create_user(UserName="bob")["User"]["UserName"]
    waiting = [Device(root, f"d{number:02d}") for number in range(12)]
    requests = [call("iam", "EnableMFADevice", UserName=bob, SerialNumber=device.serial, **device.pair()) for device in waiting]
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda request: send(root.server, request), requests))
    assert sorted(answer.status for answer in answers) == [200] * 8 + [409] * 4
    assert len(iam.list_mfa_devices(UserName="bob")["MFADevices"]) == 8


def test_the_quota_can_be_set(start):
    server = start("--quota", "MFADevicesPerUser=1")
    server.clock(freeze=NOON)
    root = Caller(server)
    root.iam.create_user(UserName="bob")
    Device(root, "one").enable()
    with limit("Cannot exceed quota for MFADevicesPerUser: 1"):
        Device(root, "two").enable()


def test_a_user_goes_after_his_devices(root, iam):
    iam.create_user(UserName="bob")
    device = Device(root).enable()
    with conflict("Cannot delete entity, must remove tokens from principal first."):
        iam.delete_user(UserName="bob")
    device.deactivate()
    iam.delete_user(UserName="bob")


def test_the_summary_counts_them(root, iam):
    def counters():
        summary = iam.get_account_summary()["SummaryMap"]
        return summary["MFADevices"], summary["MFADevicesInUse"], summary["AccountMFAEnabled"]

    assert counters() == (0, 0, 0)
    iam.create_user(UserName="bob")
    Device(root, "a"), Device(root, "b").enable()
    assert counters() == (2, 1, 0)
    Device(root, "root-account-mfa-device").enable(ACCOUNT)
    assert counters() == (3, 2, 1)


def test_a_reset_of_an_account_takes_them_along(server, root):
    other = Caller(server, key=OTHER_ACCOUNT)
    for caller in (root, other):
        caller.iam.create_user(UserName="bob")
        device = Device(caller).enable()
    server.http("POST", f"/_iamlocal/reset?account={ACCOUNT}")
    assert root.iam.list_virtual_mfa_devices()["VirtualMFADevices"] == []
    assert [d["SerialNumber"] for d in other.iam.list_virtual_mfa_devices()["VirtualMFADevices"]] == [device.serial]
    assert device.serial == f"arn:aws:iam::{OTHER_ACCOUNT}:mfa/phone"
    with not_found(f"MFA Device with serial number {device.serial} does not exist."):
        root.iam.delete_virtual_mfa_device(SerialNumber=device.serial)


# Codes ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def device(root):
    root.iam.create_user(UserName="bob")
    return Device(root)


@pytest.mark.parametrize("second", [-998, -1, 0, 1, 1000])
def test_two_codes_in_a_row(device, second):
    device.enable(second=second)


@pytest.mark.parametrize("second", [-999, 1001])
def test_codes_that_are_too_far(device, second):
    with wrong_pair():
        device.enable(second=second)


def test_codes_that_are_no_pair(device):
    def enable(first, second):
        device.root.iam.enable_mfa_device(UserName="bob", SerialNumber=device.serial, AuthenticationCode1=first,
                                          AuthenticationCode2=second)

    for first, second in ((0, 0), (0, -1), (-2, 0)):
        with wrong_pair():
            enable(device.code(first), device.code(second))
    for wrong in ("12345", "1234567", "12345x", "", "１２３４５６"):
        with invalid():
            enable(wrong, device.code())
        with invalid():
            enable(device.code(-1), wrong)
    assert device.root.iam.list_mfa_devices(UserName="bob")["MFADevices"] == []


def test_a_pair_moves_the_clock_of_the_device(server, device):
    """Its clock is ahead from then on: 998 behind it is 2 ahead of the server's."""
    device.enable(second=1000)
    with wrong_pair():
        device.resync(second=2001)
    device.resync(second=2000)
    server.clock(advance="10h")
    with wrong_pair():
        device.resync(second=2000 - 999)
    device.resync(second=2000 - 998)


def test_the_clock_is_kept_when_a_device_is_deactivated(device):
    device.enable(second=1000)
    device.deactivate()
    with wrong_pair():
        device.enable(second=2001)
    device.enable(second=2000)


def test_a_pair_must_be_newer_than_the_last(device):
    device.enable(second=0)
    for second in (-1, 0, 1):
        with wrong_pair():
            device.resync(second=second)
    device.resync(second=2)
    device.deactivate()
    for second in (2, 3):
        with wrong_pair():
            device.enable(second=second)
    device.enable(second=4)


# One's own devices ---------------------------------------------------------------------------------------------------


@pytest.fixture
def bob(root):
    return root.user("bob", allow("*"))


def test_a_user_enables_his_first_device_himself(bob):
    device = Device(bob).enable(by=bob)
    assert [entry["SerialNumber"] for entry in bob.iam.list_mfa_devices()["MFADevices"]] == [device.serial]


def test_with_a_device_a_user_needs_mfa_for_his_own(root, bob):
    device = Device(bob).enable(by=bob)
    second = Device(bob, "tablet")
    codes = {"AuthenticationCode1": "123456", "AuthenticationCode2": "234567"}
    with needs_mfa():
        second.enable(by=bob)
    with needs_mfa():  # before "exists already"
        device.enable(second=2, by=bob)
    with needs_mfa():  # and before "does not exist"
        bob.iam.enable_mfa_device(UserName="bob", SerialNumber=f"{ARN}/absent", **codes)
    with needs_mfa():
        device.deactivate(by=bob)
    with needs_mfa():
        bob.iam.deactivate_mfa_device(SerialNumber=device.serial)
    with needs_mfa():
        bob.iam.deactivate_mfa_device(UserName="bob", SerialNumber=f"{ARN}/absent")
    # What is free: to set the clock, others' devices, and others for whom bob's device does not matter.
    bob.iam.resync_mfa_device(UserName="bob", SerialNumber=device.serial, **device.pair(second=2))
    root.iam.create_user(UserName="eve")
    second.enable("eve", by=bob)
    second.deactivate("eve", by=bob)
    device.deactivate(by=root)
    second.enable(second=4, by=bob)


def test_with_mfa_both_work(bob):
    device = Device(bob).enable(by=bob)
    session = device.sign_in(bob)
    second = Device(bob, "tablet").enable(by=session)
    # Even of the device that the session comes from.
    device.deactivate(by=session)
    second.deactivate(by=session)
    device.enable(second=2, by=bob)  # with none left the key may again


@pytest.mark.parametrize("enforcement", ["off", "audit"])
def test_where_policies_decide_nothing(start, enforcement):
    server = start("--enforcement", enforcement)
    server.clock(freeze=NOON)
    root = Caller(server)
    bob = root.user("bob")
    device = Device(bob).enable(by=bob)
    if enforcement == "off":
        device.deactivate(by=bob)
    else:
        with needs_mfa():  # that is no policy's to say
            device.deactivate(by=bob)


def test_the_first_device_needs_nothing_but_permission(root):
    eve = root.user("eve", allow("iam:ResyncMFADevice", f"arn:aws:iam::{ACCOUNT}:user/eve"))
    device = Device(root)
    with denied(f"User: arn:aws:iam::{ACCOUNT}:user/eve is not authorized to perform: iam:EnableMFADevice on resource: user "
                "eve because no identity-based policy allows the iam:EnableMFADevice action"):
        device.enable("eve", by=eve)
    with not_found("MFA Device invalid for user."):
        eve.iam.resync_mfa_device(UserName="eve", SerialNumber=device.serial, **device.pair())


def test_deactivating_by_himself_what_is_not_his(root, bob):
    with not_found("MFA Device invalid for user."):
        bob.iam.deactivate_mfa_device(UserName="bob", SerialNumber=Device(root).serial)


# Root ----------------------------------------------------------------------------------------------------------------


def test_roots_own_device(root, iam):
    device = Device(root, "root-account-mfa-device").enable(ACCOUNT)
    listed = answer_of(iam.list_mfa_devices())["MFADevices"]
    assert listed == [{"SerialNumber": f"{ARN}/root-account-mfa-device", "EnableDate": moment(NOON)}]
    virtual = iam.list_virtual_mfa_devices(AssignmentStatus="Assigned")["VirtualMFADevices"]
    assert [set(entry) for entry in virtual] == [{"SerialNumber", "User", "EnableDate"}]
    user = virtual[0]["User"]
    assert set(user) == {"UserId", "Arn", "CreateDate"}
    assert (user["UserId"], user["Arn"]) == (ACCOUNT, root_arn())
    with needs_mfa():
        iam.deactivate_mfa_device(SerialNumber=device.serial)
    session = device.sign_in(root)
    with exists(f"MFA Device for user {ACCOUNT} already exists."):
        device.enable(ACCOUNT, second=2, by=session)
    session.iam.deactivate_mfa_device(SerialNumber=device.serial)
    assert iam.list_mfa_devices()["MFADevices"] == []


def test_nobody_else_names_root_by_the_account(root):
    bob = root.user("bob", allow("*"))
    with not_found(f"The user with name {ACCOUNT} cannot be found."):
        Device(root).enable(ACCOUNT, by=bob)
    root.iam.create_user(UserName=ACCOUNT)
    Device(root, "other").enable(ACCOUNT)
    assert root.iam.list_mfa_devices()["MFADevices"] == []
    assert len(root.iam.list_mfa_devices(UserName=ACCOUNT)["MFADevices"]) == 1


def test_a_role_has_no_devices_of_its_own(root):
    session = root.user("bob", allow("*")).assume(root.role("job", root_arn(), allow("*")))
    words = "Must specify userName when calling with non-User credentials"
    with invalid(words):
        session.iam.list_mfa_devices()
    for operation in ("GetMFADevice", "DeactivateMFADevice"):
        answer = send(root.server, call("iam", operation, SerialNumber="GAHT12345678"), key=session.key,
                      secret=session.secret, token=session.token)
        assert answer.error() == (400, "ValidationError", words)


# Hardware ------------------------------------------------------------------------------------------------------------


def declare(server, **what):
    return server.http("POST", "/_iamlocal/mfa-devices", {"Content-Type": "application/json"},
                       json.dumps(what).encode())


SEED = base64.b32encode(b"a seed of twenty bytes").decode()


def test_a_token_is_known_by_its_serial_number(server, root, iam):
    bob = root.user("bob")
    with not_found("MFA Device with serial number GAHT12345678 does not exist."):
        Device.token(root, "GAHT12345678", SEED).enable()
    assert declare(server, serial_number="GAHT12345678", seed=SEED).json() == {"serial_number": "GAHT12345678"}
    token = Device.token(root, "GAHT12345678", SEED)
    assert iam.get_account_summary()["SummaryMap"]["MFADevices"] == 0
    token.enable()
    assert [entry["SerialNumber"] for entry in iam.list_mfa_devices(UserName="bob")["MFADevices"]] == ["GAHT12345678"]
    assert iam.list_virtual_mfa_devices()["VirtualMFADevices"] == []
    assert iam.get_account_summary()["SummaryMap"]["MFADevices"] == 1
    assert token.sign_in(bob).arn() == bob.arn()
    token.deactivate()
    with not_found("MFA Device with serial number GAHT12345678 does not exist."):
        iam.tag_mfa_device(SerialNumber="GAHT12345678", Tags=[{"Key": "a", "Value": "b"}])
    token.enable(second=2)


def test_a_security_key(server, root, iam):
    bob = root.user("bob", allow("*"))
    root.iam.create_user(UserName="eve")
    made = declare(server, user_name="bob", security_key="work", certifications={"FIDO": "L1", "FIDO-FIPS-140-2": "L2"})
    serial = made.json()["serial_number"]
    assert serial.startswith(f"arn:aws:iam::{ACCOUNT}:u2f/user/bob/work-")
    for answer in (get_mfa_device(bob, SerialNumber=serial), get_mfa_device(root, SerialNumber=serial, UserName="bob")):
        assert answer.status == 200
        entries = [(name_of(child), child.text) for child in answer.xml()[0]]
        assert entries[:3] == [("UserName", "bob"), ("SerialNumber", serial), ("EnableDate", NOON)]
        assert [[part.text for part in entry] for entry in answer.xml()[0][3]] == [["FIDO", "L1"], ["FIDO-FIPS-140-2", "L2"]]
        assert [name for name, _ in entries[3:]] == ["Certifications"]
    assert [entry["SerialNumber"] for entry in bob.iam.list_mfa_devices()["MFADevices"]] == [serial]
    assert get_mfa_device(root, SerialNumber=serial, UserName="eve").error() == (
        404, "NoSuchEntity", "MFA Device invalid for user.")
    codes = {"AuthenticationCode1": "123456", "AuthenticationCode2": "234567"}
    with wrong_pair():
        iam.resync_mfa_device(UserName="bob", SerialNumber=serial, **codes)
    iam.deactivate_mfa_device(UserName="bob", SerialNumber=serial)
    assert get_mfa_device(root, SerialNumber=serial, UserName="bob").error() == (
        404, "NoSuchEntity", f"MFA Device with serial number {serial} does not exist.")


def test_get_mfa_device_is_for_security_keys(root, iam):
    root.iam.create_user(UserName="bob")
    device = Device(root).enable()
    assert get_mfa_device(root, SerialNumber=device.serial, UserName="bob").error() == (
        400, "ValidationError", "The MFA device serial number sent in the request is invalid or not supported by this API. "
        "Currently, only hardware FIDO security keys are supported. Please use the compatible device or API.")


def test_hardware_is_declared_as_it_should_be(server, root):
    root.iam.create_user(UserName="bob")
    good = {"serial_number": "GAHT12345678", "seed": SEED}
    for what in ({}, {**good, "seed": "no base32!"}, {**good, "seed": "AAAA"}, {**good, "serial_number": "GAHT"},
                 {**good, "serial_number": "arn:aws:iam::1:mfa/x"}, {**good, "account": "12"}, {**good, "account": 7},
                 {**good, "more": 1}, {"user_name": "bob", "security_key": ""}, {"user_name": 3, "security_key": "k"},
                 {"user_name": "bob", "security_key": "k", "certifications": ["FIDO"]},
                 {"user_name": "bob", "security_key": "k", "certifications": {"FIDO": "L1\nX"}},
                 {"user_name": "bob", "security_key": "k" * 256}, {"user_name": "bob", "security_key": "k", "seed": SEED}):
        assert declare(server, **what).status == 400, what
    assert server.http("POST", "/_iamlocal/mfa-devices", {}, b"[").status == 400
    assert declare(server, user_name="nobody", security_key="work").status == 404
    assert declare(server, **good).status == 200
    assert declare(server, **good).status == 409
    assert declare(server, **good, account=OTHER_ACCOUNT).status == 200
    assert root.iam.list_mfa_devices(UserName="bob")["MFADevices"] == []


def test_codes_are_those_of_the_standard():
    """RFC 6238, appendix B, the last six digits: what these tests hold the server against is right itself."""
    seed = base64.b32encode(b"12345678901234567890")
    assert [code(seed, seconds // 30) for seconds in (59, 1111111109, 20000000000)] == ["287082", "081804", "353130"]
