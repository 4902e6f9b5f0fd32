"""`modelspec import`."""

from __future__ import annotations

from pathlib import Path

import click

from modelspec.actions import import_model

from .output import print_findings, say


@click.command(
    "import",
    epilog="Example: modelspec import model.keras -o model.yaml",
    short_help="Write a spec from a Keras model.",
)
@click.argument("model", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The spec to write. By default it goes to standard output.",
)
@click.option("--force", is_flag=True, help="Overwrite the file.")
def command(model: Path, output: Path | None, force: bool) -> int:
    """Write a spec from a .keras file, a whole model in .h5, or the JSON of `model.to_json()`.

    Models of Keras 2 and 3 are read. Nothing in the file is executed: a layer that holds Python
    code, or a class that is not Keras's, is refused by name. Weights are not taken along.

    Exit code 0: written; 1: the model cannot be said in a spec; 2: the file exists; 3: TensorFlow
    or h5py is missing.
    """
    text, findings = import_model(model, output, force=force)
    if findings:
        print_findings(findings)
    if output is None:
        click.echo(text, nl=False)
    else:
        say(f"wrote {output}")
    return 0
