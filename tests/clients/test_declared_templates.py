"""How templates are declared through the test bench."""

import json

import pytest

from support import Caller

ROUTE = "/_iamlocal/templates"
ARN = "arn:aws:iam::aws:role-template/iam.amazonaws.com/Example:1"
VERSION = {"role_name": "@{Name}", "trust_policy": {"Statement": []}, "parameters": [{"name": "Name", "type": "String"}]}
DELEGATION = {"arn": "arn:aws:iam::aws:delegation-template/x", "partner_account": "111122223333", "partner_name": "Example",
              "policy": {"Statement": []}}


def put(server, body):
    return server.http("PUT", ROUTE, {}, body if isinstance(body, bytes) else json.dumps(body).encode())


def roles(**more):
    return {"role_templates": [{"arn": ARN, "versions": [VERSION], **more}]}


def version(**more):
    return roles(versions=[VERSION | more])


def parameter(**more):
    return version(parameters=VERSION["parameters"] + [{"name": "Other", "type": "String"} | more])


def delegation(**more):
    return {"delegation_templates": [DELEGATION | more]}


def test_they_are_declared_shown_and_removed(server):
    assert server.http("GET", ROUTE).status == 404
    declared = roles() | delegation()
    assert put(server, declared).json() == declared
    assert server.http("GET", ROUTE).json() == declared
    assert put(server, {}).json() == {}
    assert server.http("GET", ROUTE).json() == {}
    assert server.http("DELETE", ROUTE).json() == {"status": "ok"}
    assert server.http("GET", ROUTE).status == 404
    assert server.http("POST", ROUTE).status == 405
    put(server, declared)
    server.http("POST", "/_iamlocal/reset")
    assert server.http("GET", ROUTE).status == 404


def test_they_survive_a_restart(start, tmp_path):
    server = start("--data-dir", str(tmp_path / "data"))
    put(server, roles())
    server.stop()
    assert start("--data-dir", str(tmp_path / "data")).http("GET", ROUTE).json() == roles()


@pytest.mark.parametrize("body, words", [
    (b"{", "this is not JSON"),
    ([], "the declaration must be an object"),
    ({"templates": []}, 'there is no member "templates"; there are: role_templates, delegation_templates'),
    ({"role_templates": {}}, '"role_templates" must be an array'),
    ({"role_templates": [1]}, "a role template must be an object"),
    ({"role_templates": [{"arn": ARN}]}, 'a role template needs a "versions"'),
    ({"role_templates": roles()["role_templates"] * 2}, f"there is already a template {ARN}"),
    (roles(name="x"), 'there is no member "name"; there are: arn, description, enabled, default_minor_version, versions'),
    (roles(arn=1), '"arn" must be a string'),
    (roles(enabled="yes"), '"enabled" must be true or false'),
    (roles(versions=[]), "Example has no minor version 0"),
    (roles(default_minor_version=1), "Example has no minor version 1"),
    (roles(default_minor_version=-1), '"default_minor_version" must be a whole number from 0 to 2147483647'),
    (roles(default_minor_version=1.5), '"default_minor_version" must be a whole number from 0 to 2147483647'),
    (roles(versions=[VERSION] * 2), "there is already a minor version 0"),
    (roles(versions=[1]), "a version must be an object"),
    (roles(versions=[{"role_name": "x"}]), 'a version needs a "trust_policy"'),
    (version(role_name="@{Other}"), "there is no parameter Other"),
    (version(trust_policy=1), '"trust_policy" must be an object, or its text as a string'),
    (version(trust_policy="{"), '"trust_policy" is no policy document'),
    (version(trust_policy={}), '"trust_policy" is no policy document'),
    (version(trust_policy={"Statement": "@{Other}"}), "there is no parameter Other"),
    (version(inline_policies=[]), '"inline_policies" must be an object'),
    (version(inline_policies={"p": {}}), "the policy p is no policy document"),
    (version(inline_policies={"p": {"Statement": "@{Other}"}}), "there is no parameter Other"),
    (version(managed_policies=[1]), "the ARN of a managed policy must be a string"),
    (version(tags={"a": 1}), "the value of a tag must be a string"),
    (version(tags={"a": "@{Other}"}), "there is no parameter Other"),
    (version(max_session_duration=3599), '"max_session_duration" must be a whole number from 3600 to 43200'),
    (version(parameters=[1]), "a parameter must be an object"),
    (parameter(name="a b"), '"a b" is no name of a parameter'),
    (parameter(name="Name"), "there is already a parameter Name"),
    (parameter(type="Text"), "the type of a parameter is one of String, StringList, Number, NumberList, Arn, ArnList"),
    (parameter(more=1),
     'there is no member "more"; there are: name, type, sub_type, description, default, required, immutable'),
    (version(parameters=[{"name": "Name", "type": "StringList"}]), "the list Name can stand in documents only"),
    ({"delegation_templates": [{}]}, 'a delegation template needs a "arn"'),
    ({"delegation_templates": [DELEGATION] * 2}, f"there is already a template {DELEGATION['arn']}"),
    (delegation(arn="x"), '"x" is no ARN of IAM'),
    (delegation(partner_account="1"), '"1" is no account: twelve digits are'),
    (delegation(partner_name=""), "the name of a partner has 1 to 30 characters"),
    (delegation(partner_name="x" * 31), "the name of a partner has 1 to 30 characters"),
    (delegation(policy={"Statement": "@{Other}"}), "there is no parameter Other"),
    (delegation(parameters=[{"name": "Number", "type": "Number"}]),
     "the parameters of a delegation template are of type String or StringList, with names of 5 or more characters"),
    (delegation(parameters=[{"name": "four", "type": "String"}]),
     "the parameters of a delegation template are of type String or StringList, with names of 5 or more characters"),
])
def test_a_bad_declaration_changes_nothing(server, body, words):
    put(server, roles())
    answer = put(server, body)
    assert (answer.status, answer.json()["error"]) == (400, words)
    assert server.http("GET", ROUTE).json() == roles()


@pytest.mark.parametrize("arn", [
    "arn:aws:iam::aws:role-template/Example:1", "arn:aws:iam::aws:role-template/iam.amazonaws.com/Example",
    "arn:aws:iam::aws:role-template/iam.amazonaws.com/Example:0", "arn:aws:iam::aws:role-template/iam.amazonaws.com/:1",
    "arn:aws:iam::aws:role-template/iam.amazonaws.com/a/b:1", "arn:aws:iam::aws:role-template/nothing/Example:1",
    "arn:aws:iam::111122223333:role-template/iam.amazonaws.com/Example:1", "x"
])
def test_arns_that_are_none(server, arn):
    answer = put(server, roles(arn=arn))
    assert answer.json()["error"] == (f'"{arn}" is no ARN of a role template; such as '
                                      "arn:aws:iam::aws:role-template/iam.amazonaws.com/Example:1 is")


def test_an_error_has_its_place(server):
    answer = put(server, b'{"role_templates": [\n  {"arn": "x", "versions": []}]}')
    assert (answer.json()["line"], answer.json()["column"]) == (2, 11)


def test_the_test_bench_must_be_on(start):
    server = start("--testbench", "off")
    assert server.http("PUT", ROUTE, {}, b"{}").status == 403
    assert Caller(server).iam.list_users()["Users"] == []
