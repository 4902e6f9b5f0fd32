"""`modelspec summarize`."""

from __future__ import annotations

from typing import Any

import click

from modelspec.document import find_one
from modelspec.pipeline import summarize
from modelspec.report import SUMMARY_FORMATS

from .options import set_option, spec_argument


@click.command("summarize", epilog="Example: modelspec summarize specs/digits.yaml")
@spec_argument
@click.option(
    "--format",
    "form",
    type=click.Choice(list(SUMMARY_FORMATS)),
    default="table",
    show_default=True,
    help="How the summary is printed.",
)
@set_option
def command(spec: str | None, form: str, overrides: dict[str, Any]) -> int:
    """Print the layers of a spec's model, with their shapes and parameters."""
    click.echo(SUMMARY_FORMATS[form](summarize(find_one(spec), overrides)), nl=False)
    return 0
