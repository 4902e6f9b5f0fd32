"""`modelspec runs list` and `modelspec runs compare`."""

from __future__ import annotations

from pathlib import Path

import click

from modelspec.api import compare_runs, list_runs
from modelspec.console import say, show
from modelspec.diagnostics import UsageError
from modelspec.runs import COMPARE_FORMATS, LIST_FORMATS


@click.group("runs")
def command() -> None:
    """List and compare run folders, complete or not, without TensorFlow."""


@command.command("list", epilog="Example: modelspec runs list")
@click.argument("folder", required=False, default="runs", type=click.Path(path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(list(LIST_FORMATS)), default="table", show_default=True
)
def list_(folder: Path, form: str) -> int:
    """Print a table of the runs in or below FOLDER (by default `runs`), oldest first.

    "best" is the best value, with its epoch, of the monitored metric: the one that `checkpoint` or
    EarlyStopping monitors, otherwise the validation loss.
    """
    records, params = list_runs(folder)
    show(LIST_FORMATS[form](records, params), is_data=form != "table")
    return 0


@command.command("compare", epilog="Example: modelspec runs compare runs/a runs/b -o curves.png")
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(list(COMPARE_FORMATS)), default="table", show_default=True
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Draw the curves into this PNG file."
)
@click.option("--force", is_flag=True, help="Overwrite the file.")
def compare(runs: tuple[Path, ...], form: str, output: Path | None, force: bool) -> int:
    """Print how the specs of RUNS differ, and their metrics side by side."""
    if len(set(runs)) < 2:
        raise UsageError("compare needs at least two run folders")
    found = compare_runs(list(dict.fromkeys(runs)), output, force=force)
    show(COMPARE_FORMATS[form](found), is_data=form != "table")
    if output is not None:
        say(f"wrote {output}")
    return 0
