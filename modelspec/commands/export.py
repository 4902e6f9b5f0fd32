"""`modelspec export`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from modelspec.api import EXPORTS, export_checked
from modelspec.commands.console import extensions_option, say, set_option, spec_argument


@click.command(
    "export", epilog="Example: modelspec export runs/digits --format keras -o digits.keras"
)
@spec_argument
@click.option(
    "--format", "form", type=click.Choice(list(EXPORTS)), required=True, help="What to write."
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The file to write. By default the model's name with the format's ending.",
)
@click.option("--force", is_flag=True, help="Overwrite the file.")
@click.option(
    "--tolerance",
    type=click.FloatRange(min=0),
    help="The largest difference from the Keras model's answers, in parts of the largest one. "
    "By default what the format can keep.",
)
@click.option(
    "--quantize",
    type=click.Choice(["dynamic", "float16", "int8"]),
    help="For litert: smaller weights; int8 learns its ranges from the training data.",
)
@click.option("--opset", type=click.IntRange(min=13), help="For onnx: the version of its ops.")
@click.option(
    "--without-preprocessing",
    is_flag=True,
    help="Export what comes after the preprocessing layers at the front, and write these to "
    "OUTPUT.preprocessing.keras.",
)
@set_option
@extensions_option
def command(
    spec: str | None,
    form: str,
    output: Path | None,
    force: bool,
    overrides: dict[str, Any],
    **asked: Any,
) -> int:
    """Write the model of a spec (with fresh weights) or of a run folder in another format.

    What can answer is run in a process of its own and compared with the Keras model: on the
    validation split of a run, on made-up examples for a spec. OUTPUT.check.json keeps the table.

    Exit code 0: written; 1: the spec has faults; 4: it answers otherwise than the model, and is
    left with `.rejected` behind its name.
    """
    from modelspec.exporting import preprocessing_of
    from modelspec.exporting.formats import Settings

    done = export_checked(spec, form, output, (force, Settings(**asked)), overrides)
    if isinstance(done, Path):
        say(f"wrote {done}")
        return 0
    if done.check is not None:
        click.echo(done.check.to_text(), nl=False)
    if done.accepted and asked["without_preprocessing"]:
        say(f"wrote {preprocessing_of(done.path)}, which gives what the other takes")
    say(f"wrote {done.path}" if done.accepted else f"rejected: it is left as {done.path}")
    return 0 if done.accepted else 4
