"""`modelspec predict`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from modelspec.api import predict
from modelspec.console import DataPath, extensions_option, say, threshold_option


@click.command(
    "predict", epilog="Example: modelspec predict runs/penguins --data new.csv -o out.csv"
)
@click.argument("run", metavar="RUN-OR-MODEL", type=click.Path(path_type=Path))
@click.option(
    "--data",
    type=DataPath(path_type=Path),
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
    help="A column of --data to copy next to the predictions, as COLUMN_given where a prediction "
    "has that name. May be given several times.",
)
@click.option(
    "--every-class", is_flag=True, help="Add a column with the probability of each class."
)
@threshold_option
@click.option("--force", is_flag=True, help="Overwrite the output file.")
@extensions_option
def command(  # noqa: PLR0913  # click passes each option by name
    run: Path,
    data: Path | str,
    *,
    output: Path | None,
    keep: tuple[str, ...],
    every_class: bool,
    threshold: float | None,
    force: bool,
) -> int:
    """Run predictions on new data with a trained model: for every row of a file, in order, the
    class name with its probability, a number, or a text.

    All values are checked before the first prediction is written, and an invalid row is reported
    by its number. A row that a `missing` rule of the spec drops gets an empty prediction.

    A model that `export` wrote can be given in place of the run folder. ONNX, LiteRT and OpenVINO
    models predict for tables without TensorFlow.
    """
    to = sys.stdout.buffer if output is None else output
    predict(
        run,
        data,
        to,
        keep=keep,
        every_class=every_class,
        threshold=threshold,
        force=force,
        say=say,
    )
    if output is not None:
        say(f"wrote {output}")
    return 0
