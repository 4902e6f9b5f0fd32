"""`modelspec runs list`, `modelspec runs best` and `modelspec runs compare`."""

from __future__ import annotations

from pathlib import Path

import click

from modelspec.api import best_run, compare_runs, list_runs, sorted_runs
from modelspec.completions import complete_runs
from modelspec.console import OutputPath, format_option, say, show
from modelspec.diagnostics import UsageError
from modelspec.runs import COMPARE_FORMATS, LIST_FORMATS, RANKED_FORMATS


@click.group("runs")
def command() -> None:
    """List and compare run folders, complete or not, without TensorFlow."""


def _direction(largest: bool, smallest: bool) -> bool | None:
    """Whether more is better, as the options say; None where they do not."""
    if largest and smallest:
        raise UsageError("--largest and --smallest exclude each other: give one of the two")
    return None if largest == smallest else largest


largest_option = click.option("--largest", is_flag=True, help="More of the metric is better.")
smallest_option = click.option("--smallest", is_flag=True, help="Less of the metric is better.")


@command.command("list", epilog="Example: modelspec runs list --sort val_AUC --best")
@click.argument("folder", required=False, default="runs", type=click.Path(path_type=Path))
@click.option(
    "--sort",
    metavar="METRIC",
    help="List the best run first by a metric, such as val_AUC, of its trained model.",
)
@click.option(
    "--best", is_flag=True, help="With --sort: compare the best epoch of each run instead."
)
@largest_option
@smallest_option
@format_option(LIST_FORMATS)
def list_(  # click passes each option by name
    folder: Path, *, sort: str | None, best: bool, largest: bool, smallest: bool, form: str
) -> int:
    """Print a table of the runs in or below FOLDER (by default `runs`), oldest first.

    "best" is the best value, with its epoch, of the monitored metric: the one that `checkpoint` or
    EarlyStopping monitors, otherwise the validation loss.

    With --sort the best run comes first, and the column has the metric's name. Whether more or
    less is better is known for Keras's metrics; for another metric give --largest or --smallest.
    """
    direction = _direction(largest, smallest)
    if sort is None and (best or direction is not None):
        raise UsageError("--best, --largest and --smallest need a metric: --sort METRIC")
    if sort is None:
        records, params = list_runs(folder)
        show(LIST_FORMATS[form](records, params), is_data=form != "table")
        return 0
    ranking, params = sorted_runs(folder, sort, of_best_epoch=best, is_large_good=direction)
    show(RANKED_FORMATS[form](ranking, params), is_data=form != "table")
    return 0


@command.command("best", epilog="Example: modelspec runs best runs val_AUC")
@click.argument("arguments", nargs=-1, required=True, metavar="[FOLDER] METRIC")
@largest_option
@smallest_option
def best_(arguments: tuple[str, ...], *, largest: bool, smallest: bool) -> int:
    """Print the path of the complete run in or below FOLDER (by default `runs`) whose trained model
    has the best METRIC, such as val_AUC.

    Whether more or less is better is known for Keras's metrics; for another metric give --largest
    or --smallest.
    """
    if len(arguments) > 2:
        raise UsageError("give a folder and one metric: `modelspec runs best runs val_AUC`")
    *folder, metric = arguments
    if not folder and Path(metric).is_dir():
        raise UsageError(f"give a metric after the folder: `modelspec runs best {metric} val_loss`")
    direction = _direction(largest, smallest)
    run, value, count = best_run(Path(*folder or ("runs",)), metric, is_large_good=direction)
    show(f"{run.path}\n")
    say(f"{value.name} {value.value:.4g}, the best of {count} complete runs")
    return 0


@command.command("compare", epilog="Example: modelspec runs compare runs/a runs/b -o curves.png")
@click.argument(
    "runs", nargs=-1, required=True, type=click.Path(path_type=Path), shell_complete=complete_runs
)
@format_option(COMPARE_FORMATS)
@click.option(
    "-o", "--output", type=OutputPath(is_printed=False), help="Draw the curves into this PNG file."
)
@click.option("--force", is_flag=True, help="Overwrite the file.")
def compare(runs: tuple[Path, ...], form: str, output: Path | None, force: bool) -> int:
    """Print how the specs of RUNS differ, and their metrics side by side."""
    if len(set(runs)) < 2:
        raise UsageError("compare needs at least two run folders; `modelspec runs list` shows them")
    found = compare_runs(list(dict.fromkeys(runs)), output, force=force)
    show(COMPARE_FORMATS[form](found), is_data=form != "table")
    if output is not None:
        say(f"wrote {output}")
    return 0
