"""`modelspec evaluate`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from modelspec.actions import evaluate
from modelspec.report import table

from .options import extensions_option
from .output import say


@click.command("evaluate", epilog="Example: modelspec evaluate runs/digits")
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--data", type=click.Path(path_type=Path), help="A file with inputs and targets to measure on."
)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
@extensions_option
def command(run: Path, data: Path | None, form: str) -> int:
    """Measure a trained run on its test split, or on another file.

    Exit code 0: every expectation for the test split is met; 4: one is missed.
    """
    measured, missed = evaluate(run, data)
    if form == "json":
        click.echo(json.dumps(measured, indent=1))
    else:
        rows = [(name, f"{value:.4f}") for name, value in measured.items()]
        click.echo(table(("metric", "value"), rows, right="value"), nl=False)
    for miss in missed:
        say(f"missed: {miss}")
    return 4 if missed else 0
