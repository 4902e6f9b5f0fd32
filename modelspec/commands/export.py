"""`modelspec export`."""

from __future__ import annotations

from typing import Any

import click

from .options import set_option, spec_argument
from .output import say


@click.command(
    "export", epilog="Example: modelspec export runs/digits --format keras -o digits.keras"
)
@spec_argument
@click.option("--format", "form", type=click.Choice(["keras"]), required=True, help="The format.")
@click.option("-o", "--output", type=click.Path(), help="The file to write.")
@click.option("--force", is_flag=True, help="Overwrite the file.")
@set_option
def command(
    spec: str | None, form: str, output: str | None, force: bool, overrides: dict[str, Any]
) -> int:
    """Write the model of a spec (with fresh weights) or of a run folder in another format."""
    from modelspec.export import export

    written = export(spec, form, output, overrides=overrides, force=force)
    say(f"wrote {written}")
    return 0
