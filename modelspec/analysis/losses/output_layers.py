"""The layer that computes the values of an output, and its activation.

Layers that only move values (Reshape, Flatten) and dropouts are skipped, and nested models are
searched.
"""

from __future__ import annotations

from collections.abc import Mapping

from modelspec.analysis.arguments import complete, keras_class
from modelspec.diagnostics import Span
from modelspec.graph import Call, Graph, TensorRef
from modelspec.layers import traits_of
from modelspec.schema import class_schema
from modelspec.spec.model import KerasObject, LayerSpec
from modelspec.value_classes import value_class


@value_class
class OutputLayer:
    """The layer that computes an output's values.

    Attributes:
        layer: the layer.
        item: its Keras object; for a TimeDistributed, the inner one.
        kind: Keras's class of `item`.
        activation: the activation function that is applied last; None where unknown.
        dropout: a dropout between the layer and the output, or None.
    """

    layer: LayerSpec
    item: KerasObject
    kind: str
    activation: str | None
    dropout: LayerSpec | None

    @property
    def activation_span(self) -> Span:
        """Where the activation is written, or the layer without one."""
        return self.item.arg_spans.get("activation", self.layer.span)


def activation_of(item: KerasObject) -> str | None:
    """The activation that a layer ends in: "linear" where it has none, None where unknown."""
    kind = keras_class(item)
    traits = traits_of(kind)
    if traits.activation is not None:
        slope = complete(item).get("negative_slope") if kind == "ReLU" else None
        return "leaky_relu" if slope else traits.activation
    if traits.is_linear or kind == "Activation":
        return activation_name(complete(item).get("activation"))
    name = kind.removeprefix("ops.")
    return name if name != kind and class_schema("activation", name) is not None else None


def activation_name(value: object) -> str | None:
    """An `activation` argument by its name in Keras; "linear" for null, None where unknown."""
    if value is None:
        return "linear"
    if isinstance(value, KerasObject):
        layer = class_schema("layer", value.class_name)
        if layer is not None and (activation := traits_of(layer.name).activation) is not None:
            return activation
        value = value.class_name
    known = class_schema("activation", value) if isinstance(value, str) else None
    return known.name if known is not None else None


def find_output_layers(graph: Graph) -> dict[str, OutputLayer | None]:
    """Output name to the layer that computes its values; None where unknown."""
    refs = graph.outputs
    if isinstance(refs, TensorRef):
        each = [refs]
    else:
        each = list(refs.values() if isinstance(refs, Mapping) else refs)
    return {
        name: _output_layer(graph, ref, None)
        for name, ref in zip(graph.output_names, each, strict=True)
    }


def output_layer_of(graph: Graph, ref: TensorRef) -> OutputLayer | None:
    """The layer that computes the values of a tensor; None where unknown."""
    return _output_layer(graph, ref, None)


def _output_layer(graph: Graph, ref: TensorRef, dropout: LayerSpec | None) -> OutputLayer | None:
    calls = {call.name: call for call in graph.calls}
    while (call := calls.get(ref.source)) is not None:
        layer = graph.layers[call.layer]
        if layer.object.model is not None:
            inner = graph.nested_graph(layer.object)
            found = _output(inner, ref.index)
            return None if found is None else _output_layer(inner, found, dropout)
        if ref.index is not None:
            return None
        kind = keras_class(layer.object)
        before = _only_tensor(call)
        if traits_of(kind).is_dropout:
            dropout = dropout or layer
        elif not _passes(layer.object, kind):
            return _made(layer, dropout)
        if before is None:
            return None
        ref = before
    return None


def _passes(item: KerasObject, kind: str) -> bool:
    if kind == "Activation":
        return activation_of(item) == "linear"
    return traits_of(kind).keeps_values


def _made(layer: LayerSpec, dropout: LayerSpec | None) -> OutputLayer:
    item = layer.object
    inner = item.args.get("layer")
    if keras_class(item) == "TimeDistributed" and isinstance(inner, KerasObject):
        item = inner
    return OutputLayer(layer, item, keras_class(item), activation_of(item), dropout)


def _output(graph: Graph, index: int | str | None) -> TensorRef | None:
    """The output of a nested model that an index selects."""
    refs = graph.outputs
    if isinstance(refs, TensorRef):
        return refs if index is None else None
    if isinstance(refs, Mapping):
        return refs.get(index) if isinstance(index, str) else None
    return refs[index] if isinstance(index, int) and index < len(refs) else None


def _only_tensor(call: Call) -> TensorRef | None:
    reads = list(call.reads())
    return reads[0] if len(reads) == 1 else None
