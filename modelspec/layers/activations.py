"""Activations: Activation, ELU, LeakyReLU, PReLU, ReLU, Softmax."""

from __future__ import annotations

from typing import Any

from modelspec.layers.rule import (
    FIRST_BATCH,
    LayerCall,
    Mismatch,
    Rule,
    RuleResult,
    Tensor,
    Weight,
    find_axes,
    floating,
    limit_softmax,
    marked,
    mask_met,
    need_distinct,
    need_few_axes,
    need_floats,
    need_known,
    need_no_booleans,
    need_numbers,
    per_example,
    product,
    stretches_to,
    unmarked,
)
from modelspec.schema import class_schema
from modelspec.spec.model import KerasObject

NO_BOOLEANS = frozenset(("leaky_relu", "relu", "relu6"))
"""Activations that take whole numbers, but not true and false."""

ANY_NUMBERS = frozenset(("exponential", "linear", "tanh", "threshold"))
"""Activations that take booleans too. All others take floating numbers only."""


def activation_flops(activation: Any, size: int | None) -> int | None:
    """The FLOPs of an `activation` argument: 1 for each element, 0 if linear."""
    return 0 if _is_linear(activation) else size


def _is_linear(activation: Any) -> bool:
    return _name(activation) in (None, "linear")


def _name(activation: Any) -> Any:
    return activation.class_name if isinstance(activation, KerasObject) else activation


SELECTING = frozenset(("hard_shrink", "soft_shrink", "sparse_plus", "sparse_sigmoid", "sparsemax"))
"""Activations that pick elements with TensorFlow's SelectV2."""

KEEP_WHOLE = frozenset(("relu", "relu6"))
"""Activations that give whole numbers for whole numbers."""


def after_activation(call: LayerCall, output: Tensor) -> Tensor:
    """The output of a layer after its `activation` argument, which may be `glu`: that halves the
    last axis, and Keras states the whole.

    Raises:
        Mismatch: the last axis cannot be halved.
    """
    if _function(call.args["activation"]) != "glu":
        return output
    size = output.shape[-1]
    if size is not None and size % 2:
        raise Mismatch(
            f"halves the last axis with glu, and that of {output.shape} is odd: {FIRST_BATCH}",
            "activation",
            "choose an even size, or another activation",
        )
    half = (*output.shape[:-1], None if size is None else size // 2)
    return Tensor(half, output.dtype).built_as(output.shape)


def limit_activation(call: LayerCall, found: RuleResult) -> RuleResult:
    """The result of a layer with an `activation` argument, which a CPU may be unable to compute."""
    name = _function(call.args["activation"])
    if name in SELECTING and isinstance(found.output, Tensor):
        need_few_axes(found.output.rank)
    if name != "softmax" or not isinstance(found.output, Tensor):
        return found
    return limit_softmax(found, found.output.rank)


def need_kept_shape(call: LayerCall) -> None:
    """Refuse an activation among the arguments of a recurrent layer that changes the shape.

    Raises:
        Mismatch: it is `glu`, which halves the last axis.
    """
    for arg in ("activation", "recurrent_activation"):
        if _function(call.args.get(arg)) == "glu":
            raise Mismatch(
                "cannot have the activation glu: it halves the last axis, and states are whole: "
                f"{FIRST_BATCH}",
                arg,
                "leave it out, and let `ops.glu` follow this layer in a `functional`",
            )


def _function(activation: Any) -> str | None:
    """Keras's own name of an activation; None where it has none, as with an extension's."""
    name = activation.class_name if isinstance(activation, KerasObject) else activation
    known = class_schema("activation", name) if isinstance(name, str) else None
    return None if known is None else known.name


def elementwise(call: LayerCall) -> RuleResult:
    """ELU: any shape -> the same shape."""
    x = call.x
    need_floats(x)
    return RuleResult(Tensor(x.shape, x.dtype), flops=per_example(x.shape))


def rectified(call: LayerCall) -> RuleResult:
    """ReLU, LeakyReLU: any shape -> the same shape. Without a slope whole numbers stay whole.

    With a slope and a bound Keras subtracts a floating part from the tensor.
    """
    x = call.x
    need_no_booleans(x)
    bounded = call.args.get("threshold") or call.args.get("max_value") is not None
    if call.args["negative_slope"] and bounded:
        need_floats(x)
    sloped = call.args["negative_slope"] or "max_value" not in call.args  # LeakyReLU has no limit
    dtype = floating(x.dtype) if sloped else x.dtype
    return RuleResult(Tensor(x.shape, dtype), flops=per_example(x.shape))


def activation(call: LayerCall) -> RuleResult:
    """Activation: any shape -> the same shape. A linear one lets even text through."""
    x, given = call.x, call.args["activation"]
    if _is_linear(given):
        return RuleResult(Tensor(x.shape, x.dtype))
    _need_dtype_for(given, x)
    dtype = x.dtype if _function(given) in KEEP_WHOLE else floating(x.dtype)
    output = after_activation(call, Tensor(x.shape, dtype))
    return limit_activation(call, RuleResult(output, flops=per_example(x.shape)))


def _need_dtype_for(activation: Any, x: Tensor) -> None:
    need_numbers(x)
    name = _function(activation)
    if name in NO_BOOLEANS:
        need_no_booleans(x)
    elif name is not None and name not in ANY_NUMBERS:
        need_floats(x)
    if name == "sparsemax" and x.dtype == "float16":
        raise Mismatch(f"has no kernel for sparsemax in float16: {FIRST_BATCH}", "activation")


def prelu(call: LayerCall) -> RuleResult:
    """PReLU: (batch, ...) -> the same, with a slope for each element of an example.

    `shared_axes` have one slope together. A negative slope costs two operations more.
    """
    x = call.x
    need_floats(x)
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
    need_floats(x)
    axes = find_axes(call.args["axis"], x.shape)
    need_distinct(axes, x.shape)
    _need_fitting_mask(call, x)
    found = RuleResult(Tensor(x.shape, call.policy.compute), flops=per_example(x.shape))
    if len(axes) > 1:  # by the sum of exponentials
        need_few_axes(x.rank)
        return found
    return limit_softmax(found, x.rank)


def _need_fitting_mask(call: LayerCall, x: Tensor) -> None:
    """Refuse a mask that does not stretch to the tensor, as that of Masking never does: it has the
    sizes of all axes but the last, and Softmax aligns them from the last."""
    mask = mask_met(call, x)
    if mask is None or stretches_to(mask, marked(x.shape)):
        return
    if isinstance(call.named.get("mask"), Tensor):
        raise Mismatch(f"needs a mask that broadcasts to {x.shape}, got {unmarked(mask)}")
    raise Mismatch(
        f"{FIRST_BATCH}: Softmax applies the mask of its input, "
        f"of shape {unmarked(mask)}, and it does not broadcast to {x.shape}",
        hint="write `Activation: {activation: softmax}`, which passes the mask on",
    )


RULES: dict[str, Rule] = {
    "Activation": activation,
    "ELU": elementwise,
    "LeakyReLU": rectified,
    "PReLU": prelu,
    "ReLU": rectified,
    "Softmax": softmax,
}
