"""`modelspec convert`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from modelspec.api import convert_file
from modelspec.commands.console import extensions_option, say, set_option, spec_argument
from modelspec.document import find_one
from modelspec.graph import FORMS


@click.command(
    "convert",
    epilog="Example: modelspec convert specs/digits.yaml --to functional -o digits.graph.yaml",
    short_help="Write the same model in the other form.",
)
@spec_argument
@click.option("--to", type=click.Choice(FORMS), required=True, help="The form to write.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The file to write. By default the spec goes to standard output.",
)
@click.option("--force", is_flag=True, help="Overwrite the file.")
@set_option
@extensions_option
def command(
    spec: str | None, to: str, output: Path | None, force: bool, overrides: dict[str, Any]
) -> int:
    """Write a spec with the same model in the other form: a stack as a graph, or a graph that is
    one chain as a stack.

    All else in the file stays, with blocks, params and repeats written out, and relative paths
    leading from where the new file stands. Comments do not come along.

    Exit code 0: written; 1: the spec has faults, or its graph is no chain; 2: the file exists.
    """
    text = convert_file(find_one(spec), to, output, overrides=overrides, force=force)
    if output is None:
        click.echo(text, nl=False)
    else:
        say(f"wrote {output}")
    return 0
