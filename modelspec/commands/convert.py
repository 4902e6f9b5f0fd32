"""`modelspec convert`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from modelspec.api import convert_file
from modelspec.console import (
    OutputPath,
    config_options,
    extensions_option,
    one_spec,
    say,
    set_option,
    show,
    spec_argument,
)
from modelspec.graph import FORMS


@click.command(
    "convert",
    epilog="Example: modelspec convert specs/digits.yaml --to functional -o digits.graph.yaml",
)
@spec_argument
@click.option("--to", type=click.Choice(FORMS), required=True, help="The form to write.")
@click.option(
    "-o",
    "--output",
    type=OutputPath(is_printed=True),
    help="The file to write. By default the spec goes to standard output.",
)
@click.option("--force", is_flag=True, help="Overwrite the file.")
@set_option
@config_options
@extensions_option
def command(
    spec: str | None, to: str, output: Path | None, force: bool, overrides: dict[str, Any]
) -> int:
    """Convert a model between sequential and functional form. A functional model becomes
    sequential only if its graph is a single chain.

    The rest of the spec stays as it is, except that blocks, params and repeats are expanded and
    relative paths are rewritten for the new location. Comments are lost.

    Exit code 0: written; 1: the spec has errors, or its graph is not a chain; 2: the file exists.
    """
    text = convert_file(
        one_spec(spec, takes_stdin=True), to, output, overrides=overrides, force=force
    )
    if output is None:
        show(text, is_data=True)
    else:
        say(f"wrote {output}")
    return 0
