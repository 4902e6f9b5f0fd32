"""Whether data are those of before: a fingerprint of a file's bytes, or of a folder's contents."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

WHOLE = 1 << 28
"""Bytes of a file up to which all of them are read."""

END = 1 << 16
"""Bytes at both ends of a larger one that are read."""


def fingerprint(path: Path) -> bytes:
    """Of a file, the hash of its bytes; of a folder, that of the names and sizes of its files.

    Of a large file it takes the size and the ends: reading all of it would cost a start of seconds.

    Raises:
        OSError: something cannot be read.
    """
    if path.is_dir():
        return _of_folder(path)
    size = path.stat().st_size
    with path.open("rb") as file:
        if size <= WHOLE:
            return hashlib.file_digest(file, "sha256").digest()
        first = file.read(END)
        file.seek(-END, os.SEEK_END)
        return hashlib.sha256(str(size).encode() + first + file.read(END)).digest()


def _of_folder(folder: Path) -> bytes:
    found = hashlib.sha256()
    for place, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            path = Path(place, name)
            found.update(f"{path.relative_to(folder).as_posix()}\0{path.stat().st_size}\n".encode())
    return found.digest()
