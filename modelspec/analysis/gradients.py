"""Which layers the gradient of the losses reaches, and what stops it on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from modelspec.graph import Call, Graph, TensorRef
from modelspec.layers import traits_of
from modelspec.layers.rule import Tensor
from modelspec.spec.model import LayerSpec, objects_in

from .arguments import keras_class
from .facts import Analysis, CallFacts, TensorStructure, tensors_of


@dataclass(slots=True)
class GradientReach:
    """What a backward pass comes to.

    Attributes:
        layers: the `id` of each layer that it reaches, those of nested models included.
        inputs: the names of the inputs that it reaches.
        stops: the calls that it does not pass.
    """

    layers: set[int] = field(default_factory=set)
    inputs: set[str] = field(default_factory=set)
    stops: list[Call] = field(default_factory=list)


def trace_gradients(analysis: Analysis, names: Iterable[str]) -> GradientReach:
    """Go from some outputs back to all that a gradient reaches, as TensorFlow computes it.

    Penalties of regularizers are losses too. An extension's layer may add one: it counts as such.

    Args:
        analysis: of the model.
        names: of the outputs that have a loss.
    """
    refs = output_refs(analysis.graph)
    return _trace(analysis, [refs[name] for name in names])


def output_refs(graph: Graph) -> dict[str, TensorRef]:
    """Output name to the tensor that it is."""
    refs = graph.outputs
    if isinstance(refs, TensorRef):
        each: Iterable[TensorRef] = (refs,)
    else:
        each = refs.values() if isinstance(refs, Mapping) else refs
    return dict(zip(graph.output_names, each, strict=True))


def learning_layers(analysis: Analysis, frozen: tuple[str, ...]) -> Iterator[LayerSpec]:
    """The layers with weights that training changes, those of nested models in their place.

    Args:
        analysis: of the model.
        frozen: patterns of the names of frozen layers.
    """
    for name, facts in analysis.layers.items():
        if any(fnmatchcase(name, pattern) for pattern in frozen):
            continue
        if not any(weight.trainable for weight in facts.weights or ()):
            continue
        inner = facts.calls[0].nested
        if inner is None:
            yield facts.layer
        else:
            yield from learning_layers(inner, frozen)


def _trace(analysis: Analysis, refs: list[TensorRef]) -> GradientReach:
    found = GradientReach()
    calls = {call.call.name: call for facts in analysis.layers.values() for call in facts.calls}
    waiting = list(refs)
    for facts in calls.values():
        if _adds_loss(analysis.graph.layers[facts.call.layer]):
            found.layers.add(id(analysis.graph.layers[facts.call.layer]))
            waiting += facts.call.reads()
    seen: set[TensorRef] = set()
    while waiting:
        ref = waiting.pop()
        if ref in seen:
            continue
        seen.add(ref)
        facts_of_call = calls.get(ref.source)
        if facts_of_call is None:
            found.inputs.add(ref.source)
        elif not _carries_gradient(_select(analysis, ref)):
            found.stops.append(facts_of_call.call)
        else:
            waiting += _pass(facts_of_call, ref, analysis.graph, found)
    return found


def _pass(facts: CallFacts, ref: TensorRef, graph: Graph, found: GradientReach) -> list[TensorRef]:
    """Take a gradient back through a call; the tensors that it reaches."""
    layer = graph.layers[facts.call.layer]
    if traits_of(keras_class(layer.object)).stops_gradient:
        found.stops.append(facts.call)
        return []
    found.layers.add(id(layer))
    if facts.nested is None:
        return list(facts.call.reads())
    inside = output_refs(facts.nested.graph)
    chosen = list(inside.values())
    if ref.index is not None:
        wanted = ref.index if isinstance(ref.index, str) else None
        chosen = [inside[wanted]] if wanted in inside else chosen
    inner = _trace(facts.nested, chosen)
    found.layers |= inner.layers
    found.stops += inner.stops
    return list(facts.call.reads()) if inner.inputs else []


def _adds_loss(layer: LayerSpec) -> bool:
    item = layer.object
    if keras_class(item) in ("", "ActivityRegularization") and item.model is None:
        return True
    return any(one.kind == "regularizer" for one in objects_in(item.args))


def _carries_gradient(value: TensorStructure) -> bool:
    """Whether a tensor may be of floats; what is unknown may."""
    return any(
        tensor is None or not isinstance(tensor, Tensor) or _is_float(tensor.dtype)
        for tensor in tensors_of(value)
    )


def _is_float(dtype: str) -> bool:
    return dtype.startswith(("float", "bfloat", "complex"))


def _select(analysis: Analysis, ref: TensorRef) -> TensorStructure:
    value = analysis.tensors.get(ref.source)
    if isinstance(value, tuple) and isinstance(ref.index, int) and ref.index < len(value):
        return value[ref.index]
    if isinstance(value, Mapping) and ref.index in value:
        return value[ref.index]
    return value
