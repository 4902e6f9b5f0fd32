"""The preprocessing that stands before all else, told from the graph, and a model cut behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import UsageError
from modelspec.graph import Call, Graph, TensorRef, flatten
from modelspec.schema import class_schema
from modelspec.spec.model import KerasObject

if TYPE_CHECKING:
    from .export_source import ExportSource

FAMILIES = ("preprocessing", "image_preprocessing")
"""Keras's two families of preprocessing layers, by the names of their schemas."""

SUFFIX = ".preprocessing.keras"


def preprocessing_of(path: Path) -> Path:
    """The file of the preprocessing that was cut off what lies at `path`."""
    return path.with_name(path.name + SUFFIX)


def front_of(graph: Graph) -> tuple[Call, ...]:
    """The calls of preprocessing layers that read inputs, or others of these, and nothing else.

    Each gives one dense tensor, as a file's input is, and none is an output of the model.
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


def cut(subject: ExportSource) -> ExportSource:
    """The model behind its preprocessing, which `before` then holds.

    Raises:
        UsageError: no preprocessing stands before the others.
    """
    graph, front = subject.graph, front_of(subject.graph)
    rest = tuple(call for call in graph.calls if call not in front)
    if not front:
        raise UsageError(
            "--without-preprocessing: no preprocessing layer stands before all others, so there is "
            "nothing to leave out"
        )
    sources = {entry.name for entry in graph.inputs} | {call.name for call in front}
    later = [ref.source for call in rest for ref in call.reads()]
    later += [ref.source for ref in flatten(graph.outputs)]
    names = [name for name in dict.fromkeys(later) if name in sources]
    before, after = _two_models(subject, front, rest, names)
    structure = replace(subject.structure, input_names=tuple(names), input_kind="dict")
    return replace(subject, model=after, structure=structure, before=Before(before, subject))


class Before:
    """What was cut off.

    Attributes:
        model: the preprocessing as a Keras model, from a dict by input name to a dict by the input
            names of what is left.
        whole: what was cut.
    """

    def __init__(self, model: Any, whole: ExportSource) -> None:
        self.model = model
        self.whole = whole

    def __call__(self, arrays: Mapping[str, Any]) -> dict[str, Any]:
        """What is left takes this for what the whole takes."""
        from modelspec.exporting.formats import preprocess

        return preprocess(self.model, arrays)


def _two_models(
    subject: ExportSource, front: tuple[Call, ...], rest: tuple[Call, ...], names: list[str]
) -> tuple[Any, Any]:
    """Both parts, made of the layers of the whole."""
    import keras

    from modelspec.building import call_again, outputs_of_graph

    graph, layers = subject.graph, subject.model
    inputs = {name: _input(name, tensor) for name, tensor in subject.tensors.items()}
    tensors = call_again(graph, front, layers, inputs)
    before = keras.Model(inputs, {name: tensors[name] for name in names})
    dtypes = _dtypes(before, subject)
    taken = {name: _input(name, tensors[name], dtypes[name]) for name in names}
    tensors = call_again(graph, rest, layers, taken)
    return before, keras.Model(taken, outputs_of_graph(graph, tensors), name=subject.model.name)


def _dtypes(before: Any, subject: ExportSource) -> dict[str, str]:
    """What a model really gives: Keras's symbolic tensors say float32 of whole numbers that
    lookups give."""
    import tensorflow as tf

    from modelspec.exporting.formats import signature

    given = tf.function(before.__call__).get_concrete_function(signature(subject))
    return {name: tensor.dtype.name for name, tensor in given.structured_outputs.items()}


def _input(name: str, tensor: Any, dtype: str | None = None) -> Any:
    import keras

    return keras.Input(batch_shape=tensor.shape, dtype=dtype or tensor.dtype, name=name)
