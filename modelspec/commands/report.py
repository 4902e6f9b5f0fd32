"""`modelspec report`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from modelspec.api import report_runs
from modelspec.completions import complete_runs
from modelspec.console import OutputPath, extensions_option, say
from modelspec.diagnostics import UsageError
from modelspec.document import model_format
from modelspec.runs import RunFile, is_run, read_status


@click.command("report", epilog="Example: modelspec report runs/digits -o digits.html")
@click.argument(
    "runs",
    nargs=-1,
    required=True,
    metavar="RUN...",
    type=click.Path(path_type=Path),
    shell_complete=complete_runs,
)
@click.option(
    "-o",
    "--output",
    type=OutputPath(is_printed=False),
    help="The html file, which is replaced. By default report.html in the folder of the run.",
)
@click.option(
    "--no-predict",
    is_flag=True,
    help="Never start TensorFlow: without saved predictions the page lacks what is made of them.",
)
@extensions_option
def command(runs: tuple[Path, ...], *, output: Path | None, no_predict: bool) -> int:
    """Write a page about RUN: metrics, curves, data, model, mistakes, exports and where it comes
    from. Several runs are put side by side.

    The page is one html file that asks no host for anything. RUN is a run folder, complete or not,
    or an exported model. TensorFlow starts only where the predictions of the test split are not
    saved yet.
    """
    found = list(dict.fromkeys(runs))
    made = report_runs(found, output or _own_file(found), predict=not no_predict, say=say)
    say(f"wrote {made.path} ({len(made.html.encode()) / 1000:,.0f} kB)")
    return 0


def _own_file(runs: Sequence[Path]) -> Path:
    """The file in the folder of the only run.

    Raises:
        UsageError: there is none, as there are several, or it is an exported model.
    """
    if len(runs) == 1 and is_run(runs[0]):
        return runs[0] / RunFile.REPORT
    for run in runs:
        if not is_run(run) and (model_format(run) is None or not run.exists()):
            read_status(run)  # says what it is, if no run
    raise UsageError("give the html file to write, such as `-o report.html`")
