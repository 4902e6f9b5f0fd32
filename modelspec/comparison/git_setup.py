"""`git diff` and `git log -p` show what changed of a model: set up, and taken back.

What is written is in the repository's own configuration, which no commit contains: the driver in
`.git/config`, and which files it is for in `.git/info/attributes`.
"""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from modelspec.diagnostics import UsageError

from .git import GitError, run_git

DRIVER = "modelspec"
SECTION = f"diff.{DRIVER}"
MARK = "# by modelspec git-setup"

_GLOB = re.compile(r"[\\*?\[]")


def set_up(patterns: Sequence[str]) -> Path:
    """Let git compare files with `modelspec diff`.

    Args:
        patterns: of files below the current folder, as `.gitattributes` has them; those of an
            earlier call are replaced.

    Returns:
        The file with the patterns.

    Raises:
        UsageError: the current folder is in no repository, or a pattern is not one.
        CannotRunError: git is not installed.
    """
    for pattern in patterns:
        if not pattern.strip() or not pattern.isprintable() or pattern.startswith(("#", "!")):
            raise UsageError(f"{pattern!r} is not a pattern of files as .gitattributes has them")
    file, folder = _attributes(), _GLOB.sub(r"\\\g<0>", _git("rev-parse", "--show-prefix"))
    command = f"{shlex.quote(Path(sys.executable).as_posix())} -m modelspec diff --git"
    _git("config", f"{SECTION}.command", command)
    own = (f"{_quoted(folder + pattern)} diff={DRIVER}" for pattern in patterns)
    lines = [*_others(file), MARK, *own]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
    return file


def _quoted(pattern: str) -> str:
    """A pattern as a file of attributes has it, where a space ends one without quotes."""
    if not any(sign in ' "' for sign in pattern):
        return pattern
    return '"' + pattern.replace("\\", "\\\\").replace('"', '\\"') + '"'


def take_back() -> bool:
    """Remove what `set_up` has written; whether there was anything.

    Raises: what `set_up` does.
    """
    file = _attributes()
    others = _others(file)
    had = file.is_file() and others != file.read_text(encoding="utf-8").splitlines()
    if had:
        file.write_text("".join(f"{line}\n" for line in others), encoding="utf-8", newline="\n")
    try:
        run_git("config", "--remove-section", SECTION)
    except GitError:
        return had
    return True


def _attributes() -> Path:
    return Path(_git("rev-parse", "--git-path", "info/attributes"))


def _others(file: Path) -> list[str]:
    """The lines of the file that somebody else wrote."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    return [line for line in lines if line != MARK and not line.endswith(f" diff={DRIVER}")]


def _git(*arguments: str) -> str:
    try:
        return run_git(*arguments).decode("utf-8").strip()
    except GitError as error:
        raise UsageError(f"git-setup is for a git repository: {error}") from error
