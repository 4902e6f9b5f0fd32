"""Where Keras keeps the data sets that it fetched, and where from. Needs no numpy."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

SUBFOLDER = "datasets"
"""The folder of the data sets in that of Keras."""

_STORE = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"


class RemoteFile(NamedTuple):
    """A file that Keras fetches, with the arguments of `keras.utils.get_file`.

    Attributes:
        name: of the file, or of the folder that an archive is unpacked into.
        origin: its address.
        digest: its SHA-256 or MD5, in hex; None where Keras knows none.
        subfolder: of Keras's folder.
        is_archive: whether it is unpacked.
    """

    name: str
    origin: str
    digest: str | None
    subfolder: str = SUBFOLDER
    is_archive: bool = False


def _archive(number: int, digest: str) -> tuple[RemoteFile, ...]:
    origin = f"https://www.cs.toronto.edu/~kriz/cifar-{number}-python.tar.gz"
    kind = "batches-py" if number == 10 else "python"
    return (RemoteFile(f"cifar-{number}-{kind}-target", origin, digest, is_archive=True),)


def _stored(name: str, digest: str) -> tuple[RemoteFile, ...]:
    return (RemoteFile(name, f"{_STORE}{name}", digest),)


FASHION_FILES = tuple(
    f"{half}-{what}-ubyte.gz"
    for half in ("train", "t10k")
    for what in ("labels-idx1", "images-idx3")
)

WORD_INDEXES = {
    "imdb": _stored("imdb_word_index.json", "bfafd718b763782e994055a2d397834f")[0],
    "reuters": _stored("reuters_word_index.json", "4d44cc38712099c9e383dc6e5f11a921")[0],
}
"""The words of the data sets whose texts are numbers of words."""

REMOTE_FILES = {
    "mnist": _stored(
        "mnist.npz", "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
    ),
    "fashion_mnist": tuple(
        RemoteFile(name, f"{_STORE}{name}", None, f"{SUBFOLDER}/fashion-mnist")
        for name in FASHION_FILES
    ),
    "cifar10": _archive(10, "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"),
    "cifar100": _archive(100, "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7"),
    "imdb": _stored("imdb.npz", "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f"),
    "reuters": _stored(
        "reuters.npz", "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916"
    ),
    "boston_housing": _stored(
        "boston_housing.npz", "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5"
    ),
    "california_housing": _stored(
        "california_housing.npz", "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f"
    ),
}
"""Data set to the files that hold it: those that its `load_data` in Keras asks for."""


def files_of_data_set(name: str, *, words: bool = False) -> tuple[RemoteFile, ...]:
    """The files that a data set is read from; with `words`, also the index of its words."""
    extra = (WORD_INDEXES[name],) if words and name in WORD_INDEXES else ()
    return (*REMOTE_FILES[name], *extra)


def cache_folder() -> Path:
    """The folder in which Keras keeps data sets: `KERAS_HOME`, or `.keras` in the home folder."""
    given = os.environ.get("KERAS_HOME")
    if given is not None:
        return Path(given).expanduser()
    home = Path("~").expanduser()
    return (home if os.access(home, os.W_OK) else Path("/tmp")) / ".keras"  # as Keras


def cached(remote: RemoteFile) -> Path | None:
    """Where a file is in Keras's cache; None where it is not."""
    folders = [cache_folder()]
    if not os.access(folders[0], os.W_OK):  # there Keras takes another one
        folders.append(Path("/tmp", ".keras"))
    for folder in folders:
        for name in _names(remote):
            path = folder / remote.subfolder / name
            if path.exists():
                return path
    return None


def place_by_hand(remote: RemoteFile) -> Path:
    """Where a file that was fetched by hand is found."""
    return cache_folder() / remote.subfolder / remote.origin.rsplit("/", 1)[-1]


def _names(remote: RemoteFile) -> tuple[str, ...]:
    """What a file may be called: archives are unpacked by Keras, and by earlier Keras elsewhere."""
    if not remote.is_archive:
        return (remote.name,)
    inner = remote.name.removesuffix("-target")
    fetched = remote.origin.rsplit("/", 1)[-1]
    return (
        f"{remote.name}/{inner}",
        inner,
        f"{remote.name}_archive",
        f"{inner}.tar.gz",
        fetched,
    )
