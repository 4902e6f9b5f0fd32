"""`modelspec completion`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from modelspec.console import say, show
from modelspec.files import write_atomically

SHELLS = ("bash", "zsh", "fish")
NAMES = ("modelspec", "keras-modelspec")
MARK = "# completion of modelspec"

_BASH = """\
%(complete_func)s() {
    local IFS=$'\\n' line
    COMPREPLY=()
    for line in $(env COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD \\
            %(complete_var)s=bash_complete "$1" 2>/dev/null); do
        case $line in
            plain,*) COMPREPLY+=("${line#plain,}") ;;
            dir,*) compopt -o dirnames ;;
            file,*) compopt -o default ;;
        esac
    done
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == */ ]]; then compopt -o nospace; fi
}
complete -o nosort -F %(complete_func)s modelspec keras-modelspec
"""

_ZSH = """\
#compdef modelspec keras-modelspec
%(complete_func)s() {
    local -a response words_of_line folders
    local type key description
    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) \\
        %(complete_var)s=zsh_complete "$words[1]" 2>/dev/null)}")
    for type key description in ${response}; do
        case $type in
            plain)
                key=${key//\\\\:/:}
                if [[ $key == */ ]]; then folders+=("$key"); else words_of_line+=("$key"); fi ;;
            dir) _path_files -/ ;;
            file) _path_files -f ;;
        esac
    done
    (( $#words_of_line )) && compadd -U -V words -a words_of_line
    (( $#folders )) && compadd -U -V folders -S '' -a folders
    return 0
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
compdef %(complete_func)s modelspec keras-modelspec
"""


@click.command("completion", epilog="Example: modelspec completion bash --install")
@click.argument("shell", type=click.Choice(SHELLS))
@click.option(
    "--install",
    is_flag=True,
    help="Write the script to a file that new shells read; bash and zsh get a line in .bashrc or "
    ".zshrc for it.",
)
def command(shell: str, install: bool) -> int:
    """Print the script that lets a shell complete commands, options, specs, runs and names.

    Without --install: `eval "$(modelspec completion bash)"`, the same with zsh, or
    `modelspec completion fish | source`.
    """
    script = _script(shell)
    if not install:
        show(script)
        return 0
    if shell == "fish":
        for name in NAMES:  # fish looks for a file of the command's name
            path = _folder("XDG_CONFIG_HOME", ".config") / "fish" / "completions" / f"{name}.fish"
            write_atomically(path, script)
            say(f"wrote {path}")
    else:
        path = _folder("XDG_DATA_HOME", ".local/share") / "modelspec" / f"completion.{shell}"
        write_atomically(path, script)
        say(f"wrote {path}")
        _read_in(_start_file(shell), path)
    say("new shells have it")
    return 0


def _script(shell: str) -> str:
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None
    whole = click.get_current_context().find_root().command
    made = kind(whole, {}, "modelspec", "_MODELSPEC_COMPLETE")
    own = {"bash": _BASH, "zsh": _ZSH}.get(shell)
    if own is not None:  # click's write a space behind a folder, and know one name of the command
        return own % made.source_vars()
    script = made.source()
    return script + script.replace("--command modelspec", "--command keras-modelspec")


def _folder(variable: str, default: str) -> Path:
    return Path(os.environ.get(variable) or Path.home() / default)


def _start_file(shell: str) -> Path:
    """What the shell reads when it starts."""
    if shell == "zsh":
        return Path(os.environ.get("ZDOTDIR") or Path.home()) / ".zshrc"
    return Path.home() / ".bashrc"


def _read_in(start: Path, script: Path) -> None:
    """Add the line that reads a script, once."""
    before = start.read_text(encoding="utf-8") if start.exists() else ""
    if MARK in before:
        return
    end = "" if not before or before.endswith("\n") else "\n"
    with start.open("a", encoding="utf-8", newline="\n") as file:
        file.write(f'{end}[ -r "{script}" ] && . "{script}" {MARK}\n')
    say(f"added a line to {start}")
