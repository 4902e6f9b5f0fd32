"""`modelspec fetch`."""

from __future__ import annotations

from typing import Any

import click

from modelspec.api import fetch
from modelspec.console import say, set_option, spec_argument
from modelspec.document import find_one


@click.command("fetch", epilog="Example: modelspec fetch specs/fashion.yaml")
@spec_argument
@set_option
def command(spec: str | None, overrides: dict[str, Any]) -> int:
    """Fetch the data sets that a spec names, with Keras, into its cache.

    The cache is the folder `datasets` in KERAS_HOME, by default ~/.keras. The files are checked
    by the hashes that Keras has. What is in the cache is not fetched again. Prints the path of each
    file. Nothing else fetches data, except `modelspec train --fetch`.

    Exit code 0: all data sets are in the cache; 1: errors in the spec; 3: TensorFlow is missing, or
    a file cannot be fetched.
    """
    files = fetch(find_one(spec), overrides)
    for file in files:
        click.echo(file.path)
    new = sum(file.is_new for file in files)
    if not files:
        say("the spec names no data set of Keras: there is nothing to fetch")
    else:
        say(f"{new} fetched, {len(files) - new} in the cache already")
    return 0
