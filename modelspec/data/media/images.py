"""Image files: checked by their headers before the first step, decoded on the way to the model."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from modelspec.analysis.data import CHANNELS
from modelspec.spec.data import Source

from .file_checks import BAD_FILE, EMPTY, Decode, FileProblem, MediaKind
from .image_headers import ImageHeader, header_of

MODE = "image-mode"
ALPHA = "image-alpha"
TURNED = "image-orientation"

_TRUNCATED = FileProblem(
    BAD_FILE,
    "cannot be read: the image is truncated",
    "replace it with an intact copy, or remove the file",
)


def check_image_file(path: Path, source: Source) -> str | FileProblem:
    """The path of a file; or what is wrong: not an image, truncated, not of the source's `color`.

    Raises:
        OSError: the file cannot be opened.
    """
    with path.open("rb") as file:
        return _find_problem(file, str(source.options["color"])) or str(path)


def check_image_bytes(content: bytes, source: Source) -> FileProblem | None:
    """What is wrong with the bytes of an image file; None where nothing is."""
    return _find_problem(io.BytesIO(content), str(source.options["color"])) if content else EMPTY


def has_image_header(content: bytes) -> bool:
    """Whether bytes begin as an image file does."""
    try:
        return header_of(io.BytesIO(content)) is not None
    except EOFError:
        return False


def _find_problem(file: BinaryIO, color: str) -> FileProblem | None:
    try:
        header = header_of(file)
    except EOFError:
        return _TRUNCATED
    if header is None:
        text = "cannot be read: not a JPEG, PNG, GIF or BMP"
        return FileProblem(BAD_FILE, text, "convert to one of these, or remove it")
    return _check_mode(header, color) if header.is_whole else _TRUNCATED


def _check_mode(header: ImageHeader, color: str) -> FileProblem | None:
    """Colours that would not come out as the source says, or pixels that lie on their side."""
    wanted = CHANNELS[color]
    cannot = f"cannot be read as {color}:"
    if header.is_cmyk:
        return FileProblem(MODE, f"{cannot} CMYK, the colours of printers", "convert to RGB")
    if header.bits > 8:
        text = f"{cannot} {header.bits} bits a channel, only 8 can be read"
        return FileProblem(MODE, text, "convert to 8 bits a channel")
    if header.form == "jpeg" and wanted == 4:
        return FileProblem(MODE, f"{cannot} a JPEG has no alpha channel", "write `color: rgb`")
    if header.form == "gif" and wanted != 3:
        return FileProblem(MODE, f"{cannot} a GIF can only be read as rgb", "convert to PNG")
    if header.form == "bmp" and (header.channels != wanted or wanted == 1):
        text = f"{cannot} a BMP of 24 bits is read as rgb, one of 32 bits as rgba"
        return FileProblem(MODE, text, "convert to PNG")
    if header.channels in (2, 4) and wanted != 4:
        text = f"would lose the alpha channel to `color: {color}`"
        return FileProblem(ALPHA, text, "write `color: rgba` to keep it", is_warning=True)
    if header.is_turned:
        text = "would be read as the camera was held: the orientation (EXIF) is ignored"
        hint = "turn the pixels, such as with `mogrify -auto-orient FILES` of ImageMagick"
        return FileProblem(TURNED, text, hint, is_warning=True)
    return None


class _Target(NamedTuple):
    """What an image becomes.

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


def image_decoder(source: Source, shape: tuple[int, ...], dtype: str) -> Decode:
    """A file's bytes to pixels [height, width, channels] between 0 and 255.

    The pixels are those of Keras's own reader. Of an animation, the first frame is taken.
    """
    import tensorflow as tf

    options = source.options
    target = _Target(
        height=shape[0],
        width=shape[1],
        channels=CHANNELS[options["color"]],
        resize=options["resize"],
        interpolation=options["interpolation"],
        dtype=dtype,
    )

    def decode(content: Any) -> Any:
        image = tf.io.decode_image(content, channels=target.channels, expand_animations=False)
        image = _resize(image, target)
        image.set_shape((target.height, target.width, target.channels))
        return _cast(image, target.dtype)

    return decode


def _cast(image: Any, dtype: str) -> Any:
    """To whole numbers by rounding: interpolation leaves fractions."""
    import tensorflow as tf

    wanted = tf.as_dtype(dtype)
    if wanted.is_integer and image.dtype.is_floating:
        image = tf.clip_by_value(tf.round(image), 0, 255)
    return tf.cast(image, wanted)


def _resize(image: Any, target: _Target) -> Any:
    import tensorflow as tf

    size = target.height, target.width
    if target.resize == "pad_to_aspect":  # with black
        return tf.image.resize_with_pad(image, *size, method=target.interpolation)
    if target.resize == "crop_to_aspect":
        image = _crop(image, *size)
    return tf.image.resize(image, size, target.interpolation)


def _crop(image: Any, height: int, width: int) -> Any:
    """The largest centered part that has the aspect ratio of the result."""
    import tensorflow as tf

    shape = tf.shape(image)
    rows = _quotient(shape[1] * height, width, shape[0])
    columns = _quotient(shape[0] * width, height, shape[1])
    top, left = (shape[0] - rows) // 2, (shape[1] - columns) // 2
    return image[top : top + rows, left : left + columns]


def _quotient(product: Any, divisor: int, most: Any) -> Any:
    """A quotient in float32, as Keras computes it, between 1 and `most`."""
    import tensorflow as tf

    part = tf.cast(tf.cast(product, tf.float32) / divisor, tf.int32)
    return tf.maximum(tf.minimum(part, most), 1)


IMAGES = MediaKind((".jpg", ".jpeg", ".png", ".bmp", ".gif"), check_image_file, image_decoder)
