"""The command git."""

from __future__ import annotations

import subprocess

from modelspec.diagnostics import CannotRunError


class GitError(Exception):
    """git refused; the message is what it said."""


def run_git(*arguments: str) -> bytes:
    """The output of a command of git in the current folder.

    Raises:
        GitError: it refused.
        CannotRunError: git is not installed.
    """
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, check=False)
    except FileNotFoundError as error:
        raise CannotRunError("git is not installed, and this needs it") from error
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise GitError(said.removeprefix("fatal: ").removeprefix("error: "))
    return done.stdout


def folder_in_repository() -> str:
    """The current folder as seen from the top of its repository, such as `specs/`; "" at the top.

    Raises:
        GitError: it is in no repository.
        CannotRunError: git is not installed.
    """
    return run_git("rev-parse", "--show-prefix").decode("utf-8").strip()
