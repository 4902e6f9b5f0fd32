"""`modelspec init`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from modelspec.api import init
from modelspec.commands.console import say
from modelspec.diagnostics import join_words
from modelspec.drafting import TEMPLATES

STDOUT = "-"


@click.command(
    "init",
    epilog="Example: modelspec init --data penguins.csv --target species",
    short_help="Write a first spec, from a data file or from a template.",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    help="A csv (also .csv.gz) or parquet file: its columns are read, and decide what is written.",
)
@click.option(
    "--target",
    metavar="COLUMN",
    help="The column of --data that the model is to tell.",
)
@click.option(
    "--template",
    metavar="NAME",
    help=f"In place of --data, one of {join_words(TEMPLATES, 'or')}.",
)
@click.option(
    "--task",
    type=click.Choice(["classification", "regression"]),
    help="What the target is. By default its values decide.",
)
@click.option(
    "-o",
    "--output",
    help="The spec to write. By default the data's or the template's name with .yaml; "
    '"-" prints it.',
)
@click.option("--force", is_flag=True, help="Overwrite the spec.")
def command(
    data: Path | None,
    target: str | None,
    template: str | None,
    task: str | None,
    output: str | None,
    force: bool,
) -> int:
    """Write a first spec that validates, trains at once, and says in comments why it is so.

    Neither TensorFlow nor numpy is needed; parquet needs pyarrow.

    Exit code 0: written; 1: the data file has faults, or nothing to learn; 2: the spec exists.
    """
    stem = template if data is None else data.name.partition(".")[0]
    to = f"{stem}.yaml" if output is None else output
    path = None if to == STDOUT else Path(to)
    text = init(data, target, template=template, task=task, output=path, force=force)
    if path is None:
        sys.stdout.write(text)
        return 0
    say(f"wrote {path}")
    say(f"\nnext:\n  modelspec validate {path}\n  modelspec train {path}")
    return 0
