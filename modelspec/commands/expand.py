"""`modelspec expand`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from modelspec.api import expand_file
from modelspec.console import (
    OutputPath,
    config_options,
    extensions_option,
    one_model,
    say,
    set_option,
    show,
    spec_argument,
)
from modelspec.files import refuse_existing, write_atomically


@click.command(
    "expand",
    epilog="Example: modelspec expand specs/digits.yaml -o digits.full.yaml",
)
@spec_argument
@click.option(
    "-o",
    "--output",
    type=OutputPath(is_printed=True),
    help="The file to write. By default it is printed.",
)
@click.option("--force", is_flag=True, help="Overwrite the file.")
@set_option
@config_options
@extensions_option
def command(spec: str | None, output: Path | None, force: bool, overrides: dict[str, Any]) -> int:
    """Expand a spec: resolve its bases, params, blocks, repeats and expressions, and write every
    default.

    The result is a spec that builds the same model. It is printed, or written to the -o file with
    relative paths rewritten for that file's folder. SPEC may also be an exported model, which
    contains its spec.
    """
    source = one_model(spec)
    if output is None:
        show(expand_file(source, overrides), is_data=True)
        return 0
    refuse_existing(output, force=force)
    write_atomically(output, expand_file(source, overrides, folder=output.parent))
    say(f"wrote {output}")
    return 0
