"""ONNX, through tf2onnx from a frozen graph of the model."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import CannotRunError, first_line

from .quiet_packages import quiet
from .saved_model import serving_function, signature, tracing
from .settings import Settings

if TYPE_CHECKING:
    from modelspec.exporting.export_source import ExportSource


def write_onnx(subject: ExportSource, settings: Settings, path: Path) -> None:
    """A file whose inputs and outputs have the spec's names, with the classes' names in its
    metadata.

    Raises:
        CannotRunError: the model has an op that tf2onnx does not know.
    """
    import onnx
    from tf2onnx.convert import from_graph_def

    with quiet() as said:
        try:
            graph, inputs, outputs = _frozen(subject)
            model, _ = from_graph_def(
                graph,
                name=subject.name,
                input_names=list(inputs),
                output_names=list(outputs),
                opset=settings.opset,
                custom_op_handlers={"Erfc": (_erfc, [])},
                tensors_to_rename={**inputs, **outputs},
            )
            failed = None
        except Exception as error:  # tf2onnx and TensorFlow raise all kinds
            failed = error
    if isinstance(failed, CannotRunError):
        raise failed
    if failed is not None:
        raise CannotRunError(f"ONNX does not take this model: {_why(failed, subject)}") from failed
    unknown = sorted(set(re.findall(r"Tensorflow op \[\S+: (\w+)\] is not supported", said.text)))
    unknown += sorted({node.op_type for node in model.graph.node if _is_foreign(node, onnx)})
    if unknown:
        ops = ", ".join(dict.fromkeys(unknown))
        raise CannotRunError(f"ONNX does not take this model: it has no {ops}")
    _add_metadata(model, subject, onnx)
    onnx.save(model, str(path))


def _why(error: Exception, subject: ExportSource) -> str:
    """Which layer keeps something between answers, or the first line of what was raised."""
    changing = re.search(r"node (\S+)/Assign\w*VariableOp", str(error))
    if changing:
        name = changing[1].rpartition("/")[2]  # where names meet, TensorFlow numbers them
        layer = name if name in subject.graph.layers else re.sub(r"_\d+$", "", name)
        said = "changes a variable when it answers, as a layer does that draws random numbers"
        return f"{layer} {said}"
    return first_line(error)[:300]


def _is_foreign(node: Any, onnx: Any) -> bool:
    return node.domain == "" and not onnx.defs.has(node.op_type)


def _frozen(subject: ExportSource) -> tuple[Any, dict[str, str], dict[str, str]]:
    """A graph without variables, and its tensors' names to the spec's: inputs, outputs.

    What a layer keeps as a plain tensor (the mean of a `Normalization`) is a captured input of
    the function, which would become an input of the file.
    """
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import (
        convert_variables_to_constants_v2,
    )

    # functions within it, such as Keras's for grouped convolutions, are written out in it
    tf.config.run_functions_eagerly(True)
    try:
        with tracing():
            serve = tf.function(serving_function(subject))
            function = serve.get_concrete_function(signature(subject))
    finally:
        tf.config.run_functions_eagerly(False)
    frozen = convert_variables_to_constants_v2(function, lower_control_flow=False)
    taken = dict(zip((t.name for t in frozen.inputs), sorted(subject.tensors), strict=True))
    names = sorted(subject.structure.output_names)
    given = dict(zip((t.name for t in frozen.outputs), names, strict=True))
    return frozen.graph.as_graph_def(), taken, given


def _erfc(ctx: Any, node: Any, name: str, _: Any) -> None:
    """1 - erf(x): Keras's exact `gelu` is computed with erfc, which ONNX lacks."""
    import numpy as np

    (x,) = node.input
    dtype, shape = ctx.get_dtype(node.output[0]), ctx.get_shape(node.output[0])
    outputs = list(node.output)
    ctx.remove_node(node.name)
    one = ctx.make_const(f"{name}__one", np.asarray(1, np.float32)).output[0]
    erf = ctx.make_node("Erf", [x], dtypes=[dtype], shapes=[shape]).output[0]
    ctx.make_node("Sub", [one, erf], name=name, outputs=outputs, dtypes=[dtype], shapes=[shape])


def _add_metadata(model: Any, subject: ExportSource, onnx: Any) -> None:
    model.producer_name = "modelspec"
    about = {"modelspec.name": subject.name}
    for name, labels in subject.labels().items():
        about[f"modelspec.labels.{name}"] = json.dumps(labels, ensure_ascii=False)
    onnx.helper.set_model_props(model, about)
