"""Seeds that are clumsy, hostile or large, and servers that die over one."""

import concurrent.futures
import json
import os
import signal
import subprocess
import threading
import time

import pytest

from certificates import pem, rsa_numbers, ssh_line
import support
from support import BINARY, Caller, clean_environment
from test_saml_providers import new_key
from test_seeds import FIRST, MFA_SEED, ROUTE, SECOND, of, put, run, seed_of

SECRET = "hunter2-Secret"
USER = f"accounts:\n  '{FIRST}':\n    users:\n      alice:\n        "
ACCOUNT = f"accounts:\n  '{FIRST}':\n    "


# Wrong values --------------------------------------------------------------------------------------------------------

WRONG = [
    # text, line, column, words
    (ACCOUNT + "root: {mfa_devices: [{seed: x}]}", 3, 33, "an MFA device has name, or serial_number"),
    (ACCOUNT + "root: {mfa_devices: [{name: x}]}", 3, 33, "the MFA device needs its seed"),
    (ACCOUNT + f"root: {{mfa_devices: [{{name: x, seed: {MFA_SEED}, clock_offset: 5000}}]}}", 3, None, "clock_offset is -1000 to 1000"),
    (ACCOUNT + "root: {password_reset_required: true}", 3, 37, "Login Profile for User  cannot be found."),
    (ACCOUNT + "mfa_devices: [{serial_number: 'arn:aws:iam::111122223333:u2f/user/a/k'}]", 3, 35, "a security key is always"),
    (ACCOUNT + f"mfa_devices: [{{serial_number: short, seed: {MFA_SEED}}}]", 3, 35, "The specified value for serialNumber is invalid."),
    (ACCOUNT + f"mfa_devices: [{{name: x, seed: {MFA_SEED}}}, {{name: X, seed: {MFA_SEED}}}]", 3, None, "the MFA device X stands at"),
    (USER + "ssh_public_keys: [{ssh_public_key_body: none}]", 5, 49, "Invalid public key uploaded."),
    (USER + "signing_certificates: [{certificate_body: none}]", 5, 51, "Unable to parse certificate."),
    (USER + "service_specific_credentials: [{service_name: s3.amazonaws.com}]", 5, 55, "No such service s3.amazonaws.com"),
    (USER + "service_specific_credentials: [{service_name: codecommit.amazonaws.com, expires: soon}]", 5, 90, "expires is a time"),
    (USER + "password_hash: x", 5, 24, "a hash of a password is not as an export writes it"),
    (USER + "former_password_hashes: [x]", 5, 33, "former_password_hashes stand beside a password_hash"),
    (ACCOUNT + "server_certificates: {web: {certificate_body: none}}", 3, 51, "Unable to parse certificate."),
    (ACCOUNT + "settings: {outbound_issuer: A B}", 3, 33, "outbound_issuer has 1 to 63"),
    (ACCOUNT + "settings: {outbound_keys: []}", 3, 31, "there must be a key"),
    (ACCOUNT + "settings: {outbound_keys: [{key_id: k, algorithm: RS256, private_key: none}]}", 3, None, "private_key is a key of RSA"),
    (ACCOUNT + "undeletable_roles: [{role_name: x, usage: [{region: r, resources: []}]}]", 3, 71, "a usage has resources"),
    ("issuers: {a b: }", 1, 11, "the name of a built-in provider has"),
    ("issuers: {a: }", 1, 11, "issuer must say which address it has"),
    ("issuers: {a: {preset: none}}", 1, 23, "there is no such preset"),
    ("issuers: {a: {issuer: 'https://x.example'}, b: {issuer: 'https://x.example'}}", 1, 57, "another built-in issuer has"),
    ("saml_identity_providers: {a: {certificate: x}}", 1, 27, "certificate and private_key belong together"),
    ("root_features: [RootSessions]", 1, 16, "only an organization with all features"),
    ("root_features: [Roots]", 1, 17, "IAM's features for root users are"),
]


@pytest.mark.parametrize("text, line, column, words", WRONG)
def test_what_is_wrong_is_told_with_its_place_and_nothing_has_changed(server, text, line, column, words):
    answer = put(server, {"seeds": [
        {"name": "good.yaml", "text": f"accounts: {{'{SECOND}': {{users: {{new: }}}}}}"}, {"name": "bad.yaml", "text": text}]})
    told = answer.json()
    assert answer.status == 400, told
    assert told["error"].startswith(words), told
    assert (told["file"], told["line"]) == ("bad.yaml", line)
    assert column is None or told["column"] == column, told
    assert server.http("GET", ROUTE).json() in (None, {}, {"accounts": {}}), "something was made"


def test_a_private_key_of_another_certificate_is_refused(server):
    certificate = {"certificate_body": pem("leaf.crt"), "private_key": new_key("RSA", None)}
    answer = put(server, seed_of(server_certificates={"web": certificate}))
    assert (answer.status, answer.json()["code"]) == (400, "KeyPairMismatch")
    answer = put(server, {"saml_identity_providers": {"a": {"certificate": pem("leaf.crt"), "private_key": new_key("RSA", None)}}})
    assert (answer.status, answer.json()["error"]) == (400, "the key is not the certificate's")


def test_quotas_hold_for_what_no_operation_makes(server):
    # What alice may have only so many of, and of each one more.
    keys = [{"ssh_public_key_body": ssh_line(*rsa_numbers(number=2 * i + 1))} for i in range(6)]
    credentials = [{"service_name": "codecommit.amazonaws.com"}] * 3
    certificates = [{"certificate_body": pem(name)} for name in ("leaf.crt", "root.crt", "intermediate.crt")]
    for members in ({"ssh_public_keys": keys}, {"service_specific_credentials": credentials},
                    {"signing_certificates": certificates}):
        answer = put(server, seed_of(users={"alice": members}))
        assert (answer.status, answer.json().get("code")) == (400, "LimitExceeded"), answer.body
        ((name, items),) = members.items()
        assert put(server, seed_of(users={"alice": {name: items[:-1]}})).status == 200
    many = {f"c{i}": {"certificate_body": pem("leaf.crt")} for i in range(21)}
    answer = put(server, seed_of(server_certificates=many))
    assert (answer.status, answer.json()["code"]) == (400, "LimitExceeded")


def test_quotas_below_what_is_there_leave_it_there(server):
    put(server, seed_of(users={"a": {}, "b": {}, "c": {}}))
    assert put(server, "quotas: {UsersPerAccount: 1}").status == 200
    assert len(of(server).iam.list_users()["Users"]) == 3
    answer = put(server, seed_of(users={"a": {"path": "/x/"}, "d": {}}))
    assert (answer.status, answer.json()["code"]) == (400, "LimitExceeded")
    assert of(server).iam.get_user(UserName="a")["User"]["Path"] == "/"
    # A seed that sets them has to keep them itself, and sets none if it does not.
    answer = put(server, {**seed_of(users={"d": {}, "e": {}}), "quotas": {"UsersPerAccount": 4}})
    assert answer.status == 400
    with support.refused("LimitExceeded", 409):
        of(server).iam.create_user(UserName="d")


@pytest.mark.parametrize("members", [
    f"password: [{SECRET}]", f"password: {{{SECRET}: x}}", f"password_hash: {SECRET}", f"password: {'x' * 200}{SECRET}",
    f"access_keys: [{SECRET}]", f"access_keys: [{{access_key_id: AKIASEEDALICE0000001, secret_access_key: 'a {SECRET}'}}]",
    f"access_keys: [{{access_key_id: AKIASEEDALICE0000001, secret_access_key: [{SECRET}]}}]",
    f"mfa_devices: [{{name: x, seed: '{SECRET}'}}]", f"mfa_devices: [{{name: x, seed: [{SECRET}]}}]",
    f"former_password_hashes: ['{SECRET}']", f"passwort: {SECRET}",
])
def test_secrets_are_in_no_message(server, members):
    answer = put(server, USER + members)
    assert answer.status == 400
    assert SECRET not in answer.body.decode()
    answer = put(server, f"issuers: {{a: {{issuer: 'https://x.example', keys: [{{key_id: k, algorithm: RS256, private_key: {SECRET}}}]}}}}")
    assert answer.status == 400 and SECRET not in answer.body.decode()
    answer = put(server, seed_of(saml_providers={"corp": {"metadata": "<x/>", "private_keys": [SECRET]}}))
    assert answer.status == 400 and SECRET not in answer.body.decode()
    assert SECRET not in server.log()


# Size ----------------------------------------------------------------------------------------------------------------


def padded(megabytes):
    """A seed of that size, most of which is a comment."""
    return (f"accounts: {{'{FIRST}': {{users: {{alice: }}}}}}\n# " + "x" * (megabytes << 20)).encode()


def test_a_seed_may_be_larger_than_other_requests(server):
    assert put(server, padded(3)).json() == {"created": 1, "updated": 0, "unchanged": 0}
    assert put(server, padded(33)).status == 413
    # Of the web pages that a browser may show, those that may not call have no more room than ever.
    assert put(server, padded(3), {"Origin": "https://evil.example"}).status in (403, 413)
    assert put(server, b"accounts: {}", {"Origin": "https://evil.example"}).status == 403
    # Nor have other routes and methods.
    assert server.http("PUT", "/_iamlocal/organization", {}, padded(3)).status == 413
    assert server.http("POST", ROUTE, {}, padded(3)).status == 413


def test_how_large_a_seed_may_be_is_set(start):
    small = start("--seed-size", "1")
    assert put(small, padded(2)).status == 413
    closed = start("--testbench", "off")
    assert put(closed, padded(2)).status == 413
    for value in ("0", "33", "x"):
        done = subprocess.run([BINARY, "--seed-size", value], capture_output=True, text=True, env=clean_environment(), timeout=20)
        assert done.returncode == 2


# Files ---------------------------------------------------------------------------------------------------------------


def test_what_is_no_file_in_a_folder_is_refused_at_once(tmp_path):
    good = f"accounts: {{'{FIRST}': {{users: {{alice: }}}}}}"
    (tmp_path / "10.yaml").write_text(good)
    (tmp_path / "folder.yaml").mkdir()  # folders are passed over, whatever their names
    assert run(tmp_path, "--check").stdout == "good: 1 things\n"
    for name, make in (("loop.yaml", lambda path: path.symlink_to(path)), ("gone.yaml", lambda path: path.symlink_to("none")),
                       ("pipe.yaml", os.mkfifo)):
        make(tmp_path / name)
        done = run(tmp_path, "--check")
        assert (done.returncode, done.stderr) == (2, f"iamlocal seed: {tmp_path / name}: cannot be read\n")
        (tmp_path / name).unlink()
    (tmp_path / "20.yaml").symlink_to(tmp_path / "10.yaml")
    assert "stands at" in run(tmp_path, "--check").stderr
    seed = tmp_path / "20.yaml"
    seed.unlink()
    os.mkfifo(tmp_path / "idp.xml")
    seed.write_text(ACCOUNT + "saml_providers: {corp: {metadata_file: idp.xml}}")
    assert f"the file '{tmp_path / 'idp.xml'}' cannot be read" in run(tmp_path, "--check").stderr


def test_a_pipe_that_is_named_is_read():
    done = subprocess.run(["/bin/bash", "-c", f'"$0" seed <(echo "accounts: {{\'{FIRST}\': {{users: {{alice: }}}}}}") --check', BINARY],
                          capture_output=True, text=True, env=clean_environment(), timeout=20)
    assert (done.returncode, done.stdout) == (0, "good: 1 things\n"), done.stderr


@pytest.mark.parametrize("encode", [
    lambda text: text.replace("\n", "\r\n").encode(), lambda text: b"\xef\xbb\xbf" + text.encode(),
    lambda text: b"\xef\xbb\xbf" + json.dumps(seed_of(users={"alice": {"path": "/x/"}})).encode()])
def test_windows_writes_seeds_too(server, encode):
    assert put(server, encode(USER + "path: /x/\n")).json() == {"created": 1, "updated": 0, "unchanged": 0}
    answer = put(server, encode(USER + "path: /x/\n").replace(b"/x/", b"nowhere"))
    assert (answer.status, answer.json()["line"]) in ((400, 5), (400, 1))


# While others call, and in the end --------------------------------------------------------------------------------------


def test_traffic_goes_on_while_seeds_come(server):
    def seed(number):
        return seed_of(users={f"user{i}": {"tags": {"n": str(number)}} for i in range(50)})

    put(server, seed(0))
    done = threading.Event()

    def write(number):
        iam, made = Caller(server, FIRST).iam, 0
        while not done.is_set():
            iam.create_user(UserName=f"other{number}-{made}")
            made += 1
        return made

    with concurrent.futures.ThreadPoolExecutor() as pool:
        writers = [pool.submit(write, number) for number in range(2)]
        for number in range(1, 11):
            assert put(server, seed(number)).json()["updated"] == 50
            bad = seed(number + 100)
            bad["accounts"][FIRST]["users"]["user49"]["groups"] = ["none"]
            assert put(server, bad).status == 400
        done.set()
        made = sum(writer.result() for writer in writers)
    assert made > 0
    details = Caller(server, FIRST).iam.get_account_authorization_details(Filter=["User"], MaxItems=1000)["UserDetailList"]
    assert {tag["Value"] for user in details for tag in user["Tags"]} == {"10"}
    assert len(details) == 50 + made


@pytest.mark.skipif(support.ON_POSTGRES, reason="it is about the files of a data directory")
def test_a_server_that_is_killed_over_a_seed_has_all_of_it_or_nothing(start, tmp_path):
    seed = tmp_path / "seed.json"
    seed.write_text(json.dumps(seed_of(users={f"user{i}": {"tags": {"n": "1"}} for i in range(3000)})))
    data, seen = str(tmp_path / "data"), set()
    for wait in (0.15, 0.3, 0.45, 0.6, 0.9):
        process = subprocess.Popen([BINARY, "--listen", "127.0.0.1:0", "--data-dir", data, "--seed", str(seed)],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=clean_environment())
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        server = start("--data-dir", data)
        seen.add(server.http("GET", ROUTE).body.count(b'"tags"'))
        server.stop()
    assert seen <= {0, 3000}
    server = start("--data-dir", data, "--seed", str(seed))
    assert server.http("GET", ROUTE).body.count(b'"tags"') == 3000
