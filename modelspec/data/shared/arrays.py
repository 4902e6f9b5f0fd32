"""Values with large arrays in a folder: the arrays as `.npy`, the rest in one file."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import IO, Any

import numpy as np

LARGE = 1 << 16
"""Bytes from which an array gets a file."""

CONTENT = "content.pickle"


class UnsharableError(Exception):
    """A value has parts that another process cannot have."""


def write_shared(folder: Path, value: Any) -> None:
    """Write a value that other processes of this machine read.

    Args:
        folder: an empty folder.
        value: of what `pickle` takes.

    Raises:
        UnsharableError: it has other parts, such as functions made on the way.
        OSError: the disk is full.
    """
    with (folder / CONTENT).open("wb") as file:
        try:
            _Writer(file, folder).dump(value)
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            raise UnsharableError(str(error)) from error


def read_shared(folder: Path) -> Any:
    """The value, with arrays that are mapped: who changes one has a copy of the pages he changes.

    The folder may be removed afterwards, where the system keeps mapped files.

    Args:
        folder: that `write_shared` wrote to, in this training by this user.
    """
    with (folder / CONTENT).open("rb") as file:
        return _Reader(file, folder).load()


class _Writer(pickle.Pickler):
    def __init__(self, file: IO[bytes], folder: Path) -> None:
        super().__init__(file, protocol=5)
        self._folder = folder
        self._written: dict[int, tuple[str, Any]] = {}
        """By `id` the file, and the array, so that no other gets its `id`."""

    def persistent_id(self, value: Any) -> str | None:
        """The file of a large array; None for all else."""
        if type(value) is not np.ndarray or value.dtype.hasobject or value.nbytes < LARGE:
            return None
        if id(value) not in self._written:
            name = f"{len(self._written)}.npy"
            np.save(self._folder / name, value, allow_pickle=False)
            self._written[id(value)] = (name, value)
        return self._written[id(value)][0]


class _Reader(pickle.Unpickler):
    def __init__(self, file: IO[bytes], folder: Path) -> None:
        super().__init__(file)
        self._folder = folder

    def persistent_load(self, name: Any) -> Any:
        """The array of a file: writable, for TensorFlow copies what is not, but never written."""
        return np.asarray(np.load(self._folder / name, mmap_mode="c", allow_pickle=False))
