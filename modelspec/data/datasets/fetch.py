"""Bringing files of data sets into Keras's cache, with Keras's own function and hashes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import redirect_stdout, suppress
from pathlib import Path

from modelspec.diagnostics import CannotRunError
from modelspec.framework import clean_message

from .cache import RemoteFile, cache_folder, cached, place_by_hand


def fetch_files(remotes: Sequence[RemoteFile]) -> list[tuple[RemoteFile, Path, bool]]:
    """Fetch files that are not in Keras's cache. Keras has to be running.

    Returns:
        Each file, where it is, and whether it was fetched just now.

    Raises:
        CannotRunError: a file cannot be fetched, or is not the one that Keras knows.
    """
    found = []
    for remote in remotes:
        there = cached(remote)
        found.append((remote, there or _fetch(remote), there is None))
    return found


def _fetch(remote: RemoteFile) -> Path:
    import keras

    home = cache_folder()
    with suppress(OSError):  # then Keras takes another folder
        home.mkdir(parents=True, exist_ok=True)
    try:
        with redirect_stdout(sys.stderr):  # Keras's progress
            keras.utils.get_file(
                remote.name,
                origin=remote.origin,
                file_hash=remote.digest,
                cache_subdir=remote.subfolder,
                cache_dir=str(home),
                extract=remote.is_archive,
            )
    except Exception as error:  # Keras raises all kinds
        _remove_wrong_file(remote)
        fetched = remote.origin.rsplit("/", 1)[-1]
        message = f"{fetched} cannot be fetched: {clean_message(error)}"
        hint = f"save {remote.origin} as {place_by_hand(remote)}"
        raise CannotRunError(f"{message}. Without a connection, {hint}") from error
    path = cached(remote)
    if path is None:
        raise CannotRunError(f"{remote.origin} does not contain what {remote.name} is read from")
    return path


def _remove_wrong_file(remote: RemoteFile) -> None:
    """Delete what Keras leaves behind where a hash differs: it would be taken for the data set."""
    path = cached(remote)
    if path is not None and path.is_file():
        path.unlink(missing_ok=True)
