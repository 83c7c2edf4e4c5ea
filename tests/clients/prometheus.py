"""Prometheus' text format 0.0.4, read as strictly as its documentation writes it, and the names in its queries."""

import re

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)')
SAMPLE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)")
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("",), "gauge": ("",)}


class Family:
    def __init__(self, name, help_text):
        self.name, self.help, self.type, self.samples = name, help_text, None, {}

    def labels(self):
        """The names that its samples have."""
        return {label for _, labels in self.samples for label, _ in labels}


def labels_of(text):
    found, at = [], 0
    while at < len(text):
        label = LABEL.match(text, at)
        assert label, text
        found.append((label[1], re.sub(r"\\(.)", lambda m: {"n": "\n"}.get(m[1], m[1]), label[2])))
        at = label.end()
    assert len({name for name, _ in found}) == len(found), f"a label twice: {text}"
    return frozenset(found)


def parse(text):
    """The families by their names. Whatever the format forbids, or promtool complains of, is an AssertionError."""
    families, family = {}, None
    assert text.endswith("\n") and "\n\n" not in text
    for line in text.splitlines():
        if line.startswith("# HELP "):
            name, _, help_text = line[len("# HELP "):].partition(" ")
            assert NAME.fullmatch(name) and name not in families and help_text, line
            family = families[name] = Family(name, help_text)
        elif line.startswith("# TYPE "):
            name, kind = line[len("# TYPE "):].split(" ")
            assert family and name == family.name and family.type is None and not family.samples, line
            family.type = kind
            assert kind in SUFFIXES, line
            assert name.endswith("_total") == (kind == "counter"), line
        else:
            sample = SAMPLE.fullmatch(line)
            assert sample and family and family.type, line
            name, labels, value = sample[1], labels_of(sample[2] or ""), float(sample[3])
            assert name.startswith(family.name) and name[len(family.name):] in SUFFIXES[family.type], line
            assert (name, labels) not in family.samples, f"twice: {line}"
            assert family.type == "gauge" or value >= 0, line
            family.samples[name, labels] = value
    for family in families.values():
        if family.type == "histogram":
            check_histogram(family)
    return families


def check_histogram(family):
    series = {}
    for (name, labels), value in family.samples.items():
        rest = frozenset(label for label in labels if label[0] != "le")
        series.setdefault(rest, {}).setdefault(name[len(family.name):], []).append((dict(labels).get("le"), value))
    for parts in series.values():
        buckets = sorted((float(end), value) for end, value in parts["_bucket"])
        assert buckets[-1][0] == float("inf") and buckets[-1][1] == parts["_count"][0][1]
        assert [value for _, value in buckets] == sorted(value for _, value in buckets)
        assert len(parts["_sum"]) == 1


def scrape(server):
    answer = server.http("GET", "/metrics")
    assert answer.status == 200, answer.text
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return parse(answer.text)


def value(families, name, **labels):
    """Of the samples that have these labels, together; 0 where there is none."""
    family = next(family for family in families.values() if name in (family.name, *(family.name + s for s in SUFFIXES["histogram"])))
    return sum(number for (sample, found), number in family.samples.items() if sample == name and labels.items() <= dict(found).items())


WORDS = {
    "by", "without", "on", "ignoring", "group_left", "group_right", "offset", "bool", "and", "or", "unless", "sum", "max", "min",
    "avg", "count", "topk", "rate", "increase", "histogram_quantile", "clamp_min", "label_replace", "time",
}
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\[[^\]]*\]|\$\w+|[a-zA-Z_:][a-zA-Z0-9_:]*|[-+]?[0-9.]+(?:e[-+]?\d+)?|\s+|=~|!~|!=|==|>=|<=|.', re.S)


def names_in(query):
    """(metrics with the labels that their selectors name, labels that are grouped by) of a PromQL query of this project's
    dashboard. A word that is neither is taken for a metric, so a slip of the pen is found."""
    tokens = [token for token in TOKEN.findall(query) if not token.isspace()]
    metrics, grouped, at = {}, set(), 0
    while at < len(tokens):
        token = tokens[at]
        if token in ("by", "without", "on", "ignoring", "group_left", "group_right"):
            at += 1
            assert tokens[at] == "(", query
            while tokens[at] != ")":
                if NAME.fullmatch(tokens[at]):
                    grouped.add(tokens[at])
                at += 1
        elif NAME.fullmatch(token) and token not in WORDS:
            labels = metrics.setdefault(token, set())
            if at + 1 < len(tokens) and tokens[at + 1] == "{":
                while tokens[at] != "}":
                    at += 1
                    if tokens[at + 1:at + 2] and tokens[at + 1] in ("=", "=~", "!=", "!~"):
                        labels.add(tokens[at])
        at += 1
    return metrics, grouped
