"""Images as targets: masks whose pixel values are classes, and images as numbers.

Files are decoded on the way to the model, as those of inputs are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from modelspec.analysis.data import (
    IGNORED_CLASS,
    LARGEST_PIXEL,
    divisor,
    ignored_pixels,
    image_target_shape,
)
from modelspec.data.table import Column, LazyArray
from modelspec.diagnostics import Findings, join_words
from modelspec.framework import operation_message
from modelspec.spec.data import Columns, Source
from modelspec.spec.model import ExampleShape

from .columns import FIRST, RECORD_HINT, lazy_files
from .file_checks import BAD_FILE, MOST_NAMED, Decode
from .images import image_decoder
from .palettes import without_palette

UNKNOWN = np.iinfo(np.int32).min
"""Stands for the pixel values that are no label, in a table of class numbers."""

JPEG = b"\xff\xd8"
"""How the bytes of a JPEG begin."""

_PIXELS = LARGEST_PIXEL + 1


def number_image(column: Column, target: Columns, output: ExampleShape) -> LazyArray:
    """The pixels of images as float32 [n, height, width, channels], divided as the target says.

    Args:
        column: the files of some examples.
        target: its options.
        output: the shape of the output that it is compared with.
    """
    source, shape = _source_and_shape(column, target, output)
    decode = image_decoder(source, _with_channels(shape), "float32")
    by = divisor(target)

    def made(content: Any) -> Any:
        import tensorflow as tf

        return tf.reshape(decode(content) / by, shape)

    again = (column.take(FIRST), target, output)
    return replace(lazy_files(column, shape, "float32", made), again=(number_image, again))


def class_mask(
    column: Column, target: Columns, output: ExampleShape, labels: Sequence[str]
) -> LazyArray:
    """The class numbers of the pixels of masks: int32 [n, height, width], or with a last axis of 1.

    For a target that is one-hot, float32 [n, height, width, classes].

    A mask with a pixel value that is no label cannot be made; `report` of the array says so.

    Args:
        column: the files of some examples.
        target: its options.
        output: the shape of the output that it is compared with.
        labels: the pixel values of the classes in the order of their numbers.
    """
    source, shape = _source_and_shape(column, target, output)
    decode = _pixel_decoder(image_decoder(source, _with_channels(shape), "uint8"))
    numbers = _class_numbers(labels, ignored_pixels(target))

    def made(content: Any) -> Any:
        import tensorflow as tf

        classes = tf.gather(tf.constant(numbers), tf.cast(decode(content), tf.int32))
        known = tf.debugging.Assert(tf.reduce_all(classes != UNKNOWN), ["not a label"])
        with tf.control_dependencies([known]):
            classes = tf.reshape(classes, shape)
            return tf.one_hot(classes, len(labels)) if target.is_one_hot else classes

    def report(files: Sequence[Any], places: Sequence[str], findings: Findings) -> None:
        known = set(np.flatnonzero(numbers != UNKNOWN).tolist())
        names = places if column.holds_files else map(_name, files)
        named = dict(zip(names, files, strict=True))
        _report_unknown(named, known, decode, (target, tuple(labels)), findings)

    again = (class_mask, (column.take(FIRST), target, output, tuple(labels)))
    if target.is_one_hot:
        whole = lazy_files(column, (*shape, len(labels)), "float32", made)
        return replace(whole, report=report, again=again)
    return replace(lazy_files(column, shape, "int32", made), report=report, again=again)


def pixel_values(column: Column, target: Columns) -> list[str]:
    """The different pixel values of masks as text, sorted, without those that are ignored.

    The masks are looked at in their own size, so that a thin border is not missed. What cannot be
    decoded is left out: it is reported where the examples are made.
    """
    import tensorflow as tf

    @tf.autograph.experimental.do_not_convert  # type: ignore[untyped-decorator]
    def seen(given: Any) -> Any:
        content = given if column.holds_files else tf.io.read_file(given)
        image = _pixel_decoder(_whole_image)(content)
        counts = tf.math.bincount(tf.cast(tf.reshape(image, [-1]), tf.int32), minlength=_PIXELS)
        return counts > 0

    files = column.values if column.holds_files else column.values.astype(str)
    files = tf.data.Dataset.from_tensor_slices(files)
    found = np.zeros(_PIXELS, dtype=np.bool_)
    made = files.map(seen, num_parallel_calls=tf.data.AUTOTUNE, deterministic=False)
    for one in made.ignore_errors(log_warning=False).as_numpy_iterator():
        found |= one
    found[list(ignored_pixels(target))] = False
    return [str(value) for value in np.flatnonzero(found).tolist()]


def _pixel_decoder(decode: Decode) -> Decode:
    """Decodes the pixel values of masks: of a file with a palette, the numbers of the colours."""

    def made(content: Any) -> Any:
        grey, divided_by = without_palette(content)
        return decode(grey) // divided_by

    return made


def _whole_image(content: Any) -> Any:
    import tensorflow as tf

    return tf.io.decode_image(content, channels=1, expand_animations=False)


def _source_and_shape(
    column: Column, target: Columns, output: ExampleShape
) -> tuple[Source, tuple[int, ...]]:
    source = column.media_source
    assert source is not None
    shape = image_target_shape(target, source, output)
    assert None not in shape, "the analysis has reported it"
    return source, tuple(size or 0 for size in shape)


def _with_channels(shape: tuple[int, ...]) -> tuple[int, ...]:
    return shape if len(shape) == 3 else (*shape, 1)


def _class_numbers(labels: Sequence[str], ignored: Iterable[int]) -> npt.NDArray[np.int32]:
    """For each pixel value its class number."""
    numbers = np.full(_PIXELS, UNKNOWN, dtype=np.int32)
    for number, label in enumerate(labels):
        numbers[int(label)] = number
    for value in ignored:
        numbers[value] = IGNORED_CLASS
    return numbers


def _report_unknown(
    files: Mapping[str, str | bytes],
    known: set[int],
    decode: Decode,
    target: tuple[Columns, tuple[str, ...]],
    findings: Findings,
) -> None:
    """One finding for the masks with pixel values that are no label, one for what else is wrong."""
    columns, labels = target
    strange: dict[str, list[int]] = {}
    damaged: dict[str, str] = {}
    for name, file in files.items():
        try:
            content = file if isinstance(file, bytes) else Path(file).read_bytes()
            values = np.unique(np.asarray(decode(content))).tolist()
            strange[name] = sorted(set(values) - known)
        except Exception as error:  # TensorFlow raises all kinds
            damaged[name] = " ".join(operation_message(error).split())
    place = columns.labels_span or columns.span
    if damaged:
        reason = next(iter(damaged.values()))
        message = f"{join_words(damaged, most=MOST_NAMED)} cannot be decoded: {reason}"
        in_records = isinstance(files[next(iter(damaged))], bytes)
        hint = RECORD_HINT if in_records else "replace the file by an intact copy, or remove it"
        findings.error(place, BAD_FILE, message, hint=hint)
    if strange:
        name = next(iter(strange))
        values = join_words(map(str, strange[name]), most=MOST_NAMED)
        others = f" and {len(strange) - 1} more" if len(strange) > 1 else ""
        is_listed = isinstance(columns.labels, tuple)
        where = "one of `labels`" if is_listed else "a pixel value of the training masks"
        verb = "have" if others else "has"
        message = f"{name}{others} {verb} pixels of value {values}, not {where}"
        findings.error(place, "unknown-label", message, hint=_hint(files[name], labels))


def _hint(file: str | bytes, labels: Sequence[str]) -> str:
    is_jpeg = file[:2] == JPEG if isinstance(file, bytes) else _is_called_jpeg(file)
    if is_jpeg:
        return "JPEG changes pixel values: save masks as PNG"
    known = f"known labels are {join_words(labels, most=20)}"
    return f"{known}; for pixels without a class write `ignore: VALUE`"


def _is_called_jpeg(path: str) -> bool:
    return path.lower().endswith((".jpg", ".jpeg"))


def _name(path: str) -> str:
    """A file with its folder, as people tell it from another."""
    return "/".join(Path(path).parts[-2:])
