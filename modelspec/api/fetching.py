"""Fetch the data sets that a spec names into Keras's cache, and remote files into modelspec's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from modelspec.compile import Source
from modelspec.data.datasets import RemoteFile, cached, files_of_data_set
from modelspec.diagnostics import Findings, SpecError
from modelspec.spec import Spec
from modelspec.spec.data import DATASET, is_remote, sources_of

from .building import open_spec


class FetchedFile(NamedTuple):
    """A file of a data set that a spec names, or a remote file.

    Attributes:
        name: of the file; of a remote one its address.
        path: where it is.
        is_new: whether it was fetched just now, and not found there.
    """

    name: str
    path: Path
    is_new: bool


def fetch(source: Source, overrides: Mapping[str, Any] | None = None) -> list[FetchedFile]:
    """Fetch the data sets and the remote files that a spec names, unless they are in the cache.

    Args:
        source: the path of a YAML or JSON file.
        overrides: dotted paths to values, as `--set` gives them.

    Returns:
        All of these files; none where the spec names none.

    Raises:
        SpecError: the spec has errors, or a remote file cannot be fetched.
        CannotRunError: a data set cannot be fetched, or TensorFlow is missing, which fetches them.
    """
    spec = open_spec(source, overrides).spec
    return [*fetch_data_sets(spec), *_fetch_remote_files(spec)]


def _fetch_remote_files(spec: Spec) -> list[FetchedFile]:
    from modelspec.data.remote import find_copies

    findings = Findings()
    sources = [] if spec.data is None else sources_of(spec.data).values()
    found = {
        copy.path: FetchedFile(copy.address, copy.path, copy.is_new)
        for source in sources
        for text, span in zip(source.paths, source.path_spans, strict=True)
        if is_remote(text)
        for copy in find_copies(text, span, findings, takes_folders=source.takes_folders)
    }
    if findings.has_errors:
        raise SpecError(findings.sorted())
    return list(found.values())


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
