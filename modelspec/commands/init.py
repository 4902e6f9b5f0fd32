"""`modelspec init`."""

from __future__ import annotations

from pathlib import Path

import click

from modelspec.api import init
from modelspec.completions import one_of
from modelspec.console import DataPath, say, show
from modelspec.diagnostics import join_words
from modelspec.drafting import TEMPLATES
from modelspec.spec.data import file_name_of

STDOUT = "-"


@click.command(
    "init",
    epilog="Example: modelspec init --data penguins.csv --target species",
)
@click.option(
    "--data",
    type=DataPath(path_type=Path),
    help="A csv (also .csv.gz), a parquet file or a workbook, whose columns determine inputs, model"
    " and loss; a folder of images, sound or texts, with a folder for each class; images and masks;"
    " a text.",
)
@click.option("--target", metavar="COLUMN", help="The column of a table to predict.")
@click.option(
    "--template",
    metavar="NAME",
    shell_complete=one_of(TEMPLATES),
    help=f"Instead of --data: {join_words(TEMPLATES, 'or')}.",
)
@click.option(
    "--task",
    type=click.Choice(["classification", "regression"]),
    help="The kind of target. By default inferred from its values.",
)
@click.option(
    "--group",
    metavar="COLUMN",
    help="Rows with the same value stay in one split; with --time, the column that tells series "
    "apart. By default the ids of customers, patients and the like, where they recur.",
)
@click.option(
    "--time",
    metavar="COLUMN",
    help="The rows are a series over this time, whose next values are forecast.",
)
@click.option(
    "-o",
    "--output",
    help="The spec to write. By default the name of the data or the template with .yaml; "
    '"-" prints it.',
)
@click.option("--force", is_flag=True, help="Overwrite the spec.")
def command(  # noqa: PLR0913, PLR0917  # click passes each option by name
    data: Path | str | None,
    target: str | None,
    template: str | None,
    task: str | None,
    group: str | None,
    time: str | None,
    output: str | None,
    force: bool,
) -> int:
    """Create a spec that validates and can be trained at once; comments explain its choices.

    Needs neither TensorFlow nor numpy; parquet needs pyarrow, and masks TensorFlow.

    Exit code 0: written; 1: the data file has errors, or nothing to learn; 2: the spec exists.
    """
    stem = template
    if data is not None:
        name = file_name_of(data) if isinstance(data, str) else data.name
        stem = name.partition(".")[0]
    to = f"{stem}.yaml" if output is None else output
    path = None if to == STDOUT else Path(to)
    notes: list[str] = []
    text = init(
        data,
        target,
        template=template,
        task=task,
        group=group,
        time=time,
        output=path,
        force=force,
        notes=notes,
    )
    for note in notes:
        say(f"- {note}")
    if path is None:
        show(text, is_data=True)
        return 0
    say(f"wrote {path}")
    say(f"\nnext:\n  modelspec validate {path}\n  modelspec train {path}")
    return 0
