"""ONNX, through tf2onnx from a frozen graph of the model."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import CannotRunError, first_line
from modelspec.framework import all_layers
from modelspec.version import __version__

from .format import ExportFormat, ExportSettings, LoadRequest, MetadataStore, Runtime
from .packages import captured_stderr
from .protobuf import protobuf_entries, protobuf_fields
from .saved_model import serving_function, tensor_specs, tracing_errors_explained
from .unsupported_layers import (
    NO_LOOKUP_TABLES,
    NO_TEXT,
    RECURRENT,
    UnsupportedLayer,
    has_stride_above_kernel,
    is_grouped,
    is_stateful,
)

if TYPE_CHECKING:
    from modelspec.exporting.export_source import ExportSource

    from .arrays import Array, Arrays, Predict, Signature

PROPERTY = "modelspec.metadata"

PROPERTIES_FIELD = 14
"""The number of `metadata_props` in a `ModelProto`; see `onnx.proto`."""


def write_onnx(source: ExportSource, settings: ExportSettings, path: Path) -> None:
    """Write a file whose inputs and outputs have the spec's names, with the class names in its
    metadata.

    Raises:
        CannotRunError: the model cannot be traced, or has an operator that tf2onnx lacks.
    """
    import onnx
    from tf2onnx.convert import from_graph_def

    with captured_stderr() as captured:
        try:
            graph, inputs, outputs = _frozen_graph(source)
            model, _ = from_graph_def(
                graph,
                name=source.name,
                input_names=list(inputs),
                output_names=list(outputs),
                opset=settings.opset,
                custom_op_handlers={"Erfc": (_convert_erfc, [])},
                tensors_to_rename={**inputs, **outputs},
            )
            failure = None
        except Exception as error:  # tf2onnx and TensorFlow raise all kinds
            failure = error
    if isinstance(failure, CannotRunError):
        raise failure
    if failure is not None:
        reason = _reason(failure, source)
        raise CannotRunError(f"conversion to ONNX failed: {reason}") from failure
    pattern = r"Tensorflow op \[\S+: (\w+)\] is not supported"
    missing = sorted(set(re.findall(pattern, captured.text)))
    missing += sorted({node.op_type for node in model.graph.node if _is_foreign(node, onnx)})
    if missing:
        ops = ", ".join(dict.fromkeys(missing))
        raise CannotRunError(f"conversion to ONNX failed: unsupported operators: {ops}")
    _add_properties(model, source, onnx)
    onnx.save(model, str(path))


def _reason(error: Exception, source: ExportSource) -> str:
    """Which layer changes a variable at inference, or the first line of the error."""
    changing = re.search(r"node (\S+)/Assign\w*VariableOp", str(error))
    if not changing:
        return first_line(error)[:300]
    name = changing[1].rpartition("/")[2]  # TensorFlow numbers names that are used twice
    layer = name if name in source.graph.layers else re.sub(r"_\d+$", "", name)
    return f"{layer} changes a variable at inference, as layers that draw random numbers do"


def _is_foreign(node: Any, onnx: Any) -> bool:
    return node.domain == "" and not onnx.defs.has(node.op_type)


def _frozen_graph(source: ExportSource) -> tuple[Any, dict[str, str], dict[str, str]]:
    """A graph without variables, and its tensor names to those in the file: inputs, outputs.

    What a layer keeps as a plain tensor (the mean of a `Normalization`) is a captured input of
    the function, which would become an input of the file.
    """
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    from .arrays import names_in_file

    # inlines nested functions, such as Keras's for grouped convolutions
    tf.config.run_functions_eagerly(True)
    try:
        with tracing_errors_explained(), _without_masks_of_dropout(source.model):
            serve = tf.function(serving_function(source))
            function = serve.get_concrete_function(tensor_specs(source))
    finally:
        tf.config.run_functions_eagerly(False)
    frozen = convert_variables_to_constants_v2(function, lower_control_flow=False)
    inputs = dict(zip((t.name for t in frozen.inputs), sorted(source.tensors), strict=True))
    in_file = names_in_file(source.tensors, source.structure.output_names)
    names = [in_file[name] for name in sorted(in_file)]
    outputs = dict(zip((t.name for t in frozen.outputs), names, strict=True))
    return frozen.graph.as_graph_def(), inputs, outputs


@contextmanager
def _without_masks_of_dropout(model: Any) -> Iterator[None]:
    """Recurrent layers of Keras draw masks in inference too, where they do not use them: the seeds
    that this changes are constants in a file."""
    cells = [layer for layer in all_layers(model) if hasattr(layer, "get_dropout_mask")]
    rates = [(cell, cell.dropout, cell.recurrent_dropout) for cell in cells]
    for cell in cells:
        cell.dropout = cell.recurrent_dropout = 0.0
    try:
        yield
    finally:
        for cell, rate, recurrent in rates:
            cell.dropout, cell.recurrent_dropout = rate, recurrent


def _convert_erfc(ctx: Any, node: Any, name: str, _: Any) -> None:
    """1 - erf(x): Keras's exact `gelu` is computed with erfc, which ONNX lacks."""
    import numpy as np

    (x,) = node.input
    dtype, shape = ctx.get_dtype(node.output[0]), ctx.get_shape(node.output[0])
    outputs = list(node.output)
    ctx.remove_node(node.name)
    one = ctx.make_const(f"{name}__one", np.asarray(1, np.float32)).output[0]
    erf = ctx.make_node("Erf", [x], dtypes=[dtype], shapes=[shape]).output[0]
    ctx.make_node("Sub", [one, erf], name=name, outputs=outputs, dtypes=[dtype], shapes=[shape])


def _add_properties(model: Any, source: ExportSource, onnx: Any) -> None:
    model.producer_name, model.producer_version = "modelspec", __version__
    _name_axes(model.graph)
    properties = {"modelspec.name": source.name}
    for name, labels in source.labels().items():
        properties[f"modelspec.labels.{name}"] = json.dumps(labels, ensure_ascii=False)
    onnx.helper.set_model_props(model, properties)


def _name_axes(graph: Any) -> None:
    """Name the axes of inputs and outputs whose size is unknown: tf2onnx numbers them.

    The first is `batch` everywhere, as a model takes and returns as many examples; others have
    the name of their tensor, as `text_axis_1`.
    """
    for entry in (*graph.input, *graph.output):
        for index, axis in enumerate(entry.type.tensor_type.shape.dim):
            if not axis.HasField("dim_value"):
                axis.dim_param = "batch" if index == 0 else f"{entry.name}_axis_{index}"


def load_onnx(path: Path, request: LoadRequest) -> Predict:
    """Load with ONNX Runtime on the CPU."""
    from .arrays import names_in_file, plain_outputs

    session = _session(path)
    in_file = [output.name for output in session.get_outputs()]
    given_names = [entry.name for entry in session.get_inputs()]
    written = names_in_file(given_names, request.output_names)
    named = {there: name for name, there in written.items()}
    names = [named.get(name, name) for name in in_file]

    def predict(inputs: Arrays) -> dict[str, Array]:
        given = {name: _text_as_objects(array) for name, array in inputs.items()}
        return plain_outputs(dict(zip(names, session.run(in_file, given), strict=True)))

    return predict


def _session(path: Path) -> Any:
    import onnxruntime

    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


def _text_as_objects(array: Array) -> Array:
    return array.astype(object) if array.dtype.kind == "U" else array


def read_onnx_signature(path: Path) -> Signature:
    """The inputs of a session; a size that has a name is unknown."""
    from .arrays import numpy_dtype

    return {
        entry.name: (
            tuple(size if isinstance(size, int) else None for size in entry.shape),
            numpy_dtype(entry.type.removeprefix("tensor(").removesuffix(")")),
        )
        for entry in _session(path).get_inputs()
    }


def _write_property(path: Path, text: str) -> None:
    import onnx

    model = onnx.load(str(path))
    model.metadata_props.add(key=PROPERTY, value=text)
    onnx.save(model, str(path))


def _read_property(path: Path) -> str | None:
    """The metadata, found without `onnx`, whose import alone takes longer than a prediction."""
    for content in protobuf_fields(path, PROPERTIES_FIELD):
        entry = dict(protobuf_entries(content))
        if entry.get(1) == PROPERTY.encode():
            return entry[2].decode()
    return None


FORMAT = ExportFormat(
    name="onnx",
    suffix=".onnx",
    write=write_onnx,
    load=load_onnx,
    runtime=Runtime.OWN,
    runtime_modules=("onnxruntime",),
    read_signature=read_onnx_signature,
    metadata=MetadataStore(_write_property, _read_property),
    tolerance=1e-4,
    packages=("tf2onnx", "onnx", "onnxruntime"),
    load_packages=("onnxruntime",),
    stores_labels=True,
    keeps_mixed_precision=False,
    has_opset=True,
    unsupported_quantized=("float8",),
    unsupported_weight_dtypes=("bfloat16",),
    unsupported_input_dtypes=("bfloat16",),
    unsupported_layers=(
        UnsupportedLayer("StringLookup IntegerLookup", NO_LOOKUP_TABLES),
        *NO_TEXT,
        UnsupportedLayer(
            "Discretization", "the converter does not support finding bins (Bucketize)"
        ),
        UnsupportedLayer(
            "MelSpectrogram", "the converter does not support Fourier transforms (RFFT)"
        ),
        UnsupportedLayer(
            "MixUp RandomColorDegeneration RandomGrayscale RandomHue RandomPosterization "
            "RandomSaturation RandomSharpness",
            "the layer counts its calls even at inference, and ONNX files keep no state",
        ),
        UnsupportedLayer(
            RECURRENT,
            "a stateful layer continues from the call before, and ONNX files keep no state",
            "leave out `stateful`",
            is_stateful,
        ),
        UnsupportedLayer(
            "Conv2DTranspose Conv3DTranspose",
            "ONNX Runtime supports no stride larger than the kernel",
            "make `kernel_size` at least as large as `strides`",
            has_stride_above_kernel,
        ),
        UnsupportedLayer(
            "Conv3D", "ONNX Runtime supports no groups in three dimensions", when=is_grouped
        ),
    ),
)
