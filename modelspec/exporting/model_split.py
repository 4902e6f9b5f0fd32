"""A model split into the preprocessing layers at its front and the layers after them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import UsageError
from modelspec.exporting.formats import tensor_specs
from modelspec.graph import Call, Graph, TensorRef, flatten
from modelspec.schema import class_schema
from modelspec.spec.model import KerasObject

if TYPE_CHECKING:  # `unsupported.py` runs without numpy
    from .export_source import ExportSource

FAMILIES = ("preprocessing", "image_preprocessing")
"""Keras's two families of preprocessing layers, by the names of their schemas."""


def front_calls(graph: Graph) -> tuple[Call, ...]:
    """The calls of preprocessing layers that read only inputs, or other such calls.

    Each has one dense tensor as its result, as an input of a file has to be, and none is an output
    of the model.
    """
    picked = {ref.source for ref in _reads(graph) if ref.index is not None}
    picked |= {ref.source for ref in flatten(graph.outputs)}
    known = {entry.name for entry in graph.inputs}
    found = []
    for call in graph.calls:
        item = graph.layers[call.layer].object
        if (
            call.name not in picked
            and _is_preprocessing(item)
            and all(ref.source in known for ref in call.reads())
        ):
            known.add(call.name)
            found.append(call)
    return tuple(found)


def _reads(graph: Graph) -> Iterator[TensorRef]:
    for call in graph.calls:
        yield from call.reads()


def _is_preprocessing(item: KerasObject) -> bool:
    if item.args.get("sparse") or item.args.get("ragged"):
        return False
    known = class_schema("layer", item.class_name)
    return known is not None and known.file.rpartition("/")[2].partition(".")[0] in FAMILIES


def split_preprocessing(source: ExportSource) -> ExportSource:
    """The model without the preprocessing at its front, which goes into `preprocessing`.

    Raises:
        UsageError: there is no preprocessing at the front.
    """
    graph, front = source.graph, front_calls(source.graph)
    if not front:
        raise UsageError(
            "--without-preprocessing: the model does not begin with a preprocessing layer, so "
            "there is nothing to leave out"
        )
    rest = tuple(call for call in graph.calls if call not in front)
    available = {entry.name for entry in graph.inputs} | {call.name for call in front}
    read = [ref.source for call in rest for ref in call.reads()]
    read += [ref.source for ref in flatten(graph.outputs)]
    names = [name for name in dict.fromkeys(read) if name in available]
    preprocessing, model = _two_models(source, front, rest, names)
    structure = replace(source.structure, input_names=tuple(names), input_kind="dict")
    return replace(
        source, model=model, structure=structure, preprocessing=preprocessing, unsplit=source
    )


def _two_models(
    source: ExportSource, front: tuple[Call, ...], rest: tuple[Call, ...], names: list[str]
) -> tuple[Any, Any]:
    """Both parts, which share the layers of the whole model.

    Args:
        source: the whole model.
        front: the calls of the preprocessing.
        rest: all other calls.
        names: the inputs and results of `front` that `rest` or the outputs read.
    """
    import keras

    from modelspec.building import collect_outputs, repeat_calls

    graph, layers = source.graph, source.model
    inputs = {name: _input_like(name, tensor) for name, tensor in source.tensors.items()}
    tensors = repeat_calls(graph, front, layers, inputs)
    preprocessing = keras.Model(inputs, {name: tensors[name] for name in names})
    dtypes = _output_dtypes(preprocessing, source)
    inputs = {name: _input_like(name, tensors[name], dtypes[name]) for name in names}
    tensors = repeat_calls(graph, rest, layers, inputs)
    outputs = collect_outputs(graph, tensors)
    return preprocessing, keras.Model(inputs, outputs, name=source.model.name)


def _output_dtypes(preprocessing: Any, source: ExportSource) -> dict[str, str]:
    """The true dtypes of the outputs: Keras's symbolic tensors say float32 of the integers that
    lookup layers return."""
    import tensorflow as tf

    traced = tf.function(preprocessing.__call__).get_concrete_function(tensor_specs(source))
    return {name: tensor.dtype.name for name, tensor in traced.structured_outputs.items()}


def _input_like(name: str, tensor: Any, dtype: str | None = None) -> Any:
    import keras

    return keras.Input(batch_shape=tensor.shape, dtype=dtype or tensor.dtype, name=name)
