"""Every constraint of AWS's model, broken once for each operation at the raw wire."""

import pytest

import samples
import support

# Refused with other words than a constraint's, or not at all, and why.
EXCEPTIONS = {}


def is_served(server, service, name):
    return support.send(server, support.call(service, name), service=service).status != 501


@pytest.mark.parametrize("service", ["iam", "sts"])
def test_every_constraint_is_kept(server, service):
    served = [name for of, name in samples.OPERATIONS if of == service and is_served(server, service, name)]
    before = kept(server)
    wrong = []
    broken = 0
    for operation in served:
        for member, what, parameters in samples.wrong_requests(service, operation):
            answer = support.send(server, support.call(service, operation, *parameters), service=service)
            broken += 1
            expected = EXCEPTIONS.get((operation, member, what), (400, "ValidationError"))
            if answer.status == 200 or answer.error()[:2] != expected:
                wrong.append((operation, member, what, answer.status, answer.text[:300]))
    assert not wrong, "\n".join(map(str, wrong))
    assert broken > (900 if service == "iam" else 90)
    assert kept(server) == before


def kept(server):
    """What the account has of everything, without the key that asks."""
    return support.send(server, support.call("iam", "GetAccountSummary")).body.split(b"<ResponseMetadata>")[0]
