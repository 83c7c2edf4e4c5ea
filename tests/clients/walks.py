"""What clients are asked to do by walkers/, js/walk.mjs and go/, and whether what they report is right.

A program for each client walks all paginators and waiters that its client has by the client's own tables, told by a plan what
to ask for, and prints what it got. So a paginator that a newer client brings is tested without another line here, as long
as crowd.py has what it lists.
"""

import json

from crowd import AT_MOST, DOCUMENTS, MODEL
from support import ACCOUNT, policy, root_arn, trust

SIZES = [1, 2, 100]
WAITS = {
    "GetUser": {"input": {"UserName": "late"}, "make": {"operation": "CreateUser", "input": {"UserName": "late"}}},
    "GetRole": {"input": {"RoleName": "late"}, "make": {"operation": "CreateRole", "input": {
        "RoleName": "late", "AssumeRolePolicyDocument": policy(trust(root_arn()))}}},
    "GetPolicy": {"input": {"PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/late"}, "make": {"operation": "CreatePolicy", "input": {
        "PolicyName": "late", "PolicyDocument": DOCUMENTS[0]}}},
    "GetInstanceProfile": {"input": {"InstanceProfileName": "late"}, "make": {
        "operation": "CreateInstanceProfile", "input": {"InstanceProfileName": "late"}}},
}


def lists_of(operation):
    return [name for name, facts in MODEL[operation]["output"].items() if facts["type"] == "list"]


def entries(operation, page):
    """What a page lists, each list for itself."""
    return {name: [json.dumps(entry, sort_keys=True) for entry in page.get(name) or []] for name in lists_of(operation)}


def together(operation, pages):
    """All that the pages list; none of it twice."""
    whole = {name: [] for name in lists_of(operation)}
    for page in pages:
        for name, found in entries(operation, page).items():
            whole[name] += found
    for found in whole.values():
        assert len(set(found)) == len(found), (operation, found)
    return whole


def count(operation, page):
    return sum(len(found) for found in entries(operation, page).values())


def check_whole(operation, whole):
    """There was enough to page, and as much as the account has."""
    for name, found in whole.items():
        assert len(found) == AT_MOST.get(operation, 3), (operation, name, found)


def check_pages(operation, by_size):
    whole = together(operation, by_size["100"])
    check_whole(operation, whole)
    total = sum(len(found) for found in whole.values())
    for size in SIZES:
        pages = by_size[str(size)]
        assert together(operation, pages) == whole, (operation, size)
        counts = [count(operation, page) for page in pages]
        assert counts == [size] * (total // size) + [total % size] * (total % size > 0), (operation, size, counts)
        truncated = [page["IsTruncated"] for page in pages]
        assert truncated == [True] * (len(pages) - 1) + [False], (operation, size)
        assert [bool(page.get("Marker")) for page in pages] == truncated, (operation, size)


def plan_of(crowd):
    return {"sizes": SIZES, "parameters": crowd.all_parameters(), "waits": WAITS}


def check_sizes(operation, by_size):
    """The whole, read by pages of each size, took as many requests as it has pages."""
    for size, answer in by_size.items():
        whole = together(operation, [answer["all"]])
        check_whole(operation, whole)
        total = sum(len(found) for found in whole.values())
        assert answer["requests"] == -(-total // int(size)), (operation, size)


def check_report(report):
    """Clients give pages or, those that hide them, the whole and how many requests it took."""
    walked = report.get("paginators") or report["sizes"]
    assert len(walked) >= 27, "botocore of 2019 has as many"
    for operation, by_size in walked.items():
        (check_pages if "paginators" in report else check_sizes)(operation, by_size)
    for operation, pieces in report.get("pieces", {}).items():
        check_whole(operation, together(operation, pieces))
    assert len(report["waiters"]) >= 4
    for name, (never, late) in report["waiters"].items():
        assert never == [404] * (len(never) - 1) + ["given up"] and len(never) > 1, name
        assert late == [404, 200, "found"], name
