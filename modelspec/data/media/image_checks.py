"""Every image file looked at before the first step: what cannot be read, and wrong colours."""

from __future__ import annotations

from pathlib import Path

from modelspec.analysis.data_checks import CHANNELS

from .file_errors import BROKEN, FileProblem
from .image_headers import Header, read_header

MODE = "image-mode"
ALPHA = "image-alpha"


def check_image_file(path: Path, color: str) -> FileProblem | None:
    """The fault of one file: no image, broken off, or colours that are not what is asked for.

    Args:
        path: the file, not empty.
        color: "grayscale", "rgb" or "rgba".

    Raises:
        OSError: the file cannot be opened.
    """
    try:
        header = read_header(path)
    except EOFError:
        return _CUT
    if header is None:
        words = "cannot be read: no JPEG, PNG, GIF or BMP"
        return FileProblem(BROKEN, words, "convert to one of these, or remove it")
    return _mode(header, color) if header.is_whole else _CUT


_CUT = FileProblem(
    BROKEN, "cannot be read: the image breaks off", "take a whole copy, or remove the file"
)


def _mode(header: Header, color: str) -> FileProblem | None:
    """Colours that would not come out as the source says."""
    wanted = CHANNELS[color]
    cannot = f"cannot be read as {color}:"
    if header.is_cmyk:
        return FileProblem(MODE, f"{cannot} CMYK, the colours of printers", "convert to RGB")
    if header.bits > 8:
        words = f"{cannot} {header.bits} bits a channel, where 8 are read"
        return FileProblem(MODE, words, "convert to 8 bits a channel")
    if header.form == "jpeg" and wanted == 4:
        return FileProblem(MODE, f"{cannot} a JPEG has no alpha channel", "write `color: rgb`")
    if header.form == "gif" and wanted != 3:
        return FileProblem(MODE, f"{cannot} a GIF is read as rgb alone", "convert to PNG")
    if header.form == "bmp" and (header.channels != wanted or wanted == 1):
        words = f"{cannot} a BMP of 24 bits is read as rgb, one of 32 bits as rgba"
        return FileProblem(MODE, words, "convert to PNG")
    if header.channels in (2, 4) and wanted != 4:
        words = f"would lose the alpha channel to `color: {color}`"
        return FileProblem(ALPHA, words, "write `color: rgba` to keep it", is_warning=True)
    return None
