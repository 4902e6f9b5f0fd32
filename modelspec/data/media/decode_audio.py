"""A wav file to samples between -1 and 1, in a graph of TensorFlow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

STEREO = 2


def decode_audio(length: int, channels: int, shape: tuple[int, ...], dtype: str) -> Any:
    """From the bytes of a file, a scalar string, to samples.

    Args:
        length: samples of each channel. A longer file is cut, a shorter one is silent at its end.
        channels: 1 takes the mean of a stereo file, 2 gives both channels what a mono file has.
        shape: [length, channels], or [length] for mono.
        dtype: of the model's input.
    """
    import tensorflow as tf

    def run(content: Any) -> Any:
        samples, _ = tf.audio.decode_wav(content)
        samples = _mixed(samples, channels)[:length]
        missing = length - tf.shape(samples)[0]
        samples = tf.pad(samples, [[0, missing], [0, 0]])
        return tf.cast(tf.reshape(samples, shape), dtype)

    made: Callable[[Any], Any] = run
    return made


def _mixed(samples: Any, channels: int) -> Any:
    import tensorflow as tf

    if channels == STEREO:  # how many a file has is known when it is read
        last = tf.minimum(1, tf.shape(samples)[1] - 1)
        return tf.stack([samples[:, 0], samples[:, last]], axis=1)
    return tf.reduce_mean(samples, axis=1, keepdims=True)
