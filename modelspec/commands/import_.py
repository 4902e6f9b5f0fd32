"""`modelspec import`."""

from __future__ import annotations

from pathlib import Path

import click

from modelspec.api import import_model
from modelspec.console import OutputPath, print_findings, say, show


@click.command(
    "import",
    epilog="Example: modelspec import model.keras -o model.yaml --weights model.weights.h5",
)
@click.argument("model", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=OutputPath(is_printed=True),
    help="The spec to write. By default it goes to standard output.",
)
@click.option(
    "--weights",
    type=click.Path(path_type=Path),
    help="A .weights.h5 file for the model's weights; `training.initial_weights` takes it.",
)
@click.option("--force", is_flag=True, help="Overwrite the files.")
def command(model: Path, output: Path | None, weights: Path | None, force: bool) -> int:
    """Write a spec from a .keras file, a whole model in .h5, or the JSON of `model.to_json()`.

    Models of Keras 2 and 3 are read. Nothing in the file is executed: a layer that contains Python
    code, or a class that Keras does not have, is rejected by name.

    Exit code 0: written; 1: a spec cannot express the model; 2: a file exists; 3: TensorFlow
    or h5py is missing.
    """
    text, findings = import_model(model, output, weights=weights, force=force)
    if findings:
        print_findings(findings)
    if output is None:
        show(text, is_data=True)
    else:
        say(f"wrote {output}")
    if weights is not None:
        say(f"wrote {weights}")
    return 0
