"""How the files of a format keep modelspec's metadata, a JSON text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

METADATA_NAME = "modelspec.json"

MAX_BYTES = 64 << 20
"""A larger text was not written by modelspec, and is not unpacked."""


@dataclass(frozen=True, slots=True)
class MetadataStore:
    """How a format keeps the text.

    Attributes:
        write: puts the text into a finished file.
        read: the text of a file; None where it has none.
    """

    write: Callable[[Path, str], None]
    read: Callable[[Path], str | None]


def _write_member(path: Path, text: str) -> None:
    import zipfile

    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(METADATA_NAME, text)


def _read_member(path: Path) -> str | None:
    import zipfile

    if not zipfile.is_zipfile(path):
        return None
    with zipfile.ZipFile(path) as archive:
        if METADATA_NAME not in archive.namelist():
            return None
        if archive.getinfo(METADATA_NAME).file_size > MAX_BYTES:
            raise ValueError(f"{METADATA_NAME} in it is too large")
        return archive.read(METADATA_NAME).decode("utf-8")


ZIP_MEMBER = MetadataStore(_write_member, _read_member)
"""One more member of a zip archive.

A `.keras` file is such an archive. A `.tflite` file takes one after its end, as TensorFlow Lite's
own metadata does with its label files (https://ai.google.dev/edge/litert/models/metadata).
"""
