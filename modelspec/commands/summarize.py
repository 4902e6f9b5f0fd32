"""`modelspec summarize`."""

from __future__ import annotations

from typing import Any

import click

from modelspec.document import find_one

from .options import set_option, spec_argument


@click.command("summarize", epilog="Example: modelspec summarize specs/digits.yaml")
@spec_argument
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "markdown"]),
    default="table",
    show_default=True,
    help="How the summary is printed.",
)
@set_option
def command(spec: str | None, form: str, overrides: dict[str, Any]) -> int:
    """Print the layers of a spec's model, with their shapes and parameters."""
    from modelspec.summarizing import RENDER, summarize

    click.echo(RENDER[form](summarize(find_one(spec), overrides)), nl=False)
    return 0
