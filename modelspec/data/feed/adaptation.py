"""Adapts layers that learn from data (`Normalization`, `TextVectorization`) before training.

A layer right after an input is adapted on that input in the training split. A layer further in is
adapted on the output of the part of the model before it, which is run over the training split; this
leads into nested models, the layers of a Pipeline and the steps of a TimeDistributed. Layers are
adapted in the order of the data flow, because each may depend on the ones before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

from modelspec.diagnostics import Findings, Span, SpecError
from modelspec.framework import (
    all_layers,
    call_nodes,
    clean_message,
    functional_of,
    has_vocabulary_argument,
    nodes_in_order,
)
from modelspec.graph import Graph
from modelspec.layers import traits_of
from modelspec.spec.model import KerasObject

InputsToTensor = Callable[[Any], Any]
"""From a batch of the whole model's inputs to the tensor that a layer is called on."""


class AdaptingCall(NamedTuple):
    """One call of a layer to adapt, how its tensor is computed, and its location in the spec."""

    layer: Any
    tensor_of: InputsToTensor
    span: Span


def adapt(model: Any, graph: Graph, inputs: Any, findings: Findings) -> None:
    """Adapt every layer that learns from data and whose arguments do not give it the values.

    Args:
        model: the Keras model, built.
        graph: its graph, for the locations of layers.
        inputs: batches of the training split's inputs without targets, in the structure that the
            model takes; iterated once for each call of a layer.
        findings: takes layers that cannot be adapted, and layers whose output has another size
            afterwards than the model was built for.

    Raises:
        SpecError: a file of the training split cannot be read.
    """
    calls_by_layer: dict[int, list[AdaptingCall]] = {}  # by id(): a shared layer is adapted once
    for call in _adapting_calls(model, graph, lambda batch: batch, findings):
        calls_by_layer.setdefault(id(call.layer), []).append(call)
    for calls in calls_by_layer.values():
        _start_as_identity(calls[0].layer)
    for calls in calls_by_layer.values():
        layer, span = calls[0].layer, calls[0].span
        try:
            _learn(layer, (call.tensor_of(batch) for call in calls for batch in inputs))
        except SpecError:
            raise
        except Exception as error:  # Keras and TensorFlow raise all kinds
            message = f'"{layer.name}" cannot learn from the training split: {clean_message(error)}'
            findings.error(span, "cannot-adapt", message)
            continue
        check_learned_size(layer, span, findings)
        _check_words(layer, span, findings)
        _check_moments(layer, span, findings)


def _start_as_identity(layer: Any) -> None:
    """Give a Normalization its constants where a Pipeline has made them: in a graph that is gone.

    A call of it may read what an earlier call of it computes, before it has learned.
    """
    import keras

    if type(layer) is keras.layers.Normalization:
        layer.finalize_state()


def _learn(layer: Any, batches: Iterator[Any]) -> None:
    """Adapt a layer on batches of its input.

    Normalization adds up its batches in float32 and takes no other dtype: one that computes in
    another gets what a twin in float32 learned.
    """
    import keras

    if type(layer) is not keras.layers.Normalization or layer.compute_dtype == "float32":
        layer.adapt(batches)
        return
    twin = keras.layers.Normalization(axis=layer.axis, dtype="float32")
    twin.adapt(keras.ops.cast(batch, "float32") for batch in batches)
    layer.set_weights(twin.get_weights())
    layer.finalize_state()


def must_adapt(layer: Any) -> bool:
    """Whether a layer learns from data and its arguments do not give it the values."""
    name = type(layer).__name__
    if traits_of(name).adapted_argument is None or not type(layer).__module__.startswith("keras."):
        return False
    if name == "Normalization":
        return layer.input_mean is None
    if name == "Discretization":
        return layer.num_bins is not None
    return not has_vocabulary_argument(layer)


def _adapting_calls(
    model: Any, graph: Graph, tensor_of: InputsToTensor, findings: Findings
) -> Iterator[AdaptingCall]:
    """All calls of layers to adapt, in the order of the data flow; nested models included."""
    functional = functional_of(model)
    for node in nodes_in_order(functional):
        yield from _calls_of_node(functional, node, graph, tensor_of, findings)


def _calls_of_node(
    functional: Any, node: Any, graph: Graph, tensor_of: InputsToTensor, findings: Findings
) -> Iterator[AdaptingCall]:
    layer = node.operation
    if node.is_input:
        return
    spec = graph.layers.get(layer.name)
    item = None if spec is None else spec.object
    if must_adapt(layer) or all_layers(layer, include_self=False):
        place = _Place(layer, item, graph, graph.span if item is None else item.span)
        yield from _calls_at(place, _tensor_before(functional, node, tensor_of), findings)


class _Place(NamedTuple):
    """A layer, what the spec says of it, the graph around it, and the location to report."""

    layer: Any
    item: KerasObject | None
    graph: Graph
    span: Span

    def inside(self, layer: Any, argument: str, index: int | None = None) -> _Place:
        """The place of a layer that an argument of this one holds, perhaps in a list."""
        item = None if self.item is None else self.item.args[argument]
        if item is not None and index is not None:
            item = item[index]
        if not isinstance(item, KerasObject):
            return self._replace(layer=layer, item=None)
        return self._replace(layer=layer, item=item, span=item.span)


def _calls_at(
    place: _Place, tensor_of: InputsToTensor, findings: Findings
) -> Iterator[AdaptingCall]:
    """The calls of layers to adapt where one layer is called: of it and of those inside it.

    Args:
        place: of the layer.
        tensor_of: computes the tensor that it is called on.
        findings: takes layers that cannot be adapted.
    """
    import keras

    layer, item = place.layer, place.item
    if must_adapt(layer):
        yield AdaptingCall(layer, tensor_of, place.span)
    elif item is not None and item.class_name.startswith("applications."):
        return  # what an architecture has, comes with its weights
    elif item is not None and item.model is not None:
        yield from _adapting_calls(layer, place.graph.nested_graph(item), tensor_of, findings)
    elif isinstance(layer, keras.layers.TimeDistributed):
        inner = place.inside(layer.layer, "layer")
        yield from _calls_at(inner, _each_step(tensor_of), findings)
    elif isinstance(layer, keras.layers.Pipeline):
        for index, part in enumerate(layer.layers):
            before = _after(layer.layers[:index], tensor_of)
            yield from _calls_at(place.inside(part, "layers", index), before, findings)
    elif traits_of(type(layer).__name__).adapted_argument is None:
        for part in all_layers(layer, include_self=False):
            if must_adapt(part):
                message = (
                    f'"{part.name}" ({type(part).__name__}) cannot learn inside "{layer.name}"'
                )
                hint = "put it in front as a separate layer, or give it its values"
                findings.error(place.span, "cannot-adapt", message, hint=hint)


def _each_step(tensor_of: InputsToTensor) -> InputsToTensor:
    """Each step of each example as an example, as the layer in a TimeDistributed sees them."""
    import keras

    def steps(batch: Any) -> Any:
        tensor = tensor_of(batch)
        return keras.ops.reshape(tensor, (-1, *tensor.shape[2:]))

    return steps


def _after(layers: list[Any], tensor_of: InputsToTensor) -> InputsToTensor:
    """What the first layers of a Pipeline hand to the next."""
    import keras

    if not layers:
        return tensor_of
    front = keras.layers.Pipeline(layers)
    return lambda batch: front(tensor_of(batch), training=False)


def _tensor_before(functional: Any, node: Any, tensor_of: InputsToTensor) -> InputsToTensor:
    """How the tensor that a node's layer is called on comes from the whole model's inputs.

    Args:
        functional: the model that contains the node; perhaps a nested one.
        node: a call of the layer.
        tensor_of: computes the input of `functional`.
    """
    import keras

    given = node.arguments
    tensor = given.args[0] if given.args else next(iter(given.kwargs.values()))
    part = cache(lambda: keras.Model(functional.input, tensor))  # most layers have nothing to learn
    return lambda batch: part()(tensor_of(batch), training=False)


def check_learned_size(
    layer: Any, span: Span, findings: Findings, *, taught: str = "the training split"
) -> None:
    """Report a layer whose output has another shape than before it was adapted.

    Args:
        layer: a Keras layer of the model.
        span: where it stands.
        findings: takes the error.
        taught: what it learned from.
    """
    for node in call_nodes(layer):
        built = node.output_tensors[0].shape
        try:
            now = layer.compute_output_shape(node.input_tensors[0].shape)
        except Exception:  # not every layer can compute it; then the first batch fails if need be
            continue
        if len(now) != len(built) or any(
            a is not None and b is not None and a != b for a, b in zip(built, now, strict=True)
        ):
            message = (
                f'"{layer.name}" outputs {_shape_text(now)} after learning from {taught}, the '
                f"model was built for {_shape_text(built)}"
            )
            hint = "set `max_tokens` with `pad_to_max_tokens: true`, or give the `vocabulary`"
            findings.error(span, "learned-size", message, hint=hint)
            return


def _check_moments(layer: Any, span: Span, findings: Findings) -> None:
    """Report numbers whose squares are too large for the variance that a Normalization learns."""
    import keras
    import numpy as np

    if type(layer) is not keras.layers.Normalization:
        return
    moments = [np.asarray(one).astype(np.float64) for one in (layer.mean, layer.variance)]
    bad = np.flatnonzero(~(np.isfinite(moments[0]) & np.isfinite(moments[1])))
    if len(bad):
        message = (
            f'"{layer.name}" cannot learn the variance of feature {bad[0] + 1} of its input:'
            " in float32 it is infinite, as the squares of numbers above 1.8e19 are"
        )
        hint = (
            "leave the column out, or make a smaller number of it under `derive` in the data, such"
            ' as "${big / 1e20}" or {log1p: big}'
        )
        findings.error(span, "cannot-adapt", message, hint=hint)


def _check_words(layer: Any, span: Span, findings: Findings) -> None:
    """Report a learned word that the file of the model loses: Keras writes a vocabulary as lines,
    and takes no line at the end of it that is empty."""
    if not hasattr(layer, "get_vocabulary"):
        return
    words = [str(word) for word in layer.get_vocabulary()]
    broken = next(
        (word for word in words if len(word.splitlines()) > 1 or _ends_a_line(word)), None
    )
    if broken is None and words and words[-1] == "":
        broken = ""
    if broken is not None:
        message = (
            f'"{layer.name}" learned the word {broken!r} from the training split, which a saved '
            "model loses: Keras keeps one word a line"
        )
        hint = (
            "give the `vocabulary` as a list, or take line breaks and empty texts out of the data"
        )
        findings.error(span, "saved-model-differs", message, hint=hint)


def _ends_a_line(word: str) -> bool:
    return bool(word) and word.splitlines()[0] != word


def _shape_text(shape: Any) -> str:
    return f"[{', '.join('null' if size is None else str(size) for size in shape[1:])}]"
