"""MFA devices as their owners have them: the codes of RFC 6238, counted by the server's clock."""

import base64
import datetime
import hashlib
import hmac
import struct

import support

# The beginning of a step of thirty seconds, and of three minutes in which tries are counted.
NOON = "2030-01-01T12:00:00Z"


def moment(text):
    """As boto3 gives times."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def code(seed, step):
    """`seed`: the bytes of the base32 text."""
    digest = hmac.new(base64.b32decode(seed), struct.pack(">q", step), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(int.from_bytes(digest[offset:offset + 4], 'big') & 0x7fffffff) % 1000000:06d}"


class Device:
    def __init__(self, root, name="phone", **more):
        self.root, self.server = root, root.server
        made = root.iam.create_virtual_mfa_device(VirtualMFADeviceName=name, **more)["VirtualMFADevice"]
        self.serial, self.seed, self.png = made["SerialNumber"], made["Base32StringSeed"], made["QRCodePNG"]

    @classmethod
    def token(cls, root, serial, seed):
        """A piece of hardware, by its serial number."""
        device = cls.__new__(cls)
        device.root, device.server, device.serial, device.seed = root, root.server, serial, seed.encode()
        return device

    def step(self):
        now = datetime.datetime.strptime(self.server.http("GET", "/_iamlocal/clock").json()["now"], "%Y-%m-%dT%H:%M:%SZ")
        return int(now.replace(tzinfo=datetime.timezone.utc).timestamp()) // 30

    def code(self, ahead=0):
        """What the device shows so many steps from now."""
        return code(self.seed, self.step() + ahead)

    def pair(self, second=0):
        return {"AuthenticationCode1": self.code(second - 1), "AuthenticationCode2": self.code(second)}

    def enable(self, user="bob", second=0, by=None):
        (by or self.root).iam.enable_mfa_device(UserName=user, SerialNumber=self.serial, **self.pair(second))
        return self

    def resync(self, user="bob", second=0):
        self.root.iam.resync_mfa_device(UserName=user, SerialNumber=self.serial, **self.pair(second))

    def deactivate(self, user="bob", by=None):
        (by or self.root).iam.deactivate_mfa_device(UserName=user, SerialNumber=self.serial)

    def sign_in(self, caller, ahead=0, **more):
        """A session of the caller's own with a code of the device."""
        answer = caller.sts.get_session_token(SerialNumber=self.serial, TokenCode=self.code(ahead), **more)
        return support.of_credentials(caller.server, answer["Credentials"])


def wrong_pair():
    return support.refused("InvalidAuthenticationCode", 403, "Authentication code for device is not valid.")


def needs_mfa():
    return support.denied("To complete this action, please ensure that you are authenticated with an MFA device that is "
                          "enabled for this user.")


def unable():
    return support.denied("MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial "
                          "number is valid and associated with this user.")


def wrong_code():
    return support.denied("MultiFactorAuthentication failed with invalid MFA one time pass code. ")
