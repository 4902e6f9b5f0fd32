"""Layers that learn from data are adapted on the training split before the first epoch.

A layer right after an input learns from that input. A layer deeper in learns from what reaches
it: the part of the model before it is run over the training split. Layers come in the order in
which data meets them, so that each sees what the ones before it have learned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from modelspec.diagnostics import Findings, Span, SpecError, first_line
from modelspec.framework import (
    all_layers,
    call_nodes,
    functional_of,
    has_vocabulary_argument,
    nodes_in_order,
)
from modelspec.graph import Graph
from modelspec.layers import traits_of

Feed = Callable[[Any], Any]
"""A batch of the model's inputs to the tensor that a layer sees."""


class AdaptingCall(NamedTuple):
    """One call of a layer that learns: the layer, what it is fed, where the spec has it."""

    layer: Any
    feed: Feed
    span: Span


def adapt(model: Any, graph: Graph, inputs: Any, findings: Findings) -> None:
    """Adapt every layer that learns from data and was not given what it needs.

    Args:
        model: the Keras model, built.
        graph: its graph, for the places of layers.
        inputs: an iterable of batches of the training split's inputs alone, in the structure
            that the model takes; it is gone through once for each layer.
        findings: takes layers that cannot learn where they stand, and layers whose output has
            another size than the model was built for.
    """
    uses: dict[int, list[AdaptingCall]] = {}
    for use in _uses(model, graph, _as_it_is, findings):
        uses.setdefault(id(use.layer), []).append(use)
    for calls in uses.values():
        layer, span = calls[0].layer, calls[0].span
        try:
            layer.adapt(_seen(inputs, [use.feed for use in calls]))
        except SpecError:  # a file of the training split cannot be read
            raise
        except Exception as error:  # Keras and TensorFlow raise all kinds
            message = f'"{layer.name}" cannot learn from the training split: {first_line(error)}'
            findings.error(span, "cannot-adapt", message)
            continue
        _check_size(layer, span, findings)


def learns(layer: Any) -> bool:
    """Whether a layer learns from data and was not given what it would learn."""
    name = type(layer).__name__
    if traits_of(name).adapted_argument is None or not type(layer).__module__.startswith("keras."):
        return False
    if name == "Normalization":
        return layer.input_mean is None
    if name == "Discretization":
        return layer.num_bins is not None
    return not has_vocabulary_argument(layer)


def _as_it_is(batch: Any) -> Any:
    return batch


def _seen(inputs: Any, feeds: list[Feed]) -> Iterator[Any]:
    for feed in feeds:
        for batch in inputs:
            yield feed(batch)


def _uses(model: Any, graph: Graph, feed: Feed, findings: Findings) -> Iterator[AdaptingCall]:
    """Every call of a layer that learns, in the order in which data meets them."""
    functional = functional_of(model)
    for node in nodes_in_order(functional):
        yield from _uses_of_node(functional, node, graph, feed, findings)


def _uses_of_node(
    functional: Any, node: Any, graph: Graph, feed: Feed, findings: Findings
) -> Iterator[AdaptingCall]:
    layer = node.operation
    if node.is_input:
        return
    spec = graph.layers.get(layer.name)
    span = spec.object.span if spec is not None else graph.span
    if learns(layer):
        yield AdaptingCall(layer, _fed(functional, node, feed), span)
    elif spec is not None and spec.object.model is not None:
        inner = graph.nested_graph(spec.object)
        yield from _uses(layer, inner, _fed(functional, node, feed), findings)
    elif traits_of(type(layer).__name__).adapted_argument is None:
        for part in all_layers(layer, include_self=False):
            if learns(part):
                message = (
                    f'"{part.name}" ({type(part).__name__}) cannot learn inside "{layer.name}"'
                )
                hint = "put it in front as a separate layer, or give it its values"
                findings.error(span, "cannot-adapt", message, hint=hint)


def _fed(functional: Any, node: Any, feed: Feed) -> Feed:
    """What the node's layer is called on, out of a batch of the whole model's inputs."""
    import keras

    part = keras.Model(functional.input, node.arguments.args[0])
    return lambda batch: part(feed(batch), training=False)


def _check_size(layer: Any, span: Span, findings: Findings) -> None:
    """What a layer gives may depend on what it learned; the model was built before that."""
    for node in call_nodes(layer):
        built = node.output_tensors[0].shape
        try:
            now = layer.compute_output_shape(node.input_tensors[0].shape)
        except Exception:  # not every layer can tell; then the first batch will
            continue
        if len(now) != len(built) or any(
            a is not None and b is not None and a != b for a, b in zip(built, now, strict=True)
        ):
            message = (
                f'"{layer.name}" gives {_shown(now)} after learning from the training split, '
                f"the model was built for {_shown(built)}"
            )
            hint = "set `max_tokens` with `pad_to_max_tokens: true`, or give the `vocabulary`"
            findings.error(span, "learned-size", message, hint=hint)
            return


def _shown(shape: Any) -> str:
    return f"[{', '.join('null' if size is None else str(size) for size in shape[1:])}]"
