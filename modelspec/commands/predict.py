"""`modelspec predict`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from modelspec.actions import predict

from .options import extensions_option
from .output import say


@click.command(
    "predict", epilog="Example: modelspec predict runs/penguins --data new.csv -o out.csv"
)
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    required=True,
    help="A csv or npz file with the columns of the inputs.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The csv or npz file to write. By default csv goes to standard output.",
)
@click.option("--force", is_flag=True, help="Overwrite the file.")
@extensions_option
def command(run: Path, data: Path, output: Path | None, force: bool) -> int:
    """Let a trained run answer for every row of a file: classes by their names, and numbers."""
    columns = predict(run, data, output, force=force)
    if output is None:
        from modelspec.training import write_csv

        write_csv(columns, sys.stdout)
    else:
        say(f"wrote {output}")
    return 0
