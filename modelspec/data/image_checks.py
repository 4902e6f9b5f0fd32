"""Every image file looked at before the first step: what cannot be read, with the files' names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from modelspec.analysis.data_media import CHANNELS
from modelspec.diagnostics import Findings, listed
from modelspec.spec.data import Source

from .image_headers import Header, read_header

NAMED = 5
"""Files that one finding names; more are counted."""

BROKEN = "bad-data-file"
MODE = "image-mode"
ALPHA = "image-alpha"


class FileFault(NamedTuple):
    """What some files have in common: the finding's code, the sentence of which they are the
    subject, and what to do."""

    code: str
    words: str
    hint: str


def check_images(
    paths: Sequence[Path], names: Sequence[str], source: Source, findings: Findings
) -> bool:
    """Whether all files can be read as the source wants them; a finding for each kind of fault.

    Args:
        paths: the files.
        names: what messages call them.
        source: says the colours, and where findings point.
        findings: takes files that are no images, that break off, that the system does not let
            be read, and those whose colours are not what the source says.
    """
    found: dict[FileFault, list[str]] = {}
    for path, name in zip(paths, names, strict=True):
        fault = _fault(path, str(source.options["color"]))
        if fault is not None:
            found.setdefault(fault, []).append(name)
    for fault, files in found.items():
        message = f"{listed(files, most=NAMED)} {fault.words}"
        say = findings.warning if fault.code == ALPHA else findings.error
        say(source.path_spans[0], fault.code, message, hint=fault.hint)
    return all(fault.code == ALPHA for fault in found)


def _fault(path: Path, color: str) -> FileFault | None:
    try:
        if path.stat().st_size == 0:
            return FileFault(BROKEN, "cannot be read: empty", "take a sound copy, or remove it")
        header = read_header(path)
    except EOFError:
        return _CUT
    except OSError as error:
        return FileFault(BROKEN, f"cannot be read: {error.strerror or error}", "")
    if header is None:
        words = "cannot be read: no JPEG, PNG, GIF or BMP"
        return FileFault(BROKEN, words, "convert to one of these, or remove it")
    return _mode(header, color) if header.is_whole else _CUT


_CUT = FileFault(
    BROKEN, "cannot be read: the image breaks off", "take a whole copy, or remove the file"
)


def _mode(header: Header, color: str) -> FileFault | None:
    """Colours that would not come out as the source says."""
    wanted = CHANNELS[color]
    cannot = f"cannot be read as {color}:"
    if header.is_cmyk:
        return FileFault(MODE, f"{cannot} CMYK, the colours of printers", "convert to RGB")
    if header.bits > 8:
        words = f"{cannot} {header.bits} bits a channel, where 8 are read"
        return FileFault(MODE, words, "convert to 8 bits a channel")
    if header.form == "jpeg" and wanted == 4:
        return FileFault(MODE, f"{cannot} a JPEG has no alpha channel", "write `color: rgb`")
    if header.form == "gif" and wanted != 3:
        return FileFault(MODE, f"{cannot} a GIF is read as rgb alone", "convert to PNG")
    if header.form == "bmp" and (header.channels != wanted or wanted == 1):
        words = f"{cannot} a BMP of 24 bits is read as rgb, one of 32 bits as rgba"
        return FileFault(MODE, words, "convert to PNG")
    if header.channels in (2, 4) and wanted != 4:
        words = f"would lose the alpha channel to `color: {color}`"
        return FileFault(ALPHA, words, "write `color: rgba` to keep it")
    return None
