"""Folders of images and of sound, checked by Python alone: each file's header is read."""

from __future__ import annotations

from pathlib import Path

from modelspec.data.media import MEDIA, read_files
from modelspec.data.sources import find_files, folder_files
from modelspec.diagnostics import Findings
from modelspec.spec.data import Source


def has_headers(source: Source) -> bool:
    """Whether a source is a folder of files whose headers tell what is wrong with them."""
    kind = MEDIA.get(source.kind)
    return kind is not None and kind.decoder is not None and source.table is None


def check_folders(source: Source, folder: Path, findings: Findings) -> None:
    """Check the header of every file of a source; decoding errors are left to the training.

    Args:
        source: one for which `has_headers` holds.
        folder: what its paths are relative to.
        findings: takes files that cannot be read, and classes without one.
    """
    kind = MEDIA[source.kind]
    for file in find_files(source, folder, findings, takes_folders=True):
        found = folder_files(file, kind.suffixes, findings)
        paths, names = [one.path for one in found], [one.name for one in found]
        read_files(paths, names, source, kind.read, findings)
