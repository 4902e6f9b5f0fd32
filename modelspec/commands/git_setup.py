"""`modelspec git-setup`."""

from __future__ import annotations

import click

from modelspec.api import git_setup
from modelspec.console import say


@click.command("git-setup", epilog="Example: modelspec git-setup 'specs/*.yaml'")
@click.argument("patterns", nargs=-1)
@click.option("--remove", is_flag=True, help="Undo it.")
def command(patterns: tuple[str, ...], remove: bool) -> int:
    """Let `git diff` and `git log -p` show how models differ, as `modelspec diff` does.

    PATTERNS are those of `.gitattributes`; by default there is one for each folder with specs. Only
    this clone is set up: nothing that would be committed changes. `git diff --no-ext-diff` shows
    the lines of the files.
    """
    for line in git_setup(patterns, remove=remove):
        say(line)
    return 0
