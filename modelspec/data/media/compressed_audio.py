"""Sound in flac and mp3 files, read by the package soundfile where it is installed."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, NamedTuple

from .file_checks import BAD_FILE, FileProblem

SUFFIXES = (".flac", ".mp3")

_NEEDS_PACKAGE = FileProblem(
    "needs-package",
    "cannot be read: flac and mp3 need the package soundfile",
    "install it with pip install 'keras-modelspec[audio]', or convert to wav",
)


class SoundHeader(NamedTuple):
    """What a file says of itself: its samples a second, and how many there are."""

    rate: int
    samples: int


def read_sound_header(path: Path) -> SoundHeader | FileProblem:
    """The header of a flac or mp3 file; or what is wrong with it."""
    try:
        import soundfile
    except (ImportError, OSError):  # the package without its library
        return _NEEDS_PACKAGE
    try:
        found = soundfile.info(path)
    except soundfile.LibsndfileError:
        text = f"cannot be read: not {path.suffix.lower().removeprefix('.')}"
        return FileProblem(BAD_FILE, text, "replace it with an intact copy, or remove it")
    return SoundHeader(int(found.samplerate), int(found.frames))


def decode_sound(content: Any) -> tuple[Any, Any]:
    """The bytes of a file, a scalar string tensor, to float32 [n, channels] and its rate."""
    import numpy as np
    import tensorflow as tf

    def read(data: bytes) -> tuple[Any, Any]:
        import soundfile

        samples, rate = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)
        return samples, np.int32(rate)

    samples, rate = tf.numpy_function(read, [content], (tf.float32, tf.int32), stateful=False)
    return tf.ensure_shape(samples, (None, None)), tf.ensure_shape(rate, ())
