"""`modelspec export`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from modelspec.api import EXPORTS, export_checked
from modelspec.console import (
    OutputPath,
    config_options,
    extensions_option,
    print_findings,
    say,
    set_option,
    show,
    spec_argument,
)
from modelspec.exporting.formats import FORMATS, ExportSettings


@click.command(
    "export", epilog="Example: modelspec export runs/digits --format keras -o digits.keras"
)
@spec_argument
@click.option(
    "--format", "form", type=click.Choice(EXPORTS), required=True, help="The format to write."
)
@click.option(
    "-o",
    "--output",
    type=OutputPath(is_printed=False),
    help="The file to write. By default the model's name with the format's suffix.",
)
@click.option("--force", is_flag=True, help="Overwrite the file.")
@click.option(
    "--tolerance",
    type=click.FloatRange(min=0),
    help="The largest accepted difference from the outputs of the Keras model, as a fraction of "
    "the largest output. By default that of the format.",
)
@click.option(
    "--quantize",
    type=click.Choice(list(FORMATS["litert"].quantizations)),
    help="For litert: smaller weights; int8 takes the ranges of activations from training data.",
)
@click.option("--opset", type=click.IntRange(min=13), help="For onnx: the operator set version.")
@click.option(
    "--without-preprocessing",
    is_flag=True,
    help="Leave out the preprocessing layers at the front of the model, and write them to "
    "OUTPUT.preprocessing.keras.",
)
@set_option
@config_options
@extensions_option
def command(
    spec: str | None,
    form: str,
    output: Path | None,
    force: bool,
    overrides: dict[str, Any],
    **settings: Any,
) -> int:
    """Write the model of a run folder, or of a spec, in another format. The model of a spec is not
    trained: it has the weights of `training.initial_weights`, and fresh ones elsewhere.

    A file that can be run is loaded in a process of its own and compared with the Keras model: on
    the validation split of a run, on synthetic data for a spec. OUTPUT.check.json has the result.

    Exit code 0: written; 1: the spec has errors; 4: outputs differ from the Keras model, and the
    file is left with `.rejected` appended to its name.
    """
    from modelspec.exporting import preprocessing_file

    result = export_checked(
        spec, form, output, overrides=overrides, force=force, settings=ExportSettings(**settings)
    )
    if isinstance(result, Path):
        say(f"wrote {result}")
        return 0
    if result.findings:
        print_findings(result.findings)
    if result.weights_report is not None:
        say("\n".join(result.weights_report.lines()))
    if result.check is not None:
        show(result.check.to_text())
    if not result.accepted:
        say(f"rejected: outputs differ from the Keras model; the file was left as {result.path}")
        return 4
    if settings["without_preprocessing"]:
        say(f"wrote {preprocessing_file(result.path)}, whose outputs are the inputs of the export")
    say(f"wrote {result.path}")
    return 0
