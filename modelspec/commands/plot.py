"""`modelspec plot`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from modelspec.api import plot
from modelspec.console import (
    OutputPath,
    choice_option,
    config_options,
    extensions_option,
    one_model,
    say,
    set_option,
    show,
    spec_argument,
)
from modelspec.diagnostics import EXIT_ERRORS, Finding, Severity, exit_code_of
from modelspec.plotting import PICTURE_FORMATS, Theme
from modelspec.runs import is_run


@click.command("plot", epilog="Example: modelspec plot specs/digits.yaml -o digits.svg")
@spec_argument
@click.option(
    "-o",
    "--output",
    type=OutputPath(is_printed=True),
    help="The file to write; its ending says the format. By default svg is printed.",
)
@click.option("--format", "form", type=click.Choice(list(PICTURE_FORMATS)), help="The format.")
@choice_option(
    "--theme",
    choices=Theme,
    about="The colours; auto follows the reader's setting, and is light in png and dot. mermaid is "
    "always light.",
)
@click.option("--unfold", is_flag=True, help="Show every layer, in every repetition.")
@click.option(
    "--depth",
    type=click.IntRange(min=0),
    help="How many levels of models, blocks and repeats are open. By default as many as can be "
    "read at once.",
)
@set_option
@config_options
@extensions_option
def command(  # noqa: PLR0913, PLR0917  # click passes each option by name
    spec: str | None,
    output: Path | None,
    form: str | None,
    theme: str,
    unfold: bool,
    depth: int | None,
    overrides: dict[str, Any],
) -> int:
    """Draw a model as svg, png, html, mermaid or dot, without TensorFlow.

    Read it from top to bottom: a card is a layer with its class and its parameters, in the colour
    of its family, and a line is a tensor with its shape, without the batch axis. Blocks and
    repeats of a large model are folded; × N says how often one follows itself. A spec with errors
    is drawn as far as it can be, the errors in red at their layers.

    SPEC may also be a run folder or an exported model.
    """
    findings: list[Finding] = []
    source = spec if spec is not None and is_run(Path(spec)) else one_model(spec)
    picture = plot(
        source,
        output,
        form=form,
        overrides=overrides,
        theme=theme,
        unfold=unfold,
        depth=depth,
        findings=findings,
    )
    if output is not None:
        say(f"wrote {output}")
    elif isinstance(picture, bytes):
        click.echo(picture, nl=False)
    else:
        show(picture, is_data=True)
    return _tell_errors(findings, source)


def _tell_errors(findings: list[Finding], source: str) -> int:
    """Say that a drawn spec has errors; returns the exit code. A missed expectation alone stops
    nobody who wants to look."""
    count = sum(finding.severity is Severity.ERROR for finding in findings)
    if count:
        errors = "1 error" if count == 1 else f"{count} errors"
        say(f"the spec has {errors}, in red in the picture: modelspec validate {source}")
    return EXIT_ERRORS if exit_code_of(findings) == EXIT_ERRORS else 0
