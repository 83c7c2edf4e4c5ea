"""What a shell offers when somebody types something and presses the tab key."""

import os
import pty
import re
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


class Zsh:
    """zsh at a terminal: its completion works nowhere else."""

    def __init__(self, script, folder):
        self.asked = 0
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execvpe("zsh", ["zsh", "-f", "-i"], {**ENVIRONMENT, "HOME": str(folder), "COLUMNS": "400", "LINES": "2000",
                                                     "ZDOTDIR": str(folder)})
        functions = folder.parent / "functions"
        functions.mkdir()
        (functions / "_iamlocal").write_text(script.read_text())
        setup = [f"fpath=({functions} $fpath)", "stty -echo cols 400 rows 2000", "PS1= RPS1= LISTMAX=0", "unsetopt zle_bracketed_paste",
                 "autoload -Uz compinit; compinit -u -D", "setopt no_beep no_auto_menu no_list_ambiguous",
                 # Lists what there is, and leaves the line alone.
                 "zle -C offer list-choices _main_complete; bindkey '^I' offer"]
        for line in setup:
            self._type(line + "\n")
        self._until("set up")

    def _type(self, text):
        os.write(self.terminal, text.encode())

    def _until(self, mark):
        """What comes until the shell has done all that was typed so far."""
        self._type(f"print -r -- 'mark '\"{mark}\"\n")
        seen, deadline = "", time.monotonic() + 20
        while f"mark {mark}" not in seen.replace(f"'mark '\"{mark}\"", ""):
            assert time.monotonic() < deadline, seen[-3000:]
            if select.select([self.terminal], [], [], 0.2)[0]:
                seen += os.read(self.terminal, 65536).decode(errors="replace")
        return seen

    def offers(self, line):
        """What the tab key brings: words, or words with what they mean behind two hyphens."""
        self.asked += 1
        self._type(line + "\t\x15")  # the line itself is thrown away
        seen = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self._until(str(self.asked))).replace("\r", "\n")
        listed = [shown for shown in seen.split("\n") if not re.match(r"\s*(iamlocal |mark |print |#)", shown)]
        return [word for shown in listed for word in shown.split(" -- ")[0].split()]

    def close(self):
        os.close(self.terminal)
        os.waitpid(self.pid, 0)
