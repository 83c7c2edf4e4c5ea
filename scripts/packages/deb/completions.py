#!/usr/bin/python3
"""Completions for a shell, made from the program's help: completions.py PROGRAM bash|zsh|fish"""

import re
import sys

import program_help

HEADER = "# Completions of iamlocal for {}, made from its help.\n"


def names_of(command):
    return [name for option in command.options for name in option.names]


def quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"


# bash ----------------------------------------------------------------------------------------------------------------

BASH = r"""
# What the option $2 of the command $1 takes: a word for what, and the choices.
_iamlocal_value() {
    case "$1 $2" in
@VALUES@
    esac
}

# The options of the command $1, then its commands or what its arguments are.
_iamlocal_command() {
    case "$1" in
@COMMANDS@
    esac
}

_iamlocal() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command= option= word value i
    local IFS=$' \t\n'
    # bash takes --option=value for three words, as it takes KEY=value.
    if [[ $current == = ]]; then
        current=
        option=$previous
    elif [[ $previous == = ]]; then
        option=${COMP_WORDS[COMP_CWORD - 2]}
        [[ $option == -* ]] || option=${COMP_WORDS[COMP_CWORD - 3]-}
    else
        option=$previous
    fi
    for ((i = 1; i < COMP_CWORD; ++i)); do
        word=${COMP_WORDS[i]}
        if [[ $word == -* ]]; then
            [[ ${COMP_WORDS[i + 1]-} == = ]] && ((++i))
            [[ -n $(_iamlocal_value "$command" "$word") ]] && ((++i))
        elif [[ -z $command && -n $(_iamlocal_command "$word") ]]; then
            command=$word
        elif [[ -n $(_iamlocal_command "$command $word") ]]; then
            command="$command $word"
        fi
    done

    value=
    [[ $option == -* ]] && value=$(_iamlocal_value "$command" "$option")
    if [[ -z $value ]]; then
        value=$(_iamlocal_command "$command")
        if [[ $current == -* ]]; then
            value="choice ${value%%|*}"
        else
            value=${value#*|}
        fi
    fi
    COMPREPLY=()
    case $value in
        choice\ *) mapfile -t COMPREPLY < <(compgen -W "${value#choice }" -- "$current") ;;
        file | directory)
            compopt -o filenames 2>/dev/null
            if [[ $value == file ]]; then
                mapfile -t COMPREPLY < <(compgen -f -- "$current")
            else
                mapfile -t COMPREPLY < <(compgen -d -- "$current")
            fi
            ;;
    esac
}
complete -F _iamlocal iamlocal
"""


def value_words(entry):
    return " ".join([entry.kind, *entry.choices]) if entry.choices else entry.kind


def argument_words(command, commands):
    if command.path == ("help",):
        return "choice " + " ".join(other.name for other in commands if len(other.path) == 1)
    if command.commands:
        return "choice " + " ".join(left.split()[0] for left, _ in command.commands)
    kinds = [argument.kind for argument in command.arguments]
    return "file" if "file" in kinds else "other"


def bash(commands):
    values, lines = [], []
    for command in commands:
        for option in command.options:
            if option.value:
                patterns = "|".join(quoted(f"{command.name} {name}") for name in option.names)
                values.append(f"        {patterns}) echo {quoted(value_words(option))} ;;")
        lines.append(f"        {quoted(command.name)}) "
                     f"echo {quoted(' '.join(names_of(command)) + '|' + argument_words(command, commands))} ;;")
    return HEADER.format("bash") + BASH.replace("@VALUES@", "\n".join(values)).replace("@COMMANDS@", "\n".join(lines))


# zsh -----------------------------------------------------------------------------------------------------------------


def zsh_text(text):
    return re.sub(r"([\[\]:\\])", r"\\\1", text)


def zsh_action(entry):
    return {"choice": f"({' '.join(entry.choices)})", "file": "_files", "directory": "_files -/"}.get(entry.kind, " ")


def zsh_specs(command):
    specs = []
    for option in command.options:
        value = f":{zsh_text(option.value)}:{zsh_action(option)}" if option.value else ""
        for name in option.names:
            repeats = "*" if option.repeatable else f"({' '.join(option.names)})" if len(option.names) > 1 else ""
            equals = "=" if option.value and name.startswith("--") else ""
            specs.append(quoted(f"{repeats}{name}{equals}[{zsh_text(option.text)}]{value}"))
    for argument in command.arguments:
        place = "*" if argument.repeatable else ""
        optional = ":" if not argument.required else ""
        specs.append(quoted(f"{place}:{optional if not place else ''}{zsh_text(argument.value)}:{zsh_action(argument)}"))
    return specs


def zsh_function(command):
    return "_iamlocal" + "".join("_" + word.replace("-", "_") for word in command.path)


def zsh_commands(command, commands):
    """A command that has commands: which, and then what these take."""
    words = " ".join(quoted(f"{left.split()[0]}:{meaning}".replace("\\", "\\\\")) for left, meaning in command.commands)
    cases = "\n".join(f"                {other.path[-1]}) {zsh_function(other)} ;;"
                      for other in commands if other.path[:-1] == command.path and other.path)
    specs = " \\\n        ".join([*zsh_specs(command), "'1: :->command'", "'*:: :->rest'"])
    return f"""{zsh_function(command)}() {{
    local curcontext=$curcontext state line ret=1
    local -A opt_args
    _arguments -C \\
        {specs} && ret=0
    case $state in
        command)
            local -a words_of_it=({words})
            _describe -t commands 'command' words_of_it && ret=0
            ;;
        rest)
            case $line[1] in
{cases}
            esac && ret=0
            ;;
    esac
    return ret
}}
"""


def zsh(commands):
    parts = ["#compdef iamlocal\n" + HEADER.format("zsh")]
    for command in commands:
        if command.path and command.commands:
            parts.append(zsh_commands(command, commands))
        elif command.path == ("help",):
            names = " ".join(other.name for other in commands if len(other.path) == 1)
            parts.append(f"{zsh_function(command)}() {{\n    _arguments ':command:({names})'\n}}\n")
        elif command.path:
            specs = " \\\n        ".join(zsh_specs(command))
            parts.append(f"{zsh_function(command)}() {{\n    _arguments \\\n        {specs}\n}}\n")
    parts.append(zsh_commands(commands[0], commands))
    return "\n".join(parts) + '\n_iamlocal "$@"\n'


# fish ----------------------------------------------------------------------------------------------------------------

FISH = r"""
# The command that the line has so far; nothing for the program itself.
function __iamlocal_command
    set -l command
    set -l tokens (commandline -opc)
    set -e tokens[1]
    set -l takes_value 0
    for token in $tokens
        if test $takes_value = 1
            set takes_value 0
        else if string match -q -- '-*' $token
            contains -- "$command $token" @VALUES@
            and set takes_value 1
        else if test -z "$command"; and contains -- $token @COMMANDS@
            set command $token
        else if contains -- "$command $token" @COMMANDS@
            set command "$command $token"
        end
    end
    echo $command
end

function __iamlocal_at
    test (__iamlocal_command) = "$argv"
end

complete -c iamlocal -f
"""


def fish_quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fish(commands):
    values = [f"{command.name} {name}" for command in commands for option in command.options if option.value
              for name in option.names]
    lines = []
    for command in commands:
        at = f"complete -c iamlocal -n {fish_quoted(f'__iamlocal_at {command.name}'.strip() if command.path else '__iamlocal_at')}"
        if command.path == ("help",):
            lines.append(f"{at} -a {fish_quoted(' '.join(other.name for other in commands if len(other.path) == 1))}")
        for left, meaning in command.commands:
            lines.append(f"{at} -a {left.split()[0]} -d {fish_quoted(meaning)}")
        if "file" in [argument.kind for argument in command.arguments]:
            lines.append(f"{at} -F")
        for option in command.options:
            names = "".join(f" -l {name[2:]}" if name.startswith("--") else f" -s {name[1:]}" for name in option.names)
            takes = {"choice": f" -x -a {fish_quoted(' '.join(option.choices))}", "file": " -r -F",
                     "directory": " -x -a '(__fish_complete_directories)'", "other": " -x", "": ""}[option.kind]
            lines.append(f"{at}{names}{takes} -d {fish_quoted(option.text)}")
    text = FISH.replace("@VALUES@", " ".join(map(fish_quoted, values)))
    text = text.replace("@COMMANDS@", " ".join(fish_quoted(command.name) for command in commands if command.path))
    return HEADER.format("fish") + text + "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    print({"bash": bash, "zsh": zsh, "fish": fish}[sys.argv[2]](program_help.read(sys.argv[1])), end="")
