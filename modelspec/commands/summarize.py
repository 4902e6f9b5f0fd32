"""`modelspec summarize`."""

from __future__ import annotations

from typing import Any

import click

from modelspec.api import summarize
from modelspec.commands.console import extensions_option, one_model, set_option, spec_argument
from modelspec.report import SUMMARY_FORMATS


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
@click.option(
    "--batch-size",
    type=click.IntRange(min=1),
    help="The examples that the memory is for. By default the spec's, or 32.",
)
@click.option("--expand", is_flag=True, help="Show the layers of nested models too.")
@set_option
@extensions_option
def command(
    spec: str | None, form: str, batch_size: int | None, expand: bool, overrides: dict[str, Any]
) -> int:
    """Print a model's layers, shapes, parameters, FLOPs and memory, without TensorFlow.

    SPEC may be an exported model, too: then what it says of itself is printed with it: the hash of
    its spec, what the run reached, its classes.

    FLOPs are for one example, forward; a multiply-add counts as 2. A size that is not known is
    "?" (in JSON null), never 0.
    """
    summary = summarize(one_model(spec), overrides, batch_size=batch_size, expand=expand)
    click.echo(SUMMARY_FORMATS[form](summary), nl=False)
    return 0
