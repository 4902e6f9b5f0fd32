"""The cache of remote files.

Each address has a folder, and below it one for each version that the server had, with the file and
`.about.json`. A folder of a version appears whole, by a rename, and is never written again. What is
a folder on the server is one here, whose files are links to their copies where the disk has links.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from modelspec.files import cannot_write, write_atomically
from modelspec.spec.data import file_name_of

CACHE = "MODELSPEC_CACHE"
"""The environment variable with the folder; `~/.cache/modelspec` without it."""

ABOUT = ".about.json"


class RemoteCopy(NamedTuple):
    """A file or a folder on this machine that was fetched from an address.

    Attributes:
        address: where it is from.
        path: where it is.
        size: its bytes; of a folder those of all its files.
        sha256: of its bytes, in hex; of a folder of the names and hashes of its files.
        is_new: whether it was fetched just now, and not found in the cache.
    """

    address: str
    path: Path
    size: int
    sha256: str
    is_new: bool = False

    def to_dict(self) -> dict[str, str | int]:
        """What a run records of it."""
        return {"address": self.address, "size": self.size, "sha256": self.sha256}


def cache_folder() -> Path:
    """The folder of all copies."""
    given = os.environ.get(CACHE) or "~/.cache/modelspec"
    return Path(given).expanduser().resolve() / "files"


def find_copy(address: str, version: str | None) -> RemoteCopy | None:
    """The copy of a version of a file; None where there is none, or the server tells no version."""
    return None if version is None else _read(_folder_of(address) / _short(version))


def copy_at(path: Path) -> RemoteCopy | None:
    """What is known of a file in the cache; None for a file that lies elsewhere."""
    return _read(path.parent) if path.resolve().is_relative_to(cache_folder()) else None


def add_copy(address: str, version: str | None, fill: Callable[[Path], object]) -> RemoteCopy:
    """Put a file into the cache, whole or not at all.

    Args:
        address: of the file.
        version: what the server says of it; None names the copy by its content.
        fill: writes the file to the path that it is called with.

    Raises:
        CannotRunError: the disk does not take it.
    """
    home = _folder_of(address)
    try:
        home.mkdir(parents=True, exist_ok=True)
        # a folder for each process: several may fetch one file at the same time
        scratch = Path(tempfile.mkdtemp(prefix=".draft-", dir=home))
    except OSError as error:
        raise cannot_write(home, error) from error
    try:
        path = write_atomically(scratch / file_name_of(address), fill)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        about = RemoteCopy(address, path, path.stat().st_size, digest)
        write_atomically(scratch / ABOUT, json.dumps(about.to_dict(), indent=1) + "\n")
        place = home / _short(version or digest)
        _move(scratch, place)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return about._replace(path=place / path.name, is_new=True)


def add_folder(address: str, version: str | None, copies: Mapping[str, RemoteCopy]) -> RemoteCopy:
    """Put a folder into the cache, whole or not at all.

    Args:
        address: of the folder.
        version: as `add_copy` takes it.
        copies: the name of each file below the folder, with `/` between its parts, to its copy.

    Raises:
        CannotRunError: the disk does not take it.
    """
    home = _folder_of(address)
    lines = (f"{name}\0{copy.sha256}\n" for name, copy in sorted(copies.items()))
    digest = hashlib.sha256("".join(lines).encode()).hexdigest()
    try:
        home.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".draft-", dir=home))
        top = scratch / file_name_of(address)
        for name, copy in copies.items():
            place = top / name
            place.parent.mkdir(parents=True, exist_ok=True)
            _link(copy.path, place)
        size = sum(copy.size for copy in copies.values())
        about = RemoteCopy(address, top, size, digest)
        write_atomically(scratch / ABOUT, json.dumps(about.to_dict(), indent=1) + "\n")
    except OSError as error:
        raise cannot_write(home, error) from error
    place = home / _short(version or digest)
    try:
        _move(scratch, place)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return about._replace(path=place / top.name, is_new=any(c.is_new for c in copies.values()))


def _link(path: Path, place: Path) -> None:
    try:
        place.hardlink_to(path)
    except OSError:  # a disk without links
        shutil.copyfile(path, place)


def _move(scratch: Path, place: Path) -> None:
    """Give a finished folder its name, unless another process was faster."""
    try:
        scratch.rename(place)
    except OSError as error:
        if _read(place) is not None:
            return
        shutil.rmtree(place, ignore_errors=True)  # damaged
        try:
            scratch.rename(place)
        except OSError:
            raise cannot_write(place, error) from error


def _read(folder: Path) -> RemoteCopy | None:
    """The copy in the folder of a version; None where it is missing or damaged."""
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        path = folder / file_name_of(about["address"])
        found = RemoteCopy(about["address"], path, about["size"], about["sha256"])
        return found if _size_of(path) == found.size else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _size_of(path: Path) -> int:
    if not path.is_dir():
        return path.stat().st_size
    return sum(one.stat().st_size for one in path.rglob("*") if one.is_file())


def _folder_of(address: str) -> Path:
    return cache_folder() / _short(address)


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
