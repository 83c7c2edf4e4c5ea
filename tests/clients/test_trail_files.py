"""The trail in files, as CloudTrail delivers them."""

import gzip
import json
import pathlib
import re
import stat
import time

import trail
from support import ACCOUNT, OTHER_ACCOUNT, Caller, allow, policy, root_arn

NAME = re.compile(r"(?P<account>\d{12})_CloudTrail_(?P<region>[a-z0-9-]+)_(?P<time>\d{8}T\d{4}Z)_(?P<random>[A-Za-z0-9]{16})\.json\.gz")


def files(folder):
    return sorted((pathlib.Path(folder) / "AWSLogs").rglob("*.json.gz"))


def records(folder):
    found = []
    for path in files(folder):
        with gzip.open(path) as packed:
            content = json.load(packed)
        assert list(content) == ["Records"]
        named = NAME.fullmatch(path.name)
        assert named, path.name
        day = named["time"][:8]
        assert path.relative_to(folder).parts[:-1] == (
            "AWSLogs", named["account"], "CloudTrail", named["region"], day[:4], day[4:6], day[6:])
        for record in content["Records"]:
            trail.checked(record)
            assert (record["recipientAccountId"], record["awsRegion"]) == (named["account"], named["region"])
            found.append(record)
    return found


def wait_for(condition):
    began = time.monotonic()
    while time.monotonic() - began < 20:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError("nothing was written")


def test_files_at_a_stop(start, tmp_path):
    folder = tmp_path / "data"
    server = start("--data-dir", str(folder))
    root = Caller(server)
    root.iam.create_user(UserName="alice")
    Caller(server, region="eu-west-1").sts.get_caller_identity()
    there = Caller(server, OTHER_ACCOUNT)
    role = there.role("guest", root_arn(ACCOUNT))
    root.user("bob", allow("*")).sts.assume_role(RoleArn=role, RoleSessionName="s-1")
    shown = trail.events(server, limit=1000)
    assert files(folder) == []
    assert server.stop() == 0
    written = records(folder)
    by_id = lambda record: record["eventID"]  # noqa: E731
    assert sorted(written, key=by_id) == sorted(shown, key=by_id)
    assert {(record["recipientAccountId"], record["awsRegion"]) for record in written} == {
        (ACCOUNT, "us-east-1"), (ACCOUNT, "eu-west-1"), (OTHER_ACCOUNT, "us-east-1")}
    assert list((folder / "AWSLogs").rglob("*.unfinished")) == []
    assert stat.S_IMODE((folder / "AWSLogs").stat().st_mode) == 0o700


def test_files_at_intervals_and_once_each(start, tmp_path):
    folder = tmp_path / "data"
    server = start("--data-dir", str(folder), "--trail-interval", "1")
    root = Caller(server)
    root.iam.create_user(UserName="alice")
    wait_for(lambda: files(folder))
    assert [record["eventName"] for record in records(folder)] == ["CreateUser"]
    root.iam.create_user(UserName="bob")
    wait_for(lambda: len(files(folder)) == 2)
    server.stop()
    again = start("--data-dir", str(folder), "--trail-interval", "1")
    Caller(again).iam.list_users()
    again.stop()
    assert [record["eventName"] for record in records(folder)].count("CreateUser") == 2
    assert [record["eventName"] for record in records(folder)].count("ListUsers") == 1


def test_a_full_ring_is_written_before_it_overflows(start, tmp_path):
    folder = tmp_path / "data"
    server = start("--data-dir", str(folder), "--trail", "1", "--trail-interval", "86400")
    root = Caller(server)
    document = policy(allow("s3:GetObject", "arn:aws:s3:::" + "x" * 5000))
    for number in range(300):
        root.iam.simulate_custom_policy(PolicyInputList=[document], ActionNames=["s3:GetObject"])
        if number % 100 == 99:
            time.sleep(1.2)
    server.stop()
    assert len(records(folder)) == 300
    assert "events came faster" not in server.log()


def test_old_files_are_removed(start, tmp_path):
    folder = tmp_path / "data"
    server = start("--data-dir", str(folder), "--trail-files", "1", "--trail-interval", "1")
    root = Caller(server)
    import random
    import string

    for number in range(8):
        noise = "".join(random.choices(string.ascii_letters + string.digits, k=6000))
        for _ in range(60):
            text = "".join(random.choices(string.ascii_letters + string.digits, k=4000))
            root.iam.simulate_custom_policy(PolicyInputList=[policy(allow("s3:GetObject", f"arn:aws:s3:::{text}{noise}"))],
                                            ActionNames=["s3:GetObject"])
        wait_for(lambda wanted=number: len(files(folder)) > 0)
        time.sleep(1.1)
    server.stop()
    total = sum(path.stat().st_size for path in files(folder))
    assert total <= 1 << 20
    assert records(folder)
    # And a later process counts those that it finds.
    server = start("--data-dir", str(folder), "--trail-files", "1", "--trail-interval", "1")
    Caller(server).iam.list_users()
    server.stop()
    assert sum(path.stat().st_size for path in files(folder)) <= 1 << 20


def test_no_files_without_a_folder_or_where_they_are_off(start, tmp_path):
    folder = tmp_path / "data"
    for flags in (["--trail-files", "0"], ["--trail", "0"]):
        server = start("--data-dir", str(folder), *flags)
        Caller(server).iam.list_users()
        server.stop()
        assert files(folder) == []


def test_a_folder_that_cannot_be_written(start, tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "AWSLogs").write_text("a file is in the way")
    server = start("--data-dir", str(folder), "--trail-interval", "1")
    Caller(server).iam.list_users()
    assert server.logged("the trail's files were not written")
    Caller(server).iam.list_users()
    assert server.stop() == 0


def test_a_kill_loses_no_change(start, tmp_path):
    """Only events that were not written yet."""
    folder = tmp_path / "data"
    server = start("--data-dir", str(folder))
    Caller(server).iam.create_user(UserName="alice")
    server.kill()
    left = folder / "AWSLogs" / "one.json.gz.unfinished"
    left.parent.mkdir()
    left.write_text("half")
    again = start("--data-dir", str(folder))
    assert Caller(again).iam.get_user(UserName="alice")
    assert [record["eventName"] for record in trail.events(again)] == ["GetUser"]
    again.stop()
    assert [record["eventName"] for record in records(folder)] == ["GetUser"]
    assert not left.exists()
