"""Fetch the data sets that a spec names into Keras's cache."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from modelspec.compile import Source
from modelspec.data.datasets import RemoteFile, cached, files_of_data_set
from modelspec.spec import Spec
from modelspec.spec.data import DATASET, sources_of

from .building import open_spec


class FetchedFile(NamedTuple):
    """A file of a data set that a spec names.

    Attributes:
        name: of the file.
        path: where it is.
        is_new: whether it was fetched just now, and not found there.
    """

    name: str
    path: Path
    is_new: bool


def fetch(source: Source, overrides: Mapping[str, Any] | None = None) -> list[FetchedFile]:
    """Fetch the data sets that a spec names, unless they are in Keras's cache.

    Args:
        source: the path of a YAML or JSON file.
        overrides: dotted paths to values, as `--set` gives them.

    Returns:
        The files of all data sets; none where the spec names no data set.

    Raises:
        SpecError: the spec has errors.
        CannotRunError: a file cannot be fetched, or TensorFlow is missing, which fetches them.
    """
    return fetch_data_sets(open_spec(source, overrides).spec)


def fetch_data_sets(spec: Spec) -> list[FetchedFile]:
    """Fetch the data sets of a spec that was read; raises as `fetch` does."""
    remotes = remote_files(spec)
    if any(cached(remote) is None for remote in remotes):
        from modelspec.framework import start_keras

        start_keras()
    from modelspec.data.datasets import fetch_files

    return [FetchedFile(remote.name, path, new) for remote, path, new in fetch_files(remotes)]


def remote_files(spec: Spec) -> list[RemoteFile]:
    """The files of the data sets that a spec names, each once."""
    sources = [] if spec.data is None else sources_of(spec.data).values()
    found = [
        remote
        for source in sources
        if source.kind == DATASET
        for remote in files_of_data_set(
            str(source.options["name"]), words=bool(source.options.get("words"))
        )
    ]
    return list(dict.fromkeys(found))
