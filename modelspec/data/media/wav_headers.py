"""What the chunks of a wav file say of its sound, and whether all of it is there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO, NamedTuple

SUFFIXES = (".wav",)
"""Endings of the files that are read as sound."""

PCM = 1


class WavHeader(NamedTuple):
    """What a wav file says of itself.

    Attributes:
        form: 1 for plain samples (PCM), 3 for floats, others for packed sound.
        channels: 1 for mono, 2 for stereo.
        rate: samples in a second.
        bits: of a sample.
        samples: how many each channel has.
        is_whole: whether the file has them all.
    """

    form: int
    channels: int
    rate: int
    bits: int
    samples: int
    is_whole: bool


def read_wav_header(path: Path) -> WavHeader | None:
    """The header of a wav file; None where it is none.

    Raises:
        OSError: the file cannot be opened.
        EOFError: the file breaks off before its samples.
    """
    with path.open("rb") as file:
        start = file.read(12)
        if start[:4] != b"RIFF" or start[8:] != b"WAVE":
            return None
        found: tuple[int, int, int, int] | None = None
        while True:
            name, size = _chunk(file)
            if name == b"fmt ":
                found = _format(_take(file, size))
            elif name == b"data":
                break
            else:
                file.seek(size + size % 2, os.SEEK_CUR)
        if found is None:
            return None
        begin = file.tell()
        there = file.seek(0, os.SEEK_END) - begin
    form, channels, rate, bits = found
    step = max(1, channels * bits // 8)
    return WavHeader(form, channels, rate, bits, size // step, there >= size)


def _chunk(file: BinaryIO) -> tuple[bytes, int]:
    head = _take(file, 8)
    return head[:4], int.from_bytes(head[4:], "little")


def _format(data: bytes) -> tuple[int, int, int, int]:
    if len(data) < 16:
        raise EOFError
    numbers = [int.from_bytes(data[i : i + 2], "little") for i in (0, 2, 14)]
    return numbers[0], numbers[1], int.from_bytes(data[4:8], "little"), numbers[2]


def _take(file: BinaryIO, count: int) -> bytes:
    found = file.read(count)
    if len(found) < count:
        raise EOFError
    return found
