"""Activations: Activation, ELU, LeakyReLU, PReLU, ReLU, Softmax."""

from __future__ import annotations

from typing import Any

from modelspec.layers.rule import (
    TEXT,
    LayerCall,
    Mismatch,
    Rule,
    RuleResult,
    Tensor,
    Weight,
    find_axes,
    marked,
    mask_met,
    need_known,
    need_numbers,
    per_example,
    product,
    stretches_to,
    unmarked,
)
from modelspec.spec.model import KerasObject


def activation_flops(activation: Any, size: int | None) -> int | None:
    """The FLOPs of an `activation` argument: 1 for each element, 0 if linear."""
    return 0 if _is_linear(activation) else size


def _is_linear(activation: Any) -> bool:
    name = activation.class_name if isinstance(activation, KerasObject) else activation
    return name in (None, "linear")


def elementwise(call: LayerCall) -> RuleResult:
    """A function of each element: any shape -> the same shape, in the compute dtype."""
    x = call.x
    need_numbers(x)
    return RuleResult(Tensor(x.shape, call.policy.compute), flops=per_example(x.shape))


def activation(call: LayerCall) -> RuleResult:
    """Activation: any shape -> the same shape. A linear one lets even text through."""
    if not _is_linear(call.args["activation"]):
        return elementwise(call)
    dtype = TEXT if call.x.dtype == TEXT else call.policy.compute
    return RuleResult(Tensor(call.x.shape, dtype))


def prelu(call: LayerCall) -> RuleResult:
    """PReLU: (batch, ...) -> the same, with a slope for each element of an example.

    `shared_axes` have one slope together. A negative slope costs two operations more.
    """
    x = call.x
    need_numbers(x)
    shared = call.args["shared_axes"] or ()
    alpha: list[int | None] = list(x.shape[1:])
    for axis in (shared,) if isinstance(shared, int) else shared:
        if axis > len(alpha):
            raise Mismatch(f"axis {axis} is not among the axes of {x.shape}", "shared_axes")
        alpha[axis - 1] = 1
    for axis, size in enumerate(alpha, start=1):
        need_known(size, f"size of axis {axis}, or {axis} among `shared_axes`", x.shape)
    weight = Weight("alpha", tuple(s for s in alpha if s is not None), call.policy.variable)
    output = Tensor(x.shape, call.policy.compute)
    return RuleResult(output, (weight,), product(3, per_example(x.shape)))


def softmax(call: LayerCall) -> RuleResult:
    """Softmax: any shape -> the same shape, normalized along `axis`; `mask` broadcasts to it."""
    x = call.x
    need_numbers(x)
    find_axes(call.args["axis"], x.shape)
    _need_fitting_mask(call, x)
    return RuleResult(Tensor(x.shape, call.policy.compute), flops=per_example(x.shape))


def _need_fitting_mask(call: LayerCall, x: Tensor) -> None:
    """Refuse a mask that does not stretch to the tensor, as that of Masking never does: it has the
    sizes of all axes but the last, and Softmax aligns them from the last."""
    mask = mask_met(call, x)
    if mask is None or stretches_to(mask, marked(x.shape)):
        return
    if isinstance(call.named.get("mask"), Tensor):
        raise Mismatch(f"needs a mask that broadcasts to {x.shape}, got {unmarked(mask)}")
    raise Mismatch(
        f"Keras builds this, but its first batch fails: Softmax applies the mask of its input, "
        f"of shape {unmarked(mask)}, and it does not broadcast to {x.shape}",
        hint="write `Activation: {activation: softmax}`, which passes the mask on",
    )


RULES: dict[str, Rule] = {
    "Activation": activation,
    "ELU": elementwise,
    "LeakyReLU": elementwise,
    "PReLU": prelu,
    "ReLU": elementwise,
    "Softmax": softmax,
}
