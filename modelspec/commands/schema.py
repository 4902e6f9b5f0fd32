"""`modelspec schema`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from modelspec.configuration import configuration_schema
from modelspec.console import OutputPath, say, show
from modelspec.files import write_atomically
from modelspec.schema import editor_schema


@click.command("schema", epilog="Example: modelspec schema -o modelspec.schema.json")
@click.option(
    "-o",
    "--output",
    type=OutputPath(is_printed=True, dir_okay=False),
    help="The file to write; an existing one is replaced.",
)
@click.option(
    "--configuration", "of_configuration", is_flag=True, help="That of modelspec.toml instead."
)
def command(output: Path | None, of_configuration: bool) -> int:
    """Print the JSON Schema of spec files, for editors and other validators.

    It is self-contained: every Keras class with its arguments and their descriptions.
    """
    schema = configuration_schema() if of_configuration else editor_schema()
    text = json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
    if output is None:
        show(text, is_data=True)
        return 0
    write_atomically(output, text)
    say(f"wrote {output}")
    return 0
