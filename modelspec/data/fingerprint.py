"""Whether data are those of before: a fingerprint of a file's bytes, or of a folder's contents."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path


def fingerprint(path: Path) -> bytes:
    """Of a file, the hash of its bytes; of a folder, that of the names and sizes of its files.

    Raises:
        OSError: something cannot be read.
    """
    if path.is_dir():
        return _of_folder(path)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _of_folder(folder: Path) -> bytes:
    found = hashlib.sha256()
    for place, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            path = Path(place, name)
            found.update(f"{path.relative_to(folder).as_posix()}\0{path.stat().st_size}\n".encode())
    return found.digest()
