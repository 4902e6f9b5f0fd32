"""`modelspec predict`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from modelspec.api import predict
from modelspec.completions import complete_runs
from modelspec.console import (
    DataPath,
    OutputPath,
    extensions_option,
    say,
    threshold_option,
    workers_option,
)

SPLITS = ("train", "validation", "test")


@click.command(
    "predict", epilog="Example: modelspec predict runs/penguins --data new.csv -o out.csv"
)
@click.argument(
    "run", metavar="RUN-OR-MODEL", type=click.Path(path_type=Path), shell_complete=complete_runs
)
@click.option(
    "--data",
    type=DataPath(path_type=Path),
    help="A csv, parquet, jsonl or npz file with the columns of the inputs.",
)
@click.option(
    "--split",
    type=click.Choice(SPLITS),
    help="In place of --data: a split of the run, with the truth, the error and the number of each "
    "row beside the prediction.",
)
@click.option(
    "-o",
    "--output",
    type=OutputPath(is_printed=True),
    help="The csv, jsonl, parquet or npz file to write. By default csv goes to standard output.",
)
@click.option(
    "--keep",
    multiple=True,
    metavar="COLUMN",
    help="A column of the data to copy next to the predictions, as COLUMN_given where a prediction "
    "has that name. May be given several times.",
)
@click.option(
    "--every-class", is_flag=True, help="Add a column with the probability of each class."
)
@click.option(
    "--positive",
    is_flag=True,
    help="Give the probability of the positive class, the second of two, under its name, such as "
    "churn_yes, in place of that of the predicted class.",
)
@threshold_option
@click.option(
    "--missing",
    type=click.Choice(["empty", "drop", "median"]),
    help="What happens to a row with a gap where the training data had none: an empty prediction, "
    "no line in the output, or the median of the training data. By default what `missing_new` of "
    "the spec says, or empty.",
)
@click.option(
    "--count",
    type=int,
    help="How many examples a generator (training.gan) makes of noise. By default 16.",
)
@click.option("--seed", type=int, help="The seed of a generator's noise. By default 0.")
@click.option(
    "--escape-formulas",
    is_flag=True,
    help="In csv, put an apostrophe before text that a spreadsheet would compute, such as =1+1. It "
    "changes the text, so it is for files that people open, not for programs.",
)
@click.option("--force", is_flag=True, help="Overwrite the output file.")
@workers_option
@extensions_option
def command(  # noqa: PLR0913  # click passes each option by name
    run: Path,
    data: Path | str | None,
    *,
    split: str | None,
    output: Path | None,
    keep: tuple[str, ...],
    every_class: bool,
    positive: bool,
    threshold: float | None,
    missing: str | None,
    count: int | None,
    seed: int | None,
    escape_formulas: bool,
    force: bool,
    workers: int,
) -> int:
    """Run predictions on new data with a trained model: for every row of a file, in order, the
    class name with the probability of that class, a number, or a text.

    All values are checked before the first prediction is written, and an invalid row is reported
    by its number. A row that a `missing` rule of the spec drops gets an empty prediction, and so
    does one with a gap where the training data had none: see --missing.

    With --split the rows are those of the run's own training, validation or test split. Each has
    its number, the truth, and an error: the prediction minus the truth, or for a class whether it
    is right. Their metrics are those of `evaluate --split`.

    Of a folder of folds or seeds the mean of its models is predicted, for a class by the mean
    probability. The validation rows of folds are predicted by the model that was not trained on
    them.

    The generator of a GAN draws noise by --seed, and makes --count examples, or one for each row of
    --data if it takes a class or the like too. Images are PNG files in the folder that -o names.

    A model that `export` wrote can be given in place of the run folder. ONNX, LiteRT and OpenVINO
    models predict for tables without TensorFlow.
    """
    to = sys.stdout.buffer if output is None else output
    predict(
        run,
        data,
        to,
        split=split,
        keep=keep,
        every_class=every_class,
        positive=positive,
        threshold=threshold,
        force=force,
        say=say,
        missing=missing,
        count=count,
        seed=seed,
        workers=workers,
        escape_formulas=escape_formulas,
    )
    if output is not None:
        say(f"wrote {output}")
    return 0
