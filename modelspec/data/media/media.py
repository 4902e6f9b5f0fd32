"""Sources whose examples are files of their own: how paths become a column, and then arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from modelspec.analysis.data_checks import check_input, media_shape
from modelspec.data.media import image_headers, text_files, wav_headers
from modelspec.data.table import Column, LazyArray
from modelspec.diagnostics import Findings
from modelspec.spec.data import Source, path_columns
from modelspec.spec.model import InputSpec

from .audio_checks import check_audio_file
from .decode_audio import decode_audio
from .decode_images import decode, pixels_of
from .file_errors import FileProblem, check_files
from .image_checks import check_image_file
from .text_files import text_column

Make = Callable[[Sequence[str], Sequence[str], Source, Findings], Column | None]
Decoder = Callable[[Source, tuple[int, ...], str], Callable[[Any], Any]]


class MediaKind(NamedTuple):
    """One kind of file.

    Attributes:
        suffixes: how the files' names end.
        column: paths, and what messages call them, to a column; each file is looked at.
        decoder: for files that are decoded on the way: from the source, the shape of an example
            and its dtype to a function of a file's bytes.
    """

    suffixes: Sequence[str]
    column: Make
    decoder: Decoder | None = None


def lazy_media_input(column: Column, entry: InputSpec, findings: Findings) -> LazyArray | None:
    """What an input gets of a column of paths; None with a finding where it takes another shape.

    Args:
        column: the paths of some examples.
        entry: the model's input.
        findings: takes an input of another shape than the source makes.
    """
    source = column.media_source
    assert source is not None
    decoder = MEDIA[source.kind].decoder
    assert decoder is not None
    if not check_input(source, entry, findings):
        return None
    shape = tuple(int(size) for size in media_shape(source, entry) if size is not None)
    dtype = entry.dtype or "float32"
    one = decoder(source, shape, dtype)

    def each(path: Any) -> Any:
        import tensorflow as tf

        return one(tf.io.read_file(path))

    def make(batch: Any) -> Any:
        import tensorflow as tf

        return tf.map_fn(each, batch, fn_output_signature=tf.TensorSpec(shape, dtype))

    return LazyArray(column.values, shape, dtype, make, each=each)


def _images(
    paths: Sequence[str], names: Sequence[str], source: Source, findings: Findings
) -> Column | None:
    return _looked_at(paths, names, source, _look_at_image, findings)


def _look_at_image(source: Source, path: Path) -> FileProblem | None:
    return check_image_file(path, str(source.options["color"]))


def _decode_image(source: Source, shape: tuple[int, ...], dtype: str) -> Callable[[Any], Any]:
    return decode(pixels_of(source, (shape[0], shape[1]), dtype))


def _audio(
    paths: Sequence[str], names: Sequence[str], source: Source, findings: Findings
) -> Column | None:
    return _looked_at(paths, names, source, _look_at_audio, findings)


def _look_at_audio(source: Source, path: Path) -> FileProblem | None:
    return check_audio_file(path, int(source.options["rate"]))


def _decode_audio(source: Source, shape: tuple[int, ...], dtype: str) -> Callable[[Any], Any]:
    channels = 2 if source.options["channels"] == "stereo" else 1
    made: Callable[[Any], Any] = decode_audio(shape[0], channels, shape, dtype)
    return made


def _looked_at(
    paths: Sequence[str],
    names: Sequence[str],
    source: Source,
    look: Callable[[Source, Path], FileProblem | None],
    findings: Findings,
) -> Column | None:
    """The column of paths of sound files; an empty path is a missing value."""
    there = [(Path(path), name) for path, name in zip(paths, names, strict=True) if path]
    known, called = [path for path, _ in there], [name for _, name in there]
    if not check_files(known, called, source, partial(look, source), findings):
        return None
    values = np.empty(len(paths), dtype=object)
    values[:] = paths
    return Column(values, np.asarray([not path for path in paths], dtype=np.bool_), source)


MEDIA: dict[str, MediaKind] = {
    "images": MediaKind(image_headers.SUFFIXES, _images, _decode_image),
    "texts": MediaKind(text_files.SUFFIXES, text_column),
    "audio": MediaKind(wav_headers.SUFFIXES, _audio, _decode_audio),
}
"""The kinds of source whose examples are files, by their key in the spec."""


def attach_files(
    columns: dict[str, Column], source: Source, folder: Path, findings: Findings
) -> bool:
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
            written: list[str] = columns[name].values.tolist()
            paths = [str(folder / text) if text else "" for text in written]
            made = MEDIA[source.kind].column(paths, written, source, findings)
            if made is None:
                sound = False
            else:
                columns[name] = made
    return sound
