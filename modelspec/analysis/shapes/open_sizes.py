"""A nested model that was built for known sizes, called on tensors that leave them open.

Its layers have their weights, and Keras asks for no size. What each of them gives is then as open:
a size that follows an open one is found by a trial with twice what the model was built for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from modelspec.analysis.facts import CallFacts, TensorStructure
from modelspec.graph import TensorRef
from modelspec.layers.rule import Mismatch, RuleResult, Tensor

Apply = Callable[[tuple[TensorStructure, ...], Mapping[str, TensorStructure]], RuleResult | None]


def follow_open_sizes(
    known: CallFacts,
    tensors: Mapping[str, TensorStructure],
    inputs: tuple[TensorStructure, ...],
    named: Mapping[str, TensorStructure],
    apply: Apply,
) -> CallFacts:
    """What a call gives whose layer has to know a size that is open now.

    Args:
        known: the call on what the model was built for.
        tensors: what each input and call inside returned then, by name.
        inputs: the positional tensors of the call now.
        named: its other tensors now.
        apply: the rule of the layer.
    """
    call = known.call
    before = tuple(_read(item, tensors) for item in call.positional)
    others = {key: _read(item, tensors) for key, item in call.named.items()}
    try:
        tried = apply(_doubled(inputs, before), _doubled(named, others))
    except Mismatch:  # no other sizes than those that it was built for
        return known
    if tried is None:
        return known
    return replace(known, output=_open_where_other(known.output, tried.output))


def _read(value: Any, tensors: Mapping[str, TensorStructure]) -> TensorStructure:
    if isinstance(value, TensorRef):
        found = tensors.get(value.source)
        return found if value.index is None or found is None else found[value.index]
    if isinstance(value, Mapping):
        return {key: _read(item, tensors) for key, item in value.items()}
    return tuple(_read(item, tensors) for item in value)


def _doubled(now: Any, before: Any) -> Any:
    """The tensors with twice the sizes of before where theirs are open, the batch apart."""
    if isinstance(now, Tensor) and isinstance(before, Tensor):
        pairs = list(zip(now.shape, before.shape, strict=False))
        sizes = (2 * b if a is None and b is not None else a for a, b in pairs[1:])
        same_rank = now.rank == before.rank and now.rank > 0
        return replace(now, shape=(now.shape[0], *sizes)) if same_rank else now
    if isinstance(now, Mapping):
        return {key: _doubled(item, before.get(key)) for key, item in now.items()}
    if isinstance(now, tuple) and isinstance(before, tuple):
        return tuple(_doubled(*pair) for pair in zip(now, before, strict=True))
    return now


def _open_where_other(known: TensorStructure, tried: TensorStructure) -> TensorStructure:
    if isinstance(known, Tensor) and isinstance(tried, Tensor):
        if known.rank != tried.rank:
            return known
        sizes = zip(known.shape, tried.shape, strict=True)
        return replace(known, shape=tuple(a if a == b else None for a, b in sizes))
    if isinstance(known, tuple) and isinstance(tried, tuple):
        return tuple(_open_where_other(*pair) for pair in zip(known, tried, strict=False))
    return known
