"""MFA devices: virtual ones, tokens and security keys, and who has them."""

import base64
import concurrent.futures
import datetime
import json
import struct
import subprocess
import urllib.parse
import zlib

import pytest

from mfa import NOON, Device, code, needs_mfa, wrong_pair
from support import (ACCOUNT, OTHER_ACCOUNT, REPOSITORY, Caller, allow, answer_of, call, conflict, denied, exists, invalid, limit,
                     not_found, refused, root_arn, send)

# What the model has and this server has no occasion for (tests/model/test_coverage.py).
NO_OCCASION = {
    "LimitExceeded": ("nothing is added that has a quota", "ResyncMFADevice DeactivateMFADevice"),
    "InvalidInput": ("a key that is not there is no error, and markers of another list are ValidationError",
                     "UntagMFADevice ListMFADeviceTags"),
}

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


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


# Virtual devices -----------------------------------------------------------------------------------------------------


def test_create(iam):
    made = iam.create_virtual_mfa_device(VirtualMFADeviceName="phone")["VirtualMFADevice"]
    assert set(made) == {"SerialNumber", "Base32StringSeed", "QRCodePNG"}
    assert made["SerialNumber"] == f"{ARN}/phone"
    assert len(made["Base32StringSeed"]) == 64 and len(base64.b32decode(made["Base32StringSeed"])) == 40
    other = iam.create_virtual_mfa_device(VirtualMFADeviceName="a+b=c,d.e@f-g_h", Path="/devices/of/bob/",
                                          Tags=[{"Key": "owner", "Value": "bob"}])["VirtualMFADevice"]
    assert other["SerialNumber"] == f"{ARN}/devices/of/bob/a+b=c,d.e@f-g_h"
    assert other["Tags"] == [{"Key": "owner", "Value": "bob"}]
    assert other["Base32StringSeed"] != made["Base32StringSeed"]


def read_by_a_phone(png, folder):
    (folder / "code.png").write_bytes(png)
    read = subprocess.run(["zbarimg", "--quiet", "--raw", "--nodbus", str(folder / "code.png")], capture_output=True,
                          text=True, timeout=30)
    assert read.returncode == 0, read.stderr
    return read.stdout.rstrip("\n")


def test_the_picture_is_a_png_that_a_phone_reads(iam, tmp_path):
    made = iam.create_virtual_mfa_device(VirtualMFADeviceName="a+b=c,d.e@f-g_h", Path="/devices/")["VirtualMFADevice"]
    seed = made["Base32StringSeed"].decode()
    assert read_by_a_phone(made["QRCodePNG"], tmp_path) == f"otpauth://totp/a+b=c,d.e@f-g_h@{ACCOUNT}?secret={seed}"
    iam.create_account_alias(AccountAlias="our-company")
    made = iam.create_virtual_mfa_device(VirtualMFADeviceName="phone")["VirtualMFADevice"]
    address = urllib.parse.urlsplit(read_by_a_phone(made["QRCodePNG"], tmp_path))
    assert (address.scheme, address.netloc, address.path) == ("otpauth", "totp", "/phone@our-company")
    assert urllib.parse.parse_qs(address.query) == {"secret": [made["Base32StringSeed"].decode()]}


def test_every_byte_of_the_picture_is_as_the_standard_has_it(iam):
    png = iam.create_virtual_mfa_device(VirtualMFADeviceName="phone")["VirtualMFADevice"]["QRCodePNG"]
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = [], 8
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at:at + 8])
        data = png[at + 8:at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length:at + 12 + length])[0] == zlib.crc32(kind + data)
        chunks.append((kind, data))
        at += 12 + length
    assert [kind for kind, _ in chunks] == [b"IHDR", b"IDAT", b"IEND"]
    width, height, depth, colour, *rest = struct.unpack(">IIBBBBB", chunks[0][1])
    assert (width, depth, colour, rest) == (height, 1, 0, [0, 0, 0])
    assert len(zlib.decompress(chunks[1][1])) == height * (1 + (width + 7) // 8)


def test_a_name_is_taken_with_its_path(iam):
    iam.create_virtual_mfa_device(VirtualMFADeviceName="phone", Path="/devices/")
    for name in ("phone", "Phone"):
        with exists("MFA device already exists."):
            iam.create_virtual_mfa_device(VirtualMFADeviceName=name, Path="/devices/")
    iam.create_virtual_mfa_device(VirtualMFADeviceName="phone")


def test_paths_names_and_tags_have_rules(iam):
    words = ("The specified value for path is invalid. It must begin and end with / and contain only alphanumeric "
             "characters and/or / characters.")
    for path in ("devices/", "/devices", "devices"):
        with invalid(words):
            iam.create_virtual_mfa_device(VirtualMFADeviceName="phone", Path=path)
    with invalid("1 validation error detected: Value at 'path' failed to satisfy constraint: Member must have length less "
                 "than or equal to 512"):
        iam.create_virtual_mfa_device(VirtualMFADeviceName="phone", Path=f"/{'p' * 511}/")
    with invalid("The specified value for virtualMFADeviceName is invalid. It must contain only alphanumeric characters "
                 "and/or the following: +=,.@_-"):
        iam.create_virtual_mfa_device(VirtualMFADeviceName="my phone")
    longest = "p" * (256 - len(f"{ARN}/"))
    with invalid("The ARN of the device must have length less than or equal to 256"):
        iam.create_virtual_mfa_device(VirtualMFADeviceName=longest + "p")
    with refused("InvalidInput", 400, "Duplicate tag keys found."):
        iam.create_virtual_mfa_device(VirtualMFADeviceName="phone", Tags=[{"Key": "a", "Value": "1"}] * 2)
    assert iam.list_virtual_mfa_devices()["VirtualMFADevices"] == []
    iam.create_virtual_mfa_device(VirtualMFADeviceName=longest)
    iam.delete_virtual_mfa_device(SerialNumber=f"{ARN}/{longest}")


def test_there_are_as_many_virtual_devices_as_users(start):
    server = start("--quota", "UsersPerAccount=2")
    server.clock(freeze=NOON)
    iam = Caller(server).iam
    for name in ("a", "b"):
        iam.create_virtual_mfa_device(VirtualMFADeviceName=name)
    with limit("Cannot exceed quota for VirtualMFADevicesPerAccount: 2"):
        iam.create_virtual_mfa_device(VirtualMFADeviceName="c")


def test_delete(root, iam):
    iam.create_user(UserName="bob")
    device = Device(root).enable()
    with conflict("MFA VirtualDevice in use. Must deactivate first."):
        iam.delete_virtual_mfa_device(SerialNumber=device.serial)
    device.deactivate()
    assert answer_of(iam.delete_virtual_mfa_device(SerialNumber=device.serial)) == {}
    for serial in (device.serial, "GAHT12345678"):
        with not_found(f"MFA Device with serial number {serial} does not exist."):
            iam.delete_virtual_mfa_device(SerialNumber=serial)
    again = Device(root)
    assert again.serial == device.serial and again.seed != device.seed


def test_lists_of_virtual_devices(root, iam):
    iam.create_user(UserName="bob", Path="/team/", Tags=[{"Key": "a", "Value": "b"}])
    Device(root, "phone", Path="/devices/", Tags=[{"Key": "owner", "Value": "bob"}])
    Device(root, "tablet").enable()
    unassigned = [{"SerialNumber": f"{ARN}/devices/phone"}]
    user = iam.get_user(UserName="bob")["User"]
    assert user.pop("Tags")
    assigned = [{"SerialNumber": f"{ARN}/tablet", "User": user, "EnableDate": moment(NOON)}]
    assert set(user) == {"Path", "UserName", "UserId", "Arn", "CreateDate"}
    for more, wanted in (({}, unassigned + assigned), ({"AssignmentStatus": "Any"}, unassigned + assigned),
                         ({"AssignmentStatus": "Unassigned"}, unassigned), ({"AssignmentStatus": "Assigned"}, assigned)):
        assert answer_of(iam.list_virtual_mfa_devices(**more)) == {"VirtualMFADevices": wanted, "IsTruncated": False}
    with invalid("1 validation error detected: Value at 'assignmentStatus' failed to satisfy constraint: Member must "
                 "satisfy enum value set: [Assigned, Unassigned, Any]"):
        iam.list_virtual_mfa_devices(AssignmentStatus="Lost")


def test_lists_page(root, iam):
    iam.create_user(UserName="bob")
    for number in range(7):
        Device(root, f"d{number}").enable()
    for operation, items, more in (("list_virtual_mfa_devices", "VirtualMFADevices", {}),
                                   ("list_mfa_devices", "MFADevices", {"UserName": "bob"})):
        seen, marker = [], {}
        while True:
            page = getattr(iam, operation)(MaxItems=3, **more, **marker)
            seen.append([device["SerialNumber"][-2:] for device in page[items]])
            if not page["IsTruncated"]:
                break
            marker = {"Marker": page["Marker"]}
        assert seen == [["d0", "d1", "d2"], ["d3", "d4", "d5"], ["d6"]]
        with invalid("Invalid Marker."):
            getattr(iam, operation)(Marker="nonsense", **more)


def test_tags(root, iam):
    device = Device(root, Tags=[{"Key": "owner", "Value": "bob"}])
    iam.tag_mfa_device(SerialNumber=device.serial, Tags=[{"Key": "Owner", "Value": "eve"}, {"Key": "a", "Value": "1"}])
    tags = [{"Key": "Owner", "Value": "eve"}, {"Key": "a", "Value": "1"}, {"Key": "owner", "Value": "bob"}]
    assert answer_of(iam.list_mfa_device_tags(SerialNumber=device.serial)) == {"Tags": tags, "IsTruncated": False}
    page = iam.list_mfa_device_tags(SerialNumber=device.serial, MaxItems=2)
    assert page["Tags"] == tags[:2] and page["IsTruncated"]
    assert iam.list_mfa_device_tags(SerialNumber=device.serial, Marker=page["Marker"])["Tags"] == tags[2:]
    assert answer_of(iam.untag_mfa_device(SerialNumber=device.serial, TagKeys=["a", "nothing"])) == {}
    assert iam.list_mfa_device_tags(SerialNumber=device.serial)["Tags"] == [tags[0], tags[2]]
    with refused("InvalidInput", 400, "Duplicate tag keys found."):
        iam.tag_mfa_device(SerialNumber=device.serial, Tags=[{"Key": "b", "Value": "1"}] * 2)
    with limit("The number of tags has reached the maximum limit."):
        for start in (0, 25):
            iam.tag_mfa_device(SerialNumber=device.serial,
                               Tags=[{"Key": f"k{start + n}", "Value": "v"} for n in range(25)])
    message = f"MFA Device with serial number {ARN}/absent does not exist."
    for operation, more in (("tag_mfa_device", {"Tags": [{"Key": "a", "Value": "b"}]}),
                            ("untag_mfa_device", {"TagKeys": ["a"]}), ("list_mfa_device_tags", {})):
        with not_found(message):
            getattr(iam, operation)(SerialNumber=f"{ARN}/absent", **more)
    iam.delete_virtual_mfa_device(SerialNumber=device.serial)
    assert iam.list_mfa_device_tags(SerialNumber=Device(root).serial)["Tags"] == []


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


# Permissions ---------------------------------------------------------------------------------------------------------


def test_permissions_are_for_the_device_or_the_user(root):
    eve = root.user("eve")
    root.iam.create_user(UserName="bob", Path="/team/")
    serial = f"{ARN}/devices/phone"
    codes = {"AuthenticationCode1": "123456", "AuthenticationCode2": "234567"}
    for operation, more, resource in (
            ("CreateVirtualMFADevice", {"VirtualMFADeviceName": "phone", "Path": "/devices/"}, serial),
            ("DeleteVirtualMFADevice", {"SerialNumber": serial}, serial),
            ("ListVirtualMFADevices", {}, f"{ARN}/"),
            ("TagMFADevice", {"SerialNumber": serial, "Tags.member.1.Key": "a", "Tags.member.1.Value": "b"}, serial),
            ("UntagMFADevice", {"SerialNumber": serial, "TagKeys.member.1": "a"}, serial),
            ("ListMFADeviceTags", {"SerialNumber": "GAHT12345678"}, f"{ARN}/GAHT12345678"),
            ("EnableMFADevice", {"UserName": "bob", "SerialNumber": serial, **codes}, "user bob"),
            ("DeactivateMFADevice", {"UserName": "nobody", "SerialNumber": serial}, "user nobody"),
            ("ResyncMFADevice", {"UserName": "bob", "SerialNumber": serial, **codes}, "user bob"),
            ("ListMFADevices", {}, "user eve"),
            ("GetMFADevice", {"SerialNumber": serial, "UserName": "bob"}, "user bob")):
        status, error, message = send(root.server, call("iam", operation, **more), key=eve.key, secret=eve.secret).error()
        assert (status, error, message) == (
            403, "AccessDenied", f"User: arn:aws:iam::{ACCOUNT}:user/eve is not authorized to perform: iam:{operation} on "
            f"resource: {resource} because no identity-based policy allows the iam:{operation} action")


def test_tags_decide(root):
    eve = root.user("eve", allow("iam:CreateVirtualMFADevice"), allow("iam:TagMFADevice", Condition={
        "StringEquals": {"aws:RequestTag/owner": "eve"}}), allow("iam:DeleteVirtualMFADevice", Condition={
            "StringEquals": {"aws:ResourceTag/owner": "eve"}}))
    with denied(pattern="iam:TagMFADevice on resource: .*:mfa/phone"):
        Device(eve, Tags=[{"Key": "owner", "Value": "bob"}])
    Device(eve, Tags=[{"Key": "owner", "Value": "eve"}])
    Device(eve, "other")
    eve.iam.delete_virtual_mfa_device(SerialNumber=f"{ARN}/phone")
    with denied(pattern="iam:DeleteVirtualMFADevice on resource: .*:mfa/other"):
        eve.iam.delete_virtual_mfa_device(SerialNumber=f"{ARN}/other")


# The raw wire ---------------------------------------------------------------------------------------------------------

FINE = {"VirtualMFADeviceName": "new", "SerialNumber": f"{ARN}/phone", "UserName": "bob", "AuthenticationCode1": "123456",
        "AuthenticationCode2": "234567", "Tags.member.1.Key": "a", "Tags.member.1.Value": "b", "TagKeys.member.1": "a"}
MODEL = json.loads((REPOSITORY / "tests/model/iam.json").read_text())["operations"]


def broken(parameter, rules):
    """(parameter, value) that break one rule each; None leaves the parameter out."""
    if rules["type"] == "list":
        yield from ((name, value) for name, value in broken_items(parameter, rules["member"]))
        return
    if rules.get("required"):
        yield parameter, None
    if rules["type"] == "integer":
        yield from ((parameter, value) for value in ("0", "1001", "x", "99999999999999999999"))
        return
    yield from ((parameter, value) for value in ("\x07", "\u20ac" * rules.get("min", 1), "a b\n"))
    if rules.get("min"):
        yield parameter, ""
    if "max" in rules:
        yield parameter, "1" * (rules["max"] + 1)
    if "enum" in rules:
        yield parameter, "Other"


def broken_items(parameter, member):
    for name, rules in member.get("members", {"": member}).items():
        place = f"{parameter}.member.1.{name}" if name else f"{parameter}.member.1"
        yield from ((place, value) for value in ("\x07", "1" * (rules["max"] + 1)))
        if rules.get("min"):
            yield place, ""


@pytest.mark.parametrize("operation", sorted(name for name in MODEL if "MFADevice" in name))
def test_what_breaks_a_rule_is_refused_and_changes_nothing(root, operation):
    root.iam.create_user(UserName="bob")
    Device(root, Tags=[{"Key": "a", "Value": "1"}])
    members = MODEL[operation]["input"]
    fine = {name: value for name, value in FINE.items() if name.partition(".")[0] in members}

    def state():
        return [answer_of(answer) for answer in (root.iam.list_virtual_mfa_devices(), root.iam.list_mfa_devices(UserName="bob"),
                                                 root.iam.list_mfa_device_tags(SerialNumber=f"{ARN}/phone"))]

    before, tried = state(), 0
    for member, rules in members.items():
        for name, value in broken(member, rules):
            parameters = {key: text for key, text in {**fine, name: value}.items() if text is not None}
            answer = send(root.server, call("iam", operation, **parameters))
            assert answer.status == 400 and answer.error()[1] in ("ValidationError", "MalformedInput"), (name, value, answer.text)
            tried += 1
    assert tried > 5 and state() == before


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
