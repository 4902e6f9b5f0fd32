"""`modelspec expand`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from modelspec.api import expand_file
from modelspec.commands.console import extensions_option, one_model, say, set_option, spec_argument
from modelspec.diagnostics import UsageError


@click.command(
    "expand",
    epilog="Example: modelspec expand specs/digits.yaml -o digits.full.yaml",
    short_help="Write a spec out: blocks, params, repeats, defaults.",
)
@spec_argument
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="The file to write. By default none."
)
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
@set_option
@extensions_option
def command(spec: str | None, output: Path | None, force: bool, overrides: dict[str, Any]) -> int:
    """Write a spec out: what it extends, its params, blocks, repeats and expressions, with every
    default in sight.

    The result is a spec that builds the same model. It goes to standard output, or with -o to a
    file, in which relative paths then lead from the file's own folder. SPEC may be an exported
    model, too, which has its spec inside.
    """
    source = one_model(spec)
    if output is None:
        click.echo(expand_file(source, overrides), nl=False)
        return 0
    if output.exists() and not force:
        raise UsageError(f"{output} is there already; --force replaces it")
    output.write_text(expand_file(source, overrides, folder=output.parent), encoding="utf-8")
    say(f"wrote {output}")
    return 0
