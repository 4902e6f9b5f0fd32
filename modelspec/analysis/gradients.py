"""Which layers the gradient of the losses reaches, and what stops it on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from modelspec.graph import Call, TensorRef
from modelspec.layers import traits_of
from modelspec.layers.rule import GradientLimit, Tensor, is_floating
from modelspec.spec.model import LayerSpec, objects_in
from modelspec.spec.phases import FreezePatterns, LayerPath
from modelspec.value_classes import value_class

from .arguments import keras_class
from .facts import Analysis, CallFacts, TensorStructure, tensors_of


@dataclass(slots=True)
class GradientReach:
    """What a backward pass comes to.

    Attributes:
        layers: the `id` of each layer that it reaches, those of nested models included.
        inputs: the names of the inputs that it reaches.
        stops: the calls that it does not pass.
        failures: the calls at which the backward pass fails, if a watched layer is behind them.
    """

    layers: set[int] = field(default_factory=set)
    inputs: set[str] = field(default_factory=set)
    stops: list[Call] = field(default_factory=list)
    failures: list[BackwardFailure] = field(default_factory=list)


@value_class
class BackwardFailure:
    """A call that the gradient reaches and cannot pass.

    Attributes:
        call: the call.
        layer: its layer.
        limit: why it fails.
        behind: what the gradient would reach on the other side.
    """

    call: Call
    layer: LayerSpec
    limit: GradientLimit
    behind: GradientReach


class _Asks(NamedTuple):
    """What a trace is to find.

    Attributes:
        failures: find out what is behind each failure.
        zeros: take a gradient that is zero for one.
    """

    failures: bool
    zeros: bool


def trace_gradients(
    analysis: Analysis,
    names: Iterable[str],
    *,
    zeros: bool = True,
    tensors: Iterable[TensorRef] | None = None,
) -> GradientReach:
    """Go from some outputs back to all that a gradient reaches, as TensorFlow computes it.

    Penalties of regularizers are losses too, and so are the losses of the graph. An extension's
    layer may add one: it counts as such.

    Args:
        analysis: of the model.
        names: of the outputs that have a loss.
        zeros: whether a gradient that is zero everywhere counts: Keras takes it, and it changes
            no weight.
        tensors: other losses; by default those of the graph.
    """
    refs = analysis.graph.output_refs()
    others = analysis.graph.losses.values() if tensors is None else tensors
    lost = [*(refs[name] for name in names), *others]
    return _trace(analysis, lost, asks=_Asks(failures=True, zeros=zeros))


def learning_layers(
    analysis: Analysis,
    freeze: FreezePatterns,
    around: LayerPath = (),
    *,
    is_frozen: bool = False,
) -> Iterator[LayerSpec]:
    """The layers with weights that training changes, those of nested models in their place.

    Args:
        analysis: of the model.
        freeze: which layers are frozen.
        around: for a nested model, its path.
        is_frozen: for a nested model, whether it is frozen.
    """
    for name, facts in analysis.layers.items():
        frozen = freeze.freezes((*around, name), inside=is_frozen)
        if not any(weight.trainable for weight in facts.weights or ()):
            continue
        inner = facts.calls[0].nested
        if inner is not None:
            yield from learning_layers(inner, freeze, (*around, name), is_frozen=frozen)
        elif not frozen:
            yield facts.layer


def watched_layers(analysis: Analysis) -> Iterator[LayerSpec]:
    """The layers with weights that TensorFlow's tape watches, also those in nested models.

    Frozen ones are among them: Keras makes their variables trainable, and leaves them out of what
    it updates. So the backward pass goes through all that follows them.
    """
    for facts in analysis.layers.values():
        inner = facts.calls[0].nested
        if inner is not None:
            yield from watched_layers(inner)
            continue
        weights, item = facts.weights or (), facts.layer.object
        is_frozen = item.args.get("trainable") is False
        learns_before = traits_of(keras_class(item)).adapted_argument is not None
        if any(weight.trainable for weight in weights) or (
            weights and is_frozen and not learns_before
        ):
            yield facts.layer


def _trace(analysis: Analysis, refs: list[TensorRef], *, asks: _Asks) -> GradientReach:
    """What is reached from some tensors."""
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
            waiting += _pass(facts_of_call, ref, analysis, found, asks=asks)
    return found


def _pass(
    facts: CallFacts, ref: TensorRef, analysis: Analysis, found: GradientReach, *, asks: _Asks
) -> list[TensorRef]:
    """Take a gradient back through a call; the tensors that it reaches."""
    layer, limit = analysis.graph.layers[facts.call.layer], facts.gradient_limit
    if limit is not None and limit.fails and asks.failures:
        behind = _trace(analysis, list(facts.call.reads()), asks=asks._replace(failures=False))
        found.failures.append(BackwardFailure(facts.call, layer, limit, behind))
    if limit is not None and not limit.fails:
        found.stops.append(facts.call)
        return []
    traits = traits_of(keras_class(layer.object))
    if traits.stops_gradient or (traits.is_flat and not asks.zeros):
        found.stops.append(facts.call)
        return []
    found.layers.add(id(layer))
    if facts.nested is None:
        return list(facts.call.reads())
    inside = facts.nested.graph.output_refs()
    chosen = list(inside.values())
    if ref.index is not None:
        wanted = ref.index if isinstance(ref.index, str) else None
        chosen = [inside[wanted]] if wanted in inside else chosen
    inner = _trace(facts.nested, chosen, asks=asks)
    found.layers |= inner.layers
    found.stops += inner.stops
    for failure in inner.failures:
        if failure.behind.inputs:
            only = asks._replace(failures=False)
            outside = _trace(analysis, list(facts.call.reads()), asks=only)
            failure.behind.layers |= outside.layers
            failure.behind.inputs = outside.inputs
        found.failures.append(failure)
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
    return is_floating(dtype) or dtype.startswith("complex")


def _select(analysis: Analysis, ref: TensorRef) -> TensorStructure:
    value = analysis.tensors.get(ref.source)
    if isinstance(value, tuple) and isinstance(ref.index, int) and ref.index < len(value):
        return value[ref.index]
    if isinstance(value, Mapping) and ref.index in value:
        return value[ref.index]
    return value
