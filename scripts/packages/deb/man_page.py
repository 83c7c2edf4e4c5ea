#!/usr/bin/python3
"""The manual page: our text with what the program's help says of its options. man_page.py PROGRAM VERSION SECONDS-SINCE-1970"""

import datetime
import pathlib
import re
import sys
import textwrap

import program_help


def escape(text):
    """Text that means nothing to roff."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("~", "\\(ti").replace("^", "\\(ha").replace("`", "\\(ga")
    text = text.replace("'", "\\(aq")
    text = "".join(letter if ord(letter) < 128 else f"\\[u{ord(letter):04X}]" for letter in text)
    return "\n".join("\\&" + line if line.startswith(".") else line for line in text.split("\n"))


def prose(text):
    """A sentence a line, and hyphens that are hyphens."""
    text = escape(text)
    return re.sub(r"(?<=[a-z]{2})\\-(?=[a-z]{2})", "-", re.sub(r"(?<=[a-z)])\. +(?=[A-Z])", ".\n", text))


def term(entry):
    """`--name VALUE` for .TP: the name is bold, the value is not."""
    names = ", ".join(f"\\fB{escape(name)}\\fR" for name in entry.names if name.startswith("-"))
    value = f"\\fI{escape(entry.value)}\\fR" if entry.value else ""
    return " ".join(part for part in (names, value) if part) + (" ..." if entry.repeatable and not names else "")


def entries(listed):
    lines = []
    for entry in listed:
        text = entry.text
        if entry.choices and not all(choice in text for choice in entry.choices):
            text += (". " if text else "") + "One of " + ", ".join(entry.choices)
        if entry.default:
            text += f" (default: {entry.default})"
        lines += [".TP", term(entry), prose(text)]
    return "\n".join(lines)


def example_lines(command):
    return "\n".join(escape(line) for line in command.examples)


def section(command):
    lines = [f".SH IAMLOCAL {escape(command.name.upper())}"]
    lines += [f".B {escape(usage)}\n.br" for usage in command.usage[:-1]] + [f".B {escape(command.usage[-1])}", ".PP"]
    notes = [prose(note) for note in command.notes]
    lines += ["\n.PP\n".join(notes[:1])]
    if command.commands:
        for left, meaning in command.commands:
            lines += [".TP", f"\\fB{escape(left)}\\fR", prose(meaning)]
    lines += [entries([*command.arguments, *command.options])]
    if command.examples:
        lines += [".PP", "Examples:", ".PP", ".nf", ".RS 4", example_lines(command), ".RE", ".fi"]
    for note in notes[1:]:
        lines += [".PP", note]
    return "\n".join(line for line in lines if line)


def wrap(text):
    """Lines of at most 80 characters, as roff's style wants them, but for those that are printed as they are."""
    lines, filled = [], True
    for line in text.split("\n"):
        filled = line != ".nf" and (filled or line == ".fi")
        if filled and len(line) > 80 and not line.startswith("."):
            parts = textwrap.wrap(line, 80, break_long_words=False, break_on_hyphens=False)
            lines += ["\\&" + part if part.startswith(".") else part for part in parts]
        else:
            lines.append(line)
    return "\n".join(lines)


def page(template, commands, version, date):
    main = commands[0]
    with_sections = [command for command in commands[1:] if command.options != main.options and command.path != ("help",)]
    parts = {
        "DATE": date, "VERSION": version,
        "SYNOPSIS": "\n.br\n".join(f"\\fB{escape(usage)}\\fR" for usage in main.usage),
        "COMMANDS": "\n".join(f".TP\n\\fB{escape(left)}\\fR\n{prose(meaning)}" for left, meaning in main.commands),
        "OPTIONS": entries(main.options),
        "COMMAND_SECTIONS": "\n".join(section(command) for command in with_sections),
        "EXAMPLES": example_lines(main),
    }
    return wrap(re.sub(r"@([A-Z_]+)@", lambda named: parts[named[1]], template))


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="ascii")
    program, version, seconds = sys.argv[1:]
    date = datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc).date().isoformat()
    text = (pathlib.Path(__file__).parent / "iamlocal.1.in").read_text()
    print(page(text, program_help.read(program), version, date), end="")
