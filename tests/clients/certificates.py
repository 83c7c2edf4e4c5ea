"""Certificates and keys for the client tests (tests/support/certificates/README.md)."""

import base64

from support import REPOSITORY


def pem(name):
    return (REPOSITORY / "tests/support/certificates" / name).read_text()


def der(text):
    return base64.b64decode("".join(line for line in text.splitlines() if not line.startswith("-")))


def rsa_numbers(bits=2048, number=1):
    """Two numbers that look like those of an RSA key, as IAM looks at them: other ones for another `number`."""
    return 65537, (1 << (bits - 1)) + 2 * number + 1


def part(data):
    return len(data).to_bytes(4, "big") + data


def integer(number):
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def ssh_bytes(exponent, modulus):
    return part(b"ssh-rsa") + part(integer(exponent)) + part(integer(modulus))


def ssh_line(*numbers):
    return "ssh-rsa " + base64.b64encode(ssh_bytes(*numbers)).decode()


def element(tag, content):
    size = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag]) + (size if len(content) < 128 else bytes([128 + len(size)]) + size) + content


def public_key_pem(exponent, modulus):
    """X.509's form of it: SubjectPublicKeyInfo."""
    numbers = element(0x30, element(0x02, integer(modulus)) + element(0x02, integer(exponent)))
    algorithm = element(0x30, bytes.fromhex("06092a864886f70d010101") + b"\x05\x00")
    text = base64.b64encode(element(0x30, algorithm + element(0x03, b"\0" + numbers))).decode()
    lines = "".join(text[at:at + 64] + "\n" for at in range(0, len(text), 64))
    return f"-----BEGIN PUBLIC KEY-----\n{lines}-----END PUBLIC KEY-----\n"
