"""Sound at another rate, by its spectrum: in TensorFlow, so that it runs where it is decoded."""

from __future__ import annotations

from typing import Any


def resample(samples: Any, source_rate: Any, rate: int, length: int) -> Any:
    """Samples [n, channels] of one rate as samples [m, channels] of another.

    The spectrum is cut off, or filled up with silence, at half the lower of the two rates. So that
    the end does not run into the beginning, silence is added up to whole seconds, which also makes
    every pair of rates a whole number of samples.

    Args:
        samples: float32, a tensor.
        source_rate: int32, a scalar tensor: their rate.
        rate: that of the result.
        length: of the samples that are wanted: no more of the beginning is resampled.
    """
    import tensorflow as tf

    source_rate = tf.cast(source_rate, tf.int64)
    wanted = (tf.constant(length, tf.int64) * source_rate) // rate + source_rate
    samples = samples[:wanted]
    count = tf.shape(samples, out_type=tf.int64)[0]
    seconds = (count + source_rate // 10) // source_rate + 1
    before, after = seconds * source_rate, seconds * rate
    padded = tf.pad(samples, [[0, before - count], [0, 0]])
    spectrum = tf.signal.rfft(tf.transpose(padded))
    bins = after // 2 + 1
    spectrum = spectrum[:, :bins]
    spectrum = tf.pad(spectrum, [[0, 0], [0, bins - tf.shape(spectrum, out_type=tf.int64)[1]]])
    found = tf.signal.irfft(spectrum, fft_length=tf.cast(after, tf.int32)[tf.newaxis])
    found *= tf.cast(after, tf.float32) / tf.cast(before, tf.float32)
    return tf.transpose(found)[: (count * rate + source_rate - 1) // source_rate]
