"""Folders of images and of sound, checked by Python alone: each file's header is read."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from modelspec.data.media import (
    check_audio_file,
    check_files,
    check_image_file,
    image_headers,
    wav_headers,
)
from modelspec.data.sources import find_files, folder_files
from modelspec.diagnostics import Findings
from modelspec.spec.data import Source

SUFFIXES = {"images": image_headers.SUFFIXES, "audio": wav_headers.SUFFIXES}
"""The kinds whose files can be checked here, with the endings of these."""


def can_be_looked_at(source: Source) -> bool:
    """Whether a source is a folder of files whose headers tell what they hold."""
    return source.kind in SUFFIXES and source.table is None


def look_at_folders(source: Source, folder: Path, findings: Findings) -> None:
    """Check every file of a source; what no header tells is left to the training.

    Args:
        source: one that `can_be_looked_at`.
        folder: what its paths are relative to.
        findings: takes files that cannot be read, and classes without one.
    """
    if source.kind == "images":
        look = partial(check_image_file, color=str(source.options["color"]))
    else:
        look = partial(check_audio_file, rate=int(source.options["rate"]))
    for file in find_files(source, folder, findings, folders=True):
        found = folder_files(file, SUFFIXES[source.kind], findings)
        paths, names = [m.path for m in found], [m.name for m in found]
        check_files(paths, names, source, look, findings)
