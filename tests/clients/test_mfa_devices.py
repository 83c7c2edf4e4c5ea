"""MFA devices: virtual ones with their seeds, pictures and tags, and what all operations on devices have in common."""

import base64
import json
import struct
import subprocess
import urllib.parse
import zlib

import pytest

from mfa import NOON, Device, moment
from support import (ACCOUNT, REPOSITORY, Caller, allow, answer_of, call, conflict, denied, exists, invalid, limit,
                     not_found, refused, send)

# What the model has and this server has no occasion for (tests/model/test_coverage.py).
NO_OCCASION = {"InvalidInput": ("a key that is not there is no error, and markers of another list are ValidationError",
                                "UntagMFADevice ListMFADeviceTags")}

ARN = f"arn:aws:iam::{ACCOUNT}:mfa"


@pytest.fixture(autouse=True)
def noon(server):
    server.clock(freeze=NOON)


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
