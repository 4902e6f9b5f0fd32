"""`modelspec reproduce`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from modelspec.api import reproduce
from modelspec.console import config_options, extensions_option, format_option, say, show
from modelspec.diagnostics import EXIT_MISSED


@click.command("reproduce", epilog="Example: modelspec reproduce runs/penguins -o runs/again")
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The folder of the new run. By default it is deleted once it was compared.",
)
@click.option("--force", is_flag=True, help="Replace a run in the folder.")
@format_option(("text", "json"))
@config_options
@extensions_option
def command(run: Path, output: Path | None, force: bool, form: str) -> int:
    """Train the complete run RUN again from its lock.json, and compare the two.

    Says "the same bits", or the first thing that differs: data, versions, hardware and variables
    of the environment, else the first epoch and variable. Exit code 4 if the bits differ.
    """
    found = reproduce(run, output, force=force, say=say)
    if form == "json":
        show(json.dumps(found.to_dict(), indent=1) + "\n", is_data=True)
        return 0 if found.is_same else EXIT_MISSED
    for one in (*found.data, *found.surroundings):
        say(str(one))
    if found.is_same:
        show("the same bits\n")
        return 0
    show(f"other bits: {found.outcome}\n")
    if not found.data and not found.surroundings:
        say("data, versions, hardware and variables are those of the lock")
    return EXIT_MISSED
