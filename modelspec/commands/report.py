"""`modelspec report`."""

from __future__ import annotations

from pathlib import Path

import click

from modelspec.api import report_runs
from modelspec.console import extensions_option, say
from modelspec.diagnostics import UsageError
from modelspec.runs import RunFile, is_run


@click.command("report", epilog="Example: modelspec report runs/digits -o digits.html")
@click.argument("runs", nargs=-1, required=True, metavar="RUN...", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
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
    if output is None:
        if len(runs) > 1 or not is_run(runs[0]):
            raise UsageError("give the html file: `-o report.html`")
        output = runs[0] / RunFile.REPORT
    made = report_runs(list(dict.fromkeys(runs)), output, predict=not no_predict, say=say)
    say(f"wrote {made.path} ({len(made.html.encode()) / 1000:,.0f} kB)")
    return 0
