"""An image file to its pixels, in a graph of TensorFlow; the pixels that Keras's reader gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from modelspec.analysis.data_checks import CHANNELS
from modelspec.spec.data import Source

Decode = Callable[[Any], Any]


class Pixels(NamedTuple):
    """How images become tensors of one shape.

    Attributes:
        height: in pixels.
        width: in pixels.
        channels: 1, 3 or 4.
        resize: "stretch", "crop_to_aspect" or "pad_to_aspect".
        interpolation: one of the methods of `tf.image.resize`.
        dtype: of the model's input.
    """

    height: int
    width: int
    channels: int
    resize: str
    interpolation: str
    dtype: str

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of one image."""
        return self.height, self.width, self.channels


def pixels_of(source: Source, size: tuple[int, int], dtype: str) -> Pixels:
    """How a source's images become tensors of a size, height and width."""
    options = source.options
    return Pixels(
        *size, CHANNELS[options["color"]], options["resize"], options["interpolation"], dtype
    )


def decode(pixels: Pixels) -> Decode:
    """From the bytes of a file, a scalar string, to pixels [height, width, channels].

    Values lie between 0 and 255. The first picture of an animation is taken.
    """
    import tensorflow as tf

    def run(content: Any) -> Any:
        image = tf.io.decode_image(content, channels=pixels.channels, expand_animations=False)
        image = _resized(image, pixels)
        image.set_shape(pixels.shape)
        return _cast(image, pixels.dtype)

    return run


def _cast(image: Any, dtype: str) -> Any:
    """Whole numbers are rounded, as what lies between two pixels is none."""
    import tensorflow as tf

    wanted = tf.as_dtype(dtype)
    if wanted.is_integer and image.dtype.is_floating:
        image = tf.clip_by_value(tf.round(image), 0, 255)
    return tf.cast(image, wanted)


def _resized(image: Any, pixels: Pixels) -> Any:
    import tensorflow as tf

    size = pixels.height, pixels.width
    if pixels.resize == "pad_to_aspect":  # with black
        return tf.image.resize_with_pad(image, *size, method=pixels.interpolation)
    if pixels.resize == "crop_to_aspect":
        image = _cropped(image, *size)
    return tf.image.resize(image, size, pixels.interpolation)


def _cropped(image: Any, height: int, width: int) -> Any:
    """The largest part about the middle that has the proportions of the result."""
    import tensorflow as tf

    shape = tf.shape(image)
    rows = _part(shape[1] * height, width, shape[0])
    columns = _part(shape[0] * width, height, shape[1])
    top, left = (shape[0] - rows) // 2, (shape[1] - columns) // 2
    return image[top : top + rows, left : left + columns]


def _part(product: Any, divisor: int, most: Any) -> Any:
    """A quotient in float32, as Keras has it, between 1 and `most`."""
    import tensorflow as tf

    part = tf.cast(tf.cast(product, tf.float32) / divisor, tf.int32)
    return tf.maximum(tf.minimum(part, most), 1)
