"""All paginators and waiters of an installed boto3, by its own tables: boto.py URL, the plan of walks.py on standard input."""

import collections
import json
import sys

import boto3
import botocore.exceptions
from botocore import xform_name

plan = json.load(sys.stdin)
iam = boto3.client("iam", endpoint_url=sys.argv[1], region_name="us-east-1", aws_access_key_id="test",
                   aws_secret_access_key="test")


def plain(answer):
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def in_pieces(paginator, parameters):
    """By MaxItems and StartingToken."""
    token = None
    while True:
        config = {"MaxItems": 2, "PageSize": 3, "StartingToken": token}
        piece = paginator.paginate(**parameters, PaginationConfig=config).build_full_result()
        token = piece.pop("NextToken", None)
        yield piece
        if not token:
            return


paginators = collections.defaultdict(dict)
pieces = {}
for operation in iam.meta.service_model.operation_names:
    if iam.can_paginate(xform_name(operation)):
        paginator = iam.get_paginator(xform_name(operation))
        for size in plan["sizes"]:
            paginators[operation][size] = [
                plain(page) for page in paginator.paginate(**plan["parameters"][operation], PaginationConfig={"PageSize": size})]
        pieces[operation] = list(in_pieces(paginator, plan["parameters"][operation]))


def wait(waiter, wish, make):
    """The statuses that were answered, and how it ended; `make`: somebody makes it after the first answer."""
    statuses = []

    def answered(http_response, **_):
        statuses.append(http_response.status_code)
        if make and len(statuses) == 1:
            iam.meta.events.unregister("after-call.iam", answered)
            getattr(iam, xform_name(wish["make"]["operation"]))(**wish["make"]["input"])
            iam.meta.events.register("after-call.iam", answered)

    iam.meta.events.register("after-call.iam", answered)
    try:
        waiter.wait(**wish["input"], WaiterConfig={"Delay": 0, "MaxAttempts": 3})
        return [*statuses, "found"]
    except botocore.exceptions.WaiterError as error:
        assert "Max attempts exceeded" in str(error), error
        return [*statuses, "given up"]
    finally:
        iam.meta.events.unregister("after-call.iam", answered)


waiters = {}
for name in iam.waiter_names:
    waiter = iam.get_waiter(name)
    wish = plan["waits"][waiter.config.operation]
    waiters[name] = [wait(waiter, wish, make=False), wait(waiter, wish, make=True)]
json.dump({"client": f"boto3 {boto3.__version__}", "paginators": paginators, "pieces": pieces, "waiters": waiters}, sys.stdout,
          default=str)
