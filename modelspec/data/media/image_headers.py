"""The headers of image files: size, colours, and whether the file is complete.

Read by hand: Pillow is not a dependency, and images are checked where TensorFlow is missing, too.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, NamedTuple

TAIL = 65536
"""Bytes at the end in which the end marker is searched: some cameras write more after it."""


class ImageHeader(NamedTuple):
    """What an image file says of itself.

    Attributes:
        form: "jpeg", "png", "gif" or "bmp".
        height: in pixels.
        width: in pixels.
        channels: 1 grey, 2 grey with alpha, 3 colours, 4 colours with alpha, or CMYK.
        bits: of each channel.
        is_whole: whether the file is complete.
        is_cmyk: whether its four channels are CMYK.
        is_turned: whether its EXIF says that the pixels have to be turned or mirrored.
    """

    form: str
    height: int
    width: int
    channels: int
    bits: int
    is_whole: bool
    is_cmyk: bool = False
    is_turned: bool = False


def read_image_header(path: Path) -> ImageHeader | None:
    """The header of an image file; None where it has none of the formats that are read.

    Raises:
        OSError: the file cannot be opened.
        EOFError: the file ends within its header.
    """
    with path.open("rb") as file:
        return header_of(file)


def header_of(file: BinaryIO) -> ImageHeader | None:
    """The same for an open file, or for bytes in memory."""
    start = file.read(8)
    for mark, read in _READERS.items():
        if start.startswith(mark):
            file.seek(0)
            return read(file)
    return None


def _read_exactly(file: BinaryIO, count: int) -> bytes:
    found = file.read(count)
    if len(found) < count:
        raise EOFError
    return found


def _to_int(data: bytes, order: str = "big", *, signed: bool = False) -> int:
    return int.from_bytes(data, "big" if order == "big" else "little", signed=signed)


def _ends_with(file: BinaryIO, mark: bytes) -> bool:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - TAIL))
    return mark in file.read()


def _jpeg(file: BinaryIO) -> ImageHeader | None:
    """Walk the segments up to the frame header; FF D9 ends the image."""
    file.seek(2)
    is_turned = False
    while True:
        mark = _read_exactly(file, 2)
        while mark[1] == 0xFF:  # fill bytes
            mark = mark[1:] + _read_exactly(file, 1)
        if mark[0] != 0xFF:
            return None
        kind = mark[1]
        if kind == 0x01 or 0xD0 <= kind <= 0xD7:  # these stand alone
            continue
        length = _to_int(_read_exactly(file, 2))
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            frame = _read_exactly(file, 6)
            channels = frame[5]
            height, width = _to_int(frame[1:3]), _to_int(frame[3:5])
            whole = _ends_with(file, b"\xff\xd9")
            bits, is_cmyk = frame[0], channels == 4
            return ImageHeader("jpeg", height, width, channels, bits, whole, is_cmyk, is_turned)
        start = file.tell()
        if kind == _EXIF:
            is_turned |= _is_turned(file.read(min(length - 2, _MOST_EXIF)))
        file.seek(start + length - 2)


def _is_turned(segment: bytes) -> bool:
    """Whether a camera says that its pixels have to be turned or mirrored for a view."""
    if not segment.startswith(b"Exif\0\0"):
        return False
    tiff = segment[6:]
    order = "little" if tiff.startswith(b"II") else "big"
    at = _to_int(tiff[4:8], order)
    for number in range(_to_int(tiff[at : at + 2], order)):
        entry = tiff[at + 2 + 12 * number :][:12]
        if len(entry) < 12:
            return False
        if _to_int(entry[:2], order) == _ORIENTATION:
            return _to_int(entry[8:10], order) in range(2, 9)
    return False


_EXIF, _MOST_EXIF, _ORIENTATION = 0xE1, 1024, 0x0112
"""The segment that cameras write, how much of it is read, and its tag for how they were held."""

_PNG_CHANNELS = {0: 1, 2: 3, 3: 3, 4: 2, 6: 4}


def _png(file: BinaryIO) -> ImageHeader | None:
    """IHDR is the first chunk; a palette counts as colours. IEND is the last one."""
    start = _read_exactly(file, 26)
    kind, bits = start[25], start[24]
    if start[12:16] != b"IHDR" or kind not in _PNG_CHANNELS:
        return None
    height, width = _to_int(start[20:24]), _to_int(start[16:20])
    channels = _PNG_CHANNELS[kind]
    whole = _ends_with(file, b"IEND\xaeB`\x82")
    return ImageHeader("png", height, width, channels, max(bits, 8), whole)


def _gif(file: BinaryIO) -> ImageHeader | None:
    """The size of the screen; a semicolon ends the file."""
    start = _read_exactly(file, 10)
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 512))
    whole = file.read().rstrip(b"\0").endswith(b";")
    width, height = _to_int(start[6:8], "little"), _to_int(start[8:10], "little")
    return ImageHeader("gif", height, width, 3, 8, whole)


def _bmp(file: BinaryIO) -> ImageHeader | None:
    """A negative height only says that the rows run down. The pixels end where they must."""
    start = _read_exactly(file, 30)
    width = _to_int(start[18:22], "little", signed=True)
    height = abs(_to_int(start[22:26], "little", signed=True))
    channels = _to_int(start[28:30], "little") // 8
    row = (width * channels + 3) // 4 * 4
    whole = file.seek(0, os.SEEK_END) >= _to_int(start[10:14], "little") + row * height
    return ImageHeader("bmp", height, width, channels, 8, whole)


_READERS: dict[bytes, Callable[[BinaryIO], ImageHeader | None]] = {
    b"\xff\xd8": _jpeg,
    b"\x89PNG\r\n\x1a\n": _png,
    b"GIF8": _gif,
    b"BM": _bmp,
}
"""How a file begins, and who reads its header."""
