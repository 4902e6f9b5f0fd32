"""Sources whose examples are files of their own: images, and how a path becomes an array."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from modelspec.analysis.data_media import check_input, image_size
from modelspec.diagnostics import Findings
from modelspec.spec import InputSpec
from modelspec.spec.data import Source, path_columns

from .decode_images import decode, pixels_of
from .image_checks import check_images
from .image_headers import SUFFIXES
from .lazy import Lazy
from .table import Array, Column

Check = Callable[[Sequence[Path], Sequence[str], Source, Findings], bool]


class Medium(NamedTuple):
    """One kind of file.

    Attributes:
        suffixes: how the files' names end.
        check: looks at all files before the first step.
        lazy: paths to arrays for an input of the model.
    """

    suffixes: Sequence[str]
    check: Check
    lazy: Callable[[Array, Source, InputSpec], Lazy]


def media_column(paths: Sequence[str], source: Source) -> Column:
    """The column of some paths; an empty one is a missing value."""
    values = np.empty(len(paths), dtype=object)
    values[:] = paths
    return Column(values, np.asarray([not path for path in paths], dtype=np.bool_), source)


def lazy_input(column: Column, entry: InputSpec, findings: Findings) -> Lazy | None:
    """What an input gets of a column of paths; None with a finding where it takes another shape.

    Args:
        column: the paths of some examples.
        entry: the model's input.
        findings: takes an input of another shape than the source makes.
    """
    source = column.medium
    assert source is not None
    if not check_input(source, entry, findings):
        return None
    return MEDIA[source.kind].lazy(column.values, source, entry)


def _lazy_images(paths: Array, source: Source, entry: InputSpec) -> Lazy:
    size = image_size(source, entry)
    assert size is not None
    pixels = pixels_of(source, size, entry.dtype or "float32")
    one = decode(pixels)

    def make(batch: Any) -> Any:
        import tensorflow as tf

        spec = tf.TensorSpec(pixels.shape, pixels.dtype)
        return tf.map_fn(lambda path: one(tf.io.read_file(path)), batch, fn_output_signature=spec)

    return Lazy(paths, pixels.shape, pixels.dtype, make)


MEDIA: dict[str, Medium] = {
    "images": Medium(SUFFIXES, check_images, _lazy_images),
}
"""The kinds of source whose examples are files, by their key in the spec."""


def dress(columns: dict[str, Column], source: Source, folder: Path, findings: Findings) -> bool:
    """Turn the columns of a table that hold paths into columns of files, in place.

    Args:
        columns: of the table.
        source: with a table; says which columns hold paths.
        folder: what the paths are relative to.
        findings: takes files that are not there, and what the check of the kind finds.

    Returns:
        Whether all files are sound.
    """
    sound = True
    for name in path_columns(source):
        if name in columns:
            written = columns[name].values.tolist()
            found = [str(folder / text) if text else "" for text in written]
            columns[name] = media_column(found, source)
            there = [text for text in written if text]
            paths = [Path(path) for path in found if path]
            sound = MEDIA[source.kind].check(paths, there, source, findings) and sound
    return sound
