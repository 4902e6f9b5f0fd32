"""`modelspec summarize`."""

from __future__ import annotations

from typing import Any

import click

from modelspec.api import summarize
from modelspec.console import (
    config_options,
    extensions_option,
    format_option,
    one_model,
    set_option,
    show,
    spec_argument,
)
from modelspec.report import SUMMARY_FORMATS


@click.command("summarize", epilog="Example: modelspec summarize specs/digits.yaml")
@spec_argument
@format_option(SUMMARY_FORMATS)
@click.option(
    "--batch-size",
    type=click.IntRange(min=1),
    help="The batch size for the memory estimate. By default the spec's, or 32.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="Also state the memory of each of so many workers that divide a batch, and the bytes that"
    " they exchange in a step.",
)
@click.option("--expand", is_flag=True, help="Also list the layers of nested models.")
@set_option
@config_options
@extensions_option
def command(spec: str | None, form: str, overrides: dict[str, Any], **how: Any) -> int:
    """Print a model's layers, shapes, parameters, FLOPs and memory, without TensorFlow.

    SPEC may also be an exported model. Its metadata is then printed too: the hash of its spec, the
    metrics of the run, its classes.

    FLOPs are for the forward pass of one example; a multiply-add counts as 2. An unknown size is
    "?" (null in JSON), never 0. Sizes that follow from one that an input leaves open are written as
    expressions, such as T // 2, and the legal input sizes are listed.
    """
    summary = summarize(one_model(spec), overrides, **how)
    show(SUMMARY_FORMATS[form](summary), is_data=form != "table")
    return 0
