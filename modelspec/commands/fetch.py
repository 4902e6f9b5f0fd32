"""`modelspec fetch`."""

from __future__ import annotations

from typing import Any

import click

from modelspec.api import fetch
from modelspec.console import one_spec, say, set_option, spec_argument


@click.command("fetch", epilog="Example: modelspec fetch specs/fashion.yaml")
@spec_argument
@set_option
def command(spec: str | None, overrides: dict[str, Any]) -> int:
    """Fetch the data sets and remote files that a spec names.

    Remote files (http, https, s3, gs, hf) go into the cache of modelspec, the folder in
    MODELSPEC_CACHE, by default ~/.cache/modelspec. What reads data fetches them as well.

    Data sets are fetched with Keras into its cache, the folder `datasets` in KERAS_HOME,
    by default ~/.keras. The files are checked by the hashes that Keras has. Nothing else fetches
    data sets, except `modelspec train --fetch`.

    What is in a cache is not fetched again. Prints the path of each file.

    Exit code 0: all is in the caches; 1: errors in the spec, or a remote file cannot be fetched; 3:
    TensorFlow is missing, or a data set cannot be fetched.
    """
    files = fetch(one_spec(spec), overrides)
    for file in files:
        click.echo(file.path)
    new = sum(file.is_new for file in files)
    if not files:
        say("the spec names no data set of Keras and no remote file: there is nothing to fetch")
    else:
        say(f"{new} fetched, {len(files) - new} in the cache already")
    return 0
