"""LiteRT's `.tflite`, through TensorFlow's converter from a SavedModel."""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import CannotRunError, first_line
from modelspec.framework import all_layers

from .quiet_packages import quiet
from .saved_model import write_saved_model
from .settings import Settings

if TYPE_CHECKING:
    from modelspec.exporting.export_source import ExportSource

REPRESENTATIVE = 200
"""How many examples int8 learns the ranges of values from."""


def write_litert(subject: ExportSource, settings: Settings, path: Path) -> None:
    """A file with the spec's names in its one signature. Quantized or not, it takes and gives the
    numbers that the model does.

    Raises:
        CannotRunError: the model has an op that LiteRT itself does not have.
    """
    with tempfile.TemporaryDirectory(prefix="modelspec-export-") as folder, quiet() as said:
        made: Any = None
        failed: Exception | None = None
        try:
            with _unrolled(subject):
                write_saved_model(subject, settings, Path(folder))
            made = _converter(subject, settings, folder).convert()
        except Exception as error:  # the converter raises all kinds
            failed = error
    if isinstance(failed, CannotRunError):
        raise failed
    if failed is not None:
        raise CannotRunError(f"LiteRT does not take this model: {_why(failed, said.text)}")
    path.write_bytes(made)


def _converter(subject: ExportSource, settings: Settings, folder: str) -> Any:
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_saved_model(folder)
    converter.experimental_enable_resource_variables = True
    if settings.quantize is not None:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if settings.quantize == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if settings.quantize == "int8":
        converter.representative_dataset = lambda: _representative(subject)
    return converter


@contextlib.contextmanager
def _unrolled(subject: ExportSource) -> Iterator[None]:
    """Let recurrent layers write out their steps: LiteRT has no loop over a batch of any size.

    With a fixed one it has, and then the sequences may have any length.
    """
    first = next(iter(subject.tensors.values()))
    found = [] if first.shape[0] is not None else all_layers(subject.model)
    layers = [layer for layer in found if getattr(layer, "unroll", None) is False]
    for layer in layers:
        layer.unroll = True
    try:
        yield
    finally:
        for layer in layers:
            layer.unroll = False


def _representative(subject: ExportSource) -> Iterator[dict[str, Any]]:
    """Single examples of the training split, where there is one, by input name."""
    from modelspec.exporting.verify import training_samples

    arrays = training_samples(subject, REPRESENTATIVE).arrays
    for row in range(len(next(iter(arrays.values())))):
        yield {name: array[row : row + 1] for name, array in arrays.items()}


def _why(error: Exception, said: str) -> str:
    """The ops that LiteRT lacks, by their names, else the first line of what was raised."""
    text = f"{error}\n{said}"
    ops = re.findall(r"'tf\.(\w+)' op is neither a custom op nor a flex op", text)
    if ops:
        return f"it has no {', '.join(sorted(set(ops)))}"
    if "TensorListReserve" in text:
        return "a recurrent layer takes a sequence of any length; give the input a fixed one"
    return first_line(error)[:300]
