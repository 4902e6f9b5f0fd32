"""LiteRT's `.tflite`, through TensorFlow's converter from a SavedModel."""

from __future__ import annotations

import contextlib
import re
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import CannotRunError, first_line
from modelspec.framework import all_layers

from .format import ZIP_MEMBER, ExportFormat, ExportSettings, LoadRequest, Runtime
from .packages import captured_stderr, disable_telemetry
from .saved_model import SERVING, write_saved_model
from .unsupported_layers import (
    NO_COUNTS,
    NO_TEXT,
    RECURRENT,
    UnsupportedLayer,
    counts_values,
    has_channels_first,
    has_unknown_batch_and_length,
    is_grouped,
)

if TYPE_CHECKING:
    from modelspec.exporting.export_source import ExportSource

    from .arrays import Array, Arrays, Predict, Signature

CALIBRATION_EXAMPLES = 200
"""How many examples int8 takes the ranges of values from."""


def write_litert(source: ExportSource, settings: ExportSettings, path: Path) -> None:
    """Write a file with the spec's names in its one signature. Inputs and outputs keep the dtypes
    of the model, quantized or not.

    Raises:
        CannotRunError: the model cannot be traced, or has an operator that LiteRT lacks.
    """
    with (
        tempfile.TemporaryDirectory(prefix="modelspec-export-") as folder,
        captured_stderr() as out,
    ):
        content: Any = None
        failure: Exception | None = None
        try:
            with _unrolled(source):
                write_saved_model(source, settings, Path(folder))
            content = _converter(source, settings, folder).convert()
        except Exception as error:  # the converter raises all kinds
            failure = error
    if isinstance(failure, CannotRunError):
        raise failure
    if failure is not None:
        raise CannotRunError(f"conversion to LiteRT failed: {_reason(failure, out.text)}")
    path.write_bytes(content)


def _converter(source: ExportSource, settings: ExportSettings, folder: str) -> Any:
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_saved_model(folder)
    converter.experimental_enable_resource_variables = True
    if settings.quantize is not None:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if settings.quantize == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if settings.quantize == "int8":
        converter.representative_dataset = lambda: _calibration_examples(source)
    return converter


@contextlib.contextmanager
def _unrolled(source: ExportSource) -> Iterator[None]:
    """Unroll recurrent layers: LiteRT has no loop over a batch of unknown size.

    With a fixed batch size it has one, and then the sequences may have any length.
    """
    found = [] if source.batch_size is not None else all_layers(source.model)
    layers = [layer for layer in found if getattr(layer, "unroll", None) is False]
    for layer in layers:
        layer.unroll = True
    try:
        yield
    finally:
        for layer in layers:
            layer.unroll = False


def _calibration_examples(source: ExportSource) -> Iterator[dict[str, Any]]:
    """Single examples by input name: of the training split, or synthetic without one."""
    from modelspec.exporting.verify import training_samples

    arrays = training_samples(source, CALIBRATION_EXAMPLES).arrays
    for row in range(len(next(iter(arrays.values())))):
        yield {name: array[row : row + 1] for name, array in arrays.items()}


def _reason(error: Exception, printed: str) -> str:
    """The operators that LiteRT lacks, by name, or the first line of the error."""
    text = f"{error}\n{printed}"
    ops = re.findall(r"'tf\.(\w+)' op is neither a custom op nor a flex op", text)
    if ops:
        return f"unsupported operators: {', '.join(sorted(set(ops)))}"
    if "TensorListReserve" in text:
        return "a recurrent layer takes sequences of any length; give the input a fixed length"
    return first_line(error)[:300]


def load_litert(path: Path, _: LoadRequest) -> Predict:
    """Load the signature of the file with LiteRT's interpreter, for one call at a time."""
    from .arrays import plain_outputs

    with captured_stderr():  # LiteRT prints which delegate it takes
        interpreter = _interpreter(path)
        interpreter.allocate_tensors()
        runner = interpreter.get_signature_runner(SERVING)
    lock = threading.Lock()
    was_called = threading.Event()
    takes_any_batch = all(
        len(entry["shape_signature"]) and entry["shape_signature"][0] < 0
        for entry in runner.get_input_details().values()
    )

    def predict(inputs: Arrays) -> dict[str, Array]:
        given = {name: _text_as_bytes(array) for name, array in inputs.items()}
        with lock:
            if takes_any_batch and not was_called.is_set():
                _call_with_several(runner, given)
                was_called.set()
            outputs = runner(**given)
            # the arrays are views into the interpreter, which the next call overwrites
            return {name: array.copy() for name, array in plain_outputs(outputs).items()}

    return predict


def _call_with_several(runner: Any, given: Arrays) -> None:
    """Call a model with the first example twice, for nothing.

    One example has the shape that the file states, for which LiteRT resizes nothing: a reshape
    behind a lookup table (StringLookup, Embedding, Flatten) then has the sizes of two examples, and
    fails, until a call with another number of examples has passed through.
    """
    import numpy as np

    runner(**{name: np.repeat(array[:1], 2, axis=0) for name, array in given.items()})


def _interpreter(path: Path) -> Any:
    disable_telemetry()
    from ai_edge_litert.interpreter import Interpreter

    return Interpreter(model_path=str(path))


def _text_as_bytes(array: Array) -> Array:
    """Text as LiteRT takes it: UTF-8 in an array of objects."""
    import numpy as np

    if array.dtype.kind != "U":
        return array
    words = np.asarray([str(word).encode() for word in array.ravel()], dtype=object)
    return words.reshape(array.shape)


def read_litert_signature(path: Path) -> Signature:
    """The inputs of the signature of the file; -1 there is an unknown size."""
    import numpy as np

    from .arrays import numpy_dtype

    runner = _interpreter(path).get_signature_runner(SERVING)
    return {
        name: (
            tuple(None if size < 0 else int(size) for size in entry["shape_signature"]),
            numpy_dtype(np.dtype(entry["dtype"]).name),
        )
        for name, entry in runner.get_input_details().items()
    }


FORMAT = ExportFormat(
    name="litert",
    suffix=".tflite",
    write=write_litert,
    load=load_litert,
    runtime=Runtime.OWN,
    runtime_modules=("ai_edge_litert.interpreter",),
    read_signature=read_litert_signature,
    metadata=ZIP_MEMBER,
    tolerance=1e-4,
    packages=("ai_edge_litert",),
    keeps_mixed_precision=False,
    quantizations={"dynamic": 0.1, "float16": 0.01, "int8": 0.25},
    unsupported_quantized=("int8", "float8"),
    unsupported_weight_dtypes=("float16", "bfloat16", "float64"),
    unsupported_input_dtypes=("bfloat16", "uint64"),
    unsupported_layers=(
        UnsupportedLayer("StringLookup", NO_COUNTS, when=counts_values),
        UnsupportedLayer("IntegerLookup", "its lookup tables take text, not integers"),
        *NO_TEXT,
        UnsupportedLayer("CategoryEncoding", NO_COUNTS, when=counts_values),
        UnsupportedLayer(
            "MaxPooling3D AveragePooling3D AdaptiveMaxPooling3D AdaptiveAveragePooling3D",
            "it has pooling in one and two dimensions only",
        ),
        UnsupportedLayer(
            "Conv3D", "it has no grouped convolution in three dimensions", when=is_grouped
        ),
        UnsupportedLayer(
            "Conv1D Conv1DTranspose Conv2DTranspose Conv3D Conv3DTranspose DepthwiseConv1D "
            "SeparableConv1D",
            "it has no such operator with the channels first",
            "write `data_format: channels_last`, with the channels on the last axis",
            has_channels_first,
        ),
        UnsupportedLayer(
            f"{RECURRENT} Bidirectional TimeDistributed",
            "neither the length of the sequences nor the batch size is known",
            "give the input the length of its sequences in its `shape`, or a `batch_size`",
            has_unknown_batch_and_length,
        ),
    ),
)
