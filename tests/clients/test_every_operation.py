"""What holds for all operations of AWS's model (tests/model/iam.json and sts.json), one by one: signatures and patterns."""

import html
import json
import re
import sys
import unicodedata

import support

MODEL = support.REPOSITORY / "tests/model"
sys.path.insert(0, str(MODEL))

from java_patterns import compiled  # noqa: E402

OPERATIONS = {
    (service, name): facts
    for service in ("iam", "sts")
    for name, facts in json.loads((MODEL / f"{service}.json").read_text())["operations"].items()
}


def test_every_operation_is_known(server):
    """Whatever an SDK can call is either done or answered 501: never an unknown action, never a failure of ours."""
    answers = []
    for service, name in OPERATIONS:
        answer = support.send(server, support.call(service, name), service=service)
        answers.append(answer.status)
        if answer.status != 200:
            status, code, message = answer.error()
            assert code != "InvalidAction", name
            assert status < 500, (name, message)
    assert sum(status == 200 for status in answers) >= 8


def test_only_those_that_the_model_says_need_no_signature(server):
    for (service, name), facts in OPERATIONS.items():
        answer = server.http("POST", "/", {"Content-Type": "application/x-www-form-urlencoded"},
                             support.form(support.call(service, name)))
        status, code, _ = answer.error()
        unsigned = (status, code) != (403, "MissingAuthenticationToken")
        assert unsigned == facts.get("anonymous", False), (name, answer.text)


# Patterns ------------------------------------------------------------------------------------------------------------


def served(server, service, name):
    return support.send(server, support.call(service, name), service=service).status != 501


def patterned(server):
    """{(pattern, min, max): (service, operation, parameter)}: a member of a served operation for each pattern."""
    found = {}
    # First those that do nothing when all is well, and have no other member that could be wrong.
    harmless = sorted(OPERATIONS, key=lambda key: not key[1].startswith(("Get", "List", "Delete", "Remove", "Assume")))
    for alone in (True, False):
        for service, name in harmless:
            members = OPERATIONS[service, name]["input"]
            for member, rules in members.items():
                if alone and any(other.get("required") for other in members.values() if other is not rules):
                    continue
                parameter = member
                if rules["type"] == "list":
                    parameter, rules = f"{member}.member.1", rules["member"]
                for part, rule in rules.get("members", {None: rules}).items():
                    key = (rule.get("pattern"), rule.get("min", 0), rule.get("max", sys.maxsize))
                    if key[0] and key not in found and served(server, service, name):
                        found[key] = (service, name, f"{parameter}.{part}" if part else parameter)
    return found


def characters(pattern):
    """ASCII, both sides of every boundary that the pattern names, and two characters of every category of Unicode."""
    codes = set(range(0x01, 0x80))
    for text in re.findall(r"\\u(10FFFF|10000|[0-9A-F]{4})", pattern) + ["0080", "00FF", "0100", "FFFD", "10000"]:
        codes |= {int(text, 16) + step for step in (-1, 0, 1)}
    by_category = {}
    for code in range(0x80, 0x30000):
        by_category.setdefault(unicodedata.category(chr(code)), []).append(code)
    for members in by_category.values():
        codes |= {members[0], members[len(members) // 2]}
    # The server's tables of Unicode may be newer than Python's, and surrogates are no characters.
    wanted = (chr(code) for code in sorted(codes) if 0 < code <= sys.maxunicode)
    return [c for c in wanted if unicodedata.category(c) not in ("Cn", "Cs") or ord(c) in (0xFFFE, 0xFFFF)]


def candidates(pattern, least, most):
    """Texts within the lengths, valid and not: each character alone and inside, and ASCII in the forms of paths."""
    texts = set(SPECIAL)
    for c in characters(pattern):
        forms = ("c", "xcx", "/c/", "/xc/x/", "1c1", "vc", "v1.c") if c < "\x80" else ("c", "xcx")
        texts |= {form.replace("c", c) for form in forms}
    stretched = {text + fill * (least - len(text)) for text in texts for fill in "x1" if len(text) < least}
    return sorted(text for text in texts | stretched if least <= len(text) <= most)


SPECIAL = [
    "", "/", "//", "///", "/x//y/", "x//y", "a--b", "-ab", "ab-", "v1", "v0", "v10", "v1.", "v1..", "v1.a.b", "v-",
    "o-0123456789/r-abcd", "o-0123456789/r-abcd/ou-1/", "o-0123456789/R-abcd", "o-01234567890/r-abc", "p-12345678",
    "p-1234567", "1" * 11, "1" * 12, "1" * 13, "http://a/b?c=d#e", "https://a.b", "http:/a", "http://a?b?c", "http://a#b#c",
]


def refused_for_pattern(status, text, parameter):
    """Whether it is a ValidationError that names the member's pattern, or its characters for the names of entities."""
    if status != 400 or "<Code>ValidationError</Code>" not in text:
        return False
    name = [part for part in parameter.split(".") if part != "member" and not part.isdigit()][-1]
    where = re.escape(name[0].lower() + name[1:])
    rules = r"Member must satisfy (regular expression pattern|constraint: \[.*regular expression pattern)"
    return re.search(
        rf"The specified value for {where} is invalid|at '([^']*\.)?{where}' failed to satisfy constraint: {rules}",
        html.unescape(text), re.S
    ) is not None


# What an operation needs besides: bad characters of paths and names are not said where something else is wrong.
OTHERS = {"ListEntitiesForPolicy": {"PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}}
# Where AWS's messages show a narrower pattern than its model: of policy documents, not of passwords.
NARROWER = {
    ("iam", r"[\u0009\u000A\u000D\u0020-\u00FF]+", 131072): r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+",
}


def test_patterns_match_what_the_models_text_matches(server):
    wrong = []
    patterns = patterned(server)
    assert len(patterns) >= 20
    for (pattern, least, most), (service, name, parameter) in patterns.items():
        texts = candidates(pattern, least, most)
        others = OTHERS.get(name, {})
        bodies = [support.form(support.call(service, name, (parameter, text), **others)) for text in texts]
        verdicts = [bool(compiled(NARROWER.get((service, pattern, most), pattern)).fullmatch(text)) for text in texts]
        assert any(verdicts) and not all(verdicts), (pattern, name)
        for text, good, (status, answer) in zip(texts, verdicts, support.send_all(server, bodies, service)):
            if refused_for_pattern(status, answer, parameter) == good:
                wrong.append((name, parameter, pattern, text, answer))
    assert wrong == []
