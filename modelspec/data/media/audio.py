"""Sound: headers are checked before the first step, samples decoded on the way to the model.

Those of wav files are read by hand: the standard module `wave` raises one error for everything that
is not PCM, so that a file of floats could not be told from a damaged one, and does not notice that
samples are missing.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from modelspec.spec.data import Source

from .compressed_audio import SUFFIXES, SoundHeader, decode_sound, read_sound_header
from .file_checks import BAD_FILE, Decode, FileProblem, MediaKind
from .resampling import resample

FORMAT = "audio-format"

PCM = 1

STEREO = 2

_TRUNCATED = FileProblem(
    BAD_FILE,
    "cannot be read: the audio is truncated",
    "replace it with an intact copy, or remove it",
)


def check_audio_file(path: Path, source: Source) -> str | FileProblem:
    """The path of a file; or what is wrong: not sound, truncated, no samples, not of `rate`.

    Raises:
        OSError: the file cannot be opened.
    """
    read = read_sound_header if path.suffix.lower() in SUFFIXES else _read_header
    header = read(path)
    if isinstance(header, FileProblem):
        return header
    return _find_problem(header, source) or str(path)


def _find_problem(header: SoundHeader, source: Source) -> FileProblem | None:
    rate = int(source.options["rate"])
    if header.samples == 0:
        return FileProblem(BAD_FILE, "cannot be read: no samples", "remove it")
    if header.rate != rate and not source.options["resample"]:
        text = f"cannot be read at `rate: {rate}`: {header.rate} samples a second"
        hint = f"write `resample: true`, or `rate: {header.rate}` where all files have it"
        return FileProblem(FORMAT, text, hint)
    return None


def _read_header(path: Path) -> SoundHeader | FileProblem:
    """The header of a wav file; or what is wrong with it."""
    try:
        header = read_wav_header(path)
    except EOFError:
        return _TRUNCATED
    if header is None:
        text = "cannot be read: not a wav file"
        return FileProblem(BAD_FILE, text, "convert to wav, or remove it")
    if header.form != PCM or header.bits != 16:
        kind = f"{header.bits} bits a sample" if header.form == PCM else "another encoding"
        text = f"cannot be read: {kind}, only 16 bits PCM can be read"
        return FileProblem(FORMAT, text, "convert to 16 bits PCM")
    if not header.is_whole:
        return _TRUNCATED
    return SoundHeader(header.rate, header.samples)


class WavHeader(NamedTuple):
    """What a wav file says of itself.

    Attributes:
        form: 1 for PCM, 3 for floats, others for compressed samples.
        channels: 1 for mono, 2 for stereo.
        rate: samples a second.
        bits: of a sample.
        samples: of each channel.
        is_whole: whether the file has them all.
    """

    form: int
    channels: int
    rate: int
    bits: int
    samples: int
    is_whole: bool


def read_wav_header(path: Path) -> WavHeader | None:
    """The header of a wav file; None where it is not one.

    Raises:
        OSError: the file cannot be opened.
        EOFError: the file ends before its samples.
    """
    with path.open("rb") as file:
        start = file.read(12)
        if start[:4] != b"RIFF" or start[8:] != b"WAVE":
            return None
        found: tuple[int, int, int, int] | None = None
        while True:
            head = _read_exactly(file, 8)
            name, size = head[:4], int.from_bytes(head[4:], "little")
            if name == b"fmt ":
                found = _parse_format(_read_exactly(file, size))
            elif name == b"data":
                break
            else:
                file.seek(size + size % 2, os.SEEK_CUR)
        if found is None:
            return None
        begin = file.tell()
        present = file.seek(0, os.SEEK_END) - begin
    form, channels, rate, bits = found
    step = max(1, channels * bits // 8)
    return WavHeader(form, channels, rate, bits, size // step, present >= size)


def _parse_format(data: bytes) -> tuple[int, int, int, int]:
    if len(data) < 16:
        raise EOFError
    numbers = [int.from_bytes(data[i : i + 2], "little") for i in (0, 2, 14)]
    return numbers[0], numbers[1], int.from_bytes(data[4:8], "little"), numbers[2]


def _read_exactly(file: BinaryIO, count: int) -> bytes:
    found = file.read(count)
    if len(found) < count:
        raise EOFError
    return found


def audio_decoder(source: Source, shape: tuple[int, ...], dtype: str) -> Decode:
    """A file's bytes to samples between -1 and 1, [length, channels], or [length] for mono.

    A file of another rate is resampled. A longer one is cut, a shorter one is padded with silence.
    Mono takes the mean of the channels of a file; stereo gives both channels what a mono file has.
    """
    import tensorflow as tf

    length, rate = shape[0], int(source.options["rate"])
    channels = STEREO if source.options["channels"] == "stereo" else 1

    def decode(content: Any) -> Any:
        is_wav = tf.strings.substr(content, 0, 4) == b"RIFF"
        samples, found = tf.cond(
            is_wav, lambda: _decode_wav(content), lambda: decode_sound(content)
        )
        samples = _mix(samples, channels)
        if source.options["resample"]:
            samples = tf.cond(
                found == rate,
                lambda: samples,
                lambda: resample(samples, found, rate, length),
            )
        samples = samples[:length]
        missing = length - tf.shape(samples)[0]
        samples = tf.pad(samples, [[0, missing], [0, 0]])
        return tf.cast(tf.reshape(samples, shape), dtype)

    return decode


def _decode_wav(content: Any) -> tuple[Any, Any]:
    import tensorflow as tf

    found = tf.audio.decode_wav(content)
    return found.audio, found.sample_rate


def _mix(samples: Any, channels: int) -> Any:
    import tensorflow as tf

    if channels == STEREO:  # how many a file has is known when it is read
        last = tf.minimum(1, tf.shape(samples)[1] - 1)
        return tf.stack([samples[:, 0], samples[:, last]], axis=1)
    return tf.reduce_mean(samples, axis=1, keepdims=True)


AUDIO = MediaKind((".wav", *SUFFIXES), check_audio_file, audio_decoder)
