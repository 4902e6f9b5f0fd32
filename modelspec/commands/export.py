"""`modelspec export`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from modelspec.actions import EXPORTS, export

from .options import extensions_option, set_option, spec_argument
from .output import say


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
@set_option
@extensions_option
def command(
    spec: str | None, form: str, output: Path | None, force: bool, overrides: dict[str, Any]
) -> int:
    """Write the model of a spec (with fresh weights) or of a run folder in another format."""
    say(f"wrote {export(spec, form, output, overrides=overrides, force=force)}")
    return 0
