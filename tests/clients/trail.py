"""The trail's events for the client tests, and what CloudTrail's records look like: members in the order in which AWS's were
recorded, which depends on the call."""

import json
import re
import urllib.parse

import support

UUID = support.UUID
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
# `Jul 1, 2026, 12:08:19 PM`
WORDS = re.compile(r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [1-3]?\d, \d{4}, 1?\d:\d\d:\d\d [AP]M")
MEMBERS = [
    "eventVersion", "userIdentity", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress", "userAgent",
    "errorCode", "errorMessage", "requestParameters", "responseElements", "additionalEventData", "requestID", "eventID",
    "readOnly", "resources", "eventType", "managementEvent", "recipientAccountId", "sharedEventID", "eventCategory",
    "tlsDetails", "sessionCredentialFromConsole",
]
ALWAYS = set(MEMBERS) - {"errorCode", "errorMessage", "additionalEventData", "resources", "sharedEventID", "tlsDetails",
                         "sessionCredentialFromConsole"}


def events(server, **filters):
    """The newest first."""
    answer = server.http("GET", "/_iamlocal/events?" + urllib.parse.urlencode(filters))
    assert answer.status == 200, answer.text
    return answer.json()["events"]


def event(server, **filters):
    """The newest of these, its general members checked and taken away."""
    found = events(server, **filters)
    assert found, filters
    return checked(found[0])


def checked(record):
    """What differs from call to call; the rest is what every record has."""
    names = list(record)
    assert names == [name for name in MEMBERS if name in record], names
    assert ALWAYS <= set(names), ALWAYS - set(names)
    assert record["eventVersion"] == "1.11"
    assert record["managementEvent"] is True
    assert record["eventCategory"] == "Management"
    assert TIME.fullmatch(record["eventTime"])
    assert UUID.fullmatch(record["requestID"])
    assert UUID.fullmatch(record["eventID"])
    assert record["eventSource"] in {f"{name}.amazonaws.com" for name in ("iam", "sts", "signin", "cloudtrail")}
    assert record["eventType"] == ("AwsConsoleSignIn" if record["eventSource"].startswith("signin") else "AwsApiCall")
    return {name: value for name, value in record.items()
            if name not in ("eventVersion", "managementEvent", "eventCategory", "eventTime", "requestID", "eventID",
                            "userAgent", "eventType")}


def text(record):
    return json.dumps(record)
