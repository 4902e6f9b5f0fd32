"""`modelspec train`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from modelspec.actions import train
from modelspec.document import find_one

from .options import extensions_option, set_option, spec_argument
from .output import print_findings, say


@click.command("train", epilog="Example: modelspec train specs/digits.yaml --set training.epochs=3")
@spec_argument
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The run folder. By default the first free one of runs/NAME, runs/NAME-2, ...",
)
@click.option("--force", is_flag=True, help="Replace the run that is in the folder.")
@set_option
@extensions_option
def command(spec: str | None, output: Path | None, force: bool, overrides: dict[str, Any]) -> int:
    """Fit the model of a spec to its data, and write a run folder.

    Exit code 0: trained, and every `expect.metrics` is met; 1: faults in the spec or the data;
    3: TensorFlow is missing, or disk or memory is not enough; 4: an expectation is missed;
    130 and 143: interrupted by SIGINT or SIGTERM, with a checkpoint written.
    """
    line = " ".join(["modelspec", *sys.argv[1:]])
    run = train(find_one(spec), output=output, overrides=overrides, force=force, command=line)
    if run.findings:
        print_findings(run.findings)
    click.echo(run.path)
    if run.missed:
        for miss in run.missed:
            say(f"missed: {miss}")
        return 4
    return 0
