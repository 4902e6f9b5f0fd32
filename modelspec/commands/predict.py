"""`modelspec predict`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Unpack

import click

from modelspec.api import Asking, predict
from modelspec.commands.console import extensions_option, say, threshold_option


@click.command(
    "predict", epilog="Example: modelspec predict runs/penguins --data new.csv -o out.csv"
)
@click.argument("run", metavar="RUN-OR-MODEL", type=click.Path(path_type=Path))
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    required=True,
    help="A csv, parquet, jsonl or npz file with the columns of the inputs.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The csv, jsonl, parquet or npz file to write. By default csv goes to standard output.",
)
@click.option(
    "--keep",
    multiple=True,
    metavar="COLUMN",
    help="A column of --data that is to stand beside the answers, as COLUMN_given where an answer "
    "has its name. May be given several times.",
)
@click.option(
    "--every-class", is_flag=True, help="Give each class a column with its probability, too."
)
@threshold_option
@click.option("--force", is_flag=True, help="Overwrite the file.")
@extensions_option
def command(
    run: Path,
    data: Path,
    output: Path | None,
    keep: tuple[str, ...],
    force: bool,
    **asked: Unpack[Asking],
) -> int:
    """Let a trained run answer for every row of a file, in order: classes by their names with
    their probabilities, and numbers.

    Every value is looked at before the first answer is written; a row that does not fit is named.
    A row that a `missing` rule of the spec drops has an answer that is empty.

    What `export` wrote of the run answers the same questions: give the file in the place of the
    run folder. ONNX, LiteRT and OpenVINO files need no
    TensorFlow to answer tables.
    """
    to = sys.stdout.buffer if output is None else output
    predict(run, data, to, keep=keep, force=force, **asked)
    if output is not None:
        say(f"wrote {output}")
    return 0
