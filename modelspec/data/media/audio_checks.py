"""Every wav file looked at before the first step: what cannot be read, and wrong rates."""

from __future__ import annotations

from pathlib import Path

from .file_errors import BROKEN, FileProblem
from .wav_headers import PCM, read_wav_header

FORMAT = "audio-format"


def check_audio_file(path: Path, rate: int) -> FileProblem | None:
    """The fault of one file: no wav, broken off, silent for want of samples, or of another rate.

    Args:
        path: the file, not empty.
        rate: the samples in a second that are asked for.

    Raises:
        OSError: the file cannot be opened.
    """
    try:
        header = read_wav_header(path)
    except EOFError:
        return _CUT
    if header is None:
        return FileProblem(BROKEN, "cannot be read: no wav", "convert to wav, or remove it")
    if header.form != PCM or header.bits != 16:
        kind = f"{header.bits} bits a sample" if header.form == PCM else "another coding"
        words = f"cannot be read: {kind}, where a wav of 16 bits (PCM) is read"
        return FileProblem(FORMAT, words, "convert to 16 bits PCM")
    if not header.is_whole:
        return _CUT
    if header.samples == 0:
        return FileProblem(BROKEN, "cannot be read: no sample in it", "remove it")
    if header.rate != rate:
        words = f"cannot be read at `rate: {rate}`: {header.rate} samples a second"
        return FileProblem(FORMAT, words, "bring all files to one rate, or write theirs")
    return None


_CUT = FileProblem(
    BROKEN, "cannot be read: the sound breaks off", "take a whole copy, or remove it"
)
