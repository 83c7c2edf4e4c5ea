"""What a shell offers when somebody types something and presses the tab key."""

import os
import pty
import select
import subprocess
import time

ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TERM": "dumb"}


def bash(script, lines, folder):
    """For each line, which is given as its words, what bash offers for the last one."""
    asks = ["source " + str(script)]
    for words in lines:
        listed = " ".join("'" + word + "'" for word in words)
        # bash itself sets these two before it calls the function that `complete` has named.
        asks.append(f"COMP_WORDS=({listed}) COMP_CWORD={len(words) - 1} COMPREPLY=()")
        asks.append('"$(complete -p iamlocal | sed "s/.*-F \\([^ ]*\\) .*/\\1/")" iamlocal; printf "%s\\n" "${COMPREPLY[@]}" --end--')
    ended = subprocess.run(["bash", "--norc", "-c", "\n".join(asks)], capture_output=True, text=True, cwd=folder, env=ENVIRONMENT,
                           timeout=60)
    assert ended.returncode == 0 and ended.stderr == "", ended.stderr
    return [[word for word in part.split("\n") if word] for part in ended.stdout.split("--end--\n")[:-1]]


def fish(script, lines, folder):
    """For each line, given as text, what fish offers."""
    asks = ["source " + str(script)]
    asks += [f'complete -C "{line}"; echo --end--' for line in lines]
    ended = subprocess.run(["fish", "--no-config", "-c", "\n".join(asks)], capture_output=True, text=True, cwd=folder,
                           env={**ENVIRONMENT, "HOME": str(folder)}, timeout=60)
    assert ended.returncode == 0 and ended.stderr == "", ended.stderr
    return [[line.split("\t")[0] for line in part.splitlines()] for part in ended.stdout.split("--end--\n")[:-1]]


# Notes in a file what the completion adds, which is what a list would have.
ZSH_SETUP = """
stty -echo
PS1= RPS1=
setopt no_beep
fpath=($1 $fpath)
offered=$1/offered
autoload -Uz compinit
compinit -u -D
compadd() {
    local word
    local -a found
    for word in "$@"; do
        [[ $word == (-|--) ]] && break
        # Asked for the function's own use.
        [[ $word == -(O|A|D) ]] && { builtin compadd "$@"; return }
    done
    builtin compadd -A found "$@"
    (( $#found )) && print -rl -- $found >>$offered
    builtin compadd "$@"
}
note() {
    _main_complete
    print -r -- --end-- >>$offered
}
zle -C note list-choices note
bindkey '^I' note
# Only now keys are read one by one: what was typed before would be for the terminal, and some of it lost.
ready() { print -r -- --end-- >>$offered }
zle -N zle-line-init ready
"""


class Zsh:
    """zsh at a terminal: its completion works nowhere else."""

    def __init__(self, script, folder):
        functions = folder.parent / "functions"
        functions.mkdir()
        (functions / "_iamlocal").write_text(script.read_text())
        (functions / "setup").write_text(ZSH_SETUP)
        self.offered = functions / "offered"
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execvpe("zsh", ["zsh", "-f", "-i"], {**ENVIRONMENT, "HOME": str(folder), "ZDOTDIR": str(folder)})
        self._type(f"source {functions}/setup {functions}\n")

    def _type(self, text):
        """What is noted then."""
        self.offered.write_text("")
        os.write(self.terminal, text.encode())
        deadline = time.monotonic() + 60
        while not (noted := self.offered.read_text()).endswith("--end--\n"):
            assert time.monotonic() < deadline, noted
            # What is shown is read, so that the shell need not wait.
            if select.select([self.terminal], [], [], 0.01)[0]:
                os.read(self.terminal, 65536)
        return noted.split("\n")[:-2]

    def offers(self, line):
        """What the tab key brings; the line before is thrown away."""
        return self._type(f"\x15{line}\t")

    def close(self):
        os.close(self.terminal)
        os.waitpid(self.pid, 0)
