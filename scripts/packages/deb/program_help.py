"""What the program says of itself: its commands, their options and what these take, read from its help."""

import dataclasses
import re
import subprocess

# Where help has the meaning of an entry (src/cli/help_entry.cpp).
COLUMN = 28
# "error, warn, info or debug"
ALTERNATIVES = re.compile(r"[a-z][\w-]*(?:, [a-z][\w-]*)* or [a-z][\w-]*")


@dataclasses.dataclass
class Entry:
    """An option, or an argument without one."""

    names: list  # ["-o", "--output"], or ["FILE"]
    value: str  # as help shows it; empty for a flag
    text: str
    default: str = ""
    repeatable: bool = False
    required: bool = False
    choices: tuple = ()

    @property
    def kind(self):
        """What completes it: a choice, a file, a directory, something else, or nothing."""
        if self.choices:
            return "choice"
        if not self.value:
            return ""
        if re.search(r"\b(FILE|REFERENCE)$", self.value) or re.search(r"\ba file\b|\bfolder", self.text):
            return "file"
        return "directory" if self.value == "DIR" else "other"


@dataclasses.dataclass
class Command:
    path: tuple  # () is the program itself, ("policy", "diff") one of a command's commands
    summary: str
    usage: list
    options: list = dataclasses.field(default_factory=list)
    arguments: list = dataclasses.field(default_factory=list)
    commands: list = dataclasses.field(default_factory=list)  # names with their summaries
    examples: list = dataclasses.field(default_factory=list)
    notes: list = dataclasses.field(default_factory=list)  # paragraphs

    @property
    def name(self):
        return " ".join(self.path)


def _ask(program, *arguments):
    return subprocess.run([program, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL, env={}, timeout=20,
                          encoding="utf-8")


def _entries(lines):
    """The two columns of a list: what stands on the left, and what it means."""
    found = []
    for line in lines:
        # The columns are counted in bytes.
        left, right = (part.decode() for part in (line.encode()[:COLUMN], line.encode()[COLUMN:]))
        if not left.strip():
            found[-1][1].append(right.strip())
        elif right and left.endswith(" ") and not right.startswith(" ") and not _is_long(line):
            found.append((left.strip(), [right.strip()]))
        else:
            found.append((line.strip(), []))
    return [(left, " ".join(text)) for left, text in found]


def _is_long(line):
    """Whether the whole line is a name: its value happens to begin in the column of the meanings."""
    return bool(re.fullmatch(r"  --\S+ [A-Z]+(?:[:/=][A-Z]+)?", line))


def _entry(left, text):
    match = re.match(r"(-{1,2}[\w-]+(?:, ?--[\w-]+)*) ?(.*)$", left)
    names, rest = (re.split(", ?", match[1]), match[2]) if match else ([left.split()[0]], left)
    rest = re.sub(r" ?Excludes: .*", "", rest)
    required = rest.endswith("REQUIRED")
    rest = rest.removesuffix("REQUIRED").strip()
    repeatable = rest.endswith("...") or "; repeatable" in text
    rest = rest.removesuffix("...").strip()
    default, choices = "", ()
    if with_default := re.fullmatch(r"(.+)=([a-z0-9][^=]*)", rest):
        rest, default = with_default[1], with_default[2]
    if listed := re.fullmatch(r"[A-Z]+:\{(.*)\}", rest):
        choices = tuple(listed[1].split(","))
        rest = rest.split(":")[0]
    elif alternatives := ALTERNATIVES.fullmatch(text):
        choices = tuple(re.split(", | or ", alternatives[0]))
    elif one_of := re.search(r"\bOne of ((?:[\w-]+, )+[\w-]+)", text):
        choices = tuple(one_of[1].split(", "))
    if not match:
        rest = names[0]
    return Entry(names, rest, text, default, repeatable, required, choices)


def _blocks(text):
    """Paragraphs and lists: (True, lines) where they are indented."""
    found = []
    for line in text.splitlines():
        indented = line.startswith("  ")
        if not line or not found or (found[-1][1] and found[-1][0] != indented):
            found.append((indented, []))
        if line:
            found[-1] = (indented if not found[-1][1] else found[-1][0], [*found[-1][1], line])
    return [block for block in found if block[1]]


def _parse(path, summary, text):
    command = Command(path, summary, [])
    heading = ""
    for indented, lines in _blocks(text):
        if not indented:
            heading = " ".join(lines)
            if heading.startswith("Usage: "):
                command.usage = [re.sub(r"^(Usage:)? +", "", line) for line in lines]
            elif not heading.endswith(":"):
                command.notes.append(heading)
            continue
        if heading.startswith("Usage: ") and all(line.startswith("       ") for line in lines):
            command.usage += [line.strip() for line in lines]
        elif heading.startswith("Example"):
            command.examples += [line[2:] for line in lines]
        else:
            for left, meaning in _entries(lines):
                if left.startswith("-"):
                    command.options.append(_entry(left, meaning))
                elif heading.startswith("Positionals"):
                    command.arguments.append(_entry(left, meaning))
                else:
                    command.commands.append((left, meaning))
    for note in command.notes:
        # "Presets: cognito, eks." belongs to --preset.
        if listed := re.match(r"([A-Z][a-z]+)s: ((?:[\w-]+, )+[\w-]+)\.", note):
            for option in command.options:
                if "--" + listed[1].lower() in option.names:
                    option.choices = tuple(listed[2].split(", "))
    return command


def _ask_for_choices(program, option):
    """A setting refuses what it cannot be with the list of what it can be."""
    refused = re.fullmatch(r"iamlocal: \S+: '\?' is not (.*)\n", _ask(program, option.names[-1], "?", "--print-config").stderr)
    if refused and ALTERNATIVES.fullmatch(refused[1]):
        option.choices = tuple(re.split(", | or ", refused[1]))


def read(program):
    """All commands; the program itself is the first, whose options are those of `serve` and `healthcheck`."""
    main = _parse((), "", _ask(program, "--help").stdout)
    for option in main.options:
        if option.value:
            _ask_for_choices(program, option)
    commands = [main]
    for left, meaning in main.commands:
        name = left.split()[0]
        text = _ask(program, name, "--help").stdout
        if name == "help":
            command = Command((name,), meaning, ["iamlocal help [COMMAND]"])
        elif text == _ask(program, "--help").stdout:
            command = dataclasses.replace(main, path=(name,), summary=meaning, usage=[f"iamlocal {name} [FLAGS]"], commands=[])
        else:
            command = _parse((name,), meaning, text)
        commands.append(command)
        for of_it, its_meaning in command.commands:
            word = of_it.split()[0]
            commands.append(_parse((name, word), its_meaning, _ask(program, name, word, "--help").stdout))
    return commands
