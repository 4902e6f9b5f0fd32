"""`modelspec diff`."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import click

from modelspec.api import diff, diff_of_git
from modelspec.comparison import FORMATS
from modelspec.completions import complete_specs
from modelspec.console import (
    config_options,
    extensions_option,
    format_option,
    print_findings,
    set_option,
    show,
)
from modelspec.diagnostics import SpecError

CANNOT_COMPARE = 2


@click.command("diff", epilog="Example: modelspec diff main:specs/digits.yaml specs/digits.yaml")
@click.argument(
    "paths", nargs=-1, metavar="OLD NEW", type=click.Path(), shell_complete=complete_specs
)
@format_option(FORMATS, "The output format; markdown is for a comment on a pull request.")
@click.option("--git", "of_git", is_flag=True, hidden=True)
@set_option
@config_options
@extensions_option
def command(paths: tuple[str, ...], form: str, of_git: bool, overrides: dict[str, Any]) -> int:
    """Show how NEW differs from OLD in model, data and training, without TensorFlow.

    Both are spec files, REV:PATH of a git repository, run folders or exported models; one may be
    "-", standard input. Layers are
    matched by name, then by what they read: a renamed layer is no other one. For each tensor it is
    said whether the old weights still fit.

    Exit code 0: no difference; 1: there is one; 2: they cannot be compared, as one has errors.
    """
    if of_git:
        return _show_to_git(paths)
    if len(paths) != 2:
        raise click.UsageError(f"give two: OLD and NEW, got {len(paths)}")
    try:
        found = diff(*paths, overrides)
    except SpecError as error:
        print_findings(error.findings)
        return CANNOT_COMPARE
    show(FORMATS[form](found), is_data=form != "text")
    return 0 if found.is_same else 1


def _show_to_git(arguments: tuple[str, ...]) -> int:
    """What git calls for a file: PATH, then file, hash and mode of the old and the new content.

    A file that is no spec, or has errors, is shown as git itself shows it. The code is 0: git takes
    any other for a failure of this command.
    """
    if len(arguments) < 7:  # a file in conflict has its path alone
        show(f"{arguments[0]} is unmerged\n" if arguments else "")
        return 0
    path, old, new = arguments[0], arguments[1], arguments[4]
    text = diff_of_git(path, Path(old), Path(new))
    if text is not None:
        show(f"modelspec diff {path}\n{text}\n")
        return 0
    git = ["git", "--no-pager", "diff", "--no-ext-diff", "--no-index", "--", old, new]
    done = subprocess.run(git, capture_output=True, check=False)
    show(_with_path(done.stdout.decode("utf-8", "replace"), path, (old, new)))
    return 0


def _with_path(patch: str, path: str, files: tuple[str, str]) -> str:
    """A patch of two files as one of `path`, so that `git apply` takes it: git gives the content
    of a revision in a file elsewhere."""
    head, at, rest = patch.partition("\n@@")
    for side, file in zip("ab", files, strict=True):
        head = head.replace(f"{side}/{file.lstrip('/')}", f"{side}/{path}")
    return f"{head}{at}{rest}"
