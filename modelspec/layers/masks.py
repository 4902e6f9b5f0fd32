"""The mask that a call hands on to what reads its result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from modelspec.layers.rule import RuleResult, Structure, Tensor

from .traits import MaskHandling


def hand_on_mask(
    found: RuleResult,
    handling: MaskHandling | None,
    inputs: tuple[Structure, ...],
    named: Mapping[str, Structure],
) -> RuleResult:
    """The result with the mask that Keras hands on; a rule of HANDLED and MERGED has done it."""
    if handling in (MaskHandling.HANDLED, MaskHandling.MERGED):
        return found
    mask = None
    if handling is MaskHandling.PASSED:
        tensor = inputs[0] if inputs else next(iter(named.values()), None)
        given = named.get("mask")
        if isinstance(given, Tensor):
            mask = given.shape
        elif isinstance(tensor, Tensor):
            mask = tensor.mask
    several = isinstance(found.output, tuple) and bool(found.output)
    first = found.output[0] if several else found.output
    if not isinstance(first, Tensor) or first.mask == mask:
        return found
    first = replace(first, mask=mask)
    output = (first, *found.output[1:]) if several else first
    return replace(found, output=output)
